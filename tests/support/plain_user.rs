//! Runs one test of this program again, in a process of its own with a chosen environment or as a plain user.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

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
