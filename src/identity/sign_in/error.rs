//! Why a sign-in has no token for us.

use std::time::Duration;

use crate::aws::AwsError;
use crate::person::RedirectError;
use crate::terms::show_duration;
use crate::vault::VaultError;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody is signed in, and nobody is asked from here.
    #[error("nobody is signed in at `{name}` ({place}): {}", lack.as_str())]
    SignedOut {
        /// The sign-in.
        name: String,
        /// Where people of it begin.
        place: String,
        /// Why nobody is.
        lack: Lack,
    },
    /// A window is open, or was left, moments ago.
    #[error("nobody is signed in at `{name}`: a page was opened {} ago, and the sign-in was not finished", show_duration(*since))]
    Waiting {
        /// The sign-in.
        name: String,
        /// When the window was opened.
        since: Duration,
    },
    /// The person said no, or nobody came.
    #[error("nobody signed in at `{name}`: {reason}")]
    Declined {
        /// The sign-in.
        name: String,
        /// What came back.
        reason: RedirectError,
    },
    /// The service said no, or gave no answer.
    #[error("cannot sign in at `{name}`")]
    Aws {
        /// The sign-in.
        name: String,
        /// What it said.
        source: AwsError,
    },
    /// It was refused to the process that we waited for, moments ago.
    #[error("nobody is signed in at `{name}`: process {pid}, which asked at the same time, was told: {said}")]
    Shared {
        /// The sign-in.
        name: String,
        /// Who asked.
        pid: u32,
        /// What it was told.
        said: String,
    },
    /// The token cannot be kept, or not be removed.
    #[error("the token of `{name}` cannot be kept or removed")]
    Vault {
        /// The sign-in.
        name: String,
        /// Why not.
        source: VaultError,
    },
}

impl SignInError {
    /// Whether those who waited take it for theirs. Of a store that fails, each has its own.
    pub fn concerns_all(&self) -> bool {
        match self {
            Self::Declined { .. } | Self::Aws { .. } | Self::Shared { .. } => true,
            Self::SignedOut { lack, .. } => *lack == Lack::Revoked,
            Self::Waiting { .. } | Self::Vault { .. } => false,
        }
    }
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lack {
    /// Nobody was, or they signed out.
    Never,
    /// The sign-in has ended, and nothing refreshes it.
    Ended,
    /// What refreshed it was revoked.
    Revoked,
}

impl Lack {
    /// Returns it in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "no token is kept",
            Self::Ended => "the sign-in has ended",
            Self::Revoked => "the sign-in was ended where it was made",
        }
    }
}
