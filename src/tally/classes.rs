//! Equivalence classes of the extract: which rows look alike, and how many
//! distinct subjects stand behind each look.

use hashbrown::{HashMap, HashSet};

use super::table::Person;

/// Classes of rows, in the order in which rows were added.
#[derive(Debug, Default)]
pub struct Classes {
    numbers: HashMap<u128, u32>,
    class_of: Vec<u32>,
    subject_of: Vec<u64>,
    singles: u64,
}

/// What a limit keeps back.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    /// A flag for each row.
    pub rows: Vec<bool>,
    /// Rows kept back.
    pub count: u64,
    /// Subjects of the smallest class that leaves; `None` where nothing does.
    pub smallest: Option<u64>,
    /// Classes that leave.
    pub classes: u64,
    /// Rows whose subject an earlier row had already.
    pub repeats: u64,
    /// Sizes in subjects of the classes under the limit, before anything was kept back: size, classes.
    pub small: std::collections::BTreeMap<u64, u64>,
}

impl Classes {
    /// Adds the next row: the keyed hash of its quasi columns as they leave, and its subject.
    pub fn add(&mut self, class: u128, person: Person) {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.class_of
            .push(*self.numbers.entry(class).or_insert(next));
        self.subject_of.push(match person {
            Person::Known(subject) => subject & KNOWN,
            Person::Own => {
                self.singles += 1;
                !KNOWN | self.singles
            }
            Person::Nobody => NOBODY,
        });
    }

    /// Rows added.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.class_of.len()
    }

    /// Rows whose subject an earlier row had already.
    fn repeats(&self) -> u64 {
        let mut distinct = self.subject_of.clone();
        distinct.sort_unstable();
        distinct.dedup();
        (self.subject_of.len() - distinct.len()) as u64
    }

    /// Keeps back every record of every subject who stands in a class of fewer
    /// than `k` distinct subjects, until every class that is left has `k`.
    /// Records that count for nobody stay where their class does.
    #[must_use]
    pub fn limit(&self, k: u64) -> Withheld {
        let mut pairs: Vec<(u32, u64)> = self
            .class_of
            .iter()
            .copied()
            .zip(self.subject_of.iter().copied())
            .filter(|(_, subject)| *subject != NOBODY)
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut subjects = vec![0u64; self.numbers.len()];
        for (class, _) in &pairs {
            subjects[*class as usize] += 1;
        }
        let mut small = std::collections::BTreeMap::new();
        for size in subjects.iter().filter(|size| **size < k) {
            *small.entry(*size).or_default() += 1;
        }
        let mut gone: HashSet<u64> = HashSet::new();
        loop {
            let before = gone.len();
            for (class, subject) in &pairs {
                if subjects[*class as usize] < k {
                    gone.insert(*subject);
                }
            }
            if gone.len() == before {
                break;
            }
            pairs.retain(|(class, subject)| {
                let stays = !gone.contains(subject);
                if !stays {
                    subjects[*class as usize] -= 1;
                }
                stays
            });
        }
        let rows: Vec<bool> = self
            .class_of
            .iter()
            .zip(&self.subject_of)
            .map(|(class, subject)| match *subject {
                NOBODY => subjects[*class as usize] < k,
                subject => gone.contains(&subject),
            })
            .collect();
        let left = || subjects.iter().filter(|size| **size > 0);
        Withheld {
            count: rows.iter().filter(|kept_back| **kept_back).count() as u64,
            smallest: left().min().copied(),
            classes: left().count() as u64,
            repeats: self.repeats(),
            small,
            rows,
        }
    }
}

/// Bits of a known subject's hash; the top bit tells rows of their own apart.
const KNOWN: u64 = u64::MAX >> 1;
/// Stands for nobody; rows of their own never count so far.
const NOBODY: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// What is left when rows are taken away one class at a time, slowly.
    fn slow(rows: &[(u8, u8)], k: u64) -> Vec<bool> {
        let mut gone: BTreeSet<u8> = BTreeSet::new();
        loop {
            let mut classes: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
            for (class, subject) in rows {
                if !gone.contains(subject) {
                    classes.entry(*class).or_default().insert(*subject);
                }
            }
            let small = classes
                .values()
                .find(|subjects| (subjects.len() as u64) < k);
            match small {
                Some(subjects) => gone.extend(subjects),
                None => {
                    return rows
                        .iter()
                        .map(|(_, subject)| gone.contains(subject))
                        .collect();
                }
            }
        }
    }

    proptest! {
        #[test]
        fn what_leaves_has_k_and_nothing_else_is_kept_back(
            rows in prop::collection::vec((0u8..5, 0u8..12), 0..40),
            k in 2u64..5,
        ) {
            let mut classes = Classes::default();
            for (class, subject) in &rows {
                classes.add(u128::from(*class), Person::Known(u64::from(*subject)));
            }
            prop_assert_eq!(classes.limit(k).rows, slow(&rows, k));
        }
    }

    #[test]
    fn one_subject_with_five_rows_is_not_five_people() {
        let mut classes = Classes::default();
        for _ in 0..5 {
            classes.add(1, Person::Known(7));
        }
        assert_eq!(classes.limit(5).count, 5);
        let mut own = Classes::default();
        for _ in 0..5 {
            own.add(1, Person::Own);
        }
        assert_eq!(own.limit(5).count, 0);
        let mut nobody = Classes::default();
        for _ in 0..5 {
            nobody.add(1, Person::Nobody);
        }
        assert_eq!(nobody.limit(2).count, 5);
        nobody.add(1, Person::Known(1));
        nobody.add(1, Person::Known(2));
        assert_eq!(nobody.limit(2).count, 0);
        assert_eq!(nobody.limit(3).count, 7);
    }
}
