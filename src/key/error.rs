//! What can go wrong with a key: what, why it matters, what to do next.
//!
//! An error may name a path and what the operating system said. It may never
//! hold a byte of what was read.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no key. `Display` says what, why and what to do in one
/// paragraph; [`why`](Self::why) and [`help`](Self::help) give the parts.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The operating system's random source failed.
    #[error("the operating system gave no random bytes ({0}). {why} {help}", why = self.why(), help = self.help())]
    Random(getrandom::Error),
    /// The key cannot be opened or read.
    #[error("{at}: the key cannot be read ({source}). {why} {help}", at = shown(path), why = self.why(), help = self.help())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key file cannot be written.
    #[error("{at}: the key cannot be written ({source}). {why} {help}", at = shown(path), why = self.why(), help = self.help())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of that name exists.
    #[error("{at}: exists already. {why} {help}", at = shown(path), why = self.why(), help = self.help())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a pipe or a device where a key file is wanted.
    #[error("{at}: not a regular file. {why} {help}", at = shown(path), why = self.why(), help = self.help())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else may read or write the file.
    #[error("{at}: the mode of the key file is {mode:04o}, not 0600 or 0400. {why} {help}", at = shown(path), why = self.why(), help = self.help())]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not the format of a key.
    #[error("this is not an offrecord key: {0}. {why} {help}", why = self.why(), help = self.help())]
    Form(Form),
    /// The key cannot be random.
    #[error("the key has fewer than {least} different bytes, so it cannot be random. {why} {help}", least = super::MIN_DISTINCT_BYTES, why = self.why(), help = self.help())]
    Weak,
    /// Keys cannot be read from a descriptor on this system.
    #[error("this system cannot read a key from descriptor {fd}. {why} {help}", why = self.why(), help = self.help())]
    NoDescriptors {
        /// The number given.
        fd: u32,
    },
}

/// How the text of a key is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Form {
    /// Nothing was there.
    #[error("it is empty")]
    Empty,
    /// It does not begin with the format's name.
    #[error("it does not begin with `offrecord-key-1:`")]
    Start,
    /// It begins like a key of a later format.
    #[error("its format is not version 1; this offrecord is older than the key")]
    Version,
    /// Not 64 digits.
    #[error("after `offrecord-key-1:` there must be 64 digits, and there are fewer")]
    Short,
    /// Something follows.
    #[error("after the 64 digits there must be nothing but one line feed")]
    Long,
    /// Not lower-case hexadecimal.
    #[error("the digits must be 0–9 and a–f, in small letters")]
    Digit,
}

impl KeyError {
    /// Why it matters.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self {
            Self::Random(_) => "A key made without them could be guessed.",
            Self::Read { .. } | Self::NoDescriptors { .. } => {
                "Codes, order and fingerprints are computed with the key; nothing runs without it."
            }
            Self::Write { .. } => "A key that is not safely on disk would be lost with its codes.",
            Self::Exists { .. } => {
                "If it is a key, replacing it would make every code that it made unrepeatable."
            }
            Self::NotAFile { .. } => {
                "Its permissions cannot be judged, and opening a pipe may wait for ever."
            }
            Self::Mode { .. } => {
                "Whoever can read the key can turn every code back into a person by trying all numbers; whoever can write it can choose it."
            }
            Self::Form(_) => "A key that was cut, padded or re-typed would give other codes.",
            Self::Weak => {
                "A key that can be guessed protects nobody: every code could be reversed."
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Random(_) => {
                "Try again when the system has started fully, or on another machine."
            }
            Self::Read { .. } => {
                "Check the path and that this user may read it; `offrecord key new FILE` makes a new key."
            }
            Self::Write { .. } => {
                "Choose a folder that exists, where this user may write, on a disk with room."
            }
            Self::Exists { .. } => "Choose another name, or use the key that is there.",
            Self::NotAFile { .. } => {
                "Give a regular file, or hand the key over by --key-fd N or on stdin (--key -)."
            }
            Self::Mode { .. } => {
                "Run `chmod 600` on it, and if others could read it, treat it as known: make a new key. On a disk without permissions (FAT, a Windows drive) use --key-fd N or stdin."
            }
            Self::Form(_) => {
                "Restore it from the copy, or make one by `offrecord key new FILE`; never edit a key."
            }
            Self::Weak => "Make one by `offrecord key new FILE`; never write a key by hand.",
            Self::NoDescriptors { .. } => {
                "Use --key FILE, or hand the key over on stdin (--key -)."
            }
        }
    }
}

/// A path for a message: characters that could command a terminal or turn the
/// text around are written as escapes.
fn shown(path: &Path) -> String {
    let mut out = String::new();
    for c in path.to_string_lossy().chars() {
        let commands = c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if commands {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
