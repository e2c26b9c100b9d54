//! Several tables of a release: figures are right at every level, small ones
//! stay, no line gives a cell away, and the bytes are the same on any machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Release, Scene, check};

const MIN: u64 = 4;

fn policy() -> String {
    let kept = "do = \"drop\"\ntables = \"keep\"";
    head("linked")
        + "[subject]\ncolumn = \"s\"\n\n"
        + &column("s", "do = \"drop\"\nkind = \"exact\"")
        + &column("a", kept)
        + &column("b", kept)
        + &column("c", kept)
        + &column("d", kept)
        + &column("m", "do = \"drop\"\nkind = \"number\"\ntables = \"keep\"")
        + "[[tables]]\nname = \"org\"\nby = [\"a > b\", \"c\"]\ncount = [\"person\", \"records\", { distinct = \"d\" }]\nmin = 4\ntotals = true\n\n"
        + "[[tables]]\nname = \"flat\"\nby = [\"c\", \"a\"]\nmin = 4\n\n"
        + "[[tables]]\nname = \"money\"\nby = [\"a\"]\ncount = [{ sum = \"m\" }, { mean = \"m\" }]\nmin = 4\npq = { p = 10, q = 50 }\n"
}

/// Subject, a, b, c, d, and an amount in hundredths.
type Row = (String, String, String, String, String, u64);

fn rows(count: usize, seed: u64) -> Vec<Row> {
    let mut random = Random::new(seed);
    let mut rows = Vec::new();
    for person in 0..count {
        for _ in 0..1 + usize::from(random.below(9) == 0) {
            let a = random.below(3);
            rows.push((
                format!("s{person}"),
                format!("a{a}"),
                format!("a{a}b{}", random.below(4) * random.below(2)),
                format!("c{}", random.below(3) * random.below(2)),
                format!("d{}", random.below(6)),
                random.below(9000) as u64,
            ));
        }
    }
    rows
}

fn csv(rows: &[Row]) -> String {
    let mut text = "s,a,b,c,d,m\n".to_owned();
    for (s, a, b, c, d, m) in rows {
        text.push_str(&format!("{s},{a},{b},{c},{d},{}.{:02}\n", m / 100, m % 100));
    }
    text
}

fn release(scene: &Scene, rows: &[Row], out: &str) -> Release {
    let release = scene.release(&policy(), csv(rows).as_bytes(), out, How::default());
    assert!(check(release.dir(), true).findings.is_empty());
    release
}

fn fits(labels: &[String], of_row: &[&String]) -> bool {
    let mut pairs = labels.iter().zip(of_row);
    pairs.all(|(label, of_row)| label == "(all)" || label == *of_row)
}

#[test]
fn figures_of_every_level_are_right_and_none_is_small() {
    let scene = Scene::new();
    let rows = rows(260, 1);
    let release = release(&scene, &rows, "out");
    let mut levels = BTreeSet::new();
    let org = release.table("org");
    assert_eq!(org.header[..3], ["a", "b", "c"]);
    for row in &org.rows {
        let held = || rows.iter().filter(|r| fits(&row[..3], &[&r.1, &r.2, &r.3]));
        let persons: BTreeSet<&String> = held().map(|r| &r.0).collect();
        let values: BTreeSet<&String> = held().map(|r| &r.4).collect();
        assert!(persons.len() as u64 >= MIN, "{row:?}");
        assert_eq!(
            row[3..],
            [
                persons.len().to_string(),
                held().count().to_string(),
                values.len().to_string(),
                "published".to_owned()
            ],
            "{row:?}"
        );
        let shown = |label: &String| label != "(all)";
        levels.insert(row[..3].iter().map(shown).collect::<Vec<_>>());
    }
    assert!(levels.len() >= 4, "levels without a row: {levels:?}");
    let money = release.table("money");
    for row in &money.rows {
        let held = || rows.iter().filter(|r| r.1 == row[0]);
        let cents: u64 = held().map(|r| r.5).sum();
        let whole = format!("{}.{:02}", cents / 100, cents % 100);
        let written = whole.trim_end_matches('0').trim_end_matches('.');
        assert_eq!(row[1], written);
        let mean: f64 = row[2].parse().unwrap();
        assert!((mean - cents as f64 / 100.0 / held().count() as f64).abs() < 1e-8);
    }
    assert!(!money.rows.is_empty() && !release.table("flat").rows.is_empty());
}

