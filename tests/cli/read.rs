//! `read`: the records as the engine reads them.

use super::scene::Scene;

#[test]
fn raw_values_are_printed_only_when_meant() {
    Scene::new()
        .leaves_nothing(&["read", "register.csv"])
        .code(2)
        .prints_nothing()
        .says("--raw")
        .says_next();
}

#[test]
fn records_are_arrays_of_strings_the_header_first() {
    let scene = Scene::empty();
    scene.file("a.csv", "id,note\n1,\"a\n\"\"b\"\"\"\n\n2,\n");
    let done = scene.pipe_raw(&["read", "a.csv", "--raw"], b"").code(0);
    assert_eq!(
        done.out,
        "[\"id\",\"note\"]\n[\"1\",\"a\\n\\\"b\\\"\"]\n[\"2\",\"\"]\n"
    );
    assert_eq!(done.err, "");
}

#[test]
fn unreadable_records_are_listed_by_place_and_reason_never_by_text() {
    let mut scene = Scene::empty();
    scene.secret("Nobody");
    scene.file(
        "a.csv",
        "id,name\n1,x\n2,Nobody,extra\n3,No\"body Nobody\n4,y\n",
    );
    let done = scene.pipe_raw(&["read", "a.csv", "--raw"], b"").code(1);
    assert_eq!(
        done.out,
        "[\"id\",\"name\"]\n[\"1\",\"x\"]\n[\"4\",\"y\"]\n"
    );
    done.says("line 3, byte 12")
        .says("wrong number of fields")
        .says("line 4")
        .says("2 records could not be read");
}

#[test]
fn rejects_go_to_a_new_file() {
    let scene = Scene::empty();
    scene.file("a.csv", "id,name\n1\n2,y\n");
    scene
        .pipe_raw(&["read", "a.csv", "--raw", "--rejects", "r.csv"], b"")
        .code(1)
        .silent_about("line 2");
    assert!(
        scene
            .text("r.csv")
            .starts_with("line,byte,column,reason,meaning\n2,8,"),
        "{}",
        scene.text("r.csv")
    );
    scene
        .run(&["read", "a.csv", "--raw", "--rejects", "r.csv"])
        .code(2)
        .prints_nothing()
        .says("exists already");
}

#[test]
fn delimiter_quote_encoding_and_header_are_declared() {
    let scene = Scene::empty();
    // GB18030: 姓名 and 王.
    scene.file("gb.txt", b"\xd0\xd5\xc3\xfb\tx\n'\xcd\xf5'\t2\n");
    let read = |more: &[&str]| {
        let mut arguments = vec![
            "read",
            "gb.txt",
            "--raw",
            "--encoding",
            "gb18030",
            "--delimiter",
            "tab",
        ];
        arguments.extend(more);
        scene.pipe_raw(&arguments, b"")
    };
    assert_eq!(
        read(&["--quote", "'"]).code(0).out,
        "[\"姓名\",\"x\"]\n[\"王\",\"2\"]\n"
    );
    assert_eq!(
        read(&["--quote", "none", "--no-header"]).code(0).out,
        "[\"姓名\",\"x\"]\n[\"'王'\",\"2\"]\n"
    );
    scene
        .run(&["read", "gb.txt", "--raw"])
        .code(1)
        .says("encoding")
        .says_next();
    scene
        .run(&["read", "gb.txt", "--raw", "--encoding", "klingon"])
        .code(2)
        .says("no such encoding");
    scene
        .run(&["read", "gb.txt", "--raw", "--delimiter", "ab"])
        .code(2)
        .says("--delimiter");
    scene
        .run(&["read", "gb.txt", "--raw", "--delimiter", "é"])
        .code(2)
        .says("one ASCII character");
}

#[test]
fn stdin_json_lines_and_a_policys_own_settings_are_read() {
    let scene = Scene::with("[input]\ndelimiter = \";\"\n", "");
    scene.file("b.csv", "a;b\n1;2\n");
    let done = scene
        .pipe_raw(&["read", "b.csv", "--raw", "--policy", "policy.toml"], b"")
        .code(0);
    assert_eq!(done.out, "[\"a\",\"b\"]\n[\"1\",\"2\"]\n");
    let done = scene.pipe_raw(
        &["read", "-", "--raw", "--format", "jsonl"],
        b"{\"a\":1.50,\"b\":null}\n{\"b\":\"x\"}\n",
    );
    assert_eq!(
        done.code(0).out,
        "[\"a\",\"b\"]\n[\"1.50\",null]\n[null,\"x\"]\n"
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let scene = Scene::empty();
    scene
        .run(&["read", "nosuch.csv", "--raw"])
        .code(1)
        .says("nosuch.csv")
        .says_next();
    scene
        .run(&["read", ".", "--raw"])
        .code(1)
        .says("folder")
        .says_next();
    scene.file("empty.csv", "");
    scene
        .run(&["read", "empty.csv", "--raw"])
        .code(1)
        .says("no header")
        .says_next();
}

#[test]
fn one_column_alone_is_printed_one_value_a_line() {
    let scene = Scene::empty();
    scene.file("a.csv", "id,\u{90e8}\u{95e8}\n1,\"a\nb\"\n2,\n3,x,y\n");
    let read = ["read", "a.csv", "--raw", "--column"];
    let done = scene
        .pipe_raw(&[&read[..], &["\u{90e8}\u{95e8}"]].concat(), b"")
        .code(1);
    assert_eq!(done.out, "\"a\\nb\"\n\"\"\n");
    scene
        .pipe_raw(&[&read[..], &["place"]].concat(), b"")
        .code(2)
        .prints_nothing()
        .says("no column is called `place`")
        .says_next();
    scene.file(
        "a.jsonl",
        "{\"id\":1,\"note\":null}\n{\"id\":2,\"note\":\"x\"}\n",
    );
    let done = scene.pipe_raw(
        &[
            "read", "a.jsonl", "--raw", "--format", "jsonl", "--column", "note",
        ],
        b"",
    );
    assert_eq!(done.code(0).out, "null\n\"x\"\n");
}
