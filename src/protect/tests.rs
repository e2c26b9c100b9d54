//! Claims about suppression as a whole. All figures are invented.

use hashbrown::HashMap;

use super::attack::audit;
use super::cube::{Cube, Dimension};
use super::moves::{Ask, Proposal, Solver};
use super::rules::{Need, Primary, PrimaryRules, Reason, Zeros};
use super::suppress::{Options, Refusal, Status, Suppression, suppress, suppress_with};
use super::system::{CellId, Fault, Figure, Measure, Place, System};

/// A small generator of numbers, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % most.max(1)
    }
}

fn flat(rows: &[&[i64]]) -> (Cube, System) {
    let cube = Cube::new(vec![
        Dimension::flat(rows.len()),
        Dimension::flat(rows[0].len()),
    ])
    .unwrap();
    let mut values = vec![0; cube.size()];
    for (r, row) in (1..).zip(rows) {
        for (c, value) in (1..).zip(*row) {
            values[cube.at(&[r, c])] = *value;
        }
    }
    cube.roll_up(&mut values).unwrap();
    let system = cube.counts(&values, |_, value| 100 + value.unsigned_abs());
    (cube, system)
}

fn done(system: &System, rules: &PrimaryRules) -> Suppression {
    let primary = rules.apply(system).unwrap();
    suppress(system, &primary, &Options::default()).unwrap()
}

/// Least and greatest value of every withheld figure over all tables of whole
/// numbers that an attacker cannot exclude, by trying them all.
fn brute(system: &System, withheld: &[bool], most: i64) -> HashMap<CellId, (i64, i64)> {
    let unknown: Vec<CellId> = (0..system.cells())
        .map(|at| CellId(u32::try_from(at).unwrap()))
        .filter(|cell| !system.seen(*cell, withheld))
        .collect();
    let mut table: Vec<i64> = (0..system.cells())
        .map(|at| system.value(CellId(u32::try_from(at).unwrap())))
        .collect();
    let mut found = HashMap::new();
    // Figures are set one after the other; a relation is checked with its last.
    let last: Vec<Vec<usize>> = {
        let mut last = vec![Vec::new(); unknown.len() + 1];
        for equation in 0..system.equations() {
            let at = system
                .terms(equation)
                .filter_map(|(cell, _)| unknown.iter().position(|other| *other == cell))
                .max();
            if let Some(at) = at {
                last[at].push(equation);
            }
        }
        last
    };
    fn go(
        at: usize,
        system: &System,
        unknown: &[CellId],
        last: &[Vec<usize>],
        most: i64,
        table: &mut Vec<i64>,
        found: &mut HashMap<CellId, (i64, i64)>,
    ) {
        let Some(cell) = unknown.get(at) else {
            for cell in unknown {
                let value = table[cell.at()];
                let range = found.entry(*cell).or_insert((value, value));
                range.0 = range.0.min(value);
                range.1 = range.1.max(value);
            }
            return;
        };
        let held = table[cell.at()];
        for value in 0..=most {
            table[cell.at()] = value;
            let fits = last[at].iter().all(|equation| {
                let sum: i64 = system
                    .terms(*equation)
                    .map(|(cell, factor)| table[cell.at()] * i64::from(factor))
                    .sum();
                sum == system.constant(*equation)
            });
            if fits {
                go(at + 1, system, unknown, last, most, table, found);
            }
        }
        table[cell.at()] = held;
    }
    go(0, system, &unknown, &last, most, &mut table, &mut found);
    found
}

/// Which sensitive figures an attacker who tries all tables sees too narrowly.
fn seen_through(system: &System, primary: &Primary, withheld: &[bool], most: i64) -> Vec<CellId> {
    let ranges = brute(system, withheld, most);
    primary
        .needs()
        .iter()
        .filter(|(cell, need, _)| {
            ranges.get(cell).is_none_or(|(low, high)| {
                let value = system.value(*cell);
                *low > value - need.below || *high < value + need.above
            })
        })
        .map(|(cell, _, _)| *cell)
        .collect()
}

