//! Which side decides over a request for a role, and the least that would change it.
//!
//! Four have a say: the role's trust policy, the policies of the one who asks, their permissions boundary, and the control
//! policies of the organizations of both. What of them is not known is said to be so, and is taken to allow.

use std::collections::BTreeSet;

use super::classes::{Asking, IDENTITY, TAG, all_allowed};
use super::condition::Condition;
use super::context::{Context, Request};
use super::diff::Access;
use super::document::Document;
use super::evaluate::{Decision, Refusal, Side, Verdict, allows, may_assume};
use super::laws::{Control, Forbidden, Lawbook};
use super::paths::{self, Member};
use super::principal::Principal;
use super::simulate::{Outcome, Standing, simulate, unsaid};
use super::{Own, may_take};

/// Somebody asks for a role, and all that has a say.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The role's trust policy.
    pub trust: &'a Document,
    /// What the one who asks has; nothing where that is not known.
    pub own: Option<Own<'a>>,
    /// The control policies that are known.
    pub laws: &'a Lawbook,
    /// Keys that the one who asks cannot choose; without a value: absent.
    pub facts: &'a [(String, Option<String>)],
    /// What is asked.
    pub request: &'a Request,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The action that was refused; the one that was asked for, where none was.
    pub action: String,
    /// How far it is let in. Where the policies of the one who asks are known, no question is left to them.
    pub access: Access,
    /// Who decided.
    pub by: Decider,
    /// How the trust policy stands to it.
    pub trust: Outcome,
    /// How the policies of the one who asks do, where they are known.
    pub own: Option<OwnSays>,
    /// What forbids it.
    pub forbidden: Option<Forbidden>,
    /// What would change a refusal.
    pub nearest: Nearest,
    /// Keys that some policy looks at and the request does not have.
    pub absent: BTreeSet<String>,
}

/// Who decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decider {
    /// The trust policy alone.
    Trust,
    /// The policies of the one who asks.
    Identity,
    /// Both of these: both allow, or neither.
    Both,
    /// The permissions boundary of the one who asks.
    Boundary,
    /// A control policy.
    Control(Control),
    /// STS itself, which gives root users no role.
    RootUser,
}

/// What the policies of the one who asks say.
#[derive(Clone, Debug)]
pub struct OwnSays {
    /// The identity policies.
    pub identity: Decision,
    /// The boundary, where there is one.
    pub boundary: Option<Decision>,
    /// The statements that are about that action and role, each with the number of its policy; the boundary's come after the
    /// policies.
    pub statements: Vec<(usize, Standing)>,
}

/// The least that would have to be otherwise in a request for it to be let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Nearest {
    /// These keys. None: it is let in.
    Keys(Vec<Otherwise>),
    /// Nothing that can be sent is enough.
    Nothing,
    /// There are more ways to be otherwise than were tried.
    TooMany,
}

/// A key that would have to be otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Otherwise {
    /// The key.
    pub key: String,
    /// What it would have to be; nothing: absent.
    pub values: Vec<String>,
}

/// Returns what a member is, whatever they send, under these control policies.
pub fn facts(member: &Member, laws: &Lawbook) -> Vec<(String, Option<String>)> {
    paths::facts(member, laws)
}

/// Returns a member as the one who asks; a role by a session of that name.
pub fn principal_of(member: &Member, session: Option<&str>) -> Principal {
    paths::principal(member, session)
}

