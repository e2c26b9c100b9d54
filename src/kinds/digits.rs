//! Runs of digits in a text, and what stands between them: the ground on
//! which text scanning and the search for a record's own values are built.
//!
//! A *group* is a run of decimal digits with nothing in between, of any
//! scripts and widths. Groups with only separators or format characters
//! between them form a *chain*; a number may be a sequence of whole groups of
//! one chain, never a part of a group: an order number is not cut into a
//! telephone number. Superscript, subscript and circled digits form groups of
//! their own, so that `①13800138000` holds a number of eleven digits and not
//! of twelve. So do Chinese numerals, in runs of seven or more that are wholly of
//! numerals, with at most one separator between any two: 一三八〇〇一三八〇〇〇 is a
//! number, 二〇二四年 and 三千五百 are none.

use super::unicode::{digit_value, is_format, is_separator, narrow, simple};
use unicode_normalization::UnicodeNormalization;

/// More visible separators than this between two groups end a chain.
const MOST_SEPARATORS: u8 = 4;

/// What stands between a group and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Only separators and format characters, or nothing.
    Join,
    /// Parentheses as well, as in `(010) 6234`.
    Paren,
    /// A slash as well, as in `0755/8234`.
    Slash,
    /// A tabulator or an end of line as well.
    Line,
    /// Anything else: the chain ends.
    Break,
}

/// Which separator is seen between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// None: format characters at most.
    None,
    /// One point.
    Dot,
    /// One hyphen or dash.
    Dash,
    /// White space.
    Space,
    /// Anything else, or several.
    Other,
}

/// One group of digits. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Where the digits begin in [`Digits::values`].
    pub(crate) first: u32,
    pub(crate) len: u32,
    pub(crate) gap: Gap,
    pub(crate) mark: Mark,
    /// Where the `+` stands that opens this group, or the text's end.
    pub(crate) plus: u32,
    /// Where a `(` stands right before the group or its `+`; `u32::MAX` for none.
    pub(crate) paren: u32,
    /// End of an `X` that follows with at most separators between; 0 for none.
    pub(crate) x_end: u32,
    /// Whether separators stand before that `X` and a Latin letter after it:
    /// it may be the beginning of a word.
    pub(crate) x_doubtful: bool,
}

/// No such place.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// The groups of one text. Buffers are kept from text to text.
#[derive(Default)]
pub(crate) struct Digits {
    pub(crate) values: Vec<u8>,
    pub(crate) groups: Vec<Group>,
}

/// Digits of one sort form a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digit,
    Soft,
    Han,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit(u8),
    Soft(u8),
    Separator(Mark),
    Format,
    Line,
    Open,
    Close,
    Slash,
    Plus,
    X,
    Other,
}

fn classify(c: char) -> Class {
    match narrow(c) {
        '0'..='9' => Class::Digit(narrow(c) as u8 - b'0'),
        '.' => Class::Separator(Mark::Dot),
        '-' => Class::Separator(Mark::Dash),
        ' ' => Class::Separator(Mark::Space),
        '_' => Class::Separator(Mark::Other),
        '\t' | '\n' | '\r' => Class::Line,
        '(' => Class::Open,
        ')' => Class::Close,
        '/' => Class::Slash,
        '+' => Class::Plus,
        // Look-alikes too: Cyrillic, Greek, the multiplication sign.
        'x' | 'X' | 'х' | 'Х' | 'Χ' | 'χ' | '×' => Class::X,
        '\0'..='\x7F' => Class::Other,
        _ => {
            if let Some(d) = digit_value(c) {
                Class::Digit(d)
            } else if is_format(c) {
                Class::Format
            } else if is_separator(c) {
                match c {
                    '\u{2010}'..='\u{2015}' => Class::Separator(Mark::Dash),
                    _ if c.is_whitespace() => Class::Separator(Mark::Space),
                    _ => Class::Separator(Mark::Other),
                }
            } else if c == '\u{2212}' {
                Class::Separator(Mark::Dash)
            } else if simple(c).is_some() {
                Class::Other
            } else {
                // Superscript, subscript and circled digits; Roman and
                // mathematical X; small and vertical forms.
                let mut folded = c.nfkc();
                match (folded.next(), folded.next()) {
                    (Some(d @ '0'..='9'), None) => Class::Soft(d as u8 - b'0'),
                    (Some('x' | 'X'), None) => Class::X,
                    (Some('+'), None) => Class::Plus,
                    (Some('('), None) => Class::Open,
                    (Some(')'), None) => Class::Close,
                    (Some('.'), None) => Class::Separator(Mark::Dot),
                    _ => Class::Other,
                }
            }
        }
    }
}

