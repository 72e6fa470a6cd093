//! Stores and networks that misbehave: every row of `faults.toml`, done to the real program beside the sandbox.
//!
//! A row fails when what is said differs in a word, when the exit code does, when credentials come later than the row
//! allows, when STS is asked another number of times, or when the next run finds less or more than the row says. What was
//! got instead, and how long each row took, lies in `target/tmp/faults-*.toml`.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use assume::sandbox::{Options, Scenario};
use assume::terms::ExposeSecret;
use assume::world::{Clock, World};
use linux_keyutils::{KeyRing, KeyRingIdentifier};
use serde::Deserialize;

use crate::support::home::{Ran, assume, ran};
use crate::support::loopback::{Loopback, TlsFront};
use crate::support::mounts::mounting;
use crate::support::plain_user::PlainUser;
use crate::support::sandbox::{ALICES_DEVICE, Sandbox};
use crate::support::secret_service::SecretService;

const TABLE: &str = include_str!("faults.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) slack: u64,
    store: Vec<Row>,
    network: Vec<Row>,
    pub(crate) sign_in: Vec<crate::fault_sign_ins::Row>,
}

/// One row. The table's head tells what each field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    says: String,
    #[serde(default)]
    done: Done,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default = "update_app")]
    profile: String,
    code: i32,
    within: u64,
    calls: usize,
    #[serde(default)]
    next_calls: Option<usize>,
    stderr: String,
}

fn update_app() -> String {
    "update-app".to_owned()
}

/// What is done before, or to, the run.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Done {
    #[default]
    Nothing,
    OsAbsent,
    OsWithoutCollection,
    OsHung,
    OsLocked,
    OsPromptDismissed,
    OsFullDisk,
    OsRestarted,
    OsDamaged,
    OsForeign,
    KernelRefused,
    KernelMissing,
    KernelRefusedWithOs,
    KernelFull,
    KernelKeyGone,
    KernelDamaged,
    FileTruncated,
    FileWrongPassphrase,
    FileFullDisk,
    FileReadOnly,
    HomeMissing,
    StateOpenToAll,
    LocksOfAnother,
    ReadOnlyHome,
    NotXml,
    Refused,
    TlsUnknown,
    TlsBundle,
    HttpProxy,
    HttpsProxy,
    NoProxy,
    Ipv6,
    ClockFast,
    WithCode,
    WithCodeAndClock,
}

const CONFIG: &str = r#"
[identity.work]
keyring = true

[role.update-app]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"

[role.kept]
identity = "work"
role_arn = "arn:aws:iam::123456789012:role/UpdateApp"

[role.prod-admin]
identity = "alice"
role_arn = "arn:aws:iam::123456789012:role/Admin"
mfa_serial = "arn:aws:iam::111122223333:mfa/alice"
mfa_process = "cat code"
"#;

/// The whole table.
pub(crate) fn table() -> Table {
    toml::from_str(TABLE).unwrap()
}

#[test]
fn stores() {
    let table = table();
    each_is_survived("store", &table.store, table.slack);
}

#[test]
fn networks() {
    let table = table();
    each_is_survived("network", &table.network, table.slack);
}

