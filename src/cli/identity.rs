//! `assume identity`: the identities that you start as.

mod add;
mod list;
mod remove;
mod rotate;

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::{Catalog, ConfigError, Declared, Identity, Source};
use crate::error::{Error, Kind};
use crate::vault::Vault;
use crate::world::World;

/// Add, list, remove or rotate the identities that you start as
#[derive(Debug, clap::Args)]
pub(super) struct IdentityArgs {
    #[command(subcommand)]
    command: IdentityCommand,
}

#[derive(Debug, Subcommand)]
enum IdentityCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    #[command(visible_alias = "rm")]
    Remove(remove::RemoveArgs),
    Rotate(rotate::RotateArgs),
}

/// Runs the command.
pub(super) fn run(args: &IdentityArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    match &args.command {
        IdentityCommand::Add(args) => add::run(args, &catalog, &vault, world),
        IdentityCommand::List(args) => list::run(args, &catalog, &vault, world),
        IdentityCommand::Remove(args) => remove::run(args, &catalog, &vault, world),
        IdentityCommand::Rotate(args) => rotate::run(args, &catalog, &vault, world),
    }
}

/// Returns the identity of that name whose key the vault keeps.
fn kept(name: &str, catalog: &Catalog) -> Result<Identity, Error> {
    match catalog.find(name)? {
        Some(Declared::Identity(identity)) if identity.source.value == Source::Keyring => Ok(identity),
        Some(Declared::Identity(identity)) => {
            let text = format!("the credentials of `{name}` are not kept by us, so there is no key to work on");
            Err(Error::text(Kind::Usage, text).at(&identity.source.origin))
        }
        Some(declared @ (Declared::Role(_) | Declared::AwsProfile(_))) => {
            Err(Error::text(Kind::Usage, format!("`{name}` is no identity of your config file"))
                .at(declared.origin())
                .with_hint("see them: `assume identity list`".to_owned()))
        }
        None => {
            let nearest = catalog.nearest(name).into_iter().next();
            Err(ConfigError::NotOurs { kind: "identity", name: name.to_owned(), elsewhere: None, nearest }.into())
        }
    }
}
