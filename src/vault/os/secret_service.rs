//! The Secret Service of the session bus (GNOME Keyring, KWallet, KeePassXC).
//!
//! The keyring crate's store reads and writes. It would unlock whatever it finds, with a prompt that on a host without a
//! display nobody can answer, so everything is looked up here first, over a second connection that carries no secret:
//! whether the item is there, whether it is locked. The default collection is used, and none is ever made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use dbus_secret_service::{EncryptionType, Error as ServiceError, Item, SearchItemsResult, SecretService};
use dbus_secret_service_keyring_store::Store as KeyringStore;
use keyring::api::CredentialStoreApi;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

use super::super::store::StoreError;
use super::{PERSON_DEADLINE, Unlock};

/// Items of any length are kept.
pub(super) const LIMIT: Option<usize> = None;

/// The Secret Service, as far as our items lie in it.
pub(super) struct Keyring {
    service: String,
    look: Mutex<SecretService>,
    store: OnceLock<Arc<KeyringStore>>,
}

impl Keyring {
    /// Connects to the session bus; who has none, or nobody on it, has no Secret Service.
    pub(super) fn open(namespace: &str) -> Result<Self, StoreError> {
        let connected =
            SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, PERSON_DEADLINE.as_secs());
        let look = connected.map_err(absent)?;
        Ok(Self { service: namespace.to_owned(), look: Mutex::new(look), store: OnceLock::new() })
    }

    /// Returns what lies under that name.
    pub(super) fn get(&self, name: &str, unlock: &Unlock) -> Result<Option<Zeroizing<String>>, StoreError> {
        if !self.find(name, unlock)? {
            return Ok(None);
        }
        let damaged = |reason: &str| StoreError::Damaged { what: name.to_owned(), reason: reason.to_owned() };
        match self.entry(name)?.get_secret() {
            Ok(bytes) => text(bytes).map(Some).ok_or_else(|| damaged("it is not text")),
            Err(Error::NoEntry) => Ok(None),
            // Two programs that wrote at once may leave two items. Which one counts is not known unless they agree.
            Err(Error::Ambiguous(entries)) => {
                let mut values = entries.iter().filter_map(|entry| text(entry.get_secret().ok()?));
                match values.next() {
                    Some(first) if values.all(|other| other == first) => Ok(Some(first)),
                    Some(_) | None => Err(damaged("there are several of it")),
                }
            }
            Err(error) => Err(say_keyring(error)),
        }
    }

    /// Writes over what lies under that name.
    pub(super) fn set(&self, name: &str, value: &str, unlock: &Unlock) -> Result<(), StoreError> {
        if !self.find(name, unlock)? {
            self.unlock_default_collection(unlock)?;
        }
        match self.entry(name)?.set_secret(value.as_bytes()) {
            Ok(()) => Ok(()),
            Err(Error::Ambiguous(entries)) => {
                let (first, others) = entries.split_first().ok_or(StoreError::failed("it lists nothing"))?;
                first.set_secret(value.as_bytes()).map_err(say_keyring)?;
                others.iter().try_for_each(|entry| entry.delete_credential().map_err(say_keyring))
            }
            Err(error) => Err(say_keyring(error)),
        }
    }

    /// Removes what lies under that name. Returns whether there was anything.
    pub(super) fn delete(&self, name: &str, unlock: &Unlock) -> Result<bool, StoreError> {
        if !self.find(name, unlock)? {
            return Ok(false);
        }
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(Error::Ambiguous(entries)) => {
                entries.iter().try_for_each(|entry| entry.delete_credential().map_err(say_keyring))?;
                Ok(true)
            }
            Err(error) => Err(say_keyring(error)),
        }
    }

    /// Returns the names of all our items.
    pub(super) fn names(&self, unlock: &Unlock) -> Result<Vec<String>, StoreError> {
        let look = self.look();
        let found = look.search_items(HashMap::from([(SERVICE, self.service.as_str())])).map_err(say)?;
        self.unlock_found(&look, &found, unlock)?;
        let mut names = Vec::new();
        for item in found.unlocked.iter().chain(&found.locked) {
            names.extend(item.get_attributes().map_err(say)?.remove(NAME));
        }
        Ok(names)
    }

    /// Says how it is, and prompts nobody.
    pub(super) fn probe(&self) -> Result<String, StoreError> {
        let look = self.look();
        let collection = look.get_default_collection().map_err(no_collection)?;
        if collection.is_locked().map_err(say)? {
            return Err(StoreError::Locked);
        }
        Ok("the Secret Service".to_owned())
    }

    /// Returns whether there is such an item, unlocked.
    fn find(&self, name: &str, unlock: &Unlock) -> Result<bool, StoreError> {
        let look = self.look();
        let found = look.search_items(HashMap::from([(SERVICE, self.service.as_str()), (NAME, name)])).map_err(say)?;
        self.unlock_found(&look, &found, unlock)?;
        Ok(!found.unlocked.is_empty() || !found.locked.is_empty())
    }

    fn unlock_found(
        &self,
        look: &SecretService,
        found: &SearchItemsResult<Item<'_>>,
        unlock: &Unlock,
    ) -> Result<(), StoreError> {
        if found.locked.is_empty() {
            return Ok(());
        }
        unlock.begin()?;
        look.unlock_all(&found.locked.iter().collect::<Vec<_>>()).map_err(say)
    }

    fn unlock_default_collection(&self, unlock: &Unlock) -> Result<(), StoreError> {
        let look = self.look();
        let collection = look.get_default_collection().map_err(no_collection)?;
        if !collection.is_locked().map_err(say)? {
            return Ok(());
        }
        unlock.begin()?;
        collection.unlock().map_err(say)
    }

    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        let store = match self.store.get() {
            Some(store) => store,
            None => {
                let store = KeyringStore::new().map_err(say_keyring)?;
                self.store.get_or_init(|| store)
            }
        };
        let label = format!("{}: {name}", self.service);
        store.build(&self.service, name, Some(&HashMap::from([("label", label.as_str())]))).map_err(say_keyring)
    }

    fn look(&self) -> MutexGuard<'_, SecretService> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the bytes as text; what is none is wiped.
