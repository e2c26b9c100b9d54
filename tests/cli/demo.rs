//! `demo`: the first thing that anybody runs.

use super::scene::Scene;

#[test]
fn the_demo_ends_with_a_release_that_verifies() {
    let scene = Scene::empty();
    let demo = [
        "demo",
        "--rows",
        "3000",
        "--branches",
        "100",
        "--threads",
        "2",
    ];
    let done = scene.run(&demo).code(0).prints_nothing();
    let done = done
        .says("READ 3,000 records")
        .says("RELEASE offrecord-demo/release")
        .says("Try next:");
    for word in ["anonym", "de-identif", "safe", "compliant"] {
        assert!(!done.err.to_lowercase().contains(word), "{word}");
    }
    scene
        .run(&[
            "verify",
            "offrecord-demo/release",
            "--private",
            "offrecord-demo/release.private",
            "--key",
            "offrecord-demo/demo.key",
        ])
        .code(0);
    // Made again in its place: the same register, another key, nothing else touched.
    let register = scene.text("offrecord-demo/invented-register.csv");
    let key = scene.text("offrecord-demo/demo.key");
    scene.file("offrecord-demo/mine.txt", "mine");
    scene.run(&demo).code(0);
    assert_eq!(scene.text("offrecord-demo/invented-register.csv"), register);
    assert_ne!(scene.text("offrecord-demo/demo.key"), key);
    assert_eq!(scene.text("offrecord-demo/mine.txt"), "mine");
    assert!(
        !scene
            .names()
            .iter()
            .any(|name| name.contains(".offrecord-"))
    );
}

#[test]
fn a_folder_without_the_mark_is_left_alone() {
    let scene = Scene::empty();
    std::fs::create_dir(scene.path("offrecord-demo")).unwrap();
    scene.file("offrecord-demo/demo.key", "not yours");
    scene
        .leaves_nothing(&["demo", "--rows", "100"])
        .code(2)
        .says("does not bear the mark")
        .says("--dir");
    assert_eq!(scene.text("offrecord-demo/demo.key"), "not yours");
    scene.file("a-file", "x");
    scene
        .leaves_nothing(&["demo", "--rows", "100", "--dir", "a-file"])
        .code(2)
        .says("a-file");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_demo_is_not_followed() {
    let scene = Scene::empty();
    scene
        .run(&["demo", "--rows", "200", "--dir", "real"])
        .code(0);
    std::os::unix::fs::symlink(scene.path("real"), scene.path("link")).unwrap();
    scene
        .leaves_nothing(&["demo", "--rows", "200", "--dir", "link"])
        .code(2);
}

#[test]
fn the_generator_alone_is_deterministic_and_overwrites_nothing() {
    let scene = Scene::empty();
    let make = |name: &str, seed: &str| {
        let truth = format!("{name}-truth");
        scene.run(&[
            "demo",
            "--generate-only",
            "--rows",
            "500",
            "--seed",
            seed,
            "--out",
            name,
            "--truth",
            &truth,
        ])
    };
    make("a", "7").code(0).says("500 records");
    make("b", "7").code(0);
    make("c", "8").code(0);
    assert_eq!(scene.text("a"), scene.text("b"));
    assert_eq!(scene.text("a-truth"), scene.text("b-truth"));
    assert_ne!(scene.text("a"), scene.text("c"));
    let before = scene.names();
    make("a", "9").code(2).says("a exists already");
    assert_eq!(scene.names(), before);
    scene
        .run(&["demo", "--generate-only"])
        .code(2)
        .says("--out");
    scene
        .leaves_nothing(&["demo", "--rows", "10", "--branches", "20"])
        .code(2)
        .says("more branches than rows");
}