/// Records add up exactly: where one figure of a line is missing, it follows.
/// It may be missing for the sake of the persons, but never be small itself.
#[test]
fn no_line_gives_a_small_or_an_empty_cell_away() {
    let scene = Scene::new();
    let mut withheld = 0;
    for seed in 0..2 {
        let rows = rows(40, seed + 10);
        let release = release(&scene, &rows, &format!("out-{seed}"));
        let table = release.table("org");
        let seen: BTreeMap<&[String], &String> =
            table.rows.iter().map(|row| (&row[..3], &row[4])).collect();
        let grid: BTreeSet<(String, String)> =
            rows.iter().map(|r| (r.1.clone(), r.2.clone())).collect();
        let all = "(all)".to_owned();
        let c: BTreeSet<&String> = rows.iter().map(|r| &r.3).collect();
        let a: BTreeSet<&String> = rows.iter().map(|r| &r.1).collect();
        let mut lines: Vec<(Vec<String>, Vec<Vec<String>>)> = Vec::new();
        let mut nodes = vec![(all.clone(), all.clone())];
        nodes.extend(a.iter().map(|a| ((*a).clone(), all.clone())));
        nodes.extend(grid.iter().cloned());
        for (a, b) in &nodes {
            let parts = c.iter().map(|c| vec![a.clone(), b.clone(), (*c).clone()]);
            lines.push((vec![a.clone(), b.clone(), all.clone()], parts.collect()));
        }
        for c in c.iter().map(|c| (*c).clone()).chain([all.clone()]) {
            let parts = a.iter().map(|a| vec![(*a).clone(), all.clone(), c.clone()]);
            lines.push((vec![all.clone(), all.clone(), c.clone()], parts.collect()));
            for a in &a {
                let parts = grid.iter().filter(|(of, _)| of == *a);
                let parts = parts.map(|(a, b)| vec![a.clone(), b.clone(), c.clone()]);
                lines.push((vec![(*a).clone(), all.clone(), c.clone()], parts.collect()));
            }
        }
        for (total, parts) in lines {
            let line = parts.iter().chain([&total]);
            let unknown: Vec<_> = line
                .filter(|cell| !seen.contains_key(cell.as_slice()))
                .collect();
            withheld += unknown.len();
            if let [alone] = unknown.as_slice() {
                let held = rows.iter().filter(|r| fits(alone, &[&r.1, &r.2, &r.3]));
                let persons: BTreeSet<&String> = held.map(|r| &r.0).collect();
                assert!(
                    persons.len() as u64 >= MIN,
                    "seed {seed}: {alone:?} of {parts:?}"
                );
            }
        }
    }
    assert!(withheld > 20, "{withheld}");
}

/// One owner has nearly all of a sum: under (p,q) it is not shown, and neither
/// is what would give it away.
#[test]
fn a_sum_that_one_owner_makes_up_is_withheld_under_prior_knowledge() {
    let scene = Scene::new();
    let mut rows = rows(260, 3);
    for row in &mut rows {
        row.5 = 100;
    }
    let shown = release(&scene, &rows, "even").table("money").rows.len();
    assert_eq!(shown, 3);
    if let Some(row) = rows.iter_mut().find(|row| row.1 == "a0") {
        row.5 = 9_000_000;
    }
    let money = release(&scene, &rows, "uneven").table("money");
    assert!(
        money.rows.iter().all(|row| row[0] != "a0"),
        "{:?}",
        money.rows
    );
}

