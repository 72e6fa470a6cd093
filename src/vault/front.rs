//! The vault's front: which store is asked for which kind of secret, in which order, and what is said when one fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use super::file::{FileStore, KeySource};
use super::os::OsStore;
use super::store::{Namespace, Store, StoreError};
use super::{ItemName, VaultError};
use crate::config::{Origin, Sourced, StoreName, VaultSettings};
use crate::person;
use crate::terms::SecretString;
use crate::world::World;

/// All stores, closed until needed.
pub struct Vault {
    settings: VaultSettings,
    world: World,
    namespace: Namespace,
    opened: [OnceLock<Arc<dyn Store>>; 3],
    /// What no store took.
    held: Mutex<BTreeMap<ItemName, SecretString>>,
}

/// The two kinds of secret, which have two homes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecretKind {
    /// Temporary credentials: worth nothing in a few hours.
    Session,
    /// What must survive a restart: long-term keys, TOTP seeds.
    Keepsake,
}

impl Vault {
    /// Returns the vault that these settings describe. Opens nothing.
    pub fn new(settings: &VaultSettings, world: &World) -> Self {
        let namespace = Namespace::from_env(&world.env);
        let (settings, world) = (settings.clone(), world.clone());
        Self { settings, world, namespace, opened: Default::default(), held: Mutex::default() }
    }

    /// Returns a session from the store that its card names. A store that fails is a miss, having said so.
    pub fn read_session(&self, name: &ItemName, store: StoreName) -> Result<Option<SecretString>, VaultError> {
        if !self.serves(SecretKind::Session, store) {
            return Ok(None);
        }
        match self.store(store).and_then(|opened| opened.read(name)) {
            Ok(value) => Ok(value),
            Err(error) => {
                let advice = match &error {
                    // It is about to be replaced.
                    StoreError::Damaged { what, .. } if what == name.as_str() => "",
                    error => error.advice(store),
                };
                warn_once(store, &error, "this session is made anew", advice);
                Ok(None)
            }
        }
    }

    /// Returns a session if it lies in the store that a program without a D-Bus client and without ciphers can read: on Linux
    /// the kernel's keyring. Whatever is wrong with it is found again, and said, by whoever asks for it by `read_session`.
    pub fn read_near_session(&self, name: &ItemName, store: StoreName) -> Option<SecretString> {
        if store != StoreName::Kernel || !self.serves(SecretKind::Session, store) {
            return None;
        }
        self.kernel().and_then(|opened| opened.read(name)).ok()?
    }

    /// Writes a session into the first store that takes it, and returns which; `StoreName::None` if none did, having said so.
    pub fn write_session(&self, name: &ItemName, value: &SecretString, expires_at: SystemTime) -> StoreName {
        let mut tried: Vec<(StoreName, StoreError)> = Vec::new();
        for store in self.order(SecretKind::Session) {
            if store == StoreName::None {
                return StoreName::None;
            }
            match self.store(store).and_then(|opened| opened.write(name, value, Some(expires_at))) {
                Ok(()) => {
                    let goes = format!("the session goes to `{}`", store.as_str());
                    for (failed, error) in tried.iter().filter(|(_, error)| !error.is_quiet()) {
                        warn_once(*failed, error, &goes, error.advice(*failed));
                    }
                    return store;
                }
                Err(error) => tried.push((store, error)),
            }
        }
        // What was said of a store when the session was sought in it is true still.
        if !tried.iter().any(|(store, _)| was_said(*store)) {
            let worst = tried.iter().find(|(_, error)| !error.is_quiet()).or(tried.last());
            let advice = worst.map_or("", |(store, error)| error.advice(*store));
            let error = StoreError::failed(format!("no store keeps sessions here ({})", super::listed(&tried)));
            warn_once(StoreName::None, &error, "each command asks AWS anew", advice);
        }
        StoreName::None
    }

    /// Removes a session. Returns whether there was one.
    pub fn remove_session(&self, name: &ItemName, store: StoreName) -> Result<bool, VaultError> {
        let removed = self.store(store).and_then(|opened| opened.remove(name));
        removed.map_err(|error| VaultError::NoStore { what: format!("remove `{name}`"), tried: vec![(store, error)] })
    }

    /// Returns a keepsake, if one of its stores holds it.
    ///
    /// That none holds it is said only when every store that could hold it has answered.
    pub fn read_keepsake(&self, name: &ItemName) -> Result<Option<SecretString>, VaultError> {
        if let Some(value) = self.held().get(name) {
            return Ok(Some(value.clone()));
        }
        let mut silent = Vec::new();
        let mut answered = false;
        for store in self.order(SecretKind::Keepsake) {
            match self.store(store).and_then(|opened| opened.read(name)) {
                Ok(Some(value)) => return Ok(Some(value)),
                Ok(None) => answered = true,
                Err(StoreError::Damaged { what, .. }) if what == name.as_str() => {
                    return Err(VaultError::Damaged { item: what });
                }
                Err(error) => silent.push((store, error)),
            }
        }
        if silent.iter().all(|(_, error)| error.is_quiet()) && answered || silent.is_empty() {
            return Ok(None);
        }
        Err(VaultError::NoStore { what: format!("read `{name}`"), tried: silent })
    }

