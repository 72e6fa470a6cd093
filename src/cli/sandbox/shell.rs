//! A shell in the sandbox, and what can be tried there.

use std::ffi::OsString;

use crate::sandbox::Scenario;
use crate::world::Env;

/// Returns the person's shell.
pub(super) fn words(env: &Env) -> Vec<OsString> {
    let (named, fallback) = if cfg!(windows) { ("COMSPEC", "cmd.exe") } else { ("SHELL", "/bin/sh") };
    vec![env.os(named).map_or_else(|| fallback.into(), OsString::from)]
}

/// Returns what to tell a person who enters the shell, line by line.
pub(super) fn welcome(scenario: &Scenario, url: &str) -> Vec<String> {
    let names: Vec<&str> = scenario.profiles().iter().map(|profile| profile.name.as_str()).collect();
    let mut lines = vec![
        format!("this shell's AWS is {url}; what is in it goes when you leave with `exit`"),
        format!("profiles: {}", names.join(", ")),
        "try `assume list`, `assume explain NAME`, `assume NAME`, `aws --profile NAME sts get-caller-identity`, \
         `cat $ASSUME_SANDBOX_LOG`"
            .to_owned(),
    ];
    let people = scenario.people();
    if !people.is_empty() {
        let people = people.join(", ");
        lines.push(format!(
            "people who sign in at IAM Identity Center: {people}; try `assume login`, `assume discover --write`"
        ));
    }
    lines
}
