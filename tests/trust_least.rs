//! `assume trust least`: what of a role's rights was used, by the sandbox's ledger; and the AWS CLI on the same reports.

use std::time::Duration;

use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::sandbox::Sandbox;

const ESTATE: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
policies = { All = '{"Statement":{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*"}}' }
[[account.user]]
name = "bob"
policies = { Some = '{"Statement":{"Effect":"Allow","Action":["iam:GetRole","iam:GenerateServiceLastAccessedDetails","iam:GetServiceLastAccessedDetails","iam:ListRolePolicies"],"Resource":"*"}}' }
[[account.user]]
name = "carol"
policies = { Some = '{"Statement":{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}}' }
[[account.role]]
name = "teams/App"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}'
boundary = { Limits = '{"Statement":[{"Effect":"Allow","Action":["iam:*","s3:*"],"Resource":"*"}]}' }
[account.role.policies]
Reads = '{"Version":"2012-10-17","Statement":[{"Sid":"Roles","Effect":"Allow","Action":["iam:Get*","iam:List*","iam:DeleteUser"],"Resource":"arn:aws:iam::111122223333:*"},{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"}]}'
Buckets = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","ssm:GetParameter"],"Resource":"*"}]}'
[[account.role]]
name = "Old"
created = "2025-01-31"
last_used = "2026-02-28T09:30:00Z"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}'
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::of(ESTATE);
    sandbox.home.config(
        "default_identity = \"alice\"\n[role.app]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::111122223333:role/teams/App\"\n",
    );
    sandbox
}

fn least(sandbox: &Sandbox, words: &[&str]) -> Ran {
    sandbox.home.run(&[&["trust", "least"], words].concat())
}

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn service<'a>(shown: &'a Value, namespace: &str) -> &'a Value {
    shown["services"].as_array().unwrap().iter().find(|one| one["service"] == namespace).unwrap()
}

