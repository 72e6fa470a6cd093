//! The users, roles and policies of an account, as IAM tells them at once.
//!
//! Source: IAM API Reference, `GetAccountAuthorizationDetails`: pages of at most 1,000, managed policies among them.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{AttachedPermissionsBoundary, AttachedPolicy, PolicyDetail, Tag};

use super::snapshot::{Attached, Details, Entity};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::policy::found::decoded;
use crate::session::Credentials;

/// How far a pull is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Seen {
    /// Calls, those that were refused among them.
    pub calls: usize,
    /// How many of them were refused for being too many, or by a failure that passes.
    pub refused: usize,
    /// Users.
    pub users: usize,
    /// Roles.
    pub roles: usize,
}

/// So many things a page has: few enough for an answer to come within its time.
const PAGE: i32 = 500;
/// How often one call is refused before it is given up: with growing pauses, a minute at least.
const MOST_REFUSED: u32 = 12;
const OPERATION: &str = "GetAccountAuthorizationDetails";

/// Asks IAM for the account of these credentials. `tell` hears how far it is.
pub fn pull(
    line: &Line<'_>,
    reach: &Reach,
    endpoint: Option<&url::Url>,
    by: &Credentials,
    mut tell: impl FnMut(Seen),
) -> Result<(Details, Seen), AwsError> {
    let (mut details, mut seen) = (Details::default(), Seen::default());
    let mut marker: Option<String> = None;
    loop {
        let page = patiently(&mut seen, &mut tell, || {
            let answer = line.call(|clients| {
                let call = clients.iam(reach, endpoint, by, Tries::Once).get_account_authorization_details();
                call.max_items(PAGE).set_marker(marker.clone()).send()
            })?;
            answer.map_err(|error| from_sdk("IAM", OPERATION, error))
        })?;
        add(&mut details, &page);
        (seen.users, seen.roles) = (details.users.len(), details.roles.len());
        tell(seen);
        let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
        if next.is_some() && next == marker {
            let reason = "each page names itself as the next one".to_owned();
            return Err(AwsError::NoAnswer { service: "IAM", operation: OPERATION, reason, sent: true });
        }
        if next.is_none() {
            return Ok((details, seen));
        }
        marker = next;
    }
}

/// Makes the call again where a refusal passes, each time after a longer pause, half of which is chance.
fn patiently<T>(
    seen: &mut Seen,
    tell: &mut impl FnMut(Seen),
    mut call: impl FnMut() -> Result<T, AwsError>,
) -> Result<T, AwsError> {
    let mut refused = 0;
    loop {
        seen.calls += 1;
        let error = match call() {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let passes = match &error {
            AwsError::Refused(refusal) => refusal.is_passing(),
            AwsError::NoAnswer { .. } => refused < 3,
            AwsError::CaBundle { .. } | AwsError::Setup { .. } => false,
        };
        refused += 1;
        if !passes || refused >= MOST_REFUSED {
            return Err(error);
        }
        seen.refused += 1;
        tell(*seen);
        let whole = FIRST_PAUSE.saturating_mul(1 << (refused - 1).min(8)).min(LONGEST_PAUSE);
        sleep(whole.mul_f64(0.5 + rand::random::<f64>() / 2.0));
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

fn add(details: &mut Details, page: &GetAccountAuthorizationDetailsOutput) {
    for user in page.user_detail_list() {
        details.users.push(Entity {
            name: text(user.user_name()),
            path: text(user.path()),
            arn: text(user.arn()),
            trust: None,
            attached: attached(user.user_policy_list(), user.attached_managed_policies()),
            groups: user.group_list().to_vec(),
            boundary: boundary(user.permissions_boundary()),
            tags: tags(user.tags()),
        });
    }
    for group in page.group_detail_list() {
        let attached = attached(group.group_policy_list(), group.attached_managed_policies());
        details.groups.insert(text(group.group_name()), attached);
    }
    for role in page.role_detail_list() {
        details.roles.push(Entity {
            name: text(role.role_name()),
            path: text(role.path()),
            arn: text(role.arn()),
            trust: role.assume_role_policy_document().map(decoded),
            attached: attached(role.role_policy_list(), role.attached_managed_policies()),
            groups: Vec::new(),
            boundary: boundary(role.permissions_boundary()),
            tags: tags(role.tags()),
        });
    }
    for policy in page.policies() {
        let versions = policy.policy_version_list();
        let default = versions.iter().find(|version| version.is_default_version());
        if let (Some(arn), Some(document)) = (policy.arn(), default.and_then(|version| version.document())) {
            details.policies.insert(arn.to_owned(), decoded(document));
        }
    }
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn attached(inline: &[PolicyDetail], managed: &[AttachedPolicy]) -> Attached {
    let inline = inline.iter().filter_map(|one| Some((one.policy_name()?.to_owned(), decoded(one.policy_document()?))));
    let managed = managed.iter().filter_map(|one| one.policy_arn().map(str::to_owned));
    Attached { inline: inline.collect(), managed: managed.collect() }
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<String> {
    boundary.and_then(|boundary| boundary.permissions_boundary_arn()).map(str::to_owned)
}

fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}