/// The value of a Chinese numeral, everyday or as on cheques.
pub(crate) fn han_numeral(c: char) -> Option<u8> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '弌' | '幺' => 1,
        '二' | '贰' | '貳' | '弍' => 2,
        '三' | '叁' | '叄' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// So many numerals make a number.
const LEAST_HAN: usize = 7;

/// The shortest run of that many has twice as many bytes as this.
const STEP: usize = 9;

/// How many numerals go on from here, with at most one separator between any
/// two, and where they end.
fn han_run(text: &str, from: usize) -> (usize, usize) {
    let (mut count, mut end, mut gap) = (0, from, 0);
    for (at, c) in text.get(from..).unwrap_or_default().char_indices() {
        if han_numeral(c).is_some() {
            count += 1;
            end = from + at + c.len_utf8();
            gap = 0;
        } else if is_separator(narrow(c)) && gap == 0 {
            gap = 1;
        } else if !is_format(c) {
            break;
        }
    }
    (count, end)
}

/// Whether a text holds a number in Chinese numerals. Looks at every ninth
/// byte; closer where a numeral stands.
pub(crate) fn has_han_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in (STEP - 1..bytes.len()).step_by(STEP) {
        // Nothing that is shorter than a numeral stands inside one.
        let may = bytes
            .get(at.saturating_sub(2)..)
            .unwrap_or_default()
            .iter()
            .take(5)
            .any(|b| (0xE2..=0xE9).contains(b));
        if !may || at < done {
            continue;
        }
        let mut from = at;
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        let (count, _) = han_run(text, from);
        if count == 0 {
            continue;
        }
        // Back to where it begins.
        let mut gap = 0;
        for (before, c) in text
            .get(done..from)
            .unwrap_or_default()
            .char_indices()
            .rev()
        {
            if han_numeral(c).is_some() {
                from = done + before;
                gap = 0;
            } else if is_separator(narrow(c)) && gap == 0 {
                gap = 1;
            } else if !is_format(c) {
                break;
            }
        }
        let (count, end) = han_run(text, from);
        if count >= LEAST_HAN {
            return true;
        }
        done = end;
    }
    false
}

/// [`classify`] for ASCII; and `Other` for what is none.
const ASCII: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut b = 0u8;
    while b < 128 {
        table[b as usize] = match b {
            b'0'..=b'9' => Class::Digit(b - b'0'),
            b'.' => Class::Separator(Mark::Dot),
            b'-' => Class::Separator(Mark::Dash),
            b' ' => Class::Separator(Mark::Space),
            b'_' => Class::Separator(Mark::Other),
            b'\t' | b'\n' | b'\r' => Class::Line,
            b'(' => Class::Open,
            b')' => Class::Close,
            b'/' => Class::Slash,
            b'+' => Class::Plus,
            b'x' | b'X' => Class::X,
            _ => Class::Other,
        };
        b += 1;
    }
    table
};

/// Length of a character of class `Other`, by its first byte; 0 where the
/// first byte does not tell.
const OTHER: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0usize;
    while b < 128 {
        if matches!(ASCII[b], Class::Other) {
            table[b] = 1;
        }
        b += 1;
    }
    // Han, U+5000–9FFF.
    b = 0xE5;
    while b <= 0xE9 {
        table[b] = 3;
        b += 1;
    }
    table
};

/// Class and length of the character at byte `at`; the usual ones by the byte.
#[inline]
fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let of = |b: u8| ASCII[usize::from(b)];
    Some(match *text.as_bytes().get(at..)? {
        [b @ ..=0x7F, ..] => (of(b), 1),
        // Han; 、 and 。; quotation marks.
        [0xE5..=0xE9, ..]
        | [0xE4, 0xB8..=0xBF, ..]
        | [0xE3, 0x80, 0x81 | 0x82, ..]
        | [0xE2, 0x80, 0x98..=0x9F, ..] => (Class::Other, 3),
        // Full-width ASCII up to the underscore.
        [0xEF, 0xBC, c @ 0x81..=0xBF, ..] => (of(c - 0x60), 3),
        [] => return None,
        _ => {
            let c = text.get(at..)?.chars().next()?;
            (classify(c), c.len_utf8())
        }
    })
}

