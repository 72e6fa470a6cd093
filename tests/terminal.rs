//! A person before a real terminal: the questions they are asked, on their own screen and wherever else they can be
//! reached, and what becomes of each answer.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::home::{Ran, assume, ran};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};
use crate::support::terminal::Terminal;

const QUESTION: &str = "assume: MFA code of arn:aws:iam::111122223333:mfa/alice for prod-admin: ";

/// The classic scenario with its profiles declared.
fn classic() -> Sandbox {
    let sandbox = Sandbox::classic();
    sandbox.declare_profiles();
    sandbox
}

/// A code that the device does not show, now or soon.
fn wrong_code(sandbox: &Sandbox) -> String {
    let shown = [0, 30, 60, 90, 120].map(|later| {
        sandbox.code_at(ALICES_DEVICE, sandbox.server.now() - Duration::from_secs(60) + Duration::from_secs(later))
    });
    ["000000", "111111", "222222", "333333", "444444", "555555"]
        .into_iter()
        .find(|code| !shown.contains(&(*code).to_owned()))
        .unwrap()
        .to_owned()
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.operations().iter().filter(|name| *name == operation).count()
}

#[test]
fn the_code_is_asked_on_the_terminal_although_standard_output_is_a_pipe_and_is_not_shown() {
    let sandbox = classic();
    let mut terminal = Terminal::bash(&sandbox.home);
    let before = terminal.run("stty -a");
    terminal.begin("eval \"$(assume prod-admin)\"");
    terminal.expect(QUESTION);
    let code = sandbox.code(ALICES_DEVICE);
    terminal.type_line(&code);
    let (shown, exit) = terminal.code();
    assert_eq!((exit, shown.trim()), (0, ""), "neither the code nor a secret");
    assert!(terminal.run("echo \"<$AWS_ACCESS_KEY_ID>\"").contains("<ASIA"));
    let who = terminal.run("aws sts get-caller-identity --query Arn --output text");
    assert!(who.contains("arn:aws:sts::123456789012:assumed-role/Admin/"), "{who}");
    assert_eq!(terminal.run("stty -a"), before);
}

#[test]
fn a_wrong_code_is_asked_for_again_and_three_are_enough() {
    let sandbox = classic();
    let mut terminal = Terminal::bash(&sandbox.home);
    let wrong = wrong_code(&sandbox);
    terminal.begin("assume export prod-admin >out");
    for begins in ["", "that code was refused (2 attempts left). ", "a code has six digits (1 attempt left). "] {
        terminal.expect(&QUESTION.replace("MFA", &format!("{begins}MFA")));
        terminal.type_line(if begins.contains('2') { "12345" } else { &wrong });
    }
    let (shown, exit) = terminal.code();
    assert_eq!(exit, 7, "{shown}");
    assert!(
        shown.contains("a code of the MFA device arn:aws:iam::111122223333:mfa/alice, and none was accepted: 3 tried"),
        "{shown}"
    );
    assert_eq!(fs::read_to_string(sandbox.home.path().join("out")).unwrap(), "false\n");
    // The last one was used already, which AWS need not be asked.
    assert_eq!(count(&sandbox, "GetSessionToken"), 1);

    terminal.begin("assume export prod-admin >out");
    terminal.expect(QUESTION);
    terminal.type_line("abc");
    terminal.expect("a code has six digits (2 attempts left)");
    terminal.type_line(&sandbox.code(ALICES_DEVICE));
    assert_eq!(terminal.code().1, 0);
}

#[test]
fn who_declines_gets_their_terminal_back_and_a_script_stops() {
    let sandbox = classic();
    let mut terminal = Terminal::bash(&sandbox.home);
    let before = terminal.run("stty -a");
    for key in ['c', 'd'] {
        terminal.begin("assume export prod-admin >out");
        terminal.expect(QUESTION);
        terminal.control(key);
        let (shown, exit) = terminal.code();
        assert_eq!(exit, 7, "{shown}");
        assert!(shown.contains("the question was declined"), "{shown}");
        assert_eq!(terminal.run("stty -a"), before, "Ctrl-{key}");
    }
    terminal.type_line("bash -ec 'eval \"$(assume prod-admin)\"; echo went on'; exit");
    terminal.expect(QUESTION);
    terminal.control('c');
    let (shown, exit) = terminal.end();
    assert!(exit != 0 && !shown.contains("went on"), "{exit}: {shown}");
    assert!(sandbox.calls().is_empty());
}

#[test]
fn a_hand_over_that_needs_agreement_names_who_asks() {
    let sandbox = classic();
    let config = sandbox.home.path().join(".config/assume/config.toml");
    let text = fs::read_to_string(config).unwrap().replace("[role.update-app]", "[role.update-app]\nconfirm = true");
    sandbox.home.config(&text);
    let mut terminal = Terminal::bash(&sandbox.home);
    for (answer, expected) in [("n", 7), ("", 7), ("y", 0)] {
        terminal.begin("assume export update-app >out");
        terminal.expect("assume: Hand over the credentials of update-app to bash, started by ");
        terminal.type_line(answer);
        let (shown, exit) = terminal.code();
        assert_eq!(exit, expected, "{answer}: {shown}");
        assert_eq!(count(&sandbox, "AssumeRole"), usize::from(answer == "y"), "nothing is asked for before");
    }
    // A cached answer is no agreement.
    terminal.begin("python3 -c 'import subprocess; subprocess.run([\"assume\", \"credential-process\", \"update-app\"], stdout=subprocess.DEVNULL)'");
    terminal.expect("Hand over the credentials of update-app to python3? [y/N] ");
    terminal.type_line("yes");
    assert_eq!(terminal.code().1, 0);
}

