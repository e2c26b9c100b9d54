//! `offrecord diff`: what changed between two policies, in words.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::args::{PaceArgs, key_failure, problems_failure, read_policy};
use super::explain::Language;
use super::out::{self, Failure};
use super::run::{Asked, perform};
use super::signals::Signals;
use crate::job::{Facts, Goal, Recipients};
use crate::key::Key;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::report::{BriefFormat, difference};

/// Say in words what changed between two policies
///
/// Every sentence of the brief that differs is a change: what it was, what it
/// is now, and whether it is tighter, looser or neutral. What a program cannot
/// tell is called looser. With --input both policies are tried on the file,
/// nothing is written, and the effect is shown in counts.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord diff old.toml new.toml
  offrecord diff old.toml new.toml --input register.csv
  offrecord diff old.toml new.toml --format html --lang zh > changes.html
  offrecord diff old.toml new.toml --json")]
pub(super) struct Diff {
    /// The policy as it was
    old: PathBuf,
    /// The policy as it is
    new: PathBuf,
    /// Files to try both policies on
    #[arg(long, value_name = "FILE", num_args = 1..)]
    input: Vec<PathBuf>,
    /// Recipient for whom both are tried, where the policies name any
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value = "md")]
    format: Form,
    /// Its language
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    #[command(flatten)]
    pace: PaceArgs,
    /// Print the changes as JSON on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Markdown
    Md,
    /// One page for a browser
    Html,
}

impl Diff {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        for path in &self.input {
            if path.as_os_str() == "-" {
                return Err(Failure::usage(
                    "--input cannot be stdin here",
                    "both policies read the input, and stdin can be read once",
                    "give a file",
                ));
            }
        }
        let old = compiled(&self.old, self.recipient.as_deref())?;
        let new = compiled(&self.new, self.recipient.as_deref())?;
        let facts = match self.input.is_empty() {
            true => None,
            false => Some((
                tried(&old, &self.input, self.pace.settle(), signals)?,
                tried(&new, &self.input, self.pace.settle(), signals)?,
            )),
        };
        let format = match (self.json, self.format) {
            (true, _) => BriefFormat::Json,
            (false, Form::Md) => BriefFormat::Markdown,
            (false, Form::Html) => BriefFormat::Html,
        };
        let text = difference(
            &old,
            &new,
            facts.as_ref().map(|(a, b)| (a, b)),
            self.lang.into(),
            format,
        );
        out::all_data(text.as_bytes())?;
        Ok(0)
    }
}

/// A policy compiled for people: for its recipient, the first where none is named.
///
/// # Errors
/// Where it is wrong.
pub(super) fn compiled(path: &Path, recipient: Option<&str>) -> Result<Plan, Failure> {
    let policy: Arc<Policy> = Arc::new(read_policy(path)?);
    Plan::compile(Arc::clone(&policy), recipient, &Key::test_key())
        .map_err(|problems| problems_failure(&policy, &problems))
}

/// What a trial run over the inputs counts; nothing is written.
///
/// # Errors
/// As a run's.
pub(super) fn tried(
    plan: &Plan,
    inputs: &[PathBuf],
    (threads, chunk_size): (NonZeroUsize, usize),
    signals: &Signals,
) -> Result<Facts, Failure> {
    let key = Key::generate().map_err(|error| key_failure(&error))?;
    let recipients = match (&plan.recipient, plan.policy.recipients.first()) {
        (Some(id), _) => Recipients::One(id.clone()),
        (None, Some(first)) => Recipients::One(first.id.value.clone()),
        (None, None) => Recipients::Everybody,
    };
    let mut report = perform(
        signals,
        false,
        Asked {
            policy: Arc::clone(&plan.policy),
            inputs: inputs.to_vec(),
            key: &key,
            goal: Goal::DryRun,
            recipients,
            threads,
            chunk_size,
            house_rules: serde_json::Value::Null,
            approved: Default::default(),
            ledger: None,
            with: Vec::new(),
        },
    )?;
    report.releases.pop().ok_or_else(|| {
        Failure::failed(
            "the trial run counted nothing",
            "",
            "try `offrecord run --dry-run`",
        )
    })
}
