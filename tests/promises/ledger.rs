//! The ledger: a release is weighed with all earlier ones of its family, and
//! none is published without its line.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use offrecord::job::{Goal, Job, LedgerUse, Recipients, Report, Stop};
use offrecord::ledger::Ledger;

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{Release, Scene, check, parse, private_of, test_key, why};

const FILE: &str = "register-2016.ledger.jsonl";

/// Tables over columns of small records; `rest` are the tables and the extract.
fn policy(rest: &str) -> String {
    let kept = "do = \"drop\"\ntables = \"keep\"";
    head("ledger")
        + "[subject]\ncolumn = \"s\"\n\n"
        + &column("s", "do = \"drop\"\nkind = \"exact\"")
        + &column("a", kept)
        + &column("b", kept)
        + &column("c", kept)
        + &column(
            "n",
            "do = \"drop\"\nkind = \"number\"\ntables = { bands = [0, 18, 65] }",
        )
        + rest
}

fn table(name: &str, by: &str) -> String {
    format!(
        "[[tables]]\nname = \"{name}\"\nby = [{by}]\ncount = [\"person\", \"records\"]\nmin = 5\n\n"
    )
}

/// Records by their cells: a, b, c, n and how many people.
fn records(cells: &[(&str, &str, &str, u32, usize)]) -> String {
    let mut text = "s,a,b,c,n\n".to_owned();
    let mut person = 0;
    for (a, b, c, n, people) in cells {
        for _ in 0..*people {
            text.push_str(&format!("s{person},{a},{b},{c},{n}\n"));
            person += 1;
        }
    }
    text
}

fn run(
    scene: &Scene,
    policy: &str,
    input: &str,
    out: &str,
    ledger: LedgerUse,
) -> Result<Report, Stop> {
    run_for(scene, policy, input, out, ledger, Recipients::Everybody)
}

fn run_for(
    scene: &Scene,
    policy: &str,
    input: &str,
    out: &str,
    ledger: LedgerUse,
    recipients: Recipients,
) -> Result<Report, Stop> {
    let input = scene.write(&format!("{out}.csv"), input);
    let interrupted = AtomicBool::new(false);
    offrecord::job::run(&Job {
        policy: Arc::new(parse(policy, &scene.path(""))?),
        inputs: vec![input],
        key: test_key(),
        goal: Goal::Release(scene.path(out)),
        recipients,
        threads: NonZeroUsize::MIN,
        chunk_size: 1 << 12,
        house_rules: serde_json::Value::Null,
        approved: Default::default(),
        with: Vec::new(),
        ledger: Some(ledger),
        interrupted: &interrupted,
        watch: &|_| {},
    })
}

fn kept(scene: &Scene) -> LedgerUse {
    LedgerUse {
        path: scene.path(FILE),
        ..LedgerUse::default()
    }
}

fn released(scene: &Scene, policy: &str, input: &str, out: &str) -> Release {
    match run(scene, policy, input, out, kept(scene)) {
        Ok(mut report) => Release::read(&scene.path(out), report.releases.pop()),
        Err(stop) => panic!("{out}: {}", why(&stop)),
    }
}

/// The run is refused with exit 3, and neither a release nor a line is left.
fn refused(scene: &Scene, policy: &str, input: &str, out: &str) -> String {
    let before = std::fs::read(scene.path(FILE)).unwrap();
    let stop = match run(scene, policy, input, out, kept(scene)) {
        Ok(_) => panic!("{out}: a release came out"),
        Err(stop) => stop,
    };
    assert_eq!(stop.code(), 3, "{}", why(&stop));
    assert!(!scene.path(out).exists() && !private_of(&scene.path(out)).exists());
    assert_eq!(std::fs::read(scene.path(FILE)).unwrap(), before);
    if let Stop::Disclosure { file, .. } = &stop {
        let file = file.as_ref().expect("a private finding is written");
        let finding: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let cured = |one: &serde_json::Value| !one["withhold_also"].is_null();
        let cells = finding["exposed"].as_array();
        assert!(
            finding["cure"].is_string() || cells.is_some_and(|all| all.iter().all(cured)),
            "{finding}"
        );
    }
    stop.to_string()
}

fn lines(path: &Path) -> usize {
    Ledger::read(path).unwrap().lines().len()
}

