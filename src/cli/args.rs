//! Arguments that several commands share, and how their values are read. The
//! errors here never hold the text that was typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::out::{Failure, shown};
use crate::key::identity::hex;
use crate::key::{Key, KeyError};
use crate::policy::house::{self, HouseRules};
use crate::policy::{self, Policy, PolicyError, Problem};

/// Where the key comes from.
#[derive(Args)]
#[group(id = "key-source", multiple = false)]
pub(super) struct KeyArgs {
    /// Key file (mode 0600 or 0400); `-` reads the key from stdin
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Descriptor that your shell opened, as in `--key-fd 3 3< <(age -d key.age)`
    #[arg(long, value_name = "N")]
    key_fd: Option<u32>,
}

impl KeyArgs {
    /// Whether the key takes up stdin.
    pub(super) fn on_stdin(&self) -> bool {
        self.key
            .as_ref()
            .is_some_and(|path| path.as_os_str() == "-")
            || self.key_fd == Some(0)
    }

    /// Reads the key, if one was named.
    ///
    /// # Errors
    /// Why there is none, with the exit code for wrong use.
    pub(super) fn read(&self) -> Result<Option<Key>, Failure> {
        let key = match (&self.key, self.key_fd) {
            (Some(path), _) if path.as_os_str() == "-" => Key::read_stdin(),
            (Some(path), _) => Key::read_file(path),
            (None, Some(fd)) => Key::read_fd(fd),
            (None, None) => return Ok(None),
        };
        key.map(Some).map_err(|error| key_failure(&error))
    }

    /// Reads the key that the command cannot do without.
    ///
    /// # Errors
    /// As [`read`](Self::read), and where none was named.
    pub(super) fn required(&self) -> Result<Key, Failure> {
        self.read()?.ok_or_else(|| {
            Failure::usage(
                "no key was given",
                "codes, order and fingerprints are computed with the key; nothing leaves without it",
                "say --key FILE, --key-fd N, or --key - for stdin; `offrecord key new FILE` makes a key",
            )
        })
    }
}

/// A key error in parts.
pub(super) fn key_failure(error: &KeyError) -> Failure {
    let whole = error.to_string();
    let what = whole
        .split_once(error.why())
        .map_or(whole.as_str(), |(what, _)| what);
    let what = what.trim_end().trim_end_matches('.').to_owned();
    Failure::usage(what, error.why(), error.help())
}

/// House rules: which hold.
#[derive(Args, Default)]
#[group(id = "house", multiple = false)]
pub(super) struct HouseArgs {
    /// House rules to hold the policy to, instead of house-rules.toml beside
    /// the policy or in the nearest folder above it
    #[arg(long, value_name = "FILE")]
    house_rules: Option<PathBuf>,
    /// Hold the policy to no house rules; the record of the run says so
    #[arg(long)]
    no_house_rules: bool,
}

/// The house rules in force, and what a record says of them.
pub(super) struct House {
    /// `None` where they were switched off.
    pub(super) rules: Option<HouseRules>,
    /// For the private record.
    pub(super) record: Value,
}

impl HouseArgs {
    /// Finds and reads the rules for a policy at `policy`.
    ///
    /// # Errors
    /// Where they cannot be read, or are wrong.
    pub(super) fn find(&self, policy: &std::path::Path) -> Result<House, Failure> {
        if self.no_house_rules {
            return Ok(House {
                rules: None,
                record: json!({"origin": "switched off by --no-house-rules"}),
            });
        }
        let rules = match self.house_rules.clone().or_else(|| house::nearest(policy)) {
            Some(path) => house::read_house(&path).map_err(|error| policy_failure(&error))?,
            None => HouseRules::built_in(),
        };
        let record = json!({"origin": rules.file, "sha256": hex(&rules.sha256)});
        Ok(House {
            rules: Some(rules),
            record,
        })
    }
}

/// Reads a policy.
///
/// # Errors
/// Rendered, with the exit code for a wrong policy.
pub(super) fn read_policy(path: &std::path::Path) -> Result<Policy, Failure> {
    policy::read(path).map_err(|error| policy_failure(&error))
}

fn policy_failure(error: &PolicyError) -> Failure {
    match error {
        PolicyError::Wrong(_) => Failure::Rendered {
            code: 2,
            text: error.render(super::out::color_words()),
            json: error.to_json(),
        },
        other => Failure::usage(
            other.to_string(),
            "without it nothing is known of what may leave",
            "check the path; a policy is a text file in UTF-8",
        ),
    }
}

/// Problems that point at the text of `policy`, as a failure.
pub(super) fn problems_failure(policy: &Policy, problems: &[Problem]) -> Failure {
    Failure::Rendered {
        code: 2,
        text: policy::render(
            problems,
            &policy.file,
            &policy.text,
            super::out::color_words(),
        ),
        json: policy::to_json(problems, &policy.file, &policy.text),
    }
}

