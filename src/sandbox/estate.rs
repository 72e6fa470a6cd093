//! The scenario while it lives: keys come and go, sessions are handed out, MFA codes are spent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crate::mfa::Seed;
use crate::policy::{Document, Lawbook};
use crate::terms::{AccountId, ExposeSecret, Partition, SecretString};

use super::analyzer::Kind;
use super::cloudtrail::{Lake, Trail};
use super::cognito::{LivePool, PoolToken};
use super::federation::Desk;
use super::fresh;
use super::iam::Job;
use super::identity_center::{self, Directory};
use super::issuer::Issuer;
use super::organization::Organization;
use super::s3::Bucket;
use super::saml::Metadata;
use super::scenario::{
    AccessToken, Boundary, Device, OidcProvider, Policies, Role, Scenario, User, saml_provider_arn, user_arn,
};
use super::used::Used;

/// All that the server knows.
#[derive(Debug)]
pub(super) struct Estate {
    pub(super) accounts: Vec<LiveAccount>,
    pub(super) users: Vec<LiveUser>,
    pub(super) roles: Vec<LiveRole>,
    pub(super) keys: BTreeMap<String, LiveKey>,
    pub(super) sessions: BTreeMap<String, Session>,
    /// Which code of which device was taken, by its 30 s window.
    pub(super) spent_codes: BTreeSet<(String, u64)>,
    /// SAML providers of all accounts.
    pub(super) saml_providers: Vec<SamlProvider>,
    pub(super) access_tokens: Vec<AccessToken>,
    /// Cognito identity pools, and the tokens of theirs that were handed out.
    pub(super) pools: Vec<LivePool>,
    pub(super) pool_tokens: BTreeMap<String, PoolToken>,
    /// Which assertion of which provider was taken: none is taken twice.
    pub(super) spent_assertions: BTreeSet<(String, String)>,
    /// What DecodeAuthorizationMessage can read, by its encoded form.
    pub(super) messages: BTreeMap<String, String>,
    /// How long a new key is unknown to STS, as AWS's are for some seconds.
    pub(super) key_delay: Duration,
    pub(super) identity_center: Directory,
    pub(super) federation: Desk,
    pub(super) issuer: Issuer,
    /// When everyone moved in.
    pub(super) began: SystemTime,
    /// Findings of Access Analyzer that somebody archived.
    pub(super) archived: BTreeSet<String>,
    /// What was done, in the trail of each account.
    pub(super) trail: Trail,
    /// What everybody used last.
    pub(super) used: Used,
    /// Reports on that, by their job's id.
    pub(super) jobs: BTreeMap<String, Job>,
    /// Where trails deliver.
    pub(super) buckets: Vec<Bucket>,
    pub(super) organizations: Vec<Organization>,
    /// What their control policies are over each account.
    pub(super) laws: Lawbook,
    /// Event data stores.
    pub(super) lake: Lake,
}

#[derive(Debug)]
pub(super) struct LiveAccount {
    pub(super) id: AccountId,
    pub(super) name: Option<String>,
    pub(super) partition: Partition,
    pub(super) organization: Option<String>,
    pub(super) disabled_regions: Vec<String>,
    /// Regions that are enabled beside those that every account has.
    pub(super) opted_in: Vec<String>,
    pub(super) oidc_providers: Vec<OidcProvider>,
    /// Whether its principals may act as the root of its organization's other accounts.
    pub(super) manages_root: bool,
    /// Whether GetWebIdentityToken is enabled.
    pub(super) issues_tokens: bool,
    /// What Access Analyzer looks for.
    pub(super) analyzers: Vec<Kind>,
}

#[derive(Debug)]
pub(super) struct LiveUser {
    pub(super) account: usize,
    /// `AIDA…`; the account's id for a root user.
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) is_root: bool,
    pub(super) policies: Policies,
    pub(super) boundary: Option<Boundary>,
    pub(super) tags: BTreeMap<String, String>,
    /// Serial number and seed.
    pub(super) devices: Vec<(String, Seed)>,
    pub(super) created: SystemTime,
}

