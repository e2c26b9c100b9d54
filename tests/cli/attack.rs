//! `attack`: evidence with counts, an exit code, and never a value.

use serde_json::Value;

use super::scene::Scene;

/// A release of the scene's register, with a limit on rows.
fn released() -> Scene {
    let scene = Scene::with("", "[extract.risk]\nk = 3\n");
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "out",
        ])
        .code(0);
    scene
}

#[test]
fn a_release_that_holds_its_limit_is_not_broken_and_the_rest_is_for_people() {
    let scene = released();
    let done = scene
        .run(&[
            "attack",
            "out",
            "--source",
            "register.csv",
            "--tries",
            "2000",
        ])
        .code(0);
    for word in [
        "limits: k = 3",
        "NOT TRIED",
        "social media",
        "TESTED BY",
        "who was selected",
    ] {
        assert!(done.out.contains(word), "{word}: {}", done.out);
    }
    assert!(!done.out.contains("BROKEN"));
    let done = scene
        .run(&["attack", "out", "--tries", "2000", "--json"])
        .code(0);
    let found: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (found["k"].as_u64(), found["broken"].as_bool()),
        (Some(3), Some(false))
    );
    assert!(found["not_tried"].as_array().unwrap().len() > 4);
    assert!(found["tester"].is_object());
}

#[test]
fn a_release_that_was_tampered_with_breaks_and_exits_3() {
    let scene = released();
    let extract = scene.text("out/extract.csv");
    // One row more, which nobody shares.
    scene.file("out/extract.csv", format!("{extract},Shanghai,1890-1899\n"));
    let done = scene
        .run(&["attack", "out", "--tries", "2000"])
        .code(3)
        .says("next:");
    assert!(done.out.contains("BROKEN     singling-out"));
}

#[test]
fn wrong_use_is_refused_without_repeating_what_was_typed() {
    let scene = released();
    scene.file("list.csv", "town\nShanghai\n");
    std::fs::create_dir(scene.path("empty")).unwrap();
    scene
        .run(&["attack", "empty"])
        .code(2)
        .says("no manifest")
        .says_next();
    scene.file("facts.csv", "street\nHigh\n");
    scene
        .run(&["attack", "out", "--facts", "facts.csv"])
        .code(4)
        .says("no column street");
    scene
        .run(&["attack", "out", "--with", "list.csv"])
        .code(2)
        .says("nothing to match it by");
    scene
        .run(&[
            "attack",
            "out",
            "--with",
            "list.csv",
            "--match",
            "city=place",
        ])
        .code(4)
        .says("no column place");
    scene.run(&["attack", "missing.csv"]).code(1);
    scene
        .run(&["attack", "out", "--region", "1101"])
        .code(2)
        .says("six digits");
    let done = scene
        .run(&[
            "attack",
            "out",
            "--with",
            "list.csv",
            "--match",
            "city=town",
            "--tries",
            "2000",
        ])
        .code(0);
    assert!(done.out.contains("linkage with a list"));
}
