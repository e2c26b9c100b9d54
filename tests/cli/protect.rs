//! `protect`: a table made elsewhere. All figures are invented.

use super::scene::Scene;

/// A table with its totals, one row hidden by hand from what it says.
const CELLS: &str = "sector,sex,n\n\
    mining,f,3\nmining,m,132\nmining,x,196\nmining,Total,331\n\
    banks,f,40\nbanks,m,50\nbanks,x,60\nbanks,Total,150\n\
    schools,f,70\nschools,m,81\nschools,x,92\nschools,Total,243\n\
    Total,f,113\nTotal,m,263\nTotal,x,348\nTotal,Total,724\n";

const ASK: [&str; 8] = [
    "protect",
    "cells.csv",
    "--by",
    "sector",
    "--by",
    "sex",
    "--persons",
    "n",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ASK.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn a_small_cell_cannot_be_had_by_subtraction() {
    let scene = Scene::empty();
    scene.file("cells.csv", CELLS);
    let done = scene.run(&ASK).code(0);
    let left: Vec<&str> = done.out.lines().collect();
    assert_eq!(left[0], "sector,sex,n,status");
    assert_eq!(left.len(), 1 + 16 - 4, "{}", done.out);
    assert!(!done.out.contains("mining,f,"));
    let done = done.says("1 of 1 sensitive figure");
    let withheld: Vec<&str> = CELLS
        .lines()
        .skip(1)
        .filter(|line| !done.out.contains(&format!("{line},published")))
        .collect();
    // In every line that adds up, none or at least two are withheld.
    for at in 0..2 {
        for label in ["mining", "banks", "schools", "f", "m", "x"] {
            let of = withheld
                .iter()
                .filter(|line| line.split(',').nth(at) == Some(label))
                .count();
            assert_ne!(of, 1, "{label}: {withheld:?}");
        }
    }
}

#[test]
fn withheld_and_empty_rows_look_alike() {
    let scene = Scene::empty();
    scene.file(
        "cells.csv",
        CELLS
            .replace("mining,f,3\n", "")
            .replace("331", "328")
            .replace("113", "110")
            .replace("724", "721"),
    );
    let empty = scene.run(&with(&["--show-withheld"])).code(0).out;
    scene.file("cells.csv", CELLS);
    let small = scene.run(&with(&["--show-withheld"])).code(0).out;
    assert!(empty.contains("mining,f,,withheld"));
    let withheld = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.ends_with("withheld"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(withheld(&empty), withheld(&small));
}

#[test]
fn the_private_report_tells_the_rules_and_the_proof() {
    let scene = Scene::empty();
    scene.file("cells.csv", CELLS);
    let done = scene
        .run(&with(&[
            "--out",
            "safe.csv",
            "--report",
            "private.json",
            "--json",
        ]))
        .code(0);
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["audit"]["met"], 1);
    assert_eq!(report["audit"]["exposed"], serde_json::json!([]));
    assert_eq!(report["sensitive_by_reason"]["too-few"], 1);
    assert_eq!(report["complementary"], 3);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&scene.text("private.json")).unwrap(),
        report
    );
    scene
        .run(&with(&["--out", "safe.csv"]))
        .code(2)
        .says("exists already");
}

#[test]
fn order_of_rows_changes_nothing() {
    let scene = Scene::empty();
    scene.file("cells.csv", CELLS);
    let first = scene.run(&ASK).code(0).out;
    let mut lines: Vec<&str> = CELLS.lines().collect();
    lines[1..].reverse();
    scene.file("cells.csv", lines.join("\n"));
    assert_eq!(scene.run(&ASK).code(0).out, first);
}

#[test]
fn what_does_not_add_up_is_refused_by_line() {
    let scene = Scene::empty();
    scene.file("cells.csv", CELLS.replace("banks,m,50\n", ""));
    scene
        .leaves_nothing(&ASK)
        .code(1)
        .prints_nothing()
        .says("line 14")
        .says_next();
    scene.file("cells.csv", CELLS.replace("banks,m,50", "banks,m,fifty"));
    scene
        .leaves_nothing(&ASK)
        .code(1)
        .says("line 7")
        .silent_about("fifty")
        .says_next();
    scene.file("cells.csv", CELLS.replace("banks,m,50", "banks,f,50"));
    scene.leaves_nothing(&ASK).code(1).says("lines 6 and 7");
}

#[test]
fn columns_are_named_as_they_stand() {
    let scene = Scene::empty();
    scene.file("cells.csv", CELLS);
    scene
        .leaves_nothing(&["protect", "cells.csv", "--by", "sektor", "--persons", "n"])
        .code(4)
        .silent_about("sektor")
        .says_next();
    scene
        .leaves_nothing(&["protect", "cells.csv", "--by", "n", "--persons", "n"])
        .code(2)
        .says("named twice");
    scene
        .leaves_nothing(&["protect", "cells.csv", "--by", "sector"])
        .code(2)
        .says("--persons");
}

#[test]
fn what_is_known_already_cannot_be_protected_and_nothing_is_written() {
    let scene = Scene::empty();
    // The totals are left out and known: 33 less 30 is 3.
    scene.file("cells.csv", "sector,sex,n\nmining,f,30\nmining,m,3\n");
    scene
        .leaves_nothing(&with(&["--out", "safe.csv"]))
        .code(3)
        .prints_nothing()
        .says_next();
    scene
        .run(&with(&["--totals", "unknown"]))
        .code(0)
        .says("1 of 2 rows published");
}

#[test]
fn a_sum_that_one_dominates_is_withheld_with_its_row() {
    let scene = Scene::empty();
    scene.file(
        "wages.csv",
        "region,n,wages,top1,top2\n\
         north,20,1000.50,950,20\nsouth,30,900.00,60,50\nwest,40,5000.25,300,290\n\
         Total,90,6900.75,950,300\n",
    );
    let done = scene
        .run(&[
            "protect",
            "wages.csv",
            "--by",
            "region",
            "--persons",
            "n",
            "--value",
            "wages",
            "--largest",
            "top1,top2",
            "--p-percent",
            "10",
            "--min",
            "3",
        ])
        .code(0);
    assert!(!done.out.contains("north"));
    assert!(done.out.starts_with("region,n,wages,status\n"));
    assert_eq!(done.out.lines().count(), 3);
}
