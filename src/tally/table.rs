//! Cells of a release's tables: records, distinct persons, distinct values and
//! sums behind each, for any number of tables in one reading.
//!
//! Labels are numbered once for all tables, a cell is a short row of numbers,
//! and who stands in which cell is kept as pairs of a keyed hash and a cell.
//! Coarser cells are counted from those pairs at the end, so that a person in
//! two branches of one sector is one person of the sector. Holds labels that
//! may be published, counts and keyed hashes; no raw value.

use std::collections::BTreeMap;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use serde::{Deserialize, Serialize};

use super::Tally;
use super::pairs::{Amounts, Pairs};

/// Counts of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellCount {
    /// Records.
    pub records: u64,
    /// Distinct subjects; records without an identifier count as the policy says.
    pub persons: u64,
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

/// What a table counts by and what it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Of each label of a cell, the dictionary that numbers it.
    pub labels: Vec<usize>,
    /// Columns whose distinct values are counted.
    pub distinct: usize,
    /// Columns that are summed.
    pub sums: usize,
}

/// What a record adds to a cell beside itself.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Whom it counts as.
    pub person: Person,
    /// Record key of a record that is a subject of its own; 0 where cells need none.
    pub own_key: u64,
    /// Keyed hashes of the values that are counted once; `None` where missing.
    pub distinct: &'a [Option<u64>],
    /// Amounts in units of 10⁻⁹; `None` where missing.
    pub amounts: &'a [Option<i128>],
}

/// Labels by number.
#[derive(Debug, Clone, Default)]
struct Dictionary {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Dictionary {
    fn number(&mut self, label: &str) -> u32 {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(ALL);
        self.numbers.insert(label.to_owned(), number);
        self.names.push(label.to_owned());
        number
    }
}

/// Stands for every label of a level, in the key of a cell.
pub const ALL: u32 = u32::MAX;

/// The cells of one table.
#[derive(Debug, Clone, Default)]
struct Cells {
    shape: Shape,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Label numbers, `shape.labels.len()` a cell.
    keys: Vec<u32>,
    /// Records of each cell.
    records: Vec<u64>,
    /// Persons of each cell that are counted one by one, without a subject's hash.
    singles: Vec<u64>,
    /// Sums of their record keys.
    single_keys: Vec<u64>,
    persons: Pairs,
    distinct: Vec<Pairs>,
    sums: Vec<Amounts>,
    /// Records with a value, a column summed and cell.
    values: Vec<Vec<u64>>,
}

impl Cells {
    fn new(shape: Shape) -> Self {
        Self {
            distinct: vec![Pairs::default(); shape.distinct],
            sums: vec![Amounts::default(); shape.sums],
            values: vec![Vec::new(); shape.sums],
            shape,
            ..Self::default()
        }
    }

    fn cell(&mut self, key: &[u32]) -> usize {
        let width = key.len();
        let Self {
            index,
            hasher,
            keys,
            ..
        } = self;
        let hash = |key: &[u32]| std::hash::BuildHasher::hash_one(&*hasher, key);
        let row = |cell: u32| {
            let from = cell as usize * width;
            keys.get(from..from + width).unwrap_or_default()
        };
        let wanted = hash(key);
        if let Some(cell) = index.find(wanted, |cell| row(*cell) == key) {
            return *cell as usize;
        }
        let at = self.records.len();
        let number = u32::try_from(at).unwrap_or(ALL);
        index.insert_unique(wanted, number, |cell| hash(row(*cell)));
        self.keys.extend_from_slice(key);
        self.records.push(0);
        self.singles.push(0);
        self.single_keys.push(0);
        for values in &mut self.values {
            values.push(0);
        }
        at
    }

