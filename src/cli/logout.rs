//! `assume logout`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Forget cached sessions
#[derive(Debug, clap::Args)]
pub(super) struct LogoutArgs {}

/// Runs the command.
pub(super) fn run(_args: &LogoutArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
