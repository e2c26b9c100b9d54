//! Small releases made by hand, each then damaged in one way. All names,
//! numbers and addresses are invented.

use super::*;
use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::key::identity::hex;
use crate::key::{CodeFormat, Tagger};

/// A resident number of an area that does not exist, with a right check digit.
const ID: &str = "99010119491231002X";
/// A telephone number that the invented register holds.
const PHONE: &str = "13800138000";
/// An address that is dropped.
const STREET: &str = "测试路一百号测试楼";
/// A name: weak, its own record's text must not hold it.
const NAME: &str = "张测试";

/// A release in a temporary folder.
struct Release {
    root: tempfile::TempDir,
    predicate: Value,
    prints: Vec<(u8, u64)>,
    printer: Fingerprinter,
    weak_lengths: Vec<usize>,
    grouped: bool,
    columns: Vec<&'static str>,
}

const POLICY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn code(value: &str) -> String {
    let key = Key::test_key();
    let tagger = Tagger::new(&key.subkey(Label::Pseudonym, &["project", "person", ""]));
    let mut out = Vec::new();
    CodeFormat::new("P", 80)
        .unwrap()
        .write(&tagger.tag(value.as_bytes()), &mut out);
    String::from_utf8(out).unwrap()
}

fn folded(text: &str) -> String {
    let mut out = String::new();
    fold(text, &mut out);
    out
}

impl Release {
    /// Two hundred honest records, one table, every text.
    fn honest() -> Self {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("out");
        fs::create_dir_all(dir.join("tables")).unwrap();
        fs::create_dir_all(root.path().join("private")).unwrap();
        let key = Key::test_key();
        let printer = Fingerprinter::new(&key.subkey(Label::Leak, &[POLICY]));
        let sectors = ["banking", "farming", "health, care", "say \"hi\""];
        let mut extract = String::from("id_number,birth_date,sector,joined,amount,notes\n");
        for n in 0..200u32 {
            let sector = sectors[n as usize % 4];
            let sector = if sector.contains([',', '"']) {
                format!("\"{}\"", sector.replace('"', "\"\""))
            } else {
                sector.to_owned()
            };
            let notes = match n % 4 {
                0 => String::new(),
                1 => format!("note {n}: call [phone] after 2016-11-03"),
                2 => format!("\"备注{n}，由[own-row]转来，\n见 \"\"附件\"\"\""),
                _ => "'=see above".to_owned(),
            };
            let years = 1900 + n / 10 * 5;
            writeln!(
                extract,
                "{},{years}-{},{sector},2016-{:02}-{:02},{},{notes}",
                code(&format!("person {n}")),
                years + 4,
                n % 12 + 1,
                n % 28 + 1,
                i64::from(n) * 37 - 100,
            )
            .unwrap();
        }
        let mut release = Self {
            root,
            predicate: predicate(),
            prints: Vec::new(),
            printer,
            weak_lengths: vec![2, 3, 4],
            grouped: false,
            columns: vec!["sector", "notes"],
        };
        release.write("extract.csv", extract.as_bytes());
        release.write(
            "tables/by-sector.csv",
            "sector,persons,status\nbanking,600,published\nfarming,19,published\n\"health, care\",10,published\n"
                .as_bytes(),
        );
        release.write(
            "dictionary.csv",
            b"column,meaning\nid_number,a code\nbirth_date,five-year band\n",
        );
        release.write(
            "datapackage.json",
            b"{\"name\": \"x\", \"resources\": []}\n",
        );
        release.write(
            "README.txt",
            format!("A release.\nRecords: 210 read, 200 written.\nPolicy {POLICY}\n").as_bytes(),
        );
        release.write(
            "report.html",
            b"<!doctype html><html><body><p>200 records</p><table><tr><td>138</td><td>0013</td><td>8000</td></tr></table></body></html>\n",
        );
        release.protect_all();
        release.seal();
        release
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("out")
    }

