//! Why a request for a role is let in or refused, and what would change it.

use std::collections::BTreeSet;

use super::available::Way;
use super::classes::{Level, Space, level};
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
    /// The least that would have to be otherwise for it to be let in, where something would do.
    pub nearest: Option<Vec<Otherwise>>,
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

/// A key that would have to be otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Otherwise {
    /// The key.
    pub key: String,
    /// What it would have to be; nothing: absent.
    pub values: Vec<String>,
}

impl Standing {
    /// Whether it applies.
    pub fn applies(&self) -> bool {
        self.names && self.covers && self.failing.is_empty()
    }
}

/// Says what comes of a request.
pub fn simulate(trust: &Document, request: &Request) -> Outcome {
    let standing = |(index, statement): (usize, &Statement)| Standing {
        statement: index,
        allows: statement.effect == Effect::Allow,
        names: statement.speaks_of(&request.principal),
        covers: statement.actions.cover(request),
        failing: statement.conditions.iter().filter(|condition| !condition.holds(request)).cloned().collect(),
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
    let nearest = (found == Level::No).then(|| nearest(trust, request)).flatten();
    Outcome { access, decided, statements, nearest }
}

/// More ways to be otherwise are not tried.
const MOST: u128 = 20_000;

/// Looks for the request of the same principal that differs in the fewest keys and is let in.
fn nearest(trust: &Document, request: &Request) -> Option<Vec<Otherwise>> {
    let account: Vec<String> = request.resource_account().map(str::to_owned).into_iter().collect();
    let space = Space::new(&[trust], Some(&request.resource), &account);
    let choices = space.choices(&request.principal, &request.action, &|_, _| true);
    if choices.count() > MOST {
        return None;
    }
    let mut best: Option<Vec<Otherwise>> = None;
    for context in choices.contexts() {
        let mut tried = request.clone();
        let mut otherwise = Vec::new();
        for (key, _) in &choices.keys {
            let values = context.values(key).unwrap_or_default();
            let as_given = holds_alike(trust, key, request, values);
            if !as_given {
                tried.context.set(key, values.iter().cloned());
                otherwise.push(Otherwise { key: space.written(key), values: values.to_vec() });
            }
        }
        let is_better = best.as_ref().is_none_or(|best| otherwise.len() < best.len());
        if is_better && level(trust, &tried) > Level::No {
            best = Some(otherwise);
        }
    }
    best
}

/// Whether every condition on that key stands to these values as to those of the request.
fn holds_alike(trust: &Document, key: &str, request: &Request, values: &[String]) -> bool {
    let mut other = request.clone();
    other.context.set(key, values.iter().cloned());
    let conditions = trust.statements.iter().flat_map(|statement| &statement.conditions);
    let mut about = conditions.filter(|condition| condition.key.name() == key);
    about.all(|condition| condition.holds(request) == condition.holds(&other))
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

/// The keys that a trust policy looks at and the request does not have.
pub fn unsaid(trust: &Document, request: &Request) -> BTreeSet<String> {
    let way = Way::of(&request.principal);
    let conditions = trust.statements.iter().flat_map(|statement| &statement.conditions);
    let asked = conditions.filter(|condition| way.is_some_and(|way| way.has(&condition.key)));
    let unsaid = asked.filter(|condition| request.values(condition.key.as_str()).is_none());
    unsaid.map(|condition| condition.key.as_str().to_owned()).collect()
}
