//! `small = "generalise"`: what leaves meets the limits, no combination of
//! steps that meets them loses less, and no row is kept back without need, by a
//! slow checker of the tests' own.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::random::Random;
use crate::util::sheet::Sheet;
use crate::util::{How, Scene, check, why};

/// Region, district, town: two steps above the town, and then nothing.
const PLACES: &str = "t1;d1;r1\nt2;d1;r1\nt3;d2;r1\nt4;d3;r2\nt5;d3;r2\n";

fn place(level: usize, town: &str) -> String {
    let line = PLACES.lines().find(|line| line.starts_with(town)).unwrap();
    line.split(';').nth(level).unwrap_or("").to_owned()
}

/// Labels of a date by step: day, month, year, five years, ten, nothing.
fn day(step: usize, date: &str) -> String {
    let year: u32 = date[..4].parse().unwrap();
    match step {
        0 => date.to_owned(),
        1 => date[..7].to_owned(),
        2 => date[..4].to_owned(),
        3 => format!("{}-{}", year / 5 * 5, year / 5 * 5 + 4),
        4 => format!("{}-{}", year / 10 * 10, year / 10 * 10 + 9),
        _ => String::new(),
    }
}

fn policy(linked: bool, risk: &str, extract: &str) -> String {
    let subject = match linked {
        true => "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"",
        false => "do = \"drop\"\nkind = \"exact\"",
    };
    head("coarser").replacen("[grounds]", "[subject]\ncolumn = \"s\"\n\n[grounds]", 1)
        + &column("s", subject)
        + &column("d", "do = \"generalise\"\nkind = \"date\"\nto = \"day\"")
        + &column(
            "p",
            "do = \"generalise\"\nhierarchy = \"places.csv\"\nlevel = 1",
        )
        + &column("x", "do = \"keep\"\nvalues = [\"x\", \"y\"]")
        + &column("n", "do = \"keep\"\nkind = \"text\"\nclass = \"none\"")
        + &column("i", "do = \"keep\"\nkind = \"text\"\nclass = \"sensitive\"")
        + extract
        + &format!("[extract.risk]\nsmall = \"generalise\"\n{risk}\n")
}

struct Row {
    subject: usize,
    date: String,
    town: String,
    x: &'static str,
    ill: usize,
}

fn rows(random: &mut Random, several: bool) -> Vec<Row> {
    let count = 5 + random.below(45);
    (0..count)
        .map(|row| Row {
            subject: if several { random.below(count) } else { row },
            date: format!(
                "19{}-0{}-1{}",
                70 + random.below(22),
                1 + random.below(3),
                random.below(3)
            ),
            town: format!("t{}", 1 + random.below(5)),
            x: if random.below(9) == 0 { "y" } else { "x" },
            ill: random.below(4),
        })
        .collect()
}

fn csv(rows: &[Row]) -> String {
    let mut text = "s,d,p,x,n,i\n".to_owned();
    for (at, row) in rows.iter().enumerate() {
        text.push_str(&format!(
            "s{},{},{},{},n{at},ill{}\n",
            row.subject, row.date, row.town, row.x, row.ill
        ));
    }
    text
}

fn class(row: &Row, steps: [usize; 2]) -> [String; 3] {
    [
        day(steps[0], &row.date),
        place(steps[1] + 1, &row.town),
        row.x.to_owned(),
    ]
}

/// The rows that stay at a node: whoever fails goes with all rows, again and again.
fn stays(rows: &[Row], steps: [usize; 2], k: usize, l: usize, linked: bool) -> Vec<bool> {
    let classes: Vec<[String; 3]> = rows.iter().map(|row| class(row, steps)).collect();
    let mut stays = vec![true; rows.len()];
    loop {
        let mut people: BTreeMap<&[String; 3], (BTreeSet<usize>, BTreeSet<usize>)> =
            BTreeMap::new();
        let mut histories: BTreeMap<usize, Vec<&[String; 3]>> = BTreeMap::new();
        for at in (0..rows.len()).filter(|at| stays[*at]) {
            let class = people.entry(&classes[at]).or_default();
            class.0.insert(rows[at].subject);
            class.1.insert(rows[at].ill);
            histories
                .entry(rows[at].subject)
                .or_default()
                .push(&classes[at]);
        }
        histories.values_mut().for_each(|history| history.sort());
        let small = |class: &(BTreeSet<usize>, BTreeSet<usize>)| class.0.len() < k;
        let mut fails: BTreeSet<usize> = people
            .values()
            .filter(|class| small(class))
            .flat_map(|class| class.0.clone())
            .collect();
        if fails.is_empty() {
            let same = people.values().filter(|class| class.1.len() < l);
            fails = same.flat_map(|class| class.0.clone()).collect();
        }
        if fails.is_empty() && linked {
            let shared = |one: &Vec<&[String; 3]>| {
                histories.values().filter(|other| *other == one).count() >= k
            };
            let alone = histories.iter().filter(|(_, history)| !shared(history));
            fails = alone.map(|(subject, _)| *subject).collect();
        }
        if fails.is_empty() {
            return stays;
        }
        for (row, stays) in rows.iter().zip(&mut stays) {
            *stays &= !fails.contains(&row.subject);
        }
    }
}

