//! The way back: one code, one record, for a case and a reason, on record.

use super::scene::{Done, Scene, member};

const ASK: [&str; 6] = [
    "--key",
    "key",
    "--case",
    "case-12",
    "--reason",
    "right of reply",
];

fn ask(scene: &Scene, code: &str, more: &[&str]) -> Done {
    let args = [
        &["reidentify", code, "--policy", "policy.toml", "--input"][..],
        &["register.csv"],
        &ASK,
        more,
    ]
    .concat();
    // Raw values on stdout are its purpose; stderr is looked at.
    scene.pipe_raw(&args, b"")
}

fn release(scene: &Scene) -> Vec<Vec<String>> {
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "-q",
        ])
        .code(0);
    let rows = scene.text("o/extract.csv");
    rows.lines()
        .skip(1)
        .map(|row| row.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn each_code_leads_to_the_record_that_it_was_made_of() {
    let scene = Scene::new();
    let rows = release(&scene);
    assert_eq!(rows.len(), 60);
    let mut people = std::collections::BTreeSet::new();
    for row in rows.iter().step_by(4) {
        let done = ask(&scene, &row[0], &["--release", "o"]).code(0);
        let record = done.json()["record"].clone();
        assert_eq!(record["city"], row[1].as_str());
        let decade = record["birth_date"].as_str().unwrap()[..3].to_owned() + "0";
        assert_eq!(decade, row[2][..4]);
        people.insert(record["member"].as_str().unwrap().to_owned());
    }
    assert_eq!(people.len(), 15, "each is another person");
    // As somebody reads it from paper: small letters, no hyphens, O for 0.
    let typed = rows[0][0].to_lowercase().replace('-', "").replace('0', "o");
    let done = ask(&scene, &typed, &["--show", "member"]).code(0);
    assert_eq!(done.json()["code"], rows[0][0].as_str());
    assert_eq!(done.json()["record"].as_object().unwrap().len(), 1);
}

#[test]
fn known_codes_are_found_for_everybody_and_for_a_recipient() {
    let scene = Scene::empty();
    let key: String = (0..32u8).map(|byte| format!("{byte:02x}")).collect();
    // A key file of its own mode, which then gets the key of the known answers.
    scene.run(&["key", "new", "key"]).code(0);
    scene.file("key", format!("offrecord-key-1:{key}\n"));
    let policy = |recipients: &str| {
        format!(
            "policy = \"party-register/x\"\nversion = 1\npurpose = \"Known answers\"\n{recipients}\n[grounds]\nany = \"Any\"\n[domains.person]\nprefix = \"P\"\n[columns.id]\ndo = \"pseudonymise\"\nkind = \"cn-resident-id\"\ndomain = \"person\"\nground = \"any\"\nwhy = \"Known\"\n[columns.note]\ndo = \"drop\"\nground = \"any\"\nwhy = \"No\"\n"
        )
    };
    // Invented; the first line is damaged, and one number is written twice.
    scene.file(
        "register.csv",
        "id,note\n\"x\"y,z\n11010519491231002X,\"one, of\ntwo lines\"\n110105 19491231 002x,again\n",
    );
    scene.file("policy.toml", policy(""));
    let done = ask(&scene, "P-2Q3D-EZPX-6QJ8-RGBJ-4", &[]).code(0);
    assert_eq!(done.json()["records"], 2);
    assert_eq!(done.json()["record"]["note"], "one, of\ntwo lines");
    assert_eq!(done.json()["line"], 3);
    done.says("2 records bear this code")
        .says("section 171")
        .says("same identifier");
    let second = ask(&scene, "P-2Q3D-EZPX-6QJ8-RGBJ-4", &["--record", "2"]).code(0);
    assert_eq!(second.json()["record"]["note"], "again");
    ask(&scene, "P-2Q3D-EZPX-6QJ8-RGBJ-4", &["--record", "3"])
        .code(2)
        .prints_nothing()
        .says("--record 1 to 2");
    scene.file(
        "policy.toml",
        policy("[recipients.partner-be]\nname = \"B\"\n[recipients.other]\nname = \"C\""),
    );
    let code = "P-2V5N-B5A6-KHE7-925H-Q";
    ask(&scene, code, &[]).code(2).says("partner-be, other");
    ask(&scene, code, &["--recipient", "nobody"]).code(2);
    ask(&scene, code, &["--recipient", "partner-be"]).code(0);
    // Another recipient has another code for the same person.
    ask(&scene, code, &["--recipient", "other"])
        .code(1)
        .says("no record gives this code");
}

#[test]
fn lists_are_refused_and_so_is_a_question_without_case_or_reason() {
    let scene = Scene::new();
    let rows = release(&scene);
    let (one, two) = (rows[0][0].as_str(), rows[1][0].as_str());
    scene.file("codes.txt", format!("{one}\n{two}\n"));
    for list in [
        format!("{one},{two}"),
        format!("{one}\n{two}"),
        format!("{one} {two}"),
        "codes.txt".to_owned(),
        "-".to_owned(),
        "*".to_owned(),
        String::new(),
    ] {
        ask(&scene, &list, &[])
            .code(2)
            .prints_nothing()
            .says("one code a call");
    }
    let both = [
        &["reidentify", one, two, "--policy", "policy.toml"][..],
        &["--input", "register.csv"],
        &ASK,
    ]
    .concat();
    scene.leaves_nothing(&both).code(2).prints_nothing();
    let base = [
        "reidentify",
        one,
        "--policy",
        "policy.toml",
        "--input",
        "register.csv",
        "--key",
        "key",
    ];
    for (more, says) in [
        (vec!["--case", "12"], "--reason"),
        (vec!["--reason", "reply"], "--case"),
        (vec!["--case", " ", "--reason", "reply"], "--case is empty"),
        (
            vec!["--case", "1", "--reason", "the owner of 13800138000"],
            "reads as somebody's identifier",
        ),
    ] {
        scene
            .leaves_nothing(&[&base[..], &more].concat())
            .code(2)
            .prints_nothing()
            .says(says);
    }
    assert!(!scene.path("custody-log.jsonl").exists());
}

#[test]
fn every_lookup_is_logged_before_anything_is_shown_and_the_log_holds_no_value() {
    let scene = Scene::new();
    let rows = release(&scene);
    ask(&scene, &rows[0][0], &[])
        .code(0)
        .says("1 lookup in all, 1 for this case");
    scene.run(&["key", "new", "second"]).code(0);
    let wrong = [
        "reidentify",
        &rows[0][0],
        "--policy",
        "policy.toml",
        "--input",
        "register.csv",
        "--case",
        "case-12",
        "--reason",
        "a try",
        "--key",
        "second",
    ];
    scene
        .run(&wrong)
        .code(1)
        .prints_nothing()
        .says("no record gives this code")
        .says("another key");
    scene
        .run(&[&wrong[..], &["--release", "o"]].concat())
        .code(2)
        .says("made with another key");
    let log = scene.text("custody-log.jsonl");
    assert_eq!(log.lines().count(), 2, "the failed try too: {log}");
    for part in [&rows[0][0], "case-12", "right of reply", "not found"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    for at in 0..60 {
        assert!(!log.contains(&member(at)));
        assert!(!log.contains(&super::scene::name(at)));
    }
    scene.run(&["log", "verify"]).code(0);
    // A log that was changed stops the next one.
    scene.file("custody-log.jsonl", log.replace("reply", "rep1y"));
    ask(&scene, &rows[0][0], &[])
        .code(1)
        .prints_nothing()
        .says("custody log");
}

#[test]
fn what_cannot_be_answered_is_told_with_its_reason() {
    let scene = Scene::new();
    let rows = release(&scene);
    let code = rows[0][0].as_str();
    let mut swapped: Vec<char> = code.chars().collect();
    let last = swapped.len() - 1;
    swapped[last] = if swapped[last] == 'A' { 'B' } else { 'A' };
    let swapped: String = swapped.into_iter().collect();
    ask(&scene, &swapped, &[])
        .code(2)
        .says("check symbol")
        .silent_about(&swapped);
    ask(&scene, "P-2Q3D-EZPX-6QJ8-RGBJ-4", &["--column", "name"]).code(2);
    ask(&scene, "QQ-2Q3D-EZPX-6QJ8-RGBJ-4", &[])
        .code(2)
        .says("begin so");
    ask(&scene, code, &["--show", "nmae"])
        .code(2)
        .says("--show");
    scene.file(
        "register.csv",
        scene.text("register.csv").replacen("member", "number", 1),
    );
    ask(&scene, code, &[])
        .code(4)
        .says("not those of the policy");
    ask(&scene, code, &["--release", "nothing"]).code(2);
    std::fs::remove_file(scene.path("register.csv")).unwrap();
    ask(&scene, code, &[]).code(1).says("register.csv");
}
