//! `assume mfa list`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::config::{Catalog, Declared};
use crate::error::Error;
use crate::person::plain;
use crate::terms::MfaSerial;
use crate::vault::Vault;

use super::super::stdout;

/// List the MFA devices that are declared or kept, and where the codes of each come from
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A device, as far as it is known.
#[derive(Default)]
struct Known {
    /// Who declares it.
    declared_by: Vec<String>,
    /// Whether one of them names a command.
    process: bool,
    /// The store that holds its seed.
    seed: Option<&'static str>,
}

impl Known {
    fn codes(&self) -> String {
        match (self.process, self.seed) {
            (true, _) => "mfa_process".to_owned(),
            (false, Some(store)) => format!("seed in `{store}`"),
            (false, None) => "asked for".to_owned(),
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &ListArgs, catalog: &Catalog, vault: &Vault) -> Result<ExitCode, Error> {
    let mut devices: BTreeMap<MfaSerial, Known> = BTreeMap::new();
    for listing in catalog.listings().into_iter().filter(|listing| listing.shadowed_by.is_none()) {
        let Ok(Some(declared)) = catalog.find(&listing.name) else { continue };
        let (serial, process) = match declared {
            Declared::Identity(identity) => (identity.mfa_serial, identity.mfa_process),
            Declared::Role(role) => (role.call.mfa_serial, role.call.mfa_process),
            Declared::AwsProfile(profile) => match profile.role {
                Some(role) => (role.mfa_serial, role.mfa_process),
                None => (profile.mfa_serial, profile.mfa_process),
            },
        };
        if let Some(serial) = serial {
            let known = devices.entry(serial.value).or_default();
            known.declared_by.push(listing.name);
            known.process |= process.is_some();
        }
    }
    for (serial, store) in super::kept(vault)? {
        devices.entry(serial).or_default().seed = Some(store);
    }
    let page = if args.json { json(&devices) } else { text(&devices) };
    stdout::print(&page)?;
    Ok(ExitCode::SUCCESS)
}

fn text(devices: &BTreeMap<MfaSerial, Known>) -> String {
    let width = devices.keys().map(|serial| serial.as_str().len()).max().unwrap_or_default();
    let mut page = String::new();
    for (serial, known) in devices {
        let by = if known.declared_by.is_empty() { "nobody".to_owned() } else { known.declared_by.join(", ") };
        let line = format!("{:<width$}  {:<16}  {by}", serial.as_str(), known.codes());
        let _ = writeln!(page, "{}", plain(&line));
    }
    page
}

fn json(devices: &BTreeMap<MfaSerial, Known>) -> String {
    let list = devices.iter().map(|(serial, known)| {
        json!({
            "mfa_serial": serial.as_str(),
            "declared_by": known.declared_by,
            "mfa_process": known.process,
            "seed_store": known.seed,
        })
    });
    stdout::json(&list.collect())
}
