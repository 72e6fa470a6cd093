//! Clients that are not ours find the sandbox convincing: the AWS CLI itself, signing, parsing and reporting as it does
//! with AWS. Each refusal is read from its standard error, which quotes code and message.

use std::process::Command;

use assume::sandbox::Fault;
use assume::terms::ExposeSecret;
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

const UPDATE_APP: &str = "arn:aws:iam::123456789012:role/UpdateApp";
const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
const REPORTS: &str = "arn:aws:iam::444455556666:role/partners/Reports";
const RESTORE: &str = "arn:aws:iam::777788889999:role/Restore";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// Whose credentials the AWS CLI uses.
#[derive(Clone)]
enum Who {
    /// A user of the scenario, by the profile of that name.
    User(&'static str),
    /// Key id, secret, and a token where there is one.
    Keys(String, String, Option<String>),
}

const fn alice() -> Who {
    Who::User("alice")
}

/// The AWS CLI of the test environment.
fn aws(sandbox: &Sandbox, who: &Who) -> Command {
    let mut command = sandbox.home.program(aws_cli::program());
    command.env("AWS_MAX_ATTEMPTS", "1").args(["--output", "json"]);
    match who {
        Who::User(name) => command.args(["--profile", name]),
        Who::Keys(id, secret, token) => {
            command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
            command.envs(token.iter().map(|token| ("AWS_SESSION_TOKEN", token)))
        }
    };
    command
}

fn run(sandbox: &Sandbox, who: &Who, arguments: &[&str]) -> Ran {
    ran(aws(sandbox, who).args(arguments), "")
}

fn answer(sandbox: &Sandbox, who: &Who, arguments: &[&str]) -> Value {
    let ran = run(sandbox, who, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn assume<'a>(role: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["sts", "assume-role", "--role-arn", role, "--role-session-name", "alice"], more].concat()
}

fn keys(answer: &Value) -> Who {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    Who::Keys(text("AccessKeyId"), text("SecretAccessKey"), Some(text("SessionToken")))
}

fn refused(sandbox: &Sandbox, who: &Who, arguments: &[&str], expected: &str) {
    let ran = run(sandbox, who, arguments);
    assert_ne!(ran.code, 0, "{arguments:?}: {}", ran.stdout);
    assert!(ran.stderr.contains(expected), "{arguments:?}\nexpected {expected}\ngot {}", ran.stderr);
}

fn error(operation: &str, code: &str, message: &str) -> String {
    format!("An error occurred ({code}) when calling the {operation} operation: {message}")
}

#[test]
fn the_aws_cli_becomes_a_role_and_the_role_says_who_it_is() {
    let sandbox = Sandbox::classic();
    let identity = answer(&sandbox, &alice(), &["sts", "get-caller-identity"]);
    assert_eq!((&identity["Arn"], &identity["Account"]), (&ALICE.into(), &"111122223333".into()));

    let became = answer(&sandbox, &alice(), &assume(UPDATE_APP, &["--tags", "Key=team,Value=core é"]));
    let arn = "arn:aws:sts::123456789012:assumed-role/UpdateApp/alice";
    assert_eq!(became["AssumedRoleUser"]["Arn"], arn);
    assert_eq!(answer(&sandbox, &keys(&became), &["sts", "get-caller-identity"])["Arn"], arn);
    answer(&sandbox, &alice(), &assume(REPORTS, &["--external-id", "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35"]));

    let code = sandbox.code(ALICES_DEVICE);
    let mfa = ["sts", "get-session-token", "--serial-number", ALICES_DEVICE, "--token-code", &code];
    let session = keys(&answer(&sandbox, &alice(), &mfa));
    let admin = keys(&answer(&sandbox, &session, &assume(ADMIN, &[])));
    let restore = answer(&sandbox, &admin, &assume(RESTORE, &[]));
    assert_eq!(restore["AssumedRoleUser"]["Arn"], "arn:aws:sts::777788889999:assumed-role/Restore/alice");
}

#[test]
fn a_bad_signature_an_unknown_key_and_an_expired_token_are_refused_in_awss_words() {
    let sandbox = Sandbox::classic();
    let id = sandbox.key_of("alice").id;
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                    Access Key and signing method. Consult the service documentation for details.";
    let invalid = "The security token included in the request is invalid.";
    let expired = "The security token included in the request is expired";
    let identity: &[&str] = &["sts", "get-caller-identity"];
    let role = assume(UPDATE_APP, &[]);
    let named =
        |code: &str, message: &str| (error("GetCallerIdentity", code, message), error("AssumeRole", code, message));
    let both = |who: &Who, (identity_refused, role_refused): (String, String)| {
        refused(&sandbox, who, identity, &identity_refused);
        refused(&sandbox, who, &role, &role_refused);
    };

    both(&Who::Keys(id, "wrong".to_owned(), None), named("SignatureDoesNotMatch", mismatch));
    both(&Who::Keys("AKIANOBODYKNOWSTHIS0".to_owned(), "x".to_owned(), None), named("InvalidClientTokenId", invalid));

    let session = keys(&answer(&sandbox, &alice(), &["sts", "get-session-token"]));
    let Who::Keys(id, secret, _) = session.clone() else { unreachable!("sessions are keys") };
    both(&Who::Keys(id, secret, Some("another".to_owned())), named("InvalidClientTokenId", invalid));
    sandbox.server.expire_sessions();
    both(&session, named("ExpiredToken", expired));
}

#[test]
fn a_role_that_is_not_for_the_caller_is_refused_in_awss_words() {
    let sandbox = Sandbox::classic();
    let denied = |who: &str, role: &str| {
        let sentence = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role}");
        error("AssumeRole", "AccessDenied", &sentence)
    };
    refused(&sandbox, &alice(), &assume(REPORTS, &[]), &denied(ALICE, REPORTS));
    refused(&sandbox, &alice(), &assume(REPORTS, &["--external-id", "another"]), &denied(ALICE, REPORTS));
    refused(&sandbox, &alice(), &assume(ADMIN, &[]), &denied(ALICE, ADMIN));
    let bobs = denied("arn:aws:iam::111122223333:user/bob", UPDATE_APP);
    refused(&sandbox, &Who::User("bob"), &assume(UPDATE_APP, &[]), &bobs);
}

#[test]
fn a_spent_mfa_code_is_refused_in_awss_words() {
    let sandbox = Sandbox::classic();
    let code = sandbox.code(ALICES_DEVICE);
    let with_code = assume(ADMIN, &["--serial-number", ALICES_DEVICE, "--token-code", &code]);
    answer(&sandbox, &alice(), &with_code);
    let spent = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    refused(&sandbox, &alice(), &with_code, &error("AssumeRole", "AccessDenied", spent));
    let alone = assume(ADMIN, &["--serial-number", ALICES_DEVICE]);
    let half = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    refused(&sandbox, &alice(), &alone, &error("AssumeRole", "AccessDenied", half));
}

#[test]
fn what_is_asked_beyond_awss_limits_is_refused_in_awss_words() {
    let sandbox = Sandbox::classic();
    let session = keys(&answer(&sandbox, &alice(), &assume(UPDATE_APP, &[])));
    let resource = format!("arn:aws:s3:::{}", "b".repeat(1_945));
    let policy = format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}]}}"#);
    let value = "a".repeat(250);
    let tags: Vec<String> = (1..=9).map(|n| format!("Key=T{n},Value={value}")).collect();
    let tags: Vec<&str> = std::iter::once("--tags").chain(tags.iter().map(String::as_str)).collect();
    let cases = [
        (
            alice(),
            assume(UPDATE_APP, &["--duration-seconds", "7200"]),
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            alice(),
            assume(UPDATE_APP, &["--duration-seconds", "43201"]),
            "ValidationError",
            "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must \
             have value less than or equal to 43200",
        ),
        (
            alice(),
            assume(UPDATE_APP, &tags),
            "PackedPolicyTooLarge",
            "Packed size of session tags consumes 498% of allotted space.",
        ),
        (
            alice(),
            assume(UPDATE_APP, &["--policy", &policy]),
            "PackedPolicyTooLarge",
            "Packed policy consumes 111% of allotted space, please use smaller policy.",
        ),
        (
            alice(),
            assume(UPDATE_APP, &["--policy", "{"]),
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        ),
    ];
    for (who, arguments, code, message) in cases {
        refused(&sandbox, &who, &arguments, &error("AssumeRole", code, message));
    }
    let message = "Cannot call GetSessionToken with session credentials";
    refused(&sandbox, &session, &["sts", "get-session-token"], &error("GetSessionToken", "AccessDenied", message));
}

