//! One table of counts as a grid: of any size, since only the cells that an
//! attacker can tell apart are looked at, and moves stay near to them.
//!
//! It takes tables whose counts add up: records, and persons where nobody
//! stands in two cells. It writes nothing and decides nothing itself.

use std::sync::atomic::AtomicBool;

use super::cube::{Cube, Slice};
use super::linked::{Known, Protected};
use super::stop::Stop;
use crate::plan::{Counted as Figure, Plan};
use crate::protect::attack::Audit;
use crate::protect::grid::{self, Axis, Covered, Demand, Filled, Grid, Leaf, Margin, Seen};
use crate::protect::system::Fault;
use crate::release::table::{Row, Status, Table, Withheld};
use crate::tally::Counted;

/// Cells up to which those without a figure are listed.
const MOST_NAMED: u64 = 1 << 20;

/// The tables, where a grid fits them.
pub(super) fn tables(
    plan: &Plan,
    counted: &[Counted],
    known: &Known,
    interrupted: &AtomicBool,
) -> Result<Option<Protected>, Stop> {
    let ([table], [counted]) = (plan.tables.as_slice(), counted) else {
        return Ok(None);
    };
    let persons = table.figures.contains(&Figure::Persons);
    let records = table.figures.contains(&Figure::Records);
    let counts = |figure: &Figure| matches!(figure, Figure::Persons | Figure::Records);
    let fits = table.figures.iter().all(counts)
        && table.dominance.is_empty()
        && !table.publish_zeros
        && !(persons && counted.persons_overlap());
    if !fits || counted.is_empty() {
        return Ok(None);
    }
    let cube = Cube::new(table, counted);
    let mut built = Built {
        known,
        min: table.min,
        persons,
        records,
        strata: Vec::new(),
        small: false,
        silent: false,
        cube,
    };
    let grid = match built.grid() {
        Ok(grid) => grid,
        Err(Problem::Stop(stop)) => return Err(stop),
        Err(Problem::Fault(Fault::TooLarge)) => return Ok(None),
        Err(Problem::Fault(fault)) => {
            return Err(Stop::Limit(format!("the table cannot be judged: {fault}")));
        }
    };
    let demand = Demand {
        min: table.min,
        insiders: true,
        interrupted,
    };
    let done = match grid::decide(&grid, &demand) {
        Ok(done) => done,
        Err(Fault::Interrupted) => return Err(Stop::Interrupted),
        Err(Fault::TooLarge) => return Ok(None),
        Err(fault) => {
            return Err(Stop::Limit(format!("the table cannot be judged: {fault}")));
        }
    };
    if !done.exposed.is_empty() {
        return Ok(None);
    }
    Ok(Some(Protected {
        tables: vec![built.table(&grid, &done)],
        audit: Audit {
            sensitive: usize::try_from(done.sensitive).unwrap_or(usize::MAX),
            met: usize::try_from(done.met).unwrap_or(0),
            narrowest: done.narrowest,
            witnesses: usize::try_from(done.witnesses).unwrap_or(0),
            solver: done.solver(),
            ..Audit::default()
        },
        method: "intervals",
        insiders: done.insiders && done.beyond == 0,
        bounded: 0,
        size: (grid.cells(), built.strata.len()),
    }))
}

enum Problem {
    Stop(Stop),
    Fault(Fault),
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

struct Built<'a> {
    cube: Cube<'a>,
    known: &'a Known,
    min: u64,
    persons: bool,
    records: bool,
    strata: Vec<(Slice, Seen)>,
    /// A sum that somebody can count is too small: names of withheld cells
    /// would give its cells away, and none is listed.
    small: bool,
    /// A small sum has one possible cell: any figure of the table would tell
    /// which, and none leaves.
    silent: bool,
}

