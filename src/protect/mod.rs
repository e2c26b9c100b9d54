//! Tables: from tallied figures to figures that may be published.
//!
//! `system` holds the figures of all linked tables and what ties them
//! together; `rules` says which of them are sensitive and how wide an attacker's
//! interval must be; `suppress` finds what else to withhold; `attack` is the
//! attacker, who knows the rules, the method and everything published. `grid`
//! does both for large tables of counts. None of them reads a file, and nothing
//! here prints a figure.

pub mod attack;
pub mod cube;
pub mod grid;
pub mod made;
pub mod moves;
pub mod rules;
pub mod suppress;
pub mod system;

#[cfg(test)]
mod tests;
