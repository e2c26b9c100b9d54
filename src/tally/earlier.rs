//! What earlier releases with the same codes show of each code: the same number
//! for the same set of rows. Holds hashes seeded anew for each run.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap};

/// Codes of earlier releases, by what is shown of them.
///
/// Memory: about 40 bytes a code.
#[derive(Default)]
pub struct Earlier {
    hashers: [DefaultHashBuilder; 2],
    shown: HashMap<u128, u128>,
    numbers: HashMap<u128, u32>,
    people: Vec<u64>,
}

impl Earlier {
    fn hash(&self, text: &str) -> u128 {
        let [high, low] = &self.hashers;
        u128::from(high.hash_one(text)) << 64 | u128::from(low.hash_one(text))
    }

    /// Adds a row of a release: its code, and the quasi cells beside it.
    pub fn add(&mut self, release: usize, code: &str, cells: &str) {
        let code = self.hash(code);
        let row = self.hash(&format!("{release}:{cells}"));
        // A sum: rows of one code in any order are the same set of rows.
        let shown = self.shown.entry(code).or_default();
        *shown = shown.wrapping_add(row);
    }

    /// Numbers the sets of rows, once all are added.
    pub fn finish(&mut self) {
        for shown in self.shown.values_mut() {
            let next = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
            let number = *self.numbers.entry(*shown).or_insert(next);
            if number == next {
                self.people.push(0);
            }
            if let Some(people) = self.people.get_mut(number as usize) {
                *people += 1;
            }
            // Numbers begin with 1: 0 stands for codes that no release has.
            *shown = u128::from(number) + 1;
        }
    }

    /// The number of what is shown of a code; 0 where nothing is.
    #[must_use]
    pub fn number(&self, code: &str) -> u32 {
        let shown = self.shown.get(&self.hash(code));
        shown.map_or(0, |number| u32::try_from(*number).unwrap_or(u32::MAX))
    }

    /// Codes by number, from 1 on.
    #[must_use]
    pub fn people(&self) -> &[u64] {
        &self.people
    }
}
