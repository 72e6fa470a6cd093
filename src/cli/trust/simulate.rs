//! `assume trust simulate`: whether somebody would get a role, what decides it, and what would change it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::asked::{Ground, Question, With};
use super::{live, told};
use crate::cli::{profile_ref, stdout};
use crate::error::Error;
use crate::person::plain;
use crate::policy::diff::Access;
use crate::terms::RoleArn;
use crate::world::World;

/// Say whether somebody would get a role, what decides it, and what would change it
///
/// STS is not asked. A file has the role's side only, and it is said where the one who asks has a say; a snapshot, or the
/// account itself, has their policies, their permissions boundary and the organization's control policies too. Ends with 1
/// where it is refused.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SimulateArgs {
    /// Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account
    /// for anybody in it; of a snapshot or an account, a user or role by its name too
    #[arg(long = "as", value_name = "PRINCIPAL")]
    who: String,
    /// The file with the trust policy: as for `assume trust check`. Or a role, by name, ARN or profile, of the snapshot or,
    /// without one, of the account
    #[arg(long, value_name = "FILE|ROLE")]
    role: String,
    /// The role's ARN, where the file does not tell it
    #[arg(long, value_name = "ARN")]
    role_arn: Option<RoleArn>,
    /// A file that `assume trust pull` made: its roles, users, and what is known of them
    #[arg(long, visible_alias = "scenario", value_name = "FILE", conflicts_with = "profile")]
    snapshot: Option<PathBuf>,
    /// Who reads the account, if the role is to be found there; may be given again, for the account of the one who asks; the
    /// default identity, if left out
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Vec<String>,
    #[command(flatten)]
    with: With,
    /// Write it as JSON
    #[arg(long)]
    json: bool,
}

/// Exit code where it is refused.
const REFUSED: u8 = 1;

/// Runs the command.
pub(in crate::cli) fn run(args: &SimulateArgs, world: &World) -> Result<ExitCode, Error> {
    let ground = match &args.snapshot {
        Some(file) => Ground::snapshot(file)?,
        None if live::is_file(&args.role) && args.profile.is_empty() => Ground::nobody(),
        None => Ground::accounts(&args.profile, Some(&args.role), world)?,
    };
    let question = Question {
        who: args.who.clone(),
        role: args.role.clone(),
        role_arn: args.role_arn.clone(),
        with: args.with.clone(),
    };
    let answer = ground.answer(&question, Path::new(""), world)?;
    stdout::print(&match args.json {
        true => stdout::json(&told::as_json(&answer)),
        false => {
            let lines = told::reasons(&answer).into_iter().map(|line| format!("  {line}"));
            std::iter::once(told::headline(&answer)).chain(lines).map(|line| format!("{}\n", plain(&line))).collect()
        }
    })?;
    Ok(ExitCode::from(if answer.judged.access == Access::No { REFUSED } else { 0 }))
}
