//! Raw records in: open, inflate, decode, split at exact record bounds, parse.
//!
//! This room turns a file, a pipe or standard input into records whose values
//! are `&str`, or into a listed reason why a record cannot be read for
//! certain. It never guesses: not the encoding, not the delimiter, not where a
//! damaged record was meant to end. It may not know what a column means, treat
//! a value, or put the text of a value into an error.
//!
//! ```text
//! open ── inflate ── decode ── split ─┬─ parse (one RecordReader a worker)
//!  file    gzip       to UTF-8  exact  └─ parse
//! ```
//!
//! [`Source`] does the left part, one thread; each [`Chunk`] begins and ends
//! at a record bound, so that [`RecordReader`]s parse chunks independently and
//! yield the same [`Event`]s whatever the size of chunks and number of threads.
//!
//! # The grammar of CSV
//!
//! Decoding comes before everything else; what follows is about the decoded
//! bytes. A byte order mark at the start is removed.
//!
//! ```text
//! file   = { record ( LF | CR LF ) } [ record ]
//! record = field { delimiter field }
//! field  = plain | quoted
//! plain  = { any byte but delimiter, quote, CR, LF, NUL }
//! quoted = quote { any byte but quote, NUL | quote quote } quote
//! ```
//!
//! - A quote opens only as the first byte of a field. White space is data.
//! - A line without any byte is *blank*: skipped and counted, unless the file
//!   has one column, where it is a record with an empty value. Blank lines
//!   before the header are always skipped.
//! - With `quote` none, the quote byte is ordinary data and a record is a line.
//! - With `header` false the columns are named `1`, `2`, …; their number is
//!   that of the first record that can be read.
//! - A lone CR and a NUL are ordinary bytes where the end of the record is
//!   looked for; the record is then unreadable as a whole.
//!
//! A record is unreadable for the first of these that holds:
//!
//! | reason | what is given up | where reading goes on |
//! |---|---|---|
//! | a quote inside an unquoted field | first physical line of the record | next physical line |
//! | text, or a CR not before LF, after a closing quote | the same | the same |
//! | a quote never closed | the same | the same |
//! | a record over the limit: bytes before its LF, decoded | the same | the same |
//! | bytes invalid in the declared encoding | the record | next record |
//! | a NUL | the record | next record |
//! | a CR outside quotes not before LF | the record | next record |
//! | too many columns; a wrong number of fields | the record | next record |
//! | a field over the limit: bytes of its value, decoded, unquoted | the record | next record |
//!
//! Of two of the first four the one that shows first from the left counts. A
//! physical line is what ends at an LF, quotes or not. After a damaged field
//! of several lines those lines may read as records of their own: a policy
//! with `bad = "refuse"` stops instead.
//!
//! # The grammar of JSON Lines
//!
//! One object of scalars a line, as RFC 8259 has it. The value of a string is
//! its text, of a number its literal text, of `true` and `false` that word;
//! `null` and an absent key are missing. White space alone is a blank line.
//! Unreadable, for the first of these that holds: invalid bytes; not JSON, a
//! nested value, half of a surrogate pair (the first from the left); a NUL; a
//! key twice; too many keys; an unknown key; a value over the limit. A line
//! over the record limit is unreadable as in CSV.

mod block;
mod chunk;
mod csv;
mod decode;
mod exact;
mod json;
mod open;
mod raw;
mod record;
#[doc(hidden)]
pub mod reference;
mod source;
mod split;

use std::fmt;

pub use chunk::Chunk;
pub use decode::Encoding;
pub use raw::{RawCounts, RawError, Rejects, read_raw};
pub use record::{Event, Record, RecordReader, Unknown, Unreadable};
pub use source::Source;

/// File formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text, the grammar above.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Sizes over which nothing is read. All are inclusive: a thing of exactly
/// this size is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a value, decoded and without its quotes.
    pub field: usize,
    /// Bytes of a record before its LF, decoded, quotes and delimiters included.
    pub record: usize,
    /// Columns of a record.
    pub columns: usize,
    /// Bytes that a gzip file may inflate to.
    pub inflated: u64,
    /// Inflated bytes per byte of a gzip file, looked at after the first 64 MiB
    /// of inflated bytes.
    pub ratio: u64,
}

impl Default for Limits {
    /// 1 MiB a field, 4 MiB a record, 4,096 columns, 1 TiB inflated, 250 : 1.
    fn default() -> Self {
        Self {
            field: 1 << 20,
            record: 4 << 20,
            columns: 4096,
            inflated: 1 << 40,
            ratio: 250,
        }
    }
}

