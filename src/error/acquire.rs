//! What a person is told when a role cannot be had: AWS's own words, and what usually helps.

use super::{Error, Kind};
use crate::acquire::{AcquireError, Packed, SharedRefusal, Step};
use crate::aws::{AwsError, Refusal, is_about_certificates};
use crate::config::Origin;
use crate::session::{FlightError, Phase};
use crate::terms::is_this_machine;

impl From<AcquireError> for Error {
    fn from(error: AcquireError) -> Self {
        match error {
            AcquireError::Identity { error, origin } => Self::from(*error).at(&origin),
            AcquireError::Mfa { error, origin } => Self::from(*error).at(&origin),
            AcquireError::Codes { error, last, origin } => Self::from(*error).because(last.to_string()).at(&origin),
            AcquireError::Flight(error) => error.into(),
            AcquireError::Step { ref step, ref source } => {
                let (kind, hint, origins) = (kind(source), hint(source, step), origins(source, step));
                origins.iter().fold(Self::new(kind, error), |told, origin| told.at(origin)).with_hint(hint)
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

/// Where the role is declared, and what the failure is more likely about: the key, or the endpoint.
fn origins(error: &AwsError, step: &Step) -> Vec<Origin> {
    let more = match error {
        AwsError::Refused(_) if step.sign_in.is_some() => {
            let proof = step.sign_in.iter().map(|sign_in| sign_in.origin.clone());
            return std::iter::once(step.origin.clone()).chain(proof).collect();
        }
        AwsError::Refused(refusal) if is_about_key(refusal) => step.signer.as_ref(),
        AwsError::NoAnswer { .. } => step.endpoint.as_ref(),
        AwsError::Refused(_) | AwsError::Setup { .. } | AwsError::CaBundle { .. } => None,
    };
    std::iter::once(step.origin.clone()).chain(more.map(|(_, origin)| origin.clone())).collect()
}

fn hint(error: &AwsError, step: &Step) -> Option<String> {
    match (error, &step.endpoint) {
        (AwsError::Refused(refusal), _) => for_refusal(refusal, step),
        (AwsError::NoAnswer { sent: true, .. }, _) if step.carried.code => {
            Some(format!("{TRY_AGAIN}, with the next code: AWS may have taken this one"))
        }
        (AwsError::NoAnswer { reason, .. }, Some((url, _)))
            if reason.contains("refused") && is_of_this_machine(url) =>
        {
            Some(format!("is there a server at {url}, and is that where STS is to be asked?"))
        }
        (AwsError::NoAnswer { .. } | AwsError::Setup { .. } | AwsError::CaBundle { .. }, _) => for_way(error),
    }
}

/// A server of somebody's own that is not started is the likelier cause than the network.
fn is_of_this_machine(url: &str) -> bool {
    url.parse().is_ok_and(|url| is_this_machine(&url))
}

fn for_way(error: &AwsError) -> Option<String> {
    match error {
        AwsError::NoAnswer { reason, .. } if is_about_certificates(reason) => {
            Some("behind a proxy that opens TLS, name its certificates in AWS_CA_BUNDLE".to_owned())
        }
        AwsError::NoAnswer { reason, .. } if reason.contains("InvalidContentType") => {
            Some("that server does not speak TLS: is its URL http:// and not https://?".to_owned())
        }
        AwsError::NoAnswer { reason, .. } if reason.contains("not AWS's") => Some(
            "something on the way answered in AWS's place: sign in to the network, or check HTTPS_PROXY and the endpoint"
                .to_owned(),
        ),
        AwsError::NoAnswer { reason, .. } if reason.contains("lookup") => {
            Some("check the network, and whether the Region or the endpoint is written right".to_owned())
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
    if is_clock(refusal) {
        return Some(CLOCK.to_owned());
    }
    if let Some(hint) = step.sign_in.as_ref().and_then(|sign_in| super::sign_in::hint(refusal, step, sign_in)) {
        return Some(hint);
    }
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
        "AccessDenied" if refusal.message.contains("sts:SetContext") => {
            "the role's trust policy (and yours) must allow sts:SetContext before a context can be sent".to_owned()
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
                "AWS does not say why: the role may not exist, its trust policy may not name you or may demand something \
                 else{sent}, or you may not call sts:AssumeRole on it; `assume explain {asked}` shows what is sent"
            )
        }
        "SignatureDoesNotMatch" if is_scope(refusal) => {
            "check the Region: `region` of the profile, AWS_REGION or --region".to_owned()
        }
        "InvalidClientTokenId" => match &step.signer {
            Some((identity, _)) => format!(
                "AWS does not know the key of `{identity}`: deleted, inactive, or of another partition (aws-cn, aws-us-gov)"
            ),
            None => format!("AWS does not know that session any more: `assume logout {asked}`, then try again"),
        },
        "ExpiredToken" | "ExpiredTokenException" => match &step.signer {
            Some((identity, _)) => {
                format!("the credentials of `{identity}` have ended: get new ones where those came from")
            }
            None => format!("the session that it is reached from has ended: `assume logout {asked}`, then try again"),
        },
        "SignatureDoesNotMatch" => match &step.signer {
            Some((identity, _)) => {
                format!("the secret key of `{identity}` does not belong to its key id: store the pair again")
            }
            None => format!("what was kept of that session is damaged: `assume logout {asked}`, then try again"),
        },
        "ValidationError" if refusal.message.contains("MaxSessionDuration") => {
            format!("ask for less (`duration` of \"{profile}\", or --duration 1h), or have the role's maximum raised")
        }
        "ValidationError" if refusal.message.contains("role chaining") => {
            "a role that is assumed from a role lasts at most 1h: ask for --duration 1h".to_owned()
        }
        "PackedPolicyTooLarge" => too_large(carried.packed),
        "MalformedPolicyDocument" => "mend the session policy: `policy`, `policy_file` or --policy".to_owned(),
        "RegionDisabledException" => "have STS activated in that Region, or name another one with --region".to_owned(),
        _ if refusal.is_passing() => {
            let why = if refusal.status >= 500 {
                "that is AWS's trouble and not yours: try again in a minute (https://health.aws.amazon.com/health/status)"
            } else {
                "AWS is asked too often from this account: wait a little and try again"
            };
            let with = if carried.code { ", with the next code: AWS may have taken this one" } else { "" };
            format!("{why}{with}")
        }
        _ => return None,
    };
    Some(text)
}

/// Names what takes most of the token, with what would help. AWS packs texts, so that only their order can be told.
fn too_large(packed: Packed) -> String {
    let Packed { policy, arns, tags } = packed;
    let all = [
        (policy, "the session policy", "name fewer actions, or give a managed policy by --policy-arn instead"),
        (arns, "the ARNs of managed policies", "give fewer of them, or one of your own that says it all"),
        (tags, "the session tags", "send fewer, or with shorter values"),
    ];
    let total = policy + arns + tags;
    match all.into_iter().max_by_key(|(length, ..)| *length) {
        Some((length, what, help)) if length > 0 => {
            format!(
                "{what} {} {length} of the {total} characters that are sent: {help}",
                if what == "the session policy" { "has" } else { "have" }
            )
        }
        _ => "the tags that the roles before hand on are too many: make fewer of them transitive".to_owned(),
    }
}

/// Whether it is the caller's own credentials that AWS takes for wrong.
fn is_about_key(refusal: &Refusal) -> bool {
    let codes = ["InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException"];
    codes.contains(&refusal.code.as_str()) && !is_clock(refusal) && !is_scope(refusal)
}

fn is_clock(refusal: &Refusal) -> bool {
    match refusal.code.as_str() {
        "SignatureDoesNotMatch" => {
            refusal.message.contains("ignature expired") || refusal.message.contains("not yet current")
        }
        "RequestExpired" | "RequestTimeTooSkewed" => true,
        _ => false,
    }
}

/// The signature was made for a Region that there is not.
fn is_scope(refusal: &Refusal) -> bool {
    refusal.message.contains("scoped to a valid region")
}

const TRY_AGAIN: &str = "check the network, HTTPS_PROXY and the endpoint; then try again";
const CLOCK: &str = "this machine's clock is off: set it by a time server (`timedatectl set-ntp true`)";