#[test]
fn on_small_tables_trying_everything_breaks_no_interval_and_the_audit_agrees() {
    let mut dice = Dice(7);
    let rounds = std::env::var("OFFRECORD_TABLES").map_or(60, |n| n.parse().unwrap());
    let mut audited = 0;
    for _ in 0..rounds {
        let rows: Vec<Vec<i64>> = (0..2)
            .map(|_| {
                (0..3)
                    .map(|_| i64::try_from(dice.below(6)).unwrap())
                    .collect()
            })
            .collect();
        let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
        let (_, system) = flat(&rows);
        let primary = PrimaryRules::counts(3).apply(&system).unwrap();
        let protected = suppress(&system, &primary, &Options::default()).unwrap();
        let withheld = protected.withheld();
        let total = system.value(CellId(0));
        let free = withheld.iter().filter(|withheld| **withheld).count();
        if free <= 9 && total < 16 {
            assert_eq!(seen_through(&system, &primary, &withheld, total + 3), []);
            audited += 1;
        }
        // Primaries alone: the audit finds what trying everything finds.
        let bare: Vec<bool> = (0..system.rows())
            .map(|row| primary.of(CellId(u32::try_from(row).unwrap())).is_some())
            .collect();
        let found = audit(&system, &primary, &bare, &Options::default()).unwrap();
        let exposed: Vec<CellId> = found.exposed.iter().map(|exposure| exposure.cell).collect();
        if bare.iter().filter(|bare| **bare).count() <= 9 && total < 16 {
            assert_eq!(exposed, seen_through(&system, &primary, &bare, total + 3));
            audited += 1;
        }
    }
    assert!(
        audited > rounds / 3,
        "{audited} of {rounds} were small enough"
    );
}

#[test]
fn an_honest_table_loses_nothing() {
    let (_, system) = flat(&[&[10, 12, 40], &[30, 11, 15]]);
    let done = done(&system, &PrimaryRules::counts(10));
    assert!(
        done.status
            .iter()
            .all(|status| *status == Status::Published)
    );
    assert_eq!(done.audit.sensitive, 0);
}

#[test]
fn a_small_cell_takes_a_rectangle_with_it() {
    let (cube, system) = flat(&[&[3, 40, 50], &[30, 20, 60], &[35, 70, 80]]);
    let done = done(&system, &PrimaryRules::counts(10));
    assert_eq!(done.complementary(), 3);
    assert_eq!(
        done.status[cube.at(&[1, 1])],
        Status::Primary(Reason::TooFew)
    );
    assert_eq!(done.audit.met, 1);
}

/// Every line has no withheld cell or at least two, and yet one follows: rows
/// 1 and 2 together hide what columns 1 and 2 hide, and one cell more.
#[test]
fn two_withheld_in_every_line_and_one_of_them_determined() {
    let (cube, system) = flat(&[
        &[20, 25, 30, 35],
        &[21, 26, 4, 36],
        &[22, 27, 31, 37],
        &[23, 28, 32, 38],
    ]);
    let mut withheld = vec![false; system.rows()];
    for at in [
        [1, 1],
        [1, 2],
        [2, 1],
        [2, 2],
        [2, 3],
        [3, 3],
        [3, 4],
        [4, 3],
        [4, 4],
    ] {
        withheld[cube.at(&at)] = true;
    }
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    let found = audit(&system, &primary, &withheld, &Options::default()).unwrap();
    assert_eq!((found.sensitive, found.met), (1, 0));
    let exposure = &found.exposed[0];
    assert!(exposure.exact);
    assert_eq!(exposure.interval, (4, Some(4)));
    // The proof can be recomputed by hand: multiplied and added, the relations
    // leave this figure alone among what is withheld.
    let mut left = std::collections::BTreeMap::new();
    for (equation, by) in &exposure.equations {
        for (cell, factor) in system.terms(equation.0 as usize) {
            *left.entry(cell).or_insert(0) += by * i64::from(factor);
        }
    }
    left.retain(|cell, factor| *factor != 0 && !system.seen(*cell, &withheld));
    assert_eq!(left.keys().collect::<Vec<_>>(), [&exposure.cell]);
    assert!(!exposure.cure.is_empty());
    for row in &exposure.cure {
        withheld[row.at()] = true;
    }
    let cured = audit(&system, &primary, &withheld, &Options::default()).unwrap();
    assert_eq!(cured.met, 1);
}

