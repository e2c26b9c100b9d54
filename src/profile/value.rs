//! What one value shows by itself: how it is written, what a spreadsheet did
//! to it, and what sort of text it is. One pass over its characters.

use super::words;
use crate::kinds::is_format;

/// Things that a value may show.
pub(super) mod flag {
    /// White space at an end.
    pub(crate) const EDGE_SPACE: u32 = 1;
    /// Two spaces together.
    pub(crate) const DOUBLE_SPACE: u32 = 1 << 1;
    /// White space other than the usual.
    pub(crate) const ODD_SPACE: u32 = 1 << 2;
    /// Characters that cannot be seen.
    pub(crate) const INVISIBLE: u32 = 1 << 3;
    /// Full-width letters or digits.
    pub(crate) const WIDE: u32 = 1 << 4;
    /// Letters of two scripts that look alike.
    pub(crate) const MIXED: u32 = 1 << 5;
    /// A number in scientific notation.
    pub(crate) const SCIENTIFIC: u32 = 1 << 6;
    /// Sixteen digits or more of which the last three are zero.
    pub(crate) const ENDS_000: u32 = 1 << 7;
    /// An error of a spreadsheet.
    pub(crate) const SHEET_ERROR: u32 = 1 << 8;
    /// Text that was read in a wrong encoding.
    pub(crate) const MOJIBAKE: u32 = 1 << 9;
    /// An apostrophe, or `="…"`, around what should stay text.
    pub(crate) const SHEET_TEXT: u32 = 1 << 10;
    /// A whole number written with `.0`.
    pub(crate) const POINT_ZERO: u32 = 1 << 11;
    /// Digits alone, the first a zero.
    pub(crate) const ZERO_FIRST: u32 = 1 << 12;
    /// Digits alone.
    pub(crate) const DIGITS: u32 = 1 << 13;
    /// Letters, all capital.
    pub(crate) const UPPER: u32 = 1 << 14;
    /// Letters, none capital.
    pub(crate) const LOWER: u32 = 1 << 15;
    /// As a person's name is written.
    pub(crate) const NAME: u32 = 1 << 16;
    /// As an address is written.
    pub(crate) const ADDRESS: u32 = 1 << 17;
    /// A sentence, or several words.
    pub(crate) const SENTENCE: u32 = 1 << 18;
    /// Line breaks or tabs inside.
    pub(crate) const CONTROL: u32 = 1 << 19;
    /// How many there are.
    pub(crate) const COUNT: usize = 20;

    /// What can tell one copy of a file from another.
    pub(crate) const MARKS: u32 = EDGE_SPACE | DOUBLE_SPACE | ODD_SPACE | INVISIBLE | WIDE | MIXED;
}

/// What a value shows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Look {
    pub(super) flags: u32,
    pub(super) chars: u32,
}

/// Counts of what a value is made of.
#[derive(Default)]
struct Parts {
    digits: u32,
    lower: u32,
    upper: u32,
    han: u32,
    other_letters: u32,
    cyrillic: u32,
    spaces: u32,
    stops: u32,
    words: u32,
    capital_words: u32,
}

