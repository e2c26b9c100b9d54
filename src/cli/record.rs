//! What commands keep on record: files of approvals, hashes of inputs, lines of the
//! custody log.

use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::out::{Failure, shown};
use crate::approve::log;
use crate::key::approval::{Approval, Input};
use crate::key::identity::hex;
use crate::verify::approval as standing;

/// Where the approvals of a policy or a release lie.
pub(super) fn approvals_of(target: &Path) -> PathBuf {
    if target.is_dir() {
        standing::beside(target)
    } else {
        target.with_extension("approvals.json")
    }
}

/// Reads a file of approvals, if it is there.
///
/// # Errors
/// Where it has been changed.
pub(super) fn read_approvals(path: &Path) -> Result<Option<Vec<Approval>>, Failure> {
    standing::read_file(path).map_err(|why| {
        Failure::coded(
            5,
            format!("{}: {why}", shown(path)),
            "an approval that was changed is none",
            "take the file out of the way, and have everything approved again",
        )
    })
}

/// Writes a file that only its owner may read, in the place of another.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    write_private(&new, bytes)?;
    std::fs::rename(&new, path).map_err(|error| write_failure(path, &error))
}

/// Writes a new file that only its owner may read.
///
/// # Errors
/// Where something is there, or the system refuses.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    crate::release::create_private_file(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|error| write_failure(path, &error))
}

pub(super) fn write_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(
        format!("{}: {error}", shown(path)),
        "nothing was recorded",
        "check the folder, and that no file of this name is in the way",
    )
}

/// SHA-256 and length of files as they lie on disk.
///
/// # Errors
/// Where one cannot be read.
pub(super) fn hashed(files: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    files
        .iter()
        .map(|path| {
            let read = || -> std::io::Result<Input> {
                let mut hash = Sha256::new();
                let mut file = std::fs::File::open(path)?;
                let mut buffer = vec![0; 1 << 18];
                let mut bytes = 0;
                loop {
                    let n = std::io::Read::read(&mut file, &mut buffer)?;
                    if n == 0 {
                        break;
                    }
                    hash.update(buffer.get(..n).unwrap_or_default());
                    bytes += n as u64;
                }
                Ok(Input {
                    sha256: hex(hash.finalize().as_slice()),
                    bytes,
                })
            };
            read().map_err(|error| {
                Failure::failed(
                    format!("{}: {error}", shown(path)),
                    "an approval for an input names its hash",
                    "check the path, and that this user may read the file",
                )
            })
        })
        .collect()
}

/// Who uses this computer, for the custody log.
pub(super) fn user() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| "unknown".to_owned());
    crate::policy::error::clean_line(&name)
}

/// Appends to the custody log near `place`; where there is none, makes one
/// beside it if `make`. Gives the log that was written.
///
/// # Errors
/// Where the log is broken or cannot be written.
pub(super) fn append_log(
    place: &Path,
    make: bool,
    what: &str,
    about: &[(&str, String)],
) -> Result<Option<PathBuf>, Failure> {
    let path = match log::nearest(place) {
        Some(path) => path,
        None if make => {
            let whole = std::path::absolute(place).unwrap_or_else(|_| place.to_owned());
            whole.with_file_name(log::FILE_NAME)
        }
        None => return Ok(None),
    };
    log::append(&path, &user(), what, about).map_err(|error| log_failure(&error))?;
    Ok(Some(path))
}

/// A broken log in parts.
pub(super) fn log_failure(error: &log::LogError) -> Failure {
    Failure::failed(
        format!("the custody log: {error}"),
        "what was done with the data must be on record, and the record must hold together",
        "compare it with a copy: `offrecord log verify`; begin a new one only when it is known what happened",
    )
}
