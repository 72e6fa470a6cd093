//! What a person is told when the sandbox does not start.

use super::{Error, Kind};
use crate::sandbox::{SandboxError, ScenarioError};

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        Self::new(Kind::Config, error)
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
