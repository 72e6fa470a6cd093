//! What a person is told when the past cannot be read.

use super::{Error, Kind};
use crate::aws::AwsError;
use crate::trust::history::{FilesError, LookupError};

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        let hint = match &error {
            FilesError::Open { .. } => None,
            FilesError::Form { .. } => {
                Some("a file that was copied half is mended by the same `aws s3 sync` again".to_owned())
            }
        };
        Self::new(Kind::System, error).with_hint(hint)
    }
}

impl From<LookupError> for Error {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Aws { region, source } => {
                let hint = match &source {
                    AwsError::Refused(refusal) if refusal.code.starts_with("AccessDenied") => {
                        "whoever asks needs `cloudtrail:LookupEvents`"
                    }
                    AwsError::Refused(_)
                    | AwsError::NoAnswer { .. }
                    | AwsError::CaBundle { .. }
                    | AwsError::Setup { .. } => "the same command within an hour goes on where it was",
                };
                let error = Self::from(source).while_doing(format!("CloudTrail of {region} cannot be read"));
                error.with_hint(hint.to_owned())
            }
            LookupError::Journal(_) => Self::new(Kind::System, error),
        }
    }
}
