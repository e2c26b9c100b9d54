//! The record's own values in its own text: name, number, birthday and address
//! of the person whom the note is about, in every written form.
//!
//! Text values are compared by their fold (see [`super::fold`]): width, case,
//! spaces between Han characters and invisible characters do not matter, and
//! Latin words must stand free. Numbers are compared by their digits over whole
//! groups: a resident ID with or without its check character and in its form of
//! 15 digits; a telephone number with and without calling code and 0, a
//! landline without its area code too. Days are found in the five written
//! forms, with and without leading zeros, with the day or the month first, with
//! the name of an English month, and in Chinese numerals.
//!
//! A person's name of several words is found in other orders, with initials and
//! behind a title (see `person`); a name in Han characters by its family name
//! before a title, and spelt in pinyin (see `pinyin`). Of an address the pieces are
//! found that point to a door: a street with its number, a postcode (see `place`).
//!
//! Values shorter than 2 Han or 4 other characters are not looked for.

use super::cn::ResidentId;
use super::date::CivilDate;
use super::digits::{Digits, Group, NOWHERE, has_han_number, look, look_wide};
use super::fold::{MappedFold, fold, stands_free};
use super::number::Number as Numeral;
use super::phone::{self, Phone};
use super::region::Region;
use super::scan::Hit;
use super::unicode::{is_han, narrow};
use super::{Kind, KindOptions};
use pinyin::Spelt;
use place::Places;
use std::ops::Range;

mod days;
mod person;
mod pinyin;
mod place;

/// The protected values of one record, to be found in its texts. One a worker,
/// cleared for each record; buffers are kept.
///
/// Values are only put by when they are added; what is made of them to be
/// found is made when a text might hold them.
#[derive(Default)]
pub struct OwnRow {
    /// Values as they stand, one after the other.
    raw: String,
    pending: Vec<Pending>,
    texts: Vec<Text>,
    /// Folds of text values, one after the other.
    folds: String,
    /// Digits of numbers (0 to 9), one number after the other.
    digits: Vec<u8>,
    numbers: Vec<Number>,
    days: Vec<(CivilDate, &'static str)>,
    /// The fewest digits that a text must have to hold a number or a day.
    fewest: usize,
    /// Whether there is a day among the values.
    dated: bool,
    /// A value on its way, its fold or normal form.
    one: String,
    /// What is made of a text.
    note: String,
    mapped: MappedFold,
    groups: Digits,
    spelt: Spelt,
    places: Places,
}

/// A value of digits that is not read yet.
struct Pending {
    raw: Range<usize>,
    as_kind: As,
    region: Option<Region>,
    label: &'static str,
}

/// As what a value is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Date,
    Phone,
    Id,
    Number,
    Other,
}

/// A text value to be found.
struct Text {
    raw: Range<usize>,
    /// Its fold, once it is made.
    fold: Option<Range<usize>>,
    /// Two of its Han characters: a text without them, as they are, cannot hold
    /// the value.
    han: Option<[[u8; 3]; 2]>,
    label: &'static str,
}

/// Bytes of the longest name in Han characters that is looked for in pinyin:
/// four characters and spaces between.
const LONGEST_SPELT: usize = 32;

/// A number to be found.
struct Number {
    digits: Range<usize>,
    what: What,
    label: &'static str,
}

#[derive(Clone, Copy)]
enum What {
    /// These digits as they are.
    Plain,
    /// These digits and an X.
    WithX,
    /// A resident ID: 17 digits and the check digit, or X where that is true.
    Id(bool),
    /// A telephone number; the calling code has so many digits, the area code
    /// (of China) so many.
    Phone(usize, usize),
}

/// It holds values of a record: `Debug` shows how many.
impl std::fmt::Debug for OwnRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = self.pending.len() + self.texts.len() + self.numbers.len() + self.days.len();
        write!(f, "OwnRow({values} values)")
    }
}

