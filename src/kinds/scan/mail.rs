//! Finds e-mail addresses, and lines of a machine-readable zone.

use super::super::digits::look_wide;
use super::super::unicode::{is_format, narrow};
use super::{EMAIL, Hit, MRZ};

/// Finds lines of a machine-readable zone: 28 to 90 capital letters, digits and
/// `<`, among them `<<`. The line of the name has no check digit.
pub(super) fn mrz_lines(text: &str, hits: &mut Vec<Hit>) {
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        if at < done {
            continue;
        }
        let of_line = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'<';
        let (before, after) = text.as_bytes().split_at_checked(at).unwrap_or_default();
        let start = at
            - before
                .iter()
                .rev()
                .take(90)
                .take_while(|b| of_line(b))
                .count();
        let end = at + after.iter().take_while(|b| of_line(b)).count();
        done = end;
        let line = text.get(start..end).unwrap_or_default();
        let fill = line.matches("<<").count();
        if (28..=90).contains(&line.len()) && fill > 0 {
            hits.push(Hit {
                start,
                end,
                kind: MRZ,
                proven: true,
            });
        }
    }
}

/// Whether there is an `@` of any width.
pub(super) fn may_hold_mail(bytes: &[u8]) -> bool {
    memchr::memchr(b'@', bytes).is_some()
        || (memchr::memchr(0xEF, bytes).is_some() && look_wide(bytes).at)
}

/// Finds addresses. The local part is ASCII, in half or full width, and may be
/// glued to any other script; the domain ends with the last label that begins
/// with two Latin letters, so that what follows glued stays.
pub(super) fn emails(text: &str, hits: &mut Vec<Hit>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'@', 0xEF, bytes) {
        let len = match (bytes.get(at), bytes.get(at + 1), bytes.get(at + 2)) {
            (Some(b'@'), ..) => 1,
            (_, Some(0xBC), Some(0xA0)) | (_, Some(0xB9), Some(0xAB)) => 3,
            _ => continue,
        };
        let Some(start) = local_part(text, at) else {
            continue;
        };
        let Some(end) = domain(text, at + len) else {
            continue;
        };
        hits.push(Hit {
            start,
            end,
            kind: EMAIL,
            proven: true,
        });
    }
}

/// Where the local part before byte `at` begins.
fn local_part(text: &str, at: usize) -> Option<usize> {
    let mut start = None;
    for (i, c) in text.get(..at)?.char_indices().rev() {
        match narrow(c) {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => start = Some(i),
            // May stand inside, not at the beginning.
            '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '`'
            | '{' | '|' | '}' | '~' | '.' => {}
            c if is_format(c) => {}
            _ => break,
        }
    }
    start
}

/// Where the domain that begins at byte `from` ends.
fn domain(text: &str, from: usize) -> Option<usize> {
    let mut end = None;
    let mut dots = 0;
    let mut label = 0; // characters of the label so far
    let mut letters = true; // all of them letters
    let mut puny = [0u8; 4];
    for (i, c) in text.get(from..)?.char_indices() {
        let c_end = from + i + c.len_utf8();
        match narrow(c) {
            c @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-') => {
                if c == '-' && label == 0 {
                    break;
                }
                if let Some(slot) = puny.get_mut(label) {
                    *slot = c.to_ascii_lowercase() as u8;
                }
                label += 1;
                letters &= c.is_ascii_alphabetic();
                if dots > 0 && label >= 2 && (letters || (puny == *b"xn--" && label > 4)) {
                    end = Some(c_end);
                }
            }
            c @ ('.' | '。' | '｡') => {
                if label == 0 || (c != '.' && dots > 0) {
                    break;
                }
                dots += 1;
                label = 0;
                letters = true;
                puny = [0; 4];
            }
            c if is_format(c) => {}
            _ => break,
        }
    }
    end
}
