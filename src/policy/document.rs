//! What a policy document says, once read.

use std::fmt;

use super::condition::Condition;
use super::context::{Context, Request};
use super::error::PolicyError;
use super::parse;
use super::pattern::{Pattern, Syntax};
use super::principal::{Principal, PrincipalPattern, Principals};

/// A policy document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// The version of the policy language.
    pub version: Version,
    /// `Id`, where there is one.
    pub id: Option<String>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
}

/// A document as far as it could be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// What could be read.
    pub document: Document,
    /// Which statement of the text, from 0, each of the document's statements is.
    pub indices: Vec<usize>,
    /// What could not be read, in its order.
    pub faults: Vec<PolicyError>,
}

/// The version of the policy language. A document without one is of the older version.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Version {
    /// `2008-10-17`: `${…}` is text like any other.
    #[default]
    Of2008,
    /// `2012-10-17`: `${…}` is a policy variable.
    Of2012,
}

/// One statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// `Sid`, where there is one.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`, where there is one.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Actions,
    /// `Resource` or `NotResource`, where there is one.
    pub resources: Option<Resources>,
    /// `Condition`: all of them have to hold.
    pub conditions: Vec<Condition>,
}

/// `Effect`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// `Action` or `NotAction`. Patterns of actions are compared without regard to case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Actions {
    /// Those that match one of these.
    Only(Vec<Pattern>),
    /// All that match none of these.
    AllBut(Vec<Pattern>),
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Resources {
    /// Those that match one of these.
    Only(Vec<Pattern>),
    /// All that match none of these.
    AllBut(Vec<Pattern>),
}

/// What a policy is used as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Usage {
    /// A role's trust policy.
    Trust,
    /// A policy of a user, a group, a role or a session.
    Identity,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trust => "a trust policy",
            Self::Identity => "an identity policy",
            Self::ServiceControl => "a service control policy",
            Self::ResourceControl => "a resource control policy",
        })
    }
}

impl Document {
    /// Reads a policy document of whatever use.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        parse::document(json)
    }

    /// Reads as much of a policy document as can be read, and says what cannot be. An error is a text that is no policy at
    /// all.
    ///
    /// What is left lets in at least whom the text lets in, so that a check which finds nothing there has nothing to find.
    pub fn read_leniently(json: &str) -> Result<Reading, PolicyError> {
        parse::leniently(json)
    }

    /// Reads a role's trust policy: it names principals and no resources.
    pub fn parse_trust(json: &str) -> Result<Self, PolicyError> {
        let document = Self::parse(json)?;
        document.check(Usage::Trust)?;
        Ok(document)
    }

    /// Reads an identity policy, or a session policy: it names resources and no principals.
    pub fn parse_identity(json: &str) -> Result<Self, PolicyError> {
        let document = Self::parse(json)?;
        document.check(Usage::Identity)?;
        Ok(document)
    }

    /// Says whether each statement has the elements that a policy of that use has, and no others.
    ///
    /// Source: IAM User Guide, "Grammar of the IAM JSON policy language": trust policies have no `Resource` (the role
    /// itself is meant), identity policies no `Principal` (whom they are attached to is meant). AWS Organizations User Guide,
    /// "SCP syntax" (as an identity policy), "RCP syntax": `Principal` is `*`, the effect is Deny (Allow is for AWS's own
    /// `RCPFullAWSAccess`), there is no `NotAction`.
    pub fn check(&self, usage: Usage) -> Result<(), PolicyError> {
        self.statements.iter().enumerate().try_for_each(|(index, statement)| {
            let at = parse::statement_at(index);
            match (usage, &statement.principals, &statement.resources) {
                (Usage::Trust, _, Some(_)) => Err(PolicyError::Misplaced { at, element: "Resource", usage }),
                (Usage::Trust | Usage::ResourceControl, None, _) => {
                    Err(PolicyError::Missing { at, element: "Principal" })
                }
                (Usage::Identity | Usage::ServiceControl, Some(_), _) => {
                    Err(PolicyError::Misplaced { at, element: "Principal", usage })
                }
                (Usage::Identity | Usage::ServiceControl | Usage::ResourceControl, _, None) => {
                    Err(PolicyError::Missing { at, element: "Resource" })
                }
                (Usage::ResourceControl, Some(principals), Some(_)) => denies_everyone(statement, principals, at),
                (Usage::Trust, Some(_), None) | (Usage::Identity | Usage::ServiceControl, None, Some(_)) => Ok(()),
            }
        })
    }
}

/// Whether an action as a policy writes it (`s3:Get*`) means that one.
pub fn action_means(written: &str, action: &str) -> bool {
    let syntax = Syntax { wildcards: true, variables: false };
    Pattern::parse(written, syntax, "Action").is_ok_and(|pattern| Actions::Only(vec![pattern]).mean(action))
}

/// Whether a statement has the form that a resource control policy's has.
fn denies_everyone(statement: &Statement, principals: &Principals, at: String) -> Result<(), PolicyError> {
    let usage = Usage::ResourceControl;
    let is_everyone = matches!(principals, Principals::Only(patterns) if patterns[..] == [PrincipalPattern::Everyone]);
    if !is_everyone {
        return Err(PolicyError::Form {
            at: format!("{at}.Principal"),
            expected: "\"*\" in a resource control policy",
        });
    }
    match (statement.effect, &statement.actions) {
        (Effect::Allow, _) => Err(PolicyError::Misplaced { at, element: "Effect of Allow", usage }),
        (Effect::Deny, Actions::AllBut(_)) => Err(PolicyError::Misplaced { at, element: "NotAction", usage }),
        (Effect::Deny, Actions::Only(_)) => Ok(()),
    }
}

impl Actions {
    /// Whether an action is one of those meant.
    pub fn mean(&self, action: &str) -> bool {
        self.cover(&Request {
            action: action.to_owned(),
            resource: String::new(),
            principal: Principal::Anonymous,
            context: Context::new(),
        })
    }

    /// Whether the request's action is one of those meant.
    pub(super) fn cover(&self, request: &Request) -> bool {
        let matches = |pattern: &Pattern| pattern.matches_any_case(&request.action, request) == Some(true);
        match self {
            Self::Only(patterns) => patterns.iter().any(matches),
            Self::AllBut(patterns) => !patterns.iter().any(matches),
        }
    }
}

impl Resources {
    /// Whether the request's resource is one of those meant. A variable without a value means none.
    pub(super) fn cover(&self, request: &Request) -> bool {
        let matches = |pattern: &Pattern| match pattern.as_str() {
            "*" => Some(true),
            _ => pattern.matches_arn(&request.resource, request),
        };
        match self {
            Self::Only(patterns) => patterns.iter().any(|pattern| matches(pattern) == Some(true)),
            Self::AllBut(patterns) => patterns.iter().all(|pattern| matches(pattern) == Some(false)),
        }
    }
}
