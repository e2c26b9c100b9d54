//! Where in a text there may be a number: one quick look over its bytes.
//!
//! A *stretch* goes on over letters and digits of ASCII, the marks that stand
//! inside numbers, and every character outside ASCII that is not Han; Han
//! characters and other punctuation end it. No identifier of digits reaches
//! over the end of a stretch, so one with too few digits, or too few letters
//! and digits together, is never looked at.
//!
//! May find too much, never too little: a first byte of characters among which
//! there is a digit counts as a digit.

use wide::u8x16;

/// Longer rows need no more than this one does.
const MOST: usize = 40;

/// What a stretch must have to be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// The fewest digits, by letters and digits together.
    digits: [u8; MOST + 1],
    /// The fewest digits of a stretch with a `+`.
    plus: u8,
    /// The fewest digits of any.
    least: u8,
}

/// A stretch that may hold something, in bytes of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether there may be a letter in it.
    pub(super) letters: bool,
}

impl Needs {
    /// Nothing is looked for.
    pub(super) const NONE: Self = Self {
        digits: [u8::MAX; MOST + 1],
        plus: u8::MAX,
        least: u8::MAX,
    };

    /// Adds rows of `cells` letters and digits with at least `digits` digits.
    pub(super) fn add(&mut self, cells: usize, digits: usize) {
        let digits = u8::try_from(digits.max(1)).unwrap_or(u8::MAX - 1);
        self.least = self.least.min(digits);
        for need in self.digits.iter_mut().skip(cells.min(MOST)) {
            *need = (*need).min(digits);
        }
    }

    /// Adds numbers that begin with a `+`.
    pub(super) fn add_plus(&mut self, digits: u8) {
        self.plus = self.plus.min(digits);
        self.least = self.least.min(digits);
    }

    #[inline]
    fn met(&self, seen: Seen) -> bool {
        let need = self
            .digits
            .get((seen.cells as usize).min(MOST))
            .copied()
            .unwrap_or(0);
        seen.digits >= u32::from(need) || (seen.plus && seen.digits >= u32::from(self.plus))
    }
}

#[derive(Clone, Copy, Default)]
struct Seen {
    digits: u32,
    cells: u32,
    plus: bool,
}

/// Bits of 64 bytes.
struct Masks {
    digits: u64,
    /// First byte of a full-width form; second and third of a full-width digit.
    wide: [u64; 3],
    cells: u64,
    plus: u64,
    ends: u64,
}

#[inline(always)]
fn within(part: u8x16, low: u8, high: u8) -> u8x16 {
    let over = part.max(u8x16::splat(low)).min(u8x16::splat(high));
    over.simd_eq(part)
}

#[inline(always)]
fn is(part: u8x16, byte: u8) -> u8x16 {
    part.simd_eq(u8x16::splat(byte))
}

#[inline(always)]
fn masks(bytes: &[u8; 64]) -> Masks {
    let mut masks = Masks {
        digits: 0,
        wide: [0; 3],
        cells: 0,
        plus: 0,
        ends: 0,
    };
    let (parts, _) = bytes.as_chunks::<16>();
    for (nth, part) in parts.iter().enumerate() {
        let part = u8x16::new(*part);
        let put = |bits: u8x16| u64::from(bits.to_bitmask()) << (16 * nth);
        let digit = within(part, b'0', b'9');
        let lower = part | u8x16::splat(0x20);
        let letter = within(lower, b'a', b'z') | is(part, b'<');
        let marks = within(part, b'(', b'/') & !(is(part, b'*') | is(part, b','))
            | within(part, 9, 13)
            | is(part, b' ')
            | is(part, b'_');
        // Outside ASCII.
        let far = within(part, 0x80, 0xFF);
        let han = within(part, 0xE4, 0xE9);
        // More than there are: of the letters of two bytes only the usual ones
        // of Latin and Cyrillic texts are told apart.
        let lead =
            is(part, 0xC2) | within(part, 0xD2, 0xE2) | is(part, 0xEA) | within(part, 0xF0, 0xFF);
        let wide = is(part, 0xEF);
        let cyrillic = within(part, 0xD0, 0xD1);
        let digits = digit | lead;
        masks.digits |= put(digits);
        masks.wide[0] |= put(wide);
        masks.wide[1] |= put(is(part, 0xBC));
        masks.wide[2] |= put(within(part, 0x90, 0x99));
        masks.cells |= put(digits | wide | letter | cyrillic);
        masks.plus |= put(is(part, b'+') | is(part, 0xE2) | wide);
        masks.ends |= put(!(digit | letter | marks | (far & !han)));
    }
    // What stands in the next 64 may be the rest of a digit.
    let [first, second, third] = masks.wide;
    masks.digits |= first & (second >> 1 | 1 << 63) & (third >> 2 | 3 << 62);
    masks
}

/// The lowest `n` bits, for `n` up to 64.
#[inline(always)]
fn low(n: u32) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

