//! `offrecord verify`: a second look at a finished release.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::args::{KeyArgs, PaceArgs, today};
use super::out::{self, Failure, shown};
use crate::key::sshsig::Signer;
use crate::verify::{self, Request, VerifyError, approval};

/// Check a finished release: hashes, forms of cells, identifiers, balance, tables
///
/// Of tables it works out what all published figures together tell of those
/// that are not shown. With the private half and the key it hunts for every protected value of the
/// input as well; without them it says that this was not repeated. It reads
/// with code of its own. It searches; it does not prove that nothing is there.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord verify release
  offrecord verify release --private release.private --key party.key
  offrecord verify release --json")]
pub(super) struct Verify {
    /// Folder of the release
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Its private half
    #[arg(long, value_name = "DIR")]
    private: Option<PathBuf>,
    /// Public key of somebody whose signature counts (id_ed25519.pub)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    signer: Vec<PathBuf>,
    /// Fail (exit 5) unless the finished release was approved and the approval holds
    #[arg(long)]
    approved: bool,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// Print what was found as JSON on stdout
    #[arg(long)]
    json: bool,
    /// Say nothing unless something is wrong
    #[arg(long, short)]
    quiet: bool,
}

impl Verify {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        for folder in [Some(&self.folder), self.private.as_ref()]
            .into_iter()
            .flatten()
        {
            if !folder.is_dir() {
                return Err(Failure::usage(
                    format!("{} is not a folder", shown(folder)),
                    "a release is a folder with a manifest.json, its private half a folder beside it",
                    "give the folder that `offrecord run --out` made",
                ));
            }
        }
        let key = self.key.read()?;
        let (threads, _) = self.pace.settle();
        let request = Request {
            private: self.private.as_deref(),
            key: key.as_ref(),
            threads: threads.get(),
            intervals: true,
            ..Request::new(&self.folder)
        };
        let verdict = verify::verify(&request).map_err(|error| match error {
            VerifyError::Half => Failure::usage(
                error.to_string(),
                "the fingerprints mean nothing without the key, and the key finds nothing without them",
                "add --private DIR.private, --key FILE, or leave both out",
            ),
            error => Failure::failed(
                error.to_string(),
                "the release was not checked",
                "check the folder, and that this user may read all of it",
            ),
        })?;
        if !self.quiet || !verdict.passed() {
            out::words(&verdict.to_string());
        }
        let signers = self.signers()?;
        // A folder of releases for many recipients has no manifest of its own.
        let standing = approval::standing(&self.folder, &signers, today()).ok();
        let wrong = standing.as_ref().is_some_and(approval::Standing::is_wrong);
        if let Some(standing) = &standing
            && (!self.quiet || wrong)
        {
            out::words(&standing.words().join("\n"));
        }
        let refused =
            wrong || (self.approved && !standing.as_ref().is_some_and(approval::Standing::holds));
        if refused {
            out::words(
                "next: do not rely on it; ask the sender, by another way than the files came by, what was approved",
            );
        }
        let code = match (verdict.exit_code(), refused) {
            (0, true) => 5,
            (code, _) => code,
        };
        if !verdict.passed() {
            out::words(match verdict.exit_code() {
                3 => {
                    "next: share it with nobody; if it has left already, say so to whoever answers for it; mend the policy and run again"
                }
                _ => {
                    "next: use the folder that the run made, or run again; a release that was changed is no release"
                }
            });
        }
        if self.json {
            let mut answer = json!(verdict);
            if let Some(object) = answer.as_object_mut() {
                object.insert("passed".to_owned(), json!(verdict.passed()));
                object.insert("exit_code".to_owned(), json!(code));
                object.insert("approval".to_owned(), json!(standing));
            }
            out::json_data(&answer)?;
        }
        Ok(code)
    }

    /// The public keys that were given.
    fn signers(&self) -> Result<Vec<Signer>, Failure> {
        self.signer
            .iter()
            .map(|path| {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                Signer::read(&text).ok_or_else(|| {
                    Failure::usage(
                        format!("{} is not an Ed25519 public key", shown(path)),
                        "a signature counts only by a key that you know",
                        "give the file id_ed25519.pub that the sender showed you",
                    )
                })
            })
            .collect()
    }
}
