//! The `linklatch` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    linklatch::cli::main(std::env::args_os())
}
