//! `assume root`: one task as the root user of a member account.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use super::became::{self, Became, Consumer};
use super::overrides::OverrideArgs;
use super::{exec, explain, profile_ref, switch};
use crate::config::{Catalog, Origin, Sourced};
use crate::error::{Error, Kind};
use crate::handover::{Hand, OurSecrets, before_first_switch, calling_dialect, replace, switch as changes};
use crate::plan::plan_root;
use crate::terms::{AccountId, RootTask};
use crate::world::World;

/// Do one task as the root user of a member account, for 15 minutes
///
/// Your management account (or its delegated administrator for IAM) has to have turned on centralized root access, and the
/// role that asks has to be allowed sts:AssumeRoot. AssumeRoot takes no MFA session: behind an MFA device a role stands between,
/// the one of --via or the only one that is declared for the identity.
#[derive(Debug, clap::Args)]
pub(super) struct RootArgs {
    /// The member account: 12 digits
    #[arg(value_name = "ACCOUNT")]
    account: AccountId,
    /// What is to be done: IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials,
    /// S3UnlockBucketPolicy or SQSUnlockQueuePolicy
    #[arg(long, value_name = "TASK")]
    task: RootTask,
    /// The role, or identity, that asks; without it, the default identity
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    via: Option<String>,
    /// Show what would be done, and why; nothing is sent
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    overrides: OverrideArgs,
    /// A command to run, instead of a shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command.
pub(super) fn run(args: &RootArgs, world: &World) -> Result<ExitCode, Error> {
    if args.explain {
        let catalog = Catalog::open(world)?;
        return explain::show(&plan(args, &catalog, world)?, false, &catalog, world);
    }
    if !args.command.is_empty() {
        let became = became(args, world)?;
        let changes = changes(&world.env, &became.profile, became.region.as_ref(), Hand::Keys(&became.credentials))?;
        return Ok(exec::not_run(replace(&args.command, &changes, OurSecrets::Withheld)));
    }
    if std::io::stdout().is_terminal() {
        return switch::sub_shell(&became(args, world)?, world);
    }
    switch::or_fail(calling_dialect(), || {
        let is_set = |name: &&str| world.env.text(name).is_some_and(|value| value != "false");
        if let Some(log) = ["GITHUB_ACTIONS", "GITLAB_CI"].into_iter().find(is_set) {
            let text = format!("{log} is set, and what is printed here ends up in a log");
            return Err(Error::text(Kind::Usage, text).with_hint("give a command: `-- COMMAND`".to_owned()));
        }
        switch::print_for_eval(&became(args, world)?, world)
    })
}

fn became(args: &RootArgs, world: &World) -> Result<Became, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let plan = plan(args, &catalog, &before)?;
    became::of_plan(plan, &catalog, args.overrides.given_code(), Consumer::Keeps, &before)
}

fn plan(args: &RootArgs, catalog: &Catalog, world: &World) -> Result<crate::plan::Plan, Error> {
    let account = Sourced::new(args.account.clone(), Origin::Flag("the command line"));
    let task = Sourced::new(args.task, Origin::Flag("--task"));
    let overrides = args.overrides.overrides()?;
    let via = args.via.as_deref();
    plan_root(catalog, via, &account, &task, &overrides, &became::who(world))
        .map_err(|error| super::begin::no_plan(error, catalog, world))
}
