//! What is in a file, without a value of it: `profile` and `draft`.
//!
//! One streaming pass counts, column by column, how full it is, how many
//! distinct values it has, how they are written (as masked shapes), which
//! kinds they fit and how often chance would; it compares what numbers tell
//! with the columns that claim it, and collects signs of damage, of invention
//! and of marking. From that a policy is drafted in which everything that
//! could hold a person is dropped until somebody gives a reason.
//!
//! What leaves this room holds names of columns, counts, shares and masked
//! shapes. A value never does; the only words shown that may also stand in
//! cells are the program's own list of words for "nothing". Hashes are keyed
//! with a key that is drawn for the profile and gone with it. May not know a
//! policy, a treatment or a release.

mod count;
mod draft;
mod judge;
mod look;
mod page;
mod shape;
mod sketch;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod value;
mod words;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use crate::input::{ReadError, Reading};
use crate::kinds::Region;

/// What to profile.
pub struct Request<'a> {
    /// Files of one schema; `-` is standard input.
    pub inputs: &'a [PathBuf],
    /// How they are read.
    pub reading: &'a Reading,
    /// Country of telephone numbers written without one; where absent, files
    /// written in Chinese are read as those of China, and the profile says so.
    pub region: Option<Region>,
    /// Workers; the counts are the same with any number.
    pub threads: NonZeroUsize,
    /// Raised to stop.
    pub interrupted: &'a AtomicBool,
    /// Told how far it is, on the calling thread.
    pub watch: &'a dyn Fn(Progress),
}

/// How far a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records so far.
    pub records: u64,
    /// Bytes as they lie on disk.
    pub bytes: u64,
    /// Bytes of all files, where known.
    pub total: Option<u64>,
}

/// Why there is no profile. Holds places and reasons, never text of a cell.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// A file cannot be read.
    #[error("{file}: {error}")]
    Read {
        /// Its name.
        file: String,
        /// Why.
        #[source]
        error: ReadError,
    },
    /// Files with different columns.
    #[error("{0}: its columns are not those of the first file")]
    Columns(String),
    /// Interrupted from outside.
    #[error("interrupted")]
    Interrupted,
    /// A thread panicked.
    #[error("a worker failed")]
    Panicked,
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers, and nothing is hashed without a key")]
    NoRandomness,
}

/// What is in the files.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// `urn:offrecord:profile:1`.
    pub format: &'static str,
    /// Files.
    pub files: usize,
    /// Bytes as they lie on disk.
    pub bytes: u64,
    /// Records, those that cannot be read included.
    pub records: u64,
    /// Blank lines.
    pub blank_lines: u64,
    /// Records that cannot be read for certain, by reason.
    pub unreadable: BTreeMap<String, u64>,
    /// Country of numbers written without one.
    pub region: Option<String>,
    /// Whether the region was taken from the writing.
    pub region_from_writing: bool,
    /// Columns in the order of the file.
    pub columns: Vec<ColumnProfile>,
    /// What columns say of each other.
    pub person: Option<PersonProfile>,
    /// What a reader should know first.
    pub signs: Vec<Sign>,
}

/// One column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnProfile {
    /// Its name in the header.
    pub name: String,
    /// What the header says, and by which word.
    pub header: Option<Header>,
    /// Cells that are not empty.
    pub filled: u64,
    /// Share of records in which it is filled.
    pub fill: f64,
    /// Distinct values.
    pub distinct: Count,
    /// Lengths in characters.
    pub length: Lengths,
    /// Frequent shapes.
    pub shapes: Vec<Share>,
    /// What it is taken for.
    pub verdict: Verdict,
    /// Kinds that values fit, the chosen one first, with the reason against
    /// each of the others.
    pub kinds: Vec<KindProfile>,
    /// Frequent values, as shapes.
    pub frequent: Vec<Frequent>,
    /// How values are written, by what is odd about it.
    pub writing: BTreeMap<&'static str, u64>,
    /// Running text.
    pub text: TextProfile,
}

/// What a header says.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    /// In plain words.
    pub says: &'static str,
    /// The word by which.
    pub word: &'static str,
}

/// A count that may be an estimate.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Count {
    /// How many.
    pub count: u64,
    /// Whether it was counted one by one.
    pub exact: bool,
}

/// Lengths in characters.
#[derive(Debug, Clone, Serialize)]
pub struct Lengths {
    /// The shortest.
    pub shortest: u32,
    /// The longest.
    pub longest: u32,
    /// The mean.
    pub mean: f64,
    /// Values by length, 0 to 63; the last counts all that are longer.
    pub histogram: Vec<u64>,
}

/// A shape and how many values have it.
#[derive(Debug, Clone, Serialize)]
pub struct Share {
    /// The masked shape.
    pub shape: String,
    /// Values.
    pub count: u64,
    /// Share of filled cells.
    pub share: f64,
}

