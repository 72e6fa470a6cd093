//! What a person is told when a person could not be asked.

use super::{Error, Kind};
use crate::person::PersonError;

impl From<PersonError> for Error {
    fn from(error: PersonError) -> Self {
        let kind = kind(&error);
        let hint = hint(&error).map(str::to_owned);
        Self::new(kind, error).with_hint(hint)
    }
}

pub(super) fn kind(error: &PersonError) -> Kind {
    match error {
        PersonError::Nobody { .. } | PersonError::Pinentry { .. } => Kind::PersonNeeded,
        PersonError::Declined => Kind::Declined,
        PersonError::Terminal(_) => Kind::System,
    }
}

fn hint(error: &PersonError) -> Option<&'static str> {
    match error {
        PersonError::Nobody { display: true } => {
            Some("install pinentry (on Debian: apt install pinentry-gnome3), or run the command in a terminal")
        }
        PersonError::Nobody { display: false } => Some("run the command in a terminal"),
        PersonError::Pinentry { .. } => Some("name a pinentry that works in ASSUME_PINENTRY, or use a terminal"),
        PersonError::Declined | PersonError::Terminal(_) => None,
    }
}
