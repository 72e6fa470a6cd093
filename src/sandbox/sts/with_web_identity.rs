//! AssumeRoleWithWebIdentity: an OpenID Connect token, verified by its issuer's keys, for a role that trusts the issuer; or
//! an access token of one of the two providers that issue no ID tokens.
//!
//! The order in which AWS refuses: what the API's model forbids; a token that is none, of no provider of the role's
//! account, for another audience, not signed by its issuer, or past its end; what the trust policy denies; the role's
//! longest session. The texts are those of STS in the field.

use std::time::SystemTime;

use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError};

use super::super::answer::{Refusal, element, text};
use super::super::call::Parameters;
use super::super::cognito::PoolToken;
use super::super::constraint::{self, Constraints};
use super::super::estate::{Estate, RoleSession, SessionOf};
use super::super::scenario::OidcProvider;
use super::assume_role::session_policy;
use super::packed;
use super::request::{forbidden, of_role};
use super::rides::Rides;
use crate::config::ProviderId;
use crate::identity::Claims;
use crate::policy::{Context, Principal, Request, may_assume};
use crate::terms::{ExposeSecret, RoleArn};

const DEFAULT: u64 = 3_600;
const MOST_POLICY_ARNS: usize = 10;

pub(super) fn run(parameters: &Parameters, estate: &mut Estate, now: SystemTime) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let role_arn = constraints.required(parameters, "RoleArn", constraint::ARN);
    let name = constraints.required(parameters, "RoleSessionName", constraint::SESSION_NAME);
    let token = constraints.required(parameters, "WebIdentityToken", constraint::WEB_IDENTITY_TOKEN);
    let provider_id = constraints.optional(parameters, "ProviderId", constraint::PROVIDER_ID);
    let seconds = constraints.number(parameters, "DurationSeconds", 900, 43_200)?;
    let policy = constraints.optional(parameters, "Policy", constraint::POLICY);
    let arns: Vec<&str> = parameters.pairs("PolicyArns", "arn", "arn").into_iter().filter_map(|(arn, _)| arn).collect();
    constraints.length("PolicyArns", arns.len(), MOST_POLICY_ARNS);
    constraints.verdict()?;
    let arn: RoleArn = role_arn.parse().map_err(|_| Refusal::invalid(format!("{role_arn} is invalid")))?;
    let policies = session_policy(policy, &arns)?;
    let vouched = match provider_id {
        Some(id) => by_access_token(token, id, estate)?,
        None => by_id_token(token, &arn, estate, now)?,
    };
    let rides = vouched.rides;
    let packed = packed::percentage(policy, &arns, &rides.tags)?;
    let mut context = rides
        .in_context(Context::new())
        .at(now)
        .with("aws:SecureTransport", "true")
        .with("aws:SourceIp", "127.0.0.1")
        .with("sts:RoleSessionName", name);
    for (key, value) in &vouched.says {
        context = context.with_all(key, value.iter().map(String::as_str));
    }
    if let Some(seconds) = seconds {
        context = context.with("sts:DurationSeconds", seconds.to_string());
    }
    let actions = std::iter::once("sts:AssumeRoleWithWebIdentity").chain(rides.actions());
    let role = trusting(&arn, actions, &vouched.principal, &context, estate)?;
    if seconds.unwrap_or(DEFAULT) > estate.roles[role].role.max_session {
        return Err(Refusal::invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let session = RoleSession {
        role,
        name: name.to_owned(),
        policies,
        is_narrowed: policy.is_some() || !arns.is_empty(),
        tags: rides.tags,
        source_identity: rides.source_identity,
    };
    let identity =
        session.source_identity.as_deref().map(|identity| text("SourceIdentity", identity)).unwrap_or_default();
    let user = text("AssumedRoleId", &session.user_id(estate)) + &text("Arn", &session.arn(estate));
    let packed = packed.map(|percent| text("PackedPolicySize", &percent.to_string())).unwrap_or_default();
    let key_id = estate.open_session(SessionOf::Role(session), now, seconds.unwrap_or(DEFAULT));
    Ok(super::credentials(estate, &key_id)
        + &text("SubjectFromWebIdentityToken", &vouched.subject)
        + &element("AssumedRoleUser", &user)
        + &packed
        + &text("Provider", &vouched.provider)
        + &text("Audience", &vouched.audience)
        + &identity)
}

/// What a provider vouches for.
struct Vouched {
    /// As trust policies name it under `Federated`.
    principal: String,
    provider: String,
    subject: String,
    audience: String,
    /// Condition keys and their values.
    says: Vec<(String, Vec<String>)>,
    rides: Rides,
}

/// Source: IAM User Guide, "Available keys for AWS OIDC federation".
fn by_id_token(token: &str, role: &RoleArn, estate: &Estate, now: SystemTime) -> Result<Vouched, Refusal> {
    if let Some(found) = estate.pool_tokens.get(token) {
        return by_pool_token(found, now);
    }
    let account = estate.accounts.iter().find(|account| account.id == *role.account());
    let providers = account.map(|account| account.oidc_providers.as_slice()).unwrap_or_default();
    let (claims, audience) = verified(token, providers, now)?;
    let host = claims.provider();
    Ok(Vouched {
        principal: format!("arn:{}:iam::{}:oidc-provider/{host}", role.partition(), role.account()),
        says: vec![
            (format!("{host}:aud"), vec![audience.clone()]),
            (format!("{host}:sub"), vec![claims.subject.clone()]),
        ],
        provider: claims.issuer,
        subject: claims.subject,
        audience,
        rides: Rides::of_token(token)?,
    })
}

/// Returns what a token says, once one of the providers is found to have signed it for one of its audiences.
pub(in super::super) fn verified(
    token: &str,
    providers: &[OidcProvider],
    now: SystemTime,
) -> Result<(Claims, String), Refusal> {
    let claims = Claims::of(token).ok_or_else(no_token)?;
    let provider = providers.iter().find(|provider| provider.issuer == claims.issuer);
    let provider = provider
        .ok_or_else(|| invalid(format!("No OpenIDConnect provider found in your account for {}", claims.issuer)))?;
    let audience = claims.audience.iter().find(|audience| provider.client_ids.contains(audience));
    let audience = audience.ok_or_else(|| invalid("Incorrect token audience"))?.clone();
    verify(token, provider, &audience, now)?;
    Ok((claims, audience))
}

/// Source: IAM User Guide, "Available keys for AWS OIDC federation", Amazon Cognito.
fn by_pool_token(found: &PoolToken, now: SystemTime) -> Result<Vouched, Refusal> {
    if found.expires <= now {
        return Err(Refusal::new(400, "ExpiredTokenException", "Token expired"));
    }
    let host = "cognito-identity.amazonaws.com";
    Ok(Vouched {
        principal: host.to_owned(),
        provider: host.to_owned(),
        subject: found.identity.clone(),
        audience: found.pool.clone(),
        says: vec![
            (format!("{host}:aud"), vec![found.pool.clone()]),
            (format!("{host}:sub"), vec![found.identity.clone()]),
            (format!("{host}:amr"), found.amr.clone()),
        ],
        rides: Rides::default(),
    })
}

/// Source: IAM User Guide, "Available keys for AWS OIDC federation"; STS API Reference, `ProviderId`.
fn by_access_token(token: &str, provider: &str, estate: &Estate) -> Result<Vouched, Refusal> {
    let found = estate.access_tokens.iter().find(|known| known.token.expose_secret() == token);
    let found = found.filter(|known| known.provider.as_str() == provider);
    let found = found.ok_or_else(|| invalid(format!("Provided Token is not a valid token of {provider}")))?;
    let user = match found.provider {
        ProviderId::Amazon => "user_id",
        ProviderId::Facebook => "id",
    };
    Ok(Vouched {
        principal: provider.to_owned(),
        provider: provider.to_owned(),
        subject: found.user_id.clone(),
        audience: found.app_id.clone(),
        says: vec![
            (format!("{provider}:app_id"), vec![found.app_id.clone()]),
            (format!("{provider}:{user}"), vec![found.user_id.clone()]),
        ],
        rides: Rides::default(),
    })
}

/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, `WebIdentityToken`; of ES512 our verifier knows nothing.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
];

