//! The proof that decisions by classes hold, recomputed.
//!
//! It starts from the finished decisions, the units and the classes that were
//! written down for each node, and believes none of them: classes must nest
//! and be large enough, what is published must follow from their sums, and the
//! swaps that the argument needs must be there. It decides nothing and shares
//! no code with what decided.

use std::sync::atomic::Ordering;

use super::super::cover::Demand;
use super::super::shift::{SEEN, SENSITIVE};
use super::super::{At, Grid, MOST_AXES, Seen};
use crate::protect::system::Fault;

/// A node as it was decided.
pub(in crate::protect::grid) struct Note {
    /// Number of the node above among the notes; its own number for the root.
    pub(in crate::protect::grid) above: usize,
    pub(in crate::protect::grid) level: usize,
    /// Groups of that level; several where nothing of them is published.
    pub(in crate::protect::grid) groups: Vec<u32>,
    /// Class of each profile.
    pub(in crate::protect::grid) of: Vec<u16>,
}

/// What a check came to.
pub(super) struct Proof {
    pub(super) met: u64,
    pub(super) exposed: Vec<u32>,
    pub(super) swaps: u64,
}

/// A cell of a node: its number, and whether it holds a profile.
struct Seat {
    cell: u32,
    inside: Vec<bool>,
}

struct Check<'a> {
    grid: &'a Grid,
    notes: &'a [Note],
    units: Vec<Vec<u32>>,
    children: Vec<Vec<usize>>,
    min: u64,
    /// One leaf of each profile, at the first place of the tree.
    at: Vec<At>,
    swaps: u64,
}

/// Checks all decisions; a cell that is not shown to be protected is exposed.
pub(super) fn prove(
    grid: &Grid,
    demand: &Demand<'_>,
    notes: &[Note],
    state: &[u8],
) -> Result<Proof, Fault> {
    let mut check = Check::new(grid, demand.min, notes);
    let mut shown = vec![false; state.len()];
    let mut sound = check.nested() && check.complete();
    for number in 0..notes.len() {
        if demand.interrupted.load(Ordering::Relaxed) {
            return Err(Fault::Interrupted);
        }
        sound = sound && check.large(number) && check.holds_all(number);
        check.derivable(number, &mut shown);
    }
    let mut bad = vec![!sound; state.len()];
    let mut decided = vec![false; state.len()];
    for number in 0..notes.len() {
        if demand.interrupted.load(Ordering::Relaxed) {
            return Err(Fault::Interrupted);
        }
        check.empties(number, state, &mut bad, &mut decided);
    }
    let mut proof = Proof {
        met: 0,
        exposed: Vec::new(),
        swaps: check.swaps,
    };
    for lane in grid.margins.iter().filter(|lane| lane.seen == Seen::Shown) {
        for cell in lane.from..lane.to {
            let at = cell as usize;
            let seen = state[at] & SEEN != 0;
            let sensitive = state[at] & SENSITIVE != 0;
            let few = u64::from(grid.persons[at]) < demand.min;
            let wrong = bad[at] || (seen && (few || !shown[at])) || few != sensitive;
            let open = grid.value[at] > 0 && sensitive && !decided[at];
            if wrong || open {
                proof.exposed.push(cell);
            } else if sensitive {
                proof.met += 1;
            }
        }
    }
    Ok(proof)
}

impl<'a> Check<'a> {
    fn new(grid: &'a Grid, min: u64, notes: &'a [Note]) -> Self {
        let profiles = notes.first().map_or(0, |note| note.of.len());
        let mut at = vec![[0; MOST_AXES]; profiles];
        let mut stride = 1;
        for axis in (0..grid.axes.len()).rev().filter(|axis| *axis != grid.long) {
            let places = grid.axes[axis].places() as usize;
            for (profile, at) in at.iter_mut().enumerate() {
                at[axis] = (profile / stride % places) as u32;
            }
            stride *= places;
        }
        let mut check = Self {
            grid,
            notes,
            units: Vec::new(),
            children: vec![Vec::new(); notes.len()],
            min,
            at,
            swaps: 0,
        };
        for (number, note) in notes.iter().enumerate() {
            if note.above != number
                && let Some(children) = check.children.get_mut(note.above)
            {
                children.push(number);
            }
        }
        check.units = notes.iter().map(|note| check.count(note)).collect();
        check
    }