/// How the bytes of an input are to be read: declared, never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Format of rows.
    pub format: Format,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Delimiter of CSV, an ASCII byte.
    pub delimiter: u8,
    /// Quote of CSV, an ASCII byte; `None`: the file has no quoting.
    pub quote: Option<u8>,
    /// Whether the first record of a CSV file names the columns.
    pub header: bool,
    /// Sizes over which nothing is read.
    pub limits: Limits,
    /// Bytes of a chunk, aimed at; it changes memory and speed, never a result.
    pub chunk: usize,
}

impl Default for Reading {
    /// CSV in UTF-8, comma, double quote, header, the default limits, chunks
    /// of 1 MiB.
    fn default() -> Self {
        Self {
            format: Format::Csv,
            encoding: Encoding::UTF_8,
            delimiter: b',',
            quote: Some(b'"'),
            header: true,
            limits: Limits::default(),
            chunk: 1 << 20,
        }
    }
}

impl Reading {
    /// Whether the settings make one grammar; the error says which do not.
    pub(crate) fn check(&self) -> Result<(), ReadError> {
        let plain = |b: u8| b.is_ascii() && !matches!(b, 0 | b'\n' | b'\r');
        if !plain(self.delimiter) {
            return Err(ReadError::Setting(
                "the delimiter must be one ASCII character other than NUL, CR and LF",
            ));
        }
        if let Some(quote) = self.quote {
            if !plain(quote) {
                return Err(ReadError::Setting(
                    "the quote must be one ASCII character other than NUL, CR and LF",
                ));
            }
            if quote == self.delimiter {
                return Err(ReadError::Setting("delimiter and quote must differ"));
            }
        }
        if self.limits.record == 0 || self.limits.field == 0 || self.limits.columns == 0 {
            return Err(ReadError::Setting("a limit of 0 lets nothing through"));
        }
        if self.limits.record > 1 << 30 || self.chunk > 1 << 30 {
            return Err(ReadError::Setting(
                "the limit of a record and the size of a chunk may be 1 GiB at most",
            ));
        }
        Ok(())
    }
}

/// Why a record cannot be read for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A quote inside an unquoted field.
    StrayQuote,
    /// Text between a closing quote and the next delimiter or line end.
    TextAfterQuote,
    /// A quote that nothing closes.
    UnclosedQuote,
    /// A record over the limit.
    RecordTooLong,
    /// Bytes that the declared encoding does not have.
    InvalidBytes,
    /// A NUL character.
    Nul,
    /// A CR outside quotes that no LF follows.
    LoneCr,
    /// More columns than the limit.
    TooManyColumns,
    /// More or fewer fields than the file has columns.
    WrongFieldCount,
    /// A value over the limit.
    FieldTooLong,
    /// A line that is not one JSON object.
    NotJson,
    /// An object or an array as a value.
    NestedValue,
    /// A key that stands twice in one object.
    DuplicateKey,
    /// Half of a surrogate pair, which is no character.
    LoneSurrogate,
    /// A key that is no known column: the schema has drifted.
    UnknownKey,
}

impl Reason {
    /// Every reason, in the order in which they are listed.
    pub const ALL: [Reason; 15] = [
        Reason::StrayQuote,
        Reason::TextAfterQuote,
        Reason::UnclosedQuote,
        Reason::RecordTooLong,
        Reason::InvalidBytes,
        Reason::Nul,
        Reason::LoneCr,
        Reason::TooManyColumns,
        Reason::WrongFieldCount,
        Reason::FieldTooLong,
        Reason::NotJson,
        Reason::NestedValue,
        Reason::DuplicateKey,
        Reason::LoneSurrogate,
        Reason::UnknownKey,
    ];

    /// One word for counts and files that programs read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::StrayQuote => "stray-quote",
            Reason::TextAfterQuote => "text-after-quote",
            Reason::UnclosedQuote => "unclosed-quote",
            Reason::RecordTooLong => "record-too-long",
            Reason::InvalidBytes => "invalid-bytes",
            Reason::Nul => "nul",
            Reason::LoneCr => "lone-cr",
            Reason::TooManyColumns => "too-many-columns",
            Reason::WrongFieldCount => "wrong-field-count",
            Reason::FieldTooLong => "field-too-long",
            Reason::NotJson => "not-json",
            Reason::NestedValue => "nested-value",
            Reason::DuplicateKey => "duplicate-key",
            Reason::LoneSurrogate => "lone-surrogate",
            Reason::UnknownKey => "unknown-key",
        }
    }
}

