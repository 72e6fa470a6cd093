//! `assume exec`: the command gets the role, and nothing of ours.

use super::*;

#[test]
fn the_command_takes_our_place() {
    let home = home();
    let ran = script(&home, "dash", "sh -c 'echo $$; exec assume exec prod -- sh -c \"echo \\$\\$\"'\n");
    let pids: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(pids.len(), 2, "{}", ran.stderr);
    assert_eq!(pids[0], pids[1]);
}

#[test]
fn exit_codes_are_those_of_a_shell() {
    let home = home();
    home.write("not-executable", "text");
    for (words, code) in [
        (vec!["exec", "prod", "--", "sh", "-c", "exit 7"], 7),
        (vec!["prod", "--", "sh", "-c", "exit 7"], 7),
        (vec!["exec", "prod", "--", "no-such-program"], 127),
        (vec!["exec", "prod", "--", "./no-such-program"], 127),
        (vec!["exec", "prod", "--", "./not-executable"], 126),
        (vec!["exec", "--refresh", "prod", "--", "sh", "-c", "exit 7"], 7),
        (vec!["exec", "--refresh", "prod", "--", "no-such-program"], 127),
        (vec!["exec", "--refresh", "prod", "--", "./not-executable"], 126),
        (vec!["exec", "--refresh", "prod", "--", "sh", "-c", "kill -KILL $$"], 137),
        (vec!["exec", "refused", "--", "true"], 9),
    ] {
        let ran = home.run(&words);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.stderr);
    }
    assert_eq!(left_behind(&home), Vec::<OsString>::new());
}

#[test]
fn the_command_gets_the_role_and_nothing_of_ours() {
    let mut home = home();
    home.set("AWS_PROFILE", "dev").set("ASSUME_VAULT_PASSPHRASE", "ours").set("AWS_SECURITY_TOKEN", "old");
    let found = environment(home.run(&["exec", "prod", "--", "env", "-0"]).stdout.as_bytes());
    assert_eq!(found.get("AWS_SESSION_TOKEN").map(String::as_str), Some(TOKEN));
    for name in ["AWS_PROFILE", "ASSUME_VAULT_PASSPHRASE", "AWS_SECURITY_TOKEN"] {
        assert!(!found.contains_key(name), "{name}");
    }
}

#[test]
fn a_switch_inside_a_switch_starts_from_before_the_first() {
    let mut home = home();
    home.set("AWS_PROFILE", "dev");
    let ran = home.run(&["exec", "prod", "--", assume().to_str().unwrap(), "exec", "other", "--", "env", "-0"]);
    let found = environment(ran.stdout.as_bytes());
    assert_eq!(found.get("ASSUME_PROFILE").map(String::as_str), Some("other"), "{}", ran.stderr);
    assert_eq!(found["ASSUME_BEFORE"], "gave=ASIAOTHEROTHEROTHER0;AWS_PROFILE=dev");
}

fn left_behind(home: &Home) -> Vec<OsString> {
    let folder = home.path().join(".local/state/assume/handover");
    std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect()
}

