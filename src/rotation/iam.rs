//! The calls of a rotation, word for word. Nothing is decided here.

use std::time::{Duration, SystemTime};

use aws_sdk_iam::types::StatusType;

use super::decide::Listed;
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::session::Credentials;
use crate::terms::{AccessKeyId, SecretString};

/// IAM and STS, as one user's credentials reach them.
pub(super) struct Calls<'a> {
    pub(super) line: Line<'a>,
    pub(super) reach: &'a Reach,
    pub(super) iam_endpoint: Option<&'a url::Url>,
}

impl Calls<'_> {
    /// Returns the keys of the user whose credentials these are.
    pub(super) fn list(&self, by: &Credentials) -> Result<Vec<Listed>, AwsError> {
        let answer = self
            .line
            .call(|clients| clients.iam(self.reach, self.iam_endpoint, by, Tries::Several).list_access_keys().send())?;
        let answer = answer.map_err(|error| from_sdk("IAM", "ListAccessKeys", error))?;
        let keys = answer.access_key_metadata().iter().map(|key| {
            Some(Listed {
                key_id: key.access_key_id()?.parse().ok()?,
                is_active: key.status() == Some(&StatusType::Active),
                made_at: key.create_date().and_then(|date| {
                    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(date.secs()).ok()?))
                }),
            })
        });
        keys.collect::<Option<_>>().ok_or_else(|| strange("ListAccessKeys"))
    }

    /// Makes a key for that user. Sent once: an answer that is lost on the way leaves a key whose secret nobody has.
    pub(super) fn create(&self, by: &Credentials) -> Result<(AccessKeyId, SecretString), AwsError> {
        let answer = self
            .line
            .call(|clients| clients.iam(self.reach, self.iam_endpoint, by, Tries::Once).create_access_key().send())?;
        let answer = answer.map_err(|error| from_sdk("IAM", "CreateAccessKey", error))?;
        let key = answer.access_key().ok_or_else(|| strange("CreateAccessKey"))?;
        let key_id = key.access_key_id().parse().map_err(|_| strange("CreateAccessKey"))?;
        Ok((key_id, SecretString::from(key.secret_access_key())))
    }

    pub(super) fn deactivate(&self, key: &AccessKeyId, by: &Credentials) -> Result<(), AwsError> {
        let answer = self.line.call(|clients| {
            let call = clients.iam(self.reach, self.iam_endpoint, by, Tries::Several).update_access_key();
            call.access_key_id(key.as_str()).status(StatusType::Inactive).send()
        })?;
        answer.map(drop).map_err(|error| from_sdk("IAM", "UpdateAccessKey", error))
    }

    pub(super) fn delete(&self, key: &AccessKeyId, by: &Credentials) -> Result<(), AwsError> {
        let answer = self.line.call(|clients| {
            let call = clients.iam(self.reach, self.iam_endpoint, by, Tries::Several).delete_access_key();
            call.access_key_id(key.as_str()).send()
        })?;
        answer.map(drop).map_err(|error| from_sdk("IAM", "DeleteAccessKey", error))
    }

    /// Asks STS whose credentials these are: it answers whatever they are allowed to do.
    pub(super) fn identify(&self, by: &Credentials) -> Result<(), AwsError> {
        let answer =
            self.line.call(|clients| clients.sts(self.reach, by, Tries::Several).get_caller_identity().send())?;
        answer.map(drop).map_err(|error| from_sdk("STS", "GetCallerIdentity", error))
    }
}

fn strange(operation: &'static str) -> AwsError {
    AwsError::NoAnswer { service: "IAM", operation, reason: "the answer holds no key".to_owned(), sent: true }
}
