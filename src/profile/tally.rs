//! What is counted of columns and of records, and how parts of it add up.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::look::{self, Looker};
use super::shape;
use super::sketch::{BuildEven, Distinct, Heavy, Pairs, Salt};
use super::value::{self, Look, flag};
use super::words::{self, Role};
use crate::kinds::fold::fold;
use crate::kinds::{CivilDate, Kind, KindOptions, Scanner, Scratch};
use crate::tally::Tally;

/// What is known of a column before it is counted.
pub(super) struct Spec {
    pub(super) name: String,
    pub(super) role: Option<(Role, &'static str)>,
    /// Kinds asked about every value; at most eight.
    pub(super) leads: Vec<&'static dyn Kind>,
    /// Whether every value is searched for identifiers.
    pub(super) text: bool,
}

/// What is known of the records before they are counted.
#[derive(Default)]
pub(super) struct Roles {
    /// The column that tells persons apart, and its kind.
    pub(super) identifier: Option<(usize, &'static dyn Kind)>,
    pub(super) name: Option<usize>,
    pub(super) birth: Option<usize>,
    pub(super) sex: Option<usize>,
}

/// Lengths counted one by one; the last holds all that are longer.
pub(super) const LENGTHS: usize = 65;

/// Shapes a column keeps at most.
const SHAPES: usize = 512;

/// Shapes by number.
#[derive(Default)]
pub(super) struct Shapes {
    index: HashMap<Vec<(char, u16)>, u32>,
    pub(super) list: Vec<Vec<(char, u16)>>,
    pub(super) counts: Vec<u64>,
    /// Values whose shape found no room.
    pub(super) others: u64,
}

/// The number of a shape that found no room.
pub(super) const OTHER: u32 = u32::MAX;

impl Shapes {
    fn number(&mut self, runs: &[(char, u16)]) -> u32 {
        if let Some(known) = self.index.get(runs) {
            return *known;
        }
        if self.list.len() == SHAPES {
            return OTHER;
        }
        let number = self.list.len() as u32;
        self.index.insert(runs.to_vec(), number);
        self.list.push(runs.to_vec());
        self.counts.push(0);
        number
    }

    fn add(&mut self, number: u32, count: u64) {
        match self.counts.get_mut(number as usize) {
            Some(sum) => *sum += count,
            None => self.others += count,
        }
    }
}

/// Values of a kind: those that hold and those that have its form alone.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) valid: u64,
    pub(super) failed: u64,
}

impl Fit {
    fn add(&mut self, other: Self) {
        self.valid += other.valid;
        self.failed += other.failed;
    }

    pub(super) fn tested(self) -> u64 {
        self.valid + self.failed
    }
}

/// What is found inside texts, by kind.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Found {
    /// Spans.
    pub(super) spans: u64,
    /// Values with one or more.
    pub(super) cells: u64,
}

/// Counts of one column.
#[derive(Default)]
pub(super) struct Column {
    pub(super) records: u64,
    pub(super) filled: u64,
    pub(super) chars: u64,
    pub(super) shortest: Option<u32>,
    pub(super) longest: u32,
    pub(super) lengths: Vec<u64>,
    pub(super) flags: [u64; flag::COUNT],
    pub(super) shapes: Shapes,
    pub(super) distinct: Distinct,
    pub(super) heavy: Heavy,
    /// Cells with each of the words for nothing, by its number.
    pub(super) nothing: BTreeMap<u16, u64>,
    /// One a lead, of every value.
    pub(super) leads: Vec<Fit>,
    /// Of the first lead, by part of the input.
    pub(super) blocks: BTreeMap<(usize, u64), Fit>,
    /// Values that all kinds were asked about.
    pub(super) looked: u64,
    pub(super) kinds: BTreeMap<&'static str, Fit>,
    /// Values searched for identifiers inside.
    pub(super) searched: u64,
    pub(super) found: BTreeMap<&'static str, Found>,
    /// The values of the chunk at hand.
    here: HashMap<u64, Here, BuildEven>,
}

/// A value of the chunk at hand.
#[derive(Clone, Copy)]
struct Here {
    count: u32,
    look: Look,
    shape: u32,
    valid: u8,
    failed: u8,
}

/// Buffers that columns share.
#[derive(Default)]
pub(super) struct Desk {
    runs: Vec<(char, u16)>,
    normal: String,
    folded: String,
    looker: Looker,
    scratch: Scratch,
}

