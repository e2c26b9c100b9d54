//! Cells of one table: records and distinct persons behind each.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::Tally;

/// Counts of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellCount {
    /// Records.
    pub records: u64,
    /// Distinct subjects; records without an identifier count as the policy says.
    pub persons: u64,
}

/// Cells by their labels, in memory proportional to the cells and, where
/// subjects are declared, to the records (12 bytes each).
#[derive(Debug, Clone, Default)]
pub struct TableTally {
    /// Label to number, one map a dimension.
    labels: Vec<HashMap<String, u32>>,
    /// Labels by number.
    names: Vec<Vec<String>>,
    /// Cell by the numbers of its labels.
    cells: HashMap<Box<[u32]>, u32>,
    /// Records of each cell.
    records: Vec<u64>,
    /// Persons of each cell that are counted one by one, without a subject's hash.
    singles: Vec<u64>,
    /// Subjects seen: cell and keyed hash, with repeats until [`TableTally::settle`].
    cell_of: Vec<u32>,
    subject_of: Vec<u64>,
    /// Records whose subject is known.
    identified: u64,
    /// Pairs left when repeats were last dropped.
    settled: usize,
}

/// Whom a record counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// The subject with this keyed hash.
    Known(u64),
    /// A subject of its own.
    Own,
    /// Nobody.
    Nobody,
}

impl TableTally {
    /// An empty table of so many dimensions.
    #[must_use]
    pub fn new(dimensions: usize) -> Self {
        Self {
            labels: vec![HashMap::new(); dimensions],
            names: vec![Vec::new(); dimensions],
            ..Self::default()
        }
    }

    /// Number of a label of dimension `dimension`, counted from 0 in order of sight.
    pub fn label(&mut self, dimension: usize, label: &str) -> u32 {
        let Some(known) = self.labels.get_mut(dimension) else {
            return 0;
        };
        if let Some(number) = known.get(label) {
            return *number;
        }
        let number = u32::try_from(known.len()).unwrap_or(u32::MAX);
        known.insert(label.to_owned(), number);
        self.names[dimension].push(label.to_owned());
        number
    }

    /// Counts one record in the cell of these label numbers.
    pub fn add(&mut self, key: &[u32], person: Person) {
        let cell = self.cell(key);
        self.records[cell as usize] += 1;
        match person {
            Person::Known(subject) => {
                self.identified += 1;
                self.cell_of.push(cell);
                self.subject_of.push(subject);
                if self.subject_of.len() >= 2 * self.settled + SETTLE_AT {
                    self.settle();
                }
            }
            Person::Own => self.singles[cell as usize] += 1,
            Person::Nobody => {}
        }
    }

    fn cell(&mut self, key: &[u32]) -> u32 {
        if let Some(cell) = self.cells.get(key) {
            return *cell;
        }
        let cell = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.cells.insert(key.into(), cell);
        self.records.push(0);
        self.singles.push(0);
        cell
    }

    /// Records whose subject an earlier record had already.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        let mut distinct = self.subject_of.clone();
        distinct.sort_unstable();
        distinct.dedup();
        self.identified - distinct.len() as u64
    }

    /// Drops repeats of a subject in a cell.
    fn settle(&mut self) {
        let mut pairs: Vec<(u32, u64)> = self
            .cell_of
            .iter()
            .copied()
            .zip(self.subject_of.iter().copied())
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        self.cell_of.clear();
        self.subject_of.clear();
        self.cell_of.extend(pairs.iter().map(|pair| pair.0));
        self.subject_of.extend(pairs.iter().map(|pair| pair.1));
        self.settled = pairs.len();
    }

    /// The cells by their labels, sorted by code point.
    #[must_use]
    pub fn finish(mut self) -> BTreeMap<Vec<String>, CellCount> {
        self.settle();
        let mut persons = std::mem::take(&mut self.singles);
        for cell in &self.cell_of {
            persons[*cell as usize] += 1;
        }
        self.cells
            .iter()
            .map(|(key, cell)| {
                let at = *cell as usize;
                let labels = key
                    .iter()
                    .zip(&self.names)
                    .map(|(number, names)| names[*number as usize].clone());
                (
                    labels.collect(),
                    CellCount {
                        records: self.records[at],
                        persons: persons[at],
                    },
                )
            })
            .collect()
    }
}

/// Pairs after which repeats are first dropped.
const SETTLE_AT: usize = 1 << 21;

