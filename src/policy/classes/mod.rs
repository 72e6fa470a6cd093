//! All requests that policies can tell apart, one for each class of those that they cannot.
//!
//! A policy looks at a request through its principals, its actions and its conditions, and at each of them in finitely many
//! ways. So what holds for one request of every class holds for all requests: whether two policies differ, and whether a
//! policy lets somebody in whom it should not, is found by asking the evaluator about each class, not about samples.
//! Where there are too many classes, or a policy variable takes the value of another key, that is said.

mod asking;
mod candidates;
mod principals;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use candidates::{Candidates, candidates};
use principals::{Everyone, everyone};

pub(super) use asking::{Asking, IDENTITY, Least, TAG};
pub(super) use principals::{STRANGERS, session};

use super::available::{Way, is_implied};
use super::condition::{Condition, Test};
use super::context::{Context, Request};
use super::document::{Actions, Document, Effect, Resources, Statement};
use super::evaluate::may_assume;
use super::keys::ConditionKey;
use super::pattern::Pattern;
use super::principal::Principal;

/// How far a trust policy lets somebody in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    /// Not at all.
    No,
    /// If policies of their own, or of their account, let them.
    IfOwnPoliciesAllow,
    /// Whatever others say.
    Yes,
}

/// The classes of requests for one role.
#[derive(Debug)]
pub(super) struct Space<'a> {
    documents: Vec<&'a Document>,
    resource: String,
    pub(super) principals: Vec<Principal>,
    keys: BTreeMap<String, Key<'a>>,
    complete: bool,
}

#[derive(Clone, Debug)]
struct Key<'a> {
    key: ConditionKey,
    about: Vec<&'a Condition>,
    found: Candidates,
    /// Whether a policy variable takes its value, or its conditions take that of another key.
    tangled: bool,
}

/// What one principal may ask by one action: for each key, values that are told apart.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    pub(super) keys: Vec<(String, Vec<Vec<String>>)>,
    /// Whether there are no others.
    pub(super) complete: bool,
}

/// An answer that holds for all requests, or that was found too large a question.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// Such a request.
    Yes(Box<Request>),
    /// There is none.
    No,
    /// There are more classes than are looked at.
    TooMany,
}

/// Beyond it a question is too large.
pub(super) const MOST_CLASSES: u128 = 100_000;

/// Which values of a key are looked at.
pub(super) type Pin<'p> = &'p dyn Fn(&str, &[String]) -> bool;

