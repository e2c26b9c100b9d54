//! A name in Han characters where a text spells it in pinyin: *Zeng Xiaoming*,
//! *xiaoming zeng*, *ZENG XIAO-MING*, *Zēng Xiǎomíng*, *Zeng1 Xiao3ming2*,
//! *Zeng, X.M.*, *Mr Zeng*.
//!
//! Every reading of every character counts (曾 *zeng* and *ceng*, 单 *shan* and
//! *dan*), ü as u, v and yu. Tones may be marked, numbered or left out; syllables
//! may be joined or set apart; the family name comes first or last. Initials and
//! titles count beside a family name with a capital letter. The readings are
//! those of the crate `pinyin` (MIT), whose table is made from Unihan (Unicode
//! licence) and dictionaries.
//!
//! Not found: other spellings (Wade-Giles, Cantonese, names in foreign order of
//! syllables), and a family name alone.
//!
//! May not decide what is a name: any value of two to four Han characters is
//! taken for one.

use pinyin::{PinyinMulti, ToPinyinMulti};
use unicode_normalization::char::decompose_canonical;

use super::super::scan::Hit;
use super::super::unicode::{is_format, is_han, narrow};
use super::person::{BEFORE, DOUBLE, word_before};

/// Fewest letters of a name that is spelt out.
const LEAST: usize = 4;
/// Marks and spaces between two syllables, at most.
const GAP: usize = 3;

/// What a character of a text is here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// A letter in lower case, its tone taken off.
    Letter(u8),
    /// The number of a tone.
    Tone,
    /// A space, or a mark that may stand inside a name.
    Gap,
    /// Anything else.
    Wall,
}

/// A character of a text and its place.
#[derive(Clone, Copy)]
struct Cell {
    what: What,
    capital: bool,
    start: u32,
    end: u32,
}

/// A text as names spelt in it are looked for; buffers are kept.
#[derive(Default)]
pub(super) struct Spelt {
    cells: Vec<Cell>,
}

/// One reading of a character, as letters with ü.
type Reading = &'static str;

/// The readings of a character.
fn readings(c: char) -> impl Iterator<Item = Reading> + Clone {
    let all: Option<PinyinMulti> = c.to_pinyin_multi();
    let count = all.map_or(0, PinyinMulti::count);
    (0..count).filter_map(move |at| Some(all?.get_opt(at)?.plain()))
}

/// Whether a text holds letters that could spell a name.
pub(super) fn may_spell(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .filter(|b| b.is_ascii_alphabetic() || matches!(b, 0xC3..=0xC7 | 0xE1 | 0xEF))
        .nth(1)
        .is_some()
}

impl Spelt {
    /// Reads a text.
    pub(super) fn set(&mut self, text: &str) {
        self.cells.clear();
        for (at, c) in text.char_indices() {
            if is_format(c) || matches!(c, '\u{300}'..='\u{36F}') {
                continue;
            }
            let mut base = narrow(c);
            if !base.is_ascii() && base.is_alphabetic() && !is_han(base) {
                let mut first = None;
                decompose_canonical(base, |part| {
                    first.get_or_insert(part);
                });
                base = first.unwrap_or(base);
            }
            let what = match base {
                'a'..='z' | 'A'..='Z' => What::Letter(base.to_ascii_lowercase() as u8),
                '1'..='5' => What::Tone,
                ' ' | '\u{A0}' | '\u{3000}' | '-' | '‐' | '‑' | '\'' | '’' | '·' | '.' | ',' => {
                    What::Gap
                }
                _ => What::Wall,
            };
            self.cells.push(Cell {
                what,
                capital: base.is_ascii_uppercase(),
                start: at as u32,
                end: (at + c.len_utf8()) as u32,
            });
        }
    }

    fn what(&self, at: usize) -> What {
        self.cells.get(at).map_or(What::Wall, |cell| cell.what)
    }

    fn is_letter(&self, at: usize) -> bool {
        matches!(self.what(at), What::Letter(_))
    }

    /// Where a reading that begins at `at` ends, with ü as `u`, `v` or `yu`.
    fn reading(&self, at: usize, reading: Reading, ends: &mut impl FnMut(usize)) {
        let Some((head, tail)) = reading.split_once('ü') else {
            if self.holds(at, reading) {
                ends(at + reading.len());
            }
            return;
        };
        if !self.holds(at, head) {
            return;
        }
        for written in ["u", "v", "yu"] {
            let middle = at + head.len();
            let after = middle + written.len();
            if self.holds(middle, written) && self.holds(after, tail) {
                ends(after + tail.len());
            }
        }
    }

