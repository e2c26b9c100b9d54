//! The closed form of an output column: what every cell of it must fit.
//!
//! It stands in the manifest, so that a release can be checked without the
//! policy, and it is all that a recipient learns of a rule's parameters.

use crate::kinds::area::Level;
use serde::Serialize;

/// A closed form; an empty cell (missing or withheld) always fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub enum Form {
    /// A code of a domain.
    Code {
        /// The domain's prefix.
        prefix: String,
        /// Bits of the tag.
        bits: u32,
    },
    /// One of these.
    Values {
        /// Sorted by code point.
        values: Vec<String>,
    },
    /// A normalised value of a kind.
    Kind {
        /// The kind's name.
        kind: &'static str,
        /// Most characters, for text.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<usize>,
    },
    /// The whole cell matches.
    Pattern {
        /// In the syntax of the regex crate.
        pattern: String,
    },
    /// A span of the calendar.
    Date {
        /// `day`, `month`, `quarter`, `year`, `n-years`, `decade`.
        to: String,
    },
    /// Full years in bands of equal width.
    Age {
        /// Width in years.
        every: u32,
    },
    /// An area of a level: a place of the gazetteer, or a part of a postcode.
    Area {
        /// `county`, `city`, `province`, `sector`, `district`, `area`, `zip3`.
        to: String,
    },
    /// The first characters of a normalised value.
    Prefix {
        /// How many.
        characters: usize,
        /// Of which kind.
        kind: &'static str,
    },
    /// Covered, but for the ends.
    Mask {
        /// Characters shown at the start.
        first: usize,
        /// Characters shown at the end.
        last: usize,
        /// Covering character.
        with: char,
        /// Characters of every cell.
        length: usize,
    },
    /// A constant.
    Constant {
        /// The constant.
        value: String,
    },
    /// Running text from which identifiers were taken.
    Redacted {
        /// `kind`, `numbered` or `code`.
        labels: &'static str,
        /// What was looked for.
        find: Vec<String>,
        /// Of codes in brackets.
        #[serde(flatten)]
        codes: Option<CodesInText>,
    },
}

/// The codes that stand in brackets in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodesInText {
    /// The domain's prefix.
    pub prefix: String,
    /// Bits of the tag.
    pub bits: u32,
}

impl Form {
    /// Whether a raw text, folded or not, has the shape of what leaves in this
    /// form, so that the same text in the output is no sign that anything raw
    /// left. Generous: it tells shapes apart, it does not validate.
    #[must_use]
    pub fn looks_like(&self, text: &str) -> bool {
        match self {
            Form::Code { prefix, bits } => crate::key::CodeFormat::new(prefix, *bits)
                .is_some_and(|format| format.is_code(text)),
            Form::Values { values } => values
                .binary_search_by(|value| value.as_str().cmp(text))
                .is_ok(),
            Form::Kind { .. } | Form::Pattern { .. } | Form::Redacted { .. } => true,
            Form::Date { to } => {
                let shape: String = text
                    .chars()
                    .filter(|c| *c != '-')
                    .map(|c| if c.is_ascii_digit() { '0' } else { c })
                    .collect();
                match to.as_str() {
                    "day" => true,
                    "month" => shape == "000000",
                    "quarter" => shape.eq_ignore_ascii_case("0000q0"),
                    "year" => shape == "0000",
                    _ => shape == "00000000",
                }
            }
            Form::Age { .. } => text.contains("to") || text.len() <= 3,
            Form::Area { to } => Level::parse(to).is_some_and(|level| {
                level.is_area(text) || level.is_area(&text.to_ascii_uppercase())
            }),
            Form::Prefix { characters, .. } => text.chars().count() <= *characters,
            Form::Mask {
                first,
                last,
                with,
                length,
            } => {
                let covered = length.saturating_sub(first + last);
                text.chars().count() == *length
                    && text.chars().skip(*first).take(covered).all(|c| c == *with)
            }
            Form::Constant { value } => value == text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn raw_texts_that_could_be_released_cells_are_told_from_those_that_could_not() {
        let date = |to: &str| Form::Date { to: to.to_owned() };
        assert!(date("year").looks_like("1950"));
        assert!(!date("year").looks_like("1950-03-09"));
        assert!(date("month").looks_like("1950-03") && date("month").looks_like("195003"));
        assert!(date("day").looks_like("19500309"));
        assert!(!date("5-years").looks_like("1950/3/9"));
        let values = Form::Values {
            values: vec!["a".into(), "b".into()],
        };
        assert!(values.looks_like("b") && !values.looks_like("c"));
        let prefix = Form::Prefix {
            characters: 1,
            kind: "text",
        };
        assert!(prefix.looks_like("汉") && !prefix.looks_like("汉族"));
    }
}
