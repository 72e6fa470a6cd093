//! Proofs of who somebody is, for sign-ins: each kind in a file of its own.

mod card;
pub(super) mod claims;
pub(super) mod saml;
pub(super) mod cognito;
pub(super) mod identity_center;
pub(super) mod oidc;
pub(super) mod web_identity;
