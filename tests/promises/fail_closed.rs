//! Fail closed: what cannot be done as the policy says is a refusal with a
//! reason and an exit code, and nothing is left on disk.

use offrecord::job::{Goal, Recipients, Stop};

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::{How, Scene, why};

const KEEP: &str = "do = \"keep\"\nkind = \"text\"";

fn policy() -> String {
    head("closed") + &column("a", KEEP) + &column("b", "do = \"drop\"") + INPUT_ORDER
}

const INPUT: &[u8] = b"a,b\nx,1\ny,2\n";

fn refused(policy: &str, input: &[u8], code: u8) -> Stop {
    let scene = Scene::new();
    let stop = scene.refused(policy, input, How::default());
    assert_eq!(stop.code(), code, "{}\n{policy}", why(&stop));
    assert!(!stop.help().is_empty());
    stop
}

#[test]
fn an_expired_policy_does_not_run_and_one_that_ends_today_does() {
    let with =
        |day: &str| policy().replacen("purpose", &format!("valid_until = {day}\npurpose"), 1);
    refused(&with("2020-02-29"), INPUT, 2);
    let today = crate::util::today();
    let scene = Scene::new();
    scene.release(&with(&today.to_string()), INPUT, "out", How::default());
    refused(&with(&today.yesterday().unwrap().to_string()), INPUT, 2);
}

#[test]
fn the_run_itself_refuses_an_expired_policy_without_anybody_having_checked_it() {
    let scene = Scene::new();
    let text = policy().replacen("purpose", "valid_until = 2020-02-29\npurpose", 1);
    let policy = crate::util::parse(&text, &scene.path("")).unwrap();
    let input = scene.write("in.csv", INPUT);
    let stop = scene
        .run_unchecked(policy.into(), &[input], "out", How::default())
        .err()
        .unwrap();
    assert!(matches!(stop, Stop::Expired(_)), "{}", why(&stop));
    assert_eq!(scene.listing(), ["in.csv"]);
}

#[test]
fn words_that_are_not_built_are_refused_by_name_and_never_ignored() {
    for (from, to, word) in [
        ("do = \"drop\"", "do = \"encrypt\"", "encrypt"),
        (
            "do = \"drop\"",
            "do = \"drop\"\nkind = \"address\"",
            "address",
        ),
        ("format", "format", ""),
        (
            "[extract]",
            "[extract.risk]\nk = 5\nsmall = \"generalise\"\n\n[extract]",
            "generalise",
        ),
        (
            "[extract]",
            "[approval]\nneeded = 2\n\n[extract]",
            "approval",
        ),
        ("[extract]", "[ledger]\nbudget = 1\n\n[extract]", "ledger"),
        ("[input]", "[input]\nformat = \"xlsx\"", "xlsx"),
    ] {
        if word.is_empty() {
            continue;
        }
        let changed = policy().replacen(from, to, 1);
        assert_ne!(changed, policy());
        let stop = refused(&changed, INPUT, 2);
        assert!(why(&stop).contains(word), "{}", why(&stop));
    }
}

#[test]
fn an_existing_place_is_never_written_over() {
    let scene = Scene::new();
    let input = scene.write("in.csv", INPUT);
    for place in ["out", "out.private"] {
        for file in [true, false] {
            if file {
                scene.write(place, "mine");
            } else {
                std::fs::create_dir(scene.path(place)).unwrap();
            }
            let stop = scene
                .run(
                    &policy(),
                    std::slice::from_ref(&input),
                    "out",
                    How::default(),
                )
                .err()
                .unwrap();
            assert_eq!(stop.code(), 2, "{}", why(&stop));
            assert_eq!(scene.listing(), ["in.csv", place]);
            if file {
                assert_eq!(std::fs::read(scene.path(place)).unwrap(), b"mine");
                std::fs::remove_file(scene.path(place)).unwrap();
            } else {
                std::fs::remove_dir(scene.path(place)).unwrap();
            }
        }
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", scene.path("out")).unwrap();
        let stop = scene
            .run(&policy(), &[input], "out", How::default())
            .err()
            .unwrap();
        assert_eq!(stop.code(), 2, "a dangling link is in the way too");
    }
}

