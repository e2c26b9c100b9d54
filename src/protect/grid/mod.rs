//! Grids: tables of counts that add up, of any size, over one set of units.
//!
//! A unit (a person who stands in one cell, a record) has one place on each
//! axis. A *leaf* is a cell of the finest places, empty ones included; a
//! *margin* has a level of each axis, and its cells are sums of leaves. Tables,
//! their subtotals and what the extract shows are margins. Another table that
//! fits everything published is then a change of leaves that leaves each
//! published cell of each margin as it is, which is checked by adding up.
//!
//! The grid decides which cells to withhold (`cover`) and proves by witnesses
//! (`shift`) what is uncertain. It holds counts and numbers, no labels.

mod classes;
mod cover;
mod shift;
#[cfg(test)]
mod tests;

use hashbrown::HashMap;

pub use classes::{classes, fits};
pub use cover::{Covered, Demand, cover, decide, judge};

use super::system::Fault;

/// Most axes of a grid.
pub const MOST_AXES: usize = 6;

/// Most cells of all margins, and of all leaves: about 20 bytes each.
pub const MOST_CELLS: u64 = 60_000_000;

/// A place on each axis, at its finest level.
pub(super) type At = [u32; MOST_AXES];

/// One dimension: for each level, the coarsest ("all") first, the group of
/// every finest place. Groups are numbered in the order of places, and a
/// group lies within one group of the coarser level.
#[derive(Debug, Clone)]
pub struct Axis {
    group: Vec<Vec<u32>>,
    groups: Vec<u32>,
    /// Of each level and group, its first place, and one past the last.
    from: Vec<Vec<u32>>,
}

impl Axis {
    /// From the groups of all finest places, level by level.
    ///
    /// # Errors
    /// [`Fault::WrongLength`] where levels do not nest in order.
    pub fn new(levels: Vec<Vec<u32>>) -> Result<Self, Fault> {
        let places = levels.first().map_or(0, Vec::len);
        let mut group = vec![vec![0; places]];
        group.extend(levels);
        let mut groups = Vec::new();
        let mut from = Vec::new();
        for (level, of) in group.iter().enumerate() {
            let mut starts = Vec::new();
            for (place, number) in of.iter().enumerate() {
                let next = starts.len() as u32;
                if *number == next {
                    starts.push(place as u32);
                } else if number + 1 != next {
                    return Err(Fault::WrongLength);
                } else if let Some(above) = level.checked_sub(1)
                    && group[above][place] != group[above][place - 1]
                {
                    return Err(Fault::WrongLength);
                }
            }
            groups.push(starts.len() as u32);
            starts.push(places as u32);
            from.push(starts);
        }
        if groups.last().copied() != u32::try_from(places).ok() {
            return Err(Fault::WrongLength);
        }
        Ok(Self {
            group,
            groups,
            from,
        })
    }

    /// Places of the finest level.
    #[must_use]
    pub fn places(&self) -> u32 {
        self.groups.last().copied().unwrap_or(0)
    }

    /// Groups of a level, 0 for "all".
    #[must_use]
    pub fn groups(&self, level: usize) -> u32 {
        self.groups.get(level).copied().unwrap_or(0)
    }

    /// Levels, "all" not counted.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.group.len() - 1
    }
}

/// Who sees a margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A table shows its cells unless they are withheld.
    Shown,
    /// Everybody can count its cells of `min` units and more; of smaller ones
    /// the table may not depend.
    Known,
}

/// Cells of one coarseness.
#[derive(Debug, Clone)]
pub struct Margin {
    /// Level of each axis, 0 for "all".
    pub levels: Vec<usize>,
    /// Who sees it.
    pub seen: Seen,
    /// Of each cell that is not empty, its place in the margin, ascending, its
    /// distinct persons, its units, and its owner where there is one alone.
    pub cells: Vec<Filled>,
}

/// A cell of a margin that is not empty.
#[derive(Debug, Clone, Copy)]
pub struct Filled {
    /// Place: groups of the axes, the last axis fastest.
    pub place: u64,
    /// Distinct persons.
    pub persons: u64,
    /// Units.
    pub units: u64,
    /// The one owner, by any number that is the same for the same owner.
    pub owner: Option<u64>,
}

