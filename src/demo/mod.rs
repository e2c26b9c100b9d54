//! An invented register of invented people, its truth file, and the first
//! thing a newcomer runs.
//!
//! This module makes test data and nothing else; it imports no other part of
//! the crate, so that no test marks its own homework.
//!
//! # Nobody is meant
//! Names are drawn from pools of characters, employers and streets say in
//! their names that they are examples, member ids begin with `INV`, mail goes
//! to names reserved by RFC 2606. Resident IDs have the right shape, date and
//! check character, or no tool could be tested on them; their area codes hold
//! a prefecture between 91 and 99, which GB/T 2260 and its predecessors never
//! assigned, so that none can be a living person's. Mobile numbers begin with
//! prefixes that no network has been allotted (154, 194, 160, 161, 163, 164,
//! 168, 169), local landline numbers with a 9 that no subscriber's has; should
//! the plan ever allot them, a number here is one of chance. Cities, dialling
//! codes and ethnic groups are real.
//!
//! A CSV file has no room for a remark, so a caller names the file for what it
//! is (`invented-register.csv`); every line of the truth file ends in a column
//! `invented`.
//!
//! ```
//! use offrecord::demo::{Spec, generate};
//!
//! let (mut register, mut truth) = (Vec::new(), Vec::new());
//! let summary = generate(&Spec::new(1_000, 7), &mut register, &mut truth)?;
//! assert_eq!(summary.records, 1_000);
//! assert!(register.starts_with(b"member_id,name,sex,ethnicity,birth_date,"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod forms;
mod generate;
mod notes;
mod random;
mod words;
mod world;

#[cfg(test)]
mod tests;

pub use generate::{COLUMNS, FULL_BRANCHES, FULL_ROWS, Spec, Summary, TRUTH_COLUMNS, generate};
