//! Witnesses: changes of leaves that nobody can see.
//!
//! A *shift* along an axis moves units from one place to another, all else
//! equal; two opposite shifts cancel wherever a margin does not tell them
//! apart. A step is one shift, or two; a witness is a list of steps whose sum
//! is recomputed by whoever takes it. Nothing is found by trust: a step counts
//! only if every seen cell of every margin stays as it is, and no leaf falls
//! below nothing.

use hashbrown::{HashMap, HashSet};

use super::{At, Grid, Lane};

/// What is known of a cell, by bits.
pub(super) const SEEN: u8 = 1;
pub(super) const SENSITIVE: u8 = 2;
pub(super) const UP: u8 = 4;
pub(super) const DOWN: u8 = 8;
pub(super) const FIXED: u8 = 16;

/// One side of a sensitive cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) lane: usize,
    pub(super) cell: u32,
    pub(super) up: bool,
    pub(super) amount: i64,
}

/// Up to two shifts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    leaves: [(u32, At, i8); 4],
    len: usize,
}

impl Step {
    fn leaves(&self) -> &[(u32, At, i8)] {
        &self.leaves[..self.len]
    }
}

/// Which cells a witness may not touch: those that one owner knows.
pub(super) enum Avoid<'a> {
    Nothing,
    /// All that have one owner, but these ones'.
    Owned(&'a [u64]),
    These(&'a HashSet<u64>),
}

/// A first shift.
struct Plan {
    /// The axis along which it goes; along several, nothing can cancel it.
    axis: Option<usize>,
    /// From where units come, and where they go.
    from: At,
    to: At,
    /// A unit comes from nowhere, or goes there: where no total is seen.
    alone: bool,
}

/// Steps that served an empty cell, for its neighbours under the same group.
#[derive(Debug, Clone, Copy)]
struct Used {
    from: At,
    to: At,
    /// Where the second shift stands on the long axis, from and to.
    second: Option<(u32, u32)>,
    alone: bool,
    units: i64,
    records: i64,
}

/// Margin, place in it but for the long axis, group of the long axis that holds
/// it one level up, and how far.
type Alike = (usize, u32, (usize, u32), i64);

/// What `by` units and `records` records a leaf changed.
pub(super) type Changes = HashMap<u32, (i64, i64)>;

pub(super) struct Search<'a> {
    grid: &'a Grid,
    pub(super) changes: Changes,
    alike: HashMap<Alike, Vec<Used>>,
    used: Vec<Used>,
    /// Groups of an axis that no margin shows by themselves: their leaves may
    /// stand in for each other.
    unseen: Vec<Vec<u32>>,
    checks: usize,
    /// Steps weighed since the beginning.
    pub(super) work: u64,
    nearby: Vec<u32>,
}

/// Steps that are weighed for one target.
const MOST_CHECKS: usize = 600;
/// The same where something may be opened.
const MOST_WEIGHED: usize = 250;
/// Leaves looked at around a place.
const WINDOW: usize = 96;

impl<'a> Search<'a> {
    pub(super) fn new(grid: &'a Grid) -> Self {
        Self {
            grid,
            changes: HashMap::new(),
            alike: HashMap::new(),
            used: Vec::new(),
            unseen: vec![Vec::new(); grid.axes.len()],
            checks: 0,
            work: 0,
            nearby: Vec::new(),
        }
    }

    /// Notes which places of each axis nobody sees by themselves.
    pub(super) fn note(&mut self, state: &[u8]) {
        for (axis, unseen) in self.unseen.iter_mut().enumerate() {
            unseen.clear();
            let alone = self.grid.margins.iter().filter(|lane| {
                let others = lane.levels.iter().enumerate();
                lane.levels[axis] == self.grid.axes[axis].depth()
                    && others
                        .filter(|(at, _)| *at != axis)
                        .all(|(_, level)| *level == 0)
            });
            for lane in alone {
                for cell in lane.from..lane.to {
                    if state[cell as usize] & SEEN == 0 && self.grid.value[cell as usize] > 0 {
                        unseen.push(cell - lane.from);
                    }
                }
            }
            // The most populous first.
            let lines = &self.grid.lines[axis];
            unseen.sort_by_key(|place| {
                let at = *place as usize;
                (
                    std::cmp::Reverse(lines.start[at + 1] - lines.start[at]),
                    *place,
                )
            });
            unseen.truncate(8);
        }
    }

