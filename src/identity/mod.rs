//! Who somebody starts as: base credentials, and the fingerprint that says whose they are.

mod generation;
mod long_term_key;

pub use generation::{Generation, KeyCard, current};
pub use long_term_key::LongTermKey;
