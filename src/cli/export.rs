//! `assume export`

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::ValueEnum;

use super::became::{self, Consumer};
use super::engine::Engine;
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::stdout::print;
use crate::error::Error;
use crate::handover::{Dialect, Format, HandoverError, before_first_switch, write};
use crate::world::World;

/// Print a role's credentials in a format of your choice
///
/// The formats of shells also remove what would outrank the role. When there are no credentials, they print the statement
/// that fails, so that `eval "$(assume export prod)"` fails too.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// What to become: a role, an identity, a profile of ~/.aws/config, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    profile: String,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "posix")]
    format: FormatName,
    #[command(flatten)]
    overrides: OverrideArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// bash, zsh, ksh, dash: `eval "$(…)"`
    Posix,
    /// fish: `… | source`
    Fish,
    /// PowerShell: `… | Out-String | Invoke-Expression`
    #[value(name = "powershell")]
    PowerShell,
    /// The Windows command prompt: `… > role.cmd & call role.cmd`
    Cmd,
    /// Nushell: `… | save role.nu; source role.nu`
    Nushell,
    /// Elvish: `eval (… | slurp)`
    Elvish,
    /// xonsh: `execx($(…))`
    Xonsh,
    /// A .env file
    Dotenv,
    /// A JSON object of environment variables
    Json,
    /// A section for ~/.aws/credentials
    Ini,
    /// A file for `docker run --env-file`
    DockerEnv,
    /// GitHub Actions: masks the secrets, then adds to $GITHUB_ENV
    Github,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Posix => Self::Shell(Dialect::Posix),
            FormatName::Fish => Self::Shell(Dialect::Fish),
            FormatName::PowerShell => Self::Shell(Dialect::PowerShell),
            FormatName::Cmd => Self::Shell(Dialect::Cmd),
            FormatName::Nushell => Self::Shell(Dialect::Nushell),
            FormatName::Elvish => Self::Shell(Dialect::Elvish),
            FormatName::Xonsh => Self::Shell(Dialect::Xonsh),
            FormatName::Dotenv => Self::Dotenv,
            FormatName::Json => Self::Json,
            FormatName::Ini => Self::Ini,
            FormatName::DockerEnv => Self::DockerEnv,
            FormatName::Github => Self::Github,
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &ExportArgs, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    let format = Format::from(args.format);
    exported(args, format, engine, world).inspect_err(|_| {
        if let Some(failure) = format.failure()
            && !std::io::stdout().is_terminal()
        {
            let _ = print(failure);
        }
    })
}

fn exported(args: &ExportArgs, format: Format, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let became = became::credentials(&args.profile, &args.overrides, Consumer::Keeps, engine, &before)?;
    let written = write(format, &world.env, &became.profile, became.region.as_ref(), &became.credentials)?;
    print(&written.stdout)?;
    if let Some((file, text)) = &written.append {
        let mut options = OpenOptions::new();
        let appended =
            options.append(true).create(true).open(file).and_then(|mut file| file.write_all(text.as_bytes()));
        appended.map_err(|source| HandoverError::Write { what: file.display().to_string(), source })?;
    }
    Ok(ExitCode::SUCCESS)
}
