//! AssumeRoleWithSAML: what a provider vouches for becomes a session, if the role's trust agrees. Nobody signs the call.
//!
//! The order in which it refuses: what the API's model forbids; the provider; the signature; what the assertion says of
//! time, audience, place and session; whether it was used before; what the trust policy denies; the role's longest
//! session.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use url::Url;

use crate::identity::{Assertion, decode};
use crate::policy::{Context, Principal, Request, may_assume};
use crate::terms::{ExposeSecret, RoleArn, SecretString, SessionName, is_aws_audience};
use crate::terms::{is_loopback_acs, partition_of_acs};

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::constraint::{self, Constraints};
use super::super::estate::{Estate, RoleSession, SamlProvider, SessionOf};
use super::super::saml::Unverified;
use super::assume_role::session_policy;
use super::packed;
use super::request::{forbidden, of_role};
use super::rides::Rides;

const DEFAULT: u64 = 3_600;
/// How long after it was made an assertion is taken.
/// Source: AWS's own sentence, "Token must be redeemed within 5 minutes of issuance".
const REDEEM_WITHIN: Duration = Duration::from_secs(300);
/// How far the provider's clock may be ahead.
const TOLERANCE: Duration = Duration::from_secs(60);
const MOST_POLICY_ARNS: usize = 10;

struct Ask<'a> {
    role_arn: &'a str,
    principal_arn: &'a str,
    assertion: SecretString,
    seconds: Option<u64>,
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
}

pub(super) fn run(parameters: &Parameters, estate: &mut Estate, now: SystemTime) -> Result<String, Refusal> {
    let ask = read(parameters)?;
    let role_arn: RoleArn =
        ask.role_arn.parse().map_err(|_| Refusal::invalid(format!("{} is invalid", ask.role_arn)))?;
    let policies = session_policy(ask.policy, &ask.policy_arns)?;
    let provider = estate.saml_providers.iter().find(|provider| provider.arn == ask.principal_arn);
    let provider = provider.ok_or_else(|| token("Specified provider doesn't exist"))?.clone();
    let assertion = verified(&ask.assertion, &provider)?;
    let recipient = check(&assertion, &provider, now)?.to_owned();
    let is_offered = assertion.offers().iter().any(|offer| offer.role == role_arn && offer.provider == provider.arn);
    let denied = || Refusal::denied("Not authorized to perform sts:AssumeRoleWithSAML");
    let name = session_name(&assertion)?;
    let rides = Rides::of_assertion(&assertion)?;
    let packed = packed::percentage(ask.policy, &ask.policy_arns, &rides.tags)?;
    if !estate.spent_assertions.insert((provider.arn.clone(), assertion.id.clone())) {
        return Err(token("The assertion has been used before: each one is taken once"));
    }

    let role = estate.roles.iter().position(|live| live.role.arn == role_arn).filter(|_| is_offered);
    let role = role.ok_or_else(denied)?;
    let context = context(&assertion, &provider, &recipient, now).with("sts:RoleSessionName", name.as_str());
    let context = of_role(rides.in_context(context), role, estate);
    let may = |action: &str| {
        let request = Request {
            action: action.to_owned(),
            resource: role_arn.to_string(),
            principal: Principal::Federated { provider: provider.arn.clone() },
            context: context.clone(),
        };
        let forbidden = forbidden(&request, estate);
        match may_assume(&estate.roles[role].role.trust, &[], &request).is_allowed() && forbidden.is_none() {
            true => Ok(()),
            false => Err(format!("Not authorized to perform {action}{}", forbidden.unwrap_or_default())),
        }
    };
    for action in std::iter::once("sts:AssumeRoleWithSAML").chain(rides.actions()) {
        may(action).map_err(Refusal::denied)?;
    }
    let seconds = length(&ask, &assertion, estate.roles[role].role.max_session, now)?;

    let subject = text("Subject", &assertion.subject.name) + &text("SubjectType", subject_type(&assertion));
    let audience = text("Audience", &recipient) + &text("Issuer", &assertion.issuer);
    let qualifier = text("NameQualifier", &name_qualifier(&assertion, &provider));
    let session = RoleSession {
        role,
        name,
        is_narrowed: ask.policy.is_some() || !ask.policy_arns.is_empty(),
        policies,
        tags: rides.tags,
        source_identity: rides.source_identity,
    };
    let user = element(
        "AssumedRoleUser",
        &(text("AssumedRoleId", &session.user_id(estate)) + &text("Arn", &session.arn(estate))),
    );
    let identity =
        session.source_identity.as_deref().map(|identity| text("SourceIdentity", identity)).unwrap_or_default();
    let packed = packed.map(|percent| text("PackedPolicySize", &percent.to_string())).unwrap_or_default();
    let key_id = estate.open_session(SessionOf::Role(session), now, seconds);
    Ok(super::credentials(estate, &key_id) + &user + &packed + &subject + &audience + &qualifier + &identity)
}

