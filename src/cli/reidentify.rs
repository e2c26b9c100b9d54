//! `offrecord reidentify`: one record for one code, asked for a case and a
//! reason, written to the custody log before anything is shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};

use super::args::{KeyArgs, PaceArgs, one_stdin, problems_failure, read_policy};
use super::out::{self, Failure, shown};
use super::record::{append_log, log_failure};
use super::signals::Signals;
use crate::approve::log;
use crate::job;
use crate::key::Key;
use crate::key::identity::hex;
use crate::kinds::scan::{Scanner, Scratch};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::reidentify::{Answer, Request, Stop, reidentify};
use crate::verify::approval::manifest_of;

/// Find the one record that a code stands for, in the raw file
///
/// Nothing undoes a code. Codes are made again over the raw records, with the
/// key, until they are the one asked for: so nobody needs to keep a list of
/// names and codes. One code a call, one record of it, printed as JSON on
/// stdout. Case and reason are required, and stand in the custody log, with the
/// code and without any value of the record, before the record is shown.
///
/// The policy says which columns are coded and how; a later version of it does
/// as well, as long as project, domain, kind and recipient are those of the
/// release. With --release they are compared first, and so is the key.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord reidentify P-2Q3D-EZPX-6QJ8-RGBJ-4 --policy policy.toml --input register.csv \\
      --key K --case 2026-12 --reason \"Right of reply before publication\"
  offrecord reidentify P-2V5N-B5A6-KHE7-925H-Q --policy policy.toml --recipient partner-be \\
      --input register.csv --key K --case 2026-13 --reason \"Partner asks for a correction\"
  offrecord reidentify CODE --policy policy.toml --input register.csv --key K \\
      --case 12 --reason \"…\" --show name,mobile          no more than is needed")]
pub(super) struct Reidentify {
    /// One code, as it stands in the release
    #[arg(value_name = "CODE")]
    code: String,
    /// The policy of the release
    #[arg(long, value_name = "POLICY")]
    policy: PathBuf,
    /// The raw files
    #[arg(long, value_name = "RAW", required = true, num_args = 1..)]
    input: Vec<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    /// The case it is for, as your files name it; no personal data
    #[arg(long, value_name = "CASE")]
    case: String,
    /// Why it must be known who this is; no personal data
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Whose release the code stands in, where the policy names recipients
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
    /// Folder of the release: its key, policy and recipient are compared first
    #[arg(long, value_name = "DIR")]
    release: Option<PathBuf>,
    /// Look in this column alone, where several give such codes
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// Where several records bear the code, the one to show, from 1
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    record: u64,
    /// Columns to show [default: all of the file]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    show: Vec<String>,
    #[command(flatten)]
    pace: PaceArgs,
}

/// Shown before anything is looked for.
const NOTICE: &str = "\
NOTICE. You are about to find out who a code stands for. Without the consent of
the controller that can be an offence: in the United Kingdom under section 171 of
the Data Protection Act 2018, elsewhere under other law. It is done for one person,
for the case and the reason given, and stands in the custody log. What is shown must
not be written down beside the code. This is a prompt for counsel, not advice.";

