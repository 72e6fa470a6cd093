//! `assume history`: who became what.

mod bucket;
mod lake;
mod ledger;
mod live;
mod trail;
mod wanted;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::exposure::default_identity;
use super::{became, profile_ref, stdout};
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress};
use crate::session::Ledger;
use crate::terms::{AccountId, Region, parse_duration};
use crate::trust::history::{Files, InvalidPlace, InvalidStore, Read, Story, Text};
use crate::world::World;

use bucket::InBucket;
use lake::InLake;
use live::Live;
use trail::Doings;
use wanted::Wanted;

/// Show who became which role
///
/// By itself it shows the ledger of this machine, without network: the sessions that were made here, from which program,
/// and what AWS refused. With --from it shows what a trail's files say: both records of a call between accounts joined, and
/// each caller followed back through the chain of roles. With --profile it asks CloudTrail, with --lake CloudTrail Lake.
#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// Only this role: a profile, an ARN, or the role's name
    #[arg(value_name = "ROLE", add = profile_ref::names())]
    role: Option<String>,
    /// Only what was done from here: by a key that the ledger knows, or under your session name
    #[arg(long)]
    me: bool,
    /// Only what AWS refused
    #[arg(long)]
    denied: bool,
    /// Only what is not older: `12h`, `7d`
    #[arg(long, value_name = "AGE", default_value = "7d", value_parser = parse_duration)]
    since: Duration,
    /// Read the files of a trail in this folder, or in its bucket: `s3://BUCKET/PREFIX`
    ///
    /// A bucket is read as --profile, which needs s3:ListBucket and s3:GetObject there: only the days, accounts and Regions
    /// that are asked for. Interrupted, the same command goes on where it was.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Ask CloudTrail itself, as this profile; with --from s3://…, read the bucket as it
    ///
    /// CloudTrail looks back 90 days at most, in each Region by itself, two pages of 50 events a second. Interrupted, the same
    /// command within an hour goes on where it was. Needs cloudtrail:LookupEvents, and account:ListRegions.
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Option<String>,
    /// Ask this event data store of CloudTrail Lake, by its ID or ARN, as --profile
    ///
    /// AWS charges for what the query scans, by the GB, and takes no new customers for Lake since 2026-05-31. Needs
    /// cloudtrail:GetEventDataStore, StartQuery, DescribeQuery, GetQueryResults and CancelQuery.
    #[arg(long, value_name = "STORE", conflicts_with = "from")]
    lake: Option<String>,
    /// A Region to look into; once for each. Without it, all that the account has enabled
    #[arg(long = "region", value_name = "REGION")]
    regions: Vec<Region>,
    /// An account of the organization whose trail is read; once for each. Without it, all
    #[arg(long = "account", value_name = "ACCOUNT")]
    accounts: Vec<AccountId>,
    /// Count what was done with the sessions, too, and with those that were had with them
    #[arg(long)]
    activity: bool,
    /// Print JSON: `ledger[]`, or `events[]` of a trail
    #[arg(long)]
    json: bool,
}

impl HistoryArgs {
    /// The flag that what is asked has no use for. `of_many` accounts and Regions are a bucket and a store.
    fn without_use(&self, of_many: bool) -> Option<&'static str> {
        let is_live = self.from.is_none() && self.profile.is_some();
        let accounts = (!self.accounts.is_empty() && !of_many).then_some("--account");
        let regions = (!self.regions.is_empty() && !of_many && !is_live).then_some("--region");
        let profile = self.profile.as_ref().filter(|_| !of_many && !is_live).map(|_| "--profile");
        profile.or(regions).or(accounts)
    }
}

/// Where records come from.
trait Source {
    /// Gives each record of a call for a session to `each`. Returns what was searched.
    fn sessions(&mut self, each: &mut dyn FnMut(&Value)) -> Result<String, Error>;

    /// Gives each record of a call that was signed with one of these keys to `each`.
    fn done(&mut self, keys: &BTreeSet<Text>, each: &mut dyn FnMut(&Value)) -> Result<(), Error>;

    /// Ends, once all was told. Fails where that cannot be all.
    fn end(self: Box<Self>) -> Result<(), Error>;
}

