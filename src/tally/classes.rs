//! Equivalence classes of the extract: which rows look alike, and how many
//! distinct subjects stand behind each look.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::table::Person;

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
    singles: u64,
}

/// The hash of an empty cell of the column with this place among the quasi columns.
#[must_use]
pub fn empty_cell(column: usize) -> u128 {
    column as u128 + 1
}

/// Values of one sensitive column, as numbers.
#[derive(Debug, Default)]
struct Values {
    numbers: HashMap<u64, u32>,
    of: Vec<u32>,
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
            return self.limit_of(&self.class_of, self.numbers.len(), limits);
        }
        let suppressed = self.suppress(limits);
        let now: Vec<u32> = self
            .class_of
            .iter()
            .map(|class| suppressed.target[*class as usize])
            .collect();
        let mut withheld = self.limit_of(&now, suppressed.classes, limits);
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

    /// Finds values to empty, so that rows of classes that miss a limit fall
    /// into classes of at least k: as few as a row's group needs, those of the
    /// last columns first. A class that meets the limits is never touched.
    fn suppress(&self, limits: &RowLimits) -> Suppressed {
        let count = self.numbers.len();
        let columns = self.cells.len().checked_div(count).unwrap_or(0);
        let search = Search::new(self, &self.class_of, count);
        let mut failing = limits
            .l
            .map_or_else(|| vec![false; count], |l| search.few_values(l));
        for (fails, size) in failing.iter_mut().zip(&search.sizes) {
            *fails |= u64::from(*size) < limits.k;
        }
        let mut sizes: Vec<u64> = search.sizes.iter().map(|size| u64::from(*size)).collect();
        let mut found = Suppressed {
            target: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(),
            blanks: vec![0; count],
            classes: count,
        };
        let mut left: Vec<u32> = (0u32..)
            .zip(&failing)
            .filter(|(_, fails)| **fails)
            .map(|(class, _)| class)
            .collect();
        let mut known: HashMap<u128, u32> = HashMap::new();
        for mask in masks(columns) {
            if left.is_empty() {
                break;
            }
            let mut groups: HashMap<u128, Vec<u32>> = HashMap::new();
            for class in &left {
                let cells = self
                    .cells
                    .get(*class as usize * columns..)
                    .unwrap_or_default();
                let key =
                    cells
                        .iter()
                        .take(columns)
                        .enumerate()
                        .fold(0u128, |key, (column, cell)| {
                            key.wrapping_add(if mask >> column & 1 == 1 {
                                empty_cell(column)
                            } else {
                                *cell
                            })
                        });
                groups.entry(key).or_default().push(*class);
            }
            let mut gone = false;
            for (key, classes) in groups {
                let there = known.get(&key).or_else(|| self.numbers.get(&key)).copied();
                let company = there
                    .filter(|there| !classes.contains(there))
                    .map_or(0, |there| sizes[there as usize]);
                let together: u64 = classes.iter().map(|class| sizes[*class as usize]).sum();
                if company + together < limits.k {
                    continue;
                }
                let target = there.unwrap_or_else(|| {
                    found.classes += 1;
                    sizes.push(0);
                    u32::try_from(sizes.len() - 1).unwrap_or(u32::MAX)
                });
                known.insert(key, target);
                sizes[target as usize] = company + together;
                for class in classes {
                    found.target[class as usize] = target;
                    let cells = self
                        .cells
                        .get(class as usize * columns..)
                        .unwrap_or_default();
                    let empty = |column: &usize| cells.get(*column) == Some(&empty_cell(*column));
                    let already = (0..columns)
                        .filter(empty)
                        .fold(0, |bits, at| bits | 1u64 << at);
                    found.blanks[class as usize] = mask & !already;
                    failing[class as usize] = false;
                    gone = true;
                }
            }
            if gone {
                left.retain(|class| failing[*class as usize]);
            }
        }
        found
    }

    fn limit_of(&self, class_of: &[u32], classes: usize, limits: &RowLimits) -> Withheld {
        let mut search = Search::new(self, class_of, classes);
        let small = search.small(limits.k);
        let repeats = search.repeats();
        search.run(limits);
        let rows: Vec<bool> = (0..self.rows())
            .map(|row| !search.stays(row, limits))
            .collect();
        let mut causes = BTreeMap::new();
        for (row, _) in rows.iter().enumerate().filter(|(_, kept_back)| **kept_back) {
            *causes.entry(search.cause(row)).or_default() += 1;
        }
        let left = self.left(class_of, &rows, limits);
        Withheld {
            count: causes.values().sum(),
            causes,
            smallest: left.smallest,
            classes: left.classes,
            holds: left.holds,
            blanks: Vec::new(),
            repeats,
            small,
            rows,
        }
    }

    /// Counts what leaves, anew and from the rows alone.
    fn left(&self, class_of: &[u32], kept_back: &[bool], limits: &RowLimits) -> Left {
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
            holds: true,
        };
        for class in rows.chunk_by(|a, b| a.0 == b.0) {
            let subjects = class
                .chunk_by(|a, b| a == b)
                .filter(|same| same.first().is_some_and(|row| row.1 != NOBODY))
                .count() as u64;
            left.classes += 1;
            left.smallest = Some(left.smallest.map_or(subjects, |least| least.min(subjects)));
            left.holds &= subjects >= limits.k;
        }
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

