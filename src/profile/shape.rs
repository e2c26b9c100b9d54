//! Values as masked shapes: `9{17}X`, `汉{3}`, `A{3}9{7}`.
//!
//! A shape says of every character what sort it is and nothing more. Only
//! what joins parts of numbers and addresses stands for itself; everything
//! else is one of a few signs, so that a shape is never the value.

use std::fmt::Write as _;

/// Runs that a shape shows at most.
const RUNS: usize = 24;

/// The sign of a character.
fn sign(c: char) -> char {
    match c {
        '0'..='9' => '9',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        '-' | '.' | '/' | ':' | '@' | '+' | '(' | ')' | '_' | ',' | ' ' => c,
        '\u{FF10}'..='\u{FF19}' => '９',
        '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => 'Ａ',
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => '汉',
        '\u{3040}'..='\u{30FF}' => 'あ',
        '\u{AC00}'..='\u{D7AF}' => '한',
        '\u{0400}'..='\u{052F}' => 'Я',
        '\u{0600}'..='\u{06FF}' => 'ع',
        _ if crate::kinds::is_format(c) => '¬',
        _ if c.is_numeric() => '９',
        _ if c.is_alphabetic() => 'L',
        _ if c.is_whitespace() => '␣',
        _ => '*',
    }
}

/// The runs of `value`, as signs and lengths, into a buffer that is cleared
/// first. A letter X behind eight digits or more stands for itself: the check
/// character of resident IDs.
pub(super) fn runs(value: &str, out: &mut Vec<(char, u16)>) {
    out.clear();
    for c in value.chars() {
        let mut sign = sign(c);
        if matches!(c, 'X' | 'x') && matches!(out.last(), Some(('9', 8..))) {
            sign = 'X';
        }
        let full = out.len() == RUNS;
        match out.last_mut() {
            Some((last, count)) if *last == sign => *count = count.saturating_add(1),
            _ if full => {
                out.push(('…', 1));
                return;
            }
            _ => out.push((sign, 1)),
        }
    }
}

/// A shape as people read it.
pub(super) fn written(runs: &[(char, u16)]) -> String {
    let mut out = String::new();
    for (sign, count) in runs {
        out.push(*sign);
        if *count > 1 {
            // Writing to a String cannot fail.
            let _infallible = write!(out, "{{{count}}}");
        }
    }
    out
}

/// The shape of one value.
pub(super) fn of(value: &str) -> String {
    let mut out = Vec::new();
    runs(value, &mut out);
    written(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_show_sorts_of_characters_and_no_characters() {
        for (value, shape) in [
            ("11010519491231002X", "9{17}X"),
            ("11010519491231002x", "9{17}X"),
            ("王小明", "汉{3}"),
            ("INV0000001", "A{3}9{7}"),
            ("+86 138-0013-8000", "+9{2} 9{3}-9{4}-9{4}"),
            ("１３８", "９{3}"),
            ("a.b@example.com", "a.a@a{7}.a{3}"),
            ("ma\u{200B}n", "a{2}¬a"),
            ("Max", "Aa{2}"),
            ("!", "*"),
            ("", ""),
        ] {
            assert_eq!(of(value), shape, "{value}");
        }
    }

    #[test]
    fn long_shapes_are_cut() {
        let long = "a1".repeat(100);
        assert!(of(&long).ends_with('…'));
    }
}
