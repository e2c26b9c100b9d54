//! Claims about grids. All figures are invented.

use std::sync::atomic::AtomicBool;

use super::*;
use crate::protect::attack::audit;
use crate::protect::rules::{Need, Primary, Reason};
use crate::protect::suppress::Options;
use crate::protect::system::{CellId, Figure, Place, System};

static NEVER: AtomicBool = AtomicBool::new(false);

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % most.max(1)
    }
}

/// A hierarchy: groups of so many parts each.
fn axis(parts: &[u32]) -> Axis {
    if let [only] = parts {
        return Axis::new(vec![(0..*only).collect()]).unwrap();
    }
    let mut coarse = Vec::new();
    for (group, size) in parts.iter().enumerate() {
        coarse.extend(std::iter::repeat_n(group as u32, *size as usize));
    }
    let fine = (0..coarse.len() as u32).collect();
    Axis::new(vec![coarse, fine]).unwrap()
}

fn demand(min: u64, coalition: usize) -> Demand<'static> {
    Demand {
        min,
        insiders: coalition > 0,
        interrupted: &NEVER,
    }
}

/// A grid with every combination of levels shown, and the total known.
fn grid(axes: &[Axis], counts: &[u64], totals: bool) -> Grid {
    let places: Vec<usize> = axes.iter().map(|axis| axis.places() as usize).collect();
    let at = |mut leaf: usize| {
        let mut at = vec![0; places.len()];
        for (axis, places) in places.iter().enumerate().rev() {
            at[axis] = leaf % places;
            leaf /= places;
        }
        at
    };
    let mut levels: Vec<Vec<usize>> = vec![Vec::new()];
    for axis in axes {
        levels = levels
            .iter()
            .flat_map(|before| {
                (usize::from(!totals)..=axis.depth()).map(|level| {
                    let mut more = before.clone();
                    more.push(level);
                    more
                })
            })
            .collect();
    }
    let everything = vec![0; axes.len()];
    if !levels.contains(&everything) {
        levels.push(everything.clone());
    }
    let margins = levels
        .into_iter()
        .map(|levels| {
            let mut cells: std::collections::BTreeMap<u64, (u64, u64)> =
                std::collections::BTreeMap::new();
            for (leaf, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let place = at(leaf);
                let cell = axes.iter().zip(&levels).zip(&place).fold(
                    0u64,
                    |cell, ((axis, level), place)| {
                        cell * u64::from(axis.groups[*level])
                            + u64::from(axis.group[*level][*place])
                    },
                );
                let entry = cells.entry(cell).or_insert((0, leaf as u64));
                entry.0 += count;
            }
            Margin {
                seen: if levels == everything {
                    Seen::Known
                } else {
                    Seen::Shown
                },
                levels,
                cells: cells
                    .into_iter()
                    .map(|(place, (units, leaf))| Filled {
                        place,
                        persons: units,
                        units,
                        owner: (units == 1).then_some(leaf * 100),
                    })
                    .collect(),
            }
        })
        .collect();
    let leaves: Vec<Leaf> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(place, units)| Leaf {
            place: place as u64,
            units: *units,
            records: *units,
        })
        .collect();
    Grid::new(axes.to_vec(), margins, &leaves).unwrap()
}

/// The same as a system of figures: one a cell, and a relation for every cell
/// and the cells of each finest margin that make it up.
fn system(grid: &Grid, min: u64) -> (System, Primary) {
    let mut system = System::new();
    let mut primary = Primary::default();
    for lane in &grid.margins {
        for cell in lane.from..lane.to {
            let value = u64::from(grid.value[cell as usize]);
            let place = match lane.seen {
                Seen::Shown => Place::Row(system.row(value + 1)),
                Seen::Known if value >= min => {
                    system.row(1);
                    Place::Public
                }
                Seen::Known => {
                    system.row(1);
                    Place::Hidden
                }
            };
            let mut figure = Figure::persons(value, place);
            figure.alone = grid.owner.get(&cell).copied().into_iter().collect();
            let id = system.cell(figure);
            assert_eq!(id.0, cell);
            if lane.seen == Seen::Shown && value < min {
                let need = Need {
                    below: value as i64,
                    above: (min - value) as i64,
                };
                primary.need(id, need, Reason::TooFew);
            }
        }
    }
    for lane in &grid.margins {
        for fine in &grid.margins {
            let nested = lane.levels.iter().zip(&fine.levels).all(|(a, b)| a <= b);
            if !nested || lane.levels == fine.levels {
                continue;
            }
            let size = (lane.to - lane.from) as usize;
            let mut parts: Vec<std::collections::BTreeSet<CellId>> = vec![Default::default(); size];
            for leaf in 0..grid.units.len() as u32 {
                let at = grid.at(leaf);
                let total = (grid.cell(lane, &at) - lane.from) as usize;
                parts[total].insert(CellId(grid.cell(fine, &at)));
            }
            for (total, parts) in (lane.from..lane.to).zip(parts) {
                system.sum(CellId(total), &Vec::from_iter(parts));
            }
        }
    }
    (system, primary)
}

