//! What is put before the policies, and what AWS says when they refuse.

use std::time::SystemTime;

use crate::policy::{Context, Request, allows, may_take as agreed};

use super::super::answer::Refusal;
use super::super::caller::Caller;
use super::super::estate::Estate;

/// Asks the caller's own policies. Root may do everything.
pub(in crate::sandbox) fn is_allowed(
    action: &str,
    resource: &str,
    caller: &Caller,
    estate: &Estate,
    now: SystemTime,
) -> Result<(), Refusal> {
    is_allowed_in(&caller.context(estate, now), action, resource, caller, estate)
}

/// Asks the caller's own policies under circumstances of the call's own.
pub(super) fn is_allowed_in(
    context: &Context,
    action: &str,
    resource: &str,
    caller: &Caller,
    estate: &Estate,
) -> Result<(), Refusal> {
    let request = Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        principal: caller.principal(estate),
        context: context.clone(),
    };
    check_laws(&request, caller, estate)?;
    let allowed = caller.is_root(estate)
        || (caller.own(estate).allow(&request).is_allowed() && is_within_session(caller, &request));
    if allowed { Ok(()) } else { Err(not_authorized(action, resource, caller, estate)) }
}

/// Asks the role's trust policy and the caller's own policies.
pub(super) fn may_take(
    action: &str,
    role: usize,
    caller: &Caller,
    context: &Context,
    estate: &Estate,
) -> Result<(), Refusal> {
    let wanted = &estate.roles[role].role;
    let request = Request {
        action: action.to_owned(),
        resource: wanted.arn.to_string(),
        principal: caller.principal(estate),
        context: of_role(context.clone(), role, estate),
    };
    check_laws(&request, caller, estate)?;
    let over = estate.laws.over(&request);
    let allowed =
        agreed(&wanted.trust, caller.own(estate), over, &request).is_allowed() && is_within_session(caller, &request);
    if allowed { Ok(()) } else { Err(not_authorized(action, &request.resource, caller, estate)) }
}

/// Adds what is so of the role that is asked for.
pub(super) fn of_role(mut context: Context, role: usize, estate: &Estate) -> Context {
    let account = estate.account_of_role(role);
    if let Some(organization) = &account.organization {
        context = context.with("aws:ResourceOrgID", organization.as_str());
    }
    match estate.laws.0.get(account.id.as_str()) {
        Some(place) => context.with("aws:ResourceOrgPaths", place.path.as_str()),
        None => context,
    }
}

fn check_laws(request: &Request, caller: &Caller, estate: &Estate) -> Result<(), Refusal> {
    match forbidden(request, estate) {
        None => Ok(()),
        Some(why) => {
            let refusal = not_authorized(&request.action, &request.resource, caller, estate);
            Err(Refusal { message: refusal.message + &why, ..refusal })
        }
    }
}

/// How AWS ends its sentence where a control policy forbids the request.
/// Source: IAM User Guide, "Troubleshoot access denied error messages".
pub(in crate::sandbox) fn forbidden(request: &Request, estate: &Estate) -> Option<String> {
    let forbidden = estate.laws.over(request).forbids(request)?;
    let control = forbidden.control;
    Some(match forbidden.denies {
        Some(_) => format!(" with an explicit deny in a {control}"),
        None => format!(" because no {control} allows the {} action", request.action),
    })
}

/// Returns AWS's sentence. It is the same for a role that does not exist: AWS tells nobody which ones do.
pub(super) fn not_authorized(action: &str, resource: &str, caller: &Caller, estate: &Estate) -> Refusal {
    let arn = caller.arn(estate);
    Refusal::denied(format!("User: {arn} is not authorized to perform: {action} on resource: {resource}"))
}

/// A session that was narrowed may do what its session policies allow too. What stands in a managed policy of AWS's, or
/// of the account's, the sandbox does not know: it allows nothing.
fn is_within_session(caller: &Caller, request: &Request) -> bool {
    let narrowed = caller.role_session().filter(|session| session.is_narrowed);
    narrowed.is_none_or(|session| allows(&session.policies, request).is_allowed())
}
