//! Profiles that stand on `aws login`: what the AWS CLI keeps of its sign-in serves as it is, and is refreshed at its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::aws_cli;
use crate::support::home::ran;
use crate::support::sandbox::Sandbox;

const SESSION: &str = "arn:aws:iam::123456789012:role/UpdateApp";

/// Puts a session into the AWS CLI's cache, as `aws login` does.
fn signed_in(sandbox: &Sandbox, expires_at: &str) {
    let key = sandbox.home.path().join("dpop.pem");
    let key = std::fs::read_to_string(key).unwrap_or_else(|_| "is not looked at while the session lasts".to_owned());
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
        "refreshToken": "refresh-1",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": key,
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

    let explained = sandbox.home.run(&["explain", "onward"]);
    assert!(explained.stdout.contains("console (login-session)"), "{}", explained.stdout);
    let refused = sandbox.home.run(&["export", "onward"]);
    assert!(refused.stderr.contains("assumed-role/UpdateApp"), "{}", refused.stderr);
}

/// AWS Sign-In's token service, as far as refreshing goes.
struct SignIn(Child);

impl SignIn {
    /// Starts it for the holder of a key that is made here, and tells our process where it is.
    fn start(sandbox: &mut Sandbox, how: &[&str]) -> Self {
        let home = sandbox.home.path().to_owned();
        let openssl = |words: &[&str]| {
            let made = Command::new("openssl").args(words).current_dir(&home).output().unwrap();
            assert!(made.status.success(), "{made:?}");
        };
        openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "dpop.pem"]);
        openssl(&["ec", "-in", "dpop.pem", "-pubout", "-out", "dpop.pub"]);
        let exported = sandbox.home.run(&["export", "update-app", "--format", "json"]);
        sandbox.home.write("credentials.json", &exported.stdout);
        let mut command = sandbox.home.program(aws_cli::program().with_file_name("python"));
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/signin.py"));
        command.args(["credentials.json", "dpop.pub"]).args(how).current_dir(&home).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        sandbox.home.set("AWS_ENDPOINT_URL_SIGNIN", format!("http://127.0.0.1:{}", port.trim()));
        Self(child)
    }
}

impl Drop for SignIn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn refreshes(sandbox: &Sandbox) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.home.path().join("refreshes")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn with_a_profile() -> Sandbox {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    sandbox.home.aws_config(&format!("[profile console]\nlogin_session = {SESSION}\nregion = eu-west-1\n"));
    sandbox
}

#[test]
fn a_session_at_its_end_is_refreshed_once_whoever_asks() {
    let mut sandbox = with_a_profile();
    let _sign_in = SignIn::start(&mut sandbox, &[]);
    signed_in(&sandbox, "2020-01-01T00:00:00Z");
    let asked: Vec<_> = std::thread::scope(|scope| {
        let ask = || scope.spawn(|| ran(&mut sandbox.home.command(&["credential-process", "console"]), ""));
        let asked: Vec<_> = (0..8).map(|_| ask()).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    for ran in &asked {
        assert_eq!((ran.code, &ran.stdout), (0, &asked[0].stdout), "{ran:?}");
    }
    assert_eq!(refreshes(&sandbox), ["refreshed"]);
    // The AWS CLI goes on from what we left.
    let name = hex::encode(Sha256::digest(SESSION));
    let left = std::fs::read_to_string(sandbox.home.path().join(format!(".aws/login/cache/{name}.json"))).unwrap();
    let left: Value = serde_json::from_str(&left).unwrap();
    assert_eq!(left["refreshToken"], "refresh-2");
    assert_eq!(left["accessToken"]["accountId"], "123456789012");
    let aws = aws_cli::program();
    let who = sandbox.home.run(&["exec", "console", "--", aws.to_str().unwrap(), "sts", "get-caller-identity"]);
    assert!(who.stdout.contains("assumed-role/UpdateApp/"), "{who:?}");
}

#[test]
fn a_sign_in_that_has_ended_says_so_and_what_still_lasts_serves() {
    let mut sandbox = with_a_profile();
    let _sign_in = SignIn::start(&mut sandbox, &["refuse"]);
    signed_in(&sandbox, "2020-01-01T00:00:00Z");
    let ended = sandbox.home.run(&["export", "console"]);
    assert_eq!((ended.code, ended.stdout.trim()), (9, "false"), "{ended:?}");
    assert!(ended.stderr.contains("Your session has expired"), "{}", ended.stderr);
    assert!(ended.stderr.contains("aws login --profile console"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("refresh-1"), "{}", ended.stderr);

    let soon = humantime::format_rfc3339_seconds(sandbox.server.now() + std::time::Duration::from_secs(120));
    signed_in(&sandbox, &soon.to_string());
    assert_eq!(sandbox.home.run(&["export", "console"]).code, 0);

    sandbox.home.set("AWS_ENDPOINT_URL_SIGNIN", "http://127.signin.example");
    signed_in(&sandbox, "2020-01-01T00:00:00Z");
    let asked = refreshes(&sandbox).len();
    let open = sandbox.home.run(&["export", "console"]);
    assert_eq!((open.code, refreshes(&sandbox).len()), (9, asked), "{open:?}");
    assert!(open.stderr.contains("would go to 127.signin.example by http"), "{}", open.stderr);
}
