//! `--validate`: what IAM Access Analyzer says of the same policies. Custom checks are charged, so that many are agreed to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::asker::Asker;
use super::super::live::Whose;
use super::super::subject::{self, Subject};
use crate::aws::{AwsError, Line};
use crate::cli::endpoint;
use crate::config::{Catalog, Sourced};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person::{self, Progress};
use crate::plan::Reach;
use crate::policy::lint::{Around, Finding, Severity};
use crate::trust::patience::Taken;
use crate::trust::validate::Analyzer;
use crate::world::World;

/// What Access Analyzer is asked.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    /// Have IAM Access Analyzer look at the policies too (ValidatePolicy, CheckNoPublicAccess): their text is sent to AWS,
    /// and AWS charges for each CheckNoPublicAccess and CheckNoNewAccess
    #[arg(long, conflicts_with = "diff")]
    validate: bool,
    /// With --validate: a policy that none may allow more than (CheckNoNewAccess)
    #[arg(long, value_name = "FILE", requires = "validate")]
    reference: Option<PathBuf>,
    /// With --validate: make the charged calls without asking
    #[arg(long, requires = "validate")]
    yes: bool,
}

/// So many charged calls are made without a question, unless a whole account is meant.
const FEW: usize = 10;

/// Returns what Access Analyzer finds, for each subject; for none where it is not asked.
pub(super) fn findings(
    args: &ValidateArgs,
    whose: &Whose,
    subjects: &[Subject],
    catalog: &Catalog,
    world: &World,
) -> Result<BTreeMap<usize, Vec<Finding>>, Error> {
    if !args.validate {
        return Ok(BTreeMap::new());
    }
    let reference = args.reference.as_deref().map(|file| only(file, world)).transpose()?;
    // Roles often share a policy, and a text is paid for once.
    let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, subject) in subjects.iter().enumerate() {
        texts.entry(&subject.policy).or_default().push(number);
    }
    let charged = texts.len() * (1 + usize::from(reference.is_some()));
    if (whose.all || charged > FEW) && !args.yes {
        agree(texts.len(), charged, world)?;
    }
    let before = world.with_env(before_first_switch(&world.env));
    let asker = Asker::of(whose.profile.as_deref(), catalog, &before)?;
    let endpoint_url = endpoint::of_service("AWS_ENDPOINT_URL_ACCESSANALYZER", &before)?;
    let region = Sourced::by_default(asker.reach.region.value.clone());
    let reach = Reach { region, endpoint_url, fips: false, dual_stack: false };
    let line = Line::new(&before);
    let taken = Taken::default();
    let mut analyzer = Analyzer { line: &line, reach: &reach, by: &asker.credentials, taken };
    let mut found: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    let mut progress = Progress::default();
    let (total, mut unchecked) = (texts.len(), 0);
    for (done, (text, numbers)) in texts.iter().enumerate() {
        progress.show(&format!("Access Analyzer has looked at {done} of {total} policies"));
        let of = |error: AwsError| refused(error, &subjects[numbers[0]].name, &asker.profile);
        let mut all = analyzer.validate(text).map_err(of)?;
        // What AWS cannot read it does not check, and charges for nonetheless.
        if all.iter().any(|finding| finding.severity == Severity::Error) {
            unchecked += 1;
        } else {
            all.extend(analyzer.public_access(text).map_err(of)?);
            if let Some(reference) = &reference {
                all.extend(analyzer.new_access(text, reference).map_err(of)?);
            }
        }
        for number in numbers {
            found.insert(*number, all.clone());
        }
    }
    drop(progress);
    let left = match unchecked {
        0 => String::new(),
        number => format!("; {number} with errors had no custom check"),
    };
    person::note(&format!(
        "IAM Access Analyzer in {} looked at {total} texts, in {} calls{left}",
        reach.region.value, analyzer.taken.calls
    ));
    Ok(found)
}

/// The one policy of a file.
fn only(file: &Path, world: &World) -> Result<String, Error> {
    let mut found = subject::in_file(file, &Around::default(), world)?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one.policy),
        (_, _) => {
            Err(Error::text(Kind::Usage, "--reference takes one policy, and there are several roles in its file"))
        }
    }
}

fn agree(policies: usize, charged: usize, world: &World) -> Result<(), Error> {
    let what = format!(
        "{charged} custom checks of IAM Access Analyzer for {policies} policies, of which AWS charges each one ($0.002 when this was written)"
    );
    let agreed = person::confirm(&format!("Make {what}?"), world).map_err(|error| {
        Error::from(error).while_doing(format!("to make {what}, somebody has to agree")).with_hint(YES.to_owned())
    })?;
    if agreed { Ok(()) } else { Err(Error::text(Kind::Declined, "no charged call was made").with_hint(YES.to_owned())) }
}

const YES: &str = "--yes agrees beforehand";

fn refused(error: AwsError, what: &str, profile: &str) -> Error {
    let doing = format!("IAM Access Analyzer has not looked at {what}");
    match &error {
        AwsError::Refused(refusal) if refusal.is_access_denied() => {
            let permission = format!("access-analyzer:{}", refusal.operation);
            let hint =
                format!("{profile} must be allowed {permission}; or say who asks: --profile; or leave out --validate");
            Error::new(Kind::Refused, error).while_doing(doing).with_hint(hint)
        }
        AwsError::Refused(refusal) if !refusal.is_passing() => Error::new(Kind::Refused, error)
            .while_doing(doing)
            .with_hint("leave out --validate for what is found without it".to_owned()),
        AwsError::Refused(_) | AwsError::NoAnswer { .. } | AwsError::CaBundle { .. } | AwsError::Setup { .. } => {
            Error::from(error).while_doing(doing)
        }
    }
}
