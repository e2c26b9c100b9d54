//! Releases and tables subtracted from each other, and joined.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use serde_json::json;

use super::sheet::{self, Target};
use super::{Evidence, names};

/// What the extract tells about cells that the tables hold back.
pub(super) fn tables(target: &Target) -> Vec<Evidence> {
    let mut found = Vec::new();
    for table in &target.tables {
        let by: Option<Vec<(usize, usize)>> = table
            .by
            .iter()
            .map(|name| {
                Some((
                    target.rows.column(name).ok()?,
                    table.sheet.column(name).ok()?,
                ))
            })
            .collect();
        let Some(by) = by.filter(|by| !by.is_empty()) else {
            continue;
        };
        let figure = table.sheet.names.iter().position(|name| name == "persons");
        let status = table.sheet.names.iter().position(|name| name == "status");
        let mut counts: HashMap<Vec<&str>, HashSet<u64>> = HashMap::new();
        for row in 0..target.rows.rows {
            let cell = by
                .iter()
                .map(|(ours, _)| target.rows.text(row, *ours))
                .collect();
            let person = target.codes.first().map_or(row as u64, |column| {
                if target.rows.text(row, *column).is_empty() {
                    u64::from(u32::MAX) + 1 + row as u64
                } else {
                    u64::from(target.rows.codes[*column][row])
                }
            });
            counts.entry(cell).or_default().insert(person);
        }
        let mut published: HashMap<Vec<&str>, u64> = HashMap::new();
        for row in 0..table.sheet.rows {
            let cell: Vec<&str> = by
                .iter()
                .map(|(_, theirs)| table.sheet.text(row, *theirs))
                .collect();
            let shown = status.is_none_or(|status| table.sheet.text(row, status) == "published");
            if let Some(people) = figure.and_then(|at| table.sheet.text(row, at).parse().ok())
                && shown
            {
                published.insert(cell, people);
            }
        }
        let min = table.min.max(1);
        let completed = counts
            .iter()
            .filter(|(cell, people)| !published.contains_key(*cell) && (people.len() as u64) < min)
            .count() as u64;
        let kept_back = published
            .iter()
            .filter(|(cell, people)| {
                let here = counts.get(*cell).map_or(0, |people| people.len() as u64);
                (1..min).contains(&people.saturating_sub(here)) && here > 0
            })
            .count() as u64;
        found.push(Evidence {
            scenario: "differencing with a table",
            means: format!(
                "the release alone: its rows counted by {}",
                table.by.join(", ")
            ),
            effort: "one count of the rows".to_owned(),
            matches: completed,
            of: counts.len() as u64,
            certainty: "certain where no row was kept back, else a least number",
            broken: completed > 0,
            figures: BTreeMap::from([
                ("table".to_owned(), json!(table.name)),
                ("cells_completed".to_owned(), json!(completed)),
                (
                    "cells_that_tell_of_a_few_kept_back".to_owned(),
                    json!(kept_back),
                ),
            ]),
            fix: if completed > 0 {
                format!(
                    "let one of {} not leave in the rows, or only coarser",
                    table.by.join(", ")
                )
            } else {
                String::new()
            },
        });
    }
    found
}

/// Against an earlier release: who came, who went, and which cells moved by little.
pub(super) fn differencing(target: &Target, earlier: &Target) -> Vec<Evidence> {
    let mut found = Vec::new();
    if let (Some(now), Some(before)) = (target.codes.first(), earlier.codes.first()) {
        fn people(target: &Target, column: usize) -> HashSet<&str> {
            let texts = target.rows.texts[column].iter().map(|text| text.text());
            texts.filter(|text| !text.is_empty()).collect()
        }
        let (now, before) = (people(target, *now), people(earlier, *before));
        let both = now.intersection(&before).count() as u64;
        let (came, went) = (now.len() as u64 - both, before.len() as u64 - both);
        let k = target.k.unwrap_or(2);
        let few = |n: u64| both > 0 && (1..k).contains(&n);
        found.push(Evidence {
            scenario: "differencing with an earlier release",
            means: "both releases".to_owned(),
            effort: "one join on codes".to_owned(),
            matches: [came, went].into_iter().filter(|n| few(*n)).sum(),
            of: now.len() as u64,
            certainty: "certain: whoever was added or removed is one of so many",
            broken: target.k.is_some() && (few(came) || few(went)),
            figures: BTreeMap::from([
                ("codes_in_both".to_owned(), json!(both)),
                ("codes_added".to_owned(), json!(came)),
                ("codes_removed".to_owned(), json!(went)),
            ]),
            fix: if few(came) || few(went) {
                "wait until more people are added or removed, or give the release codes of another project".to_owned()
            } else {
                String::new()
            },
        });
    }
    for table in &target.tables {
        let Some(old) = earlier
            .tables
            .iter()
            .find(|old| old.name == table.name && old.by == table.by)
        else {
            continue;
        };
        let cells = |table: &sheet::Table| -> HashMap<Vec<String>, u64> {
            let persons = table.sheet.names.iter().position(|name| name == "persons");
            let by: Vec<usize> = table
                .by
                .iter()
                .filter_map(|name| table.sheet.column(name).ok())
                .collect();
            (0..table.sheet.rows)
                .filter_map(|row| {
                    let people = table.sheet.text(row, persons?).parse().ok()?;
                    Some((
                        by.iter()
                            .map(|at| table.sheet.text(row, *at).to_owned())
                            .collect(),
                        people,
                    ))
                })
                .collect()
        };
        let (now, before) = (cells(table), cells(old));
        let moved = now
            .iter()
            .filter(|(cell, people)| {
                before
                    .get(*cell)
                    .is_some_and(|old| (1..table.min.max(2)).contains(&old.abs_diff(**people)))
            })
            .count() as u64;
        found.push(Evidence {
            scenario: "differencing with an earlier table",
            means: "both releases".to_owned(),
            effort: "one subtraction a cell".to_owned(),
            matches: moved,
            of: now.len() as u64,
            certainty: "certain: the difference is a count of few people",
            broken: moved > 0,
            figures: BTreeMap::from([("table".to_owned(), json!(table.name))]),
            fix: if moved > 0 {
                "publish the table less often, or coarser".to_owned()
            } else {
                String::new()
            },
        });
    }
    found
}

