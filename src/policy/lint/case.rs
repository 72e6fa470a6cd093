//! One policy with what is known around it, as rules look at it.

use std::collections::BTreeSet;

use super::super::available::ASSUME_ROLE;
use super::super::classes::{Found, Pin, STRANGERS, Space};
use super::super::condition::Condition;
use super::super::context::Request;
use super::super::document::{Document, Effect, Reading, Statement, Version};
use super::super::error::PolicyError;
use super::super::principal::{Principal, PrincipalPattern, Principals};
use super::{Around, Place, Severity};

/// One policy with what is known around it.
pub(super) struct Case<'a> {
    pub(super) text: &'a str,
    pub(super) around: &'a Around,
    pub(super) reading: Reading,
}

/// What a rule found: in which of the document's statements, and where there.
#[derive(Clone, Debug, Default)]
pub(super) struct Hit {
    pub(super) statement: Option<usize>,
    pub(super) elements: Vec<String>,
    pub(super) message: String,
    /// The place in the text of what is not in the document.
    pub(super) place: Option<Place>,
    /// Where it is not the rule's.
    pub(super) severity: Option<Severity>,
}

impl Hit {
    /// Returns a finding about the whole policy.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    pub(super) fn at<const N: usize>(mut self, statement: usize, elements: [&str; N]) -> Self {
        self.statement = Some(statement);
        self.elements = elements.iter().map(|element| (*element).to_owned()).collect();
        self
    }

    pub(super) fn at_condition(self, statement: usize, condition: &Condition) -> Self {
        self.at(statement, ["Condition", &condition.written(), condition.key.as_str()])
    }

    pub(super) fn of(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(text: &'a str, around: &'a Around) -> Self {
        let nothing = || Document { version: Version::default(), id: None, statements: Vec::new() };
        let reading = Document::read_leniently(text).unwrap_or_else(|error| Reading {
            document: nothing(),
            indices: Vec::new(),
            faults: vec![error],
        });
        Self { text, around, reading }
    }

    pub(super) fn document(&self) -> &Document {
        &self.reading.document
    }

    /// The requests that this policy tells apart.
    pub(super) fn space(&self) -> Space<'_> {
        let accounts: Vec<String> = self.around.account().map(str::to_owned).into_iter().collect();
        Space::new(&[self.document()], self.around.role_arn.as_deref(), &accounts)
    }

    pub(super) fn faults(&self) -> &[PolicyError] {
        &self.reading.faults
    }

    /// Every statement that allows, with its number in the document.
    pub(super) fn allows(&self) -> impl Iterator<Item = (usize, &Statement)> {
        self.document().statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow)
    }

    /// Every condition of a statement that allows.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (usize, &Condition)> {
        self.allows()
            .flat_map(|(index, statement)| statement.conditions.iter().map(move |condition| (index, condition)))
    }

    /// Every principal that a statement that allows names.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &PrincipalPattern)> {
        self.allows().flat_map(|(index, statement)| patterns(statement).iter().map(move |pattern| (index, pattern)))
    }

    /// The accounts of others that are let in by name, each with the first statement that does.
    pub(super) fn partners(&self) -> Vec<(String, usize)> {
        let mut seen = BTreeSet::new();
        let mut partners = Vec::new();
        for (index, pattern) in self.named() {
            let account = match pattern {
                PrincipalPattern::Account { account, .. } => account.clone(),
                PrincipalPattern::Arn(arn) => arn.split(':').nth(4).unwrap_or_default().to_owned(),
                PrincipalPattern::Everyone
                | PrincipalPattern::Deleted(_)
                | PrincipalPattern::WildcardArn(_)
                | PrincipalPattern::Federated(_)
                | PrincipalPattern::Service(_)
                | PrincipalPattern::CanonicalUser(_) => continue,
            };
            if self.around.is_foreign(&account) && seen.insert(account.clone()) {
                partners.push((account, index));
            }
        }
        partners
    }

    /// Returns the first statement that lets that request in.
    pub(super) fn letting_in(&self, request: &Request) -> Option<usize> {
        let lets_in = |statement: &Statement| statement.applies(request) && statement.speaks_of(&request.principal);
        self.allows().find(|(_, statement)| lets_in(statement)).map(|(index, _)| index)
    }

    pub(super) fn place(&self, statement: Option<usize>, elements: Vec<String>) -> Place {
        let Some(statement) = statement else { return Place { elements, ..Place::default() } };
        let sid = self.document().statements.get(statement).and_then(|statement| statement.sid.clone());
        let index = self.reading.indices.get(statement).copied();
        Place { statement: index, sid, elements }
    }
}

/// The principals that a statement names.
pub(super) fn patterns(statement: &Statement) -> &[PrincipalPattern] {
    match &statement.principals {
        None => &[],
        Some(Principals::Only(patterns) | Principals::AllBut(patterns)) => patterns,
    }
}

/// A request that somebody of that account gets in by, where there is one.
pub(super) fn somebody_of(account: &str, case: &Case<'_>, space: &Space<'_>, action: &str, pin: Pin<'_>) -> Found {
    let mut too_many = false;
    for principal in space.principals.iter().filter(|principal| principal.account() == Some(account)) {
        match space.find(case.document(), principal, action, pin) {
            found @ Found::Yes(_) => return found,
            Found::TooMany => too_many = true,
            Found::No => {}
        }
    }
    if too_many { Found::TooMany } else { Found::No }
}

/// A request for the role that somebody gets in by whom the policy does not name.
pub(super) fn stranger(case: &Case<'_>, space: &Space<'_>, pin: Pin<'_>) -> Found {
    let is_stranger = |principal: &&Principal| {
        principal.account().is_some_and(|account| STRANGERS.contains(&account) && !case.text.contains(account))
    };
    let mut too_many = false;
    for principal in space.principals.iter().filter(is_stranger) {
        match space.find(case.document(), principal, ASSUME_ROLE, pin) {
            found @ Found::Yes(_) => return found,
            Found::TooMany => too_many = true,
            Found::No => {}
        }
    }
    if too_many { Found::TooMany } else { Found::No }
}

/// What is said where a question was too large.
pub(super) const TOO_MANY: &str = "the policy tells too many requests apart to be sure that it is refused";
