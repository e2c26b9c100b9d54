//! The independent check: reads finished bytes with its own reader and imports
//! `key` and `kinds` alone.
//!
//! It shares no code with what made the release. It searches; it does not
//! prove. What it looks at:
//!
//! - the folder: every file of the manifest with the right SHA-256, no file,
//!   link or name too many;
//! - the manifest: an in-toto Statement with the fields it must have and no
//!   others, records that balance;
//! - every cell of extract and tables: the closed form that the manifest gives
//!   its column, the guard against spreadsheets, identifiers of every strict
//!   kind; tables also by order, words and minimum;
//! - every text, header and file name: identifiers, and words that promise what
//!   nobody can;
//! - with the private half and the key: the fingerprints of the protected
//!   values of the input, anywhere in any of it.
//!
//! Memory: the filter (1.5 bytes a fingerprint), one chunk a thread, and what
//! the filter hit, which is looked up in batches. Files are read by chunk.

pub mod approval;
mod code;
mod csv;
mod extract;
mod filter;
mod form;
mod hunt;
mod interval;
mod jsonl;
mod manifest;
mod memo;
mod remainder;
mod table;
mod text;
mod tree;
mod verdict;
mod worker;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::key::fingerprint::Fingerprinter;
use crate::key::{Key, Label};
use crate::kinds::fold::fold;
use crate::kinds::scan::Scanner;

use extract::{Layout, Part, Stop};
use filter::{Bloom, Fingerprints};
use hunt::{Depth, Hunter, Whole};
use manifest::{MAX_MANIFEST, Manifest};
use memo::MemoKey;
use tree::{Entry, Role, What};
use verdict::{Place, Tray};
use worker::{Rule, Shared, Worker};

pub use filter::FingerprintError;
pub use interval::Intervals;
pub use manifest::{ManifestFault, read_manifest};
pub use verdict::{Class, Counts, Finding, Reason, Verdict};

/// What to check, and with what.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The release, or the folder with one release a recipient.
    pub dir: &'a Path,
    /// Its private half, for the fingerprints.
    pub private: Option<&'a Path>,
    /// The key that the release was made with.
    pub key: Option<&'a Key>,
    /// Threads to use; 0 is taken as 1.
    pub threads: usize,
    /// SHA-256 of files by name, known from writing them: those files are not
    /// hashed again. `None` hashes every file, which is the independent way.
    pub trust_digests: Option<&'a HashMap<String, [u8; 32]>>,
    /// Bytes of the extract that a thread looks at at a time; 0: the default.
    pub chunk: usize,
    /// Whether to work out what all published figures together tell of those
    /// that are not shown.
    pub intervals: bool,
}

impl<'a> Request<'a> {
    /// A check of a folder alone, on one thread.
    #[must_use]
    pub fn new(dir: &'a Path) -> Self {
        Self {
            dir,
            private: None,
            key: None,
            threads: 1,
            trust_digests: None,
            chunk: 0,
            intervals: false,
        }
    }
}

/// Why a release could not be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file or folder cannot be read.
    #[error("cannot read {place}: {source}")]
    Io {
        /// What was being read, in words; no name from a folder's listing.
        place: &'static str,
        /// The system's word.
        source: io::Error,
    },
    /// The private half cannot be used.
    #[error(transparent)]
    Fingerprints(#[from] FingerprintError),
    /// The private half was given without the key, or the key without it.
    #[error(
        "the leak check needs both the private half and the key: give --private and --key, or neither"
    )]
    Half,
}

fn io_error(place: &'static str) -> impl Fn(io::Error) -> VerifyError {
    move |source| VerifyError::Io { place, source }
}

