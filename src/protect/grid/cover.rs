//! Which cells of a grid to withhold, and the proof that it is enough.
//!
//! First what nobody can do without: a line whose total is seen must hide
//! `min` units together or nothing. Then a witness for each side of each
//! sensitive cell, opening the cheapest cells where there is none; last, the
//! same search again over the finished table, opening nothing. A cell for
//! which it finds no witness is exposed, and then nothing is published.

use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::HashSet;

use super::shift::{Avoid, DOWN, FIXED, SEEN, SENSITIVE, Search, Target, UP};
use super::{At, Grid, Seen};
use crate::protect::system::Fault;

/// What is asked of a grid.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// Least persons behind a published cell.
    pub min: u64,
    /// Whether whoever stands alone in a cell, and knows it, is an attacker too.
    pub insiders: bool,
    /// Raised to stop.
    pub interrupted: &'a AtomicBool,
}

/// A grid with its decisions.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    state: Vec<u8>,
    /// Sensitive cells.
    pub sensitive: u64,
    /// Of them, those with a witness as far to each side as they need.
    pub met: u64,
    /// Cells without one.
    pub exposed: Vec<u32>,
    /// Witnesses that were looked for one by one; each serves all it touches.
    pub witnesses: u64,
    /// Sides of cells that an insider works out whatever the tables withhold.
    pub beyond: u64,
    /// Narrowest interval that is shown.
    pub narrowest: Option<i64>,
    /// Whether whoever stands alone in a cell was looked at as an attacker too.
    pub insiders: bool,
    /// Whether whole margins were withheld because the search found nothing nearer.
    pub widened: bool,
}

impl Covered {
    /// Decisions that were proven for the public by other means than witnesses.
    pub(super) fn of(
        state: Vec<u8>,
        (met, witnesses): (u64, u64),
        exposed: Vec<u32>,
        min: u64,
    ) -> Self {
        let sensitive = state.iter().filter(|state| **state & SENSITIVE != 0);
        Self {
            sensitive: sensitive.count() as u64,
            met,
            narrowest: (met > 0).then(|| i64::try_from(min).unwrap_or(i64::MAX)),
            state,
            exposed,
            witnesses,
            ..Self::default()
        }
    }

    /// What decided, for the private report.
    #[must_use]
    pub fn solver(&self) -> &'static str {
        match self.insiders {
            true => "shifts of units, witnesses checked in integers",
            false => "classes of profiles, swaps recounted",
        }
    }

    /// Whether a cell is published (or known anyway).
    #[must_use]
    pub fn published(&self, cell: usize) -> bool {
        self.state.get(cell).is_some_and(|state| state & SEEN != 0)
    }

    /// Whether a cell is sensitive.
    #[must_use]
    pub fn sensitive(&self, cell: usize) -> bool {
        self.state
            .get(cell)
            .is_some_and(|state| state & SENSITIVE != 0)
    }
}

/// Cells of all margins up to which the search is given all its work.
const SEARCHED: usize = 20_000;
/// Work after which a larger grid is left to classes: some seconds.
const SEARCHED_BRIEFLY: u64 = 4_000_000;

/// Decides in the way that suits a grid, and proves. The search comes first:
/// it withholds less and looks at insiders too, but on thin and deep grids it
/// takes longer than classes.
///
/// # Errors
/// [`Fault::Interrupted`]; [`Fault::TooLarge`] where it would take too long.
pub fn decide(grid: &Grid, demand: &Demand<'_>) -> Result<Covered, Fault> {
    let fits = super::fits(grid, demand.min);
    let most = match fits && grid.cells() > SEARCHED {
        true => SEARCHED_BRIEFLY,
        false => MOST_WORK,
    };
    match cover_within(grid, demand, most) {
        Ok(done) if !fits || (!done.widened && done.exposed.is_empty()) => Ok(done),
        Err(fault) if !fits || fault != Fault::TooLarge => Err(fault),
        _ => super::classes(grid, demand),
    }
}

/// Decides by a search, and proves.
///
/// # Errors
/// [`Fault::Interrupted`]; [`Fault::TooLarge`] where it would take too long.
pub fn cover(grid: &Grid, demand: &Demand<'_>) -> Result<Covered, Fault> {
    cover_within(grid, demand, MOST_WORK)
}

