//! `provided_contexts` of a role: what others assert about the user of a session.

use std::path::Path;

use super::super::document::{Entry, Table, Value};
use super::super::error::ConfigError;
use super::super::model::ProvidedContext;
use super::super::origin::Sourced;
use super::super::section::{Section, wrong_kind};
use super::web_identity::token;

/// The tables of a list.
pub(super) fn tables(entry: &Entry) -> Vec<Table> {
    let table = |value: &Value| match value {
        Value::Table(table) => Some(table.clone()),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other => None,
    };
    match &entry.value {
        Value::List(values) => values.iter().filter_map(table).collect(),
        Value::Text(_) | Value::Integer(_) | Value::Bool(_) | Value::Table(_) | Value::Other => Vec::new(),
    }
}

/// Returns what `provided_contexts` of a role says: a list of tables.
pub(in super::super) fn provided_contexts(
    section: &Section<'_>,
    home: Option<&Path>,
) -> Result<Vec<Sourced<ProvidedContext>>, ConfigError> {
    let key = "provided_contexts";
    let Some(entry) = section.entry(key) else { return Ok(Vec::new()) };
    let origin = section.document.origin(entry);
    let expected = "a list of tables such as { provider_arn = \"…\", token_file = \"…\" }";
    let tables = tables(entry);
    match &entry.value {
        Value::List(values) if values.len() == tables.len() => {}
        other => return Err(wrong_kind(key, expected, other, &origin)),
    }
    let context = |table: &Table| {
        let title = format!("`{key}` of {}", section.title);
        let section = Section { document: section.document, table, title, origin: origin.clone() };
        section.only(&["provider_arn", "token_file", "token_command", "token_env"])?;
        let missing = || ConfigError::Missing {
            table: section.title.clone(),
            what: "`provider_arn`",
            origin: section.origin.clone(),
        };
        let provider = section.parsed("provider_arn")?.ok_or_else(missing)?;
        let assertion = token(&section, home)?;
        Ok(Sourced::new(ProvidedContext { provider: provider.value, assertion: assertion.value }, assertion.origin))
    };
    tables.iter().map(context).collect()
}
