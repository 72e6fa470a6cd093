//! `assume credential-process`

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use super::became::{self, Consumer};
use super::engine::Engine;
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::stdout::print;
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

impl CredentialProcessArgs {
    /// Returns what the words say where they are those that SDKs say all day long, which need no parser.
    pub(super) fn of_plain(words: &[OsString]) -> Option<Self> {
        match words {
            [_, command, profile] if command == "credential-process" => {
                let profile = profile.to_str().filter(|profile| !profile.starts_with('-'))?;
                Some(Self { profile: profile.to_owned(), overrides: OverrideArgs::default() })
            }
            _ => None,
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &CredentialProcessArgs, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    if std::io::stdout().is_terminal() {
        return Err(Error::text(Kind::Usage, "this is what SDKs run, and its answer is no text for a terminal")
            .with_hint(format!("to see the credentials: `assume export {} --format json`", args.profile)));
    }
    let before = world.with_env(before_first_switch(&world.env));
    let became = became::credentials(&args.profile, &args.overrides, Consumer::Refreshes, engine, &before)?;
    print(&process_answer(&became.credentials))?;
    Ok(ExitCode::SUCCESS)
}
