//! A sign-in at IAM Identity Center: the token that the portal takes.
//!
//! It comes from the vault, or from the AWS CLI's cache if that has a newer one; else the last one is refreshed; else a
//! person signs in, in their browser. What was refreshed goes back to where it came from.

mod aws_cache;
mod portal;
mod protocol;
mod token;
mod visit;

use std::time::Duration;

use secrecy::ExposeSecret;

use super::card::{SignInCard, Whose};
use crate::aws::{AwsError, Line};
use crate::identity::generation::Generation;
use crate::person::{self, RedirectError};
use crate::plan::Center;
use crate::session::Fingerprint;
use crate::terms::{SecretString, show_duration};
use crate::vault::{ItemName, Vault, VaultError};
use crate::world::World;

pub use portal::sign_out;
use protocol::Given;
pub use token::Token;
use token::{Home, Refresh, wipe};
pub use visit::Manner;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum CenterError {
    /// Nobody is signed in, and nobody is asked from here.
    #[error("nobody is signed in at `{name}` ({start_url}): {}", lack.as_str())]
    SignedOut {
        /// The sign-in.
        name: String,
        /// Where people of it begin.
        start_url: String,
        /// Why nobody is.
        lack: Lack,
    },
    /// A window is open, or was left, moments ago.
    #[error("nobody is signed in at `{name}`: a page was opened {} ago, and the sign-in was not finished", show_duration(*since))]
    Waiting {
        /// The sign-in.
        name: String,
        /// When the window was opened.
        since: Duration,
    },
    /// The person said no, or nobody came.
    #[error("nobody signed in at `{name}`: {source}")]
    Declined {
        /// The sign-in.
        name: String,
        /// What came back.
        source: RedirectError,
    },
    /// The service said no, or gave no answer.
    #[error("cannot sign in at `{name}`")]
    Aws {
        /// The sign-in.
        name: String,
        /// What it said.
        source: AwsError,
    },
    /// It was refused to the process that we waited for, moments ago.
    #[error("nobody is signed in at `{name}`: process {pid}, which asked at the same time, was told: {said}")]
    Shared {
        /// The sign-in.
        name: String,
        /// Who asked.
        pid: u32,
        /// What it was told.
        said: String,
    },
    /// The token cannot be kept, or not be removed.
    #[error("the token of `{name}` cannot be kept or removed")]
    Vault {
        /// The sign-in.
        name: String,
        /// Why not.
        source: VaultError,
    },
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lack {
    /// Nobody was, or they signed out.
    Never,
    /// The sign-in has ended, and nothing refreshes it.
    Ended,
    /// What refreshed it was revoked.
    Revoked,
}

impl Lack {
    /// Returns it in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "no token is kept",
            Self::Ended => "the sign-in has ended",
            Self::Revoked => "the sign-in was ended where it was made",
        }
    }
}

/// One sign-in, by its name in config.
#[derive(Clone, Copy)]
pub struct AtCenter<'a> {
    center: &'a Center,
    vault: &'a Vault,
    world: &'a World,
}

impl<'a> AtCenter<'a> {
    /// Returns that sign-in. Reads nothing yet.
    pub fn new(center: &'a Center, vault: &'a Vault, world: &'a World) -> Self {
        Self { center, vault, world }
    }

