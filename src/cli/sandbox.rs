//! `assume sandbox`: a local STS, a throwaway home, and a command or a tour in it.

mod script;
mod shell;
mod tour;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use super::engine::program;
use super::exec;
use crate::error::Error;
use crate::handover::accompany_in;
use crate::person;
use crate::sandbox::{Failure, Home, Options, Place, Scenario, Server};
use crate::world::World;

/// Try everything against a local STS, with no AWS account
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    walk: Option<Walk>,
    /// The port to listen on; 0 means any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Accounts, users, roles and policies to play, instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// How STS is to fail, to see what a client makes of it: throttle, 500, 503, slow=5s, cut, truncated, html or
    /// clock=-10m, then *TIMES or *forever, then @OPERATION; may be given again
    #[arg(long, value_name = "FAILURE")]
    fail: Vec<Failure>,
    /// The command to run; without one, your shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum Walk {
    /// Walk the built-in scenario: each command, what STS was asked, what it answered
    Tour,
}

/// A running server and the home that goes with it. The home goes first when both are dropped.
struct Sandbox {
    home: Home,
    server: Server,
}

/// Runs the command.
pub(super) fn run(args: &SandboxArgs, world: &World) -> Result<ExitCode, Error> {
    if let Some(Walk::Tour) = args.walk {
        return tour::run(&Sandbox::open(&Scenario::classic()?, Options::default(), world)?);
    }
    let scenario = match &args.scenario {
        Some(file) => Scenario::read(file)?,
        None => Scenario::classic()?,
    };
    let options = Options { port: args.port, failures: args.fail.clone(), ..Options::default() };
    let sandbox = Sandbox::open(&scenario, options, world)?;
    let words = match args.command.as_slice() {
        [] => {
            shell::welcome(&scenario, sandbox.server.url()).iter().for_each(|line| person::note(line));
            shell::words(&world.env)
        }
        command => command.to_vec(),
    };
    Ok(accompany_in(&words, sandbox.home.env()).map_or_else(exec::not_run, ExitCode::from))
}

impl Sandbox {
    fn open(scenario: &Scenario, options: Options, world: &World) -> Result<Self, Error> {
        let program = program()?;
        let place = Place::find()?;
        let server = Server::start(scenario, Options { log: Some(place.log()), ..options })?;
        let home = place.furnish(scenario, &server, &program, world)?;
        Ok(Self { home, server })
    }
}
