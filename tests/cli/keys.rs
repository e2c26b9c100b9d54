//! Keys: made, named, refused, ended; never seen.

use super::scene::Scene;

#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn a_new_key_is_for_its_owner_alone_and_has_an_id() {
    let mut scene = Scene::empty();
    scene.make_key("k");
    #[cfg(unix)]
    assert_eq!(
        std::fs::metadata(scene.path("k"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    let id = scene.run(&["key", "id", "k"]).code(0).out;
    assert_eq!(id.trim().len(), 16);
    let answer = scene.run(&["key", "id", "k", "--json"]).code(0).json();
    assert_eq!(answer["key_id"], id.trim());
    let text = scene.text("k");
    assert_eq!(
        scene.pipe(&["key", "id", "-"], text.as_bytes()).code(0).out,
        id
    );
}

#[test]
fn an_existing_file_is_never_made_a_key() {
    let scene = Scene::new();
    let before = scene.text("register.csv");
    scene
        .leaves_nothing(&["key", "new", "register.csv"])
        .code(2)
        .says("exists already")
        .says_next();
    assert_eq!(scene.text("register.csv"), before);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    let scene = Scene::new();
    for mode in [0o644, 0o640, 0o606, 0o700] {
        std::fs::set_permissions(scene.path("key"), std::fs::Permissions::from_mode(mode)).unwrap();
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
            .prints_nothing()
            .says(&format!("{mode:04o}"))
            .says("chmod 600")
            .says_next();
    }
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let mut scene = Scene::new();
    let key = scene.text("key").trim().to_owned();
    let digits = key.rsplit(':').next().unwrap().to_owned();
    scene.secret(&digits);
    for arguments in [
        vec![
            "run",
            "policy.toml",
            "register.csv",
            "--out",
            "o",
            "--key",
            &key,
        ],
        vec![
            "run",
            "policy.toml",
            "register.csv",
            "--out",
            "o",
            "--key",
            &digits,
        ],
        vec!["key", "id", &key],
        vec![&key],
        vec!["run", "--key-fd", &digits],
    ] {
        scene
            .leaves_nothing(&arguments)
            .code(2)
            .prints_nothing()
            .says("a key stands on the command line")
            .says_next();
    }
    let equals = format!("--key={key}");
    scene
        .leaves_nothing(&["verify", "x", &equals])
        .code(2)
        .says("a key stands on the command line");
}

#[test]
fn a_key_cut_short_or_retyped_is_refused_without_its_digits() {
    let mut scene = Scene::new();
    let key = scene.text("key");
    scene.make_key("good");
    for (wrong, says) in [
        (key.get(..70).unwrap().to_owned(), "fewer"),
        (key.to_uppercase(), "does not begin"),
        (key.replace("key-1", "key-2"), "version"),
        (format!("{key}\n"), "nothing but one line feed"),
        (
            format!("offrecord-key-1:{}\n", "0".repeat(64)),
            "cannot be random",
        ),
        (String::new(), "empty"),
    ] {
        std::fs::write(scene.path("good"), wrong).unwrap();
        scene
            .leaves_nothing(&["key", "id", "good"])
            .code(2)
            .says(says)
            .says_next();
    }
}

#[test]
fn a_missing_key_is_named_by_its_path() {
    Scene::new()
        .leaves_nothing(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "no-such-key",
            "--out",
            "o",
        ])
        .code(2)
        .says("no-such-key")
        .says("offrecord key new");
}

#[test]
fn no_key_at_all_is_refused_with_the_ways_to_give_one() {
    Scene::new()
        .leaves_nothing(&["run", "policy.toml", "register.csv", "--out", "o"])
        .code(2)
        .says("--key-fd N")
        .says("offrecord key new FILE");
}

#[test]
fn the_key_comes_on_stdin_and_then_the_records_cannot() {
    let scene = Scene::new();
    let key = scene.text("key");
    scene
        .pipe(
            &[
                "run",
                "policy.toml",
                "register.csv",
                "--key",
                "-",
                "--out",
                "o",
            ],
            key.as_bytes(),
        )
        .code(0);
    let before = scene.names();
    scene
        .pipe(
            &["run", "policy.toml", "-", "--key", "-", "--out", "p"],
            key.as_bytes(),
        )
        .code(2)
        .says("stdin is asked for more than once");
    assert_eq!(scene.names(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn the_key_comes_by_a_descriptor() {
    let scene = Scene::new();
    let done = std::process::Command::new("sh")
        .current_dir(scene.path(""))
        .args([
            "-c",
            "\"$0\" run policy.toml register.csv --key-fd 3 --out o --json 3<key",
            super::scene::PROGRAM,
        ])
        .output()
        .unwrap();
    let done = super::scene::Done::from(done).code(0);
    scene.keeps_quiet(&done);
    let id = scene.run(&["key", "id", "key"]).out;
    assert_eq!(done.json()["releases"][0]["key_id"], id.trim());
    scene.run(&["key", "id", "key"]).code(0);
}

#[test]
fn destroying_takes_keys_alone_and_says_what_it_cannot_promise() {
    let mut scene = Scene::new();
    let register = scene.text("register.csv");
    scene
        .leaves_nothing(&["key", "destroy", "register.csv"])
        .code(2)
        .says("does not hold a key")
        .says("nothing was changed");
    assert_eq!(scene.text("register.csv"), register);
    scene.make_key("old");
    std::fs::hard_link(scene.path("old"), scene.path("twin")).unwrap();
    scene
        .run(&["key", "destroy", "old"])
        .code(0)
        .says("solid-state")
        .says("backup")
        .says("1 other name");
    assert!(!scene.path("old").exists());
    assert!(
        std::fs::read(scene.path("twin"))
            .unwrap()
            .iter()
            .all(|byte| *byte == 0)
    );
    scene.run(&["key", "destroy", "old"]).code(2).says("old");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_key_is_not_destroyed() {
    let scene = Scene::new();
    symlink(scene.path("key"), scene.path("link")).unwrap();
    scene
        .leaves_nothing(&["key", "destroy", "link"])
        .code(2)
        .says("not a regular file");
    scene.run(&["key", "id", "key"]).code(0);
}
