//! The grammar of SPEC §5 once more, a byte at a time: slow, plain, and
//! written from the specification alone.

/// A record, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Fields as bytes, and the line (from 1) and byte (from 0) where it begins.
    Record(Vec<Vec<u8>>, u64, u64),
    /// Line and byte of what cannot be read for certain.
    Unreadable(u64, u64),
    /// A line without any byte.
    Blank,
}

enum End {
    /// Fields and the byte after the record's line end; the flag says that it
    /// can be read for certain so far.
    Found(Vec<Vec<u8>>, usize, bool),
    /// A quote where none may be, text after one, or one that never closes.
    Quote,
}

/// Every entry of a file, the header included.
pub(crate) fn entries(bytes: &[u8], delimiter: u8) -> Vec<Entry> {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let mut line = 1;
    let mut width = None;
    let mut out = Vec::new();
    while at < bytes.len() {
        let (begin, begin_line) = (at, line);
        let physical = |from: usize| {
            let end = bytes[from..].iter().position(|b| *b == b'\n');
            end.map_or(bytes.len(), |end| from + end + 1)
        };
        match record(bytes, at, delimiter) {
            End::Quote => {
                at = physical(at);
                out.push(Entry::Unreadable(begin_line, begin as u64));
            }
            End::Found(fields, next, certain) => {
                at = next;
                let blank = fields.len() == 1 && fields[0].is_empty() && bytes[begin] != b'"';
                if blank && certain && width != Some(1) {
                    out.push(Entry::Blank);
                } else if !certain
                    || width.is_some_and(|width| width != fields.len())
                    || fields
                        .iter()
                        .any(|field| std::str::from_utf8(field).is_err())
                {
                    out.push(Entry::Unreadable(begin_line, begin as u64));
                } else {
                    width = Some(fields.len());
                    out.push(Entry::Record(fields, begin_line, begin as u64));
                }
            }
        }
        line += bytes[begin..at].iter().filter(|b| **b == b'\n').count() as u64;
    }
    out
}

fn record(bytes: &[u8], mut at: usize, delimiter: u8) -> End {
    let mut fields = Vec::new();
    let mut certain = true;
    loop {
        let mut field = Vec::new();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => return End::Quote,
                    (Some(b'"'), Some(b'"')) => {
                        field.push(b'"');
                        at += 2;
                    }
                    (Some(b'"'), _) => break,
                    (Some(byte), _) => {
                        certain &= *byte != 0;
                        field.push(*byte);
                        at += 1;
                    }
                }
            }
            at += 1;
        } else {
            while let Some(byte) = bytes.get(at) {
                match *byte {
                    b'"' => return End::Quote,
                    b'\n' => break,
                    b'\r' if bytes.get(at + 1) == Some(&b'\n') => break,
                    byte if byte == delimiter => break,
                    byte => {
                        certain &= byte != 0 && byte != b'\r';
                        field.push(byte);
                    }
                }
                at += 1;
            }
        }
        fields.push(field);
        match (bytes.get(at), bytes.get(at + 1)) {
            (None, _) => return End::Found(fields, at, certain),
            (Some(b'\n'), _) => return End::Found(fields, at + 1, certain),
            (Some(b'\r'), Some(b'\n')) => return End::Found(fields, at + 2, certain),
            (Some(byte), _) if *byte == delimiter => at += 1,
            _ => return End::Quote,
        }
    }
}
