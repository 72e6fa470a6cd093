//! AssumeRole: the caller's session becomes the role's, if the role's trust and the caller's policies agree.
//!
//! The order in which AWS refuses: what the API's model forbids; documents and tags that make no sense, or too much of
//! them; the MFA code; what policies deny; the role's longest session; the hour of a chain.

use std::time::SystemTime;

use crate::policy::{Context, Document};
use crate::terms::{ContextProviderArn, PolicyArn, RoleArn};

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::caller::{Caller, with_mfa};
use super::super::constraint::{self, Constraints};
use super::super::estate::{Estate, RoleSession, SessionOf, SessionTag};
use super::super::mfa_code;
use super::packed;
use super::request::{may_take, not_authorized};
use super::tags::{self, Asked};

const DEFAULT: u64 = 3_600;
/// Longest session of a role that was assumed with a session's credentials.
/// Source: IAM User Guide, "Roles terms and concepts", role chaining.
const CHAINED_MOST: u64 = 3_600;
const MOST_POLICY_ARNS: usize = 10;
const MOST_CONTEXTS: usize = 5;

/// The parameters, each within its limits.
struct Ask<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    /// What was asked, where something was.
    seconds: Option<u64>,
    external_id: Option<&'a str>,
    serial: Option<&'a str>,
    code: Option<&'a str>,
    source_identity: Option<&'a str>,
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
    /// Who asserts something, and what.
    contexts: Vec<(&'a str, &'a str)>,
    tags: Asked,
}

pub(super) fn run(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let ask = read(parameters)?;
    let role_arn: RoleArn =
        ask.role_arn.parse().map_err(|_| Refusal::invalid(format!("{} is invalid", ask.role_arn)))?;
    if ask.source_identity.is_some_and(|identity| identity.starts_with("aws:")) {
        return Err(Refusal::invalid("SourceIdentity cannot begin with the reserved prefix aws:"));
    }
    let policies = session_policy(ask.policy, &ask.policy_arns)?;
    let tags = ask.tags.with_inherited(caller)?;
    let packed = packed::percentage(ask.policy, &ask.policy_arns, &tags)?;
    if caller.is_root(estate) {
        return Err(Refusal::denied("Roles may not be assumed by root accounts."));
    }
    let mfa_at = mfa_code::take(estate, caller.user(), ask.serial, ask.code, now)?;
    let context = context(&ask, &tags, caller, mfa_at, estate, now);
    let role = permitted(&ask, &role_arn, &tags, caller, &context, estate)?;
    check_duration(&ask, role, caller, estate)?;

    let session = RoleSession {
        role,
        name: ask.session_name.to_owned(),
        policies,
        is_narrowed: ask.policy.is_some() || !ask.policy_arns.is_empty(),
        tags,
        source_identity: ask.source_identity.map(str::to_owned).or_else(|| inherited_identity(caller)),
    };
    let user = element(
        "AssumedRoleUser",
        &(text("AssumedRoleId", &session.user_id(estate)) + &text("Arn", &session.arn(estate))),
    );
    let packed = packed.map(|percent| text("PackedPolicySize", &percent.to_string())).unwrap_or_default();
    let identity =
        session.source_identity.as_deref().map(|identity| text("SourceIdentity", identity)).unwrap_or_default();
    let key_id = estate.open_session(SessionOf::Role(session), now, ask.seconds.unwrap_or(DEFAULT));
    if !caller.is_session() {
        estate.federation.first_hand.insert(key_id.clone());
    }
    Ok(super::credentials(estate, &key_id) + &user + &packed + &identity)
}

fn read(parameters: &Parameters) -> Result<Ask<'_>, Refusal> {
    let mut constraints = Constraints::new();
    let ask = Ask {
        role_arn: constraints.required(parameters, "RoleArn", constraint::ARN),
        session_name: constraints.required(parameters, "RoleSessionName", constraint::SESSION_NAME),
        seconds: constraints.number(parameters, "DurationSeconds", 900, 43_200)?,
        external_id: constraints.optional(parameters, "ExternalId", constraint::EXTERNAL_ID),
        serial: constraints.optional(parameters, "SerialNumber", constraint::SERIAL_NUMBER),
        code: constraints.optional(parameters, "TokenCode", constraint::TOKEN_CODE),
        source_identity: constraints.optional(parameters, "SourceIdentity", constraint::SESSION_NAME),
        policy: constraints.optional(parameters, "Policy", constraint::POLICY),
        policy_arns: parameters.pairs("PolicyArns", "arn", "arn").into_iter().filter_map(|(arn, _)| arn).collect(),
        contexts: contexts(parameters),
        tags: tags::read(parameters, &mut constraints),
    };
    constraints.length("PolicyArns", ask.policy_arns.len(), MOST_POLICY_ARNS);
    for (index, arn) in ask.policy_arns.iter().enumerate() {
        constraints.member(&format!("policyArns.{}.member.arn", index + 1), arn, constraint::ARN);
    }
    constraints.length("ProvidedContexts", ask.contexts.len(), MOST_CONTEXTS);
    for (index, (provider, _)) in ask.contexts.iter().enumerate() {
        constraints.member(&format!("providedContexts.{}.member.providerArn", index + 1), provider, constraint::ARN);
    }
    constraints.verdict()?;
    if let Some((provider, _)) = ask.contexts.iter().find(|context| !is_context(context)) {
        return Err(Refusal::invalid(format!("The provided context of {provider} is invalid.")));
    }
    Ok(ask)
}

