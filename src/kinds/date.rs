//! The kind `date`: days of the calendar, read from five written forms or a
//! declared format, written YYYY-MM-DD.
//!
//! Read, to the letter: `YYYY-MM-DD` (two digits each), `YYYY/M/D`,
//! `YYYY.M.D` and `YYYY年M月D日` (one or two digits each), `YYYYMMDD`. Digits
//! of every script and full-width forms are folded, format characters dropped,
//! white space at the ends trimmed; nothing else is guessed at. Other forms
//! need `format` on the column ([`DateFormat`]). Years are 0001 to 9999 of the
//! Gregorian calendar; 30 February does not exist and is refused.

use super::unicode::{digit_value, is_format, narrow};
use super::{Facts, Kind, KindOptions, Misfit, facts};
use std::fmt;

/// `date`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Date;

impl Kind for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        if opt.date_format.is_none()
            && let Some(day) = CivilDate::parse_iso(value)
        {
            // As most are written: nothing to fold.
            day?;
            out.push_str(value);
            return Ok(());
        }
        CivilDate::read(value, opt.date_format.as_ref())?.write(out);
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    /// Days of about 125 years: birthdays of the living.
    fn space(&self) -> Option<f64> {
        Some(45_656.0)
    }

    fn facts(&self) -> &Facts {
        &facts::DATE
    }
}

/// A day of the Gregorian calendar, years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CivilDate {
    /// 1 to 9999.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A date may be a value from a file: `Debug` shows none of it.
impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CivilDate")
    }
}

