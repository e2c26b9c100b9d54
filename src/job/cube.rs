//! The shape of a counted table: dimensions, their levels, and the layers of
//! cells that a release shows or that somebody could work out. Counts only; it
//! decides nothing about what may be published.

use std::collections::HashMap;

use super::stop::Stop;
use crate::plan::{Counted as Figure, TablePlan};
use crate::release::table::TOTAL;
use crate::tally::{ALL, Counted, Layer};

/// A table with its dimensions worked out.
pub(super) struct Cube<'a> {
    pub(super) plan: &'a TablePlan,
    pub(super) counted: &'a Counted,
    pub(super) dimensions: Vec<Dimension>,
}

/// One dimension: which levels it has, and the groups of each.
pub(super) struct Dimension {
    /// Place of its first level among the table's columns, and how many it has.
    first: usize,
    pub(super) depth: usize,
    /// Of each depth, 0 for "all": the group of every finest cell.
    group: Vec<Vec<u32>>,
    /// Of each depth: the groups, each by the label places of its levels.
    pub(super) groups: Vec<Vec<Vec<u32>>>,
}

/// Cells of one coarseness.
pub(super) struct Slice {
    /// Depth of each dimension.
    pub(super) depths: Vec<usize>,
    pub(super) layer: Layer,
    /// Of each cell, its place in the full grid of groups.
    pub(super) grid: Vec<u64>,
}

impl<'a> Cube<'a> {
    pub(super) fn new(plan: &'a TablePlan, counted: &'a Counted) -> Self {
        let mut first = 0;
        let mut dimensions = Vec::with_capacity(plan.depths.len());
        for depth in &plan.depths {
            dimensions.push(Dimension::new(counted, first, *depth));
            first += depth;
        }
        Self {
            plan,
            counted,
            dimensions,
        }
    }

    /// The depths that the table shows: every level of a hierarchy, and the
    /// totals where the policy asks for them.
    pub(super) fn shown(&self) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new()];
        for dimension in &self.dimensions {
            let least = usize::from(!self.plan.totals);
            all = all
                .iter()
                .flat_map(|depths: &Vec<usize>| {
                    (least..=dimension.depth).map(|depth| {
                        let mut longer = depths.clone();
                        longer.push(depth);
                        longer
                    })
                })
                .collect();
        }
        all
    }

    /// The cells of one coarseness.
    pub(super) fn slice(&self, depths: &[usize]) -> Result<Slice, Stop> {
        let mut shown = Vec::with_capacity(self.counted.width());
        for (dimension, depth) in self.dimensions.iter().zip(depths) {
            shown.extend((0..dimension.depth).map(|level| level < *depth));
        }
        let layer = self
            .counted
            .layer(&shown)
            .map_err(|overflow| Stop::Limit(format!("table `{}`: {overflow}", self.plan.name)))?;
        let mut grid = vec![0; layer.records.len()];
        for (finest, cell) in layer.of_finest.iter().enumerate() {
            let groups = self.dimensions.iter().zip(depths);
            grid[*cell as usize] = groups.fold(0u64, |place, (dimension, depth)| {
                let radix = dimension.groups[*depth].len() as u64;
                place
                    .wrapping_mul(radix)
                    .wrapping_add(u64::from(dimension.group[*depth][finest]))
            });
        }
        Ok(Slice {
            depths: depths.to_vec(),
            layer,
            grid,
        })
    }

    /// Labels of a cell by its place in the grid; a level that is not shown has the label of a total.
    pub(super) fn labels(&self, depths: &[usize], grid: u64) -> Vec<String> {
        let mut labels = Vec::with_capacity(self.counted.width());
        for (dimension, (depth, group)) in self
            .dimensions
            .iter()
            .zip(depths.iter().zip(self.groups(depths, grid)))
        {
            let path = &dimension.groups[*depth][group];
            for level in 0..dimension.depth {
                labels.push(match path.get(level) {
                    Some(place) => {
                        self.counted.labels[dimension.first + level][*place as usize].clone()
                    }
                    None => TOTAL.to_owned(),
                });
            }
        }
        labels
    }

    /// Groups of a cell of the grid, one a dimension.
    pub(super) fn groups(&self, depths: &[usize], mut grid: u64) -> Vec<usize> {
        let mut groups = vec![0; depths.len()];
        for (at, (dimension, depth)) in self.dimensions.iter().zip(depths).enumerate().rev() {
            let radix = dimension.groups[*depth].len().max(1) as u64;
            groups[at] = usize::try_from(grid % radix).unwrap_or_default();
            grid /= radix;
        }
        groups
    }

    /// Names of the by-columns and of the figures.
    pub(super) fn head(&self) -> (Vec<String>, Vec<String>) {
        (
            self.plan
                .by
                .iter()
                .map(|level| level.name.clone())
                .collect(),
            self.plan.figures.iter().map(Figure::name).collect(),
        )
    }
}

impl Dimension {
    fn new(counted: &Counted, first: usize, depth: usize) -> Self {
        let finest = counted.len();
        let mut group = vec![vec![0; finest]];
        let mut groups = vec![vec![Vec::new()]];
        for level in 1..=depth {
            let mut known: HashMap<&[u32], u32> = HashMap::new();
            for cell in 0..finest {
                known
                    .entry(&counted.key(cell)[first..first + level])
                    .or_default();
            }
            let mut paths: Vec<Vec<u32>> = known.keys().map(|path| path.to_vec()).collect();
            paths.sort_unstable();
            for (place, path) in paths.iter().enumerate() {
                if let Some(number) = known.get_mut(path.as_slice()) {
                    *number = u32::try_from(place).unwrap_or(ALL);
                }
            }
            group.push(
                (0..finest)
                    .map(|cell| known[&counted.key(cell)[first..first + level]])
                    .collect(),
            );
            groups.push(paths);
        }
        Self {
            first,
            depth,
            group,
            groups,
        }
    }
}
