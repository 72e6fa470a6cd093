//! A Cognito identity pool: credentials of the role that the pool decides, or a token of the pool that is traded in.

use super::super::error::PlanError;
use super::super::hops::Leg;
use super::super::model::Reach;
use crate::config::{Catalog, Cognito, Origin, RoleCall, Sourced};
use crate::terms::RoleArn;

/// A pool, and how it is reached.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What was declared.
    pub cognito: Cognito,
    /// How Cognito is reached: in the pool's own Region.
    pub reach: Reach,
}

/// `GetCredentialsForIdentity`: the pool decides the role.
#[derive(Clone, Debug)]
pub struct PoolCredentials {
    /// The profile that asks for a role, or the identity itself.
    pub profile: String,
    /// One of the roles that the login may have, where somebody chooses.
    pub role_arn: Option<Sourced<RoleArn>>,
    /// The pool.
    pub pool: Pool,
}

/// Returns a pool with its way there.
pub(super) fn pool(catalog: &Catalog, cognito: Cognito, origin: &Origin) -> Pool {
    let region = Sourced::new(cognito.pool.region().clone(), origin.clone());
    let endpoint_url = catalog.cognito_endpoint().cloned();
    Pool { cognito, reach: Reach { region, endpoint_url, fips: false, dual_stack: false } }
}

/// Returns the exchange by which the pool gives credentials: of the role it decides, or of that leg's.
pub(super) fn exchange(name: &str, pool: Pool, leg: Option<Leg>) -> Result<PoolCredentials, PlanError> {
    let Some(Leg { profile, call, .. }) = leg else {
        return Ok(PoolCredentials { profile: name.to_owned(), role_arn: None, pool });
    };
    if let Some((what, origin)) = not_carried(&call) {
        return Err(PlanError::NotCarried { profile, by: "GetCredentialsForIdentity", what, origin: origin.clone() });
    }
    Ok(PoolCredentials { profile, role_arn: Some(call.role_arn), pool })
}

/// Source: Amazon Cognito Federated Identities API Reference, `GetCredentialsForIdentity`, "Request Parameters".
fn not_carried(call: &RoleCall) -> Option<(&'static str, &Origin)> {
    let policy = call.policy.as_ref().map(|policy| &policy.origin).or(call.policy_arns.first().map(|arn| &arn.origin));
    [
        ("duration", call.duration.as_ref().map(|duration| &duration.origin)),
        ("policy", policy),
        ("session name", call.session_name.as_ref().map(|name| &name.origin)),
        ("external ID", call.external_id.as_ref().map(|id| &id.origin)),
        ("MFA code, whose age could be looked at", call.mfa_max_age.as_ref().map(|age| &age.origin)),
        ("source identity", call.source_identity.as_ref().map(|who| &who.origin)),
        ("tags", call.tags.first().map(|tag| &tag.origin)),
        ("tags", call.transitive_tags.first().map(|key| &key.origin)),
        ("provided contexts", call.provided_contexts.first().map(|context| &context.origin)),
    ]
    .into_iter()
    .find_map(|(what, origin)| Some((what, origin?)))
}
