//! The ledger: what all releases of a family have published so far.
//!
//! One JSON object a line, each with the hash of the line before it. A line
//! holds the structure of a release and the figures that it published, and, as
//! ciphertext under the newsroom's key, the *sizes* of the cells that it
//! withheld, so that a later release can be weighed together with it. No value
//! of a record, no identifier and no person stands in it in any form, and
//! whoever finds the file without the key learns nothing that the releases do
//! not say. It holds no clock, host, user or path: the same releases in the
//! same order give the same bytes.
//!
//! This room reads and writes the file. It weighs nothing: that is done where
//! the figures of a new release are.

mod seal;
mod sizes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::key::Key;
use crate::key::identity::hex;

pub use seal::{Ties, class_names};
pub use sizes::{ClassSizes, LayerSizes, PERSONS, RECORDS, ROW, Sizes, SumSizes, TableSizes};

/// What a ledger calls itself.
pub const FORMAT: &str = "offrecord-ledger-1";
/// Largest ledger that is read, in bytes.
const MAX: u64 = 1 << 30;
/// What stands before the first line.
const FIRST: &str = "offrecord/1/ledger";

/// What a ledger of a family is called where it is looked for.
#[must_use]
pub fn file_name(family: &str) -> String {
    format!("{family}.ledger.jsonl")
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From 1.
    pub n: u64,
    /// Hash of the line before.
    pub previous: String,
    /// What it says.
    pub body: Body,
    /// Hash of this line.
    pub hash: String,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The first line.
    Begin(Begin),
    /// A release, written before the release appears.
    Release(Box<Release>),
    /// Releases whose line was written and which never appeared.
    Withdrawn {
        /// Hashes of their lines.
        lines: Vec<String>,
    },
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// [`FORMAT`].
    pub format: String,
    /// The family.
    pub family: String,
    /// Why it begins here although an earlier one was known of.
    pub first_release: Option<String>,
    /// Heads of that one that were known then: they will not be found here.
    pub forgets: BTreeSet<String>,
}

/// What a release published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// `project/name` of its policy.
    pub policy: String,
    /// Version of the policy.
    pub version: u64,
    /// Identity of the policy, in hex.
    pub sha256: String,
    /// Recipient, where the policy names any.
    pub recipient: Option<String>,
    /// Public name of the key under which the sizes are sealed.
    pub key_id: String,
    /// Records read, where the manifest says so.
    pub read: Option<u64>,
    /// The extract.
    pub extract: Option<Extract>,
    /// Tables.
    pub tables: Vec<Table>,
    /// [`Sizes`], sealed.
    pub sealed: String,
}

/// An extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// Rows written.
    pub rows: u64,
    /// Least subjects of a class, where limited.
    pub k: Option<u64>,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of the input in the form in which it was published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name in the input.
    pub column: String,
    /// The form: the same text means the same cut.
    pub form: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Name.
    pub name: String,
    /// `suppress` or `cell-key`.
    pub protect: String,
    /// Noise of a `cell-key` table: a text that is equal for equal noise.
    pub noise: Option<String>,
    /// Least persons behind a figure.
    pub min: u64,
    /// Whether empty cells look like withheld ones.
    pub zeros_protected: bool,
    /// Whether totals over each dimension are figures too.
    pub totals: bool,
    /// Levels of each dimension.
    pub depths: Vec<usize>,
    /// The levels, broad to fine, dimension after dimension.
    pub by: Vec<Column>,
    /// Figures: `persons`, `records`, `distinct`, `sum`, `mean`, and of what.
    pub figures: Vec<(String, Option<Column>)>,
    /// Labels and figures of the rows that were published.
    pub rows: Vec<Vec<String>>,
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The system refused.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The ledger.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A line is not what was written.
    #[error("{}, line {line}: {reason}", .path.display())]
    Broken {
        /// The ledger.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There is none, and there must be one.
    #[error("{}: there is no ledger, and {known} of earlier releases of the family recorded its head", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// How many recorded heads are known.
        known: usize,
    },
    /// A head that was recorded is not in it.
    #[error("{}: a release or an approval recorded a head that this ledger has never had", .path.display())]
    Forked {
        /// The ledger.
        path: PathBuf,
    },
    /// It is another family's.
    #[error("{}: the ledger is that of another family, `{family}`", .path.display())]
    Family {
        /// The ledger.
        path: PathBuf,
        /// Whose.
        family: String,
    },
    /// A first release was announced, and it is not the first.
    #[error("{}: this is not the first release: the ledger has {releases}", .path.display())]
    NotFirst {
        /// The ledger.
        path: PathBuf,
        /// Releases in it.
        releases: usize,
    },
    /// It changed between reading and writing.
    #[error("{}: another release of the family was written meanwhile", .path.display())]
    Changed {
        /// The ledger.
        path: PathBuf,
    },
    /// Sizes were sealed under another key.
    #[error("{}, line {line}: the sizes of withheld cells were sealed under another key ({key_id}), or changed since", .path.display())]
    Sealed {
        /// The ledger.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// The key's public name, as the line has it.
        key_id: String,
    },
}

