//! `assume list`: every name there is, and where it is declared.

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::stdout;
use crate::config::{Catalog, Listing};
use crate::error::Error;
use crate::person::plain;
use crate::world::World;

/// List the profiles that can be assumed
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// As JSON: name, kind, role_arn, origin, shadowed_by, command
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &ListArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let (listings, words) = (catalog.listings(), super::command_words());
    if listings.is_empty() {
        catalog.aws_files_are_whole()?;
    }
    catalog.tell_of_what_is_set_aside();
    if args.json {
        let list: Vec<Value> = listings.iter().map(|listing| in_json(listing, &words)).collect();
        stdout::print(&stdout::json(&Value::from(list)))?;
        return Ok(ExitCode::SUCCESS);
    }
    if listings.is_empty() {
        return Err(super::begin::nothing_declared(world));
    }
    stdout::print(&page(&listings, &words))?;
    Ok(ExitCode::SUCCESS)
}

fn in_json(listing: &Listing, words: &BTreeSet<String>) -> Value {
    json!({
        "name": listing.name,
        "kind": listing.kind,
        "role_arn": listing.role_arn.as_ref().map(ToString::to_string),
        "origin": listing.origin.to_string(),
        "shadowed_by": listing.shadowed_by.as_ref().map(ToString::to_string),
        "command": words.contains(&listing.name),
        "error": listing.error,
    })
}

fn page(listings: &[Listing], words: &BTreeSet<String>) -> String {
    let width = |text: fn(&Listing) -> String| listings.iter().map(|l| text(l).chars().count()).max().unwrap_or(0);
    let (names, kinds, roles) = (width(name), width(kind), width(role));
    let mut page = String::new();
    let mut counts: Option<&Listing> = None;
    for listing in listings {
        if counts.is_some_and(|counts| is_twin(listing, counts)) {
            continue;
        }
        if listing.shadowed_by.is_none() {
            counts = Some(listing);
        }
        let (name, kind, role) = (name(listing), kind(listing), role(listing));
        let line = format!("{name:names$}  {kind:kinds$}  {role:roles$}  {}", plain(&listing.origin.to_string()));
        page.push_str(line.trim_end());
        page.push('\n');
        let mut also = |text: String| page.push_str(&format!("{:names$}  {}\n", "", plain(&text)));
        if let Some(by) = &listing.shadowed_by {
            also(format!("is not reached: the one of the same name at {by} counts"));
        } else if words.contains(&listing.name) {
            also(format!("is also a command, which wins: `assume use {}` reaches it", listing.name));
        }
        if let Some(error) = &listing.error {
            also(format!("cannot be used: {error}"));
        }
    }
    page
}

/// Whether it is the same role under the same name, kept in the AWS files for programs that know no other.
fn is_twin(listing: &Listing, counts: &Listing) -> bool {
    listing.shadowed_by.is_some()
        && listing.kind == "profile"
        && listing.name == counts.name
        && listing.role_arn.is_some()
        && listing.role_arn == counts.role_arn
}

fn name(listing: &Listing) -> String {
    plain(&listing.name).into_owned()
}

fn kind(listing: &Listing) -> String {
    listing.kind.to_owned()
}

fn role(listing: &Listing) -> String {
    listing.role_arn.as_ref().map(ToString::to_string).unwrap_or_default()
}
