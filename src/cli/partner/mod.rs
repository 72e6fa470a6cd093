//! `assume partner`: the external IDs that a partner gives to its customers, from the first one to the last.

mod entries;
mod last_results;
mod pack;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Catalog, replace_file};
use crate::error::{Error, Kind, unreadable};
use crate::terms::{AccountId, show_time};
use crate::trust::registry::{CustomerName, Registry, RegistryError};
use crate::world::World;

/// Keep the external IDs that you, as a partner, give to your customers
///
/// The registry is a file for git: one entry for each customer and AWS account. IDs are made at random here; there is no way
/// to set one, since a customer who could choose an ID could choose another customer's.
#[derive(Debug, clap::Args)]
pub(super) struct PartnerArgs {
    #[command(subcommand)]
    command: PartnerCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PartnerCommand {
    New(entries::NewArgs),
    List(entries::ListArgs),
    Show(entries::ShowArgs),
    Rotate(entries::RotateArgs),
    Retire(entries::RetireArgs),
    Pack(pack::PackArgs),
    Verify(verify::VerifyArgs),
}

/// Runs the command.
pub(super) fn run(args: &PartnerArgs, world: &World) -> Result<ExitCode, Error> {
    match &args.command {
        PartnerCommand::New(args) => entries::new(args, world),
        PartnerCommand::List(args) => entries::list(args, world),
        PartnerCommand::Show(args) => entries::show(args, world),
        PartnerCommand::Rotate(args) => entries::rotate(args, world),
        PartnerCommand::Retire(args) => entries::retire(args, world),
        PartnerCommand::Pack(args) => pack::run(args, world),
        PartnerCommand::Verify(args) => verify::run(args, world),
    }
}

/// Where the registry lies.
#[derive(Clone, Debug, clap::Args)]
struct RegistryArgs {
    /// The registry; without it, `partner_registry` of the config, or partners.toml beside it
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
}

/// Who is meant.
#[derive(Clone, Debug, clap::Args)]
struct WhoArgs {
    /// The customer
    #[arg(value_name = "CUSTOMER")]
    customer: CustomerName,
    /// Their account, where they have several
    #[arg(value_name = "ACCOUNT")]
    account: Option<AccountId>,
}

/// A registry, and the file that it stands in.
struct Kept {
    path: PathBuf,
    /// What the file says; `None` where there is none.
    before: Option<String>,
    registry: Registry,
}

impl Kept {
    fn open(args: &RegistryArgs, world: &World) -> Result<Self, Error> {
        let path = match &args.registry {
            Some(path) => path.clone(),
            None => match Catalog::open(world)?.defaults().partner_registry.clone() {
                Some(path) => path.value,
                None => world.folders.config_file.with_file_name("partners.toml"),
            },
        };
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Error::text(Kind::System, format!("cannot read the registry {}: {error}", path.display())));
            }
        };
        let registry = Registry::parse(before.as_deref().unwrap_or_default()).map_err(|error| told(error, &path))?;
        Ok(Self { path, before, registry })
    }

    /// Opens a registry that has to be there.
    fn open_existing(args: &RegistryArgs, world: &World) -> Result<Self, Error> {
        let kept = Self::open(args, world)?;
        if let (None, Some(named)) = (&kept.before, &args.registry) {
            let error = unreadable(named, &std::io::ErrorKind::NotFound.into());
            return Err(error.with_hint("begin one: `assume partner new CUSTOMER ACCOUNT`".to_owned()));
        }
        if kept.before.is_none() {
            return Err(Error::text(Kind::Config, format!("there is no registry {}", kept.path.display()))
                .with_hint("begin one: `assume partner new CUSTOMER ACCOUNT`".to_owned()));
        }
        Ok(kept)
    }

    fn save(&self) -> Result<(), Error> {
        Ok(replace_file(&self.path, self.before.as_deref(), self.registry.text())?)
    }

    fn told(&self, error: RegistryError) -> Error {
        told(error, &self.path)
    }
}

fn told(error: RegistryError, path: &Path) -> Error {
    let file = path.display();
    let (kind, hint) = match &error {
        RegistryError::Form { .. } | RegistryError::Value { .. } | RegistryError::OtherAccount { .. } => {
            (Kind::Config, Some(format!("mend {file}")))
        }
        RegistryError::Version { .. } => (Kind::Config, Some("use the version of assume that wrote it".to_owned())),
        RegistryError::Unknown { nearest: Some(nearest), .. } => {
            (Kind::Usage, Some(format!("did you mean `{nearest}`?")))
        }
        RegistryError::Unknown { nearest: None, .. } => {
            (Kind::Usage, Some("`assume partner list` shows who is in it".to_owned()))
        }
        RegistryError::WhichAccount { .. } => (Kind::Usage, Some("name the account as well".to_owned())),
        RegistryError::Exists { .. } => {
            (Kind::Usage, Some("`assume partner show` shows it, `assume partner rotate` makes a new one".to_owned()))
        }
        RegistryError::Retired { .. } => {
            (Kind::Usage, Some("`assume partner new` takes them in again, with a new ID".to_owned()))
        }
        RegistryError::Rotating { .. } => {
            (Kind::Usage, Some("end that first: `assume partner rotate … --finish`".to_owned()))
        }
        RegistryError::NotRotating { .. } => (Kind::Usage, Some("begin it: `assume partner rotate …`".to_owned())),
        RegistryError::Differs { .. } => {
            (Kind::Usage, Some(format!("it holds for all customers: change it in {file}")))
        }
        RegistryError::Problem(_) => {
            (Kind::Config, Some("make a new one: `assume partner rotate …`; then tell the customer".to_owned()))
        }
    };
    Error::new(kind, error).because(format!("registry: {file}")).with_hint(hint)
}

/// The day, in UTC.
fn today(world: &World) -> String {
    show_time(world.clock.now()).chars().take(10).collect()
}
