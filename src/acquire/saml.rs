//! A SAML assertion as a step: one sign-in at a time in a browser's profile, whoever asks.
//!
//! Without a window if the provider still knows the person; with one where there is somebody to see it. A process without
//! a terminal opens none, unless that was declared, and says at once who has to do what.

use super::exchange::no_proof;
use super::{AcquireError, Call, Place, Run};
use crate::identity::{AtProvider, SamlAssertion};
use crate::person::browser::Window;
use crate::person::{self, note};
use crate::plan::{SignIn, WithSaml};
use crate::session::{Credentials, Lineage, Phase, Via};
use crate::sts;
use crate::terms::show_duration;

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
        let refused = |error: crate::identity::SamlError| no_proof(sign_in)(error.into());
        if !at.asks_a_person() {
            return at.assertion(Window::Never).map_err(refused);
        }
        let window = match person::has_terminal() || exchange.auto_login {
            true => Window::WhenNeeded,
            false => Window::Never,
        };
        let by_itself = !person::has_terminal();
        let held = matches!(self.take_turn(&at.lock())?, Place::Turn);
        self.enter(Phase::Person);
        let made = match at.waits_since().filter(|_| by_itself) {
            Some(since) => Err(at.waiting(since)),
            None if window == Window::Never && !at.was_here() => Err(at.never_here()),
            None => at.assertion(window),
        };
        if held {
            self.turns.pop();
        }
        self.enter(Phase::Calls);
        made.map_err(refused)
    }
}
