//! CSV records out of a chunk whose structure the splitter has vouched for.
//!
//! An index of field ends is made over 64 bytes at a time, with bit masks; a
//! record is then a slice of that index and its values are cut out when asked
//! for. Records with something special in them (a doubled quote, a NUL, a lone
//! CR, invalid bytes, a size or a count that is off) take a careful path.

use memchr::memchr;

use super::block::{Block, Needle, low, pad, prefix_xor};
use super::chunk::Chunk;
use super::decode::utf8;
use super::record::{Event, Fields, Kept, Record, Span, Unreadable};
use super::{Limits, Reading, Reason};

/// Bytes indexed at a time, so that index and text stay in the near cache. Unit
/// tests cross its borders often; tests of the finished crate have the real one.
const BATCH: usize = if cfg!(test) { 128 } else { 32 << 10 };

/// Positions of what structures a chunk.
#[derive(Default)]
struct Index {
    /// One before the first record, then every delimiter and LF outside quotes.
    ends: Vec<u32>,
    /// Used entries of `ends`.
    len: usize,
    /// For each record, the entry of `ends` behind its last.
    rows: Vec<usize>,
    /// NULs, lone CRs, doubled quotes, in order.
    special: Vec<u32>,
    /// LFs inside quotes, in order.
    inner: Vec<u32>,
    inside: u64,
    closed: bool,
    cr: bool,
}

/// The parser of one worker.
pub(super) struct Csv {
    delimiter: u8,
    quote: Option<u8>,
    columns: Option<usize>,
    limits: Limits,
    index: Index,
    spans: Vec<Span>,
    unescaped: String,
}

impl Csv {
    pub(super) fn new(reading: &Reading, columns: Option<usize>) -> Self {
        Self {
            delimiter: reading.delimiter,
            quote: reading.quote,
            columns,
            limits: reading.limits,
            index: Index::default(),
            spans: Vec::new(),
            unescaped: String::new(),
        }
    }

    /// Parses `from..to` of a chunk, which begins with `line`.
    pub(super) fn read<F: FnMut(Event<'_>) -> bool>(
        &mut self,
        chunk: &Chunk,
        from: usize,
        to: usize,
        mut line: u64,
        each: &mut F,
    ) -> Option<u64> {
        let data = chunk.data();
        let data = data.get(..to).unwrap_or(data);
        self.index.begin(from);
        let mut at = from;
        while at < to {
            let stop = to.min(at + BATCH);
            self.index.run(data, at, stop, self.delimiter, self.quote);
            if stop == to {
                self.index.finish(data);
            }
            at = stop;
            line = self.rows(chunk, data, line, each)?;
            self.index.compact();
        }
        Some(line)
    }

