//! `assume trust probe`: asks STS for a role as its deputy would, with the right external ID and with wrong ones.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::found::{Found, lines};
use super::target::{Target, credentials};
use crate::aws::Line;
use crate::cli::{became, begin, input, profile_ref, stdout};
use crate::config::{Catalog, Origin, Sourced};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::mfa::GivenCode;
use crate::plan::{Overrides, plan};
use crate::policy::{Document, IdForm};
use crate::terms::{ExternalId, MfaSerial, Region, SessionName, SourceIdentity, Tag};
use crate::trust::probe::{Asked, Attempt, Caller, Extra, Judgement, Outcome, attempts, judge, probe};
use crate::world::World;

/// Ask STS for a role with the right external ID and with wrong ones, and say whom it lets in
///
/// The calls are real, and made as whoever is to have the role: the deputy. Each session is dropped at once and could do
/// nothing. Exit codes: 0, everything came out as it should; 1, somebody was let in who should not be; 4, the right external
/// ID was refused, so nothing is proved; 5, an answer was none (throttling, network), so that is not proved either.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ProbeArgs {
    /// The role: a profile, or an ARN
    #[arg(value_name = "ROLE", add = profile_ref::names())]
    role: String,
    /// Who asks; without it, whoever the role is declared to be reached from
    #[arg(long = "as", value_name = "PROFILE", add = profile_ref::names())]
    asks: Option<String>,
    /// The right external ID; without it, the declared one
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// Try it without the MFA session, too
    #[arg(long)]
    try_without_mfa: bool,
    /// Try another session name, too
    #[arg(long, value_name = "NAME")]
    try_session_name: Option<SessionName>,
    /// Try another source identity, too
    #[arg(long, value_name = "NAME")]
    try_source_identity: Option<SourceIdentity>,
    /// Try to send a session tag, too
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::cli::overrides::tag)]
    try_tag: Option<Tag>,
    /// Try it as somebody else, too
    #[arg(long, value_name = "PROFILE", add = profile_ref::names())]
    try_as: Option<String>,
    /// The role's present trust policy, in JSON, to be mended where it lets in too much
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// The Region whose STS is asked
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    /// The MFA device of who asks
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<MfaSerial>,
    /// A file that holds the MFA code
    #[arg(long, value_name = "FILE")]
    mfa_code_file: Option<PathBuf>,
}

/// Runs the command.
pub(in crate::cli) fn run(args: &ProbeArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let present = args.policy.as_deref().map(read_policy).transpose()?;
    let overrides = Overrides {
        external_id: args.external_id.clone().map(|id| Sourced::new(id, Origin::Flag("--external-id"))),
        region: args.region.clone().map(|region| Sourced::new(region, Origin::Flag("--region"))),
        mfa_serial: args.mfa_serial.clone().map(|serial| Sourced::new(serial, Origin::Flag("--mfa-serial"))),
        ..Overrides::none()
    };
    let target = Target::planned(&catalog, &args.role, args.asks.as_deref(), overrides, &before)?;
    let extras = args.extras();
    let external_id = target.hop.external_id.as_ref().map(|id| id.value.clone());
    if external_id.is_none() && extras.is_empty() {
        return Err(Error::text(
            Kind::Usage,
            format!("no external ID is declared for {}, and none was given", args.role),
        )
        .with_hint("give the right one: --external-id ID; or say what else to try: --try-as PROFILE".to_owned()));
    }
    let given = || args.mfa_code_file.clone().map(GivenCode::from);
    let without_mfa = args.try_without_mfa.then(|| target.without_mfa()).transpose()?;
    let deputy = credentials(target.caller.clone(), &catalog, given(), &before)?;
    let without_mfa = without_mfa.map(|plan| credentials(plan, &catalog, None, &before)).transpose()?;
    let other = args.try_as.as_deref().map(|name| {
        let plan = plan(&catalog, name, &Overrides::none(), &became::who(&before));
        let plan = plan.map_err(|error| begin::no_plan(error, &catalog, &before))?;
        credentials(plan, &catalog, None, &before)
    });
    let other = other.transpose()?;

    let line = Line::new(&before);
    let who = target.who(&line, &deputy);
    let form = external_id.as_ref().and_then(|id| IdForm::of(id.as_str()));
    let asked = Asked { external_id, form, others: Vec::new(), random: rand::random(), extras };
    let role = &target.hop.role_arn.value;
    let mut talk = Talk { number: 0, silent: args.json };
    talk.say(&format!("probe of {role}\nas {who}\n\n"))?;
    let caller = Caller { deputy: &deputy, without_mfa: without_mfa.as_ref(), other: other.as_ref() };
    let all = probe(
        &line,
        &target.hop,
        caller,
        attempts(&asked),
        |attempt| talk.before(attempt),
        |_, outcome| Talk::after(outcome, args.json),
    );
    let all = all.map_err(|error| Error::new(Kind::System, error))?;
    let judgement = judge(&all);
    let mended = match judgement {
        Judgement::LetsInTooMuch => Some(target.mended(present.as_ref(), &asked, &all, &who)?),
        Judgement::AsExpected | Judgement::ControlRefused | Judgement::Inconclusive => None,
    };
    let found = Found { role, who: &who, session: &target.hop, all: &all, judgement, mended: mended.as_ref() };
    stdout::print(&if args.json { stdout::json(&found.json()) } else { found.text() })?;
    found.exit(&args.role)
}

impl ProbeArgs {
    fn extras(&self) -> Vec<Extra> {
        let without_mfa = self.try_without_mfa.then_some(Extra::WithoutMfa);
        let name = self.try_session_name.clone().map(Extra::SessionName);
        let identity = self.try_source_identity.clone().map(Extra::SourceIdentity);
        let tag = self.try_tag.clone().map(Extra::Tag);
        let other = self.try_as.clone().map(Extra::As);
        [without_mfa, name, identity, tag, other].into_iter().flatten().collect()
    }
}

fn read_policy(path: &Path) -> Result<Document, Error> {
    let (_, text) = input::text(path)?;
    Document::parse_trust(&text)
        .map_err(|error| Error::new(Kind::Config, error).while_doing(format!("cannot use {}", path.display())))
}

/// What is said while the calls are made.
struct Talk {
    number: usize,
    silent: bool,
}

impl Talk {
    fn say(&self, text: &str) -> Result<(), Error> {
        if self.silent { Ok(()) } else { stdout::print(&lines(text)) }
    }

    fn before(&mut self, attempt: &Attempt) {
        self.number += 1;
        let has = attempt.expected.as_str();
        // A reader who has gone away does not stop the probe.
        let _ = self.say(&format!("{}. {attempt}: has to be {has}\n", self.number));
    }

    fn after(outcome: &Outcome, silent: bool) {
        let says = match outcome {
            Outcome::LetIn => "let in".to_owned(),
            Outcome::KeptOut { request_id } => {
                let request = request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
                format!("refused{request}")
            }
            Outcome::Inconclusive { because } => format!("no answer that counts: {because}"),
        };
        let _ = Self { number: 0, silent }.say(&format!("   {says}\n"));
    }
}