/// The end of the run of characters of class `Other` that begins at `at`.
#[inline]
fn skip_others(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        while let Some(&b) = bytes.get(at) {
            match OTHER[usize::from(b)] {
                0 => break,
                len => at += usize::from(len),
            }
        }
        match class_at(text, at) {
            Some((Class::Other, len)) => at += len,
            _ => return at,
        }
    }
}

/// A fast look over the bytes of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// At least as many as there are digits of any script, full-width ones
    /// aside.
    pub(crate) digits: usize,
    /// At least as many as there are first bytes of U+F000–FFFF, the
    /// full-width forms.
    pub(crate) wide: usize,
    /// Whether there is an ASCII `@`.
    pub(crate) at: bool,
    /// Whether there may be a `+` outside the full-width forms.
    pub(crate) plus: bool,
}

/// Whether this is a first byte of characters among which there are digits,
/// U+F000–FFFF aside.
#[inline]
pub(crate) fn leads_to_digits(b: u8) -> bool {
    (b == 0xC2)
        | (b == 0xD9)
        | (b == 0xDB)
        | (b == 0xDF)
        | (b.wrapping_sub(0xE0) < 3)
        | (b == 0xEA)
        | (b == 0xF0)
}

/// Counts of [`Look`], sixteen side by side; they wrap at 256.
#[derive(Default)]
struct Lanes {
    digits: [u8; 16],
    wide: [u8; 16],
    at: [u8; 16],
    plus: [u8; 16],
}

impl Lanes {
    #[inline]
    fn add(&mut self, chunk: &[u8; 16]) {
        let Self {
            digits,
            wide,
            at,
            plus,
        } = self;
        for (i, &b) in chunk.iter().enumerate() {
            let digit = (b.wrapping_sub(b'0') < 10) | leads_to_digits(b);
            digits[i] = digits[i].wrapping_add(u8::from(digit));
            wide[i] = wide[i].wrapping_add(u8::from(b == 0xEF));
            at[i] |= u8::from(b == b'@');
            plus[i] |= u8::from((b == b'+') | (b == 0xE2));
        }
    }

    #[inline]
    fn sum(&self, seen: &mut Look) {
        let sum = |lane: &[u8; 16]| {
            lane.iter()
                .fold(0usize, |sum, &n| sum.wrapping_add(usize::from(n)))
        };
        seen.digits += sum(&self.digits);
        seen.wide += sum(&self.wide);
        seen.at |= u128::from_ne_bytes(self.at) != 0;
        seen.plus |= u128::from_ne_bytes(self.plus) != 0;
    }
}

/// Looks over `bytes`, sixteen at a time.
#[inline]
pub(crate) fn look(bytes: &[u8]) -> Look {
    let mut seen = Look::default();
    let mut lanes = Lanes::default();
    if bytes.len() >= 16 {
        // Counted in bytes, which wrap at 256.
        for part in bytes.chunks(16 * 254) {
            let (chunks, rest) = part.as_chunks::<16>();
            for chunk in chunks {
                lanes.add(chunk);
            }
            if !rest.is_empty()
                && let Some(last) = bytes.last_chunk::<16>()
            {
                // The last sixteen without those that were counted.
                let counted = 8 * (16 - rest.len() as u32);
                lanes.add(&(u128::from_le_bytes(*last) >> counted).to_le_bytes());
            }
            lanes.sum(&mut seen);
            lanes = Lanes::default();
        }
        return seen;
    }
    let few = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(head), Some(tail)) => {
            let shared = 8 * (16 - bytes.len() as u32);
            let tail = u64::from_le_bytes(*tail).checked_shr(shared).unwrap_or(0);
            u128::from(u64::from_le_bytes(*head)) | (u128::from(tail) << 64)
        }
        _ => bytes
            .iter()
            .rev()
            .fold(0, |all, &b| (all << 8) | u128::from(b)),
    };
    lanes.add(&few.to_le_bytes());
    lanes.sum(&mut seen);
    seen
}

