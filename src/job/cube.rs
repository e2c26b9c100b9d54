//! The shape of a counted table: dimensions, their levels, and the layers of
//! cells that a release shows or that somebody could work out. Counts only; it
//! decides nothing about what may be published.

use std::collections::HashMap;

use super::kept::Kept;
use super::stop::Stop;
use crate::plan::{Counted as Figure, TablePlan};
use crate::release::table::TOTAL;
use crate::tally::{ALL, Counted, Layer, Overflow, Sum, decimal};

/// Where the cells of a table come from.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    /// Counted in this run.
    Counted(&'a Counted),
    /// Kept of an earlier release.
    Kept(&'a Kept),
}

impl<'a> Cells<'a> {
    pub(super) fn width(self) -> usize {
        match self {
            Self::Counted(counted) => counted.width(),
            Self::Kept(kept) => kept.labels.len(),
        }
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::Counted(counted) => counted.len(),
            Self::Kept(kept) => kept.len(),
        }
    }

    pub(super) fn key(self, cell: usize) -> &'a [u32] {
        match self {
            Self::Counted(counted) => counted.key(cell),
            Self::Kept(kept) => kept.key(cell),
        }
    }

    pub(super) fn labels(self, level: usize) -> &'a [String] {
        match self {
            Self::Counted(counted) => &counted.labels[level],
            Self::Kept(kept) => &kept.labels[level],
        }
    }

    fn layer(self, shown: &[bool]) -> Result<Layer, Overflow> {
        match self {
            Self::Counted(counted) => counted.layer(shown),
            Self::Kept(kept) => kept.layer(shown),
        }
    }
}

/// A table with its dimensions worked out.
pub(super) struct Cube<'a> {
    pub(super) plan: &'a TablePlan,
    pub(super) cells: Cells<'a>,
    pub(super) dimensions: Vec<Dimension>,
    /// Of each level, whether the rows of a release show its column.
    pub(super) in_rows: Vec<bool>,
}

