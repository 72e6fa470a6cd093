//! `assume role`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Add, edit or remove role profiles in your config file
#[derive(Debug, clap::Args)]
pub(super) struct RoleArgs {}

/// Runs the command.
pub(super) fn run(_args: &RoleArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
