//! Linkage: who on a list has which candidates among the rows.
//!
//! Values of a list are brought into the form in which the release shows the
//! column, as its manifest tells; then people and rows are joined on equal
//! values. Only numbers of candidates are told.

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use super::sheet::{Sheet, Target};
use crate::kinds::{KindOptions, date::CivilDate, find, fold::fold};
use crate::treat::Calendar;

/// What linkage found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// People on the list.
    pub people: u64,
    /// Those with no candidate.
    pub none: u64,
    /// With one candidate person.
    pub one: u64,
    /// The same, and nobody else on the list fits that candidate's values.
    pub certain: u64,
    /// With two to four.
    pub few: u64,
    /// With five or more.
    pub many: u64,
    /// All of whose candidates, two or more, share a sensitive value.
    pub learned: u64,
    /// Rows of the release whose values fit one person on the list.
    pub rows_named: u64,
    /// Comparisons that were needed.
    pub compared: u64,
}

/// A pair of columns: of the release, of the list.
pub type Pair = (usize, usize);

/// Brings a text of a list into the form of a column; `None` where it has none there.
pub fn into_form(form: &Value, text: &str, fuzzy: bool) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let word = |key: &str| form.get(key).and_then(Value::as_str).unwrap_or("");
    match word("form") {
        "date" => {
            let date = CivilDate::parse(text).ok()?;
            let calendar = match word("to") {
                "day" => Calendar::Day,
                "month" => Calendar::Month,
                "quarter" => Calendar::Quarter,
                "year" => Calendar::Year,
                "decade" => Calendar::Years(10),
                years => Calendar::Years(years.split('-').next()?.parse().ok()?),
            };
            let mut out = String::new();
            calendar.write(date, &mut out);
            Some(out)
        }
        "prefix" => {
            let keep = form.get("characters").and_then(Value::as_u64)?;
            let normal = normal(word("kind"), text)?;
            Some(normal.chars().take(usize::try_from(keep).ok()?).collect())
        }
        "kind" => normal(word("kind"), text).map(|text| folded(text, fuzzy)),
        "code" | "mask" | "constant" | "redacted" => None,
        _ => normal("text", text).map(|text| folded(text, fuzzy)),
    }
}

fn normal(kind: &str, text: &str) -> Option<String> {
    let mut out = String::new();
    let kind = find(kind).or_else(|| find("text"))?;
    kind.normalise(text, &KindOptions::default(), &mut out)
        .ok()?;
    Some(out)
}

fn folded(text: String, fuzzy: bool) -> String {
    if !fuzzy {
        return text;
    }
    let mut out = String::new();
    fold(&text, &mut out);
    out
}

/// Values of each pair's columns as numbers by row, of the release and of the
/// list: equal numbers say the same in the form of the release.
fn numbered(
    target: &Target,
    list: &Sheet,
    pairs: &[Pair],
    fuzzy: bool,
) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let mut release: Vec<Vec<u32>> = Vec::new();
    let mut listed: Vec<Vec<u32>> = Vec::new();
    for (ours, theirs) in pairs {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut number = |label: Option<String>| match label {
            None => MISSING,
            Some(label) => {
                let next = u32::try_from(numbers.len()).unwrap_or(MISSING);
                *numbers.entry(label).or_insert(next)
            }
        };
        let of_release: Vec<u32> = target.rows.texts[*ours]
            .iter()
            .map(|text| {
                let text = text.text();
                number((!text.is_empty()).then(|| match target.form(*ours) {
                    // A list keeps a guard that the release put before a cell.
                    _ if fuzzy => folded(text.to_owned(), true),
                    Value::Null => normal("text", text).unwrap_or_default(),
                    _ => text.to_owned(),
                }))
            })
            .collect();
        let form = target.form(*ours);
        let of_list: Vec<u32> = list.texts[*theirs]
            .iter()
            .map(|text| {
                let label = into_form(form, text.text(), fuzzy);
                number(label.map(|label| folded(label, fuzzy)))
            })
            .collect();
        let spread = |codes: &[u32], labels: &[u32]| -> Vec<u32> {
            codes.iter().map(|code| labels[*code as usize]).collect()
        };
        release.push(spread(&target.rows.codes[*ours], &of_release));
        listed.push(spread(&list.codes[*theirs], &of_list));
    }
    (release, listed)
}

