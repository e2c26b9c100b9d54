//! `offrecord review`: the pack that a lawyer reads, questions and signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::args::{HouseArgs, PaceArgs, key_failure, must_not_exist, today};
use super::check::{look_as, over_half, seen};
use super::diff::compiled;
use super::explain::Language;
use super::out::{self, Failure, shown};
use super::record::{approvals_of, write_private};
use super::run::{Asked, perform};
use super::signals::Signals;
use crate::input::Format;
use crate::job::{self, Facts, Goal, Recipients};
use crate::key::Key;
use crate::plan::{Plan, check};
use crate::policy::model::Class;
use crate::policy::{Problem, Severity};
use crate::profile::{Profile, Weight};
use crate::report::{Evidence, Lang, Ready, Source, SourceColumn, SourceSign, changes, review};
use crate::risk::measures::{Measures, measure};
use crate::risk::read::{Choice, count};

/// Make the review pack: one offline page for a lawyer, and the same for Word
///
/// With --input the policy is tried on the file: a release is made under a key
/// that is thrown away, measured and removed, so that the pack can say who
/// could be found, before and after; and the file is profiled, so that it can
/// say what could leave coarser and what speaks for damaged, invented or marked
/// records. It holds counts, names of columns and the
/// policy's own invented examples; no value of the input. Everything opens
/// without a network and reads without JavaScript.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord review policy.toml --input register.csv --out pack
  offrecord review policy.toml --input register.csv --out pack-zh --lang zh
  offrecord review policy.toml --out pack            not measured: the pack says so")]
pub(super) struct Review {
    /// The policy
    policy: PathBuf,
    /// Files to try it on
    #[arg(long, value_name = "FILE", num_args = 1..)]
    input: Vec<PathBuf>,
    /// Folder to make for pack.html, pack.docx and decision-sheet.html
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Recipient to try it for, where the policy names any [default: the first]
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
    /// Its language
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    #[command(flatten)]
    house: HouseArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// Print the verdict as JSON on stdout
    #[arg(long)]
    json: bool,
}

