//! Agreement with python-stdnum 2.2, number by number: `tests/peer/kinds.tsv`
//! holds what the package says of drawn and mutated numbers, and
//! `tests/peer/kinds.py` makes it again. Every disagreement has its reason here.

use super::*;

/// Kinds on which the two differ on purpose: in which direction, for which
/// texts, and why.
type Difference = (&'static str, Side, fn(&str) -> bool, &'static str);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    /// Read here, refused there.
    Ours,
    /// Refused here, read there.
    Theirs,
    /// Read by both into other forms.
    Form,
}

#[rustfmt::skip]
const DIFFERENCES: &[Difference] = &[
    ("cn-resident-id", Side::Theirs, |s| !matches!(s.get(6..8), Some("18" | "19" | "20")), "nobody with a card was born before 1800 or after 2099"),
    ("kr-brn", Side::Theirs, |s| s.len() >= 10, "the package does not compute the check digit"),
    ("kr-rrn", Side::Theirs, |s| s.as_bytes().first().is_some_and(|b| *b >= b'5'), "a birth after 2049 has not been"),
    ("kr-rrn", Side::Ours, |s| s.as_bytes().first().is_some_and(|b| (b'2'..b'5').contains(b)), "numbers of births since October 2020 are random and have no check digit"),
    ("dk-cpr", Side::Ours, |s| s.get(4..6).is_some_and(|y| y > "26"), "the package asks the clock whether somebody is born yet"),
    ("id-nik", Side::Ours, |s| !s.starts_with("99"), "the package refuses provinces that it does not list; regions have been split since"),
    ("us-itin", Side::Ours, |s| s.get(3..5).is_some_and(|group| ("50"..="65").contains(&group)), "groups 50 to 65 are given out since 2013"),
    ("tw-ubn", Side::Ours, |s| s.len() == 8, "since April 2023 the sum is taken modulo 5, not 10"),
    ("co-nit", Side::Theirs, |s| s.len() == 8, "shorter numbers are read by the package; here 9 and 10 digits, or half of all numbers would pass"),
    ("py-ruc", Side::Theirs, |s| s.len() == 6, "shorter numbers are read by the package; here 7 to 9 digits"),
    ("imei", Side::Theirs, |s| s.len() == 14, "an IMEI without its check digit cannot be told from any number"),
];

#[test]
fn python_stdnum_says_the_same_but_for_what_is_explained() {
    let mut open: Vec<String> = Vec::new();
    let mut used = vec![0u32; DIFFERENCES.len()];
    let mut lines = 0;
    let mut agreed = 0;
    let mut out = String::new();
    for line in include_str!("../../tests/peer/kinds.tsv").lines() {
        let mut parts = line.split('\t');
        let (Some(name), Some(text), Some(theirs)) = (parts.next(), parts.next(), parts.next())
        else {
            panic!("a line of three parts");
        };
        let kind = find(name).unwrap();
        lines += 1;
        let ours = kind.normalise(text, &KindOptions::default(), &mut out);
        let compact: String = theirs
            .chars()
            .filter(|c| !matches!(c, '-' | ' ' | '.' | '/'))
            .collect();
        let plain: String = out.chars().filter(|c| *c != '-').collect();
        let side = match (ours.is_ok(), theirs != "-") {
            (true, true) if plain == compact => None,
            (false, false) => None,
            (true, true) => Some(Side::Form),
            (true, false) => Some(Side::Ours),
            (false, true) => Some(Side::Theirs),
        };
        let Some(side) = side else {
            agreed += 1;
            continue;
        };
        let reason = DIFFERENCES
            .iter()
            .position(|(kind, which, holds, _)| *kind == name && *which == side && holds(text));
        match reason {
            Some(at) => used[at] += 1,
            None => open.push(format!("{side:?} {name} {text} {theirs} {ours:?}")),
        }
    }
    assert!(
        open.is_empty(),
        "{} of {lines}, {agreed} agreed\n{}",
        open.len(),
        open.join("\n")
    );
    for (difference, used) in DIFFERENCES.iter().zip(used) {
        assert!(
            used > 0,
            "{}: {}: no such number",
            difference.0,
            difference.3
        );
    }
    assert!(
        lines > 4000 && agreed * 100 > lines * 97,
        "{agreed} of {lines}"
    );
}
