//! `assume trust pull`: the users, roles and policies of accounts, into a file that other commands read.

mod laws;

use std::process::ExitCode;

use crate::aws::{AwsError, Line};
use crate::cli::became::{self, Consumer};
use crate::cli::overrides::OverrideArgs;
use crate::cli::{begin, endpoint, profile_ref, stdout};
use crate::config::Catalog;
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress};
use crate::plan::{Reach, plan_token};
use crate::session::Credentials;
use crate::sts;
use crate::trust::patience::Taken;
use crate::trust::pull::{Seen, pull};
use crate::trust::snapshot::{Details, HEAD, Snapshot};
use crate::world::World;

/// Read the users, roles, trust policies and boundaries of accounts, and what identity policies say of STS, into a file
///
/// The file is for `assume trust simulate`, `test` and `paths` and for `assume sandbox --scenario`. No key, no secret is in it.
/// Whoever reads needs iam:GetAccountAuthorizationDetails. The control policies of an organization only its management account
/// and delegated administrators may read: name a profile of one of them too, with organizations:Describe* and List*.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PullArgs {
    /// Who reads: a role, an identity, a profile of ~/.aws/config, once for each account; the default identity, if left out
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    profile: Vec<String>,
    /// The organization that the accounts belong to, where Organizations may not be asked: for conditions on
    /// aws:PrincipalOrgID
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
}

/// Whose accounts are wanted.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Who reads, once for each account; the default identity, if there is none.
    pub(super) profiles: &'a [String],
    pub(super) organization: Option<&'a str>,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Pulled {
    /// The file.
    pub(super) text: String,
    pub(super) accounts: Vec<String>,
    users: usize,
    roles: usize,
    taken: Taken,
    /// What is known of control policies, in words.
    laws: String,
}

/// Runs the command.
pub(in crate::cli) fn run(args: &PullArgs, world: &World) -> Result<ExitCode, Error> {
    let wanted = Wanted { profiles: &args.profile, organization: args.organization.as_deref() };
    let pulled = pulled(&wanted, world)?;
    stdout::print(&pulled.text)?;
    let refused = match pulled.taken.refused {
        0 => String::new(),
        number => format!(", {number} of them refused for a while"),
    };
    person::note(&format!(
        "accounts: {}, users: {}, roles: {}, calls: {}{refused}; {}",
        pulled.accounts.len(),
        pulled.users,
        pulled.roles,
        pulled.taken.calls,
        pulled.laws
    ));
    Ok(ExitCode::SUCCESS)
}

/// Reads the accounts.
pub(super) fn pulled(wanted: &Wanted<'_>, world: &World) -> Result<Pulled, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let default = || catalog.defaults().identity.as_ref().map(|identity| identity.value.clone());
    let profiles = match wanted.profiles.is_empty() {
        false => wanted.profiles.to_vec(),
        true => default().into_iter().collect(),
    };
    if profiles.is_empty() {
        return Err(
            Error::text(Kind::Usage, "who is to ask IAM is not said").with_hint("say it: --profile PROFILE".to_owned())
        );
    }
    let mut accounts: Vec<Account> = Vec::new();
    let mut taken = Taken::default();
    for profile in &profiles {
        let account = one(profile, &catalog, &before)?;
        taken.add(account.taken);
        if accounts.iter().any(|known| known.id == account.id) {
            person::note(&format!("{profile} leads to {} as well: it is in the file once", account.id));
        }
        accounts.push(account);
    }
    let laws = laws::read(&accounts, wanted.organization, &before)?;
    taken.add(laws.taken);
    let mut snapshots: Vec<Snapshot> = Vec::new();
    for account in &accounts {
        if snapshots.iter().any(|known| known.account == account.id) {
            continue;
        }
        let organization = laws.of.get(&account.id).map(String::as_str);
        let snapshot = account.details.snapshot(&account.partition, &account.id, organization);
        let snapshot = snapshot.map_err(no_file)?;
        tell(&snapshot.account, &snapshot.differences);
        snapshots.push(snapshot);
    }
    snapshots.sort_by(|a, b| a.account.cmp(&b.account));
    let texts = snapshots.iter().map(|snapshot| snapshot.text.as_str()).chain(laws.texts.iter().map(String::as_str));
    let (users, roles) = snapshots.iter().fold((0, 0), |sum, one| (sum.0 + one.users, sum.1 + one.roles));
    Ok(Pulled {
        text: format!("{HEAD}\n{}", texts.collect::<Vec<_>>().join("\n")),
        accounts: snapshots.iter().map(|snapshot| snapshot.account.clone()).collect(),
        users,
        roles,
        taken,
        laws: laws.said,
    })
}

