//! `assume logout`

use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use super::sign_in::{self, Leads};
use super::stdout::print;
use crate::aws::{AwsError, Line};
use crate::config::{Catalog, Declared, SignIn, Source};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::identity::{self, AtCenter, AtIssuer, AtProvider, TokenSignIn};
use crate::person::{self, plain};
use crate::plan::PlanError;
use crate::session::{CacheKey, Card, Cards};
use crate::terms::{show_duration, show_time};
use crate::vault::{ItemName, SecretKind, Vault};
use crate::world::World;

/// Forget cached sessions
///
/// AWS honours a session until it ends, whoever has a copy: what is still valid is printed, and with --forget also the
/// policy that ends it.
#[derive(Debug, clap::Args)]
pub(super) struct LogoutArgs {
    /// A role profile, or an identity with all sessions that started from it
    #[arg(value_name = "PROFILE", add = super::profile_ref::names(), required_unless_present_any = ["all", "sso"], conflicts_with = "all")]
    profile: Option<String>,
    /// Every session of this user
    #[arg(long)]
    all: bool,
    /// End the sign-in that PROFILE leads to, or the only one there is, with all sessions that were had by it
    #[arg(long, conflicts_with = "all")]
    sso: bool,
    /// Also remove keys, MFA seeds, tokens, browsers' cookies and the ledger, for the day someone leaves
    #[arg(long, requires = "all")]
    forget: bool,
    /// Do not ask before keys are removed
    #[arg(long, requires = "forget")]
    yes: bool,
}

/// Runs the command.
pub(super) fn run(args: &LogoutArgs, world: &World) -> Result<ExitCode, Error> {
    if args.sso {
        return sign_out(args, world);
    }
    // Whoever leaves has to be able to, whatever state their config is in.
    let catalog = match Catalog::open(world) {
        Ok(catalog) => Some(catalog),
        Err(error) if args.all => {
            person::warn(&format!("{error}; the default stores are emptied"));
            None
        }
        Err(error) => return Err(error.into()),
    };
    let settings = catalog.as_ref().map_or_else(Default::default, |catalog| catalog.defaults().vault.clone());
    let vault = Vault::new(&settings, world);
    if args.forget && !args.yes && !person::confirm(FORGET, world)? {
        return Err(Error::text(Kind::Declined, "nothing was removed"));
    }
    let cards = Cards::new(world);
    let meant = |card: &Card| args.profile.as_ref().is_none_or(|name| *name == card.profile || *name == card.identity);
    let sessions: Vec<(CacheKey, Card)> = cards.all().into_iter().filter(|(_, card)| meant(card)).collect();
    if let (true, Some(name), Some(catalog)) = (sessions.is_empty(), &args.profile, &catalog) {
        // Nobody shall believe that they are logged out because of a slip of the fingers.
        if catalog.find(name)?.is_none() {
            return Err(PlanError::Unknown { name: name.clone(), nearest: catalog.nearest(name), origin: None }.into());
        }
    }
    let mut failures = forget(&sessions, &cards, &vault);
    if let (Some(name), Some(catalog)) = (&args.profile, &catalog) {
        failures.extend(forget_browsers(name, catalog, world)?);
    }
    if args.all {
        failures.extend(remove(&vault, SecretKind::Session));
    }
    if args.forget {
        failures.extend(remove(&vault, SecretKind::Keepsake));
        failures.extend(remove_state(world));
    }
    print(&report(&sessions, args.forget, world.clock.now()))?;
    done(failures)
}

/// Ends a sign-in: at Identity Center, so that no copy of its token serves any more, and here.
fn sign_out(args: &LogoutArgs, world: &World) -> Result<ExitCode, Error> {
    let world = &world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    let leads = sign_in::of(args.profile.as_deref(), &catalog, world)?;
    let (called, place, was_there, told) = match &leads {
        Leads::IdentityCenter(center) => {
            let signed_in = AtCenter::new(center, &vault, world);
            let token = signed_in.token().unwrap_or_default();
            let told = token.as_ref().map(|token| identity::sign_out(&Line::new(world), center, token));
            (&center.called, center.start_url.value.to_string(), signed_in.forget()?, told)
        }
        // The provider's own session is the browser's, and ends there.
        Leads::Provider { name, oidc, .. } => {
            (name, oidc.issuer.to_string(), AtIssuer::new(name, oidc, &vault, world).forget()?, None)
        }
        Leads::Saml { name, assertion, .. } => {
            let was_there = AtProvider::new(name, assertion, world).sign_out();
            let failed = |error: std::io::Error| Error::text(Kind::System, no_folder(name, &error));
            (name, "SAML".to_owned(), was_there.map_err(failed)?, None)
        }
    };

    let cards = Cards::new(world);
    let its_own = |card: &Card| sign_in::is_of(&card.profile, &card.identity, &leads, &catalog, world);
    let sessions: Vec<(CacheKey, Card)> = cards.all().into_iter().filter(|(_, card)| its_own(card)).collect();
    let failures = forget(&sessions, &cards, &vault);
    let what = match (was_there, &told) {
        (false, _) => "nobody was signed in",
        (true, Some(Ok(()))) => "signed out",
        (true, None) if matches!(leads, Leads::Saml { .. }) => "the browser has forgotten its cookies",
        (true, _) => "the token is gone from this machine",
    };
    print(&format!("{}\n", plain(&format!("{what} at `{called}` ({place})"))))?;
    print(&report(&sessions, false, world.clock.now()))?;
    match told {
        // One that has ended already is not known there any more.
        Some(Err(AwsError::Refused(refusal))) if refusal.status == 401 => {}
        Some(Err(error)) => person::warn(&format!("Identity Center was not told: {error}")),
        Some(Ok(())) | None => {}
    }
    done(failures)
}

