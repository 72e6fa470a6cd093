//! `assume exposure`

mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use told::{as_json, as_line, reason, who};

use super::overrides::OverrideArgs;
use super::{became, endpoint, profile_ref, regions, stdout};
use crate::aws::{AwsError, Line};
use crate::config::{Accounts, Catalog, Sourced, replace_file};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress, plain};
use crate::plan::Reach;
use crate::session::Credentials;
use crate::terms::{Region, show_time};
use crate::trust::exposure::{Accepted, Analyzer, Finding, Known, archive, exposures, look, roles_to_read};
use crate::trust::registry::Registry;
use crate::trust::roles::{Iam, IamRole};
use crate::world::World;

/// Show who is let into your roles from outside, and which nobody uses
///
/// The findings of IAM Access Analyzer in all Regions of the account, put together: one for each role and whoever it lets in,
/// called by the accounts of your config and your partner registry, with a word on whether the role demands an external ID,
/// and on whether it is used. It only reads, unless you archive. The credentials need access-analyzer:ListAnalyzers,
/// ListFindings and GetFinding, UpdateFindings to archive, account:ListRegions where no Region is named, and iam:GetRole for
/// what the role itself says.
#[derive(Debug, clap::Args)]
pub(super) struct ExposureArgs {
    /// Whose credentials ask; without it, the default identity
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Option<String>,
    /// A Region to look in; may be given again. Without it, all that the account has enabled
    #[arg(long = "region", visible_alias = "in", value_name = "REGION")]
    regions: Vec<Region>,
    /// Show what was archived, too
    #[arg(long)]
    all: bool,
    /// As JSON: analyzers, exposures
    #[arg(long)]
    json: bool,
    /// Archive this finding, by the id that is shown, wherever it stands
    #[arg(long, value_name = "ID", requires = "reason")]
    archive: Option<String>,
    /// Why: kept in exposure.toml beside the config file, since AWS keeps no reason
    #[arg(long, value_name = "TEXT", requires = "archive")]
    reason: Option<String>,
}

/// Runs the command. Exit code 1 where somebody is let in who is not known, or without an external ID.
pub(super) fn run(args: &ExposureArgs, world: &World) -> Result<ExitCode, Error> {
    let world = &world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(world)?;
    let profile = match &args.profile {
        Some(profile) => profile.clone(),
        None => default_identity(&catalog)?,
    };
    let reasons = Reasons::read(world)?;
    let plan = became::planned(&catalog, &profile, &OverrideArgs::default(), world)?;
    let became = became::of_plan(plan, &catalog, None, became::Consumer::Keeps, world)?;
    let line = Line::new(world);
    let regions = regions::wanted(&args.regions, became.region.as_ref(), &became.credentials, &line, world)?;
    let reaches = reaches(&regions, world)?;

    let Looked { analyzers, findings, refused: not_read } =
        look_everywhere(&reaches, &became.credentials, &line, &profile)?;

    if let (Some(id), Some(reason)) = (&args.archive, &args.reason) {
        return archived(id, reason, (&findings, &reaches), &became.credentials, &line, &reasons);
    }
    let shown: Vec<Finding> = findings.into_iter().filter(|finding| args.all || !finding.is_archived).collect();
    let accounts = known_accounts(&catalog, world);
    let roles = roles(&shown, reaches.first(), &became.credentials, &line, world)?;
    let known = Known { accounts: &accounts, roles: &roles, now: world.clock.now() };
    let all = exposures(&shown, &known);
    if args.json {
        let analyzers: Vec<Value> = analyzers
            .iter()
            .map(|analyzer| json!({ "arn": analyzer.arn, "type": analyzer.kind, "region": analyzer.region }))
            .collect();
        let exposures: Vec<Value> = all.iter().map(|one| as_json(one, &reasons.accepted)).collect();
        stdout::print(&format!("{:#}\n", json!({ "analyzers": analyzers, "exposures": exposures })))?;
    } else {
        let lines: Vec<String> = all.iter().map(|one| as_line(one, &reasons.accepted)).collect();
        stdout::print(&lines.concat())?;
        let open = all.iter().filter(|one| one.meaning.is_open()).count();
        person::note(&format!("{} findings of {} analyzers, {open} of them open", all.len(), analyzers.len()));
    }
    if let Some(error) = not_read.into_iter().next() {
        let text = "what is found in some Regions is not known";
        return Err(Error::new(Kind::Refused, error).while_doing(text).with_hint(REGION.to_owned()));
    }
    let open = all.iter().any(|one| one.meaning.is_open() && reason(one, &reasons.accepted).is_none());
    Ok(ExitCode::from(u8::from(open)))
}