/// Releases that share codes are one release with more columns.
pub(super) fn joined(target: &Target, other: &Target) -> Option<Evidence> {
    let (ours, theirs) = (*target.codes.first()?, *other.codes.first()?);
    let (here, there) = (Histories::of(target, ours), Histories::of(other, theirs));
    let places: HashMap<&str, usize> = other.rows.texts[theirs]
        .iter()
        .enumerate()
        .map(|(at, text)| (text.text(), at))
        .collect();
    let mut classes: HashMap<(&[u32], &[u32]), u64> = HashMap::new();
    let mut people = 0;
    for (rows, code) in here.by_code.iter().zip(&target.rows.texts[ours]) {
        if !code.is_empty()
            && let Some(more) = places
                .get(code.text())
                .and_then(|at| there.by_code.get(*at))
        {
            people += 1;
            *classes.entry((rows, more)).or_default() += 1;
        }
    }
    // Somebody without a code in both may be meant as well.
    for ((rows, more), people) in &mut classes {
        if let ([row], [other]) = (rows, more) {
            *people += here.uncoded[*row as usize].min(there.uncoded[*other as usize]);
        }
    }
    let alone = classes.values().filter(|n| **n == 1).count() as u64;
    let least = classes.values().min().copied().unwrap_or(0);
    let broken = people > 0 && target.k.is_some_and(|k| least < k);
    Some(Evidence {
        scenario: "joined with another release",
        means: format!("another release, with {}", names(other, &other.quasi)),
        effort: "one join on codes".to_owned(),
        matches: alone,
        of: people,
        certainty: "certain for whoever knows the values of both",
        broken,
        figures: BTreeMap::from([
            ("codes_in_both".to_owned(), json!(people)),
            ("k_of_the_joined_record".to_owned(), json!(least)),
        ]),
        fix: if alone > 0 || broken {
            "give the releases codes of different projects or recipients, or limit them as one"
                .to_owned()
        } else {
            String::new()
        },
    })
}

/// Rows of each code, and rows that have none.
struct Histories {
    /// Code of the text: what its rows show, numbered and sorted.
    by_code: Vec<Vec<u32>>,
    /// What a row shows: rows without a code that show it.
    uncoded: Vec<u64>,
}

impl Histories {
    fn of(target: &Target, column: usize) -> Self {
        let texts = &target.rows.texts[column];
        let mut by_code: Vec<Vec<u32>> = vec![Vec::new(); texts.len()];
        let mut shown: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut uncoded = Vec::new();
        for row in 0..target.rows.rows {
            let cells: Vec<u32> = target
                .quasi
                .iter()
                .map(|at| target.rows.codes[*at][row])
                .collect();
            let next = u32::try_from(shown.len()).unwrap_or(u32::MAX);
            let number = *shown.entry(cells).or_insert(next);
            if number == next {
                uncoded.push(0);
            }
            let code = target.rows.codes[column][row] as usize;
            match texts[code].is_empty() {
                true => uncoded[number as usize] += 1,
                false => by_code[code].push(number),
            }
        }
        by_code.iter_mut().for_each(|rows| rows.sort_unstable());
        Self { by_code, uncoded }
    }
}
