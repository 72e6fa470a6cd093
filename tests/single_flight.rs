//! Many at once: one prompt for each device and one call for each step, whoever is killed, stopped or refused.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::home::{Ran, assume};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};

const CONFIG: &str = r#"
[role.prod-admin]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"

[role.prod-admin-us]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
region = "us-west-2"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"

[role.nobodys]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Nobodys"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"
"#;

/// Says that it was asked, and gives the code when the test lets it.
const CODE: &str = "echo asked >> asked\nuntil test -e code; do sleep 0.02; done\ncat code\n";

/// A sandbox whose device's code comes when the test says so: until then, everybody waits.
struct Crowd {
    sandbox: Sandbox,
    children: Vec<Child>,
}

impl Crowd {
    /// Starts processes for these profiles, and comes back when one asks for the code and all others wait for it.
    fn gather(sandbox: Sandbox, profiles: &[&str]) -> Self {
        sandbox.home.config(CONFIG);
        sandbox.home.write("code.sh", CODE);
        let crowd = Self::start(sandbox, profiles, &[]);
        crowd.until("one asks", || crowd.asked() == 1);
        crowd
    }

    /// Starts processes for these profiles, and comes back when all but one wait.
    fn start(sandbox: Sandbox, profiles: &[&str], flags: &[&str]) -> Self {
        let start = |profile: &&str| {
            // Without a terminal, wherever the tests run.
            let mut command = sandbox.home.program("setsid");
            command.arg(assume()).args(["credential-process", profile]).args(flags);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children = profiles.iter().map(start).collect();
        let crowd = Self { sandbox, children };
        crowd.until("all but one wait", || crowd.waiting() + 1 == profiles.len());
        crowd
    }

    fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_secs(60), "it never came to this: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn locks(&self) -> Vec<PathBuf> {
        let folder = self.sandbox.home.path().join(".local/state/assume/locks");
        std::fs::read_dir(folder).map_or_else(|_| Vec::new(), |found| found.flatten().map(|e| e.path()).collect())
    }

    /// How many wait: each has a place where it can be given a session.
    fn waiting(&self) -> usize {
        let is_inbox = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("w-");
        self.locks().iter().filter(|path| is_inbox(path)).count()
    }

    /// How often the code was asked for.
    fn asked(&self) -> usize {
        let asked = std::fs::read_to_string(self.sandbox.home.path().join("asked"));
        asked.map_or(0, |asked| asked.lines().count())
    }

    /// The one that asks for the code, by its own word.
    fn asking(&self) -> Pid {
        let lock =
            self.locks().into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("mfa-"));
        let status: Value = serde_json::from_slice(&std::fs::read(lock.unwrap()).unwrap()).unwrap();
        Pid::from_raw(status["pid"].as_i64().unwrap().try_into().unwrap()).unwrap()
    }

    /// Lets the device show its code.
    fn answer(&self) {
        self.show("code", &self.sandbox.code(ALICES_DEVICE));
    }

    /// Puts a code into a file, all at once.
    fn show(&self, file: &str, code: &str) {
        let new = self.sandbox.home.write("code.new", code);
        std::fs::rename(new, self.sandbox.home.path().join(file)).unwrap();
    }

    /// Waits for all of them.
    fn end(mut self) -> (Vec<Ran>, Vec<String>) {
        let ended: Vec<Ran> =
            self.children.drain(..).map(|child| Ran::from(child.wait_with_output().unwrap())).collect();
        assert_eq!(self.waiting(), 0, "a place to be given a session was left behind");
        let said = |call: crate::support::sandbox::LoggedCall| {
            let role = call.role_arn.and_then(|arn| arn.rsplit('/').next().map(str::to_owned));
            [call.operation, role, call.code].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let mut calls: Vec<String> = self.sandbox.calls().into_iter().map(said).collect();
        calls.sort();
        (ended, calls)
    }
}

fn keys(ended: &[Ran]) -> BTreeSet<String> {
    let key = |ran: &Ran| {
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["AccessKeyId"].as_str().unwrap().to_owned()
    };
    ended.iter().map(key).collect()
}

