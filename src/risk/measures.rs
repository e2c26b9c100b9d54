//! Measures of the rows: k, class sizes, people alone, diversity of sensitive
//! values, the usual risks, and which small sets of columns single people out.
//!
//! Definitions. A class is the people who agree in every quasi column; missing
//! is a value of its own. *k* is the smallest class. Prosecutor risk of a person
//! is 1 / class size; journalist risk is the same over a population list, where
//! one is given; marketer risk is the share that guessing within classes finds,
//! classes / people. Distinct l is the least number of different sensitive
//! values in a class; entropy l is the least exp(H) over classes, H in nats
//! (Machanavajjhala et al. 2007). A person is a special unique on a set of
//! columns if alone on it and on none of its subsets (Elliot et al. 2002).

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::Serialize;

use super::histogram::Base;
use super::keys::{Key, Places, bits};

/// What was measured; counts and names of columns, no value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// Records.
    pub records: u64,
    /// Distinct people.
    pub people: u64,
    /// Sum of class sizes: more than `people` where somebody stands in several.
    pub standings: u64,
    /// Classes.
    pub classes: u64,
    /// People of the smallest class; 0 where there are no records.
    pub k: u64,
    /// Classes of one person.
    pub alone: u64,
    /// Class sizes in people, and how many classes have them.
    pub sizes: BTreeMap<u64, u64>,
    /// People in classes of fewer than 2, 3, 5, 10, 20; once for each class.
    pub below: BTreeMap<u64, u64>,
    /// Risks.
    pub risk: Risks,
    /// Diversity of each sensitive column.
    pub diversity: Vec<Diversity>,
    /// Which columns single people out.
    pub sets: Sets,
    /// People with several different records, and those of them whose set of records nobody shares.
    pub histories: Histories,
}

/// The three risks of re-identification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risks {
    /// Highest risk of a person of whom it is known that they are here: 1 / k.
    pub prosecutor_highest: f64,
    /// Its mean over people; the same as the marketer's.
    pub prosecutor_mean: f64,
    /// Highest risk against a population list; equals the prosecutor's without one.
    pub journalist_highest: f64,
    /// Share of people whom guessing within classes would find.
    pub marketer: f64,
    /// Mean risk of a person against a population list.
    pub journalist_mean: f64,
    /// Whether a population list was given.
    pub population_known: bool,
    /// Candidates on it for each person.
    pub candidates: Option<Candidates>,
}

/// How many people of a population list fit each person of the data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// People on the list.
    pub listed: u64,
    /// People of the data whom nobody on the list fits: the list lacks them.
    pub none: u64,
    /// Whom one person fits.
    pub one: u64,
    /// Whom two to four fit.
    pub few: u64,
    /// Whom five or more fit.
    pub many: u64,
    /// Fewest candidates of anybody who has one.
    pub least: u64,
}

impl Measures {
    /// Weighs the classes against a population list, both over the same quasi
    /// columns and with the same numbers of values. The journalist's risk of a
    /// person is 1 / people who could be it: those on the list, or those in the
    /// data where the list has fewer (El Emam & Dankar 2008).
    pub fn against(&mut self, classes: &Base, population: &Base) {
        let key = |base: &Base, at: usize| -> Vec<u32> {
            base.codes
                .iter()
                .take(classes.quasi)
                .map(|codes| codes.get(at).copied().unwrap_or(u32::MAX))
                .collect()
        };
        let listed: hashbrown::HashMap<Vec<u32>, u64> = (0..population.count)
            .map(|at| (key(population, at), u64::from(population.persons[at])))
            .collect();
        let mut found = Candidates {
            listed: population.people(),
            least: u64::MAX,
            ..Candidates::default()
        };
        let (mut fewest, mut sum, mut standings) = (u64::MAX, 0.0, 0);
        for at in (0..classes.count).filter(|at| classes.persons[*at] > 0) {
            let here = u64::from(classes.persons[at]);
            let there = listed.get(&key(classes, at)).copied().unwrap_or(0);
            let place = match there {
                0 => &mut found.none,
                1 => &mut found.one,
                2..=4 => &mut found.few,
                _ => &mut found.many,
            };
            *place += here;
            if there > 0 {
                found.least = found.least.min(there);
            }
            let could_be = there.max(here);
            fewest = fewest.min(could_be);
            sum += ratio(here, could_be);
            standings += here;
        }
        if found.least == u64::MAX {
            found.least = 0;
        }
        if standings > 0 {
            self.risk.journalist_highest = 1.0 / ratio(fewest, 1);
            self.risk.journalist_mean = sum / ratio(standings, 1);
        }
        self.risk.population_known = true;
        self.risk.candidates = Some(found);
    }
}

