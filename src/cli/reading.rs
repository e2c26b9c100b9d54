//! How a file without a policy is to be read: declared, never guessed.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::args::{PaceArgs, read_policy};
use super::out::{Failure, words_on_terminal};
use super::progress::Line;
use super::read::{Quote, Rows, encoding, one_byte, quote};
use crate::input::{Encoding, Format, Reading};
use crate::job;
use crate::kinds::Region;
use crate::profile::{self, Profile, Request, Stop};

/// How rows are written.
#[derive(Args)]
pub(super) struct ReadingArgs {
    /// Read as the [input] section of this policy says
    #[arg(long, value_name = "POLICY", conflicts_with_all = ["format", "encoding", "delimiter", "quote", "no_header"])]
    policy: Option<PathBuf>,
    /// How rows are written
    #[arg(long, value_enum, default_value = "csv")]
    format: Rows,
    /// Encoding: utf-8, gb18030, big5, shift_jis, windows-1251, utf-16, …
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// Character between fields; `tab` for a tab
    #[arg(long, default_value = ",", value_parser = one_byte)]
    delimiter: u8,
    /// Character that quotes a field; `none` where nothing does
    #[arg(long, default_value = "\"", value_parser = quote)]
    quote: Quote,
    /// The first record holds no names; columns are called 1, 2, …
    #[arg(long)]
    no_header: bool,
    /// Country of telephone numbers written without one, such as CN or DE
    #[arg(long, value_name = "CODE", value_parser = region)]
    region: Option<Region>,
    #[command(flatten)]
    pace: PaceArgs,
}

fn region(word: &str) -> Result<Region, String> {
    Region::parse(word).map_err(|error| error.to_string())
}

impl ReadingArgs {
    /// The reading that was declared.
    pub(super) fn reading(&self) -> Result<Reading, Failure> {
        let chunk = self.pace.settle().1;
        if let Some(path) = &self.policy {
            let policy = read_policy(path)?;
            return job::reading(&policy, chunk).map_err(|stop| match &stop {
                job::Stop::Policy(problems) => super::args::problems_failure(&policy, problems),
                other => Failure::usage(other.to_string(), "", other.help()),
            });
        }
        Ok(Reading {
            format: match self.format {
                Rows::Csv => Format::Csv,
                Rows::Jsonl => Format::Jsonl,
            },
            encoding: self.encoding,
            delimiter: self.delimiter,
            quote: self.quote.0,
            header: !self.no_header,
            chunk,
            ..Reading::default()
        })
    }

    /// Profiles files, with a line of progress.
    pub(super) fn profile(
        &self,
        inputs: &[PathBuf],
        reading: &Reading,
        interrupted: &AtomicBool,
    ) -> Result<Profile, Failure> {
        super::args::one_stdin(inputs, false)?;
        look(
            inputs,
            reading,
            self.region,
            self.pace.settle().0,
            interrupted,
        )
    }
}

/// Profiles files, with a line of progress.
pub(super) fn look(
    inputs: &[PathBuf],
    reading: &Reading,
    region: Option<Region>,
    threads: std::num::NonZeroUsize,
    interrupted: &AtomicBool,
) -> Result<Profile, Failure> {
    let line = Line::new(!words_on_terminal());
    let done = profile::profile(&Request {
        inputs,
        reading,
        region,
        threads,
        interrupted,
        watch: &|now| {
            line.news(job::Progress::Reading {
                records: now.records,
                bytes: now.bytes,
                total: now.total,
            });
        },
    });
    line.end();
    done.map_err(|stop| match &stop {
        Stop::Read { error, .. } => Failure::failed(
            stop.to_string(),
            "a profile of a part would say nothing certain of the rest",
            error.help(),
        ),
        Stop::Columns(_) => Failure::coded(
            4,
            stop.to_string(),
            "files are profiled together only where they are one table",
            "profile files with other columns one by one",
        ),
        Stop::Interrupted => Failure::coded(130, "interrupted", "", "start it again"),
        Stop::Panicked | Stop::NoRandomness => Failure::failed(stop.to_string(), "", ""),
    })
}

/// A project's name made of a file's: lower case letters, digits and hyphens.
pub(super) fn project(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let mut name = String::new();
    for c in stem.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_matches('-');
    if name.is_empty() {
        "project".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_named_after_the_file() {
        for (path, name) in [
            ("a/Register 2016.csv", "register-2016"),
            ("名册.csv", "project"),
            ("-", "project"),
        ] {
            assert_eq!(project(Path::new(path)), name);
        }
    }
}