    /// Says who is signed in, by the card and by the AWS CLI's cache: no secret store is asked.
    ///
    /// A token of the AWS CLI's that is newer than ours may be somebody else's, and is a person of its own.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        let name = &self.center.name;
        let card = self.whose().card();
        let theirs = aws_cache::read(self.center, self.world, card.as_ref().map(|card| card.mark.as_str()));
        let theirs = theirs.filter(|theirs| card.as_ref().is_none_or(|card| theirs.expires_at >= card.expires_at));
        Some(Fingerprint(match (theirs, card) {
            (Some(theirs), _) => format!("sso-aws-cli {} {}", self.center.start_url.value, theirs.mark()),
            (None, Some(card)) => format!("sso {name} {}", card.generation.as_str()),
            (None, None) => return None,
        }))
    }

    /// What may be known of it without a secret.
    pub fn card(&self) -> Option<SignInCard> {
        self.whose().card()
    }

    /// Returns the token that is at hand, alive or not: the newer of ours and of the AWS CLI's.
    ///
    /// Of two that end in the same second, which is all that is written of an end, the AWS CLI's is the newer: it has taken
    /// the place of the one that we shared, and has spent what refreshes ours.
    pub fn token(&self) -> Result<Option<Token>, CenterError> {
        let ours = self.ours()?;
        let theirs = aws_cache::read(self.center, self.world, ours.as_ref().map(Token::mark).as_deref());
        Ok(match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs.expires_at >= ours.expires_at => Some(theirs),
            (Some(ours), _) => Some(ours),
            (None, theirs) => theirs,
        })
    }

    /// Whether a token can be had without a person, as far as can be known without asking anybody.
    pub fn needs_nobody(&self, token: Option<&Token>) -> Result<(), Lack> {
        let now = self.world.clock.now();
        match token {
            None => Err(Lack::Never),
            Some(token) if token.is_alive(now) || token.refresh(now).is_some() => Ok(()),
            Some(_) => Err(Lack::Ended),
        }
    }

    /// Refreshes a token, and keeps its successor where it was. A refusal ends the sign-in; what may pass does not.
    pub fn refresh(&self, old: &Token, line: &Line<'_>) -> Result<Token, CenterError> {
        let now = self.world.clock.now();
        let Some(by) = old.refresh(now) else { return Err(self.signed_out(Lack::Ended)) };
        match protocol::refresh(line, self.center, by) {
            Ok(given) => {
                let token = self.token_of(given, by.client.clone(), old.generation.clone(), old.home.clone());
                self.keep(&token)?;
                Ok(token)
            }
            Err(AwsError::Refused(refusal)) if !refusal.is_passing() => {
                // Nobody need ask for it again. What the AWS CLI has is its own to find out about: it may be newer.
                let spent = Token { refresh: None, expires_at: now, ..old.clone() };
                if old.home == Home::Vault {
                    self.keep_ours(&spent)?;
                }
                Err(self.signed_out(Lack::Revoked))
            }
            Err(source) => Err(CenterError::Aws { name: self.center.called.clone(), source }),
        }
    }

    /// Lets a person sign in.
    pub fn visit(&self, manner: Manner, line: &Line<'_>) -> Result<Token, CenterError> {
        self.whose().window_opens();
        let (given, client) = visit::visit(self.center, manner, line, self.world)?;
        let token = self.token_of(given, client, Some(Generation::new()), Home::Vault);
        // From here on no session of whoever was signed in before is served.
        let _ = self.whose().remove();
        self.keep(&token)?;
        self.whose().window_served();
        Ok(token)
    }

    /// Returns how long ago a page was opened that has not ended in a sign-in.
    pub fn waits_since(&self) -> Option<Duration> {
        self.whose().window_since()
    }

    /// Says that nobody is signed in.
    pub fn signed_out(&self, lack: Lack) -> CenterError {
        CenterError::SignedOut {
            name: self.center.called.clone(),
            start_url: self.center.start_url.value.to_string(),
            lack,
        }
    }

    /// Removes the token from this machine: ours, and the AWS CLI's. Returns whether there was one.
    pub fn forget(&self) -> Result<bool, CenterError> {
        let _ = self.whose().remove();
        self.whose().window_served();
        let theirs: usize =
            self.center.shared.iter().filter(|name| aws_cache::remove(name, self.world)).map(|_| 1).sum();
        let ours = self.vault.remove_keepsake(&self.item()).map_err(|source| self.vault_error(source))?;
        Ok(ours || theirs > 0)
    }

    fn whose(&self) -> Whose<'_> {
        Whose { kind: KIND, name: &self.center.name, vault: self.vault, world: self.world }
    }

    fn item(&self) -> ItemName {
        ItemName::keepsake(KIND, &self.center.name)
    }

    fn ours(&self) -> Result<Option<Token>, CenterError> {
        let text = match self.vault.read_keepsake(&self.item()) {
            Ok(text) => text,
            Err(error @ VaultError::Damaged { .. }) => {
                person::warn(&format!("{error}, so that you have to sign in again"));
                None
            }
            Err(source) => return Err(self.vault_error(source)),
        };
        let Some(text) = text else { return Ok(None) };
        let Ok(mut map) = serde_json::from_str(text.expose_secret()) else { return Ok(None) };
        let token = Token::of_map(&map, self.center, Home::Vault);
        wipe(&mut map);
        if let Some(token) = &token
            && self.whose().card().is_none_or(|card| Some(&card.generation) != token.generation.as_ref())
        {
            // A card that says otherwise is of a vault that was changed elsewhere, and one that is missing was lost.
            self.note(token);
        }
        Ok(token)
    }

    fn token_of(&self, given: Given, client: token::Client, generation: Option<Generation>, home: Home) -> Token {
        let Given { access, refresh, life } = given;
        let expires_at = self.world.clock.now() + life;
        let refresh = refresh.map(|token| Refresh { token, client });
        Token { access, expires_at, refresh, generation, home }
    }

    /// Keeps a token where it belongs, and shares it with the AWS CLI where that was asked for.
    fn keep(&self, token: &Token) -> Result<(), CenterError> {
        if let Home::AwsCli(name) = &token.home {
            self.share(name, token);
            return Ok(());
        }
        self.keep_ours(token)?;
        if self.center.share {
            self.center.shared.iter().for_each(|name| self.share(name, token));
        }
        Ok(())
    }

    fn keep_ours(&self, token: &Token) -> Result<(), CenterError> {
        let mut map = token.to_map(self.center);
        let generation = token.generation.clone().unwrap_or_default();
        map.insert("generation".to_owned(), generation.as_str().into());
        let text = SecretString::from(serde_json::Value::Object(map).to_string());
        self.vault.write_keepsake(&self.item(), &text).map_err(|source| self.vault_error(source))?;
        self.note(&Token { generation: Some(generation), ..token.clone() });
        Ok(())
    }

    fn note(&self, token: &Token) {
        let card = SignInCard {
            generation: token.generation.clone().unwrap_or_default(),
            expires_at: token.expires_at,
            refreshes: token.refresh.is_some(),
            mark: token.mark(),
        };
        if let Err(error) = self.whose().write(&card) {
            let state = self.world.folders.state.display();
            person::warn(&format!("the card of `{}` cannot be written in {state}: {error}", self.center.called));
        }
    }

    fn share(&self, name: &str, token: &Token) {
        if let Err(error) = aws_cache::write(name, token, self.center, self.world) {
            let place = aws_cache::path(name, self.world).map_or_else(String::new, |path| path.display().to_string());
            person::warn(&format!("the token cannot be shared with the AWS CLI in {place}: {error}"));
        }
    }

    fn vault_error(&self, source: VaultError) -> CenterError {
        CenterError::Vault { name: self.center.called.clone(), source }
    }
}

/// The kind of keepsake, of card and of lock.
const KIND: &str = "sso";
