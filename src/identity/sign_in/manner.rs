//! How a person is to sign in: in a browser that comes back to us, or with a code on whatever device they have.

use std::time::Duration;

use crate::person;
use crate::person::browser::{self, Browser, Screen};
use crate::world::{Env, World};

/// How a person is to sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Manner {
    /// With a code that they type in; else the browser comes back to us.
    pub device: bool,
    /// Whether a browser is opened for them.
    pub opens: bool,
}

/// How long we wait for a person.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

impl Manner {
    /// Returns what was asked for, as far as it can be had here: a browser elsewhere cannot come back to us.
    pub fn of(device: bool, no_browser: bool, env: &Env) -> Self {
        let far = Screen::why_far(env).is_some();
        // A person who names a browser means it, wherever they sit.
        let reachable = !far || env.text("BROWSER").is_some() || browser::screen(env) == Screen::Here;
        Self { device: device || far, opens: !no_browser && reachable }
    }

    /// Opens the page, if one is to be opened. The address is no secret: it names the client, and the code that the person
    /// is to compare.
    pub(super) fn open(self, address: &str, world: &World) {
        if self.opens
            && let Err(error) = browser::open(address, &Browser::default(), world)
        {
            person::note(&format!("no browser was opened: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_comes_back_only_to_the_machine_that_the_person_sits_at() {
        let cases = [
            (vec![("DISPLAY", ":0")], false, false, (false, true)),
            (vec![("DISPLAY", ":0")], true, false, (true, true)),
            (vec![("DISPLAY", ":0")], false, true, (false, false)),
            (vec![("BROWSER", "w3m")], false, false, (false, true)),
            (vec![], false, false, (true, false)),
            (vec![("DISPLAY", ":10"), ("SSH_TTY", "/dev/pts/1")], false, false, (true, false)),
            (vec![("BROWSER", "code"), ("SSH_TTY", "/dev/pts/1")], false, false, (true, true)),
            (vec![("WSL_DISTRO_NAME", "Debian")], false, false, (true, true)),
        ];
        for (variables, device, no_browser, (by_code, opens)) in cases {
            let env: Env = variables.iter().copied().collect();
            let expected = Manner { device: by_code, opens };
            assert_eq!(Manner::of(device, no_browser, &env), expected, "{variables:?} {device} {no_browser}");
        }
    }
}
