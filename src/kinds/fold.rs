//! Folding: what two writings of one value have in common, for the check of a
//! finished release and for finding a record's own values in its own text.
//!
//! NFKC; then format characters, separators (`Z*`, `Pd`, `.`, `·`, `_`) and
//! white space are taken out, every Unicode decimal digit becomes ASCII,
//! Cyrillic Х and х become `x`, and every character goes to lower case by
//! itself. The short way for ASCII and the usual CJK must give exactly the
//! same: tests compare it with the definition.
//!
//! A fold is one way and for comparing only; it never leaves the program.

use super::unicode::{digit_value, is_format, is_separator, is_unspaced, nfkc_each, simple};

/// What stands in [`ASCII`] for a byte that folding takes out.
const DROP: u8 = 0xFF;

/// Fold of each ASCII byte.
const ASCII: [u8; 256] = {
    let mut table = [DROP; 256];
    let mut b = 0u8;
    while b < 128 {
        let space = matches!(b, 9..=13 | b' ');
        let separator = matches!(b, b'-' | b'.' | b'_');
        if !space && !separator {
            table[b as usize] = b.to_ascii_lowercase();
        }
        b += 1;
    }
    table
};

/// Folds `text` into `out`, which is cleared first.
pub fn fold(text: &str, out: &mut String) {
    out.clear();
    if !text.is_ascii() {
        fold_mixed(text, out);
        return;
    }
    // Short and compact, as numbers are: often its own fold.
    if text.len() <= 32 && text.bytes().all(|b| ASCII[usize::from(b)] == b) {
        out.push_str(text);
        return;
    }
    let mut bytes = std::mem::take(out).into_bytes();
    fold_ascii(text.as_bytes(), &mut bytes);
    // ASCII was written, so this never takes the slow way.
    *out = String::from_utf8(bytes).unwrap_or_else(|_| {
        let mut plain = String::new();
        fold_plainly(text, |c, _| plain.push(c));
        plain
    });
}

fn fold_ascii(text: &[u8], out: &mut Vec<u8>) {
    out.resize(text.len() + 16, 0);
    let mut n = 0usize;
    for chunk in text.chunks(16) {
        // Room for sixteen is always left: no more than was read is written.
        let Some(slots) = out
            .get_mut(n..)
            .and_then(|rest| rest.first_chunk_mut::<16>())
        else {
            break;
        };
        let mut k = 0usize;
        for &b in chunk {
            let folded = ASCII[usize::from(b)];
            slots[k & 15] = folded;
            k = k.wrapping_add(usize::from(folded != DROP));
        }
        n = n.wrapping_add(k);
    }
    out.truncate(n);
}

/// What the short way makes of a character.
enum Short {
    /// It is taken out, so many bytes.
    Nothing(usize),
    /// It becomes this one, from so many bytes.
    One(char, usize),
    /// It goes the long way.
    No,
}

/// How many bytes at `at` fold to themselves as they are: of the usual
/// characters of Chinese, Japanese, Korean, Russian and Western texts. All of
/// them are [`simple`]; tests compare each with the definition.
#[inline]
fn same(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&a) = bytes.get(at) {
        // Han, U+5000–9FFF, first.
        if (0xE5..=0xE9).contains(&a) {
            at += 3;
            continue;
        }
        if a < 0x80 {
            if ASCII[usize::from(a)] != a {
                break;
            }
            at += 1;
            continue;
        }
        let b = bytes.get(at + 1).copied().unwrap_or(0);
        let c = bytes.get(at + 2).copied().unwrap_or(0);
        at += match (a, b) {
            // Han, U+4E00–4FFF.
            (0xE4, 0xB8..) => 3,
            // CJK punctuation; kana; Hangul syllables; quotation marks.
            (0xE3, 0x80) if matches!(c, 0x81..=0x9B) => 3,
            (0xE3, 0x81) if c >= 0x81 => 3,
            (0xE3, 0x82) if c <= 0x96 || c >= 0xA1 => 3,
            (0xE3, 0x83) if c <= 0xBA => 3,
            (0xEA, 0xB0..) | (0xEB | 0xEC, _) | (0xED, ..=0x9D) => 3,
            (0xE2, 0x80) if matches!(c, 0x98..=0x9F) => 3,
            // ß to ÿ, and ×; а to я without х.
            (0xC3, 0x97 | 0x9F..) => 2,
            (0xD0, 0xB0..) | (0xD1, ..=0x84 | 0x86..=0x8F) => 2,
            _ => break,
        };
    }
    at
}

