//! A release and the earlier ones of its family as one system of figures.
//!
//! What an earlier table showed is known; what it withheld stays hidden, and
//! keeps the need of protection that it had. Where two tables count the same
//! people, a figure that both have is one figure. Where people came, went or
//! changed in between, the difference of two figures counts people too, and is
//! a hidden figure that is protected like any other small one: whatever gives
//! it away is withheld in the new release, and where that does not help, the
//! release is refused.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::cube::{Cells, Cube};
use super::history::{self, Earlier, Past, Standing, refused, refused_for};
use super::linked::{Built, Kind, Stratum, same_figure};
use super::stop::Stop;
use crate::ledger::ROW;
use crate::plan::{Counted as Written, Plan, TablePlan};
use crate::protect::rules::{Need, Primary, Reason};
use crate::protect::system::{CellId, Figure, Measure, Place, System};
use crate::release::table::{Status, Table};
use crate::tally::Counted;

/// Puts the earlier tables beside the new ones. An earlier table that counts
/// the same as a new one in every cell is no table of its own: what it showed
/// is known of the new one.
pub(super) fn join<'a>(
    plan: &'a Plan,
    built: &mut Vec<Built<'a>>,
    before: &'a Earlier,
) -> Result<(), Stop> {
    let names: Vec<String> = plan
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for new in built.iter_mut() {
        for (level, in_rows) in new.cube.plan.by.iter().zip(&mut new.cube.in_rows) {
            *in_rows |= before.in_rows(&names[level.column]);
        }
    }
    before.completed(plan)?;
    for past in &before.tables {
        for new in built.iter().filter(|built| built.past.is_none()) {
            if let Some(column) = history::cut_differently(new.cube.plan, &names, past) {
                return Err(refused(format!(
                    "table `{}` cuts column `{column}` in another way than table {}: what lies between two cuts cannot be weighed",
                    new.cube.plan.name, past.plan.name
                )));
            }
        }
        let Some(kept) = past.kept.as_ref().filter(|_| past.method == "intervals") else {
            continue;
        };
        let cube = Cube::of(&past.plan, Cells::Kept(kept));
        let mut same = None;
        for (at, new) in built.iter().enumerate() {
            if new.past.is_none()
                && history::same_shape(new.cube.plan, &past.plan)
                && history::standing(&new.cube, &cube)? == Standing::Same
            {
                same = Some(at);
            }
        }
        match same.and_then(|at| built.get_mut(at)) {
            Some(new) => {
                for (cell, seen) in history::shown_before(past, kept)? {
                    *new.before.entry(cell).or_default() |= seen;
                }
                new.before_whole |= past.plan.min == new.cube.plan.min;
            }
            None => built.push(Built::new(cube, Some((past, kept)))),
        }
    }
    // Tables that promised no more than that no sum gives a cell away cannot be
    // held to more now; they are compared figure by figure.
    let loose = before
        .tables
        .iter()
        .filter(|past| past.kept.is_none() || past.method != "intervals");
    for past in loose {
        let touches = |new: &&Built<'_>| {
            let theirs = |source| past.plan.by.iter().any(|level| level.source == source);
            new.past.is_none() && new.cube.plan.by.iter().any(|level| theirs(level.source))
        };
        if let Some(new) = built
            .iter()
            .filter(touches)
            .find(|new| !history::same_shape(new.cube.plan, &past.plan))
        {
            return Err(refused(format!(
                "table `{}` counts by a column of table {}, which is too large to be weighed with others: the two must be the same table",
                new.cube.plan.name, past.plan.name
            )));
        }
    }
    Ok(())
}

/// Whether figures that two tables have in common are one figure.
pub(super) fn alike(first: &Built<'_>, second: &Built<'_>) -> bool {
    if first.past.is_none() && second.past.is_none() {
        return true;
    }
    matches!(
        history::standing(&first.cube, &second.cube),
        Ok(Standing::Same)
    )
}

/// The layers that two tables have in common, whatever their coarseness.
fn common<'s>(
    first: &'s Built<'_>,
    second: &'s Built<'_>,
) -> impl Iterator<Item = (&'s Stratum, &'s Stratum)> {
    first.strata.iter().flat_map(move |a| {
        let name = first.cube.name_of(&a.slice.depths);
        let same = move |b: &&Stratum| second.cube.name_of(&b.slice.depths) == name;
        second.strata.iter().filter(same).map(move |b| (a, b))
    })
}

