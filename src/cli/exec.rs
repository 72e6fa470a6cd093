//! `assume exec`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Run a command with a role's credentials
#[derive(Debug, clap::Args)]
pub(super) struct ExecArgs {}

/// Runs the command.
pub(super) fn run(_args: &ExecArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