/// Σ −log₂(rows with the cell / rows with its label) over all columns.
fn entropy(rows: &[Row], steps: [usize; 2]) -> f64 {
    let mut loss = 0.0;
    for column in 0..3 {
        let (fine, coarse): (Vec<String>, Vec<String>) = rows
            .iter()
            .map(|row| {
                (
                    class(row, [0, 0])[column].clone(),
                    class(row, steps)[column].clone(),
                )
            })
            .unzip();
        for (a, b) in fine.iter().zip(&coarse) {
            let count = |all: &[String], one| all.iter().filter(|x| *x == one).count() as f64;
            loss -= (count(&fine, a) / count(&coarse, b)).log2();
        }
    }
    loss
}

#[test]
fn the_steps_lose_least_of_all_that_meet_the_limits_and_no_row_stays_back_without_need() {
    let scene = Scene::new();
    scene.write("places.csv", PLACES);
    let (mut coarser, mut refused) = (0, 0);
    for seed in 0..70 {
        let mut random = Random::new(seed);
        let linked = seed % 3 == 0;
        let rows = rows(&mut random, seed % 2 == 0);
        let k = 2 + random.below(3);
        let l = if seed % 5 == 4 { 2 } else { 1 };
        let most = [0.0, 0.1, 0.3][random.below(3)];
        let allowed = (rows.len() as f64 * most + 1e-9).floor() as usize;
        let mut best: Option<f64> = None;
        let kept_back = |steps| {
            let stays = stays(&rows, steps, k, l, linked);
            stays.iter().filter(|stays| !**stays).count()
        };
        for d in 0..6 {
            for p in 0..3 {
                if kept_back([d, p]) <= allowed {
                    let loss = entropy(&rows, [d, p]);
                    best = Some(best.map_or(loss, |best: f64| best.min(loss)));
                }
            }
        }
        let mut risk = format!("k = {k}\nmax_withheld = {most}");
        if l > 1 {
            risk += &format!("\nl = {l}");
        }
        let policy = policy(linked, &risk, INPUT_ORDER);
        let text = csv(&rows);
        let Some(best) = best else {
            let stop = scene.refused(&policy, text.as_bytes(), How::default());
            assert_eq!(stop.code(), 3, "seed {seed}: {}", why(&stop));
            assert!(why(&stop).contains("max_withheld"), "{}", why(&stop));
            refused += 1;
            continue;
        };
        let release = scene.release(
            &policy,
            text.as_bytes(),
            &format!("out-{seed}"),
            How::default(),
        );
        let risk = release.facts().row_risk.clone().unwrap();
        let chosen = risk.coarser.unwrap();
        assert!(chosen.optimal);
        // Columns of the policy: s, d, p, x.
        assert_eq!(
            chosen.steps.iter().map(|s| s.0).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        let steps = [chosen.steps[0].1, chosen.steps[1].1];
        assert_eq!(chosen.steps[2].1, 0);
        let loss = entropy(&rows, steps);
        assert!((loss - best).abs() < 1e-6, "seed {seed}: {loss} and {best}");
        assert!((chosen.loss.1 - loss).abs() < 1e-6);
        coarser += usize::from(steps != [0, 0]);
        // Under l the order in which rows go may differ: then the limits count.
        let stays = stays(&rows, steps, k, l, linked);
        let expected: Vec<Vec<String>> = rows
            .iter()
            .enumerate()
            .filter(|(at, _)| stays[*at])
            .map(|(at, row)| [class(row, steps).as_slice(), &[format!("n{at}")]].concat())
            .collect();
        let sheet = release.extract();
        let left: Vec<Vec<String>> = (0..sheet.rows.len())
            .map(|row| {
                ["d", "p", "x", "n"]
                    .map(|name| sheet.get(row, name).to_owned())
                    .to_vec()
            })
            .collect();
        assert_eq!(left, expected, "seed {seed}");
        assert!(check(release.dir(), true).passed());
    }
    assert!(coarser > 25 && refused > 5, "{coarser} {refused}");
}

fn many() -> String {
    let mut random = Random::new(77);
    let mut all = Vec::new();
    while all.len() < 400 {
        all.extend(rows(&mut random, true));
    }
    csv(&all)
}

#[test]
fn coarser_columns_are_the_same_bytes_on_any_threads_and_in_any_format() {
    let scene = Scene::new();
    scene.write("places.csv", PLACES);
    let input = many();
    for (number, extract) in [
        INPUT_ORDER.to_owned(),
        "[extract]\norder = \"shuffled\"\n".to_owned(),
        "[extract]\norder = \"shuffled\"\nformat = \"jsonl\"\npart_rows = 90\n".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let policy = policy(false, "k = 4\nmax_withheld = 0.2", &extract);
        let release = |threads: usize, chunk: usize| {
            let out = format!("out-{number}-{threads}-{chunk}");
            let how = How {
                threads,
                chunk,
                ..How::default()
            };
            scene.release(&policy, input.as_bytes(), &out, how)
        };
        let one = release(1, 1 << 20);
        for (threads, chunk) in [(3, 600), (8, 64), (2, 1 << 16)] {
            assert_eq!(one.files, release(threads, chunk).files);
        }
    }
}

#[test]
fn the_manifest_holds_the_forms_that_left_and_the_check_holds_every_cell_to_them() {
    let scene = Scene::new();
    scene.write("places.csv", PLACES);
    let policy = policy(
        false,
        "k = 4\nmax_withheld = 0.2\nloss = \"height\"",
        INPUT_ORDER,
    );
    let release = scene.release(&policy, many().as_bytes(), "out", How::default());
    let predicate = &release.manifest()["predicate"];
    let coarser = &predicate["row_risk"]["coarser"];
    assert_eq!(
        (&coarser["loss"], &coarser["search"]),
        (&"height".into(), &"optimum".into())
    );
    let step = |name: &str| {
        let columns = coarser["columns"].as_array().unwrap();
        let column = columns.iter().find(|column| column["name"] == name);
        column.unwrap()["step"].as_u64().unwrap() as usize
    };
    let form = |name: &str| {
        let columns = predicate["columns"].as_array().unwrap();
        let column = columns.iter().find(|column| column["name"] == name);
        column.unwrap()["form"].clone()
    };
    assert!(step("d") > 0, "{coarser}");
    let to = ["day", "month", "year", "5-years", "decade"];
    match to.get(step("d")) {
        Some(to) => assert_eq!(form("d")["to"], *to),
        None => assert_eq!(form("d")["form"], "constant"),
    }
    // A cell at the step that the policy writes does not fit what left.
    let sheet: Sheet = release.extract();
    let cell = sheet.get(0, "d").to_owned();
    let text = String::from_utf8(release.files["extract.csv"].clone()).unwrap();
    let damaged = match cell.as_str() {
        "" => text.replacen("\n,", "\n1971-02-11,", 1),
        cell => text.replacen(cell, "1971-02-11", 1),
    };
    assert_ne!(damaged, text);
    std::fs::write(release.dir().join("extract.csv"), damaged).unwrap();
    let verdict = check(release.dir(), false);
    let lines: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.contains("form")), "{lines:?}");
}

