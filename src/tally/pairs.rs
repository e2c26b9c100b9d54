//! Who stands in which cell: pairs of a keyed hash and a cell number, each kept once.
//!
//! Twelve bytes a pair. Repeats are dropped now and then, so that memory follows
//! the pairs that differ and not the records. Holds keyed hashes, nothing raw.

/// A hash in two halves and a cell: ordered by hash, then by cell.
type Pair = [u32; 3];

/// Hashes of subjects, or of the values of a column, by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
    /// Pairs left when repeats were last dropped.
    settled: usize,
}

/// Pairs after which repeats are first dropped.
const SETTLE_AT: usize = 1 << 21;

fn pair(hash: u64, cell: u32) -> Pair {
    let high = u32::try_from(hash >> 32).unwrap_or_default();
    let low = u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
    [high, low, cell]
}

fn parts([high, low, cell]: Pair) -> (u64, u32) {
    (u64::from(high) << 32 | u64::from(low), cell)
}

impl Pairs {
    /// Adds a pair; one that is there already changes nothing.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64, cell: u32) {
        self.pairs.push(pair(hash, cell));
        if self.pairs.len() >= 2 * self.settled + SETTLE_AT {
            self.settle();
        }
    }

    /// Adds the pairs of another list, its cells under new numbers.
    pub(crate) fn merge(&mut self, other: &Self, numbers: &[u32]) {
        self.pairs.reserve(other.pairs.len());
        for [high, low, cell] in &other.pairs {
            let cell = numbers.get(*cell as usize).copied().unwrap_or(*cell);
            self.pairs.push([*high, *low, cell]);
        }
    }

    /// Orders the pairs by hash, then by cell, and drops repeats.
    pub(crate) fn settle(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.settled = self.pairs.len();
    }

    /// The pairs as they stand: in order and without repeats after [`Pairs::settle`].
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.pairs.iter().map(|pair| parts(*pair))
    }

    /// Different hashes; only after [`Pairs::settle`].
    pub(crate) fn hashes(&self) -> u64 {
        let mut before = None;
        let mut count = 0;
        for (hash, _) in self.iter() {
            count += u64::from(before != Some(hash));
            before = Some(hash);
        }
        count
    }
}

/// What each owner adds to each cell: amounts in units of [`super::decimal::UNIT`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    amounts: Vec<(u64, u32, i128)>,
    /// Amounts whose owner has no hash: each an owner of its own.
    own: Vec<(u32, i128)>,
    settled: usize,
    /// A sum went beyond what can be held: nothing of it may be published.
    pub(crate) overflowed: bool,
}

impl Amounts {
    /// Adds to what `owner` has in the cell.
    pub(crate) fn add(&mut self, owner: Option<u64>, cell: u32, amount: i128) {
        match owner {
            Some(owner) => {
                self.amounts.push((owner, cell, amount));
                if self.amounts.len() >= 2 * self.settled + SETTLE_AT {
                    self.settle();
                }
            }
            None => self.own.push((cell, amount)),
        }
    }

    /// Adds another list, its cells under new numbers.
    pub(crate) fn merge(&mut self, other: &Self, numbers: &[u32]) {
        let new = |cell: u32| numbers.get(cell as usize).copied().unwrap_or(cell);
        self.amounts.extend(
            other
                .amounts
                .iter()
                .map(|(owner, cell, amount)| (*owner, new(*cell), *amount)),
        );
        self.own
            .extend(other.own.iter().map(|(cell, amount)| (new(*cell), *amount)));
        self.overflowed |= other.overflowed;
    }

    /// One amount for each owner and cell, ordered by owner.
    pub(crate) fn settle(&mut self) {
        self.amounts.sort_unstable();
        let mut overflowed = false;
        self.amounts.dedup_by(|later, first| {
            let same = (later.0, later.1) == (first.0, first.1);
            if same {
                match first.2.checked_add(later.2) {
                    Some(sum) => first.2 = sum,
                    None => overflowed = true,
                }
            }
            same
        });
        self.overflowed |= overflowed;
        self.own.sort_unstable();
        self.settled = self.amounts.len();
    }

    /// Owner, cell, amount, in the order of owners after [`Amounts::settle`].
    pub(crate) fn owned(&self) -> &[(u64, u32, i128)] {
        &self.amounts
    }

    /// Cell and amount of owners without a hash.
    pub(crate) fn own(&self) -> &[(u32, i128)] {
        &self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_added_twice_is_one_and_order_is_by_hash() {
        let mut pairs = Pairs::default();
        for (hash, cell) in [(u64::MAX, 1), (3, 9), (u64::MAX, 1), (3, 2), (1 << 40, 0)] {
            pairs.add(hash, cell);
        }
        pairs.settle();
        let all: Vec<_> = pairs.iter().collect();
        assert_eq!(all, [(3, 2), (3, 9), (1 << 40, 0), (u64::MAX, 1)]);
        assert_eq!(pairs.hashes(), 3);
    }

    #[test]
    fn what_an_owner_adds_in_parts_is_one_contribution_and_an_overflow_is_noted() {
        let mut amounts = Amounts::default();
        amounts.add(Some(7), 0, 5);
        amounts.add(Some(7), 0, -2);
        amounts.add(None, 0, 4);
        amounts.settle();
        assert_eq!(amounts.owned(), [(7, 0, 3)]);
        assert!(!amounts.overflowed);
        amounts.add(Some(7), 0, i128::MAX);
        amounts.settle();
        assert!(amounts.overflowed);
    }
}
