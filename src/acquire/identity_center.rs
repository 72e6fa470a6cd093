//! A permission set of Identity Center as a step: one sign-in at a time, whoever asks.
//!
//! A token that is alive serves at once. Else the lock of the sign-in is taken: whoever has it refreshes the token, or
//! lets a person sign in, and those who wait take what comes of it. A process without a terminal opens no browser, unless
//! that was declared, and says at once who has to do what.

use std::io::IsTerminal;

use sha2::{Digest, Sha256};

use super::exchange::no_proof;
use super::{AcquireError, Call, Run};
use crate::aws::{AwsError, Line};
use crate::identity::{AtCenter, CenterError, IdentityError, Lack, Manner, Token};
use crate::person;
use crate::plan::{Center, Exchange, RoleCredentials, SignIn};
use crate::session::{Credentials, Flight, FlightError, Lineage, Phase, Taken, Turn, Via, Waiting};
use crate::sts;
use crate::vault::Vault;
use crate::world::World;

impl Run<'_> {
    /// Says at once that a person is needed, where none can come of waiting: no lock is taken for that.
    pub(super) fn refuse_early(&self, sign_in: &SignIn) -> Result<(), AcquireError> {
        let exchange = match &sign_in.exchange {
            Exchange::RoleCredentials(exchange) => exchange,
            Exchange::Pool(_) | Exchange::Saml(_) => return Ok(()),
            Exchange::WebIdentity(exchange) => return self.refuse_early_at_provider(sign_in, &exchange.token),
        };
        let signed_in = AtCenter::new(&exchange.center, self.vault, self.world);
        // Somebody may be signing in right now: then it is worth waiting.
        if person::has_terminal() || exchange.center.auto_login || signed_in.waits_since().is_some() {
            return Ok(());
        }
        let refused = |error: CenterError| no_proof(sign_in)(error.into());
        let token = signed_in.token().map_err(refused)?;
        signed_in.needs_nobody(token.as_ref()).map_err(|lack| refused(signed_in.signed_out(lack)))
    }

    /// Trades the person's token in for the permission set.
    pub(super) fn role_credentials(
        &mut self,
        sign_in: &SignIn,
        exchange: &RoleCredentials,
    ) -> Result<Credentials, AcquireError> {
        self.name_foreign_host(&exchange.center.oidc);
        self.name_foreign_host(&exchange.center.portal);
        let before = self.keys.clone();
        let token = self.token(sign_in, exchange, None)?;
        // A new sign-in has other keys: whoever waited with us for it may have made the step already.
        if self.keys != before
            && let Some(found) = self.look(1)
        {
            return Ok(found);
        }
        let answer = match sts::role_credentials(&self.line, exchange, &token.access) {
            // The portal does not know it any more: signed out elsewhere, or an administrator ended the session.
            Err(AwsError::Refused(refusal)) if refusal.status == 401 => {
                let token = self.token(sign_in, exchange, Some(&token))?;
                sts::role_credentials(&self.line, exchange, &token.access)
            }
            answer => answer,
        };
        let mut credentials =
            answer.map_err(|source| AcquireError::Step { step: Box::new(Call::step(self.plan, 1)), source })?;
        credentials.lineage = Lineage(vec![Via::RoleCredentials]);
        Ok(credentials)
    }

    /// Has somebody sign in whose sessions could be looked for. Those who ask at the same time then look for the same.
    pub(super) fn begin(&self, sign_in: &SignIn, exchange: &RoleCredentials) -> Result<(), AcquireError> {
        self.refuse_early(sign_in)?;
        let (center, want) = (&exchange.center, Want::Alive { dead: None });
        let token = center_token(center, want, &self.line, &self.flight, (self.vault, self.world), |_| ());
        token.map(drop).map_err(|error| at_its_place(error, sign_in))
    }

    fn token(
        &mut self,
        sign_in: &SignIn,
        exchange: &RoleCredentials,
        dead: Option<&Token>,
    ) -> Result<Token, AcquireError> {
        let turns = &mut self.turns;
        let token = center_token(
            &exchange.center,
            Want::Alive { dead },
            &self.line,
            &self.flight,
            (self.vault, self.world),
            // Those who wait for our step wait for that person too.
            |phase| turns.iter_mut().for_each(|turn| turn.enter(phase)),
        );
        let token = token.map_err(|error| at_its_place(error, sign_in))?;
        // It may be somebody else's than the one that the cache was searched by.
        self.keys = self.keys_now()?;
        Ok(token)
    }
}

