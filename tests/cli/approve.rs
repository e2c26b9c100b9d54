//! Approvals as people give them: who agreed, to what, and what voids it.

use super::scene::Scene;

const HOUSE: &str = "[approvals]\nany = { strength = \"name\" }\n";

fn run(out: &str) -> [&str; 7] {
    [
        "run",
        "policy.toml",
        "register.csv",
        "--key",
        "key",
        "--out",
        out,
    ]
}

fn scene(house: &str) -> Scene {
    let scene = Scene::new();
    scene.file("house-rules.toml", house);
    scene
}

fn approve(scene: &Scene, more: &[&str]) {
    let args = [
        &[
            "approve",
            "policy.toml",
            "--any-input",
            "--by",
            "Anna Beispiel, legal",
        ],
        more,
    ]
    .concat();
    scene.run(&args).code(0);
}

#[test]
fn a_run_waits_for_the_approval_that_the_house_rules_ask_for() {
    let scene = scene(HOUSE);
    scene
        .leaves_nothing(&run("o"))
        .code(5)
        .says("every run asks for an approval")
        .says("offrecord approve policy.toml");
    // Counting writes nothing, and needs nobody.
    scene
        .run(&["run", "policy.toml", "register.csv", "--dry-run", "-q"])
        .code(0);
    approve(&scene, &[]);
    scene.run(&run("o")).code(0).says("by 1 person (name)");
    let manifest = scene.text("o/manifest.json");
    assert!(manifest.contains("\"state\": \"approved\""));
    assert!(!manifest.contains("Anna"), "names are private");
    assert!(scene.text("o.private/run.json").contains("Anna Beispiel"));
    assert!(scene.text("o/README.txt").contains("a name that was typed"));
    scene
        .run(&[
            "log",
            "verify",
            "--against",
            "policy.approvals.json",
            "o.private",
        ])
        .code(0)
        .says("2 lines");
}

#[test]
fn what_has_changed_since_is_told_in_words() {
    let scene = scene(HOUSE);
    approve(&scene, &[]);
    let policy = scene.text("policy.toml");
    scene.file(
        "policy.toml",
        policy
            .replace("\"decade\"", "\"year\"")
            .replace("1970-1979", "1975"),
    );
    scene
        .leaves_nothing(&run("o"))
        .code(5)
        .says("does not hold: the policy has changed since")
        .says("looser: Column birth_date")
        .says("the decade")
        .says("the year");
    scene.file("policy.toml", &policy);
    scene.run(&run("o")).code(0);
    scene.file("house-rules.toml", format!("{HOUSE}# mended\n"));
    scene
        .leaves_nothing(&run("p"))
        .code(5)
        .says("the house rules have changed since");
}

#[test]
fn an_approval_for_one_input_is_for_no_other() {
    let scene = scene(HOUSE);
    scene
        .run(&["approve", "policy.toml", "--by", "Anna"])
        .code(2)
        .says("--any-input");
    scene
        .run(&[
            "approve",
            "policy.toml",
            "--by",
            "Anna",
            "--input",
            "register.csv",
        ])
        .code(0);
    scene.run(&run("o")).code(0);
    let other = scene
        .text("register.csv")
        .replacen("Shanghai", "Beijing", 1);
    scene.file("register.csv", other);
    scene
        .leaves_nothing(&run("p"))
        .code(5)
        .says("for another input file");
}

#[test]
fn words_must_be_those_of_the_policy_itself() {
    let scene = scene("[approvals]\nany = { strength = \"words\" }\n");
    approve(&scene, &[]);
    scene
        .leaves_nothing(&run("o"))
        .code(5)
        .says("strength \"words\"");
    scene
        .run(&[
            "approve",
            "policy.toml",
            "--any-input",
            "--by",
            "Anna",
            "--words",
            "trophy observe hazard issue rough cement",
        ])
        .code(5)
        .says("not those of what lies here");
    let words = scene
        .run(&["explain", "policy.toml", "--format", "json"])
        .code(0)
        .json();
    let words = words["policy"]["words"].as_str().unwrap().to_owned();
    approve(
        &scene,
        &["--words", &words.to_uppercase(), "--channel", "telephone"],
    );
    scene.run(&run("o")).code(0).says("(name, words)");
}

#[test]
fn an_approval_ends_and_the_house_sets_the_longest() {
    let scene = scene("[approvals]\ndays = 5\nany = { strength = \"name\" }\n");
    scene
        .run(&[
            "approve",
            "policy.toml",
            "--any-input",
            "--by",
            "Anna",
            "--until",
            "2020-01-01",
        ])
        .code(2)
        .says("has passed already");
    approve(&scene, &["--until", "2199-01-01"]);
    scene
        .leaves_nothing(&run("o"))
        .code(5)
        .says("the house rules allow 5");
    approve(&scene, &[]);
    scene.run(&run("o")).code(0);
}

