//! What stands in running text in the place of identifiers: codes, and the
//! counts of those that were mistyped.

use std::collections::BTreeSet;

use crate::util::policies::{INPUT_ORDER, PSEUDONYM, column, head};
use crate::util::sheet::Sheet;
use crate::util::{How, Scene, check, why};

/// The ID coded, notes with codes in them; `more` goes into the rule of the notes.
fn policy(more: &str) -> String {
    head("codes-in-text")
        + &column("id_number", PSEUDONYM)
        + &column("mobile", "do = \"drop\"\nkind = \"phone\"\nregion = \"CN\"")
        + &column(
            "notes",
            &format!(
                "do = \"redact\"\nfind = [\"cn-resident-id\", \"phone\", \"own-row\"]\nregion = \"CN\"\nclass = \"none\"\n{more}"
            ),
        )
        + INPUT_ORDER
}

const CODES: &str = "label = \"code\"\ndomain = \"person\"";

/// Invented: the area 119101 was never given out. The second was mistyped in
/// the third note, at its end.
const INPUT: &str = "id_number,mobile,notes\n\
    11910119500101123X,15400000001,本人身份证号11910119500101123X，电话15400000001\n\
    119101198812310026,15400000002,介绍人119101 19500101 123x同住\n\
    11910120000229456X,15400000003,身份证119101198812310021有误；另见119101198812310026\n";

/// Check digits put right, so that the numbers above may be read.
fn input() -> String {
    let checked = |body: &str| {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = body
            .bytes()
            .zip(weights)
            .map(|(b, w)| u32::from(b - b'0') * w)
            .sum();
        char::from(b"10X98765432"[(sum % 11) as usize])
    };
    let (a, b, c) = (
        checked("11910119500101123"),
        checked("11910119881231002"),
        checked("11910120000229456"),
    );
    let wrong = if b == '1' { '2' } else { '1' };
    INPUT
        .replace("11910119500101123X", &format!("11910119500101123{a}"))
        .replace(
            "19500101 123x",
            &format!("19500101 123{}", a.to_ascii_lowercase()),
        )
        .replace("119101198812310021", &format!("11910119881231002{wrong}"))
        .replace("119101198812310026", &format!("11910119881231002{b}"))
        .replace("11910120000229456X", &format!("11910120000229456{c}"))
}

#[test]
fn a_code_in_text_is_the_code_of_its_column() {
    let scene = Scene::new();
    let release = scene.release(&policy(CODES), input().as_bytes(), "out", How::default());
    let extract = release.extract();
    let code = |row: usize| extract.get(row, "id_number").to_owned();
    assert_eq!(
        extract.get(0, "notes"),
        format!("本人身份证号[{}]，电话[phone]", code(0))
    );
    assert_eq!(extract.get(1, "notes"), format!("介绍人[{}]同住", code(0)));
    assert_eq!(
        extract.get(2, "notes"),
        format!("身份证[cn-resident-id]有误；另见[{}]", code(1))
    );
    let form = &release.manifest()["predicate"]["columns"][1]["form"];
    assert_eq!(form["labels"], "code");
    assert_eq!(form["prefix"], "P");
    for with_private in [false, true] {
        let verdict = check(release.dir(), with_private);
        assert!(verdict.passed(), "{:?}", verdict.findings);
    }
}

/// What follows a number is no identifier for the word before it, neither when
/// the text is redacted nor when it is checked.
#[test]
fn a_word_before_a_code_says_nothing_of_what_follows_it() {
    let rows = input().replace("，电话15400000001", "，凭证123456789012345678");
    assert_ne!(rows, input());
    for more in ["", CODES] {
        let scene = Scene::new();
        let release = scene.release(&policy(more), rows.as_bytes(), "out", How::default());
        let notes = release.extract().get(0, "notes").to_owned();
        assert!(notes.ends_with("]，凭证123456789012345678"), "{notes}");
        assert!(check(release.dir(), true).passed());
    }
}

#[test]
fn nothing_but_a_well_formed_code_passes_for_one() {
    let scene = Scene::new();
    let release = scene.release(&policy(CODES), input().as_bytes(), "out", How::default());
    let path = release.dir().join("extract.csv");
    let good = String::from_utf8(release.files["extract.csv"].clone()).unwrap();
    let code = release.extract().get(0, "id_number").to_owned();
    let bracketed = format!("[{code}]，电话");
    assert!(good.contains(&bracketed));
    let number = input()["id_number,mobile,notes\n".len()..]
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(number.len(), 18);
    let classes = |changed: &str, with_private: bool| -> BTreeSet<String> {
        std::fs::write(&path, changed).unwrap();
        check(release.dir(), with_private)
            .findings
            .iter()
            .map(|finding| format!("{finding:?}"))
            .collect()
    };
    let same = classes(&good, true);
    assert!(same.is_empty(), "{same:?}");
    // A changed file is told of by its hash; what else is found is asked here.
    for (changed, with_private) in [
        (
            good.replace(&bracketed, &format!("[{number}]，电话")),
            false,
        ),
        (
            good.replace(&bracketed, &format!("[{code} {number}]，电话")),
            false,
        ),
        (
            good.replace(&bracketed, &format!("[{code}]{number}，电话")),
            false,
        ),
        (
            good.replace(
                &bracketed,
                &format!("[{code}]{}-{}，电话", &number[..6], &number[6..]),
            ),
            true,
        ),
        (good.replace(&bracketed, "[P-15400000001]，电话"), true),
    ] {
        let harmless = classes(
            &good.replace(&bracketed, "[cn-resident-id]，电话"),
            with_private,
        );
        let found = classes(&changed, with_private);
        assert!(found.len() > harmless.len(), "{found:?}");
    }
}

