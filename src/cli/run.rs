//! `offrecord run`: the main job, and what is said when it ends without a release.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::args::{HouseArgs, KeyArgs, PaceArgs, one_stdin, problems_failure, read_policy, today};
use super::out::{self, Failure, shown};
use super::progress::Line;
use super::signals::Signals;
use super::summary::{self, Named};
use crate::job::{self, Goal, Job, Progress, Recipients, Stop};
use crate::key::Key;
use crate::key::identity::hex;
use crate::plan::{Plan, check};
use crate::policy::{self, Policy, Severity};
use crate::release::Staging;

/// Run a policy over a register and write a release
///
/// The release is written beside its place, checked byte by byte, and appears
/// whole or not at all. DIR is to be shared; DIR.private, which appears beside
/// it, never is: it lists what was set aside and holds what the check needs.
/// The input is only read. The same input, policy and key give the same bytes,
/// with any number of threads.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord run policy.toml register.csv --key party.key --dry-run      count, write nothing
  offrecord run policy.toml register.csv --key party.key --out release
  offrecord run policy.toml register.csv --key party.key --out june --with march
  offrecord run policy.toml part-*.csv.gz --key party.key --out release --recipient all
  offrecord run policy.toml register.csv --key party.key --out release-2 --ledger family.ledger.jsonl
  zcat register.csv.gz | offrecord run policy.toml - --key party.key --out release
  offrecord run policy.toml register.csv --key-fd 3 --out release 3< <(age -d party.key.age)")]
pub(super) struct Run {
    /// The policy
    policy: PathBuf,
    /// Input files of one schema, read as one; `-` is stdin; gzip is inflated
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    /// Folder to make for the release; it must not exist, nor DIR.private
    #[arg(long, value_name = "DIR", required_unless_present_any = ["dry_run", "sample"])]
    out: Option<PathBuf>,
    /// Recipient whose codes and order to make, or `all` for one folder each
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
    /// An earlier release with the same codes: k then holds for whoever has both, and for who came
    /// and who went; may be given again
    #[arg(long, value_name = "DIR")]
    with: Vec<PathBuf>,
    /// Read and count everything, write nothing; needs no key
    #[arg(long)]
    dry_run: bool,
    /// Look at N records chosen by --seed, write nothing; k and tables are not
    /// measured on a sample
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    sample: Option<u64>,
    /// Seed of the choice
    #[arg(long, value_name = "S", requires = "sample", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    house: HouseArgs,
    /// Run without the approvals that the house rules ask for; every file name
    /// then begins with UNAPPROVED-, and every text says so
    #[arg(long)]
    unapproved: bool,
    /// Ledger of the family's releases [default: FAMILY.ledger.jsonl beside the policy]
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Begin a new ledger although earlier releases are known of; the reason
    /// stays in it
    #[arg(long, value_name = "REASON", value_parser = reason)]
    first_release: Option<String>,
    /// Print the counts as JSON on stdout
    #[arg(long)]
    json: bool,
    /// Say nothing unless something is wrong
    #[arg(long, short)]
    quiet: bool,
}