impl LedgerError {
    /// Exit code: 3 where the ledger cannot be trusted, 2 for wrong use.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Io { .. } | Self::Changed { .. } => 1,
            Self::Family { .. } | Self::NotFirst { .. } => 2,
            _ => 3,
        }
    }

    /// Why it matters.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self {
            Self::Family { .. } => "releases of one family are weighed together, and no others",
            Self::NotFirst { .. } => "a second beginning would forget what was published before",
            Self::Changed { .. } => {
                "this release was not weighed against that one; nothing was published"
            }
            Self::Io { .. } => "a release that is in no ledger is not weighed against the next one",
            _ => {
                "a release that is not weighed against all earlier ones may give away what they withhold"
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Family { .. } => "name the family's own ledger with --ledger FILE",
            Self::NotFirst { .. } => "leave --first-release out",
            Self::Changed { .. } => "run it again",
            Self::Io { .. } => "name a ledger that can be written with --ledger FILE",
            Self::Missing { .. } => {
                "bring the ledger back, or name it with --ledger FILE; if the earlier releases were never handed on, --first-release REASON begins a new one"
            }
            Self::Sealed { .. } => "run with the key of the family's earlier releases",
            Self::Broken { .. } | Self::Forked { .. } => {
                "compare it with a copy: `offrecord ledger FILE`; the longest whole copy is the right one"
            }
        }
    }
}

impl Line {
    fn computed(&self) -> String {
        let mut open = self.clone();
        open.hash = String::new();
        let text = serde_json::to_vec(&open).unwrap_or_default();
        hex(Sha256::digest(text).as_slice())
    }

    fn after(previous: &str, n: u64, body: Body) -> Self {
        let mut line = Self {
            n,
            previous: previous.to_owned(),
            body,
            hash: String::new(),
        };
        line.hash = line.computed();
        line
    }
}

fn first() -> String {
    hex(Sha256::digest(FIRST).as_slice())
}

/// A ledger that holds together, as it was read.
#[derive(Debug, Clone)]
pub struct Ledger {
    path: PathBuf,
    family: String,
    lines: Vec<Line>,
    /// Lines that are on disk.
    written: usize,
    /// Bytes of whole lines on disk; what follows was begun and never ended.
    whole: u64,
    torn: bool,
}