/// The same, with so many steps in all.
fn cover_within(grid: &Grid, demand: &Demand<'_>, most: u64) -> Result<Covered, Fault> {
    let mut state = first(grid, demand);
    lines(grid, demand, &mut state)?;
    let order = order(grid);
    // Opening for one cell can serve another, never harm it.
    let mut left: Vec<(usize, u32)> = Vec::new();
    let mut round = Round::new(grid, demand, most);
    for lane in &order {
        round.lane(*lane, &mut state, true, &mut left)?;
    }
    let mut widened = 0;
    for wider in 0..WIDEST {
        if left.is_empty() {
            break;
        }
        widened = wider;
        for (lane, cell) in std::mem::take(&mut left) {
            widen(grid, lane, cell, wider, &mut state);
        }
        round.search.note(&state);
        for lane in &order {
            round.lane(*lane, &mut state, true, &mut left)?;
        }
    }
    let mut done = judge_within(grid, demand, state, most)?;
    done.widened = widened > 0;
    Ok(done)
}

/// Steps by which more is withheld where no witness is found: the lines of the
/// cell, its whole margin and all finer ones, everything.
const WIDEST: usize = 3;

/// Looks for a witness to each side of each sensitive cell, and opens nothing.
///
/// # Errors
/// [`Fault::Interrupted`].
pub fn judge(grid: &Grid, demand: &Demand<'_>, state: Vec<u8>) -> Result<Covered, Fault> {
    judge_within(grid, demand, state, MOST_WORK)
}

fn judge_within(
    grid: &Grid,
    demand: &Demand<'_>,
    mut state: Vec<u8>,
    most: u64,
) -> Result<Covered, Fault> {
    for state in &mut state {
        *state &= !(UP | DOWN);
    }
    let mut left = Vec::new();
    let mut round = Round::new(grid, demand, most);
    round.search.note(&state);
    for lane in order(grid) {
        round.lane(lane, &mut state, false, &mut left)?;
    }
    let sensitive = state
        .iter()
        .filter(|state| **state & SENSITIVE != 0)
        .count() as u64;
    left.sort_unstable();
    left.dedup();
    Ok(Covered {
        sensitive,
        met: sensitive - left.len() as u64,
        exposed: left.into_iter().map(|(_, cell)| cell).collect(),
        witnesses: round.witnesses,
        beyond: round.beyond,
        narrowest: (sensitive > 0).then(|| i64::try_from(demand.min).unwrap_or(i64::MAX)),
        insiders: demand.insiders,
        widened: false,
        state,
    })
}

/// What the rules say before anything else.
fn first(grid: &Grid, demand: &Demand<'_>) -> Vec<u8> {
    let mut state = vec![0u8; grid.cells()];
    for lane in &grid.margins {
        for cell in lane.from..lane.to {
            let few = u64::from(grid.persons[cell as usize]) < demand.min;
            state[cell as usize] = match (lane.seen, few) {
                (Seen::Shown, false) => SEEN,
                (Seen::Shown, true) => SENSITIVE,
                (Seen::Known, false) => SEEN | FIXED,
                (Seen::Known, true) => 0,
            };
        }
    }
    // A known cell and a shown one may be the same cell of two margins.
    for (a, known) in grid.margins.iter().enumerate() {
        for (b, shown) in grid.margins.iter().enumerate() {
            if a != b && known.levels == shown.levels && known.seen == Seen::Known {
                for (known, shown) in (known.from..known.to).zip(shown.from..shown.to) {
                    if state[known as usize] & SEEN != 0 {
                        state[shown as usize] |= SEEN | FIXED;
                    }
                }
            }
        }
    }
    state
}

/// Margins from the coarsest to the finest.
fn order(grid: &Grid) -> Vec<usize> {
    let mut order: Vec<usize> = (0..grid.margins.len()).collect();
    order.sort_by_key(|at| (grid.margins[*at].to - grid.margins[*at].from, *at));
    order
}

