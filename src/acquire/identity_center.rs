//! A permission set of Identity Center as a step.

use super::exchange::no_proof;
use super::persons_turn::{refuse_early, token};
use super::{AcquireError, Call, Place, Run, Want};
use crate::aws::AwsError;
use crate::identity::{AtCenter, SignInError, Token};
use crate::plan::{Exchange, RoleCredentials, SignIn, TokenFrom};
use crate::session::{Credentials, Lineage, Phase, Via};
use crate::sts;

impl Run<'_> {
    /// Says at once that a person is needed, where none can come of waiting.
    pub(super) fn refuse_early(&self, sign_in: &SignIn) -> Result<(), AcquireError> {
        let early = match &sign_in.exchange {
            Exchange::RoleCredentials(exchange) => {
                refuse_early(&AtCenter::new(&exchange.center, self.vault, self.world))
            }
            Exchange::WebIdentity(exchange) => match &exchange.token {
                TokenFrom::SignIn(oidc) => refuse_early(&self.at_issuer(sign_in, oidc)),
                TokenFrom::Source(_) | TokenFrom::Pool(_) => Ok(()),
            },
            Exchange::Pool(_) | Exchange::Saml(_) => Ok(()),
        };
        early.map_err(|error: SignInError| no_proof(sign_in)(error.into()))
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
        // A new sign-in has other keys: those who come from now on take turns there, and whoever waited with us for it may
        // have made the step already.
        if self.keys != before {
            if let Place::Given(credentials) = self.take_turn(&self.keys[0].to_string())? {
                return Ok(credentials);
            }
            if let Some(found) = self.look(1) {
                return Ok(found);
            }
        }
        let answer = match sts::role_credentials(&self.line, exchange, &token.access) {
            // The portal does not know it any more: signed out elsewhere, or an administrator ended the session.
            Err(AwsError::Refused(refusal)) if refusal.status == 401 => {
                let token = self.token(sign_in, exchange, Some(&token.mark()))?;
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
        let at = AtCenter::new(&exchange.center, self.vault, self.world);
        token(&at, Want::Alive { dead: None }, &sign_in.origin, &self.line, &self.flight, |_| ()).map(drop)
    }

    fn token(
        &mut self,
        sign_in: &SignIn,
        exchange: &RoleCredentials,
        dead: Option<&str>,
    ) -> Result<Token, AcquireError> {
        let at = AtCenter::new(&exchange.center, self.vault, self.world);
        let turns = &mut self.turns;
        // Those who wait for our step wait for that person too.
        let enter = |phase: Phase| turns.iter_mut().for_each(|turn| turn.enter(phase));
        let token = token(&at, Want::Alive { dead }, &sign_in.origin, &self.line, &self.flight, enter)?;
        // It may be somebody else's than the one that the cache was searched by.
        self.keys = self.keys_now()?;
        Ok(token)
    }
}
