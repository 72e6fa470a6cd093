//! What was declared: our TOML and the AWS shared files become one `Catalog` of profiles, resolved by name when asked for.
//!
//! What enters: files, and the environment variables that the SDKs honour. What leaves: values that AWS would accept,
//! each with its origin. Nothing is decided here.

mod accounts;
mod aws_edit;
mod aws_file;
mod aws_profile;
mod catalog;
mod console;
mod document;
mod edit;
mod environment;
mod error;
mod generated;
mod include;
mod model;
mod origin;
mod process;
mod ours;
mod read;
mod role;
mod section;
mod sign_in;
mod write;

pub use accounts::Accounts;
pub use aws_edit::{AwsConfigEdit, Change, Pointer, Put, is_profile_name};
pub use catalog::{Catalog, Listing};
pub use console::{ConsoleSettings, OwnOrNamed};
pub use edit::{ConfigEdit, TableKind};
pub use environment::endpoint;
pub use error::ConfigError;
pub use generated::{GeneratedEdit, default_place};
pub use model::{
    AwsProfile, Connection, Declared, Defaults, From, HandOver, Identity, ProfileSignIn, ProvidedContext, Role,
    RoleCall, Source, StaticKeys, StoreName, StsEndpoints, VaultSettings,
};
pub use origin::{Origin, Sourced};
pub use ours::not_a_name;
pub use process::asks_us_for;
pub use sign_in::{
    AssertionSource, CenterEndpoints, Cognito, IdentityCenter, InvalidSamlProviderName, InvalidStartUrl, Oidc,
    OidcFlow, PoolFlow, PoolId, ProviderId, Saml, SamlPage, SamlProviderName, SignIn, StartUrl, TokenSource,
    WebIdentity,
};
pub use write::replace as replace_file;
