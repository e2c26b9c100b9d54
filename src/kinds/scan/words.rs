//! The words before an identifier: what is a mistyped number beside one of
//! them is redacted, and what is weak counts.
//!
//! May not look further back than [`REACH`] characters, nor over a digit, an
//! end of line or a label of an earlier redaction.

use super::super::unicode::{digit_value, is_format, is_separator, narrow};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    None,
    /// `ID`, 证件: may be an order's too.
    Weak,
    /// 身份证, `ID card`: nothing else.
    Strong,
}

/// Words that name the resident ID and nothing else; folded.
const STRONG: [&str; 19] = [
    "身份证",
    "身份證",
    "身分证",
    "身分證",
    "公民身份",
    "公民身分",
    "居民身份",
    "居民证",
    "idcard",
    "id card",
    "identity card",
    "identity number",
    "identity no",
    "identification number",
    "resident id",
    "national id",
    "citizen id",
    "sfz",
    "shenfenzheng",
];

/// Words that name some card or number of a person; folded.
const WEAK: [&str; 8] = [
    "证件", "證件", "证号", "證號", "证码", "identity", "id", "ids",
];

/// How many characters before an identifier are looked at for such a word.
const REACH: usize = 20;

/// What stands before byte `start`, back to the last digit or label of a
/// redaction, folded into the end of `seen`. Returns where it begins there.
fn look_back(text: &str, start: u32, seen: &mut [char; REACH]) -> usize {
    let mut n = REACH;
    for (at, c) in text
        .get(..start as usize)
        .unwrap_or_default()
        .char_indices()
        .rev()
    {
        let c = narrow(c);
        if c == ']' && is_label(text.get(..at).unwrap_or_default()) {
            break;
        }
        if is_format(c) {
            continue;
        }
        if digit_value(c).is_some() || c == '\n' || n == 0 {
            break;
        }
        let gap = is_separator(c) || c.is_whitespace();
        if gap && seen.get(n).is_none_or(|&c| c == ' ') {
            continue;
        }
        n -= 1;
        if let Some(slot) = seen.get_mut(n) {
            *slot = match c {
                _ if gap => ' ',
                c if c.is_ascii() => c.to_ascii_lowercase(),
                c => c.to_lowercase().next().unwrap_or(c),
            };
        }
    }
    n
}

/// Whether `before`, which a `]` follows, ends as a label of a redaction does:
/// with `[` and small letters, digits and hyphens.
fn is_label(before: &str) -> bool {
    let name = before
        .bytes()
        .rev()
        .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        .count();
    name >= 2 && before.as_bytes().iter().rev().nth(name) == Some(&b'[')
}

/// Whether a word stands in what [`look_back`] saw; of Latin words not as a
/// part of another one.
fn holds_word(seen: &[char], word: &str) -> bool {
    let len = word.chars().count();
    let ascii = word.is_ascii();
    (0..(seen.len() + 1).saturating_sub(len)).any(|at| {
        let here = seen.get(at..at + len).unwrap_or_default();
        let letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
        here.iter().copied().eq(word.chars())
            && !(ascii
                && (letter(at.checked_sub(1).and_then(|at| seen.get(at)))
                    || letter(seen.get(at + len)) && len < 4))
    })
}

/// What word stands before byte `start`.
pub(super) fn context(text: &str, start: u32) -> Context {
    let mut seen = ['\0'; REACH];
    let n = look_back(text, start, &mut seen);
    let seen = seen.get(n..).unwrap_or_default();
    let holds = |word: &str| holds_word(seen, word);
    if STRONG.iter().any(|word| holds(word)) {
        Context::Strong
    } else if WEAK.iter().any(|word| holds(word)) {
        Context::Weak
    } else {
        Context::None
    }
}

/// Words of a kind, each with a bit for every character of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Vec<(u64, &'static str)>);

impl Words {
    /// Lower case, width folded.
    pub(super) fn new(words: &[&'static str]) -> Self {
        Self(
            words
                .iter()
                .map(|word| (bits(word.chars()), *word))
                .collect(),
        )
    }
}

fn bits(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(0, |bits, c| bits | 1 << (c as u32 & 63))
}

/// What stands before a place, folded once and asked for many words.
#[derive(Default)]
pub(super) struct Beside {
    seen: Option<Before>,
}

struct Before {
    chars: [char; REACH],
    from: usize,
    /// Of the place.
    start: u32,
    bits: u64,
}

impl Beside {
    fn before(&mut self, text: &str, start: u32) -> &Before {
        if self.seen.as_ref().is_some_and(|seen| seen.start != start) {
            self.seen = None;
        }
        self.seen.get_or_insert_with(|| Before::new(text, start))
    }

    /// Whether one of a few words stands before byte `start`.
    pub(super) fn holds_one(&mut self, text: &str, start: u32, words: &[&str]) -> bool {
        let seen = self.before(text, start);
        let chars = seen.chars.get(seen.from..).unwrap_or_default();
        words.iter().any(|word| holds_word(chars, word))
    }

    /// Whether one of the words stands before byte `start`.
    pub(super) fn holds(&mut self, text: &str, start: u32, words: &Words) -> bool {
        if words.0.is_empty() {
            return false;
        }
        let seen = self.before(text, start);
        let chars = seen.chars.get(seen.from..).unwrap_or_default();
        words
            .0
            .iter()
            .any(|(bits, word)| bits & !seen.bits == 0 && holds_word(chars, word))
    }
}

impl Before {
    fn new(text: &str, start: u32) -> Self {
        let mut chars = ['\0'; REACH];
        let from = look_back(text, start, &mut chars);
        Self {
            bits: bits(chars.iter().skip(from).copied()),
            chars,
            from,
            start,
        }
    }
}
