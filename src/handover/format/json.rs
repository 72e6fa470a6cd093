//! A JSON object of environment variables.

use super::super::dialect::{SecretText, secret_text};
use super::super::json::push_string;
use crate::terms::{ExposeSecret, SecretString};

pub(super) fn write(variables: &[(&'static str, SecretString)]) -> SecretText {
    let mut text = secret_text();
    let mut before = "{\n  ";
    for (name, value) in variables {
        text.push_str(before);
        push_string(name, &mut text);
        text.push_str(": ");
        push_string(value.expose_secret(), &mut text);
        before = ",\n  ";
    }
    text.push_str("\n}\n");
    text
}
