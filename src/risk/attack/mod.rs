//! The motivated intruder in a box: attacks on a finished release, with what
//! an intruder may have. Each attack gives evidence: with what means, at what
//! effort, how many people or codes, how certain, and the cheapest fix.
//!
//! It reads a release as anybody can and holds no key. What it prints are
//! numbers and names of columns; what it found out stays with it. It tries what
//! a program can try: see [`NOT_TRIED`].

pub mod codes;
mod differ;
mod known;
pub mod link;
pub mod sheet;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use hashbrown::{HashMap, HashSet};
use serde::Serialize;
use serde_json::{Value, json};

use super::histogram::Base;
use super::measures::{measure, ratio};
use crate::input::Reading;
use crate::kinds::scan::{Scanner, Scratch};
use codes::Guesses;
use differ::{differencing, joined, tables};
use sheet::{Roles, Sheet, Stop, Target};

/// What a program cannot try, for the report and for the people who test further.
pub const NOT_TRIED: [&str; 6] = [
    "press archives and what was published about people in the data",
    "social media, and photographs that show a place or a time",
    "what neighbours, colleagues and relatives know",
    "registers and leaks that were not given to this command",
    "what a sentence in free text tells without an identifier",
    "whoever holds the key or the private half",
];

/// What an intruder has beside the release.
pub struct Means<'a> {
    /// Public lists, and columns that match: of the release, of the list.
    pub lists: Vec<(&'a Path, Vec<(String, String)>)>,
    /// Other releases that share codes.
    pub joined: Vec<&'a Path>,
    /// The raw register.
    pub source: Option<&'a Path>,
    /// Facts about people: columns of the release, an empty cell where nothing is known.
    pub facts: Option<&'a Path>,
    /// An earlier release.
    pub earlier: Option<&'a Path>,
    /// Whether spelling and one wrong column are forgiven.
    pub fuzzy: bool,
    /// How plain files are read.
    pub reading: Reading,
    /// What a plain file's columns are.
    pub roles: Roles,
    /// Guesses at codes.
    pub guesses: Guesses,
    /// The k to hold a file to that states none.
    pub k: Option<u64>,
    /// Workers.
    pub threads: NonZeroUsize,
}

/// What one attack found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The attack.
    pub scenario: &'static str,
    /// What it takes.
    pub means: String,
    /// What was done.
    pub effort: String,
    /// People, rows or codes that it found.
    pub matches: u64,
    /// Of how many.
    pub of: u64,
    /// How certain a match is.
    pub certainty: &'static str,
    /// Whether a limit or a promise of the release is broken.
    pub broken: bool,
    /// Numbers behind it.
    pub figures: BTreeMap<String, Value>,
    /// The cheapest fix; empty where nothing was found.
    pub fix: String,
}

/// All evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Rows.
    pub rows: u64,
    /// Limits that the release claims, or is held to.
    pub k: Option<u64>,
    /// The claimed l.
    pub l: Option<u64>,
    /// What was found.
    pub evidence: Vec<Evidence>,
    /// What was not tried.
    pub not_tried: Vec<&'static str>,
}

impl Report {
    /// Whether any limit or promise is broken.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.evidence.iter().any(|evidence| evidence.broken)
    }
}

