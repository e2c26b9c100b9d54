//! All names and values here are invented.

use std::io::{Read, Write};

use proptest::prelude::*;

use super::reference::{self, Seen, Whole};
use super::*;

/// Reads bytes with the real reader, to be compared with the reference.
fn read(bytes: &[u8], reading: &Reading, names: &[&str]) -> Whole {
    let from = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut source = match Source::from_read(from, None, reading) {
        Ok(source) => source,
        Err(error) => panic!("{error}"),
    };
    let header: Vec<String> = match source.header() {
        Ok(header) => header.iter().map(|name| name.text().to_owned()).collect(),
        Err(error) => {
            return Whole {
                header: Err(match error {
                    ReadError::NoHeader => None,
                    ReadError::Header { line, byte, reason } => Some((line, byte, reason)),
                    other => panic!("{other}"),
                }),
                seen: Vec::new(),
            };
        }
    };
    let mut reader = RecordReader::new(reading, header.len(), names);
    let mut seen = Vec::new();
    let mut chunk = Chunk::new();
    let mut index = 0;
    while let Some(next) = source.next_chunk(chunk).unwrap() {
        chunk = next;
        assert_eq!(chunk.index(), index, "chunks are counted without gaps");
        index += 1;
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

/// Line starts of UTF-8 input behind a byte order mark of `mark` bytes.
fn line_bytes(text: &[u8], mark: usize) -> Vec<u64> {
    let mut starts = vec![mark as u64];
    for (i, byte) in text.iter().enumerate() {
        if *byte == b'\n' {
            starts.push((mark + i + 1) as u64);
        }
    }
    starts
}

fn expected(bytes: &[u8], reading: &Reading, names: &[&str]) -> Whole {
    let (text, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(text) => (text, 3),
        None => (bytes, 0),
    };
    reference::read(text, reading, names, &line_bytes(text, mark))
}

fn no_header() -> Reading {
    Reading {
        header: false,
        ..Reading::default()
    }
}

/// Values of the records, unreadable ones as their reason.
fn rows(bytes: &[u8], reading: &Reading) -> Vec<Result<Vec<String>, (u64, u64, Reason)>> {
    let whole = read(bytes, reading, &[]);
    assert_eq!(whole, expected(bytes, reading, &[]));
    whole
        .seen
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Record { values, .. } => Some(Ok(values.into_iter().flatten().collect())),
            Seen::Unreadable {
                line, byte, reason, ..
            } => Some(Err((line, byte, reason))),
            Seen::Blank => None,
        })
        .collect()
}

