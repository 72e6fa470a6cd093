//! `AssumeRoleWithWebIdentity`: an OpenID Connect token for a role.

use super::super::error::PlanError;
use super::super::hops::{Leg, asked_duration, session_name, voices};
use super::super::limits::check;
use super::super::model::Reach;
use super::cognito::Pool;
use crate::config::{Catalog, Oidc, Origin, ProviderId, RoleCall, Sourced, TokenSource};
use crate::terms::{PolicyArn, Region, RoleArn, RoleDuration, SessionName, SessionPolicy};

/// An `AssumeRoleWithWebIdentity` call.
#[derive(Clone, Debug)]
pub struct WithWebIdentity {
    /// The profile that declares the role.
    pub profile: String,
    /// The role.
    pub role_arn: Sourced<RoleArn>,
    /// Where the token is had.
    pub token: TokenFrom,
    /// Whose access token it is, where it is no ID token.
    pub provider_id: Option<Sourced<ProviderId>>,
    /// How long the session lasts. It is the first of a chain, so that the role's own maximum is its only limit.
    pub duration: Sourced<RoleDuration>,
    /// What the session is called.
    pub session_name: Sourced<SessionName>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<Sourced<PolicyArn>>,
    /// An inline policy that narrows the session.
    pub policy: Option<Sourced<SessionPolicy>>,
    /// How STS is reached.
    pub reach: Reach,
}

/// Where a token comes from.
#[derive(Clone, Debug)]
pub enum TokenFrom {
    /// From whoever issued it for us, without a person.
    Source(TokenSource),
    /// From a person's sign-in.
    SignIn(Box<Oidc>),
    /// From a Cognito identity pool.
    Pool(Box<Pool>),
}

/// Returns the call that trades a token in for the role of that leg.
pub(super) fn exchange(
    catalog: &Catalog,
    (token, provider_id): (TokenFrom, Option<Sourced<ProviderId>>),
    Leg { profile, call, connection, family }: Leg,
    flag: Option<&Sourced<Region>>,
    who: &SessionName,
) -> Result<WithWebIdentity, PlanError> {
    if let Some((what, origin)) = not_carried(&call) {
        return Err(PlanError::NotCarried { profile, by: "AssumeRoleWithWebIdentity", what, origin: origin.clone() });
    }
    check(&call, &[])?;
    Ok(WithWebIdentity {
        duration: asked_duration(catalog, &call),
        session_name: session_name(catalog, call.session_name, who),
        reach: voices(catalog, flag, &connection, family).reach(call.role_arn.value.partition())?,
        profile,
        role_arn: call.role_arn,
        token,
        provider_id,
        policy_arns: call.policy_arns,
        policy: call.policy,
    })
}

/// Returns what the call has no parameter for, and where it is declared. Tags and a source identity come with the token.
/// Source: STS API Reference, `AssumeRoleWithWebIdentity`, "Request Parameters"; IAM User Guide, "Pass session tags in STS".
fn not_carried(call: &RoleCall) -> Option<(&'static str, &Origin)> {
    let external_id = call.external_id.as_ref().map(|id| ("external ID", &id.origin));
    let max_age = call.mfa_max_age.as_ref().map(|age| ("MFA code, whose age could be looked at", &age.origin));
    let source = call.source_identity.as_ref();
    let source = source.map(|who| ("source identity, which only the token itself can bring", &who.origin));
    let tags = call.tags.first().map(|tag| ("tags, which only the token itself can bring", &tag.origin));
    let transitive =
        call.transitive_tags.first().map(|key| ("tags, which only the token itself can bring", &key.origin));
    let contexts = call.provided_contexts.first().map(|context| ("provided contexts", &context.origin));
    external_id.or(max_age).or(source).or(tags).or(transitive).or(contexts)
}