/// Diversity of one sensitive column within classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diversity {
    /// Its name.
    pub column: String,
    /// Least number of different values in a class.
    pub distinct: u64,
    /// Least exp(entropy) of a class.
    pub entropy: f64,
    /// Classes in which everybody has the same value.
    pub same_classes: u64,
    /// People in such classes.
    pub same_people: u64,
}

/// Which columns single people out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Sets {
    /// Sets of up to so many columns were looked at, and the set of all.
    pub upto: usize,
    /// People alone against the number of columns known.
    pub known: Vec<Known>,
    /// The worst five sets of up to three columns.
    pub worst: Vec<Alone>,
    /// Minimal sets: people alone on the set and on none of its subsets.
    pub special: Vec<Alone>,
    /// People who are a special unique on some set that was looked at.
    pub special_people: u64,
}

/// How many people a number of columns singles out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Known {
    /// Columns known.
    pub columns: usize,
    /// People alone on the worst such set.
    pub worst: u64,
    /// Mean over sets.
    pub mean: f64,
    /// People alone on at least one such set.
    pub any: u64,
}

/// People alone on a set of columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alone {
    /// Names.
    pub columns: Vec<String>,
    /// People.
    pub people: u64,
}

/// People with several different records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Histories {
    /// People with records in several classes.
    pub people: u64,
    /// Those whose set of classes no other person has.
    pub alone: u64,
}

/// Combinations times sets that are looked at before the sets are limited to
/// fewer columns.
const WORK: usize = 400_000_000;

/// Measures a finished tally. `names` are those of its columns.
#[must_use]
pub fn measure(base: &Base, names: &[String], threads: NonZeroUsize) -> Measures {
    let (classes, of) = base.without_sensitive();
    let sets = sets(&classes, names, threads);
    measured(base, names, &classes, &of, sets)
}

/// The same without the search for sets of columns, which stay empty.
#[must_use]
pub fn measure_classes(base: &Base, names: &[String]) -> Measures {
    let (classes, of) = base.without_sensitive();
    measured(base, names, &classes, &of, Sets::default())
}

fn measured(base: &Base, names: &[String], classes: &Base, of: &[u32], sets: Sets) -> Measures {
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for size in classes.persons.iter().filter(|size| **size > 0) {
        *sizes.entry(u64::from(*size)).or_default() += 1;
    }
    let people = classes.people();
    let count: u64 = sizes.values().sum();
    let in_classes: u64 = sizes.iter().map(|(size, classes)| size * classes).sum();
    let k = sizes.keys().next().copied().unwrap_or(0);
    let below = [2, 3, 5, 10, 20]
        .into_iter()
        .map(|k| {
            let people = sizes.range(..k).map(|(size, classes)| size * classes).sum();
            (k, people)
        })
        .collect();
    let highest = if k == 0 { 0.0 } else { 1.0 / ratio(k, 1) };
    let mean = ratio(count, in_classes);
    Measures {
        records: classes.records.iter().map(|n| u64::from(*n)).sum(),
        people,
        standings: in_classes,
        classes: count,
        k,
        alone: sizes.get(&1).copied().unwrap_or(0),
        risk: Risks {
            prosecutor_highest: highest,
            prosecutor_mean: mean,
            journalist_highest: highest,
            journalist_mean: mean,
            marketer: mean,
            population_known: false,
            candidates: None,
        },
        sizes,
        below,
        diversity: diversity(base, of, classes, names),
        sets,
        histories: histories(classes),
    }
}

