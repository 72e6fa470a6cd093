//! What an organization forbids: service control policies bind the callers of its accounts, resource control policies its
//! accounts' roles. They give nothing.
//!
//! A service control policy has to allow at every level over the account (the root, each unit on the way, the account
//! itself), and none of them may deny. `RCPFullAWSAccess` is attached everywhere and cannot be detached, so that a resource
//! control policy can only deny. Neither binds the management account, nor service-linked roles. Resource control policies
//! bind whoever asks for a role, from whatever account; service control policies do not bind whom an identity provider or a
//! service brings, since these belong to no account.
//!
//! Source: AWS Organizations User Guide, "SCP evaluation", "Service control policies (SCPs)" (tasks and entities not
//! restricted by SCPs), "Resource control policies (RCPs)" (resources and entities not restricted by RCPs), "RCP evaluation".

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::context::Request;
use super::document::{Document, Effect, Statement};
use super::evaluate::StatementRef;
use super::principal::Principal;

/// Which kind of control policy.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Control {
    /// Over the callers of an account.
    Service,
    /// Over the roles of an account.
    Resource,
}

/// A control policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ControlPolicy {
    /// `p-examplepolicyid111`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub document: Document,
}

/// A level of an organization, and what is attached to it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tier {
    /// What it is called: `the root r-a1b2`, `the unit Production`, `the account 111122223333`.
    pub name: String,
    /// Service control policies.
    pub service: Vec<Arc<ControlPolicy>>,
    /// Whether `FullAWSAccess` is among them.
    pub full_access: bool,
    /// Resource control policies.
    pub resource: Vec<Arc<ControlPolicy>>,
}

/// Where an account stands in its organization.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The organization.
    pub organization: String,
    /// `aws:PrincipalOrgPaths`: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`.
    pub path: String,
    /// Whether it is the management account, which control policies do not bind.
    pub is_management: bool,
    /// The levels over it, from the root to the account itself.
    pub tiers: Vec<Tier>,
}

/// The places of all accounts of which that is known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lawbook(pub BTreeMap<String, Place>);

/// The control policies that bear on one call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Over<'a> {
    caller: Option<&'a Place>,
    role: Option<&'a Place>,
}

/// What forbids a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forbidden {
    /// Which kind of policy.
    pub control: Control,
    /// The level.
    pub tier: String,
    /// The policy's name and the statement that denies; nothing: none at that level allows it.
    pub denies: Option<(String, StatementRef)>,
}

impl Control {
    /// As AWS calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service control policy",
            Self::Resource => "resource control policy",
        }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { control, tier, denies } = self;
        match denies {
            Some((name, statement)) => write!(f, "the {control} {name} of {tier} denies it ({statement})"),
            None => write!(f, "no {control} of {tier} allows it"),
        }
    }
}

impl Lawbook {
    /// Returns what bears on a request.
    pub fn over(&self, request: &Request) -> Over<'_> {
        let bound = |account: Option<&str>| self.0.get(account?).filter(|place| !place.is_management);
        if is_service_linked(&request.principal) {
            return Over::default();
        }
        let is_linked = request.resource.contains(SERVICE_LINKED);
        // Of what is asked here, only roles, and STS's actions on them, are what resource control policies are for.
        let is_role = request.action.get(..4).is_some_and(|begins| begins.eq_ignore_ascii_case("sts:"));
        Over {
            caller: bound(request.principal.account()),
            role: bound(request.resource_account()).filter(|_| is_role && !is_linked),
        }
    }
}

impl<'a> Over<'a> {
    /// Says what forbids the request, if anything does: what denies before what does not allow.
    pub fn forbids(&self, request: &Request) -> Option<Forbidden> {
        self.denied(Control::Resource, request)
            .or_else(|| self.denied(Control::Service, request))
            .or_else(|| self.not_allowed(request))
    }

    /// The documents that are looked at.
    pub(super) fn documents(&self) -> impl Iterator<Item = &'a Document> + use<'a> {
        let of = |place: Option<&'a Place>, control: Control| {
            place.into_iter().flat_map(|place| &place.tiers).flat_map(move |tier| tier.policies(control))
        };
        let all = of(self.caller, Control::Service).chain(of(self.role, Control::Resource));
        all.map(|policy| &policy.document)
    }

    fn tiers(&self, control: Control) -> &'a [Tier] {
        let place = match control {
            Control::Service => self.caller,
            Control::Resource => self.role,
        };
        place.map(|place| place.tiers.as_slice()).unwrap_or_default()
    }

    fn denied(&self, control: Control, request: &Request) -> Option<Forbidden> {
        self.tiers(control).iter().find_map(|tier| {
            tier.policies(control).iter().find_map(|policy| {
                let statement = find(&policy.document, Effect::Deny, request)?;
                Some(Forbidden { control, tier: tier.name.clone(), denies: Some((policy.name.clone(), statement)) })
            })
        })
    }

    fn not_allowed(&self, request: &Request) -> Option<Forbidden> {
        let control = Control::Service;
        let allows = |policy: &Arc<ControlPolicy>| find(&policy.document, Effect::Allow, request).is_some();
        let tier = self.tiers(control).iter().find(|tier| !tier.full_access && !tier.service.iter().any(allows))?;
        Some(Forbidden { control, tier: tier.name.clone(), denies: None })
    }
}

