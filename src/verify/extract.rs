//! The extract: every cell of every record, on as many threads as there are.
//!
//! Workers take chunks of whole records from one reader in turn and examine
//! them alone. A cell that was found in order before is not examined again.

use hashbrown::HashMap;
use std::fs::File;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::code::CodeTest;
use super::csv::{ChunkError, Chunks, Cut, FieldFault, Structure, unquote};
use super::filter::{FingerprintError, Key};
use super::jsonl::{LineFault, read_line};
use super::memo::{Memo, MemoKey};
use super::verdict::{Place, Reason};
use super::worker::{Glance, Rule, Seen, Texts, Worker};

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

/// Keys that are asked for in a row.
const IN_A_ROW: usize = 256;

/// A cell that was read and whose keys wait to be asked for.
struct Waiting {
    column: u32,
    /// The raw field in the chunk, and its record.
    start: usize,
    end: usize,
    record: usize,
    hash: Option<u64>,
    glance: Glance,
    /// One past its last key.
    keys: usize,
    /// A folded text of it waits too.
    has_text: bool,
}

/// A column in one worker.
struct Lane<'a> {
    rule: &'a Rule<'a>,
    code: Option<&'a CodeTest>,
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
        waiting: Vec::new(),
        keys: Vec::new(),
        hits: Vec::new(),
        texts: Texts::default(),
        strangers: vec![(0, 0, 0, 0); layout.rules.len()],
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

