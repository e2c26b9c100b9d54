//! The names of a whole register as a dictionary: who else stands in a text.
//!
//! A first reading of the input counts the names ([`NameCount`]); what comes of
//! it ([`Names`]) is asked about every text in a second one. Memory is bounded:
//! eight bytes and a little a distinct name, as keyed hashes, and a sketch of
//! the texts of fixed size. No name is kept.
//!
//! What is a name, and what is left alone, by written rules:
//!
//! - **Han characters**: two to six of them, nothing else, as the fold leaves
//!   them (spaces, middle dots and invisible characters between do not matter).
//! - **Other letters**: two to four words of six letters or more together, in
//!   the order of the register or with the last word first, with a comma or
//!   without. A single word is left alone: too many names are words.
//! - **Common words**: a name that stands in the texts more than
//!   [`OFTEN`] times and more than [`FACTOR`] times as often as in the register
//!   is taken for a word (高兴, 文明, 和平). The texts are counted in one record
//!   of [`EVERY`]; the sketch may count too high and never too low.
//! - The longest name at a place counts; names of letters must stand free.
//!
//! A *list* that somebody wrote ([`Names::listed`]) is hunted by the same rules,
//! but nothing of it is left alone: no line counts as a common word, a single
//! word of letters is hunted too, and a line that cannot be hunted is refused.
//!
//! May not decide which column holds names: the policy says so.

use std::hash::Hasher;

use hashbrown::{HashMap, HashSet};
use siphasher::sip::SipHasher13;

use super::fold::{MappedFold, fold, stands_free};
use super::scan::Hit;
use super::unicode::is_han;

/// What hits of this dictionary are called.
pub const LABEL: &str = "name";
/// Occurrences in texts above which a name may be a word.
pub const OFTEN: u64 = 40;
/// How many times as often as in the register a word stands in texts.
pub const FACTOR: u64 = 4;
/// One record of so many is counted for its texts.
pub const EVERY: u64 = 4;
/// Distinct names at most: beyond, nothing is hunted and the run stops.
pub const MOST: usize = 16_000_000;

/// Characters of a name in Han characters.
const HAN: std::ops::RangeInclusive<usize> = 2..=6;
/// Letters of a name in letters.
const LETTERS: std::ops::RangeInclusive<usize> = 6..=53;
/// The same of a name in a list: those of peoples whose names are long, too.
const LISTED_HAN: std::ops::RangeInclusive<usize> = 2..=16;
/// The same of a name in a list.
const LISTED_LETTERS: std::ops::RangeInclusive<usize> = 4..=53;
/// Slots of one row of the sketch.
const SLOTS: usize = 1 << 21;
/// Bits of the filter of openings.
const OPENINGS: usize = 1 << 20;

/// Hashes are spread evenly already.
#[derive(Clone, Copy, Default)]
pub struct Even(u64);

impl Hasher for Even {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

type BuildEven = std::hash::BuildHasherDefault<Even>;

fn hash(key: (u64, u64), text: &str) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(key.0, key.1);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// A bit for the first two characters of a name.
fn opening(first: char, second: char) -> usize {
    let mixed = (u64::from(u32::from(first)) << 21 | u64::from(u32::from(second)))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 44) as usize % OPENINGS
}

/// The first reading: names and how often, and how often character runs stand
/// in texts. Merges.
pub struct NameCount {
    key: (u64, u64),
    names: HashMap<u64, u32, BuildEven>,
    openings: Vec<u64>,
    latin: bool,
    sketch: [Vec<u16>; 2],
    folded: String,
    bounds: Vec<usize>,
}

/// It has seen names: `Debug` shows how many.
impl std::fmt::Debug for NameCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NameCount({} names)", self.names.len())
    }
}