    fn holds(&self, at: usize, letters: &str) -> bool {
        letters
            .bytes()
            .enumerate()
            .all(|(i, letter)| self.what(at + i) == What::Letter(letter))
    }

    /// Past a tone's number and what may stand between two syllables.
    fn past_gap(&self, at: usize) -> usize {
        let at = at + usize::from(self.what(at) == What::Tone);
        let gap = (0..GAP)
            .take_while(|i| self.what(at + i) == What::Gap)
            .count();
        at + gap
    }

    /// Tells where a spelling of `name` that begins at `at` may end.
    fn spell(&self, at: usize, name: &[char], ends: &mut dyn FnMut(usize)) {
        let Some((first, rest)) = name.split_first() else {
            return;
        };
        for reading in readings(*first) {
            self.reading(at, reading, &mut |end| {
                if rest.is_empty() {
                    ends(end + usize::from(self.what(end) == What::Tone));
                } else {
                    self.spell(self.past_gap(end), rest, ends);
                }
            });
        }
    }

    /// The end of the longest spelling of `name` from `at` that ends a word.
    fn whole(&self, at: usize, name: &[char]) -> Option<usize> {
        let mut longest = None;
        self.spell(at, name, &mut |end| {
            if !self.is_letter(end) {
                longest = longest.max(Some(end));
            }
        });
        longest
    }

