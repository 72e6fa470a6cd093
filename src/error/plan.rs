//! What a person is told when a name cannot become a plan.

use super::{Error, Kind};
use crate::config::Origin;
use crate::plan::PlanError;

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        let error = match error {
            PlanError::Config(error) => return error.into(),
            other => other,
        };
        let kind = match &error {
            PlanError::FlagRefused { .. } => Kind::Usage,
            PlanError::Unknown { origin: None, .. } | PlanError::NotARole { origin: None, .. } => Kind::Usage,
            PlanError::Limit { origin: Origin::Flag(_), .. }
            | PlanError::NotCarried { origin: Origin::Flag(_), .. } => Kind::Usage,
            PlanError::Config(_)
            | PlanError::Unknown { origin: Some(_), .. }
            | PlanError::NotARole { origin: Some(_), .. }
            | PlanError::Loop { .. }
            | PlanError::NoIdentity { .. }
            | PlanError::SourceCount { .. }
            | PlanError::NothingThere { .. }
            | PlanError::SignIn { .. }
            | PlanError::NoRole { .. }
            | PlanError::NotCarried { .. }
            | PlanError::InTheClear { .. }
            | PlanError::TwoDevices { .. }
            | PlanError::MfaImpossible { .. }
            | PlanError::NoMfaSession { .. }
            | PlanError::AcrossPartitions { .. }
            | PlanError::Limit { .. }
            | PlanError::EndpointConflict { .. } => Kind::Config,
        };
        let (origins, hint) = (origins(&error), hint(&error));
        origins.iter().fold(Self::new(kind, error), |told, origin| told.at(origin)).with_hint(hint)
    }
}

fn origins(error: &PlanError) -> Vec<Origin> {
    match error {
        PlanError::Config(_) | PlanError::FlagRefused { .. } => Vec::new(),
        PlanError::Unknown { origin, .. } | PlanError::NotARole { origin, .. } => origin.iter().cloned().collect(),
        PlanError::Loop { hops } => hops.iter().map(|hop| hop.origin.clone()).collect(),
        PlanError::NoIdentity { origin, .. }
        | PlanError::SourceCount { origin, .. }
        | PlanError::NothingThere { origin, .. }
        | PlanError::SignIn { origin, .. }
        | PlanError::NoRole { origin, .. }
        | PlanError::NotCarried { origin, .. }
        | PlanError::InTheClear { origin, .. }
        | PlanError::TwoDevices { origin, .. }
        | PlanError::MfaImpossible { origin, .. }
        | PlanError::NoMfaSession { origin, .. }
        | PlanError::AcrossPartitions { origin, .. }
        | PlanError::Limit { origin, .. }
        | PlanError::EndpointConflict { origin, .. } => vec![origin.clone()],
    }
}

fn hint(error: &PlanError) -> Option<String> {
    match error {
        PlanError::Unknown { nearest, .. } => Some(match nearest.as_slice() {
            [] => "`assume list` shows what there is".to_owned(),
            [only] => format!("did you mean `{only}`?"),
            [first, rest @ ..] => format!("did you mean `{first}`, or {}?", quoted(rest)),
        }),
        PlanError::Loop { .. } => Some("one of them has to start from an identity instead".to_owned()),
        PlanError::NoIdentity { origin: Origin::Flag(_), .. } => Some(
            "name one at the top of the config file: `default_identity = \"NAME\"`, a profile of ~/.aws if you like"
                .to_owned(),
        ),
        PlanError::NoIdentity { profile, identities, .. } => Some(match identities.as_slice() {
            [] => format!(
                "store a key with `assume identity add NAME`, or take a profile of ~/.aws: `assume role edit {profile} \
                 --identity NAME`"
            ),
            several => {
                format!("name one: `assume role edit {profile} --identity NAME`, NAME being {}", quoted(several))
            }
        }),
        PlanError::SourceCount { found: "both", .. } => {
            Some("leave out source_profile or credential_source".to_owned())
        }
        PlanError::SourceCount { profile, .. } => Some(format!("add `source_profile = NAME` to `{profile}`")),
        PlanError::NothingThere { .. } => Some("it needs role_arn, aws_access_key_id or credential_process".to_owned()),
        PlanError::NoMfaSession { what, roles, .. } => {
            let how = if *what == "AssumeRoot" { ": --via ROLE" } else { " instead of the identity" };
            let which = if roles.is_empty() { "no role is declared for it".to_owned() } else { quoted(roles) };
            Some(format!("name a role that may call it{how} ({which})"))
        }
        PlanError::TwoDevices { .. } => Some("leave out the mfa_serial that the chain does not need".to_owned()),
        PlanError::MfaImpossible { .. } => {
            Some("leave out mfa_serial, or start from an identity that has a long-term key".to_owned())
        }
        PlanError::EndpointConflict { setting, origin: Origin::Environment(variable) } => {
            Some(format!("unset {variable}, or leave out {setting}"))
        }
        PlanError::EndpointConflict { setting, .. } => Some(format!("leave out endpoint_url or {setting}")),
        PlanError::SignIn { profile, .. } => Some(format!(
            "the AWS CLI can: give another profile `credential_process = aws configure export-credentials --profile \
             {profile}`, and start from that one"
        )),
        PlanError::InTheClear { .. } => Some("name an https address, or one on this machine".to_owned()),
        PlanError::NoRole { name, .. } => {
            Some(format!("name the role: `assume role add NAME --identity {name} --role-arn ARN`"))
        }
        PlanError::NotCarried { profile, origin, .. } => Some(match origin {
            Origin::Flag(flag) => format!("leave out {flag}"),
            Origin::File { .. } | Origin::Environment(_) | Origin::Default => {
                format!("leave it out, or say it for a further role that has `via = \"{profile}\"`")
            }
        }),
        PlanError::FlagRefused { flag: "--duration", profile, .. } => {
            Some(format!("leave out --duration: 1h is what `{profile}` gets, and it is renewed by the same command"))
        }
        PlanError::Config(_)
        | PlanError::NotARole { .. }
        | PlanError::FlagRefused { .. }
        | PlanError::AcrossPartitions { .. }
        | PlanError::Limit { .. } => None,
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}
