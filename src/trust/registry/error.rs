//! What is wrong with a registry, or with what was asked of it.

use std::fmt;

use super::Entry;
use crate::policy::Weakness;

/// Why something cannot be done.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegistryError {
    /// The file cannot be read as a registry.
    #[error("the registry cannot be read: {reason}")]
    Form {
        /// What the parser says.
        reason: String,
    },
    /// The file is of a later version of this program.
    #[error("the registry is of form {found}, which this version does not know")]
    Version {
        /// What it says.
        found: i64,
    },
    /// A value that AWS, or we, would not take.
    #[error("`{key}` in the registry: {reason}")]
    Value {
        /// The key.
        key: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A role of another account than the entry's.
    #[error("the role {arn} is not in the account {account}")]
    OtherAccount {
        /// The role.
        arn: String,
        /// The account.
        account: String,
    },
    /// Nobody of that name.
    #[error("the registry has no {customer}{}", account.as_ref().map(|id| format!(" {id}")).unwrap_or_default())]
    Unknown {
        /// The customer.
        customer: String,
        /// The account, where one was named.
        account: Option<String>,
        /// Somebody of a similar name.
        nearest: Option<String>,
    },
    /// A customer with several accounts.
    #[error("{customer} has several accounts: {}", accounts.join(", "))]
    WhichAccount {
        /// The customer.
        customer: String,
        /// Their accounts.
        accounts: Vec<String>,
    },
    /// There is one already.
    #[error("{title} has an external ID already")]
    Exists {
        /// Whose.
        title: String,
    },
    /// It was retired.
    #[error("{title} is retired")]
    Retired {
        /// Whose.
        title: String,
    },
    /// It is being replaced already.
    #[error("the external ID of {title} is being replaced already")]
    Rotating {
        /// Whose.
        title: String,
    },
    /// It is not being replaced.
    #[error("the external ID of {title} is not being replaced")]
    NotRotating {
        /// Whose.
        title: String,
    },
    /// Something is said otherwise in the file.
    #[error("the registry says {key} = {found} already")]
    Differs {
        /// The key.
        key: &'static str,
        /// What it says.
        found: String,
    },
    /// What stands in the file is not served.
    #[error(transparent)]
    Problem(Problem),
}

/// What is wrong with an ID that stands in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// Two entries have the same one.
    Shared {
        /// Whose.
        title: String,
        /// Whose as well.
        of: String,
    },
    /// It was retired before.
    Reused {
        /// Whose.
        title: String,
        /// Whose it was.
        of: String,
    },
    /// Somebody could guess it.
    Guessable {
        /// Whose.
        title: String,
        /// The ID.
        id: String,
        /// Why.
        reasons: Vec<Weakness>,
    },
    /// It was not made here: somebody, perhaps the customer, chose it.
    NotOurs {
        /// Whose.
        title: String,
        /// The ID.
        id: String,
    },
}

impl Problem {
    /// Whether it is that entry's.
    pub fn is_about(&self, entry: &Entry) -> bool {
        let title = entry.title();
        match self {
            Self::Shared { title: one, of } | Self::Reused { title: one, of } => *one == title || *of == title,
            Self::Guessable { title: one, .. } | Self::NotOurs { title: one, .. } => *one == title,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared { title, of } => {
                write!(f, "{title} and {of} have the same external ID: one reaches the other")
            }
            Self::Reused { title, of } => write!(f, "the external ID of {title} was retired before, as that of {of}"),
            Self::Guessable { title, id, reasons } => {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                write!(f, "the external ID of {title}, {id}, can be guessed: {}", reasons.join("; "))
            }
            Self::NotOurs { title, id } => {
                write!(f, "the external ID of {title}, {id}, was not made here: who chose it could choose another's")
            }
        }
    }
}

impl std::error::Error for Problem {}
