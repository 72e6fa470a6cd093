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
use super::relay::Inbox;
use super::state::private_folder;
use super::turn::{Phase, Status, Turn, is_stale, read_status};
use crate::terms::SecretString;
use crate::world::World;

/// How long a living holder may take for calls to AWS before those who wait give up.
const CALLS: Duration = Duration::from_secs(30);
/// How long a living holder may take for a person, for those who could ask the person themselves.
const PERSON: Duration = Duration::from_secs(5 * 60);
/// How long one who cannot ask anybody joins a question that is open elsewhere: SDKs give up after 60 s.
const JOIN: Duration = Duration::from_secs(45);
/// How long one waits between two looks, at first and at last: of hundreds who wait for a person, each costs little.
const POLL: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(100)];

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
    #[error("{} cannot be used: {reason}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: io::Error,
    },
}

fn stuck(pid: u32, phase: Phase, waited: Duration) -> String {
    let what = match phase {
        Phase::Calls => "has been asking AWS for the same thing",
        Phase::Person => "has been waiting for a person's answer",
    };
    format!("another assume (process {pid}) {what} for {} s", waited.as_secs())
}

/// What waiting ends with.
#[derive(Debug)]
pub enum Taken {
    /// It is our turn.
    Turn(Box<Turn>),
    /// The one before us has made the session, and gives it to us since no store can keep it.
    Given(SecretString),
}

impl Taken {
    fn of(turn: Turn) -> Self {
        Self::Turn(Box::new(turn))
    }
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
    pub fn take(&self, name: &str, could_ask: bool, mut tell: impl FnMut(Waiting)) -> Result<Taken, FlightError> {
        let folder = |reason| FlightError::Folder { folder: self.folder.clone(), reason };
        if let Some(state) = self.folder.parent() {
            private_folder(state).map_err(folder)?;
        }
        private_folder(&self.folder).map_err(folder)?;
        let path = self.folder.join(name);
        let successor = self.folder.join(format!("{name}.next"));

        if let Some(file) = try_lock(&path).map_err(folder)? {
            return Turn::begin(file, path, None).map(Taken::of).map_err(folder);
        }
        let inbox = Inbox::open(&path);
        let given = || inbox.as_ref().and_then(Inbox::take).map(Taken::Given);
        let mut patience = Patience::new(could_ask);
        // Whatever is refused from here on is refused to us too.
        let mut seen = read_status(&path);
        let mut stale_looks = 0;
        loop {
            if let Some(file) = try_lock(&path).map_err(folder)? {
                // Whoever had the lock gave before it was free.
                return match given() {
                    Some(given) => Ok(given),
                    None => Turn::begin(file, path, seen.as_ref()).map(Taken::of).map_err(folder),
                };
            }
            if let Some(given) = given() {
                return Ok(given);
            }
            let status = read_status(&path);
            // A new holder beats at once: only an old beat seen several times over means that nobody does.
            stale_looks = if is_stale(&path) { stale_looks + 1 } else { 0 };
            if stale_looks > 5
                && let Some(file) = try_lock(&successor).map_err(folder)?
            {
                return Turn::begin(file, successor, None).map(Taken::of).map_err(folder);
            }
            patience.look(status.as_ref(), &mut tell)?;
            seen = status.or(seen);
            thread::sleep(patience.pause());
        }
    }
}

/// How long one waits, and what is told meanwhile.
struct Patience {
    could_ask: bool,
    began: Instant,
    /// Since when this holder has been doing the same.
    since: Instant,
    holder: (u32, Phase),
    said: bool,
}

impl Patience {
    fn new(could_ask: bool) -> Self {
        let now = Instant::now();
        Self { could_ask, began: now, since: now, holder: (0, Phase::Calls), said: false }
    }

    fn pause(&self) -> Duration {
        (self.began.elapsed() / 50).clamp(POLL[0], POLL[1])
    }

