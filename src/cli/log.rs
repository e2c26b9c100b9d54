//! `offrecord log`: the custody log, read and checked.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::out::{self, Failure, shown};
use super::record::{append_log, log_failure};
use crate::approve::log;

/// The record of who ran, approved, bundled or looked up what
///
/// A chain of lines in custody-log.jsonl, in the policy's folder or the
/// nearest above it. It holds no value of any record and is never shared.
/// `approve`, `bundle` and `reidentify` begin one where there is none.
#[derive(Subcommand)]
pub(super) enum Log {
    Verify(Check),
    Show(Show),
    Note(Note),
}

/// Check that no line of the log was changed, taken out or put in
///
/// With --against the heads that approvals and private halves recorded are
/// looked up in it, so that a log that was written anew is seen as well.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord log verify
  offrecord log verify custody-log.jsonl --against policy.approvals.json release.private")]
pub(super) struct Check {
    /// The log [default: custody-log.jsonl here or in the nearest folder above]
    #[arg(value_name = "LOG")]
    path: Option<PathBuf>,
    /// Approvals, run.json or private halves that recorded a head
    #[arg(long, value_name = "FILE|DIR", num_args = 1..)]
    against: Vec<PathBuf>,
    /// Print what was found as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// Show the log, a line an entry
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord log show
  offrecord log show custody-log.jsonl")]
pub(super) struct Show {
    /// The log [default: custody-log.jsonl here or in the nearest folder above]
    #[arg(value_name = "LOG")]
    path: Option<PathBuf>,
}

/// Add a sentence of your own: keys handed over, copies destroyed
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord log note \"Second copy of the key given to the data editor\"")]
pub(super) struct Note {
    /// What happened; no personal data
    #[arg(value_name = "TEXT")]
    text: String,
    /// The log [default: custody-log.jsonl here or in the nearest folder above]
    #[arg(long, value_name = "LOG")]
    log: Option<PathBuf>,
}

impl Log {
    pub(super) fn json(&self) -> bool {
        matches!(self, Self::Verify(check) if check.json)
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Verify(check) => check.run(),
            Self::Show(show) => show.run(),
            Self::Note(note) => {
                let place = match &note.log {
                    Some(path) => path.clone(),
                    None => PathBuf::from(log::FILE_NAME),
                };
                let text = crate::policy::error::clean_line(&note.text);
                let path = append_log(&place, true, "note", &[("text", text)])?;
                if let Some(path) = path {
                    out::words(&format!("Written to {}.", shown(&path)));
                }
                Ok(0)
            }
        }
    }
}

fn find(path: Option<PathBuf>) -> Result<PathBuf, Failure> {
    path.or_else(|| log::nearest(Path::new(log::FILE_NAME)))
        .ok_or_else(|| {
            Failure::usage(
                "there is no custody log here or above",
                "it begins with the first approval",
                "name the log, or go to the folder of the policy",
            )
        })
}

impl Check {
    fn run(self) -> Result<u8, Failure> {
        let path = find(self.path)?;
        let chain = log::verify(&path).map_err(|error| log_failure(&error))?;
        let heads = chain.heads();
        let mut looked_up = 0;
        for place in &self.against {
            for head in recorded(place)? {
                looked_up += 1;
                if !heads.contains(head.as_str()) {
                    return Err(Failure::failed(
                        format!(
                            "{}: {} recorded a head that this log has never had",
                            shown(&path),
                            shown(place)
                        ),
                        "the log was written anew, or lines at its end are missing",
                        "compare it with a copy, and say so to whoever answers for it",
                    ));
                }
            }
        }
        out::words(&format!(
            "{}: {} in one chain{}.",
            shown(&path),
            out::counted(chain.lines.len() as u64, "line", "lines"),
            match looked_up {
                0 => String::new(),
                n => format!(
                    "; {} found in it",
                    out::counted(n, "recorded head", "recorded heads")
                ),
            }
        ));
        if self.json {
            out::json_data(
                &json!({"lines": chain.lines.len(), "head": chain.head(), "looked_up": looked_up}),
            )?;
        }
        Ok(0)
    }
}

/// Heads that a file, or the files of a private half, recorded.
fn recorded(place: &Path) -> Result<Vec<String>, Failure> {
    let file = if place.is_dir() {
        place.join("run.json")
    } else {
        place.to_owned()
    };
    let read = std::fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    let json = read.ok_or_else(|| {
        Failure::usage(
            format!("{} cannot be read", shown(&file)),
            "heads are recorded in approvals and in run.json",
            "give such a file, or the private half of a release",
        )
    })?;
    let mut heads = Vec::new();
    gather(&json, &mut heads);
    Ok(heads)
}

fn gather(json: &serde_json::Value, heads: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(head) if key == "log_head" => heads.push(head.to_owned()),
                    _ => gather(value, heads),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| gather(value, heads)),
        _ => {}
    }
}

impl Show {
    fn run(self) -> Result<u8, Failure> {
        let path = find(self.path)?;
        let chain = log::verify(&path).map_err(|error| log_failure(&error))?;
        let mut text = String::new();
        for line in &chain.lines {
            let about: Vec<String> = line
                .about
                .iter()
                .map(|(word, said)| format!("{word}: {said}"))
                .collect();
            text.push_str(&format!(
                "{} {} {} {}\n",
                line.at,
                line.who,
                line.what,
                about.join("; ")
            ));
        }
        out::all_data(crate::policy::error::clean(&text).as_bytes())?;
        Ok(0)
    }
}
