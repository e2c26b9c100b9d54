//! Decisions for grids of any size, by classes: what everybody may add up.
//!
//! One axis is the tree; places on all others together are *profiles*. Each
//! node of the tree parts the profiles into *classes* of at least `min` units,
//! and the classes of a node are unions of those of the node above it. A cell
//! of a node is published where it is a union of its classes. So an attacker
//! knows at most the sums of all classes of all nodes, and everything follows
//! from two facts, for which `docs/tables.md` has the argument:
//!
//! 1. Two units may swap their profiles, unseen, if both profiles are in one
//!    class at both children of the lowest node that holds both units. At the
//!    root a unit may change its profile within a class.
//! 2. A node can hold `min` units of any profile if the node above can, and if
//!    it can hold `min` units of the class of the node above that has the
//!    profile, by swaps with its siblings.
//!
//! Nodes with fewer than `min` units, with others beside them, form one node
//! that publishes nothing of its members: units move freely between these.
//! It reads the grid and decides; it holds no labels.

mod proof;

use std::sync::atomic::Ordering;

pub(super) use self::proof::Note;
use self::proof::{Proof, prove};
use super::cover::{Covered, Demand};
use super::shift::{FIXED, SEEN, SENSITIVE};
use super::{Grid, Seen};
use crate::protect::system::Fault;

/// Most profiles: places of all axes but the tree's, multiplied.
const MOST_PROFILES: usize = 1024;

/// No one cell holds the class.
const SPLIT: u32 = u32::MAX;

/// Whether a grid can be decided by classes: everybody knows its total and no
/// other margin, each unit is one person, and there are not too many profiles.
#[must_use]
pub fn fits(grid: &Grid, min: u64) -> bool {
    let known = |lane: &&super::Lane| lane.seen == Seen::Known;
    let profiles: u64 = (0..grid.axes.len())
        .filter(|axis| *axis != grid.long)
        .map(|axis| u64::from(grid.axes[axis].places()))
        .product();
    let total: u64 = grid.units.iter().map(|units| u64::from(*units)).sum();
    grid.margins
        .iter()
        .filter(known)
        .all(|lane| lane.levels.iter().all(|level| *level == 0))
        && profiles <= MOST_PROFILES as u64
        && total >= min.max(1)
        && grid.persons == grid.value
        && grid.units == grid.records
}

/// Decides by classes. Insiders are not looked at.
///
/// # Errors
/// [`Fault::Interrupted`]; [`Fault::TooLarge`] where the grid does not fit.
pub fn classes(grid: &Grid, demand: &Demand<'_>) -> Result<Covered, Fault> {
    let (notes, state) = decided(grid, demand)?;
    judged(grid, demand, &notes, state)
}

/// The classes of all nodes, from the root, and what is published.
pub(super) fn decided(grid: &Grid, demand: &Demand<'_>) -> Result<(Vec<Note>, Vec<u8>), Fault> {
    if !fits(grid, demand.min) {
        return Err(Fault::TooLarge);
    }
    let mut work = Work::new(grid, demand);
    let mut path = vec![Family {
        nodes: vec![work.root()],
        me: 0,
        order: vec![0],
    }];
    if work.descend(&mut path)?.is_some() {
        return Err(Fault::TooLarge);
    }
    work.note(&path[0].nodes[0]);
    work.publish();
    Ok(work.ordered())
}

/// A kind of cell of a node: levels of all axes but the tree's.
struct Kind {
    /// Of each profile, its cell, counted over all kinds.
    cell: Vec<u32>,
    /// Of each level of the tree, the margin of this kind.
    lane: Vec<Option<usize>>,
    /// First cell.
    from: u32,
    /// One past the last cell.
    to: u32,
}

/// A node, or a group of nodes of which nothing is published.
struct Node {
    level: usize,
    /// Numbers of its groups at that level; several of a group of nodes.
    groups: Vec<u32>,
    /// Units of each profile.
    units: Vec<u32>,
    parts: Parts,
}

