//! What is remembered of a plan: keys, cache and the rules of what is good enough, without AWS.
//!
//! The warm path ends here, and `acquire` begins with it.

mod way;

use crate::identity::fingerprint;
use crate::plan::{Plan, Start};
use crate::session::{Cache, CacheKey, Credentials, Found, Life, cache_keys};
use crate::vault::Vault;
use crate::world::World;

pub use way::{Question, Recalled, keep_way, recall_way};

/// Returns what the plan led to before, and its key, if that is near (`Cache::find_near`) and good enough.
pub fn recall(plan: &Plan, wanted: Life, vault: &Vault, world: &World) -> Option<(CacheKey, Credentials)> {
    // Nobody's session is kept under a key that nothing local can tell.
    let key = cache_keys(plan, &fingerprint(plan, vault, world)?).pop()?;
    let cache = Cache::new(vault, world);
    let found = good_enough(plan, plan.steps(), wanted, world, |life| cache.find_near(&key, life))?;
    Some((key, found))
}

/// Returns what is found for a plan's step, counted from 1, if it is good enough. `wanted` is the life that the plan's last
/// session must have left.
pub fn good_enough(
    plan: &Plan,
    count: usize,
    wanted: Life,
    world: &World,
    find: impl FnOnce(Life) -> Option<Found>,
) -> Option<Credentials> {
    let life = if count == plan.steps() { wanted } else { Life::NextCall };
    let found = find(life).filter(|found| is_young_enough(plan, count, found, world))?;
    Some(found.credentials)
}

/// A trust policy on the way may look at how long ago the code was given.
fn is_young_enough(plan: &Plan, count: usize, found: &Found, world: &World) -> bool {
    let max_age = match &plan.start {
        Start::MfaSession(session) if count == 1 => session.max_age.as_ref(),
        Start::MfaSession(_) | Start::Keys(_) | Start::SignIn(_) => None,
    };
    let age = world.clock.now().duration_since(found.issued_at).unwrap_or_default();
    max_age.is_none_or(|max_age| age < max_age.value)
}