/// A ratio of counts; exact in a double up to 2⁵³.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts fit a double exactly up to 2⁵³"
)]
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Diversity counts records, as the definition has it: a person with two
/// values in one class counts for both.
fn diversity(base: &Base, of: &[u32], classes: &Base, names: &[String]) -> Vec<Diversity> {
    let mut found = Vec::new();
    for (at, codes) in base.codes.iter().enumerate().skip(base.quasi) {
        let mut pairs: Vec<(u32, u32, u32)> = of
            .iter()
            .zip(codes)
            .zip(&base.records)
            .map(|((class, code), records)| (*class, *code, *records))
            .collect();
        pairs.sort_unstable();
        let mut answer = Diversity {
            column: names.get(at).cloned().unwrap_or_default(),
            distinct: u64::MAX,
            entropy: f64::INFINITY,
            same_classes: 0,
            same_people: 0,
        };
        for class in pairs.chunk_by(|a, b| a.0 == b.0) {
            let mut spread = Spread::default();
            for value in class.chunk_by(|a, b| a.1 == b.1) {
                spread.add(
                    value
                        .iter()
                        .map(|(_, _, records)| u64::from(*records))
                        .sum(),
                );
            }
            answer.distinct = answer.distinct.min(spread.values);
            answer.entropy = answer.entropy.min(spread.effective());
            if spread.values == 1 {
                answer.same_classes += 1;
                let class = class.first().map_or(0, |first| first.0 as usize);
                answer.same_people += u64::from(classes.persons.get(class).copied().unwrap_or(0));
            }
        }
        if pairs.is_empty() {
            (answer.distinct, answer.entropy) = (0, 0.0);
        }
        found.push(answer);
    }
    found
}

/// How the values of a class are spread.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spread {
    /// Different values.
    pub(crate) values: u64,
    records: u64,
    /// Σ n · ln n.
    weighted: f64,
}

impl Spread {
    /// Adds a value that so many records have.
    #[allow(
        clippy::cast_precision_loss,
        reason = "counts of records are below 2⁵³"
    )]
    pub(crate) fn add(&mut self, records: u64) {
        if records == 0 {
            return;
        }
        self.values += 1;
        self.records += records;
        let n = records as f64;
        self.weighted += n * n.ln();
    }

    /// exp of the entropy: as many values as an even spread would have.
    #[allow(
        clippy::cast_precision_loss,
        reason = "counts of records are below 2⁵³"
    )]
    pub(crate) fn effective(&self) -> f64 {
        if self.values < 2 {
            return ratio(self.values, 1);
        }
        let n = self.records as f64;
        (n.ln() - self.weighted / n).exp()
    }
}

fn histories(classes: &Base) -> Histories {
    let mut lists: Vec<&[u32]> = classes.several.iter().map(Vec::as_slice).collect();
    lists.sort_unstable();
    Histories {
        people: lists.len() as u64,
        alone: lists
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() == 1)
            .count() as u64,
    }
}

fn sets(classes: &Base, names: &[String], threads: NonZeroUsize) -> Sets {
    let sizes: Vec<usize> = classes.sizes.iter().take(classes.quasi).copied().collect();
    match u64::parts(&sizes) {
        Some(parts) => sets_by(classes, names, threads, &parts),
        None => sets_by(
            classes,
            names,
            threads,
            &u128::parts(&sizes).unwrap_or_default(),
        ),
    }
}

/// Subsets of `0..columns` with `size` members, in order.
fn subsets(columns: usize, size: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut chosen: Vec<usize> = (0..size).collect();
    if size > columns {
        return all;
    }
    loop {
        all.push(chosen.clone());
        let Some(at) = (0..size).rev().find(|at| chosen[*at] < columns - size + at) else {
            return all;
        };
        chosen[at] += 1;
        for next in at + 1..size {
            chosen[next] = chosen[next - 1] + 1;
        }
    }
}