impl<'a> Space<'a> {
    /// Returns the classes of requests for that role which these documents tell apart. Where the role's account is not
    /// known, it is nobody's: everybody comes from another one.
    pub(super) fn new(documents: &[&'a Document], role_arn: Option<&str>, accounts: &[String]) -> Self {
        Self::among(documents, role_arn.unwrap_or("arn:aws:iam:::role/this"), everyone(documents, accounts))
    }

    /// Returns the classes of these principals' requests.
    fn among(documents: &[&'a Document], role_arn: &str, everyone: Everyone) -> Self {
        let resource = role_arn.to_owned();
        let mut space = Self {
            documents: documents.to_vec(),
            resource,
            principals: everyone.principals,
            keys: BTreeMap::new(),
            complete: everyone.complete,
        };
        let asking: Vec<Request> = space
            .principals
            .iter()
            .map(|principal| space.request("sts:AssumeRole", principal, Context::new()))
            .collect();
        let conditions: Vec<&'a Condition> =
            documents.iter().flat_map(|document| &document.statements).flat_map(|one| &one.conditions).collect();
        let mut about: BTreeMap<String, (ConditionKey, Vec<&'a Condition>)> = BTreeMap::new();
        let mut variables = BTreeSet::new();
        for condition in &conditions {
            about.entry(condition.key.name()).or_insert_with(|| (condition.key.clone(), Vec::new())).1.push(condition);
            for key in variables_of(condition).filter(|key| !is_implied(&key.name())) {
                variables.insert(key.name());
                about.entry(key.name()).or_insert_with(|| (key.clone(), Vec::new()));
            }
        }
        let tags: Vec<String> =
            about.keys().filter_map(|name| name.strip_prefix("aws:requesttag/").map(str::to_owned)).collect();
        for (name, (key, conditions)) in about {
            let also: &[String] = if name == "aws:tagkeys" { &tags } else { &[] };
            let found = candidates(&key, &conditions, &asking, also);
            let takes = conditions.iter().any(|one| variables_of(one).any(|key| !is_implied(&key.name())));
            let tangled = takes || variables.contains(&name);
            space.keys.insert(name, Key { key, about: conditions, found, tangled });
        }
        space
    }

    /// Returns a request of that principal for the role.
    pub(super) fn request(&self, action: &str, principal: &Principal, context: Context) -> Request {
        Request { action: action.to_owned(), resource: self.resource.clone(), principal: principal.clone(), context }
    }

    /// Returns what the documents can tell apart of that principal's requests by that action.
    pub(super) fn choices(&self, principal: &Principal, action: &str, pin: Pin<'_>) -> Choices {
        let bare = self.request(action, principal, Context::new());
        let relevant: Vec<&Condition> = self
            .documents
            .iter()
            .flat_map(|document| &document.statements)
            .filter(|statement| statement.actions.cover(&bare) && statement.speaks_of(principal))
            .flat_map(|statement| &statement.conditions)
            .collect();
        self.told_apart(&relevant, &bare, pin)
    }

    /// Returns what these conditions can tell apart of requests like that one.
    fn told_apart(&self, conditions: &[&Condition], bare: &Request, pin: Pin<'_>) -> Choices {
        let mut names: BTreeSet<String> = conditions.iter().map(|condition| condition.key.name()).collect();
        names.extend(conditions.iter().flat_map(|one| variables_of(one)).map(|key| key.name()));
        let way = Way::of(&bare.principal);
        let mut complete = self.complete;
        let mut keys = Vec::new();
        for (name, key) in names.iter().filter_map(|name| self.keys.get_key_value(name)) {
            let there = !is_implied(name) && way.is_some_and(|way| way.has(&key.key));
            if !there {
                continue;
            }
            complete &= key.found.complete;
            let about: Vec<&&Condition> = conditions.iter().filter(|one| one.key.name() == *name).collect();
            let mut seen = BTreeSet::new();
            let told_apart = |values: &&Vec<String>| {
                let mut request = bare.clone();
                request.context.set(name, values.iter().cloned());
                let outcomes: Vec<bool> = about.iter().map(|condition| condition.holds(&request)).collect();
                key.tangled || seen.insert(outcomes)
            };
            let values = key.found.values.iter().filter(|values| pin(name, values)).filter(told_apart);
            keys.push((name.clone(), values.cloned().collect()));
        }
        Choices { keys, complete }
    }

    /// Returns a key's name as a policy writes it.
    pub(super) fn written(&self, name: &str) -> String {
        self.keys.get(name).map_or(name, |key| key.key.as_str()).to_owned()
    }

    /// Whether no policy names any of these values, not by a pattern either. A pattern of wildcards alone names nothing.
    pub(super) fn is_other(&self, name: &str, values: &[String]) -> bool {
        let bare = self.request("", &Principal::Anonymous, Context::new());
        let names = |pattern: &Pattern| pattern.as_str().contains(|c| c != '*' && c != '?');
        let named = |patterns: &[Pattern], value: &str, matches: fn(&Pattern, &str, &Request) -> Option<bool>| {
            patterns.iter().any(|pattern| names(pattern) && matches(pattern, value, &bare) == Some(true))
        };
        let names_it = |condition: &&Condition, value: &str| match &condition.test {
            Test::Text(patterns) => named(patterns, value, Pattern::matches),
            Test::TextOfAnyCase(patterns) => named(patterns, value, Pattern::matches_any_case),
            Test::Arn(patterns) => named(patterns, value, Pattern::matches_arn),
            Test::Truth(_) | Test::Number(_, _) | Test::Time(_, _) | Test::Address(_) | Test::Absence(_) => false,
        };
        let about = self.keys.get(name).map(|key| key.about.as_slice()).unwrap_or_default();
        !values.iter().any(|value| about.iter().any(|condition| names_it(condition, value)))
    }

    /// Looks for a request of that principal by that action, with values of that kind, that the document lets in.
    pub(super) fn find(&self, document: &Document, principal: &Principal, action: &str, pin: Pin<'_>) -> Found {
        self.find_with(document, principal, action, &[], pin)
    }

    /// Like `find`, where some keys have these values.
    pub(super) fn find_with(
        &self,
        document: &Document,
        principal: &Principal,
        action: &str,
        set: &[(&str, &str)],
        pin: Pin<'_>,
    ) -> Found {
        let is_set = |name: &str| set.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        let mut choices = self.choices(principal, action, &|name, values| is_set(name) || pin(name, values));
        choices.keys.retain(|(name, _)| !is_set(name));
        if choices.count() > MOST_CLASSES {
            return Found::TooMany;
        }
        let requests = choices.contexts().map(|context| {
            let context = set.iter().fold(context, |context, (key, value)| context.with(key, *value));
            self.request(action, principal, context)
        });
        for request in requests {
            if level(document, &request) > Level::No {
                return Found::Yes(Box::new(request));
            }
        }
        if choices.complete { Found::No } else { Found::TooMany }
    }
}

impl Choices {
    /// How many classes there are.
    pub(super) fn count(&self) -> u128 {
        self.keys.iter().fold(1, |count: u128, (_, values)| count.saturating_mul(values.len() as u128))
    }

    /// Returns the circumstances of each class. What cannot be, tags without their keys, is left out.
    pub(super) fn contexts(&self) -> impl Iterator<Item = Context> {
        self.numbered().map(|(_, context)| context)
    }

    /// Like `contexts`, each with the number of every key's value.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (Vec<usize>, Context)> {
        let total = if self.keys.iter().any(|(_, values)| values.is_empty()) { 0 } else { self.count() };
        (0..total).filter_map(|number| {
            let mut context = Context::new();
            for (name, values) in self.chosen(number) {
                context.set(name, values.iter().cloned());
            }
            let mut rest = number;
            let mut at = |size: usize| {
                let at = usize::try_from(rest % size as u128).unwrap_or_default();
                rest /= size as u128;
                at
            };
            let numbers = self.keys.iter().map(|(_, values)| at(values.len())).collect();
            tags_agree(&self.keys, &context).then_some((numbers, context))
        })
    }

    /// Returns the values of each key in the class of that number.
    fn chosen(&self, mut number: u128) -> impl Iterator<Item = (&str, &Vec<String>)> {
        self.keys.iter().filter_map(move |(name, values)| {
            let size = values.len() as u128;
            let at = usize::try_from(number % size).ok()?;
            number /= size;
            Some((name.as_str(), &values[at]))
        })
    }
}

/// `aws:TagKeys` are the keys of `aws:RequestTag/…`, where a policy looks at both.
fn tags_agree(keys: &[(String, Vec<Vec<String>>)], context: &Context) -> bool {
    if !keys.iter().any(|(name, _)| name == "aws:tagkeys") {
        return true;
    }
    let sent = context.values("aws:TagKeys").unwrap_or_default();
    keys.iter()
        .filter_map(|(name, _)| Some((name, name.strip_prefix("aws:requesttag/")?)))
        .all(|(name, tag)| context.values(name).is_some() == sent.iter().any(|key| key.eq_ignore_ascii_case(tag)))
}

/// Returns how far a trust policy lets that request in, whatever the policies of the one who asks.
pub(super) fn level(trust: &Document, request: &Request) -> Level {
    if may_assume(trust, &[], request).is_allowed() {
        Level::Yes
    } else if may_assume(trust, &[all_allowed()], request).is_allowed() {
        Level::IfOwnPoliciesAllow
    } else {
        Level::No
    }
}

pub(super) fn all_allowed() -> Document {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: None,
        actions: Actions::AllBut(Vec::new()),
        resources: Some(Resources::AllBut(Vec::new())),
        conditions: Vec::new(),
    };
    Document { version: super::Version::Of2012, id: None, statements: vec![statement] }
}

fn variables_of(condition: &Condition) -> impl Iterator<Item = &ConditionKey> {
    let patterns: &[Pattern] = match &condition.test {
        Test::Text(patterns) | Test::TextOfAnyCase(patterns) | Test::Arn(patterns) => patterns,
        Test::Truth(_) | Test::Number(_, _) | Test::Time(_, _) | Test::Address(_) | Test::Absence(_) => &[],
    };
    patterns.iter().flat_map(Pattern::variables)
}

impl Statement {
    /// Whether it says anything of that principal.
    pub(super) fn speaks_of(&self, principal: &Principal) -> bool {
        self.principals.as_ref().is_some_and(|principals| match self.effect {
            Effect::Allow => principals.allow(principal).is_some(),
            Effect::Deny => principals.deny(principal),
        })
    }
}
