//! `GetRoleCredentials`: a token of IAM Identity Center for a permission set.

use super::super::error::PlanError;
use super::super::hops::Leg;
use super::super::model::Reach;
use crate::config::{Catalog, Connection, IdentityCenter, Origin, RoleCall, Sourced, StartUrl};
use crate::terms::{RoleArn, is_confidential};

/// A `GetRoleCredentials` call.
#[derive(Clone, Debug)]
pub struct RoleCredentials {
    /// The profile that declares the permission set.
    pub profile: String,
    /// Account and name of the permission set, in the form of a role's ARN: that of the role which AWS made for it is
    /// told by nobody.
    pub role_arn: Sourced<RoleArn>,
    /// The permission set.
    pub permission_set: String,
    /// Who signs in, and where.
    pub center: Center,
}

/// A sign-in at Identity Center, all decided.
#[derive(Clone, Debug)]
pub struct Center {
    /// What a person calls it: the identity, or the profile that leads to it.
    pub called: String,
    /// What its token is kept under.
    pub name: String,
    /// Where its people begin.
    pub start_url: Sourced<StartUrl>,
    /// What a token is asked for.
    pub scopes: Vec<String>,
    /// The names under which the AWS CLI keeps tokens of it.
    pub shared: Vec<String>,
    /// Whether the AWS CLI is given our tokens.
    pub share: bool,
    /// Whether a process without a terminal may open a browser.
    pub auto_login: bool,
    /// How the service is reached where people sign in.
    pub oidc: Reach,
    /// How the service is reached that trades their token in.
    pub portal: Reach,
}

/// Returns the sign-in that was declared, as it will be made.
pub fn center(
    catalog: &Catalog,
    called: &str,
    declared: IdentityCenter,
    own: &Connection,
) -> Result<Center, PlanError> {
    let environment = catalog.environment();
    let set = |of: fn(&Connection) -> &Option<Sourced<bool>>| {
        of(environment).as_ref().or(of(own).as_ref()).is_some_and(|set| set.value)
    };
    let (fips, dual_stack) = (set(|voice| &voice.use_fips), set(|voice| &voice.use_dual_stack));
    let IdentityCenter { name, start_url, region, scopes, shared, endpoints } = declared;
    let reach = |endpoint_url: Option<Sourced<url::Url>>| {
        if let Some(endpoint) = endpoint_url.as_ref().filter(|endpoint| !is_confidential(&endpoint.value)) {
            let host = endpoint.value.host_str().unwrap_or_default().to_owned();
            return Err(PlanError::InTheClear { what: "a sign-in's token", host, origin: endpoint.origin.clone() });
        }
        Ok(Reach { region: region.clone(), endpoint_url, fips, dual_stack })
    };
    let of_environment = catalog.center_endpoints();
    Ok(Center {
        oidc: reach(of_environment.oidc.clone().or(endpoints.oidc))?,
        portal: reach(of_environment.portal.clone().or(endpoints.portal))?,
        share: catalog.defaults().share_token,
        auto_login: catalog.defaults().auto_login,
        called: called.to_owned(),
        name,
        start_url,
        scopes,
        shared,
    })
}

/// Returns the call that trades a token in for the permission set of that leg.
pub(super) fn exchange(
    catalog: &Catalog,
    called: &str,
    declared: IdentityCenter,
    own: &Connection,
    Leg { profile, call, .. }: Leg,
) -> Result<RoleCredentials, PlanError> {
    if let Some((what, origin)) = not_carried(&call) {
        return Err(PlanError::NotCarried { profile, by: "GetRoleCredentials", what, origin: origin.clone() });
    }
    let permission_set = permission_set(&call.role_arn.value);
    Ok(RoleCredentials {
        profile,
        permission_set,
        role_arn: call.role_arn,
        center: center(catalog, called, declared, own)?,
    })
}

/// Returns the permission set that a role stands for: its own name, or that of the set which AWS made it for.
/// Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies":
/// `AWSReservedSSO_NAME_16HEXDIGITS`.
fn permission_set(role_arn: &RoleArn) -> String {
    let name = role_arn.name().as_str().rsplit('/').next().unwrap_or_default();
    let made = name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_'));
    match made {
        Some((set, suffix)) if suffix.len() == 16 && suffix.bytes().all(|b| b.is_ascii_hexdigit()) => set.to_owned(),
        Some(_) | None => name.to_owned(),
    }
}

/// Returns what the call has no parameter for, and where it is declared: the permission set decides it all.
/// Source: IAM Identity Center Portal API Reference, `GetRoleCredentials`.
fn not_carried(call: &RoleCall) -> Option<(&'static str, &Origin)> {
    let RoleCall {
        role_arn: _,
        external_id,
        // A sign-in carries no code: who asks for one was refused before.
        mfa_serial: _,
        mfa_process: _,
        mfa_max_age,
        duration,
        session_name,
        source_identity,
        tags,
        transitive_tags,
        policy_arns,
        policy,
        provided_contexts,
        confirm: _,
    } = call;
    let told = [
        external_id.as_ref().map(|id| ("external ID", &id.origin)),
        mfa_max_age.as_ref().map(|age| ("MFA code, whose age could be looked at", &age.origin)),
        duration.as_ref().map(|length| ("duration: the permission set has one", &length.origin)),
        session_name.as_ref().map(|name| ("session name: it is the person's own", &name.origin)),
        source_identity.as_ref().map(|who| ("source identity", &who.origin)),
        tags.first().map(|tag| ("tags", &tag.origin)),
        transitive_tags.first().map(|key| ("tags", &key.origin)),
        policy_arns.first().map(|arn| ("session policy", &arn.origin)),
        policy.as_ref().map(|policy| ("session policy", &policy.origin)),
        provided_contexts.first().map(|context| ("provided contexts", &context.origin)),
    ];
    told.into_iter().flatten().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_that_aws_made_for_a_permission_set_stands_for_it() {
        let cases = [
            ("ReadOnly", "ReadOnly"),
            ("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Read_Only_0123456789abcdef", "Read_Only"),
            ("AWSReservedSSO_ReadOnly", "AWSReservedSSO_ReadOnly"),
        ];
        for (name, expected) in cases {
            let arn = format!("arn:aws:iam::123456789012:role/{name}").parse().unwrap();
            assert_eq!(permission_set(&arn), expected, "{name}");
        }
    }
}
