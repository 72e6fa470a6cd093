//! A person's home of a test's own, and the real program run in it with nothing else in its environment.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use assume::config::{Sourced, StoreName, VaultSettings};
use assume::vault::Vault;
use assume::world::{Env, World};

/// A home folder, the variables of somebody who lives in it, and a vault that nobody else sees. All of it goes at the end.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, OsString)>,
}

/// What a run of the program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// Returns an empty home. Sessions and keepsakes go to the kernel's keyring, under a name of this home's own.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let namespace = format!("assume-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().unwrap();
        let mut home = Self { folder, variables: Vec::new() };
        home.set("HOME", home.path().to_owned()).set("USER", "alice");
        #[expect(clippy::disallowed_methods, reason = "the path of programs is the machine's, not the test's")]
        home.set("PATH", std::env::var_os("PATH").unwrap_or_default());
        home.set("ASSUME_VAULT", "kernel").set("ASSUME_VAULT_NAME", namespace);
        home
    }

    /// The home folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Sets a variable for every later run.
    pub(crate) fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> &mut Self {
        let name = name.into();
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
        self
    }

    /// Takes a variable away.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Writes a file in the home, 0600, and returns its path.
    pub(crate) fn write(&self, file: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::OpenOptionsExt;
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }

    /// Writes our config file.
    pub(crate) fn config(&self, toml: &str) -> PathBuf {
        self.write(".config/assume/config.toml", toml)
    }

    /// Writes `~/.aws/config`.
    pub(crate) fn aws_config(&self, text: &str) -> PathBuf {
        self.write(".aws/config", text)
    }

    /// Writes `~/.aws/credentials`.
    pub(crate) fn aws_credentials(&self, text: &str) -> PathBuf {
        self.write(".aws/credentials", text)
    }

    /// Returns another program, to be run in this home.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value))).current_dir(self.path());
        command
    }

    /// Returns the real program with these arguments, to be run in this home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(assume());
        command.args(arguments);
        command
    }

    /// Runs the real program, without a terminal and with nothing on standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, "")
    }

    /// Runs the real program, without a terminal and with that on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        ran(&mut self.command(arguments), input)
    }

    /// Asks for a profile until the way to it is kept: a config that was written a moment ago is not believed yet.
    pub(crate) fn until_the_way_is_known(&self, profile: &str) {
        self.until_files_are_settled();
        let ways = self.path().join(".local/state/assume/ways");
        let _ = std::fs::remove_dir_all(&ways);
        for _ in 0..100 {
            let ran = self.run(&["credential-process", profile]);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
            if std::fs::read_dir(&ways).is_ok_and(|mut ways| ways.next().is_some()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("no way is kept");
    }

    /// Waits until what was declared is so old that the way through it is kept: no coarse clock stamps it so any more.
    pub(crate) fn until_files_are_settled(&self) {
        const TICK: std::time::Duration = std::time::Duration::from_secs(2);
        let is_young = |name: &str| {
            let written = std::fs::metadata(self.path().join(name)).and_then(|meta| meta.modified());
            written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age <= TICK))
        };
        while [".config/assume/config.toml", ".aws/credentials", ".aws/config"].into_iter().any(is_young) {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// The environment of whoever lives here.
    pub(crate) fn env(&self) -> Env {
        self.variables.iter().cloned().collect()
    }

    /// The vault of this home, as the program sees it when `ASSUME_VAULT` is `kernel`.
    pub(crate) fn kernel_vault(&self) -> Vault {
        let named = Some(Sourced::by_default(StoreName::Kernel));
        let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
        Vault::new(&settings, &World::new().with_env(self.env()))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.kernel_vault().clear_namespace(StoreName::Kernel);
    }
}

/// Runs a command with that on standard input, without a controlling terminal.
pub(crate) fn ran(command: &mut Command, input: &str) -> Ran {
    // Only a new session has no controlling terminal.
    let mut line: Vec<OsString> = vec!["--wait".into(), command.get_program().to_owned()];
    line.extend(command.get_args().map(OsStr::to_owned));
    let mut detached = Command::new("setsid");
    detached.args(line).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            detached.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        detached.current_dir(folder);
    }
    let mut child =
        detached.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("util-linux");
    // A program that does not read its input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::from(child.wait_with_output().unwrap())
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The real program.
pub(crate) fn assume() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_assume"))
}

/// Its other half, which lies beside it.
pub(crate) fn engine() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_assume-engine"))
}

/// Puts both halves of the program into a folder, and returns the one that is started.
pub(crate) fn install_into(folder: &Path) -> PathBuf {
    for half in [assume(), engine()] {
        let there = folder.join(half.file_name().unwrap());
        std::fs::hard_link(half, &there).or_else(|_| std::fs::copy(half, &there).map(drop)).unwrap();
    }
    folder.join("assume")
}
