//! `GetCredentialsForIdentity`: unsigned, since the logins say who asks. The pool decides the role.

use std::time::{Duration, SystemTime};

use crate::aws::{AwsError, Line, from_sdk};
use crate::identity::{Logins, identity_id};
use crate::plan::PoolCredentials;
use crate::session::{Credentials, Lineage, Session};
use crate::terms::{ExposeSecret, SecretString};

/// Trades the logins in for credentials of the pool's role.
pub fn pool_credentials(line: &Line<'_>, exchange: &PoolCredentials, logins: &Logins) -> Result<Credentials, AwsError> {
    let id = identity_id(&exchange.pool, logins, line)?;
    let answer = line.call(|clients| {
        let mut call = clients
            .cognito(&exchange.pool.reach)
            .get_credentials_for_identity()
            .identity_id(id)
            .set_custom_role_arn(exchange.role_arn.as_ref().map(|arn| arn.value.to_string()));
        for (provider, token) in logins {
            call = call.logins(provider, token.expose_secret());
        }
        call.send()
    })?;
    let operation = "GetCredentialsForIdentity";
    let answer = answer.map_err(|error| from_sdk("Cognito", operation, error))?;
    let strange =
        |reason: &str| AwsError::NoAnswer { service: "Cognito", operation, reason: reason.to_owned(), sent: true };
    let given = answer.credentials().ok_or_else(|| strange("the answer holds no credentials"))?;
    let (Some(id), Some(secret), Some(token)) = (given.access_key_id(), given.secret_key(), given.session_token())
    else {
        return Err(strange("the answer's credentials lack a part"));
    };
    let expires_at = given.expiration().and_then(|time| u64::try_from(time.secs()).ok());
    let expires_at = expires_at.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    Ok(Credentials {
        key_id: id.parse().map_err(|_| strange("the answer's access key id is none"))?,
        secret_key: SecretString::from(secret),
        session: Some(Session { token: SecretString::from(token), expires_at }),
        account: None,
        arn: None,
        lineage: Lineage::default(),
    })
}