    fn add(&mut self, key: &[u32], entry: &Entry<'_>) {
        let at = self.cell(key);
        let cell = u32::try_from(at).unwrap_or(ALL);
        self.records[at] += 1;
        let owner = match entry.person {
            Person::Known(subject) => {
                self.persons.add(subject, cell);
                Some(subject)
            }
            Person::Own => {
                self.singles[at] += 1;
                self.single_keys[at] = self.single_keys[at].wrapping_add(entry.own_key);
                None
            }
            Person::Nobody => None,
        };
        for (pairs, value) in self.distinct.iter_mut().zip(entry.distinct) {
            if let Some(value) = value {
                pairs.add(*value, cell);
            }
        }
        let amounts = self.sums.iter_mut().zip(&mut self.values);
        for ((sum, values), amount) in amounts.zip(entry.amounts) {
            if let Some(amount) = amount {
                sum.add(owner, cell, *amount);
                values[at] += 1;
            }
        }
    }

    fn merge(&mut self, other: &Self, renumbered: &[Vec<u32>]) {
        let width = other.shape.labels.len();
        let mut numbers = Vec::with_capacity(other.records.len());
        let mut key = vec![0; width];
        for at in 0..other.records.len() {
            let theirs = other.keys.get(at * width..(at + 1) * width);
            for ((mine, theirs), dictionary) in key
                .iter_mut()
                .zip(theirs.unwrap_or_default())
                .zip(&other.shape.labels)
            {
                *mine = renumbered[*dictionary][*theirs as usize];
            }
            let cell = self.cell(&key);
            self.records[cell] += other.records[at];
            self.singles[cell] += other.singles[at];
            self.single_keys[cell] = self.single_keys[cell].wrapping_add(other.single_keys[at]);
            for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
                mine[cell] += theirs[at];
            }
            numbers.push(u32::try_from(cell).unwrap_or(ALL));
        }
        self.persons.merge(&other.persons, &numbers);
        for (mine, theirs) in self.distinct.iter_mut().zip(&other.distinct) {
            mine.merge(theirs, &numbers);
        }
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            mine.merge(theirs, &numbers);
        }
    }
}

/// The tables of a release, counted together.
#[derive(Debug, Clone, Default)]
pub struct TableTally {
    dictionaries: Vec<Dictionary>,
    tables: Vec<Cells>,
    /// Records whose subject is known.
    identified: u64,
}

impl TableTally {
    /// Empty tables over so many dictionaries of labels.
    #[must_use]
    pub fn new(dictionaries: usize, shapes: &[Shape]) -> Self {
        Self {
            dictionaries: vec![Dictionary::default(); dictionaries],
            tables: shapes.iter().cloned().map(Cells::new).collect(),
            identified: 0,
        }
    }

    /// Number of a label in a dictionary, counted from 0 in order of sight.
    pub fn label(&mut self, dictionary: usize, label: &str) -> u32 {
        self.dictionaries
            .get_mut(dictionary)
            .map_or(0, |dictionary| dictionary.number(label))
    }

    /// Counts one record in the cell of `key`, label numbers of table `table`.
    pub fn add(&mut self, table: usize, key: &[u32], entry: &Entry<'_>) {
        if table == 0 && matches!(entry.person, Person::Known(_)) {
            self.identified += 1;
        }
        if let Some(cells) = self.tables.get_mut(table) {
            cells.add(key, entry);
        }
    }

    /// The counted tables, in their order, and the records whose subject an
    /// earlier record had already.
    #[must_use]
    pub fn finish(self) -> (Vec<Counted>, u64) {
        let Self {
            dictionaries,
            tables,
            identified,
        } = self;
        let ranks: Vec<Ranks> = dictionaries.into_iter().map(Ranks::new).collect();
        let mut repeats = 0;
        let counted = tables
            .into_iter()
            .enumerate()
            .map(|(at, cells)| {
                let counted = Counted::new(cells, &ranks);
                if at == 0 {
                    repeats = identified.saturating_sub(counted.cells.persons.hashes());
                }
                counted
            })
            .collect();
        (counted, repeats)
    }
}

