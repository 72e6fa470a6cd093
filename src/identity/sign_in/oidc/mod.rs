//! A person's sign-in at an OpenID Connect provider: the ID token that AWS takes.
//!
//! It comes from the vault; else it is refreshed there; else the person signs in, in their browser or with a code.

mod protocol;

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::card::{SignInCard, Whose};
use super::identity_center::{CenterError, Lack, Manner};
use crate::aws::{AwsError, Line};
use crate::config::Oidc;
use crate::identity::generation::Generation;
use crate::person::browser::{self, Browser};
use crate::person::{self, Redirect};
use crate::session::Fingerprint;
use crate::terms::SecretString;
use crate::vault::{ItemName, Vault, VaultError};
use crate::world::World;

use protocol::{Failed, Given, Provider};

/// One sign-in, by its identity's name.
#[derive(Clone, Copy)]
pub struct AtIssuer<'a> {
    name: &'a str,
    oidc: &'a Oidc,
    vault: &'a Vault,
    world: &'a World,
}

/// What a sign-in gave, as it is kept.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// What AWS takes.
    pub secret: SecretString,
    /// When it ends.
    pub expires_at: SystemTime,
    refresh: Option<SecretString>,
    generation: Generation,
}

impl IdToken {
    /// Whether AWS would still take it: with a minute to get there.
    pub fn is_alive(&self, now: SystemTime) -> bool {
        self.expires_at > now + Duration::from_secs(60)
    }

    /// Whether another one can be had without a person.
    pub fn can_be_refreshed(&self) -> bool {
        self.refresh.is_some()
    }

    /// Names it, and gives nothing of it away.
    fn mark(&self) -> String {
        hex::encode(&Sha256::digest(self.secret.expose_secret())[..8])
    }
}

/// As it lies in the vault.
#[derive(Serialize, Deserialize)]
struct Form {
    issuer: String,
    client_id: String,
    id_token: Zeroizing<String>,
    expires_at: u64,
    refresh_token: Option<Zeroizing<String>>,
    generation: String,
}

/// The kind of keepsake, of card and of lock.
const KIND: &str = "oidc";
/// How long we wait for a person.
const PATIENCE: Duration = Duration::from_secs(300);
const CALLBACK: &str = "/callback";

impl<'a> AtIssuer<'a> {
    /// Returns that sign-in. Reads nothing yet.
    pub fn new(name: &'a str, oidc: &'a Oidc, vault: &'a Vault, world: &'a World) -> Self {
        Self { name, oidc, vault, world }
    }

