//! The limits on rows, applied once everything was read: rows kept back, cells
//! emptied, columns written coarser.

use super::stop::Stop;
use crate::plan::Plan;
use crate::policy::model::{self, Small};
use crate::risk::coarsen::{self, Steps};
use crate::risk::lattice::Loss;
use crate::tally::{Classes, Withheld};

/// What the limits found.
pub(super) struct Limited {
    pub(super) withheld: Withheld,
    /// Where columns may become coarser.
    pub(super) coarser: Option<Coarser>,
}

/// Columns that leave coarser than the policy writes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Coarser {
    /// Quasi column of the plan, and the step of its ladder; 0 is what the policy writes.
    pub steps: Vec<(usize, usize)>,
    /// What was kept small, and how large it is.
    pub loss: (model::Loss, f64),
    /// Nodes of the lattice.
    pub nodes: u64,
    /// Nodes whose classes were counted.
    pub looked_at: u64,
    /// Whether no node of the lattice loses less.
    pub optimal: bool,
}

/// Applies the policy's limits to the classes; `None` where it has none.
pub(super) fn apply(plan: &Plan, classes: &Classes) -> Result<Option<Limited>, Stop> {
    let Some(limits) = plan.row_limits() else {
        return Ok(None);
    };
    let risk = plan
        .policy
        .extract
        .as_ref()
        .and_then(|extract| extract.risk.as_ref());
    let Some(risk) = risk.filter(|risk| risk.small == Small::Generalise && classes.rows() > 0)
    else {
        return Ok(Some(Limited {
            withheld: classes.limit(&limits),
            coarser: None,
        }));
    };
    let quasi = plan.quasi();
    let labels: Vec<_> = quasi
        .iter()
        .map(|column| {
            let ladder = plan.ladder(*column);
            let label = move |step: usize, cell: &str| match ladder {
                Some(ladder) => ladder.label(step, cell),
                None => String::new(),
            };
            (ladder.map_or(1, crate::plan::Ladder::steps), label)
        })
        .collect();
    let mut columns: Vec<Steps<'_>> = labels
        .iter()
        .map(|(count, label)| Steps {
            count: *count,
            label,
        })
        .collect();
    if plan.earlier.is_some() {
        // What earlier releases show stays as it is.
        columns.push(Steps {
            count: 1,
            label: &|_, _| String::new(),
        });
    }
    let loss = match risk.loss {
        model::Loss::Entropy => Loss::Entropy,
        model::Loss::EntropySuppressed => Loss::EntropySuppressed,
        model::Loss::Discernibility => Loss::Discernibility,
        model::Loss::Height => Loss::Height,
    };
    let chosen = coarsen::choose(classes, &columns, &limits, risk.max_withheld, loss);
    let chosen = chosen.map_err(|none| {
        Stop::Limit(format!(
            "with every column at its coarsest, {} of {} rows still miss a limit of [extract.risk], and the policy lets {} be kept back (max_withheld = {}): generalise or drop another column, or say max_withheld = {}",
            none.least,
            none.rows,
            if risk.max_withheld > 0.0 { "no more" } else { "none" },
            risk.max_withheld,
            share_that_holds(none.least, none.rows),
        ))
    })?;
    Ok(Some(Limited {
        coarser: Some(Coarser {
            steps: quasi.into_iter().zip(chosen.steps).collect(),
            loss: (risk.loss, chosen.loss),
            nodes: chosen.nodes,
            looked_at: chosen.looked_at,
            optimal: chosen.optimal,
        }),
        withheld: chosen.withheld,
    }))
}

/// A share with four decimals that is no smaller than `part` of `whole`.
fn share_that_holds(part: u64, whole: u64) -> String {
    let parts = (part * 10_000).div_ceil(whole.max(1));
    format!("{}.{:04}", parts / 10_000, parts % 10_000)
}
