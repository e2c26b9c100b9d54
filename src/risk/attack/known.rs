//! What a few known facts tell, what running numbers tell, and what is left of
//! a text for whoever holds the register.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use serde_json::{Value, json};

use super::link::into_form;
use super::sheet::{Sheet, Stop, Target};
use super::{Evidence, names};

/// Column of a file of facts that says whom a row is about; without it each row is somebody else.
const WHO: &str = "who";

/// Facts about somebody: rows of known values, an empty cell where nothing is
/// known. Columns have the names of the release, or of its source.
///
/// # Errors
/// Where a column is not in the release, or none is.
pub(super) fn facts(target: &Target, sheet: &Sheet) -> Result<Evidence, Stop> {
    let who = sheet.names.iter().position(|name| name == WHO);
    let mut pairs = Vec::new();
    for (theirs, name) in sheet.names.iter().enumerate() {
        if Some(theirs) == who {
            continue;
        }
        let by_source =
            || (0..target.rows.names.len()).find(|at| target.word(*at, "source") == name.as_str());
        let ours = target.rows.column(name).ok().or_else(by_source);
        let ours = ours.ok_or_else(|| Stop::Column(name.clone()))?;
        pairs.push((ours, theirs));
    }
    if pairs.is_empty() {
        return Err(Stop::NoMatch);
    }
    // Rows of the release by column and label.
    let mut holders: Vec<HashMap<&str, Vec<u32>>> = Vec::new();
    for (ours, _) in &pairs {
        let mut of: HashMap<&str, Vec<u32>> = HashMap::new();
        for row in 0..target.rows.rows {
            let rows = of.entry(target.rows.text(row, *ours)).or_default();
            rows.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
        holders.push(of);
    }
    let person = |row: u32| -> u64 {
        let code = target.codes.first().map(|column| {
            let code = target.rows.codes[*column][row as usize];
            (code, target.rows.texts[*column][code as usize].is_empty())
        });
        match code {
            Some((code, false)) => u64::from(code),
            _ => u64::from(u32::MAX) + 1 + u64::from(row),
        }
    };
    let mut order: Vec<String> = Vec::new();
    let mut candidates: HashMap<String, HashSet<u64>> = HashMap::new();
    let mut rows_of: HashMap<String, Vec<HashSet<u32>>> = HashMap::new();
    let (mut looked, mut only_quasi) = (0u64, true);
    for row in 0..sheet.rows {
        let somebody = who.map_or_else(|| row.to_string(), |at| sheet.text(row, at).to_owned());
        let mut fitting: Option<HashSet<u32>> = None;
        for ((ours, theirs), holders) in pairs.iter().zip(&holders) {
            let text = sheet.text(row, *theirs);
            if text.is_empty() {
                continue;
            }
            looked += 1;
            only_quasi &= target.quasi.contains(ours);
            let label = match target.form(*ours) {
                Value::Null => Some(text.to_owned()),
                form if is_code(form) => Some(text.to_owned()),
                form => into_form(form, text, false),
            };
            let as_is = holders.get(text);
            let rows = label
                .as_deref()
                .and_then(|label| holders.get(label))
                .or(as_is);
            let rows: HashSet<u32> = rows.into_iter().flatten().copied().collect();
            fitting = Some(match fitting {
                None => rows,
                Some(before) => before.intersection(&rows).copied().collect(),
            });
        }
        let Some(fitting) = fitting else { continue };
        let people: HashSet<u64> = fitting.iter().map(|row| person(*row)).collect();
        if !candidates.contains_key(&somebody) {
            order.push(somebody.clone());
        }
        candidates
            .entry(somebody.clone())
            .and_modify(|before| before.retain(|one| people.contains(one)))
            .or_insert(people);
        rows_of.entry(somebody).or_default().push(fitting);
    }
    let counts: Vec<u64> = order
        .iter()
        .map(|somebody| candidates.get(somebody).map_or(0, HashSet::len) as u64)
        .collect();
    let one = counts.iter().filter(|count| **count == 1).count() as u64;
    let broken = only_quasi
        && target
            .k
            .is_some_and(|k| counts.iter().any(|count| (1..k).contains(count)));
    let learned = order
        .iter()
        .filter(|somebody| {
            let people = &candidates[somebody.as_str()];
            let rows = rows_of
                .get(somebody.as_str())
                .into_iter()
                .flatten()
                .flatten();
            let rows: Vec<u32> = rows
                .copied()
                .filter(|row| people.contains(&person(*row)))
                .collect();
            !rows.is_empty()
                && target.sensitive.iter().any(|column| {
                    let values = rows
                        .iter()
                        .map(|row| target.rows.codes[*column][*row as usize]);
                    values.collect::<HashSet<u32>>().len() == 1
                })
        })
        .count() as u64;
    let ours: Vec<usize> = pairs.iter().map(|pair| pair.0).collect();
    Ok(Evidence {
        scenario: "known facts",
        means: format!(
            "facts about {} people, of {}",
            order.len(),
            names(target, &ours)
        ),
        effort: format!("{looked} look-ups"),
        matches: one,
        of: order.len() as u64,
        certainty: "certain if the facts are right and the person is in the data",
        broken,
        figures: BTreeMap::from([
            ("candidates".to_owned(), json!(counts)),
            ("sensitive_value_learned".to_owned(), json!(learned)),
        ]),
        fix: if one + learned == 0 && !broken {
            String::new()
        } else {
            format!(
                "coarsen or drop one of {}; limit k, and l for sensitive columns",
                names(target, &ours)
            )
        },
    })
}

fn is_code(form: &Value) -> bool {
    form.get("form").and_then(Value::as_str) == Some("code")
}

/// Rows from which on numbers are looked at.
const RUNNING: usize = 20;

/// Columns of running numbers: what is missing tells who was left out.
pub(super) fn gaps(target: &Target) -> Vec<Evidence> {
    let mut found = Vec::new();
    for (at, texts) in target.rows.texts.iter().enumerate() {
        if texts.len() < RUNNING || target.codes.contains(&at) {
            continue;
        }
        let digits = |text: &str| -> Option<u64> {
            let tail = text.trim_start_matches(|c: char| !c.is_ascii_digit());
            tail.parse().ok()
        };
        let Some(mut numbers) = texts
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| digits(text.text()))
            .collect::<Option<Vec<u64>>>()
        else {
            continue;
        };
        let filled = target.rows.codes[at]
            .iter()
            .filter(|code| {
                texts
                    .get(**code as usize)
                    .is_some_and(|text| !text.is_empty())
            })
            .count();
        numbers.sort_unstable();
        numbers.dedup();
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
            continue;
        };
        let span = last - first + 1;
        let distinct = numbers.len() as u64;
        // A running number stands once in a row and fills half of its span at least.
        if distinct < RUNNING as u64 || filled as u64 != distinct || distinct * 2 < span {
            continue;
        }
        let by_row: Vec<u64> = target.rows.codes[at]
            .iter()
            .filter_map(|code| digits(texts.get(*code as usize)?.text()))
            .collect();
        let in_order = by_row.is_sorted();
        let name = names(target, &[at]);
        found.push(Evidence {
            scenario: "gaps in numbers",
            means: "the release alone, and what the numbers are for".to_owned(),
            effort: "one look at each column of numbers".to_owned(),
            matches: span - distinct,
            of: span,
            certainty: "certain: a missing number is a record that was kept back",
            broken: false,
            figures: BTreeMap::from([
                ("column".to_owned(), json!(name)),
                ("numbers".to_owned(), json!(distinct)),
                ("rise_from_row_to_row".to_owned(), json!(in_order)),
            ]),
            fix: format!("drop or pseudonymise {name}: a running number is an identifier"),
        });
    }
    found
}

