//! What AWS refuses, or what names nobody.

use super::super::context::{Context, Request};
use super::super::document::{Actions, Effect, Statement};
use super::super::error::PolicyError;
use super::super::principal::{Principal, PrincipalPattern, Principals};
use super::Place;
use super::case::{Case, Hit, patterns};

/// `TP-SYNTAX`.
pub(super) fn syntax(case: &Case<'_>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = case.faults().iter().filter(|fault| !is_of_another_rule(fault)).map(hit_of).collect();
    for (index, statement) in case.document().statements.iter().enumerate() {
        if statement.principals.is_none() {
            hits.push(Hit::new("the statement has no Principal, which a trust policy needs").at(index, []));
        }
        for provider in patterns(statement).iter().filter_map(no_provider) {
            let text = format!("`{provider}` is no provider: its ARN has no account of 12 digits");
            hits.push(Hit::new(text).at(index, [element(statement), "Federated"]));
        }
    }
    hits
}

fn no_provider(pattern: &PrincipalPattern) -> Option<&str> {
    let PrincipalPattern::Federated(provider) = pattern else { return None };
    let account = provider.strip_prefix("arn:")?.split(':').nth(3).unwrap_or_default();
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (!is_account).then_some(provider.as_str())
}

fn is_of_another_rule(fault: &PolicyError) -> bool {
    match fault {
        PolicyError::UnknownKey { .. } => true,
        PolicyError::Value { at, .. } | PolicyError::Form { at, .. } | PolicyError::Variable { at, .. } => {
            at.contains("].Resource") || at.contains("].NotResource")
        }
        PolicyError::Json { .. }
        | PolicyError::Missing { .. }
        | PolicyError::UnknownElement { .. }
        | PolicyError::Both { .. }
        | PolicyError::UnknownOperator { .. }
        | PolicyError::Misplaced { .. } => false,
    }
}

/// Faults name the statement of the text; what could not be read has no number in the document.
fn hit_of(fault: &PolicyError) -> Hit {
    Hit { place: fault.at().map(place), ..Hit::new(fault.to_string()) }
}

