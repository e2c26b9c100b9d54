//! `run`: releases, and everything that is none.

use std::io::Write;

use super::scene::{Done, Scene, register};

const RUN: [&str; 7] = [
    "run",
    "policy.toml",
    "register.csv",
    "--key",
    "key",
    "--out",
    "o",
];

fn run_with(scene: &Scene, more: &[&str]) -> Done {
    scene.run(&[&RUN[..], more].concat())
}

#[test]
fn a_run_makes_a_release_and_its_private_half_and_tells_what_it_did() {
    let scene = Scene::new();
    let done = run_with(&scene, &[]).code(0).prints_nothing();
    let done = done
        .says("READ 60 records from 1 file")
        .says("WROTE 60 rows of 3 columns, shuffled, extract.csv")
        .says("CODED 1 column: member")
        .says("COARSENED 1 column: birth_date")
        .says("DROPPED 1 column: name")
        .says("row risk not limited")
        .says("hunted; nothing was found, which is not a proof")
        .says("o.private, never to be shared");
    for word in ["anonym", "de-identif", "safe", "compliant"] {
        assert!(
            !done.err.to_lowercase().contains(word),
            "{word}: {}",
            done.err
        );
    }
    let names = scene.names();
    for name in [
        "o/extract.csv",
        "o/manifest.json",
        "o.private/run.json",
        "o.private/quarantine.csv",
    ] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    assert!(!names.iter().any(|name| name.starts_with(".offrecord")));
    assert_eq!(scene.text("o/extract.csv").lines().count(), 61);
}

#[test]
fn json_tells_the_same_to_a_script_and_quiet_says_nothing() {
    let scene = Scene::new();
    let done = run_with(&scene, &["--json", "--quiet"]).code(0);
    assert_eq!(done.err, "");
    let answer = done.json();
    let release = &answer["releases"][0];
    assert_eq!(answer["out"], "o");
    assert_eq!(release["records"]["read"], 60);
    assert_eq!(release["records"]["written"], 60);
    assert_eq!(release["row_risk"]["limited"], false);
    assert_eq!(release["columns"][1]["treatment"], "drop");
    assert_eq!(release["check"]["repeated"], true);
}

#[test]
fn an_existing_place_is_never_written_over() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("o")).unwrap();
    scene
        .leaves_nothing(&RUN)
        .code(2)
        .prints_nothing()
        .says("o exists already")
        .says_next();
    std::fs::remove_dir(scene.path("o")).unwrap();
    scene.file("o.private", "mine");
    scene
        .leaves_nothing(&RUN)
        .code(2)
        .says("o.private exists already");
    assert_eq!(scene.text("o.private"), "mine");
}

