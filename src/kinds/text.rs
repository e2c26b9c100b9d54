//! The kinds `exact` and `text`: values that are nothing but text.

use super::unicode::nfkc_each;
use super::{Facts, Kind, KindOptions, Misfit, facts};

/// `exact`: the decoded text as it stands, not even trimmed.
#[derive(Debug, Clone, Copy)]
pub struct Exact;

impl Kind for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        out.push_str(value);
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        None
    }

    fn facts(&self) -> &Facts {
        &facts::EXACT
    }
}

/// `text`: NFKC, trimmed, every run of white space inside to one space, case
/// kept. White space is Unicode's `White_Space`. Format characters are kept:
/// scripts need some of them.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Kind for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        tidy(value, out);
        if out.is_empty() {
            return Err(Misfit::Empty);
        }
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        None
    }

    fn facts(&self) -> &Facts {
        &facts::TEXT
    }
}

/// The `text` form of `value` into `out`, which is cleared first.
pub(crate) fn tidy(value: &str, out: &mut String) {
    out.clear();
    if value.is_ascii()
        && !value
            .bytes()
            .fold(false, |any, b| any | b.is_ascii_control())
    {
        let mut words = value.split_ascii_whitespace();
        if let Some(word) = words.next() {
            out.push_str(word);
        }
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
        return;
    }
    if plain(value.as_bytes()) {
        out.push_str(value);
        return;
    }
    let mut gap = false;
    nfkc_each(value, |c, _| {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    });
}

/// Whether these are ASCII letters and the like, Han and a little punctuation
/// with no white space: such text is its own form.
fn plain(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0x21..=0x7E, rest @ ..]
            | [0xE5..=0xE9, _, _, rest @ ..]
            | [0xE4, 0xB8..=0xBF, _, rest @ ..]
            | [0xE3, 0x80, 0x81 | 0x82, rest @ ..] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::unicode::tests::awkward;
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn text(value: &str) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        Text.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn exact_changes_nothing() {
        let mut out = String::from("left over");
        for value in ["", " a ", "Ａ", "e\u{301}"] {
            Exact
                .normalise(value, &KindOptions::default(), &mut out)
                .unwrap();
            assert_eq!(out, value);
        }
    }

    #[test]
    fn text_folds_width_and_white_space_and_keeps_case() {
        assert_eq!(text("  Bank　of\t\n China ").unwrap(), "Bank of China");
        assert_eq!(text("ＡＢｃ，１２").unwrap(), "ABc,12");
        assert_eq!(text("e\u{301}").unwrap(), "é");
        assert_eq!(text("ﬁ").unwrap(), "fi");
        assert_eq!(text("a\u{85}b\u{2028}c").unwrap(), "a b c");
        assert_eq!(text("a\u{200B}b").unwrap(), "a\u{200B}b");
        assert_eq!(text(" \u{3000}\t"), Err(Misfit::Empty));
        assert_eq!(text(""), Err(Misfit::Empty));
    }

    proptest! {
        #[test]
        fn text_is_nfkc_split_at_white_space_and_joined(chars in proptest::collection::vec(awkward(), 0..24)) {
            let value: String = chars.into_iter().collect();
            let slow: String = value.nfkc().collect();
            let slow = slow.split_whitespace().collect::<Vec<_>>().join(" ");
            match text(&value) {
                Ok(fast) => {
                    prop_assert_eq!(&fast, &slow);
                    prop_assert_eq!(text(&fast).unwrap(), slow);
                }
                Err(m) => { prop_assert_eq!(m, Misfit::Empty); prop_assert!(slow.is_empty()); }
            }
        }
    }
}
