//! Claims about the language. All names and numbers are invented.

mod forms;
mod properties;
mod scenes;
mod shipped;

use super::model::*;
use super::*;
use std::io;

fn no_files(_: &str) -> io::Result<Vec<u8>> {
    Err(io::Error::from(io::ErrorKind::NotFound))
}

fn read_ok(text: &str) -> Policy {
    match parse("p.toml", text, &mut no_files) {
        Ok(policy) => policy,
        Err(errors) => panic!("{errors}"),
    }
}

/// The policy of the specification, with the columns it leaves to the reader
/// filled in and the words that are not built yet put out.
const SPEC: &str = r#"
policy      = "party-register/extract"
family      = "register-2016"
version     = 3
purpose     = "Count members per employer; no individual is published"
valid_until = 2027-03-31
unlisted    = "refuse"

[basis]
controller       = "Example News"
lawful_basis     = "GDPR Art. 6(1)(f)"
special_category = "DPA 2018 Sch. 1 para. 13"
exemption        = "DPA 2018 Sch. 2 para. 26"
believed_by      = "Editor, 2026-11-20"
dpia             = "DPIA-14"

[recipients.partner-be]
name = "Example Partner"
country = "BE"
role = "independent controller"
transfer = "adequacy decision"
delete_by = 2027-06-30

[input]
format = "csv"
encoding = "utf-8"
delimiter = ","
missing = ["", "NULL", "无"]
bad = "quarantine"
rows = 2_000_000

[subject]
column  = "id_number"
domain  = "person"
missing = "own-record"

[domains.person]
prefix = "P"
bits   = 80

[grounds]
direct  = "Direct identifier, not needed for the purpose (data minimisation)"
quasi   = "Helps to single a person out; coarsened"
finding = "Subject of the story"

[columns.id_number]
do      = "pseudonymise"
kind    = "cn-resident-id"
domain  = "person"
invalid = "quarantine"
ground  = "direct"
why     = "Counts each person once across branches"

[columns.name]
do     = "drop"
ground = "direct"
why    = "Not needed"

[columns.birth_date]
do     = "generalise"
kind   = "date"
to     = "5-years"
tables = "decade"
ground = "quasi"
why    = "Age is a finding; the day identifies"

[columns.ethnicity]
do     = "drop"
tables = "keep"
ground = "quasi"
why    = "Finding in totals; a risk in rows"

[columns.employer]
do     = "drop"
tables = "keep"
ground = "quasi"
why    = "Finding in totals; a risk in rows"

[columns.city]
do     = "drop"
ground = "quasi"
why    = "Not needed"

[columns.sector]
do     = "keep"
kind   = "text"
class  = "none"
ground = "finding"
why    = "40 broad sectors; none singles out"

[columns.notes]
do     = "redact"
find   = ["cn-resident-id", "phone", "email", "own-row"]
ground = "direct"
why    = "Reporters need the gist; identifiers go"

[[rows]]
do = "only"
column = "city"
in = ["Shanghai", "上海市"]
for = ["partner-be"]
ground = "quasi"
why = "The partner works on one city"

[extract]
order  = "shuffled"
format = "csv"
[extract.risk]
k = 5
small = "withhold-rows"

[[tables]]
name    = "members-by-employer-and-ethnicity"
by      = ["employer", "ethnicity"]
count   = ["person", "records"]
min     = 10
protect = "suppress"
zeros   = "protect"

[[examples]]
given  = { birth_date = "1975-03-09" }
expect = { birth_date = "1975-1979" }

[[exceptions]]
rule = "house/min-cell"
where = "tables.members-by-employer-and-ethnicity"
why = "Ten is below the house's twelve; agreed for this story"
by = "Legal, 2026-11-20"
until = 2027-01-31
"#;

#[test]
fn the_policy_of_the_specification_is_read_whole() {
    let p = read_ok(SPEC);
    assert_eq!(
        (p.project.as_str(), p.name.as_str()),
        ("party-register", "extract")
    );
    assert_eq!(p.version, 3);
    assert_eq!(
        p.valid_until.as_ref().unwrap().value.to_string(),
        "2027-03-31"
    );
    assert_eq!(p.basis.len(), 6);
    assert_eq!(p.basis[0].0, "controller");
    assert_eq!(p.recipients[0].id.value, "partner-be");
    assert_eq!(p.input.missing, ["", "NULL", "无"]);
    assert_eq!(p.input.rows, Some(2_000_000));
    let names: Vec<&str> = p.columns.iter().map(|c| c.name.value.as_str()).collect();
    assert_eq!(
        names,
        [
            "id_number",
            "name",
            "birth_date",
            "ethnicity",
            "employer",
            "city",
            "sector",
            "notes"
        ],
        "in the order written"
    );
    assert!(matches!(
        p.columns[2].treatment,
        Treatment::Generalise(General::Date(DateLevel::Years(5)))
    ));
    assert_eq!(
        p.columns[2].tables.as_ref().unwrap().value,
        General::Date(DateLevel::Decade)
    );
    assert_eq!(p.columns[3].tables.as_ref().unwrap().value, General::Keep);
    assert_eq!(p.columns[6].class.as_ref().unwrap().value, Class::None);
    assert!(
        matches!(&p.columns[7].treatment, Treatment::Redact { find, own_row: true, .. } if find.len() == 3)
    );
    assert_eq!(p.domains.len(), 1);
    assert_eq!((p.domains[0].prefix.as_str(), p.domains[0].bits), ("P", 80));
    assert_eq!(
        p.extract.as_ref().unwrap().risk.as_ref().unwrap().k.value,
        5
    );
    assert_eq!(p.tables[0].min.value, 10);
    assert_eq!(
        p.exceptions[0].place.value,
        "tables.members-by-employer-and-ethnicity"
    );
}
