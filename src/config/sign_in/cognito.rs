//! `cognito` of an identity of ours: a Cognito identity pool, and what its logins are made with.

use std::path::Path;
use std::str::FromStr;

use super::super::document::Value;
use super::super::error::ConfigError;
use super::super::origin::Sourced;
use super::super::section::{Section, invalid, wrong_kind};
use super::web_identity::{TokenSource, source_of};
use crate::terms::Region;

/// A login at a Cognito identity pool. Without logins, somebody is its guest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cognito {
    /// The pool.
    pub pool: PoolId,
    /// Who decides the role.
    pub flow: PoolFlow,
    /// The providers, by the names that the pool gives them, and where their tokens are had.
    pub logins: Vec<(String, TokenSource)>,
}

/// Who decides the role.
/// Source: Amazon Cognito Developer Guide, "Identity pools authentication flow".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PoolFlow {
    /// The pool, in one exchange that takes neither duration nor policy.
    Enhanced,
    /// Whoever asks, with a token of the pool, where the pool allows that.
    Basic,
}

/// `eu-west-1:11111111-2222-3333-4444-555555555555`: the Region, and the pool in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PoolId {
    text: String,
    region: Region,
}

impl PoolId {
    /// Returns it as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The Region that it lies in.
    pub fn region(&self) -> &Region {
        &self.region
    }
}

impl FromStr for PoolId {
    type Err = String;

    /// Source: Amazon Cognito Federated Identities API Reference, `IdentityPoolId`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || format!("`{text}` is no pool; one looks like eu-west-1:11111111-2222-3333-4444-555555555555");
        let (region, id) = text.split_once(':').ok_or_else(form)?;
        let is_id = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        match region.parse() {
            Ok(region) if is_id => Ok(Self { text: text.to_owned(), region }),
            Ok(_) | Err(_) => Err(form()),
        }
    }
}

/// Returns what `cognito` of a table says, if it is there.
pub(in super::super) fn of_identity(
    section: &Section<'_>,
    home: Option<&Path>,
) -> Result<Option<Sourced<Cognito>>, ConfigError> {
    let key = "cognito";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let Value::Table(table) = &entry.value else {
        return Err(wrong_kind(key, "a table such as { identity_pool_id = \"…\" }", &entry.value, &origin));
    };
    let title = format!("`cognito` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(&["identity_pool_id", "flow", "logins"])?;
    let pool: Sourced<PoolId> = section.parsed("identity_pool_id")?.ok_or_else(|| ConfigError::Missing {
        table: section.title.clone(),
        what: "`identity_pool_id`",
        origin,
    })?;
    let flow = match section.text("flow")? {
        None => PoolFlow::Enhanced,
        Some(text) => match text.value {
            "enhanced" => PoolFlow::Enhanced,
            "basic" => PoolFlow::Basic,
            other => {
                return Err(invalid("flow", &format!("`{other}` is neither `enhanced` nor `basic`"), &text.origin));
            }
        },
    };
    let cognito = Cognito { pool: pool.value, flow, logins: logins(&section, home)? };
    Ok(Some(Sourced::new(cognito, pool.origin)))
}

/// `logins = { "accounts.google.com" = { token_file = "…" } }`
fn logins(section: &Section<'_>, home: Option<&Path>) -> Result<Vec<(String, TokenSource)>, ConfigError> {
    let Some(entry) = section.entry("logins") else { return Ok(Vec::new()) };
    let Value::Table(table) = &entry.value else {
        let expected = "a table such as { \"accounts.google.com\" = { token_file = \"…\" } }";
        return Err(wrong_kind("logins", expected, &entry.value, &section.document.origin(entry)));
    };
    let login = |entry: &super::super::document::Entry| {
        let origin = section.document.origin_as(entry, format!("logins.{}", entry.key));
        Ok((entry.key.clone(), source_of(&entry.key, &entry.value, section, home, origin)?))
    };
    table.0.iter().map(login).collect()
}
