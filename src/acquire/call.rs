//! A step of a plan as the call that makes it.

use std::time::{Duration, SystemTime};

use super::failure::{Carried, Step};
use crate::aws::{AwsError, Line, Tries};
use crate::plan::{Device, Hop, MfaSession, Plan, Reach, Start};
use crate::session::{Credentials, Lineage, Via};
use crate::sts;
use crate::terms::SecretString;

/// What a step calls.
#[derive(Clone, Copy)]
pub(super) enum Call<'a> {
    SessionToken(&'a MfaSession),
    AssumeRole(&'a Hop),
}

impl<'a> Call<'a> {
    /// Returns the call of a plan's step, counted from 1.
    pub(super) fn of(plan: &'a Plan, count: usize) -> Self {
        match &plan.start {
            Start::Keys(_) => Self::AssumeRole(&plan.hops[count - 1]),
            Start::MfaSession(session) if count == 1 => Self::SessionToken(session),
            Start::MfaSession(_) => Self::AssumeRole(&plan.hops[count - 2]),
        }
    }

    /// Returns a plan's step as its failure, or its card, has to name it.
    pub(super) fn step(plan: &Plan, count: usize) -> Step {
        let asked = plan.profile.clone();
        let call = Call::of(plan, count);
        let signer = (count == 1).then(|| (plan.base().name.clone(), plan.base().source.origin.clone()));
        let endpoint = call.reach().endpoint_url.as_ref().map(|url| (url.value.to_string(), url.origin.clone()));
        match call {
            Call::SessionToken(session) => Step {
                profile: session.keys.name.clone(),
                role_arn: None,
                origin: session.device.serial.origin.clone(),
                asked,
                carried: Carried { external_id: false, mfa: true, code: true },
                signer,
                endpoint,
            },
            Call::AssumeRole(hop) => Step {
                profile: hop.profile.clone(),
                role_arn: Some(hop.role_arn.value.to_string()),
                origin: hop.role_arn.origin.clone(),
                asked,
                carried: Carried {
                    external_id: hop.external_id.is_some(),
                    mfa: hop.mfa.is_some() || (count == 2 && matches!(plan.start, Start::MfaSession(_))),
                    code: hop.mfa.is_some(),
                },
                signer,
                endpoint,
            },
        }
    }

    /// The device whose code it takes.
    pub(super) fn device(self) -> Option<&'a Device> {
        match self {
            Self::SessionToken(session) => Some(&session.device),
            Self::AssumeRole(hop) => hop.mfa.as_ref(),
        }
    }

    /// How it reaches AWS.
    pub(super) fn reach(self) -> &'a Reach {
        match self {
            Self::SessionToken(session) => &session.reach,
            Self::AssumeRole(hop) => &hop.reach,
        }
    }

    /// Makes the call with these credentials, and with a code where it takes one; how often, the code decides.
    pub(super) fn send(
        self,
        line: &Line<'_>,
        by: &Credentials,
        code: Option<(&SecretString, Tries)>,
    ) -> Result<Credentials, AwsError> {
        match (self, code) {
            (Self::SessionToken(session), Some(code)) => sts::session_token(line, session, by, code),
            (Self::SessionToken(_), None) => Err(AwsError::Setup { reason: "an MFA session takes a code".to_owned() }),
            (Self::AssumeRole(hop), code) => sts::assume_role(line, hop, by, code),
        }
    }

    /// Returns how far this machine's clock is behind AWS's, or before it: AssumeRole's session ends the asked time after
    /// AWS's now. That of an account's root is shorter than asked for, so GetSessionToken tells nothing.
    pub(super) fn clock_off(self, session: &Credentials, now: SystemTime) -> Option<(Duration, &'static str)> {
        let Self::AssumeRole(hop) = self else { return None };
        let aws_now = session.expires_at()?.checked_sub(hop.duration.effective.value.get())?;
        Some(match aws_now.duration_since(now) {
            Ok(off) => (off, "slow"),
            Err(error) => (error.duration(), "fast"),
        })
    }

    /// Returns how its result was had, by whom it was called.
    pub(super) fn lineage(self, by: &Credentials) -> Lineage {
        let mut lineage = by.lineage.clone();
        lineage.0.push(match self {
            Self::SessionToken(_) => Via::SessionToken,
            Self::AssumeRole(_) => Via::AssumeRole,
        });
        lineage
    }
}
