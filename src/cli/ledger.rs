//! `offrecord ledger`: the ledger of a family's releases, read and checked; and
//! which ledger a run is weighed with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::args::KeyArgs;
use super::out::{self, Failure, shown};
use super::record::{approvals_of, log_failure, read_approvals};
use crate::approve::log;
use crate::job::LedgerUse;
use crate::ledger::{self, Body, LedgerError};
use crate::policy::Policy;

/// What all releases of a family have published, checked
///
/// `run` puts every release down in the ledger and weighs each new one with all
/// of them: new batches, other cuts, rows that differ by a few people. It lies
/// beside the policy as FAMILY.ledger.jsonl and is never shared: it lists what
/// was published, and, readable with the key alone, the sizes of what was
/// withheld. It holds no value of any record.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord ledger register-2016.ledger.jsonl
  offrecord ledger register-2016.ledger.jsonl --key party.key            can the sizes be opened?
  offrecord ledger register-2016.ledger.jsonl --against release release.private policy.approvals.json")]
pub(super) struct Ledger {
    /// The ledger
    #[arg(value_name = "LEDGER")]
    path: PathBuf,
    /// Releases, private halves or approvals that recorded a head: each must be in it
    #[arg(long, value_name = "FILE|DIR", num_args = 1..)]
    against: Vec<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    /// Print what was found as JSON on stdout
    #[arg(long)]
    json: bool,
}

impl Ledger {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        let read = ledger::Ledger::read(&self.path).map_err(|error| failure(&error))?;
        let mut known = BTreeSet::new();
        for place in &self.against {
            known.extend(recorded(place)?);
        }
        let read = match read.lines().is_empty() {
            true => read,
            false => {
                let family = read.family().to_owned();
                let first = read.first_release().map(str::to_owned);
                ledger::Ledger::open(&self.path, &family, first.as_deref(), &known)
                    .map_err(|error| failure(&error))?
            }
        };
        let mut opened = None;
        if let Some(key) = self.key.read()? {
            let mut count = 0;
            for (line, release) in read.releases() {
                read.sizes(line, release, &key)
                    .map_err(|error| failure(&error))?;
                count += 1;
            }
            opened = Some(count);
        }
        let counted: BTreeSet<&str> = read
            .releases()
            .map(|(line, _)| line.hash.as_str())
            .collect();
        let mut text = format!(
            "{}: family {}, {} in one chain.\n",
            shown(&self.path),
            read.family(),
            out::counted(read.lines().len() as u64, "line", "lines"),
        );
        if let Some(reason) = read.first_release() {
            text.push_str(&format!(
                "It began although earlier releases were known of: {reason}\n"
            ));
        }
        if read.torn() {
            text.push_str(
                "Its end was begun and never written whole: that release never appeared.\n",
            );
        }
        if !known.is_empty() {
            text.push_str(&format!(
                "{} found in it.\n",
                out::counted(known.len() as u64, "recorded head", "recorded heads")
            ));
        }
        if let Some(count) = opened {
            text.push_str(&format!(
                "The sizes of {} can be opened with this key.\n",
                out::counted(count, "release", "releases")
            ));
        }
        out::words(text.trim_end());
        let mut rows = String::new();
        let mut answers = Vec::new();
        for line in read.lines() {
            let Body::Release(release) = &line.body else {
                continue;
            };
            let counts = counted.contains(line.hash.as_str());
            let tables: Vec<String> = release
                .tables
                .iter()
                .map(|table| format!("{} ({} rows)", table.name, table.rows.len()))
                .collect();
            rows.push_str(&format!(
                "{} {} {} v{}{}{}; {}{}\n",
                line.n,
                line.hash.get(..12).unwrap_or_default(),
                release.policy,
                release.version,
                release
                    .recipient
                    .as_ref()
                    .map_or(String::new(), |id| format!(" for {id}")),
                release
                    .extract
                    .as_ref()
                    .map_or(String::new(), |extract| format!("; {} rows", extract.rows)),
                if tables.is_empty() {
                    "no tables".to_owned()
                } else {
                    tables.join(", ")
                },
                if counts {
                    ""
                } else {
                    "; withdrawn: it never appeared"
                },
            ));
            answers.push(json!({
                "line": line.n,
                "head": line.hash,
                "policy": release.policy,
                "version": release.version,
                "recipient": release.recipient,
                "rows": release.extract.as_ref().map(|extract| extract.rows),
                "tables": release.tables.iter().map(|table| json!({"name": table.name, "rows": table.rows.len()})).collect::<Vec<_>>(),
                "withdrawn": !counts,
            }));
        }
        if self.json {
            out::json_data(&json!({
                "family": read.family(),
                "head": read.head(),
                "lines": read.lines().len(),
                "first_release": read.first_release(),
                "torn": read.torn(),
                "heads_found": known.len(),
                "releases": answers,
            }))?;
        } else {
            out::all_data(crate::policy::error::clean(&rows).as_bytes())?;
        }
        Ok(0)
    }
}

