//! The way out to a browser: what the AWS console is told so that it lets somebody in as a role.
//!
//! What enters: credentials and their lineage, or a role. What leaves: a link. A federation link is as good as a password
//! until it is used or 15 minutes old; the switch-role link is no secret. Whether and how long a session may last is
//! decided here from the lineage alone.

mod destination;
mod federation;
mod hosts;
mod stay;
mod switch_role;

pub use destination::{Destination, InvalidDestination};
pub use federation::{Federation, sign_in_link};
pub use hosts::{console_host, sign_in_host};
pub use stay::{Stay, WhyNot};
pub use switch_role::{Color, InvalidColor, SwitchRole, switch_role_link};

use crate::aws::AwsError;

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Credentials that the console lets nobody in with.
    #[error("the console lets nobody in with these credentials: {why}")]
    NoEntry {
        /// What they are.
        why: WhyNot,
    },
    /// A console session was to last so long, and cannot.
    #[error("how long the console session lasts cannot be said: {why}")]
    NoLength {
        /// Why not.
        why: WhyNot,
    },
    /// A role that the console cannot switch to by a link.
    #[error("the console cannot switch to this role: {why}")]
    NoSwitch {
        /// Why not.
        why: &'static str,
    },
    /// The address would have secrets go over a network in the clear.
    #[error("{host} is to be given credentials without https")]
    InTheClear {
        /// The host.
        host: String,
    },
    /// The sign-in service refused, or was not reached.
    #[error(transparent)]
    Aws(#[from] AwsError),
}
