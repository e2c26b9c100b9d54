//! What a worker does to a chunk: parse, treat, format, fingerprint, count.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashSet};
use siphasher::sip128::SipHasher24;

use super::prints::Prints;
use super::row::RowWriter;
use super::sample::Share;
use super::stop::Stop;
use super::tables::{Counter, RecordKeys};
use crate::cell::CellBuf;
use crate::engine::Work;
use crate::input::{Chunk, Event, Reading, Reason, Record, RecordReader, Unknown};
use crate::key::Tagger;
use crate::key::fingerprint::Fingerprinter;
use crate::kinds::Misfit;
use crate::plan::Plan;
use crate::plan::bind::Binding;
use crate::plan::record::{Desk, Fate, Receive, Value};
use crate::policy::model::{Bad, Class, Format, SubjectMissing, Unlisted};
use crate::tally::balance::bump;
use crate::tally::{Balance, ColumnCounts, Person, empty_cell};

/// A chunk and the file it comes from.
pub(super) struct Task {
    pub(super) file: usize,
    pub(super) chunk: Chunk,
}

/// What becomes of a chunk.
#[derive(Default)]
pub(super) struct Piece {
    /// Finished rows, one after the other.
    pub(super) rows: Vec<u8>,
    /// Rows in `rows`.
    pub(super) count: u64,
    /// Of each row what order and limits ask for; empty where nothing does.
    pub(super) marks: Vec<Mark>,
    /// Of each marked row the hashes of its sensitive values, where a limit asks for them.
    pub(super) sensitive: Vec<u64>,
    /// Of each marked row the hashes of its quasi cells, where single values may be suppressed.
    pub(super) cells: Vec<u128>,
    /// Texts of cells that may become coarser, by hash, each once a worker.
    pub(super) labels: Vec<(u128, CellBuf)>,
    /// Records of the fingerprint file.
    pub(super) prints: Vec<u8>,
    /// Records that could not be read for certain.
    pub(super) quarantined: Vec<Quarantined>,
    /// Records looked at, and how many of them could not be parsed.
    pub(super) records: u64,
    pub(super) unreadable: u64,
    /// The chunk itself, for its buffers.
    pub(super) used: Option<Chunk>,
}

impl Piece {
    /// Makes it new, keeping its buffers.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.marks.clear();
        self.sensitive.clear();
        self.cells.clear();
        self.labels.clear();
        self.prints.clear();
        self.quarantined.clear();
        (self.count, self.records, self.unreadable) = (0, 0, 0);
    }
}

/// What is known of a finished row before the whole is known.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    /// Length of the row in bytes, its line end included.
    pub(super) length: u32,
    /// Hash of the quasi columns as they leave.
    pub(super) class: u128,
    /// Its subject.
    pub(super) person: Person,
    /// Cells that were guarded against spreadsheets.
    pub(super) guarded: u32,
    /// First half of the order tag.
    pub(super) tag: u128,
    /// What earlier releases show of its subject, as a number; 0 is nothing.
    pub(super) joined: u32,
}

/// A line of the quarantine: a place and a reason, no value.
#[derive(Debug)]
pub(super) struct Quarantined {
    pub(super) file: usize,
    pub(super) line: u64,
    pub(super) byte: u64,
    pub(super) column: Option<String>,
    pub(super) reason: &'static str,
}

/// What a run does to every record; shared by all workers.
pub(super) struct Worker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) reading: &'a Reading,
    /// One a file.
    pub(super) bindings: &'a [Binding],
    pub(super) fingerprinter: &'a Fingerprinter,
    /// Where rows are shuffled.
    pub(super) order: Option<Tagger>,
    /// Names of classes, where they hold beyond this run.
    pub(super) class_names: (u64, u64),
    /// Where classes are counted: two hashers for 128 bits.
    pub(super) classes: Option<[DefaultHashBuilder; 2]>,
    /// Keys of records, where tables are perturbed.
    pub(super) record_keys: Option<RecordKeys>,
    /// Whether fingerprints are taken.
    pub(super) prints: bool,
    /// Records looked at; all where absent.
    pub(super) sample: Option<Share>,
    /// Buffers of pieces that have been collected.
    pub(super) spare: crossbeam_channel::Receiver<Piece>,
}

