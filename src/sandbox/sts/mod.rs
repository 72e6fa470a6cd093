//! The operations of STS.

mod assume_role;
mod assume_root;
mod identity_token;
mod packed;
mod request;
mod rides;
mod session_token;
mod small;
mod tags;
#[cfg(test)]
mod tests;
mod with_saml;
mod with_web_identity;

pub(super) use request::{forbidden, is_allowed};
pub(super) use with_web_identity::verified;

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::answer::{Refusal, element, text};
use super::call::Parameters;
use super::caller::{Caller, Who};
use super::estate::Estate;
use crate::terms::ExposeSecret;

/// What STS can be asked here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    AssumeRole,
    AssumeRoleWithSaml,
    AssumeRoleWithWebIdentity,
    AssumeRoot,
    GetSessionToken,
    GetWebIdentityToken,
    GetCallerIdentity,
    GetAccessKeyInfo,
    DecodeAuthorizationMessage,
}

impl Operation {
    pub(super) const ALL: [Self; 9] = [
        Self::AssumeRole,
        Self::AssumeRoleWithSaml,
        Self::AssumeRoleWithWebIdentity,
        Self::AssumeRoot,
        Self::GetSessionToken,
        Self::GetWebIdentityToken,
        Self::GetCallerIdentity,
        Self::GetAccessKeyInfo,
        Self::DecodeAuthorizationMessage,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithSaml => "AssumeRoleWithSAML",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::AssumeRoot => "AssumeRoot",
            Self::GetSessionToken => "GetSessionToken",
            Self::GetWebIdentityToken => "GetWebIdentityToken",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::GetAccessKeyInfo => "GetAccessKeyInfo",
            Self::DecodeAuthorizationMessage => "DecodeAuthorizationMessage",
        }
    }
}

/// Does what nobody has to sign for, since a proof comes along. None where the operation wants a signature.
pub(super) fn run_unsigned(
    operation: Operation,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Option<Result<String, Refusal>> {
    match operation {
        Operation::AssumeRoleWithSaml => Some(with_saml::run(parameters, estate, now)),
        Operation::AssumeRoleWithWebIdentity => Some(with_web_identity::run(parameters, estate, now)),
        Operation::AssumeRole
        | Operation::AssumeRoot
        | Operation::GetWebIdentityToken
        | Operation::GetSessionToken
        | Operation::GetCallerIdentity
        | Operation::GetAccessKeyInfo
        | Operation::DecodeAuthorizationMessage => None,
    }
}

/// Does what is asked and returns the inside of the result.
pub(super) fn run(
    operation: Operation,
    caller: &Caller,
    parameters: &Parameters,
    estate: &mut Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    check_session(operation, caller)?;
    match operation {
        Operation::AssumeRoleWithSaml => with_saml::run(parameters, estate, now),
        Operation::AssumeRoleWithWebIdentity => with_web_identity::run(parameters, estate, now),
        Operation::AssumeRole => assume_role::run(caller, parameters, estate, now),
        Operation::AssumeRoot => assume_root::run(caller, parameters, estate, now),
        Operation::GetWebIdentityToken => identity_token::run(caller, parameters, estate, now),
        Operation::GetSessionToken => session_token::run(caller, parameters, estate, now),
        Operation::GetCallerIdentity => Ok(small::caller_identity(caller, estate)),
        Operation::GetAccessKeyInfo => small::access_key_info(caller, parameters, estate, now),
        Operation::DecodeAuthorizationMessage => small::decode_message(caller, parameters, estate, now),
    }
}

/// What a session may ask at all.
///
/// Source: STS API Reference, `GetSessionToken`: its credentials call AssumeRole and GetCallerIdentity and nothing else
/// in STS, and it is itself for long-term credentials only. `AssumeRoot`: its credentials are for the one task.
fn check_session(operation: Operation, caller: &Caller) -> Result<(), Refusal> {
    let allowed = match (operation, &caller.who) {
        (Operation::AssumeRole, Who::Root { .. }) => false,
        (Operation::AssumeRole | Operation::GetCallerIdentity, _)
        | (Operation::AssumeRoleWithSaml | Operation::AssumeRoleWithWebIdentity, _)
        | (_, Who::User { .. }) => true,
        (_, Who::Root { .. } | Who::UserSession { .. }) | (Operation::GetSessionToken, Who::Role(_)) => false,
        (
            Operation::AssumeRoot
            | Operation::GetWebIdentityToken
            | Operation::GetAccessKeyInfo
            | Operation::DecodeAuthorizationMessage,
            Who::Role(_),
        ) => true,
    };
    let refusal = || Refusal::denied(format!("Cannot call {} with session credentials", operation.name()));
    if allowed { Ok(()) } else { Err(refusal()) }
}

/// Returns the `Credentials` element of a session that was just opened.
fn credentials(estate: &Estate, key_id: &str) -> String {
    let Some(session) = estate.sessions.get(key_id) else { return String::new() };
    element(
        "Credentials",
        &(text("AccessKeyId", key_id)
            + &text("SecretAccessKey", session.secret.expose_secret())
            + &text("SessionToken", session.token.expose_secret())
            + &text("Expiration", &rfc3339(session.expires))),
    )
}

/// Whole seconds, as AWS gives them.
pub(super) fn rfc3339(time: SystemTime) -> String {
    let seconds = DateTime::from_secs(DateTime::from(time).secs());
    seconds.fmt(Format::DateTime).unwrap_or_default()
}
