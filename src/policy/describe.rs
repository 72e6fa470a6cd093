//! What a trust policy says, in plain words.

use super::condition::{Condition, Operator, Quantifier, Test};
use super::document::{Actions, Document, Effect, Statement};
use super::lint::Around;
use super::pattern::Pattern;
use super::principal::{Principal, PrincipalPattern, Principals};

/// One statement in plain words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// Which statement, from 0.
    pub statement: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
    /// Whether it lets in or keeps out.
    pub lets_in: bool,
    /// Whom.
    pub who: Vec<String>,
    /// By which actions.
    pub actions: Vec<String>,
    /// Under which conditions, all of which have to hold.
    pub when: Vec<String>,
}

/// Returns what each statement says. `name` gives what we call an ARN, where we call it something.
pub fn said(document: &Document, around: &Around, name: &dyn Fn(&str) -> Option<String>) -> Vec<Said> {
    let one = |(index, statement): (usize, &Statement)| Said {
        statement: index,
        sid: statement.sid.clone(),
        lets_in: statement.effect == Effect::Allow,
        who: who(statement, around, name),
        actions: match &statement.actions {
            Actions::Only(patterns) => patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            Actions::AllBut(patterns) => vec![format!("everything but {}", list(patterns.iter().map(Pattern::as_str)))],
        },
        when: statement.conditions.iter().map(condition).collect(),
    };
    document.statements.iter().enumerate().map(one).collect()
}

fn who(statement: &Statement, around: &Around, name: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let each =
        |patterns: &[PrincipalPattern]| patterns.iter().map(|one| pattern(one, around, name)).collect::<Vec<_>>();
    match &statement.principals {
        None => vec!["nobody".to_owned()],
        Some(Principals::Only(patterns)) => each(patterns),
        Some(Principals::AllBut(patterns)) => vec![format!("everyone but {}", each(patterns).join(", "))],
    }
}

fn pattern(pattern: &PrincipalPattern, around: &Around, name: &dyn Fn(&str) -> Option<String>) -> String {
    match pattern {
        PrincipalPattern::Everyone => "everyone".to_owned(),
        PrincipalPattern::Account { account, .. } => {
            let whose = if around.is_foreign(account) { "" } else { ", which is ours" };
            format!("account {}{whose}: whoever it lets", around.named(account))
        }
        PrincipalPattern::Arn(arn) => {
            let account = arn.split(':').nth(4).unwrap_or_default();
            let named = name(arn).map(|name| format!("`{name}`"));
            let of = around.known.get(account).cloned();
            let more: Vec<String> = named.into_iter().chain(of).collect();
            if more.is_empty() { arn.clone() } else { format!("{arn} ({})", more.join(", ")) }
        }
        PrincipalPattern::Deleted(id) => format!("{id}, who was deleted"),
        PrincipalPattern::WildcardArn(arn) => format!("{arn}, which names nobody"),
        PrincipalPattern::Federated(provider) => {
            let kind = if provider.contains(":saml-provider/") { "SAML" } else { "OpenID Connect" };
            format!("whom {provider} vouches for ({kind})")
        }
        PrincipalPattern::Service(service) => format!("the service {service}"),
        PrincipalPattern::CanonicalUser(id) => format!("the S3 user {id}"),
    }
}

/// Returns a condition in plain words.
pub fn condition(condition: &Condition) -> String {
    let key = condition.key.as_str();
    let values = list(condition.values.iter().map(String::as_str));
    if let Test::Absence(absent) = &condition.test {
        return match (absent.contains(&true), absent.contains(&false)) {
            (true, true) => format!("{key} is there or not"),
            (true, false) => format!("{key} is not there"),
            (false, _) => format!("{key} is there"),
        };
    }
    let relation = match condition.operator {
        Operator::StringEquals | Operator::NumericEquals | Operator::DateEquals | Operator::Bool => "is",
        Operator::StringEqualsIgnoreCase => "is, in capitals or not,",
        Operator::StringLike | Operator::ArnLike | Operator::ArnEquals => "is like",
        Operator::StringNotEquals | Operator::NumericNotEquals | Operator::DateNotEquals => "is not",
        Operator::StringNotEqualsIgnoreCase => "is not, in capitals or not,",
        Operator::StringNotLike | Operator::ArnNotLike | Operator::ArnNotEquals => "is not like",
        Operator::NumericLessThan => "is less than",
        Operator::NumericLessThanEquals => "is at most",
        Operator::NumericGreaterThan => "is more than",
        Operator::NumericGreaterThanEquals => "is at least",
        Operator::DateLessThan => "is before",
        Operator::DateLessThanEquals => "is not after",
        Operator::DateGreaterThan => "is after",
        Operator::DateGreaterThanEquals => "is not before",
        Operator::IpAddress => "lies in",
        Operator::NotIpAddress => "lies outside",
        Operator::Null => "is there:",
    };
    let whose = match condition.quantifier {
        None => key.to_owned(),
        Some(Quantifier::ForAllValues) => format!("each of {key}"),
        Some(Quantifier::ForAnyValue) => format!("one of {key}"),
    };
    let absent = match (condition.passes_absent(), condition.operator.is_negated()) {
        (true, _) => ", or is not there",
        (false, _) => "",
    };
    format!("{whose} {relation} {values}{absent}")
}

/// Returns a principal in plain words; `named` says whether a policy names that ARN, provider or service.
pub fn principal(principal: &Principal, around: &Around, named: &dyn Fn(&str) -> bool) -> String {
    let other = |what: &str, account: &str| {
        if super::classes::STRANGERS.contains(&account) && !named(account) {
            format!("any {what} of any other account")
        } else {
            format!("any other {what} of account {}", around.named(account))
        }
    };
    match principal {
        Principal::User { arn, .. } if named(arn) => arn.clone(),
        Principal::User { account, .. } => other("user", account),
        Principal::AssumedRole { session_arn, .. } if named(session_arn) => session_arn.clone(),
        Principal::AssumedRole { role_arn, .. } if named(role_arn) => role_arn.clone(),
        Principal::AssumedRole { account, .. } => other("role", account),
        Principal::Root { account } => format!("the root user of account {}", around.named(account)),
        Principal::Federated { provider } if named(provider) => provider.clone(),
        Principal::Federated { provider } if provider.contains(":saml-provider/") => {
            "any other SAML provider".to_owned()
        }
        Principal::Federated { .. } => "any other OpenID Connect provider".to_owned(),
        Principal::Service { name } if named(name) => name.clone(),
        Principal::Service { .. } => "any other service".to_owned(),
        Principal::Anonymous => "nobody in particular".to_owned(),
    }
}

fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    if values.is_empty() { "nothing".to_owned() } else { values.join(" or ") }
}
