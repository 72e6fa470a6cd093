//! A step of a plan as the call that makes it.

use std::time::{Duration, SystemTime};

use super::failure::{Carried, Packed, SignedIn, Step};
use crate::aws::{AwsError, Line, Tries};
use crate::plan::{AssumeRoot, Base, Device, Exchange, Hop, MfaSession, Plan, Reach, SignIn, Start};
use crate::session::{Credentials, Lineage, Via};
use crate::sts;
use crate::terms::SecretString;

/// What a step calls.
#[derive(Clone, Copy)]
pub(super) enum Call<'a> {
    /// A proof is traded in.
    Exchange(&'a SignIn),
    /// Made with the identity's own credentials.
    First(&'a Base, Signed<'a>),
    /// Made with what the step before gave.
    Next(Signed<'a>),
}

/// A call that is signed with credentials.
#[derive(Clone, Copy)]
pub(super) enum Signed<'a> {
    SessionToken(&'a MfaSession),
    AssumeRole(&'a Hop),
    AssumeRoot(&'a AssumeRoot),
}

impl<'a> Call<'a> {
    /// Returns the call of a plan's step, counted from 1.
    pub(super) fn of(plan: &'a Plan, count: usize) -> Self {
        match &plan.start {
            Start::Keys(base) if count == 1 => Self::First(base, Signed::after(plan, 0)),
            Start::MfaSession(session) if count == 1 => Self::First(&session.keys, Signed::SessionToken(session)),
            Start::SignIn(sign_in) if count == 1 => Self::Exchange(sign_in),
            start @ (Start::Keys(_) | Start::MfaSession(_) | Start::SignIn(_)) => {
                Self::Next(Signed::after(plan, count - start.steps() - 1))
            }
        }
    }

    /// Returns a plan's step as its failure, or its card, has to name it.
    pub(super) fn step(plan: &Plan, count: usize) -> Step {
        let asked = plan.profile.clone();
        let call = Call::of(plan, count);
        let endpoint = call.reach().endpoint_url.as_ref().map(|url| (url.value.to_string(), url.origin.clone()));
        let (signed, signer) = match call {
            Call::Exchange(sign_in) => {
                return Step {
                    profile: sign_in.profile().to_owned(),
                    role_arn: sign_in.role_arn().map(|role| role.value.to_string()),
                    origin: sign_in.role_arn().map_or(&sign_in.origin, |role| &role.origin).clone(),
                    asked,
                    carried: Carried::default(),
                    signer: None,
                    sign_in: Some(SignedIn {
                        name: sign_in.name.clone(),
                        by: sign_in.operation(),
                        origin: sign_in.origin.clone(),
                        claims: None,
                    }),
                    endpoint,
                };
            }
            Call::First(base, signed) => (signed, Some((base.name.clone(), base.source.origin.clone()))),
            Call::Next(signed) => (signed, None),
        };
        match signed {
            Signed::SessionToken(session) => Step {
                profile: session.keys.name.clone(),
                role_arn: None,
                origin: session.device.serial.origin.clone(),
                asked,
                carried: Carried { mfa: true, code: true, ..Carried::default() },
                signer,
                sign_in: None,
                endpoint,
            },
            Signed::AssumeRole(hop) => Step {
                profile: hop.profile.clone(),
                role_arn: Some(hop.role_arn.value.to_string()),
                origin: hop.role_arn.origin.clone(),
                asked,
                carried: Carried {
                    external_id: hop.external_id.is_some(),
                    mfa: hop.mfa.is_some() || (count == 2 && matches!(plan.start, Start::MfaSession(_))),
                    code: hop.mfa.is_some(),
                    packed: Packed::of(hop),
                },
                signer,
                sign_in: None,
                endpoint,
            },
            Signed::AssumeRoot(task) => Step {
                profile: plan.profile.clone(),
                role_arn: Some(task.arn()),
                origin: task.account.origin.clone(),
                asked,
                carried: Carried::default(),
                signer,
                sign_in: None,
                endpoint,
            },
        }
    }

    /// How it reaches AWS.
    pub(super) fn reach(self) -> &'a Reach {
        match self {
            Self::Exchange(sign_in) => sign_in.reach(),
            Self::First(_, signed) | Self::Next(signed) => signed.reach(),
        }
    }

    /// Returns how far this machine's clock is behind AWS's, or before it: AssumeRole's session ends the asked time after
    /// AWS's now. That of an account's root is shorter than asked for, so GetSessionToken tells nothing.
    pub(super) fn clock_off(self, session: &Credentials, now: SystemTime) -> Option<(Duration, &'static str)> {
        let length = match self {
            Self::Exchange(sign_in) => match &sign_in.exchange {
                Exchange::WebIdentity(exchange) => exchange.duration.value.get(),
                // The assertion may make it shorter.
                Exchange::Saml(_) => return None,
                // The pool gives an hour, mostly.
                Exchange::Pool(_) => return None,
                Exchange::RoleCredentials(_) => return permission_set_off(session, now),
            },
            Self::First(_, Signed::AssumeRole(hop)) | Self::Next(Signed::AssumeRole(hop)) => {
                hop.duration.effective.value.get()
            }
            Self::First(_, Signed::AssumeRoot(_)) | Self::Next(Signed::AssumeRoot(_)) => AssumeRoot::DURATION,
            Self::First(_, Signed::SessionToken(_)) | Self::Next(Signed::SessionToken(_)) => return None,
        };
        let aws_now = session.expires_at()?.checked_sub(length)?;
        Some(match aws_now.duration_since(now) {
            Ok(off) => (off, "slow"),
            Err(error) => (error.duration(), "fast"),
        })
    }
}

/// How long the sessions of a permission set last, nobody tells; at least and at most so long.
/// Source: IAM Identity Center User Guide, "Set session duration for AWS accounts".
const PERMISSION_SET: (Duration, Duration) = (Duration::from_secs(3_600), Duration::from_secs(43_200));

/// Returns how far the clock is off at least.
fn permission_set_off(session: &Credentials, now: SystemTime) -> Option<(Duration, &'static str)> {
    let left = session.expires_at()?.duration_since(now).unwrap_or_default();
    let (least, most) = PERMISSION_SET;
    if left < least { Some((least - left, "fast")) } else { Some((left.saturating_sub(most), "slow")) }
}

impl<'a> Signed<'a> {
    /// The call after the start and so many roles.
    fn after(plan: &'a Plan, roles: usize) -> Self {
        match &plan.last {
            Some(task) if roles == plan.hops.len() => Self::AssumeRoot(task),
            Some(_) | None => Self::AssumeRole(&plan.hops[roles]),
        }
    }

    /// The device whose code it takes.
    pub(super) fn device(self) -> Option<&'a Device> {
        match self {
            Self::SessionToken(session) => Some(&session.device),
            Self::AssumeRole(hop) => hop.mfa.as_ref(),
            Self::AssumeRoot(_) => None,
        }
    }

    fn reach(self) -> &'a Reach {
        match self {
            Self::SessionToken(session) => &session.reach,
            Self::AssumeRole(hop) => &hop.reach,
            Self::AssumeRoot(task) => &task.reach,
        }
    }

    /// Makes the call with these credentials, and with a code where it takes one; how often, the code decides. Returns the
    /// session, and how full its token is where STS said so.
    pub(super) fn send(
        self,
        line: &Line<'_>,
        by: &Credentials,
        code: Option<(&SecretString, Tries)>,
        contexts: &[sts::Context],
    ) -> Result<(Credentials, Option<u8>), AwsError> {
        let alone = |credentials| (credentials, None);
        match (self, code) {
            (Self::SessionToken(session), Some(code)) => sts::session_token(line, session, by, code).map(alone),
            (Self::SessionToken(_), None) => Err(AwsError::Setup { reason: "an MFA session takes a code".to_owned() }),
            (Self::AssumeRole(hop), code) => sts::assume_role(line, hop, by, code, contexts),
            (Self::AssumeRoot(task), _) => sts::assume_root(line, task, by).map(alone),
        }
    }

    /// Returns how its result was had, by whom it was called.
    pub(super) fn lineage(self, by: &Credentials) -> Lineage {
        let mut lineage = by.lineage.clone();
        lineage.0.push(match self {
            Self::SessionToken(_) => Via::SessionToken,
            Self::AssumeRole(_) => Via::AssumeRole,
            Self::AssumeRoot(_) => Via::AssumeRoot,
        });
        lineage
    }
}
