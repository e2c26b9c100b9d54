//! The command line: arguments in, data on stdout, words on stderr, an exit
//! code out. One file a command.
//!
//! It holds no logic that a library user would miss, and prints through `out`
//! alone. clap's definitions are the one registry of flags: help, man pages
//! and completions are made from them. What a user typed is never repeated in
//! a message unless it is a word of ours or a path: it could be a cell or a key.

mod approve;
mod args;
mod attack;
mod bundle;
mod check;
mod completions;
mod demo;
mod diff;
mod draft;
mod explain;
mod gate;
mod key;
mod kinds;
mod later;
mod ledger;
mod log;
mod man;
mod out;
mod profile;
mod progress;
mod protect;
mod read;
mod reading;
mod record;
mod reidentify;
mod review;
mod risk;
mod run;
mod signals;
mod suggest;
mod suggest_policy;
mod summary;
mod try_values;
mod verify;
mod wrong_use;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use out::Failure;
use signals::Signals;

/// Turns records that must not be shared into files that can be, and into the
/// evidence that says why.
#[derive(Parser)]
#[command(
    name = "offrecord",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = "\
Examples:
  offrecord demo                                          see it work on invented people
  offrecord profile register.csv                          what is in it? never a raw value
  offrecord check policy.toml --input register.csv        does the policy fit the file?
  offrecord run policy.toml register.csv --key K --dry-run     count, and write nothing
  offrecord run policy.toml register.csv --key K --out release
  offrecord verify release                                look at the finished bytes again
  offrecord risk release/extract.csv --ignore id_number   who could be found in the rows?

Exit codes: 0 done; 1 failed; 2 wrong use, policy error, --out exists; 3 a leak or a limit
missed; 4 the columns are not the policy's; 5 not approved; 130, 143 interrupted. Data goes to stdout, words to
stderr. Nothing here uses the network.

