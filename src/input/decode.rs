//! Inflated bytes to UTF-8, in a declared encoding, with the way back to where
//! each line stood in the undecoded input.
//!
//! A sequence that the encoding does not have becomes the byte FF, which is in
//! no UTF-8 text: the record that holds it is unreadable, and no replacement
//! character can pass for data. UTF-8 itself is handed on as it stands; the
//! parser validates it. A record begins where a line begins, so the byte of
//! every line start is all that positions in undecoded input need.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;

use encoding_rs::{Decoder, DecoderResult, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memchr_iter};

use super::ReadError;
use super::open::Bytes;

/// Stands for a malformed sequence in decoded bytes.
const INVALID: u8 = 0xff;

/// Undecoded bytes decoded at a time; a multiple of 4.
const BLOCK: usize = 64 << 10;

/// A character encoding: a WHATWG label, or UTF-32.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whatwg(&'static encoding_rs::Encoding),
    Utf32 { big: bool },
}

impl Encoding {
    /// UTF-8, the default.
    pub const UTF_8: Encoding = Encoding(Kind::Whatwg(UTF_8));

    /// The encoding of a label of the WHATWG Encoding Standard, or of
    /// `utf-32`, `utf-32le`, `utf-32be`; any case. `utf-16` and `utf-32` are
    /// little-endian, as the standard has it for UTF-16. `None` for an unknown
    /// label and for encodings that the standard has retired for safety.
    #[must_use]
    pub fn for_label(label: &str) -> Option<Self> {
        let lower = label.trim_ascii().to_ascii_lowercase();
        match lower.as_str() {
            "utf-32" | "utf-32le" => Some(Self(Kind::Utf32 { big: false })),
            "utf-32be" => Some(Self(Kind::Utf32 { big: true })),
            _ => encoding_rs::Encoding::for_label_no_replacement(lower.as_bytes())
                .map(|encoding| Self(Kind::Whatwg(encoding))),
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Whatwg(encoding) => encoding.name(),
            Kind::Utf32 { big: false } => "UTF-32LE",
            Kind::Utf32 { big: true } => "UTF-32BE",
        }
    }

    /// Bytes of one code unit.
    fn unit(self) -> usize {
        match self.0 {
            Kind::Whatwg(e) if e == UTF_16LE || e == UTF_16BE => 2,
            Kind::Whatwg(_) => 1,
            Kind::Utf32 { .. } => 4,
        }
    }

