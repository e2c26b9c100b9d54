//! Claims over many texts: nothing panics, no line is read and ignored, no
//! unknown key gets by.

use super::super::*;
use super::SPEC;
use super::shipped::POLICIES;
use proptest::prelude::*;

fn files(_: &str) -> std::io::Result<Vec<u8>> {
    Ok(b"a,b\n".to_vec())
}

/// Parses, draws and lists; the spans must lie in the text.
fn whole(text: &str) -> Result<Policy, PolicyErrors> {
    let read = parse("p.toml", text, &mut files);
    if let Err(errors) = &read {
        assert!(!errors.problems.is_empty());
        for p in &errors.problems {
            assert!(
                text.get(p.at.clone()).is_some(),
                "{:?} of {}",
                p.at,
                text.len()
            );
            for (at, _) in &p.more {
                assert!(text.get(at.clone()).is_some());
            }
        }
        assert!(!errors.render(false).is_empty());
        assert!(!errors.render(true).is_empty());
        assert!(errors.to_json()["problems"].is_array());
    }
    read
}

/// What a policy says, without where it says it.
fn meaning(policy: &Policy) -> String {
    let mut copy = policy.clone();
    copy.text = "".into();
    copy.identity = [0; 32];
    let spans = regex::Regex::new(r"\b\d+\.\.\d+\b").unwrap();
    spans.replace_all(&format!("{copy:?}"), "").into_owned()
}

/// Pieces of the language, well-formed or not.
fn piece() -> impl Strategy<Value = String> {
    let lines: Vec<String> = SPEC.lines().map(str::to_owned).collect();
    prop_oneof![
        4 => proptest::sample::select(lines),
        1 => "[a-z_]{1,9} = (\"[a-z ]{0,9}\"|-?[0-9]{1,6}|true|\\[\\]|\\{ *\\}|2026-0[0-9]-3[0-9])",
        1 => "\\[{1,2}[a-z.\"]{1,20}\\]{1,2}",
        1 => "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in "(?s).{0,300}") {
        let _read = whole(&text);
    }

    #[test]
    fn no_heap_of_lines_makes_the_parser_panic(lines in proptest::collection::vec(piece(), 0..40)) {
        let _read = whole(&lines.join("\n"));
    }

    #[test]
    fn no_mutation_makes_the_parser_panic(
        at in 0..SPEC.len(), length in 0usize..40, put in "\\PC{0,6}", crlf: bool
    ) {
        let mut from = at;
        while !SPEC.is_char_boundary(from) { from -= 1; }
        let mut to = (at + length).min(SPEC.len());
        while !SPEC.is_char_boundary(to) { to += 1; }
        let mut text = format!("{}{put}{}", &SPEC.get(..from).unwrap(), SPEC.get(to..).unwrap());
        if crlf { text = text.replace('\n', "\r\n"); }
        let _read = whole(&text);
    }

    #[test]
    fn arbitrary_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _read = whole(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing_but_the_identity() {
    let plain = whole(SPEC).unwrap();
    let other = whole(&format!("\u{feff}{}", SPEC.replace('\n', "\r\n"))).unwrap();
    assert_eq!(meaning(&plain), meaning(&other));
    assert_ne!(plain.identity, other.identity);
}

#[test]
fn any_changed_byte_changes_the_identity() {
    let one = whole(SPEC).unwrap().identity;
    let two = whole(&format!("{SPEC} ")).unwrap().identity;
    assert_ne!(one, two);
}

/// Lines that state what is meant anyway: taking one out changes nothing.
const DEFAULTS: &[&str] = &[
    "unlisted = \"refuse\"",
    "format = \"csv\"",
    "encoding = \"utf-8\"",
    "delimiter = \",\"",
    "quote = \"\\\"\"",
    "header = true",
    "bad = \"quarantine\"",
    "max_bad = 0.01",
    "missing = \"own-record\"",
    "domain = \"person\"",
    "domain = \"patient\"",
    "prefix = \"P\"",
    "prefix = \"A\"",
    "bits = 80",
    "invalid = \"quarantine\"",
    "kind = \"date\"",
    "kind = \"number\"",
    "kind = \"text\"",
    "[extract.risk]",
    "order = \"shuffled\"",
    "k = 5",
    "small = \"withhold-rows\"",
    "count = [\"person\"]",
    "min = 10",
    "protect = \"suppress\"",
    "zeros = \"protect\"",
    "label = \"kind\"",
];

fn squeezed(line: &str) -> String {
    let bare = line.split(" #").next().unwrap_or_default();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all_policies() -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("SPEC", SPEC)];
    all.extend(POLICIES);
    all
}

#[test]
fn a_line_taken_out_is_an_error_or_a_change() {
    for (name, text) in all_policies() {
        let before = meaning(&whole(text).unwrap());
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let bare = squeezed(line);
            if bare.is_empty() || bare.starts_with('#') {
                continue;
            }
            let mut rest = lines.clone();
            rest.remove(i);
            if let Ok(policy) = whole(&rest.join("\n")) {
                let same = meaning(&policy) == before;
                assert!(
                    !same || DEFAULTS.contains(&bare.as_str()),
                    "{name}: line {} can go unnoticed: {line}",
                    i + 1
                );
            }
        }
    }
}