impl Review {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        must_not_exist(&self.out)?;
        if self.input.iter().any(|path| path.as_os_str() == "-") {
            return Err(Failure::usage(
                "--input cannot be stdin here",
                "the input is read more than once",
                "give a file",
            ));
        }
        let plan = compiled(&self.policy, self.recipient.as_deref())?;
        let house = self.house.find(&self.policy)?;
        let problems = check::check(&plan.policy, house.rules.as_ref(), today());
        let errors = check::has_errors(&problems);
        let faults = problems.iter().filter(|p| p.severity == Severity::Error);
        let folder = Working::make(&self.out)?;
        let mut evidence = Evidence {
            house: house
                .rules
                .as_ref()
                .map(|rules| (file_name(&rules.file), rules.sha256)),
            errors: faults.count(),
            warnings: warnings(&problems),
            changes: self.since(&plan)?,
            ..Evidence::default()
        };
        let tried = match self.input.is_empty() || errors {
            true => None,
            false => Some(self.trial(&plan, &folder, signals)),
        };
        let measured = match tried {
            Some(Ok(tried)) => Some(tried),
            Some(Err(failure)) => {
                let text = failure.words();
                let first = text.lines().next().unwrap_or_default();
                out::write_words(&text);
                evidence.failed = Some(first.trim_start_matches("error: ").to_owned());
                None
            }
            None => None,
        };
        if let Some(measured) = &measured {
            evidence.facts = Some(&measured.facts);
            evidence.before = measured.before.as_ref();
            evidence.after = measured.after.as_ref();
            let profile = look_as(&plan.policy, &self.input, self.pace.settle().0, signals)?;
            let mut seen = seen(&profile);
            seen.over_half = over_half(&measured.facts);
            let more = check::check_seen(&plan.policy, &seen);
            evidence.warnings.extend(warnings(&more));
            evidence.source = Some(source(&profile));
        }
        let pack = review(&plan, &evidence, Lang::from(self.lang));
        folder.clear();
        crate::release::create_private_dir(&self.out).map_err(|error| {
            Failure::failed(
                format!("{}: {error}", shown(&self.out)),
                "no pack was written",
                "check the folder",
            )
        })?;
        write_private(&self.out.join("pack.html"), pack.html.as_bytes())?;
        write_private(&self.out.join("pack.docx"), &pack.docx)?;
        write_private(&self.out.join("decision-sheet.html"), pack.sheet.as_bytes())?;
        out::words(&format!(
            "{}: {}\n{} is for a browser, {} for a word processor, {} is the first sheet alone.\nNext: have it read; then offrecord approve {} --pack {} with --any-input or --input.",
            shown(&self.policy),
            match pack.ready {
                Ready::Ready => "READY",
                Ready::Conditions => "READY WITH CONDITIONS",
                Ready::NotReady => "NOT READY",
            },
            shown(&self.out.join("pack.html")),
            shown(&self.out.join("pack.docx")),
            shown(&self.out.join("decision-sheet.html")),
            shown(&self.policy),
            shown(&self.out.join("pack.html")),
        ));
        if self.json {
            out::json_data(&json!({"verdict": pack.ready.word(), "pack": pack.id}))?;
        }
        Ok(0)
    }

    /// What changed since the last approval of this policy.
    fn since(&self, plan: &Plan) -> Result<Option<Vec<crate::report::Change>>, Failure> {
        let approvals = super::record::read_approvals(&approvals_of(&self.policy))?;
        let last = approvals
            .into_iter()
            .flatten()
            .rfind(|approval| approval.snapshot.is_some());
        let Some(snapshot) = last.and_then(|approval| approval.snapshot) else {
            return Ok(None);
        };
        let folder = self.policy.parent().unwrap_or_else(|| Path::new(""));
        let old = crate::policy::parse("approved", &snapshot.text, &mut |name| {
            std::fs::read(folder.join(name))
        });
        let Ok(old) = old else { return Ok(None) };
        let recipient = plan
            .recipient
            .as_deref()
            .filter(|id| old.recipients.iter().any(|known| known.id.value == *id));
        let old = Plan::compile(Arc::new(old), recipient, &Key::test_key());
        Ok(old
            .ok()
            .map(|old| changes(&old, plan, Lang::from(self.lang))))
    }

    /// A release under a key that nobody keeps, and its measures.
    fn trial(&self, plan: &Plan, folder: &Working, signals: &Signals) -> Result<Measured, Failure> {
        let key = Key::generate().map_err(|error| key_failure(&error))?;
        let (threads, chunk_size) = self.pace.settle();
        let recipients = match (&plan.recipient, plan.policy.recipients.first()) {
            (Some(id), _) => Recipients::One(id.clone()),
            (None, Some(first)) => Recipients::One(first.id.value.clone()),
            (None, None) => Recipients::Everybody,
        };
        let release = folder.path.join("trial");
        let mut report = perform(
            signals,
            false,
            Asked {
                policy: Arc::clone(&plan.policy),
                inputs: self.input.clone(),
                key: &key,
                goal: Goal::Release(release.clone()),
                recipients,
                threads,
                chunk_size,
                house_rules: serde_json::Value::Null,
                approved: Default::default(),
                ledger: None,
                with: Vec::new(),
            },
        )?;
        let facts = report.releases.pop().ok_or_else(|| {
            Failure::failed(
                "the trial run counted nothing",
                "",
                "try offrecord run --dry-run",
            )
        })?;
        let (before, after) = self.measure(plan, &release, threads, chunk_size, signals);
        Ok(Measured {
            facts,
            before,
            after,
        })
    }

    /// The measures before and after; where one cannot be had, the pack says so.
    fn measure(
        &self,
        plan: &Plan,
        release: &Path,
        threads: std::num::NonZeroUsize,
        chunk: usize,
        signals: &Signals,
    ) -> (Option<Measures>, Option<Measures>) {
        let leaving = |class: Class, output: bool| -> Vec<String> {
            plan.outputs
                .iter()
                .filter_map(|at| plan.columns.get(*at))
                .filter(|column| column.class == class)
                .map(|column| match output {
                    true => column.output.clone(),
                    false => column.name.clone(),
                })
                .collect()
        };
        let subject = |output: bool| {
            let at = plan.subject?;
            match output {
                true if !plan.outputs.contains(&at) => None,
                true => plan.columns.get(at).map(|column| column.output.clone()),
                false => plan.columns.get(at).map(|column| column.name.clone()),
            }
        };
        if leaving(Class::Quasi, false).is_empty() {
            return (None, None);
        }
        let look = |path: &Path, reading: &crate::input::Reading, output: bool| {
            let choice = Choice {
                quasi: leaving(Class::Quasi, output),
                sensitive: leaving(Class::Sensitive, output),
                subject: subject(output),
                ..Choice::default()
            };
            let counted = count(
                path,
                reading,
                &plan.policy.input.missing,
                &choice,
                threads,
                &signals.raised,
            )
            .ok()?;
            let base = counted.tally.finish(counted.quasi);
            Some(measure(&base, &counted.names, threads))
        };
        let before = match (self.input.as_slice(), job::reading(&plan.policy, chunk)) {
            ([one], Ok(reading)) => look(one, &reading, false),
            _ => None,
        };
        let jsonl = plan
            .policy
            .extract
            .as_ref()
            .is_some_and(|extract| extract.format == crate::policy::model::Format::Jsonl);
        let file = release.join(if jsonl {
            "extract.jsonl"
        } else {
            "extract.csv"
        });
        let reading = crate::input::Reading {
            format: if jsonl { Format::Jsonl } else { Format::Csv },
            chunk,
            ..Default::default()
        };
        let after = file
            .is_file()
            .then(|| look(&file, &reading, true))
            .flatten();
        (before, after)
    }
}

