//! `offrecord suggest POLICY --input FILE`: which columns of a policy have to
//! become coarser so that its limits keep few rows back, as a change to paste.
//!
//! Both answers come from the engine's own dry run, so that what is suggested
//! is what a run would do.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::args::{PaceArgs, key_failure, read_policy};
use super::out::{self, Failure, count, counted, shown};
use super::risk::percent;
use super::run::{Asked, perform};
use super::signals::Signals;
use crate::job::{Facts, Goal, Recipients};
use crate::key::Key;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::policy::model::{
    AgeBands, At, DateLevel, General, KeepForm, Loss, RowRisk, Small, Treatment,
};

/// What is asked.
pub(super) struct Wanted<'a> {
    pub(super) policy: &'a PathBuf,
    pub(super) inputs: &'a [PathBuf],
    /// Limits that stand in for the policy's.
    pub(super) k: Option<u64>,
    pub(super) suppress: Option<f64>,
    pub(super) loss: Option<Loss>,
    pub(super) pace: &'a PaceArgs,
    pub(super) json: bool,
}

/// Answers.
///
/// # Errors
/// In words; exit code 3 where no combination of steps meets the limits.
pub(super) fn run(wanted: &Wanted<'_>, signals: &Signals) -> Result<u8, Failure> {
    let policy = read_policy(wanted.policy)?;
    let limited = limited(&policy, wanted)?;
    let rows_alone = with(&limited, Small::WithholdRows);
    let coarser = with(&limited, Small::Generalise);
    // The ladders, and what a wrong policy has to say, before any row is read.
    let first = coarser
        .recipients
        .first()
        .map(|known| known.id.value.clone());
    let coarser = Arc::new(coarser);
    let plan = Plan::compile(Arc::clone(&coarser), first.as_deref(), &Key::test_key())
        .map_err(|problems| super::args::problems_failure(&coarser, &problems))?;
    let before = counted_by(rows_alone, wanted, signals)?;
    let after = counted_by(Policy::clone(&coarser), wanted, signals)?;
    let (Some(was), Some(is)) = (&before.row_risk, &after.row_risk) else {
        return Err(nothing_leaves());
    };
    let Some(found) = &is.coarser else {
        return Err(nothing_leaves());
    };
    let rows = before.balance.written + was.withheld;
    let changes: Vec<(&str, usize, String)> = found
        .steps
        .iter()
        .filter(|(_, step)| *step > 0)
        .filter_map(|(column, step)| {
            let change = match plan.ladder(*column)?.form(*step) {
                Some(form) => change(form, &policy.columns.get(*column)?.treatment),
                None => "do = \"drop\"".to_owned(),
            };
            Some((
                policy.columns.get(*column)?.name.value.as_str(),
                *step,
                change,
            ))
        })
        .collect();
    if wanted.json {
        let side = |risk: &crate::job::RowRisk| {
            json!({
                "rows": rows, "kept_back": risk.withheld, "groups": risk.classes,
                "smallest": risk.smallest, "groups_below": risk.small,
            })
        };
        out::json_data(&json!({
            "limits": {"k": is.k, "max_withheld": max_withheld(&coarser)},
            "loss": found.loss.0.name(),
            "nodes": found.nodes,
            "looked_at": found.looked_at,
            "optimal": found.optimal,
            "best": {
                "levels": found.steps.iter().filter_map(|(column, step)| {
                    Some((policy.columns.get(*column)?.name.value.clone(), json!(step)))
                }).collect::<serde_json::Map<_, _>>(),
                "change": changes.iter().map(|(name, _, change)| ((*name).to_owned(), json!(change)))
                    .collect::<serde_json::Map<_, _>>(),
                "loss": found.loss.1,
                "suppressed": is.withheld,
                "classes": is.classes,
            },
            "before": side(was),
            "after": side(is),
        }))?;
        return Ok(0);
    }
    let mut text = format!(
        "SEARCHED   {} of {} combinations of steps; {}\nLOSS       {:.2} ({})\n",
        count(found.looked_at),
        count(found.nodes),
        if found.optimal {
            "the others cannot be better"
        } else {
            "in steps: a better one may exist"
        },
        found.loss.1 + 0.0,
        found.loss.0.name(),
    );
    for (head, risk) in [("BEFORE", was), ("AFTER", is)] {
        text.push_str(&format!(
            "{head:<10} k = {}: {} of {} kept back ({}); {}, the smallest of {}\n",
            risk.k,
            counted(risk.withheld, "row", "rows"),
            count(rows),
            percent(risk.withheld, rows),
            counted(risk.classes, "group leaves", "groups leave"),
            risk.smallest
                .map_or_else(|| "none".to_owned(), |n| counted(n, "person", "people")),
        ));
    }
    if changes.is_empty() {
        text.push_str("\nNothing has to become coarser: the policy meets its limits as it is.\n");
    } else {
        text.push_str(&format!(
            "\nFor {}, in place of what these columns say; their ground and why stay:\n",
            shown(wanted.policy)
        ));
        for (name, _, change) in &changes {
            text.push_str(&format!("\n[columns.{}]\n{change}\n", key(name)));
        }
        text.push_str(
            "\nOr say small = \"generalise\" in [extract.risk]: each run then finds the steps for its own records.\n",
        );
    }
    out::all_data(text.as_bytes())?;
    Ok(0)
}

