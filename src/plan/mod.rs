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
mod holds;
pub mod lint;

pub mod record;
mod rows;
mod steps;

use std::sync::{Arc, OnceLock};

pub use compile::TOTAL_LABEL;
pub use examples::run_examples;
pub use form::Form;

pub use rows::{RowCheck, Verdict};
pub use steps::Ladder;

use crate::kinds::KindOptions;
use crate::kinds::register::Names;
use crate::policy::model::{self, Class, Dominance, General, Invalid, Noise, Policy, Protect};
use crate::tally::{Diversity, Earlier, RowLimits};
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
    /// What is read of each record for the tables, once for all of them.
    pub sources: Sources,
    /// Texts that mean "missing", trimmed.
    pub missing: Missing,
    /// Names of the whole register, where a text is searched for them.
    pub register: Option<Register>,
    diverse: Vec<usize>,
    quasi_count: usize,
    suppresses: bool,
    /// By column, where columns may become coarser; else empty.
    ladders: Vec<Option<Ladder>>,
    /// What earlier releases show of the same codes, where a run was given any.
    pub earlier: Option<Arc<Earlier>>,
    /// Their policies, for readers.
    pub joins: Vec<String>,
}

/// Names that are gathered in a reading of their own, before texts are redacted.
pub struct Register {
    /// Columns that hold the names.
    pub columns: Vec<usize>,
    /// Columns of text that are searched for them.
    pub texts: Vec<usize>,
    /// The dictionary, once it is made.
    pub names: Arc<OnceLock<Arc<Names>>>,
    /// What the first reading read, file by file: SHA-256 and bytes.
    pub digests: OnceLock<Vec<([u8; 32], u64)>>,
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

/// A table of the plan.
pub struct TablePlan {
    /// Name, the file's stem.
    pub name: String,
    /// The levels of all dimensions, in the order of the table's columns.
    pub by: Vec<Dimension>,
    /// Levels of each dimension; they stand one after the other in `by`, broad to fine.
    pub depths: Vec<usize>,
    /// Figures, in the order of the output.
    pub figures: Vec<Counted>,
    /// Of each column whose distinct values are counted, its place in [`Sources::values`].
    pub distinct: Vec<usize>,
    /// Of each column that is summed, its place in [`Sources::amounts`].
    pub sums: Vec<usize>,
    /// Least persons behind each published figure.
    pub min: u64,
    /// Whether zero cells may be told from withheld ones.
    pub publish_zeros: bool,
    /// Whether withheld cells are listed by name.
    pub show_withheld: bool,
    /// Whether totals over each dimension are figures too.
    pub totals: bool,
    /// How it is protected.
    pub protect: Protect,
    /// What its noise is like, where the policy says.
    pub noise: Option<Noise>,
    /// Rules against large contributors to sums.
    pub dominance: Vec<Dominance>,
}

/// A figure of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// Distinct subjects.
    Persons,
    /// Records.
    Records,
    /// Distinct values: place in [`TablePlan::distinct`], name of the column in the output.
    Distinct(usize, String),
    /// A sum: place in [`TablePlan::sums`], name of the column in the output.
    Sum(usize, String),
    /// A mean: place in [`TablePlan::sums`], name of the column in the output.
    Mean(usize, String),
}

impl Counted {
    /// Its name in the table's header.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Counted::Persons => "persons".to_owned(),
            Counted::Records => "records".to_owned(),
            Counted::Distinct(_, column) => format!("distinct_{column}"),
            Counted::Sum(_, column) => format!("sum_{column}"),
            Counted::Mean(_, column) => format!("mean_{column}"),
        }
    }
}

/// What the tables of a release read of a record.
#[derive(Default)]
pub struct Sources {
    /// Columns whose values become labels.
    pub labels: Vec<Source>,
    /// Columns whose distinct values are counted.
    pub values: Vec<Source>,
    /// Columns that are summed.
    pub amounts: Vec<usize>,
    /// A label that no value may have, since tables of the release have totals.
    pub reserved: Option<&'static str>,
    /// Whether cells need the keys of their records.
    pub record_keys: bool,
}

/// A column in the form in which tables use it.
pub struct Source {
    /// Column of the plan.
    pub column: usize,
    /// A form coarser than the column's own in tables.
    pub to: Option<General>,
    /// The form.
    pub treat: Treat,
}

