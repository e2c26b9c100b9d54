//! Why a run ended without a release: what, where, why it matters, what to do
//! next, and the exit code. No variant can hold a value of the input.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::input::ReadError;
use crate::plan::bind::Drift;
use crate::policy::error::Problem;
use crate::verify::VerifyError;

/// Why a run ended.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The policy has errors.
    #[error("the policy has {} error(s)", .0.len())]
    Policy(Vec<Problem>),
    /// The policy's last day has passed.
    #[error("the policy was valid until {0} and has expired")]
    Expired(jiff::civil::Date),
    /// The recipient asked for is not in the policy, or one must be named.
    #[error("{0}")]
    Recipient(String),
    /// The header differs from the policy.
    #[error("{file}: the columns are not those of the policy\n{drift}", drift = .drift.describe())]
    Drift {
        /// Name of the file as shown.
        file: String,
        /// What differs.
        drift: Drift,
    },
    /// A JSON record has a key that the policy does not name.
    #[error("file {}, line {line}: a key that no rule names", .file + 1)]
    UnknownKey {
        /// File, from 0.
        file: usize,
        /// Line, from 1.
        line: u64,
    },
    /// An unreadable record, and the policy says refuse.
    #[error("file {}, line {line}: {reason}", .file + 1)]
    Unreadable {
        /// File, from 0.
        file: usize,
        /// Line, from 1.
        line: u64,
        /// Reason.
        reason: &'static str,
    },
    /// A value does not fit its rule, and the rule says refuse.
    #[error("file {}, line {line}, column \"{column}\": {reason}", .file + 1)]
    ValueRefused {
        /// File, from 0.
        file: usize,
        /// Line, from 1.
        line: u64,
        /// Column.
        column: String,
        /// Reason.
        reason: &'static str,
    },
    /// Too many records could not be read.
    #[error("{bad} of {read} records could not be read; the policy allows a share of {allowed}")]
    TooManyBad {
        /// Unreadable records.
        bad: u64,
        /// Records.
        read: u64,
        /// Allowed share.
        allowed: f64,
    },
    /// A limit of risk or disclosure is missed.
    #[error("{0}")]
    Limit(String),
    /// A figure of the release could be worked out by whoever has it.
    #[error("{message}{}", .file.as_ref().map_or_else(String::new, |file| format!("; the private finding is {}", file.display())))]
    Disclosure {
        /// What, without labels.
        message: String,
        /// The cells, the relations that give them away and the cheapest cure:
        /// for the operator alone.
        details: serde_json::Value,
        /// Where the details were written: beside the release that was asked for.
        file: Option<PathBuf>,
    },
    /// The ledger of earlier releases cannot be used.
    #[error("{0}")]
    Ledger(#[from] crate::ledger::LedgerError),
    /// The check at the end found something.
    #[error("the check of the finished release found {findings} problem(s); nothing was published")]
    Check {
        /// How many.
        findings: u64,
        /// Exit code of the worst.
        code: u8,
        /// What and where, without values.
        lines: Vec<String>,
    },
    /// The check could not be made.
    #[error("the finished release could not be checked: {0}")]
    CheckFailed(#[from] VerifyError),
    /// Records do not balance: a defect of the tool.
    #[error("records do not balance: {0}")]
    Balance(String),
    /// The input could not be read.
    #[error("{file}: {error}")]
    Read {
        /// Name of the file as shown.
        file: String,
        /// Why.
        error: ReadError,
    },
    /// An earlier release that was named does not join with this run.
    #[error("--with: {0}")]
    With(String),
    /// The input changed between two readings.
    #[error("the input changed while it was read")]
    InputChanged,
    /// A file could not be written.
    #[error("{}: {}", .path.display(), .error)]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// `--out` exists already, or cannot be used.
    #[error("{0}")]
    Out(String),
    /// A signal.
    #[error("interrupted; nothing was published")]
    Interrupted,
    /// A thread panicked: a defect of the tool.
    #[error("a worker failed; nothing was published")]
    Panicked,
}

impl Stop {
    /// Writes what gives a figure away beside the release that was asked for,
    /// for its owner alone: it names cells. An older finding there is replaced.
    pub(super) fn with_finding(self, out: &Path) -> Self {
        let Self::Disclosure {
            message, details, ..
        } = self
        else {
            return self;
        };
        if details.is_null() {
            return Self::Disclosure {
                message,
                details,
                file: None,
            };
        }
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(".finding.json");
        let path = out.with_file_name(name);
        let text = serde_json::to_string_pretty(&details).unwrap_or_default() + "\n";
        drop(std::fs::remove_file(&path));
        let written = crate::release::create_private_file(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        Self::Disclosure {
            message,
            details,
            file: written.is_ok().then_some(path),
        }
    }

    /// Exit code, as documented for the command.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Stop::Policy(_)
            | Stop::With(_)
            | Stop::Expired(_)
            | Stop::Recipient(_)
            | Stop::Out(_) => 2,
            Stop::Limit(_) | Stop::Disclosure { .. } => 3,
            Stop::Check { code, .. } => *code,
            Stop::Ledger(error) => error.code(),
            Stop::Drift { .. } | Stop::UnknownKey { .. } => 4,
            _ => 1,
        }
    }

    /// Why it matters; empty where the message says it all.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self {
            Stop::Expired(_) => "what was weighed then may not hold now",
            Stop::Recipient(_) => {
                "each recipient gets codes of its own, so that two of them cannot join their files"
            }
            Stop::Drift { .. } | Stop::UnknownKey { .. } => {
                "a column that no rule names could hold anything; nothing was written"
            }
            Stop::Unreadable { .. } | Stop::ValueRefused { .. } => {
                "the policy says `refuse` here; nothing was published"
            }
            Stop::TooManyBad { .. } => {
                "where so much cannot be read, the file is probably not what the policy was written for; nothing was published"
            }
            Stop::Disclosure { .. } => {
                "whoever subtracts one published figure from another would learn about a few people; nothing was published"
            }
            Stop::Limit(_) => {
                "the release would show more than the policy allows; nothing was published"
            }
            Stop::Ledger(error) => error.why(),
            Stop::Check { .. } => "what the check found must not leave; the release was taken away",
            Stop::CheckFailed(_) => "a release that was not checked is not published",
            Stop::Balance(_) => {
                "a record that went nowhere, or twice, makes every figure doubtful; nothing was published"
            }
            Stop::Read { .. } => {
                "a release from a part of the input would be another release; nothing was published"
            }
            Stop::InputChanged => "the two readings were of different data; nothing was published",
            Stop::Write { .. } => "a release appears whole or not at all; nothing was published",
            Stop::With(_) => {
                "a join that cannot be weighed must not pass for one that was; nothing was published"
            }
            Stop::Out(_) => {
                "a release never overwrites or joins anything, and needs a folder where it can appear whole"
            }
            Stop::Policy(_) | Stop::Interrupted | Stop::Panicked => "",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Stop::Policy(_) => "mend the policy; `offrecord check` shows each place",
            Stop::Expired(_) => {
                "have the policy reviewed, set a new `valid_until` and a new `version`"
            }
            Stop::Recipient(_) => "name one with --recipient ID, or --recipient all",
            Stop::Drift { .. } | Stop::UnknownKey { .. } => {
                "write a rule for each column of the input, or mend the input; nothing is kept by default"
            }
            Stop::Unreadable { .. } => {
                "mend the record, or say `bad = \"quarantine\"` in [input] to set such records aside"
            }
            Stop::ValueRefused { .. } => {
                "mend the value, or say `invalid = \"quarantine\"` or \"withhold\" in the column's rule"
            }
            Stop::TooManyBad { .. } => {
                "look at the format, encoding and delimiter in [input] with `offrecord read FILE --raw`; raise `max_bad` only if the file is really so damaged"
            }
            Stop::Disclosure { .. } => {
                "read the private finding where one is named (keep it as you keep the input), then publish a coarser level, take a total out, coarsen the column in the extract, or cut the data as earlier releases did; `offrecord ledger FILE` lists those"
            }
            Stop::Limit(_) => {
                "coarsen the columns or tables named, or change the limit with a reviewer"
            }
            Stop::Ledger(error) => error.help(),
            Stop::Check { .. } => {
                "change the rule of the column that lets the value through, and run again"
            }
            Stop::CheckFailed(_) | Stop::Balance(_) | Stop::Panicked => {
                "this is a defect: report it with the policy and an invented input, never with real records"
            }
            Stop::Read { error, .. } => error.help(),
            Stop::InputChanged => "give the run a file that nothing else writes to",
            Stop::Write { .. } => {
                "free space or choose another --out; what was begun has been removed"
            }
            Stop::With(_) => {
                "give the folder of a release of the same project, recipient and key, or leave --with out: texts then say that joins were not assessed"
            }
            Stop::Out(_) => {
                "choose another --out, in a folder that exists and that you may write to"
            }
            Stop::Interrupted => "run it again; what was begun has been removed",
        }
    }
}