#[test]
fn a_run_without_approval_is_marked_on_every_file() {
    let scene = scene(HOUSE);
    let args = [&run("o")[..], &["--unapproved"]].concat();
    scene.run(&args).code(0).says("UNAPPROVED");
    let files: Vec<String> = scene
        .names()
        .into_iter()
        .filter(|name| name.starts_with("o/") && !name.ends_with('/'))
        .collect();
    assert!(files.len() >= 6);
    for file in &files {
        let name = file.rsplit('/').next().unwrap();
        assert!(name.starts_with("UNAPPROVED-"), "{file}");
    }
    for text in ["README.txt", "report.html"] {
        assert!(
            scene
                .text(&format!("o/UNAPPROVED-{text}"))
                .contains("UNAPPROVED")
        );
    }
    assert!(
        scene
            .text("o/UNAPPROVED-manifest.json")
            .contains("\"unapproved\"")
    );
    // What names a file names it as it lies there.
    let package: serde_json::Value =
        serde_json::from_str(&scene.text("o/UNAPPROVED-datapackage.json")).unwrap();
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        assert!(scene.path("o").join(path).is_file(), "{path}");
    }
    let readme = scene.text("o/UNAPPROVED-README.txt");
    for file in &files {
        assert!(readme.contains(file.strip_prefix("o/").unwrap()), "{file}");
    }
    scene
        .run(&["verify", "o", "--private", "o.private", "--key", "key"])
        .code(0)
        .says("UNAPPROVED");
    scene.run(&["verify", "o", "--approved"]).code(5);
    // Without the mark it is another release than the one that was made.
    for file in files {
        let bare = file.replace("UNAPPROVED-", "");
        std::fs::rename(scene.path(&file), scene.path(&bare)).unwrap();
    }
    scene.run(&["verify", "o"]).code(1).says("approval");
}

#[test]
fn verify_tells_approved_from_not_changed_and_somebody_else_s() {
    let scene = scene("");
    scene.run(&run("o")).code(0);
    scene
        .run(&["verify", "o"])
        .code(0)
        .says("Nobody has approved");
    scene.run(&["verify", "o", "--approved"]).code(5);
    scene
        .run(&["approve", "o", "--by", "Anna Beispiel"])
        .code(0);
    scene
        .run(&["verify", "o", "--approved"])
        .code(0)
        .says("Approved by Anna Beispiel");
    let approvals = scene.text("o.approvals.json");
    scene.file("o.approvals.json", approvals.replace("Anna", "Anne"));
    scene
        .run(&["verify", "o"])
        .code(5)
        .says("not to be believed");
    scene.run(&run("p")).code(0);
    let policy = scene.text("policy.toml");
    scene.file("policy.toml", format!("{policy}\n# another\n"));
    scene.run(&run("q")).code(0);
    scene.file("q.approvals.json", &approvals);
    scene.run(&["verify", "q"]).code(5).says("another release");
}

#[test]
fn a_signature_counts_by_the_keys_of_the_house_rules() {
    let keygen = |args: &[&str], folder: &std::path::Path| {
        let done = std::process::Command::new("ssh-keygen")
            .args(args)
            .current_dir(folder)
            .output()
            .expect("ssh-keygen is on the path");
        assert!(done.status.success());
    };
    let scene = Scene::new();
    let folder = scene.path("policy.toml").parent().unwrap().to_owned();
    for name in ["anna", "stranger"] {
        keygen(
            &[
                "-q", "-t", "ed25519", "-N", "", "-C", "invented", "-f", name,
            ],
            &folder,
        );
    }
    let public = scene.text("anna.pub");
    scene.file(
        "house-rules.toml",
        format!(
            "[approvals]\nany = {{ strength = \"signature\" }}\n[signers]\nanna = \"{}\"\n",
            public.trim()
        ),
    );
    approve(&scene, &[]);
    approve(&scene, &["--ssh-key", "stranger"]);
    scene
        .leaves_nothing(&run("o"))
        .code(5)
        .says("which the house rules do not list");
    // On another computer: the statement travels, the key does not.
    approve(&scene, &["--statement", "agreed.json"]);
    keygen(
        &[
            "-q",
            "-Y",
            "sign",
            "-n",
            "offrecord-approval",
            "-f",
            "anna",
            "agreed.json",
        ],
        &folder,
    );
    scene
        .run(&["approve", "policy.toml", "--signed", "agreed.json"])
        .code(0);
    scene.run(&run("o")).code(0).says("(name, signature)");
    scene
        .run(&["approve", "o", "--by", "Anna", "--ssh-key", "anna"])
        .code(0);
    scene
        .run(&["verify", "o", "--approved", "--signer", "anna.pub"])
        .code(0)
        .says("one of those given");
    scene
        .run(&["verify", "o", "--signer", "stranger.pub"])
        .code(5)
        .says("somebody else's key");
    let statement = scene.text("agreed.json");
    scene.file("agreed.json", statement.replace("Anna", "Anne"));
    scene
        .run(&["approve", "policy.toml", "--signed", "agreed.json"])
        .code(5)
        .says("not over");
}

#[test]
fn a_changed_log_stops_what_would_be_written_to_it() {
    let scene = scene(HOUSE);
    approve(&scene, &[]);
    let log = scene.text("custody-log.jsonl");
    scene.file("custody-log.jsonl", log.replace("Anna", "Anne"));
    scene.run(&["log", "verify"]).code(1).says("line 1");
    scene.leaves_nothing(&run("o")).code(1).says("custody log");
    scene.file("custody-log.jsonl", "");
    scene
        .run(&["log", "note", "A second copy of the key was destroyed"])
        .code(0);
    scene.run(&["log", "show"]).code(0);
    scene
        .run(&["log", "verify", "--against", "policy.approvals.json"])
        .code(0);
    scene.file("custody-log.jsonl", &log);
    approve(&scene, &["--note", "again"]);
    scene.file("custody-log.jsonl", "");
    scene
        .run(&["log", "verify", "--against", "policy.approvals.json"])
        .code(1)
        .says("written anew");
}
