//! What every store can do, and how one may fail.

use std::fmt;
use std::time::SystemTime;

use super::{ItemName, SecretKind, StoreName};
use crate::terms::SecretString;
use crate::world::Env;

/// A place that keeps secrets as text under a name. Every call has an end: none waits on a daemon for ever.
pub(super) trait Store: Send + Sync {
    /// Returns an item, if it is there and has not ended.
    fn read(&self, name: &ItemName) -> Result<Option<SecretString>, StoreError>;
    /// Writes an item over what was there. Past `expires_at` it is worth nothing, and a store may drop it.
    fn write(&self, name: &ItemName, value: &SecretString, expires_at: Option<SystemTime>) -> Result<(), StoreError>;
    /// Removes an item. Returns whether there was one.
    fn remove(&self, name: &ItemName) -> Result<bool, StoreError>;
    /// Returns the names of all items of that kind in this namespace.
    fn names(&self, kind: SecretKind) -> Result<Vec<ItemName>, StoreError>;
    /// Asks the store whether it would answer, prompting nobody. Returns what there is to say of it.
    fn probe(&self) -> Result<String, StoreError>;
}

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// It is not there on this machine, or not set up.
    #[error("{reason}")]
    Absent {
        /// What is missing.
        reason: String,
    },
    /// It is there and has no room left.
    #[error("it is full")]
    Full,
    /// It is locked, and was not or could not be unlocked.
    #[error("it is locked")]
    Locked,
    /// It did not answer in time.
    #[error("it did not answer within {seconds} s")]
    TimedOut {
        /// How long it was given.
        seconds: u64,
    },
    /// What lies there is not what we wrote.
    #[error("{what} is damaged: {reason}")]
    Damaged {
        /// Which item or file.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The passphrase or age identity does not open it.
    #[error("{reason}")]
    WrongKey {
        /// Which of them does not open what.
        reason: String,
    },
    /// It answered with an error of its own.
    #[error("{reason}")]
    Failed {
        /// The error's text.
        reason: String,
    },
}

impl StoreError {
    /// Returns a failure with the text of its cause.
    pub(super) fn failed(cause: impl fmt::Display) -> Self {
        Self::Failed { reason: cause.to_string() }
    }

    /// Returns what a person can do about it.
    pub fn advice(&self, store: StoreName) -> &'static str {
        match (store, self) {
            (StoreName::None, _) => "the vault is set to `none`: name another store with `vault` or ASSUME_VAULT",
            (StoreName::Os, StoreError::Locked) => {
                "unlock the keyring on the desktop, or name another store: ASSUME_VAULT=file"
            }
            (StoreName::Os, StoreError::TimedOut { .. }) => {
                "restart the keyring's daemon, or name another store: ASSUME_VAULT=file"
            }
            (StoreName::Os, StoreError::Absent { .. }) => {
                "without an OS keyring, set ASSUME_AGE_IDENTITY_FILE or ASSUME_VAULT_PASSPHRASE and the encrypted file serves"
            }
            (StoreName::File, StoreError::Absent { .. }) => {
                "the encrypted file is opened by ASSUME_AGE_IDENTITY_FILE (made by `age-keygen`) or ASSUME_VAULT_PASSPHRASE"
            }
            (StoreName::File, StoreError::WrongKey { .. }) => {
                "check the passphrase, or which age identity file is named"
            }
            (StoreName::File, StoreError::Damaged { .. }) => {
                "nothing was changed; put a backup of the file back, or move it away and store the secrets again"
            }
            (StoreName::Os | StoreName::Kernel | StoreName::File, _) => "`assume vault` says which stores answer",
        }
    }

    /// Whether there is nothing wrong, only nothing there: no reason for a warning while another store serves.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Absent { .. } | Self::Full => true,
            Self::Locked
            | Self::TimedOut { .. }
            | Self::Damaged { .. }
            | Self::WrongKey { .. }
            | Self::Failed { .. } => false,
        }
    }
}

/// The name under which all our items lie in every store. Tests and the sandbox have their own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Namespace(String);

impl Namespace {
    /// Returns the namespace that `ASSUME_VAULT_NAME` gives, or `assume`.
    pub(super) fn from_env(env: &Env) -> Self {
        Self::new(env.text("ASSUME_VAULT_NAME").unwrap_or("assume"))
    }

    /// Returns the namespace of that name. What could be taken for a boundary between namespace and item becomes `-`.
    pub(super) fn new(name: &str) -> Self {
        let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        Self(name.chars().map(keep).collect())
    }

    /// Returns the name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Namespace;

    #[test]
    fn no_namespace_reaches_into_another() {
        assert_eq!(Namespace::new("assume-sandbox-12").as_str(), "assume-sandbox-12");
        assert_eq!(Namespace::new("assume:session/x\0").as_str(), "assume-session-x-");
    }
}
