//! `explain`: a policy in plain words. Each text takes the time of its six
//! words, seconds in a build that is not optimised: few are asked for.

use super::scene::Scene;

const RECIPIENTS: &str = "[recipients.partner-be]\nname = \"Partner Bravo\"\n\
                          [recipients.partner-fr]\nname = \"Partner Foxtrot\"\n";

#[test]
fn a_policy_is_told_in_words() {
    let scene = Scene::with("", RECIPIENTS);
    let plain = scene
        .leaves_nothing(&["explain", "policy.toml"])
        .code(0)
        .out;
    for word in [
        "A scene of the tests",
        "member",
        "birth_date",
        "Partner Bravo",
        "Partner Foxtrot",
    ] {
        assert!(plain.contains(word), "{word}: {plain}");
    }
    for word in ["anonym", "de-identif", "compliant"] {
        assert!(!plain.to_lowercase().contains(word), "{word}: {plain}");
    }
}

#[test]
fn a_text_for_a_recipient_names_that_recipient_alone() {
    let scene = Scene::with("", RECIPIENTS);
    let one = scene
        .run(&[
            "explain",
            "policy.toml",
            "--recipient",
            "partner-be",
            "--lang",
            "zh",
            "--format",
            "html",
        ])
        .code(0)
        .prints("<!DOCTYPE html>")
        .prints("zh-Hans")
        .prints("Partner Bravo");
    assert!(!one.out.contains("Foxtrot") && !one.out.contains("匿名"));
    scene
        .run(&["explain", "policy.toml", "--recipient", "partner-xx"])
        .code(2)
        .prints_nothing()
        .says("it names: partner-be, partner-fr");
}

#[test]
fn a_wrong_policy_is_not_explained() {
    let scene = Scene::with("unlistd = \"drop\"", "");
    scene
        .run(&["explain", "policy.toml"])
        .code(2)
        .prints_nothing()
        .says("unlistd");
    scene
        .run(&["explain", "nosuch.toml"])
        .code(2)
        .says("nosuch.toml")
        .says_next();
    scene
        .run(&["explain", "policy.toml", "--lang", "fr"])
        .code(2)
        .says("possible values: en, zh");
}
