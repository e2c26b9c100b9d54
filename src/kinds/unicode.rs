//! The few Unicode properties that the kinds need, as small tables, and NFKC
//! with a short way for the characters that registers are mostly made of.
//!
//! The tables are of Unicode 16; tests compare each of them with the general
//! categories of the `regex` crate over all code points.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// `Nd`, decimal digits: every range begins with a zero and counts up, over
/// and over (the mathematical digits are five sets in a row).
const DECIMAL: [(u32, u32); 71] = [
    (0x0030, 0x0039),
    (0x0660, 0x0669),
    (0x06F0, 0x06F9),
    (0x07C0, 0x07C9),
    (0x0966, 0x096F),
    (0x09E6, 0x09EF),
    (0x0A66, 0x0A6F),
    (0x0AE6, 0x0AEF),
    (0x0B66, 0x0B6F),
    (0x0BE6, 0x0BEF),
    (0x0C66, 0x0C6F),
    (0x0CE6, 0x0CEF),
    (0x0D66, 0x0D6F),
    (0x0DE6, 0x0DEF),
    (0x0E50, 0x0E59),
    (0x0ED0, 0x0ED9),
    (0x0F20, 0x0F29),
    (0x1040, 0x1049),
    (0x1090, 0x1099),
    (0x17E0, 0x17E9),
    (0x1810, 0x1819),
    (0x1946, 0x194F),
    (0x19D0, 0x19D9),
    (0x1A80, 0x1A89),
    (0x1A90, 0x1A99),
    (0x1B50, 0x1B59),
    (0x1BB0, 0x1BB9),
    (0x1C40, 0x1C49),
    (0x1C50, 0x1C59),
    (0xA620, 0xA629),
    (0xA8D0, 0xA8D9),
    (0xA900, 0xA909),
    (0xA9D0, 0xA9D9),
    (0xA9F0, 0xA9F9),
    (0xAA50, 0xAA59),
    (0xABF0, 0xABF9),
    (0xFF10, 0xFF19),
    (0x104A0, 0x104A9),
    (0x10D30, 0x10D39),
    (0x10D40, 0x10D49),
    (0x11066, 0x1106F),
    (0x110F0, 0x110F9),
    (0x11136, 0x1113F),
    (0x111D0, 0x111D9),
    (0x112F0, 0x112F9),
    (0x11450, 0x11459),
    (0x114D0, 0x114D9),
    (0x11650, 0x11659),
    (0x116C0, 0x116C9),
    (0x116D0, 0x116E3),
    (0x11730, 0x11739),
    (0x118E0, 0x118E9),
    (0x11950, 0x11959),
    (0x11BF0, 0x11BF9),
    (0x11C50, 0x11C59),
    (0x11D50, 0x11D59),
    (0x11DA0, 0x11DA9),
    (0x11F50, 0x11F59),
    (0x16130, 0x16139),
    (0x16A60, 0x16A69),
    (0x16AC0, 0x16AC9),
    (0x16B50, 0x16B59),
    (0x16D70, 0x16D79),
    (0x1CCF0, 0x1CCF9),
    (0x1D7CE, 0x1D7FF),
    (0x1E140, 0x1E149),
    (0x1E2F0, 0x1E2F9),
    (0x1E4F0, 0x1E4F9),
    (0x1E5F1, 0x1E5FA),
    (0x1E950, 0x1E959),
    (0x1FBF0, 0x1FBF9),
];

/// `Cf`, format characters: zero width, direction marks, soft hyphen.
const FORMAT: [(u32, u32); 21] = [
    (0x00AD, 0x00AD),
    (0x0600, 0x0605),
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0001, 0xE0001),
    (0xE0020, 0xE007F),
];

/// `Z*` and `Pd`, and the three characters that the specification adds:
/// `.`, `·` and `_`.
const SEPARATOR: [(u32, u32); 30] = [
    (0x0020, 0x0020),
    (0x002D, 0x002E),
    (0x005F, 0x005F),
    (0x00A0, 0x00A0),
    (0x00B7, 0x00B7),
    (0x058A, 0x058A),
    (0x05BE, 0x05BE),
    (0x1400, 0x1400),
    (0x1680, 0x1680),
    (0x1806, 0x1806),
    (0x2000, 0x200A),
    (0x2010, 0x2015),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x2E17, 0x2E17),
    (0x2E1A, 0x2E1A),
    (0x2E3A, 0x2E3B),
    (0x2E40, 0x2E40),
    (0x2E5D, 0x2E5D),
    (0x3000, 0x3000),
    (0x301C, 0x301C),
    (0x3030, 0x3030),
    (0x30A0, 0x30A0),
    (0xFE31, 0xFE32),
    (0xFE58, 0xFE58),
    (0xFE63, 0xFE63),
    (0xFF0D, 0xFF0D),
    (0x10D6E, 0x10D6E),
    (0x10EAD, 0x10EAD),
];

