//! What every way in ends with, and every way out begins with.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::terms::{AccessKeyId, AccountId, Partition, SecretString};

/// Credentials for AWS, and what the hand-over must know of how they were had.
///
/// The secret halves are zeroized when dropped and never shown by `Debug`. Copies that an SDK makes are out of our reach.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The public half of the key pair.
    pub key_id: AccessKeyId,
    /// The secret half.
    pub secret_key: SecretString,
    /// `None` for a long-term key.
    pub session: Option<Session>,
    /// The account they act in, where STS said so.
    pub account: Option<AccountId>,
    /// Who they act as, where STS said so: `arn:aws:sts::…:assumed-role/NAME/SESSION`.
    pub arn: Option<String>,
    /// How they were had.
    pub lineage: Lineage,
}

/// What makes credentials temporary.
#[derive(Clone, Debug)]
pub struct Session {
    /// As strong as the key itself.
    pub token: SecretString,
    /// When AWS stops honouring them, by AWS's clock; ours may differ by minutes. `None` where the source did not say.
    pub expires_at: Option<SystemTime>,
}

/// How credentials were had, first step first. The console link depends on it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Lineage(pub Vec<Via>);

/// One step of a lineage.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A key that lives until it is deleted.
    LongTermKey,
    /// Temporary credentials that somebody else got: the environment, a container, a process.
    Given,
    /// `GetSessionToken`, with MFA.
    SessionToken,
    /// `AssumeRole`.
    AssumeRole,
    /// `AssumeRoot`.
    AssumeRoot,
    /// `AssumeRoleWithWebIdentity`.
    WebIdentity,
    /// `AssumeRoleWithSAML`.
    Saml,
    /// `GetCredentialsForIdentity`.
    Pool,
    /// `GetRoleCredentials` of Identity Center.
    RoleCredentials,
}

impl Credentials {
    /// When AWS stops honouring them, if they end by themselves and it is known when.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.session.as_ref().and_then(|session| session.expires_at)
    }

    /// The partition they act in, where STS said who they are.
    pub fn partition(&self) -> Option<Partition> {
        Partition::from_name(self.arn.as_deref()?.split(':').nth(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let session = Session { token: SecretString::from("the-token"), expires_at: None };
        let credentials = Credentials {
            key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
            secret_key: SecretString::from("the-secret"),
            session: Some(session),
            account: None,
            arn: None,
            lineage: Lineage::default(),
        };
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(shown.contains("ASIAIOSFODNN7EXAMPLE"), "{shown}");
        assert!(!shown.contains("the-secret") && !shown.contains("the-token"), "{shown}");
    }
}
