//! Equivalence classes of the extract: which rows look alike, and how many
//! distinct subjects stand behind each look.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::table::Person;
use crate::cell::CellBuf;

mod search;
mod suppress;

use search::Search;

/// Classes of rows, in the order in which rows were added.
///
/// Memory: 12 bytes a row and 24 a class, 4 bytes more a row for each sensitive
/// column under a limit; while the limit is applied, 24 bytes a row more.
#[derive(Debug, Default)]
pub struct Classes {
    numbers: HashMap<u128, u32>,
    class_of: Vec<u32>,
    subject_of: Vec<u64>,
    sensitive: Vec<Values>,
    /// Of each class the keyed hashes of its cells, where single values may be suppressed.
    cells: Vec<u128>,
    /// Texts of cells that may become coarser, by hash.
    labels: HashMap<u128, CellBuf>,
    singles: u64,
    /// Of each row what earlier releases show of its subject, as a number from
    /// 1 on; empty where none were given.
    joined: Vec<u32>,
    /// People by that number, in those releases.
    shown: Vec<u64>,
    /// Whether the low halves of the hashes name classes beyond this run.
    tagged: bool,
    /// Sizes of classes in earlier releases, by those names.
    before: Vec<HashMap<u64, u64>>,
    /// Least people by which a class may differ from what left of it before.
    apart: u64,
}

/// The hash of an empty cell of the column with this place among the quasi columns.
#[must_use]
pub fn empty_cell(column: usize) -> u128 {
    column as u128 + 1
}

#[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low(hash: u128) -> u64 {
    hash as u64
}

/// Values of one sensitive column, as numbers.
#[derive(Debug, Default)]
struct Values {
    numbers: HashMap<u64, u32>,
    of: Vec<u32>,
}

/// Sizes of classes as they may be reported: from, to, classes. Neighbouring
/// sizes are put together until at least `min` people stand behind each line;
/// where all together are fewer, there is none.
#[must_use]
pub fn merged_sizes(sizes: &BTreeMap<u64, u64>, min: u64) -> Vec<(u64, u64, u64)> {
    let mut lines: Vec<(u64, u64, u64)> = Vec::new();
    let mut people = min;
    for (size, classes) in sizes.iter().filter(|(_, classes)| **classes > 0) {
        match lines.last_mut().filter(|_| people < min) {
            Some(line) => {
                line.1 = *size;
                line.2 += classes;
                people += size * classes;
            }
            None => {
                lines.push((*size, *size, *classes));
                people = size * classes;
            }
        }
    }
    // What is left over joins the line before it.
    if people < min
        && let Some(last) = lines.pop()
        && let Some(line) = lines.last_mut()
    {
        line.1 = last.1;
        line.2 += last.2;
    }
    lines
}

/// What the rows that leave must satisfy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowLimits {
    /// Least distinct subjects of a class.
    pub k: u64,
    /// Least diversity of every sensitive column in a class.
    pub l: Option<Diversity>,
    /// Whether several rows of one subject can be told to be one subject's:
    /// then `k` subjects must share the whole set of rows.
    pub linked: bool,
}

/// Diversity of the sensitive values of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diversity {
    /// So many different values.
    Distinct(u64),
    /// exp of the entropy of at least this.
    Entropy(u64),
}

/// Why rows are kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Their class, or that of another row of the subject, has fewer than k subjects.
    Class,
    /// A sensitive column of it has too few values.
    Values,
    /// Too few subjects share the subject's set of rows.
    History,
    /// Too few others of whom earlier releases show the same are gone.
    Absent,
    /// Their class would be larger or smaller than in an earlier release by too few.
    Batch,
}

