//! Patterns of kept columns: regular expressions of the `regex` crate (linear
//! time, no back-references), limited in size, matched against the whole value.

use regex::{Regex, RegexBuilder};

/// Largest compiled pattern in bytes.
const SIZE: usize = 1 << 20;
/// Deepest nesting of groups.
const NEST: u32 = 50;
/// Longest pattern in characters.
const LENGTH: usize = 1000;

/// Compiles a pattern so that it matches a whole value or nothing:
/// `\A(?:pattern)\z`. The pattern must also be complete on its own, so that
/// no unbalanced bracket can break out of the anchors.
///
/// # Errors
/// A sentence on what is wrong, for a person; it quotes the pattern alone.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.chars().count() > LENGTH {
        return Err(format!("it is longer than {LENGTH} characters"));
    }
    let build = |text: &str| {
        RegexBuilder::new(text)
            .size_limit(SIZE)
            .dfa_size_limit(2 * SIZE)
            .nest_limit(NEST)
            .build()
    };
    let explain = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large once compiled".to_owned(),
        other => {
            // The last line of the crate's message says what is wrong; the
            // lines before it draw the pattern.
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    };
    build(pattern).map_err(explain)?;
    build(&format!(r"\A(?:{pattern})\z")).map_err(explain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_value_or_nothing() {
        let p = compile("a|bc").unwrap();
        assert!(p.is_match("a") && p.is_match("bc"));
        assert!(!p.is_match("ac") && !p.is_match("abc") && !p.is_match("a\n"));
        let p = compile("(?m)^a$").unwrap();
        assert!(
            !p.is_match("a\nb"),
            "multi-line mode does not open the anchors"
        );
    }

    #[test]
    fn a_pattern_cannot_break_out_of_its_anchors() {
        assert!(compile("a)|(b").is_err());
        assert!(compile("(?x) a # comment").is_err());
        assert!(compile(r"(a)\1").is_err(), "no back-references");
        assert!(compile("(?:a{1000}){1000}").is_err(), "limited in size");
        assert!(compile(&"(".repeat(100)).is_err());
    }
}