#[derive(Debug)]
pub(super) struct LiveRole {
    pub(super) account: usize,
    /// `AROA…`
    pub(super) id: String,
    pub(super) role: Role,
}

/// A SAML provider of an account.
#[derive(Clone, Debug)]
pub(super) struct SamlProvider {
    /// `arn:aws:iam::111122223333:saml-provider/Example`
    pub(super) arn: String,
    pub(super) account: AccountId,
    pub(super) partition: Partition,
    pub(super) metadata: Metadata,
}

impl SamlProvider {
    /// What the account calls it.
    pub(super) fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }
}

/// A long-term key.
#[derive(Debug)]
pub(super) struct LiveKey {
    pub(super) user: usize,
    pub(super) secret: SecretString,
    pub(super) is_active: bool,
    pub(super) created: SystemTime,
    pub(super) known_from: SystemTime,
}

/// Temporary credentials that were handed out.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) secret: SecretString,
    pub(super) token: SecretString,
    pub(super) issued: SystemTime,
    pub(super) expires: SystemTime,
    pub(super) of: SessionOf,
}

/// Whose session it is.
#[derive(Clone, Debug)]
pub(super) enum SessionOf {
    /// Of GetSessionToken.
    User { user: usize, mfa_at: Option<SystemTime> },
    /// Of AssumeRole.
    Role(RoleSession),
    /// Of AssumeRoot.
    Root { account: usize },
}

/// What AssumeRole wrote into a session.
#[derive(Clone, Debug)]
pub(super) struct RoleSession {
    pub(super) role: usize,
    pub(super) name: String,
    /// Session policies: what they do not allow, the session may not.
    pub(super) policies: Vec<Document>,
    /// Whether session policies were given at all.
    pub(super) is_narrowed: bool,
    pub(super) tags: Vec<SessionTag>,
    pub(super) source_identity: Option<String>,
}

/// A session tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SessionTag {
    pub(super) key: String,
    pub(super) value: String,
    /// Whether it goes on with the next role of a chain.
    pub(super) is_transitive: bool,
}

impl Estate {
    /// Moves everyone in. Secrets that the scenario leaves out are made here.
    pub(super) fn of(scenario: &Scenario, key_delay: Duration, now: SystemTime) -> Self {
        let mut estate = Self {
            accounts: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            spent_codes: BTreeSet::new(),
            saml_providers: Vec::new(),
            access_tokens: scenario.access_tokens.clone(),
            pools: Vec::new(),
            pool_tokens: BTreeMap::new(),
            spent_assertions: BTreeSet::new(),
            messages: BTreeMap::new(),
            key_delay,
            identity_center: Directory::default(),
            federation: Desk::default(),
            issuer: Issuer::default(),
            began: now,
            archived: BTreeSet::new(),
            trail: Trail::default(),
            used: Used::default(),
            jobs: BTreeMap::new(),
            lake: Lake::of(&scenario.stores),
            buckets: scenario.trails.iter().map(Bucket::of).collect(),
            organizations: scenario.organizations.clone(),
            laws: scenario.laws(),
        };
        for (index, account) in scenario.accounts.iter().enumerate() {
            for user in &account.users {
                estate.add_user(index, account.id.as_str(), user_arn(account, user), user, now);
            }
            for role in &account.roles {
                estate.roles.push(LiveRole { account: index, id: fresh::id("AROA", 17), role: role.clone() });
            }
            for pool in &account.identity_pools {
                estate.pools.push(LivePool::new(index, pool.clone()));
            }
            for provider in &account.saml_providers {
                estate.saml_providers.push(SamlProvider {
                    arn: saml_provider_arn(account, provider),
                    account: account.id.clone(),
                    partition: account.partition,
                    metadata: provider.metadata.clone(),
                });
            }
            estate.accounts.push(LiveAccount {
                id: account.id.clone(),
                name: account.name.clone(),
                partition: account.partition,
                organization: account.organization.clone(),
                disabled_regions: account.disabled_regions.clone(),
                opted_in: account.opted_in.clone(),
                oidc_providers: account.oidc_providers.clone(),
                manages_root: account.manages_root,
                issues_tokens: account.issues_tokens,
                analyzers: account.analyzers.clone(),
            });
        }
        if let Some(declared) = &scenario.identity_center {
            estate.identity_center = Directory::of(declared);
            let made = identity_center::roles(declared, &scenario.accounts);
            for (assignment, account, seconds, role) in made {
                estate.identity_center.roles.insert(assignment, (estate.roles.len(), seconds));
                estate.roles.push(LiveRole { account, id: fresh::id("AROA", 17), role });
            }
        }
        estate
    }

