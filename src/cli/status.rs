//! `assume status`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Show what is active in this shell and what is cached
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {}

/// Runs the command.
pub(super) fn run(_args: &StatusArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
