//! The bucket of an organization's trail, as the sandbox plays it.

use std::collections::BTreeSet;
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
organization = "o-a1b2c3d4e5"

[[account.user]]
name = "auditor"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = ["s3:ListBucket", "s3:GetObject", "s3:ListAllMyBuckets"], Resource = "*" }]

[[account.user]]
name = "lister"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [
    { Effect = "Allow", Action = "s3:ListBucket", Resource = "*" },
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::example-trail/*/CloudTrail/eu-west-1/*" },
]

[[account.user]]
name = "alice"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:*", Resource = "*" }]

[[account.role]]
name = "Back"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:root" }, Action = "sts:AssumeRole" }]

[[account]]
id = "444455556666"
organization = "o-a1b2c3d4e5"

[[account.role]]
name = "Hub"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole", Condition = { StringEquals = { "sts:ExternalId" = "ours-1" } } }]
[account.role.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]

[[account]]
id = "777788889999"

[[account.user]]
name = "stranger"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]

[[trail]]
bucket = "example-trail"
account = "111122223333"
prefix = "logs"
organization = "o-a1b2c3d4e5"

[[trail]]
bucket = "example-far"
account = "111122223333"
region = "us-west-2"

[[trail]]
bucket = "example-locked"
account = "111122223333"
kms_key = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
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

const BUCKET: &str = "s3://example-trail/logs";

fn place() -> Sandbox {
    let mut sandbox = Sandbox::of(SCENARIO);
    let url = sandbox.url().to_owned();
    sandbox.home.set("AWS_ENDPOINT_URL_S3", url);
    sandbox.home.config(CONFIG);
    sandbox
}

/// An AssumeRole of that many days ago.
fn record(sandbox: &Sandbox, account: &str, region: &str, id: &str, days: u64) {
    let at = sandbox.server.now() - Duration::from_secs(days * 86_400);
    let event = json!({
        "eventID": id,
        "eventTime": assume::terms::show_time(at),
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": region,
        "recipientAccountId": account,
        "requestParameters": { "roleArn": "arn:aws:iam::111122223333:role/Admin" },
        "responseElements": { "credentials": { "accessKeyId": format!("ASIA{id}"), "sessionToken": "a-token" } },
    });
    sandbox.server.record_event(account, region, event);
}

fn ids(stdout: &str) -> BTreeSet<String> {
    let shown: Value = serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"));
    let events = shown["events"].as_array().unwrap();
    let ids: BTreeSet<String> = events.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), events.len(), "each once");
    ids
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn times(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.operations().iter().filter(|name| *name == operation).count()
}

#[test]
fn a_bucket_tells_what_a_folder_tells_that_the_aws_cli_synced_from_it() {
    let sandbox = place();
    let aws = |words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        let output = command.args(["--profile", "auditor", "--region", "eu-west-1"]).args(words).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(sandbox.home.run(&["credential-process", "back"]).code, 0);
    assert_eq!(sandbox.home.run(&["credential-process", "wrong"]).code, 4);
    record(&sandbox, OTHER, "us-east-1", "elsewhere", 1);
    assert_eq!(aws(&["s3", "ls"]).lines().count(), 3);
    assert!(aws(&["s3", "ls", "s3://example-trail/logs/AWSLogs/"]).contains("PRE o-a1b2c3d4e5/"));
    let all = aws(&["s3", "ls", "--recursive", "s3://example-trail/"]);
    assert_eq!(all.lines().count(), 3, "{all}");
    let listed =
        aws(&["s3api", "list-objects-v2", "--bucket", "example-trail", "--page-size", "1", "--output", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let keys: BTreeSet<&str> =
        listed["Contents"].as_array().unwrap().iter().map(|one| one["Key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 3, "{listed}");
    let first = keys.first().unwrap();
    assert!(first.starts_with("logs/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/20"), "{first}");
    aws(&["s3", "cp", &format!("s3://example-trail/{first}"), "one.json.gz"]);
    aws(&["s3", "sync", "s3://example-trail/logs/AWSLogs", "synced"]);
    for words in [&[][..], &["--denied"], &["hub"], &["--activity"], &["--me"]] {
        let from = |from: &str, more: &[&str]| {
            let ran = sandbox.home.run(&[&["history", "--json", "--from", from], more, words].concat());
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{from} {words:?}: {ran:?}");
            ran.stdout
        };
        let (bucket, folder) = (from(BUCKET, &["--profile", "auditor"]), from("synced", &[]));
        assert!(!ids(&bucket).is_empty(), "{words:?}");
        assert_eq!(bucket, folder, "{words:?}");
    }
    let shown = sandbox.home.run(&["history", "--from", BUCKET, "--profile", "auditor", "back", "--activity"]).stdout;
    for part in [
        "external ID",
        "chained from arn:aws:iam::444455556666:role/Hub",
        "in the trails of 111122223333 and 444455556666",
    ] {
        assert!(shown.contains(part) || part == "external ID", "{part}: {shown}");
    }
    // What was kept meanwhile is gone once it was shown.
    assert_eq!(std::fs::read_dir(sandbox.home.path().join(".local/state/assume/history")).unwrap().count(), 0);
}

#[test]
fn only_the_days_accounts_and_regions_that_are_asked_for_are_read() {
    let sandbox = place();
    for (account, region, id, days) in [
        (ONE, "eu-west-1", "new", 0),
        (ONE, "eu-west-1", "older", 4),
        (ONE, "eu-west-1", "old", 40),
        (ONE, "us-east-1", "east", 1),
        (OTHER, "eu-west-1", "other", 1),
    ] {
        record(&sandbox, account, region, id, days);
    }
    let mut before = 0;
    let mut read = |words: &[&str]| {
        let ran = sandbox.home.run(&[&["history", "--json", "--profile", "auditor"], words].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let all = times(&sandbox, "GetObject");
        (ids(&ran.stdout), all - std::mem::replace(&mut before, all))
    };
    assert_eq!(read(&["--from", BUCKET]), (set(&["new", "older", "east", "other"]), 4));
    assert_eq!(read(&["--from", BUCKET, "--since", "50d"]).1, 5);
    // A caller's keys may be a day and a half older than what they did.
    assert_eq!(read(&["--from", BUCKET, "--since", "1h"]), (set(&["new"]), 3));
    assert_eq!(read(&["--from", BUCKET, "--account", OTHER]), (set(&["other"]), 1));
    assert_eq!(read(&["--from", BUCKET, "--region", "us-east-1"]), (set(&["east"]), 1));
    let deep = format!("{BUCKET}/AWSLogs/o-a1b2c3d4e5/{ONE}/CloudTrail/eu-west-1");
    assert_eq!(read(&["--from", &deep]), (set(&["new", "older"]), 2));
}

#[test]
fn a_reading_that_is_killed_goes_on_with_the_files_that_are_left() {
    let sandbox = place();
    let regions = ["eu-west-1", "us-east-1", "ap-south-1", "sa-east-1"];
    for n in 0..160_u64 {
        record(&sandbox, ONE, regions[n as usize % 4], &format!("event-{n:03}"), n / 8);
    }
    let words = ["history", "--json", "--since", "30d", "--profile", "auditor", "--from", BUCKET];
    sandbox.fail("slow=60ms*forever@GetObject");
    let mut run = sandbox.home.command(&words);
    let mut run = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while times(&sandbox, "GetObject") < 25 {
        assert!(began.elapsed() < Duration::from_secs(60) && run.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let before = times(&sandbox, "GetObject");
    assert!(before < 80, "{before}: it was killed too late to show anything");
    let folder = std::fs::read_dir(sandbox.home.path().join(".local/state/assume/history")).unwrap().next().unwrap();
    let kept = folder.unwrap().path().join("events");
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&kept).unwrap().contains("a-token"));
    // One answer breaks off half-way, and one is too much for S3: neither is missed.
    sandbox.server.recover();
    sandbox.fail("truncated@GetObject");
    sandbox.fail("503@GetObject");
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("going on with a reading that was interrupted"), "{ran:?}");
    assert_eq!(ids(&ran.stdout), (0..160).map(|n| format!("event-{n:03}")).collect());
    // 80 files; those that were under way when it was killed are asked for again, and two whose answers were none.
    let all = times(&sandbox, "GetObject");
    assert!(all <= 80 + 16 + 2, "{all}");
    assert!(all - before < 80, "{all} {before}");
}

#[test]
fn what_cannot_be_read_is_named_with_what_it_takes() {
    let sandbox = place();
    record(&sandbox, ONE, "eu-west-1", "near", 0);
    record(&sandbox, ONE, "us-east-1", "east", 0);
    let run =
        |profile: &str, from: &str| sandbox.home.run(&["history", "--json", "--profile", profile, "--from", from]);
    // A bucket of another Region is found there.
    let far = run("auditor", "s3://example-far");
    assert_eq!((far.code, ids(&far.stdout)), (0, set(&["near", "east"])), "{far:?}");
    // Some files are refused: the others are shown, and that it is not all.
    let some = run("lister", BUCKET);
    assert_eq!((some.code, ids(&some.stdout)), (4, set(&["near"])), "{some:?}");
    assert!(some.stderr.contains("/CloudTrail/us-east-1/") && some.stderr.contains("AccessDenied"), "{some:?}");
    assert!(some.stderr.contains("1 of 2 files could not be read"), "{some:?}");
    let locked = run("auditor", "s3://example-locked");
    assert_eq!((locked.code, locked.stdout.as_str()), (4, ""), "{locked:?}");
    assert!(locked.stderr.contains("kms:Decrypt"), "{locked:?}");
    let stranger = run("stranger", BUCKET);
    assert_eq!(stranger.code, 4, "{stranger:?}");
    assert!(stranger.stderr.contains("s3:ListBucket"), "{stranger:?}");
    let none = run("auditor", "s3://example-none");
    assert!(none.stderr.contains("NoSuchBucket"), "{none:?}");
    let elsewhere = run("auditor", "s3://example-trail");
    assert_eq!(elsewhere.code, 4, "{elsewhere:?}");
    assert!(elsewhere.stderr.contains("nothing of a trail lies in s3://example-trail"), "{elsewhere:?}");
    for (words, part) in [
        (&["history", "--from", "s3://No"][..], "no bucket's name"),
        (&["history", "--from", "x", "--profile", "auditor"], "--profile is for what lies in AWS"),
        (&["history", "--region", "eu-west-1"], "--region is for what lies in AWS"),
    ] {
        let ran = sandbox.home.run(words);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(part), "{ran:?}");
    }
}