    fn add_user(&mut self, account: usize, account_id: &str, arn: String, user: &User, now: SystemTime) {
        let index = self.users.len();
        for key in &user.keys {
            let id = key.id.as_ref().map_or_else(|| fresh::id("AKIA", 16), ToString::to_string);
            let secret = key.secret.clone().unwrap_or_else(fresh::secret_key);
            let live = LiveKey { user: index, secret, is_active: key.is_active, created: now, known_from: now };
            self.keys.insert(id, live);
        }
        let seeded = |device: &Device| {
            let seed = device.seed.clone().or_else(fresh::device_seed)?;
            Some((device.serial.to_string(), seed))
        };
        self.users.push(LiveUser {
            account,
            id: if user.is_root { account_id.to_owned() } else { fresh::id("AIDA", 17) },
            arn,
            name: user.name.clone(),
            path: user.path.clone(),
            is_root: user.is_root,
            policies: user.policies.clone(),
            boundary: user.boundary.clone(),
            tags: user.tags.clone(),
            devices: user.devices.iter().filter_map(seeded).collect(),
            created: now,
        });
    }

    /// Makes a key for the user and returns its id.
    pub(super) fn make_key(&mut self, user: usize, now: SystemTime) -> String {
        let id = fresh::id("AKIA", 16);
        let key = LiveKey {
            user,
            secret: fresh::secret_key(),
            is_active: true,
            created: now,
            known_from: now + self.key_delay,
        };
        self.keys.insert(id.clone(), key);
        id
    }

    /// Hands out a session and returns its key's id.
    pub(super) fn open_session(&mut self, of: SessionOf, issued: SystemTime, seconds: u64) -> String {
        let id = fresh::id("ASIA", 16);
        let expires = issued + Duration::from_secs(seconds);
        let session = Session { secret: fresh::secret_key(), token: fresh::token(), issued, expires, of };
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Ends all sessions: who uses one hears that it has expired.
    pub(super) fn expire_sessions(&mut self, now: SystemTime) {
        for session in self.sessions.values_mut() {
            session.expires = session.expires.min(now);
        }
    }

    /// Encodes a message for DecodeAuthorizationMessage. Nobody but this sandbox can read it.
    pub(super) fn encode_message(&mut self, message: &str) -> String {
        let encoded = fresh::token().expose_secret().to_owned();
        self.messages.insert(encoded.clone(), message.to_owned());
        encoded
    }

    /// Returns the keys of that user, oldest first.
    pub(super) fn keys_of(&self, user: usize) -> Vec<(&String, &LiveKey)> {
        let mut keys: Vec<_> = self.keys.iter().filter(|(_, key)| key.user == user).collect();
        keys.sort_by_key(|(_, key)| key.created);
        keys
    }

    pub(super) fn account_of_user(&self, user: usize) -> &LiveAccount {
        &self.accounts[self.users[user].account]
    }

    pub(super) fn account_of_role(&self, role: usize) -> &LiveAccount {
        &self.accounts[self.roles[role].account]
    }
}
