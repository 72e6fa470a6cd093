//! `assume trust simulate`: whether somebody would get a role, what decides it, and what would change it.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::subject;
use crate::cli::stdout;
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::person::plain;
use crate::policy::describe;
use crate::policy::diff::Access;
use crate::policy::simulate::{Outcome, Standing, action_of, principal, simulate, unsaid};
use crate::policy::{Context, Document, Request};
use crate::terms::{ExternalId, RoleArn, SessionName, SourceIdentity, Tag, parse_duration};
use crate::world::World;

/// Say whether somebody would get a role by its trust policy, what decides it, and what would change it
///
/// Nothing is sent. Their own policies are not looked at: it says where they have a say. Ends with 1 where it is refused.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SimulateArgs {
    /// Who asks: the ARN of a user, a role, a session or an identity provider, a service (ec2.amazonaws.com), or an account
    /// for anybody in it
    #[arg(long = "as", value_name = "PRINCIPAL")]
    who: String,
    /// The file with the trust policy: as for `assume trust check`
    #[arg(long = "role", value_name = "FILE")]
    file: PathBuf,
    /// The role's ARN, where the file does not tell it
    #[arg(long, value_name = "ARN")]
    role_arn: Option<RoleArn>,
    /// What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// The external ID that is sent
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// They gave an MFA code, a moment or so long ago
    #[arg(long, value_name = "AGO", num_args = 0..=1, default_missing_value = "0s")]
    mfa: Option<String>,
    /// The session name that is sent
    #[arg(long, value_name = "NAME")]
    session_name: Option<SessionName>,
    /// The source identity that is sent
    #[arg(long, value_name = "IDENTITY")]
    source_identity: Option<SourceIdentity>,
    /// A tag that is sent; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::cli::overrides::tag)]
    tag: Vec<Tag>,
    /// Any other condition key and its value, such as aws:PrincipalOrgID=o-a1b2c3d4e5; may be given again, for a key of
    /// several values too
    #[arg(long, value_name = "KEY=VALUE")]
    context: Vec<String>,
    /// Write it as JSON
    #[arg(long)]
    json: bool,
}

/// Exit code where it is refused.
const REFUSED: u8 = 1;

/// Runs the command.
pub(in crate::cli) fn run(args: &SimulateArgs, world: &World) -> Result<ExitCode, Error> {
    let usage = |text: String| Error::text(Kind::Usage, text);
    let catalog = Catalog::open(world)?;
    let around = subject::known(&catalog.defaults().accounts, &[]);
    let mut found = subject::in_file(&args.file, &around, world)?;
    let (Some(subject), true) = (found.pop(), found.is_empty()) else {
        return Err(usage(format!("there are several roles in {}", args.file.display())));
    };
    let trust = Document::parse_trust(&subject.policy)
        .map_err(|error| Error::new(Kind::Usage, error).while_doing(format!("{} cannot be simulated", subject.name)))?;
    let who = principal(&args.who).ok_or_else(|| {
        usage(format!(
            "--as: `{}` is no ARN of a user, a role, a session or a provider, no account and no service",
            args.who
        ))
    })?;
    let told = args.role_arn.as_ref().map(RoleArn::to_string).or_else(|| subject.around.role_arn.clone());
    let request = Request {
        action: args.action.clone().unwrap_or_else(|| action_of(&who).to_owned()),
        resource: told.unwrap_or_else(|| "arn:aws:iam:::role/this".to_owned()),
        context: context(args, world)?,
        principal: who,
    };
    let outcome = simulate(&trust, &request);
    let mut unsaid: Vec<String> = unsaid(&trust, &request).into_iter().collect();
    unsaid.retain(|key| !key.eq_ignore_ascii_case("sts:ExternalId"));
    stdout::print(&if args.json { as_json(&outcome) } else { as_text(&outcome, &trust, args, &unsaid) })?;
    Ok(ExitCode::from(if outcome.access == Access::No { REFUSED } else { 0 }))
}

