//! Remembers which cells of a column were found in order, so that a column of
//! few distinct values is checked once a value and not once a row.
//!
//! It keeps no text: a 64-bit universal hash (NH of UMAC, J. Black et al.,
//! CRYPTO 1999, over 64-bit words, with the length) under random words drawn
//! for this process. Two different cells of a column are taken for each other
//! with a chance near 2^-60 a pair, and nobody who does not know the random
//! words can look for such a pair.

use std::hash::{BuildHasher, RandomState};

/// Longest cell that is remembered, in bytes.
const LONGEST: usize = 128;
/// Entries of a column's memory, a power of two.
const ENTRIES: usize = 1 << 14;

/// The random words of a process.
pub(super) struct MemoKey([u64; LONGEST / 8 + 2]);

impl MemoKey {
    /// Draws the words from the standard library's random state.
    pub(super) fn new() -> Self {
        let state = RandomState::new();
        let mut words = [0u64; LONGEST / 8 + 2];
        for (n, word) in words.iter_mut().enumerate() {
            *word = state.hash_one(n) | 1;
        }
        Self(words)
    }

    /// The hash of a cell, or `None` where it is too long to be remembered.
    #[inline]
    pub(super) fn hash(&self, cell: &[u8]) -> Option<u64> {
        if cell.len() > LONGEST {
            return None;
        }
        let keys = &self.0;
        let last = keys.last().copied().unwrap_or(1);
        let mut sum = u128::from(cell.len() as u64 ^ last) * u128::from(keys[LONGEST / 8]);
        let (pairs, rest) = cell.as_chunks::<16>();
        let mut at = 0;
        for pair in pairs {
            let word = u128::from_le_bytes(*pair);
            let a = (word as u64).wrapping_add(keys[at]);
            let b = ((word >> 64) as u64).wrapping_add(keys[at + 1]);
            sum = sum.wrapping_add(u128::from(a) * u128::from(b));
            at += 2;
        }
        if !rest.is_empty() {
            let (low, high) = tail(rest);
            let a = low.wrapping_add(keys[at]);
            let b = high.wrapping_add(keys[at + 1]);
            sum = sum.wrapping_add(u128::from(a) * u128::from(b));
        }
        let folded = (sum as u64) ^ ((sum >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some(folded.wrapping_mul(0xd6e8_feb8_6659_fd93) | 1)
    }
}

/// Fewer than sixteen bytes as two words. Injective for a known length.
#[inline]
fn tail(rest: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (
            u64::from(u32::from_le_bytes(*first)),
            u64::from(u32::from_le_bytes(*last)),
        )
    } else {
        let mut word = 0u64;
        for byte in rest {
            word = word << 8 | u64::from(*byte);
        }
        (word, 0)
    }
}

/// The memory of one column in one worker.
pub(super) struct Memo {
    entries: Vec<u64>,
    cells: u32,
    strangers: u32,
    idle: bool,
}

/// Cells after which a memory is asked whether it is of use.
const TRIAL: u32 = 1 << 15;

impl Memo {
    /// An empty memory.
    pub(super) fn new() -> Self {
        Self {
            entries: vec![0; ENTRIES],
            cells: 0,
            strangers: 0,
            idle: false,
        }
    }

    /// Whether asking is no use: after many cells that were never seen before
    /// (a column of names or numbers) it is not.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.idle
    }

    /// Whether the cell with this hash was found in order before. No hash is 0,
    /// which marks an empty entry.
    #[inline]
    pub(super) fn knows(&self, hash: u64) -> bool {
        let slot = (hash >> 50) as usize & (ENTRIES - 1);
        hash != 0 && self.entries.get(slot) == Some(&hash)
    }

    /// Remembers that the cell with this hash is in order.
    #[inline]
    pub(super) fn learn(&mut self, hash: u64) {
        let slot = (hash >> 50) as usize & (ENTRIES - 1);
        if let Some(entry) = self.entries.get_mut(slot) {
            *entry = hash;
        }
    }

    /// Counts a cell that was not known.
    #[inline]
    pub(super) fn missed(&mut self) {
        self.strangers += 1;
    }

    /// Counts cells that were asked for; gives up where nearly all of many were
    /// strangers.
    pub(super) fn review(&mut self, cells: u64) {
        self.cells = self
            .cells
            .saturating_add(u32::try_from(cells).unwrap_or(u32::MAX));
        if self.cells >= TRIAL {
            self.idle |= u64::from(self.strangers) * 8 > u64::from(self.cells) * 7;
            self.cells = 0;
            self.strangers = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn different_cells_get_different_hashes(a in ".{0,40}", b in ".{0,40}") {
            let key = MemoKey::new();
            let equal = key.hash(a.as_bytes()) == key.hash(b.as_bytes());
            prop_assert_eq!(equal, a == b);
        }
    }

    #[test]
    fn zero_bytes_and_lengths_are_told_apart() {
        let key = MemoKey::new();
        let mut seen = std::collections::HashSet::new();
        for length in 0..=LONGEST {
            assert!(seen.insert(key.hash(&vec![0u8; length]).unwrap()));
        }
        assert_eq!(key.hash(&[0u8; LONGEST + 1]), None);
    }

    #[test]
    fn a_column_of_unique_values_is_no_longer_asked() {
        let (key, mut memo) = (MemoKey::new(), Memo::new());
        for n in 0..TRIAL {
            let hash = key.hash(&n.to_le_bytes()).unwrap();
            assert!(!memo.knows(hash));
            memo.missed();
            memo.learn(hash);
        }
        assert!(!memo.is_idle());
        memo.review(u64::from(TRIAL));
        assert!(memo.is_idle());
    }
}
