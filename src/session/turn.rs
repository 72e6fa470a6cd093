//! A turn: the lock that somebody holds, what its file tells those who wait, and the heartbeat that says it is alive.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::relay::{deliver, sweep};
use crate::terms::SecretString;

/// A holder whose heartbeat is older than this is stopped or gone, and is passed by.
pub(super) const STALE: Duration = Duration::from_secs(5);
const BEAT: Duration = Duration::from_secs(1);

/// What a holder is doing, for those who wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Calling AWS.
    Calls,
    /// Asking a person.
    Person,
}

/// As it stands in a lock's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Status {
    pub(super) pid: u32,
    pub(super) phase: Phase,
    attempt: u64,
    pub(super) refused: Option<Refused>,
}

/// How the last attempt ended, if it was refused, and whose it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) pid: u32,
    pub(super) how: Value,
}

/// The turn to do something, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    file: File,
    path: PathBuf,
    pub(super) status: Status,
    pub(super) inherited: Option<Refused>,
    beat: Option<(mpsc::Sender<()>, thread::JoinHandle<()>)>,
}

impl Turn {
    pub(super) fn begin(mut file: File, path: PathBuf, seen: Option<&Status>) -> io::Result<Self> {
        let last = read_from(&mut file);
        // The attempt that we watched, or one after it, is the one that ended last: its refusal is ours too.
        let watched = |last: &&Status| seen.is_some_and(|seen| last.attempt >= seen.attempt);
        let inherited = last.as_ref().filter(watched).and_then(|last| last.refused.clone());
        let status = Status {
            pid: std::process::id(),
            phase: Phase::Calls,
            // Whatever a damaged file says.
            attempt: last.map_or(1, |last| last.attempt.wrapping_add(u64::from(inherited.is_none()))),
            refused: inherited.clone(),
        };
        if let Some(folder) = path.parent() {
            sweep(folder);
        }
        let beats = path.clone();
        let mut turn = Self { file, path, status, inherited, beat: None };
        turn.write()?;
        turn.beat = Some(heartbeat(beats)?);
        Ok(turn)
    }

    /// How the attempt that we waited for was refused, if it was, and to which process.
    pub fn refused_meanwhile(&self) -> Option<(u32, &Value)> {
        self.inherited.as_ref().map(|refused| (refused.pid, &refused.how))
    }

    /// Tells those who wait what we are doing.
    pub fn enter(&mut self, phase: Phase) {
        self.status.phase = phase;
        // Those who wait then keep to the bound that they knew.
        let _ = self.write();
    }

    /// Gives a session that no store keeps to those who wait for it.
    pub fn give(&self, session: &SecretString) {
        deliver(&self.path, session);
    }

    /// Ends the turn with a refusal that those who wait shall take for theirs.
    pub fn refuse(mut self, refusal: Value) {
        // One that was taken over keeps the process that it was said to.
        let pid = self.inherited.as_ref().map_or_else(std::process::id, |refused| refused.pid);
        self.status.refused = Some(Refused { pid, how: refusal });
        let _ = self.write();
    }

    fn write(&mut self) -> io::Result<()> {
        let text = serde_json::to_vec(&self.status)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.beat.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// Touches the lock's file once a second; a stopped process cannot, and that is what those who wait see.
fn heartbeat(path: PathBuf) -> io::Result<(mpsc::Sender<()>, thread::JoinHandle<()>)> {
    let (stop, stopped) = mpsc::channel::<()>();
    let file = OpenOptions::new().write(true).open(path)?;
    let beat = move || {
        while stopped.recv_timeout(BEAT) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = file.set_modified(now());
        }
    };
    Ok((stop, thread::Builder::new().name("heartbeat".to_owned()).spawn(beat)?))
}

#[expect(clippy::disallowed_methods, reason = "heartbeats are compared with the file system's own clock")]
pub(super) fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

pub(super) fn is_stale(path: &Path) -> bool {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| now().duration_since(modified).is_ok_and(|age| age > STALE))
}

pub(super) fn read_status(path: &Path) -> Option<Status> {
    // A line that is being rewritten reads as nothing; the next look is 20 ms away.
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn read_from(file: &mut File) -> Option<Status> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_lock_file_costs_nobody_their_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("step");
        let last = format!(r#"{{"pid":1,"phase":"calls","attempt":{},"refused":null}}"#, u64::MAX);
        for text in [&last, r#"{"pid":-1}"#, "", "\0\0", "[]"] {
            std::fs::write(&path, text).unwrap();
            let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
            let turn = Turn::begin(file, path.clone(), None).unwrap();
            assert!(turn.refused_meanwhile().is_none(), "{text}");
            assert_eq!(read_status(&path).unwrap().pid, std::process::id(), "{text}");
        }
    }
}
