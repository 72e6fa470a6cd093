//! `assume init`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Print the hook for a shell
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {}

/// Runs the command.
pub(super) fn run(_args: &InitArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
