//! `offrecord draft`: a policy with every column in it, for people to finish.

use std::path::PathBuf;

use clap::Args;

use super::out::{self, Failure};
use super::reading::{ReadingArgs, project};
use super::signals::Signals;

/// Draft a policy for a file: every column in it, closed by default
///
/// The file is profiled, and the policy says in comments what was seen: kinds,
/// shapes, signs, never a value. What could hold a person is dropped. The
/// purpose and each why are left open, and `check` refuses the policy until
/// people have written them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord draft register.csv > policy.toml
  offrecord check policy.toml --input register.csv        says which reasons are missing")]
pub(super) struct Draft {
    /// Files of one table; `-` is stdin; gzip is inflated
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Project that separates this work's codes from others' [default: the file's name]
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    #[command(flatten)]
    reading: ReadingArgs,
}

fn name(text: &str) -> Result<String, String> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !text.is_empty() && text.bytes().all(good) {
        Ok(text.to_owned())
    } else {
        Err("use lower case letters, digits and hyphens".to_owned())
    }
}

impl Draft {
    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        let reading = self.reading.reading()?;
        let profile = self
            .reading
            .profile(&self.files, &reading, &signals.raised)?;
        let project = self
            .project
            .or_else(|| self.files.first().map(|path| project(path)))
            .unwrap_or_default();
        out::all_data(profile.draft(&reading, &project).as_bytes())?;
        Ok(0)
    }
}