    /// Units by profile, from the dense leaves.
    fn count(&self, note: &Note) -> Vec<u32> {
        let from = &self.grid.axes[self.grid.long].from[note.level];
        let mut units = vec![0u32; self.at.len()];
        for group in &note.groups {
            for place in from[*group as usize]..from[*group as usize + 1] {
                for (units, at) in units.iter_mut().zip(&self.at) {
                    let mut at = *at;
                    at[self.grid.long] = place;
                    *units += self.grid.units[self.grid.leaf(&at) as usize];
                }
            }
        }
        units
    }

    /// Each class of a node lies within one class of every node below it.
    fn nested(&self) -> bool {
        self.notes.iter().enumerate().all(|(number, note)| {
            let above = match self.notes.get(note.above) {
                Some(above) if note.above < number || number == 0 => above,
                _ => return false,
            };
            let mut known = vec![None; self.at.len()];
            note.of.len() == self.at.len()
                && above.of.iter().zip(&note.of).all(|(above, mine)| {
                    let known = &mut known[*above as usize];
                    *known.get_or_insert(*mine) == *mine
                })
        })
    }

    /// The children of a node are all its parts, once, or there are none
    /// because nothing of them is published.
    fn complete(&self) -> bool {
        let axis = &self.grid.axes[self.grid.long];
        self.notes.iter().enumerate().all(|(number, note)| {
            let mut below: Vec<u32> = Vec::new();
            for child in &self.children[number] {
                if self.notes[*child].level != note.level + 1 {
                    return false;
                }
                below.extend(&self.notes[*child].groups);
            }
            below.sort_unstable();
            if note.groups.len() != 1 || note.level == axis.depth() {
                return below.is_empty();
            }
            let group = note.groups[0] as usize;
            let from = axis.from[note.level][group] as usize;
            let to = axis.from[note.level][group + 1] as usize;
            let groups = &axis.group[note.level + 1];
            below == (groups[from]..=groups[to - 1]).collect::<Vec<u32>>()
        })
    }

    fn sums(&self, number: usize, of: &[u16]) -> Vec<u64> {
        let mut sums = vec![0; self.at.len()];
        for (units, class) in self.units[number].iter().zip(of) {
            sums[*class as usize] += u64::from(*units);
        }
        sums
    }

    fn large(&self, number: usize) -> bool {
        let of = &self.notes[number].of;
        let sums = self.sums(number, of);
        of.iter().all(|class| sums[*class as usize] >= self.min)
    }

    /// Whether a node can hold `min` units of each class of the node above, by
    /// swaps with its siblings.
    fn holds_all(&mut self, number: usize) -> bool {
        let note = &self.notes[number];
        let above = &self.notes[note.above];
        let siblings = &self.children[note.above];
        if siblings.len() < 2 {
            return true;
        }
        let mine = self.sums(number, &above.of);
        let mut first = vec![usize::MAX; self.at.len()];
        for (profile, class) in above.of.iter().enumerate().rev() {
            first[*class as usize] = profile;
        }
        for (atom, profile) in first.iter().enumerate() {
            if *profile == usize::MAX || mine[atom] >= self.min {
                continue;
            }
            let mut lacks = self.min - mine[atom];
            let mut give: Vec<(usize, u64)> = first
                .iter()
                .enumerate()
                .filter(|(other, at)| {
                    **at != usize::MAX && *other != atom && note.of[**at] == note.of[*profile]
                })
                .map(|(other, at)| (*at, mine[other]))
                .collect();
            for sibling in siblings.iter().filter(|sibling| **sibling != number) {
                let theirs = &self.notes[*sibling].of;
                let mut has: u64 = self.units[*sibling]
                    .iter()
                    .zip(&above.of)
                    .filter(|(_, class)| **class as usize == atom)
                    .map(|(units, _)| u64::from(*units))
                    .sum();
                for (at, left) in &mut give {
                    if theirs[*at] == theirs[*profile] {
                        let swap = has.min(*left).min(lacks);
                        has -= swap;
                        *left -= swap;
                        lacks -= swap;
                        self.swaps += u64::from(swap > 0);
                    }
                }
                if lacks == 0 {
                    break;
                }
            }
            if lacks > 0 {
                // The first way was no good: all ways at once.
                let has: Vec<(usize, u64)> = siblings
                    .iter()
                    .filter(|sibling| **sibling != number)
                    .map(|sibling| {
                        let units = self.units[*sibling].iter().zip(&above.of);
                        let of = units.filter(|(_, class)| **class as usize == atom);
                        (*sibling, of.map(|(units, _)| u64::from(*units)).sum())
                    })
                    .collect();
                let needs: Vec<u64> = give
                    .iter()
                    .map(|(at, _)| mine[above.of[*at] as usize])
                    .collect();
                let stocks: Vec<u64> = has.iter().map(|(_, has)| *has).collect();
                let fits = |need: usize, stock: usize| {
                    let theirs = &self.notes[has[stock].0].of;
                    theirs[give[need].0] == theirs[*profile]
                };
                if most(&needs, &stocks, fits) < self.min - mine[atom] {
                    return false;
                }
            }
        }
        true
    }
}

