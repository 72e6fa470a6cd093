//! `assume trust least`: what of a role's rights was used, and a smaller policy to begin with.

use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::asker::{Asker, Named};
use crate::aws::{AwsError, Line};
use crate::cli::{profile_ref, stdout};
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress, plain};
use crate::terms::show_time;
use crate::trust::least::{LeastError, Proposal, Rights, Role, Service, TRACKED_DAYS, Use, proposal, read};
use crate::world::World;

/// Show what of a role's rights was used, and a smaller policy to begin with
///
/// IAM reports the last attempt to reach each service that the role's policies allow, and for some services at some of their
/// actions; refused attempts count. The report is up to four hours late, and goes back 400 days at most. The smaller policy
/// is the role's own without what was not used: resources and conditions stay, since IAM does not tell which were reached.
/// Whoever asks needs iam:GetRole, iam:GenerateServiceLastAccessedDetails and iam:GetServiceLastAccessedDetails; for the
/// smaller policy also iam:ListRolePolicies, GetRolePolicy, ListAttachedRolePolicies, GetPolicy and GetPolicyVersion.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LeastArgs {
    /// The role: its name, its ARN, or a profile that leads to it
    role: String,
    /// Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Option<String>,
    /// How it is written: for people, as JSON, or the smaller policy alone
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
    Policy,
}

/// Runs the command.
pub(in crate::cli) fn run(args: &LeastArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let role = Named::of(&args.role, &catalog)?;
    let asker = Asker::of(args.profile.as_deref(), &catalog, &before)?;
    let line = Line::new(&before);
    let mut progress = Progress::default();
    let arn = role.arn.as_ref().map(ToString::to_string);
    let read = read(&asker.iam(&line), Role { name: &role.name, arn: arn.as_deref() }, |what| progress.show(what));
    drop(progress);
    let (rights, _) = read.map_err(|error| no_report(error, &role.name, &asker.profile))?;
    for unread in &rights.unread {
        person::warn(&format!("{} cannot be read as {}: {} is missing", unread.what, asker.profile, unread.permission));
    }
    let smaller = (!rights.policies.is_empty()).then(|| proposal(&rights.services, &rights.policies));
    match args.format {
        Format::Text => stdout::print(&text(&rights, smaller.as_ref()))?,
        Format::Json => stdout::print(&stdout::json(&as_json(&rights, smaller.as_ref())))?,
        Format::Policy => {
            let smaller = smaller.ok_or_else(|| no_policy(&rights, &args.role))?;
            stdout::print(&stdout::json(&smaller.policy))?;
            smaller.remarks.iter().for_each(|remark| person::note(remark));
        }
    }
    person::note(&format!(
        "IAM's report is up to four hours late and goes back {TRACKED_DAYS} days at most; what is done once a year may be missing"
    ));
    Ok(ExitCode::SUCCESS)
}

fn when(used: &Use) -> String {
    let region = used.region.as_ref().map_or_else(String::new, |region| format!("  {region}"));
    format!("{}{region}", show_time(used.at))
}