#[test]
fn the_same_bytes_whatever_threads_chunks_and_memory() {
    let scene = Scene::new();
    let mut extracts = Vec::new();
    for (at, pace) in [
        ["--threads", "1", "--chunk-size", "16"],
        ["--threads", "3", "--chunk-size", "1KiB"],
        ["--threads", "8", "--memory", "1MiB"],
    ]
    .iter()
    .enumerate()
    {
        let out = format!("o{at}");
        let run = [
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            &out,
        ];
        scene.run(&[&run[..], pace].concat()).code(0);
        extracts.push((
            scene.text(&format!("{out}/extract.csv")),
            scene.text(&format!("{out}/manifest.json")),
        ));
    }
    assert!(extracts.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn an_expired_policy_does_not_run() {
    let scene = Scene::with("valid_until = 2020-01-01", "");
    scene
        .leaves_nothing(&RUN)
        .code(2)
        .says("valid until 2020-01-01")
        .says_next();
}

#[test]
fn drift_stops_the_run_before_anything_is_written() {
    let scene = Scene::new();
    scene.file(
        "register.csv",
        scene.text("register.csv").replacen("city", "town", 1),
    );
    scene
        .leaves_nothing(&RUN)
        .code(4)
        .says("missing from the input: \"city\"")
        .says("not named by the policy: \"town\"")
        .says_next();
    scene.file("register.csv", register(3).replacen("name", "city", 1));
    scene
        .leaves_nothing(&RUN)
        .code(4)
        .says("more than once in the header: \"city\"");
}

#[test]
fn a_second_file_that_drifts_is_named() {
    let scene = Scene::new();
    scene.file("more.csv", register(3).replacen("city", "town", 1));
    let mut arguments = RUN.to_vec();
    arguments.insert(3, "more.csv");
    scene.leaves_nothing(&arguments).code(4).says("more.csv");
}

#[test]
fn several_files_are_one_input() {
    let scene = Scene::new();
    scene.file(
        "more.csv",
        "city,birth_date,name,member\nBeijing,1975-03-09,No One,INVENTED-9999999\n",
    );
    let mut arguments = RUN.to_vec();
    arguments.insert(3, "more.csv");
    scene
        .run(&arguments)
        .code(0)
        .says("READ 61 records from 2 files");
}

#[test]
fn gzip_and_stdin_give_the_same_release() {
    let scene = Scene::new();
    run_with(&scene, &[]).code(0);
    let register = scene.text("register.csv");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(register.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    scene.file("register.csv.gz", &gzip);
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv.gz",
            "--key",
            "key",
            "--out",
            "g",
        ])
        .code(0);
    scene
        .pipe(
            &["run", "policy.toml", "-", "--key", "key", "--out", "s"],
            register.as_bytes(),
        )
        .code(0);
    assert_eq!(scene.text("o/extract.csv"), scene.text("g/extract.csv"));
    assert_eq!(scene.text("o/extract.csv"), scene.text("s/extract.csv"));
    scene.file("cut.csv.gz", &gzip[..gzip.len() / 2]);
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "cut.csv.gz",
            "--key",
            "key",
            "--out",
            "c",
        ])
        .code(1)
        .says("cut.csv.gz")
        .says("ends too early")
        .says_next();
}

#[test]
fn stdin_is_asked_for_once() {
    Scene::new()
        .leaves_nothing(&["run", "policy.toml", "-", "-", "--key", "key", "--out", "o"])
        .code(2)
        .says("more than once");
}

#[test]
fn inputs_that_are_not_there_are_named_before_anything_begins() {
    let scene = Scene::new();
    let mut arguments = RUN.to_vec();
    arguments.insert(3, "nosuch.csv");
    scene
        .leaves_nothing(&arguments)
        .code(1)
        .says("nosuch.csv")
        .says_next();
    scene.file("empty.csv", "");
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "empty.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(1)
        .says("empty.csv")
        .says("no header");
    scene
        .leaves_nothing(&["run", "policy.toml", ".", "--key", "key", "--out", "o"])
        .code(1)
        .says("folder");
}

#[test]
fn too_many_unreadable_records_fail_and_a_few_are_set_aside() {
    let scene = Scene::with("[input]\nmax_bad = 0.05\n", "");
    let good = register(60);
    scene.file("register.csv", format!("{good}a,b\n"));
    run_with(&scene, &[])
        .code(0)
        .says("QUARANTINED 1 record: wrong-field-count (1)");
    assert!(
        scene
            .text("o.private/quarantine.csv")
            .contains("register.csv,62,")
    );
    scene.file("register.csv", format!("{good}{}", "a,b\n".repeat(10)));
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "p",
        ])
        .code(1)
        .says("10 of 70 records could not be read")
        .says_next();
}

#[test]
fn an_unreadable_record_stops_the_run_where_the_policy_says_so() {
    let scene = Scene::with("[input]\nbad = \"refuse\"\n", "");
    scene.file("register.csv", format!("{}a,b\n", register(60)));
    scene
        .leaves_nothing(&RUN)
        .code(1)
        .says("register.csv, line 62")
        .says("wrong-field-count")
        .says_next();
}

#[test]
fn a_value_that_does_not_fit_is_told_by_place_and_reason() {
    let mut scene = Scene::new();
    scene.secret("Atlantis");
    scene.file(
        "register.csv",
        register(60).replacen("Shanghai", "Atlantis", 1),
    );
    run_with(&scene, &[])
        .code(0)
        .says("QUARANTINED 1 record: city: not-listed (1)");
    scene.file(
        "policy.toml",
        scene
            .text("policy.toml")
            .replace("values = [", "invalid = \"refuse\"\nvalues = ["),
    );
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "p",
        ])
        .code(1)
        .says("register.csv, line 3, column \"city\"")
        .says_next();
}