/// The family of a policy.
pub(super) fn family(policy: &Policy) -> &str {
    policy.family.as_deref().unwrap_or(&policy.project)
}

fn default_path(policy: &Policy, of: &Path) -> PathBuf {
    of.with_file_name(ledger::file_name(family(policy)))
}

/// The ledger of a run, and the heads that it must have.
///
/// # Errors
/// Where approvals or the custody log cannot be believed.
pub(super) fn of_run(
    place: &Path,
    policy: &Policy,
    named: Option<&Path>,
    first_release: Option<&str>,
    out: Option<&Path>,
) -> Result<LedgerUse, Failure> {
    let family = family(policy);
    let mut known = BTreeSet::new();
    if let Ok(Some(approvals)) = read_approvals(&approvals_of(place)) {
        let heads = approvals
            .into_iter()
            .filter_map(|one| one.statement.ledger_head);
        known.extend(heads);
    }
    if let Some(path) = log::nearest(place) {
        let chain = log::verify(&path).map_err(|error| log_failure(&error))?;
        for line in &chain.lines {
            let about = |word: &str| {
                let found = line.about.iter().find(|(name, _)| name == word);
                found.map(|(_, text)| text.as_str())
            };
            if about("family") == Some(family)
                && let Some(head) = about("ledger").filter(|head| *head != "none")
            {
                known.insert(head.to_owned());
            }
        }
    }
    if let Some(out) = out {
        beside(out, family, &mut known);
    }
    Ok(LedgerUse {
        path: named.map_or_else(|| default_path(policy, place), Path::to_owned),
        first_release: first_release.map(str::to_owned),
        known,
    })
}

/// Private halves beside a new release that are looked at.
const MOST: usize = 1_000;

/// Heads that the private halves of releases beside a new one recorded.
fn beside(out: &Path, family: &str, known: &mut BTreeSet<String>) {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let private = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "private"))
        .take(MOST);
    for path in private {
        let below = std::fs::read_dir(&path).into_iter().flatten().flatten();
        let files = std::iter::once(path.join("run.json"))
            .chain(below.map(|entry| entry.path().join("run.json")));
        for file in files {
            let read = std::fs::read(&file).ok();
            let run = read.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let Some(run) = run else { continue };
            if run["ledger"]["family"].as_str() == Some(family)
                && let Some(head) = run["ledger"]["ledger_head"].as_str()
            {
                known.insert(head.to_owned());
            }
        }
    }
}

/// Head of the ledger beside a policy, where there is one.
///
/// # Errors
/// Where it is broken.
pub(super) fn head_beside(place: &Path, policy: &Policy) -> Result<Option<String>, Failure> {
    let path = default_path(policy, place);
    if !path.exists() {
        return Ok(None);
    }
    let read = ledger::Ledger::read(&path).map_err(|error| failure(&error))?;
    Ok((!read.lines().is_empty()).then(|| read.head()))
}

/// A ledger that cannot be used, in parts.
fn failure(error: &LedgerError) -> Failure {
    Failure::coded(error.code(), error.to_string(), error.why(), error.help())
}

/// Heads that a release, a private half or a file of approvals recorded.
fn recorded(place: &Path) -> Result<BTreeSet<String>, Failure> {
    let files = match place.is_dir() {
        true => vec![place.join("manifest.json"), place.join("run.json")],
        false => vec![place.to_owned()],
    };
    let mut heads = BTreeSet::new();
    let mut read = false;
    for file in files {
        let bytes = std::fs::read(&file).ok();
        let json = bytes.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        if let Some(json) = json {
            read = true;
            gather(&json, &mut heads);
        }
    }
    match read {
        true => Ok(heads),
        false => Err(Failure::usage(
            format!("{} cannot be read", shown(place)),
            "heads are recorded in manifests, in run.json and in approvals",
            "give such a file, a release or the private half of one",
        )),
    }
}

fn gather(json: &Value, heads: &mut BTreeSet<String>) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(head) if key == "ledger_head" => {
                        heads.insert(head.to_owned());
                    }
                    _ => gather(value, heads),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, heads)),
        _ => {}
    }
}
