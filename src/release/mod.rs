//! Staging, output formats, manifest and publication: takes finished parts.
//!
//! A release appears whole, by rename, or not at all. It knows nothing of
//! policies and treats nothing; what it is given has been treated and counted.

pub mod manifest;
mod os;
mod staging;
pub mod table;
pub mod zip;

pub use os::{create_private_dir, create_private_file, no_core_dumps};
pub use staging::{OutError, Staging};
