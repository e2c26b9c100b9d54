//! What the register claims to be, checked by code that shares nothing with
//! the generator: its own CSV reader, its own check digits, its own reading of
//! written forms. All data are invented.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::random::{Permutation, Random, Stream, Weighted};
use super::world::{Day, World};
use super::{COLUMNS, Spec, Summary, TRUTH_COLUMNS, generate};

const NAME: usize = 1;
const SEX: usize = 2;
const ETHNICITY: usize = 3;
const BIRTH: usize = 4;
const ID: usize = 5;
const MOBILE: usize = 6;
const LANDLINE: usize = 7;
const ADDRESS: usize = 8;
const SECTOR: usize = 10;
const EMPLOYER: usize = 11;
const BRANCH: usize = 12;
const POSITION: usize = 14;
const JOINED: usize = 15;
const NOTES: usize = 16;

/// A record as the strict reader below took it.
enum Taken {
    Fields { line: u64, fields: Vec<String> },
    Unreadable { line: u64 },
}

/// One record from the front of `bytes`: fields and length, or `None` where
/// the grammar does not allow it. A state machine over bytes, slow and plain.
fn one_record(bytes: &[u8]) -> Option<(Vec<String>, usize)> {
    let (mut fields, mut field, mut at) = (Vec::new(), Vec::new(), 0);
    loop {
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match bytes.get(at)? {
                    0 => return None,
                    b'"' if bytes.get(at + 1) == Some(&b'"') => {
                        field.push(b'"');
                        at += 2;
                    }
                    b'"' => break,
                    byte => {
                        field.push(*byte);
                        at += 1;
                    }
                }
            }
            at += 1;
            if !matches!(bytes.get(at)?, b',' | b'\n') {
                return None;
            }
        } else {
            while !matches!(bytes.get(at)?, b',' | b'\n') {
                if matches!(bytes[at], b'"' | b'\r' | 0) {
                    return None;
                }
                field.push(bytes[at]);
                at += 1;
            }
        }
        fields.push(String::from_utf8(std::mem::take(&mut field)).ok()?);
        at += 1;
        if bytes[at - 1] == b'\n' {
            return Some((fields, at));
        }
    }
}

/// All records; after one that cannot be read, on at the next physical line.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<Taken>) {
    let (header, mut at) = one_record(bytes).unwrap();
    let (mut records, mut line) = (Vec::new(), 2);
    while at < bytes.len() {
        let taken = one_record(&bytes[at..]).filter(|(fields, _)| fields.len() == header.len());
        let length = if let Some((fields, length)) = taken {
            records.push(Taken::Fields { line, fields });
            length
        } else {
            records.push(Taken::Unreadable { line });
            1 + bytes[at..].iter().position(|b| *b == b'\n').unwrap()
        };
        line += bytes[at..at + length]
            .iter()
            .filter(|b| **b == b'\n')
            .count() as u64;
        at += length;
    }
    (header, records)
}

/// A line of the truth file by the names of its columns.
struct Truth(HashMap<&'static str, String>);

impl Truth {
    fn get(&self, column: &str) -> &str {
        &self.0[column]
    }

    fn record(&self) -> usize {
        self.get("record").parse().unwrap()
    }

    fn column(&self) -> usize {
        let wanted = self.get("column");
        COLUMNS.iter().position(|name| *name == wanted).unwrap()
    }
}

struct Made {
    summary: Summary,
    bytes: Vec<u8>,
    records: Vec<Taken>,
    truth: Vec<Truth>,
}

impl Made {
    fn new(spec: &Spec) -> Self {
        let (mut bytes, mut truth) = (Vec::new(), Vec::new());
        let summary = generate(spec, &mut bytes, &mut truth).unwrap();
        let (header, records) = read(&bytes);
        assert_eq!(header, COLUMNS);
        let (header, lines) = read(&truth);
        assert_eq!(header, TRUTH_COLUMNS);
        let truth = lines
            .into_iter()
            .map(|line| match line {
                Taken::Fields { fields, .. } => {
                    Truth(TRUTH_COLUMNS.into_iter().zip(fields).collect())
                }
                Taken::Unreadable { .. } => panic!("the truth must be readable"),
            })
            .collect();
        Self {
            summary,
            bytes,
            records,
            truth,
        }
    }

    fn fields(&self, record: usize) -> Option<&[String]> {
        match &self.records[record - 1] {
            Taken::Fields { fields, .. } => Some(fields),
            Taken::Unreadable { .. } => None,
        }
    }

    /// Readable rows that hold no dirt, with their record number.
    fn clean(&self) -> impl Iterator<Item = (usize, &[String])> {
        let spoilt: HashSet<usize> = self
            .truth
            .iter()
            .filter(|line| {
                ["dirty", "shared-id", "same-person", "malformed"].contains(&line.get("what"))
            })
            .map(Truth::record)
            .collect();
        (1..=self.records.len())
            .filter(move |record| !spoilt.contains(record))
            .map(|record| (record, self.fields(record).unwrap()))
    }
}

fn sample() -> Made {
    Made::new(&Spec::new(40_000, 11))
}

/// Digits and letters of a written form: full-width to ASCII, look-alikes to
/// x, invisible characters and separators gone.
fn squeeze(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xfee0),
            'Х' | 'х' => Some('x'),
            other => Some(other),
        })
        .filter(|c| c.is_ascii_alphanumeric() || "@._+".contains(*c))
        .collect::<String>()
        .to_lowercase()
}

