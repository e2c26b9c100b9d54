//! The least coarsening that meets a limit: a search over the full-domain
//! generalisation lattice, by roll-ups of the tally alone.
//!
//! A node gives every quasi column one level of its hierarchy. The search
//! visits nodes so that each histogram is rolled up from a smaller one beside
//! it, and gives up a branch as soon as its bound exceeds the best loss: what
//! is found is the optimum of the whole lattice. Lattices too large for that
//! are searched greedily, and the answer says so.
//!
//! Loss functions, each zero for the data as they are:
//! - *entropy*: Σ over columns and records of −log₂(count of the value / count
//!   of its label), the non-uniform entropy of ARX (Prasser et al. 2016;
//!   Gionis & Tassa 2009), over all records.
//! - *entropy-suppressed*: the same, and for each record kept back
//!   −log₂(count of its label among them / number of them) in every column.
//! - *discernibility*: Σ size² over classes that leave, people × size over
//!   those kept back (Bayardo & Agrawal 2005).
//! - *height*: mean over columns of level / top level.

use serde::Serialize;

use super::hierarchy::Hierarchy;
use super::histogram::Base;
use super::keys::{Key, Places};
use super::measures::{Spread, ratio};

/// What classes must satisfy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Least people of a class.
    pub k: u64,
    /// Least diversity of every sensitive column in a class.
    pub l: Option<L>,
    /// Largest share of records that may be kept back.
    pub suppress: f64,
}

/// Diversity of sensitive values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum L {
    /// So many different values.
    Distinct(u64),
    /// exp(entropy) of at least this.
    Entropy(f64),
}

impl L {
    pub(crate) fn holds(self, spread: &Spread) -> bool {
        match self {
            Self::Distinct(l) => spread.values >= l,
            // The sums of logarithms round; an even spread over l values must pass.
            Self::Entropy(l) => spread.effective() >= l - 1e-9,
        }
    }
}

/// How loss is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Non-uniform entropy of all records.
    Entropy,
    /// The same and that of records kept back.
    EntropySuppressed,
    /// Squares of class sizes.
    Discernibility,
    /// Mean relative level.
    Height,
}

impl Loss {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Entropy => "entropy",
            Self::EntropySuppressed => "entropy-suppressed",
            Self::Discernibility => "discernibility",
            Self::Height => "height",
        }
    }
}

/// A node and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Node {
    /// Level of each column.
    pub levels: Vec<usize>,
    /// Loss.
    pub loss: f64,
    /// Records in classes that miss a limit there.
    pub suppressed: u64,
    /// Classes.
    pub classes: u64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The best node; `None` where no node meets the limits.
    pub best: Option<Node>,
    /// Nodes of the lattice.
    pub nodes: u64,
    /// Nodes whose classes were counted.
    pub looked_at: u64,
    /// Whether the best node is the optimum of the whole lattice.
    pub optimal: bool,
}

/// How thoroughly to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The optimum, where the lattice is small enough.
    Best,
    /// The optimum, and every node counted on the way.
    Every,
    /// Greedy steps.
    Greedy,
}

/// Asked whether a node may be taken.
type Accept<'a> = &'a mut dyn FnMut(&[usize]) -> bool;

/// Combinations times nodes above which the search is greedy.
const WORK: u64 = 20_000_000_000;
/// Combinations times nodes after which greedy steps swap no more columns.
const SWAPS: u64 = 1_000_000_000;

/// Searches the lattice of `hierarchies`, one a quasi column of `base`.
#[must_use]
pub fn search(
    base: &Base,
    hierarchies: &[Hierarchy],
    limits: &Limits,
    loss: Loss,
    how: Search,
) -> Found {
    search_where(base, hierarchies, limits, loss, how, &mut |_| true)
}

