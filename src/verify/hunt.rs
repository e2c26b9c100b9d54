//! Hunts protected values in a text: which pieces of it are asked for, in
//! linear time.
//!
//! A strict value counts as standing in a text when it is, after folding (case,
//! width, separators, format characters, digits of every script), the whole
//! text, a token, or any sequence of adjacent digit groups. Tokens are taken
//! three ways, because texts are written without regard for us: up to white
//! space and punctuation, as runs of letters and digits alone, and as e-mail
//! addresses glued to other script. A digit group may be followed by the X of
//! a resident number and led by the + of a telephone number.

use std::ops::Range;

use crate::key::fingerprint::{Fingerprinter, Prefixes};
use crate::kinds::fold::{MappedFold, fold, stands_free};

use super::filter::{Begins, Bloom, Group, Grouped, Key, Print};
use super::form::is_day;

/// Strict values have at least this many folded characters …
const MIN_CHARS: usize = 8;
/// … or are of a kind with a large space: digits, or an address.
const MIN_DIGITS: usize = 7;
const MIN_ADDRESS: usize = 5;
/// Longest sequence of digit groups that is asked for, in digits.
const MAX_DIGITS: usize = 40;
/// Longest gap between adjacent digit groups, in characters.
const MAX_GAP: usize = 4;

/// Between two pieces of text that nothing may be read across.
pub(super) const WALL: char = '\u{1}';

/// How much of a text is hunted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Depth {
    /// The whole text, its tokens, its digits.
    All,
    /// Digit sequences and addresses alone: for cells of tables, whose words a
    /// policy publishes there and withholds in rows.
    Digits,
}

/// Why a protected value that stands in a text may be none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doubt {
    /// It is one.
    None,
    /// It is a word, unless few records have it.
    IfShared,
    /// It could as well be a date, a span of years, or a listed value.
    Always,
}

/// A piece that the filter may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Hit {
    pub(super) print: Print,
    pub(super) doubt: Doubt,
}

/// What is done with the fingerprints of pieces.
pub(super) trait Net {
    /// Takes the fingerprint of a folded piece.
    fn cast(&mut self, group: Group, print: u64, folded: &str);
}

/// Asks the filter at once, and keeps what it may hold.
pub(super) struct Catch<'a> {
    pub(super) bloom: &'a Bloom,
    pub(super) listed: &'a std::collections::HashSet<String>,
    pub(super) hits: &'a mut Vec<Hit>,
}

impl Net for Catch<'_> {
    fn cast(&mut self, group: Group, print: u64, folded: &str) {
        let print = Print::new(group, print);
        if self.bloom.may_hold(print.key()) {
            let digits = folded.bytes().filter(u8::is_ascii_digit).count();
            let doubt = if is_dateish(folded) || self.listed.contains(folded) {
                Doubt::Always
            } else if digits < MIN_DIGITS && !folded.contains('@') {
                Doubt::IfShared
            } else {
                Doubt::None
            };
            self.hits.push(Hit { print, doubt });
        }
    }
}

/// Keeps what to ask for, so that the filter can be asked for many in a row.
pub(super) struct Later<'a> {
    keys: &'a mut Vec<Key>,
    /// Where the keys of the text at hand begin.
    first: usize,
}

impl<'a> Later<'a> {
    /// For one text, behind the keys of others.
    pub(super) fn new(keys: &'a mut Vec<Key>) -> Self {
        let first = keys.len();
        Self { keys, first }
    }
}

impl Net for Later<'_> {
    #[inline]
    fn cast(&mut self, group: Group, print: u64, _folded: &str) {
        let key = Print::new(group, print).key();
        // The whole, its only token and its only digits are often the same.
        if self.keys.get(self.first..).and_then(<[Key]>::last) != Some(&key) {
            self.keys.push(key);
        }
    }
}