/// Looks at one value.
pub(super) fn look(value: &str) -> Look {
    let mut flags = 0;
    let mut chars = 0;
    let mut parts = Parts::default();
    let mut before = '\0';
    for c in value.chars() {
        chars += 1;
        match c {
            '0'..='9' => parts.digits += 1,
            'a'..='z' => {
                parts.lower += 1;
                parts.words += u32::from(!before.is_alphabetic());
            }
            'A'..='Z' => {
                parts.upper += 1;
                let first = !before.is_alphabetic();
                parts.words += u32::from(first);
                parts.capital_words += u32::from(first);
            }
            ' ' => {
                parts.spaces += 1;
                flags |= if before == ' ' { flag::DOUBLE_SPACE } else { 0 };
            }
            '\t' | '\n' | '\r' => flags |= flag::CONTROL,
            ',' | ';' | '!' | '?' | '。' | '，' | '；' | '！' | '？' | '、' | '：' => {
                parts.stops += 1;
            }
            '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' => parts.han += 1,
            '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
                flags |= flag::WIDE;
                parts.digits += u32::from(c <= '\u{FF19}');
            }
            '\u{FFFD}' => flags |= flag::MOJIBAKE,
            _ if c.is_ascii() => {}
            _ if is_format(c) => flags |= flag::INVISIBLE,
            _ if c.is_whitespace() => flags |= flag::ODD_SPACE,
            '\u{0400}'..='\u{052F}' => {
                parts.cyrillic += 1;
                parts.words += u32::from(!before.is_alphabetic());
            }
            _ if c.is_alphabetic() => {
                parts.other_letters += 1;
                parts.words += u32::from(!before.is_alphabetic());
                parts.capital_words += u32::from(!before.is_alphabetic() && !c.is_lowercase());
            }
            _ => {}
        }
        before = c;
    }
    let space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    if space(value.chars().next()) || space(Some(before)) {
        flags |= flag::EDGE_SPACE;
    }
    let latin = parts.lower + parts.upper;
    if parts.cyrillic > 0 && latin > 0 && parts.words <= 1 {
        flags |= flag::MIXED;
    }
    if parts.cyrillic == 1 && parts.digits >= 8 {
        flags |= flag::MIXED;
    }
    if parts.digits == chars {
        flags |= flag::DIGITS;
        if value.starts_with('0') && chars > 1 {
            flags |= flag::ZERO_FIRST;
        }
    }
    if parts.digits >= 16 && parts.digits == chars && value.ends_with("000") {
        flags |= flag::ENDS_000;
    }
    if latin > 0 {
        flags |= match (parts.upper, parts.lower) {
            (_, 0) => flag::UPPER,
            (0, _) => flag::LOWER,
            _ => 0,
        };
    }
    flags |= sheet(value, &parts, chars) | sort(value, &parts, chars);
    if !value.is_ascii() && mojibake(value) {
        flags |= flag::MOJIBAKE;
    }
    Look { flags, chars }
}

