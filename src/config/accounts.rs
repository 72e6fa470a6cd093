//! `[accounts]`: which accounts are ours, and what others are called. Trust policies are judged by it.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::document::{Table, Value};
use super::error::ConfigError;
use super::section::{Section, invalid, wrong_kind};
use crate::terms::AccountId;

/// Whose accounts are whose.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Accounts {
    /// `own`: ours. Where there are none, only a role's own account is.
    pub own: BTreeSet<AccountId>,
    /// `organizations`: ours. Where there are none, whichever organization a policy names is supposed to be.
    pub organizations: BTreeSet<String>,
    /// `known`: names of others.
    pub known: BTreeMap<AccountId, String>,
}

/// The keys of `[accounts]`.
pub(super) const ACCOUNTS_KEYS: &[&str] = &["own", "organizations", "known"];

/// Reads `[accounts]` of the table at the top.
pub(super) fn accounts(top: &Section<'_>) -> Result<Accounts, ConfigError> {
    let Some(accounts) = table(top, "accounts", "a table: [accounts]")? else { return Ok(Accounts::default()) };
    accounts.only(ACCOUNTS_KEYS)?;
    let own = accounts.list::<AccountId>("own")?.into_iter().map(|own| own.value).collect();
    let mut known = BTreeMap::new();
    let expected = "a table such as { \"123456789012\" = \"Acme\" }";
    if let Some(named) = table(&accounts, "known", expected)? {
        for entry in &named.table.0 {
            let origin = named.document.origin(entry);
            let account = entry.key.parse::<AccountId>().map_err(|error| invalid("known", &error, &origin))?;
            let Value::Text(name) = &entry.value else {
                return Err(wrong_kind(&entry.key, "a name", &entry.value, &origin));
            };
            known.insert(account, name.clone());
        }
    }
    let organizations = accounts.list::<Organization>("organizations")?.into_iter().map(|one| one.value.0).collect();
    Ok(Accounts { own, organizations, known })
}

/// An organization's id. Source: AWS Organizations API Reference, `Organization`, `Id`.
struct Organization(String);

impl FromStr for Organization {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("o-").unwrap_or_default();
        let fits =
            (10..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{text}` is no organization's id, such as o-a1b2c3d4e5"))
        }
    }
}

fn table<'a>(section: &Section<'a>, key: &str, expected: &str) -> Result<Option<Section<'a>>, ConfigError> {
    let Some(entry) = section.entry(key) else { return Ok(None) };
    let origin = section.document.origin(entry);
    let table: &'a Table = match &entry.value {
        Value::Table(table) => table,
        other => return Err(wrong_kind(key, expected, other, &origin)),
    };
    Ok(Some(Section { document: section.document, table, title: format!("[{key}]"), origin }))
}
