//! What is demanded of those for whom an identity provider vouches.

use std::collections::BTreeSet;

use super::super::available::{ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY, Way};
use super::super::classes::{Found, Space};
use super::super::condition::Condition;
use super::super::context::{Context, Request};
use super::super::document::Statement;
use super::super::keys::issuer_of;
use super::super::principal::{Principal, PrincipalPattern};
use super::Severity;
use super::case::{Case, Hit, TOO_MANY, patterns};

/// The way on which a principal asks, where a policy names one that can ask.
pub(super) fn way_of(pattern: &PrincipalPattern) -> Option<Way> {
    match pattern {
        PrincipalPattern::Account { .. } | PrincipalPattern::Arn(_) | PrincipalPattern::Deleted(_) => Some(Way::Signed),
        PrincipalPattern::Federated(provider) => Some(Way::of_provider(provider)),
        PrincipalPattern::Service(_) => Some(Way::Service),
        PrincipalPattern::Everyone | PrincipalPattern::WildcardArn(_) | PrincipalPattern::CanonicalUser(_) => None,
    }
}

/// Which of the actions that give a role a statement speaks of.
pub(super) fn actions_of(statement: &Statement) -> Vec<&'static str> {
    let covers = |action: &&str| {
        statement.actions.cover(&Request {
            action: (*action).to_owned(),
            resource: String::new(),
            principal: Principal::Anonymous,
            context: Context::new(),
        })
    };
    [ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY].into_iter().filter(covers).collect()
}

/// `TP-FED-MISMATCH`.
pub(super) fn mismatch(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, statement) in case.allows() {
        let actions = actions_of(statement);
        let fits = |pattern: &&PrincipalPattern| {
            actions.is_empty() || way_of(pattern).is_none_or(|way| actions.contains(&way.action()))
        };
        for pattern in patterns(statement).iter().filter(|pattern| !fits(pattern)) {
            let (who, needs) = match way_of(pattern) {
                Some(Way::Saml) => ("a SAML provider", WITH_SAML),
                Some(Way::WebIdentity) => ("an OpenID Connect provider", WITH_WEB_IDENTITY),
                Some(Way::Service) => ("a service", ASSUME_ROLE),
                Some(Way::Signed) | None => ("an AWS principal", ASSUME_ROLE),
            };
            let name = match pattern {
                PrincipalPattern::Federated(name) | PrincipalPattern::Service(name) | PrincipalPattern::Arn(name) => {
                    name
                }
                PrincipalPattern::Account { account, .. } => account,
                PrincipalPattern::Deleted(id)
                | PrincipalPattern::WildcardArn(id)
                | PrincipalPattern::CanonicalUser(id) => id,
                PrincipalPattern::Everyone => "*",
            };
            let text = format!("{name} is {who}, which comes by {needs} and not by {}", actions.join(" or "));
            hits.push(Hit::new(text).at(index, ["Action"]));
        }
    }
    hits
}

