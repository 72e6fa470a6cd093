//! `assume status`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Show what is active in this shell and what is cached
#[derive(Debug, clap::Args)]
pub struct StatusArgs {}

/// Runs the command.
pub fn run(_args: &StatusArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
