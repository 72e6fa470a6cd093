//! `assume partner new|list|show|rotate|retire`: the entries of the registry.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{Kept, RegistryArgs, WhoArgs, today};
use crate::cli::stdout;
use crate::error::Error;
use crate::person::{self, plain};
use crate::policy::IdPrefix;
use crate::terms::{AccountId, ExternalId, PolicyArn, RoleArn, RoleName};
use crate::trust::registry::{CustomerName, Entry, Registry, Settings};
use crate::world::World;

/// Make an external ID for a customer's account
///
/// What holds for all customers (who assumes their roles, what those are called) is said with the first one.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// The customer: letters, digits, - and _
    #[arg(value_name = "CUSTOMER")]
    customer: CustomerName,
    /// Their AWS account
    #[arg(value_name = "ACCOUNT")]
    account: AccountId,
    /// Their role, where it is not called as everywhere
    #[arg(long, value_name = "ARN")]
    role_arn: Option<RoleArn>,
    /// For all customers: the role of yours that assumes theirs
    #[arg(long, value_name = "ARN")]
    principal: Option<RoleArn>,
    /// For all customers: what IDs begin with; without it, they are UUIDs
    #[arg(long, value_name = "PREFIX")]
    prefix: Option<IdPrefix>,
    /// For all customers: what their role is called
    #[arg(long, value_name = "NAME")]
    role_name: Option<RoleName>,
    /// For all customers: a managed policy that their role gets; may be given again
    #[arg(long, value_name = "ARN")]
    policy_arn: Vec<PolicyArn>,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// List the customers, their accounts, and what is wrong with their IDs
