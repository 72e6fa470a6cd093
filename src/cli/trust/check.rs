//! `assume trust check`: what is wrong with trust policies, and whom they let in by mistake.

mod difference;
pub(super) mod github;
mod report;
mod sarif;
mod suppress;
mod validate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use report::{Of, Report, Told};
use suppress::Suppressions;

use super::live::{self, Needs, Whose};
use super::subject::{self, Subject};
use crate::cli::stdout;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::Document;
use crate::policy::diff::compare;
use crate::policy::lint::{Among, Around, Finding, Severity, check, check_together};
use crate::terms::AccountId;
use crate::world::World;

/// Check trust policies: whom they let in by mistake, and what in them can never work
///
/// Ends with 1 where it finds something at least as bad as --fail-on. Say in the config file which accounts are yours
/// (accounts.own): every other one counts as somebody else's.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    whose: Whose,
    /// Say instead who gains or loses the role by the second of two files; ends with 1 where somebody gains
    #[arg(long, conflicts_with_all = ["fail_on", "suppressions"])]
    diff: bool,
    /// How findings are written: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How bad a finding has to be for the command to fail: low, warning, medium, high, error, critical, or none
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = threshold)]
    fail_on: Threshold,
    /// A file of findings that are accepted, each with its reason and until when; without it, the nearest
    /// .assume-trust.toml beside or above each file
    #[arg(long, value_name = "FILE")]
    suppressions: Option<PathBuf>,
    /// Accept nothing, whatever .assume-trust.toml says
    #[arg(long, conflicts_with = "suppressions")]
    no_suppressions: bool,
    /// An account that is yours, besides those in the config file; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    own: Vec<AccountId>,
    #[command(flatten)]
    validate: validate::ValidateArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
    Github,
}

/// How bad a finding has to be for the command to fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Threshold(Option<Severity>);

fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "none" {
        return Ok(Threshold(None));
    }
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    let names = Severity::ALL.map(Severity::as_str).join(", ");
    found.map(|found| Threshold(Some(found))).ok_or_else(|| format!("it is one of {names}, or none"))
}

/// Exit code where something was found.
const FOUND: u8 = 1;

/// Runs the command.
pub(in crate::cli) fn run(args: &CheckArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let around = subject::known(&catalog.defaults().accounts, &args.own);
    if args.diff {
        return compared(args, &around, world);
    }
    let named = args.suppressions.as_ref().map(|file| Suppressions::named(file, world)).transpose()?;
    let subjects = live::subjects(&args.whose, Needs::Use, &around, &catalog, world)?;
    let suppressions = match named {
        Some(named) => named,
        None if args.no_suppressions => Suppressions::default(),
        None => Suppressions::of_projects(&subjects, world)?,
    };
    let supposed = |subject: &Subject| {
        let of = subject.whatever_holds().to_owned();
        subject.supposed.iter().map(move |what| format!("{of}: {what}")).collect::<Vec<_>>()
    };
    let supposed: BTreeSet<String> = subjects.iter().flat_map(supposed).collect();
    supposed.iter().for_each(|supposed| person::note(supposed));
    if subjects.iter().any(|subject| subject.around.own.is_empty() && subject.around.account().is_none()) {
        person::note(
            "which accounts are yours is not known (accounts.own, --own): every account counts as somebody else's",
        );
    }
    let names_one = |subject: &Subject| subject.policy.to_ascii_lowercase().contains("aws:principalorg");
    if around.organizations.is_empty() && subjects.iter().any(names_one) {
        person::note("that an organization which a policy names is yours is supposed (accounts.organizations)");
    }
    let analyzed = validate::findings(&args.validate, &args.whose, &subjects, &catalog, world)?;
    let report = findings(&subjects, suppressions, analyzed);
    stdout::print(&match args.format {
        Format::Text => report.text(),
        Format::Json => report.json(),
        Format::Sarif => sarif::sarif(&report),
        Format::Github => github::annotations(&report),
    })?;
    let roles: BTreeSet<_> = subjects.iter().map(Subject::whatever_holds).collect();
    person::note(&report.summary(if subjects.iter().any(|subject| subject.when.is_some()) {
        roles.len()
    } else {
        subjects.len()
    }));
    let fails = args.fail_on.0.is_some_and(|least| report.worst().is_some_and(|worst| worst >= least));
    Ok(ExitCode::from(if fails { FOUND } else { 0 }))
}

