//! A table of counts made elsewhere as a grid: the engine that a run uses for
//! tables too large to be searched. It takes tables that list every level of
//! every dimension, whose persons add up, with empty cells protected.

use std::collections::BTreeMap;

use super::Table;
use crate::protect::attack::Audit;
use crate::protect::grid::{Axis, Demand, Filled, Grid, Leaf, Margin, Seen, decide};
use crate::protect::rules::{Reason, Zeros};
use crate::protect::suppress::{Refusal, Status, Suppression};
use crate::protect::system::{CellId, Fault};

/// Combinations up to which the search over all relations comes first.
const SEARCHED: usize = 12_000;

/// A dimension of the grid: of each node its depth and its group there.
struct Nodes {
    axis: Axis,
    seat: Vec<(usize, u32)>,
}

impl Table<'_> {
    /// Decides by the grid, where the table is one that it takes; says whether
    /// whoever stands alone behind a figure was looked at, too.
    pub(super) fn by_grid(
        &self,
        overlaps: &[bool],
    ) -> Option<Result<(Suppression, bool), Refusal>> {
        let rules = &self.request.rules;
        let levels: usize = self.request.levels.iter().map(|depth| depth + 1).product();
        let fits = self.cube.size() > SEARCHED
            && self.values.is_empty()
            && !overlaps.contains(&true)
            && self.listed.len() == levels
            && rules.zeros == Zeros::Protect
            && !rules.exact_only
            && self.request.options.coalition <= 1;
        let nodes: Option<Vec<Nodes>> = (0..self.paths.len())
            .map(|dimension| self.nodes(dimension))
            .collect();
        match nodes {
            Some(nodes) if fits => match self.decided(&nodes) {
                Err(Refusal::Fault(Fault::TooLarge)) => None,
                done => Some(done),
            },
            _ => None,
        }
    }

    fn nodes(&self, dimension: usize) -> Option<Nodes> {
        let paths = &self.paths[dimension];
        let depth = self.request.levels[dimension];
        // A label must have labels below it down to the finest level.
        let mut inner = vec![false; paths.list.len()];
        for path in &paths.list {
            if let Some((_, above)) = path.split_last() {
                inner[*paths.of.get(above)? as usize] = true;
            }
        }
        let mut seat = vec![(0, 0); paths.list.len()];
        let mut groups = vec![0u32; depth + 1];
        let mut of_place: Vec<Vec<u32>> = vec![Vec::new(); depth];
        // Sorted paths: a label comes before those below it.
        for (node, path) in paths.list.iter().enumerate() {
            if (path.len() == depth) == inner[node] {
                return None;
            }
            seat[node] = (path.len(), groups[path.len()]);
            groups[path.len()] += 1;
            if path.len() == depth {
                for (level, places) in of_place.iter_mut().enumerate() {
                    places.push(groups[level + 1] - 1);
                }
            }
        }
        let axis = Axis::new(of_place).ok()?;
        Some(Nodes { axis, seat })
    }

    fn decided(&self, nodes: &[Nodes]) -> Result<(Suppression, bool), Refusal> {
        let mut places: BTreeMap<Vec<usize>, Vec<(u64, usize)>> = BTreeMap::new();
        let strides = |depths: &[usize]| {
            let mut stride = vec![1u64; depths.len()];
            let mut size = 1;
            for (at, depth) in depths.iter().enumerate().rev() {
                stride[at] = size;
                size *= u64::from(nodes[at].axis.groups(*depth));
            }
            stride
        };
        let mut at_cell = Vec::with_capacity(self.cube.size());
        for cell in 0..self.cube.size() {
            let seats: Vec<(usize, u32)> = self
                .cube
                .nodes(cell)
                .iter()
                .zip(nodes)
                .map(|(node, nodes)| nodes.seat[*node as usize])
                .collect();
            let depths: Vec<usize> = seats.iter().map(|(depth, _)| *depth).collect();
            let place = seats
                .iter()
                .zip(strides(&depths))
                .map(|((_, group), stride)| u64::from(*group) * stride)
                .sum();
            places
                .entry(depths.clone())
                .or_default()
                .push((place, cell));
            at_cell.push((depths, place));
        }
        let owners = self.owners();
        let count = |cell: usize| u64::try_from(self.persons[cell]).unwrap_or(0);
        let finest = &self.request.levels;
        let mut leaves = Vec::new();
        let mut margins = Vec::new();
        for (depths, list) in &mut places {
            list.sort_unstable();
            let filled = || list.iter().filter(|(_, cell)| count(*cell) > 0);
            if depths == finest {
                leaves = filled()
                    .map(|(place, cell)| Leaf {
                        place: *place,
                        units: count(*cell),
                        records: count(*cell),
                    })
                    .collect();
            }
            let cells = filled().map(|(place, cell)| Filled {
                place: *place,
                persons: count(*cell),
                units: count(*cell),
                owner: match owners.get(cell).map(Vec::as_slice) {
                    Some([owner]) => Some(*owner),
                    _ => None,
                },
            });
            margins.push(Margin {
                levels: depths.clone(),
                seen: Seen::Shown,
                cells: cells.collect(),
            });
        }
        let first: Vec<Vec<usize>> = places.keys().cloned().collect();
        let axes = nodes.iter().map(|nodes| nodes.axis.clone()).collect();
        let grid = Grid::new(axes, margins, &leaves)?;
        let demand = Demand {
            min: self.request.rules.min,
            insiders: self.request.options.coalition > 0,
            interrupted: self.request.options.interrupted,
        };
        let done = decide(&grid, &demand)?;
        let number = |cell: usize| -> Result<usize, Fault> {
            let (depths, place) = &at_cell[cell];
            let margin = first
                .binary_search(depths)
                .map_err(|_| Fault::WrongLength)?;
            let place = usize::try_from(*place).map_err(|_| Fault::TooLarge)?;
            Ok(grid.first(margin) + place)
        };
        let mut status = Vec::with_capacity(self.cube.size());
        for cell in 0..self.cube.size() {
            let at = number(cell)?;
            status.push(match (done.published(at), done.sensitive(at)) {
                (true, _) => Status::Published,
                (false, true) if self.persons[cell] == 0 => Status::Primary(Reason::Empty),
                (false, true) => Status::Primary(Reason::TooFew),
                (false, false) => Status::Complementary,
            });
        }
        let audit = Audit {
            sensitive: usize::try_from(done.sensitive).unwrap_or(usize::MAX),
            met: usize::try_from(done.met).unwrap_or(0),
            exposed: done
                .exposed
                .iter()
                .map(|cell| crate::protect::attack::Exposure::unknown(CellId(*cell)))
                .collect(),
            narrowest: done.narrowest,
            witnesses: usize::try_from(done.witnesses).unwrap_or(0),
            solver: done.solver(),
        };
        if audit.exposed.is_empty() {
            let insiders = done.insiders && done.beyond == 0;
            Ok((Suppression { status, audit }, insiders))
        } else {
            Err(Refusal::Exposed(Box::new(audit)))
        }
    }
}
