//! What a person is told when the sandbox does not start.

use super::{Error, Kind, unreadable};
use crate::sandbox::{HomeError, SandboxError, ScenarioError};

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        match &error {
            ScenarioError::Read { path, source } => unreadable(path, source),
            ScenarioError::Form { .. }
            | ScenarioError::Twice { .. }
            | ScenarioError::Value { .. }
            | ScenarioError::Policy { .. } => Self::new(Kind::Config, error),
        }
    }
}

impl From<SandboxError> for Error {
    fn from(error: SandboxError) -> Self {
        let hint = match &error {
            SandboxError::Listen { port: 0, .. } | SandboxError::Log { .. } | SandboxError::Start(_) => None,
            SandboxError::Listen { .. } => Some("leave `--port` out, and a free one is taken".to_owned()),
        };
        Self::new(Kind::System, error).with_hint(hint)
    }
}

impl From<HomeError> for Error {
    fn from(error: HomeError) -> Self {
        match error {
            HomeError::Folder { .. } => {
                let hint = "TMPDIR names the folder for what is temporary".to_owned();
                Self::new(Kind::System, error).with_hint(hint)
            }
            HomeError::Secrets(source) => Self::from(source).while_doing("cannot keep the sandbox's own secrets"),
        }
    }
}
