//! The name of a profile on the command line, and how it completes.

use clap::builder::StyledStr;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::config::{Catalog, Listing};
use crate::handover::before_first_switch;
use crate::person::plain;
use crate::world::World;

/// Returns the names that can stand there: every profile that is declared. Files are read; no vault is opened and nobody is
/// asked. For `#[arg(add = profile_ref::names())]`.
pub(super) fn names() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let world = World::new();
        let world = world.with_env(before_first_switch(&world.env));
        // Somebody who completes a word cannot be told about a mistake in a file.
        let listings = Catalog::open(&world).map(|catalog| catalog.listings()).unwrap_or_default();
        listings.iter().filter(|listing| listing.shadowed_by.is_none()).map(candidate).collect()
    })
}

fn candidate(listing: &Listing) -> CompletionCandidate {
    let what = listing.role_arn.as_ref().map_or_else(|| listing.kind.to_owned(), ToString::to_string);
    CompletionCandidate::new(listing.name.clone()).help(Some(StyledStr::from(plain(&what).into_owned())))
}
