//! What a run did, in words for stderr and as JSON for scripts: counts, never a
//! value, and no promise that nobody can keep.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::out::{self, count, counted, shown};
use crate::job::{ApprovalState, Facts, Report, RowRisk, TableFacts};
use crate::key::identity::hex;
use crate::policy::Policy;
use crate::policy::model::{ColumnRule, Order, SubjectMissing, Treatment};
use crate::report::words;
use crate::tally::{Balance, Diversity};

/// What a summary names beside the report.
pub(super) struct Named<'a> {
    /// The policy that ran.
    pub(super) policy: &'a Policy,
    /// The inputs.
    pub(super) files: &'a [PathBuf],
    /// What held of the house rules.
    pub(super) house: &'a Value,
}

/// The private half of a release at `out`.
pub(super) fn private_of(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".private");
    out.with_file_name(name)
}

/// Words, several lines.
pub(super) fn text(named: &Named<'_>, report: &Report) -> String {
    let mut lines = Lines::default();
    for removed in &report.removed {
        lines.add(
            "REMOVED",
            format!("{}, which an interrupted run had left", shown(removed)),
        );
    }
    for (at, facts) in report.releases.iter().enumerate() {
        if at > 0 {
            lines.text.push('\n');
        }
        one(named, facts, report.out.is_some(), &mut lines);
    }
    if let Some(origin) = named.house.get("origin").and_then(Value::as_str) {
        let here = std::env::current_dir().unwrap_or_default();
        let origin = Path::new(origin);
        lines.add(
            "HOUSE RULES",
            shown(origin.strip_prefix(here).unwrap_or(origin)),
        );
    }
    if let Some(facts) = report.releases.first() {
        let approved = &facts.approved;
        match approved.state {
            ApprovalState::NotAsked => {}
            ApprovalState::Unapproved => lines.add(
                "UNAPPROVED",
                "the house rules ask for approvals that are not there; every file name says so"
                    .to_owned(),
            ),
            ApprovalState::Approved => lines.add(
                "APPROVED",
                format!(
                    "by {} ({}), until {}",
                    out::counted(approved.strengths.len() as u64, "person", "people"),
                    approved.strengths.join(", "),
                    approved.until.as_deref().unwrap_or("")
                ),
            ),
        }
    }
    match &report.out {
        Some(out) => {
            lines.add(
                "RELEASE",
                format!(
                    "{}, to be shared after a person has looked at it",
                    shown(out)
                ),
            );
            lines.add(
                "PRIVATE",
                format!("{}, never to be shared", shown(&private_of(out))),
            );
        }
        None => lines.add("RELEASE", "none: nothing was written".to_owned()),
    }
    lines.text
}