/// What single suppressed values make of the classes.
struct Suppressed {
    /// The class into which each class falls.
    target: Vec<u32>,
    /// Columns that each class loses, as bits.
    blanks: Vec<u64>,
    classes: usize,
}

/// Most columns all of whose subsets are tried; of more, subsets of up to three.
const SUBSETS: usize = 10;

/// Sets of columns as bits: small ones first, of equal size the last columns first.
fn masks(columns: usize) -> Vec<u64> {
    let columns = columns.min(64);
    let mut masks: Vec<u64> = if columns <= SUBSETS {
        (1..1u64 << columns).collect()
    } else {
        let bit = |at: usize| 1u64 << at;
        let mut few = Vec::new();
        for a in 0..columns {
            few.push(bit(a));
            for b in 0..a {
                few.push(bit(a) | bit(b));
                few.extend((0..b).map(|c| bit(a) | bit(b) | bit(c)));
            }
        }
        few
    };
    masks.sort_by_key(|mask| (mask.count_ones(), std::cmp::Reverse(*mask)));
    masks
}

/// What a second count finds.
struct Left {
    smallest: Option<u64>,
    classes: u64,
    holds: bool,
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

/// The search for rows that must stay back.
struct Search<'a> {
    classes: &'a Classes,
    class_of: &'a [u32],
    /// Rows in the order of their subjects, without those of nobody.
    by_subject: Vec<u32>,
    /// Where each subject's rows begin, and the end.
    subjects: Vec<u32>,
    /// Number of each row's subject.
    subject_of: Vec<u32>,
    /// Subjects left in each class.
    sizes: Vec<u32>,
    gone: Vec<Option<Cause>>,
}

/// No subject.
const NONE: u32 = u32::MAX;

impl<'a> Search<'a> {
    fn new(classes: &'a Classes, class_of: &'a [u32], count: usize) -> Self {
        let mut by_subject: Vec<u32> = (0u32..)
            .zip(&classes.subject_of)
            .filter(|(_, subject)| **subject != NOBODY)
            .map(|(row, _)| row)
            .collect();
        let key = |row: &u32| (classes.subject_of[*row as usize], class_of[*row as usize]);
        by_subject.sort_unstable_by_key(key);
        let mut subjects = vec![0];
        let mut subject_of = vec![NONE; classes.rows()];
        let mut sizes = vec![0u32; count];
        let mut at = 0u32;
        for (number, same) in (0u32..).zip(by_subject.chunk_by(|a, b| key(a).0 == key(b).0)) {
            at += u32::try_from(same.len()).unwrap_or(u32::MAX);
            subjects.push(at);
            for row in same {
                subject_of[*row as usize] = number;
            }
            for class in same.chunk_by(|a, b| key(a).1 == key(b).1) {
                sizes[class_of[class[0] as usize] as usize] += 1;
            }
        }
        let gone = vec![None; subjects.len() - 1];
        Self {
            classes,
            class_of,
            by_subject,
            subjects,
            subject_of,
            sizes,
            gone,
        }
    }

    fn rows_of(&self, subject: usize) -> &[u32] {
        let at = |place: usize| self.subjects.get(place).map_or(0, |at| *at as usize);
        self.by_subject
            .get(at(subject)..at(subject + 1))
            .unwrap_or_default()
    }