///
/// Exit code 1 if something is: an ID that stands twice, was retired, can be guessed or was not made here.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// Show a customer's external ID
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    who: WhoArgs,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// Replace a customer's external ID; the old one stays until --finish
#[derive(Debug, clap::Args)]
pub(super) struct RotateArgs {
    #[command(flatten)]
    who: WhoArgs,
    /// The customer's role accepts the new one: retire the old one
    #[arg(long)]
    finish: bool,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// Retire a customer's account; its IDs are never used again
#[derive(Debug, clap::Args)]
pub(super) struct RetireArgs {
    #[command(flatten)]
    who: WhoArgs,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// Runs `new`.
pub(super) fn new(args: &NewArgs, world: &World) -> Result<ExitCode, Error> {
    let mut kept = Kept::open(&args.registry, world)?;
    let settings = Settings {
        principal: args.principal.clone(),
        prefix: args.prefix.clone(),
        role_name: args.role_name.clone(),
        policy_arns: args.policy_arn.clone(),
    };
    kept.registry.set(&settings).map_err(|error| kept.told(error))?;
    let (customer, account) = (&args.customer, &args.account);
    let id = kept.registry.add(customer, account, args.role_arn.as_ref(), &today(world), rand::random);
    let id = id.map_err(|error| kept.told(error))?;
    kept.save()?;
    stdout::print(&format!("{id}\n"))?;
    person::note(&format!(
        "that is the external ID of {customer} {account}; `assume partner pack {customer} {account} --to FOLDER` writes what they need"
    ));
    Ok(ExitCode::SUCCESS)
}

/// Runs `list`.
pub(super) fn list(args: &ListArgs, world: &World) -> Result<ExitCode, Error> {
    let kept = Kept::open_existing(&args.registry, world)?;
    let problems = kept.registry.problems();
    if args.json {
        let entries: Vec<Value> = kept.registry.entries.iter().map(|entry| as_json(entry, &kept.registry)).collect();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        stdout::print(&stdout::json(&json!({ "customers": entries, "problems": problems })))?;
    } else {
        let mut text = String::new();
        let width = kept.registry.entries.iter().map(|entry| entry.title().len()).max().unwrap_or(0);
        for entry in &kept.registry.entries {
            // Writing into a string never fails.
            let _ = writeln!(text, "{:width$}  {}  {}", entry.title(), entry.created, state(entry));
        }
        stdout::print(&text)?;
        for problem in &problems {
            person::warn(&problem.to_string());
        }
    }
    Ok(ExitCode::from(u8::from(!problems.is_empty())))
}

fn state(entry: &Entry) -> String {
    match (&entry.external_id, &entry.previous) {
        (Some(id), None) => id.to_string(),
        (Some(id), Some(_)) => format!("{id} (the one before is accepted until `assume partner rotate --finish`)"),
        (None, _) => "retired".to_owned(),
    }
}

fn as_json(entry: &Entry, registry: &Registry) -> Value {
    let problems = registry.problems();
    let wrong: Vec<String> =
        problems.iter().filter(|problem| problem.is_about(entry)).map(ToString::to_string).collect();
    json!({
        "customer": entry.customer.to_string(),
        "account": entry.account.as_str(),
        "external_id": entry.external_id.as_ref().map(ExternalId::as_str),
        "previous": entry.previous.as_ref().map(ExternalId::as_str),
        "retired_ids": entry.retired_ids.iter().map(ExternalId::as_str).collect::<Vec<_>>(),
        "created": entry.created,
        "role_arn": entry.role(&registry.terms).map(|arn| arn.to_string()),
        "problems": wrong,
    })
}

/// Runs `show`.
pub(super) fn show(args: &ShowArgs, world: &World) -> Result<ExitCode, Error> {
    let kept = Kept::open_existing(&args.registry, world)?;
    let entry = kept.registry.entry(&args.who.customer, args.who.account.as_ref()).map_err(|error| kept.told(error))?;
    let problems: Vec<_> = kept.registry.problems().into_iter().filter(|problem| problem.is_about(entry)).collect();
    if args.json {
        stdout::print(&stdout::json(&as_json(entry, &kept.registry)))?;
    } else {
        let line =
            |name: &str, value: Option<String>| value.map_or(String::new(), |v| format!("{name:12} {}\n", plain(&v)));
        let text = [
            line("customer", Some(entry.customer.to_string())),
            line("account", Some(entry.account.to_string())),
            line("external ID", Some(entry.external_id.as_ref().map_or("retired".to_owned(), ToString::to_string))),
            line("before", entry.previous.as_ref().map(ToString::to_string)),
            line("made", Some(entry.created.clone())),
            line("role", entry.role(&kept.registry.terms).map(|arn| arn.to_string())),
        ];
        stdout::print(&text.concat())?;
        for problem in &problems {
            person::warn(&problem.to_string());
        }
    }
    Ok(ExitCode::from(u8::from(!problems.is_empty())))
}

/// Runs `rotate`.
pub(super) fn rotate(args: &RotateArgs, world: &World) -> Result<ExitCode, Error> {
    let mut kept = Kept::open_existing(&args.registry, world)?;
    let (customer, account) = (&args.who.customer, args.who.account.as_ref());
    if args.finish {
        let entry = kept.registry.finish(customer, account).map_err(|error| kept.told(error))?;
        kept.save()?;
        person::note(&format!(
            "the old external ID of {} is retired; their trust policy should no longer accept it",
            entry.title()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let id = kept.registry.rotate(customer, account, &today(world), rand::random).map_err(|error| kept.told(error))?;
    kept.save()?;
    stdout::print(&format!("{id}\n"))?;
    person::note(&format!(
        "the one before is accepted as well until `assume partner rotate {customer} --finish`: first the customer's role, \
         then your own calls, then --finish"
    ));
    Ok(ExitCode::SUCCESS)
}

/// Runs `retire`.
pub(super) fn retire(args: &RetireArgs, world: &World) -> Result<ExitCode, Error> {
    let mut kept = Kept::open_existing(&args.registry, world)?;
    let entry =
        kept.registry.retire(&args.who.customer, args.who.account.as_ref()).map_err(|error| kept.told(error))?;
    kept.save()?;
    person::note(&format!("{} is retired, and none of their external IDs is ever used again", entry.title()));
    Ok(ExitCode::SUCCESS)
}
