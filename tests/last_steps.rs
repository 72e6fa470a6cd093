//! What comes after the roles: a task as the root of a member account, a token for a service outside AWS, and less than
//! the role gives.

use serde_json::Value;

use crate::support::home::{Ran, ran};
use crate::support::python;
use crate::support::sandbox::Sandbox;

const SCENARIO: &str = r#"
[[account]]
id = "999988887777"
organization = "o-a1b2c3d4e5"
manages_root = true
issues_tokens = true

[[account.user]]
name = "alice"
mfa = [{ serial = "arn:aws:iam::999988887777:mfa/alice", seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }]
policies = { Root = '{"Statement":{"Effect":"Allow","Action":["sts:AssumeRole","sts:AssumeRoot","sts:GetWebIdentityToken"],"Resource":"*"}}' }

[[account.role]]
name = "org/RootTasks"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:user/alice"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}'
policies = { Root = '{"Statement":{"Effect":"Allow","Action":["sts:AssumeRoot","sts:GetWebIdentityToken","sts:GetAccessKeyInfo"],"Resource":"*"}}' }

[[account]]
id = "111122223333"
organization = "o-a1b2c3d4e5"

[[account.role]]
name = "Plain"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:user/alice"},"Action":"sts:AssumeRole"}}'
policies = { Token = '{"Statement":{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}}' }

[[account]]
id = "222233334444"
"#;

const DEVICE: &str = "arn:aws:iam::999988887777:mfa/alice";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::of(SCENARIO);
    let config = format!(
        "default_identity = \"alice\"\n\
         [role.root-tasks]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::999988887777:role/org/RootTasks\"\nmfa_serial = {DEVICE:?}\n\
         [role.plain]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::111122223333:role/Plain\"\n"
    );
    sandbox.home.config(&config);
    sandbox
}

fn with_code(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let code = sandbox.home.write("code", &sandbox.code(DEVICE));
    let (before, after) = words.split_at(words.iter().position(|word| *word == "--").unwrap_or(words.len()));
    let all = before.iter().map(|word| (*word).to_owned());
    let code = ["--mfa-code-file".to_owned(), code.display().to_string()];
    all.chain(code).chain(after.iter().map(|word| (*word).to_owned())).collect()
}

