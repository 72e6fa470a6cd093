//! Arguments and commands: one short file per command. Here words become commands, and errors an exit code.

mod agreement;
mod became;
mod begin;
mod console;
mod credential_process;
mod discover;
mod endpoint;
mod engine;
mod exec;
mod explain;
mod export;
mod exposure;
mod history;
mod hooked;
mod identity;
mod init;
mod input;
mod list;
mod login;
mod logout;
mod mfa;
mod overrides;
mod partner;
mod profile_ref;
mod role;
mod regions;
mod root;
mod sandbox;
mod secret_input;
mod setup;
mod sign_in;
mod status;
mod stdout;
mod switch;
mod token;
mod trust;
mod unset;
mod usage;
mod vault;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use credential_process::CredentialProcessArgs;
use engine::{Beside, Engine, Here};
use hooked::Call;
use switch::SwitchArgs;

use crate::error::Error;
use crate::handover::calling_dialect;
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
    // Boxed: its many flags would make every other command as large.
    Role(Box<role::RoleArgs>),
    Setup(setup::SetupArgs),
    Init(init::InitArgs),
    #[command(flatten)]
    Engine(EngineCommand),
}

/// The commands that ask AWS, a secret store or a person, or play AWS.
#[derive(Debug, Subcommand)]
enum EngineCommand {
    Console(Box<console::ConsoleArgs>),
    Token(Box<token::TokenArgs>),
    Root(Box<root::RootArgs>),
    Exposure(Box<exposure::ExposureArgs>),
    Login(login::LoginArgs),
    Logout(logout::LogoutArgs),
    Discover(Box<discover::DiscoverArgs>),
    Identity(identity::IdentityArgs),
    Mfa(mfa::MfaArgs),
    Vault(vault::VaultArgs),
    Trust(Box<trust::TrustArgs>),
    Partner(Box<partner::PartnerArgs>),
    History(Box<history::HistoryArgs>),
    Sandbox(sandbox::SandboxArgs),
}

impl Cli {
    /// Returns whether these words change the shell that a hook stands for.
    fn changes_shell(&self) -> bool {
        match &self.command {
            None => self.switch.changes_shell(),
            Some(Command::Use(args)) => args.changes_shell(),
            Some(Command::Unset(_)) => true,
            Some(
                Command::Exec(_)
                | Command::Export(_)
                | Command::CredentialProcess(_)
                | Command::Status(_)
                | Command::List(_)
                | Command::Explain(_)
                | Command::Role(_)
                | Command::Setup(_)
                | Command::Init(_)
                | Command::Engine(_),
            ) => false,
        }
    }
}

/// Runs what was typed, in the world as it is. What takes an SDK, a secret store or a person, `assume-engine` does.
pub fn main() -> ExitCode {
    run_by(&Beside)
}

/// Runs the same with all that it takes.
pub fn main_of_engine() -> ExitCode {
    run_by(&Here)
}

fn run_by(engine: &dyn Engine) -> ExitCode {
    keep_memory_private();
    let mut words = std::env::args_os().collect();
    let call = Call::take_from(&mut words);
    outcome(call, words, engine).unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr().lock(), "{error}");
        ExitCode::from(error.kind().exit_code())
    })
}

/// Leaves no core dump with secrets in it, and lets no other program of this user look into the memory. What we start is
/// not concerned: `execve` begins anew.
///
/// Source: prctl(2), `PR_SET_DUMPABLE`.
#[cfg(target_os = "linux")]
fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // A kernel that refuses has nothing else to offer.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn keep_memory_private() {}