fn shapes() -> Vec<Vec<Axis>> {
    vec![
        vec![axis(&[2, 3, 4]), axis(&[3]), axis(&[2])],
        vec![axis(&[3]), axis(&[3])],
        vec![axis(&[5]), axis(&[4])],
        vec![axis(&[2, 2]), axis(&[3])],
        vec![axis(&[2, 2]), axis(&[2]), axis(&[2])],
        vec![axis(&[3, 1, 2]), axis(&[3]), axis(&[2])],
        vec![axis(&[4])],
    ]
}

fn random(dice: &mut Dice, axes: &[Axis], most: u64) -> Vec<u64> {
    let size: u32 = axes.iter().map(Axis::places).product();
    (0..size)
        .map(|_| {
            if dice.below(3) == 0 {
                0
            } else {
                dice.below(most)
            }
        })
        .collect()
}

#[test]
fn an_attacker_with_a_solver_finds_no_cell_nearer_than_it_may_and_no_table_is_refused() {
    let mut dice = Dice(3);
    let rounds = std::env::var("OFFRECORD_TABLES").map_or(40, |n| n.parse().unwrap());
    let mut published = 0;
    let mut withheld_needlessly = 0;
    for round in 0..rounds {
        let shapes = shapes();
        let axes = &shapes[round % shapes.len()];
        let counts = random(&mut dice, axes, [6, 15, 60][round % 3]);
        let totals = round % 2 == 0;
        let coalition = round / 2 % 2;
        let grid = grid(axes, &counts, totals);
        let min = 4;
        let done = decide(&grid, &demand(min, coalition)).unwrap();
        assert!(
            done.exposed.is_empty(),
            "round {round} coalition {coalition}: {:?} of {counts:?}",
            done.exposed
                .iter()
                .map(|cell| {
                    let lane = grid.margins.iter().find(|lane| lane.to > *cell).unwrap();
                    (
                        lane.levels.clone(),
                        grid.groups(lane, *cell),
                        grid.value[*cell as usize],
                    )
                })
                .collect::<Vec<_>>()
        );
        assert_eq!(done.met, done.sensitive);
        let (system, primary) = system(&grid, min);
        let withheld: Vec<bool> = (0..grid.cells())
            .map(|cell| !done.published(cell))
            .collect();
        published += withheld.iter().filter(|withheld| !**withheld).count();
        // Insiders are tried by hand below.
        let options = Options {
            coalition: 0,
            ..Options::default()
        };
        let found = audit(&system, &primary, &withheld, &options).unwrap();
        assert!(
            found.exposed.is_empty(),
            "round {round} coalition {coalition}: {:?} of {counts:?}, withheld {withheld:?}",
            found.exposed
        );
        assert_eq!(found.sensitive, primary.needs().len());
        let large = counts.iter().all(|count| *count >= min);
        withheld_needlessly += usize::from(large && withheld.contains(&true));
    }
    assert!(published > rounds, "{published}");
    assert_eq!(withheld_needlessly, 0);
}

#[test]
fn a_table_of_large_cells_loses_nothing() {
    let axes = [axis(&[2, 2]), axis(&[3])];
    let grid = grid(&axes, &[12; 12], true);
    let done = cover(&grid, &demand(10, 1)).unwrap();
    assert_eq!(done.sensitive, 0);
    assert!((0..grid.cells()).all(|cell| done.published(cell)));
}

