//! How fast texts are searched for identifiers, on one core.
//!
//! ```text
//! cargo bench --bench notes -- register.csv [notes ["20 kinds"]]
//! ```
//!
//! reads a column of a CSV file, empty cells aside, and prints MB/s for the
//! three usual kinds, for twenty, and for every kind there is: the best of
//! five passes over at least 64 MB, and how many identifiers were found.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use offrecord::kinds::scan::{Scanner, Scratch};

/// What a newsroom in Europe or Asia might list.
const TWENTY: [&str; 20] = [
    "cn-resident-id",
    "phone",
    "email",
    "iban",
    "payment-card",
    "hk-id",
    "tw-id",
    "sg-nric",
    "in-aadhaar",
    "in-pan",
    "kr-rrn",
    "id-nik",
    "tr-id",
    "br-cpf",
    "de-tax-id",
    "es-nif",
    "it-cf",
    "pl-pesel",
    "ir-melli",
    "us-ssn",
];

/// A text is no shorter than what is timed for it.
const BYTES: usize = 64 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let Some(path) = args.next() else {
        return Err("which CSV file?".into());
    };
    let column = args.next().unwrap_or_else(|| "notes".to_owned());
    let only = args.next();
    let texts = column_of(&std::fs::read(path)?, &column)?;
    let bytes: usize = texts.iter().map(String::len).sum();
    let passes = (BYTES / bytes.max(1)).max(1);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} texts, {:.1} MB; best of five, {} passes each",
        texts.len(),
        bytes as f64 / 1e6,
        passes
    )?;
    let usual = Scanner::new(&Scanner::KINDS, None)?;
    let twenty = Scanner::new(&TWENTY, None)?;
    for (name, scanner) in [
        ("3 kinds", usual),
        ("20 kinds", twenty),
        ("all kinds", Scanner::all(None)),
        ("strict kinds", Scanner::strict_all()),
    ] {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let mut scratch = Scratch::new();
        let (mut best, mut found) = (f64::MAX, 0);
        for _ in 0..5 {
            found = 0;
            let began = Instant::now();
            for _ in 0..passes {
                for text in &texts {
                    found += scanner.find(text, &mut scratch).len();
                }
            }
            best = best.min(began.elapsed().as_secs_f64());
        }
        writeln!(
            out,
            "{name:>12}: {:>6.0} MB/s, {} found",
            (bytes * passes) as f64 / 1e6 / best,
            found / passes
        )?;
    }
    Ok(())
}

/// The cells of a column that are not empty. A plain reading: quotes doubled
/// inside quotes, records of one width.
fn column_of(bytes: &[u8], column: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let (mut texts, mut wanted, mut at) = (Vec::new(), None, 0);
    let (mut cell, mut quoted) = (Vec::new(), false);
    let mut rest = bytes.iter().peekable();
    while let Some(&b) = rest.next() {
        match b {
            b'"' if quoted && rest.peek() == Some(&&b'"') => {
                cell.push(b'"');
                rest.next();
            }
            b'"' => quoted = !quoted,
            b',' | b'\n' if !quoted => {
                let text = String::from_utf8_lossy(&cell);
                let text = text.trim_end_matches('\r');
                match wanted {
                    None if text == column => wanted = Some(at),
                    Some(place) if place == at && !text.is_empty() && text != column => {
                        texts.push(text.to_owned());
                    }
                    _ => {}
                }
                cell.clear();
                at += 1;
                if b == b'\n' {
                    if wanted.is_none() {
                        return Err(format!("no column `{column}`").into());
                    }
                    at = 0;
                }
            }
            b => cell.push(b),
        }
    }
    Ok(texts)
}