/// A leaf that is not empty.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    /// Place, the last axis fastest.
    pub place: u64,
    /// Units.
    pub units: u64,
    /// Records of these units: as many or more; equal where records are the units.
    pub records: u64,
}

/// A grid with all its margins.
pub struct Grid {
    axes: Vec<Axis>,
    margins: Vec<Lane>,
    /// Distance of leaves along each axis.
    stride: Vec<u64>,
    /// By leaf.
    units: Vec<u32>,
    records: Vec<u32>,
    /// By cell of any margin.
    persons: Vec<u32>,
    value: Vec<u32>,
    owner: HashMap<u32, u64>,
    /// Of each axis, the leaves that are not empty, line by line along it.
    lines: Vec<Lines>,
    /// The axis with most places: donors are looked for near to each other on it.
    long: usize,
}

/// A margin in the grid.
struct Lane {
    levels: Vec<usize>,
    seen: Seen,
    /// Number of its first cell, and one past its last.
    from: u32,
    to: u32,
    stride: Vec<u32>,
}

/// Leaves that are not empty, by their place on one axis, in order of the long one.
struct Lines {
    start: Vec<u32>,
    leaf: Vec<u32>,
}

impl Grid {
    /// Builds a grid.
    ///
    /// # Errors
    /// [`Fault::TooLarge`], [`Fault::Overflow`]; [`Fault::WrongLength`] where
    /// places do not fit, or come twice; [`Fault::DoesNotAdd`] where margins do not fit the leaves.
    pub fn new(axes: Vec<Axis>, margins: Vec<Margin>, leaves: &[Leaf]) -> Result<Self, Fault> {
        if axes.is_empty() || axes.len() > MOST_AXES {
            return Err(Fault::TooLarge);
        }
        let mut stride = vec![1u64; axes.len()];
        let mut size = 1u64;
        for (at, axis) in axes.iter().enumerate().rev() {
            stride[at] = size;
            size = size
                .checked_mul(u64::from(axis.places()))
                .filter(|size| *size <= MOST_CELLS)
                .ok_or(Fault::TooLarge)?;
        }
        let mut grid = Self {
            units: vec![0; size as usize],
            records: vec![0; size as usize],
            long: (0..axes.len())
                .max_by_key(|at| (axes[*at].places(), std::cmp::Reverse(*at)))
                .unwrap_or(0),
            axes,
            margins: Vec::new(),
            stride,
            persons: Vec::new(),
            value: Vec::new(),
            owner: HashMap::new(),
            lines: Vec::new(),
        };
        let mut before = None;
        for leaf in leaves {
            if leaf.place >= size || before.is_some_and(|before| before >= leaf.place) {
                return Err(Fault::WrongLength);
            }
            before = Some(leaf.place);
            let fit = |count: u64| u32::try_from(count).map_err(|_| Fault::Overflow);
            if leaf.records < leaf.units || (leaf.units == 0) != (leaf.records == 0) {
                return Err(Fault::Overflow);
            }
            grid.units[leaf.place as usize] = fit(leaf.units)?;
            grid.records[leaf.place as usize] = fit(leaf.records)?;
        }
        for margin in margins {
            grid.margin(margin)?;
        }
        grid.adds_up(leaves)?;
        grid.lines = (0..grid.axes.len())
            .map(|axis| grid.line(axis, leaves))
            .collect();
        Ok(grid)
    }

