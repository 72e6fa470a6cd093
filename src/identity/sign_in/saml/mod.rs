//! The assertion of a SAML sign-in: from a browser, a command, a file or standard input; and whether it serves.
//!
//! It is looked at before it is sent, so that what is wrong with it is said in one's own terms: whom it is meant for,
//! until when, and which roles it offers. It is never kept, shown or logged.

mod at_hand;
mod browser;
mod fit;

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::super::IdentityError;
use super::super::assertion::{Assertion, InvalidAssertion};
use crate::config::AssertionSource;
use crate::person::browser::Window;
use crate::session::Fingerprint;
use crate::terms::{ExposeSecret, SecretString};
use crate::world::World;

pub use fit::Unfit;

/// An assertion to be traded in.
#[derive(Clone, Debug)]
pub struct SamlAssertion {
    /// In base64, as it was posted. Whoever has it is its bearer, for some minutes.
    pub secret: SecretString,
    /// What it says of itself; `None` of one that only AWS can read.
    pub says: Option<Box<Assertion>>,
}

/// Why an assertion is not had, or does not serve.
#[derive(Debug, thiserror::Error)]
pub enum SamlError {
    /// It could not be fetched.
    #[error("the sign-in `{identity}` has no assertion: {place} {reason}")]
    None {
        /// Whose it is.
        identity: String,
        /// Where it was looked for.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The browser brought none.
    #[cfg(unix)]
    #[error("the sign-in `{identity}` at {host}: {reason}")]
    Page {
        /// Whose it is.
        identity: String,
        /// The provider's host.
        host: String,
        /// Why not.
        reason: crate::person::browser::CatchError,
    },
    /// A person has to sign in, and none can be asked here.
    #[error("the sign-in `{identity}` needs a person, and there is no terminal here")]
    NeedsPerson {
        /// Whose it is.
        identity: String,
    },
    /// A window was opened for it not long ago, and nobody signed in.
    #[error("the sign-in `{identity}` was not finished {} s ago, and is not opened again by itself for five minutes", since.as_secs())]
    Waiting {
        /// Whose it is.
        identity: String,
        /// How long ago.
        since: Duration,
    },
    /// What came is no assertion.
    #[error("what {place} gave for the sign-in `{identity}` cannot be used: {reason}")]
    Invalid {
        /// Whose it is.
        identity: String,
        /// Where it came from.
        place: String,
        /// What it is.
        reason: InvalidAssertion,
    },
    /// It does not serve.
    #[error("the assertion of `{identity}` cannot be used: {unfit}")]
    Unfit {
        /// Whose it is.
        identity: String,
        /// Why not.
        unfit: Unfit,
    },
}

/// The sign-in of an identity, as far as this machine knows it.
#[derive(Clone, Copy)]
pub struct AtProvider<'a> {
    identity: &'a str,
    source: &'a AssertionSource,
    world: &'a World,
}

impl<'a> AtProvider<'a> {
    /// Returns the sign-in of that identity.
    pub fn new(identity: &'a str, source: &'a AssertionSource, world: &'a World) -> Self {
        Self { identity, source, world }
    }

    /// Says who that is, from local data: whose assertion is at hand, or who signed in last in the browser.
    ///
    /// `None` where nobody has signed in, or the assertion cannot be read.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        Some(Fingerprint(match self.source {
            AssertionSource::Browser(_) => format!("saml {} {}", self.identity, self.last()?.0.as_str()),
            AssertionSource::Command(command) => format!("saml-command {}", hex::encode(Sha256::digest(command))),
            AssertionSource::File(_) => self.at_hand().ok()?.fingerprint(),
            // It can be read once, by whoever trades it in.
            AssertionSource::Stdin => return None,
        }))
    }

    /// Says whose the assertion on standard input is. It is read now.
    pub fn fingerprint_of_stdin(&self) -> Option<Fingerprint> {
        match self.source {
            AssertionSource::Stdin => Some(Fingerprint(self.at_hand().ok()?.fingerprint())),
            AssertionSource::Browser(_) | AssertionSource::Command(_) | AssertionSource::File(_) => None,
        }
    }

    /// The name of the lock that those who sign in there take, one at a time.
    pub fn lock(&self) -> String {
        format!("saml-{}", self.digest())
    }

    /// Whether a person may have to be asked.
    pub fn asks_a_person(&self) -> bool {
        matches!(self.source, AssertionSource::Browser(_))
    }

    /// Returns an assertion. `window` says when a window may be shown for it.
    pub fn assertion(&self, window: Window) -> Result<SamlAssertion, SamlError> {
        match self.source {
            AssertionSource::Browser(page) => self.in_browser(page, window),
            AssertionSource::Command(command) => self.of_command(command),
            AssertionSource::File(_) | AssertionSource::Stdin => self.at_hand(),
        }
    }

    /// A name may hold any character.
    fn digest(&self) -> String {
        hex::encode(&Sha256::digest(self.identity)[..16])
    }
}

impl SamlAssertion {
    /// Says whose it is.
    fn fingerprint(&self) -> String {
        match &self.says {
            Some(says) => {
                // A transient name is another one each time.
                let name = Some(&says.subject.name).filter(|_| !says.subject.format.ends_with(":transient"));
                let who = serde_json::json!([says.issuer, name, says.session_name()]).to_string();
                format!("saml {}", hex::encode(Sha256::digest(who)))
            }
            None => format!("saml {}", hex::encode(Sha256::digest(self.secret.expose_secret()))),
        }
    }
}

impl From<SamlError> for IdentityError {
    fn from(error: SamlError) -> Self {
        Self::Saml(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_assertion() {
        let assertion = SamlAssertion { secret: SecretString::from("PHNhbWxwOlJlc3BvbnNl"), says: None };
        assert!(!format!("{assertion:?}").contains("PHNh"));
    }
}