/// Whether the first fields end at commas and the last at a line end.
#[inline]
fn is_regular(row: &[u32], bytes: &[u8]) -> bool {
    let Some((last, others)) = row.split_last() else {
        return false;
    };
    let comma = |end: &u32| bytes.get(*end as usize) == Some(&b',');
    !comma(last) && others.iter().fold(true, |all, end| all & comma(end))
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
    waiting: Vec<Waiting>,
    keys: Vec<Key>,
    hits: Vec<bool>,
    texts: Texts,
    /// Fields of a row that are not known: column, place, hash.
    strangers: Vec<(usize, usize, usize, u64)>,
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
        let quoted = structure.quotes > 0;
        let mut ends = structure.ends.as_slice();
        while let Some((end, more)) = ends.split_first() {
            if column == 0
                && !header
                && let Some((row, more)) = ends.split_at_checked(columns)
                && is_regular(row, bytes)
            {
                quotes += self.row(row, start, bytes, quoted);
                rows += 1;
                self.worker.counts.cells += columns as u64;
                start = row.last().map_or(start, |end| *end as usize + 1);
                record = start;
                ends = more;
                continue;
            }
            ends = more;
            let end = *end as usize;
            let raw = bytes.get(start..end).unwrap_or(&[]);
            if !raw.is_empty() {
                if header {
                    quotes += self.head(raw, bytes, column);
                } else if column < columns {
                    quotes += self.cell(start, end, bytes, record, column);
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
        self.ask(bytes);
        if quotes != structure.quotes {
            self.stray_quote(bytes, &structure);
        }
        let lines = structure.lines;
        self.structure = structure;
        self.worker.counts.rows += rows;
        for lane in &mut self.lanes {
            lane.memo.review(rows);
        }
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

    /// Looks at a row that has as many fields as there are columns; returns the
    /// quotes in it. First every field is asked whether it is known, so that the
    /// answers are fetched side by side, then the strangers are looked at.
    #[inline]
    fn row(&mut self, row: &[u32], record: usize, bytes: &[u8], quoted: bool) -> u64 {
        let memo = &self.layout.memo;
        let (mut start, mut strangers, mut codes) = (record, 0usize, 0u64);
        for (column, (lane, end)) in self.lanes.iter().zip(row).enumerate() {
            let end = *end as usize;
            let raw = bytes.get(start..end).unwrap_or(&[]);
            let (known, hash) = if raw.is_empty() {
                (true, 0)
            } else if let Some(format) = lane.code {
                let good = format.check(raw);
                codes += u64::from(good);
                (good, 0)
            } else if lane.memo.is_idle() {
                (false, 0)
            } else {
                match memo.hash(raw) {
                    Some(hash) => (lane.memo.knows(hash), hash),
                    None => (false, 0),
                }
            };
            // Written whether or not it counts: no branch to guess wrong.
            if let Some(stranger) = self.strangers.get_mut(strangers) {
                *stranger = (column, start, end, hash);
            }
            strangers += usize::from(!known);
            start = end + 1;
        }
        self.worker.counts.codes += codes;
        for n in 0..strangers {
            let Some((column, start, end, hash)) = self.strangers.get(n).copied() else {
                break;
            };
            let hash = (hash != 0).then_some(hash);
            if hash.is_some()
                && let Some(lane) = self.lanes.get_mut(column)
            {
                lane.memo.missed();
            }
            self.look(start, end, bytes, record, column, hash);
        }
        if !quoted {
            return 0;
        }
        let mut start = record;
        let mut quotes = 0;
        for end in row {
            let raw = bytes.get(start..*end as usize).unwrap_or(&[]);
            if raw.first() == Some(&b'"') {
                quotes += super::csv::count_quotes(raw);
            }
            start = *end as usize + 1;
        }
        quotes
    }

    /// Looks at a field of a row that is not like the others; returns the quotes
    /// in it.
    fn cell(
        &mut self,
        start: usize,
        end: usize,
        bytes: &[u8],
        record: usize,
        column: usize,
    ) -> u64 {
        let raw = bytes.get(start..end).unwrap_or(&[]);
        let code = self.lanes.get(column).and_then(|lane| lane.code);
        if code.is_some_and(|format| format.check(raw)) {
            self.worker.counts.codes += 1;
            return 0;
        }
        self.look(start, end, bytes, record, column, None)
    }

    /// Looks closely at a field.
    #[inline(never)]
    fn look(
        &mut self,
        start: usize,
        end: usize,
        bytes: &[u8],
        record: usize,
        column: usize,
        hash: Option<u64>,
    ) -> u64 {
        if let Some(hash) = hash
            && self.met_before(column, hash)
        {
            let raw = bytes.get(start..end).unwrap_or(&[]);
            return super::csv::count_quotes(raw);
        }
        let raw = bytes.get(start..end).unwrap_or(&[]);
        let mut unquoted = std::mem::take(&mut self.unquoted);
        let (field, quotes) = unquote(raw, &mut unquoted);
        match field.map(std::str::from_utf8) {
            Ok(Ok("")) => {}
            Ok(Ok(text)) => {
                let Some(rule) = self.lanes.get(column).map(|lane| lane.rule) else {
                    return quotes;
                };
                let lines = &mut self.lines;
                let (artefact, chunk) = (self.artefact, self.chunk);
                let glance = self.worker.glance(text, rule, || Place {
                    artefact,
                    chunk,
                    line: lines.of(bytes, record),
                    column: u32::try_from(column + 1).unwrap_or(u32::MAX),
                });
                let before = self.texts.waiting.len();
                self.worker
                    .prepare(text, &glance.look, rule, &mut self.keys, &mut self.texts);
                self.waiting.push(Waiting {
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                    start,
                    end,
                    record,
                    hash,
                    glance,
                    keys: self.keys.len(),
                    has_text: self.texts.waiting.len() > before,
                });
                if self.keys.len() >= IN_A_ROW || self.waiting.len() >= IN_A_ROW {
                    self.ask(bytes);
                }
            }
            other => {
                let reason = match other {
                    Ok(_) => Reason::Utf8,
                    Err(FieldFault::Quote) => Reason::Quote,
                    Err(FieldFault::Return) => Reason::Return,
                };
                self.note(reason, bytes, record, column + 1);
                self.raw(raw, bytes, record, column + 1);
            }
        }
        self.unquoted = unquoted;
        quotes
    }

    /// Asks the filter for all that waits. What it may hold is hunted again, one
    /// by one.
    fn ask(&mut self, bytes: &[u8]) {
        let keys = std::mem::take(&mut self.keys);
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut unquoted = std::mem::take(&mut self.unquoted);
        let mut hits = std::mem::take(&mut self.hits);
        let mut texts = std::mem::take(&mut self.texts);
        match &self.worker.shared.hunter {
            Some(hunter) => {
                let contexts = texts.waiting.iter().map(|(context, _)| *context);
                hunter.bloom.fetch_openings(contexts);
                hunter.bloom.may_hold_each(&keys, &mut hits);
            }
            None => hits.clear(),
        }
        let (mut first, mut text) = (0, 0);
        for cell in waiting.drain(..) {
            let its = hits.get(first..cell.keys).unwrap_or(&[]);
            first = cell.keys;
            let column = cell.column as usize;
            let mut hit = its.contains(&true);
            if cell.has_text {
                hit |= self.worker.may_hold_own(&texts, text);
                text += 1;
            }
            let seen = if hit && let Some(rule) = self.lanes.get(column).map(|lane| lane.rule) {
                let raw = bytes.get(cell.start..cell.end).unwrap_or(&[]);
                let (field, _) = unquote(raw, &mut unquoted);
                let Ok(Ok(text)) = field.map(std::str::from_utf8) else {
                    continue;
                };
                let place = self.place(bytes, cell.record, column + 1);
                self.worker.pursue(text, rule, place, cell.glance)
            } else if cell.glance.wrong {
                Seen::Wrong
            } else if cell.glance.guarded {
                Seen::Guarded
            } else {
                Seen::Clean
            };
            self.remember(column, cell.hash, seen);
        }
        self.keys = keys;
        self.keys.clear();
        self.hits = hits;
        texts.clear();
        self.texts = texts;
        self.waiting = waiting;
        self.unquoted = unquoted;
    }

    /// Counts a cell that was looked at before and must be counted each time;
    /// false where it was not.
    fn met_before(&mut self, column: usize, hash: u64) -> bool {
        let epoch = self.worker.epoch;
        let Some(lane) = self.lanes.get(column) else {
            return false;
        };
        if lane.known.is_empty() {
            return false;
        }
        match lane.known.get(&hash) {
            Some((since, seen)) if *since == epoch => {
                match *seen {
                    Seen::Candidate(origin, guarded) => {
                        self.worker.again(origin);
                        self.worker.counts.guarded += u64::from(guarded);
                    }
                    Seen::Guarded => self.worker.counts.guarded += 1,
                    Seen::Clean | Seen::Wrong => {}
                }
                true
            }
            _ => false,
        }
    }

    /// Remembers what was seen of a cell.
    fn remember(&mut self, column: usize, hash: Option<u64>, seen: Seen) {
        let (Some(hash), Some(lane)) = (hash, self.lanes.get_mut(column)) else {
            return;
        };
        match seen {
            Seen::Clean => lane.memo.learn(hash),
            Seen::Guarded | Seen::Candidate(..) => {
                if lane.known.len() >= 1 << 16 {
                    lane.known.clear();
                }
                lane.known.insert(hash, (self.worker.epoch, seen));
            }
            Seen::Wrong => {}
        }
    }

    /// Hunts in bytes that are not a cell.
    fn raw(&mut self, raw: &[u8], bytes: &[u8], record: usize, column: usize) {
        let place = self.place(bytes, record, column);
        self.worker
            .examine(&String::from_utf8_lossy(raw), &Rule::TEXT, place);
    }

    /// Looks closely at the decoded bytes of a cell of JSON Lines.
    fn text(&mut self, text: &[u8], bytes: &[u8], record: usize, column: usize, hash: Option<u64>) {
        if let Some(hash) = hash
            && self.met_before(column, hash)
        {
            return;
        }
        let place = self.place(bytes, record, column + 1);
        let Ok(text) = std::str::from_utf8(text) else {
            self.worker.tray.add(Reason::Utf8, place, 1);
            self.raw(text, bytes, record, column + 1);
            return;
        };
        let Some(rule) = self.lanes.get(column).map(|lane| lane.rule) else {
            return;
        };
        let seen = self.worker.examine(text, rule, place);
        self.remember(column, hash, seen);
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
        for lane in &mut self.lanes {
            lane.memo.review(rows);
        }
        (rows, rows)
    }

    fn json_cell(&mut self, text: &[u8], bytes: &[u8], record: usize, column: usize) {
        let Some(lane) = self.lanes.get_mut(column) else {
            return;
        };
        if let Some(format) = lane.code
            && format.check(text)
        {
            self.worker.counts.codes += 1;
            return;
        }
        let hash = if lane.code.is_some() || lane.memo.is_idle() {
            None
        } else {
            self.layout.memo.hash(text)
        };
        if let Some(hash) = hash {
            if lane.memo.knows(hash) {
                return;
            }
            lane.memo.missed();
        }
        self.text(text, bytes, record, column, hash);
    }
}