#[test]
fn too_many_unreadable_records_fail_and_as_many_as_allowed_do_not() {
    let mut input = "a,b\n".to_owned();
    for row in 0..98 {
        input.push_str(&format!("x{row},{row}\n"));
    }
    input.push_str("one\ntwo\n");
    let scene = Scene::new();
    scene.release(&policy(), input.as_bytes(), "out", How::default());
    input.push_str("three\n");
    let stop = refused(&policy(), input.as_bytes(), 1);
    assert!(matches!(
        stop,
        Stop::TooManyBad {
            bad: 3,
            read: 101,
            ..
        }
    ));
}

#[test]
fn bad_refuse_and_invalid_refuse_stop_at_the_first() {
    let strict = policy().replace("max_bad = 0.02", "bad = \"refuse\"");
    let stop = refused(&strict, b"a,b\nx,1\ny\n", 1);
    assert!(
        matches!(stop, Stop::Unreadable { line: 3, .. }),
        "{}",
        why(&stop)
    );
    let strict = policy().replace(
        KEEP,
        "do = \"keep\"\npattern = \"[a-z]\"\ninvalid = \"refuse\"",
    );
    let stop = refused(&strict, b"a,b\nx,1\ny,2\nZ7,3\n", 1);
    assert!(
        matches!(stop, Stop::ValueRefused { line: 4, .. }),
        "{}",
        why(&stop)
    );
    assert!(!why(&stop).contains("Z7"), "the value is told");
}

#[test]
fn an_empty_file_is_no_register_and_a_header_alone_is_an_empty_one() {
    let stop = refused(&policy(), b"", 1);
    drop(stop);
    let scene = Scene::new();
    for (out, header) in [
        ("lf", "a,b\n"),
        ("none", "a,b"),
        ("crlf", "a,b\r\n"),
        ("bom", "\u{feff}a,b\n"),
    ] {
        let release = scene.release(&policy(), header.as_bytes(), out, How::default());
        assert_eq!(release.files["extract.csv"], b"a\n");
        assert_eq!(release.facts().balance.read(), 0);
    }
}

#[test]
fn a_policy_from_which_no_column_leaves_is_refused_and_so_is_one_without_columns() {
    let nothing = policy().replace(KEEP, "do = \"drop\"");
    refused(&nothing, INPUT, 2);
    let empty = head("closed") + INPUT_ORDER;
    refused(&empty, INPUT, 2);
}

#[test]
fn a_policy_without_extract_and_tables_writes_no_rows() {
    let scene = Scene::new();
    let policy = policy().replace(INPUT_ORDER, "").replace("tables", "");
    match scene.run(
        &policy,
        &[scene.write("in.csv", INPUT)],
        "out",
        How::default(),
    ) {
        Ok(_) => {
            let files = crate::util::tree(&scene.path("out"));
            assert!(!files.keys().any(|name| name.starts_with("extract")));
        }
        Err(stop) => assert_eq!(stop.code(), 2, "{}", why(&stop)),
    }
}

