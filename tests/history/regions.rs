//! CloudTrail in every Region: what was done in one leaves no trace in another.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::aws_cli;
use crate::support::sandbox::Sandbox;

const ACCOUNT: &str = "111122223333";

const SCENARIO: &str = r#"
[[account]]
id = "111122223333"
opted_in = ["eu-south-1"]

[[account.user]]
name = "auditor"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = ["account:ListRegions", "cloudtrail:LookupEvents"], Resource = "*" }]

[[account.user]]
name = "blind"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [{ Effect = "Allow", Action = "cloudtrail:LookupEvents", Resource = "*" }]

[[account.user]]
name = "european"
[account.user.policies.All]
Version = "2012-10-17"
Statement = [
    { Effect = "Allow", Action = ["account:ListRegions", "cloudtrail:LookupEvents"], Resource = "*" },
    { Effect = "Deny", Action = "cloudtrail:*", Resource = "*", Condition = { StringNotLike = { "aws:RequestedRegion" = "eu-*" } } },
]
"#;

fn place() -> Sandbox {
    let mut sandbox = Sandbox::of(SCENARIO);
    let url = sandbox.url().to_owned();
    sandbox.home.set("AWS_ENDPOINT_URL_CLOUDTRAIL", &url).set("AWS_ENDPOINT_URL_ACCOUNT", url);
    sandbox
}

fn record(sandbox: &Sandbox, region: &str, id: &str) {
    let event = json!({
        "eventID": id,
        "eventTime": assume::terms::show_time(sandbox.server.now()),
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": region,
        "recipientAccountId": ACCOUNT,
        "requestParameters": { "roleArn": "arn:aws:iam::111122223333:role/Admin" },
    });
    sandbox.server.record_event(ACCOUNT, region, event);
}

fn ids(stdout: &str) -> Vec<String> {
    let shown: Value = serde_json::from_str(stdout).unwrap();
    let mut ids: Vec<String> = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn every_enabled_region_is_looked_into_and_what_stands_in_two_is_shown_once() {
    let sandbox = place();
    for (region, id) in [("eu-west-1", "a"), ("sa-east-1", "b"), ("eu-south-1", "c"), ("us-east-1", "both")] {
        record(&sandbox, region, id);
    }
    // What a trail of each Region keeps of a global service is one event.
    record(&sandbox, "eu-west-1", "both");
    // Not enabled: nobody is asked there.
    record(&sandbox, "me-south-1", "nowhere");
    let began = Instant::now();
    let ran = sandbox.home.run(&["history", "--profile", "auditor", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ids(&ran.stdout), ["a", "b", "both", "c"]);
    // Six pages in each of 18 Regions: one after the other they would take three quarters of a minute.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for call in sandbox.calls().iter().filter(|call| call.operation.as_deref() == Some("LookupEvents")) {
        assert_eq!(call.code, None, "two a second, and no more");
        *asked.entry(call.region.clone().unwrap()).or_default() += 1;
    }
    assert_eq!(asked.len(), 18, "{asked:?}");
    assert!(asked.values().all(|times| *times == 6), "{asked:?}");
}

#[test]
fn where_aws_does_not_say_which_regions_there_are_the_usual_ones_are_asked_and_that_is_said() {
    let sandbox = place();
    for (region, id) in [("eu-west-1", "a"), ("us-east-1", "b"), ("sa-east-1", "c")] {
        record(&sandbox, region, id);
    }
    let ran = sandbox.home.run(&["history", "--profile", "blind", "--json"]);
    assert_eq!((ran.code, ids(&ran.stdout)), (0, vec!["a".to_owned(), "b".to_owned()]), "{ran:?}");
    for part in ["AccessDeniedException", "only eu-west-1 and us-east-1 are looked into", "allow account:ListRegions"] {
        assert!(ran.stderr.contains(part), "{part}: {ran:?}");
    }
    let named = ["history", "--profile", "blind", "--json", "--region", "sa-east-1", "--region", "eu-west-1"];
    let ran = sandbox.home.run(&named);
    assert_eq!((ran.code, ids(&ran.stdout)), (0, vec!["a".to_owned(), "c".to_owned()]), "{ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_region_that_refuses_is_named_and_the_others_are_shown() {
    let sandbox = place();
    record(&sandbox, "eu-west-1", "a");
    record(&sandbox, "us-east-1", "b");
    let words = ["history", "--profile", "european", "--json", "--region", "eu-west-1", "--region", "us-east-1"];
    let ran = sandbox.home.run(&words);
    assert_eq!((ran.code, ids(&ran.stdout)), (4, vec!["a".to_owned()]), "{ran:?}");
    assert!(ran.stderr.contains("CloudTrail of us-east-1 cannot be read: CloudTrail LookupEvents"), "{ran:?}");
    assert!(ran.stderr.contains("what was done in 1 of 2 Regions is not known"), "{ran:?}");
    assert_eq!(sandbox.home.run(&words[..words.len() - 2]).code, 0);
}

#[test]
fn a_lookup_in_several_regions_that_is_killed_goes_on_in_each_where_it_was() {
    let sandbox = place();
    let regions = ["eu-west-1", "us-east-1", "ap-south-1"];
    for (n, region) in (0..540).map(|n| (n, regions[n % 3])) {
        record(&sandbox, region, &format!("event-{n:03}"));
    }
    let mut words = vec!["history", "--profile", "auditor", "--json"];
    words.extend(regions.iter().flat_map(|region| ["--region", region]));
    let lookups = || {
        let calls = sandbox.calls();
        let of = |region: &str| {
            let mine = |call: &&_| -> bool {
                let call: &crate::support::sandbox::LoggedCall = call;
                call.operation.as_deref() == Some("LookupEvents") && call.region.as_deref() == Some(region)
            };
            calls.iter().filter(mine).count()
        };
        regions.map(of)
    };
    // Killed twice, each time after another page of each Region.
    for pages in [2, 4] {
        let mut run = sandbox.home.command(&words);
        let mut run = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while lookups().iter().any(|times| *times < pages) {
            assert!(began.elapsed() < Duration::from_secs(60) && run.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(20));
        }
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("going on with a lookup that was interrupted"), "{ran:?}");
    assert_eq!(ids(&ran.stdout), (0..540).map(|n| format!("event-{n:03}")).collect::<Vec<_>>());
    // Four pages of one kind of call and one of each other; a kill costs a page at most.
    assert!(lookups().iter().all(|times| *times <= 4 + 5 + 2), "{:?}", lookups());
}

#[test]
fn the_aws_cli_lists_the_regions_of_an_account() {
    let sandbox = place();
    let list = |user: &str, words: &[&str]| {
        let mut command = sandbox.home.program(aws_cli::program());
        command.args(["--profile", user, "--region", "us-east-1", "--output", "json", "account", "list-regions"]);
        let output = command.args(words).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default(), stderr)
    };
    let (all, stderr) = list("auditor", &["--page-size", "7"]);
    let all = all["Regions"].as_array().unwrap_or_else(|| panic!("{stderr}")).clone();
    assert_eq!(all.len(), 34, "{all:?}");
    assert!(all.contains(&json!({ "RegionName": "eu-south-1", "RegionOptStatus": "ENABLED" })), "{all:?}");
    let (enabled, _) = list("auditor", &["--region-opt-status-contains", "ENABLED", "ENABLED_BY_DEFAULT"]);
    assert_eq!(enabled["Regions"].as_array().unwrap().len(), 18);
    assert!(list("blind", &[]).1.contains("AccessDeniedException"));
}
