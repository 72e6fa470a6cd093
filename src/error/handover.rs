//! What a person is told when credentials cannot be handed over.

use super::{Error, Kind};
use crate::handover::{HandoverError, RunError};

impl From<HandoverError> for Error {
    fn from(error: HandoverError) -> Self {
        let (kind, hint) = match &error {
            HandoverError::NotText { variable } => (Kind::System, Some(format!("unset {variable} first"))),
            HandoverError::NotExpressible { .. } => {
                (Kind::Usage, Some("another format may have a way: `assume export --help`".to_owned()))
            }
            HandoverError::NotInGithubActions => {
                (Kind::Usage, Some("for this shell: `assume export NAME --format posix`".to_owned()))
            }
            HandoverError::Write { .. } => (Kind::System, None),
        };
        Self::new(kind, error).with_hint(hint)
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        let hint = match &error {
            RunError::NotFound { .. } => Some("is it on the PATH, and is it the command that was meant?".to_owned()),
            RunError::NotExecutable { program, .. } => {
                Some(format!("is it a program, and may you run it? `ls -l {program}`"))
            }
            RunError::Wait { .. } => None,
        };
        Self::new(Kind::System, error).with_hint(hint)
    }
}
