//! Signals in the middle of a run: no release, a clear word, nothing left.
#![cfg(unix)]

use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::scene::{Done, Scene, register};

fn fifo(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

fn start(scene: &Scene, arguments: &[&str]) -> Child {
    scene
        .command(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn ends(mut child: Child) -> Done {
    until("the program ends", || child.try_wait().unwrap().is_some());
    Done::from(child.wait_with_output().unwrap())
}

/// A run that has begun and waits for more records.
fn waiting(scene: &Scene) -> (Child, std::fs::File, Vec<String>) {
    fifo(&scene.path("pipe"));
    let before = scene.names();
    let child = start(
        scene,
        &[
            "run",
            "policy.toml",
            "pipe",
            "--key",
            "key",
            "--out",
            "o",
            "--chunk-size",
            "64",
        ],
    );
    let mut to = std::fs::File::options()
        .write(true)
        .open(scene.path("pipe"))
        .unwrap();
    to.write_all(register(50).as_bytes()).unwrap();
    until("staging appears", || scene.path(".offrecord-o").exists());
    // What was written is read long before this; then it waits in the system.
    std::thread::sleep(Duration::from_millis(500));
    (child, to, before)
}

#[test]
fn sigint_while_records_are_awaited_leaves_nothing_and_exits_130() {
    let scene = Scene::new();
    let (child, to, before) = waiting(&scene);
    signal(&child, Signal::INT);
    let done = ends(child).code(130).prints_nothing().says("interrupted");
    scene.keeps_quiet(&done);
    assert_eq!(scene.names(), before);
    drop(to);
}

#[test]
fn sigterm_exits_143_and_sighup_129() {
    for (sent, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let scene = Scene::new();
        let (child, to, before) = waiting(&scene);
        signal(&child, sent);
        ends(child).code(code).says("interrupted");
        assert_eq!(scene.names(), before);
        drop(to);
    }
}

#[test]
fn a_signal_while_records_flow_is_a_clean_stop() {
    let scene = Scene::new();
    let (child, mut to, before) = waiting(&scene);
    signal(&child, Signal::INT);
    // More records wake the reader, which then sees the flag.
    drop(to.write_all(register(50).as_bytes()));
    drop(to);
    ends(child).code(130).says("nothing was published");
    assert_eq!(scene.names(), before);
}

#[test]
fn a_second_signal_ends_it_at_once_and_the_next_run_cleans_up() {
    let scene = Scene::new();
    let (child, to, _) = waiting(&scene);
    signal(&child, Signal::INT);
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, Signal::INT);
    ends(child).code(130);
    drop(to);
    std::fs::remove_file(scene.path("pipe")).unwrap();
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
        ])
        .code(0);
    assert!(!scene.path(".offrecord-o").exists());
}

#[test]
fn a_command_that_prints_ends_at_the_first_signal() {
    let scene = Scene::empty();
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut child = scene
            .command(&["try", "--kind", "text"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        to.write_all(b"a\n").unwrap();
        // The answer shows that the handlers stand.
        let mut first = [0; 4];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        signal(&child, sent);
        ends(child).code(code);
        drop(to);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_dumped() {
    let scene = Scene::new();
    let (child, to, _) = waiting(&scene);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert!(
        core.split_whitespace().filter(|word| *word == "0").count() == 2,
        "{core}"
    );
    signal(&child, Signal::TERM);
    ends(child).code(143);
    drop(to);
}

/// A table of sums whose protection takes minutes.
#[test]
fn a_signal_while_protection_is_searched_for_is_heeded_at_once() {
    let scene = Scene::new();
    let column = |name: &str, rule: &str| {
        format!("[columns.{name}]\n{rule}\nground = \"a\"\nwhy = \"A test\"\n\n")
    };
    let kept = "do = \"drop\"\ntables = \"keep\"";
    scene.file(
        "long.toml",
        "policy = \"scene/long\"\nversion = 1\npurpose = \"A test\"\n\n[grounds]\na = \"A test\"\n\n"
            .to_owned()
            + &column("a", kept)
            + &column("b", kept)
            + &column("c", kept)
            + &column("m", "do = \"drop\"\nkind = \"number\"\ntables = \"keep\"")
            + "[[tables]]\nname = \"t\"\nby = [\"a\", \"b\", \"c\"]\ncount = [\"records\", { sum = \"m\" }]\nmin = 5\ntotals = true\n",
    );
    let mut rows = "a,b,c,m\n".to_owned();
    let mut dice = 1u64;
    for _ in 0..6000 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let at = dice >> 33;
        rows += &format!(
            "a{},b{},c{},{}\n",
            at % 14,
            at / 14 % 14,
            at / 196 % 14,
            at % 977
        );
    }
    scene.file("long.csv", rows);
    let before = scene.names();
    let child = start(
        &scene,
        &["run", "long.toml", "long.csv", "--key", "key", "--out", "o"],
    );
    until("staging appears", || scene.path(".offrecord-o").exists());
    std::thread::sleep(Duration::from_secs(3));
    signal(&child, Signal::TERM);
    ends(child).code(143).says("interrupted");
    assert_eq!(scene.names(), before);
}