/// One level of a dimension of a table.
pub struct Dimension {
    /// Column of the plan.
    pub column: usize,
    /// A form coarser than the column's own in tables.
    pub to: Option<General>,
    /// Name in the table.
    pub name: String,
    /// Its place in [`Sources::labels`].
    pub source: usize,
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
    /// First bytes of the words that are not empty.
    firsts: [bool; 256],
}

impl Missing {
    /// Words are compared with trimmed values, case and width as written.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let words: Vec<String> = words.iter().map(|word| word.trim().to_owned()).collect();
        let lengths = words
            .iter()
            .fold(0, |lengths, word| lengths | 1 << word.len().min(63));
        let mut firsts = [false; 256];
        for first in words.iter().filter_map(|word| word.bytes().next()) {
            firsts[usize::from(first)] = true;
        }
        Self {
            words,
            lengths,
            firsts,
        }
    }

    /// Whether the value says that there is none.
    #[inline]
    #[must_use]
    pub fn is(&self, value: &str) -> bool {
        let tidy = if is_tidy(value.as_bytes()) {
            value
        } else {
            value.trim()
        };
        self.lengths >> tidy.len().min(63) & 1 == 1
            && tidy
                .bytes()
                .next()
                .is_none_or(|first| self.firsts[usize::from(first)])
            && self.words.iter().any(|word| word == tidy)
    }
}

impl TablePlan {
    /// Whether any row of the table is a total of others.
    #[must_use]
    pub fn has_totals(&self) -> bool {
        self.totals || self.depths.iter().any(|depth| *depth > 1)
    }
}

/// Whether a text surely neither begins nor ends with white space: no white
/// space begins with the bytes C3 to E0 or E4 to FF, and a character of three
/// bytes that begins so ends the text.
#[inline]
fn is_tidy(bytes: &[u8]) -> bool {
    let Some((first, last)) = bytes.first().zip(bytes.last()) else {
        return true;
    };
    let begins = first.is_ascii_graphic() || matches!(first, 0xC3..=0xE0 | 0xE4..);
    let ends = last.is_ascii_graphic() || matches!(bytes.last_chunk(), Some([0xE4..=0xEF, _, _]));
    begins && ends
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

    /// Sensitive columns that leave, where a limit asks for their diversity.
    #[must_use]
    pub fn diverse(&self) -> &[usize] {
        &self.diverse
    }

    /// Quasi columns that leave.
    #[must_use]
    pub fn quasi_count(&self) -> usize {
        self.quasi_count
    }

    /// Whether the limits ask for the cells of a class, and not for classes alone.
    #[must_use]
    pub fn by_cell(&self) -> bool {
        self.suppresses || self.coarsens()
    }

    /// Whether single values may be emptied to meet the limits.
    #[must_use]
    pub fn suppresses(&self) -> bool {
        self.suppresses
    }

    /// What the rows that leave must satisfy, where the policy limits them.
    #[must_use]
    pub fn row_limits(&self) -> Option<RowLimits> {
        let risk = self.policy.extract.as_ref()?.risk.as_ref()?;
        Some(RowLimits {
            k: risk.people(),
            l: risk.l.as_ref().map(|l| match l.value {
                model::Diversity::Distinct(l) => Diversity::Distinct(l),
                model::Diversity::Entropy(l) => Diversity::Entropy(l),
            }),
            linked: self.rows_are_linked(),
        })
    }

    /// Whether a recipient can tell that several rows are one subject's: a code
    /// or the subject's own column leaves.
    #[must_use]
    pub fn rows_are_linked(&self) -> bool {
        self.subject.is_some()
            && self.outputs.iter().any(|at| {
                self.subject == Some(*at)
                    || self.columns.get(*at).is_some_and(|column| {
                        // A person's own code in their own text links rows too.
                        matches!(column.treat, Treat::Pseudonymise(_))
                            || matches!(column.form, form::Form::Redacted { codes: Some(_), .. })
                    })
            })
    }

    /// The column of the subject's codes, where it leaves.
    #[must_use]
    pub fn subject_code(&self) -> Option<usize> {
        let subject = self.subject.filter(|at| self.outputs.contains(at))?;
        let column = self.columns.get(subject)?;
        matches!(column.treat, Treat::Pseudonymise(_)).then_some(subject)
    }

    /// Cells that a class is made of: quasi columns, and what earlier releases show.
    #[must_use]
    pub fn cells_of_a_class(&self) -> usize {
        self.quasi_count + usize::from(self.earlier.is_some())
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