#[test]
fn the_limit_on_rows_withholds_or_refuses() {
    let scene = Scene::with("", "[extract.risk]\nk = 5\n");
    let done = run_with(&scene, &[]).code(0).says("k = 5");
    assert!(!done.err.contains("not limited"));
    let scene = Scene::with("", "[extract.risk]\nk = 50\nsmall = \"refuse\"\n");
    scene
        .leaves_nothing(&RUN)
        .code(3)
        .says("fewer than 50 people")
        .says_next();
}

#[test]
fn a_dry_run_needs_no_key_and_writes_nothing() {
    let scene = Scene::with("", "[extract.risk]\nk = 5\n");
    scene
        .leaves_nothing(&["run", "policy.toml", "register.csv", "--dry-run"])
        .code(0)
        .says("READ 60 records")
        .says("WOULD WRITE")
        .says("nothing was written")
        .says("k = 5");
}

#[test]
fn a_sample_is_chosen_by_its_seed_and_measures_no_groups() {
    let scene = Scene::with("", "[extract.risk]\nk = 5\n");
    let look = |seed: &str| {
        let run = [
            "run",
            "policy.toml",
            "register.csv",
            "--sample",
            "10",
            "--seed",
            seed,
            "--json",
        ];
        scene
            .leaves_nothing(&run)
            .code(0)
            .says("READ 10 records")
            .says("not measured")
            .json()
    };
    let one = look("1");
    assert_eq!(one["releases"][0]["row_risk"]["measured"], false);
    assert_eq!(one, look("1"));
    scene
        .leaves_nothing(&["run", "policy.toml", "register.csv", "--sample", "0"])
        .code(2);
    scene
        .leaves_nothing(&["run", "policy.toml", "-", "--sample", "5"])
        .code(2)
        .says("read once only");
}

#[test]
fn recipients_are_named_by_the_policy_and_by_the_run() {
    let end = "[recipients.partner-be]\nname = \"B\"\n[recipients.partner-fr]\nname = \"F\"\n";
    let scene = Scene::with("", end);
    scene
        .leaves_nothing(&RUN)
        .code(2)
        .says("partner-be, partner-fr")
        .says("--recipient");
    let with = |out: &str, id: &str| {
        scene.run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            out,
            "--recipient",
            id,
        ])
    };
    with("x", "partner-xx")
        .code(2)
        .says("partner-be, partner-fr");
    with("b", "partner-be").code(0).says("FOR partner-be");
    with("all", "all")
        .code(0)
        .says("FOR partner-be")
        .says("FOR partner-fr");
    assert_eq!(
        scene.text("b/extract.csv"),
        scene.text("all/partner-be/extract.csv")
    );
    let codes = |path: &str| -> Vec<String> {
        scene
            .text(path)
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap().to_owned())
            .collect()
    };
    let french = codes("all/partner-fr/extract.csv");
    assert!(
        codes("b/extract.csv")
            .iter()
            .all(|code| !french.contains(code))
    );
    let none = Scene::new();
    none.leaves_nothing(&[&RUN[..], &["--recipient", "all"]].concat())
        .code(2)
        .says("no recipients");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let scene = Scene::new();
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "no/such/folder/o",
        ])
        .code(2)
        .says("no/such/folder")
        .says_next();
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "..",
        ])
        .code(2);
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "",
        ])
        .code(2);
}

#[test]
fn what_a_killed_run_left_is_named_and_removed() {
    let scene = Scene::new();
    std::fs::create_dir_all(scene.path(".offrecord-o/release")).unwrap();
    scene.file(".offrecord-o/lock", "");
    run_with(&scene, &[]).code(0).says("REMOVED .offrecord-o");
    assert!(!scene.path(".offrecord-o").exists());
}

