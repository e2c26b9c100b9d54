//! What changed between two policies, in words.

use super::scene::Scene;

#[test]
fn each_change_is_told_with_what_it_does_and_its_effect() {
    let scene = Scene::with("", "[extract.risk]\nk = 2\nsmall = \"withhold-rows\"\n");
    let policy = scene.text("policy.toml");
    scene.file(
        "new.toml",
        policy
            .replace("\"decade\"", "\"day\"")
            .replace("1970-1979", "1975-03-09")
            .replace("[\"Shanghai\", \"Beijing\"]", "[\"Beijing\"]")
            .replace("Not needed", "Needed by nobody"),
    );
    let json = scene
        .run(&[
            "diff",
            "policy.toml",
            "new.toml",
            "--json",
            "--input",
            "register.csv",
        ])
        .code(0)
        .json();
    let direction = |place: &str| {
        json["changes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|change| change["where"].as_str().unwrap().contains(place))
            .unwrap()["direction"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(direction("birth_date"), "looser");
    assert_eq!(direction("city"), "tighter");
    assert_eq!(direction("name"), "neutral");
    let rows = &json["effect"]["rows"];
    assert!(rows["now"].as_u64() < rows["was"].as_u64(), "{rows}");
    let words = scene.run(&["diff", "policy.toml", "new.toml"]).code(0).out;
    assert!(words.contains("▲ looser") && words.contains("Not measured"));
    let zh = scene
        .run(&[
            "diff",
            "policy.toml",
            "new.toml",
            "--lang",
            "zh",
            "--format",
            "html",
        ])
        .code(0)
        .out;
    assert!(zh.contains("更宽松") && zh.contains("<html"));
}

#[test]
fn the_same_policy_and_a_comment_are_told_apart() {
    let scene = Scene::new();
    let same = scene
        .run(&["diff", "policy.toml", "policy.toml"])
        .code(0)
        .out;
    assert!(same.contains("the same, to the last byte"));
    scene.file(
        "new.toml",
        format!("{}\n# a note\n", scene.text("policy.toml")),
    );
    let comment = scene.run(&["diff", "policy.toml", "new.toml"]).code(0).out;
    assert!(comment.contains("every rule is the same"), "{comment}");
}
