//! A table as it may be published, and its CSV file.
//!
//! What stands here has been through protection. A row says whether its figures
//! are published, withheld or perturbed and nothing about why.

use serde::Serialize;

/// The label of a total: no label of the data, since a value that reads like it
/// does not fit a table that has totals.
pub use crate::plan::TOTAL_LABEL as TOTAL;

/// A table as it may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Names of the by-columns.
    pub by: Vec<String>,
    /// Names of the figures: `persons`, `records`, `distinct_…`, `sum_…`, `mean_…`.
    pub figures: Vec<String>,
    /// Rows, sorted by code point of their labels.
    pub rows: Vec<Row>,
    /// What was withheld, for the private report.
    pub withheld: Withheld,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Labels, one a by-column.
    pub labels: Vec<String>,
    /// What the figures are.
    pub status: Status,
    /// Figures as written; empty texts where withheld.
    pub figures: Vec<String>,
}

/// What the figures of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// True.
    Published,
    /// Not there.
    Withheld,
    /// True but for a little noise.
    Perturbed,
}

impl Status {
    /// As tables write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Published => "published",
            Status::Withheld => "withheld",
            Status::Perturbed => "perturbed",
        }
    }
}

/// What a table withholds. Private: how many cells, and why, tells about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Rows with somebody behind them.
    pub cells: u64,
    /// Withheld for their own figures.
    pub primary: u64,
    /// Withheld to protect others.
    pub complementary: u64,
    /// Persons in withheld rows of the finest level.
    pub persons: u64,
    /// Rows that are not empty and withheld for their own figures, by reason.
    pub reasons: std::collections::BTreeMap<String, u64>,
}

impl Table {
    /// Rows whose figures leave.
    #[must_use]
    pub fn published(&self) -> u64 {
        let shown = |row: &&Row| row.status != Status::Withheld;
        self.rows.iter().filter(shown).count() as u64
    }
}

/// Writes a table: by-columns, figures, `status`; rows sorted by code point.
/// Gives the bytes and the number of rows. `push` writes one cell with the
/// quotes and guards of every CSV file of a release.
#[must_use]
pub fn write(table: &Table, push: &dyn Fn(&str, &mut Vec<u8>)) -> (Vec<u8>, u64) {
    let mut out = Vec::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push(cell, &mut out);
        }
        out.push(b'\n');
    };
    let head = table.by.iter().chain(&table.figures).map(String::as_str);
    line(&mut head.chain(["status"]));
    for row in &table.rows {
        let cells = row.labels.iter().chain(&row.figures).map(String::as_str);
        line(&mut cells.chain([row.status.as_str()]));
    }
    (out, table.rows.len() as u64)
}
