//! `assume mfa`

use std::process::ExitCode;

use crate::error::Error;
use crate::world::World;

/// Keep the seeds of virtual MFA devices
#[derive(Debug, clap::Args)]
pub(super) struct MfaArgs {}

/// Runs the command.
pub(super) fn run(_args: &MfaArgs, _world: &World) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
