//! The key as a file: strict to read, never overwritten, wiped behind.
//!
//! One line, `offrecord-key-1:` and 64 lower-case hexadecimal digits, with or
//! without one line feed. What is read goes into one buffer that is wiped; it
//! may not pass through a buffered reader, a `String` or an error.
//!
//! A symbolic link is followed: secrets are often handed over as links, and
//! what is judged is the file that was opened, never the name. The mode is
//! read from the open file, so nobody can swap it in between.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::Form;
use super::{KEY_BYTES, Key, KeyError};

/// What a key file begins with.
const START: &[u8] = b"offrecord-key-1:";

/// What every version begins with.
const ANY_VERSION: &[u8] = b"offrecord-key-";

/// Length of the line without its end.
const LINE: usize = START.len() + 2 * KEY_BYTES;

/// Whether this system's key files have permission bits that are checked.
/// Where not, whoever can open the folder may be able to read the key, and the
/// caller should say so.
pub const MODES_CHECKED: bool = cfg!(unix);

impl Key {
    /// Reads a key file. On Unix its mode must be 0600 or 0400.
    ///
    /// # Errors
    /// [`KeyError::Read`], [`KeyError::NotAFile`] (a pipe is refused without
    /// waiting for its writer), [`KeyError::Mode`], [`KeyError::Form`],
    /// [`KeyError::Weak`].
    pub fn read_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::Read {
            path: path.to_owned(),
            source,
        };
        let file = open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(KeyError::NotAFile {
                path: path.to_owned(),
            });
        }
        check_mode(path, &about)?;
        parse(&file, path)
    }

    /// Reads a key from anything, to its end or one byte too many. The reader
    /// should be unbuffered: what it keeps is not wiped.
    ///
    /// # Errors
    /// [`KeyError::Read`], [`KeyError::Form`], [`KeyError::Weak`].
    pub fn read_from(reader: impl Read) -> Result<Self, KeyError> {
        parse(reader, Path::new("key"))
    }

    /// Reads a key from stdin, past the standard library's buffer, which
    /// nobody wipes.
    ///
    /// # Errors
    /// As [`read_fd`](Self::read_fd).
    pub fn read_stdin() -> Result<Self, KeyError> {
        let path = Path::new("stdin");
        let failed = |source| KeyError::Read {
            path: path.to_owned(),
            source,
        };
        read_handed_over(&stdin_file().map_err(failed)?, path)
    }

    /// Reads a key from a descriptor that the caller's shell opened, such as
    /// `--key-fd 3 3< <(age -d key.age)`. A regular file handed over in this
    /// way must have the mode of a key file.
    ///
    /// # Errors
    /// As [`read_file`](Self::read_file), but any kind of file is taken;
    /// [`KeyError::NoDescriptors`] where the system has none.
    pub fn read_fd(fd: u32) -> Result<Self, KeyError> {
        if fd == 0 {
            return Self::read_stdin();
        }
        if !cfg!(unix) {
            return Err(KeyError::NoDescriptors { fd });
        }
        // Opening /dev/fd/N needs no unsafe code; Linux without /dev/fd has
        // /proc. On Linux it opens the file anew, from its first byte.
        let mut path = PathBuf::from(format!("/dev/fd/{fd}"));
        let mut opened = open(&path);
        if cfg!(target_os = "linux") && opened.is_err() {
            path = PathBuf::from(format!("/proc/self/fd/{fd}"));
            opened = open(&path);
        }
        let file = opened.and_then(waiting).map_err(|source| KeyError::Read {
            path: path.clone(),
            source,
        })?;
        read_handed_over(&file, &path)
    }

    /// Writes a new key file with mode 0600, whatever the umask, and sees to it
    /// that file and folder are on disk. An existing file, or a link of that
    /// name, is never touched.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::Write`]; after an error no part of
    /// the key is left.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let failed = |source: io::Error| KeyError::Write {
            path: path.to_owned(),
            source,
        };
        let mut text = Zeroizing::new([0u8; LINE + 1]);
        self.spell(&mut text);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = match options.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(KeyError::Exists {
                    path: path.to_owned(),
                });
            }
            Err(error) => return Err(failed(error)),
        };
        let written = own_alone(&file)
            .and_then(|()| file.write_all(text.as_slice()))
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(path));
        written.map_err(|error| {
            // Ours alone: it did not exist before. Half a key helps nobody.
            drop(std::fs::remove_file(path));
            failed(error)
        })
    }

    /// The line of the key file, with its line feed.
    fn spell(&self, text: &mut [u8; LINE + 1]) {
        let (start, rest) = text.split_at_mut(START.len());
        start.copy_from_slice(START);
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (pair, byte) in rest.chunks_exact_mut(2).zip(self.0.iter()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text[LINE] = b'\n';
    }
}

