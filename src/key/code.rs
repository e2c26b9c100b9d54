//! Codes that people read and copy, date offsets, and the odds of a collision.
//!
//! Pure functions of a tag: no secret is held here and nothing is looked up.
//! A code may not depend on anything but the tag, the prefix and the bits.

/// The 32 symbols: Crockford's base 32, without I, L, O and U.
const SYMBOLS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Most symbols a code can have before the check symbol: α has order 31, so
/// position 31 could be confused with the check symbol's own.
const MAX_SYMBOLS: usize = 30;

/// Symbols of 128 bits.
const SYMBOLS_128: usize = 26;

/// Symbols of 80 bits.
const SYMBOLS_80: usize = 16;

/// `WEIGHTED[i][d]` = αⁱ·d in GF(32), x⁵+x²+1, α = 2: what symbol `d` at
/// position `i` (from 1) adds to the check symbol. Row 0 is d itself.
static WEIGHTED: [[u8; 32]; MAX_SYMBOLS + 1] = {
    let mut table = [[0; 32]; MAX_SYMBOLS + 1];
    let mut i = 0;
    while i <= MAX_SYMBOLS {
        let mut d = 0;
        while d < 32 {
            table[i][d as usize] = if i == 0 {
                d
            } else {
                times_alpha(table[i - 1][d as usize])
            };
            d += 1;
        }
        i += 1;
    }
    table
};

/// What each byte of a tag, whatever its place, adds to the check symbol: the
/// sum is linear, so a byte adds what its bits add. Bit j of the tag, from the
/// most significant, is bit 4 − j mod 5 of symbol j/5 + 1.
static BYTE_CHECKS: [[u8; 256]; 16] = {
    let mut table = [[0; 256]; 16];
    let mut place = 0;
    while place < 16 {
        let mut byte = 0;
        while byte < 256 {
            let mut bit = 0;
            while bit < 8 {
                if byte & (0x80 >> bit) != 0 {
                    let j = 8 * place + bit;
                    table[place][byte] ^= WEIGHTED[j / 5 + 1][1 << (4 - j % 5)];
                }
                bit += 1;
            }
            byte += 1;
        }
        place += 1;
    }
    table
};

/// Two symbols for ten bits.
static PAIRS: [[u8; 2]; 1024] = {
    let mut table = [[0; 2]; 1024];
    let mut i = 0;
    while i < 1024 {
        table[i] = [SYMBOLS[i >> 5], SYMBOLS[i & 31]];
        i += 1;
    }
    table
};

/// The value of each symbol as written, capital letters only.
static VALUES: [u8; 256] = {
    let mut table = [NO_SYMBOL; 256];
    let mut i = 0;
    while i < 32 {
        table[SYMBOLS[i] as usize] = i as u8;
        i += 1;
    }
    table
};

/// What [`VALUES`] holds for a byte that is no symbol.
const NO_SYMBOL: u8 = 255;

/// d·α: a shift, reduced by x⁵+x²+1.
const fn times_alpha(d: u8) -> u8 {
    let shifted = d << 1;
    if shifted & 0x20 == 0 {
        shifted
    } else {
        shifted ^ 0x25
    }
}

/// Length of the longest code: 3 letters, 7 groups, the check symbol.
const MAX_LEN: usize = 3 + 1 + SYMBOLS_128 + 6 + 2;

/// How the codes of one domain are written: a prefix of 1 to 3 letters A–Z and
/// the first 80 or 128 bits of the tag.
///
/// `P-2Q3D-EZPX-6QJ8-RGBJ-4`: prefix, symbols of
/// `0123456789ABCDEFGHJKMNPQRSTVWXYZ` in groups of four (most significant bit
/// first, zero bits at the end up to a multiple of five), and one check symbol
/// Σ αⁱ·dᵢ over the symbols i = 1…n in GF(32) with x⁵+x²+1, α = 2. Every single
/// wrong symbol and every swap of two different ones is caught, the check
/// symbol included; the prefix is outside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFormat {
    /// The prefix and its hyphen, padded with hyphens.
    lead: [u8; 4],
    lead_len: u8,
    symbols: u8,
    bits: u8,
}

