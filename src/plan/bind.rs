//! A plan meets a header: every column found, or the run stops.

use std::fmt::Write as _;

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

/// How a header differs from the policy. Names of columns are not cells: they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Named by the policy, absent from the header.
    pub missing: Vec<String>,
    /// In the header, not in the policy.
    pub unknown: Vec<String>,
    /// More than once in the header.
    pub duplicated: Vec<String>,
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
                    .map(|unknown| (likeness(missing, unknown), unknown))
                    .filter(|(likeness, _)| *likeness > 0.6)
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, unknown)| (missing.as_str(), unknown.as_str()))
            })
            .collect()
    }

    /// What differs, a line each.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for (what, names) in [
            ("missing from the input", &self.missing),
            ("not named by the policy", &self.unknown),
            ("more than once in the header", &self.duplicated),
        ] {
            if !names.is_empty() {
                let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
                // Writing to a String cannot fail.
                let _: std::fmt::Result = writeln!(text, "{what}: {}", quoted.join(", "));
            }
        }
        for (old, new) in self.likely_renames() {
            let _: std::fmt::Result =
                writeln!(text, "\"{old}\" may have been renamed to \"{new}\"");
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
    let mut unlisted = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|earlier| earlier == name) {
            drift.duplicated.push((*name).to_owned());
        } else if !plan.columns.iter().any(|column| column.name == *name) {
            unlisted.push(at);
            if plan.policy.unlisted == Unlisted::Refuse {
                drift.unknown.push((*name).to_owned());
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
