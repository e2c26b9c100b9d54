//! One meaning: the same text in another encoding, format or packing is the
//! same register and gives the same release; a changed word of the policy is
//! another policy.

use crate::util::policies::{PSEUDONYM, column, head};
use crate::util::sheet::Sheet;
use crate::util::{How, Release, Scene};

fn policy(input: &str) -> String {
    let keep = "do = \"keep\"\nkind = \"text\"\nclass = \"none\"";
    head("same").replace("[input]\n", &format!("[input]\n{input}"))
        + &column("id", PSEUDONYM)
        + &column("名", keep)
        + &column("note", keep)
        + "[extract]\norder = \"shuffled\"\n"
}

/// The same rows under two policies have different identities, so rows are compared, not files.
fn rows(release: &Release) -> Vec<Vec<String>> {
    let mut rows = release.extract().rows;
    rows.sort();
    assert!(!rows.is_empty(), "nothing to compare");
    rows
}

fn csv(name: &str, words: &[&str]) -> String {
    let mut text = format!("id,{name},note\n");
    for (at, word) in words.iter().cycle().take(40).enumerate() {
        // Invented: a prefecture between 91 and 99 was never assigned.
        let id = ["910101199001010014", "910101199001010022", ""][at % 3];
        text.push_str(&format!("{id},{word},\"{word}, \"\"{at}\"\"\n{word}\"\n"));
    }
    text
}

/// Encodes text as a browser would read it; every character must exist there.
fn encoded(label: &str, text: &str) -> Vec<u8> {
    let units = |big: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    match label {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-16le" => units(false),
        "utf-16be" => units(true),
        "utf-32le" => text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect(),
        "utf-32be" => text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect(),
        "utf-32" => {
            let mut bytes = vec![0xff, 0xfe, 0, 0];
            bytes.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
            bytes
        }
        _ => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, replaced) = encoding.encode(text);
            assert!(!replaced, "{label} lacks a character of the test");
            bytes.into_owned()
        }
    }
}

#[test]
fn each_encoding_gives_the_release_of_the_same_text_in_utf_8() {
    let scene = Scene::new();
    let han: &[&str] = &["上海", "银行", "王", "示例集团"];
    for (label, name, words) in [
        ("utf-16le", "名", &["上海𠀀", "Ünïcødé", "😀", ""][..]),
        ("utf-16be", "名", &["上海𠀀", "Ünïcødé", "😀", ""]),
        ("utf-32", "名", &["上海𠀀", "Ünïcødé", "😀", ""]),
        ("utf-32le", "名", &["上海𠀀", "Ünïcødé", "😀", ""]),
        ("utf-32be", "名", &["上海𠀀", "Ünïcødé", "😀", ""]),
        ("gb18030", "名", &["上海𠀀", "Ünïcødé", "😀", ""]),
        ("gbk", "名", han),
        ("big5", "名", &["上海", "銀行", "王", "功能"]),
        ("shift_jis", "名", &["東京", "能力", "ソート表", "ｶﾅ"]),
        ("euc-jp", "名", &["東京", "能力", "ソート表"]),
        ("euc-kr", "名", &["서울", "은행", "名"]),
        ("windows-1252", "nom", &["Zoë", "naïve – œuvre", "€5"]),
        ("iso-8859-1", "nom", &["Zoë", "naïve", "Ärger"]),
        ("windows-1251", "имя", &["Москва", "Хх", "ё"]),
    ] {
        let text = csv(name, words);
        let named = |encoding: &str| {
            policy(&format!("encoding = \"{encoding}\"\n"))
                .replace("[columns.\"名\"]", &format!("[columns.\"{name}\"]"))
        };
        let plain = format!("{label}-plain");
        let plain = scene.release(&named("utf-8"), text.as_bytes(), &plain, How::default());
        for chunk in [16, 1 << 16] {
            let how = How {
                chunk,
                ..How::default()
            };
            let other = encoded(label, &text);
            let out = format!("{label}-{chunk}");
            let other = scene.release(&named(label), &other, &out, how);
            assert_eq!(rows(&plain), rows(&other), "{label}, chunks of {chunk}");
            assert_eq!(
                plain.manifest()["predicate"]["records"],
                other.manifest()["predicate"]["records"]
            );
        }
    }
}