/// Attacks a release folder, or a plain file.
///
/// # Errors
/// Where something cannot be read.
pub fn attack(path: &Path, means: &Means<'_>) -> Result<Report, Stop> {
    let mut target = Target::open(path, &means.reading, &means.roles)?;
    target.k = target.k.or(means.k);
    let mut evidence = Vec::new();
    let mut guesses = means.guesses.clone();
    let mut lists = Vec::new();
    for (path, pairs) in &means.lists {
        let list = Sheet::read(&[path.to_path_buf()], &means.reading, &[])?;
        let pairs = pairs
            .iter()
            .map(|(ours, theirs)| Ok((target.rows.column(ours)?, list.column(theirs)?)))
            .collect::<Result<Vec<_>, Stop>>()?;
        guesses.listed.extend(distinct_texts(&list));
        lists.push((list, pairs));
    }
    // What is wrong with a file of facts is told before long attacks begin.
    let facts = match means.facts {
        None => None,
        Some(path) => {
            let facts = Sheet::read(&[path.to_path_buf()], &means.reading, &[])?;
            Some(known::facts(&target, &facts)?)
        }
    };
    let source = match means.source {
        None => None,
        Some(path) => {
            // Of a register only what the release says something about.
            let names = &target.rows.names;
            let wanted = |name: &str| {
                (0..names.len()).any(|at| names[at] == name || target.word(at, "source") == name)
            };
            let path = path.to_path_buf();
            Some(Sheet::read_where(&[path], &means.reading, &[], &wanted)?)
        }
    };
    evidence.extend(singling_out(&target, means.threads));
    evidence.extend(homogeneity(&target, means.threads));
    for column in columns_of_codes(&target) {
        evidence.extend(codes_of(&target, column, &guesses, means.threads));
    }
    evidence.extend(histories(&target));
    evidence.push(texts(&target));
    evidence.extend(known::gaps(&target));
    evidence.extend(tables(&target));
    for (list, pairs) in &lists {
        if pairs.is_empty() {
            return Err(Stop::NoMatch);
        }
        evidence.push(linkage(&target, list, pairs, means.fuzzy));
    }
    if let Some(source) = &source {
        evidence.extend(register(&target, source));
        evidence.extend(known::leftover(&target, source));
    }
    evidence.extend(facts);
    if let Some(earlier) = means.earlier {
        let earlier = Target::open(earlier, &means.reading, &means.roles)?;
        evidence.extend(differencing(&target, &earlier));
    }
    for path in &means.joined {
        let other = Target::open(path, &means.reading, &means.roles)?;
        evidence.extend(joined(&target, &other));
    }
    Ok(Report {
        rows: target.rows.rows as u64,
        k: target.k,
        l: target.l,
        evidence,
        not_tried: not_tried(means, &target),
    })
}

/// What was not tried, for want of means or because no program can.
fn not_tried(means: &Means<'_>, target: &Target) -> Vec<&'static str> {
    let coded = !target.codes.is_empty();
    let wanting = [
        (
            means.lists.is_empty(),
            "linkage with a public list: none was given (--with LIST --match A=B)",
        ),
        (
            means.facts.is_none(),
            "a few known facts about somebody: none were given (--facts FILE)",
        ),
        (
            means.source.is_none(),
            "who was selected, order, leftover text, for whoever holds the register: it was not given (--source)",
        ),
        (
            means.earlier.is_none(),
            "differencing with an earlier release: none was given (--earlier)",
        ),
        (
            coded && means.joined.is_empty(),
            "joins with other releases of the same codes: none was given (--with DIR)",
        ),
        (
            coded && means.guesses.regions.is_empty(),
            "all identity numbers of a region as guesses at codes: none was named (--region)",
        ),
        (
            coded && means.guesses.salts.is_empty(),
            "salts that somebody knows: none were given (--salts)",
        ),
    ];
    let wanting = wanting
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| what);
    wanting.chain(NOT_TRIED).collect()
}