    /// Writes a keepsake and returns the store that took it.
    pub fn write_keepsake(&self, name: &ItemName, value: &SecretString) -> Result<StoreName, VaultError> {
        let mut tried = Vec::new();
        for store in self.order(SecretKind::Keepsake) {
            match self.store(store).and_then(|opened| opened.write(name, value, None)) {
                Ok(()) => return Ok(store),
                Err(error) => tried.push((store, error)),
            }
        }
        Err(VaultError::NoStore { what: format!("keep `{name}`"), tried })
    }

    /// Writes a keepsake. Where no store takes it, which is the error, this process reads it all the same until it ends.
    pub fn write_keepsake_or_hold(&self, name: &ItemName, value: &SecretString) -> Result<StoreName, VaultError> {
        let written = self.write_keepsake(name, value);
        match written {
            Ok(_) => self.held().remove(name),
            Err(_) => self.held().insert(name.clone(), value.clone()),
        };
        written
    }

    /// Whether a keepsake is held by this process alone.
    pub fn only_holds(&self, name: &ItemName) -> bool {
        self.held().contains_key(name)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<ItemName, SecretString>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a keepsake from wherever it lies. Returns whether there was one.
    pub fn remove_keepsake(&self, name: &ItemName) -> Result<bool, VaultError> {
        let mut silent = Vec::new();
        let mut removed = self.held().remove(name).is_some();
        for store in self.order(SecretKind::Keepsake) {
            match self.store(store).and_then(|opened| opened.remove(name)) {
                Ok(found) => removed |= found,
                Err(error) => silent.push((store, error)),
            }
        }
        if removed || silent.iter().all(|(_, error)| error.is_quiet()) {
            return Ok(removed);
        }
        Err(VaultError::NoStore { what: format!("remove `{name}`"), tried: silent })
    }

    /// Returns the store that an item of that kind would go to: the first that is there, even if it has to be unlocked.
    pub fn taker(&self, kind: SecretKind) -> Option<StoreName> {
        let is_there = |store: &StoreName| match self.store(*store).and_then(Store::probe) {
            Ok(_) => true,
            Err(error) => !error.is_quiet(),
        };
        self.order(kind).into_iter().find(is_there)
    }

    /// Returns whether that store holds an item.
    pub fn holds(&self, store: StoreName, name: &ItemName) -> Result<bool, VaultError> {
        match self.store(store).and_then(|opened| opened.read(name)) {
            Ok(found) => Ok(found.is_some()),
            // What is damaged is there.
            Err(StoreError::Damaged { .. }) => Ok(true),
            Err(error) if error.is_quiet() => Ok(false),
            Err(error) => Err(VaultError::NoStore { what: format!("look for `{name}`"), tried: vec![(store, error)] }),
        }
    }

    /// Returns the names of all items that the stores of that kind hold and that are of that kind.
    ///
    /// A store that is not there holds nothing; one that does not answer is an error.
    pub fn names(&self, kind: SecretKind) -> Result<Vec<(ItemName, StoreName)>, VaultError> {
        let mut names = Vec::new();
        let mut silent = Vec::new();
        for store in self.order(kind) {
            match self.store(store).and_then(|opened| opened.names(kind)) {
                Ok(found) => names.extend(found.into_iter().map(|name| (name, store))),
                Err(error) if error.is_quiet() => {}
                Err(error) => silent.push((store, error)),
            }
        }
        if silent.is_empty() {
            Ok(names)
        } else {
            Err(VaultError::NoStore { what: "list its items".to_owned(), tried: silent })
        }
    }

    /// Removes every item of this vault's namespace from one store. Returns how many there were.
    pub fn clear_namespace(&self, store: StoreName) -> Result<usize, VaultError> {
        let cleared = self.store(store).and_then(|opened| {
            let mut names = opened.names(SecretKind::Session)?;
            names.extend(opened.names(SecretKind::Keepsake)?);
            names.iter().try_fold(0, |cleared, name| Ok(cleared + usize::from(opened.remove(name)?)))
        });
        cleared.map_err(|error| VaultError::NoStore { what: "clear its items".to_owned(), tried: vec![(store, error)] })
    }

    /// Returns the store that was named outright for that kind of secret, and where it was named.
    pub fn named(&self, kind: SecretKind) -> Option<&Sourced<StoreName>> {
        match kind {
            // The environment speaks for one command, hence over a file's `session_vault` too.
            SecretKind::Session => match (&self.settings.sessions, &self.settings.keepsakes) {
                (_, Some(named)) if matches!(named.origin, Origin::Environment(_) | Origin::Flag(_)) => Some(named),
                (Some(named), _) => Some(named),
                (None, named) => named.as_ref(),
            },
            SecretKind::Keepsake => self.settings.keepsakes.as_ref(),
        }
    }

    /// Returns the stores that are tried for that kind of secret, first first.
    pub fn order(&self, kind: SecretKind) -> Vec<StoreName> {
        if let Some(named) = self.named(kind) {
            return vec![named.value];
        }
        match kind {
            SecretKind::Session if cfg!(target_os = "linux") => vec![StoreName::Kernel, StoreName::Os, StoreName::File],
            SecretKind::Session | SecretKind::Keepsake => vec![StoreName::Os, StoreName::File],
        }
    }

    /// Asks every store whether it answers, and prompts nobody.
    pub fn probe_all(&self) -> Vec<(StoreName, Result<String, StoreError>)> {
        let stores = [StoreName::Os, StoreName::Kernel, StoreName::File];
        stores.into_iter().map(|store| (store, self.store(store).and_then(Store::probe))).collect()
    }

    /// Returns a text that names where keepsakes are sought: the same item name in another place is another item.
    pub fn place_of_keepsakes(&self) -> String {
        let stores: Vec<&str> = self.order(SecretKind::Keepsake).into_iter().map(StoreName::as_str).collect();
        format!("{}|{}|{}", self.namespace.as_str(), stores.join(","), self.file_path().display())
    }

    /// Where the encrypted file lies.
    fn file_path(&self) -> PathBuf {
        match &self.settings.file {
            Some(declared) => declared.value.clone(),
            None => self.world.folders.data.join(format!("{}.age", self.namespace.as_str())),
        }
    }

    fn serves(&self, kind: SecretKind, store: StoreName) -> bool {
        self.named(kind).is_none_or(|named| named.value == store)
    }

    fn store(&self, store: StoreName) -> Result<&dyn Store, StoreError> {
        match store {
            StoreName::Os => Ok(self.os()),
            StoreName::Kernel => self.kernel(),
            StoreName::File => Ok(self.file()),
            StoreName::None => Err(StoreError::Absent { reason: "it keeps nothing".to_owned() }),
        }
    }

    #[cfg(target_os = "linux")]
    fn kernel(&self) -> Result<&dyn Store, StoreError> {
        let open = || -> Arc<dyn Store> {
            Arc::new(super::kernel::KernelStore::new(self.namespace.clone(), self.world.clock.clone()))
        };
        Ok(self.opened[0].get_or_init(open).as_ref())
    }

    fn os(&self) -> &dyn Store {
        let open = || -> Arc<dyn Store> { Arc::new(OsStore::new(self.namespace.clone(), &self.world)) };
        self.opened[1].get_or_init(open).as_ref()
    }

    fn file(&self) -> &dyn Store {
        let open = || -> Arc<dyn Store> {
            let path = self.file_path();
            let declared = self.settings.age_identity.as_ref().map(|declared| declared.value.clone());
            let identity = self.world.env.path("ASSUME_AGE_IDENTITY_FILE").or(declared);
            let key = KeySource::new(path.clone(), identity, &self.world);
            Arc::new(FileStore::new(path, key, self.world.clock.clone()))
        };
        self.opened[2].get_or_init(open).as_ref()
    }

    #[cfg(not(target_os = "linux"))]
    fn kernel(&self) -> Result<&dyn Store, StoreError> {
        Err(StoreError::Absent { reason: "only Linux keeps keys in the kernel".to_owned() })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("settings", &self.settings).field("namespace", &self.namespace).finish()
    }
}

/// The stores of which it was said, in the life of this process, that they failed; `None` stands for all of them.
static SAID: Mutex<BTreeSet<StoreName>> = Mutex::new(BTreeSet::new());

fn was_said(store: StoreName) -> bool {
    SAID.lock().is_ok_and(|said| said.contains(&store))
}

/// Says that a store failed, what follows from it and what can be done, once for each store.
fn warn_once(store: StoreName, error: &StoreError, and_so: &str, advice: &str) {
    if !SAID.lock().map_or(true, |mut said| said.insert(store)) {
        return;
    }
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    match store {
        StoreName::None => person::warn(&format!("{error}; {and_so}{advice}")),
        StoreName::Os | StoreName::Kernel | StoreName::File => {
            person::warn(&format!("secret store `{}`: {error}; {and_so}{advice}", store.as_str()));
        }
    }
}