    /// Hands out the records that the index holds in full.
    fn rows<F: FnMut(Event<'_>) -> bool>(
        &mut self,
        chunk: &Chunk,
        data: &[u8],
        mut line: u64,
        each: &mut F,
    ) -> Option<u64> {
        let index = &self.index;
        let Some(&last) = index.rows.last() else {
            return Some(line);
        };
        let ends = index.ends.get(..last).unwrap_or_default();
        let base = ends.first()?.wrapping_add(1);
        let stop = (*ends.last()? as usize).min(data.len());
        let body = data.get(base as usize..stop).unwrap_or_default();
        // Valid as a whole, or looked at record by record.
        let text = utf8(body);
        let quote = self.quote.unwrap_or(0xff);
        let mut special = index.special.iter().copied().peekable();
        let mut inner = index.inner.iter().copied().peekable();
        let mut first = 0;
        for &row in &index.rows {
            let bounds = ends.get(first..row).unwrap_or_default();
            first = row - 1;
            let (Some(&before), Some(&feed)) = (bounds.first(), bounds.last()) else {
                continue;
            };
            let start = before.wrapping_add(1);
            let mut line_after = line + 1;
            while inner.next_if(|at| *at < feed).is_some() {
                line_after += 1;
            }
            let mut odd = false;
            let mut doubled = false;
            while let Some(at) = special.next_if(|at| *at < feed) {
                if data.get(at as usize).copied() == self.quote {
                    doubled = true;
                } else {
                    odd = true;
                }
            }
            // The CR of a CR LF; a record cut off by the end of the input has
            // no LF, and a CR there is special.
            let mut end = feed;
            if feed > start && data.get(feed as usize - 1) == Some(&b'\r') && !odd {
                end -= 1;
            }
            let count = bounds.len() - 1;
            let mut record = Record {
                chunk,
                text: text.unwrap_or_default(),
                base,
                fields: Fields::Bounds { bounds, end, quote },
                line,
                at: start,
                after: feed.saturating_add(1).min(data.len() as u32),
                line_after,
            };
            let plain = text.is_some()
                && !odd
                && Some(count) == self.columns
                && (feed - start) as usize <= self.limits.field
                && count <= self.limits.columns
                && (count > 1 || end > start);
            let more = if plain && !doubled {
                each(Event::Record(&record))
            } else {
                let raw = data.get(start as usize..feed as usize).unwrap_or_default();
                let fed = data.get(feed as usize) == Some(&b'\n');
                let careful = Careful {
                    raw,
                    start,
                    fed,
                    bounds,
                    quote: self.quote,
                    columns: self.columns,
                    limits: self.limits,
                };
                self.spans.clear();
                self.unescaped.clear();
                let outcome = match text {
                    Some(text) if plain => {
                        let from = start.wrapping_sub(base) as usize;
                        let to = end.wrapping_sub(base) as usize;
                        let text = text.get(from..to).unwrap_or_default();
                        careful
                            .values(text, &mut self.spans, &mut self.unescaped)
                            .map(|()| Some(text))
                    }
                    _ => careful.read(&mut self.spans, &mut self.unescaped),
                };
                match outcome {
                    Ok(None) => each(Event::Blank),
                    Ok(Some(text)) => {
                        record.text = text;
                        record.base = start;
                        record.fields = Fields::Spans {
                            spans: &self.spans,
                            extra: &[],
                            unescaped: &self.unescaped,
                        };
                        each(Event::Record(&record))
                    }
                    Err((reason, column)) => each(Event::Unreadable(Unreadable {
                        line,
                        byte: record.byte(),
                        column,
                        reason,
                    })),
                }
            };
            if !more {
                return None;
            }
            line = line_after;
        }
        Some(line)
    }
}

impl Index {
    fn begin(&mut self, from: usize) {
        // What one record of very many fields has stretched is let go again.
        if self.ends.len() > 8 * BATCH.max(4096) {
            self.ends = Vec::new();
        }
        self.rows.clear();
        self.special.clear();
        self.inner.clear();
        self.inside = 0;
        self.closed = false;
        self.cr = false;
        self.len = 0;
        self.push((from as u32).wrapping_sub(1));
    }

    fn push(&mut self, at: u32) {
        if self.len >= self.ends.len() {
            self.ends
                .resize((self.len + 1).next_power_of_two().max(4096), 0);
        }
        if let Some(end) = self.ends.get_mut(self.len) {
            *end = at;
            self.len += 1;
        }
    }

    /// Indexes `at..stop`.
    fn run(&mut self, data: &[u8], at: usize, stop: usize, delimiter: u8, quote: Option<u8>) {
        let needles = Needles {
            delimiter: Needle::new(delimiter),
            quote: quote.map(Needle::new),
            feed: Needle::new(b'\n'),
            cr: Needle::new(b'\r'),
            nul: Needle::new(0),
        };
        // Room for as many ends as there can be, and for a block's more.
        let room = self.len + (stop - at) + 128;
        if self.ends.len() < room {
            self.ends.resize(room.next_power_of_two(), 0);
        }
        let mut ends = std::mem::take(&mut self.ends);
        let mut at = at as u32;
        let from = at as usize;
        let (blocks, tail) = data.get(from..stop).unwrap_or_default().as_chunks::<64>();
        for block in blocks {
            self.block(&mut ends, Block::load(block), at, 64, &needles);
            at = at.wrapping_add(64);
        }
        if !tail.is_empty() {
            self.block(&mut ends, Block::load(&pad(tail)), at, tail.len(), &needles);
        }
        self.ends = ends;
    }

