//! Nothing raw gets out, and honest policies are not refused.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use crate::util::hunt::{Hunter, fold};
use crate::util::policies::{self, Honest, INPUT_ORDER, column, head};
use crate::util::{How, Register, Release, Scene, common, register, why};

/// A hunter for what `policy` protects in `register`.
fn hunter(register: &Register, honest: &Honest) -> Hunter {
    let mut hunter = Hunter::new();
    for column in &honest.hunted {
        for value in register.sheet.column(column) {
            hunter.add(value);
        }
    }
    for row in 0..register.truth.rows.len() {
        let get = |column: &str| register.truth.get(row, column);
        let planted = matches!(get("what"), "own" | "member" | "outsider");
        let strict = matches!(get("kind"), "cn-resident-id" | "phone" | "email");
        if planted && strict && !honest.keeps_notes {
            hunter.add(get("value"));
            hunter.add(get("form"));
        }
    }
    hunter
}

/// Every place of the release that holds a protected value, by file.
fn leaks(hunter: &Hunter, release: &Release) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (name, bytes) in &release.files {
        let mut places = hunter.places(bytes);
        places.extend(hunter.places(name.as_bytes()));
        if !places.is_empty() {
            places.truncate(5);
            found.insert(name.clone(), places);
        }
    }
    found
}

/// Runs an honest policy; says what went wrong.
fn try_honest(seed: u64) -> Result<(), String> {
    let register = common();
    let honest = policies::honest(seed);
    let scene = Scene::new();
    for (name, bytes) in &honest.files {
        scene.write(name, bytes);
    }
    let input = scene.write("register.csv", &register.bytes);
    let report = match scene.run(&honest.text, &[input], "out", How::default()) {
        Ok(report) => report,
        Err(stop) => {
            return Err(format!(
                "seed {seed}: {}\n{:?}\n{}",
                why(&stop),
                scene.path(""),
                honest.text
            ));
        }
    };
    drop(report);
    let release = Release::read(&scene.path("out"), None);
    let hunter = hunter(register, &honest);
    assert!(hunter.len() > 2_000);
    let leaks = leaks(&hunter, &release);
    if leaks.is_empty() {
        Ok(())
    } else {
        Err(format!("seed {seed}: {leaks:#?}\n{}", honest.text))
    }
}

#[test]
fn fifty_honest_policies_publish_and_nothing_raw_is_found_in_what_they_publish() {
    let seeds: Vec<u64> = match std::env::var("OFFRECORD_TEST_SEEDS") {
        Ok(range) => {
            let (from, to) = range.split_once("..").unwrap();
            (from.parse().unwrap()..to.parse().unwrap()).collect()
        }
        Err(_) => (0..50).collect(),
    };
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) =
                    seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let began = std::time::Instant::now();
                    if let Err(failure) = try_honest(*seed) {
                        failures.lock().unwrap().push(failure);
                    }
                    if std::env::var_os("OFFRECORD_TEST_TIMES").is_some() {
                        println!("seed {seed}: {:?}", began.elapsed());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} honest policies failed\n{}",
        failures.len(),
        seeds.len(),
        failures.join("\n---\n")
    );
}

/// Lines of the register's records that leave, in the order of the input: all
/// that the quarantine does not name.
fn lines_that_leave(register: &Register, release: &Release) -> Vec<u64> {
    let quarantine = release.quarantine();
    let gone: HashSet<u64> = quarantine
        .column("line")
        .map(|line| line.parse().unwrap())
        .collect();
    let lines = register.sheet.lines.iter().copied();
    lines.filter(|line| !gone.contains(line)).collect()
}

/// The released note of each record that leaves, by the line of the register.
fn notes_by_line(register: &Register, release: &Release) -> HashMap<u64, String> {
    let extract = release.extract();
    let lines = lines_that_leave(register, release);
    assert_eq!(lines.len(), extract.rows.len());
    let notes = extract.column("notes").map(str::to_owned);
    lines.into_iter().zip(notes).collect()
}

/// Planted values of the truth file whose written form still stands in the
/// released note: how many of how many, by kind and style.
fn survivors(register: &Register, release: &Release) -> BTreeMap<(String, String), (usize, usize)> {
    let notes = notes_by_line(register, release);
    let mut counts: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for row in 0..register.truth.rows.len() {
        let get = |column: &str| register.truth.get(row, column);
        if get("column") != "notes" || !matches!(get("what"), "own" | "member" | "outsider") {
            continue;
        }
        let Some(note) = notes.get(&get("line").parse().unwrap()) else {
            continue;
        };
        let count = counts
            .entry((get("kind").to_owned(), get("style").to_owned()))
            .or_default();
        count.1 += 1;
        let (note, form, value) = (fold(note), fold(get("form")), fold(get("value")));
        let stands = |wanted: &[char]| note.windows(wanted.len()).any(|window| window == wanted);
        // A mail address may be asked for as `mailto:`; what counts is the address.
        let form = match get("kind") {
            "email" => &value,
            _ => &form,
        };
        count.0 += usize::from(stands(form) || stands(&value));
    }
    counts
}

