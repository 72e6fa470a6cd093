//! What starts slowly, and which of the two executables does it.
//!
//! `assume`, which people and SDKs start, has no SDK, no D-Bus client and no ciphers in it, since a program starts the
//! faster the less there is of it: it answers what is remembered near at hand, and what config and cards can tell. For the
//! rest it becomes `assume-engine`, which lies beside it and runs the same words from the beginning: nothing else is handed
//! on, and nothing was said or asked before.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use super::EngineCommand;
use super::became;
use crate::acquire::acquire;
use crate::error::{Error, Kind};
use crate::mfa::GivenCode;
use crate::person::Hold;
use crate::plan::Plan;
use crate::recall::recall;
use crate::session::{CacheKey, Credentials, Life};
use crate::vault::Vault;
use crate::world::World;

/// Whoever does what takes an SDK, a secret store or a person.
pub(super) trait Engine {
    /// Returns the credentials that the plan leads to.
    fn credentials(&self, wanted: Wanted<'_>, world: &World) -> Result<Had, Error>;

    /// Holds back what is said until it is certain that this program does the work.
    fn hold(&self) -> Option<Hold>;

    /// Runs one of its commands.
    fn run(&self, command: &EngineCommand, world: &World) -> Result<ExitCode, Error>;
}

/// What a hand-over wants.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) plan: &'a Plan,
    /// What the last session must have left.
    pub(super) life: Life,
    pub(super) code: Option<GivenCode>,
    pub(super) vault: &'a Vault,
}

/// What it got.
#[derive(Debug)]
pub(super) struct Had {
    pub(super) credentials: Credentials,
    /// The session's key, where it was remembered near at hand.
    pub(super) recalled: Option<CacheKey>,
}

/// This very program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here;

impl Engine for Here {
    fn credentials(&self, wanted: Wanted<'_>, world: &World) -> Result<Had, Error> {
        became::confirm(wanted.plan, world)?;
        let credentials = acquire(wanted.plan, wanted.life, wanted.code, wanted.vault, world)?;
        Ok(Had { credentials, recalled: None })
    }

    fn hold(&self) -> Option<Hold> {
        None
    }

    fn run(&self, command: &EngineCommand, world: &World) -> Result<ExitCode, Error> {
        super::run_here(command, world)
    }
}

/// The executable beside this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside;

impl Engine for Beside {
    fn credentials(&self, wanted: Wanted<'_>, world: &World) -> Result<Had, Error> {
        let near = || recall(wanted.plan, wanted.life, wanted.vault, world);
        // Whoever has to agree is asked over there.
        match wanted.plan.confirm.is_none().then(near).flatten() {
            Some((key, credentials)) => Ok(Had { credentials, recalled: Some(key) }),
            None => become_engine(),
        }
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::begin())
    }

    fn run(&self, _command: &EngineCommand, _world: &World) -> Result<ExitCode, Error> {
        become_engine()
    }
}

/// Runs the same words there. Returns only if that cannot be done.
fn become_engine<T>() -> Result<T, Error> {
    let program = own_path()?.with_file_name(file_name(ENGINE));
    let mut command = Command::new(&program);
    command.args(std::env::args_os().skip(1));
    let error = replace_by(command);
    let text = format!("cannot run {}, the half of this program that asks AWS: {error}", program.display());
    Err(Error::text(Kind::System, text).with_hint("install both executables, in one folder".to_owned()))
}

/// Returns where the executable lies that people and SDKs start, whichever of the two this is.
pub(super) fn program() -> Result<PathBuf, Error> {
    let own = own_path()?;
    let is_engine = own.file_name() == Some(OsStr::new(&file_name(ENGINE)));
    Ok(if is_engine { own.with_file_name(file_name("assume")) } else { own })
}

const ENGINE: &str = "assume-engine";

fn own_path() -> Result<PathBuf, Error> {
    std::env::current_exe()
        .map_err(|error| Error::text(Kind::System, format!("where this program lies is unknown: {error}")))
}

fn file_name(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Its process, its terminal and its exit code are ours.
#[cfg(unix)]
fn replace_by(mut command: Command) -> std::io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

#[cfg(not(unix))]
#[expect(clippy::exit, reason = "where a process cannot become another, it ends as that one did")]
fn replace_by(mut command: Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
