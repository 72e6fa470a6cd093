//! `assume partner verify`: the probe for every customer, several at once, and a report that keeps the last result.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::{Kept, RegistryArgs};
use crate::aws::Line;
use crate::cli::trust::found::{OPEN, name};
use crate::cli::trust::target::{Target, credentials};
use crate::cli::{profile_ref, stdout};
use crate::config::{Catalog, Origin, Sourced, replace_file};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, plain};
use crate::plan::Overrides;
use crate::session::Credentials;
use crate::terms::{ExternalId, show_time};
use crate::trust::probe::{Asked, Attempt, Caller, Expected, Judgement, Outcome, attempts, judge, probe};
use crate::trust::registry::{CustomerName, Entry, Registry};
use crate::world::World;

/// Probe the roles of all customers: whether each lets you in with its external ID, and with nothing else
///
/// The calls are those of `assume trust probe`. The last result of each customer is kept beside the registry, in
/// partners.report.json. Exit codes: 0, all as it should be; 1, some role lets in too much; 5, some are not proved.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// These customers; without any, all
    #[arg(value_name = "CUSTOMER")]
    customers: Vec<CustomerName>,
    /// Who asks: the profile that assumes the customers' roles; without it, the default identity
    #[arg(long = "as", value_name = "PROFILE", add = profile_ref::names())]
    asks: Option<String>,
    /// How many customers at once
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    jobs: u8,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// The last result of each customer, by customer and account.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Report {
    customers: BTreeMap<String, Last>,
}

/// What came of the last probe.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Last {
    at: String,
    role_arn: String,
    judgement: String,
    /// What was let in that should not be.
    let_in: Vec<String>,
    /// Whether the customer's role has the ID before still.
    old_id: bool,
    because: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &VerifyArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let kept = Kept::open_existing(&args.registry, &before)?;
    let catalog = Catalog::open(&before)?;
    let chosen = chosen(&kept.registry, &args.customers).map_err(|error| kept.told(error))?;
    let path = kept.path.with_extension("report.json");
    let (old, mut report) = read(&path)?;

    let mut jobs = Vec::new();
    let mut unserved = 0;
    for entry in chosen {
        match job(entry, &kept, &catalog, args.asks.as_deref(), &before)? {
            Ok(job) => jobs.push(job),
            Err(reason) => {
                unserved += 1;
                person::warn(&format!("{} is not probed: {reason}", entry.title()));
            }
        }
    }
    let Some(first) = jobs.first() else {
        return Err(
            Error::text(Kind::Usage, "there is nobody to verify").because(format!("registry: {}", kept.path.display()))
        );
    };
    let deputy = credentials(first.target.caller.clone(), &catalog, None, &before)?;
    let who = first.target.who(&Line::new(&before), &deputy);
    let customers = if jobs.len() == 1 { "customer" } else { "customers" };
    person::note(&format!("asking as {who}, {} {customers}", jobs.len()));
    let results = all(&jobs, &deputy, usize::from(args.jobs), &before)?;
    let now: BTreeMap<String, Last> = results.into_iter().collect();
    report
        .customers
        .retain(|title, _| kept.registry.entries.iter().any(|e| e.title() == *title && e.external_id.is_some()));
    report.customers.extend(now.clone());
    let text = serde_json::to_string_pretty(&report).map_err(|error| Error::new(Kind::System, error))? + "\n";
    replace_file(&path, old.as_deref(), &text)?;

    let shown = if args.json {
        let value = serde_json::to_value(&report).map_err(|error| Error::new(Kind::System, error))?;
        stdout::json(&value)
    } else {
        table(&now)
    };
    stdout::print(&shown)?;
    person::note(&format!("the last results are in {}", path.display()));
    let is = |judgement| now.values().any(|last| last.judgement == name(judgement));
    if is(Judgement::LetsInTooMuch) {
        return Ok(ExitCode::from(OPEN));
    }
    let unproved = is(Judgement::ControlRefused) || is(Judgement::Inconclusive) || unserved > 0;
    Ok(if unproved { ExitCode::from(Kind::Unreachable.exit_code()) } else { ExitCode::SUCCESS })
}

