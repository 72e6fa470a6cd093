//! An assertion that a sign-in in a browser of ours posts, and what is noted of whoever signed in there.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::super::window::WindowMark;
use super::{AtProvider, SamlAssertion, SamlError};
use crate::config::SamlPage;
use crate::identity::generation::Generation;
use crate::person::browser::Window;
use crate::session::private_folder;

/// How long a person may take in the browser.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

impl AtProvider<'_> {
    /// The folder that keeps the browser's cookies. They lie outside the vault.
    pub fn profile(&self) -> PathBuf {
        self.world.folders.data.join("browser").join(self.digest())
    }

    /// Signs out: the browser's cookies go, and nothing in the cache is this sign-in's any more. Returns whether anything
    /// was there.
    pub fn sign_out(&self) -> io::Result<bool> {
        for path in [self.note_path("json"), self.note_path("window")] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        match std::fs::remove_dir_all(self.profile()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the refusal of those who would open another window.
    pub fn waiting(&self, since: Duration) -> SamlError {
        SamlError::Waiting { identity: self.identity.to_owned(), since }
    }

    /// Returns the refusal where nobody has ever signed in, and nobody can be asked to.
    pub fn never_here(&self) -> SamlError {
        SamlError::NeedsPerson { identity: self.identity.to_owned() }
    }

    /// Whether somebody has signed in here in the browser, so that it may do without a person.
    pub fn was_here(&self) -> bool {
        self.last().is_some()
    }

    #[cfg(unix)]
    pub(super) fn in_browser(&self, page: &SamlPage, window: Window) -> Result<SamlAssertion, SamlError> {
        use crate::person::browser::{Catch, catch};
        use crate::terms::{is_loopback_acs, partition_of_acs};

        let profile = self.profile();
        let host = page.url.host_str().unwrap_or_default().to_owned();
        let is_root = rustix::process::geteuid().is_root();
        let failed = |reason| SamlError::Page { identity: self.identity.to_owned(), host: host.clone(), reason };
        if is_root && !page.without_sandbox {
            crate::person::note("the browser runs without its sandbox, which it has to as root");
        }
        if window != Window::Never {
            self.window_opens();
        }
        let wanted = Catch {
            start: &page.url,
            program: page.browser.as_deref(),
            profile: &profile,
            without_sandbox: page.without_sandbox || is_root,
            window,
            is_target: |url| partition_of_acs(url).is_some() || is_loopback_acs(url),
            field: "SAMLResponse",
            patience: PATIENCE,
        };
        let caught = catch(&wanted, self.world).map_err(failed)?;
        self.window().served();
        let assertion = self.read(&caught, host)?;
        self.remember(&assertion);
        Ok(assertion)
    }

    #[cfg(not(unix))]
    pub(super) fn in_browser(&self, page: &SamlPage, _: Window) -> Result<SamlAssertion, SamlError> {
        Err(SamlError::None {
            identity: self.identity.to_owned(),
            place: page.url.host_str().unwrap_or_default().to_owned(),
            reason: "cannot be signed in to on Windows: no browser can be driven over a pipe from here yet".to_owned(),
        })
    }

    /// Who signed in last: the generation, and a hash that says whether it is still the same person.
    pub(super) fn last(&self) -> Option<(Generation, String)> {
        let note: serde_json::Value = serde_json::from_slice(&std::fs::read(self.note_path("json")).ok()?).ok()?;
        let generation = Generation::parse(note["generation"].as_str()?)?;
        Some((generation, note["who"].as_str()?.to_owned()))
    }

    /// Notes who has signed in. Somebody else than the last time is another generation.
    fn remember(&self, assertion: &SamlAssertion) {
        let who = assertion.fingerprint();
        if self.last().is_some_and(|(_, last)| last == who) {
            return;
        }
        let note = serde_json::json!({ "generation": Generation::new().as_str(), "who": who });
        // Where no note can be left, nothing is found in the cache: nothing worse.
        let _ = self.make_folder().and_then(|folder| {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            io::Write::write_all(&mut file, note.to_string().as_bytes())?;
            file.persist(self.note_path("json")).map_err(|error| error.error)
        });
    }

    /// Notes that a window may be opened now.
    fn window_opens(&self) {
        if self.make_folder().is_ok() {
            self.window().opens();
        }
    }

    /// Returns how long ago a window was opened in which nobody has signed in, if that is less than a pause.
    pub fn waits_since(&self) -> Option<Duration> {
        self.window().since(self.world.clock.now())
    }

    fn window(&self) -> WindowMark {
        WindowMark(self.note_path("window"))
    }

    fn make_folder(&self) -> io::Result<PathBuf> {
        let folder = self.folder();
        private_folder(&self.world.folders.state)?;
        private_folder(&folder)?;
        Ok(folder)
    }

    fn folder(&self) -> PathBuf {
        self.world.folders.state.join("saml")
    }

    fn note_path(&self, ending: &str) -> PathBuf {
        self.folder().join(format!("{}.{ending}", self.digest()))
    }
}
