//! An IAM user's key pair, kept in the vault.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::generation::{Generation, KeyCard};
use crate::person;
use crate::terms::{AccessKeyId, SecretString};
use crate::vault::{ItemName, StoreName, Vault, VaultError};
use crate::world::World;

/// A key pair that lives until it is deleted.
#[derive(Clone, Debug)]
pub struct LongTermKey {
    /// The public half.
    pub key_id: AccessKeyId,
    /// The secret half.
    pub secret_key: SecretString,
    /// Which of the keys of that name it is: sessions of an earlier one are not served.
    pub generation: Generation,
}

/// As it lies in the vault.
#[derive(Serialize, Deserialize)]
struct Item {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    generation: String,
}

impl LongTermKey {
    /// Returns the name under which an identity's key lies in the vault.
    pub fn item_name(identity: &str) -> ItemName {
        ItemName::keepsake("key", identity)
    }

    /// Returns the key of that identity, if the vault holds one, and makes the identity's card agree with it.
    ///
    /// A card that says otherwise is of a vault that was changed elsewhere (a file shared with another machine), and one
    /// that is missing was lost: either way the vault is right.
    pub fn load(identity: &str, vault: &Vault, world: &World) -> Result<Option<Self>, VaultError> {
        let name = Self::item_name(identity);
        let Some(text) = vault.read_keepsake(&name)? else { return Ok(None) };
        let key = Self::parse(&text).ok_or_else(|| VaultError::Damaged { item: name.to_string() })?;
        let known = KeyCard::read(identity, vault, world);
        if known.as_ref().is_none_or(|card| card.generation != key.generation || card.key_id != key.key_id) {
            let store = known.and_then(|card| card.store);
            key.note(identity, store, vault, world);
        }
        Ok(Some(key))
    }

    /// Writes the key into the vault, then its card, and returns the store that took it.
    ///
    /// Whoever dies in between leaves no card: what an earlier key had cached is not found again.
    pub fn save(&self, identity: &str, vault: &Vault, world: &World) -> Result<StoreName, VaultError> {
        if super::current(identity, vault, world).is_some_and(|known| known != self.generation) {
            let _ = KeyCard::remove(identity, vault, world);
        }
        let store = vault.write_keepsake(&Self::item_name(identity), &self.to_text())?;
        self.note(identity, Some(store), vault, world);
        Ok(store)
    }

    /// Returns the key as it lies in the vault.
    pub(crate) fn to_text(&self) -> SecretString {
        let item = Item {
            access_key_id: self.key_id.to_string(),
            secret_access_key: Zeroizing::new(self.secret_key.expose_secret().to_owned()),
            generation: self.generation.as_str().to_owned(),
        };
        // A map of three strings always becomes JSON.
        SecretString::from(serde_json::to_string(&item).unwrap_or_default())
    }

    /// Reads a key as it lies in the vault.
    pub(crate) fn parse(text: &SecretString) -> Option<Self> {
        let item: Item = serde_json::from_str(text.expose_secret()).ok()?;
        Some(Self {
            key_id: item.access_key_id.parse().ok()?,
            secret_key: SecretString::from(item.secret_access_key.as_str().to_owned()),
            generation: Generation::parse(&item.generation)?,
        })
    }

    fn note(&self, identity: &str, store: Option<StoreName>, vault: &Vault, world: &World) {
        let card = KeyCard { generation: self.generation.clone(), key_id: self.key_id.clone(), store };
        if let Err(error) = card.write(identity, vault, world) {
            // Then no card may say that an earlier key is the present one.
            let _ = KeyCard::remove(identity, vault, world);
            person::warn(&format!(
                "cannot write the card of `{identity}` in {} ({error}); each command opens the secret store",
                world.folders.state.display()
            ));
        }
    }
}