impl Tally for TableTally {
    fn merge(&mut self, other: Self) {
        if self.tables.is_empty() {
            *self = other;
            return;
        }
        let renumbered: Vec<Vec<u32>> = other
            .dictionaries
            .iter()
            .zip(&mut self.dictionaries)
            .map(|(theirs, mine)| theirs.names.iter().map(|name| mine.number(name)).collect())
            .collect();
        for (mine, theirs) in self.tables.iter_mut().zip(&other.tables) {
            mine.merge(theirs, &renumbered);
        }
        self.identified += other.identified;
    }
}

/// The labels of a dictionary in the order of code points, and the place of each number there.
struct Ranks {
    names: Vec<String>,
    rank: Vec<u32>,
}

impl Ranks {
    fn new(dictionary: Dictionary) -> Self {
        let mut order: Vec<usize> = (0..dictionary.names.len()).collect();
        order.sort_unstable_by(|a, b| dictionary.names[*a].cmp(&dictionary.names[*b]));
        let mut rank = vec![0; order.len()];
        for (place, number) in order.iter().enumerate() {
            rank[*number] = u32::try_from(place).unwrap_or(ALL);
        }
        let mut names = dictionary.names;
        names.sort_unstable();
        Self { names, rank }
    }
}

/// One table, counted: its finest cells, and coarser ones on demand.
pub struct Counted {
    /// Labels of each level, sorted by code point; keys hold places in these.
    pub labels: Vec<Vec<String>>,
    cells: Cells,
}

/// Cells of one coarseness, sorted by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// Places of labels, as many a cell as the table has levels; [`ALL`] for levels not shown.
    pub keys: Vec<u32>,
    /// Of each finest cell, the cell of this layer that holds it.
    pub of_finest: Vec<u32>,
    /// Records.
    pub records: Vec<u64>,
    /// Distinct persons.
    pub persons: Vec<u64>,
    /// Sums of the record keys of the distinct persons, modulo 2⁶⁴.
    pub key_sums: Vec<u64>,
    /// Cell and owner, of cells with at most [`FEW`] persons: by any number that
    /// is the same for the same person.
    pub few: Vec<(u32, u64)>,
    /// Distinct values, a column counted.
    pub distinct: Vec<Vec<u64>>,
    /// Sums, a column summed.
    pub sums: Vec<Vec<Sum>>,
}

/// A sum and what its protection must know of those who add to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// In units of 10⁻⁹.
    pub total: i128,
    /// Records with a value.
    pub values: u64,
    /// Owners who add to it; each record without a subject is one.
    pub owners: u64,
    /// The largest contributions by size, falling, at most [`LARGEST`].
    pub largest: Vec<i128>,
    /// Sum of the sizes of all contributions.
    pub size: i128,
}

/// Persons of a cell up to which they are told apart.
pub const FEW: u64 = 3;

/// Contributions of a sum that are kept one by one.
pub const LARGEST: usize = 5;

impl Sum {
    fn contribute(&mut self, amount: i128) -> Option<()> {
        self.total = self.total.checked_add(amount)?;
        let size = amount.checked_abs()?;
        self.size = self.size.checked_add(size)?;
        self.owners += 1;
        let at = self.largest.partition_point(|larger| *larger >= size);
        if at < LARGEST {
            self.largest.insert(at, size);
            self.largest.truncate(LARGEST);
        }
        Some(())
    }
}

/// A sum that does not fit its type: nothing of it may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum is too large to be held exactly")]
pub struct Overflow;

