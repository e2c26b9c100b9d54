//! `offrecord read`: the records as the engine reads them. It prints raw
//! values, which is its purpose; nothing else does but `try`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{must_not_exist, read_policy};
use super::out::{self, Failure, shown};
use crate::input::{Encoding, Format, RawError, ReadError, Reading, Rejects, Source, read_raw};
use crate::job;

/// Print a file's records as the engine reads them, raw
///
/// JSON Lines, one array of strings a record, the header first. Nothing is
/// guessed: say how the file is written, or name a policy that says so. Exit
/// code 1 if any record could not be read for certain; those are listed on
/// stderr with line, byte and reason, never with their text.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord read register.csv --raw | head -3
  offrecord read register.csv --raw --column sector | sort | uniq -c
  offrecord read list.txt --raw --encoding gb18030 --delimiter tab
  offrecord read register.csv.gz --raw --policy policy.toml --rejects rejects.csv > records.jsonl")]
pub(super) struct Read {
    /// The file; `-` is stdin; gzip is inflated
    file: PathBuf,
    /// Yes, print raw values
    #[arg(long)]
    raw: bool,
    /// Only the values of this column, one a line: add | sort | uniq -c to list them
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// Read as the [input] section of this policy says
    #[arg(long, value_name = "POLICY", conflicts_with_all = ["format", "encoding", "delimiter", "quote", "no_header"])]
    policy: Option<PathBuf>,
    /// How rows are written
    #[arg(long, value_enum, default_value = "csv")]
    format: Rows,
    /// Encoding: utf-8, gb18030, big5, shift_jis, windows-1251, utf-16, … (WHATWG labels, and utf-32)
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// Character between fields; `tab` for a tab
    #[arg(long, default_value = ",", value_parser = one_byte)]
    delimiter: u8,
    /// Character that quotes a field; `none` where nothing does
    #[arg(long, default_value = "\"", value_parser = quote)]
    quote: Quote,
    /// The first record holds no names; columns are called 1, 2, …
    #[arg(long)]
    no_header: bool,
    /// List unreadable records in this new file, as CSV, instead of on stderr
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Formats of rows.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Rows {
    /// Delimited text
    Csv,
    /// One JSON object a line
    Jsonl,
}

/// The quote, if any; a type of its own, since clap takes `Option` for "not given".
#[derive(Clone, Copy)]
pub(super) struct Quote(pub(super) Option<u8>);

pub(super) fn encoding(label: &str) -> Result<Encoding, String> {
    Encoding::for_label(label)
        .ok_or_else(|| "there is no such encoding; try utf-8, gb18030, big5, utf-16".to_owned())
}

pub(super) fn one_byte(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("write one ASCII character, or `tab`".to_owned()),
    }
}

pub(super) fn quote(text: &str) -> Result<Quote, String> {
    if text.is_empty() || text.eq_ignore_ascii_case("none") {
        return Ok(Quote(None));
    }
    one_byte(text).map(|byte| Quote(Some(byte)))
}

impl Read {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if !self.raw {
            return Err(Failure::usage(
                "`offrecord read` prints raw values, and --raw says that you mean it",
                "whatever stands on the screen stands in its scroll-back, in screenshots and logs",
                "add --raw, where nobody looks over your shoulder",
            ));
        }
        let reading = self.reading()?;
        let failed = |error: ReadError| {
            Failure::failed(format!("{}: {error}", shown(&self.file)), "", error.help())
        };
        let mut rejects: Box<dyn Write> = match &self.rejects {
            None => Box::new(Words::default()),
            Some(path) => Box::new(BufWriter::new(self.make(path)?)),
        };
        let form = if self.rejects.is_some() {
            Rejects::Csv
        } else {
            Rejects::Text
        };
        let mut source = match self.file.as_os_str() == "-" {
            true => Source::stdin(&reading),
            false => Source::open(&self.file, &reading),
        }
        .map_err(failed)?;
        let mut data = out::data();
        match read_raw(
            &mut source,
            &reading,
            self.column.as_deref(),
            &mut data,
            &mut *rejects,
            form,
        ) {
            Ok(counts) => {
                if counts.unreadable == 0 {
                    return Ok(0);
                }
                out::words(&format!(
                    "{} could not be read for certain; {} were printed",
                    out::counted(counts.unreadable, "record", "records"),
                    out::count(counts.records)
                ));
                Ok(1)
            }
            Err(RawError::Read(error)) => {
                out::end_of_data(data.flush())?;
                Err(failed(error))
            }
            Err(RawError::Column) => Err(Failure::usage(
                format!(
                    "{}: no column is called `{}`",
                    shown(&self.file),
                    self.column.unwrap_or_default()
                ),
                "nothing was printed",
                "the first line of offrecord read FILE --raw names the columns",
            )),
            Err(RawError::Write(error)) => {
                // What is left in the buffer has no reader.
                drop(data.into_parts());
                out::end_of_data(Err(error)).map(|()| 1)
            }
        }
    }

    fn reading(&self) -> Result<Reading, Failure> {
        let chunk = Reading::default().chunk;
        if let Some(path) = &self.policy {
            let policy = read_policy(path)?;
            return job::reading(&policy, chunk).map_err(|stop| match &stop {
                job::Stop::Policy(problems) => super::args::problems_failure(&policy, problems),
                other => Failure::usage(other.to_string(), "", other.help()),
            });
        }
        Ok(Reading {
            format: match self.format {
                Rows::Csv => Format::Csv,
                Rows::Jsonl => Format::Jsonl,
            },
            encoding: self.encoding,
            delimiter: self.delimiter,
            quote: self.quote.0,
            header: !self.no_header,
            ..Reading::default()
        })
    }

    fn make(&self, path: &std::path::Path) -> Result<File, Failure> {
        must_not_exist(path)?;
        crate::release::create_private_file(path).map_err(|error| {
            Failure::failed(
                format!("{}: {error}", shown(path)),
                "unreadable records would not be listed",
                "choose another place for --rejects",
            )
        })
    }
}

/// Lines for stderr, handed over whole.
#[derive(Default)]
struct Words {
    line: Vec<u8>,
}

impl Write for Words {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.line.split_off(end + 1);
            out::words(&String::from_utf8_lossy(&self.line));
            self.line = rest;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
