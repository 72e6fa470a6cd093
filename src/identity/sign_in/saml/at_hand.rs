//! An assertion that a command, a file or standard input gives.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::{AtProvider, SamlAssertion, SamlError};
use crate::config::AssertionSource;
use crate::identity::assertion::Response;
use crate::terms::{ExposeSecret, SecretString};

/// The longest assertion that AWS takes.
/// Source: STS API Reference, `AssumeRoleWithSAML`, `SAMLAssertion`.
const LONGEST: usize = 100_000;

impl AtProvider<'_> {
    pub(super) fn at_hand(&self) -> Result<SamlAssertion, SamlError> {
        let none =
            |place: String, reason: String| SamlError::None { identity: self.identity.to_owned(), place, reason };
        match self.source {
            AssertionSource::File(path) => {
                let place = path.display().to_string();
                let text = in_file(path).map_err(|error| none(place.clone(), format!("cannot be read: {error}")))?;
                self.read(&text, place)
            }
            AssertionSource::Stdin => {
                let text = STDIN.get_or_init(|| read_all(io::stdin()).map_err(|error| error.to_string()));
                let place = "standard input".to_owned();
                let text = text.as_ref().map_err(|reason| none(place.clone(), format!("cannot be read: {reason}")))?;
                self.read(text, place)
            }
            AssertionSource::Browser(_) | AssertionSource::Command(_) => {
                Err(none("this sign-in".to_owned(), "has none at hand".to_owned()))
            }
        }
    }

    pub(super) fn of_command(&self, command: &str) -> Result<SamlAssertion, SamlError> {
        let program = command.split_whitespace().next().unwrap_or_default();
        let place = format!("assertion_command (`{program}`)");
        let none =
            |reason: String| SamlError::None { identity: self.identity.to_owned(), place: place.clone(), reason };
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell.args([flag, command]).env_clear().envs(self.world.env.iter());
        shell.stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = shell.output().map_err(|error| none(format!("cannot be started: {error}")))?;
        let text = Zeroizing::new(output.stdout);
        if !output.status.success() {
            return Err(none(format!("failed ({})", output.status)));
        }
        let text = std::str::from_utf8(&text).map_err(|_| none("printed no text".to_owned()))?;
        self.read(&SecretString::from(text), place.clone())
    }

    pub(super) fn read(&self, text: &SecretString, place: String) -> Result<SamlAssertion, SamlError> {
        let invalid = |reason| SamlError::Invalid { identity: self.identity.to_owned(), place, reason };
        let secret: String = text.expose_secret().split_whitespace().collect();
        let secret = SecretString::from(secret);
        match Response::read(&secret) {
            Ok(Response::Plain(says)) => Ok(SamlAssertion { secret, says: Some(says) }),
            Ok(Response::Encrypted) => Ok(SamlAssertion { secret, says: None }),
            Err(reason) => Err(invalid(reason)),
        }
    }
}

/// It can be read once, and is asked for twice: for the fingerprint, and for the exchange.
static STDIN: OnceLock<Result<SecretString, String>> = OnceLock::new();

fn in_file(path: &Path) -> io::Result<SecretString> {
    read_all(File::open(path)?)
}

fn read_all(from: impl Read) -> io::Result<SecretString> {
    let mut text = Zeroizing::new(String::new());
    // Line breaks make it longer than AWS takes, and are left out.
    from.take(2 * LONGEST as u64).read_to_string(&mut text)?;
    Ok(SecretString::from(text.as_str()))
}
