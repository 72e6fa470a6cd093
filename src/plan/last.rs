//! What comes after the roles: a task as the root of a member account, or a token for a service outside AWS.
//!
//! Neither takes the credentials of GetSessionToken, so that behind an MFA device a role has to stand between. Both are
//! asked for in a Region: the global host knows neither.

use std::time::Duration;

use super::error::PlanError;
use super::model::{Plan, Reach, Reason, Start};
use super::overrides::Overrides;
use super::planner::{default_name, plan, plan_and_reach};
use crate::config::{Catalog, Origin, Sourced};
use crate::terms::{AccountId, Partition, RootTask, SessionName, Tag};

/// `AssumeRoot`: it can stand only at the end of a plan.
#[derive(Clone, Debug)]
pub struct AssumeRoot {
    /// The member account.
    pub account: Sourced<AccountId>,
    /// The partition of all of it.
    pub partition: Partition,
    /// What is to be done.
    pub task: Sourced<RootTask>,
    /// How STS is reached.
    pub reach: Reach,
    /// Why it may be called.
    pub because: Reason,
}

impl AssumeRoot {
    /// How long it lasts: as long as AWS allows.
    /// Source: STS API Reference, `AssumeRoot`, `DurationSeconds`.
    pub const DURATION: Duration = Duration::from_secs(900);

    /// The ARN of the root that is assumed.
    pub fn arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.account.value)
    }
}

/// `GetWebIdentityToken`, after the plan's credentials are had.
#[derive(Clone, Debug)]
pub struct IdentityToken {
    /// Whom the token is for: 1 to 10.
    pub audiences: Vec<String>,
    /// How it is signed.
    pub algorithm: SigningAlgorithm,
    /// How long it is good: 60 s to 1 h.
    pub duration: Sourced<TokenLife>,
    /// What it says beside who the caller is.
    pub tags: Vec<Tag>,
    /// How STS is reached.
    pub reach: Reach,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SigningAlgorithm {
    /// ECDSA over P-384 with SHA-384.
    #[default]
    Es384,
    /// RSA with SHA-256, which every library knows.
    Rs256,
}

impl SigningAlgorithm {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
        }
    }
}

/// How long a token is good: 60 to 3,600 seconds.
/// Source: STS API Reference, `GetWebIdentityToken`, `DurationSeconds`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenLife(Duration);

/// Why a token cannot be good for so long.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidTokenLife {
    /// Too short, or too long.
    #[error("a token is good for 1 minute to 1 hour")]
    Length,
    /// Longer than the session that asks for it.
    #[error("the session that asks for the token ends before that, and a token never outlives it")]
    Session,
}

impl TokenLife {
    /// What AWS gives if nobody says how long.
    pub const DEFAULT: Self = Self(Duration::from_secs(300));
    const LEAST: Duration = Duration::from_secs(60);

    /// Returns it.
    pub fn get(self) -> Duration {
        self.0
    }

    /// Returns it, within a session that has so much left. What a flag asks is not shortened.
    pub fn within(asked: &Sourced<Self>, left: Option<Duration>) -> Result<Self, InvalidTokenLife> {
        match left {
            Some(left) if left < asked.value.0 => match asked.origin {
                Origin::Default if left >= Self::LEAST => Ok(Self(Duration::from_secs(left.as_secs()))),
                _ => Err(InvalidTokenLife::Session),
            },
            Some(_) | None => Ok(asked.value),
        }
    }
}

impl TryFrom<Duration> for TokenLife {
    type Error = InvalidTokenLife;

    fn try_from(length: Duration) -> Result<Self, Self::Error> {
        let fits = (Self::LEAST..=Duration::from_secs(3_600)).contains(&length);
        if fits { Ok(Self(Duration::from_secs(length.as_secs()))) } else { Err(InvalidTokenLife::Length) }
    }
}

