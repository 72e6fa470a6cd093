//! The roles of an account with their trust policies, as IAM tells them.

use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::policy::found::decoded;
use crate::session::Credentials;

/// IAM, as somebody's credentials reach it.
#[derive(Clone, Copy, Debug)]
pub struct Iam<'a> {
    /// The line to AWS.
    pub line: &'a Line<'a>,
    /// The partition that is asked.
    pub reach: &'a Reach,
    /// Another host for IAM than AWS's own.
    pub endpoint: Option<&'a url::Url>,
    /// Whose credentials.
    pub by: &'a Credentials,
}

/// A role, as IAM tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IamRole {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its trust policy.
    pub policy: String,
    /// When it was made.
    pub made: Option<SystemTime>,
    /// When it was last used within 400 days; only `GetRole` tells.
    pub last_used: Option<SystemTime>,
}

/// How often a call is repeated that IAM throttles, each time after a longer pause: a minute and a half in all.
const PATIENCE: u32 = 7;

impl Iam<'_> {
    /// Returns a role. The name has no path.
    pub fn role(&self, name: &str) -> Result<IamRole, AwsError> {
        let answer = patiently(|| {
            let answer = self.line.call(|clients| {
                clients.iam(self.reach, self.endpoint, self.by, Tries::Several).get_role().role_name(name).send()
            })?;
            answer.map_err(|error| from_sdk("IAM", "GetRole", error))
        })?;
        answer.role().and_then(read).ok_or_else(|| strange("GetRole"))
    }

    /// Returns every role of the account; `seen` hears how many there are so far.
    ///
    /// Source: IAM API Reference, `ListRoles`: pages of at most 1,000, and without `RoleLastUsed`.
    pub fn roles(&self, mut seen: impl FnMut(usize)) -> Result<Vec<IamRole>, AwsError> {
        let mut roles = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = patiently(|| {
                let answer = self.line.call(|clients| {
                    let call = clients.iam(self.reach, self.endpoint, self.by, Tries::Several).list_roles();
                    call.max_items(1_000).set_marker(marker.clone()).send()
                })?;
                answer.map_err(|error| from_sdk("IAM", "ListRoles", error))
            })?;
            for role in page.roles() {
                roles.push(read(role).ok_or_else(|| strange("ListRoles"))?);
            }
            seen(roles.len());
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(roles);
            }
            marker = next;
        }
    }
}

fn read(role: &aws_sdk_iam::types::Role) -> Option<IamRole> {
    let time = |date: &aws_smithy_types::DateTime| {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(date.secs()).ok()?))
    };
    Some(IamRole {
        name: role.role_name().to_owned(),
        arn: role.arn().to_owned(),
        policy: decoded(role.assume_role_policy_document()?),
        made: time(role.create_date()),
        last_used: role.role_last_used().and_then(|used| time(used.last_used_date()?)),
    })
}

/// Repeats what IAM is too busy for.
fn patiently<T>(mut call: impl FnMut() -> Result<T, AwsError>) -> Result<T, AwsError> {
    let mut pause = Duration::from_millis(700);
    for _ in 0..PATIENCE {
        match call() {
            Err(AwsError::Refused(refusal)) if refusal.is_passing() => {
                sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
    call()
}

fn strange(operation: &'static str) -> AwsError {
    AwsError::NoAnswer { service: "IAM", operation, reason: "the answer holds no role".to_owned(), sent: true }
}