    fn value(&self, leaf: u32) -> (i64, i64) {
        let (units, records) = self.changes.get(&leaf).copied().unwrap_or((0, 0));
        (
            i64::from(self.grid.units[leaf as usize]) + units,
            i64::from(self.grid.records[leaf as usize]) + records,
        )
    }

    /// Units and records that a step may take from each leaf it lowers.
    fn room(&self, step: &Step, left: i64) -> Option<(i64, i64)> {
        let lowered = || {
            step.leaves()
                .iter()
                .filter(|leaf| leaf.2 < 0)
                .map(|leaf| self.value(leaf.0))
        };
        let fits = |units: i64, records: i64| {
            lowered().all(|(p, r)| {
                let (p, r) = (p - units, r - records);
                p >= 0 && r >= p && (p > 0 || r == 0)
            })
        };
        let mut most = left;
        for (units, records) in lowered() {
            most = most.min(if units == records { units } else { units - 1 });
        }
        if most >= 1 && fits(most, most) {
            return Some((most, most));
        }
        // A leaf whose units have several records each is emptied at once.
        lowered().find(|(p, r)| *p >= 1 && *p <= left && fits(*p, *r))
    }

    /// Whether a step leaves every seen cell as it is; else which it changes.
    fn unseen(
        &mut self,
        step: &Step,
        state: &[u8],
        avoid: &Avoid<'_>,
        mut open: Option<&mut Vec<u32>>,
    ) -> bool {
        self.checks += 1;
        self.work += 1;
        let grid = self.grid;
        let mut hidden = true;
        for lane in &grid.margins {
            let mut cells = [(0u32, 0i8); 4];
            let mut len = 0;
            for (_, at, sign) in step.leaves() {
                let cell = grid.cell(lane, at);
                match cells[..len].iter_mut().find(|known| known.0 == cell) {
                    Some(known) => known.1 += sign,
                    None => {
                        cells[len] = (cell, *sign);
                        len += 1;
                    }
                }
            }
            for (cell, by) in &cells[..len] {
                if *by == 0 {
                    continue;
                }
                if state[*cell as usize] & SEEN != 0 {
                    let Some(open) = open.as_deref_mut() else {
                        return false;
                    };
                    if state[*cell as usize] & FIXED != 0 {
                        return false;
                    }
                    open.push(*cell);
                    hidden = false;
                } else if grid.persons[*cell as usize] == 1 && !matches!(avoid, Avoid::Nothing) {
                    let owner = grid.owner.get(cell);
                    let known = match avoid {
                        Avoid::Nothing => false,
                        Avoid::Owned(mine) => owner.is_none_or(|owner| !mine.contains(owner)),
                        Avoid::These(owners) => owner.is_none_or(|owner| owners.contains(owner)),
                    };
                    if known {
                        if let Some(open) = open {
                            open.clear();
                        }
                        return false;
                    }
                }
            }
        }
        hidden
    }

    fn apply(&mut self, step: &Step, units: i64, records: i64) {
        for (leaf, _, sign) in step.leaves() {
            let sign = i64::from(*sign);
            let change = self.changes.entry(*leaf).or_default();
            change.0 += sign * units;
            change.1 += sign * records;
        }
    }

    /// How a target's cell changed.
    fn moved(&self, target: Target) -> i64 {
        let lane = &self.grid.margins[target.lane];
        self.changes
            .iter()
            .filter(|(leaf, _)| self.grid.cell(lane, &self.grid.at(**leaf)) == target.cell)
            .map(|(_, (units, _))| units)
            .sum()
    }

    /// Looks for a witness; where `open` is given, seen cells may be opened at
    /// their cost, and are listed there.
    pub(super) fn find(
        &mut self,
        target: Target,
        state: &mut [u8],
        avoid: &Avoid<'_>,
        mut open: Option<&mut Vec<u32>>,
    ) -> bool {
        self.changes.clear();
        self.used.clear();
        self.checks = 0;
        loop {
            let left = target.amount - self.moved(target).abs();
            if left <= 0 {
                return true;
            }
            self.checks = 0;
            let best = self.round(target, left, state, avoid, open.is_some());
            let left = target.amount - self.moved(target).abs();
            if left <= 0 {
                continue;
            }
            let (Some(cells), Some(open)) = (best, open.as_deref_mut()) else {
                return false;
            };
            // The next sweep makes the step that this was opened for.
            for cell in cells {
                state[cell as usize] &= !SEEN;
                open.push(cell);
            }
        }
    }

