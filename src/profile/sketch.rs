//! Counting without keeping: distinct values, frequent values and pairs, as
//! keyed hashes in bounded memory.
//!
//! The key is drawn anew for every profile and is gone with it, so that a
//! hash is of no use to anybody. Everything here merges: threads and files
//! add up to the same.

use std::hash::Hasher;

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use siphasher::sip::SipHasher13;

/// The key of one profile.
#[derive(Clone, Copy)]
pub(super) struct Salt(u64, u64);

impl Salt {
    /// A fresh one from the operating system.
    pub(super) fn fresh() -> Option<Self> {
        Some(Self(getrandom::u64().ok()?, getrandom::u64().ok()?))
    }

    /// One for tests.
    #[cfg(test)]
    pub(super) fn fixed() -> Self {
        Self(1, 2)
    }

    /// The hash of a text.
    pub(super) fn hash(self, text: &str) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0, self.1);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// Hashes are spread evenly already: no second hashing in maps.
#[derive(Clone, Copy, Default)]
pub(super) struct Even(u64);

impl Hasher for Even {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// Builds [`Even`].
pub(super) type BuildEven = std::hash::BuildHasherDefault<Even>;

/// Estimates how many distinct hashes were seen: those under a limit are kept,
/// and the limit is halved whenever there are too many. Exact up to
/// [`Distinct::KEPT`]; a relative error of about 2 % beyond.
#[derive(Clone, Default)]
pub(super) struct Distinct {
    seen: HashSet<u64, BuildEven>,
    /// Hashes up to here are kept; shifted right once a halving.
    halved: u32,
}

impl Distinct {
    /// Hashes kept at most.
    pub(super) const KEPT: usize = 4096;

    pub(super) fn add(&mut self, hash: u64) {
        if hash.leading_zeros() >= self.halved && self.seen.insert(hash) {
            while self.seen.len() > Self::KEPT {
                self.halve();
            }
        }
    }

    fn halve(&mut self) {
        self.halved += 1;
        let halved = self.halved;
        self.seen.retain(|hash| hash.leading_zeros() >= halved);
    }

    pub(super) fn merge(&mut self, other: Self) {
        while self.halved < other.halved {
            self.halve();
        }
        for hash in other.seen {
            self.add(hash);
        }
    }

    /// How many there are, and whether that is exact.
    pub(super) fn estimate(&self) -> (u64, bool) {
        (
            (self.seen.len() as u64)
                .checked_shl(self.halved)
                .unwrap_or(u64::MAX),
            self.halved == 0,
        )
    }
}

/// A frequent value: a count that is right or too low by a known bound, and
/// the number of its shape.
#[derive(Clone, Copy)]
pub(super) struct Frequent {
    pub(super) count: u64,
    pub(super) shape: u32,
}

/// The frequent values of a column.
#[derive(Clone, Default)]
pub(super) struct Heavy {
    pub(super) seen: HashMap<u64, Frequent, BuildEven>,
    /// What every count may be too low by.
    pub(super) lost: u64,
}

impl Heavy {
    /// Values kept at most.
    const KEPT: usize = 4096;

    pub(super) fn add(&mut self, hash: u64, count: u64, shape: u32) {
        match self.seen.entry(hash) {
            Entry::Occupied(mut known) => known.get_mut().count += count,
            Entry::Vacant(free) => {
                free.insert(Frequent { count, shape });
                self.shrink();
            }
        }
    }

    fn shrink(&mut self) {
        while self.seen.len() > Self::KEPT {
            // What the rarer half has at most is taken from all.
            let mut counts: Vec<u64> = self.seen.values().map(|seen| seen.count).collect();
            let (_, middle, _) = counts.select_nth_unstable(Self::KEPT / 2);
            let less = *middle;
            self.seen.retain(|_, seen| {
                seen.count = seen.count.saturating_sub(less);
                seen.count > 0
            });
            self.lost += less;
        }
    }

