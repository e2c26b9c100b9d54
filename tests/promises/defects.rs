//! The check at the end catches what a broken engine, or somebody with an
//! editor, would leave behind: a finished release is changed on disk and must
//! no longer pass. The manifest's hashes are mended after each change, so that
//! it is never the hash alone that gives the defect away.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::util::policies;
use crate::util::{How, Register, Scene, check, private_of, register, tree};

/// Few records: each of hundreds of changes is checked anew.
fn small() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| register(700, 20, 11, 300))
}

/// A release of the shipped policy and one with redacted text in JSON Lines.
struct Finished {
    _scene: Scene,
    table: PathBuf,
    text: PathBuf,
}

fn finished() -> &'static Finished {
    static FINISHED: OnceLock<Finished> = OnceLock::new();
    FINISHED.get_or_init(|| {
        let scene = Scene::new();
        let input = &small().bytes;
        let policy = policies::PARTY_REGISTER
            .replace("k     = 5", "k = 2")
            .replace("min     = 10", "min = 3")
            .replace("max_bad  = 0.01", "max_bad = 0.02");
        let table = scene.release(&policy, input, "table", How::default());
        let table = table.dir().to_path_buf();
        let policy = policies::redact().replace(
            policies::INPUT_ORDER,
            "[extract]\norder = \"shuffled\"\nformat = \"jsonl\"\n",
        );
        let text = scene.release(&policy, input, "text", How::default());
        let text = text.dir().to_path_buf();
        Finished {
            _scene: scene,
            table,
            text,
        }
    })
}

/// A copy of a release and its private half to be damaged.
struct Damaged {
    _scene: Scene,
    dir: PathBuf,
}

impl Damaged {
    fn new(finished: &Path) -> Self {
        let scene = Scene::new();
        let dir = scene.path("out");
        for (from, to) in [
            (finished.to_path_buf(), dir.clone()),
            (private_of(finished), private_of(&dir)),
        ] {
            for (name, bytes) in tree(&from) {
                let path = to.join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, bytes).unwrap();
            }
        }
        Self { _scene: scene, dir }
    }

    fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.dir.join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        let after = change(before.clone());
        assert_ne!(before, after, "nothing was changed in {file}");
        std::fs::write(path, after).unwrap();
    }

    fn manifest(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.dir.join("manifest.json");
        let mut manifest = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut manifest);
        let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap();
        bytes.push(b'\n');
        std::fs::write(path, bytes).unwrap();
    }

    /// Makes the manifest vouch for the files as they are now.
    fn vouch(&self) {
        self.manifest(|manifest| {
            let mut subjects = Vec::new();
            for (name, bytes) in tree(&self.dir) {
                if name != "manifest.json" {
                    let digest: [u8; 32] = Sha256::digest(&bytes).into();
                    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                    subjects.push(serde_json::json!({"name": name, "digest": {"sha256": hex}}));
                }
            }
            manifest["subject"] = subjects.into();
        });
    }

    fn code(&self, with_private: bool) -> u8 {
        check(&self.dir, with_private).exit_code()
    }
}

/// An ID and a mobile of the register that the policy protects, both as they
/// stand there without separators.
fn raw() -> (String, String) {
    let sheet = &small().sheet;
    let plain = |column: &str, length: usize, last: char| {
        sheet
            .column(column)
            .find(|value| {
                value.len() == length
                    && value.ends_with(last)
                    && value.chars().all(|c| c.is_ascii_digit() || c == 'X')
            })
            .unwrap()
            .to_owned()
    };
    (plain("id_number", 18, 'X'), plain("mobile", 11, '7'))
}

fn mapped(text: &str, zero: u32) -> String {
    text.chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32(zero + digit).unwrap(),
            None => c,
        })
        .collect()
}

