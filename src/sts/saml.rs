//! `AssumeRoleWithSAML`: unsigned, since the assertion says who calls.

use aws_sdk_sts::types::PolicyDescriptorType;

use super::read;
use crate::aws::{AwsError, Line, from_sdk};
use crate::plan::WithSaml;
use crate::session::Credentials;
use crate::terms::{ExposeSecret, SecretString};

/// Trades the assertion in for the role, through that provider of its account.
pub fn with_saml(
    line: &Line<'_>,
    exchange: &WithSaml,
    provider: &str,
    assertion: &SecretString,
) -> Result<Credentials, AwsError> {
    let answer = line.call(|clients| {
        let mut call = clients
            .sts_unsigned(&exchange.reach)
            .assume_role_with_saml()
            .role_arn(exchange.role_arn.value.to_string())
            .principal_arn(provider)
            .saml_assertion(assertion.expose_secret())
            .duration_seconds(exchange.duration.value.seconds())
            .set_policy(exchange.policy.as_ref().map(|policy| policy.value.as_str().to_owned()));
        for arn in &exchange.policy_arns {
            call = call.policy_arns(PolicyDescriptorType::builder().arn(arn.value.as_str()).build());
        }
        call.send()
    })?;
    let operation = "AssumeRoleWithSAML";
    let answer = answer.map_err(|error| from_sdk("STS", operation, error))?;
    read(operation, answer.credentials(), answer.assumed_role_user().map(|user| user.arn()))
}
