//! Writes the invented register and its truth file:
//!
//! `cargo run --release --example generate -- ROWS SEED REGISTER.csv TRUTH.csv [BRANCHES [MALFORMED_EVERY]]`
//!
//! `MALFORMED_EVERY` 0 leaves out the structurally unreadable records, for
//! comparison with tools that refuse a file with any.

use std::error::Error;
use std::fs::File;
use std::io::{Write, stderr};

use offrecord::demo::{Spec, generate};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, seed, register, truth, more @ ..] = arguments.as_slice() else {
        return Err(
            "usage: generate ROWS SEED REGISTER.csv TRUTH.csv [BRANCHES [MALFORMED_EVERY]]".into(),
        );
    };
    let mut spec = Spec::new(rows.parse()?, seed.parse()?);
    if let Some(branches) = more.first() {
        spec.branches = branches.parse()?;
    }
    if let Some(every) = more.get(1) {
        spec.malformed_every = every.parse()?;
    }
    let mut register = File::create(register)?;
    let mut truth = File::create(truth)?;
    let summary = generate(&spec, &mut register, &mut truth)?;
    writeln!(stderr(), "{summary:#?}")?;
    Ok(())
}
