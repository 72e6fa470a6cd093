//! What has to change in a trust policy so that nobody is let in without the external ID.

use crate::policy::condition::Condition;
use crate::policy::document::{Actions, Document, Effect};
use crate::policy::error::PolicyError;
use crate::policy::pattern::Pattern;
use crate::policy::principal::{PrincipalPattern, Principals};
use crate::terms::ExternalId;

/// Returns the policy in which every statement that lets in AWS principals demands this external ID, word for word, and
/// says nothing else of external IDs. Statements for providers and services, and those that deny, stay as they are.
pub fn demand_external_id(document: &Document, id: &ExternalId) -> Result<Document, PolicyError> {
    let mut mended = document.clone();
    let demand = demand(id)?;
    for statement in &mut mended.statements {
        let lets_in_aws = match &statement.principals {
            Some(Principals::Only(all)) => all.iter().any(is_aws),
            Some(Principals::AllBut(_)) => true,
            None => false,
        };
        let assumes = match &statement.actions {
            Actions::Only(all) => all.iter().any(may_mean_assume_role),
            Actions::AllBut(_) => true,
        };
        if statement.effect == Effect::Allow && lets_in_aws && assumes {
            statement.conditions.retain(|condition| condition.key.name() != "sts:externalid");
            statement.conditions.insert(0, demand.clone());
        }
    }
    // What was put together is read once more, as whoever gets it will.
    Document::parse_trust(&mended.to_json().to_string())
}

fn is_aws(principal: &PrincipalPattern) -> bool {
    match principal {
        PrincipalPattern::Everyone
        | PrincipalPattern::Account { .. }
        | PrincipalPattern::Arn(_)
        | PrincipalPattern::Deleted(_)
        | PrincipalPattern::WildcardArn(_) => true,
        PrincipalPattern::Federated(_) | PrincipalPattern::Service(_) | PrincipalPattern::CanonicalUser(_) => false,
    }
}

/// Whether AssumeRole may be one of the actions that a pattern stands for.
fn may_mean_assume_role(pattern: &Pattern) -> bool {
    pattern.has_wildcard() || pattern.as_str().eq_ignore_ascii_case("sts:AssumeRole")
}

fn demand(id: &ExternalId) -> Result<Condition, PolicyError> {
    let json = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": id.as_str() } },
        },
    });
    let missing = || PolicyError::Missing { at: "the policy".to_owned(), element: "Condition" };
    let document = Document::parse_trust(&json.to_string())?;
    document.statements.into_iter().flat_map(|statement| statement.conditions).next().ok_or_else(missing)
}
