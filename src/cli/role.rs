//! `assume role`: role profiles in your own config file.

use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use toml_edit::Value;
use url::Url;

use crate::config::{Catalog, ConfigEdit, ConfigError, Declared, TableKind, endpoint, not_a_name};
use crate::error::{Error, Kind};
use crate::person;
use crate::terms::{
    AccountId, ExternalId, MfaSerial, PolicyArn, Region, RoleArn, RoleDuration, RoleName, SessionName, SessionPolicy,
    SourceIdentity, Tag, TagKey, parse_duration, show_duration,
};
use crate::world::World;

/// Add, edit or remove role profiles in your config file
#[derive(Debug, Args)]
pub(super) struct RoleArgs {
    #[command(subcommand)]
    command: RoleCommand,
}

#[derive(Debug, Subcommand)]
enum RoleCommand {
    /// Declare a role
    #[command(visible_alias = "new")]
    Add {
        /// What to call it
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change what is declared for a role
    Edit {
        /// The role's name
        #[arg(value_name = "NAME", add = super::profile_ref::names())]
        name: String,
        #[command(flatten)]
        fields: Fields,
        /// Take a key out, such as external_id
        #[arg(long, value_name = "KEY")]
        unset: Vec<String>,
    },
    /// Take roles out of the file
    #[command(visible_alias = "rm")]
    Remove {
        /// Their names
        #[arg(value_name = "NAME", required = true, add = super::profile_ref::names())]
        names: Vec<String>,
    },
}

/// What a role can declare. The lists (tags, policies) replace what was declared before.
#[derive(Debug, Args)]
struct Fields {
    /// Whom it is reached from: an identity, or a profile of ~/.aws/config
    #[arg(long, value_name = "NAME", conflicts_with = "via")]
    identity: Option<String>,
    /// The role it is reached through (role chaining)
    #[arg(long, value_name = "ROLE")]
    via: Option<String>,
    /// The role's ARN
    #[arg(long, value_name = "ARN", conflicts_with_all = ["account_id", "role_name"])]
    role_arn: Option<RoleArn>,
    /// The account it lives in
    #[arg(long, value_name = "12 DIGITS")]
    account_id: Option<AccountId>,
    /// Its name, with its path: teams/core/Admin
    #[arg(long, value_name = "NAME")]
    role_name: Option<RoleName>,
    /// What the role's owner demands to be sent along
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// The MFA device it demands
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<MfaSerial>,
    /// A command that prints that device's code
    #[arg(long, value_name = "COMMAND")]
    mfa_process: Option<String>,
    /// How old an MFA session may be
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    mfa_max_age: Option<Duration>,
    /// How long a session lasts: 3600, 90m, 1h
    #[arg(long, value_name = "DURATION")]
    duration: Option<RoleDuration>,
    /// What a session is called in CloudTrail
    #[arg(long, value_name = "NAME")]
    session_name: Option<SessionName>,
    /// Who is behind a session
    #[arg(long, value_name = "NAME")]
    source_identity: Option<SourceIdentity>,
    /// A session tag
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<Tag>,
    /// A session tag that goes on to chained sessions
    #[arg(long = "transitive-tag", value_name = "KEY")]
    transitive_tags: Vec<TagKey>,
    /// A managed policy that narrows a session
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<PolicyArn>,
    /// An inline policy that narrows a session, as JSON
    #[arg(long, value_name = "JSON", conflicts_with = "policy_file")]
    policy: Option<SessionPolicy>,
    /// A file with such a policy
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// The Region to call STS in, and to work in
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    /// Another STS endpoint
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    endpoint_url: Option<Url>,
    /// Whether a person has to agree to each hand-over
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    confirm: Option<bool>,
}

/// Runs the command.
pub(super) fn run(args: &RoleArgs, world: &World) -> Result<ExitCode, Error> {
    match &args.command {
        RoleCommand::Add { name, fields } => add(name, fields, world),
        RoleCommand::Edit { name, fields, unset } => edit(name, fields, unset, world),
        RoleCommand::Remove { names } => remove(names, world),
    }
}

fn add(name: &str, fields: &Fields, world: &World) -> Result<ExitCode, Error> {
    if let Some(why) = not_a_name(name) {
        return Err(Error::text(Kind::Usage, format!("`{name}` cannot be a name: {why}")));
    }
    let mut file = ConfigEdit::open(world)?;
    if file.declares(TableKind::Role, name) {
        let error = Error::text(Kind::Usage, format!("the role `{name}` is there already"));
        return Err(error.with_hint(format!("assume role edit {name}")));
    }
    if fields.role_arn.is_none() && (fields.account_id.is_none() || fields.role_name.is_none()) {
        let error = Error::text(Kind::Usage, "a role needs its ARN, or its account and name");
        return Err(error.with_hint(format!("assume role add {name} --role-arn arn:aws:iam::123456789012:role/Admin")));
    }
    let before = Catalog::open(world).ok().and_then(|catalog| catalog.find(name).ok().flatten());
    for (key, value) in fields.settings() {
        file.set(TableKind::Role, name, key, value)?;
    }
    let origin = file.origin(TableKind::Role, name);
    file.save(Some(name))?;
    if let Some(origin) = origin {
        person::note(&format!("{origin}: declared"));
    }
    if let Some(Declared::AwsProfile(profile)) = before {
        person::note(&format!("it now stands before the profile of the same name at {}", profile.origin));
    }
    tell_if_command(name);
    Ok(ExitCode::SUCCESS)
}

fn edit(name: &str, fields: &Fields, unset: &[String], world: &World) -> Result<ExitCode, Error> {
    let mut file = ConfigEdit::open(world)?;
    let settings = fields.settings();
    if settings.is_empty() && unset.is_empty() {
        return Err(Error::text(Kind::Usage, "nothing to change was given")
            .with_hint(format!("assume role edit {name} --duration 2h")));
    }
    known(&file, name, world)?;
    let mut gone: Vec<&str> = unset.iter().map(String::as_str).collect();
    for (key, _) in &settings {
        // What says the same thing in another way makes room.
        gone.extend(match *key {
            "identity" => ["via"].as_slice(),
            "via" => &["identity"],
            "role_arn" => &["account_id", "role_name", "partition"],
            "account_id" | "role_name" => &["role_arn"],
            "policy" => &["policy_file"],
            "policy_file" => &["policy"],
            _ => &[],
        });
    }
    for (key, value) in settings {
        file.set(TableKind::Role, name, key, value)?;
    }
    for key in gone {
        let was_there = file.unset(TableKind::Role, name, key)?;
        if !was_there && unset.iter().any(|asked| asked == key) {
            person::note(&format!("`{name}` has no {key}"));
        }
    }
    if !file.save(Some(name))? {
        person::note("nothing changed");
    }
    Ok(ExitCode::SUCCESS)
}

fn remove(names: &[String], world: &World) -> Result<ExitCode, Error> {
    let mut file = ConfigEdit::open(world)?;
    for name in names {
        known(&file, name, world)?;
        file.remove(TableKind::Role, name)?;
    }
    file.save(None)?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses a name that our file does not declare, and says where else it is.
fn known(file: &ConfigEdit, name: &str, world: &World) -> Result<(), Error> {
    if file.declares(TableKind::Role, name) {
        return Ok(());
    }
    let catalog = Catalog::open(world)?;
    let elsewhere = catalog.find(name)?.map(|declared| declared.origin().clone());
    let nearest = catalog.nearest(name).into_iter().next();
    Err(ConfigError::NotOurs { kind: "role", name: name.to_owned(), elsewhere, nearest }.into())
}

/// Says how a profile is reached whose name the command line takes for itself.
fn tell_if_command(name: &str) {
    if super::is_command(name) {
        person::note(&format!("`{name}` is also a command, which wins; `assume use {name}` reaches the role"));
    }
}

impl Fields {
    /// What was given, by its key in the file.
    fn settings(&self) -> Vec<(&'static str, Value)> {
        fn text<T: ToString>(key: &'static str, given: &Option<T>) -> Option<(&'static str, Value)> {
            given.as_ref().map(|value| (key, Value::from(value.to_string())))
        }
        fn list<T: ToString>(key: &'static str, given: &[T]) -> Option<(&'static str, Value)> {
            let texts: toml_edit::Array = given.iter().map(T::to_string).collect();
            (!given.is_empty()).then(|| (key, Value::from(texts)))
        }
        let tags: toml_edit::InlineTable = self.tags.iter().map(|tag| (tag.key().as_str(), tag.value())).collect();
        let settings = [
            text("identity", &self.identity),
            text("via", &self.via),
            text("role_arn", &self.role_arn),
            text("account_id", &self.account_id),
            text("role_name", &self.role_name),
            text("external_id", &self.external_id),
            text("mfa_serial", &self.mfa_serial),
            text("mfa_process", &self.mfa_process),
            text("mfa_max_age", &self.mfa_max_age.map(show_duration)),
            text("duration", &self.duration),
            text("session_name", &self.session_name),
            text("source_identity", &self.source_identity),
            (!tags.is_empty()).then(|| ("tags", Value::from(tags))),
            list("transitive_tags", &self.transitive_tags),
            list("policy_arns", &self.policy_arns),
            text("policy", &self.policy.as_ref().map(SessionPolicy::as_str)),
            text("policy_file", &self.policy_file.as_deref().map(seen_from_the_file)),
            text("region", &self.region),
            text("endpoint_url", &self.endpoint_url),
            self.confirm.map(|confirm| ("confirm", Value::from(confirm))),
        ];
        settings.into_iter().flatten().collect()
    }
}

/// A path on the command line is seen from here, and one in the file from the file's folder: so it is written as a whole.
fn seen_from_the_file(path: &Path) -> String {
    let whole =
        if path.starts_with("~") { path.to_owned() } else { absolute(path).unwrap_or_else(|_| path.to_owned()) };
    whole.display().to_string()
}
