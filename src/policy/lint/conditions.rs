//! Conditions that can never hold, or always do.

use super::super::available::Way;
use super::super::condition::{Condition, Operator, Quantifier};
use super::super::document::Statement;
use super::super::keys::{Arity, issuer_of};
use super::super::principal::PrincipalPattern;
use super::case::{Case, Hit, patterns};
use super::federation::{actions_of, issuer, way_of};

/// `TP-KEY-ACTION-MISMATCH`.
pub(super) fn key_never_there(case: &Case<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, statement) in case.document().statements.iter().enumerate() {
        let ways = ways(statement);
        if ways.is_empty() {
            continue;
        }
        for condition in &statement.conditions {
            let asks_for_absence = condition.operator == Operator::Null;
            if asks_for_absence
                || (ways.iter().any(|way| way.has(&condition.key))
                    && !is_of_another_issuer(statement, &ways, condition))
            {
                continue;
            }
            let outcome = if condition.passes_absent() { "always holds" } else { "never holds" };
            let key = condition.key.as_str();
            let with = if ways == [Way::WebIdentity] && issuer_of(&condition.key.name()).is_some() {
                "a token of the provider that is named".to_owned()
            } else {
                spoken(&ways)
            };
            let text = format!("{key} is never there with {with}, so the condition {outcome}");
            hits.push(Hit::new(text).at_condition(index, condition));
        }
    }
    hits
}

/// Whether a condition is on a claim of an issuer of whose provider nobody in the statement comes.
fn is_of_another_issuer(statement: &Statement, ways: &[Way], condition: &Condition) -> bool {
    let key = condition.key.name();
    let Some(of) = issuer_of(&key) else { return false };
    let named = patterns(statement).iter().all(|pattern| match pattern {
        PrincipalPattern::Federated(provider) => issuer(provider) != of,
        PrincipalPattern::Everyone
        | PrincipalPattern::Account { .. }
        | PrincipalPattern::Arn(_)
        | PrincipalPattern::Deleted(_)
        | PrincipalPattern::WildcardArn(_)
        | PrincipalPattern::Service(_)
        | PrincipalPattern::CanonicalUser(_) => false,
    });
    ways == [Way::WebIdentity] && named
}

/// The ways on which those whom a statement names can come by its actions.
fn ways(statement: &Statement) -> Vec<Way> {
    let all = [Way::Signed, Way::Service, Way::Saml, Way::WebIdentity];
    let actions = actions_of(statement);
    let named: Vec<Way> = patterns(statement).iter().filter_map(way_of).collect();
    let everyone = patterns(statement).iter().any(|pattern| way_of(pattern).is_none());
    let comes =
        |way: &Way| (everyone || named.contains(way)) && (actions.is_empty() || actions.contains(&way.action()));
    all.into_iter().filter(comes).collect()
}

fn spoken(ways: &[Way]) -> String {
    let mut actions: Vec<&str> = ways.iter().map(|way| way.action()).collect();
    actions.dedup();
    let service = ways == [Way::Service];
    let text = actions.join(" and ");
    if service { format!("{text} by a service") } else { text }
}

/// `TP-MFA-SOFT`.
pub(super) fn mfa_in_vain(case: &Case<'_>) -> Vec<Hit> {
    let is_mfa = |condition: &Condition| MFA_KEYS.contains(&condition.key.name().as_str());
    let demanded = |index: usize| {
        case.conditions().any(|(other, guard)| other == index && is_mfa(guard) && !guard.passes_absent())
    };
    let is_soft = |(index, condition): &(usize, &Condition)| {
        let asks_for_absence = condition.operator == Operator::Null || condition.operator.is_negated();
        is_mfa(condition) && condition.passes_absent() && !asks_for_absence && !demanded(*index)
    };
    let asks = |index: usize| {
        let statement = case.document().statements.get(index);
        statement.is_some_and(|one| ways(one).contains(&Way::Signed))
    };
    let soft = case.conditions().filter(is_soft).filter(|(index, _)| asks(*index));
    soft.map(|(index, condition)| {
        let text = format!(
            "{} passes where there is no {}, which long-term keys never send",
            condition.written(),
            condition.key.as_str()
        );
        Hit::new(text).at_condition(index, condition)
    })
    .collect()
}

const MFA_KEYS: [&str; 2] = ["aws:multifactorauthpresent", "aws:multifactorauthage"];

/// `TP-FORALL-SINGLE`.
pub(super) fn for_all_of_one(case: &Case<'_>) -> Vec<Hit> {
    let is_such = |condition: &Condition| {
        condition.quantifier == Some(Quantifier::ForAllValues) && condition.key.arity() == Arity::Single
    };
    let hit = |(index, condition): (usize, &Condition)| {
        let demanded = case
            .conditions()
            .any(|(other, guard)| other == index && guard.key == condition.key && !guard.passes_absent());
        (is_such(condition) && !demanded).then(|| {
            let text =
                format!("{} has one value or none, and ForAllValues passes where it has none", condition.key.as_str());
            Hit::new(text).at_condition(index, condition)
        })
    };
    case.conditions().filter_map(hit).collect()
}
