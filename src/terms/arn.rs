//! Accounts, role names and role ARNs.

use std::fmt;
use std::str::FromStr;

use super::partition::Partition;

/// A 12-digit AWS account id.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct AccountId(String);

/// Why a text is no account id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidAccountId {
    /// Something other than a digit stands in it.
    #[error("an account id has 12 digits, and `{text}` has something else in it")]
    NotDigits {
        /// What was given.
        text: String,
    },
    /// Too few or too many digits; spreadsheets drop leading zeros.
    #[error("an account id has 12 digits, and `{text}` has {}{}", text.len(), if text.len() < 12 { " (a leading zero lost?)" } else { "" })]
    Length {
        /// What was given.
        text: String,
    },
}

impl AccountId {
    /// Returns the 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The console shows ids as 1234-5678-9012, and people copy them so.
        let digits: String = text.chars().filter(|&c| c != '-').collect();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidAccountId::NotDigits { text: text.to_owned() });
        }
        if digits.len() == 12 { Ok(Self(digits)) } else { Err(InvalidAccountId::Length { text: digits }) }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A role's name with its path, as it follows `role/` in an ARN: `Admin` or `teams/core/Admin`.
///
/// The name has 1 to 64 characters of `[A-Za-z0-9_+=,.@-]`; the path up to 510 printable ASCII characters.
/// Source: IAM API Reference, `CreateRole`, `RoleName` and `Path`.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct RoleName(String);

/// Why a text is no role name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidRoleName {
    /// A character that role names cannot have.
    #[error("`{c}` at position {} cannot stand in a role name (letters, digits and _+=,.@- can)", at + 1)]
    Character {
        /// The character.
        c: char,
        /// Its place in the text, from 0.
        at: usize,
    },
    /// No name after the last slash, or a path or name that is too long.
    #[error("a role name has 1 to 64 characters after its path, and the path at most 510")]
    Length,
}

impl RoleName {
    /// Returns path and name, without a leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name without its path, as it stands in an assumed-role ARN.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl FromStr for RoleName {
    type Err = InvalidRoleName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.starts_with('/') {
            return Err(InvalidRoleName::Character { c: '/', at: 0 });
        }
        let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
        if name.is_empty() || name.len() > 64 || path.len() > 510 {
            return Err(InvalidRoleName::Length);
        }
        let start = text.len() - name.len();
        for (at, c) in text.char_indices() {
            let allowed =
                if at < start { c.is_ascii_graphic() } else { c.is_ascii_alphanumeric() || "_+=,.@-".contains(c) };
            if !allowed {
                return Err(InvalidRoleName::Character { c, at });
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of an IAM role, 20 to 2,048 characters.
///
/// Source: STS API Reference, `AssumeRole`, `RoleArn`; IAM User Guide, "IAM ARNs".
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct RoleArn {
    partition: Partition,
    account: AccountId,
    name: RoleName,
}

/// Why a text is no role ARN.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidRoleArn {
    /// Not of the form `arn:PARTITION:iam::ACCOUNT:role/NAME`.
    #[error("`{text}` is no role ARN; one looks like arn:aws:iam::123456789012:role/Admin")]
    Form {
        /// What was given.
        text: String,
    },
    /// An ARN of STS, as `get-caller-identity` shows it: its role's path is lost, so it cannot be turned back.
    #[error("`{text}` names a session, not a role; a role's ARN looks like arn:aws:iam::123456789012:role/Admin")]
    Session {
        /// What was given.
        text: String,
    },
    /// An ARN of something else in IAM.
    #[error("`{text}` names a {kind}, not a role")]
    NotARole {
        /// What was given.
        text: String,
        /// What it names, such as `user`.
        kind: String,
    },
    /// The partition is none that AWS has published.
    #[error("`{name}` is no AWS partition; aws, aws-cn and aws-us-gov are some")]
    Partition {
        /// What stood second in the ARN.
        name: String,
    },
    /// The account id in it is wrong.
    #[error(transparent)]
    Account(#[from] InvalidAccountId),
    /// The role name in it is wrong.
    #[error(transparent)]
    Name(#[from] InvalidRoleName),
}

impl RoleArn {
    /// Returns the ARN of the role of that name in that account.
    pub fn new(partition: Partition, account: AccountId, name: RoleName) -> Self {
        Self { partition, account, name }
    }

    /// The partition that the role lives in.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// The account that the role lives in.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The role's path and name.
    pub fn name(&self) -> &RoleName {
        &self.name
    }
}

impl FromStr for RoleArn {
    type Err = InvalidRoleArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || InvalidRoleArn::Form { text: text.to_owned() };
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, resource] = parts[..] else {
            return Err(form());
        };
        match (service, resource.split_once('/')) {
            ("iam", Some(("role", name))) => {
                let partition = Partition::from_name(partition)
                    .ok_or_else(|| InvalidRoleArn::Partition { name: partition.to_owned() })?;
                // By itself a name may begin with its path's slash; here that would be another role.
                if name.starts_with('/') {
                    return Err(InvalidRoleName::Character { c: '/', at: 0 }.into());
                }
                Ok(Self::new(partition, account.parse()?, name.parse()?))
            }
            ("sts", Some(("assumed-role", _))) => Err(InvalidRoleArn::Session { text: text.to_owned() }),
            ("iam", Some((kind, _))) => Err(InvalidRoleArn::NotARole { text: text.to_owned(), kind: kind.to_owned() }),
            _ => Err(form()),
        }
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:iam::{}:role/{}", self.partition, self.account, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_arn_keeps_its_path_and_partition() {
        let arn: RoleArn = "arn:aws-us-gov:iam::123456789012:role/teams/core/Admin".parse().unwrap();
        assert_eq!(arn.partition(), Partition::AwsUsGov);
        assert_eq!(arn.name().as_str(), "teams/core/Admin");
        assert_eq!(arn.name().name(), "Admin");
        assert_eq!(arn.to_string(), "arn:aws-us-gov:iam::123456789012:role/teams/core/Admin");
    }

    #[test]
    fn a_name_by_itself_may_begin_with_its_paths_slash_and_with_no_other() {
        let name: RoleName = "/teams/Admin".parse().unwrap();
        assert_eq!((name.as_str(), name.name()), ("teams/Admin", "Admin"));
        assert!("//teams/Admin".parse::<RoleName>().is_err());
    }

    #[test]
    fn what_is_not_a_role_arn_is_refused_with_its_reason() {
        let cases = [
            ("arn:aws:sts::123456789012:assumed-role/Admin/alice", "names a session"),
            ("arn:aws:iam::123456789012:user/alice", "names a user"),
            ("arn:aws:iam::12345678901:role/Admin", "has 11"),
            ("arn:aws:iam::123456789012:role/", "1 to 64 characters"),
            ("arn:azure:iam::123456789012:role/Admin", "no AWS partition"),
            ("arn:aws:iam::123456789012:role/Ad min", "position 3"),
            ("arn:aws:iam::123456789012:role//Admin", "`/` at position 1"),
            ("arn:aws:iam::123456789012:role///teams/Admin", "`/` at position 1"),
            ("Admin", "no role ARN"),
        ];
        for (text, expected) in cases {
            let message = text.parse::<RoleArn>().unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