fn sets_by<K: Key>(
    classes: &Base,
    names: &[String],
    threads: NonZeroUsize,
    parts: &[Vec<K>],
) -> Sets {
    let columns = classes.quasi;
    let mut upto = 0;
    let mut work = 0usize;
    for size in 1..=columns {
        let sets = subset_count(columns, size);
        work = work.saturating_add(sets.saturating_mul(classes.count + 100));
        if work > WORK {
            break;
        }
        upto = size;
    }
    // Whoever is alone on a set is alone on all columns.
    let lone = Lone::new(classes, parts);
    let blocks = lone.blocks();
    let mut known = Vec::new();
    let mut found: Vec<(Vec<usize>, u64)> = Vec::new();
    let mut special: Vec<(Vec<usize>, u64)> = Vec::new();
    let mut is_special = vec![0u64; blocks];
    let mut below: BTreeMap<Vec<usize>, Vec<u64>> = BTreeMap::new();
    let mut all_flags = flags_by_size(&lone, upto, threads);
    for size in 1..=upto {
        let all = subsets(columns, size);
        let flags = all_flags.remove(&size).unwrap_or_default();
        let mut any = vec![0u64; blocks];
        let mut now = BTreeMap::new();
        let mut total = 0;
        let mut worst = 0;
        for (set, flags) in all.into_iter().zip(flags) {
            let people = ones(&flags);
            total += people;
            worst = worst.max(people);
            let mut minimal = flags.clone();
            for leave in 0..set.len() {
                let mut smaller = set.clone();
                smaller.remove(leave);
                if let Some(smaller) = below.get(&smaller) {
                    minimal.iter_mut().zip(smaller).for_each(|(m, s)| *m &= !s);
                }
            }
            any.iter_mut().zip(&flags).for_each(|(any, f)| *any |= f);
            is_special
                .iter_mut()
                .zip(&minimal)
                .for_each(|(is, m)| *is |= m);
            special.push((set.clone(), ones(&minimal)));
            found.push((set.clone(), people));
            now.insert(set, flags);
        }
        known.push(Known {
            columns: size,
            worst,
            mean: ratio(total, now.len() as u64),
            any: ones(&any),
        });
        below = now;
    }
    if upto < columns {
        let all = ones(&lone.alone);
        known.push(Known {
            columns,
            worst: all,
            mean: ratio(all, 1),
            any: all,
        });
    }
    let named = |(set, people): &(Vec<usize>, u64)| Alone {
        columns: set
            .iter()
            .map(|at| names.get(*at).cloned().unwrap_or_default())
            .collect(),
        people: *people,
    };
    let rank = |a: &(Vec<usize>, u64), b: &(Vec<usize>, u64)| {
        b.1.cmp(&a.1)
            .then(a.0.len().cmp(&b.0.len()))
            .then(a.0.cmp(&b.0))
    };
    found.retain(|(set, people)| set.len() <= 3 && *people > 0);
    found.sort_by(rank);
    special.retain(|(_, people)| *people > 0);
    special.sort_by(rank);
    Sets {
        upto,
        known,
        worst: found.iter().take(5).map(named).collect(),
        special: special.iter().take(20).map(named).collect(),
        special_people: ones(&is_special),
    }
}

/// Flags of all sets of up to so many columns, by size, in the order of
/// [`subsets`]. Large sets come first: a set is counted from the shortest list
/// of a set that holds one column more.
fn flags_by_size<K: Key>(
    lone: &Lone<'_, K>,
    upto: usize,
    threads: NonZeroUsize,
) -> BTreeMap<usize, Vec<Vec<u64>>> {
    let columns = lone.classes.quasi;
    let mut by_size = BTreeMap::new();
    let mut above: Vec<(Vec<usize>, List)> = vec![((0..columns).collect(), lone.all())];
    for size in (1..=upto).rev() {
        let all = subsets(columns, size);
        if size == columns {
            // Everybody who is alone is alone on all columns.
            by_size.insert(size, vec![lone.alone.clone()]);
            continue;
        }
        let found = in_parallel(&all, threads, |set, scratch| {
            let holds = |larger: &&(Vec<usize>, List)| set.iter().all(|at| larger.0.contains(at));
            let parents = above.iter().filter(holds);
            match parents.min_by_key(|larger| larger.1.len) {
                Some((_, from)) => lone.on(set, from, scratch),
                None => lone.on(set, &lone.all(), scratch),
            }
        });
        let mut flags = Vec::with_capacity(all.len());
        let mut lists = Vec::with_capacity(all.len());
        for (set, (list, mine)) in all.into_iter().zip(found) {
            flags.push(mine);
            lists.push((set, list));
        }
        above = lists;
        by_size.insert(size, flags);
    }
    by_size
}

fn ones(flags: &[u64]) -> u64 {
    flags
        .iter()
        .map(|block| u64::from(block.count_ones()))
        .sum()
}

fn subset_count(columns: usize, size: usize) -> usize {
    (0..size).fold(1usize, |n, at| n.saturating_mul(columns - at) / (at + 1))
}

