//! What `aws login` keeps: the session of a person who signed in to the console, as the AWS CLI left it.
//!
//! It lasts a quarter of an hour. Whoever finds it at its end refreshes it, by the SDK's own provider, which signs with the
//! key that lies beside it and puts the successor in its place; of many at once one does.
//! Source: SDKs and Tools Reference Guide, "Login credential provider"; botocore `LoginProvider`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::login::LoginCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_types::region::Region as SdkRegion;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::IdentityError;
use super::base;
use crate::aws::{Clients, Line};
use crate::session::{Credentials, Flight, Lineage, Session, Via};
use crate::terms::{Partition, Region, SecretString, is_confidential};
use crate::world::World;

/// Returns the session that is kept for that ARN, refreshed where it is at its end.
pub(super) fn current(
    session: &str,
    region: Option<&Region>,
    profile: &str,
    line: &Line<'_>,
    world: &World,
) -> Result<Credentials, IdentityError> {
    let kept = read(session, profile, world)?;
    if !is_at_its_end(&kept, world) {
        return Ok(kept);
    }
    let lock = format!("login-{}", hex::encode(&Sha256::digest(session)[..16]));
    // Where no lock can be had, each refreshes for itself.
    let _turn = Flight::new(world).take(&lock, false, |_| ());
    let kept = read(session, profile, world)?;
    if !is_at_its_end(&kept, world) {
        return Ok(kept);
    }
    match refreshed(session, region, line, world) {
        // What cannot be refreshed serves as long as it lasts.
        Err(_) if kept.expires_at().is_some_and(|ends| ends > world.clock.now()) => Ok(kept),
        made => made.map_err(|reason| IdentityError::LoginSession { profile: profile.to_owned(), reason }),
    }
}

/// When the SDKs refresh it.
fn is_at_its_end(kept: &Credentials, world: &World) -> bool {
    const LAST: Duration = Duration::from_secs(300);
    kept.expires_at().is_none_or(|ends| ends <= world.clock.now() + LAST)
}

fn refreshed(session: &str, region: Option<&Region>, line: &Line<'_>, world: &World) -> Result<Credentials, String> {
    if let Some(host) = in_the_clear(world) {
        return Err(format!("what refreshes it would go to {host} by http, where others on the way can read it"));
    }
    let region = region.cloned().unwrap_or_else(|| Partition::Aws.implicit_region());
    let region = match region.as_str() {
        "aws-global" => "us-east-1".to_owned(),
        other => other.to_owned(),
    };
    let answer = line.call(|clients: &Clients| {
        let config = ProviderConfig::without_region()
            .with_region(Some(SdkRegion::new(region)))
            .with_http_client(clients.http())
            .with_sleep_impl(TokioSleep::new());
        let provider = LoginCredentialsProvider::builder(session).configure(&config).build();
        async move { tokio::time::timeout(DEADLINE, provider.provide_credentials()).await }
    });
    match answer.map_err(|error| error.to_string())? {
        Ok(Ok(given)) => base::read(&given).ok_or_else(|| "its successor is something else".to_owned()),
        Ok(Err(error)) => Err(base::say(&error)),
        Err(_) => Err(format!("AWS Sign-In did not answer within {} s", DEADLINE.as_secs())),
    }
}

/// One call, and its retries.
const DEADLINE: Duration = Duration::from_secs(25);

/// Returns the host that would be asked by http, if somebody named one that is not on this machine.
fn in_the_clear(world: &World) -> Option<String> {
    let named = ["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"].iter().find_map(|name| world.env.text(name))?;
    let url: Url = named.parse().ok()?;
    (!is_confidential(&url)).then(|| url.host_str().unwrap_or_default().to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    access_token: Token,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Zeroizing<String>,
    account_id: Option<String>,
    expires_at: String,
}

/// Returns the session that is kept for that ARN, whether or not it has ended.
fn read(session: &str, profile: &str, world: &World) -> Result<Credentials, IdentityError> {
    let path = path(session, world);
    let failed = |reason: String| IdentityError::LoginSession { profile: profile.to_owned(), reason };
    let text = std::fs::read(&path).map(Zeroizing::new);
    let text = text.map_err(|error| failed(format!("{} cannot be read: {error}", path.display())))?;
    // A parser's error could quote what it choked on.
    let kept: Option<Kept> = serde_json::from_slice(&text).ok();
    let credentials = kept.and_then(|kept| of_token(kept.access_token));
    credentials.ok_or_else(|| failed(format!("{} holds something else", path.display())))
}

fn of_token(token: Token) -> Option<Credentials> {
    let ends = humantime::parse_rfc3339(&token.expires_at).ok()?;
    let session_token = SecretString::from(token.session_token.as_str());
    Some(Credentials {
        key_id: token.access_key_id.parse().ok()?,
        secret_key: SecretString::from(token.secret_access_key.as_str()),
        session: Some(Session { token: session_token, expires_at: Some(ends) }),
        account: token.account_id.and_then(|account| account.parse().ok()),
        arn: None,
        lineage: Lineage(vec![Via::Given]),
    })
}

fn path(session: &str, world: &World) -> PathBuf {
    let folder = world
        .env
        .path("AWS_LOGIN_CACHE_DIRECTORY")
        .unwrap_or_else(|| world.folders.home.as_deref().unwrap_or(Path::new("/nonexistent")).join(".aws/login/cache"));
    folder.join(format!("{}.json", hex::encode(Sha256::digest(session.trim()))))
}
