//! Who somebody is to a Cognito identity pool: its logins' tokens, and the pool's own token of an identity in it.

use serde_json::json;

use super::super::IdentityError;
use super::web_identity::{token, whose};
use crate::aws::{AwsError, Line};
use crate::config::Cognito;
use crate::plan::Pool;
use crate::session::Fingerprint;
use crate::terms::{ExposeSecret, SecretString};
use crate::world::World;

/// The tokens of a pool's logins, by the pool's names for their providers.
pub type Logins = Vec<(String, SecretString)>;

/// Says who somebody is to the pool, from what is at hand: nothing is run or asked.
pub fn whose_logins(identity: &str, cognito: &Cognito, world: &World) -> Result<Fingerprint, IdentityError> {
    let login = |(provider, source): &(String, _)| Ok(json!([provider, whose(identity, source, world)?.0]));
    let logins: Vec<_> = cognito.logins.iter().map(login).collect::<Result<_, IdentityError>>()?;
    Ok(Fingerprint(json!(["cognito", cognito.pool.as_str(), logins]).to_string()))
}

/// Returns the tokens that the pool is shown.
pub fn logins(identity: &str, cognito: &Cognito, line: &Line<'_>, world: &World) -> Result<Logins, IdentityError> {
    let login = |(provider, source): &(String, _)| Ok((provider.clone(), token(identity, source, line, world)?.secret));
    cognito.logins.iter().map(login).collect()
}

/// Returns who somebody is in the pool: `GetId`.
pub fn identity_id(pool: &Pool, logins: &Logins, line: &Line<'_>) -> Result<String, AwsError> {
    let answer = line.call(|clients| {
        let mut call = clients.cognito(&pool.reach).get_id().identity_pool_id(pool.cognito.pool.as_str());
        for (provider, token) in logins {
            call = call.logins(provider, token.expose_secret());
        }
        call.send()
    })?;
    let answer = answer.map_err(|error| crate::aws::from_sdk(SERVICE, "GetId", error))?;
    answer.identity_id().map(str::to_owned).ok_or_else(|| strange("GetId", "the answer names no identity"))
}

/// Returns the pool's token of that identity, which AWS takes: `GetOpenIdToken`.
pub fn pool_token(pool: &Pool, logins: &Logins, line: &Line<'_>) -> Result<SecretString, AwsError> {
    let id = identity_id(pool, logins, line)?;
    let answer = line.call(|clients| {
        let mut call = clients.cognito(&pool.reach).get_open_id_token().identity_id(id);
        for (provider, token) in logins {
            call = call.logins(provider, token.expose_secret());
        }
        call.send()
    })?;
    let answer = answer.map_err(|error| crate::aws::from_sdk(SERVICE, "GetOpenIdToken", error))?;
    answer.token().map(SecretString::from).ok_or_else(|| strange("GetOpenIdToken", "the answer holds no token"))
}

const SERVICE: &str = "Cognito";

fn strange(operation: &'static str, reason: &str) -> AwsError {
    AwsError::NoAnswer { service: SERVICE, operation, reason: reason.to_owned(), sent: true }
}
