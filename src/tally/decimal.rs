//! Amounts as integers: exact decimals that add without rounding.

/// Digits after the point that an amount holds.
pub const DIGITS: usize = 9;

/// Units of an amount that make one.
pub const UNIT: i128 = 1_000_000_000;

/// Digits before the point that an amount may have: a sum over 10¹⁰ records
/// then still fits.
const WHOLE: usize = 18;

/// Reads a normalised number (kind `number`) as units of 10⁻⁹. `None` where it
/// has more than nine digits after the point or more than 18 before it.
#[must_use]
pub fn amount(normal: &str) -> Option<i128> {
    let (negative, digits) = match normal.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, normal),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || whole.len() > WHOLE || part.len() > DIGITS {
        return None;
    }
    let mut units: i128 = 0;
    let padding = std::iter::repeat_n(b'0', DIGITS - part.len());
    for byte in whole.bytes().chain(part.bytes()).chain(padding) {
        if !byte.is_ascii_digit() {
            return None;
        }
        units = units * 10 + i128::from(byte - b'0');
    }
    Some(if negative { -units } else { units })
}

/// Writes units of 10⁻⁹ as a plain decimal: `-12.5`, `0`, `3`.
#[must_use]
pub fn write(units: i128) -> String {
    let size = units.unsigned_abs();
    let unit = UNIT.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let part = format!("{:0width$}", size % unit, width = DIGITS);
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        format!("{sign}{}", size / unit)
    } else {
        format!("{sign}{}.{part}", size / unit)
    }
}

/// `units / count` with nine digits after the point, halves away from zero.
/// `None` for a mean of nothing.
#[must_use]
pub fn mean(units: i128, count: u64) -> Option<i128> {
    let count = i128::from(count);
    if count == 0 {
        return None;
    }
    let (whole, rest) = (units / count, units % count);
    let up = i128::from(rest.unsigned_abs() * 2 >= count.unsigned_abs());
    Some(whole + if units < 0 { -up } else { up })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(units in -10i128.pow(27) + 1..10i128.pow(27)) {
            prop_assert_eq!(amount(&write(units)), Some(units));
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused_and_never_rounded() {
        assert_eq!(amount("0.1"), Some(UNIT / 10));
        assert_eq!(amount("-3"), Some(-3 * UNIT));
        assert_eq!(amount("0.0000000001"), None);
        assert_eq!(amount("1000000000000000000"), None);
        for odd in ["", "-", ".", "1e3", "1,000", "１"] {
            assert_eq!(amount(odd), None, "{odd}");
        }
    }

    #[test]
    fn means_round_halves_away_from_zero() {
        assert_eq!(mean(5, 2), Some(3));
        assert_eq!(mean(-5, 2), Some(-3));
        assert_eq!(mean(7, 3), Some(2));
        assert_eq!(mean(1, 0), None);
    }
}