    /// Says who is signed in, by the card: no secret store is asked.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        let card = self.card()?;
        Some(Fingerprint(format!("oidc {} {}", self.name, card.generation.as_str())))
    }

    /// What may be known of it without a secret.
    pub fn card(&self) -> Option<SignInCard> {
        self.whose().card()
    }

    /// Returns the token that is kept, alive or not. One of another provider or client is none.
    pub fn token(&self) -> Result<Option<IdToken>, CenterError> {
        let text = match self.vault.read_keepsake(&self.item()) {
            Ok(text) => text,
            Err(error @ VaultError::Damaged { .. }) => {
                person::warn(&format!("{error}, so that you have to sign in again"));
                None
            }
            Err(source) => return Err(self.vault_error(source)),
        };
        let Some(text) = text else { return Ok(None) };
        let Ok(form) = serde_json::from_str::<Form>(text.expose_secret()) else { return Ok(None) };
        if form.issuer != self.oidc.issuer.as_str() || form.client_id != self.oidc.client_id {
            return Ok(None);
        }
        let Some(generation) = Generation::parse(&form.generation) else { return Ok(None) };
        let token = IdToken {
            secret: SecretString::from(form.id_token.as_str()),
            expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(form.expires_at),
            refresh: form.refresh_token.as_ref().map(|token| SecretString::from(token.as_str())),
            generation,
        };
        if self.card().is_none_or(|card| card.generation != token.generation) {
            // A card that says otherwise is of a vault that was changed elsewhere, and one that is missing was lost.
            self.note(&token);
        }
        Ok(Some(token))
    }

    /// Whether a token can be had without a person, as far as can be known without asking anybody.
    pub fn needs_nobody(&self, token: Option<&IdToken>) -> Result<(), Lack> {
        match token {
            None => Err(Lack::Never),
            Some(token) if token.is_alive(self.world.clock.now()) || token.can_be_refreshed() => Ok(()),
            Some(_) => Err(Lack::Ended),
        }
    }

    /// Refreshes a token, and keeps its successor. A refusal ends the sign-in; what may pass does not.
    pub fn refresh(&self, old: &IdToken, line: &Line<'_>) -> Result<IdToken, CenterError> {
        let Some(by) = &old.refresh else { return Err(self.signed_out(Lack::Ended)) };
        let provider = self.provider(line)?;
        match provider.refresh(by, line) {
            Ok(given) => self.keep(given, old.generation.clone(), Some(by)),
            Err(AwsError::Refused(refusal)) if !refusal.is_passing() => {
                // Nobody need ask for it again.
                let spent = Given { id_token: old.secret.clone(), expires_at: old.expires_at, refresh: None };
                self.keep(spent, old.generation.clone(), None)?;
                Err(self.signed_out(Lack::Revoked))
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    /// Lets a person sign in.
    pub fn visit(&self, manner: Manner, line: &Line<'_>) -> Result<IdToken, CenterError> {
        self.whose().window_opens();
        let provider = self.provider(line)?;
        let given =
            if manner.device { self.by_device(&provider, manner, line)? } else { self.by_code(&provider, manner)? };
        // From here on no session of whoever was signed in before is served.
        let _ = self.whose().remove();
        let token = self.keep(given, Generation::new(), None)?;
        self.whose().window_served();
        Ok(token)
    }

    fn by_code(&self, provider: &Provider, manner: Manner) -> Result<Given, CenterError> {
        let declined = |source| CenterError::Declined { name: self.name.to_owned(), source };
        let redirect = Redirect::open(self.oidc.redirect_port, CALLBACK).map_err(declined)?;
        let page = provider.page(self.oidc, &redirect.uri()).map_err(|source| self.failed(source))?;
        person::note(&format!("sign in at {}", page.url));
        self.open(manner, page.url.as_str());
        let code = redirect.wait(&page.state, PATIENCE).map_err(declined)?;
        // What was open before the person came may have been closed meanwhile.
        let line = Line::new(self.world);
        provider.by_code(page, &code, &redirect.uri(), &line).map_err(|source| self.failed(source))
    }

    fn by_device(&self, provider: &Provider, manner: Manner, line: &Line<'_>) -> Result<Given, CenterError> {
        let device = provider.device(self.oidc, line).map_err(|source| self.failed(source))?;
        person::note(&format!("sign in at {}, with the code {}", device.page(), device.user_code()));
        if let Some(page) = device.page_with_code() {
            person::note(&format!("or at {page}, where the code stands already"));
        }
        self.open(manner, device.page_with_code().unwrap_or_else(|| device.page()));
        let given = provider.by_device(&device, device.life().min(PATIENCE), line);
        given.map_err(|error| match error {
            Failed::Declined(source) => CenterError::Declined { name: self.name.to_owned(), source },
            Failed::Aws(source) => self.failed(source),
        })
    }

    /// The address is no secret: it names the client, and the code that the person is to compare.
    fn open(&self, manner: Manner, address: &str) {
        if manner.opens
            && let Err(error) = browser::open(address, &Browser::default(), self.world)
        {
            person::note(&format!("no browser was opened: {error}"));
        }
    }

    /// Returns how long ago a page was opened that has not ended in a sign-in.
    pub fn waits_since(&self) -> Option<Duration> {
        self.whose().window_since()
    }

    /// Says that a page is open, or was left.
    pub fn waiting(&self, since: Duration) -> CenterError {
        CenterError::Waiting { name: self.name.to_owned(), since }
    }

    /// Says that nobody is signed in.
    pub fn signed_out(&self, lack: Lack) -> CenterError {
        CenterError::SignedOut { name: self.name.to_owned(), start_url: self.oidc.issuer.to_string(), lack }
    }

    /// Removes the token from this machine. Returns whether there was one.
    pub fn forget(&self) -> Result<bool, CenterError> {
        let _ = self.whose().remove();
        self.whose().window_served();
        self.vault.remove_keepsake(&self.item()).map_err(|source| self.vault_error(source))
    }

    /// Returns the client secret that is kept, where the provider demands one.
    pub fn client_secret(&self) -> Result<Option<SecretString>, CenterError> {
        if !self.oidc.has_secret {
            return Ok(None);
        }
        self.vault.read_keepsake(&self.secret_item()).map_err(|source| self.vault_error(source))
    }

    /// Whether a client secret is demanded, and none is kept.
    pub fn lacks_secret(&self) -> Result<bool, CenterError> {
        Ok(self.oidc.has_secret && self.client_secret()?.is_none())
    }

    /// Keeps the client secret.
    pub fn keep_secret(&self, secret: &SecretString) -> Result<(), CenterError> {
        let kept = self.vault.write_keepsake(&self.secret_item(), secret);
        kept.map(|_| ()).map_err(|source| self.vault_error(source))
    }

    fn provider(&self, line: &Line<'_>) -> Result<Provider, CenterError> {
        let secret = self.client_secret()?;
        protocol::discover(self.oidc, secret.as_ref(), line).map_err(|source| self.failed(source))
    }

    /// Keeps what was given; what refreshes stays what it was, where the provider gave no other.
    fn keep(
        &self,
        given: Given,
        generation: Generation,
        before: Option<&SecretString>,
    ) -> Result<IdToken, CenterError> {
        let Given { id_token, expires_at, refresh } = given;
        let token = IdToken { secret: id_token, expires_at, refresh: refresh.or(before.cloned()), generation };
        let seconds = expires_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let form = Form {
            issuer: self.oidc.issuer.to_string(),
            client_id: self.oidc.client_id.clone(),
            id_token: Zeroizing::new(token.secret.expose_secret().to_owned()),
            expires_at: seconds,
            refresh_token: token.refresh.as_ref().map(|token| Zeroizing::new(token.expose_secret().to_owned())),
            generation: token.generation.as_str().to_owned(),
        };
        let mut text = serde_json::to_string(&form).unwrap_or_default();
        let secret = SecretString::from(text.clone());
        text.zeroize();
        self.vault.write_keepsake(&self.item(), &secret).map_err(|source| self.vault_error(source))?;
        self.note(&token);
        Ok(token)
    }

    fn note(&self, token: &IdToken) {
        let card = SignInCard {
            generation: token.generation.clone(),
            expires_at: token.expires_at,
            refreshes: token.refresh.is_some(),
            mark: token.mark(),
        };
        if let Err(error) = self.whose().write(&card) {
            let state = self.world.folders.state.display();
            person::warn(&format!("the card of `{}` cannot be written in {state}: {error}", self.name));
        }
    }

    fn whose(&self) -> Whose<'_> {
        Whose { kind: KIND, name: self.name, vault: self.vault, world: self.world }
    }

    fn item(&self) -> ItemName {
        ItemName::keepsake(KIND, self.name)
    }

    fn secret_item(&self) -> ItemName {
        ItemName::keepsake("oidc-client-secret", self.name)
    }

    fn failed(&self, source: AwsError) -> CenterError {
        CenterError::Aws { name: self.name.to_owned(), source }
    }

    fn vault_error(&self, source: VaultError) -> CenterError {
        CenterError::Vault { name: self.name.to_owned(), source }
    }
}
