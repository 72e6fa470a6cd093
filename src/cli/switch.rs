//! `assume use`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Become a role in this shell
#[derive(Debug, clap::Args)]
pub(super) struct SwitchArgs {}

/// Runs the command.
pub(super) fn run(_args: &SwitchArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
