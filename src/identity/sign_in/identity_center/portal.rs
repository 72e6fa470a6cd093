//! What the portal tells about a token, and how it is told that the token is no more wanted.
//!
//! Source: IAM Identity Center Portal API Reference.

use secrecy::ExposeSecret;

use super::token::Token;
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Center;

const SERVICE: &str = "Identity Center";

/// Ends the sign-in that the token belongs to.
pub fn sign_out(line: &Line<'_>, center: &Center, token: &Token) -> Result<(), AwsError> {
    let answer = line.call(|clients| {
        let call = clients.sso(&center.portal, Tries::Several).logout();
        call.access_token(token.access.expose_secret()).send()
    })?;
    answer.map(drop).map_err(|error| from_sdk(SERVICE, "Logout", error))
}
