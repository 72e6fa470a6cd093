//! Trust policies as IAM has them: `assume trust check ROLE` and `--all`, and the AWS CLI on the sandbox's IAM.

use assume::sandbox::{Options, Scenario};
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::sandbox::Sandbox;

const HEAD: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
[account.user.policies]
All = '{"Statement":[{"Effect":"Allow","Action":["iam:GetRole","iam:ListRoles"],"Resource":"*"}]}'
[[account.user]]
name = "bob"
"#;

fn role(name: &str, statement: &str) -> String {
    format!(
        "[[account.role]]\nname = \"{name}\"\ntrust = '{{\"Version\":\"2012-10-17\",\"Statement\":[{statement}]}}'\n"
    )
}

const OPEN: &str = r#"{"Sid":"Acme","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/S"},"Action":"sts:AssumeRole"}"#;
const OURS: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}"#;

fn sandbox(scenario: &str, fail: &[&str]) -> Sandbox {
    let failures = fail.iter().map(|failure| failure.parse().unwrap()).collect();
    let sandbox = Sandbox::start(Scenario::parse(scenario).unwrap(), Options { failures, ..Options::default() });
    sandbox.home.config("[accounts]\nown = [\"111122223333\"]\n");
    sandbox
}

fn aws(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    let mut command = sandbox.home.program(aws_cli::program());
    command.args(arguments).env("AWS_PROFILE", "alice");
    ran(&mut command, "")
}

#[test]
fn a_role_is_checked_as_iam_has_it() {
    let sandbox = sandbox(&format!("{HEAD}{}{}", role("teams/Open", OPEN), role("Ours", OURS)), &[]);
    let check = |arguments: &[&str]| sandbox.home.run(&[&["trust", "check", "--profile", "alice"], arguments].concat());
    let ran = check(&["Open", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found[0]["rule"], "TP-NO-EXTID");
    assert_eq!(found[0]["about"], "arn:aws:iam::111122223333:role/teams/Open");
    assert_eq!(check(&["arn:aws:iam::111122223333:role/teams/Open"]).code, 1);
    assert_eq!(check(&["Ours"]).code, 0);
    let ran = check(&["Nobody"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("NoSuchEntity"), "{}", ran.stderr);
    let ran = sandbox.home.run(&["trust", "check", "--profile", "bob", "Ours"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("iam:GetRole") && ran.stderr.contains("hint"), "{}", ran.stderr);
    let ran = sandbox.home.run(&["trust", "show", "--profile", "alice", "Ours"]);
    assert!(ran.stdout.contains("lets in   account 111122223333, which is ours"), "{}", ran.stdout);
}

#[test]
fn every_role_of_an_account_is_checked_over_pages_though_iam_throttles() {
    let roles: String =
        (0..1_005).map(|number| role(&format!("R{number:04}"), if number % 100 == 7 { OPEN } else { OURS })).collect();
    let sandbox = sandbox(&format!("{HEAD}{roles}"), &["throttle*5@ListRoles", "throttle*4@GetRole"]);
    let ran = sandbox.home.run(&["trust", "check", "--all", "--profile", "alice", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let open = found.as_array().unwrap().iter().filter(|one| one["rule"] == "TP-NO-EXTID").count();
    assert_eq!(open, 10);
    assert!(ran.stderr.contains("1005 policies checked"), "{}", ran.stderr);
}

/// Source: IAM API Reference; the AWS CLI decodes the policy and follows the pages by itself.
#[test]
fn the_aws_cli_reads_roles_of_the_sandbox() {
    let roles: String = (0..5).map(|number| role(&format!("R{number}"), OURS)).collect();
    let sandbox = sandbox(&format!("{HEAD}{}{roles}", role("teams/Open", OPEN)), &[]);
    let got = aws(&sandbox, &["iam", "get-role", "--role-name", "Open"]);
    assert_eq!((got.code, got.stderr.as_str()), (0, ""));
    let role: Value = serde_json::from_str(&got.stdout).unwrap();
    assert_eq!(role["Role"]["Arn"], "arn:aws:iam::111122223333:role/teams/Open");
    assert_eq!(role["Role"]["Path"], "/teams/");
    assert_eq!(role["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Sid"], "Acme");
    let checked = sandbox.home.run_with_input(&["trust", "check", "-"], &got.stdout);
    assert_eq!(checked.code, 1, "{}", checked.stderr);

    let listed = aws(&sandbox, &["iam", "list-roles", "--page-size", "2"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed["Roles"].as_array().unwrap().len(), 6);
    let some = aws(&sandbox, &["iam", "list-roles", "--path-prefix", "/teams/", "--query", "Roles[].RoleName"]);
    assert_eq!(some.stdout.split_whitespace().collect::<String>(), "[\"Open\"]");
    let missing = aws(&sandbox, &["iam", "get-role", "--role-name", "Nobody"]);
    assert!(missing.stderr.contains("NoSuchEntity"), "{}", missing.stderr);
}