impl OwnRow {
    /// No values yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fewest: usize::MAX,
            ..Self::default()
        }
    }

    /// Forgets the values of the record before.
    pub fn clear(&mut self) {
        self.raw.clear();
        self.pending.clear();
        self.texts.clear();
        self.folds.clear();
        self.digits.clear();
        self.numbers.clear();
        self.days.clear();
        self.fewest = usize::MAX;
        self.dated = false;
    }

    /// Whether there is nothing to be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
            && self.texts.is_empty()
            && self.numbers.is_empty()
            && self.days.is_empty()
    }

    /// Adds a value of a protected column, as it stands in the record. A value
    /// that is not of its kind is looked for as it stands. `label` names the
    /// hits.
    pub fn add(
        &mut self,
        value: &str,
        kind: Option<&dyn Kind>,
        opt: &KindOptions,
        label: &'static str,
    ) {
        let value = trimmed(value);
        if value.is_empty() {
            return;
        }
        let as_kind = match kind.map(Kind::name) {
            Some("date") => As::Date,
            Some("phone") => As::Phone,
            Some("cn-resident-id") => As::Id,
            Some("number") => As::Number,
            _ => As::Other,
        };
        self.dated |= as_kind == As::Date;
        if as_kind == As::Date
            && let Some(format) = &opt.date_format
        {
            if let Ok(day) = format.read(value) {
                self.days.push((day, label));
                self.fewest = self.fewest.min(5);
            }
            self.add_text(value, label);
            return;
        }
        match plain_digits(value) {
            Some(count) => {
                let least = match as_kind {
                    As::Date => 5,
                    As::Phone => 7,
                    As::Id => 15,
                    As::Number | As::Other => 4,
                };
                self.fewest = self.fewest.min(count.min(least));
                let from = self.raw.len();
                self.raw.push_str(value);
                self.pending.push(Pending {
                    raw: from..self.raw.len(),
                    as_kind,
                    region: opt.region,
                    label,
                });
            }
            None => self.read(value, as_kind, opt.region, label),
        }
    }

    /// Makes of a value what is looked for.
    fn read(&mut self, value: &str, as_kind: As, region: Option<Region>, label: &'static str) {
        let opt = KindOptions {
            region,
            date_format: None,
        };
        let mut one = std::mem::take(&mut self.one);
        let known = match as_kind {
            As::Date => match CivilDate::parse(value) {
                Ok(day) => {
                    self.days.push((day, label));
                    self.fewest = self.fewest.min(5);
                    true
                }
                Err(_) => false,
            },
            As::Phone => {
                Phone.normalise(value, &opt, &mut one).is_ok() && self.add_phone(&one, label)
            }
            As::Id => {
                ResidentId.normalise(value, &opt, &mut one).is_ok() && {
                    self.push_number(&one, What::Id(one.ends_with('X')), label)
                }
            }
            As::Number => {
                if Numeral.normalise(value, &opt, &mut one).is_ok() {
                    self.push_number(&one, What::Plain, label);
                }
                false
            }
            As::Other => false,
        };
        if !known {
            // Nothing but digits with separators and signs between them, and
            // perhaps an X at the end; or text.
            fold(value, &mut one);
            let body = one.strip_suffix('x').unwrap_or(&one);
            let signs = |b: u8| matches!(b, b'+' | b'(' | b')' | b'/' | b',');
            let of_digits = body.bytes().all(|b| b.is_ascii_digit() || signs(b))
                && body.bytes().any(|b| b.is_ascii_digit());
            let what = if body.len() < one.len() {
                What::WithX
            } else {
                What::Plain
            };
            // With too few digits for a number (111X) it is sought as text.
            if !(of_digits && self.push_number(&one, what, label)) {
                self.add_text(value, label);
            }
        }
        self.one = one;
    }

    /// The digits of `text`, if there are four or more.
    fn push_number(&mut self, text: &str, what: What, label: &'static str) -> bool {
        let from = self.digits.len();
        self.digits
            .extend(text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0'));
        let len = self.digits.len() - from;
        if len < 4 {
            self.digits.truncate(from);
            return false;
        }
        // An ID may stand in its form of 15 digits, a landline without its
        // area code.
        let fewest = match what {
            What::Id(_) => 15,
            What::Phone(code, area) => len - code - area,
            What::Plain | What::WithX => len,
        };
        self.fewest = self.fewest.min(fewest);
        self.numbers.push(Number {
            digits: from..self.digits.len(),
            what,
            label,
        });
        true
    }

    /// A number of E.164.
    fn add_phone(&mut self, number: &str, label: &'static str) -> bool {
        let mut digits = [0; 15];
        let mut len = 0;
        for (to, b) in digits.iter_mut().zip(number.bytes().skip(1)) {
            *to = b - b'0';
            len += 1;
        }
        let digits = digits.get(..len).unwrap_or_default();
        let Some((code, code_len, ..)) = phone::calling_code(digits) else {
            return false;
        };
        let national = digits.get(code_len..).unwrap_or_default();
        let area = if code == 86 && !phone::is_mobile_of_china(national) {
            phone::area_of_china(national).unwrap_or(0)
        } else {
            0
        };
        self.push_number(number, What::Phone(code_len, area), label)
    }

    fn add_text(&mut self, value: &str, label: &'static str) {
        // Two of its Han characters: the last, and one from the middle on, far
        // from where cities and family names stand.
        let bytes = |c: char| {
            let mut bytes = [0; 3];
            matches!(c, '\u{4E00}'..='\u{9FFF}').then(|| {
                c.encode_utf8(&mut bytes);
                bytes
            })
        };
        let mut middle = value.len() / 2;
        while !value.is_char_boundary(middle) {
            middle -= 1;
        }
        let inner = value
            .get(middle..)
            .and_then(|rest| rest.chars().find_map(bytes));
        let han = value
            .chars()
            .rev()
            .find_map(bytes)
            .zip(inner)
            .map(|(last, inner)| [last, inner]);
        let from = self.raw.len();
        self.raw.push_str(value);
        self.texts.push(Text {
            raw: from..self.raw.len(),
            fold: None,
            han,
            label,
        });
    }

    /// Appends a hit for each own value in `text`, in no order and perhaps
    /// overlapping: [`super::scan::merge`] puts them in order together with
    /// those of a [`super::scan::Scanner`].
    pub fn find(&mut self, text: &str, hits: &mut Vec<Hit>) {
        if self.is_empty() {
            return;
        }
        if text.len() >= NOWHERE as usize {
            // Beyond what is counted here: all of it, rather than nothing.
            hits.push(Hit {
                start: 0,
                end: text.len(),
                kind: "own-row",
                proven: false,
            });
            return;
        }
        let seen = look(text.as_bytes());
        let han = self.fewest < usize::MAX && has_han_number(text);
        if han || seen.digits + seen.wide >= self.fewest {
            let wide = if seen.wide == 0 {
                0
            } else {
                look_wide(text.as_bytes()).digits
            };
            if han || seen.digits + wide >= self.fewest {
                self.groups.set(text);
                if self.near_enough(text) {
                    // What turns out to be text is sought below.
                    self.read_pending();
                    self.find_numbers(text, hits);
                    self.find_days(text, hits);
                }
            }
        }
        if self.dated {
            self.find_days_in_han(text, hits);
        }
        self.find_texts(text, hits);
        self.find_persons(text, hits);
        self.find_places(text, hits);
    }

    /// Pieces of addresses.
    fn find_places(&mut self, text: &str, hits: &mut Vec<Hit>) {
        self.places.forget();
        for own in &self.texts {
            let value = self.raw.get(own.raw.clone()).unwrap_or_default();
            if own.han.is_some() {
                self.places.in_han(text, value, own.label, hits);
            } else {
                self.places.in_letters(text, value, own.label, hits);
            }
        }
    }

    /// Names by their family name beside something else of them, or a title.
    fn find_persons(&mut self, text: &str, hits: &mut Vec<Hit>) {
        let mut titles = None;
        let spells = pinyin::may_spell(text);
        if spells {
            self.spelt.set(text);
        }
        for own in &self.texts {
            let value = self.raw.get(own.raw.clone()).unwrap_or_default();
            if own.han.is_some() {
                if *titles.get_or_insert_with(|| person::may_hold_title(text)) {
                    person::in_han(text, value, own.label, hits);
                }
                if spells && value.len() <= LONGEST_SPELT {
                    self.spelt.find(text, value, own.label, hits);
                }
            } else if person::is_name(value) {
                person::in_letters(text, value, own.label, hits);
            }
        }
    }

    /// Whether enough digits stand together for a number or a day: two years
    /// in a sentence are neither.
    fn near_enough(&self, text: &str) -> bool {
        let enough = |chain: &[Group]| {
            chain.iter().map(|group| group.len as usize).sum::<usize>() >= self.fewest
        };
        let dated = || {
            self.groups.groups.windows(3).any(|three| match three {
                [a, b, c] => {
                    c.start - a.end <= days::REACH && (5..=8).contains(&(a.len + b.len + c.len))
                }
                _ => false,
            }) || self.groups.groups.windows(2).any(|two| match two {
                [a, b] => days::may_have_month(text, a, b),
                _ => false,
            })
        };
        self.groups.chains().any(enough) || (self.dated && dated())
    }

    fn read_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        let raw = std::mem::take(&mut self.raw);
        let texts = self.texts.len();
        for Pending {
            raw: at,
            as_kind,
            region,
            label,
        } in pending.drain(..)
        {
            self.read(raw.get(at).unwrap_or_default(), as_kind, region, label);
        }
        // What was text after all stands in a buffer of its own for now.
        let own = std::mem::replace(&mut self.raw, raw);
        let offset = self.raw.len();
        self.raw.push_str(&own);
        for text in self.texts.iter_mut().skip(texts) {
            text.raw = text.raw.start + offset..text.raw.end + offset;
        }
        self.pending = pending;
    }

    fn find_texts(&mut self, text: &str, hits: &mut Vec<Hit>) {
        let (mut folded, mut mapped) = (false, false);
        let mut odd = None;
        for own in &mut self.texts {
            let holds = |c: &[u8; 3]| holds_han(text.as_bytes(), *c);
            if let Some([first, second]) = &own.han
                && !(holds(first) && holds(second))
                && !*odd.get_or_insert_with(|| holds_odd_han(text.as_bytes()))
            {
                continue;
            }
            let fold_of_value = own.fold.get_or_insert_with(|| {
                fold(
                    self.raw.get(own.raw.clone()).unwrap_or_default(),
                    &mut self.one,
                );
                let from = self.folds.len();
                if long_enough(&self.one) {
                    self.folds.push_str(&self.one);
                }
                from..self.folds.len()
            });
            let Some(value) = self
                .folds
                .get(fold_of_value.clone())
                .filter(|fold| !fold.is_empty())
            else {
                continue;
            };
            if !folded {
                fold(text, &mut self.note);
                folded = true;
            }
            let (note, value) = (self.note.as_bytes(), value.as_bytes());
            let mut from = 0;
            while let Some(at) = note
                .get(from..)
                .and_then(|rest| memchr::memmem::find(rest, value))
            {
                let at = from + at;
                if !mapped {
                    self.mapped.set(text);
                    mapped = true;
                }
                from = at + 1;
                if let Some((start, end)) = self.mapped.origin(at, at + value.len())
                    && stands_free(text, start, end)
                {
                    hits.push(Hit {
                        start,
                        end,
                        kind: own.label,
                        proven: true,
                    });
                    from = at + value.len();
                }
            }
        }
    }

    fn find_numbers(&self, text: &str, hits: &mut Vec<Hit>) {
        if self.numbers.is_empty() {
            return;
        }
        for chain in self.groups.chains() {
            for from in 0..chain.len() {
                let Some(rest) = chain.get(from..) else {
                    continue;
                };
                for own in &self.numbers {
                    let Some(digits) = self.digits.get(own.digits.clone()) else {
                        continue;
                    };
                    if let Some((last, x)) = self.number_at(rest, digits, own.what) {
                        let (Some(first), Some(last)) = (rest.first(), rest.get(last)) else {
                            continue;
                        };
                        let end = if x && last.x_end != 0 {
                            last.x_end
                        } else {
                            last.end
                        };
                        let start = opened(first, text);
                        hits.push(Hit {
                            start,
                            end: end as usize,
                            kind: own.label,
                            proven: true,
                        });
                    }
                }
            }
        }
    }

    /// Whether a number begins with the first of these groups: the index of
    /// its last group, and whether an X after it belongs to it.
    fn number_at(&self, groups: &[Group], digits: &[u8], what: What) -> Option<(usize, bool)> {
        let all = self.groups.of(groups);
        match what {
            What::Plain => whole_from(groups, all, digits, 0).map(|last| (last, false)),
            What::WithX => whole_from(groups, all, digits, 0).map(|last| (last, true)),
            What::Id(x) => {
                let body = digits.get(..17)?;
                if let Some(last) = whole_from(groups, all, digits, 0) {
                    return Some((last, x));
                }
                if let Some(last) = whole_from(groups, all, body, 0) {
                    return Some((last, true));
                }
                // 15 digits: without 19 and the check digit.
                let (area, after) = (body.get(..6)?, body.get(8..)?);
                let rest = all.strip_prefix(area)?;
                let last = whole_from(groups, rest, after, 6)?;
                Some((last, false))
            }
            What::Phone(code_len, area) => {
                let (code, national) = digits.split_at_checked(code_len)?;
                let local = national.get(area..)?;
                let bare = all.strip_prefix(&[0, 0]).unwrap_or(all);
                for after in [bare.strip_prefix(code), Some(all)].into_iter().flatten() {
                    for core in [Some(after), after.strip_prefix(&[0])]
                        .into_iter()
                        .flatten()
                    {
                        let taken = all.len() - core.len();
                        if let Some(last) = whole_from(groups, core, national, taken) {
                            return Some((last, false));
                        }
                    }
                }
                let last = if area > 0 && local.len() >= 7 {
                    whole_from(groups, all, local, 0)
                } else {
                    None
                };
                last.map(|last| (last, false))
            }
        }
    }

    fn find_days(&self, text: &str, hits: &mut Vec<Hit>) {
        for &(day, label) in &self.days {
            days::in_digits(text, &self.groups, day, label, hits);
        }
    }

    /// Days in Chinese numerals, in texts that hold some.
    fn find_days_in_han(&mut self, text: &str, hits: &mut Vec<Hit>) {
        let mut found = Vec::new();
        days::in_han(text, &mut found);
        if found.is_empty() {
            return;
        }
        self.read_pending();
        for seen in found {
            for &(_, label) in self.days.iter().filter(|(day, _)| *day == seen.day) {
                hits.push(Hit {
                    start: seen.start,
                    end: seen.end,
                    kind: label,
                    proven: true,
                });
            }
        }
    }
}

