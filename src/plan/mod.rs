//! A policy compiled: what the engine runs and what every text is generated from.
//!
//! [`Plan::compile`] turns the words of a policy into treatments, closed forms,
//! row rules and tables; [`bind`] maps it onto a file's header. Nothing here
//! reads records or writes files.

pub mod bind;
pub mod check;
mod compile;
pub mod diff;
mod examples;
mod form;

pub mod record;
mod rows;

use std::sync::Arc;

pub use examples::run_examples;
pub use form::Form;

pub use rows::{RowCheck, Verdict};

use crate::kinds::KindOptions;
use crate::policy::model::{Class, Figure, Invalid, Policy};
use crate::treat::{Reader, Treat};

/// A compiled policy for one recipient.
pub struct Plan {
    /// The policy it was compiled from.
    pub policy: Arc<Policy>,
    /// The recipient whose codes and order it gives; `None` where the policy names none.
    pub recipient: Option<String>,
    /// Every column that the policy names, in the policy's order.
    pub columns: Vec<Column>,
    /// Columns that leave in rows, in the order of the output; empty without an extract.
    pub outputs: Vec<usize>,
    /// The subject's column.
    pub subject: Option<usize>,
    /// Row rules that hold for this recipient.
    pub rows: Vec<RowCheck>,
    /// Tables.
    pub tables: Vec<TablePlan>,
    /// Texts that mean "missing", trimmed.
    pub missing: Missing,
}

/// One column of the plan.
pub struct Column {
    /// Name in the input's header.
    pub name: String,
    /// Name in the output.
    pub output: String,
    /// Whether it leaves in rows.
    pub leaves: bool,
    /// How its values are read.
    pub reader: Reader,
    /// Whether the policy names the kind itself.
    pub kind_named: bool,
    /// What happens to its values.
    pub treat: Treat,
    /// What happens to values that do not fit.
    pub invalid: Invalid,
    /// Class in disclosure control, the default filled in.
    pub class: Class,
    /// The closed form that every cell of the output fits.
    pub form: Form,
    /// How its raw values are protected.
    pub protection: Protection,
    /// Whether its raw value is hunted in the record's own text.
    pub own_row: bool,
}

/// How the raw values of a column are protected by the leak check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// The value itself may leave.
    None,
    /// Of redacted text only the found spans are protected.
    Spans,
    /// Every value is strict: its kind has a value space of at least 10⁸.
    Strict,
    /// Values of at least [`STRICT_CHARACTERS`] folded characters are strict, the rest weak.
    ByLength,
    /// Dates, numbers, names: hunted in their own column and their own record's text.
    Weak,
}

/// Folded characters from which a protected text is strict.
pub const STRICT_CHARACTERS: usize = 8;

/// A table of the plan; one level a dimension.
pub struct TablePlan {
    /// Name, the file's stem.
    pub name: String,
    /// Dimensions.
    pub by: Vec<Dimension>,
    /// Figures, in the order of the output.
    pub figures: Vec<Figure>,
    /// Least persons behind each published figure.
    pub min: u64,
    /// Whether zero cells may be told from withheld ones.
    pub publish_zeros: bool,
    /// Whether withheld cells are listed by name.
    pub show_withheld: bool,
}

/// One dimension of a table.
pub struct Dimension {
    /// Column of the plan.
    pub column: usize,
    /// Name in the table.
    pub name: String,
    /// The form in which the table uses the column.
    pub treat: Treat,
    /// The closed form of its labels.
    pub form: Form,
    /// Whether the extract shows the column at the same or a finer level, so
    /// that its margin can be counted there.
    pub in_extract: bool,
}

/// The texts that mean "missing".
#[derive(Debug, Clone)]
pub struct Missing {
    words: Vec<String>,
    /// A bit for each length that a word has; the last stands for longer ones.
    lengths: u64,
}

impl Missing {
    /// Words are compared with trimmed values, case and width as written.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let words: Vec<String> = words.iter().map(|word| word.trim().to_owned()).collect();
        let lengths = words
            .iter()
            .fold(0, |lengths, word| lengths | 1 << word.len().min(63));
        Self { words, lengths }
    }

    /// Whether the value says that there is none.
    #[inline]
    #[must_use]
    pub fn is(&self, value: &str) -> bool {
        let inked = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let bytes = value.as_bytes();
        let tidy = if inked(bytes.first()) && inked(bytes.last()) {
            value
        } else {
            value.trim()
        };
        self.lengths >> tidy.len().min(63) & 1 == 1 && self.words.iter().any(|word| word == tidy)
    }
}

impl Plan {
    /// Whether a column asks for the record's own values in its text.
    #[must_use]
    pub fn redacts(&self) -> bool {
        self.columns
            .iter()
            .any(|column| matches!(column.treat, Treat::Redact(_)))
    }

    /// Columns over which classes of the extract are counted.
    #[must_use]
    pub fn quasi(&self) -> Vec<usize> {
        let is_quasi = |at: &usize| {
            self.columns
                .get(*at)
                .is_some_and(|c| c.class == Class::Quasi)
        };
        self.outputs.iter().copied().filter(is_quasi).collect()
    }

    /// Kinds in use, as `name@version`, sorted: their normalisation is part of what was run.
    #[must_use]
    pub fn kinds(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                format!(
                    "{}@{}",
                    column.reader.kind.name(),
                    column.reader.kind.version()
                )
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// A reader of a kind without options.
fn plain_reader(kind: &'static dyn crate::kinds::Kind) -> Reader {
    Reader {
        kind,
        options: KindOptions::default(),
    }
}
