//! What came of a question, for people and for programs.

use serde_json::{Value, json};

use super::asked::Answer;
use crate::policy::describe;
use crate::policy::diff::Access;
use crate::policy::sides::{Decider, Nearest};
use crate::policy::simulate::Standing;
use crate::policy::{Control, Decision, StatementRef};

/// What the answer is, in a line.
pub(super) fn headline(answer: &Answer) -> String {
    let judged = &answer.judged;
    let side = match judged.by {
        Decider::Trust => "the trust policy",
        Decider::Identity => "their own policies",
        Decider::Both => "the trust policy and their own policies",
        Decider::Boundary => "their permissions boundary",
        Decider::Control(Control::Service) => "a service control policy",
        Decider::Control(Control::Resource) => "a resource control policy",
        Decider::RootUser => "STS, which gives root users no role",
    };
    match judged.access {
        Access::Yes if judged.by == Decider::Trust => "allowed: by the trust policy alone".to_owned(),
        Access::Yes => format!("allowed: by {side}"),
        Access::IfOwnPoliciesAllow => {
            let whether = match &answer.from {
                None => "they are not looked at".to_owned(),
                Some(from) => format!("they are not known: their account is not in {from}"),
            };
            format!("allowed, if the policies of the one who asks allow it too ({whether})")
        }
        Access::No if answer.from.is_none() && judged.by == Decider::Trust => "refused".to_owned(),
        Access::No => format!("refused: by {side}"),
    }
}

/// What decided, what of the rest fails, and what would change it: a line each.
pub(super) fn reasons(answer: &Answer) -> Vec<String> {
    let judged = &answer.judged;
    let mut lines = Vec::new();
    if !judged.action.to_ascii_lowercase().starts_with("sts:assumerole") {
        lines.push(format!("it is about {}", judged.action));
    }
    of_trust(answer, &mut lines);
    of_own(answer, &mut lines);
    lines.extend(judged.forbidden.as_ref().map(ToString::to_string));
    remedies(answer, &mut lines);
    if !answer.unsaid.is_empty() {
        lines.push(format!("taken as absent: {} (--context KEY=VALUE)", answer.unsaid.join(", ")));
    }
    lines
}

fn of_trust(answer: &Answer, lines: &mut Vec<String>) {
    let outcome = &answer.judged.trust;
    let begins = if answer.from.is_some() { "trust policy: " } else { "" };
    let name = |statement: usize| {
        let sid = answer.trust.statements.get(statement).and_then(|one| one.sid.as_ref());
        format!("{begins}Statement[{statement}]{}", sid.map_or(String::new(), |sid| format!(" ({sid})")))
    };
    lines.push(match (outcome.decided, outcome.access) {
        (Some(statement), Access::No) => format!("{} denies it", name(statement)),
        (Some(statement), Access::Yes | Access::IfOwnPoliciesAllow) => format!("{} allows it", name(statement)),
        (None, _) => format!("{begins}no statement allows it"),
    });
    for standing in outcome.statements.iter().filter(|one| outcome.decided != Some(one.statement)) {
        lines.push(format!("{}: {}", name(standing.statement), why_not(standing)));
    }
}

fn of_own(answer: &Answer, lines: &mut Vec<String>) {
    let Some(own) = &answer.judged.own else { return };
    if answer.own.is_empty() && answer.judged.by == Decider::Trust {
        return;
    }
    let unnamed = String::new();
    let name = |document: usize| answer.names.get(document).unwrap_or(&unnamed);
    let at = |document: usize, statement: usize| {
        let sid = answer.own.get(document).and_then(|one| one.statements.get(statement)?.sid.as_ref());
        format!("{}, Statement[{statement}]{}", name(document), sid.map_or(String::new(), |sid| format!(" ({sid})")))
    };
    let says = |decision: &Decision, whose: &str| match decision {
        Decision::Allowed(found) => format!("{whose}: {} allows it", at(found.document, found.statement)),
        Decision::Denied(found) => format!("{whose}: {} denies it", at(found.document, found.statement)),
        Decision::NotAllowed => format!("{whose}: no statement allows it"),
    };
    lines.push(says(&own.identity, "their policies"));
    let boundary = own.boundary.as_ref().map(|decision| of_boundary(decision, answer.names.len().saturating_sub(1)));
    lines.extend(boundary.as_ref().map(|decision| says(decision, "their permissions boundary")));
    let decided: Vec<&StatementRef> =
        [Some(&own.identity), boundary.as_ref()].into_iter().filter_map(decider).collect();
    for (document, standing) in &own.statements {
        let is_decided =
            decided.iter().any(|found| (found.document, found.statement) == (*document, standing.statement));
        if !is_decided && !standing.failing.is_empty() {
            lines.push(format!("{}: {}", at(*document, standing.statement), why_not(standing)));
        }
    }
}

fn decider(decision: Option<&Decision>) -> Option<&StatementRef> {
    match decision? {
        Decision::Allowed(found) | Decision::Denied(found) => Some(found),
        Decision::NotAllowed => None,
    }
}

/// A boundary is judged by itself; among the policies it is the last one.
fn of_boundary(decision: &Decision, last: usize) -> Decision {
    let moved = |found: &StatementRef| StatementRef { document: last, ..found.clone() };
    match decision {
        Decision::Allowed(found) => Decision::Allowed(moved(found)),
        Decision::Denied(found) => Decision::Denied(moved(found)),
        Decision::NotAllowed => Decision::NotAllowed,
    }
}

