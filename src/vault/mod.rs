//! Where secrets are kept. Sessions live for hours, keepsakes survive a restart; each kind has its own list of stores.
//!
//! Stores open when they are first needed. A store that fails costs a warning and never the credentials; every call has a
//! deadline, after which that store is dead for this process.

mod store;
mod pieces;
mod os;
#[cfg(target_os = "linux")]
mod kernel;
mod file;
mod front;

use std::fmt;

pub use crate::config::StoreName;
pub use front::{SecretKind, Vault};
pub use store::StoreError;

/// What an item is called in every store.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct ItemName(String);

impl ItemName {
    /// Returns the name of a session, by its cache key in hex.
    pub fn session(key: &str) -> Self {
        Self(format!("session/{key}"))
    }

    /// Returns the name of a keepsake: its kind (`key`, `totp`, …) and whose it is.
    pub fn keepsake(kind: &str, whose: &str) -> Self {
        Self(format!("{kind}/{whose}"))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a session, which may be made again, or a keepsake.
    pub fn kind(&self) -> SecretKind {
        if self.0.starts_with("session/") { SecretKind::Session } else { SecretKind::Keepsake }
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a secret could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// What lies there is not what we wrote.
    #[error("the vault's item `{item}` is damaged")]
    Damaged {
        /// The item's name.
        item: String,
    },
    /// No store could be asked, or none that was asked could answer.
    #[error("no secret store can {what}: {}", listed(.tried))]
    NoStore {
        /// What it was to do: `keep`, `read` or `remove` an item.
        what: String,
        /// The stores that were tried, and why each did not.
        tried: Vec<(StoreName, StoreError)>,
    },
}

fn listed(tried: &[(StoreName, StoreError)]) -> String {
    let each = tried.iter().map(|(store, error)| format!("{}: {error}", store.as_str()));
    each.collect::<Vec<_>>().join("; ")
}

/// Removes what a killed process left in the kernel's keyring: every item of the namespaces that begin with `prefix` and
/// that `is_alive` does not know. Returns how many items that were.
#[cfg(target_os = "linux")]
pub fn sweep(prefix: &str, is_alive: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
    kernel::sweep(prefix, is_alive)
}

/// Removes what a killed process left in the kernel's keyring: nothing, where the kernel has none.
#[cfg(not(target_os = "linux"))]
pub fn sweep(_prefix: &str, _is_alive: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
    Ok(0)
}
