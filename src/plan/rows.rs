//! Row rules: which records may leave at all.

use hashbrown::HashSet;

use crate::treat::compare_decimals;

/// A compiled row rule.
pub struct RowCheck {
    /// Where the rule stands in the policy, counted from 0: its name in counts.
    pub rule: usize,
    /// Column of the plan.
    pub column: usize,
    /// `only` (true) or `withhold`.
    pub only: bool,
    /// The test.
    pub test: RowTest,
}

/// What a rule tests on the normalised value.
pub enum RowTest {
    /// One of these.
    In(HashSet<String>),
    /// Between two normalised dates or numbers, both ends included.
    Range {
        /// Lowest.
        from: Option<String>,
        /// Highest.
        to: Option<String>,
        /// Whether values are dates (compared as text) or numbers.
        dates: bool,
    },
    /// The value is missing.
    Missing,
}

/// A value as a row rule sees it.
#[derive(Debug, Clone, Copy)]
pub enum Verdict<'a> {
    /// There is none.
    Missing,
    /// It does not fit its kind, so nothing can be said of it.
    Unfit,
    /// Normalised.
    Normal(&'a str),
}

impl RowCheck {
    /// Whether the rule lets the record pass. A value of which nothing can be
    /// said never passes: doubt withholds.
    #[must_use]
    pub fn passes(&self, value: Verdict<'_>) -> bool {
        match (value, &self.test) {
            (Verdict::Unfit, _) => false,
            (Verdict::Missing, RowTest::Missing) => self.only,
            (Verdict::Missing, _) | (Verdict::Normal(_), RowTest::Missing) => !self.only,
            (Verdict::Normal(value), RowTest::In(values)) => values.contains(value) == self.only,
            (Verdict::Normal(value), RowTest::Range { from, to, dates }) => {
                let order = |a: &str, b: &str| {
                    if *dates {
                        a.cmp(b)
                    } else {
                        compare_decimals(a, b)
                    }
                };
                let above = from.as_ref().is_none_or(|from| order(from, value).is_le());
                let below = to.as_ref().is_none_or(|to| order(value, to).is_le());
                (above && below) == self.only
            }
        }
    }
}
