//! k over distinct subjects: what leaves has it, and nothing is withheld
//! without need, both by a slow checker of the tests' own.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::random::Random;
use crate::util::sheet::Sheet;
use crate::util::{How, Scene, common, why};

/// Rows as (class, subject); a subject that is missing is a person of its own.
type Row = (Vec<String>, String);

/// The largest set of rows in which every class has k subjects, k subjects
/// share every subject's whole set of rows, and every subject is there with all
/// rows or none: whoever fails is taken away, again and again.
fn slow(rows: &[Row], k: usize) -> Vec<bool> {
    let mut stays: Vec<bool> = vec![true; rows.len()];
    loop {
        let mut classes: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        let mut histories: BTreeMap<&str, Vec<&[String]>> = BTreeMap::new();
        for (row, _) in rows.iter().zip(&stays).filter(|(_, stays)| **stays) {
            classes.entry(&row.0).or_default().insert(&row.1);
            histories.entry(&row.1).or_default().push(&row.0);
        }
        let mut fails: BTreeSet<&str> = classes
            .values()
            .filter(|subjects| subjects.len() < k)
            .flatten()
            .copied()
            .collect();
        let mut alike: BTreeMap<Vec<&[String]>, Vec<&str>> = BTreeMap::new();
        for (subject, mut history) in histories {
            history.sort_unstable();
            alike.entry(history).or_default().push(subject);
        }
        fails.extend(alike.values().filter(|same| same.len() < k).flatten());
        if fails.is_empty() {
            return stays;
        }
        for (row, stays) in rows.iter().zip(&mut stays) {
            *stays &= !fails.contains(row.1.as_str());
        }
    }
}

fn smallest_class(rows: &[Row]) -> Option<usize> {
    let mut classes: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        classes.entry(&row.0).or_default().insert(&row.1);
    }
    classes.values().map(BTreeSet::len).min()
}

/// A policy whose rows are easy to recompute: quasi columns a and b, a subject s.
fn policy(k: usize, small: &str, missing: &str) -> String {
    head("k").replacen(
        "[grounds]",
        &format!("[subject]\ncolumn = \"s\"\nmissing = \"{missing}\"\n\n[grounds]"),
        1,
    ) + &column(
        "s",
        "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"",
    ) + &column("a", "do = \"keep\"\nkind = \"text\"")
        + &column("b", "do = \"generalise\"\nkind = \"text\"\nprefix = 1")
        + &column("n", "do = \"keep\"\nkind = \"text\"\nclass = \"none\"")
        + INPUT_ORDER
        + &format!("[extract.risk]\nk = {k}\nsmall = \"{small}\"\n")
}

#[test]
fn what_leaves_has_k_subjects_a_class_and_no_row_is_kept_back_without_need() {
    let scene = Scene::new();
    let mut kept_back = 0;
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let (k, subjects) = (2 + random.below(4), 3 + random.below(40));
        let mut text = "s,a,b,n\n".to_owned();
        let mut rows = Vec::new();
        for row in 0..random.below(120) {
            let subject = match random.below(15) {
                0 => String::new(),
                _ => format!("s{}", random.below(subjects)),
            };
            let a = format!("a{}", random.below(4));
            let b = format!("{}x", random.below(3));
            text.push_str(&format!("{subject},{a},{b},n{row}\n"));
            let person = if subject.is_empty() {
                format!("row {row}")
            } else {
                subject
            };
            rows.push((vec![a, b[..1].to_owned()], person));
        }
        let out = format!("out-{seed}");
        let policy = policy(k, "withhold-rows", "own-record");
        let release = scene.release(&policy, text.as_bytes(), &out, How::default());
        let stays = slow(&rows, k);
        let expected: Vec<String> = stays
            .iter()
            .enumerate()
            .filter(|(_, stays)| **stays)
            .map(|(row, _)| format!("n{row}"))
            .collect();
        let extract = release.extract();
        let left: Vec<String> = extract.column("n").map(str::to_owned).collect();
        assert_eq!(left, expected, "seed {seed}");
        let withheld = rows.len() - left.len();
        assert_eq!(release.facts().balance.withheld_total(), withheld as u64);
        kept_back += withheld;
    }
    assert!(kept_back > 500, "{kept_back}");
}

#[test]
fn small_refuse_stops_the_run_with_nothing_on_disk() {
    let scene = Scene::new();
    let policy = policy(3, "refuse", "own-record");
    let stop = scene.refused(
        &policy,
        b"s,a,b,n\n1,x,y,1\n2,x,y,2\n3,x,y,3\n4,z,y,4\n",
        How::default(),
    );
    assert_eq!(stop.code(), 3, "{}", why(&stop));
    let whole = b"s,a,b,n\n1,x,y,1\n2,x,y,2\n3,x,y,3\n";
    assert_eq!(
        scene
            .release(&policy, whole, "out", How::default())
            .extract()
            .rows
            .len(),
        3
    );
}

