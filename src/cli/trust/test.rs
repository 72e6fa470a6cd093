//! `assume trust test`: who gets which role, and who does not, as a table that is held against the policies.

mod junit;
mod report;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::asked::{Answer, Ground};
use super::live;
use crate::cli::stdout;
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::diff::Access;
use crate::world::World;
use report::Result as Row;
use table::{Source, Table, Test};

/// Hold a table of who gets which role, and who does not, against the policies, for CI
///
/// Each row says who asks for which role and with what, in the words of `assume trust simulate`, and whether they are
/// `allowed` or `refused`; it may say why. Roles come from files, from a snapshot that `assume trust pull` made, or from the
/// account itself. STS is not asked. Ends with 0 where every row is as it says, and with 1 where one is not.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TestArgs {
    /// The table, in TOML
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// A snapshot, whatever the table names
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// How it is written: for people, as JSON, as JUnit's XML, or as annotations of GitHub Actions
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
    Github,
}

/// Exit code where a row is not as it says.
const FAILED: u8 = 1;

/// Runs the command.
pub(in crate::cli) fn run(args: &TestArgs, world: &World) -> Result<ExitCode, Error> {
    let mut rows = Vec::new();
    for file in &args.files {
        let table = Table::read(file, args.snapshot.as_deref())?;
        // An account is read once, however many rows ask for it.
        let mut grounds: BTreeMap<Source, Ground> = BTreeMap::new();
        for test in &table.tests {
            rows.push(judged(test, file, &table.folder, &mut grounds, world)?);
        }
    }
    let failed = rows.iter().filter(|row| !row.is_passed()).count();
    stdout::print(&match args.format {
        Format::Text => report::text(&rows),
        Format::Json => stdout::json(&report::json(&rows)),
        Format::Junit => junit::xml(&rows),
        Format::Github => report::annotations(&rows),
    })?;
    let tests = if rows.len() == 1 { "1 test".to_owned() } else { format!("{} tests", rows.len()) };
    person::note(&format!("{tests}, {failed} failed"));
    Ok(ExitCode::from(if failed > 0 { FAILED } else { 0 }))
}

fn judged(
    test: &Test,
    file: &Path,
    folder: &Path,
    grounds: &mut BTreeMap<Source, Ground>,
    world: &World,
) -> Result<Row, Error> {
    let at = |error: Error| error.while_doing(format!("{}:{}: {}", file.display(), test.line, test.name()));
    if !grounds.contains_key(&test.source) {
        let ground = match &test.source {
            Source::Snapshot(path) => Ground::snapshot(path).map_err(at)?,
            Source::Accounts(profiles) => Ground::accounts(profiles, None, world).map_err(at)?,
            Source::File if live::is_file(&test.question.role) || folder.join(&test.question.role).is_file() => {
                Ground::nobody()
            }
            Source::File => {
                let text = format!("it is not said where the role `{}` is to be found", test.question.role);
                let hint = "name a file, or say `snapshot = \"FILE\"` or `profile = \"PROFILE\"` at the top".to_owned();
                return Err(at(Error::text(Kind::Usage, text).with_hint(hint)));
            }
        };
        grounds.insert(test.source.clone(), ground);
    }
    let ground = grounds.get(&test.source).ok_or_else(|| Error::text(Kind::System, "no ground"))?;
    let answer = ground.answer(&test.question, folder, world).map_err(at)?;
    Ok(Row::of(test, file, answer))
}

/// Whether what came of a row is what it expects.
fn is_as_expected(test: &Test, answer: &Answer) -> bool {
    let allowed = answer.judged.access != Access::No;
    allowed == test.allowed
        && test.because.as_ref().is_none_or(|because| report::grounds(answer).contains(&because.to_lowercase()))
}
