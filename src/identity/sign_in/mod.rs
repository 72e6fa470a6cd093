//! Proofs of who somebody is, for sign-ins: each kind in a file of its own, and what kinds have in common.

mod card;
pub(super) mod claims;
pub(super) mod cognito;
pub(super) mod error;
pub(super) mod identity_center;
pub(super) mod kept;
pub(super) mod manner;
pub(super) mod oidc;
pub(super) mod saml;
pub(super) mod web_identity;
mod window;