fn run(sandbox: &Sandbox, words: &[String]) -> Ran {
    sandbox.home.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

const TASK: &str = "IAMAuditRootUserCredentials";

#[test]
fn a_root_task_is_done_with_a_role_between_for_whoever_has_an_mfa_device() {
    let sandbox = sandbox();
    let aws = crate::support::aws_cli::program();
    let who = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    let mut words = vec!["root", "111122223333", "--task", TASK, "--via", "root-tasks", "--", aws.to_str().unwrap()];
    words.extend(who);
    let done = run(&sandbox, &with_code(&sandbox, &words));
    assert_eq!((done.code, done.stdout.as_str()), (0, "arn:aws:sts::111122223333:assumed-root\n"), "{done:?}");
    let steps = ["GetSessionToken", "AssumeRole", "AssumeRoot", "GetCallerIdentity"];
    assert_eq!(sandbox.operations(), steps);
    // A second task of the same kind needs nothing but the cache.
    let again = run(&sandbox, &words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    assert_eq!((again.code, sandbox.operations().len()), (0, steps.len() + 1), "{again:?}");
    let status = sandbox.home.run(&["status"]);
    assert!(
        status.stdout.contains("root of 111122223333  14m ") || status.stdout.contains("root of 111122223333  15m")
    );

    let explained = sandbox.home.run(&["root", "111122223333", "--task", TASK, "--via", "root-tasks", "--explain"]);
    for line in ["3. AssumeRoot arn:aws:iam::111122223333:root", "AssumeRoot takes no MFA session", "duration = 15m"] {
        assert!(explained.stdout.contains(line), "{}", explained.stdout);
    }
    // With the key itself, where it has no MFA device.
    let direct = sandbox.home.run(&["root", "111122223333", "--task", "s3unlockbucketpolicy", "--explain"]);
    assert!(direct.stdout.contains("1. AssumeRoot") && direct.stdout.contains("root-task/S3UnlockBucketPolicy"));
}

#[test]
fn what_is_no_root_task_is_refused_before_or_by_aws() {
    let sandbox = sandbox();
    let credentials = std::fs::read_to_string(sandbox.home.path().join(".aws/credentials")).unwrap();
    let key = credentials.replace("[alice]", "[mfa]");
    sandbox.home.aws_credentials(&format!("{credentials}{key}"));
    sandbox.home.aws_config(&format!("[profile mfa]\nmfa_serial = {DEVICE}\n"));
    let refused = sandbox.home.run(&["root", "111122223333", "--task", TASK, "--via", "mfa"]);
    assert_eq!((refused.code, sandbox.operations().len()), (3, 0), "{refused:?}");
    assert!(
        refused.stderr.contains("AssumeRoot takes no MFA session: a role has to stand between"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("--via ROLE"), "{}", refused.stderr);

    let unknown = sandbox.home.run(&["root", "111122223333", "--task", "AdministratorAccess"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.stderr.contains("SQSUnlockQueuePolicy"), "{}", unknown.stderr);
    // Not of the organization: the words for `eval` fail.
    let foreign = sandbox.home.run(&["root", "222233334444", "--task", TASK]);
    assert_eq!((foreign.code, foreign.stdout.trim()), (4, "false"), "{foreign:?}");
    assert!(
        foreign.stderr.contains("sts:AssumeRoot on resource: arn:aws:iam::222233334444:root"),
        "{}",
        foreign.stderr
    );
}

/// Verifies a token with PyJWT, by nothing but its issuer's address, and prints its header and claims.
const VERIFY: &str = r#"
import json, sys, urllib.request, jwt
token = sys.stdin.read().strip()
issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
config = json.load(urllib.request.urlopen(issuer + "/.well-known/openid-configuration"))
assert config["issuer"] == issuer
key = jwt.PyJWKClient(config["jwks_uri"]).get_signing_key_from_jwt(token)
claims = jwt.decode(token, key, algorithms=config["id_token_signing_alg_values_supported"], audience="api.example", issuer=issuer)
print(json.dumps([jwt.get_unverified_header(token), claims]))
"#;

#[test]
fn a_foreign_library_verifies_a_roles_token_and_it_is_kept_nowhere() {
    let sandbox = sandbox();
    for (algorithm, more) in [("ES384", vec![]), ("RS256", vec!["--signing-algorithm", "RS256"])] {
        let mut words = vec!["token", "root-tasks", "--audience", "api.example", "--token-tag", "team=core"];
        words.extend(more);
        let words = if algorithm == "ES384" {
            with_code(&sandbox, &words)
        } else {
            words.iter().map(|w| (*w).to_owned()).collect()
        };
        let token = run(&sandbox, &words);
        assert_eq!(token.code, 0, "{token:?}");
        let verified = ran(&mut python::script(&sandbox.home, VERIFY), &token.stdout);
        assert_eq!(verified.code, 0, "{verified:?}");
        let said: Value = serde_json::from_str(&verified.stdout).unwrap();
        assert_eq!(said[0]["alg"], algorithm);
        let claims = &said[1];
        assert_eq!(claims["sub"], "arn:aws:iam::999988887777:role/org/RootTasks");
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 300);
        assert_eq!(claims["https://sts.amazonaws.com/"]["request_tags"]["team"], "core");
        assert!(token.stderr.contains("a token of root-tasks, good until"), "{}", token.stderr);
    }
    // Each time anew, by the one cached session.
    let asked = sandbox.operations();
    assert_eq!(asked.iter().filter(|name| *name == "GetWebIdentityToken").count(), 2);
    assert_eq!(asked.iter().filter(|name| *name == "AssumeRole").count(), 1);
}

#[test]
fn a_token_that_cannot_be_had_is_refused_with_what_to_do() {
    let sandbox = sandbox();
    let disabled = sandbox.home.run(&["token", "plain", "--audience", "api.example"]);
    assert_eq!((disabled.code, disabled.stdout.as_str()), (4, ""), "{disabled:?}");
    assert!(disabled.stderr.contains("enable-outbound-web-identity-federation"), "{}", disabled.stderr);
    // The session was made moments ago, so that an hour is already too much.
    let longer = sandbox.home.run(&["token", "plain", "--audience", "api.example", "--token-duration", "1h"]);
    assert_eq!(longer.code, 2, "{longer:?}");
    assert!(longer.stderr.contains("a token never outlives it"), "{}", longer.stderr);
    for (words, expected) in [
        (vec!["token", "plain"], "--audience"),
        (vec!["token", "plain", "--audience", "a", "--token-duration", "59s"], "1 minute to 1 hour"),
        (vec!["token", "plain", "--audience", "a", "--signing-algorithm", "HS256"], "HS256"),
    ] {
        let refused = sandbox.home.run(&words);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{words:?}");
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    }
}

#[test]
fn a_person_takes_less_than_the_role_gives_for_one_call() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let aws = crate::support::aws_cli::program();
    let code = sandbox.home.write("code", &sandbox.code(crate::support::sandbox::ALICES_DEVICE));
    let restore = |flags: &[&str]| {
        let mut words = vec!["exec", "prod-admin", "--mfa-code-file", code.to_str().unwrap()];
        words.extend(flags);
        words.extend(["--", aws.to_str().unwrap(), "sts", "assume-role", "--role-session-name", "test", "--role-arn"]);
        words.push("arn:aws:iam::777788889999:role/Restore");
        let ran = sandbox.home.run(&words);
        assert!(ran.code == 0 || ran.stderr.contains("AccessDenied"), "{ran:?}");
        ran.code == 0
    };
    assert!(restore(&[]));
    assert!(!restore(&["--only", "s3:Get*", "--on", "arn:aws:s3:::productionapp/*"]));
    assert!(restore(&["--only", "s3:Get*", "--only", "sts:AssumeRole"]));
    assert!(restore(&["--only", "sts:Assume*", "--on", "arn:aws:iam::777788889999:role/*"]));
    assert!(!restore(&["--only", "sts:Assume*", "--on", "arn:aws:iam::777788889999:role/Other"]));
    assert!(!restore(&["--read-only"]));
    // Each is a session of its own.
    assert!(restore(&[]));
    let wrong = sandbox.home.run(&["exec", "prod-admin", "--only", "s3", "--", "true"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
}

#[test]
fn how_full_a_token_is_is_shown_and_what_makes_it_too_full_is_named() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    let narrowed = sandbox.home.run(&["export", "update-app", "--only", "s3:Get*", "--tag", "team=core"]);
    assert_eq!(narrowed.code, 0, "{narrowed:?}");
    let status = sandbox.home.run(&["status"]);
    assert!(status.stdout.contains("store, token ") && status.stdout.contains("% full)"), "{}", status.stdout);
    let json: Value = serde_json::from_str(&sandbox.home.run(&["status", "--json"]).stdout).unwrap();
    assert!(json["cached"][0]["token_utilization"].as_u64().is_some_and(|used| used > 5), "{json}");

    let value = "v".repeat(250);
    let tags: Vec<String> = (0..3).map(|n| format!("tag{n}={value}")).collect();
    let mut words = vec!["export", "update-app", "--only", "s3:Get*"];
    words.extend(tags.iter().flat_map(|tag| ["--tag", tag.as_str()]));
    let full = sandbox.home.run(&words);
    assert_eq!(full.code, 4, "{full:?}");
    let expected = "the session tags have 762 of the ";
    assert!(full.stderr.contains("PackedPolicyTooLarge") && full.stderr.contains(expected), "{}", full.stderr);
}
