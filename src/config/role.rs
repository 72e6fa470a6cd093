//! `[role.NAME]` and `[identity.NAME]` of our file.

use std::path::Path;

use super::console::console;
use super::document::Value;
use super::environment::endpoint;
use super::error::ConfigError;
use super::model::{Connection, From, Identity, Role, RoleCall, Source};
use super::origin::Sourced;
use super::section::{Section, invalid, wrong_kind};
use super::sign_in::{self, SignIn};
use crate::terms::{AccountId, Partition, Region, RoleArn, RoleName, SessionPolicy, Tag};

/// The keys of `[role.NAME]`.
pub(super) const ROLE_KEYS: &[&str] = &[
    "identity",
    "via",
    "role_arn",
    "account_id",
    "role_name",
    "partition",
    "external_id",
    "mfa_serial",
    "mfa_process",
    "mfa_max_age",
    "duration",
    "session_name",
    "source_identity",
    "tags",
    "transitive_tags",
    "policy_arns",
    "policy",
    "policy_file",
    "provided_contexts",
    "confirm",
    "console",
    "region",
    "endpoint_url",
    "sts_regional_endpoints",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
];

/// The keys of `[identity.NAME]`.
pub(super) const IDENTITY_KEYS: &[&str] = &[
    "keyring",
    "environment",
    "container",
    "instance",
    "process",
    "web_identity",
    "saml",
    "oidc",
    "cognito",
    "sso",
    "mfa_serial",
    "mfa_process",
    "mfa_session_duration",
    "region",
    "endpoint_url",
    "sts_regional_endpoints",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
];

