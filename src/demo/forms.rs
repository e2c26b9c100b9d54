//! The same identifier as people write it: spaced, full-width, abbreviated,
//! with invisible characters, with a look-alike letter.
//!
//! Each function writes one form and returns the name under which the truth
//! file lists it. A form that does not fit the value (a lower-case x where
//! there is no X) falls back to the plain one.

use std::fmt::Write as _;

use super::random::Random;
use super::world::{Day, check_character};

/// Characters that take no room (general category Cf).
const INVISIBLE: &[&str] = &["\u{200b}", "\u{2060}", "\u{200d}"];

/// ASCII written in the full-width forms of U+FF01 to U+FF5E.
pub(super) fn full_width(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        ' ' => '\u{3000}',
        other => other,
    }));
}

/// Digits in groups with something between them.
fn grouped(digits: &[u8], sizes: &[usize], between: &str, out: &mut String) {
    let mut digits = digits.iter();
    for (at, size) in sizes.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        out.extend(digits.by_ref().take(*size).map(|digit| char::from(*digit)));
    }
}

fn plain(digits: &[u8], out: &mut String) {
    grouped(digits, &[digits.len()], "", out);
}

/// A resident ID's 18 characters as text.
pub(super) fn id_text(id: &[u8; 18]) -> String {
    let mut out = String::new();
    plain(id, &mut out);
    out
}

/// A mobile number's normalised form, E.164.
pub(super) fn mobile_e164(mobile: u64) -> String {
    format!("+86{mobile}")
}

/// The local part of a landline number: it begins with 9 but not with 95 or
/// 96, where no subscriber's number does.
pub(super) fn landline_local(number: u64, digits: u8) -> String {
    const HEADS: [u64; 8] = [90, 91, 92, 93, 94, 97, 98, 99];
    let head = HEADS[(number / 1_000_000) as usize % HEADS.len()];
    if digits == 7 {
        format!("{head}{:05}", number % 100_000)
    } else {
        format!("{head}{:06}", number % 1_000_000)
    }
}

/// A landline number's normalised form, E.164.
pub(super) fn landline_e164(dial: &str, local: &str) -> String {
    format!("+86{}{local}", dial.trim_start_matches('0'))
}

/// A resident ID in running text. `beside_word` says that an ID word stands
/// right before it, where even a wrong check character must not save it; then
/// the number really written is changed in `id`.
pub(super) fn id(
    id: &mut [u8; 18],
    beside_word: bool,
    random: &mut Random,
    out: &mut String,
) -> &'static str {
    out.clear();
    let ends_in_x = id[17] == b'X';
    if ends_in_x && random.per_mille(500) {
        let look_alike = random.per_mille(400);
        plain(&id[..17], out);
        return if look_alike {
            out.push(if random.per_mille(500) { 'Х' } else { 'х' });
            "cyrillic-x"
        } else {
            out.push('x');
            "lower-x"
        };
    }
    match random.below(100) {
        ..34 => plain(id, out),
        34..46 => {
            grouped(id, &[6, 8, 4], " ", out);
            return "spaces";
        }
        46..54 => {
            grouped(id, &[6, 8, 4], "-", out);
            return "hyphens";
        }
        54..66 => {
            full_width(&id_text(id), out);
            return "full-width";
        }
        66..74 if id[6..8] == *b"19" => {
            plain(&id[..6], out);
            plain(&id[8..17], out);
            return "15-digits";
        }
        74..80 => {
            let invisible = random.pick(INVISIBLE);
            grouped(id, &[6, 8, 4], invisible, out);
            return "invisible";
        }
        80..84 => {
            grouped(id, &[6, 8, 4], "\u{a0}", out);
            return "no-break-spaces";
        }
        84..88 => {
            grouped(id, &[3, 3, 4, 4, 4], " ", out);
            return "spaces";
        }
        88..92 => {
            grouped(id, &[6, 4, 2, 2, 4], ".", out);
            return "dots";
        }
        92..100 if beside_word => {
            let right = check_character(id);
            while id[17] == right {
                id[17] = b"0123456789X"[random.index(11)];
            }
            plain(id, out);
            return "wrong-check-digit";
        }
        _ => plain(id, out),
    }
    "plain"
}

/// A mobile number in running text.
pub(super) fn mobile(mobile: u64, random: &mut Random, out: &mut String) -> &'static str {
    out.clear();
    let digits = mobile.to_string();
    let digits = digits.as_bytes();
    match random.below(100) {
        ..30 => {
            plain(digits, out);
            "plain"
        }
        30..42 => {
            grouped(digits, &[3, 4, 4], " ", out);
            "spaces"
        }
        42..52 => {
            grouped(digits, &[3, 4, 4], "-", out);
            "hyphens"
        }
        52..60 => {
            out.push_str("+86");
            plain(digits, out);
            "+86"
        }
        60..68 => {
            out.push_str("+86 ");
            grouped(digits, &[3, 4, 4], " ", out);
            "+86-spaces"
        }
        68..73 => {
            out.push_str("+86-");
            grouped(digits, &[3, 4, 4], "-", out);
            "+86-hyphens"
        }
        73..76 => {
            out.push_str("0086");
            plain(digits, out);
            "0086"
        }
        76..79 => {
            out.push_str("(+86)");
            plain(digits, out);
            "+86-brackets"
        }
        79..88 => {
            let mut half = String::new();
            plain(digits, &mut half);
            full_width(&half, out);
            "full-width"
        }
        88..91 => {
            let mut half = "+86 ".to_owned();
            grouped(digits, &[3, 4, 4], " ", &mut half);
            full_width(&half, out);
            "full-width-spaces"
        }
        91..95 => {
            grouped(digits, &[3, 4, 4], ".", out);
            "dots"
        }
        95..98 => {
            let invisible = random.pick(INVISIBLE);
            grouped(digits, &[3, 4, 4], invisible, out);
            "invisible"
        }
        _ => {
            grouped(digits, &[3, 4, 4], "\u{a0}", out);
            "no-break-spaces"
        }
    }
}