/// What becomes of the character at the head of `rest`, which is not the same.
#[inline]
fn short(rest: &[u8]) -> Short {
    let ascii = |b: u8, len: usize| match ASCII[usize::from(b)] {
        DROP => Short::Nothing(len),
        folded => Short::One(char::from(folded), len),
    };
    match *rest {
        [b @ ..=0x7F, ..] => ascii(b, 1),
        // Full-width ASCII.
        [0xEF, 0xBC, c @ 0x81..=0xBF, ..] => ascii(c - 0x60, 3),
        [0xEF, 0xBD, c @ 0x80..=0x9E, ..] => ascii(c - 0x20, 3),
        // The ideographic space; zero width, dashes.
        [0xE3, 0x80, 0x80, ..] | [0xE2, 0x80, 0x8B..=0x90 | 0x92..=0x95, ..] => Short::Nothing(3),
        // No-break space, middle dot.
        [0xC2, 0xA0 | 0xB7, ..] => Short::Nothing(2),
        // À to Þ.
        [0xC3, c @ 0x80..=0x9E, ..] => Short::One(char::from(c + 0x60), 2),
        // Cyrillic: Х and х; А to П, Р to Я.
        [0xD0, 0xA5, ..] | [0xD1, 0x85, ..] => Short::One('x', 2),
        [0xD0, c @ 0x90..=0xAF, ..] => Short::One(
            char::from_u32(0x0430 + u32::from(c - 0x90)).unwrap_or_default(),
            2,
        ),
        _ => Short::No,
    }
}

/// Folds what holds more than ASCII: the usual characters by the byte, the
/// rest by the character.
fn fold_mixed(text: &str, out: &mut String) {
    out.reserve(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        loop {
            let end = same(bytes, at);
            out.push_str(text.get(at..end).unwrap_or_default());
            at = end;
            match bytes.get(at..).map_or(Short::No, short) {
                Short::Nothing(len) => at += len,
                Short::One(c, len) => {
                    out.push(c);
                    at += len;
                }
                Short::No => break,
            }
        }
        if at >= bytes.len() {
            return;
        }
        // Something else begins here. What stands before it may compose with
        // it, so go back by one character.
        if at > start
            && let Some(c) = text.get(..at).and_then(|before| before.chars().next_back())
        {
            at -= c.len_utf8();
            let mut len = out.len();
            fold_char(simple(c).unwrap_or(c), |folded| len -= folded.len_utf8());
            out.truncate(len);
        }
        let Some(rest) = text.get(at..) else { return };
        at += long_way(rest, out);
    }
}

/// Folds the head of `rest` by characters, up to a simple character that a
/// simple one follows, and says how many bytes that was: at least one
/// character.
fn long_way(rest: &str, out: &mut String) -> usize {
    let mut chars = rest.char_indices().peekable();
    let mut stop = rest.len();
    let mut first = true;
    while let Some((i, c)) = chars.next() {
        let next_simple = chars.peek().is_none_or(|&(_, n)| simple(n).is_some());
        if !first && next_simple && simple(c).is_some() {
            stop = i;
            break;
        }
        first = false;
    }
    let segment = rest.get(..stop).unwrap_or_default();
    fold_plainly(segment, |c, _| out.push(c));
    stop
}

/// The definition, character by character, with the bytes of `text` that each
/// folded character came from.
fn fold_plainly(text: &str, mut sink: impl FnMut(char, std::ops::Range<usize>)) {
    nfkc_each(text, |c, from| {
        fold_char(c, |folded| sink(folded, from.clone()))
    });
}

/// Folds one character of an NFKC text.
#[inline]
fn fold_char(c: char, mut sink: impl FnMut(char)) {
    match c {
        'a'..='z' | '0'..='9' | '\u{4E00}'..='\u{9FFF}' => sink(c),
        'A'..='Z' => sink(c.to_ascii_lowercase()),
        'Х' | 'х' => sink('x'),
        _ if is_separator(c) || c.is_whitespace() || is_format(c) => {}
        _ => match digit_value(c) {
            Some(d) => sink(char::from(b'0' + d)),
            None if simple(c).is_some() && (c as u32) >= 0x3000 => sink(c),
            None => c.to_lowercase().for_each(sink),
        },
    }
}

/// A fold that remembers where each of its bytes came from.
///
/// Buffers are kept from text to text.
#[derive(Default)]
pub struct MappedFold {
    folded: String,
    from: Vec<(u32, u32)>,
}

/// The text may be a value of a file: `Debug` shows lengths only.
impl std::fmt::Debug for MappedFold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MappedFold({} bytes)", self.folded.len())
    }
}

impl MappedFold {
    /// An empty fold.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds `text`, at most 4 GiB, in place of what was folded before.
    pub fn set(&mut self, text: &str) {
        self.folded.clear();
        self.from.clear();
        let (folded, from) = (&mut self.folded, &mut self.from);
        fold_plainly(text, |c, range| {
            folded.push(c);
            let origin = (range.start as u32, range.end as u32);
            from.extend(std::iter::repeat_n(origin, c.len_utf8()));
        });
    }

