//! Steps as calls: what the plan says, word for word, and what STS answers. Nothing is decided here.

mod cognito;
mod identity_center;
mod last;
mod saml;
mod web_identity;

pub use cognito::pool_credentials;
pub use identity_center::role_credentials;
pub use last::{assume_root, identity_token};
pub use saml::with_saml;
pub use web_identity::with_web_identity;

use aws_sdk_sts::types::{
    Credentials as StsCredentials, PolicyDescriptorType, ProvidedContext as StsContext, Tag as StsTag,
};
use std::time::{Duration, SystemTime};

use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::{Hop, MfaSession, Reach};
use crate::session::{Credentials, Lineage, Session};
use crate::terms::{ContextProviderArn, ExposeSecret, SecretString};

/// What a provider asserts, and whose assertion it is.
pub type Context = (ContextProviderArn, SecretString);

/// Calls `GetSessionToken` with the code of the step's device.
///
/// The answer's lineage is empty: how the credentials were had is known to whoever follows the plan.
pub fn session_token(
    line: &Line<'_>,
    step: &MfaSession,
    keys: &Credentials,
    (code, tries): (&SecretString, Tries),
) -> Result<Credentials, AwsError> {
    let answer = line.call(|clients| {
        clients
            .sts(&step.reach, keys, tries)
            .get_session_token()
            .serial_number(step.device.serial.value.as_str())
            .token_code(code.expose_secret())
            .duration_seconds(step.duration.value.seconds())
            .send()
    })?;
    let answer = answer.map_err(|error| from_sdk("STS", "GetSessionToken", error))?;
    read("GetSessionToken", answer.credentials(), None)
}

/// Calls `AssumeRole`, with a code where the plan says that this call takes it. Returns the session, and how much of its token
/// policies and tags take up, in percent.
pub fn assume_role(
    line: &Line<'_>,
    hop: &Hop,
    by: &Credentials,
    code: Option<(&SecretString, Tries)>,
    contexts: &[Context],
) -> Result<(Credentials, Option<u8>), AwsError> {
    let tries = code.map_or(Tries::Several, |(_, tries)| tries);
    let answer = line.call(|clients| {
        let mut call = clients
            .sts(&hop.reach, by, tries)
            .assume_role()
            .role_arn(hop.role_arn.value.to_string())
            .role_session_name(hop.session_name.value.as_str())
            .duration_seconds(hop.duration.effective.value.seconds())
            .set_external_id(hop.external_id.as_ref().map(|id| id.value.to_string()))
            .set_source_identity(hop.source_identity.as_ref().map(|name| name.value.to_string()))
            .set_policy(hop.policy.as_ref().map(|policy| policy.value.as_str().to_owned()))
            .set_serial_number(hop.mfa.as_ref().map(|device| device.serial.value.to_string()))
            .set_token_code(code.map(|(code, _)| code.expose_secret().to_owned()));
        for arn in &hop.policy_arns {
            call = call.policy_arns(PolicyDescriptorType::builder().arn(arn.value.as_str()).build());
        }
        for (provider, assertion) in contexts {
            let context = StsContext::builder().provider_arn(provider.as_str());
            call = call.provided_contexts(context.context_assertion(assertion.expose_secret()).build());
        }
        for key in &hop.transitive_tags {
            call = call.transitive_tag_keys(key.value.as_str());
        }
        // Key and value are set, which is all that `build` asks for.
        let tags = hop
            .tags
            .iter()
            .filter_map(|tag| StsTag::builder().key(tag.value.key().as_str()).value(tag.value.value()).build().ok());
        for tag in tags {
            call = call.tags(tag);
        }
        call.send()
    })?;
    let answer = answer.map_err(|error| from_sdk("STS", "AssumeRole", error))?;
    let credentials = read("AssumeRole", answer.credentials(), answer.assumed_role_user().map(|user| user.arn()))?;
    #[expect(deprecated, reason = "older endpoints say it by that name only")]
    let used = answer.session_token_utilization().or(answer.packed_policy_size());
    Ok((credentials, used.and_then(|percent| u8::try_from(percent).ok())))
}

/// Asks STS whose credentials these are. Returns the ARN; it answers whatever they are allowed to do.
pub fn caller_arn(line: &Line<'_>, reach: &Reach, by: &Credentials) -> Result<String, AwsError> {
    let operation = "GetCallerIdentity";
    let answer = line.call(|clients| clients.sts(reach, by, Tries::Several).get_caller_identity().send())?;
    let answer = answer.map_err(|error| from_sdk("STS", operation, error))?;
    let nameless =
        || AwsError::NoAnswer { service: "STS", operation, reason: "the answer holds no ARN".to_owned(), sent: true };
    answer.arn().map(str::to_owned).ok_or_else(nameless)
}

fn read(operation: &'static str, answer: Option<&StsCredentials>, arn: Option<&str>) -> Result<Credentials, AwsError> {
    let strange =
        |reason: &str| AwsError::NoAnswer { service: "STS", operation, reason: reason.to_owned(), sent: true };
    let answer = answer.ok_or_else(|| strange("the answer holds no credentials"))?;
    let key_id = answer.access_key_id().parse().map_err(|_| strange("the answer's access key id is none"))?;
    let expires_at = u64::try_from(answer.expiration().secs())
        .ok()
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .ok_or_else(|| strange("the answer's expiration is none"))?;
    Ok(Credentials {
        key_id,
        secret_key: SecretString::from(answer.secret_access_key()),
        session: Some(Session { token: SecretString::from(answer.session_token()), expires_at: Some(expires_at) }),
        account: arn.and_then(|arn| arn.split(':').nth(4)).and_then(|account| account.parse().ok()),
        arn: arn.map(str::to_owned),
        lineage: Lineage::default(),
    })
}
