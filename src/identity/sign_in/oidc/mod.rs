//! A person's sign-in at an OpenID Connect provider: the ID token that AWS takes.
//!
//! It comes from the vault; else it is refreshed there; else the person signs in, in their browser or with a code.

mod protocol;

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::card::SignInCard;
use super::error::{Lack, SignInError};
use super::kept::{IN_VAULT, Kept, TokenSignIn};
use super::manner::{Manner, PATIENCE};
use crate::aws::{AwsError, Line};
use crate::config::{Oidc, OidcFlow};
use crate::identity::generation::Generation;
use crate::person::{self, Redirect};
use crate::session::Fingerprint;
use crate::terms::SecretString;
use crate::vault::{ItemName, Vault};
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

const CALLBACK: &str = "/callback";

impl<'a> AtIssuer<'a> {
    /// Returns that sign-in. Reads nothing yet.
    pub fn new(name: &'a str, oidc: &'a Oidc, vault: &'a Vault, world: &'a World) -> Self {
        Self { name, oidc, vault, world }
    }

    /// Says who is signed in, by the card: no secret store is asked.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        let card = self.kept().card()?;
        Some(Fingerprint(format!("oidc {} {}", self.name, card.generation.as_str())))
    }

    /// Removes the token from this machine. Returns whether there was one.
    pub fn forget(&self) -> Result<bool, SignInError> {
        self.kept().remove()
    }

    /// Returns the client secret that is kept, where the provider demands one.
    pub fn client_secret(&self) -> Result<Option<SecretString>, SignInError> {
        if !self.oidc.has_secret {
            return Ok(None);
        }
        self.vault.read_keepsake(&self.secret_item()).map_err(|source| self.kept().vault_error(source))
    }

    /// Whether a client secret is demanded, and none is kept.
    pub fn lacks_secret(&self) -> Result<bool, SignInError> {
        Ok(self.oidc.has_secret && self.client_secret()?.is_none())
    }

    /// Keeps the client secret.
    pub fn keep_secret(&self, secret: &SecretString) -> Result<(), SignInError> {
        let kept = self.vault.write_keepsake(&self.secret_item(), secret);
        kept.map(|_| ()).map_err(|source| self.kept().vault_error(source))
    }
}

impl TokenSignIn for AtIssuer<'_> {
    type Token = IdToken;

    fn kept(&self) -> Kept<'_> {
        let Self { name, oidc, vault, world } = *self;
        Kept { kind: "oidc", name, called: name, place: oidc.issuer.as_str(), vault, world }
    }

    fn auto_login(&self) -> bool {
        self.oidc.auto_login
    }

    fn manner(&self, asked: Manner) -> Manner {
        match self.oidc.flow {
            Some(OidcFlow::Device) => Manner { device: true, ..asked },
            Some(OidcFlow::Pkce) => Manner { device: false, ..asked },
            None => asked,
        }
    }

    fn expires_at(&self, token: &IdToken) -> SystemTime {
        token.expires_at
    }

    fn can_be_refreshed(&self, token: &IdToken) -> bool {
        token.refresh.is_some()
    }

    fn mark(&self, token: &IdToken) -> String {
        hex::encode(&Sha256::digest(token.secret.expose_secret())[..8])
    }

    /// A token of another provider or client is none.
    fn token(&self) -> Result<Option<IdToken>, SignInError> {
        let kept = self.kept();
        let Some(text) = kept.read()? else { return Ok(None) };
        let Ok(form) = serde_json::from_str::<Form>(text.expose_secret()) else {
            kept.warn_of_damage(IN_VAULT);
            return Ok(None);
        };
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
        if kept.card().is_none_or(|card| card.generation != token.generation) {
            // A card that says otherwise is of a vault that was changed elsewhere, and one that is missing was lost.
            kept.note(&self.card(&token));
        }
        Ok(Some(token))
    }

    fn refresh(&self, old: &IdToken, line: &Line<'_>) -> Result<IdToken, SignInError> {
        let Some(by) = &old.refresh else { return Err(self.kept().signed_out(Lack::Ended)) };
        let provider = self.provider(line)?;
        match provider.refresh(by, line) {
            Ok(given) => Ok(self.keep(given, old.generation.clone(), Some(by))),
            Err(AwsError::Refused(refusal)) if !refusal.is_passing() => {
                // Nobody need ask for it again.
                let spent = Given { id_token: old.secret.clone(), expires_at: old.expires_at, refresh: None };
                self.keep(spent, old.generation.clone(), None);
                Err(self.kept().signed_out(Lack::Revoked))
            }
            Err(source) => Err(self.kept().failed(source)),
        }
    }

    fn visit(&self, manner: Manner, line: &Line<'_>) -> Result<IdToken, SignInError> {
        let provider = self.provider(line)?;
        let given =
            if manner.device { self.by_device(&provider, manner, line)? } else { self.by_code(&provider, manner)? };
        // From here on no session of whoever was signed in before is served.
        let _ = self.kept().remove_card();
        let token = self.keep(given, Generation::new(), None);
        self.kept().window_served();
        Ok(token)
    }
}

impl AtIssuer<'_> {
    fn by_code(&self, provider: &Provider, manner: Manner) -> Result<Given, SignInError> {
        let redirect =
            Redirect::open(self.oidc.redirect_port, CALLBACK).map_err(|source| self.kept().declined(source))?;
        let page = provider.page(self.oidc, &redirect.uri()).map_err(|source| self.kept().failed(source))?;
        person::note(&format!("sign in at {}", page.url));
        self.kept().window_opens();
        manner.open(page.url.as_str(), self.world);
        let code = redirect.wait(&page.state, PATIENCE).map_err(|source| self.kept().declined(source))?;
        // What was open before the person came may have been closed meanwhile.
        let line = Line::new(self.world);
        provider.by_code(page, &code, &redirect.uri(), &line).map_err(|source| self.kept().failed(source))
    }

    fn by_device(&self, provider: &Provider, manner: Manner, line: &Line<'_>) -> Result<Given, SignInError> {
        let device = provider.device(self.oidc, line).map_err(|source| self.kept().failed(source))?;
        person::note(&format!("sign in at {}, with the code {}", device.page(), device.user_code()));
        if let Some(page) = device.page_with_code() {
            person::note(&format!("or at {page}, where the code stands already"));
        }
        self.kept().window_opens();
        manner.open(device.page_with_code().unwrap_or_else(|| device.page()), self.world);
        let given = provider.by_device(&device, device.life().min(PATIENCE), line);
        given.map_err(|error| match error {
            Failed::Declined(source) => self.kept().declined(source),
            Failed::Aws(source) => self.kept().failed(source),
        })
    }

    fn provider(&self, line: &Line<'_>) -> Result<Provider, SignInError> {
        let secret = self.client_secret()?;
        protocol::discover(self.oidc, secret.as_ref(), line).map_err(|source| self.kept().failed(source))
    }

    /// Keeps what was given; what refreshes stays what it was, where the provider gave no other.
    fn keep(&self, given: Given, generation: Generation, before: Option<&SecretString>) -> IdToken {
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
        self.kept().write(&secret, &self.card(&token));
        token
    }

    fn card(&self, token: &IdToken) -> SignInCard {
        SignInCard {
            generation: token.generation.clone(),
            expires_at: token.expires_at,
            refreshes: token.refresh.is_some(),
            mark: self.mark(token),
        }
    }

    fn secret_item(&self) -> ItemName {
        ItemName::keepsake("oidc-client-secret", self.name)
    }
}
