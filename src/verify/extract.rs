//! The extract: every cell of every record, on as many threads as there are.
//!
//! Workers take chunks of whole records from one reader in turn and examine
//! them alone. A cell that was found in order before is not examined again.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::key::CodeFormat;

use super::csv::{ChunkError, Chunks, Cut, FieldFault, Structure, unquote};
use super::filter::FingerprintError;
use super::jsonl::{LineFault, read_line};
use super::memo::{Memo, MemoKey};
use super::verdict::{Place, Reason};
use super::worker::{Rule, Seen, Worker};

/// The mark at the start of a file that is UTF-8 and says so.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// One file of the extract, read by many.
pub(super) struct Part {
    /// Number of the artefact.
    pub(super) artefact: u32,
    chunks: Mutex<Chunks<File>>,
    /// Records seen.
    pub(super) rows: AtomicU64,
    /// Lines of each chunk, by its number.
    pub(super) lines: Mutex<Vec<u64>>,
}

impl Part {
    pub(super) fn new(artefact: u32, file: File, jsonl: bool, chunk: usize) -> Self {
        let cut = if jsonl { Cut::Lines } else { Cut::Csv };
        Self {
            artefact,
            chunks: Mutex::new(Chunks::new(file, cut, chunk)),
            rows: AtomicU64::new(0),
            lines: Mutex::new(Vec::new()),
        }
    }
}

/// What is asked of the extract as a whole.
pub(super) struct Layout<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) rules: Vec<Rule<'a>>,
    pub(super) jsonl: bool,
    pub(super) bom: bool,
    pub(super) memo: MemoKey,
}

/// Why the extract could not be looked at to its end.
pub(super) enum Stop {
    Io(io::Error),
    Prints(FingerprintError),
}

impl From<FingerprintError> for Stop {
    fn from(error: FingerprintError) -> Self {
        Self::Prints(error)
    }
}

/// A column in one worker.
struct Lane<'a> {
    rule: &'a Rule<'a>,
    code: Option<&'a CodeFormat>,
    memo: Memo,
    /// Cells that must be counted each time: what was seen of them.
    known: HashMap<u64, (u32, Seen)>,
}

/// Looks at the extract as one worker, beside others.
pub(super) fn scan<'a>(
    worker: &mut Worker<'a>,
    parts: &[Part],
    layout: &'a Layout<'a>,
) -> Result<(), Stop> {
    let mut eye = Eye {
        worker,
        layout,
        lanes: layout
            .rules
            .iter()
            .map(|rule| Lane {
                rule,
                code: rule.form.and_then(super::form::Form::code),
                memo: Memo::new(),
                known: HashMap::new(),
            })
            .collect(),
        structure: Structure::default(),
        unquoted: Vec::new(),
        artefact: 0,
        chunk: 0,
        lines: Lines::default(),
    };
    let mut buffer = Vec::new();
    for part in parts {
        loop {
            let next = {
                let mut chunks = part.chunks.lock().unwrap_or_else(|e| e.into_inner());
                chunks.next_into(&mut buffer)
            };
            let chunk = match next {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(ChunkError::Io(error)) => return Err(Stop::Io(error)),
                Err(ChunkError::TooLong) => {
                    eye.worker
                        .tray
                        .add(Reason::TooLong, Place::file(part.artefact), 1);
                    break;
                }
            };
            eye.artefact = part.artefact;
            eye.chunk = chunk;
            eye.lines = Lines::default();
            let (rows, lines) = if layout.jsonl {
                eye.json_lines(&buffer)
            } else {
                eye.csv(&buffer)
            };
            part.rows.fetch_add(rows, Ordering::Relaxed);
            let mut all = part.lines.lock().unwrap_or_else(|e| e.into_inner());
            let at = chunk as usize;
            if all.len() <= at {
                all.resize(at + 1, 0);
            }
            if let Some(slot) = all.get_mut(at) {
                *slot = lines;
            }
            drop(all);
            eye.worker.settle_if_full()?;
        }
    }
    Ok(())
}

/// Counts lines forward through a chunk.
#[derive(Default)]
struct Lines {
    at: usize,
    line: u32,
}

impl Lines {
    /// The 1-based line of a byte; asked for in ascending order, or from the
    /// start again.
    fn of(&mut self, bytes: &[u8], at: usize) -> u32 {
        if at < self.at {
            *self = Self::default();
        }
        let between = bytes.get(self.at..at).unwrap_or(&[]);
        let more = memchr::memchr_iter(b'\n', between).count();
        self.line = self
            .line
            .saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        self.at = at;
        self.line.saturating_add(1)
    }
}

/// A worker looking at the extract.
struct Eye<'w, 'a> {
    worker: &'w mut Worker<'a>,
    layout: &'a Layout<'a>,
    lanes: Vec<Lane<'a>>,
    structure: Structure,
    unquoted: Vec<u8>,
    artefact: u32,
    chunk: u32,
    lines: Lines,
}

