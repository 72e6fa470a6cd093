//! Handing a session to those who wait for it, where no store can keep it for them.
//!
//! Who waits for a lock listens on a socket beside it, in the user's own folder (0700); who has made the session connects to
//! each of them before the lock is given back. Both sides check that the other is the same user. Nothing lies on a disk.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::Pid;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::terms::SecretString;

/// Where one who waits is given a session.
pub(super) struct Inbox {
    path: PathBuf,
    listener: UnixListener,
}

impl Inbox {
    /// Opens one beside the lock. `None` where that cannot be (a path that is too long for a socket): then whoever waits
    /// makes the call itself.
    pub(super) fn open(lock: &Path) -> Option<Self> {
        let number = format!("{}-{:x}", std::process::id(), rand::random::<u32>());
        let path = lock.with_file_name(format!("{}{number}", prefix(lock)?));
        let listener = UnixListener::bind(&path).ok()?;
        listener.set_nonblocking(true).ok()?;
        Some(Self { path, listener })
    }

    /// Returns what was given meanwhile, if anything was.
    pub(super) fn take(&self) -> Option<SecretString> {
        let (stream, _) = self.listener.accept().ok()?;
        prepare(&stream)?;
        let mut text = Zeroizing::new(String::with_capacity(USUAL));
        stream.take(LARGEST).read_to_string(&mut text).ok()?;
        (!text.is_empty()).then(|| SecretString::from(text.as_str()))
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Gives the session to each who waits for that lock now.
pub(super) fn deliver(lock: &Path, session: &SecretString) {
    for path in inboxes(lock) {
        match UnixStream::connect(&path) {
            Ok(mut stream) if prepare(&stream).is_some() => {
                // Who went away in between needs nothing any more.
                let _ = stream.write_all(session.expose_secret().as_bytes());
            }
            // Nobody listens: its owner was killed.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                let _ = std::fs::remove_file(&path);
            }
            Ok(_) | Err(_) => {}
        }
    }
}

/// Removes what those left who were killed while they waited, for whatever lock.
pub(super) fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        // A process that is not known here may live in another container: it listens.
        let is_gone =
            || matches!(UnixStream::connect(&path), Err(error) if error.kind() == ErrorKind::ConnectionRefused);
        if owner(&path).is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(Errno::SRCH)) && is_gone() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// Whose inbox that is: `w-LOCK-PID-NUMBER`.
fn owner(inbox: &Path) -> Option<Pid> {
    let name = inbox.file_name()?.to_str()?.strip_prefix("w-")?;
    Pid::from_raw(name.rsplit('-').nth(1)?.parse().ok()?)
}

fn inboxes(lock: &Path) -> Vec<PathBuf> {
    let (Some(prefix), Some(folder)) = (prefix(lock), lock.parent()) else { return Vec::new() };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_one = |path: &PathBuf| path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(&prefix));
    entries.flatten().map(|entry| entry.path()).filter(is_one).collect()
}

/// A part of the lock's name suffices: a socket's path may have some hundred bytes only.
fn prefix(lock: &Path) -> Option<String> {
    let name = lock.file_name()?.to_str()?;
    Some(format!("w-{}-", name.get(..20).unwrap_or(name)))
}

/// Refuses another user's end, and one that does not read or write.
fn prepare(stream: &UnixStream) -> Option<()> {
    #[cfg(target_os = "linux")]
    {
        let other = rustix::net::sockopt::socket_peercred(stream).ok()?;
        if other.uid != rustix::process::geteuid() {
            return None;
        }
    }
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()
}

const PATIENCE: Duration = Duration::from_secs(2);
/// Sessions have one or two thousand bytes; a token may have 4,096.
const USUAL: usize = 8_192;
const LARGEST: u64 = 65_536;
