//! `offrecord key`: make a key, name it, end it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::args::key_failure;
use super::out::{self, Failure, shown};
use crate::key::{self, KeyError, MODES_CHECKED};

/// Make, name or destroy a key
///
/// Codes, the order of rows and the fingerprints of the leak check are computed
/// with the key. Whoever has it can turn codes back into people by trying all
/// numbers; whoever loses it can never make the same codes again.
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  offrecord key new party.key          make one; keep a copy on a second medium
  offrecord key id party.key           which key is it? the manifest names the same id
  offrecord key destroy party.key      overwrite it and remove it")]
pub(super) enum Key {
    New(New),
    Id(Id),
    Destroy(Destroy),
}

/// Make a key file, mode 0600, and print the key's id
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord key new party.key
  offrecord key new /media/stick/party.key")]
pub(super) struct New {
    /// File to make; it must not exist
    file: PathBuf,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

/// Print the id of a key: public, and of no help to anybody who wants its codes
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord key id party.key
  age -d party.key.age | offrecord key id -")]
pub(super) struct Id {
    /// Key file; `-` is stdin
    file: PathBuf,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

/// Overwrite a key file and remove it
///
/// On a terminal it asks for the key's id first. What it cannot reach, it says.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord key destroy party.key
  offrecord key destroy --yes party.key      without asking")]
pub(super) struct Destroy {
    /// Key file
    file: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

impl Key {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::New(command) => command.run(),
            Self::Id(command) => command.run(),
            Self::Destroy(command) => command.run(),
        }
    }

    pub(super) fn json(&self) -> bool {
        match self {
            Self::New(New { json, .. })
            | Self::Id(Id { json, .. })
            | Self::Destroy(Destroy { json, .. }) => *json,
        }
    }
}

impl New {
    fn run(self) -> Result<u8, Failure> {
        let key = key::Key::generate().map_err(|error| key_failure(&error))?;
        key.write_new(&self.file)
            .map_err(|error| key_failure(&error))?;
        out::words(&format!(
            "A new key is in {}.\nKeep a copy on a second medium: without it no code can ever be made again.\nGive it to nobody whom you would not give the names.",
            shown(&self.file)
        ));
        if !MODES_CHECKED {
            out::words(
                "This system has no permission bits: see to it that nobody else can open the folder.",
            );
        }
        answer(&key.id().to_string(), self.json)
    }
}

impl Id {
    fn run(self) -> Result<u8, Failure> {
        let key = match self.file.as_os_str() == "-" {
            true => key::Key::read_stdin(),
            false => key::Key::read_file(&self.file),
        };
        answer(
            &key.map_err(|error| key_failure(&error))?.id().to_string(),
            self.json,
        )
    }
}

impl Destroy {
    fn run(self) -> Result<u8, Failure> {
        if !self.yes && out::can_ask() {
            self.ask()?;
        }
        let done = key::destroy(&self.file).map_err(|error| match error {
            KeyError::Form(_) | KeyError::Weak => Failure::usage(
                format!("{} does not hold a key", shown(&self.file)),
                "only key files are destroyed, so that a slip of the hand destroys no data",
                "check the path; nothing was changed",
            ),
            other => key_failure(&other),
        })?;
        let mut text = format!(
            "The key {} has been overwritten and removed.\n\
             What nobody can promise: that no copy is left in a backup, a snapshot, on another medium, or in\n\
             blocks that a solid-state disk has put aside.\n\
             Rows that were made with it are still about people: what they hold beside the codes has not changed.",
            done.id
        );
        if let Some(others) = done.other_names.filter(|others| *others > 0) {
            text.push_str(&format!(
                "\nThe file had {} (hard links); they hold the overwritten bytes: remove them too.",
                out::counted(others, "other name", "other names")
            ));
        }
        out::words(&text);
        if self.json {
            out::json_data(&json!({"destroyed": true, "key_id": done.id.to_string()}))?;
        }
        Ok(0)
    }

    /// Asks for the id, which nobody types by a slip of the hand.
    fn ask(&self) -> Result<(), Failure> {
        let key = std::fs::File::open(&self.file)
            .map_err(|source| KeyError::Read {
                path: self.file.clone(),
                source,
            })
            .and_then(key::Key::read_from)
            .map_err(|error| key_failure(&error))?;
        out::words(&format!(
            "Every code made with key {} will be beyond repetition. Type its first four digits to destroy it:",
            key.id()
        ));
        let mut typed = String::new();
        let read = std::io::stdin().read_line(&mut typed);
        let first: String = key.id().to_string().chars().take(4).collect();
        if read.is_ok() && typed.trim() == first {
            return Ok(());
        }
        Err(Failure::usage(
            "not destroyed",
            "the digits were not the key's",
            "run it again if you mean it",
        ))
    }
}

fn answer(id: &str, as_json: bool) -> Result<u8, Failure> {
    match as_json {
        true => out::json_data(&json!({"key_id": id}))?,
        false => out::all_data(format!("{id}\n").as_bytes())?,
    }
    Ok(0)
}
