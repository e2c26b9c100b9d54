//! The one tally behind every measure: distinct combinations of values, and how
//! many records and people stand behind each.
//!
//! It is made in one streaming pass, merges, and holds codes of values, not
//! values: a value is known by a keyed hash of 128 bits, and its text is kept
//! for those columns only whose hierarchy has to read it. Everything else
//! ([`super::measures`], [`super::lattice`]) is computed from it alone.
//!
//! Memory: 32 bytes a distinct value, 4 bytes a column and 16 bytes more for
//! each distinct combination, and 12 bytes a record where a subject is named.

use std::borrow::Cow;

use hashbrown::HashTable;

use super::hierarchy::Hierarchy;
use crate::cell::CellBuf;
use crate::tally::{Person, Tally};

/// Hashes values under a key drawn for this run.
#[derive(Clone)]
pub struct ValueKey {
    key: [u8; 16],
}

impl ValueKey {
    /// A fresh key.
    ///
    /// # Errors
    /// Where the system has no random bytes.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)?;
        Ok(Self { key })
    }

    /// The keyed hash of a value.
    #[inline]
    #[must_use]
    pub fn of(&self, value: &str) -> u128 {
        let hasher = siphasher::sip128::SipHasher13::new_with_key(&self.key);
        hasher.hash(value.as_bytes()).as_u128()
    }
}

/// Codes of one column's values, in the order in which they came.
#[derive(Default)]
struct Codes {
    places: HashTable<(u128, u32)>,
    hashes: Vec<u128>,
    texts: Option<Vec<CellBuf>>,
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a keyed hash: any half will do"
)]
fn half(hash: u128) -> u64 {
    hash as u64
}

