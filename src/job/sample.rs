//! `--sample N --seed S`: the records whose hashed place is smallest.
//!
//! The choice depends on the seed and on where a record stands, not on
//! threads or chunk sizes, and says nothing about a record's values.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// The share of records to look at.
#[derive(Debug, Clone)]
pub(super) struct Share {
    seed: u64,
    threshold: u64,
}

impl Share {
    /// Looks at records whose hash is at most `threshold`.
    pub(super) fn new(seed: u64, threshold: u64) -> Self {
        Self { seed, threshold }
    }

    /// Whether the record at byte `byte` of file `file` is looked at.
    pub(super) fn holds(&self, file: usize, byte: u64) -> bool {
        place(self.seed, file, byte) <= self.threshold
    }
}

/// Hash of a record's place.
pub(super) fn place(seed: u64, file: usize, byte: u64) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(seed, 0x6f66_6672_6563_6f72);
    hasher.write_usize(file);
    hasher.write_u64(byte);
    hasher.finish()
}

/// The `n` smallest hashes seen: the largest of them is the threshold.
#[derive(Debug)]
pub(super) struct Smallest {
    n: usize,
    heap: std::collections::BinaryHeap<u64>,
}

impl Smallest {
    pub(super) fn new(n: usize) -> Self {
        Self {
            n,
            heap: std::collections::BinaryHeap::new(),
        }
    }

    pub(super) fn add(&mut self, hash: u64) {
        if self.heap.len() < self.n {
            self.heap.push(hash);
        } else if self.heap.peek().is_some_and(|largest| hash < *largest) {
            self.heap.pop();
            self.heap.push(hash);
        }
    }

    pub(super) fn threshold(&self) -> u64 {
        self.heap.peek().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_holds_exactly_the_asked_number_of_records() {
        let mut smallest = Smallest::new(100);
        for byte in 0..10_000 {
            smallest.add(place(7, 0, byte));
        }
        let share = Share::new(7, smallest.threshold());
        assert_eq!(
            (0..10_000).filter(|byte| share.holds(0, *byte)).count(),
            100
        );
    }
}
