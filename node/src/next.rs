//! The program `comin` with the table of a later version, for the test of mixed versions.

mod cli;
mod demo;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