#[test]
fn rows_of_one_person_are_one_subject_however_often_they_stand() {
    let scene = Scene::new();
    let policy = policy(3, "withhold-rows", "own-record");
    let release = scene.release(
        &policy,
        b"s,a,b,n\n1,x,y,1\n1,x,y,2\n1,x,y,3\n1,x,y,4\n2,x,y,5\n",
        "out",
        How::default(),
    );
    assert!(release.extract().rows.is_empty());
}

#[test]
fn records_without_a_subject_count_for_nobody_where_the_policy_excludes_them() {
    let scene = Scene::new();
    let input = b"s,a,b,n\n,x,y,1\n,x,y,2\n,x,y,3\n";
    let own = scene.release(
        &policy(3, "withhold-rows", "own-record"),
        input,
        "own",
        How::default(),
    );
    assert_eq!(own.extract().rows.len(), 3);
    // Nobody is known to stand behind these rows: three of them are not three people.
    let none = scene.release(
        &policy(3, "withhold-rows", "exclude"),
        input,
        "none",
        How::default(),
    );
    assert_eq!(none.extract().rows.len(), 0);
}

#[test]
fn the_shipped_policy_gives_the_k_it_claims_over_what_left() {
    let scene = Scene::new();
    let policy = crate::util::policies::PARTY_REGISTER;
    let release = scene.release(policy, &common().bytes, "out", How::default());
    let extract: Sheet = release.extract();
    let quasi = ["sex", "birth_date", "sector", "city"];
    let mut own = 0;
    let rows: Vec<Row> = (0..extract.rows.len())
        .map(|row| {
            let class = quasi
                .iter()
                .map(|name| extract.get(row, name).to_owned())
                .collect();
            let person = match extract.get(row, "id_number") {
                "" => {
                    own += 1;
                    format!("row {own}")
                }
                code => code.to_owned(),
            };
            (class, person)
        })
        .collect();
    assert!(rows.len() > 100, "{}", rows.len());
    assert!(smallest_class(&rows).unwrap() >= 5);
    let risk = &release.manifest()["predicate"]["row_risk"];
    assert_eq!(
        (risk["limited"].as_bool(), risk["k"].as_u64()),
        (Some(true), Some(5))
    );
    assert_eq!(
        release.facts().row_risk.as_ref().unwrap().smallest,
        smallest_class(&rows).map(|size| size as u64)
    );
}

/// A policy with a sensitive column `n` and further limits.
fn diverse(limits: &str) -> String {
    policy(2, "withhold-rows", "own-record")
        .replacen("k = 2\n", &format!("k = 2\n{limits}\n"), 1)
        .replace(
            "kind = \"text\"\nclass = \"none\"",
            "kind = \"text\"\nclass = \"sensitive\"",
        )
}

#[test]
fn l_keeps_back_groups_in_which_everybody_has_the_same_value() {
    let scene = Scene::new();
    let input = b"s,a,b,n\n1,x,y,ill\n2,x,y,ill\n3,x,y,ill\n4,z,y,ill\n5,z,y,well\n";
    let release = scene.release(&diverse("l = 2"), input, "out", How::default());
    let extract = release.extract();
    assert_eq!(extract.column("a").collect::<Vec<_>>(), ["z", "z"]);
    let withheld = &release.facts().balance.withheld;
    assert_eq!(withheld.get("class below l"), Some(&3), "{withheld:?}");
    assert_eq!(release.manifest()["predicate"]["row_risk"]["l"], 2);
    // Two of three alike are two values, but not as spread as two.
    let input = b"s,a,b,n\n1,x,y,ill\n2,x,y,ill\n3,x,y,well\n";
    let left = |limits: &str, out: &str| {
        let release = scene.release(&diverse(limits), input, out, How::default());
        release.extract().rows.len()
    };
    assert_eq!(left("l = 2", "distinct"), 3);
    assert_eq!(left("l = 2\nl_rule = \"entropy\"", "entropy"), 0);
}

#[test]
fn max_risk_of_a_third_asks_for_three_people() {
    let scene = Scene::new();
    let input = b"s,a,b,n\n1,x,y,1\n2,x,y,2\n3,z,y,3\n4,z,y,4\n5,z,y,5\n";
    let release = scene.release(&diverse("max_risk = 0.34"), input, "out", How::default());
    assert_eq!(release.extract().rows.len(), 3);
    assert_eq!(release.manifest()["predicate"]["row_risk"]["k"], 3);
}