/// What a spreadsheet did.
fn sheet(value: &str, parts: &Parts, chars: u32) -> u32 {
    let mut flags = 0;
    let bytes = value.as_bytes();
    if parts.digits >= 3
        && chars <= 24
        && let Some(at) = bytes.iter().position(|b| matches!(b, b'e' | b'E'))
        && matches!(bytes.get(at + 1..), Some([b'+' | b'-', rest @ ..]) if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
        && bytes
            .iter()
            .take(at)
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'))
    {
        flags |= flag::SCIENTIFIC;
    }
    match bytes {
        [b'#', rest @ ..]
            if matches!(
                rest,
                b"REF!" | b"VALUE!" | b"NAME?" | b"N/A" | b"DIV/0!" | b"NUM!" | b"NULL!"
            ) || (rest.len() > 2 && rest.iter().all(|b| *b == b'#')) =>
        {
            flags |= flag::SHEET_ERROR;
        }
        [b'\'', ..] if parts.digits > 0 => flags |= flag::SHEET_TEXT,
        [b'=', b'"', .., b'"'] => flags |= flag::SHEET_TEXT,
        [.., b'.', b'0'] if parts.digits + 1 == chars && chars > 5 => flags |= flag::POINT_ZERO,
        _ => {}
    }
    flags
}

/// What sort of text it is.
fn sort(value: &str, parts: &Parts, chars: u32) -> u32 {
    let mut flags = 0;
    let latin = parts.lower + parts.upper + parts.other_letters + parts.cyrillic;
    let first = value.trim_start().chars().next().unwrap_or('\0');
    if parts.digits == 0 && parts.stops == 0 {
        let han_name = (2..=4).contains(&parts.han)
            && latin == 0
            && parts.han + parts.spaces >= chars.saturating_sub(2)
            && words::SURNAMES.contains(first);
        let other_name = parts.han == 0
            && (2..=5).contains(&parts.words)
            && chars <= 48
            && (parts.capital_words >= 2 || parts.cyrillic > 4);
        if han_name || other_name {
            flags |= flag::NAME;
        }
    }
    if parts.han >= 6 {
        let found = words::OF_ADDRESSES
            .iter()
            .filter(|word| value.contains(**word))
            .count();
        if found >= 3 || (found >= 2 && parts.digits > 0) {
            flags |= flag::ADDRESS;
        }
    } else if parts.digits > 0 && parts.words >= 3 {
        let lower = value.to_lowercase();
        if words::OF_LATIN_ADDRESSES
            .iter()
            .any(|word| lower.contains(word))
        {
            flags |= flag::ADDRESS;
        }
    }
    if (parts.words >= 4 && parts.spaces >= 3)
        || parts.han >= 12
        || (parts.stops > 0 && parts.han + latin >= 6)
    {
        flags |= flag::SENTENCE;
    }
    flags
}

/// Whether text shows what a wrong encoding leaves behind.
fn mojibake(value: &str) -> bool {
    // UTF-8 read as Windows-1252 (é as Ã©, ’ as â€™), UTF-8 read as GBK
    // (锟斤拷), uninitialised memory (烫烫烫, 屯屯屯), GBK read as Latin-1 (ÐÕÃû).
    if [
        "锟斤拷",
        "烫烫烫",
        "屯屯屯",
        "â€",
        "Ã©",
        "Ã¼",
        "Ã¤",
        "Ã¶",
        "Ã¨",
        "ï¼",
        "ã€",
    ]
    .iter()
    .any(|sign| value.contains(sign))
    {
        return true;
    }
    let high = value
        .chars()
        .filter(|c| ('\u{80}'..='\u{FF}').contains(c))
        .count();
    high >= 4 && high * 10 >= value.chars().count() * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(value: &str, flag: u32) -> bool {
        look(value).flags & flag != 0
    }

    #[test]
    fn the_traces_of_spreadsheets_are_seen() {
        for (value, flag) in [
            ("1.10105E+17", flag::SCIENTIFIC),
            ("110105194912310000", flag::ENDS_000),
            ("#REF!", flag::SHEET_ERROR),
            ("########", flag::SHEET_ERROR),
            ("'0138", flag::SHEET_TEXT),
            ("=\"0138\"", flag::SHEET_TEXT),
            ("13800138000.0", flag::POINT_ZERO),
            ("0138", flag::ZERO_FIRST),
            ("鐜嬪皬\u{FFFD}", flag::MOJIBAKE),
            ("锟斤拷", flag::MOJIBAKE),
            ("ÐÕÃûÐÕ", flag::MOJIBAKE),
        ] {
            assert!(shows(value, flag), "{value}");
        }
        for (value, flag) in [
            ("1E5 units", flag::SCIENTIFIC),
            ("110105194912310001", flag::ENDS_000),
            ("Zoë", flag::MOJIBAKE),
            ("élève", flag::MOJIBAKE),
        ] {
            assert!(!shows(value, flag), "{value}");
        }
    }

    #[test]
    fn the_oddities_of_marked_copies_are_seen() {
        for (value, flag) in [
            (" a", flag::EDGE_SPACE),
            ("a\u{3000}", flag::EDGE_SPACE),
            ("a  b", flag::DOUBLE_SPACE),
            ("a\u{A0}b", flag::ODD_SPACE),
            ("a\u{200B}b", flag::INVISIBLE),
            ("Ａb", flag::WIDE),
            ("Pаris", flag::MIXED),
            ("11010519491231002Х", flag::MIXED),
        ] {
            assert!(shows(value, flag), "{value}");
        }
        assert_eq!(look("王小明").flags & flag::MARKS, 0);
    }

    #[test]
    fn names_addresses_and_sentences_are_told_apart() {
        assert!(shows("王小明", flag::NAME) && shows("John Smith", flag::NAME));
        assert!(!shows("普通党员", flag::NAME) && !shows("汉族", flag::NAME));
        assert!(shows("济南市假想县占位路293号", flag::ADDRESS));
        assert!(shows("4 Placeholder Road, Sample District", flag::ADDRESS));
        assert!(shows(
            "said \"no objection\" at the meeting",
            flag::SENTENCE
        ));
        assert!(!shows("P-ZT5A-1SAD", flag::SENTENCE));
    }
}
