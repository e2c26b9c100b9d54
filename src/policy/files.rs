//! The files a policy names: maps, hierarchies and lists. Found in a first
//! walk, in the order of the text, so that the identity does not depend on the
//! order of parsing; each is read once.
//!
//! May not open anything itself: the caller's function reads.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::doc::{Log, quoted};
use super::error::{Problem, is_hidden};
use super::identity::sha256;
use super::model::{At, NamedFile};

/// The named files and where to find each by name.
pub(super) struct Files {
    pub(super) list: Vec<NamedFile>,
    index: HashMap<String, usize>,
}

impl Files {
    /// Index of a file by its name as written; `None` where it was refused,
    /// which has been reported.
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Finds every named file of a document and reads it.
    pub(super) fn read(
        log: &mut Log,
        root: &DeTable<'_>,
        open: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    ) -> Files {
        let mut found = Vec::new();
        walk(root, &mut found);
        found.sort_by_key(|name| name.at.start);
        let mut files = Files {
            list: Vec::new(),
            index: HashMap::new(),
        };
        let mut tried = std::collections::HashSet::new();
        for name in found {
            if !tried.insert(name.value.clone()) {
                continue;
            }
            if let Err(reason) = good_path(&name.value) {
                log.push(
                    Problem::error(
                        "policy/file-name",
                        name.at,
                        format!("{} is not a file beside the policy: {reason}", quoted(&name.value)),
                    )
                    .why("a policy and its files are signed and moved together")
                    .help("put the file into the policy's folder and name it relative to that, with `/` between folders"),
                );
                continue;
            }
            match open(&name.value) {
                Ok(bytes) => {
                    files.index.insert(name.value.clone(), files.list.len());
                    files.list.push(NamedFile {
                        sha256: sha256(&bytes),
                        bytes: Arc::from(bytes),
                        name,
                    });
                }
                Err(error) => log.push(
                    Problem::error(
                        "policy/file",
                        name.at,
                        format!("cannot read {}: {error}", quoted(&name.value)),
                    )
                    .help("the name is relative to the policy's folder"),
                ),
            }
        }
        files
    }
}

/// Collects the values of `map`, `hierarchy`, `names_in` and `in_list` where
/// the language has them.
fn walk(root: &DeTable<'_>, found: &mut Vec<At<String>>) {
    let take = |table: &DeTable<'_>, keys: &[&str], found: &mut Vec<At<String>>| {
        for key in keys {
            if let Some(value) = table.get(*key)
                && let Some(text) = value.get_ref().as_str()
            {
                found.push(At {
                    value: text.to_owned(),
                    at: value.span(),
                });
            }
        }
    };
    if let Some(columns) = root.get("columns").and_then(|v| v.get_ref().as_table()) {
        for rule in columns.iter().filter_map(|(_, v)| v.get_ref().as_table()) {
            take(rule, &["map", "hierarchy", "names_in"], found);
            if let Some(tables) = rule.get("tables").and_then(|v| v.get_ref().as_table()) {
                take(tables, &["map", "hierarchy"], found);
            }
        }
    }
    if let Some(DeValue::Array(rows)) = root.get("rows").map(|v| v.get_ref()) {
        for rule in rows.iter().filter_map(|v| v.get_ref().as_table()) {
            take(rule, &["in_list"], found);
        }
    }
}

/// A name relative to the policy's folder that means the same on every system.
fn good_path(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the name is empty");
    }
    if name.chars().any(|c| is_hidden(c) || c == '\n' || c == '\t') {
        return Err("it holds an invisible character");
    }
    if name.starts_with('/') || name.contains(':') {
        return Err("it is an absolute path");
    }
    if name.contains('\\') {
        return Err("it holds a backslash");
    }
    for part in name.split('/') {
        match part {
            "" => return Err("it has an empty part"),
            "." => return Err("it holds `.`"),
            ".." => return Err("it leaves the policy's folder"),
            _ => {}
        }
    }
    Ok(())
}