    fn small(&self, k: u64) -> BTreeMap<u64, u64> {
        let mut small = BTreeMap::new();
        for size in self.sizes.iter().filter(|size| u64::from(**size) < k) {
            *small.entry(u64::from(*size)).or_default() += 1;
        }
        small
    }

    fn repeats(&self) -> u64 {
        let nobody = self.classes.rows() - self.by_subject.len();
        (self.by_subject.len() - self.gone.len()) as u64 + (nobody as u64).saturating_sub(1)
    }

    fn run(&mut self, limits: &RowLimits) {
        loop {
            self.small_classes(limits.k);
            let changed = limits.l.is_some_and(|l| self.values(l))
                || limits.linked && self.histories(limits.k);
            if !changed {
                return;
            }
        }
    }

    /// Takes a subject out, with all rows.
    fn take_out(&mut self, subject: usize, cause: Cause, emptied: &mut Vec<u32>) {
        match self.gone.get_mut(subject) {
            Some(gone @ None) => *gone = Some(cause),
            _ => return,
        }
        let at = |place: usize| self.subjects.get(place).map_or(0, |at| *at as usize);
        let mut before = None;
        for row in self
            .by_subject
            .get(at(subject)..at(subject + 1))
            .unwrap_or_default()
        {
            let class = self.class_of[*row as usize];
            if before != Some(class) {
                self.sizes[class as usize] -= 1;
                emptied.push(class);
            }
            before = Some(class);
        }
    }

    fn small_classes(&mut self, k: u64) {
        let mut touched = Vec::new();
        loop {
            let fails: Vec<usize> = (0..self.gone.len())
                .filter(|subject| {
                    self.gone[*subject].is_none()
                        && self.rows_of(*subject).iter().any(|row| {
                            let class = self.class_of[*row as usize];
                            u64::from(self.sizes[class as usize]) < k
                        })
                })
                .collect();
            if fails.is_empty() {
                return;
            }
            touched.clear();
            for subject in fails {
                self.take_out(subject, Cause::Class, &mut touched);
            }
            // Most often nobody who left stood anywhere else.
            if touched.iter().all(|class| self.sizes[*class as usize] == 0) {
                return;
            }
        }
    }

    /// Takes out whoever stands in a class whose sensitive values are too few.
    fn values(&mut self, l: Diversity) -> bool {
        let fails = self.few_values(l);
        self.take_out_where(Cause::Values, |search, subject| {
            search
                .rows_of(subject)
                .iter()
                .any(|row| fails[search.class_of[*row as usize] as usize])
        })
    }

    /// Classes whose sensitive values are too few.
    fn few_values(&self, l: Diversity) -> Vec<bool> {
        let mut fails = vec![false; self.sizes.len()];
        for values in &self.classes.sensitive {
            let mut rows: Vec<(u32, u32)> = (0..self.classes.rows())
                .filter(|row| self.counts(*row))
                .map(|row| (self.class_of[row], values.of[row]))
                .collect();
            rows.sort_unstable();
            for class in rows.chunk_by(|a, b| a.0 == b.0) {
                let counts = class.chunk_by(|a, b| a == b).map(|same| same.len() as u64);
                if !l.holds(counts) {
                    fails[class[0].0 as usize] = true;
                }
            }
        }
        fails
    }

    /// Takes out whoever's set of rows too few others share.
    fn histories(&mut self, k: u64) -> bool {
        let history = |search: &Self, subject: usize| -> Vec<u32> {
            let rows = search.rows_of(subject).iter();
            rows.map(|row| search.class_of[*row as usize]).collect()
        };
        // Whoever has one row is counted by its class: no list is kept for them.
        let mut single = vec![0u64; self.sizes.len()];
        let mut longer: HashMap<Vec<u32>, u64> = HashMap::new();
        for subject in (0..self.gone.len()).filter(|subject| self.gone[*subject].is_none()) {
            match history(self, subject).as_slice() {
                [class] => single[*class as usize] += 1,
                several => *longer.entry(several.to_vec()).or_default() += 1,
            }
        }
        self.take_out_where(Cause::History, |search, subject| {
            let people = match history(search, subject).as_slice() {
                [class] => single[*class as usize],
                several => longer.get(several).copied().unwrap_or(0),
            };
            people < k
        })
    }