    /// The folded text, equal to what [`fold`] gives.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The bytes of the original that the bytes `start..end` of the fold came
    /// from, from the first to the last. `None` where the range is empty or
    /// outside.
    #[must_use]
    pub fn origin(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let slice = self.from.get(start..end)?;
        Some((slice.first()?.0 as usize, slice.last()?.1 as usize))
    }
}

/// Whether the bytes `start..end` of `text` stand free: no letter of a script
/// that parts its words goes on at either end, and no run of digits.
///
/// `Ann` does not stand free in `Annual`, nor `1234` in `12345`; a name in Han
/// characters, kana, Hangul or Thai stands free anywhere. What finds a record's
/// own values in its text and what checks the finished text ask this one
/// function, so that they agree.
#[must_use]
pub fn stands_free(text: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(inside), Some(after)) =
        (text.get(..start), text.get(start..end), text.get(end..))
    else {
        return false;
    };
    let goes_on = |left: Option<char>, right: Option<char>| {
        let (Some(left), Some(right)) = (left, right) else {
            return false;
        };
        let letter = |c: char| c.is_alphabetic() && !is_unspaced(c);
        (letter(left) && letter(right))
            || (digit_value(left).is_some() && digit_value(right).is_some())
    };
    !goes_on(before.chars().next_back(), inside.chars().next())
        && !goes_on(inside.chars().next_back(), after.chars().next())
}

#[cfg(test)]
mod tests {
    use super::super::unicode::tests::awkward;
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn fast(text: &str) -> String {
        let mut out = String::from("left over");
        fold(text, &mut out);
        out
    }

    /// The definition, word by word.
    fn slow(text: &str) -> String {
        text.nfkc()
            .filter(|&c| !is_format(c) && !is_separator(c) && !c.is_whitespace())
            .map(|c| digit_value(c).map_or(c, |d| char::from(b'0' + d)))
            .flat_map(char::to_lowercase)
            .map(|c| if c == 'х' { 'x' } else { c })
            .collect()
    }

    #[test]
    fn width_case_separators_and_scripts_fold_away() {
        assert_eq!(fast("110105-1949 1231.002Ｘ"), "11010519491231002x");
        assert_eq!(
            fast("１３８\u{200B}００１３\u{3000}８０００"),
            "13800138000"
        );
        assert_eq!(fast("Wang\tWei\n"), "wangwei");
        assert_eq!(fast("买买提·艾力"), "买买提艾力");
        assert_eq!(fast("002Х 002х"), "002x002x");
        assert_eq!(fast("ÀÉ Straße ИВАН"), "àéstraßeиван");
        assert_eq!(fast("e\u{301} 中e\u{301}"), "é中é");
        assert_eq!(fast("北京市，朝阳区"), "北京市,朝阳区");
        assert_eq!(fast(""), "");
        assert_eq!(fast("…"), "");
    }

    #[test]
    fn every_character_alone_and_between_others_folds_as_defined() {
        for c in (0..=0x10_FFFFu32).filter_map(char::from_u32) {
            for text in [c.to_string(), format!("a{c}b"), format!("中{c}文 ")] {
                assert_eq!(fast(&text), slow(&text), "{:x}", c as u32);
            }
        }
    }

    #[test]
    fn words_stand_free_at_letters_and_digits() {
        for (text, inner, free) in [
            ("Annual", "Ann", false),
            ("Joann", "ann", false),
            ("Ann's", "Ann", true),
            ("叫Ann的", "Ann", true),
            ("иванов", "иван", false),
            ("王伟大", "王伟", true),
            ("12345", "1234", false),
            ("a1234b", "1234", true),
            ("김철수는", "김철수", true),
            ("Ann１", "Ann", true),
            ("５1234", "1234", false),
            ("Ann", "Ann", true),
        ] {
            let start = text.find(inner).unwrap();
            assert_eq!(
                stands_free(text, start, start + inner.len()),
                free,
                "{text}"
            );
        }
        assert!(!stands_free("中", 1, 3));
    }

    proptest! {
        #[test]
        fn the_fast_fold_is_the_definition(chars in proptest::collection::vec(awkward(), 0..32)) {
            let text: String = chars.into_iter().collect();
            prop_assert_eq!(fast(&text), slow(&text));
        }

        #[test]
        fn the_mapped_fold_is_the_fold_and_its_origins_cover_the_text(chars in proptest::collection::vec(awkward(), 0..32)) {
            let text: String = chars.into_iter().collect();
            let mut mapped = MappedFold::new();
            mapped.set(&text);
            prop_assert_eq!(mapped.folded(), fast(&text));
            for (i, c) in mapped.folded().char_indices() {
                let (start, end) = mapped.origin(i, i + c.len_utf8()).unwrap();
                let origin = text.get(start..end).unwrap();
                prop_assert!(fast(origin).contains(c));
            }
        }
    }
}
