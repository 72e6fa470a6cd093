//! `assume explain`

use std::process::ExitCode;

use super::became::planned;
use super::overrides::OverrideArgs;
use super::stdout::{json, print};
use crate::config::Catalog;
use crate::error::Error;
use crate::identity::fingerprint;
use crate::plan::{Cached, Plan, explain_json, explain_text};
use crate::session::{Cards, cache_keys};
use crate::vault::Vault;
use crate::world::World;

/// Show what would be done to become a role, and why: nothing is sent
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A role profile, an identity, a profile of the AWS files, or a role ARN
    #[arg(value_name = "PROFILE", add = super::profile_ref::names())]
    profile: String,
    /// Print the documented JSON form
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    overrides: OverrideArgs,
}

/// Runs the command.
pub(super) fn run(args: &ExplainArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    show(&planned(&catalog, &args.profile, &args.overrides, world)?, args.json, &catalog, world)
}

/// Prints a plan, with what is cached of it.
pub(super) fn show(plan: &Plan, as_json: bool, catalog: &Catalog, world: &World) -> Result<ExitCode, Error> {
    let now = world.clock.now();
    let cards = Cards::new(world);
    // Opens no store: it only says which one is meant.
    let vault = Vault::new(&catalog.defaults().vault, world);
    let keys = fingerprint(plan, &vault, world).map(|who| cache_keys(plan, &who)).unwrap_or_default();
    let cached: Vec<Option<Cached>> = keys
        .iter()
        .map(|key| cards.read(key).filter(|card| card.expires_at > now))
        .map(|card| card.map(|card| Cached { store: card.store.as_str(), expires_at: card.expires_at }))
        .collect();
    let page = if as_json { json(&explain_json(plan, &cached)) } else { explain_text(plan, &cached, now) };
    print(&page)?;
    Ok(ExitCode::SUCCESS)
}
