//! `[holds]`: what a policy says of itself, so that a later hand cannot make it
//! looser without changing this too. A policy may become tighter than it holds.
//!
//! May not judge: `plan` compares it with what was compiled.

use toml::de::DeValue;

use super::check::{has_column, no_column};
use super::doc::{Log, Section, sub, wrong_type};
use super::general::date_word;
use super::model::{At, General, Holds, Of};
use super::parse::Parts;
use super::words;

/// Reads the section, where there is one.
pub(super) fn holds(log: &mut Log, top: &Section<'_>) -> Option<Holds> {
    let section = top.section(log, "holds", "[holds]")?;
    section.check_words(log, words::HOLDS, &[]);
    Some(Holds {
        leaves: section.strings(log, "leaves"),
        values: numbers(log, &section, "values"),
        longest: numbers(log, &section, "longest"),
        tables: tables(log, &section),
        by: section.strings(log, "by"),
        quasi: section.strings(log, "quasi"),
        sensitive: section.strings(log, "sensitive"),
        own_row: section.strings(log, "own_row"),
        subject: section.string(log, "subject"),
    })
}

/// `longest = { sector = 40 }`
fn numbers(log: &mut Log, section: &Section<'_>, key: &str) -> Vec<Of<u64>> {
    let Some(inner) = section.section(log, key, &format!("`{key}` of [holds]")) else {
        return Vec::new();
    };
    let mut list = Vec::new();
    for column in inner.entries() {
        let most = inner.integer(log, column.key, 1..=1_000_000);
        list.extend(most.map(|most| (column.name(), most)));
    }
    list
}

/// `tables = { ethnicity = "keep", birth_date = "decade" }`
fn tables(log: &mut Log, section: &Section<'_>) -> Option<At<Vec<Of<General>>>> {
    let entry = section.get("tables")?;
    let inner = sub(log, entry, "`tables` of [holds]")?;
    let mut list = Vec::new();
    for column in inner.entries() {
        match column.value.get_ref() {
            DeValue::String(_) => {
                let text = inner.string(log, column.key)?;
                let form = date_word(log, &text, column.key);
                list.extend(form.map(|form| (column.name(), form)));
            }
            _ => log.push(
                wrong_type(column.value, column.key, "a form for tables")
                    .help("write `keep`, or a span of the calendar such as `decade`"),
            ),
        }
    }
    Some(At {
        value: list,
        at: entry.value.span(),
    })
}

/// Every column that is named has a section.
pub(super) fn check(log: &mut Log, parts: &Parts<'_>) {
    let Some(holds) = &parts.holds else { return };
    let lists = [
        &holds.leaves,
        &holds.by,
        &holds.quasi,
        &holds.sensitive,
        &holds.own_row,
    ];
    let lists = lists.into_iter().flatten().flat_map(|list| &list.value);
    let tables = holds.tables.iter().flat_map(|list| &list.value);
    let longest = holds.longest.iter().chain(&holds.values);
    let longest = longest.map(|(name, _)| name);
    let names = lists.chain(tables.map(|(name, _)| name)).chain(longest);
    for name in names.chain(&holds.subject) {
        if !has_column(parts, &name.value) {
            log.push(no_column(parts, name));
        }
    }
}
