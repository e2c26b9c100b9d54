//! The cells of a table as the ledger keeps them: counts at every coarseness,
//! without the people behind them.

use std::collections::{BTreeSet, HashMap};

use super::cube::Cube;
use super::stop::Stop;
use crate::ledger::{LayerSizes, SumSizes, TableSizes};
use crate::tally::{ALL, Layer, Overflow, Sum};

/// Cells of all layers together up to which a table is kept in full.
const MOST: usize = 400_000;

/// How far below and above a sum an interval must reach, where a rule met it.
type Need = Option<(i128, i128)>;

/// A table of an earlier release.
pub(super) struct Kept {
    /// Labels of each level, as the run numbers them.
    pub(super) labels: Vec<Vec<String>>,
    /// Label places of each finest cell.
    keys: Vec<u32>,
    layers: HashMap<Vec<bool>, (Layer, Vec<u8>)>,
    needs: HashMap<Vec<bool>, Vec<Vec<Need>>>,
}

impl Kept {
    /// From what was sealed; `number` gives a level's label its place among
    /// those of the run. `None` where it does not hold together, or the table
    /// was too large to be kept.
    pub(super) fn new(
        sizes: &TableSizes,
        depths: &[usize],
        mut number: impl FnMut(usize, &str) -> u32,
    ) -> Option<Self> {
        let width = sizes.labels.len();
        let finest = sizes.keys.len().checked_div(width)?;
        let mut layers = HashMap::new();
        let mut needs = HashMap::new();
        for layer in &sizes.layers {
            let shown = shown(depths, &layer.depths);
            let (size, of_finest) = roll(&sizes.keys, width, finest, &shown);
            let whole = layer.records.len() == size
                && layer.persons.len() == size
                && layer.seen.len() == size
                && layer.distinct.iter().all(|counts| counts.len() == size)
                && layer.sums.iter().all(|sums| sums.len() == size);
            if !whole {
                return None;
            }
            let sums = layer.sums.iter().map(|sums| {
                let sums = sums.iter().map(|sum| {
                    Some(Sum {
                        total: sum.total.parse().ok()?,
                        size: sum.size.parse().ok()?,
                        values: sum.values,
                        owners: sum.owners,
                        largest: Vec::new(),
                    })
                });
                sums.collect::<Option<Vec<Sum>>>()
            });
            let of_layer = Layer {
                keys: Vec::new(),
                of_finest,
                records: layer.records.clone(),
                persons: layer.persons.clone(),
                key_sums: Vec::new(),
                few: Vec::new(),
                distinct: layer.distinct.clone(),
                sums: sums.collect::<Option<_>>()?,
            };
            let need = |sum: &SumSizes| {
                let (below, above) = sum.need.as_ref()?;
                Some((below.parse().ok()?, above.parse().ok()?))
            };
            let of_sums = layer
                .sums
                .iter()
                .map(|sums| sums.iter().map(need).collect());
            needs.insert(shown.clone(), of_sums.collect());
            layers.insert(shown, (of_layer, layer.seen.clone()));
        }
        let mut labels: Vec<Vec<String>> = vec![Vec::new(); width];
        let mut places: Vec<Vec<u32>> = Vec::with_capacity(width);
        for (level, names) in sizes.labels.iter().enumerate() {
            let numbers: Vec<u32> = names.iter().map(|name| number(level, name)).collect();
            let most = numbers.iter().map(|at| *at as usize + 1).max().unwrap_or(0);
            labels[level].resize(most, String::new());
            for (at, name) in numbers.iter().zip(names) {
                labels[level][*at as usize].clone_from(name);
            }
            places.push(numbers);
        }
        let keys = sizes.keys.chunks_exact(width).flatten().enumerate();
        let keys = keys
            .map(|(at, place)| places[at % width].get(*place as usize).copied())
            .collect::<Option<_>>()?;
        (!layers.is_empty()).then_some(Self {
            labels,
            keys,
            layers,
            needs,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len().checked_div(self.labels.len()).unwrap_or(0)
    }

    pub(super) fn key(&self, cell: usize) -> &[u32] {
        let width = self.labels.len();
        self.keys
            .get(cell * width..(cell + 1) * width)
            .unwrap_or_default()
    }

    pub(super) fn layer(&self, shown: &[bool]) -> Result<Layer, Overflow> {
        let layer = self.layers.get(shown);
        layer.map(|(layer, _)| layer.clone()).ok_or(Overflow)
    }

    /// What was known of a cell.
    pub(super) fn seen(&self, shown: &[bool], cell: usize) -> u8 {
        let layer = self.layers.get(shown);
        layer
            .and_then(|(_, seen)| seen.get(cell).copied())
            .unwrap_or(0)
    }

    /// What the interval of a sum had to reach.
    pub(super) fn need(&self, shown: &[bool], sum: usize, cell: usize) -> Need {
        *self.needs.get(shown)?.get(sum)?.get(cell)?
    }
}

/// Which levels a coarseness tells apart.
pub(super) fn shown(depths: &[usize], of: &[usize]) -> Vec<bool> {
    let mut shown = Vec::new();
    for (depth, told) in depths.iter().zip(of) {
        shown.extend((0..*depth).map(|level| level < *told));
    }
    shown
}

/// Cells of a coarser layer in the order of their keys, and the one that holds
/// each finest cell.
fn roll(keys: &[u32], width: usize, finest: usize, shown: &[bool]) -> (usize, Vec<u32>) {
    let coarse = |cell: &usize| -> Vec<u32> {
        let key = keys.get(cell * width..(cell + 1) * width);
        let key = key.unwrap_or_default().iter().zip(shown);
        key.map(|(place, shown)| if *shown { *place } else { ALL })
            .collect()
    };
    let known: BTreeSet<Vec<u32>> = (0..finest).map(|cell| coarse(&cell)).collect();
    let places: HashMap<&Vec<u32>, u32> = known.iter().zip(0..).collect();
    let of_finest = (0..finest).map(|cell| places[&coarse(&cell)]).collect();
    (known.len(), of_finest)
}

/// The cells of a counted table, to be kept: `seen` says what is known of a
/// cell by its depths and labels, `need` what the interval of a sum must reach.
pub(super) fn keep(
    cube: &Cube<'_>,
    method: &str,
    mut seen: impl FnMut(&[usize], &Layer, usize, &[String]) -> u8,
    mut need: impl FnMut(&Sum) -> Result<Need, Stop>,
) -> Result<TableSizes, Stop> {
    let width = cube.cells.width();
    let used: Vec<Vec<u32>> = (0..width)
        .map(|level| {
            let cells = 0..cube.cells.len();
            let places: BTreeSet<u32> = cells.map(|cell| cube.cells.key(cell)[level]).collect();
            places.into_iter().collect()
        })
        .collect();
    let mut sizes = TableSizes {
        method: method.to_owned(),
        labels: used
            .iter()
            .enumerate()
            .map(|(level, places)| {
                let labels = cube.cells.labels(level);
                places
                    .iter()
                    .map(|at| labels[*at as usize].clone())
                    .collect()
            })
            .collect(),
        keys: Vec::with_capacity(width * cube.cells.len()),
        layers: Vec::new(),
    };
    for cell in 0..cube.cells.len() {
        for (place, used) in cube.cells.key(cell).iter().zip(&used) {
            let place = used.binary_search(place).unwrap_or_default();
            sizes.keys.push(u32::try_from(place).unwrap_or(ALL));
        }
    }
    let every = cube.every();
    if every.len().saturating_mul(cube.cells.len()) > MOST {
        return Ok(sizes);
    }
    for depths in every {
        let slice = cube.slice(&depths)?;
        let layer = &slice.layer;
        let mut sums = Vec::new();
        for of_column in &layer.sums {
            let mut kept = Vec::with_capacity(of_column.len());
            for sum in of_column {
                kept.push(SumSizes {
                    total: sum.total.to_string(),
                    size: sum.size.to_string(),
                    values: sum.values,
                    owners: sum.owners,
                    need: need(sum)?.map(|(below, above)| (below.to_string(), above.to_string())),
                });
            }
            sums.push(kept);
        }
        let known = (0..layer.records.len()).map(|cell| {
            let labels = cube.labels(&depths, slice.grid[cell]);
            seen(&depths, layer, cell, &labels)
        });
        let known = known.collect();
        sizes.layers.push(LayerSizes {
            depths,
            records: layer.records.clone(),
            persons: layer.persons.clone(),
            distinct: layer.distinct.clone(),
            sums,
            seen: known,
        });
    }
    Ok(sizes)
}