/// One table counts by a, the other by b; they share total and a cell.
#[test]
fn two_tables_that_are_safe_alone_are_not_safe_together() {
    let mut system = System::new();
    let mut cell = |value| {
        let row = system.row(10);
        system.cell(Figure::persons(value, Place::Row(row)))
    };
    let total = cell(100);
    let (x, small, other) = (cell(40), cell(4), cell(56));
    let (far, near) = (cell(60), cell(40));
    let first = system.sum(total, &[x, small, other]);
    let alone = {
        let mut system = system.clone();
        let rules = PrimaryRules::counts(10);
        let done = done(&system, &rules);
        assert_eq!(done.complementary(), 1);
        system.set_value(total, 100);
        done.withheld()
    };
    let hidden = if alone[1] { x } else { other };
    // The second table has the figure that the first one withheld, too.
    let second = if hidden == x {
        system.sum(total, &[far, x])
    } else {
        system.sum(total, &[near, far]);
        system.equation(&[(other, 1), (far, -1)], -4)
    };
    assert_ne!(first, second);
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    let found = audit(&system, &primary, &alone, &Options::default()).unwrap();
    assert_eq!(found.exposed.len(), 1);
    assert_eq!(found.exposed[0].cell, small);
    let joint = suppress(&system, &primary, &Options::default()).unwrap();
    assert_eq!(joint.audit.met, 1);
    assert_ne!(joint.withheld(), alone);
}

#[test]
fn a_singleton_that_knows_itself_does_not_see_its_neighbour() {
    let mut system = System::new();
    let values = [1u64, 1, 30, 40];
    let mut parts = Vec::new();
    for (owner, value) in (1..).zip(values) {
        let row = system.row(value);
        let mut figure = Figure::persons(value, Place::Row(row));
        if value == 1 {
            figure.alone = vec![owner];
        }
        parts.push(system.cell(figure));
    }
    let total = system.cell(Figure::persons(72, Place::Public));
    system.sum(total, &parts);
    let mut primary = Primary::default();
    for part in &parts[..2] {
        primary.need(*part, Need { below: 1, above: 1 }, Reason::TooFew);
    }
    let public = Options {
        coalition: 0,
        ..Options::default()
    };
    assert_eq!(
        suppress(&system, &primary, &public)
            .unwrap()
            .complementary(),
        0,
        "the public cannot tell the two apart"
    );
    let careful = suppress(&system, &primary, &Options::default()).unwrap();
    assert_eq!(careful.complementary(), 1);
    let bare = [true, true, false, false];
    let found = audit(&system, &primary, &bare, &Options::default()).unwrap();
    assert_eq!(found.exposed.len(), 2);
    assert!(found.exposed.iter().all(|exposure| exposure.coalition));
}

/// Singletons three and four: any two may sit together.
#[test]
fn a_coalition_of_two_takes_one_cell_more() {
    let mut system = System::new();
    let values = [1u64, 1, 1, 30];
    let mut parts = Vec::new();
    for (owner, value) in (1..).zip(values) {
        let row = system.row(value);
        let mut figure = Figure::persons(value, Place::Row(row));
        if value == 1 {
            figure.alone = vec![owner];
        }
        parts.push(system.cell(figure));
    }
    let total = system.cell(Figure::persons(33, Place::Public));
    system.sum(total, &parts);
    let mut primary = Primary::default();
    for part in &parts[..3] {
        primary.need(*part, Need { below: 0, above: 1 }, Reason::TooFew);
    }
    for (coalition, expected) in [(1, 0), (2, 1)] {
        let options = Options {
            coalition,
            ..Options::default()
        };
        let done = suppress(&system, &primary, &options).unwrap();
        assert_eq!(done.complementary(), expected, "coalition of {coalition}");
    }
}

