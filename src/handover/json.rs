//! JSON of printable ASCII, so that no reader's idea of an encoding can change a value. Values never pass through a tree that
//! would leave copies of them behind.

use std::fmt::Write;

use super::dialect::{SecretText, secret_text, secret_text_of};
use super::variables::{Change, Changes};
use crate::session::Credentials;
use crate::terms::{ExposeSecret, show_time};

/// Appends a JSON string.
pub(super) fn push_string(value: &str, text: &mut String) {
    text.push('"');
    for unit in value.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => {
                text.push('\\');
                text.push(char::from(byte));
            }
            Ok(byte) if (b' '..=b'~').contains(&byte) => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text.push('"');
}

/// Returns how many bytes `push_string` writes.
fn length(value: &str) -> usize {
    let written = |unit: u16| match u8::try_from(unit) {
        Ok(b'"' | b'\\') => 2,
        Ok(byte) if (b' '..=b'~').contains(&byte) => 1,
        _ => 6,
    };
    2 + value.encode_utf16().map(written).sum::<usize>()
}

/// Room for what is no secret in an SDK's answer: the fields' names, the key id, a time, an account.
const OF_THE_REST: usize = 512;

/// Returns the changes for the hooks of shells that set variables without evaluating text:
/// `{"set": ["NAME=value", …], "unset": ["NAME", …]}`.
///
/// A variable is one string, since PowerShell turns a string that looks like a time into one.
pub fn changes(changes: &Changes) -> SecretText {
    let mut set = secret_text();
    let mut unset = String::new();
    for change in &changes.list {
        match change {
            Change::Set(name, value) => {
                if !set.is_empty() {
                    set.push(',');
                }
                let mut pair = secret_text();
                let _ = write!(pair, "{name}={}", value.expose_secret());
                push_string(&pair, &mut set);
            }
            Change::Unset(name) => {
                if !unset.is_empty() {
                    unset.push(',');
                }
                push_string(name, &mut unset);
            }
        }
    }
    let mut text = secret_text();
    let _ = writeln!(text, "{{\"set\":[{}],\"unset\":[{unset}]}}", set.as_str());
    text
}

/// Returns what an SDK expects of a `credential_process`.
///
/// Without `Expiration` an SDK never asks again; so it is there whenever it is known.
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
pub fn process_answer(credentials: &Credentials) -> SecretText {
    let values = [Some(&credentials.secret_key), credentials.session.as_ref().map(|session| &session.token)];
    let written: usize = values.into_iter().flatten().map(|value| length(value.expose_secret())).sum();
    let mut text = secret_text_of(written + OF_THE_REST);
    text.push_str("{\"Version\":1");
    let mut field = |name: &str, value: &str| {
        let _ = write!(text, ",\"{name}\":");
        push_string(value, &mut text);
    };
    field("AccessKeyId", credentials.key_id.as_str());
    field("SecretAccessKey", credentials.secret_key.expose_secret());
    if let Some(session) = &credentials.session {
        field("SessionToken", session.token.expose_secret());
    }
    if let Some(end) = credentials.expires_at() {
        field("Expiration", &show_time(end));
    }
    if let Some(account) = &credentials.account {
        field("AccountId", account.as_str());
    }
    text.push_str("}\n");
    text
}
