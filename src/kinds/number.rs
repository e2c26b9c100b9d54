//! The kind `number`: plain decimal numbers of any length, exact.
//!
//! Read: an optional sign (`+`, `-`, `−` U+2212), digits, at most one point;
//! digits of every script and full-width forms are folded, white space around
//! the number is trimmed. Refused: grouping (`1,000`, `1 000`), an exponent,
//! a decimal comma, currency, percent, infinity, nothing but a sign or point.
//! Nothing passes through a float. Superscript and circled digits are not
//! digits here: 10² is not 102.
//!
//! Written: the value in one form. No `+`; no leading zeros but the one before
//! the point; no zeros at the end of the fraction and no point without one;
//! zero has no sign. So `007`, `+7`, `7.` and `7.00` are `7`; `.5` is `0.5`;
//! `-0.0` is `0`. Where leading zeros carry meaning the kind is `exact`.

use super::unicode::{digit_value, is_format, narrow};
use super::{Facts, Kind, KindOptions, Misfit, facts};

/// `number`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Number;

impl Kind for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        let value = value.trim_matches(|c: char| c.is_whitespace() || is_format(c));
        if value.is_empty() {
            return Err(Misfit::Empty);
        }
        let mut negative = false;
        let mut digits = false; // any digit at all
        let mut whole = false; // a digit of the whole part is written
        let mut point = false;
        let mut dotted = false; // the point is written
        let mut zeros = 0usize; // zeros of the fraction not written yet
        let mut any = false; // some digit is not zero
        for (i, c) in value.chars().enumerate() {
            let c = narrow(c);
            if let Some(d) = digit_value(c) {
                digits = true;
                if point {
                    if d == 0 {
                        zeros += 1;
                        continue;
                    }
                    if !whole {
                        out.push('0');
                        whole = true;
                    }
                    if !dotted {
                        out.push('.');
                        dotted = true;
                    }
                    out.extend(std::iter::repeat_n('0', zeros));
                    zeros = 0;
                } else if d == 0 && !whole {
                    continue;
                } else {
                    whole = true;
                }
                any |= d != 0;
                if negative && any && !out.starts_with('-') {
                    out.insert(0, '-');
                }
                out.push(char::from(b'0' + d));
                continue;
            }
            match c {
                '+' | '-' | '\u{2212}' if i == 0 => negative = c != '+',
                '.' if !point => point = true,
                _ => return Err(Misfit::Form),
            }
        }
        if !digits {
            return Err(Misfit::Form);
        }
        if out.is_empty() {
            out.push('0');
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
        &facts::NUMBER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(value: &str) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        Number.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn one_value_has_one_form() {
        for (value, form) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("+0", "0"),
            ("000", "0"),
            ("007", "7"),
            ("+7", "7"),
            ("7.", "7"),
            ("7.00", "7"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("0.50", "0.5"),
            ("-12.340", "-12.34"),
            (" 12 ", "12"),
            ("１２．５", "12.5"),
            ("－3", "-3"),
            ("−3", "-3"),
            ("٣٫".trim_end_matches('٫'), "3"),
            ("10.01", "10.01"),
            ("100", "100"),
            ("-0.001", "-0.001"),
            ("\u{FEFF}5", "5"),
            (
                "123456789012345678901234567890.10",
                "123456789012345678901234567890.1",
            ),
        ] {
            assert_eq!(number(value).as_deref(), Ok(form), "{value}");
        }
    }

    #[test]
    fn what_is_not_plain_decimal_is_refused() {
        for value in [
            "1,000",
            "1 000",
            "1e5",
            "1E5",
            "1.2.3",
            "--1",
            "1-",
            "+",
            ".",
            "-.",
            "12%",
            "¥5",
            "0x10",
            "inf",
            "NaN",
            "10²",
            "①",
            "1/2",
            "½",
            "二",
            "1\u{A0}000",
        ] {
            assert_eq!(number(value), Err(Misfit::Form), "{value}");
        }
        assert_eq!(number(""), Err(Misfit::Empty));
        assert_eq!(number(" \t"), Err(Misfit::Empty));
    }

    proptest! {
        #[test]
        fn equal_integers_have_equal_forms(n in any::<i64>(), zeros in 0usize..4, tail in 0usize..4) {
            let sign = if n < 0 { "-" } else { "" };
            let written = format!("{sign}{}{}{}{}", "0".repeat(zeros), n.unsigned_abs(),
                if tail > 0 { "." } else { "" }, "0".repeat(tail));
            prop_assert_eq!(number(&written).unwrap(), n.to_string());
        }

        #[test]
        fn the_form_is_stable(value in r"[+-]?[0-9]{0,6}\.?[0-9]{0,6}") {
            if let Ok(form) = number(&value) {
                prop_assert_eq!(number(&form).unwrap(), form);
            }
        }
    }
}
