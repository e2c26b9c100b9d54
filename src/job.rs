//! The whole run as one public call: what `run` and the library user start.
//!
//! Policy and headers are checked before the first record is read; everything
//! is written into a staging folder; the finished bytes are checked by
//! [`crate::verify`]; then the release appears, whole, by rename.

mod approved;
mod collect;
mod cube;
mod earlier;
mod finish;
mod grid;
mod history;
mod joint;
mod kept;
mod limits;
mod linked;
mod names;
mod noise;
mod prints;
mod rewrite;
mod row;
mod sample;
mod stop;
mod tables;
#[cfg(test)]
mod tests;
mod worker;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::{Receiver, Sender, bounded};

pub use approved::{ApprovalState, Approved, UNAPPROVED};
pub use collect::Artefact;
pub use finish::{Facts, LedgerFacts, RowRisk, TableFacts};
pub use limits::Coarser;
pub use stop::Stop;

pub(crate) use finish::{ABSENT, BATCH, BELOW_K, BELOW_L, HISTORY, SUPPRESSED};
pub(crate) use linked::contributor_rules;
pub(crate) use noise::spec as noise_of;
pub(crate) use row::{push_csv, would_run};

use collect::{ExtractFiles, Spool};
use rewrite::Rewrite;
use row::RowWriter;
use worker::{Piece, Quarantined, Task, Worker};

use crate::engine::{self, Ended};
use crate::input::{self, Chunk, Encoding, Limits, Reading, Source};
use crate::key::fingerprint::Fingerprinter;
use crate::key::identity::hex;
use crate::key::{Key, Label};
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::plan::bind::{Binding, bind};
use crate::policy::model::{Format, Order, Policy};
use crate::release::Staging;
use crate::tally::{Balance, TableTally, Tally};

/// What to run.
pub struct Job<'a> {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Input files of one schema, read one after the other; `-` is standard input.
    pub inputs: Vec<PathBuf>,
    /// The key.
    pub key: &'a Key,
    /// What becomes of it.
    pub goal: Goal,
    /// For whom.
    pub recipients: Recipients,
    /// Workers.
    pub threads: NonZeroUsize,
    /// Bytes of input a chunk.
    pub chunk_size: usize,
    /// House rules: where they were found, for the private record.
    pub house_rules: serde_json::Value,
    /// Approvals, as they were weighed.
    pub approved: Approved,
    /// The ledger of earlier releases; `None` weighs the release alone and
    /// leaves no trace of it for later ones.
    pub ledger: Option<LedgerUse>,
    /// Earlier releases whose codes join with those of this one.
    pub with: Vec<PathBuf>,
    /// Raised to stop the run.
    pub interrupted: &'a AtomicBool,
    /// Told what happens, on the calling thread.
    pub watch: &'a dyn Fn(Progress),
}

/// Which ledger a run is weighed with and put down in.
#[derive(Debug, Clone, Default)]
pub struct LedgerUse {
    /// Where it lies, or will.
    pub path: PathBuf,
    /// Why one begins although earlier releases are known of.
    pub first_release: Option<String>,
    /// Heads that approvals, releases and the custody log recorded: each must
    /// be in it.
    pub known: std::collections::BTreeSet<String>,
}

impl LedgerUse {
    fn open(&self, policy: &Policy) -> Result<Ledger, Stop> {
        let family = family(policy);
        let first = self.first_release.as_deref();
        Ok(Ledger::open(&self.path, family, first, &self.known)?)
    }
}

/// The family whose releases share a ledger.
fn family(policy: &Policy) -> &str {
    policy.family.as_deref().unwrap_or(&policy.project)
}

/// What becomes of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A release at this place.
    Release(PathBuf),
    /// Nothing is written; everything is counted.
    DryRun,
    /// Nothing is written; so many records, chosen by the seed, are looked at.
    Sample {
        /// Records.
        records: usize,
        /// Seed of the choice.
        seed: u64,
    },
}

/// For whom a release is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// The policy names none.
    Everybody,
    /// One of the policy's.
    One(String),
    /// Each of the policy's, in a folder of its own.
    All,
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Records treated so far, bytes of input read, and of how many, where known.
    Reading {
        /// Records.
        records: u64,
        /// Bytes as they lie on disk.
        bytes: u64,
        /// Bytes of all files.
        total: Option<u64>,
    },
    /// Rows are put into order, tables protected, documents written.
    Finishing,
    /// The finished bytes are checked.
    Checking,
}

