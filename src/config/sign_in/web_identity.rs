//! `web_identity` of an identity of ours, and `web_identity_token_file` of an AWS profile.

use std::path::{Path, PathBuf};

use super::super::document::Value;
use super::super::error::ConfigError;
use super::super::origin::{Origin, Sourced};
use super::super::section::{Section, wrong_kind};

/// A token of an OpenID Connect provider that AWS trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebIdentity {
    /// Where the token is had.
    pub token: TokenSource,
}

/// Where a token is had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenSource {
    /// In a file, read anew for each exchange: who wrote it may write a newer one.
    File(PathBuf),
}

/// What a sign-in reaches for, and an included file has to be granted by that word.
pub(in super::super) struct Need {
    pub(in super::super) key: &'static str,
    pub(in super::super) grant: &'static str,
    pub(in super::super) origin: Origin,
}

/// The keys of `web_identity`.
const KEYS: &[&str] = &["token_file"];

/// Returns what `web_identity` of a table reaches for.
pub(in super::super) fn needs(section: &Section<'_>) -> Vec<Need> {
    let Some(Value::Table(table)) = section.entry("web_identity").map(|entry| &entry.value) else { return Vec::new() };
    let need = |(key, grant)| Some(Need { key, grant, origin: section.document.origin(table.entry(key)?) });
    [("token_file", "files")].into_iter().filter_map(need).collect()
}

/// Returns what `web_identity` of a table says, if it is there.
pub(in super::super) fn of_identity(
    section: &Section<'_>,
    home: Option<&Path>,
) -> Result<Option<Sourced<WebIdentity>>, ConfigError> {
    let key = "web_identity";
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let Value::Table(table) = &entry.value else {
        return Err(wrong_kind(key, "a table such as { token_file = \"…\" }", &entry.value, &origin));
    };
    let title = format!("`web_identity` of {}", section.title);
    let section = Section { document: section.document, table, title, origin: origin.clone() };
    section.only(KEYS)?;
    let file = section.path("token_file", home)?;
    let file = file.ok_or_else(|| ConfigError::Missing {
        table: section.title.clone(),
        what: "`token_file`",
        origin: origin.clone(),
    })?;
    Ok(Some(Sourced::new(WebIdentity { token: TokenSource::File(file.value) }, file.origin)))
}

/// Returns what `web_identity_token_file` says. Its path is taken as the SDKs take it: from the current folder.
pub(in super::super) fn of_aws_profile(file: &str) -> WebIdentity {
    WebIdentity { token: TokenSource::File(PathBuf::from(file)) }
}