    /// Length of the byte order mark at the start of an input, or an error
    /// where the mark is another encoding's.
    fn mark(self, head: &[u8]) -> Result<usize, ReadError> {
        const MARKS: [(&[u8], &str); 6] = [
            (b"\xff\xfe\0\0", "UTF-32LE"),
            (b"\0\0\xfe\xff", "UTF-32BE"),
            (b"\xef\xbb\xbf", "UTF-8"),
            (b"\xff\xfe", "UTF-16LE"),
            (b"\xfe\xff", "UTF-16BE"),
            (b"\x84\x31\x95\x33", "gb18030"),
        ];
        let Some((mark, found)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) else {
            return Ok(0);
        };
        if *found == self.name() {
            return Ok(mark.len());
        }
        // The mark of GB18030 is rare enough in use that elsewhere it is what
        // its bytes say there.
        if *found == "gb18030" {
            return Ok(0);
        }
        Err(ReadError::Mark {
            declared: self.name(),
            found,
        })
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Decodes a block at a time.
struct Decode {
    encoding: Encoding,
    /// `None` for UTF-32, which has no state.
    decoder: Option<Decoder>,
    source: Vec<u8>,
    ready: Vec<u8>,
    ready_at: usize,
    /// Byte of the next undecoded block.
    byte: u64,
    ended: bool,
    /// Bytes read to look for a mark, not yet decoded.
    head: Vec<u8>,
}

impl Decode {
    /// Decodes the next block into `ready`; pushes where its lines start.
    fn refill(&mut self, bytes: &mut Bytes, starts: &mut VecDeque<u64>) -> Result<(), ReadError> {
        self.ready.clear();
        self.ready_at = 0;
        while self.ready.is_empty() && !self.ended {
            self.source.clear();
            self.source.append(&mut self.head);
            let mut filled = self.source.len();
            self.source.resize(BLOCK, 0);
            while let Some(rest) = self.source.get_mut(filled..).filter(|r| !r.is_empty()) {
                let n = bytes.read(rest)?;
                if n == 0 {
                    self.ended = true;
                    break;
                }
                filled += n;
            }
            self.source.truncate(filled);
            let from = self.byte;
            self.byte += filled as u64;
            let source = std::mem::take(&mut self.source);
            self.block(&source, from, starts);
            self.source = source;
        }
        Ok(())
    }

    fn block(&mut self, source: &[u8], from: u64, starts: &mut VecDeque<u64>) {
        let after = |at: usize| from + at as u64 + 1;
        match self.encoding.0 {
            Kind::Utf32 { big } => {
                let (units, rest) = source.as_chunks::<4>();
                for (nth, unit) in units.iter().enumerate() {
                    let code = if big {
                        u32::from_be_bytes(*unit)
                    } else {
                        u32::from_le_bytes(*unit)
                    };
                    match char::from_u32(code) {
                        Some(c) => {
                            let mut utf8 = [0; 4];
                            self.ready
                                .extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                            if c == '\n' {
                                starts.push_back(after(nth * 4 + 3));
                            }
                        }
                        None => self.ready.push(INVALID),
                    }
                }
                if !rest.is_empty() {
                    self.ready.push(INVALID);
                }
            }
            // A stateful encoding, in which the byte 0A need not be a line
            // feed: decoded up to each one, the output tells.
            Kind::Whatwg(encoding) if encoding == ISO_2022_JP => {
                let mut done = 0;
                for at in memchr_iter(b'\n', source) {
                    let piece = source.get(done..=at).unwrap_or_default();
                    let before = self.ready.len();
                    self.decode(piece, false);
                    if self.ready.len() > before && self.ready.last() == Some(&b'\n') {
                        starts.push_back(after(at));
                    }
                    done = at + 1;
                }
                self.decode(source.get(done..).unwrap_or_default(), self.ended);
            }
            // In every other encoding a line feed is its own code unit and
            // never part of another character, nor swallowed by a bad one.
            Kind::Whatwg(_) => {
                self.decode(source, self.ended);
                match self.encoding.unit() {
                    2 => {
                        let feed = if self.encoding.0 == Kind::Whatwg(UTF_16BE) {
                            [0, b'\n']
                        } else {
                            [b'\n', 0]
                        };
                        let (units, _) = source.as_chunks::<2>();
                        for (nth, unit) in units.iter().enumerate() {
                            if *unit == feed {
                                starts.push_back(after(nth * 2 + 1));
                            }
                        }
                    }
                    _ => starts.extend(memchr_iter(b'\n', source).map(after)),
                }
            }
        }
    }

    fn decode(&mut self, mut source: &[u8], last: bool) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        loop {
            let room = decoder
                .max_utf8_buffer_length_without_replacement(source.len())
                .unwrap_or(source.len() * 4)
                .max(16);
            let from = self.ready.len();
            self.ready.resize(from + room, 0);
            let into = self.ready.get_mut(from..).unwrap_or_default();
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(source, into, last);
            self.ready.truncate(from + written);
            source = source.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.ready.push(INVALID),
            }
        }
    }
}

/// The decoded bytes of one input, read forward, with a place to put back what
/// a chunk did not use.
pub(super) struct Text {
    bytes: Bytes,
    /// `None` for UTF-8.
    decode: Option<Decode>,
    carry: Vec<u8>,
    carry_at: usize,
    /// Length of the byte order mark.
    mark: u64,
    /// Undecoded byte of each line start not yet taken, for decoded input.
    starts: VecDeque<u64>,
}