/// A partition of the profiles.
struct Parts {
    /// Class of each profile.
    of: Vec<u16>,
    /// Units of each class; 0 of one that is no more.
    sum: Vec<u64>,
    /// Classes that are.
    alive: Vec<u16>,
    /// Of each class and kind, the cell that holds it, or [`SPLIT`].
    held: Vec<u32>,
    /// Of each cell, whether a class lies in it and outside it.
    broken: Vec<bool>,
    /// Of each cell, its units.
    value: Vec<u32>,
}

/// The children of a node.
struct Family {
    nodes: Vec<Node>,
    /// The one that is being looked at.
    me: usize,
    /// Those with the fewest classes first: they can swap most.
    order: Vec<usize>,
}

struct Work<'a> {
    grid: &'a Grid,
    demand: &'a Demand<'a>,
    profiles: usize,
    kinds: Vec<Kind>,
    state: Vec<u8>,
    /// Nodes that are decided, by level and first group, for the proof.
    notes: Vec<Note>,
    /// Place of an axis but the tree's: stride in profiles.
    stride: Vec<usize>,
}

impl<'a> Work<'a> {
    fn new(grid: &'a Grid, demand: &'a Demand<'a>) -> Self {
        let mut stride = vec![0; grid.axes.len()];
        let mut profiles = 1usize;
        for axis in (0..grid.axes.len()).rev() {
            if axis != grid.long {
                stride[axis] = profiles;
                profiles *= grid.axes[axis].places() as usize;
            }
        }
        let mut state = vec![0u8; grid.cells()];
        for lane in &grid.margins {
            for cell in lane.from..lane.to {
                let few = u64::from(grid.persons[cell as usize]) < demand.min;
                state[cell as usize] = match lane.seen {
                    Seen::Shown if few => SENSITIVE,
                    Seen::Shown => 0,
                    Seen::Known => SEEN | FIXED,
                };
            }
        }
        let mut work = Self {
            grid,
            demand,
            profiles,
            kinds: Vec::new(),
            state,
            notes: Vec::new(),
            stride,
        };
        work.look_at_kinds();
        work
    }

    fn look_at_kinds(&mut self) {
        let grid = self.grid;
        let mut known: Vec<Vec<usize>> = Vec::new();
        let mut from = 0;
        for (number, lane) in grid.margins.iter().enumerate() {
            if lane.seen == Seen::Known {
                continue;
            }
            let mut rest = lane.levels.clone();
            let level = std::mem::take(&mut rest[grid.long]);
            let at = match known.iter().position(|other| *other == rest) {
                Some(at) => at,
                None => {
                    let mut cell = vec![0u32; self.profiles];
                    let mut size = 1;
                    for axis in (0..grid.axes.len()).rev().filter(|axis| *axis != grid.long) {
                        let group = &grid.axes[axis].group[rest[axis]];
                        for (profile, cell) in cell.iter_mut().enumerate() {
                            *cell += size * group[self.place(profile, axis) as usize];
                        }
                        size *= grid.axes[axis].groups[rest[axis]];
                    }
                    for cell in &mut cell {
                        *cell += from;
                    }
                    self.kinds.push(Kind {
                        cell,
                        lane: vec![None; grid.axes[grid.long].depth() + 1],
                        from,
                        to: from + size,
                    });
                    from += size;
                    known.push(rest);
                    known.len() - 1
                }
            };
            self.kinds[at].lane[level] = Some(number);
        }
    }

    fn place(&self, profile: usize, axis: usize) -> u32 {
        let places = self.grid.axes[axis].places() as usize;
        (profile / self.stride[axis] % places) as u32
    }

    fn cells(&self) -> usize {
        self.kinds.last().map_or(0, |kind| kind.to as usize)
    }

    fn profile(&self, leaf: u32) -> usize {
        let at = self.grid.at(leaf);
        self.stride
            .iter()
            .zip(&at)
            .map(|(stride, place)| stride * *place as usize)
            .sum()
    }

    fn units(&self, level: usize, group: u32, units: &mut [u32]) {
        let axis = &self.grid.axes[self.grid.long];
        let lines = &self.grid.lines[self.grid.long];
        let from = lines.start[axis.from[level][group as usize] as usize] as usize;
        let to = lines.start[axis.from[level][group as usize + 1] as usize] as usize;
        for leaf in &lines.leaf[from..to] {
            units[self.profile(*leaf)] += self.grid.units[*leaf as usize];
        }
    }