impl Tier {
    fn policies(&self, control: Control) -> &[Arc<ControlPolicy>] {
        match control {
            Control::Service => &self.service,
            Control::Resource => &self.resource,
        }
    }
}

/// Where service-linked roles lie.
/// Source: IAM User Guide, "Create a service-linked role".
const SERVICE_LINKED: &str = ":role/aws-service-role/";

fn is_service_linked(principal: &Principal) -> bool {
    match principal {
        Principal::AssumedRole { role_arn, .. } => role_arn.contains(SERVICE_LINKED),
        Principal::User { .. }
        | Principal::Root { .. }
        | Principal::Federated { .. }
        | Principal::Service { .. }
        | Principal::Anonymous => false,
    }
}

fn find(document: &Document, effect: Effect, request: &Request) -> Option<StatementRef> {
    let hits = |statement: &Statement| {
        statement.effect == effect
            && statement.resources.as_ref().is_some_and(|resources| resources.cover(request))
            && statement.applies(request)
    };
    let found = document.statements.iter().position(hits)?;
    Some(StatementRef { document: 0, statement: found, sid: document.statements[found].sid.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, Own, Refusal, Side, Verdict, may_take};

    const ROLE: &str = "arn:aws:iam::999999999999:role/App";

    fn policy(name: &str, statement: &str) -> Arc<ControlPolicy> {
        let document = Document::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#)).unwrap();
        Arc::new(ControlPolicy { id: format!("p-{name}"), name: name.to_owned(), document })
    }

    fn service(effect: &str, action: &str) -> Arc<ControlPolicy> {
        let policy = policy(effect, &format!(r#"{{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}"#));
        policy.document.check(crate::policy::Usage::ServiceControl).unwrap();
        policy
    }

    fn resource(condition: &str) -> Arc<ControlPolicy> {
        let policy = policy(
            "perimeter",
            &format!(
                r#"{{"Sid": "Ours", "Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*", "Condition": {condition}}}"#
            ),
        );
        policy.document.check(crate::policy::Usage::ResourceControl).unwrap();
        policy
    }

    fn tier(name: &str, full_access: bool, service: Vec<Arc<ControlPolicy>>) -> Tier {
        Tier { name: name.to_owned(), service, full_access, resource: Vec::new() }
    }

    fn book(account: &str, tiers: Vec<Tier>, is_management: bool) -> Lawbook {
        let place = Place { organization: "o-own".to_owned(), path: "o-own/r-1/".to_owned(), is_management, tiers };
        Lawbook(BTreeMap::from([(account.to_owned(), place)]))
    }

    fn user(account: &str) -> Principal {
        Principal::User { arn: format!("arn:aws:iam::{account}:user/alice"), account: account.to_owned() }
    }

    fn session(role: &str) -> Principal {
        Principal::AssumedRole {
            session_arn: "arn:aws:sts::111122223333:assumed-role/S/s".to_owned(),
            role_arn: format!("arn:aws:iam::111122223333:role/{role}"),
            account: "111122223333".to_owned(),
        }
    }

    fn request(principal: Principal) -> Request {
        let (action, resource) = ("sts:AssumeRole".to_owned(), ROLE.to_owned());
        Request { action, resource, principal, context: Context::new() }
    }

    fn says(book: &Lawbook, request: &Request) -> Option<String> {
        book.over(request).forbids(request).map(|forbidden| forbidden.to_string())
    }

    /// Source: AWS Organizations User Guide, "SCP evaluation".
    #[test]
    fn a_service_control_policy_has_to_allow_at_every_level_and_none_may_deny() {
        let (allow, other, deny) =
            (service("Allow", "sts:*"), service("Allow", "s3:*"), service("Deny", "sts:Assume*"));
        let full = || tier("the root", true, Vec::new());
        let cases = [
            (vec![full(), full()], None),
            (vec![full(), tier("the unit U", false, vec![allow.clone()])], None),
            (
                vec![full(), tier("the unit U", false, vec![other.clone()])],
                Some("no service control policy of the unit U allows it"),
            ),
            (vec![full(), tier("the unit U", false, vec![other, allow])], None),
            (
                vec![full(), tier("the unit U", false, Vec::new())],
                Some("no service control policy of the unit U allows it"),
            ),
            (
                vec![tier("the root", true, vec![deny]), tier("the unit U", false, Vec::new())],
                Some("the service control policy Deny of the root denies it (Statement[0])"),
            ),
        ];
        for (tiers, expected) in cases {
            let book = book("111122223333", tiers, false);
            assert_eq!(says(&book, &request(user("111122223333"))).as_deref(), expected);
        }
    }

    /// Source: AWS Organizations User Guide, "Service control policies (SCPs)", "Resource control policies (RCPs)".
    #[test]
    fn whom_control_policies_bind() {
        let deny = || vec![tier("the root", true, vec![service("Deny", "*")])];
        let callers = book("111122223333", deny(), false);
        let google = || Principal::Federated { provider: "accounts.google.com".to_owned() };
        let cases = [
            (user("111122223333"), true),
            (session("Deploy"), true),
            (Principal::Root { account: "111122223333".to_owned() }, true),
            (session("aws-service-role/ec2.amazonaws.com/AWSServiceRoleForX"), false),
            (user("444455556666"), false),
            (google(), false),
            (Principal::Service { name: "ec2.amazonaws.com".to_owned() }, false),
        ];
        for (principal, bound) in cases {
            assert_eq!(says(&callers, &request(principal.clone())).is_some(), bound, "{principal:?}");
        }
        assert_eq!(says(&book("111122223333", deny(), true), &request(user("111122223333"))), None, "management");

        let tiers =
            |condition: &str| vec![Tier { resource: vec![resource(condition)], ..tier("the root", true, vec![]) }];
        let always = "{\"StringNotEqualsIfExists\": {\"aws:PrincipalOrgID\": \"o-own\"}}";
        let roles = book("999999999999", tiers(always), false);
        for (principal, bound) in [(user("444455556666"), true), (google(), true)] {
            assert_eq!(says(&roles, &request(principal.clone())).is_some(), bound, "{principal:?}");
        }
        let inside = Request { context: Context::new().with("aws:PrincipalOrgID", "o-own"), ..request(session("A")) };
        assert_eq!(says(&roles, &inside), None);
        let outside = request(user("444455556666"));
        assert_eq!(
            says(&roles, &outside).as_deref(),
            Some("the resource control policy perimeter of the root denies it (Statement[0], Ours)")
        );
        let iam = Request { action: "iam:GetRole".to_owned(), ..outside.clone() };
        assert_eq!(says(&roles, &iam), None, "IAM's own actions are not for resource control policies");
        let linked = "arn:aws:iam::999999999999:role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForX";
        assert_eq!(says(&roles, &Request { resource: linked.to_owned(), ..outside.clone() }), None);
        assert_eq!(says(&book("999999999999", tiers(always), true), &outside), None, "management");
    }

    #[test]
    fn what_an_organization_forbids_nobody_gives() {
        let trust =
            Document::parse_trust(r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}}"#).unwrap();
        let own =
            [Document::parse_identity(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#)
                .unwrap()];
        let own = Own { policies: &own, boundary: None };
        let request = request(user("111122223333"));
        let book = book("111122223333", vec![tier("the root", true, vec![service("Deny", "sts:*")])], false);
        let verdict = may_take(&trust, own, book.over(&request), &request);
        let Verdict::Denied { by: Side::Organization, how: Refusal::Control(forbidden) } = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!((forbidden.control, forbidden.tier.as_str()), (Control::Service, "the root"));
        assert!(may_take(&trust, own, Over::default(), &request).is_allowed());
    }

    #[test]
    fn a_control_policy_has_the_form_of_its_kind() {
        use crate::policy::Usage::{ResourceControl, ServiceControl};
        let deny = |rest: &str| policy("P", &format!(r#"{{"Effect": "Deny", "Resource": "*", {rest}}}"#));
        let allow = |rest: &str| policy("P", &format!(r#"{{"Effect": "Allow", "Resource": "*", {rest}}}"#));
        let cases = [
            (deny(r#""Action": "sts:*""#), true, false),
            (allow(r#""NotAction": "sts:*""#), true, false),
            (deny(r#""Action": "sts:*", "Principal": "*""#), false, true),
            (deny(r#""Action": "sts:*", "Principal": {"AWS": "111122223333"}"#), false, false),
            (allow(r#""Action": "sts:*", "Principal": "*""#), false, false),
            (deny(r#""NotAction": "sts:*", "Principal": "*""#), false, false),
        ];
        for (policy, as_service, as_resource) in cases {
            let fits = |usage| policy.document.check(usage).is_ok();
            assert_eq!((fits(ServiceControl), fits(ResourceControl)), (as_service, as_resource), "{policy:?}");
        }
    }
}