    fn take_out_where(&mut self, cause: Cause, fails: impl Fn(&Self, usize) -> bool) -> bool {
        let subjects: Vec<usize> = (0..self.gone.len())
            .filter(|subject| self.gone[*subject].is_none() && fails(self, *subject))
            .collect();
        let mut touched = Vec::new();
        for subject in &subjects {
            self.take_out(*subject, cause, &mut touched);
        }
        !subjects.is_empty()
    }

    /// Whether a row is still among those that are counted: its subject is
    /// left, or, where it counts for nobody, anybody in its class is.
    fn counts(&self, row: usize) -> bool {
        match self.subject_of[row] {
            NONE => self.sizes[self.class_of[row] as usize] > 0,
            subject => self.gone[subject as usize].is_none(),
        }
    }

    fn stays(&self, row: usize, limits: &RowLimits) -> bool {
        let class = self.class_of[row] as usize;
        match self.subject_of[row] {
            NONE => u64::from(self.sizes[class]) >= limits.k.max(1),
            _ => self.counts(row),
        }
    }

    fn cause(&self, row: usize) -> Cause {
        match self.subject_of[row] {
            NONE => Cause::Class,
            subject => self.gone[subject as usize].unwrap_or(Cause::Class),
        }
    }
}

/// Bits of a known subject's hash; the top bit tells rows of their own apart.
const KNOWN: u64 = u64::MAX >> 1;
/// Stands for nobody; rows of their own never count so far.
const NOBODY: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Class, subject, sensitive value.
    type Row = (u8, u8, u8);

    fn diverse(values: &[u8], l: Option<Diversity>) -> bool {
        let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
        for value in values {
            *counts.entry(*value).or_default() += 1.0;
        }
        let n = values.len() as f64;
        match l {
            None => true,
            Some(Diversity::Distinct(l)) => counts.len() as u64 >= l,
            Some(Diversity::Entropy(l)) => {
                let entropy: f64 = counts.values().map(|c| -c / n * (c / n).ln()).sum();
                entropy.exp() >= l as f64 - 1e-9
            }
        }
    }

    /// Subjects who must go, of those who are left: counted slowly.
    fn failing(rows: &[Row], gone: &BTreeSet<u8>, limits: &RowLimits) -> BTreeSet<u8> {
        let mut classes: BTreeMap<u8, (BTreeSet<u8>, Vec<u8>)> = BTreeMap::new();
        let mut histories: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        for (class, subject, value) in rows.iter().filter(|row| !gone.contains(&row.1)) {
            let entry = classes.entry(*class).or_default();
            entry.0.insert(*subject);
            entry.1.push(*value);
            histories.entry(*subject).or_default().push(*class);
        }
        histories
            .values_mut()
            .for_each(|history| history.sort_unstable());
        let mut fails = BTreeSet::new();
        for (subjects, values) in classes.values() {
            if (subjects.len() as u64) < limits.k || !diverse(values, limits.l) {
                fails.extend(subjects);
            }
        }
        for (subject, history) in histories.iter().filter(|_| limits.linked) {
            let same = histories.values().filter(|other| *other == history).count();
            if (same as u64) < limits.k {
                fails.insert(*subject);
            }
        }
        fails
    }

    fn limits() -> impl Strategy<Value = RowLimits> {
        let l = prop_oneof![
            Just(None),
            (2u64..4).prop_map(|l| Some(Diversity::Distinct(l))),
            (2u64..3).prop_map(|l| Some(Diversity::Entropy(l))),
        ];
        (2u64..5, l, any::<bool>()).prop_map(|(k, l, linked)| RowLimits { k, l, linked })
    }

    proptest! {
        #[test]
        fn what_leaves_meets_every_limit_and_nobody_is_kept_back_without_need(
            rows in prop::collection::vec((0u8..5, 0u8..12, 0u8..3), 0..60),
            limits in limits(),
        ) {
            let mut classes = Classes::default();
            for (class, subject, value) in &rows {
                classes.add(
                    u128::from(*class),
                    Person::Known(u64::from(*subject)),
                    &[u64::from(*value)],
                    &[],
                );
            }
            let found = classes.limit(&limits);
            prop_assert!(found.holds);
            let gone: BTreeSet<u8> = rows
                .iter()
                .zip(&found.rows)
                .filter(|(_, kept_back)| **kept_back)
                .map(|(row, _)| row.1)
                .collect();
            // All of a subject's records, or none.
            for ((_, subject, _), kept_back) in rows.iter().zip(&found.rows) {
                prop_assert_eq!(*kept_back, gone.contains(subject));
            }
            prop_assert!(failing(&rows, &gone, &limits).is_empty());
            // Under k alone what is kept back is the least: whoever never fails stays.
            if limits.l.is_none() {
                let mut slow: BTreeSet<u8> = BTreeSet::new();
                loop {
                    let fails = failing(&rows, &slow, &RowLimits { linked: false, ..limits });
                    let fails = if fails.is_empty() { failing(&rows, &slow, &limits) } else { fails };
                    if fails.is_empty() {
                        break;
                    }
                    slow.extend(fails);
                }
                prop_assert_eq!(&gone, &slow);
            }
            // With any other limit nobody goes where nobody fails.
            if failing(&rows, &BTreeSet::new(), &limits).is_empty() {
                prop_assert!(gone.is_empty());
            }
        }
    }

    proptest! {
        #[test]
        fn suppressed_values_leave_k_and_touch_nothing_that_meets_the_limits(
            rows in prop::collection::vec((prop::collection::vec(0u8..3, 3), 0u8..20), 0..60),
            k in 2u64..5,
        ) {
            let cell = |column: usize, value: u8| match value {
                0 => empty_cell(column),
                value => u128::from(value) << (20 * column + 20),
            };
            let mut classes = Classes::default();
            for (values, subject) in &rows {
                let cells: Vec<u128> =
                    values.iter().enumerate().map(|(at, value)| cell(at, *value)).collect();
                let class = cells.iter().fold(0u128, |sum, cell| sum.wrapping_add(*cell));
                classes.add(class, Person::Known(u64::from(*subject)), &[], &cells);
            }
            let limits = RowLimits { k, l: None, linked: false };
            let found = classes.limit(&limits);
            prop_assert!(found.holds);
            let people = |rows: &[(Vec<u8>, u8)], values: &[u8]| {
                let same = rows.iter().filter(|row| row.0 == values);
                same.map(|row| row.1).collect::<BTreeSet<u8>>().len() as u64
            };
            let mut left = Vec::new();
            for (at, (values, subject)) in rows.iter().enumerate() {
                let blank = found.blanks[at];
                if people(&rows, values) >= k {
                    prop_assert_eq!(blank, 0, "a row in company lost a value");
                }
                if !found.rows[at] {
                    let seen = values
                        .iter()
                        .enumerate()
                        .map(|(column, value)| if blank >> column & 1 == 1 { 0 } else { *value })
                        .collect();
                    left.push((seen, *subject));
                }
            }
            for (values, _) in &left {
                prop_assert!(people(&left, values) >= k);
            }
            // Nobody is kept back who stays where rows alone are withheld.
            let mut rows_alone = Classes::default();
            for (values, subject) in &rows {
                let class = values.iter().fold(0u128, |class, v| class * 4 + u128::from(*v));
                rows_alone.add(class, Person::Known(u64::from(*subject)), &[], &[]);
            }
            prop_assert!(found.count <= rows_alone.limit(&limits).count);
        }
    }

    fn k(k: u64) -> RowLimits {
        RowLimits {
            k,
            l: None,
            linked: false,
        }
    }

    #[test]
    fn one_subject_with_five_rows_is_not_five_people() {
        let mut classes = Classes::default();
        for _ in 0..5 {
            classes.add(1, Person::Known(7), &[], &[]);
        }
        assert_eq!(classes.limit(&k(5)).count, 5);
        let mut own = Classes::default();
        for _ in 0..5 {
            own.add(1, Person::Own, &[], &[]);
        }
        assert_eq!(own.limit(&k(5)).count, 0);
        let mut nobody = Classes::default();
        for _ in 0..5 {
            nobody.add(1, Person::Nobody, &[], &[]);
        }
        assert_eq!(nobody.limit(&k(2)).count, 5);
        nobody.add(1, Person::Known(1), &[], &[]);
        nobody.add(1, Person::Known(2), &[], &[]);
        assert_eq!(nobody.limit(&k(2)).count, 0);
        assert_eq!(nobody.limit(&k(3)).count, 7);
    }
}
