//! Cognito identity pools: who somebody is in a pool, the pool's token of them, and the credentials that the pool gives.
//!
//! Nothing is signed: the logins' tokens say who asks. The protocol is JSON, and the operation stands in a header.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::estate::{Estate, RoleSession, SessionOf};
use super::fresh;
use super::log::Record;
use super::scenario::IdentityPool;
use super::sts::verified;
use crate::terms::ExposeSecret;

/// What Cognito can be asked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::enum_variant_names, reason = "they are called as AWS calls them")]
pub(super) enum Operation {
    GetId,
    GetOpenIdToken,
    GetCredentialsForIdentity,
}

/// A pool, and who is in it.
#[derive(Debug)]
pub(super) struct LivePool {
    pub(super) account: usize,
    pub(super) declared: IdentityPool,
    /// Identities by provider and subject; a guest is one of none.
    identities: BTreeMap<String, Option<(String, String)>>,
}

/// A token of a pool that was handed out.
#[derive(Clone, Debug)]
pub(super) struct PoolToken {
    pub(super) pool: String,
    pub(super) identity: String,
    /// `authenticated` or `unauthenticated`, and the provider.
    pub(super) amr: Vec<String>,
    pub(super) expires: SystemTime,
}

/// How long a pool's token is good.
/// Source: Amazon Cognito Federated Identities API Reference, `GetOpenIdToken`.
const TOKEN_LIFE: Duration = Duration::from_secs(600);
const CREDENTIALS_LIFE: u64 = 3_600;

impl Operation {
    const ALL: [Self; 3] = [Self::GetId, Self::GetOpenIdToken, Self::GetCredentialsForIdentity];

    /// Returns the operation that a request's header names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let named = call.header("x-amz-target")?.strip_prefix("AWSCognitoIdentityService.")?;
        Self::ALL.into_iter().find(|operation| operation.name() == named)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GetId => "GetId",
            Self::GetOpenIdToken => "GetOpenIdToken",
            Self::GetCredentialsForIdentity => "GetCredentialsForIdentity",
        }
    }
}

impl LivePool {
    pub(super) fn new(account: usize, declared: IdentityPool) -> Self {
        Self { account, declared, identities: BTreeMap::new() }
    }
}

/// Answers.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let made = match operation {
        Operation::GetId => id(&asked, estate, now),
        Operation::GetOpenIdToken => open_id_token(&asked, estate, now),
        Operation::GetCredentialsForIdentity => credentials(&asked, estate, now),
    };
    match made {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(&refusal, &record.request_id),
    }
}

/// Returns a refusal as Cognito words it.
pub(super) fn refuse(refusal: &Refusal, _request_id: &str) -> Answer {
    let code = if refusal.code == "Throttling" { "TooManyRequestsException" } else { refusal.code };
    let body = json!({ "__type": code, "message": refusal.message }).to_string();
    let code = Some(code.to_owned());
    Answer { status: refusal.status, content: Content::Json, body, headers: Vec::new(), code }
}

fn id(asked: &Value, estate: &mut Estate, now: SystemTime) -> Result<Value, Refusal> {
    let pool = asked["IdentityPoolId"].as_str().unwrap_or_default();
    let index = estate.pools.iter().position(|known| known.declared.id == pool);
    let index = index.ok_or_else(|| not_found(format!("IdentityPool '{pool}' not found.")))?;
    let person = login(asked, &estate.pools[index], estate, now)?;
    let pool = &mut estate.pools[index];
    let known = pool.identities.iter().find(|(_, whose)| person.is_some() && **whose == person);
    let identity = known.map(|(identity, _)| identity.clone()).unwrap_or_else(|| {
        let region = pool.declared.id.split(':').next().unwrap_or_default();
        let identity = format!("{region}:{}", fresh::request_id());
        pool.identities.insert(identity.clone(), person);
        identity
    });
    Ok(json!({ "IdentityId": identity }))
}

/// Returns provider and subject of the login that is shown, or none of a guest.
fn login(
    asked: &Value,
    pool: &LivePool,
    estate: &Estate,
    now: SystemTime,
) -> Result<Option<(String, String)>, Refusal> {
    let logins = asked["Logins"].as_object().filter(|logins| !logins.is_empty());
    let Some((provider, token)) = logins.and_then(|logins| logins.iter().next()) else {
        let refusal = "Unauthenticated access is not supported for this identity pool.";
        return if pool.declared.guest_role.is_some() { Ok(None) } else { Err(not_authorized(refusal)) };
    };
    if !pool.declared.providers.contains(provider) {
        return Err(not_authorized("Token is not from a supported provider of this identity pool."));
    }
    let providers = &estate.accounts[pool.account].oidc_providers;
    let (claims, _) = verified(token.as_str().unwrap_or_default(), providers, now)
        .map_err(|refusal| not_authorized(format!("Invalid login token. {}", refusal.message)))?;
    if claims.provider() != provider {
        return Err(not_authorized("Invalid login token. Issuer doesn't match providerName"));
    }
    Ok(Some((provider.clone(), claims.subject)))
}

