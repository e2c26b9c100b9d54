//! `offrecord kinds`: what a column can be.

use clap::Args;
use serde_json::json;

use super::out::{self, Failure};
use crate::kinds;
use crate::policy::FINDABLE;

/// List the kinds that a column can have
///
/// A kind recognises, validates and normalises values. Codes are computed over
/// the normal form, so a kind has a version, and the manifest names it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord kinds
  offrecord kinds --json
  echo '+86 138-0013-8000' | offrecord try --kind phone")]
pub(super) struct Kinds {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

impl Kinds {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if self.json {
            let all: Vec<_> = kinds::all()
                .iter()
                .map(|kind| {
                    json!({
                        "name": kind.name(),
                        "version": kind.version(),
                        "about": kind.facts().title,
                        "strict": kind.strict(),
                        "found_in_text": FINDABLE.contains(&kind.name()),
                        "space": kind.space(),
                    })
                })
                .collect();
            out::json_data(&json!(all))?;
            return Ok(0);
        }
        let mut text = String::from("KIND               FOUND IN TEXT  WHAT IT IS\n");
        for kind in kinds::all() {
            let found = if FINDABLE.contains(&kind.name()) {
                "yes"
            } else {
                ""
            };
            let name = format!("{}@{}", kind.name(), kind.version());
            text.push_str(&format!("{name:<18} {found:<14} {}\n", kind.facts().title));
        }
        out::all_data(text.as_bytes())?;
        Ok(0)
    }

    pub(super) fn json(&self) -> bool {
        self.json
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_is_described() {
        for kind in crate::kinds::all() {
            assert!(!kind.facts().title.is_empty(), "{}", kind.name());
        }
    }
}