/// Checks a release. A folder without a manifest whose sub-folders each have
/// one is checked recipient by recipient.
///
/// # Errors
/// Where the check cannot be done; what it finds is in the verdict.
pub fn verify(request: &Request<'_>) -> Result<Verdict, VerifyError> {
    if request.private.is_some() != request.key.is_some() {
        return Err(VerifyError::Half);
    }
    let recipients = recipients(request.dir).map_err(io_error("the folder of the release"))?;
    if recipients.is_empty() {
        return one(request, request.private);
    }
    let mut whole: Option<Verdict> = None;
    for name in recipients {
        let dir = request.dir.join(&name);
        let private = request.private.map(|private| {
            let own = private.join(&name);
            if own.is_dir() {
                own
            } else {
                private.to_owned()
            }
        });
        let prefix = format!("{name}/");
        let trusted: Option<HashMap<String, [u8; 32]>> = request.trust_digests.map(|all| {
            all.iter()
                .filter_map(|(file, digest)| {
                    let file = file.strip_prefix(&prefix)?;
                    Some((file.to_owned(), *digest))
                })
                .collect()
        });
        let part = Request {
            dir: &dir,
            trust_digests: trusted.as_ref(),
            ..*request
        };
        let mut verdict = one(&part, private.as_deref())?;
        for finding in &mut verdict.findings {
            finding.artefact.insert_str(0, &prefix);
        }
        whole = Some(match whole {
            None => verdict,
            Some(mut whole) => {
                whole.absorb(verdict);
                whole
            }
        });
    }
    match whole {
        Some(whole) => Ok(whole),
        None => one(request, request.private),
    }
}