/// Mixes codes, which are our own numbers, for a place in a table.
#[inline]
fn mixed(codes: &[u32]) -> u64 {
    codes.iter().fold(0x243f_6a88_85a3_08d3, |hash: u64, code| {
        let next = (hash.rotate_left(23) ^ u64::from(*code)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        next ^ (next >> 32)
    })
}

impl Codes {
    fn code(&mut self, hash: u128, text: impl FnOnce() -> CellBuf) -> u32 {
        let next = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        let entry = self.places.entry(
            half(hash),
            |(known, _)| *known == hash,
            |(known, _)| half(*known),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => found.get().1,
            hashbrown::hash_table::Entry::Vacant(free) => {
                free.insert((hash, next));
                self.hashes.push(hash);
                if let Some(texts) = &mut self.texts {
                    texts.push(text());
                }
                next
            }
        }
    }
}

/// Combinations of values and what stands behind them.
#[derive(Default)]
pub struct Histogram {
    columns: Vec<Codes>,
    /// Codes of each combination, `columns.len()` each.
    tuples: Vec<u32>,
    records: Vec<u32>,
    places: HashTable<u32>,
    /// Combination and subject of each record with a known subject.
    seen_tuple: Vec<u32>,
    seen_subject: Vec<u64>,
    /// Records that are a person of their own, by combination; empty where all are.
    own: Vec<u32>,
    subjects: bool,
}

impl Histogram {
    /// An empty tally of columns, with the texts of some of them; `subjects`
    /// says whether people have an identifier.
    #[must_use]
    pub fn new(keep_text: &[bool], subjects: bool) -> Self {
        Self {
            columns: keep_text
                .iter()
                .map(|keep| Codes {
                    texts: keep.then(Vec::new),
                    ..Codes::default()
                })
                .collect(),
            subjects,
            ..Self::default()
        }
    }

    /// Adds a record: its values, one a column, and its person.
    pub fn add<'v>(
        &mut self,
        key: &ValueKey,
        value: impl Fn(usize) -> &'v str,
        person: Person,
        scratch: &mut Vec<u32>,
    ) {
        scratch.clear();
        for (at, codes) in self.columns.iter_mut().enumerate() {
            let text = value(at);
            scratch.push(codes.code(key.of(text), || CellBuf::new(text.to_owned())));
        }
        self.add_codes(scratch, 1, person);
    }

    fn place(&mut self, codes: &[u32]) -> u32 {
        let width = codes.len();
        let Self {
            tuples,
            places,
            records,
            ..
        } = self;
        let known = |at: u32| tuples.get(at as usize * width..(at as usize + 1) * width);
        let entry = places.entry(
            mixed(codes),
            |at| known(*at) == Some(codes),
            |at| mixed(known(*at).unwrap_or_default()),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => *found.get(),
            hashbrown::hash_table::Entry::Vacant(free) => {
                let next = u32::try_from(records.len()).unwrap_or(u32::MAX);
                free.insert(next);
                tuples.extend_from_slice(codes);
                records.push(0);
                if self.subjects {
                    self.own.push(0);
                }
                next
            }
        }
    }

    fn add_codes(&mut self, codes: &[u32], count: u32, person: Person) {
        let at = self.place(codes);
        if let Some(records) = self.records.get_mut(at as usize) {
            *records = records.saturating_add(count);
        }
        match person {
            Person::Known(subject) => {
                self.seen_tuple.push(at);
                self.seen_subject.push(subject);
            }
            Person::Own => {
                if let Some(own) = self.own.get_mut(at as usize) {
                    *own += count;
                }
            }
            Person::Nobody => {}
        }
    }

    /// Distinct combinations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no record was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Records added.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records.iter().map(|count| u64::from(*count)).sum()
    }

    /// Distinct values of a column.
    #[must_use]
    pub fn values(&self, column: usize) -> usize {
        self.columns
            .get(column)
            .map_or(0, |codes| codes.hashes.len())
    }

    /// Texts of a column by code, where they were asked for.
    #[must_use]
    pub fn texts(&self, column: usize) -> &[CellBuf] {
        self.columns
            .get(column)
            .and_then(|codes| codes.texts.as_deref())
            .unwrap_or_default()
    }

    /// The combinations of another tally of the same columns, made under the
    /// same key, with their values numbered as here. Values that only the other
    /// has get numbers here too; no record is added.
    pub fn beside(&mut self, other: Self) -> Base {
        let mut renamed: Vec<Vec<u32>> = Vec::new();
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            let text = |at: usize| {
                let texts = theirs.texts.as_ref();
                texts
                    .and_then(|texts| texts.get(at))
                    .map_or_else(CellBuf::default, |text| {
                        CellBuf::new(text.text().to_owned())
                    })
            };
            let hashes = theirs.hashes.iter().enumerate();
            renamed.push(
                hashes
                    .map(|(at, hash)| mine.code(*hash, || text(at)))
                    .collect(),
            );
        }
        let width = self.columns.len();
        let mut base = other.finish(width);
        for (codes, renamed) in base.codes.iter_mut().zip(&renamed) {
            for code in codes {
                *code = renamed.get(*code as usize).copied().unwrap_or(u32::MAX);
            }
        }
        base
    }

    /// Ends the pass: the first `quasi` columns make the classes, the others
    /// are sensitive.
    #[must_use]
    pub fn finish(self, quasi: usize) -> Base {
        let width = self.columns.len();
        let count = self.records.len();
        // What is not needed any more goes before the next large thing comes.
        drop(self.places);
        let mut pairs: Vec<(u64, u32)> =
            self.seen_subject.into_iter().zip(self.seen_tuple).collect();
        let column = |at: usize| -> Vec<u32> {
            self.tuples
                .iter()
                .skip(at)
                .step_by(width.max(1))
                .copied()
                .collect()
        };
        let codes: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let sorting = scope.spawn(|| {
                pairs.sort_unstable();
                pairs.dedup();
            });
            let codes = (0..width).map(column).collect();
            if let Err(cause) = sorting.join() {
                std::panic::resume_unwind(cause);
            }
            codes
        });
        drop(self.tuples);
        let sizes = self
            .columns
            .iter()
            .map(|codes| codes.hashes.len())
            .collect();
        let texts = self
            .columns
            .into_iter()
            .map(|codes| codes.texts.unwrap_or_default())
            .collect();
        let mut persons = if self.subjects {
            self.own
        } else {
            self.records.clone()
        };
        let mut several = Vec::new();
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            for (_, tuple) in same {
                if let Some(persons) = persons.get_mut(*tuple as usize) {
                    *persons += 1;
                }
            }
            if same.len() > 1 {
                several.push(same.iter().map(|(_, tuple)| *tuple).collect());
            }
        }
        Base {
            quasi,
            count,
            codes,
            sizes,
            texts,
            records: self.records,
            persons,
            several,
        }
    }
}

