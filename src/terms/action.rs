//! What a session policy may name: actions, and what they are done to.

use std::fmt;
use std::str::FromStr;

/// An action, or several by a pattern: `s3:GetObject`, `s3:Get*`, `*`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Action".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ActionPattern(String);

/// A resource, or several by a pattern: an ARN, or `*`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResourcePattern(String);

/// Why a text is no action.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no action: one is written SERVICE:ACTION, such as s3:Get*")]
pub struct InvalidAction(String);

/// Why a text is no resource.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no resource: one is an ARN, such as arn:aws:s3:::bucket/*, or *")]
pub struct InvalidResource(String);

impl ActionPattern {
    /// Returns the pattern.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ResourcePattern {
    /// Returns the pattern.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ActionPattern {
    type Err = InvalidAction;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_service = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_action =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"*?".contains(&b));
        let fits = text == "*"
            || text.split_once(':').is_some_and(|(service, action)| is_service(service) && is_action(action));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidAction(text.to_owned())) }
    }
}

impl FromStr for ResourcePattern {
    type Err = InvalidResource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_arn = text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
        let is_plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if text == "*" || (is_arn && is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidResource(text.to_owned()))
        }
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_and_resources_are_told_from_typing_mistakes() {
        for good in ["*", "s3:Get*", "s3:GetObject", "execute-api:Invoke", "ec2:Describe?nstances"] {
            assert_eq!(good.parse::<ActionPattern>().unwrap().as_str(), good);
        }
        for bad in ["", "s3", "s3:", ":Get*", "s3*:Get", "s3:Get Object", "s3:Get\"", "arn:aws:s3:::b"] {
            assert!(bad.parse::<ActionPattern>().is_err(), "{bad}");
        }
        for good in ["*", "arn:aws:s3:::bucket/*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:*"] {
            assert_eq!(good.parse::<ResourcePattern>().unwrap().as_str(), good);
        }
        for bad in ["", "bucket", "arn:aws:s3", "arn:aws:s3:::a b"] {
            assert!(bad.parse::<ResourcePattern>().is_err(), "{bad}");
        }
    }
}
