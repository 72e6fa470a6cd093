//! Who somebody starts as: base credentials, and the fingerprint that says whose they are.

mod long_term_key;

pub use long_term_key::LongTermKey;
