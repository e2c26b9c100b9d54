//! The reader against the plain reference: the same records, the same places,
//! the same reasons, for any bytes, chunk size, limits and grammar. The first
//! six bytes choose the settings. UTF-8 only: the reference does not decode.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offrecord::input::reference::{self, Seen, Whole};
use offrecord::input::{Chunk, Event, Format, Limits, ReadError, Reading, RecordReader, Source};

const NAMES: [&str; 3] = ["a", "b", "汉"];

fuzz_target!(|bytes: &[u8]| {
    let Some((settings, bytes)) = bytes.split_first_chunk::<6>() else {
        return;
    };
    let [format, delimiter, quote, header, limits, chunk] = *settings;
    let jsonl = format & 1 == 1;
    let small = limits & 1 == 1;
    let reading = Reading {
        format: if jsonl { Format::Jsonl } else { Format::Csv },
        delimiter: [b',', b';', b'\t', b'|'][usize::from(delimiter % 4)],
        quote: [Some(b'"'), Some(b'\''), None][usize::from(quote % 3)],
        header: header & 1 == 0,
        limits: if small {
            Limits { field: 5, record: 24, columns: 3, ..Limits::default() }
        } else {
            Limits::default()
        },
        chunk: 16 + usize::from(chunk),
        ..Reading::default()
    };
    let Some(got) = read(bytes, &reading) else {
        return;
    };
    let (text, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(text) => (text, 3),
        None => (bytes, 0),
    };
    let lines: Vec<u64> = std::iter::once(mark)
        .chain((mark + 1..).zip(text).filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at))
        .collect();
    let expected = reference::read(text, &reading, &NAMES, &lines);
    assert!(got == expected, "the reader and the reference differ");
});

/// What the real reader sees; `None` where the input is refused as a whole for
/// what the reference does not know: gzip, another encoding's mark.
fn read(bytes: &[u8], reading: &Reading) -> Option<Whole> {
    let from = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut source = Source::from_read(from, None, reading).ok()?;
    let header: Vec<String> = match source.header() {
        Ok(header) => header.iter().map(|name| name.text().to_owned()).collect(),
        Err(error) => {
            let header = Err(match error {
                ReadError::NoHeader => None,
                ReadError::Header { line, byte, reason } => Some((line, byte, reason)),
                _ => return None,
            });
            return Some(Whole { header, seen: Vec::new() });
        }
    };
    let mut reader = RecordReader::new(reading, header.len(), &NAMES);
    let mut seen = Vec::new();
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(chunk).ok()? {
        chunk = next;
        reader.read(&chunk, |event| {
            seen.push(match event {
                Event::Record(record) => Seen::Record {
                    line: record.line(),
                    byte: record.byte(),
                    values: (0..record.len()).map(|i| record.get(i).map(str::to_owned)).collect(),
                },
                Event::Unreadable(bad) => Seen::Unreadable {
                    line: bad.line,
                    byte: bad.byte,
                    column: bad.column,
                    reason: bad.reason,
                },
                Event::Blank => Seen::Blank,
            });
        });
    }
    Some(Whole { header: Ok(header), seen })
}
