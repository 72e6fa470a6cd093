//! Why a name cannot become a plan.

use crate::config::{ConfigError, Origin};
use crate::terms::{InvalidRoleArn, MfaSerial, Partition};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// What was declared cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Nobody declared that name.
    #[error("there is no profile `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// Names like it, nearest first.
        nearest: Vec<String>,
        /// Where it is asked for, if not on the command line.
        origin: Option<Origin>,
    },
    /// Something that is meant as a role's ARN, and is none.
    #[error("{reason}")]
    NotARole {
        /// What is wrong with it.
        reason: InvalidRoleArn,
        /// Where it is asked for, if not on the command line.
        origin: Option<Origin>,
    },
    /// The way to a role comes back to where it was.
    #[error("the profiles lead in a circle: {}", show_loop(hops))]
    Loop {
        /// The profiles in order, and where each names the next.
        hops: Vec<LoopHop>,
    },
    /// A role that does not say whom it is reached from.
    #[error("`{profile}` does not say which identity it is reached from")]
    NoIdentity {
        /// The role profile.
        profile: String,
        /// Where it is declared.
        origin: Origin,
        /// The identities there are.
        identities: Vec<String>,
    },
    /// An AWS profile with a role and neither or both of its sources.
    #[error("`{profile}` has role_arn with {found} of source_profile and credential_source, and it needs exactly one")]
    SourceCount {
        /// The profile.
        profile: String,
        /// `neither` or `both`.
        found: &'static str,
        /// Where it is declared.
        origin: Origin,
    },
    /// An AWS profile without anything that gives credentials.
    #[error("`{profile}` has neither a role nor credentials")]
    NothingThere {
        /// The profile.
        profile: String,
        /// Where it is declared.
        origin: Origin,
    },
    /// A sign-in that this version does not perform.
    #[error("`{profile}` starts with a sign-in, which this version cannot do")]
    SignIn {
        /// The profile.
        profile: String,
        /// The setting that says so.
        origin: Origin,
    },
    /// A sign-in that was asked for by itself.
    #[error("`{name}` is a sign-in, and a sign-in gives the credentials of a role only")]
    NoRole {
        /// The identity, or the profile.
        name: String,
        /// Where it is declared.
        origin: Origin,
    },
    /// What the exchange of a sign-in has no place for.
    #[error("`{profile}` is had by {by}, which carries no {what}")]
    NotCarried {
        /// The role profile.
        profile: String,
        /// The exchange, by its AWS name.
        by: &'static str,
        /// What it cannot carry.
        what: &'static str,
        /// Where that is declared.
        origin: Origin,
    },
    /// A secret that would be readable on its way.
    #[error("{what} would go to {host} by http, where others on the way can read it")]
    InTheClear {
        /// The secret.
        what: &'static str,
        /// Where it would go.
        host: String,
        /// Where that is declared.
        origin: Origin,
    },
    /// A flag that the last call of the plan has no place for.
    #[error("{flag} cannot be carried out for `{profile}`: {why}")]
    FlagRefused {
        /// The flag.
        flag: &'static str,
        /// The profile.
        profile: String,
        /// Why not.
        why: &'static str,
    },
    /// Hops of one chain that name different devices: only the identity's own keys can present a code.
    #[error("`{profile}` needs codes of two MFA devices, `{first}` and `{second}`, and one chain can present one only")]
    TwoDevices {
        /// The profile.
        profile: String,
        /// The device that was found first.
        first: MfaSerial,
        /// The other one.
        second: MfaSerial,
        /// Where the other one is declared.
        origin: Origin,
    },
    /// MFA for credentials that are temporary already.
    #[error("`{profile}` needs an MFA code, and `{base}` cannot present one: {what}")]
    MfaImpossible {
        /// The profile.
        profile: String,
        /// The identity.
        base: String,
        /// What it is.
        what: &'static str,
        /// Where the device is declared.
        origin: Origin,
    },
    /// A call that takes no MFA session, from an identity that has one and not exactly one role.
    #[error("`{identity}` has an MFA device, and {what} takes no MFA session: a role has to stand between")]
    NoMfaSession {
        /// The call.
        what: &'static str,
        /// The identity.
        identity: String,
        /// The roles that could.
        roles: Vec<String>,
        /// Where the device is declared.
        origin: Origin,
    },
    /// A chain from one partition into another.
    #[error(
        "`{profile}` is in partition {to}, and is reached from a role in {from}: roles cannot be assumed across partitions"
    )]
    AcrossPartitions {
        /// The profile.
        profile: String,
        /// The partition of the role before.
        from: Partition,
        /// The partition of the role.
        to: Partition,
        /// Where the role is declared.
        origin: Origin,
    },
    /// Transitive tags that are no tags of the call, too many of something, or too much text together.
    #[error("{what}")]
    Limit {
        /// What is too much.
        what: String,
        /// Where.
        origin: Origin,
    },
    /// FIPS or dual-stack together with an endpoint of one's own.
    #[error("an endpoint of one's own cannot be combined with {setting}")]
    EndpointConflict {
        /// The other setting.
        setting: &'static str,
        /// Where the endpoint is declared.
        origin: Origin,
    },
}

/// One profile of a loop.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoopHop {
    /// The profile.
    pub name: String,
    /// Where it names the next.
    pub origin: Origin,
}

fn show_loop(hops: &[LoopHop]) -> String {
    let mut text: String = hops.iter().map(|hop| format!("{} → ", hop.name)).collect();
    text.push_str(hops.first().map_or("", |hop| hop.name.as_str()));
    text
}
