//! Why nothing was discovered.

use std::path::PathBuf;

use crate::acquire::AcquireError;
use crate::aws::AwsError;

/// Why it is not known what a person can reach, or the file of it cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Nobody is signed in.
    #[error(transparent)]
    SignIn(Box<AcquireError>),
    /// The portal said no, or gave no answer.
    #[error("what can be reached through `{name}` is not known")]
    Portal {
        /// The sign-in.
        name: String,
        /// What came back.
        source: AwsError,
    },
    /// The file holds something else than what we generate for that sign-in.
    #[error("{} is not replaced: {why}", path.display())]
    NotGenerated {
        /// The file.
        path: PathBuf,
        /// What is in it.
        why: String,
    },
}
