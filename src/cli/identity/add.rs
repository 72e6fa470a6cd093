//! `assume identity add`

use std::process::ExitCode;

use crate::config::{Catalog, ConfigEdit, Declared, Source, StartUrl, TableKind, not_a_name};
use crate::error::{Error, Kind};
use crate::identity::{Generation, LongTermKey, parse_pair};
use crate::person;
use crate::rotation::Pending;
use crate::terms::{AccessKeyId, ExposeSecret, MfaSerial, Region, SecretString};
use crate::vault::Vault;
use crate::world::World;

use super::super::secret_input;

/// Keep an IAM user's access key in the vault, and declare it as an identity
///
/// The key is asked for on the terminal; from a pipe it is read as two words, two lines, or the console's CSV file.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// What to call the identity
    name: String,
    /// The user's MFA device
    #[arg(long, value_name = "ARN")]
    mfa_serial: Option<MfaSerial>,
    /// Replace a key that is kept already
    #[arg(long)]
    replace: bool,
    /// Declare a sign-in at IAM Identity Center instead of a key: its start URL
    #[arg(long, value_name = "URL", requires = "sso_region", conflicts_with_all = ["mfa_serial", "replace"])]
    sso: Option<StartUrl>,
    /// The Region that the Identity Center is in
    #[arg(long, value_name = "REGION", requires = "sso")]
    sso_region: Option<Region>,
}

/// Runs the command.
pub(super) fn run(args: &AddArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let name = args.name.as_str();
    if let Some(why) = not_a_name(name) {
        return Err(Error::text(Kind::Usage, format!("`{name}` cannot be a name: {why}")));
    }
    if let (Some(start_url), Some(region)) = (&args.sso, &args.sso_region) {
        return sso(name, start_url, region, catalog, world);
    }
    let file = declare(args, catalog, world)?;
    make_room(args, vault, world)?;

    let (key_id, secret_key) = key_pair(name, world)?;
    let key = LongTermKey { key_id: key_id.clone(), secret_key, generation: Generation::new() };
    let store = key.save(name, vault, world)?;
    let back = LongTermKey::load(name, vault, world)?;
    let came_back = back.is_some_and(|back| {
        back.key_id == key.key_id && back.secret_key.expose_secret() == key.secret_key.expose_secret()
    });
    if !came_back {
        let text = format!("the key was written to `{}` and does not come back as it was", store.as_str());
        return Err(Error::text(Kind::Vault, text).with_hint("`assume vault` says which stores answer".to_owned()));
    }
    let config = world.folders.config_file.display();
    file.save(Some(name)).map_err(|error| {
        Error::from(error)
            .while_doing(format!("the key {key_id} is kept, and `{name}` could not be declared in {config}"))
            .with_hint(format!("add these lines to it: [identity.{name}] and keyring = true"))
    })?;
    person::note(&format!(
        "the key {key_id} of `{name}` is kept in `{}`, and `{name}` is declared in {config}",
        store.as_str()
    ));
    tell_of_copies(&key_id, catalog);
    if super::super::is_command(name) {
        person::note(&format!("`{name}` is also a command, which wins; `assume use {name}` reaches the identity"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Declares a sign-in. No secret is involved until somebody signs in.
fn sso(name: &str, start_url: &StartUrl, region: &Region, catalog: &Catalog, world: &World) -> Result<ExitCode, Error> {
    let mut file = ConfigEdit::open(world)?;
    if let Some(declared @ (Declared::Role(_) | Declared::Identity(_))) = catalog.find(name)?
        && catalog.is_ours(name)
    {
        return Err(Error::text(Kind::Usage, format!("`{name}` is declared already")).at(declared.origin()));
    }
    let pairs = [("start_url", start_url.as_str()), ("region", region.as_str())];
    let sso: toml_edit::InlineTable = pairs.into_iter().collect();
    file.set(TableKind::Identity, name, "sso", sso)?;
    file.save(Some(name))?;
    person::note(&format!("`{name}` is declared in {}", world.folders.config_file.display()));
    person::note(&format!("sign in: `assume login {name}`"));
    if super::super::is_command(name) {
        person::note(&format!("`{name}` is also a command, which wins; `assume use {name}` reaches the identity"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the file as it will be. What it would not take is said before a secret is asked for.
fn declare(args: &AddArgs, catalog: &Catalog, world: &World) -> Result<ConfigEdit, Error> {
    let name = args.name.as_str();
    let mut file = ConfigEdit::open(world)?;
    match catalog.find(name)? {
        Some(Declared::Identity(identity)) if identity.source.value != Source::Keyring => {
            let text = format!("`{name}` is declared with other credentials than a key that is kept");
            return Err(Error::text(Kind::Config, text).at(&identity.source.origin));
        }
        Some(Declared::Role(role)) => {
            return Err(Error::text(Kind::Usage, format!("`{name}` is a role already")).at(&role.origin));
        }
        Some(Declared::AwsProfile(profile)) => {
            person::note(&format!("it will stand before the profile of the same name at {}", profile.origin));
        }
        Some(Declared::Identity(_)) | None => {}
    }
    file.set(TableKind::Identity, name, "keyring", true)?;
    if let Some(serial) = &args.mfa_serial {
        file.set(TableKind::Identity, name, "mfa_serial", serial.as_str())?;
    }
    Ok(file)
}

/// Refuses to write over a key, or beside a rotation that would write over the new one.
fn make_room(args: &AddArgs, vault: &Vault, world: &World) -> Result<(), Error> {
    let name = args.name.as_str();
    if Pending::load(name, vault)?.is_some() {
        let text = format!("a rotation of `{name}` broke off, and what it made waits in the vault");
        let hint =
            format!("finish it: `assume identity rotate {name}`, or give it up: `assume identity remove {name}`");
        return Err(Error::text(Kind::Usage, text).with_hint(hint));
    }
    match LongTermKey::load(name, vault, world) {
        Ok(Some(key)) if !args.replace => {
            let text = format!("a key of `{name}` is kept already: {}", key.key_id);
            let hint = format!(
                "make a new one at AWS: `assume identity rotate {name}`; or keep another in its place with --replace"
            );
            Err(Error::text(Kind::Usage, text).with_hint(hint))
        }
        // What is damaged is replaced.
        Ok(Some(_) | None) | Err(crate::vault::VaultError::Damaged { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn key_pair(name: &str, world: &World) -> Result<(AccessKeyId, SecretString), Error> {
    if !secret_input::is_typed() {
        return Ok(parse_pair(&secret_input::piped("the key")?)?);
    }
    let key_id = person::ask_line(&format!("access key id of {name}"), world)?;
    let secret = person::ask_secret("secret access key", world)?;
    let both = format!("{} {}", key_id.trim(), secret.expose_secret().trim());
    Ok(parse_pair(&SecretString::from(both))?)
}

/// A key that also stands in a file is kept no better than the file.
fn tell_of_copies(key_id: &AccessKeyId, catalog: &Catalog) {
    for listing in catalog.listings() {
        if let Ok(Some(Declared::AwsProfile(profile))) = catalog.find(&listing.name)
            && let Some(keys) = profile.keys
            && keys.key_id.value == *key_id
        {
            person::warn(&format!(
                "the same key still stands in the clear at {}; take it out there",
                keys.key_id.origin
            ));
        }
    }
}