/// What a run did.
pub struct Report {
    /// One a recipient.
    pub releases: Vec<Facts>,
    /// Where the release is.
    pub out: Option<PathBuf>,
    /// What an earlier run that was killed had left and is gone now.
    pub removed: Vec<PathBuf>,
}

/// Runs the job.
///
/// # Errors
/// Whatever stands in the way of a release; none is there then.
pub fn run(job: &Job<'_>) -> Result<Report, Stop> {
    let mut plans = plans(job)?;
    earlier::gather(job, &mut plans)?;
    run_plans(job, &plans)
}

/// A plan for each recipient.
fn plans(job: &Job<'_>) -> Result<Vec<Plan>, Stop> {
    let recipients = recipients(job)?;
    expired(&job.policy)?;
    recipients
        .iter()
        .map(|recipient| {
            let plan = Plan::compile(Arc::clone(&job.policy), recipient.as_deref(), job.key);
            let plan = plan.map_err(Stop::Policy)?;
            match crate::plan::check::tables(&plan) {
                problems if problems.is_empty() => Ok(plan),
                problems => Err(Stop::Policy(problems)),
            }
        })
        .collect()
}

fn run_plans(job: &Job<'_>, plans: &[Plan]) -> Result<Report, Stop> {
    let once_only = job.inputs.iter().any(|path| path.as_os_str() == "-");
    let readings = plans.len()
        + usize::from(matches!(job.goal, Goal::Sample { .. }))
        + usize::from(plans.iter().any(|plan| plan.register.is_some()));
    if once_only && readings > 1 {
        return Err(Stop::Recipient(
            "standard input can be read once only, and this run needs to read it more than once"
                .into(),
        ));
    }
    names::gather(job, plans)?;
    match &job.goal {
        Goal::Release(out) => release(job, plans, out),
        Goal::DryRun => look(job, plans, None),
        Goal::Sample { records, seed } => {
            let share = choose(job, plans, *records, *seed)?;
            look(job, plans, Some(share))
        }
    }
}

fn recipients(job: &Job<'_>) -> Result<Vec<Option<String>>, Stop> {
    let named: Vec<&str> = job
        .policy
        .recipients
        .iter()
        .map(|r| r.id.value.as_str())
        .collect();
    match &job.recipients {
        Recipients::Everybody if named.is_empty() => Ok(vec![None]),
        Recipients::Everybody => Err(Stop::Recipient(format!(
            "the policy names recipients ({}): the run must say for whom it is",
            named.join(", ")
        ))),
        Recipients::All if named.is_empty() => {
            Err(Stop::Recipient("the policy names no recipients".to_owned()))
        }
        Recipients::All => Ok(named.iter().map(|id| Some((*id).to_owned())).collect()),
        Recipients::One(id) if named.contains(&id.as_str()) => Ok(vec![Some(id.clone())]),
        Recipients::One(_) => Err(Stop::Recipient(format!(
            "the policy has no such recipient; it names: {}",
            if named.is_empty() {
                "none".to_owned()
            } else {
                named.join(", ")
            }
        ))),
    }
}

/// Today is the system's day in UTC: the one place where a run looks at a clock
/// for a decision.
fn expired(policy: &Policy) -> Result<(), Stop> {
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    match &policy.valid_until {
        Some(last) if today > last.value => Err(Stop::Expired(last.value)),
        _ => Ok(()),
    }
}

/// How the policy says that the input is read.
///
/// # Errors
/// Where the encoding is unknown.
pub fn reading(policy: &Policy, chunk: usize) -> Result<Reading, Stop> {
    let spec = &policy.input;
    let encoding = Encoding::for_label(&spec.encoding.value).ok_or_else(|| {
        Stop::Policy(vec![crate::policy::Problem::error(
            "input/encoding",
            spec.encoding.at.clone(),
            format!("there is no encoding `{}`", spec.encoding.value),
        )])
    })?;
    Ok(Reading {
        format: match spec.format {
            Format::Csv => input::Format::Csv,
            Format::Jsonl => input::Format::Jsonl,
        },
        encoding,
        delimiter: spec.delimiter,
        quote: spec.quote,
        header: spec.header,
        limits: Limits {
            field: spec.max_field,
            record: spec.max_record,
            columns: spec.max_columns,
            ..Limits::default()
        },
        chunk,
    })
}

/// An input as messages name it.
fn input_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    crate::policy::error::clean_line(&path.display().to_string())
}

/// Why an input cannot be read, with its name.
fn read_failed(path: &Path) -> impl FnOnce(input::ReadError) -> Stop + '_ {
    move |error| Stop::Read {
        file: input_name(path),
        error,
    }
}