    fn root(&self) -> Node {
        let mut units = vec![0; self.profiles];
        self.units(0, 0, &mut units);
        let single: Vec<u16> = (0..self.profiles).map(|at| at as u16).collect();
        let mut parts = self.parts(&units, &single);
        self.enlarge(&mut parts);
        Node {
            level: 0,
            groups: vec![0],
            units,
            parts,
        }
    }

    /// Decides for all below the last node of a path. Gives a profile that the
    /// node above that one must not tell apart from all others; then nothing
    /// is decided.
    fn descend(&mut self, path: &mut Vec<Family>) -> Result<Option<usize>, Fault> {
        let before = self.notes.len();
        loop {
            // What was decided below for a node that told more is void.
            self.notes.truncate(before);
            if self.demand.interrupted.load(Ordering::Relaxed) {
                return Err(Fault::Interrupted);
            }
            let Some(above) = path.last().map(|family| &family.nodes[family.me]) else {
                return Ok(None);
            };
            if above.groups.len() > 1 || above.level == self.grid.axes[self.grid.long].depth() {
                return Ok(None);
            }
            let family = self.family(above);
            path.push(family);
            let mut lacks = self.protect(path)?;
            let count = path.last().map_or(0, |family| family.nodes.len());
            for at in 0..count {
                if lacks.is_some() {
                    break;
                }
                if let Some(family) = path.last_mut() {
                    family.me = at;
                }
                lacks = self.descend(path)?;
            }
            let family = path.pop();
            let Some(profile) = lacks else {
                for node in family.iter().flat_map(|family| &family.nodes) {
                    self.note(node);
                }
                return Ok(None);
            };
            if !self.tell_less(path, profile) {
                return Ok(Some(profile));
            }
        }
    }

    /// The last node of a path no longer tells a profile apart from the class
    /// that costs least; `false` where it tells nothing apart already.
    fn tell_less(&self, path: &mut [Family], profile: usize) -> bool {
        let Some(family) = path.last_mut() else {
            return false;
        };
        let me = family.me;
        let parts = &mut family.nodes[me].parts;
        let class = parts.of[profile];
        let best = parts
            .alive
            .iter()
            .copied()
            .filter(|other| *other != class)
            .min_by_key(|other| (self.loss(parts, class, *other), *other));
        match best {
            Some(other) => {
                self.merge(parts, class, other);
                family.sort();
                true
            }
            None => false,
        }
    }

    /// The children of a node, each with the finest classes that are large enough.
    fn family(&self, above: &Node) -> Family {
        let axis = &self.grid.axes[self.grid.long];
        let (level, group) = (above.level, above.groups[0] as usize);
        let range = (axis.from[level][group], axis.from[level][group + 1]);
        let below = &axis.group[level + 1];
        let groups = below[range.0 as usize]..=below[range.1 as usize - 1];
        let mut children: Vec<(u64, u32)> = groups
            .map(|group| {
                let lines = &self.grid.lines[self.grid.long];
                let from = lines.start[axis.from[level + 1][group as usize] as usize] as usize;
                let to = lines.start[axis.from[level + 1][group as usize + 1] as usize] as usize;
                let sum = lines.leaf[from..to]
                    .iter()
                    .map(|leaf| u64::from(self.grid.units[*leaf as usize]))
                    .sum();
                (sum, group)
            })
            .collect();
        // Those that are too small are one, with the smallest beside them
        // until they are large enough and nobody of them is alone with another.
        children.sort_unstable();
        let small = children.partition_point(|(sum, _)| *sum < self.demand.min);
        let mut dark = small;
        let together = |dark: usize| children[..dark].iter().map(|(sum, _)| sum).sum::<u64>();
        while dark > 0 && dark < children.len() && (dark < 3 || together(dark) < self.demand.min) {
            dark += 1;
        }
        let mut nodes = Vec::with_capacity(children.len() - dark + 1);
        let sets = (dark > 0)
            .then(|| children[..dark].iter().map(|(_, group)| *group).collect())
            .into_iter()
            .chain(children[dark..].iter().map(|(_, group)| vec![*group]));
        let alone = children.len() - dark + usize::from(dark > 0) == 1;
        for groups in sets {
            let groups: Vec<u32> = groups;
            let mut units = vec![0; self.profiles];
            for group in &groups {
                self.units(level + 1, *group, &mut units);
            }
            let mut parts = self.parts(&units, &above.parts.of);
            if !alone {
                self.enlarge(&mut parts);
            }
            nodes.push(Node {
                level: level + 1,
                groups,
                units,
                parts,
            });
        }
        let mut family = Family {
            nodes,
            me: 0,
            order: Vec::new(),
        };
        family.sort();
        family
    }

