//! The cache key of a step: a hash of everything that shapes its result, and of nothing else.
//!
//! Changing any one input misses. Codes and times stay out, and so does a session name that nobody declared: a new host
//! name must not ask for MFA again.

use std::fmt;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::config::{Origin, ProvidedContext, Sourced};
use crate::plan::{
    AssumeRoot, Center, Exchange, Hop, MfaSession, Plan, Pool, PoolCredentials, Provider, Reach, RoleCredentials,
    Start, WithSaml, WithWebIdentity,
};
use crate::terms::{PolicyArn, SessionName, Tag, TagKey};

/// Raised when the form of cached items changes, so that older ones miss.
const FORMAT: u32 = 2;

/// Says whose credentials a plan starts from, made from local data without network or secret store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fingerprint(pub String);

/// Names a step's session in the cache.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct CacheKey(String);

impl CacheKey {
    /// Returns the key of the card that lies in a file of that name.
    pub(super) fn of_file_name(name: &str) -> Option<Self> {
        Self::parse(name.strip_suffix(".json")?)
    }

    /// Returns the key of that text: 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Self> {
        (hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(hex.to_owned()))
    }

    /// Returns the key in hex, 64 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the key of every step of a plan, in order. Each covers the steps before it.
pub fn cache_keys(plan: &Plan, fingerprint: &Fingerprint) -> Vec<CacheKey> {
    let mut way = vec![json!(FORMAT), json!(fingerprint.0)];
    let mut keys = Vec::with_capacity(plan.steps());
    let mut push = |step: Value| {
        way.push(step);
        // An array of strings, numbers and null, in an order of our own, has one form only.
        let canonical = Value::Array(way.clone()).to_string();
        keys.push(CacheKey(hex::encode(Sha256::digest(canonical))));
    };
    match &plan.start {
        Start::Keys(_) => {}
        Start::MfaSession(session) => push(mfa_session(session)),
        Start::SignIn(sign_in) => push(exchange(&sign_in.exchange)),
    }
    for hop in &plan.hops {
        push(assume_role(hop));
    }
    if let Some(task) = &plan.last {
        push(assume_root(task));
    }
    keys
}

/// Taken apart without `..`: a new field stops the compiler here, where it has to be decided whether it shapes the result.
fn mfa_session(session: &MfaSession) -> Value {
    let MfaSession { keys: _, device, duration, max_age: _, reach: to, because: _ } = session;
    json!(["GetSessionToken", device.serial.value.as_str(), duration.value.seconds(), reach(to)])
}

/// Where a proof is had does not shape the result: the fingerprint says whose it is.
fn exchange(exchange: &Exchange) -> Value {
    match exchange {
        Exchange::Pool(exchange) => {
            let PoolCredentials { profile: _, role_arn, pool: Pool { cognito, reach: to } } = exchange;
            json!([
                "GetCredentialsForIdentity",
                role_arn.as_ref().map(|arn| arn.value.to_string()),
                cognito.pool.as_str(),
                reach(to),
            ])
        }
        Exchange::WebIdentity(exchange) => {
            let WithWebIdentity {
                profile: _,
                role_arn,
                token: _,
                provider_id,
                duration,
                session_name,
                policy_arns,
                policy,
                reach: to,
            } = exchange;
            json!([
                "AssumeRoleWithWebIdentity",
                role_arn.value.to_string(),
                declared(session_name),
                duration.value.seconds(),
                policy.as_ref().map(|policy| policy.value.as_str()),
                sorted(policy_arns, |arn: &PolicyArn| arn.as_str()),
                provider_id.as_ref().map(|id| id.value.as_str()),
                reach(to),
            ])
        }
        Exchange::Saml(exchange) => {
            let WithSaml {
                profile: _,
                role_arn,
                assertion: _,
                provider,
                duration,
                policy_arns,
                policy,
                auto_login: _,
                reach: to,
            } = exchange;
            let provider = match provider {
                Provider::Declared(arn) => Some(arn.value.as_str()),
                Provider::FromAssertion => None,
            };
            json!([
                "AssumeRoleWithSAML",
                role_arn.value.to_string(),
                provider,
                duration.value.seconds(),
                policy.as_ref().map(|policy| policy.value.as_str()),
                sorted(policy_arns, |arn: &PolicyArn| arn.as_str()),
                reach(to),
            ])
        }
        Exchange::RoleCredentials(exchange) => {
            let RoleCredentials { profile: _, role_arn, permission_set, center } = exchange;
            let Center {
                called: _,
                name: _,
                start_url,
                scopes: _,
                shared: _,
                share: _,
                auto_login: _,
                // Where somebody signs in, the fingerprint covers.
                oidc: _,
                portal,
            } = center;
            json!([
                "GetRoleCredentials",
                role_arn.value.account().as_str(),
                permission_set,
                start_url.value.as_str(),
                reach(portal),
            ])
        }
    }
}

/// A new host name must not ask for MFA, or for a sign-in, again.
fn declared(session_name: &Sourced<SessionName>) -> Option<&str> {
    (session_name.origin != Origin::Default).then(|| session_name.value.as_str())
}

fn assume_role(hop: &Hop) -> Value {
    let Hop {
        profile: _,
        role_arn,
        external_id,
        mfa,
        duration,
        session_name,
        source_identity,
        tags,
        transitive_tags,
        policy_arns,
        policy,
        // Whose assertion it is, the fingerprint says.
        provided_contexts,
        reach: to,
        because: _,
    } = hop;
    json!([
        "AssumeRole",
        role_arn.value.to_string(),
        external_id.as_ref().map(|id| id.value.as_str()),
        declared(session_name),
        duration.effective.value.seconds(),
        policy.as_ref().map(|policy| policy.value.as_str()),
        sorted(policy_arns, |arn: &PolicyArn| arn.as_str()),
        sorted(provided_contexts, |context: &ProvidedContext| context.provider.as_str()),
        sorted(tags, |tag: &Tag| (tag.key().as_str(), tag.value())),
        sorted(transitive_tags, |key: &TagKey| key.as_str()),
        source_identity.as_ref().map(|source| source.value.as_str()),
        mfa.as_ref().map(|device| device.serial.value.as_str()),
        reach(to),
    ])
}

fn assume_root(task: &AssumeRoot) -> Value {
    let AssumeRoot { account, partition, task, reach: to, because: _ } = task;
    json!(["AssumeRoot", partition.as_str(), account.value.as_str(), task.value.as_str(), reach(to)])
}

/// The order in which tags and policies are declared does not shape the result.
fn sorted<'a, T, V: Ord>(values: &'a [Sourced<T>], view: impl Fn(&'a T) -> V) -> Vec<V> {
    let mut views: Vec<V> = values.iter().map(|value| view(&value.value)).collect();
    views.sort_unstable();
    views
}

fn reach(reach: &Reach) -> Value {
    let Reach { region, endpoint_url, fips, dual_stack } = reach;
    json!([region.value.as_str(), endpoint_url.as_ref().map(|url| url.value.as_str()), fips, dual_stack])
}

#[cfg(test)]
mod tests;