impl Tally for Histogram {
    fn merge(&mut self, mut other: Self) {
        if self.columns.is_empty() {
            *self = other;
            return;
        }
        if self.records.len() < other.records.len() {
            std::mem::swap(self, &mut other);
        }
        drop(std::mem::take(&mut other.places));
        let width = self.columns.len();
        let mut renamed: Vec<Vec<u32>> = Vec::with_capacity(width);
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            let mut texts = theirs.texts.unwrap_or_default().into_iter();
            renamed.push(
                theirs
                    .hashes
                    .iter()
                    .map(|hash| {
                        let text = texts.next().unwrap_or_default();
                        mine.code(*hash, || text)
                    })
                    .collect(),
            );
        }
        let mut moved = Vec::with_capacity(other.records.len());
        let mut codes = Vec::with_capacity(width);
        for (at, tuple) in other.tuples.chunks_exact(width).enumerate() {
            codes.clear();
            codes.extend(
                tuple
                    .iter()
                    .zip(&renamed)
                    .map(|(code, names)| names.get(*code as usize).copied().unwrap_or(u32::MAX)),
            );
            let place = self.place(&codes);
            let count = other.records.get(at).copied().unwrap_or(0);
            if let Some(records) = self.records.get_mut(place as usize) {
                *records = records.saturating_add(count);
            }
            if let (Some(mine), Some(theirs)) =
                (self.own.get_mut(place as usize), other.own.get(at))
            {
                *mine += theirs;
            }
            moved.push(place);
        }
        self.seen_tuple.extend(
            other
                .seen_tuple
                .iter()
                .map(|at| moved.get(*at as usize).copied().unwrap_or(u32::MAX)),
        );
        self.seen_subject.extend(other.seen_subject);
    }
}

/// A finished tally: what measures and searches are computed from.
#[derive(Clone)]
pub struct Base {
    /// Columns that make classes: the first of all.
    pub quasi: usize,
    /// Combinations.
    pub count: usize,
    /// Codes by column, then by combination.
    pub codes: Vec<Vec<u32>>,
    /// Distinct values by column.
    pub sizes: Vec<usize>,
    /// Texts by column and code, where they were asked for.
    pub texts: Vec<Vec<CellBuf>>,
    /// Records by combination.
    pub records: Vec<u32>,
    /// Distinct people by combination.
    pub persons: Vec<u32>,
    /// For each person in several combinations, those.
    pub several: Vec<Vec<u32>>,
}

impl Base {
    /// From rows as they lie: codes by column and row, distinct values by
    /// column, and each row's subject, where rows have one.
    #[must_use]
    pub fn from_rows(
        codes: Vec<Vec<u32>>,
        sizes: Vec<usize>,
        quasi: usize,
        subjects: Option<&[Option<u64>]>,
    ) -> Base {
        let count = codes.first().map_or(0, Vec::len);
        let mut several = Vec::new();
        if let Some(subjects) = subjects {
            let known = (0u32..)
                .zip(subjects)
                .filter_map(|(row, s)| Some(((*s)?, row)));
            let mut pairs: Vec<(u64, u32)> = known.collect();
            pairs.sort_unstable();
            for same in pairs
                .chunk_by(|a, b| a.0 == b.0)
                .filter(|same| same.len() > 1)
            {
                several.push(same.iter().map(|(_, row)| *row).collect());
            }
        }
        let rows = Base {
            quasi,
            count,
            texts: Vec::new(),
            records: vec![1; count],
            persons: vec![1; count],
            several,
            sizes: sizes.clone(),
            codes: Vec::new(),
        };
        let columns: Vec<&[u32]> = codes.iter().map(Vec::as_slice).collect();
        rows.grouped(&columns, sizes).0
    }

    /// Distinct people.
    #[must_use]
    pub fn people(&self) -> u64 {
        let twice: usize = self.several.iter().map(|tuples| tuples.len() - 1).sum();
        self.persons.iter().map(|n| u64::from(*n)).sum::<u64>() - twice as u64
    }

