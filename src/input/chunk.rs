//! A piece of decoded input that begins and ends at record bounds.

use std::fmt;

use super::Reason;

/// A physical line that belongs to no readable record, found by the splitter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    /// Where the line begins in the chunk.
    pub(super) at: usize,
    /// Its bytes in the chunk, LF included; 0 where it was too long to hold.
    pub(super) len: usize,
    pub(super) reason: Reason,
    pub(super) column: Option<usize>,
}

/// Owned, decoded bytes from one record bound to another, and where they stood
/// in the input. Hand a used chunk back to [`Source::next_chunk`] to reuse its
/// memory.
///
/// [`Source::next_chunk`]: super::Source::next_chunk
#[derive(Default)]
pub struct Chunk {
    /// Storage; only `start..end` are bytes of this chunk.
    pub(super) bytes: Vec<u8>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line of the first byte, 1-based.
    pub(super) line: u64,
    /// Byte of the first byte in the inflated, undecoded input.
    pub(super) byte: u64,
    /// For input that was decoded: the byte in the undecoded input at which
    /// each physical line of the chunk begins. Empty for UTF-8, where decoded
    /// and undecoded bytes are the same.
    pub(super) line_bytes: Vec<u64>,
    /// Unreadable lines found by the splitter, in order.
    pub(super) flags: Vec<Flag>,
    /// Blank lines before the header, told with the first chunk.
    pub(super) blanks: u64,
    pub(super) index: u64,
}

impl Chunk {
    /// A chunk without bytes, to hand to the first `next_chunk`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Place of this chunk in its input, counted from 0 without gaps.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Decoded bytes in this chunk.
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the chunk has no bytes; it may still report an unreadable line
    /// that was too long to hold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }

    /// Line in which the chunk begins, 1-based.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Byte at which the chunk begins in the inflated, undecoded input.
    #[must_use]
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// The keys of the JSON objects in this chunk, in order of appearance: the
    /// columns of a file that does not name them beforehand.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let lines = self.bytes.get(self.start..self.end).unwrap_or_default();
        for line in lines.split(|byte| *byte == b'\n') {
            if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(line) {
                for key in object.keys() {
                    if !keys.contains(key) {
                        keys.push(key.clone());
                    }
                }
            }
        }
        keys
    }

    /// Byte of a line's first byte in the inflated, undecoded input.
    pub(super) fn byte_at(&self, line: u64, at: usize) -> u64 {
        if self.line_bytes.is_empty() {
            self.byte + (at - self.start) as u64
        } else {
            let nth = usize::try_from(line - self.line).unwrap_or(usize::MAX);
            self.line_bytes.get(nth).copied().unwrap_or(self.byte)
        }
    }

    pub(super) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
        self.line = 0;
        self.byte = 0;
        self.line_bytes.clear();
        self.flags.clear();
        self.blanks = 0;
        self.index = 0;
    }

    /// Drops what stands before `at`, which begins `line`: the header.
    pub(super) fn skip_to(&mut self, at: usize, line: u64) {
        let byte = self.byte_at(line, at);
        if !self.line_bytes.is_empty() {
            let lines = usize::try_from(line - self.line).unwrap_or(usize::MAX);
            self.line_bytes.drain(..lines.min(self.line_bytes.len()));
        }
        self.start = at;
        self.line = line;
        self.byte = byte;
    }

    /// Moves what stands from `at` on, which begins `line`, to a chunk of its own.
    pub(super) fn split_off(&mut self, at: usize, line: u64) -> Chunk {
        let mut rest = Chunk {
            bytes: self.bytes.clone(),
            start: self.start,
            end: self.end,
            line: self.line,
            byte: self.byte,
            line_bytes: self.line_bytes.clone(),
            flags: self.flags.clone(),
            blanks: 0,
            index: self.index,
        };
        rest.skip_to(at, line);
        rest.flags.retain(|flag| flag.at >= at);
        self.flags.retain(|flag| flag.at < at);
        self.end = at;
        rest
    }

    /// The storage up to `end`: positions in it are positions in the chunk.
    pub(super) fn data(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Chunk({} bytes from line {}, byte {})",
            self.len(),
            self.line,
            self.byte
        )
    }
}
