//! One streaming pass over a file into the tally of combinations.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::histogram::{Histogram, ValueKey};
use crate::engine::{self, Ended, Work};
use crate::input::{Chunk, Event, Format, ReadError, Reading, RecordReader, Source, Unknown};
use crate::plan::Missing;
use crate::tally::{Person, Tally};

/// Which columns of a file are looked at.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Columns that make classes; where empty, all that are not named otherwise.
    pub quasi: Vec<String>,
    /// Sensitive columns.
    pub sensitive: Vec<String>,
    /// The column that tells people apart; without, each record is a person.
    pub subject: Option<String>,
    /// Columns whose values a hierarchy reads.
    pub texts: Vec<String>,
    /// Columns that are left alone.
    pub ignore: Vec<String>,
}

/// What was read.
pub struct Counted {
    /// The tally: quasi columns first, then the sensitive ones.
    pub tally: Histogram,
    /// Names of its columns.
    pub names: Vec<String>,
    /// How many of them are quasi.
    pub quasi: usize,
    /// Records that could not be read for certain, which are not counted.
    pub unreadable: u64,
    /// Records without a subject, each a person of its own.
    pub without_subject: u64,
    /// The key under which values are known.
    pub key: ValueKey,
}

/// Why a file was not counted.
#[derive(Debug)]
pub enum Stop {
    /// It cannot be read.
    Read(ReadError),
    /// It has no such column, or the column twice: the name that was asked for.
    Column(String),
    /// Columns of JSON Lines must be named.
    Unnamed,
    /// A column is named for two purposes.
    Twice(String),
    /// The system has no random bytes.
    Random,
    /// Interrupted.
    Interrupted,
    /// A thread panicked.
    Panicked,
}

struct Counter<'a> {
    reading: &'a Reading,
    width: usize,
    names: Vec<&'a str>,
    columns: Vec<usize>,
    keep: Vec<bool>,
    subject: Option<usize>,
    missing: Missing,
    key: ValueKey,
}

struct Local {
    tally: Histogram,
    reader: Option<RecordReader>,
    scratch: Vec<u32>,
    unreadable: u64,
    without_subject: u64,
}

impl Work for Counter<'_> {
    type Chunk = Chunk;
    type Local = Local;
    type Piece = Chunk;
    type Stop = Stop;

    fn local(&self) -> Local {
        Local {
            tally: Histogram::new(&self.keep, self.subject.is_some()),
            reader: None,
            scratch: Vec::new(),
            unreadable: 0,
            without_subject: 0,
        }
    }

    fn work(&self, local: &mut Local, chunk: Chunk) -> Result<Chunk, Stop> {
        let mut reader = local.reader.take().unwrap_or_else(|| {
            RecordReader::new(self.reading, self.width, &self.names).unknown(Unknown::Skip)
        });
        let Local {
            tally,
            scratch,
            unreadable,
            without_subject,
            ..
        } = local;
        reader.read(&chunk, |event| match event {
            Event::Blank => {}
            Event::Unreadable(_) => *unreadable += 1,
            Event::Record(record) => {
                let value = |at: usize| {
                    let value = record.get(at).unwrap_or("").trim();
                    if self.missing.is(value) { "" } else { value }
                };
                let person = match self.subject.map(value) {
                    None => Person::Own,
                    Some("") => {
                        *without_subject += 1;
                        Person::Own
                    }
                    #[allow(clippy::cast_possible_truncation, reason = "a keyed hash: any half")]
                    Some(subject) => Person::Known(self.key.of(subject) as u64),
                };
                tally.add(&self.key, |at| value(self.columns[at]), person, scratch);
            }
        });
        local.reader = Some(reader);
        Ok(chunk)
    }
}

