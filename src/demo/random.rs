//! Chance that is the same on every machine and in every year.
//!
//! The invented register must be the same bytes for the same seed for as long
//! as the crate lives, so nothing here may come from a crate whose streams may
//! change, from floating point, from hashing with a random state or from the
//! width of `usize`. Everything is integer arithmetic on `u64`.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable
//! pseudorandom number generators", OOPSLA 2014), whose output function is
//! published in the public domain by S. Vigna. It is no cryptography and must
//! never make a key.

/// The increment of SplitMix64: 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64: a bijection of 64 bits in which every
/// input bit reaches every output bit.
pub(super) const fn mix(value: u64) -> u64 {
    let mut z = value;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What a stream of random numbers is for; each purpose of each row has its
/// own stream, so that one part of a row can be made again without the others.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// Sex, ethnicity, city of birth, numbers: what another row may point at.
    Person = 1,
    /// The name.
    Name = 2,
    /// Whether and how the row is dirty.
    Dirt = 3,
    /// Written forms, address, notes: what no other row needs to know.
    Text = 4,
    /// The mail address.
    Email = 5,
    /// Where a structurally damaged row stands in its block.
    Damage = 6,
    /// Which city an employer and a branch sit in.
    Place = 7,
    /// Keys of permutations.
    Permutation = 8,
}

/// SplitMix64.
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The stream of one purpose of one row under one seed.
    pub(super) fn new(seed: u64, stream: Stream, row: u64) -> Self {
        let purpose = mix(seed ^ GOLDEN.wrapping_mul(stream as u64));
        Self {
            state: mix(purpose.wrapping_add(mix(row.wrapping_add(GOLDEN)))),
        }
    }

    /// The stream of plain SplitMix64 from a state, for known answers.
    #[cfg(test)]
    pub(super) fn from_state(state: u64) -> Self {
        Self { state }
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// A number in `0..bound` by multiplication; the bias of at most
    /// `bound / 2^64` is of no account here. 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// A number in `0..bound`, as an index.
    pub(super) fn index(&mut self, bound: usize) -> usize {
        self.below(bound as u64) as usize
    }

    /// True in `share` of 1,000 cases.
    pub(super) fn per_mille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    /// One of a list; the list must not be empty.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.index(list.len())]
    }
}

/// A permutation of `0..len` that needs no memory: a four-round Feistel
/// network over the next even number of bits, walked until it falls inside.
pub(super) struct Permutation {
    len: u64,
    half: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// A permutation of `0..len`, told apart from others by `name`.
    pub(super) fn new(len: u64, seed: u64, name: u64) -> Self {
        let bits = 64 - len.saturating_sub(1).leading_zeros();
        let mut random = Random::new(seed, Stream::Permutation, name);
        Self {
            len,
            half: bits.div_ceil(2).max(1),
            keys: [random.next(), random.next(), random.next(), random.next()],
        }
    }

    /// How many values are permuted.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Where `value` goes; `value` must be below the length.
    pub(super) fn apply(&self, value: u64) -> u64 {
        let mask = (1u64 << self.half) - 1;
        let mut at = value;
        loop {
            let (mut left, mut right) = (at >> self.half, at & mask);
            for key in self.keys {
                (left, right) = (right, left ^ (mix(right ^ key) & mask));
            }
            at = (left << self.half) | right;
            if at < self.len {
                return at;
            }
        }
    }
}

/// Draws an index with given whole-number weights in constant time: the alias
/// method (Walker 1974, in the form of Vose 1991), in integers throughout.
pub(super) struct Weighted {
    entries: Vec<(u32, u32)>,
}

impl Weighted {
    /// From weights; at least one must be above 0, their sum below 2^64.
    pub(super) fn new(weights: &[u64]) -> Self {
        let count = weights.len() as u128;
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        let mut scaled: Vec<u128> = weights
            .iter()
            .map(|weight| u128::from(*weight) * count)
            .collect();
        let mut entries = vec![(u32::MAX, 0u32); weights.len()];
        for (at, entry) in entries.iter_mut().enumerate() {
            entry.1 = at as u32;
        }
        let (mut small, mut large) = (Vec::new(), Vec::new());
        for (at, weight) in scaled.iter().enumerate() {
            if *weight < total {
                small.push(at);
            } else {
                large.push(at);
            }
        }
        while let (Some(low), Some(high)) = (small.pop(), large.last().copied()) {
            let threshold = (scaled[low] << 32) / total.max(1);
            entries[low] = (u32::try_from(threshold).unwrap_or(u32::MAX), high as u32);
            scaled[high] -= total - scaled[low];
            if scaled[high] < total {
                large.pop();
                small.push(high);
            }
        }
        Self { entries }
    }

    /// An index, drawn.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let bits = random.next();
        let at = ((u128::from(bits >> 32) * self.entries.len() as u128) >> 32) as usize;
        let (threshold, other) = self.entries[at];
        if (bits as u32) < threshold {
            at
        } else {
            other as usize
        }
    }
}
