//! Pieces of the record's own address in its text, where the address does not
//! stand as in its column.
//!
//! **In Chinese** (the parts are those of `scan::address`) these are pieces:
//!
//! - a road or place of the address with the number behind it, `幸福路12号` out of
//!   `江苏省苏州市幸福路12号3号楼501室`, in digits or Chinese numerals, and what houses
//!   follow it in the text;
//! - two houses of the address that follow each other, `3号楼501室`, or three of
//!   its numbers in a row, `3-2-501`.
//!
//! **In letters** an address is a value with a *street line*: a street with its
//! number before or behind it. A street is told by a word for one (Street, St,
//! Hauptstr., rue, via, ул.), or, in an address of several parts, by standing
//! beside a number. These are pieces:
//!
//! - the street line in either order, in any case, with or without commas, ends
//!   of line and `No.` between, its words for streets written out or abbreviated:
//!   `12 Baker St` is `Baker Street 12`, `Hauptstr. 5` is `Hauptstraße 5`;
//! - the postcode, where it has letters, a hyphen, or five digits or more.
//!
//! No piece is a town, a division, a country, a number alone, a street without
//! its number, one house alone (`501室`, `Flat 3`), a word for streets.
//!
//! May not find a value as it stands: [`super`] does.

use super::super::fold::fold;
use super::super::scan::Hit;
use super::super::scan::address::{Cells, Element, House, Worth, elements, may_hold};
use super::super::unicode::{digit_value, is_format, is_unspaced, narrow};

/// What is made of a text, when one of the values asks for it.
#[derive(Default)]
pub(super) struct Places {
    note: Cells,
    houses: Vec<Found>,
    /// Whether a text in Han characters may hold a piece; unknown at first.
    han: Option<bool>,
    own: Cells,
    parts: Vec<Element>,
    words: Words,
    letters: Option<bool>,
    own_words: Words,
}

/// A house of the text: its first cell.
struct Found {
    from: usize,
    house: House,
}

impl Places {
    /// Another text.
    pub(super) fn forget(&mut self) {
        self.han = None;
        self.letters = None;
    }

    /// Appends a hit for each piece of an address in Chinese.
    pub(super) fn in_han(
        &mut self,
        text: &str,
        value: &str,
        label: &'static str,
        hits: &mut Vec<Hit>,
    ) {
        let known = self.han;
        let holds = *self
            .han
            .get_or_insert_with(|| may_hold(text) || holds_joined(text));
        if !holds || !may_hold(value) {
            return;
        }
        if known.is_none() {
            self.note.set(text);
            all_houses(&self.note, &mut self.houses);
        }
        self.own.set(value);
        elements(&self.own, &mut self.parts);
        let (note, own) = (&self.note, &self.own);
        let mut add = |from: usize, to: usize| {
            if let Some((start, end)) = note.bytes(from, to) {
                hits.push(Hit {
                    start,
                    end,
                    kind: label,
                    proven: false,
                });
            }
        };
        // A road or place with its number.
        for pair in self.parts.windows(2) {
            let [
                name,
                Element {
                    from,
                    house: Some(house),
                    ..
                },
            ] = pair
            else {
                continue;
            };
            if name.division || name.house.is_some() || name.to - name.from < 2 {
                continue;
            }
            let number = number_of(own, *from, house);
            let name = own.part(name.from, name.to);
            for (at, _) in note.folded().match_indices(name) {
                let behind = note.cell_of(at + name.len());
                let near = note.skip_gaps(behind, 2);
                let Some(found) = note.house(near) else {
                    continue;
                };
                if starts_like(&number_of(note, near, &found), &number) {
                    add(note.cell_of(at), houses_behind(note, found.end));
                }
            }
        }
        // Two houses in a row, or three numbers.
        let of_own: Vec<(String, Vec<String>)> = self
            .parts
            .iter()
            .map(|part| match &part.house {
                Some(house) if house.worth != Worth::Passing => word_of(own, part.from, house),
                _ => Default::default(),
            })
            .collect();
        let numbers: Vec<&String> = of_own.iter().flat_map(|(_, numbers)| numbers).collect();
        let mut at = 0;
        while let Some(first) = self.houses.get(at) {
            let (word, joined) = word_of(note, first.from, &first.house);
            if joined.len() >= 3 {
                if numbers
                    .windows(joined.len())
                    .any(|own| own.iter().copied().eq(&joined))
                {
                    add(first.from, first.house.end);
                }
                at += 1;
                continue;
            }
            let mut most = 1;
            for (own, _) in of_own
                .iter()
                .enumerate()
                .filter(|(_, own)| !word.is_empty() && own.0 == word)
            {
                let mut same = 1;
                while let (Some(before), Some(next), Some(wanted)) = (
                    self.houses.get(at + same - 1),
                    self.houses.get(at + same),
                    of_own.get(own + same),
                ) && note.skip_gaps(before.house.end, 2) == next.from
                    && !wanted.0.is_empty()
                    && word_of(note, next.from, &next.house).0 == wanted.0
                {
                    same += 1;
                }
                most = most.max(same);
            }
            if let (true, Some(last)) = (most > 1, self.houses.get(at + most - 1)) {
                add(first.from, last.house.end);
            }
            at += most;
        }
    }

