//! A person's name where it does not stand as in its column: *Smith, John*,
//! *J. P. Smith*, *Mr Smith*, 王先生.
//!
//! Of a name of two to four words of letters, the first or the last is taken
//! for the family name; where that stands free in a text, the words beside it
//! decide: a given name, its initial, or a title makes it this person. The
//! family name alone is left: too many people share it. The comparison is by
//! lower case alone, so that a text is read once and nothing is folded.
//!
//! May not find a value as it stands: [`super`] does.

use super::super::fold::stands_free;
use super::super::scan::Hit;
use super::super::unicode::is_han;

/// Titles before a family name; lower case.
pub(super) const BEFORE: [&str; 20] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "sir",
    "herr",
    "frau",
    "monsieur",
    "madame",
    "mme",
    "señor",
    "señora",
    "sr",
    "sra",
    "г-н",
    "г-жа",
    "comrade",
];

/// Titles behind a family name in Han characters.
const BEHIND: [&str; 6] = ["先生", "女士", "同志", "小姐", "太太", "老师"];

/// Family names of two characters.
pub(super) const DOUBLE: [&str; 16] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯",
    "南宫", "端木", "歐陽", "司馬",
];

/// Whether a value has the form of a name of several words.
pub(super) fn is_name(value: &str) -> bool {
    value.contains([' ', ','])
        && value
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\'' | '’'))
        && (2..=4).contains(&words(value).count())
        && !value.chars().any(is_han)
}

/// The words of a text with their places; a point ends one.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split([' ', ',', '.']).filter(|word| !word.is_empty())
}

/// Whether two words are one, or one is the initial of the other; never of
/// nothing.
fn is_given(word: &str, given: &[&str]) -> bool {
    let lower = |word: &str| word.to_lowercase();
    let word = lower(word);
    let initial = word.chars().nth(1).is_none();
    given.iter().any(|given| {
        let given = lower(given);
        given == word || (initial && given.chars().next() == word.chars().next())
    })
}

/// Where the word that ends at byte `end` begins.
pub(super) fn word_before(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    let letters = |c: &(usize, char)| {
        (c.1.is_alphabetic() && !is_han(c.1)) || matches!(c.1, '-' | '\'' | '’')
    };
    before
        .char_indices()
        .rev()
        .take_while(letters)
        .last()
        .map_or(end, |(at, _)| at)
}

/// Where the word that begins at byte `start` ends.
fn word_after(text: &str, start: usize) -> usize {
    let after = text.get(start..).unwrap_or_default();
    let len =
        after.find(|c: char| !((c.is_alphabetic() && !is_han(c)) || matches!(c, '-' | '\'' | '’')));
    start + len.unwrap_or(after.len())
}

/// Appends a hit for each place where the family name stands beside another
/// part of the name or a title.
pub(super) fn in_letters(text: &str, value: &str, label: &'static str, hits: &mut Vec<Hit>) {
    let names: Vec<&str> = words(value).collect();
    let (Some(first), Some(last)) = (names.first(), names.last()) else {
        return;
    };
    let lower = text.to_lowercase();
    // Where lower case has other lengths, places would not be those of the text.
    if lower.len() != text.len() {
        return;
    }
    let before_last = names.get(..names.len() - 1).unwrap_or_default();
    let behind_first = names.get(1..).unwrap_or_default();
    for (family, given) in [(last, before_last), (first, behind_first)] {
        let family = family.to_lowercase();
        if family.chars().nth(1).is_none() {
            continue;
        }
        for (at, found) in lower.match_indices(&family) {
            let (mut start, mut end) = (at, at + found.len());
            if !stands_free(text, start, end) {
                continue;
            }
            // A family name has a capital letter.
            let capital = text.get(at..).and_then(|rest| rest.chars().next());
            let mut named = false;
            // Backwards: initials, given names, a title.
            for _ in 0..4 {
                let before = text.get(..start).unwrap_or_default();
                let near = before.trim_end_matches([' ', '.']);
                if before.len() - near.len() > 3 || before.len() == near.len() {
                    break;
                }
                let from = word_before(text, near.len());
                let word = text.get(from..near.len()).unwrap_or_default();
                let title = BEFORE.contains(&word.to_lowercase().as_str());
                if word.is_empty() || !(title || is_given(word, given)) {
                    break;
                }
                start = from;
                named = true;
            }
            // Forwards: a comma, given names, initials.
            for _ in 0..3 {
                let after = text.get(end..).unwrap_or_default();
                let near = after.trim_start_matches([' ', ',', '.']);
                let gap = after.len() - near.len();
                if gap == 0 || gap > 3 {
                    break;
                }
                let from = end + gap;
                let to = word_after(text, from);
                let word = text.get(from..to).unwrap_or_default();
                let big = word.chars().next().is_some_and(char::is_uppercase);
                if word.is_empty() || !big || !is_given(word, given) {
                    break;
                }
                // The point of an initial goes too.
                let short = word.chars().nth(1).is_none();
                end = match text.get(to..).unwrap_or_default().chars().next() {
                    Some('.') if short => to + 1,
                    _ => to,
                };
                named = true;
            }
            if named && capital.is_some_and(char::is_uppercase) {
                hits.push(Hit {
                    start,
                    end,
                    kind: label,
                    proven: false,
                });
            }
        }
    }
}

/// Whether a title in Han characters stands in a text.
pub(super) fn may_hold_title(text: &str) -> bool {
    BEHIND.iter().any(|title| text.contains(title))
}

/// Appends a hit for each place where the family name of a name in Han
/// characters stands before a title.
pub(super) fn in_han(text: &str, value: &str, label: &'static str, hits: &mut Vec<Hit>) {
    let count = value.chars().count();
    if !(2..=4).contains(&count) || !value.chars().all(is_han) {
        return;
    }
    let double = DOUBLE.iter().find(|double| value.starts_with(**double));
    let family = match (double, value.chars().next()) {
        (Some(double), _) if count > 2 => (*double).to_owned(),
        (_, Some(first)) => first.to_string(),
        _ => return,
    };
    for (start, found) in text.match_indices(&family) {
        let behind = start + found.len();
        let after = text.get(behind..).unwrap_or_default();
        let near = after.trim_start_matches([' ', '\u{3000}']);
        for title in BEHIND.iter().filter(|title| near.starts_with(**title)) {
            hits.push(Hit {
                start,
                end: behind + (after.len() - near.len()) + title.len(),
                kind: label,
                proven: false,
            });
        }
    }
}