/// Returns the plan for a task as the root of an account, by way of a profile, or of the default identity.
pub fn plan_root(
    catalog: &Catalog,
    via: Option<&str>,
    account: &Sourced<AccountId>,
    task: &Sourced<RootTask>,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<Plan, PlanError> {
    let chosen = match via {
        Some(via) => via.to_owned(),
        None => default_name(catalog, "root", &account.origin)?,
    };
    let (mut plan, partition, reach) = plan_for("AssumeRoot", catalog, &chosen, overrides, who)?;
    let because = match (&plan.start, plan.hops.is_empty()) {
        (Start::Keys(_), true) => Reason::RootTask,
        (Start::Keys(_) | Start::MfaSession(_) | Start::SignIn(_), _) => Reason::RootTaskByRole,
    };
    plan.profile = format!("root of {}", account.value);
    plan.last = Some(Box::new(AssumeRoot { account: account.clone(), partition, task: task.clone(), reach, because }));
    Ok(plan)
}

/// Returns the plan for the credentials that ask for a token, and how STS is reached then.
pub fn plan_token(
    catalog: &Catalog,
    name: &str,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Plan, Reach), PlanError> {
    let (plan, _, reach) = plan_for("GetWebIdentityToken", catalog, name, overrides, who)?;
    Ok((plan, reach))
}

/// Returns the plan for the credentials that make such a call. They are never those of GetSessionToken: a role stands
/// between, the only one that is declared for that identity.
///
/// Source: STS API Reference, `GetSessionToken`.
fn plan_for(
    what: &'static str,
    catalog: &Catalog,
    name: &str,
    overrides: &Overrides,
    who: &SessionName,
) -> Result<(Plan, Partition, Reach), PlanError> {
    let direct = plan_and_reach(catalog, name, overrides, who)?;
    let (mut plan, partition, mut reach) = match &direct.0.start {
        Start::MfaSession(session) if direct.0.hops.is_empty() => {
            let between = roles_of(&session.keys.name, catalog, who);
            let [role] = between.as_slice() else {
                let (identity, origin) = (session.keys.name.clone(), session.device.serial.origin.clone());
                return Err(PlanError::NoMfaSession { what, identity, roles: between, origin });
            };
            let mut through = plan_and_reach(catalog, role, overrides, who)?;
            if let Some(hop) = through.0.hops.last_mut() {
                hop.because = Reason::BetweenMfaSession;
            }
            through
        }
        Start::Keys(_) | Start::MfaSession(_) | Start::SignIn(_) => direct,
    };
    plan.profile = name.to_owned();
    // The global host knows neither call.
    if reach.region.value.as_str() == "aws-global" {
        let declared = plan.region.clone().filter(|region| region.value.as_str() != "aws-global");
        reach.region = declared.unwrap_or_else(|| Sourced::by_default(partition.implicit_region()));
    }
    Ok((plan, partition, reach))
}

/// Returns the roles of our file that are reached from that identity in one hop.
fn roles_of(identity: &str, catalog: &Catalog, who: &SessionName) -> Vec<String> {
    let is_next = |role: &String| {
        // What is wrong with another role does not concern this one.
        plan(catalog, role, &Overrides::none(), who)
            .is_ok_and(|plan| plan.start.name() == identity && plan.hops.len() == 1)
    };
    catalog.roles().into_iter().filter(is_next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_outlives_the_session_that_asks_for_it() {
        let seconds = |seconds| Duration::from_secs(seconds);
        let life = |s| TokenLife::try_from(seconds(s)).unwrap();
        let (default, flag) =
            (Sourced::by_default(TokenLife::DEFAULT), |s| Sourced::new(life(s), Origin::Flag("--duration")));
        assert_eq!(TokenLife::within(&default, None), Ok(TokenLife::DEFAULT));
        assert_eq!(TokenLife::within(&default, Some(seconds(301))), Ok(TokenLife::DEFAULT));
        assert_eq!(TokenLife::within(&default, Some(seconds(120))), Ok(life(120)));
        assert_eq!(TokenLife::within(&default, Some(seconds(59))), Err(InvalidTokenLife::Session));
        assert_eq!(TokenLife::within(&flag(3_600), Some(seconds(3_600))), Ok(life(3_600)));
        assert_eq!(TokenLife::within(&flag(3_600), Some(seconds(3_599))), Err(InvalidTokenLife::Session));
        for wrong in [59, 3_601] {
            assert_eq!(TokenLife::try_from(seconds(wrong)), Err(InvalidTokenLife::Length));
        }
    }
}
