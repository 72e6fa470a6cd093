//! The short texts of an AssumeRole call, alike in form and different in limits.

use std::fmt;
use std::str::FromStr;

/// Why a text cannot be sent as the field that it was given for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidLabel {
    /// A character that AWS refuses.
    #[error("{} at position {} cannot stand in {field} (letters, digits and {others} can)", show(*c), at + 1)]
    Character {
        /// What it was given for.
        field: &'static str,
        /// The character.
        c: char,
        /// How many characters stand before it.
        at: usize,
        /// What may stand in it besides letters and digits.
        others: &'static str,
    },
    /// Too short or too long.
    #[error("{field} has {min} to {max} characters, and this has {len}")]
    Length {
        /// What it was given for.
        field: &'static str,
        /// How many characters were given.
        len: usize,
        /// The fewest that AWS takes.
        min: usize,
        /// The most that AWS takes.
        max: usize,
    },
    /// A source identity may not begin with `aws:`.
    #[error("a source identity cannot begin with `aws:`, which AWS keeps for itself")]
    Reserved,
}

fn show(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("`{}`", c.escape_debug()) }
}

fn check(text: &str, field: &'static str, others: &'static str, min: usize, max: usize) -> Result<(), InvalidLabel> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    if let Some((at, c)) = text.chars().enumerate().find(|&(_, c)| !allowed(c)) {
        return Err(InvalidLabel::Character { field, c, at, others });
    }
    match text.len() {
        len if (min..=max).contains(&len) => Ok(()),
        len => Err(InvalidLabel::Length { field, len, min, max }),
    }
}

/// What a partner asks us to send along, so that nobody else can borrow their access.
///
/// 2 to 1,224 characters of `[A-Za-z0-9_+=,.@:/-]`. Not a secret.
/// Source: STS API Reference, `AssumeRole`, `ExternalId`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct ExternalId(String);

impl FromStr for ExternalId {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text, "an external ID", "_+=,.@:/-", 2, 1_224)?;
        Ok(Self(text.to_owned()))
    }
}

/// Names an MFA device: a virtual device's ARN, or a hardware device's serial number.
///
/// 9 to 256 characters of `[A-Za-z0-9_+=/:,.@-]`.
/// Source: STS API Reference, `AssumeRole`, `SerialNumber`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct MfaSerial(String);

impl FromStr for MfaSerial {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text, "an MFA serial", "_+=/:,.@-", 9, 256)?;
        Ok(Self(text.to_owned()))
    }
}

/// What a session is called in CloudTrail and in the assumed-role ARN.
///
/// 2 to 64 characters of `[A-Za-z0-9_+=,.@-]`.
/// Source: STS API Reference, `AssumeRole`, `RoleSessionName`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct SessionName(String);

impl FromStr for SessionName {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text, "a session name", "_+=,.@-", 2, 64)?;
        Ok(Self(text.to_owned()))
    }
}

impl SessionName {
    /// Returns `user@host` made valid: what AWS would refuse becomes `-`, and what is too long is cut.
    pub fn of_person(user: &str, host: &str) -> Self {
        let host = host.split('.').next().unwrap_or_default();
        let mut text: String = format!("{user}@{host}")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "_+=,.@-".contains(c) { c } else { '-' })
            .collect();
        text.truncate(64);
        if text.len() < 2 { Self("assume".to_owned()) } else { Self(text) }
    }
}

/// Who is behind a session, fixed for it and for every session that is chained from it.
///
/// 2 to 64 characters of `[A-Za-z0-9_+=,.@-]`, not beginning with `aws:`.
/// Source: STS API Reference, `AssumeRole`, `SourceIdentity`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct SourceIdentity(String);

impl FromStr for SourceIdentity {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("aws:") {
            return Err(InvalidLabel::Reserved);
        }
        check(text, "a source identity", "_+=,.@-", 2, 64)?;
        Ok(Self(text.to_owned()))
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl $name {
            /// Returns the text as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
as_text!(ExternalId, MfaSerial, SessionName, SourceIdentity);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_with_a_space_is_refused_at_its_place() {
        let error = "ab cd".parse::<ExternalId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "a space at position 3 cannot stand in an external ID (letters, digits and _+=,.@:/- can)"
        );
    }

    #[test]
    fn lengths_are_awss() {
        assert!("a".parse::<ExternalId>().is_err());
        assert!("a".repeat(1_224).parse::<ExternalId>().is_ok());
        assert!("a".repeat(1_225).parse::<ExternalId>().is_err());
        assert!("a".repeat(65).parse::<SessionName>().is_err());
        assert!("12345678".parse::<MfaSerial>().is_err());
        assert!("aws:me".parse::<SourceIdentity>().is_err());
    }

    #[test]
    fn a_person_always_has_a_valid_session_name() {
        for (user, host, expected) in
            [("alice", "laptop.local", "alice@laptop"), ("Zoë B", "büro", "Zo--B@b-ro"), ("", "", "assume")]
        {
            let name = SessionName::of_person(user, host);
            assert_eq!(name.as_str(), expected);
        }
        let long = SessionName::of_person(&"u".repeat(100), "h");
        assert_eq!(long.as_str().parse::<SessionName>(), Ok(long));
    }
}
