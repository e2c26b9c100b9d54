//! `verify` on finished releases, whole and damaged.

use super::scene::Scene;

fn released() -> Scene {
    let scene = Scene::new();
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "--quiet",
        ])
        .code(0);
    scene
}

#[test]
fn a_release_verifies_alone_and_says_what_was_not_repeated() {
    let scene = released();
    scene
        .leaves_nothing(&["verify", "o"])
        .code(0)
        .says("Leak check not repeated");
    scene
        .leaves_nothing(&["verify", "o", "--private", "o.private", "--key", "key"])
        .code(0)
        .says("fingerprints of protected values");
    let answer = scene
        .run(&["verify", "o", "--json", "--quiet"])
        .code(0)
        .json();
    assert_eq!(answer["passed"], true);
    assert_eq!(answer["repeated"], false);
}

#[test]
fn a_changed_byte_breaks_the_hash() {
    let scene = released();
    scene.file(
        "o/extract.csv",
        scene
            .text("o/extract.csv")
            .replacen("Beijing", "Shanghai", 1),
    );
    scene.run(&["verify", "o"]).code(1).says("SHA-256 differs");
    scene
        .run(&["verify", "o", "--json"])
        .code(1)
        .prints("\"passed\": false");
}

#[test]
fn a_raw_value_put_back_is_a_leak() {
    let scene = released();
    let text = scene.text("o/extract.csv");
    let code = text.lines().nth(1).unwrap().split(',').next().unwrap();
    scene.file(
        "o/extract.csv",
        text.replacen(code, &super::scene::member(3), 1),
    );
    scene
        .run(&["verify", "o", "--private", "o.private", "--key", "key"])
        .code(3)
        .says("extract.csv, line 2");
}

#[test]
fn a_file_too_many_is_found() {
    let scene = released();
    scene.file("o/notes.txt", "hello\n");
    scene
        .run(&["verify", "o"])
        .code(1)
        .says("not named in the manifest");
}

#[test]
fn half_of_what_the_leak_check_needs_is_refused() {
    let scene = released();
    scene
        .run(&["verify", "o", "--private", "o.private"])
        .code(2)
        .says("--key");
    scene
        .run(&["verify", "o", "--key", "key"])
        .code(2)
        .says("--private");
}

#[test]
fn another_key_is_told() {
    let mut scene = released();
    scene.make_key("other");
    let done = scene.run(&["verify", "o", "--private", "o.private", "--key", "other"]);
    assert!(done.code == 1, "{}", done.err);
    assert!(done.err.contains("key"), "{}", done.err);
}

#[test]
fn what_is_no_release_is_told() {
    let scene = Scene::new();
    scene
        .run(&["verify", "nosuch"])
        .code(2)
        .says("nosuch is not a folder")
        .says_next();
    scene
        .run(&["verify", "register.csv"])
        .code(2)
        .says("not a folder");
    std::fs::create_dir(scene.path("empty")).unwrap();
    scene
        .run(&["verify", "empty"])
        .code(1)
        .says("no manifest.json");
}
