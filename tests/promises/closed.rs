//! Closed by default: what the policy does not name stops the run, and there
//! is no word that keeps what nobody named.

use offrecord::job::Stop;

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::{How, Scene, why};

const KEEP: &str = "do = \"keep\"\nkind = \"text\"";

fn policy() -> String {
    head("closed") + &column("a", KEEP) + &column("b", "do = \"drop\"") + INPUT_ORDER
}

#[test]
fn a_header_that_is_not_the_policys_stops_the_run_with_nothing_on_disk() {
    let scene = Scene::new();
    for (input, what, name) in [
        ("a,b,c\n1,2,3\n", "unknown", "c"),
        ("a\n1\n", "missing", "b"),
        ("a,b,b\n1,2,3\n", "duplicated", "b"),
        ("a,B\n1,2\n", "renamed in case", "B"),
        ("a, b\n1,2\n", "renamed by a space", " b"),
        ("a,b,\n1,2,3\n", "without a name", ""),
        ("b\n1\n", "missing, the kept one", "a"),
        ("a,\u{ff42}\n1,2\n", "renamed in width", "b"),
    ] {
        let stop = scene.refused(&policy(), input.as_bytes(), How::default());
        assert_eq!(stop.code(), 4, "{what}: {}", why(&stop));
        assert!(matches!(stop, Stop::Drift { .. }), "{what}");
        assert!(
            stop.to_string().contains(&format!("\"{name}\"")),
            "{what}: {stop}"
        );
    }
}

#[test]
fn the_order_of_columns_is_free() {
    let scene = Scene::new();
    let one = scene.release(&policy(), b"a,b\nx,2\n", "one", How::default());
    let two = scene.release(&policy(), b"b,a\n2,x\n", "two", How::default());
    assert_eq!(one.files, two.files);
}

#[test]
fn a_second_file_with_another_header_stops_the_run() {
    let scene = Scene::new();
    let inputs = [
        scene.write("1.csv", "a,b\n1,2\n"),
        scene.write("2.csv", "a,b,c\n1,2,3\n"),
    ];
    let stop = scene
        .run(&policy(), &inputs, "out", How::default())
        .err()
        .unwrap();
    assert_eq!(stop.code(), 4);
    assert_eq!(scene.listing(), ["1.csv", "2.csv"]);
}

#[test]
fn unlisted_drop_lifts_the_refusal_and_lets_nothing_of_the_column_out() {
    let scene = Scene::new();
    let policy = policy().replacen("purpose", "unlisted = \"drop\"\npurpose", 1);
    let release = scene.release(
        &policy,
        b"a,b,zusatz\nx,2,91010119900101001X\n",
        "out",
        How::default(),
    );
    let extract = release.extract();
    assert_eq!(
        (extract.header, extract.rows),
        (vec!["a".to_owned()], vec![vec!["x".to_owned()]])
    );
    for (name, bytes) in &release.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains("91010119900101001") && !text.contains("zusatz"),
            "{name}"
        );
    }
}

#[test]
fn a_value_of_an_unlisted_column_that_comes_out_elsewhere_is_a_leak() {
    let scene = Scene::new();
    let policy = policy().replacen("purpose", "unlisted = \"drop\"\npurpose", 1);
    let stop = scene.refused(
        &policy,
        b"a,b,extra\nAB-12345678,2,AB-12345678\n",
        How::default(),
    );
    assert_eq!(stop.code(), 3, "{}", why(&stop));
}

#[test]
fn a_value_of_a_json_key_that_no_rule_names_is_a_leak_elsewhere_too() {
    let policy = policy()
        .replacen("purpose", "unlisted = \"drop\"\npurpose", 1)
        .replacen("[input]\n", "[input]\nformat = \"jsonl\"\n", 1);
    for (line, refused) in [
        (
            "{\"a\":\"AB-12345678\",\"b\":\"2\",\"extra\":\"AB-12345678\"}\n",
            true,
        ),
        (
            "{\"a\":\"AB-12345678\",\"b\":\"2\",\"extra\":\"CD-12345678\"}\n",
            false,
        ),
    ] {
        let scene = Scene::new();
        let input = scene.write("in.jsonl", line);
        match scene.run(&policy, &[input], "out", How::default()) {
            Ok(_) => assert!(!refused),
            Err(stop) => assert!(refused && stop.code() == 3, "{}", why(&stop)),
        }
    }
}

#[test]
fn no_word_of_the_language_keeps_by_default() {
    let scene = Scene::new();
    for (from, to) in [
        ("purpose", "unlisted = \"keep\"\npurpose"),
        ("purpose", "default = \"keep\"\npurpose"),
        ("purpose", "unlisted = \"pass\"\npurpose"),
        ("[columns.b]\ndo = \"drop\"", "[columns.b]"),
        ("do = \"drop\"", "do = \"hash\""),
        ("do = \"drop\"", "do = \"pass\""),
        ("do = \"drop\"", "do = \"keep\""),
        ("kind = \"text\"\nground = \"any\"", "kind = \"text\""),
        (
            "kind = \"text\"\nground = \"any\"",
            "kind = \"text\"\nground = \"none\"",
        ),
        ("why = \"Because a test asks for it\"", ""),
        ("why = \"Because a test asks for it\"", "why = \"\""),
    ] {
        let changed = policy().replacen(from, to, 1);
        assert_ne!(changed, policy(), "{from}");
        let stop = scene.refused(&changed, b"a,b\n1,2\n", How::default());
        assert_eq!(stop.code(), 2, "{to}: {}", why(&stop));
        assert!(matches!(stop, Stop::Policy(_)), "{to}");
    }
}

#[test]
fn a_star_is_the_name_of_a_column_and_stands_for_no_other() {
    let scene = Scene::new();
    let star = policy().replace("[columns.b]", "[columns.\"*\"]");
    let stop = scene.refused(&star, b"a,b\n1,2\n", How::default());
    assert_eq!(stop.code(), 4, "{}", why(&stop));
}

#[test]
fn a_key_of_a_json_record_that_no_rule_names_stops_the_run() {
    let scene = Scene::new();
    let policy = policy().replace("[input]\n", "[input]\nformat = \"jsonl\"\n");
    let good = "{\"a\":\"x\",\"b\":\"y\"}\n";
    let bad = format!("{good}{{\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"}}\n");
    let stop = scene.refused(&policy, bad.as_bytes(), How::default());
    assert_eq!(stop.code(), 4, "{}", why(&stop));
    let release = scene.release(&policy, good.as_bytes(), "out", How::default());
    assert_eq!(release.extract().rows, [["x"]]);
}