/// The protected values, ready to be asked for.
pub(super) struct Hunter<'a> {
    pub(super) printer: &'a Fingerprinter,
    pub(super) bloom: &'a Bloom,
    pub(super) weak_lengths: &'a [usize],
    /// Whether values of class 2 are grouped by text.
    pub(super) grouped: bool,
    /// Folded values that the manifest itself lists.
    pub(super) listed: &'a std::collections::HashSet<String>,
}

/// Room for hunting, one a worker.
#[derive(Default)]
pub(super) struct HuntScratch {
    /// The text hunted in last, folded.
    pub(super) folded: String,
    piece: String,
    digits: String,
    groups: Vec<DigitGroup>,
    pub(super) parts: Parts,
}

/// Room for hunting the parts of texts.
#[derive(Default)]
pub(super) struct Parts {
    prefixes: Prefixes,
    /// Where a value may begin in the text at hand, in characters.
    starts: Vec<usize>,
    /// Fingerprints of two characters in a row by those characters: texts are
    /// made of few such pairs. As confidential as the texts; never printed.
    pairs: Vec<(u64, u64)>,
    pair: String,
}

/// Tells which parts of a folded text stand free in the text.
struct Free<'t> {
    text: &'t str,
    fold: MappedFold,
    /// Where each character of the fold begins, and where the last ends.
    bounds: Vec<usize>,
}

impl<'t> Free<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            fold: MappedFold::new(),
            bounds: Vec::new(),
        }
    }

    /// Whether the part, in characters of the fold, stands free in the text.
    fn holds(&mut self, part: Range<usize>) -> bool {
        if self.bounds.is_empty() {
            self.fold.set(self.text);
            let folded = self.fold.folded();
            let starts = folded.char_indices().map(|(at, _)| at);
            self.bounds.extend(starts.chain([folded.len()]));
        }
        let bound = |at: usize| self.bounds.get(at).copied();
        let Some((start, end)) = bound(part.start).zip(bound(part.end)) else {
            return true;
        };
        // What cannot be placed is not let go.
        self.fold
            .origin(start, end)
            .is_none_or(|(start, end)| stands_free(self.text, start, end))
    }
}

/// Entries of the memory of pairs, a power of two.
const PAIRS: usize = 1 << 14;

impl Parts {
    /// The fingerprint of two characters; of one where `second` is none.
    #[inline]
    fn opening(&mut self, printer: &Fingerprinter, first: char, second: Option<char>) -> u64 {
        if self.pairs.is_empty() {
            self.pairs.resize(PAIRS, (0, 0));
        }
        // Never 0: what stands for none is above every character.
        let key =
            u64::from(u32::from(first)) << 32 | second.map_or(1 << 31, |c| u64::from(u32::from(c)));
        let slot = (key.wrapping_mul(0x9fb2_1c65_1e98_df25) >> 50) as usize % PAIRS;
        let Some(entry) = self.pairs.get_mut(slot) else {
            return 0;
        };
        if entry.0 != key {
            self.pair.clear();
            self.pair.push(first);
            self.pair.extend(second);
            *entry = (key, printer.of(&self.pair));
        }
        entry.1
    }
}

/// A run of digits of any script.
#[derive(Clone, Copy)]
struct DigitGroup {
    /// Range in the string of digits.
    start: usize,
    end: usize,
    /// A plus stands before it.
    plus: bool,
    /// An X that belongs to it stands behind it.
    ex: bool,
    /// Nothing but a short gap lies between it and the group before.
    joined: bool,
}

