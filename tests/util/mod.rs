//! What the promise tests share: a folder of one's own, an invented register,
//! a way to run a policy and to read what came out.
//!
//! Readers, folding and hunting are written anew here. Nothing in this folder
//! may call the crate's reader, kinds or check, so that no test marks its own
//! homework.

pub(crate) mod child;
pub(crate) mod csv;
pub(crate) mod hunt;
pub(crate) mod policies;
pub(crate) mod random;
pub(crate) mod sheet;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use offrecord::demo;
use offrecord::job::{Facts, Goal, Job, Progress, Recipients, Report, Stop};
use offrecord::key::Key;
use offrecord::policy::{self, Policy};
use offrecord::verify::{Request, Verdict, verify};

use sheet::Sheet;

/// An invented register and the truth about what was planted in it.
pub(crate) struct Register {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sheet: Sheet,
    pub(crate) truth: Sheet,
}

/// Makes a register; `malformed_every` 0 leaves unreadable records out.
pub(crate) fn register(rows: u64, branches: u64, seed: u64, malformed_every: u64) -> Register {
    let mut spec = demo::Spec::new(rows, seed);
    spec.branches = branches;
    spec.malformed_every = malformed_every;
    let (mut bytes, mut truth) = (Vec::new(), Vec::new());
    demo::generate(&spec, &mut bytes, &mut truth).unwrap();
    Register {
        sheet: Sheet::csv(&bytes),
        truth: Sheet::csv(&truth),
        bytes,
    }
}

/// The register that most tests read: 3,000 invented records, four of them unreadable.
pub(crate) fn common() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| register(3_000, 60, 11, 700))
}

/// A folder that goes when the test ends.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

/// How a run is asked for.
pub(crate) struct How<'a> {
    pub(crate) threads: usize,
    pub(crate) chunk: usize,
    pub(crate) key: &'a Key,
    pub(crate) recipients: Recipients,
    pub(crate) goal: Option<Goal>,
    pub(crate) with: Vec<PathBuf>,
}

/// The key of the specification's known answers.
pub(crate) fn test_key() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(Key::test_key)
}

