//! `try`: values typed by hand.

use super::scene::Scene;

#[test]
fn a_kind_answers_each_line_with_one_object() {
    let scene = Scene::empty();
    let done = scene
        .pipe_raw(
            &["try", "--kind", "cn-resident-id"],
            "１１０１０５１９４９１２３１００２ｘ\n110105194912310021\n\n".as_bytes(),
        )
        .code(0);
    assert_eq!(
        done.out,
        "{\"valid\":true,\"normalised\":\"11010519491231002X\",\
         \"tells\":{\"birth_date\":\"1949-12-31\",\"sex\":\"female\",\"region\":\"110105\",\"place\":\"北京市朝阳区\"}}\n\
         {\"valid\":false,\"normalised\":null,\"reason\":\"check-digit\"}\n\
         {\"valid\":false,\"normalised\":null,\"reason\":\"empty\"}\n"
    );
    let done = scene
        .pipe_raw(
            &["try", "--kind", "date", "--date-format", "%d.%m.%Y"],
            b"09.03.1975",
        )
        .code(0);
    assert_eq!(done.out, "{\"valid\":true,\"normalised\":\"1975-03-09\"}\n");
    let done = scene
        .pipe_raw(&["try", "--kind", "text"], b"\xff\r\nok\r\n")
        .code(0);
    assert_eq!(
        done.out,
        "{\"valid\":false,\"normalised\":null,\"reason\":\"invalid-bytes\"}\n{\"valid\":true,\"normalised\":\"ok\"}\n"
    );
}

#[test]
fn a_region_reads_national_numbers() {
    let scene = Scene::empty();
    let value = b"138 0013 8000\n";
    let without = scene.pipe_raw(&["try", "--kind", "phone"], value).code(0);
    assert!(
        without.out.contains("\"reason\":\"region\""),
        "{}",
        without.out
    );
    let with = scene
        .pipe_raw(&["try", "--kind", "phone", "--region", "CN"], value)
        .code(0);
    assert_eq!(
        with.out,
        "{\"valid\":true,\"normalised\":\"+8613800138000\"}\n"
    );
    scene
        .pipe(&["try", "--kind", "phone", "--region", "AQ"], b"")
        .code(2)
        .says("--region");
}

#[test]
fn redaction_prints_the_text_without_what_it_found() {
    let scene = Scene::empty();
    let text = "call +86 138-0013-8000 or a.b@example.org\nnothing here\n".as_bytes();
    let done = scene
        .pipe_raw(&["try", "--redact", "phone,email"], text)
        .code(0);
    assert_eq!(done.out, "call [phone] or [email]\nnothing here\n");
    let done = scene.pipe_raw(&["try", "--redact", "all"], text).code(0);
    assert_eq!(done.out, "call [phone] or [email]\nnothing here\n");
    scene
        .pipe(&["try", "--redact", "own-row"], b"")
        .code(2)
        .says("needs a record");
    scene
        .pipe(&["try", "--redact", "shoe-size"], b"")
        .code(2)
        .says("cannot be found in text");
}

#[test]
fn a_rule_shows_what_becomes_of_a_value() {
    let scene = Scene::new();
    let show = |column: &str, value: &str| {
        let done = scene.pipe_raw(
            &["try", "--policy", "policy.toml", "--column", column],
            value.as_bytes(),
        );
        done.code(0).out
    };
    assert_eq!(
        show("birth_date", "1975年3月9日"),
        "{\"outcome\":\"treated\",\"value\":\"1970-1979\"}\n"
    );
    assert_eq!(
        show("birth_date", "soon"),
        "{\"outcome\":\"withheld\",\"value\":\"\",\"reason\":\"form\"}\n"
    );
    assert_eq!(
        show("city", "Atlantis"),
        "{\"outcome\":\"quarantined\",\"value\":null,\"reason\":\"not-listed\"}\n"
    );
    assert_eq!(
        show("city", "  "),
        "{\"outcome\":\"missing\",\"value\":\"\"}\n"
    );
    assert_eq!(
        show("name", "x"),
        "{\"outcome\":\"dropped\",\"value\":null}\n"
    );
    // The published test key: the same code on every machine.
    let code = show("member", "x");
    assert_eq!(code, show("member", "x"));
    assert!(code.contains("\"value\":\"P-"), "{code}");
    let own = scene.pipe_raw(
        &[
            "try",
            "--policy",
            "policy.toml",
            "--column",
            "member",
            "--key",
            "key",
        ],
        b"x",
    );
    assert_ne!(own.code(0).out, code);
}

#[test]
fn wrong_columns_and_mixed_ways_are_refused() {
    let scene = Scene::new();
    scene
        .run(&["try", "--policy", "policy.toml", "--column", "surname"])
        .code(2)
        .says("no such column")
        .says("member, name, city, birth_date");
    scene
        .run(&["try", "--policy", "policy.toml"])
        .code(2)
        .says("--column");
    scene
        .run(&["try", "--kind", "text", "--redact", "phone"])
        .code(2)
        .says("cannot be used with");
    scene.run(&["try"]).code(2).says("--kind");
    scene
        .run(&["try", "--kind", "text", "--key", "-"])
        .code(2)
        .says("the values come on stdin");
}