impl Counted {
    fn new(mut cells: Cells, ranks: &[Ranks]) -> Self {
        let width = cells.shape.labels.len();
        for key in cells.keys.chunks_exact_mut(width.max(1)) {
            for (number, dictionary) in key.iter_mut().zip(&cells.shape.labels) {
                *number = ranks[*dictionary].rank[*number as usize];
            }
        }
        // Cells in the order of their labels, whatever thread saw them first.
        let key = |cell: u32| {
            let from = cell as usize * width;
            cells.keys.get(from..from + width).unwrap_or_default()
        };
        let count = u32::try_from(cells.records.len()).unwrap_or(ALL);
        let mut order: Vec<u32> = (0..count).collect();
        order.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        let mut numbers = vec![0; order.len()];
        for (place, cell) in order.iter().enumerate() {
            numbers[*cell as usize] = u32::try_from(place).unwrap_or(ALL);
        }
        let keys = order.iter().flat_map(|cell| key(*cell).to_vec()).collect();
        let moved = |counts: &[u64]| -> Vec<u64> {
            order.iter().map(|cell| counts[*cell as usize]).collect()
        };
        let mut sorted = Cells::new(cells.shape.clone());
        sorted.records = moved(&cells.records);
        sorted.singles = moved(&cells.singles);
        sorted.single_keys = moved(&cells.single_keys);
        sorted.values = cells.values.iter().map(|values| moved(values)).collect();
        sorted.persons.merge(&cells.persons, &numbers);
        sorted.persons.settle();
        for (mine, theirs) in sorted.distinct.iter_mut().zip(&cells.distinct) {
            mine.merge(theirs, &numbers);
            mine.settle();
        }
        for (mine, theirs) in sorted.sums.iter_mut().zip(&cells.sums) {
            mine.merge(theirs, &numbers);
            mine.settle();
        }
        sorted.keys = keys;
        let labels = sorted.shape.labels.iter();
        Self {
            labels: labels.map(|at| ranks[*at].names.clone()).collect(),
            cells: sorted,
        }
    }

    /// Levels of the table, over all its dimensions.
    #[must_use]
    pub fn width(&self) -> usize {
        self.labels.len()
    }

    /// Label places of a finest cell.
    #[must_use]
    pub fn key(&self, cell: usize) -> &[u32] {
        let width = self.width();
        self.cells
            .keys
            .get(cell * width..(cell + 1) * width)
            .unwrap_or_default()
    }

