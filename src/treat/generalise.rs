//! `generalise`: a coarser value. Also how tables may use a column.

use std::fmt::Write as _;
use std::sync::Arc;

use hashbrown::HashMap;

use super::{Context, Reader, compare_decimals};
use crate::kinds::Misfit;
use crate::kinds::area::Level;
use crate::kinds::date::CivilDate;

/// Spans of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// `1975-03-09`
    Day,
    /// `1975-03`
    Month,
    /// `1975-Q1`
    Quarter,
    /// `1975`
    Year,
    /// `1975-1979`: n years from a multiple of n.
    Years(u32),
}

/// A list of rising limits and the label of each half-open band between them.
pub struct Bands {
    limits: Vec<String>,
    labels: Vec<String>,
}

impl Bands {
    /// Number bands: `18 to <65`, and `65 and over` for the last. The limits
    /// rise and are canonical decimals.
    #[must_use]
    pub fn numbers(limits: Vec<String>) -> Self {
        let labels = limits
            .iter()
            .enumerate()
            .map(|(at, from)| match limits.get(at + 1) {
                Some(to) => format!("{from} to <{to}"),
                None => format!("{from} and over"),
            })
            .collect();
        Self { limits, labels }
    }

    /// Age bands: `18 to 64`, and `65 and over` for the last. The limits rise.
    #[must_use]
    pub fn ages(limits: &[u32]) -> Self {
        let labels = limits
            .iter()
            .enumerate()
            .map(|(at, from)| match limits.get(at + 1) {
                Some(to) if to - from == 1 => from.to_string(),
                Some(to) => format!("{from} to {}", to - 1),
                None => format!("{from} and over"),
            })
            .collect();
        Self {
            limits: limits.iter().map(u32::to_string).collect(),
            labels,
        }
    }

    /// The labels, lowest band first.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    fn label(&self, number: &str) -> Result<&str, Misfit> {
        let reached = self
            .limits
            .iter()
            .take_while(|limit| compare_decimals(limit, number).is_le());
        let band = reached.count().checked_sub(1).ok_or(Misfit::OutOfRange)?;
        self.labels
            .get(band)
            .map(String::as_str)
            .ok_or(Misfit::OutOfRange)
    }
}

/// A table of values and their general forms, from a map or a hierarchy file.
pub type Lookup = Arc<HashMap<String, String>>;

/// How a value is made coarser.
pub enum Rule {
    /// A date to a span of the calendar.
    Calendar(Calendar),
    /// A birth date to the band of the age reached on the day `at`.
    Age {
        /// The day.
        at: CivilDate,
        /// The bands.
        bands: AgeBands,
    },
    /// A number to its band.
    Numbers(Bands),
    /// A normalised value to its general form.
    Lookup(Lookup),
    /// The first characters of the normalised value.
    Prefix(usize),
    /// The area in which an address, a postcode or a code lies.
    Area(Level),
}

/// Bands of age in full years.
pub enum AgeBands {
    /// `30 to 39`, every so many years from 0.
    Every(u32),
    /// Written limits.
    Limits(Bands),
}

/// A generalised column.
pub struct Generalise {
    reader: Reader,
    rule: Rule,
}

impl Generalise {
    /// Calendar and age rules need a reader of kind `date`, bands of kind `number`.
    #[must_use]
    pub fn new(reader: Reader, rule: Rule) -> Self {
        Self { reader, rule }
    }

    pub(super) fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        self.reader.normalise(value, &mut context.normal)?;
        let normal = context.normal.as_str();
        match &self.rule {
            Rule::Calendar(level) => write_span(*level, date(normal)?, out),
            Rule::Age { at, bands } => {
                let age = age_on(date(normal)?, *at)?;
                match bands {
                    AgeBands::Every(1) => push_number(out, age),
                    AgeBands::Every(width) => {
                        let from = age - age % width;
                        push_number(out, from);
                        out.push_str(" to ");
                        push_number(out, from + width - 1);
                    }
                    AgeBands::Limits(bands) => out.push_str(bands.label(&age.to_string())?),
                }
            }
            Rule::Numbers(bands) => out.push_str(bands.label(normal)?),
            Rule::Lookup(table) => out.push_str(table.get(normal).ok_or(Misfit::NotListed)?),
            Rule::Area(level) => level.write(self.reader.kind.name(), normal, out)?,
            Rule::Prefix(characters) => out.extend(normal.chars().take(*characters)),
        }
        Ok(())
    }
}

