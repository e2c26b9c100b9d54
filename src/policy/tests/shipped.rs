//! The policies that ship are right, and as strict as they say.

use super::super::model::*;
use super::super::*;

/// The shipped policies by name.
pub(super) const POLICIES: &[(&str, &str)] = &[
    (
        "party-register",
        include_str!("../../../policies/party-register.toml"),
    ),
    (
        "health-incidents",
        include_str!("../../../policies/health-incidents.toml"),
    ),
    (
        "procurement",
        include_str!("../../../policies/procurement.toml"),
    ),
];

const HOUSE: &str = include_str!("../../../policies/house-rules.toml");

fn read_all() -> Vec<(&'static str, Policy)> {
    POLICIES
        .iter()
        .map(|(name, text)| {
            let policy = parse(name, text, &mut |_| {
                Err(std::io::Error::from(std::io::ErrorKind::NotFound))
            });
            (*name, policy.unwrap_or_else(|errors| panic!("{errors}")))
        })
        .collect()
}

#[test]
fn the_shipped_policies_are_read_and_bring_examples() {
    for (name, policy) in read_all() {
        assert!(policy.examples.len() >= 4, "{name}");
        assert!(!policy.basis.is_empty(), "{name}");
        let quarantined = |e: &Example| matches!(e.expect, Expect::Quarantined);
        assert!(policy.examples.iter().any(quarantined), "{name}");
    }
}

#[test]
fn the_shipped_policies_keep_to_the_shipped_house_rules() {
    let house = parse_house("house-rules.toml", HOUSE).unwrap();
    let (min, k) = (house.min_cell.unwrap().value, house.k.unwrap().value);
    assert_eq!((min, k), (10, 5));
    for (name, policy) in read_all() {
        let risk = policy.extract.unwrap().risk.unwrap();
        assert!(risk.k.value >= k, "{name}");
        assert!(policy.tables.iter().all(|t| t.min.value >= min), "{name}");
        for column in &policy.columns {
            let kept = matches!(column.treatment, Treatment::Keep(_));
            let kind = column.kind.as_ref().map(|k| k.value.as_str());
            let forbidden = house
                .forbid_kept_kinds
                .iter()
                .any(|f| Some(f.value.as_str()) == kind);
            assert!(!(kept && forbidden), "{name}: {}", column.name.value);
        }
    }
}

#[test]
fn the_party_register_drops_codes_and_coarsens_what_it_says() {
    let all = read_all();
    let (_, policy) = &all[0];
    let column = |name: &str| {
        policy
            .columns
            .iter()
            .find(|c| c.name.value == name)
            .unwrap_or_else(|| panic!("{name}"))
    };
    // The header of the generated register.
    let header = "member_id,name,sex,ethnicity,birth_date,id_number,mobile,landline,address,\
                  education,sector,employer,branch,city,position,joined_date,notes";
    let mut names: Vec<&str> = header.split(',').collect();
    let mut ruled: Vec<&str> = policy
        .columns
        .iter()
        .map(|c| c.name.value.as_str())
        .collect();
    names.sort_unstable();
    ruled.sort_unstable();
    assert_eq!(names, ruled);
    for dropped in [
        "branch",
        "notes",
        "member_id",
        "name",
        "mobile",
        "landline",
        "address",
        "ethnicity",
    ] {
        assert!(
            matches!(column(dropped).treatment, Treatment::Drop),
            "{dropped}"
        );
    }
    for in_tables in ["ethnicity", "branch"] {
        assert_eq!(
            column(in_tables).tables.as_ref().unwrap().value,
            General::Keep,
            "{in_tables}"
        );
    }
    assert!(matches!(
        &column("id_number").treatment,
        Treatment::Pseudonymise { domain } if domain.value == "person"
    ));
    assert!(matches!(
        column("birth_date").treatment,
        Treatment::Generalise(General::Date(DateLevel::Years(5)))
    ));
    let risk = policy.extract.as_ref().unwrap().risk.as_ref().unwrap();
    assert_eq!((risk.k.value, risk.small), (5, Small::WithholdRows));
    assert_eq!(policy.tables.len(), 1);
    assert_eq!(
        format!("{}/{}", policy.project, policy.name),
        "party-register/extract"
    );
}
