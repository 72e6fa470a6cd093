//! A person's sign-in at an OpenID Connect provider, as the proof of a step: one at a time, whoever asks.
//!
//! A token that is alive serves at once. Else the lock of the sign-in is taken: whoever has it refreshes the token, or
//! lets a person sign in, and those who wait take what comes of it.

use sha2::{Digest, Sha256};

use super::exchange::no_proof;
use super::identity_center::{is_shared, take_turn};
use super::{AcquireError, Run};
use crate::aws::Line;
use crate::config::{Oidc, OidcFlow, Origin};
use crate::identity::{AtIssuer, CenterError, Claims, IdToken, Lack, Manner, WebIdentityToken};
use crate::person;
use crate::plan::{SignIn, TokenFrom};
use crate::session::{Fingerprint, Flight, Phase, Turn};
use crate::terms::ExposeSecret;
use crate::vault::Vault;
use crate::world::World;

impl Run<'_> {
    /// Says at once that a person is needed, where none can come of waiting: no lock is taken for that.
    pub(super) fn refuse_early_at_provider(&self, sign_in: &SignIn, from: &TokenFrom) -> Result<(), AcquireError> {
        let TokenFrom::SignIn(oidc) = from else { return Ok(()) };
        let signed_in = AtIssuer::new(&sign_in.name, oidc, self.vault, self.world);
        // Somebody may be signing in right now: then it is worth waiting.
        if person::has_terminal() || oidc.auto_login || signed_in.waits_since().is_some() {
            return Ok(());
        }
        let refused = |error: CenterError| no_proof(sign_in)(error.into());
        let token = signed_in.token().map_err(refused)?;
        signed_in.needs_nobody(token.as_ref()).map_err(|lack| refused(signed_in.signed_out(lack)))
    }

    /// Says who is signed in, where no card does; else has somebody sign in whose sessions could be looked for. Those who ask
    /// at the same time then look for the same.
    pub(super) fn person_of(&self, sign_in: &SignIn, oidc: &Oidc) -> Result<Option<Fingerprint>, AcquireError> {
        self.refuse_early(sign_in)?;
        let whose = ProviderSignIn { name: &sign_in.name, oidc, origin: &sign_in.origin };
        id_token(whose, None, &self.line, &self.flight, (self.vault, self.world), |_| ())?;
        Ok(AtIssuer::new(&sign_in.name, oidc, self.vault, self.world).fingerprint())
    }

    /// Returns the person's token, one way or the other.
    pub(super) fn token_of_person(&mut self, sign_in: &SignIn, oidc: &Oidc) -> Result<WebIdentityToken, AcquireError> {
        let turns = &mut self.turns;
        let whose = ProviderSignIn { name: &sign_in.name, oidc, origin: &sign_in.origin };
        // Those who wait for our step wait for that person too.
        let enter = |phase| turns.iter_mut().for_each(|turn: &mut Turn| turn.enter(phase));
        let token = id_token(whose, None, &self.line, &self.flight, (self.vault, self.world), enter)?;
        let claims = Claims::of(token.secret.expose_secret());
        let fingerprint = AtIssuer::new(&sign_in.name, oidc, self.vault, self.world).fingerprint();
        // Without a card nothing is found again, and nobody is served what is another's.
        let fingerprint = fingerprint.unwrap_or_else(|| Fingerprint(format!("oidc token {}", hash(&token))));
        Ok(WebIdentityToken { secret: token.secret, claims, fingerprint })
    }
}

fn hash(token: &IdToken) -> String {
    hex::encode(Sha256::digest(token.secret.expose_secret()))
}

/// A sign-in at a provider, by its identity's name.
#[derive(Clone, Copy, Debug)]
pub struct ProviderSignIn<'a> {
    /// The identity.
    pub name: &'a str,
    /// What it declares.
    pub oidc: &'a Oidc,
    /// Where.
    pub origin: &'a Origin,
}

/// Returns a token of that sign-in. With a manner, a person signs in anew; without, what is alive or can be refreshed will
/// do, and a person is asked only where one is there or a browser may be opened by itself.
pub fn id_token(
    ProviderSignIn { name, oidc, origin }: ProviderSignIn<'_>,
    anew: Option<Manner>,
    line: &Line<'_>,
    flight: &Flight,
    (vault, world): (&Vault, &World),
    mut enter: impl FnMut(Phase),
) -> Result<IdToken, AcquireError> {
    let failed = |error: CenterError| AcquireError::Identity { error: Box::new(error.into()), origin: origin.clone() };
    let signed_in = AtIssuer::new(name, oidc, vault, world);
    let is_good = |token: &IdToken| anew.is_none() && token.is_alive(world.clock.now());
    if let Some(token) = signed_in.token().map_err(failed)?.filter(is_good) {
        return Ok(token);
    }
    let lock = format!("oidc-{}", hex::encode(&Sha256::digest(name)[..16]));
    let mut turn = take_turn(&lock, flight, world, &mut enter)?;
    let refused = turn.as_ref().and_then(Turn::refused_meanwhile).map(|(pid, said)| (pid, said.clone()));
    if let (None, Some((pid, said))) = (anew, refused)
        && let Some(text) = said.as_str()
    {
        let error = CenterError::Shared { name: name.to_owned(), pid, said: text.to_owned() };
        if let Some(turn) = turn.take() {
            turn.refuse(said);
        }
        return Err(failed(error));
    }
    let mut phase = |phase| {
        enter(phase);
        turn.iter_mut().for_each(|turn| turn.enter(phase));
    };
    let made = match anew {
        Some(manner) => {
            phase(Phase::Person);
            signed_in.visit(manner_for(oidc, manner), line)
        }
        None => renewed(&signed_in, oidc, line, world, is_good, &mut phase),
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
    signed_in: &AtIssuer<'_>,
    oidc: &Oidc,
    line: &Line<'_>,
    world: &World,
    is_good: impl Fn(&IdToken) -> bool,
    phase: &mut impl FnMut(Phase),
) -> Result<IdToken, CenterError> {
    // Somebody may have seen to it while we waited.
    let token = signed_in.token()?;
    if let Some(token) = token.as_ref().filter(|token| is_good(token)) {
        return Ok(token.clone());
    }
    let lack = match &token {
        None => Lack::Never,
        Some(token) if token.can_be_refreshed() => match signed_in.refresh(token, line) {
            Err(CenterError::SignedOut { lack, .. }) => lack,
            made => return made,
        },
        Some(_) => Lack::Ended,
    };
    let manner = manner_for(oidc, Manner::of(false, false, &world.env));
    if !person::has_terminal() {
        if !oidc.auto_login || !manner.opens {
            return Err(signed_in.signed_out(lack));
        }
        if let Some(since) = signed_in.waits_since() {
            return Err(signed_in.waiting(since));
        }
    }
    person::note(&format!("{}; the sign-in at {} begins", lack.as_str(), oidc.issuer));
    phase(Phase::Person);
    signed_in.visit(manner, line)
}

/// Returns the manner that is asked for, unless the provider is declared to know one only.
fn manner_for(oidc: &Oidc, manner: Manner) -> Manner {
    match oidc.flow {
        Some(OidcFlow::Device) => Manner { device: true, ..manner },
        Some(OidcFlow::Pkce) => Manner { device: false, ..manner },
        None => manner,
    }
}
