//! The roles of an account with their trust policies, as IAM tells them.
//!
//! When a role was used, `ListRoles` does not say. `GetAccountAuthorizationDetails` says it of hundreds of roles in one call,
//! `GetRole` of one: several of those are made at once.

use std::time::{Duration, SystemTime};

use aws_sdk_iam::types::{EntityType, RoleDetail, RoleLastUsed};
use aws_smithy_types::DateTime;
use tokio::task::JoinSet;

use super::patience::{Taken, patiently, patiently_with};
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
    /// When it was made and last used.
    pub used: UseKnown,
}

/// What is known of when a role was used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UseKnown {
    /// It was not told.
    No,
    /// When it was made, and when it was last used within 400 days.
    Yes {
        /// When it was made.
        made: SystemTime,
        /// When it was last used.
        last: Option<SystemTime>,
    },
}

/// How far a reading is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// So many roles.
    pub roles: usize,
    /// So many calls.
    pub taken: Taken,
}

/// What several calls for one role each came to, in their order.
pub type Several = Vec<Result<IamRole, AwsError>>;

/// So many calls for one role are under way at once: IAM throttles who asks faster.
const AT_ONCE: usize = 8;
/// So many roles with their policies does a page have at most: few enough for an answer to come within its time.
const PAGE_OF_DETAILS: i32 = 500;
const PAGE: i32 = 1_000;
const SERVICE: &str = "IAM";

impl Iam<'_> {
    /// Returns these roles, several at once. The names have no path. `seen` hears how far it is.
    pub fn several(&self, names: &[String], mut seen: impl FnMut(Seen)) -> Result<Several, AwsError> {
        self.line.call(|clients| {
            let client = clients.iam(self.reach, self.endpoint, self.by, Tries::Once);
            async move {
                let mut waiting = names.iter().cloned().enumerate();
                let mut running = JoinSet::new();
                let mut found: Vec<(usize, Result<IamRole, AwsError>)> = Vec::new();
                let mut so_far = Seen::default();
                loop {
                    while running.len() < AT_ONCE
                        && let Some((number, name)) = waiting.next()
                    {
                        let client = client.clone();
                        running.spawn(async move {
                            let (role, taken) = patiently_with(|| get(client.clone(), name.clone())).await;
                            (number, role, taken)
                        });
                    }
                    let Some(done) = running.join_next().await else { break };
                    let (number, role, taken) = done.map_err(|error| AwsError::Setup { reason: error.to_string() })?;
                    found.push((number, role));
                    so_far.roles = found.len();
                    so_far.taken.add(taken);
                    seen(so_far);
                }
                found.sort_by_key(|(number, _)| *number);
                Ok(found.into_iter().map(|(_, role)| role).collect())
            }
        })?
    }

    /// Returns every role of the account, and when each was used; `seen` hears how far it is.
    ///
    /// Source: IAM API Reference, `GetAccountAuthorizationDetails`.
    pub fn detailed_roles(&self, mut seen: impl FnMut(Seen)) -> Result<Vec<IamRole>, AwsError> {
        const OPERATION: &str = "GetAccountAuthorizationDetails";
        let (mut roles, mut so_far) = (Vec::new(), Seen::default());
        let mut marker: Option<String> = None;
        loop {
            let page = patiently(&mut so_far.taken, || {
                let answer = self.line.call(|clients| {
                    let client = clients.iam(self.reach, self.endpoint, self.by, Tries::Once);
                    let call = client.get_account_authorization_details().filter(EntityType::Role);
                    call.max_items(PAGE_OF_DETAILS).set_marker(marker.clone()).send()
                })?;
                answer.map_err(|error| from_sdk(SERVICE, OPERATION, error))
            })?;
            for role in page.role_detail_list() {
                roles.push(detailed(role).ok_or_else(|| strange(OPERATION))?);
            }
            so_far.roles = roles.len();
            seen(so_far);
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(roles);
            }
            marker = next;
        }
    }

    /// Returns every role of the account, and not when it was used; `seen` hears how far it is.
    ///
    /// Source: IAM API Reference, `ListRoles`: pages of at most 1,000, and without `RoleLastUsed`.
    pub fn roles(&self, mut seen: impl FnMut(Seen)) -> Result<Vec<IamRole>, AwsError> {
        let (mut roles, mut so_far) = (Vec::new(), Seen::default());
        let mut marker: Option<String> = None;
        loop {
            let page = patiently(&mut so_far.taken, || {
                let answer = self.line.call(|clients| {
                    let call = clients.iam(self.reach, self.endpoint, self.by, Tries::Once).list_roles();
                    call.max_items(PAGE).set_marker(marker.clone()).send()
                })?;
                answer.map_err(|error| from_sdk(SERVICE, "ListRoles", error))
            })?;
            for role in page.roles() {
                roles.push(read(role, false).ok_or_else(|| strange("ListRoles"))?);
            }
            so_far.roles = roles.len();
            seen(so_far);
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(roles);
            }
            marker = next;
        }
    }
}

async fn get(client: aws_sdk_iam::Client, name: String) -> Result<IamRole, AwsError> {
    let answer = client.get_role().role_name(name).send().await;
    let answer = answer.map_err(|error| from_sdk(SERVICE, "GetRole", error))?;
    answer.role().and_then(|role| read(role, true)).ok_or_else(|| strange("GetRole"))
}

fn read(role: &aws_sdk_iam::types::Role, tells_use: bool) -> Option<IamRole> {
    let used = use_of(Some(role.create_date()), role.role_last_used());
    Some(IamRole {
        name: role.role_name().to_owned(),
        arn: role.arn().to_owned(),
        policy: decoded(role.assume_role_policy_document()?),
        used: if tells_use { used } else { UseKnown::No },
    })
}

fn detailed(role: &RoleDetail) -> Option<IamRole> {
    Some(IamRole {
        name: role.role_name()?.to_owned(),
        arn: role.arn()?.to_owned(),
        policy: decoded(role.assume_role_policy_document()?),
        used: use_of(role.create_date(), role.role_last_used()),
    })
}

fn use_of(made: Option<&DateTime>, last: Option<&RoleLastUsed>) -> UseKnown {
    let last = last.and_then(|used| time(used.last_used_date()?));
    made.and_then(time).map_or(UseKnown::No, |made| UseKnown::Yes { made, last })
}

fn time(date: &DateTime) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(date.secs()).ok()?))
}

fn strange(operation: &'static str) -> AwsError {
    AwsError::NoAnswer { service: SERVICE, operation, reason: "the answer holds no role".to_owned(), sent: true }
}
