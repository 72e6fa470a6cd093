//! Single-flight: of any number of processes that want the same thing, one gets it and the others wait for it.
//!
//! A lock is an OS file lock, so a killed process leaves none behind. Its file tells those who wait who holds it, whether
//! a person is being asked, a heartbeat, and how the last attempt ended: whoever waited during a refused attempt takes
//! its refusal instead of repeating it. Nothing in it is secret.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::private_folder;
use crate::world::World;

/// How long a living holder may take for calls to AWS before those who wait give up.
const CALLS: Duration = Duration::from_secs(30);
/// How long a living holder may take for a person, for those who could ask the person themselves.
const PERSON: Duration = Duration::from_secs(5 * 60);
/// How long one who cannot ask anybody joins a question that is open elsewhere: SDKs give up after 60 s.
const JOIN: Duration = Duration::from_secs(45);
/// A holder whose heartbeat is older than this is stopped or gone, and is passed by.
const STALE: Duration = Duration::from_secs(5);
const BEAT: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(20);

/// The locks of this user.
#[derive(Clone, Debug)]
pub struct Flight {
    folder: PathBuf,
}

/// Why a turn never came.
#[derive(Debug, thiserror::Error)]
pub enum FlightError {
    /// A living process has held the lock for too long.
    #[error("{}", stuck(*pid, *phase, *waited))]
    Stuck {
        /// The holder.
        pid: u32,
        /// What it is doing.
        phase: Phase,
        /// How long we waited.
        waited: Duration,
    },
    /// Locks cannot be had here.
    #[error("the lock folder {} cannot be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

fn stuck(pid: u32, phase: Phase, waited: Duration) -> String {
    let what = match phase {
        Phase::Calls => "has been asking AWS for the same thing",
        Phase::Person => "has been waiting for a person's answer",
    };
    format!("another assume (process {pid}) {what} for {} s", waited.as_secs())
}

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
struct Status {
    pid: u32,
    phase: Phase,
    attempt: u64,
    refused: Option<Refused>,
}

/// How the last attempt ended, if it was refused, and whose it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Refused {
    pid: u32,
    how: Value,
}

/// What those who wait are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waiting {
    /// After a second, and once only: whom they wait for.
    For {
        /// The holder.
        pid: u32,
        /// What it is doing.
        phase: Phase,
    },
    /// Whenever it changes: what the holder is doing.
    Phase(Phase),
}

impl Flight {
    /// Returns the locks of this user. Makes nothing yet.
    pub fn new(world: &World) -> Self {
        Self { folder: world.folders.state.join("locks") }
    }

    /// Waits for the turn to do what `name` names, and tells what there is to know meanwhile. `could_ask` says whether a
    /// person can be asked from here too.
    pub fn take(&self, name: &str, could_ask: bool, mut tell: impl FnMut(Waiting)) -> Result<Turn, FlightError> {
        let folder = |source| FlightError::Folder { folder: self.folder.clone(), source };
        if let Some(state) = self.folder.parent() {
            private_folder(state).map_err(folder)?;
        }
        private_folder(&self.folder).map_err(folder)?;
        let path = self.folder.join(name);
        let successor = self.folder.join(format!("{name}.next"));

        let began = Instant::now();
        let mut seen: Option<Status> = None;
        let mut said = false;
        let mut told = Phase::Calls;
        let mut stale_looks = 0;
        loop {
            if let Some(file) = try_lock(&path).map_err(folder)? {
                return Turn::begin(file, path, seen.as_ref()).map_err(folder);
            }
            let status = read_status(&path);
            // A new holder beats at once: only an old beat seen several times over means that nobody does.
            stale_looks = if is_stale(&path) { stale_looks + 1 } else { 0 };
            if stale_looks > 5 {
                if let Some(file) = try_lock(&successor).map_err(folder)? {
                    return Turn::begin(file, successor, None).map_err(folder);
                }
            }
            let phase = status.as_ref().map_or(Phase::Calls, |status| status.phase);
            let pid = status.as_ref().map_or(0, |status| status.pid);
            let waited = began.elapsed();
            let bound = match phase {
                Phase::Calls => CALLS,
                Phase::Person if could_ask => PERSON,
                Phase::Person => JOIN,
            };
            if waited > bound {
                return Err(FlightError::Stuck { pid, phase, waited });
            }
            if waited > Duration::from_secs(1) && !said {
                said = true;
                tell(Waiting::For { pid, phase });
            }
            if told != phase {
                told = phase;
                tell(Waiting::Phase(phase));
            }
            seen = status.or(seen);
            thread::sleep(POLL);
        }
    }
}

