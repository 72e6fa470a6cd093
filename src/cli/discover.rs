//! `assume discover`

use std::path::{PathBuf, absolute};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::sign_in::{self, Leads};
use super::stdout;
use crate::config::{Catalog, ConfigEdit, Declared, GeneratedEdit, Origin, SignIn, Source, default_place};
use crate::discovery::{Difference, Generated, Glob, Named, Renamed, Seen, Settings, Template, named, reach};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress, plain};
use crate::plan::Center;
use crate::session::Flight;
use crate::terms::Partition;
use crate::vault::Vault;
use crate::world::World;

/// List every account and role that you reach through IAM Identity Center
///
/// With --write they become roles in a file of their own, which your config file includes: discovered/NAME.toml beside it.
/// What you say of names and filters is remembered in that file, so that the next run needs no flags, and shows what came
/// and went.
#[derive(Debug, clap::Args)]
pub(super) struct DiscoverArgs {
    /// An identity, an sso-session, or a profile that leads to one; the only one there is, if left out
    #[arg(value_name = "NAME", add = super::profile_ref::names())]
    name: Option<String>,
    /// Write the roles into a file that your config file includes
    #[arg(long)]
    write: bool,
    /// Another file for them
    #[arg(long, value_name = "FILE", requires = "write")]
    to: Option<PathBuf>,
    /// What roles are called, with {account}, {account_id}, {role} and {sign_in} in it [default: {account}-{role}]
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<Template>,
    /// Only accounts whose name or id fits, such as 'prod-*'; '*' for all again
    #[arg(long, value_name = "GLOB")]
    account: Vec<Glob>,
    /// No accounts whose name or id fits
    #[arg(long, value_name = "GLOB")]
    not_account: Vec<Glob>,
    /// Only roles whose name fits
    #[arg(long, value_name = "GLOB")]
    role: Vec<Glob>,
    /// No roles whose name fits
    #[arg(long, value_name = "GLOB")]
    not_role: Vec<Glob>,
    /// As JSON: roles, file, added, changed, gone, unchanged
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &DiscoverArgs, world: &World) -> Result<ExitCode, Error> {
    let world = &world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(world)?;
    let center = center(args, &catalog, world)?;
    let identity = identity_of(&center, &catalog)?;
    let place = place(args, identity.as_deref(), &catalog, world)?;
    let before = match (&place, &identity) {
        (Some(file), Some(identity)) => match Generated::read(file.path(), file.text(), identity) {
            Err(_) if !args.write => None,
            read => read?,
        },
        (Some(_) | None, _) => None,
    };
    // Who cannot write in the end shall hear so before they wait.
    if args.write {
        catalog.aws_files_are_whole()?;
    }
    let settings = settings(args, identity.as_deref().unwrap_or(&center.called), before.as_ref());

    let vault = Vault::new(&catalog.defaults().vault, world);
    let mut progress = Progress::default();
    let (mut reached, seen) =
        reach(&center, &Flight::new(world), (&vault, world), |seen| progress.show(&so_far(seen)))?;
    drop(progress);
    let all = reached.len();
    reached.retain(|one| settings.wants(one));
    if reached.is_empty() && all > 0 {
        let what = format!("none of the {all} roles of `{}` fits these filters", center.called);
        return Err(
            Error::text(Kind::Usage, what).with_hint("`--account '*' --role '*'` lets all of them through".to_owned())
        );
    }
    let taken = place.as_ref().map_or_else(Default::default, |file| catalog.names_beside(file.path()));
    let (named, renamed) = named(reached, &settings, &taken);
    let difference = Generated::difference(before.as_ref(), &named, &settings);
    tell_renamed(&renamed);

    let written = match (&place, args.write) {
        (Some(file), true) => write(file, &Generated::text(&settings, &named, partition(&center, &catalog)), world)?,
        (Some(_) | None, _) => false,
    };
    let known = before.is_some();
    if args.json {
        let file = place.as_ref().filter(|_| known || written).map(|file| file.path().display().to_string());
        stdout::print(&stdout::json(&in_json(&settings, &named, &difference, file, written)))?;
    } else {
        stdout::print(&page(&named, &difference, known, args.write))?;
    }
    person::note(&summary(&center, seen, (all, named.len()), &difference, known || args.write));
    if let (Some(file), true) = (&place, args.write) {
        let what = if written { "is written" } else { "is as it was" };
        person::note(&format!("{} {what}", file.path().display()));
        if written && !catalog.pointers().is_empty() {
            person::note("~/.aws/config follows with `assume setup credential-process --all --prune`");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn center(args: &DiscoverArgs, catalog: &Catalog, world: &World) -> Result<Center, Error> {
    match sign_in::of(args.name.as_deref(), catalog, world)? {
        Leads::IdentityCenter(center) => Ok(*center),
        Leads::Provider { name, oidc, origin } => Err(not_there(&name, oidc.issuer.as_ref(), &origin)),
        Leads::Saml { name, origin, .. } => Err(not_there(&name, "a SAML provider", &origin)),
    }
}

fn not_there(name: &str, place: &str, origin: &Origin) -> Error {
    Error::text(Kind::Usage, format!("`{name}` signs in at {place}, which tells of no AWS accounts"))
        .at(origin)
        .with_hint("name a sign-in at IAM Identity Center: `assume discover NAME`".to_owned())
}

/// Returns the name by which a role says that it starts from that sign-in; a profile of the oldest form has none.
fn identity_of(center: &Center, catalog: &Catalog) -> Result<Option<String>, Error> {
    for name in [&center.name, &center.called] {
        if let Some(Declared::Identity(identity)) = catalog.find(name)?
            && matches!(identity.source.value, Source::SignIn(SignIn::IdentityCenter(_)))
        {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// Returns the file that the roles are in, or would be: the one that was named, or is included already, or would be made.
fn place(
    args: &DiscoverArgs,
    identity: Option<&str>,
    catalog: &Catalog,
    world: &World,
) -> Result<Option<GeneratedEdit>, Error> {
    let Some(identity) = identity else {
        if args.write {
            let what = "the profile names no sso-session, so that no role can say that it starts from that sign-in";
            let hint = "declare the sign-in: `assume identity add NAME --sso URL --sso-region REGION`".to_owned();
            return Err(Error::text(Kind::Config, what).with_hint(hint));
        }
        return Ok(None);
    };
    let known = || {
        let mut files = catalog.included();
        files
            .find(|(_, text)| Generated::sign_in_of(text).as_deref() == Some(identity))
            .map(|(path, _)| path.to_owned())
    };
    let path = match &args.to {
        Some(path) => absolute(path).unwrap_or_else(|_| path.clone()),
        None => known().unwrap_or_else(|| default_place("discovered", identity, world)),
    };
    Ok(Some(GeneratedEdit::open(path)?))
}

/// What is said now counts, then what was said before.
fn settings(args: &DiscoverArgs, sign_in: &str, before: Option<&Generated>) -> Settings {
    let known = before.map(|before| before.settings.clone()).unwrap_or_default();
    let globs = |given: &Vec<Glob>, known: Vec<Glob>| if given.is_empty() { known } else { given.clone() };
    Settings {
        sign_in: sign_in.to_owned(),
        template: args.template.clone().unwrap_or(known.template),
        account: globs(&args.account, known.account),
        not_account: globs(&args.not_account, known.not_account),
        role: globs(&args.role, known.role),
        not_role: globs(&args.not_role, known.not_role),
    }
}

/// Returns the partition, where a role would else be taken for one of another.
fn partition(center: &Center, catalog: &Catalog) -> Option<Partition> {
    let region = catalog.defaults().region.as_ref();
    let assumed = region.map_or(Partition::Aws, |region| Partition::of_region(&region.value));
    Some(Partition::of_region(&center.portal.region.value)).filter(|real| *real != assumed)
}

/// Writes the file, and then the line that includes it: a config file never names one that is not there.
fn write(file: &GeneratedEdit, text: &str, world: &World) -> Result<bool, Error> {
    let mut config = ConfigEdit::open(world)?;
    let included = config.include(file.path())?;
    let written = file.replace(text)?;
    config.save(None)?;
    if included {
        person::note(&format!("{} includes it now", world.folders.config_file.display()));
    }
    Ok(written || included)
}

fn so_far(seen: Seen) -> String {
    let Seen { accounts, done, roles, throttled } = seen;
    let slower = if throttled == 0 { String::new() } else { format!("; asked to wait {throttled} times") };
    format!("{done} of {accounts} accounts, {roles} roles{slower}")
}

fn summary(center: &Center, seen: Seen, (all, kept): (usize, usize), difference: &Difference, known: bool) -> String {
    let mut text = format!("`{}` reaches {} accounts, {all} roles", center.called, seen.accounts);
    if kept < all {
        text.push_str(&format!(", of which {kept} fit"));
    }
    if seen.throttled > 0 {
        text.push_str(&format!(" ({} calls were one too many, and sent again)", seen.throttled));
    }
    if known {
        let Difference { added, changed, gone, unchanged } = difference;
        let changed = if changed.is_empty() { String::new() } else { format!("{} changed, ", changed.len()) };
        text.push_str(&format!(": {} added, {changed}{} gone, {unchanged} unchanged", added.len(), gone.len()));
    }
    text
}

fn tell_renamed(renamed: &[Renamed]) {
    const SHOWN: usize = 5;
    for Renamed { wanted, name, taken } in renamed.iter().take(SHOWN) {
        let why = match taken {
            Some(origin) => format!("the name is taken at {origin}"),
            None => "several would be called so".to_owned(),
        };
        person::note(&format!("`{wanted}` is called `{name}`: {why}"));
    }
    if renamed.len() > SHOWN {
        person::note(&format!("and {} more end in their account's id", renamed.len() - SHOWN));
    }
}

/// Where there was a file before, each line begins with what became of it. Who writes is shown what changes.
fn page(named: &[Named], difference: &Difference, known: bool, write: bool) -> String {
    let sign = |name: &String| match () {
        () if difference.added.binary_search(name).is_ok() => '+',
        () if difference.changed.binary_search(name).is_ok() => '~',
        () => ' ',
    };
    let rows: Vec<(char, [String; 4])> = named
        .iter()
        .map(|Named { name, reached }| {
            let account: String = plain(&reached.account_name).chars().take(LONGEST).collect();
            (sign(name), [name.clone(), reached.account_id.to_string(), account, reached.role.to_string()])
        })
        .filter(|(sign, _)| !write || *sign != ' ')
        .collect();
    let width = |column: usize| rows.iter().map(|(_, row)| row[column].chars().count()).max().unwrap_or(0);
    let (names, ids, accounts) = (width(0), width(1), width(2));
    let mut page = String::new();
    for (sign, [name, id, account, role]) in &rows {
        let sign = if known || write { format!("{sign} ") } else { String::new() };
        page.push_str(&format!("{sign}{name:names$}  {id:ids$}  {account:accounts$}  {role}\n"));
    }
    difference.gone.iter().for_each(|name| page.push_str(&format!("- {}\n", plain(name))));
    page
}

/// AWS's own bound for an account's name is 50.
const LONGEST: usize = 100;

fn in_json(
    settings: &Settings,
    named: &[Named],
    difference: &Difference,
    file: Option<String>,
    written: bool,
) -> Value {
    let role = |Named { name, reached }: &Named| {
        json!({
            "name": name,
            "account_id": reached.account_id.as_str(),
            "account_name": reached.account_name,
            "role_name": reached.role.as_str(),
        })
    };
    json!({
        "sign_in": settings.sign_in,
        "roles": named.iter().map(role).collect::<Vec<_>>(),
        "file": file,
        "written": written,
        "added": difference.added,
        "changed": difference.changed,
        "gone": difference.gone,
        "unchanged": difference.unchanged,
    })
}