impl Run {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        one_stdin(&self.files, self.key.on_stdin())?;
        let goal = match (self.sample, self.dry_run, &self.out) {
            (Some(records), _, _) => Goal::Sample {
                records: usize::try_from(records).unwrap_or(usize::MAX),
                seed: self.seed,
            },
            (None, true, _) => Goal::DryRun,
            (None, false, Some(out)) => Goal::Release(out.clone()),
            (None, false, None) => {
                return Err(Failure::usage("no --out was given", "", "say --out DIR"));
            }
        };
        let policy = Arc::new(read_policy(&self.policy)?);
        let house = self.house.find(&self.policy)?;
        self.refuse_errors(&policy, house.rules.as_ref())?;
        let first = policy
            .recipients
            .first()
            .map(|known| known.id.value.clone());
        let plan = Plan::compile(Arc::clone(&policy), first.as_deref(), &Key::test_key())
            .map_err(|problems| problems_failure(&policy, &problems))?;
        let approved = match &goal {
            Goal::Release(_) => {
                super::gate::gate(&self.policy, &plan, &house, &self.files, self.unapproved)?
            }
            Goal::DryRun | Goal::Sample { .. } => Default::default(),
        };
        let seals = held_seals(&approved.record);
        let given = self.key.read()?;
        // Without the key, the sizes that the ledger keeps cannot be read.
        let weighed = given.is_some() && self.sample.is_none();
        let ledger = super::ledger::of_run(
            &self.policy,
            &policy,
            self.ledger.as_deref(),
            self.first_release.as_deref(),
            self.out.as_deref(),
        );
        let ledger = weighed.then_some(ledger).transpose()?;
        let key = match (&goal, given) {
            (_, Some(key)) => key,
            (Goal::Release(_), None) => self.key.required()?,
            (_, None) if !self.with.is_empty() => self.key.required()?,
            // Nothing is written, so that any key counts the same.
            (_, None) => Key::generate().map_err(|error| super::args::key_failure(&error))?,
        };
        self.inputs_there()?;
        let recipients = match self.recipient.as_deref() {
            None => Recipients::Everybody,
            Some("all") => Recipients::All,
            Some(id) => Recipients::One(id.to_owned()),
        };
        let (threads, chunk_size) = self.pace.settle();
        let report = perform(
            signals,
            self.quiet,
            Asked {
                policy: Arc::clone(&policy),
                inputs: self.files.clone(),
                key: &key,
                goal,
                recipients,
                threads,
                chunk_size,
                house_rules: house.record.clone(),
                approved,
                ledger,
                with: self.with.clone(),
            },
        )?;
        if let Some(out) = &report.out {
            super::record::append_log(
                &self.policy,
                false,
                "run",
                &[
                    ("policy", format!("{}/{}", policy.project, policy.name)),
                    ("version", policy.version.to_string()),
                    ("sha256", hex(&policy.identity)),
                    ("approvals", seals),
                    (
                        "ledger",
                        report
                            .releases
                            .last()
                            .and_then(|facts| Some(facts.ledger.as_ref()?.head.clone()))
                            .unwrap_or_else(|| "none".to_owned()),
                    ),
                    ("family", super::ledger::family(&policy).to_owned()),
                    (
                        "release",
                        crate::policy::error::clean_line(&out.to_string_lossy()),
                    ),
                ],
            )?;
        }
        let named = Named {
            policy: &policy,
            files: &self.files,
            house: &house.record,
        };
        if !self.quiet {
            out::words(&summary::text(&named, &report));
        }
        if self.json {
            out::json_data(&summary::json(&named, &report))?;
        }
        Ok(0)
    }

    /// Refuses what `check` calls an error, and says how many warnings there are.
    fn refuse_errors(
        &self,
        policy: &Arc<Policy>,
        house: Option<&policy::HouseRules>,
    ) -> Result<(), Failure> {
        let mut problems = check::check(policy, house, today());
        let warnings = problems
            .iter()
            .filter(|problem| problem.severity == Severity::Warning)
            .count();
        if check::has_errors(&problems) {
            problems.retain(|problem| problem.severity == Severity::Error);
            return Err(problems_failure(policy, &problems));
        }
        if warnings > 0 && !self.quiet {
            out::words(&format!(
                "{} on the policy; `offrecord check {}` shows them",
                out::counted(warnings as u64, "warning", "warnings"),
                shown(&self.policy)
            ));
        }
        Ok(())
    }

    /// A name that was mistyped is told by name, before anything begins.
    fn inputs_there(&self) -> Result<(), Failure> {
        for path in self.files.iter().filter(|path| path.as_os_str() != "-") {
            let opened = std::fs::metadata(path).and_then(|about| match about.is_file() {
                true => std::fs::File::open(path).map(drop),
                // Opening a pipe waits for its writer: that is the run's business.
                false => Ok(()),
            });
            opened.map_err(|error| {
                Failure::failed(
                    format!("{}: {error}", shown(path)),
                    "every input is needed: a release without one of its files would be another release",
                    "check the path, and that this user may read the file",
                )
            })?;
        }
        Ok(())
    }
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("write why earlier releases do not count".to_owned()),
        text => Ok(crate::policy::error::clean_line(text)),
    }
}

