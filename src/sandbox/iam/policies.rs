//! The policies of a role: inline ones, and the managed one that bounds it.
//!
//! A scenario's policies are inline, so that none is attached; a permissions boundary is a managed policy of the account.
//! Source: IAM API Reference and its model, version 2010-05-08.

use std::time::SystemTime;

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{ARN, Constraints, MARKER, POLICY_NAME, ROLE_NAME, VERSION_ID};
use super::super::estate::Estate;
use super::super::iam_details::{encoded, policy_id};
use super::super::scenario::Boundary;
use super::super::sts::rfc3339;
use super::roles::{named, policies_of};
use super::{Reads, begin_of, may};

/// `ListRolePolicies`.
pub(super) fn inline_names(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let role = constraints.required(parameters, "RoleName", ROLE_NAME);
    let most = constraints.number(parameters, "MaxItems", 1, 1_000)?.unwrap_or(100);
    let marker = constraints.optional(parameters, "Marker", MARKER);
    constraints.verdict()?;
    let role = named(Reads::ListRolePolicies, role, caller, estate, now)?;
    let begin = begin_of(marker)?;
    let names = &estate.roles[role].role.policies.names;
    let end = names.len().min(begin.saturating_add(usize::try_from(most).unwrap_or(usize::MAX)));
    let page: String = names.get(begin..end).unwrap_or_default().iter().map(|name| text("member", name)).collect();
    let is_truncated = end < names.len();
    let next = if is_truncated { text("Marker", &hex::encode(end.to_string())) } else { String::new() };
    Ok(element("PolicyNames", &page) + &text("IsTruncated", &is_truncated.to_string()) + &next)
}

/// `GetRolePolicy`.
pub(super) fn inline(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let name = constraints.required(parameters, "RoleName", ROLE_NAME);
    let policy = constraints.required(parameters, "PolicyName", POLICY_NAME);
    constraints.verdict()?;
    let role = named(Reads::GetRolePolicy, name, caller, estate, now)?;
    let policies = &estate.roles[role].role.policies;
    let found = policies.names.iter().zip(&policies.documents).find(|(known, _)| *known == policy);
    let (_, document) = found.ok_or_else(|| {
        Refusal::new(404, "NoSuchEntity", format!("The role policy with name {policy} cannot be found."))
    })?;
    Ok(text("RoleName", name) + &text("PolicyName", policy) + &text("PolicyDocument", &encoded(document)))
}

/// `ListAttachedRolePolicies`.
pub(super) fn attached(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let role = constraints.required(parameters, "RoleName", ROLE_NAME);
    constraints.verdict()?;
    named(Reads::ListAttachedRolePolicies, role, caller, estate, now)?;
    Ok("<AttachedPolicies/>".to_owned() + &text("IsTruncated", "false"))
}

/// `GetPolicy`.
pub(super) fn managed(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let arn = constraints.required(parameters, "PolicyArn", ARN);
    constraints.verdict()?;
    let boundary = boundary(Reads::GetPolicy, arn, caller, estate, now)?;
    let created = rfc3339(estate.began);
    let inner = text("PolicyName", &boundary.name)
        + &text("PolicyId", &policy_id(arn))
        + &text("Arn", arn)
        + &text("Path", "/")
        + &text("DefaultVersionId", "v1")
        + &text("AttachmentCount", "0")
        + &text("IsAttachable", "true")
        + &text("CreateDate", &created)
        + &text("UpdateDate", &created);
    Ok(element("Policy", &inner))
}

/// `GetPolicyVersion`.
pub(super) fn version(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let arn = constraints.required(parameters, "PolicyArn", ARN);
    let version = constraints.required(parameters, "VersionId", VERSION_ID);
    constraints.verdict()?;
    let boundary = boundary(Reads::GetPolicyVersion, arn, caller, estate, now)?;
    if version != "v1" {
        let message = format!("Policy {arn} version {version} does not exist or is not attachable.");
        return Err(Refusal::new(404, "NoSuchEntity", message));
    }
    let inner = text("Document", &encoded(&boundary.document))
        + &text("VersionId", version)
        + &text("IsDefaultVersion", "true")
        + &text("CreateDate", &rfc3339(estate.began));
    Ok(element("PolicyVersion", &inner))
}

fn boundary<'a>(
    reads: Reads,
    arn: &str,
    caller: &Caller,
    estate: &'a Estate,
    now: SystemTime,
) -> Result<&'a Boundary, Refusal> {
    may(reads.name(), caller, estate, now, arn.to_owned(), &format!("policy {arn}"))?;
    let policies = policies_of(caller, estate);
    let account = &caller.account(estate).id;
    let of_users = estate.users.iter().map(|user| (user.account, user.boundary.as_ref()));
    let of_roles = estate.roles.iter().map(|role| (role.account, role.role.boundary.as_ref()));
    let own = of_users.chain(of_roles).filter(|(of, _)| estate.accounts[*of].id == *account);
    let mut boundaries = own.filter_map(|(_, boundary)| boundary);
    boundaries
        .find(|boundary| format!("{policies}/{}", boundary.name) == arn)
        .ok_or_else(|| Refusal::new(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable.")))
}
