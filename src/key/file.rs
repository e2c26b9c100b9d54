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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An invented key: the one of the examples.
    const LINE_OF_TEST_KEY: &str =
        "offrecord-key-1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn read(text: impl AsRef<[u8]>) -> Result<String, KeyError> {
        Key::read_from(text.as_ref()).map(|key| key.id().to_string())
    }

    fn form(text: impl AsRef<[u8]>) -> Option<Form> {
        match read(text) {
            Err(KeyError::Form(form)) => Some(form),
            _ => None,
        }
    }

    #[test]
    fn a_key_ends_with_one_line_feed_or_none() {
        let id = "d03ece4d938f3559";
        assert_eq!(read(LINE_OF_TEST_KEY).unwrap(), id);
        assert_eq!(read(format!("{LINE_OF_TEST_KEY}\n")).unwrap(), id);
        for end in ["\r\n", "\n\n", " ", " \n", "\r", "\0", "0", "\n#"] {
            let text = format!("{LINE_OF_TEST_KEY}{end}");
            assert_eq!(form(text), Some(Form::Long), "{end:?}");
        }
    }

    #[test]
    fn anything_but_the_format_is_refused_with_the_reason() {
        let digits = LINE_OF_TEST_KEY.strip_prefix("offrecord-key-1:").unwrap();
        let fewer = digits.strip_prefix('0').unwrap();
        let two_fewer = fewer.strip_prefix('0').unwrap();
        for (text, expected) in [
            (String::new(), Form::Empty),
            ("\n".into(), Form::Start),
            (digits.into(), Form::Start),
            (format!(" {LINE_OF_TEST_KEY}"), Form::Start),
            (format!("\u{feff}{LINE_OF_TEST_KEY}"), Form::Start),
            (LINE_OF_TEST_KEY.to_uppercase(), Form::Start),
            ("offrecord-key-".into(), Form::Start),
            (format!("offrecord-key-2:{digits}"), Form::Version),
            (format!("offrecord-key-10:{digits}"), Form::Version),
            ("offrecord-key-1:".into(), Form::Short),
            (format!("offrecord-key-1:{}", fewer), Form::Short),
            (format!("offrecord-key-1:{}\n", fewer), Form::Short),
            (
                format!("offrecord-key-1:{}", digits.to_uppercase()),
                Form::Digit,
            ),
            (format!("offrecord-key-1: {}", fewer), Form::Digit),
            (format!("offrecord-key-1:{}g", fewer), Form::Digit),
            (format!("offrecord-key-1:{}\n0", two_fewer), Form::Digit),
        ] {
            assert_eq!(form(&text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn a_key_with_fewer_than_16_different_bytes_is_refused() {
        let key = |different: usize| {
            let bytes = (0..32).map(|i| format!("{:02x}", i % different));
            format!("offrecord-key-1:{}", bytes.collect::<String>())
        };
        assert!(matches!(read(key(1)), Err(KeyError::Weak)));
        assert!(matches!(read(key(15)), Err(KeyError::Weak)));
        assert!(read(key(16)).is_ok());
    }

    proptest! {
        #[test]
        fn only_the_format_is_read(
            text in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..100),
                "offrecord-key-1:[0-9a-f]{62,66}\n?".prop_map(String::into_bytes),
                "offrecord-key-[0-9]:[0-9a-fA-F\r\n]{64}".prop_map(String::into_bytes),
            ],
        ) {
            let line = text.strip_suffix(b"\n").unwrap_or(&text);
            let fits = line.len() == LINE
                && line.starts_with(START)
                && line[START.len()..].iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            match read(&text) {
                Ok(_) => prop_assert!(fits),
                Err(KeyError::Weak) => prop_assert!(fits),
                Err(_) => prop_assert!(!fits),
            }
        }

        #[test]
        fn an_error_holds_nothing_of_what_was_read(
            start in prop_oneof![Just("offrecord-key-1:"), Just("offrecord-key-7:"), Just("")],
            rest in "(QZXJ|zqxj|4242){1,40}",
        ) {
            if let Err(error) = read(format!("{start}{rest}")) {
                let shown = format!("{error} {error:?} {} {}", error.why(), error.help());
                for canary in ["QZXJ", "zqxj", "4242"] {
                    prop_assert!(!shown.contains(canary), "{}", shown);
                }
            }
        }
    }

    /// Gives a byte at a time, with interruptions, and fails where told to.
    struct Slow<'a>(&'a [u8], bool, Option<usize>);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if self.2 == Some(self.0.len()) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn a_key_may_come_in_pieces_and_an_error_on_the_way_is_told() {
        let line = LINE_OF_TEST_KEY.as_bytes();
        assert!(Key::read_from(Slow(line, false, None)).is_ok());
        let failed = Key::read_from(Slow(line, false, Some(7))).err();
        assert!(matches!(failed, Some(KeyError::Read { .. })));
    }

    #[test]
    fn an_endless_reader_is_not_read_to_its_end() {
        assert!(matches!(
            Key::read_from(io::repeat(b'a')).err(),
            Some(KeyError::Form(Form::Start))
        ));
    }

    #[test]
    fn every_error_says_what_why_and_what_to_do_next() {
        let path = PathBuf::from("a\u{1b}[2Jb\u{202e}c.key");
        let errors = [
            KeyError::Random(getrandom::Error::UNSUPPORTED),
            KeyError::Read {
                path: path.clone(),
                source: io::ErrorKind::NotFound.into(),
            },
            KeyError::Write {
                path: path.clone(),
                source: io::ErrorKind::StorageFull.into(),
            },
            KeyError::Exists { path: path.clone() },
            KeyError::NotAFile { path: path.clone() },
            KeyError::Mode { path, mode: 0o644 },
            KeyError::Form(Form::Short),
            KeyError::Weak,
            KeyError::NoDescriptors { fd: 3 },
        ];
        for error in errors {
            let shown = error.to_string();
            assert!(shown.contains(error.why()) && shown.ends_with(error.help()));
            assert!(error.why().ends_with('.') && error.help().ends_with('.'));
            // A path cannot command the terminal.
            assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        }
    }

    #[cfg(unix)]
    mod unix {
        use std::fs;
        use std::os::fd::AsRawFd;
        use std::os::unix::fs::{PermissionsExt, symlink};
        use std::process::{Command, Stdio};

        use super::*;

        fn folder() -> tempfile::TempDir {
            tempfile::tempdir().unwrap()
        }

        fn file(path: &Path, text: &str, mode: u32) {
            fs::write(path, text).unwrap();
            fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn a_written_key_is_read_back() {
            let folder = folder();
            let path = folder.path().join("new.key");
            let key = Key::generate().unwrap_or_else(|e| panic!("{e}"));
            key.write_new(&path).unwrap();
            assert_eq!(mode(&path), 0o600);
            assert_eq!(fs::read(&path).unwrap().len(), 81);
            let back = Key::read_file(&path).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(back.id(), key.id());
        }

        #[test]
        fn the_test_key_is_written_to_the_letter() {
            let folder = folder();
            let path = folder.path().join("new.key");
            Key::test_key().write_new(&path).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(text, format!("{LINE_OF_TEST_KEY}\n"));
        }

        #[test]
        fn only_modes_0600_and_0400_are_read() {
            let folder = folder();
            let path = folder.path().join("a.key");
            for mode in (0..=0o777).chain([0o4600, 0o2600, 0o1600, 0o1400]) {
                file(&path, LINE_OF_TEST_KEY, mode);
                let read = Key::read_file(&path);
                match read {
                    Ok(_) => assert!(matches!(mode, 0o600 | 0o400), "{mode:o}"),
                    Err(KeyError::Mode { mode: seen, .. }) => {
                        assert_eq!(seen, mode);
                        assert!(!matches!(mode, 0o600 | 0o400), "{mode:o}");
                    }
                    // Without the right to read, nobody but root gets that far.
                    Err(KeyError::Read { .. }) => assert_eq!(mode & 0o400, 0, "{mode:o}"),
                    Err(other) => panic!("{mode:o}: {other}"),
                }
                fs::remove_file(&path).unwrap();
            }
        }

        #[test]
        fn a_link_is_followed_and_the_file_behind_it_is_judged() {
            let folder = folder();
            let (good, wide) = (folder.path().join("good"), folder.path().join("wide"));
            file(&good, LINE_OF_TEST_KEY, 0o400);
            file(&wide, LINE_OF_TEST_KEY, 0o640);
            let link = |to: &Path| {
                let from = folder.path().join("link");
                drop(fs::remove_file(&from));
                symlink(to, &from).unwrap();
                Key::read_file(&from).err()
            };
            assert!(link(&good).is_none());
            assert!(matches!(
                link(&wide),
                Some(KeyError::Mode { mode: 0o640, .. })
            ));
            assert!(matches!(
                link(&folder.path().join("nowhere")),
                Some(KeyError::Read { .. })
            ));
        }

        #[test]
        fn folders_pipes_and_devices_are_refused_without_waiting() {
            let folder = folder();
            let pipe = folder.path().join("pipe");
            let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success());
            for path in [folder.path(), &pipe, Path::new("/dev/null")] {
                let error = Key::read_file(path).err();
                assert!(matches!(error, Some(KeyError::NotAFile { .. })), "{path:?}");
                let shown = error.map(|error| error.to_string()).unwrap_or_default();
                assert!(shown.contains("--key-fd"), "{shown}");
            }
        }

        #[test]
        fn an_existing_file_or_link_is_never_touched() {
            let folder = folder();
            let path = folder.path().join("there");
            file(&path, "something else", 0o644);
            let dangling = folder.path().join("dangling");
            let target = folder.path().join("target");
            symlink(&target, &dangling).unwrap();
            for path in [&path, &dangling] {
                let error = Key::test_key().write_new(path).err();
                assert!(matches!(error, Some(KeyError::Exists { .. })));
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), "something else");
            assert_eq!(mode(&path), 0o644);
            assert!(!target.exists());
        }

        #[test]
        fn a_folder_that_is_not_there_is_told() {
            let folder = folder();
            let path = folder.path().join("no/such/a.key");
            let error = Key::test_key().write_new(&path).err();
            assert!(matches!(error, Some(KeyError::Write { .. })));
        }

        #[test]
        fn a_pipe_that_was_handed_over_is_read_by_its_descriptor() {
            let (reader, mut writer) = io::pipe().unwrap();
            // Written later than the reading begins.
            let later = std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(50));
                writeln!(writer, "{LINE_OF_TEST_KEY}").unwrap();
            });
            let fd = u32::try_from(reader.as_raw_fd()).unwrap();
            let key = Key::read_fd(fd).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(key.id(), Key::test_key().id());
            later.join().unwrap();
        }

        #[test]
        fn a_file_that_was_handed_over_must_have_the_mode_of_a_key() {
            let folder = folder();
            let path = folder.path().join("a.key");
            for mode in [0o600, 0o644] {
                file(&path, LINE_OF_TEST_KEY, mode);
                let open = File::open(&path).unwrap();
                let fd = u32::try_from(open.as_raw_fd()).unwrap();
                match Key::read_fd(fd) {
                    Ok(_) => assert_eq!(mode, 0o600),
                    Err(KeyError::Mode { .. }) => assert_eq!(mode, 0o644),
                    Err(other) => panic!("{other}"),
                }
            }
        }

        #[test]
        fn a_descriptor_that_is_not_open_is_told() {
            let error = Key::read_fd(9_999).err();
            assert!(matches!(error, Some(KeyError::Read { .. })));
        }

        /// Runs an ignored test of this binary by itself in a shell.
        fn alone(test: &str, shell: &str, path: &Path, input: &str) -> bool {
            let mut child = Command::new("sh")
                .arg("-c")
                .arg(format!(
                    "{shell} exec \"$0\" --exact key::file::tests::unix::{test} --ignored"
                ))
                .arg(std::env::current_exe().unwrap())
                .env("OFFRECORD_TEST_PATH", path)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(input.as_bytes()).unwrap();
            drop(stdin);
            child.wait().unwrap().success()
        }

        fn told_path() -> PathBuf {
            std::env::var_os("OFFRECORD_TEST_PATH").unwrap().into()
        }

        #[test]
        fn the_mode_is_0600_whatever_the_umask() {
            for umask in ["000", "022", "077", "777"] {
                let folder = folder();
                let path = folder.path().join("a.key");
                let shell = format!("umask {umask};");
                assert!(alone("writes_the_test_key", &shell, &path, ""), "{umask}");
                assert_eq!(mode(&path), 0o600, "{umask}");
            }
        }

        #[test]
        #[ignore = "run by another test in a process of its own"]
        fn writes_the_test_key() {
            Key::test_key().write_new(&told_path()).unwrap();
        }

        #[test]
        fn a_key_comes_from_stdin() {
            let path = Path::new("unused");
            assert!(alone(
                "reads_the_test_key_from_stdin",
                "",
                path,
                LINE_OF_TEST_KEY
            ));
            assert!(!alone("reads_the_test_key_from_stdin", "", path, "no key"));
        }

        #[test]
        #[ignore = "run by another test in a process of its own"]
        fn reads_the_test_key_from_stdin() {
            let key = Key::read_fd(0).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(key.id(), Key::test_key().id());
        }
    }
}
