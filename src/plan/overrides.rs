//! What one call says otherwise than the files. In a chain it means the last hop.

use crate::config::Sourced;
use crate::terms::{
    ExternalId, MfaSerial, PolicyArn, Region, RoleDuration, SessionName, SessionPolicy, SourceIdentity, Tag, TagKey,
};

/// The flags of one call, each with its flag as origin.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--duration`
    pub duration: Option<Sourced<RoleDuration>>,
    /// `--external-id`
    pub external_id: Option<Sourced<ExternalId>>,
    /// `--mfa-serial`
    pub mfa_serial: Option<Sourced<MfaSerial>>,
    /// `--session-name`
    pub session_name: Option<Sourced<SessionName>>,
    /// `--source-identity`
    pub source_identity: Option<Sourced<SourceIdentity>>,
    /// `--tag`: replaces a declared tag of the same key, and adds to the others.
    pub tags: Vec<Sourced<Tag>>,
    /// `--transitive-tag`: adds to the declared ones.
    pub transitive_tags: Vec<Sourced<TagKey>>,
    /// `--policy-arn`: replaces the declared ones.
    pub policy_arns: Vec<Sourced<PolicyArn>>,
    /// `--policy`: replaces the declared one.
    pub policy: Option<Sourced<SessionPolicy>>,
    /// `--only`, `--read-only`: less than the role gives, for this call.
    pub narrow: Option<Sourced<Narrow>>,
    /// `--region`
    pub region: Option<Sourced<Region>>,
}

/// How one call takes less than the role gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Narrow {
    /// What this policy allows.
    Only(SessionPolicy),
    /// What AWS's own policy `ReadOnlyAccess` allows.
    ReadOnly,
}

impl Overrides {
    /// Returns a call that says nothing of its own.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the flags that only an AssumeRole call can carry, as far as they were given.
    pub(super) fn for_roles_only(&self) -> Option<&'static str> {
        [
            ("--duration", self.duration.is_some()),
            ("--external-id", self.external_id.is_some()),
            ("--session-name", self.session_name.is_some()),
            ("--source-identity", self.source_identity.is_some()),
            ("--tag", !self.tags.is_empty()),
            ("--transitive-tag", !self.transitive_tags.is_empty()),
            ("--policy-arn", !self.policy_arns.is_empty()),
            ("--policy", self.policy.is_some()),
            ("--only", matches!(&self.narrow, Some(narrow) if narrow.value != Narrow::ReadOnly)),
            ("--read-only", matches!(&self.narrow, Some(narrow) if narrow.value == Narrow::ReadOnly)),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }
}