fn distinct_texts(list: &Sheet) -> Vec<String> {
    let texts = list.texts.iter().flatten();
    texts
        .map(|text| text.text().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

fn names(target: &Target, columns: &[usize]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|at| target.rows.names.get(*at).map(String::as_str))
        .collect();
    names.join(", ")
}

fn columns_of_codes(target: &Target) -> Vec<usize> {
    let mut columns = target.codes.clone();
    for at in 0..target.rows.names.len() {
        if !columns.contains(&at) && codes::reads_as_codes(&target.rows, at) {
            columns.push(at);
        }
    }
    columns
}

/// The tally of a target's rows: quasi columns, then sensitive ones.
fn tally(target: &Target) -> (Base, Vec<String>) {
    let columns: Vec<usize> = target
        .quasi
        .iter()
        .chain(&target.sensitive)
        .copied()
        .collect();
    let codes: Vec<Vec<u32>> = columns
        .iter()
        .map(|at| target.rows.codes[*at].clone())
        .collect();
    let sizes = columns
        .iter()
        .map(|at| target.rows.texts[*at].len())
        .collect();
    let subjects = target.codes.first().map(|at| {
        let empty = target.rows.texts[*at]
            .iter()
            .position(|text| text.is_empty());
        let known = |code: &u32| empty != Some(*code as usize);
        target.rows.codes[*at]
            .iter()
            .map(|code| known(code).then_some(u64::from(*code)))
            .collect::<Vec<_>>()
    });
    let base = Base::from_rows(codes, sizes, target.quasi.len(), subjects.as_deref());
    let names = columns
        .iter()
        .map(|at| target.rows.names[*at].clone())
        .collect();
    (base, names)
}

fn singling_out(target: &Target, threads: NonZeroUsize) -> Option<Evidence> {
    if target.quasi.is_empty() || target.rows.rows == 0 {
        return None;
    }
    let (base, all) = tally(target);
    let (classes, _) = base.without_sensitive();
    let measured = measure(&classes, &all, threads);
    let broken = target.k.is_some_and(|k| measured.k < k);
    let worst = measured.sets.worst.first();
    Some(Evidence {
        scenario: "singling-out",
        means: "the release alone, and a few known facts about somebody".to_owned(),
        effort: format!(
            "every set of up to {} columns was counted",
            measured.sets.upto
        ),
        matches: measured.alone,
        of: measured.standings,
        certainty: "certain for whoever knows all these values and that the person is in the data",
        broken,
        figures: BTreeMap::from([
            ("k".to_owned(), json!(measured.k)),
            ("claimed_k".to_owned(), json!(target.k)),
            ("below".to_owned(), json!(measured.below)),
            ("known".to_owned(), json!(measured.sets.known)),
            ("worst".to_owned(), json!(measured.sets.worst)),
        ]),
        fix: match (measured.alone, worst) {
            (0, _) if !broken => String::new(),
            (_, Some(worst)) => format!(
                "coarsen or drop one of {}; `offrecord suggest` names the cheapest way",
                worst.columns.join(", ")
            ),
            _ => "limit k in [extract.risk]".to_owned(),
        },
    })
}

fn homogeneity(target: &Target, threads: NonZeroUsize) -> Vec<Evidence> {
    if target.sensitive.is_empty() || target.rows.rows == 0 {
        return Vec::new();
    }
    let (base, all) = tally(target);
    let measured = measure(&base, &all, threads);
    measured
        .diversity
        .iter()
        .map(|spread| Evidence {
            scenario: "homogeneity",
            means: format!(
                "knowing that somebody is in a group; {} is then read off",
                spread.column
            ),
            effort: "one count of the rows".to_owned(),
            matches: spread.same_people,
            of: measured.standings,
            certainty: "certain where everybody in the group has the same value",
            broken: target.l.is_some_and(|l| spread.distinct < l),
            figures: BTreeMap::from([
                ("column".to_owned(), json!(spread.column)),
                ("distinct_l".to_owned(), json!(spread.distinct)),
                ("entropy_l".to_owned(), json!(spread.entropy)),
                ("groups".to_owned(), json!(spread.same_classes)),
                ("claimed_l".to_owned(), json!(target.l)),
            ]),
            fix: if spread.same_people == 0 {
                String::new()
            } else {
                format!("set l in [extract.risk], or drop {}", spread.column)
            },
        })
        .collect()
}

fn codes_of(
    target: &Target,
    column: usize,
    guesses: &Guesses,
    threads: NonZeroUsize,
) -> Vec<Evidence> {
    let name = names(target, &[column]);
    let cracked = codes::crack(&target.rows, column, guesses, threads);
    let mut found = Vec::new();
    if cracked.readable {
        found.push(Evidence {
            scenario: "dictionary",
            means: "lists of all possible values, common hashes, the salts that were given"
                .to_owned(),
            effort: format!(
                "{} guesses hashed of {} that there are",
                cracked.tried, cracked.space
            ),
            matches: cracked.found,
            of: cracked.codes,
            certainty: "certain: the code is computed again from the value",
            broken: cracked.found > 0,
            figures: BTreeMap::from([
                ("column".to_owned(), json!(name)),
                ("by".to_owned(), json!(cracked.by)),
                ("tried".to_owned(), json!(cracked.tried)),
                ("space".to_owned(), json!(cracked.space)),
            ]),
            fix: if cracked.found > 0 {
                format!("make the codes of {name} with a secret key: do = \"pseudonymise\"")
            } else {
                String::new()
            },
        });
    }
    let texts = &target.rows.texts[column];
    let mut counts = vec![0u64; texts.len()];
    for code in &target.rows.codes[column] {
        counts[*code as usize] += 1;
    }
    let filled = |at: &usize| !texts[*at].is_empty();
    let top = (0..texts.len())
        .filter(filled)
        .map(|at| counts[at])
        .max()
        .unwrap_or(0);
    let several = (0..texts.len())
        .filter(filled)
        .filter(|at| counts[*at] > 1)
        .count() as u64;
    let lengths: HashSet<usize> = texts
        .iter()
        .filter(|t| !t.is_empty())
        .map(|t| t.len())
        .collect();
    let distinct = (0..texts.len()).filter(filled).count() as u64;
    // A code that many rows share shows a value that is known to be common.
    let dominant = top > 20 && top * 100 > target.rows.rows as u64;
    let uneven = lengths.len() > 1;
    found.push(Evidence {
        scenario: "frequency and length of codes",
        means: "knowing which values are common, or long".to_owned(),
        effort: "one count of the rows".to_owned(),
        matches: if dominant { top } else { 0 },
        of: target.rows.rows as u64,
        certainty: "likely where one value is known to be the most common",
        broken: target.is_release && uneven && target.codes.contains(&column),
        figures: BTreeMap::from([
            ("column".to_owned(), json!(name)),
            ("codes".to_owned(), json!(distinct)),
            ("rows_of_the_most_frequent".to_owned(), json!(top)),
            ("codes_in_several_rows".to_owned(), json!(several)),
            ("lengths".to_owned(), json!(lengths.len())),
        ]),
        fix: if dominant {
            format!("list what stands for \"missing\" in [input] missing, or drop {name}")
        } else if uneven {
            format!("give codes of {name} one length")
        } else {
            String::new()
        },
    });
    found
}

/// Of people with several rows: who is alone given some of their rows.
fn histories(target: &Target) -> Option<Evidence> {
    let subject = *target.codes.first()?;
    let texts = &target.rows.texts[subject];
    let mut events: Vec<Vec<u32>> = vec![Vec::new(); texts.len()];
    let mut classes: HashMap<Vec<u32>, u32> = HashMap::new();
    let columns: Vec<usize> = target
        .quasi
        .iter()
        .chain(&target.sensitive)
        .copied()
        .collect();
    // Rows without a code are people too: each could be anybody's only row.
    let mut uncoded: Vec<u32> = Vec::new();
    for row in 0..target.rows.rows {
        let person = target.rows.codes[subject][row] as usize;
        let class = columns
            .iter()
            .map(|at| target.rows.codes[*at][row])
            .collect();
        let next = u32::try_from(classes.len()).unwrap_or(u32::MAX);
        let class = *classes.entry(class).or_insert(next);
        match texts[person].is_empty() {
            true => uncoded.push(class),
            false => events[person].push(class),
        }
    }
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); classes.len()];
    for (person, events) in (0u32..).zip(&mut events) {
        events.sort_unstable();
        events.dedup();
        for event in events.iter() {
            holders[*event as usize].push(person);
        }
    }
    let several: Vec<usize> = (0..events.len())
        .filter(|person| events[*person].len() > 1)
        .collect();
    if several.is_empty() {
        return None;
    }
    let mut known = Vec::new();
    let mut worst = (0, 0);
    for events_known in 1..=3usize {
        let (mut people, mut alone) = (0u64, 0u64);
        // Every so many people, so that a large file is sampled evenly.
        let step = several.len().div_ceil(20_000);
        for person in several.iter().step_by(step) {
            let mine = &events[*person];
            if mine.len() < events_known {
                continue;
            }
            people += 1;
            // A fixed choice that differs from person to person.
            let chosen: Vec<u32> = (0..events_known)
                .map(|at| {
                    mine[(person.wrapping_mul(7_919) + at * mine.len() / events_known) % mine.len()]
                })
                .collect();
            let least = chosen
                .iter()
                .min_by_key(|event| holders[**event as usize].len());
            let Some(least) = least else { continue };
            let fitting = holders[*least as usize]
                .iter()
                .filter(|other| {
                    let theirs = &events[**other as usize];
                    chosen
                        .iter()
                        .all(|event| theirs.binary_search(event).is_ok())
                })
                .take(2)
                .count();
            alone += u64::from(fitting == 1);
        }
        known.push(json!({"events": events_known, "people": people, "alone": alone}));
        if people > 0 && ratio(alone, people) >= ratio(worst.0, worst.1) {
            worst = (alone, people);
        }
    }
    let mut whole: HashMap<&[u32], u64> = HashMap::new();
    for events in events.iter().filter(|events| !events.is_empty()) {
        *whole.entry(events.as_slice()).or_default() += 1;
    }
    for class in &uncoded {
        *whole.entry(std::slice::from_ref(class)).or_default() += 1;
    }
    let least = whole.values().min().copied().unwrap_or(0);
    Some(Evidence {
        scenario: "histories",
        means: "knowing one to three events of somebody who has several rows".to_owned(),
        effort: format!(
            "people with several rows, at most 20,000 of {}",
            several.len()
        ),
        matches: worst.0,
        of: worst.1,
        certainty: "certain for whoever knows these events exactly",
        broken: target
            .k
            .is_some_and(|k| least < k && target.sensitive.is_empty()),
        figures: BTreeMap::from([
            ("people_with_several_rows".to_owned(), json!(several.len())),
            ("known".to_owned(), json!(known)),
            ("least_people_of_a_whole_history".to_owned(), json!(least)),
        ]),
        fix: if worst.0 == 0 {
            String::new()
        } else {
            "limit k in [extract.risk]: histories are judged as a whole; or let no code leave"
                .to_owned()
        },
    })
}

