//! What can be declared, from either kind of file, before anything is decided about it.
//!
//! Every value has passed AWS's limits (`terms`) and knows its origin. Which of two contradicting values counts, and
//! what follows from their company, is the planner's business: here nothing is chosen.

use std::path::PathBuf;
use std::time::Duration;

use super::accounts::Accounts;
use super::console::ConsoleSettings;
use super::origin::{Origin, Sourced};
use super::sign_in::{IdentityCenter, SignIn, TokenSource};
use crate::terms::{
    AccessKeyId, ContextProviderArn, ExternalId, MfaSerial, PolicyArn, Region, RoleArn, RoleDuration, SecretString,
    SessionName, SessionPolicy, SourceIdentity, Tag, TagKey, TokenDuration,
};

/// What a name stands for.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are as many as a chain has links")]
pub enum Declared {
    /// `[role.NAME]` of our file.
    Role(Role),
    /// `[identity.NAME]` of our file.
    Identity(Identity),
    /// A profile of the AWS shared files.
    AwsProfile(AwsProfile),
}

impl Declared {
    /// Where it is declared.
    pub fn origin(&self) -> &Origin {
        match self {
            Self::Role(role) => &role.origin,
            Self::Identity(identity) => &identity.origin,
            Self::AwsProfile(profile) => &profile.origin,
        }
    }
}

/// A role profile of our own file.
#[derive(Clone, Debug)]
pub struct Role {
    /// What it is called.
    pub name: String,
    /// Where its table begins.
    pub origin: Origin,
    /// Whom it is reached from. `None` leaves the choice to the planner: the only identity there is, or an error.
    pub from: Option<Sourced<From>>,
    /// What the AssumeRole call says.
    pub call: RoleCall,
    /// How STS is reached for it.
    pub connection: Connection,
    /// How it meets its browser.
    pub console: ConsoleSettings,
}

/// Whom a role of our file is reached from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum From {
    /// `identity = "work"`: an identity of our file, or any AWS profile.
    Identity(String),
    /// `via = "another-role"`: role chaining.
    Via(String),
}

/// What an AssumeRole call says, as far as it was declared.
#[derive(Clone, Debug)]
pub struct RoleCall {
    /// The role to become.
    pub role_arn: Sourced<RoleArn>,
    /// What the role's owner demands to be sent along.
    pub external_id: Option<Sourced<ExternalId>>,
    /// The device whose code the role, or the way to it, demands.
    pub mfa_serial: Option<Sourced<MfaSerial>>,
    /// A command that prints the device's code.
    pub mfa_process: Option<Sourced<String>>,
    /// How old an MFA session may be, for trust policies that look at `aws:MultiFactorAuthAge`.
    pub mfa_max_age: Option<Sourced<Duration>>,
    /// How long the session should last.
    pub duration: Option<Sourced<RoleDuration>>,
    /// What the session is called.
    pub session_name: Option<Sourced<SessionName>>,
    /// Who is behind it.
    pub source_identity: Option<Sourced<SourceIdentity>>,
    /// Session tags, in the order declared; no two keys are the same.
    pub tags: Vec<Sourced<Tag>>,
    /// Which of the tags go on to chained sessions.
    pub transitive_tags: Vec<Sourced<TagKey>>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<Sourced<PolicyArn>>,
    /// An inline policy that narrows the session.
    pub policy: Option<Sourced<SessionPolicy>>,
    /// What others assert about the session's user.
    pub provided_contexts: Vec<Sourced<ProvidedContext>>,
    /// Whether a person has to agree before the credentials are handed over.
    pub confirm: Option<Sourced<bool>>,
}

impl RoleCall {
    /// Returns a call that says nothing but the role.
    pub fn new(role_arn: Sourced<RoleArn>) -> Self {
        Self {
            role_arn,
            external_id: None,
            mfa_serial: None,
            mfa_process: None,
            mfa_max_age: None,
            duration: None,
            session_name: None,
            source_identity: None,
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            policy_arns: Vec::new(),
            policy: None,
            provided_contexts: Vec::new(),
            confirm: None,
        }
    }
}

/// An assertion about the session's user, which its provider made and AssumeRole takes along.
///
/// Source: STS API Reference, `ProvidedContext`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProvidedContext {
    /// Whose it is.
    pub provider: ContextProviderArn,
    /// Where it is had.
    pub assertion: TokenSource,
}

/// Who somebody starts as, declared in our file.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What it is called.
    pub name: String,
    /// Where its table begins.
    pub origin: Origin,
    /// Where its credentials come from.
    pub source: Sourced<Source>,
    /// Its MFA device.
    pub mfa_serial: Option<Sourced<MfaSerial>>,
    /// A command that prints the device's code.
    pub mfa_process: Option<Sourced<String>>,
    /// How long its MFA session should last (`mfa_session_duration`).
    pub mfa_session_duration: Option<Sourced<TokenDuration>>,
    /// How STS is reached for it.
    pub connection: Connection,
}

/// Where an identity's credentials come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// `keyring = true`: a long-term key in the vault, under the identity's name.
    Keyring,
    /// `environment = true`, or `credential_source = Environment`.
    Environment,
    /// `container = true`, or `credential_source = EcsContainer`.
    Container,
    /// `instance = true`, or `credential_source = Ec2InstanceMetadata`.
    Instance,
    /// `process = "…"`, or `credential_process`.
    Process(String),
    /// A proof of who somebody is, which is traded in for a role.
    SignIn(SignIn),
}

