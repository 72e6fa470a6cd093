//! `assume credential-process`

use std::io::IsTerminal;
use std::process::ExitCode;

use super::became::{self, Consumer};
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::stdout::print;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::handover::{before_first_switch, process_answer};
use crate::world::World;

/// Answer an SDK that asks for credentials
///
/// For `credential_process = assume credential-process NAME` in ~/.aws/config; `assume setup credential-process` writes it.
#[derive(Debug, clap::Args)]
pub(super) struct CredentialProcessArgs {
    /// What to become: a role, an identity, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    profile: String,
    #[command(flatten)]
    overrides: OverrideArgs,
}

/// Runs the command.
pub(super) fn run(args: &CredentialProcessArgs, world: &World) -> Result<ExitCode, Error> {
    if std::io::stdout().is_terminal() {
        return Err(Error::text(Kind::Usage, "this is what SDKs run, and its answer is no text for a terminal")
            .with_hint(format!("to see the credentials: `assume export {} --format json`", args.profile)));
    }
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let became = became::credentials(&catalog, &args.profile, &args.overrides, Consumer::Refreshes, &before)?;
    print(&process_answer(&became.credentials))?;
    Ok(ExitCode::SUCCESS)
}
