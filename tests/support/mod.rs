//! What several capabilities need to be tested.

pub(crate) mod aws_cli;
pub(crate) mod home;
pub(crate) mod issuer;
pub(crate) mod lane;
pub(crate) mod loopback;
pub(crate) mod metadata;
pub(crate) mod moto;
pub(crate) mod mounts;
pub(crate) mod oidc_provider;
pub(crate) mod plain_user;
pub(crate) mod python;
pub(crate) mod saml;
pub(crate) mod sandbox;
pub(crate) mod secret_service;
pub(crate) mod terminal;
