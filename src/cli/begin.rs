//! What somebody is told who has declared nothing yet: how to begin, in five lines.

use std::path::Path;

use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::plan::PlanError;
use crate::world::{Env, World};

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
    let unknown = match &error {
        PlanError::Unknown { name, nearest, origin: None } => Some((name.clone(), nearest.is_empty())),
        _ => None,
    };
    let told = match error {
        PlanError::Unknown { .. } | PlanError::NoIdentity { .. } if catalog.is_empty() => nothing_declared(world),
        other => other.into(),
    };
    let Some((name, like_nothing)) = unknown else { return told };
    if let Some(command) = super::command_like(&name).filter(|_| like_nothing) {
        let text = format!("there is no profile `{name}`");
        return Error::text(Kind::Usage, text).with_hint(format!("did you mean the command `assume {command}`?"));
    }
    absent_files(&world.env).into_iter().fold(told, Error::with_hint)
}

/// Says which of the files that variables name are not there: what was to be found in them cannot be.
fn absent_files(env: &Env) -> Vec<String> {
    let named = ["ASSUME_CONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
    let absent = named.into_iter().filter_map(|name| {
        let path = Path::new(env.os(name)?);
        let is_absent = !path.as_os_str().is_empty() && !path.exists();
        is_absent.then(|| format!("{name} names {}, and there is no such file", path.display()))
    });
    absent.collect()
}