/// A table in which a withheld figure is put back, its hash with it, no longer
/// passes the check, which needs no private half for that.
#[test]
fn a_total_that_leaves_too_few_is_found_in_a_changed_table() {
    let scene = Scene::new();
    let release = release(&scene, &rows(120, 8), "out");
    assert!(check(release.dir(), false).counts.remainders > 0);
    let path = release.dir().join("tables/org.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let total = text
        .lines()
        .find(|line| line.starts_with("(all),(all),(all),"));
    let total = total.expect("no total");
    let mut fields: Vec<String> = total.split(',').map(str::to_owned).collect();
    // Parts of the total that leave three people's records.
    let records: u64 = fields[4].parse().unwrap();
    let parts: u64 = text
        .lines()
        .filter(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            cells[0] != "(all)" && cells[1] == "(all)" && cells[2] == "(all)"
        })
        .filter_map(|line| line.split(',').nth(4)?.parse::<u64>().ok())
        .sum();
    fields[4] = (parts + 3).to_string();
    assert_ne!(parts + 3, records);
    let changed = text.replace(total, &fields.join(","));
    std::fs::write(&path, changed).unwrap();
    let verdict = check(release.dir(), false);
    assert_eq!(verdict.exit_code(), 3);
    assert!(verdict.to_string().contains("leaves fewer"), "{verdict}");
}

#[test]
fn bytes_do_not_depend_on_threads_or_chunks() {
    let scene = Scene::new();
    let text = csv(&rows(200, 5));
    let run = |out: &str, threads, chunk| {
        let how = How {
            threads,
            chunk,
            ..How::default()
        };
        scene.release(&policy(), text.as_bytes(), out, how).files
    };
    let first = run("one", 1, 1 << 16);
    assert_eq!(first, run("three", 3, 64));
    assert_eq!(first, run("two", 2, 1000));
}

#[test]
fn what_all_published_figures_together_tell_leaves_every_small_figure_its_width() {
    let scene = Scene::new();
    for seed in 0..8 {
        let rows = rows(300, seed);
        let out = format!("out-{seed}");
        let release = release(&scene, &rows, &out);
        let request = offrecord::verify::Request {
            intervals: true,
            ..offrecord::verify::Request::new(release.dir())
        };
        let verdict = offrecord::verify::verify(&request).unwrap();
        assert!(verdict.passed(), "{verdict}");
        assert!(!verdict.intervals.is_empty());
        for found in &verdict.intervals {
            assert_eq!((found.small, found.unsolved), (0, 0), "{found:?}");
            if found.not_done.is_none() {
                assert!(found.unpublished > 0, "{found:?}");
            }
        }
        assert!(verdict.to_string().contains("are not shown"), "{verdict}");
    }
}

/// A date in levels, and the same date in two columns made by hand.
#[test]
fn levels_of_one_date_are_the_hierarchy_that_two_columns_would_be() {
    let kept = "do = \"drop\"\ntables = \"keep\"";
    let policy = |date: &str, by: &str| {
        head("linked")
            + &column("day", date)
            + &column("decade", kept)
            + &column("year", kept)
            + &column("c", kept)
            + &format!(
                "[[tables]]\nname = \"t\"\nby = [\"{by}\", \"c\"]\ncount = [\"records\"]\nmin = 4\ntotals = true\n"
            )
    };
    let mut random = Random::new(9);
    let mut text = "day,decade,year,c\n".to_owned();
    for _ in 0..400 {
        let year = 1960 + random.below(12) + random.below(14);
        let decade = year / 10 * 10;
        text.push_str(&format!(
            "{year}-0{}-11,{decade}-{},{year},c{}\n",
            1 + random.below(9),
            decade + 9,
            random.below(3)
        ));
    }
    let drop = "do = \"drop\"\nkind = \"date\"\ntables = \"year\"";
    let scene = Scene::new();
    let table = |policy: &str, out: &str| {
        let release = scene.release(policy, text.as_bytes(), out, How::default());
        assert!(check(release.dir(), true).passed());
        std::fs::read_to_string(release.dir().join("tables/t.csv")).unwrap()
    };
    let rolled = table(&policy(drop, "day:decade > day"), "rolled");
    let by_hand = table(&policy(drop, "decade > year"), "by-hand");
    assert!(
        rolled.starts_with("day_decade,day,c,records,status\n"),
        "{rolled}"
    );
    let (_, rolled) = rolled.split_once('\n').unwrap();
    let (_, by_hand) = by_hand.split_once('\n').unwrap();
    assert!(rolled.lines().count() > 20, "{rolled}");
    assert_eq!(rolled, by_hand);
}

