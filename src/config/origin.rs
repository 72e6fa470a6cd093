//! Where a value comes from. Every declared value keeps it, down to `explain` and the error texts.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A value and where it was declared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was declared.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Returns a value with its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Returns a value that nobody declared.
    pub fn by_default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

/// Where a value was declared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// In a file.
    File {
        /// The file, as the person names it.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
        /// The key, or the section for what belongs to it as a whole.
        key: String,
    },
    /// By a flag of this call, such as `--duration`.
    Flag(&'static str),
    /// By an environment variable.
    Environment(String),
    /// By nobody: it is what we do when nothing is said.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, key } => write!(f, "{}:{line}, {key}", path.display()),
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Default => f.write_str("default"),
        }
    }
}