#[test]
fn the_input_is_only_read() {
    let scene = Scene::new();
    let before = scene.text("register.csv");
    run_with(&scene, &[]).code(0);
    assert_eq!(scene.text("register.csv"), before);
}

#[test]
fn what_the_check_finds_stops_the_release_and_is_told_by_place() {
    let mut scene = Scene::new();
    // The rule lets the person's own name through in a text that leaves.
    let notes = "\n[columns.notes]\ndo = \"redact\"\nfind = [\"phone\"]\nclass = \"none\"\n\
                 ground = \"finding\"\nwhy = \"The gist\"\n\n[extract]\norder = \"input\"\nwhy = \"To find the line\"\n";
    scene.file(
        "policy.toml",
        scene.text("policy.toml").replace("\n[extract]\n", notes),
    );
    scene.secret("Wednesday");
    scene.file(
        "register.csv",
        "member,name,city,birth_date,notes\n\
         INVENTED-0000001,Nobody Anonymous,Beijing,1975-03-09,seen on Wednesday\n\
         INVENTED-0000002,Invented Longname,Beijing,1975-03-09,Invented Longname called on Wednesday\n",
    );
    scene.secret("Longname");
    scene
        .leaves_nothing(&RUN)
        .code(3)
        .prints_nothing()
        .says("extract.csv, line 3")
        .says("the release was taken away")
        .says_next();
    let json = scene
        .leaves_nothing(&[&RUN[..], &["--json"]].concat())
        .code(3);
    assert_eq!(json.json()["error"]["exit_code"], 3);
}

#[test]
fn a_failure_is_json_where_a_script_asked_for_json() {
    let scene = Scene::new();
    scene.file(
        "register.csv",
        scene.text("register.csv").replacen("city", "town", 1),
    );
    let answer = scene
        .leaves_nothing(&[&RUN[..], &["--json"]].concat())
        .code(4)
        .json();
    assert_eq!(answer["error"]["exit_code"], 4);
    assert!(
        answer["error"]["what"]
            .as_str()
            .unwrap()
            .contains("\"town\"")
    );
}

#[test]
fn tables_are_told_with_their_minimum_and_not_measured_on_a_sample() {
    let table = "[[tables]]\nname = \"by-city\"\nby = [\"city\"]\ncount = [\"person\"]\nmin = 10\n";
    let scene = Scene::without_rows_but_with(table);
    scene
        .run(&RUN)
        .code(0)
        .says("WROTE no rows")
        .says("TABLE by-city: 2 figures published")
        .says("at least 10 people");
    assert!(scene.text("o/tables/by-city.csv").starts_with("city,"));
    scene
        .run(&["run", "policy.toml", "register.csv", "--sample", "9"])
        .code(0)
        .says("TABLES not measured");
}

#[test]
fn json_lines_are_read_and_an_unlisted_key_is_drift() {
    let scene = Scene::with("[input]\nformat = \"jsonl\"\n", "");
    let record = "{\"member\":\"INVENTED-0000001\",\"city\":\"Beijing\",\"birth_date\":null}\n";
    scene.file("register.csv", record.repeat(3));
    scene.run(&RUN).code(0).says("READ 3 records");
    scene.file(
        "more.jsonl",
        format!("{record}{}", record.replace("city", "town")),
    );
    for arguments in [
        vec!["check", "policy.toml", "--input", "more.jsonl"],
        vec![
            "run",
            "policy.toml",
            "more.jsonl",
            "--key",
            "key",
            "--out",
            "p",
        ],
    ] {
        scene
            .leaves_nothing(&arguments)
            .code(4)
            .says("line 2")
            .says("no rule names")
            .says_next();
    }
}

#[test]
fn records_that_lack_or_repeat_an_identifier_are_counted() {
    let scene = Scene::with("", "[extract.risk]\nk = 2\n");
    let again = format!("{},x,Beijing,1975-03-09\n", super::scene::member(0));
    scene.file(
        "register.csv",
        format!("{}{again},y,Beijing,1975-03-09\n", register(60)),
    );
    scene
        .run(&RUN)
        .code(0)
        .says("PEOPLE 1 record lacked a subject's identifier: each counts as a person of its own; 1 record bears an identifier again");
}
