//! `offrecord check`: everything that can be said of a policy before a run.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::args::{HouseArgs, read_policy, today};
use super::out::{self, Failure, shown};
use super::reading::look;
use super::signals::Signals;
use crate::input::{self, Chunk, Event, Reason, RecordReader, Source};
use crate::job::{self, Facts};
use crate::key::Key;
use crate::plan::bind::bind;
use crate::plan::lint::{Seen, SeenColumn};
use crate::plan::{Plan, check};
use crate::policy::{self, Policy, Severity};
use crate::profile::Profile;

/// Check a policy: its language, its own examples, the house rules, and a file's header
///
/// Errors point at the text of the policy; `run` refuses on them. Warnings are
/// for you to weigh; --strict makes errors of them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord check policy.toml
  offrecord check policy.toml --input register.csv      are the columns those of the policy?
  offrecord check policy.toml --strict --json           for a script")]
pub(super) struct Check {
    /// The policy
    policy: PathBuf,
    /// Files whose columns to compare with the policy's, and whose profile to
    /// hold against it: what is kept that holds identifiers, what is coded that
    /// has few values
    #[arg(long, value_name = "FILE", num_args = 1..)]
    input: Vec<PathBuf>,
    /// Take warnings as errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    house: HouseArgs,
    /// Print what was found as JSON on stdout
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        super::args::one_stdin(&self.input, false)?;
        let policy = Arc::new(read_policy(&self.policy)?);
        let house = self.house.find(&self.policy)?;
        let mut problems = check::check(&policy, house.rules.as_ref(), today());
        if self.strict {
            problems
                .iter_mut()
                .for_each(|problem| problem.severity = Severity::Error);
        }
        out::write_words(&policy::render(
            &problems,
            &policy.file,
            &policy.text,
            out::color_words(),
        ));
        let answer = |problems: &[policy::Problem], drift: Option<&Failure>| {
            let mut answer = policy::to_json(problems, &policy.file, &policy.text);
            if let Some(object) = answer.as_object_mut() {
                object.insert("house_rules".to_owned(), house.record.clone());
                object.insert(
                    "inputs_fit".to_owned(),
                    match (self.input.is_empty(), drift) {
                        (true, _) => json!(null),
                        (false, drift) => json!(drift.is_none()),
                    },
                );
            }
            answer
        };
        if check::has_errors(&problems) {
            return Err(Failure::Rendered {
                code: 2,
                text: String::new(),
                json: answer(&problems, None),
            });
        }
        for path in &self.input {
            if let Err(failure) = fits(&policy, path) {
                let code = if let Failure::Told(told) = &failure {
                    told.code
                } else {
                    1
                };
                return Err(Failure::Rendered {
                    code,
                    text: failure.words(),
                    json: answer(&problems, Some(&failure)),
                });
            }
        }
        let mut more = self.seen(&policy, signals)?;
        if self.strict {
            more.iter_mut()
                .for_each(|problem| problem.severity = Severity::Error);
        }
        out::write_words(&policy::render(
            &more,
            &policy.file,
            &policy.text,
            out::color_words(),
        ));
        problems.append(&mut more);
        if check::has_errors(&problems) {
            return Err(Failure::Rendered {
                code: 2,
                text: String::new(),
                json: answer(&problems, None),
            });
        }
        let warnings = problems.len() as u64;
        out::words(&format!(
            "{}: {}, {}{}, {}",
            shown(&self.policy),
            out::counted(policy.columns.len() as u64, "column", "columns"),
            out::counted(
                policy.examples.len() as u64,
                "example holds",
                "examples hold"
            ),
            match self.input.len() as u64 {
                0 => String::new(),
                n => format!(
                    ", {}",
                    out::counted(n, "file has its columns", "files have its columns")
                ),
            },
            if warnings == 0 {
                "nothing to object to".to_owned()
            } else {
                out::counted(warnings, "warning", "warnings")
            },
        ));
        if self.json {
            out::json_data(&answer(&problems, None))?;
        }
        Ok(0)
    }
}