fn read(parameters: &Parameters) -> Result<Ask<'_>, Refusal> {
    let mut constraints = Constraints::new();
    let assertion = constraints.required_secret(parameters, "SAMLAssertion", constraint::SAML_ASSERTION);
    let ask = Ask {
        role_arn: constraints.required(parameters, "RoleArn", constraint::ARN),
        principal_arn: constraints.required(parameters, "PrincipalArn", constraint::ARN),
        assertion,
        seconds: constraints.number(parameters, "DurationSeconds", 900, 43_200)?,
        policy: constraints.optional(parameters, "Policy", constraint::POLICY),
        policy_arns: parameters.pairs("PolicyArns", "arn", "arn").into_iter().filter_map(|(arn, _)| arn).collect(),
    };
    constraints.length("PolicyArns", ask.policy_arns.len(), MOST_POLICY_ARNS);
    constraints.verdict()?;
    Ok(ask)
}

/// What is wrong with an assertion, in AWS's words where they are known.
/// Source: IAM User Guide, "Troubleshoot SAML federation with IAM".
fn token(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidIdentityToken", message)
}

fn verified(assertion: &SecretString, provider: &SamlProvider) -> Result<Assertion, Refusal> {
    let invalid = |error: String| token(format!("Invalid base64 SAMLResponse ({error})"));
    let xml = decode(assertion).map_err(|error| invalid(error.to_string()))?;
    provider.metadata.verified(xml.expose_secret()).map_err(|error| match error {
        Unverified::Invalid(error) => token(format!("The SAML response cannot be taken: {error}")),
        Unverified::Encrypted => token("The assertion is encrypted, and the provider has no decryption key"),
        Unverified::Signature => token("Response Signature Invalid"),
    })
}

/// Looks at what the assertion says of itself, and returns where it was to be handed in.
fn check<'a>(assertion: &'a Assertion, provider: &SamlProvider, now: SystemTime) -> Result<&'a str, Refusal> {
    let expired = |message: &str| Refusal::new(400, "ExpiredTokenException", message);
    if assertion.issuer != provider.metadata.entity_id {
        return Err(token("Issuer not present in specified provider"));
    }
    let issued = assertion.issued.ok_or_else(|| token("IssueInstant is required in the assertion"))?;
    if issued > now + TOLERANCE || assertion.not_before.is_some_and(|from| from > now + TOLERANCE) {
        return Err(token("The assertion is not valid yet"));
    }
    if issued + REDEEM_WITHIN <= now {
        return Err(expired("Token must be redeemed within 5 minutes of issuance"));
    }
    if assertion.not_on_or_after.is_some_and(|end| end <= now) {
        return Err(expired("Token is expired"));
    }
    if !assertion.audiences.iter().any(|audience| is_aws_audience(audience)) {
        return Err(token("Response does not contain the required audience"));
    }
    let fits = |url: &str| {
        let url = Url::parse(url).ok();
        url.is_some_and(|url| partition_of_acs(&url) == Some(provider.partition) || is_loopback_acs(&url))
    };
    let recipient = assertion.recipients.iter().find(|recipient| fits(&recipient.url));
    let recipient = recipient.ok_or_else(|| token("The Recipient of the assertion is not AWS's sign-in endpoint"))?;
    if recipient.not_on_or_after.is_some_and(|end| end <= now) {
        return Err(expired("Token is expired"));
    }
    Ok(&recipient.url)
}

