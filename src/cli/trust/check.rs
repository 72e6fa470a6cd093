//! `assume trust check`: what is wrong with trust policies.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::stdout;
use crate::error::{Error, Kind};
use crate::person::plain;
use crate::policy::Document;
use crate::world::World;

/// Check trust policies: whether AWS would read them, and whom they let in by mistake
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CheckArgs {
    /// Files that each hold a trust policy, as JSON; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Runs the command.
pub(in crate::cli) fn run(args: &CheckArgs, _world: &World) -> Result<ExitCode, Error> {
    let mut found = false;
    for file in &args.files {
        if let Err(error) = Document::parse_trust(&read(file)?) {
            found = true;
            stdout::print(&format!("{}: {}\n", plain(&file.to_string_lossy()), plain(&error.to_string())))?;
        }
    }
    Ok(ExitCode::from(u8::from(found)))
}

fn read(file: &Path) -> Result<String, Error> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| Error::text(Kind::System, format!("{} cannot be read: {error}", file.display())))
}
