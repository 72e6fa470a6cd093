//! Session tags: what a call brings, and what comes along from the session before.

use std::collections::BTreeSet;

use super::super::answer::Refusal;
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{Constraints, TAG_KEY, TAG_VALUE};
use super::super::estate::SessionTag;

/// The most tags, and the most transitive keys, of one call.
const MOST: usize = 50;

/// What the call asks for, within AWS's limits but not yet looked at together.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tags: Vec<(String, String)>,
    pub(super) transitive: Vec<String>,
}

/// Reads the tags of a call.
pub(super) fn read(parameters: &Parameters, constraints: &mut Constraints) -> Asked {
    let pairs = parameters.pairs("Tags", "Key", "Value");
    constraints.length("Tags", pairs.len(), MOST);
    for (index, (key, value)) in pairs.iter().enumerate() {
        let place = |field: &str| format!("tags.{}.member.{field}", index + 1);
        match key {
            Some(key) => constraints.member(&place("key"), key, TAG_KEY),
            None => constraints.break_at(&place("key"), "null", "Member must not be null"),
        }
        match value {
            Some(value) => constraints.member(&place("value"), value, TAG_VALUE),
            None => constraints.break_at(&place("value"), "null", "Member must not be null"),
        }
    }
    let transitive = parameters.list("TransitiveTagKeys");
    constraints.length("TransitiveTagKeys", transitive.len(), MOST);
    for (index, key) in transitive.iter().enumerate() {
        constraints.member(&format!("transitiveTagKeys.{}.member", index + 1), key, TAG_KEY);
    }
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Asked {
        tags: pairs.into_iter().map(|(key, value)| (owned(key), owned(value))).collect(),
        transitive: transitive.into_iter().map(str::to_owned).collect(),
    }
}

impl Asked {
    /// Returns the new session's tags: those asked for, and the transitive ones of the caller's session.
    ///
    /// Keys are compared without regard to case. A key that comes along cannot be given anew.
    /// Source: IAM User Guide, "Pass session tags in AWS STS", role chaining.
    pub(super) fn with_inherited(&self, caller: &Caller) -> Result<Vec<SessionTag>, Refusal> {
        let invalid = |message: &str| Err(Refusal::new(400, "InvalidParameterValue", message));
        let mut keys = BTreeSet::new();
        if !self.tags.iter().all(|(key, _)| keys.insert(key.to_lowercase())) {
            return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }
        let transitive: BTreeSet<String> = self.transitive.iter().map(|key| key.to_lowercase()).collect();
        let inherited = caller.role_session().map(|session| session.tags.as_slice()).unwrap_or_default();
        let inherited: Vec<SessionTag> = inherited.iter().filter(|tag| tag.is_transitive).cloned().collect();
        if inherited.iter().any(|tag| keys.contains(&tag.key.to_lowercase())) {
            return invalid(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
                 the calling session.",
            );
        }
        if !transitive.is_subset(&keys) {
            return invalid("The specified transitive tag key must be included in the requested tags.");
        }
        let asked = self.tags.iter().map(|(key, value)| SessionTag {
            key: key.clone(),
            value: value.clone(),
            is_transitive: transitive.contains(&key.to_lowercase()),
        });
        Ok(asked.chain(inherited).collect())
    }
}