fn session_name(assertion: &Assertion) -> Result<String, Refusal> {
    let name = assertion.session_name().ok_or_else(|| token("RoleSessionName is required in AuthnResponse"))?;
    let valid = name.parse::<SessionName>();
    valid.map_err(|_| token("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"))?;
    Ok(name.to_owned())
}

/// The circumstances that come out of an assertion.
/// Source: IAM User Guide, "Available keys for SAML-based AWS STS federation".
fn context(assertion: &Assertion, provider: &SamlProvider, recipient: &str, now: SystemTime) -> Context {
    let mut context = Context::new()
        .at(now)
        .with("aws:SecureTransport", "true")
        .with("aws:SourceIp", "127.0.0.1")
        .with("saml:aud", recipient)
        .with("saml:iss", assertion.issuer.as_str())
        .with("saml:sub", assertion.subject.name.as_str())
        .with("saml:sub_type", subject_type(assertion))
        .with("saml:namequalifier", name_qualifier(assertion, provider))
        .with("saml:doc", format!("{}/{}", provider.account, provider.name()));
    for (attribute, key) in PERSONS {
        context = context.with_all(&format!("saml:{key}"), assertion.values(attribute));
    }
    context
}

/// Attributes of persons that are condition keys.
/// Source: IAM User Guide, "Configure SAML assertions for the authentication response", table of eduPerson and X.500.
const PERSONS: [(&str, &str); 19] = [
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "eduPersonAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "eduPersonNickname"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "eduPersonOrgDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "eduPersonOrgUnitDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", "eduPersonPrimaryAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "eduPersonEntitlement"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.8", "eduPersonPrimaryOrgUnitDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "eduPersonScopedAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "eduPersonTargetedID"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "eduPersonAssurance"),
    ("urn:oid:2.5.4.3", "commonName"),
    ("urn:oid:2.5.4.4", "surname"),
    ("urn:oid:2.5.4.42", "givenName"),
    ("urn:oid:2.5.4.45", "x500UniqueIdentifier"),
    ("urn:oid:0.9.2342.19200300.100.1.1", "uid"),
    ("urn:oid:0.9.2342.19200300.100.1.3", "mail"),
    ("urn:oid:0.9.2342.19200300.100.1.45", "organizationStatus"),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name"),
];

/// `persistent`, `transient`, or the format in full.
fn subject_type(assertion: &Assertion) -> &str {
    let format = assertion.subject.format.as_str();
    let short = format.strip_prefix("urn:oasis:names:tc:SAML:2.0:nameid-format:");
    short.filter(|short| matches!(*short, "persistent" | "transient")).unwrap_or(format)
}

/// Issuer, account and provider, hashed: with the subject it names one person of one provider in one account.
/// Source: STS API Reference, `AssumeRoleWithSAML`, `NameQualifier`.
fn name_qualifier(assertion: &Assertion, provider: &SamlProvider) -> String {
    let what = format!("{}{}/{}", assertion.issuer, provider.account, provider.name());
    STANDARD.encode(Sha1::digest(what))
}

/// The shortest of what was asked, what the provider allows, and what is left of the person's session with it.
/// Source: STS API Reference, `AssumeRoleWithSAML`, `DurationSeconds`.
fn length(ask: &Ask<'_>, assertion: &Assertion, role_max: u64, now: SystemTime) -> Result<u64, Refusal> {
    let asked = ask.seconds.unwrap_or(DEFAULT);
    if asked > role_max {
        return Err(Refusal::invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let left = match assertion.session_ends {
        Some(end) => end.duration_since(now).map_err(|_| {
            Refusal::new(400, "ExpiredTokenException", "The session with the identity provider has ended")
        })?,
        None => Duration::MAX,
    };
    let allowed = assertion.session_duration().unwrap_or(Duration::MAX);
    Ok(asked.min(allowed.as_secs()).min(left.as_secs()))
}

#[cfg(test)]
mod tests;
