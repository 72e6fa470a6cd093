//! A plan goes in, credentials come out: cache, single-flight and steps meet here.
//!
//! Steps are looked up from the last backwards, and only what the cache lacks is done. Each missing step is made under its
//! own lock, with a second look after the lock is had; a step that takes an MFA code holds the device's lock as well. The
//! locks of a chain are always taken from its last step towards its first, so no two processes wait for each other.

mod call;
mod context;
mod exchange;
mod failure;
mod identity_center;
mod oidc;
mod persons_turn;
mod record;
mod saml;

use std::io::IsTerminal;
use std::time::Duration;

use sha2::{Digest, Sha256};

use call::{Call, Signed};
use failure::to_share;
pub use failure::{AcquireError, Carried, Packed, SharedRefusal, SignedIn, Step};
pub use persons_turn::{Want, token};
pub use saml::saml_assertion;

use crate::aws::{AwsError, Line, Tries};
use crate::identity::{AtProvider, Generation, base_credentials, fingerprint, with_contexts};
use crate::mfa::{self, Codes, GivenCode, MfaError, Way};
use crate::person;
use crate::plan::{Base, Device, Exchange, Plan, Reach, Start};
use crate::recall;
use crate::session::{
    Cache, CacheKey, Card, Credentials, Fingerprint, Flight, FlightError, Kept, Life, Phase, Taken, Turn, Waiting,
    cache_keys,
};
use crate::terms::show_duration;
use crate::vault::{StoreName, Vault};
use crate::world::World;

/// Returns the credentials that the plan leads to, from the cache or from AWS.
///
/// `wanted` is the life that the last session must have left. `given` is a code that was put into a file for us.
pub fn acquire(
    plan: &Plan,
    wanted: Life,
    given: Option<GivenCode>,
    vault: &Vault,
    world: &World,
) -> Result<Credentials, AcquireError> {
    let mut run = Run {
        plan,
        keys: Vec::new(),
        wanted,
        given,
        vault,
        world,
        cache: Cache::new(vault, world),
        flight: Flight::new(world),
        line: Line::new(world),
        turns: Vec::new(),
        named: None,
        warned: false,
        compared: false,
        token_used: None,
    };
    run.keys = run.keys_now()?;
    run.credentials()
}

/// One run along a plan.
struct Run<'a> {
    plan: &'a Plan,
    keys: Vec<CacheKey>,
    wanted: Life,
    given: Option<GivenCode>,
    vault: &'a Vault,
    world: &'a World,
    cache: Cache<'a>,
    flight: Flight,
    line: Line<'a>,
    /// The locks held, outermost first.
    turns: Vec<Turn>,
    /// The foreign host that was named already.
    named: Option<String>,
    /// Whether it was said that the state folder does not serve.
    warned: bool,
    /// Whether it was said that the clock is off.
    compared: bool,
    /// How full the token of the session that was just made is.
    token_used: Option<u8>,
}

/// What waiting for a lock ended with.
enum Place {
    /// The lock is ours: it is the last of the turns.
    Turn,
    /// Locks cannot be had here. Credentials come all the same.
    NoLock,
    /// Whoever had the lock gave us the session.
    Given(Credentials),
}

impl<'a> Run<'a> {
    /// Returns the keys of the steps' sessions. Opens the secret store only where nothing else says whose key it holds.
    fn keys_now(&self) -> Result<Vec<CacheKey>, AcquireError> {
        let known = || fingerprint(self.plan, self.vault, self.world);
        if let Some(who) = known() {
            return Ok(cache_keys(self.plan, &who));
        }
        let who = match &self.plan.start {
            Start::Keys(base) => {
                self.base(base)?;
                known()
            }
            Start::MfaSession(session) => {
                self.base(&session.keys)?;
                known()
            }
            Start::SignIn(sign_in) => match &sign_in.exchange {
                Exchange::WebIdentity(exchange) => self.of_all(self.whose_token(sign_in, &exchange.token)?),
                Exchange::Pool(exchange) => self.of_all(Some(self.whose_logins(sign_in, &exchange.pool)?)),
                // Who signs in in a browser shows when they do.
                Exchange::Saml(exchange) => {
                    self.of_all(AtProvider::new(&sign_in.name, &exchange.assertion, self.world).fingerprint_of_stdin())
                }
                Exchange::RoleCredentials(exchange) => {
                    // A lost card is written anew where the vault has the token; else nobody is signed in.
                    self.begin(sign_in, exchange)?;
                    known()
                }
            },
        };
        Ok(self.keys_of(who))
    }

    /// Returns the keys of the steps' sessions, for one who may have turned out to be somebody else.
    fn keys_of(&self, who: Option<Fingerprint>) -> Vec<CacheKey> {
        // Without a card that can be written, nothing is found again, and each command asks anew.
        let who = who.unwrap_or_else(|| Fingerprint(format!("unknown {}", Generation::new().as_str())));
        cache_keys(self.plan, &who)
    }