#[test]
fn without_a_hook_a_terminal_gets_a_sub_shell() {
    let sandbox = classic();
    let mut terminal = Terminal::bash(&sandbox.home);
    terminal.type_line("assume update-app");
    terminal.expect("assume: note: a sub-shell as update-app until ");
    terminal.expect("`exit` leaves it");
    let who = terminal.run("aws sts get-caller-identity --query Arn --output text");
    assert!(who.contains("assumed-role/UpdateApp/"), "{who}");
    terminal.type_line("exit 3");
    assert!(terminal.run("echo \"code=$? <$AWS_ACCESS_KEY_ID>\"").contains("code=3 <>"));
}

/// How many wait for a lock: each listens on a socket beside it.
fn waiting(sandbox: &Sandbox) -> usize {
    let entries = fs::read_dir(sandbox.home.path().join(".local/state/assume/locks")).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_socket()).count()
}

#[test]
fn two_who_need_the_same_code_ask_once_and_the_second_says_for_whom_it_waits() {
    let sandbox = classic();
    let (mut first, mut second) = (Terminal::bash(&sandbox.home), Terminal::bash(&sandbox.home));
    first.begin("assume exec prod-admin -- true");
    first.expect(QUESTION);
    // Another role behind the same device, and the same role again.
    second.begin("assume exec chain -- true");
    second.expect("assume: note: waiting for process ");
    second.expect("which is asking for an MFA code");
    // One who can ask nobody joins the open question.
    let mut joining = sandbox.home.program("setsid");
    joining.arg("--wait").arg(assume()).args(["exec", "prod-admin", "--", "true"]);
    let mut joining = joining.stdin(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while waiting(&sandbox) < 2 {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not wait");
        std::thread::sleep(Duration::from_millis(20));
    }

    first.type_line(&sandbox.code(ALICES_DEVICE));
    assert_eq!(first.code().1, 0);
    assert_eq!(second.code().1, 0);
    assert!(joining.wait().unwrap().success());
    assert_eq!(count(&sandbox, "GetSessionToken"), 1);
}

/// A pinentry that writes down what it is told and answers with what stands in a file; without that file it is cancelled.
const PINENTRY: &str = "#!/bin/sh
cd \"$(dirname \"$0\")\"
echo 'OK at your service'
while read -r line; do
  printf '%s\\n' \"$line\" >>told
  case $line in
    GETPIN) if [ -e answer ]; then echo \"D $(cat answer)\"; echo OK; else echo 'ERR 83886179 cancelled'; fi ;;
    CONFIRM) if [ -e answer ]; then echo OK; else echo 'ERR 83886179 cancelled'; fi ;;
    BYE) echo OK; exit ;;
    *) echo OK ;;
  esac
done
";

/// Runs `assume export` without a terminal, but with a display and that pinentry.
fn on_a_display(sandbox: &Sandbox, profile: &str) -> Ran {
    let pinentry = sandbox.home.write("pinentry", PINENTRY);
    fs::set_permissions(&pinentry, PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = sandbox.home.command(&["export", profile, "--format", "json"]);
    ran(command.env("DISPLAY", ":99").env("ASSUME_PINENTRY", &pinentry), "")
}

#[test]
fn without_a_terminal_pinentry_asks_where_there_is_a_display() {
    let sandbox = classic();
    let cancelled = on_a_display(&sandbox, "prod-admin");
    assert!(cancelled.code == 7 && cancelled.stdout.is_empty(), "{cancelled:?}");
    sandbox.home.write("answer", &sandbox.code(ALICES_DEVICE));
    let given = on_a_display(&sandbox, "prod-admin");
    assert!(given.code == 0 && given.stdout.contains("ASIA"), "{given:?}");
    let told = fs::read_to_string(sandbox.home.path().join("told")).unwrap();
    assert!(told.contains("MFA code of arn:aws:iam::111122223333:mfa/alice for prod-admin"), "{told}");
}

#[test]
fn pinentry_asks_for_agreement_too() {
    let sandbox = classic();
    let config = sandbox.home.path().join(".config/assume/config.toml");
    let text = fs::read_to_string(config).unwrap().replace("[role.update-app]", "[role.update-app]\nconfirm = true");
    sandbox.home.config(&text);
    assert_eq!(on_a_display(&sandbox, "update-app").code, 7);
    assert!(sandbox.calls().is_empty());
    sandbox.home.write("answer", "");
    assert_eq!(on_a_display(&sandbox, "update-app").code, 0);
    let told = fs::read_to_string(sandbox.home.path().join("told")).unwrap();
    assert!(told.contains("Hand over the credentials of update-app to "), "{told}");
}

#[test]
fn where_nobody_can_be_asked_that_is_said_at_once_with_the_command_that_helps() {
    let sandbox = classic();
    let began = Instant::now();
    let ran = sandbox.home.run(&["credential-process", "prod-admin"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (6, ""), "{ran:?}");
    assert!(ran.stderr.contains("run `assume prod-admin` in a terminal"), "{ran:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(sandbox.calls().is_empty());
}
