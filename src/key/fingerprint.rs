//! Keyed fingerprints for the leak check.
//!
//! 64 bits of a text that tell nothing without the key, made so that the
//! fingerprints of all substrings of a text cost a few nanoseconds each. They
//! are for finding, not for codes: 64 bits collide by chance among many
//! billions of comparisons, so a hit that matters is confirmed or reported as
//! a place, never as a proof.
//!
//! # Why it is a keyed pseudo-random function
//!
//! Let p = 2⁶¹ − 1, a prime. For a secret point r, uniform below p, the text
//! s of the characters c₁ … cₙ (Unicode scalar values, below 2²¹) is read as
//! the polynomial
//!
//! H(s) = rⁿ + c₁·rⁿ⁻¹ + … + cₙ  (mod p),
//!
//! and its fingerprint is SipHash-2-4 of H(s), under a key that is independent
//! of r. Two different texts of at most L characters give two different
//! polynomials: the leading 1 marks the length, and characters of equal length
//! differ by less than p in some coefficient. Their difference has degree at
//! most L, so at most L of the p points r make them equal: the odds are at
//! most L/p, whatever the texts, as long as r is not known to who chose them.
//! That is Carter and Wegman's universal hashing. SipHash is taken to be a
//! pseudo-random function of its input; as long as no two of the texts hashed
//! share H, its inputs are all different and its outputs are unrelated random
//! numbers, which tell nothing about r either, so that choosing texts after
//! seeing fingerprints does not help. Who tells the fingerprints of q texts
//! from random numbers has therefore broken SipHash or been lucky, with odds
//! of at most q²/2 · L/p (2⁻⁶¹·L·q²/2).
//!
//! **Collisions**: any two different texts share a fingerprint with odds of at
//! most L/p + 2⁻⁶⁴. With L = 18, 10⁷ fingerprints and 10⁸ tokens looked up,
//! the expected number of chance hits is at most 0.008; for texts that were
//! not built to collide expect about 1/p a pair, that is 0.0005.
//!
//! H itself is not secret-keeping: whoever sees it for a known text can solve
//! for r. It never leaves this module except inside a [`Prefixes`].

use std::hash::Hasher;
use std::ops::Range;

use siphasher::sip::SipHasher24;
use zeroize::Zeroize;

use super::{Subkey, Tagger};

/// The prime 2⁶¹ − 1.
const P: u64 = (1 << 61) - 1;

/// Powers of the point that are kept.
const KEPT: usize = 256;

/// Bytes of ASCII that are hashed in one sum: 15 groups of 4 and up to 3 more.
const SHORT: usize = 63;

/// Makes fingerprints under the `leak` subkey of one key and policy. Share it
/// between threads by reference. No `Debug`; wiped on drop.
#[derive(Clone)]
pub struct Fingerprinter {
    powers: Box<Powers>,
    of: [u64; 2],
    bound: [u64; 2],
}

/// What is computed once from the secret point r.
#[derive(Clone)]
struct Powers {
    /// `up[i]` = rⁱ.
    up: [u64; KEPT + 1],
    /// `ascii[k − 1][c]` = c·rᵏ, so that four characters need one
    /// multiplication.
    ascii: [[u64; 128]; 3],
}

impl Drop for Fingerprinter {
    fn drop(&mut self) {
        self.powers.up.zeroize();
        self.powers.ascii.zeroize();
        self.of.zeroize();
        self.bound.zeroize();
    }
}

/// The hashes of every beginning of one text, from which the fingerprint of
/// any part follows. Reuse it from text to text. As confidential as the text:
/// no `Debug`, wiped on drop.
#[derive(Default)]
pub struct Prefixes {
    /// `sums[i]` = Σ c_j·rⁱ⁻ʲ over the first i characters, mod p, at most p + 7.
    sums: Vec<u64>,
}

impl Prefixes {
    /// Empty, to be filled by [`Fingerprinter::prefixes`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Characters (Unicode scalar values) of the text.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.sums.len().saturating_sub(1)
    }
}

impl Drop for Prefixes {
    fn drop(&mut self) {
        self.sums.zeroize();
    }
}

