//! The bucket of a trail, read as a profile.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::Value;

use super::Source;
use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::endpoint;
use crate::cli::overrides::OverrideArgs;
use crate::config::{Catalog, Sourced};
use crate::error::{Error, Kind};
use crate::person::{self, Progress, plain};
use crate::session::Credentials;
use crate::terms::{AccountId, Partition, Region};
use crate::trust::history::{Bucket, Far, Place, Text, Told};
use crate::world::World;

/// A bucket, as a profile reaches it.
pub(super) struct InBucket<'a> {
    by: Credentials,
    /// Where it is looked for first.
    home: Region,
    place: Place,
    accounts: &'a [AccountId],
    regions: &'a [Region],
    from: Option<SystemTime>,
    line: Line<'a>,
    endpoint: Option<Sourced<url::Url>>,
    world: &'a World,
    told: Vec<Told>,
}

/// What of a bucket is wanted.
pub(super) struct Within<'a> {
    pub(super) place: Place,
    pub(super) accounts: &'a [AccountId],
    pub(super) regions: &'a [Region],
    /// Nothing from before that day.
    pub(super) from: Option<SystemTime>,
}

impl<'a> InBucket<'a> {
    /// Becomes the profile.
    pub(super) fn open(within: Within<'a>, profile: &str, catalog: &Catalog, world: &'a World) -> Result<Self, Error> {
        let plan = became::planned(catalog, profile, &OverrideArgs::default(), world)?;
        let home = plan.region.as_ref().map(|region| region.value.clone());
        let by = became::of_plan(plan, catalog, None, Consumer::Keeps, world)?.credentials;
        let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_S3", world)?;
        let Within { place, accounts, regions, from } = within;
        let home = home.unwrap_or_else(|| Partition::Aws.implicit_region());
        let line = Line::new(world);
        Ok(Self { by, home, place, accounts, regions, from, line, endpoint, world, told: Vec::new() })
    }

    fn read(&mut self, keys: Option<&BTreeSet<Text>>, each: &mut dyn FnMut(&Value)) -> Result<Far, Error> {
        let mut progress = Progress::default();
        let mut is_said = false;
        let mut tell = |far: Far| {
            if far.is_resumed && !is_said && far.files > 0 {
                is_said = true;
                person::note("going on with a reading that was interrupted");
            }
            let Far { files, of, events, .. } = far;
            progress.show(&format!("{files} of {of} files read, {events} events"));
        };
        let bucket = Bucket {
            line: &self.line,
            by: &self.by,
            endpoint: self.endpoint.as_ref().map(|endpoint| &endpoint.value),
            place: &self.place,
            accounts: self.accounts,
            regions: self.regions,
            from: self.from,
        };
        let mut told = bucket.read(keys, &self.home, self.world, &mut tell)?;
        told.read(each)?;
        let far = told.far;
        self.told.push(told);
        Ok(far)
    }
}

/// So many files are named that could not be read.
const NAMED: usize = 10;

impl Source for InBucket<'_> {
    fn sessions(&mut self, each: &mut dyn FnMut(&Value)) -> Result<String, Error> {
        let far = self.read(None, each)?;
        Ok(format!("{} files of s3://{}", far.files, self.place.bucket))
    }

    fn done(&mut self, keys: &BTreeSet<Text>, each: &mut dyn FnMut(&Value)) -> Result<(), Error> {
        self.read(Some(keys), each).map(drop)
    }

    fn end(self: Box<Self>) -> Result<(), Error> {
        // The same files twice, where what was done was read, too.
        let unread = self.told.iter().max_by_key(|told| told.unread.len());
        let Some((unread, of)) = unread.map(|told| (told.unread.clone(), told.far.of)) else { return Ok(()) };
        if unread.is_empty() {
            self.told.into_iter().for_each(Told::remove);
            return Ok(());
        }
        for one in unread.iter().take(NAMED) {
            person::warn(&format!("s3://{}/{}: {}", self.place.bucket, plain(&one.key), plain(&one.reason)));
        }
        let some = unread.len();
        let text = format!("{some} of {of} files could not be read: what stands in them is not shown");
        let hint = match unread.iter().any(|one| one.is_refused) {
            true => {
                "whoever reads needs s3:GetObject for the files, and kms:Decrypt for the key that they are encrypted with"
            }
            false => "the same command reads only them once more",
        };
        let kind = if unread.iter().any(|one| one.is_refused) { Kind::Refused } else { Kind::System };
        // What was read is kept: the same command reads what is left.
        Err(Error::text(kind, text).with_hint(hint.to_owned()))
    }
}