#[test]
fn a_refreshing_command_gets_no_keys_but_a_config_that_asks_us() {
    let mut home = home();
    home.set("AWS_SECRET_ACCESS_KEY", "old").set("AWS_PROFILE", "dev");
    let inside = "env -0 > found; stat -c '%a' \"$AWS_CONFIG_FILE\" \"$(dirname \"$AWS_CONFIG_FILE\")\" > modes; \
                  cp \"$AWS_CONFIG_FILE\" seen; sed -n 's/^credential_process = //p' \"$AWS_CONFIG_FILE\" | head -1 > line; sh line > answer";
    let ran = home.run(&["exec", "--refresh", "prod", "--region", "ap-south-1", "--", "sh", "-c", inside]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let read = |file: &str| std::fs::read_to_string(home.path().join(file)).unwrap();
    let found = environment(read("found").as_bytes());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        assert!(!found.contains_key(name), "{name}");
    }
    assert_eq!(found.get("AWS_PROFILE").map(String::as_str), Some("prod"));
    assert_eq!(found.get("AWS_REGION").map(String::as_str), Some("ap-south-1"));
    assert_eq!(read("modes"), "600\n700\n");
    assert!(
        read("line").starts_with('/') && read("line").ends_with("credential-process --region=ap-south-1 -- prod\n"),
        "{}",
        read("line")
    );
    let answer: serde_json::Value = serde_json::from_str(&read("answer")).unwrap();
    assert_eq!((&answer["Version"], &answer["SecretAccessKey"]), (&serde_json::json!(1), &serde_json::json!(SECRET)));
    assert!(read("seen").contains("[profile other]"), "{}", read("seen"));
    assert_eq!(left_behind(&home), Vec::<OsString>::new());
}

#[test]
fn signals_reach_a_refreshing_command_and_the_config_goes_at_every_end() {
    for (signal, inside, code) in [
        ("TERM", "trap 'exit 9' TERM; touch ready; while :; do sleep 0.1; done", 9),
        ("INT", "trap 'exit 8' INT; touch ready; while :; do sleep 0.1; done", 8),
        ("USR1", "trap 'exit 6' USR1; touch ready; while :; do sleep 0.1; done", 6),
        ("HUP", "touch ready; while :; do sleep 0.1; done", 129),
    ] {
        let home = home();
        let mut child = home.command(&["exec", "--refresh", "prod", "--", "sh", "-c", inside]).spawn().unwrap();
        until("the command", || home.path().join("ready").exists().then_some(()));
        assert_eq!(left_behind(&home).len(), 1);
        let killed = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let ended = until("the end of the command", || child.try_wait().unwrap());
        assert_eq!(ended.code(), Some(code), "{signal}");
        assert_eq!(left_behind(&home), Vec::<OsString>::new(), "{signal}");
    }
}

#[test]
fn what_a_killed_one_left_behind_is_swept_by_the_next() {
    let home = home();
    let inside = "touch ready; while :; do sleep 0.1; done";
    let mut child =
        home.command(&["exec", "--refresh", "prod", "--", "timeout", "20", "sh", "-c", inside]).spawn().unwrap();
    until("the command", || home.path().join("ready").exists().then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(left_behind(&home).len(), 1);
    assert_eq!(home.run(&["exec", "--refresh", "prod", "--", "true"]).code, 0);
    assert_eq!(left_behind(&home), Vec::<OsString>::new());
}

#[test]
fn a_hooked_shell_can_be_given_a_profile_instead_of_keys() {
    let home = home();
    home.config("hand_over = \"profile\"\n");
    let text = "set -euo pipefail\neval \"$(assume init bash)\"\necho \"${AWS_PROFILE-none} ${AWS_CONFIG_FILE-none}\" > before\n\
                assume prod\nenv -0 > during\nassume other\nls \"$HOME/.local/state/assume/handover\" | wc -l\n\
                sh -c \"$(sed -n 's/^credential_process = //p' \"$AWS_CONFIG_FILE\" | grep other$)\" > answer\n\
                assume unset\necho \"${AWS_PROFILE-none} ${AWS_CONFIG_FILE-none}\" > after\n";
    let ran = script(&home, "bash", text);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "1\n", ""));
    let read = |file: &str| std::fs::read_to_string(home.path().join(file)).unwrap();
    let during = environment(read("during").as_bytes());
    assert_eq!(during.get("AWS_PROFILE").map(String::as_str), Some("prod"));
    assert!(!during.contains_key("AWS_ACCESS_KEY_ID"));
    assert!(read("answer").contains("ASIAOTHEROTHEROTHER0"), "{}", read("answer"));
    assert_eq!(read("after"), read("before"));
    assert_eq!(left_behind(&home), Vec::<OsString>::new());
}
