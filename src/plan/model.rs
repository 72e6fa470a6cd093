//! A plan as data: where credentials start, and each exchange after that, in order.

use std::time;

use super::last::AssumeRoot;
use super::sign_in::SignIn;
use crate::config::{Origin, ProvidedContext, Sourced, StaticKeys};
use crate::terms::{
    ExternalId, MfaSerial, PolicyArn, Region, RoleArn, RoleDuration, SessionName, SessionPolicy, SourceIdentity, Tag,
    TagKey, TokenDuration, is_this_machine,
};

/// Everything that will be done to become a profile, and why.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name that was asked for.
    pub profile: String,
    /// Where it begins.
    pub start: Start,
    /// The AssumeRole calls, in order. Empty for an identity that is handed over as it is.
    pub hops: Vec<Hop>,
    /// A task as the root of an account, after all roles.
    pub last: Option<Box<AssumeRoot>>,
    /// The Region to hand over with the credentials, where one was declared.
    pub region: Option<Sourced<Region>>,
    /// Where it was declared that a person has to agree to each hand-over.
    pub confirm: Option<Origin>,
    /// Whether what is done at AWS is written into the ledger (`ledger`).
    pub ledger: bool,
}

/// What stands before the first hop.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one")]
pub enum Start {
    /// Credentials as their source gives them.
    Keys(Base),
    /// An MFA session made from a long-term key.
    MfaSession(Box<MfaSession>),
    /// A proof of who somebody is, traded in for a role.
    SignIn(Box<SignIn>),
}

impl Start {
    /// What it is called: an identity of our file, or an AWS profile.
    pub fn name(&self) -> &str {
        match self {
            Self::Keys(base) => &base.name,
            Self::MfaSession(session) => &session.keys.name,
            Self::SignIn(sign_in) => &sign_in.name,
        }
    }

    /// Where it was chosen.
    pub fn chosen(&self) -> &Origin {
        match self {
            Self::Keys(base) => &base.chosen,
            Self::MfaSession(session) => &session.keys.chosen,
            Self::SignIn(sign_in) => &sign_in.chosen,
        }
    }

    /// Where its credentials, or its proof, are declared.
    pub fn origin(&self) -> &Origin {
        match self {
            Self::Keys(base) => &base.source.origin,
            Self::MfaSession(session) => &session.keys.source.origin,
            Self::SignIn(sign_in) => &sign_in.origin,
        }
    }

    /// How many exchanges it takes.
    pub fn steps(&self) -> usize {
        match self {
            Self::Keys(_) => 0,
            Self::MfaSession(_) | Self::SignIn(_) => 1,
        }
    }
}

/// The identity somebody starts as.
#[derive(Clone, Debug)]
pub struct Base {
    /// What it is called: an identity of our file, or an AWS profile.
    pub name: String,
    /// Where it was chosen.
    pub chosen: Origin,
    /// Where its credentials come from.
    pub source: Sourced<BaseSource>,
}

/// Where an identity's credentials come from.
#[derive(Clone, Debug)]
pub enum BaseSource {
    /// A long-term key in the vault, under this identity's name.
    VaultKey,
    /// Keys in an AWS file.
    FileKeys(StaticKeys),
    /// The environment variables.
    Environment,
    /// The container endpoint.
    Container,
    /// The instance metadata service.
    Instance,
    /// A program that prints them.
    Process(String),
    /// What `aws login` keeps for this ARN, and where it is refreshed.
    LoginSession {
        /// The ARN of whoever signed in.
        session: String,
        /// The Region that is declared for it.
        region: Option<Region>,
    },
}

/// `GetSessionToken` with an MFA code.
#[derive(Clone, Debug)]
pub struct MfaSession {
    /// The long-term key that it is made from.
    pub keys: Base,
    /// Whose code it takes.
    pub device: Device,
    /// How long it lasts.
    pub duration: Sourced<TokenDuration>,
    /// An older session than this is not good enough for a trust policy on the way.
    pub max_age: Option<Sourced<time::Duration>>,
    /// How STS is reached.
    pub reach: Reach,
    /// Why there is one.
    pub because: Reason,
}

/// An MFA device, and how its code is had without a person.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its serial number or ARN.
    pub serial: Sourced<MfaSerial>,
    /// A command that prints the code.
    pub process: Option<Sourced<String>>,
}

