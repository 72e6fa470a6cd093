//! Who lives in the sandbox: accounts, users with keys and MFA devices, roles, and the policies of all of them.
//!
//! Read from TOML; a policy is a TOML table or a text of JSON. Secrets that a scenario leaves out are made at start, so
//! that none has to be written into a file. All that a scenario may say:
//!
//! ```toml
//! [[account]]
//! id = "111122223333"
//! name = "Development"                  # what the access portal calls it
//! partition = "aws"                     # what it is when left out
//! organization = "o-a1b2c3d4e5"         # aws:PrincipalOrgID
//! disabled_regions = ["ap-east-1"]      # where STS is switched off
//! opted_in = ["eu-south-1"]             # Regions that are enabled beside those that every account has
//! manages_root = false                  # true: its principals may AssumeRoot into others of its organization
//! issues_tokens = false                 # true: GetWebIdentityToken is enabled
//! analyzers = []                        # Access Analyzer's: "ACCOUNT", "ACCOUNT_UNUSED_ACCESS"
//!
//! [[account.user]]
//! name = "alice"
//! path = "/staff/"
//! root = false                          # true: the account's root user
//! key = [{ id = "AKIA…", secret = "…", active = true }]          # one is made when left out; [] means none
//! mfa = ["arn:aws:iam::111122223333:mfa/alice", { serial = "…", seed = "base32 or otpauth://" }]
//! tags = { team = "core" }              # aws:PrincipalTag/team
//! policies = { Name = '{"Statement": …}' }
//! boundary = { Name = '{"Statement": …}' }   # a permissions boundary: what it does not allow, they may not
//!
//! [[account.oidc_provider]]             # an OpenID Connect provider that the account trusts
//! url = "https://token.actions.githubusercontent.com"            # its issuer
//! client_ids = ["sts.amazonaws.com"]    # the audiences that it may give tokens for
//! jwks = '{"keys": […]}'                # the keys that its tokens are signed with, as it publishes them
//!
//! [[account.identity_pool]]             # a Cognito identity pool
//! id = "eu-west-1:11111111-2222-3333-4444-555555555555"
//! providers = ["accounts.google.com"]   # who logs in: hosts of the account's oidc_providers
//! role = "Visitor"                      # what the enhanced flow gives whoever logs in
//! guest_role = "Guest"                  # and whoever does not; no guests when left out
//! basic = true                          # whether the basic flow is allowed
//!
//! [[account.role]]
//! name = "teams/Deploy"                 # with its path
//! trust = '{"Statement": …}'
//! policies = { Name = '{"Statement": …}' }
//! boundary = { Name = '{"Statement": …}' }
//! max_session_duration = 3600
//! tags = { team = "core" }
//! created = "2025-03-01"                # the beginning of 2026 when left out
//! last_used = "2026-10-31T09:00:00Z"    # before the sandbox began; never when left out
//!
//! [[account.saml_provider]]
//! name = "Example"                      # arn:aws:iam::111122223333:saml-provider/Example
//! metadata_file = "idp.xml"             # beside the scenario; or metadata = "<EntityDescriptor …>"
//!
//! [identity_center]                     # people who sign in instead of having keys
//! region = "eu-west-1"
//! token_duration = 3600                 # how long an access token lasts, in seconds
//! device_duration = 600                 # how long a code can be typed in
//! [[identity_center.permission_set]]
//! name = "ReadOnly"
//! session_duration = 3600
//! policies = { Name = '{"Statement": …}' }
//! [[identity_center.user]]
//! name = "carol"
//! assignments = [{ accounts = ["*"], permission_sets = ["ReadOnly"] }]
//!
//! [[organization]]                      # what the control policies of an organization forbid its accounts
//! id = "o-a1b2c3d4e5"                   # its accounts say `organization = "o-a1b2c3d4e5"`
//! management = "999999999999"           # its management account, which control policies do not bind
//! delegated = ["111122223333"]          # accounts whose principals may read it too
//! root = "r-a1b2"                       # made of the id when left out
//! without_full_access = ["Payments"]    # where FullAWSAccess is not attached; everywhere else it is
//! [[organization.unit]]
//! name = "Payments"
//! id = "ou-a1b2-22222222"               # made of the name when left out
//! parent = "Production"                 # a unit that stands before it; the root when left out
//! accounts = ["111122223333"]           # all other accounts lie in the root
//! [[organization.service_control_policy]]        # or resource_control_policy
//! name = "Limits"
//! id = "p-…"
//! policy = '{"Statement": …}'
//! targets = ["root", "Payments", "111122223333"]
//!
//! [[access_token]]                      # what Login with Amazon or Facebook gave somebody who signed in there
//! provider_id = "www.amazon.com"        # or "graph.facebook.com"
//! token = "Atza|…"
//! app_id = "amzn1.application…"         # www.amazon.com:app_id
//! user_id = "amzn1.account…"            # www.amazon.com:user_id, graph.facebook.com:id
//!
//! [[trail]]                             # a trail that delivers to a bucket
//! bucket = "example-trail"
//! account = "111122223333"              # whose bucket it is
//! region = "eu-west-1"                  # where it lies
//! prefix = "logs"                       # before AWSLogs/
//! organization = "o-a1b2c3d4e5"         # of all its accounts; left out, of that account alone
//! kms_key = "arn:aws:kms:…"             # who reads needs kms:Decrypt for it
//!
//! [[event_data_store]]                  # CloudTrail Lake
//! id = "11111111-2222-3333-4444-555555555555"
//! name = "all"
//! account = "111122223333"
//! region = "eu-west-1"
//! organization = "o-a1b2c3d4e5"         # of all its accounts; left out, of that account alone
//!
//! [profile.deploy]                      # a role profile of the throwaway home
//! user = "alice"                        # or "111122223333/alice", or via = "another-profile"
//! role_arn = "arn:aws:iam::111122223333:role/teams/Deploy"
//! external_id = "…"
//! mfa_serial = "…"
//! ```

mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;

use crate::config::ProviderId;
use crate::mfa::Seed;
use crate::policy::Document;
use crate::terms::{AccessKeyId, AccountId, ExternalId, MfaSerial, Partition, RoleArn, SecretString};

use wire::{Wire, WireAccessToken};
pub(super) use wire::{json, parse, policies};

use super::analyzer;
use super::cloudtrail;
use super::error::ScenarioError;
use super::identity_center::IdentityCenter;
use super::organization::Organization;
use super::s3;
use super::saml::Metadata;

/// A world of accounts.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(super) accounts: Vec<Account>,
    pub(super) profiles: Vec<Profile>,
    pub(super) access_tokens: Vec<AccessToken>,
    pub(super) identity_center: Option<IdentityCenter>,
    pub(super) trails: Vec<s3::Declared>,
    pub(super) organizations: Vec<Organization>,
    pub(super) stores: Vec<cloudtrail::Store>,
}

/// How somebody of the scenario names what they want to become.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// Where it starts.
    pub from: ProfileSource,
    /// The role.
    pub role_arn: RoleArn,
    /// What a partner demands.
    pub external_id: Option<ExternalId>,
    /// The device, where the role demands MFA.
    pub mfa_serial: Option<MfaSerial>,
}

/// Where a profile starts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ProfileSource {
    /// The first key of the user with this ARN.
    User(String),
    /// Another profile of this name.
    Profile(String),
}

#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) name: Option<String>,
    pub(super) partition: Partition,
    pub(super) organization: Option<String>,
    pub(super) disabled_regions: Vec<String>,
    pub(super) opted_in: Vec<String>,
    pub(super) manages_root: bool,
    pub(super) issues_tokens: bool,
    pub(super) analyzers: Vec<analyzer::Kind>,
    pub(super) users: Vec<User>,
    pub(super) roles: Vec<Role>,
    pub(super) saml_providers: Vec<SamlProvider>,
    pub(super) oidc_providers: Vec<OidcProvider>,
    pub(super) identity_pools: Vec<IdentityPool>,
}

/// A Cognito identity pool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityPool {
    pub(super) id: String,
    #[serde(default)]
    pub(super) providers: Vec<String>,
    pub(super) role: String,
    #[serde(default)]
    pub(super) guest_role: Option<String>,
    #[serde(default)]
    pub(super) basic: bool,
}

#[derive(Clone, Debug)]
pub(super) struct SamlProvider {
    pub(super) name: String,
    pub(super) metadata: Metadata,
}

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) name: String,
    /// With a slash at both ends.
    pub(super) path: String,
    pub(super) is_root: bool,
    pub(super) keys: Vec<Key>,
    pub(super) devices: Vec<Device>,
    pub(super) policies: Policies,
    pub(super) boundary: Option<Boundary>,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) id: Option<AccessKeyId>,
    pub(super) secret: Option<SecretString>,
    pub(super) is_active: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) serial: MfaSerial,
    pub(super) seed: Option<Seed>,
}

