//! One input as a run of chunks that begin and end at record bounds.
//!
//! The only sequential part of reading. It holds at most one chunk and the
//! look-ahead that the record limit allows, whatever the input.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;

use memchr::{memchr, memchr_iter};

use super::chunk::{Chunk, Flag};
use super::decode::Text;
use super::exact::{self, Exact, Marks};
use super::open::Bytes;
use super::record::{Event, RecordReader};
use super::split::{Found, Scan, scan};
use super::{Format, ReadError, Reading, Reason};
use crate::cell::CellBuf;

/// Smallest chunk aimed at.
const MIN_CHUNK: usize = 16;
/// Decoded bytes in which the first readable record of a file without header
/// must stand.
const FIRST_WITHIN: u64 = 16 << 20;

/// One file, pipe or standard input, read forward once.
pub struct Source {
    text: Text,
    reading: Reading,
    marks: Marks,
    /// Bytes of a chunk aimed at; never more than a record may have, so that
    /// only a record that starts a buffer can be too long for it.
    size: usize,
    line: u64,
    /// Decoded bytes before the next chunk, those of a removed mark and of
    /// skipped lines included.
    decoded: u64,
    index: u64,
    header: Option<Vec<CellBuf>>,
    /// Chunks read to find the header, not yet handed out.
    waiting: VecDeque<Chunk>,
}

impl Source {
    /// Opens a file, a named pipe or a device.
    ///
    /// # Errors
    /// [`ReadError`] where it cannot be opened, is a folder, contradicts the
    /// declared encoding, or where the settings make no grammar.
    pub fn open(path: &Path, reading: &Reading) -> Result<Self, ReadError> {
        reading.check()?;
        Self::new(Bytes::open(path, reading.limits)?, reading)
    }

