//! `assume export --format`: what a program reads of it, and what a format cannot hold.

use super::*;

/// A home whose profile `plain` has credentials as AWS gives them.
fn plain() -> Home {
    let home = home();
    home.aws_credentials("[plain]\naws_access_key_id = ASIAPLAINPLAINPLAIN0\naws_secret_access_key = wJalr/K7+x=\naws_session_token = IQoJ//tok+en==\n");
    home
}

#[test]
fn json_names_variables() {
    let ran = plain().run(&["export", "prod", "--format", "json"]);
    let found: BTreeMap<String, String> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["AWS_SECRET_ACCESS_KEY"], SECRET);
    assert_eq!(found["AWS_DEFAULT_REGION"], "eu-west-1");
    assert!(found.keys().all(|name| name.starts_with("AWS_")), "{:?}", found.keys());
}

#[test]
fn an_sdk_gets_version_1() {
    let ran = plain().run(&["credential-process", "prod"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = serde_json::json!({
        "Version": 1, "AccessKeyId": "ASIAROLEROLEROLEROLE", "SecretAccessKey": SECRET, "SessionToken": TOKEN,
        "Expiration": "2099-01-15T08:00:00Z", "AccountId": "123456789012",
    });
    assert_eq!(answer, expected);
    let refused = plain().run(&["credential-process", "refused"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (9, ""));
    assert!(refused.stderr.starts_with("assume: error: "), "{}", refused.stderr);
}

#[test]
fn files_that_are_read_by_others_say_what_they_cannot_hold() {
    let home = plain();
    let variables =
        "AWS_ACCESS_KEY_ID=ASIAPLAINPLAINPLAIN0\nAWS_SECRET_ACCESS_KEY=wJalr/K7+x=\nAWS_SESSION_TOKEN=IQoJ//tok+en==\n";
    let quoted = "AWS_ACCESS_KEY_ID='ASIAPLAINPLAINPLAIN0'\nAWS_SECRET_ACCESS_KEY='wJalr/K7+x='\nAWS_SESSION_TOKEN='IQoJ//tok+en=='\n";
    let section = "[plain]\naws_access_key_id = ASIAPLAINPLAINPLAIN0\naws_secret_access_key = wJalr/K7+x=\naws_session_token = IQoJ//tok+en==\n";
    for (format, expected) in [("docker-env", variables), ("dotenv", quoted), ("ini", section)] {
        let ran = home.run(&["export", "plain", "--format", format]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, expected, ""), "{format}");
        let hard = home.run(&["export", "prod", "--format", format]);
        assert_eq!((hard.code, hard.stdout.as_str()), (2, ""), "{format}");
        assert!(hard.stderr.contains("has no way to write the value of"), "{}", hard.stderr);
    }
    let hard = home.run(&["export", "prod", "--format", "cmd"]);
    assert_eq!((hard.code, hard.stdout.as_str()), (2, "cmd /c exit 1\n"));
    let easy = home.run(&["export", "plain", "--format", "cmd"]);
    assert!(
        easy.stdout.contains("set \"AWS_SESSION_TOKEN=IQoJ//tok+en==\"\nset \"AWS_CREDENTIAL_EXPIRATION=\"\n"),
        "{}",
        easy.stdout
    );
}

#[test]
fn github_masks_first_and_then_sets_for_the_steps_that_follow() {
    let mut home = plain();
    let file = home.write("github-env", "BEFORE=1\n");
    home.set("GITHUB_ACTIONS", "true").set("AWS_SECURITY_TOKEN", "old");
    let missing = home.run(&["export", "prod", "--format", "github"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (2, ""));
    home.set("GITHUB_ENV", file.clone());
    let ran = home.run(&["export", "prod", "--format", "github"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let masks: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(masks[0], format!("::add-mask::{}", SECRET.replace('%', "%25").replace('\n', "%0A")));
    assert_eq!(masks[1], format!("::add-mask::{}", TOKEN.replace('\n', "%0A")));
    assert!(masks.iter().all(|line| line.starts_with("::add-mask::")), "{masks:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let (_, rest) = text.split_once("AWS_SECRET_ACCESS_KEY<<").unwrap();
    let (delimiter, rest) = rest.split_once('\n').unwrap();
    assert_eq!(rest.split_once(&format!("\n{delimiter}\n")).unwrap().0, SECRET);
    assert!(
        delimiter.len() >= 32 && text.starts_with("BEFORE=1\n") && text.contains("\nAWS_SECURITY_TOKEN=\n"),
        "{text}"
    );
}