impl NameCount {
    /// Counts under a key that is drawn for one run.
    #[must_use]
    pub fn new(key: (u64, u64)) -> Self {
        Self {
            key,
            names: HashMap::default(),
            openings: vec![0; OPENINGS / 64],
            latin: false,
            sketch: [vec![0; SLOTS], vec![0; SLOTS]],
            folded: String::new(),
            bounds: Vec::new(),
        }
    }

    /// Counts a name as it stands in the register.
    pub fn name(&mut self, value: &str) {
        let mut folded = std::mem::take(&mut self.folded);
        fold(value, &mut folded);
        if folded.chars().all(is_han) {
            if HAN.contains(&folded.chars().count()) {
                self.put(&folded);
            }
        } else {
            for form in orders(value) {
                fold(&form, &mut folded);
                if folded.chars().filter(|c| c.is_alphabetic()).count() >= 6 {
                    self.latin = true;
                    self.put(&folded);
                }
            }
        }
        self.folded = folded;
    }

    fn put(&mut self, folded: &str) {
        let mut chars = folded.chars();
        if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
            let bit = opening(first, second);
            if let Some(word) = self.openings.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
            *self.names.entry(hash(self.key, folded)).or_default() += 1;
        }
    }

    /// Counts what stands in a text.
    pub fn text(&mut self, text: &str) {
        let mut folded = std::mem::take(&mut self.folded);
        let mut bounds = std::mem::take(&mut self.bounds);
        fold(text, &mut folded);
        for run in folded.split(|c| !is_han(c)) {
            bounds.clear();
            bounds.extend(run.char_indices().map(|(at, _)| at));
            bounds.push(run.len());
            for (at, start) in bounds.iter().enumerate() {
                for length in HAN {
                    let Some(gram) = bounds
                        .get(at + length)
                        .and_then(|end| run.get(*start..*end))
                    else {
                        break;
                    };
                    let hash = hash(self.key, gram);
                    for (row, slots) in self.sketch.iter_mut().enumerate() {
                        if let Some(slot) = slots.get_mut(slot(hash, row)) {
                            *slot = slot.saturating_add(1);
                        }
                    }
                }
            }
        }
        self.folded = folded;
        self.bounds = bounds;
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: Self) {
        for (name, count) in other.names {
            let mine = self.names.entry(name).or_default();
            *mine = mine.saturating_add(count);
        }
        for (mine, theirs) in self.openings.iter_mut().zip(other.openings) {
            *mine |= theirs;
        }
        for (mine, theirs) in self.sketch.iter_mut().zip(other.sketch) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine = mine.saturating_add(theirs);
            }
        }
        self.latin |= other.latin;
    }

    /// Whether there are more distinct names than are followed.
    #[must_use]
    pub fn too_many(&self) -> bool {
        self.names.len() > MOST
    }

    /// The dictionary.
    #[must_use]
    pub fn finish(self) -> Names {
        let Self {
            key,
            names,
            openings,
            latin,
            sketch,
            ..
        } = self;
        let in_texts = |hash: u64| {
            let least = sketch
                .iter()
                .enumerate()
                .filter_map(|(row, slots)| slots.get(slot(hash, row)))
                .min();
            u64::from(least.copied().unwrap_or(0)) * EVERY
        };
        let distinct = names.len();
        let kept: HashSet<u64, BuildEven> = names
            .into_iter()
            .filter(|(name, count)| {
                let seen = in_texts(*name);
                seen <= OFTEN || seen <= u64::from(*count) * FACTOR
            })
            .map(|(name, _)| name)
            .collect();
        Names {
            left_alone: (distinct - kept.len()) as u64,
            key,
            names: kept,
            openings,
            latin,
            most_han: *HAN.end(),
            least_letters: *LETTERS.start(),
        }
    }
}

fn slot(hash: u64, row: usize) -> usize {
    (hash >> (row * 32)) as usize % SLOTS
}

/// Whether a text is one word of letters.
fn is_word(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
}

