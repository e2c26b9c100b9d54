//! A table that somebody made elsewhere: its rows as they were read, the
//! system behind them, and which rows may leave.
//!
//! Labels stay in here; errors name lines of the file and reasons, never text.
//! It knows no file format: whoever reads the file hands rows over.

mod grid;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::cube::{Cube, Dimension, Share};
use super::rules::PrimaryRules;
use super::suppress::{Options, Refusal, Status, Suppression, suppress};
use super::system::{CellId, Fault, Figure, MOST_ALONE, Measure, Place, System};
use crate::cell::CellBuf;

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line of the file, for messages.
    pub line: u64,
    /// Labels, one a column of every dimension in order.
    pub labels: Vec<CellBuf>,
    /// Distinct persons.
    pub persons: u64,
    /// Further figures, scaled to whole numbers.
    pub values: Vec<i64>,
    /// Largest contributions to the first further figure, descending.
    pub largest: Vec<i64>,
    /// What withholding the row loses, where the table says so.
    pub cost: Option<u64>,
}

/// How the table is built and protected.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Columns of each dimension, the coarsest first.
    pub levels: Vec<usize>,
    /// Label of totals.
    pub total: String,
    /// Everybody knows the totals that the table leaves out, where `min`
    /// persons or more stand behind them.
    pub totals_known: bool,
    /// Rules.
    pub rules: PrimaryRules,
    /// How to go about it.
    pub options: Options<'a>,
}

/// Why a table cannot be protected.
#[derive(Debug)]
pub enum MadeError {
    /// Two rows have the same labels: lines of both.
    Twice(u64, u64),
    /// A label stands under a total.
    UnderTotal(u64),
    /// A total is larger than its parts.
    TotalTooLarge(u64),
    /// A total is smaller than one of its parts.
    TotalTooSmall(u64),
    /// A further figure of a total is not the sum of its parts.
    DoesNotAdd(u64),
    /// A row has another number of labels or figures than the rest.
    Ragged(u64),
    /// More combinations of labels than can be held.
    TooLarge,
    /// The system was refused.
    Refused(Refusal),
}

impl fmt::Display for MadeError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice(a, b) => write!(to, "lines {a} and {b} have the same labels"),
            Self::UnderTotal(line) => write!(to, "line {line}: a label stands under a total"),
            Self::TotalTooLarge(line) => {
                write!(
                    to,
                    "line {line}: the total counts more persons than its parts"
                )
            }
            Self::TotalTooSmall(line) => {
                write!(
                    to,
                    "line {line}: the total counts fewer persons than one of its parts"
                )
            }
            Self::DoesNotAdd(line) => {
                write!(
                    to,
                    "line {line}: a figure of the total is not the sum of its parts"
                )
            }
            Self::Ragged(line) => write!(to, "line {line}: labels or figures are missing"),
            Self::TooLarge => write!(
                to,
                "the labels have more than {MOST_COMBINATIONS} combinations"
            ),
            Self::Refused(Refusal::Fault(fault)) => fault.fmt(to),
            Self::Refused(Refusal::Exposed(audit)) => write!(
                to,
                "{} of {} sensitive figures cannot be shown to be protected",
                audit.exposed.len(),
                audit.sensitive
            ),
        }
    }
}

impl std::error::Error for MadeError {}

impl From<Fault> for MadeError {
    fn from(fault: Fault) -> Self {
        Self::Refused(Refusal::Fault(fault))
    }
}

/// Most combinations of labels, totals included.
pub const MOST_COMBINATIONS: usize = 3_000_000;

/// A protected table.
#[derive(Debug)]
pub struct Made {
    /// Which rows may leave, in the order they came.
    pub published: Vec<bool>,
    /// Every combination of labels at the levels of the table that has no
    /// published row, in order of its labels; `None` where there are too many.
    pub unpublished: Option<Vec<Vec<CellBuf>>>,
    /// The decisions and the proof.
    pub suppression: Suppression,
    /// Sensitive rows of the table by reason, empty ones included.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Rows that are not empty, and what is withheld of them, by level: how
    /// many columns of each dimension hold a label.
    pub shares: Vec<(Vec<usize>, Share)>,
    /// Relations.
    pub equations: usize,
    /// Combinations of labels.
    pub cells: usize,
    /// Whether the coalitions that were asked for were looked at as attackers.
    pub insiders: bool,
}

