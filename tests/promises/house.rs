//! The house: arrows between the rooms point one way, and no text promises
//! what nobody can.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::util::{How, Scene, common, policies};

/// Every source file below `src`, with its path there.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                files.push((
                    name.replace('\\', "/"),
                    std::fs::read_to_string(path).unwrap(),
                ));
            }
        }
    }
    files.sort();
    assert!(files.len() > 50);
    files
}

/// The room a file belongs to.
fn room(file: &str) -> &str {
    let (first, _) = file.split_once('/').unwrap_or((file, ""));
    first.trim_end_matches(".rs")
}

/// Rooms that a text names by `crate::room`, alone or in braces, comments and
/// strings aside; what stands under `#[cfg(test)]` is not looked at.
fn rooms_named(text: &str) -> BTreeSet<String> {
    let shipped = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let mut named = BTreeSet::new();
    for line in shipped.lines() {
        let code = line.split("//").next().unwrap_or("");
        for (at, _) in code.match_indices("crate::") {
            // `$crate::`, `my_crate::` are other things.
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c == '_' || c == '$' || c.is_alphanumeric()) {
                continue;
            }
            let rest = &code[at + "crate::".len()..];
            let word = |text: &str| -> String {
                text.trim_start()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect()
            };
            match rest.strip_prefix('{') {
                None => named.insert(word(rest)),
                Some(list) => {
                    let list = list.split('}').next().unwrap_or("");
                    named.extend(list.split(',').map(word));
                    true
                }
            };
        }
    }
    named.remove("");
    named
}

/// Which rooms a room may name; its own always.
fn allowed(room: &str) -> Option<&'static [&'static str]> {
    Some(match room {
        "policy" | "kinds" | "key" | "demo" | "cell" => &[],
        "input" => &["cell"],
        "verify" => &["key", "kinds"],
        "ledger" => &["key"],
        "approve" => &["plan", "policy", "key", "cell"],
        "treat" => &["key", "kinds", "cell"],
        "plan" => &["tally", "treat", "kinds", "key", "policy", "cell"],
        "tally" => &["treat", "kinds", "key", "cell"],
        "engine" => &["plan", "input", "tally", "cell"],
        "protect" => &["tally", "plan", "cell"],
        "noise" => &["key", "tally", "cell"],
        // They read files of their own accord, without a policy.
        "risk" => &["engine", "input", "tally", "plan", "treat", "kinds", "cell"],
        "profile" => &["engine", "input", "tally", "policy", "kinds", "cell"],
        // Takes finished parts: of what the others make it knows the shapes and
        // words alone.
        "release" => &["protect", "plan", "cell"],
        "report" => &[
            "job", "plan", "policy", "treat", "kinds", "key", "tally", "protect", "verify",
            "release", "risk", "cell",
        ],
        "job" => &[
            "release", "report", "verify", "protect", "noise", "risk", "engine", "plan", "input",
            "tally", "treat", "kinds", "key", "ledger", "policy", "cell",
        ],
        _ => return None,
    })
}

#[test]
fn arrows_between_the_rooms_point_one_way() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if file.ends_with("tests.rs") {
            continue;
        }
        let Some(allowed) = allowed(room(&file)) else {
            continue;
        };
        for named in rooms_named(&text) {
            if named != room(&file) && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{file} names crate::{named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_but_the_program_imports_the_command_line() {
    for (file, text) in sources() {
        if !matches!(room(&file), "cli" | "main") {
            assert!(!rooms_named(&text).contains("cli"), "{file}");
        }
    }
}

#[test]
fn the_check_shares_no_code_with_the_engine_by_a_back_door_either() {
    for (file, text) in sources() {
        if room(&file) == "verify" {
            let code: String = text
                .lines()
                .map(|line| line.split("//").next().unwrap_or(""))
                .collect();
            for word in [
                "offrecord::",
                "super::super::super::",
                "include!(",
                "#[path",
            ] {
                assert!(!code.contains(word), "{file}: {word}");
            }
        }
    }
}

#[test]
fn there_is_no_network_code_and_no_unsafe_code_in_the_house() {
    for (file, text) in sources() {
        for word in [
            "std::net",
            "TcpStream",
            "UdpSocket",
            "allow(unsafe_code",
            "unsafe {",
        ] {
            assert!(!text.contains(word), "{file}: {word}");
        }
    }
}

#[test]
fn no_file_of_a_release_promises_what_nobody_can() {
    const FORBIDDEN: [&str; 9] = [
        "anonymous",
        "anonymis",
        "anonymiz",
        "de-identif",
        "deidentif",
        "compliant",
        "匿名",
        "去标识",
        "脱敏",
    ];
    let scene = Scene::new();
    let policies = [policies::PARTY_REGISTER.to_owned(), policies::redact()];
    for (at, policy) in policies.iter().enumerate() {
        let release = scene.release(
            policy,
            &common().bytes,
            &format!("out-{at}"),
            How::default(),
        );
        for (name, bytes) in release.files.iter().chain(&release.private) {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            for word in FORBIDDEN {
                assert!(!text.contains(word), "{name}: {word}");
            }
            let safe = text
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == "safe" || word == "safely");
            assert!(!safe || name == "fingerprints.bin", "{name}: safe");
        }
    }
}