    fn private(&self) -> PathBuf {
        self.root.path().join("private")
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.dir().join(name)).unwrap()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.dir().join(name), bytes).unwrap();
    }

    /// Changes a file of text.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(name)).unwrap();
        assert!(text.contains(from), "{from:?} is not in {name}");
        self.write(name, text.replacen(from, to, 1).as_bytes());
    }

    fn strict(&mut self, value: &str) {
        self.prints.push((0, self.printer.of(&folded(value))));
    }

    fn protect_all(&mut self) {
        for value in [ID, PHONE, "+8613800138000", STREET, "a.person@example.org"] {
            self.strict(value);
        }
        for n in 0..3000 {
            self.strict(&format!("filler {n} of the invented register"));
        }
        let name = self.printer.of(&folded(NAME));
        self.prints.push((3, name));
        let context = self.printer.of("column:sector");
        let raw = self.printer.of(&folded("mining"));
        self.prints.push((1, self.printer.bound(context, raw)));
    }

    /// Writes manifest and fingerprints for what lies in the folder.
    fn seal(&self) {
        let mut subject = Vec::new();
        for entry in tree::list(&self.dir()).unwrap() {
            if entry.what == What::File && entry.name != "manifest.json" {
                let digest = hex(&Sha256::digest(fs::read(&entry.path).unwrap()));
                subject.push(json!({"name": entry.name, "digest": {"sha256": digest}}));
            }
        }
        let manifest = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": "urn:offrecord:release:1",
            "predicate": self.predicate,
        });
        let mut text = serde_json::to_string_pretty(&manifest).unwrap();
        text.push('\n');
        self.write("manifest.json", text.as_bytes());
        let mut header = json!({"key_id": Key::test_key().id().to_string(), "policy_sha256": POLICY,
            "weak_lengths": self.weak_lengths, "columns": self.columns});
        if self.grouped {
            header["own_text"] = json!("grouped");
        }
        let mut file = fs::File::create(self.private().join("fingerprints.bin")).unwrap();
        writeln!(file, "offrecord-fingerprints-1\n{header}").unwrap();
        for (class, print) in &self.prints {
            file.write_all(&[*class]).unwrap();
            file.write_all(&print.to_le_bytes()).unwrap();
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let dir = self.dir();
            fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
            for entry in tree::list(&dir).unwrap() {
                let mode = if entry.what == What::Folder {
                    0o700
                } else {
                    0o600
                };
                if matches!(entry.what, What::File | What::Folder) {
                    fs::set_permissions(&entry.path, fs::Permissions::from_mode(mode)).unwrap();
                }
            }
        }
    }

    fn check_with(&self, threads: usize, chunk: usize) -> Verdict {
        let key = Key::test_key();
        let private = self.private();
        verify(&Request {
            private: Some(&private),
            key: Some(&key),
            threads,
            chunk,
            ..Request::new(&self.dir())
        })
        .unwrap()
    }

    fn check(&self) -> Verdict {
        self.check_with(2, 0)
    }

    fn check_alone(&self) -> Verdict {
        verify(&Request::new(&self.dir())).unwrap()
    }
}

fn predicate() -> Value {
    json!({
        "policy": {"name": "project/name", "version": 3, "sha256": POLICY},
        "recipient": null,
        "key_id": Key::test_key().id().to_string(),
        "tool": {"name": "offrecord", "version": "0.1.0"},
        "kinds": ["cn-resident-id@1", "text@1"],
        "records": {"read": 210, "written": 200, "withheld": 10, "quarantined": 0, "rounded": false},
        "columns": [
            {"name": "id_number", "source": "id_number", "treatment": "pseudonymise", "kind": "cn-resident-id",
             "class": "quasi", "form": {"form": "code", "prefix": "P", "bits": 80}},
            {"name": "birth_date", "source": "birth_date", "treatment": "generalise", "kind": "date",
             "class": "quasi", "form": {"form": "date", "to": "5-years"}},
            {"name": "sector", "source": "sector", "treatment": "keep", "kind": "text",
             "class": "none", "form": {"form": "kind", "kind": "text", "max": 20}},
            {"name": "joined", "source": "joined", "treatment": "keep", "kind": "date",
             "class": "quasi", "form": {"form": "kind", "kind": "date"}},
            {"name": "amount", "source": "amount", "treatment": "keep", "kind": "number",
             "class": "quasi", "form": {"form": "kind", "kind": "number"}},
            {"name": "notes", "source": "notes", "treatment": "redact", "kind": null,
             "class": "quasi", "form": {"form": "redacted", "labels": "kind", "find": ["phone", "own-row"]}},
        ],
        "extract": {"format": "csv", "order": "shuffled", "bom": false, "part_rows": null, "guarded_cells": 50},
        "tables": [{"name": "by-sector", "by": [{"name": "sector", "form": {"form": "kind", "kind": "text", "max": 200}}],
            "figures": ["persons"], "min": 10, "protect": "suppress", "zeros": "protect"}],
        "checks": {"closed_forms": "passed"},
        "row_risk": {"limited": false},
        "ledger_head": null,
    })
}

/// The reasons found, each once.
fn reasons(verdict: &Verdict) -> Vec<&'static str> {
    let mut words: Vec<_> = verdict.findings.iter().map(|f| f.reason.word()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[track_caller]
fn finds(verdict: &Verdict, word: &str) {
    assert!(
        reasons(verdict).contains(&word),
        "{word} was not found, but {:?}",
        reasons(verdict)
    );
}

#[test]
fn an_honest_release_passes_with_and_without_the_fingerprints() {
    let release = Release::honest();
    let verdict = release.check();
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.exit_code(), 0);
    assert!(verdict.repeated);
    assert_eq!(verdict.counts.rows, 200);
    assert_eq!(verdict.counts.cells, 1200);
    assert_eq!(verdict.counts.codes, 200);
    assert_eq!(verdict.counts.guarded, 50);
    assert_eq!(verdict.counts.fingerprints, 3007);
    let alone = release.check_alone();
    assert_eq!(alone.findings, []);
    assert!(!alone.repeated);
    assert!(alone.to_string().contains("Leak check not repeated"));
}

