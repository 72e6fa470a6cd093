//! Single-flight: of any number of processes that want the same thing, one gets it and the others wait for it.
//!
//! A lock is an OS file lock, so a killed process leaves none behind. Its file tells those who wait who holds it, whether
//! a person is being asked, a heartbeat, and how the last attempt ended: whoever waited during a refused attempt takes
//! its refusal instead of repeating it. Nothing in it is secret.

use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::lock_file::{lock_folder, try_lock};
use super::state::private_folder;
use super::turn::{Phase, Status, Turn, is_stale, read_status};
use crate::world::World;

/// How long a living holder may take for calls to AWS before those who wait give up.
const CALLS: Duration = Duration::from_secs(30);
/// How long a living holder may take for a person, for those who could ask the person themselves.
const PERSON: Duration = Duration::from_secs(5 * 60);
/// How long one who cannot ask anybody joins a question that is open elsewhere: SDKs give up after 60 s.
const JOIN: Duration = Duration::from_secs(45);
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
        Self { folder: lock_folder(world) }
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
            if stale_looks > 5
                && let Some(file) = try_lock(&successor).map_err(folder)?
            {
                return Turn::begin(file, successor, None).map_err(folder);
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc;

    use serde_json::{Value, json};

    use super::super::turn::{Refused, STALE, now};
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
