//! CloudTrail Lake, as the sandbox plays it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::aws_cli;
use crate::support::sandbox::Sandbox;

const STORE: &str = "11111111-2222-3333-4444-555555555555";
const ARN: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/11111111-2222-3333-4444-555555555555";

const SCENARIO: &str = r#"
[[account]]
id = "111122223333"
organization = "o-a1b2c3d4e5"

[[account.user]]
name = "auditor"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = ["cloudtrail:*", "s3:ListBucket", "s3:GetObject"], Resource = "*" }]

[[account.user]]
name = "alice"
mfa = ["arn:aws:iam::111122223333:mfa/alice"]
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:*", Resource = "*" }]

[[account.role]]
name = "Back"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:root" }, Action = ["sts:AssumeRole", "sts:SetSourceIdentity"] }]

[[account]]
id = "444455556666"
organization = "o-a1b2c3d4e5"

[[account.user]]
name = "late"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "cloudtrail:*", Resource = "*" }]

[[account.role]]
name = "Hub"
[account.role.trust]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = ["sts:AssumeRole", "sts:SetSourceIdentity"], Condition = { StringEquals = { "sts:ExternalId" = "ours-1" } } }]
[account.role.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "sts:*", Resource = "*" }]

[[trail]]
bucket = "example-trail"
account = "111122223333"
organization = "o-a1b2c3d4e5"

[[event_data_store]]
id = "11111111-2222-3333-4444-555555555555"
name = "all-events"
account = "111122223333"
organization = "o-a1b2c3d4e5"
"#;

const CONFIG: &str = r#"
[role.hub]
identity = "alice"
role_arn = "arn:aws:iam::444455556666:role/Hub"
external_id = "ours-1"
source_identity = "alice-of-core"

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
    sandbox.home.set("AWS_ENDPOINT_URL_CLOUDTRAIL", &url).set("AWS_ENDPOINT_URL_S3", url);
    sandbox.home.config(CONFIG);
    assert_eq!(sandbox.home.run(&["credential-process", "back"]).code, 0);
    assert_eq!(sandbox.home.run(&["credential-process", "wrong"]).code, 4);
    // What a browser's session with MFA asked for, with a code of a device and the name of its own.
    let event = json!({
        "eventID": "with-mfa",
        "eventTime": assume::terms::show_time(sandbox.server.now()),
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "198.51.100.7",
        "userIdentity": {
            "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/carol", "accountId": "111122223333",
            "sessionContext": { "attributes": { "mfaAuthenticated": "true" } },
        },
        "requestParameters": {
            "roleArn": "arn:aws:iam::111122223333:role/O'Brien", "roleSessionName": "carol",
            "serialNumber": "arn:aws:iam::111122223333:mfa/carol",
        },
    });
    sandbox.server.record_event("111122223333", "eu-west-1", event);
    sandbox
}

fn cloudtrail(sandbox: &Sandbox, words: &[&str]) -> Result<Value, String> {
    let mut command = sandbox.home.program(aws_cli::program());
    command.args(["--profile", "auditor", "--region", "eu-west-1", "--output", "json", "cloudtrail"]).args(words);
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap_or_default()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[test]
fn a_store_tells_what_the_bucket_of_the_same_trail_tells() {
    let sandbox = place();
    let aws = aws_cli::program();
    assert_eq!(sandbox.home.run(&["exec", "back", "--", aws.to_str().unwrap(), "sts", "get-caller-identity"]).code, 0);
    for words in [&[][..], &["--denied"], &["hub", "--activity"], &["--me"], &["--account", "444455556666"]] {
        let ask = |from: &[&str]| {
            let ran = sandbox.home.run(&[&["history", "--json", "--profile", "auditor"], from, words].concat());
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{from:?} {words:?}: {ran:?}");
            ran.stdout
        };
        let (lake, bucket) = (ask(&["--lake", STORE]), ask(&["--from", "s3://example-trail"]));
        assert!(lake.contains("\"event_id\""), "{words:?}: {lake}");
        assert_eq!(lake, bucket, "{words:?}");
    }
    let shown = sandbox.home.run(&["history", "--profile", "auditor", "--lake", ARN, "--activity", "hub"]).stdout;
    assert!(
        shown.contains("external ID ours-1, source identity alice-of-core")
            && shown.contains("AWS answered AccessDenied"),
        "{shown}"
    );
    let carol = sandbox.home.run(&["history", "--profile", "auditor", "--lake", ARN, "O'Brien"]).stdout;
    let code = "session carol, with a code of arn:aws:iam::111122223333:mfa/carol, from 198.51.100.7, in eu-west-1";
    assert!(carol.contains(code), "{carol}");
    assert!(shown.contains("then became arn:aws:iam::111122223333:role/Back at "), "{shown}");
    assert!(shown.contains("      did sts GetCallerIdentity once in eu-west-1, at "), "{shown}");
}

#[test]
fn who_has_no_store_is_told_where_the_same_stands() {
    let sandbox = place();
    let ask = |profile: &str, store: &str| sandbox.home.run(&["history", "--profile", profile, "--lake", store]);
    let none = ask("late", STORE);
    assert_eq!(none.code, 4, "{none:?}");
    assert!(none.stderr.contains(&format!("there is no event data store {STORE} in eu-west-1")), "{none:?}");
    assert!(none.stderr.contains("AWS takes no new customers for Lake since 2026-05-31"), "{none:?}");
    assert!(none.stderr.contains("--from s3://BUCKET"), "{none:?}");
    let other = ask("auditor", "99999999-2222-3333-4444-555555555555");
    assert!(other.stderr.contains(&format!("there is all-events: --lake {ARN}")), "{other:?}");
    let refused = ask("alice", STORE);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.stderr.contains("cloudtrail:GetEventDataStore, StartQuery"), "{refused:?}");
    let strange = ask("auditor", "x' OR 1=1");
    assert_eq!(strange.code, 2, "{strange:?}");
}