/// Joins list and release on `pairs`. With `fuzzy`, spelling counts for
/// nothing, and one column may be wrong where nobody fits in all.
#[must_use]
pub fn link(target: &Target, list: &Sheet, pairs: &[Pair], fuzzy: bool) -> Linked {
    let mut linked = Linked::default();
    let (release, listed) = numbered(target, list, pairs, fuzzy);
    let key = |side: &[Vec<u32>], row: usize, skip: Option<usize>| -> Vec<u32> {
        (0..side.len())
            .filter(|at| Some(*at) != skip)
            .map(|at| side[at][row])
            .collect()
    };
    // Rows of one code are one person.
    let person: Vec<u32> = match target.codes.first() {
        Some(column) => target.rows.codes[*column].clone(),
        None => (0..u32::try_from(target.rows.rows).unwrap_or(u32::MAX)).collect(),
    };
    let index = |skip: Option<usize>| {
        let mut rows: HashMap<Vec<u32>, Vec<u32>> = HashMap::new();
        for row in 0..target.rows.rows {
            let place = rows.entry(key(&release, row, skip)).or_default();
            place.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
        rows
    };
    let exact = index(None);
    let partial: Vec<HashMap<Vec<u32>, Vec<u32>>> = if fuzzy && pairs.len() > 1 {
        (0..pairs.len()).map(|skip| index(Some(skip))).collect()
    } else {
        Vec::new()
    };
    let mut namesakes: HashMap<Vec<u32>, u64> = HashMap::new();
    for row in 0..list.rows {
        *namesakes.entry(key(&listed, row, None)).or_default() += 1;
    }
    // Whoever says the same has the same candidates.
    for (wanted, same) in &namesakes {
        linked.people += same;
        linked.compared += 1;
        let mut found: HashSet<u32> = HashSet::new();
        let mut exactly = true;
        if let Some(rows) = exact.get(wanted).filter(|_| !wanted.contains(&MISSING)) {
            found.extend(rows);
        }
        if found.is_empty() {
            exactly = false;
            for (skip, rows) in partial.iter().enumerate() {
                let mut wanted = wanted.clone();
                wanted.remove(skip);
                linked.compared += 1;
                if !wanted.contains(&MISSING) {
                    found.extend(rows.get(&wanted).into_iter().flatten());
                }
            }
        }
        let people: HashSet<u32> = found.iter().map(|row| person[*row as usize]).collect();
        match people.len() {
            0 => linked.none += same,
            1 => {
                linked.one += same;
                linked.certain += u64::from(exactly && *same == 1);
            }
            2..=4 => linked.few += same,
            _ => linked.many += same,
        }
        if people.len() > 1
            && target.sensitive.iter().any(|column| {
                let values: HashSet<u32> = found
                    .iter()
                    .map(|row| target.rows.codes[*column][*row as usize])
                    .collect();
                values.len() == 1
            })
        {
            linked.learned += same;
        }
    }
    linked.rows_named = (0..target.rows.rows)
        .filter(|row| {
            let key = key(&release, *row, None);
            !key.contains(&MISSING) && namesakes.get(&key) == Some(&1)
        })
        .count() as u64;
    linked
}

/// No value.
const MISSING: u32 = u32::MAX;

/// Rank correlation of the order of two sides, over rows that fit one to one;
/// how many those are.
#[must_use]
pub fn order(target: &Target, source: &Sheet, pairs: &[Pair]) -> (f64, u64) {
    let (release, listed) = numbered(target, source, pairs, false);
    let places = |side: &[Vec<u32>], rows: usize| {
        let mut places: HashMap<Vec<u32>, Option<usize>> = HashMap::new();
        for row in 0..rows {
            let key: Vec<u32> = side.iter().map(|column| column[row]).collect();
            if !key.contains(&MISSING) {
                places
                    .entry(key)
                    .and_modify(|place| *place = None)
                    .or_insert(Some(row));
            }
        }
        places
    };
    let here = places(&release, target.rows.rows);
    let there = places(&listed, source.rows);
    let mut both: Vec<(usize, usize)> = here
        .iter()
        .filter_map(|(key, place)| Some(((*place)?, (*there.get(key)?)?)))
        .collect();
    both.sort_unstable();
    let mut ranks: Vec<usize> = (0..both.len()).collect();
    ranks.sort_unstable_by_key(|at| both[*at].1);
    // Spearman's rho over distinct ranks: 1 − 6 Σd² / n(n² − 1).
    let squares: u128 = ranks
        .iter()
        .enumerate()
        .map(|(rank, at)| (rank.abs_diff(*at) as u128).pow(2))
        .sum();
    let n = both.len() as u64;
    if n < 2 {
        return (0.0, n);
    }
    #[allow(
        clippy::cast_precision_loss,
        reason = "a correlation, shown with two decimals"
    )]
    let rho = 1.0 - 6.0 * squares as f64 / (n as f64 * ((n as f64).powi(2) - 1.0));
    (rho, n)
}
