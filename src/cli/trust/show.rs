//! `assume trust show`: who may assume a role, by which action, under which conditions.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::live::{self, Needs, Whose};
use super::subject::{self, Subject};
use crate::cli::stdout;
use crate::config::{Catalog, Declared};
use crate::error::Error;
use crate::person::{self, plain};
use crate::policy::Document;
use crate::policy::describe::{Said, said};
use crate::world::World;

/// Show who may assume a role, by which action, and under which conditions
///
/// Accounts are called as the config file calls them (accounts.known), and roles as your profiles do.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArgs {
    #[command(flatten)]
    whose: Whose,
    /// Write it as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(in crate::cli) fn run(args: &ShowArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    let around = subject::known(&catalog.defaults().accounts, &[]);
    let subjects = live::subjects(&args.whose, Needs::Policies, &around, &catalog, world)?;
    let names = profiles(&catalog);
    let name = |arn: &str| names.get(arn).cloned();
    let mut shown = Vec::new();
    for subject in &subjects {
        match Document::read_leniently(&subject.policy) {
            Ok(reading) => {
                let faults = reading.faults.len();
                if faults > 0 {
                    person::warn(&format!("{}: not all of it can be read; see `assume trust check`", subject.name));
                }
                shown.push((subject, said(&reading.document, &subject.around, &name)));
            }
            Err(error) => return Err(Error::new(crate::error::Kind::Usage, error).while_doing(subject.name.clone())),
        }
    }
    stdout::print(&if args.json { as_json(&shown) } else { as_text(&shown) })?;
    Ok(ExitCode::SUCCESS)
}

/// The names of our profiles, by the ARN of the role that each leads to.
fn profiles(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for name in catalog.roles() {
        if let Ok(Some(Declared::Role(role))) = catalog.find(&name) {
            names.entry(role.call.role_arn.value.to_string()).or_insert(name);
        }
    }
    names
}

fn as_text(shown: &[(&Subject, Vec<Said>)]) -> String {
    let mut text = String::new();
    for (number, (subject, said)) in shown.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", plain(&subject.name)));
        for one in said {
            let verb = if one.lets_in { "lets in" } else { "keeps out" };
            let sid = one.sid.as_ref().map_or(String::new(), |sid| format!("  ({sid})"));
            text.push_str(&format!("  {verb:<10}{}{}\n", plain(&one.who.join("\n").replace('\n', ", ")), plain(&sid)));
            text.push_str(&format!("    by      {}\n", plain(&one.actions.join(", "))));
            let mut lead = if one.lets_in { "if" } else { "where" };
            for condition in &one.when {
                text.push_str(&format!("    {lead:<8}{}\n", plain(condition)));
                lead = "and";
            }
        }
        if !said.iter().any(|one| one.lets_in) {
            text.push_str("  lets in nobody\n");
        }
    }
    text
}

fn as_json(shown: &[(&Subject, Vec<Said>)]) -> String {
    let statement = |one: &Said| {
        json!({
            "statement": one.statement,
            "sid": one.sid,
            "effect": if one.lets_in { "allow" } else { "deny" },
            "who": one.who,
            "actions": one.actions,
            "when": one.when,
        })
    };
    let policy = |(subject, said): &(&Subject, Vec<Said>)| {
        json!({
            "about": subject.name,
            "role_arn": subject.around.role_arn,
            "statements": said.iter().map(statement).collect::<Vec<_>>(),
        })
    };
    stdout::json(&Value::Array(shown.iter().map(policy).collect()))
}
