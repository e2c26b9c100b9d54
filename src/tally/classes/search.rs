//! The search for rows that must stay back: whoever fails a limit is taken out
//! with all rows, until nobody fails.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::{Cause, Classes, Diversity, NOBODY, RowLimits};

/// The search for rows that must stay back.
pub(super) struct Search<'a> {
    classes: &'a Classes,
    class_of: &'a [u32],
    /// Rows in the order of their subjects, without those of nobody.
    by_subject: Vec<u32>,
    /// Where each subject's rows begin, and the end.
    subjects: Vec<u32>,
    /// Number of each row's subject.
    subject_of: Vec<u32>,
    /// Subjects left in each class.
    pub(super) sizes: Vec<u32>,
    gone: Vec<Option<Cause>>,
}

/// No subject.
const NONE: u32 = u32::MAX;

impl<'a> Search<'a> {
    pub(super) fn new(classes: &'a Classes, class_of: &'a [u32], count: usize) -> Self {
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

    pub(super) fn small(&self, k: u64) -> BTreeMap<u64, u64> {
        let mut small = BTreeMap::new();
        for size in self.sizes.iter().filter(|size| u64::from(**size) < k) {
            *small.entry(u64::from(*size)).or_default() += 1;
        }
        small
    }

    pub(super) fn repeats(&self) -> u64 {
        let nobody = self.classes.rows() - self.by_subject.len();
        (self.by_subject.len() - self.gone.len()) as u64 + (nobody as u64).saturating_sub(1)
    }

    pub(super) fn run(&mut self, tags: &[u64], limits: &RowLimits) {
        loop {
            self.small_classes(limits.k);
            let changed = limits.l.is_some_and(|l| self.values(l))
                || limits.linked && self.histories(limits.k)
                || self.few_gone(limits.k)
                || self.few_more_or_fewer(tags, limits.k);
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
    pub(super) fn few_values(&self, l: Diversity) -> Vec<bool> {
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

    /// Takes more subjects out where of those of whom earlier releases show the
    /// same a few are gone: whoever knows who left would know their codes. As
    /// many as are needed, in the order of their keyed hashes.
    fn few_gone(&mut self, k: u64) -> bool {
        if self.classes.shown.is_empty() {
            return false;
        }
        let mut of: Vec<Vec<u32>> = vec![Vec::new(); self.classes.shown.len()];
        for subject in 0..self.gone.len() {
            let number = self
                .rows_of(subject)
                .first()
                .and_then(|row| self.classes.joined.get(*row as usize))
                .map_or(0, |number| *number as usize);
            if self.gone[subject].is_none()
                && let Some(here) = number.checked_sub(1).and_then(|at| of.get_mut(at))
            {
                here.push(u32::try_from(subject).unwrap_or(u32::MAX));
            }
        }
        let mut changed = false;
        let mut touched = Vec::new();
        for (here, all) in of.iter().zip(&self.classes.shown) {
            let gone = all.saturating_sub(here.len() as u64);
            if gone == 0 || gone >= k {
                continue;
            }
            let more = usize::try_from(k - gone).unwrap_or(usize::MAX);
            for subject in here.iter().take(more) {
                self.take_out(*subject as usize, Cause::Absent, &mut touched);
                changed = true;
            }
        }
        changed
    }

    /// Takes more subjects out of classes that would be larger or smaller than
    /// in an earlier release by a few: whoever has both would know of those. As
    /// few as will do, first those who stand nowhere else.
    fn few_more_or_fewer(&mut self, tags: &[u64], k: u64) -> bool {
        if self.classes.before.is_empty() {
            return false;
        }
        let mut over: HashMap<u32, u64> = HashMap::new();
        for ((class, tag), size) in (0u32..).zip(tags).zip(&self.sizes) {
            let size = u64::from(*size);
            let most = self.classes.most_beside(*tag, size, k);
            if most < size {
                over.insert(class, size - most);
            }
        }
        if over.is_empty() {
            return false;
        }
        let mut subjects: Vec<usize> = (0..self.gone.len())
            .filter(|subject| {
                let mut rows = self.rows_of(*subject).iter();
                self.gone[*subject].is_none()
                    && rows.any(|row| over.contains_key(&self.class_of[*row as usize]))
            })
            .collect();
        subjects.sort_by_key(|subject| self.rows_of(*subject).len());
        let mut touched = Vec::new();
        for subject in subjects {
            let mut rows = self.rows_of(subject).iter();
            let of = |row: &u32| over.get(&self.class_of[*row as usize]);
            if rows.any(|row| of(row).is_some_and(|over| *over > 0)) {
                touched.clear();
                self.take_out(subject, Cause::Batch, &mut touched);
                for class in &touched {
                    if let Some(over) = over.get_mut(class) {
                        *over = over.saturating_sub(1);
                    }
                }
            }
        }
        true
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

    pub(super) fn stays(&self, row: usize, limits: &RowLimits) -> bool {
        let class = self.class_of[row] as usize;
        match self.subject_of[row] {
            NONE => u64::from(self.sizes[class]) >= limits.k.max(1),
            _ => self.counts(row),
        }
    }

    pub(super) fn cause(&self, row: usize) -> Cause {
        match self.subject_of[row] {
            NONE => Cause::Class,
            subject => self.gone[subject as usize].unwrap_or(Cause::Class),
        }
    }
}
