//! `assume trust policy`: what it writes lets in exactly whom it should, in the sandbox; and other readers understand it.

use serde_json::Value;

use crate::support::home::{Home, ran};
use crate::support::issuer::Issuer;
use crate::support::python;
use crate::support::sandbox::Sandbox;

const ID: &str = "acme-9f86d081884c7d659a2feaa0c55ad015";

/// Writes a policy by the real program.
fn written(words: &[&str]) -> String {
    let home = Home::new();
    let mut all = vec!["trust", "policy"];
    all.extend(words);
    let ran = home.run(&all);
    assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
    ran.stdout
}

/// A victim's role with that trust policy; alice and the role Scanner of one account, and mallory of another, all of whom
/// may call whatever they like.
fn sandbox(trust: &str, more: &str) -> Sandbox {
    let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let scenario = format!(
        r#"
[[account]]
id = "999999999999"
{more}
[[account.role]]
name = "Victim"
trust = '''{trust}'''

[[account]]
id = "111122223333"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "alice"
mfa = ["arn:aws:iam::111122223333:mfa/alice"]
policies = {{ All = '{all}' }}
[[account.role]]
name = "Scanner"
trust = '{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "sts:*"}}}}'
policies = {{ All = '{all}' }}

[[account]]
id = "444455556666"
organization = "o-zzzzzzzzzz"
[[account.user]]
name = "mallory"
policies = {{ All = '{all}' }}
[[account.role]]
name = "Scanner"
trust = '{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "444455556666"}}, "Action": "sts:*"}}}}'
policies = {{ All = '{all}' }}
"#
    );
    let sandbox = Sandbox::of(&scenario);
    let victim = |name: &str, from: &str, more: &str| {
        format!("[role.{name}]\n{from}\nrole_arn = \"arn:aws:iam::999999999999:role/Victim\"\n{more}\n")
    };
    let scanner = |name: &str, who: &str, account: &str| {
        format!("[role.{name}]\nidentity = \"{who}\"\nrole_arn = \"arn:aws:iam::{account}:role/Scanner\"\n")
    };
    let config = [
        scanner("scanner", "alice", "111122223333"),
        scanner("their-scanner", "mallory", "444455556666"),
        victim("as-alice", "identity = \"alice\"", ""),
        victim("as-alice-mfa", "identity = \"alice\"", "mfa_serial = \"arn:aws:iam::111122223333:mfa/alice\""),
        victim("as-mallory", "identity = \"mallory\"", ""),
        victim("as-scanner", "via = \"scanner\"", ""),
        victim("as-their-scanner", "via = \"their-scanner\"", ""),
    ];
    sandbox.home.config(&config.concat());
    sandbox
}

/// Whether these words get the role.
fn gets(sandbox: &Sandbox, words: &[&str]) -> bool {
    let mut all = vec!["credential-process"];
    all.extend(words);
    let ran = sandbox.home.run(&all);
    assert!(ran.code == 0 || ran.stderr.contains("AccessDenied"), "{words:?}: {}", ran.stderr);
    ran.code == 0
}

#[test]
fn a_partner_is_let_in_by_its_role_and_external_id() {
    let trust = written(&["--partner", "arn:aws:iam::111122223333:role/Scanner", "--external-id", ID]);
    let sandbox = sandbox(&trust, "");
    let upper = ID.to_uppercase();
    for (words, expected) in [
        (vec!["as-scanner", "--external-id", ID], true),
        (vec!["as-scanner"], false),
        (vec!["as-scanner", "--external-id", &upper], false),
        (vec!["as-scanner", "--external-id", &ID[..ID.len() - 1]], false),
        (vec!["as-alice", "--external-id", ID], false),
        (vec!["as-mallory", "--external-id", ID], false),
        (vec!["as-their-scanner", "--external-id", ID], false),
        (vec!["as-scanner", "--external-id", ID, "--tag", "team=core"], false),
        (vec!["as-scanner", "--external-id", ID, "--source-identity", "alice"], false),
    ] {
        assert_eq!(gets(&sandbox, &words), expected, "{words:?}");
    }
}