const TWO_ROLES: [&str; 10] = [
    "prod-admin",
    "prod-admin-us",
    "prod-admin",
    "prod-admin-us",
    "prod-admin",
    "prod-admin-us",
    "prod-admin",
    "prod-admin-us",
    "prod-admin",
    "prod-admin-us",
];

#[test]
fn two_roles_behind_one_device_ask_once() {
    let crowd = Crowd::gather(Sandbox::classic(), &TWO_ROLES);
    crowd.answer();
    let (ended, calls) = crowd.end();
    assert_eq!(keys(&ended).len(), 2);
    assert_eq!(calls, ["AssumeRole Admin", "AssumeRole Admin", "GetSessionToken"]);
}

#[test]
fn with_no_store_those_who_wait_together_still_ask_once_and_call_once() {
    let mut sandbox = Sandbox::classic();
    sandbox.home.set("ASSUME_VAULT", "none");
    let crowd = Crowd::gather(sandbox, &TWO_ROLES);
    crowd.answer();
    let (ended, calls) = crowd.end();
    assert_eq!(keys(&ended).len(), 2);
    assert_eq!(calls, ["AssumeRole Admin", "AssumeRole Admin", "GetSessionToken"]);
}

#[test]
fn a_refusal_is_shared_by_those_who_waited_for_it() {
    let crowd = Crowd::gather(Sandbox::classic(), &["nobodys"; 8]);
    crowd.answer();
    let (ended, calls) = crowd.end();
    assert_eq!(calls, ["AssumeRole Nobodys AccessDenied", "GetSessionToken"]);
    for ran in &ended {
        assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
        assert!(ran.stderr.contains("AccessDenied"), "{}", ran.stderr);
    }
    let passed_on = ended.iter().filter(|ran| ran.stderr.contains("which asked at the same time, was refused")).count();
    assert_eq!(passed_on, 7);
}

#[test]
fn a_wrong_code_is_sent_once_and_all_who_waited_are_told_of_it() {
    let sandbox = Sandbox::classic();
    sandbox.home.config(CONFIG);
    // Whoever is first opens it and waits for the code.
    let pipe = sandbox.home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let crowd = Crowd::start(sandbox, &["prod-admin"; 6], &["--mfa-code-file", "pipe"]);
    std::fs::write(pipe, "000000\n").unwrap();
    let (ended, calls) = crowd.end();
    assert_eq!(calls, ["GetSessionToken AccessDenied"]);
    let passed_on = ended.iter().filter(|ran| ran.stderr.contains("which asked at the same time, was refused")).count();
    assert_eq!((passed_on, ended.iter().filter(|ran| ran.code == 7).count()), (5, 6), "{ended:?}");
}

/// Says that it was asked, and is cancelled when the test lets it.
const PINENTRY: &str = "#!/bin/sh
cd \"$(dirname \"$0\")\"
echo 'OK at your service'
while read -r line; do
  case $line in
    GETPIN) echo asked >>asked; until test -e gate; do sleep 0.02; done; echo 'ERR 83886179 cancelled' ;;
    BYE) echo OK; exit ;;
    *) echo OK ;;
  esac
done
";