impl Fingerprinter {
    /// Derives the point and the keys from the subkey
    /// ([`Label::Leak`](super::Label::Leak)) by HMAC-SHA256: the point from the
    /// first 16 bytes of the tag of `point`, big-endian, mod p; the two SipHash
    /// keys, for texts and for pairs, from the tag of `siphash-2-4`.
    #[must_use]
    pub fn new(subkey: &Subkey) -> Self {
        let tagger = Tagger::new(subkey);
        let words = |label: &str| {
            let mut tag = tagger.tag(label.as_bytes());
            let mut words = [0u64; 4];
            for (word, bytes) in words.iter_mut().zip(tag.chunks_exact(8)) {
                *word = bytes.iter().fold(0, |word, b| word << 8 | u64::from(*b));
            }
            tag.zeroize();
            words
        };
        // 128 bits mod p are uniform to within 2⁻⁶⁷.
        let [high, low, ..] = words("point");
        let point = ((u128::from(high) << 64 | u128::from(low)) % u128::from(P)) as u64;
        let [of_0, of_1, bound_0, bound_1] = words("siphash-2-4");
        Self {
            powers: Powers::of(point),
            of: [of_0, of_1],
            bound: [bound_0, bound_1],
        }
    }

    /// The fingerprint of a whole text (already folded where that is wanted).
    #[must_use]
    #[inline]
    pub fn of(&self, folded: &str) -> u64 {
        let hash = match self.ascii(folded.as_bytes()) {
            Some(hash) => hash,
            None => self.any(folded),
        };
        self.seal(hash)
    }

    /// H of a short text that is all ASCII: groups of four characters from the
    /// end, each times its power, in one sum.
    ///
    /// A group is below 3·2⁶¹ + 2⁷, so the products of 15 and of what stands
    /// before them stay below 2¹²⁸.
    #[inline(always)]
    fn ascii(&self, bytes: &[u8]) -> Option<u64> {
        if bytes.len() > SHORT || bytes.first().is_some_and(|first| *first >= 0x80) {
            return None;
        }
        let Powers { up, ascii } = &*self.powers;
        let times = |byte: u8, power: usize| ascii[power - 1][usize::from(byte & 0x7f)];
        let (start, groups) = bytes.as_rchunks::<4>();
        let mut sum = 0u128;
        let mut seen = 0;
        for (group, power) in groups.iter().rev().zip(up.iter().step_by(4)) {
            let [a, b, c, d] = *group;
            seen |= u32::from_ne_bytes(*group);
            let value = times(a, 3)
                .wrapping_add(times(b, 2))
                .wrapping_add(times(c, 1))
                .wrapping_add(u64::from(d));
            sum = sum.wrapping_add(product(value, *power));
        }
        let (value, first) = match *start {
            [] => (1, 0),
            [a] => (up[1] + u64::from(a), a),
            [a, b] => (up[2] + times(a, 1) + u64::from(b), a | b),
            [a, b, c, ..] => (up[3] + times(a, 2) + times(b, 1) + u64::from(c), a | b | c),
        };
        let power = up.get(4 * groups.len()).copied().unwrap_or_default();
        sum = sum.wrapping_add(product(value, power));
        (seen & 0x8080_8080 == 0 && first < 0x80).then(|| reduce(u128::from(fold_wide(sum))))
    }

    /// H of any text.
    fn any(&self, folded: &str) -> u64 {
        let mut hash = 1;
        self.walk(hash, folded, |sums| {
            if let Some(last) = sums.last() {
                hash = *last;
            }
        });
        reduce(u128::from(hash))
    }

    /// Fills `out` with the hashes of every beginning of a text.
    pub fn prefixes(&self, folded: &str, out: &mut Prefixes) {
        let sums = &mut out.sums;
        sums.clear();
        sums.reserve(folded.len() + 1);
        sums.push(0);
        self.walk(0, folded, |more| sums.extend_from_slice(more));
    }

    /// Horner's rule from `sum` on, which gives the sum after each character,
    /// folded. Characters go four at a time, so that each group waits only for
    /// the one before it: five products below 2¹²² + 2⁶⁴ and smaller ones.
    #[inline(always)]
    fn walk(&self, mut sum: u64, text: &str, mut each: impl FnMut(&[u64])) {
        let [_, r1, r2, r3, r4, ..] = self.powers.up;
        let mut chars = text.chars().map(|c| u64::from(u32::from(c)));
        let mut group = [0u64; 4];
        loop {
            let mut n = 0;
            for (place, c) in group.iter_mut().zip(&mut chars) {
                *place = c;
                n += 1;
            }
            if n < 4 {
                for c in group.iter().take(n) {
                    sum = fold(product(sum, r1).wrapping_add(u128::from(*c)));
                    each(&[sum]);
                }
                return;
            }
            let [a, b, c, d] = group;
            let [ab, abc, abcd] = [
                product(a, r1),
                product(a, r2).wrapping_add(product(b, r1)),
                product(a, r3)
                    .wrapping_add(product(b, r2))
                    .wrapping_add(product(c, r1)),
            ];
            let next = [
                product(sum, r1).wrapping_add(u128::from(a)),
                product(sum, r2)
                    .wrapping_add(ab)
                    .wrapping_add(u128::from(b)),
                product(sum, r3)
                    .wrapping_add(abc)
                    .wrapping_add(u128::from(c)),
                product(sum, r4)
                    .wrapping_add(abcd)
                    .wrapping_add(u128::from(d)),
            ]
            .map(fold);
            each(&next);
            [.., sum] = next;
        }
    }

