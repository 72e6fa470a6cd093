//! The Python of the test environment, with boto3 in it.

use std::process::Command;

use super::aws_cli;
use super::home::{Home, Ran, ran};

/// Prints who the SDK's credentials make it.
pub(crate) const WHO: &str = "import boto3\nprint(boto3.client('sts').get_caller_identity()['Arn'])\n";

/// Returns a Python that runs this script in this home.
pub(crate) fn script(home: &Home, script: &str) -> Command {
    let mut command = home.program(aws_cli::program().with_file_name("python"));
    command.args(["-c", script]);
    command
}

/// Runs this script, with the SDK's profile of that name.
pub(crate) fn as_profile(home: &Home, profile: &str, text: &str) -> Ran {
    ran(script(home, text).env("AWS_PROFILE", profile), "")
}
