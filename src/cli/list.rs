//! `assume list`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// List the profiles that can be assumed
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

/// Runs the command.
pub(super) fn run(_args: &ListArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
