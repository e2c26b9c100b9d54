//! Tables: figures are right, and whoever knows every published total and can
//! count the extract does not learn a withheld cell.

use std::collections::{BTreeMap, BTreeSet};

use offrecord::ledger::Ties;
use offrecord::protect::rules::PrimaryRules;
use offrecord::protect::suppress::{Options, Status as Decision, suppress};
use offrecord::protect::system::{Figure, Place, System};

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Release, Scene, test_key, why};

const MIN: u64 = 3;

/// Tables attacked by trying every table that there could be.
const ROUNDS: u64 = 300;

/// Counts by a (dropped) and b (which leaves in rows where `shown`).
fn policy(shown: bool, show_withheld: bool) -> String {
    let b = if shown {
        "do = \"keep\"\nkind = \"text\""
    } else {
        "do = \"drop\"\ntables = \"keep\""
    };
    head("tables").replacen("[grounds]", "[subject]\ncolumn = \"s\"\n\n[grounds]", 1)
        + &column(
            "s",
            "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"",
        )
        + &column("a", "do = \"drop\"\ntables = \"keep\"")
        + &column("b", b)
        + "[extract]\n"
        + &format!(
            "[[tables]]\nname = \"t\"\nby = [\"a\", \"b\"]\ncount = [\"person\"]\nmin = {MIN}\nshow_withheld = {show_withheld}\n"
        )
}

/// Records of distinct people; cells by their labels.
fn records(random: &mut Random) -> (String, BTreeMap<(String, String), u64>) {
    let (width, height) = (1 + random.below(3), 1 + random.below(3));
    let mut text = "s,a,b\n".to_owned();
    let mut cells = BTreeMap::new();
    let mut person = 0;
    for a in 0..width {
        for b in 0..height {
            let count = match random.below(4) {
                0 => 0,
                1 => random.below(3),
                _ => random.below(9),
            };
            for _ in 0..count {
                text.push_str(&format!("s{person},a{a},b{b}\n"));
                person += 1;
            }
            if count > 0 {
                cells.insert((format!("a{a}"), format!("b{b}")), count as u64);
            }
        }
    }
    (text, cells)
}

/// A table as counted, by its labels.
type Cells = BTreeMap<(String, String), u64>;

/// The place of a cell among its equals, by its labels.
type Breaks<'a> = dyn Fn(&[String]) -> u64 + 'a;

/// What the rules publish of a table: cells with their figures, and the names
/// of withheld ones where they are listed. The attacker knows the rules.
fn published_of(
    cells: &Cells,
    shown: bool,
    show_withheld: bool,
    ties: &Breaks<'_>,
) -> BTreeMap<Vec<String>, Option<u64>> {
    let a: BTreeSet<&str> = filled(cells).map(|((a, _), _)| a.as_str()).collect();
    let b: BTreeSet<&str> = filled(cells).map(|((_, b), _)| b.as_str()).collect();
    let total = |of: &dyn Fn(&str) -> bool| -> u64 {
        filled(cells)
            .filter(|((_, b), _)| of(b))
            .map(|(_, count)| count)
            .sum()
    };
    // A small sum that no table shows is no figure of ours.
    let sum_of = |system: &mut System, value: u64| {
        (value >= MIN).then(|| system.cell(Figure::persons(value, Place::Public)))
    };
    let mut system = System::new();
    let everything = sum_of(&mut system, total(&|_| true));
    // The extract shows the sums by b, unless b is all that there is to tell apart.
    let lines: Vec<_> = b
        .iter()
        .filter(|_| shown)
        .map(|b| sum_of(&mut system, total(&|of| of == *b)))
        .collect();
    let mut grid = Vec::new();
    for a in &a {
        for b in &b {
            let count = cells.get(&((*a).to_owned(), (*b).to_owned())).copied();
            let count = count.unwrap_or(0);
            let labels = vec![(*a).to_owned(), (*b).to_owned()];
            let row = system.row((count + 1) * 256 + ties(&labels));
            let mut figure = Figure::persons(count, Place::Row(row));
            if count <= 3 {
                figure.alone = (0..count).map(|n| (grid.len() as u64) << 2 | n).collect();
            }
            grid.push((labels, count, row, system.cell(figure)));
        }
    }
    let of_line = |at: usize| -> Vec<_> {
        let cells = grid.iter().enumerate();
        cells
            .filter(|(cell, _)| cell % b.len() == at)
            .map(|(_, cell)| cell.3)
            .collect()
    };
    if shown {
        if let (Some(everything), Some(lines)) = (
            everything,
            lines.iter().copied().collect::<Option<Vec<_>>>(),
        ) {
            system.sum(everything, &lines);
        }
        for (at, line) in lines.iter().enumerate() {
            if let Some(line) = line {
                system.sum(*line, &of_line(at));
            }
        }
    } else if let Some(everything) = everything {
        let all: Vec<_> = grid.iter().map(|cell| cell.3).collect();
        system.sum(everything, &all);
    }
    let primary = PrimaryRules::counts(MIN).apply(&system).unwrap();
    // What would have been refused was not what was published.
    let Ok(done) = suppress(&system, &primary, &Options::default()) else {
        return BTreeMap::new();
    };
    // Names would give the cells of a small sum away, and any figure where there is one.
    let sums = b.iter().map(|b| total(&|of| of == *b));
    let small = match shown {
        true => sums.into_iter().any(|sum| sum < MIN),
        false => total(&|_| true) < MIN,
    };
    let silent = shown && small && a.len() == 1;
    grid.into_iter()
        .filter_map(|(labels, count, row, _)| {
            let open = done.status[row.at()] == Decision::Published && count > 0 && !silent;
            (open || show_withheld && !small).then_some((labels, open.then_some(count)))
        })
        .collect()
}

