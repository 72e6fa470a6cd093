//! `docker run --env-file`: `NAME=value`, taken as it stands up to the end of the line.
//!
//! Source: docker/cli, `opts/file.go`.

use std::fmt::Write;

use super::super::dialect::{SecretText, not_expressible, secret_text};
use super::super::variables::HandoverError;
use crate::terms::{ExposeSecret, SecretString};

pub(super) fn write(variables: &[(&'static str, SecretString)]) -> Result<SecretText, HandoverError> {
    let mut text = secret_text();
    for (name, value) in variables {
        let value = value.expose_secret();
        if value.contains(['\n', '\r', '\0']) {
            return Err(not_expressible("docker-env", name, "it holds a line end"));
        }
        let _ = writeln!(text, "{name}={value}");
    }
    Ok(text)
}