fn remedies(answer: &Answer, lines: &mut Vec<String>) {
    let judged = &answer.judged;
    if judged.access != Access::No {
        return;
    }
    let (action, role) = (&judged.action, &answer.role);
    match &judged.nearest {
        Nearest::Keys(otherwise) if !otherwise.is_empty() => {
            let each = otherwise.iter().map(|one| match one.values.as_slice() {
                [] => format!("{} left out", one.key),
                values => format!("{} = `{}`", one.key, values.join("`, `")),
            });
            lines.push(format!("it would be allowed with {}", each.collect::<Vec<_>>().join(" and ")));
            return;
        }
        Nearest::Keys(_) | Nearest::Nothing => {
            lines.push(format!("nothing that {} could send changes that", answer.who));
        }
        Nearest::TooMany => lines.push("what could be sent instead was not tried: there is too much of it".to_owned()),
    }
    let is_denied = judged.own.as_ref().is_some_and(|own| matches!(own.identity, Decision::Denied(_)));
    lines.extend(match judged.by {
        Decider::Identity | Decider::Both if !is_denied => {
            Some(format!("one of their policies would have to allow {action} on {role}"))
        }
        Decider::Identity | Decider::Both => Some(format!("that Deny would have to spare {action} on {role}")),
        Decider::Boundary => Some(format!("the boundary would have to allow {action} on {role}")),
        Decider::Control(control) => {
            Some(format!("that is the organization's: its {control} would have to let it pass"))
        }
        Decider::Trust | Decider::RootUser => None,
    });
}

fn why_not(standing: &Standing) -> String {
    if !standing.names {
        return "does not name them".to_owned();
    }
    if !standing.covers {
        return "is about other actions".to_owned();
    }
    let failing: Vec<String> = standing.failing.iter().map(describe::condition).collect();
    if failing.is_empty() {
        return if standing.allows { "allows it" } else { "denies it" }.to_owned();
    }
    let so = if standing.allows { "would allow it, but asks that" } else { "would deny it where" };
    format!("{so} {}", failing.join(", and that "))
}

/// The word for who decided.
pub(super) fn side(by: Decider) -> &'static str {
    match by {
        Decider::Trust => "trust",
        Decider::Identity => "identity",
        Decider::Both => "trust-and-identity",
        Decider::Boundary => "boundary",
        Decider::Control(Control::Service) => "service-control-policy",
        Decider::Control(Control::Resource) => "resource-control-policy",
        Decider::RootUser => "root-user",
    }
}

/// The answer for programs.
pub(super) fn as_json(answer: &Answer) -> Value {
    let judged = &answer.judged;
    let standing = |one: &Standing| {
        json!({
            "statement": one.statement,
            "effect": if one.allows { "allow" } else { "deny" },
            "applies": one.applies(),
            "names_them": one.names,
            "covers_action": one.covers,
            "failing": one.failing.iter().map(describe::condition).collect::<Vec<_>>(),
        })
    };
    let name = |document: usize| answer.names.get(document);
    let says = |decision: &Decision, last: Option<usize>| {
        let (word, found) = match decision {
            Decision::Allowed(found) => ("allowed", Some(found)),
            Decision::Denied(found) => ("denied", Some(found)),
            Decision::NotAllowed => ("not-allowed", None),
        };
        json!({
            "says": word,
            "policy": found.and_then(|found| name(last.unwrap_or(found.document))),
            "statement": found.map(|found| found.statement),
            "sid": found.and_then(|found| found.sid.as_ref()),
        })
    };
    let last = answer.names.len().saturating_sub(1);
    let own = judged.own.as_ref();
    let nearest = match &judged.nearest {
        Nearest::Keys(keys) if judged.access == Access::No => {
            Some(keys.iter().map(|one| json!({ "key": one.key, "values": one.values })).collect::<Vec<_>>())
        }
        Nearest::Keys(_) | Nearest::Nothing | Nearest::TooMany => None,
    };
    let forbidden = judged.forbidden.as_ref().map(|forbidden| {
        let denies = forbidden.denies.as_ref();
        json!({
            "kind": forbidden.control.as_str(),
            "level": forbidden.tier,
            "policy": denies.map(|(name, _)| name),
            "statement": denies.map(|(_, statement)| statement.statement),
            "sid": denies.and_then(|(_, statement)| statement.sid.as_ref()),
        })
    });
    json!({
        "outcome": outcome(judged.access),
        "side": side(judged.by),
        "action": judged.action,
        "role": answer.role,
        "decided_by": judged.trust.decided,
        "statements": judged.trust.statements.iter().map(standing).collect::<Vec<_>>(),
        "identity": own.map(|own| says(&own.identity, None)),
        "boundary": own.and_then(|own| own.boundary.as_ref()).map(|decision| says(decision, Some(last))),
        "own_statements": own.map(|own| {
            own.statements.iter().map(|(document, one)| {
                let mut value = standing(one);
                value["policy"] = json!(name(*document));
                value
            }).collect::<Vec<_>>()
        }),
        "control_policy": forbidden,
        "allowed_with": nearest,
        "taken_as_absent": answer.unsaid,
    })
}

/// The word for how far somebody is let in.
pub(super) fn outcome(access: Access) -> &'static str {
    match access {
        Access::Yes => "allowed",
        Access::IfOwnPoliciesAllow => "allowed-if-own-policies-allow",
        Access::No => "refused",
    }
}