const CELLS: [(&str, &str, &str, u32, usize); 8] = [
    ("a1", "b1", "c1", 30, 40),
    ("a1", "b2", "c1", 30, 30),
    ("a1", "b3", "c2", 70, 25),
    ("a2", "b1", "c2", 30, 50),
    ("a2", "b2", "c2", 10, 20),
    ("a2", "b3", "c1", 30, 35),
    ("a3", "b1", "c1", 70, 15),
    ("a3", "b2", "c2", 10, 45),
];

fn with(more: &[(&'static str, &'static str, &'static str, u32, usize)]) -> String {
    let cells: Vec<_> = CELLS.iter().chain(more).copied().collect();
    records(&cells)
}

#[test]
fn a_release_has_its_line_and_its_head_and_the_same_release_again_has_the_same_bytes() {
    let scene = Scene::new();
    let policy = policy(&table("t", "\"a\", \"b\""));
    let first = released(&scene, &policy, &with(&[]), "one");
    let head = first.manifest()["predicate"]["ledger_head"].clone();
    let ledger = Ledger::read(&scene.path(FILE)).unwrap();
    assert_eq!(head.as_str(), Some(ledger.head().as_str()));
    assert!(check(first.dir(), true).passed());
    let second = released(&scene, &policy, &with(&[]), "two");
    assert_eq!(first.files, second.files);
    // Again, after another release has come between.
    let other = policy
        .replace("\"a\", \"b\"", "\"c\"")
        .replace("version = 1", "version = 2");
    released(&scene, &other, &with(&[]), "other");
    let third = released(&scene, &policy, &with(&[]), "three");
    assert_eq!(first.files, third.files);
    assert_eq!(lines(&scene.path(FILE)), 3);
    assert_eq!(third.facts().ledger.as_ref().unwrap().weighed, 2);
}

#[test]
fn two_batches_that_differ_by_a_few_people_refuse_and_by_many_do_not() {
    let scene = Scene::new();
    let policy = policy(&table("t", "\"a\", \"b\""));
    released(&scene, &policy, &with(&[]), "one");
    for few in [1, 4] {
        let more = with(&[("a1", "b1", "c1", 30, few)]);
        let why = refused(&scene, &policy, &more, "few");
        assert!(why.contains(&few.to_string()), "{why}");
    }
    let many = released(
        &scene,
        &policy,
        &with(&[("a1", "b1", "c1", 30, 12)]),
        "many",
    );
    let rows = many.table("t").rows;
    assert!(
        rows.contains(
            &["a1", "b1", "52", "52", "published"]
                .map(str::to_owned)
                .to_vec()
        )
    );
}

/// Twelve people came; three of them into a cell of their own: what was
/// published before, less what would be published now, counts three people.
#[test]
fn a_figure_that_would_differ_by_a_few_people_is_withheld_or_refused() {
    let scene = Scene::new();
    let policy = policy(&table("t", "\"a\", \"b\""));
    let first = released(&scene, &policy, &with(&[]), "one");
    let more = with(&[("a1", "b1", "c1", 30, 9), ("a2", "b1", "c1", 30, 3)]);
    let second = match run(&scene, &policy, &more, "two", kept(&scene)) {
        Err(stop) => return assert_eq!(stop.code(), 3, "{}", why(&stop)),
        Ok(_) => Release::read(&scene.path("two"), None),
    };
    let before = first.table("t");
    for row in &second.table("t").rows {
        let then = before.rows.iter().find(|then| then[..2] == row[..2]);
        let Some(then) = then else { continue };
        let apart = |at: usize| {
            let (now, then): (u64, u64) = (row[at].parse().unwrap(), then[at].parse().unwrap());
            now.abs_diff(then)
        };
        assert!(!(1..5).contains(&apart(2)), "{row:?} after {then:?}");
        assert!(!(1..5).contains(&apart(3)), "{row:?} after {then:?}");
    }
}

/// One table by a and b, then one by b: alone each may be published; together
/// the totals of b give the withheld cells of the first away.
#[test]
fn totals_published_later_do_not_give_earlier_cells_away() {
    let scene = Scene::new();
    let cells = [
        ("a1", "b1", "c1", 30, 2),
        ("a1", "b2", "c1", 30, 30),
        ("a2", "b1", "c1", 30, 40),
        ("a2", "b2", "c1", 30, 50),
        ("a3", "b1", "c1", 30, 60),
        ("a3", "b2", "c1", 30, 70),
    ];
    let input = records(&cells);
    let first = released(&scene, &policy(&table("t", "\"a\", \"b\"")), &input, "one");
    let shown: BTreeSet<(String, String)> = first
        .table("t")
        .rows
        .iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let totals = policy(&table("totals", "\"b\"")).replace("version = 1", "version = 2");
    let published = match run(&scene, &totals, &input, "two", kept(&scene)) {
        Err(stop) => return assert_eq!(stop.code(), 3, "{}", why(&stop)),
        Ok(_) => Release::read(&scene.path("two"), None).table("totals"),
    };
    for b in ["b1", "b2"] {
        let hidden: Vec<_> = cells
            .iter()
            .filter(|cell| cell.1 == b && !shown.contains(&(cell.0.to_owned(), b.to_owned())))
            .collect();
        if published.rows.iter().any(|row| row[0] == b) && hidden.len() == 1 {
            assert!(
                hidden[0].4 >= 5,
                "{hidden:?} is the total less what was shown"
            );
        }
    }
}

#[test]
fn the_rows_of_a_later_release_do_not_complete_an_earlier_table() {
    let scene = Scene::new();
    let mut cells = CELLS.to_vec();
    cells.push(("a3", "b3", "c1", 30, 2));
    let input = records(&cells);
    released(&scene, &policy(&table("t", "\"a\", \"b\"")), &input, "one");
    let rows = policy("[extract]\n")
        .replace(
            "[columns.a]\ndo = \"drop\"\ntables = \"keep\"",
            "[columns.a]\ndo = \"keep\"\nkind = \"text\"",
        )
        .replace(
            "[columns.b]\ndo = \"drop\"\ntables = \"keep\"",
            "[columns.b]\ndo = \"keep\"\nkind = \"text\"",
        );
    let why = refused(&scene, &rows, &input, "rows");
    assert!(why.contains("counted in them"), "{why}");
    // The other way round, in a family of its own.
    let scene = Scene::new();
    if let Err(stop) = run(&scene, &rows, &input, "rows", kept(&scene)) {
        panic!("{}", crate::util::why(&stop));
    }
    let why = refused(
        &scene,
        &policy(&table("t", "\"a\", \"b\"")),
        &input,
        "table",
    );
    assert!(why.contains("rows of an earlier release"), "{why}");
}

#[test]
fn the_same_column_cut_elsewhere_is_not_published_unweighed() {
    let scene = Scene::new();
    let first = policy(&table("t", "\"n\""));
    released(&scene, &first, &with(&[]), "one");
    let second = first.replace("[0, 18, 65]", "[0, 18, 67]");
    // Two people of 66 stand between the two cuts.
    refused(&scene, &second, &with(&[("a1", "b1", "c1", 66, 2)]), "two");
}

/// Rows of `a` and, where it leaves too, `b`, in groups of at least `k`.
fn rows_policy(k: u64) -> String {
    let kept = "do = \"keep\"\nkind = \"text\"";
    let dropped = "do = \"drop\"\ntables = \"keep\"";
    policy(&format!("[extract]\n[extract.risk]\nk = {k}\n"))
        .replace(
            &format!("[columns.a]\n{dropped}"),
            &format!("[columns.a]\n{kept}"),
        )
        .replace(
            &format!("[columns.b]\n{dropped}"),
            &format!("[columns.b]\n{kept}"),
        )
}

/// Rows by what they show.
fn groups(release: &Release) -> BTreeMap<String, u64> {
    let mut groups = BTreeMap::new();
    for row in release.extract().rows {
        *groups.entry(row.join("|")).or_default() += 1;
    }
    groups
}

/// Whether whoever has both releases sees a group that grew or shrank by a few.
fn shows_few(first: &BTreeMap<String, u64>, second: &BTreeMap<String, u64>, k: u64) -> bool {
    first.iter().any(|(group, then)| {
        let now = second.get(group).copied().unwrap_or(*then);
        (1..k).contains(&now.abs_diff(*then))
    })
}

#[test]
fn a_rule_that_keeps_three_people_back_takes_two_more_so_that_they_are_not_seen_to_go() {
    let scene = Scene::new();
    let policy = rows_policy(5);
    let first = released(&scene, &policy, &with(&[]), "one");
    let rule = "[[rows]]\ndo = \"withhold\"\ncolumn = \"s\"\nin = [\"s0\", \"s1\", \"s2\"]\nground = \"any\"\nwhy = \"Asked for\"\n\n[extract]";
    let fewer = policy
        .replace("[extract]\n", &format!("{rule}\n"))
        .replace("version = 1", "version = 2");
    let second = released(&scene, &fewer, &with(&[]), "two");
    let (first, second) = (groups(&first), groups(&second));
    assert!(!shows_few(&first, &second, 5), "{first:?} {second:?}");
    let people = |groups: &BTreeMap<String, u64>| groups.values().sum::<u64>();
    assert_eq!(people(&first) - people(&second), 5);
    assert!(second.iter().all(|(group, now)| now <= &first[group]));
}

#[test]
fn no_batch_shows_a_group_that_grew_or_shrank_by_a_few() {
    let mut random = Random::new(5);
    let (mut held, mut free) = (0, 0);
    for round in 0..12 {
        let scene = Scene::new();
        let k = 3 + round % 3;
        let policy = rows_policy(k);
        let mut people: Vec<(usize, usize)> = Vec::new();
        let mut next = 0;
        let mut before: Vec<BTreeMap<String, u64>> = Vec::new();
        for batch in 0..4 {
            // Some go, some come, some have two records.
            people.retain(|_| batch == 0 || random.below(40) > 0);
            let more = if batch == 0 { 160 } else { random.below(30) };
            for _ in 0..more {
                let group = random.below(6);
                people.push((next, group));
                if random.below(12) == 0 {
                    people.push((next, (group + 1) % 6));
                }
                next += 1;
            }
            let mut text = "s,a,b,c,n\n".to_owned();
            for (person, group) in &people {
                text.push_str(&format!("s{person},a{},b{},c1,66\n", group / 3, group % 3));
            }
            let out = format!("batch-{batch}");
            let release = match run(&scene, &policy, &text, &out, kept(&scene)) {
                Ok(mut report) => Release::read(&scene.path(&out), report.releases.pop()),
                // All records, or all rows, differ by a few: that is refused.
                Err(stop) => {
                    assert!(stop.to_string().contains("differs by"), "{}", why(&stop));
                    continue;
                }
            };
            let now = groups(&release);
            assert!(now.values().all(|size| *size >= k));
            for then in &before {
                assert!(!shows_few(then, &now, k), "{then:?} {now:?}");
            }
            let raw = people.len() as u64;
            let left: u64 = now.values().sum();
            if batch > 0 && left < raw {
                held += 1;
            } else if left == raw {
                free += 1;
            }
            before.push(now);
        }
    }
    assert!(held > 5 && free > 3, "both: {held} {free}");
}

#[test]
fn the_same_groups_in_another_order_of_columns_are_not_published_unweighed() {
    let scene = Scene::new();
    let policy = rows_policy(5);
    released(&scene, &policy, &with(&[]), "one");
    let (before, rest) = policy.split_once("[columns.a]").unwrap();
    let (a, rest) = rest.split_once("[columns.b]").unwrap();
    let (b, rest) = rest.split_once("[columns.c]").unwrap();
    let turned = format!("{before}[columns.b]{b}[columns.a]{a}[columns.c]{rest}");
    let why = refused(&scene, &turned, &with(&[]), "two");
    assert!(why.contains("another order"), "{why}");
}

#[test]
fn two_recipients_have_one_ledger() {
    let scene = Scene::new();
    let recipients =
        "[recipients.first]\nname = \"First\"\n\n[recipients.second]\nname = \"Second\"\n\n";
    let policy =
        policy(&table("t", "\"a\", \"b\"")).replace("[grounds]", &format!("{recipients}[grounds]"));
    let all = run_for(
        &scene,
        &policy,
        &with(&[]),
        "all",
        kept(&scene),
        Recipients::All,
    );
    assert!(
        all.is_ok(),
        "{}",
        all.err().map(|stop| why(&stop)).unwrap_or_default()
    );
    assert_eq!(lines(&scene.path(FILE)), 3);
    let few = with(&[("a1", "b1", "c1", 30, 2)]);
    let stop = run_for(
        &scene,
        &policy,
        &few,
        "one",
        kept(&scene),
        Recipients::One("second".into()),
    );
    assert_eq!(stop.err().map(|stop| stop.code()), Some(3));
}

#[test]
fn a_truncated_a_forked_an_edited_and_a_missing_ledger_refuse() {
    let scene = Scene::new();
    let policy = policy(&table("t", "\"a\", \"b\""));
    let other = policy.replace("\"a\", \"b\"", "\"c\"");
    let one = released(&scene, &policy, &with(&[]), "one");
    let two = released(&scene, &other, &with(&[]), "two");
    let known: BTreeSet<String> = [one, two]
        .iter()
        .filter_map(|release| Some(release.facts().ledger.as_ref()?.head.clone()))
        .collect();
    let path = scene.path(FILE);
    let whole = std::fs::read_to_string(&path).unwrap();
    let knowing = || LedgerUse {
        path: path.clone(),
        known: known.clone(),
        first_release: None,
    };
    let code = |ledger: LedgerUse| {
        let stop = run(&scene, &policy, &with(&[]), "next", ledger);
        stop.err().map_or(0, |stop| stop.code())
    };
    let shorter: Vec<&str> = whole.lines().take(2).collect();
    for broken in [
        shorter.join("\n") + "\n",
        whole.replace("\"40\"", "\"41\""),
        whole.replacen("register-2016", "register-2017", 1),
        String::new(),
    ] {
        std::fs::write(&path, &broken).unwrap();
        assert_eq!(code(knowing()), 3);
        assert!(!scene.path("next").exists());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), broken);
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code(knowing()), 3);
    assert!(!path.exists());
    let anew = LedgerUse {
        first_release: Some("The first two were never handed on".into()),
        ..knowing()
    };
    assert_eq!(code(anew), 0);
    let began = Ledger::read(&path).unwrap();
    assert_eq!(
        began.first_release(),
        Some("The first two were never handed on")
    );
}

