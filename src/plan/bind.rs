//! A plan meets a header: every column found, or the run stops.

use super::Plan;
use crate::cell::CellBuf;
use crate::policy::model::Unlisted;

/// Where a file has the plan's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Index in the record for each column of the plan.
    pub columns: Vec<usize>,
    /// Columns that no rule names; they do not leave.
    pub unlisted: Vec<usize>,
    /// Columns of the header.
    pub width: usize,
}

/// How a header differs from the policy. Names of columns are not cells: they
/// are shown, unless they read like values. A file without a header, read as if
/// it had one, would otherwise show its first record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Named by the policy, absent from the header.
    pub missing: Vec<String>,
    /// In the header, not in the policy.
    pub unknown: Vec<Heading>,
    /// More than once in the header.
    pub duplicated: Vec<Heading>,
    /// No column of the policy is in the header, which is then probably none.
    pub no_header: bool,
}

/// Longest name of a column that is shown, in characters, and most digits in it.
const LONGEST_NAME: usize = 60;
const MOST_DIGITS: usize = 5;

/// A column of the header in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// By name, which reads like one.
    Name(String),
    /// By its place, from 1: its name reads like a value.
    Place(usize),
}

impl Heading {
    fn new(at: usize, name: &str, no_header: bool) -> Self {
        let digits = name.chars().filter(|c| c.is_numeric()).count();
        let like_a_value = no_header
            || digits > MOST_DIGITS
            || name.contains('@')
            || name.chars().count() > LONGEST_NAME;
        if like_a_value {
            Self::Place(at + 1)
        } else {
            Self::Name(name.to_owned())
        }
    }

    /// The name, where it is shown.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Place(_) => None,
        }
    }
}

impl std::fmt::Display for Heading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "\"{name}\""),
            Self::Place(at) => write!(f, "column {at}"),
        }
    }
}

impl Drift {
    fn is_none(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty() && self.duplicated.is_empty()
    }

    /// Pairs of a missing and an unknown name that look like one renamed column.
    #[must_use]
    pub fn likely_renames(&self) -> Vec<(&str, &str)> {
        self.missing
            .iter()
            .filter_map(|missing| {
                self.unknown
                    .iter()
                    .filter_map(Heading::name)
                    .map(|unknown| (likeness(missing, unknown), unknown))
                    .filter(|(likeness, _)| *likeness > 0.6)
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, unknown)| (missing.as_str(), unknown))
            })
            .collect()
    }

    /// What differs, a line each.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = String::new();
        let missing: Vec<String> = self
            .missing
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let shown = |names: &[Heading]| names.iter().map(ToString::to_string).collect();
        for (what, names) in [
            ("missing from the input", missing),
            ("not named by the policy", shown(&self.unknown)),
            ("more than once in the header", shown(&self.duplicated)),
        ] {
            if !names.is_empty() {
                text.push_str(&format!("{what}: {}\n", names.join(", ")));
            }
        }
        if self.no_header {
            text.push_str(
                "none of the policy's columns is in the first line: the file may have no header\n",
            );
        }
        for (old, new) in self.likely_renames() {
            text.push_str(&format!("\"{old}\" may have been renamed to \"{new}\"\n"));
        }
        text
    }
}

/// Case, spaces and marks aside, how alike two names are, 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    let plain = |name: &str| -> String {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    strsim::jaro_winkler(&plain(a), &plain(b))
}

/// Maps the plan onto a header.
///
/// # Errors
/// The drift, where the header lacks, adds (unless `unlisted = "drop"`) or repeats columns.
pub fn bind(plan: &Plan, header: &[CellBuf]) -> Result<Binding, Drift> {
    let mut drift = Drift::default();
    let names: Vec<&str> = header.iter().map(CellBuf::text).collect();
    let mut columns = Vec::with_capacity(plan.columns.len());
    for column in &plan.columns {
        match names.iter().position(|name| *name == column.name) {
            Some(at) => columns.push(at),
            None => drift.missing.push(column.name.clone()),
        }
    }
    drift.no_header = !plan.columns.is_empty() && columns.is_empty();
    let heading = |at: usize, name: &str, drift: &Drift| Heading::new(at, name, drift.no_header);
    let mut unlisted = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|earlier| earlier == name) {
            drift.duplicated.push(heading(at, name, &drift));
        } else if !plan.columns.iter().any(|column| column.name == *name) {
            unlisted.push(at);
            if plan.policy.unlisted == Unlisted::Refuse {
                drift.unknown.push(heading(at, name, &drift));
            }
        }
    }
    if drift.is_none() {
        Ok(Binding {
            columns,
            unlisted,
            width: names.len(),
        })
    } else {
        drift.duplicated.dedup();
        Err(drift)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::key::Key;

    fn drift(header: &[&str]) -> Drift {
        let text = "policy = \"a/b\"\nversion = 1\npurpose = \"p\"\n[grounds]\ng = \"g\"\n\
                    [columns.name]\ndo = \"drop\"\nground = \"g\"\nwhy = \"w\"\n\
                    [columns.birth_date]\ndo = \"drop\"\nground = \"g\"\nwhy = \"w\"\n";
        let policy = crate::policy::parse("p.toml", text, &mut |_| {
            Err(std::io::Error::from(std::io::ErrorKind::NotFound))
        });
        let plan = Plan::compile(Arc::new(policy.unwrap()), None, &Key::test_key());
        let header: Vec<CellBuf> = header
            .iter()
            .map(|name| CellBuf::new((*name).to_owned()))
            .collect();
        bind(&plan.ok().unwrap(), &header).unwrap_err()
    }

    #[test]
    fn a_renamed_column_is_named_with_its_likely_old_name() {
        let text = drift(&["name", "Birth-Date", "name"]).describe();
        assert!(
            text.contains("missing from the input: \"birth_date\""),
            "{text}"
        );
        assert!(
            text.contains("\"birth_date\" may have been renamed to \"Birth-Date\""),
            "{text}"
        );
        assert!(
            text.contains("more than once in the header: \"name\""),
            "{text}"
        );
    }

    #[test]
    fn a_first_record_taken_for_a_header_is_not_shown() {
        let drift = drift(&["Invented Person", "1975-03-09"]);
        let text = format!("{}{drift:?}", drift.describe());
        assert!(
            text.contains("not named by the policy: column 1, column 2"),
            "{text}"
        );
        assert!(text.contains("may have no header"), "{text}");
        assert!(
            !text.contains("Invented") && !text.contains("1975"),
            "{text}"
        );
    }

    #[test]
    fn a_name_that_reads_like_a_value_is_shown_by_its_place() {
        let text = drift(&["name", "239901197501284258", "x@example.org"]).describe();
        assert!(text.contains("column 2, column 3"), "{text}");
        assert!(
            !text.contains("2399") && !text.contains("example"),
            "{text}"
        );
    }
}
