//! Whether a run may begin: its approvals against the house rules.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::{House, today};
use super::out::{self, Failure, shown};
use super::record::{approvals_of, hashed, log_failure, read_approvals};
use crate::approve::{self, Subject, Weighed, log};
use crate::job::{ApprovalState, Approved};
use crate::key::approval::{Approval, unhex};
use crate::key::identity::hex;
use crate::plan::Plan;
use crate::policy::house::Strength;
use crate::report::{Lang, changes};

/// Whether a run of this plan may begin, and what it carries of approvals.
///
/// # Errors
/// Exit code 5 where the house rules ask for more than there is, with what is
/// missing and what has changed since.
pub(super) fn gate(
    path: &Path,
    plan: &Plan,
    house: &House,
    files: &[PathBuf],
    unapproved: bool,
) -> Result<Approved, Failure> {
    let policy = &plan.policy;
    let needed = approve::needed_for_run(plan, house.rules.as_ref());
    let file = approvals_of(path);
    let read = read_approvals(&file);
    let approvals = match (read, unapproved && !needed.is_empty()) {
        (Ok(read), _) => read.unwrap_or_default(),
        (Err(_), true) => Vec::new(),
        (Err(failure), false) => return Err(failure),
    };
    if needed.is_empty() && approvals.is_empty() {
        return Ok(Approved::default());
    }
    let bound = approvals
        .iter()
        .any(|approval| approval.statement.inputs.is_some());
    let regular = files.iter().all(|path| path.is_file());
    let inputs = match (bound, regular) {
        (false, _) => None,
        (true, true) => Some(hashed(files)?),
        // What cannot be read twice cannot be compared beforehand.
        (true, false) => Some(Vec::new()),
    };
    let subject = Subject {
        of: "policy",
        sha256: hex(&policy.identity),
        house: house.rules.as_ref(),
        today: today(),
        inputs: inputs.as_deref(),
    };
    let weighed = approve::weigh(&subject, &needed, &approvals);
    let log_head = log::nearest(path)
        .map(|path| log::verify(&path).map(|chain| chain.head()))
        .transpose()
        .map_err(|error| log_failure(&error))?;
    if !weighed.enough() {
        if !unapproved {
            return Err(refusal(path, plan, &weighed, &approvals));
        }
        return Ok(Approved {
            state: ApprovalState::Unapproved,
            record: json!({"missing": weighed.missing, "log_head": log_head}),
            ..Approved::default()
        });
    }
    if weighed.holds.is_empty() {
        for why in &weighed.fails {
            out::words(&format!("note: {why}"));
        }
        return Ok(Approved::default());
    }
    let mut strengths: Vec<Strength> = weighed.holds.iter().map(|held| held.strength).collect();
    strengths.sort_unstable();
    let inputs = weighed
        .holds
        .iter()
        .any(|held| held.inputs.is_some())
        .then(|| {
            inputs
                .unwrap_or_default()
                .iter()
                .filter_map(|input| unhex(&input.sha256))
                .collect()
        });
    Ok(Approved {
        state: ApprovalState::Approved,
        strengths: strengths
            .iter()
            .map(|strength| strength.word().to_owned())
            .collect(),
        until: weighed.holds.iter().map(|held| held.until.clone()).min(),
        inputs,
        record: json!({
            "held": weighed.holds.iter().map(|held| json!({
                "by": held.by,
                "strength": held.strength.word(),
                "until": held.until,
                "seal": held.seal,
            })).collect::<Vec<_>>(),
            "log_head": log_head,
        }),
    })
}

/// Why a run may not begin: what is missing, and in words what has changed
/// since somebody agreed.
fn refusal(path: &Path, plan: &Plan, weighed: &Weighed, approvals: &[Approval]) -> Failure {
    let mut what = "the policy is not approved".to_owned();
    for line in weighed.missing.iter().chain(&weighed.fails) {
        what.push_str(&format!("\n{line}"));
    }
    let changed = approvals
        .iter()
        .rev()
        .find(|approval| approval.statement.sha256 != hex(&plan.policy.identity))
        .filter(|_| weighed.holds.is_empty())
        .and_then(|approval| since(path, plan, approval));
    if let Some(lines) = changed {
        what.push_str("\nChanged since it was approved:");
        for line in lines {
            what.push_str(&format!("\n  {line}"));
        }
    }
    Failure::coded(
        5,
        what,
        "the house rules ask that people agree before anything leaves",
        format!(
            "have it read and approved: offrecord review {0} --input FILE, then offrecord approve {0}; --unapproved runs without, and marks every file",
            shown(path)
        ),
    )
}

/// Lines of changes that are told.
const TOLD: usize = 20;

/// What changed since an approval, in words.
fn since(path: &Path, plan: &Plan, approval: &Approval) -> Option<Vec<String>> {
    let snapshot = approval.snapshot.as_ref()?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let old = crate::policy::parse("approved", &snapshot.text, &mut |name| {
        std::fs::read(folder.join(name))
    })
    .ok()?;
    let recipient = plan
        .recipient
        .as_deref()
        .filter(|id| old.recipients.iter().any(|known| known.id.value == *id));
    let mut lines = Vec::new();
    for file in &plan.policy.files {
        let known = snapshot
            .files
            .iter()
            .find(|(name, _)| *name == file.name.value);
        if known.is_some_and(|(_, sha256)| *sha256 != hex(&file.sha256)) {
            lines.push(format!(
                "looser or unknown: the file {} is another",
                file.name.value
            ));
        }
    }
    let old = Plan::compile(
        std::sync::Arc::new(old),
        recipient,
        &crate::key::Key::test_key(),
    )
    .ok()?;
    let found = changes(&old, plan, Lang::En);
    let more = found.len().saturating_sub(TOLD);
    for change in found.into_iter().take(TOLD) {
        let dash = || "–".to_owned();
        lines.push(format!(
            "{}: {}: was: {} now: {}",
            change.direction.word(),
            change.place,
            change.was.unwrap_or_else(dash),
            change.now.unwrap_or_else(dash),
        ));
    }
    if more > 0 {
        lines.push(format!("and {more} more: offrecord diff shows all"));
    }
    Some(lines)
}
