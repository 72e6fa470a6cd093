//! `assume exec`

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use super::became::{self, Became, Consumer};
use super::engine::Engine;
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::switch::private_config;
use crate::error::Error;
use crate::handover::{Hand, OurSecrets, Owner, RunError, accompany, before_first_switch, replace, switch};
use crate::world::World;

/// Run a command with a role's credentials
///
/// The command takes the place of this program: its signals, its exit code and its job control are its own. 127 means that
/// it is not found, 126 that it cannot be run.
#[derive(Debug, clap::Args)]
pub(super) struct ExecArgs {
    /// What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    profile: String,
    /// For work longer than a session: the command gets no keys, but an AWS config by which SDKs ask again
    #[arg(long)]
    refresh: bool,
    #[command(flatten)]
    overrides: OverrideArgs,
    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the command.
pub(super) fn run(args: &ExecArgs, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    if args.refresh {
        return accompanied(&args.profile, &args.overrides, &args.command, engine, world);
    }
    replaced_by(&args.profile, &args.overrides, &args.command, engine, world)
}

/// The command takes our place, with the credentials in its environment.
pub(super) fn replaced_by(
    profile: &str,
    overrides: &OverrideArgs,
    command: &[OsString],
    engine: &dyn Engine,
    world: &World,
) -> Result<ExitCode, Error> {
    let became = became(profile, overrides, Consumer::Keeps, engine, world)?;
    let changes = switch(&world.env, &became.profile, became.region.as_ref(), Hand::Keys(&became.credentials))?;
    Ok(not_run(replace(command, &changes, OurSecrets::Withheld)))
}

/// The command runs beside us, with an AWS config that names us.
fn accompanied(
    profile: &str,
    overrides: &OverrideArgs,
    command: &[OsString],
    engine: &dyn Engine,
    world: &World,
) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let became = became(profile, overrides, Consumer::Refreshes, engine, world)?;
    let config = private_config(Owner::ThisProcess, &became, overrides, &before)?;
    let hand = Hand::Profile { config_file: &config.file, name: &config.profile };
    let ended = match switch(&world.env, &became.profile, became.region.as_ref(), hand) {
        // It asks us again, so it has to be able to open the vault as we did.
        Ok(changes) => Ok(accompany(command, &changes, OurSecrets::Left)),
        Err(error) => Err(error),
    };
    config.remove();
    Ok(ended?.map_or_else(not_run, ExitCode::from))
}

fn became(
    profile: &str,
    overrides: &OverrideArgs,
    consumer: Consumer,
    engine: &dyn Engine,
    world: &World,
) -> Result<Became, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    became::credentials(profile, overrides, consumer, engine, &before)
}

/// Says why, and exits as a shell would.
pub(super) fn not_run(error: RunError) -> ExitCode {
    let code = error.exit_code();
    let _ = writeln!(std::io::stderr().lock(), "{}", Error::from(error));
    ExitCode::from(code)
}
