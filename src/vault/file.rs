//! The encrypted file: one age file that holds every item, for machines that have no other store.
//!
//! It is read whole and replaced whole, in one step and under a lock, so that a reader needs none, a crash leaves the old
//! file or the new one, and writers that come together lose nothing. A file that cannot be read is never replaced.
//! `age --decrypt` opens it too, should this program be gone.

mod key;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use age::{DecryptError, Decryptor, Encryptor};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub(super) use key::KeySource;
use key::{Key, Need};

use super::store::{Store, StoreError};
use super::{ItemName, SecretKind};
use crate::terms::SecretString;
use crate::world::Clock;

/// The file and what opens it.
pub(super) struct FileStore {
    path: PathBuf,
    key: KeySource,
    clock: Clock,
}

/// What lies in the file, once it is open.
#[derive(Serialize, Deserialize)]
struct Content {
    format: u32,
    items: BTreeMap<String, Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    value: Zeroizing<String>,
    /// Seconds since 1970; what has none is kept until it is removed.
    expires_at: Option<u64>,
}

impl FileStore {
    /// Returns the store in that file. Opens nothing yet.
    pub(super) fn new(path: PathBuf, key: KeySource, clock: Clock) -> Self {
        Self { path, key, clock }
    }

    /// The content, or `None` where there is no file: then nobody is asked for a passphrase.
    fn content(&self, need: Need) -> Result<Option<Content>, StoreError> {
        let Some(bytes) = read(&self.path)? else { return Ok(None) };
        let key = self.key.open(need)?;
        self.decrypt(&bytes, &key).map(Some)
    }

    /// Changes the content under the lock. `change` returns whether there is anything to write.
    fn update(&self, need: Need, change: impl FnOnce(&mut Content) -> bool) -> Result<bool, StoreError> {
        self.key.could_open(need)?;
        let path = self.target()?;
        // Whoever is asked for a passphrase is asked before others are made to wait.
        let early = read(&path)?.is_some().then(|| self.key.open(need)).transpose()?;
        let _lock = lock(&path)?;
        let bytes = read(&path)?;
        let key = match (early, &bytes) {
            (Some(key), _) => key,
            (None, Some(_)) => self.key.open(need)?,
            (None, None) => self.key.open_or_make(need)?,
        };
        let mut content = match bytes {
            Some(bytes) => self.decrypt(&bytes, &key)?,
            None => Content { format: FORMAT, items: BTreeMap::new() },
        };
        if !change(&mut content) {
            return Ok(false);
        }
        let now = seconds(self.clock.now());
        content.items.retain(|_, item| item.expires_at.is_none_or(|end| end > now));
        replace(&path, &encrypt(&content, &key)?)?;
        Ok(true)
    }

    /// The file itself, if a link leads to it, with its folder made.
    fn target(&self) -> Result<PathBuf, StoreError> {
        if let Ok(path) = self.path.canonicalize() {
            return Ok(path);
        }
        if let Some(folder) = self.path.parent() {
            make_folder(folder).map_err(|error| self.failed("make the folder of", &error))?;
        }
        Ok(self.path.clone())
    }

    fn decrypt(&self, bytes: &[u8], key: &Key) -> Result<Content, StoreError> {
        let damaged = |reason: String| StoreError::Damaged { what: self.path.display().to_string(), reason };
        let plaintext = open(bytes, key.identity()).map_err(|error| match error {
            DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed => {
                StoreError::WrongKey { reason: format!("{} does not open {}", key.name(), self.path.display()) }
            }
            error => damaged(error.to_string()),
        })?;
        let content: Content = serde_json::from_slice(&plaintext).map_err(|error| damaged(error.to_string()))?;
        match content.format {
            FORMAT => Ok(content),
            other => Err(damaged(format!("it has the format {other}, and this version of assume knows {FORMAT}"))),
        }
    }

    fn failed(&self, what: &str, error: &io::Error) -> StoreError {
        StoreError::failed(format!("cannot {what} {}: {error}", self.path.display()))
    }
}

impl Store for FileStore {
    fn read(&self, name: &ItemName) -> Result<Option<SecretString>, StoreError> {
        let Some(mut content) = self.content(Need::of(name))? else { return Ok(None) };
        let now = seconds(self.clock.now());
        let alive = content.items.remove(name.as_str()).filter(|item| item.expires_at.is_none_or(|end| end > now));
        Ok(alive.map(|item| SecretString::from(item.value.as_str().to_owned())))
    }

