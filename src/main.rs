//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    offrecord::cli::main(std::env::args_os())
}
