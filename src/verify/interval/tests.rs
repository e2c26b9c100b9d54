use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::remainder::Rows;
use super::{Intervals, Model, Shape, intervals};

const ALL: &str = "(all)";

fn rows(cells: &[(&[&str], u64)]) -> Rows {
    let row = |(labels, n): &(&[&str], u64)| {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        (labels, (1, vec![Some(*n)]))
    };
    cells.iter().map(row).collect()
}

fn shape<'a>(name: &'a str, columns: &[&'a str], levels: &'a [usize], rows: &'a Rows) -> Shape<'a> {
    Shape {
        name,
        columns: columns.to_vec(),
        levels,
        total: ALL,
        min: 10,
        zeros_shown: false,
        figure: (0, "records"),
        rows,
    }
}

fn one(rows: &Rows, columns: &[&str], levels: &[usize]) -> Intervals {
    intervals(&[shape("t", columns, levels, rows)]).remove(0)
}

#[test]
fn a_single_blank_beside_its_total_is_determined() {
    // 328 - 132 - 196 leaves nothing; 331 leaves three people.
    let cells: &[(&[&str], u64)] = &[
        (&[ALL, ALL], 700),
        (&["mining", ALL], 331),
        (&["mining", "m"], 132),
        (&["mining", "x"], 196),
        (&["trade", ALL], 369),
        (&["trade", "f"], 100),
        (&["trade", "m"], 120),
        (&["trade", "x"], 149),
    ];
    let found = one(&rows(cells), &["sector", "sex"], &[1, 1]);
    assert_eq!(found.unpublished, 4, "a blank and the margins of sex");
    assert_eq!(
        found.small, 0,
        "a label that is shown nowhere may hold them"
    );
    assert_eq!(found.narrowest, Some(0), "as far as the labels go, it is 3");
    // With the margin of the column the three have one place left.
    let more: &[(&[&str], u64)] = &[(&[ALL, "f"], 103), (&[ALL, "m"], 252), (&[ALL, "x"], 345)];
    let both: Vec<(&[&str], u64)> = cells.iter().chain(more).copied().collect();
    let found = one(&rows(&both), &["sector", "sex"], &[1, 1]);
    assert_eq!(
        (found.unpublished, found.determined, found.small),
        (1, 1, 1)
    );
}

#[test]
fn lines_with_two_blanks_each_can_have_one_that_is_determined() {
    // Rows 0 and 1 less columns 0 and 1: the 7 follows, and no other blank.
    let table = [
        [3u64, 20, 7, 40],
        [20, 20, 5, 40],
        [20, 7, 20, 20],
        [30, 9, 20, 25],
    ];
    let blank = [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (2, 2),
        (2, 3),
        (3, 2),
        (3, 3),
    ];
    let mut cells: BTreeMap<Vec<String>, (u64, Vec<Option<u64>>)> = BTreeMap::new();
    let mut put = |row: String, column: String, n: u64| {
        cells.insert(vec![row, column], (1, vec![Some(n)]));
    };
    for (r, line) in table.iter().enumerate() {
        put(format!("r{r}"), ALL.to_owned(), line.iter().sum());
        for (c, n) in line.iter().enumerate() {
            if !blank.contains(&(r, c)) {
                put(format!("r{r}"), format!("c{c}"), *n);
            }
        }
    }
    put(ALL.to_owned(), ALL.to_owned(), table.iter().flatten().sum());
    for c in 0..4 {
        let column = table.iter().map(|line| line[c]).sum();
        put(ALL.to_owned(), format!("c{c}"), column);
    }
    let found = one(&cells, &["a", "b"], &[1, 1]);
    assert_eq!(
        (found.unpublished, found.determined, found.small),
        (9, 1, 1),
        "the 7, and nothing else"
    );
    assert_eq!(found.narrowest, Some(0));
}

#[test]
fn two_tables_that_share_a_margin_are_one_system() {
    // The second leaves 27 for two blanks; the first has the total of one.
    let first: &[(&[&str], u64)] = &[(&[ALL], 100), (&["x"], 40), (&["y"], 38)];
    let second: &[(&[&str], u64)] = &[
        (&[ALL, ALL], 100),
        (&["x", "p"], 20),
        (&["x", "q"], 20),
        (&["y", "p"], 18),
        (&["z", "p"], 15),
        (&[ALL, "p"], 53),
    ];
    let (first, second) = (rows(first), rows(second));
    let alone = one(&second, &["a", "b"], &[1, 1]);
    assert_eq!(alone.narrowest, Some(27));
    let both = intervals(&[
        shape("one", &["a"], &[1], &first),
        shape("two", &["a", "b"], &[1, 1], &second),
    ]);
    assert_eq!(both[1].narrowest, Some(7), "{both:?}");
}

#[test]
fn figures_that_contradict_each_other_are_not_looked_at() {
    let cells: &[(&[&str], u64)] = &[(&[ALL], 50), (&["x"], 40), (&["y"], 30)];
    let rows = rows(cells);
    let found = one(&rows, &["a"], &[1]);
    assert!(
        found
            .not_done
            .is_some_and(|why| why.contains("do not add up"))
    );
}

#[test]
fn a_hierarchy_adds_up_level_by_level() {
    let cells: &[(&[&str], u64)] = &[
        (&[ALL, ALL], 100),
        (&["s", ALL], 60),
        (&["s", "e1"], 40),
        (&["t", "e3"], 20),
        (&["t", "e4"], 20),
        (&["s", "e2"], 20),
    ];
    let found = one(&rows(cells), &["sector", "employer"], &[2]);
    // The total of t: 100 - 60, as far as the labels go.
    assert_eq!(
        (found.unpublished, found.determined, found.empty),
        (1, 1, 0)
    );
}

/// Least and greatest of every blank over all tables of whole numbers.
fn brute(size: (usize, usize), truth: &[u64], blank: &[usize]) -> Vec<(i64, i64)> {
    let (rows, columns) = size;
    let limit: Vec<u64> = blank
        .iter()
        .map(|at| {
            let line = at / columns;
            (0..columns)
                .filter(|c| blank.contains(&(line * columns + c)))
                .map(|c| truth[line * columns + c])
                .sum()
        })
        .collect();
    let mut found = vec![(i64::MAX, i64::MIN); blank.len()];
    let mut now = vec![0u64; blank.len()];
    loop {
        let mut table = truth.to_vec();
        for (at, n) in blank.iter().zip(&now) {
            table[*at] = *n;
        }
        let row = |of: &[u64], r: usize| -> u64 { (0..columns).map(|c| of[r * columns + c]).sum() };
        let column = |of: &[u64], c: usize| -> u64 { (0..rows).map(|r| of[r * columns + c]).sum() };
        if (0..rows).all(|r| row(&table, r) == row(truth, r))
            && (0..columns).all(|c| column(&table, c) == column(truth, c))
        {
            for (found, n) in found.iter_mut().zip(&now) {
                let n = i64::try_from(*n).unwrap();
                *found = (found.0.min(n), found.1.max(n));
            }
        }
        let Some(at) = (0..now.len()).find(|at| now[*at] < limit[*at]) else {
            return found;
        };
        now[at] += 1;
        now[..at].fill(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Tables with all margins shown are transport problems, whose corners are
    /// whole: the bounds are those of an attacker who tries every table.
    #[test]
    fn bounds_are_those_of_trying_every_table(
        size in (2usize..4, 2usize..4),
        numbers in prop::collection::vec(0u64..7, 9),
        hidden in prop::collection::vec(any::<bool>(), 9),
    ) {
        let (r, c) = size;
        let truth = &numbers[..r * c];
        let blank: Vec<usize> = (0..r * c).filter(|at| hidden[*at]).take(6).collect();
        let mut cells = Rows::new();
        let mut put = |row: Option<usize>, column: Option<usize>, n: u64| {
            let name = |letter: &str, at: Option<usize>| at.map_or(ALL.to_owned(), |at| format!("{letter}{at}"));
            cells.insert(vec![name("r", row), name("c", column)], (1, vec![Some(n)]));
        };
        for row in 0..r {
            put(Some(row), None, (0..c).map(|column| truth[row * c + column]).sum());
            for column in 0..c {
                if !blank.contains(&(row * c + column)) {
                    put(Some(row), Some(column), truth[row * c + column]);
                }
            }
        }
        for column in 0..c {
            put(None, Some(column), (0..r).map(|row| truth[row * c + column]).sum());
        }
        put(None, None, truth.iter().sum());
        let shape = shape("t", &["a", "b"], &[1, 1], &cells);
        let model = Model::new(&[&shape], false).unwrap();
        let bounds = model.solve().unwrap();
        let unshown: Vec<usize> = model.tables[0].iter().copied().filter(|at| model.shown[*at].is_none()).collect();
        // Cells come in order of rows and columns, as the blanks do.
        prop_assert_eq!(unshown.len(), blank.len());
        for (at, expected) in unshown.iter().zip(brute(size, truth, &blank)) {
            let bound = bounds[*at];
            prop_assert!(bound.exact);
            prop_assert_eq!((bound.low, bound.high), expected);
        }
        // Labels that may be missing leave no less room.
        let model = Model::new(&[&shape], true).unwrap();
        let wider = model.solve().unwrap();
        let named = model.tables[0].iter().copied().filter(|at| model.shown[*at].is_none());
        for (wide, at) in named.zip(unshown) {
            prop_assert!(wider[wide].low <= bounds[at].low && wider[wide].high >= bounds[at].high);
        }
    }
}