/// A name as TOML has it.
pub(super) fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(bare) {
        return name.to_owned();
    }
    let line = crate::policy::error::clean_line(name);
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""))
}

fn nothing_leaves() -> Failure {
    Failure::usage(
        "no rows leave under this policy",
        "limits of [extract.risk] are about rows",
        "add [extract] to the policy",
    )
}

/// The policy with the limits that are asked for.
fn limited(policy: &Policy, wanted: &Wanted<'_>) -> Result<Policy, Failure> {
    let mut policy = Policy::clone(policy);
    let Some(extract) = &mut policy.extract else {
        return Err(nothing_leaves());
    };
    let at = extract.at.clone();
    let risk = extract.risk.get_or_insert(RowRisk {
        k: At { value: 5, at },
        l: None,
        max_risk: None,
        small: Small::WithholdRows,
        loss: Loss::Entropy,
        max_withheld: 0.0,
    });
    if let Some(k) = wanted.k {
        risk.k.value = k;
        risk.max_risk = None;
    }
    risk.loss = wanted.loss.unwrap_or(risk.loss);
    risk.max_withheld = wanted.suppress.unwrap_or(risk.max_withheld);
    // A date that is kept can be written coarser as well as one that is generalised to the day.
    for rule in &mut policy.columns {
        let is_date = rule.kind.as_ref().is_some_and(|kind| kind.value == "date");
        if matches!(rule.treatment, Treatment::Keep(KeepForm::Kind { .. })) && is_date {
            rule.treatment = Treatment::Generalise(General::Date(DateLevel::Day));
        }
    }
    Ok(policy)
}

fn with(policy: &Policy, small: Small) -> Policy {
    let mut policy = Policy::clone(policy);
    if let Some(risk) = policy.extract.as_mut().and_then(|e| e.risk.as_mut()) {
        risk.small = small;
    }
    policy
}

fn max_withheld(policy: &Policy) -> f64 {
    let risk = policy.extract.as_ref().and_then(|e| e.risk.as_ref());
    risk.map_or(0.0, |risk| risk.max_withheld)
}

/// What a run would do.
fn counted_by(policy: Policy, wanted: &Wanted<'_>, signals: &Signals) -> Result<Facts, Failure> {
    let key = Key::generate().map_err(|error| key_failure(&error))?;
    let (threads, chunk_size) = wanted.pace.settle();
    let recipients = match policy.recipients.first() {
        Some(first) => Recipients::One(first.id.value.clone()),
        None => Recipients::Everybody,
    };
    let mut report = perform(
        signals,
        wanted.json,
        Asked {
            policy: Arc::new(policy),
            inputs: wanted.inputs.to_vec(),
            key: &key,
            goal: Goal::DryRun,
            recipients,
            threads,
            chunk_size,
            house_rules: serde_json::Value::Null,
            approved: Default::default(),
            ledger: None,
            with: Vec::new(),
        },
    )?;
    report.releases.pop().ok_or_else(nothing_leaves)
}

/// The words of a form, for a column that a policy treats so.
fn change(form: &General, treatment: &Treatment) -> String {
    let words = match form {
        General::Date(level) => format!("to = \"{}\"", level_name(*level)),
        General::Age {
            bands: AgeBands::Every(width),
            ..
        } => format!("to = \"{width}-years\""),
        General::Area(level) => format!("to = \"{}\"", level.as_str()),
        General::Prefix(characters) => format!("prefix = {characters}"),
        General::Hierarchy { level, .. } => format!("level = {level}"),
        General::Keep | General::Age { .. } | General::Bands(_) | General::Map(_) => String::new(),
    };
    match treatment {
        Treatment::Generalise(_) => words,
        _ => format!("do = \"generalise\"\n{words}"),
    }
}

fn level_name(level: DateLevel) -> String {
    match level {
        DateLevel::Day => "day".to_owned(),
        DateLevel::Month => "month".to_owned(),
        DateLevel::Quarter => "quarter".to_owned(),
        DateLevel::Year => "year".to_owned(),
        DateLevel::Years(years) => format!("{years}-years"),
        DateLevel::Decade => "decade".to_owned(),
    }
}
