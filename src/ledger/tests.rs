use super::*;

fn release(version: u64) -> Release {
    Release {
        policy: "register/tables".to_owned(),
        version,
        sha256: "00".repeat(32),
        recipient: None,
        key_id: String::new(),
        read: Some(100 * version),
        extract: None,
        tables: Vec::new(),
        sealed: String::new(),
    }
}

fn sizes(records: u64) -> Sizes {
    let layer = LayerSizes {
        depths: vec![0],
        records: vec![records],
        persons: vec![records],
        seen: vec![ROW],
        ..LayerSizes::default()
    };
    let table = TableSizes {
        method: "intervals".to_owned(),
        labels: vec![vec!["例".to_owned()]],
        keys: vec![0],
        layers: vec![layer],
    };
    Sizes {
        tables: vec![Some(table)],
        classes: None,
    }
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

/// A ledger with three releases on disk.
fn ledger() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file_name("f"));
    for version in 1..=3 {
        let mut ledger = Ledger::open(&path, "f", None, &none()).unwrap();
        ledger.add(release(version), &sizes(version), &Key::test_key());
        ledger.write().unwrap();
    }
    (folder, path)
}

#[test]
fn sizes_come_back_with_the_key_alone_and_of_their_own_line_alone() {
    let (_folder, path) = ledger();
    let read = Ledger::read(&path).unwrap();
    let lines: Vec<_> = read.releases().collect();
    for ((line, release), n) in lines.iter().zip(1..) {
        let opened = read.sizes(line, release, &Key::test_key()).unwrap();
        assert_eq!(opened, sizes(n));
        let other = Key::generate().unwrap();
        assert!(matches!(
            read.sizes(line, release, &other),
            Err(LedgerError::Sealed { .. })
        ));
    }
    let mut moved = lines[0].1.clone();
    moved.sealed.clone_from(&lines[1].1.sealed);
    assert!(read.sizes(lines[0].0, &moved, &Key::test_key()).is_err());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains('例') && !text.contains("records"), "{text}");
}

#[test]
fn the_same_release_again_has_the_line_that_it_had() {
    let (_folder, path) = ledger();
    let before = std::fs::read(&path).unwrap();
    let mut again = Ledger::open(&path, "f", None, &none()).unwrap();
    let second = again.lines()[2].hash.clone();
    assert_eq!(again.add(release(2), &sizes(2), &Key::test_key()), second);
    again.write().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    // Other sizes behind the same figures are another release.
    assert_ne!(again.add(release(2), &sizes(9), &Key::test_key()), second);
}

#[test]
fn every_changed_byte_and_every_lost_or_moved_line_is_seen() {
    let (_folder, path) = ledger();
    let bytes = std::fs::read(&path).unwrap();
    for at in (0..bytes.len())
        .step_by(5)
        .chain(bytes.len() - 9..bytes.len())
    {
        let mut broken = bytes.clone();
        broken[at] ^= 1;
        let read = std::str::from_utf8(&broken).map(|text| Ledger::parse(&path, text));
        // A changed last byte is a line that was never ended.
        let whole = read.is_ok_and(|read| read.is_ok_and(|read| !read.torn()));
        assert!(!whole, "{at}");
    }
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for gone in 0..lines.len() - 1 {
        let mut less = lines.clone();
        less.remove(gone);
        assert!(Ledger::parse(&path, &(less.join("\n") + "\n")).is_err());
        let mut moved = lines.clone();
        moved.swap(gone, gone + 1);
        assert!(Ledger::parse(&path, &(moved.join("\n") + "\n")).is_err());
    }
}

#[test]
fn a_missing_a_shorter_and_a_forked_ledger_refuse_where_a_head_is_known() {
    let (folder, path) = ledger();
    let head = Ledger::read(&path).unwrap().head();
    let known = BTreeSet::from([head.clone()]);
    assert!(Ledger::open(&path, "f", None, &known).is_ok());
    let text = std::fs::read_to_string(&path).unwrap();
    let shorter: Vec<&str> = text.lines().take(3).collect();
    std::fs::write(&path, shorter.join("\n") + "\n").unwrap();
    let error = Ledger::open(&path, "f", None, &known).unwrap_err();
    assert!(matches!(error, LedgerError::Forked { .. }) && error.code() == 3);
    // Written anew from there on.
    let mut forked = Ledger::open(&path, "f", None, &none()).unwrap();
    forked.add(release(7), &sizes(7), &Key::test_key());
    forked.write().unwrap();
    assert!(Ledger::open(&path, "f", None, &known).is_err());
    let missing = folder.path().join("none");
    let error = Ledger::open(&missing, "f", None, &known).unwrap_err();
    assert!(matches!(error, LedgerError::Missing { known: 1, .. }) && error.code() == 3);
    assert!(Ledger::open(&missing, "f", None, &none()).is_ok());
    assert!(!missing.exists(), "opening writes nothing");
}

