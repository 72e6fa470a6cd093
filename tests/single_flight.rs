//! Many at once: one prompt for each device and one call for each step, whoever is killed, stopped or refused.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::home::Ran;
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
        let start = |profile: &&str| {
            let mut command = sandbox.home.command(&["credential-process", profile]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children = profiles.iter().map(start).collect();
        let crowd = Self { sandbox, children };
        crowd.until("one asks and all others wait", || crowd.asked() == 1 && crowd.waiting() + 1 == profiles.len());
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
        let code = self.sandbox.code(ALICES_DEVICE);
        let file = self.sandbox.home.write("code.new", &code);
        std::fs::rename(file, self.sandbox.home.path().join("code")).unwrap();
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
