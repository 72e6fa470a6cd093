//! `assume identity rotate`

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::Catalog;
use crate::error::Error;
use crate::mfa::GivenCode;
use crate::person;
use crate::plan::reach_of_identity;
use crate::rotation::{Job, RotationError, rotate};
use crate::terms::AccessKeyId;
use crate::vault::Vault;
use crate::world::World;

use super::super::overrides::OverrideArgs;
use super::super::{became, endpoint};

/// Make a new key at AWS, keep it, prove it, and delete the old one
///
/// Whatever interrupts it, no key is lost: run it again and it goes on.
#[derive(Debug, clap::Args)]
pub(super) struct RotateArgs {
    /// The identity's name
    name: String,
    /// Delete the user's other key to make room: AWS allows two
    #[arg(long, value_name = "KEY_ID")]
    delete: Option<AccessKeyId>,
    /// Read the MFA code from a file, or from standard input (-)
    #[arg(long, value_name = "FILE")]
    mfa_code_file: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &RotateArgs, catalog: &Catalog, vault: &Vault, world: &World) -> Result<ExitCode, Error> {
    let name = args.name.as_str();
    let identity = super::kept(name, catalog)?;
    let plan = became::planned(catalog, name, &OverrideArgs::default(), world)?;
    let reach = reach_of_identity(catalog, &identity)?;
    let iam_endpoint = endpoint::of_service("AWS_ENDPOINT_URL_IAM", world)?;
    let mut job = Job {
        identity: name,
        plan: &plan,
        reach: &reach,
        iam_endpoint: iam_endpoint.as_ref().map(|url| &url.value),
        given: args.mfa_code_file.clone().map(GivenCode::from),
        may_delete: args.delete.as_ref(),
    };
    let mut outcome = rotate(&job, vault, world);
    // Only a key that nobody can use is worth a question; the other one may be at work somewhere.
    let in_the_way = match &outcome {
        Err(RotationError::NoRoom { other, .. }) if !other.is_active && args.delete.is_none() => {
            Some(other.key_id.clone())
        }
        Ok(_) | Err(_) => None,
    };
    if let (Some(other), Err(error)) = (&in_the_way, &outcome)
        && person::is_reachable(world)
        && person::confirm(&format!("{error}. Delete {other}?"), world)?
    {
        job.may_delete = Some(other);
        outcome = rotate(&job, vault, world);
    }
    let rotated = outcome?;
    let finished = if rotated.finished_another { ", finishing what an earlier attempt began" } else { "" };
    person::note(&format!("`{name}` now has the key {}, and the old one is deleted{finished}", rotated.key_id));
    Ok(ExitCode::SUCCESS)
}
