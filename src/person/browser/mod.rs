//! A browser in front of a person: whether one can be had here, which program it is, and how it is started.
//!
//! What stands on a browser's command line can be read by every user of this machine. So `open` is for addresses that
//! are no secret; a link that signs somebody in goes through `open_secret`, and is in nobody's arguments.

#[cfg(unix)]
mod catch;
mod page;
#[cfg(unix)]
mod pipe;
mod program;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

#[cfg(unix)]
pub use catch::{Catch, CatchError, Window, catch};
use page::Handed;
pub use program::{Maker, find_program};
use program::{is_confined, opener};

use crate::terms::SecretString;
use crate::world::{Env, World};

/// Where a browser that is started now would show up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Screen {
    /// Before the person.
    Here,
    /// On the machine that they reached over SSH.
    Ssh,
    /// Nowhere: there is no display.
    None,
}

/// Which browser, and what of it. The default is the person's own default browser.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Browser {
    /// `firefox`, `chrome`, `chromium`, `edge`, `brave`, or a program.
    pub program: Option<String>,
    /// Whose cookies it uses.
    pub profile: Option<BrowserProfile>,
    /// A Firefox container by this name.
    pub container: Option<String>,
}

/// A browser's profile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BrowserProfile {
    /// One that the browser knows by this name.
    Named(String),
    /// One in a folder of ours. It is made, 0700, if it is not there.
    Folder(PathBuf),
}

/// Why no browser was opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// There is no such program.
    #[error("there is no browser `{program}` on this machine")]
    NotFound {
        /// As it was asked for.
        program: String,
    },
    /// A profile or a container asked of a browser that has none, or of one that is not known.
    #[error("{what} needs {needs}")]
    Cannot {
        /// What was asked for.
        what: &'static str,
        /// What it would take.
        needs: &'static str,
    },
    /// It does not start.
    #[error("{program} cannot be started")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It ended, and has fetched nothing.
    #[error("{program} opened nothing ({status})")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
    },
    /// It has not asked for what it was given.
    #[error("{program} did not fetch the link within {} s, and the link is gone", page::LIFE.as_secs())]
    NotFetched {
        /// The program.
        program: String,
    },
    /// What it is to be given cannot be made.
    #[error("the page for the browser cannot be made")]
    Page(#[source] std::io::Error),
}

impl Screen {
    /// Returns why a page that is opened here, or elsewhere, cannot come back to this machine's loopback. `None` where it
    /// can: a sign-in then ends by itself, and else with a code that is shown.
    pub fn why_far(env: &Env) -> Option<&'static str> {
        match screen(env) {
            Self::Ssh => Some("this is an SSH session"),
            Self::None if env.text("BROWSER").is_none() => Some("there is no display"),
            // The browser is one of Windows, whose loopback is another.
            Self::Here if env.os("WSL_DISTRO_NAME").is_some() => Some("this is WSL"),
            Self::Here | Self::None => None,
        }
    }
}

/// Returns where a browser would show up.
///
/// On Linux a display is `DISPLAY` or `WAYLAND_DISPLAY`, and WSL has the one of Windows.
pub fn screen(env: &Env) -> Screen {
    let is_set = |name: &&str| env.os(name).is_some();
    if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(is_set) {
        return Screen::Ssh;
    }
    let displays = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
    if cfg!(any(windows, target_os = "macos")) || displays.iter().any(is_set) { Screen::Here } else { Screen::None }
}

/// Opens an address that is no secret, and does not wait for the browser.
pub fn open(address: &str, browser: &Browser, world: &World) -> Result<(), BrowserError> {
    Started::begin(browser, address, world).map(drop)
}

/// Opens a link that is one. Returns when the browser has it.
///
/// The browser is given a page, 0600, which leads to an address on loopback that tells the link once; a browser that
/// cannot read such a page (a snap, a flatpak, one of Windows seen from WSL) or has to be told in which container, is
/// given that address itself. Neither outlives 30 s, and the link touches no disk.
pub fn open_secret(link: &SecretString, browser: &Browser, world: &World) -> Result<(), BrowserError> {
    let handed = Handed::new(link).map_err(BrowserError::Page)?;
    let page;
    let address = if browser.container.is_some() || is_confined(browser, &world.env) {
        handed.address()
    } else {
        page = handed.page(&world.env).map_err(BrowserError::Page)?;
        page.address()
    };
    let mut started = Started::begin(browser, &address, world)?;
    match handed.serve(|| started.failed()).map_err(BrowserError::Page)? {
        page::Outcome::Fetched => Ok(()),
        page::Outcome::TooLate => Err(BrowserError::NotFetched { program: started.program }),
        page::Outcome::GivenUp(status) => Err(BrowserError::Failed { program: started.program, status }),
    }
}

/// A browser that was started. It lives on without us.
struct Started {
    program: String,
    child: Child,
}

impl Started {
    fn begin(browser: &Browser, address: &str, world: &World) -> Result<Self, BrowserError> {
        if let Some(BrowserProfile::Folder(folder)) = &browser.profile {
            make_private(folder).map_err(BrowserError::Page)?;
        }
        let words = opener(browser, address, &world.env)?;
        let program = words[0].to_string_lossy().into_owned();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(world.env.iter().filter(|(name, _)| !is_ours(name)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C on our terminal is not for it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => Ok(Self { program, child }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(BrowserError::NotFound { program }),
            Err(source) => Err(BrowserError::Start { program, source }),
        }
    }

    /// Returns how it ended, if it did and it was no success: a launcher that has passed its work on ends well.
    fn failed(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        (!status.success()).then(|| status.to_string())
    }
}

/// A browser needs no credentials, and nothing that opens the vault.
fn is_ours(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    name.starts_with("AWS_") || name.starts_with("ASSUME_")
}

fn make_private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_browser_shows_up_where_the_person_is_or_not_at_all() {
        let cases: [(&[(&str, &str)], Screen); 6] = [
            (&[], Screen::None),
            (&[("DISPLAY", ":0")], Screen::Here),
            (&[("WAYLAND_DISPLAY", "wayland-0")], Screen::Here),
            (&[("WSL_DISTRO_NAME", "Debian")], Screen::Here),
            (&[("DISPLAY", "localhost:10.0"), ("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")], Screen::Ssh),
            (&[("SSH_TTY", "/dev/pts/1")], Screen::Ssh),
        ];
        for (variables, expected) in cases {
            assert_eq!(screen(&variables.iter().copied().collect()), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_page_comes_back_only_to_the_machine_that_shows_it() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(Variables, Option<&str>); 5] = [
            (&[("DISPLAY", ":0")], None),
            (&[("BROWSER", "w3m")], None),
            (&[], Some("there is no display")),
            (&[("BROWSER", "code"), ("SSH_TTY", "/dev/pts/1")], Some("this is an SSH session")),
            (&[("DISPLAY", ":0"), ("WSL_DISTRO_NAME", "Debian")], Some("this is WSL")),
        ];
        for (variables, expected) in cases {
            assert_eq!(Screen::why_far(&variables.iter().copied().collect()), expected, "{variables:?}");
        }
    }
}
