//! The Keychain of macOS and the Credential Manager of Windows, which show their own prompts.

use std::collections::HashMap;
use std::sync::Arc;

use keyring::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::super::store::StoreError;
use super::Unlock;

/// Source: Windows, `CRED_MAX_CREDENTIAL_BLOB_SIZE`, 5 × 512 bytes.
pub(super) const LIMIT: Option<usize> = if cfg!(windows) { Some(2_560) } else { None };

/// The user's keyring, as far as our items lie in it.
pub(super) struct Keyring {
    service: String,
    store: Arc<CredentialStore>,
}

impl Keyring {
    /// Opens the user's keyring.
    pub(super) fn open(namespace: &str) -> Result<Self, StoreError> {
        let store = native().map_err(say)?;
        Ok(Self { service: namespace.to_owned(), store })
    }

    /// Returns what lies under that name.
    pub(super) fn get(&self, name: &str, _unlock: &Unlock) -> Result<Option<Zeroizing<String>>, StoreError> {
        let damaged = || StoreError::Damaged { what: name.to_owned(), reason: "it is not text".to_owned() };
        match self.entry(name)?.get_secret() {
            Ok(bytes) => String::from_utf8(bytes).map(Zeroizing::new).map(Some).map_err(|_| damaged()),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(say(error)),
        }
    }

    /// Writes over what lies under that name.
    pub(super) fn set(&self, name: &str, value: &str, _unlock: &Unlock) -> Result<(), StoreError> {
        self.entry(name)?.set_secret(value.as_bytes()).map_err(say)
    }

    /// Removes what lies under that name. Returns whether there was anything.
    pub(super) fn delete(&self, name: &str, _unlock: &Unlock) -> Result<bool, StoreError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(say(error)),
        }
    }

    /// Returns the names of all our items.
    pub(super) fn names(&self, _unlock: &Unlock) -> Result<Vec<String>, StoreError> {
        let pattern = format!("@{}$", self.service.replace('.', "\\."));
        let ours = if cfg!(windows) { ("pattern", pattern.as_str()) } else { ("service", self.service.as_str()) };
        let entries = self.store.search(&HashMap::from([ours])).map_err(say)?;
        let specifiers = entries.iter().filter_map(Entry::get_specifiers);
        Ok(specifiers.filter(|(service, _)| *service == self.service).map(|(_, name)| name).collect())
    }

    /// Says how it is.
    pub(super) fn probe(&self) -> Result<String, StoreError> {
        self.entry("probe")?;
        Ok(if cfg!(windows) { "the Credential Manager" } else { "the Keychain" }.to_owned())
    }

    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        // Keys do not roam with the user's profile to other machines.
        let local = HashMap::from([("persistence", "Local")]);
        self.store.build(&self.service, name, cfg!(windows).then_some(&local)).map_err(say)
    }
}

#[cfg(windows)]
fn native() -> Result<Arc<CredentialStore>, Error> {
    // No namespace holds an `@`, so that the last one ends the item's name.
    let store = windows_native_keyring_store::Store::new_with_configuration(&HashMap::from([("divider", "@")]))?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn native() -> Result<Arc<CredentialStore>, Error> {
    let store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

fn say(error: Error) -> StoreError {
    match error {
        Error::NoStorageAccess(_) => StoreError::Locked,
        Error::PlatformFailure(cause) => StoreError::failed(cause),
        // Some of the others quote what they could not read.
        _ => StoreError::failed("the keyring's answer is not understood"),
    }
}