/// The providers that are let in by name, each with the first statement that does.
fn providers(case: &Case<'_>, way: Way) -> Vec<(Principal, String, usize)> {
    let mut seen = BTreeSet::new();
    let named = case.named().filter_map(|(index, pattern)| match pattern {
        PrincipalPattern::Federated(provider) if Way::of_provider(provider) == way => Some((provider, index)),
        PrincipalPattern::Federated(_)
        | PrincipalPattern::Everyone
        | PrincipalPattern::Account { .. }
        | PrincipalPattern::Arn(_)
        | PrincipalPattern::Deleted(_)
        | PrincipalPattern::WildcardArn(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::CanonicalUser(_) => None,
    });
    named
        .filter(|(provider, _)| seen.insert((*provider).clone()))
        .map(|(provider, index)| (Principal::Federated { provider: provider.clone() }, provider.clone(), index))
        .collect()
}

/// Returns the finding where a request of that kind is let in, or may be.
fn hit_if(found: Found, case: &Case<'_>, named_at: usize, text: String) -> Option<Hit> {
    match found {
        Found::Yes(request) => Some(Hit::new(text).at(case.letting_in(&request).unwrap_or(named_at), ["Condition"])),
        Found::TooMany => Some(Hit::new(format!("{text}, perhaps: {TOO_MANY}")).at(named_at, ["Condition"])),
        Found::No => None,
    }
}

/// `TP-SAML-AUD`.
pub(super) fn saml_audience(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let pin = |name: &str, values: &[String]| name != "saml:aud" || !values.iter().any(|value| is_aws_sign_in(value));
    let hit = |(principal, provider, index): (Principal, String, usize)| {
        let found = space.find(case.document(), &principal, WITH_SAML, &pin);
        hit_if(
            found,
            case,
            index,
            format!("assertions of {provider} are taken that were made for another audience than AWS"),
        )
    };
    providers(case, Way::Saml).into_iter().filter_map(hit).collect()
}

/// Source: IAM User Guide, "Available keys for SAML-based AWS STS federation" (`saml:aud`), "SAML 2.0 endpoints".
fn is_aws_sign_in(value: &str) -> bool {
    let hosts = ["signin.aws.amazon.com", "signin.amazonaws.cn", "signin.amazonaws-us-gov.com", "signin.aws.eu"];
    let Some((host, path)) = value.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else { return false };
    hosts.iter().any(|known| host == *known || host.ends_with(&format!(".{known}"))) && path.starts_with("saml")
}

/// The issuer that a provider's claims are named after.
pub(super) fn issuer(provider: &str) -> String {
    provider.split_once(":oidc-provider/").map_or(provider, |(_, issuer)| issuer).to_ascii_lowercase()
}

/// `TP-OIDC-UNBOUND`.
pub(super) fn unbound(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let hit = |(principal, provider, index): (Principal, String, usize)| {
        let issuer = issuer(&provider);
        // A token of one issuer has no claims of another's.
        let pin = |name: &str, values: &[String]| match issuer_of(name) {
            Some(of) if of == issuer => space.is_other(name, values),
            Some(_) => values.is_empty(),
            None => true,
        };
        let found = space.find(case.document(), &principal, WITH_WEB_IDENTITY, &pin);
        hit_if(found, case, index, format!("whoever has a token of {issuer}, made for whatever application, gets in"))
    };
    providers(case, Way::WebIdentity).into_iter().filter_map(hit).collect()
}

/// `TP-GITHUB-SUB-WILD`.
pub(super) fn github(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    let of_github = |(_, provider, _): &(Principal, String, usize)| issuer(provider).starts_with(GITHUB);
    providers(case, Way::WebIdentity)
        .into_iter()
        .filter(of_github)
        .flat_map(|one| github_of(&one, case, &space))
        .collect()
}

const GITHUB: &str = "token.actions.githubusercontent.com";

fn github_of(
    (principal, provider, index): &(Principal, String, usize),
    case: &Case<'_>,
    space: &Space<'_>,
) -> Vec<Hit> {
    let issuer = issuer(provider);
    let (subject, audience) = (format!("{issuer}:sub"), format!("{issuer}:aud"));
    // Besides the subject, other claims may say whose workflow is meant.
    let elsewhere = |name: &str, values: &[String]| match issuer_of(name) {
        Some(of) if of == issuer => name == audience || space.is_other(name, values),
        Some(_) => values.is_empty(),
        None => true,
    };
    let whoever = space.find(case.document(), principal, WITH_WEB_IDENTITY, &elsewhere);
    // Without any claim of that provider, TP-OIDC-UNBOUND says it.
    let named = case.conditions().any(|(_, condition)| issuer_of(&condition.key.name()) == Some(&issuer));
    if !matches!(whoever, Found::No) && named {
        let text = "workflows of any GitHub organization get in".to_owned();
        return hit_if(whoever, case, *index, text).into_iter().collect();
    }
    let mut hits = Vec::new();
    let about = |condition: &Condition| condition.key.name() == subject && !condition.operator.is_negated();
    for (at, condition) in case.conditions().filter(|(_, condition)| about(condition)) {
        for value in &condition.values {
            let sent = value.replace('*', "zz").replace('?', "z");
            let set = [(subject.as_str(), sent.as_str())];
            let found = space.find_with(case.document(), principal, WITH_WEB_IDENTITY, &set, &elsewhere);
            let takes_wildcards =
                condition.operator.as_str().contains("Like") || condition.operator.as_str() == "ArnEquals";
            if matches!(found, Found::No) || !takes_wildcards {
                continue;
            }
            let (severity, whose) = match width(value) {
                Some(width) => width,
                None => continue,
            };
            let text = format!("`{value}` lets in {whose}");
            hits.push(Hit::new(text).at_condition(at, condition).of(severity));
        }
    }
    hits
}

/// Returns how much more than one branch, environment or tag of one repository a subject with wildcards lets in.
fn width(subject: &str) -> Option<(Severity, &'static str)> {
    let wild = |text: &str| text.contains(['*', '?']);
    // Subjects may have numbers behind the names, `repo:octo@123456/site@7890123:…`, and @ stands in no name.
    // Source: GitHub Docs, "OpenID Connect reference".
    let wild_name = |text: &str| wild(text.split_once('@').map_or(text, |(name, _)| name));
    let any_organization = Some((Severity::High, "workflows of any organization whose name fits"));
    let any_repository = Some((Severity::Warning, "workflows of any repository of the organization"));
    let any_branch = Some((Severity::Warning, "workflows on any branch, and pull requests, of the repository"));
    let Some(rest) = subject.strip_prefix("repo:") else {
        return if wild(subject) { any_organization } else { None };
    };
    let Some((organization, rest)) = rest.split_once('/') else { return any_organization };
    let (repository, context) = rest.split_once(':').unwrap_or((rest, ""));
    if wild_name(organization) {
        any_organization
    } else if wild_name(repository) {
        any_repository
    } else if context.starts_with(['*', '?'])
        || ["ref:*", "ref:refs/*", "ref:refs/heads/*", "environment:*"].contains(&context)
    {
        any_branch
    } else {
        None
    }
}

/// `TP-COGNITO-UNAUTH`.
pub(super) fn guests(case: &Case<'_>) -> Vec<Hit> {
    let space = case.space();
    const AMR: &str = "cognito-identity.amazonaws.com:amr";
    let pin = |name: &str, values: &[String]| name != AMR || !values.iter().any(|value| value == "authenticated");
    let of_cognito = |(_, provider, _): &(Principal, String, usize)| provider == "cognito-identity.amazonaws.com";
    let hit = |(principal, _, index): (Principal, String, usize)| {
        let found = space.find(case.document(), &principal, WITH_WEB_IDENTITY, &pin);
        hit_if(found, case, index, "guests of the identity pool, who did not sign in, get in".to_owned())
    };
    providers(case, Way::WebIdentity).into_iter().filter(of_cognito).filter_map(hit).collect()
}
