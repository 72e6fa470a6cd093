//! `assume mfa`: the seeds of virtual MFA devices.

mod add;
mod code;
mod list;
mod remove;

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::{Catalog, Declared};
use crate::error::{Error, Kind};
use crate::terms::MfaSerial;
use crate::vault::{SecretKind, Vault};
use crate::world::World;

/// Keep the seeds of virtual MFA devices, and show their codes
#[derive(Debug, clap::Args)]
pub(super) struct MfaArgs {
    #[command(subcommand)]
    command: MfaCommand,
}

#[derive(Debug, Subcommand)]
enum MfaCommand {
    Add(add::AddArgs),
    Code(code::CodeArgs),
    List(list::ListArgs),
    Remove(remove::RemoveArgs),
}

/// Runs the command.
pub(super) fn run(args: &MfaArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    match &args.command {
        MfaCommand::Add(args) => add::run(args, &catalog, &vault, world),
        MfaCommand::Code(args) => code::run(args, &catalog, &vault, world),
        MfaCommand::List(args) => list::run(args, &catalog, &vault),
        MfaCommand::Remove(args) => remove::run(args, &catalog, &vault, world),
    }
}

/// Returns the device that an argument means: its ARN, or the name of whoever declares one.
fn device(argument: &str, catalog: &Catalog) -> Result<MfaSerial, Error> {
    if let Some(declared) = catalog.find(argument)? {
        let (serial, origin) = match declared {
            Declared::Identity(identity) => (identity.mfa_serial, identity.origin),
            Declared::Role(role) => (role.call.mfa_serial, role.origin),
            Declared::AwsProfile(profile) => {
                (profile.role.and_then(|role| role.mfa_serial).or(profile.mfa_serial), profile.origin)
            }
        };
        return serial.map(|serial| serial.value).ok_or_else(|| {
            let text = format!("`{argument}` declares no MFA device");
            let hint = "say `mfa_serial = \"arn:aws:iam::…:mfa/…\"` there, or name the device's ARN here";
            Error::text(Kind::Config, text).at(&origin).with_hint(hint.to_owned())
        });
    }
    // A key fob's serial number has no ARN, and no seed that anybody could keep.
    let virtual_device = argument.starts_with("arn:") && argument.contains(":mfa/");
    match argument.parse() {
        Ok(serial) if virtual_device => Ok(serial),
        Ok(_) | Err(_) => {
            let nearest = catalog.nearest(argument).into_iter().next();
            let hint = nearest
                .map_or("a device's ARN looks like arn:aws:iam::111122223333:mfa/alice".to_owned(), |name| {
                    format!("did you mean `{name}`?")
                });
            let text = format!("`{argument}` is neither a virtual MFA device's ARN nor the name of a profile");
            Err(Error::text(Kind::Usage, text).with_hint(hint))
        }
    }
}

/// The devices whose seeds the vault holds, with the store of each.
fn kept(vault: &Vault) -> Result<Vec<(MfaSerial, &'static str)>, Error> {
    let names = vault.names(SecretKind::Keepsake)?;
    let seeds = names.iter().filter_map(|(name, store)| {
        let serial = name.as_str().strip_prefix("totp/")?;
        Some((serial.parse().ok()?, store.as_str()))
    });
    Ok(seeds.collect())
}