    /// A partition as given, with what it shows of these units.
    fn parts(&self, units: &[u32], given: &[u16]) -> Parts {
        let kinds = self.kinds.len();
        let mut number = vec![u16::MAX; self.profiles];
        let mut parts = Parts {
            of: Vec::with_capacity(given.len()),
            sum: Vec::new(),
            alive: Vec::new(),
            held: Vec::new(),
            broken: vec![false; self.cells()],
            value: vec![0; self.cells()],
        };
        for (profile, class) in given.iter().enumerate() {
            let number = &mut number[*class as usize];
            if *number == u16::MAX {
                *number = parts.sum.len() as u16;
                parts.alive.push(*number);
                parts.sum.push(0);
                parts
                    .held
                    .extend(self.kinds.iter().map(|kind| kind.cell[profile]));
            }
            parts.of.push(*number);
            parts.sum[*number as usize] += u64::from(units[profile]);
            for (at, kind) in self.kinds.iter().enumerate() {
                let cell = kind.cell[profile];
                parts.value[cell as usize] += units[profile];
                let held = &mut parts.held[*number as usize * kinds + at];
                if *held != cell {
                    if *held != SPLIT {
                        parts.broken[*held as usize] = true;
                    }
                    parts.broken[cell as usize] = true;
                    *held = SPLIT;
                }
            }
        }
        parts
    }

    /// What merging two classes hides.
    fn loss(&self, parts: &Parts, a: u16, b: u16) -> u64 {
        let kinds = self.kinds.len();
        let mut loss = 0;
        for kind in 0..kinds {
            let held = [a, b].map(|class| parts.held[class as usize * kinds + kind]);
            if held[0] == held[1] {
                continue;
            }
            for cell in held {
                if cell != SPLIT && !parts.broken[cell as usize] {
                    let value = u64::from(parts.value[cell as usize]);
                    if value >= self.demand.min {
                        loss += value;
                    }
                }
            }
        }
        loss
    }

    fn merge(&self, parts: &mut Parts, a: u16, b: u16) {
        let kinds = self.kinds.len();
        for kind in 0..kinds {
            let held = [a, b].map(|class| parts.held[class as usize * kinds + kind]);
            if held[0] == held[1] {
                continue;
            }
            for cell in held {
                if cell != SPLIT {
                    parts.broken[cell as usize] = true;
                }
            }
            parts.held[a as usize * kinds + kind] = SPLIT;
        }
        for class in &mut parts.of {
            if *class == b {
                *class = a;
            }
        }
        parts.sum[a as usize] += std::mem::take(&mut parts.sum[b as usize]);
        parts.alive.retain(|class| *class != b);
    }

    /// Merges classes until each is large enough.
    fn enlarge(&self, parts: &mut Parts) {
        loop {
            let smallest = parts
                .alive
                .iter()
                .copied()
                .filter(|class| parts.sum[*class as usize] < self.demand.min)
                .min_by_key(|class| (parts.sum[*class as usize], *class));
            let Some(smallest) = smallest else {
                return;
            };
            let best = parts
                .alive
                .iter()
                .copied()
                .filter(|other| *other != smallest)
                .min_by_key(|other| {
                    let sum = parts.sum[*other as usize];
                    (self.loss(parts, smallest, *other), sum, *other)
                });
            match best {
                Some(best) => self.merge(parts, smallest, best),
                None => return,
            }
        }
    }