impl CodeFormat {
    /// A format, or none where the prefix is not 1 to 3 letters A–Z or the
    /// bits are neither 80 nor 128.
    #[must_use]
    pub fn new(prefix: &str, bits: u32) -> Option<Self> {
        let letters = prefix.as_bytes();
        if !(1..=3).contains(&letters.len()) || !letters.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        let (bits, symbols) = match bits {
            80 => (80, SYMBOLS_80 as u8),
            128 => (128, SYMBOLS_128 as u8),
            _ => return None,
        };
        let mut lead = [b'-'; 4];
        for (to, from) in lead.iter_mut().zip(letters) {
            *to = *from;
        }
        Some(Self {
            lead,
            lead_len: letters.len() as u8 + 1,
            symbols,
            bits,
        })
    }

    /// The letters before the first hyphen.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let letters = usize::from(self.lead_len).saturating_sub(1);
        self.lead
            .get(..letters)
            .and_then(|letters| std::str::from_utf8(letters).ok())
            .unwrap_or_default()
    }

    /// 80 or 128.
    #[must_use]
    pub fn bits(&self) -> u32 {
        u32::from(self.bits)
    }

    /// Length of every code of this format, in characters, which are ASCII.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a code is never empty")]
    pub fn len(&self) -> usize {
        let symbols = usize::from(self.symbols);
        usize::from(self.lead_len) + symbols + symbols.div_ceil(4) + 1
    }

    /// Appends the code of a tag. Allocates only if `out` must grow.
    #[inline]
    pub fn write(&self, tag: &[u8; 32], out: &mut Vec<u8>) {
        let mut buffer = [b'-'; MAX_LEN];
        let lead = usize::from(self.lead_len);
        buffer[..4].copy_from_slice(&self.lead);
        let body = &mut buffer[lead..];
        let used = if self.bits == 80 {
            spell::<4, 10>(tag, body)
        } else {
            spell::<6, 16>(tag, body)
        };
        out.extend_from_slice(&buffer[..lead + used]);
    }

    /// Whether `text` is exactly a code of this format, letter for letter, with
    /// the right check symbol and zero bits at the end.
    #[must_use]
    pub fn is_code(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let lead = usize::from(self.lead_len);
        if bytes.len() != self.len() || bytes.get(..lead) != self.lead.get(..lead) {
            return false;
        }
        let body = bytes.get(lead..).unwrap_or_default();
        // The check symbol and its hyphen stand after the groups.
        let Some((groups, [b'-', check])) = body.split_last_chunk::<2>() else {
            return false;
        };
        let (mut sum, mut last, mut wrong) = (0, 0, 0);
        let mut rows = WEIGHTED.iter().skip(1);
        for group in groups.chunks(5) {
            let (symbols, hyphen) = group.split_at(group.len().min(4));
            wrong |= u8::from(!matches!(hyphen, [] | [b'-']));
            for (symbol, row) in symbols.iter().zip(&mut rows) {
                last = VALUES[usize::from(*symbol)];
                wrong |= last & !31;
                sum ^= row[usize::from(last & 31)];
            }
        }
        wrong == 0 && sum == VALUES[usize::from(*check)] && last & self.padding() == 0
    }

    /// The bits of the last symbol that belong to no bit of the tag.
    fn padding(&self) -> u8 {
        let spare = 5 * self.symbols - self.bits;
        (1 << spare) - 1
    }

    /// Reads a code as a person typed it: any prefix, either length, small
    /// letters, missing hyphens or spaces, O for 0, I and L for 1.
    ///
    /// # Errors
    /// What is wrong with it, never the text.
    pub fn check(text: &str) -> Result<ReadCode, CodeFault> {
        let mut letters = [0u8; 3 + SYMBOLS_128 + 1];
        let mut n = 0;
        for c in text.trim().chars() {
            if c == '-' || c == ' ' {
                continue;
            }
            let c = u8::try_from(c).map_err(|_| CodeFault::Symbol)?;
            *letters.get_mut(n).ok_or(CodeFault::Length)? = c.to_ascii_uppercase();
            n += 1;
        }
        let letters = letters.get(..n).unwrap_or_default();
        let (bits, count) = match n {
            18..=20 => (80, SYMBOLS_80),
            28..=30 => (128, SYMBOLS_128),
            _ => return Err(CodeFault::Length),
        };
        let (prefix, typed) = letters.split_at(n - count - 1);
        let prefix = std::str::from_utf8(prefix).map_err(|_| CodeFault::Prefix)?;
        let format = Self::new(prefix, bits).ok_or(CodeFault::Prefix)?;
        let mut symbols = [0u8; MAX_SYMBOLS + 1];
        for (to, from) in symbols.iter_mut().zip(typed) {
            let meant = match from {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => *other,
            };
            *to = match VALUES[usize::from(meant)] {
                NO_SYMBOL => return Err(CodeFault::Symbol),
                value => value,
            };
        }
        let [data @ .., check] = &symbols[..=count] else {
            return Err(CodeFault::Length);
        };
        let rows = WEIGHTED.iter().skip(1);
        let sum = rows
            .zip(data)
            .fold(0, |sum, (row, symbol)| sum ^ row[usize::from(*symbol)]);
        if sum != *check {
            return Err(CodeFault::Check);
        }
        if data.last().is_some_and(|last| last & format.padding() != 0) {
            return Err(CodeFault::Padding);
        }
        let mut tag = [0u8; 32];
        let value = symbols
            .iter()
            .take(count)
            .zip(0u32..)
            .fold(0u128, |value, (symbol, i)| {
                match 123u32.checked_sub(5 * i) {
                    Some(shift) => value | u128::from(*symbol) << shift,
                    None => value | u128::from(*symbol) >> 2,
                }
            });
        for (to, from) in tag.iter_mut().zip(value.to_be_bytes()) {
            *to = from;
        }
        let mut code = Vec::with_capacity(format.len());
        format.write(&tag, &mut code);
        Ok(ReadCode {
            format,
            code: String::from_utf8(code).unwrap_or_default(),
        })
    }
}

