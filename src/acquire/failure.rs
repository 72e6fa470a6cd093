//! Why there are no credentials, and which of it concerns those who waited.

use serde::{Deserialize, Serialize};

use super::persons_turn::concerns_all;
use crate::aws::{AwsError, Refusal};
use crate::config::Origin;
use crate::identity::{Claims, IdentityError};
use crate::mfa::{MfaError, Way};
use crate::person::PersonError;
use crate::plan::Hop;
use crate::session::FlightError;

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum AcquireError {
    /// The identity's own credentials cannot be had.
    #[error("{error}")]
    Identity {
        /// Why not.
        error: Box<IdentityError>,
        /// Where they are declared.
        origin: Origin,
    },
    /// There is no MFA code.
    #[error("{error}")]
    Mfa {
        /// Why not.
        error: Box<MfaError>,
        /// Where the device, or the command that gives its codes, is declared.
        origin: Origin,
    },
    /// AWS refused one code, and there is no other.
    #[error("{error}")]
    Codes {
        /// Why there is no other.
        error: Box<MfaError>,
        /// How the last one was refused.
        #[source]
        last: Box<Refusal>,
        /// Where the device is declared.
        origin: Origin,
    },
    /// A step was refused, or had no answer.
    #[error("{}", Tried { step, by: None })]
    Step {
        /// What was tried.
        step: Box<Step>,
        /// What came of it.
        source: AwsError,
    },
    /// The step was refused to the process that we waited for, moments ago.
    #[error("{}", Tried { step, by: Some(*pid) })]
    Shared {
        /// What was tried.
        step: Box<Step>,
        /// Who tried it.
        pid: u32,
        /// What came of it.
        source: Box<SharedRefusal>,
    },
    /// A living process is at the same thing and does not come to an end.
    #[error(transparent)]
    Flight(#[from] FlightError),
}

/// A step, as far as its failure has to name it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The profile that declares it, or the identity.
    pub profile: String,
    /// The role, or `None` for an MFA session.
    pub role_arn: Option<String>,
    /// Where it is declared.
    pub origin: Origin,
    /// What the last profile of the chain is called.
    pub asked: String,
    /// Whether the call carried what its refusal may be about.
    pub carried: Carried,
    /// The identity whose own credentials made the call, and where they are declared. `None` where a session made it.
    pub signer: Option<(String, Origin)>,
    /// The sign-in whose proof made the call. `None` where credentials made it.
    pub sign_in: Option<SignedIn>,
    /// The endpoint that was declared, and where. `None` where it is AWS's for the Region.
    pub endpoint: Option<(String, Origin)>,
}

/// The proof that made a call, as far as its failure has to name it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The sign-in.
    pub name: String,
    /// The exchange, as AWS calls it.
    pub by: &'static str,
    /// Where its proof is declared.
    pub origin: Origin,
    /// What the token says of itself. `None` where it says nothing, or where another process had it.
    pub claims: Option<Claims>,
}

/// What a call carried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carried {
    /// An external ID.
    pub external_id: bool,
    /// An MFA code, or an MFA session's credentials.
    pub mfa: bool,
    /// An MFA code, in this very call.
    pub code: bool,
    /// What AWS packs into the session's token.
    pub packed: Packed,
}

/// What a session's token has to hold, in characters.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Packed {
    /// The inline policy.
    pub policy: usize,
    /// The ARNs of managed policies.
    pub arns: usize,
    /// Keys and values of tags.
    pub tags: usize,
}

impl Packed {
    pub(super) fn of(hop: &Hop) -> Self {
        let length = |text: &str| text.chars().count();
        Self {
            policy: hop.policy.as_ref().map_or(0, |policy| length(policy.value.as_str())),
            arns: hop.policy_arns.iter().map(|arn| length(arn.value.as_str())).sum(),
            tags: hop.tags.iter().map(|tag| length(tag.value.key().as_str()) + length(tag.value.value())).sum(),
        }
    }
}

/// Says what was tried, and who else was refused.
struct Tried<'a> {
    step: &'a Step,
    by: Option<u32>,
}

impl std::fmt::Display for Tried<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Step { profile, role_arn, asked, .. } = self.step;
        match role_arn {
            Some(arn) if arn == profile => write!(f, "cannot become {arn}")?,
            Some(arn) => write!(f, "cannot become \"{profile}\" ({arn})")?,
            None if self.step.sign_in.is_some() => write!(f, "cannot sign in by \"{profile}\"")?,
            None => write!(f, "cannot start the MFA session of \"{profile}\"")?,
        }
        if asked != profile {
            write!(f, ", on the way to \"{asked}\"")?;
        }
        match self.by {
            Some(pid) => write!(f, "; process {pid}, which asked at the same time, was refused"),
            None => Ok(()),
        }
    }
}

/// A refusal that those who waited take for theirs. It lies in the lock's file, and holds no secret.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SharedRefusal {
    /// AWS said no.
    #[error("{0}")]
    Aws(Refusal),
    /// AWS could not be asked, or had no answer.
    #[error("{0}")]
    Unreachable(String),
    /// The person said no, or their codes were wrong.
    #[error("{0}")]
    Declined(String),
}

/// Returns what those who waited shall take for theirs, unless it is our own affair.
pub(super) fn to_share(error: &AcquireError) -> Option<serde_json::Value> {
    let shared = match error {
        AcquireError::Step { source: AwsError::Refused(refusal), .. } => SharedRefusal::Aws((**refusal).clone()),
        // It was tried several times, with pauses: who waited all that while need not try again.
        AcquireError::Step { source, .. } => SharedRefusal::Unreachable(source.to_string()),
        AcquireError::Codes { error, .. } => SharedRefusal::Declined(error.to_string()),
        AcquireError::Mfa { error, .. } => match &**error {
            MfaError::Person { source: PersonError::Declined, .. }
            | MfaError::Refused { .. }
            // The device's command is everybody's: it was waited for, and shows the same to all.
            | MfaError::Spent { way: Way::Process, .. } => SharedRefusal::Declined(error.to_string()),
            // Another process may have the terminal, the file or the command that this one lacks.
            MfaError::Person { .. }
            | MfaError::Given { .. }
            | MfaError::Process { .. }
            | MfaError::NotACode { .. }
            | MfaError::Spent { .. } => return None,
        },
        AcquireError::Shared { source, .. } => (**source).clone(),
        AcquireError::Identity { error, .. } if concerns_all(error) => SharedRefusal::Declined(error.to_string()),
        AcquireError::Identity { .. } | AcquireError::Flight(_) => return None,
    };
    serde_json::to_value(shared).ok()
}
