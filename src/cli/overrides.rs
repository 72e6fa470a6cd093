//! The flags by which one call says otherwise than the config. In a chain they mean the last hop.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config::{Origin, Sourced};
use crate::error::{Error, Kind};
use crate::mfa::GivenCode;
use crate::plan::{Narrow, Overrides};
use crate::terms::{
    ActionPattern, ExternalId, MfaSerial, PolicyArn, Region, ResourcePattern, RoleDuration, SessionName, SessionPolicy,
    SourceIdentity, Tag, TagKey,
};

/// What this one call says otherwise than the config.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "For this call only (in a chain: the last role)")]
pub(super) struct OverrideArgs {
    /// How long the session should last: 3600, 90m, 1h
    #[arg(long, value_name = "DURATION")]
    pub(super) duration: Option<RoleDuration>,
    /// The external ID that the role's owner demands
    #[arg(long, value_name = "ID")]
    pub(super) external_id: Option<ExternalId>,
    /// What the session is called in CloudTrail
    #[arg(long, value_name = "NAME")]
    pub(super) session_name: Option<SessionName>,
    /// Who is behind the session, fixed for all that is chained from it
    #[arg(long, value_name = "NAME")]
    pub(super) source_identity: Option<SourceIdentity>,
    /// A session tag; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    pub(super) tag: Vec<Tag>,
    /// A tag that goes on to chained sessions; may be given again
    #[arg(long, value_name = "KEY")]
    pub(super) transitive_tag: Vec<TagKey>,
    /// A policy that narrows the session: JSON, or a file of it
    #[arg(long, value_name = "JSON|FILE")]
    pub(super) policy: Option<String>,
    /// A managed policy that narrows the session; may be given again
    #[arg(long, value_name = "ARN")]
    pub(super) policy_arn: Vec<PolicyArn>,
    /// Take no more than these actions, such as s3:Get*; may be given again
    #[arg(long, value_name = "ACTION", conflicts_with_all = ["policy", "policy_arn", "read_only"])]
    pub(super) only: Vec<ActionPattern>,
    /// What --only is done to: an ARN; may be given again
    #[arg(long, value_name = "ARN", requires = "only")]
    pub(super) on: Vec<ResourcePattern>,
    /// Take no more than AWS's policy ReadOnlyAccess allows
    #[arg(long, conflicts_with_all = ["policy", "policy_arn"])]
    pub(super) read_only: bool,
    /// The Region to ask STS in, and to hand over
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<Region>,
    /// The MFA device whose code is sent
    #[arg(long, value_name = "SERIAL")]
    pub(super) mfa_serial: Option<MfaSerial>,
    /// A file that holds the MFA code; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) mfa_code_file: Option<PathBuf>,
}

impl OverrideArgs {
    /// Returns the flags as the planner takes them, each with its flag as origin.
    pub(super) fn overrides(&self) -> Result<Overrides, Error> {
        Ok(Overrides {
            duration: sourced("--duration", &self.duration),
            external_id: sourced("--external-id", &self.external_id),
            mfa_serial: sourced("--mfa-serial", &self.mfa_serial),
            session_name: sourced("--session-name", &self.session_name),
            source_identity: sourced("--source-identity", &self.source_identity),
            tags: all("--tag", &self.tag),
            transitive_tags: all("--transitive-tag", &self.transitive_tag),
            policy_arns: all("--policy-arn", &self.policy_arn),
            policy: self.policy.as_deref().map(policy).transpose()?,
            narrow: self.narrow()?,
            region: sourced("--region", &self.region),
        })
    }

    fn narrow(&self) -> Result<Option<Sourced<Narrow>>, Error> {
        if self.read_only {
            return Ok(Some(Sourced::new(Narrow::ReadOnly, Origin::Flag("--read-only"))));
        }
        if self.only.is_empty() {
            return Ok(None);
        }
        let origin = Origin::Flag("--only");
        let policy = SessionPolicy::only(&self.only, &self.on);
        let policy = policy.map_err(|error| Error::text(Kind::Usage, error.to_string()).at(&origin))?;
        Ok(Some(Sourced::new(Narrow::Only(policy), origin)))
    }

    /// Returns the flags as words for a later call of ours. A policy goes as it is and not as a file that may change; an MFA
    /// code serves once and does not go along.
    pub(super) fn words(&self) -> Result<Vec<String>, Error> {
        let overrides = self.overrides()?;
        let mut words = Vec::new();
        let mut flag = |name: &str, value: String| words.push(format!("--{name}={value}"));
        let one = [
            ("duration", self.duration.map(|value| value.seconds().to_string())),
            ("external-id", self.external_id.as_ref().map(ToString::to_string)),
            ("session-name", self.session_name.as_ref().map(ToString::to_string)),
            ("source-identity", self.source_identity.as_ref().map(ToString::to_string)),
            ("policy", overrides.policy.map(|policy| policy.value.as_str().to_owned())),
            ("region", self.region.as_ref().map(|value| value.as_str().to_owned())),
            ("mfa-serial", self.mfa_serial.as_ref().map(ToString::to_string)),
        ];
        for (name, value) in one {
            if let Some(value) = value {
                flag(name, value);
            }
        }
        self.tag.iter().for_each(|tag| flag("tag", format!("{}={}", tag.key().as_str(), tag.value())));
        self.transitive_tag.iter().for_each(|key| flag("transitive-tag", key.to_string()));
        self.only.iter().for_each(|action| flag("only", action.to_string()));
        self.on.iter().for_each(|resource| flag("on", resource.to_string()));
        self.policy_arn.iter().for_each(|arn| flag("policy-arn", arn.to_string()));
        if self.read_only {
            words.push("--read-only".to_owned());
        }
        Ok(words)
    }

    /// Returns where the MFA code was put for us.
    pub(super) fn given_code(&self) -> Option<GivenCode> {
        self.mfa_code_file.clone().map(GivenCode::from)
    }
}

fn sourced<T: Clone>(flag: &'static str, value: &Option<T>) -> Option<Sourced<T>> {
    value.clone().map(|value| Sourced::new(value, Origin::Flag(flag)))
}

fn all<T: Clone>(flag: &'static str, values: &[T]) -> Vec<Sourced<T>> {
    values.iter().map(|value| Sourced::new(value.clone(), Origin::Flag(flag))).collect()
}

pub(super) fn tag(text: &str) -> Result<Tag, String> {
    let (key, value) = text.split_once('=').ok_or("a tag is written KEY=VALUE")?;
    Tag::new(key, value).map_err(|error| error.to_string())
}

/// A policy begins with a brace, and hardly a file does.
fn policy(text: &str) -> Result<Sourced<SessionPolicy>, Error> {
    let origin = Origin::Flag("--policy");
    let usage = |what: String| Error::text(Kind::Usage, what).at(&origin);
    let json = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        std::fs::read_to_string(Path::new(text))
            .map_err(|error| usage(format!("cannot read the policy {text}: {error}")))?
    };
    let policy = SessionPolicy::from_str(&json).map_err(|error| usage(error.to_string()))?;
    Ok(Sourced::new(policy, origin))
}
