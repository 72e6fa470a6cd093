//! Rotating a long-term key: a new one is made, kept, proved, and only then the old one is retired.
//!
//! What enters: an identity whose key the vault holds. What leaves: the vault with a newer key, and IAM without the older.
//! `decide` says what is next, from what the vault and IAM hold; here it is done, one step at a time, so that whoever dies
//! anywhere loses no key, and running it again finishes the work.

mod decide;
mod iam;
mod pending;

use std::thread::sleep;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::acquire::{AcquireError, acquire};
use crate::aws::{AwsError, Line};
use crate::identity::LongTermKey;
use crate::mfa::GivenCode;
use crate::person;
use crate::plan::{Plan, Reach, Start};
use crate::session::{Credentials, Flight, FlightError, Life, Lineage, Via};
use crate::terms::{AccessKeyId, ExposeSecret, show_time};
use crate::vault::{Vault, VaultError};
use crate::world::World;

use decide::{Facts, Next, Proof, next};
use iam::Calls;

pub use decide::Listed;
pub use pending::Pending;

/// Whose key is rotated, and how AWS is reached for it.
#[derive(Debug)]
pub struct Job<'a> {
    /// The identity's name.
    pub identity: &'a str,
    /// Its plan, without hops: an MFA session, or the key itself.
    pub plan: &'a Plan,
    /// How STS is reached; IAM is asked in the same partition.
    pub reach: &'a Reach,
    /// Another host for IAM than AWS's own.
    pub iam_endpoint: Option<&'a url::Url>,
    /// A code that was put into a file for us.
    pub given: Option<GivenCode>,
    /// The user's other key, which may be deleted to make room.
    pub may_delete: Option<&'a AccessKeyId>,
}

/// What came of it.
#[derive(Debug)]
pub struct Rotated {
    /// The vault's present key.
    pub key_id: AccessKeyId,
    /// Whether this finished what another attempt began.
    pub finished_another: bool,
}

/// Why a rotation stopped. Nothing is lost by it.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The vault holds no key of that name.
    #[error("no key of the identity `{identity}` is stored")]
    NoKey {
        /// The identity.
        identity: String,
    },
    /// The MFA session cannot be had.
    #[error(transparent)]
    Acquire(Box<AcquireError>),
    /// A call was refused or had no answer.
    #[error("the rotation of `{identity}` stopped: {doing}")]
    Aws {
        /// The identity.
        identity: String,
        /// What was being done.
        doing: &'static str,
        /// What AWS said.
        source: Box<AwsError>,
    },
    /// A store failed.
    #[error("the rotation of `{identity}` stopped: {doing}")]
    Vault {
        /// The identity.
        identity: String,
        /// What was being done.
        doing: &'static str,
        /// What the store said.
        source: VaultError,
    },
    /// The new key could not be kept, nor taken back.
    #[error("the new key {key_id} could not be kept in the vault, and IAM did not take it back")]
    Left {
        /// The key that nobody has the secret of.
        key_id: AccessKeyId,
        /// What the store said.
        source: VaultError,
    },
    /// IAM allows two keys, and the second one is not ours.
    #[error(
        "AWS allows two keys, and beside {held} the user of `{identity}` has {} ({}{})",
        other.key_id,
        if other.is_active { "active" } else { "inactive" },
        made(other)
    )]
    NoRoom {
        /// The identity.
        identity: String,
        /// Our key.
        held: AccessKeyId,
        /// The other one.
        other: Listed,
    },
    /// The vault's key is not among the user's.
    #[error("the key {held} of `{identity}` is none of the keys that IAM lists for it")]
    Foreign {
        /// The identity.
        identity: String,
        /// The vault's key.
        held: AccessKeyId,
    },
    /// AWS does not know the new key yet.
    #[error("AWS does not know the new key {key_id} yet; the vault keeps both, and the old one is still in use")]
    NotYet {
        /// The new key.
        key_id: AccessKeyId,
    },
    /// Another process is at it.
    #[error(transparent)]
    Flight(#[from] FlightError),
}

fn made(key: &Listed) -> String {
    let made = key.made_at.map(|at| format!(", made {}", show_time(at)));
    made.unwrap_or_default()
}

/// Rotates the key of an identity, or finishes what another attempt began.
pub fn rotate(job: &Job<'_>, vault: &Vault, world: &World) -> Result<Rotated, RotationError> {
    let name = format!("rotate-{}", hex::encode(Sha256::digest(job.identity)));
    let _turn = Flight::new(world).take(&name, person::is_reachable(world), |_| {})?;
    let no_key = || RotationError::NoKey { identity: job.identity.to_owned() };
    let failed = failed(job, "its key is read");
    let held = LongTermKey::load(job.identity, vault, world).map_err(&failed)?.ok_or_else(no_key)?;
    let pending = Pending::load(job.identity, vault).map_err(&failed)?;
    let calls = Calls { line: Line::new(world), reach: job.reach, iam_endpoint: job.iam_endpoint };
    Run { job, vault, world, calls, held, pending, listed: Vec::new(), session: None }.run()
}