impl Check<'_> {
    /// Whether the units of each small figure of a node can all be swapped for others.
    fn empties(&mut self, number: usize, state: &[u8], bad: &mut [bool], decided: &mut [bool]) {
        let seats = self.seats(number);
        let single = self.notes[number].groups.len() == 1;
        for seat in seats {
            let cell = seat.cell as usize;
            if state[cell] & SENSITIVE == 0 || self.grid.value[cell] == 0 {
                continue;
            }
            decided[cell] = true;
            bad[cell] |= !single || !self.can_empty(number, &seat.inside);
        }
        if !single {
            self.members(number, decided);
        }
    }

    /// Members of a group: their units move to other members.
    fn members(&self, number: usize, decided: &mut [bool]) {
        let note = &self.notes[number];
        let from = &self.grid.axes[self.grid.long].from[note.level];
        for lane in &self.grid.margins {
            if lane.levels[self.grid.long] < note.level || lane.seen == Seen::Known {
                continue;
            }
            for group in &note.groups {
                for place in from[*group as usize]..from[*group as usize + 1] {
                    for at in &self.at {
                        let mut at = *at;
                        at[self.grid.long] = place;
                        decided[self.grid.cell(lane, &at) as usize] = true;
                    }
                }
            }
        }
    }

    /// Cells of a node in all margins of its level.
    fn seats(&self, number: usize) -> Vec<Seat> {
        let note = &self.notes[number];
        let [group] = note.groups.as_slice() else {
            return Vec::new();
        };
        let place = self.grid.axes[self.grid.long].from[note.level][*group as usize];
        let mut seats: Vec<Seat> = Vec::new();
        for lane in &self.grid.margins {
            if lane.levels[self.grid.long] != note.level || lane.seen == Seen::Known {
                continue;
            }
            let first = seats.len();
            for (profile, at) in self.at.iter().enumerate() {
                let mut at = *at;
                at[self.grid.long] = place;
                let cell = self.grid.cell(lane, &at);
                let seat = match seats[first..].iter_mut().find(|seat| seat.cell == cell) {
                    Some(seat) => seat,
                    None => {
                        seats.push(Seat {
                            cell,
                            inside: vec![false; self.at.len()],
                        });
                        let last = seats.len() - 1;
                        &mut seats[last]
                    }
                };
                seat.inside[profile] = true;
            }
        }
        seats
    }

    /// Which cells of a node follow from the sums of its classes.
    fn derivable(&self, number: usize, shown: &mut [bool]) {
        let of = &self.notes[number].of;
        for seat in self.seats(number) {
            let mut side = vec![None; of.len()];
            shown[seat.cell as usize] = of.iter().zip(&seat.inside).all(|(class, inside)| {
                let side = &mut side[*class as usize];
                *side.get_or_insert(*inside) == *inside
            });
        }
    }

    /// Whether units inside can all be swapped for units outside.
    fn can_empty(&mut self, number: usize, inside: &[bool]) -> bool {
        let units = &self.units[number];
        // At the root, and wherever the root does not tell, profiles just change.
        let root = &self.notes[0].of;
        let free = |profile: usize| {
            (0..root.len()).any(|other| !inside[other] && root[other] == root[profile])
        };
        let needs: Vec<(usize, u64)> = (0..units.len())
            .filter(|profile| inside[*profile] && units[*profile] > 0 && !free(*profile))
            .map(|profile| (profile, u64::from(units[profile])))
            .collect();
        if needs.is_empty() {
            return true;
        }
        let mut partners: Vec<(usize, usize)> = Vec::new();
        let mut node = number;
        while self.notes[node].above != node {
            let above = self.notes[node].above;
            let others = self.children[above].iter().filter(|other| **other != node);
            partners.extend(others.map(|other| (node, *other)));
            node = above;
        }
        let fits = |y: usize, z: usize, (mine, other): (usize, usize)| {
            let (a, b) = (&self.notes[mine].of, &self.notes[other].of);
            !inside[z] && a[y] == a[z] && b[y] == b[z]
        };
        let mut used: hashbrown::HashMap<(usize, usize), u64> = hashbrown::HashMap::new();
        let mut swaps = 0;
        let mut left = needs.clone();
        for (y, left) in &mut left {
            'partners: for pair in &partners {
                for (z, has) in self.units[pair.1].iter().enumerate() {
                    if *has == 0 || !fits(*y, z, *pair) {
                        continue;
                    }
                    let used = used.entry((pair.1, z)).or_default();
                    let swap = (*left).min(u64::from(*has) - *used);
                    *used += swap;
                    *left -= swap;
                    swaps += u64::from(swap > 0);
                    if *left == 0 {
                        break 'partners;
                    }
                }
            }
        }
        if left.iter().any(|(_, left)| *left > 0) {
            // The first way was no good: all ways at once.
            let has: Vec<((usize, usize), usize, u64)> = partners
                .iter()
                .flat_map(|pair| {
                    let units = self.units[pair.1].iter().enumerate();
                    units.map(|(z, has)| (*pair, z, u64::from(*has)))
                })
                .filter(|(_, z, has)| *has > 0 && !inside[*z])
                .collect();
            let need: Vec<u64> = needs.iter().map(|(_, units)| *units).collect();
            let caps: Vec<u64> = has.iter().map(|(_, _, has)| *has).collect();
            let edge = |y: usize, at: usize| fits(needs[y].0, has[at].1, has[at].0);
            if most(&need, &caps, edge) < need.iter().sum() {
                return false;
            }
            swaps += need.len() as u64;
        }
        self.swaps += swaps;
        true
    }
}

