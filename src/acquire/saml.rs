//! A SAML assertion as a step: one sign-in at a time in a browser's profile, whoever asks.
//!
//! Without a window if the provider still knows the person; with one where there is somebody to see it. A process without
//! a terminal opens none, unless that was declared, and says at once who has to do what.

use super::exchange::no_proof;
use super::persons_turn::take_turn;
use super::{AcquireError, Call, Run};
use crate::config::Origin;
use crate::identity::{AtProvider, SamlAssertion, SamlError};
use crate::person::browser::Window;
use crate::person::{self, note};
use crate::plan::{SignIn, WithSaml};
use crate::session::{Credentials, Flight, Lineage, Phase, Turn, Via};
use crate::sts;
use crate::terms::show_duration;
use crate::world::World;

impl Run<'_> {
    /// Trades an assertion in.
    pub(super) fn with_saml(&mut self, sign_in: &SignIn, exchange: &WithSaml) -> Result<Credentials, AcquireError> {
        let at = AtProvider::new(&sign_in.name, &exchange.assertion, self.world);
        self.name_foreign_host(&exchange.reach);
        let assertion = self.assertion(sign_in, exchange, at)?;
        // It may be somebody else's than the one that the cache was searched by.
        self.keys = self.keys_now()?;
        let refused = |error: crate::identity::SamlError| no_proof(sign_in)(error.into());
        let provider = assertion.provider(exchange, &sign_in.name, self.world.clock.now()).map_err(refused)?;
        let allowed = assertion.says.as_ref().and_then(|says| says.session_duration());
        if let Some(allowed) = allowed.filter(|allowed| *allowed < exchange.duration.value.get()) {
            note(&format!(
                "the provider of `{}` allows {}, so the session ends then",
                sign_in.name,
                show_duration(allowed)
            ));
        }
        let answer = sts::with_saml(&self.line, exchange, &provider, &assertion.secret);
        let mut credentials =
            answer.map_err(|source| AcquireError::Step { step: Box::new(Call::step(self.plan, 1)), source })?;
        credentials.lineage = Lineage(vec![Via::Saml]);
        Ok(credentials)
    }

    fn assertion(
        &mut self,
        sign_in: &SignIn,
        exchange: &WithSaml,
        at: AtProvider<'_>,
    ) -> Result<SamlAssertion, AcquireError> {
        if !at.asks_a_person() {
            return at.assertion(Window::Never).map_err(|error| no_proof(sign_in)(error.into()));
        }
        let by_itself = !person::has_terminal();
        let window = if by_itself && !exchange.auto_login { Window::Never } else { Window::WhenNeeded };
        let turns = &mut self.turns;
        // Those who wait for our step wait for that person too.
        let enter = |phase| turns.iter_mut().for_each(|turn: &mut Turn| turn.enter(phase));
        in_turn(at, &sign_in.origin, &self.flight, self.world, enter, || match at.waits_since().filter(|_| by_itself) {
            Some(since) => Err(at.waiting(since)),
            None if window == Window::Never && !at.was_here() => Err(at.never_here()),
            None => at.assertion(window),
        })
    }
}

/// Has a person sign in, since they asked for it. The assertion that comes of it is for whoever asked.
pub fn saml_assertion(
    at: AtProvider<'_>,
    window: Window,
    origin: &Origin,
    flight: &Flight,
    world: &World,
) -> Result<SamlAssertion, AcquireError> {
    in_turn(at, origin, flight, world, |_| (), || at.assertion(window))
}

/// One at a time in the browser's profile.
fn in_turn(
    at: AtProvider<'_>,
    origin: &Origin,
    flight: &Flight,
    world: &World,
    mut enter: impl FnMut(Phase),
    make: impl FnOnce() -> Result<SamlAssertion, SamlError>,
) -> Result<SamlAssertion, AcquireError> {
    let mut turn = take_turn(&at.lock(), flight, world, &mut enter)?;
    let mut phase = |phase| {
        enter(phase);
        turn.iter_mut().for_each(|turn| turn.enter(phase));
    };
    phase(Phase::Person);
    let made = make();
    phase(Phase::Calls);
    made.map_err(|error| AcquireError::Identity { error: Box::new(error.into()), origin: origin.clone() })
}