/// The turn to do something, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    file: File,
    status: Status,
    inherited: Option<Refused>,
    beat: Option<(mpsc::Sender<()>, thread::JoinHandle<()>)>,
}

impl Turn {
    fn begin(mut file: File, path: PathBuf, seen: Option<&Status>) -> io::Result<Self> {
        let last = read_from(&mut file);
        // The attempt that we watched is the one that ended last: its refusal is ours too.
        let watched = seen.map(|status| status.attempt);
        let inherited =
            last.as_ref().filter(|last| Some(last.attempt) == watched).and_then(|last| last.refused.clone());
        let status = Status {
            pid: std::process::id(),
            phase: Phase::Calls,
            attempt: last.map_or(1, |last| last.attempt + u64::from(inherited.is_none())),
            refused: inherited.clone(),
        };
        let mut turn = Self { file, status, inherited, beat: None };
        turn.write()?;
        turn.beat = Some(heartbeat(path)?);
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
fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

fn is_stale(path: &Path) -> bool {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| now().duration_since(modified).is_ok_and(|age| age > STALE))
}

fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn read_status(path: &Path) -> Option<Status> {
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
    use serde_json::json;

    use super::*;

    fn flight(folder: &Path) -> Flight {
        Flight { folder: folder.join("locks") }
    }

    fn take(flight: &Flight) -> Turn {
        flight.take("step", true, |_| {}).unwrap()
    }

    /// Starts to wait in a thread, and comes back when it has seen who holds the lock.
    fn wait_behind(flight: &Flight, holder: &mut Turn) -> thread::JoinHandle<Option<Value>> {
        let (seen, sees) = mpsc::channel();
        let flight = flight.clone();
        // The change of phase is what tells the waiting one that it has looked.
        holder.enter(Phase::Person);
        let waiting = thread::spawn(move || {
            let turn = flight.take("step", true, |waiting| {
                if waiting == Waiting::Phase(Phase::Person) {
                    seen.send(()).unwrap();
                }
            });
            turn.unwrap().refused_meanwhile().map(|(_, how)| how.clone())
        });
        sees.recv().unwrap();
        waiting
    }

    #[test]
    fn who_waited_during_a_refused_attempt_takes_its_refusal_and_who_comes_later_tries_again() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        let mut holder = take(&flight);
        let waiting = wait_behind(&flight, &mut holder);
        holder.refuse(json!("no"));
        assert_eq!(waiting.join().unwrap(), Some(json!("no")));
        assert_eq!(take(&flight).refused_meanwhile(), None);
    }

    #[test]
    fn a_refusal_that_is_passed_on_keeps_the_process_that_it_was_said_to() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        let path = flight.folder.join("step");
        let mut holder = take(&flight);
        holder.status.pid = 4_000_000;
        holder.inherited = Some(Refused { pid: 4_000_000, how: json!("no") });
        let waiting = wait_behind(&flight, &mut holder);
        holder.refuse(json!("no"));
        assert_eq!(waiting.join().unwrap(), Some(json!("no")));
        assert_eq!(read_status(&path).unwrap().refused.unwrap().pid, 4_000_000);
    }

    #[test]
    fn an_attempt_that_succeeded_or_died_says_nothing_to_who_waited() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        take(&flight).refuse(json!("an earlier no"));
        let mut holder = take(&flight);
        let waiting = wait_behind(&flight, &mut holder);
        drop(holder);
        assert_eq!(waiting.join().unwrap(), None);
    }

    #[test]
    fn a_holder_whose_heart_does_not_beat_is_passed_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        drop(take(&flight));
        // A stopped process: it has the lock, and an old heartbeat.
        let stopped = try_lock(&flight.folder.join("step")).unwrap().unwrap();
        stopped.set_modified(now() - 2 * STALE).unwrap();
        let first = take(&flight);
        assert!(try_lock(&flight.folder.join("step.next")).unwrap().is_none(), "the successor's lock is the one held");
        drop(first);
        drop(take(&flight));
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_folder_that_others_can_write_to_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        std::fs::create_dir(&flight.folder).unwrap();
        std::fs::set_permissions(&flight.folder, PermissionsExt::from_mode(0o777)).unwrap();
        assert!(matches!(flight.take("step", true, |_| {}), Err(FlightError::Folder { .. })));
    }
}
