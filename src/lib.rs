//! offrecord turns records that must not be shared into files that can be,
//! and into the evidence that says why.
//!
//! The crate is laid out as the data flow: [`input`] opens and splits,
//! [`plan`] is a [`policy`] compiled against a header, [`treat`] changes
//! values, [`engine`] runs the plan over the input on many threads, [`tally`]
//! counts, [`protect`] makes tables safe, [`release`] stages and publishes,
//! [`verify`] looks at the finished bytes with code of its own.

pub mod cell;
pub mod cli;
pub mod demo;
pub mod engine;
pub mod input;
pub mod job;
pub mod key;
pub mod kinds;
pub mod plan;
pub mod policy;
pub mod protect;
pub mod release;
pub mod report;
pub mod risk;
pub mod tally;
pub mod treat;
pub mod verify;