/// The day that counts: the system's, in UTC.
pub(super) fn today() -> Date {
    jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
}

/// How many workers, and how much memory they may fill.
#[derive(Args)]
pub(super) struct PaceArgs {
    /// Workers; the release is the same with any number [default: one a processor]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Bytes of input handed to a worker at a time, such as 256KiB; at least
    /// 16, at most 1GiB. The release is the same with any size [default: 1MiB]
    #[arg(long, value_name = "BYTES", value_parser = chunk_size, conflicts_with = "memory")]
    chunk_size: Option<usize>,
    /// Memory that chunks in flight may fill, such as 64MiB; tables, classes
    /// and codes that a policy asks for come on top
    #[arg(long, value_name = "BYTES", value_parser = memory)]
    memory: Option<u64>,
}

/// Default size of a chunk.
const CHUNK: usize = 1 << 20;
/// A chunk in flight exists as input, as treated rows and as fingerprints.
const COPIES: u64 = 4;

impl PaceArgs {
    /// Workers and bytes of a chunk.
    pub(super) fn settle(&self) -> (NonZeroUsize, usize) {
        let threads = self
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
        let chunk = match (self.chunk_size, self.memory) {
            (Some(chunk), _) => chunk,
            (None, None) => CHUNK,
            (None, Some(memory)) => {
                // The engine has at most two chunks a worker in flight, and two more.
                let in_flight = threads.get() as u64 * 2 + 2;
                let chunk = memory / (in_flight * COPIES);
                usize::try_from(chunk)
                    .unwrap_or(CHUNK)
                    .clamp(1 << 12, CHUNK)
            }
        };
        (threads, chunk)
    }
}

fn chunk_size(text: &str) -> Result<usize, String> {
    let size = bytes(text)?;
    match usize::try_from(size) {
        Ok(size) if (16..=1 << 30).contains(&size) => Ok(size),
        _ => Err("it must be from 16 bytes to 1GiB".to_owned()),
    }
}

fn memory(text: &str) -> Result<u64, String> {
    match bytes(text)? {
        size if size >= 1 << 20 => Ok(size),
        _ => Err("it must be 1MiB at least".to_owned()),
    }
}

/// A size: a whole number with B, kB, MB, GB (thousands) or KiB, MiB, GiB, or
/// K, M, G for the same.
fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "write a whole number and a unit, such as 64KiB, 1MiB or 2GB".to_owned();
    let text = text.trim();
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(end).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).ok_or_else(wrong)
}

/// Inputs that can be opened at all: told before anything long begins.
///
/// # Errors
/// Where stdin is wanted twice.
pub(super) fn one_stdin(files: &[PathBuf], key_on_stdin: bool) -> Result<(), Failure> {
    let dashes = files.iter().filter(|path| path.as_os_str() == "-").count();
    if dashes + usize::from(key_on_stdin) <= 1 {
        return Ok(());
    }
    Err(Failure::usage(
        "stdin is asked for more than once",
        "it can be read only once, and a key read as records would be treated as data",
        "give the key by --key FILE or --key-fd N, and `-` for one input at most",
    ))
}

/// A place that must not exist yet, to be written by a command.
///
/// # Errors
/// Where something is there.
pub(super) fn must_not_exist(path: &std::path::Path) -> Result<(), Failure> {
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    Err(Failure::usage(
        format!("{} exists already", shown(path)),
        "offrecord never overwrites a file that it did not make for this",
        "choose another name, or remove it first",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_units_and_refused_without_repeating_them() {
        assert_eq!(bytes("16"), Ok(16));
        assert_eq!(bytes("1MiB"), Ok(1 << 20));
        assert_eq!(bytes("2 GB"), Ok(2_000_000_000));
        assert_eq!(bytes("64k"), Ok(65_536));
        for wrong in [
            "",
            "MiB",
            "1.5MiB",
            "-1",
            "99999999999GiB",
            "1XB",
            "１",
            "1é",
        ] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert!(bytes("13800138000 x").is_err_and(|error| !error.contains("1380")));
        assert!(
            chunk_size("15").is_err() && chunk_size("16").is_ok() && chunk_size("2GiB").is_err()
        );
    }

    #[test]
    fn memory_decides_the_chunk() {
        let pace = |memory| PaceArgs {
            threads: NonZeroUsize::new(2),
            chunk_size: None,
            memory,
        };
        assert_eq!(pace(None).settle().1, CHUNK);
        assert_eq!(pace(Some(24 << 20)).settle().1, CHUNK);
        assert_eq!(pace(Some(12 << 20)).settle().1, CHUNK / 2);
        assert_eq!(pace(Some(1 << 20)).settle().1, (1 << 20) / 24);
    }
}
