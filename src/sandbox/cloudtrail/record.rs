//! A request as an event of CloudTrail, in each trail where AWS writes one.
//!
//! A call between accounts stands in both trails, joined by `sharedEventID`: the caller's knows their ARN, the target's only
//! their account and unique id. A call between accounts that was refused stands in the caller's alone.
//! Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::super::answer::{Refusal, Service};
use super::super::call::Call;
use super::super::caller::{Caller, Who};
use super::super::estate::Estate;
use super::super::fresh;
use super::super::sigv4::Signature;
use crate::terms::{Region, RoleArn, show_time};

/// What is to be written down.
pub(in super::super) struct Noted<'a> {
    pub(in super::super) call: &'a Call,
    /// Who signed; `None` where a proof came along instead.
    pub(in super::super) caller: Option<&'a Caller>,
    pub(in super::super) service: &'static str,
    pub(in super::super) operation: &'static str,
    /// The inside of the answer, or why there is none.
    pub(in super::super) result: Result<&'a str, &'a Refusal>,
    pub(in super::super) request_id: &'a str,
    pub(in super::super) now: SystemTime,
}

/// Where a call that nobody signed is recorded, if nothing says which Region it was for.
const REGION: &str = crate::sandbox::surroundings::REGION;

/// Writes an event into each trail that has one.
pub(in super::super) fn note(noted: &Noted<'_>, estate: &mut Estate) {
    let role = noted.call.parameters.text("RoleArn").and_then(|arn| arn.parse::<RoleArn>().ok());
    let of_role = role.map(|role| role.account().to_string());
    let of_caller = noted.caller.map(|caller| caller.account(estate).id.to_string());
    let (Some(own), of_role) = (of_caller.clone().or_else(|| of_role.clone()), of_role) else { return };
    // A global service is logged in one Region, whichever a request was signed for.
    let global = noted.caller.filter(|_| noted.service == Service::Iam.name());
    let global = global.map(|caller| caller.account(estate).partition.implicit_region());
    let region = global.as_ref().map(Region::as_str).or(noted.caller.map(|caller| caller.region.as_str()));
    let region = region.unwrap_or(REGION).to_owned();
    let region = region.as_str();
    let across = of_role.filter(|role| *role != own && noted.result.is_ok());
    let shared = across.is_some().then(fresh::request_id);
    let own_event = event(noted, identity(noted, estate), &own, region, shared.as_deref());
    estate.trail.add(&own, region, noted.now, own_event);
    if let (Some(target), Some(caller)) = (across, noted.caller) {
        let foreign = json!({ "type": "AWSAccount", "principalId": caller.user_id(estate), "accountId": own });
        if estate.accounts.iter().any(|account| account.id.as_str() == target) {
            let other = event(noted, foreign, &target, region, shared.as_deref());
            estate.trail.add(&target, region, noted.now, other);
        }
    }
}

fn event(noted: &Noted<'_>, identity: Value, recipient: &str, region: &str, shared: Option<&str>) -> Value {
    let read_only = noted.operation.starts_with("Get") || noted.operation.starts_with("List");
    let mut event = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": show_time(noted.now),
        "eventSource": format!("{}.amazonaws.com", noted.service),
        "eventName": noted.operation,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": noted.call.header("user-agent"),
    });
    let more = |event: &mut Value, name: &str, value: Value| event[name] = value;
    if let Err(refusal) = noted.result {
        more(&mut event, "errorCode", json!(refusal.code));
        more(&mut event, "errorMessage", json!(refusal.message));
    }
    more(&mut event, "requestParameters", asked(noted.call));
    more(&mut event, "responseElements", noted.result.map_or(Value::Null, answered));
    more(&mut event, "requestID", json!(noted.request_id));
    more(&mut event, "eventID", json!(fresh::request_id()));
    more(&mut event, "readOnly", json!(read_only || noted.operation.starts_with("Assume")));
    more(&mut event, "eventType", json!("AwsApiCall"));
    more(&mut event, "managementEvent", json!(true));
    more(&mut event, "recipientAccountId", json!(recipient));
    if let Some(shared) = shared {
        more(&mut event, "sharedEventID", json!(shared));
    }
    more(&mut event, "eventCategory", json!("Management"));
    event
}

