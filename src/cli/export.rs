//! `assume export`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Print a role's credentials in a format of your choice
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {}

/// Runs the command.
pub(super) fn run(_args: &ExportArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
