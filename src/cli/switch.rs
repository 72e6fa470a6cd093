//! `assume NAME`, `assume use NAME`
//!
//! A switch ends in the shell that asked for it, one way or another: its hook applies what is printed; or it evaluates what
//! is printed; or, on a terminal and without a hook, a shell of its own is opened. Secrets never reach a terminal here.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use super::became::{self, Became, Consumer};
use super::engine::{Engine, program};
use super::hooked::Call;
use super::overrides::OverrideArgs;
use super::stdout::print;
use super::{begin, exec, profile_ref};
use crate::config::{Catalog, HandOver};
use crate::error::{Error, Kind};
use crate::handover::{
    Changes, Dialect, Hand, OurSecrets, Owner, PrivateConfig, Shell, before_first_switch, calling_dialect,
    forget_private_config, replace, switch,
};
use crate::person;
use crate::terms::show_time;
use crate::world::{Env, World};

/// Become a role in this shell, or run one command as it
#[derive(Debug, Default, clap::Args)]
pub(super) struct SwitchArgs {
    /// What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    pub(super) profile: Option<String>,
    #[command(flatten)]
    pub(super) overrides: OverrideArgs,
    /// A command to run instead of changing the shell
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

impl SwitchArgs {
    /// Returns whether these words change the shell.
    pub(super) fn changes_shell(&self) -> bool {
        self.profile.is_some() && self.command.is_empty()
    }
}

/// Runs the command.
pub(super) fn run(args: &SwitchArgs, call: Call, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    let Some(profile) = &args.profile else { return Err(which(world)) };
    if !args.command.is_empty() {
        return exec::replaced_by(profile, &args.overrides, &args.command, engine, world);
    }
    match destination(call, std::io::stdout().is_terminal()) {
        Destination::Hook(shell, process) => for_hook(shell, process, profile, &args.overrides, engine, world),
        Destination::Eval(dialect) => or_fail(dialect, || {
            refuse_in_log(profile, &world.env)?;
            print_for_eval(&became(profile, &args.overrides, engine, world)?, world)
        }),
        Destination::SubShell => {
            refuse_in_log(profile, &world.env)?;
            sub_shell(&became(profile, &args.overrides, engine, world)?, world)
        }
    }
}

/// What becomes of the credentials.
#[derive(Debug, Eq, PartialEq)]
enum Destination {
    /// The hook of that shell, in that process, applies them.
    Hook(Shell, u32),
    /// A shell evaluates them.
    Eval(Dialect),
    /// A shell is started with them.
    SubShell,
}

fn destination(call: Call, terminal: bool) -> Destination {
    match call {
        // Somebody who plays the hook by hand gets no secrets on the screen.
        Call::Applying { shell, process } if !terminal => Destination::Hook(shell, process),
        Call::Bare | Call::Asking | Call::Completing | Call::Applying { .. } if terminal => Destination::SubShell,
        Call::Bare | Call::Asking | Call::Completing | Call::Applying { .. } => Destination::Eval(calling_dialect()),
    }
}

/// Does it, and prints that dialect's failing statement if it cannot be done, so that `eval` fails too.
pub(super) fn or_fail(dialect: Dialect, work: impl FnOnce() -> Result<ExitCode, Error>) -> Result<ExitCode, Error> {
    work().inspect_err(|_| {
        // That one error is the news; that standard output is gone as well is not.
        let _ = print(dialect.failure());
    })
}

fn became(profile: &str, overrides: &OverrideArgs, engine: &dyn Engine, world: &World) -> Result<Became, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    became::credentials(profile, overrides, Consumer::Keeps, engine, &before)
}

/// Prints what makes the calling shell the role.
pub(super) fn print_for_eval(became: &Became, world: &World) -> Result<ExitCode, Error> {
    print(&calling_dialect().write(&changes(became, world)?)?)?;
    Ok(ExitCode::SUCCESS)
}

fn changes(became: &Became, world: &World) -> Result<Changes, Error> {
    Ok(switch(&world.env, &became.profile, became.region.as_ref(), Hand::Keys(&became.credentials))?)
}