/// What a worker needs to count a value.
pub(super) struct Means<'a> {
    pub(super) salt: Salt,
    pub(super) options: &'a KindOptions,
    pub(super) scanner: &'a Scanner,
    /// The words for nothing, by hash.
    pub(super) nothing: &'a HashMap<u64, u16, BuildEven>,
}

/// The words for nothing under a key.
pub(super) fn nothing(salt: Salt) -> HashMap<u64, u16, BuildEven> {
    words::NOTHING
        .iter()
        .zip(0..)
        .map(|(word, at)| (salt.hash(word), at))
        .collect()
}

impl Column {
    /// Counts one value; `sampled` asks all kinds about it. Gives what it shows.
    pub(super) fn add(
        &mut self,
        spec: &Spec,
        value: Option<&str>,
        sampled: bool,
        means: &Means<'_>,
        desk: &mut Desk,
    ) -> u32 {
        self.records += 1;
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return 0;
        };
        let hash = means.salt.hash(value);
        let flags = match self.here.get_mut(&hash) {
            Some(here) => {
                here.count += 1;
                here.look.flags
            }
            None => {
                let here = self.see(spec, value, means, desk);
                self.here.insert(hash, here);
                here.look.flags
            }
        };
        if sampled {
            self.looked += 1;
            let kinds = &mut self.kinds;
            desk.looker.look(value, means.options, |kind, holds| {
                let fit = kinds.entry(kind.name()).or_default();
                if holds {
                    fit.valid += 1;
                } else {
                    fit.failed += 1;
                }
            });
        }
        if spec.text || (sampled && spec.leads.is_empty()) {
            self.search(value, means, desk);
        }
        flags
    }

    fn see(&mut self, spec: &Spec, value: &str, means: &Means<'_>, desk: &mut Desk) -> Here {
        let look = value::look(value);
        let shape = if spec.text {
            OTHER
        } else {
            shape::runs(value, &mut desk.runs);
            self.shapes.number(&desk.runs)
        };
        let (mut valid, mut failed) = (0, 0);
        for (at, kind) in spec.leads.iter().enumerate() {
            use crate::kinds::Misfit;
            match kind.normalise(value, means.options, &mut desk.normal) {
                Ok(()) => valid |= 1 << at,
                Err(Misfit::CheckDigit | Misfit::Date) => failed |= 1 << at,
                Err(_) => {}
            }
        }
        Here {
            count: 1,
            look,
            shape,
            valid,
            failed,
        }
    }

    fn search(&mut self, value: &str, means: &Means<'_>, desk: &mut Desk) {
        self.searched += 1;
        let hits = means.scanner.find(value, &mut desk.scratch);
        let trimmed = value.trim().len();
        let mut last = "";
        for hit in hits.iter().filter(|hit| hit.end - hit.start < trimmed) {
            let found = self.found.entry(hit.kind).or_default();
            found.spans += 1;
            found.cells += u64::from(last != hit.kind);
            last = hit.kind;
        }
    }

    /// Counts the values of a chunk that is over.
    pub(super) fn end_chunk(&mut self, spec: &Spec, means: &Means<'_>, place: (usize, u64)) {
        self.lengths.resize(LENGTHS, 0);
        self.leads.resize(spec.leads.len(), Fit::default());
        let mut block = Fit::default();
        let room = self.heavy.seen.len() < 2048;
        let mut here = std::mem::take(&mut self.here);
        for (hash, seen) in here.drain() {
            let count = u64::from(seen.count);
            self.filled += count;
            self.chars += u64::from(seen.look.chars) * count;
            self.shortest = Some(
                self.shortest
                    .map_or(seen.look.chars, |n| n.min(seen.look.chars)),
            );
            self.longest = self.longest.max(seen.look.chars);
            if let Some(sum) = self
                .lengths
                .get_mut((seen.look.chars as usize).min(LENGTHS - 1))
            {
                *sum += count;
            }
            for (at, sum) in self.flags.iter_mut().enumerate() {
                *sum += count * u64::from(seen.look.flags >> at & 1);
            }
            self.shapes.add(seen.shape, count);
            self.distinct.add(hash);
            if let Some(word) = means.nothing.get(&hash) {
                *self.nothing.entry(*word).or_default() += count;
            // A value that stands once a chunk is no frequent one.
            } else if room || seen.count > 1 || self.heavy.seen.contains_key(&hash) {
                self.heavy.add(hash, count, seen.shape);
            }
            for (at, fit) in self.leads.iter_mut().enumerate() {
                let one = Fit {
                    valid: count * u64::from(seen.valid >> at & 1),
                    failed: count * u64::from(seen.failed >> at & 1),
                };
                fit.add(one);
                if at == 0 {
                    block.add(one);
                }
            }
        }
        self.here = here;
        if block.tested() > 0 {
            self.blocks.entry(place).or_default().add(block);
        }
    }
}