#[test]
fn a_small_cell_takes_a_rectangle_with_it() {
    let axes = [axis(&[3]), axis(&[3])];
    let counts = [3, 40, 50, 30, 20, 60, 35, 70, 80];
    let grid = grid(&axes, &counts, true);
    let done = cover(&grid, &demand(10, 0)).unwrap();
    let closed = (0..grid.cells())
        .filter(|cell| !done.published(*cell))
        .count();
    assert_eq!((done.sensitive, closed), (1, 4));
}

#[test]
fn a_raised_flag_ends_it() {
    let axes = [axis(&[300]), axis(&[9])];
    let mut dice = Dice(9);
    let counts = random(&mut dice, &axes, 9);
    let raised = AtomicBool::new(true);
    let demand = Demand {
        interrupted: &raised,
        ..demand(4, 1)
    };
    assert!(matches!(
        cover(&grid(&axes, &counts, true), &demand),
        Err(Fault::Interrupted)
    ));
}

#[test]
fn what_does_not_add_up_comes_twice_or_does_not_fit_is_refused() {
    let axes = || vec![axis(&[2])];
    let leaf = |place, units| Leaf {
        place,
        units,
        records: units,
    };
    let margin = |place, units| Margin {
        levels: vec![0],
        seen: Seen::Shown,
        cells: vec![Filled {
            place,
            persons: units,
            units,
            owner: None,
        }],
    };
    let build = |margin, leaves: &[Leaf]| Grid::new(axes(), vec![margin], leaves).err();
    let good = [leaf(0, 3), leaf(1, 4)];
    assert_eq!(build(margin(0, 7), &good), None);
    assert!(matches!(
        build(margin(0, 8), &good),
        Some(Fault::DoesNotAdd(_))
    ));
    assert_eq!(
        build(margin(0, 7), &[leaf(1, 4), leaf(1, 3)]),
        Some(Fault::WrongLength)
    );
    assert_eq!(
        build(margin(0, 7), &[leaf(0, 3), leaf(2, 4)]),
        Some(Fault::WrongLength)
    );
    assert_eq!(build(margin(1, 7), &good), Some(Fault::WrongLength));
    let huge = leaf(0, u64::from(u32::MAX) + 1);
    assert_eq!(build(margin(0, 7), &[huge]), Some(Fault::Overflow));
    assert!(Axis::new(vec![vec![0, 1, 0]]).is_err());
    assert!(Axis::new(vec![vec![0, 0, 1], vec![0, 1, 1]]).is_err());
}

/// Every table of whole numbers that nobody can tell from the true one, given
/// what is seen and what one owner knows: whether each sensitive cell reaches
/// as far as it must.
fn seen_through(grid: &Grid, done: &Covered, min: u64, insider: Option<u64>) -> Vec<u32> {
    let fixed: Vec<u32> = (0..grid.cells() as u32)
        .filter(|cell| {
            let own = insider.is_some() && grid.owner.get(cell) == insider.as_ref();
            done.published(*cell as usize) || own
        })
        .collect();
    let leaves = grid.units.len() as u32;
    let holds: Vec<Vec<u32>> = (0..leaves)
        .map(|leaf| {
            let at = grid.at(leaf);
            grid.margins
                .iter()
                .map(|lane| grid.cell(lane, &at))
                .collect()
        })
        .collect();
    let total: u64 = grid.units.iter().map(|units| u64::from(*units)).sum();
    let most = if total >= min { total } else { total + min };
    let mut range = vec![(u64::MAX, 0u64); grid.cells()];
    let mut sums = vec![0u64; grid.cells()];
    fn go(
        leaf: usize,
        left: u64,
        holds: &[Vec<u32>],
        fixed: &[u32],
        value: &[u32],
        sums: &mut [u64],
        range: &mut [(u64, u64)],
    ) {
        if leaf == holds.len() {
            if fixed
                .iter()
                .all(|cell| sums[*cell as usize] == u64::from(value[*cell as usize]))
            {
                for (range, sum) in range.iter_mut().zip(sums.iter()) {
                    *range = (range.0.min(*sum), range.1.max(*sum));
                }
            }
            return;
        }
        for units in 0..=left {
            for cell in &holds[leaf] {
                sums[*cell as usize] += units;
            }
            go(leaf + 1, left - units, holds, fixed, value, sums, range);
            for cell in &holds[leaf] {
                sums[*cell as usize] -= units;
            }
        }
    }
    go(0, most, &holds, &fixed, &grid.value, &mut sums, &mut range);
    let mut wrong = Vec::new();
    for lane in grid.margins.iter().filter(|lane| lane.seen == Seen::Shown) {
        for cell in lane.from..lane.to {
            if !done.sensitive(cell as usize) {
                continue;
            }
            let value = u64::from(grid.value[cell as usize]);
            // What the insider is, or knows beforehand, is not hidden from him.
            let inside = (0..leaves).filter(|leaf| holds[*leaf as usize].contains(&cell));
            let wide = |leaf: u32| {
                holds[leaf as usize]
                    .iter()
                    .any(|other| insider.is_some() && grid.owner.get(other) == insider.as_ref())
            };
            let all_known = inside.clone().all(wide);
            let own: u64 = inside
                .filter(|leaf| wide(*leaf))
                .map(|leaf| u64::from(grid.units[leaf as usize]))
                .sum();
            let (low, high) = range[cell as usize];
            let reach = min.max(value + 1) - u64::from(insider.is_some());
            if !all_known && (low > own || high < reach) {
                wrong.push(cell);
            }
        }
    }
    wrong
}

