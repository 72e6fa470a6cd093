//! The cache key of a step: a hash of everything that shapes its result, and of nothing else.
//!
//! Changing any one input misses. Codes and times stay out, and so does a session name that nobody declared: a new host
//! name must not ask for MFA again.

use std::fmt;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::config::{Origin, Sourced};
use crate::plan::{Hop, MfaSession, Plan, Reach, Start};
use crate::terms::{PolicyArn, Tag, TagKey};

/// Raised when the form of cached items changes, so that older ones miss.
const FORMAT: u32 = 1;

/// Says whose credentials a plan starts from, made from local data without network or secret store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fingerprint(pub String);

/// Names a step's session in the cache.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct CacheKey(String);

impl CacheKey {
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
    if let Start::MfaSession(session) = &plan.start {
        push(mfa_session(session));
    }
    for hop in &plan.hops {
        push(assume_role(hop));
    }
    keys
}

fn mfa_session(session: &MfaSession) -> Value {
    json!([
        "GetSessionToken",
        session.device.serial.value.as_str(),
        session.duration.value.seconds(),
        reach(&session.reach)
    ])
}

fn assume_role(hop: &Hop) -> Value {
    let name = (hop.session_name.origin != Origin::Default).then(|| hop.session_name.value.as_str());
    let mut tags: Vec<(&str, &str)> =
        hop.tags.iter().map(|tag: &Sourced<Tag>| (tag.value.key().as_str(), tag.value.value())).collect();
    tags.sort_unstable();
    let mut transitive: Vec<&str> =
        hop.transitive_tags.iter().map(|key: &Sourced<TagKey>| key.value.as_str()).collect();
    transitive.sort_unstable();
    let mut policy_arns: Vec<&str> =
        hop.policy_arns.iter().map(|arn: &Sourced<PolicyArn>| arn.value.as_str()).collect();
    policy_arns.sort_unstable();
    json!([
        "AssumeRole",
        hop.role_arn.value.to_string(),
        hop.external_id.as_ref().map(|id| id.value.as_str()),
        name,
        hop.duration.effective.value.seconds(),
        hop.policy.as_ref().map(|policy| policy.value.as_str()),
        policy_arns,
        tags,
        transitive,
        hop.source_identity.as_ref().map(|source| source.value.as_str()),
        hop.mfa.as_ref().map(|device| device.serial.value.as_str()),
        reach(&hop.reach),
    ])
}

fn reach(reach: &Reach) -> Value {
    let endpoint = reach.endpoint_url.as_ref().map(|url| url.value.as_str());
    json!([reach.region.value.as_str(), endpoint, reach.fips, reach.dual_stack])
}