/// A code that a person typed, as offrecord writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCode {
    /// Its prefix and bits.
    pub format: CodeFormat,
    /// The code as it stands in a release.
    pub code: String,
}

/// Why a typed text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Not the number of symbols of an 80- or 128-bit code.
    #[error(
        "a code has 1 to 3 letters, then 17 or 27 symbols; this has another number: compare it with the list it came from"
    )]
    Length,
    /// It does not begin with letters A–Z.
    #[error(
        "a code begins with 1 to 3 letters A–Z; this does not: compare it with the list it came from"
    )]
    Prefix,
    /// A character that no code holds.
    #[error(
        "a code holds digits and letters without I, L, O and U; this holds another character: compare it with the list it came from"
    )]
    Symbol,
    /// The check symbol does not fit: something was mistyped.
    #[error(
        "the check symbol does not fit, so a symbol was mistyped or two were swapped: compare it with the list it came from"
    )]
    Check,
    /// Bits after the last one are set: no tag gives this code.
    #[error(
        "the last symbol is not one that a code can end with: compare it with the list it came from"
    )]
    Padding,
}

/// Writes the first `BYTES` bytes of a tag as `QUADS` groups of four symbols and
/// what remains of a group, then the check symbol, and returns the length.
/// `out` holds hyphens already.
#[inline(always)]
fn spell<const QUADS: usize, const BYTES: usize>(tag: &[u8; 32], out: &mut [u8]) -> usize {
    let [
        t0,
        t1,
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
        t8,
        t9,
        ta,
        tb,
        tc,
        td,
        te,
        tf,
        ..,
    ] = *tag;
    let bits = u128::from_be_bytes([
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf,
    ]);
    let pair = |bits: u128| PAIRS[bits as usize & 0x3ff];
    let (groups, _) = out.as_chunks_mut::<5>();
    let mut at = 0;
    for (quad, [a, b, c, d, _]) in groups.iter_mut().take(QUADS).enumerate() {
        [*a, *b] = pair(bits >> (118 - 20 * quad));
        [*c, *d] = pair(bits >> (108 - 20 * quad));
        at += 5;
    }
    if 20 * QUADS < 8 * BYTES {
        // 8 bits are left of 128; zeros make them ten.
        let [a, b] = pair(bits << 2);
        out[at] = a;
        out[at + 1] = b;
        at += 3;
    }
    let checks = BYTE_CHECKS.iter().zip(tag).take(BYTES);
    let check = checks.fold(0, |sum, (row, byte)| sum ^ row[usize::from(*byte)]);
    out[at] = SYMBOLS[usize::from(check & 31)];
    at + 1
}

