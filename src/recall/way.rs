//! Where a name led the last time, so that a warm answer parses no config and plans nothing.
//!
//! A way holds no secret. It is believed while nothing has changed that shaped it: the words of the call, the environment,
//! and each file that was read, or looked for and not there. What cannot be held against a file (credentials of the
//! environment, a policy in a file of its own, a person's consent) has no way, and is planned each time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::{Catalog, VaultSettings};
use crate::identity::fingerprint_files;
use crate::plan::{Plan, Start};
use crate::session::{Cache, CacheKey, Credentials, Life, private_folder};
use crate::terms::Region;
use crate::vault::Vault;
use crate::world::World;

/// What is asked for, as far as words say it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The profile's name.
    pub profile: &'a str,
    /// The flags of this call.
    pub flags: &'a [String],
    /// Whom it is for: it decides how much life the session must have left.
    pub consumer: &'static str,
}

/// What a hand-over needs of a plan, and the session at its end.
#[derive(Debug)]
pub struct Recalled {
    /// The Region to hand over.
    pub region: Option<Region>,
    /// The session.
    pub credentials: Credentials,
}

/// As it lies in the file.
#[derive(Serialize, Deserialize)]
struct Form {
    version: String,
    key: String,
    seconds: u64,
    region: Option<String>,
    files: Vec<(PathBuf, Option<Mark>)>,
}

/// Device, inode, size, mtime and ctime of a file; the times in nanoseconds.
type Mark = (u64, u64, u64, i64, i64);

/// Returns the session that the question led to before, if nothing has changed and it is good enough.
pub fn recall_way(question: Question<'_>, world: &World) -> Option<Recalled> {
    let form: Form = serde_json::from_slice(&read(&path(question, world))?).ok()?;
    if form.version != VERSION || form.files.iter().any(|(path, mark)| self::mark(path) != Some(*mark)) {
        return None;
    }
    let region = form.region.map(|region| region.parse()).transpose().ok()?;
    let life = Life::AtLeast(Duration::from_secs(form.seconds));
    let key = CacheKey::parse(&form.key)?;
    // A store that is named outright stands in a file or in the environment, and the session is in the right one.
    let vault = Vault::new(&VaultSettings::default(), world);
    let found = Cache::new(&vault, world).find_near(&key, life)?;
    Some(Recalled { region, credentials: found.credentials })
}

/// Keeps the way of a plan whose session has just been recalled. What cannot be kept is planned again the next time.
///
/// `since` is when the config began to be read: what changed after it, or shortly before, is not believed, since a file can
/// change twice in one tick of its clock.
pub fn keep_way(
    question: Question<'_>,
    (catalog, plan, key): (&Catalog, &Plan, &CacheKey),
    life: Life,
    vault: &Vault,
    since: SystemTime,
    world: &World,
) -> Option<()> {
    // A session of keys without hops may be held to the age of its code, and a policy may stand in a file of its own.
    let is_session = match &plan.start {
        Start::SignIn(_) => true,
        Start::Keys(_) | Start::MfaSession(_) => !plan.hops.is_empty(),
    };
    let has_way =
        plan.confirm.is_none() && plan.last.is_none() && is_session && plan.hops.iter().all(|hop| hop.policy.is_none());
    let (true, Life::AtLeast(life)) = (has_way, life) else { return None };
    let mut paths = catalog.files().to_vec();
    paths.extend(fingerprint_files(plan, vault, world)?);
    let trusted_until = since.checked_sub(TICK)?.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos();
    let trusted_until = i64::try_from(trusted_until).ok()?;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let mark = mark(&path)?;
        if !path.is_absolute() || mark.is_some_and(|(.., mtime, ctime)| mtime.max(ctime) > trusted_until) {
            return None;
        }
        files.push((path, mark));
    }
    let form = Form {
        version: VERSION.to_owned(),
        key: key.as_str().to_owned(),
        seconds: life.as_secs(),
        region: plan.region.as_ref().map(|region| region.value.as_str().to_owned()),
        files,
    };
    let folder = folder(world);
    private_folder(&world.folders.state).and_then(|()| private_folder(&folder)).ok()?;
    sweep(&folder, world);
    let mut file = tempfile::NamedTempFile::new_in(&folder).ok()?;
    file.write_all(&serde_json::to_vec(&form).ok()?).ok()?;
    file.persist(path(question, world)).ok()?;
    Some(())
}

/// Another version may plan otherwise.
const VERSION: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

