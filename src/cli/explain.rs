//! `assume explain`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Show what would be done for a profile, and why; sends nothing
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {}

/// Runs the command.
pub(super) fn run(_args: &ExplainArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