type Row<'a> = Result<&'a [&'a str], (u64, u64, Reason)>;

fn claim(name: &str, bytes: &[u8], reading: &Reading, wanted: &[Row<'_>]) {
    let got = rows(bytes, reading);
    let wanted: Vec<_> = wanted
        .iter()
        .map(|row| row.map(|values| values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()))
        .collect();
    assert_eq!(got, wanted, "{name}");
}

#[test]
fn the_grammar_reads_what_it_says() {
    use Reason::*;
    let cases: &[(&str, &[u8], &[Row<'_>])] = &[
        ("simple", b"a,b\n1,2\n", &[Ok(&["a", "b"]), Ok(&["1", "2"])]),
        (
            "no final newline",
            b"a,b\n1,2",
            &[Ok(&["a", "b"]), Ok(&["1", "2"])],
        ),
        (
            "CR LF",
            b"a,b\r\n1,2\r\n",
            &[Ok(&["a", "b"]), Ok(&["1", "2"])],
        ),
        (
            "mixed line ends",
            b"a,b\r\n1,2\n3,4\r\n",
            &[Ok(&["a", "b"]), Ok(&["1", "2"]), Ok(&["3", "4"])],
        ),
        ("comma in quotes", b"a,\"b,c\"\n", &[Ok(&["a", "b,c"])]),
        (
            "doubled quotes",
            b"a,\"b \"\"c\"\" d\"\n",
            &[Ok(&["a", "b \"c\" d"])],
        ),
        (
            "quotes alone",
            b"\"\"\"\",\"\"\"\"\"\"\n",
            &[Ok(&["\"", "\"\""])],
        ),
        ("empty", b",\"\",\n", &[Ok(&["", "", ""])]),
        (
            "newlines in quotes",
            b"a,\"x\ny\r\nz\rw\"\n1,2\n",
            &[Ok(&["a", "x\ny\r\nz\rw"]), Ok(&["1", "2"])],
        ),
        (
            "UTF-8",
            "名,\"字,\"\n\u{1f600},é\n".as_bytes(),
            &[Ok(&["名", "字,"]), Ok(&["\u{1f600}", "é"])],
        ),
        ("spaces are data", b" a , b\n", &[Ok(&[" a ", " b"])]),
        (
            "space before a quote",
            b"a, \"b\"\n1,2\n",
            &[Err((1, 0, StrayQuote)), Ok(&["1", "2"])],
        ),
        (
            "byte order mark",
            b"\xef\xbb\xbfa,b\n1\n",
            &[Ok(&["a", "b"]), Err((2, 7, WrongFieldCount))],
        ),
        (
            "quote in a field",
            b"a\"b,c\n1,2\n",
            &[Err((1, 0, StrayQuote)), Ok(&["1", "2"])],
        ),
        (
            "text after a quote",
            b"\"a\"b,c\n1,2\n",
            &[Err((1, 0, TextAfterQuote)), Ok(&["1", "2"])],
        ),
        (
            "backslash is no escape",
            b"1,2\n\"a\\\"b\",c\n1,2\n",
            &[
                Ok(&["1", "2"]),
                Err((2, 4, TextAfterQuote)),
                Ok(&["1", "2"]),
            ],
        ),
        (
            "an unclosed quote does not swallow the file",
            b"1,2\n\"a,b\nc,d\ne,f\n",
            &[
                Ok(&["1", "2"]),
                Err((2, 4, UnclosedQuote)),
                Ok(&["c", "d"]),
                Ok(&["e", "f"]),
            ],
        ),
        (
            "a quote at the very end",
            b"1,2\n3,\"",
            &[Ok(&["1", "2"]), Err((2, 4, UnclosedQuote))],
        ),
        (
            "damage in the third line of a field",
            b"1,2\na,\"b\nc,d\ne\"f\n",
            &[
                Ok(&["1", "2"]),
                Err((2, 4, TextAfterQuote)),
                Ok(&["c", "d"]),
                Err((4, 13, StrayQuote)),
            ],
        ),
        (
            "a lone CR ends nothing",
            b"1,2\n1,x\rSECRET,z\n3,4\n",
            &[Ok(&["1", "2"]), Err((2, 4, LoneCr)), Ok(&["3", "4"])],
        ),
        (
            "a lone CR at the end",
            b"1,2\n3,4\r",
            &[Ok(&["1", "2"]), Err((2, 4, LoneCr))],
        ),
        (
            "CR after a closing quote",
            b"1,2\n\"a\"\rb,c\n3,4\n",
            &[Ok(&["1", "2"]), Err((2, 4, LoneCr)), Ok(&["3", "4"])],
        ),
        (
            "CR CR LF",
            b"1,2\n3,4\r\r\n",
            &[Ok(&["1", "2"]), Err((2, 4, LoneCr))],
        ),
        (
            "NUL",
            b"1,2\n3,\0\n\"\0\",4\n",
            &[Ok(&["1", "2"]), Err((2, 4, Nul)), Err((3, 8, Nul))],
        ),
        (
            "wrong counts",
            b"1,2\n3\n4,5,6\n",
            &[
                Ok(&["1", "2"]),
                Err((2, 4, WrongFieldCount)),
                Err((3, 6, WrongFieldCount)),
            ],
        ),
        (
            "invalid bytes",
            b"1,2\n\xe4\xb8,2\n3,4\n",
            &[Ok(&["1", "2"]), Err((2, 4, InvalidBytes)), Ok(&["3", "4"])],
        ),
        (
            "overlong",
            b"1,2\n\xc0\xaf,2\n",
            &[Ok(&["1", "2"]), Err((2, 4, InvalidBytes))],
        ),
        (
            "blank lines",
            b"\n1,2\n\n\r\n3,4\n\n",
            &[Ok(&["1", "2"]), Ok(&["3", "4"])],
        ),
        (
            "blank lines of one column are records",
            b"\n1\n\r\n2\n",
            &[Ok(&[""]), Ok(&["1"]), Ok(&[""]), Ok(&["2"])],
        ),
        ("nothing", b"", &[]),
        ("blank alone", b"\n\n", &[]),
        (
            "an empty quoted record is no blank line",
            b"1,2\n\"\"\n",
            &[Ok(&["1", "2"]), Err((2, 4, WrongFieldCount))],
        ),
    ];
    for (name, bytes, wanted) in cases {
        for chunk in [16, 17, 64, 1 << 20] {
            let reading = Reading {
                chunk,
                ..no_header()
            };
            claim(name, bytes, &reading, wanted);
        }
    }
}

/// The reader works on blocks of 64 bytes and on batches of blocks: whatever is
/// special is put at every place of a block, and across its border.
#[test]
fn borders_of_blocks_change_nothing() {
    let outside: [&[u8]; 16] = [
        b"\"",
        b"\"\"",
        b"\"\"\"\"",
        b"\"x\"",
        b"\"x\"y",
        b"\"x\"\r",
        b"\"x\"\ry",
        b"\"\n\"",
        b"\"\n\"\r",
        b"\r",
        b"\ry",
        b"\0",
        b"\xff",
        b"x\"",
        b"\r\ny\"z,",
        "\u{540d}".as_bytes(),
    ];
    let inside: [&[u8]; 8] = [
        b"\"\"",
        b"\"",
        b"\n",
        b"\r",
        b"\0",
        b"\"\"\"\"",
        b",",
        b"\xe5\x90",
    ];
    for pad in 0..140 {
        let filler = vec![b'a'; pad];
        let plain = outside
            .iter()
            .map(|what| [&filler, &b","[..], *what, b"\n"].concat());
        let quoted = inside
            .iter()
            .map(|what| [b"\"", &filler[..], *what, b"\",z\n"].concat());
        for record in plain.chain(quoted) {
            for rest in [&b"1,2\n"[..], b"3,4\r\n5,6", &[b'b'; 150]] {
                let bytes = [b"h,i\n", &record[..], rest].concat();
                for chunk in [17, 4096] {
                    let reading = Reading {
                        chunk,
                        ..Reading::default()
                    };
                    assert_eq!(
                        read(&bytes, &reading, &[]),
                        expected(&bytes, &reading, &[]),
                        "{}",
                        bytes.escape_ascii()
                    );
                }
            }
        }
    }
}

#[test]
fn without_quoting_the_quote_is_data() {
    let reading = Reading {
        quote: None,
        delimiter: b'\t',
        ..no_header()
    };
    claim(
        "tabs",
        b"a\"\t\"b\nc\t\"\n",
        &reading,
        &[Ok(&["a\"", "\"b"]), Ok(&["c", "\""])],
    );
}

#[test]
fn the_header_is_the_first_line_with_text() {
    let whole = read(b"\n\r\nid,\"na\nme\"\n1,x\n", &Reading::default(), &[]);
    assert_eq!(whole.header, Ok(vec!["id".to_owned(), "na\nme".to_owned()]));
    assert_eq!(
        whole.seen,
        [
            Seen::Blank,
            Seen::Blank,
            Seen::Record {
                line: 5,
                byte: 14,
                values: vec![Some("1".to_owned()), Some("x".to_owned())]
            }
        ]
    );
    let bad = read(b"a\"b,c\n1,2\n", &Reading::default(), &[]);
    assert_eq!(bad.header, Err(Some((1, 0, Reason::StrayQuote))));
    assert_eq!(read(b"\n\n", &Reading::default(), &[]).header, Err(None));
}

#[test]
fn sizes_are_inclusive() {
    let limits = Limits {
        field: 3,
        record: 12,
        columns: 3,
        ..Limits::default()
    };
    let reading = Reading {
        limits,
        ..no_header()
    };
    claim(
        "fields",
        b"abc,\"d\"\"e\"\nabcd,e\na,b,c,d\n1,2\n",
        &reading,
        &[
            Ok(&["abc", "d\"e"]),
            Err((2, 11, Reason::FieldTooLong)),
            Err((3, 18, Reason::TooManyColumns)),
            Ok(&["1", "2"]),
        ],
    );
    claim(
        "records",
        b"1,2\n\"\n\n\n\n\n\n\n\n\",\"\n1,23456789012\n\"1\n34567890123\n5,6\n",
        &reading,
        &[
            Ok(&["1", "2"]),
            Err((2, 4, Reason::RecordTooLong)),
            Err((10, 13, Reason::WrongFieldCount)),
            Err((11, 17, Reason::RecordTooLong)),
            Err((12, 31, Reason::RecordTooLong)),
            Err((13, 34, Reason::WrongFieldCount)),
            Ok(&["5", "6"]),
        ],
    );
}

/// Repeats a pattern without holding it.
struct Endless {
    head: &'static [u8],
    pattern: &'static [u8],
    at: usize,
    left: u64,
    tail: &'static [u8],
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut n = 0;
        for to in into.iter_mut() {
            if let Some((first, rest)) = self.head.split_first() {
                *to = *first;
                self.head = rest;
            } else if self.left == 0 {
                let Some((first, rest)) = self.tail.split_first() else {
                    break;
                };
                *to = *first;
                self.tail = rest;
            } else {
                *to = self.pattern[self.at % self.pattern.len()];
                self.at += 1;
                self.left -= 1;
            }
            n += 1;
        }
        Ok(n)
    }
}

fn endless(pattern: &'static [u8], left: u64, reading: &Reading) -> (Vec<Unreadable>, usize) {
    let from = Endless {
        head: b"a,b\n",
        pattern,
        at: 0,
        left,
        tail: b"\n1,2\n",
    };
    let mut source = Source::from_read(Box::new(from), None, reading).unwrap();
    assert_eq!(source.header().unwrap().len(), 2);
    let mut reader = RecordReader::new(reading, 2, &[]);
    let mut bad = Vec::new();
    let mut held = 0;
    let mut records = 0;
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(chunk).unwrap() {
        chunk = next;
        held = held.max(chunk.bytes.capacity());
        reader.read(&chunk, |event| match event {
            Event::Unreadable(unreadable) => bad.push(unreadable),
            Event::Record(_) => records += 1,
            Event::Blank => {}
        });
    }
    assert_eq!(records, 1, "the line behind is read");
    (bad, held)
}

#[test]
fn a_line_longer_than_memory_is_skipped_in_flat_memory() {
    let limits = Limits {
        record: 100_000,
        ..Limits::default()
    };
    let reading = Reading {
        limits,
        chunk: 4096,
        ..Reading::default()
    };
    for (pattern, reason) in [
        (&b"x"[..], Reason::RecordTooLong),
        (b",", Reason::RecordTooLong),
        (b"\"\"", Reason::RecordTooLong),
        (b"a\"", Reason::StrayQuote),
    ] {
        let (bad, held) = endless(pattern, 20_000_000, &reading);
        assert_eq!(bad.len(), 1);
        assert_eq!((bad[0].line, bad[0].byte, bad[0].reason), (2, 4, reason));
        assert!(held <= 200_002, "{held} bytes held");
    }
}

#[test]
fn errors_and_debug_hold_no_text() {
    let reading = no_header();
    let mut source = Source::from_read(Box::new(&b"secret,secret\n"[..]), None, &reading).unwrap();
    source.header().unwrap();
    let chunk = source.next_chunk(Chunk::new()).unwrap().unwrap();
    assert!(!format!("{chunk:?}").contains("secret"));
    RecordReader::new(&reading, 2, &[]).read(&chunk, |event| {
        assert!(!format!("{event:?}").contains("secret"));
    });
    assert!(format!("{:?}", source_error(b"sec\"ret\n")).contains("StrayQuote"));
    assert!(!format!("{:?}", source_error(b"sec\"ret\n")).contains("sec\""));
}

fn source_error(bytes: &'static [u8]) -> ReadError {
    let mut source = Source::from_read(Box::new(bytes), None, &Reading::default()).unwrap();
    source.header().unwrap_err()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn drain(bytes: &[u8], reading: &Reading) -> Result<u64, ReadError> {
    let from = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut source = Source::from_read(from, None, reading)?;
    let columns = source.header()?.len();
    let mut reader = RecordReader::new(reading, columns, &[]);
    let mut records = 0;
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(chunk)? {
        chunk = next;
        reader.read(&chunk, |event| {
            records += u64::from(matches!(event, Event::Record(_)))
        });
    }
    let (digest, size) = source.digest().unwrap();
    use sha2::Digest as _;
    assert_eq!(size, bytes.len() as u64);
    assert_eq!(digest, <[u8; 32]>::from(sha2::Sha256::digest(bytes)));
    Ok(records)
}

#[test]
fn all_members_of_a_gzip_file_are_read_and_the_hash_is_of_the_file() {
    let mut two = gzip(b"a,b\n1,2\n3");
    two.extend(gzip(b",4\n5,6\n"));
    assert_eq!(drain(&two, &Reading::default()).unwrap(), 3);
    assert_eq!(drain(b"a,b\n1,2\n", &Reading::default()).unwrap(), 1);
}

#[test]
fn a_damaged_gzip_file_is_refused() {
    let good = gzip(b"a,b\n1,2\n3,4\n");
    let mut junk = good.clone();
    junk.extend(b"junk junk junk");
    assert!(matches!(
        drain(&junk, &Reading::default()),
        Err(ReadError::GzipDamaged { .. })
    ));
    let mut zeros = good.clone();
    zeros.extend([0; 32]);
    assert!(matches!(
        drain(&zeros, &Reading::default()),
        Err(ReadError::GzipDamaged { .. })
    ));
    for cut in 3..good.len() {
        assert!(
            matches!(
                drain(&good[..cut], &Reading::default()),
                Err(ReadError::GzipCut { .. } | ReadError::GzipDamaged { .. })
            ),
            "cut at {cut}"
        );
    }
    let crc = good.len() - 6;
    let mut wrong = good.clone();
    wrong[crc] ^= 1;
    assert!(matches!(
        drain(&wrong, &Reading::default()),
        Err(ReadError::GzipDamaged { .. })
    ));
}

#[test]
fn a_gzip_bomb_is_refused() {
    let bomb = gzip(&vec![b'\n'; 80 << 20]);
    assert!(matches!(
        drain(&bomb, &Reading::default()),
        Err(ReadError::Ratio { limit: 250 })
    ));
    let limits = Limits {
        inflated: 1000,
        ..Limits::default()
    };
    let reading = Reading {
        limits,
        ..Reading::default()
    };
    assert!(matches!(
        drain(&gzip(&[b'\n'; 1001]), &reading),
        Err(ReadError::Inflated { limit: 1000 })
    ));
}

#[test]
fn a_mark_that_contradicts_the_declaration_is_refused() {
    for (mark, label) in [
        (&b"\xff\xfea\0"[..], "utf-8"),
        (b"\xfe\xff\0a", "utf-16"),
        (b"\xff\xfe\0\0", "utf-16le"),
        (b"\xef\xbb\xbfa", "gb18030"),
        (b"\xef\xbb\xbfa", "windows-1252"),
    ] {
        let reading = Reading {
            encoding: Encoding::for_label(label).unwrap(),
            ..Reading::default()
        };
        assert!(
            matches!(
                Source::from_read(Box::new(mark), None, &reading),
                Err(ReadError::Mark { .. })
            ),
            "{label}"
        );
    }
    assert!(Encoding::for_label("iso-2022-kr").is_none());
    assert!(Encoding::for_label("klingon").is_none());
    assert_eq!(Encoding::for_label(" GBK ").unwrap().name(), "GBK");
}

/// Encodes text, line by line, and says where each line starts.
fn encode(text: &str, label: &str) -> (Vec<u8>, Vec<u64>) {
    let mut out = Vec::new();
    let mut starts = vec![0];
    for line in text.split_inclusive('\n') {
        match label {
            "utf-16le" => line
                .encode_utf16()
                .for_each(|u| out.extend(u.to_le_bytes())),
            "utf-16be" => line
                .encode_utf16()
                .for_each(|u| out.extend(u.to_be_bytes())),
            "utf-32le" => line
                .chars()
                .for_each(|c| out.extend((c as u32).to_le_bytes())),
            "utf-32be" => line
                .chars()
                .for_each(|c| out.extend((c as u32).to_be_bytes())),
            _ => {
                let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
                let (bytes, _, lossy) = encoding.encode(line);
                assert!(!lossy);
                out.extend_from_slice(&bytes);
            }
        }
        if line.ends_with('\n') {
            starts.push(out.len() as u64);
        }
    }
    (out, starts)
}

const LABELS: [&str; 11] = [
    "utf-16le",
    "utf-16be",
    "utf-32le",
    "utf-32be",
    "gb18030",
    "gbk",
    "big5",
    "shift_jis",
    "euc-kr",
    "iso-2022-jp",
    "utf-8",
];

#[test]
fn delimiters_inside_other_characters_are_no_delimiters() {
    // In Shift_JIS 0x5C and in Big5 0x7C are second bytes of characters.
    let reading = Reading {
        encoding: Encoding::for_label("big5").unwrap(),
        delimiter: b'|',
        ..no_header()
    };
    let whole = read(b"\xa1\x7c|b\n", &reading, &[]);
    assert!(
        matches!(&whole.seen[..], [Seen::Record { values, .. }] if values.len() == 2),
        "{whole:?}"
    );
}

#[test]
fn bytes_that_the_encoding_lacks_make_the_record_unreadable() {
    let cases: [(&str, &[u8], u64); 7] = [
        ("gb18030", b"a,b\n\x81\x2c,\n1,2\n", 4),
        ("gbk", b"a,b\n\xff,2\n1,2\n", 4),
        ("shift_jis", b"a,b\n\x81\x2c2\n1,2\n", 4),
        ("iso-2022-jp", b"a,b\n\xff,2\n1,2\n", 4),
        ("utf-16le", b"a\0,\0b\0\n\0\x00\xd8,\x002\0\n\x001\0,\x002\0\n\0", 8),
        ("utf-32le", b"a\0\0\0,\0\0\0b\0\0\0\n\0\0\0\0\0\x11\0,\0\0\0c\0\0\0\n\0\0\x001\0\0\0,\0\0\x002\0\0\0", 16),
        ("windows-1253", b"a,b\n\xd2,2\n1,2\n", 4),
    ];
    for (label, bytes, at) in cases {
        let reading = Reading {
            encoding: Encoding::for_label(label).unwrap(),
            ..Reading::default()
        };
        let whole = read(bytes, &reading, &[]);
        assert_eq!(whole.seen.len(), 2, "{label}");
        assert!(
            matches!(
                whole.seen[0],
                Seen::Unreadable { line: 2, byte, reason: Reason::InvalidBytes, .. } if byte == at
            ),
            "{label} {:?}",
            whole.seen[0]
        );
        assert!(
            matches!(whole.seen[1], Seen::Record { line: 3, .. }),
            "{label}"
        );
    }
    // A last unit cut in half.
    let reading = Reading {
        encoding: Encoding::for_label("utf-16le").unwrap(),
        ..Reading::default()
    };
    let whole = read(b"a\0\n\0b", &reading, &[]);
    assert!(matches!(whole.seen[..], [Seen::Unreadable { byte: 4, .. }]));
    let reading = Reading {
        encoding: Encoding::for_label("utf-32be").unwrap(),
        ..Reading::default()
    };
    let whole = read(b"\0\0\0a\0\0\0\n\0\0\0b\0\0", &reading, &[]);
    assert!(matches!(whole.seen[..], [Seen::Unreadable { byte: 8, .. }]));
}

#[test]
fn a_swallowed_line_feed_is_none() {
    // In the two-byte state of ISO-2022-JP a line feed is a malformed byte.
    let reading = Reading {
        encoding: Encoding::for_label("iso-2022-jp").unwrap(),
        ..no_header()
    };
    let whole = read(b"\x1b$B\n\x1b(Ba\nb\n", &reading, &[]);
    let at: Vec<_> = whole
        .seen
        .iter()
        .map(|seen| match seen {
            Seen::Record { line, byte, .. } | Seen::Unreadable { line, byte, .. } => (*line, *byte),
            Seen::Blank => (0, 0),
        })
        .collect();
    assert_eq!(at, [(1, 0), (2, 9)]);
}

#[test]
fn json_lines_read_scalars_as_their_text() {
    let reading = Reading {
        format: Format::Jsonl,
        ..Reading::default()
    };
    let names = ["a", "b", "é"];
    let text = br#"{"a":"x","b":1.50e+3}
{"b":null,"a":true, "\u00e9":"\ud83d\ude00\n\"\/"}

 { } 
{"a":{}}
{"a":1,"a":2}
{"c":1}
{"a":"\ud800"}
{"a":"\ud800\ue000"}
{"a":01}
{"a":"x"} junk
[1]
{"a":"\u0000"}
{"a":"x",}
{"a":-0}
"#;
    let whole = read(text, &reading, &names);
    assert_eq!(whole, expected(text, &reading, &names));
    use Reason::*;
    let got: Vec<_> = whole
        .seen
        .iter()
        .map(|seen| match seen {
            Seen::Record { values, .. } => Ok(values.iter().map(Option::as_deref).collect()),
            Seen::Unreadable { reason, column, .. } => Err(Some((*reason, *column))),
            Seen::Blank => Err(None),
        })
        .collect();
    type Line<'a> = Result<Vec<Option<&'a str>>, Option<(Reason, Option<usize>)>>;
    let wanted: Vec<Line<'_>> = vec![
        Ok(vec![Some("x"), Some("1.50e+3"), None]),
        Ok(vec![Some("true"), None, Some("\u{1f600}\n\"/")]),
        Err(None),
        Ok(vec![None, None, None]),
        Err(Some((NestedValue, Some(1)))),
        Err(Some((DuplicateKey, Some(1)))),
        Err(Some((UnknownKey, None))),
        Err(Some((LoneSurrogate, Some(1)))),
        Err(Some((LoneSurrogate, Some(1)))),
        Err(Some((NotJson, None))),
        Err(Some((NotJson, None))),
        Err(Some((NotJson, None))),
        Err(Some((Nul, Some(1)))),
        Err(Some((NotJson, None))),
        Ok(vec![Some("-0"), None, None]),
    ];
    assert_eq!(got, wanted);
}

#[test]
fn unknown_keys_are_named_or_skipped_as_asked() {
    let reading = Reading {
        format: Format::Jsonl,
        ..Reading::default()
    };
    let text: &[u8] = b"{\"a\":1,\"z\":2}\n{\"z\":1,\"z\":2}\n";
    let mut source = Source::from_read(Box::new(text), None, &reading).unwrap();
    let chunk = source.next_chunk(Chunk::new()).unwrap().unwrap();
    let mut reader = RecordReader::new(&reading, 0, &["a"]);
    reader.read(&chunk, |_| {});
    assert_eq!(reader.unknown_keys().len(), 1);
    assert_eq!(reader.unknown_keys()[0].text(), "z");
    let mut reader = RecordReader::new(&reading, 0, &["a"]).unknown(Unknown::Skip);
    let mut events = Vec::new();
    reader.read(&chunk, |event| {
        events.push(match event {
            Event::Record(record) => record.get(0) == Some("1"),
            Event::Unreadable(bad) => bad.reason != Reason::DuplicateKey,
            Event::Blank => false,
        });
    });
    assert_eq!(events, [true, false]);
}

#[test]
fn a_folder_is_refused_and_a_missing_file_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| Source::open(path, &Reading::default());
    assert!(matches!(open(folder.path()), Err(ReadError::Folder)));
    let missing = open(&folder.path().join("none.csv"));
    assert!(matches!(missing, Err(ReadError::Open(_))));
}

#[test]
fn a_file_tells_its_size_and_a_pipe_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, b"a,b\n1,2\n").unwrap();
    let mut source = Source::open(&path, &Reading::default()).unwrap();
    let chunk = source.next_chunk(Chunk::new()).unwrap().unwrap();
    assert_eq!((chunk.line(), chunk.byte(), chunk.len()), (2, 4, 4));
    assert_eq!(source.progress(), (8, Some(8)));
    assert!(source.next_chunk(chunk).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            let mut pipe = std::fs::File::create(path).unwrap();
            for _ in 0..1000 {
                pipe.write_all(b"1,\"2\n").unwrap();
                pipe.write_all(b"3\"\n").unwrap();
            }
        }
    });
    let mut source = Source::open(&path, &no_header()).unwrap();
    let columns = source.header().unwrap().len();
    let mut reader = RecordReader::new(&no_header(), columns, &[]);
    let mut records = 0;
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(chunk).unwrap() {
        chunk = next;
        reader.read(&chunk, |event| {
            if let Event::Record(record) = event {
                assert_eq!((record.get(0), record.get(1)), (Some("1"), Some("2\n3")));
                assert_eq!(record.get(2), None);
                records += 1;
            }
        });
    }
    writer.join().unwrap();
    assert_eq!((records, source.progress()), (1000, (8000, None)));
}