impl fmt::Display for Reason {
    /// The reason in plain words, without any text of the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::StrayQuote => "a quote inside an unquoted field",
            Reason::TextAfterQuote => "text after a closing quote",
            Reason::UnclosedQuote => "a quote that is never closed",
            Reason::RecordTooLong => "a record over the size limit",
            Reason::InvalidBytes => "bytes invalid in the declared encoding",
            Reason::Nul => "a NUL character",
            Reason::LoneCr => "a carriage return outside quotes that no line feed follows",
            Reason::TooManyColumns => "more columns than the limit",
            Reason::WrongFieldCount => "a wrong number of fields",
            Reason::FieldTooLong => "a value over the size limit",
            Reason::NotJson => "not one JSON object on its line",
            Reason::NestedValue => "an object or array as a value",
            Reason::DuplicateKey => "a key that stands twice",
            Reason::LoneSurrogate => "half of a surrogate pair",
            Reason::UnknownKey => "a key that is no known column",
        })
    }
}

/// Why an input cannot be read at all. Holds places and reasons, never text
/// from the input.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("it cannot be opened: {0}")]
    Open(#[source] std::io::Error),
    /// A folder stands where a file should.
    #[error("it is a folder, not a file")]
    Folder,
    /// The operating system failed while reading.
    #[error("reading failed after {at} bytes: {error}")]
    Io {
        /// Bytes of the file read before.
        at: u64,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// A gzip file ends too early.
    #[error("the gzip file ends too early, after {at} bytes: it was cut off")]
    GzipCut {
        /// Bytes of the file read before.
        at: u64,
    },
    /// A gzip file is damaged, fails its checksum, or has something behind it.
    #[error(
        "the gzip file is damaged, fails its checksum or has other data behind it (near byte {at})"
    )]
    GzipDamaged {
        /// Bytes of the file read before; the place is at most 32 KiB earlier.
        at: u64,
    },
    /// A gzip file inflates to more than the limit.
    #[error("the gzip file inflates to more than {limit} bytes")]
    Inflated {
        /// The limit, in bytes.
        limit: u64,
    },
    /// A gzip file inflates more than an honest table does.
    #[error("the gzip file inflates to more than {limit} times its size")]
    Ratio {
        /// The limit.
        limit: u64,
    },
    /// The byte order mark contradicts the declared encoding.
    #[error("it starts with the byte order mark of {found}, but {declared} is declared")]
    Mark {
        /// Name of the declared encoding.
        declared: &'static str,
        /// Name of the encoding that the mark belongs to.
        found: &'static str,
    },
    /// The settings make no grammar.
    #[error("{0}")]
    Setting(&'static str),
    /// No header where one is declared: the input is empty.
    #[error("there is no header: the input has no line with text")]
    NoHeader,
    /// The header record cannot be read for certain.
    #[error("the header in line {line} (byte {byte}) cannot be read: {reason}")]
    Header {
        /// Line, 1-based.
        line: u64,
        /// Byte in the inflated, undecoded input.
        byte: u64,
        /// Why.
        reason: Reason,
    },
    /// No record that tells the number of columns.
    #[error("no record could be read in the first {within} bytes")]
    NoRecord {
        /// Decoded bytes looked through.
        within: u64,
    },
}

impl ReadError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            ReadError::Open(_) => "check the path and the permissions",
            ReadError::Folder => "name the files in it, one by one or with a pattern of the shell",
            ReadError::Io { .. } => "check the disk or the network drive and run again",
            ReadError::GzipCut { .. } | ReadError::GzipDamaged { .. } => {
                "test the file with `gzip -t`, and get a fresh copy if that fails"
            }
            ReadError::Inflated { .. } | ReadError::Ratio { .. } => {
                "inflate it with a tool you trust, look at the size, and read the result"
            }
            ReadError::Mark { .. } => "set `encoding` under [input] to what the file is",
            ReadError::Setting(_) => "correct the section [input]",
            ReadError::NoHeader => "check that this is the right file, or set `header = false`",
            ReadError::Header { .. } => {
                "check `encoding`, `delimiter` and `quote` under [input] against the first line"
            }
            ReadError::NoRecord { .. } => {
                "check `encoding`, `delimiter` and `quote` under [input]: one of them is wrong"
            }
        }
    }
}

#[cfg(test)]
mod tests;
