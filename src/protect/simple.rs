//! Tables: from tallied counts to cells that may be published.
//!
//! Until complementary suppression over linked tables is built, this protects
//! one table of counts against everybody who can add and subtract:
//!
//! * a cell is withheld where fewer than `min` persons stand behind it;
//! * for every total that is published or can be counted in the same release
//!   (the records read, and each margin that the extract shows), the cells
//!   withheld under it must be none, or at least two with at least `min`
//!   persons together; otherwise the smallest published cells under it are
//!   withheld too, until that holds.
//!
//! With one such margin the totals nest (all, and within each line of that
//! margin), so no other sum can be formed: under every sum that an attacker
//! knows stand two unknown cells or none. `check` refuses tables with more.

use std::collections::{BTreeMap, BTreeSet};

use crate::tally::CellCount;

/// A table as it may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// Name.
    pub name: String,
    /// Names of the by-columns.
    pub by: Vec<String>,
    /// Names of the figures: `persons`, `records`.
    pub figures: Vec<String>,
    /// Cells, sorted by code point of their labels.
    pub cells: Vec<Cell>,
    /// What was withheld, for the private report.
    pub withheld: Withholding,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Labels, one a by-column.
    pub labels: Vec<String>,
    /// Figures; `None` where withheld.
    pub figures: Option<Vec<u64>>,
}

/// What a table withholds. Private: how many cells, and why, tells about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Withholding {
    /// Cells that are not empty.
    pub cells: u64,
    /// Withheld for their own size.
    pub primary: u64,
    /// Withheld to protect others.
    pub complementary: u64,
    /// Persons in withheld cells.
    pub persons: u64,
}

/// A figure of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Distinct subjects.
    Persons,
    /// Records.
    Records,
}

/// What a table is protected by.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// Name of the table.
    pub name: &'a str,
    /// Names of the by-columns.
    pub by: Vec<&'a str>,
    /// Figures to publish.
    pub figures: Vec<Count>,
    /// Least persons behind a published figure.
    pub min: u64,
    /// Dimensions whose margin an attacker can count in the extract.
    pub known_margins: Vec<usize>,
    /// List withheld cells.
    pub show_withheld: bool,
}

/// Protects one table.
#[must_use]
pub fn protect(rules: &Rules<'_>, counts: &BTreeMap<Vec<String>, CellCount>) -> Protected {
    let cells: Vec<(&Vec<String>, &CellCount)> = counts.iter().collect();
    let mut open: Vec<bool> = cells
        .iter()
        .map(|(_, count)| count.persons >= rules.min && count.records >= rules.min)
        .collect();
    let primary = open.iter().filter(|open| !**open).count() as u64;
    let mut groups: Vec<Vec<usize>> = vec![(0..cells.len()).collect()];
    for margin in &rules.known_margins {
        let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (labels, _)) in cells.iter().enumerate() {
            lines
                .entry(labels.get(*margin).map_or("", String::as_str))
                .or_default()
                .push(at);
        }
        groups.extend(lines.into_values());
    }
    // Withholding in one group can break another: repeat until nothing changes.
    loop {
        let before = open.clone();
        for group in &groups {
            close_group(group, &cells, &mut open, rules.min);
        }
        if before == open {
            break;
        }
    }
    let figure = |count: &CellCount| -> Vec<u64> {
        rules
            .figures
            .iter()
            .map(|figure| match figure {
                Count::Persons => count.persons,
                Count::Records => count.records,
            })
            .collect()
    };
    let named = if rules.show_withheld {
        withheld_and_empty(&cells, &open, &groups, rules)
    } else {
        Vec::new()
    };
    let published =
        cells
            .iter()
            .zip(&open)
            .filter(|(_, open)| **open)
            .map(|((labels, count), _)| Cell {
                labels: (*labels).clone(),
                figures: Some(figure(count)),
            });
    let mut listed: Vec<Cell> = published
        .chain(named.into_iter().map(|labels| Cell {
            labels,
            figures: None,
        }))
        .collect();
    listed.sort_by(|a, b| a.labels.cmp(&b.labels));
    let closed = || cells.iter().zip(&open).filter(|(_, open)| !**open);
    let withheld = closed().count() as u64;
    Protected {
        name: rules.name.to_owned(),
        by: rules.by.iter().map(|name| (*name).to_owned()).collect(),
        figures: rules
            .figures
            .iter()
            .map(|figure| match figure {
                Count::Persons => "persons".to_owned(),
                Count::Records => "records".to_owned(),
            })
            .collect(),
        withheld: Withholding {
            cells: cells.len() as u64,
            primary,
            complementary: withheld - primary,
            persons: closed().map(|((_, count), _)| count.persons).sum(),
        },
        cells: listed,
    }
}

