//! Rows balance: read = written + withheld + quarantined, every unreadable
//! record is listed once, and nothing that was damaged puts one column's data
//! under another's name.

use std::collections::HashSet;

use crate::util::csv::{Entry, entries};
use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::random::Random;
use crate::util::{How, Release, Scene, why};

/// An invented file whose every value says which column and row it belongs to;
/// quoted fields hold delimiters, quotes and line breaks.
fn file(rows: usize, random: &mut Random) -> Vec<u8> {
    let mut text = "a,b,c,d\n".to_owned();
    for row in 1..=rows {
        let b = match random.below(6) {
            0 => format!("\"b{row} with, a comma\""),
            1 => format!("\"b{row} says \"\"yes\"\" twice\""),
            2 => format!("\"b{row} on\nb{row} two lines\""),
            3 => format!("\"b{row}\""),
            4 => String::new(),
            _ => format!("b{row} plain"),
        };
        let end = if random.chance(10) { "\r\n" } else { "\n" };
        text.push_str(&format!("a{row},{b},c{row},d{row}{end}"));
    }
    text.into_bytes()
}

/// One damage: a byte of the grammar put in, taken out or exchanged, or any byte.
fn damage(file: &mut Vec<u8>, random: &mut Random) -> usize {
    let begin = file.iter().position(|b| *b == b'\n').unwrap() + 1;
    let grammar: Vec<usize> = (begin..file.len())
        .filter(|at| matches!(file[*at], b',' | b'"' | b'\n' | b'\r'))
        .collect();
    match random.below(5) {
        0 => {
            let at = begin + random.below(file.len() - begin);
            file.insert(at, random.pick(b",\"\n\r\0"));
            at
        }
        1 => {
            let at = random.pick(&grammar);
            file.remove(at);
            at
        }
        2 => {
            let at = random.pick(&grammar);
            file[at] = random.pick(b",\"\n\r");
            at
        }
        3 => {
            let at = begin + random.below(file.len() - begin);
            file[at] = random.next() as u8;
            at
        }
        _ => {
            let at = begin + random.below(file.len() - begin);
            file.truncate(at.max(begin + 1));
            at
        }
    }
}

/// Everything leaves as it is, and every column is free text: nothing but the
/// reader stands between a damaged record and the output.
fn policy() -> String {
    let keep = "do = \"keep\"\nkind = \"text\"\nclass = \"none\"";
    let head = head("balance").replace("max_bad = 0.02", "max_bad = 1.0");
    let columns: String = ["a", "b", "c", "d"]
        .iter()
        .map(|name| column(name, keep))
        .collect();
    head + &columns + INPUT_ORDER
}

fn balances(release: &Release, records: usize, unreadable: &[u64], seed: u64) {
    let balance = &release.facts().balance;
    assert_eq!(balance.read(), records as u64, "seed {seed}: records read");
    assert_eq!(
        balance.read(),
        balance.written + balance.withheld_total() + balance.quarantined_total()
    );
    let extract = release.extract();
    assert_eq!(
        extract.rows.len() as u64,
        balance.written,
        "seed {seed}: rows"
    );
    let quarantine = release.quarantine();
    assert_eq!(
        quarantine.rows.len() as u64,
        balance.quarantined_total(),
        "seed {seed}: quarantine"
    );
    let lines: Vec<u64> = quarantine
        .column("line")
        .map(|line| line.parse().unwrap())
        .collect();
    let mut listed: Vec<u64> = lines
        .iter()
        .copied()
        .filter(|line| unreadable.contains(line))
        .collect();
    listed.sort_unstable();
    assert_eq!(
        listed, unreadable,
        "seed {seed}: each unreadable record once"
    );
    let mut places: Vec<(&str, &str)> = quarantine
        .column("line")
        .zip(quarantine.column("byte"))
        .collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), lines.len(), "seed {seed}: a place twice");
}