impl Case<'_> {
    /// Says what comes of it: of the action, and of what the request carries besides.
    ///
    /// Tags take `sts:TagSession` and a source identity `sts:SetSourceIdentity`, on both sides.
    /// Source: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
    pub fn judge(&self) -> Judged {
        let first = self.of_action(&self.request.action);
        let gives = first.action.to_ascii_lowercase().starts_with("sts:assumerole");
        let context = &self.request.context;
        let tags = context.values("aws:TagKeys").is_some() || context.carries("aws:requesttag/");
        let identity = context.values("sts:SourceIdentity").is_some();
        let with = [(TAG, tags), (IDENTITY, identity)].into_iter().filter(|(_, carried)| gives && *carried);
        let mut judged = first;
        for (action, _) in with {
            let other = self.of_action(action);
            if other.access < judged.access {
                judged = other;
            }
        }
        if judged.access == Access::No {
            judged.nearest = self.nearest(&judged.action);
        }
        let own = self.own.into_iter().flat_map(|own| own.policies.iter().chain(own.boundary));
        let documents = std::iter::once(self.trust).chain(own).chain(self.laws.over(self.request).documents());
        judged.absent = unsaid(documents, self.request);
        judged
    }

    fn of_action(&self, action: &str) -> Judged {
        let request = Request { action: action.to_owned(), ..self.request.clone() };
        let trust = simulate(self.trust, &request);
        let over = self.laws.over(&request);
        let forbidden = over.forbids(&request);
        let everything = [all_allowed()];
        let own = self.own.unwrap_or(Own { policies: &everything, boundary: None });
        let (access, by) = match may_take(self.trust, own, over, &request) {
            Verdict::Allowed { by: Side::Trust } => (Access::Yes, Decider::Trust),
            Verdict::Allowed { .. } if self.own.is_some() => (Access::Yes, Decider::Both),
            Verdict::Allowed { .. } => (trust.access, Decider::Trust),
            Verdict::Denied { how: Refusal::Control(forbidden), .. } => {
                (Access::No, Decider::Control(forbidden.control))
            }
            Verdict::Denied { how: Refusal::RootUser, .. } => (Access::No, Decider::RootUser),
            Verdict::Denied { by: Side::Trust | Side::Organization, .. } => (Access::No, Decider::Trust),
            Verdict::Denied { by: Side::Both, .. } => (Access::No, Decider::Both),
            Verdict::Denied { by: Side::Caller, how: Refusal::Explicit(statement) } => {
                let by = if statement.document < own.policies.len() { Decider::Identity } else { Decider::Boundary };
                (Access::No, by)
            }
            Verdict::Denied { by: Side::Caller, how: Refusal::Implicit } => {
                let agreed = own.boundary.is_some() && may_assume(self.trust, own.policies, &request).is_allowed();
                (Access::No, if agreed { Decider::Boundary } else { Decider::Identity })
            }
        };
        let own = self.own.map(|own| own_says(own, &request));
        let absent = BTreeSet::new();
        Judged {
            action: action.to_owned(),
            access,
            by,
            trust,
            own,
            forbidden,
            nearest: Nearest::Keys(Vec::new()),
            absent,
        }
    }

    /// Looks for the request of the same principal that differs in the fewest keys and is let in.
    fn nearest(&self, action: &str) -> Nearest {
        let everything = [all_allowed()];
        let asking = Asking {
            trust: self.trust,
            own: self.own.unwrap_or(Own { policies: &everything, boundary: None }),
            over: self.laws.over(&Request { action: action.to_owned(), ..self.request.clone() }),
            principal: &self.request.principal,
            role_arn: &self.request.resource,
            action: &self.request.action,
            facts: self.facts,
        };
        let bare = Request { context: Context::new(), ..self.request.clone() };
        let carried = asking.actions(self.request);
        let conditions = asking.conditions(self.request, &carried);
        let (space, choices) = asking.told_apart(&bare, &conditions);
        if choices.count() > MOST {
            return Nearest::TooMany;
        }
        let mut best: Option<Vec<Otherwise>> = None;
        for context in choices.contexts() {
            let mut tried = self.request.clone();
            let mut otherwise = Vec::new();
            for (key, _) in &choices.keys {
                let values = context.values(key).unwrap_or_default();
                if !holds_alike(&conditions, key, self.request, values) {
                    tried.context.set(key, values.iter().cloned());
                    otherwise.push(Otherwise { key: space.written(key), values: values.to_vec() });
                }
            }
            let is_better = best.as_ref().is_none_or(|best| otherwise.len() < best.len());
            if is_better && asking.gets(&tried) {
                best = Some(otherwise);
            }
        }
        match best {
            Some(keys) => Nearest::Keys(keys),
            None if choices.complete => Nearest::Nothing,
            None => Nearest::TooMany,
        }
    }
}

/// More ways to be otherwise are not tried.
const MOST: u128 = 20_000;

/// Whether every condition on that key stands to these values as to those of the request.
fn holds_alike(conditions: &[&Condition], key: &str, request: &Request, values: &[String]) -> bool {
    let mut other = request.clone();
    other.context.set(key, values.iter().cloned());
    let mut about = conditions.iter().filter(|condition| condition.key.name() == key);
    about.all(|condition| condition.holds(request) == condition.holds(&other))
}

