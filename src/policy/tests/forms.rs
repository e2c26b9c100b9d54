//! What may be written: every form of the language, its defaults, the named
//! files, reading from disk. All names and numbers are invented.

use std::io;
use std::path::Path;

use super::super::model::*;
use super::super::*;
use super::read_ok;

/// A policy with this text before the first section, and these columns.
fn with(top: &str, rest: &str) -> String {
    format!(
        "policy = \"a/b\"\nversion = 1\npurpose = \"Test\"\n{top}\n[grounds]\ng = \"Some ground\"\n{rest}\n"
    )
}

/// A column `c` with these lines.
fn column(lines: &str) -> String {
    with(
        "",
        &format!("[columns.c]\n{lines}\nground = \"g\"\nwhy = \"Test\"\n"),
    )
}

fn files(name: &str) -> io::Result<Vec<u8>> {
    Ok(name.as_bytes().to_vec())
}

fn read_column(lines: &str) -> ColumnRule {
    match parse("p.toml", &column(lines), &mut files) {
        Ok(policy) => policy.columns.into_iter().next().unwrap(),
        Err(errors) => panic!("{lines}:\n{errors}"),
    }
}

fn codes(text: &str) -> Vec<&'static str> {
    match parse("p.toml", text, &mut files) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.problems.iter().map(|p| p.code).collect(),
    }
}

fn general(lines: &str) -> (General, String) {
    let rule = read_column(&format!("do = \"generalise\"\n{lines}"));
    let Treatment::Generalise(form) = rule.treatment else {
        panic!("{lines}")
    };
    (form, rule.kind.unwrap().value)
}

#[test]
fn what_is_not_written_has_the_defaults_of_the_specification() {
    let p = read_ok(&with(
        "",
        "[columns.c]\ndo = \"drop\"\nground = \"g\"\nwhy = \"Test\"",
    ));
    assert_eq!(p.unlisted, Unlisted::Refuse);
    assert!(p.family.is_none() && p.valid_until.is_none() && p.subject.is_none());
    assert!(p.extract.is_none() && p.tables.is_empty() && p.domains.is_empty());
    let i = &p.input;
    assert_eq!(
        (i.format, i.encoding.value.as_str()),
        (Format::Csv, "utf-8")
    );
    assert_eq!((i.delimiter, i.quote, i.header), (b',', Some(b'"'), true));
    assert_eq!(i.missing, [""]);
    assert_eq!((i.bad, i.max_bad), (Bad::Quarantine, 0.01));
    assert_eq!(
        (i.max_field, i.max_record, i.max_columns),
        (1_048_576, 4_194_304, 4096)
    );
    assert!(i.rows.is_none() && i.publish_hash.is_none());
    let c = &p.columns[0];
    assert_eq!(c.invalid, Invalid::Quarantine);
    assert!(c.own_row && c.kind.is_none() && c.class.is_none() && c.tables.is_none());

    let p = read_ok(&with(
        "",
        "[columns.c]\ndo = \"keep\"\nkind = \"text\"\nground = \"g\"\nwhy = \"Test\"\n\
         [subject]\ncolumn = \"c\"\n[extract]\n[extract.risk]\n\
         [[tables]]\nname = \"t\"\nby = [\"c\"]\nwhy = \"Test\"",
    ));
    assert!(matches!(
        p.columns[0].treatment,
        Treatment::Keep(KeepForm::Kind { max: 200 })
    ));
    let e = p.extract.unwrap();
    assert_eq!(
        (e.order, e.format, e.part_rows, e.bom),
        (Order::Shuffled, Format::Csv, None, false)
    );
    let risk = e.risk.unwrap();
    assert_eq!((risk.k.value, risk.small), (5, Small::WithholdRows));
    let t = &p.tables[0];
    assert_eq!(
        (t.min.value, t.protect, t.zeros),
        (10, Protect::Suppress, Zeros::Protect)
    );
    assert_eq!(t.count.len(), 1);
    assert_eq!(t.count[0].value, Figure::Person);
    assert!(!t.show_withheld);
    let s = p.subject.unwrap();
    assert_eq!(
        (s.domain.as_str(), s.missing),
        ("person", SubjectMissing::OwnRecord)
    );
    assert_eq!(p.domains.len(), 1);
    assert_eq!((p.domains[0].prefix.as_str(), p.domains[0].bits), ("P", 80));
}

