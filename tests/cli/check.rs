//! `check`: everything that can be said of a policy before a run.

use super::scene::Scene;

#[test]
fn a_policy_that_holds_is_told_in_one_line() {
    let scene = Scene::with("", "[extract.risk]\nk = 5\n");
    scene
        .leaves_nothing(&["check", "policy.toml", "--input", "register.csv"])
        .code(0)
        .prints_nothing()
        .says("4 columns, 1 example holds, 1 file has its columns");
}

#[test]
fn a_misspelt_key_points_at_the_text_with_the_nearest_word() {
    let scene = Scene::with("unlistd = \"drop\"", "");
    let done = scene.leaves_nothing(&["check", "policy.toml"]).code(2);
    done.says("policy.toml:5")
        .says("unlistd")
        .says("`unlisted`");
}

#[test]
fn all_errors_of_a_policy_are_told_together() {
    let scene = Scene::with("unlistd = \"drop\"\nfamili = \"x\"", "ordr = \"input\"\n");
    let done = scene.run(&["check", "policy.toml"]).code(2);
    assert!(
        ["unlistd", "famili", "ordr"]
            .iter()
            .all(|word| done.err.contains(word)),
        "{}",
        done.err
    );
    let answer = scene
        .run(&["check", "policy.toml", "--json"])
        .code(2)
        .json();
    assert_eq!(answer["problems"].as_array().unwrap().len(), 3);
}

#[test]
fn a_policy_that_breaks_its_own_example_is_refused_by_check_and_run() {
    let scene = Scene::new();
    scene.file(
        "policy.toml",
        scene.text("policy.toml").replace("1970-1979", "1975"),
    );
    scene
        .run(&["check", "policy.toml"])
        .code(2)
        .says("1970-1979");
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(2)
        .says("1970-1979");
}

#[test]
fn warnings_are_told_and_strict_makes_errors_of_them() {
    let scene = Scene::new();
    scene
        .run(&["check", "policy.toml"])
        .code(0)
        .says("row risk is not limited");
    scene
        .run(&["check", "policy.toml", "--strict"])
        .code(2)
        .says("row risk is not limited");
    let answer = scene
        .run(&["check", "policy.toml", "--json"])
        .code(0)
        .json();
    assert_eq!(answer["problems"][0]["severity"], "warning");
}

#[test]
fn house_rules_above_the_policy_hold_and_can_be_switched_off() {
    let scene = Scene::new();
    scene.file("house-rules.toml", "k = 5\n");
    scene
        .run(&["check", "policy.toml"])
        .code(2)
        .says("house rules ask for k");
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(2)
        .says("house rules ask for k");
    scene
        .run(&["check", "policy.toml", "--no-house-rules"])
        .code(0);
    scene.file("other.toml", "k = 2\nunknown_rule = 1\n");
    scene
        .run(&["check", "policy.toml", "--house-rules", "other.toml"])
        .code(2)
        .says("unknown_rule");
    scene
        .run(&["check", "policy.toml", "--house-rules", "nosuch.toml"])
        .code(2)
        .says("nosuch.toml");
}

#[test]
fn drift_names_the_columns_and_the_likely_renames() {
    let scene = Scene::new();
    scene.file(
        "new.csv",
        scene
            .text("register.csv")
            .replace("birth_date", "date_of_birth,phone"),
    );
    scene.file(
        "new.csv",
        scene
            .text("register.csv")
            .replacen("birth_date", "birthdate", 1),
    );
    let done = scene
        .leaves_nothing(&["check", "policy.toml", "--input", "new.csv"])
        .code(4);
    done.says("new.csv")
        .says("\"birth_date\" may have been renamed to \"birthdate\"")
        .says_next();
    let answer = scene
        .run(&["check", "policy.toml", "--input", "new.csv", "--json"])
        .code(4)
        .json();
    assert_eq!(answer["inputs_fit"], false);
}

#[test]
fn a_file_without_a_header_does_not_show_its_first_record() {
    let scene = Scene::new();
    let records: String = scene
        .text("register.csv")
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    scene.file("bare.csv", records);
    for arguments in [
        vec!["check", "policy.toml", "--input", "bare.csv"],
        vec![
            "run",
            "policy.toml",
            "bare.csv",
            "--key",
            "key",
            "--out",
            "o",
        ],
    ] {
        scene
            .leaves_nothing(&arguments)
            .code(4)
            .says("may have no header")
            .silent_about("Beijing");
    }
}

#[test]
fn control_characters_in_names_and_paths_are_shown_as_such() {
    let scene = Scene::new();
    scene.file(
        "new.csv",
        scene
            .text("register.csv")
            .replacen("city", "ci\u{1b}[31mty\u{202e}", 1),
    );
    // The scene itself refuses any escape on either stream.
    scene
        .run(&["check", "policy.toml", "--input", "new.csv"])
        .code(4)
        .says("ci\u{fffd}[31mty\u{fffd}");
    scene
        .run(&["check", "no\u{1b}[31mne.toml"])
        .code(2)
        .says("no\u{fffd}[31mne.toml");
    scene
        .run(&[
            "run",
            "policy.toml",
            "no\u{7}\u{1b}]0;x.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(1)
        .says("no\u{fffd}\u{fffd}]0;x.csv");
}

#[test]
fn a_policy_that_is_no_text_or_not_there_is_named() {
    let scene = Scene::empty();
    scene
        .run(&["check", "nosuch.toml"])
        .code(2)
        .says("nosuch.toml")
        .says_next();
    scene.file("binary.toml", b"policy = \"\xff\xfe\"");
    scene
        .run(&["check", "binary.toml"])
        .code(2)
        .says("not UTF-8")
        .says("line 1");
    scene.run(&["check", "."]).code(2).says_next();
}

#[test]
fn words_of_the_language_that_are_not_built_are_refused_by_name() {
    let scene = Scene::with("", "format = \"parquet\"\n");
    scene
        .run(&["check", "policy.toml"])
        .code(2)
        .says("parquet")
        .says("not built");
    scene
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(2)
        .says("not built");
}

#[test]
fn a_table_that_would_withhold_more_than_half_is_told_before_the_run_with_what_to_publish() {
    let scene = Scene::without_rows_but_with(
        "[[tables]]\nname = \"by-city-and-decade\"\nby = [\"city\", \"birth_date\"]\ncount = [\"person\"]\nmin = 25\n",
    );
    let check = ["check", "policy.toml", "--input", "register.csv"];
    scene
        .run(&check)
        .code(0)
        .says("lint/over-half")
        .says("more than half of table `by-city-and-decade` would be withheld")
        .says("publish the table without `birth_date` instead");
    // Weighed and accepted; and a table that shows most is not asked about.
    let policy = scene.text("policy.toml");
    let accepted = "\n[[exceptions]]\nrule = \"lint/over-half\"\nwhere = \"tables.by-city-and-decade\"\nwhy = \"Agreed\"\nby = \"Legal\"\nuntil = 2099-01-31\n";
    scene.file("policy.toml", format!("{policy}{accepted}"));
    scene.run(&check).code(0).silent_about("lint/over-half");
    scene.file("policy.toml", policy.replace("min = 25", "min = 3"));
    scene.run(&check).code(0).silent_about("lint/over-half");
    scene.file("policy.toml", policy.clone());
    scene
        .run(&[
            "review",
            "policy.toml",
            "--input",
            "register.csv",
            "--out",
            "pack",
        ])
        .code(0);
    assert!(scene.text("pack/pack.html").contains("would be withheld"));
}
