//! Whether somebody may: explicit denies first, then who has to agree.

use super::context::Request;
use super::document::{Document, Effect, Statement};
use super::principal::{Naming, Principal};

/// Whether a caller gets a role, and which side decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The role may be assumed.
    Allowed {
        /// Whose permission it took: the trust policy's alone, or both.
        by: Side,
    },
    /// It may not.
    Denied {
        /// Who refused.
        by: Side,
        /// How.
        how: Refusal,
    },
}

/// One side of a trust, or both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// The role's trust policy.
    Trust,
    /// The caller's own policies.
    Caller,
    /// Both of them.
    Both,
}

/// How a side refuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// A statement denies it.
    Explicit(StatementRef),
    /// No statement allows it.
    Implicit,
    /// Root users may not assume roles, whatever policies say.
    /// Source: STS API Reference, `AssumeRole`: "You cannot use AWS account root user credentials".
    RootUser,
}

/// Which statement decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatementRef {
    /// Which of the documents, from 0. A trust policy is document 0.
    pub document: usize,
    /// Which of its statements, from 0.
    pub statement: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
}

/// What identity policies say by themselves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allowed(StatementRef),
    /// A statement denies it.
    Denied(StatementRef),
    /// No statement says anything of it: AWS denies it.
    NotAllowed,
}

impl Verdict {
    /// Whether the role may be assumed.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

impl Decision {
    /// Whether it is allowed.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Says whether the one who asks gets the role.
///
/// `callers` are the identity policies of the one who asks: a user's own and its groups', or a role's. The request's
/// resource is the role's ARN, its action `sts:AssumeRole` or what comes with it (`sts:TagSession`,
/// `sts:SetSourceIdentity`).
///
/// An explicit deny of either side decides. Across accounts both sides have to allow it. Within an account a trust
/// policy that names the caller (its user, its role, its session, or everyone) is enough, and one that names the
/// account leaves it to the caller's own policies. Identity policies alone never suffice.
/// Source: IAM User Guide, "Policy evaluation logic" and "How permissions and policies provide access management".
pub fn may_assume(trust: &Document, callers: &[Document], request: &Request) -> Verdict {
    if let Some(statement) = denied_by_trust(trust, request) {
        return Verdict::Denied { by: Side::Trust, how: Refusal::Explicit(statement) };
    }
    let callers_say = allows(callers, request);
    if let Decision::Denied(statement) = callers_say {
        return Verdict::Denied { by: Side::Caller, how: Refusal::Explicit(statement) };
    }
    if matches!(request.principal, Principal::Root { .. }) {
        return Verdict::Denied { by: Side::Caller, how: Refusal::RootUser };
    }
    let caller_is_asked = match (request.principal.account(), request.resource_account()) {
        (Some(own), Some(roles)) => own != roles,
        (Some(_), None) => true,
        // Whoever comes from a provider or a service has no policies of their own.
        (None, _) => false,
    };
    match (allowed_by_trust(trust, request), callers_say.is_allowed()) {
        (Some(Naming::Itself), _) if !caller_is_asked => Verdict::Allowed { by: Side::Trust },
        (Some(_), true) => Verdict::Allowed { by: Side::Both },
        (Some(_), false) => Verdict::Denied { by: Side::Caller, how: Refusal::Implicit },
        (None, false) if caller_is_asked => Verdict::Denied { by: Side::Both, how: Refusal::Implicit },
        (None, _) => Verdict::Denied { by: Side::Trust, how: Refusal::Implicit },
    }
}

/// Says what identity policies allow by themselves.
pub fn allows(policies: &[Document], request: &Request) -> Decision {
    let found = |effect: Effect| {
        policies.iter().enumerate().find_map(|(index, document)| {
            find(document, index, effect, |statement| {
                statement.resources.as_ref().is_some_and(|resources| resources.cover(request))
                    && statement.applies(request)
            })
        })
    };
    match (found(Effect::Deny), found(Effect::Allow)) {
        (Some(denied), _) => Decision::Denied(denied),
        (None, Some(allowed)) => Decision::Allowed(allowed),
        (None, None) => Decision::NotAllowed,
    }
}

fn denied_by_trust(trust: &Document, request: &Request) -> Option<StatementRef> {
    find(trust, 0, Effect::Deny, |statement| {
        statement.principals.as_ref().is_some_and(|principals| principals.deny(&request.principal))
            && statement.applies(request)
    })
}

fn allowed_by_trust(trust: &Document, request: &Request) -> Option<Naming> {
    let allowing = trust.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allowing
        .filter(|statement| statement.applies(request))
        .filter_map(|statement| statement.principals.as_ref()?.allow(&request.principal))
        .max()
}

fn find(document: &Document, index: usize, effect: Effect, hits: impl Fn(&Statement) -> bool) -> Option<StatementRef> {
    let found = document.statements.iter().position(|statement| statement.effect == effect && hits(statement))?;
    Some(StatementRef { document: index, statement: found, sid: document.statements[found].sid.clone() })
}

impl Statement {
    /// Whether action and circumstances are those that it speaks of.
    fn applies(&self, request: &Request) -> bool {
        self.actions.cover(request) && self.conditions.iter().all(|condition| condition.holds(request))
    }
}
