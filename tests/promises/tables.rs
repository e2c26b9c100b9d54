//! Tables: figures are right, and whoever knows every published total and can
//! count the extract does not learn a withheld cell.

use std::collections::{BTreeMap, BTreeSet};

use offrecord::protect::{Count, Rules, protect};
use offrecord::tally::CellCount;

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Scene, why};

const MIN: u64 = 3;

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

/// What the rules publish of a table: cells with their figures, and the names
/// of withheld ones where they are listed. The attacker knows the rules.
fn published_of(
    cells: &Cells,
    shown: bool,
    show_withheld: bool,
) -> BTreeMap<Vec<String>, Option<u64>> {
    let counts: BTreeMap<Vec<String>, CellCount> = cells
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|((a, b), count)| {
            let count = CellCount {
                records: *count,
                persons: *count,
            };
            (vec![a.clone(), b.clone()], count)
        })
        .collect();
    let rules = Rules {
        name: "t",
        by: vec!["a", "b"],
        figures: vec![Count::Persons],
        min: MIN,
        known_margins: if shown { vec![1] } else { vec![] },
        show_withheld,
    };
    let cells = protect(&rules, &counts).cells.into_iter();
    cells
        .map(|cell| (cell.labels, cell.figures.map(|figures| figures[0])))
        .collect()
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
    let (mut attacked, mut learnt) = (0, Vec::new());
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let (shown, named) = (random.chance(50), random.chance(30));
        let (text, cells) = records(&mut random);
        let out = format!("out-{seed}");
        let release = scene.release(&policy(shown, named), text.as_bytes(), &out, How::default());
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
        if hidden == 0 || hidden > 11 || unknown.len() > 7 {
            continue;
        }
        let mut possible: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
        fill(&unknown, &sums, &mut known.clone(), &mut |table| {
            if published_of(table, shown, named) == seen {
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
    assert!(attacked > 60, "{attacked}");
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
fn what_simple_suppression_cannot_protect_is_refused_by_name() {
    let scene = Scene::new();
    let input = b"s,a,b\n1,x,y\n";
    let a_shown = column("a", "do = \"keep\"\nkind = \"text\"");
    let both =
        policy(true, false).replace(&column("a", "do = \"drop\"\ntables = \"keep\""), &a_shown);
    let two = policy(false, false) + "[[tables]]\nname = \"u\"\nby = [\"a\"]\nmin = 3\n";
    let sum = policy(false, false).replace("count = [\"person\"]", "count = [{ sum = \"b\" }]");
    let levels = policy(false, false).replace("by = [\"a\", \"b\"]", "by = [\"a > b\"]");
    let low = policy(false, false).replace("min = 3", "min = 1");
    for policy in [both, two, sum, levels, low] {
        let stop = scene.refused(&policy, input, How::default());
        assert_eq!(stop.code(), 2, "{}\n{policy}", why(&stop));
    }
}