#[test]
fn an_extract_that_completes_the_table_is_refused() {
    let mut system = System::new();
    let row = system.row(1);
    let small = system.cell(Figure::persons(3, Place::Row(row)));
    let row = system.row(1);
    let large = system.cell(Figure::persons(30, Place::Row(row)));
    let total = system.cell(Figure::persons(33, Place::Public));
    let counted = system.cell(Figure::persons(30, Place::Public));
    system.sum(total, &[small, large]);
    system.same(large, counted);
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    let Err(Refusal::Exposed(found)) = suppress(&system, &primary, &Options::default()) else {
        panic!("it was published");
    };
    assert_eq!(found.exposed[0].cell, small);
    assert!(found.exposed[0].exact);
    assert!(!found.exposed[0].equations.is_empty());
}

#[test]
fn persons_in_two_branches_are_a_figure_that_is_protected() {
    let build = |total: u64| {
        let mut system = System::new();
        let mut cell = |value| {
            let row = system.row(value);
            system.cell(Figure::persons(value, Place::Row(row)))
        };
        let all = cell(total);
        let parts = [cell(30), cell(40), cell(50)];
        system.overlap(all, &parts);
        system
    };
    // 3 of 120 stand in two branches: publishing all four figures would say so.
    let rules = PrimaryRules::counts(10);
    let some = done(&build(117), &rules);
    assert_eq!(some.complementary(), 1);
    // 20 do: nothing is small.
    assert_eq!(done(&build(100), &rules).complementary(), 0);
}

#[test]
fn a_difference_of_few_between_two_releases_is_refused() {
    let mut system = System::new();
    let before = system.cell(Figure::persons(600, Place::Public));
    let now = system.cell(Figure::persons(597, Place::Public));
    let gone = system.cell(Figure::persons(3, Place::Hidden));
    system.sum(before, &[now, gone]);
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    assert_eq!(primary.of(gone).unwrap().1, Reason::Difference);
    assert!(suppress(&system, &primary, &Options::default()).is_err());
}

#[test]
fn empty_cells_hide_like_small_ones_unless_they_may_be_published() {
    let (cube, system) = flat(&[&[0, 40, 50], &[30, 20, 60], &[35, 70, 80]]);
    let mut rules = PrimaryRules::counts(10);
    let done_protected = done(&system, &rules);
    assert_eq!(
        done_protected.status[cube.at(&[1, 1])],
        Status::Primary(Reason::Empty)
    );
    rules.zeros = Zeros::Publish;
    assert_eq!(done(&system, &rules).complementary(), 0);
}

#[test]
fn figures_of_one_row_leave_together_or_not_at_all() {
    let mut system = System::new();
    let row = system.row(1);
    system.cell(Figure::persons(3, Place::Row(row)));
    let records = system.cell(Figure::records(60, 3, Place::Row(row)));
    let rest = system.row(1);
    let other = system.cell(Figure::records(70, 30, Place::Row(rest)));
    let total = system.cell(Figure::records(130, 33, Place::Public));
    system.sum(total, &[records, other]);
    let done = done(&system, &PrimaryRules::counts(10));
    assert_eq!(done.complementary(), 1);
    assert_eq!(done.audit.sensitive, 2);
}

#[test]
fn sums_keep_the_distance_that_the_rule_asks() {
    let mut system = System::new();
    let mut parts = Vec::new();
    for (value, largest) in [
        (1000i64, vec![950, 20]),
        (900, vec![200, 190]),
        (5000, vec![300, 290]),
    ] {
        let row = system.row(value.unsigned_abs());
        parts.push(system.cell(Figure {
            value,
            measure: Measure::Sum,
            place: Place::Row(row),
            persons: 40,
            largest,
            alone: Vec::new(),
            low: 0,
            high: None,
        }));
    }
    let total = system.cell(Figure {
        value: 6900,
        measure: Measure::Sum,
        place: Place::Public,
        persons: 120,
        largest: vec![950, 300],
        alone: Vec::new(),
        low: 0,
        high: None,
    });
    system.sum(total, &parts);
    let mut rules = PrimaryRules::counts(3);
    rules.dominance = vec![super::rules::Dominance::P { percent: 10 }];
    let primary = rules.apply(&system).unwrap();
    assert_eq!(primary.needs().len(), 1);
    let done = suppress(&system, &primary, &Options::default()).unwrap();
    assert_eq!(done.complementary(), 1);
    assert!(done.audit.narrowest.unwrap() >= 130);
}