/// An OAuth 2 access token, and what its provider says of it.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    pub(super) provider: ProviderId,
    pub(super) token: SecretString,
    pub(super) app_id: String,
    pub(super) user_id: String,
}

/// An OpenID Connect provider as IAM knows it.
#[derive(Clone, Debug)]
pub(super) struct OidcProvider {
    /// As tokens say it: `https://HOST/PATH`.
    pub(super) issuer: String,
    pub(super) client_ids: Vec<String>,
    pub(super) keys: CoreJsonWebKeySet,
}

#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) arn: RoleArn,
    pub(super) trust: Document,
    pub(super) policies: Policies,
    pub(super) boundary: Option<Boundary>,
    pub(super) max_session: u64,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) created: SystemTime,
    /// Before the sandbox began.
    pub(super) last_used: Option<SystemTime>,
}

/// When a role was made of which a scenario does not say it: with the year 2026.
pub(super) const MADE: Duration = Duration::from_secs(1_767_225_600);

/// Identity policies, and what each is called.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    pub(super) names: Vec<String>,
    pub(super) documents: Vec<Document>,
}

/// A permissions boundary, and what it is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Boundary {
    pub(super) name: String,
    pub(super) document: Document,
}

impl Scenario {
    /// Returns the built-in scenario: Development, Production, a partner and a backup account.
    pub fn classic() -> Result<Self, ScenarioError> {
        Self::parse(CLASSIC)
    }

    /// Reads a scenario file.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Read { path: PathBuf::from(path), source })?;
        Self::parse_beside(&text, path.parent())
    }

    /// Reads a scenario.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        Self::parse_beside(text, None)
    }

    /// Reads a scenario whose files lie in that folder.
    fn parse_beside(text: &str, folder: Option<&Path>) -> Result<Self, ScenarioError> {
        let wire: Wire = toml::from_str(text).map_err(|error| ScenarioError::Form { reason: error.to_string() })?;
        let accounts =
            wire.account.into_iter().map(|account| account.account(folder)).collect::<Result<Vec<_>, _>>()?;
        let identity_center = wire.identity_center.map(|wire| wire.declared(&accounts)).transpose()?;
        let access_tokens =
            wire.access_token.into_iter().map(WireAccessToken::access_token).collect::<Result<_, _>>()?;
        let organizations =
            wire.organization.into_iter().map(|wire| wire.organization(&accounts)).collect::<Result<Vec<_>, _>>()?;
        let mut ids = BTreeSet::new();
        if let Some(twice) = organizations.iter().find(|one| !ids.insert(one.id.as_str())) {
            return Err(ScenarioError::Twice { what: twice.id.clone() });
        }
        let (profiles, trails, stores) = (Vec::new(), wire.trail, wire.event_data_store);
        let mut scenario = Self { accounts, profiles, access_tokens, identity_center, trails, organizations, stores };
        scenario.check_names()?;
        let trails = scenario.trails.iter().map(|trail| (format!("trail {}", trail.bucket), &trail.account));
        let stores = scenario.stores.iter().map(|store| (format!("event_data_store {}", store.name), &store.account));
        let is_missing = |id: &String| !scenario.accounts.iter().any(|account| account.id.as_str() == id);
        if let Some((whose, account)) = trails.chain(stores).find(|(_, account)| is_missing(account)) {
            return Err(ScenarioError::Value { whose, reason: format!("there is no account {account}") });
        }
        let names: BTreeSet<String> = wire.profile.keys().cloned().collect();
        for (name, profile) in wire.profile {
            let profile = profile.profile(name, &names, &scenario)?;
            scenario.profiles.push(profile);
        }
        Ok(scenario)
    }

    /// The profiles, by name.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The people who sign in at Identity Center, by their names there.
    pub fn people(&self) -> Vec<&str> {
        self.identity_center.iter().flat_map(IdentityCenter::people).collect()
    }

    fn check_names(&self) -> Result<(), ScenarioError> {
        let twice = |what: String| Err(ScenarioError::Twice { what });
        let mut seen = BTreeSet::new();
        for account in &self.accounts {
            let mut boundaries: BTreeMap<&str, &Document> = BTreeMap::new();
            let of_roles = account.roles.iter().filter_map(|role| role.boundary.as_ref());
            for Boundary { name, document } in
                account.users.iter().filter_map(|user| user.boundary.as_ref()).chain(of_roles)
            {
                if boundaries.insert(name, document).is_some_and(|known| known != document) {
                    return twice(format!("boundary {name} of {}", account.id));
                }
            }
            let users = account.users.iter().map(|user| user_arn(account, user).to_lowercase());
            let roles = account.roles.iter().map(|role| role.arn.to_string().to_lowercase());
            let keys = account.users.iter().flat_map(|user| &user.keys).filter_map(|key| key.id.as_ref());
            let devices = account.users.iter().flat_map(|user| &user.devices).map(|device| &device.serial);
            let named = std::iter::once(account.id.to_string())
                .chain(users)
                .chain(account.saml_providers.iter().map(|provider| saml_provider_arn(account, provider)))
                .chain(roles)
                .chain(keys.map(ToString::to_string))
                .chain(devices.map(ToString::to_string));
            for name in named {
                if !seen.insert(name.clone()) {
                    return twice(name);
                }
            }
        }
        Ok(())
    }

    /// Finds a user by `name`, `account/name` or ARN.
    fn user(&self, named: &str) -> Option<String> {
        let mut found = self.accounts.iter().flat_map(|account| {
            account.users.iter().filter_map(move |user| {
                let arn = user_arn(account, user);
                let fits = named == user.name || named == arn || named == format!("{}/{}", account.id, user.name);
                fits.then_some(arn)
            })
        });
        let first = found.next()?;
        // Two of that name: neither can be meant.
        found.next().is_none().then_some(first)
    }
}

