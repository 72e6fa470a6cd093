//! `assume identity remove`

use std::process::ExitCode;

use crate::config::{Catalog, ConfigEdit, Declared, From as RoleFrom, TableKind};
use crate::error::Error;
use crate::identity::{KeyCard, LongTermKey};
use crate::person;
use crate::rotation::Pending;
use crate::session::Cards;
use crate::vault::{ItemName, Vault};
use crate::world::World;

use super::super::agreement;

/// Remove an identity: its key from the vault, its sessions, its lines in your config file
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// The identity's name
    name: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
pub(super) fn run(args: &RemoveArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let name = args.name.as_str();
    super::kept(name, catalog)?;
    let mut file = ConfigEdit::open(world)?;
    let card = KeyCard::read(name, vault, world);
    let key = card.as_ref().map_or("its key".to_owned(), |card| format!("its key {}", card.key_id));
    let question = format!("remove `{name}` and {key}? AWS tells a secret key only once");
    agreement::get(&question, args.yes, world)?;

    // The card first: should this stop half-way, no session is served that could be somebody else's.
    let no_card = KeyCard::remove(name, vault, world);
    no_card.map_err(|error| {
        let state = world.folders.state.display();
        Error::text(crate::error::Kind::System, format!("cannot remove the card of `{name}` in {state}: {error}"))
    })?;
    let forgotten = forget_sessions(name, vault, world);
    let had_key = vault.remove_keepsake(&LongTermKey::item_name(name))?;
    let had_pending = Pending::remove(name, vault)?;
    if file.remove(TableKind::Identity, name)? {
        file.save(None)?;
    }

    let what = if had_key { "its key are" } else { "no key (there was none) are" };
    person::note(&format!("`{name}` and {what} gone, and {forgotten} cached session(s) of it"));
    if let Some(card) = card.filter(|_| had_key) {
        let key_id = card.key_id;
        person::note(&format!("AWS still honours {key_id}: `aws iam delete-access-key --access-key-id {key_id}`"));
    }
    if had_pending {
        person::warn("a rotation had broken off: look whether the user has a second key that nobody needs");
    }
    for role in roles_from(name, catalog) {
        person::warn(&format!("the role `{role}` still names it"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Forgets the sessions that started from that identity. Returns how many.
fn forget_sessions(name: &str, vault: &Vault, world: &World) -> usize {
    let cards = Cards::new(world);
    let ours = cards.all().into_iter().filter(|(_, card)| card.identity == name);
    ours.filter(|(key, card)| {
        if let Err(error) = vault.remove_session(&ItemName::session(key.as_str()), card.store) {
            person::warn(&format!("a session of `{name}` stays until it ends: {error}"));
        }
        cards.remove(key)
    })
    .count()
}

fn roles_from(name: &str, catalog: &Catalog) -> Vec<String> {
    let names = catalog.listings().into_iter().map(|listing| listing.name);
    let names_it = |role: &String| match catalog.find(role) {
        Ok(Some(Declared::Role(role))) => {
            role.from.is_some_and(|from| matches!(&from.value, RoleFrom::Identity(of) if of == name))
        }
        Ok(Some(Declared::Identity(_) | Declared::AwsProfile(_)) | None) | Err(_) => false,
    };
    names.filter(names_it).collect()
}