#[test]
fn threads_and_chunks_change_nothing() {
    let mut release = Release::honest();
    release.edit("extract.csv", "banking", "mining");
    release.edit("extract.csv", "note 5:", &format!("note {PHONE}:"));
    release.edit("extract.csv", "farming", "a\rb");
    release.prints.push((3, release.printer.of("banking")));
    release.strict("health, care");
    release.seal();
    let want = release.check_with(1, 0);
    assert_eq!(want.coincidences, 49);
    for threads in [1, 2, 3, 8] {
        for chunk in [1, 7, 64, 1000, 5000] {
            let verdict = release.check_with(threads, chunk);
            assert_eq!(verdict.findings, want.findings, "{threads} {chunk}");
            assert_eq!(verdict.coincidences, want.coincidences);
            assert_eq!(verdict.counts.rows, want.counts.rows);
            assert_eq!(verdict.counts.guarded, want.counts.guarded);
        }
    }
}

#[test]
fn any_flipped_bit_breaks_a_hash() {
    let release = Release::honest();
    for name in [
        "extract.csv",
        "tables/by-sector.csv",
        "dictionary.csv",
        "datapackage.json",
        "README.txt",
        "report.html",
    ] {
        let good = release.read(name);
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            release.write(name, &bad);
            let verdict = release.check_alone();
            finds(&verdict, "digest");
            assert_ne!(verdict.exit_code(), 0);
        }
        release.write(name, &good);
    }
    assert!(release.check_alone().passed());
}

#[test]
fn a_dropped_or_added_row_does_not_balance() {
    let release = Release::honest();
    let text = String::from_utf8(release.read("extract.csv")).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    let (first, rest) = rest.split_once('\n').unwrap();
    release.write("extract.csv", format!("{header}\n{rest}").as_bytes());
    release.seal();
    let verdict = release.check();
    finds(&verdict, "rows");
    assert_eq!(verdict.exit_code(), 1);
    release.write(
        "extract.csv",
        format!("{header}\n{first}\n{first}\n{rest}").as_bytes(),
    );
    release.seal();
    finds(&release.check(), "rows");
}

#[test]
fn counts_that_do_not_add_up_are_found_and_rounded_ones_are_not_asked_to() {
    let mut release = Release::honest();
    release.predicate["records"]["withheld"] = json!(11);
    release.seal();
    finds(&release.check(), "unbalanced");
    release.predicate["records"]["rounded"] = json!(true);
    release.seal();
    assert!(release.check().passed());
    // Merged, or left out with the total, as a table's minimum demands.
    for (records, word) in [
        (json!({"read": 212, "written": 200, "kept_back": 12}), None),
        (
            json!({"read": 213, "written": 200, "kept_back": 12}),
            Some("unbalanced"),
        ),
        (
            json!({"read": null, "written": 200, "kept_back": null}),
            None,
        ),
        (
            json!({"read": 209, "written": 200, "kept_back": null}),
            Some("counts-missing"),
        ),
        (
            json!({"read": 209, "written": 200, "kept_back": 9}),
            Some("below-minimum"),
        ),
        (
            json!({"read": 220, "written": 200, "withheld": 13, "quarantined": 7}),
            Some("below-minimum"),
        ),
        (
            json!({"read": 230, "written": 200, "withheld": 10, "quarantined": 10, "kept_back": 30}),
            Some("unbalanced"),
        ),
        (json!({"read": 200}), Some("counts-missing")),
    ] {
        release.predicate["records"] = records;
        release.predicate["records"]["hidden_below"] = json!(10);
        release.seal();
        let verdict = release.check();
        match word {
            Some(word) => finds(&verdict, word),
            None => assert_eq!(verdict.findings, []),
        }
    }
    release.predicate["tables"] = json!([]);
    fs::remove_dir_all(release.dir().join("tables")).unwrap();
    release.predicate["records"] = json!({"written": 200});
    release.seal();
    finds(&release.check(), "counts-missing");
}

#[test]
fn a_file_too_many_or_too_few_is_found() {
    let release = Release::honest();
    release.write("more.csv", b"x\n");
    let verdict = release.check();
    finds(&verdict, "unlisted");
    finds(&verdict, "name");
    assert!(
        verdict
            .findings
            .iter()
            .all(|f| !f.artefact.contains("more"))
    );
    fs::remove_file(release.dir().join("more.csv")).unwrap();
    for name in ["extract.csv", "tables/by-sector.csv", "README.txt"] {
        let bytes = release.read(name);
        fs::remove_file(release.dir().join(name)).unwrap();
        let verdict = release.check();
        finds(&verdict, "missing");
        assert_eq!(verdict.exit_code(), 1);
        release.write(name, &bytes);
    }
    fs::remove_file(release.dir().join("report.html")).unwrap();
    release.seal();
    finds(&release.check(), "missing");
    fs::remove_file(release.dir().join("manifest.json")).unwrap();
    let verdict = release.check();
    finds(&verdict, "no-manifest");
    assert_eq!(verdict.exit_code(), 1);
}

