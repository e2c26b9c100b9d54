//! Keys of equivalence classes: sums of one part a column.
//!
//! Where the codes of all columns fit 64 bits, a part is the code in bits of its
//! own and a key is exact. Otherwise parts are random numbers of 128 bits, drawn
//! anew for every run: keys of different classes then agree with odds of about
//! n² / 2¹²⁸. Replacing one column's value replaces one summand, which is what
//! makes roll-ups cheap. Nothing here knows a value.

/// A key: 64 exact bits, or 128 random ones.
pub(super) trait Key: Copy + Eq + Send + Sync {
    /// The key of no columns.
    const ZERO: Self;
    /// Sum.
    fn plus(self, other: Self) -> Self;
    /// Difference.
    fn minus(self, other: Self) -> Self;
    /// A spread of the key's bits for a table of a power of two.
    fn spread(self) -> u64;
    /// Parts of columns with so many codes each; `None` where they do not fit.
    fn parts(sizes: &[usize]) -> Option<Vec<Vec<Self>>>;
    /// The part of a code, of the parts of its column.
    fn part(parts: &[Self], code: u32) -> Self;
}

/// Bits that hold `size` codes.
pub(super) fn bits(size: usize) -> u32 {
    usize::BITS - size.saturating_sub(1).leading_zeros()
}

impl Key for u64 {
    const ZERO: Self = 0;

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline]
    fn spread(self) -> u64 {
        let mixed = (self ^ (self >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 32)
    }

    #[inline]
    fn part(parts: &[Self], code: u32) -> Self {
        // Each part is a multiple of the second one; no look-up is as fast.
        parts.get(1).map_or(0, |one| one.wrapping_mul(code.into()))
    }

    fn parts(sizes: &[usize]) -> Option<Vec<Vec<Self>>> {
        let total: u32 = sizes.iter().map(|size| bits(*size)).sum();
        if total > 64 {
            return None;
        }
        let mut shift = 0;
        Some(
            sizes
                .iter()
                .map(|size| {
                    let at = shift;
                    shift += bits(*size);
                    // A column of one code has no bits, and a shift by 64 no meaning.
                    (0..*size as u64)
                        .map(|code| code.checked_shl(at).unwrap_or(0))
                        .collect()
                })
                .collect(),
        )
    }
}

impl Key for u128 {
    const ZERO: Self = 0;

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "random bits, any half will do"
    )]
    fn spread(self) -> u64 {
        self as u64
    }

    #[inline]
    fn part(parts: &[Self], code: u32) -> Self {
        parts.get(code as usize).copied().unwrap_or(Self::ZERO)
    }

    fn parts(sizes: &[usize]) -> Option<Vec<Vec<Self>>> {
        use std::hash::BuildHasher;
        let [high, low] = [(); 2].map(|()| hashbrown::DefaultHashBuilder::default());
        let mut next = 0u64;
        let mut draw = || {
            next += 1;
            u128::from(high.hash_one(next)) << 64 | u128::from(low.hash_one(next))
        };
        Some(
            sizes
                .iter()
                .map(|size| (0..*size).map(|_| draw()).collect())
                .collect(),
        )
    }
}

/// Finds the place of a key among entries; reused, and emptied in constant time.
#[derive(Default)]
pub(super) struct Places {
    slots: Vec<(u32, u32)>,
    round: u32,
    mask: u64,
}

impl Places {
    /// Empties the table, with room for so many keys.
    pub(super) fn begin(&mut self, keys: usize) {
        let wanted = (keys.max(8) * 2).next_power_of_two();
        if self.slots.len() < wanted {
            self.slots = vec![(0, 0); wanted];
            self.round = 0;
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill((0, 0));
            self.round = 1;
        }
        self.mask = wanted as u64 - 1;
    }

    /// The entry with this key, where `is` knows it, or `new` entered for it.
    #[inline]
    pub(super) fn find(&mut self, spread: u64, new: u32, is: impl Fn(u32) -> bool) -> u32 {
        let mut at = spread & self.mask;
        loop {
            // The mask keeps the place inside the table.
            let Some(slot) = self.slots.get_mut(usize::try_from(at).unwrap_or_default()) else {
                return new;
            };
            if slot.0 != self.round {
                *slot = (self.round, new);
                return new;
            }
            if is(slot.1) {
                return slot.1;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// The entry with this key, if there is one.
    #[inline]
    pub(super) fn look(&self, spread: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = spread & self.mask;
        loop {
            let slot = self.slots.get(usize::try_from(at).unwrap_or_default())?;
            if slot.0 != self.round {
                return None;
            }
            if is(slot.1) {
                return Some(slot.1);
            }
            at = (at + 1) & self.mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_64_bits_are_exact_and_too_many_bits_are_refused() {
        let parts = u64::parts(&[3, 1, 5]).unwrap();
        let mut keys = std::collections::BTreeSet::new();
        for a in &parts[0] {
            for b in &parts[1] {
                for c in &parts[2] {
                    keys.insert(a.plus(*b).plus(*c));
                }
            }
        }
        assert_eq!(keys.len(), 15);
        assert!(u64::parts(&[1 << 20, 1 << 20, 1 << 20, 1 << 20]).is_none());
        let full = u64::parts(&[1 << 20, 1 << 20, 1 << 20, 1 << 4, 1]).unwrap();
        assert_eq!(full[4], [0]);
    }

    #[test]
    fn a_table_forgets_between_rounds() {
        let mut places = Places::default();
        let mut keys: Vec<u64> = Vec::new();
        for round in 0..3 {
            places.begin(4);
            keys.clear();
            for key in [7u64, 9, 7, 7 + round] {
                let new = u32::try_from(keys.len()).unwrap();
                let found = places.find(key.spread(), new, |at| keys[at as usize] == key);
                if found == new {
                    keys.push(key);
                }
            }
            assert_eq!(
                keys.len(),
                if round == 0 {
                    2
                } else {
                    if round == 2 { 2 } else { 3 }
                }
            );
            assert_eq!(
                places.look(9u64.spread(), |at| keys[at as usize] == 9),
                Some(1)
            );
            assert_eq!(
                places
                    .look(8u64.spread(), |at| keys[at as usize] == 8)
                    .is_some(),
                round == 1
            );
        }
    }
}