/// One dimension: which levels it has, and the groups of each.
pub(super) struct Dimension {
    /// Place of its first level among the table's columns, and how many it has.
    pub(super) first: usize,
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
        Self::of(plan, Cells::Counted(counted))
    }

    pub(super) fn of(plan: &'a TablePlan, cells: Cells<'a>) -> Self {
        let mut first = 0;
        let mut dimensions = Vec::with_capacity(plan.depths.len());
        for depth in &plan.depths {
            dimensions.push(Dimension::new(cells, first, *depth));
            first += depth;
        }
        Self {
            plan,
            cells,
            dimensions,
            in_rows: plan.by.iter().map(|level| level.in_extract).collect(),
        }
    }

    /// Every coarseness, from all together to the finest.
    pub(super) fn every(&self) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new()];
        for dimension in &self.dimensions {
            let longer = |depths: &Vec<usize>| {
                let depths = depths.clone();
                (0..=dimension.depth).map(move |depth| [depths.as_slice(), &[depth]].concat())
            };
            all = all.iter().flat_map(longer).collect();
        }
        all
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
        let mut shown = Vec::with_capacity(self.cells.width());
        for (dimension, depth) in self.dimensions.iter().zip(depths) {
            shown.extend((0..dimension.depth).map(|level| level < *depth));
        }
        let layer = self
            .cells
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
        let mut labels = Vec::with_capacity(self.cells.width());
        for (dimension, (depth, group)) in self
            .dimensions
            .iter()
            .zip(depths.iter().zip(self.groups(depths, grid)))
        {
            let path = &dimension.groups[*depth][group];
            for level in 0..dimension.depth {
                labels.push(match path.get(level) {
                    Some(place) => {
                        self.cells.labels(dimension.first + level)[*place as usize].clone()
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

    /// The figures of a cell as written.
    pub(super) fn figures(&self, layer: &Layer, cell: usize) -> Vec<String> {
        let of_sum = |at: &usize, write: &dyn Fn(&Sum) -> String| write(&layer.sums[*at][cell]);
        self.plan
            .figures
            .iter()
            .map(|figure| match figure {
                Figure::Persons => layer.persons[cell].to_string(),
                Figure::Records => layer.records[cell].to_string(),
                Figure::Distinct(at, _) => layer.distinct[*at][cell].to_string(),
                Figure::Sum(at, _) => of_sum(at, &|sum| decimal::write(sum.total)),
                Figure::Mean(at, _) => of_sum(at, &|sum| {
                    decimal::mean(sum.total, sum.values).map_or_else(String::new, decimal::write)
                }),
            })
            .collect()
    }

    /// Cells of the full grid of a layer, empty ones too.
    pub(super) fn size(&self, depths: &[usize]) -> Option<u64> {
        self.dimensions
            .iter()
            .zip(depths)
            .try_fold(1u64, |size, (dimension, depth)| {
                size.checked_mul(dimension.groups[*depth].len() as u64)
            })
    }

    /// The finest layer that can be counted in the extract; `None` where that
    /// is nothing, or the whole table, for which the policy has its why.
    pub(super) fn in_extract(&self) -> Option<Vec<usize>> {
        let depths: Vec<usize> = self
            .dimensions
            .iter()
            .map(|dimension| {
                let shown = |level: &usize| self.in_rows[dimension.first + level - 1];
                (1..=dimension.depth).rev().find(shown).unwrap_or(0)
            })
            .collect();
        let nothing = depths.iter().all(|depth| *depth == 0);
        let finest = self.dimensions.iter().map(|dimension| dimension.depth);
        (!nothing && !finest.eq(depths.iter().copied())).then_some(depths)
    }

    /// The finest layer whose columns another table has too.
    pub(super) fn common(&self, other: &Self) -> Vec<usize> {
        let has = |level: usize| {
            let source = self.plan.by[level].source;
            other.plan.by.iter().any(|by| by.source == source)
        };
        self.dimensions
            .iter()
            .map(|dimension| {
                let depths = (1..=dimension.depth).rev();
                depths
                    .clone()
                    .find(|depth| has(dimension.first + depth - 1))
                    .unwrap_or(0)
            })
            .collect()
    }

    /// The columns by which cells of a layer are told apart, sorted.
    pub(super) fn name_of(&self, depths: &[usize]) -> Vec<usize> {
        let mut sources: Vec<usize> = self
            .dimensions
            .iter()
            .zip(depths)
            .flat_map(|(dimension, depth)| dimension.telling(*depth))
            .map(|level| self.plan.by[level].source)
            .collect();
        sources.sort_unstable();
        sources
    }

    /// What tells a cell of a layer apart: columns and label places, sorted.
    pub(super) fn identity(&self, depths: &[usize], grid: u64) -> Vec<(usize, u32)> {
        let groups = self.groups(depths, grid);
        let mut identity = Vec::new();
        for ((dimension, depth), group) in self.dimensions.iter().zip(depths).zip(groups) {
            let path = &dimension.groups[*depth][group];
            for level in dimension.telling(*depth) {
                let place = path[level - dimension.first];
                identity.push((self.plan.by[level].source, place));
            }
        }
        identity.sort_unstable();
        identity
    }

    /// From the place of a cell in a finer grid to that of the cell of a coarser one that holds it.
    pub(super) fn climb(&self, fine: &[usize], coarse: &[usize]) -> impl Fn(u64) -> u64 + use<> {
        let steps: Vec<(u64, u64, Vec<u64>)> = self
            .dimensions
            .iter()
            .zip(fine.iter().zip(coarse))
            .map(|(dimension, (fine, coarse))| {
                let groups = 0..dimension.groups[*fine].len();
                let up = groups
                    .map(|group| dimension.coarser(*fine, group, *coarse) as u64)
                    .collect();
                let radix = |depth: usize| dimension.groups[depth].len().max(1) as u64;
                (radix(*fine), radix(*coarse), up)
            })
            .collect();
        move |mut grid| {
            let (mut place, mut stride) = (0u64, 1u64);
            for (radix, coarser, up) in steps.iter().rev() {
                let group = usize::try_from(grid % radix).unwrap_or_default();
                grid /= radix;
                place += up.get(group).copied().unwrap_or(0) * stride;
                stride = stride.saturating_mul(*coarser);
            }
            place
        }
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
    fn new(cells: Cells<'_>, first: usize, depth: usize) -> Self {
        let finest = cells.len();
        let mut group = vec![vec![0; finest]];
        let mut groups = vec![vec![Vec::new()]];
        for level in 1..=depth {
            let mut known: HashMap<&[u32], u32> = HashMap::new();
            for cell in 0..finest {
                known
                    .entry(&cells.key(cell)[first..first + level])
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
                    .map(|cell| known[&cells.key(cell)[first..first + level]])
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

    /// The group at a coarser depth that holds a group.
    pub(super) fn coarser(&self, depth: usize, group: usize, coarser: usize) -> usize {
        let path = &self.groups[depth][group];
        let head = path.get(..coarser).unwrap_or_default();
        self.groups[coarser]
            .binary_search_by(|known| known.as_slice().cmp(head))
            .unwrap_or_default()
    }

    /// The columns that tell groups of a depth apart: the finest alone, where
    /// no label of it stands below two others.
    fn telling(&self, depth: usize) -> std::ops::Range<usize> {
        if depth == 0 {
            return self.first..self.first;
        }
        let mut finest: Vec<u32> = self.groups[depth]
            .iter()
            .filter_map(|path| path.last().copied())
            .collect();
        finest.sort_unstable();
        let repeats = finest.windows(2).any(|pair| pair[0] == pair[1]);
        let from = if repeats { 0 } else { depth - 1 };
        self.first + from..self.first + depth
    }
}
