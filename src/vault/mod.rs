//! Where secrets are kept. Sessions live for hours, keepsakes survive a restart; each kind has its own list of stores.
//!
//! Stores open when they are first needed. A store that fails costs a warning and never the credentials; every call has a
//! deadline, after which that store is dead for this process.

use std::fmt;
use std::time::SystemTime;

pub use crate::config::StoreName;
use crate::config::VaultSettings;
use crate::terms::SecretString;
use crate::world::World;

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
}

/// All stores, closed until needed.
#[derive(Debug)]
pub struct Vault {}

impl Vault {
    /// Returns the vault that these settings describe. Opens nothing.
    pub fn new(_settings: &VaultSettings, _world: &World) -> Self {
        Self {}
    }

    /// Returns a session from the store that its card names.
    pub fn read_session(&self, _name: &ItemName, _store: StoreName) -> Result<Option<SecretString>, VaultError> {
        Ok(None)
    }

    /// Writes a session into the first store that takes it, and returns which; `StoreName::None` if none did, having said so.
    pub fn write_session(&self, _name: &ItemName, _value: &SecretString, _expires_at: SystemTime) -> StoreName {
        StoreName::None
    }

    /// Removes a session. Returns whether there was one.
    pub fn remove_session(&self, _name: &ItemName, _store: StoreName) -> Result<bool, VaultError> {
        Ok(false)
    }

    /// Returns a keepsake, if one of its stores holds it.
    pub fn read_keepsake(&self, _name: &ItemName) -> Result<Option<SecretString>, VaultError> {
        Ok(None)
    }

    /// Writes a keepsake and returns the store that took it.
    pub fn write_keepsake(&self, _name: &ItemName, _value: &SecretString) -> Result<StoreName, VaultError> {
        Ok(StoreName::None)
    }

    /// Removes a keepsake from wherever it lies. Returns whether there was one.
    pub fn remove_keepsake(&self, _name: &ItemName) -> Result<bool, VaultError> {
        Ok(false)
    }
}