/// One AssumeRole call.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The profile that declares it.
    pub profile: String,
    /// The role.
    pub role_arn: Sourced<RoleArn>,
    /// What the role's owner demands.
    pub external_id: Option<Sourced<ExternalId>>,
    /// The device whose code goes into this very call.
    pub mfa: Option<Device>,
    /// How long the session lasts.
    pub duration: Duration,
    /// What the session is called.
    pub session_name: Sourced<SessionName>,
    /// Who is behind it.
    pub source_identity: Option<Sourced<SourceIdentity>>,
    /// Session tags.
    pub tags: Vec<Sourced<Tag>>,
    /// Which of the tags go on to chained sessions.
    pub transitive_tags: Vec<Sourced<TagKey>>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<Sourced<PolicyArn>>,
    /// An inline policy that narrows the session.
    pub policy: Option<Sourced<SessionPolicy>>,
    /// What others assert about the session's user.
    pub provided_contexts: Vec<Sourced<ProvidedContext>>,
    /// How STS is reached.
    pub reach: Reach,
    /// Why it stands where it stands.
    pub because: Reason,
}

/// How long a role session lasts, and why not as long as somebody asked.
#[derive(Clone, Debug)]
pub struct Duration {
    /// What is sent.
    pub effective: Sourced<RoleDuration>,
    /// What was asked for, where it was more.
    pub capped_from: Option<RoleDuration>,
}

/// How an STS call reaches AWS.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The Region; `aws-global` is the global host.
    pub region: Sourced<Region>,
    /// Another host than the Region's own.
    pub endpoint_url: Option<Sourced<url::Url>>,
    /// FIPS 140 hosts.
    pub fips: bool,
    /// Hosts that also answer over IPv6.
    pub dual_stack: bool,
}

impl Reach {
    /// Returns the host of an endpoint that is neither AWS's own nor on this machine: what is sent there is to be named.
    pub fn foreign_host(&self) -> Option<&str> {
        let url = &self.endpoint_url.as_ref()?.value;
        let host = url.host_str()?;
        let awss = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu", ".amazonwebservices.com.cn"];
        (!is_this_machine(url) && !awss.iter().any(|suffix| host.ends_with(suffix))).then_some(host)
    }
}

/// Why a step is planned as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// One MFA session serves every role of this identity that lasts an hour at most.
    OneCodeForAllRoles,
    /// Nothing but an MFA session was asked for.
    SessionAsked,
    /// The code goes into AssumeRole itself: a session made from an MFA session would end after an hour.
    LongerThanAnHour,
    /// The code goes into AssumeRole itself: GetSessionToken takes long-term keys only.
    NotALongTermKey,
    /// The role is assumed with the identity's own credentials.
    FromIdentity,
    /// The role is assumed with the MFA session.
    FromMfaSession,
    /// The role is assumed with the session of the role before it.
    Chained,
    /// Root of a member account for one task, with the identity's own credentials.
    RootTask,
    /// The same, with a role's: an MFA session is not taken.
    RootTaskByRole,
    /// The role stands between, since the next call takes no MFA session.
    BetweenMfaSession,
    /// The proof names its bearer, so that no other credentials are needed.
    ProofTradedIn,
}

impl Reason {
    /// Returns the reason as a sentence, stable for scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneCodeForAllRoles => "one MFA session serves every role of this identity that lasts at most 1h",
            Self::SessionAsked => "the identity itself was asked for, and it has an MFA device",
            Self::LongerThanAnHour => {
                "the MFA code goes into AssumeRole itself, since a role assumed with an MFA session lasts at most 1h"
            }
            Self::NotALongTermKey => {
                "the MFA code goes into AssumeRole itself, since GetSessionToken takes long-term keys only"
            }
            Self::FromIdentity => "assumed with the identity's own credentials",
            Self::FromMfaSession => "assumed with the MFA session",
            Self::Chained => "assumed with the role before it (role chaining)",
            Self::RootTask => "root of a member account for this one task, assumed with the identity's own credentials",
            Self::RootTaskByRole => {
                "root of a member account for this one task, assumed with the role before it: AssumeRoot takes no MFA session"
            }
            Self::BetweenMfaSession => {
                "assumed with the MFA session, which the next call would not take: the only role that is declared for this identity"
            }
            Self::ProofTradedIn => "the sign-in is traded in for this role, and takes no other credentials",
        }
    }
}
