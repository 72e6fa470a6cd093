//! A profile of the AWS shared files, with the meaning that the SDKs give its settings.
//!
//! Source: AWS SDKs and Tools Reference Guide; FACTS as botocore and aws-runtime show them.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use super::aws_file::{AwsFile, Kind};
use super::environment::truth;
use super::error::ConfigError;
use super::model::{AwsProfile, Connection, ProfileSignIn, RoleCall, Source, StaticKeys};
use super::origin::{Origin, Sourced};
use super::process::asks_us_for;
use super::section::{invalid, nearest};
use super::sign_in::{self, ACCOUNT_ACCESS, CenterEndpoints, IdentityCenter, SignIn};
use crate::terms::{AccountId, Partition, Region, RoleArn, RoleDuration, RoleName, SecretString};

/// Both shared files.
#[derive(Clone, Debug)]
pub(super) struct AwsFiles {
    pub(super) config: Option<AwsFile>,
    pub(super) credentials: Option<AwsFile>,
    /// Why a file was set aside: then nothing is known of what stands in either.
    pub(super) broken: Option<ConfigError>,
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`
    pub(super) ignore_endpoints: bool,
}

impl AwsFiles {
    /// Returns the files, if both can be understood.
    pub(super) fn whole(&self) -> Result<&Self, ConfigError> {
        self.broken.as_ref().map_or(Ok(self), |error| Err(error.clone()))
    }

    /// Returns what the files say under that name.
    pub(super) fn profile(&self, name: &str) -> Result<Option<AwsProfile>, ConfigError> {
        let Some(origin) = self.begins(name) else { return Ok(None) };
        let settings = Settings { files: self, name };
        let device = settings.parsed("mfa_serial")?;
        let process = settings.owned("mfa_process");
        let role = match settings.parsed("role_arn")? {
            None => None,
            Some(role_arn) => Some(RoleCall {
                external_id: settings.parsed("external_id")?,
                mfa_serial: device.clone(),
                mfa_process: process.clone(),
                duration: settings.duration()?,
                session_name: settings.parsed("role_session_name")?,
                ..RoleCall::new(role_arn)
            }),
        };
        let of_keys = role.is_none();
        Ok(Some(AwsProfile {
            name: name.to_owned(),
            origin,
            source_profile: settings.owned("source_profile"),
            credential_source: settings.credential_source()?,
            keys: settings.keys()?,
            credential_process: settings.owned("credential_process"),
            mfa_serial: device.filter(|_| of_keys),
            mfa_process: process.filter(|_| of_keys),
            sign_in: settings.sign_in()?,
            connection: settings.connection()?,
            role,
        }))
    }

    /// Returns where a profile begins, if there is one of that name.
    pub(super) fn begins(&self, name: &str) -> Option<Origin> {
        self.both().find_map(|file| file.begins(Kind::Profile, name))
    }

    /// The names of all profiles; those of both files come twice.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.both().flat_map(|file| file.names(Kind::Profile))
    }

    /// Whether a profile says nothing but that we are to be asked for that very name, as `setup credential-process` writes.
    pub(super) fn points_to_itself(&self, name: &str) -> bool {
        let settings = Settings { files: self, name };
        let process = settings.get("credential_process");
        process.is_some_and(|process| asks_us_for(&process.value).as_deref() == Some(name))
            && settings.outranking().is_none()
    }

    /// Returns the profile that a profile's `credential_process` asks us for, if it does.
    pub(super) fn asks_us_for(&self, name: &str) -> Option<String> {
        asks_us_for(&Settings { files: self, name }.get("credential_process")?.value)
    }

    /// Returns what a profile has that goes before a `credential_process`, or instead of one of ours.
    pub(super) fn outranking(&self, name: &str) -> Option<Origin> {
        let settings = Settings { files: self, name };
        let theirs = settings.get("credential_process").filter(|process| asks_us_for(&process.value).is_none());
        settings.outranking().or(theirs.map(|process| process.origin))
    }

    /// Makes the files ready to be asked for one name after the other.
    pub(super) fn sort(&self) {
        self.both().for_each(AwsFile::sort);
    }

    /// The names of all `sso-session` sections.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &str> {
        self.config.iter().flat_map(|file| file.names(Kind::SsoSession))
    }

    /// Returns where an `sso-session` section begins, if there is one of that name.
    pub(super) fn session_begins(&self, name: &str) -> Option<Origin> {
        self.config.as_ref()?.begins(Kind::SsoSession, name)
    }

    /// Returns what an `sso-session` section says, if it is there.
    pub(super) fn session(&self, name: &str) -> Result<Option<IdentityCenter>, ConfigError> {
        let Some(origin) = self.session_begins(name) else { return Ok(None) };
        let get = |key: &str| self.config.as_ref()?.value(Kind::SsoSession, name, key);
        let table = || format!("[sso-session {name}]");
        let missing = |what| ConfigError::Missing { table: table(), what, origin: origin.clone() };
        let scopes = get("sso_registration_scopes");
        let scopes = scopes.as_ref().map(|scopes| scopes.value.split(',').map(str::trim)).into_iter().flatten();
        let scopes: Vec<String> = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Ok(Some(IdentityCenter {
            name: name.to_owned(),
            start_url: parse("sso_start_url", get("sso_start_url").ok_or_else(|| missing("`sso_start_url`"))?)?,
            region: parse("sso_region", get("sso_region").ok_or_else(|| missing("`sso_region`"))?)?,
            scopes: if scopes.is_empty() { vec![ACCOUNT_ACCESS.to_owned()] } else { scopes },
            shared: vec![name.to_owned()],
            endpoints: CenterEndpoints::default(),
        }))
    }

    /// Returns the sign-in at Identity Center that a profile names, with account and permission set or without.
    pub(super) fn center_of(&self, name: &str) -> Result<Option<IdentityCenter>, ConfigError> {
        Settings { files: self, name }.center()
    }

    /// Returns the names of the sessions at the same Identity Center: their tokens serve each other.
    pub(super) fn sessions_at(&self, center: &IdentityCenter) -> Vec<String> {
        let same = |other: &IdentityCenter| {
            other.start_url.value == center.start_url.value && other.region.value == center.region.value
        };
        let names = self.sessions().filter(|name| matches!(self.session(name), Ok(Some(other)) if same(&other)));
        names.map(str::to_owned).collect()
    }

    fn both(&self) -> impl Iterator<Item = &AwsFile> {
        self.config.iter().chain(&self.credentials)
    }
}

/// The settings of one profile.
struct Settings<'a> {
    files: &'a AwsFiles,
    name: &'a str,
}

impl<'a> Settings<'a> {
    /// Returns a setting: the credentials file wins for each key. An empty value is none.
    fn get(&self, key: &str) -> Option<Sourced<Cow<'a, str>>> {
        let mut files = self.files.credentials.iter().chain(&self.files.config);
        files.find_map(|file| file.value(Kind::Profile, self.name, key)).filter(|found| !found.value.is_empty())
    }

    fn owned(&self, key: &str) -> Option<Sourced<String>> {
        self.get(key).map(|found| Sourced::new(found.value.into_owned(), found.origin))
    }

    fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<Sourced<T>>, ConfigError> {
        self.get(key).map(|found| parse(key, found)).transpose()
    }

    fn truth(&self, key: &str) -> Result<Option<Sourced<bool>>, ConfigError> {
        let Some(found) = self.get(key) else { return Ok(None) };
        let value = truth(&found.value).map_err(|reason| invalid(key, &reason, &found.origin))?;
        Ok(Some(Sourced::new(value, found.origin)))
    }

    /// `duration_seconds` is a number of seconds and nothing else.
    fn duration(&self) -> Result<Option<Sourced<RoleDuration>>, ConfigError> {
        let key = "duration_seconds";
        let Some(found) = self.get(key) else { return Ok(None) };
        if found.value.parse::<u64>().is_err() {
            return Err(invalid(key, &format!("`{}` is no number of seconds", found.value), &found.origin));
        }
        parse(key, found).map(Some)
    }

    fn credential_source(&self) -> Result<Option<Sourced<Source>>, ConfigError> {
        let key = "credential_source";
        let Some(found) = self.get(key) else { return Ok(None) };
        let source = match found.value.as_ref() {
            "Environment" => Source::Environment,
            "Ec2InstanceMetadata" => Source::Instance,
            "EcsContainer" => Source::Container,
            other => {
                let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];
                let meant = nearest(other, known.into_iter()).into_iter().next();
                let meant = meant.map_or_else(|| known.join(", "), |known| format!("did you mean {known}?"));
                return Err(invalid(key, &format!("`{other}` is no credential source: {meant}"), &found.origin));
            }
        };
        Ok(Some(Sourced::new(source, found.origin)))
    }

    fn keys(&self) -> Result<Option<StaticKeys>, ConfigError> {
        let (id, secret) = ("aws_access_key_id", "aws_secret_access_key");
        match (self.get(id), self.get(secret)) {
            (None, None) => Ok(None),
            (Some(key_id), Some(secret)) => Ok(Some(StaticKeys {
                key_id: parse(id, key_id)?,
                secret_key: secret_text(secret),
                token: self.get("aws_session_token").or_else(|| self.get("aws_security_token")).map(secret_text),
            })),
            (Some(half), None) => Err(invalid(id, &format!("`{secret}` is missing beside it"), &half.origin)),
            (None, Some(half)) => Err(invalid(secret, &format!("`{id}` is missing beside it"), &half.origin)),
        }
    }

    /// Of several, the one that the SDKs look for first.
    fn sign_in(&self) -> Result<Option<Sourced<ProfileSignIn>>, ConfigError> {
        let of_token = self.get("web_identity_token_file").map(|found| {
            let sign_in = SignIn::WebIdentity(sign_in::of_aws_profile(&found.value));
            Sourced::new(ProfileSignIn::SignIn(sign_in), found.origin)
        });
        if of_token.is_some() {
            return Ok(of_token);
        }
        if let Some(permission_set) = self.permission_set()? {
            return Ok(Some(permission_set));
        }
        Ok(self.owned("login_session").map(|found| Sourced::new(ProfileSignIn::Login(found.value), found.origin)))
    }

    /// `sso_account_id` and `sso_role_name`, which go together.
    fn permission_set(&self) -> Result<Option<Sourced<ProfileSignIn>>, ConfigError> {
        let (account, name) = ("sso_account_id", "sso_role_name");
        let beside =
            |key: &str, other: &str, origin: &Origin| invalid(key, &format!("`{other}` is missing beside it"), origin);
        let (account, name): (Sourced<AccountId>, Sourced<RoleName>) = match (self.get(account), self.get(name)) {
            (None, None) => return Ok(None),
            (Some(half), None) => return Err(beside(account, name, &half.origin)),
            (None, Some(half)) => return Err(beside(name, account, &half.origin)),
            (Some(found), Some(set)) => (parse(account, found)?, parse(name, set)?),
        };
        let Some(center) = self.center()? else {
            return Err(beside("sso_role_name", "sso_session", &name.origin));
        };
        let partition = Partition::of_region(&center.region.value);
        let origin = name.origin;
        let role_arn = Sourced::new(RoleArn::new(partition, account.value, name.value), origin.clone());
        let permission_set = ProfileSignIn::PermissionSet { center: Box::new(center), role_arn };
        Ok(Some(Sourced::new(permission_set, origin)))
    }

    /// The sign-in at Identity Center: a section of its own, or the older form, in which the start URL names the token.
    fn center(&self) -> Result<Option<IdentityCenter>, ConfigError> {
        let (url, region) = ("sso_start_url", "sso_region");
        let found = match self.get("sso_session") {
            Some(session) => {
                let found = self.files.session(&session.value)?;
                let there_is_none = || format!("there is no section [sso-session {}]", session.value);
                let found = found.ok_or_else(|| invalid("sso_session", &there_is_none(), &session.origin))?;
                // Said twice is once too often, unless both say the same.
                for (key, known) in [(url, found.start_url.value.as_str()), (region, found.region.value.as_str())] {
                    if let Some(again) = self.get(key).filter(|again| again.value != known) {
                        let reason = format!("[sso-session {}] says `{known}`", session.value);
                        return Err(invalid(key, &reason, &again.origin));
                    }
                }
                found
            }
            None => {
                let Some(start_url) = self.get(url) else { return Ok(None) };
                let name = start_url.value.clone().into_owned();
                let missing = || invalid(url, &format!("`{region}` is missing beside it"), &start_url.origin);
                let region: Sourced<Region> = parse(region, self.get(region).ok_or_else(missing)?)?;
                IdentityCenter {
                    shared: vec![name.clone()],
                    name,
                    start_url: parse(url, start_url)?,
                    region,
                    scopes: vec![ACCOUNT_ACCESS.to_owned()],
                    endpoints: CenterEndpoints::default(),
                }
            }
        };
        let endpoints = CenterEndpoints { oidc: self.endpoint("sso_oidc")?, portal: self.endpoint("sso")? };
        Ok(Some(IdentityCenter { endpoints, ..found }))
    }

    /// What the SDKs look at before `credential_process`. Keys of the config file come after it in botocore, and before
    /// it nowhere; yet who reads both in one section cannot tell.
    fn outranking(&self) -> Option<Origin> {
        const KEYS: [&str; 8] = [
            "role_arn",
            "web_identity_token_file",
            "sso_session",
            "sso_account_id",
            "sso_role_name",
            "sso_start_url",
            "login_session",
            "aws_access_key_id",
        ];
        KEYS.into_iter().find_map(|key| self.get(key)).map(|found| found.origin)
    }

    fn connection(&self) -> Result<Connection, ConfigError> {
        Ok(Connection {
            region: self.parsed("region")?,
            endpoint_url: self.endpoint("sts")?,
            sts_endpoints: self.parsed("sts_regional_endpoints")?,
            use_fips: self.truth("use_fips_endpoint")?,
            use_dual_stack: self.truth("use_dualstack_endpoint")?,
        })
    }

    /// A `services` section outranks the profile's own `endpoint_url`.
    fn endpoint(&self, service: &str) -> Result<Option<Sourced<url::Url>>, ConfigError> {
        let ignored = self.truth("ignore_configured_endpoint_urls")?.is_some_and(|ignore| ignore.value);
        if ignored || self.files.ignore_endpoints {
            return Ok(None);
        }
        let key = "endpoint_url";
        let found = self
            .get("services")
            .and_then(|services| self.service(&services.value, service, key))
            .or_else(|| self.get(key));
        let Some(found) = found else { return Ok(None) };
        let value =
            super::environment::endpoint(&found.value).map_err(|reason| invalid(key, &reason, &found.origin))?;
        Ok(Some(Sourced::new(value, found.origin)))
    }

    fn service(&self, services: &str, service: &str, key: &str) -> Option<Sourced<Cow<'a, str>>> {
        let settings = self.files.config.as_ref()?.value(Kind::Services, services, service)?;
        let of_key = |line: &str| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case(key).then(|| value.trim().to_owned())
        };
        let value = settings.value.lines().rev().find_map(of_key).filter(|value| !value.is_empty())?;
        Some(Sourced::new(Cow::Owned(value), settings.origin))
    }
}

fn parse<T: FromStr<Err: Display>>(key: &str, found: Sourced<Cow<'_, str>>) -> Result<Sourced<T>, ConfigError> {
    let value = found.value.parse().map_err(|error| invalid(key, &error, &found.origin))?;
    Ok(Sourced::new(value, found.origin))
}

fn secret_text(found: Sourced<Cow<'_, str>>) -> SecretString {
    SecretString::from(found.value.into_owned())
}
