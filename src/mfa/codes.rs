//! The codes of one device, one after the other, until AWS takes one or too many were wrong.
//!
//! The first way that there is gives them all: what was put into a file for us, the device's command, its seed in the
//! vault, a person. No code leaves here twice, nor one that another process of this machine has sent.

use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::seed::{STEP, Seed};
use super::spent::{Spent, step_of};
use super::{Device, GivenCode, MfaError, Way, parse_code, process};
use crate::person::{self, PersonError};
use crate::terms::{MfaSerial, SecretString};
use crate::vault::Vault;
use crate::world::World;

/// Gives codes of a device.
pub struct Codes<'a> {
    device: Device,
    given: Option<GivenCode>,
    vault: &'a Vault,
    world: &'a World,
    outside: Outside<'a>,
    opened: Option<Opened>,
    /// How many codes were asked for, good or not.
    attempts: u8,
    /// What was wrong with the last one, for the next question.
    complaint: Option<&'static str>,
    /// Whether the next window was waited for already.
    waited: bool,
}

/// What takes time, apart from commands.
struct Outside<'a> {
    ask: Ask<'a>,
    wait: Box<dyn FnMut(Duration) + 'a>,
}

type Ask<'a> = Box<dyn FnMut(&str) -> Result<SecretString, PersonError> + 'a>;

/// The way that was found, and what is known of the device.
struct Opened {
    way: Open,
    spent: Spent,
}

enum Open {
    Given(GivenCode),
    Process(String),
    Seed(Seed),
    Person,
}

impl Open {
    fn way(&self) -> Way {
        match self {
            Self::Given(_) => Way::Given,
            Self::Process(_) => Way::Process,
            Self::Seed(_) => Way::Seed,
            Self::Person => Way::Person,
        }
    }

    /// How many codes this way may give.
    fn most(&self) -> u8 {
        match self {
            // A file says the same a second time.
            Self::Given(_) => 1,
            // A second one, since the first may have been spent on another machine. A wrong seed stays wrong.
            Self::Seed(_) => 2,
            Self::Process(_) | Self::Person => 3,
        }
    }
}

impl<'a> Codes<'a> {
    /// Returns the codes of that device. Looks nowhere and asks nobody yet.
    pub fn new(device: Device, given: Option<GivenCode>, vault: &'a Vault, world: &'a World) -> Self {
        let ask = Box::new(move |prompt: &str| person::ask_secret(prompt, world));
        let outside = Outside { ask, wait: Box::new(std::thread::sleep) };
        Self { device, given, vault, world, outside, opened: None, attempts: 0, complaint: None, waited: false }
    }

    /// Returns the next code to send. It counts as spent from here on.
    #[expect(clippy::should_implement_trait, reason = "codes end with an error, not with nothing")]
    pub fn next(&mut self) -> Result<SecretString, MfaError> {
        let mut opened = match self.opened.take() {
            Some(opened) => opened,
            None => self.open(),
        };
        let code = self.next_from(&mut opened);
        self.opened = Some(opened);
        code
    }

    /// Tells that AWS refused the last code.
    pub fn refused(&mut self) {
        self.complaint = Some("that code was refused");
    }

    /// Returns whether they are made by this machine's clock, so that they are wrong where it is.
    pub fn are_by_our_clock(&self) -> bool {
        matches!(self.opened, Some(Opened { way: Open::Seed(_), .. }))
    }

    fn open(&mut self) -> Opened {
        let way = match (self.given.take(), &self.device.process) {
            (Some(given), _) => Open::Given(given),
            (None, Some(command)) => Open::Process(command.clone()),
            (None, None) => match Seed::load(&self.device.serial, self.vault) {
                Ok(Some(seed)) => Open::Seed(seed),
                Ok(None) => Open::Person,
                Err(error) => {
                    person::warn(&format!("cannot look for a seed of {}: {error}", self.device.serial));
                    Open::Person
                }
            },
        };
        Opened { way, spent: Spent::of(&self.device.serial, self.world) }
    }

