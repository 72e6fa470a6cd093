//! Roles as IAM tells them: `GetRole` and `ListRoles`.
//!
//! Source: IAM API Reference, `GetRole`, `ListRoles`, `Role`: the trust policy is URL-encoded as RFC 3986 says.

use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{Constraints, MARKER, PATH_PREFIX, ROLE_NAME};
use super::super::estate::{Estate, LiveRole};
use super::super::iam_details::{bounded, last_used};
use super::super::sts::rfc3339;
use super::{Reads, begin_of, may};

pub(super) fn one(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let name = constraints.required(parameters, "RoleName", ROLE_NAME);
    constraints.verdict()?;
    let role = &estate.roles[named(Reads::GetRole, name, caller, estate, now)?];
    let bounded = bounded(role.role.boundary.as_ref(), &policies_of(caller, estate));
    Ok(element("Role", &(inside(role) + &bounded + &last_used(role, estate))))
}

/// Finds the role of that name, if the caller may do that to it.
pub(super) fn named(
    reads: Reads,
    name: &str,
    caller: &Caller,
    estate: &Estate,
    now: SystemTime,
) -> Result<usize, Refusal> {
    let account = caller.account(estate);
    let is_meant = |role: &LiveRole| {
        estate.accounts[role.account].id == account.id && role.role.arn.name().name().eq_ignore_ascii_case(name)
    };
    let found = estate.roles.iter().position(is_meant);
    let resource = match found {
        Some(role) => estate.roles[role].role.arn.to_string(),
        None => format!("arn:{}:iam::{}:role/{name}", account.partition, account.id),
    };
    may(reads.name(), caller, estate, now, resource, &format!("role {name}"))?;
    found.ok_or_else(|| Refusal::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found.")))
}

/// What the ARNs of the account's policies begin with.
pub(super) fn policies_of(caller: &Caller, estate: &Estate) -> String {
    let account = caller.account(estate);
    format!("arn:{}:iam::{}:policy", account.partition, account.id)
}

/// Source: IAM API Reference, `ListRoles`: 100 a page where nothing else is said, and 1,000 at most.
pub(super) fn list(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let prefix = constraints.optional(parameters, "PathPrefix", PATH_PREFIX).unwrap_or("/").to_owned();
    let marker = constraints.optional(parameters, "Marker", MARKER).map(str::to_owned);
    let most = constraints.number(parameters, "MaxItems", 1, 1_000)?.unwrap_or(100);
    constraints.verdict()?;
    let account = caller.account(estate);
    let resource = format!("arn:{}:iam::{}:role{prefix}", account.partition, account.id);
    may(Reads::ListRoles.name(), caller, estate, now, resource.clone(), &resource)?;
    let begin = begin_of(marker.as_deref())?;
    let mut roles: Vec<&LiveRole> =
        own(caller, estate).into_iter().filter(|role| path(role).starts_with(&prefix)).collect();
    roles.sort_by(|a, b| a.role.arn.name().name().cmp(b.role.arn.name().name()));
    let end = roles.len().min(begin.saturating_add(usize::try_from(most).unwrap_or(100)));
    let page = roles.get(begin..end).unwrap_or_default();
    let members: String = page.iter().map(|role| element("member", &inside(role))).collect();
    let is_truncated = end < roles.len();
    let next = if is_truncated { text("Marker", &hex::encode(end.to_string())) } else { String::new() };
    Ok(element("Roles", &members) + &text("IsTruncated", &is_truncated.to_string()) + &next)
}

/// The roles of the caller's own account.
fn own<'a>(caller: &Caller, estate: &'a Estate) -> Vec<&'a LiveRole> {
    let account = &caller.account(estate).id;
    estate.roles.iter().filter(|role| estate.accounts[role.account].id == *account).collect()
}

fn path(role: &LiveRole) -> String {
    let written = role.role.arn.name().as_str();
    written.rsplit_once('/').map_or_else(|| "/".to_owned(), |(path, _)| format!("/{path}/"))
}

fn inside(role: &LiveRole) -> String {
    let policy = role.role.trust.to_json().to_string();
    text("Path", &path(role))
        + &text("RoleName", role.role.arn.name().name())
        + &text("RoleId", &role.id)
        + &text("Arn", &role.role.arn.to_string())
        + &text("CreateDate", &rfc3339(role.role.created))
        + &text("AssumeRolePolicyDocument", &utf8_percent_encode(&policy, ESCAPED).to_string())
        + &text("MaxSessionDuration", &role.role.max_session.to_string())
}

/// All but the unreserved characters. Source: RFC 3986, section 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