impl Reidentify {
    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        one_stdin(&self.input, self.key.on_stdin())?;
        let case = said(&self.case, "--case")?;
        let reason = said(&self.reason, "--reason")?;
        let policy: Arc<Policy> = Arc::new(read_policy(&self.policy)?);
        let recipient = self.recipient(&policy)?;
        for name in &self.show {
            if !policy
                .columns
                .iter()
                .any(|column| column.name.value == *name)
            {
                return Err(Failure::usage(
                    "--show names a column that the policy does not have",
                    "a name that was mistyped would hide what was asked for",
                    "write the columns as the policy does, with commas between them",
                ));
            }
        }
        let key = self.key.required()?;
        if let Some(folder) = &self.release {
            same_release(folder, &key, &policy, recipient.as_deref())?;
        }
        let plan = Plan::compile(Arc::clone(&policy), recipient.as_deref(), &key)
            .map_err(|problems| problems_failure(&policy, &problems))?;
        // A log that does not hold together is seen before anybody is found.
        if let Some(path) = log::nearest(&self.policy) {
            log::verify(&path).map_err(|error| log_failure(&error))?;
        }
        out::words(NOTICE);
        if let Some((_, name)) = policy.basis.iter().find(|(known, _)| known == "controller") {
            out::words(&format!(
                "The controller that the policy names: {}.",
                crate::policy::error::clean_line(name)
            ));
        }
        let (threads, chunk) = self.pace.settle();
        let reading = job::reading(&policy, chunk).map_err(|stop| match &stop {
            job::Stop::Policy(problems) => problems_failure(&policy, problems),
            other => Failure::usage(other.to_string(), "", other.help()),
        })?;
        let answer = reidentify(&Request {
            plan: &plan,
            code: &self.code,
            column: self.column.as_deref(),
            inputs: &self.input,
            reading: &reading,
            wanted: self.record,
            threads,
            interrupted: &signals.raised,
        })
        .map_err(|stop| self.stopped(&stop, signals))?;
        let path = self.log(&case, &reason, &key, &policy, recipient.as_deref(), &answer)?;
        self.tell(&answer, &key, &path, &case)
    }

    /// For whom the codes were made.
    fn recipient(&self, policy: &Policy) -> Result<Option<String>, Failure> {
        let known = |id: &str| policy.recipients.iter().any(|one| one.id.value == id);
        match &self.recipient {
            Some(id) if known(id) => Ok(Some(id.clone())),
            Some(_) => Err(Failure::usage(
                "the policy names no such recipient",
                "each recipient has codes of its own",
                format!("say --recipient with one of: {}", ids(policy)),
            )),
            None if policy.recipients.is_empty() => Ok(None),
            None => Err(Failure::usage(
                "it is not said in whose release the code stands",
                "each recipient has codes of its own: the same person has another code in each",
                format!("say --recipient with one of: {}", ids(policy)),
            )),
        }
    }

    fn stopped(&self, stop: &Stop, signals: &Signals) -> Failure {
        let what = match stop {
            Stop::Drift { file, drift } => format!(
                "{}: the columns are not those of the policy\n{}",
                self.name(*file),
                drift.describe().trim_end()
            ),
            Stop::Read { file, error } => format!("{}: {error}", self.name(*file)),
            other => other.to_string(),
        };
        let (code, why, next) = match stop {
            Stop::Code(_) => (
                2,
                "nobody was looked for",
                "type it again; it is one code a call, no list",
            ),
            Stop::Form(_) => (
                2,
                "the prefix and the length of a code tell its domain",
                "give the policy of the release that the code comes from",
            ),
            Stop::Column(_) => (2, "", "leave --column out, or name one of them"),
            Stop::Drift { .. } => (
                4,
                "the column of the identifier may be another one now",
                "give the raw file that the release was made from, and its policy",
            ),
            Stop::Read { error, .. } => (
                1,
                "nobody was found in what could not be read",
                error.help(),
            ),
            Stop::Interrupted => (
                signals.code().unwrap_or(130),
                "nothing was shown and nothing logged",
                "start it again",
            ),
            Stop::Panicked => (
                1,
                "this is a defect of offrecord",
                "report it, without data",
            ),
        };
        Failure::coded(code, what, why, next)
    }

    fn name(&self, file: usize) -> String {
        match self.input.get(file) {
            Some(path) if path.as_os_str() != "-" => shown(path),
            _ => "stdin".to_owned(),
        }
    }

    /// What was asked, for whom and what came of it; before anything is shown.
    fn log(
        &self,
        case: &str,
        reason: &str,
        key: &Key,
        policy: &Policy,
        recipient: Option<&str>,
        answer: &Answer,
    ) -> Result<PathBuf, Failure> {
        let outcome = match (&answer.found, answer.matches) {
            (Some(_), n) => format!("record {} of {n} shown", self.record),
            (None, 0) => "not found".to_owned(),
            (None, n) => format!("there are only {n} records of it"),
        };
        append_log(
            &self.policy,
            true,
            "reidentify",
            &[
                ("code", answer.code.clone()),
                ("recipient", recipient.unwrap_or("none").to_owned()),
                ("case", case.to_owned()),
                ("reason", reason.to_owned()),
                ("policy", hex(&policy.identity)),
                ("key_id", key.id().to_string()),
                ("outcome", outcome),
            ],
        )?
        .ok_or_else(|| {
            Failure::failed(
                "there is no custody log to write to",
                "nobody is looked up without a record of it",
                "check the folder of the policy",
            )
        })
    }

    fn tell(&self, answer: &Answer, key: &Key, path: &Path, case: &str) -> Result<u8, Failure> {
        let lookups = lookups(path, case)?;
        let columns: Vec<String> = answer
            .columns
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let columns = columns.join(", ");
        let Some(found) = &answer.found else {
            let read = out::counted(answer.records, "record", "records");
            if answer.matches > 0 {
                return Err(Failure::usage(
                    format!("only {} this code", bear(answer.matches)),
                    "--record counts the records of one code",
                    format!("say --record 1 to {}", answer.matches),
                ));
            }
            return Err(Failure::failed(
                format!(
                    "no record gives this code: looked at {columns} in {read}, under the key {}",
                    key.id()
                ),
                format!(
                    "another key, another recipient, another project or another raw file gives other codes{}; the attempt stands in the custody log",
                    match answer.unreadable {
                        0 => String::new(),
                        n => format!(
                            ", and {} could not be read",
                            out::counted(n, "record", "records")
                        ),
                    }
                ),
                "compare the key's id with the manifest's: --release DIR does",
            ));
        };
        let place = &found.place;
        let mut words = format!(
            "{} this code; shown is number {}: {}, line {}.",
            bear(answer.matches),
            self.record,
            self.name(place.file),
            place.line
        );
        if answer.matches > 1 {
            words.push_str(
                "\nA code says \"same identifier\": one person with several records, or a shared number. --record N shows another, and is logged too.",
            );
        }
        words.push_str(&format!(
            "\nLogged in {}: {} in all, {} for this case.",
            shown(path),
            out::counted(lookups.0, "lookup", "lookups"),
            lookups.1
        ));
        out::words(&words);
        let mut record = Map::new();
        for (name, value) in &found.values {
            if self.show.is_empty() || self.show.contains(name) {
                let value = value
                    .as_ref()
                    .map_or(Value::Null, |cell| json!(cell.text()));
                record.insert(name.clone(), value);
            }
        }
        out::json_data(&json!({
            "code": answer.code,
            "columns": place.columns,
            "file": self.name(place.file),
            "line": place.line,
            "records": answer.matches,
            "record": record,
        }))?;
        Ok(0)
    }
}

