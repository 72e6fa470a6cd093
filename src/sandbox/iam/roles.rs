//! Roles as IAM tells them: `GetRole` and `ListRoles`.
//!
//! Source: IAM API Reference, `GetRole`, `ListRoles`, `Role`: the trust policy is URL-encoded as RFC 3986 says.

use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{Constraints, MARKER, PATH_PREFIX, ROLE_NAME};
use super::super::estate::{Estate, LiveRole};
use super::super::sts::rfc3339;
use super::{Operation, may};

/// Does what is asked and returns the inside of the result.
pub(super) fn run(
    operation: Operation,
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    match operation {
        Operation::ListRoles => list(caller, parameters, estate, now),
        Operation::GetRole
        | Operation::CreateAccessKey
        | Operation::DeleteAccessKey
        | Operation::UpdateAccessKey
        | Operation::ListAccessKeys
        | Operation::GetUser => one(caller, parameters, estate, now),
    }
}

fn one(caller: &Caller, parameters: &Parameters, estate: &Estate, now: SystemTime) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let name = constraints.required(parameters, "RoleName", ROLE_NAME);
    constraints.verdict()?;
    let found = own(caller, estate).into_iter().find(|role| role.role.arn.name().name().eq_ignore_ascii_case(name));
    let account = caller.account(estate);
    let resource = match found {
        Some(role) => role.role.arn.to_string(),
        None => format!("arn:{}:iam::{}:role/{name}", account.partition, account.id),
    };
    may(Operation::GetRole, caller, estate, now, resource, &format!("role {name}"))?;
    let missing = || Refusal::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."));
    let role = found.ok_or_else(missing)?;
    Ok(element("Role", &(inside(role) + &element("RoleLastUsed", ""))))
}

/// Source: IAM API Reference, `ListRoles`: 100 a page where nothing else is said, and 1,000 at most.
fn list(caller: &Caller, parameters: &Parameters, estate: &Estate, now: SystemTime) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let prefix = constraints.optional(parameters, "PathPrefix", PATH_PREFIX).unwrap_or("/").to_owned();
    let marker = constraints.optional(parameters, "Marker", MARKER).map(str::to_owned);
    let most = constraints.number(parameters, "MaxItems", 1, 1_000)?.unwrap_or(100);
    constraints.verdict()?;
    let account = caller.account(estate);
    let resource = format!("arn:{}:iam::{}:role{prefix}", account.partition, account.id);
    may(Operation::ListRoles, caller, estate, now, resource.clone(), &resource)?;
    let begin = match marker {
        None => 0,
        Some(marker) => {
            let begin =
                hex::decode(&marker).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<usize>().ok());
            begin.ok_or_else(|| Refusal::invalid(format!("Invalid Marker: {marker}")))?
        }
    };
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
        + &text("CreateDate", &rfc3339(SystemTime::UNIX_EPOCH + MADE))
        + &text("AssumeRolePolicyDocument", &utf8_percent_encode(&policy, ESCAPED).to_string())
        + &text("MaxSessionDuration", &role.role.max_session.to_string())
}

/// When every role here was made: with the year 2026.
const MADE: Duration = Duration::from_secs(1_767_225_600);

/// All but the unreserved characters. Source: RFC 3986, section 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
