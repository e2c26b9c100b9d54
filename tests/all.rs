//! One test binary: a module a promise and a module a command.

mod cli;
mod input;
mod promises;
mod util;