/// Whether `digits` are what these groups go on with, up to the end of a group:
/// the index of that group. `rest` are the digits of the groups without the
/// first `taken`.
fn whole_from(groups: &[Group], rest: &[u8], digits: &[u8], taken: usize) -> Option<usize> {
    if !rest.starts_with(digits) {
        return None;
    }
    let mut left = (taken + digits.len()) as u32;
    for (i, group) in groups.iter().enumerate() {
        if left <= group.len {
            return (left == group.len).then_some(i);
        }
        left -= group.len;
    }
    None
}

/// Where a number begins whose first group this is: its `+` goes too, and what
/// opens both where it is closed inside.
fn opened(first: &Group, text: &str) -> usize {
    let start = if first.plus == NOWHERE {
        first.start
    } else {
        first.plus
    };
    let paren = first.paren != NOWHERE
        && text
            .get(first.end as usize..)
            .unwrap_or_default()
            .chars()
            .next()
            .is_some_and(|c| narrow(c) == ')');
    (if paren { first.paren } else { start }) as usize
}

/// How many digits a value has that is digits with separators and signs
/// between, and perhaps an X at the end, all in ASCII; `None` where it is
/// anything else or has fewer than four.
fn plain_digits(value: &str) -> Option<usize> {
    let bytes = value.as_bytes();
    let body = bytes
        .strip_suffix(b"x")
        .or(bytes.strip_suffix(b"X"))
        .unwrap_or(bytes);
    let mut digits = 0;
    for &b in body {
        match b {
            b'0'..=b'9' => digits += 1,
            b' ' | b'-' | b'.' | b'_' | b'/' | b'+' | b'(' | b')' => {}
            _ => return None,
        }
    }
    (digits >= 4).then_some(digits)
}

