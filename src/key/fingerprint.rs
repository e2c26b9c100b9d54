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

/// Characters hashed at a time, and the powers of the point that are kept.
const BLOCK: usize = 256;

/// Makes fingerprints under the `leak` subkey of one key and policy. Cheap to
/// share between threads by reference; no `Debug`; wiped on drop as far as its
/// parts allow.
#[derive(Clone)]
pub struct Fingerprinter {
    /// `powers[i]` = rⁱ mod p, i ≤ BLOCK.
    powers: Box<[u64; BLOCK + 1]>,
    of: [u64; 2],
    bound: [u64; 2],
}

impl Drop for Fingerprinter {
    fn drop(&mut self) {
        self.powers.zeroize();
        self.of.zeroize();
        self.bound.zeroize();
    }
}

/// The hashes of every beginning of one text, from which the fingerprint of
/// any part follows. Reuse it from text to text. As confidential as the text:
/// no `Debug`, wiped on drop.
#[derive(Default)]
pub struct Prefixes {
    /// `sums[i]` = H of the first i characters, without the leading power.
    sums: Vec<u64>,
}

impl Prefixes {
    /// Empty, to be filled by [`Fingerprinter::prefixes`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Characters of the text.
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
    /// ([`Label::Leak`](super::Label::Leak)) by HMAC-SHA256.
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
        let mut powers = Box::new([1; BLOCK + 1]);
        let mut power = 1;
        for place in powers.iter_mut() {
            *place = power;
            power = reduce(product(power, point));
        }
        let [of_0, of_1, bound_0, bound_1] = words("siphash-2-4");
        Self {
            powers,
            of: [of_0, of_1],
            bound: [bound_0, bound_1],
        }
    }

    /// The fingerprint of a whole text (already folded where that is wanted).
    #[must_use]
    #[inline]
    pub fn of(&self, folded: &str) -> u64 {
        let bytes = folded.as_bytes();
        let hash = if bytes.len() <= BLOCK && folded.is_ascii() {
            let hash = self.block(bytes.iter().map(|byte| u64::from(*byte)), bytes.len());
            reduce(hash.wrapping_add(u128::from(self.powers[bytes.len()])))
        } else {
            self.long(folded)
        };
        self.seal(hash)
    }

    /// H of a text of any length.
    fn long(&self, folded: &str) -> u64 {
        let mut buffer = [0u32; BLOCK];
        let mut hash = 1;
        let mut n = 0;
        for c in folded.chars() {
            buffer[n] = u32::from(c);
            n += 1;
            if n == BLOCK {
                hash = self.append(hash, &buffer);
                n = 0;
            }
        }
        hash = self.append(hash, &buffer[..n]);
        buffer.zeroize();
        hash
    }

    /// H of a text whose H was `hash` and that goes on with `block`.
    fn append(&self, hash: u64, block: &[u32]) -> u64 {
        let more = self.block(block.iter().map(|c| u64::from(*c)), block.len());
        reduce(more.wrapping_add(product(hash, self.powers[block.len()])))
    }

    /// Σ cᵢ·rⁿ⁻ⁱ over at most BLOCK characters, not reduced: each term is below
    /// 2⁶¹·2²¹, so 256 of them stay below 2⁹⁰.
    #[inline(always)]
    fn block(&self, chars: impl Iterator<Item = u64>, n: usize) -> u128 {
        let powers = self.powers.get(..n).unwrap_or_default();
        powers
            .iter()
            .rev()
            .zip(chars)
            .fold(0u128, |sum, (power, c)| {
                sum.wrapping_add(product(*power, c))
            })
    }

    /// Fills `out` with the hashes of every beginning of a text.
    pub fn prefixes(&self, folded: &str, out: &mut Prefixes) {
        out.sums.clear();
        out.sums.reserve(folded.len() + 1);
        let point = self.powers[1];
        let mut sum = 0;
        out.sums.push(sum);
        for c in folded.chars() {
            sum = reduce(product(sum, point).wrapping_add(u128::from(u32::from(c))));
            out.sums.push(sum);
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
        // rⁿ + (P_end − P_start·rⁿ) = P_end + (1 − P_start)·rⁿ
        let factor = 1 + P - at(start);
        let power = self.power(end - start);
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

    /// rⁿ mod p: from the table, or by squaring for very long ranges.
    #[inline]
    fn power(&self, n: usize) -> u64 {
        if let Some(power) = self.powers.get(n) {
            return *power;
        }
        let (mut result, mut square, mut rest) = (1, self.powers[1], n);
        while rest > 0 {
            if rest & 1 == 1 {
                result = reduce(product(result, square));
            }
            square = reduce(product(square, square));
            rest >>= 1;
        }
        result
    }

    /// SipHash-2-4 of H.
    #[inline]
    fn seal(&self, hash: u64) -> u64 {
        let mut sip = SipHasher24::new_with_keys(self.of[0], self.of[1]);
        sip.write_u64(hash);
        sip.finish()
    }
}

/// a·b, which cannot overflow.
#[inline(always)]
fn product(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// x mod p, below p, for x below 2¹²².
#[inline(always)]
fn reduce(x: u128) -> u64 {
    // 2⁶¹ ≡ 1: the high part is added to the low one.
    let folded = (x as u64 & P).wrapping_add((x >> 61) as u64);
    let folded = (folded & P).wrapping_add(folded >> 61);
    if folded >= P { folded - P } else { folded }
}
