//! Whether somebody agreed to a release: what its manifest says of the run, and
//! the file of approvals beside it.
//!
//! `DIR.approvals.json` lies beside `DIR`, since no file of a release can hold
//! an approval of its own bytes. May not judge whether the approvals are
//! enough: it says whose they are, whether they are for this manifest, and
//! whether they have been changed or have ended.

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::tree;
use crate::key::approval::{self, Approval, MAX_FILE, Tampered};
use crate::key::identity::hex;
use crate::key::sshsig::Signer;

/// What is known of the approvals of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// What the manifest says of the run: `approved`, `unapproved`,
    /// `not-asked`, or `unknown`.
    pub run: String,
    /// SHA-256 of the manifest in hex.
    pub manifest: String,
    /// What is wrong with the file of approvals as a whole, if anything is.
    pub tampered: Option<String>,
    /// Approvals of the finished release.
    pub approvals: Vec<One>,
}

/// One approval of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct One {
    /// Who gave it, by its own words.
    pub by: String,
    /// `name`, `words`, `signature`.
    pub strength: String,
    /// Last day.
    pub until: String,
    /// Fingerprint of the key that signed it.
    pub key: Option<String>,
    /// Whether that key is among those that were given to the check.
    pub known: bool,
    /// What it is worth.
    pub state: State,
}

/// What an approval is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is for this release and has not ended.
    Holds,
    /// It is for this release and has ended.
    Expired,
    /// It is for another release.
    OtherRelease,
    /// It is signed with a key that is none of those given.
    OtherKey,
}

/// Where the approvals of a release lie.
#[must_use]
pub fn beside(dir: &Path) -> PathBuf {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push(".approvals.json");
    whole.with_file_name(name)
}

/// The manifest of a release, marked as unapproved or not.
#[must_use]
pub fn manifest_of(dir: &Path) -> PathBuf {
    if tree::is_marked(dir) {
        dir.join(format!("{}manifest.json", tree::MARK))
    } else {
        dir.join("manifest.json")
    }
}

/// Looks at the approvals of a release; with `signers` a signature counts only
/// where it is by one of them.
///
/// # Errors
/// Where the manifest cannot be read.
pub fn standing(dir: &Path, signers: &[Signer], today: Date) -> io::Result<Standing> {
    let manifest = std::fs::read(manifest_of(dir))?;
    let sha256 = hex(Sha256::digest(&manifest).as_slice());
    let json: Value = serde_json::from_slice(&manifest).unwrap_or(Value::Null);
    let run = json
        .pointer("/predicate/approval/state")
        .and_then(Value::as_str)
        .filter(|state| matches!(*state, "approved" | "unapproved" | "not-asked"))
        .unwrap_or("unknown");
    let mut standing = Standing {
        run: run.to_owned(),
        manifest: sha256,
        tampered: None,
        approvals: Vec::new(),
    };
    let path = beside(dir);
    match read_file(&path) {
        Ok(None) => {}
        Ok(Some(approvals)) => {
            standing.approvals = approvals
                .iter()
                .map(|approval| one(approval, &standing.manifest, signers, today))
                .collect();
        }
        Err(why) => standing.tampered = Some(why),
    }
    Ok(standing)
}

/// Reads a file of approvals; `None` where there is none.
///
/// # Errors
/// Why it cannot be believed, in words.
pub fn read_file(path: &Path) -> Result<Option<Vec<Approval>>, String> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !about.is_file() || about.len() > MAX_FILE {
        return Err(Tampered::Form.to_string());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    approval::read(&bytes)
        .map(Some)
        .map_err(|why| why.to_string())
}

fn one(approval: &Approval, manifest: &str, signers: &[Signer], today: Date) -> One {
    let statement = &approval.statement;
    let signer = approval.signer();
    let known = signer.is_some_and(|signer| signers.contains(&signer));
    let ended = statement
        .until
        .parse::<Date>()
        .map_or(true, |until| today > until);
    let state = if statement.of != "release" || statement.sha256 != manifest {
        State::OtherRelease
    } else if signer.is_some() && !signers.is_empty() && !known {
        State::OtherKey
    } else if ended {
        State::Expired
    } else {
        State::Holds
    };
    One {
        by: statement.by.clone(),
        strength: statement.strength.clone(),
        until: statement.until.clone(),
        key: signer.map(|signer| signer.fingerprint()),
        known,
        state,
    }
}

impl Standing {
    /// Whether anything says that the approvals are not what they claim to be.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.tampered.is_some()
            || self
                .approvals
                .iter()
                .any(|one| matches!(one.state, State::OtherRelease | State::OtherKey))
    }

    /// Whether the finished release was approved by somebody, today.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tampered.is_none()
            && self.run != "unapproved"
            && self.approvals.iter().any(|one| one.state == State::Holds)
    }

    /// In words, a sentence a line.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match self.run.as_str() {
            "unapproved" => lines.push(
                "UNAPPROVED: the run was started without the approvals that it needed.".to_owned(),
            ),
            "approved" => lines.push("The policy was approved before the run.".to_owned()),
            "not-asked" => lines.push("No approval was asked for before the run.".to_owned()),
            _ => {}
        }
        if let Some(why) = &self.tampered {
            lines.push(format!(
                "error: the file of approvals is not to be believed: {why}."
            ));
        }
        if self.tampered.is_none() && self.approvals.is_empty() {
            lines.push("Nobody has approved the finished release: there is no file of approvals beside it.".to_owned());
        }
        for one in &self.approvals {
            let how = match (one.strength.as_str(), &one.key) {
                ("signature", Some(key)) if one.known => {
                    format!("signed, key {key}, one of those given")
                }
                ("signature", Some(key)) => format!(
                    "signed, key {key}: compare it by another channel, or give the sender's key with --signer"
                ),
                ("words", _) => "six words compared by another channel".to_owned(),
                _ => "a name that was typed: it does not show who typed it".to_owned(),
            };
            let line = match one.state {
                State::Holds => format!("Approved by {} ({how}), until {}.", one.by, one.until),
                State::Expired => format!("The approval by {} ended on {}.", one.by, one.until),
                State::OtherRelease => format!(
                    "error: the approval by {} is for another release than this one.",
                    one.by
                ),
                State::OtherKey => format!(
                    "error: the approval by {} is signed with somebody else's key.",
                    one.by
                ),
            };
            lines.push(cleaned(&line));
        }
        lines
    }
}

/// Hidden characters of a name shown as such; the check has its own, since it
/// shares no code with what makes texts.
fn cleaned(line: &str) -> String {
    line.chars()
        .map(|c| {
            let hidden = c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
            if hidden { '\u{fffd}' } else { c }
        })
        .collect()
}
