//! CloudTrail Lake, asked as a profile.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use serde_json::Value;

use super::Source;
use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::endpoint;
use crate::cli::overrides::OverrideArgs;
use crate::config::{Catalog, Sourced};
use crate::error::Error;
use crate::person::{self, Progress};
use crate::session::Credentials;
use crate::terms::{AccountId, Partition, Region, show_time};
use crate::trust::history::{Cost, Lake, Store, Text};
use crate::world::World;

/// A store, as a profile reaches it.
pub(super) struct InLake<'a> {
    by: Credentials,
    region: Region,
    store: Store,
    accounts: &'a [AccountId],
    regions: &'a [Region],
    from: Option<SystemTime>,
    to: SystemTime,
    line: Line<'a>,
    endpoint: Option<Sourced<url::Url>>,
    stopped: Arc<AtomicBool>,
    scanned: u64,
}

/// What of a store is wanted.
pub(super) struct Within<'a> {
    pub(super) store: Store,
    pub(super) accounts: &'a [AccountId],
    pub(super) regions: &'a [Region],
    /// Nothing from before.
    pub(super) from: Option<SystemTime>,
}

impl<'a> InLake<'a> {
    /// Becomes the profile.
    pub(super) fn open(within: Within<'a>, profile: &str, catalog: &Catalog, world: &'a World) -> Result<Self, Error> {
        let plan = became::planned(catalog, profile, &OverrideArgs::default(), world)?;
        let own = plan.region.as_ref().map(|region| region.value.clone());
        let by = became::of_plan(plan, catalog, None, Consumer::Keeps, world)?.credentials;
        let Within { store, accounts, regions, from } = within;
        let region = store.region.clone().or(own).unwrap_or_else(|| Partition::Aws.implicit_region());
        let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_CLOUDTRAIL", world)?;
        let (line, to) = (Line::new(world), world.clock.now());
        let stopped = stops_when_interrupted();
        Ok(Self { by, region, store, accounts, regions, from, to, line, endpoint, stopped, scanned: 0 })
    }

    fn lake(&self) -> Lake<'_> {
        Lake {
            line: &self.line,
            by: &self.by,
            endpoint: self.endpoint.as_ref().map(|endpoint| &endpoint.value),
            region: &self.region,
            store: &self.store,
            accounts: self.accounts,
            regions: self.regions,
            from: self.from,
            to: self.to,
        }
    }

    fn ask(&mut self, keys: Option<&BTreeSet<Text>>, each: &mut dyn FnMut(&Value)) -> Result<u64, Error> {
        let mut progress = Progress::default();
        let mut told = |what: &str, count: u64| match what {
            "read" => progress.show(&format!("CloudTrail Lake: {count} events read")),
            _ => progress.show(&format!("CloudTrail Lake: {what}, {} MB scanned", count / 1_000_000)),
        };
        let stopped = || self.stopped.load(Ordering::Relaxed);
        let Cost { events, bytes } = self.lake().ask(keys, each, &stopped, &mut told)?;
        self.scanned += bytes;
        Ok(events)
    }
}

impl Source for InLake<'_> {
    fn sessions(&mut self, each: &mut dyn FnMut(&Value)) -> Result<String, Error> {
        let name = self.lake().name()?;
        if std::io::stderr().is_terminal() {
            let from = self.from.map_or("the beginning".to_owned(), show_time);
            person::note(&format!(
                "AWS charges for what a query scans, by the GB: the events of {name} since {from}. Ctrl-C cancels it"
            ));
        }
        let events = self.ask(None, each)?;
        Ok(format!("{events} events of the event data store {name}"))
    }

    fn done(&mut self, keys: &BTreeSet<Text>, each: &mut dyn FnMut(&Value)) -> Result<(), Error> {
        self.ask(Some(keys), each).map(drop)
    }

    fn end(self: Box<Self>) -> Result<(), Error> {
        if std::io::stderr().is_terminal() {
            person::note(&format!("{} MB were scanned", self.scanned.div_ceil(1_000_000)));
        }
        Ok(())
    }
}

/// The first Ctrl-C cancels the query, the second ends the program at once.
#[cfg(unix)]
fn stops_when_interrupted() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Where it cannot be heard it ends the program, as everywhere.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stopped));
        let _ = signal_hook::flag::register(signal, Arc::clone(&stopped));
    }
    stopped
}

#[cfg(not(unix))]
fn stops_when_interrupted() -> Arc<AtomicBool> {
    Arc::default()
}
