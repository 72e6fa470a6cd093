//! The operations that hand nothing out.

use std::time::SystemTime;

use super::super::answer::{Refusal, text};
use super::super::call::Parameters;
use super::super::caller::Caller;
use super::super::constraint::{ACCESS_KEY_ID, Constraints, ENCODED_MESSAGE};
use super::super::estate::{Estate, SessionOf};
use super::request::is_allowed;

/// GetCallerIdentity needs no permission, and no policy can forbid it.
pub(super) fn caller_identity(caller: &Caller, estate: &Estate) -> String {
    text("Arn", &caller.arn(estate))
        + &text("UserId", &caller.user_id(estate))
        + &text("Account", caller.account(estate).id.as_str())
}

/// GetAccessKeyInfo: whose account a key belongs to, whether it still lives or not.
pub(super) fn access_key_info(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let id = constraints.required(parameters, "AccessKeyId", ACCESS_KEY_ID);
    constraints.verdict()?;
    is_allowed("sts:GetAccessKeyInfo", "*", caller, estate, now)?;
    let account = match (estate.keys.get(id), estate.sessions.get(id).map(|session| &session.of)) {
        (Some(key), _) => estate.account_of_user(key.user),
        (None, Some(SessionOf::User { user, .. })) => estate.account_of_user(*user),
        (None, Some(SessionOf::Role(session))) => estate.account_of_role(session.role),
        (None, Some(SessionOf::Root { account })) => &estate.accounts[*account],
        (None, None) => return Err(Refusal::invalid(format!("Invalid access key ID: {id}"))),
    };
    Ok(text("Account", account.id.as_str()))
}

/// DecodeAuthorizationMessage reads what this sandbox has encoded, and nothing else.
pub(super) fn decode_message(
    caller: &Caller,
    parameters: &Parameters,
    estate: &Estate,
    now: SystemTime,
) -> Result<String, Refusal> {
    let mut constraints = Constraints::new();
    let encoded = constraints.required(parameters, "EncodedMessage", ENCODED_MESSAGE);
    constraints.verdict()?;
    is_allowed("sts:DecodeAuthorizationMessage", "*", caller, estate, now)?;
    let message = estate.messages.get(encoded).ok_or_else(|| {
        Refusal::new(
            400,
            "InvalidAuthorizationMessageException",
            "Message is invalid, or it was encoded by someone else",
        )
    })?;
    Ok(text("DecodedMessage", message))
}
