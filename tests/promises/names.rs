//! Names in running text, redaction measured on the generated register, and
//! codes that do not depend on how a number is written.
//!
//! What the measurement prints stands in `docs/accuracy.md`; with
//! `OFFRECORD_ACCURACY_ROWS` it runs at any size.

use std::collections::BTreeMap;
use std::io::Write as _;

use crate::util::hunt::fold;
use crate::util::policies::{INPUT_ORDER, head, with_rest_dropped};
use crate::util::sheet::Sheet;
use crate::util::{How, Release, Scene, register, why};

/// Notes redacted, records known by their number; names by own-row, by the
/// register, or both.
fn policy(find: &str) -> String {
    let notes = format!(
        "do = \"redact\"\nfind = [\"cn-resident-id\", \"phone\", \"email\"{find}]\nregion = \"CN\"\nclass = \"none\"{}",
        if find.contains("register-names") {
            "\nnames_from = [\"name\"]"
        } else {
            ""
        }
    );
    let columns = with_rest_dropped(&[
        ("member_id", "do = \"keep\"\nkind = \"text\"\nmax = 40"),
        ("notes", &notes),
    ]);
    // What no rule hunts, the check need not find.
    let columns = if find.contains("own-row") {
        columns
    } else {
        columns.replace("do = \"drop\"", "do = \"drop\"\nown_row = false")
    };
    head("names") + &columns + INPUT_ORDER
}

/// A register in which every tenth note names another member; and the names
/// by member number.
fn with_others(rows: u64, seed: u64) -> (Vec<u8>, Sheet, BTreeMap<String, String>) {
    let made = register(rows, 60, seed, 0);
    let names: Vec<String> = made.sheet.column("name").map(str::to_owned).collect();
    let mut out = made.sheet.header.join(",").into_bytes();
    out.push(b'\n');
    let mut others = BTreeMap::new();
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    for row in 0..made.sheet.rows.len() {
        let mut cells: Vec<String> = made
            .sheet
            .header
            .iter()
            .map(|column| made.sheet.get(row, column).to_owned())
            .collect();
        let other = names[(row * 7919 + 13) % names.len()].trim().to_owned();
        // Dirt stands in the column of names too.
        let good = (2..=6).contains(&other.chars().count())
            && other
                .chars()
                .all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
            && !["不详", "无"].contains(&other.as_str());
        if row % 10 == 0 && good {
            let spaced: String = other.chars().flat_map(|c| [c, ' ']).collect();
            let (form, after) = match row % 30 {
                0 => (other.clone(), "同住"),
                10 => (spaced.trim().to_owned(), "介绍"),
                _ => (other.clone(), " has signed"),
            };
            let notes = cells.last_mut().unwrap();
            notes.push_str(&format!("；{form}{after}"));
            others.insert(cells[0].clone(), form);
        }
        let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        writeln!(out, "{}", line.join(",")).unwrap();
    }
    (out, made.truth, others)
}

/// What redaction took out of `raw`: the pieces between labels stand in it in order.
fn taken(raw: &str, redacted: &str) -> usize {
    let label = |rest: &str| {
        let end = rest.find(']')?;
        rest[1..end]
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'-')
            .then_some(end + 1)
    };
    let mut left = 0;
    let mut rest = redacted;
    while let Some(at) = rest.find('[') {
        match label(&rest[at..]) {
            Some(end) => {
                left += rest[..at].chars().count();
                rest = &rest[at + end..];
            }
            None => {
                left += rest[..=at].chars().count();
                rest = &rest[at + 1..];
            }
        }
    }
    left += rest.chars().count();
    raw.chars().count().saturating_sub(left)
}

/// Recall by kind, and what was taken without need.
struct Measured {
    found: BTreeMap<String, (u64, u64)>,
    over: f64,
}

