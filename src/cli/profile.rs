//! `offrecord profile`: what is in a file, without a value of it.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::args::must_not_exist;
use super::out::{self, Failure, shown};
use super::reading::ReadingArgs;
use super::signals::Signals;

/// Say what is in a file, column by column, without a value of it
///
/// One pass: how full each column is, how its values are written (as masked
/// shapes), which kind they are and why no other, how often check digits hold,
/// what columns say of each other, and signs of damage, invention and marking.
/// Never a raw value: shapes, counts and shares.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord profile register.csv
  offrecord profile register.csv --html profile.html --json > profile.json
  offrecord profile list.txt --encoding gb18030 --delimiter tab --region CN")]
pub(super) struct Profile {
    /// Files of one table; `-` is stdin; gzip is inflated
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the whole profile as JSON on stdout
    #[arg(long)]
    json: bool,
    /// Write it as a page with charts into this new file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

impl Profile {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        if let Some(page) = &self.html {
            must_not_exist(page)?;
        }
        let reading = self.reading.reading()?;
        let profile = self
            .reading
            .profile(&self.files, &reading, &signals.raised)?;
        if let Some(page) = &self.html {
            let failed = |error: std::io::Error| {
                Failure::failed(
                    format!("{}: {error}", shown(page)),
                    "the page is not complete",
                    "choose another place for --html",
                )
            };
            let mut file = crate::release::create_private_file(page).map_err(failed)?;
            file.write_all(profile.to_html().as_bytes())
                .map_err(failed)?;
        }
        if self.json {
            let answer = serde_json::to_value(&profile)
                .map_err(|_| Failure::failed("the profile cannot be written as JSON", "", ""))?;
            out::json_data(&answer)?;
        } else {
            out::all_data(profile.to_text(100).as_bytes())?;
        }
        Ok(0)
    }
}