/// Counts a file; `-` is stdin.
///
/// # Errors
/// Where it cannot be read, or lacks a column.
pub fn count(
    path: &Path,
    reading: &Reading,
    missing: &[String],
    choice: &Choice,
    threads: NonZeroUsize,
    interrupted: &AtomicBool,
) -> Result<Counted, Stop> {
    let key = ValueKey::generate().map_err(|_| Stop::Random)?;
    count_under(key, path, reading, missing, choice, threads, interrupted)
}

/// The same under the key of another count, so that values can be told to be equal.
///
/// # Errors
/// As [`count`].
pub fn count_under(
    key: ValueKey,
    path: &Path,
    reading: &Reading,
    missing: &[String],
    choice: &Choice,
    threads: NonZeroUsize,
    interrupted: &AtomicBool,
) -> Result<Counted, Stop> {
    let mut source = match path.as_os_str() == "-" {
        true => Source::stdin(reading),
        false => Source::open(path, reading),
    }
    .map_err(Stop::Read)?
    .unhashed();
    let header: Vec<String> = match reading.format {
        Format::Csv => source
            .header()
            .map_err(Stop::Read)?
            .iter()
            .map(|name| name.text().to_owned())
            .collect(),
        Format::Jsonl if choice.quasi.is_empty() => return Err(Stop::Unnamed),
        Format::Jsonl => choice
            .quasi
            .iter()
            .chain(&choice.sensitive)
            .chain(&choice.subject)
            .cloned()
            .collect(),
    };
    let find = |name: &String| -> Result<usize, Stop> {
        let mut places = header
            .iter()
            .enumerate()
            .filter(|(_, known)| *known == name);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => Ok(at),
            _ => Err(Stop::Column(name.clone())),
        }
    };
    let subject = choice.subject.as_ref().map(find).transpose()?;
    let sensitive: Vec<usize> = choice
        .sensitive
        .iter()
        .map(find)
        .collect::<Result<_, _>>()?;
    let ignored: Vec<usize> = choice.ignore.iter().map(find).collect::<Result<_, _>>()?;
    let quasi: Vec<usize> = if choice.quasi.is_empty() {
        (0..header.len())
            .filter(|at| subject != Some(*at) && !sensitive.contains(at) && !ignored.contains(at))
            .collect()
    } else {
        choice.quasi.iter().map(find).collect::<Result<_, _>>()?
    };
    let columns: Vec<usize> = quasi.iter().chain(&sensitive).copied().collect();
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].contains(column) {
            return Err(Stop::Twice(header[*column].clone()));
        }
    }
    for name in &choice.texts {
        find(name)?;
    }
    let counter = Counter {
        reading,
        width: header.len(),
        names: header.iter().map(String::as_str).collect(),
        keep: columns
            .iter()
            .map(|at| choice.texts.contains(&header[*at]))
            .collect(),
        columns: columns.clone(),
        subject,
        missing: Missing::new(missing),
        key: key.clone(),
    };
    let (used_in, used) = crossbeam_channel::bounded(threads.get() * 2 + 2);
    let locals = engine::run(
        &counter,
        threads,
        interrupted,
        || {
            source
                .next_chunk(used.try_recv().unwrap_or_default())
                .map_err(Stop::Read)
        },
        |chunk| {
            // A full channel only means that a buffer is given back to the system.
            drop(used_in.try_send(chunk));
            Ok(())
        },
    )
    .map_err(|ended| match ended {
        Ended::Stopped(stop) => stop,
        Ended::Interrupted => Stop::Interrupted,
        Ended::Panicked => Stop::Panicked,
    })?;
    let mut counted = Counted {
        tally: Histogram::new(&counter.keep, subject.is_some()),
        names: columns.iter().map(|at| header[*at].clone()).collect(),
        quasi: quasi.len(),
        unreadable: 0,
        without_subject: 0,
        key,
    };
    let mut first = true;
    for local in locals {
        counted.unreadable += local.unreadable;
        counted.without_subject += local.without_subject;
        if first {
            counted.tally = local.tally;
            first = false;
        } else {
            counted.tally.merge(local.tally);
        }
    }
    Ok(counted)
}