/// Sub-folders named like recipients where the folder itself has no manifest
/// and holds nothing else.
fn recipients(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_release = entry.file_type()?.is_dir()
            && manifest::is_policy_name(&name)
            && (entry.path().join("manifest.json").is_file() || tree::is_marked(&entry.path()));
        if !is_release {
            return Ok(Vec::new());
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}

/// What has to be done with one file.
struct Artefact {
    path: PathBuf,
    name: String,
    role: Role,
    size: u64,
    listed: Option<[u8; 32]>,
}

/// Checks one release.
fn one(request: &Request<'_>, private: Option<&Path>) -> Result<Verdict, VerifyError> {
    let threads = request.threads.clamp(1, 256);
    let entries = tree::list(request.dir).map_err(io_error("the folder of the release"))?;
    let mut tray = Tray::default();

    let manifest_bytes = match entries
        .iter()
        .find(|entry| entry.name == "manifest.json" && entry.what == What::File)
    {
        Some(entry) if entry.size <= MAX_MANIFEST => {
            let mut bytes = Vec::new();
            let place = "manifest.json";
            let file = tree::open(&entry.path).map_err(io_error(place))?;
            file.take(MAX_MANIFEST)
                .read_to_end(&mut bytes)
                .map_err(io_error(place))?;
            Some(bytes)
        }
        _ => None,
    };
    let (manifest, faults) = match manifest_bytes.as_deref().map(read_manifest) {
        Some(Ok((manifest, faults))) => (Some(manifest), faults),
        Some(Err(fault)) => (None, vec![fault]),
        None => (None, Vec::new()),
    };
    let manifest = manifest.as_ref();
    let mut faults = faults;
    if manifest.is_some_and(|manifest| manifest.unapproved != tree::is_marked(request.dir)) {
        faults.push(ManifestFault::Unknown("predicate.approval"));
    }

    let mut names = Vec::new();
    let (artefacts, manifest_number) =
        survey(&entries, manifest, request.dir, &mut names, &mut tray)
            .map_err(io_error("the folder of the release"))?;
    let at_manifest = Place::file(manifest_number);
    if manifest_bytes.is_none() {
        tray.add(Reason::NoManifest, at_manifest, 1);
    }
    for fault in faults {
        tray.add(Reason::Manifest(fault), at_manifest, 1);
    }

    // The fingerprints.
    let mut prints = None;
    let mut printer = None;
    if let (Some(private), Some(key)) = (private, request.key) {
        let opened = Fingerprints::open(&private.join("fingerprints.bin"))?;
        let key_id = key.id().to_string();
        if opened.header.key_id != key_id {
            tray.add(Reason::OtherFingerprints, at_manifest, 1);
        }
        if let Some(manifest) = manifest {
            if manifest.key_id != key_id {
                tray.add(Reason::Key, at_manifest, 1);
            }
            if opened.header.policy != manifest.policy_sha256 {
                tray.add(Reason::OtherFingerprints, at_manifest, 1);
            }
        }
        printer = Some(Fingerprinter::new(
            &key.subkey(Label::Leak, &[&opened.header.policy]),
        ));
        prints = Some(opened);
    }
    let listed = listed_values(manifest);

    // Hash and fill the filter side by side, then look at everything.
    let bloom: OnceLock<Result<Bloom, FingerprintError>> = OnceLock::new();
    let mut sizes: Vec<usize> = (0..artefacts.len()).collect();
    sizes.sort_by_key(|n| std::cmp::Reverse(artefacts.get(*n).map_or(0, |a| a.size)));
    let stage = Stage {
        artefacts: &artefacts,
        order: sizes,
        next: AtomicUsize::new(0),
        trusted: request.trust_digests,
        wrong: Mutex::new(Vec::new()),
    };
    let layout = manifest.and_then(|manifest| layout(manifest, prints.as_ref(), printer.as_ref()));
    let parts = match &layout {
        Some(layout) => {
            open_parts(&artefacts, layout.jsonl, request.chunk).map_err(io_error("the extract"))?
        }
        None => Vec::new(),
    };
    let shared: OnceLock<Option<Shared<'_>>> = OnceLock::new();
    let make_shared = || {
        let filter = match bloom.get() {
            Some(Err(_)) => return None,
            Some(Ok(bloom)) => Some(bloom),
            None => None,
        };
        Some(Shared {
            scanner: Scanner::strict_all(),
            hunter: match (filter, &prints, &printer) {
                (Some(bloom), Some(prints), Some(printer)) => Some(Hunter {
                    printer,
                    bloom,
                    weak_lengths: &prints.header.weak_lengths,
                    grouped: prints.header.grouped,
                    listed: &listed,
                }),
                _ => None,
            },
            prints: prints.as_ref(),
        })
    };
    let work = |leader: bool| -> Result<Option<Worker<'_>>, VerifyError> {
        if leader && let Some(prints) = &prints {
            bloom.get_or_init(|| prints.bloom());
        }
        stage.hash().map_err(io_error("a file of the release"))?;
        if prints.is_some() {
            bloom.wait();
        }
        let Some(shared) = shared.get_or_init(make_shared) else {
            return Ok(None);
        };
        let mut worker = Worker::new(shared);
        if let Some(layout) = &layout {
            extract::scan(&mut worker, &parts, layout).map_err(|stop| match stop {
                Stop::Io(source) => io_error("the extract")(source),
                Stop::Prints(error) => VerifyError::Fingerprints(error),
            })?;
        }
        Ok(Some(worker))
    };
    let workers = std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = (1..threads)
            .map(|_| scope.spawn(move || work(false)))
            .collect();
        let mut workers = vec![work(true)];
        for other in others {
            workers.push(other.join().unwrap_or_else(|_| {
                Err(VerifyError::Io {
                    place: "the release",
                    source: io::Error::other("a thread of the check failed"),
                })
            }));
        }
        workers
    });
    let mut worker: Option<Worker<'_>> = None;
    for other in workers {
        match (&mut worker, other?) {
            (_, None) => {}
            (None, other) => worker = other,
            (Some(worker), Some(other)) => worker.merge(other),
        }
    }
    let Some(mut worker) = worker else {
        return Err(match bloom.into_inner() {
            Some(Err(error)) => VerifyError::Fingerprints(error),
            _ => VerifyError::Fingerprints(FingerprintError::Changed),
        });
    };

    // The small artefacts.
    let own = text::Own::new(manifest);
    for (number, artefact) in (0u32..).zip(&artefacts) {
        small(&mut worker, &own, manifest, number, artefact)
            .map_err(io_error("a file of the release"))?;
    }
    for (number, name) in (0u32..).zip(entries.iter().map(|entry| entry.name.as_str())) {
        // Numbers of entries and artefacts agree: see `survey`.
        worker.examine(&own.blank(name), &Rule::TEXT, Place::file(number));
        for part in name.split(['/', '.']) {
            if part != name {
                worker.hunt_only(&own.blank(part), Place::file(number));
            }
        }
    }
    if let Some(manifest) = manifest {
        balance(&mut worker, manifest, &parts, at_manifest);
        let guarded = manifest.extract.as_ref().and_then(|e| e.guarded);
        if guarded.is_some_and(|counted| counted > worker.counts.guarded) {
            worker.tray.add(Reason::GuardCount, at_manifest, 1);
        }
    }
    worker.settle(threads)?;
    let intervals = match manifest.filter(|_| request.intervals) {
        Some(manifest) => figures_unshown(&mut worker, manifest, &artefacts),
        None => Vec::new(),
    };

    let Worker {
        tray: found,
        mut counts,
        coincidences,
        ..
    } = worker;
    tray.merge(found);
    for number in stage.wrong.into_inner().unwrap_or_default() {
        tray.add(Reason::Digest, Place::file(number), 1);
    }
    counts.files = artefacts
        .iter()
        .filter(|a| !a.path.as_os_str().is_empty())
        .count() as u64;
    counts.bytes = artefacts.iter().map(|artefact| artefact.size).sum();
    counts.fingerprints = prints.as_ref().map_or(0, |prints| prints.records);
    let starts: HashMap<u32, Vec<u64>> = parts
        .into_iter()
        .map(|part| {
            let mut before = 0;
            let lines = part.lines.into_inner().unwrap_or_default();
            let starts = lines
                .into_iter()
                .map(|lines| {
                    let start = before;
                    before += lines;
                    start
                })
                .collect();
            (part.artefact, starts)
        })
        .collect();
    let (findings, totals) = tray.finish(&names, |artefact, chunk| {
        starts
            .get(&artefact)
            .and_then(|starts| starts.get(chunk as usize))
            .copied()
            .unwrap_or(0)
    });
    Ok(Verdict {
        findings,
        totals,
        counts,
        repeated: prints.is_some(),
        coincidences,
        intervals,
    })
}

