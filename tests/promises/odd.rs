//! Odd texts and odd names: what a treatment lets out, the check lets stand,
//! and it reads back as it was.

use crate::util::policies::{INPUT_ORDER, PSEUDONYM, column, head};
use crate::util::sheet::{Sheet, push_row};
use crate::util::{How, Scene, why};

/// Texts that break writers, readers and spreadsheets; all invented.
const ODD: [&str; 44] = [
    "=1+1",
    "'=1+1",
    "''",
    "'",
    "+86",
    "-5",
    "-5-5",
    "@SUM(A1)",
    "\u{ff1d}1",
    "\u{ff0b}1",
    "-1,5",
    "a,b",
    "a\"b",
    "\"",
    "\"\"",
    "\"quoted\"",
    "two\nlines",
    "two\r\nlines",
    "tab\tinside",
    "\tfirst",
    " first",
    "last ",
    "\u{3000}wide",
    "\u{feff}mark",
    "zero\u{200b}width",
    "e\u{301}",
    "\u{e9}",
    "\u{202e}right to left",
    "line\u{2028}separator",
    "\u{85}next",
    "bell\u{7}",
    "escape\u{1b}[31m",
    "delete\u{7f}",
    "\u{1f600}",
    "\u{20000}",
    "\u{fffd}",
    "\u{10ffff}",
    "[phone]",
    "[own-row-1]",
    "P-2Q3D-EZPX-6QJ8-RGBJ-4",
    "</script><b>&amp;",
    "{\"a\": \"b\"}",
    "\\n",
    "null",
];

fn input(names: [&str; 4], rows: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    push_row(&names.map(str::to_owned), &mut out);
    for (at, text) in rows.iter().enumerate() {
        let text = (*text).to_owned();
        let id = ["910101199001010014", "910101199001010022"][at % 2];
        push_row(&[id.to_owned(), text.clone(), text.clone(), text], &mut out);
    }
    out
}

fn policy(names: [&str; 4], rules: [&str; 3]) -> String {
    let quoted = |name: &str| {
        let rule = column("X", "R");
        rule.replace(
            "[columns.X]\nR",
            &format!("[columns.{}]\nR", toml_key(name)),
        )
    };
    let mut text = head("odd").replace("max_bad = 0.02", "max_bad = 1.0");
    text = text.replace(
        "missing = [\"\", \"NULL\", \"N/A\", \"无\", \"不详\"]\n",
        "",
    );
    text.push_str(&quoted(names[0]).replace("\nR\n", &format!("\n{PSEUDONYM}\n")));
    for (name, rule) in names[1..].iter().zip(rules) {
        text.push_str(&quoted(name).replace("\nR\n", &format!("\n{rule}\n")));
    }
    text + INPUT_ORDER
}

fn toml_key(name: &str) -> String {
    let mut key = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => key.extend(['\\', c]),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                key.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => key.push(c),
        }
    }
    key.push('"');
    key
}

const NAMES: [&str; 4] = ["id", "one", "two", "three"];

fn publishes(policy: &str, input: &[u8]) -> Result<Sheet, String> {
    let scene = Scene::new();
    let input = scene.write("in.csv", input);
    match scene.run(policy, &[input], "out", How::default()) {
        Ok(_) => Ok(crate::util::Release::read(&scene.path("out"), None).extract()),
        Err(stop) => Err(why(&stop)),
    }
}

#[test]
fn odd_texts_are_published_or_set_aside_and_never_stop_a_release() {
    let text = "do = \"keep\"\nkind = \"text\"\nclass = \"none\"";
    let exact = "do = \"keep\"\nkind = \"exact\"\nclass = \"none\"";
    let redact = "do = \"redact\"\nfind = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nregion = \"CN\"\nclass = \"none\"";
    let coded = "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"odd\"";
    let mask = "do = \"mask\"\nfirst = 1\nlast = 1";
    let prefix = "do = \"generalise\"\nkind = \"text\"\nprefix = 1";
    let mut wrong = Vec::new();
    for rules in [
        [text, exact, redact],
        // The same text stands in all three: kept beside its code, it would
        // be a leak.
        ["do = \"drop\"", coded, mask],
        ["do = \"drop\"", prefix, "do = \"drop\""],
    ] {
        for format in ["csv", "jsonl"] {
            let policy =
                policy(NAMES, rules).replace("order =", &format!("format = \"{format}\"\norder ="));
            if publishes(&policy, &input(NAMES, &ODD)).is_ok() {
                continue;
            }
            for odd in ODD {
                if let Err(why) = publishes(&policy, &input(NAMES, &[odd])) {
                    wrong.push(format!("{format} {odd:?} under {:?}: {why}", &rules));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn exact_values_come_back_from_csv_and_json_lines_byte_for_byte() {
    let exact = "do = \"keep\"\nkind = \"exact\"\nclass = \"none\"";
    for format in ["csv", "jsonl"] {
        let policy = policy(
            NAMES,
            [exact, "do = \"drop\"\nown_row = false", "do = \"drop\""],
        )
        .replace("order =", &format!("format = \"{format}\"\norder ="));
        for odd in ODD {
            let Ok(sheet) = publishes(&policy, &input(NAMES, &[odd])) else {
                continue; // the test above counts these
            };
            if sheet.rows.is_empty() {
                continue;
            }
            let cell = sheet.get(0, "one");
            let bare = match format {
                "csv" => cell
                    .strip_prefix('\'')
                    .filter(|bare| *bare == odd)
                    .unwrap_or(cell),
                _ => cell,
            };
            assert_eq!(bare, odd, "{format}");
        }
    }
}

#[test]
fn odd_names_of_columns_are_published_as_they_are() {
    let text = "do = \"keep\"\nkind = \"text\"\nclass = \"none\"";
    let mut wrong = Vec::new();
    for odd in [
        "=cmd()",
        "a,b",
        "a\"b",
        "two\nlines",
        "姓",
        " first",
        "last ",
        "'quoted'",
        "-1",
        "<b>",
        "a\u{e9}",
        "e\u{301}",
        "\\",
        "#",
        "1",
        "select *",
    ] {
        let names = ["id", odd, "two", "three"];
        for format in ["csv", "jsonl"] {
            let policy = policy(names, [text, text, text])
                .replace("order =", &format!("format = \"{format}\"\norder ="));
            match publishes(&policy, &input(names, &["x"])) {
                Ok(sheet) => {
                    let name = &sheet.header[1];
                    let bare = name
                        .strip_prefix('\'')
                        .filter(|bare| *bare == odd)
                        .unwrap_or(name);
                    if bare != odd {
                        wrong.push(format!("{format} {odd:?} came out as {name:?}"));
                    }
                }
                Err(why) => wrong.push(format!("{format} {odd:?}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