    /// Merges what another has seen; `shape` translates its numbers of shapes.
    pub(super) fn merge(&mut self, other: Self, shape: impl Fn(u32) -> u32) {
        self.lost += other.lost;
        for (hash, seen) in other.seen {
            self.add(hash, seen.count, shape(seen.shape));
        }
    }
}

/// What is known of one identifier.
#[derive(Clone, Copy)]
struct Seen {
    with: Option<u64>,
    records: u32,
    several: bool,
}

/// How often one identifier stands with several names: identifiers under a
/// limit are followed, the limit is halved when there are too many.
#[derive(Clone, Default)]
pub(super) struct Pairs {
    seen: HashMap<u64, Seen, BuildEven>,
    halved: u32,
}

/// What [`Pairs`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PairCounts {
    /// Identifiers, estimated.
    pub(super) identifiers: u64,
    /// Of these, in more than one record.
    pub(super) repeated: u64,
    /// Of these, under more than one name.
    pub(super) several: u64,
    /// Whether nothing was estimated.
    pub(super) exact: bool,
}

impl Pairs {
    /// Identifiers followed at most.
    const KEPT: usize = 1 << 16;

    pub(super) fn add(&mut self, identifier: u64, with: Option<u64>) {
        self.put(
            identifier,
            Seen {
                with,
                records: 1,
                several: false,
            },
        );
    }

    fn put(&mut self, identifier: u64, new: Seen) {
        if identifier.leading_zeros() < self.halved {
            return;
        }
        match self.seen.entry(identifier) {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.records = known.records.saturating_add(new.records);
                known.several |=
                    new.several || matches!((known.with, new.with), (Some(a), Some(b)) if a != b);
                known.with = known.with.or(new.with);
            }
            Entry::Vacant(free) => {
                free.insert(new);
                while self.seen.len() > Self::KEPT {
                    self.halve();
                }
            }
        }
    }

    fn halve(&mut self) {
        self.halved += 1;
        let halved = self.halved;
        self.seen
            .retain(|identifier, _| identifier.leading_zeros() >= halved);
    }

    pub(super) fn merge(&mut self, other: Self) {
        while self.halved < other.halved {
            self.halve();
        }
        for (identifier, seen) in other.seen {
            self.put(identifier, seen);
        }
    }

    pub(super) fn counts(&self) -> PairCounts {
        let scaled = |n: usize| (n as u64).checked_shl(self.halved).unwrap_or(u64::MAX);
        PairCounts {
            identifiers: scaled(self.seen.len()),
            repeated: scaled(self.seen.values().filter(|seen| seen.records > 1).count()),
            several: scaled(self.seen.values().filter(|seen| seen.several).count()),
            exact: self.halved == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_exact_when_few_and_close_when_many() {
        let salt = Salt::fixed();
        let mut few = Distinct::default();
        for n in 0..10_000_u32 {
            few.add(salt.hash(&(n % 1000).to_string()));
        }
        assert_eq!(few.estimate(), (1000, true));
        let (mut one, mut two) = (Distinct::default(), Distinct::default());
        for n in 0..60_000_u32 {
            one.add(salt.hash(&n.to_string()));
            two.add(salt.hash(&(n + 30_000).to_string()));
        }
        one.merge(two);
        let (many, exact) = one.estimate();
        assert!(!exact && many.abs_diff(90_000) < 9_000, "{many}");
    }

    #[test]
    fn frequent_values_survive_a_flood_of_rare_ones() {
        let salt = Salt::fixed();
        let mut heavy = Heavy::default();
        for n in 0..100_000_u64 {
            heavy.add(salt.hash(&n.to_string()), 1, 0);
            if n % 20 == 0 {
                heavy.add(salt.hash("often"), 1, 7);
            }
        }
        let often = heavy.seen[&salt.hash("often")];
        assert_eq!(often.shape, 7);
        assert!(often.count <= 5_000 && often.count + heavy.lost >= 5_000);
        assert!(often.count > 4_000);
    }

    #[test]
    fn an_identifier_under_several_names_is_seen_whatever_the_order() {
        let mut all = Pairs::default();
        let (mut left, mut right) = (Pairs::default(), Pairs::default());
        for n in 0..1000_u64 {
            let identifier = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            all.add(identifier, Some(1));
            left.add(identifier, Some(1));
            if n % 100 == 0 {
                all.add(identifier, Some(2));
                right.add(identifier, Some(2));
            }
        }
        right.merge(left);
        assert_eq!(right.counts(), all.counts());
        assert_eq!(all.counts().several, 10);
        assert_eq!(all.counts().repeated, 10);
    }
}