#[test]
fn a_table_keeps_its_own_form_when_the_rows_become_coarser() {
    let scene = Scene::new();
    scene.write("places.csv", PLACES);
    let table = "\n[[tables]]\nname = \"by-year\"\nby = [\"d\"]\nmin = 3\nwhy = \"A test\"\n";
    let policy = policy(false, "k = 4\nmax_withheld = 0.2", INPUT_ORDER).replacen(
        "to = \"day\"",
        "to = \"day\"\ntables = \"year\"",
        1,
    ) + table;
    let release = scene.release(&policy, many().as_bytes(), "out", How::default());
    let years = release.table("by-year");
    assert!(years.column("d").all(|year| year.len() == 4));
    let extract = release.extract();
    assert!(extract.column("d").all(|cell| cell.len() != 10));
}

#[test]
fn what_cannot_become_coarser_is_said_when_the_policy_is_read() {
    let scene = Scene::new();
    scene.write("places.csv", PLACES);
    let nothing = policy(false, "k = 4", INPUT_ORDER)
        .replace(
            "do = \"generalise\"\nkind = \"date\"\nto = \"day\"",
            "do = \"drop\"\nkind = \"date\"",
        )
        .replace(
            "do = \"generalise\"\nhierarchy = \"places.csv\"\nlevel = 1",
            "do = \"drop\"",
        );
    let stop = scene.refused(&nothing, b"s,d,p,x,n,i\n", How::default());
    assert_eq!(stop.code(), 2);
    assert!(
        why(&stop).contains("no column can become coarser"),
        "{}",
        why(&stop)
    );
    // Two districts above one town label.
    scene.write("places.csv", "t1;d1;r1\nt2;d1;r2\n");
    let stop = scene.refused(
        &policy(false, "k = 4", INPUT_ORDER),
        b"s,d,p,x,n,i\n",
        How::default(),
    );
    assert_eq!(stop.code(), 2);
    assert!(why(&stop).contains("does not lie within"), "{}", why(&stop));
}