/// The coarsest clock that a file system stamps its files with (FAT: 2 s).
const TICK: Duration = Duration::from_secs(2);

/// After so long a way is made anew, so that what nobody asks for any more goes.
const LEFTOVER: Duration = Duration::from_secs(7 * 24 * 3_600);

fn folder(world: &World) -> PathBuf {
    world.folders.state.join("ways")
}

/// Named by all that shapes a plan and stands in no file: the question, and the variables that config reads. Secrets among
/// them shape none that has a way, and a name must not be a means to guess them.
fn path(question: Question<'_>, world: &World) -> PathBuf {
    let Question { profile, flags, consumer } = question;
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    [VERSION, consumer, profile].into_iter().for_each(|text| add(text.as_bytes()));
    flags.iter().for_each(|flag| add(flag.as_bytes()));
    for (name, value) in world.env.iter() {
        let text = name.to_str().unwrap_or_default();
        let shapes = ["AWS_", "ASSUME_", "XDG_", "ACTIONS_"].iter().any(|prefix| text.starts_with(prefix));
        let is_secret = ["_KEY", "_TOKEN", "_PASSPHRASE"].iter().any(|end| text.ends_with(end));
        if (shapes || text == "HOME") && !is_secret {
            add(name.as_encoded_bytes());
            add(value.as_encoded_bytes());
        }
    }
    folder(world).join(format!("{}.json", hex::encode(hash.finalize())))
}

/// Returns a file that is this user's alone.
#[cfg(unix)]
fn read(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read;
    use std::os::unix::fs::MetadataExt;
    let mut file = std::fs::File::open(path).ok()?;
    let meta = file.metadata().ok()?;
    if meta.uid() != rustix::process::geteuid().as_raw() || meta.mode() & 0o022 != 0 {
        return None;
    }
    let mut bytes = Vec::with_capacity(meta.len().try_into().ok()?);
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Elsewhere a file does not say enough of itself to be held to it.
#[cfg(not(unix))]
fn read(_path: &Path) -> Option<Vec<u8>> {
    None
}

/// Returns what a file is known by, or `Some(None)` if it is not there. Links are followed, as reading does.
#[cfg(unix)]
fn mark(path: &Path) -> Option<Option<Mark>> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    match std::fs::metadata(path) {
        Ok(meta) => {
            let mtime = nanoseconds(meta.mtime(), meta.mtime_nsec());
            Some(Some((meta.dev(), meta.ino(), meta.size(), mtime, nanoseconds(meta.ctime(), meta.ctime_nsec()))))
        }
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Some(None)
        }
        Err(_) => None,
    }
}

#[cfg(not(unix))]
fn mark(_path: &Path) -> Option<Option<Mark>> {
    None
}

fn sweep(folder: &Path, world: &World) {
    let now = world.clock.now();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let written = entry.metadata().and_then(|meta| meta.modified());
        if written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > LEFTOVER)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Env;

    /// Returns where the way lies in a world with one more variable.
    fn with(name: &str, value: &str) -> PathBuf {
        let env = Env::from_iter([("HOME", "/home/alice"), ("AWS_REGION", "eu-west-1"), (name, value)]);
        path(Question { profile: "prod", flags: &[], consumer: "keeps" }, &World::new().with_env(env))
    }

    #[test]
    fn a_variable_that_shapes_a_plan_is_another_way_and_a_secret_is_not_in_its_name() {
        for (name, shapes) in [
            ("AWS_PROFILE", true),
            ("AWS_ENDPOINT_URL_STS", true),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", true),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", true),
            ("ASSUME_CONFIG", true),
            ("ASSUME_VAULT_NAME", true),
            ("AWS_SECRET_ACCESS_KEY", false),
            ("AWS_SESSION_TOKEN", false),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", false),
            ("ASSUME_VAULT_PASSPHRASE", false),
            ("TERM", false),
        ] {
            assert_eq!(with(name, "a") != with(name, "b"), shapes, "{name}");
        }
    }

    #[test]
    fn another_question_is_another_way() {
        let world = World::new().with_env(Env::from_iter([("HOME", "/home/alice")]));
        let flags = ["--duration=900".to_owned()];
        let asked = Question { profile: "prod", flags: &[], consumer: "keeps" };
        for other in [
            Question { profile: "prod2", ..asked },
            Question { flags: &flags, ..asked },
            Question { consumer: "refreshes", ..asked },
        ] {
            assert_ne!(path(asked, &world), path(other, &world), "{other:?}");
        }
    }
}