fn date(normal: &str) -> Result<CivilDate, Misfit> {
    CivilDate::parse(normal)
}

/// Full years from `birth` to `day`; a birth after the day is out of range.
fn age_on(birth: CivilDate, day: CivilDate) -> Result<u32, Misfit> {
    let had_birthday = (day.month, day.day) >= (birth.month, birth.day);
    let years = i32::from(day.year) - i32::from(birth.year) - i32::from(!had_birthday);
    u32::try_from(years).map_err(|_| Misfit::OutOfRange)
}

impl Calendar {
    /// Appends the label of the span in which a day lies.
    pub fn write(self, date: CivilDate, out: &mut String) {
        write_span(self, date, out);
    }
}

fn write_span(level: Calendar, date: CivilDate, out: &mut String) {
    let year = u32::try_from(date.year).unwrap_or_default();
    match level {
        Calendar::Day => date.write(out),
        Calendar::Month => {
            push_year(out, year);
            out.push('-');
            out.push(char::from(b'0' + date.month / 10));
            out.push(char::from(b'0' + date.month % 10));
        }
        Calendar::Quarter => {
            push_year(out, year);
            out.push_str("-Q");
            out.push(char::from(b'1' + (date.month - 1) / 3));
        }
        Calendar::Year => push_year(out, year),
        Calendar::Years(n) => {
            let from = year - year % n;
            push_year(out, from);
            out.push('-');
            push_year(out, from + n - 1);
        }
    }
}

fn push_year(out: &mut String, year: u32) {
    for unit in [1000, 100, 10, 1] {
        out.push(char::from(
            b'0' + u8::try_from(year / unit % 10).unwrap_or_default(),
        ));
    }
}

fn push_number(out: &mut String, number: u32) {
    // Writing to a String cannot fail.
    write!(out, "{number}").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: u8, day: u8) -> CivilDate {
        CivilDate { year, month, day }
    }

    fn span(level: Calendar) -> String {
        let mut out = String::new();
        write_span(level, day(1975, 3, 9), &mut out);
        out
    }

    #[test]
    fn spans_of_the_calendar_are_written_as_specified() {
        let levels = [
            (Calendar::Day, "1975-03-09"),
            (Calendar::Month, "1975-03"),
            (Calendar::Quarter, "1975-Q1"),
            (Calendar::Year, "1975"),
            (Calendar::Years(5), "1975-1979"),
            (Calendar::Years(10), "1970-1979"),
            (Calendar::Years(7), "1974-1980"),
        ];
        for (level, expected) in levels {
            assert_eq!(span(level), expected, "{level:?}");
        }
    }

    #[test]
    fn an_age_counts_full_years_to_the_day() {
        assert_eq!(age_on(day(1975, 3, 9), day(2026, 3, 8)).ok(), Some(50));
        assert_eq!(age_on(day(1975, 3, 9), day(2026, 3, 9)).ok(), Some(51));
        assert_eq!(age_on(day(2000, 2, 29), day(2001, 2, 28)).ok(), Some(0));
        assert!(age_on(day(2026, 3, 9), day(2026, 3, 8)).is_err());
    }

    #[test]
    fn number_bands_are_half_open_and_exact() {
        let bands = Bands::numbers(vec!["0".into(), "18".into(), "65".into()]);
        assert_eq!(bands.labels(), ["0 to <18", "18 to <65", "65 and over"]);
        for (number, label) in [
            ("0", "0 to <18"),
            ("17.999999999999999999", "0 to <18"),
            ("18", "18 to <65"),
            ("65", "65 and over"),
        ] {
            assert_eq!(bands.label(number).ok(), Some(label), "{number}");
        }
        assert!(bands.label("-0.1").is_err());
    }

    #[test]
    fn age_bands_speak_in_whole_years() {
        assert_eq!(
            Bands::ages(&[0, 18, 19, 85]).labels(),
            ["0 to 17", "18", "19 to 84", "85 and over"]
        );
    }
}
