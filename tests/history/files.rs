//! The files of a trail.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::home::Home;

const CALLER: &str = "111122223333";
const HUB: &str = "123456789012";
const RESTORE: &str = "arn:aws:iam::777788889999:role/Restore";

fn record(id: &str, time: &str, recipient: &str, more: &Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.10",
        "eventID": id,
        "eventTime": time,
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "recipientAccountId": recipient,
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

/// Alice becomes Hub's Admin with an MFA session, by that Restore in a third account, and does something there.
fn chain(time: &str) -> Vec<(&'static str, Value)> {
    let key = |id: &str| json!({ "credentials": { "accessKeyId": id, "sessionToken": "secret-looking" } });
    let alice = json!({
        "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "principalId": "AIDAALICE",
        "accountId": CALLER, "accessKeyId": "ASIAMFA", "userName": "alice",
        "sessionContext": { "attributes": { "mfaAuthenticated": "true" } },
    });
    let hub = json!({
        "type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/Admin/alice", "accountId": HUB,
        "accessKeyId": "ASIAHUB",
    });
    let restore = json!({ "type": "AssumedRole", "accountId": "777788889999", "accessKeyId": "ASIARESTORE" });
    let admin = json!({ "roleArn": "arn:aws:iam::123456789012:role/Admin", "roleSessionName": "alice" });
    let second = json!({
        "roleArn": "arn:aws:iam::777788889999:role/Restore", "roleSessionName": "alice", "externalId": "ours-1",
        "sourceIdentity": "alice@example.com",
    });
    let foreign = |account: &str| json!({ "type": "AWSAccount", "principalId": "AROA:alice", "accountId": account });
    let put = json!({ "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "userIdentity": restore });
    let more = |user: &Value, asked: &Value, gives: &str, shared: &str| json!({ "userIdentity": user, "requestParameters": asked, "responseElements": key(gives), "sharedEventID": shared });
    vec![
        (HUB, record("1b", time, HUB, &more(&foreign(CALLER), &admin, "ASIAHUB", "s1"))),
        (CALLER, record("1a", time, CALLER, &more(&alice, &admin, "ASIAHUB", "s1"))),
        (HUB, record("2a", time, HUB, &more(&hub, &second, "ASIARESTORE", "s2"))),
        ("777788889999", record("2b", time, "777788889999", &more(&foreign(HUB), &second, "ASIARESTORE", "s2"))),
        ("777788889999", record("3", time, "777788889999", &put)),
        ("777788889999", record("4", time, "777788889999", &put)),
    ]
}

fn write_file(folder: &Path, account: &str, name: &str, records: &[Value]) {
    let folder = folder.join(format!("AWSLogs/{account}/CloudTrail/eu-west-1/2026/11/24"));
    std::fs::create_dir_all(&folder).unwrap();
    let file = std::fs::File::create(folder.join(name)).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(json!({ "Records": records }).to_string().as_bytes()).unwrap();
    encoder.finish().unwrap();
}

/// A bucket as it was synced, with that chain in it, made just now.
fn synced(home: &Home) -> std::path::PathBuf {
    let folder = home.path().join("bucket");
    let chain = chain(&now());
    for account in [CALLER, HUB, "777788889999"] {
        let records: Vec<Value> =
            chain.iter().filter(|(trail, _)| *trail == account).map(|(_, record)| record.clone()).collect();
        write_file(&folder, account, "a.json.gz", &records);
    }
    folder
}

fn now() -> String {
    assume::terms::show_time(assume::world::World::new().clock.now())
}

fn events(home: &Home, words: &[&str]) -> Vec<Value> {
    let ran = home.run(&[&["history", "--from", "bucket", "--json"], words].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    shown["events"].as_array().unwrap().clone()
}

#[test]
fn who_became_what_is_joined_over_accounts_and_followed_over_two_hops() {
    let home = Home::new();
    synced(&home);
    let shown = events(&home, &[]);
    assert_eq!(shown.len(), 2, "{shown:#?}");
    let (first, second) = (&shown[0], &shown[1]);
    assert_eq!(first["by"]["arn"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(first["by"]["mfa"], true);
    assert_eq!(first["trails"], json!([CALLER, HUB]));
    assert_eq!(second["role_arn"], "arn:aws:iam::777788889999:role/Restore");
    assert_eq!(second["external_id"], "ours-1");
    assert_eq!(second["source_identity"], "alice@example.com");
    assert_eq!(second["chain"][0]["by"]["arn"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(second["trails"], json!([HUB, "777788889999"]));
    let text = home.run(&["history", "Restore", "--from", "bucket", "--activity"]).stdout;
    for line in [
        "arn:aws:sts::123456789012:assumed-role/Admin/alice  became  arn:aws:iam::777788889999:role/Restore",
        "    session alice, external ID ours-1, source identity alice@example.com, from 198.51.100.7, by aws-cli/2.31, in eu-west-1",
        "    chained from arn:aws:iam::123456789012:role/Admin, which arn:aws:iam::111122223333:user/alice got at ",
        "    did s3 PutObject 2 times in eu-west-1, at ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("secret-looking"));
}

#[test]
fn what_was_done_is_followed_over_the_roles_that_a_session_became() {
    let home = Home::new();
    synced(&home);
    let text = home.run(&["history", "Admin", "--from", "bucket", "--activity"]).stdout;
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("    did ")).unwrap_or_else(|| panic!("{text}"));
    assert!(lines[at].starts_with("    did sts AssumeRole once in eu-west-1, at 20"), "{text}");
    assert!(lines[at + 1].starts_with("    then became arn:aws:iam::777788889999:role/Restore at 20"), "{text}");
    assert!(lines[at + 2].starts_with("      did s3 PutObject 2 times in eu-west-1, at 20"), "{text}");
    let shown = events(&home, &["Admin", "--activity"]);
    let [admin] = shown.as_slice() else { panic!("{shown:#?}") };
    assert_eq!(admin["activity"][0]["operation"], "AssumeRole");
    let onward = &admin["onward"][0];
    assert_eq!((&onward["role_arn"], &onward["access_key_id"]), (&json!(RESTORE), &json!("ASIARESTORE")));
    assert_eq!(
        (&onward["activity"][0]["count"], &onward["activity"][0]["regions"][0]),
        (&json!(2), &json!("eu-west-1"))
    );
    // Where the second role is shown by itself, what it did stands there and nowhere else.
    let all = events(&home, &["--activity"]);
    assert_eq!((&all[0]["onward"], &all[1]["activity"][0]["operation"]), (&json!([]), &json!("PutObject")));
    let refused = home.run(&["history", "--activity"]);
    assert_eq!(refused.code, 2, "{refused:?}");
}

#[test]
fn nothing_in_an_event_drives_the_terminal() {
    let home = Home::new();
    let hostile = "x\u{1b}[2J\u{202e}\nassume: note: all is well";
    let asked = json!({ "roleArn": hostile, "roleSessionName": hostile, "externalId": hostile });
    let more = json!({
        "userIdentity": { "arn": hostile }, "requestParameters": asked, "userAgent": hostile, "errorCode": hostile,
        "sourceIPAddress": hostile,
    });
    write_file(&home.path().join("bucket"), CALLER, "a.json.gz", &[record("1", &now(), CALLER, &more)]);
    for words in [&["history", "--from", "bucket"][..], &["history", "--from", "bucket", "--json"]] {
        let shown = home.run(words);
        let unsafe_one = |c: char| c != '\n' && assume::person::is_unsafe(c);
        assert!(shown.code == 0 && !shown.stdout.contains(unsafe_one), "{shown:?}");
        assert!(!shown.stdout.contains("\nassume: note"), "{shown:?}");
    }
}

#[test]
fn a_file_that_was_copied_half_is_named_with_what_mends_it() {
    let home = Home::new();
    let folder = synced(&home);
    let path = folder.join(format!("AWSLogs/{HUB}/CloudTrail/eu-west-1/2026/11/24/a.json.gz"));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let ran = home.run(&["history", "--from", "bucket"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (10, ""));
    assert!(ran.stderr.contains("a.json.gz is no file of a trail") && ran.stderr.contains("aws s3 sync"), "{ran:?}");
}

#[test]
fn a_hundred_thousand_events_are_read_in_little_memory() {
    let home = Home::new();
    let folder = home.path().join("bucket");
    let time = now();
    // A tenth of them are calls for a role: each another session, of one of fifty callers.
    let filler = "x".repeat(600);
    let day = folder.join(format!("AWSLogs/{CALLER}/CloudTrail/eu-west-1/2026/11/24"));
    std::fs::create_dir_all(&day).unwrap();
    for file in 0..100 {
        let mut text = String::from("{\"Records\":[");
        for n in 0..1_000 {
            let (name, key, person, role) =
                (format!("{file:03}-{n:04}"), format!("ASIA{file:08}{n:08}"), n % 50, n % 30);
            let (source, operation) = if n % 10 == 0 { ("sts", "AssumeRole") } else { ("s3", "GetObject") };
            let comma = if n == 0 { "" } else { "," };
            text.push_str(&format!(
                r#"{comma}{{"eventID":"{name}-6f1c-4f0e-8f4e-0123456789ab","eventTime":"{time}","awsRegion":"eu-west-1",
                "eventSource":"{source}.amazonaws.com","eventName":"{operation}","recipientAccountId":"{CALLER}",
                "userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::{CALLER}:user/person-{person}","accountId":"{CALLER}"}},
                "requestParameters":{{"roleArn":"arn:aws:iam::123456789012:role/R{role}","roleSessionName":"s"}},
                "responseElements":{{"credentials":{{"accessKeyId":"{key}","sessionToken":"{filler}"}}}}}}"#
            ));
        }
        text.push_str("]}");
        std::fs::write(day.join(format!("{file:03}.json")), text).unwrap();
    }
    // Data, stack and heap: what all events would take many times over.
    let mut command = home.program("prlimit");
    command.arg("--data=80000000").arg(crate::support::home::engine());
    let output = command.args(["history", "--from", "bucket", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["events"].as_array().unwrap().len(), 10_000);
}
