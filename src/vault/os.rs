//! The operating system's keyring: Secret Service, Keychain or Credential Manager.
//!
//! Every call runs in a thread of its own and has a deadline: the daemon behind it may hang. Then the thread is left behind
//! and the store is dead for this process. Only for a keepsake, and only where a display can show the keyring's own prompt,
//! a person is waited for while they unlock it; a session is made anew instead.

#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(target_os = "linux")]
mod secret_service;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::pieces::{self, Index};
use super::store::{Namespace, Store, StoreError};
use super::{ItemName, SecretKind};
use crate::person;
use crate::terms::SecretString;
use crate::world::World;
#[cfg(not(target_os = "linux"))]
use native::{Keyring, LIMIT};
#[cfg(target_os = "linux")]
use secret_service::{Keyring, LIMIT};

/// Our items in the operating system's keyring.
pub(super) struct OsStore {
    namespace: Namespace,
    /// Whether somebody can see the keyring's prompt.
    display: bool,
    opened: Arc<OnceLock<Result<Keyring, StoreError>>>,
    dead: AtomicBool,
}

/// Whether a person may be made to unlock the keyring.
struct Unlock(Option<Box<dyn Fn() + Send>>);

impl Unlock {
    fn never() -> Self {
        Self(None)
    }

    /// Says that a person is about to be asked, if one may be.
    fn begin(&self) -> Result<(), StoreError> {
        match &self.0 {
            Some(begin) => {
                begin();
                Ok(())
            }
            None => Err(StoreError::Locked),
        }
    }
}

/// What the thread tells.
enum News<T> {
    PersonAsked,
    Done(Result<T, StoreError>),
}

impl OsStore {
    /// Returns the store of that namespace. Connects to nothing yet.
    pub(super) fn new(namespace: Namespace, world: &World) -> Self {
        let display = cfg!(not(target_os = "linux"))
            || ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| world.env.os(name).is_some());
        Self { namespace, display, opened: Arc::default(), dead: AtomicBool::new(false) }
    }

    fn call<T: Send + 'static>(
        &self,
        kind: Option<SecretKind>,
        work: impl Fn(&Keyring, &Unlock) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.dead.load(Ordering::Relaxed) {
            return Err(StoreError::TimedOut { seconds: deadline(kind).as_secs() });
        }
        let (tell, news) = mpsc::channel();
        let unlock = if self.display && kind == Some(SecretKind::Keepsake) {
            let tell = tell.clone();
            Unlock(Some(Box::new(move || drop(tell.send(News::PersonAsked)))))
        } else {
            Unlock::never()
        };
        let (opened, namespace) = (Arc::clone(&self.opened), self.namespace.clone());
        let (patience, begin) = (deadline(kind), Instant::now());
        let thread = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let is_old = opened.get().is_some();
            let keyring = opened.get_or_init(|| Keyring::open(namespace.as_str()));
            let mut result = keyring.as_ref().map_err(Clone::clone).and_then(|keyring| work(keyring, &unlock));
            // A daemon that was restarted meanwhile knows nothing of the connection that we had.
            if is_old && matches!(result, Err(StoreError::Failed { .. })) {
                result = Keyring::open(namespace.as_str()).and_then(|keyring| work(&keyring, &unlock));
            }
            // One message of several took too long: on a busy machine the next try is answered.
            while kind == Some(SecretKind::Keepsake)
                && matches!(result, Err(StoreError::TimedOut { .. }))
                && begin.elapsed() < KEEPSAKE_DEADLINE
            {
                result = Keyring::open(namespace.as_str()).and_then(|keyring| work(&keyring, &unlock));
            }
            let _ = tell.send(News::Done(result));
        });
        thread.map_err(StoreError::failed)?;
        let result = wait(&news, patience);
        if matches!(result, Err(StoreError::TimedOut { .. })) {
            self.dead.store(true, Ordering::Relaxed);
        }
        result
    }
}

