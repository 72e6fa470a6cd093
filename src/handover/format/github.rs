//! GitHub Actions: `::add-mask::` for each secret on standard output, then the variables at the end of `$GITHUB_ENV`.
//!
//! A variable cannot be removed there, only be made empty, which the SDKs take for unset; but an empty AWS_PROFILE is the
//! name of a profile to them. A value stands between two lines that nobody can guess, so that nothing in it sets another
//! variable.
//! Source: GitHub Docs, "Workflow commands for GitHub Actions": setting an environment variable, multiline strings, masking.

use std::fmt::Write;

use rand::distr::{Alphanumeric, SampleString};

use super::super::dialect::secret_text;
use super::super::stash::BEFORE;
use super::super::variables::{Change, Changes, HandoverError};
use super::Written;
use crate::person;
use crate::terms::ExposeSecret;
use crate::world::Env;

pub(super) fn write(env: &Env, changes: &Changes) -> Result<Written, HandoverError> {
    let file = env.path("GITHUB_ENV").ok_or(HandoverError::NotInGithubActions)?;
    let mut masks = secret_text();
    let mut variables = secret_text();
    let delimiter = Alphanumeric.sample_string(&mut rand::rng(), 32);
    for change in &changes.list {
        match change {
            Change::Set(name, value) => {
                let value = value.expose_secret();
                if is_secret(name) {
                    let _ = writeln!(masks, "::add-mask::{}", escaped(value).as_str());
                }
                let _ = writeln!(variables, "{name}<<{delimiter}\n{value}\n{delimiter}");
            }
            Change::Unset(name) if env.os(name).is_none() => {}
            Change::Unset(name @ ("AWS_PROFILE" | "AWS_DEFAULT_PROFILE")) => {
                person::warn(&format!("{name} is set for this job, and GitHub Actions cannot take it away: remove it"));
            }
            Change::Unset(name) => {
                let _ = writeln!(variables, "{name}=");
            }
        }
    }
    Ok(Written { stdout: masks, append: Some((file, variables)) })
}

/// What was there before the switch may be a secret too.
fn is_secret(name: &str) -> bool {
    matches!(name, "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" | BEFORE)
}

fn escaped(value: &str) -> zeroize::Zeroizing<String> {
    let mut text = zeroize::Zeroizing::new(String::with_capacity(value.len() * 3));
    for c in value.chars() {
        match c {
            '%' => text.push_str("%25"),
            '\r' => text.push_str("%0D"),
            '\n' => text.push_str("%0A"),
            c => text.push(c),
        }
    }
    text
}