fn large() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| register(9_000, 120, 23, 3_000))
}

#[test]
fn of_what_was_planted_in_the_notes_nothing_survives() {
    let register = large();
    let scene = Scene::new();
    let release = scene.release(&policies::redact(), &register.bytes, "out", How::default());
    let counts = survivors(register, &release);
    let planted: usize = counts.values().map(|(_, planted)| planted).sum();
    assert!(planted > 500, "{planted}");
    let left: Vec<String> = counts
        .iter()
        .filter(|(_, (left, _))| *left > 0)
        .map(|((kind, style), (left, of))| format!("{kind}/{style}: {left} of {of}"))
        .collect();
    assert_eq!(left, [""; 0], "{counts:#?}");
    for kind in [
        "cn-resident-id",
        "phone",
        "email",
        "name",
        "address",
        "member-id",
    ] {
        assert!(
            counts.keys().any(|(known, _)| known == kind),
            "nothing planted of kind {kind}"
        );
    }
}

#[test]
fn mail_addresses_leave_only_where_nobody_asked_for_them_and_then_the_check_says_so() {
    let register = large();
    let scene = Scene::new();
    let policy = policies::redact().replace("\"email\", ", "");
    let input = scene.write("register.csv", &register.bytes);
    match scene.run(&policy, &[input], "out", How::default()) {
        Ok(_) => {
            let release = Release::read(&scene.path("out"), None);
            let counts = survivors(register, &release);
            let mut left: Vec<&str> = counts
                .iter()
                .filter(|(_, (left, _))| *left > 0)
                .map(|((kind, _), _)| kind.as_str())
                .collect();
            left.dedup();
            assert_eq!(left, ["date", "email"]);
        }
        Err(stop) => assert_eq!(stop.code(), 3, "{}", why(&stop)),
    }
}

#[test]
fn the_shipped_policy_lets_nothing_raw_into_any_byte() {
    let register = large();
    let scene = Scene::new();
    let release = scene.release(
        policies::PARTY_REGISTER,
        &register.bytes,
        "out",
        How::default(),
    );
    let honest = Honest {
        hunted: vec!["member_id", "id_number", "mobile", "landline", "address"],
        ..Honest::default()
    };
    let hunter = hunter(register, &honest);
    assert_eq!(leaks(&hunter, &release), BTreeMap::new());
    assert!(
        !hunter.places(&register.bytes).is_empty(),
        "the hunter finds nothing at all"
    );
    let extract = release.extract();
    let names: HashSet<&str> = register.sheet.column("name").collect();
    let dates: HashSet<&str> = register.sheet.column("birth_date").collect();
    for row in &extract.rows {
        for cell in row.iter().filter(|cell| !cell.is_empty()) {
            assert!(!names.contains(cell.as_str()), "a name");
            assert!(!dates.contains(cell.as_str()), "a birth date");
        }
    }
    assert_eq!(
        extract.header,
        ["id_number", "sex", "birth_date", "sector", "city"]
    );
}

#[test]
fn the_private_half_holds_places_and_keyed_hashes_and_no_value() {
    let register = large();
    let scene = Scene::new();
    let release = scene.release(
        policies::PARTY_REGISTER,
        &register.bytes,
        "out",
        How::default(),
    );
    let honest = Honest {
        hunted: vec!["member_id", "id_number", "mobile", "landline", "address"],
        ..Honest::default()
    };
    let hunter = hunter(register, &honest);
    for (name, bytes) in &release.private {
        assert_eq!(hunter.places(bytes), Vec::<String>::new(), "{name}");
    }
}

fn protected_by_the_shipped_policy() -> Honest {
    Honest {
        hunted: vec!["member_id", "id_number", "mobile", "landline", "address"],
        ..Honest::default()
    }
}

