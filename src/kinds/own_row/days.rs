//! Days in running text: in digits in the five written forms and with the day
//! or the month first, with the name of an English month, and in Chinese
//! numerals. Only days that the record has are looked for, so that nothing is
//! taken for a day that is none of its own.

use super::super::date::CivilDate;
use super::super::digits::{Digits, Gap, Group};
use super::super::is_format;
use super::super::scan::Hit;
use super::super::unicode::narrow;
use super::whole_from;

/// Months as they are written; the first three letters stand for them too.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// More bytes than this between the groups of a day, and it is none.
pub(super) const REACH: u32 = 24;

/// Appends a hit for each place where `day` is written in digits.
pub(super) fn in_digits(
    text: &str,
    digits: &Digits,
    day: CivilDate,
    label: &'static str,
    hits: &mut Vec<Hit>,
) {
    let (year, month, of_month) = (
        u32::from(day.year.unsigned_abs()),
        u32::from(day.month),
        u32::from(day.day),
    );
    let mut compact = [0u8; 8];
    let mut number = year * 10_000 + month * 100 + of_month;
    for d in compact.iter_mut().rev() {
        *d = (number % 10) as u8;
        number /= 10;
    }
    let value = |group: &Group| {
        let digits = digits.of(std::slice::from_ref(group));
        (digits.len() <= 4).then(|| digits.iter().fold(0, |sum, &d| sum * 10 + u32::from(d)))
    };
    let mut push = |start: usize, end: usize| {
        hits.push(Hit {
            start,
            end,
            kind: label,
            proven: true,
        })
    };
    for (at, first) in digits.groups.iter().enumerate() {
        let rest = digits.groups.get(at..).unwrap_or_default();
        let joined = |group: &&Group| group.gap != Gap::Break;
        let chain = 1 + rest.iter().skip(1).take(7).take_while(joined).count();
        let chain = rest.get(..chain).unwrap_or_default();
        if let Some(last) = whole_from(chain, digits.of(chain), &compact, 0)
            && let Some(last) = chain.get(last)
        {
            push(first.start as usize, last.end as usize);
            continue;
        }
        if let Some([a, b, c]) = rest.get(..3)
            && let (Some(x), Some(y), Some(z)) = (value(a), value(b), value(c))
        {
            let order = if a.len == 4 {
                (x, y, z) == (year, month, of_month)
            } else {
                c.len == 4
                    && z == year
                    && ((x, y) == (month, of_month) || (y, x) == (month, of_month))
            };
            if order && parts(text, a, b, '年') && parts(text, b, c, '月') {
                push(a.start as usize, closed(text, c.end as usize));
                continue;
            }
        }
        // With the month in a word: 27 March 1977, March 27, 1977.
        let Some([a, b]) = rest.get(..2) else {
            continue;
        };
        let (Some(x), Some(y)) = (value(a), value(b)) else {
            continue;
        };
        let order = if a.len == 4 {
            (x, y) == (year, of_month)
        } else {
            b.len == 4 && (y, x) == (year, of_month)
        };
        if !order {
            continue;
        }
        let start = match month_between(text, a, b) {
            Some(Some(named)) if named == month => Some(a.start as usize),
            Some(None) if b.len == 4 => month_before(text, a.start as usize)
                .and_then(|(named, start)| (named == month).then_some(start)),
            _ => None,
        };
        if let Some(start) = start {
            push(start, b.end as usize);
        }
    }
}

/// Whether two groups may be year and day with a month in a word.
pub(super) fn may_have_month(text: &str, a: &Group, b: &Group) -> bool {
    let lengths = (a.len == 4 && b.len <= 2) || (a.len <= 2 && b.len == 4);
    lengths && b.start - a.end <= REACH && month_between(text, a, b).is_some()
}

/// Whether what stands between two groups may part year, month and day.
fn parts(text: &str, a: &Group, b: &Group, word: char) -> bool {
    if b.gap == Gap::Join && a.end < b.start {
        return true;
    }
    let mut seen = None;
    for c in text
        .get(a.end as usize..b.start as usize)
        .unwrap_or_default()
        .chars()
    {
        match narrow(c) {
            c if c.is_whitespace() || is_format(c) => {}
            c @ ('/' | '.' | '-') if seen.is_none() => seen = Some(c),
            c if c == word && seen.is_none() => seen = Some(c),
            _ => return false,
        }
    }
    seen.is_some()
}

