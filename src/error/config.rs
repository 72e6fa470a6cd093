//! What a person is told when what was declared cannot be read.

use std::io::ErrorKind;

use super::{Error, Kind};
use crate::config::ConfigError;

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let hint = hint(&error);
        let origin = error.origin().cloned();
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
            Some(format!("see whose it is: `ls -l {}`", path.display()))
        }
        ConfigError::NotText { .. } => {
            Some("save it as UTF-8 (`>` of PowerShell 5 and some editors write UTF-16)".to_owned())
        }
        ConfigError::Toml { message, .. } if message.contains("leading zero") => {
            Some("an account id stands between quotes: account_id = \"012345678901\"".to_owned())
        }
        ConfigError::Toml { message, .. } if message.contains("duplicate key") => {
            Some("the name is there twice in the file: give this one another, or put both together".to_owned())
        }
        ConfigError::Untrusted { path, mend, .. } => Some(format!("{mend} {}", path.display())),
        ConfigError::UnknownKey { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
        ConfigError::NotGranted { grant: Some(grant), file, .. } => {
            let include = format!("include = [{{ path = \"{}\", allow = [\"{grant}\"] }}]", file.display());
            Some(format!("if you trust whoever writes it with that, say in the main file: {include}"))
        }
        ConfigError::NotGranted { grant: None, .. } => Some("move it to your own config file".to_owned()),
        ConfigError::NotEditable { table, .. } => Some(format!("write it as a table with the header {table} first")),
        ConfigError::NotOurs { elsewhere: Some(_), .. } => Some("edit it where it is declared".to_owned()),
        ConfigError::NotOurs { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
        ConfigError::NotOurs { elsewhere: None, nearest: None, .. } => {
            Some("`assume list` shows what there is".to_owned())
        }
        ConfigError::Changed { .. } => Some("run it again".to_owned()),
        ConfigError::Twice { .. } => Some("give one of them another name".to_owned()),
        ConfigError::Unreadable { .. }
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
