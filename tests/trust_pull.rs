//! `assume trust pull`: an account as IAM tells it, in a file that a sandbox plays.

use std::process::Command;

use assume::sandbox::{Options, Scenario};
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Home, Ran, ran};
use crate::support::moto::Moto;
use crate::support::python;
use crate::support::sandbox::Sandbox;

/// Two accounts, with what decides who gets a role: conditions on both sides, a boundary, a path, tags, an organization.
const ESTATE: &str = r#"
[[account]]
id = "111122223333"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "alice"
path = "/staff/"
tags = { team = "core" }
[account.user.policies]
Switch = '{"Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/Forbidden"}]}'
Read = '{"Statement":[{"Effect":"Allow","Action":"iam:GetAccountAuthorizationDetails","Resource":"*"}]}'
[[account.user]]
name = "bob"
boundary = { Narrow = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
policies = { All = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
[[account.user]]
name = "carol"
policies = { Buckets = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
[[account.role]]
name = "Named"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/bob","arn:aws:iam::111122223333:user/carol"]},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Forbidden"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Core"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalTag/team":"core"}}}]}'
[[account]]
id = "444455556666"
[[account.user]]
name = "reader"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}' }
[[account.role]]
name = "partners/Reports"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"E-12345"}}}]}'
[[account.role]]
name = "Ours"
trust = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}'
"#;

/// Pulls both accounts.
fn pulled(sandbox: &Sandbox) -> Ran {
    let words = ["trust", "pull", "--profile", "alice", "--profile", "reader", "--organization", "o-a1b2c3d4e5"];
    sandbox.home.run(&words)
}

/// Who gets which role, as a sandbox answers: with the external ID and without.
const ASK: &str = "
import boto3, botocore
roles = ['111122223333:role/Named', '111122223333:role/Forbidden', '111122223333:role/Core',
         '444455556666:role/partners/Reports', '444455556666:role/Ours']
for who in ['alice', 'bob', 'carol']:
    sts = boto3.Session(profile_name=who).client('sts')
    for role in roles:
        for more in [{}, {'ExternalId': 'E-12345'}]:
            try:
                sts.assume_role(RoleArn='arn:aws:iam::' + role, RoleSessionName='test', **more)
                answer = 'let in'
            except botocore.exceptions.ClientError as error:
                answer = error.response['Error']['Code']
            print(who, role, len(more), answer)
";

