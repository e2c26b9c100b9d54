//! Finds the last certain record bound of a buffer, 64 bytes at a time.
//!
//! The pass looks at quotes alone and checks, by bit masks, that each opens at
//! a field start and that each closing one ends its field. Where that holds the
//! parity of quotes says what is data, exactly. Where it does not, the pass
//! stops and [`super::exact`] looks at that record byte by byte.

use super::block::{Block, Needle, low, pad, prefix_xor};
use super::exact::Marks;

/// How far a buffer has been scanned. A buffer may grow between calls.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scan {
    /// Bytes looked at.
    pub(super) at: usize,
    /// The last certain record bound: a record starts here.
    pub(super) bound: usize,
    /// All ones inside quotes.
    inside: u64,
    /// Whether the last byte closed a quote, or is a CR behind one that did.
    closed: bool,
    closed_cr: bool,
}

impl Scan {
    /// A scan that starts at a certain record bound.
    pub(super) fn from(bound: usize) -> Self {
        Self {
            at: bound,
            bound,
            ..Self::default()
        }
    }

    /// Whether the scanned bytes end inside quotes.
    pub(super) fn inside(&self) -> bool {
        self.inside != 0
    }
}

/// What the pass found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// All bytes are regular so far.
    Regular,
    /// Something irregular stands in a record at or after `bound`.
    Irregular,
}

/// Scans `text` from where `scan` stands to its end.
pub(super) fn scan(text: &[u8], last: bool, scan: &mut Scan, marks: Marks) -> Found {
    let feed = Needle::new(b'\n');
    let Some(quote_byte) = marks.quote else {
        if let Some(at) = memchr::memrchr(b'\n', text.get(scan.at..).unwrap_or_default()) {
            scan.bound = scan.at + at + 1;
        }
        scan.at = text.len();
        return Found::Regular;
    };
    let quote = Needle::new(quote_byte);
    let (blocks, tail) = text.get(scan.at..).unwrap_or_default().as_chunks::<64>();
    for block in blocks {
        let block = Block::load(block);
        let q = block.eq(quote);
        let f = block.eq(feed);
        if q == 0 && !scan.closed && !scan.closed_cr {
            let ends = f & !scan.inside;
            if ends != 0 {
                scan.bound = scan.at + 64 - ends.leading_zeros() as usize;
            }
            scan.at += 64;
        } else if !quoted(block, q, f, 64, text, scan, marks) {
            return Found::Irregular;
        }
    }
    if !tail.is_empty() {
        let n = tail.len();
        let bytes = pad(tail);
        let block = Block::load(&bytes);
        let q = block.eq(quote) & low(n);
        let f = block.eq(feed) & low(n);
        if !quoted(block, q, f, n, text, scan, marks) {
            return Found::Irregular;
        }
    }
    if last && scan.closed_cr {
        return Found::Irregular;
    }
    Found::Regular
}

/// A block of `n` bytes with quotes in it, or right behind one.
#[inline]
fn quoted(
    block: Block<'_>,
    q: u64,
    f: u64,
    n: usize,
    text: &[u8],
    scan: &mut Scan,
    marks: Marks,
) -> bool {
    let valid = low(n);
    let last = n as u32 - 1;
    let delimiter = block.eq(Needle::new(marks.delimiter)) & valid;
    let inside = prefix_xor(q) ^ scan.inside;
    let open = q & inside;
    let close = q & !inside;
    let after_close = (close << 1 | u64::from(scan.closed)) & valid;
    // A quote opens at the start of a field, or as the second of a doubled one.
    let first = match scan.at.checked_sub(1).and_then(|at| text.get(at)) {
        None => true,
        Some(before) => *before == b'\n' || *before == marks.delimiter,
    };
    let starts = (f | delimiter) << 1 | u64::from(first);
    if open & !(starts | after_close) != 0 {
        return false;
    }
    // A field ends behind a closing quote, or the quote was doubled.
    let odd = after_close & !(f | delimiter | q);
    let mut closed_cr = 0;
    if odd != 0 || scan.closed_cr {
        let cr = block.eq(Needle::new(b'\r')) & valid;
        closed_cr = odd & cr;
        let after_cr = (closed_cr << 1 | u64::from(scan.closed_cr)) & valid;
        if odd != closed_cr || after_cr & !f != 0 {
            return false;
        }
    }
    let ends = f & !inside;
    if ends != 0 {
        scan.bound = scan.at + 64 - ends.leading_zeros() as usize;
    }
    scan.inside = if inside >> last & 1 == 1 { u64::MAX } else { 0 };
    scan.closed = close >> last & 1 == 1;
    scan.closed_cr = closed_cr >> last & 1 == 1;
    scan.at += n;
    true
}
