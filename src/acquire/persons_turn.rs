//! What a person signs in for: one sign-in at a time, whoever asks.
//!
//! A token that is alive serves at once. Else the lock of the sign-in is taken: whoever has it refreshes the token, or
//! lets a person sign in, and those who wait take what comes of it. A process without a terminal opens no browser, unless
//! that was declared, and says at once who has to do what.

use std::io::IsTerminal;

use sha2::{Digest, Sha256};

use super::AcquireError;
use crate::aws::Line;
use crate::config::Origin;
use crate::identity::{IdentityError, Lack, Manner, SignInError, TokenSignIn};
use crate::person;
use crate::session::{Flight, FlightError, Phase, Taken, Turn, Waiting};
use crate::world::World;

/// What is asked of a sign-in.
#[derive(Clone, Copy, Debug)]
pub enum Want<'a> {
    /// A token that serves.
    Alive {
        /// The mark of one that is not taken any more.
        dead: Option<&'a str>,
    },
    /// A new sign-in, since a person asked for it.
    SignIn(Manner),
}

/// Returns a token of that sign-in, one way or the other.
pub fn token<S: TokenSignIn>(
    at: &S,
    want: Want<'_>,
    origin: &Origin,
    line: &Line<'_>,
    flight: &Flight,
    mut enter: impl FnMut(Phase),
) -> Result<S::Token, AcquireError> {
    let failed = |error: SignInError| AcquireError::Identity { error: Box::new(error.into()), origin: origin.clone() };
    let kept = at.kept();
    let is_good = |token: &S::Token| match want {
        Want::Alive { dead } => at.is_alive(token) && dead.is_none_or(|dead| dead != at.mark(token)),
        Want::SignIn(_) => false,
    };
    if let Some(token) = at.token().map_err(failed)?.filter(is_good) {
        return Ok(token);
    }
    let lock = format!("{}-{}", kept.kind, hex::encode(&Sha256::digest(kept.name)[..16]));
    let mut turn = take_turn(&lock, flight, kept.world, &mut enter)?;
    let refused = turn.as_ref().and_then(Turn::refused_meanwhile);
    if let (Want::Alive { .. }, Some((pid, said))) = (want, refused.map(|(pid, said)| (pid, said.clone())))
        && let Some(text) = said.as_str()
    {
        let error = kept.shared(pid, text.to_owned());
        if let Some(turn) = turn.take() {
            turn.refuse(said);
        }
        return Err(failed(error));
    }
    let mut phase = |phase| {
        enter(phase);
        turn.iter_mut().for_each(|turn| turn.enter(phase));
    };
    let made = match want {
        Want::SignIn(manner) => {
            phase(Phase::Person);
            at.visit(at.manner(manner), line)
        }
        Want::Alive { dead } => renewed(at, dead.is_some(), line, is_good, &mut phase),
    };
    phase(Phase::Calls);
    if let (Some(turn), Err(error)) = (turn, &made)
        && error.concerns_all()
    {
        turn.refuse(error.to_string().into());
    }
    made.map_err(failed)
}

/// Refreshes the token, or lets a person sign in if one can be asked.
fn renewed<S: TokenSignIn>(
    at: &S,
    is_dead: bool,
    line: &Line<'_>,
    is_good: impl Fn(&S::Token) -> bool,
    phase: &mut impl FnMut(Phase),
) -> Result<S::Token, SignInError> {
    // Somebody may have seen to it while we waited.
    let token = at.token()?;
    if let Some(token) = token.as_ref().filter(|token| is_good(token)) {
        return Ok(token.clone());
    }
    let lack = match &token {
        None => Lack::Never,
        Some(token) if at.can_be_refreshed(token) => match at.refresh(token, line) {
            Err(SignInError::SignedOut { lack, .. }) => lack,
            made => return made,
        },
        Some(_) if is_dead => Lack::Revoked,
        Some(_) => Lack::Ended,
    };
    let kept = at.kept();
    let manner = at.manner(Manner::of(false, false, &kept.world.env));
    if !person::has_terminal() {
        if !at.auto_login() || !manner.opens {
            return Err(kept.signed_out(lack));
        }
        if let Some(since) = kept.waits_since() {
            return Err(kept.waiting(since));
        }
    }
    person::note(&format!("{}; the sign-in at {} begins", lack.as_str(), kept.place));
    phase(Phase::Person);
    at.visit(manner, line)
}

/// Says at once that a person is needed, where none can come of waiting: no lock is taken for that.
pub(super) fn refuse_early<S: TokenSignIn>(at: &S) -> Result<(), SignInError> {
    let kept = at.kept();
    // Somebody may be signing in right now: then it is worth waiting.
    if person::has_terminal() || at.auto_login() || kept.waits_since().is_some() {
        return Ok(());
    }
    match at.token()? {
        None => Err(kept.signed_out(Lack::Never)),
        Some(token) if at.is_alive(&token) || at.can_be_refreshed(&token) => Ok(()),
        Some(_) => Err(kept.signed_out(Lack::Ended)),
    }
}

/// Waits for the lock of the sign-in. Where no lock can be had, the sign-in is made all the same.
pub(super) fn take_turn(
    lock: &str,
    flight: &Flight,
    world: &World,
    enter: &mut impl FnMut(Phase),
) -> Result<Option<Turn>, AcquireError> {
    let taken = flight.take(lock, person::is_reachable(world), |waiting| match waiting {
        Waiting::For { pid, phase } if std::io::stderr().is_terminal() => {
            let what = match phase {
                Phase::Calls => "is refreshing the sign-in",
                Phase::Person => "is waiting for somebody to sign in",
            };
            person::note(&format!("waiting for process {pid}, which {what}"));
        }
        // An SDK would show it as an error.
        Waiting::For { .. } => {}
        Waiting::Phase(phase) => enter(phase),
    });
    match taken {
        Ok(Taken::Turn(turn)) => Ok(Some(*turn)),
        // Nobody gives a session under this lock.
        Ok(Taken::Given(_)) | Err(FlightError::Folder { .. }) => Ok(None),
        Err(error @ FlightError::Stuck { .. }) => Err(error.into()),
    }
}

/// Returns whether a failure to get a proof concerns those who waited for our step.
pub(super) fn concerns_all(error: &IdentityError) -> bool {
    matches!(error, IdentityError::SignIn(error) if error.concerns_all())
}