/// What a role or an identity owes to the catalog that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The home folder, for `~` in paths.
    pub(super) home: Option<&'a Path>,
    /// The Region that our file declares for everybody.
    pub(super) region: Option<&'a Region>,
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`
    pub(super) ignore_endpoints: bool,
}

/// Returns the role that a table declares.
pub(super) fn role(name: &str, section: &Section<'_>, around: Around<'_>) -> Result<Role, ConfigError> {
    section.only(ROLE_KEYS)?;
    section.not_both("identity", "via")?;
    section.not_both("policy", "policy_file")?;
    let connection = connection(section, around)?;
    let owned = |text: Sourced<&str>| Sourced::new(text.value.to_owned(), text.origin);
    let from = match (section.text("identity")?, section.text("via")?) {
        (Some(identity), _) => Some(Sourced::new(From::Identity(identity.value.to_owned()), identity.origin)),
        (None, Some(via)) => Some(Sourced::new(From::Via(via.value.to_owned()), via.origin)),
        (None, None) => None,
    };
    let region = connection.region.as_ref().map(|region| &region.value).or(around.region);
    let call = RoleCall {
        external_id: section.parsed("external_id")?,
        mfa_serial: section.parsed("mfa_serial")?,
        mfa_process: section.text("mfa_process")?.map(owned),
        mfa_max_age: section.duration("mfa_max_age")?,
        duration: section.limited("duration")?,
        session_name: section.parsed("session_name")?,
        source_identity: section.parsed("source_identity")?,
        tags: tags(section)?,
        transitive_tags: section.list("transitive_tags")?,
        policy_arns: section.list("policy_arns")?,
        policy: policy(section, around)?,
        provided_contexts: sign_in::provided_contexts(section, around.home)?,
        confirm: section.truth("confirm")?,
        ..RoleCall::new(role_arn(section, region)?)
    };
    Ok(Role {
        name: name.to_owned(),
        origin: section.origin.clone(),
        from,
        call,
        connection,
        console: console(section)?,
    })
}

/// Returns the identity that a table declares.
pub(super) fn identity(name: &str, section: &Section<'_>, around: Around<'_>) -> Result<Identity, ConfigError> {
    section.only(IDENTITY_KEYS)?;
    let owned = |text: Sourced<&str>| Sourced::new(text.value.to_owned(), text.origin);
    Ok(Identity {
        name: name.to_owned(),
        origin: section.origin.clone(),
        source: source(name, section, around)?,
        mfa_serial: section.parsed("mfa_serial")?,
        mfa_process: section.text("mfa_process")?.map(owned),
        mfa_session_duration: section.limited("mfa_session_duration")?,
        connection: connection(section, around)?,
    })
}

fn source(name: &str, section: &Section<'_>, around: Around<'_>) -> Result<Sourced<Source>, ConfigError> {
    let mut found: Option<(&'static str, Sourced<Source>)> = None;
    let mut take = |key, source: Option<Sourced<Source>>| match (&found, source) {
        (_, None) => Ok(()),
        (None, Some(source)) => {
            found = Some((key, source));
            Ok(())
        }
        (Some((first, _)), Some(second)) => {
            let table = section.title.clone();
            Err(ConfigError::Both { table, first, second: key, origin: second.origin })
        }
    };
    for (key, source) in [
        ("keyring", Source::Keyring),
        ("environment", Source::Environment),
        ("container", Source::Container),
        ("instance", Source::Instance),
    ] {
        let set = section.truth(key)?;
        if let Some(no) = set.as_ref().filter(|set| !set.value) {
            return Err(invalid(key, &"only `true` says something; leave the line out otherwise", &no.origin));
        }
        take(key, set.map(|set| Sourced::new(source, set.origin)))?;
    }
    let process = section.text("process")?;
    take("process", process.map(|text| Sourced::new(Source::Process(text.value.to_owned()), text.origin)))?;
    let web_identity = sign_in::of_identity(section, around.home)?;
    let sign_in = |found: Sourced<_>| Sourced::new(Source::SignIn(SignIn::WebIdentity(found.value)), found.origin);
    take("web_identity", web_identity.map(sign_in))?;
    let saml = sign_in::saml_of_identity(section, around.home)?;
    take("saml", saml.map(|found| Sourced::new(Source::SignIn(SignIn::Saml(Box::new(found.value))), found.origin)))?;
    let oidc = sign_in::oidc_of_identity(section)?;
    let sign_in = |found: Sourced<_>| Sourced::new(Source::SignIn(SignIn::Oidc(Box::new(found.value))), found.origin);
    take("oidc", oidc.map(sign_in))?;
    let cognito = sign_in::cognito_of_identity(section, around.home)?;
    let sign_in =
        |found: Sourced<_>| Sourced::new(Source::SignIn(SignIn::Cognito(Box::new(found.value))), found.origin);
    take("cognito", cognito.map(sign_in))?;
    let sso = sign_in::center_of_identity(name, section)?;
    take(
        "sso",
        sso.map(|found| Sourced::new(Source::SignIn(SignIn::IdentityCenter(Box::new(found.value))), found.origin)),
    )?;
    found.map(|(_, source)| source).ok_or_else(|| ConfigError::Missing {
        table: section.title.clone(),
        what: "one of keyring = true, environment = true, container = true, instance = true, process = \"…\", \
               web_identity = { … }, saml = { … }, sso = { … }",
        origin: section.origin.clone(),
    })
}

/// `role_arn`, or `account_id` and `role_name`; those two are in the partition that is named, else in that of the Region.
fn role_arn(section: &Section<'_>, region: Option<&Region>) -> Result<Sourced<RoleArn>, ConfigError> {
    section.not_both("role_arn", "role_name")?;
    section.not_both("role_arn", "account_id")?;
    section.not_both("role_arn", "partition")?;
    if let Some(arn) = section.parsed("role_arn")? {
        return Ok(arn);
    }
    let missing = |what| ConfigError::Missing { table: section.title.clone(), what, origin: section.origin.clone() };
    let account: Option<Sourced<AccountId>> = match section.entry("account_id") {
        // A leading zero is lost in a number, so that none is taken.
        Some(entry) if matches!(entry.value, Value::Integer(_)) => {
            let origin = section.document.origin(entry);
            return Err(invalid("account_id", &"put the 12 digits between quotes", &origin));
        }
        _ => section.parsed("account_id")?,
    };
    let name: Option<Sourced<RoleName>> = section.parsed("role_name")?;
    let partition = match section.text("partition")? {
        Some(text) => Partition::from_name(text.value).ok_or_else(|| {
            let known = Partition::ALL.map(Partition::as_str).join(", ");
            invalid("partition", &format!("`{}` is no AWS partition; these are: {known}", text.value), &text.origin)
        })?,
        None => region.map_or(Partition::Aws, Partition::of_region),
    };
    match (account, name) {
        (Some(account), Some(name)) => {
            Ok(Sourced::new(RoleArn::new(partition, account.value, name.value), name.origin))
        }
        (Some(_), None) => Err(missing("`role_name` beside its `account_id`")),
        (None, Some(_)) => Err(missing("`account_id` beside its `role_name`")),
        (None, None) => Err(missing("`role_arn`, or `account_id` and `role_name`")),
    }
}

fn tags(section: &Section<'_>) -> Result<Vec<Sourced<Tag>>, ConfigError> {
    let Some(entry) = section.entry("tags") else { return Ok(Vec::new()) };
    let Value::Table(table) = &entry.value else {
        return Err(wrong_kind(
            "tags",
            "a table such as { team = \"core\" }",
            &entry.value,
            &section.document.origin(entry),
        ));
    };
    let mut tags: Vec<Sourced<Tag>> = Vec::with_capacity(table.0.len());
    for entry in &table.0 {
        let key = format!("tags.{}", entry.key);
        let origin = section.document.origin_as(entry, key.clone());
        let Value::Text(value) = &entry.value else { return Err(wrong_kind(&key, "a text", &entry.value, &origin)) };
        let tag = Tag::new(&entry.key, value).map_err(|error| invalid(&key, &error, &origin))?;
        if let Some(same) = tags.iter().find(|known| known.value.key().is_same(tag.key())) {
            let reason = format!("to AWS it is the same key as `{}`", same.value.key());
            return Err(invalid(&key, &reason, &origin));
        }
        tags.push(Sourced::new(tag, origin));
    }
    Ok(tags)
}

fn policy(section: &Section<'_>, around: Around<'_>) -> Result<Option<Sourced<SessionPolicy>>, ConfigError> {
    let key = "policy_file";
    let Some(path) = section.path(key, around.home)? else { return section.parsed("policy") };
    let shown = path.value.display();
    let text = std::fs::read_to_string(&path.value)
        .map_err(|error| invalid(key, &format!("{shown} cannot be read: {error}"), &path.origin))?;
    let policy = text.trim_end().parse().map_err(|error| invalid(key, &format!("{shown}: {error}"), &path.origin))?;
    Ok(Some(Sourced::new(policy, path.origin)))
}

fn connection(section: &Section<'_>, around: Around<'_>) -> Result<Connection, ConfigError> {
    let endpoint_url = match section.text("endpoint_url")? {
        Some(text) if !around.ignore_endpoints => {
            let url = endpoint(text.value).map_err(|reason| invalid("endpoint_url", &reason, &text.origin))?;
            Some(Sourced::new(url, text.origin))
        }
        _ => None,
    };
    Ok(Connection {
        region: section.parsed("region")?,
        endpoint_url,
        sts_endpoints: section.parsed("sts_regional_endpoints")?,
        use_fips: section.truth("use_fips_endpoint")?,
        use_dual_stack: section.truth("use_dualstack_endpoint")?,
    })
}
