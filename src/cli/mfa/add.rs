//! `assume mfa add`

use std::process::ExitCode;

use crate::config::{Catalog, Declared, Source};
use crate::error::{Error, Kind};
use crate::identity::LongTermKey;
use crate::mfa::Seed;
use crate::person;
use crate::terms::MfaSerial;
use crate::vault::{SecretKind, StoreName, Vault};
use crate::world::World;

use super::super::secret_input::{self, Asked};

/// Keep a device's seed: base32 or an otpauth:// URI, from the terminal or standard input
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// The device's ARN, or the identity or profile that declares it
    #[arg(value_name = "DEVICE|NAME")]
    device: String,
    /// Keep it even in the store that holds the long-term key: who opens that store then has both factors
    #[arg(long)]
    same_store: bool,
    /// Replace a seed that is kept already
    #[arg(long)]
    replace: bool,
}

/// Runs the command.
pub(super) fn run(args: &AddArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let serial = super::device(&args.device, catalog)?;
    let expected = vault.taker(SecretKind::Keepsake);
    let mut together =
        expected.map_or(Ok(None), |store| keep_apart(store, &serial, args.same_store, catalog, vault))?;
    if !args.replace && Seed::load(&serial, vault)?.is_some() {
        let text = format!("a seed of {serial} is kept already");
        let hint =
            format!("see whether it is right: `assume mfa code {serial}`; another one takes its place with --replace");
        return Err(Error::text(Kind::Usage, text).with_hint(hint));
    }
    let asked = Asked { what: "the seed", question: &format!("seed of {serial} (base32 or otpauth URI)") };
    let seed = Seed::parse(&secret_input::read(&asked, world)?)?;
    let store = seed.save(&serial, vault)?;
    if Seed::load(&serial, vault)?.is_none_or(|back| !back.is_same(&seed)) {
        let text = format!("the seed of {serial} was written to `{}` and does not come back as it was", store.as_str());
        return Err(Error::text(Kind::Vault, text));
    }
    if expected != Some(store) {
        // The store that was expected to take it did not.
        together = keep_apart(store, &serial, args.same_store, catalog, vault)
            .inspect_err(|_| drop(vault.remove_keepsake(&Seed::item_name(&serial))))?;
    }
    if let Some(warning) = together {
        person::warn(&warning);
    }
    person::note(&format!(
        "the seed of {serial} is kept in `{}`; `assume mfa code {}` shows its codes",
        store.as_str(),
        args.device
    ));
    Ok(ExitCode::SUCCESS)
}

/// Refuses the store that also holds a key which the device guards, or returns what to say when it is wanted there.
fn keep_apart(
    store: StoreName,
    serial: &MfaSerial,
    same_store: bool,
    catalog: &Catalog,
    vault: &Vault,
) -> Result<Option<String>, Error> {
    for name in guarded_by(serial, catalog) {
        if !vault.holds(store, &LongTermKey::item_name(&name))? {
            continue;
        }
        let both = format!("`{}` also holds the key of `{name}`: who opens it has both factors", store.as_str());
        if same_store {
            return Ok(Some(both));
        }
        let hint = "keep it in another store (ASSUME_VAULT=file with ASSUME_VAULT_PASSPHRASE or \
                    ASSUME_AGE_IDENTITY_FILE), or say --same-store";
        return Err(
            Error::text(Kind::Usage, format!("{both}, and MFA protects nothing there")).with_hint(hint.to_owned())
        );
    }
    Ok(None)
}

/// The identities whose key in the vault is guarded by that device.
fn guarded_by(serial: &MfaSerial, catalog: &Catalog) -> Vec<String> {
    let guarded = |name: &String| match catalog.find(name) {
        Ok(Some(Declared::Identity(identity))) => {
            identity.source.value == Source::Keyring
                && identity.mfa_serial.is_some_and(|declared| declared.value == *serial)
        }
        // What cannot be read is used by nobody either.
        Ok(Some(Declared::Role(_) | Declared::AwsProfile(_)) | None) | Err(_) => false,
    };
    catalog.identities().into_iter().filter(guarded).collect()
}