#[test]
fn temporary_files_hold_treated_rows_and_keyed_hashes_and_nothing_raw() {
    let register = large();
    let hunter = hunter(register, &protected_by_the_shipped_policy());
    let scene = Scene::new();
    // Rows wait in one spool for the limit to be known.
    let policy = policies::PARTY_REGISTER.replace(
        "order  = \"shuffled\"",
        "order = \"input\"\nwhy = \"A test wants all rows in one temporary file\"",
    );
    let policy = crate::util::parse(&policy, &scene.path("")).unwrap();
    let input = scene.write("register.csv", &register.bytes);
    let staging = scene.path(".offrecord-out");
    let looked = std::cell::Cell::new((0, 0));
    let found = std::cell::RefCell::new(Vec::new());
    let last = std::cell::Cell::new(0);
    let interrupted = std::sync::atomic::AtomicBool::new(false);
    let report = offrecord::job::run(&offrecord::job::Job {
        policy: policy.into(),
        inputs: vec![input],
        key: crate::util::test_key(),
        goal: offrecord::job::Goal::Release(scene.path("out")),
        recipients: offrecord::job::Recipients::Everybody,
        threads: std::num::NonZeroUsize::new(2).unwrap(),
        chunk_size: 1 << 16,
        house_rules: serde_json::Value::Null,
        approved: Default::default(),
        ledger: None,
        with: Vec::new(),
        interrupted: &interrupted,
        watch: &|progress| {
            use offrecord::job::Progress;
            if let Progress::Reading { records, .. } = progress {
                if records < last.get() + 3_000 {
                    return;
                }
                last.set(records);
            }
            for (name, bytes) in crate::util::tree(&staging) {
                let (files, total) = looked.get();
                looked.set((files + 1, total + bytes.len()));
                for place in hunter.places(&bytes) {
                    found.borrow_mut().push((name.clone(), place));
                }
            }
        },
    });
    assert!(report.is_ok());
    let (files, bytes) = looked.get();
    assert!(
        files > 10 && bytes > 200_000,
        "{files} files, {bytes} bytes"
    );
    let found = found.into_inner();
    assert!(
        found.is_empty(),
        "{} places, such as {:?}",
        found.len(),
        found[0]
    );
}

#[test]
fn no_message_of_the_program_repeats_a_value_whatever_goes_wrong() {
    use crate::util::child::Program;
    use std::process::Stdio;

    let register = common();
    let mut hunter = hunter(register, &protected_by_the_shipped_policy());
    for name in ["name", "birth_date", "notes", "employer", "branch"] {
        for value in register.sheet.column(name) {
            hunter.add(value);
        }
    }
    let party = policies::PARTY_REGISTER;
    let stopped_by_an_id = party.replace("invalid = \"quarantine\"", "invalid = \"refuse\"");
    let stopped_by_a_record = party
        .replace("bad      = \"quarantine\"", "bad = \"refuse\"")
        .replace("max_bad  = 0.01\n", "");
    let leaking = policies::redact().replace(", \"own-row\"", "");
    let headless = party.replace("format   = \"csv\"", "format = \"csv\"\nheader = false");
    let another_file = party
        .replace("[columns.city]", "[columns.town]")
        .replace("\"city\"", "\"town\"")
        .replace("city = 40", "town = 40");
    let limited = party.replace("small = \"withhold-rows\"", "small = \"refuse\"");
    let mut codes = Vec::new();
    for policy in [
        party,
        &stopped_by_an_id,
        &stopped_by_a_record,
        &leaking,
        &headless,
        &another_file,
        &limited,
    ] {
        // The examples are of the policy as shipped.
        let policy = policy.split("# Run by `offrecord check`.").next().unwrap();
        let program = Program::new(policy, &register.bytes);
        let mut command = std::process::Command::new(crate::util::child::PROGRAM);
        let done = command
            .arg("run")
            .arg(program.scene.path("policy.toml"))
            .arg(&program.input)
            .arg("--key")
            .arg(program.scene.path("key"))
            .arg("--out")
            .arg(program.scene.path("out"))
            .args(["--json", "--no-house-rules"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        codes.push(done.status.code().unwrap());
        for said in [&done.stdout, &done.stderr] {
            assert_eq!(
                hunter.places(said),
                Vec::<String>::new(),
                "{}",
                String::from_utf8_lossy(&done.stderr)
                    .lines()
                    .next()
                    .unwrap_or("")
            );
        }
    }
    assert_eq!(codes, [0, 1, 1, 3, 4, 4, 3]);
}

#[test]
fn a_name_inside_a_longer_word_is_neither_redacted_nor_a_leak() {
    let policy = head("words")
        + &column("name", "do = \"drop\"")
        + &column("notes", "do = \"redact\"\nfind = [\"own-row\"]")
        + INPUT_ORDER;
    let input = b"name,notes\nAnna,Annapolis saw Anna and Joanna\n\xe7\x94\xb2\xe4\xb9\x99,\xe7\x94\xb2\xe4\xb9\x99\xe4\xb8\x99 Anna\n";
    let scene = Scene::new();
    let extract = scene
        .release(&policy, input, "out", How::default())
        .extract();
    assert_eq!(
        extract.get(0, "notes"),
        "Annapolis saw [own-row] and Joanna"
    );
    assert_eq!(extract.get(1, "notes"), "[own-row]丙 Anna");
}

#[test]
fn notes_redacted_without_the_persons_own_values_are_caught_by_the_check() {
    let register = large();
    let scene = Scene::new();
    let policy = policies::redact().replace(", \"own-row\"", "");
    let stop = scene.refused(&policy, &register.bytes, How::default());
    assert_eq!(stop.code(), 3, "{}", why(&stop));
    assert!(
        why(&stop).contains("its own text") || why(&stop).contains("protected value"),
        "{}",
        why(&stop)
    );
}