fn joined(text: &str, sizes: &[usize], between: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = text;
    for size in sizes {
        let (part, after) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts.join(between)
}

/// The same identifier in twenty hands.
fn written_forms(id: &str, mobile: &str) -> Vec<(&'static str, String)> {
    let x = |last: &str| id.replace('X', last);
    vec![
        ("plain", id.to_owned()),
        ("lower-case", x("x")),
        ("Cyrillic", x("Х")),
        ("full width", mapped(&x("Ｘ"), 0xff10)),
        ("Arabic digits", mapped(id, 0x660)),
        ("mathematical digits", mapped(id, 0x1d7ce)),
        ("spaces", joined(id, &[6, 8], " ")),
        ("hyphens", joined(id, &[6, 8], "-")),
        ("en dashes", joined(id, &[6, 4, 4], "\u{2013}")),
        ("dots", joined(id, &[6, 4, 2, 2], ".")),
        ("no-break spaces", joined(id, &[6, 8], "\u{a0}")),
        ("thin spaces", joined(id, &[3, 3, 4, 4], "\u{2009}")),
        ("ideographic spaces", joined(id, &[6, 8], "\u{3000}")),
        ("zero width", joined(id, &[5, 5, 5], "\u{200b}")),
        ("soft hyphens", joined(id, &[9], "\u{ad}")),
        ("middle dots", joined(id, &[6, 8], "·")),
        ("low lines", joined(id, &[6, 8], "_")),
        ("between letters", format!("abc{id}def")),
        ("between Han", format!("身份证{id}已核对")),
        ("a mobile", joined(mobile, &[3, 4], "-")),
        (
            "a mobile abroad",
            format!("+86 {}", joined(mobile, &[3, 4], " ")),
        ),
    ]
}

/// Puts text at the end of the last line of a file, inside its last quotes if it ends with some.
fn at_the_end(text: String, planted: &str) -> String {
    let mut body = text.trim_end().to_owned();
    let tail: String = match body.chars().last() {
        Some('"') => {
            body.pop();
            "\"".into()
        }
        _ => String::new(),
    };
    format!("{body} {planted}{tail}\n")
}

/// Every file of a release, and how a value gets into it.
fn plant(damaged: &Damaged, file: &str, planted: &str) {
    match file {
        "manifest.json" => {
            damaged.vouch();
            damaged.manifest(|manifest| {
                manifest["predicate"]["columns"][1]["source"] = planted.into();
            });
            return;
        }
        "datapackage.json" => damaged.edit(file, |text| {
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            json["description"] = format!("see {planted} there").into();
            format!("{}\n", serde_json::to_string_pretty(&json).unwrap())
        }),
        "report.html" => damaged.edit(file, |text| match text.contains("</body>") {
            true => text.replacen("</body>", &format!("<p>{planted}</p></body>"), 1),
            false => format!("{text}<p>{planted}</p>\n"),
        }),
        "extract.csv" => damaged.edit(file, |text| {
            // The last column is the city, kept as text.
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let (row, _) = lines[40].rsplit_once(',').unwrap();
            lines[40] = format!("{row},{planted}");
            lines.join("\n") + "\n"
        }),
        "extract.jsonl" => damaged.edit(file, |text| {
            let at = text.find("\"notes\":\"").unwrap() + "\"notes\":\"".len();
            let (before, after) = text.split_at(at);
            format!("{before}{planted} {after}")
        }),
        _ if file.starts_with("tables/") => damaged.edit(file, |text| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let (_, rest) = lines[1].split_once(',').unwrap();
            lines[1] = format!("{planted},{rest}");
            lines.join("\n") + "\n"
        }),
        _ => damaged.edit(file, |text| at_the_end(text, planted)),
    }
    damaged.vouch();
}

