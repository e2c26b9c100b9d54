//! Tables with noise by cell keys: the same people always get the same noise,
//! whoever asks, however the table is cut; nobody's coming or going moves a
//! figure of a cell that does not hold them.

use std::collections::BTreeMap;

use offrecord::job::Recipients;

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Scene, check};

/// Counts persons and records by a > b and by c, all dropped from rows.
fn policy(tables: &str, recipients: &str) -> String {
    head("noise")
        + "[subject]\ncolumn = \"s\"\n\n"
        + recipients
        + &column("s", "do = \"drop\"\nkind = \"exact\"")
        + &column("a", "do = \"drop\"\ntables = \"keep\"")
        + &column("b", "do = \"drop\"\ntables = \"keep\"")
        + &column("c", "do = \"drop\"\ntables = \"keep\"")
        + tables
}

const CUBE: &str = "[[tables]]\nname = \"cube\"\nby = [\"a > b\", \"c\"]\ncount = [\"person\", \"records\"]\nmin = 3\nprotect = \"cell-key\"\ntotals = true\n";
const PLAIN: &str = "[[tables]]\nname = \"plain\"\nby = [\"c\"]\nmin = 3\nprotect = \"cell-key\"\n";

type Person = (String, String, String, String);

/// Invented people, some of them with two records in two places.
fn people(count: usize, seed: u64) -> Vec<Person> {
    let mut random = Random::new(seed);
    let mut rows = Vec::new();
    for person in 0..count {
        for _ in 0..1 + usize::from(random.below(5) == 0) {
            let a = random.below(3);
            rows.push((
                format!("s{person}"),
                format!("a{a}"),
                format!("a{a}b{}", random.below(3)),
                format!("c{}", random.below(2)),
            ));
        }
    }
    rows
}

fn csv(rows: &[Person]) -> String {
    let mut text = "s,a,b,c\n".to_owned();
    for (s, a, b, c) in rows {
        text.push_str(&format!("{s},{a},{b},{c}\n"));
    }
    text
}

/// Figures by labels.
fn table(
    scene: &Scene,
    policy: &str,
    rows: &[Person],
    out: &str,
    name: &str,
) -> BTreeMap<Vec<String>, Vec<String>> {
    let release = scene.release(policy, csv(rows).as_bytes(), out, How::default());
    assert!(check(release.dir(), true).findings.is_empty());
    let sheet = release.table(name);
    let by = sheet.header.iter().position(|h| h == "persons").unwrap();
    let cells = sheet.rows.iter().map(|row| {
        assert_eq!(row.last().unwrap(), "perturbed");
        (row[..by].to_vec(), row[by..row.len() - 1].to_vec())
    });
    cells.collect()
}

#[test]
fn a_person_more_or_less_changes_only_the_cells_that_hold_them() {
    let scene = Scene::new();
    let policy = policy(CUBE, "");
    let rows = people(150, 1);
    let before = table(&scene, &policy, &rows, "before", "cube");
    let mut moved = 0;
    for (turn, gone) in ["s3", "s77", "s120"].into_iter().enumerate() {
        let left: Vec<Person> = rows.iter().filter(|row| row.0 != gone).cloned().collect();
        let after = table(&scene, &policy, &left, &format!("after-{turn}"), "cube");
        let holds = |labels: &Vec<String>| {
            rows.iter().filter(|row| row.0 == gone).any(|row| {
                let of_row = [&row.1, &row.2, &row.3];
                labels
                    .iter()
                    .zip(of_row)
                    .all(|(label, of_row)| label == "(all)" || label == of_row)
            })
        };
        for labels in before.keys().chain(after.keys()) {
            if !holds(labels) {
                assert_eq!(before.get(labels), after.get(labels), "{gone} {labels:?}");
            } else {
                moved += usize::from(before.get(labels) != after.get(labels));
            }
        }
    }
    assert!(moved > 0, "nobody's going moved any figure");
}

#[test]
fn two_recipients_and_two_cut_ups_get_the_same_noise() {
    let scene = Scene::new();
    let rows = people(120, 2);
    let recipients = "[recipients.one]\nname = \"One\"\n\n[recipients.two]\nname = \"Two\"\n\n";
    let both = policy(&format!("{CUBE}\n{PLAIN}"), recipients);
    let release = |who: &str| {
        let how = How {
            recipients: Recipients::One(who.to_owned()),
            ..How::default()
        };
        scene.release(&both, csv(&rows).as_bytes(), who, how)
    };
    let (one, two) = (release("one"), release("two"));
    for name in ["cube", "plain"] {
        assert_eq!(one.table(name).rows, two.table(name).rows);
    }
    // The totals of the cube are the cells of the plain table.
    for row in &one.table("plain").rows {
        let wanted = ["(all)", "(all)", &row[0]];
        let cube = one.table("cube");
        let total = cube.rows.iter().find(|total| total[..3] == wanted);
        assert_eq!(total.unwrap()[3], row[1]);
    }
    // The order of columns and of records, and a second table, change nothing.
    let mut turned = rows.clone();
    turned.reverse();
    let alone = table(&scene, &policy(CUBE, ""), &turned, "alone", "cube");
    let cube = one.table("cube").rows.into_iter();
    let same: BTreeMap<_, _> = cube
        .map(|row| (row[..3].to_vec(), row[3..5].to_vec()))
        .collect();
    assert_eq!(alone, same);
}

#[test]
fn no_figure_is_below_the_minimum_and_a_cell_gone_to_nothing_is_as_absent_as_an_empty_one() {
    let scene = Scene::new();
    let policy = policy(CUBE, "");
    let mut absent = 0;
    for seed in 3..8 {
        let rows = people(25, seed);
        let cells = table(&scene, &policy, &rows, &format!("out-{seed}"), "cube");
        for figures in cells.values() {
            for figure in figures {
                assert!(figure.parse::<u64>().unwrap() >= 3);
            }
        }
        for (_, a, b, c) in &rows {
            absent += usize::from(!cells.contains_key([a, b, c].map(String::clone).as_slice()));
        }
    }
    assert!(absent > 0, "no small cell was taken to nothing");
}

#[test]
fn bytes_do_not_depend_on_threads_chunks_or_the_order_of_records() {
    let scene = Scene::new();
    let policy = policy(&format!("{CUBE}\n{PLAIN}"), "");
    let rows = people(400, 9);
    let text = csv(&rows);
    let run = |out: &str, threads, chunk| {
        let how = How {
            threads,
            chunk,
            ..How::default()
        };
        scene.release(&policy, text.as_bytes(), out, how).files
    };
    let first = run("one", 1, 1 << 16);
    assert_eq!(first, run("three", 3, 64));
    assert_eq!(first, run("two", 2, 1000));
}

/// Records without an identifier are persons of their own, keyed by what they say.
#[test]
fn a_record_without_an_identifier_keeps_its_noise_when_others_come_and_go() {
    let scene = Scene::new();
    let policy = policy(PLAIN, "");
    let mut rows = people(60, 4);
    for row in rows.iter_mut().step_by(2) {
        row.0.clear();
    }
    let before = table(&scene, &policy, &rows, "before", "plain");
    let more: Vec<Person> = rows
        .iter()
        .cloned()
        .chain((0..5).map(|n| (format!("x{n}"), "a0".into(), "b0".into(), "c9".into())))
        .collect();
    let after = table(&scene, &policy, &more, "after", "plain");
    for (labels, figures) in &before {
        assert_eq!(after.get(labels), Some(figures));
    }
}
