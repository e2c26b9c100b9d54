//! Writes the invented register and its truth file:
//! `cargo run --release --example generate -- ROWS SEED REGISTER.csv TRUTH.csv [BRANCHES]`.

use std::error::Error;
use std::fs::File;
use std::io::{Write, stderr};

use offrecord::demo::{Spec, generate};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (rows, seed, register, truth, branches) = match arguments.as_slice() {
        [rows, seed, register, truth] => (rows, seed, register, truth, None),
        [rows, seed, register, truth, branches] => (rows, seed, register, truth, Some(branches)),
        _ => return Err("usage: generate ROWS SEED REGISTER.csv TRUTH.csv [BRANCHES]".into()),
    };
    let mut spec = Spec::new(rows.parse()?, seed.parse()?);
    if let Some(branches) = branches {
        spec.branches = branches.parse()?;
    }
    let mut register = File::create(register)?;
    let mut truth = File::create(truth)?;
    let summary = generate(&spec, &mut register, &mut truth)?;
    writeln!(stderr(), "{summary:#?}")?;
    Ok(())
}