/// What a worker keeps until the end.
pub(super) struct Local<'a> {
    desk: Desk,
    readers: Vec<Option<RecordReader>>,
    prints: Prints<'a>,
    row: RowWriter,
    class_key: Vec<u8>,
    is_quasi: Vec<bool>,
    is_sensitive: Vec<bool>,
    /// Hashes of cells whose texts were handed on.
    labelled: HashSet<u128>,
    pub(super) balance: Balance,
    pub(super) tables: Counter,
}

impl Local<'_> {
    /// Lengths of weak values hunted in text.
    pub(super) fn weak_lengths(&self) -> [u64; 4] {
        self.prints.weak_lengths
    }
}

/// Columns whose values are gathered without asking for memory.
const NEAR: usize = 32;

/// Texts of cells that may become coarser, and which of them were handed on.
type Labels<'a> = (
    &'a mut Vec<(u128, CellBuf)>,
    &'a mut HashSet<u128>,
    &'a Plan,
);

/// Takes a record's values on their way out.
struct Cells<'a, 'p> {
    row: &'a mut RowWriter,
    rows: &'a mut Vec<u8>,
    prints: Option<(&'a mut Prints<'p>, &'a mut Vec<u8>)>,
    balance: &'a mut Balance,
    class_key: Option<(&'a mut Vec<u8>, &'a [bool])>,
    sensitive: Option<(&'a mut Vec<u64>, &'a [bool], &'a DefaultHashBuilder)>,
    cells: Option<(&'a mut Vec<u128>, &'a [DefaultHashBuilder; 2], usize)>,
    labels: Option<Labels<'a>>,
    /// Column of the subject's codes and what earlier releases show of them.
    earlier: Option<(usize, &'a crate::tally::Earlier)>,
    joined: u32,
    redacted: &'a dyn Fn(usize) -> bool,
    guarded: u64,
}

impl Receive for Cells<'_, '_> {
    fn value(&mut self, column: usize, value: Value, text: &str, plain: bool) {
        let counts = &mut self.balance.columns[column];
        match value {
            Value::Missing => counts.missing += 1,
            Value::Treated => counts.treated += 1,
            Value::Withheld(misfit) => bump(&mut counts.withheld, misfit.as_str()),
        }
        self.guarded += u64::from(self.row.cell(column, text, plain, self.rows));
        if let Some((code, earlier)) = self.earlier
            && code == column
        {
            self.joined = earlier.number(text);
        }
        if let Some((key, quasi)) = &mut self.class_key
            && quasi.get(column).copied().unwrap_or(true)
        {
            key.extend_from_slice(text.as_bytes());
            key.push(0xff);
            if let Some((cells, [high, low], at)) = &mut self.cells {
                let hash = if text.is_empty() {
                    empty_cell(*at)
                } else {
                    u128::from(high.hash_one((*at, text))) << 64
                        | u128::from(low.hash_one((*at, text)))
                };
                cells.push(hash);
                *at += 1;
                if let Some((labels, known, plan)) = &mut self.labels
                    && plan.ladder(column).is_some()
                    && known.insert(hash)
                {
                    labels.push((hash, CellBuf::new(text.to_owned())));
                }
            }
        }
        if let Some((hashes, sensitive, hasher)) = &mut self.sensitive
            && sensitive.get(column).copied().unwrap_or(false)
        {
            hashes.push(hasher.hash_one(text));
        }
        if let Some((prints, _)) = &mut self.prints
            && (self.redacted)(column)
        {
            prints.text(text);
        }
    }

    fn found(&mut self, column: usize, kind: &'static str, span: &str, near: bool) {
        let counts = &mut self.balance.columns[column];
        bump(&mut counts.found, kind);
        if near {
            bump(&mut counts.near_misses, kind);
        }
        if let Some((prints, out)) = &mut self.prints {
            prints.span(kind, span, out);
        }
    }
}

impl<'a> Worker<'a> {
    fn record(
        &self,
        local: &mut Local<'a>,
        piece: &mut Piece,
        file: usize,
        record: &Record<'_>,
    ) -> Result<(), Stop> {
        let Some(binding) = self.bindings.get(file) else {
            return Ok(());
        };
        if self
            .sample
            .as_ref()
            .is_some_and(|share| !share.holds(file, record.byte()))
        {
            return Ok(());
        }
        let plan = self.plan;
        let (mut near, mut far) = ([None; NEAR], Vec::new());
        let gathered = match near.get_mut(..binding.columns.len()) {
            Some(near) => near,
            None => {
                far.resize(binding.columns.len(), None);
                far.as_mut_slice()
            }
        };
        for (value, at) in gathered.iter_mut().zip(&binding.columns) {
            *value = record.get(*at).filter(|value| !plan.missing.is(value));
        }
        let values = |at: usize| -> Option<&str> { gathered.get(at).copied().flatten() };
        piece.records += 1;
        plan.begin(&mut local.desk, &values);
        let (person, own_key) = self.person(&local.desk, &values);
        let start = piece.rows.len();
        let (mut fate, guarded, joined) = self.treat(local, piece, &values);
        if self.prints {
            local.prints.record(plan, &values, &mut piece.prints);
            let unlisted = binding.unlisted.iter().filter_map(|at| record.get(*at));
            for value in unlisted.chain(record.extra()) {
                if !plan.missing.is(value) {
                    local.prints.unlisted(value, &mut piece.prints);
                }
            }
        }
        if matches!(fate, Fate::Passes | Fate::Withheld(_))
            && let Err(worse) = local.tables.count(
                plan,
                &values,
                self.fingerprinter,
                &mut local.desk.context,
                (person, own_key),
            )
        {
            fate = worse;
        }
        if self.plan.subject.is_some()
            && matches!(fate, Fate::Passes | Fate::Withheld(_))
            && local.desk.context.subject.is_empty()
        {
            local.balance.without_subject += 1;
        }
        match fate {
            Fate::Passes => {
                local.balance.guarded_cells += guarded;
                self.keep(local, piece, start, (person, guarded, joined));
            }
            Fate::Withheld(rule) => {
                piece.rows.truncate(start);
                bump(&mut local.balance.withheld, &super::row_rule_name(rule));
            }
            Fate::Quarantined(column, misfit) => {
                piece.rows.truncate(start);
                self.quarantine(local, piece, file, record, (column, misfit));
            }
            Fate::Refused(column, misfit) => {
                return Err(Stop::ValueRefused {
                    file,
                    line: record.line(),
                    column: plan.columns[column].name.clone(),
                    reason: misfit.as_str(),
                });
            }
        }
        Ok(())
    }

    /// Treats the record's values and appends its row; says how many cells were guarded.
    fn treat<'v>(
        &self,
        local: &mut Local<'a>,
        piece: &mut Piece,
        values: &impl Fn(usize) -> Option<&'v str>,
    ) -> (Fate, u64, u32) {
        let Local {
            desk,
            prints,
            row,
            class_key,
            is_quasi,
            is_sensitive,
            labelled,
            balance,
            ..
        } = local;
        prints.begin();
        row.begin();
        class_key.clear();
        let marked = piece.marks.len() * self.plan.diverse().len();
        piece.sensitive.truncate(marked);
        let quasi = self.plan.cells_of_a_class();
        piece.cells.truncate(piece.marks.len() * quasi);
        let columns = &self.plan.columns;
        let mut cells = Cells {
            row,
            rows: &mut piece.rows,
            prints: self.prints.then_some((prints, &mut piece.prints)),
            balance,
            class_key: self.classes.is_some().then_some((class_key, is_quasi)),
            sensitive: self
                .classes
                .as_ref()
                .filter(|_| !self.plan.diverse().is_empty())
                .map(|[hasher, _]| (&mut piece.sensitive, is_sensitive.as_slice(), hasher)),
            cells: self
                .classes
                .as_ref()
                .filter(|_| self.plan.by_cell())
                .map(|hashers| (&mut piece.cells, hashers, 0)),
            labels: self
                .plan
                .coarsens()
                .then_some((&mut piece.labels, labelled, self.plan)),
            redacted: &|at| matches!(columns[at].treat, crate::treat::Treat::Redact(_)),
            guarded: 0,
            earlier: self.plan.subject_code().zip(self.plan.earlier.as_deref()),
            joined: 0,
        };
        let fate = self.plan.treat(desk, values, &mut cells);
        let (guarded, joined) = (cells.guarded, cells.joined);
        if self.plan.earlier.is_some() && self.plan.by_cell() {
            piece.cells.push(self.shown(joined));
        }
        (fate, guarded, joined)
    }

    /// The cell that stands for what earlier releases show of a subject.
    fn shown(&self, number: u32) -> u128 {
        self.classes.as_ref().map_or(0, |[high, low]| {
            let cell = ("shown earlier", number);
            u128::from(high.hash_one(cell)) << 64 | u128::from(low.hash_one(cell))
        })
    }

    /// A record that passed: its row is ended and marked.
    fn keep(
        &self,
        local: &mut Local<'a>,
        piece: &mut Piece,
        start: usize,
        (person, guarded, joined): (Person, u64, u32),
    ) {
        local.balance.written += 1;
        if self.plan.outputs.is_empty() {
            return;
        }
        local.row.end(&mut piece.rows);
        piece.count += 1;
        let extract = self.plan.policy.extract.as_ref();
        let in_parts = extract.is_some_and(|extract| extract.part_rows.is_some());
        if self.order.is_none() && self.classes.is_none() && !in_parts {
            return;
        }
        let row = piece.rows.get(start..).unwrap_or_default();
        let bare = row.strip_suffix(b"\n").unwrap_or(row);
        let class = if self.plan.by_cell() {
            let from = piece.marks.len() * self.plan.cells_of_a_class();
            let cells = piece.cells.get(from..).unwrap_or_default();
            cells
                .iter()
                .fold(0u128, |sum, cell| sum.wrapping_add(*cell))
        } else {
            let class = self.classes.as_ref().map_or(0, |_| {
                let (first, second) = self.class_names;
                let sip = SipHasher24::new_with_keys(first, second);
                sip.hash(&local.class_key).as_u128()
            });
            match self.plan.earlier {
                Some(_) => class.wrapping_add(self.shown(joined)),
                None => class,
            }
        };
        piece.marks.push(Mark {
            length: u32::try_from(row.len()).unwrap_or(u32::MAX),
            class,
            person,
            joined,
            guarded: u32::try_from(guarded).unwrap_or(u32::MAX),
            tag: self
                .order
                .as_ref()
                .map_or(0, |tagger| first_half(&tagger.tag(bare))),
        });
    }

    fn quarantine(
        &self,
        local: &mut Local<'a>,
        piece: &mut Piece,
        file: usize,
        record: &Record<'_>,
        (column, misfit): (usize, Misfit),
    ) {
        let name = &self.plan.columns[column].name;
        bump(
            &mut local.balance.quarantined,
            &format!("{name}: {}", misfit.as_str()),
        );
        piece.quarantined.push(Quarantined {
            file,
            line: record.line(),
            byte: record.byte(),
            column: Some(name.clone()),
            reason: misfit.as_str(),
        });
    }

    /// Whom the record counts as, and the key of a record that is a person of its own.
    fn person<'v>(&self, desk: &Desk, values: &impl Fn(usize) -> Option<&'v str>) -> (Person, u64) {
        let own = || {
            let key = self.record_keys.as_ref();
            (
                Person::Own,
                key.map_or(0, |keys| keys.record(self.plan, values)),
            )
        };
        let Some(subject) = &self.plan.policy.subject else {
            return own();
        };
        match (desk.context.subject.as_str(), subject.missing) {
            ("", SubjectMissing::OwnRecord) => own(),
            ("", SubjectMissing::Exclude) => (Person::Nobody, 0),
            (identifier, _) => {
                let hash = match &self.record_keys {
                    Some(keys) => keys.person(identifier),
                    None => self.fingerprinter.of(identifier),
                };
                (Person::Known(hash), 0)
            }
        }
    }
}

pub(super) fn first_half(tag: &[u8; 32]) -> u128 {
    tag.iter()
        .take(16)
        .fold(0, |half, byte| half << 8 | u128::from(*byte))
}

impl<'a> Work for Worker<'a> {
    type Chunk = Task;
    type Local = Local<'a>;
    type Piece = Piece;
    type Stop = Stop;