#[test]
fn an_account_is_let_in_with_mfa_of_its_organization_and_with_the_tags_and_the_source_identity_listed() {
    let words = [
        "--account",
        "111122223333",
        "--mfa-max-age",
        "1h",
        "--organization",
        "o-a1b2c3d4e5",
        "--session-tag",
        "team=core,web",
        "--source-identity",
        "alice*",
    ];
    let sandbox = sandbox(&written(&words), "");
    let code = sandbox.code("arn:aws:iam::111122223333:mfa/alice");
    let code = sandbox.home.write("code", &code);
    let code = code.to_str().unwrap();
    // The first takes the code, and the MFA session serves the others.
    for (words, expected) in [
        (vec!["as-alice-mfa", "--source-identity", "alice@laptop", "--mfa-code-file", code], true),
        (vec!["as-alice-mfa", "--source-identity", "mallory"], false),
        (vec!["as-alice-mfa"], false),
        (vec!["as-alice-mfa", "--source-identity", "alice", "--tag", "team=web"], true),
        (vec!["as-alice-mfa", "--source-identity", "alice", "--tag", "team=root"], false),
        (vec!["as-alice-mfa", "--source-identity", "alice", "--tag", "team=web", "--tag", "admin=yes"], false),
        (vec!["as-alice", "--source-identity", "alice"], false),
        (vec!["as-mallory", "--source-identity", "alice"], false),
    ] {
        assert_eq!(gets(&sandbox, &words), expected, "{words:?}");
    }
}

#[test]
fn a_job_of_github_actions_is_let_in_for_its_branch() {
    let words = ["--preset", "github", "--in-account", "999999999999", "--project", "acme/app", "--branch", "main"];
    let issuer = Issuer::new("https://token.actions.githubusercontent.com");
    let sandbox = sandbox(&written(&words), &issuer.provider("sts.amazonaws.com"));
    let token = sandbox.home.write("token", "");
    sandbox.home.config(&format!(
        "[identity.ci]\nweb_identity = {{ token_file = {token:?} }}\n[role.job]\nidentity = \"ci\"\nrole_arn = \"arn:aws:iam::999999999999:role/Victim\"\n"
    ));
    for (subject, expected) in [
        ("repo:acme/app:ref:refs/heads/main", true),
        ("repo:acme/app:ref:refs/heads/dev", false),
        ("repo:acme/app:pull_request", false),
        ("repo:evil/app:ref:refs/heads/main", false),
        ("repo:acme/app2:ref:refs/heads/main", false),
    ] {
        std::fs::write(&token, issuer.token(subject, "sts.amazonaws.com")).unwrap();
        assert_eq!(gets(&sandbox, &["job"]), expected, "{subject}");
    }
}

