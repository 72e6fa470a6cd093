//! `oidc` of an identity of ours: a person signs in at an OpenID Connect provider, and AWS takes the ID token.

use url::Url;

use super::super::document::Value;
use super::super::error::ConfigError;
use super::super::origin::Sourced;
use super::super::section::{Section, invalid, wrong_kind};
use crate::terms::is_confidential;

/// A client of an OpenID Connect provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Oidc {
    /// The provider, as its tokens name it.
    pub issuer: Url,
    /// Who we are to it. It is the audience of its tokens, so that IAM has to list it.
    pub client_id: String,
    /// What is asked for besides `openid`; `offline_access` gives a refresh token at most providers.
    pub scopes: Vec<String>,
    /// How a person signs in, where that was declared.
    pub flow: Option<OidcFlow>,
    /// The loopback port that the provider knows; 0 takes one that is free.
    pub redirect_port: u16,
    /// Whether the provider demands a secret of programs too. It is kept in the vault.
    pub has_secret: bool,
    /// Whether a process without a terminal may open a browser.
    pub auto_login: bool,
}

/// How a person signs in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OidcFlow {
    /// In a browser that comes back to us.
    Pkce,
    /// With a code, on whatever device they have.
    Device,
}

/// The keys of `oidc`.
const KEYS: &[&str] = &["issuer", "client_id", "scopes", "flow", "redirect_port", "client_secret", "auto_login"];

/// Returns what `oidc` of a table says, if it is there.
pub(in super::super) fn of_identity(section: &Section<'_>) -> Result<Option<Sourced<Oidc>>, ConfigError> {
    let key = "oidc";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let Value::Table(table) = &entry.value else {
        let expected = "a table such as { issuer = \"https://…\", client_id = \"…\" }";
        return Err(wrong_kind(key, expected, &entry.value, &origin));
    };
    let title = format!("`oidc` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(KEYS)?;
    let missing = |what| ConfigError::Missing { table: section.title.clone(), what, origin: origin.clone() };
    let issuer = section.text("issuer")?.ok_or_else(|| missing("`issuer`"))?;
    let url = issuer_url(issuer.value).map_err(|reason| invalid("issuer", &reason, &issuer.origin))?;
    let client_id = section.text("client_id")?.ok_or_else(|| missing("`client_id`"))?.value.to_owned();
    let flow = match section.text("flow")? {
        None => None,
        Some(text) => Some(match text.value {
            "pkce" => OidcFlow::Pkce,
            "device" => OidcFlow::Device,
            other => {
                return Err(invalid("flow", &format!("`{other}` is neither `pkce` nor `device`"), &text.origin));
            }
        }),
    };
    let oidc = Oidc {
        issuer: url,
        client_id,
        scopes: section.list::<String>("scopes")?.into_iter().map(|scope| scope.value).collect(),
        flow,
        redirect_port: port(&section)?,
        has_secret: section.truth("client_secret")?.is_some_and(|set| set.value),
        auto_login: section.truth("auto_login")?.is_some_and(|set| set.value),
    };
    Ok(Some(Sourced::new(oidc, issuer.origin)))
}

/// Codes and tokens go over https, or to this machine.
fn issuer_url(text: &str) -> Result<Url, String> {
    let form = || format!("`{text}` is no issuer; one looks like https://idp.example.com");
    let url: Url = text.parse().map_err(|_| form())?;
    if is_confidential(&url) { Ok(url) } else { Err(form()) }
}

fn port(section: &Section<'_>) -> Result<u16, ConfigError> {
    let key = "redirect_port";
    let Some(entry) = section.entry(key) else { return Ok(0) };
    let origin = section.document.origin(entry);
    let Value::Integer(number) = &entry.value else {
        return Err(wrong_kind(key, "a number", &entry.value, &origin));
    };
    u16::try_from(*number).map_err(|_| invalid(key, &format!("{number} is no port"), &origin))
}