impl Built<'_> {
    fn grid(&mut self) -> Result<Grid, Problem> {
        let finest: Vec<usize> = self.cube.dimensions.iter().map(|of| of.depth).collect();
        let mut axes = Vec::new();
        for dimension in &self.cube.dimensions {
            let all = dimension.groups[dimension.depth].len();
            let levels = (1..=dimension.depth)
                .map(|depth| {
                    (0..all)
                        .map(|group| {
                            let coarse = dimension.coarser(dimension.depth, group, depth);
                            u32::try_from(coarse).unwrap_or(u32::MAX)
                        })
                        .collect()
                })
                .collect();
            axes.push(Axis::new(levels)?);
        }
        let shown = self.cube.shown();
        let mut wanted: Vec<(Vec<usize>, Seen)> = shown
            .iter()
            .map(|depths| (depths.clone(), Seen::Shown))
            .collect();
        wanted.push((vec![0; finest.len()], Seen::Known));
        let in_extract = self.cube.in_extract();
        wanted.extend(in_extract.clone().map(|depths| (depths, Seen::Known)));
        let mut margins = Vec::new();
        let mut leaves = Vec::new();
        for (depths, seen) in wanted {
            // Before anything large is counted.
            let size = self.cube.size(&depths).unwrap_or(u64::MAX);
            if size > grid::MOST_CELLS {
                return Err(Fault::TooLarge.into());
            }
            let slice = self.cube.slice(&depths)?;
            let layer = &slice.layer;
            let mut owner: Vec<Option<u64>> = vec![None; layer.persons.len()];
            for (cell, of) in &layer.few {
                if layer.persons[*cell as usize] == 1 {
                    owner[*cell as usize] = Some(*of);
                }
            }
            let units = |cell: usize| match self.persons {
                true => layer.persons[cell],
                false => layer.records[cell],
            };
            let mut order: Vec<usize> = (0..slice.grid.len()).collect();
            order.sort_unstable_by_key(|cell| slice.grid[*cell]);
            if depths == finest && seen == Seen::Shown {
                leaves = order
                    .iter()
                    .map(|cell| Leaf {
                        place: slice.grid[*cell],
                        units: units(*cell),
                        records: match self.records || in_extract.is_some() || !self.persons {
                            true => layer.records[*cell],
                            false => units(*cell),
                        },
                    })
                    .collect();
            }
            let cells = order
                .iter()
                .map(|cell| Filled {
                    place: slice.grid[*cell],
                    // Of few records nothing is told either.
                    persons: layer.persons[*cell].min(layer.records[*cell]),
                    units: units(*cell),
                    owner: owner[*cell],
                })
                .collect();
            if seen == Seen::Known && depths.iter().any(|depth| *depth > 0) {
                self.look_at_small_sums(&slice, &finest);
            }
            margins.push(Margin {
                levels: depths,
                seen,
                cells,
            });
            self.strata.push((slice, seen));
        }
        Ok(Grid::new(axes, margins, &leaves)?)
    }

    /// Sums of the extract that are too small to be relied on.
    fn look_at_small_sums(&mut self, slice: &Slice, finest: &[usize]) {
        let least = slice.layer.records.iter().zip(&slice.layer.persons);
        let small: Vec<usize> = least
            .enumerate()
            .filter(|(_, (records, persons))| *(*records).min(*persons) < self.min)
            .map(|(cell, _)| cell)
            .collect();
        self.small |= !small.is_empty();
        for cell in small {
            let groups = self.cube.groups(&slice.depths, slice.grid[cell]);
            let dimensions = self.cube.dimensions.iter().zip(finest);
            let cells: usize = dimensions
                .zip(slice.depths.iter().zip(groups))
                .map(|((dimension, fine), (depth, group))| {
                    let all = dimension.groups[*fine].len();
                    (0..all)
                        .filter(|at| dimension.coarser(*fine, *at, *depth) == group)
                        .take(2)
                        .count()
                })
                .product();
            self.silent |= cells == 1;
        }
    }

    /// The table as it may be published.
    fn table(&self, grid: &Grid, done: &Covered) -> Table {
        let plan = self.cube.plan;
        let mut withheld = Withheld::default();
        let mut rows = Vec::new();
        let shown = || {
            self.strata
                .iter()
                .enumerate()
                .filter(|(_, (_, seen))| *seen == Seen::Shown)
        };
        let all: u64 = shown().map(|(at, _)| grid.size(at) as u64).sum();
        let listed = plan.show_withheld && all <= MOST_NAMED && !self.small;
        for (number, (slice, _)) in shown() {
            let first = grid.first(number);
            let depths = &slice.depths;
            let everything = depths.iter().all(|depth| *depth == 0);
            let finest = self
                .cube
                .dimensions
                .iter()
                .zip(depths)
                .all(|(of, depth)| of.depth == *depth);
            let told = !self.silent && (self.known.kept_back_told || !everything);
            let mut filled = vec![false; if listed { grid.size(number) } else { 0 }];
            for (cell, place) in slice.grid.iter().enumerate() {
                let Ok(place) = usize::try_from(*place) else {
                    continue;
                };
                withheld.cells += 1;
                if done.published(first + place) && told {
                    if let Some(filled) = filled.get_mut(place) {
                        *filled = true;
                    }
                    rows.push(Row {
                        labels: self.cube.labels(depths, place as u64),
                        status: Status::Published,
                        figures: self.cube.figures(&slice.layer, cell),
                    });
                    continue;
                }
                if finest {
                    withheld.persons += slice.layer.persons[cell];
                }
                if done.sensitive(first + place) {
                    withheld.primary += 1;
                    *withheld.reasons.entry("too-few".to_owned()).or_default() += 1;
                } else {
                    withheld.complementary += 1;
                }
            }
            let hidden = filled.iter().enumerate().filter(|(_, filled)| !**filled);
            rows.extend(hidden.map(|(place, _)| Row {
                labels: self.cube.labels(depths, place as u64),
                status: Status::Withheld,
                figures: vec![String::new(); plan.figures.len()],
            }));
        }
        rows.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        let (by, figures) = self.cube.head();
        Table {
            name: plan.name.clone(),
            by,
            figures,
            rows,
            withheld,
        }
    }
}