/// Days by which the dates of a subject move: from −`within` to `within`,
/// never 0.
///
/// 1 + (the first 8 bytes of the tag, big-endian, mod 2·`within`) − `within`,
/// and one less where that is not positive. A `within` of 0 counts as 1: an
/// offset of 0 would leave the date as it was.
#[must_use]
pub fn shift_days(tag: &[u8; 32], within: u32) -> i64 {
    let [t0, t1, t2, t3, t4, t5, t6, t7, ..] = *tag;
    let random = u64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]);
    let within = u64::from(within.max(1));
    let offset = 1 + (random % (2 * within)) as i64 - within as i64;
    if offset <= 0 { offset - 1 } else { offset }
}

/// Odds, from 0 to 1, that at least two of `rows` different values share a code
/// of `bits` bits: the birthday approximation 1 − exp(−n(n−1)/2 ÷ 2^bits),
/// exact to many digits where it is small.
#[must_use]
pub fn collision_odds(rows: u64, bits: u32) -> f64 {
    let n = rows as f64;
    let pairs = n * (n - 1.0).max(0.0) / 2.0;
    -(-pairs * (-f64::from(bits)).exp2()).exp_m1()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(format: &CodeFormat, tag: &[u8; 32]) -> String {
        let mut out = b"before".to_vec();
        format.write(tag, &mut out);
        let code = out.strip_prefix(b"before").unwrap();
        assert_eq!(code.len(), format.len());
        String::from_utf8(code.to_vec()).unwrap()
    }

    /// Invented tags, the same each time.
    fn tags(count: u8) -> impl Iterator<Item = [u8; 32]> {
        (0..count).map(|i| <sha2::Sha256 as sha2::Digest>::digest([i]).into())
    }

    /// Product in GF(32), by the book.
    fn times(a: u32, b: u32) -> u32 {
        let product = (0..5).fold(0, |sum, bit| sum ^ ((a << bit) * (b >> bit & 1)));
        (5..10).rev().fold(product, |rest, bit| {
            rest ^ ((0x25 << (bit - 5)) * (rest >> bit & 1))
        })
    }

    /// The format by the book: a text of bits, cut in fives.
    fn plainly(prefix: &str, bits: usize, tag: &[u8; 32]) -> String {
        let mut text: String = tag.iter().map(|byte| format!("{byte:08b}")).collect();
        text.truncate(bits);
        while !text.len().is_multiple_of(5) {
            text.push('0');
        }
        let symbols: Vec<u32> = text
            .as_bytes()
            .chunks(5)
            .map(|five| five.iter().fold(0, |n, bit| n * 2 + u32::from(bit - b'0')))
            .collect();
        let (mut check, mut power) = (0, 1);
        for symbol in &symbols {
            power = times(power, 2);
            check ^= times(power, *symbol);
        }
        let letter = |n: u32| char::from(SYMBOLS[n as usize]);
        let groups: Vec<String> = symbols
            .chunks(4)
            .map(|four| four.iter().map(|n| letter(*n)).collect())
            .collect();
        format!("{prefix}-{}-{}", groups.join("-"), letter(check))
    }

    proptest! {
        #[test]
        fn codes_are_written_as_by_the_book(tag: [u8; 32], prefix in "[A-Z]{1,3}") {
            for bits in [80, 128] {
                let format = CodeFormat::new(&prefix, bits).unwrap();
                let code = written(&format, &tag);
                prop_assert_eq!(&code, &plainly(&prefix, bits as usize, &tag));
                prop_assert!(format.is_code(&code));
                prop_assert_eq!((format.prefix(), format.bits()), (prefix.as_str(), bits));
            }
        }

        #[test]
        fn people_may_type_a_code_loosely(tag: [u8; 32], prefix in "[A-Z]{1,3}", spaced: bool) {
            for bits in [80, 128] {
                let format = CodeFormat::new(&prefix, bits).unwrap();
                let code = written(&format, &tag);
                let loose = code.split_once('-').unwrap().1.to_lowercase();
                let loose = loose.replace('0', "o").replace('1', if spaced { "l" } else { "I" });
                let loose = loose.replace('-', if spaced { " " } else { "" });
                let loose = format!(" {}{loose}\n", prefix.to_lowercase());
                let read = CodeFormat::check(&loose);
                prop_assert_eq!(read, Ok(ReadCode { format, code }));
            }
        }

        #[test]
        fn no_text_makes_the_reader_of_codes_fail(text: String, near in "[A-Z0-9 -]{0,40}") {
            let format = CodeFormat::new("P", 80).unwrap();
            for text in [text, near] {
                prop_assert!(!format.is_code(&text) || CodeFormat::check(&text).is_ok());
            }
        }
    }

    /// Every byte of a code that is a symbol, the check symbol included.
    fn places(code: &str) -> Vec<usize> {
        let lead = code.find('-').unwrap();
        let bytes = code.bytes().enumerate();
        bytes
            .filter(|(at, byte)| *at > lead && *byte != b'-')
            .map(|(at, _)| at)
            .collect()
    }

    fn is_caught(format: &CodeFormat, changed: &[u8]) {
        let changed = std::str::from_utf8(changed).unwrap();
        assert!(!format.is_code(changed), "{changed}");
        // By the check symbol itself, not by the padding alone.
        assert_eq!(
            CodeFormat::check(changed),
            Err(CodeFault::Check),
            "{changed}"
        );
    }

    #[test]
    fn every_wrong_symbol_at_every_place_is_caught() {
        for bits in [80, 128] {
            let format = CodeFormat::new("P", bits).unwrap();
            for tag in tags(40) {
                let code = written(&format, &tag);
                let places = places(&code);
                assert_eq!(places.len(), if bits == 80 { 17 } else { 27 });
                for at in places {
                    for symbol in SYMBOLS {
                        let mut changed = code.clone().into_bytes();
                        if changed[at] != symbol {
                            changed[at] = symbol;
                            is_caught(&format, &changed);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_swap_of_two_different_symbols_is_caught() {
        for bits in [80, 128] {
            let format = CodeFormat::new("P", bits).unwrap();
            for tag in tags(200) {
                let code = written(&format, &tag);
                let places = places(&code);
                for (i, one) in places.iter().enumerate() {
                    for other in places.iter().skip(i + 1) {
                        let mut changed = code.clone().into_bytes();
                        changed.swap(*one, *other);
                        if changed != code.as_bytes() {
                            is_caught(&format, &changed);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_exact_text_is_a_code() {
        let format = CodeFormat::new("P", 80).unwrap();
        assert!(format.is_code("P-2Q3D-EZPX-6QJ8-RGBJ-4"));
        for other in [
            "",
            "P",
            "Q-2Q3D-EZPX-6QJ8-RGBJ-4",
            "p-2Q3D-EZPX-6QJ8-RGBJ-4",
            "P-2q3D-EZPX-6QJ8-RGBJ-4",
            "P-2Q3DEZPX6QJ8RGBJ4",
            "P-2Q3D-EZPX-6QJ8-RGBJ4-",
            "P-2Q3D-EZPX-6QJ8-RGBJ--",
            "P-2Q3-DEZPX-6QJ8-RGBJ-4",
            "P-2Q3D-EZPX-6QJ8RGBJ--4",
            "P-2Q3D EZPX-6QJ8-RGBJ-4",
            "P-2Q3D-EZPX-6QJ8-RGBJ 4",
            "P-2Q3D-EZPX-6QJ8-RGBJ-4\n",
            " P-2Q3D-EZPX-6QJ8-RGBJ-4",
            "P-2Q3D-EZPX-6QJ8-RGBé-4",
            "P-2Q3D-EZPX-6QJ8-RGBJ-81H6-NC6T-A4-J",
        ] {
            assert!(!format.is_code(other), "{other:?}");
        }
    }

    #[test]
    fn bits_after_the_last_are_refused_though_the_check_symbol_fits() {
        let format = CodeFormat::new("P", 128).unwrap();
        // The last symbol, at place 26, becomes A5 instead of A4.
        let check = WEIGHTED[26][1] ^ VALUES[usize::from(b'J')];
        let check = char::from(SYMBOLS[usize::from(check)]);
        let changed = format!("P-2Q3D-EZPX-6QJ8-RGBJ-81H6-NC6T-A5-{check}");
        assert!(!format.is_code(&changed));
        assert_eq!(CodeFormat::check(&changed), Err(CodeFault::Padding));
    }

    #[test]
    fn a_person_is_told_what_is_wrong_with_a_code() {
        for (text, fault) in [
            ("", CodeFault::Length),
            ("P-2Q3D-EZPX-6QJ8-RGBJ", CodeFault::Length),
            ("P-2Q3D-EZPX-6QJ8-RGBJ-44444", CodeFault::Length),
            (&"P".repeat(1000), CodeFault::Length),
            ("1-2Q3D-EZPX-6QJ8-RGBJ-4", CodeFault::Prefix),
            ("P-2Q3D-EZPX-6QJ8-RGBU-4", CodeFault::Symbol),
            ("P-2Q3D-EZPX-6QJ8-RGB王-4", CodeFault::Symbol),
            ("P-2Q3D-EZPX-6QJ8-RGBJ-5", CodeFault::Check),
        ] {
            assert_eq!(CodeFormat::check(text), Err(fault), "{text:?}");
            assert!(fault.to_string().contains("compare it with"));
        }
    }

    #[test]
    fn prefixes_are_one_to_three_capital_letters_and_bits_80_or_128() {
        for prefix in ["", "ABCD", "p", "P1", "É", "P-", " "] {
            assert_eq!(CodeFormat::new(prefix, 80), None, "{prefix:?}");
        }
        for bits in [0, 40, 64, 79, 81, 127, 129, 256, 336] {
            assert_eq!(CodeFormat::new("P", bits), None, "{bits}");
        }
    }

    #[test]
    fn offsets_take_every_value_but_zero_equally_often() {
        for within in [1u32, 2, 3, 7, 30] {
            let mut seen: Vec<i64> = (0..2 * u64::from(within))
                .map(|random| {
                    let mut tag = [0xa5; 32];
                    tag[..8].copy_from_slice(&random.to_be_bytes());
                    shift_days(&tag, within)
                })
                .collect();
            seen.sort_unstable();
            let within = i64::from(within);
            let expected: Vec<i64> = (-within..=within).filter(|day| *day != 0).collect();
            assert_eq!(seen, expected);
        }
    }

    proptest! {
        #[test]
        fn offsets_are_never_zero_and_never_beyond(tag: [u8; 32], within: u32) {
            let days = shift_days(&tag, within);
            prop_assert!(days != 0 && days.unsigned_abs() <= u64::from(within.max(1)));
        }
    }

    #[test]
    fn the_odds_of_a_collision_are_those_of_the_birthday_problem() {
        let near = |odds: f64, expected: f64| {
            assert!((odds / expected - 1.0).abs() < 0.01, "{odds} {expected}");
        };
        near(collision_odds(1_950_000, 80), 1.5727e-12);
        near(collision_odds(1_950_000, 128), 5.587e-27);
        near(collision_odds(1_950_000, 40), 0.8226);
        near(collision_odds(1_950_000, 48), 0.00673);
        near(collision_odds(2, 10), 1.0 / 1024.0);
        assert_eq!(collision_odds(0, 80), 0.0);
        assert_eq!(collision_odds(1, 80), 0.0);
        assert!(collision_odds(1_950_000, 32) > 0.999_999);
        assert!(collision_odds(u64::MAX, 80) <= 1.0);
        // The limit of `check`: a million million rows is too many for 80 bits.
        assert!(collision_odds(1_000_000_000, 80) < 1e-6);
        assert!(collision_odds(1_000_000_000_000, 80) > 1e-6);
    }
}