/// Hands out a few bytes at a time and is interrupted between them.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(3) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let n = (self.1 % 5 + 1).min(self.0.len()).min(into.len());
        into[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

#[test]
fn short_and_interrupted_reads_change_nothing() {
    let text = b"\xef\xbb\xbfa,b\n1,\"x\n\"\n\"2,3\n4,5";
    for bytes in [text.to_vec(), gzip(text)] {
        let bytes: &'static [u8] = bytes.leak();
        let mut source =
            Source::from_read(Box::new(Drip(bytes, 0)), None, &Reading::default()).unwrap();
        assert_eq!(source.header().unwrap().len(), 2);
        let mut events = Vec::new();
        let mut reader = RecordReader::new(&Reading::default(), 2, &[]);
        while let Some(chunk) = source.next_chunk(Chunk::new()).unwrap() {
            reader.read(&chunk, |event| {
                events.push(match event {
                    Event::Record(record) => (record.line(), record.byte(), None),
                    Event::Unreadable(bad) => (bad.line, bad.byte, Some(bad.reason)),
                    Event::Blank => (0, 0, None),
                });
            });
        }
        assert_eq!(
            events,
            [
                (2, 7, None),
                (4, 14, Some(Reason::UnclosedQuote)),
                (5, 19, None)
            ]
        );
    }
}

#[test]
fn a_failing_read_is_an_error_with_its_place() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.min(into.len());
            self.0 -= n;
            into[..n].fill(b'\n');
            if n == 0 {
                return Err(std::io::ErrorKind::Other.into());
            }
            Ok(n)
        }
    }
    let mut source = Source::from_read(Box::new(Fails(5000)), None, &Reading::default()).unwrap();
    assert!(matches!(
        source.header(),
        Err(ReadError::Io { at: 5000, .. })
    ));
}