    fn letters(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|at| self.is_letter(*at)).count()
    }

    fn capital(&self, at: usize) -> bool {
        self.cells.get(at).is_some_and(|cell| cell.capital)
    }

    /// The end of initials of `given` from `at`: one of the first, or one of
    /// each, in capitals.
    fn initials(&self, at: usize, given: &[char]) -> Option<usize> {
        let mut end = None;
        let mut next = at;
        for (nth, c) in given.iter().enumerate() {
            let fits = self.capital(next)
                && readings(*c).any(|reading| {
                    reading
                        .bytes()
                        .next()
                        .is_some_and(|first| self.what(next) == What::Letter(first))
                });
            if !fits {
                break;
            }
            let done = nth == 0 || nth + 1 == given.len();
            if done && !self.is_letter(next + 1) {
                end = Some(next + 1);
            }
            let gap = (0..GAP)
                .take_while(|i| self.what(next + 1 + i) == What::Gap)
                .count();
            next += 1 + gap;
        }
        end
    }

    /// Appends a hit for each place where the name is spelt out, stands with
    /// initials or behind a title.
    pub(super) fn find(&self, text: &str, value: &str, label: &'static str, hits: &mut Vec<Hit>) {
        let mut name = ['\0'; 4];
        let mut count = 0;
        for c in value.chars().filter(|c| !is_format(*c) && *c != ' ') {
            match name.get_mut(count) {
                Some(slot) if is_han(c) => *slot = c,
                _ => return,
            }
            count += 1;
        }
        if count < 2 {
            return;
        }
        let name = name.get(..count).unwrap_or_default();
        let double = count > 2 && DOUBLE.iter().any(|double| value.starts_with(double));
        let (family, given) = name.split_at(if double { 2 } else { 1 });
        let backwards: Vec<char> = given.iter().chain(family).copied().collect();
        let mut put = |from: usize, to: usize| {
            if let (Some(first), Some(last)) = (self.cells.get(from), self.cells.get(to - 1)) {
                hits.push(Hit {
                    start: first.start as usize,
                    end: last.end as usize,
                    kind: label,
                    proven: false,
                });
            }
        };
        for at in 0..self.cells.len() {
            if !self.is_letter(at) || (at > 0 && self.is_letter(at - 1)) {
                continue;
            }
            for order in [name, backwards.as_slice()] {
                if let Some(end) = self.whole(at, order)
                    && self.letters(at, end) >= LEAST
                {
                    put(at, end);
                }
            }
            if !self.capital(at) {
                continue;
            }
            // Zeng X.M. and Mr Zeng.
            if let Some(end) = self.whole(at, family) {
                let after = self.past_gap(end);
                if after > end
                    && let Some(last) = self.initials(after, given)
                {
                    put(at, last);
                }
                if let Some(title) = self.title_before(text, at) {
                    put(title, end);
                }
            }
            // X.M. Zeng
            if let Some(end) = self.initials(at, given) {
                let after = self.past_gap(end);
                if after > end
                    && self.capital(after)
                    && let Some(last) = self.whole(after, family)
                {
                    put(at, last);
                }
            }
        }
    }

    /// Where the title begins that stands right before the word at `at`.
    fn title_before(&self, text: &str, at: usize) -> Option<usize> {
        let start = self.cells.get(at)?.start as usize;
        let before = text.get(..start)?;
        let near = before.trim_end_matches([' ', '.']);
        if !(1..=3).contains(&(before.len() - near.len())) {
            return None;
        }
        let from = word_before(text, near.len());
        let word = text.get(from..near.len())?.to_lowercase();
        if !BEFORE.contains(&word.as_str()) {
            return None;
        }
        let from = u32::try_from(from).ok()?;
        self.cells
            .get(..at)?
            .iter()
            .rposition(|cell| cell.start == from)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "a panic fails the test")]
    use super::*;

    fn redacted(name: &str, text: &str) -> String {
        if !may_spell(text) {
            return text.to_owned();
        }
        let mut spelt = Spelt::default();
        spelt.set(text);
        let mut hits = Vec::new();
        spelt.find(text, name, "own-row", &mut hits);
        super::super::super::scan::merge(&mut hits);
        let (mut out, mut at) = (String::new(), 0);
        for hit in hits {
            out.push_str(&text[at..hit.start]);
            out.push('#');
            at = hit.end;
        }
        out + &text[at..]
    }

    #[test]
    fn a_name_is_found_in_every_spelling() {
        for text in [
            "Zeng Xiaoming",
            "zeng xiaoming",
            "zengxiaoming",
            "ZENG XIAOMING",
            "Xiaoming Zeng",
            "xiaomingzeng",
            "Xiao-Ming ZENG",
            "Zeng, Xiaoming",
            "Zeng Xiao Ming",
            "Zeng Xiao'ming",
            "Zēng Xiǎomíng",
            "Ze\u{304}ng Xia\u{30C}omi\u{301}ng",
            "Zeng1 Xiao3ming2",
            "zeng1xiao3ming2",
            "Ceng Xiaoming",
            "Ｚｅｎｇ Ｘｉａｏｍｉｎｇ",
            "Zeng\u{200B} Xiaoming",
            "Zeng X.M.",
            "Zeng X. M.",
            "Zeng XM",
            "Zeng, X.",
            "X.M. Zeng",
            "X. Zeng",
            "XM Zeng",
            "Mr Zeng",
            "Prof. Zeng",
            "Ms. Ceng",
        ] {
            let found = redacted("曾小明", &format!("met {text}, today"));
            let found = found.replace("#.,", "#,");
            assert_eq!(found, "met #, today", "{text}");
            let glued = redacted("曾小明", &format!("见{text}本人"));
            assert_eq!(glued.replace("#.本", "#本"), "见#本人", "{text}");
        }
    }

    /// Family names that are read otherwise than the character by itself, and
    /// both readings of each.
    #[test]
    fn every_reading_of_a_family_name_counts() {
        for (name, spelt) in [
            ("曾丽", ["Zeng Li", "Ceng Li"]),
            ("单丽", ["Shan Li", "Dan Li"]),
            ("解丽", ["Xie Li", "Jie Li"]),
            ("查丽", ["Zha Li", "Cha Li"]),
            ("仇丽", ["Qiu Li", "Chou Li"]),
            ("区丽", ["Ou Li", "Qu Li"]),
            ("任丽", ["Ren Li", "ren li"]),
            ("尉迟丽", ["Yuchi Li", "Weichi Li"]),
            ("欧阳丽", ["Ouyang Li", "Li Ouyang"]),
            ("吕绿", ["Lv Lv", "Lyu Lü"]),
            ("乐丽", ["Yue Li", "Le Li"]),
            ("盖丽", ["Ge Li", "Gai Li"]),
            ("朴丽", ["Piao Li", "Pu Li"]),
            ("翟丽", ["Zhai Li", "Di Li"]),
            ("晟丽", ["Cheng Li", "Sheng Li"]),
        ] {
            for text in spelt {
                assert_eq!(redacted(name, text), "#", "{name} {text}");
            }
        }
    }

    #[test]
    fn other_words_are_left() {
        for text in [
            "Zeng",
            "Xiaoming",
            "zengxiaominga",
            "azengxiaoming",
            "Zeng Xiao",
            "Zeng Da ming",
            "zeng x.m.",
            "Zeng M.",
            "Zeng : Xiaoming",
            "Mr Zengxi",
            "mr zeng",
            "",
            "曾 2016",
        ] {
            assert_eq!(redacted("曾小明", text), text, "{text}");
        }
        for value in ["曾", "a曾", "曾小明住在路", "1234", ""] {
            assert_eq!(redacted(value, "Zeng Xiaoming"), "Zeng Xiaoming");
        }
    }
}
