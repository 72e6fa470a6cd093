//! `sso` of an identity of ours, and `sso-session` sections and the older form of the AWS files.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::super::document::Value;
use super::super::error::ConfigError;
use super::super::origin::Sourced;
use super::super::section::{Section, wrong_kind};
use crate::terms::{Region, is_confidential};

/// A sign-in at IAM Identity Center.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdentityCenter {
    /// What its token is kept under: the identity, the session, or the start URL in the form without a session.
    pub name: String,
    /// Where its people begin.
    pub start_url: Sourced<StartUrl>,
    /// The Region that it is in.
    pub region: Sourced<Region>,
    /// What a token is asked for; the access to accounts where nothing is said.
    pub scopes: Vec<String>,
    /// The names under which the AWS CLI keeps tokens of it.
    pub shared: Vec<String>,
    /// Other hosts than AWS's own.
    pub endpoints: CenterEndpoints,
}

/// Hosts of Identity Center that somebody declared.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CenterEndpoints {
    /// `AWS_ENDPOINT_URL_SSO_OIDC`: where people sign in.
    pub oidc: Option<Sourced<Url>>,
    /// `AWS_ENDPOINT_URL_SSO`: where their token is traded in.
    pub portal: Option<Sourced<Url>>,
}

/// What a token is asked for where nothing is said, as the AWS CLI does.
pub(in super::super) const ACCOUNT_ACCESS: &str = "sso:account:access";

/// Where the people of an Identity Center begin: `https://d-1234567890.awsapps.com/start`.
///
/// It is opened in a browser, so that it is https, or on this machine. Kept as it was written: the AWS CLI names files
/// after it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StartUrl(String);

/// Why a text is no start URL.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no start URL; one looks like https://d-1234567890.awsapps.com/start")]
pub struct InvalidStartUrl(String);

impl FromStr for StartUrl {
    type Err = InvalidStartUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || InvalidStartUrl(text.to_owned());
        let url: Url = text.parse().map_err(|_| wrong())?;
        let plain = url.username().is_empty() && url.password().is_none() && !text.contains(char::is_whitespace);
        if is_confidential(&url) && plain { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

impl StartUrl {
    /// Returns the text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns what `sso` of a table says, if it is there.
pub(in super::super) fn of_identity(
    name: &str,
    section: &Section<'_>,
) -> Result<Option<Sourced<IdentityCenter>>, ConfigError> {
    let key = "sso";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let Value::Table(table) = &entry.value else {
        let expected = "a table such as { start_url = \"https://…/start\", region = \"eu-west-1\" }";
        return Err(wrong_kind(key, expected, &entry.value, &origin));
    };
    let title = format!("`sso` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(&["start_url", "region", "scopes"])?;
    let missing = |what| ConfigError::Missing { table: section.title.clone(), what, origin: origin.clone() };
    let scopes: Vec<String> = section.list("scopes")?.into_iter().map(|scope| scope.value).collect();
    let center = IdentityCenter {
        name: name.to_owned(),
        start_url: section.parsed("start_url")?.ok_or_else(|| missing("`start_url`"))?,
        region: section.parsed("region")?.ok_or_else(|| missing("`region`"))?,
        scopes: if scopes.is_empty() { vec![ACCOUNT_ACCESS.to_owned()] } else { scopes },
        shared: vec![name.to_owned()],
        endpoints: CenterEndpoints::default(),
    };
    Ok(Some(Sourced::new(center, origin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_url_is_https_or_on_this_machine() {
        for good in [
            "https://d-1234567890.awsapps.com/start",
            "https://d-1234567890.awsapps.com/start#/",
            "https://ssoins-1234.portal.eu-west-1.app.aws",
            "http://127.0.0.1:4000/start",
        ] {
            assert_eq!(good.parse::<StartUrl>().unwrap().as_str(), good);
        }
        for bad in ["", "start", "http://example.com/start", "https://a:b@example.com/", "file:///etc", "https://a b/"]
        {
            assert!(bad.parse::<StartUrl>().is_err(), "{bad}");
        }
    }
}