/// Most cells that are listed without a figure.
const MOST_NAMED: usize = 200_000;

/// Every pair of labels without a published figure, whether anybody stands
/// behind it or not: named alone, a withheld cell would tell that it is not
/// empty. Where a known sum has fewer than two such cells or too few persons
/// under it, the names would give its cells away, and none is listed.
fn withheld_and_empty(
    cells: &[(&Vec<String>, &CellCount)],
    open: &[bool],
    groups: &[Vec<usize>],
    rules: &Rules<'_>,
) -> Vec<Vec<String>> {
    let mut labels: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); rules.by.len()];
    for (of_cell, _) in cells {
        for (known, label) in labels.iter_mut().zip(*of_cell) {
            known.insert(label);
        }
    }
    let size = labels
        .iter()
        .try_fold(1usize, |size, known| size.checked_mul(known.len()));
    let Some(size) = size.filter(|size| *size <= MOST_NAMED) else {
        return Vec::new();
    };
    for (number, group) in groups.iter().enumerate() {
        // The first group is the whole table, the others lines of a margin.
        let margin = rules.known_margins.iter().find(|_| number > 0);
        let all = match margin.and_then(|at| labels.get(*at)) {
            Some(lines) => size / lines.len().max(1),
            None => size,
        };
        let shown = group.iter().filter(|at| open[**at]).count();
        let closed = || group.iter().filter(|at| !open[**at]).map(|at| cells[*at].1);
        let persons: u64 = closed().map(|count| count.persons).sum();
        let records: u64 = closed().map(|count| count.records).sum();
        let enough = all - shown >= 2 && persons >= rules.min && records >= rules.min;
        if closed().next().is_some() && !enough {
            return Vec::new();
        }
    }
    let published: BTreeSet<&Vec<String>> = cells
        .iter()
        .zip(open)
        .filter(|(_, open)| **open)
        .map(|((labels, _), _)| *labels)
        .collect();
    let mut named: Vec<Vec<String>> = vec![Vec::new()];
    for known in &labels {
        named = named
            .iter()
            .flat_map(|so_far| {
                known.iter().map(|label| {
                    let mut longer = so_far.clone();
                    longer.push((*label).to_owned());
                    longer
                })
            })
            .collect();
    }
    named.retain(|labels| !published.contains(labels));
    named
}