/// The stretches of `text` that meet the needs, in order, into `found`, which is
/// cleared first.
pub(super) fn stretches(text: &str, needs: &Needs, found: &mut Vec<Stretch>) {
    found.clear();
    let bytes = text.as_bytes();
    let (mut start, mut seen) = (0usize, Seen::default());
    let mut put = |start: usize, end: usize, seen: Seen| {
        if needs.met(seen) {
            // Not in the middle of the Han character that ended the one before.
            let rest = bytes.get(start..end).unwrap_or_default();
            let inside = rest.iter().take_while(|&&b| b & 0xC0 == 0x80).count();
            found.push(Stretch {
                start: (start + inside) as u32,
                end: end as u32,
                letters: seen.cells > seen.digits,
            });
        }
    };
    let least = u32::from(needs.least);
    let mut base = 0;
    let mut rest = bytes;
    let mut padded = [0; 64];
    while !rest.is_empty() {
        let (block, after) = match rest.split_first_chunk::<64>() {
            Some(parts) => parts,
            None => {
                for (to, from) in padded.iter_mut().zip(rest) {
                    *to = *from;
                }
                (&padded, &[][..])
            }
        };
        let size = rest.len() - after.len();
        rest = after;
        let masks = masks(block);
        let count = |bits: u64| Seen {
            digits: (masks.digits & bits).count_ones(),
            cells: (masks.cells & bits).count_ones(),
            plus: masks.plus & bits != 0,
        };
        if after.is_empty() && seen.digits + masks.digits.count_ones() < least {
            return;
        }
        let ends = masks.ends & low(size as u32);
        let first = ends.trailing_zeros();
        let head = count(low(first) & low(size as u32));
        seen.digits += head.digits;
        seen.cells += head.cells;
        seen.plus |= head.plus;
        if ends != 0 {
            if seen.digits >= least {
                put(start, base + first as usize, seen);
            }
            let last = 63 - ends.leading_zeros();
            let mut digits = masks.digits & low(last) & !low(first);
            while digits != 0 {
                let at = digits.trailing_zeros();
                let from = 64 - (ends & low(at)).leading_zeros();
                let to = (ends & !low(at)).trailing_zeros();
                let bits = low(to) & !low(from);
                if (masks.digits & bits).count_ones() >= least {
                    put(base + from as usize, base + to as usize, count(bits));
                }
                digits &= !bits;
            }
            start = base + last as usize + 1;
            seen = count(low(size as u32) & !low(last + 1));
        }
        base += size;
    }
    if seen.digits >= least {
        put(start, bytes.len(), seen);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::digits::leads_to_digits;
    use super::super::super::unicode::tests::awkward;
    use super::*;
    use proptest::prelude::*;

    /// The definition, byte by byte.
    fn slow(text: &str, needs: &Needs) -> Vec<Stretch> {
        let bytes = text.as_bytes();
        let ends = |b: u8| match b {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'<' => false,
            b'(' | b')' | b'+' | b'-' | b'.' | b'/' | 9..=13 | b' ' | b'_' => false,
            ..0x80 => true,
            b => (0xE4..=0xE9).contains(&b),
        };
        let wide_digit = |at: usize| {
            let behind = |n: usize, held: &dyn Fn(u8) -> bool| {
                at % 64 + n > 63 || bytes.get(at + n).is_some_and(|b| held(*b))
            };
            bytes[at] == 0xEF
                && behind(1, &|b| b == 0xBC)
                && behind(2, &|b| (0x90..=0x99).contains(&b))
        };
        let digit =
            |at: usize| bytes[at].is_ascii_digit() || leads_to_digits(bytes[at]) || wide_digit(at);
        let cell = |at: usize| {
            let b = bytes[at];
            digit(at) || b.is_ascii_alphabetic() || matches!(b, b'<' | 0xD0 | 0xD1 | 0xEF)
        };
        let (mut found, mut start) = (Vec::new(), 0);
        for end in (0..=bytes.len()).filter(|at| bytes.get(*at).is_none_or(|b| ends(*b))) {
            let seen = Seen {
                digits: (start..end).filter(|at| digit(*at)).count() as u32,
                cells: (start..end).filter(|at| cell(*at)).count() as u32,
                plus: (start..end).any(|at| matches!(bytes[at], b'+' | 0xE2 | 0xEF)),
            };
            if needs.met(seen) {
                let from = (start..end).find(|at| text.is_char_boundary(*at));
                found.push(Stretch {
                    start: from.unwrap_or(end) as u32,
                    end: end as u32,
                    letters: seen.cells > seen.digits,
                });
            }
            start = end + 1;
        }
        found
    }

    proptest! {
        #[test]
        fn the_quick_look_is_the_slow_one(
            parts in proptest::collection::vec(prop_oneof![
                3 => "[0-9０-９]{1,9}",
                2 => "[a-zA-Z<+() -]{1,9}",
                2 => "[王小，。]{1,9}",
                1 => awkward().prop_map(String::from),
            ], 0..40),
            needs in proptest::collection::vec((1usize..50, 1usize..20), 1..4),
            plus in 1u8..20,
        ) {
            let text = parts.concat();
            let mut all = Needs::NONE;
            for (cells, digits) in needs {
                all.add(cells, digits);
            }
            all.add_plus(plus);
            let mut found = Vec::new();
            stretches(&text, &all, &mut found);
            let wanted = slow(&text, &all);
            // Bytes that are taken for the first of a digit without being one.
            let more = |b: u8| (matches!(b, 0xD2..=0xDF) || b > 0xF0) && !leads_to_digits(b);
            if !text.bytes().any(more) {
                prop_assert_eq!(&found, &wanted);
            }
            for one in wanted {
                let more = Stretch {
                    letters: true,
                    ..one
                };
                let held = found.contains(&one) || found.contains(&more);
                prop_assert!(held, "{:?}", one);
            }
        }
    }
}
