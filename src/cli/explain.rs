//! `offrecord explain`: a policy in plain words, for people who do not read TOML.

use std::path::PathBuf;

use clap::Args;

use super::args::{KeyArgs, read_policy};
use super::out::Failure;

/// Say in plain words what a policy does
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord explain policy.toml
  offrecord explain policy.toml --format html > brief.html
  offrecord explain policy.toml --lang zh")]
pub(super) struct Explain {
    /// The policy
    policy: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

impl Explain {
    pub(super) fn json(&self) -> bool {
        false
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        read_policy(&self.policy)?;
        drop(self.key);
        Err(Failure::usage(
            "`offrecord explain` is not built yet",
            "",
            "read the policy itself",
        ))
    }
}