#[test]
fn a_history_that_nobody_shares_stays_back_though_each_row_is_in_company() {
    let scene = Scene::new();
    // Everybody's rows are in groups of three or more; only s1 has this pair.
    let input = b"s,a,b,n\ns1,x,y,1\ns1,z,y,2\ns2,x,y,3\ns3,x,y,4\ns4,z,y,5\ns5,z,y,6\n";
    let release = scene.release(
        &policy(2, "withhold-rows", "own-record"),
        input,
        "out",
        How::default(),
    );
    assert_eq!(release.extract().rows.len(), 4);
    assert_eq!(
        release.facts().balance.withheld.get("history below k"),
        Some(&2)
    );
    // Where no code leaves, nobody can tell that two rows are one person's.
    let unlinked = policy(2, "withhold-rows", "own-record").replace(
        "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"",
        "do = \"drop\"\nkind = \"exact\"",
    );
    let release = scene.release(&unlinked, input, "unlinked", How::default());
    assert_eq!(release.extract().rows.len(), 6);
}

/// Rows with three quasi columns, the last of which matters least.
fn three(small: &str, extract: &str) -> String {
    head("three").replacen("[grounds]", "[subject]\ncolumn = \"s\"\n\n[grounds]", 1)
        + &column("s", "do = \"drop\"\nkind = \"exact\"")
        + &column("a", "do = \"keep\"\nkind = \"text\"")
        + &column("b", "do = \"keep\"\nkind = \"text\"")
        + &column("c", "do = \"keep\"\nkind = \"text\"")
        + &column("n", "do = \"keep\"\nkind = \"text\"\nclass = \"none\"")
        + extract
        + &format!("[extract.risk]\nk = 3\nsmall = \"{small}\"\n")
}

#[test]
fn suppressed_values_are_the_last_columns_of_small_groups_and_nothing_else() {
    let scene = Scene::new();
    // x,y,z is in company; p,q differs in its last column alone; nothing helps the last row.
    let input = b"s,a,b,c,n\n1,x,y,z,1\n2,x,y,z,2\n3,x,y,z,3\n4,p,q,r,4\n5,p,q,s,5\n6,p,q,\"t,u\",6\n7,k,l,m,7\n";
    let policy = three("suppress-values", INPUT_ORDER);
    let release = scene.release(&policy, input, "out", How::default());
    let text = String::from_utf8(release.files["extract.csv"].clone()).unwrap();
    assert_eq!(
        text,
        "a,b,c,n\nx,y,z,1\nx,y,z,2\nx,y,z,3\np,q,,4\np,q,,5\np,q,,6\n"
    );
    let facts = release.facts();
    assert_eq!(facts.row_risk.as_ref().unwrap().suppressed, [0, 0, 3]);
    assert_eq!(facts.balance.columns[3].withheld.get("row risk"), Some(&3));
    assert_eq!(facts.balance.withheld_total(), 1);
}

#[test]
fn suppressed_values_leave_k_by_the_check_of_what_left_and_the_same_bytes_on_any_threads() {
    let scene = Scene::new();
    let mut random = Random::new(9);
    let mut input = "s,a,b,c,n\n".to_owned();
    for row in 0..400 {
        let mut word = |letter: char, n| match random.below(12) {
            0 => String::new(),
            // A spreadsheet would run this one: it leaves guarded, or not at all.
            1 => format!("={letter}"),
            _ => format!("{letter}{}", random.below(n)),
        };
        let (a, b, c) = (word('a', 4), word('b', 4), word('c', 9));
        input.push_str(&format!("{},{a},{b},{c},n{row}\n", random.below(350)));
    }
    for extract in [
        INPUT_ORDER.to_owned(),
        "[extract]\norder = \"shuffled\"\n".to_owned(),
        INPUT_ORDER.to_owned() + "format = \"jsonl\"\n",
    ] {
        let policy = three("suppress-values", &extract);
        let number = scene.listing().len();
        let release = |threads: usize| {
            let how = How {
                threads,
                chunk: 600,
                ..How::default()
            };
            scene.release(
                &policy,
                input.as_bytes(),
                &format!("out-{number}-{threads}"),
                how,
            )
        };
        let one = release(1);
        let three = release(3);
        assert_eq!(one.files, three.files);
        // One person may have several rows; no code leaves, so rows are what is seen.
        let sheet = one.extract();
        let mut classes: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for row in 0..sheet.rows.len() {
            let class = ["a", "b", "c"].map(|name| sheet.get(row, name).to_owned());
            *classes.entry(class.to_vec()).or_default() += 1;
        }
        assert!(classes.values().all(|rows| *rows >= 3));
        let withheld = one.facts().balance.withheld_total();
        let alone = scene.release(
            &policy.replace("suppress-values", "withhold-rows"),
            input.as_bytes(),
            &format!("alone-{number}"),
            How::default(),
        );
        assert!(withheld * 5 < alone.facts().balance.withheld_total());
    }
}