/// What all tables of a release together tell of figures that are not shown.
fn figures_unshown(
    worker: &mut Worker<'_>,
    manifest: &Manifest,
    artefacts: &[Artefact],
) -> Vec<Intervals> {
    let published = std::mem::take(&mut worker.published);
    let shapes: Vec<interval::Shape<'_>> = published
        .iter()
        .filter_map(|(number, rows)| {
            let role = artefacts.get(*number as usize)?.role;
            let Role::Table(at) = role else { return None };
            remainder::shape(manifest.tables.get(at)?, rows)
        })
        .collect();
    let found = interval::intervals(&shapes);
    for found in found.iter().filter(|found| found.small > 0) {
        let of = |(_, artefact): &(u32, &Artefact)| match artefact.role {
            Role::Table(at) => manifest
                .tables
                .get(at)
                .is_some_and(|t| t.name == found.table),
            _ => false,
        };
        // Of people who may stand in several cells, sums say nothing for certain.
        let place = (0u32..)
            .zip(artefacts)
            .find(of)
            .map(|(at, _)| Place::file(at));
        if let Some(place) = place.filter(|_| found.figure == "records") {
            worker.tray.add(Reason::Interval, place, found.small);
        }
    }
    found
}

/// Compares the folder with the manifest: one artefact an entry, in the order
/// of the listing, then one for each file that is missing. Fills `names` with
/// what may be shown of each.
fn survey(
    entries: &[Entry],
    manifest: Option<&Manifest>,
    dir: &Path,
    names: &mut Vec<String>,
    tray: &mut Tray,
) -> io::Result<(Vec<Artefact>, u32)> {
    let listed: HashMap<&str, [u8; 32]> = manifest
        .map(|manifest| {
            manifest
                .subjects
                .iter()
                .map(|subject| (subject.name.as_str(), subject.sha256))
                .collect()
        })
        .unwrap_or_default();
    let mut artefacts = Vec::new();
    let mut manifest_number = None;
    let has_tables = manifest.is_some_and(|manifest| !manifest.tables.is_empty());
    for (number, entry) in (0u32..).zip(entries) {
        let place = Place::file(number);
        let role = role(&entry.name, manifest);
        let is_tables = entry.name == "tables" && entry.what == What::Folder;
        names.push(shown(&entry.name, role, is_tables, number));
        match entry.what {
            What::Link => tray.add(Reason::Link, place, 1),
            What::Strange => tray.add(Reason::NotAFile, place, 1),
            What::Folder if !(is_tables && has_tables) => tray.add(Reason::NotAFile, place, 1),
            What::Folder => {}
            What::File => {
                if role == Role::Other {
                    tray.add(Reason::Name, place, 1);
                }
                if role == Role::Manifest {
                    manifest_number = Some(number);
                } else if manifest.is_some() && !listed.contains_key(entry.name.as_str()) {
                    tray.add(Reason::Unlisted, place, 1);
                }
            }
        }
        if entry.exposed {
            tray.add(Reason::Readable, place, 1);
        }
        let is_file = entry.what == What::File;
        artefacts.push(Artefact {
            path: if is_file {
                entry.path.clone()
            } else {
                PathBuf::new()
            },
            name: entry.name.clone(),
            role,
            size: if is_file { entry.size } else { 0 },
            listed: listed.get(entry.name.as_str()).copied(),
        });
    }
    let mut missing = |name: &str, role: Role| {
        let number = u32::try_from(artefacts.len()).unwrap_or(u32::MAX);
        names.push(shown(name, role, false, number));
        artefacts.push(Artefact {
            path: PathBuf::new(),
            name: name.to_owned(),
            role,
            size: 0,
            listed: None,
        });
        number
    };
    let there = |name: &str| {
        entries
            .iter()
            .any(|entry| entry.name == name && entry.what == What::File)
    };
    if let Some(manifest) = manifest {
        for subject in &manifest.subjects {
            if !there(&subject.name) {
                let number = missing(&subject.name, role(&subject.name, Some(manifest)));
                tray.add(Reason::Missing, Place::file(number), 1);
            }
        }
        let mut needed: Vec<String> = [
            "README.txt",
            "datapackage.json",
            "dictionary.csv",
            "report.html",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect();
        needed.extend(
            manifest
                .tables
                .iter()
                .map(|table| format!("tables/{}.csv", table.name)),
        );
        if let Some(extract) = &manifest.extract {
            let numbers: Vec<u32> = entries
                .iter()
                .filter_map(|entry| tree::extract_number(&entry.name, extract.jsonl))
                .collect();
            let whole = numbers == [0]
                || (!numbers.is_empty() && numbers.iter().copied().eq(1..=numbers.len() as u32));
            if !whole {
                needed.push(
                    if extract.jsonl {
                        "extract.jsonl"
                    } else {
                        "extract.csv"
                    }
                    .to_owned(),
                );
            }
        }
        for name in needed {
            if !listed.contains_key(name.as_str()) {
                let number = missing(&name, role(&name, Some(manifest)));
                tray.add(Reason::Missing, Place::file(number), 1);
            }
        }
    }
    let manifest_number = match manifest_number {
        Some(number) => number,
        None => missing("manifest.json", Role::Manifest),
    };
    let meta = fs::metadata(dir)?;
    if tree::exposed(&meta, What::Folder) {
        let number = missing("", Role::Other);
        if let Some(name) = names.last_mut() {
            "the folder itself".clone_into(name);
        }
        let number_place = Place::file(number);
        tray.add(Reason::Readable, number_place, 1);
    }
    Ok((artefacts, manifest_number))
}

/// What a file is by its name.
fn role(name: &str, manifest: Option<&Manifest>) -> Role {
    match name {
        "manifest.json" => Role::Manifest,
        "README.txt" => Role::Readme,
        "report.html" => Role::Report,
        "dictionary.csv" => Role::Dictionary,
        "datapackage.json" => Role::Package,
        name => {
            let Some(manifest) = manifest else {
                return Role::Other;
            };
            if let Some(extract) = &manifest.extract
                && let Some(number) = tree::extract_number(name, extract.jsonl)
            {
                return Role::Extract(number);
            }
            let table = name
                .strip_prefix("tables/")
                .and_then(|name| name.strip_suffix(".csv"));
            manifest
                .tables
                .iter()
                .position(|known| Some(known.name.as_str()) == table)
                .map_or(Role::Other, Role::Table)
        }
    }
}

/// A name that may be shown: that of a release's own file, unless it holds so
/// many digits that it could be somebody's number.
fn shown(name: &str, role: Role, is_tables: bool, number: u32) -> String {
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    if (role != Role::Other || is_tables) && digits < 7 {
        name.to_owned()
    } else {
        format!("entry {} of the folder (name not shown)", number + 1)
    }
}

/// Files to hash, taken by whoever is free.
struct Stage<'a> {
    artefacts: &'a [Artefact],
    order: Vec<usize>,
    next: AtomicUsize,
    trusted: Option<&'a HashMap<String, [u8; 32]>>,
    wrong: Mutex<Vec<u32>>,
}