#[test]
fn what_a_role_called_is_told_and_the_rest_is_left_out_of_a_smaller_policy() {
    let sandbox = sandbox();
    let before = json(&least(&sandbox, &["app", "--format", "json"]));
    assert_eq!(before["role_arn"], "arn:aws:iam::111122223333:role/teams/App");
    assert_eq!(before["last_used"], Value::Null);
    assert!(before["services"].as_array().unwrap().iter().all(|one| one["last_used"].is_null()), "{before}");
    assert_eq!(before["smaller_policy"]["Statement"].as_array().unwrap().len(), 1, "only the denial: {before}");

    // A session of the role reads a role; what it may not counts as well.
    assert_eq!(sandbox.home.run(&["trust", "show", "--profile", "app", "Old"]).code, 0);
    let shown = json(&least(&sandbox, &["teams/App", "--format", "json"]));
    assert_eq!(shown["last_used"]["region"], "eu-west-1", "{shown}");
    assert_eq!(shown["boundary"], "arn:aws:iam::111122223333:policy/Limits");
    assert_eq!(shown["tracked_days"], 400);
    let actions = service(&shown, "iam")["actions"].as_array().unwrap();
    let used: Vec<&str> =
        actions.iter().filter(|one| !one["last_used"].is_null()).map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(used, ["GetRole"]);
    assert!(actions.iter().any(|one| one["action"] == "DeleteUser"), "tracked, and not used: {shown}");
    assert!(service(&shown, "s3")["last_used"].is_null() && service(&shown, "ssm")["last_used"].is_null());

    let policy = json(&least(&sandbox, &["app", "--format", "policy"]));
    assert_eq!(
        policy,
        serde_json::json!({ "Version": "2012-10-17", "Statement": [
            { "Sid": "Roles", "Effect": "Allow", "Action": ["iam:GetRole"], "Resource": "arn:aws:iam::111122223333:*" },
            { "Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "*" },
        ] })
    );
}

#[test]
fn people_read_what_was_used_since_when_and_how_late_that_is() {
    let sandbox = sandbox();
    assert_eq!(sandbox.home.run(&["trust", "show", "--profile", "app", "Old"]).code, 0);
    let ran = least(&sandbox, &["arn:aws:iam::111122223333:role/teams/App"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for said in [
        "used: 1 of the 3 services that its policies allow",
        "    GetRole ",
        "    not used: DeleteUser, ",
        "allowed, and not used in 400 days: 2",
        "  ssm                  AWS Systems Manager",
        "A smaller policy to begin with. Resources and conditions are those of its policies",
        "- of iam only what IAM tracks is told: what iam:Get* allows besides is left out",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    assert!(ran.stderr.contains("up to four hours late and goes back 400 days at most"), "{}", ran.stderr);
    let old = least(&sandbox, &["Old"]);
    assert!(old.stdout.contains("  last used    2026-02-28T09:30:00Z  eu-west-1"), "{}", old.stdout);
    assert!(!old.stdout.contains("smaller policy"), "it has no policy: {}", old.stdout);
    assert_eq!(least(&sandbox, &["Old", "--format", "policy"]).code, 2);
}

#[test]
fn each_refusal_names_the_permission_that_is_missing() {
    let sandbox = sandbox();
    let bob = least(&sandbox, &["App", "--profile", "bob"]);
    assert_eq!(bob.code, 0, "{bob:?}");
    for permission in ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies"] {
        assert!(bob.stderr.contains(&format!("cannot be read as bob: {permission} is missing")), "{}", bob.stderr);
    }
    assert!(bob.stdout.contains("used: 0 of the 3") && !bob.stdout.contains("smaller policy"), "{}", bob.stdout);
    let policy = least(&sandbox, &["App", "--profile", "bob", "--format", "policy"]);
    assert_eq!((policy.code, policy.stdout.as_str()), (4, ""), "{policy:?}");
    assert!(policy.stderr.contains("takes iam:GetRolePolicy"), "{}", policy.stderr);
    let carol = least(&sandbox, &["App", "--profile", "carol"]);
    assert_eq!(carol.code, 4, "{carol:?}");
    assert!(carol.stderr.contains("must be allowed iam:GenerateServiceLastAccessedDetails"), "{}", carol.stderr);
    let nobody = least(&sandbox, &["Nobody"]);
    assert_eq!(nobody.code, 4);
    assert!(nobody.stderr.contains("NoSuchEntity"), "{}", nobody.stderr);
}

#[test]
fn a_busy_iam_is_waited_for_and_a_broken_one_is_told() {
    let sandbox = sandbox();
    sandbox.fail("throttle*3@GetServiceLastAccessedDetails");
    sandbox.fail("503*1@GetRolePolicy");
    let ran = least(&sandbox, &["App"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let asked = |name: &str| sandbox.operations().iter().filter(|asked| *asked == name).count();
    // Three refusals, one while the report is being made, and the report.
    assert_eq!(asked("GetServiceLastAccessedDetails"), 5);
    assert_eq!(asked("GetRolePolicy"), 3);
    let begun = std::time::Instant::now();
    sandbox.fail("html*forever@GetRole");
    let broken = least(&sandbox, &["App"]);
    assert_eq!(broken.code, 5, "{broken:?}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// Source: IAM API Reference, `GenerateServiceLastAccessedDetails`, `GetServiceLastAccessedDetails`.
#[test]
fn the_aws_cli_has_reports_of_the_sandbox() {
    let sandbox = sandbox();
    let aws = |words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        command.arg("iam").args(words).env("AWS_PROFILE", "alice");
        ran(&mut command, "")
    };
    let read = |words: &[&str]| json(&aws(words));
    let arn = "arn:aws:iam::111122223333:role/teams/App";
    assert_eq!(sandbox.home.run(&["trust", "show", "--profile", "app", "Old"]).code, 0);
    let job = read(&["generate-service-last-accessed-details", "--arn", arn, "--granularity", "ACTION_LEVEL"]);
    let job = job["JobId"].as_str().unwrap();
    let first = read(&["get-service-last-accessed-details", "--job-id", job]);
    assert_eq!(
        (first["JobStatus"].as_str(), first["ServicesLastAccessed"].as_array().map(Vec::len)),
        (Some("IN_PROGRESS"), Some(0))
    );
    let report = read(&["get-service-last-accessed-details", "--job-id", job]);
    assert_eq!((&report["JobStatus"], &report["JobType"]), (&"COMPLETED".into(), &"ACTION_LEVEL".into()));
    let services = report["ServicesLastAccessed"].as_array().unwrap();
    let names: Vec<&str> = services.iter().map(|one| one["ServiceNamespace"].as_str().unwrap()).collect();
    assert_eq!(names, ["iam", "s3", "ssm"]);
    assert_eq!(services[0]["LastAuthenticatedEntity"], arn);
    let page = read(&["get-service-last-accessed-details", "--job-id", job, "--max-items", "1"]);
    assert_eq!(page["ServicesLastAccessed"].as_array().unwrap().len(), 1);
    assert_eq!(page["IsTruncated"], true);

    let old = read(&["get-role", "--role-name", "Old"]);
    assert_eq!(old["Role"]["RoleLastUsed"]["Region"], "eu-west-1");
    assert!(old["Role"]["RoleLastUsed"]["LastUsedDate"].as_str().unwrap().starts_with("2026-02-28T09:30:00"));
    let all = read(&["get-account-authorization-details", "--filter", "Role"]);
    let role = all["RoleDetailList"].as_array().unwrap().iter().find(|one| one["RoleName"] == "Old").unwrap();
    assert_eq!(role["RoleLastUsed"]["Region"], "eu-west-1");
    assert_eq!(read(&["list-role-policies", "--role-name", "App"])["PolicyNames"].as_array().unwrap().len(), 2);
    let reads = read(&["get-role-policy", "--role-name", "App", "--policy-name", "Reads"]);
    assert_eq!(reads["PolicyDocument"]["Statement"][0]["Sid"], "Roles");
    assert_eq!(read(&["list-attached-role-policies", "--role-name", "App"])["AttachedPolicies"], serde_json::json!([]));
    let limits = "arn:aws:iam::111122223333:policy/Limits";
    assert_eq!(read(&["get-policy", "--policy-arn", limits])["Policy"]["DefaultVersionId"], "v1");
    let version = read(&["get-policy-version", "--policy-arn", limits, "--version-id", "v1"]);
    assert_eq!(version["PolicyVersion"]["Document"]["Statement"][0]["Action"][0], "iam:*");

    let mut bob = sandbox.home.program(aws_cli::program());
    bob.args(["iam", "get-service-last-accessed-details", "--job-id", job]).env("AWS_PROFILE", "bob");
    let bob = ran(&mut bob, "");
    assert!(bob.stderr.contains("NoSuchEntity"), "a report is for whoever ordered it: {}", bob.stderr);
}
