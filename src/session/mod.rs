//! Sessions: credentials with an expiry, remembered under a key made of everything that shaped them.

mod credentials;
mod key;

pub use credentials::{Credentials, Lineage, Session, Via};
pub use key::{CacheKey, Fingerprint, cache_keys};