    fn local(&self) -> Local<'a> {
        let plan = self.plan;
        let extract = plan.policy.extract.as_ref();
        let names: Vec<Option<&str>> = plan
            .columns
            .iter()
            .map(|column| (column.leaves && extract.is_some()).then_some(column.output.as_str()))
            .collect();
        Local {
            desk: Desk::new(plan),
            readers: self.bindings.iter().map(|_| None).collect(),
            prints: Prints::new(plan, self.fingerprinter),
            row: RowWriter::new(
                extract.map_or(Format::Csv, |extract| extract.format),
                &names,
            ),
            class_key: Vec::new(),
            labelled: HashSet::new(),
            is_sensitive: (0..plan.columns.len())
                .map(|at| plan.diverse().contains(&at))
                .collect(),
            is_quasi: plan
                .columns
                .iter()
                .map(|column| column.class == Class::Quasi)
                .collect(),
            balance: Balance {
                columns: vec![ColumnCounts::default(); plan.columns.len()],
                ..Balance::default()
            },
            tables: Counter::new(plan),
        }
    }

    fn work(&self, local: &mut Local<'a>, Task { file, chunk }: Task) -> Result<Piece, Stop> {
        let mut piece = self.spare.try_recv().unwrap_or_default();
        piece.clear();
        let width = self.bindings.get(file).map_or(0, |binding| binding.width);
        let names: Vec<&str> = self
            .plan
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut reader = local
            .readers
            .get_mut(file)
            .and_then(Option::take)
            .unwrap_or_else(|| {
                let unlisted = match self.plan.policy.unlisted {
                    Unlisted::Refuse => Unknown::Report,
                    Unlisted::Drop => Unknown::Skip,
                };
                RecordReader::new(self.reading, width, &names).unknown(unlisted)
            });
        let mut stop = None;
        reader.read(&chunk, |event: Event<'_>| {
            if stop.is_some() {
                return;
            }
            match event {
                Event::Record(record) => stop = self.record(local, &mut piece, file, record).err(),
                Event::Blank => local.balance.blank_lines += 1,
                Event::Unreadable(bad) => {
                    if bad.reason == Reason::UnknownKey {
                        stop = Some(Stop::UnknownKey {
                            file,
                            line: bad.line,
                        });
                    } else if self.plan.policy.input.bad == Bad::Refuse {
                        stop = Some(Stop::Unreadable {
                            file,
                            line: bad.line,
                            reason: bad.reason.as_str(),
                        });
                    }
                    if self
                        .sample
                        .as_ref()
                        .is_some_and(|share| !share.holds(file, bad.byte))
                    {
                        return;
                    }
                    piece.records += 1;
                    piece.unreadable += 1;
                    bump(&mut local.balance.quarantined, bad.reason.as_str());
                    piece.quarantined.push(Quarantined {
                        file,
                        line: bad.line,
                        byte: bad.byte,
                        column: bad.column.map(|column| column.to_string()),
                        reason: bad.reason.as_str(),
                    });
                }
            }
        });
        if let Some(slot) = local.readers.get_mut(file) {
            *slot = Some(reader);
        }
        piece.used = Some(chunk);
        stop.map_or(Ok(piece), Err)
    }
}