/// `value` without white space at its ends, fast where it has none.
fn trimmed(value: &str) -> &str {
    let plain = |b: Option<&u8>| b.is_some_and(u8::is_ascii_graphic);
    let bytes = value.as_bytes();
    let han =
        matches!(bytes.first(), Some(0xE4..=0xE9)) && matches!(bytes, [.., 0xE4..=0xE9, _, _]);
    if han || (plain(bytes.first()) && plain(bytes.last())) {
        value
    } else {
        value.trim()
    }
}

/// Whether a fold is 2 Han or 4 other characters or more.
fn long_enough(fold: &str) -> bool {
    fold.chars().filter(|&c| is_han(c)).nth(1).is_some() || fold.chars().nth(3).is_some()
}

/// Whether there may be characters that fold to Han characters and are none of
/// U+4E00–9FFF as they stand: radicals, compatibility forms, circled ones.
fn holds_odd_han(bytes: &[u8]) -> bool {
    let odd = |a: u8, b: u8, c: u8| {
        u8::from((a == 0xEF) & (b.wrapping_sub(0xA4) < 8))
            | u8::from((a == 0xE2) & (b.wrapping_sub(0xBA) < 6))
            | u8::from((a == 0xE3) & (b.wrapping_sub(0x84) < 12))
            | u8::from((a == 0xE3) & (b == 0x80) & (c >= 0xB8))
            | u8::from((a == 0xF0) & ((b == 0xAF) | (b == 0x9F)))
    };
    // Sixteen at a time; the last ones again where they do not fill sixteen.
    let chunk = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk::<16>());
    let Some(last) = bytes.len().checked_sub(18) else {
        return bytes
            .windows(3)
            .any(|three| matches!(*three, [a, b, c] if odd(a, b, c) != 0));
    };
    let mut at = 0;
    loop {
        if let (Some(a), Some(b), Some(c)) = (chunk(at), chunk(at + 1), chunk(at + 2)) {
            let mut any = 0;
            for i in 0..16 {
                any |= odd(a[i], b[i], c[i]);
            }
            if any != 0 {
                return true;
            }
        }
        if at == last {
            return false;
        }
        at = last.min(at + 16);
    }
}

/// Whether a Han character, three bytes, stands in a text.
fn holds_han(text: &[u8], [a, b, c]: [u8; 3]) -> bool {
    memchr::memchr_iter(c, text).any(|at| {
        let before = at.checked_sub(2).and_then(|from| text.get(from..at));
        before == Some(&[a, b])
    })
}

#[cfg(test)]
mod tests;
