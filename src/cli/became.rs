//! From a name to credentials: the arrows that every hand-over command shares.

use super::begin;
use super::engine::{Engine, Here, Wanted};
use super::overrides::OverrideArgs;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::mfa::GivenCode;
use crate::person;
use crate::plan::{Plan, plan};
use crate::recall::{Question, Recalled, keep_way, recall_way};
use crate::session::{CacheKey, Credentials, Life};
use crate::terms::{Region, SessionName};
use crate::vault::Vault;
use crate::world::World;

/// Whom the credentials are for: it decides how much life they must have left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Consumer {
    /// A shell or a command, which keeps what it got.
    Keeps,
    /// An SDK, which asks again.
    Refreshes,
}

impl Consumer {
    fn as_str(self) -> &'static str {
        match self {
            Self::Keeps => "keeps",
            Self::Refreshes => "refreshes",
        }
    }
}

/// What a hand-over needs to know.
#[derive(Debug)]
pub(super) struct Became {
    /// The profile's name.
    pub(super) profile: String,
    /// The Region to hand over, where one is known.
    pub(super) region: Option<Region>,
    /// The credentials.
    pub(super) credentials: Credentials,
}

/// Goes the way that is known, or reads what is declared and plans.
///
/// `world` is the one before the first switch: credentials that we exported are never an identity again.
pub(super) fn credentials(
    profile: &str,
    overrides: &OverrideArgs,
    consumer: Consumer,
    engine: &dyn Engine,
    world: &World,
) -> Result<Became, Error> {
    let flags = overrides.words()?;
    let question = Question { profile, flags: &flags, consumer: consumer.as_str() };
    if let Some(Recalled { region, credentials }) = recall_way(question, world) {
        return Ok(Became { profile: profile.to_owned(), region, credentials });
    }
    let _held = engine.hold();
    let since = world.clock.now();
    let catalog = Catalog::open(world)?;
    planned_credentials(&catalog, profile, overrides, consumer, engine, world, |plan, key, life, vault| {
        keep_way(question, (&catalog, plan, key), life, vault, since, world);
    })
}

/// Plans, looks into the cache, does what it lacks.
pub(super) fn credentials_in(
    catalog: &Catalog,
    profile: &str,
    overrides: &OverrideArgs,
    consumer: Consumer,
    engine: &dyn Engine,
    world: &World,
) -> Result<Became, Error> {
    planned_credentials(catalog, profile, overrides, consumer, engine, world, |_, _, _, _| {})
}

fn planned_credentials(
    catalog: &Catalog,
    profile: &str,
    overrides: &OverrideArgs,
    consumer: Consumer,
    engine: &dyn Engine,
    world: &World,
    recalled: impl FnOnce(&Plan, &CacheKey, Life, &Vault),
) -> Result<Became, Error> {
    let plan = planned(catalog, profile, overrides, world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    let life = life(catalog, consumer);
    let had = engine.credentials(Wanted { plan: &plan, life, code: overrides.given_code(), vault: &vault }, world)?;
    if let Some(key) = &had.recalled {
        recalled(&plan, key, life, &vault);
    }
    Ok(Became { profile: plan.profile, region: plan.region.map(|region| region.value), credentials: had.credentials })
}

/// Looks into the cache for what a plan leads to, and does what it lacks.
pub(super) fn of_plan(
    plan: Plan,
    catalog: &Catalog,
    code: Option<GivenCode>,
    consumer: Consumer,
    world: &World,
) -> Result<Became, Error> {
    let vault = Vault::new(&catalog.defaults().vault, world);
    let had = Here.credentials(Wanted { plan: &plan, life: life(catalog, consumer), code, vault: &vault }, world)?;
    Ok(Became { profile: plan.profile, region: plan.region.map(|region| region.value), credentials: had.credentials })
}

/// Returns the plan for a name and the flags of this call.
pub(super) fn planned(
    catalog: &Catalog,
    profile: &str,
    overrides: &OverrideArgs,
    world: &World,
) -> Result<Plan, Error> {
    let planned = plan(catalog, profile, &overrides.overrides()?, &who(world));
    let plan = planned.map_err(|error| begin::no_plan(error, catalog, world))?;
    // Whoever has a plan needed no file that cannot be understood.
    catalog.tell_of_what_is_set_aside();
    Ok(plan)
}

fn life(catalog: &Catalog, consumer: Consumer) -> Life {
    let defaults = catalog.defaults();
    match consumer {
        Consumer::Keeps => defaults.min_life.map_or(Life::FOR_KEEPING, Life::AtLeast),
        Consumer::Refreshes => defaults.min_life_refreshing.map_or(Life::FOR_REFRESHING, Life::AtLeast),
    }
}

/// Any program of this user may start us, so a person who is to agree is told which one did.
pub(super) fn confirm(plan: &Plan, world: &World) -> Result<(), Error> {
    let Some(origin) = &plan.confirm else { return Ok(()) };
    let caller = person::caller().map_or_else(String::new, |caller| format!(" to {caller}"));
    let question = format!("Hand over the credentials of {}{caller}?", plan.profile);
    let agreed = person::confirm(&question, world).map_err(|error| {
        Error::from(error)
            .while_doing(format!("`{}` is handed over only when a person agrees", plan.profile))
            .at(origin)
    })?;
    if agreed {
        return Ok(());
    }
    Err(Error::text(Kind::Declined, format!("the hand-over of \"{}\" was declined", plan.profile)))
}

/// Who is at the keyboard, for CloudTrail.
pub(super) fn who(world: &World) -> SessionName {
    let user = world.env.text("USER").or_else(|| world.env.text("USERNAME")).map(str::to_owned);
    let user = user.or_else(|| whoami::username().ok()).unwrap_or_else(|| "unknown".to_owned());
    SessionName::of_person(&user, &whoami::hostname().unwrap_or_else(|_| "localhost".to_owned()))
}
