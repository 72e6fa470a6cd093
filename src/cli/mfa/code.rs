//! `assume mfa code`

use std::process::ExitCode;

use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::mfa::{Seed, show_code};
use crate::person;
use crate::terms::{ExposeSecret, MfaSerial};
use crate::vault::Vault;
use crate::world::World;

use super::super::stdout;

/// Print the present code of a device whose seed is kept
#[derive(Debug, clap::Args)]
pub(super) struct CodeArgs {
    /// The device's ARN, or the identity or profile that declares it; may be left out where one seed is kept
    #[arg(value_name = "DEVICE|NAME")]
    device: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &CodeArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let serial = match &args.device {
        Some(device) => super::device(device, catalog)?,
        None => only_one(vault)?,
    };
    let seed = Seed::load(&serial, vault)?.ok_or_else(|| {
        let device = args.device.as_deref().unwrap_or(serial.as_str());
        Error::text(Kind::Config, format!("no seed of {serial} is kept"))
            .with_hint(format!("keep one: `assume mfa add {device}`"))
    })?;
    let shown = show_code(&serial, &seed, world);
    let left = shown.left.as_secs();
    if shown.spent {
        person::warn(&format!("this code was used already, and AWS takes each once; the next one comes in {left} s"));
    } else {
        person::note(&format!("good for {left} s, and counted as used"));
    }
    stdout::print(&format!("{}\n", shown.code.expose_secret()))?;
    Ok(ExitCode::SUCCESS)
}

fn only_one(vault: &Vault) -> Result<MfaSerial, Error> {
    let mut kept = super::kept(vault)?;
    match (kept.pop(), kept.is_empty()) {
        (Some((serial, _)), true) => Ok(serial),
        (Some(_), false) => Err(Error::text(Kind::Usage, "several seeds are kept, and none was named")
            .with_hint("see them: `assume mfa list`".to_owned())),
        (None, _) => Err(Error::text(Kind::Config, "no seed is kept")
            .with_hint("keep one: `assume mfa add arn:aws:iam::111122223333:mfa/alice`".to_owned())),
    }
}