    /// Appends a hit for each piece of an address in letters.
    pub(super) fn in_letters(
        &mut self,
        text: &str,
        value: &str,
        label: &'static str,
        hits: &mut Vec<Hit>,
    ) {
        if !may_be_address(value) {
            return;
        }
        let known = self.letters;
        let holds = *self.letters.get_or_insert_with(|| {
            text.bytes().any(|b| b.is_ascii_digit() || b == 0xEF)
                && text.chars().any(char::is_alphabetic)
        });
        // A number of the value that the text does not have cannot be found there.
        if !holds || (!shares_number(text, value)) {
            return;
        }
        if known.is_none() {
            self.words.set(text);
        }
        self.own_words.set(value);
        let (note, own) = (&self.words.words, &self.own_words.words);
        let lines = lines(own);
        if lines.is_empty() {
            return;
        }
        let mut add = |from: usize, to: usize| {
            if let (Some(first), Some(last)) = (note.get(from), note.get(to)) {
                hits.push(Hit {
                    start: first.start,
                    end: last.end,
                    kind: label,
                    proven: false,
                });
            }
        };
        for (number, street) in &lines {
            let street: Vec<&str> = own
                .get(street.clone())
                .unwrap_or_default()
                .iter()
                .map(|w| w.form.as_str())
                .collect();
            let Some(number) = own.get(*number).map(|word| &word.form) else {
                continue;
            };
            for (at, _) in note
                .iter()
                .enumerate()
                .filter(|(_, word)| word.number && word.form == *number)
            {
                if let Some(to) = runs(note, at + 1, &street, true) {
                    let ranged = at > 0 && note.get(at).is_some_and(|word| word.ranged);
                    add(if ranged { at - 1 } else { at }, to);
                }
                // Back over No.
                let mut last = at;
                while last > 0
                    && note.get(last).is_some_and(|word| word.near)
                    && note.get(last - 1).is_some_and(|word| is_filler(&word.form))
                {
                    last -= 1;
                }
                if let Some(from) = last.checked_sub(street.len())
                    && note.get(last).is_some_and(|word| word.near)
                    && runs(note, from, &street, false).is_some_and(|to| to + 1 == last)
                {
                    add(from, at);
                }
            }
        }
        for code in postcodes(own) {
            for from in 0..note.len() {
                let mut rest = code.as_str();
                for (at, word) in note.iter().enumerate().skip(from) {
                    if at > from && !word.near {
                        break;
                    }
                    let Some(left) = rest.strip_prefix(word.form.as_str()) else {
                        break;
                    };
                    rest = left;
                    let free = |at: usize| note.get(at).is_none_or(|word| !word.glued);
                    if rest.is_empty() {
                        if free(from) && free(at + 1) {
                            add(from, at);
                        }
                        break;
                    }
                }
            }
        }
    }
}

/// Whether numbers joined by two hyphens may stand in a text.
fn holds_joined(text: &str) -> bool {
    memchr::memchr_iter(b'-', text.as_bytes()).nth(1).is_some() || text.contains('－')
}