/// A frequent value, by its shape.
#[derive(Debug, Clone, Serialize)]
pub struct Frequent {
    /// The masked shape.
    pub shape: String,
    /// Cells, at least.
    pub count: u64,
    /// Share of filled cells.
    pub share: f64,
    /// The word for "nothing" that it is, from the program's own list.
    pub placeholder: Option<&'static str>,
}

/// What a column is taken for.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// A kind, or `name`, `address`, `text`, `category`, `code`, `empty`, `unknown`.
    pub what: String,
    /// `direct`, `quasi`, `sensitive` or `none`.
    pub class: &'static str,
    /// Whether it is a kind that policies know.
    pub is_kind: bool,
    /// Whether somebody should look: shares or header speak against it.
    pub doubt: bool,
    /// Why, in one sentence.
    pub why: String,
}

/// How values fit a kind.
#[derive(Debug, Clone, Serialize)]
pub struct KindProfile {
    /// The kind.
    pub kind: &'static str,
    /// Whether it was chosen.
    pub chosen: bool,
    /// Cells that were asked.
    pub looked: u64,
    /// Cells in which everything holds that can be checked.
    pub valid: u64,
    /// Cells that have its form, but whose check digit or date fails.
    pub failed: u64,
    /// Share of asked cells that are valid.
    pub share: f64,
    /// Share of those of its form whose check holds.
    pub passed: f64,
    /// The share of random strings of this form that would pass.
    pub chance: f64,
    /// Why it was not chosen; empty for the chosen one.
    pub why_not: String,
}

/// Running text in a column.
#[derive(Debug, Clone, Serialize)]
pub struct TextProfile {
    /// From 0, a code or a word, to 1, sentences.
    pub score: f64,
    /// Cells that were searched.
    pub searched: u64,
    /// What was found inside, by kind.
    pub found: BTreeMap<&'static str, FoundIn>,
}

/// What was found in texts.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FoundIn {
    /// Spans.
    pub spans: u64,
    /// Cells with at least one.
    pub cells: u64,
}

/// What columns say of each other.
#[derive(Debug, Clone, Serialize)]
pub struct PersonProfile {
    /// The column that tells persons apart.
    pub identifier: String,
    /// Distinct identifiers.
    pub identifiers: Count,
    /// In more than one record.
    pub repeated: u64,
    /// With more than one name; estimated where `identifiers` is.
    pub several_names: u64,
    /// The column of names, if there is one.
    pub name: Option<String>,
    /// The identifier's birth date against the column that claims it.
    pub birth: Option<Compared>,
    /// The identifier's sex against the column that claims it.
    pub sex: Option<Compared>,
}

/// Two columns that say the same thing.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// The column that claims it.
    pub column: String,
    /// Records in which both agree.
    pub agree: u64,
    /// Records in which they differ.
    pub differ: u64,
}

/// Something that a reader should know.
#[derive(Debug, Clone, Serialize)]
pub struct Sign {
    /// A stable word, `sheet/scientific`.
    pub code: &'static str,
    /// `look` before anything else, `mind`, or `note`.
    pub weight: Weight,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// Cells or records.
    pub count: u64,
    /// What was seen.
    pub seen: String,
    /// What it may mean, and what to do.
    pub means: &'static str,
}

/// The words of all signs.
pub const SIGNS: [&str; 18] = [
    "sheet/scientific",
    "sheet/ends-000",
    "sheet/error",
    "sheet/text-mark",
    "sheet/point-zero",
    "sheet/lost-zeros",
    "sheet/day-numbers",
    "text/wrong-encoding",
    "text/identifiers",
    "check/near-miss",
    "salt/too-perfect",
    "salt/blocks",
    "fill/placeholders",
    "fill/dominant",
    "person/several-names",
    "person/differs",
    "mark/oddities",
    "read/unreadable",
];

/// How much a sign weighs.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Look into it before anything else.
    Look,
    /// Keep it in mind.
    Mind,
    /// For completeness.
    Note,
}

/// Profiles the files.
///
/// # Errors
/// Where a file cannot be read, or the files have different columns.
pub fn profile(request: &Request<'_>) -> Result<Profile, Stop> {
    let counted = count::count(&count::Order {
        inputs: request.inputs,
        reading: request.reading,
        region: request.region,
        threads: request.threads,
        interrupted: request.interrupted,
        watch: request.watch,
    })?;
    Ok(judge::judge(counted, request.inputs.len()))
}

impl Profile {
    /// For a terminal: a table of the columns, then what to know of them.
    #[must_use]
    pub fn to_text(&self, width: usize) -> String {
        table::write(self, width)
    }

    /// One HTML page that holds everything it shows.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::write(self)
    }

    /// A policy with every column in it, to be read and finished by people:
    /// each reason is left open, and `check` refuses it until they are written.
    #[must_use]
    pub fn draft(&self, reading: &Reading, project: &str) -> String {
        draft::write(self, reading, project)
    }
}

/// An input as messages name it.
fn input_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    path.display()
        .to_string()
        .chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect()
}
