//! Session policies: what narrows a session further than its role does.

use std::fmt;
use std::str::FromStr;

use super::action::{ActionPattern, ResourcePattern};
use super::partition::Partition;

/// The ARN of a managed policy, given along as a session policy. 20 to 2,048 characters.
///
/// Source: STS API Reference, `PolicyDescriptorType`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct PolicyArn(String);

/// An inline session policy: a JSON object of at most 2,048 characters.
///
/// Kept as it was written, since AWS measures the text itself.
/// Source: STS API Reference, `AssumeRole`, `Policy`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct SessionPolicy(String);

/// Why a text is no session policy.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidPolicy {
    /// Not the ARN of a managed policy.
    #[error("`{text}` is no managed policy ARN; one looks like arn:aws:iam::aws:policy/ReadOnlyAccess")]
    Arn {
        /// What was given.
        text: String,
    },
    /// Not JSON.
    #[error("the session policy is no JSON: {reason}")]
    Json {
        /// What the parser said.
        reason: String,
    },
    /// JSON, but no object.
    #[error("the session policy is no JSON object")]
    NotAnObject,
    /// A character that AWS refuses.
    #[error("`{}` cannot stand in a session policy (tab, line ends and U+0020 to U+00FF can)", c.escape_unicode())]
    Character {
        /// The character.
        c: char,
    },
    /// Too long.
    #[error("a session policy has at most 2,048 characters, and this has {len}")]
    Length {
        /// How many characters were given.
        len: usize,
    },
}

impl PolicyArn {
    /// Returns one of AWS's own managed policies, by its name with its path.
    pub fn of_aws(partition: Partition, name: &str) -> Self {
        Self(format!("arn:{partition}:iam::aws:policy/{name}"))
    }

    /// Returns the ARN as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PolicyArn {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let fits = matches!(parts[..], ["arn", _, "iam", "", _, resource] if resource.starts_with("policy/"))
            && (20..=2_048).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidPolicy::Arn { text: text.to_owned() }) }
    }
}

impl fmt::Display for PolicyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SessionPolicy {
    /// Longest plaintext that AWS takes, inline policy and managed policy ARNs together.
    pub const MAX_CHARACTERS: usize = 2_048;

    /// Returns the policy that allows these actions on these resources, and nothing else.
    pub fn only(actions: &[ActionPattern], on: &[ResourcePattern]) -> Result<Self, InvalidPolicy> {
        let actions: Vec<&str> = actions.iter().map(ActionPattern::as_str).collect();
        let resources: Vec<&str> = on.iter().map(ResourcePattern::as_str).collect();
        let statement = serde_json::json!({
            "Effect": "Allow",
            "Action": actions,
            "Resource": if resources.is_empty() { vec!["*"] } else { resources },
        });
        serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string().parse()
    }

    /// Returns the policy as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionPolicy {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|e| InvalidPolicy::Json { reason: e.to_string() })?;
        if !value.is_object() {
            return Err(InvalidPolicy::NotAnObject);
        }
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
        if let Some(c) = text.chars().find(|&c| !allowed(c)) {
            return Err(InvalidPolicy::Character { c });
        }
        match text.chars().count() {
            0..=Self::MAX_CHARACTERS => Ok(Self(text.to_owned())),
            len => Err(InvalidPolicy::Length { len }),
        }
    }
}
