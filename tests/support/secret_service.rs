//! A real Secret Service of a test's own: a session bus and a GNOME Keyring, both gone at the end.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::mounts::mounting;

/// A session bus, and on it a keyring daemon with an unlocked default collection.
pub(crate) struct SecretService {
    folder: tempfile::TempDir,
    bus: Child,
    address: String,
    /// `None` where there is only a bus.
    daemon: Option<Child>,
}

const PASSWORD: &str = "test";

impl SecretService {
    /// A bus on which nobody keeps secrets.
    pub(crate) fn absent() -> Self {
        let folder = tempfile::Builder::new().prefix("bus-").tempdir().unwrap();
        // Not the system's session.conf: it would start whatever is installed.
        let config = folder.path().join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}/bus</listen><policy context=\"default\"><allow \
             send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            folder.path().display()
        );
        std::fs::write(&config, text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package `dbus` is needed");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { folder, bus, address: address.trim().to_owned(), daemon: None }
    }

    /// A keyring that answers.
    pub(crate) fn unlocked() -> Self {
        let mut service = Self::absent();
        service.start();
        service
    }

    /// A keyring in which nobody has made a collection yet.
    pub(crate) fn without_collection() -> Self {
        let mut service = Self::absent();
        service.daemon = Some(service.spawn(&[], false));
        service.until("gnome-keyring does not come up", |service| service.default_collection().is_some());
        service
    }

    /// A keyring that answers, on a disk of its own with room for one small collection.
    pub(crate) fn on_a_small_disk() -> Self {
        let mut service = Self::absent();
        let keyrings = service.keyrings();
        std::fs::create_dir_all(&keyrings).unwrap();
        let mount = format!("mount -t tmpfs -o size=16k tmpfs {} && exec \"$@\"", keyrings.display());
        service.daemon = Some(service.spawn(&mounting(&mount), true));
        service.until("gnome-keyring does not come up", Self::answers);
        service
    }

    /// Leaves no room on its small disk.
    pub(crate) fn fill_disk(&self) {
        let daemon = self.daemon.as_ref().unwrap().id();
        let inside = format!("/proc/{daemon}/root{}/fill", self.keyrings().display());
        let mut file = std::fs::File::create(inside).unwrap();
        while file.write_all(&[0; 1024]).is_ok() {}
    }

    /// Ends the keyring and starts it anew, unlocked, with what it kept.
    pub(crate) fn restart(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        self.start();
    }

    /// The default collection's path, `/` if there is none; `None` if nobody answers.
    pub(crate) fn default_collection(&self) -> Option<String> {
        let alias = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:default"];
        let reply = self.ask(&alias)?;
        Some(reply.split('"').nth(1)?.to_owned())
    }

    /// A keyring that is locked; what was kept in it before is there.
    pub(crate) fn lock(&self) {
        let default = "array:objpath:/org/freedesktop/secrets/aliases/default";
        self.send(&["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", default]);
    }

    /// A keyring that accepts messages and answers none.
    pub(crate) fn hang(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Runs that, and returns how often meanwhile the keyring was told to show a prompt.
    pub(crate) fn prompts_during(&self, run: impl FnOnce()) -> usize {
        let mut command = self.program("dbus-monitor");
        command.args(["--session", "interface='org.freedesktop.Secret.Prompt',member='Prompt'"]);
        let mut monitor = command.stdout(Stdio::piped()).spawn().expect("the package `dbus` is needed");
        let mut lines = BufReader::new(monitor.stdout.take().unwrap());
        // It has begun when it tells of its own name.
        lines.read_line(&mut String::new()).unwrap();
        run();
        self.answers();
        monitor.kill().unwrap();
        monitor.wait().unwrap();
        lines.lines().map_while(Result::ok).filter(|line| line.contains("member=Prompt")).count()
    }

    /// The variables by which a program finds it.
    pub(crate) fn variables(&self) -> [(&'static str, String); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", self.address.clone())]
    }

    /// Another program on this bus.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.folder.path()).envs(self.variables());
        command
    }

    fn start(&mut self) {
        self.daemon = Some(self.spawn(&[], true));
        self.until("gnome-keyring does not come up", Self::answers);
    }

    /// Starts the daemon, through a launcher where there are words for it.
    fn spawn(&self, launcher: &[String], unlock: bool) -> Child {
        let mut command = match launcher {
            [] => self.program("gnome-keyring-daemon"),
            [program, words @ ..] => {
                let mut command = self.program(program);
                command.args(words).arg("gnome-keyring-daemon");
                command
            }
        };
        command.args(unlock.then_some("--unlock")).args(["--foreground", "--components=secrets"]);
        let mut daemon = command
            .arg(format!("--control-directory={}/control", self.folder.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package `gnome-keyring` is needed");
        // Who does not unlock reads nothing.
        let _ = daemon.stdin.take().unwrap().write_all(PASSWORD.as_bytes());
        daemon
    }

    fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn keyrings(&self) -> std::path::PathBuf {
        self.folder.path().join(".local/share/keyrings")
    }

    fn answers(&self) -> bool {
        self.default_collection().is_some_and(|path| path.contains("/collection/"))
    }

    fn send(&self, message: &[&str]) {
        assert!(self.ask(message).is_some(), "{message:?} was not answered");
    }

    fn ask(&self, message: &[&str]) -> Option<String> {
        let mut command = self.program("dbus-send");
        command.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]).args(message);
        let output = command.output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn signal(&self, signal: Signal) {
        let daemon = self.daemon.as_ref().unwrap();
        kill_process(Pid::from_child(daemon), signal).unwrap();
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
