//! GetWebIdentityToken: who the caller is, as a signed token for a service outside AWS.
//!
//! Source: STS API Reference, `GetWebIdentityToken`; IAM User Guide, "Federating AWS identities to external services".

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::super::answer::{Refusal, text};
use super::super::call::Parameters;
use super::super::caller::{Caller, Who};
use super::super::constraint::{AUDIENCE, Constraints, JWT_ALGORITHM, TAG_KEY, TAG_VALUE};
use super::super::estate::Estate;
use super::super::fresh;
use super::super::issuer::Algorithm;
use super::request::is_allowed_in;
use super::rfc3339;

const DEFAULT: u64 = 300;
const MOST_AUDIENCES: usize = 10;
const MOST_TAGS: usize = 50;

pub(super) fn run(
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let audiences = parameters.list("Audience");
    constraints.length("Audience", audiences.len(), MOST_AUDIENCES);
    if audiences.is_empty() {
        constraints.break_at("audience", "[]", "Member must have length greater than or equal to 1");
    }
    for (index, audience) in audiences.iter().enumerate() {
        constraints.member(&format!("audience.{}.member", index + 1), audience, AUDIENCE);
    }
    let algorithm = constraints.required(parameters, "SigningAlgorithm", JWT_ALGORITHM);
    let seconds = constraints.number(parameters, "DurationSeconds", 60, 3_600)?.unwrap_or(DEFAULT);
    let tags = parameters.pairs("Tags", "Key", "Value");
    constraints.length("Tags", tags.len(), MOST_TAGS);
    for (key, value) in &tags {
        constraints.member("tags.member.key", key.unwrap_or_default(), TAG_KEY);
        constraints.member("tags.member.value", value.unwrap_or_default(), TAG_VALUE);
    }
    constraints.verdict()?;
    let algorithm = Algorithm::named(algorithm)
        .ok_or_else(|| Refusal::invalid(format!("Invalid signing algorithm: {algorithm}")))?;

    let context = caller
        .context(estate, now)
        .with_all("sts:IdentityTokenAudience", audiences.iter().copied())
        .with("sts:DurationSeconds", seconds.to_string())
        .with("sts:SigningAlgorithm", algorithm.name());
    is_allowed_in(&context, "sts:GetWebIdentityToken", "*", caller, estate)?;
    let account = caller.account(estate);
    if !account.issues_tokens {
        return Err(Refusal::new(
            403,
            "OutboundWebIdentityFederationDisabledException",
            "Outbound web identity federation is not enabled for the account.",
        ));
    }
    let ends = now + Duration::from_secs(seconds);
    if caller.ends.is_some_and(|session| session < ends) {
        return Err(Refusal::new(
            403,
            "SessionDurationEscalationException",
            "The requested token duration extends beyond the end of the session.",
        ));
    }
    let subject = match &caller.who {
        Who::Role(session) => estate.roles[session.role].role.arn.to_string(),
        Who::User { .. } | Who::UserSession { .. } | Who::Root { .. } => caller.arn(estate),
    };
    let unix = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let tags: serde_json::Map<String, serde_json::Value> =
        tags.into_iter().filter_map(|(key, value)| Some((key?.to_owned(), value?.into()))).collect();
    let claims = json!({
        "iss": estate.issuer.of_account(account.id.as_str()),
        "sub": subject,
        "aud": match audiences.as_slice() { [only] => json!(only), several => json!(several) },
        "iat": unix(now),
        "exp": unix(ends),
        "jti": fresh::request_id(),
        "https://sts.amazonaws.com/": {
            "aws_account": account.id.as_str(),
            "org_id": account.organization,
            "source_region": caller.region,
            "request_tags": tags,
        },
    });
    let token = estate.issuer.sign(algorithm, &claims)?;
    Ok(text("WebIdentityToken", &token) + &text("Expiration", &rfc3339(ends)))
}