/// Under a seen total, what is withheld is nothing, or `min` units together:
/// without that, every withheld part is known to be smaller than that.
fn lines(grid: &Grid, demand: &Demand<'_>, state: &mut [u8]) -> Result<(), Fault> {
    let mut pairs = Vec::new();
    let under = |a: &[usize], b: &[usize]| a != b && a.iter().zip(b).all(|(a, b)| a <= b);
    for (coarse, above) in grid.margins.iter().enumerate() {
        for (fine, below) in grid.margins.iter().enumerate() {
            let between = grid.margins.iter().any(|lane| {
                under(&above.levels, &lane.levels) && under(&lane.levels, &below.levels)
            });
            if under(&above.levels, &below.levels) && !between {
                pairs.push((coarse, fine));
            }
        }
    }
    let mut changed = true;
    while changed {
        changed = false;
        for (coarse, fine) in &pairs {
            let (above, below) = (&grid.margins[*coarse], &grid.margins[*fine]);
            let size = (above.to - above.from) as usize;
            let mut hidden = vec![0u64; size];
            let mut any = vec![false; size];
            let mut groups = Climb::new(grid, *fine, *coarse);
            for cell in below.from..below.to {
                let total = (groups.of(cell - below.from) - above.from) as usize;
                if state[cell as usize] & SEEN == 0 {
                    hidden[total] += u64::from(grid.value[cell as usize]);
                    any[total] = true;
                }
            }
            let short = |total: usize| {
                state[above.from as usize + total] & SEEN != 0
                    && any[total]
                    && hidden[total] < demand.min
            };
            let mut least: hashbrown::HashMap<u32, (u32, u32)> = (0..size)
                .filter(|total| short(*total))
                .map(|total| (total as u32, (u32::MAX, 0)))
                .collect();
            if least.is_empty() {
                continue;
            }
            for cell in below.from..below.to {
                if state[cell as usize] & (SEEN | FIXED) == SEEN {
                    let total = groups.of(cell - below.from) - above.from;
                    if let Some(least) = least.get_mut(&total) {
                        *least = (*least).min((grid.value[cell as usize], cell));
                    }
                }
            }
            for (value, cell) in least.into_values() {
                if value != u32::MAX {
                    state[cell as usize] &= !SEEN;
                    changed = true;
                }
            }
            if demand.interrupted.load(Ordering::Relaxed) {
                return Err(Fault::Interrupted);
            }
        }
    }
    Ok(())
}

/// From a cell of a finer margin to the one of a coarser that holds it.
struct Climb {
    /// Of each axis: distance in the finer margin, its groups, and what each adds.
    axes: Vec<(u32, u32, Vec<u32>)>,
    from: u32,
}

impl Climb {
    fn new(grid: &Grid, fine: usize, coarse: usize) -> Self {
        let (fine, coarse) = (&grid.margins[fine], &grid.margins[coarse]);
        let axes = grid
            .axes
            .iter()
            .enumerate()
            .filter(|(at, _)| fine.levels[*at] > 0)
            .map(|(at, axis)| {
                let (low, high) = (fine.levels[at], coarse.levels[at]);
                let adds = (0..axis.groups[low])
                    .map(|group| {
                        let place = axis.from[low][group as usize] as usize;
                        match high {
                            0 => 0,
                            high => coarse.stride[at] * axis.group[high][place],
                        }
                    })
                    .collect();
                (fine.stride[at], axis.groups[low].max(1), adds)
            })
            .collect();
        Self {
            axes,
            from: coarse.from,
        }
    }

    fn of(&mut self, cell: u32) -> u32 {
        self.axes
            .iter()
            .map(|(stride, groups, adds)| adds[(cell / stride % groups) as usize])
            .sum::<u32>()
            + self.from
    }
}

/// Withholds more around a cell.
fn widen(grid: &Grid, lane: usize, cell: u32, wider: usize, state: &mut [u8]) {
    let mine = &grid.margins[lane];
    let groups: At = grid.groups(mine, cell);
    for other in &grid.margins {
        if other.seen == Seen::Known {
            continue;
        }
        let finer = mine.levels.iter().zip(&other.levels).all(|(a, b)| a <= b);
        for at in other.from..other.to {
            let close = match wider {
                0 if other.levels == mine.levels => {
                    let theirs = grid.groups(other, at);
                    let differ = (0..grid.axes.len())
                        .filter(|axis| theirs[*axis] != groups[*axis])
                        .count();
                    differ <= 1
                }
                0 => false,
                1 => finer,
                _ => true,
            };
            if close && state[at as usize] & FIXED == 0 {
                state[at as usize] &= !SEEN;
            }
        }
    }
}

