//! The encrypted file.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assume::config::{Sourced, StoreName, VaultSettings};
use assume::terms::{ExposeSecret, SecretString};
use assume::vault::{ItemName, SecretKind, Vault};
use assume::world::{Env, World};

use crate::support::home::ran;

/// A person's folders, and what opens their encrypted file.
struct Place {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap().to_owned();
        // A folder on the disk is no place for a key: without this one the user's own would be tried.
        let runtime = format!("{home}/run");
        Self { folder, variables: vec![("HOME", home), ("XDG_RUNTIME_DIR", runtime)] }
    }

    fn with(mut self, name: &'static str, value: impl AsRef<Path>) -> Self {
        self.variables.push((name, value.as_ref().to_str().unwrap().to_owned()));
        self
    }

    /// One with an age identity of its own.
    fn with_identity() -> Self {
        let place = Self::new();
        let identity = place.path("keys/identity.txt");
        place.write("keys/identity.txt", &format!("# created: today\n{IDENTITY}\n"), 0o600);
        place.with("ASSUME_AGE_IDENTITY_FILE", identity)
    }

    fn path(&self, rest: &str) -> PathBuf {
        self.folder.path().join(rest)
    }

    fn write(&self, rest: &str, text: &str, mode: u32) {
        let path = self.path(rest);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    fn world(&self) -> World {
        World::new().with_env(Env::from_iter(self.variables.iter().cloned()))
    }

    /// A vault as a process of its own would have it.
    fn vault(&self) -> Vault {
        let named = Some(Sourced::by_default(StoreName::File));
        let settings = VaultSettings { keepsakes: named.clone(), sessions: named, ..VaultSettings::default() };
        Vault::new(&settings, &self.world())
    }

    fn keep(&self, name: &str, value: &str) -> Result<StoreName, String> {
        let kept = self.vault().write_keepsake(&item(name), &SecretString::from(value));
        kept.map_err(|error| error.to_string())
    }

    fn read(&self, name: &str) -> Result<Option<String>, String> {
        let found = self.vault().read_keepsake(&item(name)).map_err(|error| error.to_string())?;
        Ok(found.map(|value| value.expose_secret().to_owned()))
    }

    fn file(&self) -> PathBuf {
        self.path(".local/share/assume/assume.age")
    }
}

fn item(name: &str) -> ItemName {
    ItemName::keepsake("key", name)
}

fn value(text: &str) -> Result<Option<String>, String> {
    Ok(Some(text.to_owned()))
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
const OTHER: &str = "AGE-SECRET-KEY-1G6K3LREYEUDA8HS64QLTNXJ7MMKYRYQUEXL7KYDTURFYS9UDN92S0X3854";

#[test]
fn an_age_identity_keeps_what_is_written_until_it_is_removed() {
    let place = Place::with_identity();
    assert_eq!(place.read("work"), Ok(None));
    assert!(!place.file().exists(), "reading made a file");
    assert_eq!(place.keep("work", "{\"secret\":\"zoë\"}\n"), Ok(StoreName::File));
    assert_eq!(place.read("work"), value("{\"secret\":\"zoë\"}\n"));
    place.keep("work", "second").unwrap();
    assert_eq!(place.read("work"), value("second"));
    assert_eq!(place.vault().names(SecretKind::Keepsake).unwrap(), [(item("work"), StoreName::File)]);
    assert_eq!(place.vault().names(SecretKind::Session).unwrap(), []);
    assert!(place.vault().remove_keepsake(&item("work")).unwrap());
    assert!(!place.vault().remove_keepsake(&item("work")).unwrap());
    assert_eq!(place.read("work"), Ok(None));
}

#[test]
fn nothing_readable_lies_on_the_disk_and_nobody_else_may_look() {
    let place = Place::with_identity();
    place.keep("work", "canary-secret").unwrap();
    let bytes = std::fs::read(place.file()).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"canary" || window == b"key/wo"));
    assert_eq!((mode(&place.file()), mode(place.file().parent().unwrap())), (0o600, 0o700));
    let left: Vec<_> =
        std::fs::read_dir(place.file().parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the vault and its lock, and no temporary file: {left:?}");
}

#[test]
fn an_ended_session_is_a_miss() {
    let place = Place::with_identity();
    let (vault, now) = (place.vault(), World::new().clock.now());
    let name = ItemName::session("a");
    assert_eq!(vault.write_session(&name, &"old".into(), now - Duration::from_secs(1)), StoreName::File);
    assert!(vault.read_session(&name, StoreName::File).unwrap().is_none());
    assert_eq!(vault.write_session(&name, &"new".into(), now + Duration::from_secs(60)), StoreName::File);
    assert_eq!(vault.read_session(&name, StoreName::File).unwrap().unwrap().expose_secret(), "new");
    assert_eq!(vault.names(SecretKind::Session).unwrap().len(), 1);
}

#[test]
fn writers_that_come_together_lose_nothing() {
    let place = Place::with_identity();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let place = &place;
            scope.spawn(move || {
                for i in 0..10 {
                    place.keep(&format!("{writer}-{i}"), "value").unwrap();
                }
            });
        }
    });
    assert_eq!(place.vault().names(SecretKind::Keepsake).unwrap().len(), 80);
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let place = Place::with_identity();
    place.keep("work", "first").unwrap();
    let elsewhere = place.path("elsewhere.age");
    std::fs::rename(place.file(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.file()).unwrap();
    place.keep("work", "second").unwrap();
    assert!(std::fs::symlink_metadata(place.file()).unwrap().is_symlink());
    assert_eq!(place.read("work"), value("second"));
}

