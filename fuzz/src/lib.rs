//! What the targets share: a home in memory, and what must hold of whatever is printed.

mod loopback;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use assume::config::Catalog;
use assume::error::Error;
use assume::handover::{Format, process_answer, write};
use assume::person::plain;
use assume::plan::{Cached, Overrides, Plan, explain_json, explain_text, plan};
use assume::session::{Credentials, Fingerprint, cache_keys};
use assume::terms::SessionName;
use assume::world::{Clock, Env, World};

pub use loopback::Loopback;

/// 2026-11-24T00:00:00Z
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_478_400)
}

/// A home folder that no disk sees, and the world of somebody who lives in it.
pub struct Home {
    folder: tempfile::TempDir,
    /// The world.
    pub world: World,
}

impl Home {
    /// Returns an empty home.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("assume-fuzz-").tempdir_in(place).unwrap();
        let home = folder.path().to_str().unwrap();
        let env: Env = [("HOME", home), ("USER", "alice"), ("PATH", "/usr/bin:/bin"), ("ASSUME_VAULT", "none")]
            .into_iter()
            .collect();
        let mut world = World::new().with_env(env);
        world.clock = Clock::Fixed(now());
        fs::create_dir_all(world.folders.config_file.parent().unwrap()).unwrap();
        fs::create_dir_all(world.folders.aws_config.parent().unwrap()).unwrap();
        Self { folder, world }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and returns its path.
    pub fn write(&self, path: &Path, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes writing to a connection that its other end has cut an error. A Rust program's own start does that, but under
/// libFuzzer `main` is C++'s, and the signal would end the run.
pub fn ignore_broken_pipes() {
    // SAFETY: no handler is installed, so nothing of ours runs in one.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// Splits the input at lines of `%%`; what is missing is empty.
pub fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    std::array::from_fn(|index| {
        let at = rest.windows(4).position(|window| window == b"\n%%\n").filter(|_| index + 1 < N);
        let (part, others) = at.map_or((rest, &b""[..]), |at| (&rest[..=at], &rest[at + 4..]));
        rest = others;
        part
    })
}

/// Panics if a line of what is printed could drive a terminal.
pub fn is_plain(page: &str) {
    for line in page.lines() {
        assert_eq!(plain(line), line, "it is printed as it came");
    }
}

/// Panics if an error's text could drive a terminal, or make a line of its own.
pub fn says(error: impl Into<Error>) {
    let text = error.into().to_string();
    is_plain(&text);
    for line in text.lines().skip(1) {
        assert!(["  cause: ", "  where: ", "  hint: "].iter().any(|label| line.starts_with(label)), "{text}");
    }
}

/// Plans every name and prints every plan.
pub fn explore(catalog: &Catalog) {
    let _ = (catalog.pointers(), catalog.roles(), catalog.identities());
    for listing in catalog.listings().into_iter().take(12) {
        let _ = (catalog.nearest(&listing.name), catalog.outranking(&listing.name));
        match plan_of(catalog, &listing.name) {
            Ok(plan) => {
                let cached = vec![Some(Cached { store: "kernel", expires_at: now() }); plan.steps()];
                is_plain(&explain_text(&plan, &cached, now()));
                let _ = explain_json(&plan, &cached).to_string();
                let keys = cache_keys(&plan, &Fingerprint("alice".to_owned()));
                assert_eq!(keys.len(), plan.steps());
            }
            Err(error) => says(error),
        }
    }
}

/// Returns the plan for a name.
pub fn plan_of(catalog: &Catalog, name: &str) -> Result<Plan, assume::plan::PlanError> {
    plan(catalog, name, &Overrides::none(), &SessionName::of_person("alice", "laptop"))
}

/// Hands credentials over in every way that is text.
pub fn hand_over(credentials: &Credentials, world: &World) {
    let answer = process_answer(credentials);
    assert!(answer.is_ascii() && answer.trim_end().lines().count() == 1);
    for dialect in [assume::handover::Dialect::Posix, assume::handover::Dialect::Fish] {
        let _ = write(Format::Shell(dialect), &world.env, "prod", None, credentials);
    }
    for format in [Format::Dotenv, Format::Json, Format::Ini, Format::DockerEnv] {
        let _ = write(format, &world.env, "prod", None, credentials);
    }
}
