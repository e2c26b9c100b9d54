//! The reader of the finished crate beside the plain reference: large files,
//! the default sizes of everything. All values are invented.

use offrecord::input::reference::{self, Seen};
use offrecord::input::{Chunk, Event, Reading, RecordReader, Source};

/// A register-like file in which every so many lines something is irregular.
fn file(lines: u64) -> Vec<u8> {
    let mut out = b"id,name,address,notes\n".to_vec();
    let mut state = 7u64;
    for nth in 0..lines {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let draw = state >> 33;
        let pad = "x".repeat((draw % 97) as usize);
        let record = match draw % 41 {
            0 => format!("{nth},\"{pad}\nstreet \"\"7\"\"\",b,c\r\n"),
            1 => format!("{nth},\"{pad}\",\"a,b\",\"\"\n"),
            2 => format!("{nth},{pad}\"stray,b,c\n"),
            3 => format!("{nth},\"{pad}\"after,b,c\n"),
            4 => format!("{nth},{pad},\r,c\n"),
            5 => format!("{nth},{pad},b\n"),
            6 => format!("{nth},名字{pad},\0,c\n"),
            7 => "\n".to_owned(),
            8 => format!("{nth},\"{pad},b,c\n"),
            _ => format!("{nth},{pad},门牌 {draw},没有\n"),
        };
        out.extend_from_slice(record.as_bytes());
        if draw.is_multiple_of(89) {
            out.extend_from_slice(b"bad,\xff,bytes,\xe5\x90\n");
        }
    }
    out
}

#[test]
fn a_large_damaged_file_reads_as_the_reference_reads_it() {
    let bytes = file(40_000);
    let mut starts = vec![0];
    starts.extend(
        bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(at, _)| at as u64 + 1),
    );
    for chunk in [1 << 20, 100_000, 33] {
        let reading = Reading {
            chunk,
            ..Reading::default()
        };
        let wanted = reference::read(&bytes, &reading, &[], &starts);
        let from = Box::new(std::io::Cursor::new(bytes.clone()));
        let mut source = Source::from_read(from, None, &reading).unwrap();
        let columns = source.header().unwrap().len();
        let mut reader = RecordReader::new(&reading, columns, &[]);
        let mut wanted = wanted.seen.into_iter();
        let mut chunk = Chunk::new();
        while let Some(next) = source.next_chunk(chunk).unwrap() {
            chunk = next;
            reader.read(&chunk, |event| {
                let got = match event {
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
                };
                assert_eq!(Some(got), wanted.next());
            });
        }
        assert_eq!(wanted.next(), None);
    }
}

#[test]
fn a_source_and_its_chunks_can_go_to_other_threads() {
    fn goes<T: Send>() {}
    goes::<Source>();
    goes::<Chunk>();
    goes::<RecordReader>();
}