Not built yet, and refused by name: gate."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Profile(profile::Profile),
    Protect(protect::Protect),
    Draft(draft::Draft),
    Check(check::Check),
    Explain(explain::Explain),
    Diff(diff::Diff),
    Review(review::Review),
    Approve(Box<approve::Approve>),
    Bundle(bundle::Bundle),
    Reidentify(Box<reidentify::Reidentify>),
    Run(run::Run),
    Verify(verify::Verify),
    #[command(subcommand)]
    Log(log::Log),
    Ledger(ledger::Ledger),
    Risk(risk::Risk),
    Suggest(suggest::Suggest),
    Attack(attack::Attack),
    Kinds(kinds::Kinds),
    Read(read::Read),
    #[command(name = "try")]
    Try(try_values::Try),
    #[command(subcommand)]
    Key(key::Key),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    fn run(self, signals: &Signals) -> Result<u8, Failure> {
        match self {
            Self::Demo(command) => command.run(signals),
            Self::Profile(command) => command.run(signals),
            Self::Protect(command) => command.run(),
            Self::Draft(command) => command.run(signals),
            Self::Check(command) => command.run(signals),
            Self::Explain(command) => command.run(),
            Self::Diff(command) => command.run(signals),
            Self::Review(command) => command.run(signals),
            Self::Run(command) => command.run(signals),
            Self::Approve(command) => command.run(),
            Self::Bundle(command) => command.run(),
            Self::Reidentify(command) => command.run(signals),
            Self::Log(command) => command.run(),
            Self::Ledger(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Risk(command) => command.run(signals),
            Self::Suggest(command) => command.run(signals),
            Self::Attack(command) => command.run(),
            Self::Kinds(command) => command.run(),
            Self::Read(command) => command.run(),
            Self::Try(command) => command.run(),
            Self::Key(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }

    /// Whether a script waits for an answer on stdout.
    fn json(&self) -> bool {
        match self {
            Self::Demo(command) => command.json(),
            Self::Profile(command) => command.json(),
            Self::Protect(command) => command.json(),
            Self::Check(command) => command.json(),
            Self::Explain(command) => command.json(),
            Self::Diff(command) => command.json(),
            Self::Review(command) => command.json(),
            Self::Run(command) => command.json(),
            Self::Approve(command) => command.json(),
            Self::Bundle(_) | Self::Reidentify(_) => false,
            Self::Log(command) => command.json(),
            Self::Ledger(command) => command.json(),
            Self::Verify(command) => command.json(),
            Self::Risk(command) => command.json(),
            Self::Suggest(command) => command.json(),
            Self::Attack(command) => command.json(),
            Self::Kinds(command) => command.json(),
            Self::Key(command) => command.json(),
            Self::Draft(_) | Self::Read(_) | Self::Try(_) | Self::Completions(_) | Self::Man(_) => {
                false
            }
        }
    }
}

/// The definitions of all commands.
fn definitions() -> clap::Command {
    /// Examples come first; clap knows them as the text after the options,
    /// which is where man pages want them.
    const HELP: &str = "{about}{after-help}\n\n{usage-heading} {usage}\n\n{all-args}\n";
    fn dress(command: clap::Command) -> clap::Command {
        command
            .help_template(HELP)
            .max_term_width(100)
            .mut_subcommands(dress)
    }
    dress(Cli::command())
}

/// The whole program: reads `arguments`, the program's name first, does what
/// they say, and gives the exit code of SPEC §7.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    quiet_panics();
    // Best effort: where the system refuses, a dump may hold what was read.
    let _dumps_off: bool = crate::release::no_core_dumps();
    let signals = Signals::install();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let ended = std::panic::catch_unwind(|| perform(arguments, &signals));
    // The panic hook has told the place.
    ExitCode::from(ended.unwrap_or(1))
}

fn perform(arguments: Vec<OsString>, signals: &Signals) -> u8 {
    if let Err(failure) = wrong_use::no_key_among(&arguments) {
        return failure.tell(false);
    }
    let parsed = definitions()
        .try_get_matches_from(arguments)
        .and_then(|found| Cli::from_arg_matches(&found));
    match parsed {
        Err(error) => wrong_use::tell(error),
        Ok(Cli { command }) => {
            let as_json = command.json();
            command
                .run(signals)
                .unwrap_or_else(|failure| failure.tell(as_json))
        }
    }
}

/// A panic's message may hold data: the place alone is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "an unknown place".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        out::words(&format!(
            "error: offrecord failed at {place}\n  why:  this is a defect of offrecord; nothing was published\n  next: report the place with the policy and an invented input, never with real records"
        ));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        definitions().debug_assert();
    }

    #[test]
    fn every_command_has_examples_and_every_flag_has_help() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{path}: about");
            let examples = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                command.has_subcommands() || examples.contains("offrecord "),
                "{path}: examples"
            );
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{path} {}: help", arg.get_id());
            }
            for sub in command.get_subcommands() {
                look(sub, &path);
            }
        }
        look(&definitions(), "");
    }

    #[test]
    fn the_help_names_what_is_not_built() {
        let help = definitions().render_help().to_string().replace('\n', " ");
        for (word, _) in later::LATER {
            assert!(help.contains(&format!(" {word}")), "{word}");
        }
    }

    #[test]
    fn no_command_promises_too_much() {
        fn look(command: &clap::Command) {
            let help = command
                .clone()
                .render_long_help()
                .to_string()
                .to_lowercase();
            for word in ["anonym", "de-identif", "compliant", " safe ", "匿名"] {
                assert!(!help.contains(word), "{}: {word}", command.get_name());
            }
            command.get_subcommands().for_each(look);
        }
        look(&definitions());
    }

    #[test]
    fn only_one_module_may_print() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut places = vec![std::path::PathBuf::from(folder)];
        let words = [
            "io::stdout()",
            "io::stderr()",
            "println!",
            "print!(",
            "dbg!(",
        ];
        let mut found = Vec::new();
        while let Some(place) = places.pop() {
            for entry in std::fs::read_dir(place).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    places.push(path);
                } else if path.extension().is_some_and(|end| end == "rs")
                    && !path.ends_with("cli/out.rs")
                    && !path.ends_with("cli/mod.rs")
                    && !path.components().any(|part| part.as_os_str() == "tests")
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.extend(
                        words
                            .iter()
                            .filter(|word| text.contains(**word))
                            .map(|word| (path.clone(), *word)),
                    );
                }
            }
        }
        assert_eq!(found, []);
    }
}