fn contexts(parameters: &Parameters) -> Vec<(&str, &str)> {
    let pairs = parameters.pairs("ProvidedContexts", "ProviderArn", "ContextAssertion").into_iter();
    pairs.map(|(provider, assertion)| (provider.unwrap_or_default(), assertion.unwrap_or_default())).collect()
}

/// Source: STS API Reference, `ProvidedContext`.
fn is_context((provider, assertion): &(&str, &str)) -> bool {
    provider.parse::<ContextProviderArn>().is_ok() && (4..=2_048).contains(&assertion.len())
}

/// Reads the policies that narrow a session, however it is had.
pub(super) fn session_policy(policy: Option<&str>, arns: &[&str]) -> Result<Vec<Document>, Refusal> {
    let malformed = |message: String| Refusal::new(400, "MalformedPolicyDocument", message);
    if let Some(arn) = arns.iter().find(|arn| arn.parse::<PolicyArn>().is_err()) {
        return Err(Refusal::invalid(format!("ARN {arn} is not valid.")));
    }
    let Some(policy) = policy else { return Ok(Vec::new()) };
    let characters = policy.chars().count() + arns.iter().map(|arn| arn.len()).sum::<usize>();
    if characters > constraint::POLICY.max {
        return Err(malformed("The plain text of session policies cannot exceed 2,048 characters".to_owned()));
    }
    if serde_json::from_str::<serde_json::Value>(policy).is_err() {
        return Err(malformed("This policy contains invalid Json".to_owned()));
    }
    let document =
        Document::parse_identity(policy).map_err(|error| malformed(format!("Syntax errors in policy. ({error})")))?;
    Ok(vec![document])
}

/// The circumstances that the trust policy looks at.
fn context(
    ask: &Ask<'_>,
    tags: &[SessionTag],
    caller: &Caller,
    mfa_at: Option<SystemTime>,
    estate: &Estate,
    now: SystemTime,
) -> Context {
    let mut context = caller.context(estate, now).with("sts:RoleSessionName", ask.session_name);
    if let Some(at) = mfa_at {
        context = with_mfa(context, at, now);
    }
    let texts = [("sts:ExternalId", ask.external_id), ("sts:SourceIdentity", ask.source_identity)];
    for (key, value) in texts.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))) {
        context = context.with(key, value);
    }
    if let Some(seconds) = ask.seconds {
        context = context.with("sts:DurationSeconds", seconds.to_string());
    }
    for tag in tags {
        context = context.with(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
    }
    let keys = tags.iter().map(|tag| tag.key.as_str());
    let transitive = tags.iter().filter(|tag| tag.is_transitive).map(|tag| tag.key.as_str());
    context.with_all("aws:TagKeys", keys).with_all("sts:TransitiveTagKeys", transitive)
}

/// Returns the role, if all that is asked is permitted: assuming it, and what comes with that.
fn permitted(
    ask: &Ask<'_>,
    role_arn: &RoleArn,
    tags: &[SessionTag],
    caller: &Caller,
    context: &Context,
    estate: &Estate,
) -> Result<usize, Refusal> {
    let found = estate.roles.iter().position(|live| live.role.arn == *role_arn);
    let role = found.ok_or_else(|| not_authorized("sts:AssumeRole", ask.role_arn, caller, estate))?;
    may_take("sts:AssumeRole", role, caller, context, estate)?;
    if !tags.is_empty() {
        may_take("sts:TagSession", role, caller, context, estate)?;
    }
    // What an assertion says, only its provider knows: here it counts that it may be brought along.
    if !ask.contexts.is_empty() {
        may_take("sts:SetContext", role, caller, context, estate)?;
    }
    let inherited = inherited_identity(caller);
    if ask.source_identity.is_some() || inherited.is_some() {
        may_take("sts:SetSourceIdentity", role, caller, context, estate)?;
    }
    match (ask.source_identity, inherited) {
        (Some(asked), Some(set)) if asked != set => {
            Err(Refusal::denied("The source identity is already set for this assume role session"))
        }
        (Some(_) | None, _) => Ok(role),
    }
}

/// A source identity stays with all sessions of a chain.
fn inherited_identity(caller: &Caller) -> Option<String> {
    caller.role_session().and_then(|session| session.source_identity.clone())
}

fn check_duration(ask: &Ask<'_>, role: usize, caller: &Caller, estate: &Estate) -> Result<(), Refusal> {
    let seconds = ask.seconds.unwrap_or(DEFAULT);
    if seconds > estate.roles[role].role.max_session {
        return Err(Refusal::invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    if caller.is_session() && seconds > CHAINED_MOST {
        return Err(Refusal::invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    Ok(())
}