impl Hunter<'_> {
    /// Hunts strict values in a text; with `whole`, also what the whole text is
    /// asked for besides. The folded text stays in the scratch.
    pub(super) fn strict(
        &self,
        text: &str,
        look: &Look,
        depth: Depth,
        whole: Whole,
        scratch: &mut HuntScratch,
        net: &mut impl Net,
    ) {
        fold(text, &mut scratch.folded);
        let long = scratch.folded.len() >= MIN_CHARS
            && (scratch.folded.is_ascii() || scratch.folded.chars().count() >= MIN_CHARS);
        if whole.elsewhere || whole.column.is_some() || long && depth == Depth::All {
            let print = self.printer.of(&scratch.folded);
            if whole.elsewhere {
                net.cast(Group::Elsewhere, print, &scratch.folded);
            }
            if long && depth == Depth::All {
                net.cast(Group::Strict, print, &scratch.folded);
            }
            if let Some(context) = whole.column {
                let bound = self.printer.bound(context, print);
                net.cast(Group::OwnColumn, bound, &scratch.folded);
            }
        }
        if depth == Depth::All && !look.one_token && text.len() >= MIN_CHARS {
            self.tokens(text, scratch, net);
        }
        if look.digits >= MIN_DIGITS {
            if look.ascii {
                self.ascii_digits(text, scratch, net);
            } else {
                self.digits(text, scratch, net);
            }
        }
        if look.at {
            self.addresses(text, scratch, net);
        }
    }

    /// Whether texts can hold values of their own records, and what identifies a
    /// text for that.
    pub(super) fn context(&self, text: &str) -> Option<u64> {
        (!self.weak_lengths.is_empty()).then(|| self.printer.of(text))
    }

    /// Hunts values bound to a text, by its context, as substrings of it folded.
    /// With `text`, the text itself, a part counts only where it stands free in
    /// it: `Ann` is not in `Annual`.
    pub(super) fn own(
        &self,
        context: u64,
        folded: &str,
        text: Option<&str>,
        parts: &mut Parts,
        hits: &mut Vec<Hit>,
    ) {
        let Some(shortest) = self.weak_lengths.first() else {
            return;
        };
        if folded.len() < *shortest {
            return;
        }
        let mut free = text.map(Free::new);
        let mut ask = |print: Print, part: Range<usize>| {
            if self.bloom.may_hold(print.key()) && free.as_mut().is_none_or(|free| free.holds(part))
            {
                hits.push(Hit {
                    print,
                    doubt: Doubt::None,
                });
            }
        };
        if !self.grouped {
            let prefixes = &mut parts.prefixes;
            self.printer.prefixes(folded, prefixes);
            let chars = prefixes.chars();
            for length in self.weak_lengths {
                for start in 0..(chars + 1).saturating_sub(*length) {
                    let part = start..start + length;
                    let value = self.printer.of_range(prefixes, part.clone());
                    let bound = self.printer.bound(context, value);
                    ask(Print::new(Group::OwnText, bound), part);
                }
            }
            return;
        }
        let openings = self.bloom.openings(context);
        let within = self.printer.within(context);
        let veil = within.veil();
        parts.starts.clear();
        let mut chars = folded.chars().peekable();
        let mut count = 0;
        while let Some(first) = chars.next() {
            let opening = parts.opening(self.printer, first, chars.peek().copied());
            if openings.may_begin(Begins::new(opening, 0, veil)) {
                parts.starts.push(count);
            }
            count += 1;
        }
        if parts.starts.is_empty() {
            return;
        }
        self.printer.prefixes(folded, &mut parts.prefixes);
        for start in parts.starts.iter().copied() {
            let two = start..(start + 2).min(count);
            let opening = self.printer.of_range(&parts.prefixes, two);
            for length in self.weak_lengths {
                let part = start..start + length;
                if part.end > count {
                    break;
                }
                let begins = Begins::new(opening, *length, veil);
                if openings.may_be_so_long(begins) {
                    let value = within.of_range(&parts.prefixes, part.clone());
                    ask(Grouped::new(context, begins, value).print(), part);
                }
            }
        }
    }

    /// Asks for a folded piece.
    fn ask(&self, folded: &str, least: usize, net: &mut impl Net) {
        if folded.len() < least || (!folded.is_ascii() && folded.chars().count() < least) {
            return;
        }
        net.cast(Group::Strict, self.printer.of(folded), folded);
    }

    /// Tokens: up to white space and punctuation, and runs of letters and
    /// digits alone.
    fn tokens(&self, text: &str, scratch: &mut HuntScratch, net: &mut impl Net) {
        for word in text.split(ends_word) {
            let word = word.trim_matches(|c: char| !is_word(c) && c != '+');
            if word.len() < MIN_CHARS || word.len() == text.len() {
                continue;
            }
            fold(word, &mut scratch.piece);
            self.ask(&scratch.piece, MIN_CHARS, net);
            if word.chars().all(is_word) {
                continue;
            }
            for run in word.split(|c: char| !is_word(c)) {
                if run.len() >= MIN_CHARS {
                    fold(run, &mut scratch.piece);
                    self.ask(&scratch.piece, MIN_CHARS, net);
                }
            }
        }
    }

    /// E-mail addresses, also where they are glued to other script.
    fn addresses(&self, text: &str, scratch: &mut HuntScratch, net: &mut impl Net) {
        // Full-width forms are folded first; folding takes the dots away, so
        // that the address is cut from the text by what an address may hold.
        let part = |c: char| {
            let c = narrow(c);
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '%' | '\'')
        };
        for run in text.split(|c: char| !part(c)) {
            if !run.contains(['@', '＠']) {
                continue;
            }
            let run = run.trim_matches(|c: char| !narrow(c).is_ascii_alphanumeric());
            fold(run, &mut scratch.piece);
            self.ask(&scratch.piece, MIN_ADDRESS, net);
        }
    }

    /// Sequences of adjacent digit groups.
    fn digits(&self, text: &str, scratch: &mut HuntScratch, net: &mut impl Net) {
        let HuntScratch {
            digits,
            groups,
            piece,
            ..
        } = scratch;
        digits.clear();
        groups.clear();
        let mut open = false;
        let mut gap = usize::MAX;
        let mut plus = false;
        let mut walled = true;
        for c in text.chars() {
            if let Some(digit) = digit_of(c, piece) {
                if open {
                    if let Some(group) = groups.last_mut() {
                        group.end += 1;
                    }
                } else {
                    groups.push(DigitGroup {
                        start: digits.len(),
                        end: digits.len() + 1,
                        plus,
                        ex: false,
                        joined: !walled && gap <= MAX_GAP,
                    });
                }
                digits.push(digit);
                open = true;
                gap = 0;
                walled = false;
            } else if is_word(c) || c == WALL {
                // An X after digits may be their check character: the group
                // keeps it, and what follows the X begins anew.
                if is_ex(c)
                    && gap <= MAX_GAP
                    && !walled
                    && let Some(group) = groups.last_mut()
                {
                    group.ex = true;
                }
                open = false;
                walled = true;
                gap = usize::MAX;
            } else {
                open = false;
                gap = gap.saturating_add(1);
            }
            plus = narrow(c) == '+';
        }
        self.sequences(digits, groups, piece, net);
    }

    /// The same for ASCII, where a group is often alone and needs no copy.
    fn ascii_digits(&self, text: &str, scratch: &mut HuntScratch, net: &mut impl Net) {
        let HuntScratch {
            digits,
            groups,
            piece,
            ..
        } = scratch;
        digits.clear();
        groups.clear();
        let bytes = text.as_bytes();
        let (mut at, mut gap, mut walled) = (0, 0, true);
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii_digit() {
                let end = bytes
                    .iter()
                    .skip(at)
                    .position(|b| !b.is_ascii_digit())
                    .map_or(bytes.len(), |more| at + more);
                groups.push(DigitGroup {
                    start: digits.len(),
                    end: digits.len() + end - at,
                    plus: at > 0 && bytes.get(at - 1) == Some(&b'+'),
                    ex: false,
                    joined: !walled && gap <= MAX_GAP,
                });
                digits.push_str(text.get(at..end).unwrap_or_default());
                (at, gap, walled) = (end, 0, false);
                continue;
            }
            if byte.is_ascii_alphanumeric() || *byte == WALL as u8 {
                if matches!(byte, b'x' | b'X')
                    && gap <= MAX_GAP
                    && !walled
                    && let Some(group) = groups.last_mut()
                {
                    group.ex = true;
                }
                (gap, walled) = (0, true);
            } else {
                gap += 1;
            }
            at += 1;
        }
        self.sequences(digits, groups, piece, net);
    }

    /// Asks for every sequence of adjacent groups.
    fn sequences(
        &self,
        digits: &str,
        groups: &[DigitGroup],
        piece: &mut String,
        net: &mut impl Net,
    ) {
        for (n, first) in groups.iter().enumerate() {
            for (m, last) in groups.iter().enumerate().skip(n) {
                if m > n && !last.joined {
                    break;
                }
                let length = last.end - first.start;
                if length > MAX_DIGITS && m > n {
                    break;
                }
                let Some(run) = digits.get(first.start..last.end) else {
                    break;
                };
                if length >= MIN_DIGITS {
                    self.ask(run, MIN_DIGITS, net);
                }
                if first.plus && length + 1 >= MIN_DIGITS {
                    piece.clear();
                    piece.push('+');
                    piece.push_str(run);
                    self.ask(piece, MIN_DIGITS, net);
                }
                if last.ex && length + 1 >= MIN_DIGITS {
                    piece.clear();
                    piece.push_str(run);
                    piece.push('x');
                    self.ask(piece, MIN_DIGITS, net);
                }
            }
        }
    }
}

