//! What a call may say only together with what else it says, and with what the calls before it have said.

use super::error::PlanError;
use super::model::Hop;
use crate::config::{Origin, RoleCall, Sourced};
use crate::terms::{PolicyArn, SessionPolicy, Tag, TagKey};

/// Checks a call against AWS's limits, and against the hops that come before it.
pub(super) fn check(call: &RoleCall, before: &[Hop]) -> Result<(), PlanError> {
    check_call(call)?;
    check_inherited(call, before)
}

/// What depends on several values at once, and can change with a flag.
/// Source: STS API Reference, `AssumeRole`, `Tags`, `TransitiveTagKeys`, `PolicyArns`, `Policy`, `ProvidedContexts`.
fn check_call(call: &RoleCall) -> Result<(), PlanError> {
    let limit = |what: String, origin: &Origin| Err(PlanError::Limit { what, origin: origin.clone() });
    if let Some(tag) = call.tags.get(50) {
        return limit(format!("a call takes at most 50 session tags, and this has {}", call.tags.len()), &tag.origin);
    }
    let is_tag = |key: &TagKey| call.tags.iter().any(|tag: &Sourced<Tag>| tag.value.key().is_same(key));
    if let Some(key) = call.transitive_tags.iter().find(|key| !is_tag(&key.value)) {
        return limit(format!("`{}` is to be transitive, and is no tag of this call", key.value), &key.origin);
    }
    if let Some(arn) = call.policy_arns.get(10) {
        let count = call.policy_arns.len();
        return limit(format!("a call takes at most 10 managed policies, and this has {count}"), &arn.origin);
    }
    if let Some(context) = call.provided_contexts.get(5) {
        let count = call.provided_contexts.len();
        return limit(format!("a call takes at most 5 provided contexts, and this has {count}"), &context.origin);
    }
    let arns: usize = call.policy_arns.iter().map(|arn: &Sourced<PolicyArn>| arn.value.as_str().chars().count()).sum();
    let inline = call.policy.as_ref().map_or(0, |policy| policy.value.as_str().chars().count());
    let origin = call.policy.as_ref().map(|p| &p.origin).or(call.policy_arns.first().map(|arn| &arn.origin));
    match origin {
        Some(origin) if arns + inline > SessionPolicy::MAX_CHARACTERS => limit(
            format!("the session policies have {} characters together, and AWS takes 2,048", arns + inline),
            origin,
        ),
        _ => Ok(()),
    }
}

/// Transitive tags and the source identity go on through a chain, and no later role can set them again.
/// Source: STS API Reference, `AssumeRole`, `TransitiveTagKeys`, `SourceIdentity`; IAM User Guide, "Pass session tags in STS".
fn check_inherited(call: &RoleCall, before: &[Hop]) -> Result<(), PlanError> {
    let handed_on = |key: &TagKey| before.iter().find(|hop| hop.transitive_tags.iter().any(|on| on.value.is_same(key)));
    for tag in &call.tags {
        if let Some(hop) = handed_on(tag.value.key()) {
            let what = format!(
                "the tag `{}` is set already: `{}` hands it on to every session that is chained from it",
                tag.value.key(),
                hop.profile
            );
            return Err(PlanError::Limit { what, origin: tag.origin.clone() });
        }
    }
    let set = before.iter().find_map(|hop| Some((hop, hop.source_identity.as_ref()?)));
    match (set, &call.source_identity) {
        (Some((hop, first)), Some(own)) if first.value != own.value => {
            let what = format!(
                "the source identity is `{}` since `{}`, and cannot become `{}`",
                first.value, hop.profile, own.value
            );
            Err(PlanError::Limit { what, origin: own.origin.clone() })
        }
        _ => Ok(()),
    }
}