#[test]
fn mistyped_numbers_are_replaced_and_counted() {
    for more in ["", CODES] {
        let scene = Scene::new();
        let release = scene.release(&policy(more), input().as_bytes(), "out", How::default());
        let counts = &release.facts().balance.columns[2];
        assert_eq!(counts.found["cn-resident-id"], 4, "{counts:?}");
        assert_eq!(counts.near_misses["cn-resident-id"], 1, "{counts:?}");
        assert_eq!(counts.near_misses.len(), 1, "{counts:?}");
        let run: serde_json::Value = serde_json::from_slice(&release.private["run.json"]).unwrap();
        let notes = &run["columns"][2]["counts"];
        assert_eq!(notes["near_misses"]["cn-resident-id"], 1, "{notes}");
    }
}

#[test]
fn a_text_with_the_codes_of_its_people_links_rows() {
    // Two rows of one person whose code stands in the text alone.
    let text = policy(CODES).replace(PSEUDONYM, "do = \"drop\"\nkind = \"cn-resident-id\"")
        + "\n[extract.risk]\nk = 2\n\n[subject]\ncolumn = \"id_number\"\n";
    let sheet = Sheet::csv(input().as_bytes());
    let id = |row: usize| sheet.get(row, "id_number").to_owned();
    let mut rows = String::from("id_number,mobile,notes\n");
    for row in [0, 0, 1] {
        rows.push_str(&format!("{},,本人身份证号{}\n", id(row), id(row)));
    }
    let release = Scene::new().release(&text, rows.as_bytes(), "out", How::default());
    // Two people share the (empty) class, and no two of them the same history.
    assert_eq!(release.extract().rows.len(), 0);
    let labelled = text.replace(CODES, "");
    let release = Scene::new().release(&labelled, rows.as_bytes(), "out", How::default());
    assert_eq!(release.extract().rows.len(), 3);
}

#[test]
fn every_name_of_a_list_beside_the_policy_goes_and_the_list_is_part_of_the_policy() {
    let scene = Scene::new();
    let listed = policy("names_in = \"names.txt\"")
        .replace("\"own-row\"]", "\"own-row\", \"listed-names\"]");
    let rows =
        "id_number,mobile,notes\n,,王小明与李雷同住\n,,signed by Person Invented\n,,王小红\n";
    scene.write("names.txt", "王小明\nInvented Person\n");
    let release = scene.release(&listed, rows.as_bytes(), "out", How::default());
    let extract = release.extract();
    let notes: Vec<&str> = extract.column("notes").collect();
    assert_eq!(notes, ["[name]与李雷同住", "signed by [name]", "王小红"]);
    assert!(check(release.dir(), true).passed());
    let form = &release.manifest()["predicate"]["columns"][1]["form"];
    assert!(
        form["find"]
            .as_array()
            .unwrap()
            .contains(&"listed-names".into())
    );
    // Nothing of the list is in the release, but its words change the policy.
    for (name, bytes) in &release.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains("王小明") && !text.contains("Invented Person"),
            "{name}"
        );
    }
    let identity = |list: &str| {
        scene.write("names.txt", list);
        crate::util::parse(&listed, &scene.path(""))
            .unwrap()
            .identity
    };
    assert_ne!(identity("王小明\n"), identity("王小红\n"));
    for wrong in ["王小明\n王\n", "", "王小明\n12345\n"] {
        scene.write("names.txt", wrong);
        let stop = scene.refused(&listed, rows.as_bytes(), How::default());
        assert_eq!(stop.code(), 2);
        assert!(!why(&stop).contains("12345"), "{}", why(&stop));
    }
}

#[test]
fn with_a_region_national_numbers_leave_the_text_and_without_it_none_is_promised() {
    // Numbers that the British regulator keeps for drama.
    let input = "notes\n\
        ring 020 7946 0018 after six\n\
        张02079460018号\n\
        07700 900123 or +44 7700 900456\n\
        order 202079460018207946 of 2019-03-17\n";
    let policy = |region: &str| {
        head("british-notes")
            + &column(
                "notes",
                &format!(
                    "do = \"redact\"\nfind = [\"phone\", \"own-row\"]\nclass = \"none\"\n{region}"
                ),
            )
            + INPUT_ORDER
    };
    let notes = |region: &str| {
        let scene = Scene::new();
        let release = scene.release(&policy(region), input.as_bytes(), "out", How::default());
        let extract = release.extract();
        (0..4)
            .map(|row| extract.get(row, "notes").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        notes("region = \"GB\""),
        [
            "ring [phone] after six",
            "张[phone]号",
            "[phone] or [phone]",
            "order 202079460018207946 of 2019-03-17"
        ]
    );
    assert_eq!(notes("")[2], "07700 900123 or [phone]");
}
