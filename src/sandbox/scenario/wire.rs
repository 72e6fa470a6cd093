//! A scenario as it is written: every key that there is, and what is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use super::{
    AccessToken, Account, Boundary, Device, IdentityPool, Key, MADE, OidcProvider, Policies, Profile, ProfileSource,
    Role, SamlProvider, Scenario, User,
};
use crate::mfa::Seed;
use crate::policy::Document;
use crate::policy::lint::time;
use crate::sandbox::error::ScenarioError;
use crate::sandbox::saml::Metadata;
use crate::sandbox::{analyzer, cloudtrail, identity_center, organization, s3};
use crate::terms::{AccountId, Partition, RoleArn, RoleName, SecretString};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    #[serde(default)]
    pub(super) account: Vec<WireAccount>,
    #[serde(default)]
    pub(super) identity_center: Option<identity_center::Wire>,
    #[serde(default)]
    pub(super) organization: Vec<organization::Wire>,
    #[serde(default)]
    pub(super) access_token: Vec<WireAccessToken>,
    #[serde(default)]
    pub(super) trail: Vec<s3::Declared>,
    #[serde(default)]
    pub(super) event_data_store: Vec<cloudtrail::Store>,
    #[serde(default)]
    pub(super) profile: BTreeMap<String, WireProfile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireAccount {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    partition: Option<String>,
    #[serde(default)]
    organization: Option<String>,
    #[serde(default)]
    disabled_regions: Vec<String>,
    #[serde(default)]
    opted_in: Vec<String>,
    #[serde(default)]
    manages_root: bool,
    #[serde(default)]
    issues_tokens: bool,
    #[serde(default)]
    analyzers: Vec<analyzer::Kind>,
    #[serde(default)]
    user: Vec<WireUser>,
    #[serde(default)]
    role: Vec<WireRole>,
    #[serde(default)]
    saml_provider: Vec<WireSamlProvider>,
    #[serde(default)]
    oidc_provider: Vec<WireOidcProvider>,
    #[serde(default)]
    identity_pool: Vec<IdentityPool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSamlProvider {
    name: String,
    #[serde(default)]
    metadata: Option<String>,
    #[serde(default)]
    metadata_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireAccessToken {
    provider_id: String,
    token: WireSecret,
    app_id: String,
    user_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireOidcProvider {
    url: String,
    client_ids: Vec<String>,
    jwks: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireUser {
    name: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    root: bool,
    #[serde(default)]
    key: Option<Vec<WireKey>>,
    #[serde(default)]
    mfa: Vec<WireDevice>,
    #[serde(default)]
    policies: BTreeMap<String, Value>,
    #[serde(default)]
    boundary: BTreeMap<String, Value>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    secret: Option<WireSecret>,
    #[serde(default = "yes")]
    active: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WireDevice {
    Serial(String),
    Seeded { serial: String, seed: WireSecret },
}

/// A secret as it stands in a scenario file.
#[derive(Deserialize)]
#[serde(from = "String")]
struct WireSecret(SecretString);

impl From<String> for WireSecret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRole {
    name: String,
    trust: Value,
    #[serde(default)]
    policies: BTreeMap<String, Value>,
    #[serde(default)]
    boundary: BTreeMap<String, Value>,
    #[serde(default = "hour")]
    max_session_duration: u64,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    last_used: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireProfile {
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    via: Option<String>,
    role_arn: String,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    mfa_serial: Option<String>,
}

fn yes() -> bool {
    true
}

fn hour() -> u64 {
    3_600
}

impl WireAccount {
    pub(super) fn account(self, folder: Option<&Path>) -> Result<Account, ScenarioError> {
        let id: AccountId = parse(&self.id, "an account")?;
        let partition = match &self.partition {
            None => Partition::Aws,
            Some(name) => Partition::from_name(name).ok_or_else(|| ScenarioError::Value {
                whose: format!("account {id}"),
                reason: format!("`{name}` is no AWS partition"),
            })?,
        };
        Ok(Account {
            users: self.user.into_iter().map(|user| user.user(&id)).collect::<Result<_, _>>()?,
            roles: self.role.into_iter().map(|role| role.role(partition, &id)).collect::<Result<_, _>>()?,
            saml_providers: self
                .saml_provider
                .into_iter()
                .map(|provider| provider.provider(&id, folder))
                .collect::<Result<_, _>>()?,
            identity_pools: self.identity_pool,
            oidc_providers: self.oidc_provider.into_iter().map(WireOidcProvider::provider).collect::<Result<_, _>>()?,
            organization: self.organization,
            disabled_regions: self.disabled_regions,
            opted_in: self.opted_in,
            manages_root: self.manages_root,
            issues_tokens: self.issues_tokens,
            analyzers: self.analyzers,
            name: self.name,
            partition,
            id,
        })
    }
}

impl WireUser {
    fn user(self, account: &AccountId) -> Result<User, ScenarioError> {
        let whose = format!("user {} of {account}", self.name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(is_name) {
            return Err(ScenarioError::Value { whose, reason: "that is no user name".to_owned() });
        }
        let path = match self.path.as_deref().map(|path| path.trim_matches('/')).filter(|path| !path.is_empty()) {
            Some(path) => format!("/{path}/"),
            None => "/".to_owned(),
        };
        // Whoever has no key cannot call, and a scenario is about calling.
        let keys = self.key.unwrap_or_else(|| vec![WireKey { id: None, secret: None, active: true }]);
        Ok(User {
            keys: keys.into_iter().map(|key| key.key(&whose)).collect::<Result<_, _>>()?,
            devices: self.mfa.into_iter().map(|device| device.device(&whose)).collect::<Result<_, _>>()?,
            policies: policies(self.policies, &whose)?,
            boundary: boundary(self.boundary, &whose)?,
            name: self.name,
            is_root: self.root,
            tags: self.tags,
            path,
        })
    }
}

impl WireSamlProvider {
    fn provider(self, account: &AccountId, folder: Option<&Path>) -> Result<SamlProvider, ScenarioError> {
        let whose = format!("SAML provider {} of {account}", self.name);
        let wrong = |reason: String| ScenarioError::Value { whose: whose.clone(), reason };
        // Source: IAM API Reference, `CreateSAMLProvider`, `Name`.
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if self.name.is_empty() || self.name.len() > 128 || !self.name.chars().all(is_name) {
            return Err(wrong("that is no name of a provider".to_owned()));
        }
        let xml = match (self.metadata, self.metadata_file) {
            (Some(xml), None) => xml,
            (None, Some(file)) => {
                let path = folder.map(|folder| folder.join(&file)).unwrap_or(file);
                std::fs::read_to_string(&path).map_err(|error| wrong(format!("{}: {error}", path.display())))?
            }
            (Some(_), Some(_)) | (None, None) => {
                return Err(wrong("it has `metadata` or a `metadata_file`".to_owned()));
            }
        };
        let metadata = Metadata::parse(&xml).map_err(|reason| wrong(format!("its metadata: {reason}")))?;
        Ok(SamlProvider { name: self.name, metadata })
    }
}

impl WireKey {
    fn key(self, whose: &str) -> Result<Key, ScenarioError> {
        let id = self.id.map(|id| parse(&id, whose)).transpose()?;
        Ok(Key { id, secret: self.secret.map(|secret| secret.0), is_active: self.active })
    }
}

impl WireDevice {
    fn device(self, whose: &str) -> Result<Device, ScenarioError> {
        let (serial, seed) = match self {
            Self::Serial(serial) => (serial, None),
            Self::Seeded { serial, seed } => {
                let seed = Seed::parse(&seed.0);
                let seed = seed.map_err(|e| ScenarioError::Value { whose: whose.to_owned(), reason: e.to_string() })?;
                (serial, Some(seed))
            }
        };
        Ok(Device { serial: parse(&serial, whose)?, seed })
    }
}

impl WireRole {
    fn role(self, partition: Partition, account: &AccountId) -> Result<Role, ScenarioError> {
        let whose = format!("role {} of {account}", self.name);
        let name: RoleName = parse(&self.name, &whose)?;
        if !(3_600..=43_200).contains(&self.max_session_duration) {
            let reason = "max_session_duration is 3600 to 43200 seconds".to_owned();
            return Err(ScenarioError::Value { whose, reason });
        }
        let trust = Document::parse_trust(&json(&self.trust)).map_err(|source| ScenarioError::Policy {
            whose: whose.clone(),
            name: "trust".to_owned(),
            source,
        })?;
        let time = |text: &String| {
            let reason = format!("`{text}` is no time; one looks like 2026-10-31T09:00:00Z");
            time(text).ok_or_else(|| ScenarioError::Value { whose: whose.clone(), reason })
        };
        Ok(Role {
            created: self.created.as_ref().map(time).transpose()?.unwrap_or(SystemTime::UNIX_EPOCH + MADE),
            last_used: self.last_used.as_ref().map(time).transpose()?,
            arn: RoleArn::new(partition, account.clone(), name),
            trust,
            policies: policies(self.policies, &whose)?,
            boundary: boundary(self.boundary, &whose)?,
            max_session: self.max_session_duration,
            tags: self.tags,
        })
    }
}

impl WireAccessToken {
    pub(super) fn access_token(self) -> Result<AccessToken, ScenarioError> {
        let provider = parse(&self.provider_id, "an access_token")?;
        Ok(AccessToken { provider, token: self.token.0, app_id: self.app_id, user_id: self.user_id })
    }
}

impl WireOidcProvider {
    fn provider(self) -> Result<OidcProvider, ScenarioError> {
        let whose = format!("oidc_provider {}", self.url);
        let wrong = |reason: String| ScenarioError::Value { whose, reason };
        if !self.url.starts_with("https://") && !self.url.starts_with("http://127.0.0.1") {
            return Err(wrong("an issuer is an https:// URL, or one of http://127.0.0.1".to_owned()));
        }
        let keys = serde_json::from_str(&json(&self.jwks)).map_err(|error| wrong(format!("jwks: {error}")))?;
        Ok(OidcProvider { issuer: self.url, client_ids: self.client_ids, keys })
    }
}

impl WireProfile {
    pub(super) fn profile(
        self,
        name: String,
        names: &BTreeSet<String>,
        scenario: &Scenario,
    ) -> Result<Profile, ScenarioError> {
        let whose = format!("profile {name}");
        let wrong = |reason: String| ScenarioError::Value { whose: whose.clone(), reason };
        let from = match (&self.user, &self.via) {
            (Some(user), None) => match scenario.user(user) {
                Some(arn) => ProfileSource::User(arn),
                None => return Err(wrong(format!("there is no one user `{user}`"))),
            },
            (None, Some(via)) if names.contains(via) && *via != name => ProfileSource::Profile(via.clone()),
            (None, Some(via)) => return Err(wrong(format!("there is no other profile `{via}`"))),
            (Some(_), Some(_)) | (None, None) => {
                return Err(wrong("it starts from a `user` or goes `via` another profile".to_owned()));
            }
        };
        Ok(Profile {
            from,
            role_arn: parse(&self.role_arn, &whose)?,
            external_id: self.external_id.map(|id| parse(&id, &whose)).transpose()?,
            mfa_serial: self.mfa_serial.map(|serial| parse(&serial, &whose)).transpose()?,
            name,
        })
    }
}

pub(in crate::sandbox) fn policies(declared: BTreeMap<String, Value>, whose: &str) -> Result<Policies, ScenarioError> {
    let mut all = Policies::default();
    for (name, policy) in declared {
        all.documents.push(identity_policy(&name, &policy, whose)?);
        all.names.push(name);
    }
    Ok(all)
}

fn identity_policy(name: &str, policy: &Value, whose: &str) -> Result<Document, ScenarioError> {
    Document::parse_identity(&json(policy)).map_err(|source| ScenarioError::Policy {
        whose: whose.to_owned(),
        name: name.to_owned(),
        source,
    })
}

fn boundary(declared: BTreeMap<String, Value>, whose: &str) -> Result<Option<Boundary>, ScenarioError> {
    let mut declared = declared.into_iter();
    let read =
        |(name, policy): (String, Value)| Ok(Boundary { document: identity_policy(&name, &policy, whose)?, name });
    let first = declared.next().map(read).transpose()?;
    match declared.next() {
        None => Ok(first),
        Some(_) => {
            let reason = "nobody has two permissions boundaries".to_owned();
            Err(ScenarioError::Value { whose: whose.to_owned(), reason })
        }
    }
}

/// A policy's text: JSON as it was written, or a table as JSON.
pub(in crate::sandbox) fn json(policy: &Value) -> String {
    policy.as_str().map_or_else(|| policy.to_string(), str::to_owned)
}

pub(in crate::sandbox) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
    whose: &str,
) -> Result<T, ScenarioError> {
    text.parse().map_err(|error: T::Err| ScenarioError::Value { whose: whose.to_owned(), reason: error.to_string() })
}
