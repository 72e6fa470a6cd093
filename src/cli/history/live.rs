//! CloudTrail asked as a profile, in every Region that the account has enabled.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::Duration;

use serde_json::Value;

use super::Source;
use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::overrides::OverrideArgs;
use crate::cli::{endpoint, regions};
use crate::config::{Catalog, Sourced};
use crate::error::{Error, Kind};
use crate::person::{self, Progress};
use crate::session::Credentials;
use crate::terms::Region;
use crate::trust::history::{By, Journal, Lookup, LookupError, REACH, Text};
use crate::world::World;

/// How many sessions have a journal of their own: it is written anew after each page.
const KEYS_AT_ONCE: usize = 50;

/// CloudTrail, as a profile reaches it.
pub(super) struct Live<'a> {
    profile: &'a str,
    by: Credentials,
    regions: Vec<Region>,
    since: Duration,
    line: Line<'a>,
    endpoint: Option<Sourced<url::Url>>,
    world: &'a World,
    /// What was looked up, and is kept until all of it was told.
    journals: Vec<Journal>,
    /// Which Regions refused.
    refused: Vec<LookupError>,
}

impl<'a> Live<'a> {
    /// Becomes the profile, and finds the Regions that are to be asked.
    pub(super) fn open(
        profile: &'a str,
        named: &[Region],
        since: Duration,
        catalog: &Catalog,
        world: &'a World,
    ) -> Result<Self, Error> {
        let plan = became::planned(catalog, profile, &OverrideArgs::default(), world)?;
        let own = plan.region.as_ref().map(|region| region.value.clone());
        let by = became::of_plan(plan, catalog, None, Consumer::Keeps, world)?.credentials;
        if since > REACH {
            person::note("CloudTrail looks back 90 days and no further; a trail's files do: --from");
        }
        let line = Line::new(world);
        let regions = regions::wanted(named, own.as_ref(), &by, &line, world)?;
        let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_CLOUDTRAIL", world)?;
        let (journals, refused) = Default::default();
        Ok(Self { profile, by, regions, since: since.min(REACH), line, endpoint, world, journals, refused })
    }

    /// Looks that up in each Region, and gives each event to `each`. Returns how many there were.
    fn look_up(&mut self, by: &[By], what: &str, each: &mut dyn FnMut(&Value)) -> Result<u64, Error> {
        let opened = Journal::open(self.profile, &self.regions, by, self.since, self.world);
        let mut journal = opened.map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => Error::text(Kind::System, "another process looks up the same at this moment"),
            _ => LookupError::from(error).into(),
        })?;
        if journal.is_resumed {
            person::note(&format!("going on with a lookup that was interrupted, after {} events", journal.len()));
        }
        let mut progress = Progress::default();
        let told = |journal: &Journal| {
            let open = |region: &&Region| {
                journal.searches().iter().any(|search| !search.is_done && search.region == region.as_str())
            };
            let (open, all) = (self.regions.iter().filter(open).count(), self.regions.len());
            let done = all - open;
            progress.show(&format!("CloudTrail: {done} of {all} Regions, {} {what} so far", journal.len()));
        };
        let endpoint = self.endpoint.as_ref().map(|endpoint| &endpoint.value);
        let again = !self.journals.is_empty();
        let lookup = Lookup { line: &self.line, by: &self.by, endpoint, again };
        let mut refused = lookup.fill(&mut journal, told)?;
        if refused.len() == self.regions.len()
            && let Some(first) = refused.pop()
        {
            return Err(first.into());
        }
        journal.read(each).map_err(LookupError::from)?;
        let events = journal.len();
        self.journals.push(journal);
        self.refused = refused;
        Ok(events)
    }
}

impl Source for Live<'_> {
    fn sessions(&mut self, each: &mut dyn FnMut(&Value)) -> Result<String, Error> {
        let events = self.look_up(&By::operations(), "events", each)?;
        Ok(format!("{events} events of CloudTrail in {} Regions", self.regions.len() - self.refused.len()))
    }

    fn done(&mut self, keys: &BTreeSet<Text>, each: &mut dyn FnMut(&Value)) -> Result<(), Error> {
        let seconds = keys.len() / 2;
        if seconds > 60 {
            person::note(&format!(
                "{} sessions, two a second in each Region: some {} minutes; --since, --me and ROLE make it less",
                keys.len(),
                seconds / 60
            ));
        }
        let by: Vec<By> = keys.iter().map(|key| By::Key(key.to_string())).collect();
        for some in by.chunks(KEYS_AT_ONCE) {
            self.look_up(some, "calls of these sessions", each)?;
        }
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<(), Error> {
        for journal in self.journals {
            // What was told is not needed any more; what is left of it is begun anew in an hour.
            let _ = journal.remove();
        }
        for error in &self.refused {
            if let LookupError::Aws { region, source } = error {
                person::warn(&format!("CloudTrail of {region} cannot be read: {source}"));
            }
        }
        match self.refused.len() {
            0 => Ok(()),
            some => {
                let text = format!("what was done in {some} of {} Regions is not known", self.regions.len());
                let hint = "name the Regions that may be asked: --region, once for each";
                Err(Error::text(Kind::Refused, text).with_hint(hint.to_owned()))
            }
        }
    }
}
