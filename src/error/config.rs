//! What a person is told when what was declared cannot be read.

use std::io::ErrorKind;

use super::{Error, Kind};
use crate::config::ConfigError;

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let hint = hint(&error);
        let origin = match &error {
            ConfigError::Unreadable { .. }
            | ConfigError::NotText { .. }
            | ConfigError::Untrusted { .. }
            | ConfigError::Unwritable { .. }
            | ConfigError::Changed { .. } => None,
            ConfigError::NotOurs { elsewhere, .. } => elsewhere.clone(),
            ConfigError::Toml { origin, .. }
            | ConfigError::AwsFile { origin, .. }
            | ConfigError::UnknownKey { origin, .. }
            | ConfigError::Invalid { origin, .. }
            | ConfigError::Missing { origin, .. }
            | ConfigError::Both { origin, .. }
            | ConfigError::Twice { origin, .. }
            | ConfigError::Name { origin, .. }
            | ConfigError::NotEditable { origin, .. }
            | ConfigError::NotGranted { origin, .. } => Some(origin.clone()),
        };
        let kind = match &error {
            ConfigError::Unwritable { .. } | ConfigError::Changed { .. } => Kind::System,
            ConfigError::NotOurs { .. } => Kind::Usage,
            ConfigError::Unreadable { .. }
            | ConfigError::NotText { .. }
            | ConfigError::Untrusted { .. }
            | ConfigError::Toml { .. }
            | ConfigError::AwsFile { .. }
            | ConfigError::UnknownKey { .. }
            | ConfigError::Invalid { .. }
            | ConfigError::Missing { .. }
            | ConfigError::Both { .. }
            | ConfigError::Twice { .. }
            | ConfigError::Name { .. }
            | ConfigError::NotEditable { .. }
            | ConfigError::NotGranted { .. } => Kind::Config,
        };
        let error = Self::new(kind, error).with_hint(hint);
        match origin {
            Some(origin) => error.at(&origin),
            None => error,
        }
    }
}

fn hint(error: &ConfigError) -> Option<String> {
    match error {
        ConfigError::Unreadable { path, source } if source.kind() == ErrorKind::PermissionDenied => {
            Some(format!("ls -l {}", path.display()))
        }
        ConfigError::Untrusted { path, mend, .. } => Some(format!("{mend} {}", path.display())),
        ConfigError::UnknownKey { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
        ConfigError::NotGranted { grant: Some(grant), file, .. } => {
            Some(format!("include = [{{ path = \"{}\", allow = [\"{grant}\"] }}]", file.display()))
        }
        ConfigError::NotGranted { grant: None, .. } => Some("move it to your own config file".to_owned()),
        ConfigError::NotEditable { table, .. } => Some(format!("write it as a table with the header {table} first")),
        ConfigError::NotOurs { elsewhere: Some(_), .. } => Some("edit it where it is declared".to_owned()),
        ConfigError::NotOurs { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
        ConfigError::NotOurs { elsewhere: None, nearest: None, .. } => Some("assume list".to_owned()),
        ConfigError::Changed { .. } => Some("run it again".to_owned()),
        ConfigError::Twice { .. } => Some("give one of them another name".to_owned()),
        ConfigError::Unreadable { .. }
        | ConfigError::NotText { .. }
        | ConfigError::Unwritable { .. }
        | ConfigError::Toml { .. }
        | ConfigError::AwsFile { .. }
        | ConfigError::UnknownKey { nearest: None, .. }
        | ConfigError::Invalid { .. }
        | ConfigError::Missing { .. }
        | ConfigError::Both { .. }
        | ConfigError::Name { .. } => None,
    }
}