/// The inputs, opened, their headers bound to the plan.
struct Opened {
    sources: Vec<Source>,
    bindings: Vec<Binding>,
    total: Option<u64>,
}

fn open(job: &Job<'_>, plan: &Plan, reading: &Reading) -> Result<Opened, Stop> {
    let mut sources = Vec::new();
    let mut bindings = Vec::new();
    let mut total = Some(0);
    for path in &job.inputs {
        let mut source = match path.as_os_str() == "-" {
            true => Source::stdin(reading),
            false => Source::open(path, reading),
        }
        .map_err(read_failed(path))?;
        total = total.zip(source.progress().1).map(|(sum, len)| sum + len);
        let width = plan.columns.len();
        let binding = match reading.format {
            input::Format::Jsonl => Binding {
                columns: (0..width).collect(),
                unlisted: vec![],
                width,
            },
            input::Format::Csv => {
                let header = source.header().map_err(read_failed(path))?;
                bind(plan, header).map_err(|drift| Stop::Drift {
                    file: input_name(path),
                    drift,
                })?
            }
        };
        bindings.push(binding);
        sources.push(source);
    }
    Ok(Opened {
        sources,
        bindings,
        total,
    })
}

/// What one reading of the inputs gave.
struct Pass {
    balance: Balance,
    tables: TableTally,
    weak_lengths: [u64; 4],
    digests: Vec<([u8; 32], u64)>,
    unreadable: u64,
    guarded_header: u64,
}

/// Where a reading's pieces go.
trait Sink {
    fn piece(&mut self, piece: &Piece) -> Result<(), Stop>;
}

