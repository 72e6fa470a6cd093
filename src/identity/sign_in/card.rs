//! What may be known of a sign-in without a secret: a card in the state folder.
//!
//! Each sign-in has a generation, a random name: signing in anew or out changes it, refreshing keeps it. So nobody is
//! served the sessions of whoever was signed in under that name before.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::generation::Generation;
use super::kept::Kept;
use super::window::WindowMark;
use crate::session::private_folder;

/// What may be known of a sign-in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignInCard {
    /// Which of the sign-ins under that name it is.
    pub generation: Generation,
    /// When its token ends, unless it is refreshed.
    pub expires_at: SystemTime,
    /// Whether it can be refreshed without a person.
    pub refreshes: bool,
    /// Names the token, and gives nothing of it away.
    pub mark: String,
}

/// As it lies in the file.
#[derive(Serialize, Deserialize)]
struct Form {
    version: u32,
    kind: String,
    name: String,
    generation: String,
    expires_at: u64,
    refreshes: bool,
    mark: String,
}

impl Kept<'_> {
    fn folder(&self) -> PathBuf {
        self.world.folders.state.join("sign-ins")
    }

    /// A name may hold any character, and the same name in another vault is another sign-in.
    fn path(&self, ending: &str) -> PathBuf {
        let whose = serde_json::json!([self.vault.place_of_keepsakes(), self.kind, self.name]).to_string();
        self.folder().join(format!("{}.{ending}", hex::encode(Sha256::digest(whose))))
    }

    fn make_folder(&self) -> io::Result<()> {
        private_folder(&self.world.folders.state)?;
        private_folder(&self.folder())
    }

    /// Where the card lies, if there is one.
    pub(super) fn card_path(&self) -> PathBuf {
        self.path("json")
    }

    /// Returns the card, if there is one that can be understood.
    pub fn card(&self) -> Option<SignInCard> {
        let form: Form = serde_json::from_slice(&std::fs::read(self.path("json")).ok()?).ok()?;
        let is_its_own = form.version == 1 && form.kind == self.kind && form.name == self.name;
        Some(SignInCard {
            generation: Generation::parse(&form.generation).filter(|_| is_its_own)?,
            expires_at: SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(form.expires_at))?,
            refreshes: form.refreshes,
            mark: form.mark,
        })
    }

    /// Writes the card, in one step.
    pub(super) fn write_card(&self, card: &SignInCard) -> io::Result<()> {
        self.make_folder()?;
        let expires_at = card.expires_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let form = Form {
            version: 1,
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            generation: card.generation.as_str().to_owned(),
            expires_at,
            refreshes: card.refreshes,
            mark: card.mark.clone(),
        };
        let mut file = tempfile::NamedTempFile::new_in(self.folder())?;
        file.write_all(serde_json::to_string(&form)?.as_bytes())?;
        file.persist(self.path("json")).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes the card: from here on no cached session is this sign-in's own.
    pub(super) fn remove_card(&self) -> io::Result<()> {
        match std::fs::remove_file(self.path("json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Notes that a window is opened now.
    pub(super) fn window_opens(&self) {
        // Where no mark can be left, another window may be opened: nothing worse.
        if self.make_folder().is_ok() {
            self.window().opens();
        }
    }

    /// Notes that the window has ended in a sign-in.
    pub(super) fn window_served(&self) {
        self.window().served();
    }

    /// Returns how long ago a page was opened that has not ended in a sign-in, if that is less than a pause.
    pub fn waits_since(&self) -> Option<Duration> {
        self.window().since(self.world.clock.now())
    }

    fn window(&self) -> WindowMark {
        WindowMark(self.path("window"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VaultSettings;
    use crate::vault::Vault;
    use crate::world::World;

    #[test]
    fn a_card_is_of_one_sign_in_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new();
        world.folders.state = folder.path().join("state");
        let vault = Vault::new(&VaultSettings::default(), &world);
        let (called, place) = ("work", "https://example.com");
        let whose = |kind, name| Kept { kind, name, called, place, vault: &vault, world: &world };
        let expires_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let card = SignInCard { generation: Generation::new(), expires_at, refreshes: true, mark: "ab".to_owned() };
        whose("sso", "work").write_card(&card).unwrap();
        assert_eq!(whose("sso", "work").card(), Some(card));
        assert_eq!((whose("sso", "other").card(), whose("oidc", "work").card()), (None, None));
        std::fs::write(whose("sso", "work").path("json"), "{").unwrap();
        assert_eq!(whose("sso", "work").card(), None);
        whose("sso", "work").remove_card().unwrap();
        whose("sso", "work").remove_card().unwrap();
    }
}
