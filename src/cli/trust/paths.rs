//! `assume trust paths`: every chain of roles by which somebody gets to a role.

mod drawn;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::asked::one_of;
use crate::cli::{input, stdout};
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::paths::{Bounds, Graph, Member, Node};
use crate::sandbox::Scenario;
use crate::world::World;

/// Show every chain of roles by which somebody gets to a role, and what each step takes
///
/// Nothing is sent: the roles come from a file that `assume trust pull` made, or that was written for `assume sandbox`. Each
/// step is one that the policies of both sides allow, and that no control policy in the file forbids.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PathsArgs {
    /// The role: its ARN, or its name where the file has one role of it
    #[arg(long, value_name = "ROLE")]
    to: String,
    /// Only chains that begin with this user or role, account, service (ec2.amazonaws.com) or identity provider; `*` is
    /// anybody
    #[arg(long, value_name = "PRINCIPAL")]
    from: Option<String>,
    /// The file of accounts, users and roles; `-` is standard input
    #[arg(long, visible_alias = "scenario", value_name = "FILE")]
    snapshot: PathBuf,
    /// How many roles a chain has at most
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=32))]
    max_hops: u8,
    /// How they are written: for people, as JSON, or to be drawn by Graphviz or Mermaid
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
    Mermaid,
}

/// More chains are not written: nobody reads them.
const MOST: usize = 10_000;

/// Runs the command.
pub(in crate::cli) fn run(args: &PathsArgs, _: &World) -> Result<ExitCode, Error> {
    let scenario = scenario(&args.snapshot)?;
    let (members, laws) = (scenario.members(), scenario.laws());
    let is_role = |member: &&Member| member.trust.is_some();
    let to = one_of(&members, &args.to, is_role).ok_or_else(|| {
        let text = format!("--to: there is no one role `{}` in {}", args.to, args.snapshot.display());
        Error::text(Kind::Usage, text).with_hint("name it by its ARN".to_owned())
    })?;
    let from = args.from.as_deref().map(|name| one_of(&members, name, |_| true).map_or(name, |one| one.arn.as_str()));
    let is_start = from.map(|from| move |node: &Node| is_meant(node, from));
    let is_start: Option<&dyn Fn(&Node) -> bool> = is_start.as_ref().map(|is_start| is_start as &dyn Fn(&Node) -> bool);
    let bounds = Bounds { hops: args.max_hops.into(), ways: MOST };
    let found = Graph::new(&members, &laws).ways_to(&to.arn, is_start, bounds);
    stdout::print(&match args.format {
        Format::Text => drawn::text(&to.arn, &found),
        Format::Json => stdout::json(&drawn::json(&to.arn, &found)),
        Format::Dot => drawn::dot(&to.arn, &found),
        Format::Mermaid => drawn::mermaid(&to.arn, &found),
    })?;
    if found.more {
        person::note(&format!(
            "there are more than {MOST} chains; ask for those --from somebody, or with fewer --max-hops"
        ));
    }
    if found.ways.iter().any(|way| way.is_cut) {
        person::note("some chains begin further back than --max-hops looks");
    }
    Ok(ExitCode::SUCCESS)
}

fn scenario(file: &Path) -> Result<Scenario, Error> {
    if file != Path::new("-") {
        return Ok(Scenario::read(file)?);
    }
    let (_, text) = input::text(file)?;
    Ok(Scenario::parse(&text)?)
}

/// Whether somebody stands for that node: by name, or as one of its account.
fn is_meant(node: &Node, from: &str) -> bool {
    match node {
        Node::Account(account) => account == from || from.split(':').nth(4) == Some(account),
        Node::User(_) | Node::Role(_) | Node::Foreign(_) | Node::Service(_) | Node::Provider(_) | Node::Everyone => {
            node.name() == from
        }
    }
}