impl Tally for Column {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.filled += other.filled;
        self.chars += other.chars;
        self.shortest = match (self.shortest, other.shortest) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.longest = self.longest.max(other.longest);
        let add = |mine: &mut Vec<u64>, theirs: &[u64]| {
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        };
        add(&mut self.lengths, &other.lengths);
        for (mine, theirs) in self.flags.iter_mut().zip(other.flags) {
            *mine += theirs;
        }
        let numbers: Vec<u32> = other
            .shapes
            .list
            .iter()
            .zip(&other.shapes.counts)
            .map(|(runs, count)| {
                let number = self.shapes.number(runs);
                self.shapes.add(number, *count);
                number
            })
            .collect();
        self.shapes.others += other.shapes.others;
        self.distinct.merge(other.distinct);
        self.heavy.merge(other.heavy, |number| {
            numbers.get(number as usize).copied().unwrap_or(OTHER)
        });
        for (word, count) in other.nothing {
            *self.nothing.entry(word).or_default() += count;
        }
        self.leads
            .resize(self.leads.len().max(other.leads.len()), Fit::default());
        for (mine, theirs) in self.leads.iter_mut().zip(other.leads) {
            mine.add(theirs);
        }
        for (place, fit) in other.blocks {
            self.blocks.entry(place).or_default().add(fit);
        }
        self.looked += other.looked;
        for (kind, fit) in other.kinds {
            self.kinds.entry(kind).or_default().add(fit);
        }
        self.searched += other.searched;
        for (kind, found) in other.found {
            let mine = self.found.entry(kind).or_default();
            mine.spans += found.spans;
            mine.cells += found.cells;
        }
    }
}

/// How what a number tells agrees with the column that claims it.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) struct Agreement {
    pub(super) agree: u64,
    pub(super) differ: u64,
}

/// Counts of whole records.
#[derive(Default)]
pub(super) struct Records {
    pub(super) read: u64,
    pub(super) blank: u64,
    pub(super) unreadable: BTreeMap<&'static str, u64>,
    pub(super) birth: Agreement,
    pub(super) sex: Agreement,
    pub(super) names: Pairs,
    /// Records with an oddity of writing in a column that is no text.
    pub(super) marked: u64,
    /// By how many columns of a record show one.
    pub(super) cells_marked: u64,
}

impl Records {
    /// Compares the columns of one record.
    pub(super) fn add<'v>(
        &mut self,
        roles: &Roles,
        value: impl Fn(usize) -> Option<&'v str>,
        means: &Means<'_>,
        desk: &mut Desk,
    ) {
        let Some((at, kind)) = roles.identifier else {
            return;
        };
        let Some(raw) = value(at).filter(|value| !value.is_empty()) else {
            return;
        };
        if kind
            .normalise(raw, means.options, &mut desk.normal)
            .is_err()
        {
            return;
        }
        let identifier = means.salt.hash(&desk.normal);
        let name = roles
            .name
            .and_then(&value)
            .filter(|name| !name.trim().is_empty())
            .map(|name| {
                fold(name, &mut desk.folded);
                means.salt.hash(&desk.folded)
            });
        self.names.add(identifier, name);
        let (birth, male) = look::derive(kind, &desk.normal);
        let claimed = roles
            .birth
            .and_then(&value)
            .and_then(|value| CivilDate::parse(value).ok());
        if let (Some(told), Some(claimed)) = (birth, claimed) {
            self.birth.count(told == claimed);
        }
        let claimed = roles.sex.and_then(&value).and_then(words::is_male);
        if let (Some(told), Some(claimed)) = (male, claimed) {
            self.sex.count(told == claimed);
        }
    }
}

impl Agreement {
    fn count(&mut self, same: bool) {
        if same {
            self.agree += 1;
        } else {
            self.differ += 1;
        }
    }
}

impl Tally for Records {
    fn merge(&mut self, other: Self) {
        self.read += other.read;
        self.blank += other.blank;
        for (reason, count) in other.unreadable {
            *self.unreadable.entry(reason).or_default() += count;
        }
        for (mine, theirs) in [(&mut self.birth, other.birth), (&mut self.sex, other.sex)] {
            mine.agree += theirs.agree;
            mine.differ += theirs.differ;
        }
        self.names.merge(other.names);
        self.marked += other.marked;
        self.cells_marked += other.cells_marked;
    }
}
