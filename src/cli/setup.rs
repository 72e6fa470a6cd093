//! `assume setup`: other programs made to ask us.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::became;
use super::engine;
use super::overrides::OverrideArgs;
use super::stdout;
use crate::config::{AwsConfigEdit, Catalog, Change, Origin, Pointer, Put, is_profile_name};
use crate::error::{Error, Kind};
use crate::person::{self, plain};
use crate::world::World;

/// Make other programs use assume
#[derive(Debug, Args)]
pub(super) struct SetupArgs {
    #[command(subcommand)]
    command: SetupCommand,
}

#[derive(Debug, Subcommand)]
enum SetupCommand {
    CredentialProcess(CredentialProcessArgs),
}

/// Let the AWS SDKs and the AWS CLI get credentials from assume
///
/// Adds a `credential_process` line to ~/.aws/config for each profile, and changes nothing else in it. Where a profile of
/// that name has settings that the SDKs would look at first, a profile NAME-assume is added beside it.
#[derive(Debug, Args)]
struct CredentialProcessArgs {
    /// The profiles to set up
    #[arg(value_name = "PROFILE", add = super::profile_ref::names(), required_unless_present_any = ["all", "prune"])]
    profiles: Vec<String>,
    /// Set up every role of your config file
    #[arg(long)]
    all: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take out what was set up for profiles that are no more
    #[arg(long)]
    prune: bool,
}

/// Runs the command.
pub(super) fn run(args: &SetupArgs, world: &World) -> Result<ExitCode, Error> {
    match &args.command {
        SetupCommand::CredentialProcess(args) => credential_process(args, world),
    }
}

fn credential_process(args: &CredentialProcessArgs, world: &World) -> Result<ExitCode, Error> {
    let catalog = Catalog::open(world)?;
    catalog.aws_files_are_whole()?;
    let mut file = AwsConfigEdit::open(&world.folders.aws_config)?;
    let program = program(world)?;
    let mut names = args.profiles.clone();
    if args.all {
        names.extend(catalog.roles());
    }
    names.sort();
    names.dedup();
    catalog.expect_many();
    let pointers = names.iter().map(|name| pointer(name, &program, &catalog, world)).collect::<Result<_, _>>()?;
    let put = file.put_all(pointers)?;
    let mut removed = Vec::new();
    if args.prune {
        for (profile, asked) in catalog.pointers() {
            if !catalog.leads_somewhere(&asked) {
                file.prune(&profile)?;
                removed.push(format!("`{profile}` asks for `{asked}`, which is no more"));
            }
        }
    }
    tell_few(&removed);
    if args.dry_run {
        stdout::print(&difference(file.path(), file.changes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (path, changed) = (file.path().to_owned(), !file.changes().is_empty());
    file.save()?;
    person::note(&if changed {
        let Put { added, changed } = &put;
        tell_few(&added.iter().map(|profile| format!("`{profile}` is added")).collect::<Vec<_>>());
        let s = if added.len() == 1 { "" } else { "s" };
        let changed = if changed.is_empty() { String::new() } else { format!("{} changed, ", changed.len()) };
        let what = format!("{} profile{s} added, {changed}{} removed", added.len(), removed.len());
        format!("{} is up to date: {what}", path.display())
    } else {
        format!("{} was up to date already", path.display())
    });
    Ok(ExitCode::SUCCESS)
}

/// Says each, or the first of many.
fn tell_few(lines: &[String]) {
    const FEW: usize = 10;
    lines.iter().take(FEW).for_each(|line| person::note(line));
    if lines.len() > FEW {
        person::note(&format!("and {} more", lines.len() - FEW));
    }
}

fn pointer(name: &str, program: &str, catalog: &Catalog, world: &World) -> Result<Pointer, Error> {
    if !is_profile_name(name) {
        let what =
            format!("`{name}` cannot be the name of an AWS profile (letters, digits and _-/.%@:+ can stand in one)");
        return Err(Error::text(Kind::Usage, what));
    }
    // A line that leads nowhere would only fail later, inside somebody else's program.
    let plan = became::planned(catalog, name, &OverrideArgs::default(), world)?;
    let profile = match catalog.outranking(name) {
        None => name.to_owned(),
        Some(origin) => {
            let sibling = format!("{name}-assume");
            if let Some(taken) = catalog.outranking(&sibling) {
                let what = format!("the SDKs would look at {origin} first, and `{sibling}` is taken as well");
                return Err(Error::text(Kind::Config, what).at(&taken));
            }
            person::note(&format!(
                "the SDKs would look at {origin} first, so the profile to use is `{sibling}`: AWS_PROFILE={sibling}"
            ));
            sibling
        }
    };
    let region = plan.region.as_ref().filter(|region| matches!(region.origin, Origin::File { .. }));
    let command = format!("{program} credential-process {name}");
    Ok(Pointer { profile, command, region: region.map(|region| region.value.as_str().to_owned()) })
}

/// Returns the program as the line names it: absolute, since programs that a desktop starts have another PATH, and by the
/// name under which PATH finds it, since that one survives an upgrade.
fn program(world: &World) -> Result<String, Error> {
    let own = engine::program()?;
    let real = own.canonicalize().unwrap_or_else(|_| own.clone());
    let found = |folder: PathBuf| -> Option<PathBuf> {
        let path = folder.join(own.file_name()?);
        (folder.is_absolute() && path.canonicalize().ok()? == real).then_some(path)
    };
    let on_path = world.env.os("PATH").and_then(|path| std::env::split_paths(path).find_map(found));
    let path = on_path.unwrap_or(own);
    let quoted = path.to_str().and_then(quoted);
    quoted.ok_or_else(|| {
        let what = format!("the path {} cannot be written into an AWS config file", path.display());
        Error::text(Kind::System, what).with_hint("put the program into a folder with a plainer name".to_owned())
    })
}

/// Returns the path in quotes where it needs some. The SDKs hand the line to a shell, or split it as one would.
fn quoted(path: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c) || (cfg!(windows) && c == '\\');
    if path.chars().all(is_plain) {
        return Some(path.to_owned());
    }
    // A comment begins after white space, quoted or not, and what is quoted cannot hold its own quote in every SDK.
    let quote = if cfg!(windows) { '"' } else { '\'' };
    let comment = [" #", " ;", "\t#", "\t;"].into_iter().any(|comment| path.contains(comment));
    (!comment && !path.contains(quote) && !path.contains(char::is_control)).then(|| format!("{quote}{path}{quote}"))
}

fn difference(path: &Path, changes: &[Change]) -> String {
    let mut page = String::new();
    for Change { line, removed, added } in changes {
        page.push_str(&format!("{}:{line}\n", plain(&path.display().to_string())));
        for (sign, lines) in [('-', removed), ('+', added)] {
            for line in lines {
                page.push_str(&format!("{sign}{}\n", plain(line)));
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(unix)]
    fn a_path_is_quoted_where_a_shell_would_split_it() {
        for (path, expected) in [
            ("/usr/local/bin/assume", Some("/usr/local/bin/assume")),
            ("/home/zoë/bin/assume", Some("/home/zoë/bin/assume")),
            ("/opt/my tools/assume", Some("'/opt/my tools/assume'")),
            ("/opt/$HOME/assume", Some("'/opt/$HOME/assume'")),
            ("/opt/it's/assume", None),
            ("/opt/a #b/assume", None),
        ] {
            assert_eq!(super::quoted(path).as_deref(), expected, "{path}");
        }
    }
}
