//! IAM Identity Center: the OIDC service, where a person signs in, and the access portal, which trades their token in.
//!
//! None of its calls is signed: a client has a secret, a person a page in a browser, and the portal takes the token that
//! came of both. A permission set that is assigned in an account is a role there, as AWS makes it
//! (`/aws-reserved/sso.amazonaws.com/…/AWSReservedSSO_NAME_…`).

mod declared;
mod directory;
mod oidc;
mod page;
mod portal;
#[cfg(test)]
mod tests;

use std::time::SystemTime;

use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::estate::Estate;
use super::log::Record;

pub(super) use declared::{IdentityCenter, Wire, roles};
pub(super) use directory::Directory;

/// What can be asked, by method and path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    RegisterClient,
    StartDeviceAuthorization,
    CreateToken,
    /// The page where a person signs in for an authorization code.
    Authorize,
    /// The page where a person confirms a device's code.
    Device,
    ListAccounts,
    ListAccountRoles,
    GetRoleCredentials,
    Logout,
}

impl Operation {
    const ALL: [(Self, &'static str, &'static [&'static str], &'static str); 9] = [
        (Self::RegisterClient, "RegisterClient", &["POST"], "/client/register"),
        (Self::StartDeviceAuthorization, "StartDeviceAuthorization", &["POST"], "/device_authorization"),
        (Self::CreateToken, "CreateToken", &["POST"], "/token"),
        (Self::Authorize, "Authorize", &["GET", "POST"], "/authorize"),
        (Self::Device, "Device", &["GET", "POST"], "/device"),
        (Self::ListAccounts, "ListAccounts", &["GET"], "/assignment/accounts"),
        (Self::ListAccountRoles, "ListAccountRoles", &["GET"], "/assignment/roles"),
        (Self::GetRoleCredentials, "GetRoleCredentials", &["GET"], "/federation/credentials"),
        (Self::Logout, "Logout", &["POST"], "/logout"),
    ];

    pub(super) fn of(call: &Call) -> Option<Self> {
        let known = |(_, _, methods, path): &&(_, _, &[&str], &str)| {
            *path == call.path && methods.contains(&call.method.as_str())
        };
        Self::ALL.iter().find(known).map(|(operation, ..)| *operation)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(operation, ..)| *operation == self).map_or("", |(_, name, ..)| name)
    }

    pub(super) fn service(self) -> &'static str {
        match self {
            Self::RegisterClient
            | Self::StartDeviceAuthorization
            | Self::CreateToken
            | Self::Authorize
            | Self::Device => "sso-oidc",
            Self::ListAccounts | Self::ListAccountRoles | Self::GetRoleCredentials | Self::Logout => "sso",
        }
    }
}

/// Answers one request.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &mut Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    let made = match operation {
        Operation::RegisterClient => oidc::register(call, &mut estate.identity_center, now),
        Operation::StartDeviceAuthorization => oidc::start_device(call, &mut estate.identity_center, now),
        Operation::CreateToken => oidc::token(call, &mut estate.identity_center, now, record),
        Operation::Authorize => return page::authorize(call, &mut estate.identity_center, now),
        Operation::Device => return page::device(call, &mut estate.identity_center, now),
        Operation::ListAccounts => portal::accounts(call, estate, now, record),
        Operation::ListAccountRoles => portal::roles(call, estate, now, record),
        Operation::GetRoleCredentials => portal::credentials(call, estate, now, record),
        Operation::Logout => portal::logout(call, estate, now, record),
    };
    match made {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(operation, &refusal, &record.request_id),
    }
}

/// Returns a refusal as the two services word it; what every service answers when it is busy has a code of its own here.
pub(super) fn refuse(operation: Operation, refusal: &Refusal, _request_id: &str) -> Answer {
    let busy = refusal.code == "Throttling";
    let (status, code) = match (busy, operation.service()) {
        (true, "sso") => (429, "TooManyRequestsException"),
        (true, _) => (400, "SlowDownException"),
        (false, _) => (refusal.status, refusal.code),
    };
    let body = match operation.service() {
        "sso" => json!({ "message": refusal.message, "__type": format!("com.amazonaws.switchboard.portal#{code}") }),
        _ => json!({ "error": oauth_error(code), "error_description": refusal.message }),
    };
    Answer {
        status,
        content: Content::Json,
        body: body.to_string(),
        headers: vec![("x-amzn-errortype", code.to_owned())],
        code: Some(code.to_owned()),
    }
}

/// The name that OAuth 2.0 gives an exception of the OIDC service.
/// Source: RFC 6749, section 5.2; RFC 8628, section 3.5; IAM Identity Center OIDC API Reference, `CreateToken`.
fn oauth_error(code: &str) -> &'static str {
    match code {
        "AccessDeniedException" => "access_denied",
        "AuthorizationPendingException" => "authorization_pending",
        "ExpiredTokenException" => "expired_token",
        "InvalidClientException" => "invalid_client",
        "InvalidClientMetadataException" => "invalid_client_metadata",
        "InvalidGrantException" => "invalid_grant",
        "InvalidRedirectUriException" => "invalid_redirect_uri",
        "InvalidScopeException" => "invalid_scope",
        "SlowDownException" => "slow_down",
        "UnauthorizedClientException" => "unauthorized_client",
        "UnsupportedGrantTypeException" => "unsupported_grant_type",
        "InternalFailure" | "ServiceUnavailable" => "server_error",
        _ => "invalid_request",
    }
}

fn body(call: &Call) -> Result<Value, Refusal> {
    serde_json::from_slice(&call.body)
        .map_err(|_| Refusal::new(400, "InvalidRequestException", "The request body is not JSON."))
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}

fn texts(value: &Value, field: &str) -> Vec<String> {
    let items = value.get(field).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
