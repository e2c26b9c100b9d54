//! The check's own readers for finished CSV: chunks cut at record ends by
//! quote parity, and fields found by comparing sixteen bytes at a time.
//!
//! It reads what a release may contain and nothing more: comma, LF line ends,
//! a quote only at the first and last byte of a field, doubled inside. It
//! shares no code with the reader of input files, and never guesses: what does
//! not fit is a fault with a place. Cutting by parity is exact for well-formed
//! text; in text that is not well formed some field breaks the grammar, and
//! that alone fails the check.

use std::io::{self, Read};

use wide::u8x16;

/// Bytes read from a file at a time: what is made of them stays near the
/// processor.
pub(super) const CHUNK: usize = 256 << 10;
/// A record longer than this cannot come from our writer.
pub(super) const MAX_RECORD: usize = 8 << 20;

/// How records of a file end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    /// At an LF with an even number of quotes before it.
    Csv,
    /// At every LF.
    Lines,
}

/// What went wrong when a file was cut into chunks.
#[derive(Debug)]
pub(super) enum ChunkError {
    /// The system's word.
    Io(io::Error),
    /// A record of more than [`MAX_RECORD`] bytes, or a quote that never closes.
    TooLong,
}

/// Cuts a stream into chunks that begin and end at record bounds.
pub(super) struct Chunks<R> {
    reader: R,
    cut: Cut,
    tail: Vec<u8>,
    index: u32,
    done: bool,
    size: usize,
}

impl<R: Read> Chunks<R> {
    /// Reads `size` bytes at a time from `reader`.
    pub(super) fn new(reader: R, cut: Cut, size: usize) -> Self {
        Self {
            reader,
            cut,
            tail: Vec::new(),
            index: 0,
            done: false,
            size: size.max(1),
        }
    }

    /// Fills `buffer` with the next whole records and returns the number of the
    /// chunk, or `None` at the end. The last chunk may lack its final LF.
    pub(super) fn next_into(&mut self, buffer: &mut Vec<u8>) -> Result<Option<u32>, ChunkError> {
        if self.done {
            return Ok(None);
        }
        buffer.clear();
        buffer.append(&mut self.tail);
        loop {
            buffer.reserve(self.size + 64);
            let want = buffer.len() + self.size;
            let got = (&mut self.reader)
                .take(self.size as u64)
                .read_to_end(buffer)
                .map_err(ChunkError::Io)?;
            let ended = buffer.len() < want;
            if ended && got < self.size {
                self.done = true;
                if buffer.is_empty() {
                    return Ok(None);
                }
                break;
            }
            if let Some(end) = last_record_end(buffer, self.cut) {
                self.tail
                    .extend_from_slice(buffer.get(end..).unwrap_or(&[]));
                buffer.truncate(end);
                break;
            }
            if buffer.len() > MAX_RECORD {
                self.done = true;
                return Err(ChunkError::TooLong);
            }
        }
        let index = self.index;
        self.index += 1;
        Ok(Some(index))
    }
}

/// One past the last record end in `bytes`, which begin at a record's start.
fn last_record_end(bytes: &[u8], cut: Cut) -> Option<usize> {
    if cut == Cut::Lines {
        return memchr::memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let mut inside = memchr::memchr_iter(b'"', bytes).count() % 2 == 1;
    for at in memchr::memrchr2_iter(b'"', b'\n', bytes) {
        if bytes.get(at) == Some(&b'"') {
            inside = !inside;
        } else if !inside {
            return Some(at + 1);
        }
    }
    None
}

/// Places of delimiters and record ends in a chunk, reused from chunk to chunk.
#[derive(Default)]
pub(super) struct Structure {
    /// Byte offsets of commas and LFs outside quotes, ascending; the chunk's
    /// length stands in for a missing last LF.
    pub(super) ends: Vec<u32>,
    /// Number of quote bytes in the chunk.
    pub(super) quotes: u64,
    /// Number of LF bytes, inside quotes or not.
    pub(super) lines: u64,
}

impl Structure {
    /// Finds the structure of a chunk shorter than 4 GiB.
    pub(super) fn index(&mut self, chunk: &[u8]) {
        self.ends.clear();
        self.quotes = 0;
        self.lines = 0;
        let comma = u8x16::splat(b',');
        let feed = u8x16::splat(b'\n');
        let quote = u8x16::splat(b'"');
        let mut inside = 0u64;
        let (blocks, rest) = chunk.as_chunks::<64>();
        let mut base = 0u32;
        let mut one = |block: &[u8; 64], base: u32| {
            let (mut ends, mut feeds, mut quotes) = (0u64, 0u64, 0u64);
            for (lane, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
                let v = u8x16::new(*bytes);
                let f = v.simd_eq(feed);
                let shift = 16 * lane;
                ends |= u64::from((v.simd_eq(comma) | f).to_bitmask()) << shift;
                feeds |= u64::from(f.to_bitmask()) << shift;
                quotes |= u64::from(v.simd_eq(quote).to_bitmask()) << shift;
            }
            self.lines += u64::from(feeds.count_ones());
            if quotes != 0 || inside != 0 {
                self.quotes += u64::from(quotes.count_ones());
                let mut mask = quotes;
                mask ^= mask << 1;
                mask ^= mask << 2;
                mask ^= mask << 4;
                mask ^= mask << 8;
                mask ^= mask << 16;
                mask ^= mask << 32;
                mask ^= inside;
                inside = 0u64.wrapping_sub(mask >> 63);
                ends &= !mask;
            }
            while ends != 0 {
                self.ends.push(base + ends.trailing_zeros());
                ends &= ends - 1;
            }
        };
        for block in blocks {
            one(block, base);
            base += 64;
        }
        if !rest.is_empty() {
            let mut block = [0u8; 64];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            one(&block, base);
        }
        if chunk.last().is_some_and(|last| *last != b'\n') || inside != 0 {
            self.ends
                .push(u32::try_from(chunk.len()).unwrap_or(u32::MAX));
        }
    }
}

/// Why the bytes of a field are not a field of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FieldFault {
    /// A quote inside an unquoted field, or text after a closing quote.
    Quote,
    /// A carriage return outside quotes.
    Return,
}