fn find(table: &[(u32, u32)], code: u32) -> Option<u32> {
    let at = table.partition_point(|&(_, last)| last < code);
    match table.get(at) {
        Some(&(first, _)) if first <= code => Some(code - first),
        _ => None,
    }
}

/// Value of a decimal digit (`Nd`) of any script, 0 to 9.
#[must_use]
#[inline]
pub fn digit_value(c: char) -> Option<u8> {
    let code = c as u32;
    if code < 0x0660 {
        let value = code.wrapping_sub(0x30);
        return (value < 10).then_some(value as u8);
    }
    if (0x2000..0xA620).contains(&code) || (0xAC00..0xFF10).contains(&code) {
        return None;
    }
    find(&DECIMAL, code).map(|offset| (offset % 10) as u8)
}

/// Whether this is a format character (`Cf`).
#[must_use]
#[inline]
pub fn is_format(c: char) -> bool {
    let code = c as u32;
    if code < 0xAD || (0x2070..0xFEFF).contains(&code) {
        return false;
    }
    find(&FORMAT, code).is_some()
}

/// Whether this is a separator of the specification: `Z*`, `Pd`, `.`, `·`,
/// `_`. It is asked of characters after NFKC or width folding.
#[must_use]
#[inline]
pub fn is_separator(c: char) -> bool {
    let code = c as u32;
    if code < 0x80 {
        return matches!(c, ' ' | '-' | '.' | '_');
    }
    if (0x30A1..0xFE31).contains(&code) {
        return false;
    }
    find(&SEPARATOR, code).is_some()
}

/// Half-width form of a full-width ASCII character and of the ideographic
/// space; every other character as it is. One character in, one out.
#[must_use]
#[inline]
pub(crate) fn narrow(c: char) -> char {
    match c as u32 {
        code @ 0xFF01..=0xFF5E => char::from((code - 0xFEE0) as u8),
        0x3000 => ' ',
        _ => c,
    }
}

/// Whether the script of `c` is written without spaces between words, or with
/// particles joined on: a neighbour of such a script never makes a longer
/// word.
#[must_use]
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF       // Thai, Lao
        | 0x1000..=0x109F     // Myanmar
        | 0x1780..=0x17FF     // Khmer
        | 0x2E80..=0x2FDF     // radicals
        | 0x3005..=0x3007
        | 0x3040..=0x30FF     // kana
        | 0x3100..=0x318F     // bopomofo, jamo
        | 0x31A0..=0x31FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF     // Hangul
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFFDC
        | 0x20000..=0x3FFFF)
}

