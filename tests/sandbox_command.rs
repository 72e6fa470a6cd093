//! `assume sandbox`: a command in a world of its own, nothing left behind, and a tour that is a smoke test as well.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assume::vault::sweep;
use assume::world::World;

use crate::support::aws_cli;
use crate::support::home::{Home, Ran, install_into, ran};
use crate::support::plain_user;

/// A home whose temp folder is its own, so that what is left behind can be seen.
fn home() -> Home {
    let mut home = Home::new();
    let temp = home.path().join("tmp");
    std::fs::create_dir(&temp).unwrap();
    home.set("TMPDIR", temp).set("SHELL", "/bin/sh");
    home
}

fn in_sandbox(home: &Home, script: &str) -> Ran {
    home.run(&["sandbox", "--", "sh", "-c", script])
}

fn left_in(home: &Home) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.path().join("tmp")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The value of a variable that the command printed as `NAME=value`.
fn printed<'a>(ran: &'a Ran, name: &str) -> &'a str {
    let mut lines = ran.stdout.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_else(|| panic!("no {name}: {ran:?}"))
}

/// How many secrets of that sandbox lie in the kernel. Counting them removes them.
fn secrets_of(vault_name: &str) -> usize {
    assert!(vault_name.starts_with("assume-sandbox-"), "{vault_name}");
    sweep(vault_name, |found| found != vault_name).unwrap()
}

#[test]
fn the_tour_comes_out_as_the_scenario_promises_without_account_terminal_or_d_bus() {
    let home = home();
    let started = Instant::now();
    let tour = home.run(&["sandbox", "tour"]);
    assert_eq!(tour.code, 0, "{}\n{}", tour.stdout, tour.stderr);
    assert!(tour.stderr.is_empty(), "{}", tour.stderr);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let last = tour.stdout.lines().last().unwrap();
    assert_eq!(last, "All 19 stops came out as the scenario promises: 29 calls to STS, of which it refused 11.");
    for shown in [
        "$ assume list\n      alice            identity",
        "$ assume exec update-app -- assume status",
        "STS was asked AssumeRole arn:aws:iam::123456789012:role/UpdateApp by arn:aws:iam::111122223333:user/alice: 200 granted",
        "user/bob: 403 AccessDenied",
        "--external-id another-customer",
        "STS was asked GetSessionToken by arn:aws:iam::111122223333:user/alice: 403 AccessDenied",
        "400 ValidationError",
        "STS was not asked",
        "OPEN: 6 of 6 attempts that have to be refused were let in.",
        "The trust policy that ends it:",
        "As it should be: the control was let in, and all 6 others were refused.",
    ] {
        assert!(tour.stdout.contains(shown), "{shown}\n{}", tour.stdout);
    }
    for not_shown in ["NOT", "is not reached"] {
        assert!(!tour.stdout.contains(not_shown), "{not_shown}\n{}", tour.stdout);
    }
    assert!(left_in(&home).is_empty());
}

#[test]
fn a_newcomer_signs_in_discovers_and_does_a_root_task() {
    let mut home = home();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/sign_in_page.py");
    home.set("BROWSER", format!("python3 {page} allow dave %s"));
    let aws = aws_cli::program().display().to_string();
    let ran = in_sandbox(
        &home,
        &format!(
            "assume login 2>/dev/null && assume discover && assume discover --write >/dev/null && \
             assume exec production-readonly -- {aws} sts get-caller-identity --query Arn --output text && \
             assume root 123456789012 --task S3UnlockBucketPolicy --via management-roottasks -- \
             {aws} sts get-caller-identity --query Arn --output text"
        ),
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 10, "{}", ran.stdout);
    let role: Vec<&str> = lines[5].split_whitespace().collect();
    assert_eq!(role, ["management-roottasks", "999900001111", "Management", "RootTasks"]);
    assert!(lines[8].starts_with("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_ReadOnly_"), "{}", lines[8]);
    assert_eq!(lines[9], "arn:aws:sts::123456789012:assumed-root");
}

#[test]
fn a_list_in_the_sandbox_has_each_name_once_and_an_unknown_name_gets_one_hint() {
    let ran = in_sandbox(&home(), "assume list; assume explain nosuch");
    assert!(!ran.stdout.contains("is not reached"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("prod-admin ")).count(), 1, "{}", ran.stdout);
    let hint = "  hint: `assume list` shows what there is\n";
    assert_eq!(ran.stderr, format!("assume: error: there is no profile `nosuch`\n{hint}"));
}