    /// One sweep over all steps nearby: makes those that nobody sees; gives
    /// the cheapest that something would have to be opened for.
    fn round(
        &mut self,
        target: Target,
        left: i64,
        state: &[u8],
        avoid: &Avoid<'_>,
        open: bool,
    ) -> Option<Vec<u32>> {
        let mut left = left;
        let mut best: Option<(u64, Vec<u32>)> = None;
        let most = if open { MOST_WEIGHED } else { MOST_CHECKS };
        let plans = self.plans(target);
        // Shifts by themselves first: they cost least to weigh.
        for plan in &plans {
            if self.checks > most {
                break;
            }
            left -= self.weigh(plan, None, (target, left), state, avoid, (open, &mut best));
            if left <= 0 {
                return None;
            }
        }
        self.checks = 0;
        for plan in &plans {
            let alone = self.shifts(target, plan, None);
            if self.room(&alone, left).is_none() {
                continue;
            }
            for second in self.seconds(target, plan) {
                if self.checks > most {
                    return best.map(|(_, cells)| cells);
                }
                let second = Some(second);
                left -= self.weigh(
                    plan,
                    second,
                    (target, left),
                    state,
                    avoid,
                    (open, &mut best),
                );
                if left <= 0 {
                    return None;
                }
            }
        }
        best.map(|(_, cells)| cells)
    }

    /// The shifts of a plan.
    fn shifts(&self, target: Target, plan: &Plan, second: Option<(At, At)>) -> Step {
        let mut step = self.step(&plan.from, &plan.to, second);
        if plan.alone {
            step.len = 1;
            step.leaves[0].2 = if target.up { 1 } else { -1 };
        }
        step
    }

