//! Profiles that stand on `aws login`: what the AWS CLI keeps of its sign-in serves as it is.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::sandbox::Sandbox;

const SESSION: &str = "arn:aws:iam::123456789012:role/UpdateApp";
/// Puts a session into the AWS CLI's cache, as `aws login` does.
fn signed_in(sandbox: &Sandbox, expires_at: &str) {
    let exported = sandbox.home.run(&["export", "update-app", "--format", "json"]);
    let keys: Value = serde_json::from_str(&exported.stdout).unwrap();
    let name = hex::encode(Sha256::digest(SESSION));
    let token = json!({
        "accessToken": {
            "accessKeyId": keys["AWS_ACCESS_KEY_ID"],
            "secretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
            "sessionToken": keys["AWS_SESSION_TOKEN"],
            "accountId": "123456789012",
            "expiresAt": expires_at,
        },
        "tokenType": "aws_sigv4",
        "refreshToken": "refresh",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": "is not looked at while the session lasts",
    });
    sandbox.home.write(&format!(".aws/login/cache/{name}.json"), &token.to_string());
}

#[test]
fn a_login_session_of_the_aws_cli_is_taken_as_it_is_and_one_that_is_gone_says_so() {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    sandbox.home.aws_config(&format!(
        "[profile console]\nlogin_session = {SESSION}\nregion = eu-west-1\n\
         [profile onward]\nsource_profile = console\nrole_arn = arn:aws:iam::123456789012:role/Onward\n"
    ));
    let none = sandbox.home.run(&["export", "console"]);
    assert_eq!((none.code, none.stdout.trim()), (9, "false"), "{none:?}");
    assert!(
        none.stderr.contains("the sign-in of `aws login`") && none.stderr.contains("aws login --profile console"),
        "{}",
        none.stderr
    );

    signed_in(&sandbox, "2099-01-01T00:00:00Z");
    let aws = crate::support::aws_cli::program();
    let who = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    let mut words = vec!["exec", "console", "--", aws.to_str().unwrap()];
    words.extend(who);
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("arn:aws:sts::123456789012:assumed-role/UpdateApp/"), "{}", ran.stdout);

    signed_in(&sandbox, "2020-01-01T00:00:00Z");
    let ended = sandbox.home.run(&["export", "console"]);
    assert_eq!(ended.code, 9, "{ended:?}");
    assert!(ended.stderr.contains("ended at 2020-01-01T00:00:00Z"), "{}", ended.stderr);
    signed_in(&sandbox, "2099-01-01T00:00:00Z");

    let explained = sandbox.home.run(&["explain", "onward"]);
    assert!(explained.stdout.contains("console (login-session)"), "{}", explained.stdout);
    let refused = sandbox.home.run(&["export", "onward"]);
    assert!(refused.stderr.contains("assumed-role/UpdateApp"), "{}", refused.stderr);
}