/// What there is among the full-width forms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wide {
    /// Full-width digits: at least as many as there are.
    pub(crate) digits: usize,
    /// Whether there is a full-width or small `@`.
    pub(crate) at: bool,
    /// Whether there is a full-width or small `+`.
    pub(crate) plus: bool,
}

/// Looks for full-width digits, `@` and `+`.
pub(crate) fn look_wide(bytes: &[u8]) -> Wide {
    let mut seen = Wide::default();
    let Some(last) = bytes.len().checked_sub(2) else {
        return seen;
    };
    let mut from = 0;
    while from < last {
        let mut digits = [0u8; 16];
        let mut others = [0u8; 16];
        let part = last.min(from + 16 * 255);
        while from + 16 <= part {
            let at = |i: usize| bytes.get(i..).and_then(|rest| rest.first_chunk::<16>());
            let (Some(a), Some(b), Some(c)) = (at(from), at(from + 1), at(from + 2)) else {
                break;
            };
            for i in 0..16 {
                let wide = (a[i] == 0xEF) & (b[i] == 0xBC);
                let small = (a[i] == 0xEF) & ((b[i] == 0xB9) | (b[i] == 0xAC));
                digits[i] = digits[i].wrapping_add(u8::from(wide & (c[i].wrapping_sub(0x90) < 10)));
                let is_at = (wide & (c[i] == 0xA0)) | (small & (c[i] == 0xAB));
                let is_plus = (wide & (c[i] == 0x8B)) | (small & ((c[i] == 0xA2) | (c[i] == 0xA9)));
                others[i] |= u8::from(is_at) | (u8::from(is_plus) << 1);
            }
            from += 16;
        }
        seen.digits += digits
            .iter()
            .fold(0usize, |sum, &n| sum.wrapping_add(usize::from(n)));
        let others = others.iter().fold(0, |all, b| all | b);
        seen.at |= others & 1 != 0;
        seen.plus |= others & 2 != 0;
        while from < part && from + 16 > part {
            match (bytes.get(from), bytes.get(from + 1), bytes.get(from + 2)) {
                (Some(0xEF), Some(0xBC), Some(0x90..=0x99)) => seen.digits += 1,
                (Some(0xEF), Some(0xBC), Some(0xA0)) | (Some(0xEF), Some(0xB9), Some(0xAB)) => {
                    seen.at = true
                }
                (Some(0xEF), Some(0xBC), Some(0x8B))
                | (Some(0xEF), Some(0xB9), Some(0xA2))
                | (Some(0xEF), Some(0xAC), Some(0xA9)) => {
                    seen.plus = true;
                }
                _ => {}
            }
            from += 1;
        }
    }
    seen
}

impl Digits {
    /// Splits `text` into groups, in place of those of the text before.
    pub(crate) fn set(&mut self, text: &str) {
        self.clear();
        self.add(text, 0..text.len(), has_han_number(text));
    }