#[cfg(unix)]
#[test]
fn links_folders_and_open_permissions_are_found() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let release = Release::honest();
    let dir = release.dir();
    symlink("/etc/hostname", dir.join("link")).unwrap();
    finds(&release.check(), "link");
    fs::remove_file(dir.join("link")).unwrap();
    fs::create_dir(dir.join("more")).unwrap();
    finds(&release.check(), "not-a-file");
    fs::remove_dir(dir.join("more")).unwrap();
    // A link in the place of a file of the release.
    let text = release.read("README.txt");
    fs::remove_file(dir.join("README.txt")).unwrap();
    fs::write(release.root.path().join("elsewhere"), &text).unwrap();
    symlink(
        release.root.path().join("elsewhere"),
        dir.join("README.txt"),
    )
    .unwrap();
    let verdict = release.check();
    finds(&verdict, "link");
    finds(&verdict, "missing");
    fs::remove_file(dir.join("README.txt")).unwrap();
    release.write("README.txt", &text);
    release.seal();
    fs::set_permissions(dir.join("extract.csv"), fs::Permissions::from_mode(0o644)).unwrap();
    let verdict = release.check();
    finds(&verdict, "readable");
    assert_eq!(verdict.exit_code(), 0, "a warning does not fail the check");
}

/// Ways in which the same number is written.
fn written_forms() -> Vec<String> {
    let wide: String = ID
        .chars()
        .map(|c| char::from_u32(c as u32 + 0xfee0).unwrap())
        .collect();
    vec![
        ID.to_owned(),
        ID.to_lowercase(),
        "990101 19491231 002X".into(),
        "990101-19491231-002X".into(),
        "9901 0119 4912 3100 2X".into(),
        "990101.19491231.002X".into(),
        "990101_19491231_002X".into(),
        "990101·19491231·002X".into(),
        "990101\u{a0}19491231\u{a0}002X".into(),
        "990101\u{200b}19491231\u{200b}002X".into(),
        "9901011949\u{ad}1231002X".into(),
        wide,
        "99010119491231002Х".into(),
        format!("编号{ID}号"),
        format!("身份证:{ID}。"),
        format!("id={ID}&x=1"),
        format!("({ID})"),
        format!("[{ID}]"),
        format!("no.{ID},"),
        "٩٩٠١٠١١٩٤٩١٢٣١٠٠٢X".into(),
        "99010119491231002 X".into(),
        "990101\u{2013}19491231\u{2013}002X".into(),
    ]
}

#[test]
fn a_raw_number_is_found_in_every_artefact_in_every_written_form() {
    let release = Release::honest();
    let texts: [(&str, &str, &str); 8] = [
        ("extract.csv", "note 5:", "note @:"),
        ("extract.csv", ",notes\n", ",@\n"),
        ("tables/by-sector.csv", "farming", "farming @"),
        ("tables/by-sector.csv", "persons", "@"),
        ("dictionary.csv", "five-year band", "@"),
        ("README.txt", "A release.", "A release @."),
        ("report.html", "200 records", "200 @ records"),
        ("report.html", "<p>", "<p title=\"@\">"),
    ];
    for (name, from, to) in texts {
        let good = release.read(name);
        for form in written_forms() {
            release.write(name, &good);
            release.edit(name, from, &to.replace('@', &form));
            release.seal();
            let verdict = release.check();
            assert_eq!(verdict.exit_code(), 3, "{name}: {form:?}");
            finds(&verdict, "strict-value");
        }
        release.write(name, &good);
    }
    for form in written_forms() {
        release.write(
            "datapackage.json",
            json!({"name": form}).to_string().as_bytes(),
        );
        release.seal();
        finds(&release.check(), "strict-value");
        release.write(
            "datapackage.json",
            json!({form: "name"}).to_string().as_bytes(),
        );
        release.seal();
        finds(&release.check(), "strict-value");
    }
}

#[test]
fn a_raw_number_is_found_in_the_manifest_and_in_file_names() {
    let mut release = Release::honest();
    release.predicate["columns"][2]["source"] = json!(ID);
    release.seal();
    finds(&release.check(), "strict-value");
    release.predicate = predicate();
    release.predicate["checks"][ID] = json!("passed");
    release.seal();
    finds(&release.check(), "strict-value");
    release.predicate = predicate();
    release.predicate["policy"]["name"] = json!(format!("project/{}", ID.to_lowercase()));
    release.seal();
    finds(&release.check(), "strict-value");
    release.predicate = predicate();
    for name in [
        format!("{ID}.csv"),
        format!("tables/{}.csv", ID.to_lowercase()),
        format!("tables/{PHONE}.csv"),
        format!("编号{ID}"),
        "990101 19491231 002X.txt".to_owned(),
    ] {
        release.write(&name, b"x\n");
        release.seal();
        let verdict = release.check();
        finds(&verdict, "strict-value");
        let shown = format!("{verdict}{}", serde_json::to_string(&verdict).unwrap());
        let mut csv = Vec::new();
        verdict.write_leaks_csv(&mut csv).unwrap();
        for secret in [ID, &ID.to_lowercase(), PHONE, "19491231"] {
            assert!(!shown.contains(secret), "the verdict shows a value");
            assert!(!String::from_utf8_lossy(&csv).contains(secret));
        }
        fs::remove_file(release.dir().join(&name)).unwrap();
    }
}