#[test]
fn a_new_beginning_needs_its_reason_and_stays_known_as_one() {
    let (folder, _) = ledger();
    let path = folder.path().join("anew");
    let old = BTreeSet::from(["ab".repeat(32)]);
    let why = Some("The first releases were never handed on");
    let mut anew = Ledger::open(&path, "f", why, &old).unwrap();
    let head = anew.add(release(1), &sizes(1), &Key::test_key());
    anew.write().unwrap();
    // The heads that it forgot are forgotten; any other one is missed.
    let both: BTreeSet<String> = old.iter().cloned().chain([head]).collect();
    assert!(Ledger::open(&path, "f", None, &both).is_ok());
    let other = BTreeSet::from(["cd".repeat(32)]);
    assert!(Ledger::open(&path, "f", None, &other).is_err());
    let error = Ledger::open(&path, "f", Some("Another"), &old).unwrap_err();
    assert!(matches!(error, LedgerError::NotFirst { releases: 1, .. }) && error.code() == 2);
    assert_eq!(Ledger::read(&path).unwrap().first_release(), why);
}

#[test]
fn another_familys_ledger_is_not_written_in() {
    let (_folder, path) = ledger();
    let error = Ledger::open(&path, "g", None, &none()).unwrap_err();
    assert!(matches!(error, LedgerError::Family { .. }) && error.code() == 2);
}

/// A kill while a line is written leaves a part of it: the release that it is
/// for has no name yet, and the next run goes on from the last whole line.
#[test]
fn cut_off_at_any_byte_of_a_write_the_ledger_goes_on_from_the_lines_before() {
    let (folder, path) = ledger();
    let before = std::fs::read(&path).unwrap();
    let mut next = Ledger::open(&path, "f", None, &none()).unwrap();
    next.add(release(4), &sizes(4), &Key::test_key());
    next.write().unwrap();
    let after = std::fs::read(&path).unwrap();
    for cut in (before.len()..after.len())
        .step_by(3)
        .chain([after.len() - 1])
    {
        let path = folder.path().join("cut");
        std::fs::write(&path, &after[..cut]).unwrap();
        let mut again = Ledger::open(&path, "f", None, &none()).unwrap();
        assert_eq!(
            (again.releases().count(), again.torn()),
            (3, cut > before.len())
        );
        again.add(release(4), &sizes(4), &Key::test_key());
        again.write().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), after, "{cut}");
    }
    // The same for the first lines of all.
    for cut in (0..700).step_by(3) {
        let path = folder.path().join("first");
        std::fs::write(&path, &after[..cut]).unwrap();
        assert!(Ledger::open(&path, "f", None, &none()).is_ok(), "{cut}");
    }
}

#[test]
fn of_two_runs_at_once_the_second_is_told_to_run_again() {
    let (_folder, path) = ledger();
    let mut one = Ledger::open(&path, "f", None, &none()).unwrap();
    let mut two = Ledger::open(&path, "f", None, &none()).unwrap();
    one.add(release(4), &sizes(4), &Key::test_key());
    two.add(release(5), &sizes(5), &Key::test_key());
    one.write().unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(two.write(), Err(LedgerError::Changed { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_never_appeared_is_withdrawn_and_its_line_stays() {
    let (_folder, path) = ledger();
    let mut next = Ledger::open(&path, "f", None, &none()).unwrap();
    let lines = next.lines().len();
    let head = next.add(release(4), &sizes(4), &Key::test_key());
    next.write().unwrap();
    next.withdraw(lines).unwrap();
    let read = Ledger::open(&path, "f", None, &BTreeSet::from([head])).unwrap();
    assert_eq!((read.lines().len(), read.releases().count()), (6, 3));
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = ledger();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