    /// The same over the quasi columns alone, and for each combination the
    /// place of its class there.
    #[must_use]
    pub fn without_sensitive(&self) -> (Cow<'_, Base>, Vec<u32>) {
        if self.quasi == self.codes.len() {
            let all = 0..u32::try_from(self.count).unwrap_or(u32::MAX);
            return (Cow::Borrowed(self), all.collect());
        }
        let columns: Vec<&[u32]> = self
            .codes
            .iter()
            .take(self.quasi)
            .map(Vec::as_slice)
            .collect();
        let (base, of) = self.grouped(
            &columns,
            self.sizes.iter().take(self.quasi).copied().collect(),
        );
        (Cow::Owned(base), of)
    }

    /// The same with every quasi column at a level of its hierarchy.
    #[must_use]
    pub fn coarsened(&self, hierarchies: &[Hierarchy], levels: &[usize]) -> Base {
        let mut sizes = self.sizes.clone();
        let mut codes = self.codes.clone();
        for (at, (hierarchy, level)) in hierarchies.iter().zip(levels).enumerate() {
            if let (Some(labels), Some(codes), Some(size)) = (
                hierarchy.levels.get(*level),
                codes.get_mut(at),
                sizes.get_mut(at),
            ) {
                for code in codes {
                    *code = labels.get(*code as usize).copied().unwrap_or(u32::MAX);
                }
                *size = hierarchy.sizes.get(*level).copied().unwrap_or(0);
            }
        }
        let columns: Vec<&[u32]> = codes.iter().map(Vec::as_slice).collect();
        self.grouped(&columns, sizes).0
    }

    /// Puts combinations that agree in these columns together.
    fn grouped(&self, columns: &[&[u32]], sizes: Vec<usize>) -> (Base, Vec<u32>) {
        let mut places: HashTable<u32> = HashTable::new();
        let mut firsts: Vec<u32> = Vec::new();
        let mut of = Vec::with_capacity(self.count);
        let key = |at: u32| -> u64 {
            columns
                .iter()
                .fold(0x243f_6a88_85a3_08d3, |hash: u64, codes| {
                    let code = codes.get(at as usize).copied().unwrap_or(u32::MAX);
                    let next = (hash.rotate_left(23) ^ u64::from(code))
                        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    next ^ (next >> 32)
                })
        };
        let same = |a: u32, b: u32| {
            columns
                .iter()
                .all(|codes| codes.get(a as usize) == codes.get(b as usize))
        };
        for at in 0..u32::try_from(self.count).unwrap_or(u32::MAX) {
            let new = u32::try_from(firsts.len()).unwrap_or(u32::MAX);
            let entry = places.entry(
                key(at),
                |class| {
                    firsts
                        .get(*class as usize)
                        .is_some_and(|first| same(*first, at))
                },
                |class| firsts.get(*class as usize).map_or(0, |first| key(*first)),
            );
            let class = match entry {
                hashbrown::hash_table::Entry::Occupied(found) => *found.get(),
                hashbrown::hash_table::Entry::Vacant(free) => {
                    free.insert(new);
                    firsts.push(at);
                    new
                }
            };
            of.push(class);
        }
        let mut records = vec![0u32; firsts.len()];
        let mut persons = vec![0u32; firsts.len()];
        for (at, class) in of.iter().enumerate() {
            records[*class as usize] += self.records[at];
            persons[*class as usize] += self.persons[at];
        }
        let mut several = Vec::new();
        for tuples in &self.several {
            let mut classes: Vec<u32> = tuples.iter().map(|tuple| of[*tuple as usize]).collect();
            classes.sort_unstable();
            for same in classes.chunk_by(|a, b| a == b) {
                persons[same[0] as usize] -= u32::try_from(same.len() - 1).unwrap_or(0);
            }
            classes.dedup();
            if classes.len() > 1 {
                several.push(classes);
            }
        }
        let base = Base {
            quasi: self.quasi,
            count: firsts.len(),
            codes: columns
                .iter()
                .map(|codes| firsts.iter().map(|at| codes[*at as usize]).collect())
                .collect(),
            sizes,
            texts: Vec::new(),
            records,
            persons,
            several,
        };
        (base, of)
    }
}
