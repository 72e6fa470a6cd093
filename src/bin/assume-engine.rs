//! The executable that asks AWS, the secret stores and people. `assume` becomes it where what is near at hand does not do.

use std::process::ExitCode;

fn main() -> ExitCode {
    assume::cli::main_of_engine()
}