/// Returns the pool of an identity, once its login is shown.
fn pool_of(asked: &Value, estate: &Estate, now: SystemTime) -> Result<(usize, String), Refusal> {
    let identity = asked["IdentityId"].as_str().unwrap_or_default();
    let found = estate.pools.iter().position(|pool| pool.identities.contains_key(identity));
    let index = found.ok_or_else(|| not_found(format!("Identity '{identity}' not found.")))?;
    let pool = &estate.pools[index];
    if pool.identities.get(identity) != Some(&login(asked, pool, estate, now)?) {
        return Err(not_authorized("Logins don't match. Please include at least one valid login for this identity."));
    }
    Ok((index, identity.to_owned()))
}

fn open_id_token(asked: &Value, estate: &mut Estate, now: SystemTime) -> Result<Value, Refusal> {
    let (index, identity) = pool_of(asked, estate, now)?;
    let pool = &estate.pools[index];
    if !pool.declared.basic {
        let message = "Basic (classic) flow is not enabled, please use enhanced flow.";
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    let amr = match pool.identities.get(&identity) {
        Some(Some((provider, _))) => vec!["authenticated".to_owned(), provider.clone()],
        Some(None) | None => vec!["unauthenticated".to_owned()],
    };
    let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let expires = now + TOKEN_LIFE;
    let header = json!({ "alg": "RS512", "kid": "sandbox", "typ": "JWS" });
    let claims = json!({
        "iss": "https://cognito-identity.amazonaws.com",
        "aud": pool.declared.id,
        "sub": identity,
        "amr": amr,
        "iat": seconds(now),
        "exp": seconds(expires),
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    // Who takes it is this sandbox, which knows what it gave out.
    let signature = URL_SAFE_NO_PAD.encode(fresh::token().expose_secret());
    let token = format!("{}.{}.{signature}", part(&header), part(&claims));
    let pool = pool.declared.id.clone();
    estate.pool_tokens.insert(token.clone(), PoolToken { pool, identity: identity.clone(), amr, expires });
    Ok(json!({ "IdentityId": identity, "Token": token }))
}

fn credentials(asked: &Value, estate: &mut Estate, now: SystemTime) -> Result<Value, Refusal> {
    let (index, identity) = pool_of(asked, estate, now)?;
    let pool = &estate.pools[index];
    let is_guest = pool.identities.get(&identity).is_some_and(Option::is_none);
    let name = if is_guest { pool.declared.guest_role.as_ref() } else { Some(&pool.declared.role) };
    let account = &estate.accounts[pool.account];
    let wanted = name.map(|name| format!("arn:{}:iam::{}:role/{name}", account.partition, account.id));
    let wanted = wanted.ok_or_else(|| not_authorized("Access to Identity is forbidden."))?;
    if asked["CustomRoleArn"].as_str().is_some_and(|asked| asked != wanted) {
        return Err(not_authorized("Access to the requested role is not allowed for this identity."));
    }
    let role = estate.roles.iter().position(|live| live.role.arn.to_string() == wanted);
    let role = role.ok_or_else(|| {
        let message = "Invalid identity pool configuration. Check assigned IAM roles for this pool.";
        Refusal::new(400, "InvalidIdentityPoolConfigurationException", message)
    })?;
    let session = RoleSession {
        role,
        name: "CognitoIdentityCredentials".to_owned(),
        policies: Vec::new(),
        is_narrowed: false,
        tags: Vec::new(),
        source_identity: None,
    };
    let key_id = estate.open_session(SessionOf::Role(session), now, CREDENTIALS_LIFE);
    let Some(session) = estate.sessions.get(&key_id) else { return Ok(Value::Null) };
    let expires = session.expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(json!({
        "IdentityId": identity,
        "Credentials": {
            "AccessKeyId": key_id,
            "SecretKey": session.secret.expose_secret(),
            "SessionToken": session.token.expose_secret(),
            "Expiration": expires,
        },
    }))
}

fn not_authorized(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "NotAuthorizedException", message)
}

fn not_found(message: String) -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", message)
}