    fn next_from(&mut self, opened: &mut Opened) -> Result<SecretString, MfaError> {
        let Opened { way, spent } = opened;
        loop {
            if self.attempts == way.most() {
                let serial = self.device.serial.clone();
                let profile = self.device.for_whom.clone();
                return Err(MfaError::Refused { profile, serial, way: way.way(), attempts: self.attempts });
            }
            let left = way.most() - self.attempts;
            self.attempts += 1;
            let now = self.world.clock.now();
            let (code, used_at) = match way {
                Open::Given(given) => (read_given(given)?, now),
                Open::Process(command) => (process::run(command, &self.device, process::DEADLINE, self.world)?, now),
                Open::Seed(seed) => self.unspent(seed, spent, now),
                Open::Person => match parse_code(self.ask(left)?.expose_secret()) {
                    Some(code) => (code, now),
                    None => {
                        self.complaint = Some("a code has six digits");
                        continue;
                    }
                },
            };
            if !spent.holds(&code, used_at) {
                spent.remember(&code, used_at);
                return Ok(code);
            }
            match way {
                Open::Given(_) | Open::Seed(_) => {
                    return Err(MfaError::Spent { way: way.way(), serial: self.device.serial.clone() });
                }
                // Who waits for us gives up after 45 s: one window is waited for, and a device that is a little slow.
                Open::Process(_) if left == 1 => {
                    return Err(MfaError::Spent { way: way.way(), serial: self.device.serial.clone() });
                }
                Open::Process(_) if std::mem::replace(&mut self.waited, true) => (self.outside.wait)(SLOW),
                Open::Process(_) => self.wait_until(start_of(step_of(now) + 1) + MARGIN, now),
                Open::Person => {
                    self.complaint = Some("that code was used already, and AWS takes each once: wait for the next one");
                }
            }
        }
    }

    fn ask(&mut self, left: u8) -> Result<SecretString, MfaError> {
        let Device { serial, for_whom, .. } = &self.device;
        let question = format!("MFA code of {serial} for {for_whom}");
        let question = match self.complaint.take() {
            Some(complaint) => {
                format!("{complaint} ({left} attempt{} left). {question}", if left == 1 { "" } else { "s" })
            }
            None => question,
        };
        (self.outside.ask)(&question).map_err(|source| MfaError::Person {
            profile: for_whom.clone(),
            serial: serial.clone(),
            source,
        })
    }

    /// Returns the first code that was not sent yet, when its time has come, and that time.
    fn unspent(&mut self, seed: &Seed, spent: &Spent, now: SystemTime) -> (SecretString, SystemTime) {
        let this = step_of(now);
        let mut step = this;
        loop {
            let time = if step == this { now } else { start_of(step) };
            let code = seed.code_at(time);
            if !spent.holds(&code, time) {
                if step > this {
                    self.wait_until(time, now);
                }
                return (code, time);
            }
            step += 1;
        }
    }

    fn wait_until(&mut self, time: SystemTime, now: SystemTime) {
        let wait = time.duration_since(now).unwrap_or_default();
        // A whole second is shown for a part of one.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let serial = &self.device.serial;
        person::note(&format!("the present code of {serial} is spent; its next one comes in {seconds} s"));
        (self.outside.wait)(wait);
    }
}

/// By how much a device's clock may be behind ours without another wait.
const MARGIN: Duration = Duration::from_secs(1);
/// How long a device is waited for that shows the old code still.
const SLOW: Duration = Duration::from_secs(10);

impl std::fmt::Debug for Codes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codes").field("device", &self.device).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

/// A code for a person.
#[derive(Debug)]
pub struct Shown {
    /// The code of this window.
    pub code: SecretString,
    /// How long it is the present one.
    pub left: Duration,
    /// Whether it was used before.
    pub spent: bool,
}

