//! Changes, written for the shell that reads them.
//!
//! Whatever a value holds, the shell reads back the same bytes; what a shell cannot be told is an error and never something
//! else. Each file here is one shell: how it sets, how it removes, and the statement that makes what is read fail.

mod cmd;
mod elvish;
mod fish;
mod nushell;
mod posix;
mod powershell;
mod xonsh;

use zeroize::Zeroizing;

use super::variables::{Change, Changes, HandoverError};
use crate::terms::ExposeSecret;

/// A shell's language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// bash, zsh, ksh, dash and every other `sh`.
    Posix,
    /// fish.
    Fish,
    /// PowerShell, from 5.1 on.
    PowerShell,
    /// The Windows command prompt, at the prompt itself or in a batch file.
    Cmd,
    /// Nushell.
    Nushell,
    /// Elvish.
    Elvish,
    /// xonsh.
    Xonsh,
}

/// Text that holds secrets, wiped when dropped.
pub(super) type SecretText = Zeroizing<String>;

/// Enough for everything that is ever written, so that no copy is left behind by growing.
const CAPACITY: usize = 64 * 1024;

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 7] =
        [Self::Posix, Self::Fish, Self::PowerShell, Self::Cmd, Self::Nushell, Self::Elvish, Self::Xonsh];

    /// Returns its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Posix => "posix",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Cmd => "cmd",
            Self::Nushell => "nushell",
            Self::Elvish => "elvish",
            Self::Xonsh => "xonsh",
        }
    }

    /// Returns the statement that fails: what is printed for `eval` when there is nothing to set.
    pub fn failure(self) -> &'static str {
        match self {
            Self::Posix | Self::Fish => "false\n",
            Self::PowerShell => "throw 'assume: refused'\n",
            Self::Cmd => "cmd /c exit 1\n",
            Self::Nushell => "error make {msg: \"assume: refused\"}\n",
            Self::Elvish => "fail 'assume: refused'\n",
            Self::Xonsh => "raise RuntimeError('assume: refused')\n",
        }
    }

    /// Returns the changes as statements.
    pub fn write(self, changes: &Changes) -> Result<SecretText, HandoverError> {
        let mut text = secret_text();
        if self == Self::Posix {
            posix::begin(&changes.aside, &mut text);
        }
        if self == Self::Fish {
            fish::begin(&changes.aside, &mut text);
        }
        for change in &changes.list {
            match change {
                Change::Set(name, value) => {
                    let value = value.expose_secret();
                    self.set(name, value, &mut text).map_err(|why| not_expressible(self.as_str(), name, why))?;
                }
                Change::Unset(name) => self.remove(name, &mut text),
            }
        }
        match self {
            Self::Posix => posix::end(&changes.aside, &mut text),
            Self::Fish => fish::end(&changes.aside, &mut text),
            Self::PowerShell | Self::Cmd | Self::Nushell | Self::Elvish | Self::Xonsh => {}
        }
        Ok(text)
    }

    fn set(self, name: &str, value: &str, text: &mut String) -> Result<(), &'static str> {
        if value.contains('\0') {
            return Err("it holds a NUL");
        }
        match self {
            Self::Posix => posix::set(name, value, text),
            Self::Fish => fish::set(name, value, text),
            Self::PowerShell => powershell::set(name, value, text),
            Self::Cmd => cmd::set(name, value, text)?,
            Self::Nushell => nushell::set(name, value, text),
            Self::Elvish => elvish::set(name, value, text),
            Self::Xonsh => xonsh::set(name, value, text),
        }
        Ok(())
    }

    fn remove(self, name: &str, text: &mut String) {
        match self {
            Self::Posix => posix::remove(name, text),
            Self::Fish => fish::remove(name, text),
            Self::PowerShell => powershell::remove(name, text),
            Self::Cmd => cmd::remove(name, text),
            Self::Nushell => nushell::remove(name, text),
            Self::Elvish => elvish::remove(name, text),
            Self::Xonsh => xonsh::remove(name, text),
        }
    }
}

/// Returns an empty text that does not leave copies behind while it grows.
pub(super) fn secret_text() -> SecretText {
    secret_text_of(CAPACITY)
}

/// Returns an empty text that leaves no copies behind up to that length.
pub(super) fn secret_text_of(capacity: usize) -> SecretText {
    Zeroizing::new(String::with_capacity(capacity))
}

/// Returns the error for a value that a format cannot hold.
pub(super) fn not_expressible(format: &'static str, variable: &str, why: &'static str) -> HandoverError {
    HandoverError::NotExpressible { format, variable: variable.to_owned(), why }
}

/// The name under which a shell keeps a variable that it does not export.
fn aside_name(name: &str) -> String {
    format!("ASSUME_UNEXPORTED_{name}")
}
