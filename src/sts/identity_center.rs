//! `GetRoleCredentials`: unsigned, since the token says who calls.

use std::time::{Duration, SystemTime};

use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::RoleCredentials;
use crate::session::{Credentials, Lineage, Session};
use crate::terms::{ExposeSecret, SecretString};

/// Trades the token in for the permission set.
pub fn role_credentials(
    line: &Line<'_>,
    exchange: &RoleCredentials,
    token: &SecretString,
) -> Result<Credentials, AwsError> {
    let (service, operation) = ("Identity Center", "GetRoleCredentials");
    let account = exchange.role_arn.value.account();
    let answer = line.call(|clients| {
        let call = clients.sso(&exchange.center.portal, Tries::Several).get_role_credentials();
        let call = call.account_id(account.as_str()).role_name(&exchange.permission_set);
        call.access_token(token.expose_secret()).send()
    })?;
    let answer = answer.map_err(|error| from_sdk(service, operation, error))?;
    let strange = |reason: &str| AwsError::NoAnswer { service, operation, reason: reason.to_owned(), sent: true };
    let given = answer.role_credentials().ok_or_else(|| strange("the answer holds no credentials"))?;
    let (Some(key_id), Some(secret), Some(token)) =
        (given.access_key_id(), given.secret_access_key(), given.session_token())
    else {
        return Err(strange("the answer holds half of the credentials"));
    };
    // The one time of AWS's that counts milliseconds.
    let expires_at = u64::try_from(given.expiration())
        .ok()
        .and_then(|milliseconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)))
        .ok_or_else(|| strange("the answer's expiration is none"))?;
    Ok(Credentials {
        key_id: key_id.parse().map_err(|_| strange("the answer's access key id is none"))?,
        secret_key: SecretString::from(secret),
        session: Some(Session { token: SecretString::from(token), expires_at: Some(expires_at) }),
        account: Some(account.clone()),
        arn: None,
        lineage: Lineage::default(),
    })
}