    #[inline(always)]
    fn block(&mut self, ends: &mut [u32], block: Block<'_>, at: u32, n: usize, needles: &Needles) {
        let valid = low(n);
        let last = n as u32 - 1;
        let feed = block.eq(needles.feed) & valid;
        let delimiter = block.eq(needles.delimiter) & valid;
        let q = match needles.quote {
            Some(quote) => block.eq(quote) & valid,
            None => 0,
        };
        let mut inside = self.inside;
        let mut special = 0;
        if q != 0 {
            inside ^= prefix_xor(q);
            let close = q & !inside;
            special = (close << 1 | u64::from(self.closed)) & q & inside;
            self.closed = close >> last & 1 == 1;
            self.inside = if inside >> last & 1 == 1 { u64::MAX } else { 0 };
        } else {
            self.closed = false;
        }
        if self.cr || block.any(needles.cr, needles.nul) {
            special |= self.odd(block, at, n, feed, inside, needles);
        }
        if special != 0 {
            each_bit(special, |bit| self.special.push(at.wrapping_add(bit)));
        }
        let bounds = (feed | delimiter) & !inside;
        if feed != 0 {
            each_bit(feed & !inside, |bit| {
                let upto = u64::MAX >> (63 - bit);
                let nth = (bounds & upto).count_ones() as usize;
                self.rows.push(self.len.wrapping_add(nth));
            });
            each_bit(feed & inside, |bit| self.inner.push(at.wrapping_add(bit)));
        }
        let Some(out) = ends
            .get_mut(self.len..)
            .and_then(|out| out.first_chunk_mut::<64>())
        else {
            return;
        };
        // Eight are written whether or not there are so many: cheaper than a
        // branch for each. What is too much is written over.
        let mut bits = bounds;
        for end in out.iter_mut().take(8) {
            *end = at.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
        let mut nth = 8;
        while bits != 0 {
            out[nth & 63] = at.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
            nth += 1;
        }
        self.len = self.len.wrapping_add(bounds.count_ones() as usize);
    }

    /// NULs and CRs outside quotes that no LF follows.
    #[inline(never)]
    fn odd(
        &mut self,
        block: Block<'_>,
        at: u32,
        n: usize,
        feed: u64,
        inside: u64,
        needles: &Needles,
    ) -> u64 {
        let valid = low(n);
        let nul = block.eq(needles.nul) & valid;
        let cr = block.eq(needles.cr) & valid & !inside;
        if self.cr && feed & 1 == 0 {
            self.special.push(at - 1);
        }
        // A CR in the last byte is judged with the next block.
        let ahead = cr & low(n - 1);
        self.cr = cr != ahead;
        nul | ahead & !(feed >> 1)
    }

    /// Ends the last record, where the input ends without LF.
    fn finish(&mut self, data: &[u8]) {
        if self.cr {
            self.special.push(data.len() as u32 - 1);
            self.cr = false;
        }
        let done = self
            .rows
            .last()
            .and_then(|row| self.ends.get(row - 1))
            .or(self.ends.first())
            .map_or(0, |at| at.wrapping_add(1) as usize);
        if done < data.len() {
            self.push(data.len() as u32);
            self.rows.push(self.len);
        }
    }

    /// Drops the records handed out, keeps what is known of the next one.
    fn compact(&mut self) {
        let Some(&row) = self.rows.last() else {
            return;
        };
        self.rows.clear();
        self.ends.copy_within(row - 1..self.len, 0);
        self.len -= row - 1;
        let done = self.ends.first().copied().unwrap_or(0);
        self.special.retain(|at| *at > done);
        self.inner.retain(|at| *at > done);
    }
}

/// What the index looks for.
struct Needles {
    delimiter: Needle,
    quote: Option<Needle>,
    feed: Needle,
    cr: Needle,
    nul: Needle,
}

#[inline(always)]
fn each_bit(mut bits: u64, mut each: impl FnMut(u32)) {
    while bits != 0 {
        each(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// One record looked at in full.
struct Careful<'a> {
    /// Its bytes up to the LF.
    raw: &'a [u8],
    /// Position of its first byte in the chunk.
    start: u32,
    /// Whether an LF follows.
    fed: bool,
    bounds: &'a [u32],
    quote: Option<u8>,
    columns: Option<usize>,
    limits: Limits,
}

impl<'a> Careful<'a> {
    /// Start, end and bytes of each field of a record with the bytes `body`.
    fn fields<'b>(&self, body: &'b [u8]) -> impl Iterator<Item = (usize, usize, &'b [u8])> {
        let start = self.start;
        self.bounds
            .iter()
            .zip(self.bounds.iter().skip(1))
            .map(move |(before, end)| {
                let from = before.wrapping_sub(start).wrapping_add(1) as usize;
                let to = (end.wrapping_sub(start) as usize).min(body.len());
                (from, to, body.get(from..to).unwrap_or_default())
            })
    }

    /// The text of the record, with the spans of its values; `None` for a blank
    /// line.
    fn read(
        &self,
        spans: &mut Vec<Span>,
        unescaped: &mut String,
    ) -> Result<Option<&'a str>, (Reason, Option<usize>)> {
        let body = match self.raw.strip_suffix(b"\r") {
            Some(body) if self.fed => body,
            _ => self.raw,
        };
        let count = self.bounds.len() - 1;
        if body.is_empty() && self.columns != Some(1) {
            return Ok(None);
        }
        let column_of = |bad: &dyn Fn(&[u8]) -> bool| {
            self.fields(body)
                .position(|(_, _, raw)| bad(raw))
                .map(|i| i + 1)
        };
        let Some(text) = utf8(body) else {
            let column = column_of(&|raw| utf8(raw).is_none());
            return Err((Reason::InvalidBytes, column));
        };
        if let Some(column) = column_of(&|raw| raw.contains(&0)) {
            return Err((Reason::Nul, Some(column)));
        }
        if let Some(column) = column_of(&|raw| !self.quoted(raw) && raw.contains(&b'\r')) {
            return Err((Reason::LoneCr, Some(column)));
        }
        if count > self.limits.columns {
            return Err((Reason::TooManyColumns, None));
        }
        if self.columns.is_some_and(|columns| columns != count) {
            return Err((Reason::WrongFieldCount, None));
        }
        self.values(text, spans, unescaped)?;
        Ok(Some(text))
    }

    fn quoted(&self, raw: &[u8]) -> bool {
        raw.first().is_some_and(|byte| Some(*byte) == self.quote)
    }

    /// The spans of the values of a record with the valid text `text`.
    fn values(
        &self,
        text: &str,
        spans: &mut Vec<Span>,
        unescaped: &mut String,
    ) -> Result<(), (Reason, Option<usize>)> {
        for (nth, (from, to, raw)) in self.fields(text.as_bytes()).enumerate() {
            let mut span = Span {
                from: self.start.wrapping_add(from as u32),
                to: self.start.wrapping_add(to as u32),
                kept: Kept::Chunk,
            };
            let mut len = raw.len();
            if let Some(quote) = self.quote.filter(|_| self.quoted(raw)) {
                span.from += 1;
                span.to = span.to.saturating_sub(1);
                let mut rest = text.get(from + 1..to.saturating_sub(1)).unwrap_or_default();
                len = rest.len();
                let kept = unescaped.len();
                // Of two quotes the first stays.
                while let Some(at) = memchr(quote, rest.as_bytes()) {
                    unescaped.push_str(rest.get(..=at).unwrap_or_default());
                    rest = rest.get(at + 2..).unwrap_or_default();
                    span.kept = Kept::Unescaped;
                }
                if span.kept == Kept::Unescaped {
                    unescaped.push_str(rest);
                    span.from = kept as u32;
                    span.to = unescaped.len() as u32;
                    len = unescaped.len() - kept;
                }
            }
            if len > self.limits.field {
                return Err((Reason::FieldTooLong, Some(nth + 1)));
            }
            spans.push(span);
        }
        Ok(())
    }
}