#[test]
fn a_chained_session_of_more_than_an_hour_is_refused_in_awss_words() {
    let sandbox = Sandbox::classic();
    let code = sandbox.code(ALICES_DEVICE);
    let with_code =
        assume(ADMIN, &["--serial-number", ALICES_DEVICE, "--token-code", &code, "--duration-seconds", "14400"]);
    let admin = keys(&answer(&sandbox, &alice(), &with_code));
    let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    let refusal = error("AssumeRole", "ValidationError", message);
    refused(&sandbox, &admin, &assume(RESTORE, &["--duration-seconds", "3601"]), &refusal);
    answer(&sandbox, &admin, &assume(RESTORE, &["--duration-seconds", "3600"]));
}

#[test]
fn the_aws_cli_rotates_a_key() {
    let sandbox = Sandbox::classic();
    let made = answer(&sandbox, &alice(), &["iam", "create-access-key"]);
    let text = |name: &str| made["AccessKey"][name].as_str().unwrap().to_owned();
    let new = Who::Keys(text("AccessKeyId"), text("SecretAccessKey"), None);
    let quota = "Cannot exceed quota for AccessKeysPerUser: 2";
    let refusal = error("CreateAccessKey", "LimitExceeded", quota);
    refused(&sandbox, &alice(), &["iam", "create-access-key"], &refusal);

    let old = sandbox.key_of("alice").id;
    let off = ["iam", "update-access-key", "--access-key-id", &old, "--status", "Inactive"];
    assert_eq!(run(&sandbox, &new, &off).code, 0);
    let listed = answer(&sandbox, &new, &["iam", "list-access-keys"]);
    assert_eq!(listed["AccessKeyMetadata"].as_array().unwrap().len(), 2);
    assert_eq!(run(&sandbox, &new, &["iam", "delete-access-key", "--access-key-id", &old]).code, 0);
    assert_eq!(answer(&sandbox, &new, &["iam", "get-user"])["User"]["Arn"], ALICE);
}