fn measure(find: &str, input: &[u8], truth: &Sheet, others: &BTreeMap<String, String>) -> Measured {
    let scene = Scene::new();
    let how = How {
        chunk: 1 << 18,
        ..How::default()
    };
    let release: Release = scene.release(&policy(find), input, "out", how);
    let raw = Sheet::csv(input);
    let extract = Sheet::csv(&release.files["extract.csv"]);
    let mut notes: BTreeMap<&str, &str> = BTreeMap::new();
    for row in 0..extract.rows.len() {
        notes.insert(extract.get(row, "member_id"), extract.get(row, "notes"));
    }
    let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ask = |kind: String, member: &str, form: &str| {
        let Some(text) = notes.get(member) else {
            return;
        };
        let counts = found.entry(kind).or_default();
        counts.1 += 1;
        let folded = |text: &str| fold(text).into_iter().collect::<String>();
        counts.0 += u64::from(!folded(text).contains(&folded(form)));
    };
    for row in 0..truth.rows.len() {
        let what = truth.get(row, "what");
        let kind = truth.get(row, "kind");
        if truth.get(row, "column") != "notes" || !matches!(what, "own" | "member" | "outsider") {
            continue;
        }
        let record: usize = truth.get(row, "record").parse().unwrap();
        let member = raw.get(record - 1, "member_id");
        let form = truth.get(row, "form").to_owned();
        if kind == "member-id" {
            // Kept in a column of its own here, so that rows can be compared.
            continue;
        }
        *planted.entry(member).or_default() += form.chars().count();
        let script = match kind {
            "address" if form.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)) => {
                ", Chinese"
            }
            "address" => ", English",
            _ => "",
        };
        ask(format!("{what} {kind}{script}"), member, &form);
    }
    for (member, form) in others {
        *planted.entry(member).or_default() += form.chars().count();
        ask("register name".to_owned(), member, form);
    }
    let (mut over, mut all) = (0, 0);
    for row in 0..raw.rows.len() {
        let member = raw.get(row, "member_id");
        let text = raw.get(row, "notes");
        let Some(redacted) = notes.get(member) else {
            continue;
        };
        all += text.chars().count();
        over += taken(text, redacted).saturating_sub(planted.get(member).copied().unwrap_or(0));
    }
    Measured {
        found,
        over: over as f64 / all as f64,
    }
}

fn recall(measured: &Measured, kinds: impl Fn(&str) -> bool) -> f64 {
    let (found, all) = measured
        .found
        .iter()
        .filter(|(kind, _)| kinds(kind))
        .fold((0, 0), |sum, (_, n)| (sum.0 + n.0, sum.1 + n.1));
    assert!(all > 0);
    found as f64 / all as f64
}