    fn look(&mut self, status: Option<&Status>, tell: &mut impl FnMut(Waiting)) -> Result<(), FlightError> {
        let holder @ (pid, phase) = status.map_or(self.holder, |status| (status.pid, status.phase));
        if holder != self.holder {
            if phase != self.holder.1 {
                tell(Waiting::Phase(phase));
            }
            self.holder = holder;
            self.since = Instant::now();
        }
        let waited = self.began.elapsed();
        let too_long = match phase {
            Phase::Calls => self.since.elapsed() > CALLS,
            Phase::Person if self.could_ask => self.since.elapsed() > PERSON,
            Phase::Person => waited > JOIN,
        };
        if too_long {
            return Err(FlightError::Stuck { pid, phase, waited });
        }
        if waited > Duration::from_secs(1) && !self.said {
            self.said = true;
            tell(Waiting::For { pid, phase });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc;

    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::super::turn::{Refused, STALE, now};
    use super::*;

    fn flight(folder: &Path) -> Flight {
        Flight { folder: folder.join("locks") }
    }

    fn turn(taken: Result<Taken, FlightError>) -> Turn {
        match taken.unwrap() {
            Taken::Turn(turn) => *turn,
            Taken::Given(_) => panic!("nobody gives anything"),
        }
    }

    fn take(flight: &Flight) -> Turn {
        turn(flight.take("step", true, |_| {}))
    }

    /// Starts to wait in a thread, and comes back when it has seen who holds the lock.
    fn wait_behind(flight: &Flight, holder: &mut Turn) -> thread::JoinHandle<Option<Value>> {
        let (seen, sees) = mpsc::channel();
        let flight = flight.clone();
        // The change of phase is what tells the waiting one that it has looked.
        holder.enter(Phase::Person);
        let waiting = thread::spawn(move || {
            let taken = flight.take("step", true, |waiting| {
                if waiting == Waiting::Phase(Phase::Person) {
                    seen.send(()).unwrap();
                }
            });
            match taken.unwrap() {
                Taken::Turn(turn) => turn.refused_meanwhile().map(|(_, how)| how.clone()),
                Taken::Given(session) => Some(json!({ "given": session.expose_secret() })),
            }
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
    fn a_refusal_of_an_attempt_that_began_while_we_waited_is_ours_too() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        let path = flight.folder.join("step");
        drop(take(&flight));
        let seen = read_status(&path).unwrap();
        // The one whom we saw was killed; the next one was refused between two looks of ours.
        take(&flight).refuse(json!("no"));
        let file = try_lock(&path).unwrap().unwrap();
        let turn = Turn::begin(file, path, Some(&seen)).unwrap();
        assert_eq!(turn.refused_meanwhile().map(|(_, how)| how), Some(&json!("no")));
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_process_waited_with_is_swept_away_and_what_a_living_one_waits_with_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        drop(take(&flight));
        let mut killed = std::process::Command::new("true").spawn().unwrap();
        killed.wait().unwrap();
        for pid in [killed.id(), std::process::id()] {
            // Dropping the listener leaves the socket, as a kill does.
            std::os::unix::net::UnixListener::bind(flight.folder.join(format!("w-other-{pid}-1"))).unwrap();
        }
        drop(take(&flight));
        let mut left: Vec<_> =
            std::fs::read_dir(&flight.folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["step".to_owned(), format!("w-other-{}-1", std::process::id())]);
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
    fn what_no_store_keeps_is_given_to_all_who_wait() {
        let folder = tempfile::tempdir().unwrap();
        let flight = flight(folder.path());
        let mut holder = take(&flight);
        let waiting = [wait_behind(&flight, &mut holder), {
            holder.enter(Phase::Calls);
            wait_behind(&flight, &mut holder)
        }];
        holder.give(&SecretString::from("session"));
        drop(holder);
        for one in waiting {
            assert_eq!(one.join().unwrap(), Some(json!({ "given": "session" })));
        }
        let left: Vec<_> = std::fs::read_dir(&flight.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["step"], "a socket was left behind");
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