#[test]
fn a_number_hidden_by_markup_is_found() {
    let release = Release::honest();
    let good = release.read("report.html");
    for hidden in [
        "990101<b>19491231</b>002X",
        "990101<!-- -->19491231002X",
        "&#57;90101&#x31;9491231002X",
        "990101<span class=a>1949</span><i>1231</i>002X",
        "<img alt=\"99010119491231002X\">",
        "<!-- 99010119491231002X -->",
        "990101&shy;19491231&nbsp;002X",
    ] {
        release.write("report.html", &good);
        release.edit("report.html", "200 records", hidden);
        release.seal();
        finds(&release.check(), "strict-value");
    }
    release.write("report.html", &good);
    release.edit("report.html", "200 records", "990101\n19491231\n002X");
    release.seal();
    finds(&release.check(), "strict-value");
    release.write("report.html", &good);
    release.write(
        "datapackage.json",
        b"{\"name\": \"9901\\u0030119491231002X\"}",
    );
    release.seal();
    finds(&release.check(), "strict-value");
}

#[test]
fn every_class_of_leak_is_found_in_the_extract() {
    let mut release = Release::honest();
    let good = release.read("extract.csv");
    // Longer than what the check remembers of a cell.
    let far_behind = format!("{}，{PHONE}", "说了很多".repeat(16));
    for planted in [
        PHONE,
        "138 0013 8000",
        far_behind.as_str(),
        STREET,
        "A.Person@Example.org",
        "写信a.person@example.org。",
    ] {
        release.write("extract.csv", &good);
        release.edit(
            "extract.csv",
            "note 5: call",
            &format!("note 5: {planted} "),
        );
        release.seal();
        finds(&release.check(), "strict-value");
    }
    // Class 1: as it was, in its own column.
    release.write("extract.csv", &good);
    release.edit("extract.csv", "farming", "Mining");
    release.seal();
    let verdict = release.check();
    finds(&verdict, "own-column");
    assert_eq!(verdict.exit_code(), 3);
    // Elsewhere the same word is nothing.
    release.write("extract.csv", &good);
    release.edit("extract.csv", "note 5: call", "mining");
    release.seal();
    assert!(release.check().passed());
    // Class 2: a name in the text of its own record, and in that of another.
    release.write("extract.csv", &good);
    let text = "由 张 测试 转来".to_owned();
    release.edit(
        "extract.csv",
        "note 5: call [phone] after 2016-11-03",
        &text,
    );
    release.seal();
    assert!(release.check().passed(), "somebody else's text");
    let context = release.printer.of(&text);
    let bound = release.printer.bound(context, release.printer.of(NAME));
    release.prints.push((2, bound));
    release.seal();
    let verdict = release.check();
    finds(&verdict, "own-text");
    assert_eq!(verdict.exit_code(), 3);
    // The same where the file groups class 2 by text.
    release.prints.pop();
    release.grouped = true;
    for (value, leaks) in [
        (NAME, true),
        ("张测", true),
        ("张测验", false),
        ("测试", true),
    ] {
        let within = release.printer.within(context);
        let opening: String = value.chars().take(2).collect();
        let grouped = context >> 44 << 44
            | (release.printer.of(&opening) ^ within.veil()) >> 50 << 30
            | (value.chars().count() as u64 ^ within.veil() & 63) << 24
            | within.of(&folded(value)) & 0xff_ffff;
        release.prints.push((2, grouped));
        release.seal();
        assert_eq!(!release.check().passed(), leaks, "{value}");
        release.prints.pop();
    }
    release.grouped = false;
    release.prints.push((2, bound));
    // Class 3: an equal cell elsewhere is a coincidence.
    release.prints.pop();
    release.write("extract.csv", &good);
    release.edit("extract.csv", "banking", NAME);
    release.seal();
    let verdict = release.check();
    assert!(verdict.passed());
    assert_eq!(verdict.coincidences, 1);
}

#[test]
fn a_long_text_that_many_records_share_is_a_word_but_a_number_never_is() {
    let mut release = Release::honest();
    for _ in 0..9 {
        release.strict("note of honour");
    }
    release.edit("extract.csv", "banking", "Note of Honour");
    release.seal();
    finds(&release.check(), "strict-value");
    release.strict("note of honour");
    release.seal();
    let verdict = release.check();
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.coincidences, 1);
    for (note, number) in [("note 5", PHONE), ("note 9", "A.Person@example.org")] {
        for _ in 0..20 {
            release.strict(number);
        }
        release.edit("extract.csv", note, number);
        release.seal();
        finds(&release.check(), "strict-value");
    }
}

#[test]
fn a_raw_value_that_fits_a_closed_form_is_neither_leak_nor_coincidence_in_its_column() {
    let mut release = Release::honest();
    // Somebody's birth date was written as a span of years.
    let raw = release.printer.of(&folded("1900-1904"));
    release.prints.push((3, raw));
    release.seal();
    assert_eq!(release.check().coincidences, 10);
    let context = release.printer.of("column:birth_date");
    release
        .prints
        .push((1, release.printer.bound(context, raw)));
    release.columns.push("birth_date");
    release.seal();
    let verdict = release.check();
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.coincidences, 0);
}