/// Verifies signature and time. Issuer and audience were looked at: to AWS any of a provider's audiences will do.
fn verify(token: &str, provider: &OidcProvider, audience: &str, now: SystemTime) -> Result<(), Refusal> {
    let parsed: CoreIdToken = token.parse().map_err(|_| no_token())?;
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| no_token())?;
    let client = ClientId::new(audience.to_owned());
    let verifier = CoreIdTokenVerifier::new_public_client(client, issuer, provider.keys.clone())
        .set_allowed_algs(SIGNED_BY)
        .require_audience_match(false)
        .set_time_fn(|| now.into());
    let any_nonce = |_: Option<&Nonce>| Ok(());
    match parsed.claims(&verifier, any_nonce) {
        Ok(_) => Ok(()),
        Err(ClaimsVerificationError::Expired(_)) => {
            let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
            let end = Claims::of(token).and_then(|claims| claims.expires_at).map(seconds).unwrap_or_default();
            let message = format!(
                "Token expired: current date/time {} must be before the expiration date/time {end}",
                seconds(now)
            );
            Err(Refusal::new(400, "ExpiredTokenException", message))
        }
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => Err(invalid(
            "Couldn't retrieve verification key from your identity provider,  please reference \
                 AssumeRoleWithWebIdentity documentation for requirements",
        )),
        Err(_) => Err(invalid("Token signature invalid")),
    }
}

/// Returns the role, if its trust policy lets in whom the provider vouches for, with all that rides along.
fn trusting(
    arn: &RoleArn,
    actions: impl Iterator<Item = &'static str>,
    provider: &str,
    context: &Context,
    estate: &Estate,
) -> Result<usize, Refusal> {
    let role = estate.roles.iter().position(|live| live.role.arn == *arn);
    for action in actions {
        let request = Request {
            action: action.to_owned(),
            resource: arn.to_string(),
            principal: Principal::Federated { provider: provider.to_owned() },
            context: match role {
                Some(role) => of_role(context.clone(), role, estate),
                None => context.clone(),
            },
        };
        let why = forbidden(&request, estate);
        let trusted = role.is_some_and(|role| may_assume(&estate.roles[role].role.trust, &[], &request).is_allowed());
        if !trusted || why.is_some() {
            let why = why.unwrap_or_default();
            return Err(Refusal::denied(format!("Not authorized to perform {action}{why}")));
        }
    }
    role.ok_or_else(|| Refusal::denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidIdentityToken", message)
}

fn no_token() -> Refusal {
    invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
}