    /// Finest cells that are not empty.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.records.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.records.is_empty()
    }

    /// Whether a subject stands in more than one finest cell: then persons of
    /// cells do not add up to persons of their total.
    #[must_use]
    pub fn persons_overlap(&self) -> bool {
        let mut before = None;
        self.cells.persons.iter().any(|(subject, _)| {
            let again = before == Some(subject);
            before = Some(subject);
            again
        })
    }

    /// The cells with the levels in `shown` told apart and all others taken together.
    ///
    /// # Errors
    /// [`Overflow`] where a sum cannot be held.
    pub fn layer(&self, shown: &[bool]) -> Result<Layer, Overflow> {
        let (keys, of_finest) = self.roll(shown);
        let cells = &self.cells;
        let size = keys.len().checked_div(self.width()).unwrap_or(1);
        let mut layer = Layer {
            records: add_up(&cells.records, &of_finest, size),
            persons: add_up(&cells.singles, &of_finest, size),
            key_sums: add_up(&cells.single_keys, &of_finest, size),
            keys,
            of_finest,
            ..Layer::default()
        };
        // Hashes come in order, so that a cell has seen one iff it saw it last.
        let mut last: Vec<Option<u64>> = vec![None; size];
        for (subject, finest) in cells.persons.iter() {
            let cell = layer.of_finest[finest as usize] as usize;
            if last[cell] != Some(subject) {
                last[cell] = Some(subject);
                layer.persons[cell] += 1;
                layer.key_sums[cell] = layer.key_sums[cell].wrapping_add(subject);
            }
        }
        last.fill(None);
        for (subject, finest) in cells.persons.iter() {
            let cell = layer.of_finest[finest as usize];
            let seen = &mut last[cell as usize];
            if layer.persons[cell as usize] <= FEW && *seen != Some(subject) {
                *seen = Some(subject);
                layer.few.push((cell, subject));
            }
        }
        for (finest, (singles, cell)) in cells.singles.iter().zip(&layer.of_finest).enumerate() {
            if layer.persons[*cell as usize] <= FEW {
                let owners = (0..*singles).map(|at| (*cell, (finest as u64) << 2 | at));
                layer.few.extend(owners);
            }
        }
        for pairs in &cells.distinct {
            let mut counts = vec![0; size];
            last.fill(None);
            for (value, finest) in pairs.iter() {
                let cell = layer.of_finest[finest as usize] as usize;
                if last[cell] != Some(value) {
                    last[cell] = Some(value);
                    counts[cell] += 1;
                }
            }
            layer.distinct.push(counts);
        }
        for (amounts, values) in cells.sums.iter().zip(&cells.values) {
            layer
                .sums
                .push(sums(amounts, values, &layer.of_finest, size)?);
        }
        Ok(layer)
    }

    /// Keys of the coarser cells, sorted, and the coarser cell of each finest one.
    fn roll(&self, shown: &[bool]) -> (Vec<u32>, Vec<u32>) {
        let width = self.width();
        let coarse = |finest: u32| {
            let from = finest as usize * width;
            let key = self.cells.keys.get(from..from + width).unwrap_or_default();
            key.iter()
                .zip(shown)
                .map(|(place, shown)| if *shown { *place } else { ALL })
        };
        let count = u32::try_from(self.len()).unwrap_or(ALL);
        let mut order: Vec<u32> = (0..count).collect();
        if !shown.iter().all(|shown| *shown) {
            order.sort_by(|a, b| coarse(*a).cmp(coarse(*b)));
        }
        let mut keys: Vec<u32> = Vec::new();
        let mut of_finest = vec![0; order.len()];
        let mut size = 0u32;
        let mut before = None;
        for finest in order {
            if before.is_none_or(|before| !coarse(before).eq(coarse(finest))) {
                keys.extend(coarse(finest));
                size += 1;
                before = Some(finest);
            }
            of_finest[finest as usize] = size - 1;
        }
        (keys, of_finest)
    }

    /// The finest cells by their labels.
    #[must_use]
    pub fn finest(&self) -> BTreeMap<Vec<String>, CellCount> {
        let Ok(layer) = self.layer(&vec![true; self.width()]) else {
            return BTreeMap::new();
        };
        let width = self.width();
        (0..layer.records.len())
            .map(|at| {
                let key = layer.keys.get(at * width..(at + 1) * width);
                let labels = key.unwrap_or_default().iter().zip(&self.labels);
                (
                    labels
                        .map(|(place, labels)| labels[*place as usize].clone())
                        .collect(),
                    CellCount {
                        records: layer.records[at],
                        persons: layer.persons[at],
                    },
                )
            })
            .collect()
    }
}

fn add_up(counts: &[u64], of_finest: &[u32], size: usize) -> Vec<u64> {
    let mut sums = vec![0u64; size];
    for (count, cell) in counts.iter().zip(of_finest) {
        let sum = &mut sums[*cell as usize];
        *sum = sum.wrapping_add(*count);
    }
    sums
}

fn sums(
    amounts: &Amounts,
    values: &[u64],
    of_finest: &[u32],
    size: usize,
) -> Result<Vec<Sum>, Overflow> {
    if amounts.overflowed {
        return Err(Overflow);
    }
    let mut sums = vec![Sum::default(); size];
    for (cell, values) in of_finest.iter().zip(values) {
        sums[*cell as usize].values += values;
    }
    // What one owner adds to one coarser cell, from all its finest cells.
    let mut of_owner: Vec<(u32, i128)> = Vec::new();
    let mut rest = amounts.owned();
    while let Some((owner, _, _)) = rest.first() {
        let end = rest.partition_point(|entry| entry.0 <= *owner);
        let (mine, others) = rest.split_at(end);
        rest = others;
        of_owner.clear();
        of_owner.extend(
            mine.iter()
                .map(|(_, finest, amount)| (of_finest[*finest as usize], *amount)),
        );
        of_owner.sort_unstable();
        for group in of_owner.chunk_by(|a, b| a.0 == b.0) {
            let amount = group
                .iter()
                .try_fold(0i128, |sum, (_, amount)| sum.checked_add(*amount));
            let cell = group.first().map_or(0, |first| first.0);
            sums[cell as usize]
                .contribute(amount.ok_or(Overflow)?)
                .ok_or(Overflow)?;
        }
    }
    for (finest, amount) in amounts.own() {
        sums[of_finest[*finest as usize] as usize]
            .contribute(*amount)
            .ok_or(Overflow)?;
    }
    Ok(sums)
}