#[test]
fn an_input_that_changes_between_two_readings_is_refused() {
    let scene = Scene::new();
    let policy = policy().replace(
        "[input]\n",
        "[recipients.one]\nname = \"One\"\n[recipients.two]\nname = \"Two\"\n\n[input]\n",
    );
    let policy = std::sync::Arc::new(crate::util::parse(&policy, &scene.path("")).unwrap());
    let input = scene.write("in.csv", INPUT);
    let interrupted = std::sync::atomic::AtomicBool::new(false);
    let stop = offrecord::job::run(&offrecord::job::Job {
        policy,
        inputs: vec![input.clone()],
        key: crate::util::test_key(),
        goal: Goal::Release(scene.path("out")),
        recipients: Recipients::All,
        threads: std::num::NonZeroUsize::MIN,
        chunk_size: 1 << 16,
        house_rules: serde_json::Value::Null,
        approved: Default::default(),
        ledger: None,
        with: Vec::new(),
        interrupted: &interrupted,
        // Between the first release's rows and the second's the file changes.
        watch: &|progress| {
            if progress == offrecord::job::Progress::Checking {
                std::fs::write(&input, "a,b\nx,1\nz,2\n").unwrap();
            }
        },
    })
    .err()
    .unwrap();
    assert!(matches!(stop, Stop::InputChanged), "{}", why(&stop));
    assert_eq!(
        (stop.code(), scene.listing()),
        (1, vec!["in.csv".to_owned()])
    );
}

#[test]
fn recipients_are_neither_guessed_nor_made_up() {
    let named = policy().replace("[input]\n", "[recipients.one]\nname = \"One\"\n\n[input]\n");
    let scene = Scene::new();
    for (policy, recipients) in [
        (&named, Recipients::Everybody),
        (&named, Recipients::One("two".into())),
        (&policy(), Recipients::One("one".into())),
        (&policy(), Recipients::All),
    ] {
        let how = How {
            recipients,
            ..How::default()
        };
        let stop = scene.refused(policy, INPUT, how);
        assert_eq!(stop.code(), 2, "{}", why(&stop));
    }
}

#[test]
fn a_dry_run_and_a_sample_write_nothing() {
    let scene = Scene::new();
    let input = scene.write("in.csv", INPUT);
    for goal in [
        Goal::DryRun,
        Goal::Sample {
            records: 1,
            seed: 7,
        },
    ] {
        let how = How {
            goal: Some(goal.clone()),
            ..How::default()
        };
        let report = scene.run(&policy(), std::slice::from_ref(&input), "out", how);
        let report = report.map_err(|stop| why(&stop)).unwrap();
        let expected = if goal == Goal::DryRun { 2 } else { 1 };
        assert_eq!(report.releases[0].balance.read(), expected);
        assert_eq!(scene.listing(), ["in.csv"]);
    }
}

#[test]
fn an_input_that_is_not_there_or_is_a_folder_leaves_nothing() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("folder")).unwrap();
    for input in ["nothing.csv", "folder"] {
        let stop = scene
            .run(&policy(), &[scene.path(input)], "out", How::default())
            .err()
            .unwrap();
        assert_ne!(stop.code(), 0);
        assert_eq!(scene.listing(), ["folder"]);
    }
}

#[test]
fn a_broken_archive_and_a_bomb_are_refused() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let mut rows = b"a,b\n".to_vec();
    for row in 0..2_000 {
        rows.extend(format!("x{row},{}\n", row * 7919).bytes());
    }
    let whole = pack(&rows);
    let cut = &whole[..whole.len() - 20];
    refused(&policy(), cut, 1);
    let mut flipped = whole.clone();
    let at = flipped.len() - 6;
    flipped[at] ^= 1;
    refused(&policy(), &flipped, 1);
    let mut bomb = b"a,b\n".to_vec();
    bomb.resize(64 << 20, b'x');
    refused(&policy(), &pack(&bomb), 1);
}

#[test]
fn a_chunk_of_sixteen_bytes_reads_records_longer_than_itself() {
    let scene = Scene::new();
    let long = "x".repeat(150);
    let input = format!("a,b\n\"{long}, and\nmore\",1\ny,2\n");
    let how = How {
        chunk: 16,
        ..How::default()
    };
    let release = scene.release(&policy(), input.as_bytes(), "out", how);
    assert_eq!(
        release.extract().rows,
        [[format!("{long}, and more")], ["y".to_owned()]]
    );
}
