//! All that was declared, found by name.

use super::model::{Connection, Declared, Defaults};
use crate::world::World;

/// Every declared profile and identity, and what holds for all of them.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    defaults: Defaults,
    environment: Connection,
}

/// Why a catalog cannot be had, or a profile in it not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {}

/// A name in the catalog, as `list` shows it.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The profile's name.
    pub name: String,
    /// What it is, in a word: `role`, `identity`, `profile`.
    pub kind: &'static str,
    /// Where it is declared.
    pub origin: super::Origin,
    /// The role it leads to, where it leads to one.
    pub role_arn: Option<crate::terms::RoleArn>,
}

impl Catalog {
    /// Reads our file (with what it includes) and the AWS shared files. A file that does not exist is an empty one.
    pub fn open(_world: &World) -> Result<Self, ConfigError> {
        Ok(Self::default())
    }

    /// Returns what a name stands for: our file wins over the AWS files.
    pub fn find(&self, _name: &str) -> Result<Option<Declared>, ConfigError> {
        Ok(None)
    }

    /// Returns the names that a mistyped one may have meant, nearest first.
    pub fn nearest(&self, _name: &str) -> Vec<String> {
        Vec::new()
    }

    /// The names of our identities, sorted.
    pub fn identities(&self) -> Vec<String> {
        Vec::new()
    }

    /// Every name, sorted.
    pub fn listings(&self) -> Vec<Listing> {
        Vec::new()
    }

    /// What our file says for everybody.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// What the environment says of Region and endpoint (`AWS_REGION`, `AWS_ENDPOINT_URL_STS`, …).
    pub fn environment(&self) -> &Connection {
        &self.environment
    }
}