#[test]
fn dates_become_spans_of_the_calendar_or_ages() {
    use DateLevel::{Day, Decade, Month, Quarter, Year, Years};
    for (word, level) in [
        ("day", Day),
        ("month", Month),
        ("quarter", Quarter),
        ("year", Year),
        ("decade", Decade),
        ("2-years", Years(2)),
        ("10-years", Years(10)),
        ("100-years", Years(100)),
    ] {
        let (form, kind) = general(&format!("to = \"{word}\""));
        assert_eq!(form, General::Date(level));
        assert_eq!(kind, "date", "implied");
    }
    let at = jiff::civil::date(2026, 1, 1);
    for day in ["2026-01-01", "\"2026-01-01\""] {
        assert_eq!(
            general(&format!("to = \"10-years\"\nat = {day}")),
            (
                General::Age {
                    bands: AgeBands::Every(10),
                    at
                },
                "date".to_owned()
            )
        );
    }
    assert_eq!(
        general("kind = \"date\"\nbands = [0, 18, 65]\nat = 2026-01-01").0,
        General::Age {
            bands: AgeBands::Limits(vec![0, 18, 65]),
            at
        }
    );
    for wrong in [
        "to = \"1-years\"",
        "to = \"101-years\"",
        "to = \"05-years\"",
        "to = \"+5-years\"",
        "to = \"-years\"",
        "to = \"Year\"",
        "to = \"51-years\"\nat = 2026-01-01",
        "to = \"1-years\"\nat = 2026-01-01",
        "to = \"year\"\nat = 2026-01-01",
    ] {
        assert_eq!(
            codes(&column(&format!("do = \"generalise\"\n{wrong}"))),
            ["policy/unknown-word"],
            "{wrong}"
        );
    }
    for wrong in [
        "bands = [0, 151]\nat = 2026-01-01",
        "bands = [0, -1]\nat = 2026-01-01",
    ] {
        assert_eq!(
            codes(&column(&format!("do = \"generalise\"\n{wrong}"))),
            ["policy/out-of-range"],
            "{wrong}"
        );
    }
}

#[test]
fn number_bands_are_the_decimals_as_written() {
    let (form, kind) = general("bands = [-1.50, 0, 1_000, 2000.0, 0x7fff]");
    let wanted = ["-1.50", "0", "1000", "2000.0", "32767"];
    assert_eq!(form, General::Bands(wanted.map(str::to_owned).to_vec()));
    assert_eq!(kind, "number");
    for wrong in ["[0, 1e3]", "[0, inf]", "[0, nan]", "[0, \"9\"]", "0"] {
        assert_eq!(
            codes(&column(&format!("do = \"generalise\"\nbands = {wrong}"))),
            ["policy/wrong-type"],
            "{wrong}"
        );
    }
    assert_eq!(
        codes(&column("do = \"generalise\"\nbands = [0, 1.0, 1.00]")),
        ["policy/value"],
        "equal by value"
    );
}

#[test]
fn the_other_forms_imply_text_unless_a_kind_is_written() {
    assert_eq!(
        general("prefix = 2"),
        (General::Prefix(2), "text".to_owned())
    );
    assert_eq!(
        general("kind = \"cn-resident-id\"\nprefix = 6"),
        (General::Prefix(6), "cn-resident-id".to_owned())
    );
    for level in AreaLevel::ALL {
        let kind = match level.place().0 {
            "CN" => "cn-address",
            "GB" => "gb-postcode",
            _ => "us-zip",
        };
        assert_eq!(
            general(&format!("kind = \"{kind}\"\nto = \"{}\"", level.as_str())),
            (General::Area(level), kind.to_owned())
        );
    }
    assert_eq!(general("to = \"zip3\"").1, "us-zip");
    assert_eq!(general("to = \"district\"").1, "gb-postcode");
    assert_eq!(general("map = \"m.csv\"").0, General::Map(0));
    assert_eq!(
        general("hierarchy = \"h/h.csv\"\nlevel = 2").0,
        General::Hierarchy { file: 0, level: 2 }
    );
    assert_eq!(
        codes(&column("do = \"generalise\"\nhierarchy = \"h.csv\"")),
        ["policy/missing-key"]
    );
    assert_eq!(
        codes(&column("do = \"generalise\"\nkind = \"text\"")),
        ["policy/missing-key"]
    );
}