    fn margin(&mut self, margin: Margin) -> Result<(), Fault> {
        if margin.levels.len() != self.axes.len() {
            return Err(Fault::WrongLength);
        }
        let mut stride = vec![1u32; self.axes.len()];
        let mut size = 1u64;
        for (at, (axis, level)) in self.axes.iter().zip(&margin.levels).enumerate().rev() {
            stride[at] = u32::try_from(size).map_err(|_| Fault::TooLarge)?;
            let groups = *axis.groups.get(*level).ok_or(Fault::WrongLength)?;
            size = size.checked_mul(u64::from(groups)).ok_or(Fault::TooLarge)?;
        }
        let from = self.persons.len() as u64;
        if from + size > MOST_CELLS {
            return Err(Fault::TooLarge);
        }
        self.persons.resize((from + size) as usize, 0);
        self.value.resize((from + size) as usize, 0);
        let mut before = None;
        for cell in &margin.cells {
            if cell.place >= size || before.is_some_and(|before| before >= cell.place) {
                return Err(Fault::WrongLength);
            }
            before = Some(cell.place);
            let at = (from + cell.place) as usize;
            self.persons[at] = u32::try_from(cell.persons).map_err(|_| Fault::Overflow)?;
            self.value[at] = u32::try_from(cell.units).map_err(|_| Fault::Overflow)?;
            if let Some(owner) = cell.owner {
                self.owner.insert(at as u32, owner);
            }
        }
        self.margins.push(Lane {
            levels: margin.levels,
            seen: margin.seen,
            from: from as u32,
            to: (from + size) as u32,
            stride,
        });
        Ok(())
    }

    /// Every margin must be the sum of its leaves.
    fn adds_up(&self, leaves: &[Leaf]) -> Result<(), Fault> {
        let mut sums = vec![0u64; self.value.len()];
        for leaf in leaves {
            let at = self.at(leaf.place as u32);
            for lane in &self.margins {
                sums[self.cell(lane, &at) as usize] += leaf.units;
            }
        }
        let fits = sums
            .iter()
            .zip(&self.value)
            .all(|(sum, value)| *sum == u64::from(*value));
        if fits {
            Ok(())
        } else {
            Err(Fault::DoesNotAdd(super::system::EquationId(0)))
        }
    }

    fn line(&self, axis: usize, leaves: &[Leaf]) -> Lines {
        let mut order: Vec<(u32, u32, u32)> = leaves
            .iter()
            .map(|leaf| {
                let at = self.at(leaf.place as u32);
                (at[axis], at[self.long], leaf.place as u32)
            })
            .collect();
        order.sort_unstable();
        let mut start = vec![0u32; self.axes[axis].places() as usize + 1];
        for (place, _, _) in &order {
            start[*place as usize + 1] += 1;
        }
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        Lines {
            start,
            leaf: order.into_iter().map(|(_, _, leaf)| leaf).collect(),
        }
    }

    /// Places of a leaf.
    fn at(&self, leaf: u32) -> At {
        let mut at = [0; MOST_AXES];
        for (axis, stride) in self.stride.iter().enumerate() {
            let places = u64::from(self.axes[axis].places().max(1));
            at[axis] = (u64::from(leaf) / stride % places) as u32;
        }
        at
    }

    fn leaf(&self, at: &At) -> u32 {
        self.stride
            .iter()
            .zip(at)
            .map(|(stride, place)| stride * u64::from(*place))
            .sum::<u64>() as u32
    }

    /// The cell of a margin that holds a leaf.
    fn cell(&self, lane: &Lane, at: &At) -> u32 {
        let mut cell = lane.from;
        for (axis, level) in lane.levels.iter().enumerate() {
            if *level > 0 {
                cell += lane.stride[axis] * self.axes[axis].group[*level][at[axis] as usize];
            }
        }
        cell
    }

    /// Groups of a cell of a margin.
    fn groups(&self, lane: &Lane, cell: u32) -> At {
        let mut at = [0; MOST_AXES];
        for (axis, level) in lane.levels.iter().enumerate() {
            let groups = self.axes[axis].groups[*level].max(1);
            at[axis] = (cell - lane.from) / lane.stride[axis] % groups;
        }
        at
    }

    /// Cells of all margins.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.persons.len()
    }

    /// First cell of a margin.
    #[must_use]
    pub fn first(&self, margin: usize) -> usize {
        self.margins[margin].from as usize
    }

    /// Cells of a margin.
    #[must_use]
    pub fn size(&self, margin: usize) -> usize {
        (self.margins[margin].to - self.margins[margin].from) as usize
    }
}
