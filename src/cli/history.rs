//! `assume history`: who became what.

mod ledger;
mod live;
mod trail;
mod wanted;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::{became, profile_ref, stdout};
use crate::config::Catalog;
use crate::error::Error;
use crate::handover::before_first_switch;
use crate::person::{self, Progress};
use crate::session::Ledger;
use crate::terms::{Region, parse_duration};
use crate::trust::history::{Activity, By, Call, Files, Story};
use crate::world::World;

use live::Live;
use wanted::Wanted;

/// Show who became which role
///
/// By itself it shows the ledger of this machine, without network: the sessions that were made here, from which program,
/// and what AWS refused. With --from it shows what a trail's files say: both records of a call between accounts joined, and
/// each caller followed back through the chain of roles. With --profile it asks CloudTrail.
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
    /// Read the files of a trail in this folder; first, `aws s3 sync s3://BUCKET/AWSLogs DIR`
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Ask CloudTrail itself, as this profile
    ///
    /// It looks back 90 days at most, in each Region by itself, two pages of 50 events a second. Interrupted, the same
    /// command within an hour goes on where it was. Needs cloudtrail:LookupEvents, and account:ListRegions.
    #[arg(long, value_name = "PROFILE", conflicts_with = "from", add = profile_ref::names())]
    profile: Option<String>,
    /// A Region to look into; once for each. Without it, all that the account has enabled
    #[arg(long = "region", value_name = "REGION", requires = "profile")]
    regions: Vec<Region>,
    /// Count what was done with the sessions, too
    #[arg(long, requires = "from")]
    activity: bool,
    /// Print JSON: `ledger[]`, or `events[]` of a trail
    #[arg(long)]
    json: bool,
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
    match (&args.from, &args.profile) {
        (Some(folder), _) => of_files(folder, args, &wanted, &catalog, &before)?,
        (None, Some(profile)) => of_cloudtrail(profile, args, &wanted, &catalog, &before)?,
        (None, None) => of_ledger(args, &wanted, &catalog, &before)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_ledger(args: &HistoryArgs, wanted: &Wanted, catalog: &Catalog, world: &World) -> Result<(), Error> {
    let found = ledger::find(wanted, world)?;
    stdout::print(&if args.json { ledger::json(&found) } else { ledger::text(&found) })?;
    if found.is_empty() {
        ledger::say_nothing_found(args.since, catalog);
    }
    Ok(())
}

fn of_files(folder: &Path, args: &HistoryArgs, wanted: &Wanted, catalog: &Catalog, world: &World) -> Result<(), Error> {
    let files = Files::below(folder)?;
    let mut story = Story::from(wanted.from);
    let read = read(&files, |record| _ = story.add(record))?;
    let activity = |calls: &[&Call]| {
        let mut activity = Activity::of_keys(calls.iter().filter_map(|call| call.event.issued_key.clone()));
        self::read(&files, |record| activity.add(record)).map(|_| activity)
    };
    let activity = args.activity.then_some(&activity as Count<'_>);
    let searched = format!("{} records of {} files", read.records, read.files);
    show(&story, activity, &searched, args, wanted, catalog, world)
}

fn of_cloudtrail(
    profile: &str,
    args: &HistoryArgs,
    wanted: &Wanted,
    catalog: &Catalog,
    world: &World,
) -> Result<(), Error> {
    let mut story = Story::from(wanted.from);
    let mut live = Live::open(profile, &args.regions, args.since, catalog, world)?;
    let events = live.look_up(&By::operations(), "events", |record| _ = story.add(record))?;
    let searched = format!("{events} events of CloudTrail in {} Regions", live.regions());
    show(&story, None, &searched, args, wanted, catalog, world)?;
    live.end()
}

/// Counts what was done with the sessions that those calls gave.
type Count<'a> = &'a dyn Fn(&[&Call]) -> Result<Activity, Error>;

/// Shows what of a story is asked for.
fn show(
    story: &Story,
    activity: Option<Count<'_>>,
    searched: &str,
    args: &HistoryArgs,
    wanted: &Wanted,
    catalog: &Catalog,
    world: &World,
) -> Result<(), Error> {
    // Who cannot read their ledger may read the trail.
    let ledger = Ledger::new(world).entries().unwrap_or_default();
    let me = args.me.then(|| {
        let declared = catalog.defaults().session_name.as_ref().map(|name| name.value.clone());
        trail::Me::of(&ledger, declared.unwrap_or_else(|| became::who(world)).as_str())
    });
    let calls = trail::find(story, wanted, me.as_ref());
    let activity = activity.map(|count| count(&calls)).transpose()?;
    let page = trail::Page { story, calls: &calls, activity: activity.as_ref(), ledger: &ledger };
    stdout::print(&if args.json { page.json() } else { page.text() })?;
    if calls.is_empty() {
        person::note(&format!("nothing like that in the last {}, in {searched}", wanted::age(args.since)));
    }
    Ok(())
}

fn read(files: &Files, each: impl FnMut(&Value)) -> Result<crate::trust::history::Read, Error> {
    let mut progress = Progress::default();
    let told = |read: crate::trust::history::Read| {
        progress.show(&format!("{} of {} files read, {} records", read.files, read.of, read.records));
    };
    Ok(files.read(each, told)?)
}
