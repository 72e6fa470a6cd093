//! Whether somebody may: explicit denies first, then who has to agree.

use std::fmt;

use super::context::Request;
use super::document::{Document, Effect, Statement};
use super::laws::Forbidden;
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
    /// A control policy of an organization: the role's, or the caller's.
    Organization,
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
    /// A control policy forbids it.
    Control(Forbidden),
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

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Statement[{}]", self.statement)?;
        self.sid.as_ref().map_or(Ok(()), |sid| write!(f, ", {sid}"))
    }
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
    pub(super) fn applies(&self, request: &Request) -> bool {
        self.actions.cover(request) && self.conditions.iter().all(|condition| condition.holds(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, PolicyError};

    const ROLE: &str = "arn:aws:iam::999999999999:role/UpdateApp";

    fn user(account: &str) -> Principal {
        Principal::User { arn: format!("arn:aws:iam::{account}:user/alice"), account: account.to_owned() }
    }

    fn session(account: &str) -> Principal {
        Principal::AssumedRole {
            session_arn: format!("arn:aws:sts::{account}:assumed-role/Deploy/ci"),
            role_arn: format!("arn:aws:iam::{account}:role/teams/Deploy"),
            account: account.to_owned(),
        }
    }

    fn request(principal: Principal) -> Request {
        let context = Context::new().with("sts:ExternalId", "12345");
        Request { action: "sts:AssumeRole".to_owned(), resource: ROLE.to_owned(), principal, context }
    }

    fn trust(statements: &str) -> Document {
        Document::parse_trust(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)).unwrap()
    }

    fn trusts(principal: &str) -> Document {
        trust(&format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}"#))
    }

    fn identity(effect: &str, action: &str, resource: &str) -> Result<Document, PolicyError> {
        Document::parse_identity(&format!(
            r#"{{"Version": "2012-10-17", "Statement":
                {{"Sid": "own", "Effect": "{effect}", "Action": "{action}", "Resource": "{resource}"}}}}"#
        ))
    }

    const YES_TRUST: Verdict = Verdict::Allowed { by: Side::Trust };
    const YES_BOTH: Verdict = Verdict::Allowed { by: Side::Both };
    const NO_TRUST: Verdict = Verdict::Denied { by: Side::Trust, how: Refusal::Implicit };
    const NO_CALLER: Verdict = Verdict::Denied { by: Side::Caller, how: Refusal::Implicit };
    const NO_BOTH: Verdict = Verdict::Denied { by: Side::Both, how: Refusal::Implicit };

    /// Source: IAM User Guide, "Policy evaluation logic", "Principal" ("In the same account …"), "AssumeRole" of STS.
    #[test]
    fn who_has_to_agree_depends_on_the_account_and_on_how_the_caller_is_named() {
        let (own, foreign) = ("999999999999", "111122223333");
        // What the trust policy names; who asks; the verdict without, and with, a permission of the caller's own.
        let cases = [
            (r#"{"AWS": "arn:aws:iam::999999999999:user/alice"}"#, user(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "999999999999"}"#, user(own), NO_CALLER, YES_BOTH),
            (r#"{"AWS": "arn:aws:iam::999999999999:root"}"#, user(own), NO_CALLER, YES_BOTH),
            (r#"{"AWS": "arn:aws-cn:iam::999999999999:root"}"#, user(own), NO_TRUST, NO_TRUST),
            ("\"*\"", user(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "*"}"#, user(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "arn:aws:iam::999999999999:user/bob"}"#, user(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "arn:aws:iam::999999999999:user/*"}"#, user(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "arn:aws:iam::999999999999:user/ALICE"}"#, user(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "AIDAEXAMPLEEXAMPLE12"}"#, user(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "arn:aws:iam::999999999999:role/teams/Deploy"}"#, session(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "arn:aws:iam::999999999999:role/Deploy"}"#, session(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "arn:aws:sts::999999999999:assumed-role/Deploy/ci"}"#, session(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "arn:aws:sts::999999999999:assumed-role/Deploy/*"}"#, session(own), NO_TRUST, NO_TRUST),
            (r#"{"AWS": "999999999999"}"#, session(own), NO_CALLER, YES_BOTH),
            (r#"{"AWS": ["999999999999", "arn:aws:iam::999999999999:user/alice"]}"#, user(own), YES_TRUST, YES_TRUST),
            (r#"{"AWS": "arn:aws:iam::111122223333:user/alice"}"#, user(foreign), NO_CALLER, YES_BOTH),
            (r#"{"AWS": "111122223333"}"#, user(foreign), NO_CALLER, YES_BOTH),
            ("\"*\"", user(foreign), NO_CALLER, YES_BOTH),
            (r#"{"AWS": "999999999999"}"#, user(foreign), NO_BOTH, NO_TRUST),
            (r#"{"AWS": "arn:aws:iam::111122223333:role/teams/Deploy"}"#, session(foreign), NO_CALLER, YES_BOTH),
        ];
        let permission = [identity("Allow", "sts:AssumeRole", ROLE).unwrap()];
        for (principal, asks, without, with) in cases {
            let (trust, request) = (trusts(principal), request(asks));
            assert_eq!(may_assume(&trust, &[], &request), without, "{principal} {:?}, without", request.principal);
            assert_eq!(may_assume(&trust, &permission, &request), with, "{principal} {:?}, with", request.principal);
        }
    }

    #[test]
    fn providers_and_services_are_let_in_by_the_trust_policy_alone() {
        let google = || Principal::Federated { provider: "accounts.google.com".to_owned() };
        let provider = "arn:aws:iam::999999999999:saml-provider/Corp";
        let saml = || Principal::Federated { provider: provider.to_owned() };
        let ec2 = || Principal::Service { name: "ec2.amazonaws.com".to_owned() };
        let cases = [
            (r#"{"Federated": "accounts.google.com"}"#.to_owned(), google(), YES_TRUST),
            (format!(r#"{{"Federated": "{provider}"}}"#), saml(), YES_TRUST),
            (format!(r#"{{"Federated": "{provider}2"}}"#), saml(), NO_TRUST),
            (format!(r#"{{"AWS": "999999999999", "Federated": "{provider}"}}"#), saml(), YES_TRUST),
            (r#"{"Service": "ec2.amazonaws.com"}"#.to_owned(), ec2(), YES_TRUST),
            (r#"{"Service": ["lambda.amazonaws.com"]}"#.to_owned(), ec2(), NO_TRUST),
            (r#"{"AWS": "999999999999"}"#.to_owned(), ec2(), NO_TRUST),
            (r#"{"AWS": "999999999999"}"#.to_owned(), Principal::Anonymous, NO_TRUST),
        ];
        for (principal, asks, expected) in cases {
            assert_eq!(may_assume(&trusts(&principal), &[], &request(asks)), expected, "{principal}");
        }
    }

    #[test]
    fn a_root_user_assumes_no_role() {
        let root = request(Principal::Root { account: "999999999999".to_owned() });
        let expected = Verdict::Denied { by: Side::Caller, how: Refusal::RootUser };
        assert_eq!(may_assume(&trusts(r#"{"AWS": "999999999999"}"#), &[], &root), expected);
    }

    #[test]
    fn an_explicit_deny_of_either_side_decides_and_says_which_statement() {
        let statement = |document, statement, sid: &str| {
            Refusal::Explicit(StatementRef { document, statement, sid: Some(sid.to_owned()) })
        };
        let request = request(user("999999999999"));
        let denying = trust(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:*"},
               {"Sid": "no", "Effect": "Deny", "Principal": {"AWS": "999999999999"}, "Action": "STS:Assume*"}"#,
        );
        let expected = Verdict::Denied { by: Side::Trust, how: statement(0, 1, "no") };
        assert_eq!(may_assume(&denying, &[], &request), expected);

        let own = [identity("Allow", "*", "*").unwrap(), identity("Deny", "sts:*", "arn:aws:iam::*:role/*").unwrap()];
        let expected = Verdict::Denied { by: Side::Caller, how: statement(1, 0, "own") };
        assert_eq!(may_assume(&trusts("\"*\""), &own, &request), expected);
        assert_eq!(
            allows(&own, &request),
            Decision::Denied(StatementRef { document: 1, statement: 0, sid: Some("own".to_owned()) })
        );
    }

    /// Source: IAM User Guide, "NotPrincipal": with Deny, the account of who is spared has to be named too.
    #[test]
    fn not_principal_means_everyone_else() {
        let with = |effect: &str, names: &str| {
            trust(&format!(
                r#"{{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}},
                   {{"Effect": "{effect}", "NotPrincipal": {{"AWS": {names}}}, "Action": "sts:AssumeRole"}}"#
            ))
        };
        let (alice, root) = ("\"arn:aws:iam::999999999999:user/alice\"", "\"arn:aws:iam::999999999999:root\"");
        let (role, ci) =
            ("\"arn:aws:iam::999999999999:role/teams/Deploy\"", "\"arn:aws:sts::999999999999:assumed-role/Deploy/ci\"");
        let own = "999999999999";
        let cases = [
            (user(own), format!("[{alice}, {root}]"), true),
            (user(own), format!("[{alice}]"), false),
            (user(own), format!("[{root}]"), false),
            (user(own), "[\"*\"]".to_owned(), true),
            (session(own), format!("[{role}, {ci}, {root}]"), true),
            (session(own), format!("[{role}, {root}]"), false),
            (user("111122223333"), format!("[{alice}, {root}]"), false),
        ];
        for (asks, names, spared) in cases {
            let says = may_assume(&with("Deny", &names), &[], &request(asks.clone()));
            let denied = matches!(says, Verdict::Denied { by: Side::Trust, how: Refusal::Explicit(_) });
            assert_eq!(!denied, spared, "{asks:?} {names}: {says:?}");
        }
        let only = |names: &str| {
            trust(&format!(r#"{{"Effect": "Allow", "NotPrincipal": {{"AWS": {names}}}, "Action": "sts:AssumeRole"}}"#))
        };
        assert_eq!(may_assume(&only(alice), &[], &request(user(own))), NO_TRUST);
        assert_eq!(may_assume(&only(root), &[], &request(user(own))), NO_TRUST);
        assert_eq!(may_assume(&only(role), &[], &request(user(own))), YES_TRUST);
    }

    #[test]
    fn actions_match_without_regard_to_case_and_not_action_means_all_others() {
        let cases = [
            (r#""Action": "sts:AssumeRole""#, "sts:AssumeRole", true),
            (r#""Action": "STS:assumerole""#, "sts:AssumeRole", true),
            (r#""Action": "sts:Assume*""#, "sts:AssumeRoleWithSAML", true),
            (r#""Action": "sts:AssumeRol?""#, "sts:AssumeRole", true),
            (r#""Action": "sts:AssumeRole""#, "sts:AssumeRoleWithSAML", false),
            (r#""Action": "sts:AssumeRole""#, "sts:TagSession", false),
            (r#""Action": ["sts:AssumeRole", "sts:TagSession"]"#, "sts:TagSession", true),
            (r#""Action": "*""#, "sts:AssumeRole", true),
            (r#""NotAction": "sts:TagSession""#, "sts:AssumeRole", true),
            (r#""NotAction": "sts:TagSession""#, "sts:tagsession", false),
        ];
        for (action, asked, expected) in cases {
            let trust = trust(&format!(r#"{{"Effect": "Allow", "Principal": "*", {action}}}"#));
            let request = Request { action: asked.to_owned(), ..request(user("999999999999")) };
            assert_eq!(may_assume(&trust, &[], &request).is_allowed(), expected, "{action} {asked}");
        }
    }

    #[test]
    fn a_permission_covers_its_resources_only() {
        let cases = [
            (ROLE, true),
            ("*", true),
            ("arn:aws:iam::999999999999:role/Update*", true),
            ("arn:aws:iam::*:role/UpdateApp", true),
            ("arn:aws:iam::999999999999:role/update*", false),
            ("arn:aws:iam::111122223333:role/UpdateApp", false),
            ("arn:aws:iam::999999999999:role/${aws:username}", false),
            ("arn:aws:iam::999999999999:role/${aws:PrincipalTag/none}", false),
            ("arn:aws:iam::999999999999:role/${aws:PrincipalTag/none, 'UpdateApp'}", true),
        ];
        for (resource, expected) in cases {
            let policies = [identity("Allow", "sts:AssumeRole", resource).unwrap()];
            assert_eq!(allows(&policies, &request(user("111122223333"))).is_allowed(), expected, "{resource}");
        }
        let not_resource = |resource: &str| {
            let json = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "NotResource": "{resource}"}}}}"#);
            allows(&[Document::parse_identity(&json).unwrap()], &request(user("111122223333")))
        };
        assert_eq!(not_resource(ROLE), Decision::NotAllowed);
        assert!(not_resource("arn:aws:iam::999999999999:role/Other").is_allowed());
        for wrong in ["role/UpdateApp", "arn:aws:iam", "arn:aws:iam::*"] {
            assert!(identity("Allow", "*", wrong).is_err(), "{wrong}");
        }
    }

    /// Source: IAM User Guide, "How to use an external ID".
    #[test]
    fn the_external_id_decides_for_a_partner() {
        let trust = trust(
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "12345"}}}"#,
        );
        let policies = [identity("Allow", "sts:AssumeRole", "*").unwrap()];
        let with =
            |context: Context| may_assume(&trust, &policies, &Request { context, ..request(user("111122223333")) });
        assert_eq!(with(Context::new().with("sts:ExternalId", "12345")), YES_BOTH);
        assert_eq!(with(Context::new().with("sts:ExternalId", "54321")), NO_TRUST);
        assert_eq!(with(Context::new()), NO_TRUST);
    }

    #[test]
    fn what_follows_from_the_caller_need_not_be_told() {
        let holds = |condition: &str, principal: Principal| {
            let trust = trust(&format!(
                r#"{{"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {{"StringEquals": {condition}}}}}"#
            ));
            may_assume(&trust, &[identity("Allow", "*", "*").unwrap()], &request(principal)).is_allowed()
        };
        let service = || Principal::Service { name: "ec2.amazonaws.com".to_owned() };
        for (condition, principal) in [
            (r#"{"aws:username": "alice"}"#, user("111122223333")),
            (r#"{"aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice"}"#, user("111122223333")),
            (r#"{"aws:PrincipalArn": "arn:aws:iam::111122223333:role/teams/Deploy"}"#, session("111122223333")),
            (r#"{"aws:PrincipalAccount": "111122223333"}"#, session("111122223333")),
            (r#"{"aws:PrincipalType": "AssumedRole"}"#, session("111122223333")),
            (r#"{"aws:ResourceAccount": "999999999999"}"#, user("111122223333")),
            (r#"{"aws:PrincipalServiceName": "ec2.amazonaws.com"}"#, service()),
            (r#"{"aws:PrincipalIsAWSService": "true"}"#, service()),
            (r#"{"aws:PrincipalIsAWSService": "false"}"#, user("111122223333")),
        ] {
            assert!(holds(condition, principal.clone()), "{condition} {principal:?}");
        }
        assert!(!holds(r#"{"aws:username": "ci"}"#, session("111122223333")), "a session has no user name");
    }
}