    /// Forgets the text before.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.groups.clear();
    }

    /// Adds the groups in one stretch of `text`. No digit stands right before
    /// or behind it, and no number goes on over its ends. `han`: whether there
    /// is a number in Chinese numerals in it.
    pub(crate) fn add(&mut self, text: &str, stretch: std::ops::Range<usize>, han: bool) {
        let bytes = text.as_bytes();
        let mut at = stretch.start;
        let mut gap = Between::new();
        gap.gap = Gap::Break;
        let mut open: Option<(Sort, u32)> = None; // an unfinished group, its first digit
        // Numerals up to here make a number, or make none.
        let (mut numerals, mut numerals_end) = (false, 0);
        let mut start = 0u32;
        while at < stretch.end
            && let Some((class, len)) = class_at(text, at)
        {
            let here = at as u32;
            at += len;
            let mut numeral = None;
            if han && class == Class::Other {
                let c = text.get(here as usize..at).and_then(|c| c.chars().next());
                numeral = c.and_then(han_numeral);
                if numeral.is_some() && numerals_end <= here as usize {
                    let (count, end) = han_run(text, here as usize);
                    (numerals, numerals_end) = (count >= LEAST_HAN, end);
                }
            }
            let (soft, value) = match (class, numeral) {
                (Class::Digit(d), _) => (Sort::Digit, d),
                (Class::Soft(d), _) => (Sort::Soft, d),
                (_, Some(d)) if numerals => (Sort::Han, d),
                _ => {
                    if let Some((_, first)) = open.take() {
                        self.finish(start, here, first, &mut gap);
                    }
                    gap.add(
                        class,
                        here,
                        at as u32,
                        bytes.get(at).copied(),
                        self.groups.last_mut(),
                    );
                    if class == Class::Other && !han {
                        // What is more of it changes nothing.
                        at = skip_others(text, at);
                    }
                    continue;
                }
            };
            match open {
                Some((sort, _)) if sort == soft => {}
                Some((_, first)) => {
                    self.finish(start, here, first, &mut gap);
                    start = here;
                    open = Some((soft, self.values.len() as u32));
                }
                None => {
                    start = here;
                    open = Some((soft, self.values.len() as u32));
                }
            }
            self.values.push(value);
            if soft == Sort::Digit {
                let rest = bytes.get(at..).unwrap_or_default();
                let run = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                self.values.extend(rest.iter().take(run).map(|b| b - b'0'));
                at += run;
            }
        }
        if let Some((_, first)) = open {
            self.finish(start, stretch.end as u32, first, &mut gap);
        }
    }

    fn finish(&mut self, start: u32, end: u32, first: u32, gap: &mut Between) {
        let broken = self.groups.is_empty() || gap.count > MOST_SEPARATORS;
        self.groups.push(Group {
            start,
            end,
            first,
            len: self.values.len() as u32 - first,
            gap: if broken { Gap::Break } else { gap.gap },
            mark: gap.mark,
            plus: gap.plus,
            paren: gap.paren,
            x_end: 0,
            x_doubtful: false,
        });
        *gap = Between::new();
    }

    /// The digits of a run of groups.
    pub(crate) fn of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => self
                .values
                .get(first.first as usize..(last.first + last.len) as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// The chains: maximal runs of groups that may belong to one number.
    pub(crate) fn chains(&self) -> impl Iterator<Item = &[Group]> {
        self.groups.chunk_by(|_, next| next.gap != Gap::Break)
    }
}

/// What has been seen since the last group.
struct Between {
    gap: Gap,
    mark: Mark,
    count: u8,
    plus: u32,
    paren: u32,
    /// Whether a close look at the end is still possible: only separators yet.
    x_open: bool,
}

impl Between {
    fn new() -> Self {
        Self {
            gap: Gap::Join,
            mark: Mark::None,
            count: 0,
            plus: NOWHERE,
            paren: NOWHERE,
            x_open: true,
        }
    }

