//! Commands that print: pipes that close, disks that are full, colour.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::scene::{Done, PROGRAM, Scene, register};

#[test]
fn a_closed_pipe_is_success_for_commands_that_print() {
    let scene = Scene::new();
    scene.file("long.csv", register(40_000));
    for arguments in [
        vec!["read", "long.csv", "--raw"],
        vec!["completions", "bash"],
        vec!["man"],
        vec!["kinds"],
    ] {
        let mut child = scene
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let done = Done::from(child.wait_with_output().unwrap()).code(0);
        assert_eq!(done.err, "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_told_and_is_a_failure() {
    let scene = Scene::new();
    for arguments in [
        vec!["kinds"],
        vec!["read", "register.csv", "--raw"],
        vec!["completions", "fish"],
    ] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let done = scene.command(&arguments).stdout(full).output().unwrap();
        let done = Done::from(done)
            .code(1)
            .says("writing to stdout failed")
            .says_next();
        scene.keeps_quiet(&done);
    }
}

/// The output of a command on a terminal, where `script` can make one.
#[cfg(target_os = "linux")]
fn on_a_terminal(scene: &Scene, line: &str, no_color: bool) -> Option<String> {
    let mut command = std::process::Command::new("script");
    command
        .args(["-qec", &format!("{PROGRAM} {line}"), "/dev/null"])
        .current_dir(scene.path(""));
    command
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    if no_color {
        command.env("NO_COLOR", "1");
    }
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn colour_shows_on_a_terminal_and_not_with_no_color() {
    let scene = Scene::new();
    for line in [
        "attack x",
        "run nosuch register.csv --key key --out o",
        "read register.csv",
        "--help",
    ] {
        let Some(coloured) = on_a_terminal(&scene, line, false) else {
            return;
        };
        assert!(coloured.contains("\u{1b}["), "{line}: {coloured:?}");
        let plain = on_a_terminal(&scene, line, true).unwrap();
        assert!(!plain.contains('\u{1b}'), "{line}: {plain:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn progress_shows_on_a_terminal_and_goes_away() {
    let scene = Scene::new();
    let line = "run policy.toml register.csv --key key --out o";
    let Some(text) = on_a_terminal(&scene, line, false) else {
        return;
    };
    assert!(text.contains("checking the finished bytes"), "{text:?}");
    assert!(text.contains("\r\u{1b}[K"), "{text:?}");
    let quiet = on_a_terminal(
        &scene,
        "run policy.toml register.csv --key key --out p --quiet",
        false,
    )
    .unwrap();
    assert_eq!(quiet, "");
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let scene = Scene::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        scene
            .run(&["completions", shell])
            .code(0)
            .prints("chunk-size");
    }
    scene.run(&["completions", "dos"]).code(2).says("bash");
    scene.run(&["man", "pages"]).code(0);
    let names = scene.names();
    for page in [
        "offrecord.1",
        "offrecord-run.1",
        "offrecord-key-new.1",
        "offrecord-try.1",
    ] {
        assert!(names.contains(&format!("pages/{page}")), "{names:?}");
    }
    assert!(
        scene
            .text("pages/offrecord-run.1")
            .contains("zcat register")
    );
}

#[test]
fn kinds_are_listed_with_their_versions() {
    let scene = Scene::empty();
    scene
        .run(&["kinds"])
        .code(0)
        .prints("cn-resident-id@1")
        .prints("phone@");
    let all = scene.run(&["kinds", "--json"]).code(0).json();
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|kind| kind["name"] == "email" && kind["found_in_text"] == true)
    );
}