/// The most that can be shared out: each need takes from the stocks that fit it.
fn most(needs: &[u64], stocks: &[u64], fits: impl Fn(usize, usize) -> bool) -> u64 {
    let mut flow: hashbrown::HashMap<(usize, usize), u64> = hashbrown::HashMap::new();
    let mut used = vec![0u64; stocks.len()];
    let mut total = 0;
    for (start, need) in needs.iter().enumerate() {
        let mut left = *need;
        while left > 0 {
            // Breadth first over needs and stocks.
            let mut from_need: Vec<Option<usize>> = vec![None; stocks.len()];
            let mut from_stock: Vec<Option<usize>> = vec![None; needs.len()];
            let mut open = std::collections::VecDeque::from([start]);
            let mut end = None;
            'search: while let Some(need) = open.pop_front() {
                for stock in 0..stocks.len() {
                    if from_need[stock].is_some() || !fits(need, stock) {
                        continue;
                    }
                    from_need[stock] = Some(need);
                    if used[stock] < stocks[stock] {
                        end = Some(stock);
                        break 'search;
                    }
                    for (other, from) in from_stock.iter_mut().enumerate() {
                        let taken = flow.get(&(other, stock)).copied().unwrap_or(0);
                        if other != start && from.is_none() && taken > 0 {
                            *from = Some(stock);
                            open.push_back(other);
                        }
                    }
                }
            }
            let Some(end) = end else { break };
            let mut by = left.min(stocks[end] - used[end]);
            let mut at = end;
            while let Some(need) = from_need[at] {
                let Some(before) = from_stock[need] else {
                    break;
                };
                by = by.min(flow.get(&(need, before)).copied().unwrap_or(0));
                at = before;
            }
            let mut at = end;
            while let Some(need) = from_need[at] {
                *flow.entry((need, at)).or_default() += by;
                let Some(before) = from_stock[need] else {
                    break;
                };
                if let Some(flow) = flow.get_mut(&(need, before)) {
                    *flow -= by;
                }
                at = before;
            }
            used[end] += by;
            left -= by;
            total += by;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_first_way_strands_is_shared_out_again() {
        // The first need could take either stock, the second only the first.
        let fits = |need: usize, stock: usize| need == 0 || stock == 0;
        assert_eq!(most(&[2, 2], &[2, 2], fits), 4);
        assert_eq!(most(&[2, 3], &[2, 2], fits), 4);
        assert_eq!(most(&[5], &[2, 2], |_, _| true), 4);
    }
}
