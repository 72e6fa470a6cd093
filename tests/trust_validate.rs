//! `assume trust check --validate`: what IAM Access Analyzer says of the same policies; and the AWS CLI on the sandbox's.

use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

const ESTATE: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
policies = { All = '{"Statement":{"Effect":"Allow","Action":["iam:*","access-analyzer:*"],"Resource":"*"}}' }
[[account.user]]
name = "bob"
policies = { Some = '{"Statement":{"Effect":"Allow","Action":"access-analyzer:ValidatePolicy","Resource":"*"}}' }
[[account.role]]
name = "One"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Two"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Public"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
"#;

const GOOD: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Ours",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/Deploy" },
      "Action": "sts:AssumeRole"
    }
  ]
}"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::of(ESTATE);
    sandbox.home.config("default_identity = \"alice\"\n[accounts]\nown = [\"111122223333\"]\n");
    sandbox.home.write("good.json", GOOD);
    sandbox.home.write("wide.json", &GOOD.replace("arn:aws:iam::111122223333:role/Deploy", "111122223333"));
    sandbox.home.write("public.json", &GOOD.replace("arn:aws:iam::111122223333:role/Deploy", "*"));
    sandbox.home.write("wrong.json", &GOOD.replace("\"Principal\"", "\"NotPrincipal\""));
    sandbox
}

fn check(sandbox: &Sandbox, words: &[&str]) -> Ran {
    sandbox.home.run(&[&["trust", "check", "--validate"], words].concat())
}

fn found(ran: &Ran) -> Vec<(String, String)> {
    let list: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let all = list.as_array().unwrap().iter().map(|one| (text(one, "rule"), text(one, "severity")));
    all.filter(|(rule, _)| rule.starts_with("AA-")).collect()
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.operations().iter().filter(|asked| *asked == operation).count()
}

fn finding(rule: &str, severity: &str) -> (String, String) {
    (rule.to_owned(), severity.to_owned())
}

