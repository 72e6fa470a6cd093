//! Which of the keys that were ever called `work` this is: known from a card in the state folder, without a secret store.
//!
//! A generation is a random name that `identity add` gives. It lies in the vault beside the key, where it is true, and in
//! the identity's card, where a warm answer reads it. Rotating keeps it, so sessions stay; adding and removing change it,
//! so nobody is served the sessions of whoever had that name before. A lost card is written anew from the vault; the card
//! of another vault (`ASSUME_VAULT`, `vault_file`, `ASSUME_VAULT_NAME`) is another card.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::StoreName;
use crate::session::private_folder;
use crate::terms::AccessKeyId;
use crate::vault::Vault;
use crate::world::World;

/// Tells apart the keys that have had the same name. Random, not a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Generation(String);

impl Generation {
    /// Returns a generation that never was.
    pub fn new() -> Self {
        Self(hex::encode(rand::random::<[u8; 16]>()))
    }

    /// Returns it as text: 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the generation of that text, if it is one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }
}

impl Default for Generation {
    fn default() -> Self {
        Self::new()
    }
}

/// What may be known of an identity's key without a secret store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyCard {
    /// Which of the keys of that name it is.
    pub generation: Generation,
    /// The public half of the key.
    pub key_id: AccessKeyId,
    /// The store that holds it, where that is known.
    pub store: Option<StoreName>,
}

/// As it lies in the file.
#[derive(Serialize, Deserialize)]
struct Form {
    version: u32,
    identity: String,
    generation: String,
    key_id: String,
    store: Option<String>,
}

/// Returns the generation of the key that this vault keeps under that name, as far as the card tells. `None` means that
/// nothing in the cache can be this identity's, or that only the vault knows (`LongTermKey::load`).
pub fn current(identity: &str, vault: &Vault, world: &World) -> Option<Generation> {
    KeyCard::read(identity, vault, world).map(|card| card.generation)
}

impl KeyCard {
    /// Returns the card of that identity, if there is one that can be understood.
    pub fn read(identity: &str, vault: &Vault, world: &World) -> Option<Self> {
        let form: Form = serde_json::from_slice(&std::fs::read(Self::path(identity, vault, world)).ok()?).ok()?;
        let card = Self {
            generation: Generation::parse(&form.generation)?,
            key_id: form.key_id.parse().ok()?,
            store: form.store.and_then(|name| StoreName::ALL.into_iter().find(|store| store.as_str() == name)),
        };
        (form.version == 1 && form.identity == identity).then_some(card)
    }

    /// Returns where the card of that identity lies. A name may hold any character, and the same name in another vault is
    /// somebody else.
    pub(super) fn path(identity: &str, vault: &Vault, world: &World) -> PathBuf {
        let whose = serde_json::json!([vault.place_of_keepsakes(), identity]).to_string();
        folder(world).join(format!("{}.json", hex::encode(Sha256::digest(whose))))
    }

    /// Writes the card, in one step.
    pub fn write(&self, identity: &str, vault: &Vault, world: &World) -> io::Result<()> {
        let path = Self::path(identity, vault, world);
        let folder = folder(world);
        private_folder(&world.folders.state)?;
        private_folder(&folder)?;
        let form = Form {
            version: 1,
            identity: identity.to_owned(),
            generation: self.generation.0.clone(),
            key_id: self.key_id.to_string(),
            store: self.store.map(|store| store.as_str().to_owned()),
        };
        // A temporary file is 0600 from its first byte.
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(serde_json::to_string(&form)?.as_bytes())?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }

    /// Removes the card of that identity: from here on no cached session is its own. Returns whether there was one.
    pub fn remove(identity: &str, vault: &Vault, world: &World) -> io::Result<bool> {
        match std::fs::remove_file(Self::path(identity, vault, world)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn folder(world: &World) -> PathBuf {
    world.folders.state.join("identities")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sourced, VaultSettings};
    use crate::world::Env;

    fn world(folder: &std::path::Path, name: &str) -> World {
        let mut world = World::new().with_env(Env::from_iter([("ASSUME_VAULT_NAME", name)]));
        world.folders.state = folder.join("state");
        world.folders.data = folder.join("data");
        world
    }

    fn vault(store: Option<StoreName>, world: &World) -> Vault {
        let settings = VaultSettings { keepsakes: store.map(Sourced::by_default), ..VaultSettings::default() };
        Vault::new(&settings, world)
    }

    fn card(key_id: &str) -> KeyCard {
        KeyCard { generation: Generation::new(), key_id: key_id.parse().unwrap(), store: Some(StoreName::Os) }
    }

    #[test]
    fn a_card_is_of_one_identity_in_one_vault() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path(), "one");
        let other = super::tests::world(folder.path(), "two");
        let (os, file) = (vault(Some(StoreName::Os), &world), vault(Some(StoreName::File), &world));
        let alice = card("AKIAIOSFODNN7EXAMPLE");
        alice.write("work", &os, &world).unwrap();
        assert_eq!(KeyCard::read("work", &os, &world), Some(alice.clone()));
        assert_eq!(current("work", &os, &world), Some(alice.generation));
        assert_eq!(current("Work", &os, &world), None);
        assert_eq!(current("work", &file, &world), None);
        assert_eq!(current("work", &vault(None, &world), &world), None);
        assert_eq!(current("work", &vault(Some(StoreName::Os), &other), &other), None);
        assert!(KeyCard::remove("work", &os, &world).unwrap());
        assert!(!KeyCard::remove("work", &os, &world).unwrap());
        assert_eq!(current("work", &os, &world), None);
    }

    #[test]
    fn a_damaged_card_is_no_card() {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path(), "one");
        let vault = vault(None, &world);
        card("AKIAIOSFODNN7EXAMPLE").write("work", &vault, &world).unwrap();
        let file = KeyCard::path("work", &vault, &world);
        let good = std::fs::read_to_string(&file).unwrap();
        let wrong = [
            "",
            "{",
            &good.replace("\"version\":1", "\"version\":2"),
            &good.replace("\"work\"", "\"other\""),
            &good.replace("generation\":\"", "generation\":\"x"),
        ];
        for text in wrong {
            std::fs::write(&file, text).unwrap();
            assert_eq!(KeyCard::read("work", &vault, &world), None, "{text}");
        }
        std::fs::write(&file, good).unwrap();
        assert!(KeyCard::read("work", &vault, &world).is_some());
    }

    #[test]
    fn no_two_generations_are_the_same() {
        assert_ne!(Generation::new(), Generation::new());
        assert_eq!(Generation::parse(Generation::new().as_str()).unwrap().as_str().len(), 32);
    }
}
