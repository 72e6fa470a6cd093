//! What was declared: our TOML and the AWS shared files become one `Catalog` of profiles, resolved by name when asked for.
//!
//! What enters: files, and the environment variables that the SDKs honour. What leaves: values that AWS would accept,
//! each with its origin. Nothing is decided here.

mod catalog;
mod model;
mod origin;

pub use catalog::{Catalog, ConfigError, Listing};
pub use model::{
    AwsProfile, Connection, Declared, Defaults, From, HandOver, Identity, Role, RoleCall, Source, StaticKeys,
    StoreName, StsEndpoints, VaultSettings,
};
pub use origin::{Origin, Sourced};