/// Returns the present code of a device, for a person to use: from here on it counts as spent, as if it had been sent.
pub fn show_code(serial: &MfaSerial, seed: &Seed, world: &World) -> Shown {
    let now = world.clock.now();
    let code = seed.code_at(now);
    let mut record = Spent::of(serial, world);
    let spent = record.holds(&code, now);
    if !spent {
        record.remember(&code, now);
    }
    let left = start_of(step_of(now) + 1).duration_since(now).unwrap_or_default();
    Shown { code, left, spent }
}

fn start_of(step: u64) -> SystemTime {
    UNIX_EPOCH + STEP * u32::try_from(step).unwrap_or(u32::MAX)
}

fn read_given(given: &GivenCode) -> Result<SecretString, MfaError> {
    /// A code has six characters; a file that holds much more is another file.
    const LONGEST: u64 = 4_096;
    let mut text = Zeroizing::new(String::with_capacity(64));
    let (file, read) = match given {
        GivenCode::Stdin => {
            ("standard input".to_owned(), std::io::stdin().lock().take(LONGEST).read_to_string(&mut text))
        }
        GivenCode::File(path) => {
            let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
            (path.display().to_string(), read)
        }
    };
    read.map_err(|source| MfaError::Given { file, source })?;
    parse_code(&text).ok_or(MfaError::NotACode { way: Way::Given })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::path::Path;

    use super::*;
    use crate::config::VaultSettings;
    use crate::world::Clock;

    const SERIAL: &str = "arn:aws:iam::111122223333:mfa/alice";
    /// The window from 1,000,000,020 to 1,000,000,050.
    const NOW: u64 = 1_000_000_025;

    fn world(folder: &Path) -> World {
        let mut world = World::new();
        world.folders.state = folder.to_owned();
        world.clock = Clock::Fixed(UNIX_EPOCH + Duration::from_secs(NOW));
        world
    }

    fn device(process: Option<&str>) -> Device {
        let process = process.map(str::to_owned);
        Device { serial: SERIAL.parse().unwrap(), process, for_whom: "prod-admin".to_owned() }
    }

    fn seed() -> Seed {
        Seed::parse(&SecretString::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned())).unwrap()
    }

    /// What a test sees: the questions, the waits, and what came of each attempt.
    #[derive(Default)]
    struct Seen {
        asked: RefCell<Vec<String>>,
        waited: RefCell<Vec<u64>>,
    }

    /// Codes of a person who types these answers, or of the way that is open.
    fn codes<'a>(
        typed: &'a [&'a str],
        way: Option<Open>,
        vault: &'a Vault,
        world: &'a World,
        seen: &'a Seen,
    ) -> Codes<'a> {
        let mut answers = typed.iter();
        let mut codes = Codes::new(device(None), None, vault, world);
        codes.outside.ask = Box::new(move |question| {
            seen.asked.borrow_mut().push(question.to_owned());
            answers.next().map(|a| SecretString::from((*a).to_owned())).ok_or(PersonError::Declined)
        });
        codes.outside.wait = Box::new(|time| seen.waited.borrow_mut().push(time.as_secs()));
        codes.opened = way.map(|way| Opened { way, spent: Spent::of(&codes.device.serial, world) });
        codes
    }

    fn text(code: Result<SecretString, MfaError>) -> String {
        code.map_or_else(|error| format!("error: {error}"), |code| code.expose_secret().to_owned())
    }

    #[test]
    fn a_person_is_asked_three_times_and_told_why() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let mut codes = codes(&["111 111", "222222", "333333", "444444"], Some(Open::Person), &vault, &world, &seen);
        for expected in ["111111", "222222", "333333"] {
            assert_eq!(text(codes.next()), expected);
            codes.refused();
        }
        assert!(matches!(codes.next(), Err(MfaError::Refused { attempts: 3, way: Way::Person, .. })));
        let question = format!("MFA code of {SERIAL} for prod-admin");
        assert_eq!(
            *seen.asked.borrow(),
            [
                question.clone(),
                format!("that code was refused (2 attempts left). {question}"),
                format!("that code was refused (1 attempt left). {question}"),
            ]
        );
    }

    #[test]
    fn a_typed_code_that_cannot_be_accepted_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        assert_eq!(text(codes(&["111111"], Some(Open::Person), &vault, &world, &seen).next()), "111111");
        let mut second = codes(&["111111", "12345", "222222"], Some(Open::Person), &vault, &world, &seen);
        assert_eq!(text(second.next()), "222222");
        let asked = seen.asked.borrow();
        assert!(asked[2].starts_with("that code was used already, and AWS takes each once"), "{asked:?}");
        assert!(asked[3].starts_with("a code has six digits (1 attempt left)"), "{asked:?}");
    }

    #[test]
    fn a_seed_waits_for_the_next_window_when_its_code_is_spent() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let at = |seconds| seed().code_at(UNIX_EPOCH + Duration::from_secs(seconds)).expose_secret().to_owned();
        let next = || text(codes(&[], Some(Open::Seed(seed())), &vault, &world, &seen).next());
        assert_eq!(next(), at(NOW));
        assert!(seen.waited.borrow().is_empty());
        assert_eq!(next(), at(NOW + 30));
        assert_eq!(next(), at(NOW + 60));
        assert_eq!(*seen.waited.borrow(), [25, 55]);
    }

    #[test]
    fn a_refused_seed_is_tried_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let mut codes = codes(&[], Some(Open::Seed(seed())), &vault, &world, &seen);
        for _ in 0..2 {
            assert!(codes.next().is_ok());
            codes.refused();
        }
        assert!(matches!(codes.next(), Err(MfaError::Refused { attempts: 2, way: Way::Seed, .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_prints_a_spent_code_runs_again_in_the_next_window() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let counter = folder.path().join("runs");
        let command = format!(
            "echo x >> {0}; case $(wc -l < {0}) in *1|*2) echo 111111;; *) echo 222222;; esac",
            counter.display()
        );
        let mut codes = codes(&[], Some(Open::Process(command)), &vault, &world, &seen);
        assert_eq!(text(codes.next()), "111111");
        codes.refused();
        assert_eq!(text(codes.next()), "222222");
        assert_eq!(*seen.waited.borrow(), [26]);
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_prints_nothing_but_a_spent_code_keeps_nobody_waiting_for_two_windows() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let run = || codes(&[], Some(Open::Process("echo 111111".to_owned())), &vault, &world, &seen);
        let mut first = run();
        assert_eq!(text(first.next()), "111111");
        first.refused();
        assert!(matches!(first.next(), Err(MfaError::Spent { way: Way::Process, .. })));
        assert_eq!(*seen.waited.borrow(), [26], "one window, and no wait after the last run");
        assert!(matches!(run().next(), Err(MfaError::Spent { way: Way::Process, .. })));
        assert_eq!(*seen.waited.borrow(), [26, 26, 10]);
    }

    #[test]
    fn a_file_is_taken_once_and_only_with_a_code_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let (world, seen) = (world(folder.path()), Seen::default());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let file = folder.path().join("code");
        let given = |content: &str| {
            std::fs::write(&file, content).unwrap();
            codes(&[], Some(Open::Given(GivenCode::File(file.clone()))), &vault, &world, &seen)
        };
        let mut codes = given("123456\n");
        assert_eq!(text(codes.next()), "123456");
        codes.refused();
        assert!(matches!(codes.next(), Err(MfaError::Refused { attempts: 1, way: Way::Given, .. })));
        assert!(matches!(given("123456").next(), Err(MfaError::Spent { way: Way::Given, .. })));
        assert!(matches!(given("hunter2").next(), Err(MfaError::NotACode { way: Way::Given })));
        assert!(seen.asked.borrow().is_empty());
    }

    #[test]
    fn the_first_way_that_there_is_gives_the_codes() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        let vault = Vault::new(&VaultSettings::default(), &world);
        let open = |process, given| Codes::new(device(process), given, &vault, &world).open().way.way();
        assert_eq!(open(Some("x"), Some(GivenCode::Stdin)), Way::Given);
        assert_eq!(open(Some("x"), None), Way::Process);
        assert_eq!(open(None, None), Way::Person);
    }
}