    fn write(&self, name: &ItemName, value: &SecretString, expires_at: Option<SystemTime>) -> Result<(), StoreError> {
        let item =
            Item { value: Zeroizing::new(value.expose_secret().to_owned()), expires_at: expires_at.map(seconds) };
        self.update(Need::of(name), |content| {
            content.items.insert(name.as_str().to_owned(), item);
            true
        })?;
        Ok(())
    }

    fn remove(&self, name: &ItemName) -> Result<bool, StoreError> {
        if read(&self.path)?.is_none() {
            return Ok(false);
        }
        self.update(Need::of(name), |content| content.items.remove(name.as_str()).is_some())
    }

    fn names(&self, kind: SecretKind) -> Result<Vec<ItemName>, StoreError> {
        let Some(content) = self.content(Need::of_kind(kind))? else { return Ok(Vec::new()) };
        let names = content.items.into_keys().map(ItemName).filter(|name| name.kind() == kind);
        Ok(names.collect())
    }

    fn probe(&self) -> Result<String, StoreError> {
        let path = self.path.display();
        match read(&self.path)? {
            None => {
                let key = self.key.describe()?;
                Ok(format!("{path}, made when something is kept, opened by {key}"))
            }
            Some(_) if self.key.is_asked_for() => Ok(format!("{path}, opened by {}", self.key.describe()?)),
            Some(bytes) => {
                let key = self.key.open(Need::Session)?;
                let count = self.decrypt(&bytes, &key)?.items.len();
                let items = if count == 1 { "1 item".to_owned() } else { format!("{count} items") };
                Ok(format!("{path}, {items}, opened by {}", self.key.describe()?))
            }
        }
    }
}

fn encrypt(content: &Content, key: &Key) -> Result<Vec<u8>, StoreError> {
    let length: usize = content.items.iter().map(|(name, item)| name.len() + 2 * item.value.len() + 64).sum();
    // Room for all of it, so that growing leaves no copies behind.
    let mut plaintext = Zeroizing::new(Vec::with_capacity(length + 64));
    serde_json::to_writer(&mut *plaintext, content).map_err(StoreError::failed)?;
    seal(&plaintext, &key.recipient()).map_err(StoreError::failed)
}

/// Returns the plaintext of an age file.
fn open(bytes: &[u8], identity: &dyn age::Identity) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut reader = Decryptor::new(bytes)?.decrypt(std::iter::once(identity))?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader.read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

/// Returns an age file of that plaintext.
fn seal(plaintext: &[u8], recipient: &dyn age::Recipient) -> io::Result<Vec<u8>> {
    let encryptor = Encryptor::with_recipients(std::iter::once(recipient)).map_err(io::Error::other)?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plaintext)?;
    writer.finish()?;
    Ok(sealed)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::failed(format!("cannot read {}: {error}", path.display()))),
    }
}

/// Replaces the file in one step, 0600, and returns when it is on the disk.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let replaced = || -> io::Result<()> {
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(bytes)?;
        new.as_file().sync_all()?;
        new.persist(path)?;
        sync_folder(folder)
    };
    replaced().map_err(|error| StoreError::failed(format!("cannot write {}: {}", path.display(), bare(&error))))
}

/// Returns the system's own words, without the name of a temporary file.
fn bare(error: &io::Error) -> String {
    if error.get_ref().is_some() { error.kind().to_string() } else { error.to_string() }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the lock of those who change the file at `path`; it is given back when dropped.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let failed = |error: io::Error| StoreError::failed(format!("cannot lock {}: {error}", path.display()));
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(beside).map_err(failed)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if begin.elapsed() > LOCK_DEADLINE => {
                return Err(StoreError::TimedOut { seconds: LOCK_DEADLINE.as_secs() });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_POLL),
        }
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The form of what lies in the file.
const FORMAT: u32 = 1;

/// A writer holds the lock for milliseconds; one that makes a new passphrase holds it while scrypt runs.
const LOCK_DEADLINE: Duration = Duration::from_secs(20);
const LOCK_POLL: Duration = Duration::from_millis(5);