/// Reads all inputs once through the plan.
fn pass(
    job: &Job<'_>,
    plan: &Plan,
    share: Option<sample::Share>,
    fingerprinter: &Fingerprinter,
    prints: bool,
    sink: &mut dyn Sink,
) -> Result<Pass, Stop> {
    let reading = reading(&plan.policy, job.chunk_size)?;
    let Opened {
        mut sources,
        bindings,
        total,
    } = open(job, plan, &reading)?;
    let extract = plan.policy.extract.as_ref();
    let (spare_in, spare) = bounded::<Piece>(job.threads.get() * 2 + 2);
    let (used_in, used): (Sender<Chunk>, Receiver<Chunk>) = bounded(job.threads.get() * 2 + 2);
    let worker = Worker {
        plan,
        reading: &reading,
        bindings: &bindings,
        fingerprinter,
        order: extract
            .filter(|extract| extract.order == Order::Shuffled && !plan.outputs.is_empty())
            .map(|_| order_tagger(plan, job.key)),
        classes: extract.and_then(|extract| extract.risk.as_ref()).map(|_| {
            [
                hashbrown::DefaultHashBuilder::default(),
                hashbrown::DefaultHashBuilder::default(),
            ]
        }),
        class_names: crate::ledger::class_names(job.key, family(&plan.policy)),
        record_keys: tables::RecordKeys::new(plan, job.key),
        prints,
        sample: share,
        spare,
    };
    let bytes_read = std::sync::atomic::AtomicU64::new(0);
    let digests = std::sync::Mutex::new(Vec::new());
    let mut records = 0;
    let inputs = job.inputs.as_slice();
    let mut unreadable = 0;
    let mut file = 0;
    let mut finished_bytes = 0;
    let locals = engine::run(
        &worker,
        job.threads,
        job.interrupted,
        || {
            while let Some(source) = sources.get_mut(file) {
                let chunk = source.next_chunk(used.try_recv().unwrap_or_default());
                let chunk = chunk.map_err(|error| match inputs.get(file) {
                    Some(path) => read_failed(path)(error),
                    None => Stop::Panicked,
                })?;
                let here = source.progress().0;
                bytes_read.store(finished_bytes + here, std::sync::atomic::Ordering::Relaxed);
                if let Some(chunk) = chunk {
                    return Ok(Some(Task { file, chunk }));
                }
                finished_bytes += here;
                if let Ok(mut digests) = digests.lock() {
                    digests.push(source.digest().ok_or(Stop::Panicked)?);
                }
                file += 1;
            }
            Ok(None)
        },
        |mut piece| {
            records += piece.records;
            unreadable += piece.unreadable;
            sink.piece(&piece)?;
            if let Some(chunk) = piece.used.take() {
                // A full channel only means that a buffer is given back to the system.
                drop(used_in.try_send(chunk));
            }
            drop(spare_in.try_send(piece));
            let bytes = bytes_read.load(std::sync::atomic::Ordering::Relaxed);
            (job.watch)(Progress::Reading {
                records,
                bytes,
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
    let mut balance = Balance::default();
    let mut tables = TableTally::default();
    let mut weak_lengths = [0; 4];
    for local in locals {
        for (mine, theirs) in weak_lengths.iter_mut().zip(local.weak_lengths()) {
            *mine |= theirs;
        }
        balance.merge(local.balance);
        tables.merge(local.tables.tally);
    }
    let allowed = plan.policy.input.max_bad;
    if share_of(unreadable, records) > allowed {
        return Err(Stop::TooManyBad {
            bad: unreadable,
            read: records,
            allowed,
        });
    }
    let digests = digests.into_inner().unwrap_or_default();
    names::same_input(plan, &digests)?;
    Ok(Pass {
        balance,
        tables,
        weak_lengths,
        digests,
        unreadable,
        guarded_header: 0,
    })
}

/// `part` of `whole` as a share.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts fit a double exactly up to 2⁵³"
)]
fn share_of(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The tagger that orders rows.
fn order_tagger(plan: &Plan, key: &Key) -> crate::key::Tagger {
    let identity = hex(&plan.policy.identity);
    let recipient = plan.recipient.as_deref().unwrap_or("");
    crate::key::Tagger::new(
        &key.subkey(Label::Order, &[&plan.policy.project, recipient, &identity]),
    )
}

/// The name under which records that a row rule keeps back are counted.
pub(crate) fn row_rule_name(rule: usize) -> String {
    format!("rows rule {}", rule + 1)
}

/// A sink that keeps counts only, and classes where a limit asks for them.
struct Counting {
    classes: Option<crate::tally::Classes>,
}

impl Sink for Counting {
    fn piece(&mut self, piece: &Piece) -> Result<(), Stop> {
        if let Some(classes) = &mut self.classes {
            let mut sensitive = collect::by_row(&piece.sensitive, piece.marks.len());
            let mut cells = collect::by_row(&piece.cells, piece.marks.len());
            for mark in &piece.marks {
                classes.add(
                    mark.class,
                    mark.person,
                    sensitive.next().unwrap_or_default(),
                    cells.next().unwrap_or_default(),
                );
                classes.join(mark.joined);
            }
            for (hash, text) in &piece.labels {
                classes.label(*hash, text.text());
            }
        }
        Ok(())
    }
}

/// `--dry-run` and `--sample`: everything is counted, nothing is written.
fn look(job: &Job<'_>, plans: &[Plan], share: Option<sample::Share>) -> Result<Report, Stop> {
    let mut releases = Vec::new();
    let ledger = job.ledger.as_ref().filter(|_| share.is_none());
    let mut ledger = ledger.map(|ledger| ledger.open(&job.policy)).transpose()?;
    for plan in plans {
        let fingerprinter = fingerprinter(plan, job.key);
        let limits = plan.row_limits();
        let sampled = share.is_some();
        let mut sink = Counting {
            classes: (limits.is_some() && !sampled).then(|| classes(plan)),
        };
        let done = pass(job, plan, share.clone(), &fingerprinter, false, &mut sink)?;
        (job.watch)(Progress::Finishing);
        if let (Some(classes), Some(ledger)) = (&mut sink.classes, &ledger) {
            history::weigh_classes(plan, classes, ledger, job.key)?;
        }
        let limited = match &sink.classes {
            Some(classes) => limits::apply(plan, classes)?,
            None => None,
        };
        releases.push(finish::facts_without_files(
            job,
            plan,
            done,
            limited,
            sampled,
            ledger.as_mut(),
        )?);
    }
    Ok(Report {
        releases,
        out: None,
        removed: Vec::new(),
    })
}

/// Classes of a run, beside what earlier releases show.
fn classes(plan: &Plan) -> crate::tally::Classes {
    crate::tally::Classes::beside(
        plan.earlier
            .as_ref()
            .map_or(&[], |earlier| earlier.people()),
    )
}

/// Finds the share of records that holds just the number asked for.
fn choose(job: &Job<'_>, plans: &[Plan], records: usize, seed: u64) -> Result<sample::Share, Stop> {
    let Some(plan) = plans.first() else {
        return Ok(sample::Share::new(seed, 0));
    };
    let reading = reading(&plan.policy, job.chunk_size)?;
    let Opened {
        sources, bindings, ..
    } = open(job, plan, &reading)?;
    let names: Vec<&str> = plan
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut smallest = sample::Smallest::new(records);
    let opened = sources.into_iter().zip(&bindings).zip(&job.inputs);
    for (file, ((mut source, binding), path)) in opened.enumerate() {
        let mut reader = input::RecordReader::new(&reading, binding.width, &names);
        let mut chunk = Chunk::default();
        while let Some(next) = source.next_chunk(chunk).map_err(read_failed(path))? {
            reader.read(&next, |event| match event {
                input::Event::Record(record) => {
                    smallest.add(sample::place(seed, file, record.byte()))
                }
                input::Event::Unreadable(bad) => smallest.add(sample::place(seed, file, bad.byte)),
                input::Event::Blank => {}
            });
            chunk = next;
        }
    }
    Ok(sample::Share::new(seed, smallest.threshold()))
}

fn fingerprinter(plan: &Plan, key: &Key) -> Fingerprinter {
    Fingerprinter::new(&key.subkey(Label::Leak, &[&hex(&plan.policy.identity)]))
}

/// Where finished rows go while the whole is not known.
enum Rows {
    /// No rows leave.
    None,
    /// Straight to their files.
    Direct(ExtractFiles),
    /// Into the spool, and to their files at the end.
    Spooled(Box<Spool>, ExtractFiles),
}

/// The sink of a real run.
struct Writing {
    rows: Rows,
    prints: BufWriter<File>,
    quarantine: BufWriter<File>,
    private: PathBuf,
    /// Names of the inputs as the quarantine lists them.
    names: Vec<String>,
}

impl Sink for Writing {
    fn piece(&mut self, piece: &Piece) -> Result<(), Stop> {
        match &mut self.rows {
            Rows::None => {}
            Rows::Direct(files) if files.is_one_file() => files.rows(&piece.rows, piece.count)?,
            Rows::Direct(files) => {
                let mut rows = piece.rows.as_slice();
                for mark in &piece.marks {
                    let (row, rest) = rows
                        .split_at_checked(mark.length as usize)
                        .ok_or(Stop::Panicked)?;
                    files.row(row)?;
                    rows = rest;
                }
            }
            Rows::Spooled(spool, _) => spool.add(piece)?,
        }
        self.prints
            .write_all(&piece.prints)
            .map_err(collect::failed(&self.private))?;
        for entry in &piece.quarantined {
            self.quarantine(entry)
                .map_err(collect::failed(&self.private))?;
        }
        Ok(())
    }
}

impl Writing {
    fn quarantine(&mut self, entry: &Quarantined) -> std::io::Result<()> {
        let mut line = Vec::new();
        row::push_csv(
            self.names.get(entry.file).map_or("", String::as_str),
            &mut line,
        );
        line.extend_from_slice(format!(",{},{},", entry.line, entry.byte).as_bytes());
        row::push_csv(entry.column.as_deref().unwrap_or(""), &mut line);
        line.push(b',');
        line.extend_from_slice(entry.reason.as_bytes());
        line.push(b'\n');
        self.quarantine.write_all(&line)
    }
}

/// A release for each plan, staged, checked and published together.
fn release(job: &Job<'_>, plans: &[Plan], out: &Path) -> Result<Report, Stop> {
    let staging = Staging::begin(out).map_err(|error| Stop::Out(error.to_string()))?;
    let removed = staging.removed().to_vec();
    let ledger = job.ledger.as_ref().map(|ledger| ledger.open(&job.policy));
    let mut ledger = ledger.transpose()?;
    let known = ledger.as_ref().map_or(0, |ledger| ledger.lines().len());
    let mut releases = Vec::new();
    let mut digests: Option<Vec<([u8; 32], u64)>> = None;
    for plan in plans {
        let mut folders = [staging.release(), staging.private()];
        if job.recipients == Recipients::All
            && let Some(recipient) = &plan.recipient
        {
            for folder in &mut folders {
                folder.push(recipient);
                crate::release::create_private_dir(folder).map_err(collect::failed(folder))?;
            }
        }
        let [public, private] = folders;
        let facts = one_release(
            job,
            plan,
            [&public, &private, &staging.spool()],
            ledger.as_mut(),
        )
        .map_err(|stop| stop.with_finding(out))?;
        if digests
            .as_ref()
            .is_some_and(|before| *before != facts.inputs)
        {
            return Err(Stop::InputChanged);
        }
        let others = |inputs: &Vec<[u8; 32]>| {
            !inputs
                .iter()
                .eq(facts.inputs.iter().map(|(sha256, _)| sha256))
        };
        if job.approved.inputs.as_ref().is_some_and(others) {
            return Err(Stop::InputChanged);
        }
        digests = Some(facts.inputs.clone());
        releases.push(facts);
    }
    if job.interrupted.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(Stop::Interrupted);
    }
    // The entry is on disk before the release has its name: whatever ends the
    // run in between leaves an entry too many, never one too few.
    if let Some(ledger) = &mut ledger {
        ledger.write()?;
    }
    if let Err(error) = staging.publish() {
        let appeared = std::fs::symlink_metadata(out).is_ok();
        if let Some(ledger) = ledger.as_mut().filter(|_| !appeared) {
            ledger.withdraw(known)?;
        }
        return Err(Stop::Out(error.to_string()));
    }
    Ok(Report {
        releases,
        out: Some(out.to_path_buf()),
        removed,
    })
}

fn one_release(
    job: &Job<'_>,
    plan: &Plan,
    [public, private, spool]: [&Path; 3],
    ledger: Option<&mut Ledger>,
) -> Result<Facts, Stop> {
    let began = std::time::Instant::now();
    let fingerprinter = fingerprinter(plan, job.key);
    let rows = rows_sink(plan, job.key, public, spool)?;
    let prints_path = private.join("fingerprints.bin");
    let quarantine_path = private.join("quarantine.csv");
    let create =
        |path: &Path| crate::release::create_private_file(path).map_err(collect::failed(path));
    let mut sink = Writing {
        rows: rows.0,
        prints: BufWriter::with_capacity(1 << 18, create(&prints_path)?),
        quarantine: BufWriter::new(create(&quarantine_path)?),
        private: private.to_path_buf(),
        names: job
            .inputs
            .iter()
            .map(|path| {
                let name = path.file_name().unwrap_or(path.as_os_str());
                crate::policy::error::clean_line(&name.to_string_lossy())
            })
            .collect(),
    };
    finish::begin_prints(&mut sink.prints).map_err(collect::failed(&prints_path))?;
    sink.quarantine
        .write_all(b"file,line,byte,column,reason\n")
        .map_err(collect::failed(&quarantine_path))?;
    let mut done = pass(job, plan, None, &fingerprinter, true, &mut sink)?;
    done.guarded_header = rows.1;
    (job.watch)(Progress::Finishing);
    sink.quarantine
        .flush()
        .map_err(collect::failed(&quarantine_path))?;
    let mut prints = sink
        .prints
        .into_inner()
        .map_err(|error| collect::failed(&prints_path)(error.into_error()))?;
    finish::end_prints(&mut prints, plan, job.key, &done.weak_lengths)
        .map_err(collect::failed(&prints_path))?;
    finish::finish(finish::Finish {
        job,
        plan,
        public,
        private,
        done,
        rows: sink.rows,
        began,
        ledger,
    })
}

/// Where rows go, and how many header names were guarded.
fn rows_sink(plan: &Plan, key: &Key, public: &Path, spool: &Path) -> Result<(Rows, u64), Stop> {
    let Some(extract) = &plan.policy.extract else {
        return Ok((Rows::None, 0));
    };
    let names: Vec<&str> = plan
        .outputs
        .iter()
        .map(|at| plan.columns[*at].output.as_str())
        .collect();
    let (head, guarded, ending) = match extract.format {
        Format::Csv => {
            let (header, guarded) = RowWriter::header(&names);
            let mark: &[u8] = if extract.bom {
                "\u{feff}".as_bytes()
            } else {
                b""
            };
            ([mark, &header].concat(), guarded, "csv")
        }
        Format::Jsonl => (Vec::new(), 0, "jsonl"),
    };
    let files = ExtractFiles::new(public, ending, head, extract.part_rows);
    let shuffled = extract.order == Order::Shuffled;
    if shuffled || extract.risk.is_some() {
        let rewrite = plan.by_cell().then(|| Rewrite {
            format: extract.format,
            columns: plan
                .quasi()
                .iter()
                .filter_map(|at| plan.outputs.iter().position(|out| out == at))
                .collect(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            order: shuffled.then(|| order_tagger(plan, key)),
        });
        let spool = Spool::create(
            spool,
            shuffled,
            extract.risk.is_some().then(|| classes(plan)),
            rewrite,
        )?;
        return Ok((Rows::Spooled(Box::new(spool), files), guarded));
    }
    Ok((Rows::Direct(files), guarded))
}