    /// The fingerprint of characters `chars` of the text that `prefixes` was
    /// filled with, equal to [`of`](Self::of) that substring. What lies outside
    /// the text is cut off.
    #[must_use]
    #[inline]
    pub fn of_range(&self, prefixes: &Prefixes, chars: Range<usize>) -> u64 {
        let end = chars.end.min(prefixes.chars());
        let start = chars.start.min(end);
        let at = |i: usize| prefixes.sums.get(i).copied().unwrap_or_default();
        // rⁿ + (S_end − S_start·rⁿ) = S_end + (1 − S_start)·rⁿ
        let factor = (2 * P + 1).wrapping_sub(at(start));
        let power = self.powers.get(end - start);
        self.seal(reduce(
            product(factor, power).wrapping_add(u128::from(at(end))),
        ))
    }

    /// The fingerprint of a pair: "this value in this context", such as a value
    /// and the very text it must not stand in. Both are fingerprints; the order
    /// counts.
    #[must_use]
    #[inline]
    pub fn bound(&self, context: u64, value: u64) -> u64 {
        let mut sip = SipHasher24::new_with_keys(self.bound[0], self.bound[1]);
        sip.write_u64(context);
        sip.write_u64(value);
        sip.finish()
    }

    /// SipHash-2-4 of H, as 8 bytes, little-endian.
    #[inline(always)]
    fn seal(&self, hash: u64) -> u64 {
        let mut sip = SipHasher24::new_with_keys(self.of[0], self.of[1]);
        sip.write_u64(hash);
        sip.finish()
    }
}

impl Powers {
    /// The tables of a point.
    fn of(point: u64) -> Box<Self> {
        let mut powers = Box::new(Self {
            up: [0; KEPT + 1],
            ascii: [[0; 128]; 3],
        });
        let mut power = 1;
        for place in powers.up.iter_mut() {
            *place = power;
            power = reduce(product(power, point));
        }
        let Self { up, ascii } = &mut *powers;
        for (row, power) in ascii.iter_mut().zip(up.iter().skip(1)) {
            for (place, c) in row.iter_mut().zip(0..) {
                *place = reduce(product(*power, c));
            }
        }
        powers
    }

    /// rⁿ: from the table, or by squaring for very long ranges.
    #[inline(always)]
    fn get(&self, n: usize) -> u64 {
        match self.up.get(n) {
            Some(power) => *power,
            None => self.far(n),
        }
    }

    #[cold]
    fn far(&self, n: usize) -> u64 {
        let (mut result, mut square, mut rest) = (1, self.up[1], n);
        while rest > 0 {
            if rest & 1 == 1 {
                result = reduce(product(result, square));
            }
            square = reduce(product(square, square));
            rest >>= 1;
        }
        result
    }
}

/// a·b, which cannot overflow.
#[inline(always)]
fn product(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// A number below 2¹²⁴, mod p but not below p: at most p + 7. Fit to be
/// multiplied again.
#[inline(always)]
fn fold(x: u128) -> u64 {
    // 2⁶¹ ≡ 1 (mod p), so the high part may be added to the low one.
    let once = (x as u64 & P).wrapping_add((x >> 61) as u64);
    (once & P).wrapping_add(once >> 61)
}

/// Any number, mod p but below 2⁶² + 2⁶.
#[inline(always)]
fn fold_wide(x: u128) -> u64 {
    (x as u64 & P)
        .wrapping_add((x >> 61) as u64 & P)
        .wrapping_add((x >> 122) as u64)
}

/// A number below 2¹²⁴ mod p.
#[inline(always)]
fn reduce(x: u128) -> u64 {
    let folded = fold(x);
    if folded >= P { folded - P } else { folded }
}