fn own_says(own: Own<'_>, request: &Request) -> OwnSays {
    let boundary = own.boundary.map(|boundary| allows(std::slice::from_ref(boundary), request));
    let mut statements = Vec::new();
    for (number, document) in own.policies.iter().chain(own.boundary).enumerate() {
        for (index, statement) in document.statements.iter().enumerate() {
            let is_about = statement.resources.as_ref().is_some_and(|resources| resources.cover(request));
            let standing = Standing::of(index, statement, true, request);
            if is_about && standing.covers {
                statements.push((number, standing));
            }
        }
    }
    OwnSays { identity: allows(own.policies, request), boundary, statements }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::999999999999:role/App";

    fn trust(account: &str, condition: &str) -> Document {
        Document::parse_trust(&format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}},
                "Action": "sts:*", "Condition": {condition}}}}}"#
        ))
        .unwrap()
    }

    fn identity(effect: &str, action: &str, condition: &str) -> Document {
        Document::parse_identity(&format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*",
                "Condition": {condition}}}}}"#
        ))
        .unwrap()
    }

    fn request(context: Context) -> Request {
        let account = "111122223333".to_owned();
        let principal = Principal::User { arn: format!("arn:aws:iam::{account}:user/alice"), account };
        Request { action: "sts:AssumeRole".to_owned(), resource: ROLE.to_owned(), principal, context }
    }

    fn judge(trust: &Document, own: Option<Own<'_>>, facts: &[(String, Option<String>)], context: Context) -> Judged {
        let (laws, request) = (Lawbook::default(), request(context));
        Case { trust, own, laws: &laws, facts, request: &request }.judge()
    }

    #[test]
    fn the_side_that_decides_is_named() {
        let (any, none) = (trust("111122223333", "{}"), trust("444455556666", "{}"));
        let (may, other) = (identity("Allow", "sts:*", "{}"), identity("Allow", "s3:*", "{}"));
        let deny = identity("Deny", "sts:*", "{}");
        let cases = [
            (&any, vec![&may], None, Access::Yes, Decider::Both),
            (&any, vec![&other], None, Access::No, Decider::Identity),
            (&any, vec![&may, &deny], None, Access::No, Decider::Identity),
            (&any, vec![&may], Some(&other), Access::No, Decider::Boundary),
            (&any, vec![&may], Some(&deny), Access::No, Decider::Boundary),
            (&any, vec![&other], Some(&other), Access::No, Decider::Identity),
            (&none, vec![&may], None, Access::No, Decider::Trust),
            (&none, vec![&other], None, Access::No, Decider::Both),
        ];
        for (number, (trust, policies, boundary, access, by)) in cases.into_iter().enumerate() {
            let policies: Vec<Document> = policies.into_iter().cloned().collect();
            let judged = judge(trust, Some(Own { policies: &policies, boundary }), &[], Context::new());
            assert_eq!((judged.access, judged.by), (access, by), "{number}");
        }
        let judged = judge(&any, None, &[], Context::new());
        assert_eq!((judged.access, judged.by), (Access::IfOwnPoliciesAllow, Decider::Trust));
    }

    #[test]
    fn what_a_request_carries_has_to_be_allowed_too() {
        let trust = trust("111122223333", "{}");
        let own = [identity("Allow", "sts:AssumeRole", "{}")];
        let own = Own { policies: &own, boundary: None };
        assert_eq!(judge(&trust, Some(own), &[], Context::new()).access, Access::Yes);
        let tagged = Context::new().with("aws:RequestTag/team", "core").with("aws:TagKeys", "team");
        let judged = judge(&trust, Some(own), &[], tagged);
        assert_eq!((judged.access, judged.action.as_str()), (Access::No, "sts:TagSession"));
        let named = Context::new().with("sts:SourceIdentity", "alice");
        assert_eq!(judge(&trust, Some(own), &[], named).action, "sts:SetSourceIdentity");
    }

    #[test]
    fn what_would_change_it_is_looked_for_on_all_sides_and_never_in_what_nobody_chooses() {
        let trust =
            trust("111122223333", r#"{"StringEquals": {"sts:ExternalId": "one", "aws:PrincipalTag/team": "core"}}"#);
        let own = [identity("Allow", "sts:*", r#"{"IpAddress": {"aws:SourceIp": "198.51.100.7/32"}}"#)];
        let own = Own { policies: &own, boundary: None };
        let keys = |facts: &[(String, Option<String>)]| match judge(
            &trust,
            Some(own),
            facts,
            Context::new().with("aws:PrincipalTag/team", "core"),
        )
        .nearest
        {
            Nearest::Keys(keys) => keys.into_iter().map(|one| (one.key, one.values)).collect(),
            Nearest::Nothing | Nearest::TooMany => Vec::new(),
        };
        let found = keys(&[("aws:PrincipalTag/team".to_owned(), Some("core".to_owned()))]);
        let names: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, ["aws:SourceIp", "sts:ExternalId"], "{found:?}");
        let edge = Context::new().with("aws:PrincipalTag/team", "edge");
        let facts = [("aws:PrincipalTag/team".to_owned(), Some("edge".to_owned()))];
        assert_eq!(judge(&trust, Some(own), &facts, edge).nearest, Nearest::Nothing);
    }
}
