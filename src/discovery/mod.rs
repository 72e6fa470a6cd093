//! What a person can reach through a sign-in at Identity Center, and a file of roles made of it.
//!
//! A sign-in goes in, accounts and their permission sets come out, as fast as the portal allows. What they are called is
//! decided by pure functions: a template and filters, the same each time, and never a name that is somebody else's. Whatever
//! the portal says is somebody else's text: into the file goes what passed AWS's own limits, and names of plain characters.

mod error;
mod file;
mod naming;
mod pace;
mod portal;
mod settings;

use crate::terms::{AccountId, RoleName};

pub use error::DiscoveryError;
pub use file::{Difference, Generated};
pub use naming::{Named, Renamed, named};
pub use portal::{Seen, reach};
pub use settings::{Glob, InvalidTemplate, Settings, Template};

/// A permission set that the person may become, in an account.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Reached {
    /// What the portal calls the account; the account's owner chose it.
    pub account_name: String,
    /// The account.
    pub account_id: AccountId,
    /// The permission set.
    pub role: RoleName,
}
