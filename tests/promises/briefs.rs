//! The briefs of the shipped policies stand in `policies/briefs`, as they were
//! read, and are what `explain` writes now; they can be read without effort.
//! `OFFRECORD_WRITE_BRIEFS=1` writes them anew, to be read again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use offrecord::plan::Plan;
use offrecord::policy;
use offrecord::report::{Audience, BriefFormat, Lang, brief};

use crate::util::test_key;

const SHIPPED: [&str; 3] = ["health-incidents", "party-register", "procurement"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

fn written(name: &str, lang: Lang) -> String {
    let policy = policy::read(&folder().join(format!("{name}.toml"))).unwrap();
    let plan = Plan::compile(Arc::new(policy), None, test_key());
    let plan = plan.unwrap_or_else(|problems| panic!("{problems:?}"));
    brief(&plan, lang, BriefFormat::Markdown, Audience::Newsroom)
}

#[test]
fn the_briefs_of_the_shipped_policies_are_those_that_were_read() {
    let write = std::env::var_os("OFFRECORD_WRITE_BRIEFS").is_some();
    for name in SHIPPED {
        for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
            let path = folder().join(format!("briefs/{name}.{tag}.md"));
            let now = written(name, lang);
            if write {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &now).unwrap();
            }
            let read = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                read == now,
                "{}: not what explain writes now; read it again",
                path.display()
            );
        }
    }
}

/// Syllables of an English word, near enough: groups of vowels, a silent e.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let is_vowel = |c: char| "aeiouy".contains(c);
    let mut groups = 0;
    let mut before = false;
    for c in word.chars() {
        let vowel = is_vowel(c);
        groups += usize::from(vowel && !before);
        before = vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le");
    let silent =
        silent || (word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded"));
    groups
        .saturating_sub(usize::from(silent && groups > 1))
        .max(1)
}

/// The sentences of a Markdown text; names of columns and values, which are not
/// ours, count as a short word.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut sentences = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') || line.starts_with("|---") || line.starts_with("| ---") {
            continue;
        }
        for cell in line.split(['|', ':']) {
            let mut plain = String::new();
            for (at, part) in cell.split('`').enumerate() {
                plain.push_str(if at % 2 == 0 { part } else { "it" });
            }
            for sentence in plain.split_inclusive(['.', '?', '!', ';']) {
                let words: Vec<String> = sentence
                    .split(|c: char| !c.is_alphabetic() && c != '’' && c != '\'')
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                // A label is no sentence.
                if words.len() > 3 {
                    sentences.push(words);
                }
            }
        }
    }
    sentences
}

/// Flesch and Kincaid's grade: years of school.
fn grade(text: &str) -> f64 {
    let sentences = sentences(text);
    let words: usize = sentences.iter().map(Vec::len).sum();
    let syllables: usize = sentences.iter().flatten().map(|word| syllables(word)).sum();
    assert!(words > 200);
    0.39 * words as f64 / sentences.len() as f64 + 11.8 * syllables as f64 / words as f64 - 15.59
}

#[test]
fn the_english_briefs_can_be_read_after_nine_years_of_school() {
    for name in SHIPPED {
        // As committed; the test above holds them to what is written now.
        let path = folder().join(format!("briefs/{name}.en.md"));
        let grade = grade(&std::fs::read_to_string(path).unwrap());
        println!("{name}: grade {grade:.1}");
        assert!(grade <= 9.0, "{name}: {grade:.1}");
    }
}

#[test]
fn the_measure_of_reading_tells_plain_from_learned() {
    assert_eq!(
        ["release", "people", "coarsened", "a"].map(syllables),
        [2, 2, 2, 1]
    );
    let plain = "The dog ran to the man and sat by his side. ".repeat(30);
    let learned = "Notwithstanding considerable organisational heterogeneity, pseudonymisation necessitates extraordinarily comprehensive documentation. ".repeat(30);
    assert!(grade(&plain) < 3.0 && grade(&learned) > 20.0);
}
