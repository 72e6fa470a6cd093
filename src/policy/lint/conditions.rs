//! Conditions that can never hold, or always do.

use super::super::available::Way;
use super::super::condition::{Condition, Operator, Quantifier};
use super::super::document::Statement;
use super::super::keys::Arity;
use super::case::{Case, Hit, patterns};
use super::federation::{actions_of, way_of};

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
            if asks_for_absence || ways.iter().any(|way| way.has(&condition.key)) {
                continue;
            }
            let outcome = if condition.passes_absent() { "always holds" } else { "never holds" };
            let key = condition.key.as_str();
            let text = format!("{key} is never there with {}, so the condition {outcome}", spoken(&ways));
            hits.push(Hit::new(text).at_condition(index, condition));
        }
    }
    hits
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
