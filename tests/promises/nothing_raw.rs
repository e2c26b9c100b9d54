//! Nothing raw gets out, and honest policies are not refused.

use std::collections::BTreeMap;

use crate::util::hunt::Hunter;
use crate::util::policies::{self, Honest};
use crate::util::{How, Register, Release, Scene, common, why};

/// A hunter for what `policy` protects in `register`.
fn hunter(register: &Register, honest: &Honest) -> Hunter {
    let mut hunter = Hunter::new();
    for column in &honest.hunted {
        for value in register.sheet.column(column) {
            hunter.add(value);
        }
    }
    for row in 0..register.truth.rows.len() {
        let get = |column: &str| register.truth.get(row, column);
        let planted = matches!(get("what"), "own" | "member" | "outsider");
        let strict = matches!(get("kind"), "cn-resident-id" | "phone" | "email");
        if planted && strict && !honest.keeps_notes {
            hunter.add(get("value"));
            hunter.add(get("form"));
        }
    }
    hunter
}

/// Every place of the release that holds a protected value, by file.
fn leaks(hunter: &Hunter, release: &Release) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (name, bytes) in &release.files {
        let mut places = hunter.places(bytes);
        places.extend(hunter.places(name.as_bytes()));
        if !places.is_empty() {
            places.truncate(5);
            found.insert(name.clone(), places);
        }
    }
    found
}

/// Runs an honest policy; says what went wrong.
fn try_honest(seed: u64) -> Result<(), String> {
    let register = common();
    let honest = policies::honest(seed);
    let scene = Scene::new();
    for (name, bytes) in &honest.files {
        scene.write(name, bytes);
    }
    let input = scene.write("register.csv", &register.bytes);
    let report = match scene.run(&honest.text, &[input], "out", How::default()) {
        Ok(report) => report,
        Err(stop) => {
            return Err(format!(
                "seed {seed}: {}\n{:?}\n{}",
                why(&stop),
                scene.path(""),
                honest.text
            ));
        }
    };
    drop(report);
    let release = Release::read(&scene.path("out"), None);
    let hunter = hunter(register, &honest);
    assert!(hunter.len() > 2_000);
    let leaks = leaks(&hunter, &release);
    if leaks.is_empty() {
        Ok(())
    } else {
        Err(format!("seed {seed}: {leaks:#?}\n{}", honest.text))
    }
}

#[test]
fn fifty_honest_policies_publish_and_nothing_raw_is_found_in_what_they_publish() {
    let seeds: Vec<u64> = match std::env::var("OFFRECORD_TEST_SEEDS") {
        Ok(range) => {
            let (from, to) = range.split_once("..").unwrap();
            (from.parse().unwrap()..to.parse().unwrap()).collect()
        }
        Err(_) => (0..50).collect(),
    };
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) =
                    seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let began = std::time::Instant::now();
                    if let Err(failure) = try_honest(*seed) {
                        failures.lock().unwrap().push(failure);
                    }
                    if std::env::var_os("OFFRECORD_TEST_TIMES").is_some() {
                        println!("seed {seed}: {:?}", began.elapsed());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} honest policies failed\n{}",
        failures.len(),
        seeds.len(),
        failures.join("\n---\n")
    );
}