/// How the codes begin that a form says stand in brackets in its texts.
fn codes_in_text(form: &Value) -> Option<String> {
    let word = |name: &str| form.get(name).and_then(Value::as_str);
    (word("labels") == Some("code")).then(|| Some(format!("{}-", word("prefix")?)))?
}

/// A text without what has the shape of codes in brackets.
fn without_codes(text: &str, lead: &str) -> String {
    let code = |inner: &str| {
        inner.starts_with(lead)
            && inner.split('-').skip(1).all(|group| group.len() <= 4)
            && inner
                .bytes()
                .all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_uppercase())
    };
    text.split('[')
        .enumerate()
        .map(|(at, part)| match part.split_once(']') {
            Some((inner, after)) if at > 0 && code(inner) => format!("[code]{after}"),
            _ if at > 0 => format!("[{part}"),
            _ => part.to_owned(),
        })
        .collect()
}

/// Identifiers that stand in text.
fn texts(target: &Target) -> Evidence {
    let scanner = Scanner::strict_all();
    let mut scratch = Scratch::new();
    let mut kinds: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut columns: Vec<&str> = Vec::new();
    let mut cells = 0;
    let mut looked = 0u64;
    for (at, texts) in target.rows.texts.iter().enumerate() {
        if target.codes.contains(&at) || codes::reads_as_codes(&target.rows, at) {
            continue;
        }
        let mut here = 0;
        let codes = codes_in_text(target.form(at));
        for text in texts {
            looked += 1;
            let text = match &codes {
                Some(lead) => std::borrow::Cow::Owned(without_codes(text.text(), lead)),
                None => std::borrow::Cow::Borrowed(text.text()),
            };
            let hits = scanner.find_proven(&text, &mut scratch);
            for hit in hits {
                *kinds.entry(hit.kind).or_default() += 1;
            }
            here += u64::from(!hits.is_empty());
        }
        if here > 0 {
            columns.push(&target.rows.names[at]);
        }
        cells += here;
    }
    Evidence {
        scenario: "identifiers in text",
        means: "the release alone".to_owned(),
        effort: "every different value was searched for identifiers of every strict kind"
            .to_owned(),
        matches: cells,
        of: looked,
        certainty: "certain where a check digit proves the number, else likely",
        broken: cells > 0,
        fix: if cells > 0 {
            format!("redact or drop {}", columns.join(", "))
        } else {
            String::new()
        },
        figures: BTreeMap::from([("kinds".to_owned(), json!(kinds))]),
    }
}

