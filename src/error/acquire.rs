//! What a person is told when a role cannot be had: AWS's own words, and what usually helps.

use super::{Error, Kind};
use crate::acquire::{AcquireError, SharedRefusal, Step};
use crate::aws::{AwsError, Refusal};
use crate::session::{FlightError, Phase};

impl From<AcquireError> for Error {
    fn from(error: AcquireError) -> Self {
        match error {
            AcquireError::Identity(error) => error.into(),
            AcquireError::Mfa(error) => error.into(),
            AcquireError::Codes { error, last } => Self::from(error).because(last.to_string()),
            AcquireError::Flight(error) => error.into(),
            AcquireError::Step { ref step, ref source } => {
                let (kind, hint, origin) = (kind(source), hint(source, step), step.origin.clone());
                Self::new(kind, error).at(&origin).with_hint(hint)
            }
            AcquireError::Shared { ref step, ref source, .. } => match &**source {
                SharedRefusal::Aws(refusal) => {
                    let (hint, origin) = (for_refusal(refusal, step), step.origin.clone());
                    Self::new(kind_of(refusal), error).at(&origin).with_hint(hint)
                }
                SharedRefusal::Unreachable(_) => Self::new(Kind::Unreachable, error).with_hint(TRY_AGAIN.to_owned()),
                SharedRefusal::Declined(_) => {
                    let hint = format!("run `assume {}` to be asked again", step.asked);
                    Self::new(Kind::Declined, error).with_hint(hint)
                }
            },
        }
    }
}

impl From<FlightError> for Error {
    fn from(error: FlightError) -> Self {
        let (kind, hint) = match &error {
            FlightError::Stuck { pid, phase: Phase::Calls, .. } => {
                (Kind::Unreachable, format!("see what process {pid} is waiting for, or end it"))
            }
            FlightError::Stuck { pid, phase: Phase::Person, .. } => {
                (Kind::PersonNeeded, format!("answer the question of process {pid}, then try again"))
            }
            FlightError::Folder { folder, .. } => (Kind::System, format!("look at who owns {}", folder.display())),
        };
        Self::new(kind, error).with_hint(hint)
    }
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Self {
        let kind = kind(&error);
        let hint = for_way(&error);
        Self::new(kind, error).with_hint(hint)
    }
}

fn kind(error: &AwsError) -> Kind {
    match error {
        AwsError::Refused(refusal) => kind_of(refusal),
        AwsError::NoAnswer { .. } | AwsError::Setup { .. } => Kind::Unreachable,
        AwsError::CaBundle { .. } => Kind::Config,
    }
}

fn kind_of(refusal: &Refusal) -> Kind {
    if refusal.is_passing() { Kind::Unreachable } else { Kind::Refused }
}

fn hint(error: &AwsError, step: &Step) -> Option<String> {
    match error {
        AwsError::Refused(refusal) => for_refusal(refusal, step),
        AwsError::NoAnswer { .. } | AwsError::Setup { .. } | AwsError::CaBundle { .. } => for_way(error),
    }
}

fn for_way(error: &AwsError) -> Option<String> {
    match error {
        AwsError::NoAnswer { reason, .. } if reason.contains("certificate") => {
            Some("behind a proxy that opens TLS, name its certificates in AWS_CA_BUNDLE".to_owned())
        }
        AwsError::NoAnswer { .. } => Some(TRY_AGAIN.to_owned()),
        AwsError::CaBundle { .. } => Some("AWS_CA_BUNDLE has to name a file of PEM certificates".to_owned()),
        AwsError::Refused(_) | AwsError::Setup { .. } => None,
    }
}

/// Source: STS API Reference, "Common errors" and each action's own; where STS gives one code to many causes, its text
/// tells them apart.
fn for_refusal(refusal: &Refusal, step: &Step) -> Option<String> {
    let Step { profile, asked, carried, .. } = step;
    let text = match refusal.code.as_str() {
        "AccessDenied" if refusal.message.contains("unable to validate MFA code") => {
            "check the MFA serial: it has to be a device of the very user whose key this is".to_owned()
        }
        "AccessDenied" if refusal.message.contains("sts:TagSession") => {
            "the role's trust policy (and yours) must allow sts:TagSession before tags can be sent".to_owned()
        }
        "AccessDenied" if refusal.message.contains("sts:SetSourceIdentity") => {
            "the role's trust policy (and yours) must allow sts:SetSourceIdentity before one can be sent".to_owned()
        }
        "AccessDenied" => {
            let mut missing = Vec::new();
            if !carried.external_id {
                missing.push("no external ID");
            }
            if !carried.mfa {
                missing.push("no MFA");
            }
            let sent = match missing.as_slice() {
                [] => String::new(),
                missing => format!(" ({} was sent)", missing.join(" and ")),
            };
            format!(
                "AWS does not say which: the role may not exist, its trust policy may not name you or demand something \
                 else{sent}, or you may not call sts:AssumeRole on it; `assume explain {asked}` shows what is sent"
            )
        }
        "InvalidClientTokenId" => {
            format!(
                "that key is not known to AWS: deleted, inactive, or of another partition; `assume explain {asked}`"
            )
        }
        "ExpiredToken" | "ExpiredTokenException" => {
            format!("the credentials that it starts from have ended: get new ones, or `assume logout {asked}`")
        }
        "SignatureDoesNotMatch" if refusal.message.contains("ignature expired") => CLOCK.to_owned(),
        "SignatureDoesNotMatch" if refusal.message.contains("not yet current") => CLOCK.to_owned(),
        "RequestExpired" | "RequestTimeTooSkewed" => CLOCK.to_owned(),
        "SignatureDoesNotMatch" => "the secret key does not belong to the key id: store the pair again".to_owned(),
        "ValidationError" if refusal.message.contains("MaxSessionDuration") => {
            format!("ask for less (`duration` of \"{profile}\", or --duration 1h), or have the role's maximum raised")
        }
        "ValidationError" if refusal.message.contains("role chaining") => {
            "a role that is assumed from a role lasts at most 1h: ask for --duration 1h".to_owned()
        }
        "PackedPolicyTooLarge" => "shorten the session policy, or send fewer tags and policy ARNs".to_owned(),
        "MalformedPolicyDocument" => "mend the session policy: `policy`, `policy_file` or --policy".to_owned(),
        "RegionDisabledException" => "have STS activated in that Region, or name another one with --region".to_owned(),
        "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException" => {
            "AWS is asked too often from this account: wait a little and try again".to_owned()
        }
        _ => return None,
    };
    Some(text)
}

const TRY_AGAIN: &str = "check the network, HTTPS_PROXY and the endpoint; then try again";
const CLOCK: &str = "this machine's clock is off: set it by a time server (`timedatectl set-ntp true`)";