/// Says of a failure where the sign-in was declared.
fn at_its_place(error: AcquireError, sign_in: &SignIn) -> AcquireError {
    match error {
        AcquireError::Identity { error, .. } => no_proof(sign_in)(*error),
        other => other,
    }
}

/// What is asked of a sign-in.
#[derive(Clone, Copy, Debug)]
pub enum Want<'a> {
    /// A token that the portal takes; not this one, which it does not.
    Alive {
        /// The token that it does not take.
        dead: Option<&'a Token>,
    },
    /// A new sign-in, since a person asked for it.
    SignIn(Manner),
}

/// Returns a token of that sign-in, one way or the other.
pub fn center_token(
    center: &Center,
    want: Want<'_>,
    line: &Line<'_>,
    flight: &Flight,
    (vault, world): (&Vault, &World),
    mut enter: impl FnMut(Phase),
) -> Result<Token, AcquireError> {
    let origin = || center.start_url.origin.clone();
    let failed = |error: CenterError| AcquireError::Identity { error: Box::new(error.into()), origin: origin() };
    let signed_in = AtCenter::new(center, vault, world);
    let is_good = |token: &Token| match want {
        Want::Alive { dead } => {
            token.is_alive(world.clock.now()) && dead.is_none_or(|dead| dead.mark() != token.mark())
        }
        Want::SignIn(_) => false,
    };
    if let Some(token) = signed_in.token().map_err(failed)?.filter(is_good) {
        return Ok(token);
    }
    let lock = format!("sso-{}", hex::encode(&Sha256::digest(&center.name)[..16]));
    let mut turn = take_turn(&lock, flight, world, &mut enter)?;
    let refused = turn.as_ref().and_then(Turn::refused_meanwhile);
    if let (Want::Alive { .. }, Some((pid, said))) = (want, refused.map(|(pid, said)| (pid, said.clone())))
        && let Some(said) = said.as_str()
    {
        let error = CenterError::Shared { name: center.called.clone(), pid, said: said.to_owned() };
        if let Some(turn) = turn.take() {
            turn.refuse(said.into());
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
            signed_in.visit(manner, line)
        }
        Want::Alive { dead } => renewed(&signed_in, center, dead, line, world, is_good, &mut phase),
    };
    phase(Phase::Calls);
    if let (Some(turn), Err(error)) = (turn, &made)
        && is_shared(error)
    {
        turn.refuse(error.to_string().into());
    }
    made.map_err(failed)
}

/// Refreshes the token, or lets a person sign in if one can be asked.
fn renewed(
    signed_in: &AtCenter<'_>,
    center: &Center,
    dead: Option<&Token>,
    line: &Line<'_>,
    world: &World,
    is_good: impl Fn(&Token) -> bool,
    phase: &mut impl FnMut(Phase),
) -> Result<Token, CenterError> {
    // Somebody may have seen to it while we waited.
    let token = signed_in.token()?;
    if let Some(token) = token.as_ref().filter(|token| is_good(token)) {
        return Ok(token.clone());
    }
    let lack = match &token {
        None => Lack::Never,
        Some(token) if token.can_be_refreshed(world.clock.now()) => match signed_in.refresh(token, line) {
            Err(CenterError::SignedOut { lack, .. }) => lack,
            made => return made,
        },
        Some(_) if dead.is_some() => Lack::Revoked,
        Some(_) => Lack::Ended,
    };
    let manner = Manner::of(false, false, &world.env);
    if !person::has_terminal() {
        if !center.auto_login || !manner.opens {
            return Err(signed_in.signed_out(lack));
        }
        if let Some(since) = signed_in.waits_since() {
            return Err(CenterError::Waiting { name: center.called.clone(), since });
        }
    }
    person::note(&format!("{}; the sign-in at {} begins", lack.as_str(), center.start_url.value));
    phase(Phase::Person);
    signed_in.visit(manner, line)
}

/// What those who waited take for theirs. Of a store that fails, each has its own.
pub(super) fn is_shared(error: &CenterError) -> bool {
    match error {
        CenterError::Declined { .. } | CenterError::Aws { .. } | CenterError::Shared { .. } => true,
        CenterError::SignedOut { lack, .. } => *lack == Lack::Revoked,
        CenterError::Waiting { .. } | CenterError::Vault { .. } => false,
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

/// Returns whether a failure to get a token concerns those who waited for our step.
pub(super) fn concerns_all(error: &IdentityError) -> bool {
    matches!(error, IdentityError::Center(error) if is_shared(error))
}