/// The same among nodes that `accept` takes as well. Where it takes a node, it
/// has to take every coarser one.
#[must_use]
pub fn search_where(
    base: &Base,
    hierarchies: &[Hierarchy],
    limits: &Limits,
    loss: Loss,
    how: Search,
    accept: &mut dyn FnMut(&[usize]) -> bool,
) -> Found {
    let mut sizes: Vec<usize> = hierarchies
        .iter()
        .map(|hierarchy| hierarchy.sizes.iter().copied().max().unwrap_or(1))
        .collect();
    sizes.extend(base.sizes.iter().skip(base.quasi));
    match u64::parts(&sizes) {
        Some(parts) => Lattice::new(base, hierarchies, limits, loss, parts).search(how, accept),
        None => Lattice::<u128>::new(
            base,
            hierarchies,
            limits,
            loss,
            u128::parts(&sizes).unwrap_or_default(),
        )
        .search(how, accept),
    }
}

#[derive(Clone, Copy)]
struct Entry<K> {
    key: K,
    first: u32,
    records: u32,
    persons: u32,
}

struct Lattice<'a, K> {
    base: &'a Base,
    hierarchies: &'a [Hierarchy],
    limits: &'a Limits,
    loss: Loss,
    /// Column, code: part of the key.
    parts: Vec<Vec<K>>,
    /// Column, level, code of the value: what replaces the level below's part.
    steps: Vec<Vec<Vec<K>>>,
    /// Column, level: the column's part of a separable loss.
    costs: Vec<Vec<f64>>,
    /// Columns in the order in which they are coarsened.
    order: Vec<usize>,
    records: u64,
    /// Records that may be kept back.
    allowed: u64,
    places: Places,
    /// For limits over sensitive values: places of classes, and their members.
    members: Vec<(u32, u32, u32)>,
    best: Option<Node>,
    looked_at: u64,
    prune: bool,
}