#[test]
fn a_file_without_header_and_without_a_record_ends_the_search() {
    let line = b"a\"b\n";
    let bytes = line.repeat((16 << 20) / line.len() + 2);
    for chunk in [1 << 16, 1 << 20] {
        let reading = Reading {
            chunk,
            ..no_header()
        };
        let from = Box::new(std::io::Cursor::new(bytes.clone()));
        let mut source = Source::from_read(from, None, &reading).unwrap();
        assert!(matches!(source.header(), Err(ReadError::NoRecord { .. })));
    }
    // Of a short file that has none, every line is reported all the same.
    claim(
        "unreadable alone",
        b"a\"b\n\na\"b\n",
        &no_header(),
        &[
            Err((1, 0, Reason::StrayQuote)),
            Err((3, 5, Reason::StrayQuote)),
        ],
    );
}

#[test]
fn chunks_parsed_by_many_readers_in_any_order_give_the_same_events() {
    let text = b"a,b\n1,\"x\ny\"\n\"2,3\n4,5\n\n6\n7,\"8\"9\n".repeat(50);
    let reading = Reading {
        chunk: 64,
        ..Reading::default()
    };
    let wanted = read(&text, &reading, &[]);
    let mut source =
        Source::from_read(Box::new(std::io::Cursor::new(text)), None, &reading).unwrap();
    let columns = source.header().unwrap().len();
    let mut chunks = Vec::new();
    while let Some(chunk) = source.next_chunk(Chunk::new()).unwrap() {
        chunks.push(chunk);
    }
    let mut readers = [
        RecordReader::new(&reading, columns, &[]),
        RecordReader::new(&reading, columns, &[]),
        RecordReader::new(&reading, columns, &[]),
    ];
    let mut seen: Vec<(u64, Seen)> = Vec::new();
    for (nth, chunk) in chunks.iter().enumerate().rev() {
        readers[nth % 3].read(chunk, |event| {
            seen.push((
                chunk.index(),
                match event {
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
                },
            ));
        });
    }
    seen.sort_by_key(|(index, _)| *index);
    let seen: Vec<Seen> = seen.into_iter().map(|(_, seen)| seen).collect();
    assert_eq!(seen, wanted.seen);
}

