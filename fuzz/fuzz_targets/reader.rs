//! The reader beside the plain reference parser, on any bytes: same header,
//! same records, same places and reasons, whatever the settings and chunk size.
//!
//! `cargo +nightly fuzz run reader -- -max_total_time=60`
#![no_main]

use libfuzzer_sys::fuzz_target;
use offrecord::input::reference::{self, Seen, Whole};
use offrecord::input::{Chunk, Event, Format, Limits, ReadError, Reading, RecordReader, Source};

fuzz_target!(|bytes: &[u8]| {
    let Some((settings, text)) = bytes.split_first_chunk::<4>() else {
        return;
    };
    let [flags, chunk, record, field] = *settings;
    let mut limits = Limits::default();
    if flags & 1 != 0 {
        limits.record = usize::from(record) + 1;
        limits.field = usize::from(field) + 1;
        limits.columns = 3;
    }
    let reading = Reading {
        format: if flags & 2 != 0 {
            Format::Jsonl
        } else {
            Format::Csv
        },
        header: flags & 4 != 0,
        quote: match flags >> 3 & 3 {
            0 => None,
            1 => Some(b'\''),
            _ => Some(b'"'),
        },
        chunk: usize::from(chunk) + 1,
        limits,
        ..Reading::default()
    };
    let names = ["a", "b", "c"];
    // Marks of other encodings and gzip are refused or inflated: other paths.
    if [&b"\xff\xfe"[..], b"\xfe\xff", b"\0\0\xfe\xff", b"\x1f\x8b\x08"]
        .iter()
        .any(|mark| text.starts_with(mark))
    {
        return;
    }
    let (body, mark) = match text.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (body, 3),
        None => (text, 0),
    };
    let mut starts = vec![mark];
    for (at, byte) in body.iter().enumerate() {
        if *byte == b'\n' {
            starts.push(mark + at as u64 + 1);
        }
    }
    let wanted = reference::read(body, &reading, &names, &starts);
    let got = read(text, &reading, &names);
    assert!(got == wanted, "reader and reference differ");
});

fn read(text: &[u8], reading: &Reading, names: &[&str]) -> Whole {
    let from = Box::new(std::io::Cursor::new(text.to_vec()));
    let mut source = Source::from_read(from, None, reading).expect("settings make a grammar");
    let header: Vec<String> = match source.header() {
        Ok(header) => header.iter().map(|name| name.text().to_owned()).collect(),
        Err(ReadError::NoHeader) => {
            return Whole {
                header: Err(None),
                seen: Vec::new(),
            };
        }
        Err(ReadError::Header { line, byte, reason }) => {
            return Whole {
                header: Err(Some((line, byte, reason))),
                seen: Vec::new(),
            };
        }
        Err(other) => panic!("{other}"),
    };
    let mut reader = RecordReader::new(reading, header.len(), names);
    let mut seen = Vec::new();
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(chunk).expect("memory can be read") {
        chunk = next;
        reader.read(&chunk, |event| {
            seen.push(match event {
                Event::Record(record) => Seen::Record {
                    line: record.line(),
                    byte: record.byte(),
                    values: (0..record.len())
                        .map(|i| record.get(i).map(str::to_owned))
                        .collect(),
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
    Whole {
        header: Ok(header),
        seen,
    }
}
