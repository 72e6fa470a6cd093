//! Who somebody starts as: base credentials, and the fingerprint that says whose they are.
//!
//! The fingerprint is made from local data, before any secret is read: a warm answer needs no more.

mod assertion;
mod base;
mod fingerprint;
mod generation;
mod login_session;
mod long_term_key;
mod pasted;
mod process;
mod sign_in;

use std::time::SystemTime;

pub use assertion::{ATTRIBUTES, Assertion, InvalidAssertion, Offer, Recipient, Response, Subject};
pub(crate) use assertion::{decode, find, parse};
pub use base::base_credentials;
pub use fingerprint::{fingerprint, fingerprint_files, with_contexts};
pub use generation::{Generation, KeyCard, current};
pub use long_term_key::LongTermKey;
pub use pasted::{InvalidPair, parse_pair};
pub use process::read_answer;
pub use sign_in::claims::Claims;
pub use sign_in::cognito::{Logins, identity_id, logins, pool_token, whose_logins};
pub use sign_in::error::{Lack, SignInError};
pub use sign_in::identity_center::{AtCenter, Token, sign_out};
pub use sign_in::kept::{Kept, TokenSignIn};
pub use sign_in::manner::Manner;
pub use sign_in::oidc::{AtIssuer, IdToken};
pub use sign_in::saml::{AtProvider, SamlAssertion, SamlError, Unfit};
pub use sign_in::web_identity::{TokenPlace, WebIdentityToken, token, whose};

use crate::aws::AwsError;
use crate::terms::show_time;
use crate::vault::VaultError;

/// Why an identity's own credentials cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The vault holds no key of that name.
    #[error("no key of the identity `{identity}` is stored")]
    NoKey {
        /// The identity.
        identity: String,
    },
    /// The vault failed.
    #[error("cannot read the key of the identity `{identity}`")]
    Vault {
        /// The identity.
        identity: String,
        /// Why.
        source: VaultError,
    },
    /// The environment has no credentials, or half of a pair.
    #[error("the environment gives no credentials: {missing} is not set")]
    Environment {
        /// The variable that is missing.
        missing: &'static str,
    },
    /// A value is no access key id.
    #[error("{place} holds something else than an access key id")]
    NotAKey {
        /// Where it stands.
        place: String,
    },
    /// The container's or the instance's endpoint gave none.
    #[error("the {place} gave no credentials: {reason}")]
    Endpoint {
        /// Which endpoint.
        place: &'static str,
        /// What it, or the way to it, said.
        reason: String,
    },
    /// `credential_process` failed.
    #[error("credential_process (`{program}`) of `{identity}` gave no credentials: {reason}")]
    Process {
        /// Whose command it is.
        identity: String,
        /// The command's program, without its arguments.
        program: String,
        /// What went wrong.
        reason: String,
    },
    /// A sign-in has no token to show.
    #[error("the sign-in `{identity}` has no token: {place} {reason}")]
    Token {
        /// Whose token it is.
        identity: String,
        /// Where it was looked for.
        place: TokenPlace,
        /// What is wrong there.
        reason: String,
    },
    /// What `aws login` keeps is not there, or is something else.
    #[error("the sign-in of `aws login` for `{profile}` cannot be used: {reason}")]
    LoginSession {
        /// Whose it is.
        profile: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A SAML sign-in gave no assertion that serves.
    #[error(transparent)]
    Saml(Box<SamlError>),
    /// A sign-in of a person has no token for us.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// They have ended.
    #[error("the credentials of `{identity}` ended at {}", show_time(*ended))]
    Ended {
        /// Whose they are.
        identity: String,
        /// When they ended.
        ended: SystemTime,
    },
    /// There is no way to ask.
    #[error(transparent)]
    Aws(#[from] AwsError),
}