#[test]
fn raw_reading_prints_arrays_and_lists_the_rest() {
    let reading = Reading {
        chunk: 16,
        ..Reading::default()
    };
    let text: &[u8] = b"id,name\n1,\"a \"\"b\"\"\"\n2\n\n3,\xe5\x90\x8d\n";
    let mut source = Source::from_read(Box::new(text), None, &reading).unwrap();
    let (mut out, mut rejects) = (Vec::new(), Vec::new());
    let counts = read_raw(
        &mut source,
        &reading,
        None,
        &mut out,
        &mut rejects,
        Rejects::Csv,
    )
    .unwrap();
    assert_eq!(
        counts,
        RawCounts {
            records: 2,
            unreadable: 1,
            blank: 1
        }
    );
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "[\"id\",\"name\"]\n[\"1\",\"a \\\"b\\\"\"]\n[\"3\",\"名\"]\n"
    );
    assert_eq!(
        String::from_utf8(rejects).unwrap(),
        "line,byte,column,reason,meaning\n3,20,,wrong-field-count,a wrong number of fields\n"
    );

    let reading = Reading {
        format: Format::Jsonl,
        ..reading
    };
    let text: &[u8] = b"{}\nx\n{\"b\":1,\"a\":null}\n{\"c\":1}\n{\"a\":\"y\"}\n";
    let mut source = Source::from_read(Box::new(text), None, &reading).unwrap();
    let (mut out, mut rejects) = (Vec::new(), Vec::new());
    let counts = read_raw(
        &mut source,
        &reading,
        None,
        &mut out,
        &mut rejects,
        Rejects::Text,
    )
    .unwrap();
    assert_eq!((counts.records, counts.unreadable), (3, 2));
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "[]\n[\"b\",\"a\"]\n[\"1\",null]\n[null,\"y\"]\n"
    );
    assert_eq!(
        String::from_utf8(rejects).unwrap(),
        "line 2, byte 3: not one JSON object on its line\n\
         line 4, byte 22: a key that is no known column\n"
    );
}