fn context(args: &SimulateArgs, world: &World) -> Result<Context, Error> {
    let mut context = Context::new().at(world.clock.now());
    if let Some(id) = &args.external_id {
        context.set("sts:ExternalId", [id.as_str()]);
    }
    if let Some(ago) = &args.mfa {
        let ago = parse_duration(ago).map_err(|error| Error::new(Kind::Usage, error).while_doing("--mfa"))?;
        context.set("aws:MultiFactorAuthPresent", ["true"]);
        context.set("aws:MultiFactorAuthAge", [ago.as_secs().to_string()]);
    }
    if let Some(name) = &args.session_name {
        context.set("sts:RoleSessionName", [name.as_str()]);
    }
    if let Some(identity) = &args.source_identity {
        context.set("sts:SourceIdentity", [identity.as_str()]);
    }
    if !args.tag.is_empty() {
        context.set("aws:TagKeys", args.tag.iter().map(|tag| tag.key().as_str()));
    }
    for tag in &args.tag {
        context.set(&format!("aws:RequestTag/{}", tag.key().as_str()), [tag.value()]);
    }
    for pair in &args.context {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error::text(Kind::Usage, format!("--context: `{pair}` is no KEY=VALUE")));
        };
        let mut values = context.values(key).map(<[String]>::to_vec).unwrap_or_default();
        values.push(value.to_owned());
        context.set(key, values);
    }
    Ok(context)
}

fn as_text(outcome: &Outcome, trust: &Document, args: &SimulateArgs, unsaid: &[String]) -> String {
    let mut text = match outcome.access {
        Access::Yes => "allowed: by the trust policy alone\n".to_owned(),
        Access::IfOwnPoliciesAllow => {
            "allowed, if the policies of the one who asks allow it too (they are not looked at)\n".to_owned()
        }
        Access::No => "refused\n".to_owned(),
    };
    let name = |statement: usize| {
        let sid = trust.statements.get(statement).and_then(|one| one.sid.as_ref());
        format!("Statement[{statement}]{}", sid.map_or(String::new(), |sid| format!(" ({sid})")))
    };
    match (outcome.decided, outcome.access) {
        (Some(statement), Access::No) => text.push_str(&format!("  {} denies it\n", name(statement))),
        (Some(statement), Access::Yes | Access::IfOwnPoliciesAllow) => {
            text.push_str(&format!("  {} allows it\n", name(statement)));
        }
        (None, _) => text.push_str("  no statement allows it\n"),
    }
    for standing in outcome.statements.iter().filter(|one| outcome.decided != Some(one.statement)) {
        text.push_str(&format!("  {}: {}\n", name(standing.statement), why_not(standing)));
    }
    match &outcome.nearest {
        Some(otherwise) if !otherwise.is_empty() => {
            let each = otherwise.iter().map(|one| match one.values.as_slice() {
                [] => format!("{} left out", one.key),
                values => format!("{} = `{}`", one.key, values.join("`, `")),
            });
            text.push_str(&format!("  it would be allowed with {}\n", each.collect::<Vec<_>>().join(" and ")));
        }
        Some(_) | None if outcome.access == Access::No => {
            text.push_str(&format!("  nothing that {} could send changes that\n", args.who));
        }
        Some(_) | None => {}
    }
    if !unsaid.is_empty() {
        text.push_str(&format!("  taken as absent: {} (--context KEY=VALUE)\n", unsaid.join(", ")));
    }
    text.lines().map(|line| format!("{}\n", plain(line))).collect()
}

fn why_not(standing: &Standing) -> String {
    if !standing.names {
        return "does not name them".to_owned();
    }
    if !standing.covers {
        return "is about other actions".to_owned();
    }
    let failing: Vec<String> = standing.failing.iter().map(describe::condition).collect();
    if failing.is_empty() {
        return if standing.allows { "allows it" } else { "denies it" }.to_owned();
    }
    let so = if standing.allows { "would allow it, but asks that" } else { "would deny it where" };
    format!("{so} {}", failing.join(", and that "))
}

fn as_json(outcome: &Outcome) -> String {
    let standing = |one: &Standing| {
        json!({
            "statement": one.statement,
            "effect": if one.allows { "allow" } else { "deny" },
            "applies": one.applies(),
            "names_them": one.names,
            "covers_action": one.covers,
            "failing": one.failing.iter().map(describe::condition).collect::<Vec<_>>(),
        })
    };
    let nearest = outcome.nearest.as_ref().map(|otherwise| {
        otherwise.iter().map(|one| json!({ "key": one.key, "values": one.values })).collect::<Vec<_>>()
    });
    stdout::json(&json!({
        "outcome": match outcome.access {
            Access::Yes => "allowed",
            Access::IfOwnPoliciesAllow => "allowed-if-own-policies-allow",
            Access::No => "refused",
        },
        "decided_by": outcome.decided,
        "statements": outcome.statements.iter().map(standing).collect::<Vec<_>>(),
        "allowed_with": nearest,
    }))
}