/// Columns of a line, and of the words before it.
const WIDTH: usize = 100;
const INDENT: usize = 13;

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn add(&mut self, word: &str, rest: String) {
        let mut line = format!("{word:<12}");
        let mut column = line.chars().count();
        for part in rest.split(' ') {
            let length = part.chars().count();
            if column + 1 + length > WIDTH && column > INDENT {
                line.push_str(&format!("\n{:INDENT$}", ""));
                column = INDENT;
            } else {
                line.push(' ');
                column += 1;
            }
            line.push_str(part);
            column += length;
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn add_if(&mut self, word: &str, rest: Option<String>) {
        if let Some(rest) = rest {
            self.add(word, rest);
        }
    }
}

fn one(named: &Named<'_>, facts: &Facts, written: bool, lines: &mut Lines) {
    let policy = named.policy;
    let balance = &facts.balance;
    lines.add_if("FOR", facts.recipient.clone());
    lines.add(
        "READ",
        format!(
            "{} from {}{}",
            counted(balance.read(), "record", "records"),
            counted(named.files.len() as u64, "file", "files"),
            if facts.sampled {
                ", a sample of the input"
            } else {
                ""
            }
        ),
    );
    let word = if written { "WROTE" } else { "WOULD WRITE" };
    lines.add(word, wrote(policy, facts));
    lines.add_if(
        "WITHHELD",
        reasons("record", balance.withheld_total(), &balance.withheld),
    );
    lines.add_if("QUARANTINED", quarantined(balance, facts.unreadable));
    for (word, wanted) in COLUMNS {
        lines.add_if(word, columns(policy, wanted));
    }
    lines.add_if("VALUES", values(policy, balance));
    lines.add_if("FOUND", found(policy, balance));
    lines.add_if("", near_misses(policy, balance));
    lines.add_if(
        "GUARDED",
        (balance.guarded_cells > 0).then(|| {
            format!(
                "{} that a spreadsheet would run got a leading '",
                counted(balance.guarded_cells, "cell", "cells")
            )
        }),
    );
    lines.add_if("PEOPLE", people(policy, balance));
    lines.add_if("ROW RISK", row_risk(policy, facts));
    for table in &facts.tables {
        lines.add("TABLE", table_line(table));
    }
    if facts.sampled && !policy.tables.is_empty() {
        lines.add(
            "TABLES",
            "not measured: a sample says nothing about cells".to_owned(),
        );
    }
    lines.add_if("LEDGER", ledger(facts));
    lines.add("CHECKED", checked(facts));
}

/// What a release was weighed with, and where that stands.
fn ledger(facts: &Facts) -> Option<String> {
    let ledger = facts.ledger.as_ref()?;
    Some(format!(
        "weighed with {} of the family; {}",
        counted(ledger.weighed as u64, "earlier release", "earlier releases"),
        shown(&ledger.path)
    ))
}

type Wanted = fn(&Treatment) -> bool;

/// Lines about columns, by what is done to them.
const COLUMNS: [(&str, Wanted); 8] = [
    ("CODED", |t| matches!(t, Treatment::Pseudonymise { .. })),
    ("COARSENED", |t| matches!(t, Treatment::Generalise(_))),
    ("REDACTED", |t| matches!(t, Treatment::Redact { .. })),
    ("MASKED", |t| matches!(t, Treatment::Mask { .. })),
    ("SHIFTED", |t| matches!(t, Treatment::Shift { .. })),
    ("REPLACED", |t| matches!(t, Treatment::Replace { .. })),
    ("KEPT", |t| matches!(t, Treatment::Keep(_))),
    ("DROPPED", |t| matches!(t, Treatment::Drop)),
];

fn leaves(policy: &Policy, rule: &ColumnRule) -> bool {
    policy.extract.is_some() && !matches!(rule.treatment, Treatment::Drop)
}

fn wrote(policy: &Policy, facts: &Facts) -> String {
    let Some(extract) = &policy.extract else {
        return "no rows: the policy has no [extract]".to_owned();
    };
    let columns = policy
        .columns
        .iter()
        .filter(|rule| leaves(policy, rule))
        .count();
    let order = if extract.order == Order::Shuffled {
        "shuffled"
    } else {
        "in the order of the input"
    };
    let files: Vec<&str> = facts
        .artefacts
        .iter()
        .filter(|artefact| artefact.name.starts_with("extract"))
        .map(|artefact| artefact.name.as_str())
        .collect();
    let place = match files.as_slice() {
        [] => String::new(),
        [one] => format!(", {one}"),
        [first, .., last] => format!(", {first} to {last}"),
    };
    format!(
        "{} of {}, {order}{place}",
        counted(facts.balance.written, "row", "rows"),
        counted(columns as u64, "column", "columns")
    )
}

fn columns(policy: &Policy, wanted: Wanted) -> Option<String> {
    policy.extract.as_ref()?;
    let names: Vec<&str> = policy
        .columns
        .iter()
        .filter(|rule| wanted(&rule.treatment))
        .map(|rule| rule.name.value.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: {}",
            counted(names.len() as u64, "column", "columns"),
            names.join(", ")
        )
    })
}

/// Reasons listed in one line; the rest is counted.
const LISTED: usize = 6;

/// `12 records: class below k 10, rows rule 1 2`.
fn reasons(one: &str, total: u64, by_reason: &BTreeMap<String, u64>) -> Option<String> {
    (total > 0).then(|| {
        format!(
            "{}: {}",
            counted(total, one, &format!("{one}s")),
            list(by_reason)
        )
    })
}

fn list(by_reason: &BTreeMap<String, u64>) -> String {
    let mut sorted: Vec<_> = by_reason.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut parts: Vec<String> = sorted
        .iter()
        .take(LISTED)
        .map(|(reason, n)| format!("{reason} ({})", count(**n)))
        .collect();
    if let Some(rest) = sorted.get(LISTED..).filter(|rest| !rest.is_empty()) {
        parts.push(format!(
            "and {} more",
            counted(rest.len() as u64, "reason", "reasons")
        ));
    }
    parts.join(", ")
}

fn quarantined(balance: &Balance, unreadable: u64) -> Option<String> {
    let mut text = reasons("record", balance.quarantined_total(), &balance.quarantined)?;
    if unreadable > 0 {
        text.push_str(&format!(
            "; {} of them not readable for certain",
            count(unreadable)
        ));
    }
    Some(text)
}

fn values(policy: &Policy, balance: &Balance) -> Option<String> {
    let parts: Vec<String> = policy
        .columns
        .iter()
        .zip(&balance.columns)
        .filter(|(_, counts)| !counts.withheld.is_empty())
        .map(|(rule, counts)| format!("{}: {}", rule.name.value, list(&counts.withheld)))
        .collect();
    (!parts.is_empty())
        .then(|| format!("left empty because they did not fit: {}", parts.join("; ")))
}

