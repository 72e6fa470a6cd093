//! What the environment says of Region, endpoint and vault, with the names that the SDKs give it.

use std::fmt::Display;
use std::str::FromStr;

use url::Url;

use super::error::ConfigError;
use super::model::{Connection, StoreName, StsEndpoints};
use super::origin::{Origin, Sourced};
use super::section::invalid;
use super::sign_in::CenterEndpoints;
use crate::world::Env;

/// Returns what the environment says of how STS is reached.
pub(super) fn connection(env: &Env) -> Result<Connection, ConfigError> {
    let endpoint_url = match ignores_endpoints(env)? {
        true => None,
        false => first(env, &["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"], endpoint)?,
    };
    Ok(Connection {
        region: first(env, &["AWS_REGION", "AWS_DEFAULT_REGION"], parse)?,
        endpoint_url,
        sts_endpoints: first(env, &["AWS_STS_REGIONAL_ENDPOINTS"], parse)?,
        use_fips: first(env, &["AWS_USE_FIPS_ENDPOINT"], truth)?,
        use_dual_stack: first(env, &["AWS_USE_DUALSTACK_ENDPOINT"], truth)?,
    })
}

/// Returns where people are signed in instead of at AWS, if the environment says so.
pub(super) fn sign_in_endpoint(env: &Env) -> Result<Option<Sourced<Url>>, ConfigError> {
    match ignores_endpoints(env)? {
        true => Ok(None),
        false => first(env, &["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"], endpoint),
    }
}

/// Returns where the environment says that Identity Center is.
pub(super) fn center_endpoints(env: &Env) -> Result<CenterEndpoints, ConfigError> {
    if ignores_endpoints(env)? {
        return Ok(CenterEndpoints::default());
    }
    let of = |service| first(env, &[service, "AWS_ENDPOINT_URL"], endpoint);
    Ok(CenterEndpoints { oidc: of("AWS_ENDPOINT_URL_SSO_OIDC")?, portal: of("AWS_ENDPOINT_URL_SSO")? })
}

/// Returns where the environment says that Cognito is asked.
pub(super) fn cognito_endpoint(env: &Env) -> Result<Option<Sourced<Url>>, ConfigError> {
    match ignores_endpoints(env)? {
        true => Ok(None),
        false => first(env, &["AWS_ENDPOINT_URL_COGNITO_IDENTITY", "AWS_ENDPOINT_URL"], endpoint),
    }
}

/// Returns whether endpoints that somebody configured are to be passed over.
pub(super) fn ignores_endpoints(env: &Env) -> Result<bool, ConfigError> {
    Ok(first(env, &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], truth)?.is_some_and(|ignore| ignore.value))
}

/// Returns the store that `ASSUME_VAULT` names.
pub(super) fn vault(env: &Env) -> Result<Option<Sourced<StoreName>>, ConfigError> {
    first(env, &["ASSUME_VAULT"], parse)
}

fn first<T>(
    env: &Env,
    names: &[&str],
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Sourced<T>>, ConfigError> {
    let set = names.iter().find_map(|name| env.text(name).map(|text| (*name, text)));
    let Some((name, text)) = set else { return Ok(None) };
    let origin = Origin::Environment(name.to_owned());
    let value = read(text).map_err(|reason| invalid(name, &reason, &origin))?;
    Ok(Some(Sourced::new(value, origin)))
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Reads `true` and `false`, in any case, as the SDKs do.
pub(super) fn truth(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{text}` is neither `true` nor `false`")),
    }
}

/// Reads an endpoint: http or https, with a host.
pub fn endpoint(text: &str) -> Result<Url, String> {
    let form = || format!("`{text}` is no endpoint; one looks like https://sts.eu-west-1.amazonaws.com");
    let url: Url = text.parse().map_err(|_| form())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(form()) }
}

impl FromStr for StsEndpoints {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "regional" => Ok(Self::Regional),
            "legacy" => Ok(Self::Legacy),
            _ => Err(format!("`{text}` is neither `regional` nor `legacy`")),
        }
    }
}

impl FromStr for StoreName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        let store = Self::ALL.into_iter().find(|store| store.as_str() == text);
        store.ok_or_else(|| format!("`{text}` is no secret store; these are: {}", known()))
    }
}