impl Stage<'_> {
    fn hash(&self) -> io::Result<()> {
        while let Some(number) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let Some(artefact) = self.artefacts.get(*number) else {
                continue;
            };
            let Some(want) = artefact.listed else {
                continue;
            };
            if artefact.path.as_os_str().is_empty() {
                continue;
            }
            let got = match self.trusted.and_then(|known| known.get(&artefact.name)) {
                Some(digest) => *digest,
                None => tree::sha256(&artefact.path)?,
            };
            if got != want {
                self.wrong
                    .lock()
                    .unwrap_or_else(|e| e.into_inner())
                    .push(u32::try_from(*number).unwrap_or(u32::MAX));
            }
        }
        Ok(())
    }
}

/// Values that the manifest lists in forms, folded.
fn listed_values(manifest: Option<&Manifest>) -> HashSet<String> {
    let mut listed = HashSet::new();
    let Some(manifest) = manifest else {
        return listed;
    };
    let mut stack = vec![&manifest.json];
    while let Some(json) = stack.pop() {
        match json {
            serde_json::Value::Object(object) => {
                for (key, value) in object {
                    match (key.as_str(), value) {
                        ("values", serde_json::Value::Array(list)) => {
                            for value in list.iter().filter_map(serde_json::Value::as_str) {
                                let mut folded = String::new();
                                fold(value, &mut folded);
                                listed.insert(folded);
                            }
                        }
                        (_, value) => stack.push(value),
                    }
                }
            }
            serde_json::Value::Array(list) => stack.extend(list),
            _ => {}
        }
    }
    listed
}