const REGION: &str = "name the Regions that may be asked: --region, once for each";

/// What there is in all Regions, and what could not be read.
struct Looked {
    analyzers: Vec<Analyzer>,
    findings: Vec<Finding>,
    refused: Vec<AwsError>,
}

/// Looks into each Region. One that refuses hides nothing of the others; where all do, that is the answer.
fn look_everywhere(reaches: &[Reach], by: &Credentials, line: &Line<'_>, profile: &str) -> Result<Looked, Error> {
    let mut all = Looked { analyzers: Vec::new(), findings: Vec::new(), refused: Vec::new() };
    let (mut empty, mut not_read) = (Vec::new(), Vec::new());
    let mut progress = Progress::default();
    for reach in reaches {
        let (before, region) = (all.findings.len(), reach.region.value.as_str());
        progress.show(&format!("{region}: {before} findings"));
        let looked = look(line, reach, by, |seen| progress.show(&format!("{region}: {} findings", before + seen)));
        match looked {
            Ok((more, found)) => {
                if more.is_empty() {
                    empty.push(region);
                }
                all.analyzers.extend(more);
                all.findings.extend(found);
            }
            Err(error) => not_read.push((error, region)),
        }
    }
    drop(progress);
    if not_read.len() == reaches.len()
        && let Some((error, region)) = not_read.pop()
    {
        return Err(refused(error, profile, region));
    }
    for (error, region) in not_read {
        person::warn(&format!("Access Analyzer of {region} cannot be read: {error}"));
        all.refused.push(error);
    }
    tell_of_empty(&empty, all.analyzers.is_empty());
    Ok(all)
}

/// An account without any analyzer hears how to make one. Role findings are the same wherever one is.
fn tell_of_empty(empty: &[&str], is_all: bool) {
    match (empty, is_all) {
        ([], _) => {}
        (_, true) => {
            let region = empty[0];
            let (regions, verb) = match empty {
                [one] => ((*one).to_owned(), "makes one"),
                many => (format!("any of {} Regions", many.len()), "makes one that sees all roles"),
            };
            person::note(&format!(
                "no analyzer is in {regions}: `aws accessanalyzer create-analyzer --analyzer-name external --type ACCOUNT --region {region}` {verb}"
            ));
        }
        (some, false) => person::note(&format!(
            "no analyzer is in {} of the Regions: roles are the same everywhere, but other resources there are not looked at",
            some.len()
        )),
    }
}

/// The accounts of the config, and those of the partner registry's customers, by their names.
fn known_accounts(catalog: &Catalog, world: &World) -> Accounts {
    let mut accounts = catalog.defaults().accounts.clone();
    let declared = catalog.defaults().partner_registry.as_ref().map(|path| path.value.clone());
    let path = declared.unwrap_or_else(|| world.folders.config_file.with_file_name("partners.toml"));
    let Ok(text) = std::fs::read_to_string(&path) else { return accounts };
    match Registry::parse(&text) {
        Ok(registry) => {
            for entry in registry.entries {
                accounts.known.entry(entry.account).or_insert_with(|| entry.customer.to_string());
            }
        }
        Err(error) => person::warn(&format!("{}: nobody is named by it: {error}", path.display())),
    }
    accounts
}

/// Reads the roles that somebody is let into, where that is allowed: they say what they demand, and when they were used.
fn roles(
    findings: &[Finding],
    reach: Option<&Reach>,
    by: &Credentials,
    line: &Line<'_>,
    world: &World,
) -> Result<BTreeMap<String, IamRole>, Error> {
    let names: Vec<String> = roles_to_read(findings).into_iter().collect();
    let (Some(reach), false) = (reach, names.is_empty()) else { return Ok(BTreeMap::new()) };
    let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_IAM", world)?.map(|url| url.value);
    let iam = Iam { line, reach, endpoint: endpoint.as_ref(), by };
    let mut progress = Progress::default();
    let read = iam.several(&names, |seen| progress.show(&format!("{} of {} roles read", seen.roles, names.len())))?;
    drop(progress);
    let (mut roles, mut refused) = (BTreeMap::new(), Vec::new());
    for role in read {
        match role {
            Ok(role) => {
                roles.insert(role.arn.clone(), role);
            }
            Err(error) => refused.push(error),
        }
    }
    if let Some(error) = refused.first() {
        person::warn(&format!(
            "{} of the roles cannot be read, so that the finding alone says whether they demand an external ID ({error}): that takes iam:GetRole",
            refused.len()
        ));
    }
    Ok(roles)
}

