//! What of a role's rights was used, as a starting point for less.
//!
//! IAM reports, for each service that a role's policies allow, the last attempt to reach it, and for some actions of some
//! services the same. The report comes in by [`read`], with the role's own policies where the caller may read them;
//! [`proposal`] makes a smaller policy of both, which never allows more than the policies did.
//!
//! Source: IAM API Reference, `GenerateServiceLastAccessedDetails`; IAM User Guide, "Refine permissions in AWS using last
//! accessed information": attempts count, those that were refused too; they appear within four hours, and IAM looks back
//! for 400 days, or for as long as a Region has had this.

mod calls;
mod proposal;

use std::time::SystemTime;

pub use calls::{LeastError, Role, read};
pub use proposal::{Proposal, proposal};

/// How far IAM looks back, in days.
pub const TRACKED_DAYS: u64 = 400;

/// A role, its policies, and what they were used for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rights {
    /// The role.
    pub arn: String,
    /// When it was made, where that may be known.
    pub made: Option<SystemTime>,
    /// When it was last used.
    pub last_used: Option<Use>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Whether the report tells actions.
    pub tells_actions: bool,
    /// Every service that its policies allow.
    pub services: Vec<Service>,
    /// Its policies: what each is called, and its text.
    pub policies: Vec<(String, String)>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// When something was used last, and from where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Use {
    /// When.
    pub at: SystemTime,
    /// The Region that was asked.
    pub region: Option<String>,
}

/// A service that a role may reach.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Service {
    /// Its name in policies: `s3`.
    pub namespace: String,
    /// What AWS calls it.
    pub name: String,
    /// The last attempt.
    pub last: Option<Use>,
    /// The actions of it that IAM tracks, with the last attempt at each; none where it tracks none.
    pub actions: Vec<(String, Option<Use>)>,
}

/// Something that the caller may not read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unread {
    /// What.
    pub what: String,
    /// The permission that is missing.
    pub permission: &'static str,
}

impl Service {
    /// Whether IAM tells which of its actions were used, all of those that were used last among them.
    fn is_explained(&self) -> bool {
        /// Times of a service and of its actions are taken down apart.
        const ABOUT: std::time::Duration = std::time::Duration::from_secs(3_600);
        let newest = self.actions.iter().filter_map(|(_, used)| used.as_ref()).map(|used| used.at).max();
        match (&self.last, newest) {
            (Some(last), Some(newest)) => last.at <= newest + ABOUT,
            (_, None) => false,
            (None, Some(_)) => true,
        }
    }
}
