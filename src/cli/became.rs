//! From a name to credentials: the arrows that every hand-over command shares.

use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::session::Credentials;
use crate::terms::Region;
use crate::world::World;

use super::overrides::OverrideArgs;

/// How much life a session must have left for the one that it is handed to.
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
pub(super) fn credentials(
    _catalog: &Catalog,
    _profile: &str,
    _overrides: &OverrideArgs,
    _consumer: Consumer,
    _world: &World,
) -> Result<Became, Error> {
    Err(Error::text(Kind::System, "not built yet"))
}