/// Every house of a text, whatever stands before it.
fn all_houses(cells: &Cells, out: &mut Vec<Found>) {
    out.clear();
    let mut at = 0;
    while at < cells.len() {
        let glued = at > 0
            && cells.what(at).is_ascii_alphanumeric()
            && cells.what(at - 1).is_ascii_alphanumeric();
        match cells.house(at).filter(|_| !glued) {
            Some(house) => {
                out.push(Found { from: at, house });
                at = house.end;
            }
            None => at += 1,
        }
    }
}

/// Where the houses end that follow cell `end`.
fn houses_behind(cells: &Cells, mut end: usize) -> usize {
    for _ in 0..6 {
        let near = cells.skip_gaps(end, 2);
        match cells.house(near) {
            Some(house) if house.worth != Worth::Bare || near == end => end = house.end,
            _ => break,
        }
    }
    end
}

/// The number of a house: digits for numerals, `-` for 之 and 附.
fn number_of(cells: &Cells, from: usize, house: &House) -> String {
    plain(cells.part(from, house.number_end))
}

/// A house in one form, its numbers apart.
fn word_of(cells: &Cells, from: usize, house: &House) -> (String, Vec<String>) {
    let number = plain(cells.part(from, house.number_end));
    let numbers = number.split('-').map(str::to_owned).collect();
    let mut word = number;
    for c in cells
        .part(house.number_end, house.end)
        .chars()
        .filter(|c| !c.is_whitespace())
    {
        word.push(match c {
            '號' => '号',
            '樓' => '楼',
            '棟' | '幢' => '栋',
            '層' => '层',
            '單' => '单',
            c => c,
        });
    }
    (word, numbers)
}

