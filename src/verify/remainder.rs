//! What is left of a total when its published parts are taken off: all that a
//! reader of one table knows of the figures withheld below it, and the widest
//! that the interval of each of them can be. From the published file alone.

use std::collections::BTreeMap;

use super::interval::Shape;
use super::manifest::Table;
use super::verdict::{Place, Reason};
use super::worker::Worker;

/// Published rows: line, labels, figures that are counts.
pub(super) type Rows = BTreeMap<Vec<String>, (u64, Vec<Option<u64>>)>;

/// Figures of a row as counts; sums and shares are none.
pub(super) fn counts(figures: &[String]) -> Vec<Option<u64>> {
    figures.iter().map(|figure| figure.parse().ok()).collect()
}

/// A table as all its published figures together are looked at: records where
/// they are shown, which add up, else persons.
pub(super) fn shape<'a>(table: &'a Table, rows: &'a Rows) -> Option<Shape<'a>> {
    let subtotals = table.subtotals.as_ref()?;
    let figure = ["records", "persons"].into_iter().find_map(|name| {
        let at = table.figures.iter().position(|figure| figure == name)?;
        Some((at, name))
    })?;
    Some(Shape {
        name: &table.name,
        columns: table.by.iter().map(|column| column.name.as_str()).collect(),
        levels: &subtotals.levels,
        total: &subtotals.label,
        min: table.min,
        zeros_shown: table.zeros_shown,
        figure,
        rows,
    })
}

/// Subtracts in every line of a table that shows totals.
pub(super) fn look(worker: &mut Worker<'_>, table: &Table, artefact: u32, rows: &Rows) {
    let Some(subtotals) = &table.subtotals else {
        return;
    };
    // Of each total and dimension, the sum of its published parts.
    let mut parts: BTreeMap<(&Vec<String>, usize), Vec<u64>> = BTreeMap::new();
    for (labels, (_, figures)) in rows {
        let mut first = 0;
        for (dimension, levels) in subtotals.levels.iter().enumerate() {
            let columns = first..first + levels;
            first += levels;
            let shown = |at: &usize| labels.get(*at).is_some_and(|l| *l != subtotals.label);
            let Some(deepest) = columns.rev().find(shown) else {
                continue;
            };
            let mut total = labels.clone();
            if let Some(label) = total.get_mut(deepest) {
                label.clone_from(&subtotals.label);
            }
            let Some((total, _)) = rows.get_key_value(&total) else {
                continue;
            };
            let sums = parts.entry((total, dimension)).or_default();
            sums.resize(figures.len(), 0);
            for (sum, figure) in sums.iter_mut().zip(figures) {
                *sum = sum.saturating_add(figure.unwrap_or(0));
            }
        }
    }
    let place_of = |name: &str| table.figures.iter().position(|figure| figure == name);
    let (persons, records) = (place_of("persons"), place_of("records"));
    for ((total, _), sums) in &parts {
        let Some((line, whole)) = rows.get(*total) else {
            continue;
        };
        let figure = |at: Option<usize>| at.and_then(|at| whole.get(at).copied().flatten());
        let sum = |at: Option<usize>| at.and_then(|at| sums.get(at).copied());
        // Records add up. People do where each has one record.
        let once = figure(persons).is_some() && figure(persons) == figure(records);
        for (at, certain) in [(records, true), (persons, once)] {
            let (Some(whole), Some(sum)) = (figure(at), sum(at)) else {
                continue;
            };
            let left = whole.checked_sub(sum);
            let small = |left: u64| (1..table.min).contains(&left);
            if certain && left.is_none_or(small) {
                let place = Place {
                    artefact,
                    chunk: 0,
                    line: u32::try_from(*line).unwrap_or(u32::MAX),
                    column: at.map_or(0, |at| u32::try_from(table.by.len() + at + 1).unwrap_or(0)),
                };
                worker.tray.add(Reason::Remainder, place, 1);
            }
            if let Some(left) = left.filter(|left| certain && *left >= table.min) {
                worker.counts.remainders += 1;
                let least = &mut worker.counts.narrowest;
                *least = if *least == 0 { left } else { left.min(*least) };
            }
        }
    }
}