impl Made {
    /// The finest level of which no more than half is withheld, where a level
    /// loses more than that.
    #[must_use]
    pub fn level_instead(&self) -> Option<(&[usize], Option<&[usize]>)> {
        let (lost, _) = self
            .shares
            .iter()
            .rfind(|(_, share)| share.mostly_withheld())?;
        let better = self
            .shares
            .iter()
            .rfind(|(level, share)| !share.mostly_withheld() && level.iter().any(|n| *n > 0))
            .map(|(level, _)| level.as_slice());
        Some((lost, better))
    }
}

/// Nodes of a dimension by their path of labels.
struct Paths<'a> {
    of: BTreeMap<Vec<&'a str>, u32>,
    depth: Vec<usize>,
    list: Vec<Vec<&'a str>>,
}

impl<'a> Paths<'a> {
    fn new(paths: BTreeSet<Vec<&'a str>>) -> Self {
        let list: Vec<Vec<&str>> = paths.into_iter().collect();
        Self {
            depth: list.iter().map(Vec::len).collect(),
            of: list
                .iter()
                .enumerate()
                .map(|(at, path)| (path.clone(), u32::try_from(at).unwrap_or(u32::MAX)))
                .collect(),
            list,
        }
    }

    fn dimension(&self) -> Dimension {
        let mut lines: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (path, node) in &self.of {
            if let Some((_, above)) = path.split_last()
                && let Some(parent) = self.of.get(above)
            {
                lines.entry(*parent).or_default().push(*node);
            }
        }
        Dimension {
            nodes: self.list.len(),
            lines: lines.into_iter().collect(),
        }
    }
}

/// Protects a table.
///
/// # Errors
/// Where its rows do not make a table, or it cannot be protected.
pub fn protect(rows: &[Row], request: &Request<'_>) -> Result<Made, MadeError> {
    let total = request.total.as_str();
    let columns: usize = request.levels.iter().sum();
    let figures = rows.first().map_or(0, |row| row.values.len());
    let mut paths: Vec<BTreeSet<Vec<&str>>> =
        vec![BTreeSet::from([Vec::new()]); request.levels.len()];
    let mut keys: Vec<Vec<Vec<&str>>> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.labels.len() != columns || row.values.len() != figures {
            return Err(MadeError::Ragged(row.line));
        }
        let mut labels = row.labels.iter();
        let mut key = Vec::with_capacity(request.levels.len());
        for (levels, known) in request.levels.iter().zip(&mut paths) {
            let mut path: Vec<&str> = Vec::new();
            let mut ended = false;
            for label in labels.by_ref().take(*levels) {
                if label.text() == total {
                    ended = true;
                } else if ended {
                    return Err(MadeError::UnderTotal(row.line));
                } else {
                    path.push(label.text());
                }
            }
            for end in 0..=path.len() {
                known.insert(path.iter().take(end).copied().collect());
            }
            key.push(path);
        }
        keys.push(key);
    }
    let paths: Vec<Paths<'_>> = paths.into_iter().map(Paths::new).collect();
    let cube = Cube::new(paths.iter().map(Paths::dimension).collect())?;
    if cube.size() > MOST_COMBINATIONS {
        return Err(MadeError::TooLarge);
    }
    let mut table = Table {
        request,
        cube: &cube,
        paths: &paths,
        row_at: vec![u32::MAX; cube.size()],
        level: Vec::new(),
        listed: BTreeSet::new(),
        persons: vec![0; cube.size()],
        values: vec![vec![0; cube.size()]; figures],
    };
    let mut at_cell = Vec::with_capacity(rows.len());
    for (number, (row, key)) in rows.iter().zip(&keys).enumerate() {
        let nodes: Vec<u32> = key
            .iter()
            .zip(&paths)
            .map(|(path, paths)| paths.of.get(path).copied().unwrap_or(0))
            .collect();
        let cell = cube.at(&nodes);
        let before = table.row_at[cell];
        if before != u32::MAX {
            return Err(MadeError::Twice(rows[before as usize].line, row.line));
        }
        table.row_at[cell] = u32::try_from(number).map_err(|_| MadeError::TooLarge)?;
        table.persons[cell] =
            i64::try_from(row.persons).map_err(|_| MadeError::from(Fault::Overflow))?;
        for (values, value) in table.values.iter_mut().zip(&row.values) {
            values[cell] = *value;
        }
        at_cell.push(cell);
    }
    table.levels();
    table.fill()?;
    let overlaps = table.overlaps(rows)?;
    if let Some(done) = table.by_grid(&overlaps) {
        let (suppression, insiders) = done.map_err(MadeError::Refused)?;
        let mut equations = 0;
        cube.lines(|_, _| equations += 1);
        let made = table.made(rows, &at_cell, suppression, equations);
        return Ok(Made { insiders, ..made });
    }
    let system = table.system(rows, &overlaps);
    let primary = request.rules.apply(&system)?;
    let suppression = suppress(&system, &primary, &request.options).map_err(MadeError::Refused)?;
    Ok(table.made(rows, &at_cell, suppression, system.equations()))
}

