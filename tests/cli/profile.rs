//! `profile` and `draft`: what is in a file, never a value of it.

use super::scene::{Scene, register};

#[test]
fn a_profile_is_a_table_json_or_a_page_and_never_a_value() {
    let scene = Scene::new();
    scene.file("r.csv", register(300));
    let done = scene.run(&["profile", "r.csv"]).code(0);
    assert!(done.out.contains("COLUMN"), "{}", done.out);
    assert!(done.out.contains("birth_date"), "{}", done.out);
    let done = scene
        .run(&["profile", "r.csv", "--json", "--html", "page.html"])
        .code(0);
    let answer: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(answer["format"], "urn:offrecord:profile:1");
    let page = scene.text("page.html");
    assert!(page.contains("<svg") && page.contains("default-src 'none'"));
    for foreign in ["<script", "http://", "https://", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let text = register(300);
    for cell in text
        .lines()
        .skip(1)
        .flat_map(|line| line.split(','))
        .filter(|cell| cell.chars().count() > 5)
    {
        for shown in [&done.out, &page] {
            assert!(!shown.contains(cell), "a cell is shown");
        }
    }
    scene
        .run(&["profile", "r.csv", "--html", "page.html"])
        .code(2)
        .says("page.html exists already");
}

#[test]
fn a_profile_tells_what_it_cannot_read() {
    let scene = Scene::new();
    scene
        .leaves_nothing(&["profile", "nosuch.csv"])
        .code(1)
        .says("cannot be opened")
        .prints_nothing();
    scene.file("a.csv", "a,b\n1,2\n");
    scene.file("b.csv", "a,c\n1,2\n");
    scene
        .leaves_nothing(&["profile", "a.csv", "b.csv"])
        .code(4)
        .says("b.csv: its columns are not those of the first file");
    scene.file("c.csv", "b,a\n1,2\n");
    scene.run(&["profile", "a.csv", "c.csv"]).code(0);
    scene.pipe(&["profile", "-"], b"a\n1\n").code(0);
    scene
        .leaves_nothing(&["profile", "-", "-"])
        .code(2)
        .says("stdin is asked for more than once");
}

#[test]
fn a_draft_is_refused_until_every_reason_is_written() {
    let scene = Scene::new();
    scene.file("r.csv", register(300));
    let draft = scene.run(&["draft", "r.csv"]).code(0).out;
    scene.file("draft.toml", &draft);
    let done = scene
        .run(&["check", "draft.toml"])
        .code(2)
        .says("`why` of [columns.name] says nothing yet");
    assert_eq!(
        done.err.matches("error[policy/empty-text]").count(),
        draft.matches("= \"\"").count()
    );
    scene.file(
        "finished.toml",
        draft.replace("= \"\"", "= \"Written by a person\""),
    );
    scene
        .run(&["check", "finished.toml", "--input", "r.csv"])
        .code(0);
    scene
        .run(&["draft", "r.csv", "--project", "Not Good"])
        .code(2)
        .says("lower case letters");
}
