//! What cannot be undone is done only when somebody agrees.

use crate::error::{Error, Kind};
use crate::person;
use crate::world::World;

/// Returns once a person has agreed, or `--yes` has.
pub(super) fn get(question: &str, yes: bool, world: &World) -> Result<(), Error> {
    if yes {
        return Ok(());
    }
    let agreed = person::confirm(question, world).map_err(|error| {
        Error::from(error).while_doing("this has to be agreed to").with_hint("or say --yes".to_owned())
    })?;
    if agreed { Ok(()) } else { Err(Error::text(Kind::Declined, "declined, and nothing was changed")) }
}
