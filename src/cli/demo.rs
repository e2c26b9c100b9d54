//! `offrecord demo`: an invented register, a policy, a key and a full release,
//! in one folder that nothing else is kept in.
//!
//! It removes only what an earlier demo made in a folder that bears its mark.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::args::{HouseArgs, PaceArgs, must_not_exist, read_policy};
use super::out::{self, Failure, shown};
use super::run::{Asked, perform};
use super::signals::Signals;
use super::summary::{self, Named};
use crate::demo::{Spec, generate};
use crate::job::{Goal, Recipients};
use crate::key::Key;
use crate::release::{Staging, create_private_dir, create_private_file};

/// Make an invented register and a release from it: the first thing to run
///
/// Everybody in it is invented. The folder holds the register, the truth about
/// what was planted in it, a policy with house rules, a key, and the release
/// with its private half. A folder that an earlier demo made is made anew.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord demo
  offrecord demo --rows 1950000 --branches 79000         full size, about 550 MB
  offrecord demo --generate-only --rows 1000 --out r.csv --truth t.csv")]
pub(super) struct Demo {
    /// Folder to work in
    #[arg(long, value_name = "DIR", default_value = "offrecord-demo")]
    dir: PathBuf,
    /// Records to invent
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=50_000_000))]
    rows: u64,
    /// Branches to spread them over [default: one for about 25 records]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    branches: Option<u64>,
    /// What all chance is drawn from: equal seeds give equal bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Make the register alone, at --out, and no release
    #[arg(long, requires = "out", conflicts_with = "dir")]
    generate_only: bool,
    /// Where --generate-only writes the register
    #[arg(long, value_name = "FILE", requires = "generate_only")]
    out: Option<PathBuf>,
    /// Where --generate-only writes the truth about it
    #[arg(long, value_name = "FILE", requires = "generate_only")]
    truth: Option<PathBuf>,
    /// Leave out the few records that cannot be parsed, for programs that stop at them
    #[arg(long)]
    well_formed: bool,
    #[command(flatten)]
    pace: PaceArgs,
    /// Print the counts as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// The mark of a demo's folder, written before anything else.
const MARK: &str = "INVENTED-BY-OFFRECORD-DEMO.txt";
/// Its first line, which is what is looked for.
const MARK_LINE: &str = "This folder was made by `offrecord demo`, which may replace what it made.";
const REGISTER: &str = "invented-register.csv";
const TRUTH: &str = "invented-truth.csv";
const POLICY: &str = "party-register.toml";
const HOUSE: &str = "house-rules.toml";
const KEY: &str = "demo.key";
const RELEASE: &str = "release";
/// The ledger of the policy's family.
const LEDGER: &str = "register-2016.ledger.jsonl";

impl Demo {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        let mut spec = Spec::new(self.rows, self.seed);
        if self.well_formed {
            spec.malformed_every = 0;
        }
        if let Some(branches) = self.branches {
            if branches > self.rows {
                return Err(Failure::usage(
                    "there are more branches than rows",
                    "every branch has a member at least",
                    "give --branches at most as many as --rows",
                ));
            }
            spec.branches = branches;
        }
        if let Some(out) = self.out.as_ref().filter(|_| self.generate_only) {
            return self.generate_only(&spec, out);
        }
        let place = |name: &str| self.dir.join(name);
        prepare(&self.dir)?;
        let failed = |error: io::Error| cannot(&self.dir, &error);
        out::words(&format!(
            "Inventing {} in {} (seed {}).",
            out::counted(self.rows, "member", "members"),
            out::counted(spec.branches, "branch", "branches"),
            self.seed
        ));
        let made = invent(&spec, &place(REGISTER), Some(&place(TRUTH))).map_err(failed)?;
        out::words(&format!(
            "{} is {}.",
            shown(&place(REGISTER)),
            out::size(made.bytes)
        ));
        write_file(
            &place(POLICY),
            include_str!("../../policies/party-register.toml"),
        )
        .map_err(failed)?;
        write_file(
            &place(HOUSE),
            include_str!("../../policies/house-rules.toml"),
        )
        .map_err(failed)?;
        let key = Key::generate().map_err(|error| super::args::key_failure(&error))?;
        key.write_new(&place(KEY))
            .map_err(|error| super::args::key_failure(&error))?;
        let policy = Arc::new(read_policy(&place(POLICY))?);
        let house = HouseArgs::default().find(&place(POLICY))?;
        let files = [place(REGISTER)];
        let (threads, chunk_size) = self.pace.settle();
        let report = perform(
            signals,
            false,
            Asked {
                policy: Arc::clone(&policy),
                inputs: files.to_vec(),
                key: &key,
                goal: Goal::Release(place(RELEASE)),
                recipients: Recipients::Everybody,
                threads,
                chunk_size,
                house_rules: house.record.clone(),
                approved: Default::default(),
                ledger: Some(super::ledger::of_run(
                    &place(POLICY),
                    &policy,
                    None,
                    None,
                    None,
                )?),
                with: Vec::new(),
            },
        )?;
        let named = Named {
            policy: &policy,
            files: &files,
            house: &house.record,
        };
        out::words(&format!("\n{}", summary::text(&named, &report)));
        out::words(&self.next());
        if self.json {
            out::json_data(&summary::json(&named, &report))?;
        }
        Ok(0)
    }

    fn generate_only(&self, spec: &Spec, register: &Path) -> Result<u8, Failure> {
        for path in [Some(register), self.truth.as_deref()]
            .into_iter()
            .flatten()
        {
            must_not_exist(path)?;
        }
        let made = invent(spec, register, self.truth.as_deref())
            .map_err(|error| cannot(register, &error))?;
        out::words(&format!(
            "{}: {}, {}, everybody in it invented",
            shown(register),
            out::counted(made.records, "record", "records"),
            out::size(made.bytes)
        ));
        if self.json {
            out::json_data(&json!({
                "records": made.records, "bytes": made.bytes, "lines": made.lines,
                "malformed": made.malformed, "dirty": made.dirty, "planted_notes": made.planted_notes,
            }))?;
        }
        Ok(0)
    }

    /// Commands to try next, as they can be pasted.
    fn next(&self) -> String {
        let dir = quoted(&self.dir);
        let me = program();
        format!(
            "\nTry next:\n  head -5 {dir}/{RELEASE}/extract.csv\n  ls {dir}/{RELEASE}/tables\n  \
             {me} explain {dir}/{POLICY}\n  \
             {me} verify {dir}/{RELEASE} --private {dir}/{RELEASE}.private --key {dir}/{KEY}\n  \
             {me} check {dir}/{POLICY} --input {dir}/{REGISTER}"
        )
    }
}