/// Reads `Statement[1].Condition.StringEquals.sts:ExternalId`.
fn place(at: &str) -> Place {
    let mut parts = at.splitn(MOST_ELEMENTS, '.');
    let first = parts.next().unwrap_or_default();
    let statement = first.strip_prefix("Statement[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
    let of_policy = statement.is_none() && !first.contains(' ');
    let elements = of_policy.then_some(first).into_iter().chain(parts).map(str::to_owned).collect();
    Place { statement, sid: None, elements }
}

/// Statement, element, operator or kind of principal, key.
const MOST_ELEMENTS: usize = 4;

/// `TP-UNKNOWN-KEY`.
pub(super) fn unknown_key(case: &Case<'_>) -> Vec<Hit> {
    let unknown = case.faults().iter().filter(|fault| matches!(fault, PolicyError::UnknownKey { .. }));
    unknown.map(hit_of).collect()
}

/// `TP-NOTPRINCIPAL`.
pub(super) fn not_principal(case: &Case<'_>) -> Vec<Hit> {
    let all_but = case.allows().filter(|(_, statement)| matches!(statement.principals, Some(Principals::AllBut(_))));
    all_but.map(|(index, _)| Hit::new("everyone is let in who is not named").at(index, ["NotPrincipal"])).collect()
}

/// `TP-RESOURCE`.
pub(super) fn resource(case: &Case<'_>) -> Vec<Hit> {
    let statements = case.document().statements.iter().enumerate();
    let with = statements.filter(|(_, statement)| statement.resources.is_some());
    with.map(|(index, _)| Hit::new("the statement has a Resource").at(index, ["Resource"])).collect()
}

/// `TP-PARTIAL-WILDCARD-ARN`.
pub(super) fn wildcard_arn(case: &Case<'_>) -> Vec<Hit> {
    named(case, |pattern, effect| match pattern {
        PrincipalPattern::WildcardArn(arn) => {
            let so = match effect {
                Effect::Allow => "nobody is let in by it",
                Effect::Deny => "nobody is kept out by it",
            };
            Some(format!("`{arn}` has a wildcard in it, and names nobody: {so}"))
        }
        PrincipalPattern::Everyone
        | PrincipalPattern::Account { .. }
        | PrincipalPattern::Arn(_)
        | PrincipalPattern::Deleted(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::CanonicalUser(_) => None,
    })
}

/// `TP-DEAD-PRINCIPAL`.
pub(super) fn dead_principal(case: &Case<'_>) -> Vec<Hit> {
    named(case, |pattern, _| match pattern {
        PrincipalPattern::Deleted(id) => Some(format!("{id} is what is left of a user or role that was deleted")),
        PrincipalPattern::Everyone
        | PrincipalPattern::Account { .. }
        | PrincipalPattern::Arn(_)
        | PrincipalPattern::WildcardArn(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::CanonicalUser(_) => None,
    })
}

fn named(case: &Case<'_>, text: impl Fn(&PrincipalPattern, Effect) -> Option<String>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, statement) in case.document().statements.iter().enumerate() {
        let found = patterns(statement).iter().filter_map(|pattern| text(pattern, statement.effect));
        hits.extend(found.map(|text| Hit::new(text).at(index, [element(statement), "AWS"])));
    }
    hits
}

fn element(statement: &Statement) -> &'static str {
    match statement.principals {
        Some(Principals::AllBut(_)) => "NotPrincipal",
        Some(Principals::Only(_)) | None => "Principal",
    }
}

/// `TP-ACTION-WILD`.
pub(super) fn wide_action(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, statement) in case.allows() {
        match &statement.actions {
            Actions::AllBut(_) => {
                hits.push(Hit::new("every action is meant that is not named").at(index, ["NotAction"]))
            }
            Actions::Only(patterns) => {
                let wide = patterns.iter().filter(|pattern| {
                    pattern.has_wildcard() && {
                        OTHERS.iter().any(|action| Actions::Only(vec![(*pattern).clone()]).cover(&asking(action)))
                    }
                });
                let text = |pattern: &str| format!("`{pattern}` means more than the actions that give a role");
                hits.extend(wide.map(|pattern| Hit::new(text(pattern.as_str())).at(index, ["Action"])));
            }
        }
    }
    hits
}

/// Actions that give no role, nor come with one.
const OTHERS: [&str; 8] = [
    "sts:GetSessionToken",
    "sts:GetFederationToken",
    "sts:GetCallerIdentity",
    "sts:GetAccessKeyInfo",
    "sts:DecodeAuthorizationMessage",
    "sts:TheNextThing",
    "iam:PassRole",
    "s3:GetObject",
];

fn asking(action: &str) -> Request {
    Request {
        action: action.to_owned(),
        resource: String::new(),
        principal: Principal::Anonymous,
        context: Context::new(),
    }
}

/// `TP-ACTION-OTHER`.
pub(super) fn other_action(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, statement) in case.document().statements.iter().enumerate() {
        let Actions::Only(patterns) = &statement.actions else { continue };
        let is_other = |text: &str| {
            !text.contains(['*', '?'])
                && !super::super::available::TRUST_ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(text))
        };
        for pattern in patterns.iter().filter(|pattern| is_other(pattern.as_str())) {
            let text = format!("`{}` gives no role, and nothing that comes with one", pattern.as_str());
            hits.push(Hit::new(text).at(index, ["Action"]));
        }
    }
    hits
}

/// `TP-SIZE`.
pub(super) fn size(case: &Case<'_>) -> Vec<Hit> {
    let size = size_of(case.text);
    let text = format!(
        "the policy has {size} characters, white space not counted; a role takes {QUOTA} unless its account's quota was raised"
    );
    if size > QUOTA { vec![Hit::new(text)] } else { Vec::new() }
}

/// Source: IAM User Guide, "IAM and AWS STS quotas": "Role trust policy JSON text", 2,048 characters; "IAM doesn't count
/// white space".
const QUOTA: usize = 2_048;

/// Returns how many characters count: all but the white space between values.
fn size_of(json: &str) -> usize {
    let (mut in_string, mut escaped, mut size) = (false, false, 0);
    for c in json.chars() {
        size += usize::from(in_string || !c.is_whitespace());
        match c {
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    size
}
