//! The requests by which one caller asks for one role, as the policies of both sides tell them apart.

use super::principals::Everyone;
use super::{Choices, MOST_CLASSES, Space};
use crate::policy::boundary::{Own, may_take};
use crate::policy::condition::Condition;
use crate::policy::context::{Context, Request};
use crate::policy::document::{Document, Resources, Statement};
use crate::policy::laws::Over;
use crate::policy::principal::Principal;

/// A caller, what they have, and the role.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct Asking<'a> {
    pub(in crate::policy) trust: &'a Document,
    pub(in crate::policy) own: Own<'a>,
    /// The control policies of both organizations.
    pub(in crate::policy) over: Over<'a>,
    pub(in crate::policy) principal: &'a Principal,
    pub(in crate::policy) role_arn: &'a str,
    /// The action that gives the role.
    pub(in crate::policy) action: &'a str,
    /// Keys that are as they are, whatever is asked; without a value: absent.
    pub(in crate::policy) facts: &'a [(String, Option<String>)],
}

/// Whether some request of theirs gets the role.
#[derive(Clone, Debug)]
pub(in crate::policy) enum Least {
    /// The one that carries the least.
    Yes(Box<Request>),
    No,
    /// There are more classes than are looked at.
    TooMany,
}

impl<'a> Asking<'a> {
    /// Looks for the request that carries the least of those that get the role.
    pub(in crate::policy) fn least(&self) -> Least {
        let mut bare = Request {
            action: self.action.to_owned(),
            resource: self.role_arn.to_owned(),
            principal: self.principal.clone(),
            context: Context::new(),
        };
        for (key, value) in self.facts.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            bare.context.set(key, [value.as_str()]);
        }
        let conditions = self.conditions(&bare, &[self.action, TAG, IDENTITY]);
        if conditions.is_empty() {
            return if self.gets(&bare) { Least::Yes(Box::new(bare)) } else { Least::No };
        }
        let (_, choices) = self.told_apart(&bare, &conditions);
        if choices.count() > MOST_CLASSES {
            return Least::TooMany;
        }
        let mut best: Option<(usize, Request)> = None;
        for context in choices.contexts() {
            let carried = choices.keys.iter().filter(|(name, _)| context.values(name).is_some()).count();
            if best.as_ref().is_some_and(|(least, _)| *least <= carried) {
                continue;
            }
            let mut request = bare.clone();
            for (name, _) in &choices.keys {
                request.context.set(name, context.values(name).unwrap_or_default().iter().cloned());
            }
            if self.gets(&request) {
                best = Some((carried, request));
                if carried == 0 {
                    break;
                }
            }
        }
        match best {
            Some((_, request)) => Least::Yes(Box::new(request)),
            None if choices.complete => Least::No,
            None => Least::TooMany,
        }
    }

    /// Returns what these conditions can tell apart of that principal's requests, but for what is a fact.
    pub(in crate::policy) fn told_apart(&self, bare: &Request, conditions: &[&Condition]) -> (Space<'a>, Choices) {
        let documents: Vec<&Document> = std::iter::once(self.trust).chain(self.documents()).collect();
        let one = Everyone { principals: vec![self.principal.clone()], complete: true };
        let space = Space::among(&documents, self.role_arn, one);
        let is_fact =
            |name: &str| self.facts.iter().any(|(key, _)| key.eq_ignore_ascii_case(name) || covers(key, name));
        let mut choices = space.told_apart(conditions, bare, &|_, _| true);
        choices.keys.retain(|(name, _)| !is_fact(name));
        (space, choices)
    }

    /// The actions that such a request takes: what it carries has to be allowed too.
    /// Source: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
    pub(in crate::policy) fn actions(&self, request: &Request) -> Vec<&'a str> {
        let tags = request.context.values("aws:TagKeys").is_some() || request.context.carries("aws:requesttag/");
        let identity = request.context.values("sts:SourceIdentity").is_some();
        let with = [tags.then_some(TAG), identity.then_some(IDENTITY)];
        std::iter::once(self.action).chain(with.into_iter().flatten()).collect()
    }

    /// Whether a request, and all that it carries, is let in by everybody who has a say.
    pub(in crate::policy) fn gets(&self, request: &Request) -> bool {
        self.actions(request).into_iter().all(|action| {
            let request = Request { action: action.to_owned(), ..request.clone() };
            may_take(self.trust, self.own, self.over, &request).is_allowed()
        })
    }

    fn documents(&self) -> impl Iterator<Item = &'a Document> + use<'a> {
        self.own.policies.iter().chain(self.own.boundary).chain(self.over.documents())
    }

    /// The statements that have a say, of the trust policy and then of the caller's own.
    pub(in crate::policy) fn statements(&self, request: &Request) -> impl Iterator<Item = &'a Statement> {
        let (principal, own) = (self.principal, request.clone());
        let trusts = self.trust.statements.iter().filter(move |statement| statement.speaks_of(principal));
        let owns = self.documents().flat_map(|document| &document.statements);
        trusts.chain(owns.filter(move |statement| statement.resources.as_ref().is_some_and(|all| all.cover(&own))))
    }

    /// The conditions of all statements that can have a say.
    pub(in crate::policy) fn conditions(&self, bare: &Request, actions: &[&str]) -> Vec<&'a Condition> {
        let covers = |statement: &Statement| {
            actions.iter().any(|action| {
                let request = Request { action: (*action).to_owned(), ..bare.clone() };
                statement.actions.cover(&request)
            })
        };
        // A resource with a variable in it is another one for each value.
        let maybe = |statement: &&'a Statement| statement.resources.as_ref().is_some_and(has_variable);
        let own = self.documents().flat_map(|document| &document.statements).filter(maybe);
        let mut conditions: Vec<&Condition> = self
            .statements(bare)
            .chain(own)
            .filter(|statement| covers(statement))
            .flat_map(|one| &one.conditions)
            .collect();
        conditions.dedup();
        conditions
    }
}

pub(in crate::policy) const TAG: &str = "sts:TagSession";
pub(in crate::policy) const IDENTITY: &str = "sts:SetSourceIdentity";

/// A fact whose key ends in `*` is one of all keys that begin so.
fn covers(fact: &str, name: &str) -> bool {
    fact.strip_suffix('*').is_some_and(|begins| name.to_ascii_lowercase().starts_with(&begins.to_ascii_lowercase()))
}

fn has_variable(resources: &Resources) -> bool {
    let (Resources::Only(patterns) | Resources::AllBut(patterns)) = resources;
    patterns.iter().any(|pattern| pattern.variables().next().is_some())
}