pub(super) fn default_identity(catalog: &Catalog) -> Result<String, Error> {
    let declared = catalog.defaults().identity.as_ref().map(|identity| identity.value.clone());
    let only = || match catalog.identities().as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    declared.or_else(only).ok_or_else(|| {
        Error::text(Kind::Usage, "say whose credentials ask").with_hint("name a profile: --profile PROFILE".to_owned())
    })
}

fn reaches(regions: &[Region], world: &World) -> Result<Vec<Reach>, Error> {
    let endpoint_url = endpoint::of_service("AWS_ENDPOINT_URL_ACCESSANALYZER", world)?;
    let reach = |region: &Region| Reach {
        region: Sourced::by_default(region.clone()),
        endpoint_url: endpoint_url.clone(),
        fips: false,
        dual_stack: false,
    };
    Ok(regions.iter().map(reach).collect())
}

/// Why findings were archived: a file beside the config file, where both can be kept in git.
struct Reasons {
    file: PathBuf,
    before: Option<String>,
    accepted: Accepted,
    day: String,
}

impl Reasons {
    fn read(world: &World) -> Result<Self, Error> {
        let file = world.folders.config_file.with_file_name("exposure.toml");
        let wrong = |what: &dyn std::fmt::Display| Error::text(Kind::Config, format!("{}: {what}", file.display()));
        let before = match std::fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(wrong(&error)),
        };
        let accepted = Accepted::parse(before.as_deref().unwrap_or_default()).map_err(|error| wrong(&error))?;
        let now = show_time(world.clock.now());
        let day = now.split('T').next().unwrap_or_default().to_owned();
        Ok(Self { file, before, accepted, day })
    }

    fn add(&self, finding: &Finding, reason: &str) -> Result<(), Error> {
        let text = self.accepted.with(&finding.resource, &who(finding), reason, &self.day);
        let text = text.map_err(|error| Error::text(Kind::Config, format!("{}: {error}", self.file.display())))?;
        Ok(replace_file(&self.file, self.before.as_deref(), &text)?)
    }
}

/// Archives the finding of that id at every analyzer that has the same, and keeps the reason.
fn archived(
    id: &str,
    reason: &str,
    (findings, reaches): (&[Finding], &[Reach]),
    by: &Credentials,
    line: &Line<'_>,
    reasons: &Reasons,
) -> Result<ExitCode, Error> {
    let Some(meant) = findings.iter().find(|finding| finding.id == id) else {
        return Err(Error::text(Kind::Usage, format!("no finding has the id {}", plain(id)))
            .with_hint("`assume exposure` shows them".to_owned()));
    };
    let same = findings.iter().filter(|one| one.resource == meant.resource && one.what == meant.what);
    // The reason first: what is archived without one would be forgotten.
    reasons.add(meant, reason)?;
    for finding in same {
        let Some(reach) = reaches.iter().find(|reach| reach.region.value.as_str() == finding.region) else { continue };
        archive(line, reach, by, finding).map_err(|error| refused(error, "the finding", &finding.region))?;
        person::note(&format!("archived in {}: {}", finding.region, finding.id));
    }
    person::note(&format!("the reason is in {}", reasons.file.display()));
    Ok(ExitCode::SUCCESS)
}

fn refused(error: AwsError, profile: &str, region: &str) -> Error {
    let (kind, hint) = match &error {
        AwsError::Refused(refusal) if refusal.is_passing() => (Kind::Unreachable, None),
        AwsError::Refused(_) => (
            Kind::Refused,
            Some(
                "the credentials need access-analyzer:ListAnalyzers, ListFindings and GetFinding; to archive, UpdateFindings",
            ),
        ),
        AwsError::NoAnswer { .. } | AwsError::Setup { .. } => (Kind::Unreachable, Some("check the network")),
        AwsError::CaBundle { .. } => (Kind::Config, None),
    };
    let doing = format!("no findings of {region} for \"{}\"", plain(profile));
    Error::new(kind, error).while_doing(doing).with_hint(hint.map(str::to_owned))
}
