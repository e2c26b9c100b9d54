//! The kind `email`: as `text`, in lower case, and sane.
//!
//! Sane: one `@`; before it 1 to 64 bytes of letters and digits of any script
//! and ``!#$%&'*+-/=?^_`{|}~`` joined by single points; after it at most 253
//! bytes of at least two labels of letters, digits and hyphens (none at an
//! end), the last not of digits alone and of two characters or more. Quoted
//! local parts, address literals, comments and display names are refused, not
//! guessed at. Lower case is Unicode's full mapping, as Rust's and Python's
//! `lower` do it.

use super::text::tidy;
use super::{Facts, Kind, KindOptions, Misfit, facts};

/// `email`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Email;

impl Kind for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        tidy(value, out);
        if out.is_empty() {
            return Err(Misfit::Empty);
        }
        if out.is_ascii() {
            out.make_ascii_lowercase();
        } else {
            *out = out.to_lowercase();
        }
        check(out)
    }

    fn strict(&self) -> bool {
        true
    }

    fn space(&self) -> Option<f64> {
        None
    }

    fn facts(&self) -> &Facts {
        &facts::EMAIL
    }
}

fn check(address: &str) -> Result<(), Misfit> {
    let (local, domain) = address.split_once('@').ok_or(Misfit::Form)?;
    if local.len() > 64 || domain.len() > 253 {
        return Err(Misfit::Length);
    }
    if address.is_ascii() {
        return check_ascii(local.as_bytes(), domain.as_bytes());
    }
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || is_mark(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    if !local.split('.').all(atom) {
        return Err(Misfit::Form);
    }
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || is_mark(c) || c == '-')
    };
    let mut labels = 0;
    let mut last = "";
    for part in domain.split('.') {
        if !label(part) {
            return Err(Misfit::Form);
        }
        labels += 1;
        last = part;
    }
    let top = last.chars().nth(1).is_some() && !last.chars().all(char::is_numeric);
    if labels < 2 || !top {
        Err(Misfit::Form)
    } else {
        Ok(())
    }
}

/// As [`check`], for ASCII in one pass.
fn check_ascii(local: &[u8], domain: &[u8]) -> Result<(), Misfit> {
    let mut part = 0;
    for &b in local {
        match b {
            b'a'..=b'z'
            | b'0'..=b'9'
            | b'!'
            | b'#'..=b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'/'
            | b'='
            | b'?'
            | b'^'..=b'`'
            | b'{'..=b'~' => {
                part += 1;
            }
            b'.' if part > 0 => part = 0,
            _ => return Err(Misfit::Form),
        }
    }
    if part == 0 {
        return Err(Misfit::Form);
    }
    let (mut part, mut labels, mut letters, mut before) = (0, 0, false, b'-');
    for &b in domain {
        match b {
            b'a'..=b'z' | b'0'..=b'9' => {
                part += 1;
                letters |= b.is_ascii_lowercase();
            }
            b'-' if part > 0 => {
                part += 1;
                letters = true;
            }
            b'.' if part > 0 && before != b'-' && part <= 63 => {
                (part, letters) = (0, false);
                labels += 1;
            }
            _ => return Err(Misfit::Form),
        }
        before = b;
    }
    if labels == 0 || !(2..=63).contains(&part) || before == b'-' || !letters {
        return Err(Misfit::Form);
    }
    Ok(())
}

/// Combining marks, which words of many scripts hold. Coarse on purpose: the
/// blocks of general combining marks and the scripts of India and South-East
/// Asia, whose vowel signs are marks.
fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036F | 0x0591..=0x05C7 | 0x064B..=0x065F | 0x0900..=0x0DFF
        | 0x0E31..=0x0E4E | 0x0EB1..=0x0ECD | 0x102B..=0x103E | 0x17B4..=0x17D3 | 0x3099 | 0x309A)
        && !c.is_ascii()
        && !c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email(value: &str) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        Email.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn addresses_are_folded_to_lower_case() {
        assert_eq!(
            email(" Wang.Wei@Example.ORG ").unwrap(),
            "wang.wei@example.org"
        );
        assert_eq!(
            email("ｚｈａｎｇ＠１６３．ｃｏｍ").unwrap(),
            "zhang@163.com"
        );
        assert_eq!(
            email("a+b_c-d@sub.example.co.uk").unwrap(),
            "a+b_c-d@sub.example.co.uk"
        );
        assert_eq!(email("用户@例子.中国").unwrap(), "用户@例子.中国");
        assert_eq!(email("ПОЧТА@пример.рф").unwrap(), "почта@пример.рф");
        assert_eq!(email("o'hara@example.com").unwrap(), "o'hara@example.com");
        assert_eq!(
            email("x@xn--fiqs8s.xn--fiqs8s").unwrap(),
            "x@xn--fiqs8s.xn--fiqs8s"
        );
    }

    proptest! {
        #[test]
        fn the_short_way_for_ascii_agrees_with_the_long_one(local in "[a-z0-9.!'*+/=?{|}~^`_()\"<>,:;-]{0,8}", domain in "[a-z0-9.-]{0,9}") {
            let long = local.split('.').all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)))
                && domain.split('.').all(|p| !p.is_empty() && !p.starts_with('-') && !p.ends_with('-'))
                && domain.split('.').count() > 1
                && domain.split('.').next_back().is_some_and(|p| p.len() > 1 && !p.chars().all(char::is_numeric));
            prop_assert_eq!(email(&format!("{local}@{domain}")).is_ok(), long);
        }
    }

    #[test]
    fn what_is_not_one_address_is_refused() {
        for value in [
            "a",
            "@",
            "a@",
            "@b.com",
            "a@b",
            "a@@b.com",
            "a@b@c.com",
            "a b@c.com",
            "a@b c.com",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a@.com",
            "a@b.",
            "a@-b.com",
            "a@b-.com",
            "a@1.2.3.4",
            "a@[1.2.3.4]",
            "a@b.c",
            "<a@b.com>",
            "a@b.com,c@d.com",
            "mailto:a@b.com",
            "\"a\"@b.com",
            "a\u{200B}@b.com",
            "a@b。com",
        ] {
            assert_eq!(email(value), Err(Misfit::Form), "{value}");
        }
        assert_eq!(email(" "), Err(Misfit::Empty));
        assert_eq!(
            email(&format!("{}@b.com", "a".repeat(65))),
            Err(Misfit::Length)
        );
    }
}
