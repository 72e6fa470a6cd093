//! Sessions remembered: the card first, then one read of the one store that it names.

use std::io;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::card::{Card, Cards};
use super::credentials::{Credentials, Lineage, Session};
use super::key::CacheKey;
use super::life::Life;
use crate::config::StoreName;
use crate::person;
use crate::terms::SecretString;
use crate::vault::{ItemName, Vault};
use crate::world::World;

/// The sessions of this user.
#[derive(Debug)]
pub struct Cache<'a> {
    vault: &'a Vault,
    cards: Cards,
    world: &'a World,
}

/// A session from the cache.
#[derive(Debug)]
pub struct Found {
    /// The session.
    pub credentials: Credentials,
    /// When it was made.
    pub issued_at: SystemTime,
}

/// Whether a session will be found again.
#[derive(Debug)]
pub enum Kept {
    /// It will, or it needs not be.
    Yes,
    /// It will not: this is what those who wait for it are to be given.
    No {
        /// The session.
        session: SecretString,
        /// Why its card cannot be written, if that is the reason; of a store the vault has said it.
        because: Option<io::Error>,
    },
}

/// As it lies in the vault.
#[derive(Serialize, Deserialize)]
struct Item {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Zeroizing<String>,
    expires_at: u64,
    account: Option<String>,
    arn: Option<String>,
    lineage: Lineage,
}

impl<'a> Cache<'a> {
    /// Returns the cache. Reads nothing yet.
    pub fn new(vault: &'a Vault, world: &'a World) -> Self {
        Self { vault, cards: Cards::new(world), world }
    }

    /// Returns the session of that key, if it is there and has life enough. A store that fails is a miss, with a warning
    /// of the vault's.
    pub fn find(&self, key: &CacheKey, life: Life) -> Option<Found> {
        let card = self.living(key, life)?;
        let text = match self.vault.read_session(&ItemName::session(key.as_str()), card.store) {
            Ok(text) => text?,
            Err(error) => {
                person::warn(&format!("a cached session cannot be read, so a new one is made: {error}"));
                return None;
            }
        };
        let credentials = parse(&text)?;
        Some(Found { credentials, issued_at: card.issued_at })
    }

    /// Returns the session of that key, if it is near (`Vault::read_near_session`) and has life enough. Nothing is said.
    pub fn find_near(&self, key: &CacheKey, life: Life) -> Option<Found> {
        let card = self.living(key, life)?;
        let text = self.vault.read_near_session(&ItemName::session(key.as_str()), card.store)?;
        Some(Found { credentials: parse(&text)?, issued_at: card.issued_at })
    }

    fn living(&self, key: &CacheKey, life: Life) -> Option<Card> {
        let card = self.cards.read(key)?;
        life.is_enough(card.issued_at, card.expires_at, self.world.clock.now()).then_some(card)
    }

    /// Keeps a session, if a store takes it. If none does, the vault has said why, and nothing is lost: it is handed over
    /// all the same, also to those who wait for it.
    pub fn keep(&self, key: &CacheKey, credentials: &Credentials, card: Card) -> Kept {
        let Some(expires_at) = credentials.expires_at() else { return Kept::Yes };
        let Some(text) = write(credentials, expires_at) else { return Kept::Yes };
        let store = self.vault.write_session(&ItemName::session(key.as_str()), &text, expires_at);
        if store == StoreName::None {
            return Kept::No { session: text, because: None };
        }
        match self.cards.write(key, &Card { store, ..card }) {
            Ok(()) => {
                self.sweep(store);
                Kept::Yes
            }
            Err(error) => {
                // Without a card nothing would find it again.
                let _ = self.vault.remove_session(&ItemName::session(key.as_str()), store);
                Kept::No { session: text, because: Some(error) }
            }
        }
    }

    /// Removes what ended a day ago: its card, and its item where the store that has just answered drops none by itself.
    fn sweep(&self, answers: StoreName) {
        let now = self.world.clock.now();
        for (key, card) in self.cards.all() {
            if now.duration_since(card.expires_at).is_ok_and(|age| age > LEFTOVER) {
                let gone = match card.store {
                    StoreName::Os if answers != StoreName::Os => false,
                    StoreName::Os => self.vault.remove_session(&ItemName::session(key.as_str()), card.store).is_ok(),
                    StoreName::Kernel | StoreName::File | StoreName::None => true,
                };
                if gone {
                    self.cards.remove(&key);
                }
            }
        }
    }

    /// Returns the session that another process gave us, if it is one.
    pub fn unpack(&self, given: &SecretString) -> Option<Credentials> {
        parse(given)
    }
}

/// No clock is so far off that a session which ended so long ago would still be good.
const LEFTOVER: Duration = Duration::from_secs(24 * 3_600);

fn parse(text: &SecretString) -> Option<Credentials> {
    let item: Item = serde_json::from_str(text.expose_secret()).ok()?;
    let expires_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(item.expires_at))?;
    Some(Credentials {
        key_id: item.access_key_id.parse().ok()?,
        secret_key: SecretString::from(item.secret_access_key.as_str()),
        session: Some(Session { token: SecretString::from(item.session_token.as_str()), expires_at: Some(expires_at) }),
        account: item.account.and_then(|account| account.parse().ok()),
        arn: item.arn,
        lineage: item.lineage,
    })
}

fn write(credentials: &Credentials, expires_at: SystemTime) -> Option<SecretString> {
    let session = credentials.session.as_ref()?;
    let item = Item {
        access_key_id: credentials.key_id.to_string(),
        secret_access_key: Zeroizing::new(credentials.secret_key.expose_secret().to_owned()),
        session_token: Zeroizing::new(session.token.expose_secret().to_owned()),
        expires_at: expires_at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs(),
        account: credentials.account.as_ref().map(ToString::to_string),
        arn: credentials.arn.clone(),
        lineage: credentials.lineage.clone(),
    };
    serde_json::to_string(&item).ok().map(SecretString::from)
}
