//! Counts that merge: threads, files and cluster workers add the same things.
//!
//! Every member is a commutative monoid: [`Tally::merge`] is associative and
//! commutative, `Default` is its neutral element, and its serialised form is
//! stable (sorted, decimal), so that tallies of parts can be stored and merged
//! later. A tally holds counts, labels that may be published, and keyed
//! hashes; never a raw value.

pub(crate) mod balance;
mod classes;
pub mod decimal;
mod earlier;
mod pairs;
mod table;

pub use balance::{Balance, ColumnCounts};
pub use classes::{Cause, Classes, Diversity, RowLimits, Withheld, empty_cell, merged_sizes};
pub use earlier::Earlier;
pub use table::{
    ALL, CellCount, Counted, Entry, FEW, LARGEST, Layer, Overflow, Person, Shape, Sum, TableTally,
};

/// A mergeable count.
pub trait Tally: Default {
    /// Adds everything that `other` has counted.
    fn merge(&mut self, other: Self);
}