#[test]
fn an_identifier_planted_in_any_file_in_any_form_is_a_leak_with_and_without_the_private_half() {
    let (id, mobile) = raw();
    let mut missed = Vec::new();
    for finished in [&finished().table, &finished().text] {
        for file in tree(finished).into_keys() {
            for (form, planted) in written_forms(&id, &mobile) {
                let damaged = Damaged::new(finished);
                plant(&damaged, &file, &planted);
                for with_private in [true, false] {
                    let code = damaged.code(with_private);
                    // Without the private half a mobile that no network has
                    // been allotted is a number like others.
                    if code != 3 && (with_private || !form.starts_with("a mobile")) {
                        let half = if with_private { "with" } else { "without" };
                        missed.push(format!("{file}: {form}, {half} the private half: {code}"));
                    }
                }
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed\n{}",
        missed.len(),
        missed.join("\n")
    );
}

#[test]
fn an_identifier_in_a_file_name_or_a_header_is_found() {
    let (id, _) = raw();
    let damaged = Damaged::new(&finished().table);
    let table = "tables/members-by-sector-and-ethnicity.csv";
    std::fs::rename(
        damaged.dir.join(table),
        damaged
            .dir
            .join(format!("tables/{}.csv", id.to_lowercase())),
    )
    .unwrap();
    damaged.vouch();
    assert_ne!(damaged.code(false), 0);
    assert_ne!(damaged.code(true), 0);

    let damaged = Damaged::new(&finished().table);
    damaged.edit("extract.csv", |text| text.replacen("city", &id, 1));
    damaged.manifest(|manifest| manifest["predicate"]["columns"][4]["name"] = id.clone().into());
    damaged.vouch();
    assert_eq!(damaged.code(false), 3);
    assert_eq!(damaged.code(true), 3);
}

#[test]
fn values_that_only_the_fingerprints_know_are_found_with_the_private_half() {
    let sheet = &small().sheet;
    let member = sheet.column("member_id").nth(77).unwrap();
    let address = sheet
        .column("address")
        .find(|address| address.chars().count() > 20 && !address.contains([',', '"', '\n']))
        .unwrap();
    for planted in [member, address] {
        for file in ["extract.csv", "README.txt", "report.html", "manifest.json"] {
            let damaged = Damaged::new(&finished().table);
            plant(&damaged, file, planted);
            assert_eq!(damaged.code(true), 3, "{file}");
        }
    }
}

/// A change, and the exit code that the check must give.
type Change<'a> = (&'a str, u8, &'a dyn Fn(&Damaged));

fn row(damaged: &Damaged, line: usize, change: impl Fn(Vec<&str>) -> String) {
    damaged.edit("extract.csv", |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[line] = change(lines[line].split(',').collect());
        lines.join("\n") + "\n"
    });
}

fn count(damaged: &Damaged, name: &str, change: impl Fn(u64) -> u64) {
    damaged.manifest(|manifest| {
        let count = &mut manifest["predicate"]["records"][name];
        *count = change(count.as_u64().unwrap()).into();
    });
}

fn lines(damaged: &Damaged, file: &str, change: impl Fn(&mut Vec<String>)) {
    damaged.edit(file, |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut lines);
        lines.join("\n") + "\n"
    });
}

const TABLE: &str = "tables/members-by-sector-and-ethnicity.csv";

