//! The ledger of this machine.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use serde_json::Value;

use crate::support::sandbox::Sandbox;

const CONFIG: &str = r#"
[role.update-app]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"

[role.third-party]
identity = "alice"
role_arn = "arn:aws:iam::444455556666:role/partners/Reports"
external_id = "wrong-one"
"#;

fn place(more: &str) -> Sandbox {
    let sandbox = Sandbox::classic();
    sandbox.home.config(&format!("{more}{CONFIG}"));
    sandbox
}

fn ledger_of(sandbox: &Sandbox, words: &[&str]) -> Vec<Value> {
    let words = [&["history", "--json"], words].concat();
    let ran = sandbox.home.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    shown["ledger"].as_array().unwrap().clone()
}

#[test]
fn a_session_that_is_made_stands_in_the_ledger_once_and_what_is_cached_does_not() {
    let sandbox = place("");
    let cold = sandbox.home.run(&["credential-process", "update-app"]);
    for _ in 0..3 {
        assert_eq!(sandbox.home.run(&["credential-process", "update-app"]).stdout, cold.stdout);
    }
    let entries = ledger_of(&sandbox, &[]);
    assert_eq!(entries.len(), 1, "{entries:?}");
    let (entry, given): (&Value, Value) = (&entries[0], serde_json::from_str(&cold.stdout).unwrap());
    assert_eq!(entry["profile"], "update-app");
    assert_eq!(entry["identity"], "alice");
    assert_eq!(entry["role_arn"], "arn:aws:iam::123456789012:role/UpdateApp");
    assert_eq!(entry["access_key_id"], given["AccessKeyId"]);
    assert_eq!(entry["expires_at"], given["Expiration"]);
    assert_eq!(entry["code"], Value::Null);
    assert!(entry["program"].as_str().unwrap().starts_with("it-"), "{entry}");
}

#[test]
fn the_ledger_holds_names_and_neither_secrets_nor_arguments_and_is_the_persons_alone() {
    let sandbox = place("");
    let mut shell = sandbox.home.program("sh");
    let assume = crate::support::home::assume();
    // The calling program was given a password.
    shell.arg("-c").arg("\"$0\" credential-process update-app; :").arg(assume).arg("--password=hunter2");
    let output = shell.output().unwrap();
    let given: Value = serde_json::from_slice(&output.stdout).unwrap();
    let path = sandbox.home.path().join(".local/state/assume/ledger.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    let entry: Value = serde_json::from_str(&text).unwrap();
    assert!(entry["program"].as_str().unwrap().starts_with("sh"), "{text}");
    for secret in [given["SecretAccessKey"].as_str().unwrap(), given["SessionToken"].as_str().unwrap(), "hunter2"] {
        assert!(!text.contains(secret), "{text}");
    }
    let metadata = std::fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn what_aws_refuses_stands_there_with_its_code_and_request() {
    let sandbox = place("");
    sandbox.home.run(&["credential-process", "update-app"]);
    assert_eq!(sandbox.home.run(&["credential-process", "third-party"]).code, 4);
    let denied = ledger_of(&sandbox, &["--denied"]);
    assert_eq!(denied.len(), 1, "{denied:?}");
    assert_eq!(denied[0]["code"], "AccessDenied");
    assert_eq!(denied[0]["access_key_id"], Value::Null);
    let request = denied[0]["request_id"].as_str().unwrap();
    let shown = sandbox.home.run(&["history", "third-party"]);
    assert_eq!(shown.stdout.lines().count(), 1, "{shown:?}");
    for part in ["refused", "arn:aws:iam::444455556666:role/partners/Reports", ": AccessDenied", request] {
        assert!(shown.stdout.contains(part), "{shown:?}");
    }
}

#[test]
fn a_role_is_found_by_profile_arn_and_name_and_an_old_entry_only_when_asked_for() {
    let sandbox = place("");
    sandbox.home.run(&["credential-process", "update-app"]);
    for name in ["update-app", "arn:aws:iam::123456789012:role/UpdateApp", "UpdateApp"] {
        assert_eq!(ledger_of(&sandbox, &[name]).len(), 1, "{name}");
    }
    assert_eq!(ledger_of(&sandbox, &["third-party"]).len(), 0);
    let old = "{\"time\":\"2001-01-01T00:00:00Z\",\"asked\":\"old\\u001b[2J\",\"profile\":\"old\\u001b[2J\",\"identity\":\"a\",\"role_arn\":null,\"program\":null}\n";
    sandbox.home.write(".local/state/assume/ledger.1.jsonl", old);
    assert_eq!(ledger_of(&sandbox, &[]).len(), 1);
    assert_eq!(ledger_of(&sandbox, &["--since", "20000d"]).len(), 2);
    // Whoever wrote it: nothing in it drives the terminal.
    let shown = sandbox.home.run(&["history", "--since", "20000d"]);
    assert!(shown.stdout.starts_with("2001-01-01T00:00:00Z  made     old\\u{1b}[2J"), "{shown:?}");
}

#[test]
fn who_wants_no_ledger_has_none() {
    let sandbox = place("ledger = false\n");
    assert_eq!(sandbox.home.run(&["credential-process", "update-app"]).code, 0);
    assert_eq!(sandbox.home.run(&["credential-process", "third-party"]).code, 4);
    assert!(!sandbox.home.path().join(".local/state/assume/ledger.jsonl").exists());
    let shown = sandbox.home.run(&["history"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (0, ""));
    assert!(shown.stderr.contains("`ledger = false` keeps it from being written"), "{shown:?}");
}

#[test]
fn a_ledger_that_cannot_be_written_costs_a_warning_and_no_credentials() {
    let sandbox = place("");
    sandbox.home.run(&["credential-process", "third-party"]);
    let path = sandbox.home.path().join(".local/state/assume/ledger.jsonl");
    std::fs::remove_file(&path).unwrap();
    // A link is not followed.
    std::os::unix::fs::symlink(sandbox.home.path().join("elsewhere"), &path).unwrap();
    let ran = sandbox.home.run(&["credential-process", "update-app"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.starts_with("assume: warning: the ledger cannot be written: "), "{ran:?}");
    assert!(!sandbox.home.path().join("elsewhere").exists());
}