#[test]
fn the_log_has_one_line_for_each_request_and_no_secret() {
    let sandbox = Sandbox::classic();
    answer(&sandbox, &alice(), &assume(UPDATE_APP, &[]));
    refused(&sandbox, &alice(), &assume(ADMIN, &[]), "AccessDenied");
    sandbox.fail("throttle");
    refused(&sandbox, &alice(), &["sts", "get-caller-identity"], "Throttling");
    let calls = sandbox.calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.operation.as_deref().unwrap(), call.role_arn.as_deref(), call.status, call.code.as_deref()))
        .collect();
    let expected = [
        ("AssumeRole", Some(UPDATE_APP), Some(200), None),
        ("AssumeRole", Some(ADMIN), Some(403), Some("AccessDenied")),
        ("GetCallerIdentity", None, Some(400), Some("Throttling")),
    ];
    assert_eq!(seen, expected);
    assert_eq!(calls[0].principal.as_deref(), Some(ALICE));

    let log = std::fs::read_to_string(sandbox.log_file()).unwrap();
    for key in sandbox.server.keys() {
        assert!(!log.contains(key.secret.expose_secret()));
    }
    assert!(!log.contains("FwoGZXIvYXdzE"), "session tokens begin so");
}

#[test]
fn botocore_survives_what_the_sandbox_is_told_to_do_to_it() {
    let sandbox = Sandbox::classic();
    let identity = ["sts", "get-caller-identity"];
    for fault in ["500", "503", "cut", "throttle"] {
        sandbox.fail(fault);
        let mut patient = aws(&sandbox, &alice());
        patient.env("AWS_MAX_ATTEMPTS", "3").args(identity);
        let ran = ran(&mut patient, "");
        assert_eq!(ran.code, 0, "{fault}: {}", ran.stderr);
    }
    assert_eq!(sandbox.operations().len(), 8, "each was tried twice");
    sandbox.server.fail(assume::sandbox::Failure::once(Fault::Clock(600)).forever());
    refused(&sandbox, &alice(), &identity, "Signature expired: ");
    sandbox.server.recover();
    answer(&sandbox, &alice(), &identity);
}

#[test]
fn a_url_that_botocore_presigned_is_answered_until_it_ends() {
    let sandbox = Sandbox::classic();
    let script = r#"
import boto3, urllib.error, urllib.request
url = boto3.Session(profile_name="alice").client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
for asked in (url, url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")):
    try:
        print(urllib.request.urlopen(asked).read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
"#;
    let mut python = sandbox.home.program(aws_cli::python());
    python.args(["-c", script]);
    let ran = ran(&mut python, "");
    let (answered, refused) = ran.stdout.split_once('\n').unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!(answered.contains(&format!("<Arn>{ALICE}</Arn>")), "{answered}");
    assert!(refused.starts_with("403 ") && refused.contains("SignatureDoesNotMatch"), "{refused}");
}
