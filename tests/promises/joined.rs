//! Releases with the same codes, judged as one: k holds for whoever has both,
//! for who came and for who went, by a slow checker of the tests' own.

use std::collections::{BTreeMap, BTreeSet};

use offrecord::key::Key;

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::random::Random;
use crate::util::sheet::Sheet;
use crate::util::{How, Release, Scene, check, why};

const CODE: &str = "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"";

fn policy(shows: &str, k: usize, small: &str) -> String {
    let mut text =
        head("joined").replacen("[grounds]", "[subject]\ncolumn = \"s\"\n\n[grounds]", 1)
            + &column("s", CODE);
    for name in ["a", "b"] {
        let rule = match name == shows {
            true => "do = \"keep\"\nkind = \"text\"",
            false => "do = \"drop\"",
        };
        text += &column(name, rule);
    }
    text + INPUT_ORDER + &format!("[extract.risk]\nk = {k}\nsmall = \"{small}\"\n")
}

/// What a release shows of each code, rows in order.
fn histories(sheet: &Sheet, shows: &str) -> BTreeMap<String, Vec<String>> {
    let mut histories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in 0..sheet.rows.len() {
        let history = histories.entry(sheet.get(row, "s").to_owned()).or_default();
        history.push(sheet.get(row, shows).to_owned());
    }
    histories.values_mut().for_each(|rows| rows.sort());
    histories
}

fn with<'a>(earlier: &Release) -> How<'a> {
    How {
        with: vec![earlier.dir().to_path_buf()],
        ..How::default()
    }
}

#[test]
fn k_people_share_what_both_releases_show_of_them_and_nobody_is_seen_leaving_alone() {
    let scene = Scene::new();
    let (mut kept_back, mut gone) = (0, 0);
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let k = 2 + random.below(3);
        let small = ["withhold-rows", "suppress-values"][random.below(2)];
        let people = 20 + random.below(60);
        let mut first = "s,a,b\n".to_owned();
        let mut second = first.clone();
        for person in 0..people {
            // Some come, some go; a few have two rows.
            let (a, b) = (random.below(3), random.below(2));
            for _ in 0..1 + random.below(8) / 7 {
                if random.below(10) > 0 {
                    first += &format!("s{person},a{a},b{b}\n");
                }
                if random.below(10) > 0 {
                    second += &format!("s{person},a{a},b{b}\n");
                }
            }
        }
        let earlier = scene.release(
            &policy("a", k, "withhold-rows"),
            first.as_bytes(),
            &format!("first-{seed}"),
            How::default(),
        );
        let release = scene.release(
            &policy("b", k, small),
            second.as_bytes(),
            &format!("second-{seed}"),
            with(&earlier),
        );
        let before = histories(&earlier.extract(), "a");
        let now = histories(&release.extract(), "b");
        let mut joined: BTreeMap<(Option<&Vec<String>>, &Vec<String>), usize> = BTreeMap::new();
        for (code, rows) in &now {
            *joined.entry((before.get(code), rows)).or_default() += 1;
        }
        assert!(
            joined.values().all(|people| *people >= k),
            "seed {seed}: {joined:?}"
        );
        let mut left: BTreeMap<&Vec<String>, [usize; 2]> = BTreeMap::new();
        for (code, rows) in &before {
            let absent = usize::from(!now.contains_key(code));
            left.entry(rows).or_default()[absent] += 1;
        }
        for [here, absent] in left.values() {
            assert!(
                *absent == 0 || *absent >= k || *here == 0,
                "seed {seed}: {left:?}"
            );
            gone += absent;
        }
        kept_back += release.facts().balance.withheld_total();
        let risk = &release.manifest()["predicate"]["row_risk"];
        assert_eq!(
            risk["joined_with"],
            serde_json::json!(["party-register/joined, version 1"])
        );
        assert!(check(release.dir(), true).passed());
    }
    assert!(kept_back > 200 && gone > 50, "{kept_back} {gone}");
}

/// Groups of six by a and of four by b, which together are groups of two.
fn crossed() -> String {
    let mut text = "s,a,b\n".to_owned();
    for person in 0..12 {
        text += &format!("s{person},a{},b{}\n", person / 6, person % 3);
    }
    text
}

