//! Whether a cell is a code of its column: a check of its own, written from the
//! specification and compared in tests with the one that the codes come from.
//!
//! Prefix, `-`, symbols of `0123456789ABCDEFGHJKMNPQRSTVWXYZ` in groups of four,
//! `-`, one check symbol Σ αⁱ·dᵢ over the symbols i = 1…n in GF(32) with
//! x⁵+x²+1 and α = 2; bits beyond the last one are zero.

use crate::key::CodeFormat;

/// The symbols in the order of their values.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// No symbol.
const NONE: u8 = 0x80;

/// Value of each byte that is a symbol.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut n = 0;
    while n < 32 {
        values[SYMBOLS[n] as usize] = n as u8;
        n += 1;
    }
    values
};

/// Symbols of the longest code.
const MOST: usize = 26;

/// αⁱ·d for each place i and value d.
const TERMS: [[u8; 32]; MOST] = {
    let mut terms = [[0u8; 32]; MOST];
    let mut place = 0;
    while place < MOST {
        let mut value = 0;
        while value < 32 {
            let mut term = value as u8;
            let mut times = 0;
            while times <= place {
                term <<= 1;
                if term & 0x20 != 0 {
                    term ^= 0b10_0101;
                }
                times += 1;
            }
            terms[place][value] = term;
            value += 1;
        }
        place += 1;
    }
    terms
};

/// Tests codes of one prefix and length.
pub(super) struct CodeTest {
    lead: Vec<u8>,
    symbols: usize,
    length: usize,
    /// Bits of the last symbol that must be zero.
    padding: u8,
}

impl CodeTest {
    /// `None` where there is no such format.
    pub(super) fn new(prefix: &str, bits: u32) -> Option<Self> {
        CodeFormat::new(prefix, bits)?;
        let bits = usize::try_from(bits).ok()?;
        let symbols = bits.div_ceil(5);
        let lead = format!("{prefix}-").into_bytes();
        Some(Self {
            length: lead.len() + symbols + symbols.div_ceil(4) + 1,
            lead,
            symbols,
            padding: (1u8 << (symbols * 5 - bits)) - 1,
        })
    }

    /// Bytes of a code.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether a cell is such a code, byte for byte.
    #[inline]
    pub(super) fn check(&self, cell: &[u8]) -> bool {
        if cell.len() != self.length {
            return false;
        }
        let Some(body) = cell.strip_prefix(self.lead.as_slice()) else {
            return false;
        };
        let (mut sum, mut bad, mut last) = (0u8, 0u8, 0u8);
        let mut terms = TERMS.iter();
        let (groups, rest) = body.as_chunks::<5>();
        // Whole groups with the hyphen behind each; the last one may be the
        // rest of a group, its hyphen and the check symbol.
        for [a, b, c, d, hyphen] in groups.iter().take(self.symbols / 4) {
            for byte in [a, b, c, d] {
                let value = VALUES[usize::from(*byte)];
                bad |= value;
                sum ^= terms.next().map_or(0, |t| t[usize::from(value & 31)]);
                last = value;
            }
            bad |= if *hyphen == b'-' { 0 } else { NONE };
        }
        let mut tail = body.get(self.symbols / 4 * 5..).unwrap_or(rest).iter();
        let left = self.symbols % 4;
        for byte in tail.by_ref().take(left) {
            let value = VALUES[usize::from(*byte)];
            bad |= value;
            sum ^= terms.next().map_or(0, |t| t[usize::from(value & 31)]);
            last = value;
        }
        if left > 0 && tail.next() != Some(&b'-') {
            return false;
        }
        let check = tail.next().map_or(NONE, |byte| VALUES[usize::from(*byte)]);
        bad & NONE == 0 && check == sum && last & self.padding == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_answers_are_codes() {
        for (prefix, bits, code) in [
            ("P", 80, "P-2Q3D-EZPX-6QJ8-RGBJ-4"),
            ("P", 80, "P-2V5N-B5A6-KHE7-925H-Q"),
            ("P", 128, "P-2Q3D-EZPX-6QJ8-RGBJ-81H6-NC6T-A4-J"),
            ("P", 80, "P-4YN1-D97C-9EYB-Q545-K"),
        ] {
            assert!(CodeTest::new(prefix, bits).unwrap().check(code.as_bytes()));
        }
        assert!(CodeTest::new("p", 80).is_none());
        assert!(CodeTest::new("P", 81).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn it_agrees_with_the_one_that_the_codes_come_from(
            tag in any::<[u8; 32]>(), wide in any::<bool>(), prefix in "[A-Z]{1,3}",
            at in any::<prop::sample::Index>(), byte in prop_oneof![Just(b'-'), 0x20u8..0x7f],
            swap in any::<prop::sample::Index>(),
        ) {
            let bits = if wide { 128 } else { 80 };
            let theirs = CodeFormat::new(&prefix, bits).unwrap();
            let ours = CodeTest::new(&prefix, bits).unwrap();
            let mut code = Vec::new();
            theirs.write(&tag, &mut code);
            prop_assert!(ours.check(&code));
            let mut changed = code.clone();
            changed[at.index(code.len())] = byte;
            let text = String::from_utf8(changed.clone()).unwrap();
            prop_assert_eq!(ours.check(&changed), theirs.is_code(&text));
            let mut swapped = code.clone();
            swapped.swap(at.index(code.len()), swap.index(code.len()));
            let text = String::from_utf8(swapped.clone()).unwrap();
            prop_assert_eq!(ours.check(&swapped), theirs.is_code(&text));
            code.pop();
            prop_assert!(!ours.check(&code));
        }
    }
}
