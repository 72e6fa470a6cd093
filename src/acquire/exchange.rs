//! A sign-in as a step: the proof is had, and traded in by the one exchange that fits it.

use super::{AcquireError, Call, Run};
use crate::identity::{Claims, Logins, WebIdentityToken, logins, pool_token, token, whose, whose_logins};
use crate::plan::{Exchange, Pool, SignIn, TokenFrom};
use crate::session::{Credentials, Fingerprint, Lineage, Via};
use crate::sts;
use crate::terms::ExposeSecret;

impl Run<'_> {
    /// Trades the proof in.
    pub(super) fn exchange(&mut self, sign_in: &SignIn) -> Result<Credentials, AcquireError> {
        match &sign_in.exchange {
            Exchange::WebIdentity(exchange) => {
                let token = match &exchange.token {
                    TokenFrom::Source(source) => {
                        token(&sign_in.name, source, &self.line, self.world).map_err(no_proof(sign_in))?
                    }
                    TokenFrom::SignIn(oidc) => self.token_of_person(sign_in, oidc)?,
                    TokenFrom::Pool(pool) => self.token_of_pool(sign_in, pool)?,
                };
                // A newer token may be somebody else's than the one that the cache was searched by.
                self.keys = self.keys_of(self.of_all(Some(token.fingerprint)));
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
            Exchange::Pool(exchange) => {
                let logins = self.logins(sign_in, &exchange.pool)?;
                self.name_foreign_host(&exchange.pool.reach);
                let answer = sts::pool_credentials(&self.line, exchange, &logins);
                let mut credentials =
                    answer.map_err(|source| AcquireError::Step { step: Box::new(Call::step(self.plan, 1)), source })?;
                credentials.lineage = Lineage(vec![Via::Pool]);
                Ok(credentials)
            }
        }
    }
}

impl Run<'_> {
    /// Says who somebody is to the pool.
    pub(super) fn whose_logins(&self, sign_in: &SignIn, pool: &Pool) -> Result<Fingerprint, AcquireError> {
        whose_logins(&sign_in.name, &pool.cognito, self.world).map_err(no_proof(sign_in))
    }

    fn logins(&self, sign_in: &SignIn, pool: &Pool) -> Result<Logins, AcquireError> {
        logins(&sign_in.name, &pool.cognito, &self.line, self.world).map_err(no_proof(sign_in))
    }

    /// Returns the pool's token, which AssumeRoleWithWebIdentity takes.
    fn token_of_pool(&mut self, sign_in: &SignIn, pool: &Pool) -> Result<WebIdentityToken, AcquireError> {
        let logins = self.logins(sign_in, pool)?;
        self.name_foreign_host(&pool.reach);
        let secret = pool_token(pool, &logins, &self.line)
            .map_err(|source| AcquireError::Step { step: Box::new(Call::step(self.plan, 1)), source })?;
        let claims = Claims::of(secret.expose_secret());
        Ok(WebIdentityToken { secret, claims, fingerprint: self.whose_logins(sign_in, pool)? })
    }

    /// Says whose token it will be, where the cards do not know.
    pub(super) fn whose_token(&self, sign_in: &SignIn, from: &TokenFrom) -> Result<Option<Fingerprint>, AcquireError> {
        match from {
            TokenFrom::Source(source) => whose(&sign_in.name, source, self.world).map(Some).map_err(no_proof(sign_in)),
            TokenFrom::SignIn(oidc) => self.person_of(sign_in, oidc),
            TokenFrom::Pool(pool) => self.whose_logins(sign_in, pool).map(Some),
        }
    }
}

/// Returns how the lack of a proof is told.
pub(super) fn no_proof(sign_in: &SignIn) -> impl FnOnce(crate::identity::IdentityError) -> AcquireError {
    |error| AcquireError::Identity { error: Box::new(error), origin: sign_in.origin.clone() }
}