fn linkage(target: &Target, list: &Sheet, pairs: &[link::Pair], fuzzy: bool) -> Evidence {
    let linked = link::link(target, list, pairs, fuzzy);
    let ours: Vec<usize> = pairs.iter().map(|pair| pair.0).collect();
    Evidence {
        scenario: "linkage with a list",
        means: format!(
            "a list of {} people with {}{}",
            linked.people,
            names(target, &ours),
            if fuzzy {
                "; one of them may be wrong"
            } else {
                ""
            }
        ),
        effort: format!("{} look-ups", linked.compared),
        matches: linked.certain,
        of: linked.people,
        certainty: "certain if list and release hold everybody concerned",
        broken: target.k.is_some_and(|k| {
            // With k people behind every combination nobody has fewer candidates.
            k > 1 && linked.one > 0 && ours.iter().all(|at| target.quasi.contains(at))
        }),
        figures: BTreeMap::from([
            ("no_candidate".to_owned(), json!(linked.none)),
            ("one_candidate".to_owned(), json!(linked.one)),
            (
                "one_candidate_and_no_namesake".to_owned(),
                json!(linked.certain),
            ),
            ("two_to_four".to_owned(), json!(linked.few)),
            ("five_or_more".to_owned(), json!(linked.many)),
            (
                "sensitive_value_learned_without_a_match".to_owned(),
                json!(linked.learned),
            ),
            (
                "rows_that_fit_one_person_on_the_list".to_owned(),
                json!(linked.rows_named),
            ),
        ]),
        fix: if linked.one + linked.learned == 0 {
            String::new()
        } else {
            format!(
                "coarsen or drop one of {}; limit k, and l for sensitive columns",
                names(target, &ours)
            )
        },
    }
}