fn in_parallel<T: Sync, R: Send, K>(
    all: &[T],
    threads: NonZeroUsize,
    each: impl Fn(&T, &mut Scratch<K>) -> R + Sync,
) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get().min(all.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut scratch = Scratch::default();
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(item) = all.get(at) else {
                            return mine;
                        };
                        mine.push((at, each(item, &mut scratch)));
                    }
                })
            })
            .collect();
        let mut done: Vec<(usize, R)> = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(mine) => done.extend(mine),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        done
    });
    let mut done = done;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What a thread reuses from set to set.
struct Scratch<K> {
    direct: Vec<u32>,
    slots: Vec<u64>,
    places: Places,
    /// Groups: their keys, first classes, and people as in [`List`].
    keys: Vec<K>,
    firsts: Vec<u32>,
    solo: Vec<u8>,
}

impl<K> Default for Scratch<K> {
    fn default() -> Self {
        Self {
            direct: Vec::new(),
            slots: Vec::new(),
            places: Places::default(),
            keys: Vec::new(),
            firsts: Vec::new(),
            solo: Vec::new(),
        }
    }
}

impl<K> Scratch<K> {
    /// Adds a class to its group, and gives the group's place.
    #[inline]
    fn join(&mut self, found: Option<u32>, first: u32, solo: u8) -> u32 {
        match found.and_then(|at| Some((at, self.solo.get_mut(at as usize)?))) {
            Some((at, sum)) => {
                *sum = (*sum + solo).min(2);
                at
            }
            None => {
                self.firsts.push(first);
                self.solo.push(solo);
                u32::try_from(self.firsts.len() - 1).unwrap_or(NONE)
            }
        }
    }
}

/// A bit a class.
fn bit(bits: &[u64], class: u32) -> bool {
    bits.get(class as usize / 64)
        .is_some_and(|block| block >> (class % 64) & 1 == 1)
}

fn set_bit(bits: &mut [u64], class: u32) {
    if let Some(block) = bits.get_mut(class as usize / 64) {
        *block |= 1 << (class % 64);
    }
}

/// Combinations of a set of columns, in bits by class: the first class of
/// each, and whether one person of its classes, or more, stands in no other class.
struct List {
    first: Vec<u64>,
    one: Vec<u64>,
    more: Vec<u64>,
    len: usize,
}

impl List {
    fn new(blocks: usize) -> Self {
        Self {
            first: vec![0; blocks],
            one: vec![0; blocks],
            more: vec![0; blocks],
            len: 0,
        }
    }

    fn put(&mut self, first: u32, solo: u8) {
        set_bit(&mut self.first, first);
        match solo {
            0 => {}
            1 => set_bit(&mut self.one, first),
            _ => set_bit(&mut self.more, first),
        }
        self.len += 1;
    }

    /// First classes in order, with their people: 0, 1, or 2 for more.
    #[inline]
    fn each(&self, mut take: impl FnMut(u32, u8)) {
        let blocks = self.first.iter().zip(&self.one).zip(&self.more);
        for (base, ((first, one), more)) in (0u32..).step_by(64).zip(blocks) {
            let mut rest = *first;
            while rest != 0 {
                let at = rest.trailing_zeros();
                let solo = (one >> at & 1) + (more >> at & 1) * 2;
                take(base + at, u8::try_from(solo).unwrap_or(2));
                rest &= rest - 1;
            }
        }
    }
}

/// What is the same for all sets.
struct Lone<'a, K> {
    classes: &'a Base,
    parts: &'a [Vec<K>],
    /// Classes of one person, in bits.
    alone: Vec<u64>,
    /// Classes in which somebody stands who stands in others too.
    shared: Vec<u32>,
    /// [`DIRECT`] and [`SLOTS`]; tests have smaller ones.
    direct: u32,
    slots: u32,
}

/// Bits of a table that has a place for each key.
const DIRECT: u32 = 20;
/// Bits of the largest table of slots: two bits a slot, 8 MiB.
const SLOTS: u32 = 25;
/// No place.
const NONE: u32 = u32::MAX;

impl<'a, K: Key> Lone<'a, K> {
    fn new(classes: &'a Base, parts: &'a [Vec<K>]) -> Self {
        let mut alone = vec![0; classes.count.div_ceil(64)];
        for (class, persons) in (0u32..).zip(&classes.persons) {
            if *persons == 1 {
                set_bit(&mut alone, class);
            }
        }
        let mut shared: Vec<u32> = classes.several.iter().flatten().copied().collect();
        shared.sort_unstable();
        shared.dedup();
        Self {
            classes,
            parts,
            alone,
            shared,
            direct: DIRECT,
            slots: SLOTS,
        }
    }