    /// Makes the nodes of the last family protect each other. Gives a profile
    /// that the node above must not tell apart from all others for that.
    fn protect(&self, path: &mut [Family]) -> Result<Option<usize>, Fault> {
        let Some((family, above)) = path.split_last_mut() else {
            return Ok(None);
        };
        let Some(up) = above.last() else {
            return Ok(None);
        };
        if family.nodes.len() < 2 {
            return Ok(None);
        }
        let atoms = Atoms::new(&up.nodes[up.me].parts.of);
        for at in 0..family.nodes.len() {
            if self.demand.interrupted.load(Ordering::Relaxed) {
                return Err(Fault::Interrupted);
            }
            self.can_hold(family, at, &atoms);
        }
        family.sort();
        for at in 0..family.nodes.len() {
            if family.nodes[at].groups.len() > 1 {
                continue;
            }
            for cell in 0..self.cells() as u32 {
                let value = family.nodes[at].parts.value[cell as usize];
                if value == 0 || u64::from(value) >= self.demand.min {
                    continue;
                }
                let kind = self
                    .kinds
                    .iter()
                    .position(|kind| kind.from <= cell && cell < kind.to)
                    .unwrap_or(0);
                let level = family.nodes[at].level;
                if self.kinds[kind].lane[level].is_none() {
                    continue;
                }
                while let Some(profile) = self.cannot_empty(family, above, at, kind, cell) {
                    if !self.open(family, at, profile, kind, cell) {
                        return Ok(Some(profile));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Sees to it that a node can hold `min` units of each class of the node
    /// above, by swaps with its siblings; these tell less where they must.
    fn can_hold(&self, family: &mut Family, me: usize, atoms: &Atoms) {
        let mine: Vec<u64> = atoms.sums(&family.nodes[me].units);
        for (atom, profiles) in atoms.list.iter().enumerate() {
            let class = family.nodes[me].parts.of[profiles[0]];
            if mine[atom] >= self.demand.min
                || family.nodes[me].parts.sum[class as usize] == mine[atom]
            {
                continue;
            }
            let mut lacks = self.demand.min - mine[atom];
            // What it can give for them.
            let mut give: Vec<(usize, u64)> = atoms
                .list
                .iter()
                .enumerate()
                .filter(|(other, list)| {
                    *other != atom && family.nodes[me].parts.of[list[0]] == class
                })
                .map(|(other, _)| (other, mine[other]))
                .filter(|(_, units)| *units > 0)
                .collect();
            let mut used = vec![0u64; family.nodes.len()];
            for at in 0..family.order.len() {
                let other = family.order[at];
                if other == me || lacks == 0 {
                    continue;
                }
                let node = &family.nodes[other];
                let theirs = node.parts.of[profiles[0]];
                let mut has: u64 = profiles.iter().map(|p| u64::from(node.units[*p])).sum();
                for (give, left) in &mut give {
                    if node.parts.of[atoms.list[*give][0]] == theirs {
                        let swap = (*left).min(has).min(lacks);
                        *left -= swap;
                        has -= swap;
                        lacks -= swap;
                        used[other] += swap;
                    }
                }
            }
            // Siblings tell less, the cheapest for what it brings first.
            while lacks > 0 {
                let mut best: Option<(u64, usize, usize, u64)> = None;
                for (other, node) in family.nodes.iter().enumerate() {
                    if other == me {
                        continue;
                    }
                    let has: u64 = profiles.iter().map(|p| u64::from(node.units[*p])).sum();
                    let has = has - used[other].min(has);
                    for (give, left) in give.iter().filter(|(_, left)| *left > 0) {
                        let theirs = node.parts.of[profiles[0]];
                        let apart = node.parts.of[atoms.list[*give][0]];
                        let gain = has.min(*left).min(lacks);
                        if gain == 0 {
                            continue;
                        }
                        let cost = match apart == theirs {
                            true => 0,
                            false => self.loss(&node.parts, theirs, apart) * lacks.div_ceil(gain),
                        };
                        if best.is_none_or(|(least, ..)| cost < least) {
                            best = Some((cost, other, *give, gain));
                        }
                    }
                }
                let Some((_, other, given, gain)) = best else {
                    // Cannot be: the node above holds `min` units of it.
                    break;
                };
                let parts = &mut family.nodes[other].parts;
                let (a, b) = (parts.of[profiles[0]], parts.of[atoms.list[given][0]]);
                if a != b {
                    self.merge(parts, a, b);
                }
                lacks -= gain;
                used[other] += gain;
                for (give, left) in &mut give {
                    if *give == given {
                        *left -= gain;
                    }
                }
            }
        }
    }

    /// Whether all units of a cell of a node can be swapped for others: gives
    /// a profile of which some cannot.
    fn cannot_empty(
        &self,
        family: &Family,
        above: &[Family],
        me: usize,
        kind: usize,
        cell: u32,
    ) -> Option<usize> {
        let inside = |profile: usize| self.kinds[kind].cell[profile] == cell;
        let node = &family.nodes[me];
        let mut used: hashbrown::HashMap<(usize, usize), u64> = hashbrown::HashMap::new();
        for (profile, units) in node.units.iter().enumerate() {
            if *units == 0 || !inside(profile) {
                continue;
            }
            let mut left = u64::from(*units);
            let families = std::iter::once((family, me))
                .chain(above.iter().rev().map(|family| (family, family.me)));
            'levels: for (height, (family, me)) in families.enumerate() {
                let mine = &family.nodes[me].parts.of;
                // Nobody swaps what is not in one class here with anyone above.
                for other in &family.order {
                    if *other == me {
                        continue;
                    }
                    let node = &family.nodes[*other];
                    let (a, b) = (mine[profile], node.parts.of[profile]);
                    let can: u64 = (0..self.profiles)
                        .filter(|z| mine[*z] == a && node.parts.of[*z] == b && !inside(*z))
                        .map(|z| u64::from(node.units[z]))
                        .sum();
                    let used = used.entry((height, *other)).or_default();
                    let swap = left.min(can.saturating_sub(*used));
                    *used += swap;
                    left -= swap;
                    if left == 0 {
                        break 'levels;
                    }
                }
            }
            let root = above.first().map(|family| &family.nodes[0].parts.of);
            let freely = root.is_some_and(|root| {
                (0..self.profiles).any(|z| root[z] == root[profile] && !inside(z))
            });
            if left > 0 && !freely {
                return Some(profile);
            }
        }
        None
    }

    /// Lets a node and a sibling swap a profile for another outside a cell;
    /// `false` where that brings nothing any more.
    fn open(&self, family: &mut Family, me: usize, profile: usize, kind: usize, cell: u32) -> bool {
        let inside = |profile: usize| self.kinds[kind].cell[profile] == cell;
        let mut best: Option<(u64, usize, usize)> = None;
        for (other, node) in family.nodes.iter().enumerate() {
            if other == me {
                continue;
            }
            for z in 0..self.profiles {
                let mine = &family.nodes[me].parts;
                let (a, b) = (mine.of[profile], mine.of[z]);
                let (c, d) = (node.parts.of[profile], node.parts.of[z]);
                if node.units[z] == 0 || inside(z) || (a == b && c == d) {
                    continue;
                }
                let mut cost = 0;
                if a != b {
                    cost += self.loss(mine, a, b);
                }
                if c != d {
                    cost += self.loss(&node.parts, c, d);
                }
                let need = u64::from(family.nodes[me].parts.value[cell as usize]);
                let cost = cost * need.div_ceil(u64::from(node.units[z]).min(need));
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, other, z));
                }
            }
        }
        let Some((_, other, z)) = best else {
            return false;
        };
        for at in [me, other] {
            let parts = &mut family.nodes[at].parts;
            let (a, b) = (parts.of[profile], parts.of[z]);
            if a != b {
                self.merge(parts, a, b);
            }
        }
        true
    }

    /// Publishes the cells of each node that are unions of its classes.
    fn publish(&mut self) {
        for number in 0..self.notes.len() {
            let note = &self.notes[number];
            if let [group] = *note.groups.as_slice() {
                let mut units = vec![0; self.profiles];
                self.units(note.level, group, &mut units);
                let parts = self.parts(&units, &note.of);
                self.publish_node(note.level, group, &parts);
            }
        }
    }

    fn publish_node(&mut self, level: usize, group: u32, parts: &Parts) {
        let place = self.grid.axes[self.grid.long].from[level][group as usize];
        for kind in &self.kinds {
            let Some(lane) = kind.lane[level] else {
                continue;
            };
            let mut done = u32::MAX;
            for (profile, cell) in kind.cell.iter().enumerate() {
                if *cell == done || parts.broken[*cell as usize] {
                    continue;
                }
                done = *cell;
                if u64::from(parts.value[*cell as usize]) < self.demand.min {
                    continue;
                }
                let mut at = [0; super::MOST_AXES];
                at[self.grid.long] = place;
                for axis in (0..self.grid.axes.len()).filter(|axis| *axis != self.grid.long) {
                    at[axis] = self.place(profile, axis);
                }
                let cell = self.grid.cell(&self.grid.margins[lane], &at);
                self.state[cell as usize] |= SEEN;
            }
        }
    }

    /// Writes a node down for the proof.
    fn note(&mut self, node: &Node) {
        self.notes.push(Note {
            above: 0,
            level: node.level,
            groups: node.groups.clone(),
            of: node.parts.of.clone(),
        });
    }

    /// The notes from the root to the leaves, each with the one above it.
    fn ordered(self) -> (Vec<Note>, Vec<u8>) {
        let Self {
            grid,
            mut notes,
            state,
            ..
        } = self;
        let axis = &grid.axes[grid.long];
        notes.sort_by_key(|note| (note.level, note.groups[0]));
        let mut of_group = vec![vec![0usize; 0]; axis.depth() + 1];
        for (level, of_group) in of_group.iter_mut().enumerate() {
            *of_group = vec![usize::MAX; axis.groups[level] as usize];
        }
        for (number, note) in notes.iter().enumerate() {
            for group in &note.groups {
                of_group[note.level][*group as usize] = number;
            }
        }
        for note in &mut notes {
            if let Some(level) = note.level.checked_sub(1) {
                let place = axis.from[note.level][note.groups[0] as usize];
                note.above = of_group[level][axis.group[level][place as usize] as usize];
            }
        }
        (notes, state)
    }
}

/// Decisions with their proof, which believes none of them.
pub(super) fn judged(
    grid: &Grid,
    demand: &Demand<'_>,
    notes: &[Note],
    state: Vec<u8>,
) -> Result<Covered, Fault> {
    let Proof {
        met,
        exposed,
        swaps,
    } = prove(grid, demand, notes, &state)?;
    Ok(Covered::of(state, (met, swaps), exposed, demand.min))
}

impl Family {
    fn sort(&mut self) {
        self.order = (0..self.nodes.len()).collect();
        self.order
            .sort_by_key(|at| (self.nodes[*at].parts.alive.len(), *at));
    }
}

/// Classes of the node above, as lists of profiles.
struct Atoms {
    list: Vec<Vec<usize>>,
    of: Vec<usize>,
}

impl Atoms {
    fn new(of: &[u16]) -> Self {
        let mut number: hashbrown::HashMap<u16, usize> = hashbrown::HashMap::new();
        let mut atoms = Self {
            list: Vec::new(),
            of: Vec::with_capacity(of.len()),
        };
        for (profile, class) in of.iter().enumerate() {
            let at = *number.entry(*class).or_insert_with(|| {
                atoms.list.push(Vec::new());
                atoms.list.len() - 1
            });
            atoms.list[at].push(profile);
            atoms.of.push(at);
        }
        atoms
    }

    fn sums(&self, units: &[u32]) -> Vec<u64> {
        let mut sums = vec![0; self.list.len()];
        for (atom, units) in self.of.iter().zip(units) {
            sums[*atom] += u64::from(*units);
        }
        sums
    }
}
