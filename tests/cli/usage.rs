//! Wrong words, wrong flags, and values where no value belongs.

use super::scene::Scene;

#[test]
fn without_words_it_shows_help_and_exits_2() {
    let done = Scene::empty().run(&[]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("Examples:") && done.err.contains("Usage:"));
}

#[test]
fn help_shows_examples_before_flags_for_every_command() {
    let scene = Scene::empty();
    for command in [
        "demo",
        "check",
        "explain",
        "run",
        "verify",
        "profile",
        "draft",
        "risk",
        "suggest",
        "attack",
        "protect",
        "kinds",
        "read",
        "try",
        "reidentify",
        "completions",
        "man",
    ] {
        let done = scene.run(&[command, "--help"]).code(0);
        let examples = done.out.find("Examples:").unwrap();
        assert!(examples < done.out.find("Usage:").unwrap(), "{command}");
        assert_eq!(done.err, "");
    }
}

#[test]
fn words_of_the_design_that_are_not_built_are_refused_by_name() {
    let scene = Scene::new();
    scene
        .leaves_nothing(&["gate", "register.csv", "--out", "x"])
        .code(2)
        .prints_nothing()
        .says("`offrecord gate` is not built yet")
        .says_next();
    scene
        .run(&["help", "gate"])
        .code(2)
        .says("`offrecord gate` is not built yet");
}

#[test]
fn a_misspelt_command_is_answered_with_the_nearest() {
    Scene::empty()
        .run(&["verfy"])
        .code(2)
        .says("verfy")
        .says("verify");
}

#[test]
fn a_misspelt_flag_is_answered_with_the_nearest() {
    let scene = Scene::new();
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--outt",
            "x",
        ])
        .code(2)
        .says("--outt")
        .says("--out");
}

#[test]
fn values_that_could_be_cells_are_never_repeated() {
    let mut scene = Scene::empty();
    for value in [
        "13800138000",
        "Zhang Example",
        "-13800138001",
        "--Zhang-Example",
    ] {
        scene.secret(value);
    }
    for arguments in [
        ["try", "--kind", "phone", "13800138000"],
        ["try", "--kind", "13800138000", "--key=x"],
        ["try", "--redact", "Zhang Example", "--key=x"],
        ["try", "--kind", "phone", "-13800138001"],
        ["try", "--kind", "phone", "--Zhang-Example"],
        ["try", "--kind=phone", "--region", "13800138000"],
        ["run", "p", "f", "--threads=13800138000"],
        ["run", "p", "f", "--sample=Zhang Example"],
        ["demo", "--rows", "13800138000", "--seed=Zhang Example"],
        ["key", "new", "k", "13800138000"],
        ["kinds", "13800138000", "--json", "--json"],
    ] {
        scene.leaves_nothing(&arguments).code(2).prints_nothing();
    }
    scene.leaves_nothing(&["Zhang Example"]).code(2);
    scene.leaves_nothing(&["13800138000"]).code(2);
}

#[test]
fn a_run_without_a_place_says_which_flag_is_missing() {
    Scene::new()
        .leaves_nothing(&["run", "policy.toml", "register.csv", "--key", "key"])
        .code(2)
        .says("--out");
}

#[test]
fn house_rules_cannot_be_named_and_switched_off() {
    Scene::new()
        .leaves_nothing(&[
            "check",
            "policy.toml",
            "--house-rules",
            "h",
            "--no-house-rules",
        ])
        .code(2)
        .says("cannot be used with");
}

#[test]
fn sizes_of_chunks_have_limits_and_units() {
    let scene = Scene::new();
    for wrong in ["15", "2GiB", "1.5MiB", "many", "0"] {
        scene
            .leaves_nothing(&[
                "run",
                "policy.toml",
                "register.csv",
                "--key",
                "key",
                "--out",
                "o",
                "--chunk-size",
                wrong,
            ])
            .code(2)
            .says("--chunk-size");
    }
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "--memory",
            "10kB",
        ])
        .code(2)
        .says("1MiB at least");
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "--threads",
            "0",
        ])
        .code(2)
        .says("--threads");
}