fn found(policy: &Policy, balance: &Balance) -> Option<String> {
    let parts: Vec<String> = policy
        .columns
        .iter()
        .zip(&balance.columns)
        .filter(|(_, counts)| !counts.found.is_empty())
        .map(|(rule, counts)| format!("in {}: {}", rule.name.value, list(&counts.found)))
        .collect();
    (!parts.is_empty()).then(|| format!("and replaced {}", parts.join("; ")))
}

fn near_misses(policy: &Policy, balance: &Balance) -> Option<String> {
    let parts: Vec<String> = policy
        .columns
        .iter()
        .zip(&balance.columns)
        .filter(|(_, counts)| !counts.near_misses.is_empty())
        .map(|(rule, counts)| format!("in {}: {}", rule.name.value, list(&counts.near_misses)))
        .collect();
    (!parts.is_empty()).then(|| {
        format!(
            "of those near misses, whose check digit or date does not hold, {}",
            parts.join("; ")
        )
    })
}

fn people(policy: &Policy, balance: &Balance) -> Option<String> {
    let Some(subject) = &policy.subject else {
        return Some(
            "the policy names no subject: each record counts as a person of its own".to_owned(),
        );
    };
    let lacked = counted(balance.without_subject, "record", "records");
    let means = match subject.missing {
        SubjectMissing::OwnRecord => "each counts as a person of its own",
        SubjectMissing::Exclude => "they are not counted as people",
    };
    let mut text = match balance.without_subject {
        0 => {
            "every record has its subject's identifier; it may still be shared or wrong".to_owned()
        }
        _ => format!("{lacked} lacked a subject's identifier: {means}"),
    };
    if balance.repeated_subject > 0 {
        text.push_str(&format!(
            "; {} an identifier again: the same person, or a shared number",
            counted(balance.repeated_subject, "record bears", "records bear")
        ));
    }
    Some(text)
}

fn row_risk(policy: &Policy, facts: &Facts) -> Option<String> {
    let extract = policy.extract.as_ref()?;
    Some(match (&extract.risk, &facts.row_risk) {
        (None, _) => {
            "row risk not limited: a rare combination of columns may point at one person".to_owned()
        }
        (Some(_), _) if facts.sampled => {
            "not measured: a sample says nothing about groups".to_owned()
        }
        (Some(_), None) => "not measured".to_owned(),
        (Some(_), Some(risk)) => {
            format!(
                "k = {}{}: {} kept back, {}, the smallest of {}",
                risk.k,
                match risk.l {
                    None => String::new(),
                    Some(Diversity::Distinct(l)) => format!(", l = {l}"),
                    Some(Diversity::Entropy(l)) => format!(", l = {l} (entropy)"),
                },
                counted(risk.withheld, "row", "rows"),
                counted(risk.classes, "group leaves", "groups leave"),
                risk.smallest
                    .map_or_else(|| "none".to_owned(), |n| counted(n, "person", "people")),
            ) + &coarser(policy, risk)
                + &joins(risk)
        }
    })
}

/// Which releases were judged with this one.
fn joins(risk: &RowRisk) -> String {
    match risk.joins.as_slice() {
        [] => String::new(),
        joins => format!("; judged together with {}", joins.join(" and ")),
    }
}

/// Which columns left coarser than the policy writes them.
fn coarser(policy: &Policy, risk: &RowRisk) -> String {
    let Some(coarser) = &risk.coarser else {
        return String::new();
    };
    let columns: Vec<&str> = coarser
        .steps
        .iter()
        .filter(|(_, step)| *step > 0)
        .filter_map(|(column, _)| Some(policy.columns.get(*column)?.name.value.as_str()))
        .collect();
    if columns.is_empty() {
        return "; no column had to become coarser".to_owned();
    }
    format!(
        "; coarser than written: {} ({} {}; loss: {})",
        columns.join(", "),
        if coarser.optimal {
            "the least loss of"
        } else {
            "in steps, of"
        },
        counted(coarser.nodes, "combination", "combinations"),
        coarser.loss.0.name(),
    )
}

fn table_line(table: &TableFacts) -> String {
    let withheld = &table.table.withheld;
    let published = table.table.published();
    if table.perturbed {
        return format!(
            "{}: {}, each changed a little so that nobody can be worked out; totals do not add up",
            table.table.name,
            counted(published, "row with noise", "rows with noise"),
        );
    }
    let instead = table.instead.as_ref().map_or(String::new(), |instead| {
        format!("; more than half is withheld: publish {instead} instead")
    });
    format!(
        "{}: {} published, {} withheld as too small and {} to protect them (at least {} people behind each){instead}",
        table.table.name,
        counted(published, "figure", "figures"),
        count(withheld.primary),
        count(withheld.complementary),
        table.min,
    )
}