/// What the whole of a text is asked for besides strict values.
#[derive(Clone, Copy, Default)]
pub(super) struct Whole {
    /// Fingerprint of its column's name, where weak values of its own may not
    /// stand in it.
    pub(super) column: Option<u64>,
    /// Whether equal weak values of other columns are counted.
    pub(super) elsewhere: bool,
}

/// What a text holds, seen once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Look {
    /// Digits of any script, and other numerals.
    pub(super) digits: usize,
    /// There is an at sign of some width.
    pub(super) at: bool,
    one_token: bool,
    ascii: bool,
}

impl Look {
    pub(super) fn of(text: &str) -> Self {
        let mut look = Self {
            digits: 0,
            at: false,
            one_token: true,
            ascii: text.is_ascii(),
        };
        if look.ascii {
            for byte in text.bytes() {
                look.digits += usize::from(byte.is_ascii_digit());
                look.at |= byte == b'@';
                look.one_token &= byte.is_ascii_alphanumeric();
            }
        } else {
            for c in text.chars() {
                match c {
                    '\u{4e00}'..='\u{9fff}' => {}
                    '0'..='9' => look.digits += 1,
                    c => {
                        look.digits += usize::from(is_numeral(c));
                        look.at |= narrow(c) == '@';
                        look.one_token &= is_word(c);
                    }
                }
            }
        }
        look
    }

