//! The redaction matrix: every kind that is found in text, in its written
//! forms, in half and full width, between neighbours of many scripts; and what
//! looks like identifiers and is none. All values are invented or published
//! as examples.

#![allow(clippy::string_slice, reason = "a panic fails the test")]

use super::*;
use crate::kinds::all;
use crate::kinds::tests::Draw;

/// Neighbours: twelve scripts and punctuation.
const NEIGHBOURS: [(&str, &str); 20] = [
    ("张三", "李四"),
    ("か", "な"),
    ("한", "국"),
    ("я", "ю"),
    ("Ω", "ψ"),
    ("ي", "ن"),
    ("א", "ב"),
    ("ก", "ข"),
    ("क", "ख"),
    ("ა", "ბ"),
    ("Ա", "բ"),
    ("é", "ü"),
    ("k", "q"),
    ("，", "。"),
    ("\"", "\""),
    (":", ";"),
    (" ", " "),
    ("\n", "\n"),
    ("=", ","),
    ("【", "】"),
];

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap(),
            c => c,
        })
        .collect()
}

/// `compact` as the pattern parts it; nothing where they do not fit.
fn written(pattern: &str, compact: &str) -> Option<String> {
    let places = pattern
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .count();
    if places != compact.len() {
        return None;
    }
    let mut chars = compact.chars();
    pattern
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                chars.next()
            } else {
                Some(c)
            }
        })
        .collect()
}

/// Every kind that is found, with texts of it.
fn cases() -> Vec<(&'static dyn Kind, Vec<String>)> {
    all()
        .iter()
        .copied()
        .filter(|kind| Scanner::finds(*kind))
        .map(|kind| {
            let mut texts = Vec::new();
            for &(as_written, normal) in kind.facts().right {
                let short = kind.ident().is_some_and(|ident| {
                    as_written.len()
                        < ident
                            .facts()
                            .shapes
                            .iter()
                            .map(|s| s.len())
                            .min()
                            .unwrap_or(0)
                });
                if !short {
                    texts.push(as_written.to_owned());
                }
                for pattern in kind.facts().written.iter().filter(|_| kind.name() != PHONE) {
                    texts.extend(written(pattern, normal));
                }
            }
            texts.sort();
            texts.dedup();
            (kind, texts)
        })
        .collect()
}

