//! What a person is told when the past cannot be read.

use super::{Error, Kind, unreadable};
use crate::aws::AwsError;
use crate::trust::history::{BucketError, FilesError, LakeError, LookupError};

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        match &error {
            FilesError::Open { path, source } => unreadable(path, source),
            FilesError::Form { .. } => {
                let hint = "a file that was copied half is mended by the same `aws s3 sync` again".to_owned();
                Self::new(Kind::System, error).with_hint(hint)
            }
        }
    }
}

impl From<BucketError> for Error {
    fn from(error: BucketError) -> Self {
        match error {
            BucketError::Aws { bucket, source } => {
                let hint = match &source {
                    AwsError::Refused(refusal) if refusal.code == "NoSuchBucket" => {
                        "`aws cloudtrail describe-trails` says which bucket a trail writes to"
                    }
                    AwsError::Refused(refusal) if refusal.code.starts_with("AccessDenied") => {
                        "whoever reads needs s3:ListBucket for the bucket, s3:GetObject for what lies in it, and kms:Decrypt \
                         where it is encrypted with a key"
                    }
                    AwsError::Refused(_)
                    | AwsError::NoAnswer { .. }
                    | AwsError::CaBundle { .. }
                    | AwsError::Setup { .. } => "the same command goes on where it was",
                };
                Self::from(source).while_doing(format!("s3://{bucket} cannot be read")).with_hint(hint.to_owned())
            }
            BucketError::Empty(_) => Self::new(Kind::Refused, error).with_hint(
                "a trail writes to s3://BUCKET/PREFIX/AWSLogs/; an account, a Region or a day that it has no files of is not \
                 there"
                    .to_owned(),
            ),
            BucketError::Busy | BucketError::Kept(_) => Self::new(Kind::System, error),
        }
    }
}

impl From<LakeError> for Error {
    fn from(error: LakeError) -> Self {
        match error {
            LakeError::Aws { region, source } => {
                let hint = match &source {
                    AwsError::Refused(refusal) if refusal.code.starts_with("AccessDenied") => Some(
                        "whoever asks needs cloudtrail:GetEventDataStore, StartQuery, DescribeQuery, GetQueryResults and \
                         CancelQuery for the store"
                            .to_owned(),
                    ),
                    AwsError::Refused(_)
                    | AwsError::NoAnswer { .. }
                    | AwsError::CaBundle { .. }
                    | AwsError::Setup { .. } => None,
                };
                Self::from(source).while_doing(format!("CloudTrail Lake of {region} cannot be asked")).with_hint(hint)
            }
            LakeError::NoStore { ref others, .. } => {
                let hint = match others.first() {
                    Some((name, arn)) => format!("there is {name}: --lake {arn}"),
                    None => {
                        "AWS takes no new customers for Lake since 2026-05-31; a trail's bucket tells the same: --from \
                             s3://BUCKET"
                            .to_owned()
                    }
                };
                Self::new(Kind::Refused, error).with_hint(hint)
            }
            LakeError::Failed { .. } => Self::new(Kind::Unreachable, error),
            LakeError::Cancelled => Self::new(Kind::Declined, error),
        }
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