/// Whether `c` is a Han character.
#[must_use]
pub(crate) fn is_han(c: char) -> bool {
    matches!(c as u32,
        0x3005 | 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// The single character that NFKC makes of `c`, for *simple* characters: those
/// that NFKC maps to one starter, and that never compose with a simple
/// character before them. A text of simple characters is normalised one by
/// one; `None` is always a safe answer.
#[must_use]
#[inline]
pub(crate) fn simple(c: char) -> Option<char> {
    match c as u32 {
        0..=0x7F
        | 0xA1..=0xA7
        | 0xA9
        | 0xAB..=0xAE
        | 0xB0..=0xB1
        | 0xB6..=0xB7
        | 0xBB
        | 0xBF..=0xFF
        | 0x0401
        | 0x0410..=0x044F
        | 0x0451
        | 0x200B..=0x2010
        | 0x2012..=0x2016
        | 0x2018..=0x2023
        | 0x2027
        | 0x202A..=0x202E
        | 0x2030..=0x2032
        | 0x2060..=0x2064
        | 0x3001..=0x301D
        | 0x3041..=0x3096
        | 0x30A1..=0x30FE
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7A3
        | 0xFEFF => Some(c),
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0),
        0xA0 | 0x3000 => Some(' '),
        _ => None,
    }
}

/// Walks over the NFKC form of `text`, with the bytes of `text` that each
/// character came from (a whole segment where NFKC mixed several).
#[inline]
pub(crate) fn nfkc_each(text: &str, mut sink: impl FnMut(char, Range<usize>)) {
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let end = start + c.len_utf8();
        let next_simple =
            |next: Option<&(usize, char)>| next.is_none_or(|&(_, n)| simple(n).is_some());
        if let Some(mapped) = simple(c)
            && next_simple(chars.peek())
        {
            sink(mapped, start..end);
            continue;
        }
        // A segment that must go through NFKC whole: from here up to the next
        // simple character that no other character follows.
        let mut stop = end;
        while let Some(&(at, n)) = chars.peek() {
            if simple(n).is_some() {
                let mut ahead = chars.clone();
                ahead.next();
                if next_simple(ahead.peek()) {
                    break;
                }
            }
            stop = at + n.len_utf8();
            chars.next();
        }
        for mapped in text.get(start..stop).unwrap_or_default().nfkc() {
            sink(mapped, start..stop);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    fn all_chars() -> impl Iterator<Item = char> {
        (0..=0x10_FFFFu32).filter_map(char::from_u32)
    }

    /// Characters that take part in composition, width and compatibility.
    pub(crate) fn awkward() -> impl Strategy<Value = char> {
        prop_oneof![
            4 => proptest::char::range(' ', '~'),
            2 => proptest::char::range('\u{4E00}', '\u{4E40}'),
            2 => proptest::char::range('\u{FF01}', '\u{FF9F}'),
            1 => proptest::char::range('\u{300}', '\u{345}'),
            1 => proptest::char::range('\u{C0}', '\u{17F}'),
            1 => proptest::char::range('\u{400}', '\u{460}'),
            1 => proptest::char::range('\u{1100}', '\u{11FF}'),
            1 => proptest::char::range('\u{AC00}', '\u{AC40}'),
            1 => proptest::char::range('\u{3000}', '\u{30FF}'),
            1 => proptest::char::range('\u{2000}', '\u{20FF}'),
            1 => proptest::char::range('\u{80}', '\u{C0}'),
            2 => any::<char>(),
        ]
    }

    #[test]
    fn tables_agree_with_the_general_categories_of_the_regex_crate() {
        let nd = Regex::new(r"^\p{Nd}$").unwrap();
        let cf = Regex::new(r"^\p{Cf}$").unwrap();
        let sep = Regex::new(r"^[\p{Z}\p{Pd}.·_]$").unwrap();
        let mut buffer = [0; 4];
        for c in all_chars() {
            let s: &str = c.encode_utf8(&mut buffer);
            assert_eq!(nd.is_match(s), digit_value(c).is_some(), "{:x}", c as u32);
            assert_eq!(cf.is_match(s), is_format(c), "{:x}", c as u32);
            assert_eq!(sep.is_match(s), is_separator(c), "{:x}", c as u32);
        }
    }

    #[test]
    fn digits_have_the_value_that_nfkc_gives_where_it_gives_one() {
        for c in all_chars() {
            let Some(value) = digit_value(c) else {
                continue;
            };
            let n: String = c.nfkc().collect();
            if let Ok(known) = n.parse::<u8>() {
                assert_eq!(known, value, "{:x}", c as u32);
            }
        }
        // Beyond NFKC: Arabic-Indic, Devanagari, Thai, mathematical, Adlam.
        for (c, value) in [
            ('٣', 3),
            ('९', 9),
            ('๗', 7),
            ('𝟘', 0),
            ('𝟿', 9),
            ('\u{1E951}', 1),
        ] {
            assert_eq!(digit_value(c), Some(value));
        }
    }

    #[test]
    fn simple_characters_are_what_they_claim() {
        for c in all_chars() {
            if let Some(mapped) = simple(c) {
                assert_eq!(
                    c.nfkc().collect::<String>(),
                    mapped.to_string(),
                    "{:x}",
                    c as u32
                );
                // A starter that nothing simple before it composes with.
                for before in ['a', 'A', ' ', '中', 'か', '가', 'é', 'ア', 'и', '<', '='] {
                    let pair: String = [before, mapped].iter().collect();
                    assert_eq!(pair.nfkc().collect::<String>(), pair, "{:x}", c as u32);
                }
            }
        }
    }

    #[test]
    fn no_two_simple_characters_compose() {
        // Canonical composition only ever takes as its second character one
        // that is found at the end of a decomposition.
        let mut seconds = std::collections::HashSet::new();
        for c in all_chars() {
            let parts: Vec<char> = c.nfd().collect();
            seconds.extend(parts.get(1..).unwrap_or_default().iter().copied());
        }
        for c in seconds {
            assert!(simple(c).is_none(), "{:x}", c as u32);
        }
    }

    proptest! {
        #[test]
        fn segment_wise_nfkc_is_nfkc(chars in proptest::collection::vec(awkward(), 0..24)) {
            let text: String = chars.into_iter().collect();
            let mut out = String::new();
            let mut reached = 0;
            nfkc_each(&text, |c, at| {
                out.push(c);
                assert!(at.start <= at.end && at.end <= text.len() && at.start >= reached.min(at.start));
                reached = at.end;
            });
            prop_assert_eq!(out, text.nfkc().collect::<String>());
        }
    }
}
