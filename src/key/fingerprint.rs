//! Keyed fingerprints for the leak check.
//!
//! 64 bits of a text that tell nothing without the key, made so that, after one
//! pass over a text, the fingerprint of any part of it costs the same few
//! nanoseconds however long the part. They are for finding: among many billions
//! of comparisons some will agree by chance, so a hit says where to look. This
//! module may not print a text, and what it computes on the way to a
//! fingerprint may not be stored.
//!
//! # Why it is a keyed pseudo-random function
//!
//! Let p = 2⁶¹ − 1, a prime. For a secret point r, uniform below p, a text of
//! the characters c₁ … cₙ (Unicode scalar values, below 2²¹) is read as
//!
//! H = rⁿ + c₁·rⁿ⁻¹ + c₂·rⁿ⁻² + … + cₙ  (mod p),
//!
//! and its fingerprint is SipHash-2-4 of H, under a key that is independent of
//! r. This is Carter and Wegman's way: first a universal hash, then a
//! pseudo-random function of the short result.
//!
//! *The first step seldom makes two texts equal.* Two different texts of at
//! most L characters are two different polynomials in r: if their lengths
//! differ, the leading 1 stands at different powers; if not, some character
//! does, and characters differ by less than p. The difference has degree at
//! most L, so at most L of the p possible points make it zero. Whatever the two
//! texts, chosen without knowing r, they get the same H with odds of at most
//! L/p.
//!
//! *The second step hides the rest.* Take SipHash under a random key to be a
//! pseudo-random function. As long as the texts asked for have different H, its
//! inputs are all different and its outputs are independent random numbers,
//! which say nothing about the texts, nor about r, so that choosing texts by
//! the fingerprints seen so far is no better than choosing them beforehand.
//! After q texts the odds that two share H are at most q²/2 · L/p. Whoever
//! tells the fingerprints from random numbers has therefore broken SipHash, or
//! had luck of at most L·q²/2⁶².
//!
//! *Chance hits.* Two different texts share a fingerprint with odds of at most
//! L/p + 2⁻⁶⁴. With L = 18, 10⁷ fingerprints kept and 10⁸ tokens looked up, at
//! most 0.008 chance hits are to be expected; texts that were not built to
//! collide make about one in p, which gives 0.0005.
//!
//! H alone hides nothing: who sees it for a known text can solve for r. It
//! stays in here and in [`Prefixes`], in memory.

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

// 16 products of a group and a power fit 128 bits: nothing wraps in `ascii`.
const _: () = {
    let products = SHORT as u128 / 4 + 1;
    let group = 3 * (P as u128 - 1) + 127;
    assert!(u128::MAX / (products * group) >= P as u128 - 1);
};

/// Makes fingerprints under the `leak` subkey of one key and policy. Share it
/// between threads by reference. No `Debug`; wiped on drop.
#[derive(Clone)]
pub struct Fingerprinter {
    powers: Box<Powers>,
    of: [u64; 2],
    bound: [u64; 2],
    within: [u64; 2],
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
        self.within.zeroize();
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
    /// ([`Label::Leak`](super::Label::Leak)) by HMAC-SHA256: the point is
    /// the first 16 bytes of the tag of `point`, big-endian, mod p; the SipHash
    /// keys are pairs of 64-bit words, big-endian: for texts and for pairs the
    /// tag of `siphash-2-4`, for [`within`](Self::within) the first half of that
    /// of `within`.
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
        let [within_0, within_1, ..] = words("within");
        Self {
            powers: Powers::of(point),
            of: [of_0, of_1],
            bound: [bound_0, bound_1],
            within: [within_0, within_1],
        }
    }

    /// The fingerprint of a whole text (already folded where that is wanted).
    #[must_use]
    #[inline]
    pub fn of(&self, folded: &str) -> u64 {
        self.seal(self.hash(folded))
    }

    /// H.
    #[inline(always)]
    fn hash(&self, folded: &str) -> u64 {
        match self.ascii(folded.as_bytes()) {
            Some(hash) => hash,
            None => self.any(folded),
        }
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
    /// filled with, by this fingerprinter; equal to [`of`](Self::of) that
    /// substring. What lies outside the text is cut off.
    #[must_use]
    #[inline]
    pub fn of_range(&self, prefixes: &Prefixes, chars: Range<usize>) -> u64 {
        self.seal(self.hash_of_range(prefixes, chars))
    }

    /// H of a part of a text.
    #[inline(always)]
    fn hash_of_range(&self, prefixes: &Prefixes, chars: Range<usize>) -> u64 {
        let end = chars.end.min(prefixes.chars());
        let start = chars.start.min(end);
        let at = |i: usize| prefixes.sums.get(i).copied().unwrap_or_default();
        // rⁿ + (S_end − S_start·rⁿ) = S_end + (1 − S_start)·rⁿ
        let factor = (2 * P + 1).wrapping_sub(at(start));
        let power = self.powers.get(end - start);
        reduce(product(factor, power).wrapping_add(u128::from(at(end))))
    }

    /// Prepares the fingerprints of many values in one context, such as all
    /// parts of a text in that very text: half as dear as
    /// [`bound`](Self::bound) with [`of_range`](Self::of_range), and not the
    /// same numbers.
    #[must_use]
    #[inline]
    pub fn within(&self, context: u64) -> Within<'_> {
        let mut sip = SipHasher24::new_with_keys(self.within[0], self.within[1]);
        sip.write_u64(context);
        Within { prints: self, sip }
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

/// A context, itself a fingerprint, in which values get fingerprints of their
/// own: SipHash-2-4 of the context and H. The argument at the head of this
/// module holds for the pair.
pub struct Within<'a> {
    prints: &'a Fingerprinter,
    sip: SipHasher24,
}