/// Solvers that are wrong in every way a solver can be.
struct Broken(u8);

impl Solver for Broken {
    fn propose(&mut self, ask: &Ask<'_>) -> Proposal {
        let amount = f64::from(i32::try_from(ask.amount).unwrap());
        match self.0 {
            0 => Proposal::Change(vec![(ask.cell, amount)]),
            1 => Proposal::Change(vec![(ask.cell, f64::NAN)]),
            2 => Proposal::Change(vec![(ask.cell, f64::INFINITY)]),
            3 => Proposal::Change(vec![(ask.cell, amount), (ask.cell, -amount)]),
            4 => Proposal::Change(vec![]),
            5 => Proposal::Change(vec![(CellId(0), amount)]),
            6 => Proposal::Change(vec![(ask.cell, amount + 0.3)]),
            7 => Proposal::Change(vec![(ask.cell, 1e300)]),
            8 => Proposal::Impossible,
            9 => Proposal::Narrow,
            _ => Proposal::GaveUp,
        }
    }

    fn name(&self) -> &'static str {
        "broken on purpose"
    }
}

#[test]
fn no_fault_of_a_solver_passes_for_protection() {
    let (_, system) = flat(&[&[3, 40, 50], &[30, 20, 60], &[35, 70, 80]]);
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    for fault in 0..=10 {
        let result = suppress_with(
            &system,
            &primary,
            &Options::default(),
            Some(&move |_, _| Box::new(Broken(fault))),
        );
        assert!(result.is_err(), "fault {fault} went through");
    }
}

#[test]
fn the_same_figures_give_the_same_decisions() {
    let mut dice = Dice(11);
    let rows: Vec<Vec<i64>> = (0..12)
        .map(|_| {
            (0..9)
                .map(|_| i64::try_from(dice.below(40)).unwrap())
                .collect()
        })
        .collect();
    let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
    let (_, system) = flat(&rows);
    let rules = PrimaryRules::counts(10);
    let first = done(&system, &rules).status;
    assert!(first.contains(&Status::Complementary));
    for _ in 0..3 {
        assert_eq!(done(&system, &rules).status, first);
    }
}

#[test]
fn a_coin_in_three_dimensions_and_hierarchies_is_protected_too() {
    let region = Dimension {
        nodes: 7,
        lines: vec![(0, vec![1, 2]), (1, vec![3, 4]), (2, vec![5, 6])],
    };
    let cube = Cube::new(vec![region, Dimension::flat(3), Dimension::flat(2)]).unwrap();
    let mut dice = Dice(5);
    for _ in 0..20 {
        let mut values = vec![0; cube.size()];
        for r in 3..7 {
            for a in 1..4 {
                for s in 1..3 {
                    values[cube.at(&[r, a, s])] = i64::try_from(dice.below(30)).unwrap();
                }
            }
        }
        cube.roll_up(&mut values).unwrap();
        let system = cube.counts(&values, |_, value| 100 + value.unsigned_abs());
        let done = done(&system, &PrimaryRules::counts(10));
        assert_eq!(done.audit.met, done.audit.sensitive);
    }
}

/// A search that is bounded ends with a refusal, not with less protection, and
/// at the same place each time.
#[test]
fn a_search_that_may_not_take_longer_is_none() {
    let (_, system) = flat(&[&[20, 50, 10], &[8, 19, 22], &[17, 32, 4], &[3, 40, 60]]);
    let primary = PrimaryRules::counts(10).apply(&system).unwrap();
    let with = |most_work| {
        let options = Options {
            most_work,
            ..Options::default()
        };
        suppress(&system, &primary, &options).map(|done| done.withheld())
    };
    let whole = with(u64::MAX).unwrap();
    let least = (0..40).find(|power| with(1 << power).is_ok()).unwrap();
    assert!(least > 0, "the search does some work");
    for power in 0..least {
        assert!(matches!(
            with(1 << power),
            Err(Refusal::Fault(Fault::TooLarge))
        ));
    }
    assert_eq!(with(1 << least).unwrap(), whole);
}