/// Characters of a text that are looked for in the register.
const WINDOW: usize = 12;
/// Texts that are looked for at most.
const TEXTS: usize = 5_000;

/// Redacted texts that are found again in the raw register.
pub(super) fn leftover(target: &Target, source: &Sheet) -> Vec<Evidence> {
    let mut found = Vec::new();
    for at in 0..target.rows.names.len() {
        let form = target.form(at).get("form").and_then(Value::as_str);
        let name = target.word(at, "source");
        let (Some("redacted"), Ok(theirs)) = (form, source.column(name)) else {
            continue;
        };
        let texts = &target.rows.texts[at];
        let step = texts.len().div_ceil(TEXTS).max(1);
        let mut wanted: HashMap<String, Vec<usize>> = HashMap::new();
        let mut parts: Vec<Vec<String>> = Vec::new();
        for text in texts.iter().step_by(step) {
            let pieces = fragments(text.text());
            let longest = pieces.iter().max_by_key(|piece| piece.chars().count());
            let window: String = longest
                .map_or("", String::as_str)
                .chars()
                .take(WINDOW)
                .collect();
            if window.chars().count() == WINDOW {
                wanted.entry(window).or_default().push(parts.len());
                parts.push(pieces);
            }
        }
        let mut records = vec![0u64; source.texts[theirs].len()];
        for code in &source.codes[theirs] {
            records[*code as usize] += 1;
        }
        let mut fits = vec![0u64; parts.len()];
        let mut window = String::new();
        for (text, records) in source.texts[theirs].iter().zip(&records) {
            let text = text.text();
            let mut seen: HashSet<usize> = HashSet::new();
            for (from, _) in text.char_indices() {
                window.clear();
                window.extend(text.get(from..).unwrap_or("").chars().take(WINDOW));
                for one in wanted.get(window.as_str()).into_iter().flatten() {
                    let whole = || {
                        parts[*one]
                            .iter()
                            .all(|piece| text.contains(piece.as_str()))
                    };
                    if seen.insert(*one) && whole() {
                        fits[*one] += records;
                    }
                }
            }
        }
        let one = fits.iter().filter(|records| **records == 1).count() as u64;
        let name = names(target, &[at]);
        found.push(Evidence {
            scenario: "leftover text",
            means: "the raw register".to_owned(),
            effort: format!(
                "{} texts of {} looked for in every text of the register",
                parts.len(),
                texts.len()
            ),
            matches: one,
            of: parts.len() as u64,
            certainty: "certain: the rest of the text stands in one record and in no other",
            broken: false,
            figures: BTreeMap::from([("column".to_owned(), json!(name))]),
            fix: if one == 0 {
                String::new()
            } else {
                format!(
                    "drop {name} where the holder of the register must not know who was selected"
                )
            },
        });
    }
    found
}

/// What stands between the labels of a redacted text.
fn fragments(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let (piece, after) = match rest.split_once('[') {
            Some((piece, after)) => (piece, after.split_once(']').map(|(_, after)| after)),
            None => (rest, None),
        };
        let piece = piece.trim();
        if piece.chars().count() >= 4 {
            pieces.push(piece.to_owned());
        }
        match after {
            Some(after) => rest = after,
            None => return pieces,
        }
    }
}
