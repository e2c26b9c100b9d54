//! The folder: what lies in it, under which names, with which permissions, and
//! the SHA-256 of each file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// What a release may hold under a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Manifest,
    /// A file of the extract: its number, 0 for the only one.
    Extract(u32),
    /// A table, by its place in the manifest.
    Table(usize),
    Dictionary,
    Package,
    Readme,
    Report,
    /// No name of a release.
    Other,
}

/// One entry of the folder.
#[derive(Debug)]
pub(super) struct Entry {
    /// Path relative to the folder, `/` between components; lossy where the
    /// system's name is not Unicode.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) what: What,
    pub(super) size: u64,
    /// Open to group or others.
    pub(super) exposed: bool,
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    File,
    Folder,
    Link,
    Strange,
}

/// Entries that are listed at most; a release has a few hundred at most.
const MAX_ENTRIES: usize = 100_000;

/// Lists a folder and all below it, sorted by name, without following links.
pub(super) fn list(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut open = vec![(dir.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            let meta = fs::symlink_metadata(&path)?;
            let part = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{prefix}{part}");
            let kind = meta.file_type();
            let what = if kind.is_symlink() {
                What::Link
            } else if kind.is_dir() {
                What::Folder
            } else if kind.is_file() {
                What::File
            } else {
                What::Strange
            };
            if what == What::Folder && depth < 8 {
                open.push((path.clone(), format!("{name}/"), depth + 1));
            }
            entries.push(Entry {
                exposed: exposed(&meta, what),
                size: meta.len(),
                name,
                path,
                what,
            });
            if entries.len() > MAX_ENTRIES {
                return Err(io::Error::other(
                    "the folder holds more files than any release",
                ));
            }
        }
    }
    let marked = marked(&entries);
    if marked {
        for entry in entries
            .iter_mut()
            .filter(|entry| entry.what != What::Folder)
        {
            entry.name = without_mark(&entry.name);
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// What stands before every file's name in a release that nobody approved.
pub(super) const MARK: &str = "UNAPPROVED-";

/// Whether the folder's files bear the mark.
pub(super) fn is_marked(dir: &Path) -> bool {
    dir.join(format!("{MARK}manifest.json")).is_file() && !dir.join("manifest.json").exists()
}

fn marked(entries: &[Entry]) -> bool {
    let there = |name: &str| entries.iter().any(|entry| entry.name == name);
    there("UNAPPROVED-manifest.json") && !there("manifest.json")
}

/// The name that the manifest knows; a file without the mark among marked ones
/// gets a name that no release has.
fn without_mark(name: &str) -> String {
    let (folder, file) = match name.rsplit_once('/') {
        Some((folder, file)) => (format!("{folder}/"), file),
        None => (String::new(), name),
    };
    match file.strip_prefix(MARK) {
        Some(file) => format!("{folder}{file}"),
        None => format!("not-marked/{name}"),
    }
}

/// Whether group or others may read, write or enter.
#[cfg(unix)]
pub(super) fn exposed(meta: &fs::Metadata, what: What) -> bool {
    use std::os::unix::fs::PermissionsExt;
    matches!(what, What::File | What::Folder) && meta.permissions().mode() & 0o077 != 0
}

/// Not known on this platform.
#[cfg(not(unix))]
pub(super) fn exposed(_meta: &fs::Metadata, _what: What) -> bool {
    false
}

/// Opens a file that was seen to be a plain one; a link put in its place since
/// is refused where the system allows.
pub(super) fn open(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        fs::OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
    }
    #[cfg(not(unix))]
    {
        File::open(path)
    }
}

/// SHA-256 of a file, read by chunk.
pub(super) fn sha256(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 256 << 10];
    loop {
        let got = file.read(&mut buffer)?;
        if got == 0 {
            break;
        }
        hasher.update(buffer.get(..got).unwrap_or(&[]));
    }
    Ok(hasher.finalize().into())
}

/// `extract.csv`, `extract-0001.csv`, …: the number, 0 for the only one.
pub(super) fn extract_number(name: &str, jsonl: bool) -> Option<u32> {
    let stem = name.strip_suffix(if jsonl { ".jsonl" } else { ".csv" })?;
    match stem.strip_prefix("extract")? {
        "" => Some(0),
        rest => {
            let digits = rest.strip_prefix('-')?;
            let number: u32 = digits.parse().ok()?;
            (number > 0 && digits == format!("{number:04}")).then_some(number)
        }
    }
}
