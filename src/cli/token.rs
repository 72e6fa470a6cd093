//! `assume token`: who a role is, as a signed token for a service outside AWS.

use std::process::ExitCode;

use clap::ValueEnum;

use super::became::{self, Consumer};
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::stdout::print;
use crate::aws::{AwsError, Line};
use crate::config::{Catalog, Origin, Sourced};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person;
use crate::plan::{IdentityToken, SigningAlgorithm, TokenLife, plan_token};
use crate::sts;
use crate::terms::{ExposeSecret, parse_duration, show_duration, show_time};
use crate::world::World;

/// Print a signed token that says who a role is, for a service outside AWS
///
/// The token (a JWT of GetWebIdentityToken) goes to standard output and is kept nowhere. It never outlives the role's session.
/// Outbound web identity federation has to be enabled in the role's account, and the role has to be allowed
/// sts:GetWebIdentityToken.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArgs {
    /// Who asks: a role, an identity, a profile of ~/.aws/config, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    profile: String,
    /// The service that the token is for; may be given again
    #[arg(long, value_name = "AUDIENCE", required = true)]
    audience: Vec<String>,
    /// How it is signed
    #[arg(long, value_name = "ALGORITHM", default_value = "ES384")]
    signing_algorithm: Algorithm,
    /// How long it is good: 60s to 1h; 5 minutes if left out
    #[arg(long, value_name = "DURATION", value_parser = life)]
    token_duration: Option<TokenLife>,
    /// What it says besides: a claim among its request tags; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = super::overrides::tag)]
    token_tag: Vec<crate::terms::Tag>,
    #[command(flatten)]
    overrides: OverrideArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Algorithm {
    /// ECDSA over P-384
    #[value(name = "ES384")]
    Es384,
    /// RSA, which every library knows
    #[value(name = "RS256")]
    Rs256,
}

fn life(text: &str) -> Result<TokenLife, String> {
    let length = parse_duration(text).map_err(|error| error.to_string())?;
    TokenLife::try_from(length).map_err(|error| error.to_string())
}

/// Runs the command.
pub(super) fn run(args: &TokenArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    if args.audience.len() > 10 || args.audience.iter().any(|audience| !(1..=1_000).contains(&audience.len())) {
        return Err(Error::text(Kind::Usage, "a token has 1 to 10 audiences of at most 1,000 characters"));
    }
    let (plan, reach) = plan_token(&catalog, &args.profile, &args.overrides.overrides()?, &became::who(&before))
        .map_err(|error| super::begin::no_plan(error, &catalog, &before))?;
    let token = IdentityToken {
        audiences: args.audience.clone(),
        algorithm: match args.signing_algorithm {
            Algorithm::Es384 => SigningAlgorithm::Es384,
            Algorithm::Rs256 => SigningAlgorithm::Rs256,
        },
        duration: match args.token_duration {
            Some(life) => Sourced::new(life, Origin::Flag("--token-duration")),
            None => Sourced::by_default(TokenLife::DEFAULT),
        },
        tags: args.token_tag.clone(),
        reach,
    };
    let became = became::of_plan(plan, &catalog, args.overrides.given_code(), Consumer::Keeps, &before)?;
    let now = before.clock.now();
    let left = became.credentials.expires_at().map(|end| end.duration_since(now).unwrap_or_default());
    let life = TokenLife::within(&token.duration, left).map_err(|error| {
        let hint = format!("ask for less, or begin a new session: `assume logout {}`, then again", args.profile);
        Error::new(Kind::Usage, error).at(&token.duration.origin).with_hint(hint)
    })?;
    if let Some(host) = token.reach.foreign_host() {
        person::note(&format!("STS is asked at {host}, which is not AWS's"));
    }
    let (text, ends) = sts::identity_token(&Line::new(&before), &token, life, &became.credentials)
        .map_err(|error| refused(error, &args.profile))?;
    print(&format!("{}\n", text.expose_secret()))?;
    let until =
        ends.map_or_else(|| format!("for {}", show_duration(life.get())), |end| format!("until {}", show_time(end)));
    person::note(&format!("a token of {}, good {until}, for {}", args.profile, args.audience.join(", ")));
    Ok(ExitCode::SUCCESS)
}

fn refused(error: AwsError, profile: &str) -> Error {
    let (kind, hint) = match &error {
        AwsError::Refused(refusal) => match refusal.code.as_str() {
            "OutboundWebIdentityFederationDisabledException" => (
                Kind::Refused,
                Some(
                    "an administrator enables it once for the account: `aws iam enable-outbound-web-identity-federation`",
                ),
            ),
            "SessionDurationEscalationException" => (Kind::Refused, Some("ask for less: --token-duration 5m")),
            "JWTPayloadSizeExceededException" => (Kind::Refused, Some("send fewer or shorter --token-tag")),
            "AccessDenied" => (
                Kind::Refused,
                Some(
                    "the role's own policies must allow sts:GetWebIdentityToken, perhaps for this audience or duration only",
                ),
            ),
            _ if refusal.is_passing() => (Kind::Unreachable, None),
            _ => (Kind::Refused, None),
        },
        AwsError::NoAnswer { .. } | AwsError::Setup { .. } => {
            (Kind::Unreachable, Some("check the network, HTTPS_PROXY and the endpoint; then try again"))
        }
        AwsError::CaBundle { .. } => (Kind::Config, None),
    };
    Error::new(kind, error).while_doing(format!("no token of \"{profile}\"")).with_hint(hint.map(str::to_owned))
}