#[test]
fn a_misspelt_key_is_an_error_or_a_change() {
    for (name, text) in all_policies() {
        let before = meaning(&whole(text).unwrap());
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (i, line) in lines.iter().enumerate() {
            let bare = line.trim_start();
            if bare.is_empty() || bare.starts_with('#') {
                continue;
            }
            // After the first letter of the key or section name.
            let at = line
                .find(|c: char| c.is_alphanumeric() || c == '"')
                .unwrap()
                + 1;
            let mut changed = lines.clone();
            changed[i].insert(at, 'q');
            if let Ok(policy) = whole(&changed.join("\n")) {
                assert_ne!(meaning(&policy), before, "{name}: line {}: {line}", i + 1);
            }
        }
    }
}

#[test]
fn an_unknown_key_is_caught_after_every_line_at_every_depth() {
    for (name, text) in all_policies() {
        let lines: Vec<&str> = text.lines().collect();
        for i in 0..lines.len() {
            for put in ["zzqq = 1", "zzqq.deep = 1", "zzqq = { a = [] }"] {
                let mut more = lines.clone();
                more.insert(i + 1, put);
                assert!(
                    whole(&more.join("\n")).is_err(),
                    "{name}: `{put}` after line {}",
                    i + 1
                );
            }
        }
    }
    // Inside inline tables too.
    for (from, to) in [
        (
            "tables = \"decade\"",
            "tables = { to = \"decade\", zzqq = 1 }",
        ),
        (
            "tables = \"decade\"",
            "tables = { to = \"decade\", at.zzqq = 1 }",
        ),
        (
            "given  = { birth_date = \"1975-03-09\" }",
            "given = { birth_date = { zzqq = 1 } }",
        ),
        ("[\"person\", \"records\"]", "[\"person\", { zzqq = 1 }]"),
        ("[\"person\", \"records\"]", "[\"person\", {}]"),
    ] {
        assert!(whole(&SPEC.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn a_value_of_another_type_is_an_error_wherever_it_stands() {
    for (name, text) in all_policies() {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (i, line) in lines.iter().enumerate() {
            let Some((key, _)) = line.split_once('=') else {
                continue;
            };
            if line.trim_start().starts_with('#') || line.trim_start().starts_with('[') {
                continue;
            }
            for value in ["[[1]]", "{ zzqq = 1 }", "12:00:00", "nan"] {
                let mut changed = lines.clone();
                changed[i] = format!("{key}= {value}");
                assert!(
                    whole(&changed.join("\n")).is_err(),
                    "{name}: line {}: {key}= {value}",
                    i + 1
                );
            }
        }
    }
}