/// What a limit keeps back.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    /// A flag for each row.
    pub rows: Vec<bool>,
    /// Rows kept back.
    pub count: u64,
    /// The same by cause.
    pub causes: BTreeMap<Cause, u64>,
    /// Subjects of the smallest class that leaves; `None` where nothing does.
    pub smallest: Option<u64>,
    /// Classes that leave.
    pub classes: u64,
    /// Rows whose subject an earlier row had already.
    pub repeats: u64,
    /// Sizes in subjects of the classes under the limit, before anything was kept back: size, classes.
    pub small: BTreeMap<u64, u64>,
    /// For each row the quasi columns to be emptied, as bits; empty where nothing may be.
    pub blanks: Vec<u64>,
    /// Whether what is left was counted anew and meets every limit.
    pub holds: bool,
    /// Names of the classes that leave and their subjects, sorted; empty where
    /// classes have no names beyond this run.
    pub sizes: Vec<(u64, u64)>,
}

impl Classes {
    /// Adds the next row: the keyed hash of its quasi columns as they leave, its
    /// subject, and the keyed hashes of its sensitive values, always as many.
    /// Where single values may be suppressed, `cells` are the keyed hashes of
    /// its cells ([`empty_cell`] where there is none), and `class` is their sum.
    pub fn add(&mut self, class: u128, person: Person, sensitive: &[u64], cells: &[u128]) {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(class).or_insert(next);
        if number == next {
            self.cells.extend_from_slice(cells);
        }
        self.class_of.push(number);
        self.subject_of.push(match person {
            Person::Known(subject) => subject & KNOWN,
            Person::Own => {
                self.singles += 1;
                !KNOWN | self.singles
            }
            Person::Nobody => NOBODY,
        });
        if self.sensitive.len() < sensitive.len() {
            self.sensitive.resize_with(sensitive.len(), Values::default);
        }
        for (values, hash) in self.sensitive.iter_mut().zip(sensitive) {
            let next = u32::try_from(values.numbers.len()).unwrap_or(u32::MAX);
            values.of.push(*values.numbers.entry(*hash).or_insert(next));
        }
    }

    /// Classes beside earlier releases: people by what those show of them. The
    /// last cell of each class then stands for that, and is never emptied.
    #[must_use]
    pub fn beside(shown: &[u64]) -> Self {
        Self {
            shown: shown.to_vec(),
            ..Self::default()
        }
    }

    /// Takes the low halves of the hashes for names of classes that hold beyond
    /// this run, and weighs the classes with those of earlier releases: what
    /// leaves of a class is then as much as left before, or differs by at least
    /// k and at least `apart`.
    pub fn weigh_with(&mut self, before: Vec<HashMap<u64, u64>>, apart: u64) {
        self.tagged = true;
        self.before = before;
        self.apart = apart;
    }

    /// The name of each class; none where they have none.
    fn tags(&self) -> Vec<u64> {
        if !self.tagged || !self.cells.is_empty() {
            return Vec::new();
        }
        let mut tags = vec![0; self.numbers.len()];
        for (hash, number) in &self.numbers {
            if let Some(tag) = tags.get_mut(*number as usize) {
                *tag = low(*hash);
            }
        }
        tags
    }

    /// The most people of a class, at most so many, that may leave beside what
    /// left of it before.
    fn most_beside(&self, tag: u64, people: u64, k: u64) -> u64 {
        let before = |known: &HashMap<u64, u64>| known.get(&tag).copied();
        let then: Vec<u64> = self.before.iter().filter_map(before).collect();
        let apart = k.max(self.apart);
        let fits = |n: &u64| {
            let mut then = then.iter();
            then.all(|then| n == then || n.abs_diff(*then) >= apart)
        };
        if then.is_empty() {
            return people;
        }
        (k..=people).rev().find(fits).unwrap_or(0)
    }

    /// Says of the last row what earlier releases show of its subject; 0 is nothing.
    pub fn join(&mut self, number: u32) {
        if !self.shown.is_empty() {
            self.joined.push(number);
        }
    }

    /// Adds the text of a cell that may become coarser, as it would leave.
    pub fn label(&mut self, hash: u128, text: &str) {
        self.labels
            .entry(hash)
            .or_insert_with(|| CellBuf::new(text.to_owned()));
    }