fn text(rights: &Rights, smaller: Option<&Proposal>) -> String {
    let mut lines = vec![rights.arn.clone()];
    lines.push(match (&rights.last_used, rights.made) {
        (Some(used), _) => format!("  last used    {}", when(used)),
        (None, Some(made)) => format!("  never used   made {}", show_time(made)),
        (None, None) => "  last used    not known".to_owned(),
    });
    if let Some(boundary) = &rights.boundary {
        lines.push(format!("  bounded by   {boundary}, which IAM's report does not look at"));
    }
    let (used, unused): (Vec<&Service>, Vec<&Service>) =
        rights.services.iter().partition(|service| service.last.is_some());
    lines.push(String::new());
    lines.push(format!("used: {} of the {} services that its policies allow", used.len(), rights.services.len()));
    for service in used {
        let last = service.last.as_ref().map_or_else(String::new, when);
        lines.push(format!("  {:<20} {last}", service.namespace));
        for (action, used) in service.actions.iter().filter_map(|(action, used)| Some((action, used.as_ref()?))) {
            lines.push(format!("    {action:<36} {}", when(used)));
        }
        let never: Vec<&str> =
            service.actions.iter().filter(|(_, used)| used.is_none()).map(|(action, _)| action.as_str()).collect();
        match (service.actions.is_empty(), never.is_empty()) {
            (true, _) if rights.tells_actions => lines.push("    IAM does not tell which actions".to_owned()),
            (false, false) => lines.push(format!("    not used: {}", never.join(", "))),
            (true, _) | (false, true) => {}
        }
    }
    if !unused.is_empty() {
        lines.push(String::new());
        lines.push(format!("allowed, and not used in {TRACKED_DAYS} days: {}", unused.len()));
        lines.extend(unused.iter().map(|service| format!("  {:<20} {}", service.namespace, service.name)));
    }
    let text: String = lines.iter().map(|line| format!("{}\n", plain(line))).collect();
    let Some(smaller) = smaller else { return text };
    let remarks: String = smaller.remarks.iter().map(|remark| format!("- {}\n", plain(remark))).collect();
    format!(
        "{text}\nA smaller policy to begin with. Resources and conditions are those of its policies: which were reached, IAM does not tell.\n{remarks}{}",
        stdout::json(&smaller.policy)
    )
}

fn as_json(rights: &Rights, smaller: Option<&Proposal>) -> Value {
    let used =
        |used: &Option<Use>| used.as_ref().map(|used| json!({ "at": show_time(used.at), "region": used.region }));
    let action = |(name, last): &(String, Option<Use>)| json!({ "action": name, "last_used": used(last) });
    let service = |service: &Service| {
        json!({
            "service": service.namespace,
            "name": service.name,
            "last_used": used(&service.last),
            "actions": service.actions.iter().map(action).collect::<Vec<_>>(),
        })
    };
    json!({
        "role_arn": rights.arn,
        "made": rights.made.map(show_time),
        "last_used": used(&rights.last_used),
        "boundary": rights.boundary,
        "tracked_days": TRACKED_DAYS,
        "tells_actions": rights.tells_actions,
        "services": rights.services.iter().map(service).collect::<Vec<_>>(),
        "policies": rights.policies.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "unread": rights.unread.iter().map(|one| json!({ "what": one.what, "permission": one.permission })).collect::<Vec<_>>(),
        "smaller_policy": smaller.map(|smaller| &smaller.policy),
        "remarks": smaller.map_or(&[][..], |smaller| &smaller.remarks),
    })
}

fn no_policy(rights: &Rights, role: &str) -> Error {
    match rights.unread.iter().find(|unread| unread.permission != "iam:GetRole") {
        Some(unread) => {
            Error::text(Kind::Refused, format!("no policy of {role} can be read, so there is none to make smaller"))
                .because(format!("{} takes {}", unread.what, unread.permission))
                .with_hint("say who may read it: --profile PROFILE".to_owned())
        }
        None => Error::text(Kind::Usage, format!("{role} has no policy that could be made smaller")),
    }
}

fn no_report(error: LeastError, role: &str, profile: &str) -> Error {
    let doing = format!("what the rights of {role} were used for cannot be had as {profile}");
    match error {
        LeastError::Aws { permission, source, .. } => {
            let (kind, hint) = match &source {
                AwsError::Refused(refusal) if refusal.is_access_denied() => {
                    (Kind::Refused, Some(format!("{profile} must be allowed {permission}; or say who asks: --profile")))
                }
                AwsError::Refused(refusal) if refusal.is_passing() => {
                    (Kind::Unreachable, Some("IAM is busy: try again in a minute".to_owned()))
                }
                AwsError::Refused(_) => (Kind::Refused, None),
                AwsError::NoAnswer { .. } | AwsError::CaBundle { .. } | AwsError::Setup { .. } => {
                    return Error::from(source).while_doing(doing);
                }
            };
            Error::new(kind, source).while_doing(doing).with_hint(hint)
        }
        LeastError::Failed { .. } | LeastError::NotReady { .. } => {
            Error::new(Kind::Unreachable, error).while_doing(doing).with_hint("try again in a minute".to_owned())
        }
    }
}
