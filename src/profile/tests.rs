//! Profiles of invented files.
#![allow(clippy::string_slice, reason = "a panic fails the test")]

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::*;

fn profiled(text: &str, threads: usize, chunk: usize) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invented.csv");
    std::fs::write(&path, text).unwrap();
    profile(&Request {
        inputs: &[path],
        reading: &Reading {
            chunk,
            ..Reading::default()
        },
        region: None,
        threads: NonZeroUsize::new(threads).unwrap(),
        interrupted: &AtomicBool::new(false),
        watch: &|_| {},
    })
    .unwrap()
}

fn register(rows: u64) -> String {
    let mut out = Vec::new();
    crate::demo::generate(
        &crate::demo::Spec::new(rows, 11),
        &mut out,
        &mut std::io::sink(),
    )
    .unwrap();
    String::from_utf8_lossy(&out).into_owned()
}

fn column<'p>(profile: &'p Profile, name: &str) -> &'p ColumnProfile {
    profile
        .columns
        .iter()
        .find(|column| column.name == name)
        .unwrap()
}

fn codes(profile: &Profile) -> Vec<&'static str> {
    profile.signs.iter().map(|sign| sign.code).collect()
}

/// A resident ID of nobody: its area was never assigned.
fn id(n: u64) -> String {
    let mut digits = format!(
        "1191011{:03}{:02}{:02}{:03}",
        950 + n % 50,
        1 + n % 12,
        1 + n % 28,
        n % 1000
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .bytes()
        .zip(weights)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    digits.push(b"10X98765432"[(sum % 11) as usize].into());
    digits
}

#[test]
fn the_invented_register_is_understood() {
    let profile = profiled(&register(4000), 2, 1 << 18);
    for (name, what, class) in [
        ("name", "name", "direct"),
        ("sex", "category", "quasi"),
        ("ethnicity", "category", "sensitive"),
        ("birth_date", "date", "quasi"),
        ("id_number", "cn-resident-id", "direct"),
        ("mobile", "phone", "direct"),
        ("landline", "phone", "direct"),
        ("address", "address", "direct"),
        ("notes", "text", "direct"),
        ("member_id", "code", "direct"),
    ] {
        let verdict = &column(&profile, name).verdict;
        assert_eq!(
            (verdict.what.as_str(), verdict.class),
            (what, class),
            "{name}"
        );
    }
    let person = profile.person.as_ref().unwrap();
    assert_eq!(person.identifier, "id_number");
    let birth = person.birth.as_ref().unwrap();
    assert!(birth.agree > 3900 && birth.differ < 40);
    assert!(column(&profile, "notes").text.found.contains_key("phone"));
    for kind in &column(&profile, "id_number").kinds {
        assert_eq!(kind.chosen, kind.why_not.is_empty(), "{}", kind.kind);
    }
}

#[test]
fn counts_do_not_depend_on_the_threads() {
    let text = register(1500);
    let json = |threads| {
        let profile = profiled(&text, threads, 1 << 16);
        serde_json::to_value(profile).unwrap()
    };
    assert_eq!(json(1), json(3));
}

#[test]
fn no_value_of_a_cell_is_shown_anywhere() {
    let text = register(600);
    let profile = profiled(&text, 1, 1 << 16);
    let shown = [
        profile.to_text(100),
        profile.to_html(),
        serde_json::to_string(&profile).unwrap(),
        profile.draft(&Reading::default(), "p"),
    ]
    .join("\n");
    let mut reader = text.lines().skip(1);
    let mut looked = 0;
    for line in reader.by_ref() {
        for cell in line.split(',').filter(|cell| cell.chars().count() >= 3) {
            // Words for nothing are the program's own.
            if words::NOTHING.contains(&cell.trim()) || cell.trim().is_empty() {
                continue;
            }
            looked += 1;
            assert!(
                !shown.contains(cell),
                "a cell of {} characters",
                cell.chars().count()
            );
        }
    }
    assert!(looked > 5000);
}

#[test]
fn what_a_spreadsheet_did_is_told() {
    let mut text = String::from("id_number,plz,opened\n");
    for n in 0..400 {
        let shown = match n % 4 {
            0 => "1.19101E+17".to_owned(),
            1 => format!("{}000", &id(n)[..15]),
            _ => id(n),
        };
        let zip = if n % 3 == 0 { 1000 + n } else { 10_000 + n };
        let day = if n % 10 == 0 {
            "42736".to_owned()
        } else {
            format!("2017-01-{:02}", 1 + n % 28)
        };
        writeln!(text, "{shown},{zip},{day}").unwrap();
    }
    let found = codes(&profiled(&text, 1, 1 << 16));
    for code in [
        "sheet/scientific",
        "sheet/ends-000",
        "sheet/lost-zeros",
        "sheet/day-numbers",
    ] {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn invented_and_added_numbers_are_told() {
    let mut perfect = String::from("身份证号,姓名\n");
    let mut added = perfect.clone();
    for n in 0..12_000 {
        let right = id(n);
        writeln!(
            perfect,
            "{right},王小{}",
            ["明", "红", "刚"][(n % 3) as usize]
        )
        .unwrap();
        let wrong = (5000..5400).contains(&n) || n % 300 == 0;
        let last = if right.ends_with('1') { '2' } else { '1' };
        let shown = if wrong {
            format!("{}{last}", &right[..17])
        } else {
            right
        };
        writeln!(added, "{shown},王小明").unwrap();
    }
    let found = codes(&profiled(&perfect, 1, 1 << 14));
    assert!(found.contains(&"salt/too-perfect"), "{found:?}");
    let found = codes(&profiled(&added, 1, 1 << 14));
    assert!(found.contains(&"salt/blocks"), "{found:?}");
    assert!(!found.contains(&"salt/too-perfect"), "{found:?}");
}

#[test]
fn an_identifier_under_several_names_and_a_marked_copy_are_told() {
    let mut text = String::from("id card,name,city\n");
    for n in 0..500 {
        let who = if n == 250 { id(7) } else { id(n) };
        let city = match n {
            100 => "Paris  ",
            200 => "P\u{430}ris",
            300 => "Par\u{200B}is",
            _ => "Paris",
        };
        writeln!(
            text,
            "{who},Invented Person{},{city}",
            (b'A' + (n % 26) as u8) as char
        )
        .unwrap();
    }
    let profile = profiled(&text, 1, 1 << 16);
    assert_eq!(profile.person.as_ref().unwrap().several_names, 1);
    let marks = profile
        .signs
        .iter()
        .find(|sign| sign.code == "mark/oddities")
        .unwrap();
    assert_eq!(marks.count, 3);
}

#[test]
fn a_draft_names_every_column_and_leaves_every_reason_open() {
    let profile = profiled(&register(800), 1, 1 << 16);
    let draft = profile.draft(&Reading::default(), "invented");
    let mut no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let problems = crate::policy::parse("draft.toml", &draft, &mut no_files).unwrap_err();
    let rendered = problems.render(false);
    let empty = rendered.matches("error[policy/empty-text]").count();
    // Each why, and the purpose.
    assert_eq!(empty, profile.columns.len() + 1, "{rendered}");
    assert_eq!(rendered.matches("error[").count(), empty, "{rendered}");
    let finished = draft.replace("= \"\"", "= \"Written by a person\"");
    crate::policy::parse("draft.toml", &finished, &mut no_files).unwrap();
}

#[test]
fn a_header_with_quotes_and_escapes_makes_a_draft_that_parses() {
    let text = "\"a \"\"quoted\"\" name\",tab\\t,\u{202E}x\n1,2,3\n";
    let draft = profiled(text, 1, 1 << 16).draft(&Reading::default(), "p");
    let finished = draft.replace("= \"\"", "= \"Written\"");
    let mut no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    crate::policy::parse("draft.toml", &finished, &mut no_files).unwrap();
}

#[test]
fn json_lines_are_profiled_by_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invented.jsonl");
    let mut text = String::new();
    for n in 0..50 {
        writeln!(text, "{{\"email\":\"p{n}@example.com\",\"n\":{n}}}").unwrap();
    }
    std::fs::write(&path, text).unwrap();
    let reading = Reading {
        format: crate::input::Format::Jsonl,
        ..Reading::default()
    };
    let profile = profile(&Request {
        inputs: &[path],
        reading: &reading,
        region: None,
        threads: NonZeroUsize::MIN,
        interrupted: &AtomicBool::new(false),
        watch: &|_| {},
    })
    .unwrap();
    assert_eq!(column(&profile, "email").verdict.what, "email");
    assert_eq!(profile.records, 50);
}