fn filled(cells: &Cells) -> impl Iterator<Item = (&(String, String), &u64)> {
    cells.iter().filter(|(_, count)| **count > 0)
}

/// Fills the unknown cells in every way that gives the sums which can be read
/// off the release.
fn fill(
    unknown: &[(String, String)],
    sums: &BTreeMap<String, u64>,
    so_far: &mut Cells,
    each: &mut dyn FnMut(&Cells),
) {
    let Some((cell, rest)) = unknown.split_first() else {
        if sums.values().all(|left| *left == 0) {
            each(so_far);
        }
        return;
    };
    let line = if sums.contains_key("") { "" } else { &cell.1 };
    for value in 0..=sums[line] {
        let mut sums = sums.clone();
        *sums.get_mut(line).unwrap() -= value;
        so_far.insert(cell.clone(), value);
        fill(rest, &sums, so_far, each);
    }
    so_far.remove(cell);
}

#[test]
fn an_attacker_who_knows_the_rules_and_all_totals_and_counts_the_extract_never_learns_a_withheld_cell()
 {
    let scene = Scene::new();
    let (mut attacked, mut refused, mut beyond, mut learnt) = (0, 0, 0, Vec::new());
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let (shown, named) = (random.chance(50), random.chance(30));
        let (text, cells) = records(&mut random);
        let out = format!("out-{seed}");
        let input = scene.write(&format!("{out}.csv"), &text);
        if let Err(stop) = scene.run(&policy(shown, named), &[input], &out, How::default()) {
            // Of so few people whose number is known, one learns about the others.
            assert_eq!(stop.code(), 3, "seed {seed}: {}", why(&stop));
            let mut lines: BTreeMap<&str, u64> = BTreeMap::new();
            for ((_, b), count) in &cells {
                *lines.entry(if shown { b } else { "" }).or_default() += count;
            }
            assert!(
                lines.values().any(|line| *line < 2 * MIN),
                "seed {seed}: refused without need: {cells:?}"
            );
            refused += 1;
            continue;
        }
        let release = Release::read(&scene.path(&out), None);
        let table = release.table("t");
        let mut seen: BTreeMap<Vec<String>, Option<u64>> = BTreeMap::new();
        for row in 0..table.rows.len() {
            let labels = vec![
                table.get(row, "a").to_owned(),
                table.get(row, "b").to_owned(),
            ];
            let figure = match table.get(row, "status") {
                "published" => Some(table.get(row, "persons").parse().unwrap()),
                _ => None,
            };
            if let Some(figure) = figure {
                let cell = (labels[0].clone(), labels[1].clone());
                assert_eq!(
                    cells.get(&cell),
                    Some(&figure),
                    "seed {seed}: a figure is wrong"
                );
                assert!(figure >= MIN, "seed {seed}: below the minimum");
            }
            seen.insert(labels, figure);
        }
        // Cells that the attacker thinks of: every pair of labels in the data,
        // and one that nobody has heard of.
        let mut a: BTreeSet<&str> = cells.keys().map(|(a, _)| a.as_str()).collect();
        let b: BTreeSet<&str> = cells.keys().map(|(_, b)| b.as_str()).collect();
        a.insert("unheard");
        let unknown: Vec<(String, String)> = a
            .iter()
            .flat_map(|a| b.iter().map(|b| ((*a).to_owned(), (*b).to_owned())))
            .filter(|(a, b)| !matches!(seen.get(&vec![a.clone(), b.clone()]), Some(Some(_))))
            .collect();
        let known: Cells = seen
            .iter()
            .filter_map(|(labels, figure)| {
                Some(((labels[0].clone(), labels[1].clone()), (*figure)?))
            })
            .collect();
        // Sums that can be read off: each line of b in the extract, or all records.
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        if shown {
            for b in release.extract().column("b") {
                *sums.entry(b.to_owned()).or_default() += 1;
            }
        } else {
            let read = &release.manifest()["predicate"]["records"]["read"];
            sums.insert(String::new(), read.as_u64().unwrap());
        }
        for ((_, b), figure) in &known {
            let line = if shown { b.as_str() } else { "" };
            *sums.get_mut(line).unwrap() -= figure;
        }
        let hidden: u64 = sums.values().sum();
        if hidden == 0 || hidden > 11 || unknown.len() > 6 {
            continue;
        }
        // The attacker knows the algorithm and not the key: which of two equal
        // cells goes with a third may be either.
        let truth = Ties::new(test_key(), "register-2016");
        let known_ties = |labels: &[String]| truth.of(labels);
        // What one of the people behind a figure works out without any table is
        // left to them; the attacker's model does not go that far.
        if published_of(&cells, shown, named, &known_ties) != seen {
            beyond += 1;
            continue;
        }
        let guess = |n: u64| {
            move |labels: &[String]| {
                let text: String = labels.concat();
                text.bytes().fold(n, |sum, byte| {
                    let mixed = (sum ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    mixed ^ mixed >> 29
                }) >> 56
            }
        };
        let (a, b, c, d, e) = (guess(1), guess(2), guess(3), guess(4), guess(5));
        let worlds: [&Breaks<'_>; 6] = [&known_ties, &a, &b, &c, &d, &e];
        let mut possible: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
        fill(&unknown, &sums, &mut known.clone(), &mut |table| {
            if worlds
                .iter()
                .any(|ties| published_of(table, shown, named, ties) == seen)
            {
                for cell in &unknown {
                    possible
                        .entry(cell.clone())
                        .or_default()
                        .insert(table[cell]);
                }
            }
        });
        for cell in &unknown {
            let count = cells.get(cell).copied().unwrap_or(0);
            assert!(
                possible[cell].contains(&count),
                "seed {seed}: the attack is wrong"
            );
            attacked += u64::from(count > 0);
            if possible[cell].len() == 1 && count > 0 {
                learnt.push(format!(
                    "seed {seed} (shown {shown}, withheld cells named {named}): {cell:?} is {count} of {cells:?}"
                ));
            }
        }
    }
    assert!(
        attacked > 25 && refused < 15 && beyond * 20 <= ROUNDS,
        "{attacked}, {refused}, {beyond}"
    );
    assert!(
        learnt.is_empty(),
        "{} of {attacked}\n{}",
        learnt.len(),
        learnt.join("\n")
    );
}

#[test]
fn figures_count_distinct_people_of_all_readable_records_the_withheld_ones_too() {
    let scene = Scene::new();
    let policy = policy(false, false).replace(
        "[extract]\n",
        "[[rows]]\ndo = \"withhold\"\ncolumn = \"s\"\nin = [\"s1\", \"s2\"]\nground = \"any\"\nwhy = \"Because a test asks for it\"\n\n[extract]\n",
    );
    let mut text = "s,a,b\n".to_owned();
    for person in 0..20 {
        for _ in 0..=person % 3 {
            text.push_str(&format!("s{person},a{},b0\n", person % 2));
        }
    }
    let release = scene.release(&policy, text.as_bytes(), "out", How::default());
    let table = release.table("t");
    assert_eq!(table.header, ["a", "b", "persons", "status"]);
    assert_eq!(
        table.rows,
        [
            ["a0", "b0", "10", "published"],
            ["a1", "b0", "10", "published"]
        ]
    );
}

#[test]
fn counts_in_the_manifest_never_show_a_remainder_below_the_minimum() {
    let scene = Scene::new();
    for kept_back in 0..9 {
        let policy = policy(false, false).replace(
            "[extract]\n",
            "[[rows]]\ndo = \"withhold\"\ncolumn = \"b\"\nin = [\"gone\"]\nground = \"any\"\nwhy = \"Because a test asks for it\"\n\n[extract]\n",
        );
        let mut text = "s,a,b\n".to_owned();
        for person in 0..40 {
            let b = if person < kept_back { "gone" } else { "b" };
            text.push_str(&format!("s{person},a,{b}\n"));
        }
        let out = format!("out-{kept_back}");
        let release = scene.release(&policy, text.as_bytes(), &out, How::default());
        let manifest = release.manifest();
        let records = manifest["predicate"]["records"].as_object().unwrap();
        let written = records["written"].as_u64().unwrap();
        for (name, count) in records {
            let Some(count) = count.as_u64().filter(|_| name != "hidden_below") else {
                continue;
            };
            assert!(count == 0 || count >= MIN, "{kept_back}: {name} is {count}");
            let rest = count.saturating_sub(written);
            assert!(
                name != "read" || rest == 0 || rest >= MIN,
                "{kept_back}: read less written is {rest}"
            );
        }
    }
}

#[test]
fn what_cannot_be_protected_is_refused_by_name() {
    let scene = Scene::new();
    let input = b"s,a,b\n1,x,y\n";
    let sum = policy(false, false).replace("count = [\"person\"]", "count = [{ sum = \"b\" }]");
    let low = policy(false, false).replace("min = 3", "min = 1");
    let zeros =
        policy(false, false).replace("min = 3", "min = 3\nzeros = \"publish\"\nwhy = \"x\"");
    let totals = policy(true, false).replace("min = 3", "min = 3\ntotals = true");
    for policy in [sum, low, zeros, totals] {
        let stop = scene.refused(&policy, input, How::default());
        assert_eq!(stop.code(), 2, "{}\n{policy}", why(&stop));
    }
}
