//! Rows: who could be found in them. Measures of equivalence classes, the
//! search for the least coarsening that meets a limit, and the intruder.
//!
//! Everything is computed from one mergeable tally of combinations
//! ([`histogram`]), so that a file is read once whatever is asked of it. It
//! knows columns by name and values by keyed hashes; no answer holds a value.

pub mod attack;
pub mod coarsen;
pub mod hierarchy;
pub mod histogram;
mod keys;
pub mod lattice;
pub mod measures;
pub mod read;
