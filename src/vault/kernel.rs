//! The Linux kernel's persistent keyring of the user: memory that no daemon guards and no disk sees.
//!
//! The keyring is linked into the process keyring, by which this process possesses what lies in it; each key grants its
//! possessor everything and nobody else anything. Other programs keep keys there too (Kerberos), so a key is ours only if
//! its description begins with our namespace, and nothing else is ever touched.
//!
//! The quota of a plain user is small (200 keys, 20,000 bytes). When it is spent, our sessions that end first make room.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use linux_keyutils::{Key, KeyError, KeyPermissions, KeyRing, KeyRingIdentifier};
use secrecy::ExposeSecret;
use zeroize::{Zeroize, Zeroizing};

use super::store::{Namespace, Store, StoreError};
use super::{ItemName, SecretKind};
use crate::terms::SecretString;
use crate::world::Clock;

/// Our items in the kernel's keyring.
pub(super) struct KernelStore {
    namespace: Namespace,
    clock: Clock,
    just_evicted: AtomicBool,
}

impl KernelStore {
    /// Returns the store of that namespace. Asks the kernel nothing yet.
    pub(super) fn new(namespace: Namespace, clock: Clock) -> Self {
        Self { namespace, clock, just_evicted: AtomicBool::new(false) }
    }

    fn description(&self, name: &ItemName) -> String {
        format!("{}:{}", self.namespace.as_str(), name.as_str())
    }

    /// Our keys that are there now, with their names.
    fn keys(&self, ring: &KeyRing) -> Result<Vec<(ItemName, Key)>, KeyError> {
        let ours = described_keys(ring)?.into_iter().filter_map(|(description, key)| {
            let (namespace, name) = description.split_once(':')?;
            (namespace == self.namespace.as_str()).then(|| (ItemName(name.to_owned()), key))
        });
        Ok(ours.collect())
    }

    fn add(&self, ring: &KeyRing, name: &ItemName, payload: &Payload) -> Result<(), KeyError> {
        let key = ring.add_key(&self.description(name), payload.bytes())?;
        let guarded = key.set_perms(KeyPermissions::from_u32(POSSESSOR_ONLY));
        let timed = guarded.and_then(|()| match payload.expires_at {
            Some(end) => key.set_timeout(seconds_until(end, self.clock.now())),
            None => key.set_timeout(0),
        });
        if timed.is_err() {
            // A key that others may view, or that never ends, must not stay.
            let _ = ring.unlink_key(key);
        }
        timed
    }

    /// Adds a key where there is room, or where room made just now is about to be counted.
    fn add_within_grace(&self, ring: &KeyRing, name: &ItemName, payload: &Payload) -> Result<(), KeyError> {
        let mut result = self.add(ring, name, payload);
        for _ in 0..GRACE_TRIES {
            if result != Err(KeyError::QuotaExceeded) || !self.just_evicted.load(Ordering::Relaxed) {
                break;
            }
            // An unlinked key leaves the quota when the kernel's grace period (RCU) is over: some milliseconds.
            std::thread::sleep(GRACE_STEP);
            result = self.add(ring, name, payload);
        }
        self.just_evicted.store(false, Ordering::Relaxed);
        result
    }

    /// Removes our session that ends first, if it ends before the new one does. Returns whether there was one.
    ///
    /// What never ends (a keepsake, where this store is named for them) is worth more than any session.
    fn evict_one(&self, ring: &KeyRing, keep: &ItemName, new_end: Option<SystemTime>) -> Result<bool, KeyError> {
        let sessions =
            self.keys(ring)?.into_iter().filter(|(name, _)| name.kind() == SecretKind::Session && name != keep);
        let ends = sessions.filter_map(|(_, key)| Some((Payload::read(key).ok()??.expires_at?, key)));
        match ends.min_by_key(|(end, _)| *end) {
            Some((end, key)) if new_end.is_none_or(|new_end| end < new_end) => {
                // Revoking gives the bytes back at once.
                key.revoke()?;
                let _ = ring.unlink_key(key);
                self.just_evicted.store(true, Ordering::Relaxed);
                Ok(true)
            }
            Some(_) | None => Ok(false),
        }
    }
}

