//! The policy language alone: model, parsing with positions, identity.
//!
//! May not know any treatment's, kind's or engine's code: it imports nothing
//! of ours. What needs a header, data or a clock is checked by `plan`.
//!
//! ```
//! let text = r#"
//! policy  = "demo/rows"
//! version = 1
//! purpose = "Show how a policy is read"
//!
//! [grounds]
//! direct = "Direct identifier, not needed for the purpose"
//!
//! [columns.name]
//! do     = "drop"
//! gruond = "direct"
//! why    = "Not needed"
//! "#;
//! let errors = offrecord::policy::parse("demo.toml", text, &mut |_| {
//!     Err(std::io::Error::from(std::io::ErrorKind::NotFound))
//! })
//! .unwrap_err();
//! assert!(errors.to_string().contains("did you mean `ground`?"));
//! ```

mod check;
mod columns;
mod doc;
pub mod error;
mod examples;
mod extract;
mod files;
mod general;
mod holds;
pub mod house;
mod identity;
mod input;
pub mod model;
mod nest;
mod parse;
pub mod pattern;
mod rows;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Read};
use std::path::Path;

pub use error::{PolicyError, PolicyErrors, Problem, Severity, render, to_json};
pub use house::{HouseRules, parse_house, read_house};
pub use identity::policy_identity;
pub use model::Policy;
pub use nest::nests;
pub use parse::{MAX_POLICY, parse};
pub use words::{FINDABLE, KINDS};

/// Largest file in bytes that a policy may name.
pub const MAX_NAMED_FILE: u64 = 256 << 20;

/// Reads a policy and the files it names, which lie relative to its folder.
///
/// # Errors
/// Where the file cannot be read, is not UTF-8 or larger than [`MAX_POLICY`],
/// or where the policy is wrong.
pub fn read(path: &Path) -> Result<Policy, PolicyError> {
    let text = text_of(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let file = path.to_string_lossy();
    parse(&file, &text, &mut |name| regular(&folder.join(name))).map_err(PolicyError::Wrong)
}

/// The text of a policy or a file of house rules.
fn text_of(path: &Path) -> Result<String, PolicyError> {
    let bytes = limited(path, MAX_POLICY).map_err(|source| match source.kind() {
        io::ErrorKind::FileTooLarge => PolicyError::TooLarge {
            path: path.to_owned(),
            limit: MAX_POLICY,
        },
        _ => PolicyError::Unreadable {
            path: path.to_owned(),
            source,
        },
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = bytes.get(..byte).unwrap_or_default();
        PolicyError::NotUtf8 {
            path: path.to_owned(),
            line: before.iter().filter(|b| **b == b'\n').count() + 1,
            byte,
        }
    })
}

/// The bytes of a file that a policy names: a regular file, so that a pipe
/// does not keep the reader waiting.
fn regular(path: &Path) -> io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.is_file() {
        limited(path, MAX_NAMED_FILE)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ))
    }
}

/// The bytes of a file of limited size.
fn limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {limit} bytes"),
        ));
    }
    Ok(bytes)
}
