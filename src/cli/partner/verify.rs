//! `assume partner verify`: the probe for every customer, several at once, and a report that keeps the last result.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::last_results::{Last, LastResults};
use super::{Kept, RegistryArgs};
use crate::aws::Line;
use crate::cli::trust::found::{OPEN, name};
use crate::cli::trust::target::{Target, credentials};
use crate::cli::{profile_ref, stdout};
use crate::config::{Catalog, Origin, Sourced};
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

/// Runs the command.
pub(super) fn run(args: &VerifyArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let kept = Kept::open_existing(&args.registry, &before)?;
    let catalog = Catalog::open(&before)?;
    let chosen = chosen(&kept.registry, &args.customers).map_err(|error| kept.told(error))?;
    let path = kept.path.with_extension("report.json");
    let mut results = LastResults::open(path)?;

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
    let is_active = |title: &str| kept.registry.entries.iter().any(|e| e.title() == title && e.external_id.is_some());
    results.report.customers.retain(|title, _| is_active(title));
    let results = Mutex::new(results);
    let now = all(&jobs, &deputy, usize::from(args.jobs), &results, &before)?;
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);

    let shown = if args.json {
        let value = serde_json::to_value(&results.report).map_err(|error| Error::new(Kind::System, error))?;
        stdout::json(&value)
    } else {
        table(&now)
    };
    stdout::print(&shown)?;
    person::note(&format!("the last results are in {}", results.path.display()));
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

/// Makes all probes, several at once, says how far it is, and notes each result as it comes.
fn all(
    jobs: &[Job],
    deputy: &Credentials,
    threads: usize,
    results: &Mutex<LastResults>,
    world: &World,
) -> Result<BTreeMap<String, Last>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let work = || -> Result<(), Error> {
        let line = Line::new(world);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let last = one(job, deputy, &line, world)?;
            if let (Ok(mut done), Ok(mut results)) = (done.lock(), results.lock()) {
                results.note(&job.title, last.clone());
                person::note(&format!("{} of {}: {} {}", done.len() + 1, jobs.len(), job.title, last.judgement));
                done.insert(job.title.clone(), last);
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
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner))
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