#[test]
fn identifiers_are_found_without_the_private_half() {
    let release = Release::honest();
    for (name, from) in [
        ("extract.csv", "note 5: call"),
        ("README.txt", "A release."),
        ("report.html", "200 records"),
        ("dictionary.csv", "five-year band"),
    ] {
        let good = release.read(name);
        // An invented number with a right check digit.
        release.edit(name, from, "440101194912310027");
        release.seal();
        let verdict = release.check_alone();
        finds(&verdict, "identifier");
        assert_eq!(verdict.exit_code(), 3);
        release.write(name, &good);
    }
}

#[test]
fn a_cell_outside_its_form_is_found() {
    let release = Release::honest();
    let good = release.read("extract.csv");
    let two = (code("person 0"), code("person 1"));
    for (from, to) in [
        ("banking", "a sector of more than twenty characters"),
        ("1900-1904", "1900"),
        ("2016-01-01", "2016-02-30"),
        (",-100,", ",1e3,"),
        (two.0.as_str(), "P-2Q3D-EZPX-6QJ8-RGBJ-5"),
        (two.0.as_str(), "Q-2Q3D-EZPX-6QJ8-RGBJ-4"),
    ] {
        release.write("extract.csv", &good);
        release.edit("extract.csv", from, to);
        release.seal();
        let verdict = release.check();
        finds(&verdict, "form");
        assert_eq!(verdict.exit_code(), 3, "{from} {to}");
        assert_eq!(verdict.findings[0].line, Some(2));
    }
    // Two symbols of a code change places.
    let mut swapped = two.0.clone().into_bytes();
    let at = (2..swapped.len() - 2)
        .find(|i| swapped[*i] != swapped[*i + 1] && swapped[*i] != b'-' && swapped[*i + 1] != b'-')
        .unwrap();
    swapped.swap(at, at + 1);
    release.write("extract.csv", &good);
    release.edit("extract.csv", &two.0, &String::from_utf8(swapped).unwrap());
    release.seal();
    finds(&release.check(), "form");
}

