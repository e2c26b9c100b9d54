//! Order of plain decimals in the written form of kind `number`, exact at any length.

use std::cmp::Ordering;

/// Compares two normalised numbers (`-12.5`, `0`, `3`) by value. No float is
/// involved, so that a limit of 0.1 is 0.1.
#[must_use]
pub fn compare_decimals(a: &str, b: &str) -> Ordering {
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitudes(a, b),
        (Some(a), Some(b)) => magnitudes(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// Whole parts without leading zeros order by length, then digit by digit;
/// fractions without trailing zeros order as text.
fn magnitudes(a: &str, b: &str) -> Ordering {
    let (whole_a, part_a) = a.split_once('.').unwrap_or((a, ""));
    let (whole_b, part_b) = b.split_once('.').unwrap_or((b, ""));
    whole_a
        .len()
        .cmp(&whole_b.len())
        .then_with(|| whole_a.cmp(whole_b))
        .then_with(|| part_a.cmp(part_b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decimals_order_as_the_integers_they_scale(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000) {
            let written = |n: i64| {
                let sign = if n < 0 { "-" } else { "" };
                let (whole, part) = (n.abs() / 1000, format!("{:03}", n.abs() % 1000));
                let part = part.trim_end_matches('0');
                if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
            };
            prop_assert_eq!(compare_decimals(&written(a), &written(b)), a.cmp(&b));
        }
    }
}
