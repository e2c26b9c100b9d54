//! All or nothing: whatever ends a run, the input is untouched and there is
//! either no release or one that passes the check.

#![cfg(unix)]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::util::child::Program;
use crate::util::random::Random;
use crate::util::{Scene, check, policies, private_of, register};

/// Shuffled, with k and a table: spools, spills and sorts.
fn policy() -> String {
    policies::PARTY_REGISTER.replace("max_bad  = 0.01", "max_bad = 0.05")
}

fn program(rows: u64) -> Program {
    Program::new(&policy(), &register(rows, 20, 13, 100).bytes)
}

fn digest(path: &Path) -> [u8; 32] {
    Sha256::digest(std::fs::read(path).unwrap()).into()
}

fn wait(mut child: Child) -> (Option<i32>, String) {
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        drop(stderr.read_to_string(&mut said));
    }
    (child.wait().unwrap().code(), said)
}

fn stale(scene: &Scene) -> Vec<String> {
    let mut names = scene.listing();
    names.retain(|name| name.starts_with(".offrecord"));
    names
}

/// What must hold after a run was ended at any moment; says whether there is a release.
fn holds(out: &Path, when: &str) -> bool {
    if !out.exists() {
        return false;
    }
    let verdict = check(out, true);
    assert!(verdict.passed(), "{when}: {verdict}");
    assert!(
        private_of(out).is_dir(),
        "{when}: a release without its private half"
    );
    let manifest = std::fs::read(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let head = manifest["predicate"]["ledger_head"].as_str().unwrap();
    let ledger = out.with_file_name("register-2016.ledger.jsonl");
    let ledger = offrecord::ledger::Ledger::read(&ledger).unwrap();
    assert!(
        ledger.releases().any(|(line, _)| line.hash == head),
        "{when}: a release without its line in the ledger"
    );
    true
}

fn clear(out: &Path) {
    std::fs::remove_dir_all(out).unwrap();
    std::fs::remove_dir_all(private_of(out)).unwrap();
}

#[test]
fn two_hundred_kills_at_random_moments_leave_no_release_that_the_check_would_not_pass() {
    const KILLS: usize = 200;
    let left = AtomicUsize::new(KILLS);
    let published = AtomicUsize::new(0);
    let interrupted = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (left, published, interrupted) = (&left, &published, &interrupted);
            scope.spawn(move || {
                let program = program(400);
                let before = digest(&program.input);
                let out = program.scene.path("out");
                let began = Instant::now();
                let (code, said) = wait(program.command(&out).spawn().unwrap());
                assert_eq!(code, Some(0), "{said}");
                let mut whole = began.elapsed();
                clear(&out);
                let mut random = Random::new(worker);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                    .is_ok()
                {
                    let mut child = program.command(&out).spawn().unwrap();
                    // Half of the kills fall into the last third, where files
                    // are put into place.
                    let share = match random.chance(50) {
                        true => random.below(1_050),
                        false => 650 + random.below(450),
                    };
                    std::thread::sleep(whole * share as u32 / 1_000);
                    child.kill().unwrap();
                    let (code, _) = wait(child);
                    interrupted.fetch_add(usize::from(code.is_none()), Ordering::Relaxed);
                    assert_eq!(digest(&program.input), before, "the input was changed");
                    if holds(&out, "after a kill") {
                        published.fetch_add(1, Ordering::Relaxed);
                        assert!(stale(&program.scene).len() <= 1);
                        clear(&out);
                    }
                    // Some kills meet what an earlier kill has left; then a
                    // whole run clears all of it away.
                    if random.chance(30) {
                        let began = Instant::now();
                        let (code, said) = wait(program.command(&out).spawn().unwrap());
                        whole = (whole * 3 + began.elapsed()) / 4;
                        assert_eq!(code, Some(0), "the run after a kill: {said}");
                        assert!(holds(&out, "after a whole run"));
                        assert_eq!(stale(&program.scene), Vec::<String>::new());
                        clear(&out);
                    }
                }
            });
        }
    });
    let interrupted = interrupted.load(Ordering::Relaxed);
    assert!(
        interrupted * 2 > KILLS,
        "only {interrupted} runs were ended by the kill"
    );
}