impl Ledger {
    /// Reads the ledger of a family at `path`, or begins one in memory where
    /// there is none. `known` are heads that releases and approvals recorded;
    /// each must be in it. `first` is the reason why one begins although heads
    /// are known. Nothing is written.
    ///
    /// # Errors
    /// Where it is missing, broken, shorter than or another than what was
    /// recorded, another family's, or cannot be read.
    pub fn open(
        path: &Path,
        family: &str,
        first: Option<&str>,
        known: &BTreeSet<String>,
    ) -> Result<Self, LedgerError> {
        let read = match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            _ => Some(Self::read(path)?),
        };
        // An empty file, or one whose first line was never ended, is none.
        let Some(ledger) = read.filter(|ledger| !ledger.lines.is_empty()) else {
            if first.is_none() && !known.is_empty() {
                return Err(LedgerError::Missing {
                    path: path.to_owned(),
                    known: known.len(),
                });
            }
            let begin = Body::Begin(Begin {
                format: FORMAT.to_owned(),
                family: family.to_owned(),
                first_release: first.map(str::to_owned),
                forgets: known.clone(),
            });
            return Ok(Self {
                path: path.to_owned(),
                family: family.to_owned(),
                lines: vec![Line::after(&self::first(), 1, begin)],
                written: 0,
                whole: 0,
                torn: path.exists(),
            });
        };
        if ledger.family != family {
            return Err(LedgerError::Family {
                path: path.to_owned(),
                family: ledger.family,
            });
        }
        if first.is_some() && ledger.first_release() != first {
            return Err(LedgerError::NotFirst {
                path: path.to_owned(),
                releases: ledger.releases().count(),
            });
        }
        let heads: BTreeSet<&str> = ledger.lines.iter().map(|line| line.hash.as_str()).collect();
        let forgotten = match ledger.lines.first().map(|line| &line.body) {
            Some(Body::Begin(begin)) => Some(&begin.forgets),
            _ => None,
        };
        let lost = |head: &String| {
            !heads.contains(head.as_str()) && forgotten.is_none_or(|list| !list.contains(head))
        };
        if known.iter().any(lost) {
            return Err(LedgerError::Forked {
                path: path.to_owned(),
            });
        }
        Ok(ledger)
    }

    /// Reads a ledger and checks its chain.
    ///
    /// # Errors
    /// Where it cannot be read, or a line does not follow from the one before.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(MAX).read_to_string(&mut text))
            .map_err(|error| LedgerError::Io {
                path: path.to_owned(),
                error,
            })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, LedgerError> {
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let mut ledger = Self {
            path: path.to_owned(),
            family: String::new(),
            lines: Vec::new(),
            written: 0,
            whole: whole as u64,
            torn: whole < text.len(),
        };
        let mut heads: BTreeSet<String> = BTreeSet::new();
        for (n, written) in (1..).zip(text.get(..whole).unwrap_or_default().lines()) {
            let broken = |reason| LedgerError::Broken {
                path: path.to_owned(),
                line: n,
                reason,
            };
            let line: Line = serde_json::from_str(written)
                .map_err(|_| broken("it is not a line of a ledger"))?;
            if serde_json::to_string(&line).ok().as_deref() != Some(written)
                || line.hash != line.computed()
            {
                return Err(broken("it has been changed since it was written"));
            }
            if line.n != n || line.previous != ledger.head() {
                return Err(broken(
                    "it does not follow from the line before: one was changed, moved or taken out",
                ));
            }
            match &line.body {
                Body::Begin(begin) if n == 1 && begin.format == FORMAT => {
                    ledger.family.clone_from(&begin.family);
                }
                Body::Begin(_) => return Err(broken("it is a beginning of another ledger")),
                _ if n == 1 => return Err(broken("the beginning is missing")),
                Body::Withdrawn { lines } if lines.iter().any(|line| !heads.contains(line)) => {
                    return Err(broken("it withdraws what is not there"));
                }
                _ => {}
            }
            heads.insert(line.hash.clone());
            ledger.lines.push(line);
        }
        ledger.written = ledger.lines.len();
        Ok(ledger)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose it is.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Hash of the last line.
    #[must_use]
    pub fn head(&self) -> String {
        self.lines
            .last()
            .map_or_else(first, |line| line.hash.clone())
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether a line at its end was begun and never ended: the release it was
    /// for has not appeared, since a line is whole before its release is named.
    #[must_use]
    pub fn torn(&self) -> bool {
        self.torn
    }

    /// Why it began although an earlier one was known of.
    #[must_use]
    pub fn first_release(&self) -> Option<&str> {
        match self.lines.first().map(|line| &line.body) {
            Some(Body::Begin(begin)) => begin.first_release.as_deref(),
            _ => None,
        }
    }

    /// The releases that count, with their lines: those not withdrawn.
    pub fn releases(&self) -> impl Iterator<Item = (&Line, &Release)> {
        let withdrawn: BTreeSet<&str> = self
            .lines
            .iter()
            .filter_map(|line| match &line.body {
                Body::Withdrawn { lines } => Some(lines),
                _ => None,
            })
            .flatten()
            .map(String::as_str)
            .collect();
        self.lines.iter().filter_map(move |line| match &line.body {
            Body::Release(release) if !withdrawn.contains(line.hash.as_str()) => {
                Some((line, &**release))
            }
            _ => None,
        })
    }

    /// Sizes of the cells of a release.
    ///
    /// # Errors
    /// Where they were sealed under another key.
    pub fn sizes(&self, line: &Line, release: &Release, key: &Key) -> Result<Sizes, LedgerError> {
        seal::open(key, &self.family, release).ok_or_else(|| LedgerError::Sealed {
            path: self.path.clone(),
            line: line.n,
            key_id: release.key_id.clone(),
        })
    }

    /// Adds a release in memory, its sizes sealed. Gives the hash of its line:
    /// of an earlier one where it says the same, since the same release again
    /// discloses nothing more.
    pub fn add(&mut self, mut release: Release, sizes: &Sizes, key: &Key) -> String {
        release.key_id = key.id().to_string();
        release.sealed = seal::close(key, &self.family, &release, sizes);
        let known = self
            .releases()
            .find(|(_, earlier)| **earlier == release)
            .map(|(line, _)| line.hash.clone());
        known.unwrap_or_else(|| self.push(Body::Release(Box::new(release))))
    }

    fn push(&mut self, body: Body) -> String {
        let n = self.lines.len() as u64 + 1;
        let line = Line::after(&self.head(), n, body);
        let hash = line.hash.clone();
        self.lines.push(line);
        hash
    }

    /// Writes what was added and makes it durable. A release may be given its
    /// name after this, and not before.
    ///
    /// # Errors
    /// Where the file has changed since it was read, or the system refuses.
    pub fn write(&mut self) -> Result<(), LedgerError> {
        let new = self.lines.get(self.written..).unwrap_or_default();
        if new.is_empty() || matches!(new, [only] if matches!(only.body, Body::Begin(_))) {
            return Ok(());
        }
        let path = self.path.clone();
        let io = |error| LedgerError::Io {
            path: path.clone(),
            error,
        };
        let mut bytes = Vec::new();
        for line in new {
            serde_json::to_writer(&mut bytes, line).map_err(|error| io(error.into()))?;
            bytes.push(b'\n');
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&path).map_err(io)?;
        file.lock().map_err(io)?;
        let mut text = String::new();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| (&file).take(MAX).read_to_string(&mut text))
            .map_err(io)?;
        let now = Self::parse(&path, &text)?;
        let same = now.lines.len() == self.written
            && now.lines.last().map(|line| &line.hash)
                == self
                    .written
                    .checked_sub(1)
                    .and_then(|at| self.lines.get(at))
                    .map(|line| &line.hash);
        if !same {
            return Err(LedgerError::Changed { path });
        }
        if now.torn {
            file.set_len(now.whole).map_err(io)?;
        }
        file.write_all(&bytes)
            .and_then(|()| file.sync_all())
            .map_err(io)?;
        #[cfg(unix)]
        if self.written == 0 {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(io)?;
        }
        self.whole = now.whole + bytes.len() as u64;
        self.torn = false;
        self.written = self.lines.len();
        Ok(())
    }

    /// Takes back the releases added since `before` lines: they have not
    /// appeared. What was written stays and is said to be withdrawn.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn withdraw(&mut self, before: usize) -> Result<(), LedgerError> {
        let lines: Vec<String> = self
            .lines
            .iter()
            .skip(before)
            .filter(|line| matches!(line.body, Body::Release(_)))
            .map(|line| line.hash.clone())
            .collect();
        if lines.is_empty() || self.written <= before {
            return Ok(());
        }
        self.push(Body::Withdrawn { lines });
        self.write()
    }
}
