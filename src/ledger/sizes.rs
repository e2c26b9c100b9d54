//! How large the cells of a release were: what must be known of an earlier
//! release to weigh a later one with it, and what stands in a ledger as
//! ciphertext alone.

use serde::{Deserialize, Serialize};

use super::Column;

/// A cell's row was published.
pub const ROW: u8 = 1;
/// Its records can be counted elsewhere: in the extract, or in the manifest.
pub const RECORDS: u8 = 2;
/// Its persons can be counted elsewhere.
pub const PERSONS: u8 = 4;

/// Sizes of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Of each table, in order; `None` of one that carries noise.
    pub tables: Vec<Option<TableSizes>>,
    /// Of the classes of the extract; `None` where none were counted, where
    /// single values were emptied or columns left coarser, and where the release
    /// was judged together with an earlier one.
    pub classes: Option<ClassSizes>,
}

/// Sizes of the classes of an extract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSizes {
    /// The quasi columns and their cuts, in the order in which they make a class.
    pub by: Vec<Column>,
    /// Keyed names of the classes and their subjects, sorted.
    pub of: Vec<(u64, u64)>,
}

/// Sizes of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSizes {
    /// `intervals` or `sums`: what its withheld cells were promised.
    pub method: String,
    /// Labels of each level that the table has cells of, sorted.
    pub labels: Vec<Vec<String>>,
    /// Of each finest cell that is not empty, places of its labels; sorted.
    pub keys: Vec<u32>,
    /// Cells at every coarseness; empty where the table is too large for that.
    pub layers: Vec<LayerSizes>,
}

/// Sizes of the cells of one coarseness, in the order of their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSizes {
    /// Levels of each dimension that are told apart.
    pub depths: Vec<usize>,
    /// Records.
    pub records: Vec<u64>,
    /// Distinct persons.
    pub persons: Vec<u64>,
    /// Distinct values, a column counted.
    pub distinct: Vec<Vec<u64>>,
    /// Sums, a column summed.
    pub sums: Vec<Vec<SumSizes>>,
    /// What was known of each: [`ROW`], [`RECORDS`], [`PERSONS`] together.
    pub seen: Vec<u8>,
}

/// A sum, without the contributions to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SumSizes {
    /// In units of 10⁻⁹, decimal.
    pub total: String,
    /// Sum of the sizes of all contributions, the same.
    pub size: String,
    /// Records with a value.
    pub values: u64,
    /// Owners who add to it.
    pub owners: u64,
    /// How far below the sum an interval must reach, and above: in units of
    /// 10⁻⁹, decimal; empty where no rule met it.
    pub need: Option<(String, String)>,
}