#[test]
fn trying_every_table_breaks_no_interval_for_the_public_or_an_insider() {
    let mut dice = Dice(17);
    let rounds = std::env::var("OFFRECORD_TABLES").map_or(60, |n| n.parse().unwrap());
    let shapes = [
        vec![axis(&[2]), axis(&[3])],
        vec![axis(&[2, 1]), axis(&[2])],
        vec![axis(&[2]), axis(&[2]), axis(&[2])],
        vec![axis(&[2, 3])],
    ];
    let mut tried = 0;
    for round in 0..rounds {
        let axes = &shapes[round % shapes.len()];
        let mut counts = random(&mut dice, axes, [3, 4, 6][round % 3]);
        while counts.iter().sum::<u64>() > 12 {
            let largest = counts
                .iter()
                .enumerate()
                .max_by_key(|(_, n)| **n)
                .unwrap()
                .0;
            counts[largest] -= 1;
        }
        let grid = grid(axes, &counts, round % 2 == 0);
        let min = 3;
        let done = decide(&grid, &demand(min, 1)).unwrap();
        assert!(done.exposed.is_empty(), "round {round}: {counts:?}");
        // Beyond protection from insiders: seldom, and the public is kept out.
        let owners: std::collections::BTreeSet<u64> = match done.beyond {
            // Classes look at the public alone.
            0 if done.insiders => grid.owner.values().copied().collect(),
            _ => Default::default(),
        };
        for insider in std::iter::once(None).chain(owners.into_iter().map(Some)) {
            let wrong = seen_through(&grid, &done, min, insider);
            assert!(
                wrong.is_empty(),
                "round {round} {insider:?}: {wrong:?} of {counts:?}"
            );
            tried += 1;
        }
    }
    assert!(tried > rounds);
}

/// Whether a solver for the public finds everything that classes decided open enough.
fn attack_classes(axes: &[Axis], counts: &[u64], min: u64, round: usize) -> Option<usize> {
    let grid = grid(axes, counts, true);
    if !fits(&grid, min) {
        return None;
    }
    let done = classes(&grid, &demand(min, 0)).unwrap();
    assert!(done.exposed.is_empty(), "round {round}: {counts:?}");
    assert_eq!(done.met, done.sensitive, "round {round}: {counts:?}");
    let (system, primary) = system(&grid, min);
    let withheld: Vec<bool> = (0..grid.cells())
        .map(|cell| !done.published(cell))
        .collect();
    let options = Options {
        coalition: 0,
        ..Options::default()
    };
    let found = audit(&system, &primary, &withheld, &options).unwrap();
    assert!(
        found.exposed.is_empty(),
        "round {round}: {:?} of {counts:?}, withheld {withheld:?}",
        found.exposed
    );
    Some(withheld.iter().filter(|withheld| !**withheld).count())
}