impl Text {
    pub(super) fn new(mut bytes: Bytes, encoding: Encoding) -> Result<Self, ReadError> {
        let mut head = vec![0; 4];
        let mut filled = 0;
        while let Some(rest) = head.get_mut(filled..).filter(|r| !r.is_empty()) {
            let n = bytes.read(rest)?;
            if n == 0 {
                break;
            }
            filled += n;
        }
        head.truncate(filled);
        let mark = encoding.mark(&head)?;
        head.drain(..mark);
        let mark = mark as u64;
        let mut text = Self {
            bytes,
            decode: None,
            carry: Vec::new(),
            carry_at: 0,
            mark,
            starts: VecDeque::new(),
        };
        if encoding == Encoding::UTF_8 {
            text.carry = head;
        } else {
            text.starts.push_back(mark);
            text.decode = Some(Decode {
                encoding,
                decoder: match encoding.0 {
                    Kind::Whatwg(e) => Some(e.new_decoder_without_bom_handling()),
                    Kind::Utf32 { .. } => None,
                },
                source: Vec::new(),
                ready: Vec::new(),
                ready_at: 0,
                byte: mark,
                ended: false,
                head,
            });
        }
        Ok(text)
    }

    pub(super) fn bytes_mut(&mut self) -> &mut Bytes {
        &mut self.bytes
    }

    /// Where they come from.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Length of the byte order mark that was removed.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }

    /// Fills `into` from `filled` up to `want` bytes. Returns how many there
    /// are then; fewer than `want` only at the end of the input.
    pub(super) fn fill(
        &mut self,
        into: &mut Vec<u8>,
        mut filled: usize,
        want: usize,
    ) -> Result<usize, ReadError> {
        if into.len() < want {
            into.resize(want, 0);
        }
        while let Some(rest) = into.get_mut(filled..want).filter(|r| !r.is_empty()) {
            let carried = self.carry.get(self.carry_at..).unwrap_or_default();
            let n = if !carried.is_empty() {
                let n = copy(carried, rest);
                self.carry_at += n;
                n
            } else {
                self.read(rest)?
            };
            if n == 0 {
                break;
            }
            filled += n;
        }
        Ok(filled)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<usize, ReadError> {
        // What is read past the carry can only be put back by copying.
        self.carry.clear();
        self.carry_at = 0;
        let Some(decode) = &mut self.decode else {
            return self.bytes.read(into);
        };
        if decode.ready_at >= decode.ready.len() {
            decode.refill(&mut self.bytes, &mut self.starts)?;
        }
        let n = copy(
            decode.ready.get(decode.ready_at..).unwrap_or_default(),
            into,
        );
        decode.ready_at += n;
        Ok(n)
    }

    /// Puts back the last bytes that `fill` handed out.
    pub(super) fn unread(&mut self, tail: &[u8]) {
        if self.carry_at >= tail.len() {
            self.carry_at -= tail.len();
        } else {
            self.carry.clear();
            self.carry.extend_from_slice(tail);
            self.carry_at = 0;
        }
    }

    /// Discards bytes through the next LF, however far it is, in flat memory.
    /// Returns how many were discarded.
    pub(super) fn skip_line(&mut self) -> Result<u64, ReadError> {
        let mut skipped = 0;
        loop {
            let carried = self.carry.get(self.carry_at..).unwrap_or_default();
            if let Some(at) = memchr(b'\n', carried) {
                self.carry_at += at + 1;
                return Ok(skipped + at as u64 + 1);
            }
            skipped += carried.len() as u64;
            let mut block = std::mem::take(&mut self.carry);
            block.resize(BLOCK, 0);
            let n = self.read(&mut block)?;
            block.truncate(n);
            self.carry = block;
            self.carry_at = 0;
            if n == 0 {
                return Ok(skipped);
            }
        }
    }

    /// Takes the undecoded bytes at which the next `lines` lines begin; nothing
    /// for UTF-8.
    pub(super) fn take_starts(&mut self, lines: usize, into: &mut Vec<u64>) {
        if self.decode.is_some() {
            into.extend(self.starts.drain(..lines.min(self.starts.len())));
        }
    }
}

/// The text, where all bytes are valid. `encoding_rs` validates several times
/// faster than the standard library where the text is not ASCII.
pub(super) fn utf8(bytes: &[u8]) -> Option<&str> {
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(Cow::Borrowed(text)) => Some(text),
        _ => None,
    }
}

/// Copies as much as fits.
fn copy(from: &[u8], into: &mut [u8]) -> usize {
    let n = from.len().min(into.len());
    if let (Some(from), Some(into)) = (from.get(..n), into.get_mut(..n)) {
        into.copy_from_slice(from);
    }
    n
}