/// Takes the quotes off a field: returns the text's bytes, borrowed where no
/// doubled quote had to be undone, and the number of quote bytes seen.
pub(super) fn unquote<'a>(
    raw: &'a [u8],
    scratch: &'a mut Vec<u8>,
) -> (Result<&'a [u8], FieldFault>, u64) {
    if raw.first() != Some(&b'"') {
        let quotes = memchr::memchr_iter(b'"', raw).count() as u64;
        if quotes > 0 {
            return (Err(FieldFault::Quote), quotes);
        }
        if memchr::memchr(b'\r', raw).is_some() {
            return (Err(FieldFault::Return), 0);
        }
        return (Ok(raw), 0);
    }
    let Some((b'"', inner)) = raw.get(1..).and_then(<[u8]>::split_last) else {
        return (Err(FieldFault::Quote), count_quotes(raw));
    };
    let doubled = count_quotes(inner);
    if doubled == 0 {
        return (Ok(inner), 2);
    }
    scratch.clear();
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'"', rest) {
        if rest.get(at + 1) != Some(&b'"') {
            return (Err(FieldFault::Quote), doubled + 2);
        }
        scratch.extend_from_slice(rest.get(..=at).unwrap_or(&[]));
        rest = rest.get(at + 2..).unwrap_or(&[]);
    }
    scratch.extend_from_slice(rest);
    (Ok(scratch.as_slice()), doubled + 2)
}

/// Number of quote bytes.
pub(super) fn count_quotes(raw: &[u8]) -> u64 {
    memchr::memchr_iter(b'"', raw).count() as u64
}

/// Why a record of a small file cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RecordFault {
    /// A field, by its 1-based number, breaks the grammar.
    Field(u32, FieldFault),
    /// A field, by its 1-based number, is not UTF-8.
    Utf8(u32),
}