/// A mail address in running text.
pub(super) fn email(address: &str, random: &mut Random, out: &mut String) -> &'static str {
    out.clear();
    match random.below(100) {
        ..70 => {
            out.push_str(address);
            "plain"
        }
        70..80 => {
            out.push_str(&address.to_ascii_uppercase());
            "upper-case"
        }
        80..90 => {
            out.push_str(&address.replace('@', "＠"));
            "full-width-at"
        }
        90..95 => {
            full_width(address, out);
            "full-width"
        }
        _ => {
            out.push_str("mailto:");
            out.push_str(address);
            "mailto"
        }
    }
}

/// A landline number in running text.
pub(super) fn landline(
    dial: &str,
    local: &str,
    random: &mut Random,
    out: &mut String,
) -> &'static str {
    out.clear();
    match random.below(10) {
        ..5 => {
            out.push_str(dial);
            out.push('-');
            out.push_str(local);
            "hyphen"
        }
        5..7 => {
            out.push('(');
            out.push_str(dial);
            out.push(')');
            out.push_str(local);
            "brackets"
        }
        7 => {
            out.push_str("+86 ");
            out.push_str(dial.trim_start_matches('0'));
            out.push(' ');
            out.push_str(local);
            "+86-spaces"
        }
        8 => {
            out.push_str(dial);
            out.push(' ');
            grouped(local.as_bytes(), &[local.len() - 4, 4], " ", out);
            "spaces"
        }
        _ => {
            full_width(dial, out);
            out.push('－');
            full_width(local, out);
            "full-width"
        }
    }
}

/// A name in running text.
pub(super) fn name(name: &str, random: &mut Random, out: &mut String) -> &'static str {
    out.clear();
    let (between, form) = match random.below(10) {
        ..6 => {
            out.push_str(name);
            return "plain";
        }
        6..8 => (" ", "spaces"),
        8 => ("\u{3000}", "wide-spaces"),
        _ => ("\u{200b}", "invisible"),
    };
    for (at, c) in name.chars().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        out.push(c);
    }
    form
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn han_number(value: u32, out: &mut String) {
    let (tens, ones) = (value / 10, value % 10);
    if tens > 1 {
        out.push(NUMERALS[tens as usize % 10]);
    }
    if tens > 0 {
        out.push('十');
    }
    if ones > 0 || tens == 0 {
        out.push(NUMERALS[ones as usize]);
    }
}

/// A date's normalised form, YYYY-MM-DD.
pub(super) fn date_iso(day: Day, out: &mut String) {
    out.clear();
    // Writing to a String cannot fail, here and below.
    let _infallible = write!(out, "{}-{:02}-{:02}", day.year, day.month, day.day);
}

/// A birthday in running text.
pub(super) fn birthday(
    date: Day,
    english: bool,
    random: &mut Random,
    out: &mut String,
) -> &'static str {
    out.clear();
    let Day { year, month, day } = date;
    let written = MONTHS[(month as usize + 11) % 12];
    let (done, form) = match random.below(100) {
        ..15 => (write!(out, "{year}-{month:02}-{day:02}"), "iso"),
        15..30 if english => (write!(out, "{day} {written} {year}"), "english"),
        30..40 if english => (write!(out, "{written} {day}, {year}"), "american"),
        15..40 => (write!(out, "{year}年{month}月{day}日"), "han"),
        40..50 => (write!(out, "{year}年{month:02}月{day:02}日"), "han-padded"),
        50..65 => (write!(out, "{year}/{month}/{day}"), "slashes"),
        65..80 => (write!(out, "{year}.{month}.{day}"), "dots"),
        80..90 => (write!(out, "{year}{month:02}{day:02}"), "compact"),
        90..95 => {
            let mut half = String::new();
            let done = write!(half, "{year}年{month}月{day}日");
            full_width(&half, out);
            (done, "full-width")
        }
        _ => {
            for digit in year.to_string().bytes() {
                out.push(NUMERALS[usize::from(digit - b'0')]);
            }
            out.push('年');
            han_number(month, out);
            out.push('月');
            han_number(day, out);
            out.push('日');
            (Ok(()), "han-numerals")
        }
    };
    // Writing to a String cannot fail.
    if done.is_err() {
        out.clear();
    }
    form
}