/// ISO 7064 MOD 11-2 by its definition: Σ aᵢ·2^(18−i) ≡ 1 (mod 11).
fn id_checks(id: &str) -> bool {
    let mut sum = 0;
    for c in id.chars() {
        let value = match (c, c.to_digit(10)) {
            ('x' | 'X', _) => 10,
            (_, Some(digit)) => digit,
            _ => return false,
        };
        sum = (sum * 2 + value) % 11;
    }
    id.len() == 18 && sum == 1
}

/// A resident ID in any written form of the register, as 18 characters.
fn read_id(text: &str) -> String {
    let mut id: String = squeeze(text)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    if id.len() == 15 {
        id.insert_str(6, "19");
        let right = "0123456789x"
            .chars()
            .find(|c| id_checks(&format!("{id}{c}")))
            .unwrap();
        id.push(right);
    }
    id.to_uppercase()
}

/// A Chinese number in any written form of the register, as E.164.
fn read_phone(text: &str) -> String {
    let digits: String = squeeze(text).chars().filter(char::is_ascii_digit).collect();
    let national = digits
        .strip_prefix("0086")
        .or_else(|| digits.strip_prefix("86"))
        .or_else(|| digits.strip_prefix('0'))
        .unwrap_or(&digits);
    format!("+86{national}")
}

/// A date in any written form of the register, as ISO.
fn read_date(text: &str) -> String {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let mut plain = String::new();
    for c in text.chars() {
        match "〇一二三四五六七八九".chars().position(|n| n == c) {
            Some(digit) => plain.push_str(&digit.to_string()),
            None => plain.push(c),
        }
    }
    if text.contains('十') {
        // 十 alone is 10, before a digit 1d, after a digit d0, between d1d2.
        let chars: Vec<char> = plain.chars().collect();
        plain.clear();
        for (at, c) in chars.iter().enumerate() {
            let before = at > 0 && chars[at - 1].is_ascii_digit();
            let after = chars.get(at + 1).is_some_and(char::is_ascii_digit);
            match (*c, before, after) {
                ('十', false, false) => plain.push_str("10"),
                ('十', false, true) => plain.push('1'),
                ('十', true, false) => plain.push('0'),
                ('十', true, true) => {}
                (other, ..) => plain.push(other),
            }
        }
    }
    let lower = plain.to_lowercase();
    let named = MONTHS.iter().position(|month| lower.contains(month));
    let half: String = plain
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap(),
            other => other,
        })
        .collect();
    let numbers: Vec<u32> = half
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect();
    let (year, month, day) = match (numbers.as_slice(), named) {
        ([a, b], Some(month)) => {
            let (day, year) = if a < b { (*a, *b) } else { (*b, *a) };
            (year, month as u32 + 1, day)
        }
        ([compact], None) => (compact / 10_000, compact / 100 % 100, compact % 100),
        ([year, month, day], None) => (*year, *month, *day),
        _ => panic!("a form that no row may have"),
    };
    format!("{year}-{month:02}-{day:02}")
}