#[test]
fn a_file_that_cannot_be_opened_is_never_replaced() {
    let place = Place::with_identity();
    place.keep("work", "first").unwrap();
    let good = std::fs::read(place.file()).unwrap();

    let mut cut = good.clone();
    cut.pop();
    for (bytes, expected) in [(&cut[..], "is damaged"), (b"", "is damaged"), (b"not age", "is damaged")] {
        std::fs::write(place.file(), bytes).unwrap();
        for error in [place.read("work").unwrap_err(), place.keep("work", "second").unwrap_err()] {
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(std::fs::read(place.file()).unwrap(), bytes);
    }

    std::fs::write(place.file(), &good).unwrap();
    place.write("keys/identity.txt", OTHER, 0o600);
    for error in [place.read("work").unwrap_err(), place.keep("work", "second").unwrap_err()] {
        assert!(error.contains("identity.txt does not open"), "{error}");
    }
    place.write("keys/identity.txt", IDENTITY, 0o600);
    assert_eq!(place.read("work"), value("first"));
}

#[test]
fn an_identity_that_others_can_read_or_that_lies_beside_the_vault_is_refused() {
    let place = Place::with_identity();
    place.write("keys/identity.txt", IDENTITY, 0o640);
    let error = place.keep("work", "value").unwrap_err();
    assert!(error.contains("open to other users (0640): chmod 600"), "{error}");

    let place = Place::new();
    let beside = place.path(".local/share/assume/identity.txt");
    place.write(".local/share/assume/identity.txt", IDENTITY, 0o600);
    let place = place.with("ASSUME_AGE_IDENTITY_FILE", beside);
    let error = place.keep("work", "value").unwrap_err();
    assert!(error.contains("lies beside the vault"), "{error}");
    assert!(!place.file().exists());

    let place = Place::new().with("ASSUME_AGE_IDENTITY_FILE", "/nonexistent/identity");
    assert!(place.keep("work", "value").unwrap_err().contains("cannot read the age identity /nonexistent/identity"));
}

#[test]
fn a_passphrase_keeps_too_and_a_wrong_one_says_so() {
    let place = Place::new().with("ASSUME_VAULT_PASSPHRASE", "correct horse");
    place.keep("work", "value").unwrap();
    place.keep("home", "other").unwrap();
    assert_eq!(place.read("work"), value("value"));
    let key = place.file().with_extension("key.age");
    assert_eq!(mode(&key), 0o600);

    let wrong = Place { folder: place.folder, variables: Vec::new() };
    let home = wrong.path("").to_str().unwrap().to_owned();
    let wrong = Place { variables: vec![("HOME", home), ("ASSUME_VAULT_PASSPHRASE", "battery".to_owned())], ..wrong };
    for error in [wrong.read("work").unwrap_err(), wrong.keep("work", "second").unwrap_err()] {
        assert!(error.contains("the passphrase does not open"), "{error}");
    }
}

#[test]
fn without_a_passphrase_or_a_person_it_is_not_there() {
    let place = Place::new();
    let vault = place.vault();
    assert_eq!(vault.write_session(&ItemName::session("a"), &"x".into(), World::new().clock.now()), StoreName::None);
    assert!(!place.file().exists());
}

/// In memory a copy of the key makes the second process fast; on a disk there is none.
#[test]
fn scrypt_is_paid_once_for_each_login() {
    let memory = tempfile::Builder::new().prefix("assume-test-").tempdir_in("/dev/shm").unwrap();
    std::fs::set_permissions(memory.path(), PermissionsExt::from_mode(0o700)).unwrap();
    let mut place = Place::new().with("ASSUME_VAULT_PASSPHRASE", "correct horse");
    place.keep("work", "value").unwrap();
    assert!(!place.path("run").exists());
    let timed = |place: &Place| {
        let begin = Instant::now();
        assert_eq!(place.read("work"), value("value"));
        begin.elapsed()
    };
    let slow = timed(&place);
    place.variables[1].1 = memory.path().to_str().unwrap().to_owned();
    timed(&place);
    let copies: Vec<_> = std::fs::read_dir(memory.path().join("assume")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(copies.len(), 1);
    assert_eq!((mode(&memory.path().join("assume")), mode(&copies[0])), (0o700, 0o600));
    let fast = (0..5).map(|_| timed(&place)).min().unwrap();
    println!("scrypt {slow:?}, with the copy {fast:?}");
    assert!(fast * 5 < slow, "{fast:?} and {slow:?}");
    // The copy serves no other passphrase.
    place.variables[2].1 = "battery".to_owned();
    assert!(place.read("work").unwrap_err().contains("does not open"));
}

/// Should this program be gone, the secrets are not.
#[test]
fn age_itself_opens_the_file() {
    let place = Place::with_identity();
    place.keep("work", "value").unwrap();
    let mut age = std::process::Command::new("age");
    age.args(["--decrypt", "-i"]).arg(place.path("keys/identity.txt")).arg(place.file());
    let ran = ran(age.env("PATH", "/usr/bin:/bin"), "");
    assert_eq!(ran.code, 0, "{ran:?}; the package `age` is needed");
    assert!(ran.stdout.contains("\"key/work\":{\"value\":\"value\""), "{ran:?}");
}