/// Removes these sessions from this machine, and returns what went wrong.
fn forget(sessions: &[(CacheKey, Card)], cards: &Cards, vault: &Vault) -> Vec<String> {
    let mut failures = Vec::new();
    for (key, card) in sessions {
        match vault.remove_session(&ItemName::session(key.as_str()), card.store) {
            Ok(_) => drop(cards.remove(key)),
            Err(error) => failures.push(error.to_string()),
        }
    }
    failures
}

fn done(failures: Vec<String>) -> Result<ExitCode, Error> {
    match failures.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => {
            let error = Error::text(Kind::Vault, "not everything could be removed");
            Err(failures
                .into_iter()
                .fold(error, Error::because)
                .with_hint("`assume vault` says which stores answer".to_owned()))
        }
    }
}

/// Takes the cookies of browsers that are that name's own, and returns what went wrong: of the one that signs a person in,
/// and of the one that shows the role's console.
fn forget_browsers(name: &str, catalog: &Catalog, world: &World) -> Result<Vec<String>, Error> {
    let mut failures = Vec::new();
    if let Some(Declared::Identity(identity)) = catalog.find(name)?
        && let Source::SignIn(SignIn::Saml(saml)) = &identity.source.value
    {
        match AtProvider::new(name, &saml.assertion, world).sign_out() {
            Ok(true) => person::note(&format!("signed out: the browser of `{name}` has forgotten its cookies")),
            Ok(false) => {}
            Err(error) => failures.push(no_folder(name, &error)),
        }
    }
    match remove_folder(&super::console::own_profile(name, world)) {
        Ok(true) => person::note(&format!("the console's browser profile of `{name}` is gone, with its cookies")),
        Ok(false) => {}
        Err(error) => failures.push(no_folder(name, &error)),
    }
    Ok(failures)
}

fn no_folder(name: &str, error: &std::io::Error) -> String {
    format!("the browser's folder of `{name}` cannot be removed: {error}; close the browser first")
}

/// Returns whether it was there.
fn remove_folder(folder: &Path) -> std::io::Result<bool> {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

const FORGET: &str = "Remove every session, and also every stored key and MFA seed? They cannot be had back from here";

/// Removes what the stores hold of that kind, cards or no cards, and returns what went wrong.
fn remove(vault: &Vault, kind: SecretKind) -> Vec<String> {
    let names = match vault.names(kind) {
        Ok(names) => names,
        Err(error) => return vec![error.to_string()],
    };
    let removed = names.iter().map(|(name, store)| match kind {
        SecretKind::Session => vault.remove_session(name, *store),
        SecretKind::Keepsake => vault.remove_keepsake(name),
    });
    removed.filter_map(|result| result.err().map(|error| error.to_string())).collect()
}

/// Removes cards, locks, spent codes, the ledger, and what our browsers keep. Returns what went wrong.
fn remove_state(world: &World) -> Vec<String> {
    let data = &world.folders.data;
    let folders = [world.folders.state.clone(), data.join("browser"), data.join("browsers")];
    let removed = folders.iter().map(|folder| (folder, remove_folder(folder)));
    removed.filter_map(|(folder, done)| Some(format!("cannot remove {}: {}", folder.display(), done.err()?))).collect()
}

/// Says what was removed here and lives on at AWS.
fn report(sessions: &[(CacheKey, Card)], forget: bool, now: SystemTime) -> String {
    let count = sessions.len();
    let mut page = format!("{count} session{} removed from this machine\n", if count == 1 { "" } else { "s" });
    let alive: Vec<&Card> = sessions.iter().map(|(_, card)| card).filter(|card| card.expires_at > now).collect();
    if alive.is_empty() {
        return page;
    }
    page.push_str("AWS honours copies of these until they end:\n");
    for card in &alive {
        let left = show_duration(card.expires_at.duration_since(now).unwrap_or_default());
        let until = show_time(card.expires_at);
        let what = card.role_arn.clone().unwrap_or_else(|| format!("MFA session of {}", card.identity));
        page.push_str(&plain(&format!("  {what}  until {until} ({left})")));
        page.push('\n');
    }
    if forget {
        let issued = show_time(now);
        page.push_str(&format!(
            "An inline policy on the role (on the user, for an MFA session) that ends every session issued before now:\n  \
             {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\
             \"Condition\":{{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"{issued}\"}}}}}}]}}\n"
        ));
    }
    page
}