#[test]
fn the_other_treatments_are_read_with_their_parameters() {
    let rule = read_column("do = \"mask\"\nfirst = 3\nlast = 2\nwith = \"#\"");
    assert!(matches!(
        rule.treatment,
        Treatment::Mask {
            first: 3,
            last: 2,
            with: '#'
        }
    ));
    assert!(matches!(
        read_column("do = \"mask\"").treatment,
        Treatment::Mask {
            first: 0,
            last: 0,
            with: '*'
        }
    ));
    assert!(matches!(
        read_column("do = \"replace\"\nwith = \"[removed]\"").treatment,
        Treatment::Replace { with } if with == "[removed]"
    ));
    let rule = read_column("do = \"keep\"\nvalues = [\"a\", 1, 2.50, true, 2026-01-01]");
    assert!(matches!(
        rule.treatment,
        Treatment::Keep(KeepForm::Values(v)) if v == ["a", "1", "2.50", "true", "2026-01-01"]
    ));
    assert_eq!(rule.kind.unwrap().value, "text");
    let rule = read_column("do = \"keep\"\npattern = '[A-Z]{2}[0-9]+'\nkind = \"exact\"");
    assert!(matches!(
        rule.treatment,
        Treatment::Keep(KeepForm::Pattern(_))
    ));
    assert_eq!(rule.kind.unwrap().value, "exact");
    let rule = read_column(
        "do = \"redact\"\nfind = [\"own-row\", \"phone\"]\nregion = \"CN\"\nlabel = \"numbered\"",
    );
    assert!(matches!(
        rule.treatment,
        Treatment::Redact { find, own_row: true, label: RedactLabel::Numbered, .. } if find.len() == 1
    ));
    assert_eq!(rule.region.unwrap().value, "CN");
    let rule =
        read_column("do = \"drop\"\nkind = \"date\"\nformat = \"%d.%m.%Y\"\nown_row = false");
    assert_eq!(rule.format.unwrap().value, "%d.%m.%Y");
    assert!(!rule.own_row);
    let text = with(
        "",
        "[columns.id]\ndo = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"member\"\nground = \"g\"\nwhy = \"Test\"\n\
         [columns.d]\ndo = \"shift\"\nby = \"id\"\nwithin = 30\nground = \"g\"\nwhy = \"Test\"",
    );
    let p = read_ok(&text);
    assert!(
        matches!(&p.columns[1].treatment, Treatment::Shift { by, within: 30 } if by.value == "id")
    );
    assert_eq!(p.columns[1].kind.as_ref().unwrap().value, "date");
    assert_eq!(
        (p.domains[0].name.as_str(), p.domains[0].prefix.as_str()),
        ("member", "M")
    );
}

#[test]
fn tables_take_any_form_of_a_dropped_column() {
    for (written, form, kind) in [
        ("\"keep\"", General::Keep, "text"),
        ("\"decade\"", General::Date(DateLevel::Decade), "date"),
        (
            "{ to = \"decade\" }",
            General::Date(DateLevel::Decade),
            "date",
        ),
        ("{ prefix = 3 }", General::Prefix(3), "text"),
        ("{ map = \"m.csv\" }", General::Map(0), "text"),
        (
            "{ bands = [0, 10] }",
            General::Bands(vec!["0".to_owned(), "10".to_owned()]),
            "number",
        ),
    ] {
        let rule = read_column(&format!("do = \"drop\"\ntables = {written}"));
        assert_eq!(rule.tables.unwrap().value, form, "{written}");
        assert_eq!(rule.kind.unwrap().value, kind, "{written}");
    }
}

#[test]
fn chinese_column_names_are_quoted_keys_and_keep_their_order() {
    let p = read_ok(&with(
        "",
        "[columns.\"身份证号\"]\ndo = \"drop\"\nground = \"g\"\nwhy = \"不需要\"\n\
         [columns.'民族']\ndo = \"drop\"\nground = \"g\"\nwhy = \"不需要\"\n\
         [columns.b]\ndo = \"drop\"\nground = \"g\"\nwhy = \"不需要\"\n\
         [columns.a]\ndo = \"drop\"\nground = \"g\"\nwhy = \"不需要\"\n\
         [columns.\"\"]\ndo = \"drop\"\nground = \"g\"\nwhy = \"No name\"\n\
         [columns.1]\ndo = \"drop\"\nground = \"g\"\nwhy = \"No header\"\n",
    ));
    let names: Vec<&str> = p.columns.iter().map(|c| c.name.value.as_str()).collect();
    assert_eq!(names, ["身份证号", "民族", "b", "a", "", "1"]);
}

