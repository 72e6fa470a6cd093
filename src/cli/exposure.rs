//! `assume exposure`

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::overrides::OverrideArgs;
use super::{became, endpoint, profile_ref, stdout};
use crate::aws::{AwsError, Line};
use crate::config::{Catalog, Sourced, replace_file};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress, plain};
use crate::plan::Reach;
use crate::session::Credentials;
use crate::terms::{Partition, Region, show_time};
use crate::trust::exposure::{Accepted, Exposure, Finding, Meaning, What, archive, exposures, look};
use crate::world::World;

/// Show who is let into your roles from outside, and which nobody uses
///
/// The findings of IAM Access Analyzer in the Regions that you name, put together: one for each role and whoever it lets in,
/// called by the accounts of your config, with a word on whether an external ID is demanded. It only reads, unless you
/// archive. The credentials need access-analyzer:ListAnalyzers, ListFindings and GetFinding, and UpdateFindings to archive.
#[derive(Debug, clap::Args)]
pub(super) struct ExposureArgs {
    /// Whose credentials ask; without it, the default identity
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Option<String>,
    /// A Region to look in; may be given again. Without it, the profile's own
    #[arg(long = "in", value_name = "REGION")]
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
    let reaches = reaches(args, became.region.as_ref(), world)?;
    let line = Line::new(world);

    let (mut analyzers, mut findings) = (Vec::new(), Vec::new());
    let mut progress = Progress::default();
    for reach in &reaches {
        let (before, region) = (findings.len(), reach.region.value.as_str());
        let looked = look(&line, reach, &became.credentials, |seen| {
            progress.show(&format!("{region}: {} findings", before + seen));
        });
        let (more, found) = looked.map_err(|error| refused(error, &profile, region))?;
        if more.is_empty() {
            person::note(&format!(
                "no analyzer is in {region}: `aws accessanalyzer create-analyzer --analyzer-name external --type ACCOUNT --region {region}` makes one"
            ));
        }
        analyzers.extend(more);
        findings.extend(found);
    }
    drop(progress);

    if let (Some(id), Some(reason)) = (&args.archive, &args.reason) {
        return archived(id, reason, (&findings, &reaches), &became.credentials, &line, &reasons);
    }
    let shown: Vec<Finding> = findings.into_iter().filter(|finding| args.all || !finding.is_archived).collect();
    let all = exposures(&shown, &catalog.defaults().accounts);
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
    let open = all.iter().any(|one| one.meaning.is_open() && reason(one, &reasons.accepted).is_none());
    Ok(ExitCode::from(u8::from(open)))
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

fn reaches(args: &ExposureArgs, own: Option<&Region>, world: &World) -> Result<Vec<Reach>, Error> {
    let endpoint_url = endpoint::of_service("AWS_ENDPOINT_URL_ACCESSANALYZER", world)?;
    let regions = match args.regions.as_slice() {
        [] => own.map_or_else(|| vec![Partition::Aws.implicit_region()], |own| vec![own.clone()]),
        named => named.to_vec(),
    };
    let reach = |region| Reach {
        region: Sourced::by_default(region),
        endpoint_url: endpoint_url.clone(),
        fips: false,
        dual_stack: false,
    };
    Ok(regions.into_iter().map(reach).collect())
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

/// Whoever a finding is about, as the file of reasons names them.
fn who(finding: &Finding) -> String {
    match &finding.what {
        What::External { principal, .. } => principal.first().map_or("*", |(_, name)| name.as_str()).to_owned(),
        What::UnusedRole { .. } => "unused".to_owned(),
        What::Other(kind) => kind.clone(),
    }
}

fn reason<'a>(one: &Exposure<'_>, accepted: &'a Accepted) -> Option<&'a str> {
    accepted.reason(&one.finding.resource, &who(one.finding))
}

fn told(meaning: &Meaning) -> String {
    let id = |external_id: &bool| if *external_id { "with an external ID" } else { "WITHOUT an external ID" };
    match meaning {
        Meaning::Public => "PUBLIC: anybody may assume it".to_owned(),
        Meaning::Stranger { who, external_id } => format!("unknown {who}, {}", id(external_id)),
        Meaning::Partner { name, account, external_id } => format!("{name} ({account}), {}", id(external_id)),
        Meaning::Own(who) => format!("{who}, an account of yours"),
        Meaning::Federated(provider) => format!("whoever {provider} vouches for"),
        Meaning::Unused { last_used: Some(when) } => format!("unused since {when}"),
        Meaning::Unused { last_used: None } => "never used".to_owned(),
        Meaning::Other(kind) => kind.clone(),
    }
}

fn as_line(one: &Exposure<'_>, accepted: &Accepted) -> String {
    let regions: Vec<&str> = one.regions.iter().copied().collect();
    let why = reason(one, accepted).map_or_else(String::new, |reason| format!("  accepted: {reason}"));
    let line =
        format!("{}  {}  [{}]  {}{why}", one.finding.resource, told(&one.meaning), regions.join(", "), one.finding.id);
    format!("{}\n", plain(&line))
}

fn as_json(one: &Exposure<'_>, accepted: &Accepted) -> Value {
    json!({
        "resource": one.finding.resource,
        "resource_type": one.finding.resource_type,
        "meaning": told(&one.meaning),
        "open": one.meaning.is_open(),
        "regions": one.regions,
        "ids": one.ids,
        "archived": one.finding.is_archived,
        "accepted": reason(one, accepted),
    })
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
