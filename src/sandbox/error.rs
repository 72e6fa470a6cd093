//! Why there is no sandbox.

use std::io;
use std::path::PathBuf;

use crate::policy::PolicyError;

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("cannot read the scenario {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Not the TOML of a scenario.
    #[error("the scenario cannot be read: {reason}")]
    Form {
        /// What the parser says, with the line.
        reason: String,
    },
    /// Two of one name.
    #[error("`{what}` is there twice")]
    Twice {
        /// The name.
        what: String,
    },
    /// A value that AWS would not take either.
    #[error("{whose}: {reason}")]
    Value {
        /// Whose value it is.
        whose: String,
        /// What is wrong.
        reason: String,
    },
    /// A policy that cannot be evaluated.
    #[error("{whose}: its policy `{name}` cannot be used")]
    Policy {
        /// Whose policy it is.
        whose: String,
        /// Its name; `trust` for a trust policy.
        name: String,
        /// What is wrong.
        #[source]
        source: PolicyError,
    },
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken, or the machine has no loopback.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 means any.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// The log cannot be written.
    #[error("the sandbox cannot write its log {}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The machine gave no thread.
    #[error("the sandbox cannot start")]
    Start(#[source] io::Error),
}
