//! The executable that people and SDKs start: lean, so that it starts at once.

use std::process::ExitCode;

fn main() -> ExitCode {
    assume::cli::main()
}
