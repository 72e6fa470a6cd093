//! `assume role`: role profiles in your own config file.

use std::fmt::Display;
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Args, Subcommand};
use toml_edit::Value;

use crate::config::{Catalog, ConfigEdit, Declared, TableKind, not_a_name};
use crate::error::{Error, Kind};
use crate::person;
use crate::terms::{
    AccountId, ExternalId, MfaSerial, PolicyArn, Region, RoleArn, RoleDuration, RoleName, SessionName, SessionPolicy,
    SourceIdentity, Tag, TagKey, parse_duration,
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
        #[arg(value_name = "NAME")]
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
        #[arg(value_name = "NAME", required = true)]
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
    role_arn: Option<String>,
    /// The account it lives in
    #[arg(long, value_name = "12 DIGITS")]
    account_id: Option<String>,
    /// Its name, with its path: teams/core/Admin
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,
    /// What the role's owner demands to be sent along
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// The MFA device it demands
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<String>,
    /// A command that prints that device's code
    #[arg(long, value_name = "COMMAND")]
    mfa_process: Option<String>,
    /// How old an MFA session may be
    #[arg(long, value_name = "DURATION")]
    mfa_max_age: Option<String>,
    /// How long a session lasts: 3600, 90m, 1h
    #[arg(long, value_name = "DURATION")]
    duration: Option<String>,
    /// What a session is called in CloudTrail
    #[arg(long, value_name = "NAME")]
    session_name: Option<String>,
    /// Who is behind a session
    #[arg(long, value_name = "NAME")]
    source_identity: Option<String>,
    /// A session tag
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<String>,
    /// A session tag that goes on to chained sessions
    #[arg(long = "transitive-tag", value_name = "KEY")]
    transitive_tags: Vec<String>,
    /// A managed policy that narrows a session
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<String>,
    /// An inline policy that narrows a session, as JSON
    #[arg(long, value_name = "JSON", conflicts_with = "policy_file")]
    policy: Option<String>,
    /// A file with such a policy
    #[arg(long, value_name = "FILE")]
    policy_file: Option<String>,
    /// The Region to call STS in, and to work in
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Another STS endpoint
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
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
    let mut file = ConfigEdit::open(&world.folders.config_file)?;
    if file.declares(TableKind::Role, name) {
        let error = Error::text(Kind::Usage, format!("the role `{name}` is there already"));
        return Err(error.with_hint(format!("assume role edit {name}")));
    }
    let before = Catalog::open(world).ok().and_then(|catalog| catalog.find(name).ok().flatten());
    for (key, value) in fields.settings()? {
        file.set(TableKind::Role, name, key, value)?;
    }
    if !file.declares(TableKind::Role, name) {
        let error = Error::text(Kind::Usage, "a role needs its ARN, or its account and name");
        return Err(error.with_hint(format!("assume role add {name} --role-arn ARN")));
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
    let mut file = ConfigEdit::open(&world.folders.config_file)?;
    let settings = fields.settings()?;
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
    let mut file = ConfigEdit::open(&world.folders.config_file)?;
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
    let nearest = catalog.nearest(name).into_iter().next().filter(|_| elsewhere.is_none());
    let error = Error::from(crate::config::ConfigError::NotOurs { kind: "role", name: name.to_owned(), elsewhere });
    Err(error.with_hint(nearest.map(|nearest| format!("did you mean `{nearest}`?"))))
}

/// Says how a profile is reached whose name the command line takes for itself.
fn tell_if_command(name: &str) {
    if super::is_command(name) {
        person::note(&format!("`{name}` is also a command, which wins; `assume use {name}` reaches the role"));
    }
}

impl Fields {
    /// What was given, checked as AWS would, by its key in the file.
    fn settings(&self) -> Result<Vec<(&'static str, Value)>, Error> {
        let mut settings: Vec<(&'static str, Value)> = Vec::new();
        for (flag, key, text, check) in self.texts() {
            if let Some(text) = text {
                check(text).map_err(|reason| usage(flag, &reason))?;
                settings.push((key, Value::from(text.as_str())));
            }
        }
        if !self.tags.is_empty() {
            let mut table = toml_edit::InlineTable::new();
            for text in &self.tags {
                let tag: Tag = text.parse().map_err(|reason| usage("--tag", &reason))?;
                table.insert(tag.key().as_str(), Value::from(tag.value()));
            }
            settings.push(("tags", Value::from(table)));
        }
        list::<TagKey>(&mut settings, "--transitive-tag", "transitive_tags", &self.transitive_tags)?;
        list::<PolicyArn>(&mut settings, "--policy-arn", "policy_arns", &self.policy_arns)?;
        settings.extend(self.confirm.map(|confirm| ("confirm", Value::from(confirm))));
        Ok(settings)
    }

    fn texts(&self) -> [(&'static str, &'static str, &Option<String>, Check); 16] {
        [
            ("--identity", "identity", &self.identity, check::<String>),
            ("--via", "via", &self.via, check::<String>),
            ("--role-arn", "role_arn", &self.role_arn, check::<RoleArn>),
            ("--account-id", "account_id", &self.account_id, check::<AccountId>),
            ("--role-name", "role_name", &self.role_name, check::<RoleName>),
            ("--external-id", "external_id", &self.external_id, check::<ExternalId>),
            ("--mfa-serial", "mfa_serial", &self.mfa_serial, check::<MfaSerial>),
            ("--mfa-process", "mfa_process", &self.mfa_process, check::<String>),
            ("--mfa-max-age", "mfa_max_age", &self.mfa_max_age, |text| {
                parse_duration(text).map(drop).map_err(|error| error.to_string())
            }),
            ("--duration", "duration", &self.duration, check::<RoleDuration>),
            ("--session-name", "session_name", &self.session_name, check::<SessionName>),
            ("--source-identity", "source_identity", &self.source_identity, check::<SourceIdentity>),
            ("--policy", "policy", &self.policy, check::<SessionPolicy>),
            ("--policy-file", "policy_file", &self.policy_file, check::<String>),
            ("--region", "region", &self.region, check::<Region>),
            ("--endpoint-url", "endpoint_url", &self.endpoint_url, |text| {
                crate::config::endpoint(text).map(drop)
            }),
        ]
    }
}

type Check = fn(&str) -> Result<(), String>;

fn check<T: FromStr<Err: Display>>(text: &str) -> Result<(), String> {
    text.parse::<T>().map(drop).map_err(|error| error.to_string())
}

fn list<T: FromStr<Err: Display>>(
    settings: &mut Vec<(&'static str, Value)>,
    flag: &str,
    key: &'static str,
    texts: &[String],
) -> Result<(), Error> {
    if texts.is_empty() {
        return Ok(());
    }
    for text in texts {
        check::<T>(text).map_err(|reason| usage(flag, &reason))?;
    }
    settings.push((key, Value::from(texts.iter().map(String::as_str).collect::<toml_edit::Array>())));
    Ok(())
}

fn usage(flag: &str, reason: &dyn Display) -> Error {
    Error::text(Kind::Usage, format!("{flag}: {reason}"))
}
