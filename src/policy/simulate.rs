//! How a trust policy stands to a request for its role: which statement decides, and what of the others fails.

use std::collections::BTreeSet;

use super::available::Way;
use super::classes::{Level, level};
use super::condition::Condition;
use super::context::Request;
use super::document::{Document, Effect, Statement};
use super::principal::Principal;

/// What came of a request, as far as the trust policy decides it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How far it is let in.
    pub access: super::diff::Access,
    /// Which statement decided, from 0, where one did.
    pub decided: Option<usize>,
    /// How each statement stands to the request.
    pub statements: Vec<Standing>,
}

/// How a statement stands to a request.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which statement, from 0.
    pub statement: usize,
    /// Whether it allows.
    pub allows: bool,
    /// Whether it names the one who asks.
    pub names: bool,
    /// Whether it speaks of the action.
    pub covers: bool,
    /// Its conditions that do not hold.
    pub failing: Vec<Condition>,
}

impl Standing {
    /// How a statement, which speaks of that principal or not, stands to a request.
    pub(super) fn of(index: usize, statement: &Statement, names: bool, request: &Request) -> Self {
        Self {
            statement: index,
            allows: statement.effect == Effect::Allow,
            names,
            covers: statement.actions.cover(request),
            failing: statement.conditions.iter().filter(|condition| !condition.holds(request)).cloned().collect(),
        }
    }

    /// Whether it applies.
    pub fn applies(&self) -> bool {
        self.names && self.covers && self.failing.is_empty()
    }
}

/// Says what comes of a request.
pub fn simulate(trust: &Document, request: &Request) -> Outcome {
    let standing = |(index, statement): (usize, &Statement)| {
        Standing::of(index, statement, statement.speaks_of(&request.principal), request)
    };
    let statements: Vec<Standing> = trust.statements.iter().enumerate().map(standing).collect();
    let found = level(trust, request);
    let decides = |allows: bool| statements.iter().find(|one| one.allows == allows && one.applies());
    let decided = decides(false).or_else(|| decides(true)).map(|one| one.statement);
    let access = match found {
        Level::No => super::diff::Access::No,
        Level::IfOwnPoliciesAllow => super::diff::Access::IfOwnPoliciesAllow,
        Level::Yes => super::diff::Access::Yes,
    };
    Outcome { access, decided, statements }
}

/// Reads who asks: an ARN of a user, a role, a session or a provider, an account, the host name of a provider, or a service.
pub fn principal(text: &str) -> Option<Principal> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, service, "", account, resource] => {
            let account = account.to_owned();
            match (service, resource.split_once('/')) {
                ("iam", None) if resource == "root" => Some(Principal::Root { account }),
                ("iam", Some(("user", _))) => Some(Principal::User { arn: text.to_owned(), account }),
                ("iam", Some(("role", _))) => Some(super::classes::session(text, &account, partition, "session")),
                ("iam", Some(("saml-provider" | "oidc-provider", _))) => {
                    Some(Principal::Federated { provider: text.to_owned() })
                }
                ("sts", Some(("assumed-role", rest))) => {
                    let (role, session) = rest.split_once('/')?;
                    let role_arn = format!("arn:{partition}:iam::{account}:role/{role}");
                    Some(super::classes::session(&role_arn, &account, partition, session))
                }
                _ => None,
            }
        }
        [_] if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) => {
            Some(super::classes::session(&format!("arn:aws:iam::{text}:role/any"), text, "aws", "session"))
        }
        [_] if text.ends_with(".amazonaws.com") && text != "cognito-identity.amazonaws.com" => {
            Some(Principal::Service { name: text.to_owned() })
        }
        [_] if text.contains('.') => Some(Principal::Federated { provider: text.to_owned() }),
        _ => None,
    }
}

/// Returns the action by which that principal asks for a role.
pub fn action_of(principal: &Principal) -> &'static str {
    Way::of(principal).map_or("sts:AssumeRole", Way::action)
}

/// The keys that these policies look at and the request does not have.
pub fn unsaid<'d>(documents: impl IntoIterator<Item = &'d Document>, request: &Request) -> BTreeSet<String> {
    let way = Way::of(&request.principal);
    let conditions = documents.into_iter().flat_map(|one| &one.statements).flat_map(|statement| &statement.conditions);
    let asked = conditions.filter(|condition| way.is_some_and(|way| way.has(&condition.key)));
    let unsaid = asked.filter(|condition| request.values(condition.key.as_str()).is_none());
    unsaid.map(|condition| condition.key.as_str().to_owned()).collect()
}
