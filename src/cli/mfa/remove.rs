//! `assume mfa remove`

use std::process::ExitCode;

use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::mfa::Seed;
use crate::person;
use crate::vault::Vault;
use crate::world::World;

use super::super::agreement;

/// Remove a device's seed from the vault
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// The device's ARN, or the identity or profile that declares it
    #[arg(value_name = "DEVICE|NAME")]
    device: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
pub(super) fn run(args: &RemoveArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let serial = super::device(&args.device, catalog)?;
    let question = format!("remove the seed of {serial}? Unless it is kept elsewhere, the device is gone with it");
    agreement::get(&question, args.yes, world)?;
    if !vault.remove_keepsake(&Seed::item_name(&serial))? {
        return Err(Error::text(Kind::Config, format!("no seed of {serial} is kept"))
            .with_hint("see what is: `assume mfa list`".to_owned()));
    }
    person::note(&format!("the seed of {serial} is gone; in AWS the device stays until it is deactivated there"));
    Ok(ExitCode::SUCCESS)
}
