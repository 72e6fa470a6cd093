//! Clients that are not ours find the sandbox convincing: the AWS CLI itself, signing, parsing and reporting as it does
//! with AWS.

use std::process::Command;

use assume::terms::ExposeSecret;
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

const UPDATE_APP: &str = "arn:aws:iam::123456789012:role/UpdateApp";

/// The AWS CLI of the test environment.
fn aws(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.home.program(aws_cli::program());
    command.env("AWS_MAX_ATTEMPTS", "1");
    command
}

fn run(sandbox: &Sandbox, user: &str, arguments: &[&str]) -> Ran {
    let mut command = aws(sandbox);
    command.args(["--profile", user, "--output", "json"]).args(arguments);
    ran(&mut command, "")
}

#[test]
fn the_aws_cli_assumes_a_role() {
    let sandbox = Sandbox::classic();
    let ran = run(&sandbox, "alice", &["sts", "assume-role", "--role-arn", UPDATE_APP, "--role-session-name", "alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/UpdateApp/alice");
    let _ = (ALICES_DEVICE, sandbox.key_of("alice").secret.expose_secret());
}
