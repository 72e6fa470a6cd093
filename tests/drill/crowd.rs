//! A crowd: many `credential-process` at once, cold, of four profiles that share one MFA session.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use assume::aws::{Clients, Runtime, Tries};
use assume::config::Sourced;
use assume::plan::Reach;
use assume::session::{Credentials, Lineage, Session};
use assume::terms::SecretString;
use assume::world::World;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::home::{Ran, assume};
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};
use crate::support::secret_service::SecretService;

/// Each profile, and the role that its credentials must be of.
const PROFILES: [(&str, &str); 4] =
    [("admin", "Admin"), ("admin-us", "Admin"), ("app", "UpdateApp"), ("partner", "Reports")];

const CONFIG: &str = r#"
[role.admin]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"

[role.admin-us]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
region = "us-west-2"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"

[role.app]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"

[role.partner]
identity = "alice"
role_arn = "arn:aws:iam::444455556666:role/partners/Reports"
external_id = "b7e2c1f4-5d3a-4c9e-8f60-2a1d9c7e4b35"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "sh code.sh"
"#;

/// How long the code takes when all are there.
const PAUSE: Duration = Duration::from_millis(200);

/// The device: says that it was asked, and what it shows, once it may be looked at.
const CODE: &str = "echo asked >> asked\nuntil test -e gate; do sleep 0.05; done\ncat code\n";

/// When the device shows its code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    /// At once, while others are still being started.
    AtOnce,
    /// When all of them are there: a person takes a while to read it.
    Later,
}

/// What befalls a crowd.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// Nothing.
    Nothing,
    /// Who holds a lock that long after the first lock was taken, or after all are there, is killed; the number chooses
    /// among them.
    Killed { after: Duration, which: u64 },
    /// Sessions are kept in a Secret Service that is stopped.
    Hung,
    /// The device shows codes that are wrong.
    Refused,
}

/// A sandbox, a home, and a device whose code changes as codes do.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    fate: Fate,
    device: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
    _service: Option<SecretService>,
}

/// What came of a crowd.
pub(crate) struct Outcome {
    /// From the first start to the last end.
    pub(crate) wall: Duration,
    /// For how long locks were held: from the first lock, or from when all were there.
    pub(crate) locked: Duration,
    /// How long the slowest of them took, from its own start.
    pub(crate) longest: Duration,
    /// The calls that STS answered, each with its role or with AWS's code.
    pub(crate) calls: BTreeMap<String, usize>,
    /// How often the device was asked.
    pub(crate) asked: usize,
    /// Those who were handed credentials that STS knows as their profile's role.
    pub(crate) served: usize,
    /// How many sessions each profile had.
    pub(crate) sessions: usize,
    /// What the others ended with, by exit code and first line.
    pub(crate) failed: BTreeMap<(i32, String), usize>,
    /// What those who were served were told all the same, by line.
    pub(crate) told: BTreeMap<String, usize>,
    /// Who was killed, and what they held.
    pub(crate) killed: Option<String>,
    /// What lies in the state folder that is no card, no lock and no record.
    pub(crate) left: Vec<String>,
}

struct Ended {
    profile: usize,
    pid: u32,
    waited: Duration,
    ran: Ran,
}

impl Stage {
    pub(crate) fn set(fate: Fate) -> Self {
        let mut sandbox = Sandbox::classic();
        sandbox.home.config(CONFIG);
        sandbox.home.write("code.sh", CODE);
        std::fs::create_dir(sandbox.home.path().join("tmp")).unwrap();
        let temp = sandbox.home.path().join("tmp");
        sandbox.home.set("TMPDIR", temp);
        let service = (fate == Fate::Hung).then(SecretService::unlocked);
        if let Some(service) = &service {
            sandbox.home.set("ASSUME_VAULT", "os");
            for (name, value) in service.variables() {
                sandbox.home.set(name, value);
            }
            service.hang();
        }
        let mut stage = Self { sandbox, fate, device: None, _service: service };
        stage.start_device();
        stage
    }