fn text(bytes: Vec<u8>) -> Option<Zeroizing<String>> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

/// Why there is nobody to connect to.
fn absent(error: ServiceError) -> StoreError {
    // libdbus would start a bus of its own beside a display, and was built without that.
    let no_bus = matches!(&error, ServiceError::Dbus(error)
        if error.name() == Some("org.freedesktop.DBus.Error.NotSupported"));
    match say(error) {
        _ if no_bus => StoreError::Absent { reason: "there is no session bus".to_owned() },
        StoreError::Failed { reason } => {
            StoreError::Absent { reason: format!("no Secret Service on the session bus ({reason})") }
        }
        error => error,
    }
}

fn no_collection(error: ServiceError) -> StoreError {
    match error {
        ServiceError::NoResult => StoreError::Absent { reason: "the Secret Service has no default keyring".to_owned() },
        error => say(error),
    }
}

fn say_keyring(error: Error) -> StoreError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => match cause.downcast::<ServiceError>() {
            Ok(error) => say(*error),
            Err(cause) => StoreError::failed(cause),
        },
        // Some of the others quote what they could not read.
        _ => StoreError::failed("the keyring's answer is not understood"),
    }
}

fn say(error: ServiceError) -> StoreError {
    match error {
        ServiceError::Locked | ServiceError::Prompt => StoreError::Locked,
        // Source: D-Bus specification and libdbus, well-known error names.
        ServiceError::Dbus(error) => match error.name() {
            Some("org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.Timeout") => {
                StoreError::TimedOut { seconds: METHOD_SECONDS }
            }
            Some("org.freedesktop.Secret.Error.IsLocked") => StoreError::Locked,
            _ => StoreError::failed(error.message().unwrap_or("an error without a text")),
        },
        error => StoreError::failed(error),
    }
}

/// How the keyring crate's stores call them.
const SERVICE: &str = "service";
const NAME: &str = "username";

/// How long the crate waits for the answer to one message.
const METHOD_SECONDS: u64 = 2;