impl CivilDate {
    /// The day, if the calendar has it and the year is 1 to 9999.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        ((1..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month))
            .then_some(Self { year, month, day })
    }

    /// Reads one of the five written forms.
    ///
    /// # Errors
    /// [`Misfit::Empty`], [`Misfit::Form`] where it is none of the forms,
    /// [`Misfit::Date`] where the calendar has no such day.
    pub fn parse(value: &str) -> Result<Self, Misfit> {
        if let Some(day) = Self::parse_iso(value) {
            return day;
        }
        let mut folded = ['\0'; 12];
        let mut n = 0;
        for c in value.trim().chars() {
            if is_format(c) {
                continue;
            }
            let c = match digit_value(c) {
                Some(d) => char::from(b'0' + d),
                None => narrow(c),
            };
            *folded.get_mut(n).ok_or(Misfit::Form)? = c;
            n += 1;
        }
        let text = folded.get(..n).unwrap_or_default();
        if text.is_empty() {
            return Err(Misfit::Empty);
        }
        let run = |from: usize| {
            text.iter()
                .skip(from)
                .take_while(|c| c.is_ascii_digit())
                .count()
        };
        let value = |from: usize, len: usize| {
            text.iter()
                .skip(from)
                .take(len)
                .fold(0u32, |sum, &c| sum * 10 + c.to_digit(10).unwrap_or(0))
        };
        let at = |i: usize| text.get(i).copied();
        let first = run(0);
        if first == 8 && n == 8 {
            return split(value(0, 8));
        }
        if first != 4 {
            return Err(Misfit::Form);
        }
        let (mark, month_mark, end) = match at(4) {
            Some('-') => ('-', '-', None),
            Some('/') => ('/', '/', None),
            Some('.') => ('.', '.', None),
            Some('年') => ('年', '月', Some('日')),
            _ => return Err(Misfit::Form),
        };
        let month_len = run(5);
        let day_at = 5 + month_len + 1;
        let day_len = run(day_at);
        let len_fits = |len: usize| {
            if mark == '-' {
                len == 2
            } else {
                len == 1 || len == 2
            }
        };
        let stop = day_at + day_len;
        if !len_fits(month_len)
            || !len_fits(day_len)
            || at(day_at - 1) != Some(month_mark)
            || at(stop) != end
            || n != stop + usize::from(end.is_some())
        {
            return Err(Misfit::Form);
        }
        split(value(0, 4) * 10_000 + value(5, month_len) * 100 + value(day_at, day_len))
    }

    /// Reads YYYY-MM-DD in ASCII; `None` where it is anything else.
    #[inline]
    fn parse_iso(value: &str) -> Option<Result<Self, Misfit>> {
        match *value.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                decimal([y1, y2, y3, y4, m1, m2, d1, d2]).map(split)
            }
            _ => None,
        }
    }

    /// Reads by a declared format where there is one, else the five forms.
    ///
    /// # Errors
    /// As [`CivilDate::parse`]. A declared format replaces the five forms.
    pub fn read(value: &str, format: Option<&DateFormat>) -> Result<Self, Misfit> {
        match format {
            None => Self::parse(value),
            Some(format) => format.read(value),
        }
    }

    /// Days since 1970-01-01; earlier days are negative.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// `days_from_civil`.
    #[must_use]
    pub fn to_days(self) -> i32 {
        let year = i32::from(self.year) - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (i32::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i32::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day that lies `days` after 1970-01-01, if its year is 1 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + i32::from(month <= 2);
        Self::new(
            i16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }

    /// Appends YYYY-MM-DD.
    pub fn write(self, out: &mut String) {
        let digit = |n: i16| b'0' + (n % 10) as u8;
        let (y, m, d) = (self.year, i16::from(self.month), i16::from(self.day));
        let bytes = [
            digit(y / 1000),
            digit(y / 100),
            digit(y / 10),
            digit(y),
            b'-',
            digit(m / 10),
            digit(m),
            b'-',
            digit(d / 10),
            digit(d),
        ];
        out.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
    }
}

/// Days of a month; 0 for a month that does not exist.
pub(crate) fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

fn decimal(bytes: [u8; 8]) -> Option<u32> {
    let mut sum = 0u32;
    for b in bytes {
        let d = b.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        // At most 99,999,999: nothing wraps.
        sum = sum.wrapping_mul(10).wrapping_add(u32::from(d));
    }
    Some(sum)
}

/// YYYYMMDD as a number into a day.
fn split(number: u32) -> Result<CivilDate, Misfit> {
    CivilDate::new(
        (number / 10_000) as i16,
        (number / 100 % 100) as u8,
        (number % 100) as u8,
    )
    .ok_or(Misfit::Date)
}

/// How the dates of a column are written, in `strftime` words, `%d.%m.%Y`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat(String);

impl DateFormat {
    /// Takes a format and tries it: three known days must survive being
    /// written and read. A format without year, month or day, or with a year
    /// of two digits, whose century would be a guess, does not pass.
    ///
    /// # Errors
    /// Says what the format lacks; it carries words of the policy only.
    pub fn parse(format: &str) -> Result<Self, DateFormatError> {
        for (year, month, day) in [(1931, 12, 29), (1999, 1, 2), (2008, 2, 28)] {
            let date = jiff::civil::date(year, month, day);
            // Times of day may stand in the format; they are read and let go.
            let written =
                jiff::fmt::strtime::format(format, date.at(13, 14, 15, 0)).map_err(|error| {
                    DateFormatError {
                        why: error.to_string(),
                    }
                })?;
            let read =
                jiff::civil::Date::strptime(format, &written).map_err(|error| DateFormatError {
                    why: error.to_string(),
                })?;
            if read != date {
                let why =
                    "it does not say the whole day: year of four digits, month and day are needed";
                return Err(DateFormatError {
                    why: why.to_owned(),
                });
            }
        }
        Ok(Self(format.to_owned()))
    }

    /// The format as the policy wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a date; full-width forms and digits of every script are folded
    /// and the ends trimmed first. Years before 1000 are refused: they are
    /// years of two digits that met `%Y`.
    ///
    /// # Errors
    /// [`Misfit::Empty`]; [`Misfit::Form`] for what the format does not read,
    /// days that do not exist included; [`Misfit::Date`] for the year.
    pub fn read(&self, value: &str) -> Result<CivilDate, Misfit> {
        let value = value.trim();
        let folded: String;
        let text = if value.is_ascii() {
            value
        } else {
            folded = value
                .chars()
                .filter(|&c| !is_format(c))
                .map(|c| digit_value(c).map_or_else(|| narrow(c), |d| char::from(b'0' + d)))
                .collect();
            folded.trim()
        };
        if text.is_empty() {
            return Err(Misfit::Empty);
        }
        let read = jiff::civil::Date::strptime(&self.0, text).map_err(|_| Misfit::Form)?;
        if read.year() < 1000 {
            return Err(Misfit::Date);
        }
        CivilDate::new(
            read.year(),
            read.month().unsigned_abs(),
            read.day().unsigned_abs(),
        )
        .ok_or(Misfit::Date)
    }
}

/// Why a `format` cannot be used. It holds words of a policy, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormatError {
    why: String,
}

impl fmt::Display for DateFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this date format cannot be read back: {}", self.why)
    }
}

