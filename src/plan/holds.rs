//! Whether the policy is as tight as it says of itself in `[holds]`.
//!
//! It may be tighter. Compared with the compiled plan, so that what is said is
//! said of what runs.

use super::Plan;
use super::diff::{self, Direction};
use crate::policy::Problem;
use crate::policy::model::{At, Class, KeepForm, Treatment};

/// What is looser than `[holds]` says, a problem each. No exception lifts one:
/// whoever means it changes `[holds]`, where a reader sees it.
#[must_use]
pub(super) fn holds(plan: &Plan) -> Vec<Problem> {
    let Some(holds) = &plan.policy.holds else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let mut wrong = |at: &std::ops::Range<usize>, message: String| {
        problems.push(
            Problem::error("holds", at.clone(), message)
                .why("the policy says of itself that it is tighter; whoever signed it relied on that")
                .help("take the change back, or change [holds] too and have it read again"),
        );
    };
    let is_in = |list: &[At<String>], name: &str| list.iter().any(|known| known.value == name);
    let column = |name: &str| plan.columns.iter().find(|column| column.name == name);
    if let Some(list) = &holds.leaves {
        for column in plan.outputs.iter().map(|at| &plan.columns[*at]) {
            if !is_in(&list.value, &column.name) {
                wrong(
                    &list.at,
                    format!(
                        "column \"{}\" leaves in rows, and is not among these",
                        column.name
                    ),
                );
            }
        }
    }
    let kept = |name: &str| {
        let rule = plan
            .policy
            .columns
            .iter()
            .find(|rule| rule.name.value == name);
        match rule.map(|rule| &rule.treatment) {
            Some(Treatment::Keep(form)) => Some(form),
            _ => None,
        }
    };
    for (name, most) in &holds.longest {
        if let Some(KeepForm::Kind { max }) = kept(&name.value)
            && *max as u64 > most.value
        {
            wrong(
                &most.at,
                format!(
                    "texts of \"{}\" may be longer now: {max} characters",
                    name.value
                ),
            );
        }
    }
    for (name, most) in &holds.values {
        let many = match kept(&name.value) {
            None => false,
            Some(KeepForm::Values(values)) => values.len() as u64 > most.value,
            Some(_) => true,
        };
        if many {
            wrong(
                &most.at,
                format!("\"{}\" may have more values now", name.value),
            );
        }
    }
    if let Some(list) = &holds.tables {
        for rule in &plan.policy.columns {
            let Some(form) = &rule.tables else { continue };
            let name = &rule.name.value;
            match list.value.iter().find(|(known, _)| known.value == *name) {
                None => wrong(
                    &list.at,
                    format!("tables may count by \"{name}\", which is not among these"),
                ),
                Some((_, held)) if diff::general(&held.value, &form.value) == Direction::Looser => {
                    wrong(
                        &held.at,
                        format!(
                            "tables may count by \"{name}\" in another form, and not a coarser one"
                        ),
                    );
                }
                Some(_) => {}
            }
        }
    }
    if let Some(list) = &holds.by {
        for table in &plan.tables {
            for column in table.by.iter().map(|by| &plan.columns[by.column].name) {
                if !is_in(&list.value, column) {
                    wrong(
                        &list.at,
                        format!(
                            "table `{}` counts by \"{column}\", which is not among these",
                            table.name
                        ),
                    );
                }
            }
        }
    }
    for (list, word) in [
        (&holds.quasi, "a quasi-identifier"),
        (&holds.sensitive, "sensitive"),
    ] {
        for name in list.iter().flat_map(|list| &list.value) {
            let Some(column) = column(&name.value).filter(|column| column.leaves) else {
                continue;
            };
            let counts = match column.class {
                Class::Quasi | Class::Direct => true,
                Class::Sensitive => word == "sensitive",
                Class::None => false,
            };
            if !counts {
                wrong(
                    &name.at,
                    format!("column \"{}\" leaves and is no longer {word}", name.value),
                );
            }
        }
    }
    for name in holds.own_row.iter().flat_map(|list| &list.value) {
        if column(&name.value).is_some_and(|column| !column.own_row) {
            wrong(
                &name.at,
                format!(
                    "values of \"{}\" are no longer hunted in the record's own text",
                    name.value
                ),
            );
        }
    }
    if let Some(subject) = &holds.subject {
        let known = plan.policy.subject.as_ref();
        if known.is_none_or(|known| known.column.value != subject.value) {
            wrong(
                &subject.at,
                format!("people are no longer counted by \"{}\"", subject.value),
            );
        }
    }
    problems
}
