//! Sessions: credentials with an expiry, remembered under a key made of everything that shaped them.

mod credentials;

pub use credentials::{Credentials, Lineage, Session, Via};
