//! A shell in the sandbox, and what can be tried there.

use std::ffi::OsString;

use crate::sandbox::Scenario;
use crate::world::Env;

/// Returns the person's shell.
pub(super) fn words(env: &Env) -> Vec<OsString> {
    let (named, fallback) = if cfg!(windows) { ("COMSPEC", "cmd.exe") } else { ("SHELL", "/bin/sh") };
    vec![env.os(named).map_or_else(|| fallback.into(), OsString::from)]
}

/// Returns what to tell a person who enters the shell.
pub(super) fn welcome(scenario: &Scenario, url: &str) -> String {
    let names: Vec<&str> = scenario.profiles().iter().map(|profile| profile.name.as_str()).collect();
    let first = names.first().copied().unwrap_or("NAME");
    format!(
        "this shell's AWS is {url}, and all in it goes with the shell; profiles: {}; try `assume list`, `assume {first}`, \
         `assume explain {first}`, `aws --profile {first} sts get-caller-identity`, `cat $ASSUME_SANDBOX_LOG`; \
         `exit` leaves",
        names.join(", ")
    )
}