impl Eye<'_, '_> {
    fn place(&mut self, bytes: &[u8], record: usize, column: usize) -> Place {
        Place {
            artefact: self.artefact,
            chunk: self.chunk,
            line: self.lines.of(bytes, record),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    fn note(&mut self, reason: Reason, bytes: &[u8], record: usize, column: usize) {
        let place = self.place(bytes, record, column);
        self.worker.tray.add(reason, place, 1);
    }

    /// Looks at a chunk of CSV; returns its records and lines.
    fn csv(&mut self, bytes: &[u8]) -> (u64, u64) {
        let mut structure = std::mem::take(&mut self.structure);
        structure.index(bytes);
        let columns = self.lanes.len();
        let mut header = self.chunk == 0;
        let mut start = 0usize;
        if header {
            let marked = bytes.starts_with(BOM);
            if marked != self.layout.bom {
                self.note(Reason::Bom, bytes, 0, 0);
            }
            if marked {
                start = BOM.len();
            }
        }
        if bytes.last().is_some_and(|last| *last != b'\n') {
            self.note(Reason::LastLine, bytes, bytes.len(), 0);
        }
        let (mut rows, mut quotes) = (0u64, 0u64);
        let mut record = start;
        let mut column = 0usize;
        for end in &structure.ends {
            let end = *end as usize;
            let raw = bytes.get(start..end).unwrap_or(&[]);
            if !raw.is_empty() {
                if header {
                    quotes += self.head(raw, bytes, column);
                } else if column < columns {
                    quotes += self.cell(raw, bytes, record, column);
                } else {
                    quotes += super::csv::count_quotes(raw);
                    self.raw(raw, bytes, record, column + 1);
                }
            } else if header {
                self.note(Reason::Header, bytes, 0, column + 1);
            }
            column += 1;
            start = end + 1;
            if bytes.get(end) != Some(&b',') {
                if column != columns {
                    let reason = if header {
                        Reason::Header
                    } else {
                        Reason::Fields
                    };
                    self.note(reason, bytes, record, 0);
                }
                if header {
                    header = false;
                } else {
                    rows += 1;
                    self.worker.counts.cells += column as u64;
                }
                column = 0;
                record = start;
            }
        }
        if quotes != structure.quotes {
            self.stray_quote(bytes, &structure);
        }
        let lines = structure.lines;
        self.structure = structure;
        self.worker.counts.rows += rows;
        (rows, lines)
    }

    /// Finds the fields that hold a quote where there is none in the format.
    fn stray_quote(&mut self, bytes: &[u8], structure: &Structure) {
        let (mut start, mut record, mut column) = (0usize, 0usize, 0usize);
        let mut unquoted = std::mem::take(&mut self.unquoted);
        for end in &structure.ends {
            let end = *end as usize;
            let raw = bytes.get(start..end).unwrap_or(&[]);
            let (field, _) = unquote(raw, &mut unquoted);
            if field == Err(FieldFault::Quote) {
                self.note(Reason::Quote, bytes, record, column + 1);
            }
            start = end + 1;
            column += 1;
            if bytes.get(end) != Some(&b',') {
                column = 0;
                record = start;
            }
        }
        self.unquoted = unquoted;
    }

    /// Looks at a field of the header.
    fn head(&mut self, raw: &[u8], bytes: &[u8], column: usize) -> u64 {
        let place = self.place(bytes, 0, column + 1);
        let (field, quotes) = unquote(raw, &mut self.unquoted);
        let text = match field.map(std::str::from_utf8) {
            Ok(Ok(text)) => text,
            other => {
                let reason = match other {
                    Ok(_) => Reason::Utf8,
                    Err(FieldFault::Quote) => Reason::Quote,
                    Err(FieldFault::Return) => Reason::Return,
                };
                self.worker.tray.add(reason, place, 1);
                self.raw(raw, bytes, 0, column + 1);
                return quotes;
            }
        };
        let named = self.layout.names.get(column).is_some_and(|name| {
            *name == text
                || text.strip_prefix('\'') == Some(*name) && super::worker::is_formula(name)
        });
        if !named {
            self.worker.tray.add(Reason::Header, place, 1);
        }
        let rule = Rule {
            csv: true,
            ..Rule::TEXT
        };
        self.worker.examine(text, &rule, place);
        quotes
    }

    /// Looks at a field that is not empty; returns the quotes in it.
    #[inline]
    fn cell(&mut self, raw: &[u8], bytes: &[u8], record: usize, column: usize) -> u64 {
        let Some(lane) = self.lanes.get_mut(column) else {
            return 0;
        };
        let quoted = u64::from(raw.first() == Some(&b'"'));
        if let Some(format) = lane.code {
            if raw.len() == format.len()
                && std::str::from_utf8(raw).is_ok_and(|text| format.is_code(text))
            {
                self.worker.counts.codes += 1;
                return 0;
            }
            return self.look(raw, bytes, record, column, None);
        }
        if lane.memo.is_idle() {
            return self.look(raw, bytes, record, column, None);
        }
        let hash = self.layout.memo.hash(raw);
        if let Some(hash) = hash
            && lane.memo.knows(hash)
        {
            return if quoted == 1 {
                super::csv::count_quotes(raw)
            } else {
                0
            };
        }
        self.look(raw, bytes, record, column, hash)
    }

    /// Looks closely at a field.
    #[inline(never)]
    fn look(
        &mut self,
        raw: &[u8],
        bytes: &[u8],
        record: usize,
        column: usize,
        hash: Option<u64>,
    ) -> u64 {
        let mut unquoted = std::mem::take(&mut self.unquoted);
        let (field, quotes) = unquote(raw, &mut unquoted);
        match field {
            Ok(text) => self.text(text, bytes, record, column, hash),
            Err(fault) => {
                let reason = match fault {
                    FieldFault::Quote => Reason::Quote,
                    FieldFault::Return => Reason::Return,
                };
                self.note(reason, bytes, record, column + 1);
                self.raw(raw, bytes, record, column + 1);
            }
        }
        self.unquoted = unquoted;
        quotes
    }

    /// Hunts in bytes that are not a cell.
    fn raw(&mut self, raw: &[u8], bytes: &[u8], record: usize, column: usize) {
        let place = self.place(bytes, record, column);
        self.worker
            .examine(&String::from_utf8_lossy(raw), &Rule::TEXT, place);
    }

    /// Looks closely at the decoded bytes of a cell.
    fn text(&mut self, text: &[u8], bytes: &[u8], record: usize, column: usize, hash: Option<u64>) {
        if text.is_empty() {
            return;
        }
        let epoch = self.worker.epoch;
        if let (Some(hash), Some(lane)) = (hash, self.lanes.get(column))
            && let Some((since, seen)) = lane.known.get(&hash)
            && *since == epoch
        {
            match *seen {
                Seen::Candidate(origin, guarded) => {
                    self.worker.again(origin);
                    self.worker.counts.guarded += u64::from(guarded);
                }
                Seen::Guarded => self.worker.counts.guarded += 1,
                Seen::Clean | Seen::Wrong => {}
            }
            return;
        }
        let place = self.place(bytes, record, column + 1);
        let Ok(text) = std::str::from_utf8(text) else {
            self.worker.tray.add(Reason::Utf8, place, 1);
            self.raw(text, bytes, record, column + 1);
            return;
        };
        let Some(lane) = self.lanes.get_mut(column) else {
            return;
        };
        let seen = self.worker.examine(text, lane.rule, place);
        let Some(hash) = hash else { return };
        match seen {
            Seen::Clean => lane.memo.learn(hash),
            Seen::Guarded | Seen::Candidate(..) => {
                if lane.known.len() >= 1 << 16 {
                    lane.known.clear();
                }
                lane.known.insert(hash, (epoch, seen));
            }
            Seen::Wrong => {}
        }
    }

    /// Looks at a chunk of JSON Lines; returns its records and lines.
    fn json_lines(&mut self, bytes: &[u8]) -> (u64, u64) {
        let layout = self.layout;
        let columns = layout.names.len();
        let mut scratch = String::new();
        let (mut rows, mut start) = (0u64, 0usize);
        let mut from = bytes;
        if self.chunk == 0 && bytes.starts_with(BOM) {
            self.note(Reason::Bom, bytes, 0, 0);
            start = BOM.len();
            from = bytes.get(start..).unwrap_or(&[]);
        }
        while !from.is_empty() {
            let end = memchr::memchr(b'\n', from);
            if end.is_none() {
                self.note(Reason::LastLine, bytes, start, 0);
            }
            let length = end.unwrap_or(from.len());
            let line = from.get(..length).unwrap_or(&[]);
            let outcome = read_line(line, &layout.names, &mut scratch, |column, value| {
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    self.json_cell(value, bytes, start, column);
                }
            });
            if let Err(fault) = outcome {
                let reason = match fault {
                    LineFault::Grammar => Reason::JsonLine,
                    LineFault::Keys => Reason::Header,
                };
                self.note(reason, bytes, start, 0);
                self.raw(line, bytes, start, 0);
            }
            rows += 1;
            self.worker.counts.cells += columns as u64;
            start += length + 1;
            from = from.get(length + 1..).unwrap_or(&[]);
        }
        self.worker.counts.rows += rows;
        (rows, rows)
    }

    fn json_cell(&mut self, text: &[u8], bytes: &[u8], record: usize, column: usize) {
        let Some(lane) = self.lanes.get_mut(column) else {
            return;
        };
        if let Some(format) = lane.code
            && std::str::from_utf8(text).is_ok_and(|text| format.is_code(text))
        {
            self.worker.counts.codes += 1;
            return;
        }
        let hash = if lane.code.is_some() || lane.memo.is_idle() {
            None
        } else {
            self.layout.memo.hash(text)
        };
        if let Some(hash) = hash
            && lane.memo.knows(hash)
        {
            return;
        }
        self.text(text, bytes, record, column, hash);
    }
}
