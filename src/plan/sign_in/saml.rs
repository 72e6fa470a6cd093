//! `AssumeRoleWithSAML`: a provider's assertion for a role.

use super::super::error::PlanError;
use super::super::hops::{Leg, asked_duration, voices};
use super::super::limits::check;
use super::super::model::Reach;
use crate::config::{AssertionSource, Catalog, Origin, RoleCall, Saml, Sourced};
use crate::terms::{PolicyArn, Region, RoleArn, RoleDuration, SessionPolicy};

/// An `AssumeRoleWithSAML` call.
#[derive(Clone, Debug)]
pub struct WithSaml {
    /// The profile that declares the role.
    pub profile: String,
    /// The role.
    pub role_arn: Sourced<RoleArn>,
    /// How the assertion is had.
    pub assertion: AssertionSource,
    /// Which of the account's providers vouches.
    pub provider: Provider,
    /// How long the session lasts, unless the assertion makes it shorter.
    pub duration: Sourced<RoleDuration>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<Sourced<PolicyArn>>,
    /// An inline policy that narrows the session.
    pub policy: Option<Sourced<SessionPolicy>>,
    /// Whether a process without a terminal may open a browser.
    pub auto_login: bool,
    /// How STS is reached.
    pub reach: Reach,
}

/// Who says which of an account's providers vouches.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Provider {
    /// The config: its ARN.
    Declared(Sourced<String>),
    /// The assertion, beside each role.
    FromAssertion,
}

/// Returns the call that trades an assertion in for the role of that leg.
pub(super) fn exchange(
    catalog: &Catalog,
    Saml { assertion, provider }: Saml,
    Leg { profile, call, connection, family }: Leg,
    flag: Option<&Sourced<Region>>,
) -> Result<WithSaml, PlanError> {
    if let Some((what, origin)) = not_carried(&call) {
        return Err(PlanError::NotCarried { profile, by: "AssumeRoleWithSAML", what, origin: origin.clone() });
    }
    check(&call, &[])?;
    let role = &call.role_arn.value;
    let provider = provider.map_or(Provider::FromAssertion, |name| {
        let arn = format!("arn:{}:iam::{}:saml-provider/{}", role.partition(), role.account(), name.value.as_str());
        Provider::Declared(Sourced::new(arn, name.origin))
    });
    Ok(WithSaml {
        duration: asked_duration(catalog, &call),
        reach: voices(catalog, flag, &connection, family).reach(role.partition())?,
        auto_login: catalog.defaults().auto_login,
        profile,
        role_arn: call.role_arn,
        assertion,
        provider,
        policy_arns: call.policy_arns,
        policy: call.policy,
    })
}

/// Returns what the call has no parameter for, and where it is declared: the assertion brings all of that, or nobody does.
/// Source: STS API Reference, `AssumeRoleWithSAML`, "Request Parameters".
fn not_carried(call: &RoleCall) -> Option<(&'static str, &Origin)> {
    let external_id = call.external_id.as_ref().map(|id| ("external ID", &id.origin));
    let max_age = call.mfa_max_age.as_ref().map(|age| ("MFA code, whose age could be looked at", &age.origin));
    let name = call.session_name.as_ref();
    let name = name.map(|name| ("session name: the assertion's RoleSessionName is it", &name.origin));
    let source = call.source_identity.as_ref();
    let source = source.map(|who| ("source identity, which only the assertion itself can bring", &who.origin));
    let tags = call.tags.first().map(|tag| ("tags, which only the assertion itself can bring", &tag.origin));
    let transitive =
        call.transitive_tags.first().map(|key| ("tags, which only the assertion itself can bring", &key.origin));
    let contexts = call.provided_contexts.first().map(|context| ("provided contexts", &context.origin));
    external_id.or(max_age).or(name).or(source).or(tags).or(transitive).or(contexts)
}
