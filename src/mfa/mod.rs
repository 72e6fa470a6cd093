//! One code per device: asked of a person, made from a seed in the vault, or printed by a command.
//!
//! What enters: a device. What leaves: codes, one at a time, each of which AWS has not seen from this machine. What a code
//! is for, and how AWS is asked, is not known here: whoever sends it tells when it was refused.

mod codes;
mod process;
mod seed;
mod spent;

use crate::person::PersonError;
use crate::terms::{MfaSerial, SecretString};

pub use codes::{Codes, Shown, show_code};
pub use seed::{InvalidSeed, Seed};

/// A device whose code is needed, and for what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// Names the device.
    pub serial: MfaSerial,
    /// A command that prints its code (`mfa_process`).
    pub process: Option<String>,
    /// The profile that the code is for: the question names it.
    pub for_whom: String,
}

/// Where a code was put for us (`--mfa-code-file`). Taken once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum GivenCode {
    /// `-`: standard input.
    Stdin,
    /// A file.
    File(std::path::PathBuf),
}

impl From<std::path::PathBuf> for GivenCode {
    fn from(path: std::path::PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path) }
    }
}

/// Where codes come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// `--mfa-code-file`.
    Given,
    /// `mfa_process`.
    Process,
    /// The seed in the vault.
    Seed,
    /// A person.
    Person,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given => "--mfa-code-file",
            Self::Process => "mfa_process",
            Self::Seed => "the seed in the vault",
            Self::Person => "the person asked",
        })
    }
}

/// Why there is no code to send.
#[derive(Debug, thiserror::Error)]
pub enum MfaError {
    /// The person could not be asked, or declined.
    #[error("{profile} needs a code of the MFA device {serial}")]
    Person {
        /// The profile that needs it.
        profile: String,
        /// The device.
        serial: MfaSerial,
        /// What came of the question.
        source: PersonError,
    },
    /// AWS, or we, refused every code.
    #[error("{profile} needs a code of the MFA device {serial}, and none was accepted: {attempts} tried, from {way}")]
    Refused {
        /// The profile that needs it.
        profile: String,
        /// The device.
        serial: MfaSerial,
        /// Where the codes came from.
        way: Way,
        /// How many there were.
        attempts: u8,
    },
    /// `--mfa-code-file` cannot be read.
    #[error("cannot read the MFA code from {file}")]
    Given {
        /// The file, or standard input.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// `mfa_process` failed.
    #[error("mfa_process (`{program}`) gave no code of {serial}: {reason}")]
    Process {
        /// The command's program, without its arguments.
        program: String,
        /// The device.
        serial: MfaSerial,
        /// What went wrong.
        reason: String,
    },
    /// What was given is no code.
    #[error("{way} gave something else than a code of six digits")]
    NotACode {
        /// Where it came from.
        way: Way,
    },
    /// The code was sent to AWS before.
    #[error("{way} gave a code of {serial} that was used already, and AWS takes each code once")]
    Spent {
        /// Where it came from.
        way: Way,
        /// The device.
        serial: MfaSerial,
    },
}

/// Returns what was given as a code of six digits, without the spaces that devices show.
/// Source: STS API Reference, `GetSessionToken`, `TokenCode`.
fn parse_code(text: &str) -> Option<SecretString> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| SecretString::from(digits))
}