fn for_hook(
    shell: Shell,
    process: u32,
    profile: &str,
    overrides: &OverrideArgs,
    engine: &dyn Engine,
    world: &World,
) -> Result<ExitCode, Error> {
    let held = engine.hold();
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let changes = match catalog.defaults().hand_over {
        HandOver::Environment => {
            changes(&became::credentials_in(&catalog, profile, overrides, Consumer::Keeps, engine, &before)?, world)?
        }
        HandOver::Profile => {
            // Whoever has to be asked is asked now, and a refusal is told to the person and not to an SDK.
            let became = became::credentials_in(&catalog, profile, overrides, Consumer::Refreshes, engine, &before)?;
            let config = private_config(Owner::Shell(process), &became, overrides, &before)?;
            let hand = Hand::Profile { config_file: &config.file, name: &config.profile };
            switch(&world.env, &became.profile, became.region.as_ref(), hand)?
        }
    };
    drop(held);
    print(&shell.write(&changes)?)?;
    forget_private_config(&world.env, &before.folders);
    Ok(ExitCode::SUCCESS)
}

/// Writes an AWS config that names us, with the flags of this call, as where the profile's credentials come from.
pub(super) fn private_config(
    owner: Owner,
    became: &Became,
    overrides: &OverrideArgs,
    before: &World,
) -> Result<PrivateConfig, Error> {
    let mut words = vec![program()?.to_string_lossy().into_owned(), "credential-process".to_owned()];
    words.extend(overrides.words()?);
    words.extend(["--".to_owned(), became.profile.clone()]);
    let region = became.region.as_ref();
    Ok(PrivateConfig::write(owner, &became.profile, region, &words, &before.folders, &before.clock)?)
}

/// Where every standard output is a log, nothing is printed that only a mask would hide.
fn refuse_in_log(profile: &str, env: &Env) -> Result<(), Error> {
    let is_set = |name: &&str| env.text(name).is_some_and(|value| value != "false");
    let Some(where_) = ["GITHUB_ACTIONS", "GITLAB_CI"].into_iter().find(is_set) else { return Ok(()) };
    let more = match where_ {
        "GITHUB_ACTIONS" => format!("for the steps that follow: `assume export {profile} --format github`"),
        _ => format!("for the commands that follow: `eval \"$(assume export {profile})\"`"),
    };
    Err(Error::text(Kind::Usage, format!("{where_} is set, and what is printed here ends up in a log"))
        .with_hint(format!("for one command: `assume exec {profile} -- COMMAND`"))
        .with_hint(more))
}

pub(super) fn sub_shell(became: &Became, world: &World) -> Result<ExitCode, Error> {
    let shell = if cfg!(windows) { world.env.os("COMSPEC") } else { world.env.os("SHELL") };
    let shell = shell.map_or_else(|| if cfg!(windows) { "cmd".into() } else { "/bin/sh".into() }, OsString::from);
    let until = became.credentials.expires_at().map_or_else(String::new, |end| format!(" until {}", show_time(end)));
    person::note(&format!("a sub-shell as {}{until}; `exit` leaves it", became.profile));
    let changes = changes(became, world)?;
    Err(replace(&[shell], &changes, OurSecrets::Left).into())
}

/// Somebody typed `assume` and nothing else.
fn which(world: &World) -> Error {
    let before = world.with_env(before_first_switch(&world.env));
    match Catalog::open(&before) {
        Ok(catalog) if catalog.is_empty() => begin::nothing_declared(&before),
        Ok(_) => Error::text(Kind::Usage, "which profile?")
            .with_hint("`assume list` lists them, and `assume --help` everything else".to_owned()),
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_go_to_a_terminal() {
        let applying = Call::Applying { shell: Shell::Bash, process: 1 };
        assert_eq!(destination(applying, false), Destination::Hook(Shell::Bash, 1));
        for call in [applying, Call::Bare] {
            assert_eq!(destination(call, true), Destination::SubShell);
        }
        assert!(matches!(destination(Call::Bare, false), Destination::Eval(_)));
    }

    #[test]
    fn a_log_is_no_place_for_credentials() {
        for (variables, refused) in [
            (vec![("GITHUB_ACTIONS", "true")], true),
            (vec![("GITLAB_CI", "true")], true),
            (vec![("GITHUB_ACTIONS", "false")], false),
            (vec![("CI", "true")], false),
        ] {
            let error =
                refuse_in_log("prod", &variables.iter().copied().collect()).err().map(|error| error.to_string());
            assert_eq!(error.is_some(), refused, "{variables:?}");
            if let Some(error) = error {
                assert!(error.contains("assume exec prod") && error.contains("assume export prod"), "{error}");
            }
        }
    }
}