    /// Says who they are together with those whose context others assert, as far as that is at hand.
    fn of_all(&self, who: Option<Fingerprint>) -> Option<Fingerprint> {
        with_contexts(self.plan, who?, self.world).ok()
    }

    fn credentials(mut self) -> Result<Credentials, AcquireError> {
        match (&self.plan.start, self.plan.steps()) {
            (Start::Keys(base), 0) => self.base(base),
            (Start::Keys(_) | Start::MfaSession(_) | Start::SignIn(_), steps) => self.step(steps),
        }
    }

    /// Returns what the first `count` steps lead to.
    fn step(&mut self, count: usize) -> Result<Credentials, AcquireError> {
        if let Some(found) = self.look(count) {
            return Ok(found);
        }
        if let Call::Exchange(sign_in) = Call::of(self.plan, count) {
            self.refuse_early(sign_in)?;
        }
        let outer = self.turns.len();
        if let Place::Given(credentials) = self.take_turn(&self.keys[count - 1].to_string())? {
            return Ok(credentials);
        }
        let made = self.make(count, outer);
        for turn in self.turns.split_off(outer) {
            if let Some(refusal) = made.as_ref().err().and_then(to_share) {
                turn.refuse(refusal);
            }
        }
        made
    }

    /// Makes the step, unless somebody did while we waited for the turn. Whoever is behind the outer turns waits for the step.
    fn make(&mut self, count: usize, outer: usize) -> Result<Credentials, AcquireError> {
        if self.turns.len() > outer {
            if let Some(found) = self.look(count) {
                return Ok(found);
            }
            if let Some((pid, refusal)) = self.turns.last().and_then(Turn::refused_meanwhile)
                && let Ok(source) = serde_json::from_value(refusal.clone())
            {
                return Err(AcquireError::Shared { step: Box::new(Call::step(self.plan, count)), pid, source });
            }
        }
        let credentials = match Call::of(self.plan, count) {
            Call::Exchange(sign_in) => self.exchange(sign_in),
            Call::First(base, signed) => {
                let keys = self.base(base)?;
                // The store may hold another key than its card said (a vault shared with another machine).
                self.keys = self.keys_now()?;
                self.call(count, signed, &keys)
            }
            Call::Next(signed) => {
                let by = self.step(count - 1)?;
                self.call(count, signed, &by)
            }
        };
        let credentials = credentials.inspect_err(|error| self.write_down_refusal(count, error))?;
        self.compare_clocks(count, &credentials);
        self.keep(count, &credentials, outer);
        self.write_down(count, &credentials);
        Ok(credentials)
    }

    /// Returns the step's session, if the cache holds one that is good enough.
    fn look(&self, count: usize) -> Option<Credentials> {
        let find = |life| self.cache.find(&self.keys[count - 1], life);
        recall::good_enough(self.plan, count, self.wanted, self.world, find)
    }

    /// Waits for a lock: a step's, or a person's.
    fn take_turn(&mut self, name: &str) -> Result<Place, AcquireError> {
        let turns = &mut self.turns;
        let taken = self.flight.take(name, person::is_reachable(self.world), |waiting| match waiting {
            Waiting::For { pid, phase } if std::io::stderr().is_terminal() => {
                let what = match phase {
                    Phase::Calls => "is asking AWS for the same",
                    Phase::Person => "is asking for an MFA code",
                };
                person::note(&format!("waiting for process {pid}, which {what}"));
            }
            // An SDK would show it as an error.
            Waiting::For { .. } => {}
            // Those who wait for us wait for that person too.
            Waiting::Phase(phase) => turns.iter_mut().for_each(|turn| turn.enter(phase)),
        });
        match taken {
            Ok(Taken::Turn(turn)) => {
                self.turns.push(*turn);
                Ok(Place::Turn)
            }
            // What cannot be understood was given by another version of this program.
            Ok(Taken::Given(session)) => Ok(self.cache.unpack(&session).map_or(Place::NoLock, Place::Given)),
            Err(error @ FlightError::Folder { .. }) => {
                self.warn_of_state(&error);
                Ok(Place::NoLock)
            }
            Err(error @ FlightError::Stuck { .. }) => Err(error.into()),
        }
    }

    fn call(&mut self, count: usize, call: Signed<'a>, by: &Credentials) -> Result<Credentials, AcquireError> {
        self.name_foreign_host(Call::of(self.plan, count).reach());
        let answer = match call.device() {
            Some(device) => self.call_with_code(call, device, by)?,
            None => call.send(&self.line, by, None, &self.contexts(call)?),
        };
        let (mut credentials, used) =
            answer.map_err(|source| AcquireError::Step { step: Box::new(Call::step(self.plan, count)), source })?;
        credentials.lineage = call.lineage(by);
        self.token_used = used;
        Ok(credentials)
    }

