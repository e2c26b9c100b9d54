//! The custody log: who ran, approved, bundled or looked up what, and when.
//!
//! One JSON object a line, each with the hash of the line before it, so that a
//! line cannot be changed, taken out or put in without every later one showing
//! it. Its head goes into approvals and into the private record of runs, so
//! that the whole cannot be written anew. It is private, is only ever appended
//! to, and holds names of people who did something and hashes of files; never
//! a value of any record.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::key::identity::hex;

/// What the log is called where it is looked for.
pub const FILE_NAME: &str = "custody-log.jsonl";
/// Largest log that is read, in bytes.
const MAX: u64 = 256 << 20;
/// What stands before the first line.
const FIRST: &str = "offrecord/1/custody-log";

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From 1.
    pub n: u64,
    /// When, in UTC.
    pub at: String,
    /// The user of the computer, or the name given.
    pub who: String,
    /// `run`, `approve`, `bundle`, `reidentify`, `note`.
    pub what: String,
    /// What about: pairs of a word and a text, without values of records.
    pub about: Vec<(String, String)>,
    /// Hash of the line before.
    pub previous: String,
    /// Hash of this line.
    pub hash: String,
}

impl Line {
    fn computed(&self) -> String {
        let mut open = self.clone();
        open.hash = String::new();
        let text = serde_json::to_vec(&open).unwrap_or_default();
        hex(Sha256::digest(text).as_slice())
    }
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system refused.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The log.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A line is not what was written.
    #[error("line {line}: {reason}")]
    Broken {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// A log that holds together.
#[derive(Debug, Default)]
pub struct Chain {
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Chain {
    /// Hash of the last line; of nothing where there is none.
    #[must_use]
    pub fn head(&self) -> String {
        self.lines
            .last()
            .map_or_else(first, |line| line.hash.clone())
    }

    /// Every head that the log has had.
    #[must_use]
    pub fn heads(&self) -> BTreeSet<&str> {
        self.lines.iter().map(|line| line.hash.as_str()).collect()
    }
}

fn first() -> String {
    hex(Sha256::digest(FIRST).as_slice())
}

/// The log that holds for something at `place`: in its folder, or the nearest above.
#[must_use]
pub fn nearest(place: &Path) -> Option<PathBuf> {
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::canonicalize(folder)
        .ok()?
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| path.is_file())
}

/// Reads a log and checks its chain.
///
/// # Errors
/// Where it cannot be read, or a line does not follow from the one before.
pub fn verify(path: &Path) -> Result<Chain, LogError> {
    let io = |error| LogError::Io {
        path: path.to_owned(),
        error,
    };
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX).read_to_string(&mut text))
        .map_err(io)?;
    chain(&text)
}

fn chain(text: &str) -> Result<Chain, LogError> {
    let mut chain = Chain::default();
    let whole = text.is_empty() || text.ends_with('\n');
    let count = text.lines().count() as u64;
    for (n, written) in (1..).zip(text.lines()) {
        let broken = |reason| LogError::Broken { line: n, reason };
        let line: Line =
            serde_json::from_str(written).map_err(|_| broken("it is not a line of a log"))?;
        if serde_json::to_string(&line).ok().as_deref() != Some(written) {
            return Err(broken("it has been changed since it was written"));
        }
        if line.n != n {
            return Err(broken(
                "its number does not follow: lines are missing or moved",
            ));
        }
        if line.previous != chain.head() {
            return Err(broken(
                "it does not follow from the line before: one was changed or taken out",
            ));
        }
        if line.hash != line.computed() {
            return Err(broken("it has been changed since it was written"));
        }
        if n == count && !whole {
            return Err(broken("it was not written to its end"));
        }
        chain.lines.push(line);
    }
    Ok(chain)
}

/// Appends a line, and makes it durable. A log that is not there is made.
/// Gives the new head. Two programs that append at once wait for each other.
///
/// # Errors
/// Where the log is broken already, or cannot be written.
pub fn append(
    path: &Path,
    who: &str,
    what: &str,
    about: &[(&str, String)],
) -> Result<String, LogError> {
    let io = |error| LogError::Io {
        path: path.to_owned(),
        error,
    };
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(io)?;
    file.lock().map_err(io)?;
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| (&file).take(MAX).read_to_string(&mut text))
        .map_err(io)?;
    let known = chain(&text)?;
    let mut line = Line {
        n: known.lines.len() as u64 + 1,
        at: jiff::Timestamp::now().to_string(),
        who: who.to_owned(),
        what: what.to_owned(),
        about: about
            .iter()
            .map(|(word, text)| ((*word).to_owned(), text.clone()))
            .collect(),
        previous: known.head(),
        hash: String::new(),
    };
    line.hash = line.computed();
    let mut written = serde_json::to_vec(&line).map_err(|error| io(error.into()))?;
    written.push(b'\n');
    file.write_all(&written)
        .and_then(|()| file.sync_all())
        .map_err(io)?;
    Ok(line.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        for n in 0..4 {
            append(
                &path,
                "anna",
                "note",
                &[("text", format!("number {n}, 例"))],
            )
            .unwrap();
        }
        (folder, path)
    }

    #[test]
    fn lines_follow_from_each_other_and_the_head_is_the_last() {
        let (_folder, path) = log();
        let chain = verify(&path).unwrap();
        assert_eq!(chain.lines.len(), 4);
        let head = append(&path, "anna", "run", &[]).unwrap();
        assert_eq!(verify(&path).unwrap().head(), head);
        assert!(
            verify(&path)
                .unwrap()
                .heads()
                .contains(chain.head().as_str())
        );
    }

    #[test]
    fn every_changed_byte_and_every_lost_or_moved_line_is_seen() {
        let (_folder, path) = log();
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(
                std::str::from_utf8(&broken).map_or(true, |text| chain(text).is_err()),
                "{at}"
            );
        }
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for gone in 0..3 {
            let mut less = lines.clone();
            less.remove(gone);
            assert!(chain(&(less.join("\n") + "\n")).is_err());
            let mut moved = lines.clone();
            moved.swap(gone, gone + 1);
            assert!(chain(&(moved.join("\n") + "\n")).is_err());
        }
    }

    #[test]
    fn a_broken_log_is_not_written_on() {
        let (_folder, path) = log();
        let text = std::fs::read_to_string(&path)
            .unwrap()
            .replace("anna", "ann");
        std::fs::write(&path, &text).unwrap();
        assert!(append(&path, "anna", "note", &[]).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = log();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
