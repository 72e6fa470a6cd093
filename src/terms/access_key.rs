//! The public half of a key pair.

use std::fmt;
use std::str::FromStr;

/// Names a key pair without giving it away: `AKIA…` for a long-term key, `ASIA…` for a session.
///
/// 16 to 128 characters of `[A-Za-z0-9_]`. Not a secret.
/// Source: STS API Reference, `GetAccessKeyInfo`, `AccessKeyId`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct AccessKeyId(String);

/// Why a text is no access key id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an access key id has 16 to 128 letters, digits or underscores, and this has {len} characters")]
pub struct InvalidAccessKeyId {
    len: usize,
}

impl AccessKeyId {
    /// Returns the id as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this key lives until it is deleted, rather than for a session.
    /// Source: IAM User Guide, "IAM identifiers", unique ID prefixes.
    pub fn is_long_term(&self) -> bool {
        !self.0.starts_with("ASIA")
    }
}

impl FromStr for AccessKeyId {
    type Err = InvalidAccessKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        // The text itself stays out of the error: people paste the secret into this field.
        fits.then(|| Self(text.to_owned())).ok_or(InvalidAccessKeyId { len: text.chars().count() })
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