struct Measured {
    facts: Facts,
    before: Option<Measures>,
    after: Option<Measures>,
}

/// A folder beside the pack for the trial release; gone when it is dropped.
struct Working {
    path: PathBuf,
}

impl Working {
    fn make(out: &Path) -> Result<Self, Failure> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let path = out.with_file_name(format!(".offrecord-review-{name}"));
        // What an interrupted review left.
        drop(std::fs::remove_dir_all(&path));
        crate::release::create_private_dir(&path).map_err(|error| {
            Failure::failed(
                format!("{}: {error}", shown(&path)),
                "the trial release needs a place",
                "check the folder",
            )
        })?;
        Ok(Self { path })
    }

    fn clear(&self) {
        drop(std::fs::remove_dir_all(&self.path));
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Warnings as a reader without the policy's text takes them.
fn warnings(problems: &[Problem]) -> Vec<String> {
    let warning = |p: &&Problem| p.severity == Severity::Warning;
    let words = |p: &Problem| match p.why.is_empty() {
        true => p.message.clone(),
        false => format!("{}: {}", p.message, p.why),
    };
    problems.iter().filter(warning).map(words).collect()
}

/// What a profile gives to the pack.
fn source(profile: &Profile) -> Source {
    let columns = profile.columns.iter().map(|column| SourceColumn {
        name: column.name.clone(),
        filled: column.filled,
        distinct: column.distinct.count,
        what: column.verdict.what.clone(),
        inside: column.text.found.values().map(|found| found.cells).sum(),
    });
    let signs = profile.signs.iter();
    let signs = signs.filter(|sign| sign.weight != Weight::Note);
    Source {
        columns: columns.collect(),
        signs: signs
            .map(|sign| SourceSign {
                code: sign.code,
                column: sign.column.clone(),
                count: sign.count,
                first: sign.weight == Weight::Look,
            })
            .collect(),
    }
}

/// The name of a file without its folders: paths are no business of a pack.
fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