impl Store for KernelStore {
    fn read(&self, name: &ItemName) -> Result<Option<SecretString>, StoreError> {
        let key = match open()?.search(&self.description(name)) {
            Ok(key) => key,
            Err(error) if is_a_miss(error) => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        // Between the search and this the key may have ended.
        let payload = match Payload::read(key) {
            Ok(payload) => payload,
            Err(error) if is_a_miss(error) => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let Some(payload) = payload else {
            return Err(StoreError::Damaged { what: name.to_string(), reason: "it has no header of ours".to_owned() });
        };
        let alive = payload.expires_at.is_none_or(|end| end > self.clock.now());
        Ok(alive.then(|| SecretString::from(payload.value().to_owned())))
    }

    fn write(&self, name: &ItemName, value: &SecretString, expires_at: Option<SystemTime>) -> Result<(), StoreError> {
        let payload = Payload::new(value, expires_at);
        if payload.bytes().len() > LARGEST_KEY {
            return Err(StoreError::Full);
        }
        let ring = open()?;
        loop {
            match self.add_within_grace(&ring, name, &payload) {
                Ok(()) => return Ok(()),
                Err(KeyError::QuotaExceeded) => {}
                Err(error) => return Err(refused(error)),
            }
            if !self.evict_one(&ring, name, expires_at).map_err(refused)? {
                // The older value of this item would answer in place of the one that found no room.
                let _ = self.remove(name);
                return Err(StoreError::Full);
            }
        }
    }

    fn remove(&self, name: &ItemName) -> Result<bool, StoreError> {
        let ring = open()?;
        match ring.search(&self.description(name)).and_then(|key| ring.unlink_key(key)) {
            Ok(()) => Ok(true),
            Err(error) if is_a_miss(error) => Ok(false),
            Err(error) => Err(refused(error)),
        }
    }

    fn names(&self, kind: SecretKind) -> Result<Vec<ItemName>, StoreError> {
        let names = self.keys(&open()?).map_err(refused)?.into_iter().map(|(name, _)| name);
        Ok(names.filter(|name| name.kind() == kind).collect())
    }

    fn probe(&self) -> Result<String, StoreError> {
        let persistent = KeyRing::get_persistent(KeyRingIdentifier::Process).is_ok();
        self.names(SecretKind::Session)?;
        Ok(if persistent { "the persistent keyring".to_owned() } else { "the user keyring".to_owned() })
    }
}

/// Removes every key of the namespaces that begin with `prefix` and that `is_alive` does not know. Returns how many.
pub(super) fn sweep(prefix: &str, is_alive: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
    let ring = open()?;
    let mut swept = 0;
    for (description, key) in described_keys(&ring).map_err(refused)? {
        let Some((namespace, _)) = description.split_once(':') else { continue };
        if namespace.starts_with(prefix) && !is_alive(namespace) && ring.unlink_key(key).is_ok() {
            swept += 1;
        }
    }
    Ok(swept)
}

/// Returns the keyring, linked into the process keyring so that its keys are possessed.
///
/// A keyring of the process's threads, not of the process: hence opened anew for each call, in two microseconds.
fn open() -> Result<KeyRing, StoreError> {
    KeyRing::get_persistent(KeyRingIdentifier::Process).or_else(|_| open_user()).map_err(|error| match error {
        KeyError::Unknown(_) | KeyError::OperationNotSupported | KeyError::PermissionDenied => {
            StoreError::Absent { reason: format!("the kernel keeps no keys for this process ({})", say(error)) }
        }
        // Not even a keyring has room.
        KeyError::QuotaExceeded => StoreError::Full,
        error => refused(error),
    })
}

/// For kernels without persistent keyrings (WSL2, and where a container's filter refuses them).
fn open_user() -> Result<KeyRing, KeyError> {
    let ring = KeyRing::from_special_id(KeyRingIdentifier::User, true)?;
    KeyRing::from_special_id(KeyRingIdentifier::Process, true)?.link_keyring(ring)?;
    Ok(ring)
}

/// Returns the keys in the ring that we may look at, ours or not.
fn described_keys(ring: &KeyRing) -> Result<Vec<(String, Key)>, KeyError> {
    let links = ring.get_links(MOST_KEYS)?;
    let keys = links.iter().filter_map(linux_keyutils::LinkNode::as_key);
    Ok(keys.filter_map(|key| Some((key.metadata().ok()?.get_description().to_owned(), key))).collect())
}

/// What a key holds: when it ends, for eviction, and the item's text. Zeroized when dropped.
struct Payload {
    bytes: Zeroizing<Vec<u8>>,
    header: usize,
    expires_at: Option<SystemTime>,
}

impl Payload {
    fn new(value: &SecretString, expires_at: Option<SystemTime>) -> Self {
        let end = expires_at.map_or("-".to_owned(), |end| since_epoch(end).as_secs().to_string());
        let header = format!("{FORMAT} {end}\n");
        let mut bytes = Zeroizing::new(Vec::with_capacity(header.len() + value.expose_secret().len()));
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(value.expose_secret().as_bytes());
        Self { bytes, header: header.len(), expires_at }
    }

    /// Reads a key. `None` if what it holds is not of our form.
    fn read(key: Key) -> Result<Option<Self>, KeyError> {
        let mut bytes = Zeroizing::new(vec![0; USUAL_KEY]);
        let mut length = key.read(&mut *bytes)?;
        if length > bytes.len() {
            bytes.zeroize();
            bytes.resize(LARGEST_KEY, 0);
            length = key.read(&mut *bytes)?.min(LARGEST_KEY);
        }
        bytes.truncate(length);
        Ok(Self::parse(bytes))
    }

    fn parse(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let text = std::str::from_utf8(&bytes).ok()?;
        let (first, _) = text.split_once('\n')?;
        let expires_at = match first.strip_prefix(FORMAT)?.strip_prefix(' ')? {
            "-" => None,
            seconds => Some(UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))?),
        };
        let header = first.len() + 1;
        Some(Self { bytes, header, expires_at })
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn value(&self) -> &str {
        // `parse` and `new` have seen that it is text.
        std::str::from_utf8(&self.bytes[self.header..]).unwrap_or_default()
    }
}

fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// At least one second: zero would mean that the key never ends.
fn seconds_until(end: SystemTime, now: SystemTime) -> usize {
    let left = end.duration_since(now).unwrap_or_default().as_secs();
    usize::try_from(left).unwrap_or(usize::MAX).clamp(1, LONGEST_TIMEOUT)
}

fn is_a_miss(error: KeyError) -> bool {
    matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
        || matches!(error, KeyError::MissingFileOrDirectory)
}

fn refused(error: KeyError) -> StoreError {
    StoreError::Failed { reason: format!("the kernel answered: {}", say(error)) }
}

fn say(error: KeyError) -> String {
    match error {
        KeyError::Unknown(errno) => std::io::Error::from_raw_os_error(errno).to_string(),
        KeyError::PermissionDenied => "operation not permitted".to_owned(),
        KeyError::AccessDenied => "permission denied".to_owned(),
        KeyError::OperationNotSupported => "operation not supported".to_owned(),
        error => format!("{error:?}"),
    }
}

/// What every payload of ours begins with.
const FORMAT: &str = "assume1";

/// The possessor may do everything, the user, the group and others nothing.
///
/// Source: keyctl_setperm(3).
const POSSESSOR_ONLY: u32 = 0x3f00_0000;

/// The most that a key of type "user" holds. Source: add_key(2).
const LARGEST_KEY: usize = 32_767;

/// Room for a session of usual length, tried first.
const USUAL_KEY: usize = 4_096;

/// How many links of the keyring are looked at. A plain user may have 200 keys.
const MOST_KEYS: usize = 4_096;

/// KEYCTL_SET_TIMEOUT takes an unsigned int.
const LONGEST_TIMEOUT: usize = i32::MAX as usize;

/// How often, and how long between, the kernel is asked again after an eviction.
const GRACE_TRIES: usize = 100;
const GRACE_STEP: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use zeroize::Zeroizing;

    use super::{Payload, seconds_until};
    use crate::terms::SecretString;

    #[test]
    fn a_payload_is_read_as_it_was_written() {
        let end = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for (value, expires_at) in [("{\"a\":1}\nmore", Some(end)), ("", None), ("assume1 5\nx", None)] {
            let written = Payload::new(&SecretString::from(value), expires_at);
            let read = Payload::parse(Zeroizing::new(written.bytes().to_vec())).unwrap();
            assert_eq!((read.value(), read.expires_at), (value, expires_at));
        }
    }

    #[test]
    fn a_payload_of_another_form_is_damaged() {
        for bytes in [&b""[..], b"assume1 12", b"assume2 12\nx", b"assume1 soon\nx", b"assume1 12\n\xff"] {
            assert!(Payload::parse(Zeroizing::new(bytes.to_vec())).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_key_that_has_ended_does_not_become_one_that_never_ends() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        assert_eq!(seconds_until(now - Duration::from_secs(5), now), 1);
        assert_eq!(seconds_until(now + Duration::from_secs(90), now), 90);
    }
}
