//! A sign-in page in a browser of our own, and the form that it posts in the end: caught, and never sent.
//!
//! The browser keeps a profile in a folder of ours, so that the next sign-in needs nobody while the site's session lasts:
//! that is tried first, without a window. A window opens only when a page wants a person.

mod cookies;
mod events;
mod visit;

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{BrowserError, Screen, find_program, make_private, screen};
use crate::world::World;

use visit::Visit;

/// A form to catch.
#[derive(Clone, Copy, Debug)]
pub struct Catch<'a> {
    /// Where signing in begins.
    pub start: &'a Url,
    /// The browser, where one is named; else the first of Chromium's kind on this machine.
    pub program: Option<&'a str>,
    /// The folder that keeps its cookies.
    pub profile: &'a Path,
    /// Whether the browser's sandbox is switched off, which root has to do.
    pub without_sandbox: bool,
    /// When a window may be shown.
    pub window: Window,
    /// Whether an address is the one that the form is posted to.
    pub is_target: fn(&Url) -> bool,
    /// The form's field that is wanted.
    pub field: &'static str,
    /// How long a person may take.
    pub patience: Duration,
}

/// When a window is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Window {
    /// Never: whoever would have to be asked is not here.
    Never,
    /// When a page wants a person.
    WhenNeeded,
    /// From the start.
    Always,
}

/// Why nothing was caught.
#[derive(Debug, thiserror::Error)]
pub enum CatchError {
    /// There is no browser that could do it.
    #[error("there is no browser of Chromium's kind here ({tried})")]
    NoBrowser {
        /// Which were looked for.
        tried: String,
    },
    /// It does not start, or its folder cannot be made.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A window cannot be shown here.
    #[error("a person has to sign in, and {reason}")]
    NoWindow {
        /// Why not.
        reason: &'static str,
    },
    /// A page wants a person, and no window may be shown.
    #[error("a person has to sign in")]
    NeedsPerson,
    /// The window was closed.
    #[error("the browser was closed before the sign-in was finished")]
    Closed,
    /// The browser ended by itself.
    #[error("the browser ended before the sign-in was finished ({status})")]
    Ended {
        /// How.
        status: String,
    },
    /// Nobody finished.
    #[error("nobody finished signing in within {} s", waited.as_secs())]
    Abandoned {
        /// How long we waited.
        waited: Duration,
    },
    /// The page is an error page.
    #[error("{host} answered HTTP {status}{} instead of a sign-in page", called(title.as_deref()))]
    Page {
        /// The site.
        host: String,
        /// The status.
        status: u16,
        /// How the page calls itself.
        title: Option<String>,
    },
    /// The page cannot be reached.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The site.
        host: String,
        /// The browser's word for it.
        reason: String,
    },
    /// The form has no such field.
    #[error("the form that was posted has no `{field}`")]
    NoField {
        /// The field.
        field: &'static str,
    },
}

fn called(title: Option<&str>) -> String {
    title.filter(|title| !title.is_empty()).map_or_else(String::new, |title| format!(" (\"{title}\")"))
}

/// Signs in and returns the field of the form that was caught.
pub fn catch(wanted: &Catch<'_>, world: &World) -> Result<SecretString, CatchError> {
    let program = match wanted.program {
        Some(name) => find_program(name, &world.env).ok_or_else(|| tried(&[name])),
        None => KINDS.iter().find_map(|name| find_program(name, &world.env)).ok_or_else(|| tried(&KINDS)),
    }?;
    let was_here = wanted.profile.is_dir();
    make_profile(wanted.profile).map_err(BrowserError::Page)?;
    let without = |is_visible: bool| Visit::begin(wanted, &program, is_visible, &world.env)?.until_caught();
    // Who was never here has no cookie that would sign them in.
    let tries_silently = match wanted.window {
        Window::Never => true,
        Window::WhenNeeded => was_here,
        Window::Always => false,
    };
    if tries_silently {
        match without(false) {
            Err(CatchError::NeedsPerson) if wanted.window == Window::WhenNeeded => {}
            // Some sites refuse a browser that has no window.
            Err(CatchError::Page { status: 403, .. }) if wanted.window == Window::WhenNeeded => {}
            caught => return caught,
        }
    }
    match screen(&world.env) {
        Screen::Here => without(true),
        Screen::Ssh => Err(CatchError::NoWindow { reason: "this is an SSH session" }),
        Screen::None => Err(CatchError::NoWindow { reason: "there is no display" }),
    }
}

/// Makes the folder, in which no password is ever kept.
fn make_profile(folder: &Path) -> std::io::Result<()> {
    make_private(folder)?;
    let preferences = folder.join("Default/Preferences");
    if preferences.exists() {
        return Ok(());
    }
    make_private(&folder.join("Default"))?;
    std::fs::write(preferences, PREFERENCES)
}

/// Source: Chromium's preferences `credentials_enable_service` and `profile.password_manager_enabled`.
const PREFERENCES: &str = r#"{"credentials_enable_service":false,"profile":{"password_manager_enabled":false},"autofill":{"profile_enabled":false}}"#;

/// In the order in which they are looked for.
const KINDS: [&str; 4] = ["chrome", "chromium", "edge", "brave"];

fn tried(names: &[&str]) -> CatchError {
    CatchError::NoBrowser { tried: names.join(", ") }
}