/// The program as it was called, so that the lines work where it is in no search path.
fn program() -> String {
    let called = std::env::args_os().next().map(PathBuf::from);
    match called.filter(|path| path.components().count() > 1) {
        Some(path) => quoted(&path),
        None => "offrecord".to_owned(),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = shown(path);
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

fn cannot(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(
        format!("{}: {error}", shown(path)),
        "the invented files are not complete",
        "choose a folder where this user may write, on a disk with room",
    )
}

/// Makes the folder, or takes away what an earlier demo made in it.
fn prepare(dir: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| cannot(dir, &error);
    match std::fs::symlink_metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = dir.parent() {
                std::fs::create_dir_all(parent).map_err(failed)?;
            }
            create_private_dir(dir).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
        Ok(about) => {
            let marked = about.is_dir()
                && std::fs::read_to_string(dir.join(MARK))
                    .is_ok_and(|text| text.lines().next() == Some(MARK_LINE));
            if !marked {
                return Err(Failure::usage(
                    format!("{} exists and does not bear the mark of a demo", shown(dir)),
                    "it may be somebody's work, and the demo replaces only what a demo made",
                    "choose another folder with --dir",
                ));
            }
            for name in [REGISTER, TRUTH, POLICY, HOUSE, KEY, LEDGER] {
                remove(&dir.join(name)).map_err(failed)?;
            }
            let staging = Staging::folder_for(&dir.join(RELEASE));
            let release = dir.join(RELEASE);
            for folder in [Some(summary::private_of(&release)), Some(release), staging]
                .into_iter()
                .flatten()
            {
                remove(&folder).map_err(failed)?;
            }
            remove(&dir.join(MARK)).map_err(failed)?;
        }
    }
    let text = format!(
        "{MARK_LINE}\n\nEverybody in {REGISTER} is invented; {TRUTH} says what was planted in it.\n\
         {KEY} protects nothing but invented people: never use it for others.\n"
    );
    write_file(&dir.join(MARK), &text).map_err(failed)
}

/// Removes a file or a folder if it is there; of a link, the link.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(about) if about.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
    }
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_private_file(path)?;
    file.write_all(text.as_bytes())
}

/// Writes register and truth; what was begun is taken away if that fails.
fn invent(spec: &Spec, register: &Path, truth: Option<&Path>) -> io::Result<crate::demo::Summary> {
    let made = (|| {
        let open = |path: &Path| {
            create_private_file(path).map(|file: File| BufWriter::with_capacity(1 << 18, file))
        };
        let mut to = open(register)?;
        let mut planted: Box<dyn Write> = match truth {
            Some(path) => Box::new(open(path)?),
            None => Box::new(io::sink()),
        };
        let made = generate(spec, &mut to, &mut *planted)?;
        to.flush()?;
        planted.flush()?;
        Ok(made)
    })();
    if made.is_err() {
        for path in [Some(register), truth].into_iter().flatten() {
            // The first error is the one to tell.
            drop(remove(path));
        }
    }
    made
}