/// A table on its way.
struct Table<'a> {
    request: &'a Request<'a>,
    cube: &'a Cube,
    paths: &'a [Paths<'a>],
    /// Row of each combination.
    row_at: Vec<u32>,
    /// Level of each combination, as a number.
    level: Vec<u32>,
    /// Levels that the table lists.
    listed: BTreeSet<u32>,
    persons: Vec<i64>,
    values: Vec<Vec<i64>>,
}

impl Table<'_> {
    /// How many labels each dimension has at a combination.
    fn depths(&self, cell: usize) -> Vec<usize> {
        self.cube
            .nodes(cell)
            .iter()
            .zip(self.paths)
            .map(|(node, paths)| paths.depth.get(*node as usize).copied().unwrap_or(0))
            .collect()
    }

    fn level_number(&self, depths: &[usize]) -> u32 {
        let number = depths
            .iter()
            .zip(&self.request.levels)
            .fold(0, |number, (depth, levels)| number * (levels + 1) + depth);
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn levels(&mut self) {
        self.level = (0..self.cube.size())
            .map(|cell| self.level_number(&self.depths(cell)))
            .collect();
        self.listed = self
            .row_at
            .iter()
            .zip(&self.level)
            .filter(|(row, _)| **row != u32::MAX)
            .map(|(_, level)| *level)
            .collect();
    }

    /// Adds up the totals of levels that the table leaves out.
    fn fill(&mut self) -> Result<(), MadeError> {
        let mut lines: Vec<(CellId, Vec<CellId>)> = Vec::new();
        self.cube.lines(|total, parts| {
            if !self.listed.contains(&self.level[total.at()]) {
                lines.push((total, parts.to_vec()));
            }
        });
        // The deepest first, so that parts are there before their total.
        lines.sort_by_key(|(total, _)| {
            let depth: usize = self.depths(total.at()).iter().sum();
            (std::cmp::Reverse(depth), *total)
        });
        for (total, parts) in lines {
            for figures in std::iter::once(&mut self.persons).chain(&mut self.values) {
                let sum = parts
                    .iter()
                    .try_fold(0i64, |sum, part| sum.checked_add(figures[part.at()]))
                    .ok_or(MadeError::from(Fault::Overflow))?;
                figures[total.at()] = sum;
            }
        }
        Ok(())
    }

    /// Which dimensions have persons in several of their labels.
    fn overlaps(&self, rows: &[Row]) -> Result<Vec<bool>, MadeError> {
        let mut overlaps = vec![false; self.paths.len()];
        let mut fault = None;
        self.cube.lines(|total, parts| {
            let line = match self.row_at[total.at()] {
                u32::MAX => 0,
                row => rows[row as usize].line,
            };
            let sum: i64 = parts.iter().map(|part| self.persons[part.at()]).sum();
            let most = parts.iter().map(|part| self.persons[part.at()]).max();
            let count = self.persons[total.at()];
            let wrong = if sum < count {
                Some(MadeError::TotalTooLarge(line))
            } else if most.is_some_and(|most| most > count) {
                Some(MadeError::TotalTooSmall(line))
            } else if self.values.iter().any(|values| {
                let sum: i64 = parts.iter().map(|part| values[part.at()]).sum();
                sum != values[total.at()]
            }) {
                Some(MadeError::DoesNotAdd(line))
            } else {
                None
            };
            if fault.is_none() {
                fault = wrong;
            }
            if sum > count {
                let of = self.dimension_of(total, parts);
                if let Some(overlap) = overlaps.get_mut(of) {
                    *overlap = true;
                }
            }
        });
        fault.map_or(Ok(overlaps), Err)
    }

    /// The dimension along which a line runs.
    fn dimension_of(&self, total: CellId, parts: &[CellId]) -> usize {
        let Some(part) = parts.first() else { return 0 };
        let (a, b) = (self.cube.nodes(total.at()), self.cube.nodes(part.at()));
        a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(0)
    }

    /// One owner a person of a small cell, as far as a table of counts can tell.
    fn owners(&self) -> BTreeMap<usize, Vec<u64>> {
        let most = i64::try_from(MOST_ALONE).unwrap_or(3);
        let mut owners: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut inner = vec![true; self.cube.size()];
        self.cube.lines(|total, _| inner[total.at()] = false);
        for (cell, count) in self.persons.iter().enumerate() {
            if inner[cell] && (1..=most).contains(count) {
                let first = cell as u64 * 4;
                let of = (1..=count.unsigned_abs()).map(|n| first + n).collect();
                owners.insert(cell, of);
            }
        }
        // As many rounds as levels: a total has the owners of its parts.
        for _ in 0..self.request.levels.iter().sum::<usize>() {
            self.cube.lines(|total, parts| {
                if (1..=most).contains(&self.persons[total.at()])
                    && !owners.contains_key(&total.at())
                {
                    let mut of: Vec<u64> = parts
                        .iter()
                        .filter_map(|part| owners.get(&part.at()))
                        .flatten()
                        .copied()
                        .collect();
                    of.sort_unstable();
                    of.dedup();
                    if of.len() as i64 == self.persons[total.at()] {
                        owners.insert(total.at(), of);
                    }
                }
            });
        }
        owners
    }

    fn system(&self, rows: &[Row], overlaps: &[bool]) -> System {
        let mut system = System::new();
        let owners = self.owners();
        let min = i64::try_from(self.request.rules.min).unwrap_or(i64::MAX);
        let publish_zeros = self.request.rules.zeros == super::rules::Zeros::Publish;
        let places: Vec<Place> = (0..self.cube.size())
            .map(|cell| {
                let count = self.persons[cell];
                let row = self.row_at[cell];
                if self.listed.contains(&self.level[cell]) {
                    if row == u32::MAX && publish_zeros {
                        return Place::Public;
                    }
                    let given = rows.get(row as usize).and_then(|row| row.cost);
                    let usual = 100 * u64::from(65 - count.unsigned_abs().leading_zeros());
                    Place::Row(system.row(given.unwrap_or(usual)))
                } else if self.request.totals_known && count >= min {
                    Place::Public
                } else {
                    Place::Hidden
                }
            })
            .collect();
        let mut person_cells = Vec::with_capacity(self.cube.size());
        for (cell, place) in places.iter().enumerate() {
            let count = u64::try_from(self.persons[cell]).unwrap_or(0);
            let mut figure = Figure::persons(count, *place);
            // Where empty cells are known to be empty, a withheld row is known not to be.
            if publish_zeros && count > 0 && matches!(place, Place::Row(_)) {
                figure.low = 1;
            }
            if *place == Place::Hidden && !self.listed.contains(&self.level[cell]) {
                // A total that nobody publishes: it may not be derived either.
                figure.place = Place::Hidden;
            }
            figure.alone = owners.get(&cell).cloned().unwrap_or_default();
            person_cells.push(system.cell(figure));
        }
        let mut value_cells: Vec<Vec<CellId>> = Vec::new();
        for (number, values) in self.values.iter().enumerate() {
            let cells = (0..self.cube.size())
                .map(|cell| {
                    let row = rows.get(self.row_at[cell] as usize);
                    system.cell(Figure {
                        value: values[cell],
                        measure: Measure::Sum,
                        place: places[cell],
                        persons: u64::try_from(self.persons[cell]).unwrap_or(0),
                        largest: row
                            .filter(|_| number == 0)
                            .map(|row| row.largest.clone())
                            .unwrap_or_default(),
                        alone: owners.get(&cell).cloned().unwrap_or_default(),
                        low: if values.iter().any(|value| *value < 0) {
                            i64::MIN / 4
                        } else {
                            0
                        },
                        high: None,
                    })
                })
                .collect();
            value_cells.push(cells);
        }
        self.cube.lines(|total, parts| {
            let of = |cells: &[CellId]| -> (CellId, Vec<CellId>) {
                (
                    cells[total.at()],
                    parts.iter().map(|part| cells[part.at()]).collect(),
                )
            };
            let (count, counts) = of(&person_cells);
            if overlaps
                .get(self.dimension_of(total, parts))
                .copied()
                .unwrap_or(false)
            {
                system.overlap(count, &counts);
            } else {
                system.sum(count, &counts);
            }
            for cells in &value_cells {
                let (total, parts) = of(cells);
                system.sum(total, &parts);
            }
        });
        system
    }

    fn labels(&self, cell: usize) -> Vec<CellBuf> {
        let mut labels = Vec::new();
        for ((node, paths), levels) in self
            .cube
            .nodes(cell)
            .iter()
            .zip(self.paths)
            .zip(&self.request.levels)
        {
            let path = paths
                .list
                .get(*node as usize)
                .map_or(&[][..], Vec::as_slice);
            for at in 0..*levels {
                let label = path.get(at).copied().unwrap_or(&self.request.total);
                labels.push(CellBuf::new(label.to_owned()));
            }
        }
        labels
    }

    fn made(
        &self,
        rows: &[Row],
        at_cell: &[usize],
        suppression: Suppression,
        equations: usize,
    ) -> Made {
        // Rows of the system follow the combinations that have one.
        let publish_zeros = self.request.rules.zeros == super::rules::Zeros::Publish;
        let mut status_at: Vec<Option<Status>> = vec![None; self.cube.size()];
        let mut next = suppression.status.iter();
        for (cell, status) in status_at.iter_mut().enumerate() {
            let listed = self.listed.contains(&self.level[cell]);
            if listed && !(self.row_at[cell] == u32::MAX && publish_zeros) {
                *status = next.next().copied();
            }
        }
        let published: Vec<bool> = at_cell
            .iter()
            .map(|cell| status_at[*cell] == Some(Status::Published))
            .collect();
        let mut reasons = BTreeMap::new();
        let mut shares: BTreeMap<Vec<usize>, Share> = BTreeMap::new();
        for (cell, status) in status_at.iter().enumerate() {
            if let Some(Status::Primary(reason)) = status {
                *reasons.entry(reason.as_str()).or_default() += 1;
            }
            let persons = u64::try_from(self.persons[cell]).unwrap_or(0);
            if let Some(status) = status
                && persons > 0
            {
                let share = shares.entry(self.depths(cell)).or_default();
                share.cells += 1;
                share.persons += persons;
                if *status != Status::Published {
                    share.withheld += 1;
                    share.persons_withheld += persons;
                }
            }
        }
        let mut shares: Vec<(Vec<usize>, Share)> = shares.into_iter().collect();
        shares.sort_by_key(|(depths, _)| (depths.iter().sum::<usize>(), depths.clone()));
        let open: Vec<usize> = status_at
            .iter()
            .enumerate()
            .filter(|(_, status)| status.is_some_and(|status| status != Status::Published))
            .map(|(cell, _)| cell)
            .collect();
        let unpublished = (open.len() <= MOST_NAMED)
            .then(|| open.iter().map(|cell| self.labels(*cell)).collect());
        debug_assert_eq!(rows.len(), published.len());
        Made {
            published,
            unpublished,
            suppression,
            reasons,
            shares,
            equations,
            cells: self.cube.size(),
            insiders: true,
        }
    }
}