#[test]
fn a_kill_between_the_two_renames_is_cleared_away_by_the_next_run() {
    let program = program(200);
    let out = program.scene.path("out");
    let (code, said) = wait(program.command(&out).spawn().unwrap());
    assert_eq!(code, Some(0), "{said}");
    // As it stands when the private half is in place and the release is not.
    let staging = program.scene.path(".offrecord-out");
    std::fs::create_dir(&staging).unwrap();
    std::fs::write(staging.join("lock"), "").unwrap();
    std::fs::rename(&out, staging.join("release")).unwrap();
    let (code, said) = wait(program.command(&out).spawn().unwrap());
    assert_eq!(code, Some(0), "{said}");
    assert!(holds(&out, "afterwards"));
    assert_eq!(stale(&program.scene), Vec::<String>::new());
}

#[test]
fn a_private_half_of_an_earlier_release_is_never_taken_for_a_killed_runs() {
    // The release was handed on and removed; its private half stays where it is.
    let program = program(200);
    let out = program.scene.path("out");
    assert_eq!(wait(program.command(&out).spawn().unwrap()).0, Some(0));
    std::fs::remove_dir_all(&out).unwrap();
    let before = crate::util::tree(&private_of(&out));
    let (code, _) = wait(program.command(&out).spawn().unwrap());
    assert_eq!(code, Some(2));
    assert_eq!(crate::util::tree(&private_of(&out)), before);
}

#[test]
fn signals_in_the_middle_of_a_run_leave_nothing_and_have_their_codes() {
    let program = program(3_000);
    let before = digest(&program.input);
    let out = program.scene.path("out");
    let listing = program.scene.listing();
    for (signal, expected) in [("INT", 130), ("TERM", 143)] {
        let mut random = Random::new(expected as u64);
        let mut stopped = 0;
        for _ in 0..6 {
            let child = program.command(&out).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(60 + random.below(250) as u64));
            let sent = Command::new("kill")
                .args(["-s", signal, &child.id().to_string()])
                .status()
                .unwrap();
            assert!(sent.success());
            let (code, said) = wait(child);
            match code {
                Some(0) => {
                    assert!(holds(&out, signal));
                    clear(&out);
                    // The ledger of a release stays when the release goes.
                    std::fs::remove_file(program.scene.path("register-2016.ledger.jsonl")).unwrap();
                }
                code => {
                    assert_eq!(code, Some(expected), "{said}");
                    stopped += 1;
                }
            }
            assert_eq!(
                program.scene.listing(),
                listing,
                "{signal} left something behind"
            );
        }
        assert!(stopped > 0, "every run was over before the signal");
    }
    assert_eq!(digest(&program.input), before);
}

#[test]
fn a_full_disk_leaves_nothing_and_says_so() {
    let program = program(2_000);
    let out = program.scene.path("out");
    let listing = program.scene.listing();
    // Blocks of 512 bytes: files may grow to so much and no further.
    for blocks in [0, 1, 8, 40, 100] {
        let (code, said) = wait(
            program
                .limited(&format!("ulimit -f {blocks}"), &out)
                .spawn()
                .unwrap(),
        );
        assert_eq!(code, Some(1), "{blocks} blocks: {said}");
        assert!(
            said.contains("File too large") || said.contains("space"),
            "{said}"
        );
        assert_eq!(program.scene.listing(), listing, "{blocks} blocks");
    }
}

#[test]
fn a_disk_that_fills_up_leaves_nothing_and_says_so() {
    // Needs the right to mount; where that is missing the test above stands alone.
    let scene = Scene::new();
    let disk = scene.path("disk");
    std::fs::create_dir(&disk).unwrap();
    for size in ["64k", "256k"] {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&disk)
            .output();
        if !mounted.is_ok_and(|done| done.status.success()) {
            return;
        }
        let program = program(2_000);
        let outcome = std::panic::catch_unwind(|| {
            let (code, said) = wait(program.command(&disk.join("out")).spawn().unwrap());
            let left = std::fs::read_dir(&disk).unwrap().count();
            (code, said, left)
        });
        let unmounted = Command::new("umount").arg(&disk).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
        let (code, said, left) = outcome.unwrap();
        assert_eq!((code, left), (Some(1), 0), "{size}: {said}");
        assert!(said.contains("space"), "{said}");
    }
}
