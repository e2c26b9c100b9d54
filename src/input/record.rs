//! What parsing yields: records, blank lines and unreadable records with their
//! places; and the reader that a worker keeps.

use std::fmt;

use super::chunk::Chunk;
use super::csv::Csv;
use super::json::Json;
use super::{Format, Reading, Reason};
use crate::cell::CellBuf;

/// What stands next in a chunk.
#[derive(Debug)]
pub enum Event<'a> {
    /// A record read for certain.
    Record(&'a Record<'a>),
    /// A record, or a physical line, that cannot be read for certain.
    Unreadable(Unreadable),
    /// A blank line.
    Blank,
}

/// Where a record that cannot be read for certain starts, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unreadable {
    /// Physical line in which it starts, 1-based.
    pub line: u64,
    /// Its first byte in the inflated, undecoded input.
    pub byte: u64,
    /// Column of the reason where it is known, 1-based.
    pub column: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Start and end of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) kept: Kept,
}

/// Where the text of a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the chunk.
    Chunk,
    /// In the reader, unescaped.
    Unescaped,
    /// Nowhere: the value is absent.
    Absent,
}

/// How the values of a record are found.
#[derive(Clone, Copy)]
pub(super) enum Fields<'a> {
    /// Value `i` lies between the bounds `i` and `i + 1`, both excluded, but for
    /// the last, which ends at `end`. A quote at its start encloses it.
    Bounds {
        bounds: &'a [u32],
        end: u32,
        quote: u8,
    },
    /// One span a value; those unescaped lie in `unescaped`.
    Spans {
        spans: &'a [Span],
        /// Values that belong to no column.
        extra: &'a [Span],
        unescaped: &'a str,
    },
}

/// One record: its values are borrowed from the chunk, or from the reader where
/// they had to be unescaped.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub(super) chunk: &'a Chunk,
    /// Valid text around the record.
    pub(super) text: &'a str,
    /// Position of `text` in the chunk.
    pub(super) base: u32,
    pub(super) fields: Fields<'a>,
    pub(super) line: u64,
    /// Position of its first byte in the chunk.
    pub(super) at: u32,
    /// Position and line behind its line end.
    pub(super) after: u32,
    pub(super) line_after: u64,
}

/// Positions of a record in its chunk.
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) after: usize,
    pub(super) line_after: u64,
}

impl<'a> Record<'a> {
    /// Value `i`, counted from 0; `None` where it is absent: JSON Lines without
    /// that key or with `null`, or an `i` that is no column. Takes constant time.
    #[inline]
    #[must_use]
    pub fn get(&self, i: usize) -> Option<&'a str> {
        match self.fields {
            Fields::Bounds { bounds, end, quote } => {
                let from = bounds.get(i)?.wrapping_add(1);
                let next = *bounds.get(i + 1)?;
                let to = if i + 2 == bounds.len() { end } else { next };
                let mut from = from.wrapping_sub(self.base) as usize;
                let mut to = to.wrapping_sub(self.base) as usize;
                if self.text.as_bytes().get(from) == Some(&quote) {
                    from += 1;
                    to = to.wrapping_sub(1);
                }
                self.text.get(from..to)
            }
            Fields::Spans {
                spans, unescaped, ..
            } => self.cut(*spans.get(i)?, unescaped),
        }
    }

    /// The text of a span.
    #[inline]
    fn cut(&self, span: Span, unescaped: &'a str) -> Option<&'a str> {
        let (from, to) = (span.from, span.to);
        match span.kept {
            Kept::Chunk => self
                .text
                .get(from.wrapping_sub(self.base) as usize..to.wrapping_sub(self.base) as usize),
            Kept::Unescaped => unescaped.get(from as usize..to as usize),
            Kept::Absent => None,
        }
    }

    /// Values that belong to no column, in the order written: those of JSON
    /// keys that are skipped.
    pub fn extra(&self) -> impl Iterator<Item = &'a str> {
        let (extra, unescaped) = match self.fields {
            Fields::Spans {
                extra, unescaped, ..
            } => (extra, unescaped),
            Fields::Bounds { .. } => (&[][..], ""),
        };
        extra
            .iter()
            .filter_map(move |span| self.cut(*span, unescaped))
    }

    /// Number of values, absent ones included.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match self.fields {
            Fields::Bounds { bounds, .. } => bounds.len().saturating_sub(1),
            Fields::Spans { spans, .. } => spans.len(),
        }
    }

    /// Whether there is no value: JSON Lines without any known column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Physical line in which the record starts, 1-based.
    #[inline]
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its first byte in the inflated, undecoded input.
    #[inline]
    #[must_use]
    pub fn byte(&self) -> u64 {
        self.chunk.byte_at(self.line, self.at as usize)
    }

    pub(super) fn place(&self) -> Place {
        Place {
            at: self.at as usize,
            after: self.after as usize,
            line_after: self.line_after,
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} values, line {})", self.len(), self.line)
    }
}