/// A name of letters in the orders in which it is written; none where it is
/// no name of two to four words.
fn orders(value: &str) -> Vec<String> {
    let words: Vec<&str> = value
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let letters = value.chars().all(|c| {
        c.is_alphabetic() || c.is_whitespace() || matches!(c, '-' | '\'' | '.' | ',' | '’')
    });
    let (2..=4, true, [first, rest @ ..]) = (words.len(), letters, words.as_slice()) else {
        return Vec::new();
    };
    let Some((last, before)) = words.split_last() else {
        return Vec::new();
    };
    let rest = rest.join(" ");
    let before = before.join(" ");
    let mut orders = vec![
        words.join(" "),
        format!("{last} {before}"),
        format!("{last}, {before}"),
        format!("{rest} {first}"),
    ];
    orders.sort_unstable();
    orders.dedup();
    orders
}

/// The dictionary of a register's names.
pub struct Names {
    key: (u64, u64),
    names: HashSet<u64, BuildEven>,
    openings: Vec<u64>,
    latin: bool,
    left_alone: u64,
    /// Characters of the longest name in Han characters that there may be.
    most_han: usize,
    /// Letters of the shortest name of letters.
    least_letters: usize,
}

/// It knows names by hash: `Debug` shows how many.
impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Names({})", self.names.len())
    }
}

/// Buffers of a search, one a worker.
#[derive(Default)]
pub struct NameScratch {
    mapped: MappedFold,
    chars: Vec<(usize, char)>,
}

/// The buffers hold a text: `Debug` shows nothing of it.
impl std::fmt::Debug for NameScratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameScratch")
    }
}

impl Names {
    /// The names of a list, one a line; white space at the ends and empty lines
    /// do not matter. Hashed under a key that is drawn for this process.
    ///
    /// # Errors
    /// The first line, from 1, that is no name which could be found in a text.
    pub fn listed(list: &str) -> Result<Self, usize> {
        use std::hash::BuildHasher;
        let state = std::collections::hash_map::RandomState::new();
        let mut listed = Self {
            key: (state.hash_one(0u8), state.hash_one(1u8)),
            names: HashSet::default(),
            openings: vec![0; OPENINGS / 64],
            latin: false,
            left_alone: 0,
            most_han: *LISTED_HAN.end(),
            least_letters: *LISTED_LETTERS.start(),
        };
        for (at, line) in list.lines().enumerate() {
            let line = line.trim();
            if !(line.is_empty() || listed.add(line)) {
                return Err(at + 1);
            }
        }
        Ok(listed)
    }

    /// Whether a line of a list is a name; its forms are hunted then.
    fn add(&mut self, line: &str) -> bool {
        let mut folded = String::new();
        fold(line, &mut folded);
        if folded.chars().all(is_han) {
            let fits = LISTED_HAN.contains(&folded.chars().count());
            if fits {
                self.put(&folded);
            }
            return fits;
        }
        // What is partly in Han characters is searched for as neither.
        if folded.chars().any(is_han) {
            return false;
        }
        let mut forms = orders(line);
        if forms.is_empty() && is_word(line) {
            forms.push(line.to_owned());
        }
        let mut any = false;
        for form in forms {
            fold(&form, &mut folded);
            if !LISTED_LETTERS.contains(&folded.chars().count()) {
                return false;
            }
            self.latin = true;
            self.put(&folded);
            any = true;
        }
        any
    }