    fn blocks(&self) -> usize {
        self.alone.len()
    }

    /// The list of all columns.
    fn all(&self) -> List {
        let mut list = List::new(self.blocks());
        let mut several = vec![0u32; self.classes.count];
        for class in self.classes.several.iter().flatten() {
            if let Some(count) = several.get_mut(*class as usize) {
                *count += 1;
            }
        }
        for (class, (all, several)) in (0u32..).zip(self.classes.persons.iter().zip(&several)) {
            list.put(class, u8::try_from((all - several).min(2)).unwrap_or(2));
        }
        list
    }

    /// The list of `set` from that of a larger set, and flags of those people,
    /// among those alone on all columns, who are alone on it.
    fn on(&self, set: &[usize], from: &List, scratch: &mut Scratch<K>) -> (List, Vec<u64>) {
        let size = |column: &usize| self.classes.sizes.get(*column).copied().unwrap_or(1);
        let width: u32 = set.iter().map(|column| bits(size(column))).sum();
        let mut list = List::new(self.blocks());
        let mut flags = vec![0u64; self.blocks()];
        scratch.keys.clear();
        scratch.firsts.clear();
        scratch.solo.clear();
        let several: Vec<Vec<u32>>;
        if width <= self.direct {
            let mut shift = 0;
            let columns: Vec<(&[u32], u32)> = set
                .iter()
                .map(|column| {
                    let at = shift;
                    shift += bits(size(column));
                    (self.classes.codes[*column].as_slice(), at)
                })
                .collect();
            let cell = |at: u32| {
                columns.iter().fold(0usize, |cell, (codes, shift)| {
                    cell | (codes[at as usize] as usize) << shift
                })
            };
            let mut table = std::mem::take(&mut scratch.direct);
            table.clear();
            table.resize(1 << width, NONE);
            from.each(|first, solo| {
                let place = &mut table[cell(first)];
                let found = (*place != NONE).then_some(*place);
                *place = scratch.join(found, first, solo);
            });
            several = self.groups_of(|class| Some(table[cell(class)]));
            scratch.direct = table;
        } else {
            let columns: Vec<(&[u32], &[K])> = set
                .iter()
                .map(|column| {
                    (
                        self.classes.codes[*column].as_slice(),
                        self.parts[*column].as_slice(),
                    )
                })
                .collect();
            let key = |at: u32| {
                columns.iter().fold(K::ZERO, |key, (codes, parts)| {
                    key.plus(K::part(parts, codes[at as usize]))
                })
            };
            self.settle(from, key, &mut list, &mut flags, scratch);
            // What is left shares a slot with others: the keys themselves decide.
            let mut places = std::mem::take(&mut scratch.places);
            places.begin(from.len - list.len);
            let settled = std::mem::take(&mut list.first);
            from.each(|first, solo| {
                if bit(&settled, first) {
                    return;
                }
                let key = key(first);
                let new = u32::try_from(scratch.keys.len()).unwrap_or(NONE);
                let at = places.find(key.spread(), new, |at| scratch.keys[at as usize] == key);
                if at == new {
                    scratch.keys.push(key);
                }
                scratch.join((at != new).then_some(at), first, solo);
            });
            list.first = settled;
            several = self.groups_of(|class| {
                let key = key(class);
                places.look(key.spread(), |at| scratch.keys[at as usize] == key)
            });
            scratch.places = places;
        }
        // Whoever stands in several classes counts once where those look alike.
        let mut more = vec![
            0u8;
            if several.is_empty() {
                0
            } else {
                scratch.solo.len()
            }
        ];
        for at in several.iter().flatten() {
            let more = &mut more[*at as usize];
            *more = (*more + 1).min(2);
        }
        for (at, (first, solo)) in scratch.firsts.iter().zip(&scratch.solo).enumerate() {
            list.put(*first, *solo);
            if solo + more.get(at).copied().unwrap_or(0) == 1 && bit(&self.alone, *first) {
                set_bit(&mut flags, *first);
            }
        }
        (list, flags)
    }