/// Stored form: labels in order, cells by their places, pairs by cell.
#[derive(Serialize, Deserialize)]
struct Stored {
    identified: u64,
    dictionaries: usize,
    tables: Vec<StoredTable>,
}

#[derive(Serialize, Deserialize)]
struct StoredTable {
    shape: Shape,
    labels: Vec<Vec<String>>,
    keys: Vec<u32>,
    records: Vec<u64>,
    singles: Vec<u64>,
    single_keys: Vec<u64>,
    values: Vec<Vec<u64>>,
    persons: Vec<(u64, u32)>,
    distinct: Vec<Vec<(u64, u32)>>,
    owned: Vec<Vec<(u64, u32, i128)>>,
    own: Vec<Vec<(u32, i128)>>,
    overflowed: Vec<bool>,
}

impl Serialize for TableTally {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (identified, dictionaries) = (self.identified, self.dictionaries.len());
        let (counted, _) = self.clone().finish();
        let tables = counted.into_iter().map(|Counted { labels, cells }| {
            let sums = cells.sums.iter();
            StoredTable {
                labels,
                keys: cells.keys,
                records: cells.records,
                singles: cells.singles,
                single_keys: cells.single_keys,
                values: cells.values,
                persons: cells.persons.iter().collect(),
                distinct: cells.distinct.iter().map(|p| p.iter().collect()).collect(),
                owned: sums.clone().map(|s| s.owned().to_vec()).collect(),
                own: sums.clone().map(|s| s.own().to_vec()).collect(),
                overflowed: sums.map(|s| s.overflowed).collect(),
                shape: cells.shape,
            }
        });
        let stored = Stored {
            identified,
            dictionaries,
            tables: tables.collect(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TableTally {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let broken = || serde::de::Error::custom("a table's tally that does not fit together");
        let shapes: Vec<Shape> = stored.tables.iter().map(|t| t.shape.clone()).collect();
        let mut tally = TableTally::new(stored.dictionaries, &shapes);
        tally.identified = stored.identified;
        for (at, table) in stored.tables.into_iter().enumerate() {
            let width = table.shape.labels.len();
            let cells = table.records.len();
            let fits = table.keys.len() == cells * width
                && table.labels.len() == width
                && table.singles.len() == cells
                && table.single_keys.len() == cells
                && table.values.len() == table.shape.sums
                && table.values.iter().all(|values| values.len() == cells);
            if !fits
                || table
                    .shape
                    .labels
                    .iter()
                    .any(|at| *at >= stored.dictionaries)
            {
                return Err(broken());
            }
            let within = |cell: u32| (cell as usize) < cells;
            let mut numbers = Vec::with_capacity(cells);
            for cell in 0..cells {
                let mut key = Vec::with_capacity(width);
                for level in 0..width {
                    let place = table.keys[cell * width + level] as usize;
                    let label = table.labels[level].get(place).ok_or_else(broken)?;
                    key.push(tally.label(table.shape.labels[level], label));
                }
                let mine = &mut tally.tables[at];
                let number = mine.cell(&key);
                mine.records[number] += table.records[cell];
                mine.singles[number] += table.singles[cell];
                mine.single_keys[number] =
                    mine.single_keys[number].wrapping_add(table.single_keys[cell]);
                for (mine, theirs) in mine.values.iter_mut().zip(&table.values) {
                    mine[number] += theirs[cell];
                }
                numbers.push(u32::try_from(number).map_err(|_| broken())?);
            }
            let mine = &mut tally.tables[at];
            for (hash, cell) in table.persons {
                mine.persons
                    .add(hash, *numbers.get(cell as usize).ok_or_else(broken)?);
            }
            for (mine, theirs) in mine.distinct.iter_mut().zip(table.distinct) {
                for (hash, cell) in theirs {
                    mine.add(hash, *numbers.get(cell as usize).ok_or_else(broken)?);
                }
            }
            for (sum, mine) in mine.sums.iter_mut().enumerate() {
                mine.overflowed = table.overflowed.get(sum).copied().unwrap_or(true);
                for (owner, cell, amount) in table.owned.get(sum).ok_or_else(broken)? {
                    within(*cell).then_some(()).ok_or_else(broken)?;
                    mine.add(Some(*owner), numbers[*cell as usize], *amount);
                }
                for (cell, amount) in table.own.get(sum).ok_or_else(broken)? {
                    within(*cell).then_some(()).ok_or_else(broken)?;
                    mine.add(None, numbers[*cell as usize], *amount);
                }
            }
        }
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Labels of two dimensions, subject, a value to be counted, an amount.
    type Row = (u8, u8, Option<u64>, Option<u64>, Option<i16>);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        prop::collection::vec(
            (
                0u8..3,
                0u8..3,
                prop::option::of(0u64..6),
                prop::option::of(0u64..4),
                prop::option::of(-50i16..50),
            ),
            0..60,
        )
    }

    fn shapes() -> Vec<Shape> {
        let shape = |labels: &[usize]| Shape {
            labels: labels.to_vec(),
            distinct: 1,
            sums: 1,
        };
        vec![shape(&[0, 1]), shape(&[1])]
    }

    fn count(rows: &[Row]) -> TableTally {
        let mut tally = TableTally::new(2, &shapes());
        for (a, b, subject, value, amount) in rows {
            let key = [
                tally.label(0, &a.to_string()),
                tally.label(1, &b.to_string()),
            ];
            let entry = Entry {
                person: subject.map_or(Person::Own, Person::Known),
                own_key: 1000,
                distinct: &[*value],
                amounts: &[amount.map(i128::from)],
            };
            tally.add(0, &key, &entry);
            tally.add(1, &key[1..], &entry);
        }
        tally
    }

    /// Every figure of the cells that `key` tells apart, counted slowly.
    #[allow(
        clippy::type_complexity,
        reason = "a plain reference names each figure"
    )]
    fn slow(
        rows: &[Row],
        key: impl Fn(&Row) -> Vec<u8>,
    ) -> BTreeMap<Vec<u8>, (u64, u64, u64, u64, Sum)> {
        let mut cells: BTreeMap<Vec<u8>, Vec<Row>> = BTreeMap::new();
        for row in rows {
            cells.entry(key(row)).or_default().push(*row);
        }
        let figures = |rows: Vec<Row>| {
            let subjects: BTreeSet<u64> = rows.iter().filter_map(|row| row.2).collect();
            let own = rows.iter().filter(|row| row.2.is_none()).count() as u64;
            let values: BTreeSet<u64> = rows.iter().filter_map(|row| row.3).collect();
            let mut sum = Sum::default();
            for subject in &subjects {
                let mut theirs = rows
                    .iter()
                    .filter(|row| row.2 == Some(*subject))
                    .filter_map(|row| row.4)
                    .peekable();
                if theirs.peek().is_some() {
                    sum.contribute(theirs.map(i128::from).sum()).unwrap();
                }
            }
            for row in rows.iter().filter(|row| row.2.is_none()) {
                if let Some(amount) = row.4 {
                    sum.contribute(i128::from(amount)).unwrap();
                }
            }
            sum.values = rows.iter().filter(|row| row.4.is_some()).count() as u64;
            let keys = subjects.iter().sum::<u64>() + own * 1000;
            let persons = subjects.len() as u64 + own;
            (rows.len() as u64, persons, keys, values.len() as u64, sum)
        };
        cells
            .into_iter()
            .map(|(key, rows)| (key, figures(rows)))
            .collect()
    }