/// An account that was read, and who read it.
#[derive(Debug)]
struct Account {
    profile: String,
    id: String,
    partition: String,
    details: Details,
    taken: Taken,
    credentials: Credentials,
    reach: Reach,
}

fn one(profile: &str, catalog: &Catalog, world: &World) -> Result<Account, Error> {
    let overrides = OverrideArgs::default();
    let (plan, reach) = plan_token(catalog, profile, &overrides.overrides()?, &became::who(world))
        .map_err(|error| begin::no_plan(error, catalog, world))?;
    let became = became::of_plan(plan, catalog, overrides.given_code(), Consumer::Keeps, world)?;
    let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_IAM", world)?.map(|url| url.value);
    let line = Line::new(world);
    let mut progress = Progress::default();
    let pulled =
        pull(&line, &reach, endpoint.as_ref(), &became.credentials, |seen| progress.show(&so_far(profile, seen)));
    drop(progress);
    let (details, seen) = pulled.map_err(|error| not_read(error, profile))?;
    // An account in which nobody is does not say which one it is.
    let arn = match details.arn() {
        Some(arn) => arn.to_owned(),
        None => sts::caller_arn(&line, &reach, &became.credentials).map_err(|error| not_read(error, profile))?,
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (partition, id) = (parts.get(1).unwrap_or(&"aws"), parts.get(4).unwrap_or(&""));
    Ok(Account {
        profile: profile.to_owned(),
        id: (*id).to_owned(),
        partition: (*partition).to_owned(),
        details,
        taken: Taken { calls: seen.calls, refused: seen.refused },
        credentials: became.credentials,
        reach,
    })
}

fn no_file(reason: String) -> Error {
    Error::text(Kind::System, format!("no file can be made: {reason}"))
}

fn so_far(profile: &str, seen: Seen) -> String {
    let refused = if seen.refused == 0 { String::new() } else { format!(", IAM asks to wait ({})", seen.refused) };
    format!("{profile}: {} users and {} roles read{refused}", seen.users, seen.roles)
}

/// What of an account could not be taken as it is. More than a few of it stand in the file.
fn tell(of: &str, differences: &[String]) {
    const MOST: usize = 10;
    for difference in differences.iter().take(MOST) {
        person::warn(&format!("not as in {of}: {difference}"));
    }
    if differences.len() > MOST {
        person::warn(&format!("{} more stand in the file", differences.len() - MOST));
    }
}

fn not_read(error: AwsError, profile: &str) -> Error {
    let (kind, hint) = match &error {
        AwsError::Refused(refusal) if refusal.code == "AccessDenied" => {
            let hint =
                format!("{profile} must be allowed iam:GetAccountAuthorizationDetails; or say who reads: --profile");
            (Kind::Refused, Some(hint))
        }
        AwsError::Refused(refusal) if !refusal.is_passing() => (Kind::Refused, None),
        AwsError::Refused(_) | AwsError::NoAnswer { .. } | AwsError::CaBundle { .. } | AwsError::Setup { .. } => {
            (Kind::Unreachable, None)
        }
    };
    Error::new(kind, error).while_doing(format!("the account of {profile} cannot be read")).with_hint(hint)
}