#[test]
fn a_solver_finds_no_cell_nearer_than_it_may_where_classes_decided() {
    let mut dice = Dice(23);
    let rounds = std::env::var("OFFRECORD_TABLES").map_or(60, |n| n.parse().unwrap());
    let mut published = 0;
    for round in 0..rounds {
        let shapes = shapes();
        let axes = &shapes[round % shapes.len()];
        let counts = random(&mut dice, axes, [6, 15, 60][round % 3]);
        published += attack_classes(axes, &counts, 4, round).unwrap_or(0);
    }
    assert!(published > rounds, "{published}");
}

#[test]
fn trying_every_table_breaks_no_interval_where_classes_decided() {
    let mut dice = Dice(29);
    let rounds = std::env::var("OFFRECORD_TABLES").map_or(60, |n| n.parse().unwrap());
    let shapes = [
        vec![axis(&[2]), axis(&[3])],
        vec![axis(&[2, 1]), axis(&[2])],
        vec![axis(&[2]), axis(&[2]), axis(&[2])],
        vec![axis(&[2, 3])],
        vec![axis(&[2, 2]), axis(&[2])],
    ];
    for round in 0..rounds {
        let axes = &shapes[round % shapes.len()];
        let mut counts = random(&mut dice, axes, [3, 4, 6][round % 3]);
        while counts.iter().sum::<u64>() > 11 {
            let largest = (0..counts.len()).max_by_key(|at| counts[*at]).unwrap();
            counts[largest] -= 1;
        }
        let grid = grid(axes, &counts, true);
        if !fits(&grid, 3) {
            continue;
        }
        let done = classes(&grid, &demand(3, 0)).unwrap();
        let wrong = seen_through(&grid, &done, 3, None);
        assert!(wrong.is_empty(), "round {round}: {wrong:?} of {counts:?}");
    }
}

#[test]
fn classes_take_nothing_from_a_table_of_large_cells() {
    let axes = [axis(&[2, 2]), axis(&[3])];
    let grid = grid(&axes, &[12; 12], true);
    let done = classes(&grid, &demand(10, 1)).unwrap();
    assert_eq!(done.sensitive, 0);
    assert!((0..grid.cells()).all(|cell| done.published(cell)));
}

#[test]
fn the_proof_of_classes_finds_every_kind_of_wrong_decision() {
    let axes = [axis(&[2, 3, 4]), axis(&[3]), axis(&[2])];
    let counts = random(&mut Dice(41), &axes, 15);
    let grid = grid(&axes, &counts, true);
    let demand = demand(4, 0);
    let exposed = |spoil: &dyn Fn(&mut Vec<super::classes::Note>, &mut Vec<u8>)| {
        let (mut notes, mut state) = super::classes::decided(&grid, &demand).unwrap();
        spoil(&mut notes, &mut state);
        let done = super::classes::judged(&grid, &demand, &notes, state).unwrap();
        assert!(done.met + done.exposed.len() as u64 >= done.sensitive);
        done.exposed.len()
    };
    assert_eq!(exposed(&|_, _| {}), 0);
    // One more figure than follows from the classes, each in turn.
    let (_, state) = super::classes::decided(&grid, &demand).unwrap();
    let hidden: Vec<usize> = (0..state.len())
        .filter(|cell| state[*cell] & super::shift::SEEN == 0)
        .collect();
    assert!(hidden.len() > 20);
    for cell in hidden {
        assert!(exposed(&|_, state| state[cell] |= super::shift::SEEN) > 0);
    }
    // Classes that are too small, do not nest, belong elsewhere, or are missing.
    let finest = |notes: &mut Vec<super::classes::Note>, at: usize| {
        notes[at].of = (0..6).collect();
    };
    let last = super::classes::decided(&grid, &demand).unwrap().0.len() - 1;
    assert!(exposed(&|notes, _| finest(notes, last)) > 0);
    assert!(exposed(&|notes, _| finest(notes, 1)) > 0);
    assert!(exposed(&|notes, _| notes[last].above = last) > 0);
    assert!(exposed(&|notes, _| notes[last].above = 0) > 0);
    assert!(exposed(&|notes, _| drop(notes.pop())) > 0);
    assert!(exposed(&|notes, _| notes[last].groups.push(0)) > 0);
}