    /// Makes the call with one code after the other, until AWS takes one or there are no more.
    fn call_with_code(
        &mut self,
        call: Signed<'a>,
        device: &Device,
        by: &Credentials,
    ) -> Result<Result<(Credentials, Option<u8>), AwsError>, AcquireError> {
        let serial = &device.serial.value;
        let lock = format!("mfa-{}", hex::encode(&Sha256::digest(serial.as_str())[..16]));
        // Before a person gives a code that nothing comes of.
        let contexts = self.contexts(call)?;
        let held = matches!(self.take_turn(&lock)?, Place::Turn);
        self.enter(Phase::Person);
        let asked = mfa::Device {
            serial: serial.clone(),
            process: device.process.as_ref().map(|process| process.value.clone()),
            for_whom: self.plan.profile.clone(),
        };
        let mut codes = Codes::new(asked, self.given.take(), self.vault, self.world);
        let mut refused = None;
        let answer = loop {
            let code = match (codes.next(), refused.take()) {
                (Ok(code), _) => code,
                (Err(error), Some(last)) => {
                    break Err(AcquireError::Codes {
                        error: Box::new(error),
                        last,
                        origin: device.serial.origin.clone(),
                    });
                }
                (Err(error), None) => break Err(mfa_error(error, device)),
            };
            let tries = if codes.are_by_our_clock() { Tries::Once } else { Tries::OnceByAwsClock };
            match call.send(&self.line, by, Some((&code, tries)), &contexts) {
                Err(AwsError::Refused(refusal)) if refusal.is_wrong_mfa_code() => {
                    codes.refused();
                    refused = Some(refusal);
                }
                other => break Ok(other),
            }
        };
        if held {
            self.turns.pop();
        }
        self.enter(Phase::Calls);
        answer
    }

    fn enter(&mut self, phase: Phase) {
        self.turns.iter_mut().for_each(|turn| turn.enter(phase));
    }

    fn base(&self, base: &Base) -> Result<Credentials, AcquireError> {
        base_credentials(base, self.vault, &self.line, self.world)
            .map_err(|error| AcquireError::Identity { error: Box::new(error), origin: base.source.origin.clone() })
    }

    /// Keeps the session for later; what no store takes goes to those who wait for it now.
    fn keep(&mut self, count: usize, credentials: &Credentials, outer: usize) {
        let Some(expires_at) = credentials.expires_at() else { return };
        let step = Call::step(self.plan, count);
        let card = Card {
            store: StoreName::None,
            profile: step.profile,
            identity: self.plan.start.name().to_owned(),
            role_arn: step.role_arn,
            issued_at: self.world.clock.now(),
            expires_at,
            token_used: self.token_used.take(),
        };
        let Kept::No { session, because } = self.cache.keep(&self.keys[count - 1], credentials, card) else { return };
        if let Some(error) = because {
            self.warn_of_state(&error);
        }
        self.turns[outer..].iter().for_each(|turn| turn.give(&session));
    }

    /// Credentials come all the same, and one warning says it for every lock and card.
    fn warn_of_state(&mut self, error: &dyn std::error::Error) {
        if !std::mem::replace(&mut self.warned, true) {
            person::warn(&format!(
                "{error}, so the same may be asked of AWS or of you again; it has to be a folder of yours alone"
            ));
        }
    }

    /// The SDK makes good for a clock that is off, and nobody else does: what a program does next would go wrong.
    fn compare_clocks(&mut self, count: usize, credentials: &Credentials) {
        let off = Call::of(self.plan, count).clock_off(credentials, self.world.clock.now());
        let Some((off, way)) = off.filter(|(off, _)| *off > CLOCK_TOLERANCE) else { return };
        if !std::mem::replace(&mut self.compared, true) {
            let off = show_duration(Duration::from_secs((off.as_secs() + 30) / 60 * 60));
            person::warn(&format!(
                "this machine's clock is {off} {way}, so programs misjudge when the session ends: set it by a time server \
                 (`timedatectl set-ntp true`)"
            ));
        }
    }

    /// What leaves the process, and where to, is said wherever that is neither AWS nor this machine.
    fn name_foreign_host(&mut self, reach: &Reach) {
        let Some(host) = reach.foreign_host() else { return };
        if self.named.as_deref() != Some(host) {
            let origin = reach.endpoint_url.as_ref().map(|url| url.origin.to_string()).unwrap_or_default();
            person::note(&format!("STS is asked at {host}, which is not AWS's ({origin})"));
            self.named = Some(host.to_owned());
        }
    }
}

/// From where on AWS refuses a signature: 5 minutes, by its own words ("… - 5 min.").
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

fn mfa_error(error: MfaError, device: &Device) -> AcquireError {
    let of_process = matches!(error, MfaError::Process { .. } | MfaError::NotACode { way: Way::Process });
    let process = device.process.as_ref().filter(|_| of_process).map(|process| &process.origin);
    let origin = process.unwrap_or(&device.serial.origin).clone();
    AcquireError::Mfa { error: Box::new(error), origin }
}