#[test]
fn every_kind_between_all_neighbours_in_all_written_forms_is_masked() {
    let mut scratch = Scratch::new();
    let mut failures = Vec::new();
    let mut looked = 0;
    for (kind, texts) in cases() {
        let scanner = Scanner::new(&[kind.name()], crate::kinds::Region::parse("CN").ok()).unwrap();
        let facts = kind.facts();
        let word = match facts.in_text {
            InText::Word => format!("{} ", facts.words[0]),
            _ => String::new(),
        };
        for text in texts {
            for shown in [text.clone(), full_width(&text)] {
                for (before, after) in NEIGHBOURS {
                    // A word on another line is no neighbour.
                    let before = if word.is_empty() {
                        before
                    } else {
                        before.trim()
                    };
                    let whole = format!("{word}{before}{shown}{after}");
                    let (start, end) = (
                        word.len() + before.len(),
                        word.len() + before.len() + shown.len(),
                    );
                    let hits = scanner.find(&whole, &mut scratch);
                    looked += 1;
                    if !hits.iter().any(|hit| hit.start <= start && hit.end >= end)
                        && failures.len() < 60
                    {
                        failures.push(format!(
                            "{}: {whole:?} {:?}",
                            kind.name(),
                            hits.iter()
                                .map(|h| &whole[h.start..h.end])
                                .collect::<Vec<_>>()
                        ));
                    }
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{looked} looked at\n{}",
        failures.join("\n")
    );
    assert!(looked > 10_000);
}

#[test]
fn look_alikes_are_no_identifiers_of_any_kind() {
    let scanner = Scanner::all(None);
    let mut scratch = Scratch::new();
    let mut texts: Vec<String> = [
        "订单202311151234567890",
        "订单 12345678901234567890123",
        "20190513",
        "2019-05-13",
        "2019-05-13 18:30:45",
        "1975年3月9日",
        "17.3.2019-18.03.2019",
        "02.03.2019 14:15",
        "¥13,800,138,000.00",
        "1.234.567.890",
        "v138.0.7204.101",
        "10.0.19041.1234",
        "192.168.10.123",
        "138000",
        "1380013800",
        "0.0.0.0",
        "1.2.3.4.5.6.7.8",
        "100 200 300",
        "3.14159265358979",
        "2016年度GDP为744127亿元",
        "P-2Q3D-EZPX-6QJ8-RGBJ-4",
        "1949-12-31 002",
        "第13届第800次会议第138000号",
        "A4 80 g/m2",
        "EUR 1 234 567,89",
        "ISO 9001:2015",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "d41d8cd98f00b204e9800998ecf8427e",
        "2026-11-23T19:20:51Z",
        "50%-60%",
        "page 123 of 456",
        "A380-800",
        "GB/T 2260-2007",
    ]
    .map(str::to_owned)
    .to_vec();
    // Dates, amounts, versions and long order numbers, drawn.
    let mut draw = Draw(20_261_123);
    for _ in 0..400 {
        let mut n = |below: u64| draw.below(below);
        texts.push(format!(
            "{:04}-{:02}-{:02}",
            1950 + n(80),
            1 + n(12),
            1 + n(28)
        ));
        texts.push(format!(
            "{:02}.{:02}.{:04}",
            1 + n(28),
            1 + n(12),
            1950 + n(80)
        ));
        texts.push(format!(
            "{:04}年{}月{}日",
            1950 + n(80),
            1 + n(12),
            1 + n(28)
        ));
        texts.push(format!("{}.{:02} EUR", n(1_000_000), n(100)));
        texts.push(format!(
            "¥{},{:03},{:03}.{:02}",
            1 + n(999),
            n(1000),
            n(1000),
            n(100)
        ));
        texts.push(format!("v{}.{}.{}.{}", n(30), n(30), n(3000), n(300)));
        texts.push(format!("{:012}{:012}", n(1 << 39), n(1 << 39)));
        texts.push(format!("No. {:013}{:09}", n(1 << 40), n(1 << 29)));
    }
    let mut failures = Vec::new();
    for text in &texts {
        for shown in [text.clone(), full_width(text)] {
            for hit in scanner.find(&shown, &mut scratch) {
                failures.push(format!(
                    "{shown}: {} {}",
                    hit.kind,
                    &shown[hit.start..hit.end]
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_number_inside_a_longer_run_of_digits_is_left() {
    let mut scratch = Scratch::new();
    for (kind, texts) in cases() {
        let scanner = Scanner::new(&[kind.name()], None).unwrap();
        for text in texts {
            if !text.is_ascii() || text.contains('@') || text.contains('+') {
                continue;
            }
            let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            if digits(text.chars().next())
                && digits(text.chars().last())
                && text.chars().all(|c| c.is_ascii_digit())
            {
                let longer = format!("98765{text}4321098765");
                for hit in scanner.find(&longer, &mut scratch) {
                    assert_eq!(
                        hit.end - hit.start,
                        longer.len(),
                        "{} {longer}",
                        kind.name()
                    );
                }
            }
        }
    }
}

#[test]
fn a_mistyped_number_beside_its_word_is_redacted_and_not_proven() {
    let mut scratch = Scratch::new();
    for (kind, text) in [
        ("br-cpf", "CPF 390.533.447-06"),
        ("tr-id", "TC kimlik no: 27291716050"),
        ("iban", "IBAN GR16 0110 1050 0000 1054 7023 794"),
        ("ru-snils", "СНИЛС 112-233-445 96"),
        ("es-nif", "DNI 54362315Z"),
        ("pl-pesel", "PESEL 44051401358"),
        ("payment-card", "card 4111 1111 1111 1112"),
    ] {
        let bare: String = text
            .chars()
            .skip_while(|c| !c.is_ascii_digit() && *c != 'G')
            .collect();
        for scanner in [Scanner::new(&[kind], None).unwrap(), Scanner::all(None)] {
            let hits = scanner.find(text, &mut scratch).to_vec();
            assert!(
                hits.iter().any(|hit| !hit.proven && hit.end == text.len()),
                "{text} {hits:?}"
            );
        }
        let hits = Scanner::new(&[kind], None)
            .unwrap()
            .find(&bare, &mut scratch)
            .to_vec();
        assert!(hits.is_empty(), "{bare} {hits:?}");
    }
}