#[test]
fn nothing_of_a_record_stands_in_a_ledger_and_sizes_only_as_ciphertext() {
    let scene = Scene::new();
    let mut cells = CELLS.to_vec();
    cells.push(("zz-small", "b3", "c1", 30, 3));
    let policy = policy(&table("t", "\"a\", \"b\""));
    released(&scene, &policy, &records(&cells), "one");
    let text = std::fs::read_to_string(scene.path(FILE)).unwrap();
    assert!(!text.contains("zz-small"), "a label that no release shows");
    assert!(!text.contains("\"s1\""));
    assert!(text.contains("\"a2\""));
}

#[test]
fn without_a_release_no_line_is_written() {
    let scene = Scene::new();
    let policy = policy(&table("t", "\"a\", \"b\""));
    let input = scene.write("in.csv", with(&[]));
    let interrupted = AtomicBool::new(false);
    let report = offrecord::job::run(&Job {
        policy: Arc::new(parse(&policy, &scene.path("")).unwrap_or_else(|stop| panic!("{stop}"))),
        inputs: vec![input],
        key: test_key(),
        goal: Goal::DryRun,
        recipients: Recipients::Everybody,
        threads: NonZeroUsize::MIN,
        chunk_size: 1 << 12,
        house_rules: serde_json::Value::Null,
        approved: Default::default(),
        with: Vec::new(),
        ledger: Some(kept(&scene)),
        interrupted: &interrupted,
        watch: &|_| {},
    });
    assert!(report.is_ok() && !scene.path(FILE).exists());
    // A release that cannot take its place leaves no line that counts.
    std::fs::create_dir(scene.path("taken")).unwrap();
    assert!(run(&scene, &policy, &with(&[]), "taken", kept(&scene)).is_err());
    assert!(!scene.path(FILE).exists());
}

#[test]
fn a_table_that_withholds_more_than_half_is_told_with_what_to_publish_instead() {
    let scene = Scene::new();
    let cells: Vec<_> = CELLS
        .iter()
        .map(|(a, b, c, n, _)| (*a, *b, *c, *n, 2))
        .collect();
    let mut cells = cells;
    cells.push(("a1", "b1", "c1", 30, 60));
    cells.push(("a2", "b1", "c1", 30, 60));
    let policy = policy(&table("t", "\"a > b\", \"c\""));
    let mut report = match run(&scene, &policy, &records(&cells), "one", kept(&scene)) {
        Ok(report) => report,
        Err(stop) => panic!("{}", why(&stop)),
    };
    let facts = report.releases.pop().unwrap();
    let instead = facts.tables[0].instead.as_deref();
    assert_eq!(instead, Some("`a` without `b`"));
    let released = Release::read(&scene.path("one"), Some(facts));
    let public = released
        .files
        .values()
        .map(|bytes| String::from_utf8_lossy(bytes));
    assert!(public.into_iter().all(|text| !text.contains("without `b`")));
}
