//! Whoever gets a role from elsewhere than from an account that is known.

use super::edges::edge;
use super::{Edge, Graph, Member, Node};
use crate::policy::available::Way;
use crate::policy::boundary::Own;
use crate::policy::classes::{Asking, STRANGERS, Space, all_allowed};
use crate::policy::document::{Document, Effect};
use crate::policy::principal::{Principal, PrincipalPattern, Principals};

impl Graph<'_> {
    /// Returns the edges from outside. Policies of people whom we do not know are taken to allow everything.
    pub(super) fn edges_from_outside(&self, role: &Member, trust: &Document) -> Vec<Edge> {
        let allows: Vec<&PrincipalPattern> = trust
            .statements
            .iter()
            .filter(|statement| statement.effect == Effect::Allow)
            .filter_map(|statement| statement.principals.as_ref())
            .flat_map(|principals| match principals {
                Principals::Only(patterns) => patterns.as_slice(),
                Principals::AllBut(_) => &[PrincipalPattern::Everyone],
            })
            .filter(|pattern| self.is_outside(pattern))
            .collect();
        if allows.is_empty() {
            return Vec::new();
        }
        let own = [all_allowed()];
        let space = Space::new(&[trust], Some(&role.arn), &[]);
        let named =
            |arn: &String| allows.iter().any(|pattern| matches!(pattern, PrincipalPattern::Arn(known) if known == arn));
        let mut found: Vec<Edge> = Vec::new();
        for principal in &space.principals {
            let Some(from) = self.node(principal, &named) else { continue };
            let Some(way) = Way::of(principal) else { continue };
            let asking = Asking {
                trust,
                own: Own { policies: &own, boundary: None },
                over: self.over(principal, &role.arn, way.action()),
                principal,
                role_arn: &role.arn,
                action: way.action(),
                facts: &[],
            };
            found.extend(edge(&asking, from, true));
        }
        // Where anybody may, nobody in particular is worth a word, unless the policy names them.
        let anybody = found.iter().find(|edge| edge.from == Node::Everyone).map(|edge| edge.demands.len());
        let is_named = |account: &str| {
            let fits = |pattern: &&PrincipalPattern| matches!(pattern, PrincipalPattern::Account { account: known, .. } if known == account);
            allows.iter().any(fits)
        };
        found.retain(|edge| match (&edge.from, anybody) {
            (Node::Account(account), Some(demands)) => is_named(account) || edge.demands.len() < demands,
            _ => true,
        });
        found
    }

    fn is_outside(&self, pattern: &PrincipalPattern) -> bool {
        match pattern {
            PrincipalPattern::Everyone | PrincipalPattern::Federated(_) | PrincipalPattern::Service(_) => true,
            PrincipalPattern::Account { account, .. } => !self.knows(account),
            PrincipalPattern::Arn(arn) => arn.split(':').nth(4).is_some_and(|account| !self.knows(account)),
            PrincipalPattern::Deleted(_) | PrincipalPattern::WildcardArn(_) | PrincipalPattern::CanonicalUser(_) => {
                false
            }
        }
    }

    /// What stands for that principal, if it is from outside.
    fn node(&self, principal: &Principal, named: &dyn Fn(&String) -> bool) -> Option<Node> {
        match principal {
            Principal::Federated { provider } if provider == "z.example.com" => Some(Node::Everyone),
            Principal::Federated { provider } if STRANGERS.iter().any(|account| provider.contains(account)) => {
                Some(Node::Everyone)
            }
            Principal::Federated { provider } => Some(Node::Provider(provider.clone())),
            Principal::Service { name } if name == "z.amazonaws.com" => Some(Node::Everyone),
            Principal::Service { name } => Some(Node::Service(name.clone())),
            Principal::User { account, .. } | Principal::AssumedRole { account, .. } if self.knows(account) => None,
            Principal::User { account, .. } | Principal::AssumedRole { account, .. }
                if STRANGERS.contains(&account.as_str()) =>
            {
                Some(Node::Everyone)
            }
            Principal::User { arn, .. } if named(arn) => Some(Node::Foreign(arn.clone())),
            Principal::AssumedRole { session_arn, .. } if named(session_arn) => {
                Some(Node::Foreign(session_arn.clone()))
            }
            Principal::AssumedRole { role_arn, .. } if named(role_arn) => Some(Node::Foreign(role_arn.clone())),
            Principal::User { account, .. } | Principal::AssumedRole { account, .. } => {
                Some(Node::Account(account.clone()))
            }
            Principal::Root { .. } | Principal::Anonymous => None,
        }
    }
}
