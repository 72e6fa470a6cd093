//! `assume setup`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Make other programs use assume
#[derive(Debug, clap::Args)]
pub(super) struct SetupArgs {}

/// Runs the command.
pub(super) fn run(_args: &SetupArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