/// Reads to the end, at most one byte more than a key has.
fn parse(mut reader: impl Read, path: &Path) -> Result<Key, KeyError> {
    let mut buffer = Zeroizing::new([0u8; LINE + 2]);
    let mut read = 0;
    while let Some(rest @ [_, ..]) = buffer.get_mut(read..) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(KeyError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        }
    }
    key_of(buffer.get(..read).unwrap_or_default())
}

/// The key that a text spells.
fn key_of(text: &[u8]) -> Result<Key, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Form(Form::Empty));
    }
    let Some(digits) = text.strip_prefix(START) else {
        let other = text.starts_with(ANY_VERSION) && text.len() > ANY_VERSION.len();
        return Err(KeyError::Form(if other {
            Form::Version
        } else {
            Form::Start
        }));
    };
    let digits = digits.strip_suffix(b"\n").unwrap_or(digits);
    if digits.len() > 2 * KEY_BYTES {
        return Err(KeyError::Form(Form::Long));
    }
    if digits.len() < 2 * KEY_BYTES {
        return Err(KeyError::Form(Form::Short));
    }
    let mut key = Key::blank();
    for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [0, 1].map(|i| pair.get(i).and_then(|digit| nibble(*digit)));
        match (high, low) {
            (Some(high), Some(low)) => *byte = high << 4 | low,
            _ => return Err(KeyError::Form(Form::Digit)),
        }
    }
    key.not_weak()
}

/// A lower-case hexadecimal digit.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Reads what a shell or a parent handed over: any kind of file, but a regular
/// one must have the mode of a key file.
fn read_handed_over(file: &File, path: &Path) -> Result<Key, KeyError> {
    let about = file.metadata().map_err(|source| KeyError::Read {
        path: path.to_owned(),
        source,
    })?;
    if about.is_file() {
        check_mode(path, &about)?;
    }
    parse(file, path)
}

/// Opens without waiting for the writer of a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    options.open(path)
}

/// From here on a read waits for the writer, as a pipe that was handed over
/// must.
#[cfg(unix)]
fn waiting(file: File) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let flags = fcntl_getfl(&file)?;
    fcntl_setfl(&file, flags.difference(OFlags::NONBLOCK))?;
    Ok(file)
}

#[cfg(not(unix))]
fn waiting(file: File) -> io::Result<File> {
    Ok(file)
}

/// Stdin without the standard library's buffer.
fn stdin_file() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
    }
    #[cfg(not(any(unix, windows)))]
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Refuses every mode but 0600 and 0400.
#[cfg(unix)]
fn check_mode(path: &Path, about: &std::fs::Metadata) -> Result<(), KeyError> {
    let mode = std::os::unix::fs::MetadataExt::mode(about) & 0o7777;
    if matches!(mode, 0o600 | 0o400) {
        return Ok(());
    }
    Err(KeyError::Mode {
        path: path.to_owned(),
        mode,
    })
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &std::fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}

/// Mode 0600 even where the umask took more away.
#[cfg(unix)]
fn own_alone(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn own_alone(_: &File) -> io::Result<()> {
    Ok(())
}

/// Sees to it that the name is on disk too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network disks cannot sync a folder; the file itself is safe.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
