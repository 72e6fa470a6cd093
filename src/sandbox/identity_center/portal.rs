//! The access portal: what a person's token is good for.
//!
//! Source: IAM Identity Center Portal API Reference.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::sandbox::answer::Refusal;
use crate::sandbox::call::Call;
use crate::sandbox::estate::{Estate, RoleSession, SessionOf};
use crate::sandbox::log::Record;
use crate::terms::ExposeSecret;

const TOKEN: &str = "x-amz-sso_bearer_token";
/// How many entries a page has at most.
const PAGE: usize = 100;

pub(super) fn accounts(
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let person = signed_in(call, estate, now, record)?;
    let ids: BTreeSet<&str> = assignments(estate, &person).map(|(account, _)| account.as_str()).collect();
    let account = |id: &str| {
        let live = estate.accounts.iter().find(|account| account.id.as_str() == id);
        let name = live.and_then(|live| live.name.clone()).unwrap_or_else(|| id.to_owned());
        json!({ "accountId": id, "accountName": name, "emailAddress": format!("{id}@example.com") })
    };
    page(call, "accountList", ids.into_iter().map(account).collect())
}

pub(super) fn roles(call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Result<Value, Refusal> {
    let person = signed_in(call, estate, now, record)?;
    let account = call.parameters.text("account_id").unwrap_or_default();
    let sets: Vec<Value> = assignments(estate, &person)
        .filter(|(id, _)| id == account)
        .map(|(id, set)| json!({ "roleName": set, "accountId": id }))
        .collect();
    if sets.is_empty() {
        return Err(no_access());
    }
    page(call, "roleList", sets)
}

pub(super) fn credentials(
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let person = signed_in(call, estate, now, record)?;
    let asked = |name: &str| call.parameters.text(name).unwrap_or_default().to_owned();
    let assignment = (asked("account_id"), asked("role_name"));
    if !assignments(estate, &person).any(|assigned| *assigned == assignment) {
        return Err(no_access());
    }
    let (role, seconds) = *estate.identity_center.roles.get(&assignment).ok_or_else(no_access)?;
    record.role_arn = Some(estate.roles[role].role.arn.to_string());
    let session = RoleSession {
        role,
        name: person,
        policies: Vec::new(),
        is_narrowed: false,
        tags: Vec::new(),
        source_identity: None,
    };
    let id = estate.open_session(SessionOf::Role(session), now, seconds);
    let session = estate.sessions.get(&id).ok_or_else(no_access)?;
    let expires = session.expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(json!({ "roleCredentials": {
        "accessKeyId": id,
        "secretAccessKey": session.secret.expose_secret(),
        "sessionToken": session.token.expose_secret(),
        "expiration": u64::try_from(expires.as_millis()).unwrap_or(u64::MAX),
    } }))
}

pub(super) fn logout(call: &Call, estate: &mut Estate, now: SystemTime, record: &mut Record) -> Result<Value, Refusal> {
    signed_in(call, estate, now, record)?;
    estate.identity_center.sign_out(call.header(TOKEN).unwrap_or_default());
    Ok(json!({}))
}

fn signed_in(call: &Call, estate: &Estate, now: SystemTime, record: &mut Record) -> Result<String, Refusal> {
    let person = estate.identity_center.bearer(call.header(TOKEN), now)?.person.clone();
    record.principal = Some(person.clone());
    record.region = Some(estate.identity_center.region().to_owned());
    Ok(person)
}

fn assignments<'e>(estate: &'e Estate, person: &str) -> impl Iterator<Item = &'e (String, String)> {
    estate.identity_center.person(person).into_iter().flat_map(|person| &person.assignments)
}

fn no_access() -> Refusal {
    Refusal::new(403, "ForbiddenException", "No access")
}

/// Cuts a list into pages; the token says where the next one begins.
fn page(call: &Call, field: &str, all: Vec<Value>) -> Result<Value, Refusal> {
    let invalid = |message: &str| Refusal::new(400, "InvalidRequestException", message);
    let number = |name: &str| call.parameters.text(name).map(str::parse::<usize>).transpose();
    let size = number("max_result").ok().flatten().unwrap_or(PAGE);
    if !(1..=PAGE).contains(&size) {
        return Err(invalid("maxResults is 1 to 100"));
    }
    let from = number("next_token").map_err(|_| invalid("nextToken is invalid"))?.unwrap_or(0);
    let next = Some(from + size).filter(|next| *next < all.len()).map(|next| next.to_string());
    let items: Vec<Value> = all.into_iter().skip(from).take(size).collect();
    Ok(json!({ field: items, "nextToken": next }))
}
