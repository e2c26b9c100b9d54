//! A folder of its own, a small invented register, and the program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_offrecord");

/// A policy for [`register`]; `{TOP}` and `{END}` are places to add to.
const POLICY: &str = r#"
policy  = "scene/extract"
version = 1
purpose = "A scene of the tests"
{TOP}
[grounds]
direct  = "Direct identifier"
finding = "Subject of the story"

[subject]
column = "member"
domain = "person"

[columns.member]
do     = "pseudonymise"
kind   = "exact"
domain = "person"
class  = "none"
ground = "direct"
why    = "Counts each person once"

[columns.name]
do     = "drop"
ground = "direct"
why    = "Not needed"

[columns.city]
do     = "keep"
values = ["Shanghai", "Beijing"]
ground = "finding"
why    = "Two cities"

[columns.birth_date]
do      = "generalise"
kind    = "date"
to      = "decade"
invalid = "withhold"
ground  = "finding"
why     = "Age is a finding"

[extract]
{END}
[[examples]]
given  = { birth_date = "1975-03-09", city = "Beijing" }
expect = { birth_date = "1970-1979", city = "Beijing" }
"#;

/// A folder, and what must never be seen outside it.
pub(super) struct Scene {
    folder: tempfile::TempDir,
    secrets: Vec<String>,
}

/// What a command did.
pub(super) struct Done {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Scene {
    /// An empty folder.
    pub(super) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            secrets: Vec::new(),
        }
    }

    /// A folder with `policy.toml`, `register.csv` (60 records) and `key`.
    pub(super) fn new() -> Self {
        Self::with("", "")
    }

    /// The same with lines added to the policy: among its first keys, and in
    /// and after `[extract]`.
    pub(super) fn with(top: &str, end: &str) -> Self {
        let mut scene = Self::empty();
        let policy = POLICY.replace("{TOP}", top).replace("{END}", end);
        scene.file("policy.toml", &policy);
        scene.file("register.csv", register(60));
        for at in 0..60 {
            scene.secrets.push(member(at));
            scene.secrets.push(name(at));
        }
        scene.make_key("key");
        scene
    }

    /// The same policy without an extract, with a table.
    pub(super) fn without_rows_but_with(table: &str) -> Self {
        let scene = Self::new();
        let policy = scene.text("policy.toml");
        let (columns, _) = policy.split_once("[extract]").unwrap();
        scene.file("policy.toml", format!("{columns}{table}"));
        scene
    }

    /// A new key, whose digits must never be seen.
    pub(super) fn make_key(&mut self, name: &str) {
        self.run(&["key", "new", name]).code(0);
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        let digits = text.trim().rsplit(':').next().unwrap();
        self.secrets.push(digits.to_owned());
        self.secrets.push(digits[..24].to_owned());
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A value that must never be seen.
    pub(super) fn secret(&mut self, text: &str) {
        self.secrets.push(text.to_owned());
    }

    /// Everything in the folder, sorted, folders with a slash.
    pub(super) fn names(&self) -> Vec<String> {
        fn look(folder: &Path, before: &str, names: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = format!("{before}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    look(&entry.path(), &format!("{name}/"), names);
                    names.push(format!("{name}/"));
                } else {
                    names.push(name);
                }
            }
        }
        let mut names = Vec::new();
        look(self.folder.path(), "", &mut names);
        names.sort();
        names
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("NO_COLOR");
        command
    }

    /// Runs the program, nothing on stdin.
    pub(super) fn run(&self, arguments: &[&str]) -> Done {
        self.pipe(arguments, b"")
    }

    /// Runs the program with something on stdin.
    pub(super) fn pipe(&self, arguments: &[&str], stdin: &[u8]) -> Done {
        let done = self.pipe_raw(arguments, stdin);
        self.keeps_quiet(&done);
        done
    }

    /// Runs a command whose purpose is to print raw values; the key must still
    /// not be seen on stderr.
    pub(super) fn pipe_raw(&self, arguments: &[&str], stdin: &[u8]) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        let stdin = stdin.to_owned();
        // The program may end without reading: that is no failure of the scene.
        let writer = std::thread::spawn(move || drop(to.write_all(&stdin)));
        let done = Done::from(child.wait_with_output().unwrap());
        writer.join().unwrap();
        let errors = Done {
            out: String::new(),
            ..done
        };
        self.keeps_quiet(&errors);
        Done {
            out: done.out,
            ..errors
        }
    }

    /// Runs the program where nothing may be left behind.
    pub(super) fn leaves_nothing(&self, arguments: &[&str]) -> Done {
        let before = self.names();
        let done = self.run(arguments);
        assert_eq!(self.names(), before, "left behind by {arguments:?}");
        done
    }

    /// No raw value, no byte of a key, no escape sequence.
    pub(super) fn keeps_quiet(&self, done: &Done) {
        for (stream, text) in [("stdout", &done.out), ("stderr", &done.err)] {
            assert!(!text.contains('\u{1b}'), "escape on {stream}: {text:?}");
            for secret in &self.secrets {
                assert!(!text.contains(secret), "{secret} on {stream}: {text}");
            }
        }
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    /// Ended with this exit code.
    #[track_caller]
    pub(super) fn code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stderr: {}\nstdout: {}",
            self.err, self.out
        );
        self
    }

    /// Said this on stderr.
    #[track_caller]
    pub(super) fn says(self, text: &str) -> Self {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat(&self.err).contains(&flat(text)),
            "no {text:?} in: {}",
            self.err
        );
        self
    }

    /// Did not say this on stderr.
    #[track_caller]
    pub(super) fn silent_about(self, text: &str) -> Self {
        assert!(!self.err.contains(text), "{text:?} in: {}", self.err);
        self
    }

    /// Said what to do next.
    #[track_caller]
    pub(super) fn says_next(self) -> Self {
        assert!(
            self.err.contains("next: ") || self.err.contains("help: "),
            "no next step: {}",
            self.err
        );
        self
    }

    /// Printed this on stdout.
    #[track_caller]
    pub(super) fn prints(self, text: &str) -> Self {
        assert!(self.out.contains(text), "no {text:?} in: {}", self.out);
        self
    }

    /// Printed nothing.
    #[track_caller]
    pub(super) fn prints_nothing(self) -> Self {
        assert_eq!(self.out, "");
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// An invented member number.
pub(super) fn member(at: usize) -> String {
    format!("INVENTED-{:07}", 4_100_003 + at * 7919)
}

/// An invented name.
pub(super) fn name(at: usize) -> String {
    format!("Nobody Example{at:03}")
}

/// An invented register of so many records.
pub(super) fn register(records: usize) -> String {
    let mut text = String::from("member,name,city,birth_date\n");
    for at in 0..records {
        let city = if at % 3 == 0 { "Beijing" } else { "Shanghai" };
        let year = 1950 + at % 40;
        text.push_str(&format!(
            "{},{},{city},{year}-0{}-1{}\n",
            member(at),
            name(at),
            1 + at % 9,
            at % 10
        ));
    }
    text
}
