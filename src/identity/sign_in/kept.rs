//! A sign-in whose token outlives the command: where it is kept, and how its lack is told.
//!
//! Both kinds of it are used alike: a token that is alive serves, else it is refreshed, else a person signs in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::card::SignInCard;
use super::error::{Lack, SignInError};
use super::manner::Manner;
use crate::aws::{AwsError, Line};
use crate::person::{self, RedirectError};
use crate::terms::SecretString;
use crate::vault::{ItemName, Vault, VaultError};
use crate::world::World;

/// A sign-in by its name, and the vault that keeps what it gave.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// The kind of keepsake, of card and of lock.
    pub kind: &'static str,
    /// What it is kept under.
    pub name: &'a str,
    /// What a person calls it.
    pub called: &'a str,
    /// Where its people begin.
    pub place: &'a str,
    /// Where its token lies.
    pub vault: &'a Vault,
    /// Around us.
    pub world: &'a World,
}

/// A sign-in that gives a token which outlives the command.
pub trait TokenSignIn {
    /// What it gives.
    type Token: Clone;

    /// Its name, and where what it gave is kept.
    fn kept(&self) -> Kept<'_>;

    /// Whether a process without a terminal may open a browser.
    fn auto_login(&self) -> bool;

    /// Returns the manner that is asked for, unless the sign-in is declared to know one only.
    fn manner(&self, asked: Manner) -> Manner;

    /// Returns the token that is at hand, alive or not.
    fn token(&self) -> Result<Option<Self::Token>, SignInError>;

    /// When a token ends.
    fn expires_at(&self, token: &Self::Token) -> SystemTime;

    /// Whether its successor may be had without a person.
    fn can_be_refreshed(&self, token: &Self::Token) -> bool;

    /// Names a token, and gives nothing of it away.
    fn mark(&self, token: &Self::Token) -> String;

    /// Refreshes a token, and keeps its successor. A refusal ends the sign-in; what may pass does not.
    fn refresh(&self, old: &Self::Token, line: &Line<'_>) -> Result<Self::Token, SignInError>;

    /// Lets a person sign in.
    fn visit(&self, manner: Manner, line: &Line<'_>) -> Result<Self::Token, SignInError>;

    /// Whether a token still serves: it is not used in its last minute, since the call that takes it may take a while.
    fn is_alive(&self, token: &Self::Token) -> bool {
        self.expires_at(token) > self.kept().world.clock.now() + LAST
    }
}

/// Where our own tokens lie.
pub(super) const IN_VAULT: &str = "the vault";

/// What is left of a token that is not used any more.
pub(super) const LAST: Duration = Duration::from_secs(60);

impl Kept<'_> {
    /// Reads what the vault keeps. What is damaged there is none, and that is said.
    pub(super) fn read(&self) -> Result<Option<SecretString>, SignInError> {
        match self.vault.read_keepsake(&self.item()) {
            Ok(text) => Ok(text),
            Err(VaultError::Damaged { .. }) => {
                self.warn_of_damage(IN_VAULT);
                Ok(None)
            }
            Err(source) => Err(self.vault_error(source)),
        }
    }

    /// Says that what is kept in that place cannot be understood. It may be looked at more than once, and is said once.
    pub(super) fn warn_of_damage(&self, place: &str) {
        static SAID: AtomicBool = AtomicBool::new(false);
        if SAID.swap(true, Ordering::Relaxed) {
            return;
        }
        person::warn(&format!(
            "the token of `{}` in {place} is damaged, so that you have to sign in again",
            self.called
        ));
    }

    /// Keeps a text in place of the last one, and writes the card. What a person went through is not lost with a store that
    /// fails: this process goes on with it.
    pub(super) fn write(&self, text: &SecretString, card: &SignInCard) {
        if let Err(error) = self.vault.write_keepsake_or_hold(&self.item(), text) {
            person::warn(&format!("the token of `{}` is not kept, and serves this command only: {error}", self.called));
        }
        self.note(card);
    }

    /// Whether what was written last serves this process alone.
    pub fn is_lost(&self) -> bool {
        self.vault.only_holds(&self.item())
    }

    /// Removes what is kept. Returns whether there was something.
    pub(super) fn remove(&self) -> Result<bool, SignInError> {
        let _ = self.remove_card();
        self.window_served();
        self.vault.remove_keepsake(&self.item()).map_err(|source| self.vault_error(source))
    }

    /// Writes the card. Without one nothing is found in the cache: nothing worse.
    pub(super) fn note(&self, card: &SignInCard) {
        if let Err(error) = self.write_card(card) {
            let state = self.world.folders.state.display();
            person::warn(&format!("the card of `{}` cannot be written in {state}: {error}", self.called));
        }
    }

    fn item(&self) -> ItemName {
        ItemName::keepsake(self.kind, self.name)
    }

    /// Says that nobody is signed in.
    pub fn signed_out(&self, lack: Lack) -> SignInError {
        SignInError::SignedOut { name: self.called.to_owned(), place: self.place.to_owned(), lack }
    }

    /// Says that a page is open, or was left.
    pub fn waiting(&self, since: Duration) -> SignInError {
        SignInError::Waiting { name: self.called.to_owned(), since }
    }

    /// Says that the process that we waited for was refused.
    pub fn shared(&self, pid: u32, said: String) -> SignInError {
        SignInError::Shared { name: self.called.to_owned(), pid, said }
    }

    pub(super) fn declined(&self, reason: RedirectError) -> SignInError {
        SignInError::Declined { name: self.called.to_owned(), reason }
    }

    pub(super) fn failed(&self, source: AwsError) -> SignInError {
        SignInError::Aws { name: self.called.to_owned(), source }
    }

    pub(super) fn vault_error(&self, source: VaultError) -> SignInError {
        SignInError::Vault { name: self.called.to_owned(), source }
    }
}
