//! A section for an AWS credentials file.
//!
//! Source: AWS SDKs and Tools Reference Guide, shared `config` and `credentials` files; the characters of a section name
//! and the comments after a value are those of the Rust SDK, the strictest reader.

use std::fmt::Write;

use super::super::dialect::{SecretText, not_expressible, secret_text};
use super::super::variables::HandoverError;
use crate::session::Credentials;
use crate::terms::{ExposeSecret, Region};

pub(super) fn write(
    profile: &str,
    region: Option<&Region>,
    credentials: &Credentials,
) -> Result<SecretText, HandoverError> {
    if profile.is_empty() || !profile.chars().all(is_section_character) {
        return Err(not_expressible(
            "ini",
            "the profile's name",
            "AWS allows only letters, digits and `_-/.%@:+` in it",
        ));
    }
    let mut text = secret_text();
    let _ = writeln!(text, "[{profile}]\naws_access_key_id = {}", credentials.key_id);
    let token = credentials.session.as_ref().map(|session| &session.token);
    let secrets = [("aws_secret_access_key", Some(&credentials.secret_key)), ("aws_session_token", token)];
    for (key, value) in secrets {
        let Some(value) = value.map(ExposeSecret::expose_secret) else { continue };
        if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(not_expressible("ini", key, "it holds white space"));
        }
        let _ = writeln!(text, "{key} = {value}");
    }
    if let Some(region) = region {
        let _ = writeln!(text, "region = {}", region.as_str());
    }
    Ok(text)
}

/// Returns whether the SDKs allow that character in a profile's name.
pub(in crate::handover) fn is_section_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c)
}