/// End of a day with the 日 or 号 that may close it.
fn closed(text: &str, end: usize) -> usize {
    let mut at = end;
    for c in text.get(end..).unwrap_or_default().chars() {
        at += c.len_utf8();
        match c {
            '日' | '号' | '號' => return at,
            ' ' | '\u{3000}' => {}
            _ => break,
        }
    }
    end
}

fn month(word: &str) -> Option<u32> {
    let named = |name: &str| {
        word.eq_ignore_ascii_case(name)
            || name
                .get(..3)
                .is_some_and(|short| word.eq_ignore_ascii_case(short))
            || (name == "september" && word.eq_ignore_ascii_case("sept"))
    };
    MONTHS
        .iter()
        .position(|&name| named(name))
        .map(|at| at as u32 + 1)
}

/// The month named between two groups: `None` where there is anything else
/// than a month, `Some(None)` where there is only punctuation and an ordinal.
fn month_between(text: &str, a: &Group, b: &Group) -> Option<Option<u32>> {
    let between = text.get(a.end as usize..b.start as usize)?;
    if between.len() > REACH as usize {
        return None;
    }
    let mut found = None;
    for word in
        between.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '/' | '，'))
    {
        if word.is_empty()
            || ["st", "nd", "rd", "th", "of"]
                .iter()
                .any(|w| word.eq_ignore_ascii_case(w))
        {
            continue;
        }
        if found.is_some() {
            return None;
        }
        found = Some(month(word)?);
    }
    Some(found)
}

/// The month whose name ends before byte `end`, and where it begins.
fn month_before(text: &str, end: usize) -> Option<(u32, usize)> {
    let before = text.get(..end)?;
    let word = before.trim_end_matches([' ', '.', ',', '-', '\u{A0}']);
    if before.len() - word.len() > 4 {
        return None;
    }
    let start = word
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| {
            at + word
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
    Some((month(word.get(start..)?)?, start))
}

/// A day written in Chinese numerals, and where.
pub(super) struct InHan {
    pub(super) day: CivilDate,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Value of a Chinese numeral, 0 to 9.
fn numeral(c: char) -> Option<u8> {
    const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    match c {
        '零' | '○' | 'Ｏ' => Some(0),
        _ => NUMERALS.iter().position(|&n| n == c).map(|n| n as u8),
    }
}

/// Days as in 一九七五年三月九日, the year digit by digit.
pub(super) fn in_han(text: &str, found: &mut Vec<InHan>) {
    // 年 is E5 B9 B4.
    for at in memchr::memchr_iter(0xB4, text.as_bytes()) {
        let Some(year_end) = at.checked_sub(2) else {
            continue;
        };
        let Some((before, after)) = text.get(..year_end).zip(text.get(year_end..)) else {
            continue;
        };
        if !after.starts_with('年') {
            continue;
        }
        let (mut year, mut scale, mut start, mut digits) = (0i16, 1i16, year_end, 0);
        for (i, c) in before.char_indices().rev().take(8) {
            match numeral(c) {
                Some(d) if digits < 4 => {
                    year += i16::from(d) * scale;
                    scale = scale.saturating_mul(10);
                    digits += 1;
                    start = i;
                }
                _ if c == ' ' || is_format(c) => {}
                _ => break,
            }
        }
        if digits != 4 {
            continue;
        }
        let mut chars = after
            .char_indices()
            .skip(1)
            .filter(|&(_, c)| c != ' ' && !is_format(c));
        let Some((month, '月', _)) = small(&mut chars) else {
            continue;
        };
        let Some((of_month, '日' | '号' | '號', end)) = small(&mut chars) else {
            continue;
        };
        if let Some(day) = CivilDate::new(year, month, of_month) {
            found.push(InHan {
                day,
                start,
                end: year_end + end,
            });
        }
    }
}

/// A number up to 99 in Chinese numerals, what follows it, and where that
/// ends: 三, 十, 十二, 二十, 二十七, 廿七, 二七.
fn small(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<(u8, char, usize)> {
    let (mut tens, mut ones, mut any) = (0u8, 0u8, false);
    for (i, c) in chars.take(6) {
        match c {
            '十' => (tens, ones) = (if any { ones } else { 1 }, 0),
            '廿' => tens = 2,
            '卅' => tens = 3,
            _ => match numeral(c) {
                Some(d) if any && ones != 0 => (tens, ones) = (ones, d),
                Some(d) => ones = d,
                None => {
                    return any.then_some((
                        tens.checked_mul(10)?.checked_add(ones)?,
                        c,
                        i + c.len_utf8(),
                    ));
                }
            },
        }
        any = true;
    }
    None
}