/// Withholds the smallest open cells of a group until what is withheld is
/// nothing, or at least two cells with at least `min` persons together. Ties
/// go by code point, so that the same counts give the same table.
fn close_group(group: &[usize], cells: &[(&Vec<String>, &CellCount)], open: &mut [bool], min: u64) {
    loop {
        let closed = || group.iter().filter(|at| !open[**at]);
        let count = closed().count();
        let persons: u64 = closed().map(|at| cells[*at].1.persons).sum();
        let records: u64 = closed().map(|at| cells[*at].1.records).sum();
        if count == 0 || (count >= 2 && persons >= min && records >= min) {
            return;
        }
        let smallest = group
            .iter()
            .filter(|at| open[**at])
            .min_by_key(|at| (cells[**at].1.persons, cells[**at].1.records, **at));
        match smallest {
            Some(at) => open[*at] = false,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(counts: &[(&str, &str, u64)]) -> BTreeMap<Vec<String>, CellCount> {
        counts
            .iter()
            .map(|(a, b, n)| {
                (
                    vec![(*a).to_owned(), (*b).to_owned()],
                    CellCount {
                        records: *n,
                        persons: *n,
                    },
                )
            })
            .collect()
    }

    fn rules(known_margins: Vec<usize>) -> Rules<'static> {
        Rules {
            name: "t",
            by: vec!["a", "b"],
            figures: vec![Count::Persons],
            min: 10,
            known_margins,
            show_withheld: false,
        }
    }

    #[test]
    fn a_single_small_cell_takes_the_next_smallest_with_it() {
        let counts = table(&[
            ("x", "p", 3),
            ("x", "q", 12),
            ("y", "p", 40),
            ("y", "q", 50),
        ]);
        let done = protect(&rules(vec![]), &counts);
        assert_eq!(
            done.withheld,
            Withholding {
                cells: 4,
                primary: 1,
                complementary: 1,
                persons: 15
            }
        );
        assert_eq!(done.cells.len(), 2);
    }

    #[test]
    fn a_margin_that_the_extract_shows_is_protected_line_by_line() {
        let counts = table(&[
            ("x", "p", 3),
            ("x", "q", 12),
            ("x", "r", 90),
            ("y", "p", 4),
            ("y", "q", 80),
            ("y", "r", 70),
        ]);
        let done = protect(&rules(vec![0]), &counts);
        let left: Vec<_> = done.cells.iter().map(|cell| cell.labels.join("")).collect();
        assert_eq!(left, ["xr", "yq"]);
    }

    #[test]
    fn two_small_cells_that_hold_too_few_together_take_a_third() {
        let counts = table(&[("x", "p", 3), ("x", "q", 4), ("y", "p", 11), ("y", "q", 50)]);
        assert_eq!(protect(&rules(vec![]), &counts).cells.len(), 1);
    }

    #[test]
    fn an_honest_table_loses_nothing() {
        let counts = table(&[("x", "p", 10), ("x", "q", 12)]);
        assert_eq!(protect(&rules(vec![0]), &counts).cells.len(), 2);
    }

    proptest! {
        /// An attacker who knows every published cell, the total and one margin
        /// never finds a sum over fewer than two cells or fewer than `min` persons,
        /// unless the whole line is smaller than that.
        #[test]
        fn no_known_sum_gives_a_small_remainder(
            counts in prop::collection::vec((0u8..4, 0u8..5, 1u64..40), 1..20),
        ) {
            let counts: BTreeMap<Vec<String>, CellCount> = counts
                .into_iter()
                .map(|(a, b, n)| (vec![a.to_string(), b.to_string()], CellCount { records: n, persons: n }))
                .collect();
            let done = protect(&rules(vec![0]), &counts);
            let published: BTreeMap<_, _> =
                done.cells.iter().map(|cell| (cell.labels.clone(), cell.figures.clone())).collect();
            let mut sums: BTreeMap<Option<&str>, (u64, u64, usize)> = BTreeMap::new();
            for (labels, count) in &counts {
                for line in [None, Some(labels[0].as_str())] {
                    let sum = sums.entry(line).or_default();
                    sum.2 += 1;
                    if let Some(figures) = published.get(labels) {
                        prop_assert!(figures.as_ref().unwrap()[0] >= 10);
                    } else {
                        sum.0 += count.persons;
                        sum.1 += 1;
                    }
                }
            }
            for (persons, cells, all) in sums.into_values() {
                let whole_line = cells as usize == all;
                prop_assert!(cells == 0 || whole_line || (cells >= 2 && persons >= 10));
            }
        }
    }
}
