//! What the ledger of this machine says.

use std::time::Duration;

use serde_json::{Value, json};

use super::wanted::{self, Wanted};
use crate::cli::stdout;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::person::{self, plain};
use crate::session::{Entry, Ledger};
use crate::world::World;

/// Returns the entries that are asked for, oldest first.
pub(super) fn find(wanted: &Wanted, world: &World) -> Result<Vec<Entry>, Error> {
    let failed = |error: std::io::Error| Error::text(Kind::System, format!("cannot read the ledger: {error}"));
    let mut entries = Ledger::new(world).entries().map_err(failed)?;
    entries.retain(|entry| {
        let is_role = wanted.role.as_ref().is_none_or(|role| {
            let is_profile = role.name == entry.profile || role.name == entry.asked;
            is_profile || entry.role_arn.as_deref().is_some_and(|arn| role.is(arn))
        });
        is_role && (!wanted.denied || entry.code.is_some()) && wanted.is_recent(entry.at())
    });
    Ok(entries)
}

/// Returns a line for each.
pub(super) fn text(entries: &[Entry]) -> String {
    let what = |entry: &Entry| if entry.code.is_some() { "refused" } else { "made" };
    let profiles = entries.iter().map(|entry| entry.profile.chars().count()).max().unwrap_or_default();
    let line = |entry: &Entry| {
        let role = entry.role_arn.as_deref().unwrap_or("MFA session");
        let asked = match &entry.asked {
            asked if *asked == entry.profile => String::new(),
            asked => format!(", for {asked}"),
        };
        let program = entry.program.as_ref().map(|program| format!(", by {program}")).unwrap_or_default();
        let code = entry.code.as_ref().map(|code| format!(": {code}")).unwrap_or_default();
        let request = entry.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        let (time, profile, identity) = (&entry.time, &entry.profile, &entry.identity);
        let what = what(entry);
        format!("{time}  {what:7}  {profile:profiles$}  {role}  from {identity}{asked}{program}{code}{request}")
    };
    entries.iter().map(|entry| format!("{}\n", plain(&line(entry)))).collect()
}

/// Returns the entries as they lie in the ledger.
pub(super) fn json(entries: &[Entry]) -> String {
    let entries: Vec<Value> = entries.iter().map(|entry| json!(entry)).collect();
    stdout::json(&json!({ "ledger": entries }))
}

/// Says why nothing is shown.
pub(super) fn say_nothing_found(since: Duration, catalog: &Catalog) {
    let off = if catalog.defaults().ledger_off { "; `ledger = false` keeps it from being written" } else { "" };
    person::note(&format!("the ledger of this machine has nothing like that in the last {}{off}", wanted::age(since)));
}