#[test]
fn redaction_of_the_generated_register_is_measured() {
    let rows = std::env::var("OFFRECORD_ACCURACY_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(6_000);
    // A seed that nothing was tuned on.
    let (input, truth, others) = with_others(rows, 20_261_123);
    for find in [
        ", \"own-row\"",
        ", \"own-row\", \"register-names\"",
        ", \"cn-address\"",
        ", \"own-row\", \"cn-address\"",
    ] {
        let measured = measure(find, &input, &truth, &others);
        println!("find = [\"cn-resident-id\", \"phone\", \"email\"{find}], {rows} records");
        for (kind, (found, all)) in &measured.found {
            println!("  {kind}: {found} of {all}");
        }
        println!(
            "  taken without need: {:.4} % of characters",
            measured.over * 100.0
        );
        let strict = |kind: &str| {
            ["cn-resident-id", "phone", "email"]
                .iter()
                .any(|strict| kind.ends_with(strict))
        };
        assert!(recall(&measured, strict) >= 0.999, "{:?}", measured.found);
        assert!(measured.over < 0.001, "{}", measured.over);
        if find.contains("own-row") {
            assert!(recall(&measured, |kind| kind.starts_with("own ")) >= 0.99);
        }
        if find.contains("cn-address") {
            assert!(recall(&measured, |kind| kind == "own address, Chinese") >= 0.99);
        }
        if find.contains("register-names") {
            assert!(recall(&measured, |kind| kind == "register name") >= 0.99);
            assert!(recall(&measured, |kind| kind == "own name") >= 0.99);
        } else if find.contains("own-row") {
            assert!(recall(&measured, |kind| kind == "register name") < 0.2);
        }
    }
}

#[test]
fn names_of_the_register_need_an_input_that_is_read_twice_and_stays_the_same() {
    use offrecord::job::{Goal, Job, Recipients, Stop};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    let (input, _, _) = with_others(400, 3);
    let scene = Scene::new();
    let path = scene.write("register.csv", &input);
    let policy = Arc::new(
        crate::util::parse(&policy(", \"register-names\""), &scene.path(""))
            .unwrap_or_else(|stop| panic!("{}", why(&stop))),
    );
    let run = |inputs: Vec<std::path::PathBuf>, watch: &dyn Fn(offrecord::job::Progress)| {
        offrecord::job::run(&Job {
            policy: Arc::clone(&policy),
            inputs,
            key: crate::util::test_key(),
            goal: Goal::DryRun,
            recipients: Recipients::Everybody,
            threads: std::num::NonZeroUsize::MIN,
            chunk_size: 1 << 12,
            house_rules: serde_json::Value::Null,
            approved: Default::default(),
            ledger: None,
            with: Vec::new(),
            interrupted: &AtomicBool::new(false),
            watch,
        })
    };
    assert!(run(vec![path.clone()], &|_| {}).is_ok());
    let stop = run(vec!["-".into()], &|_| {}).err().unwrap();
    assert!(why(&stop).contains("read once only"), "{}", why(&stop));
    let grown = std::cell::Cell::new(false);
    let stop = run(vec![path.clone()], &|_| {
        if !grown.replace(true) {
            let mut file = std::fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap();
            let last = input
                .split(|b| *b == b'\n')
                .rfind(|line| !line.is_empty())
                .unwrap();
            file.write_all(last).unwrap();
            file.write_all(b"\n").unwrap();
        }
    });
    assert!(matches!(stop, Err(Stop::InputChanged)));
}

#[test]
fn ten_written_forms_of_a_number_give_one_code() {
    let ids = [
        "11910119500101123",
        "11910119881231002",
        "11910120000229456",
    ];
    let checked = |body: &str| {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = body
            .bytes()
            .zip(weights)
            .map(|(b, w)| u32::from(b - b'0') * w)
            .sum();
        format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
    };
    let wide = |text: &str| -> String {
        text.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
            .collect()
    };
    let id_forms = |id: &str| -> Vec<String> {
        vec![
            id.to_owned(),
            id.to_lowercase(),
            wide(id),
            format!("{} {} {}", &id[..6], &id[6..14], &id[14..]),
            format!("{}-{}-{}", &id[..6], &id[6..14], &id[14..]),
            format!("{}.{}.{}", &id[..6], &id[6..14], &id[14..]),
            format!("{}\u{A0}{}", &id[..6], &id[6..]),
            format!("{}\u{200B}{}", &id[..10], &id[10..]),
            id.replace('X', "\u{425}"),
            format!(" {id} "),
        ]
    };
    let phone_forms = |n: &str| -> Vec<String> {
        vec![
            n.to_owned(),
            format!("+86{n}"),
            format!("+86 {} {} {}", &n[..3], &n[3..7], &n[7..]),
            format!("{}-{}-{}", &n[..3], &n[3..7], &n[7..]),
            format!("{} {} {}", &n[..3], &n[3..7], &n[7..]),
            format!("0086{n}"),
            format!("(+86) {n}"),
            wide(n),
            format!("{}.{}.{}", &n[..3], &n[3..7], &n[7..]),
            format!("{}\u{200B}{}", &n[..5], &n[5..]),
        ]
    };
    let policy = head("forms")
        + "[columns.id]\ndo = \"pseudonymise\"\nkind = \"cn-resident-id\"\ndomain = \"person\"\nground = \"any\"\nwhy = \"A test\"\n\n\
           [columns.phone]\ndo = \"pseudonymise\"\nkind = \"phone\"\nregion = \"CN\"\ndomain = \"phone\"\nground = \"any\"\nwhy = \"A test\"\n\n"
        + INPUT_ORDER;
    let mut codes: Vec<Vec<Vec<String>>> = Vec::new();
    for register in 0..2 {
        let mut input = String::from("id,phone\n");
        for (at, body) in ids.iter().enumerate() {
            let ids = id_forms(&checked(body));
            let phones = phone_forms(&format!("1540000000{at}"));
            for form in 0..10 {
                // The second register writes them in another order.
                let (a, b) = if register == 0 {
                    (form, form)
                } else {
                    (9 - form, (form + 3) % 10)
                };
                input.push_str(&format!("\"{}\",\"{}\"\n", ids[a], phones[b]));
            }
        }
        let release = Scene::new().release(&policy, input.as_bytes(), "out", How::default());
        let extract = Sheet::csv(&release.files["extract.csv"]);
        assert_eq!(extract.rows.len(), 30);
        let of = |column: &str| -> Vec<String> {
            let mut codes: Vec<String> = extract.column(column).map(str::to_owned).collect();
            codes.dedup();
            codes
        };
        codes.push(vec![of("id"), of("phone")]);
    }
    assert_eq!(codes[0], codes[1]);
    assert!(codes[0].iter().all(|codes| codes.len() == 3), "{codes:?}");
}
