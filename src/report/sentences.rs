//! Sentences and small tables that several documents share: brief, pack, reports.

use super::doc::{Cell, Line, Table, Width, choose, counted, fill};
use super::say::{Say, Way};
use crate::policy::model::{Class, Order, Treatment, Unlisted};
use crate::tally::Diversity;

/// A label of ours and one line beside it.
pub(super) fn fact(label: &'static str, line: Line) -> (Line, Vec<Line>) {
    (Line::ours(label), vec![line])
}

pub(super) fn heads(heads: impl IntoIterator<Item = (&'static str, Width)>) -> Vec<(Line, Width)> {
    heads
        .into_iter()
        .map(|(head, width)| (Line::ours(head), width))
        .collect()
}

pub(super) fn policy_and_version(say: &Say<'_>) -> Line {
    let policy = &say.plan.policy;
    fill(
        say.t.policy_and_version,
        &[
            (
                "policy",
                Line::name(&format!("{}/{}", policy.project, policy.name)),
            ),
            ("version", Line::ours(policy.version.to_string())),
        ],
    )
}

/// What leaves, in one line.
pub(super) fn leaves(say: &Say<'_>) -> Line {
    let t = say.t;
    let plan = say.plan;
    let mut parts = Vec::new();
    if plan.policy.extract.is_some() {
        let going = plan.outputs.len() as u64;
        parts.push(fill(
            choose(t.leaves_rows, going),
            &[
                ("n", Line::count(going)),
                ("all", Line::count(plan.columns.len() as u64)),
            ],
        ));
    }
    if !plan.tables.is_empty() {
        parts.push(counted(t.l_tables, plan.tables.len() as u64));
    }
    match parts.is_empty() {
        true => Line::ours(t.leaves_none),
        false => say.list(parts),
    }
}

/// Exceptions to house rules, findings and coincidences, where there are any.
pub(super) fn exceptions(say: &Say<'_>) -> Option<Table> {
    let t = say.t;
    let exceptions = &say.plan.policy.exceptions;
    let rows: Vec<Vec<Cell>> = exceptions
        .iter()
        .map(|exception| {
            vec![
                Line::name(&exception.rule.value).into(),
                Line::name(&exception.place.value).into(),
                Line::theirs(&exception.why).into(),
                Line::theirs(&exception.by).into(),
                say.date(exception.until.value).into(),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        caption: Line::ours(t.caption_exceptions),
        head: heads([
            (t.c_rule, Width::Narrow),
            (t.c_where, Width::Narrow),
            (t.c_why, Width::Free),
            (t.c_by, Width::Free),
            (t.c_until, Width::Free),
        ]),
        rows,
    })
}

/// What a reader must not miss, beside exceptions.
pub(super) fn notices(say: &Say<'_>) -> Vec<Line> {
    let t = say.t;
    let policy = &say.plan.policy;
    let mut notices = Vec::new();
    if let Some(extract) = &policy.extract {
        if extract.risk.is_none() {
            notices.push(not_limited(say));
        }
        if extract.risk.is_some() && quasi(say).is_empty() {
            notices.push(Line::ours(t.k_without_quasi));
        }
        if extract.order == Order::Input {
            notices.push(Line::ours(t.first_input_order));
        }
    }
    if policy.unlisted == Unlisted::Drop {
        notices.push(Line::ours(t.first_unlisted));
    }
    if let Some(why) = &policy.input.publish_hash {
        notices.push(fill(t.first_hash, &[("why", Line::theirs(&why.value))]));
    }
    notices
}

/// The sentence that every text carries where nothing limits row risk.
pub(super) fn not_limited(say: &Say<'_>) -> Line {
    let mut line = Line::ours(say.t.first_not_limited);
    let plan = say.plan;
    let quasi = plan.quasi().into_iter();
    let few = say.few(quasi.map(|at| plan.columns[at].output.as_str()));
    if !few.is_empty() {
        line.push(Line::ours(say.t.sentence_gap));
        line.push(fill(say.t.k_not_limited, &[("columns", few)]));
    }
    line
}

/// Output names of the columns by which people could be singled out.
pub(super) fn quasi(say: &Say<'_>) -> Line {
    let plan = say.plan;
    say.names(
        plan.quasi()
            .into_iter()
            .map(|at| plan.columns[at].output.as_str()),
    )
}

/// What is limited beside k: sensitive values, and sets of rows.
pub(super) fn further_limits(say: &Say<'_>, public: bool) -> Vec<Line> {
    let (plan, t) = (say.plan, say.t);
    let mut lines = Vec::new();
    let Some(limits) = plan.row_limits() else {
        return lines;
    };
    let names = || {
        say.names(
            plan.diverse()
                .iter()
                .map(|at| plan.columns[*at].output.as_str()),
        )
    };
    if let Some(l) = limits.l.filter(|_| !plan.diverse().is_empty()) {
        let (template, l) = match l {
            Diversity::Distinct(l) => (t.k_l, l),
            Diversity::Entropy(l) => (t.k_l_entropy, l),
        };
        lines.push(if public {
            fill(t.k_l_public, &[("columns", names())])
        } else {
            fill(template, &[("columns", names()), ("l", Line::count(l))])
        });
    }
    if limits.linked && !public {
        lines.push(fill(t.k_history, &[("k", Line::count(limits.k))]));
    }
    let texts: Vec<&str> = plan
        .outputs
        .iter()
        .map(|at| &plan.columns[*at])
        .filter(|column| {
            matches!(column.treat, crate::treat::Treat::Redact(_)) && column.class != Class::Quasi
        })
        .map(|column| column.output.as_str())
        .collect();
    if !texts.is_empty() {
        lines.push(fill(
            t.k_uncounted,
            &[("columns", say.names(texts.iter().copied()))],
        ));
    }
    lines
}

/// What left coarser than the policy writes it, so that the limits hold.
pub(super) fn coarser(say: &Say<'_>, facts: &crate::job::Facts) -> Option<Line> {
    let coarser = facts.row_risk.as_ref()?.coarser.as_ref()?;
    let (plan, t) = (say.plan, say.t);
    let columns: Vec<&str> = coarser
        .steps
        .iter()
        .filter(|(_, step)| *step > 0)
        .filter_map(|(column, _)| Some(plan.columns.get(*column)?.output.as_str()))
        .collect();
    if columns.is_empty() {
        return Some(Line::ours(t.k_coarser_none));
    }
    let found = match coarser.optimal {
        true => t.k_coarser,
        false => t.k_coarser_greedy,
    };
    let loss = Line::name(coarser.loss.0.name());
    Some(fill(
        found,
        &[("columns", say.names(columns)), ("loss", loss)],
    ))
}

/// In which order rows leave.
pub(super) fn order(say: &Say<'_>) -> Line {
    let Some(extract) = &say.plan.policy.extract else {
        return Line::default();
    };
    match (extract.order, &extract.order_why) {
        (Order::Shuffled, _) => Line::ours(say.t.e_shuffled),
        (Order::Input, Some(why)) => fill(say.t.e_input, &[("why", Line::theirs(&why.value))]),
        (Order::Input, None) => Line::ours(say.t.first_input_order),
    }
}

/// What the release does not promise, as far as the plan makes it matter.
/// What the codes say is left out where it is said elsewhere on the page.
pub(super) fn limits(say: &Say<'_>, codes: bool) -> Vec<Line> {
    let t = say.t;
    let plan = say.plan;
    let mut lines = Vec::new();
    let leaving = say.going(Way::Leaves);
    let treated =
        |wanted: fn(&Treatment) -> bool| leaving.iter().any(|at| wanted(&say.rule(*at).treatment));
    if treated(|t| matches!(t, Treatment::Pseudonymise { .. })) {
        if codes {
            lines.push(Line::ours(t.p_same));
        }
        lines.push(Line::ours(t.p_personal));
    } else if !leaving.is_empty() {
        lines.push(Line::ours(t.p_rows_personal));
    }
    // Codes and constants match nothing elsewhere.
    let matching = leaving.iter().filter(|at| {
        let treatment = &say.rule(**at).treatment;
        !matches!(
            treatment,
            Treatment::Pseudonymise { .. } | Treatment::Replace { .. }
        )
    });
    let names = say.few(matching.map(|at| plan.columns[*at].output.as_str()));
    if !names.is_empty() {
        lines.push(fill(t.p_match, &[("columns", names)]));
    }
    if treated(|t| matches!(t, Treatment::Redact { .. })) {
        lines.push(Line::ours(t.p_text));
    }
    if plan
        .policy
        .extract
        .as_ref()
        .is_some_and(|extract| extract.risk.is_some())
    {
        lines.push(Line::ours(t.p_small));
    }
    lines.push(match plan.joins.as_slice() {
        [] => Line::ours(t.p_history),
        joins => fill(
            t.p_joined,
            &[("releases", say.names(joins.iter().map(String::as_str)))],
        ),
    });
    lines.push(Line::ours(t.p_search));
    lines.push(Line::ours(t.p_law));
    lines
}

/// The label of a key of `[basis]`; keys that we have no word for stand as written.
pub(super) fn basis_label(say: &Say<'_>, key: &str) -> Line {
    let t = say.t;
    Line::ours(match key {
        "controller" => t.b_controller,
        "lawful_basis" => t.b_lawful_basis,
        "special_category" => t.b_special_category,
        "exemption" => t.b_exemption,
        "believed_by" => t.b_believed_by,
        "dpia" => t.b_dpia,
        other => return Line::name(other),
    })
}
