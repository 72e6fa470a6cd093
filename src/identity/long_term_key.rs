//! An IAM user's key pair, kept in the vault.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::terms::{AccessKeyId, SecretString};
use crate::vault::{ItemName, StoreName, Vault, VaultError};

/// A key pair that lives until it is deleted.
#[derive(Clone, Debug)]
pub struct LongTermKey {
    /// The public half.
    pub key_id: AccessKeyId,
    /// The secret half.
    pub secret_key: SecretString,
    /// Counts how often this identity was added: sessions of an earlier one of the same name are not served.
    pub generation: u64,
}

/// As it lies in the vault.
#[derive(Serialize, Deserialize)]
struct Item {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    generation: u64,
}

impl LongTermKey {
    /// Returns the name under which an identity's key lies in the vault.
    pub fn item_name(identity: &str) -> ItemName {
        ItemName::keepsake("key", identity)
    }

    /// Returns the key of that identity, if the vault holds one.
    pub fn load(identity: &str, vault: &Vault) -> Result<Option<Self>, VaultError> {
        let name = Self::item_name(identity);
        let Some(text) = vault.read_keepsake(&name)? else { return Ok(None) };
        let damaged = || VaultError::Damaged { item: name.to_string() };
        let item: Item = serde_json::from_str(text.expose_secret()).map_err(|_| damaged())?;
        Ok(Some(Self {
            key_id: item.access_key_id.parse().map_err(|_| damaged())?,
            secret_key: SecretString::from(item.secret_access_key.as_str().to_owned()),
            generation: item.generation,
        }))
    }

    /// Writes the key into the vault and returns the store that took it.
    pub fn save(&self, identity: &str, vault: &Vault) -> Result<StoreName, VaultError> {
        let item = Item {
            access_key_id: self.key_id.to_string(),
            secret_access_key: Zeroizing::new(self.secret_key.expose_secret().to_owned()),
            generation: self.generation,
        };
        // A map of three strings always becomes JSON.
        let text = serde_json::to_string(&item).unwrap_or_default();
        vault.write_keepsake(&Self::item_name(identity), &SecretString::from(text))
    }
}
