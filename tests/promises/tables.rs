//! Tables: figures are right, and whoever knows every published total and can
//! count the extract does not learn a withheld cell.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Release, Scene, why};

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

/// What everybody can read: published cells, labels, and totals.
struct Published {
    cells: BTreeMap<(String, String), u64>,
    total: Option<u64>,
    by_b: Option<BTreeMap<String, u64>>,
}

fn published(release: &Release, shown: bool) -> Published {
    let table = release.table("t");
    let cells = (0..table.rows.len())
        .filter(|row| table.get(*row, "status") == "published")
        .map(|row| {
            let label = (
                table.get(row, "a").to_owned(),
                table.get(row, "b").to_owned(),
            );
            (label, table.get(row, "persons").parse().unwrap())
        })
        .collect();
    let records = &release.manifest()["predicate"]["records"];
    let by_b = shown.then(|| {
        let mut margin = BTreeMap::new();
        for b in release.extract().column("b") {
            *margin.entry(b.to_owned()).or_default() += 1;
        }
        margin
    });
    Published {
        cells,
        total: records["read"].as_u64(),
        by_b,
    }
}

/// Every table that agrees with what is published and with the rules, over the
/// cells that the attacker does not see: the possible values of each.
fn possible(
    published: &Published,
    hidden: &[(String, String)],
) -> BTreeMap<(String, String), BTreeSet<u64>> {
    let left = |line: Option<&str>| -> Option<u64> {
        let seen: u64 = published
            .cells
            .iter()
            .filter(|((_, b), _)| line.is_none_or(|line| line == b))
            .map(|(_, count)| count)
            .sum();
        let all = match line {
            None => published.total,
            Some(line) => match &published.by_b {
                Some(margin) => Some(margin.get(line).copied().unwrap_or(0)),
                None => None,
            },
        };
        all.map(|all| all - seen)
    };
    let lines: BTreeSet<&str> = hidden.iter().map(|(_, b)| b.as_str()).collect();
    let margins: BTreeMap<&str, Option<u64>> =
        lines.iter().map(|line| (*line, left(Some(line)))).collect();
    let mut found: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
    let mut values = vec![0; hidden.len()];
    const MOST: u64 = 10;
    search(
        hidden,
        &mut values,
        0,
        left(None),
        &margins,
        MOST,
        &mut found,
    );
    found
}

fn search(
    hidden: &[(String, String)],
    values: &mut Vec<u64>,
    at: usize,
    total: Option<u64>,
    margins: &BTreeMap<&str, Option<u64>>,
    most: u64,
    found: &mut BTreeMap<(String, String), BTreeSet<u64>>,
) {
    let Some((_, line)) = hidden.get(at) else {
        let fits = total.is_none_or(|total| total == 0)
            && margins
                .values()
                .all(|left| left.is_none_or(|left| left == 0));
        if fits {
            for (cell, value) in hidden.iter().zip(values.iter()) {
                found.entry(cell.clone()).or_default().insert(*value);
            }
        }
        return;
    };
    let line = line.as_str();
    let room = total
        .unwrap_or(most)
        .min(margins[line].unwrap_or(most))
        .min(most);
    for value in 0..=room {
        values[at] = value;
        let mut margins = margins.clone();
        if let Some(Some(left)) = margins.get_mut(line) {
            *left -= value;
        }
        search(
            hidden,
            values,
            at + 1,
            total.map(|t| t - value),
            &margins,
            most,
            found,
        );
    }
}

#[test]
fn an_attacker_who_knows_all_totals_and_counts_the_extract_never_learns_a_withheld_cell() {
    let scene = Scene::new();
    let (mut attacked, mut learnt) = (0, Vec::new());
    for seed in 0..120 {
        let mut random = Random::new(seed);
        let (shown, named) = (random.chance(50), random.chance(30));
        let (text, cells) = records(&mut random);
        let out = format!("out-{seed}");
        let release = scene.release(&policy(shown, named), text.as_bytes(), &out, How::default());
        let published = published(&release, shown);
        for (label, count) in &published.cells {
            assert_eq!(
                cells.get(label),
                Some(count),
                "seed {seed}: a figure is wrong"
            );
            assert!(*count >= MIN, "seed {seed}: below the minimum");
        }
        // Cells that the attacker may think of: every pair of labels that
        // stand anywhere in the data.
        let labels: BTreeSet<(String, String)> = cells.keys().cloned().collect();
        let all: BTreeSet<(String, String)> = labels
            .iter()
            .flat_map(|(a, _)| labels.iter().map(|(_, b)| (a.clone(), b.clone())))
            .collect();
        let hidden: Vec<(String, String)> = all
            .into_iter()
            .filter(|label| !published.cells.contains_key(label))
            .collect();
        if hidden.is_empty() || hidden.len() > 6 {
            continue;
        }
        let possible = possible(&published, &hidden);
        for cell in &hidden {
            let Some(count) = cells.get(cell).filter(|count| **count > 0) else {
                continue;
            };
            attacked += 1;
            let values = possible.get(cell);
            assert!(
                values.is_some_and(|values| values.contains(count)) || *count > 10,
                "seed {seed}: the attack is wrong"
            );
            if values.is_some_and(|values| values.len() == 1) {
                learnt.push(format!(
                    "seed {seed} (shown {shown}): {cell:?} is {count} of {cells:?}"
                ));
            }
        }
    }
    assert!(attacked > 100, "{attacked}");
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
    let noise = policy(false, false).replace("min = 3", "min = 3\nprotect = \"cell-key\"");
    for policy in [both, two, sum, levels, low, noise] {
        let stop = scene.refused(&policy, input, How::default());
        assert_eq!(stop.code(), 2, "{}\n{policy}", why(&stop));
    }
}
