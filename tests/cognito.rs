//! Cognito identity pools: both flows, guests, and what is said when the pool refuses.

use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::issuer::Issuer;
use crate::support::sandbox::Sandbox;

const POOL: &str = "eu-west-1:11111111-2222-3333-4444-555555555555";
const STRICT: &str = "eu-west-1:99999999-2222-3333-4444-555555555555";

/// A sandbox with a pool that allows everything, and one that allows the enhanced flow with a login only.
fn place() -> (Sandbox, Issuer) {
    let issuer = Issuer::new("https://idp.example");
    let trust = |pool: &str, amr: &str| {
        format!(
            r#"'''{{"Statement": {{
                "Effect": "Allow",
                "Principal": {{"Federated": "cognito-identity.amazonaws.com"}},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {{
                    "StringEquals": {{"cognito-identity.amazonaws.com:aud": "{pool}"}},
                    "ForAnyValue:StringLike": {{"cognito-identity.amazonaws.com:amr": "{amr}"}}
                }}
            }}}}'''"#
        )
    };
    let scenario = format!(
        r#"
        [[account]]
        id = "123456789012"
        {}
        [[account.identity_pool]]
        id = "{POOL}"
        providers = ["idp.example"]
        role = "Visitor"
        guest_role = "Guest"
        basic = true
        [[account.identity_pool]]
        id = "{STRICT}"
        providers = ["idp.example"]
        role = "Visitor"
        [[account.role]]
        name = "Visitor"
        trust = {}
        policies = {{ All = '{{"Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}}}' }}
        [[account.role]]
        name = "Guest"
        trust = {}
        [[account.role]]
        name = "Next"
        trust = '{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "123456789012"}}, "Action": "sts:AssumeRole"}}}}'
        "#,
        issuer.provider("app"),
        trust(POOL, "authenticated"),
        trust(POOL, "unauthenticated"),
    );
    let mut sandbox = Sandbox::of(&scenario);
    let url = sandbox.url().to_owned();
    sandbox.home.set("AWS_ENDPOINT_URL_COGNITO_IDENTITY", url);
    let login = r#"logins = { "idp.example" = { token_file = "../../token" } }"#;
    sandbox.home.config(&format!(
        r#"
        [identity.pool]
        cognito = {{ identity_pool_id = "{POOL}", {login} }}
        [identity.basic]
        cognito = {{ identity_pool_id = "{POOL}", flow = "basic", {login} }}
        [identity.guest]
        cognito = {{ identity_pool_id = "{POOL}" }}
        [identity.strict]
        cognito = {{ identity_pool_id = "{STRICT}", flow = "basic", {login} }}
        [identity.strict-guest]
        cognito = {{ identity_pool_id = "{STRICT}" }}
        [role.visitor]
        identity = "basic"
        role_arn = "arn:aws:iam::123456789012:role/Visitor"
        duration = "15m"
        [role.chosen]
        identity = "pool"
        role_arn = "arn:aws:iam::123456789012:role/Visitor"
        [role.next]
        via = "chosen"
        role_arn = "arn:aws:iam::123456789012:role/Next"
        [role.strict-visitor]
        identity = "strict"
        role_arn = "arn:aws:iam::123456789012:role/Visitor"
        [role.other]
        identity = "pool"
        role_arn = "arn:aws:iam::123456789012:role/Guest"
        [role.long]
        identity = "pool"
        role_arn = "arn:aws:iam::123456789012:role/Visitor"
        duration = "2h"
        "#
    ));
    sandbox.home.write("token", &issuer.token("alice", "app"));
    (sandbox, issuer)
}

fn arn(sandbox: &Sandbox, profile: &str) -> Ran {
    let aws = aws_cli::program().display().to_string();
    let words = ["exec", profile, "--", &aws, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    sandbox.home.run(&words)
}

#[test]
fn the_pool_decides_the_role_in_the_enhanced_flow() {
    let (sandbox, _issuer) = place();
    for (profile, role) in [("pool", "Visitor"), ("chosen", "Visitor"), ("guest", "Guest"), ("next", "Next")] {
        let ran = arn(&sandbox, profile);
        assert!(ran.stdout.contains(&format!("assumed-role/{role}/")), "{profile}: {ran:?}");
    }
    let before = sandbox.operations().len();
    assert_eq!(sandbox.home.run(&["credential-process", "pool"]).code, 0);
    assert_eq!(sandbox.operations().len(), before, "it is cached");
    let explained: Value = serde_json::from_str(&sandbox.home.run(&["explain", "pool", "--json"]).stdout).unwrap();
    assert_eq!(explained["start"]["kind"], "cognito");
    assert_eq!(explained["steps"][0]["kind"], "GetCredentialsForIdentity");
    let long = sandbox.home.run(&["credential-process", "long"]);
    assert_eq!(long.code, 3, "{}", long.stderr);
    assert!(
        long.stderr.contains("`long` is had by GetCredentialsForIdentity, which carries no duration"),
        "{}",
        long.stderr
    );
    let other = sandbox.home.run(&["credential-process", "other"]);
    assert!(other.stderr.contains("NotAuthorizedException"), "{}", other.stderr);
}

#[test]
fn a_token_of_the_pool_becomes_a_role_in_the_basic_flow() {
    let (sandbox, issuer) = place();
    let ran = arn(&sandbox, "visitor");
    assert!(ran.stdout.contains("assumed-role/Visitor/"), "{ran:?}");
    let operations = ["GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity", "GetCallerIdentity"];
    assert_eq!(sandbox.operations(), operations);
    // Somebody else under the same name is served nothing of that.
    sandbox.home.write("token", &issuer.token("bob", "app"));
    assert!(arn(&sandbox, "visitor").stdout.contains("assumed-role/Visitor/"));
    assert_eq!(sandbox.operations().len(), 8);
}

#[test]
fn what_the_pool_refuses_is_said_with_what_helps() {
    let (sandbox, issuer) = place();
    for (profile, code, hint) in [
        (
            "strict-visitor",
            "InvalidParameterException: Basic (classic) flow is not enabled",
            "say `flow = \"enhanced\"`",
        ),
        ("strict-guest", "NotAuthorizedException: Unauthenticated access is not supported", "the pool takes no guests"),
    ] {
        let ran = sandbox.home.run(&["credential-process", profile]);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        assert!(ran.stderr.contains(code) && ran.stderr.contains(hint), "{}", ran.stderr);
    }
    sandbox.home.write("token", &issuer.token("alice", "another-app"));
    let ran = sandbox.home.run(&["credential-process", "pool"]);
    assert!(
        ran.stderr.contains("cannot sign in by \"pool\"") && ran.stderr.contains("Invalid login token"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_aws_cli_finds_the_pool_convincing() {
    let (sandbox, issuer) = place();
    let ask = |words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        let ran = ran(command.args(["cognito-identity", "--output", "json"]).args(words), "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    let logins = format!("idp.example={}", issuer.token("alice", "app"));
    let id =
        ask(&["get-id", "--identity-pool-id", POOL, "--logins", &logins])["IdentityId"].as_str().unwrap().to_owned();
    let token = ask(&["get-open-id-token", "--identity-id", &id, "--logins", &logins]);
    assert_eq!(token["IdentityId"], id.as_str());
    let given = ask(&["get-credentials-for-identity", "--identity-id", &id, "--logins", &logins]);
    assert!(given["Credentials"]["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
}