fn outcome(call: Call, words: Vec<OsString>, engine: &dyn Engine) -> Result<ExitCode, Error> {
    if call == Call::Completing {
        return hooked::complete(command(), words);
    }
    let parsed = match CredentialProcessArgs::of_plain(&words) {
        Some(args) => Ok(Cli { command: Some(Command::CredentialProcess(args)), switch: SwitchArgs::default() }),
        None => Cli::try_parse_from(&words),
    };
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return Ok(not_understood(&error, call, &words)),
    };
    let changes_shell = cli.changes_shell();
    match call {
        Call::Asking if changes_shell => Ok(ExitCode::from(hooked::SWITCH)),
        Call::Applying { .. } if !changes_shell => Ok(ExitCode::from(hooked::SWITCH)),
        Call::Bare | Call::Asking | Call::Applying { .. } | Call::Completing => run(&cli, call, engine, &World::new()),
    }
}

/// Shows help, or says what is wrong with the words. Where their output is evaluated, that has to fail as well.
fn not_understood(error: &clap::Error, call: Call, words: &[OsString]) -> ExitCode {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = writeln!(std::io::stderr().lock(), "{}", usage::error(error, words));
    } else {
        let _ = error.print();
    }
    let first = words.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    let evaluated = match first {
        "use" | "unset" | "export" => true,
        _ => !first.is_empty() && !is_command(first),
    };
    if error.use_stderr() && evaluated && call == Call::Bare && !std::io::stdout().is_terminal() {
        let _ = stdout::print(calling_dialect().failure());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Returns the whole command line as clap knows it: help, man pages and completions are made from it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Whether the command line takes a word for itself, now or in a version to come.
fn is_command(word: &str) -> bool {
    command_words().contains(word)
}

/// The words that the command line takes for itself, now or in a version to come.
fn command_words() -> BTreeSet<String> {
    const TO_COME: [&str; 6] = ["completions", "doctor", "each", "help", "import", "serve"];
    let now = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    now.into_iter().chain(TO_COME.map(str::to_owned)).collect()
}

/// Returns the command that one slip of the fingers would make of a word.
fn command_like(word: &str) -> Option<String> {
    let command = Cli::command();
    let mut names = command.get_subcommands().map(clap::Command::get_name);
    names.find(|name| strsim::osa_distance(name, word) == 1).map(str::to_owned)
}

fn run(cli: &Cli, call: Call, engine: &dyn Engine, world: &World) -> Result<ExitCode, Error> {
    match &cli.command {
        None => switch::run(&cli.switch, call, engine, world),
        Some(Command::Use(args)) => switch::run(args, call, engine, world),
        Some(Command::Exec(args)) => exec::run(args, engine, world),
        Some(Command::Export(args)) => export::run(args, engine, world),
        Some(Command::CredentialProcess(args)) => credential_process::run(args, engine, world),
        Some(Command::Unset(args)) => unset::run(args, call, world),
        Some(Command::Status(args)) => status::run(args, world),
        Some(Command::List(args)) => list::run(args, world),
        Some(Command::Explain(args)) => explain::run(args, world),
        Some(Command::Role(args)) => role::run(args, world),
        Some(Command::Setup(args)) => setup::run(args, world),
        Some(Command::Init(args)) => init::run(args, world),
        Some(Command::Engine(command)) => engine.run(command, world),
    }
}

fn run_here(command: &EngineCommand, world: &World) -> Result<ExitCode, Error> {
    match command {
        EngineCommand::Console(args) => console::run(args, world),
        EngineCommand::Token(args) => token::run(args, world),
        EngineCommand::Root(args) => root::run(args, world),
        EngineCommand::Exposure(args) => exposure::run(args, world),
        EngineCommand::Login(args) => login::run(args, world),
        EngineCommand::Logout(args) => logout::run(args, world),
        EngineCommand::Discover(args) => discover::run(args, world),
        EngineCommand::Identity(args) => identity::run(args, world),
        EngineCommand::Mfa(args) => mfa::run(args, world),
        EngineCommand::Vault(args) => vault::run(args, world),
        EngineCommand::Trust(args) => trust::run(args, world),
        EngineCommand::Partner(args) => partner::run(args, world),
        EngineCommand::History(args) => history::run(args, world),
        EngineCommand::Sandbox(args) => sandbox::run(args, world),
    }
}