fn compared(args: &CheckArgs, around: &Around, world: &World) -> Result<ExitCode, Error> {
    let usage = |text: &str| Error::text(Kind::Usage, text);
    let [old, new] = args.whose.whose.as_slice() else {
        return Err(usage("--diff compares two files").with_hint("`assume trust check --diff OLD NEW`".to_owned()));
    };
    let only =
        |file: &String| {
            let mut found = subject::in_file(Path::new(file), around, world)?;
            match (found.pop(), found.is_empty()) {
                (Some(one), true) => Ok(one),
                (_, _) => Err(usage("--diff compares two policies, and there are several roles in this file")
                    .because(file.clone())),
            }
        };
    let (old, new) = (only(old)?, only(new)?);
    let read = |subject: &Subject| {
        Document::parse_trust(&subject.policy).map_err(|error| {
            let text = format!("{} cannot be compared", subject.name);
            Error::new(Kind::Usage, error).while_doing(text).with_hint("`assume trust check FILE`".to_owned())
        })
    };
    let (before, after) = (read(&old)?, read(&new)?);
    let role_arn = new.around.role_arn.as_deref().or(old.around.role_arn.as_deref());
    let difference = compare(&before, &after, role_arn);
    let told = difference::Told { difference: &difference, around: &new.around, texts: [&old.policy, &new.policy] };
    stdout::print(&match args.format {
        Format::Text => told.text(),
        Format::Json => told.json(),
        Format::Sarif | Format::Github => return Err(usage("a difference is written as text or json")),
    })?;
    person::note(&format!("{} kinds of requests compared", difference.compared));
    Ok(ExitCode::from(if told.is_wider() { FOUND } else { 0 }))
}

fn findings(
    subjects: &[Subject],
    mut suppressions: Suppressions,
    mut analyzed: BTreeMap<usize, Vec<Finding>>,
) -> Report<'_> {
    let mut told: Vec<Told<'_>> = Vec::new();
    let among: Vec<Among<'_>> =
        subjects.iter().map(|subject| Among { text: &subject.policy, around: &subject.around }).collect();
    let mut together = check_together(&among);
    for (number, subject) in subjects.iter().enumerate() {
        let mut found = check(&subject.policy, &subject.around);
        let others = together.extract_if(.., |(of, _)| *of == number).map(|(_, finding)| finding);
        // Within one policy and among several, the same external ID is one finding.
        let known = |id: &str, place: &_| found.iter().any(|known| known.rule.id == id && known.place == *place);
        let others: Vec<_> = others.filter(|finding| !known(finding.rule.id, &finding.place)).collect();
        found.extend(others);
        found.extend(analyzed.remove(&number).unwrap_or_default());
        suppressions.asked(subject);
        told.extend(found.into_iter().map(|finding| {
            let accepted = suppressions.accept(subject, &finding);
            Told { of: Of::Policy(subject), line: subject.line(&finding.place), finding, accepted }
        }));
    }
    let mut told = once_a_role(told, subjects);
    told.extend(suppressions.findings().into_iter().map(|(file, finding)| Told {
        of: Of::Suppression(file),
        line: None,
        finding,
        accepted: None,
    }));
    Report { told }
}

/// What is found in several of the policies that a template's conditions make of one role is told once.
fn once_a_role<'a>(told: Vec<Told<'a>>, subjects: &'a [Subject]) -> Vec<Told<'a>> {
    let mut policies: BTreeMap<&str, usize> = BTreeMap::new();
    for subject in subjects.iter().filter(|subject| subject.when.is_some()) {
        *policies.entry(subject.whatever_holds()).or_default() += 1;
    }
    let key = |one: &Told<'a>| match one.of {
        Of::Policy(subject) if subject.when.is_some() => {
            Some((subject.whatever_holds(), one.finding.rule.id, one.line, one.finding.message.clone()))
        }
        Of::Policy(_) | Of::Role(_) | Of::Suppression(_) => None,
    };
    let mut count: BTreeMap<_, usize> = BTreeMap::new();
    told.iter().filter_map(key).for_each(|key| *count.entry(key).or_default() += 1);
    let mut once = Vec::new();
    for mut one in told {
        if let (Some(key), Of::Policy(subject)) = (key(&one), &one.of) {
            // Whoever comes second is gone from the count.
            let Some(times) = count.remove(&key) else { continue };
            if policies.get(key.0) == Some(&times) {
                one.of = Of::Role(subject);
            }
        }
        once.push(one);
    }
    once
}