#[test]
fn inline_tables_say_the_same_as_sections() {
    let p = read_ok(&with(
        "",
        "[columns]\nb = { do = \"drop\", ground = \"g\", why = \"Test\" }\na = { do = \"keep\", kind = \"text\", ground = \"g\", why = \"Test\" }\n",
    ));
    assert_eq!(p.columns[0].name.value, "b");
    assert!(matches!(p.columns[1].treatment, Treatment::Keep(_)));
}

#[test]
fn the_input_is_read_with_every_word() {
    let p = read_ok(&with(
        "",
        "[columns.c]\ndo = \"drop\"\nground = \"g\"\nwhy = \"Test\"\n\
         [input]\nencoding = \"GBK\"\ndelimiter = \"\\t\"\nquote = \"\"\nheader = false\nmissing = [\"\", \"NULL\"]\n\
         bad = \"refuse\"\nmax_field = 10\nmax_record = 20\nmax_columns = 3\nhash = \"plain\"\nwhy = \"The partner holds the same copy\"\n",
    ));
    let i = &p.input;
    assert_eq!(i.encoding.value, "GBK");
    assert_eq!(
        (i.delimiter, i.quote, i.header, i.bad),
        (b'\t', None, false, Bad::Refuse)
    );
    assert_eq!((i.max_field, i.max_record, i.max_columns), (10, 20, 3));
    assert!(i.publish_hash.is_some());
    for label in [
        "utf-8",
        "UTF-16LE",
        "utf-16",
        "gb18030",
        "big5",
        "windows-1252",
        "latin1",
        "utf-32",
        "utf-32be",
    ] {
        let text = with(
            "",
            &format!(
                "[columns.c]\ndo = \"drop\"\nground = \"g\"\nwhy = \"Test\"\n[input]\nencoding = \"{label}\""
            ),
        );
        assert!(codes(&text).is_empty(), "{label}");
    }
}

#[test]
fn rows_are_chosen_by_list_range_file_or_absence() {
    let rule = |test: &str, kind: &str| {
        let p = with(
            "",
            &format!(
                "[columns.c]\ndo = \"drop\"\n{kind}\nground = \"g\"\nwhy = \"Test\"\n\
                 [[rows]]\ndo = \"withhold\"\ncolumn = \"c\"\n{test}\nground = \"g\"\nwhy = \"Test\"\n"
            ),
        );
        let p = parse("p.toml", &p, &mut files).unwrap_or_else(|e| panic!("{e}"));
        (
            p.rows.into_iter().next().unwrap(),
            p.columns[0].kind.clone().map(|k| k.value),
        )
    };
    let (r, kind) = rule("in = [\"a\", 7]", "");
    assert!(!r.only);
    assert!(matches!(r.test, RowTest::In(v) if v == ["a", "7"]));
    assert_eq!(kind.as_deref(), Some("text"), "implied by the rule");
    let (r, _) = rule("from = 2001-02-03", "kind = \"date\"");
    assert!(matches!(r.test, RowTest::Range { from: Some(f), to: None } if f == "2001-02-03"));
    let (r, _) = rule("from = -1.5\nto = 9", "kind = \"number\"");
    assert!(
        matches!(r.test, RowTest::Range { from: Some(f), to: Some(t) } if f == "-1.5" && t == "9")
    );
    let (r, kind) = rule("missing = true", "");
    assert!(matches!(r.test, RowTest::Missing));
    assert_eq!(kind, None);
    let (r, _) = rule("in_list = \"l.txt\"", "kind = \"phone\"");
    assert!(matches!(r.test, RowTest::InList(0)));
}