impl Default for How<'_> {
    fn default() -> Self {
        Self {
            threads: 2,
            chunk: 1 << 16,
            key: test_key(),
            recipients: Recipients::Everybody,
            goal: None,
            with: Vec::new(),
        }
    }
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("offrecord-test-").tempdir();
        Self {
            folder: folder.unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Names of everything in the folder, sorted.
    pub(crate) fn listing(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Reads, checks and runs a policy as the command does.
    pub(crate) fn run(
        &self,
        policy: &str,
        inputs: &[PathBuf],
        out: &str,
        how: How<'_>,
    ) -> Result<Report, Stop> {
        let policy = Arc::new(parse(policy, self.folder.path())?);
        let problems = offrecord::plan::check::check(&policy, None, today());
        if offrecord::plan::check::has_errors(&problems) {
            return Err(Stop::Policy(problems));
        }
        self.run_unchecked(policy, inputs, out, how)
    }

    pub(crate) fn run_unchecked(
        &self,
        policy: Arc<Policy>,
        inputs: &[PathBuf],
        out: &str,
        how: How<'_>,
    ) -> Result<Report, Stop> {
        let interrupted = AtomicBool::new(false);
        let goal = how.goal.unwrap_or_else(|| Goal::Release(self.path(out)));
        offrecord::job::run(&Job {
            policy,
            inputs: inputs.to_vec(),
            key: how.key,
            goal,
            recipients: how.recipients,
            threads: NonZeroUsize::new(how.threads).unwrap(),
            chunk_size: how.chunk,
            house_rules: serde_json::Value::Null,
            approved: Default::default(),
            ledger: None,
            with: how.with,
            interrupted: &interrupted,
            watch: &|progress| keep_a_copy(progress, self.folder.path(), out),
        })
    }

    /// Runs a policy over bytes; panics with the reason where no release comes out.
    pub(crate) fn release(&self, policy: &str, input: &[u8], out: &str, how: How<'_>) -> Release {
        let input = self.write(&format!("{out}-input.csv"), input);
        self.release_of(policy, &[input], out, how)
    }

    pub(crate) fn release_of(
        &self,
        policy: &str,
        inputs: &[PathBuf],
        out: &str,
        how: How<'_>,
    ) -> Release {
        match self.run(policy, inputs, out, how) {
            Ok(mut report) => {
                let facts = report.releases.pop();
                Release::read(&self.path(out), facts)
            }
            Err(stop) => panic!("no release: {}\n{policy}", why(&stop)),
        }
    }

    /// The reason and exit code of a run that must not succeed; nothing is left behind by it.
    pub(crate) fn refused(&self, policy: &str, input: &[u8], how: How<'_>) -> Stop {
        let input = self.write("refused-input.csv", input);
        let before = self.listing();
        let stop = match self.run(policy, &[input], "refused", how) {
            Ok(_) => panic!("a release came out\n{policy}"),
            Err(stop) => stop,
        };
        assert_eq!(self.listing(), before, "something was left behind");
        stop
    }
}

/// Where `OFFRECORD_TEST_KEEP` names a folder, what is about to be checked is
/// copied there, to be looked at by a person.
fn keep_a_copy(progress: Progress, folder: &Path, out: &str) {
    let (Progress::Checking, Some(keep)) = (progress, std::env::var_os("OFFRECORD_TEST_KEEP"))
    else {
        return;
    };
    let staged = folder.join(format!(".offrecord-{out}"));
    let name = folder.file_name().unwrap();
    for (file, bytes) in tree(&staged) {
        let path = Path::new(&keep).join(name).join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Everything that a stop says, of many places the first few.
pub(crate) fn why(stop: &Stop) -> String {
    let mut text = format!("exit {}: {stop}", stop.code());
    match stop {
        Stop::Policy(problems) => {
            for problem in problems {
                text.push_str(&format!(
                    "\n  {:?} {} {}",
                    problem.severity, problem.code, problem.message
                ));
            }
        }
        Stop::Check { lines, .. } => {
            for line in lines.iter().take(6) {
                text.push_str("\n  ");
                text.push_str(line);
            }
        }
        Stop::Disclosure { details, .. } => text.push_str(&format!("\n  {details}")),
        _ => {}
    }
    text
}

pub(crate) fn parse(text: &str, folder: &Path) -> Result<Policy, Stop> {
    policy::parse("test.toml", text, &mut |name| {
        std::fs::read(folder.join(name))
    })
    .map_err(|errors| Stop::Policy(errors.problems.clone()))
}

pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
}

/// A finished release, read from disk.
pub(crate) struct Release {
    /// Every file of the folder by its name below it.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Every file of the private half.
    pub(crate) private: BTreeMap<String, Vec<u8>>,
    pub(crate) facts: Option<Facts>,
    dir: PathBuf,
}

impl Release {
    pub(crate) fn read(dir: &Path, facts: Option<Facts>) -> Self {
        Self {
            files: tree(dir),
            private: tree(&private_of(dir)),
            facts,
            dir: dir.to_path_buf(),
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn facts(&self) -> &Facts {
        self.facts.as_ref().unwrap()
    }

    /// The extract, whatever its format and number of parts.
    pub(crate) fn extract(&self) -> Sheet {
        let mut whole: Option<Sheet> = None;
        for (name, bytes) in &self.files {
            let part = match name {
                _ if !name.starts_with("extract") => continue,
                _ if name.ends_with(".jsonl") => Sheet::jsonl(bytes),
                _ => Sheet::csv(bytes),
            };
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => {
                    assert_eq!(whole.header, part.header, "parts with other columns");
                    whole.rows.extend(part.rows);
                }
            }
        }
        whole.expect("no extract")
    }

    pub(crate) fn table(&self, name: &str) -> Sheet {
        Sheet::csv(&self.files[&format!("tables/{name}.csv")])
    }

    pub(crate) fn manifest(&self) -> serde_json::Value {
        serde_json::from_slice(&self.files["manifest.json"]).unwrap()
    }

    pub(crate) fn quarantine(&self) -> Sheet {
        Sheet::csv(&self.private["quarantine.csv"])
    }
}

/// `DIR.private`
pub(crate) fn private_of(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap().to_os_string();
    name.push(".private");
    dir.with_file_name(name)
}

/// Every file below a folder.
pub(crate) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_string_lossy();
                let bytes = std::fs::read(&path).unwrap();
                files.insert(name.replace('\\', "/"), bytes);
            }
        }
    }
    files
}

/// What the check says of a folder, with its private half and the key or without.
pub(crate) fn check(dir: &Path, with_private: bool) -> Verdict {
    let private = private_of(dir);
    let request = Request {
        private: with_private.then_some(private.as_path()),
        key: with_private.then_some(test_key()),
        threads: 2,
        ..Request::new(dir)
    };
    verify(&request).unwrap()
}
