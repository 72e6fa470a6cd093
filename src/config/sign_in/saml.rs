//! `saml` of an identity of ours.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use super::super::document::Value;
use super::super::error::ConfigError;
use super::super::origin::Sourced;
use super::super::section::{Section, wrong_kind};
use super::web_identity::Need;
use crate::terms::is_confidential;

/// A SAML provider that an account trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Saml {
    /// How its assertion is had.
    pub assertion: AssertionSource,
    /// What the account calls the provider (`provider`). Where nobody says, the assertion does.
    pub provider: Option<Sourced<SamlProviderName>>,
}

/// How an assertion is had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AssertionSource {
    /// In a browser of our own, on the provider's page.
    Browser(SamlPage),
    /// A program prints it in base64.
    Command(String),
    /// In a file, in base64, read anew for each exchange.
    File(PathBuf),
    /// On standard input, in base64.
    Stdin,
}

/// A provider's sign-in page, and the browser that opens it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SamlPage {
    /// Where signing in begins.
    pub url: Url,
    /// `browser`: a name or a program. The first of Chromium's kind on this machine, if left out.
    pub browser: Option<String>,
    /// `browser_sandbox = false`: the browser runs without its sandbox, as it has to as root.
    pub without_sandbox: bool,
}

/// What an account calls its SAML provider: 1 to 128 characters of `[\w._-]`.
/// Source: IAM API Reference, `CreateSAMLProvider`, `Name`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SamlProviderName(String);

/// Why a text is no name of a provider.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no name of a SAML provider: 1 to 128 letters, digits and `._-` (its ARN's last part)")]
pub struct InvalidSamlProviderName(String);

impl FromStr for SamlProviderName {
    type Err = InvalidSamlProviderName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let good = (1..=128).contains(&text.len()) && text.chars().all(is_name);
        if good { Ok(Self(text.to_owned())) } else { Err(InvalidSamlProviderName(text.to_owned())) }
    }
}

impl SamlProviderName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const KEYS: &[&str] = &["url", "assertion_command", "assertion_file", "provider", "browser", "browser_sandbox"];
const SOURCES: [&str; 3] = ["url", "assertion_command", "assertion_file"];

/// Returns what `saml` of a table reaches for.
pub(in super::super) fn needs(section: &Section<'_>) -> Vec<Need> {
    let Some(Value::Table(table)) = section.entry("saml").map(|entry| &entry.value) else { return Vec::new() };
    let need = |(key, grant)| Some(Need { key, grant, origin: section.document.origin(table.entry(key)?) });
    let kept = [("assertion_file", "files"), ("assertion_command", "commands"), ("browser", "commands")];
    kept.into_iter().filter_map(need).collect()
}

/// Returns what `saml` of a table says, if it is there.
pub(in super::super) fn of_identity(
    section: &Section<'_>,
    home: Option<&Path>,
) -> Result<Option<Sourced<Saml>>, ConfigError> {
    let key = "saml";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let Value::Table(table) = &entry.value else {
        return Err(wrong_kind(key, "a table such as { url = \"https://…\" }", &entry.value, &origin));
    };
    let title = format!("`saml` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(KEYS)?;
    for (index, first) in SOURCES.into_iter().enumerate() {
        for second in &SOURCES[index + 1..] {
            section.not_both(first, second)?;
        }
    }
    let from_file = match section.text("assertion_file")? {
        Some(dash) if dash.value == "-" => Some(AssertionSource::Stdin),
        Some(_) => section.path("assertion_file", home)?.map(|path| AssertionSource::File(path.value)),
        None => None,
    };
    let assertion = match (section.parsed::<PageUrl>("url")?, section.text("assertion_command")?, from_file) {
        (Some(url), _, _) => AssertionSource::Browser(SamlPage {
            url: url.value.0,
            browser: section.text("browser")?.map(|name| name.value.to_owned()),
            without_sandbox: section.truth("browser_sandbox")?.is_some_and(|on| !on.value),
        }),
        (None, Some(command), _) => AssertionSource::Command(command.value.to_owned()),
        (None, None, Some(source)) => source,
        (None, None, None) => {
            let what = "`url`, `assertion_command` or `assertion_file`";
            return Err(ConfigError::Missing { table: section.title.clone(), what, origin });
        }
    };
    Ok(Some(Sourced::new(Saml { assertion, provider: section.parsed("provider")? }, origin)))
}

/// The page is where a person types a password: https, or on this machine.
struct PageUrl(Url);

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no address of a sign-in page: it begins with https://, or is on this machine")]
struct InvalidPageUrl(String);

impl FromStr for PageUrl {
    type Err = InvalidPageUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || InvalidPageUrl(text.to_owned());
        let url: Url = text.parse().map_err(|_| wrong())?;
        if is_confidential(&url) && url.username().is_empty() && url.password().is_none() {
            Ok(Self(url))
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_https_or_on_this_machine() {
        for good in ["https://idp.example.com/sso?spentityid=urn:amazon:webservices", "http://127.0.0.1:7000/"] {
            assert_eq!(good.parse::<PageUrl>().unwrap().0.as_str(), good);
        }
        for bad in ["", "idp.example.com", "http://idp.example.com/", "https://a:b@idp.example.com/", "file:///etc"] {
            assert!(bad.parse::<PageUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_provider_is_named_as_iam_allows() {
        assert_eq!("Example.1_a-b".parse::<SamlProviderName>().unwrap().as_str(), "Example.1_a-b");
        for bad in ["", "a b", "saml-provider/Example", &"a".repeat(129)] {
            assert!(bad.parse::<SamlProviderName>().is_err(), "{bad}");
        }
    }
}
