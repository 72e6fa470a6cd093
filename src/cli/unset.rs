//! `assume unset`

use std::io::IsTerminal;
use std::process::ExitCode;

use super::hooked::Call;
use super::stdout::print;
use super::switch::or_fail;
use crate::error::{Error, Kind};
use crate::handover::{before_first_switch, calling_dialect, forget_private_config, unset};
use crate::person;
use crate::world::World;

/// Go back to what the shell had before the first switch
#[derive(Debug, clap::Args)]
pub(super) struct UnsetArgs {}

/// Runs the command.
pub(super) fn run(_args: &UnsetArgs, call: Call, world: &World) -> Result<ExitCode, Error> {
    let changes = unset(&world.env);
    if changes.list.is_empty() {
        person::note("there is no role in this shell");
    }
    match call {
        Call::Applying { shell, .. } => print(&shell.write(&changes)?)?,
        Call::Bare | Call::Asking | Call::Completing if !std::io::stdout().is_terminal() => {
            let dialect = calling_dialect();
            or_fail(dialect, || {
                print(&dialect.write(&changes)?)?;
                Ok(ExitCode::SUCCESS)
            })?;
        }
        Call::Bare | Call::Asking | Call::Completing if changes.list.is_empty() => {}
        Call::Bare | Call::Asking | Call::Completing => {
            return Err(Error::text(Kind::Usage, "this shell has no hook, so nothing here can change it")
                .with_hint("in a sub-shell: `exit`; in a shell that evaluated it: eval \"$(assume unset)\"".to_owned())
                .with_hint("the hook: `assume init --help`".to_owned()));
        }
    }
    forget_private_config(&world.env, &world.with_env(before_first_switch(&world.env)).folders);
    Ok(ExitCode::SUCCESS)
}