#[test]
fn swapped_columns_and_shifted_fields_are_found() {
    let release = Release::honest();
    let good = release.read("extract.csv");
    release.edit(
        "extract.csv",
        "id_number,birth_date",
        "birth_date,id_number",
    );
    release.seal();
    finds(&release.check(), "header");
    release.write("extract.csv", &good);
    release.edit("extract.csv", ",banking,", ",banking,,");
    release.seal();
    finds(&release.check(), "fields");
    release.write("extract.csv", &good);
    release.edit("extract.csv", ",banking,", ",bank\"ing,");
    release.seal();
    let verdict = release.check();
    finds(&verdict, "quote");
    release.write("extract.csv", &good);
    release.edit("extract.csv", ",banking,", ",bank\ring,");
    release.seal();
    finds(&release.check(), "return");
    let mut bytes = good.clone();
    bytes.pop();
    release.write("extract.csv", &bytes);
    release.seal();
    finds(&release.check(), "last-line");
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend_from_slice(&good);
    release.write("extract.csv", &bytes);
    release.seal();
    finds(&release.check(), "bom");
    let mut bytes = good.clone();
    let at = good.windows(7).position(|w| w == b"banking").unwrap();
    bytes[at] = 0xff;
    release.write("extract.csv", &bytes);
    release.seal();
    finds(&release.check(), "utf-8");
    bytes[at] = 0;
    release.write("extract.csv", &bytes);
    release.seal();
    finds(&release.check(), "control");
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_found() {
    let mut release = Release::honest();
    let good = release.read("extract.csv");
    for formula in [
        "=1+1",
        "+a",
        "-",
        "@x",
        "＝1",
        "\u{ff0b}1",
        "\"\ta\"",
        "\"\r\"",
    ] {
        release.write("extract.csv", &good);
        release.edit("extract.csv", "'=see above", formula);
        release.seal();
        finds(&release.check(), "unguarded");
    }
    for plain in ["-12.5", "\"+86,1\"", "'-1", "a=1"] {
        release.write("extract.csv", &good);
        release.edit("extract.csv", "'=see above", plain);
        release.predicate["extract"]["guarded_cells"] = json!(49);
        release.seal();
        assert_eq!(release.check().findings, [], "{plain}");
    }
    release.write("extract.csv", &good);
    release.predicate["extract"]["guarded_cells"] = json!(51);
    release.seal();
    finds(&release.check(), "guard-count");
}

#[test]
fn tables_hold_to_their_minimum_order_and_words() {
    let mut release = Release::honest();
    let table = |rows: &str| format!("sector,persons,status\n{rows}");
    for (rows, word, exit) in [
        ("a,9,published\n", "below-minimum", 3),
        ("a,0,published\n", "below-minimum", 3),
        ("a,9,withheld\n", "withheld-figure", 3),
        ("b,10,published\na,10,published\n", "order", 1),
        ("a,10,published\na,10,published\n", "twice", 1),
        ("a,10,ok\n", "status", 1),
        ("a,10,perturbed\n", "status", 1),
        ("a,ten,published\n", "figure", 1),
        ("a,,published\n", "figure", 1),
        ("a,010,published\n", "figure", 1),
        ("a,10\n", "fields", 1),
        ("a,10,published", "last-line", 1),
        ("=a,10,published\n", "unguarded", 1),
    ] {
        release.write("tables/by-sector.csv", table(rows).as_bytes());
        release.seal();
        let verdict = release.check();
        finds(&verdict, word);
        assert_eq!(verdict.exit_code(), exit, "{rows}");
    }
    release.write("tables/by-sector.csv", b"sector,persons\na,10\n");
    release.seal();
    finds(&release.check(), "header");
    release.write("tables/by-sector.csv", b"");
    release.seal();
    finds(&release.check(), "header");
    for rows in [
        "a,,withheld\nb,10,published\n",
        "",
        ",10,published\na,11,published\n",
    ] {
        release.write("tables/by-sector.csv", table(rows).as_bytes());
        release.seal();
        assert_eq!(release.check().findings, [], "{rows}");
    }
    release.predicate["tables"][0]["zeros"] = json!("publish");
    release.write("tables/by-sector.csv", table("a,0,published\n").as_bytes());
    release.seal();
    assert_eq!(release.check().findings, []);
}

#[test]
fn words_that_promise_too_much_are_found_in_our_texts() {
    let release = Release::honest();
    for (name, from) in [
        ("README.txt", "A release."),
        ("report.html", "200 records"),
        ("dictionary.csv", "five-year band"),
    ] {
        let good = release.read(name);
        for word in [
            "These rows are anonymous",
            "safe",
            "GDPR-compliant",
            "de-identified",
            "已匿名化",
        ] {
            release.edit(name, from, word);
            release.seal();
            let verdict = release.check();
            finds(&verdict, "promise");
            assert_eq!(verdict.exit_code(), 1);
            release.write(name, &good);
        }
    }
    release.write("datapackage.json", b"{\"title\": \"safe rows\"}");
    release.seal();
    finds(&release.check(), "promise");
    // A cell that the policy lets out may say what it likes.
    release.write("datapackage.json", b"{}");
    release.edit("extract.csv", "banking", "safe");
    release.seal();
    assert_eq!(release.check().findings, []);
}

#[test]
fn a_manifest_that_is_not_as_it_must_be_is_found() {
    let mut release = Release::honest();
    type Change = fn(&mut Value);
    let changes: [Change; 16] = [
        |p| p["surprise"] = json!(1),
        |p| p["policy"]["sha256"] = json!("00"),
        |p| p["key_id"] = json!(null),
        |p| p["tool"]["name"] = json!("other"),
        |p| p["kinds"] = json!(["no-such-kind@1"]),
        |p| p["kinds"] = json!(["text@99"]),
        |p| p["records"] = json!(null),
        |p| p["columns"][0]["form"] = json!({"form": "anything"}),
        |p| p["columns"][1]["name"] = json!("id_number"),
        |p| p["extract"]["format"] = json!("xlsx"),
        |p| p["extract"]["order"] = json!("sorted"),
        |p| p["tables"][0]["min"] = json!("10"),
        |p| p["tables"][0]["name"] = json!("../x"),
        |p| p["tables"][0]["protect"] = json!("none"),
        |p| p["checks"] = json!("passed"),
        |p| p["recipient"] = json!(7),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        release.predicate = predicate();
        change(&mut release.predicate);
        release.seal();
        let verdict = release.check();
        finds(&verdict, "manifest");
        assert_ne!(verdict.exit_code(), 0, "change {n}");
    }
    release.predicate = predicate();
    release.seal();
    let good = String::from_utf8(release.read("manifest.json")).unwrap();
    for (from, to) in [
        ("in-toto.io/Statement/v1", "in-toto.io/Statement/v2"),
        ("\"predicateType\"", "\"predicatetype\""),
        ("\"_type\"", "\"x\": 1, \"_type\""),
        ("\"name\": \"README.txt\"", "\"name\": \"../README.txt\""),
        ("{", "{{"),
    ] {
        release.write("manifest.json", good.replacen(from, to, 1).as_bytes());
        finds(&release.check(), "manifest");
    }
}

#[test]
fn the_wrong_key_or_private_half_is_found() {
    let release = Release::honest();
    let other = Key::generate().unwrap();
    let private = release.private();
    let verdict = verify(&Request {
        private: Some(&private),
        key: Some(&other),
        ..Request::new(&release.dir())
    })
    .unwrap();
    finds(&verdict, "key");
    finds(&verdict, "other-fingerprints");
    assert_eq!(verdict.exit_code(), 1);
    let key = Key::test_key();
    let half = verify(&Request {
        key: Some(&key),
        ..Request::new(&release.dir())
    });
    assert!(matches!(half, Err(VerifyError::Half)));
    fs::remove_file(private.join("fingerprints.bin")).unwrap();
    let none = verify(&Request {
        key: Some(&key),
        private: Some(&private),
        ..Request::new(&release.dir())
    });
    assert!(matches!(none, Err(VerifyError::Fingerprints(_))));
}

#[test]
fn parts_of_an_extract_are_read_in_order_and_counted() {
    let mut release = Release::honest();
    let text = String::from_utf8(release.read("extract.csv")).unwrap();
    let cut = text.find(&code("person 120")).unwrap();
    let (first, second) = text.split_at(cut);
    let header = text.split_once('\n').unwrap().0;
    fs::remove_file(release.dir().join("extract.csv")).unwrap();
    release.write("extract-0001.csv", first.as_bytes());
    release.write("extract-0002.csv", format!("{header}\n{second}").as_bytes());
    release.predicate["extract"]["part_rows"] = json!(120);
    release.seal();
    assert_eq!(release.check().findings, []);
    release.predicate["extract"]["part_rows"] = json!(100);
    release.seal();
    finds(&release.check(), "part-rows");
    fs::rename(
        release.dir().join("extract-0002.csv"),
        release.dir().join("extract-0003.csv"),
    )
    .unwrap();
    release.seal();
    finds(&release.check(), "missing");
}

#[test]
fn json_lines_are_checked_like_csv() {
    let mut release = Release::honest();
    fs::remove_file(release.dir().join("extract.csv")).unwrap();
    let row = |n: u32, notes: &str| {
        format!(
            "{}\n",
            json!({"id_number": code(&n.to_string()), "birth_date": "1975-1979", "sector": "banking",
                "joined": null, "amount": "12", "notes": notes})
        )
    };
    let good: String = (0..200).map(|n| row(n, "=see [phone]")).collect();
    release.predicate["extract"] =
        json!({"format": "jsonl", "order": "input", "bom": false, "part_rows": null});
    release.write("extract.jsonl", good.as_bytes());
    release.seal();
    assert_eq!(release.check().findings, []);
    assert_eq!(release.check().counts.codes, 200);
    for (planted, word) in [
        (row(3, ID), "strict-value"),
        (row(3, "990101\u{200b}19491231002x"), "strict-value"),
        (row(3, "x").replace("banking", "Mining"), "own-column"),
        (row(3, "x").replace("1975-1979", "1975"), "form"),
        (row(3, "x").replace("\"joined\":null,", ""), "header"),
        (row(3, "x").replace("null", "[]"), "json-line"),
        ("\n".to_owned(), "json-line"),
    ] {
        let bad = good.replacen(&row(3, "=see [phone]"), &planted, 1);
        release.write("extract.jsonl", bad.as_bytes());
        release.seal();
        let verdict = release.check();
        finds(&verdict, word);
        assert_eq!(verdict.findings[0].line, Some(4), "{word}");
    }
}

#[test]
fn each_recipient_is_checked() {
    let one = Release::honest();
    let two = Release::honest();
    two.edit("extract.csv", "note 5: call", PHONE);
    two.seal();
    let root = tempfile::tempdir().unwrap();
    fs::rename(one.dir(), root.path().join("partner-a")).unwrap();
    fs::rename(two.dir(), root.path().join("partner-b")).unwrap();
    let key = Key::test_key();
    let private = one.private();
    let verdict = verify(&Request {
        private: Some(&private),
        key: Some(&key),
        ..Request::new(root.path())
    })
    .unwrap();
    assert_eq!(verdict.counts.rows, 400);
    finds(&verdict, "strict-value");
    assert!(
        verdict
            .findings
            .iter()
            .all(|f| f.artefact.starts_with("partner-b/"))
    );
}

#[test]
fn trusted_digests_are_compared_and_not_computed() {
    let release = Release::honest();
    let mut digests: HashMap<String, [u8; 32]> = HashMap::new();
    for entry in tree::list(&release.dir()).unwrap() {
        if entry.what == What::File {
            digests.insert(entry.name.clone(), tree::sha256(&entry.path).unwrap());
        }
    }
    let check = |digests: &HashMap<String, [u8; 32]>| {
        verify(&Request {
            trust_digests: Some(digests),
            ..Request::new(&release.dir())
        })
        .unwrap()
    };
    assert!(check(&digests).passed());
    digests.insert("README.txt".to_owned(), [0; 32]);
    finds(&check(&digests), "digest");
}

#[test]
fn many_leaks_are_looked_up_in_batches_and_counted() {
    let mut release = Release::honest();
    let mut text = String::from("id_number,birth_date,sector,joined,amount,notes\n");
    for n in 0..3000 {
        writeln!(text, ",,,,,filler {n} of the invented register").unwrap();
    }
    release.write("extract.csv", text.as_bytes());
    release.predicate["records"] =
        json!({"read": 3000, "written": 3000, "withheld": 0, "quarantined": 0});
    release.predicate["extract"]["guarded_cells"] = json!(0);
    release.seal();
    let verdict = release.check_with(2, 1000);
    assert_eq!(verdict.totals.get(&Class::Leak), Some(&3000));
    assert!(verdict.findings.len() <= 60);
    let listed: u64 = verdict.findings.iter().map(|f| f.places).sum();
    assert_eq!(listed, 3000);
    assert_eq!(verdict.findings[0].line, Some(2));
}

#[test]
fn leaks_csv_names_places_and_reasons() {
    let release = Release::honest();
    release.edit("extract.csv", "note 5: call", &format!("note {ID} "));
    release.seal();
    let mut out = Vec::new();
    release.check().write_leaks_csv(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("artefact,line,column,reason\n"));
    assert!(text.contains("extract.csv,8,6,strict-value\n"), "{text}");
}