struct Run<'a> {
    job: &'a Job<'a>,
    vault: &'a Vault,
    world: &'a World,
    calls: Calls<'a>,
    held: LongTermKey,
    pending: Option<Pending>,
    /// As IAM listed them at the beginning, and as we changed them since: IAM's own list lags behind.
    listed: Vec<Listed>,
    session: Option<Credentials>,
}

impl Run<'_> {
    fn run(mut self) -> Result<Rotated, RotationError> {
        let finished_another = matches!(self.pending, Some(Pending::Made { .. }));
        let mut proof = Proof::Untried;
        self.listed = match self.list() {
            Ok(listed) => listed,
            // Somebody deleted the old key while a new one waits in the vault.
            Err(error) if is_unknown_key(&error) && self.waiting().is_some() => {
                self.prove()?;
                self.promote()?;
                self.list()?
            }
            Err(error) => return Err(error),
        };
        loop {
            let facts = Facts { held: &self.held.key_id, pending: self.pending.as_ref(), listed: &self.listed, proof };
            match next(&facts) {
                Next::Make => {
                    self.make()?;
                    proof = Proof::Untried;
                }
                Next::Prove => proof = self.prove()?,
                Next::Promote => self.promote()?,
                Next::Retire(old) => self.retire(&old)?,
                Next::Close => break,
                Next::DropOrphan(key) => {
                    person::note(&format!("deleting {key}, which an earlier attempt made and could not keep"));
                    self.retire(&key)?;
                    self.forget()?;
                    proof = Proof::Untried;
                }
                Next::Forget => {
                    person::warn("AWS does not know the key that an earlier attempt made; another one is made");
                    self.forget()?;
                    proof = Proof::Untried;
                }
                Next::Wait(key_id) => return Err(RotationError::NotYet { key_id }),
                Next::AskAbout(other) if self.job.may_delete == Some(&other.key_id) => self.retire(&other.key_id)?,
                Next::AskAbout(other) => {
                    let held = self.held.key_id.clone();
                    return Err(RotationError::NoRoom { identity: self.job.identity.to_owned(), held, other });
                }
                Next::Foreign => {
                    let held = self.held.key_id.clone();
                    return Err(RotationError::Foreign { identity: self.job.identity.to_owned(), held });
                }
            }
        }
        self.forget()?;
        Ok(Rotated { key_id: self.held.key_id, finished_another })
    }

    /// The new key that waits in the vault, if there is one.
    fn waiting(&self) -> Option<&LongTermKey> {
        match &self.pending {
            Some(Pending::Made { key, .. }) if key.key_id != self.held.key_id => Some(key),
            Some(Pending::Made { .. } | Pending::Making { .. }) | None => None,
        }
    }

    fn list(&mut self) -> Result<Vec<Listed>, RotationError> {
        let by = self.caller()?;
        // While the new key waits, the old one asks, which AWS has known for long.
        let listed =
            if self.waiting().is_some() { self.calls.list(&by) } else { self.patiently(|calls| calls.list(&by)) };
        listed.map_err(self.refused("the user's keys are listed"))
    }

    fn make(&mut self) -> Result<(), RotationError> {
        let by = self.caller()?;
        let before = self.listed.iter().map(|listed| listed.key_id.clone()).collect();
        // Should we die before the new secret is kept, the next attempt knows which key has none.
        let note = Pending::Making { before, since: self.world.clock.now() };
        note.save(self.job.identity, self.vault).map_err(failed(self.job, "a note of what is done is kept"))?;
        self.pending = Some(note);
        let made = self.calls.create(&by);
        let (key_id, secret_key) = made.map_err(self.refused("the new key is made"))?;
        let key = LongTermKey { key_id: key_id.clone(), secret_key, generation: self.held.generation.clone() };
        let made = Pending::Made { key, replaces: self.held.key_id.clone() };
        if let Err(source) = made.save(self.job.identity, self.vault) {
            return Err(match self.calls.delete(&key_id, &by) {
                Ok(()) => failed(self.job, "the new key is kept (it was deleted again)")(source),
                Err(_) => RotationError::Left { key_id, source },
            });
        }
        self.pending = Some(made);
        person::note(&format!("made {key_id} and kept it beside {}", self.held.key_id));
        self.listed.push(Listed { key_id, is_active: true, made_at: None });
        Ok(())
    }

    /// Asks STS for the new key until it is known, a minute at most: a new key takes seconds to become valid.
    fn prove(&mut self) -> Result<Proof, RotationError> {
        let Some(key) = self.waiting() else { return Ok(Proof::Known) };
        let by = credentials(key);
        match self.patiently(|calls| calls.identify(&by)) {
            Ok(()) => Ok(Proof::Known),
            Err(AwsError::Refused(refusal)) if refusal.code == UNKNOWN_KEY => Ok(Proof::Unknown),
            Err(source) => Err(self.refused("the new key is proved")(source)),
        }
    }

    fn promote(&mut self) -> Result<(), RotationError> {
        let Some(key) = self.waiting().cloned() else { return Ok(()) };
        let failed = failed(self.job, "the new key takes the old one's place in the vault");
        key.save(self.job.identity, self.vault, self.world).map_err(&failed)?;
        let back = LongTermKey::load(self.job.identity, self.vault, self.world).map_err(&failed)?;
        if back.is_none_or(|back| back.to_text().expose_secret() != key.to_text().expose_secret()) {
            let item = LongTermKey::item_name(self.job.identity).to_string();
            return Err(failed(VaultError::Damaged { item }));
        }
        self.held = key;
        Ok(())
    }

    /// Deactivates a key and deletes it. One that is gone already is as good.
    fn retire(&mut self, key: &AccessKeyId) -> Result<(), RotationError> {
        let by = self.caller()?;
        let gone = |answer: Result<(), AwsError>| match answer {
            Err(AwsError::Refused(refusal)) if refusal.code == "NoSuchEntity" => Ok(()),
            answer => answer,
        };
        gone(self.patiently(|calls| calls.deactivate(key, &by))).map_err(self.refused("a key is deactivated"))?;
        gone(self.patiently(|calls| calls.delete(key, &by))).map_err(self.refused("a key is deleted"))?;
        self.listed.retain(|listed| listed.key_id != *key);
        Ok(())
    }

    fn forget(&mut self) -> Result<(), RotationError> {
        let removed = Pending::remove(self.job.identity, self.vault);
        removed.map_err(failed(self.job, "the note of what was done is removed"))?;
        self.pending = None;
        Ok(())
    }

    /// The credentials that IAM is asked with: the MFA session, or the vault's present key.
    fn caller(&mut self) -> Result<Credentials, RotationError> {
        match &self.job.plan.start {
            Start::Keys(_) => Ok(credentials(&self.held)),
            Start::MfaSession(_) | Start::SignIn(_) => match &self.session {
                Some(session) => Ok(session.clone()),
                None => {
                    let given = self.job.given.clone();
                    let session = acquire(self.job.plan, Life::FOR_KEEPING, given, self.vault, self.world)
                        .map_err(|error| RotationError::Acquire(Box::new(error)))?;
                    Ok(self.session.insert(session).clone())
                }
            },
        }
    }

    /// Calls again while AWS does not know a key that it has just made.
    fn patiently<T>(&self, call: impl Fn(&Calls<'_>) -> Result<T, AwsError>) -> Result<T, AwsError> {
        let begin = Instant::now();
        let is_fresh = matches!(self.pending, Some(Pending::Made { .. }));
        let mut pause = FIRST_PAUSE;
        loop {
            match call(&self.calls) {
                Err(AwsError::Refused(refusal))
                    if refusal.code == UNKNOWN_KEY && is_fresh && begin.elapsed() < PATIENCE =>
                {
                    sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                answer => return answer,
            }
        }
    }

    fn refused(&self, doing: &'static str) -> impl Fn(AwsError) -> RotationError + use<> {
        let identity = self.job.identity.to_owned();
        move |source| RotationError::Aws { identity: identity.clone(), doing, source: Box::new(source) }
    }
}

fn failed(job: &Job<'_>, doing: &'static str) -> impl Fn(VaultError) -> RotationError + use<> {
    let identity = job.identity.to_owned();
    move |source| RotationError::Vault { identity: identity.clone(), doing, source }
}

fn is_unknown_key(error: &RotationError) -> bool {
    let says_so = |source: &AwsError| matches!(source, AwsError::Refused(refusal) if refusal.code == UNKNOWN_KEY);
    if let RotationError::Aws { source, .. } = error {
        return says_so(source);
    }
    if let RotationError::Acquire(error) = error
        && let AcquireError::Step { source, .. } = error.as_ref()
    {
        return says_so(source);
    }
    false
}

fn credentials(key: &LongTermKey) -> Credentials {
    Credentials {
        key_id: key.key_id.clone(),
        secret_key: key.secret_key.clone(),
        session: None,
        account: None,
        arn: None,
        lineage: Lineage(vec![Via::LongTermKey]),
    }
}

/// What STS and IAM say of a key that they do not know, or do not know yet.
/// Source: STS API Reference, "Common errors".
const UNKNOWN_KEY: &str = "InvalidClientTokenId";

/// How long a new key may take to become valid. It takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