/// Seals of the approvals that a run rests on.
fn held_seals(record: &Value) -> String {
    let held = record.get("held").and_then(Value::as_array);
    let seals = held.into_iter().flatten();
    let seals: Vec<&str> = seals.filter_map(|one| one.get("seal")?.as_str()).collect();
    match seals.is_empty() {
        true => "none".to_owned(),
        false => seals.join(" "),
    }
}

/// A job but for what the command line adds itself.
pub(super) struct Asked<'a> {
    pub(super) policy: Arc<Policy>,
    pub(super) inputs: Vec<PathBuf>,
    pub(super) key: &'a Key,
    pub(super) goal: Goal,
    pub(super) recipients: Recipients,
    pub(super) threads: std::num::NonZeroUsize,
    pub(super) chunk_size: usize,
    pub(super) house_rules: Value,
    pub(super) approved: job::Approved,
    pub(super) ledger: Option<job::LedgerUse>,
    pub(super) with: Vec<PathBuf>,
}

/// Runs a job under the eyes of the progress line and the signals.
///
/// # Errors
/// Why there is no release, ready to be told.
pub(super) fn perform(
    signals: &Signals,
    quiet: bool,
    asked: Asked<'_>,
) -> Result<job::Report, Failure> {
    let line = Line::new(quiet);
    let staging = match &asked.goal {
        Goal::Release(out) => Staging::folder_for(out),
        Goal::DryRun | Goal::Sample { .. } => None,
    };
    let watch = signals.ask_first(staging);
    let job = Job {
        policy: Arc::clone(&asked.policy),
        inputs: asked.inputs,
        key: asked.key,
        goal: asked.goal,
        recipients: asked.recipients,
        threads: asked.threads,
        chunk_size: asked.chunk_size,
        house_rules: asked.house_rules,
        approved: asked.approved,
        ledger: asked.ledger,
        with: asked.with,
        interrupted: &signals.raised,
        watch: &|progress| {
            watch.news(matches!(progress, Progress::Reading { .. }));
            line.news(progress);
        },
    };
    let ended = job::run(&job);
    watch.end();
    line.end();
    ended.map_err(|stop| stopped(&stop, &job.policy, &job.inputs, signals))
}

/// Places of a failed check that are listed.
const PLACES: usize = 20;

/// Why a run ended, in words.
fn stopped(stop: &Stop, policy: &Policy, inputs: &[PathBuf], signals: &Signals) -> Failure {
    let file = |at: usize| {
        inputs
            .get(at)
            .map_or_else(|| "input".to_owned(), |path| name(path))
    };
    let code = match stop {
        Stop::Interrupted => signals.code().unwrap_or(130),
        other => other.code(),
    };
    let what = match stop {
        Stop::Policy(problems) => return problems_failure(policy, problems),
        Stop::UnknownKey { file: at, line } => {
            format!("{}, line {line}: a key that no rule names", file(*at))
        }
        Stop::Unreadable {
            file: at,
            line,
            reason,
        } => {
            format!(
                "{}, line {line}: the record cannot be read for certain ({reason})",
                file(*at)
            )
        }
        Stop::ValueRefused {
            file: at,
            line,
            column,
            reason,
        } => {
            format!(
                "{}, line {line}, column \"{column}\": the value does not fit its rule ({reason})",
                file(*at)
            )
        }
        Stop::Check { lines, .. } => {
            let mut what = stop.to_string();
            for line in lines.iter().take(PLACES) {
                what.push_str(&format!("\n  {line}"));
            }
            if lines.len() > PLACES {
                what.push_str(&format!("\n  and {} more", lines.len() - PLACES));
            }
            what
        }
        other => other.to_string(),
    };
    match stop {
        Stop::Check { lines, .. } => Failure::Rendered {
            code,
            text: Failure::coded(code, what, stop.why(), stop.help()).words(),
            json: json!({"error": {"what": stop.to_string(), "places": lines, "exit_code": code}}),
        },
        _ => Failure::coded(code, what, stop.why(), stop.help()),
    }
}

/// Name of an input as a message shows it.
fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        shown(path)
    }
}
