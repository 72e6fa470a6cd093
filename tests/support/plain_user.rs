//! Runs one test of this program again, in a process of its own with a chosen environment or as a plain user.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use super::home::install_into;

/// Returns a command that runs this program's one ignored test of that name, with nothing in its environment.
pub(crate) fn rerun(test: &str, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]).env_clear();
    command
}

/// Runs this program's one ignored test of that name as a user whom nobody else is, and whose quotas are unspent.
pub(crate) fn rerun_as_plain_user(test: &str, variables: &[(&str, &str)]) -> Output {
    let own = std::env::current_exe().unwrap();
    // The build folder may be closed to other users.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = folder.path().join("it");
    std::fs::copy(own, &program).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    // One for each call: two tests at the same time would share one quota.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut command = if rustix::process::geteuid().is_root() {
        let user = format!("{}", 700_000 + std::process::id() * 16 + COUNT.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new("setpriv");
        command.args([
            format!("--reuid={user}"),
            format!("--regid={user}"),
            "--clear-groups".to_owned(),
            "--".to_owned(),
        ]);
        command.arg(&program).args([test, "--exact", "--ignored", "--nocapture"]).env_clear();
        command
    } else {
        rerun(test, &program)
    };
    command.envs(variables.iter().copied()).current_dir("/").output().expect("setpriv (util-linux) is needed")
}

/// A user whom nobody else is, to whom a home was given.
pub(crate) struct PlainUser {
    pub(crate) id: u32,
    /// The words that make whatever follows them run as that user.
    pub(crate) launcher: Vec<String>,
    /// The program, where that user may read it.
    pub(crate) program: PathBuf,
}

impl PlainUser {
    /// Gives the home to such a user, with a copy of the program; who is no root stays who they are.
    pub(crate) fn living_in(home: &Path) -> Self {
        let own = install_into(home);
        if !rustix::process::geteuid().is_root() {
            return Self { id: rustix::process::geteuid().as_raw(), launcher: vec!["env".to_owned()], program: own };
        }
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = 900_000 + std::process::id() * 8 + COUNT.fetch_add(1, Ordering::Relaxed);
        give_to(home, id);
        let words = ["setpriv", &format!("--reuid={id}"), &format!("--regid={id}"), "--clear-groups", "--"];
        Self { id, launcher: words.map(str::to_owned).to_vec(), program: own }
    }
}

fn give_to(folder: &Path, user: u32) {
    use std::os::unix::fs::lchown;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            give_to(&entry.path(), user);
        // A link of ours to the build's program stays root's.
        } else if !["assume", "assume-engine"].iter().any(|half| entry.file_name() == *half) {
            lchown(entry.path(), Some(user), Some(user)).unwrap();
        }
    }
    lchown(folder, Some(user), Some(user)).unwrap();
}