fn bear(n: u64) -> String {
    format!(
        "{} {}",
        out::counted(n, "record", "records"),
        if n == 1 { "bears" } else { "bear" }
    )
}

fn ids(policy: &Policy) -> String {
    let ids: Vec<&str> = policy
        .recipients
        .iter()
        .map(|one| one.id.value.as_str())
        .collect();
    ids.join(", ")
}

/// A sentence for the log: there, and without what reads as an identifier.
fn said(text: &str, flag: &str) -> Result<String, Failure> {
    let text = crate::policy::error::clean_line(text.trim());
    if text.is_empty() {
        return Err(Failure::usage(
            format!("{flag} is empty"),
            "whoever reads the log must see what a person was looked up for",
            format!("say {flag} in a few words"),
        ));
    }
    if Scanner::strict_all().any(&text, &mut Scratch::new()) {
        return Err(Failure::usage(
            format!("{flag} holds what reads as somebody's identifier"),
            "the custody log holds no personal data",
            "write what it is about without saying who",
        ));
    }
    Ok(text)
}

/// Key, project and recipient must be those of the release.
fn same_release(
    folder: &Path,
    key: &Key,
    policy: &Policy,
    recipient: Option<&str>,
) -> Result<(), Failure> {
    let path = manifest_of(folder);
    let bytes = std::fs::read(&path).map_err(|error| {
        Failure::usage(
            format!("{}: {error}", shown(&path)),
            "--release compares with its manifest",
            "give the folder that `offrecord run --out` made; of many recipients, the folder of one",
        )
    })?;
    let manifest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |at: &str| {
        manifest
            .pointer(at)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let project = text("/predicate/policy/name")
        .split('/')
        .next()
        .unwrap_or_default();
    let wrong = |what: String| {
        Err(Failure::usage(
            what,
            "under another key, project or recipient every person has another code",
            "give what the release was made with",
        ))
    };
    if text("/predicate/key_id") != key.id().to_string() {
        return wrong(format!(
            "the release was made with another key: this one is {}",
            key.id()
        ));
    }
    if project != policy.project {
        return wrong("the release is of another project than the policy".to_owned());
    }
    if text("/predicate/recipient") != recipient.unwrap_or_default() {
        return wrong("the release is for another recipient".to_owned());
    }
    Ok(())
}

/// Lookups that the log holds, in all and for a case.
fn lookups(path: &Path, case: &str) -> Result<(u64, u64), Failure> {
    let chain = log::verify(path).map_err(|error| log_failure(&error))?;
    let mut counts = (0, 0);
    for line in chain.lines.iter().filter(|line| line.what == "reidentify") {
        counts.0 += 1;
        if line
            .about
            .iter()
            .any(|(word, text)| word == "case" && text == case)
        {
            counts.1 += 1;
        }
    }
    Ok(counts)
}