impl std::error::Error for DateFormatError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(value: &str) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        Date.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    fn with_format(format: &str, value: &str) -> Result<String, Misfit> {
        let opt = KindOptions {
            date_format: Some(DateFormat::parse(format).unwrap()),
            region: None,
        };
        let mut out = String::new();
        Date.normalise(value, &opt, &mut out)?;
        Ok(out)
    }

    #[test]
    fn the_five_forms_are_read() {
        for value in [
            "1975-03-09",
            "1975/3/9",
            "1975/03/09",
            "1975.3.9",
            "1975.03.9",
            "19750309",
            "1975年3月9日",
            "1975年03月09日",
            " 1975-03-09\t",
            "１９７５－０３－０９",
            "１９７５年３月９日",
            "١٩٧٥/٣/٩",
            "\u{200E}1975\u{200E}/\u{200E}3/9",
        ] {
            assert_eq!(date(value).as_deref(), Ok("1975-03-09"), "{value}");
        }
    }

    #[test]
    fn other_forms_need_a_format() {
        for value in [
            "1975-3-9",
            "1975-03-9",
            "09.03.1975",
            "3/9/1975",
            "75-03-09",
            "1975-03",
            "1975",
            "197503",
            "1975-03-09 00:00:00",
            "1975-03/09",
            "1975/03-09",
            "1975.03/09",
            "1975年3月9号",
            "1975年3月9",
            "1975 年 3 月 9 日",
            "1975-03-09-",
            "-1975-03-09",
            "01975-03-09",
            "1975030９1",
            "abcd-ef-gh",
            "1975//9",
            "1975/3/",
            "1975/003/9",
            "1975-03-09x",
            "197５-0a-09",
            "二〇〇一年一月一日",
        ] {
            assert_eq!(date(value), Err(Misfit::Form), "{value}");
        }
        assert_eq!(date("  "), Err(Misfit::Empty));
        assert_eq!(
            with_format("%d.%m.%Y", "09.03.1975").as_deref(),
            Ok("1975-03-09")
        );
        assert_eq!(
            with_format("%d.%m.%Y", "9.3.1975").as_deref(),
            Ok("1975-03-09")
        );
        assert_eq!(
            with_format("%Y-%m-%d %H:%M:%S", "1975-03-09 00:00:00").as_deref(),
            Ok("1975-03-09")
        );
        assert_eq!(
            with_format("%d %B %Y", "9 March 1975").as_deref(),
            Ok("1975-03-09")
        );
        assert_eq!(
            with_format("%d.%m.%Y", "０９．０３．１９７５").as_deref(),
            Ok("1975-03-09")
        );
        assert_eq!(with_format("%d.%m.%Y", "1975-03-09"), Err(Misfit::Form));
        assert_eq!(with_format("%d.%m.%Y", "30.02.1975"), Err(Misfit::Form));
        assert!(with_format("%d.%m.%Y", "09.03.75").is_err());
    }

    #[test]
    fn a_format_must_say_the_whole_day() {
        for bad in [
            "%d.%m.%y", "%m.%Y", "%Y", "", "%H:%M", "nonsense", "%Q", "%d.%m.",
        ] {
            assert!(DateFormat::parse(bad).is_err(), "{bad}");
        }
        assert!(DateFormat::parse("%Y年%m月%d日").is_ok());
        assert!(DateFormat::parse("%Y%j").is_ok());
    }

    #[test]
    fn the_calendar_is_real() {
        for value in [
            "1975-02-29",
            "1900-02-29",
            "1975-13-01",
            "1975-00-10",
            "1975-04-31",
            "1975-01-00",
            "0000-01-01",
            "20010230",
            "2001年2月30日",
        ] {
            assert_eq!(date(value), Err(Misfit::Date), "{value}");
        }
        assert_eq!(date("2000-02-29").as_deref(), Ok("2000-02-29"));
        assert_eq!(date("0001-01-01").as_deref(), Ok("0001-01-01"));
        assert_eq!(date("9999-12-31").as_deref(), Ok("9999-12-31"));
    }

    #[test]
    fn every_day_of_9999_years_goes_to_days_and_back_as_jiff_counts_them() {
        let mut days = CivilDate::new(1, 1, 1).unwrap().to_days();
        assert_eq!(days, -719_162);
        assert!(CivilDate::from_days(days - 1).is_none());
        let mut day = jiff::civil::date(1, 1, 1);
        loop {
            let ours = CivilDate::from_days(days).unwrap();
            assert_eq!(
                (ours.year, ours.month as i8, ours.day as i8),
                (day.year(), day.month(), day.day())
            );
            assert_eq!(ours.to_days(), days);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            days += 1;
        }
        assert_eq!(CivilDate::new(1970, 1, 1).unwrap().to_days(), 0);
        assert!(CivilDate::from_days(days + 1).is_none());
    }

    #[test]
    fn debug_does_not_show_the_day() {
        assert_eq!(
            format!("{:?}", CivilDate::new(1975, 3, 9)),
            "Some(CivilDate)"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_is_stable(value in "[0-9０-９年月日/.\\-]{0,12}") {
            if let Ok(form) = date(&value) {
                prop_assert_eq!(date(&form), Ok(form.clone()));
            }
        }
    }
}
