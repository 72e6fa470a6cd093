//! Base credentials, from wherever the plan says that they come.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_async::rt::sleep::TokioSleep;

use super::{IdentityError, LongTermKey, login_session, process};
use crate::aws::{Clients, Line};
use crate::config::StaticKeys;
use crate::plan::{Base, BaseSource};
use crate::session::{Credentials, Lineage, Session, Via};
use crate::terms::{AccessKeyId, SecretString};
use crate::vault::Vault;
use crate::world::{Env, World};

/// Returns the credentials that a plan starts from.
pub fn base_credentials(
    base: &Base,
    vault: &Vault,
    line: &Line<'_>,
    world: &World,
) -> Result<Credentials, IdentityError> {
    let credentials = match &base.source.value {
        BaseSource::VaultKey => stored(&base.name, vault, world)?,
        BaseSource::FileKeys(keys) => in_file(keys),
        BaseSource::Environment => in_environment(&world.env)?,
        BaseSource::Container => from_endpoint("container endpoint", line, |config| {
            EcsCredentialsProvider::builder().configure(&config).build()
        })?,
        BaseSource::Instance => from_endpoint("instance metadata service", line, |config| {
            ImdsCredentialsProvider::builder().configure(&config).build()
        })?,
        BaseSource::LoginSession { session, region } => {
            login_session::current(session, region.as_ref(), &base.name, line, world)?
        }
        BaseSource::Process(command) => process::run(command, &base.name, world)?,
    };
    match credentials.expires_at() {
        Some(ended) if ended <= world.clock.now() => Err(IdentityError::Ended { identity: base.name.clone(), ended }),
        _ => Ok(credentials),
    }
}

fn stored(identity: &str, vault: &Vault, world: &World) -> Result<Credentials, IdentityError> {
    let loaded = LongTermKey::load(identity, vault, world)
        .map_err(|source| IdentityError::Vault { identity: identity.to_owned(), source })?;
    let key = loaded.ok_or_else(|| IdentityError::NoKey { identity: identity.to_owned() })?;
    Ok(credentials(key.key_id, key.secret_key, None))
}

fn in_file(keys: &StaticKeys) -> Credentials {
    credentials(keys.key_id.value.clone(), keys.secret_key.clone(), keys.token.clone())
}

/// Source: SDKs and Tools Reference Guide, "AWS access keys".
fn in_environment(env: &Env) -> Result<Credentials, IdentityError> {
    let value = |name: &'static str| env.text(name).ok_or(IdentityError::Environment { missing: name });
    let key_id = value("AWS_ACCESS_KEY_ID")?;
    let secret_key = SecretString::from(value("AWS_SECRET_ACCESS_KEY")?);
    let token = env.text("AWS_SESSION_TOKEN").map(SecretString::from);
    let key_id: AccessKeyId =
        key_id.parse().map_err(|_| IdentityError::NotAKey { place: "AWS_ACCESS_KEY_ID".to_owned() })?;
    Ok(credentials(key_id, secret_key, token))
}

/// Returns credentials as they were found: a session's if there is a token.
fn credentials(key_id: AccessKeyId, secret_key: SecretString, token: Option<SecretString>) -> Credentials {
    let via = if token.is_some() { Via::Given } else { Via::LongTermKey };
    let session = token.map(|token| Session { token, expires_at: None });
    Credentials { key_id, secret_key, session, account: None, arn: None, lineage: Lineage(vec![via]) }
}

/// Asks one leaf provider of `aws-config`. Its whole chain would call AssumeRole by itself, unplanned and uncached.
fn from_endpoint<P: ProvideCredentials>(
    place: &'static str,
    line: &Line<'_>,
    provider: impl FnOnce(ProviderConfig) -> P,
) -> Result<Credentials, IdentityError> {
    let answer = line.call(|clients: &Clients| {
        let config =
            ProviderConfig::without_region().with_http_client(clients.http()).with_sleep_impl(TokioSleep::new());
        let provider = provider(config);
        async move { tokio::time::timeout(DEADLINE, provider.provide_credentials()).await }
    })?;
    let given = match answer {
        Ok(Ok(given)) => given,
        Ok(Err(error)) => return Err(IdentityError::Endpoint { place, reason: say(&error) }),
        Err(_) => {
            let reason = format!("it did not answer within {} s", DEADLINE.as_secs());
            return Err(IdentityError::Endpoint { place, reason });
        }
    };
    read(&given).ok_or_else(|| IdentityError::NotAKey { place: format!("the answer of the {place}") })
}

/// Returns what a provider of `aws-config` gave.
pub(super) fn read(given: &SdkCredentials) -> Option<Credentials> {
    let token = given.session_token()?;
    Some(Credentials {
        key_id: given.access_key_id().parse().ok()?,
        secret_key: SecretString::from(given.secret_access_key()),
        session: Some(Session { token: SecretString::from(token), expires_at: given.expiry() }),
        account: given.account_id().and_then(|account| account.as_str().parse().ok()),
        arn: None,
        lineage: Lineage(vec![Via::Given]),
    })
}

/// Returns what the error and its causes say. Their `Debug` stays out: it shows the answer's body, and with it its secrets.
pub(super) fn say(error: &CredentialsError) -> String {
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return "there is none here".to_owned();
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// An endpoint on this machine answers at once; an address that nobody has makes connections hang.
const DEADLINE: Duration = Duration::from_secs(10);