    /// Makes the step if nobody sees it, and says how many units it moved;
    /// else notes what would have to be opened for it, where that is allowed
    /// and costs least so far.
    fn weigh(
        &mut self,
        plan: &Plan,
        second: Option<(At, At)>,
        (target, left): (Target, i64),
        state: &[u8],
        avoid: &Avoid<'_>,
        (open, best): (bool, &mut Option<(u64, Vec<u32>)>),
    ) -> i64 {
        let step = self.shifts(target, plan, second);
        let Some((units, records)) = self.room(&step, left) else {
            return 0;
        };
        let mut cells = Vec::new();
        if self.unseen(&step, state, avoid, open.then_some(&mut cells)) {
            self.apply(&step, units, records);
            let long = self.grid.long;
            self.used.push(Used {
                from: plan.from,
                to: plan.to,
                second: second.map(|(from, to)| (from[long], to[long])),
                alone: plan.alone,
                units,
                records,
            });
            return units;
        }
        if !cells.is_empty() {
            let cost: u64 = cells
                .iter()
                .map(|cell| u64::from(self.grid.persons[*cell as usize]) + 1)
                .sum();
            // What serves the whole need is worth more.
            let cost = cost * (left as u64).div_ceil(units.max(1) as u64);
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                *best = Some((cost, cells));
            }
        }
        0
    }

    fn step(&self, from: &At, to: &At, second: Option<(At, At)>) -> Step {
        let leaf = |at: &At, sign| (self.grid.leaf(at), *at, sign);
        let none = (0, *from, 0);
        let mut leaves = [leaf(from, -1), leaf(to, 1), none, none];
        let mut len = 2;
        if let Some((from, to)) = second {
            leaves[2] = leaf(&from, -1);
            leaves[3] = leaf(&to, 1);
            len = 4;
        }
        Step { leaves, len }
    }

    /// Shifts that move the target, the most promising first.
    fn plans(&mut self, target: Target) -> Vec<Plan> {
        let grid = self.grid;
        let lane = &grid.margins[target.lane];
        let groups = grid.groups(lane, target.cell);
        let range = |axis: usize| grid.range(lane, axis, groups[axis]);
        let mut plans = Vec::new();
        let long = grid.long;
        for axis in 0..grid.axes.len() {
            if lane.levels[axis] == 0 {
                continue;
            }
            let (first, end) = range(axis);
            let within = |place: u32| place >= first && place < end;
            if target.up {
                // Units come from a leaf that differs on this axis alone.
                let hosts = self.leaves(lane, &groups, Some(axis), range(long).0);
                let mut found: Vec<(i64, At)> = hosts
                    .into_iter()
                    .map(|leaf| (self.value(leaf).0, grid.at(leaf)))
                    .filter(|(units, at)| *units > 0 && !within(at[axis]))
                    .collect();
                found.sort_by_key(|(units, at)| (std::cmp::Reverse(*units), *at));
                for (_, from) in found.into_iter().take(10) {
                    let mut to = from;
                    // Where somebody is already, if possible.
                    let filled = (first..end.min(first + 64)).find(|place| {
                        to[axis] = *place;
                        self.value(grid.leaf(&to)).0 > 0
                    });
                    to[axis] = filled.unwrap_or(first);
                    plans.push(Plan {
                        axis: Some(axis),
                        from,
                        to,
                        alone: false,
                    });
                    if filled.is_some_and(|place| place != first) {
                        let mut to = from;
                        to[axis] = first;
                        plans.push(Plan {
                            axis: Some(axis),
                            from,
                            to,
                            alone: false,
                        });
                    }
                }
            } else {
                for leaf in self.leaves(lane, &groups, None, range(long).0) {
                    let from = grid.at(leaf);
                    if self.value(leaf).0 == 0 {
                        continue;
                    }
                    let mut places = Vec::new();
                    let all = grid.axes[axis].places();
                    if axis == long {
                        let near = self.near(axis, &from);
                        places.extend(near.into_iter().map(|leaf| grid.at(leaf)[axis]));
                        places.extend(
                            [first.wrapping_sub(1), end]
                                .into_iter()
                                .filter(|p| *p < all),
                        );
                    } else {
                        let mut to = from;
                        let mut by_size: Vec<(u32, u32)> = (0..all.min(512))
                            .map(|place| {
                                to[axis] = place;
                                (grid.units[grid.leaf(&to) as usize], place)
                            })
                            .collect();
                        by_size.sort_by_key(|(units, place)| (std::cmp::Reverse(*units), *place));
                        places.extend(by_size.into_iter().map(|(_, place)| place).take(10));
                    }
                    for place in places.into_iter().filter(|place| !within(*place)).take(10) {
                        let mut to = from;
                        to[axis] = place;
                        plans.push(Plan {
                            axis: Some(axis),
                            from,
                            to,
                            alone: false,
                        });
                    }
                }
            }
        }
        // From anywhere near to the cell, or from the cell to there, along
        // several axes at once: where nothing on the way is seen.
        let mut corner = [0; super::MOST_AXES];
        for (axis, place) in corner.iter_mut().enumerate().take(grid.axes.len()) {
            *place = range(axis).0;
        }
        let inside = |at: &At| grid.cell(lane, at) == target.cell;
        let line = &grid.lines[long];
        let near: Vec<u32> = outward(&line.leaf, grid, corner[long], WINDOW).collect();
        let mut ends = vec![corner];
        if !target.up {
            let own = self.leaves(lane, &groups, None, corner[long]);
            ends = own.into_iter().map(|leaf| grid.at(leaf)).take(8).collect();
        }
        for end in ends {
            for leaf in near.iter().take(if target.up { WINDOW } else { 12 }) {
                let other = grid.at(*leaf);
                if inside(&other) {
                    continue;
                }
                let (from, to) = if target.up {
                    (other, end)
                } else {
                    (end, other)
                };
                plans.push(Plan {
                    axis: None,
                    from,
                    to,
                    alone: false,
                });
            }
            plans.push(Plan {
                axis: None,
                from: end,
                to: end,
                alone: true,
            });
        }
        plans
    }

    /// Opposite shifts that could cancel what a shift shows.
    fn seconds(&mut self, target: Target, plan: &Plan) -> Vec<(At, At)> {
        let grid = self.grid;
        let lane = &grid.margins[target.lane];
        let Some(axis) = plan.axis else {
            return Vec::new();
        };
        let inside = |at: &At| grid.cell(lane, at) == target.cell;
        let mut found = Vec::new();
        let mut add = |grid: &Grid, from: At, place: u32| {
            let mut to = from;
            to[axis] = place;
            if !inside(&from) && !inside(&to) && grid.leaf(&from) != grid.leaf(&plan.from) {
                found.push((from, to));
            }
        };
        // From where the first one went, back to where it came from.
        let line = &grid.lines[axis];
        let place = plan.to[axis] as usize;
        let list = &line.leaf[line.start[place] as usize..line.start[place + 1] as usize];
        for leaf in outward(list, grid, plan.to[grid.long], WINDOW) {
            add(grid, grid.at(leaf), plan.from[axis]);
        }
        // From groups that nobody sees, to where the first one came from; and
        // from where it went, to them.
        for unseen in &self.unseen[axis] {
            if *unseen == plan.to[axis] || *unseen == plan.from[axis] {
                continue;
            }
            let at = *unseen as usize;
            let theirs = &line.leaf[line.start[at] as usize..line.start[at + 1] as usize];
            for leaf in outward(theirs, grid, plan.to[grid.long], 24) {
                add(grid, grid.at(leaf), plan.from[axis]);
            }
            for leaf in outward(list, grid, plan.to[grid.long], 24) {
                add(grid, grid.at(leaf), *unseen);
            }
        }
        found
    }

    /// Leaves with units in a cell, but for what it says of one axis; those
    /// near to a place on the long axis first, and not more than a window of them.
    fn leaves(&mut self, lane: &Lane, groups: &At, but: Option<usize>, near: u32) -> Vec<u32> {
        let grid = self.grid;
        let told = |axis: &usize| lane.levels[*axis] > 0 && Some(*axis) != but;
        let list = |axis: usize| {
            let (first, end) = grid.range(lane, axis, groups[axis]);
            let line = &grid.lines[axis];
            (
                line.start[first as usize] as usize,
                line.start[end as usize] as usize,
            )
        };
        let shortest = (0..grid.axes.len()).filter(told).min_by_key(|axis| {
            let (from, to) = list(*axis);
            to - from
        });
        let fits = |leaf: &u32| {
            let at = grid.at(*leaf);
            (0..grid.axes.len()).filter(told).all(|axis| {
                let (first, end) = grid.range(lane, axis, groups[axis]);
                at[axis] >= first && at[axis] < end
            })
        };
        let Some(axis) = shortest else {
            let line = &grid.lines[grid.long];
            return outward(&line.leaf, grid, near, WINDOW).collect();
        };
        let (from, to) = list(axis);
        let slice = &grid.lines[axis].leaf[from..to];
        if slice.len() <= 4 * WINDOW {
            return slice.iter().copied().filter(fits).take(WINDOW).collect();
        }
        outward(slice, grid, near, 8 * WINDOW)
            .filter(|leaf| fits(leaf))
            .take(WINDOW)
            .collect()
    }

    /// Leaves with units in a target's cell.
    pub(super) fn inside(&mut self, target: Target) -> Vec<u32> {
        let lane = &self.grid.margins[target.lane];
        let groups = self.grid.groups(lane, target.cell);
        let near = self
            .grid
            .range(lane, self.grid.long, groups[self.grid.long])
            .0;
        self.leaves(lane, &groups, None, near)
    }

    /// Leaves that differ from one on an axis alone, near to it.
    fn near(&mut self, axis: usize, at: &At) -> Vec<u32> {
        let grid = self.grid;
        let others = (0..grid.axes.len()).filter(|other| *other != axis);
        let shortest = others.min_by_key(|other| {
            let line = &grid.lines[*other];
            line.start[at[*other] as usize + 1] - line.start[at[*other] as usize]
        });
        let Some(other) = shortest else {
            return outward(&grid.lines[axis].leaf, grid, at[grid.long], WINDOW).collect();
        };
        let line = &grid.lines[other];
        let slice = &line.leaf
            [line.start[at[other] as usize] as usize..line.start[at[other] as usize + 1] as usize];
        self.nearby.clear();
        self.nearby.extend(
            outward(slice, grid, at[grid.long], 8 * WINDOW)
                .filter(|leaf| {
                    let found = grid.at(*leaf);
                    (0..grid.axes.len()).all(|each| each == axis || found[each] == at[each])
                })
                .take(12),
        );
        self.nearby.clone()
    }

    /// What a target has in common with those that the same steps may serve:
    /// the group of the long axis at this level; and the places of its group
    /// one level finer.
    fn key(&self, target: Target, level: usize) -> (Alike, u32, u32) {
        let grid = self.grid;
        let lane = &grid.margins[target.lane];
        let long = grid.long;
        let axis = &grid.axes[long];
        let group = grid.groups(lane, target.cell)[long];
        let place = axis.from[lane.levels[long]][group as usize] as usize;
        let finer = axis.group[level + 1][place] as usize;
        let above = axis.group[level][place];
        let rest = (target.cell - lane.from) - group * lane.stride[long];
        (
            (target.lane, rest, (level, above), target.amount),
            axis.from[level + 1][finer],
            axis.from[level + 1][finer + 1],
        )
    }

    /// Keeps the steps of the last search for cells alike. Only for cells that
    /// are empty, and for steps that touch no cell that one owner knows.
    pub(super) fn remember(&mut self, target: Target) {
        let long = self.grid.long;
        for level in 0..self.grid.margins[target.lane].levels[long] {
            let (key, place, end) = self.key(target, level);
            let within = |at: u32| at >= place && at < end;
            let general = self.used.iter().all(|used| {
                let across = used.from[long] != used.to[long];
                match used.second {
                    _ if used.alone => false,
                    // What stands beside the target itself serves it alone.
                    Some((from, to)) => !across && !within(from) && !within(to),
                    None => !across || !within(used.from[long]),
                }
            });
            if general {
                self.alike.insert(key, self.used.clone());
            }
        }
    }

    /// Whether the steps that served an empty cell serve another under the
    /// same group of the long axis. All margins that are coarser on that axis
    /// hold both cells in the same cell of theirs, so they see the same and
    /// nothing; the others see new cells only where the first shift stands,
    /// and these are looked at here.
    pub(super) fn serves(&self, target: Target, state: &[u8], careful: bool) -> bool {
        let levels = self.grid.margins[target.lane].levels[self.grid.long];
        (0..levels)
            .rev()
            .any(|level| self.serves_under(target, level, state, careful))
    }

    fn serves_under(&self, target: Target, level: usize, state: &[u8], careful: bool) -> bool {
        let grid = self.grid;
        let long = grid.long;
        let (key, ..) = self.key(target, level);
        let Some(used) = self.alike.get(&key) else {
            return false;
        };
        let lane = &grid.margins[target.lane];
        let (first, end) = grid.range(lane, long, grid.groups(lane, target.cell)[long]);
        let mut taken: [(u32, i64, i64); 8] = [(0, 0, 0); 8];
        let mut leaves = 0;
        // One place for all steps: where most of what has to give is.
        let Some(lead) = used.iter().find(|used| used.from[long] == used.to[long]) else {
            return self.serves_at(
                target,
                level,
                used,
                first,
                &mut taken,
                &mut leaves,
                state,
                careful,
            );
        };
        let mut at = lead.from;
        let mut best = (0, first);
        for place in first..end.min(first + 64) {
            at[long] = place;
            let units = grid.units[grid.leaf(&at) as usize];
            if units > best.0 {
                best = (units, place);
            }
        }
        self.serves_at(
            target,
            level,
            used,
            best.1,
            &mut taken,
            &mut leaves,
            state,
            careful,
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one inner step, taken out of its caller"
    )]
    fn serves_at(
        &self,
        target: Target,
        level: usize,
        used: &[Used],
        place: u32,
        taken: &mut [(u32, i64, i64); 8],
        leaves: &mut usize,
        state: &[u8],
        careful: bool,
    ) -> bool {
        let grid = self.grid;
        let long = grid.long;
        let (_, first, end) = self.key(target, level);
        let within = |at: u32| at >= first && at < end;
        for step in used {
            let across = step.from[long] != step.to[long];
            let (mut from, mut to) = (step.from, step.to);
            to[long] = place;
            if across {
                if within(from[long]) {
                    return false;
                }
            } else {
                from[long] = place;
                if step.second.is_some_and(|(a, b)| within(a) || within(b)) {
                    return false;
                }
                let leaf = grid.leaf(&from);
                let at = match taken[..*leaves].iter().position(|known| known.0 == leaf) {
                    Some(at) => at,
                    None if *leaves < taken.len() => {
                        taken[*leaves] = (leaf, 0, 0);
                        *leaves += 1;
                        *leaves - 1
                    }
                    None => return false,
                };
                taken[at].1 += step.units;
                taken[at].2 += step.records;
            }
            for lane in grid.margins.iter().filter(|lane| lane.levels[long] > level) {
                let (a, b) = (grid.cell(lane, &from), grid.cell(lane, &to));
                if a == b {
                    continue;
                }
                for cell in if across { [b, b] } else { [a, b] } {
                    let known = careful && grid.persons[cell as usize] == 1;
                    if known || state[cell as usize] & SEEN != 0 {
                        return false;
                    }
                }
            }
        }
        taken[..*leaves].iter().all(|(leaf, units, records)| {
            let p = i64::from(grid.units[*leaf as usize]) - units;
            let r = i64::from(grid.records[*leaf as usize]) - records;
            p >= 0 && r >= p && (p > 0 || r == 0)
        })
    }

    /// Cells that a witness changes, and by how much; recomputed from the leaves.
    pub(super) fn effect(&self, lane: &Lane) -> Vec<(u32, i64)> {
        let mut effect: Vec<(u32, i64)> = Vec::with_capacity(self.changes.len());
        for (leaf, (units, _)) in &self.changes {
            let cell = self.grid.cell(lane, &self.grid.at(*leaf));
            match effect.iter_mut().find(|known| known.0 == cell) {
                Some(known) => known.1 += units,
                None => effect.push((cell, *units)),
            }
        }
        effect.retain(|(_, by)| *by != 0);
        effect
    }

    /// The same for records.
    fn effect_on_records(&self, lane: &Lane) -> Vec<(u32, i64)> {
        let mut effect: Vec<(u32, i64)> = Vec::with_capacity(self.changes.len());
        for (leaf, (_, records)) in &self.changes {
            let cell = self.grid.cell(lane, &self.grid.at(*leaf));
            match effect.iter_mut().find(|known| known.0 == cell) {
                Some(known) => known.1 += records,
                None => effect.push((cell, *records)),
            }
        }
        effect.retain(|(_, by)| *by != 0);
        effect
    }

    /// Whether the changes are another table that fits all that is seen, and
    /// move the target far enough: from the leaves alone, nothing remembered.
    pub(super) fn holds(&self, target: Target, state: &[u8]) -> bool {
        let grid = self.grid;
        let fits = self.changes.keys().all(|leaf| {
            let (units, records) = self.value(*leaf);
            units >= 0 && records >= units && (units > 0 || records == 0)
        });
        let hidden = grid.margins.iter().all(|lane| {
            let mut all = self.effect(lane);
            all.extend(self.effect_on_records(lane));
            all.iter()
                .all(|(cell, _)| state[*cell as usize] & SEEN == 0)
        });
        let moved = self.moved(target);
        fits && hidden && (moved > 0) == target.up && moved.abs() >= target.amount
    }
}

/// A list that is in order of the long axis, from a place outward.
fn outward<'l>(
    list: &'l [u32],
    grid: &'l Grid,
    near: u32,
    most: usize,
) -> impl Iterator<Item = u32> + 'l {
    let stride = grid.stride[grid.long];
    let places = u64::from(grid.axes[grid.long].places().max(1));
    let place = move |leaf: u32| (u64::from(leaf) / stride % places) as u32;
    let middle = list.partition_point(|leaf| place(*leaf) < near);
    let (mut low, mut high) = (middle, middle);
    (0..most.min(list.len())).map_while(move |turn| {
        let up = (turn % 2 == 0 && high < list.len()) || low == 0;
        if up {
            high += 1;
            list.get(high - 1).copied()
        } else {
            low -= 1;
            list.get(low).copied()
        }
    })
}

impl Grid {
    /// Places of a group that a margin tells apart on an axis.
    pub(super) fn range(&self, lane: &Lane, axis: usize, group: u32) -> (u32, u32) {
        let from = &self.axes[axis].from[lane.levels[axis]];
        (from[group as usize], from[group as usize + 1])
    }
}
