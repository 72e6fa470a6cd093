//! The edges into one role: who may ask for it, and what the evaluator says of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Demand, Edge, Graph, Member, Node};
use crate::policy::available::{ASSUME_ROLE, is_implied};
use crate::policy::boundary::Own;
use crate::policy::classes::{Asking, Least};
use crate::policy::condition::{Condition, Quantifier};
use crate::policy::context::{Context, Request};
use crate::policy::document::{Document, Effect};
use crate::policy::laws::{Lawbook, Over};
use crate::policy::principal::{Principal, PrincipalPattern, Principals};

/// A member, and of a role the name of the one session that is meant, where it is one.
type Candidate = (usize, Option<String>);

impl Graph<'_> {
    /// Looks for all edges into that role.
    pub(super) fn found_edges(&self, role: usize) -> Vec<Edge> {
        let member = &self.members[role];
        let Some(trust) = &member.trust else { return Vec::new() };
        let mut found: BTreeMap<Node, Edge> = BTreeMap::new();
        for (index, session) in self.candidates(member, trust) {
            // A role that assumes itself gains nothing.
            if index != role
                && let Some(edge) = self.edge(index, session.as_deref(), member, trust)
            {
                keep(&mut found, edge);
            }
        }
        for edge in self.edges_from_outside(member, trust) {
            keep(&mut found, edge);
        }
        found.into_values().collect()
    }

    /// Returns the members that the trust policy may let in.
    fn candidates(&self, role: &Member, trust: &Document) -> BTreeSet<Candidate> {
        let mut found = BTreeSet::new();
        for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            let patterns = match &statement.principals {
                Some(Principals::Only(patterns)) => patterns.as_slice(),
                Some(Principals::AllBut(_)) => &[PrincipalPattern::Everyone],
                None => &[],
            };
            for pattern in patterns {
                match pattern {
                    PrincipalPattern::Arn(arn) => found.extend(self.of_arn(arn)),
                    PrincipalPattern::Account { account, .. } => {
                        found.extend(self.asking(role, |of| of == account).map(|index| (index, None)));
                    }
                    PrincipalPattern::Everyone => {
                        found.extend(
                            self.by_account.get(role.account.as_str()).into_iter().flatten().map(|i| (*i, None)),
                        );
                        found.extend(self.asking(role, |_| true).map(|index| (index, None)));
                    }
                    PrincipalPattern::Federated(_)
                    | PrincipalPattern::Service(_)
                    | PrincipalPattern::Deleted(_)
                    | PrincipalPattern::WildcardArn(_)
                    | PrincipalPattern::CanonicalUser(_) => {}
                }
            }
        }
        found
    }

    /// The members whose own policies may let them ask for that role.
    fn asking<'g>(&'g self, role: &'g Member, of: impl Fn(&str) -> bool + 'g) -> impl Iterator<Item = usize> + 'g {
        let named = self.named.get(role.arn.as_str()).into_iter().flatten();
        let wide = self.wide.values().flatten();
        named.chain(wide).copied().filter(move |index| of(&self.members[*index].account))
    }

    fn of_arn(&self, arn: &str) -> Vec<Candidate> {
        if let Some(index) = self.by_arn.get(arn) {
            return vec![(*index, None)];
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, "sts", _, account, resource] = parts[..] else { return Vec::new() };
        let mut names = resource.splitn(3, '/');
        let (Some("assumed-role"), Some(role), Some(session)) = (names.next(), names.next(), names.next()) else {
            return Vec::new();
        };
        let roles = self.by_role_name.get(&(account, role)).into_iter().flatten();
        roles.map(|index| (*index, Some(session.to_owned()))).collect()
    }

    /// What bears on that principal's requests for that role.
    pub(super) fn over(&self, principal: &Principal, role_arn: &str, action: &str) -> Over<'_> {
        let (action, resource) = (action.to_owned(), role_arn.to_owned());
        self.laws.over(&Request { action, resource, principal: principal.clone(), context: Context::new() })
    }

    fn edge(&self, index: usize, session: Option<&str>, role: &Member, trust: &Document) -> Option<Edge> {
        let member = &self.members[index];
        let principal = principal(member, session);
        let facts = facts(member, self.laws);
        let own = Own { policies: &member.policies, boundary: member.boundary.as_ref() };
        let over = self.over(&principal, &role.arn, ASSUME_ROLE);
        let (role_arn, action) = (role.arn.as_str(), ASSUME_ROLE);
        let asking = Asking { trust, own, over, principal: &principal, role_arn, action, facts: &facts };
        let from = match member.trust {
            Some(_) => Node::Role(member.arn.clone()),
            None => Node::User(member.arn.clone()),
        };
        let mut edge = edge(&asking, from, false)?;
        if let Some(session) = session {
            let condition = format!("is {session:?}");
            let demand = Demand { key: "session name".to_owned(), condition, example: vec![session.to_owned()] };
            edge.demands.insert(0, demand);
        }
        Some(edge)
    }
}

