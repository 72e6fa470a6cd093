//! Whom to ask of IAM, and as whom.

use std::path::Path;

use super::subject::Subject;
use crate::aws::{AwsError, Line};
use crate::cli::became::{self, Consumer};
use crate::cli::endpoint;
use crate::cli::overrides::OverrideArgs;
use crate::cli::{begin, profile_ref};
use crate::config::{Catalog, Declared};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::Progress;
use crate::plan::plan_token;
use crate::policy::lint::{Around, UseOfRole, names_others};
use crate::terms::RoleArn;
use crate::trust::roles::{Iam, IamRole};
use crate::world::World;

/// Whom a command is about: files, and roles that IAM is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// Files with a trust policy, what `aws iam get-role` answers, a CloudFormation template or a Terraform plan, all of
    /// them JSON; `-` is standard input. Or roles, by name or ARN, as IAM has them
    #[arg(value_name = "FILE|ROLE", required_unless_present = "all")]
    pub(super) whose: Vec<String>,
    /// Every role of the account
    #[arg(long)]
    pub(super) all: bool,
    /// Who asks IAM: a role, an identity, a profile of ~/.aws/config; the default identity, if left out
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    pub(super) profile: Option<String>,
}

/// Returns the policies that are meant.
pub(super) fn subjects(args: &Whose, around: &Around, catalog: &Catalog, world: &World) -> Result<Vec<Subject>, Error> {
    let mut subjects = Vec::new();
    let mut roles = Vec::new();
    for one in &args.whose {
        if is_file(one) {
            subjects.extend(super::subject::in_file(Path::new(one), around, world)?);
        } else {
            roles.push(role_name(one, catalog)?);
        }
    }
    if !roles.is_empty() || args.all {
        subjects.extend(asked(&roles, args, around, catalog, world)?);
    }
    Ok(subjects)
}

/// A role's name has neither a slash nor one of these endings.
pub(super) fn is_file(text: &str) -> bool {
    let endings = [".json", ".yaml", ".yml", ".template", ".tfplan"];
    let is_arn = text.starts_with("arn:");
    text == "-"
        || !is_arn && (text.contains('/') || endings.iter().any(|end| text.ends_with(end)) || Path::new(text).exists())
}

/// IAM wants the name without its path.
fn role_name(text: &str, catalog: &Catalog) -> Result<String, Error> {
    if let Ok(Some(Declared::Role(role))) = catalog.find(text) {
        return Ok(role.call.role_arn.value.name().name().to_owned());
    }
    if text.starts_with("arn:") {
        let arn: RoleArn = text.parse().map_err(|error| Error::new(Kind::Usage, error))?;
        return Ok(arn.name().name().to_owned());
    }
    Ok(text.to_owned())
}

fn asked(
    names: &[String],
    args: &Whose,
    around: &Around,
    catalog: &Catalog,
    world: &World,
) -> Result<Vec<Subject>, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let default = catalog.defaults().identity.as_ref().map(|identity| identity.value.clone());
    let profile = args.profile.clone().or(default).ok_or_else(|| {
        Error::text(Kind::Usage, "who is to ask IAM is not said").with_hint("say it: --profile PROFILE".to_owned())
    })?;
    let overrides = OverrideArgs::default();
    let (plan, reach) = plan_token(catalog, &profile, &overrides.overrides()?, &became::who(&before))
        .map_err(|error| begin::no_plan(error, catalog, &before))?;
    let became = became::of_plan(plan, catalog, None, Consumer::Keeps, &before)?;
    let line = Line::new(&before);
    let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_IAM", &before)?.map(|url| url.value);
    let iam = Iam { line: &line, reach: &reach, endpoint: endpoint.as_ref(), by: &became.credentials };
    let failed = |error: AwsError, what: &str| not_read(error, what, &profile);
    let mut subjects = Vec::new();
    for name in names {
        let role = iam.role(name).map_err(|error| failed(error, &format!("the role {name}")))?;
        subjects.push(subject(role, true, around, world));
    }
    if args.all {
        let mut progress = Progress::default();
        let roles = iam
            .roles(|count| progress.show(&format!("{count} roles read")))
            .map_err(|error| failed(error, "the account's roles"))?;
        let total = roles.len();
        for (number, role) in roles.into_iter().enumerate() {
            progress.show(&format!("{number} of {total} roles looked at"));
            // When a role was used, IAM says one by one: only whom others are let into is asked for.
            let of_role = Around { role_arn: Some(role.arn.clone()), ..around.clone() };
            let role = match names_others(&role.policy, &of_role) {
                true => iam.role(&role.name).map_err(|error| failed(error, &format!("the role {}", role.name)))?,
                false => role,
            };
            let is_whole = names_others(&role.policy, &of_role);
            subjects.push(subject(role, is_whole, around, world));
        }
    }
    Ok(subjects)
}

fn subject(role: IamRole, is_whole: bool, around: &Around, world: &World) -> Subject {
    let use_of_role =
        role.made.filter(|_| is_whole).map(|made| UseOfRole { made, last: role.last_used, now: world.clock.now() });
    let around = Around { role_arn: Some(role.arn.clone()), use_of_role, ..around.clone() };
    Subject::of_role(role.name, role.policy, around)
}

fn not_read(error: AwsError, what: &str, profile: &str) -> Error {
    let kind = match &error {
        AwsError::Refused(refusal) if !refusal.is_passing() => Kind::Refused,
        _ => Kind::Unreachable,
    };
    let hint = match &error {
        AwsError::Refused(refusal) if refusal.code == "AccessDenied" => Some(format!(
            "{profile} must be allowed iam:GetRole, and iam:ListRoles for --all; or say who asks: --profile"
        )),
        _ => None,
    };
    Error::new(kind, error).while_doing(format!("{what} cannot be read as {profile}")).with_hint(hint)
}
