//! A sign-in at IAM Identity Center: the token that the portal takes.
//!
//! It comes from the vault, or from the AWS CLI's cache if that has a newer one; else the last one is refreshed; else a
//! person signs in, in their browser. What was refreshed goes back to where it came from.

mod aws_cache;
mod portal;
mod protocol;
mod token;
mod visit;

use std::path::PathBuf;
use std::time::SystemTime;

use secrecy::ExposeSecret;

use super::card::SignInCard;
use super::error::{Lack, SignInError};
use super::kept::{IN_VAULT, Kept, TokenSignIn};
use super::manner::Manner;
use crate::aws::{AwsError, Line};
use crate::identity::generation::Generation;
use crate::person;
use crate::plan::Center;
use crate::session::Fingerprint;
use crate::terms::SecretString;
use crate::vault::Vault;
use crate::world::World;

pub use portal::sign_out;
use protocol::Given;
pub use token::Token;
use token::{Home, Refresh, wipe};

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
        let card = self.kept().card();
        let theirs = aws_cache::read(self.center, self.world, card.as_ref().map(|card| card.mark.as_str()));
        let theirs = theirs.filter(|theirs| card.as_ref().is_none_or(|card| theirs.expires_at >= card.expires_at));
        Some(Fingerprint(match (theirs, card) {
            (Some(theirs), _) => format!("sso-aws-cli {} {}", self.center.start_url.value, theirs.mark()),
            (None, Some(card)) => format!("sso {name} {}", card.generation.as_str()),
            (None, None) => return None,
        }))
    }

    /// The files that `fingerprint` looks at, whether they are there or not.
    pub fn fingerprint_files(&self) -> Vec<PathBuf> {
        let theirs = self.center.shared.iter().filter_map(|name| aws_cache::path(name, self.world));
        std::iter::once(self.kept().card_path()).chain(theirs).collect()
    }

    /// Removes the token from this machine: ours, and the AWS CLI's. Returns whether there was one.
    pub fn forget(&self) -> Result<bool, SignInError> {
        let theirs = self.center.shared.iter().filter(|name| aws_cache::remove(name, self.world)).count();
        let ours = self.kept().remove()?;
        Ok(ours || theirs > 0)
    }
}

impl TokenSignIn for AtCenter<'_> {
    type Token = Token;

    fn kept(&self) -> Kept<'_> {
        Kept {
            kind: "sso",
            name: &self.center.name,
            called: &self.center.called,
            place: self.center.start_url.value.as_str(),
            vault: self.vault,
            world: self.world,
        }
    }

    fn auto_login(&self) -> bool {
        self.center.auto_login
    }

    fn manner(&self, asked: Manner) -> Manner {
        asked
    }

    fn expires_at(&self, token: &Token) -> SystemTime {
        token.expires_at
    }

    fn can_be_refreshed(&self, token: &Token) -> bool {
        token.refresh(self.world.clock.now()).is_some()
    }

    fn mark(&self, token: &Token) -> String {
        token.mark()
    }

    /// Returns the newer of ours and of the AWS CLI's.
    ///
    /// Of two that end in the same second, which is all that is written of an end, the AWS CLI's is the newer: it has taken
    /// the place of the one that we shared, and has spent what refreshes ours.
    fn token(&self) -> Result<Option<Token>, SignInError> {
        let ours = self.ours()?;
        let theirs = aws_cache::read(self.center, self.world, ours.as_ref().map(Token::mark).as_deref());
        Ok(match (ours, theirs) {
            (Some(ours), Some(theirs)) if theirs.expires_at >= ours.expires_at => Some(theirs),
            (Some(ours), _) => Some(ours),
            (None, Some(theirs)) => Some(theirs),
            (None, None) => {
                if let Some(path) = aws_cache::damaged(self.center, self.world) {
                    self.kept().warn_of_damage(&path.display().to_string());
                }
                None
            }
        })
    }

    /// The successor goes where the token was.
    fn refresh(&self, old: &Token, line: &Line<'_>) -> Result<Token, SignInError> {
        let now = self.world.clock.now();
        let Some(by) = old.refresh(now) else { return Err(self.kept().signed_out(Lack::Ended)) };
        match protocol::refresh(line, self.center, by) {
            Ok(given) => {
                let token = self.token_of(given, by.client.clone(), old.generation.clone(), old.home.clone());
                self.keep(&token);
                Ok(token)
            }
            Err(AwsError::Refused(refusal)) if !refusal.is_passing() => {
                // Nobody need ask for it again. What the AWS CLI has is its own to find out about: it may be newer.
                let spent = Token { refresh: None, expires_at: now, ..old.clone() };
                if old.home == Home::Vault {
                    self.keep_ours(&spent);
                }
                Err(self.kept().signed_out(Lack::Revoked))
            }
            Err(source) => Err(self.kept().failed(source)),
        }
    }

    fn visit(&self, manner: Manner, line: &Line<'_>) -> Result<Token, SignInError> {
        self.kept().window_opens();
        let (given, client) = visit::visit(self.center, self.kept(), manner, line)?;
        let token = self.token_of(given, client, Some(Generation::new()), Home::Vault);
        // From here on no session of whoever was signed in before is served.
        let _ = self.kept().remove_card();
        self.keep(&token);
        self.kept().window_served();
        Ok(token)
    }
}

impl AtCenter<'_> {
    fn ours(&self) -> Result<Option<Token>, SignInError> {
        let kept = self.kept();
        let Some(text) = kept.read()? else { return Ok(None) };
        let Ok(mut map) = serde_json::from_str(text.expose_secret()) else {
            kept.warn_of_damage(IN_VAULT);
            return Ok(None);
        };
        let token = Token::of_map(&map, self.center, Home::Vault);
        wipe(&mut map);
        if let Some(token) = &token
            && kept.card().is_none_or(|card| Some(&card.generation) != token.generation.as_ref())
        {
            // A card that says otherwise is of a vault that was changed elsewhere, and one that is missing was lost.
            kept.note(&card(token));
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
    fn keep(&self, token: &Token) {
        if let Home::AwsCli(name) = &token.home {
            self.share(name, token);
            return;
        }
        self.keep_ours(token);
        if self.center.share {
            self.center.shared.iter().for_each(|name| self.share(name, token));
        }
    }

    fn keep_ours(&self, token: &Token) {
        let mut map = token.to_map(self.center);
        let generation = token.generation.clone().unwrap_or_default();
        map.insert("generation".to_owned(), generation.as_str().into());
        let text = SecretString::from(serde_json::Value::Object(map).to_string());
        self.kept().write(&text, &card(&Token { generation: Some(generation), ..token.clone() }));
    }

    fn share(&self, name: &str, token: &Token) {
        if let Err(error) = aws_cache::write(name, token, self.center, self.world) {
            let place = aws_cache::path(name, self.world).map_or_else(String::new, |path| path.display().to_string());
            person::warn(&format!("the token cannot be shared with the AWS CLI in {place}: {error}"));
        }
    }
}

fn card(token: &Token) -> SignInCard {
    SignInCard {
        generation: token.generation.clone().unwrap_or_default(),
        expires_at: token.expires_at,
        refreshes: token.refresh.is_some(),
        mark: token.mark(),
    }
}
