//! The texts of a release: README, report, data package, manifest, and files
//! that have no place there. Everything is hunted, in every reading of the
//! text: HTML with its tags, without them, and with entities decoded; JSON
//! string by string, keys too.

use std::collections::HashSet;

use serde_json::Value;

use crate::key::CodeFormat;

use super::hunt::WALL;
use super::manifest::{Manifest, Once};
use super::verdict::{Place, Reason};
use super::worker::{Rule, Worker};

/// Largest text that is looked at, in bytes.
pub(super) const MAX_TEXT: u64 = 64 << 20;

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Written {
    Plain,
    Html,
    Json,
}

/// What in a text is the tool's own: digests, code examples, names.
pub(super) struct Own {
    hashes: HashSet<String>,
    /// Words of names that the policy gave, which may say what they like.
    names: HashSet<String>,
    /// No manifest says which digests are ours: every whole one is.
    blind: bool,
}

impl Own {
    /// Takes the digests and names from the manifest.
    pub(super) fn new(manifest: Option<&Manifest>) -> Self {
        let mut own = Self {
            hashes: HashSet::new(),
            names: HashSet::new(),
            blind: manifest.is_none(),
        };
        let Some(manifest) = manifest else { return own };
        own.hashes.clone_from(&manifest.hashes);
        let mut add = |json: Option<&Value>| {
            if let Some(text) = json.and_then(Value::as_str) {
                let lower = text.to_lowercase();
                own.names
                    .extend(words(&lower).map(|(_, word)| word.to_owned()));
            }
        };
        let predicate = manifest.json.get("predicate");
        for list in ["columns", "tables"] {
            let items = predicate
                .and_then(|p| p.get(list))
                .and_then(Value::as_array);
            for item in items.into_iter().flatten() {
                add(item.get("name"));
                add(item.get("source"));
                for by in item
                    .get("by")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    add(by.get("name"));
                }
                for value in item
                    .get("form")
                    .and_then(|form| form.get("values"))
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    add(Some(value));
                }
            }
        }
        add(predicate
            .and_then(|p| p.get("policy"))
            .and_then(|p| p.get("name")));
        own
    }

    /// Puts a wall in the place of digests and codes, which are not looked at.
    pub(super) fn blank(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
            let (before, after) = rest.split_at(start);
            out.push_str(before);
            let end = after
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .unwrap_or(after.len());
            let (token, after) = after.split_at(end);
            let trimmed = token.trim_end_matches('-');
            if self.is_hash(trimmed) || is_code(trimmed) {
                out.push(WALL);
            } else {
                out.push_str(token);
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// A digest of the manifest, or its beginning.
    fn is_hash(&self, token: &str) -> bool {
        token.len() >= 8
            && token.len() <= 64
            && token
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            && (self.blind && token.len() == 64
                || self.hashes.contains(token)
                || self.hashes.iter().any(|hash| hash.starts_with(token)))
    }
}

/// A well-formed code with its hyphens.
fn is_code(token: &str) -> bool {
    let Some((prefix, _)) = token.split_once('-') else {
        return false;
    };
    [80, 128]
        .into_iter()
        .filter_map(|bits| CodeFormat::new(prefix, bits))
        .any(|format| format.is_code(token))
}

/// Looks at a text.
pub(super) fn look(
    worker: &mut Worker<'_>,
    own: &Own,
    artefact: u32,
    written: Written,
    bytes: &[u8],
    our_words: bool,
) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        worker.tray.add(Reason::Utf8, Place::file(artefact), 1);
        let lossy = String::from_utf8_lossy(bytes);
        lines(worker, own, artefact, &lossy);
        return;
    };
    match written {
        Written::Plain => {
            lines(worker, own, artefact, text);
            if our_words {
                promises_by_line(worker, own, artefact, text);
            }
        }
        Written::Html => {
            lines(worker, own, artefact, text);
            let decoded = decode(text);
            if decoded != text {
                lines(worker, own, artefact, &decoded);
            }
            let visible = decode(&strip_tags(text));
            lines(worker, own, artefact, &visible);
            if our_words {
                promises_by_line(worker, own, artefact, &visible);
            }
        }
        Written::Json => match serde_json::from_str(text) {
            Ok(Once(json)) => walk(worker, own, artefact, &json, our_words),
            Err(_) => {
                worker.tray.add(Reason::Json, Place::file(artefact), 1);
                lines(worker, own, artefact, text);
            }
        },
    }
}

/// Looks at each line, and at the text as a whole for what is broken over
/// lines.
fn lines(worker: &mut Worker<'_>, own: &Own, artefact: u32, text: &str) {
    let blanked = own.blank(text);
    for (n, line) in blanked.lines().enumerate() {
        let place = Place {
            line: u32::try_from(n + 1).unwrap_or(u32::MAX),
            ..Place::file(artefact)
        };
        worker.examine(line, &Rule::TEXT, place);
    }
    worker.hunt_only(&blanked, Place::file(artefact));
}