/// Reads a CSV file record by record, with the line each begins at: for the
/// small files of a release, one thread, no speed. Of a record with a fault the
/// fields are what could be made of their bytes. Returns whether the last line
/// had its end.
pub(super) fn records(
    reader: impl Read,
    mut each: impl FnMut(u64, &[String], Option<RecordFault>),
) -> Result<bool, ChunkError> {
    let mut chunks = Chunks::new(reader, Cut::Csv, CHUNK);
    let (mut buffer, mut unquoted) = (Vec::new(), Vec::new());
    let mut structure = Structure::default();
    let mut fields: Vec<String> = Vec::new();
    let mut used = 0usize;
    let mut fault = None;
    let mut line = 1u64;
    let mut ended = true;
    while chunks.next_into(&mut buffer)?.is_some() {
        structure.index(&buffer);
        let (mut start, mut record) = (0usize, 0usize);
        for end in &structure.ends {
            let end = *end as usize;
            let raw = buffer.get(start..end).unwrap_or(&[]);
            let number = u32::try_from(used + 1).unwrap_or(u32::MAX);
            let text = match unquote(raw, &mut unquoted).0.map(std::str::from_utf8) {
                Ok(Ok(text)) => Some(text),
                Ok(Err(_)) => {
                    fault = fault.or(Some(RecordFault::Utf8(number)));
                    None
                }
                Err(why) => {
                    fault = fault.or(Some(RecordFault::Field(number, why)));
                    None
                }
            };
            if used == fields.len() {
                fields.push(String::new());
            }
            if let Some(field) = fields.get_mut(used) {
                field.clear();
                match text {
                    Some(text) => field.push_str(text),
                    None => field.push_str(&String::from_utf8_lossy(raw)),
                }
            }
            used += 1;
            start = end + 1;
            if buffer.get(end) != Some(&b',') {
                each(line, fields.get(..used).unwrap_or(&[]), fault.take());
                used = 0;
                let whole = buffer.get(record..start.min(buffer.len())).unwrap_or(&[]);
                line += memchr::memchr_iter(b'\n', whole).count() as u64;
                record = start;
            }
        }
        ended = buffer.last() == Some(&b'\n');
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A plain reader of the same grammar, one byte at a time.
    fn plain(text: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
        let mut records = Vec::new();
        let mut record = Vec::new();
        let mut field = Vec::new();
        let mut i = 0;
        let mut fresh = true;
        while i < text.len() {
            fresh = false;
            if text[i] == b'"' && field.is_empty() {
                i += 1;
                loop {
                    match (text.get(i), text.get(i + 1)) {
                        (Some(b'"'), Some(b'"')) => {
                            field.push(b'"');
                            i += 2;
                        }
                        (Some(b'"'), next) => {
                            i += 1;
                            if !matches!(next, None | Some(b',' | b'\n')) {
                                return None;
                            }
                            break;
                        }
                        (Some(b), _) => {
                            field.push(*b);
                            i += 1;
                        }
                        (None, _) => return None,
                    }
                }
            } else {
                while let Some(b) = text.get(i) {
                    if matches!(b, b',' | b'\n') {
                        break;
                    }
                    if matches!(b, b'"' | b'\r') {
                        return None;
                    }
                    field.push(*b);
                    i += 1;
                }
            }
            record.push(std::mem::take(&mut field));
            match text.get(i) {
                Some(b',') => {
                    i += 1;
                    if i == text.len() {
                        record.push(Vec::new());
                        records.push(std::mem::take(&mut record));
                        fresh = true;
                    }
                }
                Some(_) => {
                    i += 1;
                    records.push(std::mem::take(&mut record));
                    fresh = true;
                }
                None => {
                    records.push(std::mem::take(&mut record));
                    fresh = true;
                }
            }
        }
        assert!(fresh);
        Some(records)
    }

    fn ours(text: &[u8], size: usize) -> Option<Vec<Vec<Vec<u8>>>> {
        let mut chunks = Chunks::new(text, Cut::Csv, size);
        let mut buffer = Vec::new();
        let mut structure = Structure::default();
        let mut records = Vec::new();
        let mut scratch = Vec::new();
        let mut lines = 0;
        while let Some(_index) = chunks.next_into(&mut buffer).unwrap() {
            structure.index(&buffer);
            lines += structure.lines;
            let mut start = 0usize;
            let mut record = Vec::new();
            let mut quotes = 0;
            for end in &structure.ends {
                let end = *end as usize;
                let (field, seen) = unquote(&buffer[start..end], &mut scratch);
                quotes += seen;
                record.push(field.ok()?.to_vec());
                if buffer.get(end) != Some(&b',') {
                    records.push(std::mem::take(&mut record));
                }
                start = end + 1;
            }
            if quotes != structure.quotes {
                return None;
            }
            if !record.is_empty() {
                return None;
            }
        }
        assert_eq!(lines, text.iter().filter(|b| **b == b'\n').count() as u64);
        Some(records)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_fast_reader_reads_what_the_plain_one_reads(
            text in "[ab,\"\n\r汉]{0,150}", size in 1usize..90,
        ) {
            let text = text.as_bytes();
            prop_assert_eq!(ours(text, size), plain(text));
        }

        #[test]
        fn well_formed_text_comes_back_field_by_field(
            rows in proptest::collection::vec(
                proptest::collection::vec("[ab,\"\n\r汉]{0,9}", 3), 0..20),
            size in 1usize..200,
        ) {
            let mut text = String::new();
            for row in &rows {
                for (i, field) in row.iter().enumerate() {
                    if i > 0 { text.push(','); }
                    if field.contains(['"', ',', '\n', '\r']) {
                        text.push_str(&format!("\"{}\"", field.replace('"', "\"\"")));
                    } else {
                        text.push_str(field);
                    }
                }
                text.push('\n');
            }
            let want: Vec<Vec<Vec<u8>>> = rows.iter()
                .map(|r| r.iter().map(|f| f.clone().into_bytes()).collect()).collect();
            prop_assert_eq!(ours(text.as_bytes(), size), Some(want));
        }
    }

    #[test]
    fn a_quote_that_never_closes_is_an_error_not_a_flood() {
        let mut text = b"a,b\n\"".to_vec();
        text.resize(MAX_RECORD * 2, b'x');
        let mut chunks = Chunks::new(text.as_slice(), Cut::Csv, CHUNK);
        let mut buffer = Vec::new();
        assert_eq!(chunks.next_into(&mut buffer).unwrap(), Some(0));
        assert_eq!(buffer, b"a,b\n");
        assert!(matches!(
            chunks.next_into(&mut buffer),
            Err(ChunkError::TooLong)
        ));
    }
}