    /// Keeps the device's present code where its command finds it.
    fn start_device(&mut self) {
        let home = self.sandbox.home.path().to_owned();
        let seed =
            self.sandbox.server.devices().into_iter().find(|device| device.serial == ALICES_DEVICE).unwrap().seed;
        let clock = World::new().clock;
        let wrong = self.fate == Fate::Refused;
        let show = move || {
            use assume::terms::ExposeSecret;
            let right = seed.code_at(clock.now());
            let code = if wrong { "000000" } else { right.expose_secret() };
            std::fs::write(home.join("code.new"), code).unwrap();
            std::fs::rename(home.join("code.new"), home.join("code")).unwrap();
        };
        show();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(100));
                show();
            }
        });
        self.device = Some((stop, thread));
    }

    /// Starts that many processes, lets befall them what is to, and waits for all of them.
    pub(crate) fn play(&self, people: usize, code: Code) -> Outcome {
        let open = || drop(self.sandbox.home.write("gate", ""));
        if code == Code::AtOnce {
            open();
        }
        let began = Instant::now();
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            let crowd = scope.spawn(|| {
                let started: Vec<JoinHandle<Ended>> =
                    (0..people).map(|number| self.start(number % PROFILES.len())).collect();
                let all: Vec<Ended> = started.into_iter().map(|one| one.join().unwrap()).collect();
                ended.store(true, Ordering::Relaxed);
                all
            });
            let over = || ended.load(Ordering::Relaxed);
            match code {
                Code::AtOnce => until("somebody holds a lock", || !self.holders().is_empty() || over()),
                Code::Later => until("one asks and all others wait", || self.waiting() + 1 == people),
            }
            let ready = Instant::now();
            let (mut killed, mut is_open, mut locked) = (None, code == Code::AtOnce, Duration::ZERO);
            while !over() {
                if let (Fate::Killed { after, which }, None) = (self.fate, &killed)
                    && ready.elapsed() >= after
                {
                    killed = Some(self.kill_one(which));
                }
                if !is_open && ready.elapsed() > PAUSE {
                    open();
                    is_open = true;
                }
                if !self.holders().is_empty() {
                    locked = ready.elapsed();
                }
                thread::sleep(Duration::from_millis(1));
            }
            let wall = began.elapsed();
            self.judge(&crowd.join().unwrap(), killed.flatten(), wall, locked)
        })
    }

    fn start(&self, profile: usize) -> JoinHandle<Ended> {
        // An SDK inside an editor has no terminal.
        let mut command = self.sandbox.home.program("setsid");
        command.arg(assume()).args(["credential-process", PROFILES[profile].0]);
        let began = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        thread::spawn(move || {
            let ran = Ran::from(child.wait_with_output().unwrap());
            Ended { profile, pid, waited: began.elapsed(), ran }
        })
    }

    fn locks(&self) -> Vec<PathBuf> {
        let folder = self.sandbox.home.path().join(".local/state/assume/locks");
        std::fs::read_dir(folder).map_or_else(|_| Vec::new(), |found| found.flatten().map(|e| e.path()).collect())
    }

    fn waiting(&self) -> usize {
        self.locks().iter().filter(|path| name(path).starts_with("w-")).count()
    }

    /// Who holds one of our locks now, by the kernel's word.
    /// Source: proc_locks(5).
    fn holders(&self) -> Vec<(i32, String)> {
        let files: BTreeMap<u64, String> =
            self.locks().iter().filter_map(|path| Some((std::fs::metadata(path).ok()?.ino(), name(path)))).collect();
        let table = std::fs::read_to_string("/proc/locks").unwrap();
        let holder = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            // One that waits has an arrow in the place of the kind; nobody of us does.
            let &[_, "FLOCK", _, _, pid, file, ..] = words.as_slice() else { return None };
            let inode = file.rsplit(':').next()?.parse().ok()?;
            Some((pid.parse().ok()?, files.get(&inode)?.clone()))
        };
        table.lines().filter_map(holder).collect()
    }

    fn kill_one(&self, which: u64) -> Option<String> {
        let holders = self.holders();
        let (pid, lock) = holders.get(usize::try_from(which).unwrap() % holders.len().max(1))?;
        kill_process(Pid::from_raw(*pid).unwrap(), Signal::KILL).ok()?;
        let held = holders.iter().filter(|(other, _)| other == pid).count();
        let what = if lock.starts_with("mfa-") { "the device" } else { "a step" };
        Some(format!("one of {} locks: {what} ({held} held)", holders.len()))
    }

    fn judge(&self, ended: &[Ended], killed: Option<String>, wall: Duration, locked: Duration) -> Outcome {
        let mut outcome = Outcome {
            wall,
            locked,
            longest: ended.iter().map(|one| one.waited).max().unwrap_or_default(),
            calls: self.calls(),
            asked: std::fs::read_to_string(self.sandbox.home.path().join("asked"))
                .map_or(0, |text| text.lines().count()),
            served: 0,
            sessions: 0,
            failed: BTreeMap::new(),
            told: BTreeMap::new(),
            killed,
            left: self.left(),
        };
        let mut known: BTreeMap<(usize, String), bool> = BTreeMap::new();
        for one in ended {
            let pids = |text: &str| text.replace(&one.pid.to_string(), "PID");
            if one.ran.code != 0 {
                let first = pids(one.ran.stderr.lines().next().unwrap_or_default());
                *outcome.failed.entry((one.ran.code, without_numbers(&first))).or_default() += 1;
                continue;
            }
            for line in one.ran.stderr.lines() {
                *outcome.told.entry(without_numbers(line)).or_default() += 1;
            }
            let document: Value = serde_json::from_str(&one.ran.stdout).unwrap_or_default();
            let key = document["AccessKeyId"].as_str().unwrap_or_default().to_owned();
            let is_valid = *known.entry((one.profile, key)).or_insert_with(|| self.is_valid(&document, one.profile));
            if is_valid {
                outcome.served += 1;
            } else {
                *outcome.failed.entry((0, "a document that is not valid".to_owned())).or_default() += 1;
            }
        }
        outcome.sessions = known.len();
        outcome
    }

    fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for call in self.sandbox.calls() {
            let role = call.role_arn.and_then(|arn| arn.rsplit('/').next().map(str::to_owned));
            let said: Vec<String> = [call.operation, role, call.code].into_iter().flatten().collect();
            *calls.entry(said.join(" ")).or_default() += 1;
        }
        calls
    }

    /// Whether STS knows these credentials as a session of the profile's role.
    fn is_valid(&self, document: &Value, profile: usize) -> bool {
        let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
        let Ok(key_id) = text("AccessKeyId").parse() else { return false };
        let token = SecretString::from(text("SessionToken"));
        let credentials = Credentials {
            key_id,
            secret_key: SecretString::from(text("SecretAccessKey")),
            session: Some(Session { token, expires_at: None }),
            account: None,
            arn: None,
            lineage: Lineage::default(),
        };
        let reach = Reach {
            region: Sourced::by_default("eu-west-1".parse().unwrap()),
            endpoint_url: Some(Sourced::by_default(self.sandbox.url().parse().unwrap())),
            fips: false,
            dual_stack: false,
        };
        let sts = Clients::new(&World::new()).unwrap().sts(&reach, &credentials, Tries::Once);
        let answer = Runtime::new().unwrap().block_on(sts.get_caller_identity().send());
        let role = format!("assumed-role/{}/", PROFILES[profile].1);
        document["Version"] == 1
            && document["Expiration"].is_string()
            && answer.is_ok_and(|answer| answer.arn().is_some_and(|arn| arn.contains(&role)))
    }

    fn left(&self) -> Vec<String> {
        let temp = std::fs::read_dir(self.sandbox.home.path().join("tmp")).unwrap().flatten().map(|entry| entry.path());
        let sockets = self.locks().into_iter().filter(|path| name(path).starts_with("w-"));
        sockets.chain(temp).map(|path| name(&path)).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.device.take() {
            stop.store(true, Ordering::Relaxed);
            let _ = thread.join();
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// What differs from process to process is taken out.
fn without_numbers(line: &str) -> String {
    let word =
        |word: &str| if word.bytes().any(|byte| byte.is_ascii_digit()) { "…".to_owned() } else { word.to_owned() };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came to this: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