/// Most rows that are listed without figures.
const MOST_NAMED: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protect::rules::Zeros;

    fn row(line: u64, labels: &[&str], persons: u64) -> Row {
        Row {
            line,
            labels: labels
                .iter()
                .map(|label| CellBuf::new((*label).to_owned()))
                .collect(),
            persons,
            values: Vec::new(),
            largest: Vec::new(),
            cost: None,
        }
    }

    fn request(levels: &[usize]) -> Request<'static> {
        Request {
            levels: levels.to_vec(),
            total: "All".to_owned(),
            totals_known: true,
            rules: PrimaryRules::counts(10),
            options: Options::default(),
        }
    }

    #[test]
    fn a_hidden_cell_that_is_total_less_the_rest_takes_others_with_it() {
        let rows = [
            row(2, &["a", "x"], 0),
            row(3, &["a", "y"], 132),
            row(4, &["a", "z"], 196),
            row(5, &["b", "x"], 40),
            row(6, &["b", "y"], 50),
            row(7, &["b", "z"], 60),
            row(8, &["a", "All"], 328),
            row(9, &["b", "All"], 150),
        ];
        let made = protect(&rows, &request(&[1, 1])).unwrap();
        assert!(!made.published[0]);
        assert_eq!(made.published.iter().filter(|open| !**open).count(), 4);
        assert_eq!(made.reasons["empty"], 1);
    }

    #[test]
    fn a_table_too_large_for_the_search_is_decided_as_a_run_decides_it() {
        let mut rows = Vec::new();
        let mut total = BTreeMap::new();
        let (mut dice, mut line) = (12345u64, 1);
        for sector in 0..20 {
            for employer in 0..50 {
                for group in 0..25u64 {
                    dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let persons = match (dice >> 33) % 7 {
                        0 => (dice >> 40) % 90,
                        1 | 2 => (dice >> 40) % 9,
                        _ => 0,
                    };
                    let names = [
                        format!("s{sector:02}"),
                        format!("s{sector:02}e{employer:02}"),
                        format!("g{group:02}"),
                    ];
                    for hidden in 0..6 {
                        let all = || "All".to_owned();
                        let mut labels = names.clone();
                        if hidden % 3 > 0 {
                            labels[1] = all();
                        }
                        if hidden % 3 > 1 {
                            labels[0] = all();
                        }
                        if hidden > 2 {
                            labels[2] = all();
                        }
                        *total.entry(labels).or_insert(0) += persons;
                    }
                }
            }
        }
        for (labels, persons) in total {
            line += 1;
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            rows.push(row(line, &labels, persons));
        }
        let made = protect(&rows, &request(&[2, 1])).unwrap();
        assert!(made.cells > 20_000);
        assert!(!made.insiders);
        let audit = &made.suppression.audit;
        assert_eq!(audit.met, audit.sensitive);
        let published = rows.iter().zip(&made.published).filter(|(_, open)| **open);
        assert!(published.clone().all(|(row, _)| row.persons >= 10));
        assert!(published.count() > 600);
    }

    #[test]
    fn wrong_tables_are_refused_by_line() {
        let twice = [row(2, &["a"], 10), row(3, &["a"], 10)];
        assert!(matches!(
            protect(&twice, &request(&[1])),
            Err(MadeError::Twice(2, 3))
        ));
        let under = [row(2, &["All", "a"], 10)];
        assert!(matches!(
            protect(&under, &request(&[2])),
            Err(MadeError::UnderTotal(2))
        ));
        let large = [row(2, &["a"], 10), row(3, &["All"], 11)];
        assert!(matches!(
            protect(&large, &request(&[1])),
            Err(MadeError::TotalTooLarge(3))
        ));
        let small = [row(2, &["a"], 10), row(3, &["All"], 9)];
        assert!(matches!(
            protect(&small, &request(&[1])),
            Err(MadeError::TotalTooSmall(3))
        ));
    }

    #[test]
    fn persons_in_two_branches_are_no_fault_and_few_of_them_are_protected() {
        let table = |total| {
            [
                row(2, &["a"], 30),
                row(3, &["b"], 40),
                row(4, &["All"], total),
            ]
        };
        let made = protect(&table(67), &request(&[1])).unwrap();
        assert_eq!(made.published.iter().filter(|open| !**open).count(), 1);
        let made = protect(&table(50), &request(&[1])).unwrap();
        assert!(made.published.iter().all(|open| *open));
    }

    #[test]
    fn a_table_that_loses_more_than_half_names_the_level_to_publish_instead() {
        let mut rows = vec![row(2, &["All", "All"], 120)];
        for (at, employer) in ["a", "b", "c"].iter().enumerate() {
            rows.push(row(10 + at as u64, &[employer, "All"], 40));
            for branch in 0..10 {
                let name = format!("{employer}{branch}");
                rows.push(row(100 + branch, &[employer, &name], 4));
            }
        }
        let made = protect(&rows, &request(&[2])).unwrap();
        let (lost, better) = made.level_instead().unwrap();
        assert_eq!(lost, [2]);
        assert_eq!(better, Some(&[1][..]));
        assert_eq!(made.published.iter().filter(|open| **open).count(), 4);
    }

    #[test]
    fn withheld_rows_are_not_taken_for_empty_where_empty_cells_are_known() {
        // Three rows of one person each and one of seven: where empty cells are
        // known to be empty, three withheld rows that hold three people are told.
        let rows = [
            row(1, &["All"], 10),
            row(2, &["a"], 1),
            row(3, &["b"], 1),
            row(4, &["c"], 7),
            row(5, &["d"], 1),
        ];
        for zeros in [Zeros::Protect, Zeros::Publish] {
            let mut request = request(&[1]);
            request.rules = PrimaryRules {
                zeros,
                ..PrimaryRules::counts(3)
            };
            let open = protect(&rows, &request).unwrap().published;
            let three_alone = open == [true, false, false, true, false];
            assert_eq!(three_alone, zeros == Zeros::Protect, "{zeros:?}: {open:?}");
        }
    }
}
