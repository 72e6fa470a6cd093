//! A sign-in as a step: the proof is had, and traded in by the one exchange that fits it.

use super::{AcquireError, Call, Run};
use crate::identity::token;
use crate::plan::{Exchange, SignIn};
use crate::session::{Credentials, Lineage, Via, cache_keys};
use crate::sts;

impl Run<'_> {
    /// Trades the proof in.
    pub(super) fn exchange(&mut self, sign_in: &SignIn) -> Result<Credentials, AcquireError> {
        match &sign_in.exchange {
            Exchange::WebIdentity(exchange) => {
                let token = token(&sign_in.name, &exchange.token, &self.line, self.world).map_err(no_proof(sign_in))?;
                // A newer token may be somebody else's than the one that the cache was searched by.
                self.keys = cache_keys(self.plan, &token.fingerprint);
                self.name_foreign_host(&exchange.reach);
                let answer = sts::with_web_identity(&self.line, exchange, &token.secret);
                let mut credentials = answer.map_err(|source| {
                    let mut step = Call::step(self.plan, 1);
                    if let Some(sign_in) = &mut step.sign_in {
                        sign_in.claims = token.claims;
                    }
                    AcquireError::Step { step: Box::new(step), source }
                })?;
                credentials.lineage = Lineage(vec![Via::WebIdentity]);
                Ok(credentials)
            }
            Exchange::Saml(exchange) => self.with_saml(sign_in, exchange),
            Exchange::RoleCredentials(exchange) => self.role_credentials(sign_in, exchange),
        }
    }
}

/// Returns how the lack of a proof is told.
pub(super) fn no_proof(sign_in: &SignIn) -> impl FnOnce(crate::identity::IdentityError) -> AcquireError {
    |error| AcquireError::Identity { error: Box::new(error), origin: sign_in.origin.clone() }
}