    /// Reads standard input.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn stdin(reading: &Reading) -> Result<Self, ReadError> {
        Self::from_read(Box::new(std::io::stdin()), None, reading)
    }

    /// Takes over any reader; `len` is its size in bytes, where known, for
    /// [`Source::progress`].
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn from_read(
        from: Box<dyn Read + Send>,
        len: Option<u64>,
        reading: &Reading,
    ) -> Result<Self, ReadError> {
        reading.check()?;
        Self::new(Bytes::new(from, len, reading.limits)?, reading)
    }

    fn new(bytes: Bytes, reading: &Reading) -> Result<Self, ReadError> {
        let text = Text::new(bytes, reading.encoding)?;
        let decoded = text.mark();
        Ok(Self {
            text,
            reading: reading.clone(),
            marks: Marks {
                delimiter: reading.delimiter,
                quote: match reading.format {
                    Format::Csv => reading.quote,
                    Format::Jsonl => None,
                },
            },
            size: reading.chunk.max(MIN_CHUNK).min(reading.limits.record),
            line: 1,
            decoded,
            index: 0,
            header: None,
            waiting: VecDeque::new(),
        })
    }

    /// Names of the columns: the first record that is not blank, or `1`, `2`, …
    /// where the file has no header, as many as its first readable record has
    /// fields. Empty for JSON Lines, and for a file without header in which no
    /// record can be read.
    ///
    /// # Errors
    /// [`ReadError::NoHeader`], [`ReadError::Header`], [`ReadError::NoRecord`]
    /// and whatever stops reading.
    pub fn header(&mut self) -> Result<&[CellBuf], ReadError> {
        if self.header.is_none() {
            let names = self.find_header()?;
            self.header = Some(names);
        }
        Ok(self.header.as_deref().unwrap_or_default())
    }

    fn find_header(&mut self) -> Result<Vec<CellBuf>, ReadError> {
        if self.reading.format == Format::Jsonl {
            return Ok(Vec::new());
        }
        let mut reader = RecordReader::any_columns(&self.reading);
        let mut blanks = 0;
        loop {
            let before = self.decoded;
            let Some(mut chunk) = self.cut(Chunk::new())? else {
                return if self.reading.header {
                    Err(ReadError::NoHeader)
                } else {
                    Ok(Vec::new())
                };
            };
            let mut names = None;
            let mut bad = None;
            let mut found = None;
            reader.read_while(&chunk, &mut |event| match event {
                Event::Blank => {
                    blanks += 1;
                    true
                }
                Event::Unreadable(unreadable) => {
                    bad = Some(unreadable);
                    !self.reading.header
                }
                Event::Record(record) => {
                    names = Some(
                        (0..record.len())
                            .map(|i| {
                                CellBuf::new(if self.reading.header {
                                    record.get(i).unwrap_or_default().to_owned()
                                } else {
                                    (i + 1).to_string()
                                })
                            })
                            .collect::<Vec<_>>(),
                    );
                    found = Some(record.place());
                    false
                }
            });
            if self.reading.header {
                if let Some(bad) = bad {
                    return Err(ReadError::Header {
                        line: bad.line,
                        byte: bad.byte,
                        reason: bad.reason,
                    });
                }
                if let (Some(names), Some(place)) = (names, found) {
                    chunk.skip_to(place.after, place.line_after);
                    chunk.blanks = blanks;
                    self.waiting.push_back(chunk);
                    return Ok(names);
                }
                // Blank lines alone; they are told with the header's chunk.
                self.index = 0;
            } else {
                let at = match &found {
                    Some(place) => before + (place.at - chunk.start) as u64,
                    None => self.decoded,
                };
                if at > FIRST_WITHIN {
                    return Err(ReadError::NoRecord {
                        within: FIRST_WITHIN,
                    });
                }
                self.waiting.push_back(chunk);
                if let Some(names) = names {
                    return Ok(names);
                }
            }
        }
    }

    /// The next chunk, or `None` at the end. `recycled` lends its memory; hand
    /// [`Chunk::new`] to get fresh one.
    ///
    /// # Errors
    /// Whatever stops reading; those of [`Source::header`] if it was not called.
    pub fn next_chunk(&mut self, recycled: Chunk) -> Result<Option<Chunk>, ReadError> {
        if self.header.is_none() {
            self.header()?;
        }
        match self.waiting.pop_front() {
            Some(chunk) => Ok(Some(chunk)),
            None => self.cut(recycled),
        }
    }

    /// Bytes of the file as it lies on disk: read so far, and in all where
    /// known.
    #[must_use]
    pub fn progress(&self) -> (u64, Option<u64>) {
        self.text.bytes().progress()
    }

    /// Reads without hashing, for those who only count.
    #[must_use]
    pub fn unhashed(mut self) -> Self {
        self.text.bytes_mut().unhashed();
        self
    }

    /// SHA-256 and number of bytes of the file as it lies on disk: of the
    /// whole of it once `next_chunk` has returned `None`. `None` where
    /// [`Source::unhashed`] has left it out.
    #[must_use]
    pub fn digest(&self) -> Option<([u8; 32], u64)> {
        self.text.bytes().digest()
    }

    /// Cuts the next chunk off the text.
    fn cut(&mut self, mut chunk: Chunk) -> Result<Option<Chunk>, ReadError> {
        chunk.clear();
        // A buffer that one long record has stretched is let go again.
        if chunk.bytes.len() > self.size.saturating_mul(2) {
            chunk.bytes = Vec::new();
        }
        let limit = self.reading.limits.record;
        let mut want = self.size;
        let mut filled = 0;
        let mut at = Scan::default();
        loop {
            filled = self.text.fill(&mut chunk.bytes, filled, want)?;
            let last = filled < want;
            if filled == 0 {
                return Ok(None);
            }
            let text = chunk.bytes.get(..filled).unwrap_or_default();
            let bound = loop {
                if let Found::Regular = scan(text, last, &mut at, self.marks) {
                    if at.bound > 0 {
                        break Some(at.bound);
                    }
                    if filled > limit {
                        flag(&mut chunk.flags, text, &mut at, Reason::RecordTooLong, None);
                    } else if last && !at.inside() {
                        break Some(filled);
                    } else if last {
                        self.irregular(&mut chunk.flags, text, last, &mut at);
                    } else {
                        break None;
                    }
                } else if !self.irregular(&mut chunk.flags, text, last, &mut at) {
                    break Some(at.bound).filter(|bound| *bound > 0);
                }
                if at.bound == 0 {
                    // The first line is known to be bad, but not where it ends.
                    break None;
                }
                if at.bound >= filled || filled > self.size {
                    break Some(at.bound);
                }
            };
            match bound {
                Some(bound) => {
                    self.text.unread(text.get(bound..).unwrap_or_default());
                    chunk.end = bound;
                    let body = chunk.bytes.get(..bound).unwrap_or_default();
                    let open_line = body.last().is_some_and(|b| *b != b'\n');
                    let lines = memchr_iter(b'\n', body).count() + usize::from(open_line);
                    self.place(&mut chunk, lines, bound as u64);
                    return Ok(Some(chunk));
                }
                None if filled > limit => {
                    // No end of the first physical line within the limit: it is
                    // reported without its bytes and skipped, however long.
                    let (reason, column) = match exact::record(text, last, self.marks, limit) {
                        Exact::Bad(reason, column) => (reason, column),
                        Exact::End(_) | Exact::More => (Reason::RecordTooLong, None),
                    };
                    chunk.flags.push(Flag {
                        at: 0,
                        len: 0,
                        reason,
                        column,
                    });
                    let bytes = filled as u64 + self.text.skip_line()?;
                    self.place(&mut chunk, 1, bytes);
                    return Ok(Some(chunk));
                }
                None => {
                    want = filled.saturating_mul(2).clamp(want + 1, limit + 1);
                }
            }
        }
    }

    /// Looks exactly at the record at `at.bound`. Moves the bound behind it, or
    /// behind its first line and flags that; returns false where more bytes are
    /// needed.
    fn irregular(&self, flags: &mut Vec<Flag>, text: &[u8], last: bool, at: &mut Scan) -> bool {
        let rest = text.get(at.bound..).unwrap_or_default();
        match exact::record(rest, last, self.marks, self.reading.limits.record) {
            Exact::End(end) => {
                *at = Scan::from(at.bound + end);
                true
            }
            Exact::Bad(reason, column) => {
                let before = at.bound;
                flag(flags, text, at, reason, column);
                if at.bound == before && last {
                    flags.push(Flag {
                        at: before,
                        len: rest.len(),
                        reason,
                        column,
                    });
                    *at = Scan::from(text.len());
                }
                at.bound != before
            }
            Exact::More => false,
        }
    }

    /// Writes down where a finished chunk stood and moves on.
    fn place(&mut self, chunk: &mut Chunk, lines: usize, bytes: u64) {
        chunk.line = self.line;
        chunk.index = self.index;
        self.text.take_starts(lines, &mut chunk.line_bytes);
        chunk.byte = chunk.line_bytes.first().copied().unwrap_or(self.decoded);
        self.line += lines as u64;
        self.decoded += bytes;
        self.index += 1;
    }
}

/// Flags the physical line at the bound, if its end is in `text`.
fn flag(flags: &mut Vec<Flag>, text: &[u8], at: &mut Scan, reason: Reason, column: Option<usize>) {
    let rest = text.get(at.bound..).unwrap_or_default();
    if let Some(end) = memchr(b'\n', rest) {
        flags.push(Flag {
            at: at.bound,
            len: end + 1,
            reason,
            column,
        });
        *at = Scan::from(at.bound + end + 1);
    }
}