    /// Lists and flags the classes whose one person is alone for certain: no
    /// other key of the list, and nobody who stands in several classes, falls
    /// into the slot of theirs. Equal keys fall into one slot, so that a slot
    /// that counts one person holds one class; what shares a slot stays open.
    fn settle(
        &self,
        from: &List,
        key: impl Fn(u32) -> K,
        list: &mut List,
        flags: &mut [u64],
        scratch: &mut Scratch<K>,
    ) {
        let count = from.len.max(8) * 8;
        let slots = count.next_power_of_two().min(1 << self.slots);
        let table = &mut scratch.slots;
        table.clear();
        table.resize(slots / 32, 0);
        let place = |class: u32| -> (usize, u32) {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a place in a table of at most 2²⁵ slots"
            )]
            let slot = key(class).spread() as usize & (slots - 1);
            (slot / 32, (slot % 32) as u32 * 2)
        };
        for class in &self.shared {
            let (word, shift) = place(*class);
            table[word] |= 2 << shift;
        }
        from.each(|first, solo| {
            let (word, shift) = place(first);
            let word = &mut table[word];
            // One becomes more; more stays.
            let more = u64::from(solo > 1) | (*word >> shift & 1 & u64::from(solo));
            *word |= (u64::from(solo == 1) | more << 1) << shift;
        });
        from.each(|first, solo| {
            let (word, shift) = place(first);
            if solo == 1 && table[word] >> shift & 3 == 1 {
                list.put(first, 1);
                set_bit(flags, first);
            }
        });
    }

    /// Of each person in several classes: their different groups.
    fn groups_of(&self, group: impl Fn(u32) -> Option<u32>) -> Vec<Vec<u32>> {
        let of_person = |classes: &Vec<u32>| {
            let mut groups: Vec<u32> = classes.iter().filter_map(|class| group(*class)).collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        self.classes.several.iter().map(of_person).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::histogram::{Histogram, ValueKey};
    use super::*;
    use crate::tally::{Person, Tally};

    type Row = (Vec<u8>, u8, Option<u8>);

    fn tally(rows: &[Row], quasi: usize, parts: usize) -> Base {
        let key = ValueKey::generate().unwrap();
        let subjects = rows.iter().any(|row| row.2.is_some());
        let mut whole = Histogram::new(&vec![false; quasi + 1], subjects);
        for part in rows.chunks(rows.len().div_ceil(parts).max(1)) {
            let mut mine = Histogram::new(&vec![false; quasi + 1], subjects);
            for (values, sensitive, subject) in part {
                let texts: Vec<String> = values
                    .iter()
                    .chain([sensitive])
                    .map(u8::to_string)
                    .collect();
                let person = subject.map_or(Person::Own, |s| Person::Known(u64::from(s)));
                mine.add(&key, |at| &texts[at], person, &mut Vec::new());
            }
            whole.merge(mine);
        }
        whole.finish(quasi)
    }

    fn named(quasi: usize) -> Vec<String> {
        (0..=quasi).map(|at| format!("c{at}")).collect()
    }

    /// People by class over a set of columns, counted slowly.
    fn slow(rows: &[Row], set: &[usize]) -> BTreeMap<Vec<u8>, BTreeSet<String>> {
        let mut classes: BTreeMap<Vec<u8>, BTreeSet<String>> = BTreeMap::new();
        for (at, (values, _, subject)) in rows.iter().enumerate() {
            let who = subject.map_or_else(|| format!("own {at}"), |s| format!("known {s}"));
            let class = set.iter().map(|column| values[*column]).collect();
            classes.entry(class).or_default().insert(who);
        }
        classes
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        prop::collection::vec(
            (
                prop::collection::vec(0u8..4, 4),
                0u8..3,
                prop::option::weighted(0.7, 0u8..12),
            ),
            1..40,
        )
    }

    proptest! {
        #[test]
        fn measures_equal_those_of_a_slow_count(rows in rows(), parts in 1usize..4) {
            let base = tally(&rows, 4, parts);
            let two = NonZeroUsize::new(2).unwrap();
            let measured = measure(&base, &named(4), two);
            let all = slow(&rows, &[0, 1, 2, 3]);
            prop_assert_eq!(measured.k, all.values().map(|c| c.len() as u64).min().unwrap());
            prop_assert_eq!(measured.classes, all.len() as u64);
            let everybody: BTreeSet<&String> = all.values().flatten().collect();
            prop_assert_eq!(measured.people, everybody.len() as u64);
            prop_assert_eq!(measured.records, rows.len() as u64);
            for known in &measured.sets.known {
                let alone: Vec<u64> = subsets(4, known.columns)
                    .iter()
                    .map(|set| slow(&rows, set).values().filter(|c| c.len() == 1).count() as u64)
                    .collect();
                prop_assert_eq!(known.worst, *alone.iter().max().unwrap());
            }
            // The five sets of at most three columns on which most stand alone.
            let alone = |set: &Vec<usize>| {
                let classes = slow(&rows, set);
                let one = classes.values().filter(|who| who.len() == 1);
                one.flatten().collect::<BTreeSet<_>>().len() as u64
            };
            let mut worst: Vec<(u64, usize, Vec<usize>)> = (1..=3)
                .flat_map(|size| subsets(4, size))
                .map(|set| (alone(&set), set.len(), set))
                .filter(|(people, ..)| *people > 0)
                .collect();
            worst.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
            worst.truncate(5);
            let given: Vec<(u64, Vec<String>)> = measured
                .sets
                .worst
                .iter()
                .map(|set| (set.people, set.columns.clone()))
                .collect();
            let wanted: Vec<(u64, Vec<String>)> = worst
                .into_iter()
                .map(|(people, _, set)| (people, set.iter().map(|at| format!("c{at}")).collect()))
                .collect();
            if base.several.is_empty() {
                prop_assert_eq!(given, wanted);
            }
            // Special uniques: alone on the set, on none of its subsets.
            let mut minimal: BTreeMap<Vec<String>, u64> = BTreeMap::new();
            for size in 1..=4 {
                for set in subsets(4, size) {
                    let mut people = 0;
                    for (class, who) in slow(&rows, &set).iter().filter(|c| c.1.len() == 1) {
                        let person = who.iter().next().unwrap();
                        let smaller = (0..size).any(|leave| {
                            let (mut less, mut key) = (set.clone(), class.clone());
                            less.remove(leave);
                            key.remove(leave);
                            let same = slow(&rows, &less);
                            same[&key].len() == 1 && same[&key].contains(person) && size > 1
                        });
                        people += u64::from(!smaller);
                    }
                    if people > 0 {
                        minimal.insert(set.iter().map(|at| format!("c{at}")).collect(), people);
                    }
                }
            }
            let given: BTreeMap<Vec<String>, u64> =
                measured.sets.special.iter().map(|s| (s.columns.clone(), s.people)).collect();
            // A person with several records may stand alone in several classes.
            if base.several.is_empty() {
                prop_assert_eq!(given, minimal);
            }
        }

        #[test]
        fn keys_that_share_slots_and_keys_that_do_not_find_the_same_people(rows in rows()) {
            let base = tally(&rows, 4, 2);
            let (classes, _) = base.without_sensitive();
            let one = NonZeroUsize::MIN;
            let parts = u64::parts(&classes.sizes).unwrap();
            let exact = flags_by_size(&Lone::new(&classes, &parts), 4, one);
            for slots in [5, 25] {
                let hashed = Lone { direct: 0, slots, ..Lone::new(&classes, &parts) };
                prop_assert_eq!(&flags_by_size(&hashed, 4, one), &exact);
                let parts = u128::parts(&classes.sizes).unwrap();
                let random = Lone { direct: 0, slots, ..Lone::new(&classes, &parts) };
                prop_assert_eq!(&flags_by_size(&random, 4, one), &exact);
            }
        }

        #[test]
        fn diversity_equals_a_slow_count(rows in rows()) {
            let base = tally(&rows, 4, 2);
            let measured = measure(&base, &named(4), NonZeroUsize::MIN);
            let mut classes: BTreeMap<&Vec<u8>, BTreeMap<u8, f64>> = BTreeMap::new();
            for (values, sensitive, _) in &rows {
                *classes.entry(values).or_default().entry(*sensitive).or_default() += 1.0;
            }
            let distinct = classes.values().map(|c| c.len() as u64).min().unwrap();
            let entropy = classes
                .values()
                .map(|c| {
                    let n: f64 = c.values().sum();
                    c.values().map(|v| -v / n * (v / n).ln()).sum::<f64>().exp()
                })
                .fold(f64::INFINITY, f64::min);
            prop_assert_eq!(measured.diversity[0].distinct, distinct);
            prop_assert!((measured.diversity[0].entropy - entropy).abs() < 1e-9);
        }
    }
}