#[test]
fn a_small_figure_that_only_all_lines_together_give_away_is_found_in_a_changed_table() {
    let kept = "do = \"drop\"\ntables = \"keep\"";
    let policy = head("linked")
        + &column("a", kept)
        + &column("c", kept)
        + "[[tables]]\nname = \"t\"\nby = [\"a\", \"c\"]\ncount = [\"records\"]\nmin = 4\ntotals = true\n";
    // Two blanks or none in every line of three, and the 2 in the corner follows:
    // rows 0 and 1 less columns 0 and 1.
    let truth = [
        [9u64, 8, 2, 30],
        [7, 6, 25, 30],
        [20, 20, 9, 8],
        [20, 20, 7, 6],
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
    let mut text = "a,c\n".to_owned();
    for (a, line) in truth.iter().enumerate() {
        for (c, n) in line.iter().enumerate() {
            for _ in 0..*n {
                text.push_str(&format!("a{a},c{c}\n"));
            }
        }
    }
    let scene = Scene::new();
    let release = scene.release(&policy, text.as_bytes(), "out", How::default());
    let found = |dir: &std::path::Path| {
        let request = offrecord::verify::Request {
            intervals: true,
            ..offrecord::verify::Request::new(dir)
        };
        let verdict = offrecord::verify::verify(&request).unwrap();
        let reasons = verdict.findings.iter();
        let reasons: BTreeSet<String> = reasons.map(|f| f.reason.to_string()).collect();
        (reasons, verdict.intervals[0].small, verdict.exit_code())
    };
    assert_eq!(found(release.dir()), (BTreeSet::new(), 0, 0));
    let mut rows = Vec::new();
    let all = |cells: &mut dyn Iterator<Item = u64>| cells.sum::<u64>();
    rows.push((
        "(all)".to_owned(),
        "(all)".to_owned(),
        all(&mut truth.iter().flatten().copied()),
    ));
    for c in 0..4 {
        rows.push((
            "(all)".to_owned(),
            format!("c{c}"),
            all(&mut truth.iter().map(|l| l[c])),
        ));
    }
    for (a, line) in truth.iter().enumerate() {
        rows.push((
            format!("a{a}"),
            "(all)".to_owned(),
            all(&mut line.iter().copied()),
        ));
        for (c, n) in line
            .iter()
            .enumerate()
            .filter(|(c, _)| !blank.contains(&(a, *c)))
        {
            rows.push((format!("a{a}"), format!("c{c}"), *n));
        }
    }
    let mut table = "a,c,records,status\n".to_owned();
    for (a, c, n) in rows {
        table.push_str(&format!("{a},{c},{n},published\n"));
    }
    std::fs::write(release.dir().join("tables/t.csv"), table).unwrap();
    let (reasons, small, _) = found(release.dir());
    assert_eq!(small, 1);
    // No one line gives it away, and the hash tells that the file was changed.
    assert!(
        !reasons
            .iter()
            .any(|r| r.contains("remainder") || r.contains("published parts"))
    );
    assert_eq!(reasons.len(), 2, "{reasons:?}");
}
