//! Which coarser form nests in which finer one: every finer group lies whole
//! in one coarser group. Tables may only use forms that nest in the rows'
//! form, else extract and table cut each other into smaller pieces.

use std::cmp::Ordering;

use super::model::{AgeBands, DateLevel, General};

/// Whether every group of `fine` lies whole in one group of `coarse`.
/// `General::Keep` as the finer form is the source's value, which nests in
/// anything; as the coarser form it means "as the rows have it". What cannot
/// be told from the policy alone (two different files) does not nest.
pub fn nests(fine: &General, coarse: &General) -> bool {
    match (fine, coarse) {
        (_, General::Keep) | (General::Keep, _) => true,
        (General::Date(DateLevel::Day), General::Age { .. }) => true,
        (General::Date(a), General::Date(b)) => dates_nest(*a, *b),
        (
            General::Age {
                bands: a,
                at: day_a,
            },
            General::Age {
                bands: b,
                at: day_b,
            },
        ) => day_a == day_b && ages_nest(a, b),
        (General::Bands(a), General::Bands(b)) => {
            let same = |x: &String, y: &String| compare(x, y) == Ordering::Equal;
            let first = match (a.first(), b.first()) {
                (Some(x), Some(y)) => same(x, y),
                _ => false,
            };
            first && b.iter().all(|limit| a.iter().any(|x| same(x, limit)))
        }
        (General::Prefix(a), General::Prefix(b)) => b <= a,
        (General::Area(a), General::Area(b)) => {
            let ((here, a), (there, b)) = (a.place(), b.place());
            here == there && a <= b
        }
        (General::Map(a), General::Map(b)) => a == b,
        (General::Hierarchy { file: a, level: i }, General::Hierarchy { file: b, level: j }) => {
            a == b && i <= j
        }
        _ => false,
    }
}

fn dates_nest(fine: DateLevel, coarse: DateLevel) -> bool {
    use DateLevel::{Day, Decade, Month, Quarter, Year, Years};
    let years = |level: DateLevel| match level {
        Year => Some(1),
        Years(n) => Some(n),
        Decade => Some(10),
        Day | Month | Quarter => None,
    };
    match (years(fine), years(coarse)) {
        (Some(a), Some(b)) => a > 0 && b % a == 0,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => matches!(
            (fine, coarse),
            (Day, _) | (Month, Month | Quarter) | (Quarter, Quarter)
        ),
    }
}

fn ages_nest(fine: &AgeBands, coarse: &AgeBands) -> bool {
    match (fine, coarse) {
        (AgeBands::Every(a), AgeBands::Every(b)) => *a > 0 && b % a == 0,
        (AgeBands::Every(a), AgeBands::Limits(limits)) => {
            *a > 0 && limits.first() == Some(&0) && limits.iter().all(|l| l % a == 0)
        }
        (AgeBands::Limits(a), AgeBands::Limits(b)) => {
            a.first() == b.first() && b.iter().all(|l| a.contains(l))
        }
        // The last band of the finer form is open.
        (AgeBands::Limits(_), AgeBands::Every(_)) => false,
    }
}

/// Compares two plain decimals (`-?[0-9]+(\.[0-9]+)?`) exactly.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let split = |text: &str| -> (bool, String, String) {
        let (minus, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0').to_owned();
        let part = part.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && part.is_empty();
        (minus && !zero, whole, part)
    };
    let (a, b) = (split(a), split(b));
    let size = |x: &(bool, String, String), y: &(bool, String, String)| {
        x.1.len()
            .cmp(&y.1.len())
            .then_with(|| x.1.cmp(&y.1))
            .then_with(|| x.2.cmp(&y.2))
    };
    match (a.0, b.0) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size(&a, &b),
        (true, true) => size(&b, &a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn calendar_spans_nest_as_the_calendar_does() {
        use DateLevel::{Day, Decade, Month, Quarter, Year, Years};
        let yes = [
            (Day, Month),
            (Month, Quarter),
            (Month, Year),
            (Quarter, Years(5)),
            (Year, Years(7)),
            (Years(5), Years(10)),
            (Years(5), Decade),
            (Decade, Years(20)),
            (Years(10), Decade),
        ];
        let no = [
            (Month, Day),
            (Quarter, Month),
            (Year, Quarter),
            (Years(5), Year),
            (Years(4), Decade),
            (Years(10), Years(15)),
        ];
        for (a, b) in yes {
            assert!(
                nests(&General::Date(a), &General::Date(b)),
                "{a:?} in {b:?}"
            );
        }
        for (a, b) in no {
            assert!(
                !nests(&General::Date(a), &General::Date(b)),
                "{a:?} in {b:?}"
            );
        }
    }

    #[test]
    fn ages_nest_only_at_the_same_day() {
        let age = |bands, at| General::Age { bands, at };
        let (d, e) = (date(2026, 1, 1), date(2026, 1, 2));
        let limits = |l: &[u32]| AgeBands::Limits(l.to_vec());
        assert!(nests(
            &age(AgeBands::Every(5), d),
            &age(AgeBands::Every(10), d)
        ));
        assert!(!nests(
            &age(AgeBands::Every(5), d),
            &age(AgeBands::Every(10), e)
        ));
        assert!(nests(
            &age(limits(&[0, 18, 65]), d),
            &age(limits(&[0, 65]), d)
        ));
        assert!(!nests(
            &age(limits(&[0, 18, 65]), d),
            &age(limits(&[0, 60]), d)
        ));
        assert!(!nests(
            &age(limits(&[0, 18, 65]), d),
            &age(limits(&[18, 65]), d)
        ));
        assert!(nests(
            &General::Date(DateLevel::Day),
            &age(limits(&[0, 9]), d)
        ));
        assert!(!nests(
            &General::Date(DateLevel::Year),
            &age(limits(&[0, 9]), d)
        ));
    }

    #[test]
    fn number_bands_nest_where_the_limits_are_among_the_finer_ones() {
        let bands = |l: &[&str]| General::Bands(l.iter().map(|s| (*s).to_owned()).collect());
        assert!(nests(&bands(&["0", "18", "65"]), &bands(&["0.0", "65.00"])));
        assert!(!nests(&bands(&["0", "18", "65"]), &bands(&["0", "64"])));
        assert!(!nests(&bands(&["0", "18"]), &bands(&["18"])));
    }

    #[test]
    fn decimals_compare_by_value() {
        for (a, b) in [
            ("9", "10"),
            ("-2", "1"),
            ("-10", "-9"),
            ("1.05", "1.5"),
            ("0", "0.01"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} {a}");
        }
        for (a, b) in [("-0", "0.0"), ("007", "7"), ("1.50", "1.5")] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
    }
}