#[test]
fn settings_that_make_no_grammar_are_refused() {
    for (delimiter, quote) in [
        (b'"', Some(b'"')),
        (b'\n', None),
        (0xe9, None),
        (b',', Some(0)),
    ] {
        let reading = Reading {
            delimiter,
            quote,
            ..Reading::default()
        };
        assert!(matches!(
            Source::from_read(Box::new(&b"a"[..]), None, &reading),
            Err(ReadError::Setting(_))
        ));
    }
}

const FILLER: &[u8] = &[b'a'; 80];

/// Byte soups in which structure is dense.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let bit = prop_oneof![
        6 => Just(&b"\""[..]),
        5 => Just(&b","[..]),
        4 => Just(&b"\n"[..]),
        1 => Just(&b"\r"[..]),
        2 => Just(&b"\r\n"[..]),
        3 => Just(&b"\",\""[..]),
        3 => Just(&b"\"\n\""[..]),
        1 => Just(&b"\0"[..]),
        5 => Just(&b"a"[..]),
        2 => Just(&b"\"\""[..]),
        2 => Just("名".as_bytes()),
        1 => Just(&b"\xe5\x90"[..]),
        1 => Just(&b"\xff"[..]),
        1 => Just("\u{1f600}".as_bytes()),
        3 => (1..80usize).prop_map(|n| &FILLER[..n]),
    ];
    proptest::collection::vec(bit, 0..120).prop_map(|bits| bits.concat())
}