/// What is asked of each column of the extract.
fn layout<'a>(
    manifest: &'a Manifest,
    prints: Option<&Fingerprints>,
    printer: Option<&Fingerprinter>,
) -> Option<Layout<'a>> {
    let extract = manifest.extract.as_ref()?;
    let hunted = |name: &str| {
        prints.is_some_and(|prints| match &prints.header.columns {
            Some(columns) => columns.iter().any(|column| column == name),
            None => true,
        })
    };
    Some(Layout {
        names: manifest
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect(),
        rules: manifest
            .columns
            .iter()
            .map(|column| Rule {
                form: Some(&column.form),
                whole: Whole {
                    column: printer
                        .filter(|_| hunted(&column.name) && column.form.code().is_none())
                        .map(|printer| printer.of(&format!("column:{}", column.name))),
                    elsewhere: true,
                },
                own_text: column.form.is_text(),
                depth: Depth::All,
                csv: !extract.jsonl,
            })
            .collect(),
        jsonl: extract.jsonl,
        bom: extract.bom,
        memo: MemoKey::new(),
    })
}

/// Opens the files of the extract in their order.
fn open_parts(artefacts: &[Artefact], jsonl: bool, chunk: usize) -> io::Result<Vec<Part>> {
    let chunk = if chunk == 0 { csv::CHUNK } else { chunk };
    let mut parts = Vec::new();
    for (number, artefact) in (0u32..).zip(artefacts) {
        if let Role::Extract(order) = artefact.role
            && !artefact.path.as_os_str().is_empty()
        {
            parts.push((order, number, tree::open(&artefact.path)?));
        }
    }
    parts.sort_by_key(|(order, ..)| *order);
    Ok(parts
        .into_iter()
        .map(|(_, number, file)| Part::new(number, file, jsonl, chunk))
        .collect())
}