pub(super) fn user_arn(account: &Account, user: &User) -> String {
    let (partition, id) = (account.partition, &account.id);
    match user.is_root {
        true => format!("arn:{partition}:iam::{id}:root"),
        false => format!("arn:{partition}:iam::{id}:user{}{}", user.path, user.name),
    }
}

pub(super) fn saml_provider_arn(account: &Account, provider: &SamlProvider) -> String {
    format!("arn:{}:iam::{}:saml-provider/{}", account.partition, account.id, provider.name)
}

const CLASSIC: &str = include_str!("classic.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_scenario_has_the_nine_profiles_that_the_tour_walks() {
        let names: Vec<String> =
            Scenario::classic().unwrap().profiles.into_iter().map(|profile| profile.name).collect();
        assert_eq!(
            names,
            [
                "audit",
                "audit-mended",
                "auditor-service",
                "chain",
                "denied",
                "prod-admin",
                "same-account",
                "third-party",
                "update-app"
            ]
        );
    }

    #[test]
    fn a_policy_may_be_a_table_or_json() {
        let text = r#"
            [[account]]
            id = "111122223333"
            [[account.role]]
            name = "R"
            trust = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
        "#;
        assert_eq!(Scenario::parse(text).unwrap().accounts[0].roles[0].trust.statements.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let account = |rest: &str| format!("[[account]]\nid = \"111122223333\"\n{rest}");
        let cases = [
            ("[[account]]\nid = \"1111\"".to_owned(), "an account: an account id has 12 digits"),
            (account("colour = 1"), "unknown field `colour`"),
            (account("[[account.user]]\nname = \"a b\""), "user a b of 111122223333: that is no user name"),
            (account("[[account.user]]\nname = \"a\"\n[[account.user]]\nname = \"A\""), "is there twice"),
            (
                account("[[account.role]]\nname = \"R\"\ntrust = '{}'"),
                "role R of 111122223333: its policy `trust` cannot be used",
            ),
            (account("[[account.role]]\nname = \"R\"\nmax_session_duration = 60\ntrust = '{}'"), "3600 to 43200"),
            (
                account("[profile.p]\nuser = \"nobody\"\nrole_arn = \"arn:aws:iam::111122223333:role/R\""),
                "profile p: there is no one user `nobody`",
            ),
            (
                account("[profile.p]\nvia = \"p\"\nrole_arn = \"arn:aws:iam::111122223333:role/R\""),
                "profile p: there is no other profile `p`",
            ),
        ];
        for (text, expected) in cases {
            let message = Scenario::parse(&text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