/// Of two edges from one node, the one that takes less stays.
pub(super) fn keep(found: &mut BTreeMap<Node, Edge>, edge: Edge) {
    let weight = |edge: &Edge| (!edge.is_certain, edge.demands.len());
    match found.get(&edge.from) {
        Some(known) if weight(known) <= weight(&edge) => {}
        Some(_) | None => drop(found.insert(edge.from.clone(), edge)),
    }
}

/// Returns the edge, if some request gets the role. Of somebody from outside, who they are is a demand as well.
pub(super) fn edge(asking: &Asking<'_>, from: Node, is_outside: bool) -> Option<Edge> {
    let (demands, is_certain) = match asking.least() {
        Least::Yes(request) => (demands(asking, &request, is_outside), true),
        Least::TooMany => (Vec::new(), false),
        Least::No => return None,
    };
    Some(Edge { from, to: asking.role_arn.to_owned(), demands, is_certain })
}

/// What a caller is, whatever they send.
///
/// A role's session was never made with MFA, and has the role's tags, unless the role lets sessions bring their own.
/// Source: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`, `aws:PrincipalTag`.
pub(in crate::policy) fn facts(member: &Member, laws: &Lawbook) -> Vec<(String, Option<String>)> {
    let mut facts: Vec<(String, Option<String>)> = Vec::new();
    if let Some(organization) = &member.organization {
        facts.push(("aws:PrincipalOrgID".to_owned(), Some(organization.clone())));
    }
    if let Some(place) = laws.0.get(&member.account) {
        facts.push(("aws:PrincipalOrgPaths".to_owned(), Some(place.path.clone())));
    }
    let takes_tags = member.trust.as_ref().is_some_and(lets_tag);
    if !takes_tags {
        let tags = member.tags.iter();
        facts.extend(tags.map(|(key, value)| (format!("aws:PrincipalTag/{key}"), Some(value.clone()))));
        facts.push(("aws:PrincipalTag/*".to_owned(), None));
    }
    if member.trust.is_some() {
        facts.push(("aws:MultiFactorAuthPresent".to_owned(), Some("false".to_owned())));
        facts.push(("aws:MultiFactorAuthAge".to_owned(), None));
    }
    facts
}

fn lets_tag(trust: &Document) -> bool {
    use crate::policy::document::Actions;
    trust.statements.iter().filter(|statement| statement.effect == Effect::Allow).any(|one| match &one.actions {
        Actions::Only(patterns) => patterns.iter().any(|pattern| super::touches(pattern.as_str(), "sts:TagSession")),
        Actions::AllBut(_) => true,
    })
}

pub(in crate::policy) fn principal(member: &Member, session: Option<&str>) -> Principal {
    let (arn, account) = (member.arn.clone(), member.account.clone());
    if member.trust.is_none() {
        return Principal::User { arn, account };
    }
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    let name = arn.rsplit('/').next().unwrap_or_default();
    let session_arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{}", session.unwrap_or("session"));
    Principal::AssumedRole { session_arn, role_arn: arn, account }
}

/// What of a request is needed: a condition of a statement that allows it, which would not hold without its key; and of a
/// key that is needed otherwise, the condition of a Deny that would hold.
fn demands(asking: &Asking<'_>, request: &Request, is_outside: bool) -> Vec<Demand> {
    let is_fact = |name: &str| asking.facts.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let mut found = BTreeSet::new();
    for action in asking.actions(request) {
        let request = Request { action: action.to_owned(), ..request.clone() };
        let statements: Vec<_> =
            asking.statements(&request).filter(|statement| statement.actions.cover(&request)).collect();
        for statement in &statements {
            let is_allow = statement.effect == Effect::Allow;
            if is_allow && !statement.applies(&request) {
                continue;
            }
            for condition in &statement.conditions {
                let name = condition.key.name();
                let who = is_implied(&name);
                if is_fact(&name) || (who && !is_outside) {
                    continue;
                }
                let mut without = request.clone();
                without.context.set(&name, [""; 0]);
                let differs = condition.holds(&without) != condition.holds(&request);
                let is_needed = if is_allow { who || differs } else { differs && condition.holds(&without) };
                if is_needed {
                    let example = request.values(&name).unwrap_or_default();
                    found.insert(Demand {
                        key: condition.key.as_str().to_owned(),
                        condition: format!("{}{}", if is_allow { "" } else { "not " }, shown(condition)),
                        example,
                    });
                }
            }
        }
    }
    found.into_iter().collect()
}

fn shown(condition: &Condition) -> String {
    let quantifier = match condition.quantifier {
        Some(Quantifier::ForAllValues) => "ForAllValues:",
        Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        None => "",
    };
    let if_exists = if condition.if_exists { "IfExists" } else { "" };
    let values: Vec<String> = condition.values.iter().map(|value| format!("{value:?}")).collect();
    format!("{quantifier}{}{if_exists} {}", condition.operator.as_str(), values.join(", "))
}