#[test]
fn whoever_stops_waiting_has_the_query_cancelled() {
    let sandbox = place();
    // Two looks are slow: before the second is answered somebody has stopped waiting.
    sandbox.fail("slow=400ms*forever@DescribeQuery");
    let mut run = sandbox.home.command(&["history", "--profile", "auditor", "--lake", STORE]);
    let mut run = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let asked = |name: &str| sandbox.operations().iter().any(|operation| operation == name);
    let began = Instant::now();
    while !asked("DescribeQuery") && !asked("StartQuery") {
        assert!(began.elapsed() < Duration::from_secs(60) && run.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    let process = rustix::process::Pid::from_raw(run.id().cast_signed()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{stderr}");
    assert!(stderr.contains("the query was cancelled"), "{stderr}");
    assert!(asked("CancelQuery") && !asked("GetQueryResults"), "{:?}", sandbox.operations());
}

#[test]
fn the_aws_cli_asks_a_store_in_sql() {
    let sandbox = place();
    let stores = cloudtrail(&sandbox, &["list-event-data-stores"]).unwrap();
    assert_eq!(stores["EventDataStores"][0]["EventDataStoreArn"], ARN);
    let store = cloudtrail(&sandbox, &["get-event-data-store", "--event-data-store", ARN]).unwrap();
    assert_eq!((&store["Name"], &store["Status"]), (&json!("all-events"), &json!("ENABLED")));
    let start = |sql: &str| {
        let statement = sql.replace("$STORE", STORE);
        cloudtrail(&sandbox, &["start-query", "--query-statement", &statement])
            .map(|started| started["QueryId"].as_str().unwrap_or_default().to_owned())
    };
    let query = start(
        "SELECT eventName, element_at(requestParameters, 'externalId') AS id FROM $STORE WHERE eventName LIKE 'Assume%' \
         AND recipientAccountId = '111122223333' AND eventTime > '2020-01-01 00:00:00' ORDER BY eventTime LIMIT 2",
    )
    .unwrap();
    let describe = || cloudtrail(&sandbox, &["describe-query", "--query-id", &query]).unwrap();
    assert_eq!(describe()["QueryStatus"], "RUNNING");
    assert_eq!(describe()["QueryStatus"], "FINISHED");
    let mut words = vec!["get-query-results", "--query-id", &query, "--max-query-results", "1"];
    let first = cloudtrail(&sandbox, &words).unwrap();
    assert_eq!(first["QueryResultRows"][0][0], json!({ "eventName": "AssumeRole" }), "{first}");
    assert_eq!(first["QueryStatistics"]["TotalResultsCount"], 2);
    let token = first["NextToken"].as_str().unwrap().to_owned();
    words.extend(["--next-token", &token]);
    let second = cloudtrail(&sandbox, &words).unwrap();
    assert_eq!((second["QueryResultRows"].as_array().unwrap().len(), &second["NextToken"]), (1, &Value::Null));
    let running = start("SELECT * FROM $STORE").unwrap();
    let cancelled = cloudtrail(&sandbox, &["cancel-query", "--query-id", &running]).unwrap();
    assert_eq!(cancelled["QueryStatus"], "CANCELLED");
    let again = cloudtrail(&sandbox, &["cancel-query", "--query-id", &running]).unwrap_err();
    assert!(again.contains("InactiveQueryException"), "{again}");
    for (sql, code) in [
        ("DELETE FROM $STORE", "InvalidQueryStatementException"),
        ("SELECT colour FROM $STORE", "InvalidQueryStatementException"),
        ("SELECT eventName FROM 99999999-2222-3333-4444-555555555555", "EventDataStoreNotFoundException"),
    ] {
        let refused = start(sql).unwrap_err();
        assert!(refused.contains(code), "{sql}: {refused}");
    }
}
