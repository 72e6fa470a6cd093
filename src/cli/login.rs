//! `assume login`

use std::process::ExitCode;

use super::sign_in::{self, Leads};
use crate::acquire::{Want, saml_assertion, token};
use crate::aws::Line;
use crate::config::{Catalog, Oidc, Origin};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::identity::{Assertion, AtCenter, AtIssuer, AtProvider, IdentityError, Manner, Offer, TokenSignIn};
use crate::person::{self, browser::Window};
use crate::session::Flight;
use crate::terms::{show_duration, show_time};
use crate::vault::Vault;
use crate::world::World;

/// Sign in, in a browser
///
/// The page is opened where you sit at this machine, and its address is always printed. Over SSH, in WSL or without a
/// display you type a code into a page on any device. A SAML provider's page comes in a browser of our own, without a window
/// while the provider still knows you.
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
    /// Show the window of a SAML sign-in also where it could do without, to see what goes on there
    #[arg(long, conflicts_with_all = ["device", "no_browser"])]
    browser_visible: bool,
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
        Leads::Saml { name, assertion, origin } => {
            with_saml(args, &name, AtProvider::new(&name, &assertion, &world), &origin, &world)
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
    if args.browser_visible {
        let text = format!("the page of `{}` is always shown: --browser-visible is for SAML sign-ins", kept.called);
        return Err(Error::text(Kind::Usage, text).at(origin));
    }
    let manner = Manner::of(args.device, args.no_browser, &kept.world.env);
    let (line, flight) = (Line::new(kept.world), Flight::new(kept.world));
    let token = token(at, Want::SignIn(manner), origin, &line, &flight, |_| ())?;
    if kept.is_lost() {
        let text = format!("signed in at `{}` for nothing: no store keeps the token", kept.called);
        let hint = "`assume vault` says which stores answer".to_owned();
        return Err(Error::text(Kind::Vault, text).at(origin).with_hint(hint));
    }
    let until = show_time(at.expires_at(&token));
    let more = if at.can_be_refreshed(&token) { ", and is refreshed by itself after that" } else { "" };
    person::note(&format!("signed in at `{}` ({}): it lasts until {until}{more}", kept.called, kept.place));
    Ok(ExitCode::SUCCESS)
}

/// The assertion is good for minutes and for one role: it is not kept. What stays is the browser's session.
fn with_saml(
    args: &LoginArgs,
    name: &str,
    at: AtProvider<'_>,
    origin: &Origin,
    world: &World,
) -> Result<ExitCode, Error> {
    let only = [(args.device, "--device"), (args.no_browser, "--no-browser")];
    if let Some((_, flag)) = only.iter().find(|(given, _)| *given) {
        let text = format!("a SAML provider's page has to come back to us, so that {flag} cannot be had for `{name}`");
        return Err(Error::text(Kind::Usage, text).at(origin));
    }
    let window = if args.browser_visible { Window::Always } else { Window::WhenNeeded };
    let assertion = saml_assertion(at, window, origin, &Flight::new(world), world)?;
    assertion.serves(name, world.clock.now()).map_err(|error| Error::from(IdentityError::from(error)).at(origin))?;
    for line in told(name, assertion.says.as_deref()) {
        person::note(&line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Says as whom, and what they may become.
fn told(name: &str, says: Option<&Assertion>) -> Vec<String> {
    let Some(says) = says else {
        return vec![format!(
            "signed in at `{name}`; only AWS can read which roles the assertion offers: it is encrypted"
        )];
    };
    let whom = says.session_name().map_or_else(String::new, |session| format!(" as {session}"));
    let length = match says.session_duration() {
        Some(longest) => format!("for {} at most", show_duration(longest)),
        None => "for as long as the role allows".to_owned(),
    };
    let offers = says.offers();
    if offers.is_empty() {
        return vec![format!("signed in at `{name}`{whom}, and no role is offered there")];
    }
    let first = format!("signed in at `{name}`{whom}; these roles are offered, {length}:");
    let role = |offer: Offer| format!("  {} (by {})", offer.role, offer.provider);
    std::iter::once(first).chain(offers.into_iter().map(role)).collect()
}