#[test]
fn terraform_and_cloudformation_hold_the_same_policy() {
    let words = [
        "--oidc",
        "arn:aws:iam::999999999999:oidc-provider/oidc.example.com",
        "--audience",
        "a: #b",
        "--subject",
        "x\": ${y} %{z} 2012-10-17\n- no",
    ];
    let with = |format| written(&[&words[..], &["--format", format, "--role-name", "Reports"]].concat());
    let policy: Value = serde_json::from_str(&written(&words)).unwrap();
    let read = "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(sys.stdin)))\n";
    let home = Home::new();
    for template in ["cloudformation", "cloudformation-json"] {
        // JSON is YAML as well, to those who read it.
        let ran = ran(&mut python::script(&home, read), &with(template));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let template: Value = serde_json::from_str(&ran.stdout).unwrap();
        let role = &template["Resources"]["Role"]["Properties"];
        assert_eq!(role["AssumeRolePolicyDocument"], policy);
        assert_eq!(role["RoleName"], "Reports");
    }
    let terraform = with("terraform");
    // What was a template in the value, and a policy variable, is neither any more.
    assert!(terraform.contains(r#""x\": $${$}{y} %%{z} 2012-10-17\n- no""#), "{terraform}");
    assert!(terraform.starts_with("resource \"aws_iam_role\" \"reports\" {\n"), "{terraform}");
}

#[test]
fn a_guard_that_does_not_belong_is_refused_with_what_does() {
    let home = Home::new();
    for (words, expected) in [
        (vec!["--partner", "111122223333"], "a partner has to send an external ID"),
        (
            vec!["--partner", "111122223333", "--external-id", ID, "--mfa"],
            "--mfa does not belong to a partner: MFA binds a person",
        ),
        (vec!["--service", "ec2.amazonaws.com", "--external-id", ID], "--external-id does not belong to a service"),
        (vec!["--account", "111122223333", "--audience", "x"], "--audience does not belong to accounts and roles"),
        (
            vec!["--saml", "arn:aws:iam::999999999999:saml-provider/Corp", "--external-id", ID],
            "--external-id does not belong",
        ),
        (vec!["--oidc", "arn:aws:iam::999999999999:oidc-provider/x.example.com", "--subject", "a"], "needs --audience"),
        (vec!["--oidc", "arn:aws:iam::999999999999:oidc-provider/x.example.com", "--audience", "a"], "needs --subject"),
        (vec!["--preset", "github", "--in-account", "999999999999", "--project", "acme/app"], "needs --branch"),
        (vec!["--external-id", ID], "required"),
    ] {
        let mut all = vec!["trust", "policy"];
        all.extend(&words);
        let ran = home.run(&all);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}");
        assert!(ran.stderr.contains(expected), "{words:?}: {}", ran.stderr);
    }
    let weak = home.run(&["trust", "policy", "--partner", "111122223333", "--external-id", "acme-2024"]);
    assert_eq!(weak.code, 0);
    assert!(weak.stderr.contains("somebody may guess the external ID acme-2024"), "{}", weak.stderr);
}

#[test]
fn what_is_written_passes_the_check() {
    let home = Home::new();
    let preset = |name: &'static str| vec!["--preset", name, "--in-account", "999999999999"];
    let with = |mut words: Vec<&'static str>, more: &[&'static str]| {
        words.extend(more);
        words
    };
    let eks = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
    let bucket = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
    let saml = "arn:aws:iam::999999999999:saml-provider/Corp";
    let oidc = "arn:aws:iam::999999999999:oidc-provider/login.example.com";
    for words in [
        vec!["--account", "999999999999", "--mfa"],
        vec!["--account", "999999999999", "--session-tag", "team=core", "--source-identity", "alice"],
        vec!["--role", "arn:aws:iam::999999999999:role/Deploy", "--organization", "o-a1b2c3d4e5"],
        vec!["--partner", "arn:aws:iam::111122223333:role/Scanner", "--external-id", ID],
        vec!["--partner", "arn:aws:iam::111122223333:role/Scanner", "--external-id", ID, "--session-tag", "case=a,b"],
        vec!["--saml", saml],
        vec!["--saml", "arn:aws-cn:iam::999999999999:saml-provider/Corp"],
        vec!["--saml", saml, "--subject", "alice", "--session-tag", "team=core"],
        vec!["--oidc", oidc, "--audience", "aws", "--subject", "alice"],
        vec!["--service", "scheduler.amazonaws.com", "--source-account", "999999999999"],
        vec!["--service", "ec2.amazonaws.com"],
        with(preset("github"), &["--project", "acme/app", "--branch", "main"]),
        with(preset("github"), &["--project", "acme/app", "--environment", "prod"]),
        with(preset("gitlab"), &["--project", "acme/app", "--branch", "main"]),
        with(preset("buildkite"), &["--project", "acme/deploy", "--branch", "main"]),
        with(
            preset("bitbucket"),
            &["--project", "{1}", "--issuer", bucket, "--audience", "ari:cloud:bitbucket::workspace/1"],
        ),
        with(preset("circleci"), &["--project", "0a1b/2c3d"]),
        with(preset("terraform-cloud"), &["--project", "acme/core/prod"]),
        with(preset("eks"), &["--project", "payments/api", "--issuer", eks]),
        with(preset("eks-pod-identity"), &["--project", "payments/api"]),
        with(preset("google"), &["--audience", "66677.apps.example.com", "--subject", "110248495921238986420"]),
        with(preset("cognito"), &["--audience", "eu-west-1:11111111-2222-3333-4444-555555555555"]),
    ] {
        let policy = written(&words);
        let ran = home.run_with_input(&["trust", "check", "--own", "999999999999", "--fail-on", "low", "-"], &policy);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{words:?}");
    }
}

/// An account is asked for where the partner names no role, and a service's source where the service sends one: what is
/// written then does not pass, and says so.
#[test]
fn what_does_not_pass_the_check_says_so_where_it_is_written() {
    let home = Home::new();
    let partner = ["--partner", "111122223333", "--external-id", ID].as_slice();
    let service = ["--service", "scheduler.amazonaws.com"].as_slice();
    for (words, rule) in [(partner, "TP-THIRD-PARTY-ROOT"), (service, "TP-SERVICE-NO-SOURCE")] {
        let ran = home.run(&[&["trust", "policy"], words].concat());
        let says = format!("`assume trust check` will find {rule} (medium) here: ");
        assert!(ran.code == 0 && ran.stderr.contains(&says), "{}", ran.stderr);
        let checked = home.run_with_input(&["trust", "check", "--own", "999999999999", "-"], &ran.stdout);
        assert!(checked.code == 1 && checked.stdout.contains(rule), "{}", checked.stdout);
        for format in ["terraform", "cloudformation"] {
            let ran = home.run(&[&["trust", "policy", "--format", format], words].concat());
            assert!(ran.stdout.starts_with(&format!("# {says}")), "{}", ran.stdout);
        }
        let template = home.run(&[&["trust", "policy", "--format", "cloudformation"], words].concat()).stdout;
        home.write("t.yaml", &template);
        let checked = home.run(&["trust", "check", "--own", "999999999999", "t.yaml"]);
        assert!(checked.code == 1 && checked.stdout.contains(rule), "{}{}", checked.stdout, checked.stderr);
    }
}