fn trimmed(field: &[u8]) -> String {
    // What the kind `text` makes of a value, as far as these files go.
    let text = std::str::from_utf8(field).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_damaged_file_balances_and_no_value_comes_out_under_another_column() {
    let scene = Scene::new();
    let policy = policy();
    let mut torn = 0;
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let intact = file(30, &mut random);
        let mut bytes = intact.clone();
        let damages = 1 + seed as usize % 2 * random.below(3);
        for _ in 0..damages {
            damage(&mut bytes, &mut random);
        }
        let (mut records, mut unreadable, mut expected) = (0, Vec::new(), Vec::new());
        for entry in entries(&bytes, b',').into_iter().skip(1) {
            match entry {
                Entry::Record(fields, line, _) => {
                    records += 1;
                    expected.push((line, fields.iter().map(|f| trimmed(f)).collect::<Vec<_>>()));
                }
                Entry::Unreadable(line, _) => {
                    records += 1;
                    unreadable.push(line);
                }
                Entry::Blank => {}
            }
        }
        let how = How {
            chunk: random.pick(&[16, 64, 1 << 16]),
            ..How::default()
        };
        let out = format!("out-{seed}");
        let release = scene.release(&policy, &bytes, &out, how);
        balances(&release, records, &unreadable, seed);

        // What could be read came out, unless a rule set it aside by name.
        let quarantined: HashSet<u64> = release
            .quarantine()
            .column("line")
            .map(|line| line.parse().unwrap())
            .collect();
        let extract = release.extract();
        let written: Vec<Vec<String>> = expected
            .iter()
            .filter(|(line, _)| !quarantined.contains(line))
            .map(|(_, fields)| fields.clone())
            .collect();
        let unguarded: Vec<Vec<String>> = extract.rows.clone();
        for (row, expected) in unguarded.iter().zip(&written) {
            for (cell, expected) in row.iter().zip(expected) {
                let bare = cell.strip_prefix('\'').unwrap_or(cell);
                assert!(bare == expected || cell == expected, "seed {seed}");
            }
        }
        assert_eq!(unguarded.len(), written.len(), "seed {seed}");

        // One damage changes one record: no cell begins with another column's letter.
        if damages == 1 {
            for ((line, _), row) in expected
                .iter()
                .filter(|(line, _)| !quarantined.contains(line))
                .zip(&extract.rows)
            {
                if !row.iter().zip(["a", "b", "c", "d"]).any(foreign) {
                    continue;
                }
                // A line of a damaged field of several lines may read as a
                // record: the specification says so. Then the line before it
                // is in quarantine, so that it shows.
                assert!(
                    quarantined.contains(&(line - 1)) && row[0].contains("two lines"),
                    "seed {seed}: {row:?}"
                );
                torn += 1;
            }
        }
        std::fs::remove_dir_all(scene.path(&out)).unwrap();
    }
    assert_eq!(torn, 1, "lines of a damaged field that read as records");
}

/// Whether a cell holds a value of another column than its own.
fn foreign((cell, letter): (&String, &str)) -> bool {
    let mut characters = cell.chars();
    let first = characters.next().map(String::from).unwrap_or_default();
    first != letter
        && ["a", "b", "c", "d"].contains(&first.as_str())
        && characters.next().is_some_and(|c| c.is_ascii_digit())
}

#[test]
fn where_the_policy_says_refuse_no_line_of_a_damaged_field_is_read_as_a_record() {
    let scene = Scene::new();
    let policy = policy().replace("max_bad = 1.0", "bad = \"refuse\"");
    let torn = b"a,b,c,d\na1,\"b1 on\nb1 two lines,,c1,d1\n";
    let stop = scene.refused(&policy, torn, How::default());
    assert_eq!(stop.code(), 1, "{}", why(&stop));
}

#[test]
fn every_damaged_record_of_the_register_is_quarantined_once_and_no_other() {
    let register = crate::util::register(4_000, 50, 5, 100);
    let scene = Scene::new();
    let policy = crate::util::policies::PARTY_REGISTER.replace("max_bad  = 0.01", "max_bad = 0.02");
    let release = scene.release(&policy, &register.bytes, "out", How::default());
    let damaged: Vec<u64> = (0..register.truth.rows.len())
        .filter(|row| register.truth.get(*row, "what") == "malformed")
        .map(|row| register.truth.get(row, "line").parse().unwrap())
        .collect();
    assert_eq!(damaged.len(), 40);
    assert_eq!(damaged, register.sheet.unreadable);
    assert_eq!(release.facts().unreadable, 40);
    balances(&release, 4_000, &damaged, 0);
}

#[test]
fn a_record_set_aside_by_its_value_is_listed_with_its_column_and_the_rest_stays() {
    let scene = Scene::new();
    let policy = policy().replace(
        &column("c", "do = \"keep\"\nkind = \"text\"\nclass = \"none\""),
        &column(
            "c",
            "do = \"keep\"\npattern = \"c[0-9]+\"\nclass = \"none\"",
        ),
    );
    let release = scene.release(
        &policy,
        b"a,b,c,d\na1,b1,c1,d1\na2,b2,x,d2\na3,b3,c3,d3\n",
        "out",
        How::default(),
    );
    assert_eq!(release.extract().rows.len(), 2);
    let quarantine = release.quarantine();
    assert_eq!(quarantine.get(0, "line"), "3");
    assert_eq!(quarantine.get(0, "column"), "c");
    assert_eq!(quarantine.rows.len(), 1);
}