#[test]
fn a_command_finds_the_sandbox_and_nothing_of_the_real_world() {
    let mut home = home();
    home.set("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
        .set("AWS_PROFILE", "real")
        .set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")
        .set("AWS_ENDPOINT_URL_S3", "https://s3.example.com")
        .set("ASSUME_VAULT_PASSPHRASE", "canary-of-the-person");
    home.config("this is not TOML, and is never read");
    home.aws_config("[profile real\n");
    let ran = in_sandbox(&home, "env");
    assert_eq!(ran.code, 0, "{ran:?}");
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_IAM", "ASSUME_SANDBOX_URL"] {
        assert!(printed(&ran, name).starts_with("http://127.0.0.1:"), "{name}");
    }
    assert_eq!(printed(&ran, "AWS_EC2_METADATA_DISABLED"), "true");
    let real = ["REAL", "AWS_PROFILE", "CONTAINER", "s3.example", "canary"];
    for line in ran.stdout.lines() {
        assert!(!real.iter().any(|real| line.contains(real)), "{line}");
    }
    let home_of_command = printed(&ran, "HOME");
    for name in ["ASSUME_CONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        assert!(printed(&ran, name).starts_with(home_of_command), "{name}");
    }
    assert!(printed(&ran, "PATH").starts_with(home_of_command));
    assert!(home_of_command.starts_with(home.path().join("tmp").to_str().unwrap()));
}

#[test]
fn nobody_else_can_look_into_the_throwaway_home() {
    let ran =
        in_sandbox(&home(), "umask 000; find \"$HOME\" -printf '%m %y %p\\n'; find \"$HOME\" -type f -exec cat {} +");
    assert_eq!(ran.code, 0, "{ran:?}");
    let modes: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("/assume-sandbox-")).collect();
    assert!(modes.len() > 8, "{ran:?}");
    assert!(modes[0].starts_with("700 d"), "{}", modes[0]);
    for line in modes.iter().filter(|line| line.split(' ').nth(1) == Some("f")) {
        assert!(line.starts_with("600 "), "{line}");
    }
    assert!(!ran.stdout.contains("secret"), "no secret lies in a file: {}", ran.stdout);
}

#[test]
fn a_role_is_assumed_in_the_sandbox_and_the_log_says_so_without_secrets() {
    let home = home();
    let script = "assume exec chain -- sh -c 'echo TOKEN=$AWS_SESSION_TOKEN' && cat \"$ASSUME_SANDBOX_LOG\"";
    let ran = in_sandbox(&home, script);
    assert_eq!(ran.code, 0, "{ran:?}");
    let token = printed(&ran, "TOKEN");
    assert!(token.len() > 100, "{ran:?}");
    let log: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let operations: Vec<&str> = log.iter().filter_map(|call| call["operation"].as_str()).collect();
    assert_eq!(operations, ["GetSessionToken", "AssumeRole", "AssumeRole"]);
    assert_eq!(log[2]["role_arn"], "arn:aws:iam::777788889999:role/Restore");
    assert_eq!(
        log[2]["principal"].as_str().map(|arn| arn.starts_with("arn:aws:sts::123456789012:assumed-role/Admin/")),
        Some(true)
    );
    assert_eq!((log[2]["status"].as_u64(), log[2]["code"].is_null()), (Some(200), true));
    assert!(log.iter().all(|call| !call.to_string().contains(token)));
}

#[test]
fn the_aws_cli_assumes_the_same_profiles_by_itself() {
    let home = home();
    let aws = aws_cli::program();
    let command = |profile: &str| {
        format!("{} --profile {profile} --output text --query Arn sts get-caller-identity", aws.display())
    };
    let script = format!("{}; {}; {}", command("update-app"), command("third-party"), command("denied"));
    let ran = in_sandbox(&home, &script);
    assert!(ran.stdout.contains("arn:aws:sts::123456789012:assumed-role/UpdateApp/"), "{ran:?}");
    assert!(ran.stdout.contains("arn:aws:sts::444455556666:assumed-role/Reports/"), "{ran:?}");
    assert!(ran.stderr.contains("An error occurred (AccessDenied) when calling the AssumeRole operation"), "{ran:?}");
}

#[test]
fn the_exit_code_is_the_commands_own() {
    let home = home();
    for (script, expected) in [("true", 0), ("exit 42", 42), ("kill -TERM $$", 143), ("assume exec denied -- true", 4)]
    {
        assert_eq!(in_sandbox(&home, script).code, expected, "{script}");
    }
    let missing = home.run(&["sandbox", "--", "no-such-program"]);
    assert_eq!(missing.code, 127, "{missing:?}");
    assert!(missing.stderr.contains("no-such-program is not found"), "{missing:?}");
    assert!(left_in(&home).is_empty());
}

