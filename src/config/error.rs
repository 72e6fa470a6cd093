//! Why what was declared cannot be read.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::origin::Origin;

/// Why a catalog cannot be had, or a profile in it not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that is there and cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        source: Arc<io::Error>,
    },
    /// A file that is no text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A file whose commands somebody else could have written.
    #[error("{} is refused: {why}, and what stands in it can run commands", path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
        /// What mends it.
        mend: &'static str,
    },
    /// Our file is no TOML.
    #[error("the config file is no valid TOML: {message}")]
    Toml {
        /// What the parser said.
        message: String,
        /// Where.
        origin: Origin,
    },
    /// An AWS file that the SDKs would refuse as well.
    #[error("the AWS file cannot be understood: {message}")]
    AwsFile {
        /// What is wrong with the line.
        message: &'static str,
        /// Where.
        origin: Origin,
    },
    /// A key that means nothing where it stands.
    #[error("`{key}` is no key of {table}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table, as it is written.
        table: String,
        /// The key that may have been meant.
        nearest: Option<String>,
        /// Where it stands.
        origin: Origin,
    },
    /// A value that AWS, or we, would not take.
    #[error("{key}: {reason}")]
    Invalid {
        /// The key.
        key: String,
        /// What is wrong with the value.
        reason: String,
        /// Where it stands.
        origin: Origin,
    },
    /// Something that has to be said and is not.
    #[error("{table} needs {what}")]
    Missing {
        /// The table, as it is written.
        table: String,
        /// What it needs.
        what: &'static str,
        /// Where the table begins.
        origin: Origin,
    },
    /// Two keys that say the same thing.
    #[error("{table} has both `{first}` and `{second}`, and one of them is enough")]
    Both {
        /// The table, as it is written.
        table: String,
        /// The one key.
        first: &'static str,
        /// The other key.
        second: &'static str,
        /// Where the other key stands.
        origin: Origin,
    },
    /// One name for two things.
    #[error("`{name}` is declared twice, as a role and as an identity")]
    Twice {
        /// The name.
        name: String,
        /// Where it is declared.
        origin: Origin,
    },
    /// A name that cannot be used on a command line.
    #[error("`{name}` cannot be a name: {why}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        why: &'static str,
        /// Where it is declared.
        origin: Origin,
    },
    /// An included file that goes beyond what the main file grants it.
    #[error("an included file may declare roles only, and {what} in this one is not allowed by the main file")]
    NotGranted {
        /// What goes beyond.
        what: String,
        /// The word that allows it, where there is one.
        grant: Option<&'static str>,
        /// The included file.
        file: PathBuf,
        /// Where it stands.
        origin: Origin,
    },
    /// A file that cannot be written.
    #[error("{} cannot be written", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        source: Arc<io::Error>,
    },
    /// A file that somebody changed while we did.
    #[error("{} was changed by somebody else meanwhile, and is left as it is", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A table in a form that cannot be edited without moving other bytes.
    #[error("{table} is written in a form that only its author can edit")]
    NotEditable {
        /// The table.
        table: String,
        /// Where.
        origin: Origin,
    },
    /// A name that is not declared in our file.
    #[error("your config file declares no {kind} `{name}`")]
    NotOurs {
        /// `role` or `identity`.
        kind: &'static str,
        /// The name.
        name: String,
        /// Where the name is declared, if it is elsewhere.
        elsewhere: Option<Origin>,
        /// A name that may have been meant.
        nearest: Option<String>,
    },
}

impl ConfigError {
    /// Returns where it stands, if it is about a place in a file.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Unreadable { .. }
            | Self::NotText { .. }
            | Self::Untrusted { .. }
            | Self::Unwritable { .. }
            | Self::Changed { .. } => None,
            Self::NotOurs { elsewhere, .. } => elsewhere.as_ref(),
            Self::Toml { origin, .. }
            | Self::AwsFile { origin, .. }
            | Self::UnknownKey { origin, .. }
            | Self::Invalid { origin, .. }
            | Self::Missing { origin, .. }
            | Self::Both { origin, .. }
            | Self::Twice { origin, .. }
            | Self::Name { origin, .. }
            | Self::NotEditable { origin, .. }
            | Self::NotGranted { origin, .. } => Some(origin),
        }
    }
}