    /// Whether there can be an identifier of any strict kind: digits or an at
    /// sign. Fewer digits than any of them has are enough to say no.
    pub(super) fn may_identify(&self) -> bool {
        self.at || self.digits >= MIN_DIGITS
    }
}

/// Whether a character is a letter or a digit; quick for the common ones.
#[inline]
fn is_word(c: char) -> bool {
    match c {
        '\u{4e00}'..='\u{9fff}' => true,
        c if c.is_ascii() => c.is_ascii_alphanumeric(),
        '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        c => c.is_alphanumeric(),
    }
}

/// Whether a character is a digit or another numeral; quick for the common ones.
#[inline]
fn is_numeral(c: char) -> bool {
    match c {
        '\u{4e00}'..='\u{9fff}' => false,
        c if c.is_ascii() => c.is_ascii_digit(),
        '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff5e}' => false,
        c => c.is_numeric(),
    }
}

/// White space and punctuation that ends a word in any of our languages; not
/// what folding removes or an address holds.
fn ends_word(c: char) -> bool {
    match c {
        ' '..='~' => matches!(
            c,
            ' ' | ','
                | ';'
                | ':'
                | '|'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '<'
                | '>'
                | '"'
                | '='
                | '!'
                | '?'
                | '*'
                | '~'
                | '`'
        ),
        '\u{4e00}'..='\u{9fff}' => false,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '（' | '）' | '【' | '】' | '《'
        | '》' | '「' | '」' | '『' | '』' | '“' | '”' | '‘' | '’' | '〈' | '〉' | '＝' | '｜'
        | '…' => true,
        _ => c.is_whitespace() || c.is_control(),
    }
}

