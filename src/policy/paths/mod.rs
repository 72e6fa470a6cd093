//! Every chain of roles by which somebody gets to a role. No IO.
//!
//! Members of the accounts that are known go in: users, and roles with their trust policies. There is an edge from one to
//! another where some request gets the role, as the evaluator says of both sides' policies and of what their organizations
//! forbid, and it says what that takes.
//! Whoever is let in from elsewhere (everyone, an account that is not known, a service, an identity provider) is a node of
//! its own. Only the edges on the way to the role that is asked about are looked for, by an index of who may ask.
//!
//! Each edge is judged by itself: a session tag, a source identity or an MFA code that one of them takes is taken for had.

mod edges;
mod outside;
mod ways;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

pub(super) use edges::{facts, principal};
pub use ways::{Bounds, Way, Ways};

use super::document::{Actions, Document, Effect, Resources, Statement};
use super::laws::Lawbook;
use super::pattern::Pattern;

/// A user or a role of an account that is known.
#[derive(Clone, Debug)]
pub struct Member {
    /// `arn:aws:iam::111122223333:user/alice`, or a role's ARN, with its path.
    pub arn: String,
    /// The account.
    pub account: String,
    /// The account's organization, where it is known.
    pub organization: Option<String>,
    /// A role's trust policy. A user has none.
    pub trust: Option<Document>,
    /// Identity policies, a user's groups' among them.
    pub policies: Vec<Document>,
    /// What each of them is called.
    pub names: Vec<String>,
    /// The permissions boundary.
    pub boundary: Option<Document>,
    /// What it is called.
    pub boundary_name: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Somebody who gets a role, or a role. What it is called says which of them.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Node {
    /// A user of a known account.
    User(String),
    /// A role of a known account.
    Role(String),
    /// A user, a role or a session of an account that is not known, by its ARN.
    Foreign(String),
    /// Anybody in an account that is not known, whom its administrators let.
    Account(String),
    /// Anybody in any account.
    Everyone,
    /// An AWS service.
    Service(String),
    /// Whoever an identity provider vouches for.
    Provider(String),
}

/// One may become the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Edge {
    /// Who.
    pub from: Node,
    /// The role's ARN.
    pub to: String,
    /// What it takes.
    pub demands: Vec<Demand>,
    /// Whether it is sure: where the policies tell too many requests apart, it may be that none gets the role.
    pub is_certain: bool,
}

/// What a request has to carry.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Demand {
    /// The condition key, as the policy writes it.
    pub key: String,
    /// The condition on it that has to hold, or not to hold.
    pub condition: String,
    /// Values with which it would.
    pub example: Vec<String>,
}

impl Node {
    /// What it is called: an ARN, an account, a service's or a provider's name, `*`.
    pub fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Role(name) | Self::Foreign(name) | Self::Account(name) => name,
            Self::Service(name) | Self::Provider(name) => name,
            Self::Everyone => "*",
        }
    }

    /// What it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Role(_) => "role",
            Self::Foreign(_) => "foreign",
            Self::Account(_) => "account",
            Self::Everyone => "everyone",
            Self::Service(_) => "service",
            Self::Provider(_) => "provider",
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) | Self::Role(name) | Self::Foreign(name) => f.write_str(name),
            Self::Account(name) => write!(f, "anybody in account {name}"),
            Self::Everyone => f.write_str("anybody in any account"),
            Self::Service(name) => write!(f, "the service {name}"),
            Self::Provider(name) => write!(f, "whoever {name} vouches for"),
        }
    }
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.condition)
    }
}

/// The members, and who of them may ask for what.
#[derive(Debug)]
pub struct Graph<'a> {
    members: &'a [Member],
    laws: &'a Lawbook,
    by_arn: HashMap<&'a str, usize>,
    /// Roles by account and name without the path: a session's ARN has none.
    by_role_name: HashMap<(&'a str, &'a str), Vec<usize>>,
    by_account: BTreeMap<&'a str, Vec<usize>>,
    /// Who has an Allow for exactly that role.
    named: HashMap<&'a str, Vec<usize>>,
    /// Who has an Allow for roles by a pattern, by account.
    wide: BTreeMap<&'a str, Vec<usize>>,
    edges: HashMap<usize, Vec<Edge>>,
}

impl<'a> Graph<'a> {
    /// Returns the graph of these members, under the control policies of their organizations.
    pub fn new(members: &'a [Member], laws: &'a Lawbook) -> Self {
        let mut graph = Self {
            members,
            laws,
            by_arn: HashMap::new(),
            by_role_name: HashMap::new(),
            by_account: BTreeMap::new(),
            named: HashMap::new(),
            wide: BTreeMap::new(),
            edges: HashMap::new(),
        };
        for (index, member) in members.iter().enumerate() {
            graph.by_arn.insert(&member.arn, index);
            graph.by_account.entry(&member.account).or_default().push(index);
            if member.trust.is_some() {
                let name = member.arn.rsplit('/').next().unwrap_or_default();
                graph.by_role_name.entry((&member.account, name)).or_default().push(index);
            }
            let mut names = BTreeSet::new();
            let mut is_wide = false;
            for statement in member.policies.iter().flat_map(|policy| &policy.statements).filter(|one| may_allow(one)) {
                match &statement.resources {
                    Some(Resources::Only(patterns)) => {
                        let literal = patterns.iter().filter(|pattern| is_literal(pattern));
                        names.extend(literal.map(Pattern::as_str));
                        is_wide |= !patterns.iter().all(is_literal);
                    }
                    Some(Resources::AllBut(_)) => is_wide = true,
                    None => {}
                }
            }
            if is_wide {
                graph.wide.entry(&member.account).or_default().push(index);
            }
            for name in names {
                graph.named.entry(name).or_default().push(index);
            }
        }
        graph
    }

    /// Returns the edges into that role, in an order that stays.
    pub fn edges_into(&mut self, role_arn: &str) -> &[Edge] {
        let Some(&index) = self.by_arn.get(role_arn) else { return &[] };
        if !self.edges.contains_key(&index) {
            let found = self.found_edges(index);
            self.edges.insert(index, found);
        }
        self.edges.get(&index).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the account's members are known.
    fn knows(&self, account: &str) -> bool {
        self.by_account.contains_key(account)
    }
}

/// Whether an Allow can be about assuming roles. What it says of sessions besides, an Allow for that alone gives nothing.
fn may_allow(statement: &Statement) -> bool {
    let begins = |pattern: &Pattern| touches(pattern.as_str(), "sts:AssumeRole");
    statement.effect == Effect::Allow
        && match &statement.actions {
            Actions::Only(patterns) => patterns.iter().any(begins),
            Actions::AllBut(_) => true,
        }
}

/// Whether a pattern of actions may match that one: up to its first wildcard they agree.
pub fn touches(pattern: &str, action: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    if fixed.len() == pattern.len() {
        return pattern.eq_ignore_ascii_case(action);
    }
    action.get(..fixed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(fixed))
}

fn is_literal(pattern: &Pattern) -> bool {
    !pattern.as_str().contains(['*', '?', '$'])
}

#[cfg(test)]
mod tests;
