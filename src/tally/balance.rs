//! Row balance: where every record went, and every value that did not fit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Tally;

/// Where the records of a run went. `read = written + withheld + quarantined`
/// holds by construction of [`Balance::read`]; the release checks it against
/// the rows it wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Records that left in the extract (or would have, without one: that passed every rule).
    pub written: u64,
    /// Records kept back by a rule, by reason.
    pub withheld: BTreeMap<String, u64>,
    /// Records that could not be read for certain, by reason.
    pub quarantined: BTreeMap<String, u64>,
    /// Blank lines, which are no records.
    pub blank_lines: u64,
    /// Records without a subject's identifier, among those that persons are counted by.
    pub without_subject: u64,
    /// Records whose identifier another of them had already: the same person
    /// again, or a number that several share.
    pub repeated_subject: u64,
    /// Cells that a spreadsheet would run, guarded.
    pub guarded_cells: u64,
    /// Counts of each column of the plan.
    pub columns: Vec<ColumnCounts>,
}

/// What happened to the values of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnCounts {
    /// Values that say there is none.
    pub missing: u64,
    /// Values treated.
    pub treated: u64,
    /// Values withheld, by reason; the record went on without them.
    pub withheld: BTreeMap<String, u64>,
    /// Spans replaced inside text, by kind.
    pub found: BTreeMap<String, u64>,
    /// Those of them whose check digit or date does not hold, by kind.
    #[serde(default)]
    pub near_misses: BTreeMap<String, u64>,
}

impl Balance {
    /// Records kept back by rules.
    #[must_use]
    pub fn withheld_total(&self) -> u64 {
        self.withheld.values().sum()
    }

    /// Records in quarantine.
    #[must_use]
    pub fn quarantined_total(&self) -> u64 {
        self.quarantined.values().sum()
    }

    /// Records read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.written + self.withheld_total() + self.quarantined_total()
    }
}

impl Tally for Balance {
    fn merge(&mut self, other: Self) {
        self.written += other.written;
        self.blank_lines += other.blank_lines;
        self.without_subject += other.without_subject;
        self.repeated_subject += other.repeated_subject;
        self.guarded_cells += other.guarded_cells;
        add(&mut self.withheld, other.withheld);
        add(&mut self.quarantined, other.quarantined);
        if self.columns.len() < other.columns.len() {
            self.columns
                .resize_with(other.columns.len(), ColumnCounts::default);
        }
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            mine.missing += theirs.missing;
            mine.treated += theirs.treated;
            add(&mut mine.withheld, theirs.withheld);
            add(&mut mine.found, theirs.found);
            add(&mut mine.near_misses, theirs.near_misses);
        }
    }
}

fn add(mine: &mut BTreeMap<String, u64>, theirs: BTreeMap<String, u64>) {
    for (reason, count) in theirs {
        *mine.entry(reason).or_default() += count;
    }
}

/// Counts one more under `reason` without allocating where it is known.
pub(crate) fn bump(counts: &mut BTreeMap<String, u64>, reason: &str) {
    match counts.get_mut(reason) {
        Some(count) => *count += 1,
        None => {
            counts.insert(reason.to_owned(), 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(reason: &str, written: u64) -> Balance {
        let mut balance = Balance {
            written,
            columns: vec![ColumnCounts::default(); 2],
            ..Balance::default()
        };
        bump(&mut balance.withheld, reason);
        bump(&mut balance.columns[1].found, "phone");
        bump(&mut balance.columns[1].near_misses, "iban");
        balance
    }

    #[test]
    fn merging_is_commutative_and_default_is_neutral() {
        let (a, b) = (one("rule-1", 3), one("k", 5));
        let mut ab = a.clone();
        ab.merge(b.clone());
        let mut ba = b;
        ba.merge(a);
        ba.merge(Balance::default());
        assert_eq!(ab, ba);
        assert_eq!(ab.read(), 10);
        assert_eq!(ab.columns[1].found["phone"], 2);
        assert_eq!(ab.columns[1].near_misses["iban"], 2);
    }

    #[test]
    fn the_serialised_form_comes_back_the_same() {
        let balance = one("rule-1", 3);
        let text = serde_json::to_string(&balance).unwrap();
        assert_eq!(serde_json::from_str::<Balance>(&text).unwrap(), balance);
    }
}
