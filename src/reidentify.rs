//! The way back from a code to one record, for those who hold the key and the
//! raw file.
//!
//! Nothing undoes a code: codes are computed again over the raw file, as the
//! run did it, until they are the one that was asked for. So no desk needs to
//! keep a list of names and codes. One code a call, and one record of it. May
//! not log, print or decide whether anybody is allowed to ask: that is the
//! caller's, and the custody log's.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::bounded;

use crate::cell::CellBuf;
use crate::engine::{self, Ended, Work};
use crate::input::{Chunk, Event, Format, ReadError, Reading, RecordReader, Source, Unknown};
use crate::key::{CodeFault, CodeFormat};
use crate::plan::bind::{Binding, Drift, bind};
use crate::plan::{Form, Plan};
use crate::treat::{Context, Treat};

/// What is asked.
pub struct Request<'a> {
    /// The policy, compiled under the key and for the recipient of the release.
    pub plan: &'a Plan,
    /// The code as it was typed.
    pub code: &'a str,
    /// The only column to look in; every column with such codes where absent.
    pub column: Option<&'a str>,
    /// The raw files.
    pub inputs: &'a [PathBuf],
    /// How they are read: as the run did.
    pub reading: &'a Reading,
    /// Of the records that bear the code, the one to give, from 1.
    pub wanted: u64,
    /// Workers.
    pub threads: NonZeroUsize,
    /// Raised to stop.
    pub interrupted: &'a AtomicBool,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which of the inputs, from 0.
    pub file: usize,
    /// Physical line, from 1.
    pub line: u64,
    /// Columns whose code it is.
    pub columns: BTreeSet<String>,
}

/// The record, with every value as it stands in the raw file.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub place: Place,
    /// Columns in the order of the file; `None` where the file has no value.
    pub values: Vec<(String, Option<CellBuf>)>,
}

/// What came of it.
#[derive(Debug)]
pub struct Answer {
    /// The code as releases write it.
    pub code: String,
    /// Columns that were looked in.
    pub columns: Vec<String>,
    /// Records that were read.
    pub records: u64,
    /// Records that could not be read for certain, and were not looked at.
    pub unreadable: u64,
    /// Records that bear the code: a person may have several, and people may
    /// share an identifier.
    pub matches: u64,
    /// The one that was wanted, where there are so many.
    pub found: Option<Found>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The text is no code.
    #[error("this is not a code: {0}")]
    Code(CodeFault),
    /// No column of the policy gives codes of this form.
    #[error("no column of the policy gives codes that begin so and are so long; it gives {0}")]
    Form(String),
    /// The column gives no codes, or codes of another form.
    #[error("the column that was named gives no such codes; these do: {0}")]
    Column(String),
    /// The columns of a file are not the policy's.
    #[error("the columns of input {} are not those of the policy\n{}", .file + 1, .drift.describe())]
    Drift {
        /// Which of the inputs, from 0.
        file: usize,
        /// What differs.
        drift: Drift,
    },
    /// A file cannot be read.
    #[error("input {}: {error}", .file + 1)]
    Read {
        /// Which of the inputs, from 0.
        file: usize,
        /// Why.
        error: ReadError,
    },
    /// A signal.
    #[error("interrupted")]
    Interrupted,
    /// A thread panicked: a defect of the tool.
    #[error("a worker failed")]
    Panicked,
}

/// Columns of a plan that give codes of a form.
fn columns_of(plan: &Plan, wanted: &CodeFormat) -> Vec<usize> {
    let fits = |form: &Form| matches!(form, Form::Code { prefix, bits } if prefix == wanted.prefix() && *bits == wanted.bits());
    (0..plan.columns.len())
        .filter(|at| fits(&plan.columns[*at].form))
        .collect()
}

fn named(plan: &Plan, columns: &[usize]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|at| format!("\"{}\"", plan.columns[*at].name))
        .collect();
    names.join(", ")
}

/// The forms of a plan's codes, for a message: `P-… (80 bits)`.
fn forms(plan: &Plan) -> String {
    let forms: BTreeSet<String> = plan
        .columns
        .iter()
        .filter_map(|column| match &column.form {
            Form::Code { prefix, bits } => Some(format!("{prefix}-… ({bits} bits)")),
            _ => None,
        })
        .collect();
    match forms.is_empty() {
        true => "none".to_owned(),
        false => forms.into_iter().collect::<Vec<_>>().join(", "),
    }
}

struct Task {
    file: usize,
    chunk: Chunk,
}

struct Piece {
    records: u64,
    unreadable: u64,
    found: Vec<Found>,
    used: Chunk,
}

struct Seeker<'a> {
    plan: &'a Plan,
    reading: &'a Reading,
    code: &'a str,
    columns: &'a [usize],
    /// Of each file, its columns and where the plan's are among them.
    files: &'a [(Vec<String>, Binding)],
}

struct Local {
    readers: Vec<Option<RecordReader>>,
    context: Context,
    text: String,
}