/// Whether one number is the other, or the other with a part behind it (12 and
/// 12-3).
fn starts_like(a: &str, b: &str) -> bool {
    let with_part = |a: &str, b: &str| {
        a.strip_prefix(b)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    with_part(a, b) || with_part(b, a)
}

fn plain(number: &str) -> String {
    let mut out = String::new();
    let mut numeral = String::new();
    for c in number.chars().chain(['\0']) {
        if numeral_value(c).is_some() {
            numeral.push(c);
            continue;
        }
        if !numeral.is_empty() {
            read_numeral(&numeral, &mut out);
            numeral.clear();
        }
        match c {
            '\0' | '第' | '附' if out.is_empty() => {}
            '\0' => {}
            '之' | '附' | '–' | '—' | '~' | '/' => out.push('-'),
            c => out.push(c),
        }
    }
    out
}

/// A numeral's digit, or 10, 100, 1000.
fn numeral_value(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '兩' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        '十' | '拾' => 10,
        '廿' => 20,
        '卅' => 30,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

/// Appends a number in numerals: by place (五〇一) or by value (十二).
fn read_numeral(numeral: &str, out: &mut String) {
    let values: Vec<u32> = numeral.chars().filter_map(numeral_value).collect();
    if values.iter().all(|value| *value < 10) {
        values
            .iter()
            .for_each(|value| out.push_str(&value.to_string()));
        return;
    }
    let (mut sum, mut last) = (0, 0);
    for value in values {
        match value {
            10 | 100 | 1000 => {
                sum += last.max(1) * value;
                last = 0;
            }
            20 | 30 => sum += value,
            value => last = value,
        }
    }
    out.push_str(&(sum + last).to_string());
}

/// A word or number of a text in letters.
struct Word {
    /// Lower case; words for streets in one form.
    form: String,
    start: usize,
    end: usize,
    number: bool,
    /// Stands near the one before, with no mark between that ends a sentence.
    near: bool,
    /// Nothing stands between it and the one before.
    glued: bool,
    /// A hyphen or slash alone stands between two numbers.
    ranged: bool,
    /// A comma, semicolon or end of line stands before it.
    parted: bool,
}

/// The words of a text; the buffer is kept.
#[derive(Default)]
struct Words {
    words: Vec<Word>,
}

impl Words {
    fn set(&mut self, text: &str) {
        self.words.clear();
        let mut chars = text.char_indices().peekable();
        let mut gap = String::new();
        while let Some((start, c)) = chars.next() {
            let sort = sort_of(c);
            if sort == Sort::Mark {
                if !is_format(c) {
                    gap.push(narrow(c));
                }
                continue;
            }
            let mut form = String::new();
            let mut end = start + c.len_utf8();
            push(c, &mut form);
            while let Some(&(at, c)) = chars.peek() {
                if sort_of(c) != sort && !is_format(c) {
                    break;
                }
                push(c, &mut form);
                end = at + c.len_utf8();
                chars.next();
            }
            self.add(form, start, end, sort == Sort::Digit, &gap);
            gap.clear();
        }
    }

    fn add(&mut self, form: String, start: usize, end: usize, number: bool, gap: &str) {
        let near = gap.chars().count() <= 4
            && gap
                .chars()
                .all(|c| c.is_whitespace() || ",.-'’/#№º°".contains(c));
        if !number
            && gap.is_empty()
            && let Some(last) = self.words.last_mut().filter(|last| last.number)
        {
            // 12a; and 5th is a word.
            if form.chars().nth(1).is_none() {
                last.form.push_str(&form);
                last.end = end;
                return;
            }
            if matches!(form.as_str(), "st" | "nd" | "rd" | "th") {
                last.form.push_str(&form);
                last.end = end;
                last.number = false;
                return;
            }
        }
        let mut word = Word {
            form,
            start,
            end,
            number,
            near: near && !self.words.is_empty(),
            glued: gap.is_empty() && !self.words.is_empty(),
            ranged: number
                && matches!(gap, "-" | "/" | "–")
                && self.words.last().is_some_and(|word| word.number),
            parted: gap.contains([',', ';', '\n', '\r']),
        };
        if !number {
            // Hauptstraße and Haupt Str. are one.
            let stem = ["straße", "strasse", "str"]
                .iter()
                .find_map(|end| word.form.strip_suffix(end));
            if let Some(stem) = stem.filter(|stem| stem.chars().nth(1).is_some()) {
                let cut = word.end.saturating_sub(word.form.len() - stem.len());
                let street = Word {
                    form: "street".to_owned(),
                    start: word.start,
                    end: word.end,
                    number: false,
                    near: true,
                    glued: true,
                    ranged: false,
                    parted: false,
                };
                word.form = stem.to_owned();
                word.end = cut.max(word.start);
                self.words.push(word);
                self.words.push(street);
                return;
            }
            if let Some(form) = street_word(&word.form) {
                word.form = form.to_owned();
            }
        }
        self.words.push(word);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Letter,
    Digit,
    Mark,
}

fn sort_of(c: char) -> Sort {
    if digit_value(narrow(c)).is_some() {
        Sort::Digit
    } else if c.is_alphabetic() && !matches!(c, 'º' | 'ª') && !is_unspaced(narrow(c)) {
        Sort::Letter
    } else {
        Sort::Mark
    }
}

fn push(c: char, out: &mut String) {
    let c = narrow(c);
    match digit_value(c) {
        Some(d) => out.push(char::from(b'0' + d)),
        None if is_format(c) => {}
        None => out.extend(c.to_lowercase()),
    }
}

/// Words for streets and their abbreviations; the first of a line is its form,
/// and `<` says that the name may stand behind it.
#[rustfmt::skip]
const STREETS: &[&[&str]] = &[
    &["street", "st", "str", "straße", "strasse", "strada"], &["<avenue", "ave", "av", "avenida", "avda"],
    &["road", "rd"], &["lane", "ln"], &["drive", "dr"], &["<boulevard", "blvd", "bd", "boul", "bulvar", "bulevardul", "bul"],
    &["square", "sq"], &["<place", "pl", "platz", "plaza", "pza", "plac"], &["court", "ct"], &["terrace", "ter", "terr"],
    &["crescent", "cres"], &["gardens", "gdns"], &["highway", "hwy"], &["parkway", "pkwy"], &["close"], &["way"],
    &["grove"], &["mews"], &["row"], &["walk"], &["<rue"], &["<allée", "allee", "all"], &["<chemin", "ch"],
    &["<impasse", "imp"], &["<quai"], &["<via"], &["<viale", "vle"], &["<piazza"], &["<corso"], &["<calle"], &["<paseo"],
    &["<rua"], &["<travessa"], &["<praça"], &["<ulica", "ul", "ulice", "ulitsa"], &["<aleja", "al", "aleje"], &["utca", "u"],
    &["straat"], &["laan"], &["weg"], &["gasse"], &["ring"], &["damm"], &["<jalan", "jl", "jln"], &["cadde", "caddesi", "cad", "cd"],
    &["sokak", "sokağı", "sok", "sk"], &["<улица", "ул", "вулиця", "вул"], &["<проспект", "пр", "просп"], &["<переулок", "пер"],
    &["<бульвар", "бул"], &["<площадь", "пл"], &["<шоссе", "ш"], &["<οδός", "οδ"], &["<شارع"], &["<רחוב", "רח"],
];
/// Ends of one word that make it a street.
const ENDS: &[&str] = &[
    "straat", "gasse", "platz", "allee", "weg", "damm", "ufer", "laan", "gracht", "plein", "kade",
    "gatan", "vägen", "vej", "gade", "katu",
];
/// What may stand between a street and its number.
const FILLERS: &[&str] = &[
    "no", "nr", "n", "num", "number", "д", "дом", "house", "буд", "č", "sz",
];
/// What has a number and is no street.
const ROOMS: &[&str] = &[
    "room",
    "rm",
    "flat",
    "apt",
    "apartment",
    "block",
    "unit",
    "floor",
    "suite",
    "building",
    "bldg",
    "po",
    "box",
    "кв",
    "квартира",
    "appt",
    "etage",
    "stock",
];

fn street_word(word: &str) -> Option<&'static str> {
    STREETS.iter().find_map(|of| {
        let mut forms = of.iter().map(|form| form.trim_start_matches('<'));
        let first = forms.next()?;
        (first == word || forms.any(|form| form == word)).then_some(first)
    })
}

fn leads(word: &str) -> bool {
    STREETS.iter().any(|of| {
        of.first()
            .is_some_and(|first| first.strip_prefix('<') == Some(word))
    })
}

fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether a word says that a street is meant.
fn is_street(word: &Word) -> bool {
    !word.number
        && (street_word(&word.form).is_some()
            || ENDS.iter().any(|end| {
                word.form
                    .strip_suffix(end)
                    .is_some_and(|stem| stem.chars().nth(1).is_some())
            }))
}

/// Whether these words stand one behind the other from `from`, and with `near`
/// behind the word before: the index of the last.
fn runs(note: &[Word], from: usize, street: &[&str], near: bool) -> Option<usize> {
    let found = note.get(from..from + street.len())?;
    let same = found
        .iter()
        .zip(street)
        .enumerate()
        .all(|(at, (word, wanted))| word.form == *wanted && (word.near || (at == 0 && !near)));
    (same && !street.is_empty()).then(|| from + street.len() - 1)
}

/// Whether a value may be an address in letters: cheap.
fn may_be_address(value: &str) -> bool {
    value.len() >= 6
        && value.bytes().any(|b| b.is_ascii_digit() || b == 0xEF)
        && value.contains([' ', ',', '\n', '.'])
        && value.chars().filter(|c| c.is_alphabetic()).nth(2).is_some()
}

/// Whether one of the runs of digits of a value stands in a text, or either has
/// digits that are not ASCII.
fn shares_number(text: &str, value: &str) -> bool {
    let odd = |text: &str| {
        !text.is_ascii()
            && text
                .chars()
                .any(|c| !c.is_ascii() && digit_value(c).is_some())
    };
    value.split(|c: char| !c.is_ascii_digit()).any(|run| {
        !run.is_empty() && memchr::memmem::find(text.as_bytes(), run.as_bytes()).is_some()
    }) || odd(text)
        || odd(value)
}

/// Street lines of an address: the index of the number and those of the street.
fn lines(own: &[Word]) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut out = Vec::new();
    let is_number = |at: usize| {
        own.get(at)
            .is_some_and(|word| word.number && word.form.len() <= 5)
    };
    let part_of = |at: usize| {
        let from = (0..=at)
            .rev()
            .find(|&i| i == 0 || own.get(i).is_some_and(|word| word.parted))
            .unwrap_or(0);
        let to = (at + 1..own.len())
            .find(|&i| own.get(i).is_some_and(|word| word.parted))
            .unwrap_or(own.len());
        (from, to)
    };
    let named = |street: &std::ops::Range<usize>| {
        let words = own.get(street.clone()).unwrap_or_default();
        words.len() <= 7
            && words.iter().any(|word| {
                let telling = !word.number
                    && street_word(&word.form).is_none()
                    && !is_filler(&word.form)
                    && !ROOMS.contains(&word.form.as_str());
                telling && word.form.chars().nth(1).is_some()
            })
    };
    for (t, word) in own.iter().enumerate().filter(|(_, word)| is_street(word)) {
        let (from, to) = part_of(t);
        let leading = leads(&word.form);
        let before = (from..t).rev().find(|&i| is_number(i));
        // 12, Baker Street
        let apart =
            (from > 0 && is_number(from - 1) && part_of(from - 1).0 == from - 1).then(|| from - 1);
        let until = (t + 1..to)
            .find(|&i| own.get(i).is_some_and(|word| word.number))
            .unwrap_or(to);
        let mut behind = until;
        if behind == to
            && own
                .get(to)
                .is_some_and(|word| word.number || is_filler(&word.form))
        {
            behind = (to..own.len().min(to + 3))
                .find(|&i| own.get(i).is_none_or(|word| !is_filler(&word.form)))
                .unwrap_or(to);
        }
        let mut name_to = until;
        while name_to > t + 1
            && own
                .get(name_to - 1)
                .is_some_and(|word| is_filler(&word.form))
        {
            name_to -= 1;
        }
        let first = before.map_or(from, |i| i + 1);
        let mut options = Vec::new();
        if let Some(number) = before.or(apart) {
            options.push((number, first..t + 1));
            if leading && first == t {
                options.push((number, t..name_to));
            }
        }
        if is_number(behind) && before.is_none() {
            options.push((
                behind,
                if leading && first == t {
                    t..name_to
                } else {
                    first..name_to
                },
            ));
        }
        out.extend(options.into_iter().filter(|(_, street)| named(street)));
    }
    if out.is_empty() && own.iter().any(|word| word.parted) {
        // Without a word for streets: a number and a name that are one part.
        for from in (0..own.len()).filter(|&i| i == 0 || own.get(i).is_some_and(|word| word.parted))
        {
            let (_, to) = part_of(from);
            let short =
                |at: usize| is_number(at) && own.get(at).is_some_and(|word| word.form.len() <= 4);
            let rooms = own
                .get(from..to)
                .unwrap_or_default()
                .iter()
                .any(|word| ROOMS.contains(&word.form.as_str()));
            let telling = |street: &std::ops::Range<usize>| {
                let words = own.get(street.clone()).unwrap_or_default();
                words.iter().all(|word| !word.number)
                    && words.iter().any(|word| word.form.chars().nth(2).is_some())
            };
            if rooms || !(2..=5).contains(&(to - from)) {
                continue;
            }
            for (number, street) in [(from, from + 1..to), (to - 1, from..to - 1)] {
                if short(number) && telling(&street) {
                    out.push((number, street));
                }
            }
        }
    }
    out
}

/// The postcodes of an address, folded.
fn postcodes(own: &[Word]) -> Vec<String> {
    let mut out = Vec::new();
    let shape = |text: &str| -> String {
        text.chars()
            .map(|c| if c.is_ascii_digit() { 'd' } else { 'l' })
            .collect()
    };
    const SHAPES: [&str; 8] = [
        "lddll", "llddll", "ldddll", "lldddll", "ldldll", "lldldll", "ldldld", "ddddll",
    ];
    for from in 0..own.len() {
        let mut code = String::new();
        for (n, word) in own.iter().skip(from).take(6).enumerate() {
            if n > 0 && (!word.near || word.parted) {
                break;
            }
            code.push_str(&word.form);
            let whole = own.get(from + n + 1).is_none_or(|next| !next.glued)
                && own.get(from).is_some_and(|first| !first.glued);
            let digits = code.len() >= 5 && code.bytes().all(|b| b.is_ascii_digit());
            let hyphen = n == 1 && word.ranged && digits && code.len() <= 9;
            if whole
                && code.is_ascii()
                && (SHAPES.contains(&shape(&code).as_str())
                    || (n == 0 && digits && code.len() <= 6)
                    || hyphen)
            {
                let mut folded = String::new();
                fold(&code, &mut folded);
                out.push(folded);
            }
        }
    }
    out
}
