//! Whom to ask of IAM, and as whom.

use std::path::Path;

use super::asker::{Asker, Named};
use super::subject::Subject;
use crate::aws::{AwsError, Line};
use crate::cli::profile_ref;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress};
use crate::policy::lint::{Around, UseOfRole, names_others};
use crate::trust::roles::{Iam, IamRole, Seen, UseKnown};
use crate::world::World;

/// Whom a command is about: files, and roles that IAM is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// Files with a trust policy, what `aws iam get-role` answers, a CloudFormation or SAM template or the like in a
    /// serverless.yml (JSON or YAML), or a Terraform plan (`terraform show -json`); `-` is standard input. Or roles, by name
    /// or ARN, as IAM has them
    #[arg(value_name = "FILE|ROLE", required_unless_present = "all")]
    pub(super) whose: Vec<String>,
    /// Every role of the account
    #[arg(long)]
    pub(super) all: bool,
    /// Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    pub(super) profile: Option<String>,
}

/// What has to be known of an account's roles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Needs {
    /// Their policies.
    Policies,
    /// When they were used, too.
    Use,
}

/// Returns the policies that are meant.
pub(super) fn subjects(
    args: &Whose,
    needs: Needs,
    around: &Around,
    catalog: &Catalog,
    world: &World,
) -> Result<Vec<Subject>, Error> {
    let mut subjects = Vec::new();
    let mut roles = Vec::new();
    for one in &args.whose {
        if is_file(one) {
            subjects.extend(super::subject::in_file(Path::new(one), around, world)?);
        } else {
            roles.push(Named::of(one, catalog)?.name);
        }
    }
    if !roles.is_empty() || args.all {
        subjects.extend(asked(&roles, args, needs, around, catalog, world)?);
    }
    Ok(subjects)
}

/// A role's name has neither a slash nor one of these endings.
pub(super) fn is_file(text: &str) -> bool {
    let endings = [".json", ".yaml", ".yml", ".template", ".tpl", ".tfplan", ".tf"];
    let is_arn = text.starts_with("arn:");
    text == "-"
        || !is_arn && (text.contains('/') || endings.iter().any(|end| text.ends_with(end)) || Path::new(text).exists())
}

/// Asks IAM for these roles, or for all.
fn asked(
    names: &[String],
    args: &Whose,
    needs: Needs,
    around: &Around,
    catalog: &Catalog,
    world: &World,
) -> Result<Vec<Subject>, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let asker = Asker::of(args.profile.as_deref(), catalog, &before)?;
    let line = Line::new(&before);
    let iam = asker.iam(&line);
    let failed = |error: AwsError, what: &str| not_read(error, what, &asker.profile);
    let mut progress = Progress::default();
    let mut roles = Vec::new();
    let read = iam.several(names, |seen| progress.show(&so_far(seen))).map_err(|error| failed(error, "the roles"))?;
    for (name, role) in names.iter().zip(read) {
        roles.push(role.map_err(|error| failed(error, &format!("the role {name}")))?);
    }
    if args.all {
        let all = match needs {
            Needs::Use => used(&iam, around, &asker.profile, &mut progress),
            Needs::Policies => policies(&iam, &mut progress),
        };
        roles.extend(all.map_err(|error| failed(error, "the account's roles"))?);
    }
    Ok(roles.into_iter().map(|role| subject(role, around, world)).collect())
}

/// Every role with its policy: a page of `ListRoles` has the most of them, and no other policy.
fn policies(iam: &Iam<'_>, progress: &mut Progress) -> Result<Vec<IamRole>, AwsError> {
    match iam.roles(|seen| progress.show(&so_far(seen))) {
        Err(error) if is_denied(&error) => {
            // Whoever may read the whole account may not have the smaller permission; the refusal names that one.
            iam.detailed_roles(|seen| progress.show(&so_far(seen))).map_err(|_| error)
        }
        other => other,
    }
}

/// Every role, and when those were used that others are let into: at once where the caller may, else one by one.
fn used(iam: &Iam<'_>, around: &Around, profile: &str, progress: &mut Progress) -> Result<Vec<IamRole>, AwsError> {
    match iam.detailed_roles(|seen| progress.show(&so_far(seen))) {
        Err(error) if is_denied(&error) => {}
        other => return other,
    }
    let mut roles = iam.roles(|seen| progress.show(&so_far(seen)))?;
    let is_open =
        |role: &IamRole| names_others(&role.policy, &Around { role_arn: Some(role.arn.clone()), ..around.clone() });
    let open: Vec<usize> = (0..roles.len()).filter(|number| is_open(&roles[*number])).collect();
    let names: Vec<String> = open.iter().map(|number| roles[*number].name.clone()).collect();
    let total = names.len();
    let whole = iam.several(&names, |seen| {
        progress.show(&format!("of {total} roles that others are let into: {}", so_far(seen)));
    })?;
    let mut untold = 0;
    for (number, role) in open.into_iter().zip(whole) {
        match role {
            Ok(role) => roles[number] = role,
            Err(error) if is_denied(&error) => untold += 1,
            // Deleted between the two calls.
            Err(AwsError::Refused(refusal)) if refusal.code == "NoSuchEntity" => {}
            Err(error) => return Err(error),
        }
    }
    if untold > 0 {
        person::warn(&format!(
            "when {untold} of the roles were used is not known: {profile} may neither iam:GetAccountAuthorizationDetails nor \
             iam:GetRole, so that TP-UNUSED is not found in them"
        ));
    }
    Ok(roles)
}

fn so_far(seen: Seen) -> String {
    let refused = seen.taken.refused;
    let refused = if refused == 0 { String::new() } else { format!(", IAM asks to wait ({refused})") };
    format!("{} roles read{refused}", seen.roles)
}

fn subject(role: IamRole, around: &Around, world: &World) -> Subject {
    let use_of_role = match role.used {
        UseKnown::Yes { made, last } => Some(UseOfRole { made, last, now: world.clock.now() }),
        UseKnown::No => None,
    };
    let around = Around { role_arn: Some(role.arn.clone()), use_of_role, ..around.clone() };
    Subject::of_role(role.name, role.policy, around)
}

fn is_denied(error: &AwsError) -> bool {
    matches!(error, AwsError::Refused(refusal) if refusal.is_access_denied())
}

fn not_read(error: AwsError, what: &str, profile: &str) -> Error {
    let kind = match &error {
        AwsError::Refused(refusal) if !refusal.is_passing() => Kind::Refused,
        _ => Kind::Unreachable,
    };
    let hint = is_denied(&error).then(|| {
        format!(
            "{profile} must be allowed iam:GetRole, or for --all iam:GetAccountAuthorizationDetails or iam:ListRoles; or say who \
             asks: --profile"
        )
    });
    Error::new(kind, error).while_doing(format!("{what} cannot be read as {profile}")).with_hint(hint)
}
