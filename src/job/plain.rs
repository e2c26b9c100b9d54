//! One table of counts at one level, protected by the two plain rules of
//! `protect::simple`: what is left where the search over a whole system finds
//! no protection as wide as it asks for, or the table is too large for it. It gives no figure away to whoever adds
//! and subtracts; it promises no width of what such a person can tell.

use std::collections::BTreeMap;

use super::cube::Cube;
use super::stop::Stop;
use crate::plan::{Counted as Figure, Plan, TablePlan};
use crate::protect::simple::{self, Count, Rules};
use crate::release::table::{Row, Status, Table, Withheld};
use crate::tally::{CellCount, Counted};

/// The table, where the plan has one alone and the plain rules fit it.
pub(super) fn table(plan: &Plan, counted: &[Counted]) -> Result<Option<Table>, Stop> {
    let ([table], [counted]) = (plan.tables.as_slice(), counted) else {
        return Ok(None);
    };
    let Some(rules) = rules(table) else {
        return Ok(None);
    };
    let cube = Cube::new(table, counted);
    let slice = cube.slice(&table.depths)?;
    let counts: BTreeMap<Vec<String>, CellCount> = slice
        .grid
        .iter()
        .zip(slice.layer.persons.iter().zip(&slice.layer.records))
        .map(|(grid, (persons, records))| {
            let count = CellCount {
                records: *records,
                persons: *persons,
            };
            (cube.labels(&table.depths, *grid), count)
        })
        .collect();
    let done = simple::protect(&rules, &counts);
    let (by, figures) = cube.head();
    let rows = done.cells.into_iter().map(|cell| match cell.figures {
        Some(figures) => Row {
            labels: cell.labels,
            status: Status::Published,
            figures: figures.iter().map(u64::to_string).collect(),
        },
        None => Row {
            labels: cell.labels,
            status: Status::Withheld,
            figures: vec![String::new(); table.figures.len()],
        },
    });
    Ok(Some(Table {
        name: table.name.clone(),
        by,
        figures,
        rows: rows.collect(),
        withheld: Withheld {
            cells: done.withheld.cells,
            primary: done.withheld.primary,
            complementary: done.withheld.complementary,
            persons: done.withheld.persons,
            reasons: BTreeMap::new(),
        },
    }))
}

/// The plain rules for a table of counts at one level without totals, of which
/// the extract shows one margin at most.
fn rules(table: &TablePlan) -> Option<Rules<'_>> {
    let figures = table.figures.iter().map(|figure| match figure {
        Figure::Persons => Some(Count::Persons),
        Figure::Records => Some(Count::Records),
        _ => None,
    });
    let known_margins: Vec<usize> = (0..table.by.len())
        .filter(|at| table.by[*at].in_extract)
        .collect();
    let fits = !table.totals
        && table.dominance.is_empty()
        && table.depths.iter().all(|depth| *depth == 1)
        && known_margins.len() <= 1;
    fits.then_some(Rules {
        name: &table.name,
        by: table.by.iter().map(|by| by.name.as_str()).collect(),
        figures: figures.collect::<Option<_>>()?,
        min: table.min,
        known_margins,
        show_withheld: table.show_withheld,
    })
}