    fn add(
        &mut self,
        class: Class,
        here: u32,
        end: u32,
        next: Option<u8>,
        last: Option<&mut Group>,
    ) {
        match class {
            Class::Separator(mark) => {
                self.mark = match self.mark {
                    Mark::None => mark,
                    Mark::Space if mark == Mark::Space => mark,
                    _ => Mark::Other,
                };
                self.count = self.count.saturating_add(1);
            }
            Class::Format => {}
            Class::Slash => {
                self.gap = self.gap.max(Gap::Slash);
                self.mark = Mark::Other;
                self.count = self.count.saturating_add(1);
            }
            Class::Line => self.gap = self.gap.max(Gap::Line),
            Class::Open => {
                self.gap = self.gap.max(Gap::Paren);
                self.mark = Mark::Other;
                if self.plus == NOWHERE {
                    self.paren = here;
                }
            }
            Class::Close => {
                self.gap = self.gap.max(Gap::Paren);
                self.mark = Mark::Other;
                if self.plus == NOWHERE {
                    self.paren = NOWHERE;
                }
            }
            Class::Plus => {
                self.gap = Gap::Break;
                self.plus = here;
            }
            Class::X | Class::Other | Class::Digit(_) | Class::Soft(_) => {
                if class == Class::X
                    && self.x_open
                    && self.gap == Gap::Join
                    && self.count <= MOST_SEPARATORS
                    && let Some(group) = last
                {
                    group.x_end = end;
                    group.x_doubtful =
                        self.count > 0 && next.is_some_and(|b| b.is_ascii_alphabetic());
                }
                self.gap = Gap::Break;
                self.plus = NOWHERE;
                self.paren = NOWHERE;
                self.x_open = false;
            }
        }
        if matches!(
            class,
            Class::Open | Class::Close | Class::Slash | Class::Plus | Class::Line
        ) {
            self.x_open = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::unicode::tests::awkward;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_that_classifies_as_a_digit_is_counted_by_the_fast_look() {
        for c in (0..=0x10_FFFFu32).filter_map(char::from_u32) {
            let class = classify(c);
            for text in [
                c.to_string(),
                format!("{c}{}", "中".repeat(20)),
                format!("{}{c}", "a".repeat(17)),
                format!("{}{c}b", "a".repeat(40)),
            ] {
                let (seen, wide) = (look(text.as_bytes()), look_wide(text.as_bytes()));
                match class {
                    Class::Digit(_) | Class::Soft(_) => {
                        assert!(seen.digits + wide.digits > 0, "{:x}", c as u32)
                    }
                    Class::Plus => assert!(seen.plus || wide.plus, "{:x}", c as u32),
                    _ if narrow(c) == '@' || c == '\u{FE6B}' => {
                        assert!(seen.at || wide.at, "{:x}", c as u32)
                    }
                    _ => {}
                }
                assert!(wide.digits == 0 || seen.wide > 0);
            }
        }
    }

    #[test]
    fn a_long_text_is_counted_to_the_end() {
        let text = "1".repeat(100_003) + &"５".repeat(70_001) + "@＋";
        let (seen, wide) = (look(text.as_bytes()), look_wide(text.as_bytes()));
        assert!(seen.digits >= 100_003 && seen.at && !seen.plus && seen.wide >= 70_001);
        assert!(wide.digits >= 70_001 && wide.plus && !wide.at);
    }

    #[test]
    fn numbers_in_chinese_numerals_are_groups_and_dates_and_counts_are_none() {
        let groups = |text: &str| -> Vec<String> {
            let mut digits = Digits::default();
            digits.set(text);
            digits
                .groups
                .iter()
                .map(|group| {
                    digits
                        .of(std::slice::from_ref(group))
                        .iter()
                        .map(|d| char::from(b'0' + d))
                        .collect()
                })
                .collect()
        };
        assert_eq!(groups("电话一三八〇〇一三八〇〇〇转"), ["13800138000"]);
        assert_eq!(groups("壹叁捌 零零壹叁 捌零零零"), ["138", "0013", "8000"]);
        assert_eq!(groups("13800138000一直不通"), ["13800138000"]);
        assert_eq!(
            groups("一 三 八 〇 〇 一 三"),
            ["1", "3", "8", "0", "0", "1", "3"]
        );
        for text in [
            "二〇二四年三月九日",
            "三千五百六十七万人",
            "一九四九",
            "九一八、一二九",
            "一二三四五六",
        ] {
            assert!(groups(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_look_for_chinese_numerals_misses_no_number(
            parts in proptest::collection::vec("[一二三〇八 \u{3000}-]{1,9}|[王a，1 ]{1,9}", 0..12),
        ) {
            let text = parts.concat();
            let slow = text.char_indices().any(|(at, _)| han_run(&text, at).0 >= LEAST_HAN);
            prop_assert_eq!(has_han_number(&text), slow, "{}", text);
        }

        #[test]
        fn the_short_way_by_bytes_classifies_as_by_characters(c in awkward()) {
            let text = c.to_string();
            let (class, len) = class_at(&text, 0).unwrap();
            prop_assert!(class == classify(c) && len == c.len_utf8());
        }

        #[test]
        fn groups_are_maximal_runs_and_hold_every_digit(chars in proptest::collection::vec(prop_oneof![2 => proptest::char::range('0', '9'), 1 => awkward()], 0..40)) {
            let text: String = chars.into_iter().collect();
            let mut digits = Digits::default();
            digits.set(&text);
            let expected: Vec<u8> = text.chars().filter_map(|c| match classify(c) { Class::Digit(d) | Class::Soft(d) => Some(d), _ => None }).collect();
            prop_assert_eq!(&digits.values, &expected);
            for group in &digits.groups {
                let inside = text.get(group.start as usize..group.end as usize).unwrap();
                prop_assert_eq!(inside.chars().count(), group.len as usize);
                prop_assert!(inside.chars().all(|c| matches!(classify(c), Class::Digit(_))) || inside.chars().all(|c| matches!(classify(c), Class::Soft(_))));
            }
        }
    }
}
