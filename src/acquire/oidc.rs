//! A person's sign-in at an OpenID Connect provider, as the proof of a step.

use sha2::{Digest, Sha256};

use super::persons_turn::token;
use super::{AcquireError, Run, Want};
use crate::config::Oidc;
use crate::identity::{AtIssuer, Claims, IdToken, WebIdentityToken};
use crate::plan::SignIn;
use crate::session::{Fingerprint, Phase};
use crate::terms::ExposeSecret;

impl<'a> Run<'a> {
    pub(super) fn at_issuer<'b>(&self, sign_in: &'b SignIn, oidc: &'b Oidc) -> AtIssuer<'b>
    where
        'a: 'b,
    {
        AtIssuer::new(&sign_in.name, oidc, self.vault, self.world)
    }

    /// Says who is signed in, where no card does; else has somebody sign in whose sessions could be looked for. Those who ask
    /// at the same time then look for the same.
    pub(super) fn person_of(&self, sign_in: &SignIn, oidc: &Oidc) -> Result<Option<Fingerprint>, AcquireError> {
        self.refuse_early(sign_in)?;
        let at = self.at_issuer(sign_in, oidc);
        token(&at, Want::Alive { dead: None }, &sign_in.origin, &self.line, &self.flight, |_| ())?;
        Ok(at.fingerprint())
    }

    /// Returns the person's token, one way or the other.
    pub(super) fn token_of_person(&mut self, sign_in: &SignIn, oidc: &Oidc) -> Result<WebIdentityToken, AcquireError> {
        let at = self.at_issuer(sign_in, oidc);
        let turns = &mut self.turns;
        // Those who wait for our step wait for that person too.
        let enter = |phase: Phase| turns.iter_mut().for_each(|turn| turn.enter(phase));
        let token = token(&at, Want::Alive { dead: None }, &sign_in.origin, &self.line, &self.flight, enter)?;
        let claims = Claims::of(token.secret.expose_secret());
        // Without a card nothing is found again, and nobody is served what is another's.
        let fingerprint = at.fingerprint().unwrap_or_else(|| Fingerprint(format!("oidc token {}", hash(&token))));
        Ok(WebIdentityToken { secret: token.secret, claims, fingerprint })
    }
}

fn hash(token: &IdToken) -> String {
    hex::encode(Sha256::digest(token.secret.expose_secret()))
}
