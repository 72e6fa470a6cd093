//! What comes after the roles: `AssumeRoot` and `GetWebIdentityToken`.

use std::time::{Duration, SystemTime};

use aws_sdk_sts::types::{PolicyDescriptorType, Tag as StsTag};

use super::read;
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::{AssumeRoot, IdentityToken, TokenLife};
use crate::session::Credentials;
use crate::terms::SecretString;

/// Calls `AssumeRoot`.
pub fn assume_root(line: &Line<'_>, task: &AssumeRoot, by: &Credentials) -> Result<Credentials, AwsError> {
    let operation = "AssumeRoot";
    let policy = task.task.value.policy(task.partition);
    let answer = line.call(|clients| {
        clients
            .sts(&task.reach, by, Tries::Several)
            .assume_root()
            .target_principal(task.account.value.as_str())
            .task_policy_arn(PolicyDescriptorType::builder().arn(policy.as_str()).build())
            .duration_seconds(i32::try_from(AssumeRoot::DURATION.as_secs()).unwrap_or(900))
            .send()
    })?;
    let answer = answer.map_err(|error| from_sdk("STS", operation, error))?;
    let mut credentials = read(operation, answer.credentials(), None)?;
    credentials.account = Some(task.account.value.clone());
    Ok(credentials)
}

/// Calls `GetWebIdentityToken`. Returns the token, and when it ends.
pub fn identity_token(
    line: &Line<'_>,
    token: &IdentityToken,
    life: TokenLife,
    by: &Credentials,
) -> Result<(SecretString, Option<SystemTime>), AwsError> {
    let operation = "GetWebIdentityToken";
    let answer = line.call(|clients| {
        let mut call = clients
            .sts(&token.reach, by, Tries::Several)
            .get_web_identity_token()
            .set_audience(Some(token.audiences.clone()))
            .signing_algorithm(token.algorithm.as_str())
            .duration_seconds(i32::try_from(life.get().as_secs()).unwrap_or(300));
        // Key and value are set, which is all that `build` asks for.
        let tags = token.tags.iter();
        let tags = tags.filter_map(|tag| StsTag::builder().key(tag.key().as_str()).value(tag.value()).build().ok());
        for tag in tags {
            call = call.tags(tag);
        }
        call.send()
    })?;
    let answer = answer.map_err(|error| from_sdk("STS", operation, error))?;
    let reason = "the answer holds no token".to_owned();
    let text =
        answer.web_identity_token().ok_or(AwsError::NoAnswer { service: "STS", operation, reason, sent: true })?;
    let ends = answer.expiration().and_then(|ends| u64::try_from(ends.secs()).ok());
    let ends = ends.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    Ok((SecretString::from(text), ends))
}