#[test]
fn two_releases_that_are_each_in_company_are_not_when_joined_unless_they_are_judged_together() {
    let scene = Scene::new();
    let input = crossed();
    let earlier = scene.release(
        &policy("a", 4, "refuse"),
        input.as_bytes(),
        "a",
        How::default(),
    );
    let alone = scene.release(
        &policy("b", 4, "refuse"),
        input.as_bytes(),
        "b",
        How::default(),
    );
    let risk = &alone.manifest()["predicate"]["row_risk"];
    assert_eq!(risk["joined_with"], "not assessed");
    let texts = String::from_utf8(alone.private["report.html"].clone()).unwrap();
    assert!(texts.contains("not assessed"));
    let stop = scene.refused(&policy("b", 4, "refuse"), input.as_bytes(), with(&earlier));
    assert_eq!(stop.code(), 3, "{}", why(&stop));
    // The same, where k is what the joined groups have.
    let joined = scene.release(
        &policy("b", 2, "refuse"),
        input.as_bytes(),
        "two",
        with(&earlier),
    );
    assert_eq!(joined.extract().rows.len(), 12);
    let texts = String::from_utf8(joined.private["report.html"].clone()).unwrap();
    assert!(texts.contains("judged together"), "{texts}");
}

#[test]
fn a_new_batch_shows_neither_two_who_came_nor_two_who_went() {
    let scene = Scene::new();
    let batch = |people: std::ops::Range<usize>| {
        people.fold("s,a,b\n".to_owned(), |text, person| {
            text + &format!("s{person},a,b\n")
        })
    };
    let policy = policy("a", 3, "withhold-rows");
    let earlier = scene.release(&policy, batch(0..10).as_bytes(), "march", How::default());
    let codes = |release: &Release| -> BTreeSet<String> {
        release.extract().column("s").map(str::to_owned).collect()
    };
    let march = codes(&earlier);
    // Two came: they stay back. Two went: one more goes with them.
    let june = scene.release(&policy, batch(2..12).as_bytes(), "june", with(&earlier));
    let codes_of_june = codes(&june);
    assert!(codes_of_june.is_subset(&march));
    assert_eq!(codes_of_june.len(), 7);
    let withheld = &june.facts().balance.withheld;
    assert_eq!(
        withheld.get("few gone since an earlier release"),
        Some(&1),
        "{withheld:?}"
    );
    assert_eq!(withheld.get("class below k"), Some(&2), "{withheld:?}");
    // Three came and three went: nothing has to stay back.
    let july = scene.release(&policy, batch(3..13).as_bytes(), "july", with(&earlier));
    assert_eq!(july.extract().rows.len(), 10);
}

#[test]
fn a_release_that_cannot_join_is_no_release_to_be_judged_with() {
    let scene = Scene::new();
    let input = crossed();
    let ours = policy("b", 2, "refuse");
    let earlier = scene.release(
        &policy("a", 2, "refuse"),
        input.as_bytes(),
        "a",
        How::default(),
    );
    let refused = |policy: &str, how: How<'_>, says: &str| {
        let stop = scene.refused(policy, input.as_bytes(), how);
        assert_eq!(stop.code(), 2);
        assert!(why(&stop).contains(says), "{}", why(&stop));
    };
    let other = ours.replacen("party-register/", "other-project/", 1);
    refused(&other, with(&earlier), "another project");
    let key = Key::generate().unwrap();
    refused(
        &ours,
        How {
            key: &key,
            ..with(&earlier)
        },
        "another key",
    );
    refused(
        &ours.replacen(CODE, "do = \"drop\"\nkind = \"exact\"", 1),
        with(&earlier),
        "no code",
    );
    let unlimited = ours.split("[extract.risk]").next().unwrap();
    refused(unlimited, with(&earlier), "limits no row risk");
    let nowhere = How {
        with: vec![scene.path("nowhere")],
        ..How::default()
    };
    refused(&ours, nowhere, "no manifest.json");
    let file = earlier.dir().join("extract.csv");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.truncate(bytes.len() - 4);
    std::fs::write(&file, bytes).unwrap();
    refused(&ours, with(&earlier), "not the one that its manifest lists");
}
