//! What of the past is asked for.

use std::time::{Duration, SystemTime};

use crate::config::Catalog;
use crate::terms::show_duration;

/// What is to be shown.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Only this role.
    pub(super) role: Option<Role>,
    /// Only what was refused.
    pub(super) denied: bool,
    /// Nothing older. `None` where that is before all time.
    pub(super) from: Option<SystemTime>,
}

/// Returns how long ago that is, as people say it: nobody counts in months of 30.44 days.
pub(super) fn age(since: Duration) -> String {
    match (since.as_secs() / DAY, since.as_secs() % DAY) {
        (1, 0) => "day".to_owned(),
        (days, 0) if days > 1 => format!("{days} days"),
        _ => show_duration(since),
    }
}

const DAY: u64 = 86_400;

/// A role, as somebody calls it.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    /// What the config calls so.
    arn: Option<String>,
}

impl Role {
    pub(super) fn named(name: &str, catalog: &Catalog) -> Self {
        let listings = catalog.listings();
        let declared = listings.iter().find(|listing| listing.name == name && listing.shadowed_by.is_none());
        let arn = declared.and_then(|listing| listing.role_arn.as_ref()).map(ToString::to_string);
        Self { name: name.to_owned(), arn }
    }

    /// Whether that ARN is this role's: the very one, or that of a role with this name.
    pub(super) fn is(&self, arn: &str) -> bool {
        match &self.arn {
            Some(declared) => arn == declared,
            None => arn == self.name || arn.rsplit_once('/').is_some_and(|(_, name)| name == self.name),
        }
    }
}

impl Wanted {
    /// Whether it is not too old.
    pub(super) fn is_recent(&self, at: Option<SystemTime>) -> bool {
        self.from.is_none_or(|from| at.is_some_and(|at| at >= from))
    }
}
