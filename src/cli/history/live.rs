//! CloudTrail asked as a profile.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::Value;

use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::overrides::OverrideArgs;
use crate::config::{Catalog, endpoint};
use crate::error::{Error, Kind};
use crate::person::{self, Progress};
use crate::terms::{Partition, Region};
use crate::trust::history::{Journal, Lookup, LookupError, REACH};
use crate::world::World;

/// Looks up who became what, and gives each event to `each`.
pub(super) fn look_up(
    profile: &str,
    regions: &[Region],
    since: Duration,
    catalog: &Catalog,
    world: &World,
    each: impl FnMut(&Value),
) -> Result<Journal, Error> {
    let plan = became::planned(catalog, profile, &OverrideArgs::default(), world)?;
    let regions =
        if regions.is_empty() { usual(plan.region.as_ref().map(|region| &region.value)) } else { regions.to_vec() };
    let by = became::of_plan(plan, catalog, None, Consumer::Keeps, world)?.credentials;
    if since > REACH {
        person::note("CloudTrail looks back 90 days and no further; a trail's files do: --from");
    }
    let mut journal =
        Journal::open(profile, &regions, since.min(REACH), world).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => Error::text(Kind::System, "another process looks up the same at this moment"),
            _ => LookupError::from(error).into(),
        })?;
    if journal.is_resumed {
        person::note(&format!("going on with a lookup that was interrupted, after {} events", journal.len()));
    }
    let (line, endpoint) = (Line::new(world), cloudtrail_endpoint(world)?);
    let mut progress = Progress::default();
    let told = |region: &Region, events: u64| progress.show(&format!("CloudTrail of {region}: {events} events so far"));
    Lookup { line: &line, by: &by, endpoint: endpoint.as_ref() }.fill(&mut journal, &regions, told)?;
    journal.read(each).map_err(LookupError::from)?;
    Ok(journal)
}

/// The profile's Region, and the one where calls to the global host of STS are logged.
/// Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".
fn usual(own: Option<&Region>) -> Vec<Region> {
    let partition = own.map_or(Partition::Aws, Partition::of_region);
    let mut regions: Vec<Region> = own.into_iter().cloned().collect();
    let global = partition.implicit_region();
    if !regions.contains(&global) {
        regions.push(global);
    }
    regions
}

/// Source: SDKs and Tools Reference Guide, "Service-specific endpoints".
fn cloudtrail_endpoint(world: &World) -> Result<Option<url::Url>, Error> {
    let ignored = world.env.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let names = ["AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_ENDPOINT_URL"];
    let Some((name, text)) = names.iter().find_map(|name| Some((name, world.env.text(name)?))) else { return Ok(None) };
    endpoint(text).map(Some).map_err(|reason| Error::text(Kind::Config, format!("${name}: {reason}")))
}
