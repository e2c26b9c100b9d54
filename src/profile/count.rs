//! One pass over the files: the columns are looked at in the first chunk, then
//! everything is counted on all workers.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Stop;
use super::look;
use super::sketch::Salt;
use super::tally::{self, Column, Desk, Fit, Means, Records, Roles, Spec};
use super::value::flag;
use super::words::{self, Role};
use crate::engine::{self, Ended, Work};
use crate::input::{Chunk, Event, Format, ReadError, Reading, RecordReader, Source, Unknown};
use crate::kinds::{self, Kind, KindOptions, Region, Scanner};
use crate::tally::Tally;

/// Records that the first look takes in at most.
const FIRST: u64 = 5_000;

/// Everything that was counted.
pub(super) struct Counted {
    pub(super) specs: Vec<Spec>,
    pub(super) roles: Roles,
    pub(super) columns: Vec<Column>,
    pub(super) records: Records,
    pub(super) region: Option<Region>,
    /// Whether the region was taken from the writing.
    pub(super) region_seen: bool,
    pub(super) bytes: u64,
}

/// What to count.
pub(super) struct Order<'a> {
    pub(super) inputs: &'a [PathBuf],
    pub(super) reading: &'a Reading,
    pub(super) region: Option<Region>,
    pub(super) threads: NonZeroUsize,
    pub(super) interrupted: &'a AtomicBool,
    pub(super) watch: &'a dyn Fn(super::Progress),
}

struct Task {
    file: usize,
    chunk: Chunk,
}

struct Local {
    columns: Vec<Column>,
    records: Records,
    readers: Vec<Option<RecordReader>>,
    desk: Desk,
}

struct Worker<'a> {
    reading: &'a Reading,
    specs: &'a [Spec],
    roles: &'a Roles,
    /// Of each file, where the columns of the first stand.
    orders: &'a [Vec<usize>],
    names: &'a [String],
    means: Means<'a>,
}

impl Worker<'_> {
    fn record<'v>(
        &self,
        local: &mut Local,
        value: impl Fn(usize) -> Option<&'v str>,
        sampled: bool,
    ) {
        local.records.read += 1;
        let mut marked = 0;
        for (at, (spec, column)) in self.specs.iter().zip(&mut local.columns).enumerate() {
            let flags = column.add(spec, value(at), sampled, &self.means, &mut local.desk);
            marked += u64::from(!spec.text && flags & flag::MARKS != 0);
        }
        local.records.marked += u64::from(marked > 0);
        local.records.cells_marked += marked;
        local
            .records
            .add(self.roles, value, &self.means, &mut local.desk);
    }

    /// How often all kinds are asked about a record: less often in long files.
    fn every(chunk: u64) -> u64 {
        match chunk {
            0..4 => 1,
            4..64 => 16,
            _ => 64,
        }
    }
}

impl Work for Worker<'_> {
    type Chunk = Task;
    type Local = Local;
    type Piece = (u64, Chunk);
    type Stop = Stop;

    fn local(&self) -> Local {
        Local {
            columns: self.specs.iter().map(|_| Column::default()).collect(),
            records: Records::default(),
            readers: self.orders.iter().map(|_| None).collect(),
            desk: Desk::default(),
        }
    }

    fn work(&self, local: &mut Local, Task { file, chunk }: Task) -> Result<(u64, Chunk), Stop> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let order = self.orders.get(file).ok_or(Stop::Panicked)?;
        let mut reader = local
            .readers
            .get_mut(file)
            .and_then(Option::take)
            .unwrap_or_else(|| {
                RecordReader::new(self.reading, order.len(), &names).unknown(Unknown::Report)
            });
        let every = Self::every(chunk.index());
        let mut records = 0;
        reader.read(&chunk, |event| match event {
            Event::Record(record) => {
                let sampled = records % every == 0;
                records += 1;
                self.record(
                    local,
                    |at| order.get(at).and_then(|at| record.get(*at)),
                    sampled,
                );
            }
            Event::Blank => local.records.blank += 1,
            Event::Unreadable(bad) => {
                records += 1;
                local.records.read += 1;
                *local
                    .records
                    .unreadable
                    .entry(bad.reason.as_str())
                    .or_default() += 1;
            }
        });
        if let Some(slot) = local.readers.get_mut(file) {
            *slot = Some(reader);
        }
        for (spec, column) in self.specs.iter().zip(&mut local.columns) {
            column.end_chunk(spec, &self.means, (file, chunk.index()));
        }
        Ok((records, chunk))
    }
}