/// What happens to a JSON key that is no column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// The record is unreadable for [`Reason::UnknownKey`].
    #[default]
    Report,
    /// The key and its value are left out.
    Skip,
}

/// Parses chunks. One a worker, reused, so that its buffers are made once.
pub struct RecordReader {
    parser: Parser,
}

enum Parser {
    Csv(Box<Csv>),
    Json(Box<Json>),
}

impl RecordReader {
    /// A reader for records of `columns` fields (CSV), or of the columns
    /// `names` (JSON Lines). The other argument is not looked at.
    #[must_use]
    pub fn new(reading: &Reading, columns: usize, names: &[&str]) -> Self {
        Self {
            parser: match reading.format {
                Format::Csv => Parser::Csv(Box::new(Csv::new(reading, Some(columns)))),
                Format::Jsonl => Parser::Json(Box::new(Json::new(reading, names))),
            },
        }
    }

    /// A reader that takes CSV records of any number of fields.
    pub(super) fn any_columns(reading: &Reading) -> Self {
        Self {
            parser: Parser::Csv(Box::new(Csv::new(reading, None))),
        }
    }

    /// Says what happens to JSON keys that are no column; [`Unknown::Report`]
    /// if this is not called.
    #[must_use]
    pub fn unknown(mut self, unknown: Unknown) -> Self {
        if let Parser::Json(json) = &mut self.parser {
            json.unknown = unknown;
            json.learn = unknown == Unknown::Skip;
        }
        self
    }

    /// The first unknown keys met, at most 16, for a message about drift. Names
    /// of columns, but read from a record: to be shown as a header is.
    #[must_use]
    pub fn unknown_keys(&self) -> &[CellBuf] {
        match &self.parser {
            Parser::Csv(_) => &[],
            Parser::Json(json) => &json.unknown_keys,
        }
    }

    /// Calls `each` for every event of a chunk, in order.
    pub fn read<F: FnMut(Event<'_>)>(&mut self, chunk: &Chunk, mut each: F) {
        self.read_while(chunk, &mut |event| {
            each(event);
            true
        });
    }

    /// As [`RecordReader::read`], until `each` returns false.
    pub(super) fn read_while<F: FnMut(Event<'_>) -> bool>(&mut self, chunk: &Chunk, each: &mut F) {
        for _ in 0..chunk.blanks {
            if !each(Event::Blank) {
                return;
            }
        }
        let mut at = chunk.start;
        let mut line = chunk.line;
        for flag in &chunk.flags {
            match self.segment(chunk, at, flag.at, line, each) {
                Some(next) => line = next,
                None => return,
            }
            let unreadable = Unreadable {
                line,
                byte: chunk.byte_at(line, flag.at),
                column: flag.column,
                reason: flag.reason,
            };
            if !each(Event::Unreadable(unreadable)) {
                return;
            }
            at = flag.at + flag.len;
            line += 1;
        }
        self.segment(chunk, at, chunk.end, line, each);
    }

    /// Parses what stands between two flagged lines. Returns the line behind
    /// it, or `None` where `each` wants no more.
    #[inline]
    fn segment<F: FnMut(Event<'_>) -> bool>(
        &mut self,
        chunk: &Chunk,
        from: usize,
        to: usize,
        line: u64,
        each: &mut F,
    ) -> Option<u64> {
        if from >= to {
            return Some(line);
        }
        match &mut self.parser {
            Parser::Csv(csv) => csv.read(chunk, from, to, line, each),
            Parser::Json(json) => json.read(chunk, from, to, line, each),
        }
    }
}