fn wait<T>(news: &mpsc::Receiver<News<T>>, mut patience: Duration) -> Result<T, StoreError> {
    let mut begin = Instant::now();
    loop {
        match news.recv_timeout(patience.saturating_sub(begin.elapsed())) {
            Ok(News::Done(result)) => return result,
            Ok(News::PersonAsked) => {
                person::note("the keyring is locked; it asks for its password on the desktop");
                (patience, begin) = (PERSON_DEADLINE, Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => return Err(StoreError::TimedOut { seconds: patience.as_secs() }),
            Err(RecvTimeoutError::Disconnected) => return Err(StoreError::failed("the keyring's client broke off")),
        }
    }
}

impl Store for OsStore {
    fn read(&self, name: &ItemName) -> Result<Option<SecretString>, StoreError> {
        let item = name.clone();
        self.call(Some(name.kind()), move |keyring, unlock| {
            let Some(text) = keyring.get(item.as_str(), unlock)? else { return Ok(None) };
            let Some(index) = Index::parse(&text) else { return Ok(Some(secret(&text))) };
            let mut whole = Zeroizing::new(String::new());
            for piece in index.names(item.as_str()) {
                match keyring.get(&piece, unlock)? {
                    Some(text) => whole.push_str(&text),
                    None => return Err(damaged(&item, "a piece of it is missing")),
                }
            }
            Ok(Some(secret(&whole)))
        })
    }

    fn write(&self, name: &ItemName, value: &SecretString, _expires_at: Option<SystemTime>) -> Result<(), StoreError> {
        let (item, value) = (name.clone(), value.clone());
        self.call(Some(name.kind()), move |keyring, unlock| {
            let Some(limit) = LIMIT else { return keyring.set(item.as_str(), value.expose_secret(), unlock) };
            let before = old_pieces(keyring, &item, unlock)?;
            match pieces::split(value.expose_secret(), limit, &hex::encode(rand::random::<[u8; 4]>())) {
                None => keyring.set(item.as_str(), value.expose_secret(), unlock)?,
                Some((pieces, index)) => {
                    for (name, piece) in index.names(item.as_str()).iter().zip(&pieces) {
                        keyring.set(name, piece, unlock)?;
                    }
                    keyring.set(item.as_str(), &index.text(), unlock)?;
                }
            }
            before.iter().try_for_each(|piece| keyring.delete(piece, unlock).map(drop))
        })
    }

    fn remove(&self, name: &ItemName) -> Result<bool, StoreError> {
        let item = name.clone();
        self.call(Some(name.kind()), move |keyring, unlock| {
            let pieces = if LIMIT.is_some() { old_pieces(keyring, &item, unlock)? } else { Vec::new() };
            let removed = keyring.delete(item.as_str(), unlock)?;
            pieces.iter().try_for_each(|piece| keyring.delete(piece, unlock).map(drop))?;
            Ok(removed)
        })
    }

    fn names(&self, kind: SecretKind) -> Result<Vec<ItemName>, StoreError> {
        let names = self.call(Some(kind), |keyring, unlock| keyring.names(unlock))?;
        let items = names.into_iter().filter(|name| !pieces::is_piece(name)).map(ItemName);
        Ok(items.filter(|name| name.kind() == kind).collect())
    }

    fn probe(&self) -> Result<String, StoreError> {
        self.call(None, |keyring, _| keyring.probe())
    }
}

/// The pieces that the item has now; what is damaged has none that are known.
fn old_pieces(keyring: &Keyring, item: &ItemName, unlock: &Unlock) -> Result<Vec<String>, StoreError> {
    match keyring.get(item.as_str(), unlock) {
        Ok(text) => {
            Ok(text.and_then(|text| Index::parse(&text)).map_or(Vec::new(), |index| index.names(item.as_str())))
        }
        Err(StoreError::Damaged { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn damaged(item: &ItemName, reason: &str) -> StoreError {
    StoreError::Damaged { what: item.to_string(), reason: reason.to_owned() }
}

fn deadline(kind: Option<SecretKind>) -> Duration {
    match kind {
        Some(SecretKind::Keepsake) => KEEPSAKE_DEADLINE,
        Some(SecretKind::Session) | None => DEADLINE,
    }
}

/// How long the keyring may take. It answers in milliseconds.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long it may take over what is nowhere else: a session is made anew, and a key is not.
const KEEPSAKE_DEADLINE: Duration = Duration::from_secs(15);

/// How long a person may take to unlock it.
const PERSON_DEADLINE: Duration = Duration::from_secs(5 * 60);