impl Within<'_> {
    /// The fingerprint of a whole text in this context.
    #[must_use]
    #[inline]
    pub fn of(&self, folded: &str) -> u64 {
        self.seal(self.prints.hash(folded))
    }

    /// The fingerprint of a part in this context; equal to [`of`](Self::of) that
    /// substring.
    #[must_use]
    #[inline]
    pub fn of_range(&self, prefixes: &Prefixes, chars: Range<usize>) -> u64 {
        self.seal(self.prints.hash_of_range(prefixes, chars))
    }

    /// What is to be added, bit by bit, to fingerprints that depend on no
    /// context, so that equal ones differ from context to context: the
    /// fingerprint of p, which is no H.
    #[must_use]
    #[inline]
    pub fn veil(&self) -> u64 {
        self.seal(P)
    }

    #[inline(always)]
    fn seal(&self, hash: u64) -> u64 {
        let mut sip = self.sip;
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::key::{Key, Label};

    fn prints(policy: &str) -> Fingerprinter {
        Fingerprinter::new(&Key::test_key().subkey(Label::Leak, &[policy]))
    }

    /// The hash before SipHash, by the definition.
    fn plainly(prints: &Fingerprinter, text: &str) -> u64 {
        let r = u128::from(prints.powers.up[1]);
        let hash = text
            .chars()
            .fold(1, |h, c| (h * r + u128::from(u32::from(c))) % u128::from(P));
        prints.seal(hash as u64)
    }

    /// Texts with ASCII alone and mixed, around the lengths where the path changes.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9a-z]{0,80}",
            "[一-龥]{0,20}",
            "[0-9一-龥\u{10ffff}\u{7f}\u{80}é]{0,80}",
            "\\PC{0,600}",
            proptest::collection::vec(any::<char>(), 0..80)
                .prop_map(|chars| chars.into_iter().collect()),
        ]
    }

    proptest! {
        #[test]
        fn a_fingerprint_is_the_polynomial_under_siphash(text in texts()) {
            let prints = prints("aa");
            prop_assert_eq!(prints.of(&text), plainly(&prints, &text));
        }

        #[test]
        fn the_fingerprint_of_a_part_is_that_of_the_substring(
            text in texts(),
            cuts: [prop::sample::Index; 2],
        ) {
            let prints = prints("aa");
            let mut prefixes = Prefixes::new();
            prints.prefixes("left over from before", &mut prefixes);
            prints.prefixes(&text, &mut prefixes);
            let n = text.chars().count();
            prop_assert_eq!(prefixes.chars(), n);
            let [a, b] = cuts.map(|cut| cut.index(n + 1));
            let (start, end) = (a.min(b), a.max(b));
            let part: String = text.chars().skip(start).take(end - start).collect();
            prop_assert_eq!(prints.of_range(&prefixes, start..end), prints.of(&part));
            let within = prints.within(prints.of(&text));
            prop_assert_eq!(within.of_range(&prefixes, start..end), within.of(&part));
        }

        #[test]
        fn numbers_are_reduced_right(x: u128) {
            let p = u128::from(P);
            prop_assert_eq!(u128::from(reduce(x >> 4)), (x >> 4) % p);
            prop_assert_eq!(u128::from(fold(x >> 4)) % p, (x >> 4) % p);
            prop_assert!(fold(x >> 4) <= P + 7);
            prop_assert_eq!(u128::from(fold_wide(x)) % p, x % p);
        }
    }

    #[test]
    fn numbers_at_the_edge_are_reduced_right() {
        let p = u128::from(P);
        for x in [
            0,
            1,
            p - 1,
            p,
            p + 1,
            2 * p,
            p * p,
            (1 << 124) - 1,
            1 << 122,
        ] {
            assert_eq!(u128::from(reduce(x)), x % p, "{x}");
        }
        assert_eq!(u128::from(fold_wide(u128::MAX)) % p, u128::MAX % p);
    }

    #[test]
    fn all_parts_of_a_text_have_their_own_fingerprints() {
        let prints = prints("aa");
        let text: String = ('a'..='z').chain('一'..='丿').collect();
        let mut prefixes = Prefixes::new();
        prints.prefixes(&text, &mut prefixes);
        let n = prefixes.chars();
        let mut seen = HashSet::new();
        for start in 0..n {
            for end in start + 1..=n {
                let part: String = text.chars().skip(start).take(end - start).collect();
                let print = prints.of_range(&prefixes, start..end);
                assert_eq!(print, prints.of(&part));
                assert!(seen.insert(print));
            }
        }
    }

    #[test]
    fn the_longest_ascii_text_of_the_short_path_does_not_overflow() {
        // The greatest sums: every character DEL, and every power near p.
        for power in [P - 1, P - 2] {
            let prints = Fingerprinter {
                powers: Powers::of(power),
                of: [1, 2],
                bound: [3, 4],
                within: [5, 6],
            };
            for len in 0..=2 * SHORT {
                let text = "\u{7f}".repeat(len);
                assert_eq!(prints.of(&text), plainly(&prints, &text), "{len}");
            }
        }
    }

    #[test]
    fn one_character_beyond_ascii_is_seen_wherever_it_stands() {
        let prints = prints("aa");
        for len in 0..20 {
            for at in 0..=len {
                let text = format!("{}é{}", "7".repeat(at), "7".repeat(len - at));
                assert_eq!(prints.of(&text), plainly(&prints, &text), "{at} of {len}");
            }
        }
    }

    #[test]
    fn parts_longer_than_the_table_of_powers_are_right() {
        let prints = prints("aa");
        let text = "0123456789".repeat(1000);
        let mut prefixes = Prefixes::new();
        prints.prefixes(&text, &mut prefixes);
        for end in [255, 256, 257, 258, 1000, 9999] {
            let part: String = text.chars().take(end).skip(1).collect();
            assert_eq!(
                prints.of_range(&prefixes, 1..end),
                prints.of(&part),
                "{end}"
            );
        }
    }

    #[test]
    fn what_lies_outside_a_text_is_cut_off() {
        let prints = prints("aa");
        let mut prefixes = Prefixes::new();
        let nothing = prints.of("");
        assert_eq!(prefixes.chars(), 0);
        assert_eq!(prints.of_range(&prefixes, 0..5), nothing);
        prints.prefixes("abc", &mut prefixes);
        assert_eq!(prints.of_range(&prefixes, 1..9), prints.of("bc"));
        assert_eq!(prints.of_range(&prefixes, 7..9), nothing);
        let (from, to) = (2, 1);
        let backwards = from..to;
        assert_eq!(prints.of_range(&prefixes, backwards), nothing);
    }

    #[test]
    fn zeros_at_either_end_and_lengths_count() {
        let prints = prints("aa");
        let texts = [
            "",
            "\0",
            "\0\0",
            "\u{1}",
            "\0\u{1}",
            "\u{1}\0",
            "\u{1}\u{1}",
        ];
        let all: HashSet<u64> = texts.iter().map(|text| prints.of(text)).collect();
        assert_eq!(all.len(), texts.len());
    }

    #[test]
    fn another_policy_or_key_gives_unrelated_fingerprints() {
        let (one, other) = (prints("aa"), prints("ab"));
        assert_ne!(one.of("13800138000"), other.of("13800138000"));
        assert_ne!(one.of(""), other.of(""));
        assert_ne!(one.bound(1, 2), other.bound(1, 2));
        assert_ne!(one.powers.up[1], other.powers.up[1]);
    }

    #[test]
    fn a_pair_is_not_its_reverse_and_not_a_text() {
        let prints = prints("aa");
        assert_ne!(prints.bound(1, 2), prints.bound(2, 1));
        assert_ne!(prints.bound(0, 0), prints.seal(0));
        assert_ne!(prints.of, prints.bound);
        assert_ne!(prints.bound, prints.within);
        assert_ne!(prints.within(1).of("a"), prints.within(2).of("a"));
        assert_ne!(prints.within(1).of("a"), prints.within(1).of("b"));
    }
}