impl Work for Seeker<'_> {
    type Chunk = Task;
    type Local = Local;
    type Piece = Piece;
    type Stop = Stop;

    fn local(&self) -> Local {
        Local {
            readers: self.files.iter().map(|_| None).collect(),
            context: Context::default(),
            text: String::new(),
        }
    }

    fn work(&self, local: &mut Local, task: Task) -> Result<Piece, Stop> {
        let Local {
            readers,
            context,
            text,
        } = local;
        let (names, binding) = &self.files[task.file];
        let reader = readers[task.file].get_or_insert_with(|| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            RecordReader::new(self.reading, binding.width, &names).unknown(Unknown::Skip)
        });
        let (mut records, mut unreadable) = (0, 0);
        let mut all = Vec::new();
        reader.read(&task.chunk, |event| match event {
            Event::Blank => {}
            Event::Unreadable(_) => unreadable += 1,
            Event::Record(record) => {
                records += 1;
                let mut columns = BTreeSet::new();
                for at in self.columns {
                    let Some(value) = record.get(binding.columns[*at]) else {
                        continue;
                    };
                    let column = &self.plan.columns[*at];
                    if !self.plan.missing.is(value)
                        && matches!(column.treat, Treat::Pseudonymise(_))
                        && column.treat.apply(value, context, text).is_ok()
                        && text == self.code
                    {
                        columns.insert(column.name.clone());
                    }
                }
                if !columns.is_empty() {
                    let value =
                        |at: usize| record.get(at).map(|text| CellBuf::new(text.to_owned()));
                    all.push(Found {
                        place: Place {
                            file: task.file,
                            line: record.line(),
                            columns,
                        },
                        values: names
                            .iter()
                            .enumerate()
                            .map(|(at, name)| (name.clone(), value(at)))
                            .collect(),
                    });
                }
            }
        });
        Ok(Piece {
            records,
            unreadable,
            found: all,
            used: task.chunk,
        })
    }
}

/// Reads the raw files once and gives the record that was wanted. The same on
/// any number of threads.
///
/// # Errors
/// Where the code is none, is of no column, or the files cannot be read.
pub fn reidentify(request: &Request<'_>) -> Result<Answer, Stop> {
    let plan = request.plan;
    let read = CodeFormat::check(request.code).map_err(Stop::Code)?;
    let mut columns = columns_of(plan, &read.format);
    if columns.is_empty() {
        return Err(Stop::Form(forms(plan)));
    }
    if let Some(name) = request.column {
        let all = named(plan, &columns);
        columns.retain(|at| plan.columns[*at].name == name);
        if columns.is_empty() {
            return Err(Stop::Column(all));
        }
    }
    let mut sources = Vec::new();
    let mut files = Vec::new();
    for (file, path) in request.inputs.iter().enumerate() {
        let failed = |error| Stop::Read { file, error };
        let mut source = match path.as_os_str() == "-" {
            true => Source::stdin(request.reading),
            false => Source::open(path, request.reading),
        }
        .map_err(failed)?;
        files.push(match request.reading.format {
            Format::Csv => {
                let header = source.header().map_err(failed)?;
                let binding = bind(plan, header).map_err(|drift| Stop::Drift { file, drift })?;
                let names = header.iter().map(|name| name.text().to_owned()).collect();
                (names, binding)
            }
            Format::Jsonl => {
                let width = plan.columns.len();
                let names = plan.columns.iter().map(|column| column.name.clone());
                let binding = Binding {
                    columns: (0..width).collect(),
                    unlisted: Vec::new(),
                    width,
                };
                (names.collect(), binding)
            }
        });
        sources.push(source);
    }
    let seeker = Seeker {
        plan,
        reading: request.reading,
        code: &read.code,
        columns: &columns,
        files: &files,
    };
    let mut answer = Answer {
        columns: columns
            .iter()
            .map(|at| plan.columns[*at].name.clone())
            .collect(),
        code: read.code.clone(),
        records: 0,
        unreadable: 0,
        matches: 0,
        found: None,
    };
    let (used_in, used) = bounded(request.threads.get() * 2 + 2);
    let mut file = 0;
    engine::run(
        &seeker,
        request.threads,
        request.interrupted,
        || {
            while let Some(source) = sources.get_mut(file) {
                let chunk = source.next_chunk(used.try_recv().unwrap_or_default());
                match chunk.map_err(|error| Stop::Read { file, error })? {
                    Some(chunk) => return Ok(Some(Task { file, chunk })),
                    None => file += 1,
                }
            }
            Ok(None)
        },
        |piece| {
            answer.records += piece.records;
            answer.unreadable += piece.unreadable;
            for found in piece.found {
                answer.matches += 1;
                if answer.matches == request.wanted {
                    answer.found = Some(found);
                }
            }
            // A full channel only means that a buffer is given back to the system.
            drop(used_in.try_send(piece.used));
            Ok(())
        },
    )
    .map_err(|ended| match ended {
        Ended::Stopped(stop) => stop,
        Ended::Interrupted => Stop::Interrupted,
        Ended::Panicked => Stop::Panicked,
    })?;
    Ok(answer)
}
