//! CloudTrail itself, as the sandbox plays it.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::aws_cli;
use crate::support::sandbox::Sandbox;

const ONE: &str = "111122223333";
const OTHER: &str = "444455556666";

const SCENARIO: &str = r#"
[[account]]
id = "111122223333"

[[account.user]]
name = "alice"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = ["sts:*", "cloudtrail:LookupEvents"], Resource = "*" }]

[[account.user]]
name = "bob"

[[account.role]]
name = "Back"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:root" }, Action = "sts:AssumeRole" }]

[[account]]
id = "444455556666"

[[account.user]]
name = "auditor"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "cloudtrail:LookupEvents", Resource = "*" }]

[[account.role]]
name = "Hub"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole", Condition = { StringEquals = { "sts:ExternalId" = "ours-1" } } }]
[account.role.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
"#;

const CONFIG: &str = r#"
[role.hub]
identity = "alice"
role_arn = "arn:aws:iam::444455556666:role/Hub"
external_id = "ours-1"

[role.back]
via = "hub"
role_arn = "arn:aws:iam::111122223333:role/Back"

[role.wrong]
identity = "alice"
role_arn = "arn:aws:iam::444455556666:role/Hub"
external_id = "not-ours"
"#;

fn place() -> Sandbox {
    let mut sandbox = Sandbox::of(SCENARIO);
    let url = sandbox.url().to_owned();
    sandbox.home.set("AWS_ENDPOINT_URL_CLOUDTRAIL", &url).set("AWS_ENDPOINT_URL_ACCOUNT", url);
    sandbox.home.config(CONFIG);
    sandbox
}

fn events(sandbox: &Sandbox, words: &[&str]) -> Vec<Value> {
    let ran = sandbox.home.run(&[&["history", "--region", "eu-west-1", "--json"], words].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    shown["events"].as_array().unwrap().clone()
}

fn throttled(sandbox: &Sandbox) -> usize {
    sandbox.calls().iter().filter(|call| call.code.as_deref() == Some("ThrottlingException")).count()
}

#[test]
fn a_call_between_accounts_stands_in_both_trails_and_a_refused_one_in_the_callers_alone() {
    let sandbox = place();
    assert_eq!(sandbox.home.run(&["credential-process", "back"]).code, 0);
    assert_eq!(sandbox.home.run(&["credential-process", "wrong"]).code, 4);
    let mut own = events(&sandbox, &["--profile", "alice"]);
    // Of one second, nobody says which was first.
    let (hub, back) = ("arn:aws:iam::444455556666:role/Hub", "arn:aws:iam::111122223333:role/Back");
    own.sort_by_key(|event| (event["error"].is_string(), event["role_arn"] == back));
    let asked: Vec<(&str, &Value)> =
        own.iter().map(|event| (event["role_arn"].as_str().unwrap(), &event["error"])).collect();
    assert_eq!(asked, [(hub, &Value::Null), (back, &Value::Null), (hub, &json!("AccessDenied"))]);
    assert_eq!(own[0]["by"]["arn"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(own[0]["external_id"], "ours-1");
    assert_eq!(own[0]["trails"], json!([ONE]));
    assert_eq!(own[0]["ledger"]["profile"], "hub");
    // The second hop's caller is known in that account by their account and unique id, and followed back all the same.
    assert_eq!(own[1]["by"]["type"], "AWSAccount");
    let theirs = events(&sandbox, &["--profile", "auditor"]);
    assert_eq!(theirs.len(), 2, "{theirs:#?}");
    assert_eq!(theirs[0]["by"]["arn"], Value::Null);
    assert_eq!(theirs[0]["by"]["account"], ONE);
    assert_eq!(theirs[0]["shared_event_id"], own[0]["shared_event_id"]);
    assert_eq!(theirs[1]["shared_event_id"], own[1]["shared_event_id"]);
    assert_eq!(theirs[1]["role_arn"], back);
    assert_eq!(theirs[1]["chain"][0]["event_id"], theirs[0]["event_id"]);
    assert_eq!(events(&sandbox, &["--profile", "alice", "--denied", "wrong"]).len(), 1);
    // Two a second is what there is: nobody was told that it was too fast.
    assert_eq!(throttled(&sandbox), 0);
    let journals = std::fs::read_dir(sandbox.home.path().join(".local/state/assume/history")).unwrap();
    assert_eq!(journals.count(), 0);
}

#[test]
fn a_lookup_that_is_killed_goes_on_where_it_was_and_nothing_is_missed_or_twice() {
    let sandbox = place();
    for n in 0..260 {
        let event = json!({
            "eventID": format!("event-{n:03}"),
            "eventTime": assume::terms::show_time(sandbox.server.now()),
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "recipientAccountId": OTHER,
            "responseElements": { "credentials": { "accessKeyId": format!("ASIA{n}"), "sessionToken": "a-token" } },
        });
        sandbox.server.record_event(OTHER, "eu-west-1", event);
    }
    let words = ["history", "--region", "eu-west-1", "--json", "--profile", "auditor"];
    let mut first = sandbox.home.command(&words);
    let mut first = first.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let lookups = || sandbox.operations().iter().filter(|name| *name == "LookupEvents").count();
    let began = Instant::now();
    while lookups() < 3 {
        assert!(began.elapsed() < Duration::from_secs(60) && first.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let before = lookups();
    // What is kept meanwhile holds no token, and is the person's alone.
    let folder = std::fs::read_dir(sandbox.home.path().join(".local/state/assume/history")).unwrap().next().unwrap();
    let kept = folder.unwrap().path().join("events.jsonl");
    let text = std::fs::read_to_string(&kept).unwrap();
    assert!(text.contains("ASIA259") && !text.contains("a-token"), "{text}");
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("going on with a lookup that was interrupted, after "), "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut ids: Vec<&str> =
        shown["events"].as_array().unwrap().iter().map(|event| event["event_id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..260).map(|n| format!("event-{n:03}")).collect::<Vec<_>>());
    // Six pages of one kind of call and one of each other: at most the page that was cut off is asked for twice.
    assert!(lookups() <= 12 && lookups() - before < 11, "{} {before}", lookups());
    assert_eq!(throttled(&sandbox), 0);
}

#[test]
fn what_was_done_with_a_session_is_looked_up_by_its_key_in_each_region() {
    let sandbox = place();
    let aws = aws_cli::program();
    let aws = aws.to_str().unwrap();
    assert_eq!(sandbox.home.run(&["credential-process", "back"]).code, 0);
    for _ in 0..2 {
        // Refused, and logged where the global service is.
        sandbox.home.run(&["exec", "hub", "--", aws, "iam", "list-roles"]);
    }
    assert_eq!(sandbox.home.run(&["exec", "hub", "--", aws, "sts", "get-caller-identity"]).code, 0);
    let regions = ["--region", "eu-west-1", "--region", "us-east-1"];
    let words = [&["history", "hub", "--profile", "auditor", "--activity"][..], &regions].concat();
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    for line in [
        "    did iam ListRoles AccessDenied 2 times in us-east-1, ",
        "    did sts AssumeRole once in eu-west-1, at ",
        "    did sts GetCallerIdentity once in eu-west-1, at ",
        "    then became arn:aws:iam::111122223333:role/Back at ",
    ] {
        assert!(ran.stdout.contains(line), "{line}\n{ran:?}");
    }
    assert_eq!(throttled(&sandbox), 0);
}

#[test]
fn who_may_not_look_is_told_what_it_takes_and_one_who_is_too_fast_waits() {
    let sandbox = place();
    let refused = sandbox.home.run(&["history", "--region", "eu-west-1", "--profile", "bob"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert!(refused.stderr.contains("AccessDeniedException"), "{refused:?}");
    assert!(refused.stderr.contains("  hint: whoever asks needs `cloudtrail:LookupEvents`"), "{refused:?}");
    assert_eq!(sandbox.home.run(&["credential-process", "hub"]).code, 0);
    sandbox.fail("throttle*2@LookupEvents");
    assert_eq!(events(&sandbox, &["--profile", "auditor"]).len(), 1);
}

#[test]
fn the_aws_cli_looks_events_up_in_the_sandbox_unchanged() {
    let sandbox = place();
    assert_eq!(sandbox.home.run(&["credential-process", "back"]).code, 0);
    let aws = |words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        command.args(["--profile", "alice", "--region", "eu-west-1", "--output", "json", "cloudtrail"]).args(words);
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default(), stderr)
    };
    let by = |key: &str, value: &str| format!("AttributeKey={key},AttributeValue={value}");
    let role = by("ResourceName", "arn:aws:iam::444455556666:role/Hub");
    let (found, stderr) = aws(&["lookup-events", "--lookup-attributes", &role]);
    let events = found["Events"].as_array().unwrap_or_else(|| panic!("{found} {stderr}"));
    assert_eq!(events.len(), 1, "{found}");
    assert_eq!((&events[0]["EventName"], &events[0]["Username"]), (&json!("AssumeRole"), &json!("alice")));
    let event: Value = serde_json::from_str(events[0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(event["userIdentity"]["arn"], "arn:aws:iam::111122223333:user/alice");
    // One after the other, by pages of one: every event once.
    let all = aws(&["lookup-events", "--page-size", "1"]).0;
    assert_eq!(all["Events"].as_array().unwrap().len(), 2, "{all}");
    let two = [by("EventName", "AssumeRole"), by("Username", "alice")];
    let (_, stderr) = aws(&["lookup-events", "--lookup-attributes", &two[0], &two[1]]);
    assert!(stderr.contains("InvalidLookupAttributesException"), "{stderr}");
}