#[test]
fn bytes_of_another_encoding_than_declared_are_set_aside_and_never_guessed() {
    let scene = Scene::new();
    let policy = policy("encoding = \"utf-8\"\n").replace("max_bad = 0.02", "max_bad = 1.0");
    let mut input = "id,名,note\n".as_bytes().to_vec();
    input.extend_from_slice("910101199001010014,上海,x\n".as_bytes());
    input.extend_from_slice(b"910101199001010014,\xc9\xcf\xba\xa3,x\n");
    let release = scene.release(&policy, &input, "out", How::default());
    assert_eq!(release.extract().rows.len(), 1);
    assert_eq!(release.quarantine().get(0, "line"), "3");
}

#[test]
fn json_lines_in_and_out_give_the_rows_of_csv() {
    let scene = Scene::new();
    let text = csv("名", &["上海", "x", "-1", "=1+1"]);
    let sheet = Sheet::csv(text.as_bytes());
    let mut lines = String::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        let mut object = serde_json::Map::new();
        for (name, value) in sheet.header.iter().zip(row) {
            match (value.as_str(), at % 2) {
                ("", 0) => {}
                ("", _) => {
                    object.insert(name.clone(), serde_json::Value::Null);
                }
                // A number's literal text is the value.
                ("-1", _) => {
                    object.insert(name.clone(), serde_json::json!(-1));
                }
                _ => {
                    object.insert(name.clone(), value.clone().into());
                }
            }
        }
        lines.push_str(&serde_json::Value::Object(object).to_string());
        lines.push_str(if at % 3 == 0 { "\r\n" } else { "\n" });
    }
    let plain = scene.release(&policy(""), text.as_bytes(), "plain", How::default());
    let policy_in = policy("format = \"jsonl\"\n");
    let from = scene.release(&policy_in, lines.as_bytes(), "from", How::default());
    assert_eq!(rows(&plain), rows(&from));

    let policy_out = policy("").replace("order =", "format = \"jsonl\"\norder =");
    let out = scene.release(&policy_out, text.as_bytes(), "out", How::default());
    // A guard against spreadsheets is a matter of CSV alone.
    let guarded = |cell: &String| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let bare: Vec<Vec<String>> = rows(&plain)
        .iter()
        .map(|row| row.iter().map(guarded).collect())
        .collect();
    let mut bare = bare;
    bare.sort();
    assert_eq!(bare, rows(&out));
    assert!(rows(&plain).iter().flatten().any(|cell| cell == "'=1+1"));
}

#[test]
fn delimiters_quotes_and_line_ends_are_a_matter_of_the_file_alone() {
    let scene = Scene::new();
    let words = ["上海", "x", "y z"];
    let text = csv("名", &words);
    let plain = scene.release(&policy(""), text.as_bytes(), "plain", How::default());
    let crlf = text.replace('\n', "\r\n");
    let crlf = scene.release(&policy(""), crlf.as_bytes(), "crlf", How::default());
    assert_eq!(rows(&plain), rows(&crlf));
    let bom = format!("\u{feff}{}", text.trim_end());
    let bom = scene.release(&policy(""), bom.as_bytes(), "bom", How::default());
    assert_eq!(plain.files, bom.files);

    let mut other = String::from("id;名;note\n");
    for row in Sheet::csv(text.as_bytes()).rows {
        other.push_str(&format!("{};{};'{}'\n", row[0], row[1], row[2]));
    }
    let policy = policy("delimiter = \";\"\nquote = \"'\"\n");
    let other = scene.release(&policy, other.as_bytes(), "other", How::default());
    assert_eq!(rows(&plain), rows(&other));
}

#[test]
fn another_word_of_the_policy_is_another_identity_and_another_order() {
    let scene = Scene::new();
    let input = csv("名", &["上海", "x", "y z"]);
    let one = scene.release(&policy(""), input.as_bytes(), "one", How::default());
    let changed = policy("").replace("A test on invented records", "A test on invented record");
    let two = scene.release(&changed, input.as_bytes(), "two", How::default());
    let identity = |release: &Release| release.manifest()["predicate"]["policy"]["sha256"].clone();
    assert_ne!(identity(&one), identity(&two));
    assert_ne!(
        one.files["extract.csv"], two.files["extract.csv"],
        "the same order"
    );
    assert_eq!(
        rows(&one),
        rows(&two),
        "the same codes: they are the project's"
    );
}