    /// The text of a cell; empty where none was given.
    #[must_use]
    pub fn text(&self, hash: u128) -> &str {
        self.labels.get(&hash).map_or("", CellBuf::text)
    }

    /// Hashes of the cells of each class, one class after the other, and how many a class has.
    #[must_use]
    pub fn cells(&self) -> (&[u128], usize) {
        let columns = self.cells.len().checked_div(self.numbers.len());
        (&self.cells, columns.unwrap_or(0))
    }

    /// The class of each row.
    #[must_use]
    pub fn class_of(&self) -> &[u32] {
        &self.class_of
    }

    /// The subject of each row, as a number; `None` where the row counts for nobody.
    pub fn subjects(&self) -> impl Iterator<Item = Option<u64>> + '_ {
        let known = |subject: &u64| (*subject != NOBODY).then_some(*subject);
        self.subject_of.iter().map(known)
    }

    /// Of each sensitive column the number of each row's value.
    pub fn sensitive(&self) -> impl Iterator<Item = &[u32]> {
        self.sensitive.iter().map(|values| values.of.as_slice())
    }

    /// The limits where classes fall together: `target` is the class, of so
    /// many, into which each class falls.
    #[must_use]
    pub fn limit_at(&self, target: &[u32], classes: usize, limits: &RowLimits) -> Withheld {
        let of = |class: &u32| target.get(*class as usize).copied().unwrap_or(*class);
        let now: Vec<u32> = self.class_of.iter().map(of).collect();
        self.limit_of(&now, &[], classes, limits)
    }

    /// Rows added.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.class_of.len()
    }

    /// Keeps back every record of every subject who stands in a class that
    /// misses a limit, until every class that is left meets them all. Records
    /// that count for nobody stay where their class does. Where cells were
    /// given, rows of small classes first lose single values.
    #[must_use]
    pub fn limit(&self, limits: &RowLimits) -> Withheld {
        if self.cells.is_empty() {
            return self.limit_of(&self.class_of, &self.tags(), self.numbers.len(), limits);
        }
        let suppressed = self.suppress(limits);
        let now: Vec<u32> = self
            .class_of
            .iter()
            .map(|class| suppressed.target[*class as usize])
            .collect();
        let mut withheld = self.limit_of(&now, &[], suppressed.classes, limits);
        withheld.small = Search::new(self, &self.class_of, self.numbers.len()).small(limits.k);
        withheld.blanks = self
            .class_of
            .iter()
            .zip(&withheld.rows)
            .map(|(class, kept_back)| {
                if *kept_back {
                    0
                } else {
                    suppressed.blanks[*class as usize]
                }
            })
            .collect();
        withheld
    }

    fn limit_of(
        &self,
        class_of: &[u32],
        tags: &[u64],
        classes: usize,
        limits: &RowLimits,
    ) -> Withheld {
        let mut search = Search::new(self, class_of, classes);
        let small = search.small(limits.k);
        let repeats = search.repeats();
        search.run(tags, limits);
        let rows: Vec<bool> = (0..self.rows())
            .map(|row| !search.stays(row, limits))
            .collect();
        let mut causes = BTreeMap::new();
        for (row, _) in rows.iter().enumerate().filter(|(_, kept_back)| **kept_back) {
            *causes.entry(search.cause(row)).or_default() += 1;
        }
        let left = self.left(class_of, tags, &rows, limits);
        Withheld {
            count: causes.values().sum(),
            causes,
            smallest: left.smallest,
            classes: left.classes,
            holds: left.holds,
            blanks: Vec::new(),
            repeats,
            small,
            sizes: left.sizes,
            rows,
        }
    }

    /// Whether of those of whom earlier releases show the same nobody is gone,
    /// everybody, or at least k.
    fn enough_are_gone(&self, kept_back: &[bool], k: u64) -> bool {
        let mut here: Vec<(u32, u64)> = self
            .joined
            .iter()
            .zip(&self.subject_of)
            .zip(kept_back)
            .filter(|((number, _), kept_back)| **number > 0 && !**kept_back)
            .map(|((number, subject), _)| (*number, *subject))
            .collect();
        here.sort_unstable();
        here.dedup();
        here.chunk_by(|a, b| a.0 == b.0).all(|same| {
            let number = same.first().map_or(0, |one| one.0 as usize);
            let all = number.checked_sub(1).and_then(|at| self.shown.get(at));
            let gone = all.copied().unwrap_or(0).saturating_sub(same.len() as u64);
            gone == 0 || gone >= k
        })
    }

    /// Counts what leaves, anew and from the rows alone.
    fn left(&self, class_of: &[u32], tags: &[u64], kept_back: &[bool], limits: &RowLimits) -> Left {
        let mut rows: Vec<(u32, u64)> = class_of
            .iter()
            .zip(&self.subject_of)
            .zip(kept_back)
            .filter(|(_, kept_back)| !**kept_back)
            .map(|((class, subject), _)| (*class, *subject))
            .collect();
        rows.sort_unstable();
        let mut left = Left {
            smallest: None,
            classes: 0,
            holds: self.enough_are_gone(kept_back, limits.k),
            sizes: Vec::new(),
        };
        for class in rows.chunk_by(|a, b| a.0 == b.0) {
            let subjects = class
                .chunk_by(|a, b| a == b)
                .filter(|same| same.first().is_some_and(|row| row.1 != NOBODY))
                .count() as u64;
            left.classes += 1;
            left.smallest = Some(left.smallest.map_or(subjects, |least| least.min(subjects)));
            left.holds &= subjects >= limits.k;
            let number = class.first().map_or(0, |row| row.0 as usize);
            if let Some(tag) = tags.get(number) {
                left.holds &= self.most_beside(*tag, subjects, limits.k) == subjects;
                left.sizes.push((*tag, subjects));
            }
        }
        left.sizes.sort_unstable();
        if let Some(l) = limits.l {
            for values in &self.sensitive {
                let mut rows: Vec<(u32, u32)> = class_of
                    .iter()
                    .zip(&values.of)
                    .zip(kept_back)
                    .filter(|(_, kept_back)| !**kept_back)
                    .map(|((class, value), _)| (*class, *value))
                    .collect();
                rows.sort_unstable();
                for class in rows.chunk_by(|a, b| a.0 == b.0) {
                    let counts = class.chunk_by(|a, b| a == b).map(|same| same.len() as u64);
                    left.holds &= l.holds(counts);
                }
            }
        }
        left
    }
}

/// What a second count finds.
struct Left {
    smallest: Option<u64>,
    classes: u64,
    holds: bool,
    sizes: Vec<(u64, u64)>,
}

impl Diversity {
    /// Whether values that occur so often are diverse enough.
    #[allow(
        clippy::cast_precision_loss,
        reason = "counts of records are below 2⁵³"
    )]
    fn holds(self, counts: impl Iterator<Item = u64>) -> bool {
        match self {
            Self::Distinct(l) => {
                counts
                    .take(usize::try_from(l).unwrap_or(usize::MAX))
                    .count() as u64
                    >= l
            }
            Self::Entropy(l) => {
                let (mut n, mut weighted) = (0.0, 0.0);
                for count in counts {
                    let count = count as f64;
                    n += count;
                    weighted += count * count.ln();
                }
                // The sums of logarithms round; an even spread over l values must pass.
                n > 0.0 && (n.ln() - weighted / n).exp() >= l as f64 - 1e-9
            }
        }
    }
}

/// Bits of a known subject's hash; the top bit tells rows of their own apart.
const KNOWN: u64 = u64::MAX >> 1;
/// Stands for nobody; rows of their own never count so far.
const NOBODY: u64 = u64::MAX;

#[cfg(test)]
mod tests;