fn answers(sandbox: &Sandbox) -> Vec<String> {
    let ran = ran(&mut python::script(&sandbox.home, ASK), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.lines().map(str::to_owned).collect()
}

fn cli(home: &Home, profile: &str) -> Command {
    let mut command = home.program(aws_cli::program());
    command.env("AWS_PROFILE", profile).args(["--output", "json"]);
    command
}

#[test]
fn a_sandbox_of_a_snapshot_lets_in_whom_the_account_lets_in() {
    let first = Sandbox::of(ESTATE);
    let ran = pulled(&first);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("accounts: 2, users: 4, roles: 5, calls: 2; control policies were not read"),
        "{}",
        ran.stderr
    );
    for secret in ["AKIA", "secret", "key ="] {
        assert!(!ran.stdout.contains(secret), "{secret}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("s3:") && !ran.stdout.contains("iam:Get"), "{}", ran.stdout);
    let second = Sandbox::of(&ran.stdout);
    let (before, after) = (answers(&first), answers(&second));
    assert_eq!(before, after);
    assert_eq!(before.iter().filter(|answer| answer.ends_with("let in")).count(), 9, "{before:#?}");
}

#[test]
fn a_snapshot_is_read_by_paths() {
    let sandbox = Sandbox::of(ESTATE);
    let ran = pulled(&sandbox);
    sandbox.home.write("snapshot.toml", &ran.stdout);
    let paths = sandbox.home.run(&["trust", "paths", "--to", "Reports", "--snapshot", "snapshot.toml"]);
    assert_eq!(paths.code, 0, "{}", paths.stderr);
    assert!(paths.stdout.contains("1. arn:aws:iam::111122223333:user/staff/alice"), "{}", paths.stdout);
    assert!(paths.stdout.contains("with sts:ExternalId StringEquals \"E-12345\""), "{}", paths.stdout);
}

#[test]
fn throttling_is_survived_and_counted() {
    let sandbox = Sandbox::start(Scenario::parse(ESTATE).unwrap(), Options::default());
    sandbox.fail("throttle*4@GetAccountAuthorizationDetails");
    let ran = sandbox.home.run(&["trust", "pull", "--profile", "alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("calls: 5, 4 of them refused for a while"), "{}", ran.stderr);
}

#[test]
fn whoever_may_not_read_is_told_what_it_takes() {
    let sandbox = Sandbox::of(ESTATE);
    let ran = sandbox.home.run(&["trust", "pull", "--profile", "carol"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("carol must be allowed iam:GetAccountAuthorizationDetails"), "{}", ran.stderr);
}

#[test]
fn the_aws_cli_reads_an_account_of_the_sandbox() {
    let sandbox = Sandbox::of(ESTATE);
    let read = |more: &[&str]| -> Value {
        let mut command = cli(&sandbox.home, "alice");
        command.args(["iam", "get-account-authorization-details"]).args(more);
        let ran = ran(&mut command, "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let whole = read(&[]);
    assert_eq!(whole["UserDetailList"].as_array().unwrap().len(), 3);
    assert_eq!(whole["RoleDetailList"].as_array().unwrap().len(), 3);
    // The CLI undoes the encoding by itself.
    let core = &whole["RoleDetailList"][2]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(core["Condition"]["StringEquals"]["aws:PrincipalTag/team"], "core", "{whole}");
    assert_eq!(whole["Policies"][0]["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"], "s3:*");
    // Page by page it is the same: the CLI follows the markers.
    assert_eq!(read(&["--page-size", "1"]), whole);
    let roles = read(&["--filter", "Role"]);
    assert_eq!(
        (roles["UserDetailList"].as_array().unwrap().len(), &roles["RoleDetailList"]),
        (0, &whole["RoleDetailList"])
    );
}

/// Groups, managed policies and their versions, which the sandbox does not have.
#[test]
fn what_another_server_tells_of_groups_and_managed_policies_is_pulled_too() {
    let mut home = Home::new();
    let moto = Moto::start(&home);
    for service in ["IAM", "STS"] {
        home.set(format!("AWS_ENDPOINT_URL_{service}"), moto.url());
    }
    home.set("AWS_REGION", "eu-west-1").set("AWS_DEFAULT_REGION", "eu-west-1").set("AWS_EC2_METADATA_DISABLED", "true");
    home.aws_credentials("[me]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = abc\n");
    let iam = |words: &[&str]| {
        let mut command = cli(&home, "me");
        let ran = ran(command.arg("iam").args(words), "");
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
    };
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","s3:Get*"],"Resource":"*"}]}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
    let arn = "arn:aws:iam::123456789012:policy/Switch";
    iam(&["create-policy", "--policy-name", "Switch", "--policy-document", policy]);
    iam(&["create-group", "--group-name", "admins"]);
    iam(&["attach-group-policy", "--group-name", "admins", "--policy-arn", arn]);
    iam(&["create-user", "--user-name", "alice"]);
    iam(&["add-user-to-group", "--group-name", "admins", "--user-name", "alice"]);
    iam(&["create-user", "--user-name", "bob"]);
    iam(&["create-role", "--role-name", "Target", "--path", "/teams/", "--assume-role-policy-document", trust]);
    let pulled = home.run(&["trust", "pull", "--profile", "me"]);
    assert_eq!(pulled.code, 0, "{}", pulled.stderr);
    assert!(!pulled.stdout.contains("s3:"), "{}", pulled.stdout);
    home.write("moto.toml", &pulled.stdout);
    let paths = home.run(&["trust", "paths", "--to", "Target", "--snapshot", "moto.toml"]);
    assert_eq!(
        paths.stdout,
        "one chain to arn:aws:iam::123456789012:role/teams/Target\n\n1. arn:aws:iam::123456789012:user/alice\n   \
         -> arn:aws:iam::123456789012:role/teams/Target\n",
        "{}\n{}",
        paths.stderr,
        pulled.stdout
    );
}
