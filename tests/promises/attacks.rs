//! Releases that went wrong in the past, made again on invented people, and
//! broken by `attack`; after the policy's fix the same attack fails. What the
//! attack counts equals what a slow count of the tests' own finds.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;

use md5::{Digest, Md5};
use offrecord::input::Reading;
use offrecord::risk::attack::codes::Guesses;
use offrecord::risk::attack::sheet::Roles;
use offrecord::risk::attack::{Evidence, Means, Report, attack};
use sha2::Sha256;

use crate::util::policies::{column, head};
use crate::util::random::Random;
use crate::util::{How, Scene};

fn means<'a>() -> Means<'a> {
    Means {
        lists: Vec::new(),
        joined: Vec::new(),
        source: None,
        facts: None,
        earlier: None,
        fuzzy: false,
        reading: Reading::default(),
        roles: Roles::default(),
        guesses: Guesses {
            regions: Vec::new(),
            shapes: Vec::new(),
            salts: Vec::new(),
            tries: 120_000,
            listed: Vec::new(),
        },
        k: None,
        threads: NonZeroUsize::new(2).unwrap(),
    }
}

fn evidence<'r>(report: &'r Report, scenario: &str) -> &'r Evidence {
    let mut all = report.evidence.iter().filter(|e| e.scenario == scenario);
    all.next().unwrap_or_else(|| panic!("no {scenario}"))
}