/// Counts everything.
pub(super) fn count(order: &Order<'_>) -> Result<Counted, Stop> {
    let salt = Salt::fresh().ok_or(Stop::NoRandomness)?;
    let failed = |path: &Path| {
        let file = super::input_name(path);
        move |error: ReadError| Stop::Read { file, error }
    };
    let mut sources = Vec::new();
    let mut total = Some(0);
    for path in order.inputs {
        let source = match path.as_os_str() == "-" {
            true => Source::stdin(order.reading),
            false => Source::open(path, order.reading),
        }
        .map_err(failed(path))?;
        total = total.zip(source.progress().1).map(|(sum, len)| sum + len);
        sources.push(source);
    }
    let mut waiting = None;
    let mut names: Vec<String> = Vec::new();
    let mut orders: Vec<Vec<usize>> = Vec::new();
    for (source, path) in sources.iter_mut().zip(order.inputs) {
        if order.reading.format == Format::Csv {
            let header: Vec<String> = source
                .header()
                .map_err(failed(path))?
                .iter()
                .map(|name| name.text().to_owned())
                .collect();
            if names.is_empty() {
                names = header.clone();
            }
            let at = |name: &String| header.iter().position(|other| other == name);
            let same = (header.len() == names.len())
                .then(|| names.iter().map(at).collect::<Option<Vec<_>>>())
                .flatten();
            orders.push(same.ok_or_else(|| Stop::Columns(super::input_name(path)))?);
        }
        if waiting.is_none() {
            waiting = source.next_chunk(Chunk::default()).map_err(failed(path))?;
        }
    }
    if order.reading.format == Format::Jsonl {
        names = waiting.as_ref().map(Chunk::keys).unwrap_or_default();
        orders = sources.iter().map(|_| (0..names.len()).collect()).collect();
    }
    let first = waiting.as_ref().zip(orders.first());
    let (specs, region, region_seen, roles) = first_look(order, &names, first, salt)?;
    let options = KindOptions {
        region,
        date_format: None,
    };
    let scanner = Scanner::new(&Scanner::KINDS[..], region).map_err(|_| Stop::Panicked)?;
    let nothing = tally::nothing(salt);
    let worker = Worker {
        reading: order.reading,
        specs: &specs,
        roles: &roles,
        orders: &orders,
        names: &names,
        means: Means {
            salt,
            options: &options,
            scanner: &scanner,
            nothing: &nothing,
        },
    };
    let (used_in, used) = crossbeam_channel::bounded::<Chunk>(order.threads.get() * 2 + 2);
    let bytes_read = AtomicU64::new(0);
    let (mut file, mut finished, mut records) = (0, 0, 0);
    let locals = engine::run(
        &worker,
        order.threads,
        order.interrupted,
        || {
            if let Some(chunk) = waiting.take() {
                return Ok(Some(Task { file, chunk }));
            }
            while let Some(source) = sources.get_mut(file) {
                let chunk = source.next_chunk(used.try_recv().unwrap_or_default());
                let chunk = chunk.map_err(|error| match order.inputs.get(file) {
                    Some(path) => failed(path)(error),
                    None => Stop::Panicked,
                })?;
                bytes_read.store(finished + source.progress().0, Ordering::Relaxed);
                if let Some(chunk) = chunk {
                    return Ok(Some(Task { file, chunk }));
                }
                finished += source.progress().0;
                file += 1;
            }
            Ok(None)
        },
        |(read, chunk)| {
            records += read;
            // A full channel only means that a buffer is given back to the system.
            drop(used_in.try_send(chunk));
            (order.watch)(super::Progress {
                records,
                bytes: bytes_read.load(Ordering::Relaxed),
                total,
            });
            Ok(())
        },
    )
    .map_err(|ended| match ended {
        Ended::Stopped(stop) => stop,
        Ended::Interrupted => Stop::Interrupted,
        Ended::Panicked => Stop::Panicked,
    })?;
    let mut columns: Vec<Column> = specs.iter().map(|_| Column::default()).collect();
    let mut all = Records::default();
    for local in locals {
        for (mine, theirs) in columns.iter_mut().zip(local.columns) {
            mine.merge(theirs);
        }
        all.merge(local.records);
    }
    let bytes = bytes_read.load(Ordering::Relaxed);
    Ok(Counted {
        specs,
        roles,
        columns,
        records: all,
        region,
        region_seen,
        bytes,
    })
}

