//! `assume login`

use std::process::ExitCode;

use super::sign_in::{self, Leads};
use crate::acquire::{Want, token};
use crate::aws::Line;
use crate::config::{Catalog, Oidc, Origin};
use crate::error::Error;
use crate::handover::before_first_switch;
use crate::identity::{AtCenter, AtIssuer, Manner, TokenSignIn};
use crate::person;
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
        Leads::IdentityCenter(center) => {
            let at = AtCenter::new(&center, &vault, &world);
            with_token(args, &at, &center.start_url.origin)
        }
        Leads::Provider { name, oidc, origin } => {
            let at = AtIssuer::new(&name, &oidc, &vault, &world);
            ask_client_secret(&at, &oidc, &world)?;
            with_token(args, &at, &origin)
        }
    }
}

/// Some providers demand a secret of programs too: it is asked for once.
fn ask_client_secret(at: &AtIssuer<'_>, oidc: &Oidc, world: &World) -> Result<(), Error> {
    if at.lacks_secret()? {
        let question = format!("the client secret of {} at {}: ", oidc.client_id, oidc.issuer);
        at.keep_secret(&person::ask_secret(&question, world)?)?;
    }
    Ok(())
}

fn with_token(args: &LoginArgs, at: &impl TokenSignIn, origin: &Origin) -> Result<ExitCode, Error> {
    let kept = at.kept();
    let manner = Manner::of(args.device, args.no_browser, &kept.world.env);
    let (line, flight) = (Line::new(kept.world), Flight::new(kept.world));
    let token = token(at, Want::SignIn(manner), origin, &line, &flight, |_| ())?;
    let until = show_time(at.expires_at(&token));
    let more = if at.can_be_refreshed(&token) { ", and is refreshed by itself after that" } else { "" };
    person::note(&format!("signed in at `{}` ({}): it lasts until {until}{more}", kept.called, kept.place));
    Ok(ExitCode::SUCCESS)
}
