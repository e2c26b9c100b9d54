//! What every kind of the registry must show. All numbers are invented, or
//! published by their issuers as examples.

use super::unicode::tests::awkward;
use super::*;
use proptest::prelude::*;

/// A generator of numbers that needs no crate: xorshift64*.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    /// A random string of a shape, digits and letters drawn evenly.
    pub(crate) fn of_shape(&mut self, shape: &str) -> String {
        shape
            .chars()
            .map(|c| match c {
                'd' => char::from(b'0' + self.below(10) as u8),
                'l' => char::from(b'A' + self.below(26) as u8),
                'a' => char::from(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[self.below(36) as usize]),
                'n' => char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ<"[self.below(27) as usize]),
                '*' => {
                    char::from(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"[self.below(37) as usize])
                }
                'c' => char::from(b"0123456789X"[self.below(11) as usize]),
                other => other,
            })
            .collect()
    }
}

fn normal(kind: &dyn Kind, value: &str) -> Result<String, Misfit> {
    let mut out = String::from("left over");
    let options = KindOptions::default();
    kind.normalise(value, &options, &mut out)?;
    Ok(out)
}

#[test]
fn every_kind_reads_its_own_vectors() {
    let mut failures = Vec::new();
    for kind in all() {
        for &(written, expected) in kind.facts().right {
            match normal(*kind, written) {
                Ok(found) if found == expected => {}
                other => failures.push(format!(
                    "{} {written}: {other:?}, not {expected}",
                    kind.name()
                )),
            }
        }
        for &(written, expected) in kind.facts().wrong {
            match normal(*kind, written) {
                Err(found) if found == expected => {}
                other => failures.push(format!(
                    "{} {written}: {other:?}, not {expected:?}",
                    kind.name()
                )),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_kind_has_a_whole_row() {
    let mut failures = Vec::new();
    for kind in all().iter().skip(4) {
        let facts = kind.facts();
        let mut say = |what: &str| failures.push(format!("{}: {what}", kind.name()));
        if facts.title.is_empty() || facts.source.is_empty() {
            say("title or source");
        }
        if facts.right.is_empty() || facts.wrong.is_empty() {
            say("vectors");
        }
        if !(0.0..=1.0).contains(&facts.chance) || facts.chance == 0.0 {
            say("chance");
        }
        if facts.in_text == InText::Word && facts.words.is_empty() {
            say("words");
        }
        if kind.space().is_none() && kind.ident().is_some() {
            say("space");
        }
        if facts.words.iter().any(|word| word.to_lowercase() != *word) {
            say("a word in upper case");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_chance_that_is_stated_is_the_chance_that_is_measured() {
    let mut failures = Vec::new();
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    for kind in all() {
        let facts = kind.facts();
        let Some(ident) = kind.ident() else { continue };
        if facts.chance == 1.0 {
            continue;
        }
        // The likeliest shape decides.
        let mut most = 0.0f64;
        for shape in facts.shapes {
            let rounds = ((40.0 / facts.chance) as u64).clamp(400, 60_000);
            let hits = (0..rounds)
                .filter(|_| ident.test(&draw.of_shape(shape)).is_ok())
                .count();
            most = most.max(hits as f64 / rounds as f64);
        }
        // Six standard deviations, and where nothing is expected, nothing.
        let rounds = (40.0 / facts.chance).clamp(400.0, 60_000.0);
        let spread = 6.0 * (facts.chance / rounds).sqrt() + 1.0 / rounds;
        if (most - facts.chance).abs() > spread + facts.chance * 0.25 {
            failures.push(format!("{}: {most:.6}, not {}", kind.name(), facts.chance));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_right_tells_what_the_row_says() {
    for kind in all() {
        let facts = kind.facts();
        for &(_, normal) in facts.right {
            let told = kind.derive(normal);
            if let Some(birth) = told.birth {
                assert!(facts.reveals.contains("birth"), "{}", kind.name());
                assert!((1800..2100).contains(&birth.year), "{}", kind.name());
            }
            if told.sex.is_some() {
                assert!(facts.reveals.contains("sex"), "{}", kind.name());
            }
        }
    }
}

#[test]
fn a_recogniser_names_the_kind_of_every_right_value() {
    let mut recogniser = Recogniser::new();
    for kind in all().iter().skip(2) {
        for &(written, _) in kind.facts().right {
            let found = recogniser.look(written, &KindOptions::default());
            assert!(
                found
                    .iter()
                    .any(|m| m.kind.name() == kind.name() && m.misfit.is_none()),
                "{} {written}",
                kind.name()
            );
        }
    }
}

/// Text that is nearly a value of some kind.
fn nearly() -> impl Strategy<Value = String> {
    let rights: Vec<&'static str> = all()
        .iter()
        .flat_map(|kind| kind.facts().right.iter().map(|&(written, _)| written))
        .collect();
    let base = proptest::sample::select(rights);
    (
        base,
        proptest::collection::vec((0usize..40, awkward()), 0..4),
    )
        .prop_map(|(base, changes)| {
            let mut chars: Vec<char> = base.chars().collect();
            for (at, c) in changes {
                match at % 3 {
                    0 => chars.insert(at % (chars.len() + 1), c),
                    1 if !chars.is_empty() => {
                        let at = at % chars.len();
                        chars[at] = c;
                    }
                    _ if !chars.is_empty() => {
                        chars.remove(at % chars.len());
                    }
                    _ => {}
                }
            }
            chars.into_iter().collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_kind_panics_and_normal_forms_are_their_own(text in prop_oneof![nearly(), ".{0,40}"]) {
        let mut recogniser = Recogniser::new();
        recogniser.look(&text, &KindOptions::default());
        for kind in all() {
            kind.derive(&text);
            kind.place(&text);
            if let Ok(once) = normal(*kind, &text) {
                prop_assert_eq!(normal(*kind, &once), Ok(once.clone()), "{}", kind.name());
                kind.derive(&once);
                kind.place(&once);
            }
        }
    }
}
