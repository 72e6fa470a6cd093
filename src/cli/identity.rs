//! `assume identity`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Add, list, remove or rotate the identities you start as
#[derive(Debug, clap::Args)]
pub(super) struct IdentityArgs {}

/// Runs the command.
pub(super) fn run(_args: &IdentityArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