fn chosen<'a>(
    registry: &'a Registry,
    customers: &[CustomerName],
) -> Result<Vec<&'a Entry>, crate::trust::registry::RegistryError> {
    for customer in customers {
        // Several accounts are as good as one.
        match registry.entry(customer, None) {
            Ok(_) | Err(crate::trust::registry::RegistryError::WhichAccount { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let active = registry.entries.iter().filter(|entry| entry.external_id.is_some());
    Ok(active.filter(|entry| customers.is_empty() || customers.contains(&entry.customer)).collect())
}

fn read(path: &Path) -> Result<(Option<String>, Report), Error> {
    match std::fs::read_to_string(path) {
        // A report that cannot be read is no loss: it is made anew.
        Ok(text) => {
            let report = serde_json::from_str(&text).unwrap_or_default();
            Ok((Some(text), report))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((None, Report::default())),
        Err(error) => Err(Error::text(Kind::System, format!("cannot read {}: {error}", path.display()))),
    }
}

/// One customer to be probed.
struct Job {
    title: String,
    target: Target,
    /// The ID that is sent, and the one before.
    ids: Vec<ExternalId>,
    asked: Asked,
}

/// Returns what is to be done for an entry, or why it is not.
fn job(
    entry: &Entry,
    kept: &Kept,
    catalog: &Catalog,
    asks: Option<&str>,
    world: &World,
) -> Result<Result<Job, String>, Error> {
    let registry = &kept.registry;
    if let Err(error) = registry.served(&entry.customer, Some(&entry.account)) {
        return Ok(Err(error.to_string()));
    }
    let Some(role) = entry.role(&registry.terms) else {
        return Ok(Err("the registry does not say what the role is called: role_name, or role_arn".to_owned()));
    };
    let ids: Vec<ExternalId> = entry.accepted().cloned().collect();
    let overrides = Overrides {
        external_id: ids.first().map(|id| Sourced::new(id.clone(), Origin::Flag("the registry"))),
        ..Overrides::none()
    };
    let target = Target::planned(catalog, &role.to_string(), asks, overrides, world)?;
    let asked = Asked {
        external_id: None,
        form: Some(registry.terms.form.clone()),
        others: registry.ids_of_others(entry),
        random: rand::random(),
        extras: Vec::new(),
    };
    Ok(Ok(Job { title: entry.title(), target, ids, asked }))
}

/// Makes all probes, several at once, and says how far it is.
fn all(jobs: &[Job], deputy: &Credentials, threads: usize, world: &World) -> Result<Vec<(String, Last)>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || -> Result<(), Error> {
        let line = Line::new(world);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let last = one(job, deputy, &line, world)?;
            if let Ok(mut done) = done.lock() {
                done.push((job.title.clone(), last.clone()));
                person::note(&format!("{} of {}: {} {}", done.len(), jobs.len(), job.title, last.judgement));
            }
        }
        Ok(())
    };
    let ended = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads.min(jobs.len())).map(|_| scope.spawn(work)).collect();
        started.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    for one in ended {
        one.map_err(|_| Error::text(Kind::System, "a probe broke off"))??;
    }
    Ok(done.into_inner().unwrap_or_default())
}

/// Probes one customer: with the ID that is sent, or, where their role does not know it yet, with the one before.
fn one(job: &Job, deputy: &Credentials, line: &Line<'_>, world: &World) -> Result<Last, Error> {
    let mut last = None;
    for (at, id) in job.ids.iter().enumerate() {
        let asked = Asked { external_id: Some(id.clone()), ..job.asked.clone() };
        let caller = Caller { deputy, without_mfa: None, other: None };
        let found = probe(line, &job.target.hop, caller, attempts(&asked), |_| {}, |_, _| {});
        let found = found.map_err(|error| Error::new(Kind::System, error))?;
        let judgement = judge(&found);
        last = Some(result(job, judgement, &found, at > 0, world));
        if judgement != Judgement::ControlRefused {
            break;
        }
    }
    last.ok_or_else(|| Error::text(Kind::System, format!("{} has no external ID", job.title)))
}

fn result(job: &Job, judgement: Judgement, found: &[(Attempt, Outcome)], old_id: bool, world: &World) -> Last {
    let let_in =
        found.iter().filter(|(attempt, outcome)| attempt.expected == Expected::KeptOut && *outcome == Outcome::LetIn);
    let because = found.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Inconclusive { because } => Some(because.clone()),
        Outcome::LetIn | Outcome::KeptOut { .. } => None,
    });
    Last {
        at: show_time(world.clock.now()),
        role_arn: job.target.hop.role_arn.value.to_string(),
        judgement: name(judgement).to_owned(),
        let_in: let_in.map(|(attempt, _)| attempt.variation.as_str().to_owned()).collect(),
        old_id,
        because,
    }
}

fn table(now: &BTreeMap<String, Last>) -> String {
    let width = now.keys().map(String::len).max().unwrap_or(0);
    let line = |(title, last): (&String, &Last)| {
        let more = match (&last.because, last.let_in.as_slice()) {
            (_, [_, ..]) => format!(": lets in {}", last.let_in.join(", ")),
            (Some(because), []) => format!(": {because}"),
            (None, []) if last.old_id => ": with the ID before, still".to_owned(),
            (None, []) => String::new(),
        };
        format!("{}\n", plain(&format!("{title:width$}  {}{more}", last.judgement)))
    };
    now.iter().map(line).collect()
}