/// Parameters by CloudTrail's names. Codes, tokens, assertions and policies stay out.
fn asked(call: &Call) -> Value {
    let mut asked = Map::new();
    for (parameter, name) in [
        ("RoleArn", "roleArn"),
        ("RoleSessionName", "roleSessionName"),
        ("ExternalId", "externalId"),
        ("SourceIdentity", "sourceIdentity"),
        ("SerialNumber", "serialNumber"),
        ("PrincipalArn", "principalArn"),
        ("TargetPrincipal", "targetPrincipal"),
        ("ProviderId", "providerId"),
        ("UserName", "userName"),
        ("RoleName", "roleName"),
        ("AccessKeyId", "accessKeyId"),
        ("Status", "status"),
    ] {
        if let Some(value) = call.parameters.text(parameter) {
            asked.insert(name.to_owned(), json!(value));
        }
    }
    if let Some(seconds) = call.parameters.text("DurationSeconds").and_then(|text| text.parse::<u32>().ok()) {
        asked.insert("durationSeconds".to_owned(), json!(seconds));
    }
    let tags = call.parameters.pairs("Tags", "Key", "Value");
    if !tags.is_empty() {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        asked.insert("tags".to_owned(), Value::from(tags));
    }
    let transitive = call.parameters.list("TransitiveTagKeys");
    if !transitive.is_empty() {
        asked.insert("transitiveTagKeys".to_owned(), json!(transitive));
    }
    if asked.is_empty() { Value::Null } else { Value::from(asked) }
}

/// What the answer gave out, without what opens anything.
fn answered(xml: &str) -> Value {
    let inside = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(text, _)| text.to_owned())
    };
    let Some(key) = inside("AccessKeyId").filter(|key| key.starts_with("ASIA")) else { return Value::Null };
    let mut given = json!({ "credentials": { "accessKeyId": key, "expiration": inside("Expiration") } });
    if let (Some(id), Some(arn)) = (inside("AssumedRoleId"), inside("Arn")) {
        given["assumedRoleUser"] = json!({ "assumedRoleId": id, "arn": arn });
    }
    if let Some(identity) = inside("SourceIdentity") {
        given["sourceIdentity"] = json!(identity);
    }
    given
}

fn identity(noted: &Noted<'_>, estate: &Estate) -> Value {
    let Some(caller) = noted.caller else {
        let kind = if noted.operation.ends_with("SAML") { "SAMLUser" } else { "WebIdentityUser" };
        return json!({ "type": kind });
    };
    let key = Signature::of(noted.call).ok().map(|signature| signature.key_id);
    let account = caller.account(estate).id.to_string();
    let kind = match &caller.who {
        Who::User { .. } | Who::UserSession { .. } if caller.is_root(estate) => "Root",
        Who::User { .. } | Who::UserSession { .. } => "IAMUser",
        Who::Role(_) => "AssumedRole",
        Who::Root { .. } => "Root",
    };
    let mut identity = json!({
        "type": kind,
        "principalId": caller.user_id(estate),
        "arn": caller.arn(estate),
        "accountId": account,
        "accessKeyId": key,
    });
    let (user, has_mfa) = match &caller.who {
        Who::User { user } => (Some(*user), false),
        Who::UserSession { user, mfa_at } => (Some(*user), mfa_at.is_some()),
        Who::Role(_) | Who::Root { .. } => (None, false),
    };
    if let Some(user) = user.map(|user| &estate.users[user]) {
        identity["userName"] = json!(user.name);
    }
    if let Some(issued) = caller.issued {
        let attributes = json!({ "creationDate": show_time(issued), "mfaAuthenticated": has_mfa.to_string() });
        identity["sessionContext"] = json!({ "attributes": attributes });
    }
    if let Some(session) = caller.role_session() {
        let role = &estate.roles[session.role];
        identity["sessionContext"]["sessionIssuer"] = json!({
            "type": "Role",
            "principalId": role.id,
            "arn": role.role.arn.to_string(),
            "accountId": account,
            "userName": role.role.arn.name().name(),
        });
        if let Some(source) = &session.source_identity {
            identity["sessionContext"]["sourceIdentity"] = json!(source);
        }
    }
    identity
}
