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
