//! The records as the engine reads them, for people who write a policy: the
//! core of `offrecord read --raw`. It prints raw values, which is its purpose;
//! nothing else in this room does.

use std::io::{self, Write};

use super::chunk::Chunk;
use super::record::{Event, RecordReader, Unreadable};
use super::{Format, ReadError, Reading, Source};
use crate::cell::CellBuf;

/// How unreadable records are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejects {
    /// CSV with the header `line,byte,column,reason,meaning`.
    Csv,
    /// One sentence a line.
    Text,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RawCounts {
    /// Records printed, the header not counted.
    pub records: u64,
    /// Records listed as unreadable.
    pub unreadable: u64,
    /// Blank lines skipped.
    pub blank: u64,
}

/// Why reading raw stopped.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// The input cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The header does not name the wanted column.
    #[error("no column of the file is called that")]
    Column,
    /// The output cannot be written.
    #[error("writing failed: {0}")]
    Write(#[from] io::Error),
}

/// Prints the records of `source` to `out` as JSON Lines, one array of strings
/// a record, the header first, and lists the unreadable ones in `rejects`. A
/// missing value of JSON Lines is `null`; its header are the keys of its first
/// readable record, and a record with another key is unreadable. With `column`
/// the values of that column alone are printed, one JSON string a record,
/// without the header.
///
/// # Errors
/// A column that the header does not name, and whatever stops reading or
/// writing; what was written up to then stands.
pub fn read_raw(
    source: &mut Source,
    reading: &Reading,
    column: Option<&str>,
    out: &mut dyn Write,
    rejects: &mut dyn Write,
    form: Rejects,
) -> Result<RawCounts, RawError> {
    let mut header: Vec<CellBuf> = source.header()?.to_vec();
    if form == Rejects::Csv {
        writeln!(rejects, "line,byte,column,reason,meaning")?;
    }
    let mut line = Vec::new();
    let mut reader = RecordReader::new(reading, header.len(), &[]);
    let mut known = reading.format == Format::Csv;
    let mut only = match known {
        true => place(&header, column)?,
        false => None,
    };
    if known && reading.header && only.is_none() {
        write_values(&mut line, header.iter().map(|name| Some(name.text())))?;
        out.write_all(&line)?;
    }
    let mut sink = Sink {
        counts: RawCounts::default(),
        line,
        only,
        out,
        rejects,
        form,
    };
    let mut chunk = Chunk::new();
    while let Some(next) = source.next_chunk(std::mem::take(&mut chunk))? {
        chunk = next;
        if !known && let Some(first) = super::json::first_record(reading, &chunk) {
            known = true;
            let rest = chunk.split_off(first.at, first.line);
            sink.chunk(&mut reader, &chunk)?;
            header = first.keys;
            only = place(&header, column)?;
            if only.is_none() {
                sink.values(header.iter().map(|name| Some(name.text())))?;
            }
            sink.only = only;
            let names: Vec<&str> = header.iter().map(CellBuf::text).collect();
            reader = RecordReader::new(reading, names.len(), &names);
            chunk = rest;
        }
        sink.chunk(&mut reader, &chunk)?;
    }
    let Sink {
        counts,
        out,
        rejects,
        ..
    } = sink;
    out.flush()?;
    rejects.flush()?;
    Ok(counts)
}

/// Where everything goes.
struct Sink<'w> {
    counts: RawCounts,
    line: Vec<u8>,
    /// The only column that is wanted.
    only: Option<usize>,
    out: &'w mut dyn Write,
    rejects: &'w mut dyn Write,
    form: Rejects,
}

impl Sink<'_> {
    fn chunk(&mut self, reader: &mut RecordReader, chunk: &Chunk) -> io::Result<()> {
        let mut result = Ok(());
        reader.read_while(chunk, &mut |event| {
            result = match event {
                Event::Blank => {
                    self.counts.blank += 1;
                    Ok(())
                }
                Event::Record(record) => {
                    self.counts.records += 1;
                    match self.only {
                        None => self.values((0..record.len()).map(|i| record.get(i))),
                        Some(at) => self.value(record.get(at)),
                    }
                }
                Event::Unreadable(unreadable) => {
                    self.counts.unreadable += 1;
                    write_reject(self.rejects, unreadable, self.form)
                }
            };
            result.is_ok()
        });
        result
    }

    fn values<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) -> io::Result<()> {
        write_values(&mut self.line, values)?;
        self.out.write_all(&self.line)
    }

    fn value(&mut self, value: Option<&str>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &value)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

/// Where the wanted column stands.
fn place(header: &[CellBuf], column: Option<&str>) -> Result<Option<usize>, RawError> {
    column
        .map(|wanted| {
            header
                .iter()
                .position(|name| name.text() == wanted)
                .ok_or(RawError::Column)
        })
        .transpose()
}

/// One JSON array and a line end into `line`, whose former content goes.
fn write_values<'a>(
    line: &mut Vec<u8>,
    values: impl Iterator<Item = Option<&'a str>>,
) -> io::Result<()> {
    line.clear();
    line.push(b'[');
    for (nth, value) in values.enumerate() {
        if nth > 0 {
            line.push(b',');
        }
        serde_json::to_writer(&mut *line, &value)?;
    }
    line.extend_from_slice(b"]\n");
    Ok(())
}

fn write_reject(to: &mut dyn Write, bad: Unreadable, form: Rejects) -> io::Result<()> {
    let column = bad.column.map(|column| column.to_string());
    match form {
        Rejects::Csv => writeln!(
            to,
            "{},{},{},{},{}",
            bad.line,
            bad.byte,
            column.unwrap_or_default(),
            bad.reason.as_str(),
            bad.reason
        ),
        Rejects::Text => {
            write!(to, "line {}, byte {}", bad.line, bad.byte)?;
            if let Some(column) = column {
                write!(to, ", column {column}")?;
            }
            writeln!(to, ": {}", bad.reason)
        }
    }
}