#[test]
fn nothing_is_left_behind_however_the_command_ends() {
    for script in ["true", "exit 3", "kill -KILL $$"] {
        let home = home();
        let ran = in_sandbox(&home, &format!("env; assume exec prod-admin -- true; {script}"));
        let vault_name = printed(&ran, "ASSUME_VAULT_NAME");
        assert_eq!(secrets_of(vault_name), 0, "{script}");
        assert!(left_in(&home).is_empty(), "{script}: {:?}", left_in(&home));
    }
}

/// A sandbox whose command has said who it is and waits.
struct Waiting {
    child: std::process::Child,
    stdout: BufReader<std::process::ChildStdout>,
    vault_name: String,
    folder: PathBuf,
}

fn waiting(home: &Home, script: &str) -> Waiting {
    let mut command = home.command(&["sandbox", "--", "sh", "-c", script]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let (vault_name, folder) = (line(), PathBuf::from(line()));
    Waiting { child, stdout, vault_name, folder }
}

fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_reaches_the_command_and_the_sandbox_clears_up_after_it() {
    let home = home();
    let script = "trap 'echo heard; exit 9' TERM; echo $ASSUME_VAULT_NAME; echo $HOME; while :; do read x; done";
    let mut running = waiting(&home, script);
    assert!(running.folder.is_dir());
    signal(running.child.id(), "-TERM");
    // The shell runs its trap when `read` returns.
    drop(running.child.stdin.take());
    let mut rest = String::new();
    running.stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(running.child.wait().unwrap().code(), Some(9), "{rest}");
    assert!(rest.contains("heard"), "{rest}");
    assert_eq!(secrets_of(&running.vault_name), 0);
    assert!(left_in(&home).is_empty());
}

#[test]
fn a_tour_that_is_broken_off_clears_up_too() {
    for name in ["-TERM", "-INT", "-HUP"] {
        let home = home();
        let mut tour = home.command(&["sandbox", "tour"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(tour.stdout.take().unwrap());
        let mut shown = String::new();
        stdout.read_line(&mut shown).unwrap();
        let folders = left_in(&home);
        assert_eq!(folders.len(), 1, "{folders:?}");
        let folder = folders[0].file_name().unwrap().to_str().unwrap();
        let vault_name = folder.split_once('.').unwrap().0;
        signal(tour.id(), name);
        stdout.read_to_string(&mut shown).unwrap();
        // A machine so fast that it has come to the end has cleared up as well.
        let code = tour.wait().unwrap().code();
        assert!(matches!(code, Some(7 | 0)), "{name}: {code:?}");
        assert_eq!(secrets_of(vault_name), 0, "{name}");
        assert!(left_in(&home).is_empty(), "{name}");
    }
}

#[test]
fn what_a_killed_sandbox_left_goes_when_the_next_one_starts_and_a_living_one_stays() {
    let home = home();
    let script = "echo $ASSUME_VAULT_NAME; echo $HOME; read x; assume exec update-app -- true && echo still-works";
    let mut killed = waiting(&home, script);
    signal(killed.child.id(), "-KILL");
    killed.child.wait().unwrap();
    assert!(killed.folder.is_dir(), "the kill must have come too early for it to clear up");
    let mut living = waiting(&home, script);
    assert!(!killed.folder.exists());
    assert_eq!(in_sandbox(&home, "true").code, 0);
    assert_eq!(secrets_of(&killed.vault_name), 0);
    assert!(living.folder.is_dir());
    drop(living.child.stdin.take());
    let mut rest = String::new();
    living.stdout.read_to_string(&mut rest).unwrap();
    assert!(living.child.wait().unwrap().success());
    assert_eq!(rest, "still-works\n");
    // The killed one's own command still waited for input, and has gone with its pipe.
    assert!(left_in(&home).is_empty());
}

#[test]
fn the_persons_own_stores_and_files_are_not_touched() {
    let home = home();
    let before = listing(home.path());
    let ran =
        in_sandbox(&home, "assume exec prod-admin -- true && assume status && assume logout --all --forget; true");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(listing(home.path()), before);
    let own = home.kernel_vault().names(assume::vault::SecretKind::Session).unwrap();
    assert!(own.is_empty(), "{own:?}");
}

fn listing(folder: &Path) -> Vec<String> {
    let found = ran(Command::new("find").arg(folder).env_clear().env("PATH", "/usr/bin:/bin"), "");
    let mut lines: Vec<String> = found.stdout.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_scenario_file_is_played_on_the_port_that_was_asked_for() {
    let home = home();
    let scenario = home.write(
        "small.toml",
        r#"
        [[account]]
        id = "111122223333"
        [[account.user]]
        name = "carol"
        [[account.role]]
        name = "Deploy"
        trust = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/carol"}, "Action": "sts:AssumeRole"}}'
        [profile.deploy]
        user = "carol"
        role_arn = "arn:aws:iam::111122223333:role/Deploy"
        "#,
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let words = ["sandbox", "--port", &free, "--scenario", scenario.to_str().unwrap(), "--"];
    let script =
        ["sh", "-c", "echo URL=$ASSUME_SANDBOX_URL; assume exec deploy -- sh -c 'echo PROFILE=$ASSUME_PROFILE'"];
    let ran = home.run(&[&words[..], &script[..]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(printed(&ran, "URL"), format!("http://127.0.0.1:{free}"));
    assert_eq!(printed(&ran, "PROFILE"), "deploy");
}

#[test]
fn sts_fails_as_it_is_told_to() {
    let home = home();
    let script = "assume exec update-app -- true; cat \"$ASSUME_SANDBOX_LOG\"; assume exec same-account -- true";
    let ran =
        home.run(&["sandbox", "--fail", "500@AssumeRole", "--fail", "cut@GetCallerIdentity", "--", "sh", "-c", script]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let codes: Vec<bool> = ran.stdout.lines().map(|line| line.contains("InternalFailure")).collect();
    assert_eq!(codes, [true, false], "it failed once, and was asked again: {ran:?}");
}

#[test]
fn what_keeps_a_sandbox_from_starting_is_said_and_leaves_nothing() {
    let home = home();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let wrong = home.write("wrong.toml", "[[account]]\nid = \"1111\"\n");
    let cases: [(&[&str], i32, &str); 5] = [
        (&["--fail", "nonsense"], 2, "`nonsense` is no failure; there are throttle, 500,"),
        (&["--port", &port], 10, "cannot listen on 127.0.0.1"),
        (&["--scenario", "missing.toml"], 2, "missing.toml is not there"),
        (&["--scenario", wrong.to_str().unwrap()], 3, "an account id has 12 digits"),
        (&["ls"], 2, "unexpected argument 'ls'"),
    ];
    for (words, code, expected) in cases {
        let ran = home.run(&[&["sandbox"], words, &["--", "true"]].concat());
        assert_eq!(ran.code, code, "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(expected), "{words:?}: {}", ran.stderr);
        assert!(left_in(&home).is_empty(), "{words:?}");
    }
}

#[test]
fn without_a_command_a_shell_says_what_can_be_tried() {
    let home = home();
    let ran =
        home.run_with_input(&["sandbox"], "assume exec update-app -- sh -c 'echo I-AM=$ASSUME_PROFILE'; exit 5\n");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(printed(&ran, "I-AM"), "update-app");
    for word in ["http://127.0.0.1:", "update-app", "assume list", "exit"] {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
}

/// A plain user's quota of the kernel's keyring, spent by somebody else's keys.
#[test]
fn where_the_kernel_has_no_room_an_encrypted_file_in_the_folder_keeps_the_secrets() {
    // The build folder may be closed to other users.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = install_into(folder.path());
    let inner = "sandbox_command::in_a_full_kernel";
    let output = plain_user::rerun_as_plain_user(inner, &[("PROGRAM", program.to_str().unwrap())]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "run as a plain user by the test above"]
fn in_a_full_kernel() {
    let ring = linux_keyutils::KeyRing::get_persistent(linux_keyutils::KeyRingIdentifier::Process).unwrap();
    let mut theirs = 0;
    while ring.add_key(&format!("krb_ccache:{theirs}"), "ticket").is_ok() {
        theirs += 1;
    }
    let mut home = home();
    home.set("PATH", "/usr/bin:/bin");
    let script = "echo STORE=$ASSUME_VAULT; assume exec chain -- sh -c 'echo I-AM=$ASSUME_PROFILE'; \
                  assume exec chain -- true; wc -l <\"$ASSUME_SANDBOX_LOG\"; \
grep -rlE 'secret_access_key|session_token' \"$HOME\"; true";
    let program = World::new().env.path("PROGRAM").unwrap();
    let ran = ran(home.program(program).args(["sandbox", "--", "sh", "-c", script]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!((printed(&ran, "STORE"), printed(&ran, "I-AM")), ("file", "chain"), "{ran:?}");
    // Three calls, and none for the second time: the file keeps sessions too. Nothing in it can be read.
    assert_eq!(ran.stdout.lines().last(), Some("3"), "{ran:?}");
    assert!(left_in(&home).is_empty());
}
