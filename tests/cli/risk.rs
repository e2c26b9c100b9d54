//! `risk` and `suggest`: measures of a file and the least coarsening, without a value in any output.

use serde_json::Value;

use super::scene::Scene;

/// Invented: `a1b2c3` and the others are nobody's.
const PEOPLE: &str = "id,zip,age,ill\n\
    a1b2c3,10115,31,flu\nbob,10115,32,flu\ncid,10117,33,cough\n\
    dan,10117,34,flu\neve,20095,35,cold\na1b2c3,20095,36,cold\n";

fn scene() -> Scene {
    let mut scene = Scene::empty();
    scene.file("people.csv", PEOPLE);
    for value in ["10115", "20095", "cough", "a1b2c3"] {
        scene.secret(value);
    }
    scene
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn risk_counts_people_not_records_and_says_so_in_json_and_in_words() {
    let scene = scene();
    let done = scene
        .run(&[
            "risk",
            "people.csv",
            "--quasi",
            "zip",
            "--sensitive",
            "ill",
            "--subject",
            "id",
            "--json",
        ])
        .code(0);
    let found = json(&done.out);
    assert_eq!(found["records"], 6);
    assert_eq!(found["people"], 5);
    assert_eq!(found["k"], 2);
    assert_eq!(found["alone"], 0);
    assert_eq!(found["sizes"]["2"], 3);
    assert_eq!(found["diversity"][0]["distinct"], 1);
    assert_eq!(found["diversity"][0]["same_classes"], 2);
    // One person stands in two classes, and nobody else in both.
    assert_eq!(found["histories"]["people"], 1);
    assert_eq!(found["histories"]["alone"], 1);
    let words = scene
        .run(&["risk", "people.csv", "--subject", "id"])
        .code(0);
    assert!(words.out.contains("ALONE") && words.out.contains("WORST"));
}

#[test]
fn risk_at_a_level_of_a_hierarchy_measures_the_coarser_rows() {
    let scene = scene();
    let done = scene
        .run(&[
            "risk",
            "people.csv",
            "--quasi",
            "zip,age",
            "--hierarchy",
            "zip=postcode",
            "--hierarchy",
            "age=age",
            "--level",
            "zip=5",
            "--level",
            "age=2",
            "--json",
        ])
        .code(0);
    assert_eq!(json(&done.out)["k"], 6);
}

#[test]
fn wrong_columns_levels_and_hierarchies_are_refused() {
    let scene = scene();
    scene.file("short.csv", "10115;101;*\n");
    scene
        .run(&["risk", "people.csv", "--quasi", "town"])
        .code(4)
        .says("no column town")
        .says_next();
    scene
        .run(&["risk", "people.csv", "--quasi", "zip,zip"])
        .code(2)
        .says("named twice");
    scene
        .run(&["risk", "people.csv", "--hierarchy", "zip=short.csv"])
        .code(2)
        .says("2 distinct values")
        .says_next();
    scene
        .run(&[
            "risk",
            "people.csv",
            "--hierarchy",
            "zip=postcode",
            "--level",
            "zip=9",
        ])
        .code(2)
        .says("no level 9");
    scene
        .run(&["suggest", "people.csv", "--quasi", "zip", "--l", "2"])
        .code(2)
        .says("no column is sensitive");
    scene.file("head.csv", "zip,age\n");
    for command in ["risk", "suggest"] {
        scene
            .run(&[command, "head.csv"])
            .code(1)
            .says("no records that can be read")
            .says_next();
    }
    scene
        .run(&["suggest", "people.csv", "--quasi", "zip", "--k", "90"])
        .code(3)
        .says("holds 6 people");
    scene
        .run(&["risk", "people.jsonl", "--format", "jsonl"])
        .code(1);
}

#[test]
fn suggest_names_the_levels_and_gives_a_change_to_paste() {
    let scene = scene();
    let words = [
        "suggest",
        "people.csv",
        "--quasi",
        "zip,age",
        "--ignore",
        "id,ill",
    ];
    let hierarchies = [
        "--hierarchy",
        "zip=postcode",
        "--hierarchy",
        "age=age",
        "--k",
        "2",
    ];
    let all: Vec<&str> = words.iter().chain(&hierarchies).copied().collect();
    let done = scene.run(&all).code(0);
    assert!(done.out.contains("BEFORE     k = 1") && done.out.contains("AFTER      k = 2"));
    assert!(done.out.contains("[columns.age]"));
    let done = scene
        .run(&all.iter().chain(&["--json"]).copied().collect::<Vec<_>>())
        .code(0);
    let found = json(&done.out);
    assert_eq!(found["optimal"], true);
    assert!(found["best"]["levels"]["age"].as_u64().unwrap() > 0);
    assert!(found["after"]["k"].as_u64().unwrap() >= 2);
}

#[test]
fn where_no_combination_meets_the_limit_the_exit_code_is_3() {
    let scene = scene();
    scene
        .run(&["suggest", "people.csv", "--quasi", "zip,age", "--k", "3"])
        .code(3)
        .says("no combination of levels meets the limit");
}

#[test]
fn a_population_list_gives_candidates_for_each_person_and_the_journalists_risk() {
    let scene = scene();
    // Three more people of 10115 who are 31; nobody in 20095 who is 36.
    scene.file(
        "roll.csv",
        "born,plz\n31,10115\n31,10115\n31,10115\n31,10115\n32,10115\n33,10117\n34,10117\n34,10117\n35,20095\n",
    );
    let risk = |more: &[&str]| {
        let words = [
            "risk",
            "people.csv",
            "--quasi",
            "zip,age",
            "--population",
            "roll.csv",
            "--match",
        ];
        let all: Vec<&str> = words.iter().chain(more).copied().collect();
        scene.run(&all)
    };
    let found = json(&risk(&["zip=plz,age=born", "--json"]).code(0).out);
    let risk_of = &found["risk"];
    assert_eq!(risk_of["population_known"], true);
    let candidates = &risk_of["candidates"];
    for (word, people) in [
        ("listed", 9),
        ("none", 1),
        ("one", 3),
        ("few", 2),
        ("many", 0),
        ("least", 1),
    ] {
        assert_eq!(candidates[word], people, "{word}");
    }
    assert_eq!(risk_of["journalist_highest"], 1.0);
    // 1/4 + 1/1 + 1/1 + 1/2 + 1/1, and 1 for whom the list lacks.
    let mean = risk_of["journalist_mean"].as_f64().unwrap();
    assert!((mean - 4.75 / 6.0).abs() < 1e-12, "{mean}");
    let words = risk(&["zip=plz,age=born"]).code(0);
    assert!(words.out.contains("LISTED"), "{}", words.out);
    // At coarser levels values that only the list has count as well.
    let levels = [
        "zip=plz,age=born",
        "--hierarchy",
        "zip=drop",
        "--hierarchy",
        "age=age",
        "--level",
        "zip=1",
        "--level",
        "age=1",
        "--json",
    ];
    let coarse = json(&risk(&levels).code(0).out);
    assert_eq!(coarse["risk"]["candidates"]["many"], 4);
    risk(&["zip=town,age=born"])
        .code(4)
        .says("roll.csv has no column town")
        .says_next();
    risk(&["ill=plz"]).code(2).says("not quasi");
}

/// Invented; the policy drops what is not looked at.
fn policy(scene: &Scene, risk: &str) {
    scene.file(
        "policy.toml",
        format!(
            "policy = \"people/rows\"\nversion = 1\npurpose = \"A test\"\n[grounds]\nany = \"A test\"\n\
             [columns.id]\ndo = \"drop\"\nground = \"any\"\nwhy = \"Not needed for this\"\n\
             [columns.zip]\ndo = \"generalise\"\nkind = \"exact\"\nprefix = 5\nground = \"any\"\nwhy = \"The place is a finding\"\n\
             [columns.age]\ndo = \"drop\"\nground = \"any\"\nwhy = \"Not needed for this\"\n\
             [columns.ill]\ndo = \"drop\"\nground = \"any\"\nwhy = \"Not needed for this\"\n\
             [extract]\norder = \"shuffled\"\n{risk}\n"
        ),
    );
}

#[test]
fn suggest_for_a_policy_names_what_the_run_itself_would_do() {
    let scene = scene();
    policy(&scene, "[extract.risk]\nk = 4\n");
    let words = ["suggest", "policy.toml", "--input", "people.csv"];
    let done = scene.run(&words).code(0);
    assert!(
        done.out.contains("BEFORE     k = 4: 6 rows of 6 kept back"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("AFTER      k = 4: 0 rows of 6 kept back"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("[columns.zip]\ndo = \"drop\""),
        "{}",
        done.out
    );
    let done = scene
        .run(&[&words[..], &["--k", "2", "--json"]].concat())
        .code(0);
    let found = json(&done.out);
    assert_eq!(found["best"]["levels"]["zip"], 0);
    assert_eq!(found["before"]["kept_back"], 0);
    let done = scene
        .run(&[&words[..], &["--k", "3", "--suppress", "0.4", "--json"]].concat())
        .code(0);
    let found = json(&done.out);
    assert_eq!(found["optimal"], true);
    assert_eq!(found["best"]["change"]["zip"], "prefix = 4");
    assert_eq!(
        (&found["before"]["kept_back"], &found["after"]["kept_back"]),
        (&json("6"), &json("2"))
    );
    scene
        .run(&["suggest", "policy.toml"])
        .code(2)
        .says("no records were given")
        .says_next();
    scene
        .run(&[&words[..], &["--k", "7"]].concat())
        .code(3)
        .says("max_withheld");
    policy(
        &scene,
        "[extract.risk]\nk = 4\nsmall = \"generalise\"\nmax_withheld = 0.4\n",
    );
    let out = scene
        .run(&["run", "policy.toml", "people.csv", "--dry-run"])
        .code(0);
    assert!(out.err.contains("written: zip"), "{}", out.err);
}