#[test]
fn what_access_analyzer_finds_stands_beside_our_own_findings_in_every_format() {
    let sandbox = sandbox();
    let good = check(&sandbox, &["good.json"]);
    assert_eq!((good.code, good.stdout.as_str()), (0, ""), "{good:?}");
    assert!(good.stderr.contains("IAM Access Analyzer in eu-west-1 looked at 1 texts, in 2 calls"), "{}", good.stderr);
    let public = check(&sandbox, &["public.json", "--format", "json"]);
    assert_eq!((public.code, found(&public)), (1, vec![finding("AA-PUBLIC-ACCESS", "critical")]));
    assert!(public.stdout.contains("\"sid\": \"Ours\""), "{}", public.stdout);

    let wrong = check(&sandbox, &["wrong.json", "--format", "json"]);
    let expected = vec![finding("AA-ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "error")];
    assert_eq!((wrong.code, found(&wrong)), (1, expected));
    assert!(wrong.stderr.contains("1 with errors had no custom check"), "{}", wrong.stderr);
    let text = check(&sandbox, &["wrong.json"]);
    let line = "error    AA-ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL  line 7, Statement[0].NotPrincipal";
    assert!(text.stdout.contains(line), "{}", text.stdout);
    let annotated = check(&sandbox, &["wrong.json", "--format", "github"]);
    let begin = "::error file=wrong.json,line=7,title=AA-ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL (error)::";
    assert!(annotated.stdout.contains(begin), "{}", annotated.stdout);
    let sarif = check(&sandbox, &["wrong.json", "public.json", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let run = &log["runs"][0];
    let results: Vec<&Value> = run["results"].as_array().unwrap().iter().collect();
    for result in &results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    assert!(results.iter().any(|result| result["ruleId"] == "AA-PUBLIC-ACCESS"), "{}", sarif.stdout);
    assert!(crate::trust_check::is_sarif(&sandbox.home, &sarif.stdout), "{}", sarif.stdout);

    let accepted = "[[suppress]]\nrule = \"AA-PUBLIC-ACCESS\"\nreason = \"a honeypot\"\nuntil = \"2999-12-31\"\n";
    sandbox.home.write("accepted.toml", accepted);
    let words = ["public.json", "--suppressions", "accepted.toml", "--format", "json"];
    assert!(check(&sandbox, &words).stdout.contains("\"suppressed\": \"a honeypot\""));
}

#[test]
fn a_policy_may_allow_no_more_than_its_reference() {
    let sandbox = sandbox();
    assert_eq!(check(&sandbox, &["good.json", "--reference", "wide.json"]).code, 0);
    let wider = check(&sandbox, &["wide.json", "--reference", "good.json", "--format", "json"]);
    assert_eq!((wider.code, found(&wider)), (1, vec![finding("AA-NEW-ACCESS", "high")]));
    assert_eq!(count(&sandbox, "CheckNoNewAccess"), 2);
    let alone = sandbox.home.run(&["trust", "check", "good.json", "--reference", "wide.json"]);
    assert_eq!(alone.code, 2, "{alone:?}");
}

#[test]
fn a_refusal_is_never_no_findings() {
    let mut sandbox = sandbox();
    let bob = check(&sandbox, &["good.json", "--profile", "bob"]);
    assert_eq!((bob.code, bob.stdout.as_str()), (4, ""), "{bob:?}");
    assert!(bob.stderr.contains("bob must be allowed access-analyzer:CheckNoPublicAccess"), "{}", bob.stderr);
    sandbox.fail("html*forever@ValidatePolicy");
    assert_eq!(check(&sandbox, &["good.json"]).code, 5);
    sandbox.home.set("AWS_ENDPOINT_URL_ACCESSANALYZER", "http://127.0.0.1:1");
    let nowhere = check(&sandbox, &["good.json"]);
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (5, ""), "{nowhere:?}");
    assert!(nowhere.stderr.contains("has not looked at good.json"), "{}", nowhere.stderr);
}

#[test]
fn charged_calls_for_a_whole_account_are_agreed_to_and_the_same_text_is_paid_for_once() {
    let sandbox = sandbox();
    let all = check(&sandbox, &["--all"]);
    assert_eq!((all.code, all.stdout.as_str()), (6, ""), "{all:?}");
    assert!(all.stderr.contains("2 custom checks") && all.stderr.contains("--yes agrees beforehand"), "{}", all.stderr);
    assert_eq!((count(&sandbox, "ValidatePolicy"), count(&sandbox, "CheckNoPublicAccess")), (0, 0));
    let yes = check(&sandbox, &["--all", "--yes", "--format", "json"]);
    assert_eq!((yes.code, found(&yes)), (1, vec![finding("AA-PUBLIC-ACCESS", "critical")]), "{yes:?}");
    assert_eq!((count(&sandbox, "ValidatePolicy"), count(&sandbox, "CheckNoPublicAccess")), (2, 2));
    sandbox.fail("throttle*3@CheckNoPublicAccess");
    assert_eq!(check(&sandbox, &["--all", "--yes"]).code, 1);

    for number in 0..11 {
        sandbox.home.write(&format!("many/{number}.json"), &GOOD.replace("Ours", &format!("Ours{number}")));
    }
    let files: Vec<String> = (0..11).map(|number| format!("many/{number}.json")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let many = check(&sandbox, &files);
    assert_eq!(many.code, 6, "{many:?}");
    assert_eq!(check(&sandbox, &files[..10]).code, 0);

    let mut terminal = Terminal::of(&sandbox.home.command(&["trust", "check", "--validate", "--all"]));
    terminal.expect("Make 2 custom checks of IAM Access Analyzer for 2 policies");
    terminal.type_line("n");
    let (shown, code) = terminal.end();
    assert_eq!(code, 7, "{shown}");
    assert!(shown.contains("no charged call was made"), "{shown}");
}

/// Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `CheckNoPublicAccess`, `CheckNoNewAccess`.
#[test]
fn the_aws_cli_has_policies_checked_by_the_sandbox() {
    let sandbox = sandbox();
    let ask = |words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        command.arg("accessanalyzer").args(words).env("AWS_PROFILE", "alice");
        ran(&mut command, "")
    };
    let aws = |words: &[&str]| -> Value {
        let ran = ask(words);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let kind = "AWS::IAM::AssumeRolePolicyDocument";
    let validate = |policy: &str| {
        let words = ["validate-policy", "--policy-type", "RESOURCE_POLICY", "--policy-document", policy];
        let found = aws(&[&words[..], &["--validate-policy-resource-type", kind]].concat());
        let codes = found["findings"].as_array().unwrap().iter();
        codes.map(|one| (one["issueCode"].as_str().unwrap().to_owned(), one["findingType"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(validate(GOOD), []);
    let wrong = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"},
        {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/P"},"Action":"sts:AssumeRole"},
        {"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject",
         "Condition":{"ForAllValues:StringEquals":{"sts:ExternalId":"x"},"StringEqual":{"aws:NoKey":"y"}}},
        {"Effect":"Allow","Action":"sts:AssumeRole"}, {"Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#;
    let found = validate(wrong);
    for (code, kind) in [
        ("MISSING_VERSION", "WARNING"),
        ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "ERROR"),
        ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "ERROR"),
        ("MISMATCHED_ACTION_FOR_PRINCIPAL", "ERROR"),
        ("UNSUPPORTED_ACTION_IN_POLICY", "ERROR"),
        ("FORALLVALUES_WITH_SINGLE_VALUED_KEY", "SECURITY_WARNING"),
        ("INVALID_CONDITION_OPERATOR", "ERROR"),
        ("MISSING_PRINCIPAL", "ERROR"),
        ("MISSING_EFFECT", "ERROR"),
    ] {
        assert!(found.contains(&(code.to_owned(), kind.into())), "{code}: {found:?}");
    }
    assert_eq!(validate("{\"Statement\": [")[0].0, "JSON_SYNTAX_ERROR");

    let public = |policy: &str| {
        aws(&["check-no-public-access", "--resource-type", kind, "--policy-document", policy])["result"].clone()
    };
    assert_eq!(public(GOOD), "PASS");
    assert_eq!(public(&GOOD.replace("arn:aws:iam::111122223333:role/Deploy", "*")), "FAIL");
    let wide = GOOD.replace("arn:aws:iam::111122223333:role/Deploy", "111122223333");
    let new = |new: &str, old: &str| {
        aws(&[
            "check-no-new-access",
            "--policy-type",
            "RESOURCE_POLICY",
            "--new-policy-document",
            new,
            "--existing-policy-document",
            old,
        ])
    };
    assert_eq!(new(GOOD, &wide)["result"], "PASS");
    let failed = new(&wide, GOOD);
    assert_eq!((&failed["result"], &failed["reasons"][0]["statementId"]), (&"FAIL".into(), &"Ours".into()), "{failed}");
    let broken = ask(&["check-no-public-access", "--resource-type", kind, "--policy-document", "{}"]);
    assert!(broken.stderr.contains("InvalidParameterException"), "{}", broken.stderr);
}
