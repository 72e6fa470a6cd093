//! What may be known of a sign-in without a secret: a card in the state folder, and whether a window is open for it.
//!
//! Each sign-in has a generation, a random name: signing in anew or out changes it, refreshing keeps it. So nobody is
//! served the sessions of whoever was signed in under that name before.
//!
//! A window that was opened and has not ended in a sign-in leaves its mark, whatever became of us: programs that ask in
//! the background open no other for a while.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::generation::Generation;
use crate::session::private_folder;
use crate::vault::Vault;
use crate::world::World;

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

/// Whose card, and in which vault its secrets lie.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    pub(super) vault: &'a Vault,
    pub(super) world: &'a World,
}

impl Whose<'_> {
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

    /// Returns the card, if there is one that can be understood.
    pub(super) fn card(&self) -> Option<SignInCard> {
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
    pub(super) fn write(&self, card: &SignInCard) -> io::Result<()> {
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
    pub(super) fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(self.path("json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Notes that a window is opened now.
    pub(super) fn window_opens(&self) {
        // Where no mark can be left, another window may be opened: nothing worse.
        let _ = self.make_folder().and_then(|()| std::fs::File::create(self.path("window")));
    }

    /// Notes that the window has ended in a sign-in.
    pub(super) fn window_served(&self) {
        let _ = std::fs::remove_file(self.path("window"));
    }

    /// Returns how long ago a window was opened that has not ended in a sign-in, if that is less than a pause.
    pub(super) fn window_since(&self) -> Option<Duration> {
        let opened = std::fs::metadata(self.path("window")).and_then(|metadata| metadata.modified()).ok()?;
        self.world.clock.now().duration_since(opened).ok().filter(|since| *since < PAUSE)
    }
}

/// How long a sign-in that was declined or abandoned is not opened again by itself.
const PAUSE: Duration = Duration::from_secs(5 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VaultSettings;

    #[test]
    fn a_card_is_of_one_sign_in_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new();
        world.folders.state = folder.path().join("state");
        let vault = Vault::new(&VaultSettings::default(), &world);
        let whose = |kind, name| Whose { kind, name, vault: &vault, world: &world };
        let expires_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let card = SignInCard { generation: Generation::new(), expires_at, refreshes: true, mark: "ab".to_owned() };
        whose("sso", "work").write(&card).unwrap();
        assert_eq!(whose("sso", "work").card(), Some(card));
        assert_eq!((whose("sso", "other").card(), whose("oidc", "work").card()), (None, None));
        std::fs::write(whose("sso", "work").path("json"), "{").unwrap();
        assert_eq!(whose("sso", "work").card(), None);
        whose("sso", "work").remove().unwrap();
        whose("sso", "work").remove().unwrap();
    }

    #[test]
    fn an_open_window_is_known_for_five_minutes_or_until_it_has_served() {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new();
        world.folders.state = folder.path().join("state");
        let vault = Vault::new(&VaultSettings::default(), &world);
        let since = |later: u64| {
            let clock = crate::world::Clock::Fixed(world.clock.now() + Duration::from_secs(later));
            let world = World { clock, ..world.clone() };
            Whose { kind: "sso", name: "work", vault: &vault, world: &world }.window_since().is_some()
        };
        let whose = Whose { kind: "sso", name: "work", vault: &vault, world: &world };
        assert!(!since(0));
        whose.window_opens();
        assert!(since(1) && since(290) && !since(301));
        whose.window_served();
        assert!(!since(1));
    }
}
