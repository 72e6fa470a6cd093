//! What may be done as the root user of a member account.

use std::fmt;
use std::str::FromStr;

use super::partition::Partition;
use super::policy_text::PolicyArn;

/// One of the five tasks that AWS has a policy for.
///
/// Source: STS API Reference, `AssumeRoot`, `TaskPolicyArn`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RootTask {
    /// Look at the root user's credentials.
    AuditCredentials,
    /// Let the root user have a password again.
    CreatePassword,
    /// Delete the root user's password, keys, certificates and MFA devices.
    DeleteCredentials,
    /// Delete a bucket policy that locks everybody out.
    UnlockBucket,
    /// Delete a queue policy that locks everybody out.
    UnlockQueue,
}

/// Why a text is no root task.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no root task; these are: {}", RootTask::ALL.map(RootTask::as_str).join(", "))]
pub struct InvalidRootTask {
    text: String,
}

impl RootTask {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::AuditCredentials, Self::CreatePassword, Self::DeleteCredentials, Self::UnlockBucket, Self::UnlockQueue];

    /// Returns the name of its policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuditCredentials => "IAMAuditRootUserCredentials",
            Self::CreatePassword => "IAMCreateRootUserPassword",
            Self::DeleteCredentials => "IAMDeleteRootUserCredentials",
            Self::UnlockBucket => "S3UnlockBucketPolicy",
            Self::UnlockQueue => "SQSUnlockQueuePolicy",
        }
    }

    /// Returns its policy.
    pub fn policy(self, partition: Partition) -> PolicyArn {
        PolicyArn::of_aws(partition, &format!("root-task/{}", self.as_str()))
    }
}

impl FromStr for RootTask {
    type Err = InvalidRootTask;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|task| task.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| InvalidRootTask { text: text.to_owned() })
    }
}

impl fmt::Display for RootTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
