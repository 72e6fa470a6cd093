//! The one error that a person sees: what was tried, why it failed, where it was declared, what to do next.
//!
//! Each room has its own error with the facts. The files beside this one (`error/ROOM.rs`) translate them; hints and
//! exit codes are known here and nowhere else.

mod acquire;
mod config;
mod console;
mod discovery;
mod file;
mod handover;
mod history;
mod identity;
mod mfa;
mod person;
mod plan;
mod rotation;
mod sandbox;
mod sign_in;
mod vault;

use std::fmt;

pub use file::unreadable;

use crate::config::Origin;
use crate::person::plain;

/// What went wrong, for a script: the exit code is a promise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The command line makes no sense. Exit code 2.
    Usage,
    /// A config file, or what it declares, is wrong. Exit code 3.
    Config,
    /// AWS was asked and said no. Exit code 4.
    Refused,
    /// AWS could not be asked, or had no answer: network, throttling, a server's failure. Exit code 5.
    Unreachable,
    /// A person has to answer, and none can be reached from here. Exit code 6.
    PersonNeeded,
    /// A person was asked and declined, or their code was wrong. Exit code 7.
    Declined,
    /// A secret store failed, and what was asked cannot be done without it. Exit code 8.
    Vault,
    /// The identity's own credentials cannot be had. Exit code 9.
    Identity,
    /// The machine refused: a file, a folder, a process. Exit code 10.
    System,
}

impl Kind {
    /// Returns the exit code of a command that fails so.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Config => 3,
            Self::Refused => 4,
            Self::Unreachable => 5,
            Self::PersonNeeded => 6,
            Self::Declined => 7,
            Self::Vault => 8,
            Self::Identity => 9,
            Self::System => 10,
        }
    }
}

/// A failure in the words of the person who meets it.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    what: String,
    causes: Vec<String>,
    origins: Vec<String>,
    hints: Vec<String>,
}

impl Error {
    /// Returns an error that says what a room's error says, and its sources as causes.
    pub fn new(kind: Kind, error: impl std::error::Error) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Self { kind, what: error.to_string(), causes, origins: Vec::new(), hints: Vec::new() }
    }

    /// Returns an error that says this and nothing more.
    pub fn text(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), causes: Vec::new(), origins: Vec::new(), hints: Vec::new() }
    }

    /// Says what was being done: what was the error becomes its first cause.
    #[must_use]
    pub fn while_doing(mut self, what: impl Into<String>) -> Self {
        self.causes.insert(0, std::mem::replace(&mut self.what, what.into()));
        self
    }

    /// Adds a cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds what to do next: something to paste, or a sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hints.extend(hint.into());
        self
    }

    /// Adds where the cause was declared.
    #[must_use]
    pub fn at(mut self, origin: &Origin) -> Self {
        self.origins.push(origin.to_string());
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "assume: error: {}", plain(&self.what))?;
        for (label, lines) in [("cause", &self.causes), ("where", &self.origins), ("hint", &self.hints)] {
            for line in lines {
                write!(f, "\n  {label}: {}", plain(line))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::person::is_unsafe;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_it_quotes_an_error_drives_no_terminal_and_each_line_is_its_own(texts in prop::array::uniform5(any::<String>())) {
            let [what, cause, key, variable, hint] = texts;
            let error = Error::text(Kind::Refused, what)
                .because(cause)
                .at(&Origin::File { path: std::path::Path::new(&key).into(), line: 1, key: key.clone() })
                .at(&Origin::Environment(variable))
                .with_hint(hint);
            let text = error.to_string();
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert!(!lines.concat().contains(is_unsafe), "{:?}", text);
            let begins = ["assume: error: ", "  cause: ", "  where: ", "  where: ", "  hint: "];
            prop_assert_eq!(lines.len(), begins.len());
            prop_assert!(lines.iter().zip(begins).all(|(line, begin)| line.starts_with(begin)), "{:?}", text);
        }
    }
}