/// A full-width form of an ASCII character as that character.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{fe6b}' => '@',
        c => c,
    }
}

/// The X of a resident number, in its look-alikes.
fn is_ex(c: char) -> bool {
    matches!(
        narrow(c),
        'x' | 'X' | 'Х' | 'х' | '×' | 'Χ' | 'χ' | 'Ⅹ' | 'ⅹ'
    )
}

/// A digit of any script as ASCII.
fn digit_of(c: char, scratch: &mut String) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    if !is_numeral(c) {
        return None;
    }
    let mut bytes = [0u8; 4];
    fold(c.encode_utf8(&mut bytes), scratch);
    let mut folded = scratch.chars();
    match (folded.next(), folded.next()) {
        (Some(digit), None) if digit.is_ascii_digit() => Some(digit),
        _ => None,
    }
}

/// Eight digits that read as a day, or as two years: a date folded, which a
/// short telephone number may equal by chance.
fn is_dateish(folded: &str) -> bool {
    let Ok([a, b, c, d, e, f, g, h]) = <[u8; 8]>::try_from(folded.as_bytes()) else {
        return false;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |n, digit| {
            digit
                .is_ascii_digit()
                .then(|| n * 10 + u32::from(digit - b'0'))
        })
    };
    let years = 1800..=2200;
    let (Some(year), Some(second)) = (number(&[a, b, c, d]), number(&[e, f, g, h])) else {
        return false;
    };
    years.contains(&year) && (years.contains(&second) || is_day(year, second / 100, second % 100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Key, Label};
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// Hunts one invented value in texts.
    struct Field {
        printer: Fingerprinter,
        bloom: Bloom,
        listed: HashSet<String>,
        print: Print,
    }

    impl Field {
        fn with(value: &str) -> Self {
            let printer = Fingerprinter::new(&Key::test_key().subkey(Label::Leak, &["00"]));
            let mut folded = String::new();
            fold(value, &mut folded);
            let print = Print::new(Group::Strict, printer.of(&folded));
            let mut bloom = Bloom::new(1000, false);
            bloom.insert(&[print]);
            Self {
                printer,
                bloom,
                listed: HashSet::new(),
                print,
            }
        }

        fn found(&self, text: &str, depth: Depth) -> Option<Doubt> {
            let hunter = Hunter {
                printer: &self.printer,
                bloom: &self.bloom,
                weak_lengths: &[],
                grouped: false,
                listed: &self.listed,
            };
            let mut scratch = HuntScratch::default();
            let (mut hits, mut keys) = (Vec::new(), Vec::new());
            let mut catch = Catch {
                bloom: &self.bloom,
                listed: &self.listed,
                hits: &mut hits,
            };
            let (look, whole) = (Look::of(text), Whole::default());
            hunter.strict(text, &look, depth, whole, &mut scratch, &mut catch);
            let later = &mut Later::new(&mut keys);
            hunter.strict(text, &look, depth, whole, &mut scratch, later);
            assert_eq!(
                keys.iter().any(|key| self.bloom.may_hold(*key)),
                !hits.is_empty(),
                "asking later finds the same"
            );
            hits.iter()
                .find(|hit| hit.print == self.print)
                .map(|hit| hit.doubt)
        }
    }

    /// An invented resident number (area 999999 does not exist) in the forms
    /// that people write.
    #[test]
    fn a_number_is_found_in_every_written_form() {
        let field = Field::with("99999919491231002X");
        for text in [
            "99999919491231002X",
            "99999919491231002x",
            "999999 19491231 002X",
            "999999-19491231-002X",
            "9999 9919 4912 3100 2X",
            "９９９９９９１９４９１２３１００２Ｘ",
            "99999919491231002Х",
            "编号99999919491231002X号",
            "99999919491231002X某人",
            "no. 99999919491231002X.",
            "(99999919491231002X)",
            "999999\u{200b}19491231\u{200b}002X",
            "999999.19491231.002X",
            "999999_19491231_002X",
            "999999·19491231·002X",
            "a,b;99999919491231002X;c",
            "'99999919491231002X",
            "id=99999919491231002X&x=1",
            "999999,19491231,002 X",
            "99999919491231002\u{ad}X",
            "٩٩٩٩٩٩١٩٤٩١٢٣١٠٠٢X",
            "x 99999919491231002X y 12",
        ] {
            assert_eq!(field.found(text, Depth::All), Some(Doubt::None), "{text:?}");
            assert_eq!(
                field.found(text, Depth::Digits),
                Some(Doubt::None),
                "{text:?}"
            );
        }
        for text in [
            "199999919491231002X",
            "99999919491231002",
            "9999991949123100 3X",
            "999999 word 19491231002X",
            "",
        ] {
            assert_eq!(field.found(text, Depth::All), None, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn ascii_digits_are_grouped_as_all_others_are(
            text in proptest::string::string_regex("[0-9]{0,9}[-+. ,xXa\u{1}]{0,3}([0-9]{1,6}[-+. ,xXa:\u{1}]{0,6}){0,6}").unwrap(),
        ) {
            let field = Field::with("12345678");
            let hunter = Hunter {
                printer: &field.printer,
                bloom: &field.bloom,
                weak_lengths: &[],
                grouped: false,
                listed: &field.listed,
            };
            let (mut one, mut two) = (Vec::new(), Vec::new());
            let mut scratch = HuntScratch::default();
            hunter.ascii_digits(&text, &mut scratch, &mut Later::new(&mut one));
            hunter.digits(&text, &mut scratch, &mut Later::new(&mut two));
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn the_quick_tables_say_what_the_slow_ones_say() {
        for c in (0..=0x0011_0000).filter_map(char::from_u32) {
            assert_eq!(is_word(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_numeral(c), c.is_numeric(), "{c:?}");
        }
    }

    #[test]
    fn addresses_and_words_are_found_between_other_script() {
        let field = Field::with("Some.Body+x@example.org");
        for text in [
            "some.body+x@example.org",
            "写信some.body+x@example.org联系",
            "<some.body+x@example.org>,",
            "Ｓｏｍｅ.Ｂｏｄｙ+x＠example.org",
            "mailto:some.body+x@example.org.",
        ] {
            assert_eq!(field.found(text, Depth::All), Some(Doubt::None), "{text:?}");
        }
        let field = Field::with("测试路一百号测试楼");
        for text in [
            "测试路一百号测试楼",
            "住：测试路一百号测试楼，后搬",
            "（测试路一百号测试楼）",
        ] {
            assert_eq!(
                field.found(text, Depth::All),
                Some(Doubt::IfShared),
                "{text:?}"
            );
            assert_eq!(field.found(text, Depth::Digits), None, "{text:?}");
        }
    }

    #[test]
    fn a_date_that_equals_a_number_is_ambiguous() {
        let field = Field::with("20161103");
        assert_eq!(field.found("2016-11-03", Depth::All), Some(Doubt::Always));
        let field = Field::with("62345678");
        assert_eq!(field.found("6234-5678", Depth::All), Some(Doubt::None));
    }

    #[test]
    fn a_listed_value_is_ambiguous() {
        let mut field = Field::with("A Long Listed Value");
        field.listed.insert("alonglistedvalue".to_owned());
        assert_eq!(
            field.found("a long listed value", Depth::All),
            Some(Doubt::Always)
        );
    }

    #[test]
    fn a_plus_belongs_to_a_number() {
        let field = Field::with("+999123456789");
        for text in ["+999 123-456-789", "tel+999123456789", "＋999 123 456789 x"] {
            assert_eq!(field.found(text, Depth::All), Some(Doubt::None), "{text:?}");
        }
    }
}