impl Tally for TableTally {
    fn merge(&mut self, other: Self) {
        if self.labels.is_empty() {
            *self = other;
            return;
        }
        let renumbered: Vec<Vec<u32>> = other
            .names
            .iter()
            .enumerate()
            .map(|(dimension, names)| {
                names
                    .iter()
                    .map(|name| self.label(dimension, name))
                    .collect()
            })
            .collect();
        let mut cell_numbers = vec![0; other.records.len()];
        for (key, cell) in &other.cells {
            let mine: Vec<u32> = key
                .iter()
                .zip(&renumbered)
                .map(|(number, new)| new[*number as usize])
                .collect();
            let at = self.cell(&mine);
            cell_numbers[*cell as usize] = at;
            self.records[at as usize] += other.records[*cell as usize];
            self.singles[at as usize] += other.singles[*cell as usize];
        }
        self.cell_of.extend(
            other
                .cell_of
                .iter()
                .map(|cell| cell_numbers[*cell as usize]),
        );
        self.subject_of.extend(other.subject_of);
        self.identified += other.identified;
    }
}

/// Stored form of a table's tally: cells by labels, subjects as keyed hashes.
#[derive(Serialize, Deserialize)]
struct Stored {
    identified: u64,
    cells: Vec<StoredCell>,
}

#[derive(Serialize, Deserialize)]
struct StoredCell {
    labels: Vec<String>,
    records: u64,
    singles: u64,
    subjects: Vec<u64>,
}

impl Serialize for TableTally {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut settled = self.clone();
        settled.settle();
        let mut cells: Vec<StoredCell> = settled
            .cells
            .iter()
            .map(|(key, cell)| StoredCell {
                labels: key
                    .iter()
                    .zip(&settled.names)
                    .map(|(number, names)| names[*number as usize].clone())
                    .collect(),
                records: settled.records[*cell as usize],
                singles: settled.singles[*cell as usize],
                subjects: settled
                    .cell_of
                    .iter()
                    .zip(&settled.subject_of)
                    .filter(|(of, _)| *of == cell)
                    .map(|(_, subject)| *subject)
                    .collect(),
            })
            .collect();
        cells.sort_by(|a, b| a.labels.cmp(&b.labels));
        Stored {
            identified: self.identified,
            cells,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TableTally {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let dimensions = stored.cells.first().map_or(0, |cell| cell.labels.len());
        let mut tally = TableTally::new(dimensions);
        for cell in stored.cells {
            if cell.labels.len() != dimensions {
                return Err(serde::de::Error::custom("cells of different dimensions"));
            }
            let key: Vec<u32> = cell
                .labels
                .iter()
                .enumerate()
                .map(|(dimension, label)| tally.label(dimension, label))
                .collect();
            let at = tally.cell(&key);
            tally.records[at as usize] += cell.records;
            tally.singles[at as usize] += cell.singles;
            for subject in cell.subjects {
                tally.cell_of.push(at);
                tally.subject_of.push(subject);
            }
        }
        tally.identified = stored.identified;
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (u8, u8, Option<u64>);

    fn count(rows: &[Row]) -> TableTally {
        let mut tally = TableTally::new(2);
        for (a, b, subject) in rows {
            let key = [
                tally.label(0, &a.to_string()),
                tally.label(1, &b.to_string()),
            ];
            tally.add(&key, subject.map_or(Person::Own, Person::Known));
        }
        tally
    }

    fn plain(rows: &[Row]) -> BTreeMap<Vec<String>, CellCount> {
        let mut sets: BTreeMap<Vec<String>, (u64, u64, std::collections::BTreeSet<u64>)> =
            BTreeMap::new();
        for (a, b, subject) in rows {
            let cell = sets.entry(vec![a.to_string(), b.to_string()]).or_default();
            cell.0 += 1;
            match subject {
                Some(subject) => {
                    cell.2.insert(*subject);
                }
                None => cell.1 += 1,
            }
        }
        sets.into_iter()
            .map(|(key, (records, own, set))| {
                (
                    key,
                    CellCount {
                        records,
                        persons: own + set.len() as u64,
                    },
                )
            })
            .collect()
    }

    proptest! {
        #[test]
        fn parts_merged_in_any_order_count_like_the_whole(
            rows in prop::collection::vec((0u8..4, 0u8..4, prop::option::of(0u64..6)), 0..60),
            cut in 0usize..60,
        ) {
            let (a, b) = rows.split_at(cut.min(rows.len()));
            let mut ab = count(a);
            ab.merge(count(b));
            let mut ba = TableTally::default();
            ba.merge(count(b));
            ba.merge(count(a));
            prop_assert_eq!(ab.finish(), plain(&rows));
            prop_assert_eq!(ba.finish(), plain(&rows));
        }

        #[test]
        fn the_serialised_form_counts_the_same(
            rows in prop::collection::vec((0u8..4, 0u8..4, prop::option::of(0u64..6)), 0..60),
        ) {
            let text = serde_json::to_string(&count(&rows)).unwrap();
            let back: TableTally = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back.finish(), plain(&rows));
        }
    }
}