/// Rows wait much and work little: four at a time.
fn each_is_survived(room: &str, rows: &[Row], slack: u64) {
    let results: Mutex<Vec<(usize, String, String)>> = Mutex::new(Vec::new());
    let next = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((number, row)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed) as usize;
                    rows.get(number).map(|row| (number, row))
                } {
                    let (got, wrong) = row.tried(slack);
                    results.lock().unwrap().push((number, got, wrong));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort();
    let got: String = results.iter().map(|(_, got, _)| got.as_str()).collect();
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{room}.toml")), got).unwrap();
    let wrong: String = results.into_iter().map(|(_, _, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

impl Row {
    /// Returns what came of it, as a row, and what is wrong with that.
    fn tried(&self, slack: u64) -> (String, String) {
        let mut place = Place::arrange(self.done, &self.profile);
        for fault in &self.faults {
            place.sandbox.fail(fault);
        }
        let before = place.sandbox.operations().len();
        let began = Instant::now();
        let got = place.run(&self.profile);
        let took = began.elapsed();
        let calls = place.sandbox.operations().len() - before;
        let handed = serde_json::from_str::<serde_json::Value>(&got.stdout)
            .is_ok_and(|answer| answer["SecretAccessKey"].is_string());
        let next_calls = self.next_calls.map(|_| {
            place.run(&self.profile);
            place.sandbox.operations().len() - before - calls
        });
        let stderr = place.shown(&got.stderr);
        let mut wrong = String::new();
        let mut unlike = |what: &str, row: String, got: String| {
            if row != got {
                let _ = write!(wrong, "\n=== {}\n{what}: expected {row}\n{what}: got      {got}\n", self.says);
            }
        };
        unlike("code", self.code.to_string(), got.code.to_string());
        unlike("stderr", self.stderr.clone(), stderr.clone());
        unlike("calls", self.calls.to_string(), calls.to_string());
        unlike("next_calls", format!("{:?}", self.next_calls), format!("{next_calls:?}"));
        unlike("credentials", (self.code == 0).to_string(), handed.to_string());
        if took > Duration::from_secs(self.within + slack) {
            let _ = write!(wrong, "\n=== {}\ntook {took:?}, and {} s were promised\n", self.says, self.within);
        }
        if let Some(after) = place.left_wrong(self.done) {
            let _ = write!(wrong, "\n=== {}\n{after}\n", self.says);
        }
        let next = next_calls.map_or(String::new(), |calls| format!("next_calls = {calls}\n"));
        let row = format!(
            "# {} took {:.1} s\ncode = {}\ncalls = {calls}\n{next}stderr = '''\n{stderr}'''\n\n",
            self.says,
            took.as_secs_f32(),
            got.code
        );
        (row, wrong)
    }
}

/// A sandbox, a home, and what is wrong around them.
struct Place {
    sandbox: Sandbox,
    done: Done,
    service: Option<SecretService>,
    server: Option<Loopback>,
    tls: Option<TlsFront>,
    launcher: Vec<String>,
}

impl Place {
    fn arrange(done: Done, profile: &str) -> Self {
        let clock = match done {
            Done::ClockFast => Clock::Fixed(World::new().clock.now() - Duration::from_secs(600)),
            _ => Clock::System,
        };
        let mut sandbox = Sandbox::start(Scenario::classic().unwrap(), Options { clock, ..Options::default() });
        sandbox.home.config(CONFIG);
        let temp = sandbox.home.path().join("tmp");
        std::fs::create_dir(&temp).unwrap();
        sandbox.home.set("TMPDIR", &temp);
        let mut place = Self { sandbox, done, service: None, server: None, tls: None, launcher: Vec::new() };
        place.arrange_store(profile);
        place.arrange_file();
        place.arrange_folders(profile);
        place.arrange_network();
        place
    }

    fn arrange_store(&mut self, profile: &str) {
        let home = self.sandbox.home.path().to_owned();
        match self.done {
            Done::OsAbsent => self.serve_os(SecretService::absent()),
            Done::OsWithoutCollection => self.serve_os(SecretService::without_collection()),
            Done::OsHung => {
                self.serve_os(SecretService::unlocked());
                self.remember(profile);
                self.service().hang();
            }
            Done::OsLocked => {
                self.serve_os(SecretService::unlocked());
                self.remember(profile);
                self.service().lock();
            }
            Done::OsPromptDismissed | Done::OsRestarted => {
                self.serve_os(SecretService::unlocked());
                let key = self.sandbox.key_of("alice");
                let pair = format!("{}\n{}\n", key.id, key.secret.expose_secret());
                let added = self.sandbox.home.run_with_input(&["identity", "add", "work"], &pair);
                assert_eq!(added.code, 0, "{added:?}");
                if self.done == Done::OsRestarted {
                    let sandbox = port_of(self.sandbox.url());
                    self.in_between(Loopback::relay(sandbox), |port| format!("http://127.0.0.1:{port}"));
                    return;
                }
                self.service().lock();
                // Nobody shows prompts on this bus, so the keyring takes each for dismissed.
                self.sandbox.home.set("DISPLAY", ":99");
            }
            Done::OsFullDisk => {
                self.serve_os(SecretService::on_a_small_disk());
                self.service().fill_disk();
            }
            Done::OsDamaged | Done::OsForeign => {
                self.serve_os(SecretService::unlocked());
                self.remember(profile);
                let value: &[u8] = if self.done == Done::OsDamaged { b"{\"access_key_id\":" } else { b"\xff\xfe\x00" };
                let name = self.session_name();
                let mut store = self.service().program("secret-tool");
                store.args(["store", "--label=x", "service", &self.namespace(), "username", &name]);
                feed(&mut store, value);
            }
            Done::KernelRefused => self.refuse(&["keyctl=1", "add_key=1", "request_key=1"]),
            Done::KernelMissing => self.refuse(&["keyctl=38", "add_key=38", "request_key=38"]),
            Done::KernelRefusedWithOs => {
                self.serve_os(SecretService::unlocked());
                self.sandbox.home.unset("ASSUME_VAULT");
                self.refuse(&["keyctl=1", "add_key=1", "request_key=1"]);
            }
            Done::KernelFull => {
                let user = PlainUser::living_in(&home);
                let fill = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/fill_quota.py");
                let script = home.join("fill_quota.py");
                std::fs::copy(fill, &script).unwrap();
                self.launcher = user.launcher;
                let words = [Path::new("/usr/bin/python3"), &script, &user.program];
                self.launcher.extend(words.map(|word| word.display().to_string()));
                self.sandbox.home.unset("ASSUME_VAULT");
            }
            Done::KernelKeyGone => {
                self.remember(profile);
                // KEYCTL_READ finds a key that has ended since the search.
                self.refuse(&["keyctl:11=127"]);
            }
            Done::KernelDamaged => {
                self.remember(profile);
                let ring = KeyRing::get_persistent(KeyRingIdentifier::Process).unwrap();
                ring.add_key(&format!("{}:{}", self.namespace(), self.session_name()), "not ours").unwrap();
            }
            _ => {}
        }
    }

    fn arrange_file(&mut self) {
        let home = self.sandbox.home.path().to_owned();
        if matches!(
            self.done,
            Done::FileTruncated | Done::FileWrongPassphrase | Done::FileFullDisk | Done::FileReadOnly
        ) {
            let runtime = home.join("run");
            std::fs::create_dir(&runtime).unwrap();
            self.sandbox.home.set("XDG_RUNTIME_DIR", &runtime);
            self.sandbox.home.set("ASSUME_VAULT", "file").set("ASSUME_VAULT_PASSPHRASE", "right");
        }
        let data = home.join(".local/share");
        match self.done {
            Done::FileTruncated => {
                self.remember("update-app");
                let file = data.join("assume").join(format!("{}.age", self.namespace()));
                let bytes = std::fs::read(&file).unwrap();
                std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
            Done::FileWrongPassphrase => {
                self.remember("update-app");
                self.sandbox.home.set("ASSUME_VAULT_PASSPHRASE", "wrong");
            }
            Done::FileFullDisk => {
                std::fs::create_dir_all(&data).unwrap();
                let fill = "mount -t tmpfs -o size=16k tmpfs .local/share && mkdir -m 700 .local/share/assume && \
                            { cat /dev/zero >.local/share/fill 2>/dev/null || true; } && exec \"$@\"";
                self.launcher = mounting(fill);
            }
            Done::FileReadOnly => {
                std::fs::create_dir_all(&data).unwrap();
                self.launcher = mounting("mount -t tmpfs -o ro tmpfs .local/share && exec \"$@\"");
            }
            _ => {}
        }
    }

    fn arrange_folders(&mut self, profile: &str) {
        let home = self.sandbox.home.path().to_owned();
        let state = home.join(".local/state/assume");
        match self.done {
            Done::HomeMissing => {
                let set = |place: &mut Self, name: &str, file: &str| {
                    place.sandbox.home.set(name, home.join(file));
                };
                set(self, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
                set(self, "ASSUME_CONFIG", ".config/assume/config.toml");
                // Nobody can make a folder there.
                self.sandbox.home.set("HOME", "/proc/nobody");
            }
            Done::StateOpenToAll => {
                self.remember(profile);
                // What lies there is not believed either: somebody else may have put it there.
                std::fs::set_permissions(&state, PermissionsExt::from_mode(0o777)).unwrap();
            }
            Done::LocksOfAnother => {
                std::fs::create_dir_all(state.join("locks")).unwrap();
                std::fs::set_permissions(&state, PermissionsExt::from_mode(0o700)).unwrap();
                if rustix::process::geteuid().is_root() {
                    chown(state.join("locks"), Some(65_534), Some(65_534)).unwrap();
                } else {
                    // What is root's is nobody's for a user who only plays root.
                    self.launcher = mounting("mount --bind /usr .local/state/assume/locks && exec \"$@\"");
                }
            }
            Done::ReadOnlyHome => self.launcher = mounting("mount --bind -o ro . . && cd \"$PWD\" && exec \"$@\""),
            _ => {}
        }
    }

    fn arrange_network(&mut self) {
        let port = port_of(self.sandbox.url());
        let home = self.sandbox.home.path().to_owned();
        match self.done {
            Done::NotXml => {
                let answer =
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
                self.in_between(Loopback::saying(answer), |port| format!("http://127.0.0.1:{port}"));
            }
            Done::Refused => drop(self.sandbox.home.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")),
            Done::Ipv6 => self.in_between(Loopback::ipv6(port), |port| format!("http://[::1]:{port}")),
            Done::HttpProxy | Done::NoProxy => {
                let proxy = Loopback::proxy();
                self.sandbox.home.set("HTTP_PROXY", format!("http://127.0.0.1:{}", proxy.port));
                if self.done == Done::NoProxy {
                    self.sandbox.home.set("NO_PROXY", "example.com,127.0.0.1");
                }
                self.server = Some(proxy);
            }
            Done::TlsUnknown | Done::TlsBundle | Done::HttpsProxy => {
                let tls = TlsFront::before(port, &home);
                self.sandbox.home.set("AWS_ENDPOINT_URL_STS", format!("https://127.0.0.1:{}", tls.port));
                if self.done != Done::TlsUnknown {
                    self.sandbox.home.set("AWS_CA_BUNDLE", &tls.certificate);
                }
                if self.done == Done::HttpsProxy {
                    let proxy = Loopback::proxy();
                    self.sandbox.home.set("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port));
                    self.server = Some(proxy);
                }
                self.tls = Some(tls);
            }
            Done::WithCode => drop(self.sandbox.home.write("code", &self.sandbox.code(ALICES_DEVICE))),
            Done::WithCodeAndClock => {
                let then = self.sandbox.server.now() + Duration::from_secs(600);
                self.sandbox.home.write("code", &self.sandbox.code_at(ALICES_DEVICE, then));
            }
            _ => {}
        }
    }

    fn run(&mut self, profile: &str) -> Ran {
        let mut command = match self.launcher.split_first() {
            None => self.sandbox.home.command(&[]),
            Some((program, words)) => {
                let mut command = self.sandbox.home.program(program);
                command.args(words);
                if self.done != Done::KernelFull {
                    command.arg(assume());
                }
                command
            }
        };
        command.args(["credential-process", profile]);
        if self.done != Done::OsRestarted {
            return ran(&mut command, "");
        }
        let served = || self.server.as_ref().map_or(0, Loopback::served);
        let before = served();
        let running = std::thread::spawn(move || ran(&mut command, ""));
        // The key has been read, and the answer of STS is on its way.
        while served() == before && !running.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
        }
        if !running.is_finished() {
            self.service.as_mut().unwrap().restart();
        }
        running.join().unwrap()
    }

    /// Makes the session, and it is kept.
    fn remember(&mut self, profile: &str) {
        let ran = self.sandbox.home.run(&["credential-process", profile]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    }

    fn serve_os(&mut self, service: SecretService) {
        self.sandbox.home.set("ASSUME_VAULT", "os");
        for (name, value) in service.variables() {
            self.sandbox.home.set(name, value);
        }
        self.service = Some(service);
    }

    fn in_between(&mut self, server: Loopback, url: impl Fn(u16) -> String) {
        self.sandbox.home.set("AWS_ENDPOINT_URL_STS", url(server.port));
        self.server = Some(server);
    }

    fn refuse(&mut self, calls: &[&str]) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/refuse.py");
        self.launcher =
            ["/usr/bin/python3", script].iter().chain(calls).chain(&["--"]).map(|w| (*w).to_owned()).collect();
    }

    fn service(&self) -> &SecretService {
        self.service.as_ref().unwrap()
    }

    fn namespace(&self) -> String {
        self.sandbox.home.env().text("ASSUME_VAULT_NAME").unwrap().to_owned()
    }

    /// The name of the one session that there is.
    fn session_name(&self) -> String {
        let cards = std::fs::read_dir(self.sandbox.home.path().join(".local/state/assume/sessions")).unwrap();
        let names: Vec<String> = cards.map(|card| card.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        format!("session/{}", names[0].trim_end_matches(".json"))
    }

    /// What differs from run to run is taken out.
    fn shown(&self, text: &str) -> String {
        let mut shown = text.replace(&self.sandbox.home.path().display().to_string(), "~");
        shown = shown.replace(&self.namespace(), "VAULT").replace(self.sandbox.url(), "http://127.0.0.1:PORT");
        if let Some(tls) = &self.tls {
            shown = shown.replace(&tls.port.to_string(), "PORT");
        }
        // A request's id is a UUID, and a session's name the digest of its terms.
        let mut words: Vec<String> = Vec::new();
        for word in shown.split(' ') {
            let id = word.trim_end_matches([')', '\n', ',', ';']);
            if let Some(digest) = id.strip_prefix("session/") {
                words.push(word.replace(digest, "DIGEST"));
                continue;
            }
            let is_one = id.len() == 36 && id.bytes().filter(|&byte| byte == b'-').count() == 4;
            words.push(if is_one { word.replace(id, "REQUEST") } else { word.to_owned() });
        }
        words.join(" ")
    }

    /// What the row's fault must not have led to.
    fn left_wrong(&self, done: Done) -> Option<String> {
        let served = self.server.as_ref().map(Loopback::served);
        match (done, served) {
            (Done::OsWithoutCollection, _) => match self.service().default_collection() {
                Some(path) if path == "/" => None,
                other => Some(format!("a collection was made: {other:?}")),
            },
            (Done::HttpProxy | Done::HttpsProxy | Done::Ipv6, Some(0)) => Some("nobody came that way".to_owned()),
            (Done::NoProxy, Some(1..)) => Some("the proxy was asked".to_owned()),
            (Done::OsHung, _) => {
                self.service().resume();
                None
            }
            _ => None,
        }
    }
}

fn feed(command: &mut Command, input: &[u8]) {
    use std::io::Write;
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("the package `libsecret-tools`");
    child.stdin.take().unwrap().write_all(input).unwrap();
    assert!(child.wait().unwrap().success());
}

fn port_of(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap()
}