/// Looks at every string and key of a JSON text.
fn walk(worker: &mut Worker<'_>, own: &Own, artefact: u32, json: &Value, our_words: bool) {
    let place = Place::file(artefact);
    let string = |worker: &mut Worker<'_>, text: &str| {
        worker.examine(&own.blank(text), &Rule::TEXT, place);
        if our_words && promises(own, text) {
            worker.tray.add(Reason::Promise, place, 1);
        }
    };
    match json {
        Value::String(text) => string(worker, text),
        Value::Number(number) => string(worker, &number.to_string()),
        Value::Array(list) => {
            for value in list {
                walk(worker, own, artefact, value, our_words);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                string(worker, key);
                walk(worker, own, artefact, value, our_words);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn promises_by_line(worker: &mut Worker<'_>, own: &Own, artefact: u32, text: &str) {
    for (n, line) in text.lines().enumerate() {
        if promises(own, line) {
            let place = Place {
                line: u32::try_from(n + 1).unwrap_or(u32::MAX),
                ..Place::file(artefact)
            };
            worker.tray.add(Reason::Promise, place, 1);
        }
    }
}

/// Words with hyphens inside, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let letter = |c: char| c.is_alphabetic() || c == '-';
    text.split(move |c: char| !letter(c))
        .filter(|word| !word.is_empty())
        .enumerate()
}

/// Whether a text promises what nobody can: anonymous, safe, de-identified,
/// compliant, and their kin.
pub(super) fn promises(own: &Own, text: &str) -> bool {
    if text.contains("匿名化") {
        return true;
    }
    let lower = text.to_lowercase();
    words(&lower).any(|(_, word)| {
        let word = word.trim_matches('-');
        let plain: String = word.chars().filter(|c| *c != '-').collect();
        let promise = matches!(plain.as_str(), "safe" | "safely")
            || plain.starts_with("anonym")
            || plain.starts_with("nonidentif")
            || plain.starts_with("unidentifiable")
            || plain.starts_with("deidentif")
            || word.split('-').any(|part| {
                matches!(part, "compliant" | "compliance" | "safe") || part.starts_with("anonymi")
            });
        promise && !own.names.contains(word)
    })
}

/// Tags that change how text looks, not where a word ends.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "small", "span", "strong", "sub", "sup", "wbr",
];

/// The text between tags: in-line tags and comments vanish, all others put a
/// wall in their place. Line ends stay, so that lines keep their numbers.
fn strip_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (inside, tail, comment) = match after.strip_prefix("!--") {
            Some(comment) => match comment.split_once("-->") {
                Some((inside, tail)) => (inside, tail, true),
                None => (comment, "", true),
            },
            None => match after.split_once('>') {
                Some((inside, tail)) => (inside, tail, false),
                None => (after, "", false),
            },
        };
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if !comment && !INLINE.contains(&name.as_str()) {
            out.push(WALL);
        }
        out.extend(inside.chars().filter(|c| *c == '\n'));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Decodes numeric entities and the five named ones.
fn decode(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after
            .split_once(';')
            .filter(|(name, _)| name.len() <= 10)
            .and_then(|(name, tail)| {
                let c = match name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    "nbsp" => '\u{a0}',
                    "shy" => '\u{ad}',
                    "commat" => '@',
                    "period" => '.',
                    name => {
                        let digits = name.strip_prefix('#')?;
                        let code = match digits.strip_prefix(['x', 'X']) {
                            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                            None => digits.parse().ok()?,
                        };
                        char::from_u32(code)?
                    }
                };
                Some((c, tail))
            });
        match entity {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_found_in_their_many_forms() {
        let own = Own::new(None);
        for text in [
            "These data are anonymous.",
            "fully ANONYMIZED",
            "anonymisation",
            "It is safe to share",
            "GDPR-compliant",
            "de-identified",
            "deidentified rows",
            "数据已匿名化",
        ] {
            assert!(promises(&own, text), "{text}");
        }
        for text in [
            "pseudonymised",
            "Codes say same identifier",
            "safeguard",
            "kept apart, unsafe", // says the opposite
            "",
        ] {
            assert!(!promises(&own, text), "{text}");
        }
    }

    #[test]
    fn tags_and_entities_hide_nothing() {
        let html = "<p>99<b>99</b>99&#49;9<!-- x -->4&#x39;</p><td>12</td>\n<td\nclass=a>3</td>";
        assert_eq!(
            decode(&strip_tags(html)),
            "\u{1}9999991949\u{1}\u{1}12\u{1}\n\u{1}\n3\u{1}"
        );
    }

    #[test]
    fn digests_and_codes_are_not_looked_at() {
        let mut own = Own::new(None);
        own.hashes.insert("ab12345678901234".to_owned());
        assert_eq!(own.blank("id ab12345678901234."), "id \u{1}.");
        assert_eq!(own.blank("id ab1234567890."), "id \u{1}.");
        assert_eq!(own.blank("id ab12345678901235."), "id ab12345678901235.");
        assert_eq!(own.blank("P-2Q3D-EZPX-6QJ8-RGBJ-4,"), "\u{1},");
        assert_eq!(
            own.blank("P-2Q3D-EZPX-6QJ8-RGBJ-5"),
            "P-2Q3D-EZPX-6QJ8-RGBJ-5"
        );
    }
}