#[test]
fn where_one_has_been_declined_the_others_do_not_ask_again() {
    let mut sandbox = Sandbox::classic();
    sandbox.home.config(&CONFIG.replace("mfa_process = \"sh code.sh\"", ""));
    let pinentry = sandbox.home.write("pinentry", PINENTRY);
    std::fs::set_permissions(&pinentry, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    sandbox.home.set("DISPLAY", ":99").set("ASSUME_PINENTRY", pinentry);
    let crowd = Crowd::start(sandbox, &TWO_ROLES, &[]);
    crowd.until("one asks", || crowd.asked() == 1);
    crowd.sandbox.home.write("gate", "");
    crowd.until("nobody waits any more", || crowd.waiting() == 0);
    assert_eq!(crowd.asked(), 1);
    let (ended, calls) = crowd.end();
    assert!(calls.is_empty(), "{calls:?}");
    assert!(ended.iter().all(|ran| ran.code == 7 && ran.stdout.is_empty()), "{ended:?}");
}

/// The device shows another code each time that it is asked, and when the test says so.
const CODES: &str = "echo asked >> asked\nn=$(wc -l < asked)\nuntil test -e code$n; do sleep 0.02; done\ncat code$n\n";

#[test]
fn two_roles_that_take_the_code_themselves_never_ask_at_once() {
    let sandbox = Sandbox::classic();
    // Longer than a session that is made from another session may be.
    sandbox.home.config(&CONFIG.replace("identity = ", "duration = \"2h\"\nidentity = "));
    sandbox.home.write("code.sh", CODES);
    let crowd = Crowd::start(sandbox, &["prod-admin", "prod-admin-us"], &[]);
    crowd.until("one asks", || crowd.asked() == 1);
    let now = crowd.sandbox.server.now();
    crowd.show("code1", &crowd.sandbox.code_at(ALICES_DEVICE, now));
    crowd.until("the other one asks", || crowd.asked() == 2);
    assert_eq!(crowd.sandbox.calls().len(), 1, "the first one was not through yet");
    crowd.show("code2", &crowd.sandbox.code_at(ALICES_DEVICE, now + Duration::from_secs(30)));
    let (ended, calls) = crowd.end();
    assert_eq!(keys(&ended).len(), 2);
    assert_eq!(calls, ["AssumeRole Admin", "AssumeRole Admin"]);
}

#[test]
fn a_ctrl_c_of_one_is_nobody_elses_business() {
    let mut crowd = Crowd::gather(Sandbox::classic(), &["prod-admin"; 6]);
    let asking = crowd.asking();
    let one = crowd.children.iter().position(|child| Pid::from_child(child) != asking).unwrap();
    let mut waiting = crowd.children.remove(one);
    for pid in [Pid::from_child(&waiting), asking] {
        kill_process(pid, Signal::INT).unwrap();
    }
    waiting.wait().unwrap();
    crowd.until("another one asks", || crowd.asked() == 2);
    crowd.answer();
    let (ended, calls) = crowd.end();
    let served: Vec<Ran> = ended.into_iter().filter(|ran| ran.code != -1).collect();
    assert_eq!((served.len(), keys(&served).len()), (4, 1));
    assert_eq!(calls, ["AssumeRole Admin", "GetSessionToken"]);
}

#[test]
fn a_killed_holder_is_followed_by_one_who_asks_again() {
    let crowd = Crowd::gather(Sandbox::classic(), &["prod-admin"; 6]);
    kill_process(crowd.asking(), Signal::KILL).unwrap();
    crowd.until("another one asks", || crowd.asked() == 2);
    crowd.answer();
    let (ended, calls) = crowd.end();
    let (killed, served): (Vec<Ran>, Vec<Ran>) = ended.into_iter().partition(|ran| ran.code == -1);
    assert_eq!((killed.len(), served.len(), keys(&served).len()), (1, 5, 1));
    assert_eq!(calls, ["AssumeRole Admin", "GetSessionToken"]);
}

#[test]
fn a_stopped_holder_is_passed_by_within_ten_seconds() {
    let crowd = Crowd::gather(Sandbox::classic(), &["prod-admin"; 4]);
    let stopped = crowd.asking();
    let began = Instant::now();
    kill_process(stopped, Signal::STOP).unwrap();
    crowd.until("another one asks", || crowd.asked() == 2);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    crowd.answer();
    // What the others got is there for it as well when it goes on.
    crowd.until("the others are served", || crowd.sandbox.calls().len() == 2 && crowd.waiting() == 0);
    kill_process(stopped, Signal::KILL).unwrap();
    let (ended, calls) = crowd.end();
    let served: Vec<Ran> = ended.into_iter().filter(|ran| ran.code != -1).collect();
    assert_eq!((served.len(), keys(&served).len()), (3, 1));
    assert_eq!(calls, ["AssumeRole Admin", "GetSessionToken"]);
}
