//! Cards: what may be known of a session without a secret.
//!
//! `status`, `explain`, `logout` and the shell prompt read cards and never a secret store; where there is no card, no
//! store is searched.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::key::CacheKey;
use super::state::{is_private, private_folder};
use crate::config::StoreName;
use crate::world::World;

/// What may be known of a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Card {
    /// Which store holds the secret.
    pub store: StoreName,
    /// The profile that it was made for.
    pub profile: String,
    /// The identity that it started from.
    pub identity: String,
    /// The role, or `None` for an MFA session.
    pub role_arn: Option<String>,
    /// When it was made, by our clock.
    pub issued_at: SystemTime,
    /// When it ends, by AWS's clock.
    pub expires_at: SystemTime,
    /// How much of its token policies and tags take up, in percent, where STS said so.
    pub token_used: Option<u8>,
}

/// As it lies in the file.
#[derive(Serialize, Deserialize)]
struct Form {
    version: u32,
    store: String,
    profile: String,
    identity: String,
    role_arn: Option<String>,
    issued_at: u64,
    expires_at: u64,
    #[serde(default)]
    token_used: Option<u8>,
}

/// The folder of cards.
#[derive(Clone, Debug)]
pub struct Cards {
    folder: PathBuf,
}

impl Cards {
    /// Returns the cards of this user. Reads nothing yet.
    pub fn new(world: &World) -> Self {
        Self { folder: world.folders.state.join("sessions") }
    }

    /// Returns the card of a session, if there is one that can be understood, in a folder that is ours alone.
    pub fn read(&self, key: &CacheKey) -> Option<Card> {
        if self.is_private() { read(&self.path(key)) } else { None }
    }

    /// Writes the card of a session.
    pub fn write(&self, key: &CacheKey, card: &Card) -> std::io::Result<()> {
        if let Some(state) = self.folder.parent() {
            private_folder(state)?;
        }
        private_folder(&self.folder)?;
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let form = Form {
            version: 1,
            store: card.store.as_str().to_owned(),
            profile: card.profile.clone(),
            identity: card.identity.clone(),
            role_arn: card.role_arn.clone(),
            issued_at: seconds(card.issued_at),
            expires_at: seconds(card.expires_at),
            token_used: card.token_used,
        };
        let text = serde_json::to_string(&form)?;
        // A temporary file is 0600 from its first byte.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(self.path(key)).map_err(|e| e.error)?;
        Ok(())
    }

    /// Removes the card of a session. Returns whether there was one.
    pub fn remove(&self, key: &CacheKey) -> bool {
        std::fs::remove_file(self.path(key)).is_ok()
    }

    /// Every card, by key, if the folder is ours alone.
    pub fn all(&self) -> Vec<(CacheKey, Card)> {
        if !self.is_private() {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut cards: Vec<(CacheKey, Card)> = entries
            .flatten()
            .filter_map(|entry| {
                let path = entry.path();
                let key = CacheKey::of_file_name(path.file_name()?.to_str()?)?;
                Some((key, read(&path)?))
            })
            .collect();
        cards.sort_by(|a, b| (&a.1.profile, &a.0).cmp(&(&b.1.profile, &b.0)));
        cards
    }

    fn is_private(&self) -> bool {
        self.folder.parent().is_none_or(is_private) && is_private(&self.folder)
    }

    fn path(&self, key: &CacheKey) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}

fn read(path: &Path) -> Option<Card> {
    let form: Form = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let time = |seconds: u64| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    Some(Card {
        store: StoreName::ALL.into_iter().find(|store| store.as_str() == form.store)?,
        profile: form.profile,
        identity: form.identity,
        role_arn: form.role_arn,
        issued_at: time(form.issued_at)?,
        expires_at: time(form.expires_at)?,
        token_used: form.token_used,
    })
    .filter(|_| form.version == 1)
}