#[test]
fn every_other_defect_is_caught_with_its_exit_code_with_and_without_the_private_half() {
    let changes: Vec<Change<'_>> = vec![
        ("two cells of a row swapped", 3, &|d| {
            row(d, 7, |cells| {
                [cells[1], cells[0], cells[2], cells[3], cells[4]].join(",")
            });
        }),
        ("another symbol in a code", 3, &|d| {
            row(d, 7, |cells| {
                let symbol = if cells[0].as_bytes()[5] == b'7' {
                    "8"
                } else {
                    "7"
                };
                let code = format!("{}{symbol}{}", &cells[0][..5], &cells[0][6..]);
                format!("{code},{}", cells[1..].join(","))
            });
        }),
        ("two symbols of a code swapped", 3, &|d| {
            row(d, 7, |cells| {
                let mut code: Vec<char> = cells[0].chars().collect();
                let at = (2..code.len() - 1)
                    .find(|at| {
                        code[*at] != code[*at + 1] && code[*at] != '-' && code[*at + 1] != '-'
                    })
                    .unwrap();
                code.swap(at, at + 1);
                format!(
                    "{},{}",
                    code.iter().collect::<String>(),
                    cells[1..].join(",")
                )
            });
        }),
        ("a band that the rule does not make", 3, &|d| {
            row(d, 7, |cells| {
                format!(
                    "{},{},1976-1980,{},{}",
                    cells[0], cells[1], cells[3], cells[4]
                )
            });
        }),
        ("a raw date in place of its band", 3, &|d| {
            row(d, 7, |cells| {
                format!(
                    "{},{},1976-03-09,{},{}",
                    cells[0], cells[1], cells[3], cells[4]
                )
            });
        }),
        ("a value that is not listed", 3, &|d| {
            row(d, 7, |cells| {
                format!("{},x,{}", cells[0], cells[2..].join(","))
            });
        }),
        ("a mail address in a kept text", 3, &|d| {
            row(d, 7, |cells| {
                format!("{},x@mail.example", cells[..4].join(","))
            });
        }),
        ("a cell too many", 1, &|d| {
            row(d, 7, |cells| cells.join(",") + ",")
        }),
        ("a cell too few", 1, &|d| {
            row(d, 7, |cells| cells[..4].join(","))
        }),
        ("a formula", 1, &|d| {
            row(d, 7, |cells| format!("{},=1+1", cells[..4].join(",")));
        }),
        ("a quote where none may be", 1, &|d| {
            row(d, 7, |cells| format!("{},a\"b", cells[..4].join(",")));
        }),
        ("a row less", 1, &|d| {
            lines(d, "extract.csv", |lines| {
                lines.remove(9);
            })
        }),
        ("a row twice", 1, &|d| {
            lines(d, "extract.csv", |lines| {
                let row = lines[9].clone();
                lines.insert(9, row);
            })
        }),
        ("no header", 1, &|d| {
            lines(d, "extract.csv", |lines| {
                lines.remove(0);
            })
        }),
        ("no line end at the end", 1, &|d| {
            d.edit("extract.csv", |text| text.trim_end().to_owned());
        }),
        ("more rows counted as written", 1, &|d| {
            count(d, "written", |n| n + 1)
        }),
        ("fewer records read", 1, &|d| count(d, "read", |n| n - 1)),
        ("more records withheld", 1, &|d| {
            count(d, "kept_back", |n| n + 10)
        }),
        ("counts taken out", 1, &|d| {
            d.manifest(|manifest| {
                let records = manifest["predicate"]["records"].as_object_mut().unwrap();
                for name in ["read", "withheld", "quarantined", "kept_back"] {
                    records.insert(name.into(), serde_json::Value::Null);
                }
                records.remove("hidden_below");
            })
        }),
        ("another order of table rows", 1, &|d| {
            lines(d, TABLE, |lines| lines.swap(1, 2))
        }),
        ("a table row twice", 1, &|d| {
            lines(d, TABLE, |lines| {
                let row = lines[1].clone();
                lines.insert(1, row);
            })
        }),
        ("a figure below the minimum", 3, &|d| {
            lines(d, TABLE, |lines| {
                let cells: Vec<&str> = lines[1].split(',').collect();
                lines[1] = format!("{},{},2,published", cells[0], cells[1]);
            })
        }),
        ("a withheld cell with a figure", 3, &|d| {
            lines(d, TABLE, |lines| {
                let cells: Vec<&str> = lines[1].split(',').collect();
                lines[1] = format!("{},{},12,withheld", cells[0], cells[1]);
            })
        }),
        ("a word that is no status", 1, &|d| {
            lines(d, TABLE, |lines| {
                lines[1] = lines[1].replace("published", "ok");
            })
        }),
        ("a file too many", 1, &|d| {
            std::fs::write(d.dir.join("notes.txt"), "a\n").unwrap();
        }),
        ("another extract", 1, &|d| {
            std::fs::copy(d.dir.join("extract.csv"), d.dir.join("extract-0001.csv")).unwrap();
        }),
        ("a promise", 1, &|d| {
            d.edit("README.txt", |text| {
                format!("{text}The data are anonymous.\n")
            });
        }),
        ("a promise in Chinese", 1, &|d| {
            d.edit("report.html", |text| format!("{text}<p>匿名化</p>\n"));
        }),
        ("another form in the manifest", 3, &|d| {
            d.manifest(|manifest| {
                manifest["predicate"]["columns"][2]["form"]["to"] = "decade".into();
            })
        }),
        ("a column less in the manifest", 1, &|d| {
            d.manifest(|manifest| {
                manifest["predicate"]["columns"]
                    .as_array_mut()
                    .unwrap()
                    .pop();
            })
        }),
    ];
    let mut wrong = Vec::new();
    for (what, expected, change) in changes {
        let damaged = Damaged::new(&finished().table);
        change(&damaged);
        damaged.vouch();
        for with_private in [true, false] {
            let code = damaged.code(with_private);
            // A damaged row may also be a cell outside its form: 3 is worse than 1.
            if code != expected && !(expected == 1 && code == 3 && what.contains("row")) {
                wrong.push(format!("{what} (private half: {with_private}): {code}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_that_is_not_the_one_vouched_for_or_is_gone_breaks_the_release() {
    for file in tree(&finished().table).into_keys() {
        if file != "manifest.json" {
            let damaged = Damaged::new(&finished().table);
            let path = damaged.dir.join(&file);
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.push(b'\n');
            std::fs::write(&path, bytes).unwrap();
            assert_ne!(damaged.code(false), 0, "{file} changed");
        }
        let damaged = Damaged::new(&finished().table);
        std::fs::remove_file(damaged.dir.join(&file)).unwrap();
        assert_eq!(damaged.code(false), 1, "{file} gone");
    }
    let damaged = Damaged::new(&finished().table);
    assert_eq!(
        (damaged.code(true), damaged.code(false)),
        (0, 0),
        "a plain copy passes"
    );
}

#[test]
fn another_runs_private_half_is_not_taken_for_this_ones() {
    let damaged = Damaged::new(&finished().table);
    let other = private_of(&finished().text).join("fingerprints.bin");
    std::fs::copy(other, private_of(&damaged.dir).join("fingerprints.bin")).unwrap();
    assert_eq!(damaged.code(true), 1);
}