/// Tables that are mostly in order, with a few bytes changed.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        4 => "[a-z ]{0,20}",
        2 => Just("\"x,y\"".to_owned()),
        2 => Just("\"line\nline\"".to_owned()),
        1 => Just("\"say \"\"so\"\"\"".to_owned()),
        1 => Just("\"\"".to_owned()),
        1 => Just("名字".to_owned()),
    ];
    let row = (proptest::collection::vec(field, 3), any::<bool>())
        .prop_map(|(fields, cr)| fields.join(",") + if cr { "\r\n" } else { "\n" });
    let rows = proptest::collection::vec(row, 1..30).prop_map(|rows| rows.concat().into_bytes());
    let damage = proptest::collection::vec(
        (
            any::<prop::sample::Index>(),
            prop::sample::select(&b"\",\n\r\0\xff"[..]),
            0..3u8,
        ),
        0..4,
    );
    (rows, damage).prop_map(|(mut bytes, damage)| {
        for (at, byte, how) in damage {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

fn readings() -> impl Strategy<Value = Reading> {
    let limits = prop_oneof![
        2 => Just(Limits::default()),
        1 => (1..40usize, 1..200usize, 1..6usize).prop_map(|(field, record, columns)| Limits {
            field,
            record,
            columns,
            ..Limits::default()
        }),
    ];
    let quote = prop_oneof![5 => Just(Some(b'"')), 1 => Just(None), 1 => Just(Some(b'a'))];
    let chunk = prop_oneof![16..40usize, 16..300usize, 300..4096usize];
    (limits, quote, chunk, any::<bool>()).prop_map(|(limits, quote, chunk, header)| Reading {
        quote,
        header,
        limits,
        chunk,
        ..Reading::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_read_as_the_reference_reads_them(
        bytes in prop_oneof![soup(), table()],
        reading in readings(),
    ) {
        // A soup may begin with another encoding's mark, which is refused.
        prop_assume!(!bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"));
        prop_assert_eq!(read(&bytes, &reading, &[]), expected(&bytes, &reading, &[]));
    }

    #[test]
    fn json_lines_read_as_the_reference_reads_them(
        bits in proptest::collection::vec(prop_oneof![
            8 => prop::sample::select(&["{\"a\":", "\"", ",\"b\":", "}\n", "1", "}", "{", ":", ",", "\n", "null",
                "true", "\\", "\\u00e9", "\\ud83d", "\\ude00", "\\u0000", "-", ".5", "e9", "0", " ", "\r", "名", "[", "x",
                "{\"a\":\"x\",\"b\":null}\n", "{\"a\":\"x\\n\",\"c\":1}\n"][..])
                .prop_map(|s| s.as_bytes().to_vec()),
            1 => Just(vec![0xff]),
            1 => Just(vec![0]),
        ], 0..60),
        chunk in 16..200usize,
        record in prop_oneof![Just(1usize << 20), 1..60usize],
        field in prop_oneof![Just(1usize << 20), 1..6usize],
        columns in 1..4usize,
    ) {
        let bytes = bits.concat();
        prop_assume!(!bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"));
        let reading = Reading {
            format: Format::Jsonl,
            chunk,
            limits: Limits { record, field, columns, ..Limits::default() },
            ..Reading::default()
        };
        let names = ["a", "b"];
        prop_assert_eq!(read(&bytes, &reading, &names), expected(&bytes, &reading, &names));
    }

    #[test]
    fn skipping_unknown_keys_changes_no_known_value(
        lines in proptest::collection::vec(
            proptest::collection::vec((prop::sample::select(&["a", "b", "c", "d", "\\u0061", "e"][..]), 0..9u8), 0..5),
            1..12,
        ),
        chunk in 16..200usize,
    ) {
        let text: String = lines
            .iter()
            .map(|pairs| {
                let pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}\n", pairs.join(","))
            })
            .collect();
        let reading = Reading { format: Format::Jsonl, chunk, ..Reading::default() };
        let all = read(text.as_bytes(), &reading, &["a", "b", "c", "d", "e"]);
        let wanted: Vec<Option<Option<String>>> = all.seen.iter().map(|seen| match seen {
            Seen::Record { values, .. } => Some(values[2].clone()),
            _ => None,
        }).collect();
        let from = Box::new(std::io::Cursor::new(text.into_bytes()));
        let mut source = Source::from_read(from, None, &reading).unwrap();
        let mut reader = RecordReader::new(&reading, 0, &["c"]).unknown(Unknown::Skip);
        let mut got = Vec::new();
        while let Some(chunk) = source.next_chunk(Chunk::new()).unwrap() {
            reader.read(&chunk, |event| got.push(match event {
                Event::Record(record) => Some(record.get(0).map(str::to_owned)),
                _ => None,
            }));
        }
        prop_assert_eq!(got, wanted);
    }

    #[test]
    fn json_objects_read_as_serde_reads_them(
        pairs in proptest::collection::btree_map("[a-d]", prop_oneof![
            any::<String>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
        ], 0..4),
    ) {
        let text = serde_json::to_string(&pairs).unwrap();
        prop_assume!(!text.contains("\\u0000"));
        let reading = Reading { format: Format::Jsonl, ..Reading::default() };
        let names = ["a", "b", "c", "d"];
        let whole = read(text.as_bytes(), &reading, &names);
        let wanted: Vec<Option<String>> = names.iter().map(|name| match pairs.get(*name) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        }).collect();
        prop_assert_eq!(whole.seen, vec![Seen::Record { line: 1, byte: 0, values: wanted }]);
    }

    #[test]
    fn every_encoding_reads_as_its_text_and_places_are_of_the_encoded_bytes(
        label in prop::sample::select(&LABELS[..]),
        bits in proptest::collection::vec(
            prop::sample::select(&["\"", ",", "\n", "\r\n", "a", "日本", "x\",\"", "\"\n\"", ",\n", "\u{4e00}"][..]),
            0..80,
        ),
        chunk in 16..300usize,
        header in any::<bool>(),
    ) {
        let text = bits.concat();
        let (bytes, starts) = encode(&text, label);
        let reading = Reading {
            encoding: Encoding::for_label(label).unwrap(),
            header,
            chunk,
            ..Reading::default()
        };
        prop_assert_eq!(
            read(&bytes, &reading, &[]),
            reference::read(text.as_bytes(), &reading, &[], &starts)
        );
    }

    #[test]
    fn gzip_changes_nothing(bytes in table(), chunk in 16..300usize) {
        let reading = Reading { chunk, ..Reading::default() };
        prop_assume!(!bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"));
        prop_assert_eq!(read(&gzip(&bytes), &reading, &[]), expected(&bytes, &reading, &[]));
    }
}
