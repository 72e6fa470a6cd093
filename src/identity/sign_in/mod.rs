//! Proofs of who somebody is, for sign-ins: each kind in a file of its own.

pub(super) mod claims;
pub(super) mod saml;
pub(super) mod web_identity;
