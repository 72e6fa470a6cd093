//! What an attempt notes in the vault, so that the next one can finish its work.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::identity::LongTermKey;
use crate::terms::{AccessKeyId, ExposeSecret, SecretString};
use crate::vault::{ItemName, StoreName, Vault, VaultError};

/// How far an attempt has come.
#[derive(Clone, Debug)]
pub enum Pending {
    /// A key is about to be made.
    Making {
        /// The keys that the user had.
        before: Vec<AccessKeyId>,
        /// When that was noted, by our clock.
        since: SystemTime,
    },
    /// A key was made.
    Made {
        /// The new key; its generation is that of the one it replaces.
        key: LongTermKey,
        /// The key that it replaces.
        replaces: AccessKeyId,
    },
}

/// As it lies in the vault.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Item {
    Making { before: Vec<String>, since: u64 },
    Made { key: Zeroizing<String>, replaces: String },
}

impl Pending {
    /// Returns what an attempt left for that identity.
    pub fn load(identity: &str, vault: &Vault) -> Result<Option<Self>, VaultError> {
        let name = item_name(identity);
        let Some(text) = vault.read_keepsake(&name)? else { return Ok(None) };
        Self::parse(&text).map(Some).ok_or_else(|| VaultError::Damaged { item: name.to_string() })
    }

    /// Writes it, and makes sure that it is there.
    pub(super) fn save(&self, identity: &str, vault: &Vault) -> Result<StoreName, VaultError> {
        let name = item_name(identity);
        let text = self.text();
        let store = vault.write_keepsake(&name, &text)?;
        match vault.read_keepsake(&name)? {
            Some(back) if back.expose_secret() == text.expose_secret() => Ok(store),
            Some(_) | None => Err(VaultError::Damaged { item: name.to_string() }),
        }
    }

    /// Removes what an attempt left. Returns whether there was anything.
    pub fn remove(identity: &str, vault: &Vault) -> Result<bool, VaultError> {
        vault.remove_keepsake(&item_name(identity))
    }

    fn text(&self) -> SecretString {
        let item = match self {
            Self::Making { before, since } => Item::Making {
                before: before.iter().map(ToString::to_string).collect(),
                since: since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            },
            Self::Made { key, replaces } => Item::Made {
                key: Zeroizing::new(key.to_text().expose_secret().to_owned()),
                replaces: replaces.to_string(),
            },
        };
        // Strings and numbers always become JSON.
        SecretString::from(serde_json::to_string(&item).unwrap_or_default())
    }

    fn parse(text: &SecretString) -> Option<Self> {
        match serde_json::from_str(text.expose_secret()).ok()? {
            Item::Making { before, since } => Some(Self::Making {
                before: before.iter().map(|key| key.parse()).collect::<Result<_, _>>().ok()?,
                since: UNIX_EPOCH.checked_add(Duration::from_secs(since))?,
            }),
            Item::Made { key, replaces } => Some(Self::Made {
                key: LongTermKey::parse(&SecretString::from(key.as_str().to_owned()))?,
                replaces: replaces.parse().ok()?,
            }),
        }
    }
}

fn item_name(identity: &str) -> ItemName {
    ItemName::keepsake("rotation", identity)
}