fn figure(evidence: &Evidence, name: &str) -> u64 {
    evidence.figures[name].as_u64().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn with_subject(text: String) -> String {
    text.replacen("[grounds]", "[subject]\ncolumn = \"who\"\n\n[grounds]", 1)
}

const CODE: &str = "do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"person\"\nclass = \"none\"";
const EXTRACT: &str = "[extract]\norder = \"shuffled\"\n";

#[test]
fn hashed_taxi_codes_are_all_undone_and_ours_never() {
    let scene = Scene::new();
    let mut random = Random::new(1);
    let (mut raw, mut hashed) = ("who,fare\n".to_owned(), "who,fare\n".to_owned());
    let mut cabs = BTreeSet::new();
    for _ in 0..300 {
        let cab = format!(
            "{}{}{:02}",
            random.below(10),
            char::from(b'A' + u8::try_from(random.below(26)).unwrap()),
            random.below(100)
        );
        let fare = random.below(9);
        raw.push_str(&format!("{cab},{fare}\n"));
        hashed.push_str(&format!("{},{fare}\n", hex(&Md5::digest(cab.as_bytes()))));
        cabs.insert(cab);
    }
    let mut means = means();
    means.guesses.shapes = vec!["9A99".to_owned()];
    let published = scene.write("taxis.csv", hashed);
    let report = attack(&published, &means).unwrap();
    let found = evidence(&report, "dictionary");
    assert_eq!(found.matches, cabs.len() as u64);
    assert!(report.broken() && found.fix.contains("pseudonymise"));
    assert!(found.figures["by"].as_str().unwrap().starts_with("MD5"));

    let policy = with_subject(head("taxis"))
        + &column("who", CODE)
        + &column("fare", "do = \"keep\"\nkind = \"number\"\nclass = \"none\"")
        + EXTRACT;
    scene.release(&policy, raw.as_bytes(), "taxis", How::default());
    let report = attack(&scene.path("taxis"), &means).unwrap();
    let found = evidence(&report, "dictionary");
    assert_eq!((found.matches, found.of), (0, cabs.len() as u64));
    assert!(!report.broken());
}

#[test]
fn a_salt_that_is_public_protects_nobody() {
    let scene = Scene::new();
    let mut random = Random::new(2);
    let (mut raw, mut hashed) = ("who\n".to_owned(), "who\n".to_owned());
    let mut people = BTreeSet::new();
    for _ in 0..50 {
        // Invented numbers that no operator gives out.
        let number = format!("1700000{:04}", random.below(10_000));
        let digest = Sha256::digest(format!("pepper-2016:{number}").as_bytes());
        raw.push_str(&format!("{number}\n"));
        hashed.push_str(&format!("{}\n", hex(&digest)));
        people.insert(number);
    }
    let published = scene.write("salted.csv", hashed);
    let mut means = means();
    means.guesses.shapes = vec!["17000009999".to_owned()];
    means.guesses.tries = 200_000;
    assert_eq!(
        evidence(&attack(&published, &means).unwrap(), "dictionary").matches,
        0
    );
    means.guesses.salts = vec!["pepper-2016".to_owned()];
    let report = attack(&published, &means).unwrap();
    assert_eq!(evidence(&report, "dictionary").matches, people.len() as u64);

    let policy = with_subject(head("salted")) + &column("who", CODE) + EXTRACT;
    scene.release(&policy, raw.as_bytes(), "salted", How::default());
    let report = attack(&scene.path("salted"), &means).unwrap();
    assert_eq!(evidence(&report, "dictionary").matches, 0);
}

/// Invented patients: who, zip, birth date, sex, diagnosis.
fn patients(people: u64) -> Vec<[String; 5]> {
    let mut random = Random::new(3);
    (0..people)
        .map(|who| {
            let (year, month, day) = (
                1930 + random.below(70),
                1 + random.below(12),
                1 + random.below(28),
            );
            [
                format!("p{who}"),
                format!("02{}{:02}", 1 + random.below(2), random.below(12)),
                format!("{year}-{month:02}-{day:02}"),
                ["F", "M"][random.below(2)].to_owned(),
                ["flu", "cold", "ulcer"][random.below(3)].to_owned(),
            ]
        })
        .collect()
}

fn csv(head: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = format!("{head}\n");
    for row in rows {
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

#[test]
fn zip_birth_date_and_sex_find_as_many_as_a_slow_count_says() {
    let scene = Scene::new();
    let patients = patients(1_500);
    let hospital = csv("zip,born,sex,ill", patients.iter().map(|p| p[1..].to_vec()));
    let voters = csv(
        "name,postcode,birth,gender",
        patients.iter().step_by(2).map(|p| p[..4].to_vec()),
    );
    let list = scene.write("voters.csv", voters);
    let published = scene.write("hospital.csv", hospital);
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let mut means = means();
    means.lists = vec![(
        list.as_path(),
        pairs(&[("zip", "postcode"), ("born", "birth"), ("sex", "gender")]),
    )];
    means.roles.sensitive = vec!["ill".to_owned()];
    means.k = Some(5);
    let report = attack(&published, &means).unwrap();
    let found = evidence(&report, "linkage with a list");
    // Slowly: voters whose values one patient has, and no other voter.
    let mut slow = 0;
    for voter in patients.iter().step_by(2) {
        let same = |other: &&[String; 5]| other[1..4] == voter[1..4];
        let here = patients.iter().filter(same).count();
        let there = patients.iter().step_by(2).filter(same).count();
        slow += u64::from(here == 1 && there == 1);
    }
    assert_eq!((found.matches, found.of), (slow, 750));
    assert!(slow > 600 && report.broken());

    let policy = with_subject(head("patients"))
        + &column("who", "do = \"drop\"\nkind = \"exact\"")
        + &column("zip", "do = \"generalise\"\nkind = \"exact\"\nprefix = 3")
        + &column(
            "born",
            "do = \"generalise\"\nkind = \"date\"\nto = \"decade\"",
        )
        + &column("sex", "do = \"keep\"\nvalues = [\"F\", \"M\"]")
        + &column(
            "ill",
            "do = \"keep\"\nkind = \"text\"\nclass = \"sensitive\"",
        )
        + EXTRACT
        + "[extract.risk]\nk = 5\nl = 2\n";
    let input = csv("who,zip,born,sex,ill", patients.iter().map(|p| p.to_vec()));
    scene.release(&policy, input.as_bytes(), "out", How::default());
    means.roles = Roles::default();
    means.k = None;
    let source = scene.write("source.csv", &input);
    means.source = Some(source.as_path());
    let report = attack(&scene.path("out"), &means).unwrap();
    let found = evidence(&report, "linkage with a list");
    assert_eq!((found.matches, figure(found, "one_candidate")), (0, 0));
    assert!(figure(found, "five_or_more") > 700);
    assert_eq!(figure(found, "sensitive_value_learned_without_a_match"), 0);
    assert_eq!(evidence(&report, "who was selected").matches, 0);
    assert!(!report.broken());
}

#[test]
fn fuzzy_linkage_forgives_one_wrong_column() {
    let scene = Scene::new();
    let published = scene.write(
        "published.csv",
        "zip,born,sex\n02101,1950-01-02,F\n02102,1960-03-04,M\n02103,1970-05-06,M\n",
    );
    let list = scene.write(
        "list.csv",
        "zip,born,sex\n02109,1950-01-02,F\n02102,1960/3/4,m\n02103,1970-05-06,m\n",
    );
    let pairs: Vec<(String, String)> = ["zip", "born", "sex"]
        .iter()
        .map(|name| ((*name).to_owned(), (*name).to_owned()))
        .collect();
    let mut means = means();
    means.lists = vec![(list.as_path(), pairs)];
    let found = |report: &Report| figure(evidence(report, "linkage with a list"), "one_candidate");
    assert_eq!(found(&attack(&published, &means).unwrap()), 0);
    means.fuzzy = true;
    let report = attack(&published, &means).unwrap();
    assert_eq!(found(&report), 3);
    // Other spelling is forgiven and certain; another number is not.
    assert_eq!(evidence(&report, "linkage with a list").matches, 1);
}

#[test]
fn two_ratings_find_as_many_as_a_slow_count_of_all_pairs() {
    let scene = Scene::new();
    let mut random = Random::new(4);
    let mut raw = "who,film,week\n".to_owned();
    let mut events: BTreeMap<String, BTreeSet<(u64, u64)>> = BTreeMap::new();
    for who in 0..600 {
        for _ in 0..1 + random.below(6) {
            let (film, week) = (random.below(40), random.below(10));
            let (film, week) = (film as u64, week as u64);
            if events
                .entry(format!("u{who}"))
                .or_default()
                .insert((film, week))
            {
                raw.push_str(&format!("u{who},f{film},w{week}\n"));
            }
        }
    }
    let published = scene.write("ratings.csv", &raw);
    let mut means = means();
    means.roles.subject = Some("who".to_owned());
    let report = attack(&published, &means).unwrap();
    let found = evidence(&report, "histories");
    let known = found.figures["known"].as_array().unwrap();
    for (events_known, known) in (1..).zip(known) {
        let enough = |mine: &&BTreeSet<_>| mine.len() >= events_known.max(2);
        let people = events.values().filter(enough).count();
        assert_eq!(known["people"], people, "{events_known}");
    }
    for (events_known, known) in [(1usize, &known[0]), (2, &known[1])] {
        let (mut sets, mut alone) = (0.0, 0.0);
        for mine in events.values().filter(|mine| mine.len() > 1) {
            let mine: Vec<_> = mine.iter().collect();
            for (at, first) in mine.iter().enumerate() {
                for second in mine.iter().skip(at + 1) {
                    let chosen = [*first, *second];
                    let chosen = &chosen[..events_known];
                    let fit = |other: &&BTreeSet<_>| chosen.iter().all(|e| other.contains(*e));
                    sets += 1.0;
                    alone += f64::from(u8::from(events.values().filter(fit).count() == 1));
                }
            }
        }
        let people = known["people"].as_f64().unwrap();
        let share = known["alone"].as_f64().unwrap() / people;
        assert!(
            (share - alone / sets).abs() < 0.02,
            "{share} {}",
            alone / sets
        );
    }
    assert!(found.matches * 10 > found.of * 9);

    // No code leaves: nobody can tell which ratings are one person's.
    let policy = with_subject(head("ratings"))
        + &column("who", "do = \"drop\"\nkind = \"exact\"")
        + &column("film", "do = \"keep\"\nkind = \"text\"")
        + &column("week", "do = \"drop\"")
        + EXTRACT
        + "[extract.risk]\nk = 5\n";
    scene.release(&policy, raw.as_bytes(), "out", How::default());
    means.roles = Roles::default();
    let report = attack(&scene.path("out"), &means).unwrap();
    assert!(report.evidence.iter().all(|e| e.scenario != "histories"));
    assert!(!report.broken());
    // With codes, as many people share each whole history as the limit says.
    let coded = policy
        .replace("do = \"drop\"\nkind = \"exact\"", CODE)
        .replace("k = 5", "k = 2");
    scene.release(&coded, raw.as_bytes(), "coded", How::default());
    assert!(!attack(&scene.path("coded"), &means).unwrap().broken());
}

#[test]
fn an_extract_that_completes_its_own_table_is_caught() {
    let scene = Scene::new();
    let rows = |town: &str, sex: &str, n: usize| vec![format!("{town},{sex}\n"); n].concat();
    let extract = [
        "town,sex\n".to_owned(),
        rows("Northtown", "F", 12),
        rows("Northtown", "M", 3),
        rows("Southport", "F", 11),
        rows("Westham", "F", 12),
    ]
    .concat();
    let folder = scene.path("planted");
    std::fs::create_dir_all(folder.join("tables")).unwrap();
    std::fs::write(folder.join("extract.csv"), extract).unwrap();
    std::fs::write(
        folder.join("tables/t.csv"),
        "town,sex,persons,status\nNorthtown,F,12,published\nSouthport,F,20,published\nWestham,F,22,published\n",
    )
    .unwrap();
    std::fs::write(
        folder.join("manifest.json"),
        r#"{"subject": [{"name": "extract.csv"}, {"name": "tables/t.csv"}], "predicate": {
            "policy": {"name": "p/t"}, "recipient": null, "row_risk": {"limited": true, "k": 3},
            "columns": [{"name": "town", "class": "quasi", "form": {"form": "kind", "kind": "text"}},
                        {"name": "sex", "class": "quasi", "form": {"form": "kind", "kind": "text"}}],
            "extract": {"format": "csv"},
            "tables": [{"name": "t", "by": [{"name": "town"}, {"name": "sex"}],
                        "figures": ["persons"], "min": 10}]}}"#,
    )
    .unwrap();
    let report = attack(&folder, &means()).unwrap();
    let found = evidence(&report, "differencing with a table");
    assert_eq!(found.matches, 1);
    // Nine more in the table than in the rows are fewer than ten; ten are not.
    assert_eq!(found.figures["cells_that_tell_of_a_few_kept_back"], 1);
    assert!(report.broken());

    // The fix: one of the columns does not leave in rows.
    let mut input = "who,town,sex\n".to_owned();
    for (at, (town, sex)) in [("Northtown", "F"), ("Northtown", "M"), ("Southport", "F")]
        .iter()
        .flat_map(|cell| std::iter::repeat_n(cell, 12))
        .enumerate()
    {
        input.push_str(&format!("p{at},{town},{sex}\n"));
    }
    let policy = with_subject(head("table"))
        + &column("who", "do = \"drop\"\nkind = \"exact\"")
        + &column("town", "do = \"keep\"\nkind = \"text\"")
        + &column("sex", "do = \"drop\"\ntables = \"keep\"")
        + EXTRACT
        + "[extract.risk]\nk = 3\n\n[[tables]]\nname = \"t\"\nby = [\"town\", \"sex\"]\ncount = [\"person\"]\nmin = 10\n";
    scene.release(&policy, input.as_bytes(), "out", How::default());
    let report = attack(&scene.path("out"), &means()).unwrap();
    assert!(
        report
            .evidence
            .iter()
            .all(|e| e.scenario != "differencing with a table")
    );
    assert!(!report.broken());
}

/// Runs a policy over invented people and gives the folder.
fn release(scene: &Scene, project: &str, people: std::ops::Range<usize>, kept: &str) -> String {
    let mut input = "who,town,job\n".to_owned();
    for who in people {
        input.push_str(&format!("p{who},t{},j{}\n", who % 2, who % 3));
    }
    let drop = if kept == "town" { "job" } else { "town" };
    let policy = with_subject(head("joined").replace("party-register", project))
        + &column("who", CODE)
        + &column(kept, "do = \"keep\"\nkind = \"text\"")
        + &column(drop, "do = \"drop\"")
        + EXTRACT
        + "[extract.risk]\nk = 5\n";
    let out = format!("{project}-{kept}-{}", scene.listing().len());
    scene.release(&policy, input.as_bytes(), &out, How::default());
    out
}

#[test]
fn releases_that_share_codes_are_judged_as_one_record() {
    let scene = Scene::new();
    // 24 people: groups of 12 and of 8, and of 4 where both are known.
    let town = release(&scene, "one", 0..24, "town");
    let job = release(&scene, "one", 0..24, "job");
    let elsewhere = release(&scene, "two", 0..24, "job");
    let town = scene.path(&town);
    assert!(!attack(&town, &means()).unwrap().broken());
    for (other, codes, broken) in [(job, 24, true), (elsewhere, 0, false)] {
        let other = scene.path(&other);
        let mut means = means();
        means.joined = vec![other.as_path()];
        let report = attack(&town, &means).unwrap();
        let found = evidence(&report, "joined with another release");
        assert_eq!(figure(found, "codes_in_both"), codes);
        assert_eq!(found.broken, broken);
    }
}

#[test]
fn people_without_a_code_count_for_the_intruder_as_they_count_for_the_limit() {
    let scene = Scene::new();
    // Four with a code and one without are five; six have the same two rows.
    let mut input = "who,town\np0,t0\np1,t0\np2,t0\np3,t0\n,t0\n".to_owned();
    for who in 10..16 {
        input.push_str(&format!("p{who},t1\np{who},t2\n"));
    }
    let policy = with_subject(head("uncoded"))
        + &column("who", CODE)
        + &column("town", "do = \"keep\"\nkind = \"text\"")
        + EXTRACT
        + "[extract.risk]\nk = 5\n";
    scene.release(&policy, input.as_bytes(), "uncoded", How::default());
    let folder = scene.path("uncoded");
    let mut means = means();
    means.joined = vec![folder.as_path()];
    let report = attack(&folder, &means).unwrap();
    assert_eq!(report.rows, 17);
    let found = evidence(&report, "joined with another release");
    assert_eq!(figure(found, "k_of_the_joined_record"), 5);
    let found = evidence(&report, "histories");
    assert_eq!(figure(found, "least_people_of_a_whole_history"), 5);
    assert!(!report.broken());
}

#[test]
fn one_person_more_than_in_the_earlier_release_is_caught() {
    let scene = Scene::new();
    let before = release(&scene, "one", 0..24, "town");
    let now = release(&scene, "one", 0..25, "town");
    let later = release(&scene, "one", 0..34, "town");
    let before = scene.path(&before);
    for (release, added, broken) in [(now, 1, true), (later, 10, false)] {
        let mut means = means();
        means.earlier = Some(Path::new(&before));
        let report = attack(&scene.path(&release), &means).unwrap();
        let found = evidence(&report, "differencing with an earlier release");
        assert_eq!(figure(found, "codes_added"), added);
        assert_eq!(found.broken, broken);
    }
}

#[test]
fn rows_in_the_order_of_the_register_are_noticed_and_shuffled_ones_not() {
    let scene = Scene::new();
    let input = csv(
        "who,born",
        (0..200).map(|at| {
            vec![
                format!("p{at}"),
                format!("{}-01-{:02}", 1900 + at % 100, 1 + at / 100),
            ]
        }),
    );
    let source = scene.write("source.csv", &input);
    let policy = |extract: &str| {
        with_subject(head("order"))
            + &column("who", "do = \"drop\"\nkind = \"exact\"")
            + &column("born", "do = \"generalise\"\nkind = \"date\"\nto = \"day\"")
            + extract
    };
    let input_order = "[extract]\norder = \"input\"\nwhy = \"To be noticed\"\n";
    for (out, extract, noticed) in [("kept", input_order, true), ("shuffled", EXTRACT, false)] {
        scene.release(&policy(extract), input.as_bytes(), out, How::default());
        let mut means = means();
        means.source = Some(source.as_path());
        let report = attack(&scene.path(out), &means).unwrap();
        assert_eq!(
            evidence(&report, "order of rows").matches > 0,
            noticed,
            "{out}"
        );
    }
    // Backwards is an order too.
    let mut lines: Vec<&str> = input.lines().collect();
    lines[1..].reverse();
    let turned = scene.write("turned.csv", lines.join("\n") + "\n");
    let mut means = means();
    means.source = Some(turned.as_path());
    let report = attack(&scene.path("kept"), &means).unwrap();
    assert!(evidence(&report, "order of rows").matches > 0);
}

#[test]
fn an_identifier_left_in_text_breaks_the_release() {
    let scene = Scene::new();
    // The number of the standard's own example.
    let published = scene.write("notes.csv", "note\ncall 11010519491231002X\nnothing\n");
    let report = attack(&published, &means()).unwrap();
    assert_eq!(evidence(&report, "identifiers in text").matches, 1);
    assert!(report.broken());
}

#[test]
fn known_facts_have_as_many_candidates_as_a_slow_count_of_people() {
    let scene = Scene::new();
    // Somebody rated two films on two days; everybody is p and a number.
    let mut random = Random::new(5);
    let mut rows: Vec<[String; 3]> = Vec::new();
    for person in 0..80 {
        for _ in 0..3 {
            let film = format!("f{}", random.below(12));
            let day = format!("2026-01-0{}", 1 + random.below(8));
            rows.push([format!("p{person}"), film, day]);
        }
    }
    let ratings = csv("p,film,day", rows.iter().map(|row| row.to_vec()));
    let ratings = scene.write("ratings.csv", ratings);
    let mut facts = "who,film,day\n".to_owned();
    let mut expected = Vec::new();
    for person in (0..80).step_by(4) {
        let mine: Vec<&[String; 3]> = rows
            .iter()
            .filter(|row| row[0] == format!("p{person}"))
            .collect();
        // One film, and one film with its day.
        let known = [(&mine[0][1], None), (&mine[1][1], Some(&mine[1][2]))];
        let mut fits: Option<BTreeSet<&String>> = None;
        for (film, day) in known {
            let day_text = day.map_or("", String::as_str);
            facts.push_str(&format!("person {person},{film},{day_text}\n"));
            let fit = rows
                .iter()
                .filter(|row| &row[1] == film && day.is_none_or(|day| &row[2] == day));
            let people: BTreeSet<&String> = fit.map(|row| &row[0]).collect();
            fits = Some(match fits {
                None => people,
                Some(before) => before.intersection(&people).copied().collect(),
            });
        }
        expected.push(fits.unwrap().len() as u64);
    }
    let facts = scene.write("facts.csv", facts);
    let mut means = means();
    means.roles.subject = Some("p".to_owned());
    means.facts = Some(facts.as_path());
    let report = attack(&ratings, &means).unwrap();
    let found = evidence(&report, "known facts");
    assert_eq!(found.figures["candidates"], serde_json::json!(expected));
    assert_eq!(found.of, 20);
    assert_eq!(
        found.matches,
        expected.iter().filter(|n| **n == 1).count() as u64
    );
    assert!(found.matches > 0 && !found.broken);
    let untried = report.not_tried.join("; ");
    assert!(
        !untried.contains("--facts") && untried.contains("--earlier"),
        "{untried}"
    );
}

#[test]
fn facts_about_the_people_of_a_limited_release_never_have_fewer_candidates_than_k() {
    let scene = Scene::new();
    let folder = release(&scene, "one", 0..24, "town");
    let target = scene.path(&folder);
    let facts = scene.write("facts.csv", "town\nt0\nt1\nt7\n");
    let mut means = means();
    means.facts = Some(facts.as_path());
    let report = attack(&target, &means).unwrap();
    let found = evidence(&report, "known facts");
    assert_eq!(found.figures["candidates"], serde_json::json!([12, 12, 0]));
    assert!(!found.broken);
    // Held to more than it claims, the same facts break it.
    let extract = std::fs::read_to_string(target.join("extract.csv")).unwrap();
    let short: Vec<&str> = extract
        .lines()
        .filter(|line| !line.ends_with("t0"))
        .collect();
    let one = extract.lines().find(|line| line.ends_with("t0")).unwrap();
    std::fs::write(
        target.join("extract.csv"),
        format!("{}\n{one}\n", short.join("\n")),
    )
    .unwrap();
    let report = attack(&target, &means).unwrap();
    assert!(evidence(&report, "known facts").broken);
}

#[test]
fn running_numbers_tell_who_was_left_out_and_codes_do_not() {
    let scene = Scene::new();
    let mut numbered = "member,town\n".to_owned();
    for number in (1..100).filter(|number| number % 7 > 0) {
        numbered.push_str(&format!("M{number:04},t{}\n", number % 3));
    }
    let numbered = scene.write("numbered.csv", numbered);
    let report = attack(&numbered, &means()).unwrap();
    let found = evidence(&report, "gaps in numbers");
    assert_eq!((found.matches, found.of), (14, 99));
    assert_eq!(found.figures["rise_from_row_to_row"], true);
    let coded = scene.path(&release(&scene, "one", 0..24, "town"));
    let report = attack(&coded, &means()).unwrap();
    assert!(
        report
            .evidence
            .iter()
            .all(|e| e.scenario != "gaps in numbers")
    );
}

#[test]
fn what_redaction_leaves_of_a_text_is_found_again_in_the_register() {
    let scene = Scene::new();
    let mut input = "who,note\n".to_owned();
    for person in 0..30 {
        // Ten stories that are one person's, and one that twenty share.
        let story = match person {
            0..10 => format!("met the chairman in hall {person} of the old mill"),
            _ => "paid the yearly fee in time".to_owned(),
        };
        input.push_str(&format!(
            "p{person},{story}; write to p{person}@example.org\n"
        ));
    }
    let policy = with_subject(head("left"))
        + &column("who", CODE)
        + &column(
            "note",
            "do = \"redact\"\nfind = [\"email\"]\nclass = \"none\"",
        )
        + EXTRACT;
    scene.release(&policy, input.as_bytes(), "out", How::default());
    let source = scene.write("register.csv", &input);
    let mut means = means();
    means.source = Some(source.as_path());
    let report = attack(&scene.path("out"), &means).unwrap();
    let found = evidence(&report, "leftover text");
    assert_eq!(found.matches, 10);
}

#[test]
fn a_release_that_misses_its_own_limits_by_one_is_broken() {
    let scene = Scene::new();
    let planted = |name: &str, rows: &str| {
        let folder = scene.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("extract.csv"), format!("town,ill\n{rows}")).unwrap();
        std::fs::write(
            folder.join("manifest.json"),
            r#"{"subject": [{"name": "extract.csv"}], "predicate": {
                "policy": {"name": "p/t"}, "recipient": null,
                "row_risk": {"limited": true, "k": 3, "l": 2},
                "columns": [{"name": "town", "class": "quasi", "form": {"form": "kind", "kind": "text"}},
                            {"name": "ill", "class": "sensitive", "form": {"form": "kind", "kind": "text"}}],
                "extract": {"format": "csv"}, "tables": []}}"#,
        )
        .unwrap();
        attack(&folder, &means()).unwrap()
    };
    let whole = "N,a\nN,b\nN,a\nS,a\nS,b\nS,b\n";
    let report = planted("whole", whole);
    assert!(!report.broken());
    let report = planted("k", &format!("{whole}W,a\nW,b\n"));
    assert!(evidence(&report, "singling-out").broken && report.broken());
    let report = planted("l", &format!("{whole}W,a\nW,a\nW,a\n"));
    assert!(!evidence(&report, "singling-out").broken);
    assert!(evidence(&report, "homogeneity").broken && report.broken());
}
