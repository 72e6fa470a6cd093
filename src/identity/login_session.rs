//! What `aws login` keeps: the session of a person who signed in to the console, as the AWS CLI left it.
//!
//! It is read and never written: the AWS CLI refreshes it, with a key of its own, whenever it is used.
//! Source: SDKs and Tools Reference Guide, "Login credential provider"; botocore `LoginProvider`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::IdentityError;
use crate::session::{Credentials, Lineage, Session, Via};
use crate::terms::SecretString;
use crate::world::World;

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

/// Returns the session that is kept for that ARN.
pub(super) fn read(session: &str, profile: &str, world: &World) -> Result<Credentials, IdentityError> {
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
