//! What a person is told when there is no MFA code.

use super::{Error, Kind, person};
use crate::mfa::{InvalidSeed, MfaError, Way};
use crate::person::PersonError;

impl From<MfaError> for Error {
    fn from(error: MfaError) -> Self {
        let kind = kind(&error);
        let hint = hint(&error);
        Self::new(kind, error).with_hint(hint)
    }
}

fn kind(error: &MfaError) -> Kind {
    match error {
        MfaError::Person { source, .. } => person::kind(source),
        MfaError::Refused { .. } | MfaError::Spent { .. } => Kind::Declined,
        MfaError::Given { .. } => Kind::System,
        MfaError::NotACode { way: Way::Given } => Kind::Usage,
        MfaError::NotACode { way: Way::Process | Way::Seed | Way::Person } | MfaError::Process { .. } => Kind::Config,
    }
}

fn hint(error: &MfaError) -> Option<String> {
    match error {
        MfaError::Person { profile, source: PersonError::Nobody { .. }, .. } => {
            Some(format!("run `assume {profile}` in a terminal; what it gets serves here too"))
        }
        MfaError::Person { source: PersonError::Pinentry { .. }, profile, .. } => {
            Some(format!("run `assume {profile}` in a terminal, or name a pinentry that works in ASSUME_PINENTRY"))
        }
        MfaError::Person { source: PersonError::Declined | PersonError::Terminal(_), .. } => None,
        MfaError::Refused { way: Way::Seed, serial, .. } => {
            Some(format!("is the seed that device's, and this machine's clock right? `assume mfa code {serial}`"))
        }
        MfaError::Refused { way: Way::Given | Way::Process | Way::Person, serial, .. } => {
            Some(format!("is {serial} the device that showed the code, and was the code not used before?"))
        }
        MfaError::Spent { .. } => Some("wait for the device's next code, at most 30 s".to_owned()),
        MfaError::Process { program, .. } => {
            Some(format!("run the command of `mfa_process` by hand to see what {program} says"))
        }
        MfaError::NotACode { way: Way::Process } => {
            Some("the first line that `mfa_process` prints has to be the code and nothing else".to_owned())
        }
        MfaError::NotACode { way: Way::Given } => Some(
            "give it the six digits that the device shows: `echo 123456 | assume NAME --mfa-code-file -`".to_owned(),
        ),
        MfaError::NotACode { way: Way::Seed | Way::Person } | MfaError::Given { .. } => None,
    }
}

impl From<InvalidSeed> for Error {
    fn from(error: InvalidSeed) -> Self {
        let hint = match &error {
            InvalidSeed::Form => "when AWS shows the QR code, choose \"Show secret key\" and copy what it shows",
            InvalidSeed::Unsuitable { .. } => "take the URI that AWS shows for a virtual MFA device",
        };
        Self::new(Kind::Usage, error).with_hint(hint.to_owned())
    }
}
