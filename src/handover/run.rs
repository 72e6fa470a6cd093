//! A command with a role: it takes our place, or we stay beside it and pass on what happens.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use super::variables::{Change, Changes};
use crate::terms::ExposeSecret;
use crate::world::Env;

/// Opens the encrypted file vault: nothing that a command needs.
const OUR_SECRET: &str = "ASSUME_VAULT_PASSPHRASE";

/// Why a command did not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such program.
    #[error("{program} is not found")]
    NotFound {
        /// As it was asked for.
        program: String,
    },
    /// It is there, but the system does not run it.
    #[error("{program} cannot be run")]
    NotExecutable {
        /// As it was asked for.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It runs, and the system does not say how it ended.
    #[error("cannot wait for {program}")]
    Wait {
        /// As it was asked for.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl RunError {
    /// Returns the exit code that a shell would have: 127 for a program that is not there, 126 for one that cannot be run.
    /// Source: POSIX.1-2017, Shell Command Language, 2.8.2.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotFound { .. } => 127,
            Self::NotExecutable { .. } | Self::Wait { .. } => 126,
        }
    }

    fn of(program: &OsStr, source: io::Error) -> Self {
        let there = Path::new(program).components().count() > 1 && Path::new(program).exists();
        let program = program.to_string_lossy().into_owned();
        match source.kind() {
            // A script that is there, and whose interpreter is not.
            io::ErrorKind::NotFound if !there => Self::NotFound { program },
            _ => Self::NotExecutable { program, source },
        }
    }
}

/// Whether a command gets what opens the vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OurSecrets {
    /// It does not.
    Withheld,
    /// It will ask us again, or is the person's own shell.
    Left,
}

/// Becomes the command: its signals, its exit code and its job control are its own. Returns only if that fails.
#[cfg(unix)]
pub fn replace(words: &[OsString], changes: &Changes, secrets: OurSecrets) -> RunError {
    use std::os::unix::process::CommandExt;
    let Some((mut command, program)) = command(words, changes, secrets) else {
        return RunError::NotFound { program: String::new() };
    };
    RunError::of(&program, command.exec())
}

/// Runs the command to its end and returns its exit code.
///
/// Signals that were sent to us are passed on. What a terminal sends to all of a job has reached the command already. A
/// command that a signal killed has the exit code 128 and the signal's number, as in a shell.
pub fn accompany(words: &[OsString], changes: &Changes, secrets: OurSecrets) -> Result<u8, RunError> {
    let (command, program) =
        command(words, changes, secrets).ok_or_else(|| RunError::NotFound { program: String::new() })?;
    beside(command, &program)
}

/// Like `accompany`, in an environment that has nothing of ours.
pub fn accompany_in(words: &[OsString], env: &Env) -> Result<u8, RunError> {
    let (program, arguments) = words.split_first().ok_or_else(|| RunError::NotFound { program: String::new() })?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(env.iter());
    beside(command, program)
}

#[cfg(unix)]
fn beside(mut command: Command, program: &OsStr) -> Result<u8, RunError> {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;

    let wait = |source: io::Error| RunError::Wait { program: program.to_string_lossy().into_owned(), source };
    // Before the command starts, so that nothing that is sent meanwhile ends us and leaves it alone.
    let caught = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];
    let mut signals = SignalsInfo::<WithOrigin>::new(caught).map_err(wait)?;
    let mut child: Child = command.spawn().map_err(|source| RunError::of(program, source))?;
    let handle = signals.handle();
    let id = rustix::process::Pid::from_child(&child);
    let passing_on = std::thread::spawn(move || {
        for origin in &mut signals {
            if is_for_us_alone(&origin)
                && let Some(signal) = rustix::process::Signal::from_named_raw(origin.signal)
            {
                let _ = rustix::process::kill_process(id, signal);
            }
        }
    });
    // The number stays the command's until it is reaped: nothing is passed on to a stranger.
    while let Err(error) = waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
        if error != rustix::io::Errno::INTR {
            break;
        }
    }
    handle.close();
    let _ = passing_on.join();
    child.wait().map(exit_code).map_err(wait)
}

#[cfg(unix)]
fn is_for_us_alone(origin: &signal_hook::low_level::siginfo::Origin) -> bool {
    use signal_hook::consts::SIGTERM;
    use signal_hook::low_level::siginfo::Cause;
    match origin.cause {
        Cause::Kernel => false,
        Cause::Sent(_) => true,
        // Where the system does not say who sent it, only what no terminal sends is surely ours.
        _ => origin.signal == SIGTERM,
    }
}

#[cfg(not(unix))]
fn beside(mut command: Command, program: &OsStr) -> Result<u8, RunError> {
    let mut child: Child = command.spawn().map_err(|source| RunError::of(program, source))?;
    let wait = |source| RunError::Wait { program: program.to_string_lossy().into_owned(), source };
    child.wait().map(exit_code).map_err(wait)
}

/// Runs the command to its end, exits with its code, and returns only if it cannot be run.
#[cfg(not(unix))]
#[expect(clippy::exit, reason = "the command's end is ours")]
pub fn replace(words: &[OsString], changes: &Changes, secrets: OurSecrets) -> RunError {
    match accompany(words, changes, secrets) {
        Ok(code) => std::process::exit(i32::from(code)),
        Err(error) => error,
    }
}

fn command(words: &[OsString], changes: &Changes, secrets: OurSecrets) -> Option<(Command, OsString)> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments);
    for change in &changes.list {
        match change {
            Change::Set(name, value) => command.env(name, value.expose_secret()),
            Change::Unset(name) => command.env_remove(name),
        };
    }
    match secrets {
        OurSecrets::Withheld => command.env_remove(OUR_SECRET),
        OurSecrets::Left => &mut command,
    };
    Some((command, program.clone()))
}

fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    // A code of Windows has 32 bits, and what does not fit must not become success.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}
