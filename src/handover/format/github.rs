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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::handover::Aside;
    use crate::terms::SecretString;

    /// Reads the file as GitHub's runner does.
    /// Source: actions/runner, `FileCommandManager.cs`, `SetEnvFileCommand` on Linux: lines end with a line feed.
    fn read(mut text: &str) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        while let Some((line, rest)) = text.split_once('\n') {
            text = rest;
            let (equals, heredoc) = (line.find('='), line.find("<<"));
            match (equals, heredoc) {
                (Some(at), heredoc) if heredoc.is_none_or(|heredoc| at < heredoc) => {
                    variables.insert(line[..at].to_owned(), line[at + 1..].to_owned());
                }
                (_, Some(at)) => {
                    let end = format!("\n{}\n", &line[at + 2..]);
                    let whole = format!("\n{text}");
                    let (value, rest) = whole.split_once(&end).unwrap();
                    variables.insert(line[..at].to_owned(), value.strip_prefix('\n').unwrap_or(value).to_owned());
                    text = &text[text.len() - rest.len()..];
                }
                (_, None) => assert!(line.is_empty(), "{line:?} is nothing that GitHub reads"),
            }
        }
        assert!(text.is_empty(), "{text:?}");
        variables
    }

    fn value() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("PATH<<EOF\n/tmp\nEOF\n".to_owned()),
            Just("\nLD_PRELOAD=/tmp/x.so\n".to_owned()),
            Just("::set-env name=PATH::/tmp".to_owned()),
            Just("%0A::stop-commands::x".to_owned()),
            "\\PC{0,8}",
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    fn of(values: &[String; 2]) -> Changes {
        let [secret, token] = values.clone().map(SecretString::from);
        let list = vec![
            Change::Set("AWS_SECRET_ACCESS_KEY", secret),
            Change::Set("AWS_SESSION_TOKEN", token),
            Change::Unset("AWS_SECURITY_TOKEN"),
        ];
        Changes { list, aside: Aside::Lay(Vec::new()) }
    }

    fn written(values: &[String; 2]) -> Written {
        let env = [("GITHUB_ENV", "/nonexistent"), ("AWS_SECURITY_TOKEN", "old")].into_iter().collect();
        write(&env, &of(values)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_value_holds_it_sets_no_other_variable_and_gives_the_runner_no_other_order(
            secret in value(), token in value(),
        ) {
            let written = written(&[secret.clone(), token.clone()]);
            let (_, file) = written.append.unwrap();
            let found = read(&file);
            let expected =
                [("AWS_SECRET_ACCESS_KEY", secret.clone()), ("AWS_SESSION_TOKEN", token.clone()), ("AWS_SECURITY_TOKEN", String::new())];
            prop_assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)).into_iter().collect());

            let masks: Vec<&str> = written.stdout.split(['\n', '\r']).collect();
            prop_assert_eq!(masks.len(), 3);
            prop_assert!(masks[..2].iter().all(|line| line.starts_with("::add-mask::")) && masks[2].is_empty());
        }
    }

    #[test]
    fn the_line_that_ends_a_value_cannot_be_known_beforehand() {
        let delimiter = |written: Written| {
            let (_, file) = written.append.unwrap();
            file.lines().next().unwrap().split_once("<<").unwrap().1.to_owned()
        };
        let values = ["a".to_owned(), "b".to_owned()];
        let one = delimiter(written(&values));
        assert_eq!(one.len(), 32);
        assert_ne!(one, delimiter(written(&values)));
    }
}
