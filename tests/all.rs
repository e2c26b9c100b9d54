//! One test binary: a module a promise and a module a command.

// Tests may panic and print: what they hold is invented.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod cli;
mod promises;
mod util;
