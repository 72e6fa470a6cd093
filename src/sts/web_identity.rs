//! `AssumeRoleWithWebIdentity`: unsigned, since the token says who calls.

use aws_sdk_sts::types::PolicyDescriptorType;

use super::read;
use crate::aws::{AwsError, Line, from_sdk};
use crate::plan::WithWebIdentity;
use crate::session::Credentials;
use crate::terms::{ExposeSecret, SecretString};

/// Trades the token in for the role.
pub fn with_web_identity(
    line: &Line<'_>,
    exchange: &WithWebIdentity,
    token: &SecretString,
) -> Result<Credentials, AwsError> {
    let answer = line.call(|clients| {
        let mut call = clients
            .sts_unsigned(&exchange.reach)
            .assume_role_with_web_identity()
            .role_arn(exchange.role_arn.value.to_string())
            .role_session_name(exchange.session_name.value.as_str())
            .web_identity_token(token.expose_secret())
            .set_provider_id(exchange.provider_id.as_ref().map(|id| id.value.as_str().to_owned()))
            .duration_seconds(exchange.duration.value.seconds())
            .set_policy(exchange.policy.as_ref().map(|policy| policy.value.as_str().to_owned()));
        for arn in &exchange.policy_arns {
            call = call.policy_arns(PolicyDescriptorType::builder().arn(arn.value.as_str()).build());
        }
        call.send()
    })?;
    let operation = "AssumeRoleWithWebIdentity";
    let answer = answer.map_err(|error| from_sdk("STS", operation, error))?;
    read(operation, answer.credentials(), answer.assumed_role_user().map(|user| user.arn()))
}
