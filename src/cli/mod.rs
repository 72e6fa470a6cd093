//! Arguments and commands: one short file per command. Here words become commands, and errors an exit code.

mod became;
mod begin;
mod credential_process;
mod exec;
mod explain;
mod export;
mod identity;
mod init;
mod list;
mod logout;
mod mfa;
mod overrides;
mod role;
mod sandbox;
mod setup;
mod status;
mod stdout;
mod switch;
mod unset;
mod vault;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::error::Error;
use crate::world::World;

/// Switch AWS roles: faster, safer and clearer
#[derive(Debug, Parser)]
#[command(name = "assume", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    switch: switch::SwitchArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    Use(switch::SwitchArgs),
    Exec(exec::ExecArgs),
    Export(export::ExportArgs),
    CredentialProcess(credential_process::CredentialProcessArgs),
    Unset(unset::UnsetArgs),
    Status(status::StatusArgs),
    List(list::ListArgs),
    Explain(explain::ExplainArgs),
    Role(role::RoleArgs),
    Identity(identity::IdentityArgs),
    Mfa(mfa::MfaArgs),
    Vault(vault::VaultArgs),
    Logout(logout::LogoutArgs),
    Setup(setup::SetupArgs),
    Init(init::InitArgs),
    Sandbox(sandbox::SandboxArgs),
}

/// Runs the program: what was typed, in the world as it is.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let world = World::new();
    run(&cli, &world).unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr().lock(), "{error}");
        ExitCode::from(error.kind().exit_code())
    })
}

/// Returns the whole command line as clap knows it: help, man pages and completions are made from it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Whether the command line takes a word for itself, now or in a version to come.
fn is_command(word: &str) -> bool {
    const TO_COME: [&str; 11] = [
        "completions",
        "console",
        "discover",
        "doctor",
        "each",
        "exposure",
        "history",
        "import",
        "login",
        "partner",
        "root",
    ];
    const ALSO: [&str; 4] = ["help", "serve", "token", "trust"];
    TO_COME.contains(&word) || ALSO.contains(&word) || Cli::command().find_subcommand(word).is_some()
}

fn run(cli: &Cli, world: &World) -> Result<ExitCode, Error> {
    match &cli.command {
        None => switch::run(&cli.switch, world),
        Some(Command::Use(args)) => switch::run(args, world),
        Some(Command::Exec(args)) => exec::run(args, world),
        Some(Command::Export(args)) => export::run(args, world),
        Some(Command::CredentialProcess(args)) => credential_process::run(args, world),
        Some(Command::Unset(args)) => unset::run(args, world),
        Some(Command::Status(args)) => status::run(args, world),
        Some(Command::List(args)) => list::run(args, world),
        Some(Command::Explain(args)) => explain::run(args, world),
        Some(Command::Role(args)) => role::run(args, world),
        Some(Command::Identity(args)) => identity::run(args, world),
        Some(Command::Mfa(args)) => mfa::run(args, world),
        Some(Command::Vault(args)) => vault::run(args, world),
        Some(Command::Logout(args)) => logout::run(args, world),
        Some(Command::Setup(args)) => setup::run(args, world),
        Some(Command::Init(args)) => init::run(args, world),
        Some(Command::Sandbox(args)) => sandbox::run(args, world),
    }
}