/// A profile of the AWS shared files: every setting in it that concerns us, with the meaning the SDKs give it.
///
/// A profile may hold a role and keys at once; which of them counts depends on its place in a chain.
#[derive(Clone, Debug)]
pub struct AwsProfile {
    /// What it is called.
    pub name: String,
    /// Where its (first) section begins.
    pub origin: Origin,
    /// `role_arn` and what goes with it.
    pub role: Option<RoleCall>,
    /// `source_profile`.
    pub source_profile: Option<Sourced<String>>,
    /// `credential_source`.
    pub credential_source: Option<Sourced<Source>>,
    /// `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token`.
    pub keys: Option<StaticKeys>,
    /// `credential_process`.
    pub credential_process: Option<Sourced<String>>,
    /// `mfa_serial` of a profile without a role: the device of the keys in it.
    pub mfa_serial: Option<Sourced<MfaSerial>>,
    /// `mfa_process` of a profile without a role.
    pub mfa_process: Option<Sourced<String>>,
    /// The sign-in that it asks for.
    pub sign_in: Option<Sourced<ProfileSignIn>>,
    /// How STS is reached for it.
    pub connection: Connection,
}

/// A sign-in that a profile of the AWS files asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ProfileSignIn {
    /// One that our file has as well. `web_identity_token_file` takes the profile's `role_arn` for itself.
    SignIn(SignIn),
    /// `sso_account_id` and `sso_role_name`: a permission set of Identity Center.
    PermissionSet {
        /// Where people sign in.
        center: Box<IdentityCenter>,
        /// Account and permission set, in the form of a role's ARN.
        role_arn: Sourced<RoleArn>,
    },
    /// `login_session`: a sign-in of the AWS CLI's `aws login`, by the ARN that it is for.
    Login(String),
}

/// Keys that stand in a file.
#[derive(Clone, Debug)]
pub struct StaticKeys {
    /// The public half, and where the pair stands.
    pub key_id: Sourced<AccessKeyId>,
    /// The secret half.
    pub secret_key: SecretString,
    /// The session token, where these are a session's keys.
    pub token: Option<SecretString>,
}

/// How STS is reached: Region and endpoint.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// `region`, `AWS_REGION`.
    pub region: Option<Sourced<Region>>,
    /// The STS endpoint: `AWS_ENDPOINT_URL_STS`, then `AWS_ENDPOINT_URL`, then `services` section, then `endpoint_url`.
    pub endpoint_url: Option<Sourced<url::Url>>,
    /// `sts_regional_endpoints`.
    pub sts_endpoints: Option<Sourced<StsEndpoints>>,
    /// `use_fips_endpoint`.
    pub use_fips: Option<Sourced<bool>>,
    /// `use_dualstack_endpoint`.
    pub use_dual_stack: Option<Sourced<bool>>,
}

/// `sts_regional_endpoints`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StsEndpoints {
    /// The Region's own host.
    Regional,
    /// The global host for the Regions that are older than Regional STS.
    Legacy,
}

/// What our file says for everybody.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The identity of roles that name none (`default_identity`: in TOML, `identity` is the table of identities).
    pub identity: Option<Sourced<String>>,
    /// Session length of roles that name none.
    pub duration: Option<Sourced<RoleDuration>>,
    /// Session name of roles that name none.
    pub session_name: Option<Sourced<SessionName>>,
    /// Region of roles and identities that name none.
    pub region: Option<Sourced<Region>>,
    /// Whether a process without a terminal may open a browser for a sign-in (`auto_login`).
    pub auto_login: bool,
    /// Where secrets are kept.
    pub vault: VaultSettings,
    /// How `assume NAME` hands over in a hooked shell.
    pub hand_over: HandOver,
    /// How roles that say nothing of it meet their browser.
    pub console: ConsoleSettings,
    /// Whose accounts are whose.
    pub accounts: Accounts,
    /// Least life of a session that is handed to a shell or a command (`min_life`).
    pub min_life: Option<Duration>,
    /// Least life of a session that is handed to a consumer that refreshes (`min_life_refreshing`).
    pub min_life_refreshing: Option<Duration>,
    /// Whether tokens of Identity Center are written where the AWS CLI looks (`share_token_with_aws_cli`).
    pub share_token: bool,
    /// Whether no ledger is kept of what is done at AWS (`ledger = false`).
    pub ledger_off: bool,
    /// Where the registry of external IDs lies (`partner_registry`).
    pub partner_registry: Option<Sourced<PathBuf>>,
}

/// `hand_over = "environment" | "profile"`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum HandOver {
    /// Keys in environment variables.
    #[default]
    Environment,
    /// No keys: a private AWS config that names us as `credential_process`.
    Profile,
}

/// Where secrets are kept, as far as it was declared.
#[derive(Clone, Debug, Default)]
pub struct VaultSettings {
    /// `vault`, `ASSUME_VAULT`: the one store for keepsakes, and for sessions too unless `session_vault` says otherwise.
    pub keepsakes: Option<Sourced<StoreName>>,
    /// `session_vault`: the one store for sessions.
    pub sessions: Option<Sourced<StoreName>>,
    /// `vault_file`: where the encrypted file lies, if not in the data folder.
    pub file: Option<Sourced<PathBuf>>,
    /// `age_identity_file`: the age identity that opens the encrypted file.
    pub age_identity: Option<Sourced<PathBuf>>,
}

/// A store by its name in config.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub enum StoreName {
    /// `os`: Secret Service, Keychain or Credential Manager.
    Os,
    /// `kernel`: the Linux kernel's persistent keyring.
    Kernel,
    /// `file`: a file encrypted with age.
    File,
    /// `none`: nothing is kept.
    None,
}

impl StoreName {
    /// Every store, in the order that help and errors name them.
    pub const ALL: [Self; 4] = [Self::Os, Self::Kernel, Self::File, Self::None];

    /// Returns the name in config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::Kernel => "kernel",
            Self::File => "file",
            Self::None => "none",
        }
    }
}
