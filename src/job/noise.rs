//! Tables whose figures are perturbed by record keys.

use super::cube::Cube;
use super::stop::Stop;
use crate::noise::{Noise, Spec};
use crate::plan::{Counted as Figure, TablePlan};
use crate::release::table::{Row, Status, Table, Withheld};
use crate::tally::Counted;

/// What a table's noise is made for.
pub(crate) fn spec(plan: &TablePlan) -> Spec {
    match plan.noise {
        Some(noise) => Spec {
            min: plan.min,
            bound: noise.bound,
            variance: noise.variance,
        },
        None => Spec::of(plan.min),
    }
}

/// The table with its noise. A cell that noise takes to nothing is as absent as
/// one that was empty.
pub(super) fn table(plan: &TablePlan, counted: &Counted) -> Result<Table, Stop> {
    let noise = Noise::new(spec(plan))
        .map_err(|error| Stop::Limit(format!("table `{}`: {error}", plan.name)))?;
    let cube = Cube::new(plan, counted);
    let mut rows = Vec::new();
    let mut withheld = Withheld::default();
    for depths in cube.shown() {
        let slice = cube.slice(&depths)?;
        for (cell, grid) in slice.grid.iter().enumerate() {
            withheld.cells += 1;
            let key = slice.layer.key_sums[cell];
            let figures: Vec<u64> = plan
                .figures
                .iter()
                .map(|figure| {
                    let count = match figure {
                        Figure::Persons => slice.layer.persons[cell],
                        _ => slice.layer.records[cell],
                    };
                    noise.figure(count, key)
                })
                .collect();
            if figures.contains(&0) {
                continue;
            }
            rows.push(Row {
                labels: cube.labels(&slice.depths, *grid),
                status: Status::Perturbed,
                figures: figures.iter().map(u64::to_string).collect(),
            });
        }
    }
    rows.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
    let (by, figures) = cube.head();
    Ok(Table {
        name: plan.name.clone(),
        by,
        figures,
        rows,
        withheld,
    })
}