impl<'a, K: Key> Lattice<'a, K> {
    fn new(
        base: &'a Base,
        hierarchies: &'a [Hierarchy],
        limits: &'a Limits,
        loss: Loss,
        parts: Vec<Vec<K>>,
    ) -> Self {
        let steps = hierarchies
            .iter()
            .zip(&parts)
            .map(|(hierarchy, parts)| {
                hierarchy
                    .levels
                    .iter()
                    .enumerate()
                    .map(|(level, labels)| {
                        let below = level.checked_sub(1).and_then(|at| hierarchy.levels.get(at));
                        labels
                            .iter()
                            .enumerate()
                            .map(|(code, label)| {
                                let new = parts[*label as usize];
                                match below {
                                    Some(below) => new.minus(parts[below[code] as usize]),
                                    None => new,
                                }
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect();
        let records: u64 = base.records.iter().map(|n| u64::from(*n)).sum();
        let costs = hierarchies
            .iter()
            .enumerate()
            .map(|(column, hierarchy)| costs(base, column, hierarchy, loss, hierarchies.len()))
            .collect();
        let mut order: Vec<usize> = (0..hierarchies.len()).collect();
        order.sort_by_key(|column| {
            let hierarchy = &hierarchies[*column];
            (std::cmp::Reverse(hierarchy.sizes[0]), *column)
        });
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count of records"
        )]
        let allowed = (records as f64 * limits.suppress.clamp(0.0, 1.0) + 1e-9).floor() as u64;
        Self {
            base,
            hierarchies,
            limits,
            loss,
            parts,
            steps,
            costs,
            order,
            records,
            allowed,
            places: Places::default(),
            members: Vec::new(),
            best: None,
            looked_at: 0,
            prune: true,
        }
    }

    fn search(mut self, how: Search, accept: Accept<'_>) -> Found {
        let nodes = self
            .hierarchies
            .iter()
            .fold(1u64, |n, h| n.saturating_mul(h.levels.len() as u64));
        let too_large = nodes.saturating_mul(self.base.count as u64 / 8 + 64) > WORK;
        let slow = self.is_slow() && nodes.saturating_mul(self.base.count as u64) > WORK / 8;
        let optimal = how != Search::Greedy && !too_large && !slow;
        self.prune = how != Search::Every;
        if optimal {
            let mut levels = vec![0; self.hierarchies.len()];
            let start = self.entries(&levels);
            let mut spare: Vec<[Vec<Entry<K>>; 2]> = self
                .order
                .iter()
                .map(|_| [Vec::new(), Vec::new()])
                .collect();
            self.descend(0, &start, &mut levels, &mut spare, accept);
        } else {
            self.greedy(accept);
        }
        Found {
            best: self.best,
            nodes,
            looked_at: self.looked_at,
            optimal,
        }
    }

    /// Whether people stand in several combinations: then classes are counted
    /// from the tally itself, node by node.
    fn is_slow(&self) -> bool {
        !self.base.several.is_empty()
    }

    fn key(&self, at: usize, levels: &[usize]) -> K {
        let mut key = K::ZERO;
        for (column, codes) in self.base.codes.iter().enumerate() {
            let code = codes[at] as usize;
            let label = match (self.hierarchies.get(column), levels.get(column)) {
                (Some(hierarchy), Some(level)) => hierarchy.levels[*level][code] as usize,
                _ => code,
            };
            key = key.plus(self.parts[column][label]);
        }
        key
    }

    /// The histogram of a node, from the tally itself.
    fn entries(&mut self, levels: &[usize]) -> Vec<Entry<K>> {
        let mut entries: Vec<Entry<K>> = Vec::new();
        self.places.begin(self.base.count);
        for at in 0..self.base.count {
            let key = self.key(at, levels);
            add(
                &mut entries,
                &mut self.places,
                Entry {
                    key,
                    first: u32::try_from(at).unwrap_or(u32::MAX),
                    records: self.base.records[at],
                    persons: self.base.persons[at],
                },
            );
        }
        entries
    }

    /// The histogram with one column a level higher.
    fn roll(&mut self, from: &[Entry<K>], column: usize, level: usize, into: &mut Vec<Entry<K>>) {
        into.clear();
        self.places.begin(from.len());
        let step = &self.steps[column][level];
        let codes = &self.base.codes[column];
        for entry in from {
            let code = codes[entry.first as usize] as usize;
            let key = entry.key.plus(step[code]);
            add(into, &mut self.places, Entry { key, ..*entry });
        }
    }

    fn descend(
        &mut self,
        depth: usize,
        from: &[Entry<K>],
        levels: &mut [usize],
        spare: &mut [[Vec<Entry<K>>; 2]],
        accept: Accept<'_>,
    ) {
        let Some(&column) = self.order.get(depth) else {
            self.look(from, levels, accept);
            return;
        };
        let Some((mine, deeper)) = spare.split_first_mut() else {
            return;
        };
        let [mut now, mut next] = std::mem::take(mine);
        for level in 0..=self.hierarchies[column].top() {
            levels[column] = level;
            if level > 0 {
                let nested = self.hierarchies[column].nested[level - 1];
                if nested && level > 1 {
                    self.roll(&now, column, level, &mut next);
                    std::mem::swap(&mut now, &mut next);
                } else if nested {
                    self.roll(from, column, level, &mut now);
                } else {
                    now = self.entries(levels);
                }
            }
            let histogram = if level == 0 { from } else { &now };
            if self.prune && self.bound(histogram, levels) > self.best_loss() {
                // What follows on this column costs more still, where levels nest.
                if self.hierarchies[column].nested.iter().all(|nested| *nested) {
                    break;
                }
                continue;
            }
            self.descend(depth + 1, histogram, levels, deeper, accept);
        }
        levels[column] = 0;
        *mine = [now, next];
    }

    fn best_loss(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |best| best.loss)
    }

    fn separable(&self, levels: &[usize]) -> f64 {
        self.costs
            .iter()
            .zip(levels)
            .map(|(costs, level)| costs[*level])
            .sum()
    }

    /// No node above this one can cost less. A hair is taken off, since sums round.
    fn bound(&self, histogram: &[Entry<K>], levels: &[usize]) -> f64 {
        let exact = match self.loss {
            Loss::Discernibility if self.base.quasi == self.base.codes.len() => histogram
                .iter()
                .map(|entry| ratio(u64::from(entry.records), 1).powi(2))
                .sum(),
            Loss::Discernibility => 0.0,
            _ => self.separable(levels),
        };
        exact * (1.0 - 1e-12)
    }

    /// Counts a node and remembers it if it is the best so far.
    fn look(&mut self, histogram: &[Entry<K>], levels: &[usize], accept: Accept<'_>) {
        self.looked_at += 1;
        let Some(node) = self.node(histogram, levels) else {
            return;
        };
        let better = match &self.best {
            None => true,
            // Of equal losses the lower levels, then the first columns' lower.
            Some(best) => {
                let close = (node.loss - best.loss).abs() <= 1e-9 * best.loss.abs().max(1.0);
                if close {
                    let sum = |levels: &[usize]| levels.iter().sum::<usize>();
                    (sum(&node.levels), &node.levels) < (sum(&best.levels), &best.levels)
                } else {
                    node.loss < best.loss
                }
            }
        };
        if better && accept(levels) {
            self.best = Some(node);
        }
    }

    /// The node, where it meets the limits.
    fn node(&mut self, histogram: &[Entry<K>], levels: &[usize]) -> Option<Node> {
        let sensitive = self.base.quasi < self.base.codes.len();
        if !sensitive && !self.is_slow() {
            // The common case: the histogram's entries are the classes.
            let k = self.limits.k;
            let mut suppressed = 0u64;
            for entry in histogram {
                if u64::from(entry.persons) < k {
                    suppressed += u64::from(entry.records);
                    if suppressed > self.allowed {
                        return None;
                    }
                }
            }
            let fails = |entry: &Entry<K>| u64::from(entry.persons) < k;
            let failed = histogram.iter().filter(|entry| fails(entry));
            let loss = self.loss_of(
                levels,
                suppressed,
                histogram.iter().map(|e| (u64::from(e.records), fails(e))),
                || failed.map(|e| (e.first, e.records)).collect(),
            );
            return Some(Node {
                levels: levels.to_vec(),
                loss,
                suppressed,
                classes: histogram.len() as u64,
            });
        }
        self.grouped(histogram, levels)
    }

    /// As [`Self::node`], where classes have several entries or people several combinations.
    fn grouped(&mut self, histogram: &[Entry<K>], levels: &[usize]) -> Option<Node> {
        let mut classes: Vec<Entry<K>> = Vec::new();
        self.members.clear();
        self.places.begin(histogram.len());
        for entry in histogram {
            let mut key = entry.key;
            for column in self.base.quasi..self.base.codes.len() {
                let code = self.base.codes[column][entry.first as usize] as usize;
                key = key.minus(self.parts[column][code]);
            }
            let class = add(&mut classes, &mut self.places, Entry { key, ..*entry });
            self.members.push((class, entry.first, entry.records));
        }
        if self.is_slow() {
            self.once_each(&mut classes, levels);
        }
        let mut fails: Vec<bool> = classes
            .iter()
            .map(|class| u64::from(class.persons) < self.limits.k)
            .collect();
        if let Some(l) = self.limits.l {
            self.members.sort_unstable();
            for column in self.base.quasi..self.base.codes.len() {
                let codes = &self.base.codes[column];
                for class in self.members.chunk_by(|a, b| a.0 == b.0) {
                    let mut values: Vec<(u32, u64)> = class
                        .iter()
                        .map(|(_, first, records)| (codes[*first as usize], u64::from(*records)))
                        .collect();
                    values.sort_unstable();
                    let mut spread = Spread::default();
                    for same in values.chunk_by(|a, b| a.0 == b.0) {
                        spread.add(same.iter().map(|(_, records)| records).sum());
                    }
                    if !l.holds(&spread)
                        && let Some(fails) = class.first().and_then(|c| fails.get_mut(c.0 as usize))
                    {
                        *fails = true;
                    }
                }
            }
        }
        let suppressed = classes
            .iter()
            .zip(&fails)
            .filter(|(_, fails)| **fails)
            .map(|(class, _)| u64::from(class.records))
            .sum();
        if suppressed > self.allowed {
            return None;
        }
        let loss = self.loss_of(
            levels,
            suppressed,
            classes
                .iter()
                .zip(&fails)
                .map(|(class, fails)| (u64::from(class.records), *fails)),
            || {
                classes
                    .iter()
                    .zip(&fails)
                    .filter(|(_, fails)| **fails)
                    .map(|(class, _)| (class.first, class.records))
                    .collect()
            },
        );
        Some(Node {
            levels: levels.to_vec(),
            loss,
            suppressed,
            classes: classes.len() as u64,
        })
    }

    /// Takes out of each class the people that were added to it twice.
    fn once_each(&self, classes: &mut [Entry<K>], levels: &[usize]) {
        let mut seen = Vec::new();
        for tuples in &self.base.several {
            seen.clear();
            for tuple in tuples {
                let mut key = K::ZERO;
                for (column, hierarchy) in self.hierarchies.iter().enumerate() {
                    let code = self.base.codes[column][*tuple as usize] as usize;
                    let label = hierarchy.levels[levels[column]][code] as usize;
                    key = key.plus(self.parts[column][label]);
                }
                seen.extend(
                    self.places
                        .look(key.spread(), |at| classes[at as usize].key == key),
                );
            }
            seen.sort_unstable();
            for same in seen.chunk_by(|a, b| a == b) {
                if let Some(class) = same.first().and_then(|at| classes.get_mut(*at as usize)) {
                    class.persons -= u32::try_from(same.len() - 1).unwrap_or(0);
                }
            }
        }
    }

    /// Loss of a node: classes as records and whether they are kept back, and
    /// of the latter the first combination and records.
    fn loss_of(
        &self,
        levels: &[usize],
        suppressed: u64,
        classes: impl Iterator<Item = (u64, bool)>,
        kept_back: impl FnOnce() -> Vec<(u32, u32)>,
    ) -> f64 {
        match self.loss {
            Loss::Entropy | Loss::Height => self.separable(levels),
            Loss::Discernibility => classes
                .map(|(records, fails)| {
                    let size = ratio(records, 1);
                    size * if fails { ratio(self.records, 1) } else { size }
                })
                .sum(),
            Loss::EntropySuppressed if suppressed == 0 => self.separable(levels),
            Loss::EntropySuppressed => {
                let mut loss = self.separable(levels);
                let kept_back = kept_back();
                for (column, hierarchy) in self.hierarchies.iter().enumerate() {
                    let level = levels[column];
                    let mut counts = vec![0u64; hierarchy.sizes[level]];
                    for (first, records) in &kept_back {
                        let code = self.base.codes[column][*first as usize] as usize;
                        if let Some(count) = counts.get_mut(hierarchy.levels[level][code] as usize)
                        {
                            *count += u64::from(*records);
                        }
                    }
                    for count in counts.into_iter().filter(|count| *count > 0) {
                        loss -= ratio(count, 1) * ratio(count, suppressed).log2();
                    }
                }
                loss
            }
        }
    }

    /// Steps up where a step helps most for its cost until the limits are met,
    /// then steps down wherever they stay met, and swaps: no column can then
    /// become finer by a step, alone or for one step of another, and lose less.
    fn greedy(&mut self, accept: Accept<'_>) {
        let mut levels = vec![0; self.hierarchies.len()];
        loop {
            let before = self.missing(&levels);
            if before <= self.allowed && accept(&levels) {
                break;
            }
            let mut best: Option<(f64, usize)> = None;
            for column in 0..levels.len() {
                if levels[column] == self.hierarchies[column].top() {
                    continue;
                }
                let cost_before = self.separable(&levels);
                levels[column] += 1;
                let gain = ratio(before.saturating_sub(self.missing(&levels)), 1);
                let cost = (self.separable(&levels) - cost_before).max(1e-9);
                levels[column] -= 1;
                let worth = (gain + 1e-6) / cost;
                if best.is_none_or(|(best, _)| worth > best) {
                    best = Some((worth, column));
                }
            }
            match best {
                Some((_, column)) => levels[column] += 1,
                None => return,
            }
        }
        self.lower(&mut levels, accept);
        while self.swap(&mut levels, accept) {
            self.lower(&mut levels, accept);
        }
        let histogram = self.entries(&levels);
        self.look(&histogram, &levels, accept);
    }

    /// Steps down where that saves most, while the limits stay met.
    fn lower(&mut self, levels: &mut [usize], accept: Accept<'_>) {
        loop {
            let mut best: Option<(f64, usize)> = None;
            for column in 0..levels.len() {
                if levels[column] == 0 {
                    continue;
                }
                let cost_before = self.separable(levels);
                levels[column] -= 1;
                let saved = cost_before - self.separable(levels);
                if best.is_none_or(|(best, _)| saved > best)
                    && self.missing(levels) <= self.allowed
                    && accept(levels)
                {
                    best = Some((saved, column));
                }
                levels[column] += 1;
            }
            match best {
                Some((_, column)) => levels[column] -= 1,
                None => return,
            }
        }
    }

    /// One column finer for another one coarser, where that loses less and the
    /// limits stay met; false where no such pair is left, or time is up.
    fn swap(&mut self, levels: &mut [usize], accept: Accept<'_>) -> bool {
        let now = self.separable(levels);
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for down in (0..levels.len()).filter(|down| levels[*down] > 0) {
            for up in (0..levels.len()).filter(|up| *up != down) {
                if levels[up] < self.hierarchies[up].top() {
                    let mut there = levels.to_vec();
                    there[down] -= 1;
                    there[up] += 1;
                    let loss = self.separable(&there);
                    if loss < now - 1e-9 {
                        pairs.push((loss, down, up));
                    }
                }
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, down, up) in pairs {
            if self.looked_at.saturating_mul(self.base.count as u64) > SWAPS {
                return false;
            }
            levels[down] -= 1;
            levels[up] += 1;
            if self.missing(levels) <= self.allowed && accept(levels) {
                return true;
            }
            levels[down] += 1;
            levels[up] -= 1;
        }
        false
    }

    /// Records in classes that miss a limit.
    fn missing(&mut self, levels: &[usize]) -> u64 {
        self.looked_at += 1;
        let histogram = self.entries(levels);
        let allowed = std::mem::replace(&mut self.allowed, u64::MAX);
        let node = self.node(&histogram, levels);
        self.allowed = allowed;
        node.map_or(u64::MAX, |node| node.suppressed)
    }
}

#[inline]
fn add<K: Key>(entries: &mut Vec<Entry<K>>, places: &mut Places, entry: Entry<K>) -> u32 {
    let new = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let found = places.find(entry.key.spread(), new, |at| {
        entries
            .get(at as usize)
            .is_some_and(|known| known.key == entry.key)
    });
    if found == new {
        entries.push(entry);
    } else if let Some(known) = entries.get_mut(found as usize) {
        known.records += entry.records;
        known.persons += entry.persons;
    }
    found
}

/// The column's part of a separable loss, by level.
fn costs(
    base: &Base,
    column: usize,
    hierarchy: &Hierarchy,
    loss: Loss,
    columns: usize,
) -> Vec<f64> {
    if loss == Loss::Height {
        let top = hierarchy.top().max(1) as u64;
        return (0..hierarchy.levels.len() as u64)
            .map(|level| ratio(level, top * columns as u64))
            .collect();
    }
    let mut counts = vec![0u64; hierarchy.levels[0].len()];
    for (code, records) in base.codes[column].iter().zip(&base.records) {
        counts[*code as usize] += u64::from(*records);
    }
    hierarchy
        .levels
        .iter()
        .zip(&hierarchy.sizes)
        .map(|(labels, size)| {
            let mut above = vec![0u64; *size];
            for (label, count) in labels.iter().zip(&counts) {
                above[*label as usize] += count;
            }
            labels
                .iter()
                .zip(&counts)
                .filter(|(_, count)| **count > 0)
                .map(|(label, count)| {
                    -ratio(*count, 1) * ratio(*count, above[*label as usize]).log2()
                })
                .sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::hierarchy::Source;
    use super::super::histogram::{Histogram, ValueKey};
    use super::*;
    use crate::tally::Person;

    type Row = (Vec<u8>, u8, Option<u8>);

    /// Column 0: three levels; column 1: not nested; column 2: value or nothing.
    const FILES: [&str; 3] = [
        "0;a;*\n1;a;*\n2;b;*\n3;b;*\n",
        "0;a;x\n1;a;y\n2;b;y\n3;b;x\n",
        "0;*\n1;*\n2;*\n3;*\n",
    ];

    fn prepared(rows: &[Row]) -> (Base, Vec<Hierarchy>) {
        let key = ValueKey::generate().unwrap();
        let subjects = rows.iter().any(|row| row.2.is_some());
        let mut tally = Histogram::new(&[true, true, true, false], subjects);
        for (values, sensitive, subject) in rows {
            let texts: Vec<String> = values
                .iter()
                .chain([sensitive])
                .map(u8::to_string)
                .collect();
            let person = subject.map_or(Person::Own, |s| Person::Known(u64::from(s)));
            tally.add(&key, |at| &texts[at], person, &mut Vec::new());
        }
        let base = tally.finish(3);
        let hierarchies = FILES
            .iter()
            .zip(&base.texts)
            .map(|(file, texts)| Hierarchy::make(&Source::File((*file).to_owned()), texts).unwrap())
            .collect();
        (base, hierarchies)
    }

    fn label(column: usize, level: usize, value: u8) -> String {
        let line = FILES[column].lines().nth(value as usize).unwrap();
        line.split(';').nth(level).unwrap().to_owned()
    }

    /// Every node counted slowly: levels, loss, records kept back.
    fn slow(rows: &[Row], limits: &Limits, loss: Loss) -> Vec<(Vec<usize>, f64)> {
        let mut good = Vec::new();
        for a in 0..3 {
            for b in 0..3 {
                for c in 0..2 {
                    let levels = vec![a, b, c];
                    let mut classes: BTreeMap<Vec<String>, (BTreeSet<String>, Vec<u8>)> =
                        BTreeMap::new();
                    for (at, (values, sensitive, subject)) in rows.iter().enumerate() {
                        let class = (0..3).map(|c| label(c, levels[c], values[c])).collect();
                        let who =
                            subject.map_or_else(|| format!("own {at}"), |s| format!("known {s}"));
                        let class = classes.entry(class).or_default();
                        class.0.insert(who);
                        class.1.push(*sensitive);
                    }
                    let fails = |class: &(BTreeSet<String>, Vec<u8>)| {
                        let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
                        for value in &class.1 {
                            *counts.entry(*value).or_default() += 1.0;
                        }
                        let n = class.1.len() as f64;
                        let entropy: f64 = counts.values().map(|v| -v / n * (v / n).ln()).sum();
                        let l = match limits.l {
                            None => true,
                            Some(L::Distinct(l)) => counts.len() as u64 >= l,
                            Some(L::Entropy(l)) => entropy.exp() >= l - 1e-9,
                        };
                        (class.0.len() as u64) < limits.k || !l
                    };
                    let out: Vec<_> = classes.iter().filter(|c| fails(c.1)).collect();
                    let gone: usize = out.iter().map(|c| c.1.1.len()).sum();
                    if gone as f64 > rows.len() as f64 * limits.suppress {
                        continue;
                    }
                    let mut entropy = 0.0;
                    for column in 0..3 {
                        for row in rows {
                            let value = row.0[column];
                            let here = label(column, levels[column], value);
                            let same = rows.iter().filter(|r| r.0[column] == value).count();
                            let alike = rows
                                .iter()
                                .filter(|r| label(column, levels[column], r.0[column]) == here)
                                .count();
                            entropy -= (same as f64 / alike as f64).log2();
                        }
                        if loss == Loss::EntropySuppressed && gone > 0 {
                            let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
                            for (class, members) in &out {
                                *counts.entry(&class[column]).or_default() += members.1.len();
                            }
                            for count in counts.values() {
                                let n = *count as f64;
                                entropy -= n * (n / gone as f64).log2();
                            }
                        }
                    }
                    let discernibility: f64 = classes
                        .values()
                        .map(|class| {
                            let size = class.1.len() as f64;
                            size * if fails(class) {
                                rows.len() as f64
                            } else {
                                size
                            }
                        })
                        .sum();
                    let height = (a as f64 / 2.0 + b as f64 / 2.0 + c as f64) / 3.0;
                    good.push((
                        levels,
                        match loss {
                            Loss::Discernibility => discernibility,
                            Loss::Height => height,
                            _ => entropy,
                        },
                    ));
                }
            }
        }
        good
    }

    proptest! {
        #[test]
        fn the_search_finds_the_optimum_of_every_node_counted_slowly(
            rows in prop::collection::vec(
                (prop::collection::vec(0u8..4, 3), 0u8..3, prop::option::weighted(0.6, 0u8..15)),
                1..40,
            ),
            subjects in any::<bool>(),
            k in 1u64..6,
            l in prop::option::of(1u64..3),
            by_entropy in any::<bool>(),
            suppress in prop::sample::select(vec![0.0, 0.1, 0.5]),
            loss in prop::sample::select(vec![
                Loss::Entropy, Loss::EntropySuppressed, Loss::Discernibility, Loss::Height,
            ]),
        ) {
            let rows: Vec<Row> = rows
                .into_iter()
                .map(|row| if subjects { row } else { (row.0, row.1, None) })
                .collect();
            let (base, hierarchies) = prepared(&rows);
            let l = l.map(|l| if by_entropy { L::Entropy(l as f64) } else { L::Distinct(l) });
            let limits = Limits { k, l, suppress };
            let good = slow(&rows, &limits, loss);
            let least = good.iter().map(|node| node.1).fold(f64::INFINITY, f64::min);
            for how in [Search::Best, Search::Every] {
                let found = search(&base, &hierarchies, &limits, loss, how);
                prop_assert_eq!(found.best.is_some(), !good.is_empty());
                if let Some(best) = &found.best {
                    let true_loss = good.iter().find(|node| node.0 == best.levels).unwrap().1;
                    prop_assert!((best.loss - true_loss).abs() < 1e-6);
                    prop_assert!(best.loss <= least + 1e-6, "{} {}", best.loss, least);
                }
                prop_assert!(how == Search::Best || found.looked_at == 18);
            }
            let greedy = search(&base, &hierarchies, &limits, loss, Search::Greedy);
            if let Some(best) = greedy.best {
                prop_assert!(good.iter().any(|node| node.0 == best.levels));
            }
        }
    }

    #[test]
    fn greedy_steps_meet_what_can_be_met_and_lose_little_more_than_the_optimum() {
        let mut state = 7u64;
        let mut below = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let file: String = (0..8)
            .map(|v| format!("{v};{};{};*\n", v / 2 + 10, v / 4 + 20))
            .collect();
        let (mut same, mut excess, mut met) = (0, 0.0, 0);
        for _ in 0..60 {
            let columns = 4 + below(2) as usize;
            let key = ValueKey::generate().unwrap();
            let mut tally = Histogram::new(&vec![true; columns], false);
            for _ in 0..100 + below(300) {
                // Small values are common, as in life.
                let values: Vec<String> = (0..columns)
                    .map(|_| below(8).min(below(8)).to_string())
                    .collect();
                tally.add(&key, |at| &values[at], Person::Own, &mut Vec::new());
            }
            let base = tally.finish(columns);
            let hierarchies: Vec<Hierarchy> = base
                .texts
                .iter()
                .map(|texts| Hierarchy::make(&Source::File(file.clone()), texts).unwrap())
                .collect();
            let limits = Limits {
                k: 2 + below(6),
                l: None,
                suppress: [0.0, 0.02, 0.1][below(3) as usize],
            };
            let [best, greedy] = [Search::Best, Search::Greedy]
                .map(|how| search(&base, &hierarchies, &limits, Loss::Entropy, how));
            assert!(best.optimal && !greedy.optimal);
            let (Some(best), Some(found)) = (best.best, greedy.best) else {
                panic!("with every column left out all are alike");
            };
            met += 1;
            assert!(found.loss >= best.loss - 1e-9);
            same += u32::from(found.loss <= best.loss + 1e-9);
            excess += found.loss / best.loss - 1.0;
        }
        let mean = excess / f64::from(met);
        assert!(
            same >= 15 && mean < 0.05,
            "{same} of {met} the same, {mean:.3} more on average"
        );
    }
}