/// Looks at the first chunk: which kinds are to be asked about every value of
/// a column, which columns are text, which belong together.
fn first_look(
    order: &Order<'_>,
    names: &[String],
    first: Option<(&Chunk, &Vec<usize>)>,
    salt: Salt,
) -> Result<(Vec<Spec>, Option<Region>, bool, Roles), Stop> {
    let mut specs: Vec<Spec> = names
        .iter()
        .map(|name| Spec {
            name: name.clone(),
            role: words::role(name),
            leads: vec![],
            text: false,
        })
        .collect();
    let han = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let mut columns: Vec<Column> = names.iter().map(|_| Column::default()).collect();
    let mut region = order.region;
    let mut region_seen = false;
    if let Some((chunk, places)) = first {
        let keys: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut reader = RecordReader::new(order.reading, places.len(), &keys);
        if region.is_none() {
            let (mut chinese, mut read) = (0_u64, 0_u64);
            reader.read(chunk, |event| {
                if let Event::Record(record) = event
                    && read < 200
                {
                    read += 1;
                    let any = (0..places.len()).any(|at| record.get(at).is_some_and(han));
                    chinese += u64::from(any);
                }
            });
            if chinese * 2 > read {
                region = Region::parse("CN").ok();
                region_seen = region.is_some();
            }
        }
        let options = KindOptions {
            region,
            date_format: None,
        };
        let scanner = Scanner::new(&Scanner::KINDS[..], region).map_err(|_| Stop::Panicked)?;
        let nothing = tally::nothing(salt);
        let means = Means {
            salt,
            options: &options,
            scanner: &scanner,
            nothing: &nothing,
        };
        let mut desk = Desk::default();
        let mut read = 0;
        let mut reader = RecordReader::new(order.reading, places.len(), &keys);
        reader.read(chunk, |event| {
            if let Event::Record(record) = event
                && read < FIRST
            {
                read += 1;
                for ((spec, column), at) in specs.iter().zip(&mut columns).zip(places) {
                    column.add(spec, record.get(*at), true, &means, &mut desk);
                }
            }
        });
        for (spec, column) in specs.iter().zip(&mut columns) {
            column.end_chunk(spec, &means, (0, 0));
        }
    }
    for (spec, column) in specs.iter_mut().zip(&mut columns) {
        spec.leads = leads(spec, column);
        spec.text = is_text(spec, column);
    }
    let roles = roles(&specs);
    Ok((specs, region, region_seen, roles))
}

/// How much a share of valid values says, set against chance and against
/// what the header says.
pub(super) fn weight(spec_name: &str, kind: &dyn Kind, fit: Fit, looked: u64) -> f64 {
    if looked == 0 {
        return 0.0;
    }
    let share = fit.valid as f64 / looked as f64;
    let tested = fit.tested().max(1) as f64;
    let passed = fit.valid as f64 / tested;
    let chance = look::chance(kind).clamp(1e-9, 1.0);
    let named = words::names(spec_name, look::words(kind)).is_some();
    // A kind whose check passes about as often as chance is none.
    if chance < 0.5 && passed < chance * 3.0 {
        return 0.0;
    }
    let proof = (-chance.log10()).min(9.0) / 9.0;
    share * (0.4 + proof) + if named { 0.5 * share.max(0.02) } else { 0.0 }
}

/// The kinds that every value is asked about.
fn leads(spec: &Spec, column: &Column) -> Vec<&'static dyn Kind> {
    let mut weighed: Vec<(f64, &'static dyn Kind)> = column
        .kinds
        .iter()
        .filter_map(|(name, fit)| {
            let kind = kinds::find(name)?;
            let weight = weight(&spec.name, kind, *fit, column.looked);
            let share = fit.valid as f64 / column.looked.max(1) as f64;
            let named = words::names(&spec.name, look::words(kind)).is_some();
            ((share >= 0.3 || (named && share > 0.02)) && weight > 0.0).then_some((weight, kind))
        })
        .collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut leads: Vec<_> = weighed.into_iter().map(|(_, kind)| kind).take(3).collect();
    // A column without values at the start is asked about what its header says.
    if leads.is_empty() && column.filled < 20 {
        let named = kinds::all()
            .iter()
            .copied()
            .filter(|kind| words::names(&spec.name, look::words(*kind)).is_some())
            .take(2);
        leads.extend(named);
    }
    leads
}

/// Whether a column holds running text.
fn is_text(spec: &Spec, column: &Column) -> bool {
    let named = matches!(spec.role, Some((Role::Text, _)));
    if column.filled == 0 {
        return named;
    }
    let filled = column.filled as f64;
    let sentences = column
        .flags
        .get(flag::SENTENCE.trailing_zeros() as usize)
        .map_or(0.0, |n| *n as f64 / filled);
    let addresses = column
        .flags
        .get(flag::ADDRESS.trailing_zeros() as usize)
        .map_or(0.0, |n| *n as f64 / filled);
    let (distinct, _) = column.distinct.estimate();
    named
        || (sentences > 0.25
            && addresses < 0.5
            && distinct as f64 > filled * 0.2
            && spec.leads.is_empty())
}

/// Which columns belong to one person.
fn roles(specs: &[Spec]) -> Roles {
    let with = |wanted: Role| {
        specs
            .iter()
            .position(|spec| spec.role.is_some_and(|(role, _)| role == wanted))
    };
    let strong = specs.iter().enumerate().filter_map(|(at, spec)| {
        let kind = spec.leads.first()?;
        let strength = if look::tells(*kind) {
            0
        } else if kind.strict() && look::chance(*kind) < 0.5 {
            1
        } else if matches!(spec.role, Some((Role::Identifier, _))) && kind.strict() {
            2
        } else {
            return None;
        };
        Some((strength, at, *kind))
    });
    Roles {
        identifier: strong
            .min_by_key(|(strength, at, _)| (*strength, *at))
            .map(|(_, at, kind)| (at, kind)),
        name: with(Role::Name),
        birth: with(Role::Birth),
        sex: with(Role::Sex),
    }
}
