//! `assume exec`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Run a command with a role's credentials
#[derive(Debug, clap::Args)]
pub struct ExecArgs {}

/// Runs the command.
pub fn run(_args: &ExecArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