    #[allow(
        clippy::type_complexity,
        reason = "a plain reference names each figure"
    )]
    fn fast(counted: &Counted, shown: &[bool]) -> BTreeMap<Vec<u8>, (u64, u64, u64, u64, Sum)> {
        let layer = counted.layer(shown).unwrap();
        let width = counted.width();
        (0..layer.records.len())
            .map(|at| {
                let key = layer.keys[at * width..(at + 1) * width]
                    .iter()
                    .zip(&counted.labels)
                    .filter(|(place, _)| **place != ALL)
                    .map(|(place, labels)| labels[*place as usize].parse().unwrap())
                    .collect();
                let figures = (
                    layer.records[at],
                    layer.persons[at],
                    layer.key_sums[at],
                    layer.distinct[0][at],
                    layer.sums[0][at].clone(),
                );
                (key, figures)
            })
            .collect()
    }

    fn agrees(tally: TableTally, rows: &[Row]) {
        let (counted, _) = tally.finish();
        assert_eq!(
            fast(&counted[0], &[true, true]),
            slow(rows, |row| vec![row.0, row.1])
        );
        assert_eq!(
            fast(&counted[0], &[true, false]),
            slow(rows, |row| vec![row.0])
        );
        assert_eq!(
            fast(&counted[0], &[false, true]),
            slow(rows, |row| vec![row.1])
        );
        assert_eq!(fast(&counted[0], &[false, false]), slow(rows, |_| vec![]));
        assert_eq!(fast(&counted[1], &[true]), slow(rows, |row| vec![row.1]));
    }

    proptest! {
        #[test]
        fn parts_merged_in_any_order_count_like_the_whole_at_every_level(
            rows in rows(), cut in 0usize..60,
        ) {
            let (a, b) = rows.split_at(cut.min(rows.len()));
            let mut ab = count(a);
            ab.merge(count(b));
            let mut ba = TableTally::default();
            ba.merge(count(b));
            ba.merge(count(a));
            let one = serde_json::to_string(&ab).unwrap();
            prop_assert_eq!(one, serde_json::to_string(&ba).unwrap());
            agrees(ab, &rows);
            agrees(ba, &rows);
        }

        #[test]
        fn the_serialised_form_counts_the_same(rows in rows()) {
            let text = serde_json::to_string(&count(&rows)).unwrap();
            let back: TableTally = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
            agrees(back, &rows);
        }

        #[test]
        fn persons_overlap_where_one_stands_in_two_cells(rows in rows()) {
            let mut cells: BTreeMap<u64, BTreeSet<(u8, u8)>> = BTreeMap::new();
            for row in &rows {
                if let Some(subject) = row.2 {
                    cells.entry(subject).or_default().insert((row.0, row.1));
                }
            }
            let overlap = cells.values().any(|cells| cells.len() > 1);
            let known = rows.iter().filter(|row| row.2.is_some()).count();
            let (counted, repeats) = count(&rows).finish();
            prop_assert_eq!(counted[0].persons_overlap(), overlap);
            prop_assert_eq!(repeats, (known - cells.len()) as u64);
        }
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error_and_no_number() {
        let mut tally = TableTally::new(
            1,
            &[Shape {
                labels: vec![0],
                distinct: 0,
                sums: 1,
            }],
        );
        let key = [tally.label(0, "a")];
        for _ in 0..2 {
            let entry = Entry {
                person: Person::Own,
                own_key: 0,
                distinct: &[],
                amounts: &[Some(i128::MAX)],
            };
            tally.add(0, &key, &entry);
        }
        let (counted, _) = tally.finish();
        assert_eq!(counted[0].layer(&[true]), Err(Overflow));
    }
}
