//! Permissions boundaries: what is not within one, its bearer may not, whatever else allows it.
//!
//! Source: IAM User Guide, "Permissions boundaries for IAM entities", "Evaluating effective permissions with boundaries".

use super::context::Request;
use super::document::{Document, Effect};
use super::evaluate::{Decision, Refusal, Side, Verdict, allows, may_assume};
use super::laws::Over;
use super::principal::{Principal, PrincipalPattern, Principals};

/// What the one who asks has of their own.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Identity policies: a user's own and its groups', or a role's.
    pub policies: &'a [Document],
    /// The permissions boundary, where there is one.
    pub boundary: Option<&'a Document>,
}

impl Own<'_> {
    /// Says what they allow by themselves. A refusal by the boundary names it as the document after the policies.
    pub fn allow(&self, request: &Request) -> Decision {
        let policies = allows(self.policies, request);
        let Some(boundary) = self.boundary else { return policies };
        match (policies, allows(std::slice::from_ref(boundary), request)) {
            (denied @ Decision::Denied(_), _) => denied,
            (_, Decision::Denied(mut statement)) => {
                statement.document = self.policies.len();
                Decision::Denied(statement)
            }
            (Decision::NotAllowed, _) | (_, Decision::NotAllowed) => Decision::NotAllowed,
            (allowed @ Decision::Allowed(_), Decision::Allowed(_)) => allowed,
        }
    }
}

/// Says whether the one who asks gets the role, as [`may_assume`] does, within their permissions boundary and what the
/// organizations of both sides let them.
///
/// Within an account, a trust policy that names a user, or a role's session, lets it in past what its boundary does not
/// allow, though not past what it denies; a role that is named by its own ARN, or as one of everyone, stays bounded.
pub fn may_take(trust: &Document, own: Own<'_>, over: Over<'_>, request: &Request) -> Verdict {
    if let Some(forbidden) = over.forbids(request) {
        return Verdict::Denied { by: Side::Organization, how: Refusal::Control(forbidden) };
    }
    let verdict = may_assume(trust, own.policies, request);
    let (Some(boundary), Verdict::Allowed { by }) = (own.boundary, &verdict) else { return verdict };
    match allows(std::slice::from_ref(boundary), request) {
        Decision::Allowed(_) => verdict,
        Decision::Denied(mut statement) => {
            statement.document = own.policies.len();
            Verdict::Denied { by: Side::Caller, how: Refusal::Explicit(statement) }
        }
        Decision::NotAllowed if *by == Side::Trust && names_itself(trust, request) => verdict,
        Decision::NotAllowed => Verdict::Denied { by: Side::Caller, how: Refusal::Implicit },
    }
}

/// Whether an Allow that applies names the user, or the session, by its ARN.
fn names_itself(trust: &Document, request: &Request) -> bool {
    let arn = match &request.principal {
        Principal::User { arn, .. } | Principal::AssumedRole { session_arn: arn, .. } => arn,
        Principal::Root { .. } | Principal::Federated { .. } | Principal::Service { .. } | Principal::Anonymous => {
            return false;
        }
    };
    trust.statements.iter().any(|statement| {
        let named = match &statement.principals {
            Some(Principals::Only(patterns)) => {
                patterns.iter().any(|pattern| matches!(pattern, PrincipalPattern::Arn(named) if named == arn))
            }
            Some(Principals::AllBut(_)) | None => false,
        };
        statement.effect == Effect::Allow && named && statement.applies(request)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Context;

    const ROLE: &str = "arn:aws:iam::999999999999:role/App";

    fn trust(principal: &str) -> Document {
        Document::parse_trust(&format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"}}]}}"#
        ))
        .unwrap()
    }

    fn identity(effect: &str, action: &str) -> Document {
        Document::parse_identity(&format!(
            r#"{{"Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_boundary_bounds_roles_and_whoever_is_named_by_account() {
        let (user, root) = ("arn:aws:iam::999999999999:user/alice", "arn:aws:iam::999999999999:root");
        let (role, session) =
            ("arn:aws:iam::999999999999:role/Deploy", "arn:aws:sts::999999999999:assumed-role/Deploy/ci");
        let account = "999999999999".to_owned();
        let alice = Principal::User { arn: user.to_owned(), account: account.clone() };
        let deploy = Principal::AssumedRole { session_arn: session.to_owned(), role_arn: role.to_owned(), account };
        // Who is trusted, who asks, and whether a boundary of s3:*, of sts:* and one that denies let them.
        let cases = [
            (user, &alice, [true, true, false]),
            ("*", &alice, [false, true, false]),
            (root, &alice, [false, true, false]),
            (role, &deploy, [false, true, false]),
            (session, &deploy, [true, true, false]),
            (root, &deploy, [false, true, false]),
        ];
        let own = [identity("Allow", "sts:AssumeRole")];
        let boundaries = [identity("Allow", "s3:*"), identity("Allow", "sts:*"), identity("Deny", "sts:*")];
        for (trusted, asks, expected) in cases {
            let (action, resource) = ("sts:AssumeRole".to_owned(), ROLE.to_owned());
            let request = Request { action, resource, principal: asks.clone(), context: Context::new() };
            let found = boundaries.each_ref().map(|boundary| {
                let own = Own { policies: &own, boundary: Some(boundary) };
                may_take(&trust(trusted), own, Over::default(), &request).is_allowed()
            });
            assert_eq!(found, expected, "{trusted} {asks:?}");
        }
    }

    #[test]
    fn what_a_boundary_and_policies_both_allow_is_allowed() {
        let request = Request {
            action: "iam:GetUser".to_owned(),
            resource: "arn:aws:iam::999999999999:user/alice".to_owned(),
            principal: Principal::Anonymous,
            context: Context::new(),
        };
        let (wide, narrow) = (identity("Allow", "iam:*"), identity("Allow", "s3:*"));
        let allowed = |policies: &[Document], boundary: &Document| {
            Own { policies, boundary: Some(boundary) }.allow(&request).is_allowed()
        };
        assert!(allowed(std::slice::from_ref(&wide), &wide));
        assert!(!allowed(std::slice::from_ref(&wide), &narrow));
        assert!(!allowed(std::slice::from_ref(&narrow), &wide));
        assert!(!allowed(std::slice::from_ref(&wide), &identity("Deny", "iam:*")));
    }
}
