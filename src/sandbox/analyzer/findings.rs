//! What an analyzer finds in the roles of an account.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Kind;
use crate::policy::{Condition, Effect, PrincipalPattern, Principals, Statement};
use crate::sandbox::estate::{Estate, LiveRole};
use crate::terms::show_time;

/// One finding.
pub(super) struct Found {
    /// The same in every Region.
    pub(super) id: String,
    role_arn: String,
    account: String,
    kind: &'static str,
    details: Value,
    at: SystemTime,
}

impl Found {
    /// As a list shows it.
    pub(super) fn summary(&self, archived: bool) -> Value {
        json!({
            "id": self.id,
            "resource": self.role_arn,
            "resourceType": "AWS::IAM::Role",
            "resourceOwnerAccount": self.account,
            "findingType": self.kind,
            "status": if archived { "ARCHIVED" } else { "ACTIVE" },
            "analyzedAt": show_time(self.at),
            "createdAt": show_time(self.at),
            "updatedAt": show_time(self.at),
        })
    }

    /// With what was found.
    pub(super) fn whole(&self, archived: bool) -> Value {
        let mut whole = self.summary(archived);
        whole["findingDetails"] = json!([self.details]);
        whole
    }
}

/// Returns what an analyzer of that kind finds in an account.
pub(super) fn found(estate: &Estate, account: &str, kind: Kind, now: SystemTime) -> Vec<Found> {
    let roles = estate.roles.iter().enumerate();
    let own = roles.filter(|(_, live)| live.role.arn.account().as_str() == account);
    own.flat_map(|(index, live)| match kind {
        Kind::External => external(live, account, now),
        Kind::Unused => unused(estate, index, live, account, now).into_iter().collect(),
    })
    .collect()
}

fn external(live: &LiveRole, account: &str, now: SystemTime) -> Vec<Found> {
    let allowed = live.role.trust.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let each = allowed.flat_map(|statement| {
        let strangers = match &statement.principals {
            Some(Principals::Only(patterns)) => patterns.iter().filter_map(|one| stranger(one, account)).collect(),
            Some(Principals::AllBut(_)) => vec![("AWS", "*".to_owned())],
            None => Vec::new(),
        };
        strangers.into_iter().map(move |principal| (statement, principal))
    });
    each.map(|(statement, (kind, name))| {
        let conditions = conditions(statement);
        let details = json!({ "externalAccessDetails": {
            "action": ["sts:AssumeRole"],
            "principal": { kind: name },
            "condition": conditions,
            "isPublic": name == "*" && conditions.is_empty(),
        } });
        of(live, account, "ExternalAccess", details, now)
    })
    .collect()
}

/// Returns whoever is not of the account, as the service names them.
fn stranger(pattern: &PrincipalPattern, own: &str) -> Option<(&'static str, String)> {
    match pattern {
        PrincipalPattern::Everyone => Some(("AWS", "*".to_owned())),
        PrincipalPattern::Account { account, .. } => (account != own).then(|| ("AWS", account.clone())),
        PrincipalPattern::Arn(arn) => (arn.split(':').nth(4) != Some(own)).then(|| ("AWS", arn.clone())),
        PrincipalPattern::Federated(provider) => Some(("Federated", provider.clone())),
        PrincipalPattern::Deleted(_)
        | PrincipalPattern::WildcardArn(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::CanonicalUser(_) => None,
    }
}

fn conditions(statement: &Statement) -> BTreeMap<String, String> {
    let pair = |condition: &Condition| (condition.key.as_str().to_owned(), condition.values.join(","));
    statement.conditions.iter().map(pair).collect()
}

/// An analyzer looks back 90 days if nobody says otherwise.
const LONG: Duration = Duration::from_secs(90 * 86_400);

fn unused(estate: &Estate, index: usize, live: &LiveRole, account: &str, now: SystemTime) -> Option<Found> {
    let last = estate.last_used(index).map(|used| used.at);
    if last.is_some_and(|last| now.duration_since(last).is_ok_and(|since| since <= LONG)) {
        return None;
    }
    let details = last.map_or(json!({}), |last| json!({ "lastAccessed": show_time(last) }));
    Some(of(live, account, "UnusedIAMRole", json!({ "unusedIamRoleDetails": details }), now))
}

fn of(live: &LiveRole, account: &str, kind: &'static str, details: Value, at: SystemTime) -> Found {
    let role_arn = live.role.arn.to_string();
    let hash = hex::encode(Sha256::digest(format!("{role_arn} {kind} {details}")));
    let id = format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32]);
    Found { id, role_arn, account: account.to_owned(), kind, details, at }
}