fn real_day(iso: &str) -> bool {
    iso.parse::<jiff::civil::Date>().is_ok()
}

#[test]
fn a_seed_gives_the_same_bytes_for_ever() {
    let digest = |seed: u64| {
        let (mut register, mut truth) = (Vec::new(), Vec::new());
        let mut spec = Spec::new(2_500, seed);
        spec.malformed_every = 100;
        generate(&spec, &mut register, &mut truth).unwrap();
        [register, truth].map(|bytes| {
            Sha256::digest(&bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        })
    };
    assert_eq!(
        digest(1),
        [
            "012dbdd73d35e7964146e9314bdd120e29dff56c1f335168e2b2879100a2a311",
            "294de70241ad0fe5910990867e2cf2d31343246bf2c834d082fe0f7f31a96e12"
        ]
    );
    assert_eq!(
        digest(2),
        [
            "102501b0930e7040631749a56cbc62bdd00ec934bb04660ec3fe10b847f1ff46",
            "1834b840b54b8079c6b42834d6ff34bd075f1ec904ab47a0addae29e9c330176"
        ]
    );
}

#[test]
fn the_generator_under_it_is_splitmix64() {
    // The first outputs for the state 1234567, as other implementations give them.
    let mut random = Random::from_state(1_234_567);
    assert_eq!(random.next(), 6_457_827_717_110_365_317);
    assert_eq!(random.next(), 3_203_168_211_198_807_973);
    assert_eq!(random.next(), 9_817_491_932_198_370_423);
}

#[test]
fn a_permutation_meets_every_value_once() {
    for len in [1, 2, 3, 7, 64, 1_000, 4_097] {
        let permutation = Permutation::new(len, 5, 9);
        let seen: HashSet<u64> = (0..len).map(|value| permutation.apply(value)).collect();
        assert_eq!(seen.len() as u64, len);
        assert!(seen.iter().all(|value| *value < len));
    }
}

#[test]
fn weights_are_kept() {
    let weights = [50, 30, 0, 15, 5];
    let weighted = Weighted::new(&weights);
    let mut random = Random::new(3, Stream::Text, 0);
    let mut counts = [0u32; 5];
    for _ in 0..100_000 {
        counts[weighted.draw(&mut random)] += 1;
    }
    for (count, weight) in counts.iter().zip(weights) {
        assert!(u64::from(*count).abs_diff(weight * 1_000) < 600);
    }
    assert_eq!(counts[2], 0);
}

#[test]
fn the_calendar_is_the_real_one() {
    let mut date = jiff::civil::date(1916, 1, 1);
    for offset in 0..31_000 {
        let day = Day::after(1916, offset);
        let written = format!("{}-{:02}-{:02}", day.year, day.month, day.day);
        assert_eq!(written, date.to_string());
        date = date.tomorrow().unwrap();
    }
}

#[test]
fn resident_ids_stay_unique_where_the_calendar_begins_again() {
    // Rows around the turns at which fresh serials and fresh prefectures are
    // used: the calendar has some 160,000 slots, 55 turns to a prefecture.
    let world = World::new(Spec::new(9_500_000, 3));
    let mut seen = HashSet::new();
    let rows = (0..60_000)
        .chain(140_000..200_000)
        .chain(8_780_000..8_860_000)
        .chain(9_400_000..9_500_000);
    for row in rows {
        assert!(seen.insert(world.person(row).id));
    }
}

#[test]
fn every_record_is_read_but_the_planned_unreadable_ones() {
    let mut spec = Spec::new(5_000, 4);
    spec.malformed_every = 50;
    let made = Made::new(&spec);
    assert_eq!(made.records.len() as u64, made.summary.records);
    assert_eq!(made.bytes.len() as u64, made.summary.bytes);
    let planned: Vec<&Truth> = made
        .truth
        .iter()
        .filter(|line| line.get("what") == "malformed")
        .collect();
    assert_eq!(made.summary.malformed, 100);
    assert_eq!(planned.len(), 100);
    let styles: HashSet<&str> = planned.iter().map(|line| line.get("style")).collect();
    assert_eq!(styles.len(), 8);
    let planned: HashSet<usize> = planned.iter().map(|line| line.record()).collect();
    let (mut lines, mut branches) = (HashMap::new(), HashSet::new());
    for (at, taken) in made.records.iter().enumerate() {
        match taken {
            Taken::Fields { line, fields } => {
                assert!(!planned.contains(&(at + 1)));
                assert_eq!(fields[0], format!("INV{:07}", at + 1));
                branches.insert(fields[BRANCH].as_str());
                lines.insert(at + 1, *line);
            }
            Taken::Unreadable { line } => {
                assert!(planned.contains(&(at + 1)));
                lines.insert(at + 1, *line);
            }
        }
    }
    assert_eq!(branches.len() as u64, spec.branches);
    for line in &made.truth {
        assert_eq!(line.get("line"), lines[&line.record()].to_string());
        assert_eq!(line.get("invented"), "yes");
    }
    let breaks = made.bytes.iter().filter(|b| **b == b'\n').count() as u64;
    assert_eq!(made.summary.lines, breaks);
}

#[test]
fn a_clean_row_agrees_with_itself() {
    let made = sample();
    for (_, fields) in made.clean() {
        let id = read_id(&fields[ID]);
        assert!(id_checks(&id));
        let born = read_date(&fields[BIRTH]);
        assert!(real_day(&born));
        assert_eq!(
            born.replace('-', ""),
            id.chars().skip(6).take(8).collect::<String>()
        );
        let serial: u32 = id.chars().nth(16).unwrap().to_digit(10).unwrap();
        assert_eq!(fields[SEX], if serial % 2 == 1 { "男" } else { "女" });
        let joined: jiff::civil::Date = fields[JOINED].parse().unwrap();
        let born: jiff::civil::Date = born.parse().unwrap();
        assert!(joined.year() - born.year() >= 18 && joined <= jiff::civil::date(2016, 6, 30));
        assert!(fields[BRANCH].starts_with(fields[EMPLOYER].as_str()));
    }
}

#[test]
fn nobody_is_meant() {
    let made = sample();
    let words = ["示例", "虚构", "样板", "假想", "模拟"];
    for (_, fields) in made.clean() {
        let area: String = read_id(&fields[ID]).chars().skip(2).take(2).collect();
        assert!((91..=99).contains(&area.parse::<u32>().unwrap()));
        if !fields[MOBILE].is_empty() {
            let mobile = read_phone(&fields[MOBILE]);
            let heads = ["154", "194", "160", "161", "163", "164", "168", "169"];
            assert_eq!(mobile.len(), 14);
            assert!(
                heads
                    .iter()
                    .any(|head| mobile.starts_with(&format!("+86{head}")))
            );
        }
        if let Some((dial, local)) = fields[LANDLINE].split_once('-') {
            assert!(dial.starts_with('0') && [7, 8].contains(&local.len()));
            assert!(local.starts_with('9') && !local.starts_with("95") && !local.starts_with("96"));
        }
        assert!(words.iter().any(|word| fields[EMPLOYER].starts_with(word)));
    }
    for line in &made.truth {
        if line.get("kind") == "email" {
            let host = line.get("value").split_once('@').unwrap().1;
            let reserved = [
                "example.com",
                "example.org",
                "example.net",
                ".example",
                ".invalid",
            ];
            assert!(reserved.iter().any(|end| host.ends_with(end)));
        }
    }
}

#[test]
fn an_id_repeats_only_where_the_truth_says_so() {
    let made = sample();
    let mut shared: HashMap<String, usize> = HashMap::new();
    for line in &made.truth {
        if ["shared-id", "same-person"].contains(&line.get("what")) {
            *shared.entry(line.get("value").to_owned()).or_default() += 1;
            let other: usize = line.get("other_record").parse().unwrap();
            let mine = made.fields(line.record()).unwrap();
            let theirs = made.fields(other).unwrap();
            assert_eq!(read_id(&mine[ID]), read_id(&theirs[ID]));
            assert_eq!(read_id(&mine[ID]), line.get("value"));
            assert_eq!(
                line.get("what") == "same-person",
                mine[NAME] == theirs[NAME]
            );
        }
    }
    assert_eq!(
        shared.values().sum::<usize>() as u64,
        made.summary.shared_ids + made.summary.second_rows
    );
    let mut counts: HashMap<String, usize> = HashMap::new();
    for record in 1..=made.records.len() {
        let id = made.fields(record).map(|fields| read_id(&fields[ID]));
        if let Some(id) = id.filter(|id| id_checks(id)) {
            *counts.entry(id).or_default() += 1;
        }
    }
    for (id, count) in counts {
        assert_eq!(count, 1 + shared.get(&id).copied().unwrap_or(0));
    }
}

#[test]
fn the_truth_stands_in_the_register_as_written_and_means_its_value() {
    let made = sample();
    let mut forms = HashSet::new();
    for line in &made.truth {
        let Some(fields) = made.fields(line.record()) else {
            assert_eq!(line.get("what"), "malformed");
            continue;
        };
        let cell = &fields[line.column()];
        let (value, form) = (line.get("value"), line.get("form"));
        if line.column() != NOTES {
            assert_eq!(cell, form);
            continue;
        }
        assert!(cell.contains(form));
        forms.insert((line.get("kind").to_owned(), line.get("style").to_owned()));
        match line.get("kind") {
            "cn-resident-id" => {
                assert_eq!(read_id(form), value);
                assert_eq!(id_checks(value), line.get("style") != "wrong-check-digit");
            }
            "phone" => assert_eq!(read_phone(form), value),
            "email" => assert_eq!(squeeze(form).replace("mailto", ""), squeeze(value)),
            "date" => assert_eq!(read_date(form), value),
            "name" => {
                let spaces = [' ', '\u{3000}', '\u{200b}'];
                assert_eq!(form.replace(spaces, ""), value);
            }
            _ => assert_eq!(form.to_lowercase(), value.to_lowercase()),
        }
        let row = match line.get("what") {
            "own" => fields,
            "member" => made
                .fields(line.get("other_record").parse().unwrap())
                .unwrap(),
            _ => continue,
        };
        // A member's own number must be the one in the member's row, unless
        // dirt has changed that cell.
        let dirty = made.truth.iter().any(|other| {
            other.record() == line.record() && ["dirty", "shared-id"].contains(&other.get("what"))
        });
        match line.get("kind") {
            _ if dirty && line.get("what") == "own" => {}
            "cn-resident-id" if line.get("style") != "wrong-check-digit" => {
                assert_eq!(read_id(&row[ID]), value);
            }
            "phone" if line.get("what") == "member" => assert_eq!(read_phone(&row[MOBILE]), value),
            "phone" => assert!(
                [MOBILE, LANDLINE]
                    .iter()
                    .any(|at| read_phone(&row[*at]) == value)
            ),
            "date" => assert_eq!(read_date(&row[BIRTH]), value),
            "name" => assert_eq!(row[NAME], value),
            "address" => assert_eq!(row[ADDRESS], value),
            "member-id" => assert_eq!(row[0], value),
            _ => {}
        }
    }
    // Many written forms, or the promise of finding them is cheap.
    let of = |kind: &str| forms.iter().filter(|(of, _)| of == kind).count();
    assert!(of("cn-resident-id") >= 10);
    assert!(of("phone") >= 13);
    assert!(of("email") >= 5);
    assert!(of("date") >= 9);
    assert!(of("name") >= 4);
}

#[test]
fn a_note_the_truth_is_silent_about_holds_no_identifier() {
    let made = sample();
    let told: HashSet<usize> = made
        .truth
        .iter()
        .filter(|line| line.column() == NOTES)
        .map(Truth::record)
        .collect();
    for (record, fields) in made.clean() {
        if told.contains(&record) {
            continue;
        }
        let note = &fields[NOTES];
        assert!(!note.contains(['@', '＠']) && !note.contains("INV"));
        assert!(!note.contains(fields[NAME].as_str()));
        let mut run = 0;
        for c in note.chars() {
            run = match c {
                c if c.is_numeric() => run + 1,
                ' ' | '-' | '.' | '\u{a0}' => run,
                _ => 0,
            };
            assert!(run < 9);
        }
    }
}

#[test]
fn sizes_and_shares_are_as_announced() {
    let made = sample();
    let Summary { records, .. } = made.summary;
    let share = |count: u64, of: u64| count as f64 / of as f64;
    let between = |low: f64, share: f64, high: f64| assert!(low < share && share < high, "{share}");
    between(270.0, share(made.summary.bytes, records), 295.0);
    between(0.61, share(made.summary.notes, records), 0.63);
    between(
        0.09,
        share(made.summary.planted_notes, made.summary.notes),
        0.11,
    );
    between(
        45.0,
        share(made.summary.note_bytes, made.summary.notes),
        55.0,
    );
    between(0.01, share(made.summary.dirty, records), 0.02);
    between(0.045, share(made.summary.multi_line, records), 0.065);
    between(
        0.55,
        share(
            made.summary.planted_own,
            made.summary.planted_own + made.summary.planted_other,
        ),
        0.65,
    );
    assert_eq!(made.summary.malformed, 2);

    let tally = |column: usize| {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for (_, fields) in made.clean() {
            *counts.entry(&fields[column]).or_default() += 1;
        }
        let mut counts: Vec<(u64, &str)> = counts.into_iter().map(|(k, v)| (v, k)).collect();
        counts.sort_unstable();
        counts.reverse();
        counts
    };
    let groups = tally(ETHNICITY);
    let clean: u64 = groups.iter().map(|(count, _)| count).sum();
    between(0.905, share(groups[0].0, clean), 0.92);
    assert!(groups.len() > 35 && groups.len() <= 56);
    assert_eq!(tally(SEX).len(), 2);
    assert_eq!(tally(SECTOR).len(), 40);
    assert_eq!(made.summary.branches, 1_620);
    // Zipf: the largest is many times the middle one.
    let (employers, branches) = (tally(EMPLOYER), tally(BRANCH));
    assert!(employers[0].0 > 3 * employers[employers.len() / 2].0);
    assert!(branches[0].0 > 2 * branches[branches.len() / 2].0);
}

#[test]
fn branches_nest_in_employers_and_employers_in_sectors() {
    let made = sample();
    let (mut above, mut sectors, mut secretaries) =
        (HashMap::new(), HashMap::new(), HashMap::new());
    for (_, fields) in made.clean() {
        let employer = above.entry(&fields[BRANCH]).or_insert(&fields[EMPLOYER]);
        assert_eq!(*employer, &fields[EMPLOYER]);
        let sector = sectors.entry(&fields[EMPLOYER]).or_insert(&fields[SECTOR]);
        assert_eq!(*sector, &fields[SECTOR]);
        if fields[POSITION] == "支部书记" {
            *secretaries.entry(&fields[BRANCH]).or_insert(0) += 1;
        }
    }
    assert!(secretaries.values().all(|count| *count == 1));
}

#[test]
fn dirt_can_be_turned_off() {
    let mut spec = Spec::new(3_000, 8);
    spec.dirty_per_10_000 = 0;
    spec.malformed_every = 0;
    let made = Made::new(&spec);
    assert_eq!((made.summary.dirty, made.summary.malformed), (0, 0));
    let sorts = ["own", "member", "outsider", "decoy", "written-form"];
    assert!(
        made.truth
            .iter()
            .all(|line| sorts.contains(&line.get("what")))
    );
}

#[test]
fn the_smallest_registers_are_whole_too() {
    for rows in 0..40u64 {
        for branches in [1, rows.div_ceil(2).max(1), rows.max(1)] {
            let mut spec = Spec::new(rows, rows);
            spec.branches = branches;
            spec.malformed_every = rows % 3;
            let made = Made::new(&spec);
            assert_eq!(made.records.len() as u64, rows);
        }
    }
}

#[test]
fn what_cannot_be_made_is_refused() {
    let mut none = Spec::new(10, 1);
    none.branches = 0;
    let mut many = Spec::new(10, 1);
    many.branches = 11;
    let huge = Spec::new(90_000_000, 1);
    for spec in [none, many, huge] {
        let refused = generate(&spec, &mut Vec::new(), &mut Vec::new()).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    }
}

#[test]
fn a_full_disk_is_reported() {
    let mut small = [0u8; 100];
    let mut truth = Vec::new();
    let failed = generate(&Spec::new(50, 1), &mut small.as_mut_slice(), &mut truth);
    assert!(failed.is_err());
}