impl Check {
    /// What the files give to ask. Standard input has been read for its header
    /// and cannot be read again.
    fn seen(
        &self,
        policy: &Arc<Policy>,
        signals: &Signals,
    ) -> Result<Vec<policy::Problem>, Failure> {
        if self.input.is_empty() || self.input.iter().any(|path| path.as_os_str() == "-") {
            return Ok(vec![]);
        }
        let threads = std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN);
        let profile = look_as(policy, &self.input, threads, signals)?;
        let mut seen = seen(&profile);
        if !policy.tables.is_empty() {
            let recipient = policy.recipients.first();
            let recipient = recipient.map(|recipient| recipient.id.value.as_str());
            let plan = Plan::compile(Arc::clone(policy), recipient, &Key::test_key())
                .map_err(|problems| super::args::problems_failure(policy, &problems))?;
            match super::diff::tried(&plan, &self.input, (threads, 1 << 20), signals) {
                Ok(facts) => seen.over_half = over_half(&facts),
                Err(Failure::Told(told)) if told.code == 130 => return Err(Failure::Told(told)),
                // What stops a run is for `run` to say, with its exit code.
                Err(failure) => out::words(&format!(
                    "the tables were not tried: {}",
                    failure.words().lines().next().unwrap_or_default()
                )),
            }
        }
        Ok(check::check_seen(policy, &seen))
    }
}

/// Tables of which more than half would be withheld.
pub(super) fn over_half(facts: &Facts) -> Vec<(String, String)> {
    let tables = facts.tables.iter();
    tables
        .filter_map(|known| Some((known.table.name.clone(), known.instead.clone()?)))
        .collect()
}

/// The profile of files read as a policy reads them.
pub(super) fn look_as(
    policy: &Policy,
    inputs: &[PathBuf],
    threads: std::num::NonZeroUsize,
    signals: &Signals,
) -> Result<Profile, Failure> {
    let reading = job::reading(policy, 1 << 20)
        .map_err(|stop| Failure::usage(stop.to_string(), "", stop.help()))?;
    let region = policy
        .columns
        .iter()
        .filter_map(|rule| rule.region.as_ref())
        .find_map(|region| crate::kinds::Region::parse(&region.value).ok());
    look(inputs, &reading, region, threads, &signals.raised)
}

/// What a profile gives to ask of a policy.
pub(super) fn seen(profile: &Profile) -> Seen {
    let columns = profile.columns.iter().map(|column| SeenColumn {
        inside: column
            .text
            .found
            .iter()
            .map(|(kind, found)| ((*kind).to_owned(), found.cells))
            .collect(),
        name: column.name.clone(),
        filled: column.filled,
        distinct: column.distinct.count,
        what: column.verdict.what.clone(),
    });
    Seen {
        files: profile.files,
        columns: columns.collect(),
        over_half: Vec::new(),
    }
}

/// Whether the columns of a file are those of the policy.
fn fits(policy: &Arc<Policy>, path: &std::path::Path) -> Result<(), Failure> {
    let reading = job::reading(policy, 1 << 20)
        .map_err(|stop| Failure::usage(stop.to_string(), "", stop.help()))?;
    let unreadable = |error: input::ReadError| {
        Failure::failed(
            format!("{}: {error}", shown(path)),
            "its columns were not compared",
            error.help(),
        )
    };
    let recipient = policy
        .recipients
        .first()
        .map(|recipient| recipient.id.value.as_str());
    let plan = Plan::compile(Arc::clone(policy), recipient, &Key::test_key())
        .map_err(|problems| super::args::problems_failure(policy, &problems))?;
    let mut source = match path.as_os_str() == "-" {
        true => Source::stdin(&reading),
        false => Source::open(path, &reading),
    }
    .map_err(unreadable)?;
    let drifted = |what: String| {
        Failure::coded(
            4,
            format!("{}: {what}", shown(path)),
            "a column that no rule names could hold anything",
            "write a rule for each column of the input, or mend the input; nothing is kept by default",
        )
    };
    if reading.format == input::Format::Csv {
        let header = source.header().map_err(unreadable)?;
        return bind(&plan, header).map(drop).map_err(|drift| {
            drifted(format!(
                "the columns are not those of the policy\n{}",
                drift.describe()
            ))
        });
    }
    // JSON Lines name their columns in every record; the first chunk is looked at.
    let names: Vec<&str> = plan
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut reader = RecordReader::new(&reading, names.len(), &names);
    let mut unknown = None;
    if let Some(chunk) = source.next_chunk(Chunk::default()).map_err(unreadable)? {
        reader.read(&chunk, |event| {
            if let Event::Unreadable(bad) = event
                && bad.reason == Reason::UnknownKey
            {
                unknown.get_or_insert(bad.line);
            }
        });
    }
    unknown.map_or(Ok(()), |line| {
        Err(drifted(format!("line {line}: a key that no rule names")))
    })
}
