//! How a partner's external IDs look: made at random, and known again.

use std::fmt;
use std::str::FromStr;

use super::uuid_version;
use crate::terms::{ExternalId, InvalidLabel};

/// How a partner's external IDs look.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum IdForm {
    /// A UUID of version 4: 122 random bits. Source: RFC 9562, section 5.4.
    #[default]
    Uuid,
    /// The partner's own prefix, a hyphen, and 128 random bits in hexadecimal.
    Prefixed(IdPrefix),
}

/// What a partner's external IDs begin with: 1 to 32 letters, digits and single hyphens inside, such as `acme`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdPrefix(String);

/// Why a text is no prefix.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no prefix for external IDs: it has 1 to 32 letters, digits and hyphens, such as acme")]
pub struct InvalidIdPrefix(String);

impl FromStr for IdPrefix {
    type Err = InvalidIdPrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_suffix('-').unwrap_or(text);
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdPrefix(text.to_owned())) }
    }
}

impl fmt::Display for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IdForm {
    /// Returns the external ID of this form that those random bits make.
    pub fn make(&self, random: [u8; 16]) -> Result<ExternalId, InvalidLabel> {
        match self {
            Self::Uuid => {
                let mut bytes = random;
                bytes[6] = bytes[6] & 0x0f | 0x40;
                bytes[8] = bytes[8] & 0x3f | 0x80;
                let hex = hex::encode(bytes);
                format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).parse()
            }
            Self::Prefixed(prefix) => format!("{prefix}-{}", hex::encode(random)).parse(),
        }
    }

    /// Whether an external ID is one that this form could have made.
    pub fn fits(&self, id: &str) -> bool {
        let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match self {
            Self::Uuid => uuid_version(id) == Some(4) && is_hex(&id.replace('-', "")),
            Self::Prefixed(prefix) => id
                .strip_prefix(&prefix.0)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|rest| rest.len() == 32 && is_hex(rest)),
        }
    }

    /// Returns the form that an external ID seems to have been made by.
    pub fn of(id: &str) -> Option<Self> {
        if Self::Uuid.fits(id) {
            return Some(Self::Uuid);
        }
        let (prefix, _) = id.rsplit_once('-')?;
        let form = Self::Prefixed(prefix.parse().ok()?);
        form.fits(id).then_some(form)
    }
}
