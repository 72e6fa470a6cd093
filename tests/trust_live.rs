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

/// A thousand roles, of which ten are open to others; alice may read all at once, carol role by role, dave nothing but the list.
fn a_thousand() -> String {
    let user = |name: &str, actions: &str| {
        format!(
            "[[account.user]]\nname = \"{name}\"\npolicies = {{ All = '{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":{actions},\"Resource\":\"*\"}}}}' }}\n"
        )
    };
    let roles: String =
        (0..1_000).map(|number| role(&format!("R{number:04}"), if number % 100 == 7 { OPEN } else { OURS })).collect();
    format!(
        "[[account]]\nid = \"111122223333\"\n{}{}{}{roles}",
        user("alice", r#"["iam:GetAccountAuthorizationDetails","iam:ListRoles"]"#),
        user("carol", r#"["iam:GetRole","iam:ListRoles"]"#),
        user("dave", r#""iam:ListRoles""#)
    )
}

/// How often each call was made, by name.
fn count(sandbox: &Sandbox, before: usize) -> std::collections::BTreeMap<String, usize> {
    let mut count = std::collections::BTreeMap::new();
    for operation in sandbox.operations().split_off(before) {
        *count.entry(operation).or_default() += 1;
    }
    count
}

#[test]
fn a_thousand_roles_take_a_few_calls_and_one_more_for_each_refusal() {
    let sandbox = sandbox(&a_thousand(), &[]);
    let run = |words: &[&str]| {
        let before = sandbox.operations().len();
        let ran = sandbox.home.run(&[&["trust"], words].concat());
        (ran, count(&sandbox, before))
    };
    let calls = |list: &[(&str, usize)]| list.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect();
    let all = |profile: &'static str| ["check", "--all", "--profile", profile, "--format", "json"];
    let unused = |ran: &Ran| ran.stdout.matches("\"TP-UNUSED\"").count();

    // Made with the year and never used: those that others are let into are found, by either way.
    let (at_once, made) = run(&all("alice"));
    assert_eq!((at_once.code, unused(&at_once)), (1, 10), "{}", at_once.stderr);
    assert_eq!(made, calls(&[("GetAccountAuthorizationDetails", 2)]));
    let (one_by_one, made) = run(&all("carol"));
    assert_eq!((one_by_one.stdout == at_once.stdout, one_by_one.code), (true, 1), "{}", one_by_one.stderr);
    assert_eq!(made, calls(&[("GetAccountAuthorizationDetails", 1), ("GetRole", 10), ("ListRoles", 1)]));
    let (untold, _) = run(&all("dave"));
    assert_eq!((untold.code, unused(&untold)), (1, 0));
    assert!(
        untold.stderr.contains("when 10 of the roles were used is not known: dave may neither"),
        "{}",
        untold.stderr
    );
    let (shown, made) = run(&["show", "--all", "--profile", "alice"]);
    assert_eq!((shown.code, made), (0, calls(&[("ListRoles", 1)])), "{}", shown.stderr);

    for operation in ["GetAccountAuthorizationDetails", "GetRole", "ListRoles"] {
        sandbox.fail(&format!("throttle*2@{operation}"));
    }
    let (throttled, made) = run(&all("alice"));
    assert_eq!((throttled.stdout == at_once.stdout, made), (true, calls(&[("GetAccountAuthorizationDetails", 4)])));
    let (throttled, made) = run(&all("carol"));
    let expected = [("GetAccountAuthorizationDetails", 1), ("GetRole", 12), ("ListRoles", 3)];
    assert_eq!((throttled.stdout == at_once.stdout, made), (true, calls(&expected)), "{}", throttled.stderr);

    sandbox.fail("throttle*2@GetAccountAuthorizationDetails");
    let (pulled, made) = run(&["pull", "--profile", "alice"]);
    assert_eq!((pulled.code, made["GetAccountAuthorizationDetails"]), (0, 5), "{}", pulled.stderr);
    sandbox.home.write("roles.toml", &pulled.stdout);
    let (ways, made) = run(&["paths", "--to", "R0007", "--snapshot", "roles.toml"]);
    assert_eq!((ways.code, made), (0, calls(&[])), "{}", ways.stderr);
}

#[test]
fn a_role_that_was_used_or_is_new_is_not_told_to_be_unused() {
    let aged = |name: &str, more: &str| role(name, OPEN).replace("trust =", &format!("{more}\ntrust ="));
    let days = |ago: u64| {
        let at = assume::world::Clock::System.now() - std::time::Duration::from_secs(ago * 86_400);
        assume::terms::show_time(at)
    };
    let roles = [
        aged("Forgotten", &format!("created = \"{}\"\nlast_used = \"{}\"", days(300), days(91))),
        aged("Busy", &format!("created = \"{}\"\nlast_used = \"{}\"", days(300), days(89))),
        aged("Never", &format!("created = \"{}\"", days(91))),
        aged("New", &format!("created = \"{}\"", days(89))),
    ];
    let all = "policies = { All = '{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"}}' }\n";
    let sandbox = sandbox(&format!("{HEAD}[[account.user]]\nname = \"root2\"\n{all}{}", roles.concat()), &[]);
    for profile in ["alice", "root2"] {
        let ran = sandbox.home.run(&["trust", "check", "--all", "--profile", profile, "--format", "json"]);
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        let unused = found.as_array().unwrap().iter().filter(|one| one["rule"] == "TP-UNUSED");
        let about: Vec<&str> = unused.filter_map(|one| one["about"].as_str()?.rsplit('/').next()).collect();
        assert_eq!(about, ["Forgotten", "Never"], "{profile}: {}", ran.stderr);
    }
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