#[test]
fn named_files_count_once_in_the_order_of_the_text() {
    // The row rule stands before the columns: the walk must not decide.
    let text = with(
        "",
        "[[rows]]\ndo = \"withhold\"\ncolumn = \"c\"\nin_list = \"z.txt\"\nground = \"g\"\nwhy = \"Test\"\n\
         [columns.c]\ndo = \"generalise\"\nmap = \"m.csv\"\nground = \"g\"\nwhy = \"Test\"\n\
         [columns.a]\ndo = \"generalise\"\nhierarchy = \"h.csv\"\nlevel = 1\ntables = { hierarchy = \"h.csv\", level = 2 }\nground = \"g\"\nwhy = \"Test\"\n\
         [columns.d]\ndo = \"generalise\"\nmap = \"z.txt\"\nground = \"g\"\nwhy = \"Test\"\n",
    );
    let mut opened = Vec::new();
    let p = parse("p.toml", &text, &mut |name| {
        opened.push(name.to_owned());
        files(name)
    })
    .unwrap_or_else(|e| panic!("{e}"));
    let names: Vec<&str> = p.files.iter().map(|f| f.name.value.as_str()).collect();
    assert_eq!(names, ["z.txt", "m.csv", "h.csv"]);
    assert_eq!(opened, names, "each read once");
    assert!(matches!(p.rows[0].test, RowTest::InList(0)));
    assert!(matches!(
        p.columns[0].treatment,
        Treatment::Generalise(General::Map(1))
    ));
    assert!(matches!(
        p.columns[2].treatment,
        Treatment::Generalise(General::Map(0))
    ));
    assert_eq!(&*p.files[1].bytes, b"m.csv");
    let wanted = policy_identity(
        text.as_bytes(),
        p.files.iter().map(|f| (f.name.value.as_str(), &f.sha256)),
    );
    assert_eq!(p.identity, wanted);
    // A changed byte in a named file is another policy.
    let other = parse("p.toml", &text, &mut |_| Ok(b"other".to_vec())).unwrap();
    assert_ne!(p.identity, other.identity);
    // A list may hold protected values: it is not shown.
    assert!(!format!("{:?}", p.files).contains("109"));
}

#[test]
fn a_policy_is_read_from_disk_with_its_files_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    std::fs::create_dir(folder.path().join("lists")).unwrap();
    std::fs::write(folder.path().join("lists/m.csv"), "a,b\n").unwrap();
    std::fs::write(&path, column("do = \"generalise\"\nmap = \"lists/m.csv\"")).unwrap();
    assert_eq!(&*read(&path).unwrap().files[0].bytes, b"a,b\n");

    std::fs::remove_file(folder.path().join("lists/m.csv")).unwrap();
    let PolicyError::Wrong(errors) = read(&path).unwrap_err() else {
        panic!("the text is readable")
    };
    assert_eq!(errors.problems[0].code, "policy/file");

    std::fs::create_dir(folder.path().join("lists/m.csv")).unwrap();
    assert!(
        read(&path)
            .unwrap_err()
            .to_string()
            .contains("not a regular file")
    );

    assert!(matches!(
        read(Path::new("/nowhere/at/all.toml")),
        Err(PolicyError::Unreadable { .. })
    ));
    assert!(read(folder.path()).is_err());
    std::fs::write(&path, b"policy = \"a/b\"\nversion = \xff\n").unwrap();
    assert!(matches!(
        read(&path),
        Err(PolicyError::NotUtf8 {
            line: 2,
            byte: 25,
            ..
        })
    ));
    std::fs::write(&path, vec![b'#'; 1 << 20 | 1]).unwrap();
    assert!(matches!(read(&path), Err(PolicyError::TooLarge { .. })));
}

#[test]
fn every_word_of_the_language_is_documented() {
    let text = include_str!("../../../docs/policy.md");
    let lists: &[&[&str]] = &[
        words::TOP,
        words::BASIS,
        words::RECIPIENT,
        words::INPUT,
        words::SUBJECT,
        words::DOMAIN,
        words::COLUMN,
        words::GENERAL,
        words::ROWS,
        words::EXTRACT,
        words::RISK,
        words::TABLE,
        words::EXAMPLE,
        words::EXCEPTION,
        words::KINDS,
        words::FINDABLE,
    ];
    let treatments = words::TREATMENTS
        .iter()
        .flat_map(|(name, keys)| std::iter::once(name).chain(*keys));
    for word in lists.iter().flat_map(|l| l.iter()).chain(treatments) {
        let found = [
            format!("`{word}`"),
            format!("`{word} "),
            format!("[{word}]"),
            format!("[{word}."),
            format!(".{word}]"),
        ];
        assert!(found.iter().any(|f| text.contains(f)), "{word}");
    }
}