/// Looks at an artefact that is not the extract.
fn small<'a>(
    worker: &mut Worker<'a>,
    own: &text::Own,
    manifest: Option<&'a Manifest>,
    number: u32,
    artefact: &Artefact,
) -> io::Result<()> {
    if artefact.path.as_os_str().is_empty() {
        return Ok(());
    }
    let written = match artefact.role {
        Role::Extract(_) => return Ok(()),
        Role::Table(place) => {
            return match manifest.and_then(|manifest| manifest.tables.get(place)) {
                Some(table) => table::table(worker, table, number, tree::open(&artefact.path)?),
                None => Ok(()),
            };
        }
        Role::Dictionary => {
            return table::plain(
                worker,
                number,
                tree::open(&artefact.path)?,
                |worker, text, place| {
                    if text::promises(own, text) {
                        worker.tray.add(Reason::Promise, place, 1);
                    }
                },
            );
        }
        Role::Manifest | Role::Package => text::Written::Json,
        Role::Report => text::Written::Html,
        Role::Readme | Role::Other => text::Written::Plain,
    };
    if artefact.size > text::MAX_TEXT {
        worker.tray.add(Reason::TooLarge, Place::file(number), 1);
        return Ok(());
    }
    let mut bytes = Vec::new();
    tree::open(&artefact.path)?
        .take(text::MAX_TEXT)
        .read_to_end(&mut bytes)?;
    let our_words = !matches!(artefact.role, Role::Other);
    text::look(worker, own, number, written, &bytes, our_words);
    Ok(())
}

/// Read = written + withheld + quarantined, written = records of the extract.
fn balance(worker: &mut Worker<'_>, manifest: &Manifest, parts: &[Part], at_manifest: Place) {
    let records = &manifest.records;
    let rows: Vec<u64> = parts
        .iter()
        .map(|part| part.rows.load(Ordering::Relaxed))
        .collect();
    let seen: u64 = rows.iter().sum();
    if let Some(extract) = &manifest.extract {
        match records.written {
            Some(written) if written == seen => {}
            Some(_) => worker.tray.add(Reason::Rows, at_manifest, 1),
            None => worker.tray.add(Reason::CountsMissing, at_manifest, 1),
        }
        if let (Some(size), Some((last, full))) = (extract.part_rows, rows.split_last()) {
            for (part, rows) in parts.iter().zip(full) {
                if *rows != size {
                    worker
                        .tray
                        .add(Reason::PartRows, Place::file(part.artefact), 1);
                }
            }
            if *last > size
                && let Some(part) = parts.last()
            {
                worker
                    .tray
                    .add(Reason::PartRows, Place::file(part.artefact), 1);
            }
        }
    } else if records.written.is_some_and(|written| written != 0) {
        worker.tray.add(Reason::Rows, at_manifest, 1);
    }
    // Counts of few records are merged or left out where a table's minimum
    // would hide them; no others may be missing, and none of them may be given.
    let least = manifest
        .tables
        .iter()
        .map(|table| table.min)
        .max()
        .unwrap_or(0);
    // A count may be missing only under the limit that the manifest names.
    if records.read.is_none() && records.hidden_below != Some(least) {
        worker.tray.add(Reason::CountsMissing, at_manifest, 1);
    }
    let small = |count: Option<u64>| count.is_some_and(|count| count > 0 && count < least);
    if small(records.withheld) || small(records.quarantined) || small(records.kept_back) {
        worker.tray.add(Reason::BelowMinimum, at_manifest, 1);
    }
    let written = match (&manifest.extract, records.written) {
        (_, Some(written)) => written,
        (None, None) => 0,
        // Noted above.
        (Some(_), None) => return,
    };
    let parts = records.withheld.zip(records.quarantined);
    let kept_back = records
        .kept_back
        .or_else(|| parts.and_then(|(withheld, quarantined)| withheld.checked_add(quarantined)));
    let agree =
        parts.is_none_or(|(withheld, quarantined)| withheld.checked_add(quarantined) == kept_back);
    let sum = kept_back.and_then(|kept_back| written.checked_add(kept_back));
    if records.rounded {
        return;
    }
    match (records.read, sum) {
        (Some(read), Some(sum)) if read == sum && agree => {}
        (Some(_), Some(_)) => worker.tray.add(Reason::Unbalanced, at_manifest, 1),
        // What is hidden is hidden with its total.
        (None, None) if least > 0 => {}
        _ => worker.tray.add(Reason::CountsMissing, at_manifest, 1),
    }
}
