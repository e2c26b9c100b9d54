//! National telephone numbers of a country other than China, in text whose
//! column names that country with `region`.
//!
//! The numbering plans are as loose as libphonenumber's general forms, so that
//! nearly every number of the right length fits one. The policy has said that
//! such numbers are there: what fits is found. Not found are days, addresses of
//! machines, versions and thousands; groups of one digit between longer ones,
//! but for a trunk prefix; and, unless a word for a telephone stands before it,
//! a single group of fewer than [`SURE`] digits or one that is a day, and fewer
//! than [`SURE_PARTED`] digits in groups.

use super::super::digits::Gap;
use super::super::numbering::{Numbering, Read};
use super::super::phone;
use super::Candidate;
use super::window::Window;
use super::words::Beside;

/// Fewest digits of a number that is looked for, with its trunk prefix.
pub(super) const LEAST: u32 = 6;

/// Most digits: what E.164 has, behind an international prefix.
const MOST: usize = 18;

/// From so many digits on one unbroken group is a number by itself.
const SURE: usize = 8;

/// From so many on parted ones are.
const SURE_PARTED: usize = 7;

/// Words that stand before a telephone number; folded.
const WORDS: [&str; 24] = [
    "tel", "tél", "phone", "fon", "mobile", "mobil", "móvil", "handy", "cell", "fax", "call",
    "ring", "whatsapp", "signal", "sms", "text", "contact", "тел", "電話", "电话", "携帯", "手机",
    "전화", "هاتف",
];

impl Window<'_> {
    /// A number as it is written in the country itself, or from there with an
    /// international prefix of its own (011, 0011).
    pub(super) fn phone_abroad(
        &self,
        plan: &Numbering,
        words: &mut Beside,
        number: &mut String,
    ) -> Option<Candidate> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        if !(LEAST as usize..=MOST).contains(&self.digits.len()) || self.worst_gap() > Gap::Slash {
            return None;
        }
        let mut lengths = [0; 20];
        let n = self.seen_lengths(&mut lengths);
        let seen = lengths.get(..n)?;
        // Short numbers with points are an address of a machine or a part of
        // one; pairs are how a telephone number is written in France.
        let machine = (2..=4).contains(&n)
            && self.dotted()
            && seen.iter().all(|&len| len <= 3)
            && seen.iter().any(|&len| len != 2);
        if machine || self.thousands_or_a_day(seen) || !grouped_as_numbers_are(seen) {
            return None;
        }
        number.clear();
        number.extend(self.digits.iter().map(|&d| char::from(b'0' + d)));
        match plan.read(number).ok()? {
            Read::National(_) => {}
            Read::International(digits) => {
                let digits: Vec<u8> = digits.bytes().map(|b| b.wrapping_sub(b'0')).collect();
                let (_, code, least, most) = phone::calling_code(&digits)?;
                let rest = digits.len().checked_sub(code)?;
                (usize::from(least)..=usize::from(most) + 1)
                    .contains(&rest)
                    .then_some(())?;
            }
        }
        let short = match seen {
            [only] => usize::from(*only) < SURE || is_day(number),
            // A year and a month.
            _ => self.digits.len() < SURE_PARTED,
        };
        if short && !words.holds_one(self.text, first.start, &WORDS) {
            return None;
        }
        Some(self.telephone(first, last, false))
    }
}

/// One run; digit by digit; or groups of two to eight, of which the first may
/// be a trunk prefix of one.
fn grouped_as_numbers_are(seen: &[u8]) -> bool {
    match seen {
        [_] => true,
        _ if seen.iter().all(|&len| len == 1) => true,
        [_, rest @ ..] => rest.len() <= 6 && rest.iter().all(|len| (2..=8).contains(len)),
        [] => false,
    }
}

/// Eight digits that are a day: 20190317, 17032019.
fn is_day(number: &str) -> bool {
    let part = |at: usize, len: usize| {
        number
            .get(at..at + len)
            .and_then(|part| part.parse::<u16>().ok())
            .unwrap_or(0)
    };
    let day = |year: u16, month: u16, day: u16| {
        (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    number.len() == 8
        && (day(part(0, 4), part(4, 2), part(6, 2))
            || day(part(4, 4), part(2, 2), part(0, 2))
            || day(part(4, 4), part(0, 2), part(2, 2)))
}
