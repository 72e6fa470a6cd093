//! What somebody is told who has declared nothing yet: how to begin, in five lines.

use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::plan::PlanError;
use crate::world::World;

/// Returns the error of a person who has nothing that could be assumed.
pub(super) fn nothing_declared(world: &World) -> Error {
    let file = world.folders.config_file.display();
    [
        "assume identity add work                        # keeps your access key in the OS keyring".to_owned(),
        "assume role add admin --identity work --role-arn arn:aws:iam::123456789012:role/Admin".to_owned(),
        "assume admin                                    # any profile of ~/.aws/config works too".to_owned(),
        "assume sandbox tour                             # try it all without an AWS account".to_owned(),
    ]
    .into_iter()
    .fold(
        Error::text(Kind::Config, format!("nothing is declared yet, neither in {file} nor in ~/.aws")),
        Error::with_hint,
    )
}

/// Returns what to tell somebody whose profile has no plan: where nothing is declared at all, how to begin.
pub(super) fn no_plan(error: PlanError, catalog: &Catalog, world: &World) -> Error {
    match error {
        PlanError::Unknown { .. } | PlanError::NoIdentity { .. } if catalog.is_empty() => nothing_declared(world),
        other => other.into(),
    }
}
