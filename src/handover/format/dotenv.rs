//! `.env` files: `NAME='value'`.
//!
//! There is no standard, and the readers agree on little: what python-dotenv, the dotenv packages of npm and Ruby and
//! `docker compose` would read differently is refused.

use std::fmt::Write;

use super::super::dialect::{SecretText, not_expressible, secret_text};
use super::super::variables::HandoverError;
use crate::terms::{ExposeSecret, SecretString};

pub(super) fn write(variables: &[(&'static str, SecretString)]) -> Result<SecretText, HandoverError> {
    let mut text = secret_text();
    for (name, value) in variables {
        let value = value.expose_secret();
        if let Some(why) = unclear(value) {
            return Err(not_expressible("dotenv", name, why));
        }
        let _ = writeln!(text, "{name}='{value}'");
    }
    Ok(text)
}

fn unclear(value: &str) -> Option<&'static str> {
    if value.contains('\'') {
        return Some("it holds a single quote");
    }
    if value.contains('\\') {
        return Some("it holds a backslash");
    }
    if value.contains("${") {
        return Some("it holds `${`");
    }
    value.chars().any(char::is_control).then_some("it holds a line end or another control character")
}