/// With the raw register: who was selected, and what the order of rows tells.
fn register(target: &Target, source: &Sheet) -> Vec<Evidence> {
    let pairs: Vec<link::Pair> = target
        .quasi
        .iter()
        .filter(|at| {
            let form = target
                .form(**at)
                .get("form")
                .and_then(Value::as_str)
                .unwrap_or("");
            !matches!(
                form,
                "code" | "mask" | "constant" | "redacted" | "age" | "values"
            ) || (form == "values" && listed_as_is(target, source, **at))
        })
        .filter_map(|at| {
            let name = match target.word(*at, "source") {
                "" => target.rows.names[*at].as_str(),
                source => source,
            };
            Some((*at, source.column(name).ok()?))
        })
        .collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let linked = link::link(target, source, &pairs, false);
    let (rho, placed) = link::order(target, source, &pairs);
    let ours: Vec<usize> = pairs.iter().map(|pair| pair.0).collect();
    let ordered = rho.abs() > 0.2 && placed >= 50;
    vec![
        Evidence {
            scenario: "who was selected",
            means: format!("the raw register, and {}", names(target, &ours)),
            effort: format!("{} look-ups", linked.compared),
            matches: linked.rows_named,
            of: target.rows.rows as u64,
            certainty: "certain: one person of the register fits the row",
            broken: target.k.is_some_and(|k| k > 1) && linked.rows_named > 0,
            figures: BTreeMap::from([
                (
                    "of_the_register_certainly_not_in_the_release".to_owned(),
                    json!(linked.none),
                ),
                ("with_one_candidate_row".to_owned(), json!(linked.one)),
            ]),
            fix: if linked.rows_named == 0 {
                String::new()
            } else {
                format!("coarsen or drop one of {}; limit k", names(target, &ours))
            },
        },
        Evidence {
            scenario: "order of rows",
            means: "the raw register".to_owned(),
            effort: format!("{placed} rows that fit one record and no other"),
            matches: if ordered { placed } else { 0 },
            of: target.rows.rows as u64,
            certainty: "likely: the place of a row tells about the place of its record",
            broken: false,
            figures: BTreeMap::from([(
                "rank_correlation".to_owned(),
                json!((rho * 100.0).round() / 100.0),
            )]),
            fix: if ordered {
                "say order = \"shuffled\"".to_owned()
            } else {
                String::new()
            },
        },
    ]
}

/// Whether listed values are the register's own, and not labels of a hierarchy.
fn listed_as_is(target: &Target, source: &Sheet, column: usize) -> bool {
    let name = target.word(column, "source");
    let Ok(theirs) = source.column(name) else {
        return false;
    };
    let known: HashSet<&str> = source.texts[theirs]
        .iter()
        .map(|text| text.text())
        .collect();
    target.rows.texts[column]
        .iter()
        .all(|text| text.is_empty() || known.contains(text.text()))
}