/// Runs the command.
pub(super) fn run(args: &HistoryArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let wanted = Wanted {
        role: args.role.as_deref().map(|role| wanted::Role::named(role, &catalog)),
        denied: args.denied,
        from: before.clock.now().checked_sub(args.since),
    };
    match source(args, &catalog, &before)? {
        Some(source) => of_trail(source, args, &wanted, &catalog, &before)?,
        None => of_ledger(args, &wanted, &catalog, &before)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns where to look; `None` is the ledger of this machine.
fn source<'a>(
    args: &'a HistoryArgs,
    catalog: &Catalog,
    world: &'a World,
) -> Result<Option<Box<dyn Source + 'a>>, Error> {
    let bucket = args.from.as_deref().and_then(Path::to_str).filter(|from| from.starts_with("s3://"));
    let of_many = bucket.is_some() || args.lake.is_some();
    if let Some(flag) = args.without_use(of_many) {
        let text = format!("{flag} is for what lies in AWS");
        return Err(Error::text(Kind::Usage, text).with_hint("--profile PROFILE, or --from s3://BUCKET".to_owned()));
    }
    let profile = || args.profile.clone().map_or_else(|| default_identity(catalog), Ok);
    let from = Story::from(world.clock.now().checked_sub(args.since)).oldest();
    let (accounts, regions) = (&args.accounts, &args.regions);
    let usage = |error: &dyn std::fmt::Display| Error::text(Kind::Usage, error.to_string());
    if let Some(bucket) = bucket {
        let place = bucket.parse().map_err(|error: InvalidPlace| usage(&error))?;
        let within = bucket::Within { place, accounts, regions, from };
        return Ok(Some(Box::new(InBucket::open(within, &profile()?, catalog, world)?)));
    }
    if let Some(store) = &args.lake {
        let store = store.parse().map_err(|error: InvalidStore| {
            usage(&error).with_hint("`aws cloudtrail list-event-data-stores` shows them".to_owned())
        })?;
        let within = lake::Within { store, accounts, regions, from };
        return Ok(Some(Box::new(InLake::open(within, &profile()?, catalog, world)?)));
    }
    match (&args.from, &args.profile) {
        (Some(folder), _) => Ok(Some(Box::new(Files::below(folder)?))),
        (None, Some(profile)) => Ok(Some(Box::new(Live::open(profile, &args.regions, args.since, catalog, world)?))),
        (None, None) if args.activity => {
            let hint = "assume history --activity --profile PROFILE, or --from where the files of a trail lie";
            let text = "the ledger of this machine does not know what was done with a session; a trail does";
            Err(Error::text(Kind::Usage, text).with_hint(hint.to_owned()))
        }
        (None, None) => Ok(None),
    }
}

fn of_ledger(args: &HistoryArgs, wanted: &Wanted, catalog: &Catalog, world: &World) -> Result<(), Error> {
    let found = ledger::find(wanted, world)?;
    stdout::print(&if args.json { ledger::json(&found) } else { ledger::text(&found) })?;
    if found.is_empty() {
        ledger::say_nothing_found(args.since, catalog);
    }
    Ok(())
}

/// Shows what of a trail is asked for.
fn of_trail(
    mut source: Box<dyn Source + '_>,
    args: &HistoryArgs,
    wanted: &Wanted,
    catalog: &Catalog,
    world: &World,
) -> Result<(), Error> {
    let mut story = Story::from(wanted.from);
    let searched = source.sessions(&mut |record| _ = story.add(record))?;
    // Who cannot read their ledger may read the trail.
    let ledger = Ledger::new(world).entries().unwrap_or_default();
    let me = args.me.then(|| {
        let declared = catalog.defaults().session_name.as_ref().map(|name| name.value.clone());
        trail::Me::of(&ledger, declared.unwrap_or_else(|| became::who(world)).as_str())
    });
    let calls = trail::find(&story, wanted, me.as_ref());
    let mut doings = args.activity.then(|| trail::Doings::of(&calls, &story));
    if let Some(Doings { activity, .. }) = &mut doings {
        let keys = activity.keys();
        if !keys.is_empty() {
            source.done(&keys, &mut |record| activity.add(record))?;
        }
    }
    let by_key = ledger.iter().filter_map(|entry| Some((entry.access_key_id.as_deref()?, entry))).collect();
    trail::Page { story: &story, calls: &calls, doings: doings.as_ref(), ledger: &by_key }.print(args.json)?;
    if calls.is_empty() {
        person::note(&format!("nothing like that in the last {}, in {searched}", wanted::age(args.since)));
    }
    source.end()
}

impl Source for Files {
    fn sessions(&mut self, each: &mut dyn FnMut(&Value)) -> Result<String, Error> {
        let read = of_files(self, each)?;
        Ok(format!("{} records of {} files", read.records, read.files))
    }

    fn done(&mut self, _: &BTreeSet<Text>, each: &mut dyn FnMut(&Value)) -> Result<(), Error> {
        of_files(self, each).map(drop)
    }

    fn end(self: Box<Self>) -> Result<(), Error> {
        Ok(())
    }
}

fn of_files(files: &Files, each: impl FnMut(&Value)) -> Result<Read, Error> {
    let mut progress = Progress::default();
    let told = |read: Read| {
        progress.show(&format!("{} of {} files read, {} records", read.files, read.of, read.records));
    };
    Ok(files.read(each, told)?)
}
