//! Hierarchical tables: every combination of the labels of some dimensions,
//! each with its totals and subtotals, as a system of figures.
//!
//! A dimension has *nodes* (its labels, subtotals and total) and *lines* (a
//! node and the nodes that make it up). A node may stand in several lines:
//! branches add up to employers, and the same branches to cities. Cells are
//! numbered by their nodes, the last dimension fastest.

use super::rules::Primary;
use super::system::{CellId, Fault, Figure, Place, System};

/// A dimension.
#[derive(Debug, Clone, Default)]
pub struct Dimension {
    /// Number of nodes.
    pub nodes: usize,
    /// Nodes that are the sum of others.
    pub lines: Vec<(u32, Vec<u32>)>,
}

impl Dimension {
    /// A total, node 0, over so many labels, nodes 1 and after.
    #[must_use]
    pub fn flat(labels: usize) -> Self {
        let parts = (1..=labels)
            .map(|label| u32::try_from(label).unwrap_or(u32::MAX))
            .collect();
        Self {
            nodes: labels + 1,
            lines: vec![(0, parts)],
        }
    }

    /// Nodes that are no line's total.
    #[must_use]
    pub fn leaves(&self) -> Vec<u32> {
        let mut total = vec![false; self.nodes];
        for (at, _) in &self.lines {
            if let Some(total) = total.get_mut(*at as usize) {
                *total = true;
            }
        }
        total
            .iter()
            .enumerate()
            .filter(|(_, total)| !**total)
            .filter_map(|(at, _)| u32::try_from(at).ok())
            .collect()
    }

    /// Lines in an order in which no line uses a total that comes after it.
    fn ordered(&self) -> Vec<&(u32, Vec<u32>)> {
        let mut ready = vec![true; self.nodes];
        for (total, _) in &self.lines {
            if let Some(ready) = ready.get_mut(*total as usize) {
                *ready = false;
            }
        }
        let mut rest: Vec<&(u32, Vec<u32>)> = self.lines.iter().collect();
        let mut order = Vec::new();
        loop {
            let before = rest.len();
            rest.retain(|line| {
                let now = line
                    .1
                    .iter()
                    .all(|part| ready.get(*part as usize).copied().unwrap_or(false));
                if now {
                    order.push(*line);
                }
                !now
            });
            for line in &order {
                ready[line.0 as usize] = true;
            }
            if rest.len() == before {
                return order;
            }
        }
    }
}

/// Dimensions and how their cells are numbered.
#[derive(Debug, Clone)]
pub struct Cube {
    dimensions: Vec<Dimension>,
    stride: Vec<usize>,
    size: usize,
}

impl Cube {
    /// Numbers the cells.
    ///
    /// # Errors
    /// [`Fault::TooLarge`] where there are too many.
    pub fn new(dimensions: Vec<Dimension>) -> Result<Self, Fault> {
        let mut stride = vec![1usize; dimensions.len()];
        let mut size = 1usize;
        for (at, dimension) in dimensions.iter().enumerate().rev() {
            stride[at] = size;
            size = size
                .checked_mul(dimension.nodes)
                .filter(|size| *size < (u32::MAX - 2) as usize)
                .ok_or(Fault::TooLarge)?;
        }
        Ok(Self {
            dimensions,
            stride,
            size,
        })
    }

    /// Cells, totals included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Number of the cell at these nodes, one a dimension.
    #[must_use]
    pub fn at(&self, nodes: &[u32]) -> usize {
        nodes
            .iter()
            .zip(&self.stride)
            .map(|(node, stride)| *node as usize * stride)
            .sum()
    }

    /// Nodes of a cell.
    #[must_use]
    pub fn nodes(&self, cell: usize) -> Vec<u32> {
        self.dimensions
            .iter()
            .zip(&self.stride)
            .map(|(dimension, stride)| {
                u32::try_from(cell / stride % dimension.nodes).unwrap_or(u32::MAX)
            })
            .collect()
    }

    /// Adds the leaves up to all totals. `values` holds all cells; what stands
    /// in totals is overwritten.
    ///
    /// # Errors
    /// [`Fault::WrongLength`], [`Fault::Overflow`].
    pub fn roll_up(&self, values: &mut [i64]) -> Result<(), Fault> {
        if values.len() != self.size {
            return Err(Fault::WrongLength);
        }
        for (dimension, stride) in self.dimensions.iter().zip(&self.stride) {
            let span = stride * dimension.nodes;
            for (total, parts) in dimension.ordered() {
                for block in (0..self.size).step_by(span.max(1)) {
                    for offset in 0..*stride {
                        let mut sum = 0i64;
                        for part in parts {
                            sum = sum
                                .checked_add(values[block + *part as usize * stride + offset])
                                .ok_or(Fault::Overflow)?;
                        }
                        values[block + *total as usize * stride + offset] = sum;
                    }
                }
            }
        }
        Ok(())
    }

    /// Calls `each` with the cells of every line: total first, then parts.
    pub fn lines(&self, mut each: impl FnMut(CellId, &[CellId])) {
        let id = |at: usize| CellId(u32::try_from(at).unwrap_or(u32::MAX));
        let mut cells = Vec::new();
        for (dimension, stride) in self.dimensions.iter().zip(&self.stride) {
            let span = stride * dimension.nodes;
            for (total, parts) in &dimension.lines {
                for block in (0..self.size).step_by(span.max(1)) {
                    for offset in 0..*stride {
                        cells.clear();
                        cells.extend(
                            parts
                                .iter()
                                .map(|part| id(block + *part as usize * stride + offset)),
                        );
                        each(id(block + *total as usize * stride + offset), &cells);
                    }
                }
            }
        }
    }

    /// A system of counts of persons, one row a cell: cell, row and number in
    /// the cube agree. `cost` says what withholding a cell loses.
    #[must_use]
    pub fn counts(&self, values: &[i64], cost: impl Fn(usize, i64) -> u64) -> System {
        let mut system = System::new();
        for at in 0..self.size {
            let value = values.get(at).copied().unwrap_or(0);
            let row = system.row(cost(at, value));
            system.cell(Figure::persons(
                u64::try_from(value).unwrap_or(u64::MAX),
                Place::Row(row),
            ));
        }
        self.lines(|total, parts| {
            system.sum(total, parts);
        });
        system
    }
}

/// Share of persons and of cells that a level of a table withholds.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Share {
    /// Cells that are not empty.
    pub cells: u64,
    /// Of them withheld.
    pub withheld: u64,
    /// Persons in the cells of this level.
    pub persons: u64,
    /// Of them in withheld cells.
    pub persons_withheld: u64,
}

impl Share {
    /// Whether more than half of the persons or of the cells are withheld.
    #[must_use]
    pub fn mostly_withheld(&self) -> bool {
        self.withheld * 2 > self.cells || self.persons_withheld * 2 > self.persons
    }
}

/// How many needs each reason has, for a private report.
#[must_use]
pub fn reasons(primary: &Primary) -> std::collections::BTreeMap<&'static str, u64> {
    let mut counts = std::collections::BTreeMap::new();
    for (_, _, reason) in primary.needs() {
        *counts.entry(reason.as_str()).or_default() += 1;
    }
    counts
}
