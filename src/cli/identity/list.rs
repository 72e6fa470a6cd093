//! `assume identity list`

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::config::{Catalog, Declared, Identity, Source};
use crate::error::Error;
use crate::identity::KeyCard;
use crate::person::plain;
use crate::vault::Vault;
use crate::world::World;

use super::super::stdout;

/// List your identities; opens no secret store
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An identity, and what its card tells of the key.
struct Shown {
    identity: Identity,
    card: Option<KeyCard>,
}

/// Runs the command.
pub(super) fn run(args: &ListArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let mut shown = Vec::new();
    for name in catalog.identities() {
        if let Some(Declared::Identity(identity)) = catalog.find(&name)? {
            let card = KeyCard::read(&name, vault, world);
            shown.push(Shown { identity, card });
        }
    }
    let page = if args.json { json(&shown) } else { text(&shown) };
    stdout::print(&page)?;
    Ok(ExitCode::SUCCESS)
}

fn kind(source: &Source) -> &'static str {
    match source {
        Source::Keyring => "keyring",
        Source::Environment => "environment",
        Source::Container => "container",
        Source::Instance => "instance",
        Source::Process(_) => "process",
        Source::SignIn(sign_in) => sign_in.kind(),
    }
}

impl Shown {
    fn key(&self) -> String {
        match (&self.identity.source.value, &self.card) {
            (Source::Keyring, Some(card)) => {
                let store = card.store.map(|store| format!(" in {}", store.as_str())).unwrap_or_default();
                format!("{}{store}", card.key_id)
            }
            // A card may be lost while its key is there.
            (Source::Keyring, None) => "key not used yet".to_owned(),
            (source, _) => kind(source).to_owned(),
        }
    }
}

fn text(shown: &[Shown]) -> String {
    let width = |of: &dyn Fn(&Shown) -> usize| shown.iter().map(of).max().unwrap_or_default();
    let (names, keys) = (width(&|each| each.identity.name.len()), width(&|each| each.key().len()));
    let mut page = String::new();
    for each in shown {
        let Identity { name, origin, mfa_serial, .. } = &each.identity;
        let mfa = mfa_serial.as_ref().map_or("no MFA", |serial| serial.value.as_str());
        let line = format!("{name:<names$}  {:<keys$}  {mfa}  ({origin})", each.key());
        let _ = writeln!(page, "{}", plain(&line));
    }
    page
}

fn json(shown: &[Shown]) -> String {
    let list = shown.iter().map(|Shown { identity, card }| {
        json!({
            "name": identity.name,
            "kind": kind(&identity.source.value),
            "key_id": card.as_ref().map(|card| card.key_id.as_str()),
            "store": card.as_ref().and_then(|card| card.store).map(|store| store.as_str()),
            "mfa_serial": identity.mfa_serial.as_ref().map(|serial| serial.value.as_str()),
            "origin": identity.origin.to_string(),
        })
    });
    stdout::json(&list.collect())
}