/// Steps that one pass may weigh: some minutes.
const MOST_WORK: u64 = 150_000_000;

/// One pass over the sensitive cells.
struct Round<'a, 'd> {
    /// Steps that may be weighed.
    most: u64,
    grid: &'a Grid,
    demand: &'d Demand<'d>,
    search: Search<'a>,
    witnesses: u64,
    beyond: u64,
    looked: u64,
}

impl<'a, 'd> Round<'a, 'd> {
    fn new(grid: &'a Grid, demand: &'d Demand<'d>, most: u64) -> Self {
        Self {
            most,
            grid,
            demand,
            search: Search::new(grid),
            witnesses: 0,
            beyond: 0,
            looked: 0,
        }
    }

    /// The sensitive cells of a margin, those with people in them first.
    fn lane(
        &mut self,
        lane: usize,
        state: &mut [u8],
        open: bool,
        left: &mut Vec<(usize, u32)>,
    ) -> Result<(), Fault> {
        if open {
            self.search.note(state);
        }
        let (from, to) = (self.grid.margins[lane].from, self.grid.margins[lane].to);
        for empty in [false, true] {
            for cell in from..to {
                if state[cell as usize] & (SENSITIVE | SEEN) != SENSITIVE
                    || (self.grid.value[cell as usize] == 0) != empty
                {
                    continue;
                }
                self.looked += 1;
                if self.search.work > self.most {
                    return Err(Fault::TooLarge);
                }
                if self.looked.is_multiple_of(256)
                    && self.demand.interrupted.load(Ordering::Relaxed)
                {
                    return Err(Fault::Interrupted);
                }
                for (up, done) in [(true, UP), (false, DOWN)] {
                    if state[cell as usize] & done != 0 {
                        continue;
                    }
                    let Some(target) = self.target(lane, cell, up) else {
                        continue;
                    };
                    if !self.secure(target, state, open) {
                        left.push((lane, cell));
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// An attacker must not see that a cell is below `min`, nor that anybody
    /// is there.
    fn target(&self, lane: usize, cell: u32, up: bool) -> Option<Target> {
        let amount = self.need(cell, up);
        (amount > 0).then_some(Target {
            lane,
            cell,
            up,
            amount,
        })
    }

    fn need(&self, cell: u32, up: bool) -> i64 {
        let value = i64::from(self.grid.value[cell as usize]);
        let persons = i64::from(self.grid.persons[cell as usize]);
        let min = i64::try_from(self.demand.min).unwrap_or(i64::MAX);
        if up {
            (min - value).max(1)
        } else {
            value.min(persons)
        }
    }

    /// Finds witnesses for one side of a cell: one for everybody, and as many
    /// more as it takes that no coalition knows a figure in each of them.
    fn secure(&mut self, target: Target, state: &mut [u8], open: bool) -> bool {
        let mine = self.knowing(target);
        let mine = mine.as_slice();
        let careful = self.demand.insiders;
        let empty = self.grid.value[target.cell as usize] == 0;
        if empty && target.up && self.search.serves(target, state, careful) {
            self.mark(target, state);
            return true;
        }
        if !careful {
            let found = self.look(target, state, &Avoid::Nothing, open);
            if found {
                self.serve(target, state, true);
            }
            return found;
        }
        if self.look(target, state, &Avoid::Owned(mine), false) {
            self.serve(target, state, mine.is_empty());
            return true;
        }
        if self.for_each_insider(target, state, mine) {
            self.mark(target, state);
            return true;
        }
        // What an insider works out from what is known beside the tables, no
        // table can take back.
        if self.public(target, state) {
            let mut bare = self.bare(state);
            if !self.for_each_insider(target, &mut bare, mine) {
                self.beyond += 1;
                self.mark(target, state);
                return true;
            }
        }
        if open && self.look(target, state, &Avoid::Owned(mine), true) {
            self.serve(target, state, mine.is_empty());
            return true;
        }
        false
    }

    fn public(&mut self, target: Target, state: &mut [u8]) -> bool {
        self.look(target, state, &Avoid::Nothing, false)
    }

    /// What is seen if the tables show nothing.
    fn bare(&self, state: &[u8]) -> Vec<u8> {
        let bare = |state: &u8| {
            if state & FIXED == 0 {
                state & !SEEN
            } else {
                *state
            }
        };
        state.iter().map(bare).collect()
    }

    /// A witness for everybody, and one for each who knows a cell of it.
    fn for_each_insider(&mut self, target: Target, state: &mut [u8], mine: &[u64]) -> bool {
        if !self.public(target, state) {
            return false;
        }
        let owners = self.owners(mine);
        owners.into_iter().all(|owner| {
            // He can take himself out of every total, as out of one of `min`.
            let own = match target.up {
                true => 1,
                false => self.own_part(target, owner),
            };
            let target = Target {
                amount: target.amount - own,
                ..target
            };
            let known = HashSet::from([owner]);
            target.amount <= 0 || self.look(target, state, &Avoid::These(&known), false)
        })
    }

    /// Units of a cell that one owner knows to be there.
    fn own_part(&mut self, target: Target, owner: u64) -> i64 {
        let grid = self.grid;
        let finest = grid.margins.iter().find(|lane| {
            lane.levels
                .iter()
                .zip(&grid.axes)
                .all(|(level, axis)| *level == axis.depth())
        });
        let Some(finest) = finest else {
            return 0;
        };
        let inside = self.search.inside(target);
        inside
            .into_iter()
            .map(|leaf| grid.cell(finest, &grid.at(leaf)))
            .filter(|cell| grid.persons[*cell as usize] == 1)
            .filter(|cell| grid.owner.get(cell) == Some(&owner))
            .map(|cell| i64::from(grid.value[cell as usize]))
            .sum()
    }

    /// Owners who know a cell beforehand: it is theirs alone, or it is empty
    /// and part of one that is. Nothing is left to hide from them.
    fn knowing(&self, target: Target) -> Vec<u64> {
        let grid = self.grid;
        let lane = &grid.margins[target.lane];
        let groups = grid.groups(lane, target.cell);
        let mut corner = [0; super::MOST_AXES];
        for (axis, place) in corner.iter_mut().enumerate().take(grid.axes.len()) {
            *place = grid.range(lane, axis, groups[axis]).0;
        }
        let mut mine: Vec<u64> = grid
            .margins
            .iter()
            .filter(|wide| wide.levels.iter().zip(&lane.levels).all(|(a, b)| a <= b))
            .map(|wide| grid.cell(wide, &corner))
            .filter(|cell| grid.persons[*cell as usize] == 1)
            .filter_map(|cell| grid.owner.get(&cell).copied())
            .collect();
        mine.sort_unstable();
        mine.dedup();
        mine
    }

    /// Owners who know a cell that the witness changes.
    fn owners(&self, mine: &[u64]) -> Vec<u64> {
        let mut owners = Vec::new();
        for lane in &self.grid.margins {
            for (cell, _) in self.search.effect(lane) {
                if self.grid.persons[cell as usize] == 1
                    && let Some(owner) = self.grid.owner.get(&cell)
                    && !mine.contains(owner)
                {
                    owners.push(*owner);
                }
            }
        }
        owners
    }

    fn look(&mut self, target: Target, state: &mut [u8], avoid: &Avoid<'_>, open: bool) -> bool {
        let mut opened = Vec::new();
        let found = self
            .search
            .find(target, state, avoid, open.then_some(&mut opened))
            && self.search.holds(target, state);
        if !found {
            // What was opened in vain is closed again.
            for cell in opened {
                state[cell as usize] |= SEEN;
            }
        } else {
            self.witnesses += 1;
        }
        found
    }

    fn mark(&self, target: Target, state: &mut [u8]) {
        state[target.cell as usize] |= if target.up { UP } else { DOWN };
    }

    /// A witness serves every cell that it moves far enough.
    fn serve(&mut self, target: Target, state: &mut [u8], others: bool) {
        self.mark(target, state);
        if !others {
            return;
        }
        if target.up && self.grid.value[target.cell as usize] == 0 {
            self.search.remember(target);
        }
        for (number, lane) in self.grid.margins.iter().enumerate() {
            for (cell, by) in self.search.effect(lane) {
                if state[cell as usize] & SENSITIVE == 0 {
                    continue;
                }
                let up = by > 0;
                let enough = self
                    .target(number, cell, up)
                    .is_none_or(|target| by.abs() >= target.amount);
                if enough {
                    state[cell as usize] |= if up { UP } else { DOWN };
                }
            }
        }
    }
}
