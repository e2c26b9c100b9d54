//! The closed form of an output column: what every cell of it must fit.
//!
//! It stands in the manifest, so that a release can be checked without the
//! policy, and it is all that a recipient learns of a rule's parameters.

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
        /// `kind` or `numbered`.
        labels: &'static str,
        /// What was looked for.
        find: Vec<String>,
    },
}
