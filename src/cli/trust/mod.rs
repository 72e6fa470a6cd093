//! `assume trust`: who may assume a role, and whether that is as it should be.

mod asked;
mod asker;
mod check;
pub(super) mod found;
mod least;
mod live;
mod paths;
mod policy;
mod probe;
mod pull;
mod show;
mod simulate;
mod subject;
pub(super) mod target;
mod test;
mod told;

use std::process::ExitCode;

use clap::Subcommand;

use crate::error::Error;
use crate::world::World;

/// Write, read and check the trust policies of roles
#[derive(Debug, clap::Args)]
pub(super) struct TrustArgs {
    #[command(subcommand)]
    command: TrustCommand,
}

#[derive(Debug, Subcommand)]
enum TrustCommand {
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Least(least::LeastArgs),
    Simulate(Box<simulate::SimulateArgs>),
    Test(test::TestArgs),
    Paths(paths::PathsArgs),
    Pull(pull::PullArgs),
    // Boxed: its many flags would make every other command as large.
    Policy(Box<policy::PolicyArgs>),
    Probe(Box<probe::ProbeArgs>),
}

/// Runs the command.
pub(super) fn run(args: &TrustArgs, world: &World) -> Result<ExitCode, Error> {
    match &args.command {
        TrustCommand::Show(args) => show::run(args, world),
        TrustCommand::Check(args) => check::run(args, world),
        TrustCommand::Least(args) => least::run(args, world),
        TrustCommand::Simulate(args) => simulate::run(args, world),
        TrustCommand::Test(args) => test::run(args, world),
        TrustCommand::Paths(args) => paths::run(args, world),
        TrustCommand::Pull(args) => pull::run(args, world),
        TrustCommand::Policy(args) => policy::run(args, world),
        TrustCommand::Probe(args) => probe::run(args, world),
    }
}
