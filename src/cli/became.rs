//! From a name to credentials: the arrows that every hand-over command shares.

use super::begin;
use super::overrides::OverrideArgs;
use crate::acquire::acquire;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::mfa::GivenCode;
use crate::person;
use crate::plan::{Plan, plan};
use crate::session::{Credentials, Life};
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

/// Plans, looks into the cache, does what it lacks.
///
/// `world` is the one before the first switch: credentials that we exported are never an identity again.
pub(super) fn credentials(
    catalog: &Catalog,
    profile: &str,
    overrides: &OverrideArgs,
    consumer: Consumer,
    world: &World,
) -> Result<Became, Error> {
    let plan = planned(catalog, profile, overrides, world)?;
    of_plan(plan, catalog, overrides.given_code(), consumer, world)
}

/// Looks into the cache for what a plan leads to, and does what it lacks.
pub(super) fn of_plan(
    plan: Plan,
    catalog: &Catalog,
    code: Option<GivenCode>,
    consumer: Consumer,
    world: &World,
) -> Result<Became, Error> {
    confirm(&plan, world)?;
    let vault = Vault::new(&catalog.defaults().vault, world);
    let credentials = acquire(&plan, life(catalog, consumer), code, &vault, world)?;
    Ok(Became { profile: plan.profile, region: plan.region.map(|region| region.value), credentials })
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
fn confirm(plan: &Plan, world: &World) -> Result<(), Error> {
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
