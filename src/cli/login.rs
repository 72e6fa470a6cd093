//! `assume login`

use std::process::ExitCode;

use super::sign_in::{self, Leads};
use crate::acquire::{ProviderSignIn, Want, center_token, id_token};
use crate::aws::Line;
use crate::config::Catalog;
use crate::error::Error;
use crate::handover::before_first_switch;
use crate::identity::{AtCenter, AtIssuer, Manner};
use crate::person;
use crate::plan::Center;
use crate::session::Flight;
use crate::terms::show_time;
use crate::vault::Vault;
use crate::world::World;

/// Sign in, in a browser
///
/// The page is opened where you sit at this machine, and its address is always printed. Over SSH, in WSL or without a
/// display you type a code into a page on any device.
#[derive(Debug, clap::Args)]
pub(super) struct LoginArgs {
    /// An identity, an sso-session, or a profile that leads to one; the only one there is, if left out
    #[arg(value_name = "NAME", add = super::profile_ref::names())]
    name: Option<String>,
    /// Sign in with a code, on whatever device you like
    #[arg(long)]
    device: bool,
    /// Print the page's address, and open nothing
    #[arg(long)]
    no_browser: bool,
}

/// Runs the command.
pub(super) fn run(args: &LoginArgs, world: &World) -> Result<ExitCode, Error> {
    let world = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&world)?;
    let vault = Vault::new(&catalog.defaults().vault, &world);
    match sign_in::of(args.name.as_deref(), &catalog, &world)? {
        Leads::IdentityCenter(center) => identity_center(args, &center, &vault, &world),
        Leads::Provider { name, oidc, origin } => {
            let sign_in = ProviderSignIn { name: &name, oidc: &oidc, origin: &origin };
            provider(args, sign_in, &vault, &world)
        }
    }
}

fn provider(args: &LoginArgs, sign_in: ProviderSignIn<'_>, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let ProviderSignIn { name, oidc, .. } = sign_in;
    let signed_in = AtIssuer::new(name, oidc, vault, world);
    if signed_in.lacks_secret()? {
        let secret =
            person::ask_secret(&format!("the client secret of {} at {}: ", oidc.client_id, oidc.issuer), world)?;
        signed_in.keep_secret(&secret)?;
    }
    let manner = Manner::of(args.device, args.no_browser, &world.env);
    let line = Line::new(world);
    let token = id_token(sign_in, Some(manner), &line, &Flight::new(world), (vault, world), |_| ())?;
    let until = show_time(token.expires_at);
    let more = if token.can_be_refreshed() { ", and is refreshed by itself after that" } else { "" };
    person::note(&format!("signed in at `{name}` ({}): it lasts until {until}{more}", oidc.issuer));
    Ok(ExitCode::SUCCESS)
}

fn identity_center(args: &LoginArgs, center: &Center, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let manner = Manner::of(args.device, args.no_browser, &world.env);
    let line = Line::new(world);
    let want = Want::SignIn(manner);
    let token = center_token(center, want, &line, &Flight::new(world), (vault, world), |_| ())?;
    let until = show_time(token.expires_at);
    let refreshes = AtCenter::new(center, vault, world).card().is_some_and(|card| card.refreshes);
    let more = if refreshes { ", and is refreshed by itself after that" } else { "" };
    person::note(&format!(
        "signed in at `{}` ({}): it lasts until {until}{more}",
        center.called, center.start_url.value
    ));
    Ok(ExitCode::SUCCESS)
}