fn checked(facts: &Facts) -> String {
    let Some(verdict) = &facts.verdict else {
        return "nothing: nothing was written".to_owned();
    };
    let c = &verdict.counts;
    let mut text = format!(
        "{}, {}, {} of them codes; {} of protected values hunted",
        counted(c.files, "file", "files"),
        counted(c.cells + c.table_cells, "cell", "cells"),
        count(c.codes),
        counted(c.fingerprints, "fingerprint", "fingerprints"),
    );
    if verdict.coincidences > 0 {
        text.push_str(&format!(
            ", {}",
            counted(verdict.coincidences, "coincidence", "coincidences")
        ));
    }
    text.push_str("; nothing was found, which is not a proof");
    text
}

/// The same for scripts.
pub(super) fn json(named: &Named<'_>, report: &Report) -> Value {
    let policy = named.policy;
    json!({
        "policy": {
            "name": format!("{}/{}", policy.project, policy.name),
            "version": policy.version,
            "sha256": hex(&policy.identity),
        },
        "house_rules": named.house,
        "out": report.out.as_ref().map(|out| shown(out)),
        "private": report.out.as_ref().map(|out| shown(&private_of(out))),
        "removed": report.removed.iter().map(|path| shown(path)).collect::<Vec<_>>(),
        "releases": report.releases.iter().map(|facts| one_json(policy, facts)).collect::<Vec<_>>(),
    })
}

fn one_json(policy: &Policy, facts: &Facts) -> Value {
    let balance = &facts.balance;
    let columns: Vec<Value> = policy
        .columns
        .iter()
        .zip(&balance.columns)
        .map(|(rule, counts)| {
            json!({
                "name": rule.name.value,
                "treatment": words::treatment(&rule.treatment),
                "leaves": leaves(policy, rule),
                "missing": counts.missing,
                "treated": counts.treated,
                "withheld": counts.withheld,
                "found": counts.found,
                "near_misses": counts.near_misses,
            })
        })
        .collect();
    let limit = policy
        .extract
        .as_ref()
        .and_then(|extract| extract.risk.as_ref());
    let row_risk = match (&policy.extract, limit, &facts.row_risk) {
        (None, ..) => Value::Null,
        (Some(_), None, _) => json!({"limited": false}),
        (Some(_), Some(_), Some(risk)) => json!({
            "limited": true, "measured": true, "k": risk.k, "withheld": risk.withheld,
            "classes": risk.classes, "smallest": risk.smallest,
            "coarser": risk.coarser.as_ref().map(|coarser| json!({
                "columns": coarser.steps.iter()
                    .filter_map(|(column, step)| {
                        Some((policy.columns.get(*column)?.name.value.clone(), json!(step)))
                    })
                    .collect::<serde_json::Map<_, _>>(),
                "loss": coarser.loss.0.name(), "loss_value": coarser.loss.1,
                "nodes": coarser.nodes, "optimal": coarser.optimal,
            })),
        }),
        (Some(_), Some(limit), None) => {
            json!({"limited": true, "measured": false, "k": limit.people()})
        }
    };
    let tables: Vec<Value> = facts
        .tables
        .iter()
        .map(|table| {
            json!({"name": table.table.name, "min": table.min, "published": table.table.published(), "withheld": table.table.withheld})
        })
        .collect();
    json!({
        "recipient": facts.recipient,
        "sampled": facts.sampled,
        "records": {
            "read": balance.read(),
            "written": balance.written,
            "withheld": balance.withheld_total(),
            "withheld_by_reason": balance.withheld,
            "quarantined": balance.quarantined_total(),
            "quarantined_by_reason": balance.quarantined,
            "unreadable": facts.unreadable,
            "blank_lines": balance.blank_lines,
            "without_subject": balance.without_subject,
            "repeated_subject": balance.repeated_subject,
            "repeated_subject": balance.repeated_subject,
        },
        "columns": columns,
        "guarded_cells": balance.guarded_cells,
        "row_risk": row_risk,
        "tables": if facts.sampled && !policy.tables.is_empty() { json!("not measured") } else { json!(tables) },
        "check": facts.verdict,
        "key_id": facts.verdict.is_some().then(|| facts.key_id.to_string()),
        "files": facts.artefacts.iter().map(|artefact| json!({
            "name": artefact.name, "sha256": hex(&artefact.sha256), "bytes": artefact.bytes, "rows": artefact.rows,
        })).collect::<Vec<_>>(),
        "seconds": {
            "until_staged": facts.staged_after.as_secs_f64(),
            "until_checked": facts.checked_after.as_secs_f64(),
        },
    })
}
