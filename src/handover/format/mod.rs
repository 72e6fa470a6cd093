//! Formats that are not a shell's: for programs, containers and the runners of a pipeline.

mod docker_env;
mod dotenv;
mod github;
mod ini;
mod json;

use std::path::PathBuf;

pub(super) use ini::is_section_character;

use super::dialect::{Dialect, SecretText};
use super::variables::{Hand, HandoverError, exported, switch};
use crate::session::Credentials;
use crate::terms::Region;
use crate::world::Env;

/// What `export` can write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Statements for a shell.
    Shell(Dialect),
    /// A `.env` file.
    Dotenv,
    /// A JSON object of environment variables.
    Json,
    /// A section for an AWS credentials file.
    Ini,
    /// A file for `docker run --env-file`.
    DockerEnv,
    /// GitHub Actions: the secrets masked in the log, the variables set for the steps that follow.
    Github,
}

impl Format {
    /// Returns the statement to print when there are no credentials, where the format is one to be evaluated.
    pub fn failure(self) -> Option<&'static str> {
        match self {
            Self::Shell(dialect) => Some(dialect.failure()),
            Self::Dotenv | Self::Json | Self::Ini | Self::DockerEnv | Self::Github => None,
        }
    }
}

/// What is to be written, and where.
pub struct Written {
    /// For standard output.
    pub stdout: SecretText,
    /// For the end of a file, after standard output.
    pub append: Option<(PathBuf, SecretText)>,
}

/// Returns the credentials in that format, for that environment.
pub fn write(
    format: Format,
    env: &Env,
    profile: &str,
    region: Option<&Region>,
    credentials: &Credentials,
) -> Result<Written, HandoverError> {
    let only = |stdout| Ok(Written { stdout, append: None });
    match format {
        Format::Shell(dialect) => only(dialect.write(&switch(env, profile, region, Hand::Keys(credentials))?)?),
        Format::Dotenv => only(dotenv::write(&exported(credentials, region))?),
        Format::Json => only(json::write(&exported(credentials, region))),
        Format::Ini => only(ini::write(profile, region, credentials)?),
        Format::DockerEnv => only(docker_env::write(&exported(credentials, region))?),
        Format::Github => github::write(env, &switch(env, profile, region, Hand::Keys(credentials))?),
    }
}
