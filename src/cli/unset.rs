//! `assume unset`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Go back to what the shell had before the first switch
#[derive(Debug, clap::Args)]
pub(super) struct UnsetArgs {}

/// Runs the command.
pub(super) fn run(_args: &UnsetArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