/// Enters what whoever has an earlier release and the new one can subtract.
pub(super) fn differences(built: &[Built<'_>], system: &mut System) -> Result<(), Stop> {
    for new in built.iter().filter(|built| built.past.is_none()) {
        for past in built.iter().filter(|built| built.past.is_some()) {
            if history::standing(&new.cube, &past.cube)? == Standing::Changed {
                between(new, past, system);
            }
        }
    }
    Ok(())
}

fn between(new: &Built<'_>, past: &Built<'_>, system: &mut System) {
    for (a, b) in common(new, past) {
        let theirs: BTreeMap<Vec<(usize, u32)>, usize> = b
            .grid
            .iter()
            .enumerate()
            .map(|(at, grid)| (past.cube.identity(&b.slice.depths, *grid), at))
            .collect();
        for (at, grid) in a.grid.iter().enumerate() {
            let their = theirs.get(&new.cube.identity(&a.slice.depths, *grid));
            // A group that was not there then had nobody in it.
            let (Some(their), false) = (their, a.ids[at].is_empty()) else {
                continue;
            };
            if b.ids[*their].is_empty() {
                continue;
            }
            let count = |stratum: &Stratum, cell: Option<usize>, records: bool| {
                let layer = &stratum.slice.layer;
                let of = if records {
                    &layer.records
                } else {
                    &layer.persons
                };
                cell.map_or(0, |cell| of[cell])
            };
            let apart =
                |records| count(a, a.cell[at], records).abs_diff(count(b, b.cell[*their], records));
            let (persons, records) = (apart(false), apart(true));
            for (number, kind) in new.kinds.iter().enumerate() {
                let same = |other: &Kind| same_figure(*kind, new, *other, past);
                let Some(other) = past.kinds.iter().position(same) else {
                    continue;
                };
                let (now, then) = (a.ids[at][number], b.ids[*their][other]);
                subtract(system, *kind, (now, then), persons, records);
            }
        }
    }
}

/// The difference of two figures, the greater less the smaller, as a figure.
fn subtract(
    system: &mut System,
    kind: Kind,
    (now, then): (CellId, CellId),
    persons: u64,
    records: u64,
) {
    let (new, old) = (system.value(now), system.value(then));
    let (greater, smaller) = if new >= old { (now, then) } else { (then, now) };
    let value = new.max(old).saturating_sub(new.min(old));
    let few = match (persons, records) {
        (0, 0) if value == 0 => 0,
        (0, 0) => 1,
        (0, records) => records,
        (persons, _) => persons,
    };
    let mut figure = Figure::records(value.unsigned_abs(), few, Place::Hidden);
    figure.measure = match kind {
        Kind::Persons => Measure::Persons,
        Kind::Records | Kind::Values(_) => Measure::Records,
        Kind::Distinct(_) => Measure::Distinct,
        Kind::Sum(_) => Measure::Sum,
    };
    // Nobody knows beforehand which of the two is the greater.
    figure.low = -new.max(old).max(1);
    if matches!(kind, Kind::Sum(_)) {
        figure.low = i64::MIN / 8;
    }
    let difference = system.cell(figure);
    system.equation(&[(greater, 1), (smaller, -1), (difference, -1)], 0);
}

/// What earlier releases promised of what they withhold: an empty cell looks
/// like a withheld one, and a sum is as uncertain as its rule asked.
pub(super) fn promised(
    built: &[Built<'_>],
    scales: &HashMap<usize, i128>,
    min: u64,
    primary: &mut Primary,
) {
    let above = i64::try_from(min).unwrap_or(i64::MAX);
    for built in built {
        let Some((past, kept)) = built.past else {
            stays(built, primary);
            continue;
        };
        for stratum in built.strata.iter().filter(|stratum| stratum.shown) {
            let told = super::kept::shown(&past.plan.depths, &stratum.slice.depths);
            for (cell, ids) in stratum.cell.iter().zip(&stratum.ids) {
                for (kind, id) in built.kinds.iter().zip(ids) {
                    match (kind, cell) {
                        (Kind::Persons | Kind::Records, None) if past.zeros_protected => {
                            primary.need(*id, Need { below: 0, above }, Reason::Given);
                        }
                        (Kind::Sum(at), Some(cell))
                            if built.known_before(&stratum.slice.depths, Some(*cell), 0) & ROW
                                == 0 =>
                        {
                            let need = kept.need(&told, *at, *cell);
                            let scale = scales.get(&past.plan.sums[*at]).copied().unwrap_or(1);
                            let Some((below, above)) = need else { continue };
                            let fit =
                                |units: i128| i64::try_from(units / scale).unwrap_or(i64::MAX / 8);
                            let (below, above) = (fit(below), fit(above));
                            primary.need(*id, Need { below, above }, Reason::Given);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// What the same table withheld before stays withheld, so that the same
/// release again is the same.
fn stays(built: &Built<'_>, primary: &mut Primary) {
    for stratum in built.strata.iter().filter(|_| built.before_whole) {
        for (at, ids) in stratum.ids.iter().enumerate() {
            let depths = &stratum.slice.depths;
            let seen = built.known_before(depths, stratum.cell[at], stratum.grid[at]);
            if let Some(id) = ids.first().filter(|_| stratum.shown && seen & ROW == 0) {
                primary.need(*id, Need::default(), Reason::Given);
            }
        }
    }
}

/// Compares tables with earlier ones that promised no widths, or, where all of
/// them are meant, because there is no common system: the same cells must be
/// shown, and nothing that can be subtracted may be a few people apart.
pub(super) fn compare(
    plan: &Plan,
    counted: &[Counted],
    tables: &[Table],
    before: &Earlier,
    all: bool,
) -> Result<(), Stop> {
    for ((table, shape), counted) in tables.iter().zip(&plan.tables).zip(counted) {
        for past in &before.tables {
            let loose = past.kept.is_none() || past.method != "intervals";
            let theirs = |source| past.plan.by.iter().any(|level| level.source == source);
            let touches = shape.by.iter().any(|level| theirs(level.source));
            if touches && (all || loose) {
                one(table, shape, counted, past)?;
            }
        }
    }
    Ok(())
}

fn one(table: &Table, shape: &TablePlan, counted: &Counted, past: &Past) -> Result<(), Stop> {
    let with = |what: &str| {
        Err(refused(format!(
            "table `{}` {what} table {}",
            table.name, past.plan.name
        )))
    };
    if !history::same_shape(shape, &past.plan) {
        return with("is too large to be weighed with");
    }
    let width = shape.by.len();
    let now: BTreeMap<&[String], &[String]> = table
        .rows
        .iter()
        .filter(|row| row.status == Status::Published)
        .map(|row| (row.labels.as_slice(), row.figures.as_slice()))
        .collect();
    let then: BTreeMap<&[String], &[String]> = past
        .rows
        .iter()
        .filter_map(|row| row.split_at_checked(width))
        .collect();
    if now == then {
        return Ok(());
    }
    if !now.keys().eq(then.keys()) {
        return with("shows other cells, and cannot be weighed with,");
    }
    let few = |a: i128, b: i128| (1..u128::from(shape.min)).contains(&a.abs_diff(b));
    let mut rest = (0i128, 0i128);
    for ((labels, figures), earlier) in now.iter().zip(then.values()) {
        for (at, (now, then)) in figures.iter().zip(*earlier).enumerate() {
            let (Ok(now), Ok(then)) = (now.parse::<i128>(), then.parse::<i128>()) else {
                return with("has figures that are no counts, and others than");
            };
            if few(now, then) {
                return Err(refused_for(
                    format!(
                        "table `{}` is, in a figure, fewer people apart than may be known from table {}",
                        table.name, past.plan.name
                    ),
                    &json!([{"table": table.name, "labels": labels, "now": now, "before": then}]),
                ));
            }
            if at == 0 {
                rest = (rest.0 - now, rest.1 - then);
            }
        }
    }
    // What is left of everything is known of the withheld cells together.
    let cube = Cube::new(shape, counted);
    let Some(kept) = past.kept.as_ref().filter(|_| !cube.in_rows.contains(&true)) else {
        return with("has changed, and cannot be weighed with,");
    };
    let persons = matches!(shape.figures.first(), Some(Written::Persons));
    let total = |cube: &Cube<'_>| -> Result<i128, Stop> {
        let layer = cube.slice(&vec![0; cube.dimensions.len()])?.layer;
        let of = if persons {
            layer.persons
        } else {
            layer.records
        };
        Ok(of.iter().map(|count| i128::from(*count)).sum())
    };
    rest.0 += total(&cube)?;
    rest.1 += total(&Cube::of(&past.plan, Cells::Kept(kept)))?;
    match few(rest.0, rest.1) {
        true => with("leaves so few people between what it withholds and"),
        false => Ok(()),
    }
}