    fn put(&mut self, folded: &str) {
        let mut chars = folded.chars();
        if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
            let bit = opening(first, second);
            if let Some(word) = self.openings.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
            self.names.insert(hash(self.key, folded));
        }
    }

    /// Distinct written forms that are hunted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing is hunted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Names taken for common words.
    #[must_use]
    pub fn left_alone(&self) -> u64 {
        self.left_alone
    }

    fn opens(&self, first: char, second: char) -> bool {
        let bit = opening(first, second);
        self.openings
            .get(bit / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// Appends a hit for each name of the register in `text`.
    pub fn find(&self, text: &str, scratch: &mut NameScratch, hits: &mut Vec<Hit>) {
        if self.names.is_empty() || text.len() < 4 {
            return;
        }
        if text.len() >= u32::MAX as usize {
            // Beyond what is counted here: all of it, rather than nothing.
            hits.push(hit(0, text.len()));
            return;
        }
        scratch.mapped.set(text);
        let folded = scratch.mapped.folded();
        scratch.chars.clear();
        scratch.chars.extend(folded.char_indices());
        scratch.chars.push((folded.len(), '\0'));
        let mut free_from = 0;
        for at in 0..scratch.chars.len().saturating_sub(2) {
            let (Some((start, first)), Some((_, second))) =
                (scratch.chars.get(at), scratch.chars.get(at + 1))
            else {
                break;
            };
            if *start < free_from || !self.opens(*first, *second) {
                continue;
            }
            let end = if is_han(*first) {
                self.han(folded, &scratch.chars, at)
            } else if self.latin {
                self.letters(text, &scratch.mapped, &scratch.chars, at)
            } else {
                None
            };
            if let Some(end) = end
                && let Some((from, to)) = scratch.mapped.origin(*start, end)
            {
                hits.push(hit(from, to));
                free_from = end;
            }
        }
    }

    /// The end of the longest name in Han characters that begins here.
    fn han(&self, folded: &str, chars: &[(usize, char)], at: usize) -> Option<usize> {
        let start = chars.get(at)?.0;
        let run = chars
            .get(at..)?
            .iter()
            .take(self.most_han)
            .take_while(|(_, c)| is_han(*c))
            .count();
        (*HAN.start()..=run).rev().find_map(|length| {
            let end = chars.get(at + length)?.0;
            let name = folded.get(start..end)?;
            self.names.contains(&hash(self.key, name)).then_some(end)
        })
    }

    /// The end of the longest name of letters that begins here and stands free.
    fn letters(
        &self,
        text: &str,
        mapped: &MappedFold,
        chars: &[(usize, char)],
        at: usize,
    ) -> Option<usize> {
        let start = chars.get(at)?.0;
        let free = |end: usize| {
            mapped
                .origin(start, end)
                .is_some_and(|(from, to)| stands_free(text, from, to))
        };
        // A name begins where a word does.
        let (begins, _) = mapped.origin(start, start + 1)?;
        let before = text.get(..begins)?.chars().next_back();
        if before.is_some_and(|c| c.is_alphabetic() && !is_han(c)) {
            return None;
        }
        let mut found = None;
        let most = LETTERS.end() - self.least_letters + 1;
        for (end, _) in chars.get(at + self.least_letters..)?.iter().take(most) {
            if mapped
                .folded()
                .get(start..*end)
                .is_some_and(|name| self.names.contains(&hash(self.key, name)))
                && free(*end)
            {
                found = Some(*end);
            }
        }
        found
    }
}

fn hit(start: usize, end: usize) -> Hit {
    Hit {
        start,
        end,
        kind: LABEL,
        proven: false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "a panic fails the test")]
    use super::*;

    fn redacted(names: &[&str], texts: &[&str], text: &str) -> String {
        let mut count = NameCount::new((1, 2));
        names.iter().for_each(|name| count.name(name));
        texts.iter().for_each(|text| count.text(text));
        let names = count.finish();
        let mut hits = Vec::new();
        names.find(text, &mut NameScratch::default(), &mut hits);
        super::super::scan::merge(&mut hits);
        let (mut out, mut at) = (String::new(), 0);
        for hit in hits {
            out.push_str(&text[at..hit.start]);
            out.push('#');
            at = hit.end;
        }
        out + &text[at..]
    }

    #[test]
    fn names_of_the_register_are_found_in_every_spacing_and_width() {
        let names = &["王小明", "欧阳 娜娜", "李雷"];
        for (text, left) in [
            ("介绍人王小明、李雷", "介绍人#、#"),
            ("与王 小　明同住", "与#同住"),
            ("见王\u{200B}小·明", "见#"),
            ("欧阳娜娜来", "#来"),
            ("王小红、李磊", "王小红、李磊"),
            ("", ""),
        ] {
            assert_eq!(redacted(names, &[], text), left, "{text}");
        }
        // The longest counts.
        assert_eq!(redacted(&["王小", "王小明"], &[], "王小明王小"), "##");
    }

    #[test]
    fn names_of_letters_stand_free_and_in_both_orders() {
        let names = &["Invented Person", "Иван Примеров", "Rose", "Al Bo"];
        for (text, left) in [
            ("met INVENTED PERSON today", "met # today"),
            ("Person, Invented", "#"),
            ("叫Invented Person的", "叫#的"),
            ("Invented Personal", "Invented Personal"),
            ("Reinvented Person", "Reinvented Person"),
            ("видел Иван Примеров", "видел #"),
            ("a rose", "a rose"),
            ("al bo", "al bo"),
        ] {
            assert_eq!(redacted(names, &[], text), left, "{text}");
        }
    }

    fn listed(list: &str, text: &str) -> String {
        let names = Names::listed(list).unwrap();
        let mut hits = Vec::new();
        names.find(text, &mut NameScratch::default(), &mut hits);
        super::super::scan::merge(&mut hits);
        for hit in hits.iter().rev() {
            assert_eq!(hit.kind, LABEL);
        }
        let (mut out, mut at) = (String::new(), 0);
        for hit in hits {
            out.push_str(&text[at..hit.start]);
            out.push('#');
            at = hit.end;
        }
        out + &text[at..]
    }

    #[test]
    fn every_line_of_a_list_is_hunted() {
        let list = "王小明\n\n 阿卜杜热合曼·吐尔逊 \r\nInvented Person\nRose\n高兴\n";
        for (text, left) in [
            ("见王 小明", "见#"),
            ("阿卜杜热合曼·吐尔逊来", "#来"),
            ("阿卜杜热合曼吐尔逊来", "#来"),
            ("person, invented", "#"),
            ("a ROSE is", "a # is"),
            ("roses", "roses"),
            ("叫Rose的", "叫#的"),
            ("大家都很高兴", "大家都很#"),
            ("Rose", "#"),
        ] {
            assert_eq!(listed(list, text), left, "{text}");
        }
        assert_eq!(listed("", "王小明"), "王小明");
    }

    #[test]
    fn a_line_that_could_not_be_found_is_refused_by_its_number() {
        for line in [
            "王",
            "Al",
            "Ann",
            "no. 12",
            "王小明 Xiaoming",
            "a b c d e",
            "一二三四五六七八九十一二三四五六七",
            &"Long ".repeat(20),
        ] {
            let list = format!("王小明\n{line}\n");
            assert_eq!(Names::listed(&list).err(), Some(2), "{line}");
        }
    }

    #[test]
    fn a_name_that_is_a_common_word_is_left_alone() {
        let often = vec!["大家都很高兴"; 30];
        assert_eq!(redacted(&["高兴"], &often, "他高兴"), "他高兴");
        assert_eq!(redacted(&["高兴"], &often[..5], "他高兴"), "他#");
        // Unless so many people bear it.
        let many = vec!["高兴"; 40];
        assert_eq!(redacted(&many, &often, "他高兴"), "他#");
    }

    #[test]
    fn counts_of_parts_merge_to_the_same_dictionary() {
        let (mut a, mut b) = (NameCount::new((1, 2)), NameCount::new((1, 2)));
        a.name("王小明");
        b.name("李雷雷");
        b.name("Invented Person");
        a.merge(b);
        assert!(!a.too_many());
        let names = a.finish();
        let mut hits = Vec::new();
        names.find(
            "李雷雷 Invented Person",
            &mut NameScratch::default(),
            &mut hits,
        );
        assert_eq!(hits.len(), 2);
    }
}
