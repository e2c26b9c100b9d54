//! The sentences of `[holds]`: what a policy says of itself.

use super::doc::{Block, Line, choose, fill};
use super::say::Say;
use crate::policy::model::At;

/// The section's blocks; `None` where the policy has no such section.
pub(super) fn lines(say: &Say<'_>) -> Option<Vec<Block>> {
    let t = say.t;
    let holds = say.plan.policy.holds.as_ref()?;
    let columns =
        |list: &[At<String>]| say.list(list.iter().map(|name| Line::name(&name.value)).collect());
    let mut lines = Vec::new();
    let lists = [
        (t.ho_leaves, &holds.leaves),
        (t.ho_by, &holds.by),
        (t.ho_quasi, &holds.quasi),
        (t.ho_sensitive, &holds.sensitive),
        (t.ho_own_row, &holds.own_row),
    ];
    for (template, list) in lists {
        if let Some(list) = list {
            lines.push(fill(template, &[("columns", columns(&list.value))]));
        }
    }
    match holds.tables.as_ref().map(|list| &list.value) {
        None => {}
        Some(list) if list.is_empty() => lines.push(Line::ours(t.ho_no_tables)),
        Some(list) => {
            let of = list.iter().map(|(name, form)| {
                let form = say.general(&form.value, &crate::plan::Form::Values { values: vec![] });
                let parts = [("name", Line::name(&name.value)), ("form", form)];
                fill(t.name_and_form, &parts)
            });
            lines.push(fill(t.ho_tables, &[("columns", say.list(of.collect()))]));
        }
    }
    for (template, numbers) in [(t.ho_values, &holds.values), (t.ho_longest, &holds.longest)] {
        for (name, most) in numbers {
            let parts = [
                ("column", Line::name(&name.value)),
                ("n", Line::count(most.value)),
            ];
            lines.push(fill(choose(template, most.value), &parts));
        }
    }
    if let Some(subject) = &holds.subject {
        lines.push(fill(
            t.ho_subject,
            &[("columns", Line::name(&subject.value))],
        ));
    }
    Some(vec![
        Block::Para(Line::ours(t.ho_intro)),
        Block::List(lines),
    ])
}
